"""Plain mode: a file as the place to write a log to (`--output`). Imports no screen.

The log goes into it byte for byte, but for lines with secrets, of which the
visible text is written with the secrets masked.
"""

from __future__ import annotations

import asyncio
import os
import sys
import time
from typing import TYPE_CHECKING

from logview.log.ansi import visible
from logview.stdout import Descriptor
from logview.target import size_words
from logview.terminal import is_terminal

if TYPE_CHECKING:
    from collections.abc import Iterator

    from logview.saving import Draft
    from logview.secrets import Masker

BLOCK = 1 << 16
"""Bytes of lines that are masked between two turns of the event loop."""

LONGEST_LINE = 16 << 20
"""Bytes of a line that are held until it ends; a longer one is masked in parts."""

MARGIN = 4096
"""Bytes at the end of such a part in which a space to cut at is looked for."""

TOLD_EVERY = 0.25
"""Seconds between two tellings of how far it is."""


class MaskedLines:
    r"""Masks a log that comes cut anywhere, by whole lines (`\n` and nothing else ends one)."""

    def __init__(self, masker: Masker) -> None:
        self._masker = masker
        self._held = bytearray()
        self.lines = 0
        """Lines so far, an unfinished one not counted before `finish`."""
        self.size = 0
        """Bytes of the log so far."""

    def feed(self, data: bytes) -> Iterator[bytes]:
        """Take bytes; give what can be written now, in blocks: lines are masked as it is asked."""
        self.size += len(data)
        end = data.rfind(b"\n") + 1
        if end:
            self._held += data[:end]
            lines = bytes(self._held).split(b"\n")
            del lines[-1]
            self._held = bytearray(data[end:])
            self.lines += len(lines)
            yield from self._blocks(lines)
        else:
            self._held += data
        while len(self._held) > LONGEST_LINE:
            yield self._masked(self._part())

    def finish(self) -> bytes:
        """Give the last line, where no newline ends it."""
        rest, self._held = bytes(self._held), bytearray()
        self.lines += bool(rest)
        return self._masked(rest) if rest else b""

    def _blocks(self, lines: list[bytes]) -> Iterator[bytes]:
        block = bytearray()
        for line in lines:
            block += self._masked(line)
            block += b"\n"
            if len(block) >= BLOCK:
                yield bytes(block)
                block.clear()
        if block:
            yield bytes(block)

    def _masked(self, line: bytes) -> bytes:
        return self._masker.raw_line(line, visible(line))

    def _part(self) -> bytes:
        """Take a part off a line that is too long: up to a space where there is one."""
        cut = self._held.rfind(b" ", LONGEST_LINE - MARGIN, LONGEST_LINE) + 1 or LONGEST_LINE
        part = bytes(self._held[:cut])
        del self._held[:cut]
        return part


class FileOutput:
    """A file that is being written, as plain mode's reader sees it; raises SaveError."""

    patience: float | None = None

    def __init__(self, draft: Draft, masker: Masker, progress: Progress) -> None:
        self._draft = draft
        self._lines = MaskedLines(masker)
        self._progress = progress

    @property
    def lines(self) -> int:
        """Lines so far."""
        return self._lines.lines

    async def log(self, data: bytes) -> None:
        """Write the lines that are whole now, masked."""
        for block in self._lines.feed(data):
            await self._draft.write(block)
            await asyncio.sleep(0)
        self._progress.show(self._lines.lines, self._lines.size)

    async def rest(self) -> None:
        """Nothing is shown."""

    async def pause(self) -> None:
        """Leave the place on standard error to a message."""
        self._progress.clear()

    async def finish(self) -> None:
        """Write the last line; the draft is not kept by that."""
        self._progress.clear()
        await self._draft.write(self._lines.finish())


class Progress:
    """How far it is, in one line on standard error where that is a terminal."""

    def __init__(self) -> None:
        self._terminal = Descriptor(2) if is_terminal(2) else None
        self._shown = 0
        self._next = 0.0

    def show(self, lines: int, size: int) -> None:
        """Tell, if it is time to."""
        now = time.monotonic()
        # A terminal that is halted (^S) takes nothing, and would halt the program.
        if self._terminal is None or now < self._next or not self._terminal.writable():
            return
        self._next = now + TOLD_EVERY
        text = f"Saving: {line_words(lines)}, {size_words(size)}"[: _columns() - 1]
        self._write(f"\r{text}{' ' * (self._shown - len(text))}")
        self._shown = len(text)

    def clear(self) -> None:
        """Take the line away."""
        if self._shown:
            self._write(f"\r{' ' * self._shown}\r")
            self._shown = 0
            self._next = 0.0

    def _write(self, text: str) -> None:
        try:
            sys.stderr.write(text)
            sys.stderr.flush()
        except (OSError, ValueError, AttributeError):
            self._terminal = None


def line_words(number: int) -> str:
    """Say a number of lines."""
    return f"{number:,} {'line' if number == 1 else 'lines'}"


def _columns() -> int:
    try:
        return os.get_terminal_size(2).columns or 80
    except OSError:
        return 80
