"""Log: bits. Bitmasks of the lines of a page, bit n of an integer for line n."""

from __future__ import annotations


def nth_bit(mask: int, nth: int) -> int:
    """Give the position of the nth set bit, counting from 0."""
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
    # Every line hands what it knows on to its neighbours in the same run, ever farther ones.
    up, down, step = full & ~starts, full & ~starts >> 1, 1
    while step < size and mask:
        mask |= up & mask << step | down & mask >> step
        up &= up << step
        down &= down >> step
        step *= 2
    return mask
