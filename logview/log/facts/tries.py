"""Find the other tries of a request in a log, page by page, from one of them outward."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from logview.log.facts.requests import find_try
from logview.log.search.page_order import PageOrder

if TYPE_CHECKING:
    from collections.abc import Sequence

    from logview.log.entries.index import EntryIndex
    from logview.log.facts.requests import FoundTry
    from logview.log.store.document import LogDocument

MAX_TRIES = 64
"""Tries that are found: those nearest to where the search begins."""

MAX_PAGE = 1 << 22
"""Bytes of a page that is read: a larger one is a line of megabytes, which logs no try."""

MAX_ENTRY = 400
"""Lines of an entry that are read."""


class RequestTry(NamedTuple):
    """A failed try of a request, and where it was logged."""

    line: int
    """The first line of its entry."""
    stamp: bytes | None
    retry: int | None
    is_last: bool
    reason: str


class RequestTries:
    """The failed tries of one request; `step` reads the log for them."""

    def __init__(self, document: LogDocument, entries: EntryIndex, line: int) -> None:
        """Begin with the entry of a line, whose pages have been read."""
        self._document = document
        self._entries = entries
        self._order = PageOrder(document.page_of(line))
        self._taken: int | None = None
        """A page of which a read turned out to be pending."""
        self._found: dict[int, RequestTry] = {}
        self._request: FoundTry | None = None
        self._request = self._read(entries.entry_of(line))
        self.is_complete = self._request is None

    @property
    def is_try(self) -> bool:
        """Whether the entry that was begun with logs a try."""
        return self._request is not None

    @property
    def tries(self) -> list[RequestTry]:
        """The tries found so far, in the order of the log."""
        return sorted(self._found.values())

    def step(self) -> bool:
        """Read one more page; return whether there may be more to read."""
        document = self._document
        if self._taken is None:
            self._taken = self._order.next(document.first_page, document.end_page)
        number, request = self._taken, self._request
        if number is None or request is None or len(self._found) >= MAX_TRIES:
            self.is_complete = True
            return False
        if document.page(number).size <= MAX_PAGE:
            self._read_page(number, request.id or request.url)
        self._taken = None
        return True

    def _read_page(self, number: int, needle: str) -> None:
        document = self._document
        if needle.encode("utf-8", "replace") not in document.page_data(number):
            return
        self._entries.read_around(number, number + 1)
        first = document.first_line_of(number)
        entry: Sequence[int] = ()
        for bit, text in enumerate(document.page_text(number).split("\n")):
            if needle not in text or first + bit in entry:
                continue
            if not document.first_line <= first + bit < document.end_line:
                break
            entry = self._entries.entry_of(first + bit)
            if entry[0] not in self._found:
                self._read(entry)

    def _read(self, entry: Sequence[int]) -> FoundTry | None:
        """Keep the try that an entry logs, if it is one of the request; return it."""
        document = self._document
        lines = (
            entry
            if len(entry) <= MAX_ENTRY
            else (*entry[: MAX_ENTRY // 2], *entry[-MAX_ENTRY // 2 :])
        )
        found = find_try([document.line_text(line) for line in lines])
        if found is None:
            return None
        if self._request is None or found.is_of(self._request):
            self._found[entry[0]] = RequestTry(
                entry[0],
                document.stamps.read(document.line(entry[0])),
                found.retry,
                found.is_last,
                found.reason,
            )
        return found
