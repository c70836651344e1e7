"""The table of pages: where the whole lines of a log are, and how many each page has.

A page is a run of whole lines, about 64 KiB, in memory, in a file, or in the
spill file. Page numbers never change: 0 is the first page that was opened; a
file is opened at its end, so the pages before it, found while the rest is
indexed, have negative numbers. Lines are numbered likewise.

A line longer than `LONG_LINE` bytes is alone on its page and is never read as a
whole: see `Pages.read`.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from logview.pending_reads import PendingReadError, PendingReads

if TYPE_CHECKING:
    from logview.log.store.page_traits import Stamp

PAGE_SIZE = 64 * 1024
"""Bytes that a page holds at most, unless a single line is longer."""

PAGE_LINES = 4096
"""About how many lines a page holds at most: one pass over a page stays short."""

BLOCK_SIZE = 1024 * 1024
"""Bytes of a file that one step of the index reads: below a millisecond of work."""

LONG_LINE = 128 * 1024
"""Bytes (with the line break) above which a line is read in parts."""

_SAMPLE = 1024
"""Bytes that show whether lines are long."""

LINE_PART = 64 * 1024
"""Bytes of a long line that are read at once: a few milliseconds of work, whatever they are."""


class PageReader(Protocol):
    """Bytes that can be read again at any time, by offset."""

    def read(self, start: int, length: int) -> bytes:
        """Return `length` bytes from `start` on; fewer, or none, where they are gone.

        May raise OSError, ValueError once it is closed, and PendingReadError.
        """
        ...

    def stamp(self) -> Stamp:
        """Return what stays equal as long as the bytes are the same; None where unknown."""
        ...


@dataclass(frozen=True, slots=True)
class Region:
    """A stretch of the log that a reader holds."""

    reader: PageReader
    start: int
    """Offset in the log of the reader's byte `base`."""
    base: int = 0
    pending: PendingReads | None = None
    """Takes note of reads that are pending."""

    def offset(self, at: int) -> int:
        """Return the reader's offset of a byte by its offset in the log."""
        return at - self.start + self.base

    def read(self, start: int, length: int) -> bytes:
        """Return bytes by their offset in the log; none where they can't be read any more.

        Raises PendingReadError where they are not there yet.
        """
        try:
            return self.reader.read(self.offset(start), length)
        except (OSError, ValueError):  # gone, or closed already
            return b""
        except PendingReadError as error:
            if self.pending is not None:
                self.pending.add(error)
            raise

    def stamp(self) -> Stamp:
        """Return the reader's stamp."""
        try:
            return self.reader.stamp()
        except (OSError, ValueError):
            return None


@dataclass(frozen=True, slots=True)
class Page:
    """What is known of one page."""

    number: int
    first_line: int
    line_count: int
    start: int
    """Offset of the page's first byte in the log."""
    size: int

    @property
    def is_long_line(self) -> bool:
        """Whether the page is a single line that is read in parts."""
        return self.size > LONG_LINE


class _Side:
    """Pages in the order in which they were found, away from where the log was opened."""

    def __init__(self) -> None:
        self.edges = array("q")
        """How many lines there are up to and including each page, counted from the opening."""
        self.starts = array("q")
        self.sizes = array("q")
        self.data: list[bytes | Region] = []

    @property
    def lines(self) -> int:
        return self.edges[-1] if self.edges else 0

    def add(self, start: int, size: int, lines: int, data: bytes | Region) -> None:
        self.edges.append(self.lines + lines)
        self.starts.append(start)
        self.sizes.append(size)
        self.data.append(data)

    def without(self, lost: list[bool]) -> _Side:
        rest = _Side()
        for index, is_lost in enumerate(lost):
            if not is_lost:
                data = self.data[index]
                rest.add(self.starts[index], self.sizes[index], self.count(index), data)
        return rest

    def lost(self) -> list[bool]:
        known: dict[int, bool] = {}
        lost = []
        for index, data in enumerate(self.data):
            if isinstance(data, bytes):
                lost.append(False)
                continue
            if id(data) not in known:
                known[id(data)] = not data.read(self.starts[index], 1)
            lost.append(known[id(data)])
        return lost

    def count(self, index: int) -> int:
        return self.edges[index] - (self.edges[index - 1] if index else 0)

    def read(self, index: int, offset: int, length: int) -> bytes:
        data = self.data[index]
        if isinstance(data, bytes):
            return data[offset : offset + length]
        return data.read(
            self.starts[index] + offset, max(0, min(length, self.sizes[index] - offset))
        )


class Pages:
    """The table of the pages that will not change any more."""

    def __init__(self) -> None:
        self._after = _Side()
        self._before = _Side()
        # Attributes, not properties: they are asked for several times for each row drawn.
        self.first = 0
        """Number of the first page known so far; 0 or negative."""
        self.end = 0
        """Number after the last page."""
        self.first_line = 0
        """Number of the first line known so far; 0 or negative."""
        self.end_line = 0
        """Number after the last line."""

    def _update_ends(self) -> None:
        self.first, self.end = -len(self._before.data), len(self._after.data)
        self.first_line, self.end_line = -self._before.lines, self._after.lines

    def add_after(self, start: int, size: int, lines: int, data: bytes | Region) -> None:
        """Add a page after all others."""
        self._after.add(start, size, lines, data)
        self._update_ends()

    def add_before(self, start: int, size: int, lines: int, region: Region) -> None:
        """Add a page before all others."""
        self._before.add(start, size, lines, region)
        self._update_ends()

    def _place(self, number: int) -> tuple[_Side, int]:
        return (self._after, number) if number >= 0 else (self._before, ~number)

    def page(self, number: int) -> Page:
        """Return what is known of a page; raises IndexError where there is none."""
        if not self.first <= number < self.end:
            raise IndexError(f"no page {number}")
        side, index = self._place(number)
        count = side.count(index)
        edge = side.edges[index]
        first = edge - count if number >= 0 else -edge
        return Page(number, first, count, side.starts[index], side.sizes[index])

    def first_line_of(self, number: int) -> int:
        """Return the number of a page's first line; the page has to be there."""
        if number > 0:
            return self._after.edges[number - 1]
        return 0 if number == 0 else -self._before.edges[~number]

    def count_of(self, number: int) -> int:
        """Return how many lines a page has; the page has to be there."""
        return self._after.count(number) if number >= 0 else self._before.count(~number)

    def page_of(self, line: int) -> int:
        """Return the number of the page that holds a line of these pages."""
        if line >= 0:
            return bisect_right(self._after.edges, line)
        return ~bisect_left(self._before.edges, -line)

    def page_at(self, offset: int) -> int:
        """Return the number of the page that holds a byte, by its offset in the log."""
        if self._after.starts and offset >= self._after.starts[0]:
            return bisect_right(self._after.starts, offset) - 1
        low, high = 0, len(self._before.data) - 1
        while low < high:  # the starts fall
            middle = (low + high) // 2
            if self._before.starts[middle] <= offset:
                high = middle
            else:
                low = middle + 1
        return ~low

    def data(self, number: int) -> bytes:
        """Return the bytes of a page, of a long line the first `LINE_PART`.

        Fewer where a file has lost them.
        """
        side, index = self._place(number)
        data, size = side.data[index], side.sizes[index]
        if size > LONG_LINE:
            return side.read(index, 0, LINE_PART)
        return data if isinstance(data, bytes) else data.read(side.starts[index], size)

    def read(self, number: int, offset: int, length: int) -> bytes:
        """Return up to `length` bytes of a page from an offset on; fewer where a file lost them."""
        side, index = self._place(number)
        return side.read(index, offset, length)

    def stamp(self, number: int) -> Stamp:
        """Return what stays equal as long as the bytes of a page are the same."""
        side, index = self._place(number)
        data = side.data[index]
        return () if isinstance(data, bytes) else data.stamp()

    def remove_lost(self) -> list[range]:
        """Remove the pages of files that have lost their bytes; those after them get new numbers.

        Return the lines that were removed, by their numbers before, in order.
        """
        before, after = self._before.lost(), self._after.lost()
        removed = [
            range(page.first_line, page.first_line + page.line_count)
            for number, is_lost in zip(
                range(self.first, self.end), [*reversed(before), *after], strict=True
            )
            if is_lost
            for page in [self.page(number)]
        ]
        if removed:
            self._before, self._after = self._before.without(before), self._after.without(after)
            self._update_ends()
        return removed

    def block(self, number: int) -> bytes | None:
        """Return the bytes of a page that is in memory; else None."""
        data = self._after.data[number]
        return data if isinstance(data, bytes) else None

    def move(self, number: int, region: Region) -> None:
        """Take note that a page's bytes were moved to a region."""
        self._after.data[number] = region


class BackwardIndex:
    """Finds the pages of a region from its end to its start, a block at a time."""

    def __init__(self, region: Region, end: int, pages: Pages) -> None:
        self.region = region
        self._pages = pages
        self.left = end
        """Bytes that are not indexed yet; they are the first ones of the region."""
        self.lost = False
        """Whether the file lost bytes before they were indexed: their lines are never known."""
        self._scanned = 0
        """Bytes at the end of those left that are known to belong to one line."""

    def step(self) -> None:
        """Index one block more, or find that it belongs to a line that goes on above it."""
        low = self.region.start
        line_end = low + self.left
        end = line_end - self._scanned
        start = max(low, end - BLOCK_SIZE)
        data = self.region.read(start, end - start)
        if len(data) < end - start:  # the file has lost them
            self.left = 0
            self.lost = True
            return
        if self._scanned:
            first = data.rfind(b"\n") + 1
            if not first and start > low:
                self._scanned += len(data)
                return
            self._scanned = 0
            self._pages.add_before(start + first, line_end - start - first, 1, self.region)
        else:
            first = 0 if start == low else data.find(b"\n", 0, len(data) - 1) + 1
            if not first and start > low:
                self._scanned = len(data)
                return
            self._add_pages(data, first, start)
        self.left = start + first - low

    def _add_pages(self, data: bytes, first: int, offset: int) -> None:
        end = len(data)
        while end > first:
            start = first
            if end - PAGE_SIZE > first:
                start = data.find(b"\n", end - PAGE_SIZE - 1, end - 1) + 1
                if not start:
                    start = max(first, data.rfind(b"\n", first, end - PAGE_SIZE) + 1)
            lines = count_breaks(data, start, end)
            if lines > PAGE_LINES:
                # Short lines: the part of them that holds about as many as a page may.
                size = (end - start) * PAGE_LINES // lines
                start = data.find(b"\n", end - size - 1, end - 1) + 1 or start
                lines = data.count(b"\n", start, end)
            if data[end - 1] != 0x0A:
                lines += 1
            self._pages.add_before(offset + start, end - start, lines, self.region)
            end = start


def count_breaks(data: bytes | bytearray, start: int, end: int) -> int:
    """Return `data.count(b"\\n", start, end)`, in a third of its time where lines are long.

    CPython (3.13 too) compares each byte to count one, but replaces with the system's
    `memchr`, which costs by the line instead.
    """
    if end - start < 2 * _SAMPLE or data.count(b"\n", start, start + _SAMPLE) > _SAMPLE // 40:
        return data.count(b"\n", start, end)
    part = data[start:end]
    return len(part) - len(part.replace(b"\n", b""))


def page_end(data: bytes | bytearray, at: int, cut: int) -> int:
    """Return the end of a page that begins at `at`: `cut`, or before it where lines are short."""
    lines = data.count(b"\n", at, cut)
    if lines <= PAGE_LINES:
        return cut
    return data.rfind(b"\n", at, at + (cut - at) * PAGE_LINES // lines) + 1 or cut
