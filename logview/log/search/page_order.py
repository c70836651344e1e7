"""The order in which passes read pages: from the reader's place outward; which were read."""

from __future__ import annotations

from bisect import bisect_right


class PageOrder:
    """Page numbers from a centre outward, each once; pages found later, at either end, follow."""

    def __init__(self, centre: int) -> None:
        self._low = centre - 1
        self._high = centre
        self._up = False
        self._at_end = False

    @property
    def at_end(self) -> bool:
        """Whether the pass has reached the end of the log once: what arrives now goes first."""
        return self._at_end

    def done(self, first: int, end: int) -> bool:
        """Return whether every page from `first` to before `end` has been returned."""
        return self._low < first and self._high >= end

    def next(self, first: int, end: int) -> int | None:
        """Return the next page number from `first` to before `end`; None for none (yet)."""
        self._up = not self._up
        self._at_end = self._at_end or self._high >= end
        below = self._low >= first
        if self._high < end and (self._up or self._at_end or not below):
            self._high += 1
            return self._high - 1
        if below:
            self._low -= 1
            return self._low + 1
        return None

    def next_run(self, first: int, end: int, size: int) -> range:
        """Return up to `size` page numbers in a row, as `next` does one; empty for none (yet)."""
        number = self.next(first, end)
        if number is None:
            return range(0)
        if number == self._high - 1:
            self._high = max(self._high, min(number + size, end))
            return range(number, self._high)
        self._low = min(self._low, max(number - size, first - 1))
        return range(self._low + 1, number + 1)


class PageRuns:
    """Pages that were read, as runs of pages in a row."""

    def __init__(self) -> None:
        self._firsts: list[int] = []
        self._ends: list[int] = []

    def add(self, number: int) -> None:
        """Add a page that is not in a run yet. Takes O(log n) steps, and few runs are moved."""
        at = bisect_right(self._firsts, number)
        joins_above = at > 0 and self._ends[at - 1] == number
        joins_below = at < len(self._firsts) and self._firsts[at] == number + 1
        if joins_above and joins_below:
            self._ends[at - 1] = self._ends.pop(at)
            del self._firsts[at]
        elif joins_above:
            self._ends[at - 1] = number + 1
        elif joins_below:
            self._firsts[at] = number
        else:
            self._firsts.insert(at, number)
            self._ends.insert(at, number + 1)

    def of(self, number: int) -> range:
        """Return the run that a page is in; an empty one, at the page, where it was not read."""
        at = bisect_right(self._firsts, number) - 1
        if at < 0 or self._ends[at] <= number:
            return range(number, number)
        return range(self._firsts[at], self._ends[at])

    def clear(self) -> None:
        """Drop all."""
        self._firsts.clear()
        self._ends.clear()
