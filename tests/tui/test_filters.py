"""Filters: stacked, switched, edited; the reader's line stays where it is."""

from __future__ import annotations

import asyncio

import pytest

from logview.log.entries.level import Level
from tests.tui.scripted import crawl, numbered


async def filtered(s, *patterns):
    for pattern in patterns:
        await s.press("&")
        await s.type(pattern)
        await s.press("enter")


def shown(s):
    return [text for text in s.texts if text]


@pytest.mark.parametrize("turns", [0, 1, 3, 10])
async def test_keys_typed_ahead_keep_their_order_however_fast_they_come(open_app, turns):
    async with open_app() as s:
        await s.lines(*crawl(1, 100))
        for key in ["&", *"!page 2", "enter", "&", *"page", "enter", "L", "i", "w"]:
            s.send_key(" " if key == " " else key)
            for _ in range(turns):
                await asyncio.sleep(0)
        await s.settle()
        assert [f.label for f in s.log.view.filters] == ["!page 2", "page"]
        assert s.log.view.minimum_level is Level.INFO
        assert s.log.pane.viewport.wrap


async def test_only_lines_that_match(open_app):
    async with open_app() as s:
        await s.lines(*numbered(1, 100))
        await filtered(s, "0")
        assert shown(s) == [f"line {n}" for n in range(10, 101, 10)]
        assert " 0 × " in s.status
        assert " of 10 " in s.status


async def test_the_letter_does_it_too(open_app):
    async with open_app() as s:
        await s.lines(*numbered(1, 10))
        await s.press("i")
        await s.type("7")
        await s.press("enter")
        assert shown(s) == ["line 7"]


async def test_only_lines_that_do_not_match(open_app):
    async with open_app() as s:
        await s.lines(*numbered(1, 12))
        await filtered(s, "!1")
        assert shown(s) == [f"line {n}" for n in range(2, 10)]
        assert " !1 × " in s.status
        assert " of 8 " in s.status


async def test_several_stack(open_app):
    async with open_app() as s:
        await s.lines(*numbered(1, 100))
        await filtered(s, "1", "!0", "5")
        assert shown(s) == ["line 15", "line 51"]
        assert " 1 ×   !0 ×   5 × " in s.status
        assert " of 2 " in s.status


async def test_it_shows_what_it_would_take_while_typed(open_app):
    async with open_app() as s:
        await s.lines(*numbered(1, 100))
        await s.press("g")
        before = s.texts
        await s.press("&")
        await s.type("9")
        assert "shows 19 lines" in s.text
        assert s.texts == before[: len(s.texts)]
        await s.press("home")
        await s.type("!")
        assert "hides 19 lines" in s.text
        await s.press("escape")
        assert s.texts == before


async def test_a_wrong_pattern_is_not_taken(open_app):
    async with open_app() as s:
        await s.lines(*numbered(1, 100))
        await s.press("&", "ctrl+r")
        await s.type("(")
        await s.press("enter")
        assert "missing )" in s.text
        assert "&(" in s.text
        await s.type("5|7)$")
        await s.press("enter")
        assert " of 20 " in s.status


async def test_new_lines_are_filtered_as_they_arrive(open_app):
    async with open_app() as s:
        await s.lines(*numbered(1, 100))
        await filtered(s, "7")
        await s.lines(*numbered(101, 200))
        assert s.cursor_row == "▌ line 197"
        assert " 7 × " in s.status
        assert " of 38 " in s.status
        await s.press("k")
        await s.lines(*numbered(201, 300))
        assert "▼ 19 new G" in s.words


async def test_an_unfinished_line_is_filtered_as_it_grows(open_app):
    async with open_app() as s:
        await s.send("yes\nno\ny")
        await filtered(s, "yes")
        assert shown(s) == ["yes"]
        await s.send("es")
        assert shown(s) == ["yes", "yes"]


async def test_the_cursor_line_stays_on_its_row(open_app):
    async with open_app() as s:
        await s.lines(*crawl(1, 500))
        await s.press("2", "5", "0", "enter", "k", "k", "j", "j")
        y = s.log_rows.index(s.cursor_row)
        text = s.cursor_row
        await filtered(s, "!info")
        assert s.cursor_row == text
        assert s.log_rows.index(text) == y
        await s.press("x")
        assert s.cursor_row == text
        assert s.log_rows.index(text) == y
        await s.press("x")
        assert s.log_rows.index(text) == y


async def test_a_hidden_cursor_line_comes_back(open_app):
    async with open_app() as s:
        await s.lines(*crawl(1, 500))
        await s.press(*"243", "enter")
        text = s.cursor_row
        y = s.log_rows.index(text)
        await filtered(s, "!info")
        assert s.cursor_row != text
        await s.press("x")
        assert s.cursor_row == text
        assert s.log_rows.index(text) == y


async def test_all_off_and_on_again(open_app):
    async with open_app() as s:
        await s.lines(*numbered(1, 10))
        await filtered(s, "1", "0")
        assert shown(s) == ["line 10"]
        await s.press("x")
        assert len(shown(s)) == 10
        assert " 1 ×   0 × " in s.status
        assert " of 10 " in s.status
        await s.press("x")
        assert shown(s) == ["line 10"]


async def test_a_click_on_a_chip_switches_it(open_app):
    async with open_app() as s:
        await s.lines(*numbered(1, 20))
        await filtered(s, "1", "5")
        assert shown(s) == ["line 15"]
        on = s.style_of("1 ×")
        await s.click_on("1 ×")
        assert shown(s) == ["line 5", "line 15"]
        assert s.style_of("1 ×") != on
        await s.click_on("1 ×")
        assert shown(s) == ["line 15"]


async def test_the_list_switches_deletes_and_closes(open_app):
    async with open_app() as s:
        await s.lines(*numbered(1, 20))
        await filtered(s, "1", "5")
        await s.press("X")
        assert "[x] include  1" in s.text
        await s.press("space")
        assert "[ ] include  1" in s.text
        assert "line 5" in shown(s)
        await s.press("space", "j", "d")
        assert "only  5" not in s.text
        assert " 1 × " in s.status
        assert " of 11 " in s.status
        await s.press("d")
        assert "only" not in s.text
        assert "×" not in s.status
        assert s.log.focused is s.log.pane


@pytest.mark.parametrize("key", ["escape", "X", "q"])
async def test_keys_that_close_the_list(open_app, key):
    async with open_app() as s:
        await s.lines(*numbered(1, 20))
        await filtered(s, "1")
        await s.press("X", key)
        assert "only" not in s.text
        assert s.app.is_running
        assert s.log.focused is s.log.pane


async def test_the_list_edits(open_app):
    async with open_app() as s:
        await s.lines(*numbered(1, 20))
        await filtered(s, "!1", "5")
        await s.press("X", "enter")
        assert "&!1" in s.text
        await s.type("2")
        await s.press("enter")
        assert " !12 ×   5 × " in s.status
        assert " of 2 " in s.status
        await s.press("X", "j", "enter", "escape")
        assert " !12 ×   5 × " in s.status
        assert " of 2 " in s.status


async def test_an_empty_list_shows_how_to_begin(open_app):
    async with open_app() as s:
        await s.lines("one")
        await s.press("X")
        assert "& adds one" in s.note
        await s.press("x")
        assert "& adds one" in s.note


async def test_an_empty_filter_is_none(open_app):
    async with open_app() as s:
        await s.lines("one")
        await s.press("&", "enter")
        assert "×" not in s.status
        await s.press("&", "!", "enter")
        assert "×" not in s.status


async def test_history_of_filters_is_their_own(open_app):
    async with open_app() as s:
        await s.lines(*numbered(1, 20))
        await s.press("/")
        await s.type("line")
        await s.press("enter")
        await filtered(s, "1")
        await s.press("&", "up")
        assert "&1" in s.text
        await s.press("up")
        assert "&1" in s.text


async def test_lines_of_context(open_app):
    async with open_app() as s:
        await s.lines(*numbered(1, 100))
        await filtered(s, "50")
        await s.press("+")
        assert shown(s) == ["line 49", "line 50", "line 51"]
        assert s.style_of("line 49") != s.style_of("line 50")
        await s.press("=")
        assert len(shown(s)) == 5
        await s.press("-", "-", "-")
        assert shown(s) == ["line 50"]


async def test_a_large_log_is_filtered_in_slices(open_app):
    async with open_app() as s:
        words = ("needle" if n % 1000 == 500 else "hay" for n in range(60_000))
        await s.send("".join(f"{word} {n:07}\n" for n, word in enumerate(words)))
        await filtered(s, "needle")
        await s.wait_for(" of 60 ")
        assert s.log.passes.slices > 1
        assert s.cursor_row == "▌ needle 0059500"
        await s.press("g")
        assert s.cursor_row == "▌ needle 0000500"


async def test_a_full_screen_is_not_drawn_again_while_the_rest_is_filtered(open_app, monkeypatch):
    monkeypatch.setattr("logview.tui.screens.log.passes.SLICE_SECONDS", 1e-4)
    monkeypatch.setattr("logview.tui.screens.log.passes.UNSEEN_SECONDS", 3600)
    for module in ("pages", "tail"):
        monkeypatch.setattr(f"logview.log.store.{module}.PAGE_LINES", 200)
    async with open_app() as s:
        await s.lines(*numbered(1, 100_000))
        await s.press("&")
        await s.type("1")
        await s.wait_for(lambda: not s.log.passes.busy)
        slices, soon = s.log.passes.slices, []
        request = s.log.frames.request
        monkeypatch.setattr(
            s.log.frames, "request", lambda every=0.0: (soon.append(every == 0), request(every))
        )
        await s.press("enter")
        await s.wait_for(" of 40,952 ")
        assert 4 * sum(soon) < s.log.passes.slices - slices


async def test_a_filter_that_was_counted_while_typed_reads_nothing_again(open_app):
    async with open_app() as s:
        await s.lines(*numbered(1, 60_000))
        await s.press("&")
        await s.type("777")
        await s.wait_for(lambda: not s.log.passes.busy)
        before = s.log.document.pages_read
        await s.press("enter")
        await s.wait_for(lambda: not s.log.passes.busy)
        assert s.log.document.pages_read - before < 4 < s.log.document.end_page
        assert " 777 × " in s.status
        assert " of 114 " in s.status


async def test_a_pattern_too_slow_for_the_lines_on_screen_is_reported(open_app) -> None:
    async with open_app() as s:
        await s.lines("hello", "a" * 60 + "b", "world")
        await s.press("ampersand", "ctrl+r")
        await s.type("(a|aa)+$")
        await s.wait_for("too slow")
        await s.press("escape", "slash")
        await s.type("(a|aa)+$")
        await s.wait_for("too slow")


async def test_the_preview_of_an_edited_filter_counts_without_the_old_one(open_app) -> None:
    async with open_app() as s:
        await s.lines(*(f"line {n} foo{n % 3} bar{n % 2}" for n in range(30)))
        await s.press("ampersand")
        await s.type("foo1")
        await s.press("enter")
        await s.wait_for(" of 10 ")
        await s.press("X", "enter")
        await s.press(*["backspace"] * 4)
        await s.type("bar1")
        await s.wait_for("shows 15 lines")
        await s.press("enter")
        await s.wait_for(" of 15 ")
