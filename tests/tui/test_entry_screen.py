"""The entry in full: what is on its screen, what its keys do, and what it does not do."""

from __future__ import annotations

import asyncio
import json
import os
import re
import time
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from textual import events as textual_events
from textual.app import App
from textual.color import Color
from textual.reactive import Reactive

from logview.log.entries.level import Level
from logview.log.search.pattern import PatternTooSlowError
from logview.tui import no_color, themes
from logview.tui.screens.entry import EntryExcerpt, EntryScreen
from logview.tui.style_files import style_files
from logview.tui.themes import DARK, LIGHT
from tests.tui.internals import render_strips, send_to_screen
from tests.tui.picture import picture, rows
from tests.tui.test_outside_words import FORBIDDEN, HOSTILE, MARKUP

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Sequence

    from textual.pilot import Pilot

AT = "2026-11-20T06:00:00.033Z"
START = b"2026-11-20T05:56:47.688Z"
PREVIOUS = b"2026-11-20T06:00:00.019Z"

REQUEST = (
    f"{AT} \x1b[32mINFO\x1b[39m \x1b[33m CheerioCrawler:\x1b[39m Request finished\x1b[90m "
    '{"url":"https://shop.example.com/p/1?page=%7B2","status":200,"price":1.10,"next":null,'
    '"tags":["a","b"]}\x1b[39m and so on'
)
STACK = (
    f"{AT} ERROR Request failed and reached maximum retries. Navigation timed out after 60 s.",
    *(f"2026-11-20T06:00:00.{n:03}Z     at step{n} (file:///app/{n}.js)" for n in range(40, 70)),
    '2026-11-20T06:00:00.080Z     at end (file:///app/src/x.js:1:2) {"id":"mxO5nXSKUM5jTl2"}',
)  # fmt: skip
CHILD = (
    f"{AT} [apify.outer runId:2nGcih12JwIuukQtq] -> 2026-11-20T05:59:59.912Z "
    "[apify.inner runId:4U1oAnKau6jpzjUuA] -> 2026-11-20T05:59:59.900Z WARN  Slow."
)


def shown(*lines: str | bytes, level: Level | None = Level.INFO, number: int | None = 40112):
    """An entry as the log gives it."""
    data = tuple(line if isinstance(line, bytes) else line.encode() for line in lines)
    return EntryExcerpt(data, number, len(data), level, PREVIOUS, START)


class Small(App[int]):
    """As much of the app as the screen needs."""

    ansi_theme_dark = Reactive(themes.ANSI_DARK, init=False)
    ansi_theme_light = Reactive(themes.ANSI_LIGHT, init=False)

    def __init__(self, theme: str) -> None:
        super().__init__(
            css_path=style_files("app", "key_bar", "scroll_bar", "entry", "entry_body")
        )
        self.register_theme(DARK)
        self.register_theme(LIGHT)
        self.theme = theme
        self.animation_level = "none"
        if no_color.is_no_color_set(os.environ):
            self._filters = [no_color.NoColor()]

    def get_theme_variable_defaults(self) -> dict[str, str]:
        return themes.theme_variables(self.current_theme)


class Reader:
    """The screen in its app, and the person before it."""

    def __init__(self, pilot: Pilot[int], screen: EntryScreen) -> None:
        self.pilot, self.screen = pilot, screen
        self.app = pilot.app
        self.asked: list[str] = []
        self.copied: list[tuple[str, str]] = []
        self.answer: EntryExcerpt | Awaitable[EntryExcerpt | None] | None = None

    @property
    def rows(self) -> list[str]:
        return rows(self.app)

    @property
    def body(self) -> list[str]:
        return [row[2:] for row in self.rows[1:-2]]

    @property
    def text(self) -> str:
        return "\n".join(self.rows)

    @property
    def note(self) -> str:
        return self.rows[-2].strip()

    async def press(self, *keys: str) -> None:
        await self.pilot.press(*keys)
        await self.app.workers.wait_for_complete()
        await self.pilot.pause()

    def styled(self, text: str, **expected: object) -> bool:
        """Whether the first place of a text on the screen is all drawn like that."""
        for strip in render_strips(self.app):
            if (at := strip.text.find(text)) >= 0:
                # The text holds narrow characters only, so that cells are characters.
                cut = strip.crop(at, at + len(text))
                return all(getattr(s.style, name) == v for s in cut for name, v in expected.items())
        raise AssertionError(f"{text!r} is not on the screen:\n{self.text}")


@asynccontextmanager
async def open_entry(
    entry: EntryExcerpt,
    *,
    size: tuple[int, int] = (80, 24),
    theme: str = DARK.name,
    match: Callable[[str], Sequence[tuple[int, int]]] | None = None,
) -> AsyncIterator[Reader]:
    async with Small(theme).run_test(size=size) as pilot:
        screen = EntryScreen(
            entry,
            lambda where: (reader.asked.append(where), reader.answer)[1],
            lambda text, what: reader.copied.append((text, what)),
            match,
        )
        reader = Reader(pilot, screen)
        await pilot.app.push_screen(screen)
        await pilot.pause()
        yield reader


def finder(pattern: str) -> Callable[[str], list[tuple[int, int]]]:
    return lambda text: [found.span() for found in re.finditer(pattern, text)]


# -- pictures ---------------------------------------------------------------------------------


async def test_its_picture(snapshot):
    async with open_entry(shown(REQUEST), match=finder("stat")) as r:
        assert picture(r.app) == snapshot


@pytest.mark.parametrize("size", [(80, 24), (160, 50)], ids=["80x24", "160x50"])
@pytest.mark.parametrize("look", ["dark", "light", "no colour"])
async def test_it_reads_the_same_in_all_themes(size, look, monkeypatch):
    if look == "no colour":
        monkeypatch.setenv("NO_COLOR", "1")
    theme = LIGHT.name if look == "light" else DARK.name
    async with open_entry(shown(REQUEST), size=size, theme=theme, match=finder("stat")) as r:
        lines = [row.strip() for row in rows(r.app)]
        assert lines[:3] == [
            "INFO  line 40,112 · JSON",
            "UTC 2026-11-20 06:00:00.033 · local 06:00:00.033 (UTC)",
            "+0.014 s since the previous entry · 3m12.345s since the start",
        ]
        assert lines[4:7] == [
            "INFO  CheerioCrawler: Request finished {",
            '"url": "https://shop.example.com/p/1?page=%7B2",',
            '"status": 200,',
        ]
        assert lines[-2] == "all of it"
        assert lines[-1].endswith("esc close")
        r.answer = shown(*STACK, level=Level.ERROR)
        await r.press("e")
        lines = [row.strip() for row in rows(r.app)]
        assert lines[0] == "ERROR  lines 40,112–40,143 · 32 lines · JSON"
        assert lines[2].endswith("3m12.345s since the start · spans 47 ms")
        assert lines[4].startswith("ERROR Request failed and reached maximum retries.")
        assert "at step40 (file:///app/40.js)" in lines


async def test_in_a_tiny_terminal_its_head_makes_way_and_one_row_is_left():
    async with open_entry(shown(REQUEST), size=(24, 6)) as r:
        lines = [row.strip() for row in rows(r.app)]
        assert lines[0].startswith("INFO  line 40,112")
        assert lines[-2:] == ["row 1 of 10", "y copy  esc close"]


# -- what is on it ----------------------------------------------------------------------------


async def test_times_are_shown_in_utc_and_local(monkeypatch):
    monkeypatch.setenv("TZ", "Europe/Prague")
    time.tzset()
    async with open_entry(shown(*STACK)) as r:
        assert r.body[0] == "UTC 2026-11-20 06:00:00.033 · local 07:00:00.033 (CET)"
        assert r.body[1] == (
            "+0.014 s since the previous entry · 3m12.345s since the start · spans 47 ms"
        )
    monkeypatch.setenv("TZ", "America/New_York")
    time.tzset()
    entry = shown("2026-11-20T03:00:00.000Z late")
    async with open_entry(replace(entry, previous=b"2026-11-20T03:00:01.000Z", start=None)) as r:
        assert "local 2026-11-19 22:00:00.000 (EST)" in r.body[0]
        assert r.body[1] == "−1.000 s since the previous entry"
    monkeypatch.setenv("TZ", "UTC")
    time.tzset()
    foreign = replace(
        shown("2026-11-20 06:05:00,122 INFO  x"),
        stamp=b"2026-11-20T06:05:00.122Z",
        previous=b"2026-11-20T06:05:00.022Z",
        start=None,
    )
    async with open_entry(foreign) as r:
        assert r.body[0].startswith("UTC 2026-11-20 06:05:00.122 · local 06:05:00.122")
        assert r.body[1] == "+0.100 s since the previous entry"


async def test_child_runs_are_shown_with_their_own_stamps():
    async with open_entry(shown(CHILD, level=Level.WARN)) as r:
        assert r.body[2:8] == [
            "child run apify.outer runId:2nGcih12JwIuukQtq",
            "  UTC 2026-11-20 05:59:59.912 · local 05:59:59.912 (UTC) · 0.121 s earlier",
            "its child run apify.inner runId:4U1oAnKau6jpzjUuA",
            "  UTC 2026-11-20 05:59:59.900 · local 05:59:59.900 (UTC) · 0.012 s earlier",
            "",
            "WARN  Slow.",
        ]


@pytest.mark.parametrize("stamp", ["2026-13-99T99:99:99.999Z", "0001-01-01T00:00:00.000Z"])
async def test_a_stamp_that_is_no_time_is_shown_as_it_is(stamp, monkeypatch):
    monkeypatch.setenv("TZ", "America/New_York")
    time.tzset()
    async with open_entry(replace(shown(f"{stamp} hello"), start=stamp.encode())) as r:
        assert r.body[0].startswith(f"UTC {stamp[:10]} {stamp[11:23]}")
        assert "hello" in r.body


async def test_without_stamps_there_are_no_times():
    async with open_entry(shown("INFO  hello", "  again", number=None)) as r:
        assert r.body[:3] == ["INFO  hello", "  again", ""]
        assert "lines … · 2 lines" in r.rows[0]
        assert r.note == "all of it"


async def test_frames_are_drawn_as_in_the_log():
    lines = [
        "2026-11-20T06:00:00.000Z ERROR Reading failed",
        "2026-11-20T06:00:00.000Z     at fetch (/app/node_modules/got/index.js:5:9)",
        "2026-11-20T06:00:00.000Z     at parse (/app/src/parse.js:12:3)",
    ]
    async with open_entry(shown(*lines)) as r:
        theme = r.app.get_css_variables()
        muted, primary = (Color.parse(theme[name]) for name in ("muted", "text-primary"))
        assert r.styled("at fetch (/app/node_modules/got/index.js:5:9)", color=muted.rich_color)
        assert r.styled("/app/src/parse.js:12:3", color=primary.rich_color)
        assert not r.styled("at parse", color=primary.rich_color)


async def test_what_is_left_out_is_reported():
    entry = replace(shown(*(f"line {n}" for n in range(300))), line_count=100_000)
    async with open_entry(entry) as r:
        assert "lines 40,112–140,111" in r.rows[0]
        await r.press("G")
        assert r.body[-1] == "… 99,700 more lines: close this and read them in the log"
        assert r.body[-3] == "line 299"
        await r.press("y")
        assert r.copied[0][1] == "the first 300 of 100,000 lines"
    async with open_entry(shown("[1," * 100_000)) as r:
        await r.press("G")
        assert "JSON is not laid out" in r.body[-1]


async def test_a_line_of_megabytes_is_shown_from_its_beginning_to_its_end():
    async with open_entry(shown(b"begin " + b"x" * 8_000_000 + b" end")) as r:
        assert r.body[0].strip() == "begin", "words are kept whole, as in other lines"
        assert r.body[1].startswith("xxx")
        await r.press("G")
        assert r.body[-1].endswith(" end")
        assert "99 % into it" in r.note
        await r.press("w")
        assert r.body[0].startswith("begin xxx")
        await r.press("g", "k")
        assert r.note == "all rows · not wrapped"


@pytest.mark.parametrize(
    "line", [HOSTILE, f'{{"{MARKUP}":"宽\u202e"}} {MARKUP}', "\x00\r\x1b[", ""]
)
async def test_what_is_from_outside_is_only_shown(line):
    child = f"{AT} [{MARKUP[-20:-11]} runId:A1] -> {line}"
    async with open_entry(shown(line, child), match=finder("b")) as r:
        for keys in ("w", "l", "w", "G"):
            await r.press(keys)
            drawn = "".join(segment.text for strip in render_strips(r.app) for segment in strip)
            assert not FORBIDDEN & set(drawn)
            assert all(strip.cell_length == 80 for strip in render_strips(r.app))


# -- keys -------------------------------------------------------------------------------------


async def test_keys_scroll_and_stop_at_the_ends():
    async with open_entry(shown(*(f"line {n}" for n in range(100)))) as r:
        height = len(r.body)
        for keys, first in [
            (("k",), 0), (("j", "down"), 2), (("k",), 1), (("space",), 1 + height),
            (("b",), 1), (("pagedown", "pageup", "up"), 0), (("G",), 100 - height),
            (("j",), 100 - height), (("ctrl+u",), 100 - height - round(height / 2)),
            (("home",), 0), (("end",), 100 - height), (("g",), 0),
        ]:  # fmt: skip
            await r.press(*keys)
            assert r.body[0] == f"line {first}", keys
        assert r.note == f"row 1–{height} of 100"


async def test_the_wheel_and_the_bar_scroll():
    async with open_entry(shown(*(f"line {n}" for n in range(100)))) as r:
        event = textual_events.MouseScrollDown
        send_to_screen(
            r.app, event(None, 5, 5, 0, 0, 0, False, False, False, screen_x=5, screen_y=5)
        )
        await r.pilot.pause()
        assert r.body[0].startswith("line 3")
        await r.pilot.click(offset=(79, 21))
        await r.pilot.pause()
        assert "line 99" in r.text


async def test_long_lines_are_wrapped_below_their_first_word_or_scrolled():
    async with open_entry(shown("    at " + "word " * 30 + "END")) as r:
        assert r.body[1].startswith("    word")
        await r.press("l")
        assert "w shows them" in r.note
        await r.press("w")
        assert r.body[1] == ""
        assert "END" not in r.text
        await r.press(*["l"] * 12)
        assert "END" in r.body[0]
        assert r.note.endswith("column 92")
        await r.press(*["left"] * 20)
        assert r.body[0].startswith("    at word")


@pytest.mark.parametrize("key", ["escape", "enter", "q"])
async def test_it_closes(key):
    async with open_entry(shown("hello")) as r:
        await r.press(key)
        assert r.app.screen is not r.screen


async def test_the_whole_is_copied_as_the_log_has_it_and_json_as_it_is_laid_out():
    async with open_entry(shown(REQUEST, f"{AT}     [1, 2]")) as r:
        await r.press("y", "c", "C")
        whole = re.sub("\x1b\\[[0-9]+m", "", REQUEST) + f"\n{AT}     [1, 2]"
        assert r.copied[:2] == [(whole, "the entry")] * 2
        text, what = r.copied[2]
        assert what == "the JSON"
        first, _, second = text.rpartition("\n")
        assert json.loads(first)["tags"] == ["a", "b"]
        assert '\n  "price": 1.10,\n' in first
        assert second == "[1, 2]"


async def test_where_there_is_no_json_none_is_copied():
    async with open_entry(shown("hello {not json}")) as r:
        await r.press("C")
        assert r.copied == []
        assert r.note == "no JSON in this entry"


MOVES = {
    "n": "next-match", "N": "previous-match", "e": "next-error", "E": "previous-error",
    "]": "next-warning", "[": "previous-warning", "W": "next-warning", "B": "previous-warning",
    "J": "next-entry", "K": "previous-entry",
}  # fmt: skip


async def test_keys_move_on_without_closing():
    async with open_entry(shown(*STACK), match=finder("nowhere")) as r:
        for number, (key, where) in enumerate(MOVES.items()):
            await r.press("G")
            r.answer = shown(f"entry {number}", f" of {number}", number=number + 1)
            await r.press(key)
            assert r.asked[-1] == where
            assert r.body[:2] == [f"entry {number}", f" of {number}"]
            assert f"lines {number + 1}–{number + 2} " in r.rows[0]
        assert r.app.screen is r.screen


async def test_where_a_move_leads_nowhere_it_reports_it_and_stays():
    async with open_entry(shown("hello"), match=finder("nowhere")) as r:
        words = set()
        for key in MOVES:
            await r.press(key)
            assert r.body[0] == "hello"
            words.add(r.note)
        assert len(words) == len(set(MOVES.values()))
        assert "no more errors" in words


async def test_without_a_search_there_is_no_match_to_go_to():
    async with open_entry(shown("hello")) as r:
        await r.press("n")
        assert "no search yet" in r.note
        assert r.asked == []


async def test_a_move_may_take_its_time_and_the_last_one_counts():
    async with open_entry(shown("hello"), match=finder("nowhere")) as r:
        loop = asyncio.get_running_loop()
        slow, quick = loop.create_future(), loop.create_future()
        r.answer = slow
        await r.pilot.press("e")
        await r.pilot.pause()
        assert r.body[0] == "hello"
        r.answer = quick
        await r.pilot.press("n")
        quick.set_result(shown("found"))
        await r.app.workers.wait_for_complete()
        await r.pilot.pause()
        assert r.body[0] == "found"
        r.answer = loop.create_future()
        await r.pilot.press("e", "escape")
        await r.pilot.pause()
        assert r.app.screen is not r.screen


async def test_the_hints_can_be_clicked():
    async with open_entry(shown(REQUEST), match=finder("x")) as r:
        assert "n N match" in r.rows[-1]
        await r.pilot.click(offset=(r.rows[-1].index("C JSON"), 23))
        await r.pilot.click(offset=(r.rows[-1].index("J K"), 23))
        await r.app.workers.wait_for_complete()
        assert r.copied[0][1] == "the JSON"
        assert r.asked == ["next-entry"]
    async with open_entry(shown(REQUEST)) as r:
        assert "match" not in r.rows[-1]


# -- matches ----------------------------------------------------------------------------------


async def test_matches_of_the_log_are_marked_though_the_layout_parts_them():
    async with open_entry(shown(REQUEST), match=finder('"status":200|finished')) as r:
        behind = r.app.theme_variables["match"]
        for text in ("finished", '"status":', "200"):
            assert r.styled(text, bold=True), text
        assert r.styled('"price"', bold=None)
        row = next(strip for strip in render_strips(r.app) if '"status"' in strip.text)
        assert behind in str(next(s for s in row if "status" in s.text).style)


async def test_the_current_match_is_brought_on_the_screen_and_back():
    lines = [f"line {n}" for n in range(200)]
    lines[150] = '  {"a":1,"found":2}'
    entry = shown(*lines)
    async with open_entry(replace(entry, match=(150, 10, 15)), match=finder("found")) as r:
        assert '  {"a": 1, "found": 2}' in r.body
        at = r.body.index('  {"a": 1, "found": 2}')
        r.answer = replace(entry, match=(151, 0, 4))
        await r.press("n")
        assert r.body[at] == '  {"a": 1, "found": 2}', "what is on the screen stays in its place"
        r.answer = replace(entry, match=(0, 0, 4))
        await r.press("n")
        assert "line 0" in r.body
        await r.press("w")
        r.answer = replace(entry, match=(150, 10, 15))
        await r.press("n")
        assert '  {"a": 1, "found": 2}' in r.body


async def test_a_match_in_a_stamp_brings_the_line_on_the_screen():
    lines = [f"2026-11-20T06:00:00.{n:03}Z line {n}" for n in range(200)]
    async with open_entry(replace(shown(*lines), match=(150, 20, 23))) as r:
        assert "line 150" in r.body
        await r.press("g")
        await r.pilot.resize_terminal(90, 20)
        await r.pilot.pause()
        assert "line 150" not in r.body, "who scrolled away is not brought back"


async def test_a_pattern_that_takes_too_long_marks_nothing():
    def slow(text: str) -> list[tuple[int, int]]:
        raise PatternTooSlowError(0)

    async with open_entry(shown("hello"), match=slow) as r:
        assert r.body[0] == "hello"


# -- in the app -------------------------------------------------------------------------------


async def test_over_a_log_it_shows_receipts_and_the_keys_of_the_app_act(open_app, clipboard):
    async with open_app() as s:
        await s.lines("below")
        s.app.need_styles("entry", "entry_body")
        for close in ("ctrl+c", "escape"):
            screen = EntryScreen(
                shown(REQUEST), lambda _: None, lambda text, _: s.app.copy_to_clipboard(text)
            )
            await s.app.push_screen(screen)
            await s.press("C")
            await s.wait_for("Copied 7 lines")
            assert json.loads(clipboard[-1])["status"] == 200
            await s.press(close)
            assert s.texts[0] == "below"


@pytest.mark.parametrize("key", ["question_mark", "f1", "ctrl+p"])
async def test_help_and_palette_open_over_an_entry_and_lead_back_to_it(open_app, key):
    async with open_app() as s:
        await s.lines("2026-11-20T06:00:00.000Z INFO  below")
        await s.press("enter")
        await s.wait_for("all of it")
        await s.press(key)
        await s.wait_for("─ Commands ─" if key == "ctrl+p" else "esc close")
        await s.press("escape")
        await s.wait_for("all of it")
        await s.press("ctrl+c")
        await s.wait_for(lambda: "all of it" not in s.words)


async def test_the_footer_offers_json_only_where_there_is_some():
    async with open_entry(shown(REQUEST), size=(100, 24)) as r:
        assert "C JSON" in r.rows[-1]
        assert "? help" in r.rows[-1]
        r.answer = shown("2026-11-20T06:00:01.000Z INFO  no more than words")
        await r.press("J")
        assert "JSON" not in r.rows[-1]
        assert "y copy" in r.rows[-1]
        r.answer = shown(REQUEST)
        await r.press("K")
        assert "C JSON" in r.rows[-1]


async def test_the_palette_over_an_entry_offers_what_keys_do_there(open_app, clipboard):
    async with open_app() as s:
        await s.lines('2026-11-20T06:00:00.000Z INFO  below {"a":1}')
        await s.press("enter")
        await s.wait_for("all of it")
        await s.press("ctrl+p")
        await s.type("copy json")
        await s.wait_for(lambda: "Copy entry" not in s.words and "Copy JSON" in s.words)
        await s.press("enter")
        await s.wait_for(lambda: clipboard)
        assert json.loads(clipboard[-1]) == {"a": 1}
