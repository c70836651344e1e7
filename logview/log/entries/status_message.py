"""Entries: the status messages that an Actor logs as it sets them.

Apify's SDKs log them before the run object has them: `[Status message]: …`, in
JavaScript and in Python, and `[Terminal status message]: …` for the last one.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from logview.text.escapes import ESCAPE
from logview.text.timestamps import SIZE, STAMP

if TYPE_CHECKING:
    from logview.log.store.document import LogDocument

MARK = b"tatus message]: "
"""What every line with a status message has, for a quick search in bytes."""

MAX_PAGES = 64
"""Pages that are searched at most when many have come at once: the newest."""

MAX_TRIES = 50
"""Lines of a page that are looked into at most."""

_MESSAGE = re.compile(
    r"(?:\[[\w.:-]{1,80}\] ?)?(?:(?:ERROR|WARN|WARNING|INFO|DEBUG):? {0,4})?"
    r"\[(?:S|Terminal s)tatus message\]: "
)
"""What a status message's line begins with, behind its stamp: logger, level, the mark."""


def status_message(line: bytes) -> str | None:
    """Return the status message that a line logs, not sanitized; None where it logs none."""
    if MARK not in line:
        return None
    text = ESCAPE.sub("", line[:2000].decode("utf-8", "replace"))
    if STAMP.match(line):
        text = text[SIZE:].lstrip(" ")
    found = _MESSAGE.match(text)
    return text[found.end() :].strip() if found else None


class StatusMessages:
    """Finds the newest status message of a document that grows."""

    def __init__(self, document: LogDocument) -> None:
        self._document = document
        self._searched = document.first_page
        """Number behind the last page that is searched and will never change."""
        self.newest = ""
        """The newest message that was found; empty where there is none."""

    def search(self) -> bool:
        """Search what has come since the last call; return whether there is another message."""
        document = self._document
        end = document.end_page
        first = max(self._searched, end - MAX_PAGES)
        pages = [document.page_data(number) for number in range(first, end)]
        self._searched = max(self._searched, document.sealed_end)
        for data in reversed(pages):
            at = data.rfind(MARK)
            for _ in range(MAX_TRIES):
                if at < 0:
                    break
                start = data.rfind(b"\n", 0, at) + 1
                line_end = data.find(b"\n", at)
                if line_end >= 0:  # else more of it is to come
                    message = status_message(data[start:line_end])
                    if message:
                        changed, self.newest = message != self.newest, message
                        return changed
                at = data.rfind(MARK, 0, start)
        return False
