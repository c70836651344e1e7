"""Sources: an open file that grows, and may be cut short or rewritten meanwhile."""

from __future__ import annotations

import asyncio
import errno
import os
import time
import weakref
from typing import TYPE_CHECKING

from logview.sources.background_reads import BackgroundReads

if TYPE_CHECKING:
    from pathlib import Path

CHUNK = 1 << 20
"""Bytes of one read: about a millisecond from the page cache."""

REMEMBERED = 256
"""Bytes before the place that was read to: while they are still there the file only grew."""

SETTLED = 3
"""Seconds after the last write from which on the next one changes the file's time for sure:
file systems keep it to two seconds (FAT), to a few milliseconds, or better."""


class FileBytes:
    """An open file's bytes. It is closed when nobody can ask for them any more.

    On an event loop no call holds it for long; elsewhere one may block for ever.
    """

    def __init__(self, fd: int) -> None:
        self._fd = fd
        self._gone = False
        self._reads = BackgroundReads(fd, _pread)
        self.close = weakref.finalize(self, self._reads.close)
        self.close.atexit = False  # the system does it then, and nobody waits for it

    def size(self) -> int:
        """Return the file's size now. Raises OSError."""
        return os.fstat(self._fd).st_size

    def read(self, start: int, length: int) -> bytes:
        """Return bytes from `start` on; none once the file was cut short or rewritten.

        Raises OSError, and on an event loop PendingReadError.
        """
        if self._gone:
            return b""
        return self._reads.read(start, length) if _on_event_loop() else self._pread(start, length)

    def _pread(self, start: int, length: int) -> bytes:
        if not self.close.alive:
            raise ValueError("the file is closed")
        return _pread(self._fd, length, start)

    def stamp(self) -> tuple[int, ...] | None:
        """Return what changes with every write; None while a write may not show in it.

        What is written within one tick of the file system's clock has one time. On
        Windows the time may lag behind while the writer has the file open. Raises OSError.
        """
        if self._gone or os.name == "nt":
            return None
        status = self._reads.status() if _on_event_loop() else os.fstat(self._fd)
        if time.time_ns() - status.st_mtime_ns < SETTLED * 1_000_000_000:
            return None
        return status.st_mtime_ns, status.st_ctime_ns, status.st_size

    def is_at(self, path: Path) -> bool | None:
        """Return whether a path leads to this file; None when it leads nowhere. Raises OSError."""
        try:
            there = path.stat()
        except FileNotFoundError:
            return None
        here = os.fstat(self._fd)
        return (there.st_dev, there.st_ino) == (here.st_dev, here.st_ino)

    def successor(self) -> FileBytes:
        """Return the same file as it is from now on; this one has no bytes any more."""
        self._gone = True
        return FileBytes(os.dup(self._fd))


class TailedFile:
    """Reads a file from its start with `pread`, never a map: a file cut under a map is a crash.

    All methods raise OSError.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self.bytes = FileBytes(
            os.open(path, os.O_RDONLY | getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0))
        )
        self.offset = 0
        """How much of the file has been read."""
        self._before = b""
        self._sizeless = not self.bytes.size()
        """Whether the file has had no size yet."""

    def close(self) -> None:
        """Close the file; twice is fine. Whoever was given its bytes can't read them any more."""
        self.bytes.close()

    def read(self, length: int = CHUNK) -> bytes:
        """Return the next bytes, empty at the present end."""
        data = self.bytes.read(self.offset, length)
        if data:
            self._sizeless = self._sizeless and not self.bytes.size()
            self.offset += len(data)
            self._before = (
                (self._before + data)[-REMEMBERED:]
                if len(data) < REMEMBERED
                else (data[-REMEMBERED:])
            )
        return data

    def unread(self) -> int:
        """Return how many bytes there are behind what has been read."""
        return max(0, self.bytes.size() - self.offset)

    def skip(self, length: int) -> None:
        """Go on behind bytes that somebody else reads."""
        self.offset += length
        start = max(0, self.offset - REMEMBERED)
        self._before = self.bytes.read(start, self.offset - start)

    def was_truncated(self) -> bool:
        """Return whether the file was truncated or rewritten: what was read last is gone.

        Never for a file that has no size and bytes all the same, as those below
        /proc: they are made when they are read, and are different each time.
        """
        size = self.bytes.size()
        if self._sizeless and self.offset and not size:
            return False
        if size < self.offset:
            return True
        start = self.offset - len(self._before)
        return self.bytes.read(start, len(self._before)) != self._before

    def rewind(self) -> None:
        """Read from the start again; what was there before is gone."""
        self.offset = 0
        self._before = b""
        self.bytes = self.bytes.successor()

    def is_at_path(self) -> bool | None:
        """Return whether the path still leads to this file; None when it leads nowhere."""
        return self.bytes.is_at(self._path)


def _on_event_loop() -> bool:
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return False
    return True


def _pread(fd: int, length: int, offset: int) -> bytes:
    if hasattr(os, "pread"):
        try:
            return os.pread(fd, length, offset)
        except OSError as error:
            if error.errno != errno.ESPIPE:
                raise
            return os.read(fd, length)  # a file in name only, as the kernel's trace_pipe
    os.lseek(fd, offset, os.SEEK_SET)  # Windows; nobody else moves this descriptor's place
    return os.read(fd, length)
