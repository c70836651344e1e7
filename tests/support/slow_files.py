"""Tests: files whose reads do not come back at once, or not before the test lets them."""

from __future__ import annotations

from concurrent.futures import Future
from random import Random
from typing import TYPE_CHECKING, TypeVar

from logview.pending_reads import PendingReadError

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")

PENDING = 0.04
"""The share of reads that are pending where chance has it."""


class SlowFile:
    """A file of which each stretch is there when it is asked for the second time only.

    With a `seed` any read may be pending, now and then.
    """

    def __init__(self, data: bytes, seed: int | None = None) -> None:
        self.data = data
        self._chance = None if seed is None else Random(seed)
        self.pending = 0
        """How many reads were pending."""
        self._asked: set[tuple[int, int]] = set()

    def read(self, start: int, length: int) -> bytes:
        """Return bytes, or raise PendingReadError."""
        if self._is_pending(start, length):
            self.pending += 1
            read: Future[bytes] = Future()
            read.set_result(b"")
            raise PendingReadError(read)
        return self.data[start : start + length]

    def _is_pending(self, start: int, length: int) -> bool:
        if self._chance is not None:
            return self._chance.random() < PENDING
        is_first = (start, length) not in self._asked
        self._asked.add((start, length))
        return is_first

    def stamp(self) -> tuple[int, ...] | None:
        """Return that nothing is known."""
        return None


class HeldFile:
    """A file that answers nothing while it is held."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.asked = 0
        """How often it was asked for something while it was held."""
        self._read: Future[bytes] | None = None

    def hold(self) -> None:
        """Answer nothing from now on."""
        self._read = Future()

    def release(self) -> None:
        """Answer again."""
        read, self._read = self._read, None
        if read is not None:
            read.set_result(b"")

    def read(self, start: int, length: int) -> bytes:
        """Return bytes; raises PendingReadError while it is held."""
        if self._read is not None:
            self.asked += 1
            raise PendingReadError(self._read)
        return self.data[start : start + length]

    def stamp(self) -> tuple[int, ...] | None:
        """Return that nothing is known."""
        return None


def when_read(call: Callable[[], T]) -> T:
    """Call until no read is pending, as the screen does."""
    while True:
        try:
            return call()
        except PendingReadError:
            pass
