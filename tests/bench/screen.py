"""Bench: what a terminal would show of the bytes a program wrote, by pyte."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pyte

if TYPE_CHECKING:
    from collections.abc import Iterable

# Terminals understand these and draw nothing; pyte would print parts of them.
_UNDRAWN = re.compile(
    rb"\x1b\[[<>=][0-9;]*[a-zA-Z]|\x1b\[\?[0-9;]*\$p|\x1b\[[0-9;]*t|\x1b[P_^X][^\x1b]*\x1b\\"
    rb"|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)"
)
_REPEATED = re.compile(rb"([\x20-\x7e])\x1b\[(\d+)b")  # REP, which ncurses writes and pyte lacks
_UNFINISHED = re.compile(rb"\x1b(?:\[[<>=?0-9;]*\$?|[P_^X\]][^\x07\x1b]*\x1b?)?$")


class Screen:
    """A screen that is fed with bytes; rows that did not change cost nothing to read again."""

    def __init__(self, rows: int, cols: int) -> None:
        self.rows = rows
        self.cols = cols
        self._screen = pyte.Screen(cols, rows)
        self._stream = pyte.ByteStream(self._screen)
        self._unfed = b""
        self._lines = [""] * rows

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
        """The rows, as wide as the screen."""
        for row in self._screen.dirty:
            if row < self.rows:
                cells = self._screen.buffer[row]
                self._lines[row] = "".join(cells[x].data for x in range(self.cols))
        self._screen.dirty.clear()
        return self._lines

    def text(self) -> str:
        """The rows in one text."""
        return "\n".join(self.lines())

    def backgrounds(self, row: int, columns: Iterable[int]) -> list[str]:
        """The background colours of some cells of a row, reverse ones with a sign before."""
        cells = self._screen.buffer[row]
        return [("-" if cells[x].reverse else "") + cells[x].bg for x in columns]
