"""TUI tests: the screen as text that can be read in a diff.

Each row stands between bars, and behind it which styles its cells have, as
runs: `a2 b14` is two cells of style a, then fourteen of style b; a lone letter
is the whole row. The legend below names the styles, colours by the theme's
variables where they are one (else `mix1`, `mix2`, …), the background last.
"""

from __future__ import annotations

from itertools import groupby
from string import ascii_letters
from typing import TYPE_CHECKING

from tests.tui.internals import render_strips

if TYPE_CHECKING:
    from rich.style import Style
    from textual.app import App

VARIABLES = (
    *("background", "surface", "panel", "foreground", "muted", "primary", "secondary", "accent"),
    *("success", "warning", "error"),
)
ATTRIBUTES = ("bold", "dim", "italic", "underline", "reverse", "strike")


def rows(app: App[int]) -> list[str]:
    """The rows of the screen, without the spaces at their ends."""
    return [strip.text.rstrip() for strip in render_strips(app)]


def picture(app: App[int], *, exact: bool = False) -> str:
    """The screen with its styles and a legend; `exact` gives the numbers of mixed colours."""
    colours = _Colours(app, exact=exact)
    letters: dict[str, str] = {}
    lines = []
    for strip in render_strips(app):
        cells: list[str] = []
        for segment in strip:
            described = colours.describe(segment.style)
            letter = letters.setdefault(described, ascii_letters[len(letters)])
            cells += letter * segment.cell_length
        runs = [(letter, len(list(run))) for letter, run in groupby(cells)]
        styles = runs[0][0] if len(runs) == 1 else " ".join(f"{a}{n}" for a, n in runs)
        lines.append(f"│{strip.text}│ {styles}")
    legend = [f"  {letter}  {described}" for described, letter in letters.items()]
    return "\n".join([*lines, *legend])


class _Colours:
    """Names of colours: the theme's variables, and numbers for what is mixed of them."""

    def __init__(self, app: App[int], *, exact: bool) -> None:
        variables = app.theme_variables
        self._names = {variables[name].lower(): f"${name}" for name in reversed(VARIABLES)}
        self._exact = exact

    def describe(self, style: Style | None) -> str:
        if style is None:
            return "-"
        parts = [name for name in ATTRIBUTES if getattr(style, name)]
        if style.color is not None:
            parts.append(self._name(style.color.name))
        if style.bgcolor is not None:
            parts.append(f"on {self._name(style.bgcolor.name)}")
        return " ".join(parts) or "-"

    def _name(self, colour: str) -> str:
        colour = colour.lower()
        if colour not in self._names:
            mixed = colour.startswith("#") and not self._exact
            number = sum(name.startswith("mix") for name in self._names.values()) + 1
            self._names[colour] = f"mix{number}" if mixed else colour
        return self._names[colour]
