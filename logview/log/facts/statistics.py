"""Read the numbers that a crawler logs about itself: requests, concurrency, load.

Crawlee for JavaScript logs them as JSON every minute (`request statistics`,
`AutoscaledPool: state`), Crawlee for Python as a table of two columns and as
`name = value; …`; the status message of both has the pages so far.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from logview.log.entries.entry_text import read_prefix
from logview.text.timestamps import milliseconds

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

MAX_SAMPLES = 1_000
"""Samples of a series that are kept: once there are more, every other one goes."""

MAX_READ = 10_000
"""Entries with numbers that are all read; of further ones every sixteenth, and the newest."""

_THINNED = 16
MAX_CRAWLERS = 50
MAX_MESSAGE = 300
_SCANNED = 20_000
_TABLE_LINES = 60

NAMES = {
    "finished": "requests finished",
    "failed": "requests failed",
    "finished_per_minute": "finished per minute",
    "failed_per_minute": "failed per minute",
    "concurrency": "concurrency",
    "desired_concurrency": "desired concurrency",
    "memory": "memory overload",
    "cpu": "CPU overload",
}
"""The series, in the order in which they are shown; overload is a share of the time, 0 to 1."""


class Sample(NamedTuple):
    """A number that was logged."""

    line: int
    """The first line of the entry that logged it."""
    time: int | None
    """Milliseconds since 1970, UTC; None where the line has no stamp."""
    value: float


class Numbers(NamedTuple):
    """The numbers of one entry."""

    crawler: str
    """Who logged them; empty where the line has no name."""
    values: Mapping[str, float]
    """By a name of `NAMES`."""


@dataclass(slots=True)
class Series:
    """The values of one number over time."""

    samples: list[Sample] = field(default_factory=list)
    count: int = 0
    """How many were logged."""
    _stride: int = 1

    def add(self, sample: Sample) -> None:
        """Take the next value."""
        self.count += 1
        if self.samples and (self.count - 1) % self._stride:
            # The newest is always kept.
            if (self.count - 2) % self._stride:
                self.samples.pop()
        elif len(self.samples) >= MAX_SAMPLES:
            self.samples = self.samples[::2]
            self._stride *= 2
        self.samples.append(sample)

    @property
    def last(self) -> Sample:
        """The newest value."""
        return self.samples[-1]

    @property
    def highest(self) -> Sample:
        """The first of the largest values that are kept."""
        return max(self.samples, key=lambda sample: sample.value)


@dataclass(slots=True)
class CrawlerNumbers:
    """The series of one crawler, by a name of `NAMES`."""

    name: str
    series: dict[str, Series] = field(default_factory=dict)


class StatusMessage(NamedTuple):
    """A status message."""

    line: int
    text: str


class CrawlerStatistics:
    """Collects a log's numbers, entry by entry, in the log's order."""

    def __init__(self) -> None:
        self._crawlers: dict[str, CrawlerNumbers] = {}
        self._read = 0
        self._unread: tuple[int, Sequence[str], int | None] | None = None
        """The newest entry, of very many."""
        self.messages = 0
        """How many status messages there are."""
        self.last_message: StatusMessage | None = None

    def feed(self, first: int, lines: Sequence[str], time: int | None = None) -> None:
        """Take an entry: the number of its first line, and the visible text of its lines.

        `time` is in milliseconds since 1970; without it the platform's stamp is read.
        """
        if not lines or statistics_kind(lines[0]) is None:
            return
        if (message := status_message(lines[0])) is not None:
            self.messages += 1
            self.last_message = StatusMessage(first, message)
        self._read += 1
        if self._read > MAX_READ and self._read % _THINNED:
            self._unread = first, lines, time
        else:
            self._unread = None
            self._add(first, lines, time)

    def _add(self, first: int, lines: Sequence[str], time: int | None) -> None:
        found = find_numbers(lines)
        if found is None:
            return
        crawler = self._crawlers.get(found.crawler)
        if crawler is None:
            if len(self._crawlers) >= MAX_CRAWLERS:
                return
            crawler = self._crawlers[found.crawler] = CrawlerNumbers(found.crawler)
        if time is None:
            time = _time(lines[0])
        for name, value in found.values.items():
            crawler.series.setdefault(name, Series()).add(Sample(first, time, value))

    @property
    def crawlers(self) -> list[CrawlerNumbers]:
        """The crawlers that logged numbers, in the order in which they began to.

        Numbers that were logged without a name are those of the only crawler, if there is one.
        """
        if self._unread is not None:
            self._add(*self._unread)
            self._unread = None
        unnamed = self._crawlers.get("")
        named = [crawler for crawler in self._crawlers.values() if crawler.name]
        if unnamed is not None and len(named) == 1:
            return [CrawlerNumbers(named[0].name, {**unnamed.series, **named[0].series})]
        return list(self._crawlers.values())


def statistics_kind(head: str) -> str | None:
    """Return what an entry's first line periodically logs; None for anything else.

    `statistics`, `pool` or `status`. Takes well under 1 µs for most lines.
    """
    if "equest statistics:" in head:
        return "statistics"
    if "oncurrency" in head:
        if _POOL.search(head, 0, _SCANNED) is not None:
            return "pool"
        if _OLD_PROGRESS.search(head, 0, _SCANNED) is not None:
            return "status"
    if "tatus message]:" in head:
        return "status"
    return None


def is_statistics(head: str) -> bool:
    """Return whether an entry's first line begins what a crawler logs periodically."""
    return statistics_kind(head) is not None


_POOL = re.compile(
    r"[Ss]tate:? \{\"currentConcurrency\":|current_concurrency = [0-9]{1,9}; desired_concurrency = "
)
_OLD_PROGRESS = re.compile(r"Crawled [0-9]{1,12}(?:/[0-9]{1,12})? pages, [0-9]{1,12} failed")
_STATUS = re.compile(r"\[(?:Terminal s|S)tatus message(?: \(terminal\))?\]: ?")
_PROGRESS = re.compile(
    r"Crawled ([0-9]{1,12})(?:/[0-9?]{1,12})? pages, ([0-9]{1,12}) failed requests"
    r"(?:, desired concurrency ([0-9]{1,9}))?"
)
_PREFIX = re.compile(
    r"(?:[A-Z]{4,5} {1,2})?(?:INFO:)?([A-Za-z][\w.-]{0,80})(?::Statistics|:AutoscaledPool)?:"
)
_BRACKETS = re.compile(r"\[([A-Za-z_][\w.-]{0,100})\] ")
_CELLS = re.compile(r"[│|║] {0,9}([a-z_]{3,60}) {0,60}[│|║] {0,60}([^│|║\n]{0,80})[│|║]?")
_NUMBER = re.compile(r"(-?[0-9]{1,15}(?:\.[0-9]{1,15})?)\s?%?\s*\Z")
_PAIR = re.compile(r"\b([a-z_]{3,30}) = ([0-9]{1,12}(?:\.[0-9]{1,15})?)")

_JSON_NAMES = {
    "requestsFinished": "finished",
    "requestsFailed": "failed",
    "requestsFinishedPerMinute": "finished_per_minute",
    "requestsFailedPerMinute": "failed_per_minute",
    "currentConcurrency": "concurrency",
    "desiredConcurrency": "desired_concurrency",
}
_PYTHON_NAMES = {
    "requests_finished": "finished",
    "requests_failed": "failed",
    "requests_finished_per_minute": "finished_per_minute",
    "requests_failed_per_minute": "failed_per_minute",
    "current_concurrency": "concurrency",
    "desired_concurrency": "desired_concurrency",
    "cpu": "cpu",
    "mem": "memory",
}


def find_numbers(lines: Sequence[str]) -> Numbers | None:
    """Return the numbers that an entry logs, by the visible text of its lines; else None."""
    kind = statistics_kind(lines[0])
    if kind is None:
        return None
    head = lines[0][:_SCANNED]
    text = head[read_prefix(head[:1000], None).end :]
    if kind == "status":
        values = _progress(text)
        return Numbers(_crawler(text), values) if values else None
    at = text.find('{"')
    if at >= 0:
        values = _from_json(text[at:])
    elif kind == "pool":
        values = _from_pairs(_PAIR.findall(text))
    else:
        cells = [
            (found[1], number[1])
            for line in lines[1:_TABLE_LINES]
            if (found := _CELLS.search(line[:1000])) is not None
            and (number := _NUMBER.match(found[2].strip())) is not None
        ]
        values = _from_pairs(cells)
    return Numbers(_crawler(text), values) if values else None


def _from_json(text: str) -> dict[str, float]:
    try:
        data, _ = json.JSONDecoder(strict=False).raw_decode(text)
    except (ValueError, RecursionError):
        # One that the platform or a person cut: its first numbers are there.
        data = {key: float(value) for key, value in _CUT.findall(text)}
    if not isinstance(data, dict):
        return {}
    values = {
        name: number
        for key, name in _JSON_NAMES.items()
        if (number := _number(data.get(key))) is not None
    }
    total = _number(data.get("requestsTotal"))
    if total is not None and "finished" not in values:
        # Before the end only the sum is logged.
        failed = 0.0 if not values.get("failed_per_minute") else values.get("failed")
        if failed is not None:
            values["finished"] = total - failed
    status = data.get("systemStatus")
    if isinstance(status, dict):
        for key, name in (("memInfo", "memory"), ("cpuInfo", "cpu")):
            info = status.get(key)
            if isinstance(info, dict) and (ratio := _number(info.get("actualRatio"))) is not None:
                values[name] = ratio
    return values


_CUT = re.compile(r'"([a-zA-Z]{3,40})":([0-9]{1,12}(?:\.[0-9]{1,12})?)[,}]')


def _from_pairs(pairs: Iterable[tuple[str, str]]) -> dict[str, float]:
    return {_PYTHON_NAMES[key]: float(value) for key, value in pairs if key in _PYTHON_NAMES}


def _progress(text: str) -> dict[str, float]:
    found = _PROGRESS.search(text)
    if found is None:
        return {}
    values = {"finished": float(found[1]), "failed": float(found[2])}
    if found[3] is not None:
        values["desired_concurrency"] = float(found[3])
    return values


def _number(value: object) -> float | None:
    if isinstance(value, (int, float)) and not isinstance(value, bool) and abs(value) < 1e15:
        return float(value)
    return None


def _crawler(text: str) -> str:
    if (found := _BRACKETS.match(text)) is not None:
        name = found[1]
        return "" if name == "apify" or name.startswith("crawlee.") else name
    if (found := _PREFIX.match(text)) is not None:
        return found[1]
    return ""


def status_message(head: str) -> str | None:
    """Return the status message that an entry's first line logs; None for none."""
    if "tatus message" not in head:
        return None
    head = head[:_SCANNED]
    found = _STATUS.search(head)
    return None if found is None else head[found.end() :].strip()[:MAX_MESSAGE]


def _time(head: str) -> int | None:
    try:
        return milliseconds(head[:24].encode("ascii"))
    except ValueError:  # UnicodeEncodeError is one
        return None
