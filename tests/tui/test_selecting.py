"""Selecting in the app: a selection stays on its text, is drawn where it is, and is copied."""

from __future__ import annotations

import os
import random
import re
from pathlib import Path

import pytest
from textual import events as textual_events

from logview.log.search.pattern import Query
from logview.sources.events import Gap
from logview.target import FileTarget
from logview.tui.selecting import DOUBLE_SECONDS
from tests.tui.internals import send_to_screen
from tests.tui.scripted import crawl, numbered

DOWN, MOVE, UP = textual_events.MouseDown, textual_events.MouseMove, textual_events.MouseUp
LEFT = 2
TOP = 1
SEEDS = range(int(os.environ.get("LOGVIEW_TEST_SEEDS", "2")))

pytestmark = pytest.mark.usefixtures("clicks_apart")


@pytest.fixture
def clicks_apart(monkeypatch):
    """Clicks on one place are no double clicks, unless a test says so."""
    monkeypatch.setattr("logview.tui.selecting.DOUBLE_SECONDS", -1.0)


async def drag(s, *cells, **keys):
    await s.mouse(DOWN, *cells[0], **keys)
    for cell in cells[1:]:
        await s.mouse(MOVE, *cell)
    await s.mouse(UP, *cells[-1])


async def copied(s, clipboard, key="y"):
    before = len(clipboard)
    await s.press(key)
    await s.wait_for(lambda: len(clipboard) > before)
    return clipboard[-1]


def selected_cells(s):
    """The text of each row that is drawn as selected, where any is."""
    ground = s.log.pane.palette.selection.bgcolor
    found = {}
    for y, strip in enumerate(s.strips):
        text = "".join(seg.text for seg in strip if seg.style and seg.style.bgcolor == ground)
        if text:
            found[y] = text
    return found


# -- what the mouse does --------------------------------------------------------------------


async def test_what_was_selected_is_reported_and_drawn(open_app):
    async with open_app() as s:
        await s.lines(*numbered(1, 5))
        await drag(s, (LEFT + 5, TOP + 1), (LEFT + 3, TOP + 3))
        assert "selected: y copies" in s.note
        assert selected_cells(s) == {TOP + 1: "2", TOP + 2: "line 3", TOP + 3: "line"}
        await s.press("escape")
        assert selected_cells(s) == {}


async def test_an_empty_line_within_a_selection_is_seen(open_app, clipboard):
    async with open_app() as s:
        await s.lines("one", "", "three")
        await drag(s, (LEFT, TOP), (LEFT + 4, TOP + 2))
        assert selected_cells(s)[TOP + 1] == " "
        assert await copied(s, clipboard) == "one\n\nthree"


async def test_who_lets_go_above_the_log_having_selected_nothing_stays_where_they_are(open_app):
    async with open_app() as s:
        await s.lines(*numbered(1, 50))
        await s.press("g")
        await s.mouse(DOWN, LEFT, TOP)
        await s.mouse(MOVE, LEFT, 0)
        await s.mouse(UP, LEFT, 0)
        assert s.cursor_row.endswith("line 1")


async def test_a_row_of_ours_adds_no_character_of_the_line_below(open_app, clipboard):
    async with open_app() as s:
        await s.lines(*numbered(1, 3))
        await s.say(Gap("something is missing", "missing"))
        await s.lines(*numbered(4, 6))
        await drag(s, (LEFT, TOP + 1), (LEFT + 20, TOP + 3))
        assert await copied(s, clipboard) == "line 2\nline 3"
        await drag(s, (LEFT + 5, TOP + 5), (LEFT + 20, TOP + 3))
        assert await copied(s, clipboard) == "line 4\nline 5"
        await drag(s, (LEFT + 3, TOP + 3), (LEFT + 3, TOP + 4))
        assert await copied(s, clipboard) == "line"
        await drag(s, (LEFT, TOP), (LEFT + 5, TOP + 6))
        assert await copied(s, clipboard) == "\n".join(numbered(1, 6))


async def test_a_log_of_nothing_but_a_gap_can_be_clicked(open_app, clipboard):
    async with open_app() as s:
        await s.say(Gap("something is missing", "missing"))
        await drag(s, (LEFT + 3, TOP), (LEFT + 9, TOP), (LEFT, TOP + 3))
        await s.press("v", "y")
        assert "the log has no line yet" in s.note
        assert clipboard == []


async def test_a_drag_that_begins_below_the_last_line_selects_up_from_its_end(open_app, clipboard):
    async with open_app() as s:
        await s.lines(*numbered(1, 3))
        await drag(s, (LEFT + 30, TOP + 9), (LEFT + 5, TOP + 1))
        assert await copied(s, clipboard) == "2\nline 3"


async def test_a_press_holds_the_text_still_and_a_click_lets_it_follow_again(open_app):
    async with open_app() as s:
        await s.lines(*numbered(1, 50))
        before = s.texts
        await s.mouse(DOWN, LEFT + 3, TOP + 5)
        await s.lines(*numbered(51, 60))
        assert [row for row in s.texts if "new" not in row] == before[:-1]
        await s.mouse(UP, LEFT + 3, TOP + 5)
        assert not s.log.pane.viewport.follow
        await s.press("G")
        last = TOP + s.texts.index("line 60")
        await s.mouse(DOWN, LEFT + 3, last)
        await s.lines("line 61")
        await s.mouse(UP, LEFT + 3, last)
        assert s.log.pane.viewport.follow
        assert s.cursor_row.endswith("line 61")


async def test_a_selection_does_not_hold_the_pill(open_app):
    async with open_app() as s:
        await s.lines(*numbered(1, 50))
        await drag(s, (LEFT, TOP + 3), (LEFT + 5, TOP + 3))
        await s.lines(*numbered(51, 60))
        x, y = s.find("10 new")
        await s.click(x, y)
        assert s.cursor_row.endswith("line 60")
        # A drag that only ends on the pill is none.
        await s.press("g")
        await s.lines("line 61")
        x, y = s.find("1 new")
        await s.mouse(DOWN, LEFT, TOP)
        for kind in (MOVE, UP, textual_events.Click):
            await s.mouse(kind, x, y)
        assert not s.log.pane.viewport.follow


async def test_escape_while_the_mouse_is_held_gives_the_mouse_back(open_app):
    async with open_app() as s:
        await s.lines(*numbered(1, 50))
        await s.mouse(DOWN, LEFT, TOP + 3)
        await s.mouse(MOVE, LEFT + 3, 23)
        await s.press("escape")
        assert selected_cells(s) == {}
        await s.mouse(MOVE, LEFT + 3, TOP + 9)
        await s.mouse(UP, LEFT + 3, TOP + 9)
        assert selected_cells(s) == {}
        assert s.app.mouse_captured is None


async def test_a_release_that_nobody_reported_ends_the_drag_with_the_next_move(open_app, clipboard):
    async with open_app() as s:
        await s.lines(*numbered(1, 9))
        await s.mouse(DOWN, LEFT, TOP)
        await s.mouse(MOVE, LEFT + 5, TOP + 1)
        free = MOVE(None, LEFT, TOP + 7, 0, 0, 0, False, False, False, LEFT, TOP + 7)
        send_to_screen(s.app, free)
        await s.settle()
        await s.mouse(MOVE, LEFT + 5, TOP + 8)
        assert await copied(s, clipboard) == "line 1\nline 2"


async def test_another_screen_takes_the_mouse_from_a_drag(open_app):
    async with open_app(None) as s:
        await s.type("HG7ML7M8z78YcAPEB")
        await s.press("enter")
        await s.wait_for(lambda: s.sources)
        await s.lines(*numbered(1, 9))
        await s.mouse(DOWN, LEFT, TOP)
        await s.mouse(MOVE, LEFT + 5, 23)
        await s.press("q")
        assert s.app.mouse_captured is None


async def test_the_wheel_takes_a_drag_along(open_app, clipboard):
    async with open_app() as s:
        await s.lines(*numbered(1, 50))
        await s.press("g")
        await s.mouse(DOWN, LEFT, TOP)
        await s.mouse(MOVE, LEFT + 5, TOP + 2)
        await s.mouse(textual_events.MouseScrollDown, LEFT + 5, TOP + 2)
        await s.mouse(UP, LEFT + 5, TOP + 2)
        assert await copied(s, clipboard) == "\n".join(numbered(1, 6))


async def test_on_a_screen_without_a_header_the_first_row_is_the_edge(open_app, clipboard):
    async with open_app(size=(60, 8)) as s:
        await s.lines(*numbered(1, 50))
        await s.press("G")
        last = s.texts.index("line 50")
        await s.mouse(DOWN, LEFT + 5, last)
        await s.mouse(MOVE, LEFT, 0)
        await s.wait_for(lambda: s.rows[0].endswith("line 1"))
        await s.mouse(UP, LEFT, 0)
        assert await copied(s, clipboard) == "\n".join([*numbered(1, 49), "line 5"])


async def test_clicks_that_are_far_apart_select_no_word(open_app, monkeypatch):
    monkeypatch.setattr("logview.tui.selecting.DOUBLE_SECONDS", DOUBLE_SECONDS * 1000)
    async with open_app() as s:
        await s.lines("some words here")
        for x in (LEFT, LEFT + 1):
            await drag(s, (x, TOP), (x, TOP))
        assert selected_cells(s) == {}
        await drag(s, (LEFT + 1, TOP), (LEFT + 1, TOP))
        assert selected_cells(s) == {TOP: "some"}
        await drag(s, (LEFT + 1, TOP), (LEFT + 1, TOP))
        assert selected_cells(s) == {TOP: "some words here"}
        await drag(s, (LEFT + 1, TOP), (LEFT + 1, TOP))
        assert selected_cells(s) == {}


async def test_shift_click_without_anything_takes_the_cursor_line_along(open_app, clipboard):
    async with open_app() as s:
        await s.lines(*numbered(1, 9))
        await s.press("g", "j", "j", "j")
        await drag(s, (LEFT + 3, TOP + 5), (LEFT + 3, TOP + 5), shift=True)
        assert await copied(s, clipboard) == "line 4\nline 5\nline"
        await s.press("g", "j", "j", "j")
        await drag(s, (LEFT + 5, TOP + 1), (LEFT + 5, TOP + 1), shift=True)
        assert await copied(s, clipboard) == "2\nline 3\nline 4"


# -- it stays on its text ---------------------------------------------------------------------


async def test_it_stays_on_its_text_whatever_changes_around_it(open_app, clipboard):
    async with open_app() as s:
        await s.lines(*crawl(1, 40))
        await s.press("g")
        top = s.log.pane.region.y
        await drag(s, (LEFT + 30, top + 2), (LEFT + 40, top + 4))
        expected = "\n".join([crawl(3, 1)[0][42:], crawl(4, 1)[0], crawl(5, 1)[0][:53]])
        for key in ("w", "t", "t", "t", "#", "l", "w", "l", "j", "pagedown", "G", "x", "m"):
            await s.press(key)
        await s.lines(*crawl(41, 100))
        await s.press("g", "y")
        await s.wait_for("Copied 3 lines")
        assert clipboard == [expected]


async def test_what_a_filter_shows_of_it_is_copied(open_app, clipboard):
    async with open_app() as s:
        await s.lines(*numbered(1, 12))
        await s.press("g")
        await drag(s, (LEFT, TOP + 1), (LEFT + 6, TOP + 10))
        await s.press("&", "1", "enter")
        assert await copied(s, clipboard) == "line 10\nline 11"
        await s.press("x")
        await drag(s, (LEFT, TOP + 1), (LEFT + 5, TOP + 3))
        await s.press("x", "y")
        assert "the filters show no line of it" in s.note
        await s.press("x", "y")
        await s.wait_for("Copied 3 lines")


async def test_lines_selected_with_keys_stay_selected_when_the_cursor_line_is_hidden(
    open_app, clipboard
):
    async with open_app() as s:
        await s.lines(*numbered(1, 19))
        await s.press("g", "j", "j", "v", "j", "j", "j")  # lines 3 to 6
        s.log.filters.add(Query(r"line ([123]|7|8)$", regex=True))
        await s.settle()
        assert set(selected_cells(s).values()) == {"line 3"}
        await s.press("x")
        assert await copied(s, clipboard) == "\n".join(numbered(3, 6))


async def test_what_opens_over_the_cursor_line_takes_nothing_away(open_app, clipboard):
    async with open_app(size=(80, 12)) as s:
        await s.lines(*numbered(1, 40))
        await s.press("v", "k", "k")
        await s.press("v", "G", "v", "k", "k")
        before = selected_cells(s).values()
        assert set(before) == {"line 38", "line 39", "line 40"}
        await s.press("/")
        await s.press("escape")
        assert set(selected_cells(s).values()) == set(before)
        assert await copied(s, clipboard) == "\n".join(numbered(38, 40))


async def test_following_does_not_grow_it(open_app, clipboard):
    async with open_app() as s:
        await s.lines(*numbered(1, 9))
        await s.press("v", "k", "G")
        await s.lines(*numbered(10, 20))
        await s.press("f")
        await s.lines(*numbered(21, 25))
        text = await copied(s, clipboard)
        assert text == "\n".join(numbered(9, 20))


@pytest.mark.parametrize("how", ["mouse", "keys"])
async def test_a_file_that_was_rewritten_has_nothing_selected(open_app, clipboard, how):
    async with open_app() as s:
        await s.lines(*numbered(1, 9))
        if how == "mouse":
            await drag(s, (LEFT, TOP), (LEFT + 4, TOP + 4))
        else:
            await s.press("v", "k")
        await s.say(Gap("The file was cut short or rewritten here.", "truncated"))
        assert selected_cells(s) == {}
        await s.lines("other")
        await s.press("G")
        assert await copied(s, clipboard) == "other"


TRACE = [
    "2026-11-20T06:00:01.000Z ERROR it failed",
    *(f"    at place {number}" for number in range(1, 5)),
    *(f"    at place (node:x:{number}:1)" for number in range(5, 20)),
    "    at place 20",
    "2026-11-20T06:00:02.000Z INFO  after",
]


async def test_folded_lines_are_copied_whether_the_fold_is_opened_or_not(open_app, clipboard):
    async with open_app() as s:
        await s.lines("before", *TRACE)
        await s.wait_for("frames in")
        await s.press("g")
        top = s.log.pane.region.y
        x, y = s.find("frames in")
        await drag(s, (LEFT, top + 1), (x, y))
        assert selected_cells(s)[y] == "  ▸ 15 frames in Node.js"
        await s.press("escape")
        await drag(s, (LEFT, top), (LEFT, top + 1), (LEFT + 39, y + 2))
        assert y in selected_cells(s)
        assert await copied(s, clipboard) == "\n".join(["before", *TRACE])
        # Opened, with the selection that there is.
        await drag(s, (LEFT, top + 3), (LEFT + 76, y + 1))
        s.log.view.open_fold(9)
        s.log.pane.update_viewport()
        await s.settle()
        assert await copied(s, clipboard) == "\n".join(TRACE[2:21])
        # With the keyboard: a fold's row is all its lines.
        s.log.view.close_folds()
        s.log.pane.update_viewport()
        await s.settle()
        _, y = s.find("frames in")
        await s.press("g", *("j" * (y - top)), "v")
        assert y in selected_cells(s)
        assert await copied(s, clipboard) == "\n".join(TRACE[6 - 1 : 20])


# -- stamps that are hidden -----------------------------------------------------------------


async def test_several_lines_have_their_stamps_though_these_are_hidden(open_app, clipboard):
    async with open_app() as s:
        log = crawl(1, 9)
        await s.lines(*log)
        await s.press("g", "t", "t", "t", "t", "t")
        assert "no times" in s.note
        assert not any("2026" in row for row in s.log_rows)
        top = s.find("INFO  CheerioCrawler: Request finished")[1]
        await drag(s, (LEFT, top + 1), (LEFT + 76, top + 2))
        assert await copied(s, clipboard) == "\n".join(log[1:3])
        await drag(s, (LEFT + 76, top + 2), (LEFT, top + 1))
        assert await copied(s, clipboard) == "\n".join(log[1:3])
        # Within a line, and from the middle of one, it is what was gone over.
        await drag(s, (LEFT, top + 1), (LEFT + 3, top + 1))
        assert await copied(s, clipboard) == "INFO"
        await drag(s, (0, top + 1), (LEFT + 3, top + 1))
        assert await copied(s, clipboard) == "INFO"
        await drag(s, (LEFT + 6, top + 1), (LEFT + 3, top + 2))
        assert await copied(s, clipboard) == f"{log[1][31:]}\n{log[2][:29]}"
        # The column of times stands for them.
        await s.press("t", "t")
        assert "clock" in s.note
        await drag(s, (LEFT, top + 1), (LEFT + 16, top + 1))
        assert await copied(s, clipboard) == log[1][:29]


# -- drawing ----------------------------------------------------------------------------------


async def test_of_a_long_line_only_what_is_selected_is_drawn_so(open_app, clipboard):
    async with open_app() as s:
        text = "".join(f"{number:9} " for number in range(100_000))
        await s.lines("before", text, "after")
        await s.press("g")
        await drag(s, (LEFT + 5, TOP + 1), (LEFT + 14, TOP + 1))
        assert selected_cells(s) == {TOP + 1: text[5:15]}
        for _ in range(60):
            await s.press("l")
        assert selected_cells(s) == {}
        s.log.pane.viewport.x = 500_000
        s.log.pane.redraw()
        await s.settle()
        assert selected_cells(s) == {}
        await drag(s, (LEFT + 5, TOP + 1), (LEFT + 14, TOP + 1))
        assert selected_cells(s) == {TOP + 1: text[500_005:500_015]}
        assert await copied(s, clipboard) == text[500_005:500_015]
        await drag(s, (LEFT + 5, TOP + 1), (LEFT + 4, TOP + 2))
        s.log.pane.viewport.x = 0
        s.log.pane.redraw()
        await s.settle()
        assert selected_cells(s) == {TOP + 2: "after"}


@pytest.mark.parametrize("theme", ["logview-dark", "logview-light"])
async def test_in_a_selection_matches_are_seen_and_colours_do_no_harm(open_app, theme):
    async with open_app() as s:
        s.app.theme = theme
        await s.send(
            "\x1b[7mreversed\x1b[0m \x1b[2mdim\x1b[0m \x1b[31mred\x1b[0m plain\nred again\n"
        )
        await s.press("g", "/", *"red", "enter")
        await s.wait_for("match 1 of")
        await s.press("V", "j")
        palette = s.log.pane.palette
        plain = s.style_of("plain")
        assert plain.bgcolor == palette.selection.bgcolor
        for word in ("reversed", "dim"):
            style = s.style_of(word)
            assert (style.color, style.bgcolor) == (plain.color, plain.bgcolor)
            assert not style.reverse
            assert not style.dim
        pattern = re.compile(r"rev|dim")
        assert pattern.search(s.text)
        assert s.style_of("red again").bold
        assert s.style_of("red plain").bgcolor in (palette.current.bgcolor, plain.bgcolor)


async def test_without_colours_a_selection_is_reversed(open_app, monkeypatch):
    monkeypatch.setenv("NO_COLOR", "1")
    async with open_app() as s:
        await s.lines("\x1b[7mone\x1b[0m two three", "four")
        await s.press("g")
        await drag(s, (LEFT, TOP), (LEFT + 6, TOP))
        assert s.style_of("one").reverse
        assert s.style_of("two").reverse
        assert not s.style_of("three").reverse
        assert s.style_of("three").bgcolor is None


# -- too much, and others ---------------------------------------------------------------------


async def test_too_many_lines_are_refused_kindly_and_stay_selected(open_app, clipboard):
    async with open_app() as s:
        await s.send(b"x\n" * 200_000)
        await s.press("g", "v", "G", "y")
        assert "200,000 lines are too much for a clipboard: s saves them" in s.words
        assert clipboard == []
        assert s.log.pane.selection is not None
        await s.press("s")
        await s.wait_for("HG7ML7M8z78YcAPEB-part.log [the selection]")


async def test_ctrl_c_copies_what_is_selected_also_while_a_search_is_typed(open_app, clipboard):
    async with open_app() as s:
        await s.lines(*numbered(1, 9))
        await s.press("g", "v", "j", "/", "ctrl+c")
        await s.wait_for("Copied 2 lines")
        assert clipboard == ["line 1\nline 2"]


async def test_what_the_entry_gives_away_is_masked_too(open_app, clipboard):
    async with open_app() as s:
        secret = "apify_api_" + "aB3dE6gH9jK2mN5pQ8sT1vW4yZ7bC0eF3hJ6"
        await s.lines(f'2026-11-20T06:00:01.000Z INFO  got {{"token":"{secret}","n":1}}')
        await s.press("enter")
        await s.press("y")
        await s.wait_for("1 secret masked")
        await s.press("C")
        await s.wait_for(lambda: len(clipboard) == 2)
        assert all(secret not in text and "‹" in text for text in clipboard)


SECRET = "apify_api_" + "aB3dE6gH9jK2mN5pQ8sT1vW4yZ7bC0eF3hJ6"


@pytest.mark.parametrize("key", ["y", "Y"])
async def test_a_secret_that_is_selected_in_part_is_masked_as_a_whole(open_app, clipboard, key):
    async with open_app() as s:
        await s.lines("before", f"a {SECRET} b", "Authorization: Bearer abcdefghijklmnop0123")
        # From within the secret on, and up to within it.
        await drag(s, (LEFT + 20, TOP + 1), (LEFT + 49, TOP + 1))
        text = await copied(s, clipboard, key)
        assert "‹token 1› b" in text
        assert SECRET[20:30] not in text
        await drag(s, (LEFT, TOP), (LEFT + 20, TOP + 1))
        text = await copied(s, clipboard, key)
        assert "before\na ‹token 1›" in text
        assert SECRET[4:14] not in text
        # What tells it stands outside of what is selected.
        await drag(s, (LEFT + 22, TOP + 2), (LEFT + 60, TOP + 2))
        assert "abcdefgh" not in await copied(s, clipboard, key)
        await s.wait_for("1 secret masked: R copies it as it is")
        assert "abcdefghijklmnop0123" in await copied(s, clipboard, "R")
        # Beside it nothing is masked.
        await drag(s, (LEFT, TOP), (LEFT + 1, TOP + 1))
        assert "before\na " in await copied(s, clipboard, key)
        assert "masked" not in s.note


SOME_KEYS = [
    *"vvVVyYjjkkgGbwt#lhnNeExm&/:LXsR+-",
    *("escape", "escape", "enter", "pageup", "pagedown", "ctrl+c", "ctrl+d", "ctrl+u", "up"),
]
SOME_LINES = [
    "",
    "plain",
    "a longer line with words " * 6,
    "2026-11-20T06:00:01.000Z ERROR it failed",
    *["    at place"] * 3,
    "2026-11-20T06:00:02.000Z INFO  fine",
    "宽宽 wide\ttab e\u0301 👨\u200d👩\u200d👧",
    "\x1b[31mred\x1b[0m",
    "x" * 30_000,
]
EVENTS = [DOWN, DOWN, MOVE, MOVE, MOVE, UP, UP, textual_events.Click]


@pytest.mark.parametrize("seed", SEEDS)
async def test_whatever_is_done_what_is_drawn_as_selected_is_what_is_copied(
    open_app, seed, tmp_path, monkeypatch
):
    monkeypatch.chdir(tmp_path)  # the keys may save
    rng = random.Random(seed)
    async with open_app() as s:
        pane, document = s.log.pane, s.log.document
        for _ in range(90):
            match rng.randrange(14):
                case 0 | 1 | 2:
                    s.source.lines(*rng.choices(SOME_LINES, k=rng.choice([1, 3, 40])))
                case 3:
                    kind = rng.choice(["missing", "missing", "truncated"])
                    s.source.say(Gap("a gap", kind))
                case 4:
                    size = rng.choice([(80, 24), (20, 7), (6, 3), (120, 40), (60, 9)])
                    await s.pilot.resize_terminal(*size)
                case 5 | 6 | 7 | 8:
                    width, height = s.app.size
                    x, y = rng.randrange(width), rng.randrange(height)
                    await s.mouse(rng.choice(EVENTS), x, y, shift=rng.random() < 0.2)
                case 9:
                    s.source.send(rng.choice([b"half", b"\n", "é".encode()[:1]]))
                case _:
                    for key in rng.choices(SOME_KEYS, k=rng.randrange(1, 5)):
                        s.send_key(key)
            await s.settle()
            selection = pane.selection
            if (
                selection is None
                or s.app.screen is not s.log
                or pane.viewport.wrap
                or pane.viewport.x
            ):
                continue
            drawn = selected_cells(s)
            for y, spot in enumerate(pane.viewport.screen_rows[: pane.viewport.height - 1]):
                span = None if spot.row.is_own else selection.span(spot.row.line)
                if spot.row.is_own or s.log.view.fold_at(spot.row.line) is not None:
                    continue
                text = document.line_text(spot.row.line)
                row = drawn.get(y + pane.region.y, "")
                if span is None:
                    assert row == ""
                elif text.isascii() and text.isprintable() and pane.current_match is None:
                    skip = pane.hidden_prefix(spot.row.line) or pane.layout_of(spot.row.line).skip
                    part = text[max(skip, span[0]) : span[1]] if span[1] > skip else ""
                    # The last cell of a line that goes on has its mark.
                    goes_on = len(text) - skip > pane.text_width
                    room = pane.text_width - goes_on - max(0, span[0] - skip)
                    assert row.rstrip() == part[: max(0, room)].rstrip()
        await s.mouse(UP, 0, 0)
        assert s.app.mouse_captured is None


KEY = ["-----BEGIN RSA PRIVATE KEY-----", *("MIIEowIBAAKCAQEA" * 4 for _ in range(6))]
KEY_END = "-----END RSA PRIVATE KEY-----"


async def test_a_private_key_that_began_above_is_masked(open_app, clipboard):
    async with open_app() as s:
        await s.lines("before", *KEY, KEY_END, "after")
        await s.press("k", "k", "k")
        assert "MIIEow" in s.cursor_row
        assert "MIIEow" not in await copied(s, clipboard)
        await s.press("k", "v", "j", "j", "j", "j")
        text = await copied(s, clipboard)
        assert "MIIEow" not in text
        assert text.endswith(f"{KEY_END}\nafter")


@pytest.mark.parametrize("how", ["copied", "saved"])
async def test_a_private_key_whose_beginning_a_filter_hides_is_masked(
    open_app, clipboard, tmp_path, monkeypatch, how
):
    monkeypatch.chdir(tmp_path)
    async with open_app() as s:
        await s.lines("before", *KEY, KEY_END, "A" * 64, "after")
        await s.press("&", *"!-----", "enter", "g", "v", "G")
        if how == "copied":
            text = await copied(s, clipboard)
        else:
            await s.press("s", "enter")
            await s.wait_for("Saved")
            text = next(tmp_path.iterdir()).read_text()
        assert "MIIEow" not in text
        lines = text.removesuffix("\n").split("\n")
        assert [lines[0], *lines[-2:]] == ["before", "A" * 64, "after"]  # the key's end counts, too
        assert len(lines) == 1 + 6 + 2


async def test_markdown_from_the_middle_of_a_key_keeps_its_fence(open_app, clipboard):
    async with open_app() as s:
        await s.lines("before", *KEY, KEY_END, "after")
        await s.press("k", "k", "k", "v", "k", "Y")
        await s.wait_for(lambda: clipboard)
        lines = clipboard.pop().split("\n")
        assert "```text" in lines
        assert not any("MIIEow" in line for line in lines)


async def test_that_a_selection_is_no_more_is_reported(open_app):
    async with open_app(FileTarget(Path("app.log"), 0)) as s:
        await s.lines("one", "two")
        await s.press("v")
        await s.say(Gap("the file was rewritten", "truncated"))
        assert "the file was rewritten: the selection is gone" in s.words


@pytest.mark.parametrize("key", ["y", "Y", "O", "v", "m", "enter"])
async def test_where_filters_show_nothing_it_is_not_reported_that_nothing_is_there(open_app, key):
    async with open_app() as s:
        await s.lines("one")
        await s.press("&", *"zzz", "enter", key)
        assert "the filters show no line" in s.words


async def test_a_link_is_searched_for_on_no_row_of_ours(open_app):
    async with open_app(FileTarget(Path("app.log"), 0)) as s:
        await s.lines("one")
        await s.say(Gap("the file was rewritten", "truncated"))
        for row in (TOP, TOP + 1, TOP + 5):
            await s.mouse(DOWN, LEFT + 4, row, ctrl=True)
        assert "there is no link" in s.note


async def test_a_newer_copy_is_not_replaced_by_an_older_one(open_app, clipboard):
    async with open_app() as s:
        await s.lines(*numbered(1, 50_000))
        await s.press("g", "v", "G")
        s.send_key("y")
        s.send_key("escape")
        s.send_key("y")
        await s.wait_for(lambda: clipboard)
        assert clipboard == ["line 50000"]
