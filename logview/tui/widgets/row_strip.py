"""Draw one row of a log as a strip: gutter, text, and the spans that are styled over it.

Only rows on the screen are drawn: decoding, colours and matches are worked out
for what is seen, never for what is received. Offsets of spans are characters
of a line's visible text.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from logview.log.entries.level import Level
from logview.log.search.pattern import PatternTooSlowError
from logview.log.view.selection import END
from logview.text.sanitize import label
from logview.tui.time_column import TimeCell

if TYPE_CHECKING:
    from collections.abc import Sequence

    from logview.log.search.pattern import Pattern
    from logview.log.view.selection import Selection
    from logview.log.view.stack_frames import FrameLine
    from logview.tui.lane_column import LaneCell
    from logview.tui.line_layout import LineLayout, LongLineLayout, RowWindow
    from logview.tui.widgets.palette import Palette

GUTTER_WIDTH = 2
"""Cells left of everything else: the level, and the sign of a marked line.

On the current line they are the cursor, and the level or the sign: a letter, which must be
seen, is underlined in place of the sign, and reversed: it touches what follows.
"""

PENDING = "reading…"
"""In place of the text of a line that is still being read."""

CONTINUED = "›"
"""The sign at the right edge of a line that goes on."""

NEW = "+"
"""The sign of an entry that good runs do not have, in the place of a mark."""

MARKED = "•"
"""The sign of a marked line: narrower than its cell, so that it touches no text."""

_CONTINUES = "│"


@dataclass(frozen=True, slots=True)
class MatchSpan:
    """The current match: a span of one line's visible text."""

    line: int
    start: int
    end: int


class StyledSpan(NamedTuple):
    """A span of visible text that is drawn in a style of its own."""

    start: int
    end: int
    style: Style


class GutterCells(NamedTuple):
    """Everything that is drawn left of one row's text.

    A level is a letter on the first line of an entry and a bar on its other
    lines, so that it is never colour alone.
    """

    cursor: bool = False
    in_entry: bool = False
    """Whether the row belongs to the current entry."""
    level: Level | None = None
    begins: bool = True
    """Whether the row begins an entry; else it continues one."""
    marked: bool = False
    new: bool = False
    """Whether the row begins an entry that good runs do not have."""
    time: TimeCell = TimeCell("")
    time_cells: int = 0
    lane: LaneCell | None = None
    """The lane that the line is from, in the last of these cells; None where there are none."""
    number: str = ""
    number_cells: int = 0


# -- the gutter ---------------------------------------------------------------------------


def gutter_segments(gutter: GutterCells, palette: Palette, base: Style) -> list[Segment]:
    """Return the segments left of a row's text; `base` is the style of the row."""
    level = _level_segment(gutter, palette, base)
    sign = MARKED if gutter.marked else NEW if gutter.new else " "
    marked = Segment(sign, base if sign == " " else base + palette.mark)
    if gutter.cursor:
        cursor = Segment("▌", base + palette.cursor_mark)
        if level.text != " " and not (gutter.marked and level.text == _CONTINUES):
            chip = Style(reverse=gutter.begins, bold=True, underline=gutter.marked or None)
            marked = Segment(level.text, (level.style or base) + chip)
        segments = [cursor, marked]
    else:
        segments = [level, marked]
    if gutter.number_cells:
        text = f"{gutter.number:>{gutter.number_cells - 2}}  "
        segments.append(Segment(text, base + palette.number))
    if gutter.time_cells:
        style = palette.gap if gutter.time.gap else palette.stamp
        lane = gutter.lane
        cells = gutter.time_cells - (len(lane.text) if lane is not None else 0)
        segments.append(Segment(f"{gutter.time.text:<{cells}}", base + style))
        if lane is not None:
            segments.append(Segment(lane.text, base + palette.lane(lane.number)))
    return segments


def _level_segment(gutter: GutterCells, palette: Palette, base: Style) -> Segment:
    level = gutter.level
    if level is None or level < Level.WARN:
        return Segment(" ", base)
    return Segment(level.letter if gutter.begins else _CONTINUES, base + palette.level(level))


# -- what is styled over the text ---------------------------------------------------------


def level_spans(
    gutter: GutterCells, layout: LineLayout | LongLineLayout, window: RowWindow, palette: Palette
) -> Sequence[StyledSpan]:
    """Return the span of the word for the level, where a line has no colours of its own."""
    from logview.log.entries.level_patterns import word_span

    if gutter.level is None or not gutter.begins or layout.is_long or window.shown.is_coloured:
        return ()
    span = word_span(window.shown.text)
    if span is None:
        return ()
    start, end = (window.shift + window.shown.character(column) for column in span)
    return (StyledSpan(start, end, palette.level(gutter.level)),)


def match_spans(
    pattern: Pattern,
    text: str,
    places: Sequence[int],
    current: MatchSpan | None,
    palette: Palette,
) -> Sequence[StyledSpan]:
    """Return the spans of the matches in a text, the current one last.

    `places` are those of its characters, and of its end, in the line.
    """
    try:
        found = pattern.spans(text)
    except PatternTooSlowError:
        return ()  # the search reports it; the line is drawn without matches
    spans = [StyledSpan(places[a], places[b], palette.match) for a, b in found]
    if current is not None:
        spans.append(StyledSpan(current.start, current.end, palette.current))
    return spans


def frame_spans(frame: FrameLine | None, palette: Palette) -> Sequence[StyledSpan]:
    """Return the spans of a stack's frame: a library's is dim, the place of one's own a link."""
    if frame is None:
        return ()
    if frame.library is not None:
        return (StyledSpan(frame.text_start, frame.text_end, palette.library),)
    return (StyledSpan(frame.start, frame.end, palette.place),) if frame.end > frame.start else ()


def selected_range(
    selection: Selection | None, line: int, fold: range | None
) -> tuple[int, int] | None:
    """Return which characters of a line, or of what a fold stands for, are selected."""
    if selection is None:
        return None
    if fold is not None:
        is_in = selection.start.line < fold.stop and selection.stop.line >= fold.start
        return (0, END) if is_in else None
    span = selection.span(line)
    return span if span is not None and span[0] < span[1] else None


def selection_spans(
    selected: tuple[int, int], window: RowWindow, style: Style
) -> Sequence[StyledSpan]:
    """Return the span of the selected characters that a row shows."""
    first, end = window.shift, window.shift + window.shown.shown
    # The line break behind the last character is drawn; what ends before it draws nothing.
    if selected[0] > end or selected[1] <= first < end:
        return ()
    return (StyledSpan(max(first, selected[0]), min(end, selected[1]), style),)


# -- strips -------------------------------------------------------------------------------


def line_strip(
    window: RowWindow,
    spans: Sequence[StyledSpan],
    palette: Palette,
    *,
    gutter: Sequence[Segment],
    width: int,
    base: Style,
    continued: bool = False,
) -> Strip:
    """Return the strip of a part of one line.

    Of `spans`, which are in characters of the line's visible text, later ones
    win. With `continued` the last cell says that the line goes on.
    """
    gutter_width = sum(cell_len(segment.text) for segment in gutter)
    space = max(0, width - gutter_width)
    shown, start, end = window.shown, window.start, window.end
    text = shown.text
    continued = continued and space > 1
    if continued:
        space -= 1
        while end > start and window.lead + cell_len(text[start:end]) > space:
            end -= 1
    layers: list[tuple[int, int, Style]] = [
        (a, b, palette.sgr(sgr)) for a, b, sgr in shown.spans if a < end and b > start
    ]
    at_end: Style | None = None
    for span in spans:
        for a, b in shown.ranges(span.start - window.shift, span.end - window.shift):
            if a == b == len(text) == end:
                at_end = span.style
            # An empty match is drawn on the character that it stands before.
            to = b if b > a else a + 1
            if a < end and to > start:
                layers.append((a, to, span.style))
    segments = list(gutter)
    if window.lead:
        segments.append(Segment(" " * window.lead, base))
    used = window.lead
    cuts = sorted({start, end, *(c for a, b, _ in layers for c in (a, b) if start < c < end)})
    for a, b in pairwise(cuts):
        style = base
        for from_, to, layer in layers:
            if from_ <= a and to >= b:
                style += layer
        piece = text[a:b]
        segments.append(Segment(piece, style))
        used += cell_len(piece)
    if at_end is not None and used < space:
        segments.append(Segment(" ", base + at_end))
        used += 1
    if used < space:
        segments.append(Segment(" " * (space - used), base))
    if continued:
        segments.append(Segment(CONTINUED, base + palette.number))
        used, space = used + 1, space + 1
    return Strip(segments, gutter_width + max(used, space))


def fold_strip(
    text: str, palette: Palette, *, gutter: Sequence[Segment], width: int, base: Style
) -> Strip:
    """Return the strip of the row that stands for the folded lines that a text tells of."""
    words = f"  ▸ {label(text)}"
    cells = sum(cell_len(segment.text) for segment in gutter)
    strip = Strip([*gutter, Segment(words, base + palette.fold)], cells + cell_len(words))
    return strip.adjust_cell_length(width, base)


def pending_strip(palette: Palette, *, width: int, cursor: bool) -> Strip:
    """Return the strip of a row whose line is still being read."""
    base = palette.text + palette.cursor if cursor else palette.text
    mark = Segment("▌", base + palette.cursor_mark) if cursor else Segment(" ", base)
    words = " " * (GUTTER_WIDTH - 1) + PENDING
    strip = Strip([mark, Segment(words, base + palette.context)], 1 + cell_len(words))
    return strip.adjust_cell_length(width, base)


def notice_strip(text: str, palette: Palette, *, width: int) -> Strip:
    """Return the strip of a row of ours (a gap), which resembles no line of a log."""
    words = f" {text} "
    left = "──"
    free = max(0, width - GUTTER_WIDTH - cell_len(left))
    words = words if cell_len(words) <= free else words[: max(0, free - 1)] + "…"
    rest = max(0, free - cell_len(words))
    rule = (left + words + "─" * rest)[: max(0, width - GUTTER_WIDTH)]
    return Strip(
        [
            Segment(" " * min(GUTTER_WIDTH, width), palette.text),
            Segment(rule, palette.text + palette.own),
        ],
        width,
    ).adjust_cell_length(width, palette.text)
