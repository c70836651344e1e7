"""Cut bytes that arrive in any pieces into lines."""

from __future__ import annotations

LONGEST_LINE = 8 << 20
"""Bytes of a line that are held until it ends; of a longer one the rest is left out."""


class LineSplitter:
    """Holds the unfinished last line of what has arrived."""

    def __init__(self, longest: int = LONGEST_LINE) -> None:
        self._longest = longest
        self._held = bytearray()
        self._skipping = False
        """Whether the unfinished line is too long, and what comes of it is left out."""
        self._long = b""
        """The beginning of that line."""

    @property
    def has_unfinished(self) -> bool:
        """Whether the last line has not ended."""
        return bool(self._held) or self._skipping

    def feed(self, data: bytes) -> list[bytes]:
        """Take bytes, and return the lines that they complete, without line breaks."""
        self._held += data
        end = self._held.rfind(b"\n") + 1
        lines = bytes(self._held[:end]).split(b"\n")[:-1]
        del self._held[:end]
        if lines and self._skipping:
            lines[0] = self._long
            self._skipping = False
        if len(self._held) > self._longest:
            if not self._skipping:
                self._long = bytes(self._held[: self._longest])
            self._skipping = True
            self._held.clear()
        return lines

    def feed_block(self, data: bytes) -> bytes | None:
        r"""Take bytes, and return the lines that they complete joined with `\n`; None for none.

        That spares cutting most of what arrives into lines that are joined again.
        """
        end = data.rfind(b"\n")
        if end < 0 or self._skipping or len(data) - end > self._longest:
            lines = self.feed(data)
            return b"\n".join(lines) if lines else None
        block = bytes(self._held) + data[:end] if self._held else data[:end]
        self._held[:] = data[end + 1 :]
        return block

    def finish(self) -> list[bytes]:
        """Return the unfinished line, as if it had ended; none where there is none."""
        return self.feed(b"\n") if self.has_unfinished else []
