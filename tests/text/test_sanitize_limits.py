"""The sanitiser, on lines made to be expensive: what one line can cost, and how that is shown."""

from __future__ import annotations

import pytest

from logview.text.glyphs import MAX_MARKS
from logview.text.sanitize import EXACT, MAX_SPANS, Sgr, display, visible

pytestmark = pytest.mark.slow


MB = 1 << 20

EXPENSIVE = {
    "plain": b"x" * 8 * MB,
    "colours": b"\x1b[31mx\x1b[0m" * MB,
    "colours of nothing": b"\x1b[m" * 2 * MB,
    "parameters": b"\x1b[" + b"1;" * 4 * MB + b"m end",
    "a number": b"\x1b[" + b"9" * 8 * MB + b"m end",
    "unended strings": b"\x1b]" * 4 * MB,
    "one unended string": b"\x1b]" + b"x" * 8 * MB,
    "unended C1 strings": b"\xc2\x9d" * 4 * MB,
    "controls": b"\x01" * 8 * MB,
    "tabs": b"\t" * 8 * MB,
    "marks": b"a" + "\u0301".encode() * 4 * MB,
    "joins": "👩\u200d".encode() * MB,
    "overrides": "\u202e".encode() * 2 * MB,
    "invisible": "\u200b".encode() * 2 * MB,
    "wide": "漢".encode() * 2 * MB,
    "invalid": b"\xe2\x80" * 4 * MB,
    "continuations": b"\x80" * 8 * MB,
    "continuations and an escape": b"\x80" * 8 * MB + b"\x1b[m",
}


@pytest.mark.parametrize("line", EXPENSIVE.values(), ids=EXPENSIVE)
def test_a_line_of_megabytes_is_drawn_in_part(line: bytes) -> None:
    shown = display(line, limit=2_000)
    assert len(shown.text) <= 2_000
    assert len(shown.spans) <= MAX_SPANS
    assert shown.shown + shown.clipped >= len(visible(line))


@pytest.mark.parametrize("unit", [b"x", b"\tx", "é".encode(), "漢\u200b".encode(), b"\xff"])
def test_what_is_left_out_is_counted(unit: bytes) -> None:
    line = unit * 300_000
    shown = display(line, limit=1_000)
    assert shown.shown + shown.clipped == len(visible(line))
    assert shown.clipped > 0


def test_what_is_left_out_is_counted_with_colours_too() -> None:
    line = b"\x1b[32mgreen\x1b[0m " * (EXACT // 20)
    shown = display(line, limit=1_000)
    assert shown.shown == 1_000
    assert shown.clipped == len(visible(line)) - 1_000


def test_beyond_that_it_is_no_less_than_it_is() -> None:
    line = b"\x1b[32mgreen\x1b[0m " * (EXACT // 4)
    assert display(line, limit=1_000).clipped >= len(visible(line)) - 1_000


def test_a_line_of_the_limit_is_whole() -> None:
    assert display(b"x" * 10, limit=10).clipped == 0
    assert display(b"\x1b[31m" + b"x" * 10 + b"\r", limit=10).clipped == 0
    assert display(b"x" * 11, limit=10).clipped == 1


def test_a_colour_is_cut_with_its_text() -> None:
    shown = display(b"ab\x1b[31mcdef\x1b[32mgh", limit=4)
    assert shown.text == "abcd"
    assert shown.spans == ((2, 4, Sgr(fg=1)),)
    assert shown.clipped == 4


def test_a_tab_is_cut_at_the_limit() -> None:
    shown = display(b"a\tb", limit=4)
    assert (shown.text, shown.offsets, shown.clipped) == ("a   ", (0, 1, 4), 1)


def test_more_colours_than_fit_leave_the_rest_plain() -> None:
    line = b"".join(b"\x1b[3%dmx" % (at % 8) for at in range(MAX_SPANS + 100))
    shown = display(line)
    assert len(shown.text) == MAX_SPANS + 100
    assert len(shown.spans) == MAX_SPANS


def test_marks_on_one_character_are_capped_where_drawn_only() -> None:
    line = ("e" + "\u0301" * 1_000 + "x").encode()
    shown = display(line)
    assert shown.text == "e" + "\u0301" * MAX_MARKS + "x"
    assert shown.text[shown.column(1_001)] == "x"
    assert len(visible(line)) == 1_002


def test_the_cut_falls_in_no_sequence() -> None:
    for size in range(70, 90):
        line = b"x" * size + b"\x1b]0;a title\x1b\\" + "é".encode() * 200
        shown = display(line, limit=10)
        assert shown.shown + shown.clipped == len(visible(line)) == size + 200


def test_a_string_that_ends_far_beyond_the_cut_stays_removed() -> None:
    line = b"ab\x1b]0;" + b"hidden" * 1_000 + b"\x07cd"
    shown = display(line, limit=10)
    assert shown.text == "ab"
    assert shown.clipped == 2
