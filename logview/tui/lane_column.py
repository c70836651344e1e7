"""The column with the short names of lanes, where a log is made of several.

It replaces the prefix that each line has in the log (`text/lanes.py`). A line whose prefix is not
all ASCII keeps it in its text: what is skipped of a line has as many bytes as characters.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from logview.text.lanes import LanePrefix, job_of_lane

if TYPE_CHECKING:
    from logview.text.lanes import LaneNames

CELLS = 14
"""Cells of a name."""

COLOURS = 6
"""Lanes that are coloured differently."""


class LaneCell(NamedTuple):
    """What the column shows for one line."""

    text: str
    number: int
    """Which of the colours it has, from 0."""


class LaneColumn:
    """Draws the lanes of one log."""

    cells = CELLS + 1
    """Cells of the column, the blank after it included."""

    def __init__(self, names: LaneNames) -> None:
        self._names = names

    def width(self, line: bytes) -> int:
        """Return how many bytes of a line the column replaces."""
        prefix = self._read(line)
        return 0 if prefix is None else prefix.end

    def cell(self, line: bytes) -> LaneCell:
        """Return what is shown for a line; blanks for one without a prefix."""
        prefix = self._read(line)
        if prefix is None:
            return LaneCell(" " * self.cells, 0)
        number = self._names.number(prefix.name)
        return LaneCell(f"{short_name(prefix.name.decode()):<{self.cells}}", number % COLOURS)

    def _read(self, line: bytes) -> LanePrefix | None:
        prefix = self._names.read(line)
        return prefix if prefix is not None and line[: prefix.end].isascii() else None


def short_name(lane: str) -> str:
    """Return a name that fits the column: of a run its Actor's, and the end of its ID."""
    job = job_of_lane(lane)
    if job is not None:
        name, ident = job[0], job[1][-4:]
        return f"{name[: CELLS - 5]}·{ident}" if name else job[1][-CELLS:]
    if len(lane) <= CELLS:
        return lane
    return f"{lane[: CELLS - 8]}…{lane[-7:]}"
