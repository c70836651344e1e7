"""TUI: from one row of the log to one strip of the screen.

Only rows on screen come here: decoding, colours and matches are worked out
for what is seen, never for what is received.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from rich._palettes import EIGHT_BIT_PALETTE
from rich.cells import cell_len
from rich.color import Color as RichColor
from rich.segment import Segment
from rich.style import Style
from textual.color import Color
from textual.strip import Strip

from logview.log.level import Level
from logview.tui.widgets.gutter import GUTTER

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.terminal_theme import TerminalTheme

    from logview.log.ansi import Sgr
    from logview.tui.line_layout import Window

_LEAST_CONTRAST = 3.0
"""Below this ratio (WCAG 2) a colour is moved towards the foreground: no text is ever invisible."""

_STAMP = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z(?: |$)")


_NONE = Style.null()


class Mark(NamedTuple):
    """A stretch of visible text that is drawn in a style of its own."""

    start: int
    end: int
    style: Style


@dataclass(frozen=True)
class Palette:
    """The styles of one theme, worked out once."""

    text: Style
    background: Color
    foreground: Color
    terminal: TerminalTheme = field(compare=False)
    stamp: Style = _NONE
    number: Style = _NONE
    cursor: Style = _NONE
    cursor_mark: Style = _NONE
    match: Style = _NONE
    current: Style = _NONE
    own: Style = _NONE
    pill: Style = _NONE
    context: Style = _NONE
    fold: Style = _NONE
    mark: Style = _NONE
    gap: Style = _NONE
    warn: Style = _NONE
    error: Style = _NONE
    critical: Style = _NONE
    selection: Style = _NONE

    def __hash__(self) -> int:
        return hash((self.text, self.background))

    def level(self, level: Level) -> Style:
        """Give the style of a level; of one below WARN that of what steps back."""
        if level < Level.WARN:
            return self.stamp
        return {Level.WARN: self.warn, Level.ERROR: self.error}.get(level, self.critical)

    def sgr(self, sgr: Sgr) -> Style:
        """Give the style of a log's own colours, readable on this theme's background."""
        return _sgr_style(self, sgr)

    def color(self, color: int | tuple[int, int, int]) -> Color:
        """Give a colour of the log as this theme shows it."""
        if isinstance(color, tuple):
            return Color(*color)
        if color < 16:
            return Color(*self.terminal.ansi_colors[color])
        return Color(*EIGHT_BIT_PALETTE[color])


@lru_cache(4096)
def _sgr_style(palette: Palette, sgr: Sgr) -> Style:
    background = palette.color(sgr.bg) if sgr.bg is not None else None
    foreground = palette.color(sgr.fg) if sgr.fg is not None else None
    if foreground is not None or background is not None:
        behind = background or palette.background
        front = foreground or palette.foreground
        for part in (0.35, 0.6, 1.0):
            if _contrast(front, behind) >= _LEAST_CONTRAST:
                break
            target = palette.foreground
            if _contrast(target, behind) < _LEAST_CONTRAST:
                target = palette.background
            front = front.blend(target, part)
        foreground = front
    return Style(
        color=_rich(foreground),
        bgcolor=_rich(background),
        bold=sgr.bold or None,
        dim=sgr.dim or None,
        italic=sgr.italic or None,
        underline=sgr.underline or None,
        reverse=sgr.reverse or None,
        strike=sgr.strike or None,
    )


def _rich(color: Color | None) -> RichColor | None:
    return None if color is None else RichColor.from_rgb(color.r, color.g, color.b)


def _luminance(color: Color) -> float:
    def linear(value: int) -> float:
        part = value / 255
        return part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4

    return 0.2126 * linear(color.r) + 0.7152 * linear(color.g) + 0.0722 * linear(color.b)


def _contrast(one: Color, other: Color) -> float:
    """Give the contrast ratio of two colours, 1 to 21 (WCAG 2.1, relative luminance)."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


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
