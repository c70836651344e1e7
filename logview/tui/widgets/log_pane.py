"""TUI: the pane. It draws what the viewport says the screen shows, and hears the mouse.

A widget on the Line API with a scroll bar of its own beside it: a `ScrollView`
would lay out the whole screen each time its virtual size is set.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar

from rich.segment import Segment
from rich.style import Style
from textual.message import Message
from textual.strip import Strip

from logview.log.entries.level import Level
from logview.tui.line_layout import LayoutCache
from logview.tui.time_column import TimeColumn
from logview.tui.viewport import ScreenRow, Viewport
from logview.tui.widgets.palette import Palette
from logview.tui.widgets.pane_mouse import PaneMouse
from logview.tui.widgets.row_strip import (
    GUTTER_WIDTH,
    GutterCells,
    StyledSpan,
    fold_strip,
    gutter_segments,
    level_spans,
    line_strip,
    match_spans,
    notice_strip,
    selected_range,
    selection_spans,
)
from logview.tui.widgets.wheel import SIDEWAYS_STEP

if TYPE_CHECKING:
    from logview.log.search.pattern import Pattern
    from logview.log.view.selection import Selection
    from logview.log.view.view import Row, View
    from logview.tui.line_layout import LineLayout
    from logview.tui.screen_masks import ScreenMasks
    from logview.tui.widgets.row_strip import MatchSpan

_STYLES = (
    *("stamp", "number", "cursor", "cursor-mark", "match", "current", "own", "pill", "context"),
    *("fold", "mark", "gap", "warn", "error", "critical", "selection"),
)

_KEPT = 512
"""Rows that stay drawn."""


class LogPane(PaneMouse, can_focus=True):
    """The log, as rows of the screen."""

    ALLOW_SELECT = False
    COMPONENT_CLASSES: ClassVar[set[str]] = {f"log-pane--{name}" for name in _STYLES}

    class Moved(Message):
        """The reader's place, follow, or what is known of the rows changed."""

        def can_replace(self, message: Message) -> bool:
            """One of these in the queue is enough."""
            return isinstance(message, LogPane.Moved)

    def __init__(self, view: View, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.view = view
        self.viewport = Viewport(view, self._height_of)
        self.covered_rows = 0
        """Rows at the bottom that something lies over."""
        self.show_numbers = False
        self.time_column = TimeColumn(view.document)
        self.screen_masks: ScreenMasks | None = None
        """Which stretches of lines are secrets that the screen hides; None where it hides none."""
        self.marked_lines: set[int] = set()
        """The lines that the reader has marked."""
        self.placeholder = ""
        """What stands in the pane while it has no rows."""
        self.pattern: Pattern | None = None
        """What is marked on screen."""
        self.current_match: MatchSpan | None = None
        self.drawn_rows = 0
        """How many rows were drawn anew; tests count on it."""
        self._strips: OrderedDict[tuple[object, ...], Strip] = OrderedDict()
        self._layouts = LayoutCache(view.document, self.time_column)
        self._top_place = (0, 0)
        """The width that was laid out for, and the character that begins the first row."""
        self._selected: Selection | None = None
        """What is drawn as selected."""
        self._palette: Palette | None = None

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
                **style,
            )
        return self._palette

    def on_resize(self) -> None:
        """Keep the reader's place in a pane of another size."""
        self.update_viewport()

    # -- what changes ---------------------------------------------------------------------

    def update_viewport(self) -> None:
        """Work out what the screen shows, and draw it."""
        self._keep_place()
        self.viewport.resize(self.size.height - self.covered_rows, self.size.height)
        self.viewport.update()
        self.redraw()

    def update_layout(self) -> None:
        """Show what stands beside the lines now; wrapped ones have other heights for it."""
        if self.viewport.wrap:
            self.viewport.update_heights()
        self.redraw()

    def set_covered_rows(self, rows: int) -> None:
        """Take note that something lies over the last rows: no text moves, the cursor is seen."""
        # Who follows is at the end again as soon as it is free.
        hold = not self.viewport.follow or rows > self.covered_rows
        self.covered_rows = rows
        self.viewport.resize(self.size.height - rows, self.size.height)
        self.viewport.update(hold=hold)
        self.redraw()

    def reset(self) -> None:
        """Forget what was drawn, laid out and selected: the lines are others now."""
        self.selecting.clear()
        self._strips.clear()
        self._layouts.clear()
        self.time_column.reset()
        if self.screen_masks is not None:
            self.screen_masks.clear()

    def _keep_place(self) -> None:
        """In another width, begin with the row that has the character that was first."""
        top, (width, character) = self.viewport.top, self._top_place
        if self.viewport.wrap and top.wrap_row and width != self.text_width and not top.row.is_own:
            self.viewport.top = ScreenRow(
                top.row, self.layout_of(top.row.line).wrap_row_of(character)
            )

    def _note_place(self) -> None:
        top = self.viewport.top
        character = 0
        if self.viewport.wrap and top.wrap_row and self.view.is_row(top.row.line):
            window = self.layout_of(top.row.line).row(top.wrap_row)
            character = window.shift + window.shown.character(window.start)
        self._top_place = (self.text_width, character)

    def redraw(self) -> None:
        """Draw what the viewport shows now."""
        if self.selecting.keyboard_anchor is not None and self.viewport.follow:
            self.viewport.stop_following()  # what arrives must not be selected
        self._note_place()
        self._selected = self.selection
        self._pill = self._pill_words()
        self.refresh()
        self.post_message(self.Moved())

    def _pill_words(self) -> str:
        unseen = self.viewport.unseen
        if not unseen:
            return ""
        errors = self.view.entries.count_from(self.viewport.seen_end, Level.ERROR)
        words = f" ({errors:,} {'error' if errors == 1 else 'errors'})" if errors else ""
        return f" ▼ {unseen:,} new{words}  G "

    def show_matches(self, pattern: Pattern | None, current: MatchSpan | None = None) -> None:
        """Mark the matches of a pattern on the screen, one of them as the current one."""
        self.pattern = pattern
        self.current_match = current
        self.redraw()

    def go_to_match(self, match: MatchSpan) -> None:
        """Make a match the current one, and bring it on the screen, also out of a fold."""
        self.current_match = match
        self.view.load_entries(match.line, match.line)
        self.view.open_fold(match.line)
        layout = self.layout_of(match.line)
        self.viewport.go_to_line(match.line, layout.wrap_row_of(match.start))
        if not self.viewport.wrap and self.view.is_row(match.line):
            start, end = layout.cell_of(match.start), layout.cell_of(match.end)
            width = self.text_width
            if start < self.viewport.x or end > self.viewport.x + width:
                # Only as far as it must: the other rows stay where they can be read.
                margin = min(SIDEWAYS_STEP, width // 4)
                right = max(0, end + margin - width)
                self.viewport.x = right if start >= right else max(0, start - margin)
        self.redraw()

    def scroll_sideways(self, steps: int) -> None:
        """Scroll to the side by steps of `SIDEWAYS_STEP` cells, as far as what is shown goes."""
        if self.viewport.wrap:
            return
        lines = [spot.row.line for spot in self.viewport.screen_rows if not spot.row.is_own]
        widest = max((self.layout_of(line).length for line in lines), default=0)
        limit = max(0, widest - self.text_width + SIDEWAYS_STEP, self.viewport.x)
        self.viewport.x = max(0, min(self.viewport.x + steps * SIDEWAYS_STEP, limit))
        self.redraw()

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
        """Give how many characters of a line have no cell, not even in the time column."""
        return 0 if self.time_column.cells else self.layout_of(line).skip

    def layout_of(self, line: int) -> LineLayout:
        """Lay a line out, or give the layout that there is."""
        width, wrap = self.text_width, self.viewport.wrap
        return self._layouts.layout_of(line, width, wrap=wrap, masks=self.screen_masks)

    def _height_of(self, row: Row) -> int:
        if row.is_own or self.view.fold_at(row.line) is not None:
            return 1
        return self.layout_of(row.line).rows

    # -- drawing --------------------------------------------------------------------------

    def render_line(self, y: int) -> Strip:
        """Draw one row of the screen (Textual's Line API)."""
        width, height = self.size
        if height != self.viewport.full_height:
            # The first paint comes before the news of the size: it shows lines all the same.
            self.viewport.resize(height - self.covered_rows, height)
            self.viewport.update()
        palette = self.palette
        if y >= len(self.viewport.screen_rows):
            strip = self._blank(y, width)
        else:
            strip = self._spot_strip(y, width, palette)
        if self._pill and y == self.viewport.height - 1 and width > len(self._pill) + 8:
            pill = Segment(self._pill, palette.text + palette.pill)
            strip = Strip.join(
                [strip.crop(0, width - len(self._pill)), Strip([pill], len(self._pill))]
            )
        return strip

    def _blank(self, y: int, width: int) -> Strip:
        palette = self.palette
        if y == 0 and not self.viewport.screen_rows and self.placeholder:
            text = (" " * GUTTER_WIDTH + self.placeholder)[:width].ljust(width)
            return Strip([Segment(text, palette.text + palette.number)], width)
        return Strip.blank(width, palette.text)

    def _spot_strip(self, y: int, width: int, palette: Palette) -> Strip:
        spot = self.viewport.screen_rows[y]
        document = self.view.document
        row = spot.row
        if row.is_own:
            return notice_strip(document.own_rows[row.own].text, palette, width=width)
        current = (
            self.current_match
            if self.current_match and self.current_match.line == row.line
            else None
        )
        fold = self.view.fold_at(row.line)
        beside = self._beside(y, fold)
        chosen = selected_range(self._selected, row.line, fold)
        key = (
            row.line,
            spot.wrap_row,
            self._layouts.version_of(row.line),
            self.viewport.x,
            self.viewport.wrap,
            width,
            self.pattern,
            current,
            self.view.is_context(row.line),
            beside,
            self.time_column.format,  # in full and off there is no column beside that would tell
            fold,
            chosen,
        )
        strip = self._strips.get(key)
        if strip is None:
            strip = self._draw(spot, width, palette, current, beside, fold, chosen)
            self._strips[key] = strip
            self.drawn_rows += 1
            if len(self._strips) > _KEPT:
                self._strips.popitem(last=False)
        else:
            self._strips.move_to_end(key)
        return strip

    def _beside(self, y: int, fold: range | None) -> GutterCells:
        """Work out what stands left of a row of the screen."""
        spot = self.viewport.screen_rows[y]
        line, view = spot.row.line, self.view
        number = view.document.number(line) if self.show_numbers else None
        known = view.entries.begun
        beside = GutterCells(
            cursor=line == self.viewport.cursor,
            level=view.entries.level_of(line) if known else None,
            begins=not spot.wrap_row and not fold and (not known or view.entries.begins(line)),
            marked=not spot.wrap_row and self._is_marked(fold or range(line, line + 1)),
            number="" if spot.wrap_row or fold else "…" if number is None else f"{number:,}",
            number_cells=self._number_cells(),
            time_cells=self.time_column.cells,
        )
        if beside.time_cells and not spot.wrap_row and not fold:
            return beside._replace(time=self.time_column.time(line, self._above(y)))
        return beside

    def _is_marked(self, lines: range) -> bool:
        if len(lines) > len(self.marked_lines):
            return any(one in lines for one in self.marked_lines)
        return any(one in self.marked_lines for one in lines)

    def _above(self, y: int) -> int | None:
        """Give the line that is shown above a row of the screen."""
        spots = self.viewport.screen_rows
        row = spots[y].row
        for above in reversed(spots[:y]):
            if not above.row.is_own and above.row.line != row.line:
                fold = self.view.fold_at(above.row.line)
                return fold.stop - 1 if fold is not None else above.row.line
        before = self.view.shown_before(row.line)
        return self.view.shown_line(before - 1) if before else None

    def _draw(
        self,
        spot: ScreenRow,
        width: int,
        palette: Palette,
        current: MatchSpan | None,
        beside: GutterCells,
        fold: range | None,
        chosen: tuple[int, int] | None,
    ) -> Strip:
        line = spot.row.line
        base = palette.text
        if self.view.is_context(line):
            base += palette.context
        if beside.cursor:
            base += palette.cursor
        left = gutter_segments(beside, palette, base)
        if fold is not None:
            if chosen is not None:
                palette = replace(palette, fold=palette.fold + palette.selection)
            return fold_strip(len(fold), palette, gutter=left, width=width, base=base)
        layout = self.layout_of(line)
        window = (
            layout.row(spot.wrap_row) if self.viewport.wrap else layout.scrolled(self.viewport.x)
        )
        marks = [*level_spans(beside, layout, window, palette)]
        if self.pattern is not None:
            if layout.is_long:
                start, text = layout.near(window)
            else:
                start, text = 0, self.view.document.line_text(line)
            marks += match_spans(self.pattern, text, start, current, palette)
        if chosen is not None:
            marks += selection_spans(chosen, window, palette.selection)
            if current is not None:  # is seen within what is selected too
                marks.append(StyledSpan(current.start, current.end, palette.current))
        return line_strip(
            window, marks, palette, gutter=left, width=width, base=base, stamped=not window.shift
        )
