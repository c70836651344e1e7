"""Following, and the reader's place: nothing moves the text under the reader's eyes."""

from __future__ import annotations

import pytest
from textual import events as textual_events

from logview.apify.errors import RateLimited
from logview.sources.events import (
    Connected,
    Connecting,
    Ended,
    Extended,
    Failed,
    Gap,
    JobChanged,
    Lost,
    Resumed,
)
from tests.tui.scripted import job, numbered, problem

FILLED = 100
"""Lines: several screens."""


async def test_it_follows_while_lines_arrive(open_app):
    async with open_app() as s:
        await s.lines(*numbered(1, FILLED))
        assert s.texts[-1] == "line 100"
        assert s.cursor_row == "▌ line 100"
        await s.lines("line 101", "line 102")
        assert s.texts[-2:] == ["line 101", "line 102"]
        assert s.cursor_row == "▌ line 102"
        assert "PAUSED" not in s.status


async def test_a_log_that_is_shorter_than_the_screen_stands_at_the_top(open_app):
    async with open_app() as s:
        await s.lines("one", "two")
        assert s.texts[:3] == ["one", "two", ""]


async def test_an_unfinished_line_is_shown_and_grows(open_app):
    async with open_app() as s:
        await s.send("one\nunfin")
        assert s.cursor_row == "▌ unfin"
        await s.send("ished")
        assert s.cursor_row == "▌ unfinished"
        await s.send("\nnext")
        assert s.texts[:3] == ["one", "unfinished", "next"]
        assert " 3 of 3" in s.status


@pytest.mark.parametrize("key", ["k", "up", "pageup", "b", "ctrl+u", "f", "F"])
async def test_keys_that_leave_follow_hold_the_place(open_app, key):
    async with open_app() as s:
        await s.lines(*numbered(1, FILLED))
        await s.press(key)
        assert "PAUSED" in s.words
        before, cursor = s.texts, s.cursor_row
        await s.lines(*numbered(FILLED + 1, FILLED + 50))
        assert s.texts[:-1] == before[:-1]
        assert s.cursor_row.split("▼")[0].rstrip() == cursor
        assert "▼ 50 new G" in s.words


@pytest.mark.parametrize("key", ["G", "end", "f"])
async def test_keys_that_follow_again(open_app, key):
    async with open_app() as s:
        await s.lines(*numbered(1, FILLED))
        await s.press("k", "k")
        await s.lines("line 101")
        await s.press(key)
        assert s.cursor_row == "▌ line 101"
        assert "▼" not in s.text
        await s.lines("line 102")
        assert s.cursor_row == "▌ line 102"


@pytest.mark.parametrize(
    ("away", "back"),
    [("k", "j"), ("up", "down"), ("pageup", "pagedown"), ("b", "space"), ("ctrl+u", "ctrl+d")],
)
async def test_reaching_the_bottom_follows_again(open_app, away, back):
    async with open_app() as s:
        await s.lines(*numbered(1, FILLED))
        await s.press(away)
        await s.lines("line 101")
        assert "PAUSED" in s.status
        await s.press(back, back, back)
        assert "PAUSED" not in s.status
        await s.lines("line 102")
        assert s.cursor_row == "▌ line 102"


async def test_the_pill_counts_and_takes_there(open_app):
    async with open_app() as s:
        await s.lines(*numbered(1, FILLED))
        await s.press("k")
        assert "▼" not in s.text
        await s.lines(*numbered(101, 1350))
        assert "▼ 1,250 new G" in s.words
        await s.click_on("▼ 1,250 new")
        assert s.cursor_row == "▌ line 1350"
        assert "▼" not in s.text


async def test_the_wheel_leaves_follow_and_comes_back_to_it(open_app):
    async with open_app() as s:
        await s.lines(*numbered(1, FILLED))
        await s.mouse(textual_events.MouseScrollUp, 10, 10)
        assert "PAUSED" in s.status
        before = s.texts
        assert before[-1] == "line 97"
        await s.lines(*numbered(101, 103))
        assert s.texts[:-1] == before[:-1]
        for _ in range(3):
            await s.mouse(textual_events.MouseScrollDown, 10, 10)
        assert "PAUSED" not in s.status
        assert s.cursor_row == "▌ line 103"


async def test_a_click_on_a_line_leaves_follow(open_app):
    async with open_app() as s:
        await s.lines(*numbered(1, FILLED))
        await s.click_on("line 90")
        assert s.cursor_row == "▌ line 90"
        before = s.texts
        await s.lines("line 101")
        assert s.texts[:-1] == before[:-1]
        assert "▼ 1 new G" in s.words


async def test_gaps_and_reconnections_move_nothing(open_app):
    async with open_app() as s:
        await s.say(Connecting(), JobChanged(job()), Connected())
        await s.lines(*numbered(1, FILLED))
        await s.press("pageup", *"kkkkkk")
        before, cursor = s.texts, s.cursor_row
        limited = RateLimited("You have exceeded the rate limit.")
        await s.say(Lost(problem(limited), attempt=2, retry_in=1.0))
        await s.wait_for("rate limit")
        assert s.texts == before[: len(s.texts)]
        await s.say(
            Connecting(2), Connected(), Gap("lines are missing", "missing"), Resumed(1, None)
        )
        await s.lines(*numbered(101, 130))
        await s.wait_for(lambda: "rate limit" not in s.text)
        assert s.texts[:-1] == before[:-1]
        assert s.cursor_row == cursor


@pytest.mark.parametrize(
    ("opening", "typed"),
    [("/", "nowhere"), ("&", "nowhere"), (":", "77"), ("7", "7"), ("/", "("), ("&", "!(")],
)
async def test_what_opens_over_the_log_moves_nothing(open_app, opening, typed):
    async with open_app() as s:
        await s.lines(*numbered(1, FILLED))
        await s.press("pageup", "k", "k")
        before, cursor = s.texts, s.cursor_row
        await s.press(opening)
        assert s.texts == before[: len(s.texts)]
        assert len(s.texts) < len(before)
        if "(" in typed:
            await s.press("ctrl+r")
        await s.type(typed)
        assert s.texts == before[: len(s.texts)]
        await s.press("escape")
        assert s.texts == before
        assert s.cursor_row == cursor


async def test_the_list_of_filters_moves_nothing(open_app):
    async with open_app() as s:
        await s.lines(*numbered(1, FILLED))
        for pattern in ("line", "ine", "!nowhere"):
            await s.press("&")
            await s.type(pattern)
            await s.press("enter")
        await s.press("pageup", "k")
        before = s.texts
        await s.press("X")
        assert s.texts == before[: len(s.texts)]
        assert len(s.texts) == len(before) - 5
        await s.press("escape")
        assert s.texts == before


async def test_lines_that_arrive_while_a_search_is_open_move_nothing(open_app):
    async with open_app() as s:
        await s.lines(*numbered(1, FILLED))
        await s.press("pageup", "/")
        await s.type("6")
        assert "of 20" in s.text
        before = s.texts
        await s.lines(*numbered(101, 161))
        assert s.texts[:-1] == before[:-1]
        assert "of 28" in s.text


async def test_the_screen_shows_nineteen_rows_of_log(open_app):
    async with open_app() as s:
        await s.lines(*numbered(1, FILLED))
        assert len([row for row in s.rows if "line " in row and "of 100" not in row]) >= 19


async def test_a_failure_for_good_moves_nothing(open_app):
    async with open_app() as s:
        await s.lines(*numbered(1, FILLED))
        await s.press("k")
        before = s.texts
        await s.say(Failed(problem(RateLimited("Nothing goes any more."))))
        await s.wait_for("Nothing goes any more")
        assert s.texts == before[: len(s.texts)]


async def test_the_lines_of_a_file_that_was_cut_short_become_one_row(open_app):
    lost = "The file was cut short or rewritten here: what was above is no longer in it."

    class File:
        data = b"".join(b"line %d\n" % n for n in range(5000))

        def read(self, start, length):
            return self.data[start : start + length]

        def stamp(self):
            return None

    file = File()
    async with open_app() as s:
        await s.say(Extended(file, 0, len(file.data)))
        await s.press("k", "k", "m")
        file.data = b""
        await s.say(Gap(lost, "truncated"))
        gone = "5,000 lines are gone: the file was cut short or rewritten here."
        assert gone in s.text
        await s.lines("a new line", "another")
        rows = [row.strip("─ ▌•") for row in s.log_rows if row.strip()]
        assert rows == [gone, "a new line", "another"]
        assert not s.log.pane.marked_lines


@pytest.mark.parametrize("opening", ["/", "&", ":", "L"])
async def test_the_newest_lines_stay_in_sight_above_what_opens(open_app, opening):
    async with open_app() as s:
        await s.lines(*numbered(1, FILLED))
        await s.press(opening)
        assert s.texts[-1] == "line 100"
        await s.lines("line 101")
        assert s.texts[-1] == "line 101"
        await s.press("escape")
        assert s.texts[-1] == "line 101"
        assert s.cursor_row == "▌ line 101"


async def test_the_newest_lines_stay_in_sight_above_a_banner_and_are_copied(open_app, clipboard):
    async with open_app() as s:
        await s.say(Connecting(), JobChanged(job()), Connected())
        await s.lines(*numbered(1, FILLED))
        await s.say(Lost(problem(RateLimited("The rate limit.")), attempt=2, retry_in=1.0))
        await s.wait_for("The rate limit")
        assert s.texts[-1] == "line 100"
        await s.press("y")
        await s.wait_for(lambda: clipboard)
        assert clipboard == ["line 100"]


async def test_follow_on_a_log_that_has_ended_reports_it(open_app):
    async with open_app() as s:
        await s.say(Connecting(), Connected())
        await s.lines(*numbered(1, FILLED))
        await s.say(Ended(job("SUCCEEDED")))
        await s.press("k", "f")
        await s.wait_for("the log has ended")


async def test_from_the_end_of_a_log_that_has_ended_the_last_error_comes_first(open_app):
    async with open_app() as s:
        await s.say(Connecting(), Connected())
        texts = numbered(1, FILLED)
        texts[10] = "ERROR first"
        texts[60] = "ERROR last"
        await s.lines(*texts)
        await s.say(Ended(job("FAILED")))
        await s.press("e")
        await s.wait_for(lambda: "ERROR last" in s.cursor_row)
        assert "wrapped" not in s.note
        await s.press("e")
        await s.wait_for(lambda: "ERROR first" in s.cursor_row)
        assert "wrapped to the first" in s.words


async def test_while_a_log_goes_on_the_next_error_is_searched_for_from_the_top(open_app):
    async with open_app() as s:
        await s.say(Connecting(), Connected())
        await s.lines("ERROR first", *numbered(1, 50), "ERROR last", *numbered(51, 60))
        await s.press("e")
        await s.wait_for(lambda: "ERROR first" in s.cursor_row)


async def test_the_footer_offers_only_what_can_be_done(open_app):
    async with open_app() as s:
        await s.say(Connecting(), Connected())
        assert "search" not in s.rows[-1]
        assert "copy" not in s.rows[-1]
        assert "quit" in s.rows[-1]
        await s.lines("one")
        assert "search" in s.rows[-1]
        assert "copy" in s.rows[-1]
