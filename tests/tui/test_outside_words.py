"""Words from outside: shown as they are written, and never a byte that a terminal obeys."""

from __future__ import annotations

import pytest

from logview.config import state
from logview.sources.events import Ended, Failed, Gap, JobChanged, Lost, Problem
from logview.target import FileTarget
from tests.tui import scripted
from tests.tui.scripted import job

MARKUP = "[/red] [bold]x[/] [link=http://a]b[/link] [@click=app.quit]c[/] \\[ $primary"
HOSTILE = (
    "a\x1b]52;c;QUJD\x07b\x1b[2Jc\x9b31md\x1b]0;title\x1b\\e\x00f\x08g\x7fh\r\ni\u202ej\u2028k\x85l"
)
FORBIDDEN = {*map(chr, range(32)), *map(chr, range(0x7F, 0xA0)), *"\u202e\u2028\u2029\u2066"}


def harmless(s):
    drawn = "".join(segment.text for strip in s.strips for segment in strip)
    return not FORBIDDEN & set(drawn)


async def test_markup_in_a_log_is_shown_literally(open_app, clipboard):
    async with open_app(size=(120, 24)) as s:
        await s.lines(MARKUP, f"{MARKUP} again")
        assert s.texts[0] == MARKUP
        await s.press("/")
        await s.type("[/red]")
        assert "/[/red]" in s.text
        assert "of 2" in s.text
        await s.press("enter", "&")
        await s.type("[bold]")
        await s.press("enter")
        assert "[bold] ×" in s.status
        await s.press("X")
        assert "include  [bold]" in s.text
        await s.press("escape", "y")
        await s.wait_for("Copied 1 line")
        assert clipboard[0].startswith(MARKUP)


async def test_markup_in_what_the_api_sends_is_shown_literally(open_app):
    async with open_app(size=(160, 24), actors={scripted.ACTOR_ID: MARKUP}) as s:
        await s.say(JobChanged(job(MARKUP, message=MARKUP)))
        await s.wait_for(lambda: "[/red]" in s.rows[0])
        await s.say(Failed(Problem(MARKUP, MARKUP, MARKUP)))
        await s.wait_for("r retry")
        assert s.words.count("[@click=app.quit]c[/]") >= 3
        await s.say(Gap(MARKUP, "missing"))
        await s.lines("x")
        s.source.facts = [(MARKUP, MARKUP)]
        s.log.show_connection()
        await s.wait_for("Connection details")
        assert "[bold]" in s.text


@pytest.mark.parametrize("what", ["status", "message", "id", "name", "problem", "gap", "ledger"])
async def test_control_characters_from_outside_never_reach_the_screen(open_app, what):
    actors = {scripted.ACTOR_ID: HOSTILE} if what == "name" else {}
    async with open_app(size=(160, 24), actors=actors) as s:
        if what == "status":
            await s.say(JobChanged(job(HOSTILE)), Ended(job(HOSTILE)))
        elif what == "message":
            await s.say(JobChanged(job(message=HOSTILE)))
        elif what == "id":
            await s.say(JobChanged(job(job_id=HOSTILE)))
        elif what == "name":
            await s.say(JobChanged(job()))
        elif what == "problem":
            await s.say(Lost(Problem(HOSTILE, HOSTILE, HOSTILE), 2, 3.0))
        elif what == "gap":
            await s.say(Gap(HOSTILE, "missing"))
        else:
            s.source.facts = [(HOSTILE, HOSTILE)]
            s.log.show_connection()
        await s.wait_for(lambda: "a" in s.words)
        await s.lines("x")
        assert harmless(s), s.text


async def test_hostile_bytes_in_a_log_never_reach_the_screen(open_app):
    async with open_app() as s:
        await s.send(bytes(range(256)) * 4)
        await s.send(HOSTILE.encode() + b"\n\xff\xfe\xc3\n\x1b[8mhidden\x1b[0m\n\x1b[5;5Hmoved\n")
        assert harmless(s)
        assert "hidden" in s.text
        await s.press("w", "#", "/", "h")
        assert harmless(s)


async def test_hostile_words_in_the_list_of_the_open_screen(open_app, tmp_path):
    state.save(
        state.AppState(
            recents=[
                state.RecentTarget("run", "x", HOSTILE, 1.0),
                state.RecentTarget("file", f"{tmp_path}/{HOSTILE}", MARKUP, 1.0),
                state.RecentTarget("run", "y", MARKUP, 1.0),
            ]
        )
    )
    async with open_app(None, size=(160, 24)) as s:
        await s.press("down")
        assert harmless(s)
        assert "[/red]" in s.text


async def test_hostile_names_of_files(open_app, tmp_path):
    path = tmp_path / "a\x1b]0;t\x07[red]\n.log"
    path.write_text("")
    async with open_app(FileTarget(path, 0), size=(200, 24)) as s:
        await s.lines("x")
        assert harmless(s)
        assert "[red]" in s.rows[0]


async def test_what_is_pasted_passes_the_sanitizer(open_app):
    async with open_app(None) as s:
        await s.paste("\n\x1b]0;t\x07 [/red]\x1b[2J\tx\u202e\nsecond line")
        assert s.app.screen.query_one("#what").value == " [/red] x"
        assert harmless(s), s.text
        await s.press("ctrl+p")
        await s.paste("a\x1b[2Jb\x9b2J\x07")
        await s.wait_for("Nothing matches")
        assert harmless(s), s.text
    async with open_app() as s:
        await s.lines("one ab")
        await s.press("/")
        await s.paste("a\x1b[2Jb\x07")
        assert "match 1 of 1" in s.text
        assert harmless(s), s.text
        await s.press("enter")
        await s.paste("x\x1b[2J")
        await s.paste("")
        assert harmless(s), s.text


async def test_a_line_that_is_wider_than_its_characters(open_app):
    async with open_app() as s:
        await s.lines(
            "宽" * 100, "e\u0301" * 100, "👨‍👩‍👧‍👦" * 30, "\u200b" * 200 + "end", "\t" * 20 + "x"
        )
        for keys in ("l", "l", "w", "#", "w"):
            await s.press(*keys)
            assert all(strip.cell_length == 80 for strip in s.strips)
