"""Bitmasks of the lines of a page (bit n of an integer for line n), and sums over pages."""

from __future__ import annotations

from itertools import accumulate

_BLOCK = 64
"""Pages that are added up as one: some hundreds of blocks for the longest logs."""


def nth_bit(mask: int, nth: int) -> int:
    """Return the position of the nth set bit, counting from 0."""
    low, high = 0, mask.bit_length()
    while low < high:
        middle = (low + high) // 2
        if (mask & ((1 << (middle + 1)) - 1)).bit_count() > nth:
            high = middle
        else:
            low = middle + 1
    return low


def spread(mask: int, reach: int) -> int:
    """Set the bits around each set bit, up to `reach` of them in each direction."""
    done = 0
    while done < reach:
        step = min(max(1, done), reach - done)
        mask |= mask << step | mask >> step
        done += step
    return mask


def whole_runs(mask: int, starts: int, size: int) -> int:
    """Set all bits of the runs in which one is set; a run goes from one of `starts` to the next."""
    full = (1 << size) - 1
    # Each step passes set bits on to neighbours in the same run, twice as far as before.
    up, down, step = full & ~starts, full & ~starts >> 1, 1
    while step < size and mask:
        mask |= up & mask << step | down & mask >> step
        up &= up << step
        down &= down >> step
        step *= 2
    return mask


class PageSums:
    """Counts of pages, with sums that cost about the same for a log of any length."""

    def __init__(self) -> None:
        self._counts: dict[int, int] = {}
        self._blocks: dict[int, int] = {}
        self.total = 0
        """The sum of all counts."""
        self._first = 0
        self._sums: list[int] | None = None

    def __len__(self) -> int:
        """How many pages have been counted, those without anything included."""
        return len(self._counts)

    def __contains__(self, page: int) -> bool:
        """Whether a page has been counted."""
        return page in self._counts

    def get(self, page: int) -> int | None:
        """Return the count of a page; None where it was not counted."""
        return self._counts.get(page)

    def set(self, page: int, count: int) -> None:
        """Take a page's count, in place of what it was."""
        more = count - self._counts.get(page, 0)
        self._counts[page] = count
        if more:
            block = page // _BLOCK
            self._blocks[block] = self._blocks.get(block, 0) + more
            self.total += more
            self._sums = None

    def before(self, page: int) -> int:
        """Return the sum of all pages before a page."""
        sums = self._sums
        if sums is None:
            sums = self._add_up()
        block = page // _BLOCK
        index = max(0, min(block - self._first, len(sums) - 1))
        start = block * _BLOCK
        count = self._counts.get
        return sums[index] + sum(count(number, 0) for number in range(start, page))

    def _add_up(self) -> list[int]:
        blocks = self._blocks
        self._first = min(blocks, default=0)
        numbers = range(self._first, max(blocks, default=-1) + 1)
        self._sums = list(accumulate((blocks.get(n, 0) for n in numbers), initial=0))
        return self._sums

    def clear(self) -> None:
        """Forget all counts."""
        self._counts.clear()
        self._blocks.clear()
        self.total = 0
        self._sums = None
