"""TUI: from one row of the log to one strip of the screen.

Only rows on screen come here: decoding, colours and matches are worked out
for what is seen, never for what is received.
"""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from rich.cells import cell_len
from rich.segment import Segment
from textual.strip import Strip

from logview.tui.widgets.gutter import GUTTER

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.style import Style

    from logview.tui.line_layout import Window
    from logview.tui.widgets.palette import Palette

_STAMP = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z(?: |$)")


class Mark(NamedTuple):
    """A stretch of visible text that is drawn in a style of its own."""

    start: int
    end: int
    style: Style


def line_strip(
    window: Window,
    marks: Sequence[Mark],
    palette: Palette,
    *,
    gutter: Sequence[Segment],
    width: int,
    base: Style,
    stamped: bool,
) -> Strip:
    """Draw a part of one line of the log.

    `marks` are in characters of the line's visible text; later ones win.
    `stamped` says whether the part begins with the line's time stamp.
    """
    gutter_width = sum(cell_len(segment.text) for segment in gutter)
    space = max(0, width - gutter_width)
    shown, start, end = window.shown, window.start, window.end
    text = shown.text
    layers: list[tuple[int, int, Style]] = []
    if stamped and _STAMP.match(text):
        layers.append((0, 24, palette.stamp))
    layers.extend((a, b, palette.sgr(sgr)) for a, b, sgr in shown.spans if a < end and b > start)
    at_end: Style | None = None
    for mark in marks:
        a, b = shown.column(mark.start - window.shift), shown.column(mark.end - window.shift)
        if a == b:
            b = a + 1  # a match of nothing is shown on the character it stands before
            if a == len(text) == end:
                at_end = mark.style
        if a < end and b > start:
            layers.append((a, b, mark.style))
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
    return Strip(segments, gutter_width + max(used, space))


def fold_strip(
    count: int, palette: Palette, *, gutter: Sequence[Segment], width: int, base: Style
) -> Strip:
    """Draw the row that stands for so many lines."""
    words = f"▸ {count:,} more {'line' if count == 1 else 'lines'}"
    cells = sum(cell_len(segment.text) for segment in gutter)
    strip = Strip([*gutter, Segment(words, base + palette.fold)], cells + cell_len(words))
    return strip.adjust_cell_length(width, base)


def own_strip(text: str, palette: Palette, *, width: int) -> Strip:
    """Draw a row of ours: it looks like no line of a log."""
    words = f" {text} "
    left = "──"
    room = max(0, width - GUTTER - cell_len(left))
    words = words if cell_len(words) <= room else words[: max(0, room - 1)] + "…"
    rest = max(0, room - cell_len(words))
    return Strip(
        [
            Segment(" " * min(GUTTER, width), palette.text),
            Segment(
                (left + words + "─" * rest)[: max(0, width - GUTTER)], palette.text + palette.own
            ),
        ],
        width,
    ).adjust_cell_length(width, palette.text)
