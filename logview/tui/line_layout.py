"""The layout of one line: which part of it each row of the screen shows.

Lines up to `LIMIT` characters are laid out exactly, by cells, words kept whole
where they fit. Of a longer one the beginning is laid out so; what follows is
shown through a window that may be anywhere in it, so that a line of many
megabytes costs what is on screen. It is scrolled and broken by units, one of
which is at most one cell wide (two, where characters are wide): characters of a
line that is held as a whole, bytes of one that is read in parts. Places in a
line (matches, selections) count the same units.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import OrderedDict
from dataclasses import replace
from functools import cached_property, partial
from typing import TYPE_CHECKING, Literal, NamedTuple, Protocol, TypeAlias

from logview.log.view.selection import Point, Unit, unit_at
from logview.text.cells import edges
from logview.text.escapes import boundary, visible_places, whole_part
from logview.text.sanitize import DisplayLine, display, visible
from logview.tui.json_display import display_json_line

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from logview.log.store.document import LogDocument
    from logview.tui.screen_masks import ScreenMasks
    from logview.tui.time_column import TimeColumn

_LEAST_HUNG = 20
"""Cells that the rows of a wrapped line have at least where they are indented."""

LIMIT = 20_000
"""Characters up to which a line is laid out as a whole."""

MASK_DOT = "•"
"""Drawn for each character that is hidden."""

_WIDE = (  # compiled when first used: a few milliseconds
    "[\u1100-\u115f\u231a-\u2b55\u2e80-\ua4cf\ua960-\ua97f\uac00-\ud7a3\uf900-\ufaff"
    "\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\U00016fe0-\U00018d08\U0001aff0-\U0003fffd]"
)
"""Ranges that hold all characters of two cells, and some of one."""

HEAD = 4096
"""Bytes at the beginning of a long line that are laid out like any other line, at least."""

HEAD_PER_CELL = 32
"""So many bytes of it for each cell of a row at least: most of a line may be colours."""

AROUND = 2048
"""Units on both sides of a window of a long line that are searched for matches and words."""

_LOOKBACK = 128
"""Bytes before a window in which a control sequence that reaches into it may begin."""


class RowWindow(NamedTuple):
    """What a row shows of a line: characters `start` to `end` of `shown`."""

    shown: DisplayLine
    start: int
    end: int
    lead: int = 0
    """Blank cells before the first character: an indent, or half of a wide one scrolled out."""
    shift: int = 0
    """Visible characters of the line that come before `shown`."""


class LineLayout:
    """One line, laid out for a width; `wrap` breaks it into several rows."""

    is_long = False

    def __init__(
        self, shown: DisplayLine, width: int, *, wrap: bool, skip: int = 0, hang: int = 0
    ) -> None:
        """Lay out what is drawn of a line that lacks its first `skip` characters.

        Wrapped rows but the first are indented by `hang` cells, if that leaves them enough.
        """
        self._width = max(1, width)
        self._hang = hang if wrap and width - hang >= max(_LEAST_HUNG, width // 2) else 0
        self.skip = skip
        self.shown = shown
        self._cells: list[int] | None = None
        self.breaks = self._find_breaks() if wrap else [0]
        """Where in the drawn text the rows begin."""
        self.wrap = wrap

    @property
    def length(self) -> int:
        """Cells that the line takes unwrapped."""
        return self._edges()[-1]

    @property
    def rows(self) -> int:
        """How many rows of the screen the line takes."""
        return len(self.breaks)

    def row(self, wrap_row: int) -> RowWindow:
        """Return what one row of the wrapped line shows, from 0."""
        text = self.shown.text
        start = self.breaks[min(wrap_row, len(self.breaks) - 1)]
        end = self.breaks[wrap_row + 1] if wrap_row + 1 < len(self.breaks) else len(text)
        lead = self._hang if start else 0
        # A blank that ended the row may hang over its edge: it is not drawn.
        while end > start and self._span(start, end) > self._width - lead:
            end -= 1
        return RowWindow(self.shown, start, end, lead, self.skip)

    def scrolled(self, x: int) -> RowWindow:
        """Return what the unwrapped line shows when it is scrolled `x` cells to the side."""
        text = self.shown.text
        if text.isascii():
            start, end = min(x, len(text)), min(x + self._width, len(text))
            return RowWindow(self.shown, start, end, 0, self.skip)
        cells = self._edges()
        start = bisect_right(cells, x) - 1 if x < cells[-1] else len(text)
        lead = 0
        if start < len(text) and cells[start] < x:  # in the middle of a wide character
            start = self._grapheme_edge(start + 1)
            lead = min(cells[start] - x, self._width)
        end = max(start, bisect_right(cells, x + self._width) - 1)
        return RowWindow(self.shown, start, min(end, len(text)), lead, self.skip)

    def wrap_row_of(self, character: int) -> int:
        """Return the wrapped row that shows a character of the visible text."""
        if not self.wrap:
            return 0
        character = max(0, character - self.skip)
        return max(0, bisect_right(self.breaks, self.shown.column(character)) - 1)

    def cell_of(self, character: int) -> int:
        """Return the cell at which a character of the visible text begins, unwrapped."""
        character = max(0, character - self.skip)
        return self._edges()[self.shown.column(character)]

    def character_at(self, window: RowWindow, cell: int) -> tuple[int, bool]:
        """Return the character of the visible text at a cell of a row, and whether it is there.

        Behind the row's last character it is the one that would follow, and False.
        """
        cells = edges(window.shown.text[window.start : window.end])
        cell = max(0, cell - window.lead)
        at = bisect_right(cells, cell) - 1
        character = window.shift + window.shown.character(window.start + max(0, at))
        return character, cell < cells[-1]

    def unit_at(
        self, line: int, character: int, unit: Unit, text_of: Callable[[int], str]
    ) -> tuple[Point, Point]:
        """Return the character, word or line at a character of line number `line`.

        `text_of` returns the visible text of a line.
        """
        text = text_of(line)[self.skip :]
        first, end = unit_at(Point(line, character - self.skip), unit, lambda _: text)
        return (
            Point(line, first.character + self.skip),
            Point(line, end.character + self.skip),
        )

    def _edges(self) -> list[int]:
        """Return the cell at which each drawn character begins, and the end."""
        if self._cells is None:
            self._cells = edges(self.shown.text)
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
        text, width = self.shown.text, self._width
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
            start, width = end, self._width - self._hang
        if breaks[-1] == len(text) and len(breaks) > 1:
            breaks.pop()
        return breaks


class Part(NamedTuple):
    """A part of a line, and where it is."""

    data: bytes
    start: int
    """The unit that it begins with."""
    text: str
    """Its visible text."""
    places: Sequence[int]
    """The unit of the line at which each character of the text begins, and the end."""


class LongLine(Protocol):
    """A line that is read in parts."""

    @property
    def size(self) -> int:
        """How many units it has."""
        ...

    def head(self, size: int) -> Part:
        """Return the part that its first `size` bytes are."""
        ...

    def part(self, start: int, size: int) -> Part:
        """Return some units of it, from the first whole character on."""
        ...

    @property
    def cells(self) -> int:
        """How many cells one unit takes at most."""
        ...


class HeldLine:
    """A line that is held as a whole; its units are the characters of its visible text."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self.size = len(self.text)

    @cached_property
    def text(self) -> str:
        """The visible text."""
        return visible(self._data)

    @cached_property
    def cells(self) -> int:
        """How many cells one unit takes at most."""
        return 2 if re.search(_WIDE, self.text) else 1

    def head(self, size: int) -> Part:
        """Return the part that its first `size` bytes are."""
        data = self._data[: boundary(self._data, size)]
        text = visible(data)
        return Part(data, 0, text, range(len(text) + 1))

    def part(self, start: int, size: int) -> Part:
        """Return some characters of its visible text."""
        start = max(0, start)
        text = self.text[start : start + size]
        return Part(text.encode(), start, text, range(start, start + len(text) + 1))


class DocumentLine:
    """A long line of a log, which is read in parts; its units are bytes."""

    cells = 1

    def __init__(self, document: LogDocument, number: int, skip: int = 0) -> None:
        """Without its first `skip` bytes."""
        self._document = document
        self._number = number
        self._skip = skip

    @property
    def size(self) -> int:
        """How many bytes it has, which may become more."""
        return self._document.long_size(self._number) - self._skip

    def _read(self, start: int, length: int) -> bytes:
        return self._document.read_line(self._number, start + self._skip, length)

    def head(self, size: int) -> Part:
        """Return the part that its first `size` bytes are."""
        data = self._read(0, size + _LOOKBACK)
        return _part(data, 0, 0, size)

    def part(self, start: int, size: int) -> Part:
        """Return some bytes of it, from the first whole character on."""
        start = max(0, start)
        before = min(start, _LOOKBACK)
        data = self._read(start - before, before + size + _LOOKBACK)
        return _part(data, start - before, before, before + size)


def _part(data: bytes, at: int, start: int, end: int) -> Part:
    start, end = whole_part(data, start, end)
    part = data[start : max(start, end)]
    text, places = visible_places(part)
    first = at + start
    if isinstance(places, range):
        return Part(part, first, text, range(first, first + len(places)))
    return Part(part, first, text, [first + place for place in places])


class LongLineLayout:
    """A long line, laid out for a width; `wrap` breaks it into several rows."""

    is_long = True

    def __init__(
        self,
        line: LongLine,
        width: int,
        *,
        wrap: bool,
        skip: int = 0,
        dots: Callable[[Part], str] | None = None,
    ) -> None:
        """Lay out a line that lacks its first `skip` units.

        `dots` returns the visible text of a part with dots for what is to be hidden.
        """
        self.skip = skip
        self.wrap = wrap
        self._line = line
        self._width = max(1, width)
        self._dots = dots
        self._head_part = line.head(max(HEAD, HEAD_PER_CELL * self._width))
        data = self._head_part.data
        if dots is not None and (dotted := dots(self._head_part)) != self._head_part.text:
            data = dotted.encode()
        self._head = LineLayout(display(data), self._width, wrap=wrap)
        self._step = max(1, self._width // line.cells)
        # The last row of the beginning is not full: it belongs to what follows.
        self._head_rows = len(self._head.breaks) - 1 if wrap else 0
        last = self._head.shown.character(self._head.breaks[-1]) if wrap else -1
        self._head_end = self._head_part.places[last] if self._head_rows or not wrap else 0

    @property
    def length(self) -> int:
        """Cells that the line takes unwrapped, about."""
        return self._head.length + self._line.size - self._head_part.places[-1]

    @property
    def rows(self) -> int:
        """How many rows of the screen the line takes."""
        if not self.wrap:
            return 1
        return max(1, self._head_rows - (self._head_end - self._line.size) // self._step)

    def row(self, wrap_row: int) -> RowWindow:
        """Return what one row of the wrapped line shows."""
        if wrap_row < self._head_rows:
            return self._of_head(self._head.row(wrap_row))
        start = self._head_end + (wrap_row - self._head_rows) * self._step
        return self._window_at(min(start, max(0, self._line.size - 1)), self._step)

    def scrolled(self, x: int) -> RowWindow:
        """Return what the unwrapped line shows when it is scrolled `x` cells to the side."""
        # Of a beginning that overwrites itself the last state is all that is shown of it.
        is_short = x < self._head.length < self._width
        if x + self._width <= self._head.length or is_short:
            return self._of_head(self._head.scrolled(x))
        if x < self._head.length:
            window = self._head.scrolled(x)
            start = self._head_part.places[window.shown.character(window.start)]
        else:
            start = self._head_part.places[-1] + x - self._head.length
        return self._window_at(start, self._width)

    def wrap_row_of(self, place: int) -> int:
        """Return the row that shows a place in the line."""
        if not self.wrap:
            return 0
        place = max(0, place - self.skip)
        if place < self._head_end:
            return self._head.wrap_row_of(self._character(place))
        return min(self._head_rows + (place - self._head_end) // self._step, self.rows - 1)

    def cell_of(self, place: int) -> int:
        """Return the cell at which a place in the line begins, unwrapped."""
        place = max(0, place - self.skip)
        end = self._head_part.places[-1]
        if place < end:
            return self._head.cell_of(self._character(place))
        return self._head.length + place - end

    def character_at(self, window: RowWindow, cell: int) -> tuple[int, bool]:
        """Return the place at a cell of a row, 0 for its first one; False where nothing is there.

        After the row's last character it is the one that would follow.
        """
        cells = edges(window.shown.text[window.start : window.end])
        cell = max(0, cell - window.lead)
        at = bisect_right(cells, cell) - 1
        place = window.shift + window.shown.character(window.start + max(0, at))
        return place, cell < cells[-1]

    def text_near(self, window: RowWindow) -> tuple[str, Sequence[int]]:
        """Return the text around a window, and the place in the line of each character and its end.

        Matches are looked for in it: marking them must not cost the whole line.
        """
        at = window.shift - self.skip + window.shown.character(window.start)
        part = self._line.part(max(0, at - AROUND), self._width + 2 * AROUND)
        return part.text, [place + self.skip for place in part.places]

    def unit_at(
        self, line: int, place: int, unit: Unit, _text_of: Callable[[int], str]
    ) -> tuple[Point, Point]:
        """Return the character, word or line at a place, as places in line number `line`."""
        part = self._line.part(max(0, place - self.skip - AROUND), 2 * AROUND)
        character = bisect_right(part.places, place - self.skip) - 1
        first, end = unit_at(Point(line, max(0, character)), unit, lambda _: part.text)
        if unit == "line":
            return first, end
        return (
            Point(line, part.places[first.character] + self.skip),
            Point(line, part.places[end.character] + self.skip),
        )

    def _character(self, place: int) -> int:
        """Return the character of the beginning at a place."""
        return bisect_left(self._head_part.places, place)

    @cached_property
    def _head_shown(self) -> DisplayLine:
        """What is drawn of the beginning, with offsets for each unit."""
        return _by_unit(self._head.shown, self._head_part)

    def _of_head(self, window: RowWindow) -> RowWindow:
        return window._replace(shown=self._head_shown, shift=self.skip)

    def _window_at(self, start: int, size: int) -> RowWindow:
        part = self._line.part(start, size)
        data = part.data if self._dots is None else self._dots(part).encode()
        # A tab is one cell here: a row holds the units that are counted for it.
        shown = display(data.replace(b"\t", b" "))
        end = bisect_right(edges(shown.text), self._width) - 1
        return RowWindow(_by_unit(shown, part), 0, end, 0, part.start + self.skip)


def _by_unit(shown: DisplayLine, part: Part) -> DisplayLine:
    """Return what is shown of a part with offsets for each unit of the line."""
    if isinstance(part.places, range):
        return shown
    offsets: list[int] = []
    for character, place in enumerate(part.places):
        column = shown.column(character)
        offsets += [column] * (place - part.start + 1 - len(offsets))
    return replace(shown, offsets=tuple(offsets))


def lay_out_line(
    data: bytes,
    width: int,
    *,
    wrap: bool,
    skip: int = 0,
    hang: int = 0,
    hidden: tuple[tuple[int, int], ...] = (),
    json: Literal["raw", "laid out", "with its time"] = "raw",
) -> LineLayout | LongLineLayout:
    """Lay out a line that is held as a whole, its units the characters of its visible text.

    It lacks its first `skip` bytes, which have to be as many characters: a time
    stamp. Dots are drawn for the stretches `hidden` of the visible text; for `hang`
    see `LineLayout`. `json` is how a line that a logger wrote as JSON is drawn.
    """
    data = data[skip:] if skip else data
    hidden = tuple((max(0, start - skip), max(0, end - skip)) for start, end in hidden)
    shown: DisplayLine | None = None
    if json != "raw":
        shown = display_json_line(data, with_time=json == "with its time")
    if shown is None and len(data) <= 8 * LIMIT:
        shown = display(data, limit=LIMIT)
    if shown is not None and not shown.clipped:
        if hidden:
            spans = tuple(span for start, end in hidden for span in shown.ranges(start, end))
            shown = replace(shown, text=mask_with_dots(shown.text, spans))
        return LineLayout(shown, width, wrap=wrap, skip=skip, hang=hang)

    def dots(part: Part) -> str:
        first = part.places[0]
        spans = ((max(0, a - first), max(0, b - first)) for a, b in hidden)
        return mask_with_dots(part.text, tuple(spans))

    line = HeldLine(data)
    return LongLineLayout(line, width, wrap=wrap, skip=skip, dots=dots if hidden else None)


def mask_with_dots(text: str, spans: tuple[tuple[int, int], ...]) -> str:
    """Return a text with dots for the characters of some spans."""
    for start, end in spans:
        text = text[:start] + MASK_DOT * (min(end, len(text)) - start) + text[end:]
    return text


def _mask_part(masks: ScreenMasks, part: Part) -> str:
    """Return the visible text of a part of a long line with dots for the secrets in it."""
    return mask_with_dots(part.text, masks.spans_in(part.text))


_KEPT_LAYOUTS = 512
"""How many layouts are kept."""

_KEPT_LONG_LAYOUTS = 8
"""How many of them are of long lines."""

_LayoutKey: TypeAlias = tuple[int, int, bool, int, int, str]
"""What it was laid out for: version, width, wrap, the bytes skipped, the indent, its JSON."""


class LayoutCache:
    """Keeps the layouts of the lines that were on the screen last."""

    def __init__(self, document: LogDocument, times: TimeColumn) -> None:
        self._document = document
        self._times = times
        self._layouts: OrderedDict[int, tuple[_LayoutKey, LineLayout | LongLineLayout]] = (
            OrderedDict()
        )
        self.lays_out_json = True
        """Whether lines that loggers wrote as JSON are laid out."""

    def version_of(self, line: int) -> int:
        """Return a value that is equal as long as a line is the same: only the last may grow."""
        document = self._document
        growing = document.last_is_unfinished and line == document.end_line - 1
        return document.version if growing else -1

    def layout_of(
        self, line: int, width: int, *, wrap: bool, masks: ScreenMasks | None
    ) -> LineLayout | LongLineLayout:
        """Return the layout of a line; `masks` finds the secrets that are hidden, if any are."""
        data = self._document.line(line)
        skip = self._times.skip(data)
        is_long = self._document.long_size(line) > 0
        # Where a long line ends matters to no layout: it is asked each time.
        hang = self._times.hang(data) if wrap else 0
        json: Literal["raw", "laid out", "with its time"] = "raw"
        if self.lays_out_json and not is_long and data.rstrip().endswith(b"}"):
            json = "with its time" if self._times.format == "full" else "laid out"
        of = (-1 if is_long else self.version_of(line), width, wrap, skip, hang, json)
        known = self._layouts.get(line)
        if known is not None and known[0] == of:
            self._layouts.move_to_end(line)
            return known[1]
        layout: LineLayout | LongLineLayout
        if is_long:
            dots = None if masks is None else partial(_mask_part, masks)
            part = DocumentLine(self._document, line, skip)
            layout = LongLineLayout(part, width, wrap=wrap, skip=skip, dots=dots)
        else:
            hidden = () if masks is None else masks.spans(line)
            layout = lay_out_line(
                data, width, wrap=wrap, skip=skip, hang=hang, hidden=hidden, json=json
            )
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
