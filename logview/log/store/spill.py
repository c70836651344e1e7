"""Log: the spill. Where the older pages of a long stream go, which memory is too dear for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from logview.log.store.pages import Region
from logview.spool import SpoolFile

if TYPE_CHECKING:
    from logview.log.store.page_traits import Stamp
    from logview.log.store.pages import Pages

MEMORY = 64 * 1024 * 1024
"""Bytes of a stream that stay in memory; older pages go to a temporary file."""


class Spill:
    """Moves the oldest pages in memory to a temporary file, once there are too many."""

    def __init__(self, pages: Pages) -> None:
        self.memory = 0
        """Bytes of pages that are in memory."""
        self._pages = pages
        self._file: SpillFile | None = None
        self._next = 0
        """The first page that was not looked at yet."""
        self._may_file = True

    def add(self, size: int) -> None:
        """Take note of a page of so many bytes in memory, behind all others."""
        self.memory += size
        if self.memory > MEMORY and self._may_file:
            self._move_pages()

    def _move_pages(self) -> None:
        """Move the oldest pages in memory to the temporary file, a few at a time."""
        if self._file is None:
            try:
                self._file = SpillFile()
            except OSError:
                self._may_file = False  # no place for it: memory is what there is
                return
        while self.memory > MEMORY and self._next < self._pages.end:
            number = self._next
            if self._pages.in_memory(number):
                page = self._pages.page(number)
                if not self._file.write(self._pages.data(number), page.start):
                    self._may_file = False
                    return
                self._pages.move(number, self._file.region)
                self.memory -= page.size
            self._next += 1

    def close(self) -> None:
        """Return the disk's room back."""
        if self._file is not None:
            self._file.close()
            self._file = None


class SpillFile:
    """The temporary file as a store of pages: bytes stand in it at their offset in the log.

    Where there is no space left for it, `write` returns False and the page
    stays in memory.
    """

    def __init__(self) -> None:
        self._file = SpoolFile()
        self.region = Region(self, 0)
        self.write = self._file.write
        self.read = self._file.read
        self.close = self._file.close

    def stamp(self) -> Stamp:
        """Nobody else can write here: the same for ever."""
        return ()
