"""The column with the short names of lanes, where a log is made of several.

It replaces the prefix that each line has in the log (`text/lanes.py`). A line whose prefix is not
all ASCII keeps it in its text: what is skipped of a line has as many bytes as characters.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from logview.text.lanes import PREFIX

CELLS = 14
"""Cells of a name."""

COLOURS = 6
"""Lanes that are coloured differently."""

_IDENT = re.compile(r"(?:(.{1,120}) )?(?:run|build)Id:(\w{1,60})")


class LaneCell(NamedTuple):
    """What the column shows for one line."""

    text: str
    number: int
    """Which of the colours it has, from 0."""


class LaneColumn:
    """The lanes of one log, numbered as they are seen first."""

    cells = CELLS + 1
    """Cells of the column, the blank after it included."""

    def __init__(self) -> None:
        self._numbers: dict[bytes, int] = {}

    @property
    def names(self) -> list[str]:
        """The lanes that were seen so far."""
        return [name.decode() for name in self._numbers]

    def width(self, line: bytes) -> int:
        """Return how many bytes of a line the column replaces."""
        found = PREFIX.match(line)
        return found.end() if found is not None and found[0].isascii() else 0

    def cell(self, line: bytes) -> LaneCell:
        """Return what is shown for a line; blanks for one without a prefix."""
        found = PREFIX.match(line)
        if found is None or not found[0].isascii():
            return LaneCell(" " * self.cells, 0)
        number = self._numbers.setdefault(found[1], len(self._numbers))
        return LaneCell(f"{short_name(found[1].decode()):<{self.cells}}", number % COLOURS)


def short_name(lane: str) -> str:
    """Return a name that fits the column: of a run its Actor's, and the end of its ID."""
    job = _IDENT.fullmatch(lane)
    if job is not None:
        name, ident = job[1] or "", job[2][-4:]
        return f"{name[: CELLS - 5]}·{ident}" if name else job[2][-CELLS:]
    if len(lane) <= CELLS:
        return lane
    return f"{lane[: CELLS - 8]}…{lane[-7:]}"
