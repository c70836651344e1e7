"""The palette of one theme: the styles of a row's parts, and a log's own colours on it."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING

from rich.color import Color as RichColor
from rich.style import Style
from textual.color import Color

from logview.log.entries.level import Level
from logview.tui.palettes import ColorDepth, index_of
from logview.tui.themes import contrast

if TYPE_CHECKING:
    from rich.terminal_theme import TerminalTheme

    from logview.text.sanitize import Sgr

_LEAST_CONTRAST = 3.0
"""Below this ratio (WCAG 2) a colour is blended towards the foreground, to be visible."""

_NONE = Style.null()


@dataclass(frozen=True)
class Palette:
    """The styles of one theme."""

    text: Style
    background: Color
    foreground: Color
    terminal: TerminalTheme = field(compare=False)
    depth: ColorDepth = "truecolor"
    """How many colours there are for those of the log."""
    stamp: Style = _NONE
    number: Style = _NONE
    cursor: Style = _NONE
    entry: Style = _NONE
    cursor_mark: Style = _NONE
    match: Style = _NONE
    current: Style = _NONE
    own: Style = _NONE
    pill: Style = _NONE
    context: Style = _NONE
    fold: Style = _NONE
    library: Style = _NONE
    place: Style = _NONE
    mark: Style = _NONE
    gap: Style = _NONE
    warn: Style = _NONE
    error: Style = _NONE
    critical: Style = _NONE
    selection: Style = _NONE
    lane_a: Style = _NONE
    lane_b: Style = _NONE
    lane_c: Style = _NONE
    lane_d: Style = _NONE
    lane_e: Style = _NONE
    lane_f: Style = _NONE

    def __hash__(self) -> int:
        return hash((self.text, self.background))

    def lane(self, number: int) -> Style:
        """Return the style of a lane's name, by the lane's number from 0."""
        styles = (self.lane_a, self.lane_b, self.lane_c, self.lane_d, self.lane_e, self.lane_f)
        return styles[number % len(styles)]

    def level(self, level: Level) -> Style:
        """Return the style of a level; below WARN it is the muted one of stamps."""
        if level < Level.WARN:
            return self.stamp
        return {Level.WARN: self.warn, Level.ERROR: self.error}.get(level, self.critical)

    def sgr(self, sgr: Sgr) -> Style:
        """Return the style of a log's own colours, readable on this theme's background."""
        return _sgr_style(self, sgr)

    def color(self, color: int | tuple[int, int, int]) -> Color:
        """Return a colour of the log as this theme shows it."""
        if isinstance(color, tuple):
            return Color(*color)
        if color < 16:
            return Color(*self.terminal.ansi_colors[color])
        return Color(*RichColor.from_ansi(color).get_truecolor())


@lru_cache(4096)
def _sgr_style(palette: Palette, sgr: Sgr) -> Style:
    background = palette.color(sgr.bg) if sgr.bg is not None else None
    foreground = palette.color(sgr.fg) if sgr.fg is not None else None
    if foreground is not None or background is not None:
        behind = background or palette.background
        front = foreground or palette.foreground
        for part in (0.35, 0.6, 1.0):
            if contrast(front, behind) >= _LEAST_CONTRAST:
                break
            target = palette.foreground
            if contrast(target, behind) < _LEAST_CONTRAST:
                target = palette.background
            front = front.blend(target, part)
        foreground = front
        if front == palette.foreground and sgr.fg is None:
            foreground = None  # as all text: the theme has its own index for it
    return Style(
        color=None if foreground is None else _shown(palette, foreground, sgr.fg),
        bgcolor=None if background is None else _shown(palette, background, sgr.bg),
        bold=sgr.bold or None,
        dim=sgr.dim or None,
        italic=sgr.italic or None,
        underline=sgr.underline or None,
        reverse=sgr.reverse or None,
        strike=sgr.strike or None,
    )


def _shown(palette: Palette, color: Color, logged: int | tuple[int, int, int] | None) -> RichColor:
    """Return a colour as the terminal has it: what was logged, where it has that very one."""
    # The first 16 have a look of the theme's where there are more.
    exact = {"truecolor": range(0), "256": range(16, 256), "16": range(16)}[palette.depth]
    if isinstance(logged, int) and logged in exact and palette.color(logged) == color:
        return RichColor.from_ansi(logged)
    return index_of(color, palette.depth)
