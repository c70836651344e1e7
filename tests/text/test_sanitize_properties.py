"""The sanitiser, for any bytes at all: what must hold whatever a log says."""

from __future__ import annotations

import unicodedata

from hypothesis import example, given
from hypothesis import strategies as st
from rich.cells import cell_len as rich_cell_len

from logview.text.cells import cell_len
from logview.text.escapes import boundary
from logview.text.sanitize import PLAIN, clean, display, is_clean, label, visible

PIECES = [
    *(b"\x1b", b"\x1b[", b"\x1b]", b"\x1bP", b"\x1b_", b"\x1b^", b"\x1bX", b"\x1bk", b"\x1b\\"),
    *(
        b"\xc2",
        b"\x9b",
        b"\xc2\x9b",
        b"\xc2\x9c",
        b"\xc2\x9d",
        b"\xc2\x90",
        b"\xc2\x85",
        b"\xc2\xa0",
    ),
    *(b"\x07", b"\x18", b"\x1a", b"\x00", b"\x08", b"\t", b"\r", b"\x7f", b"m", b";", b":", b"?"),
    *(
        b"31",
        b"38;5;",
        b"\x1b[31m",
        b"\x1b[0m",
        b"\x1b[44m",
        b"52;c;",
        b"abc",
        b" ",
        b"\x1b(",
        b"0",
    ),
    *(b"\xe2\x80", b"\xae", b"\xe2\x80\xae", b"\xf0\x9f", b"\xff", b"\xed\xa0\x80"),
    *(
        char.encode()
        for char in "é漢字\u0301\u0308\u200b\u200c\u200d\u2028\u2066\u2069\u3000\u3164\u1161"
        "\uac00\ue000\ufeff\ufe0f\ufff9❤1👩👧🏽\U000e0041\U0001d173\u0600\u0378─"
    ),
]
LINES = st.one_of(
    st.binary(max_size=200).map(lambda data: data.replace(b"\n", b"")),
    st.lists(st.sampled_from(PIECES), max_size=30).map(b"".join),
    st.text(max_size=60).map(lambda text: text.encode("utf-8", "replace").replace(b"\n", b"")),
)
PAGES = st.lists(LINES, max_size=6).map(b"\n".join)
TEXTS = st.one_of(st.text(max_size=100), PAGES.map(lambda page: page.decode("utf-8", "replace")))
LIMITS = st.sampled_from([1, 2, 3, 7, 40, 20_000])

ALLOWED = {"\u200c", "\u200d"}
OVERRIDES = {chr(code) for code in (*range(0x202A, 0x202F), *range(0x2066, 0x206A))}


def is_control(char: str) -> bool:
    return unicodedata.category(char) == "Cc"


@given(LINES, LIMITS)
def test_only_printable_characters_are_drawn(line: bytes, limit: int) -> None:
    shown = display(line, limit=limit)
    assert not [char for char in shown.text if not char.isprintable() and char not in ALLOWED]
    assert len(shown.text) <= limit


@given(PAGES)
def test_no_text_has_a_control_but_tab_and_newline(page: bytes) -> None:
    text = visible(page)
    assert not {char for char in text if is_control(char)} - {"\t", "\n"}
    assert not OVERRIDES & set(text)


@given(PAGES)
def test_a_page_has_the_text_of_its_lines(page: bytes) -> None:
    assert visible(page).split("\n") == [visible(line) for line in page.split(b"\n")]


@given(PAGES)
def test_text_that_went_through_is_clean(page: bytes) -> None:
    text = visible(page)
    assert is_clean(text.encode())
    assert visible(text.encode()) == clean(text) == text


@given(PAGES)
def test_a_clean_page_is_only_decoded(page: bytes) -> None:
    assert is_clean(page) == (visible(page) == page.decode("utf-8", "replace"))


@given(TEXTS)
def test_text_and_bytes_are_cleaned_alike(text: str) -> None:
    assert clean(text) == visible(text.encode())


@given(st.text(st.characters(categories=["Cs", "Cc", "L"])))
def test_clean_text_can_always_be_encoded(text: str) -> None:
    clean(text).encode()
    label(text).encode()


@given(TEXTS, st.integers(1, 50))
def test_a_label_is_one_line_that_can_be_drawn(text: str, limit: int) -> None:
    line = label(text, limit)
    assert len(line) <= limit
    assert not [char for char in line if not char.isprintable() and char not in ALLOWED]
    assert line == " ".join(line.split())
    assert label(line, limit) == line


@given(LINES, LIMITS)
@example("漢\t\u0301x".encode(), 2)
def test_every_visible_character_has_its_place(line: bytes, limit: int) -> None:
    shown, text = display(line, limit=limit), visible(line)
    assert shown.shown + shown.clipped == len(text)
    if shown.offsets is not None:
        assert list(shown.offsets) == sorted(shown.offsets)
        assert shown.offsets[-1] == len(shown.text)
    overwritten = b"\r" in line.rstrip(b"\r")  # of such a line earlier states may be left out
    for at, char in enumerate(text[: shown.shown]):
        if "!" <= char <= "~" and not overwritten:
            assert shown.text[shown.column(at)] == char
            assert text[shown.character(shown.column(at))] == char


@given(LINES, LIMITS)
def test_colours_lie_within_the_text_in_order(line: bytes, limit: int) -> None:
    shown = display(line, limit=limit)
    before = 0
    for start, end, look in shown.spans:
        assert before <= start < end <= len(shown.text)
        assert look != PLAIN
        before = end


@given(LINES)
def test_cells_are_counted_as_rich_does(line: bytes) -> None:
    text = display(line).text
    assert cell_len(text) == rich_cell_len(text)


@given(LINES, LINES, LINES)
def test_a_line_cut_at_a_boundary_keeps_its_text(one: bytes, two: bytes, three: bytes) -> None:
    line = one + two + three
    for cut in range(len(line)):
        place = boundary(line, cut)
        assert 0 <= place <= cut
        assert visible(line[:place]) + visible(line[place:]) == visible(line)


@given(LINES)
def test_what_is_drawn_first_does_not_depend_on_the_limit(line: bytes) -> None:
    line = line.replace(b"\r", b"")  # the last state is that of what is looked at
    whole = display(line)
    for limit in (1, 5, 20):
        part = display(line, limit=limit)
        assert whole.text.rstrip("\u200d").startswith(part.text.rstrip("\u200d"))
