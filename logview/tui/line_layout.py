"""The layout of one line: which part of it each row of the screen shows.

Lines up to `LIMIT` characters are laid out exactly, by cells, words kept whole
where they fit. A longer one is shown through a window that may be anywhere in
it, so that a line of many megabytes costs what is on screen; it is scrolled
and wrapped by characters.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import OrderedDict
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from logview.text.cells import edges
from logview.text.escapes import boundary
from logview.text.sanitize import DisplayLine, display, visible

if TYPE_CHECKING:
    from logview.log.store.document import LogDocument
    from logview.tui.screen_masks import ScreenMasks
    from logview.tui.time_column import TimeColumn

LIMIT = 20_000
"""Characters up to which a line is laid out as a whole."""

MASK_DOT = "•"
"""Drawn for each character that is hidden."""

_WIDE = (  # compiled when first used: a few milliseconds
    "[\u1100-\u115f\u231a-\u2b55\u2e80-\ua4cf\ua960-\ua97f\uac00-\ud7a3\uf900-\ufaff"
    "\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\U00016fe0-\U00018d08\U0001aff0-\U0003fffd]"
)
"""Ranges that hold all characters of two cells, and some of one."""

FAR = 16 * LIMIT
"""Bytes of a line that are read to draw its beginning."""


class RowWindow(NamedTuple):
    """What a row shows of a line: characters `start` to `end` of `shown`."""

    shown: DisplayLine
    start: int
    end: int
    lead: int = 0
    """Blank cells before the first character: half of a wide one that is scrolled out."""
    shift: int = 0
    """Visible characters of the line that come before `shown`."""


class LineLayout:
    """One line, laid out for a width; `wrap` breaks it into several rows."""

    def __init__(
        self,
        data: bytes,
        width: int,
        *,
        wrap: bool,
        skip: int = 0,
        hidden: tuple[tuple[int, int], ...] = (),
    ) -> None:
        """Lay a line out without its first `skip` bytes, which must be as many characters.

        The spans `hidden` of the visible text are drawn as dots.
        """
        self._width = max(1, width)
        data = data[skip:] if skip else data
        self._data = data
        self._skip = skip
        # Of a line far too long only the beginning is drawn before somebody looks further.
        self._shown = display(data[: boundary(data, FAR)], limit=LIMIT)
        self._hidden = tuple((max(0, start - skip), max(0, end - skip)) for start, end in hidden)
        if self._hidden:
            column = self._shown.column
            spans = tuple((column(start), column(end)) for start, end in self._hidden)
            self._shown = replace(self._shown, text=mask_with_dots(self._shown.text, spans))
        self.is_long = bool(self._shown.clipped) or len(data) > FAR
        """Whether the line is shown through a window only."""
        self._cells: list[int] | None = None
        self._breaks = [0]
        if wrap and not self.is_long:
            self._breaks = self._find_breaks()
        self.wrap = wrap

    @cached_property
    def text(self) -> str:
        """The visible text of the line, without what is skipped."""
        return visible(self._data)

    @cached_property
    def _dotted(self) -> str:
        """The same with dots for what is hidden."""
        return mask_with_dots(self.text, self._hidden)

    @cached_property
    def _step(self) -> int:
        """Characters in one row of a long line: as many as fit if all are as wide as the widest."""
        return max(1, self._width // 2) if re.search(_WIDE, self.text) else self._width

    @property
    def skip(self) -> int:
        """How many characters are skipped at the beginning: a time stamp."""
        return self._skip

    @property
    def length(self) -> int:
        """Cells that the line takes unwrapped; for a long line its characters."""
        if self.is_long:
            return len(self.text)
        return self._edges()[-1]

    @property
    def rows(self) -> int:
        """How many rows of the screen the line takes."""
        if not self.wrap:
            return 1
        return -(-len(self.text) // self._step) if self.is_long else len(self._breaks)

    def row(self, wrap_row: int) -> RowWindow:
        """Return what one row of the wrapped line shows, from 0."""
        if self.is_long:
            return self._window_at(wrap_row * self._step, self._step)
        text = self._shown.text
        start = self._breaks[min(wrap_row, len(self._breaks) - 1)]
        end = self._breaks[wrap_row + 1] if wrap_row + 1 < len(self._breaks) else len(text)
        # A blank that ended the row may hang over its edge: it is not drawn.
        while end > start and self._span(start, end) > self._width:
            end -= 1
        return RowWindow(self._shown, start, end, 0, self._skip)

    def scrolled(self, x: int) -> RowWindow:
        """Return what the unwrapped line shows when it is scrolled `x` cells to the side."""
        if self.is_long and not (self._is_narrow and x + self._width < len(self._shown.text)):
            return self._window_at(x, self._width)
        text = self._shown.text
        if text.isascii():
            start, end = min(x, len(text)), min(x + self._width, len(text))
            return RowWindow(self._shown, start, end, 0, self._skip)
        cells = self._edges()
        start = bisect_right(cells, x) - 1 if x < cells[-1] else len(text)
        lead = 0
        if start < len(text) and cells[start] < x:  # in the middle of a wide character
            start = self._grapheme_edge(start + 1)
            lead = min(cells[start] - x, self._width)
        end = max(start, bisect_right(cells, x + self._width) - 1)
        return RowWindow(self._shown, start, min(end, len(text)), lead, self._skip)

    def wrap_row_of(self, character: int) -> int:
        """Return the wrapped row that shows a character of the visible text."""
        if not self.wrap:
            return 0
        character = max(0, character - self._skip)
        if self.is_long:
            return min(character // self._step, self.rows - 1)
        return max(0, bisect_right(self._breaks, self._shown.column(character)) - 1)

    def cell_of(self, character: int) -> int:
        """Return the cell at which a character of the visible text begins, unwrapped."""
        character = max(0, character - self._skip)
        if self.is_long:
            return character  # a long line is scrolled by characters
        return self._edges()[self._shown.column(character)]

    def character_at(self, window: RowWindow, cell: int) -> tuple[int, bool]:
        """Return the character of the visible text at a cell of a row, and whether it is there.

        Behind the row's last character it is the one that would follow, and False.
        """
        cells = edges(window.shown.text[window.start : window.end])
        cell = max(0, cell - window.lead)
        at = bisect_right(cells, cell) - 1
        character = window.shift + window.shown.character(window.start + max(0, at))
        return character, cell < cells[-1]

    def text_near(self, window: RowWindow) -> tuple[int, str]:
        """Return the text to highlight matches in, and at which character it begins.

        Of a long line only what is around the window, because highlighting
        must not cost the whole line.
        """
        if not self.is_long:
            return 0, ""
        at = window.shift - self._skip + window.start
        start = max(0, at - LIMIT // 10)
        return start + self._skip, self.text[start : at + self._width + LIMIT // 10]

    @cached_property
    def _is_narrow(self) -> bool:
        """Whether each character that is drawn first is that of the log and takes one cell."""
        return self._shown.offsets is None and self._shown.text.isascii()

    def _window_at(self, start: int, size: int) -> RowWindow:
        # A tab is one cell in a long line: a row holds the characters that are counted for it.
        part = self._dotted[start : start + size].replace("\t", " ")
        shown = display(part.encode(), limit=LIMIT)
        end = bisect_right(edges(shown.text), self._width) - 1
        return RowWindow(shown, 0, end, 0, start + self._skip)

    def _edges(self) -> list[int]:
        """Return the cell at which each drawn character begins, and the end."""
        if self._cells is None:
            self._cells = edges(self._shown.text)
        return self._cells

    def _span(self, start: int, end: int) -> int:
        cells = self._edges()
        return cells[end] - cells[start]

    def _grapheme_edge(self, at: int) -> int:
        """Return the first offset at or after `at` that separates no character from its marks."""
        cells = self._edges()
        while at < len(cells) - 1 and cells[at] == cells[at + 1]:
            at += 1
        return at

    def _find_breaks(self) -> list[int]:
        """Return where the rows of a wrapped line begin; words stay whole where they fit."""
        text, width = self._shown.text, self._width
        if len(text) <= width and text.isascii():
            return [0]
        cells = self._edges()
        breaks = [0]
        start = 0
        while cells[-1] - cells[start] > width:
            end = bisect_right(cells, cells[start] + width) - 1
            end = self._grapheme_edge(max(end, start + 1))
            if end < len(text) and text[end] == " ":
                end += 1  # the word fits exactly: its blank hangs over the edge
            else:
                blank = text.rfind(" ", start, end)
                if blank > start and text[start:blank].strip():
                    end = blank + 1
            breaks.append(end)
            start = end
        if breaks[-1] == len(text) and len(breaks) > 1:
            breaks.pop()
        return breaks


def mask_with_dots(text: str, spans: tuple[tuple[int, int], ...]) -> str:
    """Return a text with dots for the characters of some spans."""
    for start, end in spans:
        text = text[:start] + MASK_DOT * (min(end, len(text)) - start) + text[end:]
    return text


_KEPT_LAYOUTS = 512
"""How many layouts are kept."""

_KEPT_LONG_LAYOUTS = 8
"""How many of them are of long lines."""

_LayoutKey: TypeAlias = tuple[int, int, bool, int]
"""What a line was laid out for: its version, the width, wrap, and the bytes skipped."""


class LayoutCache:
    """Keeps the layouts of the lines that were on the screen last."""

    def __init__(self, document: LogDocument, times: TimeColumn) -> None:
        self._document = document
        self._times = times
        self._layouts: OrderedDict[int, tuple[_LayoutKey, LineLayout]] = OrderedDict()

    def version_of(self, line: int) -> int:
        """Return a value that is equal as long as a line is the same: only the last may grow."""
        document = self._document
        growing = document.last_is_unfinished and line == document.end_line - 1
        return document.version if growing else -1

    def layout_of(
        self, line: int, width: int, *, wrap: bool, masks: ScreenMasks | None
    ) -> LineLayout:
        """Return the layout of a line; `masks` finds the secrets that are hidden, if any are."""
        data = self._document.line(line)
        skip = self._times.skip(data)
        of = (self.version_of(line), width, wrap, skip)
        known = self._layouts.get(line)
        if known is not None and known[0] == of:
            self._layouts.move_to_end(line)
            return known[1]
        hidden = () if masks is None else masks.spans(line)
        layout = LineLayout(data, width, wrap=wrap, skip=skip, hidden=hidden)
        self._layouts[line] = of, layout
        self._layouts.move_to_end(line)
        if layout.is_long:  # of these only what a screen may show at once
            long = [number for number, (_, one) in self._layouts.items() if one.is_long]
            for number in long[:-_KEPT_LONG_LAYOUTS]:
                del self._layouts[number]
        if len(self._layouts) > _KEPT_LAYOUTS:
            self._layouts.popitem(last=False)
        return layout

    def clear(self) -> None:
        """Drop all layouts: the lines have been replaced."""
        self._layouts.clear()
