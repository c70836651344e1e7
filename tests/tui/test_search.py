"""Searching: as one types, exactly counted, and cancel."""

from __future__ import annotations

import pytest

from tests.tui.scripted import crawl, numbered


async def searching(s, text):
    await s.press("/")
    await s.type(text)


async def test_it_finds_from_the_cursor_on_as_one_types(open_app):
    async with open_app() as s:
        await s.lines(*numbered(1, 300))
        await s.press("g", "5", "0", "enter", "/")
        await s.type("1")
        assert s.cursor_row == "▌ line 51"
        await s.type("2")
        assert s.cursor_row == "▌ line 112"
        await s.type("9")
        assert s.cursor_row == "▌ line 129"
        await s.press("backspace")
        assert s.cursor_row == "▌ line 112"


async def test_the_counter_is_exact(open_app):
    async with open_app() as s:
        await s.lines(*("needle" if n % 3 == 0 else "hay" for n in range(123)))
        await s.press("g")
        await searching(s, "needle")
        assert "match 1 of 41" in s.text
        await s.press("enter", "n", "n")
        assert "match 3 of 41" in s.status
        await s.press("N")
        assert "match 2 of 41" in s.status


async def test_every_match_of_a_line_counts(open_app):
    async with open_app() as s:
        await s.lines("ababab", "b", "ab")
        await s.press("g")
        await searching(s, "ab")
        assert "match 1 of 4" in s.text
        await s.press("enter", "n", "n")
        assert s.cursor_row == "▌ ababab"
        assert "match 3 of 4" in s.status
        await s.press("n")
        assert s.cursor_row == "▌ ab"


async def test_all_matches_on_the_screen_are_marked_and_the_current_one_differs(open_app):
    async with open_app() as s:
        await s.lines("one needle", "two", "needle three needle")
        await s.press("g")
        await searching(s, "needle")
        current, other = s.style_of("needle", 0), s.style_of("needle", 1)
        assert current != other
        assert other == s.style_of("needle", 2)
        assert s.style_of("two") not in (current, other)
        await s.press("enter", "n")
        assert s.style_of("needle", 1) == current
        await s.press("escape")
        assert s.style_of("needle", 1) not in (current, other)


async def test_smart_case(open_app):
    async with open_app() as s:
        await s.lines("Error", "error", "ERROR", "terror")
        await s.press("g")
        await searching(s, "error")
        assert "of 4" in s.text
        await s.press("escape", "/")
        await s.type("Error")
        assert "match 1 of 1" in s.text


async def test_case_by_its_key_and_by_a_click(open_app):
    async with open_app() as s:
        await s.lines("Error", "error", "ERROR", "terror")
        await s.press("g")
        await searching(s, "error")
        await s.press("ctrl+t")
        assert "of 2" in s.text
        await s.click_on("[case]")
        assert "of 4" in s.text


async def test_regex_by_its_key_and_by_a_click(open_app):
    async with open_app() as s:
        await s.lines("a.c", "abc")
        await s.press("g")
        await searching(s, "a.c")
        assert "match 1 of 1" in s.text
        await s.press("ctrl+r")
        assert "match 1 of 2" in s.text
        await s.click_on("[regex]")
        assert "match 1 of 1" in s.text


async def test_a_wrong_pattern_keeps_the_last_result_and_gives_the_reason(open_app):
    async with open_app() as s:
        await s.lines(*numbered(1, 60))
        await s.press("g", "/", "ctrl+r")
        await s.type("ne 4")
        found = s.cursor_row
        await s.type("(")
        assert s.cursor_row == found == "▌ line 4"
        assert "match 1 of 11" in s.text
        assert "missing )" in s.text
        await s.type("2)")
        assert s.cursor_row == "▌ line 42"
        assert "missing )" not in s.text


@pytest.mark.parametrize("pattern", ["(((x{100}){100}){100}){100}", "a" * 1001, "[", "(?P<a>)(?P<"])
async def test_a_refused_pattern_gives_the_reason(open_app, pattern):
    async with open_app() as s:
        await s.lines(*numbered(1, 3))
        await s.press("/", "ctrl+r")
        s.log.query_one("PromptInput").value = pattern
        await s.settle()
        assert s.log.query_one(".prompt-error").display
        await s.press("enter", "escape")
        assert s.app.is_running


async def test_a_pattern_that_is_too_slow_is_reported_and_dropped(open_app):
    async with open_app() as s:
        await s.lines("first", "a" * 60 + "b", "last")
        await s.press("/", "ctrl+r")
        s.log.query_one("PromptInput").value = "(a|aa)+$"
        await s.wait_for("too slow")
        await s.press("escape")
        assert s.cursor_row == "▌ last"


async def test_enter_keeps_the_place_and_gives_the_focus_back(open_app):
    async with open_app() as s:
        await s.lines(*numbered(1, 300))
        await s.press("g")
        await searching(s, "line 250")
        before = s.texts
        await s.press("enter")
        assert s.cursor_row == "▌ line 250"
        assert s.texts[: len(before)] == before
        await s.press("j")
        assert s.cursor_row == "▌ line 251"


async def test_esc_returns_to_where_it_began(open_app):
    async with open_app() as s:
        await s.lines(*numbered(1, 300))
        await s.press("g", "j", "j", "l")
        before = s.rows
        await searching(s, "line 250")
        assert s.rows[1] != before[1]
        await s.press("escape")
        assert s.rows == before


@pytest.mark.parametrize("typed", ["", "page 250", "nothing has this"])
async def test_esc_returns_to_a_line_that_the_prompt_lies_over(open_app, typed):
    async with open_app() as s:
        await s.lines(*crawl(1, 300))
        await s.press("g", *"j" * (len(s.log_rows) - 1))
        before = s.rows
        assert s.cursor_row == s.log_rows[-1]
        await searching(s, typed)
        await s.press("escape")
        assert s.rows == before
        await s.press("v", "/", "escape")
        selection = s.log.pane.selection
        assert selection is not None
        assert selection.start.line == selection.stop.line


async def test_esc_returns_to_following(open_app):
    async with open_app() as s:
        await s.lines(*numbered(1, 300))
        await searching(s, "line 25")
        await s.press("escape")
        await s.lines("line 301")
        assert s.cursor_row == "▌ line 301"
        assert "PAUSED" not in s.status


async def test_what_is_not_found_leaves_the_reader_where_he_was(open_app):
    async with open_app() as s:
        await s.lines(*numbered(1, 300))
        await s.press("g", "j")
        before = s.texts
        await searching(s, "line 250")
        await s.type("x")
        assert "no match" in s.text
        assert s.texts == before[: len(s.texts)]
        await s.press("enter")
        assert s.cursor_row == "▌ line 2"


async def test_it_wraps_round_with_a_notice(open_app):
    async with open_app() as s:
        await s.lines("needle one", "hay", "needle two")
        await s.press("g")
        await searching(s, "needle")
        await s.press("enter", "n")
        assert s.cursor_row == "▌ needle two"
        assert "wrapped" not in s.note
        await s.press("n")
        assert s.cursor_row == "▌ needle one"
        assert "wrapped to the first" in s.note
        await s.press("N")
        assert s.cursor_row == "▌ needle two"
        assert "wrapped to the last match" in s.note


async def test_n_goes_on_from_where_the_reader_went(open_app):
    async with open_app() as s:
        await s.lines(*numbered(1, 300))
        await s.press("g")
        await searching(s, "00")
        await s.press("enter")
        assert s.cursor_row == "▌ line 100"
        await s.press("g", "n")
        assert s.cursor_row == "▌ line 100"
        await s.press("G", "N")
        assert s.cursor_row == "▌ line 200"


async def test_n_without_a_search_reports_it(open_app):
    async with open_app() as s:
        await s.lines("one")
        await s.press("n")
        assert "/ searches" in s.note


async def test_history(open_app):
    async with open_app() as s:
        await s.lines(*numbered(1, 30))
        await s.press("g")
        await searching(s, "line 2")
        await s.press("enter", "/")
        await s.type("line 3")
        await s.press("enter", "/")
        await s.type("li")
        await s.press("up")
        assert "/line 3" in s.text
        await s.press("up")
        assert "/line 2" in s.text
        assert s.cursor_row == "▌ line 2" or "match" in s.text
        await s.press("down", "down")
        assert "/li " in s.text


async def test_an_empty_search_repeats_the_last_one(open_app):
    async with open_app() as s:
        await s.lines("needle one", "hay", "needle two")
        await s.press("g")
        await searching(s, "needle")
        await s.press("enter", "escape")
        await s.press("/", "enter")
        await s.press("n")
        assert "needle two" in s.cursor_row


async def test_it_covers_the_lines_that_the_filters_show(open_app):
    async with open_app() as s:
        await s.lines(*crawl(1, 100))
        await s.press("&")
        await s.type("error")
        await s.press("enter", "g")
        await searching(s, "page")
        assert "match 1 of 4" in s.text
        await s.press("enter", "x")
        await s.wait_for("of 100")
        await s.press("x")
        await s.wait_for("of 4")


async def test_it_counts_the_lines_that_arrive(open_app):
    async with open_app() as s:
        await s.lines("needle")
        await searching(s, "needle")
        await s.press("enter")
        assert "match 1 of 1" in s.status
        await s.lines("hay", "a needle, a needle")
        await s.wait_for("match 1 of 3")
        await s.press("n", "n")
        assert "match 3 of 3" in s.status


async def test_it_reads_the_visible_text(open_app):
    async with open_app() as s:
        await s.send("\x1b[31mER\x1b[32mROR\x1b[0m [31m\n")
        await searching(s, "error")
        assert "match 1 of 1" in s.text
        await s.press("escape", "/")
        await s.type("[31m")
        assert "match 1 of 1" in s.text


async def test_a_match_far_to_the_right_is_brought_on_the_screen(open_app):
    async with open_app() as s:
        await s.lines("x" * 500 + "needle", "short")
        await s.press("g")
        await searching(s, "needle")
        assert "needle" in s.log_rows[0]
        assert "column" in s.status
        await s.press("escape")
        assert "needle" not in s.log_rows[0]


async def test_a_large_log_is_searched_in_slices(open_app):
    async with open_app() as s:
        words = ("needle" if n % 1000 == 500 else "hay" for n in range(60_000))
        await s.send("".join(f"{word} {n:07}\n" for n, word in enumerate(words)))
        await s.press("g")
        await searching(s, "needle")
        await s.press("enter")
        await s.wait_for("match 1 of 60")
        assert s.log.passes.slices > 1
        await s.press("n")
        await s.wait_for("match 2 of 60")
        await s.press("N", "N")
        assert s.cursor_row == "▌ needle 0059500"


async def test_search_in_an_empty_log(open_app):
    async with open_app() as s:
        await searching(s, "x")
        assert "no match" in s.text
        await s.press("enter", "n", "N", "escape")
        assert s.app.is_running


async def test_what_is_typed_ahead_belongs_to_the_prompt(open_app):
    async with open_app() as s:
        await s.lines(*numbered(1, 300))
        await s.press("g")
        for key in "/line 77":
            s.send_key(key)
        await s.settle()
        assert s.cursor_row == "▌ line 77"
        await s.press("escape")
        for key in "250G":
            s.send_key(key)
        await s.settle()
        assert s.cursor_row == "▌ line 250"


async def test_what_is_typed_behind_enter_belongs_to_the_log_again(open_app):
    async with open_app() as s:
        await s.lines(*numbered(1, 300))
        await s.press("g")
        for key in ("/", "7", "enter", "j", "&", "1", "enter", "x"):
            s.send_key(key)
        await s.settle()
        assert s.cursor_row == "▌ line 8"
        assert " 1 × " in s.status
        assert " of 300 " in s.status
        assert s.log.focused is s.log.pane


async def test_what_is_typed_behind_esc_belongs_to_the_log_again(open_app):
    async with open_app() as s:
        await s.lines(*numbered(1, 300))
        await s.press("g")
        for key in ("/", "7", "7", "escape", "j", "j"):
            s.send_key(key)
        await s.settle()
        assert s.cursor_row == "▌ line 3"


async def test_a_prompt_that_stays_open_keeps_the_focus(open_app):
    async with open_app() as s:
        await s.lines(*numbered(1, 30))
        for key in (":", "x", "enter"):
            s.send_key(key)
        await s.settle()
        await s.press("backspace", "7", "enter")
        assert s.cursor_row == "▌ line 7"


async def test_a_search_that_was_cancelled_leaves_the_one_before_it(open_app) -> None:
    async with open_app() as s:
        await s.lines(*(f"line {n} foo{n % 3}" for n in range(30)))
        await s.press("slash")
        await s.type("foo1")
        await s.press("enter")
        await s.wait_for("match 1 of 10")
        await s.press("slash")
        await s.type("bar")
        await s.press("escape")
        await s.wait_for("match 1 of 10")
        await s.press("ampersand", "escape", "n")
        await s.wait_for("match 2 of 10")


async def test_enter_on_a_pattern_that_cannot_be_used_keeps_the_prompt(open_app):
    async with open_app() as s:
        await s.lines("one", "two", "save me")
        await s.press("/", "ctrl+r")
        await s.type("sav(")
        await s.press("enter")
        await s.type("s")
        assert "/sav(s" in s.text
        assert "save to" not in s.text
        await s.press("backspace", "backspace", "enter")
        assert s.log.focused is s.log.pane


async def test_the_regex_switch_of_a_search_is_not_that_of_the_next_filter(open_app):
    async with open_app() as s:
        await s.lines("a.c", "abc", "a.d")
        await s.press("/", "ctrl+r")
        await s.type("a.c")
        await s.press("enter")
        await s.press("&")
        await s.type("a.c")
        await s.wait_for("shows 1 line")
        await s.press("escape", "/")
        await s.type("a.c")
        await s.wait_for("match 1 of 2")
