"""The layout of a line: whole words, right columns, every character somewhere, at any length."""

from __future__ import annotations

import itertools
import re

from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from logview.text.cells import edges
from logview.text.sanitize import display, visible
from logview.tui.line_layout import LIMIT, LongLineLayout, RowWindow, lay_out_line

LINES = st.lists(
    st.sampled_from(
        [
            "word",
            "a",
            " ",
            "  ",
            "界",
            "é",
            "e\u0301",
            "👩‍👩‍👧",
            "\t",
            "longerthananyline" * 3,
            "\x1b[31m",
            "|",
        ]
    ),
    max_size=40,
).map("".join)


def drawn(window: RowWindow) -> str:
    return window.shown.text[window.start : window.end]


@given(LINES, st.integers(2, 40))
def test_wrapped_rows_hold_every_character_once_and_fit(line: str, width: int) -> None:
    layout = lay_out_line(line.encode(), width, wrap=True)
    rows = [drawn(layout.row(wrap_row)) for wrap_row in range(layout.rows)]
    text = display(line.encode()).text
    assert all(cell_len(row) <= width for row in rows)
    assert "".join(rows).replace(" ", "") == text.replace(" ", "")
    begins = [layout.row(wrap_row).start for wrap_row in range(layout.rows)]
    assert begins[0] == 0
    for wrap_row, (begin, following) in enumerate(itertools.pairwise(begins)):
        assert text[begin:following].rstrip(" ") == rows[wrap_row].rstrip(" ")


@given(st.lists(st.sampled_from(["ab", "cdef", "ghijklm"]), min_size=1, max_size=20))
def test_words_stay_whole_where_they_fit(words: list[str]) -> None:
    layout = lay_out_line(" ".join(words).encode(), 10, wrap=True)
    rows = [drawn(layout.row(wrap_row)).split() for wrap_row in range(layout.rows)]
    assert [word for row in rows for word in row] == words


@given(LINES, st.integers(0, 60), st.integers(1, 30))
def test_sideways_shows_the_cells_asked_for(line: str, x: int, width: int) -> None:
    layout = lay_out_line(line.encode(), width, wrap=False)
    window = layout.scrolled(x)
    text = display(line.encode()).text
    assert window.lead + cell_len(drawn(window)) <= width
    if x < cell_len(text):
        before = cell_len(text[: window.start])
        assert before == x + window.lead


def test_a_long_line_is_shown_through_windows_that_hold_it_all() -> None:
    line = "".join(f"w{n:05} " for n in range(40_000))
    for wrap in (True, False):
        layout = lay_out_line(line.encode(), 100, wrap=wrap)
        assert layout.is_long
        assert layout.length == len(line)
        if wrap:
            rows = (drawn(layout.row(wrap_row)) for wrap_row in range(layout.rows))
            assert "".join(rows) == line
            for character in (0, 50, 4_000, 4_100, 123_456, len(line) - 1):
                window = layout.row(layout.wrap_row_of(character))
                first = window.shift + window.shown.character(window.start)
                assert first <= character < first + len(drawn(window))
        else:
            for x in (0, 50, LIMIT - 30, LIMIT, 123_456, len(line) - 20):
                assert drawn(layout.scrolled(x)) == line[x : x + 100]


def test_a_long_line_of_wide_characters_never_overflows() -> None:
    layout = lay_out_line(("界" * (LIMIT * 2)).encode(), 81, wrap=True)
    assert all(
        cell_len(drawn(layout.row(wrap_row))) <= 81 for wrap_row in range(0, layout.rows, 37)
    )
    assert layout.rows * 40 >= LIMIT * 2


@given(LINES, st.integers(5, 30), st.data())
def test_a_character_is_on_the_row_that_is_named(
    line: str, width: int, data: st.DataObject
) -> None:
    text = visible(line.encode())
    if not text.strip():
        return
    character = data.draw(st.integers(0, len(text) - 1))
    layout = lay_out_line(line.encode(), width, wrap=True)
    window = layout.row(layout.wrap_row_of(character))
    column = window.shown.column(character)
    if text[character] not in " \t" and window.shown.column(character + 1) > column:
        assert window.start <= column < window.end


def test_matches_are_searched_for_around_the_window_only() -> None:
    line = "x" * 50_000 + "NEEDLE" + "x" * 50_000
    layout = lay_out_line(line.encode(), 100, wrap=False)
    assert isinstance(layout, LongLineLayout)
    text, places = layout.text_near(layout.scrolled(49_990))
    assert places[text.index("NEEDLE")] == 50_000
    assert len(text) < 10_000


@given(st.text(alphabet="a界é👩👧\u200d\ufe0f\u0301❤👍🏽 ", max_size=12))
def test_edges_agree_with_the_terminal_library(text: str) -> None:
    shown = display(text.encode()).text
    assert edges(shown)[-1] == cell_len(shown)
    assert edges(shown) == sorted(edges(shown))


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


def test_matches_are_searched_for_where_a_long_line_is_scrolled_to() -> None:
    line = "x" * 5_990 + "NEEDLE" + "x" * 30_000
    layout = lay_out_line(line.encode(), 80, wrap=False)
    assert isinstance(layout, LongLineLayout)
    text, places = layout.text_near(layout.scrolled(5_980))
    assert places[text.index("NEEDLE")] == 5_990


def test_wrapped_rows_hang_under_the_text_where_there_is_space() -> None:
    stamp = b"2026-11-20T06:00:00.000Z "
    line = stamp + b"word " * 30
    layout = lay_out_line(line, 60, wrap=True, hang=len(stamp))
    windows = [layout.row(row) for row in range(layout.rows)]
    assert [window.lead for window in windows] == [0, *[25] * (layout.rows - 1)]
    assert all(window.lead + cell_len(drawn(window)) <= 60 for window in windows)
    assert "".join(map(drawn, windows)).split() == line.decode().split()
    assert layout.character_at(windows[1], 25) == (layout.row(1).start, True)
    assert layout.wrap_row_of(windows[1].start) == 1
    narrow = lay_out_line(line, 40, wrap=True, hang=len(stamp))
    assert {narrow.row(row).lead for row in range(narrow.rows)} == {0}
