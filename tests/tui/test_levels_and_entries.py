"""The log screen: levels, folds, entries, times and marks."""

from __future__ import annotations

import time

import pytest
from textual import events as textual_events

from logview.sources import events
from logview.tui.screens.entry import EntryScreen
from logview.tui.themes import LIGHT
from tests.tui.scripted import ACTOR_ID, crawl, job

ACTORS = {ACTOR_ID: "shop-price-crawler"}
AT = "2026-11-20T06:00:{:02}.{:03}Z {}"


def stack(number: int, frames: int = 20, second: int = 10) -> list[str]:
    """An error with its stack, as Crawlee's JavaScript writes it; from step 5 on in a library."""
    library = "node_modules/@crawlee/core"
    return [
        AT.format(second, 0, f"ERROR CheerioCrawler: Request {number} failed. Error: boom"),
        *(
            AT.format(
                second,
                n,
                f"    at step{n} (file:///app/{'src' if n < 5 else library}/step{n}.js:{n}:7)",
            )
            for n in range(1, frames)
        ),
        AT.format(second, frames, f'    at end (file:///app/src/end.js:1:7) {{"id":"mx{number}"}}'),
    ]


def shown(s) -> list[str]:
    """The rows of the log that are no blank ones, what stands left of them included."""
    return [row for row in s.log_rows if row.strip()]


async def test_x_takes_the_level_off_and_on(open_app):
    async with open_app() as s:
        await s.lines(*crawl(1, 30))
        await s.press("L", "w")
        assert all(row[0] in "WE▌" for row in shown(s))
        s.log.note("")
        await s.press("x")
        assert len(shown(s)) == 20
        await s.press("x")
        assert all(row[0] in "WE▌" for row in shown(s))


async def test_x_brings_back_what_was_switched_off_one_by_one(open_app):
    async with open_app() as s:
        await s.lines(*crawl(1, 30))
        await s.press("L", "e")
        s.log.note("")
        await s.click_on("≥ ERROR")
        assert len(shown(s)) == 20
        await s.press("x")
        assert len(shown(s)) == 1


async def test_a_level_that_is_chosen_leaves_filters_off_that_were_off(open_app):
    async with open_app() as s:
        await s.lines(*crawl(1, 30))
        await s.press("&")
        await s.type("page 10")
        await s.press("enter", "x", "L", "w")
        assert len(shown(s)) == 4


async def test_the_list_has_the_level_first(open_app):
    async with open_app() as s:
        await s.lines(*crawl(1, 30))
        await s.press("&")
        await s.type("page")
        await s.press("enter", "L", "w", "X")
        assert s.text.index("[x] minimum level  WARN") < s.text.index("[x] include  page")
        await s.press("space")
        assert "[ ] minimum level  WARN" in s.text
        assert len(s.log.view.filters) == 1
        await s.press("down", "space")
        assert "[ ] include  page" in s.text
        await s.press("up", "enter")
        assert "minimum level:" in s.text
        await s.press("e", "X", "d")
        assert "[x] minimum level" not in s.text
        assert "include  page" in s.text
        await s.press("d")
        assert "include  page" not in s.text
        assert s.app.focused is s.log.pane


async def test_the_list_closes_with_its_last_row(open_app):
    async with open_app() as s:
        await s.lines(*crawl(1, 30))
        await s.press("L", "w", "X", "d")
        assert s.app.focused is s.log.pane
        s.log.note("")
        await s.wait_for(lambda: len(shown(s)) == 20)


async def test_context_is_that_of_the_level_too(open_app):
    async with open_app() as s:
        await s.lines(*crawl(1, 60))
        await s.press("g", "L", "e", "+")
        assert [row[-3:] for row in shown(s)] != []
        assert len(shown(s)) == 6
        assert "1 line of context" in s.note


async def test_folds_are_back_when_context_is_of_no_filter(open_app):
    async with open_app() as s:
        await s.lines(*crawl(1, 2), *stack(1), *crawl(200, 2))
        assert "▸ 15 frames in @crawlee/core" in s.text
        await s.press("&")
        await s.type("step7")
        await s.press("enter", "+")
        assert "▸" not in s.text
        await s.press("x")
        assert "▸ 15 frames in @crawlee/core" in s.text


@pytest.mark.parametrize("width", [80, 60, 40, 20])
async def test_the_list_of_levels_has_all_its_letters(open_app, width):
    async with open_app(size=(width, 24)) as s:
        await s.lines(*crawl(1, 30))
        await s.press("L")
        row = s.rows[-3]
        assert [word[0] for word in row.replace("minimum level:", "").split()] == list("diweca")
        await s.click(row.rindex("c"), 21)
        assert s.log.view.minimum_level is not None
        assert s.log.view.minimum_level.name == "CRITICAL"


@pytest.mark.parametrize("width", [80, 60, 40, 20])
async def test_a_level_is_named_where_there_is_little_width(open_app, width):
    async with open_app(size=(width, 24)) as s:
        await s.lines(*crawl(1, 30))
        await s.press("k", "L", "w")
        s.log.note("")
        await s.settle()
        assert " ≥ WARN" in s.status
        await s.click_on("≥ WARN")
        assert s.log.view.level is None


async def test_other_keys_do_nothing_while_a_level_is_chosen(open_app):
    async with open_app() as s:
        await s.lines(*crawl(1, 30))
        before = s.texts[:-1]
        await s.press("L", "g", "q", "/")
        assert "minimum level:" in s.text
        await s.press("escape")
        assert s.texts[:-1] == before
        assert s.app.focused is s.log.pane


async def test_keys_typed_behind_a_level_are_those_of_the_log(open_app):
    async with open_app() as s:
        await s.lines(*crawl(1, 30))
        for key in "LwX":
            s.send_key(key)
        await s.settle()
        assert "[x] minimum level  WARN" in s.text
        await s.press("escape")
        for key in "Lakk":
            s.send_key(key)
        await s.settle()
        assert s.note == "all levels shown"
        assert '{"page":2' in s.cursor_row


async def test_the_keys_of_the_app_work_while_a_level_is_chosen(open_app):
    async with open_app() as s:
        await s.lines(*crawl(1, 30))
        await s.press("L", "f1")
        assert "type to narrow" in s.text
        await s.press("escape")
        assert "minimum level:" in s.text
        await s.press("w")
        assert s.note == "minimum level: WARN"
        await s.press("L", "ctrl+q")
        assert not s.app.is_running


async def test_who_follows_sees_the_end_when_something_closes(open_app):
    async with open_app() as s:
        await s.lines(*crawl(1, 30))
        await s.press("L", "i")
        assert "page 30" in s.log_rows[-1]


# -- the entry in full ------------------------------------------------------------------------


def entry(s) -> str:
    assert isinstance(s.app.screen, EntryScreen)
    return s.text


async def test_an_entry_grows_with_its_log(open_app):
    async with open_app() as s:
        lines = stack(1, 5)
        await s.lines(*lines[:2])
        await s.press("enter")
        assert "lines 1–2 · 2 lines" in entry(s)
        await s.lines(*lines[2:])
        assert "lines 1–6 · 6 lines · JSON" in entry(s)
        assert '"id": "mx1"' in s.text
        await s.lines(*crawl(900, 1))
        assert "lines 1–6 · 6 lines · JSON" in entry(s)


async def test_an_unfinished_line_is_completed_in_its_entry(open_app):
    async with open_app() as s:
        await s.send(AT.format(0, 0, "INFO  half a"))
        await s.press("enter")
        await s.send(" line, and the rest\n")
        assert "INFO  half a line, and the rest" in entry(s)


async def test_what_is_read_of_an_entry_stays_when_it_grows(open_app):
    async with open_app() as s:
        lines = stack(1, 60)
        await s.lines(*lines[:50])
        await s.press("E", "enter", "space")
        before = s.rows[1:-2]
        await s.lines(*lines[50:])
        assert "61 lines" in s.rows[0]
        assert s.rows[1:-2] == before


async def test_one_goes_on_from_the_entry_that_is_shown(open_app):
    async with open_app() as s:
        await s.lines(*crawl(1, 30))
        await s.press("enter")
        assert "line 30" in entry(s)
        await s.lines(*crawl(31, 50))
        assert "line 30" in entry(s)
        await s.press("K")
        assert "line 29" in entry(s)
        await s.press("J", "J")
        assert "line 31" in entry(s)
        await s.press("e")
        assert "line 50" in entry(s)
        await s.press("escape")
        assert "page 50" in s.cursor_row


async def test_an_entry_with_nowhere_to_go_leaves_the_log_following(open_app):
    async with open_app() as s:
        await s.lines("line 1", "line 2")
        await s.press("enter")
        await s.lines("line 3")
        await s.press("e")
        assert "no more errors" in entry(s)
        await s.press("escape")
        assert s.cursor_row == "▌ line 3"
        assert s.log.pane.viewport.follow


async def test_an_entry_is_opened_at_the_match_that_was_found(open_app):
    async with open_app() as s:
        await s.lines(*crawl(1, 5), *stack(1, 60), *crawl(401, 5))
        await s.press("g", "/")
        await s.type("step50.js")
        await s.press("enter", "enter")
        assert "61 lines" in entry(s)
        assert "step50.js" in s.text
        assert s.style_of("step50.js") != s.style_of("step49.js")
        await s.press("n")
        assert "no more matches" in s.text


async def test_an_entry_shows_that_a_search_wraps(open_app):
    async with open_app() as s:
        await s.lines(*crawl(1, 60))
        await s.press("E", "enter", "e")
        assert "wrapped to the first" in entry(s)
        assert "line 25" in s.text


async def test_an_entry_of_a_file_that_is_rewritten_stays_to_be_read(open_app):
    async with open_app() as s:
        await s.lines(*crawl(1, 30))
        await s.press("enter")
        await s.say(events.Gap("The file was rewritten.", "truncated"))
        await s.lines("INFO something else")
        assert "page" in entry(s)
        assert "this is what it said before" in s.text
        await s.press("K", "escape")
        assert s.cursor_row


async def test_an_entry_keeps_the_place_of_the_reader(open_app):
    async with open_app() as s:
        await s.lines(*crawl(1, 200))
        await s.press("9", "0", "enter")
        before = s.rows
        await s.press("enter", "escape")
        assert s.rows[:-2] == before[:-2]


# -- times ------------------------------------------------------------------------------------


async def test_the_cursor_line_keeps_its_row_in_every_form_of_the_times(open_app):
    async with open_app(size=(60, 24)) as s:
        await s.lines(*crawl(1, 200))
        await s.press("w", "9", "0", "enter", *"kkk", *"jjjjjj")
        number = s.log.pane.viewport.cursor
        y = s.log_rows.index(s.cursor_row)
        for key in "ttt#ttt#":
            await s.press(key)
            assert s.log.pane.viewport.cursor == number
            assert s.log_rows.index(s.cursor_row) == y


async def test_a_log_without_stamps_has_no_times(open_app):
    async with open_app() as s:
        await s.lines("one", "two")
        before = s.log_rows
        await s.press("t")
        assert "no times to show" in s.note
        s.log.note("")
        await s.wait_for(lambda: s.log_rows == before)
        await s.press("colon")
        await s.type("06:12")
        await s.press("enter")
        assert "no time stamps to go by" in s.note


FORMS = {
    "": ("06:00:01.200 WARN", "             a line without"),
    "t": ("08:00:01.200 WARN", "             a line without"),
    "tt": (" 0:00:01.160 WARN", "             a line without"),
    "ttt": ("   +0.040 WARN", "          a line without"),
    "tttt": ("2026-11-20T06:00:01.200Z WARN", "a line without a stamp"),
    "ttttt": ("WARN  Cheerio", "a line without"),
}


@pytest.mark.parametrize("keys", FORMS)
async def test_matches_are_marked_next_to_the_times(open_app, monkeypatch, keys):
    monkeypatch.setenv("TZ", "EET-2")
    time.tzset()
    async with open_app() as s:
        await s.lines(*crawl(1, 32), "a line without a stamp")
        await s.press(*keys, "/")
        await s.type("retrying page 30")
        await s.press("enter")
        stamped, bare = FORMS[keys]
        assert s.cursor_row[2:].startswith(stamped)
        assert shown(s)[-1][2:].startswith(bare)
        assert s.style_of("Retrying page 30") != s.style_of("CheerioCrawler: Retrying page 30")
        assert s.style_of("Retrying page 30") == s.style_of("ing page 30")
        await s.press("w")
        assert s.style_of("Retrying page 30") == s.style_of("ing page 30")


async def test_times_that_are_off_are_gone(open_app):
    async with open_app() as s:
        await s.lines(*crawl(1, 40))
        await s.press("k", *"ttttt")
        assert all(row.startswith(("INFO", "WARN", "ERROR")) for row in s.texts)
        await s.press("t")
        assert all(row.startswith("06:00:0") for row in s.texts)


async def test_a_gap_stands_out(open_app):
    async with open_app() as s:
        await s.lines(
            "2026-11-20T06:00:00.000Z INFO  one",
            "2026-11-20T06:00:00.500Z INFO  two",
            "2026-11-20T06:03:12.000Z INFO  three",
            "2026-11-20T06:03:11.000Z INFO  out of order",
        )
        await s.press("k", *"ttt")
        assert s.texts[1].startswith("   +0.500 INFO")
        assert s.texts[2].startswith("+3m11.5s  INFO") or s.texts[2].startswith(" +3m11.5s INFO")
        assert s.texts[3].startswith("   -1.000 INFO")
        assert s.style_of("+3m11.5s").bold
        assert not s.style_of("+0.500").bold


# -- folds ------------------------------------------------------------------------------------


async def test_a_fold_opens_by_click_and_by_key_and_moves_nothing_above(open_app):
    async with open_app() as s:
        await s.lines(*crawl(1, 10), *stack(1), *crawl(401, 3), *stack(2), *crawl(501, 9))
        await s.press("g")
        x, y = s.find("▸ 15 frames in @crawlee/core")
        before = s.texts[: y - 2]
        await s.click(x, y)
        assert "▸" not in s.log_rows[y - 2]
        assert "step5" in s.cursor_row
        assert s.texts[: y - 2] == before
        await s.press("G", "E")
        assert "Request 2" in s.cursor_row
        await s.press(*"jjjjj")
        assert "▸ 15 frames in @crawlee/core" in s.cursor_row
        await s.press("enter")
        assert "step5" in s.cursor_row


async def test_no_fold_is_made_of_lines_that_are_being_read(open_app):
    seen = 6  # one of a library, which is no fold by itself
    async with open_app() as s:
        lines = stack(1)
        await s.lines(*crawl(1, 30), *lines[:seen])
        await s.press("k")
        before = s.texts
        await s.lines(*lines[seen:], *crawl(401, 30))
        assert [row[:70] for row in s.texts[:-1]] == [row[:70] for row in before[:-1]]
        assert "▸" not in s.text
        await s.press("G", "E", "E")
        assert "▸" not in s.text


async def test_a_fold_stays_one_when_its_error_goes_on(open_app):
    async with open_app() as s:
        lines = stack(1, 30)
        await s.lines(*crawl(1, 3), *lines[:20])
        await s.press("k")
        assert "▸ 15 frames in @crawlee/core" in s.text
        await s.lines(*lines[20:])
        assert "▸ 25 frames in @crawlee/core" in s.text


async def test_a_match_in_a_fold_is_gone_to(open_app):
    async with open_app() as s:
        await s.lines(*crawl(1, 10), *stack(1), *crawl(401, 30))
        await s.press("g", "/")
        await s.type("step9")
        await s.press("enter")
        assert "step9.js" in s.cursor_row
        assert "match 1 of 2" in s.text


async def test_an_error_is_an_entry_however_long(open_app):
    async with open_app() as s:
        await s.lines(*crawl(1, 3), *stack(1), *stack(2), *crawl(401, 2))
        await s.press("g", "e")
        assert "Request 1 " in s.cursor_row
        await s.press("e")
        assert "Request 2 " in s.cursor_row
        await s.press("e")
        assert "wrapped to the first" in s.note
        assert "Request 1 " in s.cursor_row
        await s.press("E")
        assert "wrapped to the last" in s.note
        assert "Request 2 " in s.cursor_row


async def test_the_next_error_is_that_of_what_is_shown(open_app):
    async with open_app() as s:
        await s.lines(*crawl(1, 120))
        await s.press("&")
        await s.type("page 1")
        await s.press("enter", "g", "e")
        assert "page 100 " in s.cursor_row
        await s.press("e")
        assert "wrapped to the first" in s.note
        await s.press("X", "d", "&")
        await s.type("INFO")
        await s.press("enter", "e")
        assert "no errors in what is shown" in s.note


# -- marks ------------------------------------------------------------------------------------


async def test_marks_are_gone_to_in_both_directions_and_out_of_folds(open_app):
    async with open_app() as s:
        await s.lines(*crawl(1, 40), *stack(1), *crawl(401, 9))
        await s.press("g", "u")
        assert "no marks yet" in s.note
        await s.press("m", *"4", *"8", "enter", "m")
        assert "step" in s.cursor_row
        assert "▌•" in s.text
        await s.press("u")
        assert " 1 of " in s.status
        await s.press("u")
        assert "step7" in s.cursor_row
        await s.press("U")
        assert " 1 of " in s.status
        await s.press("m", "L", "c", "u")
        assert "1 mark, on lines that are not shown" in s.note


async def test_the_current_entry_has_a_tint_and_its_level_stays_on_the_cursor_line(open_app):
    async with open_app() as s:
        await s.lines(*stack(1, 4), *crawl(1, 1), *stack(2, 4), *crawl(401, 2))
        await s.press("g", "e")
        assert s.cursor_row.startswith("▌E06:00:10.000 ERROR")
        tinted = s.style_of("at step1", 1).bgcolor
        assert s.style_of("at step3", 1).bgcolor == tinted
        assert s.style_of("at step1").bgcolor == s.style_of("Request finished").bgcolor != tinted
        assert s.style_of("ERROR Cheerio", 1).bgcolor != tinted
        assert s.style_of("file:///app/src/step1.js").color == s.style_of("end.js").color
        await s.press("j", "t")
        assert s.cursor_row.startswith("▌│")
        assert s.app.state.times == "local"


# -- counters ---------------------------------------------------------------------------------


async def test_counts_grow_with_the_log(open_app):
    async with open_app() as s:
        await s.lines(*crawl(1, 24))
        assert " 2 W " in s.status
        assert " E " not in s.status
        await s.lines(*crawl(25, 1))
        assert " 1 E 2 W " in s.status
        await s.press("k", "k")
        await s.lines(*crawl(50, 1), *stack(1))
        assert "(2 errors)" in s.text
        assert " 3 E 2 W " in s.status


# -- the timeline -----------------------------------------------------------------------------


async def test_a_click_on_the_timeline_goes_there(open_app):
    async with open_app() as s:
        await s.lines(*crawl(1, 1000))
        await s.click(2, 1)
        assert " 1 of 1,000" in s.status
        await s.click(8 + 20, 1)  # a column has a second, of 25 lines
        assert s.log.pane.viewport.cursor == 499
        for kind, x in (("MouseDown", 2), ("MouseMove", 40), ("MouseMove", 77), ("MouseUp", 77)):
            await s.mouse(getattr(textual_events, kind), x, 1)
        assert s.log.pane.viewport.cursor > 970
        assert not s.log.pane.viewport.follow


@pytest.mark.parametrize("size", [(80, 5), (20, 8), (1, 1)], ids="{0[0]}x{0[1]}".format)
async def test_the_timeline_gives_way_in_a_tiny_terminal(open_app, size):
    async with open_app(size=size) as s:
        await s.lines(*crawl(1, 100))
        assert s.log.pane.region.y == 0


async def test_most_rows_are_the_log(open_app):
    async with open_app() as s:
        await s.lines(*crawl(1, 100))
        assert len(shown(s)) >= 19


async def test_a_log_without_stamps_has_no_timeline(open_app):
    async with open_app() as s:
        await s.lines("one", "two")
        assert s.rows[1] == "▌ two" or s.rows[1] == "  one"
        await s.press("ctrl+p")
        await s.type("timeline")
        await s.wait_for("Toggle timeline")


# -- pictures ---------------------------------------------------------------------------------


async def read_stacks(s):
    """Two stacks between lines of a crawl; the last but three is marked."""
    await s.say(events.JobChanged(job()), events.Connected())
    await s.lines(*crawl(1, 180), *stack(1, second=20), *crawl(600, 8), *stack(2, second=25))
    await s.lines(*crawl(700, 4))
    await s.press(*"kkkm")


async def test_picture_of_timeline_folds_and_a_mark(open_app, snapshot):
    async with open_app(actors=ACTORS) as s:
        await read_stacks(s)
        assert s.picture() == snapshot


LOOKS = [("dark", (160, 50)), ("light", (80, 24)), ("no colour", (80, 24))]


@pytest.mark.parametrize(("look", "size"), LOOKS, ids=[look for look, _ in LOOKS])
async def test_a_reader_goes_from_an_error_to_its_entry(open_app, monkeypatch, look, size):
    if look == "no colour":
        monkeypatch.setenv("NO_COLOR", "1")
    changes = {"theme": LIGHT.name} if look == "light" else {}
    async with open_app(size=size, actors=ACTORS, **changes) as s:
        await read_stacks(s)
        assert "◆" in s.rows[1]
        assert s.cursor_row.startswith("▌E06:00:28.000 ERROR CheerioCrawler: ")
        fold = next(row for row in s.log_rows if "frames in" in row)
        assert fold == "│                ▸ 15 frames in @crawlee/core"
        await s.press(*"EEttt")
        assert s.cursor_row.startswith("▌E   +3.980 ERROR CheerioCrawler: Request failed. page 600")
        assert " 202 of 234 " in s.status
        assert "│             ▸ 15 frames in @crawlee/core" in s.log_rows
        await s.press("L")
        assert s.rows[-3].split() == [
            "minimum",
            "level:",
            "debug",
            "info",
            "warn",
            "error",
            "critical",
            "all",
        ]
        await s.press("w")
        assert s.note == "minimum level: WARN"
        assert all(row[0] in "WE▌│" for row in shown(s))
        await s.press("X")
        assert "[x] minimum level  WARN" in s.rows[-4]
        await s.press("escape", "enter")
        assert isinstance(s.app.screen, EntryScreen)
        assert s.rows[0].strip() == "ERROR  line 202"
        assert s.rows[1].strip() == "UTC 2026-11-20 06:00:24.000 · local 06:00:24.000 (UTC)"
        assert s.rows[2].strip() == "+4.000 s since the previous entry · 23.960 s since the start"
        assert s.rows[4].strip() == "ERROR CheerioCrawler: Request failed. page 600 timed out"


async def test_a_mark_that_is_folded_shows_on_the_fold(open_app):
    async with open_app() as s:
        await s.lines(*stack(1))
        folded = next(row for row in s.log_rows if "frames in" in row)
        assert "•" not in folded
        hidden = next(line for line in range(20) if s.log.view.fold_of(line)) + 5
        s.log.pane.marked_lines.add(hidden)
        s.log.pane.redraw()
        await s.settle()
        assert "•" in next(row for row in s.log_rows if "frames in" in row)


async def test_the_entry_of_a_failed_try_lists_the_others_and_goes_on_to_them(open_app):
    def line(level: str, words: str, retry: str) -> str:
        at = "2026-11-20T06:00:00.000Z"
        return f'{at} {level} Crawler: {words} {{"id":"Aa1","url":"https://a.example",{retry}}}'

    reclaim = "Reclaiming failed request back to the list or queue."
    async with open_app(size=(100, 24)) as s:
        await s.lines(
            line("WARN ", f"{reclaim} blocked", '"retryCount":1'),
            "2026-11-20T06:00:00.000Z INFO  between",
            line("WARN ", f"{reclaim} timed out", '"retryCount":2'),
            line("ERROR", "Request failed and reached maximum retries. boom", '"method":"GET"'),
        )
        await s.press("g", "enter")
        await s.wait_for("failed tries of this request: 3")
        assert "▸ 06:00:00.000  line 1  before retry 1: blocked" in s.text
        assert "  06:00:00.000  line 4  gave up: boom" in s.text
        await s.press("T")
        assert "▸ 06:00:00.000  line 3  before retry 2: timed out" in s.text
        await s.press("T", "T")
        await s.click_on("line 4  gave up")
        assert "▸ 06:00:00.000  line 4  gave up: boom" in s.text
        await s.press("T", "escape")
        assert "blocked" in s.cursor_row
        await s.press("j", "enter", "T")
        assert "no other failed try" in s.text


async def test_enter_right_behind_a_jump_is_for_what_it_finds(open_app):
    async with open_app() as s:
        first = "2026-11-20T06:00:00.000Z ERROR the one that is far above"
        rest = [f"2026-11-20T06:00:01.000Z INFO  line {n} of many" for n in range(60_000)]
        s.source.lines(first, *rest)
        while not s.log.document.line_count:
            await s.turn()  # the levels are still to be read
        s.send_key("E")
        s.send_key("enter")
        await s.wait_for("the one that is far above")
        assert "of many" not in s.text
        assert "ERROR" in s.rows[0]
