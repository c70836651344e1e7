"""Sources: an open file that grows, and may be cut short or rewritten meanwhile."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

CHUNK = 1 << 20
"""Bytes of one read: about a millisecond from the page cache."""

REMEMBERED = 256
"""Bytes before the place that was read to: while they are still there the file only grew."""


class TailedFile:
    """Reads a file from its start with `pread`, never a map: a file cut under a map is a crash.

    All methods raise OSError.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._fd = os.open(
            path, os.O_RDONLY | getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0)
        )
        self._offset = 0
        self._before = b""

    def close(self) -> None:
        """Close the file; twice is fine."""
        fd, self._fd = self._fd, -1
        if fd >= 0:
            os.close(fd)

    def read(self) -> bytes:
        """Give the next bytes, empty at the present end."""
        data = _pread(self._fd, CHUNK, self._offset)
        if data:
            self._offset += len(data)
            self._before = (
                (self._before + data)[-REMEMBERED:]
                if len(data) < REMEMBERED
                else (data[-REMEMBERED:])
            )
        return data

    def was_cut(self) -> bool:
        """Whether the file no longer holds what was read last: it was truncated or rewritten."""
        if os.fstat(self._fd).st_size < self._offset:
            return True
        start = self._offset - len(self._before)
        return _pread(self._fd, len(self._before), start) != self._before

    def rewind(self) -> None:
        """Read from the start again."""
        self._offset = 0
        self._before = b""

    def is_at_path(self) -> bool | None:
        """Whether the path still leads to this file; None when it leads nowhere."""
        try:
            there = self._path.stat()
        except FileNotFoundError:
            return None
        here = os.fstat(self._fd)
        return (there.st_dev, there.st_ino) == (here.st_dev, here.st_ino)


def _pread(fd: int, length: int, offset: int) -> bytes:
    if hasattr(os, "pread"):
        return os.pread(fd, length, offset)
    os.lseek(fd, offset, os.SEEK_SET)  # Windows; nobody else moves this descriptor's place
    return os.read(fd, length)
