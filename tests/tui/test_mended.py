"""What a reviewer broke in the TUI: each stays mended."""

from __future__ import annotations

import re

import pytest

from logview.log.store.document import LogDocument
from logview.log.view.view import Row, View
from logview.tui.keys import is_key
from logview.tui.line_layout import LIMIT, LongLineLayout, lay_out_line
from logview.tui.viewport import Viewport

KEYS = ("ctrl+f", "f5", "slash", "/", "G", "up")
NO_KEYS = ("nosuchkey+++", "hyperspace", "ctrl+nokey")


def port_of(lines: list[int], height: int = 10) -> Viewport:
    """A wrapped viewport on lines of so many rows each."""
    document = LogDocument()
    document.append(b"".join(b"line\n" for _ in lines))
    viewport = Viewport(View(document), lambda row: lines[row.line])
    viewport.wrap = True
    viewport.resize(height, height)
    viewport.update()
    return viewport


def test_unwrapping_in_the_middle_of_a_high_line_stays_on_it() -> None:
    viewport = port_of([30, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1])
    viewport.to_top()
    viewport.scroll(5)
    assert viewport.cursor == 0
    viewport.set_wrap(False)
    assert viewport.cursor == 0
    assert viewport.top.row == Row(0)


def test_paging_through_a_last_line_higher_than_the_screen() -> None:
    viewport = port_of([1, 40])
    viewport.to_top()
    viewport.page(1)
    assert not viewport.follow
    assert viewport.top.wrap_row in (8, 9)
    for _ in range(4):
        viewport.page(1)
    assert viewport.follow


def test_a_line_that_has_fewer_rows_in_another_width_stays_on_the_screen() -> None:
    rows = [30]
    viewport = port_of(rows)
    viewport.to_end()
    viewport.scroll(-3)
    rows[0] = 4
    viewport.update()
    assert viewport.screen_rows
    assert viewport.screen_rows[0].row == Row(0)


def test_long_lines_with_wide_text_and_tabs_show_every_character() -> None:
    line = ("界" * 50 + "field\t") * 900
    assert len(line) > LIMIT
    layout = lay_out_line(line.encode(), 79, wrap=False)
    for character in (0, 4_998, 8_000, 9_927, 10_001, 20_500):
        window = layout.scrolled(layout.cell_of(character))
        column = window.shown.column(character - window.shift)
        assert window.start <= column < window.end
        assert window.shown.text[column] == line[character].replace("\t", " ")
    wrapped = lay_out_line(line.encode(), 79, wrap=True)
    shown = "".join(
        w.shown.text[w.start : w.end] for w in (wrapped.row(n) for n in range(wrapped.rows))
    )
    assert re.sub(" +", "", shown) == line.replace("\t", "")  # tabs at the beginning are wide


def test_matches_are_looked_for_where_a_long_line_is_scrolled_to() -> None:
    line = "x" * 5_990 + "NEEDLE" + "x" * 30_000
    layout = lay_out_line(line.encode(), 80, wrap=False)
    assert isinstance(layout, LongLineLayout)
    text, places = layout.text_near(layout.scrolled(5_980))
    assert places[text.index("NEEDLE")] == 5_990


@pytest.mark.parametrize(
    ("name", "known"),
    [*((name, True) for name in KEYS), *((name, False) for name in NO_KEYS)],
)
def test_keys_of_the_settings_file_are_keys(name: str, known: bool) -> None:
    assert is_key(name) is known


async def test_a_pattern_too_slow_for_the_lines_on_screen_is_told(open_app) -> None:
    async with open_app() as s:
        await s.lines("hello", "a" * 60 + "b", "world")
        await s.press("ampersand", "ctrl+r")
        await s.type("(a|aa)+$")
        await s.wait_for("too slow")
        await s.press("escape", "slash")
        await s.type("(a|aa)+$")
        await s.wait_for("too slow")


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


async def test_the_preview_of_an_edited_filter_counts_without_the_old_one(open_app) -> None:
    async with open_app() as s:
        await s.lines(*(f"line {n} foo{n % 3} bar{n % 2}" for n in range(30)))
        await s.press("ampersand")
        await s.type("foo1")
        await s.press("enter")
        await s.wait_for("10 shown")
        await s.press("X", "enter")
        await s.press(*["backspace"] * 4)
        await s.type("bar1")
        await s.wait_for("shows 15 lines")
        await s.press("enter")
        await s.wait_for("15 shown")
