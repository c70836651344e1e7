"""Console: links to Apify Console, and links that a log holds. Light: imports no screen, no HTTP.

The forms of links are those that Apify Console itself shows: an Actor's run or
build, and `/view/runs/<id>` for a run whose Actor is not known.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import quote, urlsplit

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
