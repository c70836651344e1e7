"""The body of an entry: its rows, drawn as far as they are on the screen.

A widget on the Line API, because an entry may have ten thousand lines, or one
of many megabytes.
"""

from __future__ import annotations

from collections import OrderedDict
from typing import TYPE_CHECKING, ClassVar

from rich.segment import Segment
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from logview.log.entries.entry_text import EntryRow, EntryText, FromLine, parse_entry
from logview.log.entries.json_parts import TokenKind
from logview.log.view.stack_frames import read_frames
from logview.tui.entry_head import InfoRow
from logview.tui.entry_matches import EntryMatches
from logview.tui.line_layout import LineLayout, LongLineLayout, lay_out_line
from logview.tui.palettes import color_depth
from logview.tui.widgets.mouse import SIDEWAYS_STEP, scroll_by_wheel
from logview.tui.widgets.palette import Palette
from logview.tui.widgets.row_strip import GUTTER_WIDTH, StyledSpan, frame_spans, line_strip

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from rich.style import Style
    from textual import events

    from logview.log.view.stack_frames import FrameLine

_FRAME_STYLES = ("library", "place")
_STYLES = ("mark", "key", "string", "number", "literal", "value", "word", "note")
_TOKEN_STYLES = {
    TokenKind.MARK: "mark",
    TokenKind.KEY: "key",
    TokenKind.STRING: "string",
    TokenKind.NUMBER: "number",
    TokenKind.LITERAL: "literal",
}

_KEPT_LAYOUTS = 256
"""How many layouts of rows are kept."""


class EntryBody(Widget, can_focus=True):
    """The rows of an entry between rows of ours; wrapped at first."""

    ALLOW_SELECT = False
    COMPONENT_CLASSES: ClassVar[set[str]] = {
        *(f"entry-body--{name}" for name in (*_STYLES, *_FRAME_STYLES)),
        "entry-body--match",
        "entry-body--current",
    }

    class Moved(Message):
        """Other rows are shown."""

        def can_replace(self, message: Message) -> bool:
            """One of these in the queue is enough."""
            return isinstance(message, EntryBody.Moved)

    class LineClicked(Message):
        """A row of ours was clicked that leads to a line of the log."""

        def __init__(self, line: int) -> None:
            super().__init__()
            self.line = line

    def __init__(self, match: Callable[[str], Sequence[tuple[int, int]]] | None = None) -> None:
        super().__init__()
        self.wrap = True
        self.x = 0
        """Cells that unwrapped rows are scrolled to the side."""
        self._entry: EntryText = parse_entry(())
        self._rows: tuple[InfoRow | EntryRow, ...] = ()
        self._frames: Sequence[FrameLine | None] | None = None
        """What each line of the entry is of a stack's frame; read when it is drawn first."""
        self._matches = EntryMatches(match)
        self._must_show_match = False
        """Whether the current match is still to be scrolled to."""
        self._top = (0, 0)
        self._layouts: OrderedDict[int, tuple[int, LineLayout | LongLineLayout]] = OrderedDict()
        self._styles: dict[str, Style] | None = None
        self._palette: Palette | None = None

    # -- what is shown --------------------------------------------------------------------

    def show_entry(
        self,
        entry: EntryText,
        head: Sequence[InfoRow],
        foot: Sequence[InfoRow],
        current: tuple[int, int, int] | None = None,
        *,
        stays: bool = False,
    ) -> None:
        """Show an entry from its top or its current match; with `stays` keep the position."""
        blank = (InfoRow(()),) if head else ()
        again = stays or (entry.lines == self._entry.lines and bool(self._rows))
        self._entry, self._frames = entry, None
        self._rows = (*head, *blank, *entry.rows, *((InfoRow(()), *foot) if foot else ()))
        self._matches.set_entry(entry, current)
        self._layouts.clear()
        if not again:
            self._top, self.x = (0, 0), 0
        self._must_show_match = current is not None and not stays
        self._redraw()

    @property
    def position(self) -> tuple[int, int, int]:
        """The first row on the screen, how many rows are on it, and how many there are."""
        shown = [row for row, _ in self._screen_rows()]
        return self._top[0], len(set(shown)), len(self._rows)

    @property
    def percent_above(self) -> int | None:
        """How many percent of the first row are above the screen; None where it fits on it."""
        height = self._height(self._top[0]) if self._rows else 0
        return 100 * self._top[1] // height if height > self.size.height else None

    @property
    def is_whole(self) -> bool:
        """Whether everything is on the screen."""
        screen_rows = self._screen_rows()
        return (
            self._top == (0, 0) and self._shift(screen_rows[-1], 1) is None if screen_rows else True
        )

    def on_resize(self) -> None:
        """Lay the rows out for another width."""
        self._layouts.clear()
        self._redraw()

    def notify_style_update(self) -> None:
        """Drop the styles of another theme."""
        self._styles = self._palette = None
        super().notify_style_update()

    # -- moving ---------------------------------------------------------------------------

    def scroll_rows(self, rows: int) -> None:
        """Scroll by rows of the screen."""
        screen_row = self._shift(self._top, rows)
        if screen_row is None:
            screen_row = (0, 0) if rows < 0 else self._last_top()
        self._top = screen_row
        self._redraw()

    def scroll_pages(self, pages: float) -> None:
        """Scroll by heights of the screen."""
        self.scroll_rows(round(pages * max(1, self.size.height)))

    def to_top(self) -> None:
        """Show the first rows."""
        self._top = (0, 0)
        self._redraw()

    def to_end(self) -> None:
        """Show the last rows."""
        self._top = self._last_top()
        self._redraw()

    def to_fraction(self, fraction: float) -> None:
        """Scroll to where the scroll bar was dragged, 0 for the top and 1 for the end."""
        last = self._last_top()
        self._top = last if fraction >= 1 else (round(fraction * last[0]), 0)
        self._redraw()

    def scroll_sideways(self, steps: int) -> None:
        """Scroll to the side, where long lines are not wrapped."""
        if self.wrap:
            return
        widest = max((self._layout(row)[1].length for row, _ in self._screen_rows()), default=0)
        limit = max(0, widest - self._text_width() + SIDEWAYS_STEP, self.x)
        self.x = max(0, min(self.x + steps * SIDEWAYS_STEP, limit))
        self._redraw()

    def set_wrap(self, wrap: bool) -> None:
        """Wrap long lines, or not."""
        self.wrap, self.x = wrap, 0
        self._top = (self._top[0], 0)
        self._layouts.clear()
        self._redraw()

    def on_click(self, event: events.Click) -> None:
        """Go where the row that was clicked leads."""
        screen_row = self._shift(self._top, event.y)
        row = None if screen_row is None else self._rows[screen_row[0]]
        if isinstance(row, InfoRow) and row.line is not None:
            self.post_message(self.LineClicked(row.line))

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """Scroll down, sideways with shift or control."""
        scroll_by_wheel(self, event, 1)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """Scroll up, sideways with shift or control."""
        scroll_by_wheel(self, event, -1)

    def _redraw(self) -> None:
        if self.size.height:
            if self._must_show_match and self._matches.current is not None:
                self._scroll_to_match(self._matches.current)
            self._must_show_match = False
            self._top = min(self._top, self._last_top())
        self.refresh()
        self.post_message(self.Moved())

    def _scroll_to_match(self, match: tuple[int, int, int]) -> None:
        """Scroll to a match, unless it is on the screen."""
        found = self._matches.find_row(self._rows, match[0], match[1])
        if found is None:
            return
        number, at = found
        indent, layout = self._layout(number)
        screen_row = (number, layout.wrap_row_of(max(0, at - indent)))
        if screen_row not in self._screen_rows():
            self._top = self._shift(screen_row, -(self.size.height // 2)) or (0, 0)
        if not self.wrap:
            cell, width = layout.cell_of(at), self._text_width()
            if not self.x <= cell < self.x + width:
                self.x = max(0, cell - width // 2)

    # -- laying out -----------------------------------------------------------------------

    def _text_width(self) -> int:
        return max(1, self.size.width - GUTTER_WIDTH)

    def _layout(self, number: int) -> tuple[int, LineLayout | LongLineLayout]:
        """Return the indent of a row, in cells, and the layout of the rest.

        What is wrapped hangs below the row's first word.
        """
        known = self._layouts.get(number)
        if known is not None:
            self._layouts.move_to_end(number)
            return known
        row, width, indent = self._rows[number], self._text_width(), 0
        if isinstance(row, InfoRow):
            layout = lay_out_line(row.text.encode(), width, wrap=True)
        else:
            indent = self._entry.indent(row, width // 2) if self.wrap else 0
            data = self._entry.row_data(row, indent)
            layout = lay_out_line(data, width - indent, wrap=self.wrap)
        self._layouts[number] = indent, layout
        if len(self._layouts) > max(_KEPT_LAYOUTS, 2 * self.size.height):
            self._layouts.popitem(last=False)
        return indent, layout

    def _height(self, number: int) -> int:
        return self._layout(number)[1].rows

    def _shift(self, screen_row: tuple[int, int], rows: int) -> tuple[int, int] | None:
        """Return the screen row that many further on, or back; None beyond the ends."""
        row, wrap_row = screen_row
        wrap_row += rows
        while wrap_row < 0:
            row -= 1
            if row < 0:
                return None
            wrap_row += self._height(row)
        while row < len(self._rows) and wrap_row >= self._height(row):
            wrap_row -= self._height(row)
            row += 1
        return (row, wrap_row) if row < len(self._rows) else None

    def _last_top(self) -> tuple[int, int]:
        return self._shift((len(self._rows), 0), -max(1, self.size.height)) or (0, 0)

    def _screen_rows(self) -> list[tuple[int, int]]:
        screen_rows: list[tuple[int, int]] = []
        row, wrap_row = self._top
        while row < len(self._rows) and len(screen_rows) < self.size.height:
            screen_rows.append((row, wrap_row))
            wrap_row += 1
            if wrap_row >= self._height(row):
                row, wrap_row = row + 1, 0
        return screen_rows

    # -- drawing --------------------------------------------------------------------------

    def _load_styles(self) -> tuple[Palette, dict[str, Style]]:
        if self._palette is None or self._styles is None:
            names = (*_STYLES, *_FRAME_STYLES, "match", "current")
            self._styles = {
                name: self.get_component_rich_style(f"entry-body--{name}", partial=True)
                for name in names
            }
            self._palette = Palette(
                text=self.rich_style,
                match=self._styles["match"],
                current=self._styles["current"],
                library=self._styles["library"],
                place=self._styles["place"],
                background=self.background_colors[1],
                foreground=self.colors[3],
                terminal=self.app.ansi_theme,
                depth=color_depth(self.app),
            )
        return self._palette, self._styles

    def render_line(self, y: int) -> Strip:
        """Draw one row of the screen (Textual's Line API)."""
        width = self.size.width
        palette, styles = self._load_styles()
        screen_row = self._shift(self._top, y)
        if screen_row is None:
            return Strip.blank(width, palette.text)
        number, wrap_row = screen_row
        row = self._rows[number]
        indent, layout = self._layout(number)
        window = layout.row(wrap_row) if layout.wrap else layout.scrolled(self.x)
        if isinstance(row, InfoRow):
            spans = _info_spans(row, styles)
        else:
            spans = self._frame_spans(row, palette)
            spans += [
                StyledSpan(start, end, styles[_TOKEN_STYLES[token.kind]])
                for start, end, token in self._entry.tokens(row)
            ]
            spans += [
                StyledSpan(start, end, styles["current" if is_current else "match"])
                for start, end, is_current in self._matches.in_row(row)
            ]
        spans = [StyledSpan(a - indent, b - indent, style) for a, b, style in spans if b >= indent]
        if isinstance(layout, LongLineLayout) and self._matches.match is not None:
            text, places = layout.text_near(window)
            found = self._matches.find(text)
            spans += [StyledSpan(places[a], places[b], styles["match"]) for a, b in found]
        return line_strip(
            window,
            spans,
            palette,
            gutter=[Segment(" " * min(GUTTER_WIDTH + indent, width), palette.text)],
            width=width,
            base=palette.text,
        )

    def _frame_spans(self, row: EntryRow, palette: Palette) -> list[StyledSpan]:
        """Return the spans of a row that is a stack's frame, as in the log."""
        piece = row.pieces[0]
        if not isinstance(piece, FromLine):
            return []
        if self._frames is None:
            self._frames = read_frames(self._entry.text.split("\n"))
        skip = self._entry.skips[piece.line]
        first, stop = piece.start - skip, piece.end - skip
        return [
            StyledSpan(start - first, min(end, stop) - first, style)
            for start, end, style in frame_spans(self._frames[piece.line], palette)
            if first <= start < stop
        ]


def _info_spans(row: InfoRow, styles: dict[str, Style]) -> list[StyledSpan]:
    spans, at = [], 0
    for word, tone in row.words:
        spans.append(StyledSpan(at, at + len(word), styles[tone]))
        at += len(word)
    return spans
