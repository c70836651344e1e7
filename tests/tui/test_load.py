"""Floods and giants: commits, drawn rows and slices are bounded by counting them."""

from __future__ import annotations

import asyncio
import time

import pytest

from logview.sources.events import Received
from logview.tui.screens.log import frames
from tests.tui.scripted import crawl, numbered

pytestmark = pytest.mark.slow


async def flood(s, chunks, lines):
    """Let chunks arrive one by one, as fast as they are taken; give the seconds it took."""
    began = time.monotonic()
    size = s.log.document.size
    for number in range(chunks):
        chunk = "".join(f"{text}\n" for text in crawl(number * lines, lines)).encode()
        size += len(chunk)
        s.source.send(chunk)
        await asyncio.sleep(0)
    await s.wait_for(lambda: s.log.document.size >= size)
    return time.monotonic() - began


async def test_at_most_twenty_commits_a_second_under_flood(open_app):
    async with open_app() as s:
        before = s.log.frames.count
        seconds = await flood(s, 150, 100)
        commits = s.log.frames.count - before
        assert s.log.document.line_count == 15_000
        assert 1 / frames.FRAME_SECONDS <= 20
        # The first commit is at once, and one more may be due when the flood is over.
        assert commits <= seconds * 20 + 2
        assert commits < 150
        assert s.cursor_row.startswith("▌ ")
        assert " 15,000 of 15,000" in s.status


async def test_a_lone_line_is_committed_at_once(open_app, monkeypatch):
    async with open_app() as s:
        await s.lines("one")
        monkeypatch.setattr(frames, "FRAME_SECONDS", 0.0)  # the last frame is long ago
        count = s.log.frames.count
        await s.lines("two")
        assert "two" in s.text
        assert s.log.frames.count > count


async def test_a_frame_draws_the_rows_on_the_screen_only(open_app):
    async with open_app() as s:
        await s.lines(*numbered(1, 100_000))
        drawn, commits = s.log.pane.drawn_rows, s.log.frames.count
        assert drawn <= 20 * (commits + 2)
        await s.press("pagedown", "g", "G", "pageup")
        assert s.log.pane.drawn_rows - drawn <= 21 * 4 * 2


async def test_moving_by_a_line_draws_few_rows(open_app):
    async with open_app() as s:
        await s.lines(*numbered(1, 1000))
        await s.press("g")
        drawn = s.log.pane.drawn_rows
        await s.press("j")
        # the line that the cursor leaves and the line that it comes to
        assert s.log.pane.drawn_rows - drawn <= 2


async def test_what_did_not_change_is_not_drawn_again(open_app):
    async with open_app() as s:
        await s.lines(*numbered(1, 1000))
        await s.press("g")
        drawn = s.log.pane.drawn_rows
        await s.lines(*numbered(1001, 1100))
        await s.clock.advance(5)
        s.log.update_words()
        await s.settle()
        assert s.log.pane.drawn_rows == drawn


async def test_keys_are_answered_between_the_slices_of_a_search(open_app):
    async with open_app() as s:
        words = ("x" * 100 for _ in range(100_000))
        await s.send("".join(f"{word}\n" for word in words))
        await s.press("g", "/")
        for key in "nowhere":
            s.send_key(key)
        await s.wait_for("no match")
        assert s.log.passes.slices > 7
        await s.press("escape")
        assert s.cursor_row.startswith("▌ xxx")


async def test_a_newer_search_drops_the_older(open_app):
    async with open_app() as s:
        await s.send("haystack\n" * 200_000 + "needle\n")
        await s.press("g", "/")
        for key in "needle":
            s.send_key(key)
        await s.wait_for("match 1 of 1")
        assert s.cursor_row == "▌ needle"


async def test_an_idle_log_is_not_drawn(open_app):
    async with open_app() as s:
        await s.lines(*numbered(1, 100))
        drawn, commits = s.log.pane.drawn_rows, s.log.frames.count
        for _ in range(3):
            await s.clock.advance(1)
            s.log.update_words()
            await s.settle()
        assert (s.log.pane.drawn_rows, s.log.frames.count) == (drawn, commits)
        assert "last line 3 s ago" in s.status


async def test_no_slice_runs_when_there_is_nothing_left_to_do(open_app):
    async with open_app() as s:
        await s.send("hay\nneedle\n" * 20_000)
        await s.press("g", "/")
        await s.type("needle")
        await s.press("enter", "&")
        await s.type("e")
        await s.press("enter")
        await s.wait_for(" of 20,000 ")
        slices = s.log.passes.slices
        # Each typed character and each filter may read every page once, at least one a slice.
        assert slices <= 8 * (s.log.document.size // 65536 + 3)
        await s.press("j", "k", "n", "N")
        await s.clock.advance(1)
        s.log.update_words()
        await s.settle()
        assert s.log.passes.slices - slices <= 4


async def test_a_source_of_single_bytes_leaves_the_event_loop_alive(open_app):
    async with open_app() as s:
        data = b"".join(b"line %d\n" % n for n in range(4_000))
        events = [Received(data[at : at + 1]) for at in range(len(data))]
        turns = 0

        async def count_turns():
            nonlocal turns
            while s.log.document.size < len(data):
                turns += 1
                await asyncio.sleep(0)

        counting = asyncio.ensure_future(count_turns())
        s.source.say(*events)
        await counting
        assert turns > 10
        await s.wait_for("4,000")
