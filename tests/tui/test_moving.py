"""Moving: keys, places, sideways, the wheel, clicks, the scroll bar."""

from __future__ import annotations

import pytest
from textual import events as textual_events

from tests.tui.scripted import numbered

Down, Up = textual_events.MouseScrollDown, textual_events.MouseScrollUp


@pytest.mark.parametrize(
    ("keys", "line"),
    [
        ("jj", 3),
        (["down", "down", "up"], 2),
        ("jjk", 2),
        (["pagedown"], 22),
        (["space", "space", "b"], 22),
        (["pagedown", "pagedown", "pageup"], 22),
        (["ctrl+d"], 11),
        (["ctrl+d", "ctrl+d", "ctrl+u"], 11),
        (["end", "home"], 1),
        ("Gg", 1),
        ("k", 1),
    ],
)
async def test_keys_move_the_cursor_line(open_app, keys, line):
    async with open_app() as s:
        await s.lines(*numbered(1, 300))
        await s.press("g", *keys)
        assert s.cursor_row == f"▌ line {line}"
        assert f" {line} of 300" in s.status


async def test_the_text_moves_only_as_far_as_it_must(open_app):
    async with open_app() as s:
        await s.lines(*numbered(1, 300))
        await s.press("g", *"j" * 20)
        assert s.texts[0] == "line 1"
        await s.press("j")
        assert s.texts[0] == "line 2"
        await s.press(*"k" * 20)
        assert s.texts[0] == "line 2"
        await s.press("k")
        assert s.texts[0] == "line 1"


async def test_a_page_keeps_the_cursor_on_its_row(open_app):
    async with open_app() as s:
        await s.lines(*numbered(1, 300))
        await s.press("g", *"jjjj")
        y = s.log_rows.index(s.cursor_row)
        await s.press("pagedown")
        assert s.log_rows.index(s.cursor_row) == y
        assert s.texts[0] == "line 22"


@pytest.mark.parametrize(
    ("typed", "line"),
    [
        ("123\n", 123),
        ("123G", 123),
        ("123g", 123),
        ("50%", 150),
        (":77\n", 77),
        (":0%", 1),
        (":100%", 300),
        (":1,2\n", 12),
        ("0\n", 1),
        ("999\n", 300),
    ],
)
async def test_going_to_a_place(open_app, typed, line):
    async with open_app() as s:
        await s.lines(*numbered(1, 300))
        await s.press(*("enter" if key == "\n" else key for key in typed))
        assert s.cursor_row == f"▌ line {line}"
        assert s.log.focused is s.log.pane


async def test_going_too_far_shows_how_many_lines_there_are(open_app):
    async with open_app() as s:
        await s.lines(*numbered(1, 300))
        await s.press("ctrl+g")
        await s.type("12345")
        await s.press("enter")
        assert "there are 300 lines" in s.note


@pytest.mark.parametrize("typed", ["x", "-", "1e9", "²", "9" * 16, "%"])
async def test_what_is_no_place_reports_it_and_stays_open(open_app, typed):
    async with open_app() as s:
        await s.lines(*numbered(1, 300))
        await s.press("g", ":")
        await s.type(typed)
        await s.press("enter")
        assert "1234" in s.rows[-3], "it says what a place is like"
        assert s.log.query_one(".prompt-error").display
        await s.press("escape")
        assert s.cursor_row == "▌ line 1"


async def test_going_to_nothing_goes_nowhere(open_app):
    async with open_app() as s:
        await s.lines(*numbered(1, 300))
        await s.press(":", "enter")
        assert s.cursor_row == "▌ line 300"
        assert s.log.focused is s.log.pane


async def test_a_place_already_on_the_screen_moves_no_text(open_app):
    async with open_app() as s:
        await s.lines(*numbered(1, 300))
        await s.press("g")
        before = s.texts
        await s.press(*"12", "enter")
        assert s.cursor_row == "▌ line 12"
        assert s.texts == before


async def test_going_to_a_line_that_the_filters_hide_goes_to_the_nearest(open_app):
    async with open_app() as s:
        await s.lines(*numbered(1, 300))
        await s.press("&", "0", "enter")
        await s.press(*"123", "enter")
        assert s.cursor_row == "▌ line 120"


async def test_sideways(open_app):
    async with open_app() as s:
        wide = "".join(f"{n:<8}" for n in range(30))
        await s.lines(wide, "short")
        await s.press("l")
        assert s.texts[0].startswith("1       2")
        assert "column 9" in s.status
        await s.press("right", "h", "left", "left")
        assert s.texts[0].startswith("0       1")
        assert "column" not in s.status
        await s.press(*"l" * 60)
        assert "29" in s.texts[0]


async def test_sideways_through_wide_characters(open_app):
    async with open_app() as s:
        await s.lines("宽字" * 60 + "end")
        await s.press("#", *"l" * 25)
        assert "end" in s.texts[0]
        assert all(strip.cell_length == 80 for strip in s.strips)


async def test_a_line_that_goes_on_has_a_mark_at_the_right_edge(open_app):
    async with open_app() as s:
        await s.lines("x" * 77, "y" * 78, "z" * 60 + "end of the line, at last")
        assert [row.rstrip(" ▁▂▃▄▅▆▇█")[-1] for row in s.log_rows[:3]] == ["x", "›", "›"]
        assert s.cursor_row == "▌ " + "z" * 60 + "end of the line,›"
        await s.press("/")
        await s.type("at last")
        await s.press("enter")
        assert "at last" in s.cursor_row
        await s.press("w")
        assert "›" not in s.text


async def test_wrap(open_app):
    async with open_app() as s:
        await s.lines("one", "x" * 100 + "end", "last")
        assert "end" not in s.text
        await s.press("w")
        assert s.texts[2].endswith("end")
        assert s.texts[3] == "last"
        await s.press("k")
        assert s.cursor_row.startswith("▌ xxx")
        await s.press("w")
        assert s.texts[2] == "last"


@pytest.mark.parametrize("key", ["#", "M"])
async def test_line_numbers(open_app, key):
    async with open_app() as s:
        await s.lines(*numbered(1, 1234))
        await s.press(key)
        assert s.texts[-1] == "1,234  line 1234"
        assert s.texts[-2] == "1,233  line 1233"
        await s.press(key)
        assert s.texts[-1] == "line 1234"


async def test_line_numbers_are_those_of_the_log_in_a_filter_too(open_app):
    async with open_app() as s:
        await s.lines(*numbered(1, 100))
        await s.press("#", "&", "7", "7", "enter")
        assert s.texts[0].split() == ["77", "line", "77"]


async def test_the_wheel_scrolls_and_carries_the_cursor_along(open_app):
    async with open_app() as s:
        await s.lines(*numbered(1, 300))
        await s.press("g")
        await s.mouse(Down, 5, 5)
        assert s.texts[0] == "line 4"
        assert s.cursor_row == "▌ line 4"
        await s.mouse(Up, 5, 5)
        assert s.texts[0] == "line 1"
        assert s.cursor_row == "▌ line 4"
        await s.mouse(Up, 5, 5)
        assert s.texts[0] == "line 1"


@pytest.mark.parametrize("key", ["shift", "ctrl"])
async def test_the_wheel_scrolls_sideways(open_app, key):
    async with open_app() as s:
        await s.lines("x" * 200)
        await s.mouse(Down, 5, 5, **{key: True})
        assert "column 9" in s.status
        await s.mouse(Up, 5, 5, **{key: True})
        assert "column" not in s.status


async def test_a_click_makes_a_line_the_current_one(open_app):
    async with open_app() as s:
        await s.lines(*numbered(1, 5))
        await s.click(10, 2)
        assert s.cursor_row == "▌ line 2"
        await s.click(10, 15)
        assert s.cursor_row == "▌ line 2"


async def test_the_scroll_bar_is_dragged(open_app):
    async with open_app() as s:
        await s.lines(*numbered(1, 10_000))
        x = 79
        await s.mouse(textual_events.MouseDown, x, 21)
        await s.mouse(textual_events.MouseMove, x, 1)
        assert s.texts[0] == "line 1"
        assert "PAUSED" in s.status
        await s.mouse(textual_events.MouseMove, x, 11)
        first = int(s.texts[0].split()[1])
        assert 4000 < first < 6000
        await s.mouse(textual_events.MouseMove, x, 21)
        await s.mouse(textual_events.MouseUp, x, 21)
        assert s.cursor_row == "▌ line 10000"
        await s.mouse(textual_events.MouseMove, x, 5)
        assert s.cursor_row == "▌ line 10000"


async def test_a_click_on_the_track_brings_the_thumb_there(open_app):
    async with open_app() as s:
        await s.lines(*numbered(1, 10_000))
        await s.click(79, 1)
        assert s.texts[0] == "line 1"


async def test_a_click_on_the_footer_does_what_it_shows(open_app):
    async with open_app() as s:
        await s.lines(*numbered(1, 100))
        assert "f follow" not in s.text, "it follows already"
        await s.press("k")
        await s.click_on("f follow")
        assert "PAUSED" not in s.words
        await s.click_on("/ search")
        await s.type("line 5")
        assert "/line 5" in s.text
        await s.click_on("^R regex")
        assert s.style_of("[regex]") != s.style_of("[case]")
        await s.click_on("↵ accept")
        assert s.cursor_row == "▌ line 5"
        await s.click_on("? help")
        await s.wait_for("type to narrow")


async def test_keys_in_an_empty_log(open_app):
    async with open_app() as s:
        await s.press(*"jkgGhlw#fnN", "pagedown", "pageup", "space", "b", "ctrl+d", "ctrl+u")
        await s.press("5", "enter", "x", "X", "&", "a", "enter", "y", "+", "-", "home", "end")
        await s.mouse(Down, 5, 5)
        await s.mouse(Up, 5, 5)
        await s.click(5, 5)
        await s.click(79, 5)
        assert s.app.is_running
        await s.lines("first")
        assert s.app.is_running


async def test_rows_of_ours_are_never_current(open_app):
    from logview.sources.events import Gap

    async with open_app() as s:
        await s.lines("one")
        await s.say(Gap("lines are missing", "missing"))
        await s.lines("two")
        await s.press("k")
        assert s.cursor_row == "▌ one"
        await s.click_on("lines are missing")
        assert s.cursor_row == "▌ one"
        await s.press("j")
        assert s.cursor_row == "▌ two"
        await s.press("/")
        await s.type("missing")
        assert "no match" in s.text
        await s.press("escape", "#")
        assert [row.split()[0] for row in s.texts[:3]] == ["1", "──", "2"]


async def test_what_is_still_to_come_does_not_move_a_reader_who_has_moved(
    open_app, monkeypatch
) -> None:
    async with open_app() as s:
        await s.lines(*(f"line {n}" for n in range(100)))
        came = []
        monkeypatch.setattr(type(s.log.document), "unindexed", 1)
        s.log.navigation.when_indexed(lambda: came.append(1))
        monkeypatch.undo()
        await s.press("k", "G")
        s.log.navigation.advance()
        assert not came


async def test_marks_are_listed_with_the_time_between_them(open_app):
    async with open_app(size=(100, 24)) as s:
        await s.lines(*(f"2026-11-20T06:0{n}:00.500Z line {n}" for n in range(9)))
        await s.press("'")
        assert "no marks yet" in s.words
        await s.press("g", "m", "j", "j", "m", "j", "m", "K")
        assert "─ Marks · 3 ─" in s.text
        rows = [row.strip("│ ").split() for row in s.rows if "│" in row]
        assert rows == [
            ["1", "06:00:00.500", "line", "0"],
            ["3", "06:02:00.500", "+2m00.0s", "line", "2"],
            ["4", "06:03:00.500", "+1m00.0s", "line", "3"],
        ]
        await s.press("k", "enter")
        assert "line 2" in s.cursor_row
        await s.press("'", "d", "escape")
        assert s.log.pane.marked_lines == {0, 3}
