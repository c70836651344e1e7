"""Lines that are read in parts: drawn, wrapped, scrolled, and mapped to their bytes."""

from __future__ import annotations

import re

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from logview.log.store.document import LogDocument
from logview.log.store.pages import LONG_LINE
from logview.text.cells import cell_len
from logview.text.escapes import visible, visible_places
from logview.text.sanitize import display
from logview.tui.line_layout import (
    HEAD_PER_CELL,
    DocumentLine,
    LongLineLayout,
    RowWindow,
    lay_out_line,
)

PIECES = [b"word ", b"\t", b"\x00", b"\r", b"\x1b[31m", b"\x1b", b"\xff", "é".encode()]
PIECES += ["界".encode(), "\u202e".encode(), b"\xc2\x9b31m", b"\x1b]0;title\x07", "👩🏽".encode()]
TEXTS = st.lists(st.sampled_from(PIECES), min_size=1, max_size=30).map(b"".join)


def drawn(window: RowWindow) -> str:
    return window.shown.text[window.start : window.end]


def long_line(piece: bytes) -> bytes:
    return piece * (LONG_LINE // len(piece) + 2)


def layout_of(data: bytes, width: int, *, wrap: bool) -> LongLineLayout:
    document = LogDocument()
    document.append(data)
    return LongLineLayout(DocumentLine(document, 0), width, wrap=wrap)


@given(TEXTS, st.integers(10, 200))
@example(b"\x1b[31m\x1b[31m\xc3\xa9\x1b]0;title\x07", 187)
def test_the_beginning_is_drawn_as_that_of_any_other_line(piece: bytes, width: int) -> None:
    piece = piece.replace(b"\r", b"")  # what overwrites what depends on where one looks
    if not piece:
        return
    cells = cell_len(display(piece).text)
    assume(not cells or len(piece) <= HEAD_PER_CELL * cells)
    data = long_line(piece)
    first = drawn(layout_of(data, width, wrap=False).scrolled(0))
    short = lay_out_line(piece * (12_000 // len(piece)), width, wrap=False)
    expected = drawn(short.scrolled(0))
    # Of a piece of which little is visible, the short line may not fill the row.
    assert first == expected or (cell_len(expected) < width - 2 and first.startswith(expected[:-4]))


@pytest.mark.parametrize("piece", [b"\x00", b"wide\rbc", "\u202e".encode(), b"a\tb"])
def test_the_beginning_of_a_line_of_many_kilobytes_shows_its_controls(piece: bytes) -> None:
    data = piece * (50_000 // len(piece))
    assert drawn(lay_out_line(data, 80, wrap=False).scrolled(0)) == display(piece * 90).text[:80]


@given(TEXTS, st.integers(10, 100), st.floats(0, 1))
def test_every_row_fits_and_holds_the_bytes_that_it_is_mapped_to(
    piece: bytes, width: int, where: float
) -> None:
    data = long_line(piece)
    wrapped, flat = layout_of(data, width, wrap=True), layout_of(data, width, wrap=False)
    _, places = visible_places(data[:2000])
    byte = round(where * (len(data) - 10_000)) // len(piece) * len(piece) + places[0]
    row = wrapped.wrap_row_of(byte)
    assert 0 <= row < wrapped.rows
    for window in (wrapped.row(row), flat.scrolled(flat.cell_of(byte))):
        assert cell_len(drawn(window)) <= width
        at, _ = wrapped.character_at(window, 0)
        assert abs(at - byte) <= 4096 + 8 * width
    text, near = flat.text_near(flat.scrolled(flat.cell_of(byte)))
    for at in range(0, len(text) - 4, 97):
        assert visible(data[near[at] : near[at + 3]]) == text[at : at + 3]


@given(st.binary(max_size=300) | TEXTS)
def test_places_are_those_of_the_visible_text(data: bytes) -> None:
    text, places = visible_places(data)
    assert text == visible(data)
    assert len(places) == len(text) + 1
    for at in range(len(text)):
        assert visible(data[places[at] : places[at + 1]]) == text[at]


def test_a_secret_on_the_screen_is_dotted_anywhere_in_a_long_line() -> None:
    from logview.tui.line_layout import LayoutCache
    from logview.tui.screen_masks import ScreenMasks

    class NoTimes:
        def skip(self, data: bytes) -> int:
            return 0

    document = LogDocument()
    secret = b"apify_api_" + b"A1b2C3d4E5f6" * 3
    document.append(b"x " * LONG_LINE + b" token " + secret + b" " + b"y " * LONG_LINE)
    cache = LayoutCache(document, NoTimes())  # type: ignore[arg-type]
    layout = cache.layout_of(0, 120, wrap=False, masks=ScreenMasks(document, None))
    shown = drawn(layout.scrolled(2 * LONG_LINE))
    assert "token" in shown
    assert "apify_api" not in shown


def test_a_long_line_that_overwrites_itself_begins_with_a_last_state() -> None:
    data = b"".join(b"progress %6d\r" % n for n in range(20_000))
    shown = drawn(layout_of(data, 80, wrap=False).scrolled(0))
    assert re.fullmatch("…␍progress +[0-9]*", shown)


def test_a_row_of_a_line_with_many_colours_is_not_short() -> None:
    layout = layout_of(long_line(b"\x1b[31mx\x1b[0m"), 120, wrap=False)
    assert drawn(layout.scrolled(0)) == "x" * 120
