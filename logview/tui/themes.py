"""TUI: our two themes. Textual's own stay available in the palette."""

from __future__ import annotations

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
)

DEFAULT = DARK.name
