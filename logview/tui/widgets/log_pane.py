"""TUI: the pane. It draws the rows of a view, and knows where the reader is.

The reader's place is a row (`top`), never an offset: what arrives, what is
filtered and what opens over the pane does not move the text. Nothing here is
proportional to the size of the log. The pane is a widget on the Line API, with
a scroll bar of its own beside it: a `ScrollView` would lay out the whole
screen each time its virtual size is set.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from rich.segment import Segment
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from logview.log.ansi import display
from logview.log.search import Pattern, PatternTooSlowError
from logview.log.view import Row, View
from logview.tui.widgets.row_strip import GUTTER, Mark, Palette, line_strip, own_strip

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual import events

SIDEWAYS_STEP = 8
"""Cells that one step sideways moves."""

WHEEL_STEP = 3
"""Rows that one notch of the wheel moves."""

_STYLES = ("stamp", "number", "cursor", "match", "current", "own", "pill", "clipped")

_KEPT_STRIPS = 512


@dataclass(frozen=True, slots=True)
class Match:
    """The current match: a stretch of one line's visible text."""

    line: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Place:
    """Where the reader is, to come back to."""

    top: Row
    cursor: int
    follow: bool
    x: int


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
        "log-pane--clipped",
    }

    class Moved(Message):
        """The reader's place, follow, or what is known of the rows changed."""

    class PillClicked(Message):
        """The pill was clicked: to the end, and follow."""

    def __init__(self, view: View, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.view = view
        self.top = Row(0)
        self.cursor = -1
        """The current line's number; -1 while there is none."""
        self.wanted = -1
        """The line the reader chose last; filters may hide it for now, and bring it back."""
        self.follow = True
        self.x = 0
        self.obscured = 0
        """Rows at the bottom that something lies over."""
        self.numbers = False
        self.placeholder = ""
        """What stands in the pane while it has no rows."""
        self.pattern: Pattern | None = None
        """What is marked on screen."""
        self.current: Match | None = None
        self._seen_lines = 0
        self._cursor_y = 0
        self._rows: list[Row] = []
        self._strips: OrderedDict[tuple[object, ...], Strip] = OrderedDict()
        self._palette: Palette | None = None
        self._pill = ""
        self._widest = 0
        self.rendered = 0
        """How many rows were drawn anew; tests count on it."""

    # -- size and style -------------------------------------------------------------------

    @property
    def height(self) -> int:
        """Rows of the screen that show the log and have nothing over them; at least 1."""
        return max(1, self.size.height - self.obscured)

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
            background, foreground = self.background_colors[1], self.colors[3]
            self._palette = Palette(
                text=self.rich_style,
                cursor_mark=self.get_component_rich_style("log-pane--cursor-mark", partial=True),
                background=background,
                foreground=foreground,
                terminal=self.app.ansi_theme,
                **style,
            )
        return self._palette

    def on_resize(self) -> None:
        """Keep the reader's place in a pane of another size."""
        if self.follow:
            self._to_end()
        else:
            # No empty rows below a log that has more above.
            self._top_index(self.view.index_of(self.top))
        self._settle()

    # -- what changes ---------------------------------------------------------------------

    def commit(self) -> None:
        """Show what arrived, or what the filters found, since the last commit."""
        if self.follow:
            self._to_end()
        self._settle()

    def covered(self) -> None:
        """Take note that something lies over the last rows, or no longer does: no text moves."""
        self._settle()

    def show(self, pattern: Pattern | None, current: Match | None = None) -> None:
        """Mark the matches of a pattern on the screen, one of them as the current one."""
        self.pattern = pattern
        self.current = current
        self._settle()

    @property
    def unseen(self) -> int:
        """How many shown lines arrived below since the reader left the end."""
        return 0 if self.follow else max(0, self.view.line_count - self._seen_lines)

    def refiltered(self) -> None:
        """Keep the cursor line, or the one nearest to it, on its row of the screen."""
        if self.follow:
            self._to_end()
        elif self.wanted >= 0:
            nearest = self.view.nearest(self.wanted)
            if nearest is not None:
                self.cursor = nearest
                self._top_index(self.view.index_of(Row(nearest)) - self._cursor_y)
        self._seen_lines = self.view.line_count
        self._settle()

    def place(self) -> Place:
        """Give the reader's place, to return to it later."""
        return Place(self.top, self.cursor, self.follow, self.x)

    def return_to(self, place: Place) -> None:
        """Go back to a place."""
        self.top, self.cursor, self.x = place.top, place.cursor, place.x
        self.wanted = place.cursor
        self._set_follow(place.follow)
        if self.follow:
            self._to_end()
        self._settle()

    # -- moving ---------------------------------------------------------------------------

    def move(self, rows: int) -> None:
        """Move the cursor by lines; the text moves only as far as it must."""
        index = self._line_index(self._cursor_index() + rows, rows)
        self._cursor_to(index, may_follow=rows > 0)

    def page(self, pages: float) -> None:
        """Move by pages of the visible height; the cursor keeps its row of the screen."""
        step = max(1, int(self.height * abs(pages))) * (1 if pages > 0 else -1)
        row = self._cursor_index() - self.view.index_of(self.top)
        index = self._line_index(self._cursor_index() + step, step)
        self._top_index(index - row)
        self._cursor_to(index, may_follow=pages > 0)

    def wheel(self, rows: int) -> None:
        """Scroll the text; the cursor is carried along, never out of sight."""
        top = self.view.index_of(self.top)
        self._top_index(top + rows)
        new_top = self.view.index_of(self.top)
        at_end = new_top >= self.view.row_count - self.height
        index = min(max(self._cursor_index(), new_top), new_top + self.height - 1)
        self._put_cursor(self._line_index(index, rows))
        if rows < 0 and new_top != top:
            self._set_follow(False)
        elif rows > 0 and at_end:
            self._set_follow(True)
            self._to_end()
        self._settle()

    def to_top(self) -> None:
        """Go to the first line."""
        self._cursor_to(self._line_index(0, 1), may_follow=False)

    def to_end(self) -> None:
        """Go to the last line, and follow."""
        self._set_follow(True)
        self._to_end()
        self._settle()

    def toggle_follow(self) -> None:
        """Follow, or stay where the reader is."""
        if self.follow:
            self._set_follow(False)
            self._settle()
        else:
            self.to_end()

    def go_to_line(self, line: int, column: int | None = None) -> None:
        """Make a line the current one, or the shown one nearest to it, and bring it on screen.

        `column` is a character of the visible text that is to be seen too.
        """
        nearest = self.view.nearest(line)
        if nearest is None:
            return
        index = self.view.index_of(Row(nearest))
        top = self.view.index_of(self.top)
        if not top <= index < top + self.height:
            self._top_index(index - self.height // 2)
        self._set_follow(False)
        self._put_cursor(index)
        if column is not None:
            self._show_column(nearest, column)
        self._settle()

    def sideways(self, steps: int) -> None:
        """Scroll to the side by steps of `SIDEWAYS_STEP` cells."""
        limit = max(0, self._widest - self._text_width() + SIDEWAYS_STEP)
        self.x = max(0, min(self.x + steps * SIDEWAYS_STEP, max(limit, self.x)))
        self._settle()

    def jump_to_fraction(self, fraction: float) -> None:
        """Go to a part of the whole, 0 to 1, as the scroll bar asks for it."""
        last_top = max(0, self.view.row_count - self.height)
        self.wheel(round(last_top * fraction) - self.view.index_of(self.top))

    def _show_column(self, line: int, column: int) -> None:
        shown = display(self.view.document.line(line))
        at = column
        if shown.offsets is not None:
            at = shown.offsets[min(column, len(shown.offsets) - 1)]
        width = self._text_width()
        if not self.x <= at < self.x + width - 1:
            self.x = max(0, at - width // 3) if at >= width - 1 else 0

    def _text_width(self) -> int:
        return max(1, self.size.width - self._gutter_width())

    # -- place and rows -------------------------------------------------------------------

    def _cursor_index(self) -> int:
        return self.view.index_of(Row(self.cursor)) if self.cursor >= 0 else 0

    def _line_index(self, index: int, direction: int) -> int:
        """Give the index of a row that is a line, at or beside `index`; 0 in an empty log."""
        count = self.view.row_count
        if not count:
            return 0
        index = max(0, min(index, count - 1))
        for step in (1, -1) if direction > 0 else (-1, 1):
            at = index
            while 0 <= at < count:
                if not self.view.row_at(at).is_own:
                    return at
                at += step
        return index

    def _put_cursor(self, index: int) -> None:
        if not self.view.row_count:
            self.cursor = -1
            return
        row = self.view.row_at(max(0, min(index, self.view.row_count - 1)))
        if not row.is_own:
            self.cursor = self.wanted = row.line

    def _cursor_to(self, index: int, *, may_follow: bool) -> None:
        if not self.view.row_count:
            return
        top = self.view.index_of(self.top)
        if index < top:
            self._top_index(index)
        elif index >= top + self.height:
            self._top_index(index - self.height + 1)
        self._put_cursor(index)
        last = self._line_index(self.view.row_count - 1, -1)
        self._set_follow(may_follow and index >= last)
        if self.follow:
            self._to_end()
        self._settle()

    def _top_index(self, index: int) -> None:
        last_top = max(0, self.view.row_count - self.height)
        index = max(0, min(index, last_top))
        self.top = self.view.row_at(index) if self.view.row_count else Row(0)

    def _to_end(self) -> None:
        count = self.view.row_count
        self._top_index(count - self.height)
        self._put_cursor(self._line_index(count - 1, -1))

    def _set_follow(self, follow: bool) -> None:
        if self.follow and not follow:
            self._seen_lines = self.view.line_count
        self.follow = follow

    def _settle(self) -> None:
        """Work out which rows the screen shows now, and draw them."""
        view = self.view
        if self.cursor < 0 and view.row_count:
            self._put_cursor(self._line_index(0, 1))
        top = view.index_of(self.top)
        self._rows = view.rows(top, self.size.height)
        self._keep_cursor_in_sight(top)
        self._cursor_y = self._cursor_index() - top
        unseen = self.unseen
        self._pill = f" ▼ {unseen:,} new  G " if unseen else ""
        self.refresh()
        self.post_message(self.Moved())

    def _keep_cursor_in_sight(self, top: int) -> None:
        index = self._cursor_index()
        inside = min(max(index, top), top + self.height - 1)
        if inside != index and self._rows:
            self._put_cursor(self._line_index(inside, 1 if inside > index else -1))

    # -- drawing --------------------------------------------------------------------------

    def _gutter_width(self) -> int:
        if not self.numbers:
            return GUTTER
        return GUTTER + len(f"{max(1, self.view.document.line_count):,}") + 2

    def render_line(self, y: int) -> Strip:
        """Draw one row of the screen (Textual's Line API)."""
        width = self.size.width
        palette = self.palette
        if y >= len(self._rows):
            strip = self._blank(y, width)
        else:
            strip = self._row_strip(self._rows[y], width, palette)
        if self._pill and y == self.height - 1 and width > len(self._pill) + 8:
            strip = Strip.join(
                [
                    strip.crop(0, width - len(self._pill)),
                    Strip([Segment(self._pill, palette.text + palette.pill)], len(self._pill)),
                ]
            )
        return strip

    def _blank(self, y: int, width: int) -> Strip:
        palette = self.palette
        if y == 0 and not self._rows and self.placeholder:
            text = (" " * GUTTER + self.placeholder)[:width].ljust(width)
            return Strip([Segment(text, palette.text + palette.number)], width)
        return Strip.blank(width, palette.text)

    def _row_strip(self, row: Row, width: int, palette: Palette) -> Strip:
        document = self.view.document
        if row.is_own:
            return own_strip(document.own_rows[row.own].text, palette, width=width)
        growing = document.last_is_unfinished and row.line == document.line_count - 1
        on_cursor = row.line == self.cursor
        current = self.current if self.current and self.current.line == row.line else None
        key = (
            row.line,
            document.version if growing else -1,
            self.x,
            width,
            on_cursor,
            self.pattern,
            current,
            self._gutter_width(),
        )
        strip = self._strips.get(key)
        if strip is None:
            strip = self._draw(row.line, width, palette, on_cursor=on_cursor, current=current)
            self._strips[key] = strip
            self.rendered += 1
            if len(self._strips) > _KEPT_STRIPS:
                self._strips.popitem(last=False)
        else:
            self._strips.move_to_end(key)
        return strip

    def _draw(
        self, line: int, width: int, palette: Palette, *, on_cursor: bool, current: Match | None
    ) -> Strip:
        shown = display(self.view.document.line(line))
        self._widest = max(self._widest, len(shown.text))
        return line_strip(
            shown,
            self._marks(line, palette, current),
            palette,
            gutter=self._gutter(line, palette, on_cursor=on_cursor),
            x=self.x,
            width=width,
            on_cursor=on_cursor,
        )

    def _marks(self, line: int, palette: Palette, current: Match | None) -> Sequence[Mark]:
        if self.pattern is None:
            return ()
        try:
            spans = self.pattern.spans(self.view.document.line_text(line))
        except PatternTooSlowError:
            return ()  # the search tells it; the line is shown without marks
        marks = [Mark(start, end, palette.match) for start, end in spans]
        if current is not None:
            marks.append(Mark(current.start, current.end, palette.current))
        return marks

    def _gutter(self, line: int, palette: Palette, *, on_cursor: bool) -> list[Segment]:
        base = palette.text + palette.cursor if on_cursor else palette.text
        gutter = [
            Segment("▌", base + palette.cursor_mark) if on_cursor else Segment(" ", base),
            Segment(" ", base),
        ]
        if self.numbers:
            digits = self._gutter_width() - GUTTER - 2
            gutter.append(Segment(f"{line + 1:>{digits},}  ", base + palette.number))
        return gutter

    # -- mouse ----------------------------------------------------------------------------

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """Scroll down, sideways with shift or control."""
        event.stop()
        self.sideways(1) if event.shift or event.ctrl else self.wheel(WHEEL_STEP)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """Scroll up, sideways with shift or control."""
        event.stop()
        self.sideways(-1) if event.shift or event.ctrl else self.wheel(-WHEEL_STEP)

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
        on_pill = event.y == self.height - 1 and event.x >= self.size.width - len(self._pill)
        if self._pill and on_pill:
            self.post_message(self.PillClicked())
            return
        if event.y < len(self._rows) and not self._rows[event.y].is_own:
            line = self._rows[event.y].line
            last = line == self.view.document.line_count - 1
            self._set_follow(self.follow and last)
            self.cursor = self.wanted = line
            self._settle()
