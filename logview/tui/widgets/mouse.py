"""What the mouse does in a pane: scroll by the wheel, select by dragging, click.

Cells of the pane come in, the viewport and the selection change; widgets turn
Textual's events into calls and draw. Beyond an edge the text scrolls on while
the button is held, and the selection grows with it.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from textual import events

    from logview.log.view.selection import Point, Unit
    from logview.tui.selecting import Selecting
    from logview.tui.viewport import Viewport

SIDEWAYS_STEP = 8
"""Cells that one step sideways moves."""

WHEEL_STEP = 3
"""Rows that one notch of the wheel moves."""

EDGE_SECONDS = 0.05
"""How often the text scrolls on while the mouse is held beyond an edge, in seconds."""

_EDGE_STEPS = 20
"""After so many steps beyond an edge the text scrolls twice as fast, up to a page a step."""


class Scrollable(Protocol):
    """What the wheel scrolls."""

    def scroll_rows(self, rows: int) -> None:
        """Scroll by rows of the screen."""

    def scroll_sideways(self, steps: int) -> None:
        """Scroll to the side by steps of `SIDEWAYS_STEP` cells."""


class HitTest(Protocol):
    """What is at a cell of the pane."""

    def unit_at(self, x: int, y: int, unit: Unit) -> tuple[Point, Point]:
        """Return the character, word or line at a cell, or at the nearest one."""

    def hidden_prefix(self, line: int) -> int:
        """Return how many characters of a line have no cell."""


def scroll_by_wheel(target: Scrollable, event: events.MouseEvent, direction: int) -> None:
    """Scroll by one notch, 1 for down and -1 for up; sideways with shift or control."""
    event.stop()
    if event.shift or event.ctrl:
        target.scroll_sideways(direction)
    else:
        target.scroll_rows(direction * WHEEL_STEP)


class PaneMouse:
    """The button that is held in a pane: where it was pressed, and what it selects."""

    def __init__(self, viewport: Viewport, selecting: Selecting, hits: HitTest) -> None:
        self._viewport = viewport
        self._selecting = selecting
        self._hits = hits
        self._position = (0, 0)
        self._pressed_y = 0
        self._followed = False
        """Whether the text followed when the button was pressed."""
        self._edge_steps = 0

    def press(self, x: int, y: int, when: float, *, extend: bool) -> None:
        """Begin to select at time `when` (in seconds), or extend the selection to here."""
        self._position = x, y
        self._pressed_y = y
        self._followed = self._viewport.follow
        unit = partial(self._hits.unit_at, x, y)
        if extend:
            line = self._viewport.cursor
            anchor = self._viewport.anchor_line if line is None else line
            self._selecting.extend(anchor, unit)
        else:
            self._selecting.press(x, y, when, unit)
        self._viewport.stop_following()  # no text runs away below a button that is held

    def move(self, x: int, y: int) -> bool:
        """Move the mouse while the button is held; return whether the selection changed."""
        self._position = x, y
        return self.drag()

    def drag(self) -> bool:
        """Extend the selection to the mouse, which has moved or has other text below it."""
        if not self._selecting.dragging:
            return False
        x, y = self._position
        y = max(0, min(y, self._viewport.height - 1))
        if not self._selecting.drag(partial(self._hits.unit_at, x, y)):
            return False
        if self._viewport.follow:
            self._viewport.stop_following()
        return True

    def rows_beyond_edge(self, *, at_screen_top: bool) -> int:
        """Return how many rows the mouse is beyond an edge of the pane; negative above it.

        Where the pane begins `at_screen_top` the mouse can't leave it: its
        first row is beyond the edge.
        """
        y = self._position[1]
        if y <= 0 < self._pressed_y and at_screen_top:
            return -1
        return min(y, 0) or max(0, y - self._viewport.height + 1)

    def start_edge_scroll(self) -> None:
        """Begin to scroll slowly."""
        self._edge_steps = 0

    def edge_scroll(self, rows: int) -> None:
        """Scroll on by one step of an edge that the mouse is `rows` beyond, and select to there."""
        page = self._viewport.height
        rows <<= min(self._edge_steps // _EDGE_STEPS, page.bit_length())
        self._viewport.scroll(max(-page, min(rows, page)))
        self._edge_steps += 1
        if self._viewport.follow:
            self._viewport.stop_following()
        self.drag()

    def release(self) -> bool:
        """End the drag; return whether there was one."""
        if not self._selecting.dragging:
            return False
        self._selecting.release(self._hits.hidden_prefix)
        return True

    def click(self, y: int) -> int | None:
        """Make the line on a row the current one; return the line of a fold that was clicked."""
        viewport, view = self._viewport, self._viewport.view
        y = max(0, y)
        viewport.click(y)
        if self._followed and not self._is_new_below():
            viewport.to_end()
        row = viewport.screen_rows[y].row if y < len(viewport.screen_rows) else None
        if row is None or row.is_own or view.fold_at(row.line) is None:
            return None
        return row.line

    def _is_new_below(self) -> bool:
        """Whether a line below the current one was there when the button was pressed."""
        viewport, view = self._viewport, self._viewport.view
        shown = view.shown_before(viewport.seen_end)
        return viewport.cursor is not None and view.shown_before(viewport.cursor + 1) < shown
