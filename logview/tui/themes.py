"""The two themes of logview, and the variables that its styles need of every theme.

The contrasts of our two are those of WCAG 2.1, AA: every text has at least
4.5:1 on every background it comes to stand on.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from rich.terminal_theme import TerminalTheme
from textual.color import Color
from textual.theme import Theme

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

_COLOR = re.compile(
    r"rgba?:([0-9a-fA-F]{1,4})/([0-9a-fA-F]{1,4})/([0-9a-fA-F]{1,4})(?:/[0-9a-fA-F]{1,4})?"
    r"|#([0-9a-fA-F]{2})([0-9a-fA-F]{2})([0-9a-fA-F]{2})"
)

_READABLE = 4.5
"""The least contrast of text (WCAG 2.1, 1.4.3, AA)."""

DARK = Theme(
    name="logview-dark",
    primary="#6cb0ff",
    secondary="#a0acbb",
    accent="#2fca72",
    foreground="#d7dde6",
    background="#0f141a",
    surface="#161d26",
    panel="#1d2632",
    success="#2fca72",
    warning="#e5b454",
    error="#ff7b78",
    dark=True,
    variables={
        "muted": "#a0acbb",
        "faint": "#5a6673",
        "entry": "#141b23",
        "cursor-line": "#1f2a37",
        "viewport": "#2b3a4d",
        "banner": "#3a2226",
        "banner-ongoing": "#352d1f",
        "chosen": "#1b3350",
        "selected": "#2f5a94",
        "match": "#55431b",
        "on-warning": "#0f141a",
        "on-primary": "#0f141a",
        "thumb": "#5a6673",
        "text-primary": "#6cb0ff",
        "text-accent": "#2fca72",
        "text-success": "#2fca72",
        "text-warning": "#e5b454",
        "text-error": "#ff7b78",
    },
)

LIGHT = Theme(
    name="logview-light",
    primary="#1b57b0",
    secondary="#525e6d",
    accent="#0a6b37",
    foreground="#1c232c",
    background="#fbfcfd",
    surface="#f0f3f6",
    panel="#e4e9ee",
    success="#0a6b37",
    warning="#7d5000",
    error="#ab2119",
    dark=False,
    variables={
        "muted": "#525e6d",
        "faint": "#9aa5b1",
        "entry": "#f4f6f8",
        "cursor-line": "#e6ebf1",
        "viewport": "#cfd8e2",
        "banner": "#fbe3e1",
        "banner-ongoing": "#fbf0d9",
        "chosen": "#d3e3f8",
        "selected": "#a4c8f8",
        "match": "#ffe2a3",
        "on-warning": "#ffffff",
        "on-primary": "#ffffff",
        "thumb": "#87929e",
        "text-primary": "#1b57b0",
        "text-accent": "#0a6b37",
        "text-success": "#0a6b37",
        "text-warning": "#7d5000",
        "text-error": "#ab2119",
    },
)

DEFAULT = DARK.name


def theme_variables(theme: Theme) -> dict[str, str]:
    """Return the variables that our styles need and that a theme does not have.

    `$muted` is for secondary text (Textual's `$text-muted` is that in style
    files only: in the styles of a `Content` it loses its alpha, 8.2, and
    comes out brighter than the text), `$faint` for what is no text, as the
    bars of lines that a filter hides. Backgrounds: `$entry` of the current
    entry, `$cursor-line` of the current line, `$viewport` of what of the
    timeline is on the screen, `$chosen` of the highlighted row, `$selected` of
    selected text (stronger, to differ from the cursor line), `$match` of a
    match, `$banner` and `$banner-ongoing` of banners, `$thumb` of scroll bars.
    `$on-primary` and `$on-warning` are text on these. All are opaque, since
    component styles of a Line API widget have no alpha, and `palettes.py` has
    an index for each.
    """
    if "muted" in theme.variables:
        return {}
    colors = theme.to_color_system().generate()
    foreground, background = Color.parse(colors["foreground"]), Color.parse(colors["background"])
    if foreground.ansi is not None or background.ansi is not None:
        return {
            "muted": colors["foreground"],
            "faint": "ansi_bright_black",
            "entry": colors["background"],
            "cursor-line": colors["panel"],
            "viewport": "ansi_bright_black",
            "banner": colors["background"],
            "banner-ongoing": colors["background"],
            "chosen": "ansi_bright_black",
            "selected": "ansi_bright_black",
            "match": "ansi_bright_black",
            "thumb": "ansi_bright_black",
            "on-primary": "ansi_black",
            "on-warning": "ansi_black",
        }
    primary, warning = Color.parse(colors["primary"]), Color.parse(colors["warning"])
    panel = Color.parse(colors["panel"])
    muted = _first_readable(
        (foreground.blend(background, share / 20) for share in range(8, 0, -1)),
        lambda color: min(contrast(color, background), contrast(color, panel)),
    )
    chosen = _first_readable(
        (background.blend(primary, share / 20) for share in range(6, 1, -1)),
        lambda color: contrast(color, muted),
    )
    selected = _first_readable(
        (background.blend(primary, share / 20) for share in range(12, 1, -1)),
        lambda color: contrast(color, foreground),
    )
    match = _first_readable(
        (background.blend(warning, share / 20) for share in range(8, 3, -1)),
        lambda color: contrast(color, foreground),
    )
    error = Color.parse(colors["error"])
    return {
        "muted": muted.hex6,
        "faint": foreground.blend(background, 0.65).hex6,
        "entry": background.blend(panel, 0.4).hex6,
        "cursor-line": panel.hex6,
        "viewport": background.blend(foreground, 0.2).hex6,
        "banner": background.blend(error, 0.18).hex6,
        "banner-ongoing": background.blend(warning, 0.18).hex6,
        "chosen": chosen.hex6,
        "selected": selected.hex6,
        "match": match.hex6,
        "thumb": foreground.blend(background, 0.5).hex6,
        "on-primary": primary.get_contrast_text(1.0).hex6,
        "on-warning": warning.get_contrast_text(1.0).hex6,
    }


def is_dark(color: str) -> bool | None:
    """Return whether a colour is a dark background, None for what is no colour.

    `color` is as X11 writes colours (XParseColor(3)): `rgb:R/G/B` and
    `rgba:R/G/B/A` with one to four hexadecimal digits each, or `#RRGGBB`.
    """
    found = _COLOR.fullmatch(color)
    if found is None:
        return None
    digits = [part for part in found.groups() if part]
    red, green, blue = (int(part, 16) / (16 ** len(part) - 1) for part in digits)
    return bool(0.299 * red + 0.587 * green + 0.114 * blue < 0.5)


def contrast(one: Color, other: Color) -> float:
    """Return the contrast ratio of two colours, 1 to 21 (WCAG 2.1, relative luminance)."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(color: Color) -> float:
    def linear(value: int) -> float:
        part = value / 255
        return part / 12.92 if part <= 0.03928 else float(((part + 0.055) / 1.055) ** 2.4)

    return 0.2126 * linear(color.r) + 0.7152 * linear(color.g) + 0.0722 * linear(color.b)


def _first_readable(colors: Iterable[Color], measure: Callable[[Color], float]) -> Color:
    """Return the first colour that is readable, else the last one."""
    color = Color(0, 0, 0)
    for color in colors:
        if measure(color) >= _READABLE:
            break
    return color


def _rgb(*colors: str) -> list[tuple[int, int, int]]:
    return [Color.parse(color).rgb for color in colors]


ANSI_DARK = TerminalTheme(
    (15, 20, 26),
    (215, 221, 230),
    _rgb("#1d2632", "#ff7b78", "#4fce86", "#e5b454", "#6cb0ff", "#cf9bef", "#56c7da", "#d7dde6"),
    _rgb("#8f9aa9", "#ff9d9a", "#7ee0a8", "#f3d287", "#97c7ff", "#e0bcf7", "#8adfee", "#f4f7fa"),
)
"""The sixteen colours of the terminal as a dark theme shows those of a log."""

ANSI_LIGHT = TerminalTheme(
    (251, 252, 253),
    (28, 35, 44),
    _rgb("#1c232c", "#ab2119", "#0a6b37", "#7a5200", "#1b57b0", "#8a3299", "#06687a", "#dfe5ea"),
    _rgb("#5a6573", "#b32d25", "#0b7039", "#805700", "#2161ba", "#93419f", "#097080", "#fbfcfd"),
)
"""The sixteen colours of the terminal as a light theme shows those of a log."""
