"""TUI: the pane's mouse. It scrolls, selects, and makes a line the current one.

A selection is made by pressing, dragging, clicking twice or three times; beyond
an edge the text scrolls on by itself and the selection grows with it.
"""

from __future__ import annotations

from abc import abstractmethod
from functools import partial
from typing import TYPE_CHECKING

from textual.message import Message

from logview.log.view.selection import END, Point, Selection, Unit, between, unit_at
from logview.tui.selecting import Selecting
from logview.tui.widgets.wheel import Wheel

if TYPE_CHECKING:
    from textual import events
    from textual.timer import Timer

    from logview.log.view.view import View
    from logview.tui.line_layout import LineLayout
    from logview.tui.viewport import Viewport

EDGE_SECONDS = 0.05
"""How often the text scrolls on while the mouse is held beyond an edge, in seconds."""

EDGE_STEPS = 20
"""After so many steps beyond an edge the text scrolls twice as fast, up to a page a step."""


class PaneMouse(Wheel):
    """The part of the pane that hears the mouse."""

    view: View
    viewport: Viewport

    class MovedByMouse(Message):
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
        self._on_pill = False
        """Whether the mouse was pressed on the pill."""
        self._mouse = (0, 0)
        self._pressed_y = 0
        self._followed = False
        """Whether the text followed when the mouse was pressed."""
        self._scrolling: Timer | None = None
        self._scrolled = 0
        """How many steps the text has scrolled on."""

    @abstractmethod
    def redraw(self) -> None:
        """Draw what the viewport shows now."""

    @abstractmethod
    def layout_of(self, line: int) -> LineLayout:
        """Lay a line out, or give the layout that there is."""

    @abstractmethod
    def hidden_prefix(self, line: int) -> int:
        """Give how many characters of a line have no cell, not even in the time column."""

    @property
    @abstractmethod
    def text_width(self) -> int:
        """Cells of a row that show text."""

    # -- mouse ----------------------------------------------------------------------------

    def scroll_rows(self, rows: int) -> None:
        """Scroll by rows of the screen; what is being selected still ends below the mouse."""
        self.viewport.scroll(rows)
        self.post_message(self.MovedByMouse())
        self._drag()
        self.redraw()

    def on_mouse_scroll_right(self, event: events.MouseScrollRight) -> None:
        """Scroll to the right."""
        event.stop()
        self.scroll_sideways(1)

    def on_mouse_scroll_left(self, event: events.MouseScrollLeft) -> None:
        """Scroll to the left."""
        event.stop()
        self.scroll_sideways(-1)

    # -- selecting ------------------------------------------------------------------------

    @property
    def selection(self) -> Selection | None:
        """What is selected of the log's text."""
        # The line that was chosen, not the one that stands for it while a filter hides it.
        return self.selecting.selection(self.viewport.anchor_line, self._row_of)

    def _row_of(self, line: int) -> range:
        """Give the lines that the row of a line stands for."""
        fold = None
        if self.view.is_shown(line):
            at_row = self.view.is_row(line)
            fold = self.view.fold_at(line) if at_row else self.view.fold_of(line)
        return range(line, line + 1) if fold is None else fold

    def unit_at(self, x: int, y: int, unit: Unit) -> tuple[Point, Point]:
        """Give the character, word or line at a cell of the pane, or at the nearest one."""
        spots, text_of = self.viewport.screen_rows, self.view.document.line_text
        spot = spots[max(0, min(y, len(spots) - 1))]
        line = spot.row.line
        if spot.row.is_own:
            return between(line)
        fold = self.view.fold_at(line)
        if y >= len(spots):  # below the last line
            line = line if fold is None else fold.stop - 1
            end = Point(line, len(text_of(line)))
            return end, end
        if fold is not None:
            return Point(fold.start, 0), Point(fold.stop - 1, END)
        cell = x - (self.size.width - self.text_width)
        if unit == "line" or (cell < 0 and not spot.wrap_row):
            return unit_at(Point(line, self.hidden_prefix(line)), unit, text_of)
        layout = self.layout_of(line)
        window = (
            layout.row(spot.wrap_row) if self.viewport.wrap else layout.scrolled(self.viewport.x)
        )
        at, is_there = layout.character_at(window, cell)
        if not is_there:
            return Point(line, at), Point(line, at)
        skip = layout.skip
        # The layout keeps the text of a line of many megabytes.
        first, end = unit_at(Point(line, at - skip), unit, lambda _: layout.text)
        return Point(line, first.character + skip), Point(line, end.character + skip)

    def on_mouse_down(self, event: events.MouseDown) -> None:
        """Begin to select; with shift go on to here."""
        self._on_pill = self._is_on_pill(event)
        if event.button != 1 or not self.viewport.screen_rows or self._on_pill:
            return
        event.stop()
        self.post_message(self.MovedByMouse())
        self._mouse = event.x, event.y
        self._pressed_y = event.y
        unit = partial(self.unit_at, event.x, event.y)
        if event.ctrl:
            self.post_message(self.LinkClicked(unit("character")[0]))
            return
        self._followed = self.viewport.follow
        if event.shift:
            line = self.viewport.cursor
            self.selecting.extend(self.viewport.anchor_line if line is None else line, unit)
        else:
            self.selecting.press(event.x, event.y, event.time, unit)
        self.viewport.stop_following()  # no text runs away below a mouse that is held
        self.capture_mouse()
        self.redraw()

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """Select to here; beyond the edge the text scrolls, and the selection grows by itself."""
        if not self.selecting.dragging:
            return
        event.stop()
        if not event.button:
            self._let_go()  # outside the terminal's window: nobody told it
            return
        self._mouse = event.x, event.y
        self._drag()
        beyond = self._beyond()
        if beyond and self._scrolling is None:
            self._scrolled = 0
            self._scrolling = self.set_interval(EDGE_SECONDS, self._scroll_on)
        elif not beyond:
            self._stop_scrolling()

    def _beyond(self) -> int:
        """Give how many rows the mouse is beyond an edge; above the first row they are negative."""
        y = self._mouse[1]
        if y <= 0 < self._pressed_y and self.region.y == 0:
            return -1  # there is nothing above: the mouse can't leave the pane
        return min(y, 0) or max(0, y - self.viewport.height + 1)

    def _drag(self) -> None:
        if not self.selecting.dragging:
            return
        x, y = self._mouse
        y = max(0, min(y, self.viewport.height - 1))
        if self.selecting.drag(partial(self.unit_at, x, y)):
            if self.viewport.follow:
                self.viewport.stop_following()
            self.redraw()

    def _scroll_on(self) -> None:
        if not self.selecting.dragging:
            self._stop_scrolling()
            return
        page = self.viewport.height
        rows = self._beyond() << min(self._scrolled // EDGE_STEPS, page.bit_length())
        self.viewport.scroll(max(-page, min(rows, page)))
        self._scrolled += 1
        if self.viewport.follow:
            self.viewport.stop_following()
        self._drag()
        self.redraw()

    def _stop_scrolling(self) -> None:
        if self._scrolling is not None:
            self._scrolling.stop()
            self._scrolling = None

    def on_mouse_up(self, event: events.MouseUp) -> None:
        """Let go; a click that selected nothing makes a line the current one."""
        dragging = self.selecting.dragging
        self._let_go()
        if dragging:
            event.stop()
            if self.selection is None:
                self._click(event.y)

    def on_mouse_release(self) -> None:
        """Let go: another screen has taken the mouse."""
        if self.app.mouse_captured is not self:  # else this is news of the press before
            self._let_go()

    def _let_go(self) -> None:
        self._stop_scrolling()
        if self.app.mouse_captured is self:
            self.release_mouse()
        if self.selecting.dragging:
            self.selecting.release(self.hidden_prefix)
            self.redraw()
            if self.selection is not None:
                self.post_message(self.Selected())

    def _is_on_pill(self, event: events.MouseEvent) -> bool:
        at = self.size.width - len(self._pill)
        return bool(self._pill) and event.y == self.viewport.height - 1 and event.x >= at

    def on_click(self, event: events.Click) -> None:
        """Do what the pill says."""
        if self._on_pill and self._is_on_pill(event):
            self.post_message(self.PillClicked())

    def _click(self, y: int) -> None:
        y = max(0, y)
        self.viewport.click(y)
        if self._followed and not self._is_left_behind():
            self.viewport.to_end()
        self.redraw()
        row = self.viewport.screen_rows[y].row if 0 <= y < len(self.viewport.screen_rows) else None
        if row is not None and not row.is_own and self.view.fold_at(row.line) is not None:
            self.post_message(self.FoldClicked(row.line))

    def _is_left_behind(self) -> bool:
        """Whether a line below the current one was there when the mouse was pressed."""
        viewport, view = self.viewport, self.view
        shown = view.shown_before(viewport.seen_end)
        return viewport.cursor is not None and view.shown_before(viewport.cursor + 1) < shown
