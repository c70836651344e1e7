"""Find the requests of a crawler that failed: their tries, the reasons, and how they ended.

Crawlee for JavaScript logs each failed try with its request as JSON (`id`,
`url`, `retryCount`; the last one `method` and `uniqueKey`), Crawlee for Python
and Scrapy with the URL in the message. None of them logs a request that went
well after all: it has recovered where the Actor says that it finished, or its
crawler ended without giving it up.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Literal, NamedTuple

from logview.log.entries.entry_text import read_prefix

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

MAX_REQUESTS = 2_000
"""Requests that are kept; further ones are only counted."""

MAX_TRIES = 64
"""Tries of a request of which the place is kept: the first half of them, and the last ones."""

MAX_URL = 2_000
MAX_REASON = 300

_SCANNED_LINES = 200
"""Lines at both ends of an entry that are read."""

_SCANNED = 20_000
"""Characters of a line that are read."""

Outcome = Literal["failed", "recovered", "open"]
"""How a request ended: for good, well after all, or it is not known."""


class FailedTry(NamedTuple):
    """An entry that logs a failed try."""

    line: int
    """The number of its first line."""
    lines: int
    retry: int | None
    """Which retry follows, from 1, where the log has the number."""
    is_last: bool
    """Whether the crawler gave the request up with it."""
    reason: str


@dataclass(slots=True)
class FailedRequest:
    """A request of which a try failed."""

    url: str
    id: str | None = None
    method: str | None = None
    unique_key: str | None = None
    tries: list[FailedTry] = field(default_factory=list)
    """Those that failed, in the order of the log; at most `MAX_TRIES`."""
    logged: int = 0
    """How many failed tries the log has."""
    outcome: Outcome = "open"

    @property
    def failed_tries(self) -> int:
        """How many tries failed, those included of which the log only has the number."""
        last = self.tries[-1]
        highest = max((one.retry for one in self.tries if one.retry is not None), default=0)
        return max(self.logged, highest + last.is_last)

    @property
    def reason(self) -> str:
        """Why the last try failed."""
        return next((one.reason for one in reversed(self.tries) if one.reason), "")

    @property
    def reasons(self) -> tuple[str, ...]:
        """All different reasons, in the order in which they came up."""
        return tuple(dict.fromkeys(one.reason for one in self.tries if one.reason))


class FoundTry(NamedTuple):
    """A failed try as one entry logs it."""

    url: str
    id: str | None
    method: str | None
    unique_key: str | None
    retry: int | None
    is_last: bool
    reason: str

    def is_of(self, other: FoundTry) -> bool:
        """Whether both are tries of the same request."""
        if self.id is not None and other.id is not None:
            return self.id == other.id
        return bool(self.url) and self.url == other.url


class FailedRequests:
    """Collects the failed requests of a log, entry by entry, in the log's order."""

    def __init__(self) -> None:
        self._requests: dict[str, FailedRequest] = {}
        self._by_url: dict[str, str] = {}
        self._open: set[str] = set()
        self.left_out = 0
        """Failed tries of requests beyond `MAX_REQUESTS`."""

    def feed(self, first: int, lines: Sequence[str]) -> None:
        """Take an entry: the number of its first line, and the visible text of its lines."""
        if not lines:
            return
        head = lines[0]
        if not may_be_try(head):
            if _CRAWL_ENDED.search(head, 0, _SCANNED) is not None:
                self._end_crawl()
            elif _FINISHED.search(head, 0, _SCANNED) is not None:
                self.finish(head)
            return
        if len(self._requests) >= MAX_REQUESTS and self._is_beyond(lines):
            self.left_out += 1
            return
        found = find_try(lines)
        if found is None:
            return
        key = found.id or self._by_url.get(found.url) or found.url
        request = self._requests.get(key)
        if request is None:
            if len(self._requests) >= MAX_REQUESTS:
                self.left_out += 1
                return
            request = self._requests[key] = FailedRequest(found.url, found.id)
            self._by_url.setdefault(found.url, key)
        request.method = found.method or request.method
        request.unique_key = found.unique_key or request.unique_key
        if len(request.tries) >= MAX_TRIES:
            del request.tries[MAX_TRIES // 2]
        request.tries.append(FailedTry(first, len(lines), found.retry, found.is_last, found.reason))
        request.logged += 1
        request.outcome = "failed" if found.is_last else "open"
        (self._open.discard if found.is_last else self._open.add)(key)

    def _is_beyond(self, lines: Sequence[str]) -> bool:
        """Return whether a try is of a request that is not kept, as far as that is seen at once."""
        at = lines[-1].rfind('"id":"')
        return at >= 0 and lines[-1][at + 6 : at + 106].partition('"')[0] not in self._requests

    @property
    def any_open(self) -> bool:
        """Whether there are requests that failed, and neither recovered nor were given up."""
        return bool(self._open)

    def may_know(self, keys: set[str]) -> set[str]:
        """Return which IDs and addresses may be those of requests that failed."""
        requests, by_url = self._requests, self._by_url
        known = (keys & by_url.keys()) | (keys & requests.keys())
        text = "".join(keys)
        # Single characters are found far faster than by the expression.
        if "<" in text or ">" in text or len(text.split(None, 1)) > 1:
            known.update(filter(_UNUSUAL.search, keys))
        return known

    def finish(self, head: str) -> None:
        """Take the first line of an entry that says that a request was finished."""
        if not self._open:
            return
        head = head[:_SCANNED]
        # Most lines that say so are of requests that never failed: parsing them costs more.
        found_id = _FINISHED_ID.search(head)
        key = None if found_id is None else found_id[1]
        if key not in self._open:
            found_url = _FINISHED_URL.search(head)
            key = None if found_url is None else self._by_url.get(found_url[1])
        if key in self._open:
            self._open.discard(key)
            self._requests[key].outcome = "recovered"

    def _end_crawl(self) -> None:
        for key in self._open:
            self._requests[key].outcome = "recovered"
        self._open.clear()

    def result(self, *, succeeded: bool = False) -> list[FailedRequest]:
        """Return the requests: those that failed for good first, then those with most tries.

        With `succeeded`, the run ended well: what was not given up has recovered.
        """
        if succeeded:
            self._end_crawl()
        order = ("failed", "open", "recovered")
        return sorted(
            self._requests.values(),
            key=lambda one: (order.index(one.outcome), -one.failed_tries, one.tries[0].line),
        )


def failed_requests(
    entries: Iterable[tuple[int, Sequence[str]]], *, succeeded: bool = False
) -> list[FailedRequest]:
    """Return the failed requests of entries: first line and visible text of the lines of each."""
    collector = FailedRequests()
    for first, lines in entries:
        collector.feed(first, lines)
    return collector.result(succeeded=succeeded)


def may_be_try(head: str) -> bool:
    """Return whether an entry's first line may log a failed try; takes well under 1 µs."""
    return (
        "reached maximum retries" in head
        or "eclaiming failed request" in head
        or "etrying " in head
        or "ive up retrying" in head
        or "marking failed request as handled" in head
    )


_CRAWL_ENDED = re.compile(
    r"All requests from the queue have been processed|Final request statistics:\s{0,20}\Z"
    r"|(?:Closing spider|Spider closed) \(finished\)"
)
"""What a crawler logs that has no request left; one that is stopped does not."""

_FINISHED = re.compile(r"Request (?:finished|succeeded|handled)")
_UNUSUAL = re.compile(r"[\s<>]")
_FINISHED_ID = re.compile(r'"id": ?"([^"\\]{1,200})"')
_FINISHED_URL = re.compile(r'"url": ?"([^"\\]{1,4000})"')
_JAVASCRIPT = re.compile(
    r"eclaiming failed request back to the list or queue[.:]? ?"
    r"|(equest failed and reached maximum retries[.:]? ?|arking failed request as handled[.:]? ?)"
)
_JAVASCRIPT_STARTS = (
    *("eclaiming failed request back", "Request failed and reached", "marking failed request as"),
)
"""What is found far faster than the expression."""
_PYTHON = re.compile(
    r"Retrying request to (\S{1,4000}) due to: ?"
    r"|Request to (\S{1,4000}) failed and reached maximum retries[.:]? ?"
)
_SCRAPY = re.compile(
    r"(Gave up r|R)etrying <([A-Z]{1,10}) (\S{1,4000})> \(failed ([0-9]{1,6}) times\): ?"
)


def find_try(lines: Sequence[str]) -> FoundTry | None:
    """Return the failed try that an entry logs, by the visible text of its lines; else None."""
    head = lines[0][:_SCANNED]
    if not may_be_try(head):
        return None
    starts = [at for one in _JAVASCRIPT_STARTS if (at := head.find(one)) >= 0]
    if starts and (found := _JAVASCRIPT.search(head, min(starts))) is not None:
        return _from_json(lines, found.end(), is_last=found[1] is not None)
    if (found := _PYTHON.search(head)) is not None:
        is_last = found[2] is not None
        text = head[found.end() :]
        reason = _raised(lines) or text if is_last else text or _raised(lines)
        return FoundTry(
            url=(found[1] or found[2])[:MAX_URL],
            id=None,
            method=None,
            unique_key=None,
            retry=None,
            is_last=is_last,
            reason=_shorten(reason),
        )
    if (found := _SCRAPY.search(head)) is not None:
        gave_up = found[1] != "R"
        return FoundTry(
            url=found[3][:MAX_URL],
            id=None,
            method=found[2],
            unique_key=None,
            retry=None if gave_up else int(found[4]),
            is_last=gave_up,
            reason=_shorten(head[found.end() :]),
        )
    return None


def _from_json(lines: Sequence[str], message: int, *, is_last: bool) -> FoundTry | None:
    texts = _own_texts(lines)
    data = _trailing_object(texts[0]) or _trailing_object("\n".join(texts))
    if data is None:
        return None
    url, identifier = _text(data, "url"), _text(data, "id")
    if url is None and identifier is None:
        return None
    retry = data.get("retryCount")
    rest = texts[0][message - (len(lines[0][:_SCANNED]) - len(texts[0])) :]
    return FoundTry(
        url=url or "",
        id=identifier,
        method=_text(data, "method") if "method" in data else None,
        unique_key=_text(data, "uniqueKey") if "uniqueKey" in data else None,
        retry=retry if isinstance(retry, int) and 0 < retry < 10**6 else None,
        is_last=is_last,
        reason=(len(rest) <= MAX_REASON and _reason(rest))
        or _shorten(_message([rest, *texts[1:]])),
    )


def _text(data: dict[str, object], key: str) -> str | None:
    value = data.get(key)
    if isinstance(value, (str, int)) and not isinstance(value, bool):
        return str(value).replace("\n", "")[:MAX_URL] or None
    return None


def _own_texts(lines: Sequence[str]) -> list[str]:
    """Return the text of lines without stamps and child runs; of very many both ends."""
    chosen = list(lines)
    if len(chosen) > 2 * _SCANNED_LINES:
        chosen = [*chosen[:_SCANNED_LINES], *chosen[-_SCANNED_LINES:]]
    return [
        line[25:_SCANNED]
        if line[23:25] == "Z " and line[10:11] == "T" and "-> " not in line
        else line[read_prefix(line[:1000], None).end : _SCANNED]
        for line in chosen
    ]


_DECODER = json.JSONDecoder(strict=False)
_KEYS = frozenset({"id", "url", "retryCount", "method", "uniqueKey"})
_TRIED = 3
"""Places from the end on at which the object may begin: one that holds others comes later."""


def _trailing_object(text: str) -> dict[str, object] | None:
    """Return the last JSON object in a text that describes a request."""
    at = len(text)
    for _ in range(_TRIED):
        # A quote in a string is escaped: no string holds these two characters.
        at = text.rfind('{"', 0, at)
        if at < 0:
            return None
        try:
            data, _ = _DECODER.raw_decode(text, at)
        except (ValueError, RecursionError):
            continue
        if isinstance(data, dict) and data.keys() & _KEYS:
            return data
    return None


_FRAME = re.compile(r"\s{1,40}at \S")
_RAISED = re.compile(r"\s{0,40}((?:[A-Za-z_]\w{0,80}\.){0,8}[A-Z]\w{0,80})(?::\s|\s{0,40}\Z)")
_ROTATING = re.compile(r"Detected a session error|Encountered a session error")
_PREFIX = re.compile(r"(?:Error|Exception): ")


@lru_cache(1024)
def _reason(first: str) -> str:
    """Return the reason if the first line has it; many tries fail for the same."""
    return _shorten(_message([first]))


def _message(texts: Sequence[str]) -> str:
    """Return the reason in the lines between what the crawler says itself and the stack."""
    for text in texts:
        line = (" " + text).split(' {"', 1)[0].strip()
        if _FRAME.match(text) is not None:
            return ""
        if line and _ROTATING.search(line, 0, 200) is None and line.strip("=-─╔═╗ "):
            return line
    return ""


def _raised(lines: Sequence[str]) -> str:
    """Return the last line of an entry that names what was raised; empty where there is none."""
    for text in reversed(_own_texts(lines)[1:]):
        if (found := _RAISED.match(text)) is not None and found[1] != "Traceback":
            return text.strip()
    return ""


def _shorten(reason: str) -> str:
    reason = " ".join(reason.split())
    if (found := _PREFIX.match(reason)) is not None:
        reason = reason[found.end() :]
    return reason if len(reason) <= MAX_REASON else reason[: MAX_REASON - 1].rstrip() + "…"
