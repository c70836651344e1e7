"""TUI: the gutter. What stands left of a line: the cursor, its level, a mark, number and time.

A level is told by a letter on the first line of an entry, and a bar beside the
lines that belong to it; colour only comes on top.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from rich.segment import Segment

from logview.log.entries.level import Level
from logview.tui.time_column import Time

if TYPE_CHECKING:
    from rich.style import Style

    from logview.tui.widgets.palette import Palette

GUTTER = 2
"""Cells left of everything else: the mark of the cursor line or its level, and of marked lines."""

MARKED = "•"
"""Beside a line that is marked: narrower than its cell, so that it touches no text."""

_GOES_ON = "│"


class Beside(NamedTuple):
    """All that stands left of one row."""

    cursor: bool = False
    level: Level | None = None
    begins: bool = True
    """Whether the row begins an entry; else it goes on with one."""
    marked: bool = False
    time: Time = Time("")
    time_cells: int = 0
    number: str = ""
    number_cells: int = 0

    @property
    def cells(self) -> int:
        """Cells of the whole gutter."""
        return GUTTER + self.time_cells + self.number_cells


def gutter(beside: Beside, palette: Palette, base: Style) -> list[Segment]:
    """Draw what stands left of a row; `base` is the style of the row."""
    segments = [_sign(beside, palette, base)]
    segments.append(Segment(MARKED, base + palette.mark) if beside.marked else Segment(" ", base))
    if beside.number_cells:
        text = f"{beside.number:>{beside.number_cells - 2}}  "
        segments.append(Segment(text, base + palette.number))
    if beside.time_cells:
        style = palette.gap if beside.time.gap else palette.stamp
        segments.append(Segment(f"{beside.time.text:<{beside.time_cells}}", base + style))
    return segments


def _sign(beside: Beside, palette: Palette, base: Style) -> Segment:
    level = beside.level if beside.level is not None and beside.level >= Level.WARN else None
    if beside.cursor:
        # In the level's colour; its word stands in the line that is being looked at.
        style = palette.cursor_mark if level is None else palette.level(level)
        return Segment("▌", base + style)
    if level is None:
        return Segment(" ", base)
    return Segment(level.letter if beside.begins else _GOES_ON, base + palette.level(level))
