"""Bench: the logs that are measured are what they are said to be."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from tests.bench.corpus import FINAL, LITERAL, REGEX, Shape, make

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.slow


SGR = re.compile(rb"\x1b\[[0-9;]*m")


def test_a_log_has_its_lines_its_matches_and_stamps_that_increase(tmp_path: Path) -> None:
    corpus = make(Shape("plain", 12_000, 147), tmp_path)
    data = corpus.path.read_bytes()
    lines = data.split(b"\n")[:-1]
    assert len(lines) == corpus.lines == 12_000
    assert len(data) == corpus.size
    assert abs(len(data) / len(lines) - 147) < 5
    stamps = [line[:24] for line in lines]
    assert stamps == sorted(set(stamps))
    assert FINAL.encode() in lines[-1]
    assert data.count(FINAL.encode()) == 1


def test_literal_and_regex_have_the_same_matches_and_the_literal_cut_short_has_more(
    tmp_path: Path,
) -> None:
    corpus = make(Shape("plain", 12_000, 122), tmp_path)
    lines = corpus.path.read_text().split("\n")
    with_literal = [line for line in lines if LITERAL in line.lower()]
    assert len(with_literal) == corpus.matches > 0
    assert [line for line in lines if re.search(REGEX, line, re.IGNORECASE)] == with_literal
    assert sum(LITERAL[:-1] in line for line in lines) > corpus.matches


def test_colours_are_all_that_a_coloured_log_has_more(tmp_path: Path) -> None:
    plain = make(Shape("plain", 3_000, 147), tmp_path)
    coloured = make(Shape("coloured", 3_000, 147, coloured=True), tmp_path)
    assert SGR.sub(b"", coloured.path.read_bytes()) == plain.path.read_bytes()
    assert coloured.size > plain.size


def test_one_line_can_be_long(tmp_path: Path) -> None:
    corpus = make(Shape("long", 2_000, 122, long_line=500_000), tmp_path)
    longest = max(corpus.path.read_bytes().split(b"\n"), key=len)
    assert len(longest) == 499_999
    assert longest.endswith(LITERAL.encode() + b".")


def test_a_log_that_is_there_is_taken_as_it_is(tmp_path: Path) -> None:
    shape = Shape("plain", 2_000, 122)
    first = make(shape, tmp_path)
    before = first.path.stat().st_mtime_ns
    assert make(shape, tmp_path) == first
    assert first.path.stat().st_mtime_ns == before
