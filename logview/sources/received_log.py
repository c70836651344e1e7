"""Sources: the bytes that were received so far, as the splice needs to see them."""

from __future__ import annotations

from typing import Protocol

from logview.spool import SpoolFile


class ReceivedLog(Protocol):
    """What is held of a log, read by any slice. `LogDocument` is one, `ReceivedSpool` another."""

    @property
    def size(self) -> int:
        """How many bytes are held."""
        ...

    def read(self, start: int, length: int) -> bytes:
        """Return bytes `start` to `start + length`, fewer where what is held ends before."""
        ...


class ReceivedSpool:
    """Held bytes for readers that keep no log: in memory while small, then in a temporary file.

    The file is private to this process and has no name where the platform
    allows that, so that nothing is left behind by a crash. Where no temporary
    file can be made the bytes stay in memory.
    """

    def __init__(self, *, memory: int = 1 << 20) -> None:
        self._memory = memory
        self._recent = bytearray()
        self._file: SpoolFile | None = None
        self._filed = 0
        self._may_file = True

    @property
    def size(self) -> int:
        """How many bytes are held."""
        return self._filed + len(self._recent)

    def append(self, data: bytes) -> None:
        """Hold more bytes, behind the others."""
        self._recent += data
        if len(self._recent) > self._memory and self._may_file:
            self._write()

    def _write(self) -> None:
        try:
            if self._file is None:
                self._file = SpoolFile()
        except OSError:
            self._may_file = False
            return
        data = bytes(self._recent)
        if not self._file.write(data, self._filed):  # what is not written whole stays here
            self._may_file = False
            return
        self._filed += len(data)
        self._recent.clear()

    def read(self, start: int, length: int) -> bytes:
        """Return bytes `start` to `start + length`, fewer where what is held ends before."""
        end = min(start + length, self.size)
        pieces: list[bytes] = []
        if self._file is not None and start < min(end, self._filed):
            stop = min(end, self._filed)
            piece = self._file.read(start, stop - start)
            if len(piece) < stop - start:
                raise OSError("the temporary file of the log lost bytes")
            pieces.append(piece)
            start = stop
        if start < end:
            pieces.append(bytes(self._recent[start - self._filed : end - self._filed]))
        return b"".join(pieces)

    def close(self) -> None:
        """Return the temporary file back; nothing is held afterwards."""
        if self._file is not None:
            self._file.close()
            self._file = None
        self._filed = 0
        self._recent.clear()
