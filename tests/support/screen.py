"""Tests: what a terminal would show of the bytes that a program wrote, by pyte."""

from __future__ import annotations

import copy
import re
from typing import TYPE_CHECKING, Any

import pyte

if TYPE_CHECKING:
    from collections.abc import Iterable

# Terminals understand these and draw nothing, pyte would print parts of them: private forms
# of CSI (kitty keyboard, xterm key modifiers), window operations, OSC and DCS strings.
_UNDRAWN = re.compile(
    rb"\x1b\[[<>=][0-9;]*[a-zA-Z]|\x1b\[\?[0-9;]*\$p|\x1b\[[0-9;]*t|\x1b[P_^X][^\x1b]*\x1b\\"
    rb"|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)"
)
_REPEATED = re.compile(rb"([\x20-\x7e])\x1b\[(\d+)b")  # REP, which ncurses writes and pyte lacks
_UNFINISHED = re.compile(rb"\x1b(?:\[[<>=?0-9;]*\$?|[P_^X\]][^\x07\x1b]*\x1b?)?$")


class _Buffer(pyte.Screen):
    """A screen with an alternate one, which programs that fill it leave when they end."""

    _main: Any = None

    def set_mode(self, *modes: int, **options: bool) -> None:
        """Switch to the alternate screen (DECSET 1049)."""
        if 1049 in modes and options.get("private"):
            self._main = copy.deepcopy((self.buffer, self.cursor))
            self.erase_in_display(2)
        super().set_mode(*modes, **options)

    def reset_mode(self, *modes: int, **options: bool) -> None:
        """Bring the main screen back."""
        super().reset_mode(*modes, **options)
        if 1049 in modes and options.get("private") and self._main is not None:
            (self.buffer, self.cursor), self._main = self._main, None
            self.dirty.update(range(self.lines))


class Screen:
    """A screen that is fed with bytes; rows that did not change cost nothing to read again."""

    def __init__(self, rows: int, cols: int) -> None:
        self._buffer = _Buffer(cols, rows)
        self._stream = pyte.ByteStream(self._buffer)
        self._unfed = b""
        self._lines = [""] * rows

    @property
    def rows(self) -> int:
        """Height in cells."""
        return int(self._buffer.lines)

    @property
    def cursor(self) -> tuple[int, int]:
        """Row and column of the cursor, from 0."""
        return self._buffer.cursor.y, self._buffer.cursor.x

    def resize(self, rows: int, cols: int) -> None:
        """Change the size."""
        self._buffer.resize(rows, cols)
        self._lines = [""] * rows
        self._buffer.dirty.update(range(rows))

    def feed(self, data: bytes) -> None:
        """Draw; a sequence or a character that is cut off waits for its rest."""
        data = self._unfed + data
        cut = _UNFINISHED.search(data)
        keep = cut.start() if cut and len(data) - cut.start() < 4096 else len(data)
        if keep and data[keep - 1] >= 32 and keep < len(data):
            keep -= 1  # REP repeats the character before it
        data, self._unfed = data[:keep], data[keep:]
        data = _REPEATED.sub(lambda m: m[1] * (1 + int(m[2])), data)
        self._stream.feed(_UNDRAWN.sub(b"", data))

    def lines(self) -> list[str]:
        """Return the rows, as wide as the screen."""
        for row in self._buffer.dirty:
            if row < self.rows:
                cells = self._buffer.buffer[row]
                self._lines[row] = "".join(cells[x].data for x in range(self._buffer.columns))
        self._buffer.dirty.clear()
        return self._lines

    def text(self) -> str:
        """Return the rows in one text."""
        return "\n".join(self.lines())

    def cell(self, row: int, column: int) -> pyte.screens.Char:
        """Return one cell: `.data`, `.fg`, `.bg`, `.bold`, `.reverse`, …"""
        return self._buffer.buffer[row][column]

    def backgrounds(self, row: int, columns: Iterable[int]) -> list[str]:
        """Return the background colours of some cells of a row, reverse ones with a sign before."""
        cells = [self.cell(row, column) for column in columns]
        return [("-" if cell.reverse else "") + cell.bg for cell in cells]
