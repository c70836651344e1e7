"""The open screen, the help, connection details, the palette: words and places, two pictures."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime, timezone
from typing import TYPE_CHECKING

import pytest

from logview.apify.errors import NotFound
from logview.config import state
from logview.config.apify_login import ApifyLogin
from logview.demo.runs import PYTHON_ID
from logview.demo.server import DemoServer
from logview.secrets.token import Token
from logview.sources.events import Failed
from logview.tui.keys import APP_KEYS, LOG_KEYS, all_log_keys, known_ids
from logview.tui.screens.help import help_groups
from logview.tui.screens.open import OpenInput, OpenScreen
from tests.support.fault_server import Fault, FaultServer
from tests.tui import scripted
from tests.tui.scripted import problem

if TYPE_CHECKING:
    from collections.abc import Iterator

SIZES = pytest.mark.parametrize("size", [(80, 24), (120, 40)], ids=["80x24", "120x40"])


@pytest.fixture(scope="module")
def still_demo() -> Iterator[DemoServer]:
    """The demo in a world that stands still, three minutes before the tests' own moment."""
    epoch = datetime(2026, 11, 20, 6, 2, 37, tzinfo=timezone.utc)
    with DemoServer(epoch=epoch, frozen_at=35.0) as server:
        yield server


@SIZES
async def test_open_screen_without_a_token(open_app, size):
    async with open_app(None, size=size) as s:
        assert s.rows[0].strip() == "logview  api.apify.com"
        assert s.rows[2].strip() == "› type to narrow, or a link, an ID, user/actor, a file"
        assert "No token yet" in s.words
        assert "apify login" in s.words
        assert "export APIFY_TOKEN=" in s.words
        assert "Try the demo" not in s.words, "nobody said how to start it"
        assert "NO TOKEN" in s.rows[-2]
        assert s.rows[-1].split("  ")[1:] == ["↵ open", "↓ to the list", "^Q quit", "F1 help"]


async def test_open_screen_without_a_token_offers_the_demo(open_app, still_demo):
    async with open_app(None) as s:
        started = replace(s.app.settings, api_url=still_demo.base_url)
        s.app._start_demo = lambda: started
        await s.press("x", "backspace")
        assert "Try the demo" in s.words
        await s.press("enter")
        await s.wait_for("menu-translat")
        assert "demo runs on this machine" in s.rows[0]


async def test_open_screen_after_a_login(open_app, still_demo, tmp_path):
    login = ApifyLogin({}, tmp_path)
    async with open_app(None, login=login, api_url=still_demo.base_url) as s:
        await s.wait_for("NO TOKEN")
        folder = tmp_path / ".apify"
        folder.mkdir()
        (folder / "auth.json").write_text('{"token": "apify_api_a1b2c3d4e5f6g7h8"}')
        await s.press("f1")
        await s.press("escape")
        await s.wait_for("49 runs, 3 builds")
        assert "token from ~/.apify/auth.json" in s.words


@SIZES
async def test_open_screen_with_the_runs_of_the_demo(open_app, size, still_demo):
    async with open_app(None, size=size, demo=True, api_url=still_demo.base_url) as s:
        await s.wait_for("menu-translat")
        assert s.rows[0].strip() == "logview  demo runs on this machine"
        titles = ["Status", "Actor", "Kind", "ID", "Started", "Duration"]
        assert s.rows[4].split()[:6] == titles
        assert ("Cost" in s.rows[4]) == (size[0] > 80)
        first = s.rows[5].split()
        assert first[:5] == ["○", "READY", "tea-price-watch", "run", "WaitingToStart007"]
        assert "49 runs, 3 builds" in s.rows[-2]
        assert s.rows[-1].split("  ")[1:3] == ["↵ open", "↓ to the list"]
        await s.press("down", "down")
        assert s.rows[5].split()[:5] == first[:5]
        assert s.rows[-1].split("  ")[1:3] == ["↵ open", "/ to the input"]


async def test_enter_twice_opens_one_log(open_app, tmp_path):
    path = tmp_path / "a.log"
    path.write_text("the only line\n")
    async with open_app(None) as s:
        await s.type(str(path))
        typed = s.app.screen.query_one(OpenInput)
        for _ in range(2):
            typed.post_message(OpenInput.Submitted(typed, typed.value))
        await s.wait_for(lambda: not isinstance(s.app.screen, OpenScreen))
        await s.press("q")
        await s.wait_for(lambda: isinstance(s.app.screen, OpenScreen))


async def test_keys_typed_ahead_of_a_log_close_it_and_no_more(open_app):
    async with open_app(None) as s:
        for keys in (("enter", "q"), ("enter", "escape", "q"), ("enter", "G", "escape", "q")):
            field = s.app.screen.query_one(OpenInput)
            field.value = "abcdefghijklmnopq"
            await s.settle()
            opened = len(s.sources)
            for key in keys:
                s.send_key(key)
            await s.settle()
            assert len(s.sources) == opened + 1
            assert isinstance(s.app.screen, OpenScreen)
            assert field.has_focus


async def test_the_open_screen_narrows_and_opens_the_first_row_that_is_left(open_app, still_demo):
    async with open_app(None, demo=True, api_url=still_demo.base_url) as s:
        await s.wait_for("menu-translat")
        await s.type("status:failed review")
        assert "3 matches · ↵ opens the first" in s.words
        assert "menu-translat" not in s.words
        await s.press("enter")
        await s.wait_for(lambda: s.sources)
        assert s.log.session.job_id == PYTHON_ID
        await s.press("q")
        await s.type("build")
        assert {row.split()[3] for row in s.rows[5:8]} == {"build"}
        await s.press("ctrl+u", *"actor:tea", "space", *"zzz")
        assert "nothing in the list matches" in s.words
        await s.press("ctrl+u", *"no/such/thing.log", "enter")
        assert "There is no such file: no/such/thing.log" in s.words
        assert isinstance(s.app.screen, OpenScreen)
        await s.press("ctrl+u", *"ABCdefghijklmno1", "enter")
        await s.wait_for(lambda: len(s.sources) == 2)
        assert s.log.session.job_id == "ABCdefghijklmno1"


async def test_a_small_open_screen_is_useful(open_app, still_demo):
    async with open_app(None, demo=True, size=(40, 12), api_url=still_demo.base_url) as s:
        await s.wait_for("menu-trans")
        assert s.rows[2].split() == ["Status", "Actor", "Started"]
        assert len([row for row in s.rows if "ago" in row or "now" in row]) >= 7


async def test_the_list_is_loaded_again_by_itself(open_app):
    def answer(*runs: str) -> Fault:
        items = [
            {"id": run, "status": "RUNNING", "startedAt": "2026-11-20T06:00:00.000Z"}
            for run in runs
        ]
        body = json.dumps({"data": {"items": items}}).encode()
        return Fault.answer(200, body, Content_Type="application/json")

    with FaultServer() as server:
        server.routes = {"/v2/actor-runs": answer("OldRun00000000001")}
        server.routes["/v2/actor-builds"] = answer()
        token = Token.parse("apify_api_a1b2c3d4e5f6")
        async with open_app(None, api_url=server.base_url, token=token) as s:
            await s.wait_for("OldRun00000000001")
            await s.press("down")
            server.routes["/v2/actor-runs"] = answer("NewRun00000000002", "OldRun00000000001")
            asked = len(server.requests)
            screen = s.app.screen
            screen._each_second()
            await s.settle()
            assert len(server.requests) == asked, "it is not five seconds yet"
            await s.clock.advance(5)
            screen._each_second()
            await s.wait_for("NewRun00000000002")
            assert len(server.requests) == asked + 1
            await s.press("enter")
            await s.wait_for(lambda: s.sources)
            assert s.log.session.job_id == "OldRun00000000001"
            await s.clock.advance(5)
            screen._each_second()
            await s.settle()
            assert len(server.requests) == asked + 1, "it is hidden"


async def test_picture_of_the_open_screen(open_app, snapshot, still_demo):
    async with open_app(None, demo=True, api_url=still_demo.base_url) as s:
        await s.wait_for("menu-translat")
        await s.press("down", "down")
        assert s.picture() == snapshot


async def test_open_screen_in_light(open_app, still_demo):
    async with open_app(None, demo=True, api_url=still_demo.base_url, theme="logview-light") as s:
        await s.wait_for("menu-translat")
        await s.press("down")
        status, actor = s.style_of("✗ FAILED"), s.style_of("catalogue-export")
        assert status.color != actor.color
        background = s.style_of("tea-price-watch").bgcolor.triplet
        assert background is None or min(background) > 150


async def test_open_screen_without_colours(open_app, still_demo, monkeypatch):
    monkeypatch.setenv("NO_COLOR", "1")
    async with open_app(None, demo=True, api_url=still_demo.base_url) as s:
        await s.wait_for("menu-translat")
        await s.press("down")
        selected = s.style_of("tea-price-watch")
        other = s.style_of("catalogue-export")
        assert (selected.bold, selected.reverse) != (other.bold, other.reverse)


async def test_open_screen_understands_and_refuses(open_app, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "app.log").write_text("x" * 4200)
    async with open_app(None) as s:
        await s.type("app.log")
        assert [row.strip() for row in s.rows[2:4]] == ["› app.log", "file, 4.2 kB"]
        await s.type("s")
        assert [row.strip() for row in s.rows[2:4]] == [
            "› app.logs",
            "There is no such file: app.logs",
        ]


async def test_open_screen_when_the_list_is_refused(open_app):
    refusal = Fault.error(401, "token-not-valid", "User was not found.")
    with FaultServer() as server:
        server.routes = {"/v2/actor-runs": refusal, "/v2/actor-builds": refusal}
        token = Token.parse("wrong")
        async with open_app(
            None, api_url=server.base_url, token=token, token_source="APIFY_TOKEN"
        ) as s:
            await s.wait_for("User was not found")
            assert "! The API answered 401: User was not found." in s.text
            assert "The token from APIFY_TOKEN was refused" in s.words
            assert "Couldn't load runs · token from APIFY_TOKEN" in s.rows[-2]
            assert "Couldn't load runs and builds" in s.text
            assert "No runs or builds yet" not in s.text
            empty = b'{"data":{"items":[]}}'
            path = "/v2/actor-runs"
            server.routes[path] = Fault.answer(200, empty, Content_Type="application/json")
            await s.press("down", "r")
            await s.wait_for("No runs yet, and no builds: The API answered 401: User was not")
            assert "no builds: The API answered 401" in s.rows[-2]
            for path in server.routes:
                server.routes[path] = Fault.answer(200, empty, Content_Type="application/json")
            await s.press("r")
            await s.wait_for(lambda: "User was not found" not in s.text)
            await s.wait_for("No runs or builds yet.")


async def test_open_screen_with_what_was_opened_before(open_app):
    remembered = state.AppState(
        recents=[
            state.RecentTarget("run", scripted.RUN_ID, "my-scraper", scripted.NOW.timestamp() - 60),
            state.RecentTarget(
                "file", "/var/log/app.log", "app.log", scripted.NOW.timestamp() - 9e4
            ),
            state.RecentTarget("job", "kD8Zbq3mUw2yTz9Rn", "kD8Zbq3mUw2yTz9Rn", 1_760_000_000.0),
        ]
    )
    assert state.save(remembered) is None
    async with open_app(None) as s:
        await s.press("down")
        at = [
            s.text.index(name) for name in ("my-scraper", "/var/log/app.log", "kD8Zbq3mUw2yTz9Rn")
        ]
        assert at == sorted(at)
        assert scripted.RUN_ID in s.text
        assert s.rows[-1].split("  ")[1:3] == ["↵ open", "/ to the input"]


async def test_an_unknown_id_comes_back_to_the_open_screen(open_app):
    from logview.sources.events import Failed

    async with open_app(scripted.RUN_ID) as s:
        error = NotFound("The API says: Actor run was not found.", status=404)
        await s.say(Failed(problem(error)))
        await s.wait_for(lambda: isinstance(s.app.screen, OpenScreen))
        assert s.rows[2].strip() == f"› {scripted.RUN_ID}"
        assert s.rows[3].strip() == error.cause, "right under what was refused"
        assert f"{error.cause} {error.meaning} {error.remedy}" in s.words
        await s.press("end", "backspace")
        assert error.cause not in s.words


async def test_picture_of_the_help(open_app, snapshot):
    async with open_app() as s:
        await s.press("?")
        assert s.picture() == snapshot


@pytest.mark.parametrize(("width", "columns"), [(60, 1), (80, 2), (120, 3), (200, 3)])
async def test_help(open_app, width, columns):
    async with open_app(size=(width, 200)) as s:
        await s.press("?")
        words = s.words
        for key in (*APP_KEYS, *all_log_keys()):
            assert " ".join(f"{key.shown} {key.does}".split()) in words
        squeezed = "".join(row.strip("│ ") for row in s.rows)  # a hyphen may end a row
        for name in known_ids():
            assert name in squeezed
        assert f"the command logview {scripted.RUN_ID}" in words
        first = next(row for row in s.rows if "Finding" in row)
        titles = [*LOG_KEYS, "Typing a search", "Everywhere", "In an entry", "In the digest"]
        titles += ["Open screen", "Mouse"]
        assert sum(title in first for title in titles) == columns
        await s.press("escape")
        assert s.app.screen is s.log


def test_help_texts_leave_room_for_two_columns_in_80_cells():
    for _, rows in help_groups({}, "log"):
        for keys, does in rows:
            assert len(keys) <= 10, keys
            assert len(does) <= 26, does


async def test_help_narrows_as_one_types(open_app):
    async with open_app() as s:
        await s.press("?")
        await s.type("prev err")
        assert "previous error" in s.words
        assert "next match" not in s.words
        await s.type("zzz")
        assert "Nothing matches" in s.words
        await s.press("f1")
        assert s.app.screen is s.log


async def test_help_scrolls_and_closes_with_its_own_key(open_app):
    async with open_app() as s:
        await s.press("?")
        top = s.text
        await s.press("end")
        assert f"the command logview {scripted.RUN_ID}" in s.words
        await s.press("home")
        assert s.text == top
        await s.press("?")
        assert s.app.screen is s.log


async def test_help_begins_with_where_one_came_from(open_app):
    async with open_app() as s:
        await s.lines(*scripted.crawl(1, 30))
        await s.press("&", *"Request", "enter", "X", "?")
        assert "Here" in s.rows[3]
        assert "space toggle" in s.words
        await s.press("escape", "escape", "enter", "?")
        assert "In an entry" in s.rows[3]
        await s.press("ctrl+p")
        assert "This entry" in s.rows[4]
        await s.press("f1")
        assert "In an entry" in s.rows[3]
        await s.press("escape")
        assert "INFO  line" in s.rows[0]


async def test_connection_details(open_app):
    async with open_app() as s:
        s.source.facts = [("Bytes received", "41,020"), ("Reconnections", "2, nothing lost")]
        await s.lines(*scripted.crawl(1, 30))
        s.log.show_connection()
        await s.wait_for("Connection details")
        assert "Bytes received 41,020" in s.words
        assert "Reconnections 2, nothing lost" in s.words


async def test_palette(open_app):
    async with open_app(size=(80, 100)) as s:
        await s.lines(*scripted.crawl(1, 30))
        await s.press("ctrl+p")
        assert "│   Finding " in s.rows[4]
        assert s.rows[5].split("│")[1].split() == ["Search", "/"]
        places = [s.text.index(group) for group in ("Finding", "Copying", "Everywhere", "Moving")]
        assert places == sorted(places)
        assert s.text.index("Line down") > places[-1]
        await s.type("numb")
        assert s.rows[4].split("│")[1].split() == ["Toggle", "line", "numbers", "#"]
        await s.press("enter")
        assert s.app.screen is s.log
        assert s.log.pane.show_numbers


async def test_palette_is_left_as_it_was_opened(open_app):
    async with open_app() as s:
        for leave in ("escape", "ctrl+p", "ctrl+c"):
            await s.press("ctrl+p")
            assert s.app.screen.query_one("#palette")
            await s.press(leave)
            assert s.app.screen is s.log


async def test_themes_are_previewed_and_restored(open_app):
    async with open_app() as s:
        before = s.app.theme
        s.app.action_change_theme()
        await s.settle()
        await s.press("down")
        assert s.app.theme != before
        await s.press("escape")
        assert s.app.theme == before
        await s.settle()
        assert s.app.state.theme is None, "a preview chooses nothing"
        s.app.action_change_theme()
        await s.settle()
        await s.type("nord")
        assert s.app.theme == "nord"
        await s.press("enter")
        assert s.app.theme == s.app.state.theme == "nord"


async def test_typing_replaces_an_id_that_came_back(open_app):
    async with open_app(None) as s:
        await s.type("abcdefghijklmnopq")
        await s.press("enter")
        await s.say(Failed(problem(NotFound("No such run.", status=404))))
        await s.wait_for("No such run")
        await s.type("x")
        assert s.app.screen.query_one("#what").value == "x"


async def test_what_is_typed_behind_the_key_to_the_input_belongs_to_it(open_app):
    async with open_app(None) as s:
        await s.type("old")
        await s.press("escape")
        for key in ("/", "ctrl+u", *"abcdefghijklmnopq", "enter"):
            s.send_key(key)
        await s.wait_for(lambda: s.sources)
        assert s.log.session.job_id == "abcdefghijklmnopq"
