"""How drags, clicks and keys make a selection of the log's text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from logview.log.view.selection import END, Point, Selection, Unit, lines

if TYPE_CHECKING:
    from collections.abc import Callable

    UnitAt = Callable[[Unit], tuple[Point, Point]]

UNITS: tuple[Unit, ...] = ("character", "word", "line")
"""The unit that one, two and three clicks select."""

DOUBLE_SECONDS = 0.4
"""The longest time between the clicks of a double click, in seconds."""


class Selecting:
    """Owns the selection of a pane, and how it is being made."""

    def __init__(self) -> None:
        self.keyboard_anchor: int | None = None
        """Where the keyboard began to select whole lines; None while it selects none."""
        self.dragging = False
        self._made: Selection | None = None
        self._from: tuple[Point, Point] | None = None
        self._unit: Unit = "character"
        self._clicks = 0
        self._clicked = (-1, -1, 0.0)

    def selection(self, head: int, row_of: Callable[[int], range]) -> Selection | None:
        """Return what is selected.

        `head` is the line to which the keyboard has extended the selection;
        `row_of` returns the lines that the row of a line stands for.
        """
        if self.keyboard_anchor is not None:
            one, other = row_of(self.keyboard_anchor), row_of(head)
            return lines(min(one.start, other.start), max(one.stop, other.stop) - 1)
        made = self._made
        return None if made is None or made.is_empty else made

    def press(self, x: int, y: int, when: float, unit_at: UnitAt) -> int:
        """Begin with the mouse; return the number of clicks: one selects nothing yet.

        `unit_at` returns the unit below the mouse, `when` is in seconds.
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

    def extend(self, cursor: int, unit_at: UnitAt) -> None:
        """Extend the selection to the mouse.

        Where there is none, it begins where the cursor line was clicked, else
        with all of that line.
        """
        if self.keyboard_anchor is not None:
            self._unit = "line"
            self._from = Point(self.keyboard_anchor, 0), Point(self.keyboard_anchor, END)
        elif self._made is None:
            self._unit = "character"
            if self._from is None or self._from[0].line != cursor:
                self._from = Point(cursor, 0), Point(cursor, END)
        self.keyboard_anchor = None
        self.dragging = True
        if self._from is not None:
            self._made = Selection(self._unit, self._from, unit_at(self._unit))

    def drag(self, unit_at: UnitAt) -> bool:
        """Extend the selection to the mouse; return whether it changed."""
        if not self.dragging or self._from is None:
            return False
        head = unit_at(self._unit)
        if self._made is None and head == self._from:
            return False  # the mouse has not left the character where it was pressed
        self._made = Selection(self._unit, self._from, head)
        return True

    def release(self, hidden: Callable[[int], int]) -> None:
        """End the drag.

        `hidden` returns how many characters of a line are not shown: a stamp.
        Several lines begin with the whole of the first one, since the others
        have their stamps, too.
        """
        self.dragging = False
        made = self._made
        if made is None or made.start.line >= made.stop.line:
            return
        line, character = made.start
        if 0 < character == hidden(line):
            self._made = made.from_start_of(line)

    def clear(self) -> bool:
        """Drop the selection; return whether there was one."""
        had = self.keyboard_anchor is not None or self._made is not None
        self._made = self._from = self.keyboard_anchor = None
        self.dragging = False
        return had
