"""Spool: bytes in a private temporary file without a name. Light: imports nothing of ours."""

from __future__ import annotations

import os
import tempfile


class SpoolFile:
    """A temporary file that is read and written by offset, by this process alone.

    It has no name where the platform allows that, so that nothing is left
    behind, however the program ends. Creating it raises OSError.
    """

    def __init__(self) -> None:
        # Unbuffered: what a full disk has refused must not be tried again on closing.
        self._file = tempfile.TemporaryFile(prefix="logview-", buffering=0)  # noqa: SIM115  # stays open

    def write(self, data: bytes, start: int) -> bool:
        """Write all of the bytes at an offset; False where the disk does not take them."""
        try:
            done = 0
            with memoryview(data) as rest:
                while done < len(rest):
                    done += self._write(rest[done:], start + done)
        except OSError:
            return False
        return True

    def _write(self, data: memoryview, start: int) -> int:
        if hasattr(os, "pwrite"):
            return os.pwrite(self._file.fileno(), data, start)
        self._file.seek(start)
        return self._file.write(data) or 0

    def read(self, start: int, length: int) -> bytes:
        """Return `length` bytes from an offset, fewer at the end. Raises OSError."""
        pieces = []
        while length > 0:
            piece = self._read(start, length)
            if not piece:
                break
            pieces.append(piece)
            start += len(piece)
            length -= len(piece)
        return pieces[0] if len(pieces) == 1 else b"".join(pieces)

    def _read(self, start: int, length: int) -> bytes:
        if hasattr(os, "pread"):
            return os.pread(self._file.fileno(), length, start)
        self._file.seek(start)
        return self._file.read(length) or b""

    def close(self) -> None:
        """Free the disk space."""
        self._file.close()
