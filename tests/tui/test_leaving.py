"""Leaving: esc never quits, q goes back, ^C copies or closes, ^Q quits at once."""

from __future__ import annotations

import asyncio

import pytest

from logview.apify.errors import BadRequest, NotFound
from logview.config import state
from logview.secrets.token import Token
from logview.sources.events import Connected, Connecting, Failed, JobChanged
from logview.target import FileTarget
from logview.tui.screens.help import HelpScreen
from logview.tui.screens.log.screen import LogScreen
from logview.tui.screens.open import OpenScreen
from logview.tui.textual_internals import error_of
from tests.tui import scripted
from tests.tui.internals import capture_terminal
from tests.tui.scripted import job, numbered, problem


async def test_esc_never_quits(open_app):
    async with open_app() as s:
        await s.lines("one")
        await s.press("escape", "escape", "escape")
        assert s.app.is_running
        assert s.app.screen is s.log


async def test_esc_never_quits_the_open_screen(open_app):
    async with open_app(None) as s:
        await s.press("escape", "escape", "escape")
        assert isinstance(s.app.screen, OpenScreen)


async def test_esc_closes_the_innermost_first_and_the_marks_last(open_app):
    async with open_app() as s:
        await s.lines(*numbered(1, 30))
        await s.press("g", "/")
        await s.type("line 7")
        await s.press("enter", "&")
        await s.type("line")
        await s.press("escape")
        assert "match" in s.status
        await s.press("escape")
        assert "match" not in s.status
        await s.press("escape")
        assert s.app.is_running


@pytest.mark.parametrize("key", ["escape", "q", "?", "f1"])
async def test_help_opens_and_closes(open_app, key):
    async with open_app() as s:
        await s.lines("one")
        await s.press("f1")
        assert isinstance(s.app.screen, HelpScreen)
        await s.press(key)
        assert s.app.screen is s.log


async def test_q_quits_a_log_that_was_named(open_app):
    async with open_app() as s:
        await s.lines("one")
        await s.press("q")
        assert not s.app.is_running
        assert s.app.return_value == 0
        assert s.source.closed


async def test_q_goes_back_to_the_open_screen_and_closes_the_source(open_app):
    async with open_app(None) as s:
        await s.type(scripted.RUN_ID)
        await s.press("enter")
        await s.wait_for(lambda: isinstance(s.app.screen, LogScreen))
        await s.lines("one")
        await s.press("q")
        await s.wait_for(lambda: isinstance(s.app.screen, OpenScreen))
        await s.wait_for(lambda: s.source.closed)
        assert scripted.RUN_ID in s.text
        await s.press("down", "q")
        assert not s.app.is_running


async def test_q_is_typed_while_an_input_has_the_focus(open_app):
    async with open_app() as s:
        await s.lines("one")
        await s.press("/", "q", "?", "y")
        assert "/q?y" in s.text
        await s.press("escape")
    async with open_app(None) as s:
        await s.press("q", "r", "?")
        assert "q" in s.text
        assert s.app.is_running
        assert isinstance(s.app.screen, OpenScreen)


@pytest.mark.parametrize("before", [[], ["/"], ["?"], ["ctrl+p"]])
async def test_ctrl_q_quits_anywhere(open_app, before):
    async with open_app() as s:
        await s.lines("one")
        await s.press(*before)
        await s.press("ctrl+q")
        await s.wait_for(lambda: not s.app.is_running)
        assert s.app.return_value == 0


@pytest.mark.parametrize("key", ["question_mark", "D", "slash", "enter"])
async def test_what_is_being_opened_when_the_program_ends_is_no_error(open_app, key):
    async with open_app() as s:
        await s.lines("one")
        s.send_key(key)
        await asyncio.sleep(0)
        s.app.exit(0)
        await s.wait_for(lambda: not s.app.is_running)
        assert s.app.return_value == 0
        assert error_of(s.app) is None


async def test_ctrl_c_shows_how_to_quit(open_app):
    async with open_app() as s:
        await s.lines("one")
        await s.press("ctrl+c")
        assert "^Q quits" in s.note
        assert s.app.is_running


async def test_ctrl_c_shows_how_to_quit_on_the_open_screen(open_app):
    async with open_app(None) as s:
        await s.press("ctrl+c")
        assert "^Q quits" in s.note


@pytest.mark.parametrize("opening", ["/", "&", ":"])
async def test_ctrl_c_closes_what_is_open(open_app, opening):
    async with open_app() as s:
        await s.lines(*numbered(1, 100))
        await s.press("g", opening)
        await s.type("2")
        await s.press("ctrl+c")
        assert s.log.focused is s.log.pane
        assert s.cursor_row == "▌ line 1"
        assert "^Q quits" not in s.note


async def test_ctrl_c_closes_the_list_of_filters(open_app):
    async with open_app() as s:
        await s.lines(*numbered(1, 100))
        await s.press("&", "1", "enter", "X", "ctrl+c")
        assert "only" not in s.text
        assert s.log.focused is s.log.pane


@pytest.mark.parametrize("opening", ["?", "ctrl+p"])
async def test_ctrl_c_closes_what_lies_over_the_screen(open_app, opening):
    async with open_app() as s:
        await s.lines("one")
        await s.press(opening)
        await s.wait_for(lambda: s.app.screen is not s.log)
        await s.press("ctrl+c")
        await s.wait_for(lambda: s.app.screen is s.log)
        assert s.app.is_running


async def test_ctrl_c_copies_what_is_selected_in_an_input(open_app, clipboard):
    async with open_app() as s:
        await s.lines("one")
        await s.press("/")
        await s.type("needle")
        await s.press("shift+home", "ctrl+c")
        await s.wait_for("Copied 1 line (6 B)")
        assert clipboard == ["needle"]
        assert "/needle" in s.text


async def test_f2_gives_the_mouse_back_and_takes_it_again(open_app):
    async with open_app() as s:
        written = capture_terminal(s.app)
        await s.press("f2")
        assert "\x1b[?1000l" in "".join(written)
        assert "the mouse is the terminal's now" in s.note
        written.clear()
        await s.press("f2")
        assert "\x1b[?1000h" in "".join(written)
        assert "logview's again" in s.note


@pytest.mark.parametrize(
    "error", [NotFound("There is none.", status=404), BadRequest("No.", status=400)]
)
@pytest.mark.parametrize("named", [True, False])
async def test_an_unknown_id_with_nothing_read_comes_back_to_be_mended(open_app, error, named):
    async with open_app(scripted.RUN_ID if named else None) as s:
        if not named:
            await s.type(scripted.RUN_ID)
            await s.press("enter")
        await s.wait_for(lambda: isinstance(s.app.screen, LogScreen))
        await s.say(Connecting(), Failed(problem(error)))
        await s.wait_for(lambda: isinstance(s.app.screen, OpenScreen))
        assert error.cause in s.text
        assert s.app.screen.query_one("#what").value == scripted.RUN_ID
        await s.wait_for(lambda: s.source.closed)
        await s.press("end", "backspace")
        assert error.cause not in s.text
        await s.press("enter")
        await s.wait_for(lambda: len(s.sources) == 2)
        await s.lines("found")
        assert "found" in s.text
        await s.press("q")
        await s.wait_for(lambda: isinstance(s.app.screen, OpenScreen))
        await s.press("down", "q")
        assert not s.app.is_running


async def test_what_a_401_answered_stays_on_the_log_screen(open_app):
    from logview.apify.errors import Unauthorized

    async with open_app(None) as s:
        await s.type(scripted.RUN_ID)
        await s.press("enter")
        await s.wait_for(lambda: isinstance(s.app.screen, LogScreen))
        await s.say(Failed(problem(Unauthorized("No token.", status=401))))
        await s.wait_for("No token.")
        assert isinstance(s.app.screen, LogScreen)
        await s.press("q")
        await s.wait_for(lambda: isinstance(s.app.screen, OpenScreen))


async def test_opening_from_the_list(open_app, tmp_path):
    (tmp_path / "app.log").write_text("")
    state.save(
        state.AppState(
            recents=[
                state.RecentTarget("file", str(tmp_path / "app.log"), "app.log", 2.0),
                state.RecentTarget("run", scripted.RUN_ID, "my-scraper", 1.0),
            ]
        )
    )
    async with open_app(None, size=(120, 24)) as s:
        await s.press("down", "enter")
        await s.wait_for(lambda: isinstance(s.app.screen, LogScreen))
        assert "app.log" in s.rows[0]
        await s.press("q", "j", "enter")
        await s.wait_for(lambda: len(s.sources) == 2)
        assert f"run {scripted.RUN_ID}" in s.rows[0]


async def test_what_is_typed_ahead_of_the_list_belongs_to_it(open_app):
    recents = [
        state.RecentTarget("run", f"run{number}", "my-scraper", 9.0 - number) for number in range(9)
    ]
    state.save(state.AppState(recents=recents))
    async with open_app(None) as s:
        for key in ("down", "j", "down", "k", "pagedown", "home", "down", "enter"):
            s.send_key(key)
        await s.wait_for(lambda: s.sources)
        assert s.log.session.subtitle == "run run1"


async def test_the_list_and_the_input_are_left_by_arrow_keys(open_app):
    state.save(
        state.AppState(recents=[state.RecentTarget("run", scripted.RUN_ID, "my-scraper", 1.0)])
    )
    async with open_app(None) as s:
        field = s.app.screen.query_one("#what")
        assert field.has_focus
        await s.press("down")
        assert not field.has_focus
        await s.press("up")
        assert field.has_focus
        await s.press("escape")
        assert not field.has_focus
        await s.press("/")
        assert field.has_focus


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        ("two words", "ID"),
        ("😀", "ID"),
        ("x" * 10_000, "ID"),
        ("nowhere.log", "no such file"),
        ("/", "folder"),
        ("https://example.com/run/x", "example.com"),
        ("https://console.apify.com/actors/a/builds/0.1.2", "number"),
    ],
)
async def test_wrong_input_shows_what_is_wrong_and_loses_nothing(open_app, typed, message):
    async with open_app(None) as s:
        field = s.app.screen.query_one("#what")
        field.value = typed
        await s.settle()
        assert message in " ".join(s.rows[3:8])
        await s.press("enter")
        assert field.value == typed
        assert isinstance(s.app.screen, OpenScreen)


async def test_a_token_in_a_link_is_not_shown_and_reported(open_app):
    async with open_app(None) as s:
        await s.type("https://console.apify.com/actors/a/runs/b?token=apify_api_SECRETSECRET")
        assert "link to run b" in s.text
        assert "removed" in s.text
        await s.press("enter")
        await s.wait_for(lambda: isinstance(s.app.screen, LogScreen))
        assert "removed" in s.text
        assert "SECRET" not in s.text
        await s.press("q")
        await s.wait_for(lambda: isinstance(s.app.screen, OpenScreen))
        assert s.app.state.recents == []


async def test_a_run_that_ended_can_be_tried_again(open_app):
    from logview.sources.events import Ended

    async with open_app() as s:
        ended = job("SUCCEEDED", exit_code=0, seconds=3)
        await s.say(JobChanged(ended), Ended(ended))
        assert "ENDED" in s.status
        await s.press("r")
        assert s.source.retries == 1
        await s.say(Connecting(), Connected(), JobChanged(job()))
        await s.lines("more")
        await s.wait_for(lambda: "FOLLOW" in s.status)


async def test_what_is_opened_is_remembered_once_it_is_there(open_app, tmp_path):
    (tmp_path / "app.log").write_text("")
    async with open_app(None) as s:
        await s.type(scripted.RUN_ID)
        await s.press("enter")
        await s.wait_for(lambda: isinstance(s.app.screen, LogScreen))
        assert s.app.state.recents == []
        await s.say(Connecting(), Connected())
        assert [recent.value for recent in s.app.state.recents] == [scripted.RUN_ID]
        await s.press("q")
        await s.wait_for("Recent")
    async with open_app(FileTarget(tmp_path / "app.log", 0)) as s:
        await s.lines("x")
        assert [recent.kind for recent in s.app.state.recents] == ["file", "job"]


async def test_the_demo_remembers_nothing(open_app):
    async with open_app(scripted.RUN_ID, demo=True) as s:
        await s.say(Connecting(), Connected(), JobChanged(job()))
        await s.lines("x")
        assert s.app.state.recents == []


async def test_a_token_is_named_by_where_it_is_from(open_app):
    token = Token.parse("apify_api_SECRET")
    async with open_app(scripted.RUN_ID, token=token, token_source="APIFY_TOKEN") as s:
        await s.lines("x")
        assert "SECRET" not in s.text
