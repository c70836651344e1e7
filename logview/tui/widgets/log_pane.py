"""TUI: the pane. It draws what the viewport says the screen shows, and hears the mouse.

A widget on the Line API with a scroll bar of its own beside it: a `ScrollView`
would lay out the whole screen each time its virtual size is set.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from rich.segment import Segment
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from logview.log.search import Pattern, PatternTooSlowError
from logview.tui.line_layout import LineLayout, Window
from logview.tui.viewport import Spot, Viewport
from logview.tui.widgets.row_strip import GUTTER, Mark, Palette, line_strip, own_strip

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.style import Style
    from textual import events

    from logview.log.view import Row, View

SIDEWAYS_STEP = 8
"""Cells that one step sideways moves."""

WHEEL_STEP = 3
"""Rows that one notch of the wheel moves."""

_STYLES = ("stamp", "number", "cursor", "match", "current", "own", "pill", "context")

_KEPT = 512
"""Rows, and lines, that stay drawn and laid out."""

_KEPT_LONG = 8
"""Lines of many kilobytes that do."""


@dataclass(frozen=True, slots=True)
class Match:
    """The current match: a stretch of one line's visible text."""

    line: int
    start: int
    end: int


class LogPane(Widget, can_focus=True):
    """The log, as rows of the screen."""

    ALLOW_SELECT = False
    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "log-pane--stamp",
        "log-pane--number",
        "log-pane--cursor",
        "log-pane--cursor-mark",
        "log-pane--match",
        "log-pane--current",
        "log-pane--own",
        "log-pane--pill",
        "log-pane--context",
    }

    class Moved(Message):
        """The reader's place, follow, or what is known of the rows changed."""

        def can_replace(self, message: Message) -> bool:
            """One of these in the queue is enough."""
            return isinstance(message, LogPane.Moved)

    class Taken(Message):
        """The reader moved by the mouse."""

    class PillClicked(Message):
        """The pill was clicked: to the end, and follow."""

    def __init__(self, view: View, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.view = view
        self.port = Viewport(view, self._height_of)
        self.obscured = 0
        """Rows at the bottom that something lies over."""
        self.numbers = False
        self.placeholder = ""
        """What stands in the pane while it has no rows."""
        self.pattern: Pattern | None = None
        """What is marked on screen."""
        self.current: Match | None = None
        self.rendered = 0
        """How many rows were drawn anew; tests count on it."""
        self._strips: OrderedDict[tuple[object, ...], Strip] = OrderedDict()
        self._layouts: OrderedDict[int, tuple[tuple[int, int, bool], LineLayout]] = OrderedDict()
        self._top_place = (0, 0)
        """The width that was laid out for, and the character that begins the first row."""
        self._palette: Palette | None = None
        self._pill = ""

    # -- size and style -------------------------------------------------------------------

    def notify_style_update(self) -> None:
        """Forget what was drawn in another theme."""
        self._palette = None
        self._strips.clear()
        super().notify_style_update()

    @property
    def palette(self) -> Palette:
        """The styles of the theme in use."""
        if self._palette is None:
            style = {
                name: self.get_component_rich_style(f"log-pane--{name}", partial=True)
                for name in _STYLES
            }
            self._palette = Palette(
                text=self.rich_style,
                cursor_mark=self.get_component_rich_style("log-pane--cursor-mark", partial=True),
                background=self.background_colors[1],
                foreground=self.colors[3],
                terminal=self.app.ansi_theme,
                **style,
            )
        return self._palette

    def on_resize(self) -> None:
        """Keep the reader's place in a pane of another size."""
        self.settle()

    # -- what changes ---------------------------------------------------------------------

    def settle(self) -> None:
        """Work out what the screen shows, and draw it."""
        self._keep_place()
        self.port.resize(self.size.height - self.obscured, self.size.height)
        self.port.settle()
        self.redraw()

    def cover(self, rows: int) -> None:
        """Take note that something lies over the last rows: no text moves, the cursor is seen."""
        self.obscured = rows
        self.port.resize(self.size.height - rows, self.size.height)
        self.port.settle(hold=True)
        self.redraw()

    def forget(self) -> None:
        """Forget what was drawn and laid out: the lines are others now."""
        self._strips.clear()
        self._layouts.clear()

    def _keep_place(self) -> None:
        """In another width, begin with the row that has the character that was first."""
        top, (width, character) = self.port.top, self._top_place
        if self.port.wrap and top.sub and width != self._text_width() and not top.row.is_own:
            self.port.top = Spot(top.row, self._layout(top.row.line).sub_of(character))

    def _note_place(self) -> None:
        top = self.port.top
        character = 0
        if self.port.wrap and top.sub and self.view.is_row(top.row.line):
            window = self._layout(top.row.line).row(top.sub)
            character = window.shift + window.shown.character(window.start)
        self._top_place = (self._text_width(), character)

    def redraw(self) -> None:
        """Draw what the viewport shows now."""
        unseen = self.port.unseen
        self._note_place()
        self._pill = f" ▼ {unseen:,} new  G " if unseen else ""
        self.refresh()
        self.post_message(self.Moved())

    def show(self, pattern: Pattern | None, current: Match | None = None) -> None:
        """Mark the matches of a pattern on the screen, one of them as the current one."""
        self.pattern = pattern
        self.current = current
        self.redraw()

    def go_to(self, match: Match) -> None:
        """Make a match the current one, and bring it on the screen."""
        self.current = match
        layout = self._layout(match.line)
        self.port.go_to_line(match.line, layout.sub_of(match.start))
        if not self.port.wrap and self.view.is_row(match.line):
            start, end = layout.cell_of(match.start), layout.cell_of(match.end)
            width = self._text_width()
            if start < self.port.x or end > self.port.x + width:
                # Only as far as it must: the other rows stay where they can be read.
                margin = min(SIDEWAYS_STEP, width // 4)
                right = max(0, end + margin - width)
                self.port.x = right if start >= right else max(0, start - margin)
        self.redraw()

    def sideways(self, steps: int) -> None:
        """Scroll to the side by steps of `SIDEWAYS_STEP` cells, as far as what is shown goes."""
        if self.port.wrap:
            return
        lines = [spot.row.line for spot in self.port.spots if not spot.row.is_own]
        widest = max((self._layout(line).length for line in lines), default=0)
        limit = max(0, widest - self._text_width() + SIDEWAYS_STEP, self.port.x)
        self.port.x = max(0, min(self.port.x + steps * SIDEWAYS_STEP, limit))
        self.redraw()

    # -- laying out -----------------------------------------------------------------------

    def _gutter_width(self) -> int:
        if not self.numbers:
            return GUTTER
        return GUTTER + len(f"{max(1, self.view.document.line_count):,}") + 2

    def _text_width(self) -> int:
        return max(1, self.size.width - self._gutter_width())

    def _version_of(self, line: int) -> int:
        document = self.view.document
        growing = document.last_is_unfinished and line == document.end_line - 1
        return document.version if growing else -1

    def _layout(self, line: int) -> LineLayout:
        of = (self._version_of(line), self._text_width(), self.port.wrap)
        known = self._layouts.get(line)
        if known is not None and known[0] == of:
            self._layouts.move_to_end(line)
            return known[1]
        layout = LineLayout(self.view.document.line(line), of[1], wrap=of[2])
        self._layouts[line] = of, layout
        self._layouts.move_to_end(line)
        if layout.is_long:  # of these only what a screen may show at once
            long = [number for number, (_, one) in self._layouts.items() if one.is_long]
            for number in long[:-_KEPT_LONG]:
                del self._layouts[number]
        if len(self._layouts) > _KEPT:
            self._layouts.popitem(last=False)
        return layout

    def _height_of(self, row: Row) -> int:
        return 1 if row.is_own else self._layout(row.line).rows

    # -- drawing --------------------------------------------------------------------------

    def render_line(self, y: int) -> Strip:
        """Draw one row of the screen (Textual's Line API)."""
        width, height = self.size
        if height != self.port.full_height:
            # The first paint comes before the news of the size: it shows lines all the same.
            self.port.resize(height - self.obscured, height)
            self.port.settle()
        palette = self.palette
        if y >= len(self.port.spots):
            strip = self._blank(y, width)
        else:
            strip = self._spot_strip(self.port.spots[y], width, palette)
        if self._pill and y == self.port.height - 1 and width > len(self._pill) + 8:
            pill = Segment(self._pill, palette.text + palette.pill)
            strip = Strip.join(
                [strip.crop(0, width - len(self._pill)), Strip([pill], len(self._pill))]
            )
        return strip

    def _blank(self, y: int, width: int) -> Strip:
        palette = self.palette
        if y == 0 and not self.port.spots and self.placeholder:
            text = (" " * GUTTER + self.placeholder)[:width].ljust(width)
            return Strip([Segment(text, palette.text + palette.number)], width)
        return Strip.blank(width, palette.text)

    def _spot_strip(self, spot: Spot, width: int, palette: Palette) -> Strip:
        document = self.view.document
        row = spot.row
        if row.is_own:
            return own_strip(document.own_rows[row.own].text, palette, width=width)
        current = self.current if self.current and self.current.line == row.line else None
        key = (
            row.line,
            spot.sub,
            self._version_of(row.line),
            self.port.x,
            self.port.wrap,
            width,
            row.line == self.port.cursor,
            self.pattern,
            current,
            self.view.is_context(row.line),
            document.number(row.line) if self.numbers else -1,
            self._gutter_width(),
        )
        strip = self._strips.get(key)
        if strip is None:
            strip = self._draw(spot, width, palette, current)
            self._strips[key] = strip
            self.rendered += 1
            if len(self._strips) > _KEPT:
                self._strips.popitem(last=False)
        else:
            self._strips.move_to_end(key)
        return strip

    def _draw(self, spot: Spot, width: int, palette: Palette, current: Match | None) -> Strip:
        line = spot.row.line
        layout = self._layout(line)
        window = layout.row(spot.sub) if self.port.wrap else layout.sideways(self.port.x)
        base = palette.text
        if self.view.is_context(line):
            base += palette.context
        if line == self.port.cursor:
            base += palette.cursor
        return line_strip(
            window,
            self._marks(line, layout, window, current),
            palette,
            gutter=self._gutter(spot, base),
            width=width,
            base=base,
            stamped=not window.shift,
        )

    def _marks(
        self, line: int, layout: LineLayout, window: Window, current: Match | None
    ) -> Sequence[Mark]:
        if self.pattern is None:
            return ()
        if layout.is_long:
            start, text = layout.near(window)
        else:
            start, text = 0, self.view.document.line_text(line)
        try:
            spans = self.pattern.spans(text)
        except PatternTooSlowError:
            return ()  # the search tells it; the line is shown without marks
        palette = self.palette
        marks = [Mark(start + a, start + b, palette.match) for a, b in spans]
        if current is not None:
            marks.append(Mark(current.start, current.end, palette.current))
        return marks

    def _gutter(self, spot: Spot, base: Style) -> list[Segment]:
        on_cursor = spot.row.line == self.port.cursor
        mark = Segment("▌", base + self.palette.cursor_mark) if on_cursor else Segment(" ", base)
        gutter = [mark, Segment(" ", base)]
        if self.numbers:
            digits = self._gutter_width() - GUTTER - 2
            number = self.view.document.number(spot.row.line)
            text = "…" if number is None else f"{number:,}"
            text = "" if spot.sub else text
            gutter.append(Segment(f"{text:>{digits}}  ", base + self.palette.number))
        return gutter

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

    def on_click(self, event: events.Click) -> None:
        """Make the clicked line the current one, or do what the pill says."""
        on_pill = event.y == self.port.height - 1 and event.x >= self.size.width - len(self._pill)
        if self._pill and on_pill:
            self.post_message(self.PillClicked())
            return
        self.port.click(event.y)
        self.post_message(self.Taken())
        self.redraw()
