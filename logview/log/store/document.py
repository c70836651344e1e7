"""The document: the bytes of one log, addressed by page, by line and by byte offset.

A document is a sequence of immutable pages of whole lines, and a mutable tail:
less than a page, or one line that is still growing. Where the lines of a page
begin is computed on request, and kept for the pages used last. Lines are split
on `\\n` bytes only: every other "line break" of Unicode, and a lone `\\r`, is
part of the text of a line.

A stream is kept in memory, and what is too much for it in a private temporary
file. A file is not kept at all: its pages are read again on request, and it is
opened at its end; the lines before have negative numbers until all is indexed,
and after: a line's number never changes. A file whose last line is huge is
read from its start instead, a block at each `index_more`.

Whatever reads pages of a file may raise PendingReadError (`logview/pending_reads.py`):
then nothing has changed, and it is to be done again.

A line longer than `LONG_LINE` bytes is read in parts (`read_line`): of such a
line `line`, `page_data` and all that is derived from them have the first
`LINE_PART` bytes only.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from logview.log.store.page_cache import PageCache
from logview.log.store.page_traits import (
    UNSCANNED,
    PageTraits,
    PageTraitsCache,
    Stamp,
    scan_page,
    strip_line_end,
    visible_bytes,
)
from logview.log.store.pages import (
    BLOCK_SIZE,
    LINE_PART,
    LONG_LINE,
    PAGE_SIZE,
    BackwardIndex,
    Page,
    PageReader,
    Pages,
    Region,
    count_breaks,
)
from logview.log.store.tail import Spill, Tail
from logview.pending_reads import PendingReadError, PendingReads
from logview.text.escapes import looks_binary
from logview.text.sanitize import visible
from logview.text.timestamps import PLATFORM, STAMP, StampReader, detect_stamps

if TYPE_CHECKING:
    from logview.log.search.pattern import Pattern

OPENED_AT_END = 4 * PAGE_SIZE
"""Bytes at the end of a file that are read before the rest is indexed."""

STAMPS_HEAD = 64 * 1024
"""Bytes at a log's beginning that show which stamps it has."""

BINARY_HEAD = 4096
"""Bytes at a log's beginning that show whether it is text."""

FAR_BACK = 32 * 1024 * 1024
"""Bytes at the end of a file in which its last line has to begin: some 20 ms of work."""


@dataclass(frozen=True, slots=True)
class OwnRow:
    """A row of our own, before line `line`; it has no number and is never matched."""

    line: int
    text: str
    kind: str


class LogDocument:
    """The bytes of one log, addressed by line and by byte offset."""

    def __init__(self) -> None:
        self._pages = Pages()
        self._spill = Spill()
        self._tail = Tail(self._pages, self._spill)
        self._index: BackwardIndex | None = None
        self._ahead: tuple[Region, int] | None = None
        """A file that is read from where the log ends, and up to where; None once it was."""
        self._head_lost = False
        self._split: PageCache[list[bytes]] = PageCache()
        self._texts: PageCache[str] = PageCache()
        self._traits = PageTraitsCache()
        self._is_binary = self._binary_known = False
        self._binary_of = -1
        """The version of the document whose beginning showed whether it is text; -1 for none."""
        self._stamps = PLATFORM
        self._stamps_of = -1
        """The version of the document whose beginning showed which stamps it has; -1 for none."""
        self._stamps_known = False
        """Whether what follows can't show other ones."""
        self.pending = PendingReads()
        """The reads of files that have not come back."""
        self.own_rows: list[OwnRow] = []
        self.version = 0
        """Counts the changes; what was derived from another version may be stale in the tail."""
        self.pages_lost = 0
        """How often lines were read, or removed, that a file has lost."""
        self.pages_read = 0
        """How many pages have been read from where they are kept."""
        self.heads_read = 0
        """Of how many pages only the beginning has been read."""

    # -- what arrives ---------------------------------------------------------------------

    def append(self, data: bytes, region: Region | None = None) -> None:
        """Add bytes at the end; they may be cut anywhere.

        With a `region` that holds them, they are read back from there later
        and not kept.
        """
        if not data:
            return
        self._read_ahead()
        self._append(data, region)

    def _append(self, data: bytes, region: Region | None) -> None:
        self._invalidate_tail()
        self._tail.append(data, region)

    def attach(self, reader: PageReader, length: int) -> None:
        """Open a file of `length` bytes at its end; `index_more` finds the lines before.

        Only for a document that is empty so far.
        """
        region = Region(reader, 0, pending=self.pending)
        start = max(0, length - OPENED_AT_END)
        data = region.read(start, length - start)
        if start:
            cut = data.find(b"\n", 0, max(0, len(data) - 1)) + 1
            begin = start + cut if cut else _find_line(region, start)
            if begin is None:
                self._ahead = region, length
                self._begin_ahead(BLOCK_SIZE)
                return
            start = self._tail.start = begin
            data = data[cut:] if cut else b""
            if start:
                self._index = BackwardIndex(region, start, self._pages)
        if data:
            self._append(data, region)
        else:
            self._ahead = region, length
            self._begin_ahead(length)

    def _begin_ahead(self, size: int) -> None:
        """Read up to `size` bytes of what is to be read, as far as they are there."""
        end = self.size + size
        try:
            while self._ahead is not None and self.size < end:
                self.index_more()
        except PendingReadError:
            pass  # `index_more` goes on with it

    def extend(self, reader: PageReader, start: int, length: int) -> None:
        """Add bytes `start` to `start + length` of a reader, which keeps them for later."""
        if not self.size and not self.own_rows and not start:
            self.attach(reader, length)
            return
        if self._ahead is not None:
            region, end = self._ahead
            if region.reader is reader and region.offset(end) == start:
                self._ahead = region, end + length
                return
            self._read_ahead()
        current = self._tail.region
        if current is None or current.reader is not reader or current.offset(self.size) != start:
            current = Region(reader, self.size, start, self.pending)
        self._ahead = current, self.size + length
        self._begin_ahead(length)

    def _read_ahead(self) -> None:
        """Read the rest of a file that is read from its start: something else follows it."""
        while self._ahead is not None:
            self.index_more()

    def add_row(self, text: str, kind: str) -> None:
        """Add a row of our own after everything that was received so far.

        A line that was unfinished stays as it is above the row; what comes
        next begins a line of its own.
        """
        self._read_ahead()
        self._invalidate_tail()
        self._tail.seal()
        self.own_rows.append(OwnRow(self._pages.end_line, text, kind))

    def _invalidate_tail(self) -> None:
        """Drop what was derived from the tail, which is about to change or to become a page."""
        self.version += 1
        if self._tail.size > LONG_LINE:
            return  # all that is read of it as a page is its beginning, which stays
        self._split.discard(self._pages.end)
        self._texts.discard(self._pages.end)

    def close(self) -> None:
        """Free what is held outside memory."""
        self._spill.close()

    # -- the index ------------------------------------------------------------------------

    def index_more(self) -> bool:
        """Index one block more of a file; False when all is indexed."""
        if self._ahead is not None:
            region, end = self._ahead
            data = region.read(self.size, min(BLOCK_SIZE, end - self.size))
            if data:
                self._append(data, region)
            if not data or self.size >= end:
                self._ahead = None  # or the file was cut short meanwhile; its source will notice
            return True
        if self._index is None:
            return False
        found = self._pages.first
        self._index.step()
        stamp = self._index.region.stamp()
        for number in range(self._pages.first, found):
            self._traits.add(number, stamp, UNSCANNED)
        if not self._index.left:
            self._head_lost = self._index.lost
            self._index = None
        return True

    @property
    def unindexed(self) -> int:
        """Bytes of a file whose lines are not known yet."""
        ahead = self._ahead[1] - self.size if self._ahead is not None else 0
        return ahead + (self._index.left if self._index is not None else 0)

    @property
    def memory(self) -> int:
        """Bytes of the log that are kept in memory."""
        return self._spill.memory + self._tail.memory

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
        return self._pages.end + bool(self._tail.size)

    def page(self, number: int) -> Page:
        """Return what is known of page `number`; raises IndexError where there is none."""
        tail = self._tail
        if number == self._pages.end and tail.size:
            first = self._pages.end_line
            return Page(number, first, tail.line_count, tail.start, tail.size)
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
        pages = self._pages
        if pages.first_line <= line < pages.end_line:
            return pages.page_of(line)
        if not pages.end_line <= line < self.end_line:
            raise IndexError(f"no line {line}")
        return pages.end

    def page_data(self, number: int) -> bytes:
        """Return the bytes of a page; raises IndexError where there is none.

        Of a long line these are the first `LINE_PART`. Where a file has lost
        them since, as many empty lines stand for them.
        """
        return self._read_page(number)[0]

    def _read_page(self, number: int) -> tuple[bytes, PageTraits, Stamp]:
        """Read a page; returns what is known of it, and the stamp that this belongs to."""
        tail = self._tail
        if number == self._pages.end and tail.size:
            return tail.read(0, LINE_PART if tail.size > LONG_LINE else tail.size), UNSCANNED, None
        page = self._pages.page(number)
        self.pages_read += 1
        data = self._pages.data(number)
        stamp = self._pages.stamp(number)
        traits = self._traits.get(number, stamp)
        if traits is not None:
            return data, traits, stamp
        lines = count_breaks(data, 0, len(data)) + (bool(data) and not data.endswith(b"\n"))
        if lines != page.line_count:
            # The file was changed behind our back: the lines that are there, and empty ones.
            self.pages_lost += 1
            whole = data.split(b"\n")[: min(lines, page.line_count)]
            data = b"\n".join(whole + [b""] * (page.line_count - len(whole))) + b"\n"
            return data, UNSCANNED, None
        self._traits.add(number, stamp, UNSCANNED)
        return data, UNSCANNED, stamp

    def _scan(self, number: int) -> tuple[bytes, PageTraits, bytes | None]:
        """Read a page; return its bytes, its traits, and the bytes of its text if known."""
        data, traits, stamp = self._read_page(number)
        if traits.known:
            return data, traits, None
        traits, text = scan_page(data)
        self._traits.add(number, stamp, traits)
        return data, traits, text

    def page_head(self, number: int, size: int) -> bytes:
        """Return the first bytes of a page, at most `size`: far less to read than the page.

        Raises IndexError where there is no such page.
        """
        if number == self._pages.end and self._tail.size:
            return self._tail.read(0, size)
        if not self._pages.first <= number < self._pages.end:
            raise IndexError(f"no page {number}")
        self.heads_read += 1
        return self._pages.read(number, 0, size)

    def forget(self) -> int | None:
        """Drop what files have lost, and all that was derived from pages.

        Lines that can't be read any more are removed. Return the number of the
        first of them: from there on lines have new numbers. None where none is lost.
        """
        self._split.clear()
        self._texts.clear()
        self._traits.clear()
        self._stamps_known = self._binary_known = False
        self.version += 1
        return self._remove_lost()

    def _remove_lost(self) -> int | None:
        ahead = None if self._ahead is None else self._ahead[0]
        index = None if self._index is None else self._index.region
        lost_ahead = ahead is not None and not ahead.read(ahead.start, 1)
        lost_index = index is not None and not index.read(index.start, 1)
        removed = self._pages.remove_lost()
        if lost_ahead:
            self._ahead = None
        if lost_index:
            self._index = None
            self._head_lost = True
        if not removed:
            return None
        self.pages_lost += 1
        if self._pages.first == 0:
            self._head_lost = False  # the first line that is left is the first of the log
        rows = []
        for row in self.own_rows:
            gone = [len(lines) for lines in removed if 0 <= lines.start < row.line]
            gone_before = [len(lines) for lines in removed if row.line <= lines.start < 0]
            text = row.text
            if row.kind == "truncated" and any(lines.stop == row.line for lines in removed):
                count = sum(map(len, removed))
                are = "1 line is" if count == 1 else f"{count:,} lines are"
                text = f"{are} gone: the file was cut short or rewritten here."
            line = row.line - sum(gone) + sum(gone_before)
            rows.append(OwnRow(max(line, self._pages.first_line), text, row.kind))
        self.own_rows = rows
        return removed[0].start

    def page_text(self, number: int) -> str:
        r"""Return the visible text of a page, its lines joined with `\n`.

        A line break at the end of the page is not part of it, so that
        `text.split("\n")` gives exactly the page's lines.
        """
        cached = self._texts.get(number)
        if cached is None:
            data = self.page_data(number)
            text = strip_line_end(visible(data), data)
            cached = self._texts.add(number, text, len(text))
        return cached

    def read_text(self, number: int) -> str:
        """Return what `page_text` does, without caching it: for passes over the whole log."""
        data, traits, text = self._scan(number)
        text = visible_bytes(data, traits) if text is None else text
        shown = visible(data) if text is None else text.decode("utf-8", "replace")
        return strip_line_end(shown, data)

    def read_for(self, pattern: Pattern, number: int) -> str | bytes:
        """Return what a pattern searches of a page: bytes where possible, which is far cheaper."""
        data, traits, text = self._scan(number)
        if traits.clean and pattern.can_read(data, traits.seams):
            return strip_line_end(data, data)  # colours do not stand in its way
        text = visible_bytes(data, traits) if text is None else text
        if text is not None and pattern.can_read(text):
            return strip_line_end(text, data)
        return strip_line_end(visible(data), data)

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
        """Return one line without its line break, of a long one the first `LINE_PART` bytes.

        Raises IndexError where there is none.
        """
        page = self.page_of(number)
        lines = self._split.get(page)
        if lines is None:
            data = self.page_data(page)
            lines = data.split(b"\n")
            if data.endswith(b"\n"):
                lines.pop()
            self._split.add(page, lines, len(data))
        index = number - self._pages.first_line_of(page)
        return lines[index] if index < len(lines) else b""

    def long_size(self, number: int) -> int:
        """Return the bytes of a long line without its line break; 0 for any other line.

        Raises IndexError where there is none.
        """
        page = self.page(self.page_of(number))
        if not page.is_long_line:
            return 0
        return page.size - (self._read_in(page.number, page.size - 1, 1) == b"\n")

    def read_line(self, number: int, start: int, length: int) -> bytes:
        """Return up to `length` bytes of a long line from `start` on, without its line break.

        Raises IndexError where there is no such line, ValueError for one that is not long.
        """
        size = self.long_size(number)
        if not size:
            raise ValueError(f"line {number} is not long")
        start = max(0, start)
        return self._read_in(self.page_of(number), start, max(0, min(length, size - start)))

    def _read_in(self, page: int, offset: int, length: int) -> bytes:
        """Return bytes of a page; fewer where a file has lost them."""
        if page == self._pages.end:
            return self._tail.read(offset, length)
        return self._pages.read(page, offset, length)

    def line_text(self, number: int) -> str:
        """Return one line's visible text."""
        return visible(self.line(number))

    # -- bytes ----------------------------------------------------------------------------

    @property
    def size(self) -> int:
        """How many bytes were received."""
        return self._tail.start + self._tail.size

    def head(self, size: int) -> bytes:
        """Return the first bytes of the log, also of a file that is not indexed yet."""
        if self._index is not None:
            region = self._index.region
            return region.read(region.start, size)
        first = self.first_page
        return self.read(self.page(first).start, size) if first < self.end_page else b""

    @property
    def is_binary(self) -> bool:
        """Whether the log is no text, as far as its beginning shows."""
        if not self._binary_known and self._binary_of != self.version:
            try:
                head = self.head(BINARY_HEAD)
            except PendingReadError:
                return self._is_binary
            self._binary_of = self.version
            self._binary_known = len(head) == BINARY_HEAD
            self._is_binary = looks_binary(head)
        return self._is_binary

    @property
    def stamps(self) -> StampReader:
        """Return the reader of the log's time stamps, as far as its beginning shows which it has.

        Where the platform's are found, or enough of the log is there, that is for good.
        """
        if not self._stamps_known and self._stamps_of != self.version:
            try:
                head = self.head(STAMPS_HEAD)
            except PendingReadError:
                return self._stamps
            self._stamps_of = self.version
            self._stamps_known = len(head) == STAMPS_HEAD or STAMP.match(head) is not None
            found = detect_stamps(head)
            if found != self._stamps:
                self._stamps = found
        return self._stamps

    def read(self, start: int, length: int) -> bytes:
        """Return bytes `start` to `start + length`, fewer where the log ends before."""
        end = min(start + length, self.size)
        if start < 0 or start >= end:
            return b""
        pieces: list[bytes] = []
        in_pages = start < self._tail.start and self._pages.first < self._pages.end
        number = self._pages.page_at(start) if in_pages else self._pages.end
        while start < end and self._pages.first <= number < self.end_page:
            page = self.page(number)
            offset = start - page.start
            piece = self._read_in(number, offset, end - start) if offset >= 0 else b""
            if not piece:
                break  # the file has lost bytes
            pieces.append(piece)
            start += len(piece)
            number += 1
        return pieces[0] if len(pieces) == 1 else b"".join(pieces)


def _find_line(region: Region, before: int) -> int | None:
    """Return where the line that holds byte `before` begins; None where that is too far away."""
    low = max(0, before - FAR_BACK)
    end = before
    while end > low:
        start = max(low, end - BLOCK_SIZE)
        found = region.read(start, end - start).rfind(b"\n") + 1
        if found:
            return start + found
        end = start
    return None if low else 0
