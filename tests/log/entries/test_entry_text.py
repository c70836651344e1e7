"""An entry taken apart: what is told once, and that nothing else is lost."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from logview.log.entries import entry_text
from logview.log.entries.entry_text import Child, parse_entry
from logview.text.sanitize import visible

AT = "2026-11-20T06:00:00.033Z"
LATER = "2026-11-20T06:00:00.047Z"
PIECES = st.lists(
    st.sampled_from(
        [
            *(AT.encode(), b" ", b"[apify.x runId:A1] -> ", b"runId:B2 -> ", b"[y] -> "),
            *(b'{"a":1}', b'{"a":', b"[1,\n2]", b"1}", b'"x', b'y"}', b"\n", b"INFO ", b"\t"),
            *(b"\x1b[31m", b"\x1b[0m", b"\x1b]52;c;QUJD\x07", b"\xff", b"{", b"\r", b"    at f"),
            "宽\u202e\u2028".encode(),
        ]
    ),
    max_size=30,
).map(b"".join)


def rows(*lines: str) -> list[str]:
    entry = parse_entry(tuple(line.encode() for line in lines))
    return [entry.row_text(row) for row in entry.rows]


def bare(text: str) -> str:
    return re.sub(r"\s", "", text)


@given(st.lists(PIECES | st.binary(), max_size=6).map(b"\n".join))
def test_nothing_is_lost_added_or_moved_whatever_an_entry_is_made_of(data):
    lines = tuple(data.split(b"\n"))
    entry = parse_entry(lines)
    seen = [visible(line) for line in lines]
    assert entry.text.split("\n") == [
        line[skip:] for line, skip in zip(seen, entry.skips, strict=True)
    ]
    texts = [entry.row_text(row) for row in entry.rows]
    assert bare("".join(texts)) == bare(entry.text)
    for row, text in zip(entry.rows, texts, strict=True):
        indent = entry.indent(row, 10)
        assert text[:indent] == " " * indent
        assert visible(entry.row_data(row)) == text
        assert visible(entry.row_data(row, indent)) == text[indent:]
        for start, _, token in entry.tokens(row):
            assert text[start] == entry.text[token.start]
            line, character = entry.place(token.start)
            assert seen[line][character] == entry.text[token.start]


def test_stamps_are_shown_once_and_taken_off_every_line():
    entry = parse_entry(
        (f"{AT} ERROR it failed".encode(), f"{LATER}     at f".encode(), LATER.encode(), b"bare")
    )
    assert (entry.stamp, entry.last_stamp) == (AT, LATER)
    assert entry.text.split("\n") == ["ERROR it failed", "    at f", "", "bare"]


def test_an_entry_without_stamps_has_none():
    entry = parse_entry((b"INFO  hello", b"  again"))
    assert (entry.stamp, entry.last_stamp, entry.children) == (None, None, ())
    assert entry.text == "INFO  hello\n  again"


def test_child_runs_are_listed_from_the_outermost_in():
    inner = "[apify.inner runId:B2] -> "
    entry = parse_entry(
        (
            f"{LATER} [apify.outer runId:A1] -> {AT} {inner}{AT} WARN  slow".encode(),
            f"{LATER} [apify.outer runId:A1] -> {AT} {inner}{LATER}     at f".encode(),
            f"{LATER} [apify.outer runId:A1] -> {AT} [apify.third runId:C3] -> x".encode(),
        )
    )
    assert entry.children == (
        Child("apify.outer runId:A1", AT),
        Child("apify.inner runId:B2", AT),
    )
    assert entry.text.split("\n") == ["WARN  slow", "    at f", "[apify.third runId:C3] -> x"]


@pytest.mark.parametrize(
    ("line", "child", "text"),
    [
        ("my-actor runId:A1 -> hello", Child("my-actor runId:A1", None), "hello"),
        ("runId:A1 -> hello", Child("runId:A1", None), "hello"),
        (f"[mine] -> {AT} hello", Child("mine", AT), "hello"),
        (f"[mine runId:A1] -> {AT}", Child("mine runId:A1", AT), ""),
        ("[main] -> listening", None, "[main] -> listening"),
        ("a -> b", None, "a -> b"),
    ],
)
def test_only_what_is_surely_a_child_run_is_one(line, child, text):
    entry = parse_entry((f"{AT} {line}".encode(),))
    assert entry.children == ((child,) if child else ())
    assert entry.text == text


def test_json_is_laid_out_between_what_stands_before_and_behind_it():
    text = 'INFO  msg {"url":"%s","n":1.10} and {"b":[]}, done' % ("x" * 70)
    assert rows(f"{AT} {text}") == [
        "INFO  msg {",
        f'  "url": "{"x" * 70}",',
        '  "n": 1.10',
        '} and {"b": []}, done',
    ]


def test_json_at_the_end_of_the_last_frame_hangs_below_it():
    long = "x" * 70
    assert rows(f"{AT} WARN  no", f'{AT}     at f (a.js:1:2) {{"id":"{long}"}}', f"{AT} end") == [
        "WARN  no",
        "    at f (a.js:1:2) {",
        f'      "id": "{long}"',
        "    }",
        "end",
    ]


def test_json_over_several_stamped_lines_is_one():
    assert rows(
        f'{AT} WARNING: failed {{"error":"no",',
        ' "details":{"list":null,',
        f'{LATER} "text":"cut by the plat',
        f'{LATER} form"}}}} behind',
        f"{LATER}     at f",
    ) == [
        "WARNING: failed {",
        '  "error": "no",',
        '  "details": {"list": null, "text": "cut by the platform"}',
        "} behind",
        "    at f",
    ]


def test_json_over_lines_of_a_child_run_is_one():
    lead = f"{LATER} [x runId:A1] -> {AT} "
    entry = parse_entry(tuple(f"{lead}{part}".encode() for part in ("stats: {", '"a": 1', "}")))
    assert [entry.row_text(row) for row in entry.rows] == ['stats: {"a": 1}']
    assert entry.json_text() == '{"a": 1}'


def test_all_json_is_copied_one_part_below_the_other():
    entry = parse_entry((b'x {"a":1} y {"b":2}', b'z {"c":3}'))
    assert entry.json_text() == '{"a": 1}\n{"b": 2}\n{"c": 3}'


def test_colours_stay_on_what_stands_around_json():
    line = b'\x1b[32mINFO\x1b[39m  msg\x1b[90m {"a":1}\x1b[39m \x1b[31mend\x1b[0m'
    entry = parse_entry((line,))
    data = entry.row_data(entry.rows[0])
    assert data.startswith(b"\x1b[32mINFO\x1b[0m")
    assert b'{"a": 1}' in data
    assert b"\x1b[31mend" in data


def test_what_is_little_but_colours_is_plain_text():
    for count, coloured in ((100, True), (20_000, False)):
        entry = parse_entry((b"\x1b[31ma\x1b\x1b" * count,))
        data = entry.row_data(entry.rows[0])
        assert visible(data) == "a" * count
        assert (b"\x1b[31m" in data) == coloured


def test_of_a_huge_entry_the_first_lines_are_taken(monkeypatch):
    monkeypatch.setattr(entry_text, "MAX_LINES", 5)
    assert len(parse_entry((b"x",) * 9).rows) == 5
    monkeypatch.setattr(entry_text, "MAX_BYTES", 100)
    assert len(parse_entry((b"x" * 40,) * 9).lines) == 3
    assert parse_entry((b"x" * 1000, b"y")).text == "x" * 1000


def test_where_json_is_too_much_the_line_is_reported():
    entry = parse_entry((b"first", b"[1," * 100_000, b"last"))
    assert entry.json == ()
    assert entry.unread_line == 1
    assert [entry.row_text(row) for row in entry.rows][0::2] == ["first", "last"]
