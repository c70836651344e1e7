"""Reads that have not come back: the disk or the share takes its time. Light.

Who reads a file on the event loop gets its bytes at once, or `PendingReadError`. That is
neither an end nor an empty page: what was begun is left as it was, and done again
once the read has come back.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Generator
    from concurrent.futures import Future

T = TypeVar("T")


class PendingReadError(Exception):
    """Bytes are being read that are not there yet."""

    def __init__(self, read: Future[bytes]) -> None:
        """`read` is done once the bytes, or an error in their place, are there."""
        super().__init__("the file has not answered yet")
        self.read = read


class PendingReads:
    """The newest read that a log waits for."""

    def __init__(self) -> None:
        self._read: Future[bytes] | None = None
        self.listener: Callable[[Future[bytes]], object] | None = None
        """Is called with each read that turns out to be pending, once."""

    @property
    def any(self) -> bool:
        """Whether a read is waited for."""
        return self._read is not None and not self._read.done()

    def add(self, error: PendingReadError) -> None:
        """Take note of a read that is pending."""
        if error.read is not self._read:
            self._read = error.read
            if self.listener is not None:
                self.listener(error.read)


def until_read(call: Callable[[], T]) -> Generator[None, None, T]:
    """Call until no read is pending; yields None for each time that one is. Returns the result.

    For generators that search in steps: an exception would end them. `call` must
    change nothing before it has read what it needs.
    """
    while True:
        try:
            return call()
        except PendingReadError:
            yield None
