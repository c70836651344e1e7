"""Log: the document. Bytes come in, whole lines stand in pages, the unfinished tail is shown too.

A document is a sequence of immutable pages of whole lines with one running
line count per page; where the lines of a page begin is worked out when
somebody asks, and kept for the few pages that are being looked at. Only the
tail (less than one page, or one line that is still growing) is mutable. Lines
are split on `\\n` bytes only: every other "line break" of Unicode, and a lone
`\\r`, belongs to the text of a log line.

A stream is kept in memory, and beyond `MEMORY` bytes in a private temporary
file. A file is not kept at all: its pages are read again when they are wanted,
and it is opened at its end; the lines before have negative numbers until the
whole is indexed, and for good: a line's number never changes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from logview.log.ansi import visible
from logview.log.page_facts import UNSEEN, PageFacts, Stamp, Traits, look, plain
from logview.log.pages import (
    BLOCK_SIZE,
    PAGE_LINES,
    PAGE_SIZE,
    BackwardIndex,
    Page,
    Pages,
    Reader,
    Region,
    Spill,
)
from logview.log.recent import Recent

if TYPE_CHECKING:
    from logview.log.search import Pattern

MEMORY = 64 * 1024 * 1024
"""Bytes of a stream that stay in memory; older pages go to a temporary file."""

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
        self._tail = bytearray()
        self._tail_newlines = 0
        self._tail_start = 0
        self._tail_region: Region | None = None
        self._scanned = 0
        self._index: BackwardIndex | None = None
        self._head_lost = False
        self._memory = 0
        self._spilled = 0
        self._spill: Spill | None = None
        self._spilling = True
        self._split: Recent[list[bytes]] = Recent()
        self._texts: Recent[str] = Recent()
        self._facts = PageFacts()
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
        if region is not self._tail_region:
            if self._tail:
                self._seal(len(self._tail))  # a page is all in one place
            self._tail_region = region
        if not self._tail and len(data) >= PAGE_SIZE:
            data = self._append_pages(data)
        self._tail += data
        self._tail_newlines += data.count(b"\n")
        while self._tail_newlines and (
            len(self._tail) >= PAGE_SIZE or self._tail_newlines > PAGE_LINES
        ):
            cut = self._tail.rfind(b"\n", 0, PAGE_SIZE) + 1
            if not cut:
                cut = self._tail.find(b"\n", max(PAGE_SIZE, self._scanned)) + 1
            self._seal(_shorter(self._tail, 0, cut))
        self._scanned = len(self._tail) if not self._tail_newlines else 0
        self._touch()

    def attach(self, reader: Reader, length: int) -> None:
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
        self._tail_start = start
        if start:
            self._index = BackwardIndex(region, start, self._pages)
        self.append(data, region)

    def take(self, reader: Reader, start: int, length: int) -> None:
        """Add bytes `start` to `start + length` of a reader, which keeps them for later."""
        if not self.size and not self.own_rows and not start:
            self.attach(reader, length)
            return
        region = self._tail_region
        if region is None or region.reader is not reader or region.offset(self.size) != start:
            region = Region(reader, self.size, start)
        for at in range(start, start + length, BLOCK_SIZE):
            self.append(reader.read(at, min(BLOCK_SIZE, start + length - at)), region)

    def add_row(self, text: str, kind: str) -> None:
        """Put a row of ours behind everything that was received so far.

        A line that was unfinished stays as it is above the row; what comes
        next begins a line of its own.
        """
        if self._tail:
            self._seal(len(self._tail))
        self.own_rows.append(OwnRow(self._pages.end_line, text, kind))
        self._touch()

    def _append_pages(self, data: bytes) -> bytes:
        """Make pages of what fills them, copied once; give the rest, which begins the tail."""
        at = 0
        while len(data) - at >= PAGE_SIZE:
            cut = data.rfind(b"\n", at, at + PAGE_SIZE) + 1
            cut = cut or data.find(b"\n", at + PAGE_SIZE) + 1
            if not cut:
                break
            cut = _shorter(data, at, cut)
            self._add_page(cut - at, data.count(b"\n", at, cut), data, at)
            at = cut
        return data[at:]

    def _seal(self, cut: int) -> None:
        with memoryview(self._tail) as view:
            data = bytes(view[:cut])
        del self._tail[:cut]
        newlines = data.count(b"\n")
        self._tail_newlines -= newlines
        self._scanned = 0
        self._add_page(cut, newlines + (not data.endswith(b"\n")), data, 0)

    def _add_page(self, size: int, lines: int, data: bytes, at: int) -> None:
        kept = self._tail_region or data[at : at + size]
        self._pages.add_after(self._tail_start, size, lines, kept)
        self._split.pop(self._pages.end - 1, None)
        self._texts.pop(self._pages.end - 1, None)
        self._tail_start += size
        if self._tail_region is None:
            self._memory += size
            if self._memory > MEMORY and self._spilling:
                self._spill_pages()

    def _spill_pages(self) -> None:
        """Move the oldest pages in memory to the temporary file, a few at a time."""
        if self._spill is None:
            try:
                self._spill = Spill()
            except OSError:
                self._spilling = False  # no place for it: memory is what there is
                return
        while self._memory > MEMORY and self._spilled < self._pages.end:
            number = self._spilled
            if self._pages.in_memory(number):
                page = self._pages.page(number)
                if not self._spill.write(self._pages.data(number), page.start):
                    self._spilling = False
                    return
                self._pages.move(number, self._spill.region)
                self._memory -= page.size
            self._spilled += 1

    def _touch(self) -> None:
        self.version += 1
        self._split.pop(self._pages.end, None)
        self._texts.pop(self._pages.end, None)

    def close(self) -> None:
        """Give back what is held outside memory."""
        if self._spill is not None:
            self._spill.close()
            self._spill = None

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
        return self._memory + len(self._tail)

    def number(self, line: int) -> int | None:
        """Give a line's number for a person, from 1; None while it can't be known."""
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
        return self._pages.end + bool(self._tail)

    def page(self, number: int) -> Page:
        """Give what is known of page `number`; raises IndexError where there is none."""
        if number == self._pages.end and self._tail:
            first = self._pages.end_line
            return Page(number, first, self.end_line - first, self._tail_start, len(self._tail))
        return self._pages.page(number)

    def first_line_of(self, number: int) -> int:
        """Give the number of a page's first line; the page has to be there."""
        return self._pages.first_line_of(number)

    def count_of(self, number: int) -> int:
        """Give how many lines a page has; the page has to be there."""
        if number == self._pages.end:
            return self.end_line - self._pages.end_line
        return self._pages.count_of(number)

    def page_of(self, line: int) -> int:
        """Give the number of the page that holds `line`; raises IndexError where there is none."""
        if not self.first_line <= line < self.end_line:
            raise IndexError(f"no line {line}")
        return self._pages.end if line >= self._pages.end_line else self._pages.page_of(line)

    def page_data(self, number: int) -> bytes:
        """Give the bytes of a page; raises IndexError where there is none.

        Where a file has lost them since, as many empty lines stand for them.
        """
        return self._read_page(number)[0]

    def _read_page(self, number: int) -> tuple[bytes, Traits, Stamp]:
        """Read a page; gives what is known of it, and the stamp that this belongs to."""
        if number == self._pages.end and self._tail:
            return bytes(self._tail), UNSEEN, None
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

    def _look_at(self, number: int) -> tuple[bytes, Traits, bytes | None]:
        """Read a page; gives what it is like, and the bytes of its text where that is at hand."""
        data, traits, stamp = self._read_page(number)
        if traits.known:
            return data, traits, None
        traits, text = look(data)
        self._facts.keep(number, stamp, traits)
        return data, traits, text

    def page_head(self, number: int, size: int) -> bytes:
        """Give the first bytes of a page, at most `size`: far less to read than the page.

        Raises IndexError where there is no such page.
        """
        if number == self._pages.end and self._tail:
            return bytes(self._tail[:size])
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
        r"""Give the visible text of a page, its lines joined with `\n`.

        A line break at the end of the page is not part of it, so that
        `text.split("\n")` gives exactly the page's lines.
        """
        cached = self._texts.recall(number)
        if cached is None:
            text = visible(self.page_data(number)).removesuffix("\n")
            cached = self._texts.keep(number, text, len(text))
        return cached

    def read_text(self, number: int) -> str:
        """Give what `page_text` gives, but don't keep it: for passes over the whole log."""
        data, traits, text = self._look_at(number)
        text = plain(data, traits) if text is None else text
        return (visible(data) if text is None else text.decode("utf-8", "replace")).removesuffix(
            "\n"
        )

    def read_for(self, pattern: Pattern, number: int) -> str | bytes:
        """Give what a pattern reads of a page: bytes where they do, which is far less work."""
        data, traits, text = self._look_at(number)
        if traits.clean and pattern.can_read(data, traits.seams):
            return data.removesuffix(b"\n")  # colours do not stand in its way
        text = plain(data, traits) if text is None else text
        if text is not None and pattern.can_read(text):
            return text.removesuffix(b"\n")
        return visible(data).removesuffix("\n")

    # -- lines ----------------------------------------------------------------------------

    @property
    def first_line(self) -> int:
        """Number of the first line known so far; 0, or negative in a file."""
        return self._pages.first_line

    @property
    def end_line(self) -> int:
        """Number behind the last line, an unfinished one included."""
        return self._pages.end_line + self._tail_newlines + self.last_is_unfinished

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
        return bool(self._tail) and self._tail[-1] != 0x0A

    def line(self, number: int) -> bytes:
        """Give one line without its line break; raises IndexError where there is none."""
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
        """Give one line's visible text (the text exit of the door)."""
        return visible(self.line(number))

    # -- bytes ----------------------------------------------------------------------------

    @property
    def size(self) -> int:
        """How many bytes were received."""
        return self._tail_start + len(self._tail)

    def head(self, size: int) -> bytes:
        """Give the first bytes of the log, also of a file that is not indexed yet."""
        if self._index is not None:
            region = self._index.region
            return region.read(region.start, size)
        return self.read(0, size)

    def read(self, start: int, length: int) -> bytes:
        """Give bytes `start` to `start + length`, fewer where the log ends before."""
        end = min(start + length, self.size)
        if start < 0 or start >= end:
            return b""
        pieces: list[bytes] = []
        number = self._pages.page_at(start) if start < self._tail_start else 0
        while start < end:
            if start >= self._tail_start:
                offset = start - self._tail_start
                pieces.append(bytes(self._tail[offset : offset + end - start]))
                break
            page = self._pages.page(number)
            offset = start - page.start
            piece = self._pages.data(number)[offset : offset + end - start]
            if not piece:
                break
            pieces.append(piece)
            start += len(piece)
            number += 1
        return pieces[0] if len(pieces) == 1 else b"".join(pieces)


def _shorter(data: bytes | bytearray, at: int, cut: int) -> int:
    """Give the end of a page that begins at `at`: `cut`, or before it where lines are short."""
    lines = data.count(b"\n", at, cut)
    if lines <= PAGE_LINES:
        return cut
    return data.rfind(b"\n", at, at + (cut - at) * PAGE_LINES // lines) + 1 or cut
