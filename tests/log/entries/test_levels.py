"""Levels are read where loggers write them, and nowhere else."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from logview.log.entries.level import Level
from logview.log.entries.levels import (
    LEVEL_OF_WORD,
    LEVEL_PATTERNS,
    LevelPattern,
    level_of,
    page_levels,
)
from tests.support.corpus import CORPUS, LETTERS, read

if TYPE_CHECKING:
    from pathlib import Path

STAMP = "2026-11-20T06:00:00.000Z "
LINES = [line for path in CORPUS for line in read(path).lines]
pieces = st.sampled_from(
    [
        *(STAMP, " ", "\t", ":", "x", "é", "-", "\u2028", "[a] ", "[apify.x runId:a1] -> "),
        *("#1 0.2 ", "INFO", "ERROR", "npm ERR!", '{"level":"', "TypeError: "),
        "Traceback (most recent call last):",
    ]
)
lines = st.one_of(
    st.sampled_from(LINES), st.lists(pieces, max_size=6).map("".join), st.text(max_size=20)
).map(lambda line: line.replace("\n", ""))


@pytest.mark.parametrize("row", LEVEL_PATTERNS, ids=lambda row: row.name)
def test_each_row_of_the_table_reads_its_example(row: LevelPattern) -> None:
    level = level_of(row.example)
    assert level is not None
    assert row.level in (None, level)
    assert level_of(STAMP + row.example) == level
    assert level_of(f"{STAMP}[apify.x runId:HG7ML7M8z78YcAPEB] -> {STAMP}{row.example}") == level
    assert level_of(f"it said {row.example}") is None
    assert row.source


def test_rows_have_names_of_their_own() -> None:
    assert len({row.name for row in LEVEL_PATTERNS}) == len(LEVEL_PATTERNS)


@pytest.mark.parametrize("path", CORPUS, ids=lambda path: path.stem)
def test_the_first_line_of_an_entry_says_its_level(path: Path) -> None:
    judged = read(path)
    for line, mark in zip(judged.lines, judged.marks, strict=True):
        if mark[1] == ">":
            assert level_of(line) == LETTERS.get(mark[0]), line


@pytest.mark.parametrize(
    ("word", "level"),
    [
        *[("TRACE", Level.DEBUG), ("DEBUG", Level.DEBUG), ("PERF", Level.DEBUG)],
        *[("INFO", Level.INFO), ("WARN", Level.WARN), ("WARNING", Level.WARN)],
        *[("SFAIL", Level.WARN), ("ERROR", Level.ERROR)],
        *[("CRITICAL", Level.CRITICAL), ("FATAL", Level.CRITICAL)],
    ],
)
def test_the_words_of_loggers(word: str, level: Level) -> None:
    for form in (f"{word} x", f"{word}:x", f"{word}: x", word, f"{word}\tx", f"[a.b] {word} x"):
        assert level_of(form) == level
        assert level_of(f"{STAMP}{form}") == level
        assert level_of(f"  {form}") is None
        assert level_of(f"x {form}") is None
    for form in (f"{word}S x", f"{word}_x", f"{word}-1", f"{word}!", f"{word}=1", f"<{word}> x"):
        assert level_of(form) is None


def test_numbers_are_those_of_pino() -> None:
    found = [level_of(f'{{"level":{number},"msg":"x"}}') for number in range(10, 70, 10)]
    assert found == [
        *(Level.DEBUG, Level.DEBUG, Level.INFO, Level.WARN, Level.ERROR, Level.CRITICAL)
    ]
    assert level_of('{"level":35,"msg":"x"}') is None


def test_a_form_stands_for_its_word_in_any_case() -> None:
    for form, level in LEVEL_OF_WORD.items():
        assert LEVEL_OF_WORD.get(form.upper(), level) == level


def test_levels_are_in_order_and_have_a_letter_each() -> None:
    assert sorted(Level) == list(Level)
    assert "".join(level.letter for level in Level) == "DIWEC"


def test_only_the_first_line_is_asked() -> None:
    assert level_of("INFO  a\nERROR b") == Level.INFO
    assert level_of("a\nERROR b") is None
    assert level_of("") is None


@given(st.lists(lines, min_size=1, max_size=30))
def test_a_page_says_the_same_as_its_lines(page: list[str]) -> None:
    masks = page_levels("\n".join(page))
    assert all(masks.values())
    for number, line in enumerate(page):
        found = [level for level, mask in masks.items() if mask >> number & 1]
        assert found == [level for level in [level_of(line)] if level is not None]
    assert all(mask < 1 << len(page) for mask in masks.values())


@pytest.mark.parametrize(
    "unit", ["x", " ", "[", "[a] ", "a.", "A", "{", '"', "=", "^", "0", "/", ":"]
)
def test_a_line_of_a_megabyte_is_read_like_any_other(unit: str) -> None:
    """A pattern that went over the line twice would not come to an end here."""
    size = 1_000_000 // len(unit)
    assert page_levels(f"{unit * size}\nERROR {unit * size}\n{unit * size}") == {Level.ERROR: 2}
