"""What is remembered, and what the settings file changes."""

from __future__ import annotations

import json
import stat

import pytest

from logview.config import settings as settings_module
from logview.tui import themes
from logview.tui.keys import is_key
from logview.tui.screens.entry import EntryScreen
from tests.tui.scripted import numbered

KEYS = ("ctrl+f", "f5", "slash", "/", "G", "up")
NO_KEYS = ("nosuchkey+++", "hyperspace", "ctrl+nokey")


async def choose_theme(s, name):
    await s.press("ctrl+p")
    await s.type("theme")
    await s.wait_for("Change theme")
    await s.press("enter")
    await s.wait_for("ansi-dark")
    await s.type(name)
    await s.wait_for(lambda: "ansi-dark" not in s.text)
    await s.press("enter")
    await s.wait_for(lambda: s.app.theme == name)


async def test_a_theme_that_was_chosen_is_remembered(open_app, state_folder):
    async with open_app() as s:
        await s.lines("one")
        assert s.app.theme == themes.DEFAULT
        await choose_theme(s, "logview-light")
        assert s.app.screen is s.log
    path = state_folder / "state.json"
    assert json.loads(path.read_text())["theme"] == "logview-light"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(state_folder.stat().st_mode) == 0o700
    async with open_app() as s:
        assert s.app.theme == "logview-light"


async def test_the_settings_file_names_a_theme_until_one_is_chosen(open_app, state_folder):
    async with open_app(theme="logview-light") as s:
        assert s.app.theme == "logview-light"
        await s.press("q")
    assert not (state_folder / "state.json").exists()


async def test_a_theme_that_there_is_not_is_reported(open_app):
    async with open_app(theme="no-such-theme") as s:
        assert s.app.theme == themes.DEFAULT
        assert "there is no theme 'no-such-theme'" in s.note


async def test_keys_of_the_settings_file(open_app):
    async with open_app(keys={"move-down": "n", "match-next": "ctrl+n", "search": "ctrl+f"}) as s:
        await s.lines(*numbered(1, 30))
        await s.press("g", "n")
        assert s.cursor_row == "▌ line 2"
        assert "^f search" in s.text or "^F search" in s.text
        await s.press("ctrl+f")
        await s.type("line 2")
        await s.press("enter", "ctrl+n")
        assert s.cursor_row == "▌ line 20"


async def test_keys_of_the_settings_file_in_an_entry(open_app):
    keys = {"move-down": "n", "match-next": "ctrl+n", "entry-next": "f5", "close": "ctrl+o"}
    async with open_app(keys=keys) as s:
        frame = "2026-11-20T06:00:00.000Z     at frame (x.js:1:1)"
        await s.lines("2026-11-20T06:00:00.000Z ERROR one", *[frame] * 60, "line two")
        await s.press("g", "enter", "n")
        assert isinstance(s.app.screen, EntryScreen)
        assert "row 2–" in s.text
        assert "F5 K entry" in s.text or "f5 K entry" in s.text
        await s.press("f5")
        assert "line two" in s.text
        await s.press("escape")  # was given another key
        assert isinstance(s.app.screen, EntryScreen)
        await s.press("ctrl+o")
        assert not isinstance(s.app.screen, EntryScreen)


async def test_a_key_for_nothing_is_reported_by_name(open_app):
    async with open_app(keys={"mvoe-down": "n"}) as s:
        assert "'mvoe-down'" in s.note


async def test_notices_are_reported(open_app):
    async with open_app(notices=("config.toml has no setting 'tehme'",)) as s:
        assert "config.toml has no setting 'tehme'" in s.note


async def test_a_broken_settings_file_is_reported(open_app, isolated):
    folder = isolated / "config" / "logview"
    folder.mkdir(parents=True)
    (folder / "config.toml").write_text("theme = [")
    loaded = settings_module.load(token_file=None, api_url=None)
    assert loaded.notices
    async with open_app(notices=loaded.notices) as s:
        assert "config.toml" in s.note


async def test_a_broken_state_file_is_reported(open_app, state_folder):
    state_folder.mkdir(parents=True)
    (state_folder / "state.json").write_text("{")
    async with open_app(size=(300, 24)) as s:
        assert "state.json.broken" in s.words


async def test_a_state_that_cannot_be_saved_is_reported(open_app, state_folder):
    state_folder.parent.mkdir(parents=True)
    state_folder.write_text("a file where the folder should be")
    async with open_app() as s:
        await s.lines("one")
        s.app.theme = "logview-light"
        await s.settle()
        assert s.app.is_running


async def test_every_action_is_in_the_palette(open_app):
    from logview.tui.keys import APP_KEYS, all_log_keys

    async with open_app(size=(100, 140)) as s:
        await s.lines("one")
        await s.press("ctrl+p")
        await s.wait_for("Line down")
        words = s.words.lower()
        for key in (*all_log_keys(), *APP_KEYS):
            if key.action != "command_palette":
                assert " ".join(key.does.lower().split()) in words


async def test_an_action_is_done_from_the_palette(open_app):
    async with open_app() as s:
        await s.lines(*numbered(1, 30))
        await s.press("ctrl+p")
        await s.type("line numbers")
        await s.wait_for(lambda: "Next match" not in s.text and "Toggle line numbers" in s.text)
        await s.press("enter")
        await s.wait_for("30 line 30")


@pytest.mark.parametrize("name", ["textual-dark", "textual-light", "nord", "ansi-dark"])
async def test_other_themes_show_the_log(open_app, name):
    async with open_app() as s:
        await s.lines("\x1b[31mred\x1b[0m plain")
        s.app.theme = name
        await s.settle()
        assert "red plain" in s.text
        await s.press("/", "r")
        assert "match 1 of 1" in s.text


async def test_switching_the_theme_draws_the_log_anew(open_app):
    async with open_app() as s:
        await s.lines(*numbered(1, 5))
        before = s.style_of("line 3")
        s.app.theme = "logview-light"
        await s.settle()
        assert s.style_of("line 3") != before


@pytest.mark.parametrize(
    ("name", "known"),
    [*((name, True) for name in KEYS), *((name, False) for name in NO_KEYS)],
)
def test_keys_of_the_settings_file_are_keys(name: str, known: bool) -> None:
    assert is_key(name) is known
