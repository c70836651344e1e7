"""Log: the document. Bytes come in, whole lines stand in pages, the unfinished tail is shown too.

A document is a sequence of immutable pages of whole lines, about 64 KiB each,
with one running line count per page; where the lines of a page begin is worked
out when somebody asks, and kept for the few pages that are being looked at.
Only the tail (less than one page, or one line that is still growing) is
mutable. Lines are split on `\\n` bytes only: every other "line break" of
Unicode, and a lone `\\r`, belongs to the text of a log line.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import OrderedDict
from dataclasses import dataclass
from typing import TypeVar

from logview.log.ansi import visible

PAGE_SIZE = 64 * 1024
"""Bytes that a page holds at most, unless a single line is longer."""

_KEPT_PAGES = 16
"""Pages whose lines stay split: what a large screen shows, twice over."""


_V = TypeVar("_V")


@dataclass(frozen=True, slots=True)
class Page:
    """A run of whole lines; the last page of a document is its mutable tail, as it is now."""

    number: int
    first_line: int
    """Number of the page's first line, from 0."""
    line_count: int
    start: int
    """Offset of the page's first byte in the log."""
    data: bytes


@dataclass(frozen=True, slots=True)
class OwnRow:
    """A row of ours in the log: it stands before `line`, has no number and is never matched."""

    line: int
    text: str
    kind: str


class _Recent(OrderedDict[int, _V]):
    """What was derived from the pages used last; the oldest goes first."""

    def keep(self, page: int, value: _V) -> _V:
        self[page] = value
        self.move_to_end(page)
        while len(self) > _KEPT_PAGES:
            self.popitem(last=False)
        return value


class LogDocument:
    """The bytes of one log, addressed by line (from 0) and by byte offset."""

    def __init__(self) -> None:
        self._pages: list[Page] = []
        self._first_lines: list[int] = []
        self._starts: list[int] = []
        self._tail = bytearray()
        self._tail_newlines = 0
        self._tail_start = 0
        self._sealed_lines = 0
        self._scanned = 0
        self._split: _Recent[list[bytes]] = _Recent()
        self._texts: _Recent[str] = _Recent()
        self._tail_page: Page | None = None
        self.own_rows: list[OwnRow] = []
        self.version = 0
        """Counts the changes; what was derived from another version may be stale at the tail."""

    # -- what arrives ---------------------------------------------------------------------

    def append(self, data: bytes) -> None:
        """Add bytes at the end; they may be cut anywhere."""
        if not data:
            return
        self._tail += data
        self._tail_newlines += data.count(b"\n")
        while len(self._tail) >= PAGE_SIZE and self._tail_newlines:
            cut = self._tail.rfind(b"\n", 0, PAGE_SIZE) + 1
            if not cut:
                cut = self._tail.find(b"\n", max(PAGE_SIZE, self._scanned)) + 1
            self._seal(cut)
        self._scanned = len(self._tail) if not self._tail_newlines else 0
        self._touch()

    def add_row(self, text: str, kind: str) -> None:
        """Put a row of ours behind everything that was received so far.

        A line that was unfinished stays as it is above the row; what comes
        next begins a line of its own.
        """
        if self._tail:
            self._seal(len(self._tail))
        self.own_rows.append(OwnRow(self._sealed_lines, text, kind))
        self._touch()

    def _seal(self, cut: int) -> None:
        with memoryview(self._tail) as view:
            data = bytes(view[:cut])
        del self._tail[:cut]
        newlines = data.count(b"\n")
        lines = newlines + (not data.endswith(b"\n"))
        page = Page(len(self._pages), self._sealed_lines, lines, self._tail_start, data)
        self._pages.append(page)
        self._first_lines.append(page.first_line)
        self._starts.append(page.start)
        self._split.pop(page.number, None)
        self._texts.pop(page.number, None)
        self._sealed_lines += lines
        self._tail_newlines -= newlines
        self._tail_start += cut
        self._scanned = 0

    def _touch(self) -> None:
        self.version += 1
        self._tail_page = None
        self._split.pop(len(self._pages), None)
        self._texts.pop(len(self._pages), None)

    # -- pages ----------------------------------------------------------------------------

    @property
    def sealed_count(self) -> int:
        """How many pages will never change."""
        return len(self._pages)

    @property
    def page_count(self) -> int:
        """How many pages there are, the mutable tail included."""
        return len(self._pages) + bool(self._tail)

    def page(self, number: int) -> Page:
        """Give page `number`; raises IndexError where there is none."""
        if 0 <= number < len(self._pages):
            return self._pages[number]
        if number == len(self._pages) and self._tail:
            if self._tail_page is None:
                self._tail_page = Page(
                    number,
                    self._sealed_lines,
                    self.line_count - self._sealed_lines,
                    self._tail_start,
                    bytes(self._tail),
                )
            return self._tail_page
        raise IndexError(f"no page {number}")

    def page_of(self, line: int) -> int:
        """Give the number of the page that holds `line`; raises IndexError where there is none."""
        if not 0 <= line < self.line_count:
            raise IndexError(f"no line {line}")
        if line >= self._sealed_lines:
            return len(self._pages)
        return bisect_right(self._first_lines, line) - 1

    def page_text(self, number: int) -> str:
        r"""Give the visible text of a page, its lines joined with `\n`.

        A line break at the end of the page is not part of it, so that
        `text.split("\n")` gives exactly the page's lines.
        """
        cached = self._texts.get(number)
        if cached is None:
            cached = self._texts.keep(number, self.read_text(number))
        return cached

    def read_text(self, number: int) -> str:
        """Do as `page_text`, keeping nothing: for passes over the whole log."""
        text = visible(self.page(number).data)
        return text.removesuffix("\n")

    # -- lines ----------------------------------------------------------------------------

    @property
    def line_count(self) -> int:
        """How many lines there are, an unfinished last one included."""
        unfinished = bool(self._tail) and self._tail[-1] != 0x0A
        return self._sealed_lines + self._tail_newlines + unfinished

    @property
    def last_is_unfinished(self) -> bool:
        """Whether the last line may still grow."""
        return bool(self._tail) and self._tail[-1] != 0x0A

    def line(self, number: int) -> bytes:
        """Give one line without its line break; raises IndexError where there is none."""
        page = self.page_of(number)
        lines = self._split.get(page)
        if lines is None:
            data = self.page(page).data
            lines = data.split(b"\n")
            if data.endswith(b"\n"):
                lines.pop()
            self._split.keep(page, lines)
        first = self._sealed_lines if page == len(self._pages) else self._first_lines[page]
        return lines[number - first]

    def line_text(self, number: int) -> str:
        """Give one line's visible text (the text exit of the door)."""
        return visible(self.line(number))

    # -- bytes ----------------------------------------------------------------------------

    @property
    def size(self) -> int:
        """How many bytes were received."""
        return self._tail_start + len(self._tail)

    def read(self, start: int, length: int) -> bytes:
        """Give bytes `start` to `start + length`, fewer where the log ends before."""
        end = min(start + length, self.size)
        if start < 0 or start >= end:
            return b""
        pieces: list[bytes] = []
        number = bisect_right(self._starts, start) - 1 if start < self._tail_start else -1
        while start < end:
            if start >= self._tail_start:
                offset = start - self._tail_start
                pieces.append(bytes(self._tail[offset : offset + end - start]))
                break
            page = self._pages[number]
            offset = start - page.start
            piece = page.data[offset : offset + end - start]
            pieces.append(piece)
            start += len(piece)
            number += 1
        return pieces[0] if len(pieces) == 1 else b"".join(pieces)
