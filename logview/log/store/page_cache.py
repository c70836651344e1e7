"""A cache of what was derived from the pages that were used last."""

from __future__ import annotations

from collections import OrderedDict
from typing import Generic, TypeVar

MAX_PAGES = 16
"""Pages kept at most: twice what a large screen shows."""

MAX_BYTES = 16 * 1024 * 1024
"""Bytes of kept values at most, where lines are huge; one value is kept whatever its size."""

_V = TypeVar("_V")


class PageCache(Generic[_V]):
    """Values by page number; the least recently added go first."""

    def __init__(self) -> None:
        self._values: OrderedDict[int, tuple[_V, int]] = OrderedDict()
        self._size = 0

    def get(self, page: int) -> _V | None:
        """Return the value of a page; None where there is none."""
        found = self._values.get(page)
        return None if found is None else found[0]

    def add(self, page: int, value: _V, size: int) -> _V:
        """Add a value of `size` bytes, in place of what was there, and return it."""
        self.discard(page)
        self._values[page] = value, size
        self._size += size
        while len(self._values) > MAX_PAGES or (len(self._values) > 1 and self._size > MAX_BYTES):
            self._size -= self._values.popitem(last=False)[1][1]
        return value

    def discard(self, page: int) -> None:
        """Remove the value of a page, if there is one."""
        found = self._values.pop(page, None)
        if found is not None:
            self._size -= found[1]

    def clear(self) -> None:
        """Remove all values."""
        self._values.clear()
        self._size = 0
