"""TUI: our two themes, and what they and Textual's own, all in the palette, have in common."""

from __future__ import annotations

from textual.color import Color
from textual.theme import Theme

DARK = Theme(
    name="logview-dark",
    primary="#5fa8ff",
    secondary="#9aa7b8",
    accent="#27c46b",
    foreground="#d7dde6",
    background="#0f141a",
    surface="#161d26",
    panel="#1d2632",
    success="#27c46b",
    warning="#e5b454",
    error="#ff6b68",
    dark=True,
    variables={"muted": "#9aa7b8"},
)

LIGHT = Theme(
    name="logview-light",
    primary="#1f5fbf",
    secondary="#5b6776",
    accent="#0b7f41",
    foreground="#1c232c",
    background="#fbfcfd",
    surface="#f0f3f6",
    panel="#e4e9ee",
    success="#0b7f41",
    warning="#8a5a00",
    error="#b3261e",
    dark=False,
    variables={"muted": "#5b6776"},
)

DEFAULT = DARK.name


def variables(theme: Theme) -> dict[str, str]:
    """Give `$muted`, the colour of what steps back, to a theme that has none.

    Textual's `$text-muted` is that in style files only: in the styles of a
    `Content` it loses its share (8.2) and comes out brighter than the text.
    """
    if "muted" in theme.variables:
        return {}
    colors = theme.to_color_system().generate()
    foreground, background = Color.parse(colors["foreground"]), Color.parse(colors["background"])
    if foreground.ansi is not None or background.ansi is not None:
        return {"muted": colors["foreground"]}
    return {"muted": foreground.blend(background, 0.35).hex6}
