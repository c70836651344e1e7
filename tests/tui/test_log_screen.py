"""Pictures of the log screen in its states, and of what opens over it."""

from __future__ import annotations

import pytest

from logview.sources.events import (
    Connected,
    Connecting,
    Ended,
    Gap,
    JobChanged,
    Lost,
    Problem,
    Resumed,
    Waiting,
)
from logview.target import FileTarget
from tests.tui import scripted
from tests.tui.scripted import crawl, job

SIZES = pytest.mark.parametrize("size", [(80, 24), (120, 40)], ids=["80x24", "120x40"])
ACTORS = {scripted.ACTOR_ID: "my-scraper"}


async def live(s, lines=60):
    """A run that has logged something and goes on."""
    await s.say(Connecting(), JobChanged(job(message="Crawled 51/200 pages")), Connected())
    await s.lines(*crawl(1, lines))
    await s.wait_for("my-scraper")


@SIZES
async def test_live(open_app, snapshot, size):
    async with open_app(size=size, actors=ACTORS) as s:
        await live(s)
        assert s.picture() == snapshot


async def test_live_in_light(open_app, snapshot):
    async with open_app(actors=ACTORS, theme="logview-light") as s:
        await live(s)
        await s.press("k")
        await s.lines(*crawl(61, 3))
        await s.press("/")
        await s.type("timed")
        assert s.picture() == snapshot


async def test_live_without_colours(open_app, snapshot, monkeypatch):
    monkeypatch.setenv("NO_COLOR", "1")
    async with open_app(actors=ACTORS) as s:
        await live(s)
        await s.send("2026-11-20T06:00:02.440Z \x1b[31mred\x1b[0m and \x1b[1mbold\x1b[0m\n")
        await s.press("k")
        await s.lines(*crawl(61, 3))
        assert s.picture() == snapshot(name="not following")
        await s.press("/")
        await s.type("timed")
        assert s.picture() == snapshot(name="search")


@SIZES
async def test_not_following(open_app, snapshot, size):
    async with open_app(size=size, actors=ACTORS) as s:
        await live(s)
        await s.press("k", "k")
        await s.lines(*crawl(61, 128))
        assert s.picture() == snapshot


@SIZES
async def test_search(open_app, snapshot, size):
    async with open_app(size=size, actors=ACTORS) as s:
        await live(s)
        await s.press("g", "/")
        assert s.picture() == snapshot(name="nothing typed")
        await s.type("timed out")
        assert s.picture() == snapshot(name="found")
        await s.type("!")
        assert s.picture() == snapshot(name="not found")


async def test_search_with_a_wrong_pattern(open_app, snapshot):
    async with open_app(actors=ACTORS) as s:
        await live(s)
        await s.press("g", "/")
        await s.type("timed")
        await s.press("ctrl+r")
        await s.type("(")
        assert s.picture() == snapshot


async def test_search_accepted(open_app, snapshot):
    async with open_app(actors=ACTORS) as s:
        await live(s)
        await s.press("g", "/")
        await s.type("timed")
        await s.press("enter", "n")
        assert s.picture() == snapshot


@SIZES
async def test_filter(open_app, snapshot, size):
    async with open_app(size=size, actors=ACTORS) as s:
        await live(s)
        await s.press("&")
        await s.type("!info")
        assert s.picture() == snapshot(name="typed")
        await s.press("enter")
        assert s.picture() == snapshot(name="in force")
        await s.press("&")
        await s.type("timed")
        await s.press("enter")
        assert s.picture() == snapshot(name="two in force")
        await s.press("X")
        assert s.picture() == snapshot(name="the list")
        await s.press("space", "j")
        assert s.picture() == snapshot(name="the list, one switched off")
        await s.press("escape", "x")
        assert s.picture() == snapshot(name="all off for now")


async def test_no_line_matches(open_app, snapshot):
    async with open_app(actors=ACTORS) as s:
        await live(s)
        await s.press("&")
        await s.type("nowhere")
        await s.press("enter")
        assert s.picture() == snapshot


async def test_go_to(open_app, snapshot):
    async with open_app(actors=ACTORS) as s:
        await live(s)
        await s.press("4")
        assert s.picture() == snapshot(name="a digit typed")
        await s.type("x")
        await s.press("enter")
        assert s.picture() == snapshot(name="no place")


async def test_line_numbers_and_sideways(open_app, snapshot):
    async with open_app(actors=ACTORS) as s:
        await live(s)
        await s.press("#", "l", "l")
        assert s.picture() == snapshot


@SIZES
async def test_gap(open_app, snapshot, size):
    async with open_app(size=size, actors=ACTORS) as s:
        await live(s, 5)
        await s.say(
            Gap("about 12 s of the log are missing here", "missing", 12.0), Resumed(400, None)
        )
        await s.lines(*crawl(300, 3))
        assert s.picture() == snapshot


async def test_colours_of_the_log(open_app, snapshot):
    async with open_app(actors=ACTORS) as s:
        await s.send(
            "2026-11-20T06:00:00.000Z \x1b[32mINFO\x1b[39m  \x1b[33mCrawler:\x1b[39m ready\n"
            "2026-11-20T06:00:00.001Z \x1b[1;31mERROR\x1b[0m \x1b[38;5;208mindexed\x1b[0m "
            "\x1b[38;2;10;20;30mnearly black\x1b[0m \x1b[7mreverse\x1b[0m \x1b[4mline\x1b[0m\n"
            "宽字符 und ein\tTab, \x07bell, \u202eturned\n"
            "unfinished"
        )
        await s.press("k")
        assert s.picture(exact=True) == snapshot


async def test_long_line(open_app, snapshot):
    async with open_app(actors=ACTORS) as s:
        await s.lines("first", "x" * 200_000, "last")
        await s.press("#")
        assert s.picture() == snapshot


async def test_before_the_first_line(open_app, snapshot):
    async with open_app(actors=ACTORS) as s:
        await s.say(Connecting())
        assert s.picture() == snapshot(name="connecting")
        await s.say(JobChanged(job("READY")), Waiting(2.0))
        assert s.picture() == snapshot(name="waiting")
        await s.say(JobChanged(job()), Connected())
        assert s.picture() == snapshot(name="nothing logged yet")


async def test_reconnecting(open_app, snapshot):
    async with open_app(actors=ACTORS) as s:
        await live(s)
        reset = Problem(
            "The connection was reset.",
            "The connection broke; what was read stays.",
            "It usually goes by itself.",
            kind="reset",
        )
        await s.say(Lost(reset, attempt=2, retry_in=3.0))
        assert s.picture() == snapshot(name="lost")
        await s.say(Connecting(2), Connected(), Resumed(4000, 0))
        await s.lines(*crawl(61, 2))
        assert s.picture() == snapshot(name="back")


@pytest.mark.parametrize(
    ("status", "exit_code"),
    [("SUCCEEDED", 0), ("FAILED", 1), ("TIMED-OUT", None), ("ABORTED", 143)],
)
async def test_ended(open_app, snapshot, status, exit_code):
    async with open_app(actors=ACTORS) as s:
        await live(s)
        ended = job(status, message="Done.", exit_code=exit_code, seconds=192)
        await s.say(JobChanged(ended), Ended(ended))
        assert s.picture() == snapshot


async def test_ended_with_status_unknown(open_app, snapshot):
    async with open_app() as s:
        await s.lines(*crawl(1, 30))
        await s.say(Ended(None, status_known=False))
        assert s.picture() == snapshot


async def test_an_empty_log(open_app, snapshot):
    async with open_app() as s:
        ended = job("SUCCEEDED", seconds=1)
        await s.say(JobChanged(ended), Ended(ended))
        assert s.picture() == snapshot


async def test_a_file(open_app, snapshot, tmp_path):
    async with open_app(FileTarget(tmp_path / "app.log", 10)) as s:
        await s.lines(*crawl(1, 30))
        shown = s.picture().replace(str(tmp_path)[:60], "(the folder)")
        assert "FILE · now" in s.status
        assert "app.log" in shown


async def test_receipts(open_app, snapshot):
    async with open_app(actors=ACTORS) as s:
        await live(s)
        await s.press("y")
        await s.wait_for("Copied 1 line")
        assert s.picture() == snapshot


@pytest.mark.parametrize("size", [(20, 5), (10, 3), (1, 1), (40, 9)], ids="{0[0]}x{0[1]}".format)
async def test_tiny_terminals(open_app, snapshot, size):
    async with open_app(size=size, actors=ACTORS) as s:
        await s.say(JobChanged(job(message="Crawled")), Connected())
        await s.lines(*crawl(1, 60))
        await s.press("k")
        await s.lines(*crawl(61, 5))
        assert s.picture() == snapshot(name="log")
        await s.press("/")
        await s.type("timed")
        assert s.picture() == snapshot(name="search")
        await s.press("escape", "&", "t", "enter", "X")
        await s.press("escape", "?")
        assert s.picture() == snapshot(name="help")
        await s.press("escape", "#", "l", "g", "G", "pagedown", "pageup", "y", "q")


async def test_resize_keeps_the_place(open_app):
    async with open_app() as s:
        await s.lines(*crawl(1, 100))
        await s.press("g", "j", "j", "j")
        first = s.log_rows[0]
        await s.pilot.resize_terminal(100, 30)
        await s.settle()
        assert s.log_rows[0].startswith(first)
        assert s.cursor_row.startswith("▌ 2026-11-20T06:00:00.160Z")
        await s.pilot.resize_terminal(60, 10)
        await s.settle()
        assert s.cursor_row.startswith("▌ 2026-11-20T06:00:00.160Z")
