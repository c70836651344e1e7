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
from logview.tui.layout_cache import LayoutCache
from logview.tui.time_column import TimeColumn
from logview.tui.viewport import Spot, Viewport
from logview.tui.widgets.gutter import GUTTER, Beside, gutter
from logview.tui.widgets.palette import Palette
from logview.tui.widgets.pane_mouse import PaneMouse
from logview.tui.widgets.row_marks import level_marks, match_marks, selected_in, selection_marks
from logview.tui.widgets.row_strip import Mark, fold_strip, line_strip, own_strip
from logview.tui.widgets.wheel import SIDEWAYS_STEP

if TYPE_CHECKING:
    from logview.log.search.pattern import Pattern
    from logview.log.view.selection import Selection
    from logview.log.view.view import Row, View
    from logview.tui.line_layout import LineLayout
    from logview.tui.screen_masks import ScreenMasks
    from logview.tui.widgets.row_marks import Match

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
        self.port = Viewport(view, self._height_of)
        self.obscured = 0
        """Rows at the bottom that something lies over."""
        self.numbers = False
        self.times = TimeColumn(view.document)
        self.masks: ScreenMasks | None = None
        """Which stretches of lines are secrets that the screen hides; None where it hides none."""
        self.marked: set[int] = set()
        """The lines that the reader has marked."""
        self.placeholder = ""
        """What stands in the pane while it has no rows."""
        self.pattern: Pattern | None = None
        """What is marked on screen."""
        self.current: Match | None = None
        self.rendered = 0
        """How many rows were drawn anew; tests count on it."""
        self._strips: OrderedDict[tuple[object, ...], Strip] = OrderedDict()
        self._layouts = LayoutCache(view.document, self.times)
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
        self.settle()

    # -- what changes ---------------------------------------------------------------------

    def settle(self) -> None:
        """Work out what the screen shows, and draw it."""
        self._keep_place()
        self.port.resize(self.size.height - self.obscured, self.size.height)
        self.port.settle()
        self.redraw()

    def relaid(self) -> None:
        """Show what stands beside the lines now; wrapped ones have other heights for it."""
        if self.port.wrap:
            self.port.relaid()
        self.redraw()

    def cover(self, rows: int) -> None:
        """Take note that something lies over the last rows: no text moves, the cursor is seen."""
        # Who follows is at the end again as soon as it is free.
        hold = not self.port.follow or rows > self.obscured
        self.obscured = rows
        self.port.resize(self.size.height - rows, self.size.height)
        self.port.settle(hold=hold)
        self.redraw()

    def forget(self) -> None:
        """Forget what was drawn, laid out and selected: the lines are others now."""
        self.selecting.clear()
        self._strips.clear()
        self._layouts.forget()
        self.times.forget()
        if self.masks is not None:
            self.masks.forget()

    def _keep_place(self) -> None:
        """In another width, begin with the row that has the character that was first."""
        top, (width, character) = self.port.top, self._top_place
        if self.port.wrap and top.sub and width != self.text_width and not top.row.is_own:
            self.port.top = Spot(top.row, self.layout_of(top.row.line).sub_of(character))

    def _note_place(self) -> None:
        top = self.port.top
        character = 0
        if self.port.wrap and top.sub and self.view.is_row(top.row.line):
            window = self.layout_of(top.row.line).row(top.sub)
            character = window.shift + window.shown.character(window.start)
        self._top_place = (self.text_width, character)

    def redraw(self) -> None:
        """Draw what the viewport shows now."""
        if self.selecting.anchor_line is not None and self.port.follow:
            self.port.stop_following()  # what arrives must not be selected
        self._note_place()
        self._selected = self.selection
        self._pill = self._pill_words()
        self.refresh()
        self.post_message(self.Moved())

    def _pill_words(self) -> str:
        unseen = self.port.unseen
        if not unseen:
            return ""
        errors = self.view.reading.count_from(self.port.seen_end, Level.ERROR)
        words = f" ({errors:,} {'error' if errors == 1 else 'errors'})" if errors else ""
        return f" ▼ {unseen:,} new{words}  G "

    def show(self, pattern: Pattern | None, current: Match | None = None) -> None:
        """Mark the matches of a pattern on the screen, one of them as the current one."""
        self.pattern = pattern
        self.current = current
        self.redraw()

    def go_to(self, match: Match) -> None:
        """Make a match the current one, and bring it on the screen, also out of a fold."""
        self.current = match
        self.view.look_at(match.line, match.line)
        self.view.open_fold(match.line)
        layout = self.layout_of(match.line)
        self.port.go_to_line(match.line, layout.sub_of(match.start))
        if not self.port.wrap and self.view.is_row(match.line):
            start, end = layout.cell_of(match.start), layout.cell_of(match.end)
            width = self.text_width
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
        widest = max((self.layout_of(line).length for line in lines), default=0)
        limit = max(0, widest - self.text_width + SIDEWAYS_STEP, self.port.x)
        self.port.x = max(0, min(self.port.x + steps * SIDEWAYS_STEP, limit))
        self.redraw()

    # -- laying out -----------------------------------------------------------------------

    def _number_cells(self) -> int:
        return len(f"{max(1, self.view.document.line_count):,}") + 2 if self.numbers else 0

    @property
    def text_width(self) -> int:
        """Cells of a row that show text."""
        return max(1, self.size.width - GUTTER - self._number_cells() - self.times.cells)

    def stamp_hidden(self, line: int) -> int:
        """Give how many characters of a line have no cell, not even in the time column."""
        return 0 if self.times.cells else self.layout_of(line).skip

    def layout_of(self, line: int) -> LineLayout:
        """Lay a line out, or give the layout that there is."""
        width, wrap = self.text_width, self.port.wrap
        return self._layouts.layout_of(line, width, wrap=wrap, masks=self.masks)

    def _height_of(self, row: Row) -> int:
        if row.is_own or self.view.fold_at(row.line) is not None:
            return 1
        return self.layout_of(row.line).rows

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
            strip = self._spot_strip(y, width, palette)
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

    def _spot_strip(self, y: int, width: int, palette: Palette) -> Strip:
        spot = self.port.spots[y]
        document = self.view.document
        row = spot.row
        if row.is_own:
            return own_strip(document.own_rows[row.own].text, palette, width=width)
        current = self.current if self.current and self.current.line == row.line else None
        fold = self.view.fold_at(row.line)
        beside = self._beside(y, fold)
        chosen = selected_in(self._selected, row.line, fold)
        key = (
            row.line,
            spot.sub,
            self._layouts.version_of(row.line),
            self.port.x,
            self.port.wrap,
            width,
            self.pattern,
            current,
            self.view.is_context(row.line),
            beside,
            self.times.form,  # in full and off there is no column beside that would tell
            fold,
            chosen,
        )
        strip = self._strips.get(key)
        if strip is None:
            strip = self._draw(spot, width, palette, current, beside, fold, chosen)
            self._strips[key] = strip
            self.rendered += 1
            if len(self._strips) > _KEPT:
                self._strips.popitem(last=False)
        else:
            self._strips.move_to_end(key)
        return strip

    def _beside(self, y: int, fold: range | None) -> Beside:
        """Work out what stands left of a row of the screen."""
        spot = self.port.spots[y]
        line, view = spot.row.line, self.view
        number = view.document.number(line) if self.numbers else None
        known = view.reading.begun
        beside = Beside(
            cursor=line == self.port.cursor,
            level=view.reading.level_of(line) if known else None,
            begins=not spot.sub and not fold and (not known or view.reading.begins(line)),
            marked=not spot.sub and self._is_marked(fold or range(line, line + 1)),
            number="" if spot.sub or fold else "…" if number is None else f"{number:,}",
            number_cells=self._number_cells(),
            time_cells=self.times.cells,
        )
        if beside.time_cells and not spot.sub and not fold:
            return beside._replace(time=self.times.time(line, self._above(y)))
        return beside

    def _is_marked(self, lines: range) -> bool:
        if len(lines) > len(self.marked):
            return any(one in lines for one in self.marked)
        return any(one in self.marked for one in lines)

    def _above(self, y: int) -> int | None:
        """Give the line that is shown above a row of the screen."""
        spots = self.port.spots
        row = spots[y].row
        for above in reversed(spots[:y]):
            if not above.row.is_own and above.row.line != row.line:
                fold = self.view.fold_at(above.row.line)
                return fold.stop - 1 if fold is not None else above.row.line
        before = self.view.shown_before(row.line)
        return self.view.shown_line(before - 1) if before else None

    def _draw(
        self,
        spot: Spot,
        width: int,
        palette: Palette,
        current: Match | None,
        beside: Beside,
        fold: range | None,
        chosen: tuple[int, int] | None,
    ) -> Strip:
        line = spot.row.line
        base = palette.text
        if self.view.is_context(line):
            base += palette.context
        if beside.cursor:
            base += palette.cursor
        left = gutter(beside, palette, base)
        if fold is not None:
            if chosen is not None:
                palette = replace(palette, fold=palette.fold + palette.selection)
            return fold_strip(len(fold), palette, gutter=left, width=width, base=base)
        layout = self.layout_of(line)
        window = layout.row(spot.sub) if self.port.wrap else layout.sideways(self.port.x)
        marks = [*level_marks(beside, layout, window, palette)]
        if self.pattern is not None:
            if layout.is_long:
                start, text = layout.near(window)
            else:
                start, text = 0, self.view.document.line_text(line)
            marks += match_marks(self.pattern, text, start, current, palette)
        if chosen is not None:
            marks += selection_marks(chosen, window, palette.selection)
            if current is not None:  # is seen within what is selected too
                marks.append(Mark(current.start, current.end, palette.current))
        return line_strip(
            window, marks, palette, gutter=left, width=width, base=base, stamped=not window.shift
        )
