"""Plain mode: a file as the place to write a log to (`--output`). Imports no screen.

The log goes into it byte for byte, but for lines with secrets.
"""

from __future__ import annotations

import asyncio
import os
import sys
import time
from typing import TYPE_CHECKING

from logview.phrases import count, size
from logview.plain.stdout import Descriptor
from logview.process.terminal import is_terminal
from logview.saving.masked_lines import MaskedLines

if TYPE_CHECKING:
    from logview.saving.atomic_file import AtomicFile
    from logview.secrets.masker import Masker

PROGRESS_EVERY = 0.25
"""Seconds between two updates of how far it is."""


class FileOutput:
    """A file that is being written, as plain mode's reader sees it; raises SaveError."""

    flush_after: float | None = None

    def __init__(self, draft: AtomicFile, masker: Masker, progress: Progress) -> None:
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

    async def flush_partial(self) -> None:
        """Do nothing: nothing is shown."""

    async def end_line(self) -> None:
        """Leave the place on standard error to a message."""
        self._progress.clear()

    async def break_line(self) -> None:
        """End an unfinished line."""
        for block in self._lines.break_line():
            await self._draft.write(block)

    async def finish(self) -> None:
        """Write the last line; the draft is not kept by that."""
        self._progress.clear()
        await self._draft.write(self._lines.finish())


class Progress:
    """How far it is, in one line on standard error where that is a terminal."""

    def __init__(self, *, shown: bool = True) -> None:
        self._terminal = Descriptor(2) if shown and is_terminal(2) else None
        self._shown = 0
        self._next = 0.0

    def show(self, lines: int, written: int) -> None:
        """Show it, at most every `PROGRESS_EVERY` seconds."""
        now = time.monotonic()
        # A terminal that is halted (^S) takes nothing, and would halt the program.
        if self._terminal is None or now < self._next or not self._terminal.writable():
            return
        self._next = now + PROGRESS_EVERY
        text = f"Saving: {count(lines, 'line')}, {size(written)}"[: _columns() - 1]
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


def _columns() -> int:
    try:
        return os.get_terminal_size(2).columns or 80
    except OSError:
        return 80
