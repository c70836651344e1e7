"""Tests that what our themes show can be read (WCAG 2.1, 1.4.3: 4.5:1)."""

from __future__ import annotations

import pytest
from textual.color import Color
from textual.theme import BUILTIN_THEMES

from logview.tui import themes
from logview.tui.themes import ANSI_DARK, ANSI_LIGHT, DARK, LIGHT, contrast

OURS = pytest.mark.parametrize("theme", [DARK, LIGHT], ids=["dark", "light"])
TEXTS = ("foreground", "muted", "text-primary", "text-success", "text-warning", "text-error")
BACKGROUNDS = (
    *("background", "surface", "panel", "chosen"),
    *("entry", "cursor-line", "banner", "banner-ongoing"),
)


def colours(theme):
    """All colours of a theme by name."""
    generated = theme.to_color_system().generate()
    return {**generated, **themes.theme_variables(theme), **theme.variables}


def ratio(named, text, background):
    return contrast(Color.parse(named[text]), Color.parse(named[background]))


@OURS
@pytest.mark.parametrize("background", BACKGROUNDS)
@pytest.mark.parametrize("text", TEXTS)
def test_every_text_can_be_read(theme, text, background):
    assert ratio(colours(theme), text, background) >= 4.5


@OURS
def test_what_is_marked_can_be_read_and_seen(theme):
    named = colours(theme)
    assert ratio(named, "foreground", "match") >= 4.5
    assert ratio(named, "foreground", "selected") >= 4.5
    for ground in ("background", "panel", "match"):
        assert ratio(named, "selected", ground) >= 1.35, "what is selected is told from the rest"
    assert ratio(named, "on-warning", "warning") >= 4.5
    assert ratio(named, "on-primary", "primary") >= 4.5
    assert ratio(named, "warning", "match") >= 3, "the current match is told from the others"
    assert ratio(named, "thumb", "background") >= 3


@pytest.mark.parametrize(
    ("color", "dark"),
    [
        ("rgb:0/0/0", True),
        ("rgb:1e1e/1e1e/2e2e", True),
        ("rgb:fdfd/f6f6/e3e3", False),
        ("rgba:f/f/f/0", False),
        ("#002b36", True),
        ("#ffffff", False),
        ("rgb:ff/ff", None),
        ("white", None),
    ],
)
def test_a_background_is_dark_or_light(color, dark):
    assert themes.is_dark(color) is dark


@pytest.mark.parametrize(
    ("theme", "terminal", "like_the_background"),
    [(DARK, ANSI_DARK, {0}), (LIGHT, ANSI_LIGHT, {7, 15})],
    ids=["dark", "light"],
)
def test_the_colours_of_a_log_can_be_read(theme, terminal, like_the_background):
    for number in set(range(16)) - like_the_background:
        colour = Color(*terminal.ansi_colors[number])
        for background in ("background", "panel"):
            assert contrast(colour, Color.parse(colours(theme)[background])) >= 4.5, number


@pytest.mark.parametrize("name", [n for n in BUILTIN_THEMES if "ansi" not in n])
def test_in_other_themes_what_steps_back_is_nearly_as_readable_as_their_text(name):
    named = colours(BUILTIN_THEMES[name])
    for background in ("background", "panel"):
        best = ratio(named, "foreground", background)
        assert ratio(named, "muted", background) >= min(4.5, best * 0.85)
