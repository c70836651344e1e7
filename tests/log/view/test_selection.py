"""The selection: which characters of which lines, by characters, words and lines."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from logview.log.view.selection import END, Point, Selection, Unit, between, lines, unit_at
from logview.text.sanitize import visible
from tests.text.test_sanitize_properties import LINES

UNITS = st.sampled_from(["character", "word", "line"])


def unit(text: str, at: int, kind: Unit = "character") -> str:
    first, last = unit_at(Point(7, at), kind, lambda _: text)
    assert first.line == last.line == 7
    return text[first.character : last.character]


@pytest.mark.parametrize(
    ("text", "at", "word"),
    [
        ("GET https://a.b/c?d=e#f, then", 9, "https://a.b/c?d=e#f"),
        ("see /var/log/app.log.", 12, "/var/log/app.log"),
        ('{"statusCode":200}', 4, "statusCode"),
        ("a  b", 1, " "),
        ("a  b", 4, ""),
        ("naïve café", 8, "café"),
        ("(x)", 0, "("),
        ("", 0, ""),
        ("x" * 100_000, 50_000, "x" * 8_192),
    ],
)
def test_a_word_is_a_name_a_number_a_path_or_a_link(text: str, at: int, word: str) -> None:
    assert unit(text, at, "word") == word


@pytest.mark.parametrize(
    ("text", "at", "character"),
    [
        ("e\u0301a", 0, "e\u0301"),
        ("e\u0301a", 1, "e\u0301"),
        ("👨\u200d👩\u200d👧!", 0, "👨\u200d👩\u200d👧"),
        ("👨\u200d👩\u200d👧!", 4, "👨\u200d👩\u200d👧"),
        ("❤\ufe0f\u200d🔥!", 3, "❤\ufe0f\u200d🔥"),
        ("👩🏽\u200d🚀!", 0, "👩🏽\u200d🚀"),
        ("a\u200db", 2, "b"),
        ("a\tb", 1, "\t"),
        ("👨👩", 1, "👩"),
    ],
)
def test_a_character_brings_what_is_drawn_into_its_cells(
    text: str, at: int, character: str
) -> None:
    assert unit(text, at) == character


@given(LINES.map(visible), st.integers(-5, 400), UNITS)
def test_a_unit_is_a_part_of_its_line_that_is_around_its_place(
    text: str, at: int, kind: Unit
) -> None:
    first, last = unit_at(Point(0, at), kind, lambda _: text)
    if kind == "line":
        assert (first, last) == (Point(0, 0), Point(0, END))
        return
    assert 0 <= first.character <= last.character <= len(text)
    if 0 <= at < len(text):
        assert first.character <= at < last.character


POINTS = st.builds(Point, st.integers(0, 4), st.integers(0, 9))
ENDS = POINTS.flatmap(lambda p: st.integers(0, 3).map(lambda n: (p, Point(p.line, p[1] + n))))


@given(ENDS, ENDS)
def test_whatever_the_direction_both_units_are_in_it(
    one: tuple[Point, Point], other: tuple[Point, Point]
) -> None:
    there = Selection("character", one, other)
    back = Selection("character", other, one)
    assert (there.start, there.stop) == (back.start, back.stop)
    for first, last in (one, other):
        assert there.start <= first <= last <= there.stop
    for line in range(-1, 6):
        span = there.span(line)
        assert (span is None) == (not there.start.line <= line <= there.stop.line)


def test_a_row_of_ours_adds_nothing_to_a_selection() -> None:
    here = (Point(4, 2), Point(4, 3))
    down = Selection("character", here, between(7))
    assert (down.start, down.stop) == (Point(4, 2), Point(6, END))
    up = Selection("character", here, between(2))
    assert (up.start, up.stop) == (Point(2, 0), Point(4, 3))
    assert Selection("character", between(3), between(3)).is_empty
    over = Selection("line", between(3), between(5))
    assert (over.start, over.stop) == (Point(3, 0), Point(4, END))


@pytest.mark.parametrize(("first", "last"), [(2, 5), (5, 2)])
def test_whole_lines_are_selected_in_either_order(first: int, last: int) -> None:
    selection = lines(min(first, last), max(first, last))
    assert [selection.span(line) for line in (1, 2, 5, 6)] == [None, (0, END), (0, END), None]


@pytest.mark.parametrize("turned", [False, True])
def test_it_takes_in_the_whole_of_its_first_line(turned: bool) -> None:
    ends = ((Point(1, 25), Point(1, 26)), (Point(3, 4), Point(3, 5)))
    one, other = reversed(ends) if turned else ends
    whole = Selection("character", one, other).from_start_of(1)
    assert (whole.start, whole.stop) == (Point(1, 0), Point(3, 5))
    assert whole.from_start_of(2) == whole
