"""TUI: the pane's mouse. It scrolls, selects, and makes a line the current one.

A selection is made by pressing, dragging, clicking twice or three times; beyond
an edge the text scrolls on by itself and the selection grows with it.
"""

from __future__ import annotations

from abc import abstractmethod
from functools import partial
from typing import TYPE_CHECKING

from textual.message import Message
from textual.widget import Widget

from logview.log.selection import END, Point, Selection, Unit, unit_at
from logview.tui.selecting import Selecting

if TYPE_CHECKING:
    from textual import events
    from textual.timer import Timer

    from logview.log.view import View
    from logview.tui.line_layout import LineLayout
    from logview.tui.viewport import Viewport

SIDEWAYS_STEP = 8
"""Cells that one step sideways moves."""

WHEEL_STEP = 3
"""Rows that one notch of the wheel moves."""

EDGE_SECONDS = 0.05
"""How often the text scrolls on while the mouse is held beyond an edge, in seconds."""


class PaneMouse(Widget):
    """The part of the pane that hears the mouse."""

    view: View
    port: Viewport

    class Taken(Message):
        """The reader moved by the mouse."""

    class FoldClicked(Message):
        """A fold was clicked: it is to be opened."""

        def __init__(self, line: int) -> None:
            super().__init__()
            self.line = line

    class LinkClicked(Message):
        """A place was clicked with control: the link there, if there is one, is to be shown."""

        def __init__(self, place: Point) -> None:
            super().__init__()
            self.place = place

    class Selected(Message):
        """Something was selected with the mouse."""

    class PillClicked(Message):
        """The pill was clicked: to the end, and follow."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.selecting = Selecting()
        self._pill = ""
        self._mouse = (0, 0)
        self._scrolling: Timer | None = None

    @abstractmethod
    def redraw(self) -> None:
        """Draw what the viewport shows now."""

    @abstractmethod
    def sideways(self, steps: int) -> None:
        """Scroll to the side by steps."""

    @abstractmethod
    def layout_of(self, line: int) -> LineLayout:
        """Lay a line out, or give the layout that there is."""

    @property
    @abstractmethod
    def text_width(self) -> int:
        """Cells of a row that show text."""

    # -- mouse ----------------------------------------------------------------------------

    def _scroll(self, rows: int, event: events.MouseEvent) -> None:
        event.stop()
        if event.shift or event.ctrl:
            self.sideways(1 if rows > 0 else -1)
        else:
            self.port.scroll(rows)
            self.post_message(self.Taken())
            self.redraw()

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """Scroll down, sideways with shift or control."""
        self._scroll(WHEEL_STEP, event)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """Scroll up, sideways with shift or control."""
        self._scroll(-WHEEL_STEP, event)

    def on_mouse_scroll_right(self, event: events.MouseScrollRight) -> None:
        """Scroll to the right."""
        event.stop()
        self.sideways(1)

    def on_mouse_scroll_left(self, event: events.MouseScrollLeft) -> None:
        """Scroll to the left."""
        event.stop()
        self.sideways(-1)

    # -- selecting ------------------------------------------------------------------------

    @property
    def selection(self) -> Selection | None:
        """What is selected of the log's text."""
        return self.selecting.selection(self.port.cursor, self._last_of)

    def _last_of(self, line: int) -> int:
        """Give the last line that the row of a line stands for."""
        fold = self.view.fold_at(line)
        return line if fold is None else fold.stop - 1

    def unit_at(self, x: int, y: int, unit: Unit) -> tuple[Point, Point]:
        """Give the character, word or line at a cell of the pane, or at the nearest one."""
        spots, document = self.port.spots, self.view.document
        spot = spots[max(0, min(y, len(spots) - 1))]
        line = min(spot.row.line, document.end_line - 1)
        if y >= len(spots) or spot.row.line != line:
            at = len(document.line_text(line))  # below the last line
            return Point(line, at), Point(line, at)
        fold = None if spot.row.is_own else self.view.fold_at(line)
        if fold is not None:
            return Point(fold.start, 0), Point(fold.stop - 1, END)
        cell = x - (self.size.width - self.text_width)
        if spot.row.is_own or (cell < 0 and not spot.sub):
            return unit_at(Point(line, 0), unit, document.line_text)
        layout = self.layout_of(line)
        window = layout.row(spot.sub) if self.port.wrap else layout.sideways(self.port.x)
        at = layout.character_at(window, cell)
        return unit_at(Point(line, at), unit, document.line_text)

    def on_mouse_down(self, event: events.MouseDown) -> None:
        """Begin to select; with shift go on to here."""
        if event.button != 1 or not self.port.spots or self._on_pill(event):
            return
        event.stop()
        self.post_message(self.Taken())
        unit = partial(self.unit_at, event.x, event.y)
        if event.ctrl:
            self.post_message(self.LinkClicked(unit("character")[0]))
            return
        if event.shift:
            line = self.port.cursor if self.port.cursor is not None else 0
            self.selecting.extend((Point(line, 0), Point(line, 0)), unit)
            self.port.stop_following()
        elif self.selecting.press(event.x, event.y, event.time, unit) > 1:
            self.port.stop_following()
        self.capture_mouse()
        self.redraw()

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """Select to here; beyond the edge the text scrolls, and the selection grows by itself."""
        if not self.selecting.dragging:
            return
        event.stop()
        self._mouse = event.x, event.y
        self._drag()
        beyond = not 0 <= event.y < self.port.height
        if beyond and self._scrolling is None:
            self._scrolling = self.set_interval(EDGE_SECONDS, self._scroll_on)
        elif not beyond:
            self._stop_scrolling()

    def _drag(self) -> None:
        x, y = self._mouse
        y = max(0, min(y, self.port.height - 1))
        if self.selecting.drag(partial(self.unit_at, x, y)):
            if self.port.follow:
                self.port.stop_following()
            self.redraw()

    def _scroll_on(self) -> None:
        y = self._mouse[1]
        beyond = y if y < 0 else y - self.port.height + 1
        self.port.scroll(beyond)
        if self.port.follow:
            self.port.stop_following()
        self._drag()
        self.redraw()

    def _stop_scrolling(self) -> None:
        if self._scrolling is not None:
            self._scrolling.stop()
            self._scrolling = None

    def on_mouse_up(self, event: events.MouseUp) -> None:
        """Let go; a click that selected nothing makes a line the current one."""
        self._stop_scrolling()
        if not self.selecting.dragging:
            return
        event.stop()
        self.selecting.release()
        self.release_mouse()
        if self.selection is None:
            self._click(event.y)
        else:
            self.post_message(self.Selected())

    def _on_pill(self, event: events.MouseEvent) -> bool:
        at = self.size.width - len(self._pill)
        return bool(self._pill) and event.y == self.port.height - 1 and event.x >= at

    def on_click(self, event: events.Click) -> None:
        """Do what the pill says."""
        if self._on_pill(event) and self.selection is None:
            self.post_message(self.PillClicked())

    def _click(self, y: int) -> None:
        self.port.click(y)
        self.redraw()
        row = self.port.spots[y].row if 0 <= y < len(self.port.spots) else None
        if row is not None and not row.is_own and self.view.fold_at(row.line) is not None:
            self.post_message(self.FoldClicked(row.line))
