"""Sources: finding where a replay begins within what is held.

A replay `R` may begin at offset `c` of the held bytes if the two agree as far
as both reach. The smallest such offset is the longest overlap. Candidates are
found with `bytes.find` on windows of about a kilobyte and checked by whole
comparisons. What makes that fast on logs that repeat themselves is where the
windows lie: around the byte at which the last candidate failed. Seen from the
replay that byte must occur in what is held; seen from what is held, its
counterpart must occur in the replay. One of the two breaks the repetition, so
that one search leaves all of it behind.
"""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from logview.sources.received_log import ReceivedLog

WINDOW = 1024
"""Bytes that are searched for at once."""

SLICE = 256 * 1024
"""Bytes that are compared or searched through at once: a fraction of a millisecond."""

_FIRST_SLICE = 4096
_PAUSE_AFTER = 4 * SLICE


@dataclass(frozen=True, slots=True)
class Pause:
    """A millisecond or so of work is done and more is to come: others may have their turn."""


Search: TypeAlias = Generator[Pause, None, int | None]
"""Work in small steps; its return value is the offset that was found, None for no such."""


@dataclass(frozen=True, slots=True)
class Replay:
    """The beginning of a replay: a slice of what is held that it equals, and its newest bytes.

    So the replay is never kept a second time, however long it is.
    """

    received: ReceivedLog
    at: int
    """Where in what is held the part begins that the replay's first bytes equal."""
    same: int
    """How many bytes are equal there."""
    newest: bytes

    def __len__(self) -> int:
        return self.same + len(self.newest)

    def read(self, start: int, length: int) -> bytes:
        """Return bytes `start` to `start + length` of the replay, fewer at its end."""
        end = min(start + length, len(self))
        if start >= end:
            return b""
        newest = self.newest[max(0, start - self.same) : max(0, end - self.same)]
        if start >= self.same:
            return newest
        old = self.received.read(self.at + start, min(end, self.same) - start)
        return old + newest if newest else old


class Alignment:
    """Looks for candidates of one replay within `received[start:end]`, smallest offset first."""

    def __init__(
        self,
        received: ReceivedLog,
        end: int,
        replay: Replay,
        *,
        window: int = WINDOW,
        piece: int = SLICE,
    ) -> None:
        self._received = received
        self._end = end
        self._replay = replay
        self._window = window
        self._slice = piece
        self._first_slice = min(piece, _FIRST_SLICE)
        self._done = 0

    def after(self, failed: int, at: int) -> Search:
        """Find the smallest candidate greater than `failed`.

        `at` is the offset in the replay at which the candidate `failed` fails.
        """
        anchor = at
        low = yield from self._skip(failed, at)
        while low is not None and low < self._end:
            begin, stop = self._lay_window(anchor, self._end - low)
            needle = self._replay.read(begin, stop - begin)
            hit = yield from self.find(needle, low + begin)
            if hit is None:
                # Whoever overlaps by `stop` bytes or more would have shown the needle.
                low = max(low, self._end - stop + 1)
                anchor = min(anchor, (self._end - low) // 2)
                continue
            candidate = hit - begin
            difference = yield from self._difference(candidate)
            if difference is None:
                return candidate
            anchor = difference
            low = yield from self._skip(candidate, difference)
        return None

    def _lay_window(self, anchor: int, overlap: int) -> tuple[int, int]:
        """Lay the window around `anchor`, within an overlap that can still be reached."""
        stop = min(anchor + self._window // 2 + 1, len(self._replay))
        if stop > overlap:
            stop = max(1, overlap // 2)
        return max(0, stop - self._window), stop

    def _skip(self, failed: int, at: int) -> Search:
        """Return the smallest candidate after `failed` that can show what is held where it failed.

        A candidate up to that place must have there what is held there; so the
        replay must hold it, and where it does last is the next candidate.
        """
        if at == 0:
            return failed + 1
        place = failed + at
        begin = max(failed + 1, place - self._window // 2)
        stop = min(self._end, place + self._window // 2, failed + 1 + len(self._replay))
        needle = self._received.read(begin, stop - begin)
        last = yield from self._find_last(needle, begin - failed - 1)
        return begin + 1 if last is None else begin - last

    def find(self, needle: bytes, start: int) -> Search:
        """Find where in what is held `needle` first begins, at `start` or behind."""
        size = self._first_slice
        more = len(needle) - 1
        while start + more < self._end:
            length = min(size + more, self._end - start)
            hit = self._received.read(start, length).find(needle)
            if hit >= 0:
                return start + hit
            start += length - more
            size = min(size * 2, self._slice)
            if self._needs_pause(length):
                yield Pause()
        return None

    def _find_last(self, needle: bytes, start: int) -> Search:
        """Find where in the replay `needle` last begins, at `start` or before."""
        size = self._first_slice
        high = start + 1
        while high > 0:
            begin = max(0, high - size)
            hit = self._replay.read(begin, high - begin + len(needle) - 1).rfind(needle)
            if hit >= 0:
                return begin + hit
            if self._needs_pause(high - begin):
                yield Pause()
            high = begin
            size = min(size * 2, self._slice)
        return None

    def _difference(self, candidate: int) -> Search:
        """Find the first byte at which the replay differs from what is held at `candidate`."""
        size = self._first_slice
        done = 0
        total = min(len(self._replay), self._end - candidate)
        while done < total:
            length = min(size, total - done)
            ours = self._received.read(candidate + done, length)
            theirs = self._replay.read(done, length)
            if ours != theirs:
                return done + first_difference(ours, theirs)
            done += length
            size = min(size * 2, self._slice)
            if self._needs_pause(2 * length):
                yield Pause()
        return None

    def _needs_pause(self, work: int) -> bool:
        self._done += work
        if self._done < _PAUSE_AFTER:
            return False
        self._done = 0
        return True


def first_difference(one: bytes, other: bytes) -> int:
    """Return the first index at which two unequal strings of equal length differ."""
    low, high = 0, len(one)
    while high - low > 1:
        middle = (low + high) // 2
        if one[low:middle] == other[low:middle]:
            low = middle
        else:
            high = middle
    return low
