"""Log: the document. Bytes come in, whole lines stand in pages, the unfinished tail is shown too.

A document is a sequence of immutable pages of whole lines with one running
line count per page; where the lines of a page begin is worked out when
somebody asks, and kept for the few pages that are being looked at. Only the
tail (less than one page, or one line that is still growing) is mutable. Lines
are split on `\\n` bytes only: every other "line break" of Unicode, and a lone
`\\r`, belongs to the text of a log line.

A stream is kept in memory, and what is too much for it in a private temporary
file. A file is not kept at all: its pages are read again when they are wanted,
and it is opened at its end; the lines before have negative numbers until the
whole is indexed, and for good: a line's number never changes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from logview.log.store.page_cache import PageCache
from logview.log.store.page_traits import (
    UNSEEN,
    PageTraits,
    PageTraitsCache,
    Stamp,
    plain,
    scan_page,
    without_end,
)
from logview.log.store.pages import (
    BLOCK_SIZE,
    PAGE_SIZE,
    BackwardIndex,
    Page,
    PageReader,
    Pages,
    Region,
)
from logview.log.store.spill import Spill
from logview.log.store.tail import Tail
from logview.text.sanitize import visible

if TYPE_CHECKING:
    from logview.log.search.pattern import Pattern

OPENED_AT_END = 4 * PAGE_SIZE
"""Bytes at the end of a file that are read before the rest is indexed."""


@dataclass(frozen=True, slots=True)
class OwnRow:
    """A row of ours in the log: it stands before `line`, has no number and is never matched."""

    line: int
    text: str
    kind: str


class LogDocument:
    """The bytes of one log, addressed by line and by byte offset."""

    def __init__(self) -> None:
        self._pages = Pages()
        self._spill = Spill(self._pages)
        self._tail = Tail(self._pages, self._spill)
        self._index: BackwardIndex | None = None
        self._head_lost = False
        self._split: PageCache[list[bytes]] = PageCache()
        self._texts: PageCache[str] = PageCache()
        self._facts = PageTraitsCache()
        self.own_rows: list[OwnRow] = []
        self.version = 0
        """Counts the changes; what was derived from another version may be stale at the tail."""
        self.pages_lost = 0
        """How often empty lines were given for some that a file has lost."""
        self.pages_read = 0
        """How many pages were read from where they are kept; tests count on it."""
        self.heads_read = 0
        """How many pages only the beginning was read of; tests count on it."""

    # -- what arrives ---------------------------------------------------------------------

    def append(self, data: bytes, region: Region | None = None) -> None:
        """Add bytes at the end; they may be cut anywhere.

        With a `region` that holds them, they are read back from there later
        and not kept.
        """
        if not data:
            return
        self._touch()
        self._tail.append(data, region)

    def attach(self, reader: PageReader, length: int) -> None:
        """Open a file of `length` bytes at its end; `index_more` finds the lines before.

        Only for a document that is empty so far.
        """
        region = Region(reader, 0)
        start = max(0, length - OPENED_AT_END)
        data = region.read(start, length - start)
        while start:
            cut = data.find(b"\n", 0, max(0, len(data) - 1)) + 1
            if cut:
                start += cut
                data = data[cut:]
                break
            start = max(0, length - 4 * (length - start))
            data = region.read(start, length - start)
        self._tail.start = start
        if start:
            self._index = BackwardIndex(region, start, self._pages)
        self.append(data, region)

    def take(self, reader: PageReader, start: int, length: int) -> None:
        """Add bytes `start` to `start + length` of a reader, which keeps them for later."""
        if not self.size and not self.own_rows and not start:
            self.attach(reader, length)
            return
        region = self._tail.region
        if region is None or region.reader is not reader or region.offset(self.size) != start:
            region = Region(reader, self.size, start)
        for at in range(start, start + length, BLOCK_SIZE):
            self.append(reader.read(at, min(BLOCK_SIZE, start + length - at)), region)

    def add_row(self, text: str, kind: str) -> None:
        """Put a row of ours behind everything that was received so far.

        A line that was unfinished stays as it is above the row; what comes
        next begins a line of its own.
        """
        self._touch()
        self._tail.seal()
        self.own_rows.append(OwnRow(self._pages.end_line, text, kind))

    def _touch(self) -> None:
        """Forget what was derived from the tail, which is about to change or to become a page."""
        self.version += 1
        self._split.pop(self._pages.end, None)
        self._texts.pop(self._pages.end, None)

    def close(self) -> None:
        """Return back what is held outside memory."""
        self._spill.close()

    # -- the index ------------------------------------------------------------------------

    def index_more(self) -> bool:
        """Index one block more of a file that was opened at its end; False when all is indexed."""
        if self._index is None:
            return False
        found = self._pages.first
        self._index.step()
        stamp = self._index.region.stamp()
        for number in range(self._pages.first, found):
            self._facts.keep(number, stamp, UNSEEN)
        if not self._index.left:
            self._head_lost = self._index.lost
            self._index = None
        return True

    @property
    def unindexed(self) -> int:
        """Bytes of a file whose lines are not known yet."""
        return self._index.left if self._index is not None else 0

    @property
    def memory(self) -> int:
        """Bytes of the log that are kept in memory."""
        return self._spill.memory + len(self._tail.data)

    def number(self, line: int) -> int | None:
        """Return a line's number for a person, from 1; None while it can't be known."""
        if self._index is not None or self._head_lost:
            return None
        return line - self.first_line + 1

    # -- pages ----------------------------------------------------------------------------

    @property
    def first_page(self) -> int:
        """Number of the first page known so far; 0, or negative in a file."""
        return self._pages.first

    @property
    def sealed_end(self) -> int:
        """Number behind the last page that will never change: that of the tail, if there is one."""
        return self._pages.end

    @property
    def end_page(self) -> int:
        """Number behind the last page, the mutable tail included."""
        return self._pages.end + bool(self._tail.data)

    def page(self, number: int) -> Page:
        """Return what is known of page `number`; raises IndexError where there is none."""
        tail = self._tail
        if number == self._pages.end and tail.data:
            first = self._pages.end_line
            return Page(number, first, tail.line_count, tail.start, len(tail.data))
        return self._pages.page(number)

    def first_line_of(self, number: int) -> int:
        """Return the number of a page's first line; the page has to be there."""
        return self._pages.first_line_of(number)

    def count_of(self, number: int) -> int:
        """Return how many lines a page has; the page has to be there."""
        if number == self._pages.end:
            return self._tail.line_count
        return self._pages.count_of(number)

    def page_of(self, line: int) -> int:
        """Return the number of the page that holds `line`; raises IndexError for none."""
        if not self.first_line <= line < self.end_line:
            raise IndexError(f"no line {line}")
        return self._pages.end if line >= self._pages.end_line else self._pages.page_of(line)

    def page_data(self, number: int) -> bytes:
        """Return the bytes of a page; raises IndexError where there is none.

        Where a file has lost them since, as many empty lines stand for them.
        """
        return self._read_page(number)[0]

    def _read_page(self, number: int) -> tuple[bytes, PageTraits, Stamp]:
        """Read a page; returns what is known of it, and the stamp that this belongs to."""
        if number == self._pages.end and self._tail.data:
            return bytes(self._tail.data), UNSEEN, None
        page = self._pages.page(number)
        self.pages_read += 1
        data = self._pages.data(number)
        stamp = self._pages.stamp(number)
        traits = self._facts.recall(number, stamp)
        if traits is not None:
            return data, traits, stamp
        lines = data.count(b"\n") + (bool(data) and not data.endswith(b"\n"))
        if lines != page.line_count:
            # The file was changed behind our back: the lines that are there, and empty ones.
            self.pages_lost += 1
            whole = data.split(b"\n")[: min(lines, page.line_count)]
            data = b"\n".join(whole + [b""] * (page.line_count - len(whole))) + b"\n"
            return data, UNSEEN, None
        self._facts.keep(number, stamp, UNSEEN)
        return data, UNSEEN, stamp

    def _look_at(self, number: int) -> tuple[bytes, PageTraits, bytes | None]:
        """Read a page; returns what it is like, and the bytes of its text where that is at hand."""
        data, traits, stamp = self._read_page(number)
        if traits.known:
            return data, traits, None
        traits, text = scan_page(data)
        self._facts.keep(number, stamp, traits)
        return data, traits, text

    def page_head(self, number: int, size: int) -> bytes:
        """Return the first bytes of a page, at most `size`: far less to read than the page.

        Raises IndexError where there is no such page.
        """
        if number == self._pages.end and self._tail.data:
            return bytes(self._tail.data[:size])
        if not self._pages.first <= number < self._pages.end:
            raise IndexError(f"no page {number}")
        self.heads_read += 1
        return self._pages.head(number, size)

    def forget(self) -> None:
        """Forget what was derived from pages whose file has lost them."""
        self._split.clear()
        self._texts.clear()
        self._facts.clear()
        self.version += 1

    def page_text(self, number: int) -> str:
        r"""Return the visible text of a page, its lines joined with `\n`.

        A line break at the end of the page is not part of it, so that
        `text.split("\n")` gives exactly the page's lines.
        """
        cached = self._texts.recall(number)
        if cached is None:
            data = self.page_data(number)
            text = without_end(visible(data), data)
            cached = self._texts.keep(number, text, len(text))
        return cached

    def read_text(self, number: int) -> str:
        """Return what `page_text` gives, but don't keep it: for passes over the whole log."""
        data, traits, text = self._look_at(number)
        text = plain(data, traits) if text is None else text
        shown = visible(data) if text is None else text.decode("utf-8", "replace")
        return without_end(shown, data)

    def read_for(self, pattern: Pattern, number: int) -> str | bytes:
        """Return what a pattern reads of a page: bytes where they do, which is far less work."""
        data, traits, text = self._look_at(number)
        if traits.clean and pattern.can_read(data, traits.seams):
            return without_end(data, data)  # colours do not stand in its way
        text = plain(data, traits) if text is None else text
        if text is not None and pattern.can_read(text):
            return without_end(text, data)
        return without_end(visible(data), data)

    # -- lines ----------------------------------------------------------------------------

    @property
    def first_line(self) -> int:
        """Number of the first line known so far; 0, or negative in a file."""
        return self._pages.first_line

    @property
    def end_line(self) -> int:
        """Number behind the last line, an unfinished one included."""
        return self._pages.end_line + self._tail.line_count

    @property
    def sealed_line(self) -> int:
        """Number behind the last line of the pages that will never change."""
        return self._pages.end_line

    @property
    def line_count(self) -> int:
        """How many lines are known, an unfinished last one included."""
        return self.end_line - self.first_line

    @property
    def last_is_unfinished(self) -> bool:
        """Whether the last line may still grow."""
        return self._tail.is_unfinished

    def line(self, number: int) -> bytes:
        """Return one line without its line break; raises IndexError where there is none."""
        page = self.page_of(number)
        lines = self._split.recall(page)
        if lines is None:
            data = self.page_data(page)
            lines = data.split(b"\n")
            if data.endswith(b"\n"):
                lines.pop()
            self._split.keep(page, lines, len(data))
        index = number - self._pages.first_line_of(page)
        return lines[index] if index < len(lines) else b""

    def line_text(self, number: int) -> str:
        """Return one line's visible text (the text exit of the door)."""
        return visible(self.line(number))

    # -- bytes ----------------------------------------------------------------------------

    @property
    def size(self) -> int:
        """How many bytes were received."""
        return self._tail.start + len(self._tail.data)

    def head(self, size: int) -> bytes:
        """Return the first bytes of the log, also of a file that is not indexed yet."""
        if self._index is not None:
            region = self._index.region
            return region.read(region.start, size)
        return self.read(0, size)

    def read(self, start: int, length: int) -> bytes:
        """Return bytes `start` to `start + length`, fewer where the log ends before."""
        end = min(start + length, self.size)
        if start < 0 or start >= end:
            return b""
        pieces: list[bytes] = []
        tail = self._tail
        number = self._pages.page_at(start) if start < tail.start else 0
        while start < end:
            if start >= tail.start:
                offset = start - tail.start
                pieces.append(bytes(tail.data[offset : offset + end - start]))
                break
            page = self._pages.page(number)
            offset = start - page.start
            piece = self._pages.data(number)[offset : offset + end - start]
            if offset < 0 or not piece:
                break  # the file has lost bytes
            pieces.append(piece)
            start += len(piece)
            number += 1
        return pieces[0] if len(pieces) == 1 else b"".join(pieces)
