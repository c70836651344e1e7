"""Palettes of terminals with 256 and 16 colours, and the filter that draws with them.

Rich sends the nearest of 256 colours, in which bars, current line and
background of a theme become one, or loud. So each colour of our two themes has
an index chosen by hand for either depth, and of other themes the nearest one,
moved where it would be that of the background. What is blended of a theme's
colours gets the nearest of the theme's indexes.

Colours that a log sets come as indexes already (`Palette.sgr`) and stay.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Literal, NamedTuple, TypeAlias

from rich.color import Color as RichColor
from rich.color import ColorType
from rich.segment import Segment
from rich.style import Style
from textual.color import Color
from textual.filter import LineFilter

from logview.tui.themes import DARK, LIGHT, contrast, theme_variables

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from typing import Any

    from textual.app import App
    from textual.theme import Theme

ColorDepth: TypeAlias = Literal["truecolor", "256", "16"]

LEAST_CONTRAST = 3.5
"""Text with less (WCAG 2.1) on its background gets the theme's text colour, or its opposite."""

LEAST_CONTRAST_OF_LOG = 1.5
"""The same for text in a colour that the log set: it is changed only where it can't be seen."""

GROUNDS = (
    *("background", "surface", "panel", "entry", "cursor-line", "viewport"),
    *("chosen", "selected", "match", "banner", "banner-ongoing", "thumb"),
    *("primary", "success", "warning", "error", "muted", "foreground"),
)
"""The variables of a theme that are backgrounds of text, or of blanks."""

TEXTS = (
    *("foreground", "muted", "faint", "thumb", "primary", "success", "warning", "error"),
    *("text-primary", "text-success", "text-warning", "text-error"),
    *("background", "on-primary", "on-warning"),
)
"""The variables of a theme that are colours of text, or of bars."""


class Indexes(NamedTuple):
    """The indexes of a theme's variables at one depth: of backgrounds, and of text."""

    grounds: Mapping[str, int]
    texts: Mapping[str, int]


# The names of xterm's 256 colours: 16 + 36 r + 6 g + b of a cube, and from 232 on greys.

_DARK_256 = Indexes(
    grounds={
        "background": 233, "surface": 235, "panel": 235, "entry": 234, "cursor-line": 236,
        "viewport": 238, "chosen": 24, "selected": 24, "match": 58, "banner": 52,
        "banner-ongoing": 237, "thumb": 241, "primary": 75, "success": 78, "warning": 179,
        "error": 210, "muted": 248, "foreground": 253,
    },
    texts={
        "foreground": 253, "muted": 248, "faint": 242, "thumb": 242, "primary": 75,
        "success": 78, "warning": 179, "error": 210, "background": 233,
    },
)  # fmt: skip

_LIGHT_256 = Indexes(
    grounds={
        "background": 231, "surface": 254, "panel": 254, "entry": 255, "cursor-line": 254,
        "viewport": 251, "chosen": 153, "selected": 117, "match": 222, "banner": 224,
        "banner-ongoing": 223, "thumb": 245, "primary": 25, "success": 22, "warning": 94,
        "error": 124, "muted": 240, "foreground": 235,
    },
    texts={
        "foreground": 235, "muted": 240, "faint": 247, "thumb": 245, "primary": 25,
        "success": 22, "warning": 94, "error": 124, "background": 231,
    },
)  # fmt: skip

# Of 16 colours no number has one look: 8 is black in some palettes, so that no text has it on
# black, and as background (SGR 100) it is unknown to the oldest terminals, which show black.

_DARK_16 = Indexes(
    grounds={
        "background": 0, "surface": 4, "panel": 4, "entry": 0, "cursor-line": 8, "viewport": 8,
        "chosen": 6, "selected": 7, "match": 3, "banner": 1, "banner-ongoing": 3, "thumb": 7,
        "primary": 14, "success": 10, "warning": 11, "error": 9, "muted": 7, "foreground": 15,
    },
    texts={
        "foreground": 15, "muted": 7, "faint": 7, "thumb": 7, "primary": 14, "success": 10,
        "warning": 11, "error": 9, "background": 0,
    },
)  # fmt: skip

_LIGHT_16 = Indexes(
    grounds={
        "background": 15, "surface": 7, "panel": 7, "entry": 15, "cursor-line": 7, "viewport": 7,
        "chosen": 14, "selected": 14, "match": 11, "banner": 1, "banner-ongoing": 11, "thumb": 8,
        "primary": 4, "success": 2, "warning": 5, "error": 1, "muted": 8, "foreground": 0,
    },
    texts={
        "foreground": 0, "muted": 0, "faint": 8, "thumb": 8, "primary": 4, "success": 2,
        "warning": 5, "error": 1, "background": 15,
    },
)  # fmt: skip

HAND_MADE: Mapping[tuple[str, ColorDepth], Indexes] = {
    (DARK.name, "256"): _DARK_256,
    (LIGHT.name, "256"): _LIGHT_256,
    (DARK.name, "16"): _DARK_16,
    (LIGHT.name, "16"): _LIGHT_16,
}
"""The palettes of our themes, by name and depth."""

_SAME = {
    **{f"text-{name}": name for name in ("primary", "success", "warning", "error")},
    **{f"on-{name}": "background" for name in ("primary", "warning")},
}
"""Variables that have the index of another one."""

_NOMINAL_16 = (
    *("#000000", "#b80000", "#00a800", "#a87000", "#2020c0", "#a800a8", "#00a0a0", "#c4c4c4"),
    *("#686868", "#ff4c4c", "#40ff40", "#ffff40", "#5c5cff", "#ff4cff", "#40ffff", "#ffffff"),
)
"""What terminals make of the 16 colours, on the average: which can be read on which."""


def color_depth(app: App[Any]) -> ColorDepth:
    """Return how many colours an app's terminal has, as Rich reads COLORTERM and TERM.

    An app without a terminal is drawn in all colours.
    """
    if app.is_headless or app.console.color_system == "truecolor":
        return "truecolor"
    return "256" if app.console.color_system == "256" else "16"


def index_of(color: Color, depth: ColorDepth) -> RichColor:
    """Return the nearest colour that a terminal of this depth has."""
    if depth == "truecolor":
        return RichColor.from_rgb(*color.rgb)
    return RichColor.from_ansi(_nearest(color.rgb, _numbers(depth)))


class IndexedColors(LineFilter):
    """Replaces the red-green-blue colours of a theme by indexes of the terminal's palette."""

    def __init__(self, theme: Theme, depth: ColorDepth) -> None:
        """Use the palette of a theme for 256 or 16 colours."""
        super().__init__()
        generated = theme.to_color_system().generate()
        variables = {**theme_variables(theme), **generated, **theme.variables}
        indexes = HAND_MADE.get((theme.name, depth))
        if indexes is None and depth == "16":  # too few to differ by theme
            indexes = _DARK_16 if theme.dark else _LIGHT_16
        elif indexes is None:
            indexes = _nearest_indexes(variables)
        self._grounds = _by_color(GROUNDS, indexes.grounds, variables)
        self._texts = _by_color(TEXTS, indexes.texts, variables)
        self._ends = indexes.texts["foreground"], indexes.texts["background"]
        self._style = lru_cache(2048)(self._indexed)

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """Return the segments in colours of the palette."""
        return [
            Segment(
                text,
                None if style is None else self._style(style, any(map(str.isalnum, text))),
                control,
            )
            for text, style, control in segments
        ]

    def _indexed(self, style: Style, is_text: bool) -> Style:
        """Return a style in indexes; what is no text, as bars, may be as faint as it likes."""
        text, ground = (_index(style.color, self._texts), _index(style.bgcolor, self._grounds))
        if is_text and text is not None and ground is not None:
            behind = _nominal(ground)
            is_logged = style.color is not None and style.color.triplet is None
            least = LEAST_CONTRAST_OF_LOG if is_logged else LEAST_CONTRAST
            if contrast(_nominal(text), behind) < least:
                text = max(self._ends, key=lambda end: contrast(_nominal(end), behind))
        return style + Style(
            color=None if text is None else RichColor.from_ansi(text),
            bgcolor=None if ground is None else RichColor.from_ansi(ground),
        )


def _index(color: RichColor | None, known: dict[tuple[int, int, int], int]) -> int | None:
    """Return the index of a colour; None where it is the terminal's default."""
    if color is None or color.type is ColorType.DEFAULT:
        return None
    if color.triplet is None:
        return color.number
    found = known.get(color.triplet)
    if found is None:
        nearest = min(known, key=lambda other: _distance(other, color.triplet or other))
        found = known[nearest]
    return found


def _by_color(
    names: Iterable[str], indexes: Mapping[str, int], variables: Mapping[str, str]
) -> dict[tuple[int, int, int], int]:
    """Return the indexes by the red, green and blue of their variables; first names win."""
    found: dict[tuple[int, int, int], int] = {}
    for name in names:
        color = Color.parse(variables[name])
        if color.ansi is None:
            found.setdefault(color.rgb, indexes[_SAME.get(name, name)])
    return found


def _nearest_indexes(variables: Mapping[str, str]) -> Indexes:
    """Return the nearest of 256 colours; bars and current line differ from the background."""
    colors = {name: Color.parse(variables[name]) for name in {*GROUNDS, *TEXTS}}
    numbers = _numbers("256")
    nearest = {color: _nearest(color.rgb, numbers) for color in set(colors.values())}
    grounds = {name: nearest[colors[name]] for name in GROUNDS}
    texts = {_SAME.get(name, name): nearest[colors[name]] for name in reversed(TEXTS)}
    texts["background"] = grounds["background"]
    lighter = colors["foreground"].brightness > colors["background"].brightness
    taken = {grounds["background"]}
    for name in ("panel", "cursor-line", "viewport", "chosen"):
        if grounds[name] in taken:
            grounds[name] = _next_grey(taken, lighter=lighter)
        taken.add(grounds[name])
    if grounds["surface"] == grounds["background"]:
        grounds["surface"] = grounds["panel"]
    return Indexes(grounds, texts)


def _next_grey(taken: set[int], *, lighter: bool) -> int:
    """Return the grey that follows those that are taken, towards the text."""
    greys = (16, *range(232, 256), 231)
    looks = [_nominal(number).brightness for number in taken]
    if lighter:
        return next((grey for grey in greys if _nominal(grey).brightness > max(looks)), 231)
    return next((grey for grey in greys[::-1] if _nominal(grey).brightness < min(looks)), 16)


def _numbers(depth: ColorDepth) -> range:
    # The first 16 of 256 have no look of their own: each terminal has others.
    return range(16) if depth == "16" else range(16, 256)


def _nearest(rgb: tuple[int, int, int], numbers: Iterable[int]) -> int:
    return min(numbers, key=lambda number: _distance(_nominal(number).rgb, rgb))


@lru_cache(256)
def _nominal(number: int) -> Color:
    if number < 16:
        return Color.parse(_NOMINAL_16[number])
    return Color(*RichColor.from_ansi(number).get_truecolor())


def _distance(one: tuple[int, int, int], other: tuple[int, int, int]) -> float:
    """Return how different two colours look, squared (T. Riemersma's weighted distance)."""
    red = (one[0] + other[0]) / 2
    r, g, b = (a - b for a, b in zip(one, other, strict=True))
    return (2 + red / 256) * r * r + 4 * g * g + (2 + (255 - red) / 256) * b * b
