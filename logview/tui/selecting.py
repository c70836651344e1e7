"""TUI: selecting. How drags, clicks and keys make a selection of the log's text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from logview.log.selection import Point, Selection, Unit, lines

if TYPE_CHECKING:
    from collections.abc import Callable

    UnitAt = Callable[[Unit], tuple[Point, Point]]

UNITS: tuple[Unit, ...] = ("character", "word", "line")
"""What one, two and three clicks select by."""

DOUBLE_SECONDS = 0.4
"""The longest time between two clicks that belong together."""


class Selecting:
    """The one selection that there is, and how it is being made."""

    def __init__(self) -> None:
        self.anchor_line: int | None = None
        """With the keyboard: the line at which whole lines began to be selected."""
        self.dragging = False
        self._made: Selection | None = None
        self._from: tuple[Point, Point] | None = None
        self._unit: Unit = "character"
        self._clicks = 0
        self._clicked = (-1, -1, 0.0)

    def selection(self, cursor: int | None, end_of: Callable[[int], int]) -> Selection | None:
        """Give what is selected; `end_of` gives the last line that a row stands for."""
        if self.anchor_line is not None and cursor is not None:
            first, last = sorted((self.anchor_line, cursor))
            return lines(first, end_of(last))
        made = self._made
        return None if made is None or made.is_empty else made

    def press(self, x: int, y: int, when: float, unit_at: UnitAt) -> int:
        """Begin with the mouse; give how many clicks belong together: one selects nothing yet.

        `unit_at` gives the unit below the mouse, `when` is in seconds.
        """
        near = self._clicked[:2] == (x, y) and when - self._clicked[2] <= DOUBLE_SECONDS
        self._clicks = self._clicks % len(UNITS) + 1 if near else 1
        self._clicked = x, y, when
        self.clear()
        self.dragging = True
        self._unit = UNITS[self._clicks - 1]
        self._from = unit_at(self._unit)
        if self._clicks > 1:
            self._made = Selection(self._unit, self._from, self._from)
        return self._clicks

    def extend(self, start: tuple[Point, Point], unit_at: UnitAt) -> None:
        """Bring the selection to where the mouse is; one from `start` where there is none."""
        if self._from is None or self._made is None:
            self._from = start
            self._unit = "character"
        self.anchor_line = None
        self.dragging = True
        self._made = Selection(self._unit, self._from, unit_at(self._unit))

    def drag(self, unit_at: UnitAt) -> bool:
        """Bring the selection to where the mouse is; False where none is being made."""
        if not self.dragging or self._from is None:
            return False
        head = unit_at(self._unit)
        if self._made is None and head == self._from:
            return False  # the mouse has not left the character where it was pressed
        self._made = Selection(self._unit, self._from, head)
        return True

    def release(self) -> None:
        """Let go of the mouse."""
        self.dragging = False

    def clear(self) -> bool:
        """Select nothing; False where nothing was selected."""
        had = self.anchor_line is not None or self._made is not None
        self._made = self._from = self.anchor_line = None
        self.dragging = False
        return had
