"""Log: what was derived from the pages that are being looked at, and no more of it."""

from __future__ import annotations

from collections import OrderedDict
from typing import TypeVar

KEPT_PAGES = 16
"""Pages whose lines stay split: what a large screen shows, twice over."""

KEPT_BYTES = 16 * 1024 * 1024
"""Bytes of such pages at most, where lines are huge."""


_V = TypeVar("_V")


class PageCache(OrderedDict[int, tuple[_V, int]]):
    """What was derived from the pages used last; the oldest goes first."""

    def recall(self, page: int) -> _V | None:
        """Return what was kept for a page; None where nothing is."""
        found = self.get(page)
        return None if found is None else found[0]

    def keep(self, page: int, value: _V, size: int) -> _V:
        """Keep a value of so many bytes, and give it back."""
        self[page] = value, size
        self.move_to_end(page)
        while len(self) > KEPT_PAGES or (len(self) > 1 and self._size() > KEPT_BYTES):
            self.popitem(last=False)
        return value

    def _size(self) -> int:
        return sum(size for _, size in self.values())
