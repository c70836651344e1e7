"""Log: the tail. The end of a log, which grows until it fills pages."""

from __future__ import annotations

from typing import TYPE_CHECKING

from logview.log.store.pages import PAGE_LINES, PAGE_SIZE, shorter

if TYPE_CHECKING:
    from logview.log.store.pages import Pages, Region
    from logview.log.store.spill import Spill


class Tail:
    """The bytes behind the last page: less than one page, or one line that is still growing."""

    def __init__(self, pages: Pages, spill: Spill) -> None:
        self.data = bytearray()
        self.start = 0
        """Offset in the log of the first byte."""
        self.region: Region | None = None
        """Where the bytes can be read again later; None where they are to be kept."""
        self._pages = pages
        self._spill = spill
        self._newlines = 0
        self._scanned = 0
        """So many bytes have no line break in them."""

    @property
    def line_count(self) -> int:
        """How many lines there are, an unfinished last one included."""
        return self._newlines + self.is_unfinished

    @property
    def is_unfinished(self) -> bool:
        """Whether the last line may still grow."""
        return bool(self.data) and self.data[-1] != 0x0A

    def append(self, data: bytes, region: Region | None) -> None:
        """Add bytes, which may be cut anywhere; with a `region` they are read back from there."""
        if region is not self.region:
            self.seal()  # a page is all in one place
            self.region = region
        if not self.data and len(data) >= PAGE_SIZE:
            data = self._append_pages(data)
        self.data += data
        self._newlines += data.count(b"\n")
        while self._newlines and (len(self.data) >= PAGE_SIZE or self._newlines > PAGE_LINES):
            cut = self.data.rfind(b"\n", 0, PAGE_SIZE) + 1
            if not cut:
                cut = self.data.find(b"\n", max(PAGE_SIZE, self._scanned)) + 1
            self._seal(shorter(self.data, 0, cut))
        self._scanned = len(self.data) if not self._newlines else 0

    def seal(self) -> None:
        """Make a page of all there is: what comes next begins a line of its own."""
        if self.data:
            self._seal(len(self.data))

    def _append_pages(self, data: bytes) -> bytes:
        """Make pages of what fills them, copied once; give the rest, which begins the tail."""
        at = 0
        while len(data) - at >= PAGE_SIZE:
            cut = data.rfind(b"\n", at, at + PAGE_SIZE) + 1
            cut = cut or data.find(b"\n", at + PAGE_SIZE) + 1
            if not cut:
                break
            cut = shorter(data, at, cut)
            self._add_page(cut - at, data.count(b"\n", at, cut), data, at)
            at = cut
        return data[at:]

    def _seal(self, cut: int) -> None:
        with memoryview(self.data) as view:
            data = bytes(view[:cut])
        del self.data[:cut]
        newlines = data.count(b"\n")
        self._newlines -= newlines
        self._scanned = 0
        self._add_page(cut, newlines + (not data.endswith(b"\n")), data, 0)

    def _add_page(self, size: int, lines: int, data: bytes, at: int) -> None:
        kept = self.region or data[at : at + size]
        self._pages.add_after(self.start, size, lines, kept)
        self.start += size
        if self.region is None:
            self._spill.add(size)
