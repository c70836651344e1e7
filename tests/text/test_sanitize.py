"""The sanitiser, case by case: what is drawn, what is copied, and what never reaches a terminal."""

from __future__ import annotations

import sys
import unicodedata
from pathlib import Path

import pytest
from rich.cells import cell_len as rich_cell_len
from rich.cells import get_character_cell_size
from rich.color import ColorType
from rich.console import Console
from rich.text import Text

from logview.text.cells import cell_len, char_cells
from logview.text.escapes import separate_pieces, separated_text
from logview.text.glyphs import MAX_MARKS, glyph_of, is_simple
from logview.text.sanitize import PLAIN, Sgr, clean, display, is_clean, label, visible

SAMPLES = Path(__file__).parents[3] / "shared" / "samples"

ATTACKS = {
    "clipboard, OSC 52": b"\x1b]52;c;aGVsbG8=\x07",
    "clipboard, ended by ST": b"\x1b]52;c;aGVsbG8=\x1b\\",
    "clipboard, C1": b"\xc2\x9d52;c;aGVsbG8=\xc2\x9c",
    "title": b"\x1b]0;owned\x07",
    "title, C1 and BEL": b"\xc2\x9d2;owned\x07",
    "hyperlink": b"\x1b]8;;file:///etc/passwd\x1b\\",
    "palette": b"\x1b]4;1;rgb:00/00/00\x07",
    "full reset": b"\x1bc",
    "clear the screen": b"\x1b[2J",
    "clear, C1": b"\xc2\x9b2J",
    "cursor home": b"\x1b[H",
    "cursor up": b"\x1b[99A",
    "alternate screen": b"\x1b[?1049h",
    "bracketed paste": b"\x1b[?2004h",
    "mouse reports": b"\x1b[?1000;1006h",
    "window report": b"\x1b[21t",
    "device report": b"\x1b[c",
    "status report": b"\x1b[6n",
    "key modifiers": b"\x1b[>4;2m",
    "scroll region": b"\x1b[5;10r",
    "insert a line": b"\x1b[L",
    "repeat": b"\x1b[1000000b",
    "DCS request": b"\x1bP$q m\x1b\\",
    "DCS, C1": b"\xc2\x90$q m\xc2\x9c",
    "sixel": b"\x1bPq#0;2;0;0;0~~@@\x1b\\",
    "kitty graphics": b"\x1b_Ga=T,f=24;AAAA\x1b\\",
    "APC, C1": b"\xc2\x9fGa=T;AAAA\xc2\x9c",
    "privacy message": b"\x1b^secret\x1b\\",
    "start of string": b"\x1bXsecret\x1b\\",
    "screen's title": b"\x1bkowned\x1b\\",
    "line drawing": b"\x1b(0",
    "alignment test": b"\x1b#8",
    "8-bit controls on": b"\x1b G",
    "save the cursor": b"\x1b7",
    "keypad": b"\x1b=",
    "lone terminator": b"\x1b\\",
    "lone C1 terminator": b"\xc2\x9c",
}
"""Each as one whole sequence, of which no exit may leave a trace."""

OVERRIDES = [*range(0x202A, 0x202F), *range(0x2066, 0x206A)]


@pytest.mark.parametrize("attack", ATTACKS.values(), ids=ATTACKS)
def test_a_whole_sequence_leaves_no_trace(attack: bytes) -> None:
    line = b"before " + attack + b"after"
    shown = display(line)
    drawn = shown.text.replace("\ufffd", "")  # a stray C1 control shows that it was there
    assert drawn == visible(line) == clean(line.decode()) == "before after"
    assert label(line.decode()) == "before after"
    assert shown.spans == ()
    assert not is_clean(line)


@pytest.mark.parametrize("attack", ATTACKS.values(), ids=ATTACKS)
def test_a_sequence_cut_anywhere_is_harmless(attack: bytes) -> None:
    for cut in range(1, len(attack)):
        for line in (attack[:cut], attack[:cut] + b" rest", attack[cut:] + attack[:cut]):
            shown = display(line)
            assert not [char for char in shown.text if not char.isprintable()]
            assert not [char for char in visible(line) if unicodedata.category(char) == "Cc"]


@pytest.mark.parametrize(
    ("line", "text"),
    [
        (b"\x1b]0;title and the rest", "0;title and the rest"),
        (b"\x1bPq and the rest", "q and the rest"),
        (b"\x1b_G and the rest", "G and the rest"),
        (b"\x1b]0;a\x1b[31mred\x07", "0;ared"),
        (b"\x1b]0;a\x1b]0;b\x07c", "0;ac"),
        (b"\x1b]0;a\x18b\x07c", "0;abc"),
        (b"\x1b[31", ""),
        (b"\x1b[31\xc3\xa9t\xc3\xa9", "été"),
        (b"\x1b[3\x1b[1mbold", "bold"),
        (b"\x1b\x1b[31mred", "red"),
        (b"\x1b\x1b\x1bcx", "x"),
        (b"\x1b", ""),
        (b"\x1b\xc3\xa9", "é"),
        (b"\xc2\x9d never ended", " never ended"),
        # A quotation that was encoded twice, as logs have it, is not a control string.
        ("“quoted” and “more”".encode().decode("latin-1").encode(), "âquotedâ and âmoreâ"),
        (b"\x9b31m raw bytes are no UTF-8", "\ufffd31m raw bytes are no UTF-8"),
        (b"10%\r20%\r30%\r", "10%20%30%"),
        (b"a\x08b\x7f\x00", "ab"),
    ],
)
def test_broken_sequences_hide_no_text(line: bytes, text: str) -> None:
    assert visible(line) == text


@pytest.mark.parametrize("behind", [b"", b"[31m", b"]0;title\x07", b"\x1b", b"c", b"\x00"])
def test_a_run_of_introducers_goes_like_each_of_them(behind: bytes) -> None:
    assert visible(b"a" + b"\x1b" * 500 + behind + b"\x00b") == "ab"


def test_an_unended_string_hides_nothing_in_the_next_line() -> None:
    page = b"\x1b]0;one\ntwo\x07\nthree \x1b[\n31m four"
    assert visible(page) == "0;one\ntwo\nthree \n31m four"


@pytest.mark.parametrize("code", OVERRIDES)
def test_overrides_of_direction_are_shown_and_not_copied(code: int) -> None:
    line = f"user {chr(code)}nimda".encode()
    assert visible(line) == "user nimda"
    assert not is_clean(line)
    shown = display(line)
    assert shown.text.startswith("user ‹")
    assert shown.text.endswith("›nimda")
    assert shown.text[shown.column(5)] == "n"


@pytest.mark.parametrize(
    ("line", "text"),
    [
        (b"a\x00b\x07c\x1fd\x7fe", "a␀b␇c␟d␡e"),
        (b"20%\r5%", "20%␍5%"),
        (b"10%\r20%", "…␍20%"),
        (b"windows\r", "windows"),
        (b"windows\r\r", "windows"),
        (b"two\nlines", "two␊lines"),
        (b"\xc2\x85next", "␤next"),
        (b"\xc2\x84", "\ufffd"),
        ("a\u2028b\u2029c".encode(), "a␤b␤c"),
        ("a\u00a0b\u2003c\u202fd".encode(), "a b c d"),
        ("漢\u3000字".encode(), "漢  字"),
        ("\ufeffstart".encode(), "start"),
        (
            "soft\u00adhyphen zero\u200bwidth \u200emark \u2060".encode(),
            "softhyphen zerowidth mark ",
        ),
        ("\U0001f3f4\U000e0067\U000e007f flag".encode(), "\U0001f3f4 flag"),
        ("note\ufff9\ufffa\ufffb \U0001d173music".encode(), "note music"),
        ("private \ue0b0 \U00100000 unassigned \u0378".encode(), "private � � unassigned �"),
        ("sign \u0600 of a number".encode(), "sign � of a number"),
        (
            "family 👩\u200d👩\u200d👧\u200d👦 kept".encode(),
            "family 👩\u200d👩\u200d👧\u200d👦 kept",
        ),
        ("heart ❤\ufe0f\u200d🔥".encode(), "heart ❤\ufe0f\u200d🔥"),
        ("wave 👋🏽, and alone 🏽".encode(), "wave 👋🏽, and alone "),
        ("a\u200db \u200d👩\u200d c\u200d".encode(), "ab 👩 c"),
        ("می\u200cخواهم".encode(), "می\u200cخواهم"),
        ("cafe\u0301".encode(), "cafe\u0301"),
        ("\u0301no base".encode(), "no base"),
        (b"bad \xff\xfe utf-8 \xe2\x82", "bad �� utf-8 �"),
        ("filler\u3164\uffa0.".encode(), "filler   ."),
    ],
)
def test_what_is_drawn_for_what_cannot_be(line: bytes, text: str) -> None:
    assert display(line).text == text


def test_text_keeps_what_only_display_drops() -> None:
    text = "\ufeffa\u00a0b\u200bc\u2028d\te\ue0b0"
    assert visible(text.encode()) == text
    assert is_clean(text.encode())


@pytest.mark.parametrize(
    ("line", "size", "text"),
    [
        (b"\tx", 8, "        x"),
        (b"1234567\tx", 8, "1234567 x"),
        (b"12345678\tx", 8, "12345678        x"),
        (b"a\tb\tc", 4, "a   b   c"),
        ("漢字\tx".encode(), 8, "漢字    x"),
        ("e\u0301\tx".encode(), 8, "e\u0301       x"),
        ("👩\u200d👧\tx".encode(), 8, "👩\u200d👧      x"),
        ("❤\ufe0f\tx".encode(), 8, "❤\ufe0f      x"),
        (b"\x1b[31mab\x1b[0m\tx", 8, "ab      x"),
        (b"\x01\tx", 8, "␁       x"),
        (b"a\tb", 1, "a b"),
        (b"a\tb", 0, "a b"),
    ],
)
def test_tabs_reach_the_next_stop_in_cells(line: bytes, size: int, text: str) -> None:
    assert display(line, tab_size=size).text == text


def test_places_in_the_visible_text_are_found_in_what_is_drawn() -> None:
    line = b"\x1b[31ma\tb\x07c\x1b[0m\r"
    shown = display(line)
    assert visible(line) == "a\tbc"
    assert shown.text == "a       b␇c"
    assert shown.offsets == (0, 1, 8, 10, 11)
    assert [shown.column(at) for at in (-1, 0, 1, 2, 3, 4, 99)] == [0, 0, 1, 8, 10, 11, 11]
    assert [shown.character(at) for at in (0, 1, 5, 8, 9, 10, 11, 99)] == [0, 1, 1, 2, 2, 3, 4, 4]
    assert shown.spans == ((0, 11, Sgr(fg=1)),)


def test_places_are_their_own_where_nothing_moves() -> None:
    shown = display(b"\x1b[1mbold\x1b[0m plain")
    assert shown.offsets is None
    assert shown.shown == shown.column(10) == shown.character(10) == 10


@pytest.mark.parametrize(
    ("params", "look"),
    [
        ("", PLAIN),
        ("0", PLAIN),
        ("1", Sgr(bold=True)),
        ("2;3", Sgr(dim=True, italic=True)),
        ("4", Sgr(underline=True)),
        ("4:3", Sgr(underline=True)),
        ("4;4:0", PLAIN),
        ("21", Sgr(underline=True)),
        ("5", Sgr(blink=True)),
        ("6;25", PLAIN),
        ("7", Sgr(reverse=True)),
        ("8", PLAIN),
        ("8;31", Sgr(fg=1)),
        ("9;53", Sgr(strike=True, overline=True)),
        ("1;2;22", PLAIN),
        ("3;23;4;24;7;27;9;29;53;55", PLAIN),
        ("31", Sgr(fg=1)),
        ("31;39", PLAIN),
        ("44;49", PLAIN),
        ("90", Sgr(fg=8)),
        ("97;107", Sgr(fg=15)),
        ("100", Sgr(bg=8)),
        ("38;5;208", Sgr(fg=208)),
        ("48;5;0", Sgr(bg=0)),
        ("38;2;1;2;3", Sgr(fg=(1, 2, 3))),
        ("38:2:1:2:3", Sgr(fg=(1, 2, 3))),
        ("38:2::1:2:3", Sgr(fg=(1, 2, 3))),
        ("48:5:9", Sgr(bg=9)),
        ("38;5;208;1", Sgr(fg=208, bold=True)),
        ("38;2;1;2;3;4", Sgr(fg=(1, 2, 3), underline=True)),
        ("58;5;1;1", Sgr(bold=True)),
        ("58:2::1:1:1;3", Sgr(italic=True)),
        ("38;5", PLAIN),
        ("38;2;1;2", PLAIN),
        ("38", PLAIN),
        ("38;5;256", PLAIN),
        ("38;2;1;2;999", PLAIN),
        ("38;9;31", Sgr(fg=1, strike=True)),
        ("38:7:1", PLAIN),
        (";;;31", Sgr(fg=1)),
        ("31;", PLAIN),
        ("99999999999999999999;32", Sgr(fg=2)),
        ("32;" + "1" * 300, Sgr(fg=2)),
        (":::", PLAIN),
        ("10;11;26;50;51;60;65;73;75", PLAIN),
    ],
)
def test_colours_are_read_as_a_terminal_reads_them(params: str, look: Sgr) -> None:
    shown = display(f"\x1b[{params}mx".encode())
    assert shown.text == "x"
    assert shown.spans == (() if look == PLAIN else ((0, 1, look),))


@pytest.mark.parametrize(
    "params",
    [
        "31;41",
        "30;40;7",
        "38;5;196;48;5;196",
        "38;5;196;48;2;255;0;0",
        "38;2;1;1;1;48;2;2;2;2",
        "8",
    ],
)
def test_no_text_is_invisible(params: str) -> None:
    (*_, (_, _, look)) = display(f"\x1b[{params};1mhidden".encode()).spans
    assert look.bg is None


def test_a_background_comes_back_with_another_foreground() -> None:
    shown = display(b"\x1b[31;41ma\x1b[37mb")
    assert shown.spans == ((0, 1, Sgr(fg=1)), (1, 2, Sgr(fg=7, bg=1)))


def test_colours_that_differ_stay() -> None:
    assert display(b"\x1b[30;41mx").spans == ((0, 1, Sgr(fg=0, bg=1)),)
    assert display(b"\x1b[38;5;240;48;5;232mx").spans == ((0, 1, Sgr(fg=240, bg=232)),)


def test_a_colour_ends_with_its_line() -> None:
    assert display(b"\x1b[31mred").spans
    assert display(b"next").spans == ()


def test_a_private_sequence_ending_in_m_is_no_colour() -> None:
    for line in (b"\x1b[?31mx", b"\x1b[>4;1mx", b"\x1b[31 mx"):
        assert display(line).spans == ()
        assert display(line).text == "x"


@pytest.mark.parametrize(
    "line",
    [
        "\x1b[32mINFO\x1b[39m  System info\x1b[90m {}\x1b[39m",
        "\x1b[1;4;31mall\x1b[22m less\x1b[0m none",
        "\x1b[38;5;123mpalette\x1b[48;5;17m both\x1b[49m one",
        "\x1b[38;2;10;20;30mtrue colour\x1b[m",
        "\x1b[7mreverse\x1b[27m\x1b[9mstruck\x1b[29m",
    ],
)
def test_colours_agree_with_rich(line: str) -> None:
    ours = {}
    shown = display(line.encode())
    for start, end, look in shown.spans:
        ours.update(dict.fromkeys(range(start, end), look))
    theirs = Text.from_ansi(line)
    assert shown.text == theirs.plain
    for at in range(len(theirs.plain)):
        look = ours.get(at, PLAIN)
        style = theirs.get_style_at_offset(Console(), at)
        for name in ("bold", "underline", "reverse", "strike"):
            assert bool(getattr(style, name)) == getattr(look, name)
        for color, got in ((style.color, look.fg), (style.bgcolor, look.bg)):
            if color is None or color.type is ColorType.DEFAULT:
                assert got is None
            elif color.triplet is not None:
                assert got == tuple(color.triplet)
            else:
                assert got == color.number


@pytest.mark.parametrize(
    ("text", "limit", "line"),
    [
        ("one\ntwo\t\tthree\r\nfour", 200, "one two three four"),
        ("  \n padded \u2028 ", 200, "padded"),
        ("\x1b[31mred\x1b[0m \x1b]0;t\x07title", 200, "red title"),
        ("\x1b]0;hidden\nby a title\x07", 200, "0;hidden by a title"),
        ("a\x00b\u202ec\u200bd", 200, "abcd"),
        ("twelve chars", 12, "twelve chars"),
        ("thirteen char", 12, "thirteen ch…"),
        ("no space before it", 4, "no…"),
        ("👩\u200d👩", 3, "👩\u200d👩"),
        ("👩\u200d👩 and", 3, "👩…"),
        ("lone \ud800 surrogate", 200, "lone � surrogate"),
        ("", 200, ""),
        ("x" * 1_000_000, 3, "xx…"),
        ("\x1b[31m" * 10_000, 20, ""),
    ],
)
def test_labels_are_one_short_line(text: str, limit: int, line: str) -> None:
    assert label(text, limit) == line


def test_clean_keeps_lines_and_mends_surrogates() -> None:
    assert clean("one\n\ttwo\x1b[31m\r\n\udc80") == "one\n\ttwo\n\ufffd"
    clean("\ud83d").encode()


def test_cells_agree_with_rich() -> None:
    ours, theirs = [], []
    for code in range(0x20, sys.maxunicode + 1):
        char = chr(code)
        if char.isprintable() and glyph_of(char) == char:
            ours.append(char_cells(char))
            theirs.append(get_character_cell_size(char))
    # Unicode moves a few characters with every version; Python's tables have their own.
    different = sum(a != b for a, b in zip(ours, theirs, strict=True))
    assert different <= (0 if unicodedata.unidata_version == "14.0.0" else 300)


@pytest.mark.parametrize(
    "text", ["a漢é", "❤\ufe0f❤\ufe0f\ufe0f", "👩\u200d👧\u200d👦x", "1\ufe0f\u20e3", "\u200d"]
)
def test_cells_of_a_text_agree_with_rich(text: str) -> None:
    assert cell_len(text) == rich_cell_len(text)


def test_no_run_of_marks_escapes_the_cap() -> None:
    for code in range(0x20, sys.maxunicode + 1):
        char = chr(code)
        if char.isprintable() and char_cells(char) == 0:
            assert not is_simple("a" + char * (MAX_MARKS + 1)), hex(code)
    assert is_simple("a" + "\u0301" * MAX_MARKS)


@pytest.mark.skipif(not SAMPLES.is_dir(), reason="needs the sample logs")
@pytest.mark.parametrize("name", ["22*", "23*", "24*", "25*"])
def test_real_logs_keep_their_colours_and_text(name: str) -> None:
    (path,) = SAMPLES.glob(name)
    for line in Path(path).read_bytes().split(b"\n"):
        shown = display(line)
        assert shown.text == visible(line)
        assert shown.offsets is None
        assert bool(shown.spans) == (b"\x1b[3" in line or b"\x1b[9" in line)


STAMP = b"2026-11-20T06:00:00.000Z "


@pytest.mark.parametrize(
    ("line", "text"),
    [
        (b"10%\r20%\r100%\r", "…␍100%"),
        (STAMP + b"10%\r20%\r100%", STAMP.decode() + "…␍100%"),
        (
            STAMP + b"[a runId:b] -> " + STAMP + b"1%\r2%",
            f"{STAMP.decode()}[a runId:b] -> {STAMP.decode()}…␍2%",
        ),
        (b"a long state\r\x1b[Kshort", "…␍short"),
        (b"a long state\x1b[2K\rshort", "…␍short"),
        (b"a long state\rshort       ", "…␍short       "),
        (b"a long state\rshort", "a long state␍short"),
        (b"50%|##  |\r     \r", "50%|##  |␍"),
        (b"40%|#   |\r50%|##  |\r         \r", "…␍50%|##  |"),
        (b"\r\rtext", "␍␍text"),
        (b"\x1b[31m10%\r20%", "…␍20%"),
    ],
)
def test_the_last_state_of_a_progress_line_is_shown(line: bytes, text: str) -> None:
    assert display(line).text.rstrip() == text.rstrip()


def test_a_progress_line_keeps_its_colour_and_its_places() -> None:
    shown = display(b"\x1b[31mab\rcd")
    assert shown.text == "…␍cd"
    assert shown.spans == ((2, 4, Sgr(fg=1)),)
    assert [shown.column(n) for n in range(5)] == [0, 0, 2, 3, 4]
    assert shown.clipped == 0


def test_of_a_line_that_is_read_in_part_the_last_whole_state_is_shown() -> None:
    line = b"\r".join(b"%6d of 100000" % n for n in range(2_000))
    shown = display(line, limit=100)
    assert shown.text == "…␍    46 of 100000"
    assert shown.clipped + shown.shown == len(visible(line))


def test_what_is_copied_keeps_the_pieces_apart() -> None:
    line = b"10%\r\x1b[32m20%\x1b[0m\r30%\r"
    assert separated_text(line) == "10% 20% 30%"
    assert separated_text(line, 1, 7) == "0% 20% 3"
    assert separated_text(b"windows\r") == "windows"
    assert separate_pieces(b"a\rb\r\r\nc\r\n\rd\r") == b"a b\r\r\nc\r\n\rd\r"


@pytest.mark.parametrize(
    ("harmless", "control"), [("\xa0", "\x85"), ("€“", "\u202e"), ("’", "\u2066")]
)
@pytest.mark.parametrize("count", [0, 1, 20, 100])
def test_a_wide_control_is_found_behind_any_number_of_its_neighbours(
    harmless: str, control: str, count: int
) -> None:
    assert is_clean((harmless * count).encode())
    assert not is_clean((harmless * count + control).encode())


@pytest.mark.parametrize("line", [b"\rERROR x", STAMP + b"\rERROR x", STAMP + b"\r\rERROR x\r"])
def test_a_carriage_return_before_all_text_moves_nothing(line: bytes) -> None:
    assert visible(separate_pieces(line)) == visible(line)
    assert separated_text(line) == visible(line)
