"""`--at`: the log opens at a moment."""

from __future__ import annotations

import pytest

from logview.sources.events import Ended, JobChanged
from logview.target import FileTarget, StdinTarget
from tests.tui.scripted import job


def stamped(first, last):
    """Lines, one a second from 06:00:00 on."""
    return [
        f"2026-11-20T06:{number // 60:02}:{number % 60:02}.000Z line {number}"
        for number in range(first, last)
    ]


@pytest.fixture
def at(open_app, tmp_path):
    """Open a file, or what else is named, at a moment."""
    return lambda moment, target=None: open_app(
        target or FileTarget(tmp_path / "app.log", 0), at=moment
    )


@pytest.mark.parametrize(
    ("moment", "line"),
    [
        ("06:02", 120),
        ("06:02:30.5", 151),
        ("2026-11-20T06:05:00.000Z", 300),
        ("2026-11-20T06:09:59.000Z", 599),
        ("2026-11-20 06:05", 300),
    ],
)
async def test_it_opens_at_the_first_line_from_then_on(at, moment, line):
    async with at(moment) as s:
        await s.lines(*stamped(0, 600))
        assert s.cursor_row.endswith(f" line {line}")


@pytest.mark.parametrize(
    ("moment", "line", "messages"),
    [
        ("2026-11-20T05:00:00.000Z", 0, "the log begins after 2026-11-20 05:00:00.000 UTC"),
        ("2026-11-21T05:00:00.000Z", 599, "the log ends before 2026-11-21 05:00:00.000 UTC"),
        ("05:59", 0, "the log begins after 2026-11-20 05:59:00.000 UTC"),
        ("07:00", 599, "the log ends before 2026-11-20 07:00:00.000 UTC"),
    ],
)
async def test_beyond_its_ends_it_opens_there_and_reports_it(at, moment, line, messages):
    async with at(moment) as s:
        await s.lines(*stamped(0, 600))
        assert messages in s.words
        # The note lies over the last line until it goes.
        await s.wait_for(lambda: s.cursor_row.endswith(f" line {line}"))


@pytest.mark.parametrize("moment", ["06:00", "2026-11-20T06:00:00.000Z"])
async def test_without_times_it_shows_that_there_are_none(at, moment):
    async with at(moment) as s:
        await s.lines("one", "two")
        assert "no time stamps" in s.words
        await s.lines("three")
        assert s.cursor_row.endswith("three")


async def test_a_run_that_goes_on_is_waited_for(open_app):
    async with open_app(at="06:05") as s:
        await s.lines(*stamped(0, 200))
        assert s.cursor_row.endswith(" line 199")
        await s.lines(*stamped(200, 400))
        assert s.cursor_row.endswith(" line 300")
        await s.lines(*stamped(400, 600))
        assert s.cursor_row.endswith(" line 300")


async def test_a_run_that_ends_before_it_reports_it(open_app):
    async with open_app(at="06:05") as s:
        await s.lines(*stamped(0, 200))
        ended = job("SUCCEEDED", seconds=200)
        await s.say(JobChanged(ended), Ended(ended))
        assert "the log ends before 2026-11-20 06:05:00.000 UTC" in s.words


async def test_it_waits_for_what_is_piped_in(at):
    async with at("06:05", StdinTarget()) as s:
        await s.lines("no time yet")
        assert "no time stamps" not in s.words
        await s.lines(*stamped(0, 400))
        assert s.cursor_row.endswith(" line 300")


@pytest.mark.parametrize("key", ["k", "g", "pageup"])
async def test_a_reader_who_moves_first_is_left_where_they_are(open_app, key):
    async with open_app(at="06:05") as s:
        await s.lines(*stamped(0, 200))
        await s.press(key)
        before = s.cursor_row[:40].rstrip()
        await s.lines(*stamped(200, 600))
        assert s.cursor_row[:40].rstrip() == before


async def test_the_command_that_is_copied_opens_at_the_same_line(open_app, tmp_path):
    file = FileTarget(tmp_path / "app.log", 0)
    async with open_app(file) as s:
        await s.lines(*stamped(0, 600))
        await s.press(*"k" * 30)
        place, command = s.cursor_row, s.log.copies.reopen_command()
    async with open_app(file, at=command.split()[-1]) as s:
        await s.lines(*stamped(0, 600))
        assert s.cursor_row == place
