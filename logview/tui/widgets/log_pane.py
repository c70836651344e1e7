"""The log pane: draws the rows that the viewport shows, and takes the mouse.

A widget on the Line API with a scroll bar of its own next to it: a `ScrollView`
would lay out the whole screen each time its virtual size is set.
"""

from __future__ import annotations

from collections import OrderedDict
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar, NamedTuple

from rich.segment import Segment
from rich.style import Style
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from logview.log.entries.level import Level
from logview.log.view.selection import END, Point, Selection, Unit, between, unit_at
from logview.pending_reads import PendingReadError
from logview.tui.keys import all_log_keys, bindings
from logview.tui.line_layout import LayoutCache, LongLineLayout
from logview.tui.palettes import color_depth
from logview.tui.schedule import unless_pending
from logview.tui.selecting import Selecting
from logview.tui.time_column import TimeCell, TimeColumn
from logview.tui.viewport import ScreenRow, Viewport
from logview.tui.widgets.mouse import EDGE_SECONDS, SIDEWAYS_STEP, PaneMouse, scroll_by_wheel
from logview.tui.widgets.palette import Palette
from logview.tui.widgets.row_strip import (
    GUTTER_WIDTH,
    GutterCells,
    StyledSpan,
    fold_strip,
    frame_spans,
    gutter_segments,
    level_spans,
    line_strip,
    match_spans,
    notice_strip,
    pending_strip,
    selected_range,
    selection_spans,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from textual import events
    from textual.geometry import Region
    from textual.timer import Timer

    from logview.log.search.pattern import Pattern
    from logview.log.view.view import PageRows, Row, View
    from logview.tui.line_layout import LineLayout, RowWindow
    from logview.tui.screen_masks import ScreenMasks
    from logview.tui.widgets.row_strip import MatchSpan

_STYLES = (
    *("stamp", "number", "cursor", "entry", "cursor-mark", "match", "current", "own", "pill"),
    *(
        "context",
        "fold",
        "library",
        "place",
        "mark",
        "gap",
        "warn",
        "error",
        "critical",
        "selection",
    ),
    *("lane-a", "lane-b", "lane-c", "lane-d", "lane-e", "lane-f"),
)

_KEPT_STRIPS = 512
"""How many drawn rows are kept."""


class _Paint(NamedTuple):
    """What is the same for all rows that are drawn at once."""

    width: int
    text_width: int
    number_cells: int
    time_cells: int
    palette: Palette
    pages: dict[int, tuple[PageRows, int]]
    """What is drawn of pages, and which entries on them are new, by their numbers."""


class _RowFacts(NamedTuple):
    """What a row was drawn for: rows of equal facts look the same."""

    line: int
    wrap_row: int
    version: int
    """See `LayoutCache.version_of`."""
    fold: range | None
    current: MatchSpan | None
    selected: tuple[int, int] | None
    context: bool
    cursor: bool
    in_entry: bool
    level: Level | None
    begins: bool
    """Whether the line begins an entry, as far as that is known."""
    marked: bool
    new: bool
    number: str
    time: TimeCell | None
    """The time, where it depends on the line above; else None."""


class LogPane(Widget, can_focus=True):
    """The log, as rows of the screen.

    Owns the viewport, the selection, and what was drawn last. Implements `HitTest` and
    `Scrollable` for the mouse.
    """

    ALLOW_SELECT = False
    # With priority, a key is done before the next one is delivered to anybody: what is typed
    # ahead of a prompt belongs to it. Here and not on the screen: they act in the log only.
    BINDINGS: ClassVar[list[BindingType]] = [
        *bindings(all_log_keys(), priority=True, namespace="screen."),
        *(
            Binding(str(digit), f"screen.go_to('{digit}')", show=False, priority=True)
            for digit in range(10)
        ),
    ]
    COMPONENT_CLASSES: ClassVar[set[str]] = {f"log-pane--{name}" for name in _STYLES}

    class Moved(Message):
        """The reader's place, follow, or what is known of the rows changed."""

        def can_replace(self, message: Message) -> bool:
            """One of these in the queue is enough."""
            return isinstance(message, LogPane.Moved)

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
        """The pill was clicked: go to the end, and follow."""

    def __init__(self, view: View, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.view = view
        self.viewport = Viewport(view, self._height_of)
        self.selecting = Selecting()
        self.covered_rows = 0
        """Rows at the bottom that an overlay covers."""
        self.show_numbers = False
        self.time_column = TimeColumn(view.document)
        self.screen_masks: ScreenMasks | None = None
        """Finds the secrets that are hidden on the screen; None where none are."""
        self.new_entries: Callable[[int], int] = lambda _: 0
        """Returns which lines of a page begin an entry that is marked as new: bit n for line n."""
        self.marked_lines: set[int] = set()
        """Numbers of the lines that the reader has marked."""
        self.pattern: Pattern | None = None
        """Its matches are highlighted."""
        self.current_match: MatchSpan | None = None
        self._rows_expected = 0
        """Rows that come above the pane with its next size; negative where they go."""
        self.drawn_rows = 0
        """How many rows were drawn anew, for tests of what is kept."""
        self._strips: OrderedDict[_RowFacts, Strip] = OrderedDict()
        self._layouts = LayoutCache(view.document, self.time_column)
        self._top_place = (0, 0)
        """The width laid out for, and the character of its line that the first row begins with."""
        self._selected: Selection | None = None
        """What is drawn as selected."""
        self._entry: Sequence[int] = range(0)
        """The lines of the current entry."""
        self._palette: Palette | None = None
        self._pill = ""
        self._paint: _Paint | None = None
        """What is drawn at present; None between two paints."""
        self._strips_of: tuple[object, ...] = ()
        """What all kept strips were drawn for."""
        self._mouse_held = PaneMouse(self.viewport, self.selecting, self)
        self._pressed_pill = False
        self._edge_timer: Timer | None = None

    # -- size and style -------------------------------------------------------------------

    def notify_style_update(self) -> None:
        """Drop what was drawn in another theme."""
        self._palette = None
        self._strips.clear()
        super().notify_style_update()

    @property
    def palette(self) -> Palette:
        """The styles of the theme in use."""
        if self._palette is None:
            style = {
                name.replace("-", "_"): self.get_component_rich_style(
                    f"log-pane--{name}", partial=True
                )
                for name in _STYLES
            }
            # Reversed or dim text of the log itself looks selected like all other.
            style["selection"] = Style(dim=False, reverse=False) + style["selection"]
            self._palette = Palette(
                text=self.rich_style,
                background=self.background_colors[1],
                foreground=self.colors[3],
                terminal=self.app.ansi_theme,
                depth=color_depth(self.app),
                **style,
            )
        return self._palette

    def on_resize(self) -> None:
        """Keep the reader's place in a pane of another size."""
        self._restore_top()
        self._resize()
        self.update_viewport()

    def expect_rows_above(self, rows: int) -> None:
        """Keep text where it is on the screen as so many rows come above the pane, or go."""
        self._rows_expected += rows

    def _resize(self) -> None:
        height = self.size.height
        above, self._rows_expected = self._rows_expected, 0
        self.viewport.resize(height - self.covered_rows, height, above=above)

    # -- what changes ---------------------------------------------------------------------

    def update_viewport(self) -> None:
        """Recompute what the screen shows, and draw it."""
        self._restore_top()
        self.viewport.resize(self.size.height - self.covered_rows, self.size.height)
        self.viewport.update()
        self.redraw()

    def update_layout(self) -> None:
        """Draw with other columns left of the text, which change the heights of wrapped lines."""
        if self.viewport.wrap:
            self.viewport.update_heights()
        self.redraw()

    def toggle_json_lines(self) -> bool:
        """Lay out the lines that loggers wrote as JSON, or don't; return whether they are now."""
        layouts = self._layouts
        layouts.lays_out_json = not layouts.lays_out_json
        self._strips.clear()
        self.update_layout()
        return layouts.lays_out_json

    def set_covered_rows(self, rows: int, note_rows: int = 0) -> None:
        """Set how many rows at the bottom are covered, and how many of these by a note.

        While following, the log ends above them; else no text moves. The
        cursor stays visible, but for the seconds of a note of one row: what
        was just chosen (`v`) is not to become another line.
        """
        self.covered_rows = rows
        self.viewport.note_rows = note_rows if note_rows == 1 else 0
        self.viewport.resize(self.size.height - rows, self.size.height)
        self.viewport.update(hold=not self.viewport.follow)
        self.redraw()

    def reset(self) -> None:
        """Drop everything drawn, laid out and selected: the lines have been replaced."""
        self.selecting.clear()
        self._strips.clear()
        self._layouts.clear()
        self.time_column.reset()
        if self.screen_masks is not None:
            self.screen_masks.clear()

    def _restore_top(self) -> None:
        """Begin with the row of the character that was first, in another width."""
        top, (width, character) = self.viewport.top, self._top_place
        if self.viewport.wrap and top.wrap_row and width != self.text_width and not top.row.is_own:
            with suppress(PendingReadError):
                self.viewport.top = ScreenRow(
                    top.row, self.layout_of(top.row.line).wrap_row_of(character)
                )

    def _remember_top(self) -> None:
        top = self.viewport.top
        character = 0
        if self.viewport.wrap and top.wrap_row and self.view.is_row(top.row.line):
            try:
                window = self.layout_of(top.row.line).row(top.wrap_row)
            except PendingReadError:
                return
            character = window.shift + window.shown.character(window.start)
        self._top_place = (self.text_width, character)

    def redraw(self) -> None:
        """Draw what the viewport shows now."""
        if self.selecting.keyboard_anchor is not None and self.viewport.follow:
            self.viewport.stop_following()  # what arrives must not be selected
        self._remember_top()
        self._selected = self.selection
        self._entry = self._current_entry()
        self._pill = self._pill_text()
        self.refresh()
        self.post_message(self.Moved())

    def _current_entry(self) -> Sequence[int]:
        """Return the lines of the entry at the cursor, as far as that is known."""
        cursor, entries = self.viewport.cursor, self.view.entries
        document = self.view.document
        known = cursor is not None and document.first_line <= cursor < document.end_line
        return entries.entry_of(cursor) if cursor is not None and known else range(0)

    def _pill_text(self) -> str:
        unseen = self.viewport.unseen
        if not unseen:
            return ""
        errors = self.view.entries.count_from(self.viewport.seen_end, Level.ERROR)
        words = f" ({errors:,} {'error' if errors == 1 else 'errors'})" if errors else ""
        return f" ▼ {unseen:,} new{words}  G "

    def show_matches(self, pattern: Pattern | None, current: MatchSpan | None = None) -> None:
        """Highlight the matches of a pattern, one of them as the current one."""
        self.pattern = pattern
        self.current_match = current
        self.redraw()

    def go_to_match(self, match: MatchSpan) -> None:
        """Make a match the current one and scroll to it, opening its fold."""
        self.current_match = match
        self.view.load_entries(match.line, match.line)
        self.view.open_fold(match.line)
        try:
            layout = self.layout_of(match.line)
        except PendingReadError:
            self.viewport.go_to_line(match.line)
            self.redraw()
            return
        self.viewport.go_to_line(match.line, layout.wrap_row_of(match.start))
        if not self.viewport.wrap and self.view.is_row(match.line):
            start, end = layout.cell_of(match.start), layout.cell_of(match.end)
            width = self.text_width
            continued = self._goes_on(layout)
            if start < self.viewport.x or end > self.viewport.x + width - continued:
                # Only as far as it must: the other rows stay where they can be read.
                margin = min(SIDEWAYS_STEP, width // 4)
                right = max(0, end + margin - width)
                self.viewport.x = right if start >= right else max(0, start - margin)
        self.redraw()

    def scroll_sideways(self, steps: int) -> None:
        """Scroll to the side by steps of `SIDEWAYS_STEP` cells, as far as what is shown goes."""
        if self.viewport.wrap:
            return
        lines = [
            screen_row.row.line
            for screen_row in self.viewport.screen_rows
            if not screen_row.row.is_own
        ]
        widest = max(map(self._length_of, lines), default=0)
        limit = max(0, widest - self.text_width + SIDEWAYS_STEP, self.viewport.x)
        self.viewport.x = max(0, min(self.viewport.x + steps * SIDEWAYS_STEP, limit))
        self.redraw()

    def _length_of(self, line: int) -> int:
        try:
            return self.layout_of(line).length
        except PendingReadError:
            return 0

    def _goes_on(self, layout: LineLayout | LongLineLayout) -> bool:
        """Return whether a line goes on beyond the right edge."""
        return not self.viewport.wrap and layout.length > self.viewport.x + self.text_width

    # -- laying out -----------------------------------------------------------------------

    def _number_cells(self) -> int:
        return len(f"{max(1, self.view.document.line_count):,}") + 2 if self.show_numbers else 0

    @property
    def text_width(self) -> int:
        """Cells of a row that show text."""
        return max(
            1, self.size.width - GUTTER_WIDTH - self._number_cells() - self.time_column.cells
        )

    def hidden_prefix(self, line: int) -> int:
        """Return how many characters of a line have no cell, not even in the time column."""
        return 0 if self.time_column.cells else self.layout_of(line).skip

    def layout_of(self, line: int) -> LineLayout | LongLineLayout:
        """Return the layout of a line for the current width."""
        width, wrap = self.text_width, self.viewport.wrap
        return self._layouts.layout_of(line, width, wrap=wrap, masks=self.screen_masks)

    def _window(self, layout: LineLayout | LongLineLayout, screen_row: ScreenRow) -> RowWindow:
        """Return the part of a line that a row of the screen shows."""
        viewport = self.viewport
        return layout.row(screen_row.wrap_row) if viewport.wrap else layout.scrolled(viewport.x)

    def _height_of(self, row: Row) -> int:
        if row.is_own or self.view.fold_at(row.line) is not None:
            return 1
        try:
            return self.layout_of(row.line).rows
        except PendingReadError:
            return 1  # drawn as one that is being read

    # -- what is selected -----------------------------------------------------------------

    @property
    def selection(self) -> Selection | None:
        """What is selected of the log's text."""
        # The line that was chosen, not the one that stands for it while a filter hides it.
        return self.selecting.selection(self.viewport.anchor_line, self._lines_of_row)

    def _lines_of_row(self, line: int) -> range:
        """Return the lines that the row of a line stands for."""
        fold = None
        if self.view.is_shown(line):
            at_row = self.view.is_row(line)
            fold = self.view.fold_at(line) if at_row else self.view.fold_of(line)
        return range(line, line + 1) if fold is None else fold

    def unit_at(self, x: int, y: int, unit: Unit) -> tuple[Point, Point]:
        """Return the character, word or line at a cell of the pane, or at the nearest one."""
        rows, text_of = self.viewport.screen_rows, self.view.document.line_text
        screen_row = rows[max(0, min(y, len(rows) - 1))]
        line = screen_row.row.line
        if screen_row.row.is_own:
            return between(line)
        fold = self.view.fold_at(line)
        if y >= len(rows):  # below the last line
            line = line if fold is None else fold.stop - 1
            end = Point(line, self.view.document.long_size(line) or len(text_of(line)))
            return end, end
        if fold is not None:
            return Point(fold.start, 0), Point(fold.stop - 1, END)
        cell = x - (self.size.width - self.text_width)
        if unit == "line" or (cell < 0 and not screen_row.wrap_row):
            return unit_at(Point(line, self.hidden_prefix(line)), unit, text_of)
        layout = self.layout_of(line)
        at, is_there = layout.character_at(self._window(layout, screen_row), cell)
        if not is_there:
            return Point(line, at), Point(line, at)
        return layout.unit_at(line, at, unit, text_of)

    # -- the mouse ------------------------------------------------------------------------

    def scroll_rows(self, rows: int) -> None:
        """Scroll by rows of the screen; what is being selected still ends below the mouse."""
        self.viewport.scroll(rows)
        self.post_message(self.MovedByMouse())
        self._mouse_held.drag()
        self.redraw()

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """Scroll down, sideways with shift or control."""
        scroll_by_wheel(self, event, 1)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """Scroll up, sideways with shift or control."""
        scroll_by_wheel(self, event, -1)

    def on_mouse_scroll_right(self, event: events.MouseScrollRight) -> None:
        """Scroll to the right."""
        event.stop()
        self.scroll_sideways(1)

    def on_mouse_scroll_left(self, event: events.MouseScrollLeft) -> None:
        """Scroll to the left."""
        event.stop()
        self.scroll_sideways(-1)

    def on_mouse_down(self, event: events.MouseDown) -> None:
        """Begin to select; with shift select to here, with control ask for the link here."""
        self._pressed_pill = self._is_on_pill(event)
        if event.button != 1 or not self.viewport.screen_rows or self._pressed_pill:
            return
        event.stop()
        self.post_message(self.MovedByMouse())
        if event.ctrl:
            self.post_message(self.LinkClicked(self.unit_at(event.x, event.y, "character")[0]))
            return
        self._mouse_held.press(event.x, event.y, event.time, extend=event.shift)
        self.capture_mouse()
        self.redraw()

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """Select to here; beyond the edge the text scrolls, and the selection grows by itself."""
        if not self.selecting.dragging:
            return
        event.stop()
        if not event.button:
            self._release()  # it was released outside the terminal's window
            return
        if self._mouse_held.move(event.x, event.y):
            self.redraw()
        beyond = self._rows_beyond_edge()
        if beyond and self._edge_timer is None:
            self._mouse_held.start_edge_scroll()
            self._edge_timer = self.set_interval(EDGE_SECONDS, unless_pending(self._edge_scroll))
        elif not beyond:
            self._stop_edge_scroll()

    def on_mouse_up(self, event: events.MouseUp) -> None:
        """Release; a click that selected nothing makes a line the current one."""
        dragging = self.selecting.dragging
        self._release()
        if dragging:
            event.stop()
            if self.selection is None:
                fold_line = self._mouse_held.click(event.y)
                self.redraw()
                if fold_line is not None:
                    self.post_message(self.FoldClicked(fold_line))

    def on_mouse_release(self) -> None:
        """Release: another screen has captured the mouse."""
        if self.app.mouse_captured is not self:  # else this is news of the press before
            self._release()

    def on_click(self, event: events.Click) -> None:
        """Post that the pill was clicked."""
        if self._pressed_pill and self._is_on_pill(event):
            self.post_message(self.PillClicked())

    def _release(self) -> None:
        self._stop_edge_scroll()
        if self.app.mouse_captured is self:
            self.release_mouse()
        if self._mouse_held.release():
            self.redraw()
            if self.selection is not None:
                self.post_message(self.Selected())

    def _rows_beyond_edge(self) -> int:
        return self._mouse_held.rows_beyond_edge(at_screen_top=self.region.y == 0)

    def _edge_scroll(self) -> None:
        if not self.selecting.dragging:
            self._stop_edge_scroll()
            return
        self._mouse_held.edge_scroll(self._rows_beyond_edge())
        self.redraw()

    def _stop_edge_scroll(self) -> None:
        if self._edge_timer is not None:
            self._edge_timer.stop()
            self._edge_timer = None

    def _is_on_pill(self, event: events.MouseEvent) -> bool:
        at = self.size.width - len(self._pill)
        return bool(self._pill) and event.y == self.viewport.height - 1 and event.x >= at

    # -- drawing --------------------------------------------------------------------------

    def render_lines(self, crop: Region) -> list[Strip]:
        """Draw some rows of the screen; what is the same for all of them is computed once."""
        self._paint = self._begin_paint()
        try:
            return super().render_lines(crop)
        finally:
            self._paint = None

    def _begin_paint(self) -> _Paint:
        width, height = self.size
        if height != self.viewport.full_height:
            # The first paint comes before the news of the size: it shows lines all the same.
            self._resize()
            self.viewport.update()
        times = self.time_column
        time_cells, number_cells = times.cells, self._number_cells()
        text_width = max(1, width - GUTTER_WIDTH - number_cells - time_cells)
        strips_of = (
            width,
            text_width,
            time_cells,
            number_cells,
            times.format,
            self.view.document.stamps,
            self.viewport.x,
            self.viewport.wrap,
            self.pattern,
        )
        if strips_of != self._strips_of:
            self._strips_of = strips_of
            self._strips.clear()
        return _Paint(width, text_width, number_cells, time_cells, self.palette, {})

    def render_line(self, y: int) -> Strip:
        """Draw one row of the screen (Textual's Line API)."""
        paint = self._paint or self._begin_paint()
        width, palette = paint.width, paint.palette
        if y >= len(self.viewport.screen_rows):
            strip = Strip.blank(width, palette.text)
        else:
            try:
                strip = self._row_strip(y, paint)
            except PendingReadError:
                is_cursor = self.viewport.screen_rows[y].row.line == self.viewport.cursor
                strip = pending_strip(palette, width=width, cursor=is_cursor)
        if self._pill and y == self.viewport.height - 1 and width > len(self._pill) + 8:
            pill = Segment(self._pill, palette.text + palette.pill)
            strip = Strip.join(
                [strip.crop(0, width - len(self._pill)), Strip([pill], len(self._pill))]
            )
        return strip

    def _row_strip(self, y: int, paint: _Paint) -> Strip:
        screen_row = self.viewport.screen_rows[y]
        row, wrap_row = screen_row
        line = row.line
        if row.own >= 0:
            text = self.view.document.own_rows[row.own].text
            return notice_strip(text, paint.palette, width=paint.width)
        page, new = self._page_rows(line, paint)
        bit = line - page.first
        fold = self.view.fold_at(line) if page.folds >> bit & 1 else None
        levels, is_whole = page.levels, not wrap_row and fold is None
        match, time = self.current_match, None
        if is_whole and paint.time_cells and self.time_column.format == "previous":
            time = self.time_column.time(line, self._above(y))
        facts = _RowFacts(
            line,
            wrap_row,
            self._layouts.version_of(line),
            fold,
            match if match is not None and match.line == line else None,
            selected_range(self._selected, line, fold) if self._selected is not None else None,
            bool(page.context >> bit & 1),
            line == self.viewport.cursor,
            line in self._entry,
            None if levels is None else levels.level_at(bit),
            levels is None or bool(levels.starts >> bit & 1),
            bool(self.marked_lines) and not wrap_row and self._is_marked(line, fold),
            is_whole and bool(new >> bit & 1),
            self._number_text(line) if self.show_numbers and is_whole else "",
            time,
        )
        strip = self._strips.get(facts)
        if strip is None:
            strip = self._draw(screen_row, facts, paint)
            self._strips[facts] = strip
            self.drawn_rows += 1
            if len(self._strips) > _KEPT_STRIPS:
                self._strips.popitem(last=False)
        else:
            self._strips.move_to_end(facts)
        return strip

    def _page_rows(self, line: int, paint: _Paint) -> tuple[PageRows, int]:
        """Return what is to be drawn of the page of a line, and which entries on it are new."""
        number = self.view.document.page_of(line)
        rows = paint.pages.get(number)
        if rows is None:
            new = 0
            with suppress(PendingReadError):  # a line is drawn though its entry is not read
                new = self.new_entries(number)
            rows = paint.pages[number] = self.view.page_rows(number), new
        return rows

    def _number_text(self, line: int) -> str:
        number = self.view.document.number(line)
        return "…" if number is None else f"{number:,}"

    def _gutter(self, facts: _RowFacts, paint: _Paint) -> GutterCells:
        """Return what is drawn left of the text of a row of the screen."""
        line, is_whole = facts.line, not facts.wrap_row and facts.fold is None
        times, time, lane = self.time_column, facts.time, None
        if is_whole and paint.time_cells:
            if time is None:
                time = times.time(line, None)
            if times.lanes is not None:
                lane = times.lanes.cell(self.view.document.line(line))
        return GutterCells(
            cursor=facts.cursor,
            in_entry=facts.in_entry,
            level=facts.level,
            begins=is_whole and facts.begins,
            marked=facts.marked,
            new=facts.new,
            number=facts.number,
            number_cells=paint.number_cells,
            time=time or TimeCell(""),
            time_cells=paint.time_cells,
            lane=lane,
        )

    def _is_marked(self, line: int, fold: range | None) -> bool:
        lines = fold or range(line, line + 1)
        if len(lines) > len(self.marked_lines):
            return any(one in lines for one in self.marked_lines)
        return any(one in self.marked_lines for one in lines)

    def _above(self, y: int) -> int | None:
        """Return the line that is shown above a row of the screen."""
        rows = self.viewport.screen_rows
        row = rows[y].row
        for above in reversed(rows[:y]):
            if not above.row.is_own and above.row.line != row.line:
                fold = self.view.fold_at(above.row.line)
                return fold.stop - 1 if fold is not None else above.row.line
        before = self.view.shown_before(row.line)
        return self.view.shown_line(before - 1) if before else None

    def _draw(self, screen_row: ScreenRow, facts: _RowFacts, paint: _Paint) -> Strip:
        line, palette, selected = facts.line, paint.palette, facts.selected
        base = palette.text
        if facts.context:
            base += palette.context
        if facts.cursor:
            base += palette.cursor
        elif facts.in_entry:
            base += palette.entry
        gutter = self._gutter(facts, paint)
        left = gutter_segments(gutter, palette, base)
        if facts.fold is not None:
            if selected is not None:
                palette = replace(palette, fold=palette.fold + palette.selection)
            row = self.view.fold_row_at(line)
            label = "" if row is None else row.label
            return fold_strip(label, palette, gutter=left, width=paint.width, base=base)
        wrap, x, text_width = self.viewport.wrap, self.viewport.x, paint.text_width
        layout = self._layouts.layout_of(line, text_width, wrap=wrap, masks=self.screen_masks)
        window = self._window(layout, screen_row)
        spans = [
            *(() if layout.skip else self._stamp_spans(line, palette)),
            *level_spans(gutter, layout, window, palette),
        ]
        if not facts.begins:
            spans += frame_spans(self.view.folds.frame_at(line), palette)
        if self.pattern is not None:
            if isinstance(layout, LongLineLayout):
                text, places = layout.text_near(window)
            else:
                text = self.view.document.line_text(line)
                places = range(len(text) + 1)
            spans += match_spans(self.pattern, text, places, facts.current, palette)
        if selected is not None:
            spans += selection_spans(selected, window, palette.selection)
            if facts.current is not None:  # is seen within what is selected too
                start, end = facts.current.start, facts.current.end
                spans.append(StyledSpan(start, end, palette.current))
        return line_strip(
            window,
            spans,
            palette,
            gutter=left,
            width=paint.width,
            base=base,
            continued=not wrap and layout.length > x + text_width,
        )

    def _stamp_spans(self, line: int, palette: Palette) -> list[StyledSpan]:
        """Return the span of the stamp that is drawn as a part of a line's text."""
        span = self.time_column.stamp_span(self.view.document.line(line))
        return [] if span is None else [StyledSpan(*span, palette.stamp)]
