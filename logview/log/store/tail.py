"""The end of a log that grows until it fills pages, and the spill file for what memory can't hold.

Of a line longer than `LONG_LINE` only the newest bytes are in the tail; the
others are in the file that is read, or in parts that may go to the spill file.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import deque
from typing import TYPE_CHECKING, Protocol

from logview.log.store.pages import LONG_LINE, PAGE_LINES, PAGE_SIZE, Region, page_end
from logview.spool import SpoolFile

if TYPE_CHECKING:
    from logview.log.store.page_traits import Stamp
    from logview.log.store.pages import Pages

MEMORY = 64 * 1024 * 1024
"""Bytes of a stream that stay in memory; older ones go to a temporary file."""


class Blocks(Protocol):
    """What holds blocks of bytes in memory, by number."""

    def block(self, number: int) -> bytes | None:
        """Return a block that is in memory; else None."""
        ...

    def move(self, number: int, region: Region) -> None:
        """Take note that a block was moved to a region."""
        ...


class SpillFile:
    """The temporary file as a reader: bytes stand in it at their offset in the log.

    Where there is no space left for it, `write` returns False and the block
    stays in memory.
    """

    def __init__(self) -> None:
        self._file = SpoolFile()
        self.region = Region(self, 0)

    def write(self, data: bytes, start: int) -> bool:
        """Write bytes at their offset in the log; False where the disk is full."""
        return self._file.write(data, start)

    def read(self, start: int, length: int) -> bytes:
        """Return bytes by their offset in the log. Raises OSError."""
        return self._file.read(start, length)

    def stamp(self) -> Stamp:
        """Return a constant: nobody else writes to this file."""
        return ()

    def close(self) -> None:
        """Free the disk space."""
        self._file.close()


class Spill:
    """Moves the oldest blocks in memory to a temporary file, once there are too many."""

    def __init__(self) -> None:
        self.memory = 0
        """Bytes of blocks that are in memory."""
        self._file: SpillFile | None = None
        self._queue: deque[tuple[Blocks, int, int]] = deque()
        """Blocks in memory, the oldest first, each with its offset in the log."""
        self._can_write = True

    def add(self, blocks: Blocks, number: int, start: int, size: int) -> None:
        """Take note of a block in memory, newer than all others."""
        self.memory += size
        self._queue.append((blocks, number, start))
        if self.memory > MEMORY and self._can_write:
            self._move_blocks()

    def _move_blocks(self) -> None:
        if self._file is None:
            try:
                self._file = SpillFile()
            except OSError:
                self._can_write = False  # nowhere to write: everything stays in memory
                return
        while self.memory > MEMORY and self._queue:
            blocks, number, start = self._queue[0]
            data = blocks.block(number)
            if data is not None:
                if not self._file.write(data, start):
                    self._can_write = False
                    return
                blocks.move(number, self._file.region)
                self.memory -= len(data)
            self._queue.popleft()

    def close(self) -> None:
        """Free the disk space."""
        if self._file is not None:
            self._file.close()
            self._file = None


class LineParts:
    """The bytes of one long line, in parts that are in memory or in the spill file."""

    def __init__(self) -> None:
        self._starts: list[int] = []
        self._parts: list[bytes | Region] = []
        self._end = 0

    def add(self, data: bytes, start: int) -> int:
        """Add a part that follows the others; return its number."""
        self._starts.append(start)
        self._parts.append(data)
        self._end = start + len(data)
        return len(self._parts) - 1

    def read(self, start: int, length: int) -> bytes:
        """Return bytes by their offset in the log. Raises OSError."""
        end = min(start + length, self._end)
        pieces = []
        while start < end:
            number = bisect_right(self._starts, start) - 1
            at = self._starts[number]
            after = self._starts[number + 1] if number + 1 < len(self._starts) else self._end
            part = self._parts[number]
            stop = min(end, after)
            if isinstance(part, bytes):
                piece = part[start - at : stop - at]
            else:
                piece = part.read(start, stop - start)
            if not piece:
                break
            pieces.append(piece)
            start += len(piece)
        return pieces[0] if len(pieces) == 1 else b"".join(pieces)

    def stamp(self) -> Stamp:
        """Return a constant: what was added never changes."""
        return ()

    def block(self, number: int) -> bytes | None:
        """Return a part that is in memory; else None."""
        part = self._parts[number]
        return part if isinstance(part, bytes) else None

    def move(self, number: int, region: Region) -> None:
        """Take note that a part was moved to a region."""
        self._parts[number] = region


class Tail:
    """The bytes after the last page: less than one page, or one line that is still growing."""

    def __init__(self, pages: Pages, spill: Spill) -> None:
        self.start = 0
        """Offset in the log of the first byte."""
        self.region: Region | None = None
        """Where the bytes can be read again later; None where they have to be kept."""
        self._data = bytearray()
        """The bytes themselves; of a long line those that are not stored yet."""
        self._stored = 0
        """Bytes of a long line before `_data` that can be read from `_store`."""
        self._store: Region | None = None
        self._parts = LineParts()
        self._pages = pages
        self._spill = spill
        self._newlines = 0

    @property
    def size(self) -> int:
        """How many bytes there are."""
        return self._stored + len(self._data)

    @property
    def memory(self) -> int:
        """How many bytes are in memory here."""
        return len(self._data)

    @property
    def line_count(self) -> int:
        """How many lines there are, an unfinished last one included."""
        return self._newlines + self.is_unfinished

    @property
    def is_unfinished(self) -> bool:
        """Whether the last line may still grow."""
        return bool(self._stored) or (bool(self._data) and self._data[-1] != 0x0A)

    def read(self, offset: int, length: int) -> bytes:
        """Return up to `length` bytes from an offset in the tail on."""
        end = offset + length
        stored = b""
        if self._store is not None and offset < self._stored:
            stored = self._store.read(self.start + offset, min(end, self._stored) - offset)
            if offset + len(stored) < min(end, self._stored):
                return stored  # the file has lost bytes
        rest = bytes(self._data[max(0, offset - self._stored) : max(0, end - self._stored)])
        return stored + rest if stored else rest

    def append(self, data: bytes, region: Region | None) -> None:
        """Add bytes, which may be cut anywhere; with a `region` they are read back from there."""
        if region is not self.region:
            self.seal()  # a page is all in one place
            self.region = region
        if self._store is not None:
            data = self._extend_line(data)
        if not self._data and len(data) >= PAGE_SIZE:
            data = self._append_pages(data)
        self._data += data
        self._newlines += data.count(b"\n")
        while self._newlines and (len(self._data) >= PAGE_SIZE or self._newlines > PAGE_LINES):
            cut = self._data.rfind(b"\n", 0, PAGE_SIZE) + 1
            if not cut:
                cut = self._data.find(b"\n", PAGE_SIZE) + 1
            self._seal(page_end(self._data, 0, cut))
        if not self._newlines and len(self._data) > LONG_LINE:
            self._store_data()

    def seal(self) -> None:
        """Make a page of all there is: what comes next begins a line of its own."""
        if self._store is not None:
            self._seal_line()
        elif self._data:
            self._seal(len(self._data))

    # -- a long line ----------------------------------------------------------------------

    def _extend_line(self, data: bytes) -> bytes:
        """Add bytes to the long line; return those after its end."""
        end = data.find(b"\n") + 1
        self._data += data[:end] if end else data
        if end:
            self._seal_line()
            return data[end:]
        if len(self._data) > LONG_LINE or self.region is not None:
            self._store_data()
        return b""

    def _store_data(self) -> None:
        """Move the bytes of an unfinished line to where they can be read from."""
        size = len(self._data)
        if self.region is not None:
            self._store = self.region
        elif size:
            if self._store is None:
                self._parts = LineParts()
                self._store = Region(self._parts, 0)
            start = self.start + self._stored
            number = self._parts.add(bytes(self._data), start)
            self._spill.add(self._parts, number, start, size)
        self._stored += size
        self._data.clear()

    def _seal_line(self) -> None:
        self._store_data()
        if self._store is not None:
            self._pages.add_after(self.start, self._stored, 1, self._store)
        self.start += self._stored
        self._stored = 0
        self._store = None

    # -- pages ----------------------------------------------------------------------------

    def _append_pages(self, data: bytes) -> bytes:
        """Make pages of what fills them, copied once; return the rest, which begins the tail."""
        at = 0
        while len(data) - at >= PAGE_SIZE:
            cut = data.rfind(b"\n", at, at + PAGE_SIZE) + 1
            cut = cut or data.find(b"\n", at + PAGE_SIZE) + 1
            if not cut:
                break
            cut = page_end(data, at, cut)
            self._add_page(cut - at, data.count(b"\n", at, cut), data, at)
            at = cut
        return data[at:]

    def _seal(self, cut: int) -> None:
        with memoryview(self._data) as view:
            data = bytes(view[:cut])
        del self._data[:cut]
        newlines = data.count(b"\n")
        self._newlines -= newlines
        self._add_page(cut, newlines + (not data.endswith(b"\n")), data, 0)

    def _add_page(self, size: int, lines: int, data: bytes, at: int) -> None:
        kept = self.region or data[at : at + size]
        number = self._pages.end
        self._pages.add_after(self.start, size, lines, kept)
        if self.region is None:
            self._spill.add(self._pages, number, self.start, size)
        self.start += size
