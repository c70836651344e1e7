"""Tests of the rows above and below the log where there is little room."""

from __future__ import annotations

import pytest

from logview.sources.events import Connected, Connecting, JobChanged
from tests.tui import scripted
from tests.tui.scripted import crawl, job

LONG_NAME = "website-content-crawler-for-very-long-names-of-actors"


@pytest.mark.parametrize("width", [60, 80, 100, 120])
async def test_the_header_keeps_the_state_whatever_its_length(open_app, width):
    async with open_app(size=(width, 24), actors={scripted.ACTOR_ID: LONG_NAME}) as s:
        message = "Crawled 1,234 of 200,000 pages, 12 failed requests, and much more to come"
        await s.say(Connecting(), JobChanged(job(message=message)), Connected())
        await s.wait_for("website-c")
        header = s.rows[0]
        assert header.startswith("  ● RUNNING ")
        assert header.endswith(" 3m12s")
        assert len(header) <= width - 2
        assert scripted.RUN_ID in header
        if width >= 80:
            assert f"run {scripted.RUN_ID}" in header


async def test_a_short_name_and_message_stay_whole_at_80_columns(open_app):
    async with open_app(actors={scripted.ACTOR_ID: "my-scraper"}) as s:
        await s.say(Connecting(), JobChanged(job(message="Crawled 51/200 pages")), Connected())
        await s.wait_for("my-scraper")
        expected = f"● RUNNING my-scraper run {scripted.RUN_ID} Crawled 51/200 pages 3m12s"
        assert s.rows[0].split() == expected.split()


async def test_a_long_notice_is_shown_whole_and_moves_nothing(open_app):
    async with open_app() as s:
        await s.lines(*crawl(1, 60))
        await s.press("k")
        before = s.rows
        words = [f"word{number}" for number in range(40)]
        s.log.note(" ".join(words))
        await s.wait_for("word39")
        assert all(word in s.text.split() for word in words)
        covered = sum("word" in row for row in s.rows)
        unmarked = [row.replace("▌", " ") for row in s.rows]
        assert unmarked[: -covered - 2] == before[: -covered - 2]
        assert s.status.startswith("  PAUSED "), "the state is never hidden"
        assert any(row.startswith("▌") for row in s.rows), "the current line is never covered"
        assert s.rows[-1] == before[-1]
        s.log.note("")
        await s.wait_for(lambda: s.rows == before)


async def test_filters_that_have_no_space_are_counted(open_app):
    async with open_app() as s:
        await s.lines(*crawl(1, 60))
        await s.press("k")
        for text in ("cheeriocrawler", "!statistics of it", "request"):
            await s.press("&")
            await s.type(text)
            await s.press("enter")
        assert "3 filters" in s.text or all(part in s.status for part in (" chee", " !sta", " req"))


async def test_the_footer_shows_the_keys_of_what_has_the_focus(open_app):
    async with open_app() as s:
        await s.lines(*crawl(1, 5))
        assert "/ search" in s.rows[-1]
        await s.press("/")
        assert "/ search" not in s.rows[-1]
        assert "^R regex" in s.rows[-1]
        await s.press("escape")
        assert "/ search" in s.rows[-1]


async def test_a_hint_of_the_prompt_can_be_clicked(open_app):
    async with open_app() as s:
        await s.lines(*crawl(1, 5))
        await s.press("/")
        await s.type("page")
        await s.click_on("cancel")
        assert "/page" not in s.text
        assert s.log.focused is s.log.pane


@pytest.mark.parametrize("width", [40, 60])
async def test_mode_matches_and_filters_are_never_hidden(open_app, width):
    async with open_app(size=(width, 12)) as s:
        await s.lines(*crawl(1, 60))
        await s.press("&", *"request", "enter", "/", *"page", "enter", "n", "l")
        s.log.note("a receipt")
        await s.wait_for("a receipt")
        assert s.status.startswith("  PAUSED ")
        assert " match 1 of 55" in s.status
        assert " 1 filter" in s.status or " request ×" in s.status
        await s.press("v", "k")
        assert s.status.startswith("  SELECT   1 line selected ")


async def test_a_click_on_the_cross_of_a_chip_deletes_its_filter(open_app):
    async with open_app() as s:
        await s.lines(*crawl(1, 60))
        await s.press("&", *"page", "enter", "&", *"timed", "enter", "L", "w")
        await s.click_on("page ×")
        assert [one.enabled for one in s.log.view.filters] == [False, True]
        x, y = s.find("timed ×")
        await s.click(x + len("timed "), y)
        assert [one.label for one in s.log.view.filters] == ["page"]
        await s.click_on("≥ WARN")
        assert s.log.view.level is None
        assert " ≥ WARN " in s.status
