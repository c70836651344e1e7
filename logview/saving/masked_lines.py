"""Masked lines: mask the secrets of a log on its way into a file. Imports no screen, no HTTP."""

from __future__ import annotations

from contextlib import aclosing
from typing import TYPE_CHECKING

from logview.saving.atomic_file import iterate_pieces
from logview.text.escapes import boundary, separate_pieces
from logview.text.sanitize import visible

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, AsyncIterable, Iterable, Iterator

    from logview.secrets.masker import Masker

BLOCK = 1 << 16
"""Bytes of lines that are masked between two turns of the event loop."""

LONGEST_LINE = 256 << 10
"""Bytes of a line that are held until it ends. A longer one is masked in parts; a secret that lies
across two of them is found as one that the platform has cut. To mask a part of random bytes takes
a third of a second."""

MARGIN = 4096
"""Bytes at the end of such a part in which one of `SEPARATORS` to cut after is searched."""

SEPARATORS = (b" ", b",", b";", b"&", b"\t")
"""Bytes that a secret seldom has in it, the best to cut after first."""


class MaskedLines:
    r"""Masks a log that is cut anywhere, by whole lines (`\n` and nothing else ends one).

    With `clean` each line becomes its visible text. Without, a line that holds
    no secret stays as it is, byte for byte, and only one with secrets becomes
    its visible text.
    """

    def __init__(self, masker: Masker, *, clean: bool = False) -> None:
        self._masker = masker
        self._clean = clean
        self._held = bytearray()
        self._unfinished = False
        self.lines = 0
        """Lines so far, an unfinished one not counted before `finish`."""
        self.size = 0
        """Bytes of the log so far."""

    def feed(self, data: bytes) -> Iterator[bytes]:
        """Add bytes; yield what can be written now, in blocks that are masked when asked for."""
        self.size += len(data)
        if data:
            self._unfinished = not data.endswith(b"\n")
        end = data.rfind(b"\n") + 1
        if end:
            self._held += data[:end]
            whole, self._held = bytes(self._held), bytearray(data[end:])
            self.lines += whole.count(b"\n")
            yield from self._blocks(whole)
        else:
            self._held += data
        while len(self._held) > LONGEST_LINE:
            yield self._masked(self._part())

    def break_line(self) -> Iterator[bytes]:
        """End a line that is unfinished: what comes next is not its rest."""
        if self._unfinished:
            yield from self.feed(b"\n")

    def finish(self) -> bytes:
        """Return the last line, where no newline ends it."""
        rest, self._held = bytes(self._held), bytearray()
        self.lines += bool(rest)
        return self._masked(rest) if rest else b""

    async def mask_pieces(
        self, pieces: Iterable[bytes] | AsyncIterable[bytes]
    ) -> AsyncGenerator[bytes, None]:
        """Yield a whole log, masked, in blocks: for `save`. Empty pieces are passed on."""
        async with aclosing(iterate_pieces(pieces)) as each:
            async for piece in each:
                if not piece:
                    yield b""
                for block in self.feed(piece):
                    yield block
        yield self.finish()

    def _blocks(self, whole: bytes) -> Iterator[bytes]:
        start = 0
        while start < len(whole):
            end = whole.find(b"\n", start + BLOCK) + 1 or len(whole)
            yield self._masked(whole[start:end])
            start = end

    def _masked(self, lines: bytes) -> bytes:
        if self._clean:
            return self._masker.mask_text(visible(separate_pieces(lines))).encode()
        if not self._masker.enabled:
            return lines
        return self._masker.mask_block(lines, visible(lines))

    def _part(self) -> bytes:
        """Remove and return a part of a line that is too long, up to a separator if it can be."""
        low = LONGEST_LINE - MARGIN
        ends = (self._held.rfind(one, low, LONGEST_LINE) + 1 for one in SEPARATORS)
        cut = next(filter(None, ends), LONGEST_LINE)
        # Neither a character nor a control sequence is cut: half of one would be saved as text.
        cut = boundary(bytes(self._held[: cut + 4]), cut) or cut
        part = bytes(self._held[:cut])
        del self._held[:cut]
        return part
