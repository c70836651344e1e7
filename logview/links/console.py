"""Console: links to Apify Console, and links that a log holds. Light: imports no screen, no HTTP.

The forms of links are those that Apify Console itself shows: an Actor's run or
build, and `/view/runs/<id>` for a run whose Actor is not known.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import quote, urlsplit

from logview.text.escapes import ESCAPE, clean, visible

if TYPE_CHECKING:
    from logview.apify.models import Job

CONSOLE = "https://console.apify.com"

LONGEST = 2_000
"""Characters of a link that are taken from a log; browsers and shells take no more for sure."""

ENDING = 100
"""Characters of punctuation behind a link that are taken off it; with more it is none."""

# What is not seen, or turns the order of what is seen, ends a link.
_UNSEEN = r"\x00-\x1f\x7f-\x9f\xad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffd"
_LINK = re.compile(rf"https?://[^\s\"'<>\\^`{{|}}‹›{_UNSEEN}]+", re.IGNORECASE)
_TRAILING = ".,;:!?)]*_~…"

# OSC 8, hyperlinks of terminals: https://gist.github.com/egmontkob/eb114294efbcd5adb1944c9f3cb5feda
_HYPERLINK = re.compile(r"(?:\x1b\]|\x9d)8;[^;]*;(?P<target>[^\x07\x1b\x9c]*)(?:\x07|\x1b\\|\x9c)")

_MAX_HYPERLINK_BYTES = 1 << 20
"""Bytes of a line that are searched for hyperlinks."""


class FoundLink(NamedTuple):
    """A link in a line: characters `start` to `end` of its visible text, and where it leads."""

    start: int
    end: int
    target: str


STORAGES = {"dataset": "datasets", "store": "key-value-stores", "queue": "request-queues"}
"""The parts of the addresses of storages' pages, by the kind of storage."""


def storage_link(kind: str, storage_id: str, api_url: str) -> str | None:
    """Give the link to a storage, whose kind is one of `STORAGES`; None for other APIs."""
    if (urlsplit(api_url).hostname or "").lower() != "api.apify.com":
        return None
    return f"{CONSOLE}/storage/{STORAGES[kind]}/{quote(storage_id, safe='')}"


def console_link(job: Job, api_url: str) -> str | None:
    """Give the link to a run or build; None where its API is none of Apify's, or not enough known.

    A build's page is below its Actor's: without the Actor's ID it has no link.
    """
    host = (urlsplit(api_url).hostname or "").lower()
    if host != "api.apify.com":
        return None
    ident = quote(job.id, safe="")
    if job.actor_id:
        kind = "runs" if job.kind == "run" else "builds"
        return f"{CONSOLE}/actors/{quote(job.actor_id, safe='')}/{kind}/{ident}"
    return f"{CONSOLE}/view/runs/{ident}" if job.kind == "run" else None


def find_links(text: str) -> list[tuple[int, int]]:
    """Find the links in a text: http and https alone, without the punctuation behind them."""
    found = []
    for match in _LINK.finditer(text):
        if match.end() - match.start() > LONGEST + ENDING:
            continue
        link = match[0]
        while link and link[-1] in _TRAILING:
            if link[-1] == ")" and link.count("(") >= link.count(")"):
                break  # a closing bracket that belongs to it, as in Wikipedia's
            link = link[:-1]
        if len(link) <= LONGEST and is_link(link):
            found.append((match.start(), match.start() + len(link)))
    return found


def links_of_line(line: bytes) -> list[FoundLink]:
    """Return the links of a line in their order: those in its visible text, and hyperlinks.

    A hyperlink (OSC 8) leads elsewhere than its text says; the text shows no
    more of it, once sanitized.
    """
    text = visible(line)
    found = [FoundLink(start, end, text[start:end]) for start, end in find_links(text)]
    return sorted([*found, *_hyperlinks(line[:_MAX_HYPERLINK_BYTES])])


def _hyperlinks(line: bytes) -> list[FoundLink]:
    if b"8;" not in line:
        return []
    text = line.decode("utf-8", "replace")
    found: list[FoundLink] = []
    start, target = 0, ""
    column = last = 0
    for escape in ESCAPE.finditer(text):
        column += len(clean(text[last : escape.start()]))
        last = escape.end()
        hyperlink = _HYPERLINK.fullmatch(escape[0])
        if hyperlink is not None:
            found.append(FoundLink(start, column, target))
            start, target = column, hyperlink["target"]
    found.append(FoundLink(start, column + len(clean(text[last:])), target))
    return [link for link in found if _is_whole_link(link.target)]


def _is_whole_link(target: str) -> bool:
    return len(target) <= LONGEST and _LINK.fullmatch(target) is not None and is_link(target)


def is_link(text: str) -> bool:
    """Whether a text is a link to the web that may be opened: http or https, with a host."""
    try:
        parts = urlsplit(text)
        return parts.scheme.lower() in ("http", "https") and bool(parts.hostname)
    except ValueError:
        return False


def deceptive_host(link: str) -> str:
    """Give the host that a link leads to, where one could be mistaken; else nothing.

    That is a name with letters that look like others (as it goes to the name
    service, RFC 3492), and one behind a `user@` that looks like a host.
    """
    parts = urlsplit(link)
    host = parts.hostname or ""
    if host.isascii():
        return host if "@" in parts.netloc else ""
    try:
        return host.encode("idna").decode()
    except UnicodeError:
        return host.encode("ascii", "backslashreplace").decode()
