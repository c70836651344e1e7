"""Tests of what terminals of 256 and 16 colours are sent: indexes that are chosen by hand."""

from __future__ import annotations

from functools import lru_cache

import pytest
from rich.color import Color as RichColor
from rich.segment import Segment
from rich.style import Style
from textual.color import Color
from textual.theme import BUILTIN_THEMES, Theme

from logview.text.sgr import Sgr
from logview.tui import palettes, themes
from logview.tui.palettes import HAND_MADE, ColorDepth, IndexedColors
from logview.tui.themes import ANSI_DARK, DARK, LIGHT, contrast
from logview.tui.widgets.palette import Palette

BLACK = Color(0, 0, 0)
OURS = pytest.mark.parametrize("theme", [DARK, LIGHT], ids=["dark", "light"])
LOWER = pytest.mark.parametrize("depth", ["256", "16"])


@lru_cache
def theme_named(name: str) -> Theme:
    return {**BUILTIN_THEMES, DARK.name: DARK, LIGHT.name: LIGHT}[name]


@lru_cache
def variables(name: str) -> dict[str, str]:
    theme = theme_named(name)
    generated = theme.to_color_system().generate()
    return {**generated, **themes.theme_variables(theme), **theme.variables}


@lru_cache
def indexed(name: str, depth: ColorDepth) -> IndexedColors:
    return IndexedColors(theme_named(name), depth)


def sent(
    theme: Theme, depth: ColorDepth, color: str, ground: str, text: str = "text"
) -> tuple[int | None, int | None]:
    """Return the indexes that are sent for a text in two variables, or colours, of a theme."""
    named = variables(theme.name)
    colors = [Color.parse(named.get(name, name)).rich_color for name in (color, ground)]
    (segment,) = IndexedColors(theme, depth).apply(
        [Segment(text, Style.from_color(*colors))], BLACK
    )
    assert segment.style is not None
    front, back = segment.style.color, segment.style.bgcolor
    return front and front.number, back and back.number


def look(index: int | None) -> Color:
    assert index is not None
    return Color(*RichColor.from_ansi(index).get_truecolor())


@OURS
@LOWER
def test_every_colour_of_our_themes_is_one_of_the_palette(theme: Theme, depth: ColorDepth) -> None:
    known = HAND_MADE[theme.name, depth]
    named = variables(theme.name)
    for name in palettes.GROUNDS:
        assert sent(theme, depth, "foreground", name, " ")[1] == known.grounds[name], name
    for name in palettes.TEXTS:
        assert sent(theme, depth, name, "background", "▁")[0] in known.texts.values(), name
    blended = Color.parse(named["error"]).blend(Color.parse(named["background"]), 0.37).hex6
    front, back = sent(theme, depth, blended, blended)
    assert front in known.texts.values()
    assert back in known.grounds.values()


@OURS
def test_in_256_colours_every_text_can_be_read_and_bars_be_seen(theme: Theme) -> None:
    grounds = ("background", "surface", "panel", "entry", "cursor-line", "banner", "banner-ongoing")
    for name in palettes.TEXTS:
        if name in ("faint", "thumb", "background") or name.startswith("on-"):
            continue
        for ground in grounds:
            front, back = sent(theme, "256", name, ground)
            assert contrast(look(front), look(back)) >= 4.0, (name, ground)
    on = {name: sent(theme, "256", "foreground", name)[1] for name in palettes.GROUNDS}
    for name in (
        "surface",
        "panel",
        "entry",
        "cursor-line",
        "viewport",
        "chosen",
        "match",
        "banner",
    ):
        assert on[name] != on["background"], name
    assert len({on[name] for name in ("entry", "cursor-line", "viewport", "selected")}) == 4
    for name in ("primary", "warning", "success", "error"):
        front, back = sent(theme, "256", "background", name)
        assert contrast(look(front), look(back)) >= 4.5, name


@pytest.mark.parametrize(
    "name", ["textual-dark", "nord", "gruvbox", "solarized-light", "rose-pine"]
)
@LOWER
def test_in_other_themes_bars_and_current_line_are_no_background(
    name: str, depth: ColorDepth
) -> None:
    theme = BUILTIN_THEMES[name]
    on = {ground: sent(theme, depth, "foreground", ground)[1] for ground in palettes.GROUNDS}
    for ground in ("surface", "panel", "cursor-line", "viewport", "chosen"):
        assert on[ground] != on["background"], ground
    front, back = sent(theme, depth, "muted", "cursor-line")
    if depth == "256":
        assert contrast(look(front), look(back)) >= palettes.LEAST_CONTRAST


def test_what_is_the_terminals_own_and_what_the_log_sets_stay() -> None:
    style = Style(color=RichColor.from_ansi(199), bgcolor=RichColor.default(), bold=True)
    (segment,) = IndexedColors(DARK, "256").apply([Segment("text", style)], BLACK)
    assert segment.style is not None
    assert segment.style.color == RichColor.from_ansi(199)
    assert segment.style.bgcolor in (None, RichColor.default())
    assert segment.style.bold
    assert IndexedColors(DARK, "256").apply([Segment("text", None)], BLACK) == [Segment("text")]


@pytest.mark.parametrize(
    ("depth", "logged", "number"),
    [
        ("256", 199, 199),
        ("256", 2, 78),
        ("256", (255, 0, 135), 198),
        ("256", 232, None),  # as dark as the background: it is blended towards the text
        ("16", 2, 2),
        ("16", 46, 10),
        ("16", (0, 250, 255), 14),
    ],
)
def test_colours_of_the_log_are_what_the_terminal_can(
    depth: ColorDepth, logged: int | tuple[int, int, int], number: int | None
) -> None:
    ground, text = Color.parse(DARK.background or ""), Color.parse(DARK.foreground or "")
    palette = Palette(Style(), ground, text, ANSI_DARK, depth)
    color = palette.sgr(Sgr(fg=logged)).color
    assert color is not None
    assert color.triplet is None, "no colour that Rich would have to move"
    assert color.number == number if number is not None else color.number not in (232, None)
