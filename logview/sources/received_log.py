"""Sources: the bytes that were received so far, as the splice needs to see them."""

from __future__ import annotations

import tempfile
from typing import BinaryIO, Protocol, cast


class ReceivedLog(Protocol):
    """What is held of a log, read by any slice. `LogDocument` is one, `ReceivedSpool` another."""

    @property
    def size(self) -> int:
        """How many bytes are held."""
        ...

    def read(self, start: int, length: int) -> bytes:
        """Give bytes `start` to `start + length`, fewer where what is held ends before."""
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
        self._file: BinaryIO | None = None
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
                # Closed by `close`, or with the process: it outlives this call on purpose.
                self._file = cast("BinaryIO", tempfile.TemporaryFile(buffering=0))  # noqa: SIM115
            self._file.seek(self._filed)
            rest = memoryview(self._recent)
            with rest:
                done = 0
                while done < len(rest):
                    done += self._file.write(rest[done:])
        except OSError:  # no place for it, or no more: what is not written whole stays here
            self._may_file = False
            return
        self._filed += len(self._recent)
        self._recent.clear()

    def read(self, start: int, length: int) -> bytes:
        """Give bytes `start` to `start + length`, fewer where what is held ends before."""
        end = min(start + length, self.size)
        pieces: list[bytes] = []
        if self._file is not None and start < min(end, self._filed):
            self._file.seek(start)
            stop = min(end, self._filed)
            while start < stop:
                piece = self._file.read(stop - start)
                if not piece:
                    raise OSError("the temporary file of the log lost bytes")
                pieces.append(piece)
                start += len(piece)
        if start < end:
            pieces.append(bytes(self._recent[start - self._filed : end - self._filed]))
        return b"".join(pieces)

    def close(self) -> None:
        """Give the temporary file back; nothing is held afterwards."""
        if self._file is not None:
            self._file.close()
            self._file = None
        self._filed = 0
        self._recent.clear()
