"""Search, filters and excerpts in lines that are read in parts."""

from __future__ import annotations

from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from logview.log.search import long_lines as long_lines_module
from logview.log.search.line_filter import LineFilter
from logview.log.search.passes import SearchPass
from logview.log.search.pattern import Query, compile_query
from logview.log.store.document import LogDocument
from logview.log.view import excerpt as excerpt_module
from logview.log.view.excerpt import Excerpt, whole_lines
from logview.log.view.selection import END, Point
from logview.log.view.view import View
from logview.text.escapes import visible, visible_places
from tests.log.store.test_long_lines import small_lines

if TYPE_CHECKING:
    from collections.abc import Iterator

PIECES = [b"abc", b"needle", b"\x00", b"\x1b[31m", "é".encode(), b"\xff", b" ", b"ab" * 70]
LINE = st.lists(st.sampled_from(PIECES), max_size=60).map(b"".join)
LOGS = st.lists(st.one_of(LINE, LINE.map(lambda line: line * 9)), min_size=1, max_size=5)
QUERIES = st.sampled_from(
    [Query("needle"), Query("c"), Query("xyz"), Query(r"n.{1,4}e", True), Query(r"^\S+", True)]
)


@contextmanager
def small_parts() -> Iterator[None]:
    """Read parts of some hundred bytes, with less around them than a match may have."""
    with small_lines(), pytest.MonkeyPatch.context() as patch:
        patch.setattr(long_lines_module, "LINE_PART", 300)
        patch.setattr(long_lines_module, "AFTER", 200)
        yield


def expected_matches(lines: list[bytes], query: Query) -> list[tuple[int, int, int]]:
    """Give the matches as places: bytes in a line that is long, else characters."""
    found = []
    for number, line in enumerate(lines):
        text, places = visible_places(line)
        for a, b in compile_query(query).spans(text):
            is_long = len(line) >= 700
            found.append((number, places[a], places[b]) if is_long else (number, a, b))
    return found


def all_matches(view: View, search: SearchPass, *, forward: bool) -> list[tuple[int, int, int]]:
    document = view.document
    line, column = (document.first_line, -1) if forward else (document.end_line - 1, END)
    found = []
    while True:
        match = next((m for m in search.find(line, column, forward=forward) if m), None)
        if match is None:
            return found if forward else found[::-1]
        found.append(match)
        line, column = match[:2]


@given(LOGS, QUERIES, st.booleans())
def test_a_search_finds_in_long_lines_what_is_in_their_text(
    lines: list[bytes], query: Query, ended: bool
) -> None:
    with small_parts(), ExitStack() as cleanup:
        document = LogDocument()
        cleanup.callback(document.close)
        document.append(b"\n".join(lines) + b"\n" * ended)
        lines = lines if ended or lines[-1] else lines[:-1]
        view = View(document)
        search = SearchPass(compile_query(query), view, 0)
        while not search.complete:
            search.step()
        expected = expected_matches(lines, query)
        assert search.total == len(expected)
        for forward in (True, False):
            found = all_matches(view, search, forward=forward)
            # A match ends at the character after it; what has no text stands between them.
            assert [match[:2] for match in found] == [match[:2] for match in expected]
        for ordinal, (line, start, _) in enumerate(expected, 1):
            assert search.ordinal(line, start) == ordinal


@given(LOGS, QUERIES, st.booleans(), st.integers(1, 400))
def test_a_filter_takes_long_lines_by_all_of_their_text_as_they_grow(
    lines: list[bytes], query: Query, keep: bool, step: int
) -> None:
    with small_parts(), ExitStack() as cleanup:
        data = b"\n".join(lines) + b"\n"
        document = LogDocument()
        cleanup.callback(document.close)
        view = View(document)
        view.filters.append(LineFilter(compile_query(query), keep=keep))
        view.refilter(0)
        for at in range(0, len(data), step):
            document.append(data[at : at + step])
            _ = view.line_count
        while not view.complete:
            view.step()
        shown = [view.is_shown(number) for number in range(document.end_line)]
        pattern = compile_query(query)
        assert shown == [bool(pattern.spans(visible(line))) == keep for line in lines]


@given(LOGS, st.data())
def test_an_excerpt_has_all_of_a_long_line_or_the_bytes_asked_for(
    lines: list[bytes], data: st.DataObject
) -> None:
    with small_lines(), pytest.MonkeyPatch.context() as patch, ExitStack() as cleanup:
        patch.setattr(excerpt_module, "PIECE", 250)
        document = LogDocument()
        cleanup.callback(document.close)
        document.append(b"\n".join(lines) + b"\n")
        whole = whole_lines(document, range(len(lines)))
        received = b""
        for part in whole.parts():
            received += b"\n".join(part.lines) + (b"" if part.continued else b"\n")
        assert received == b"\n".join(lines) + b"\n"
        assert whole.text() == "\n".join(map(visible, lines))
        assert whole.long_lines_size == sum(len(line) for line in lines if len(line) >= 700)
        number = data.draw(st.integers(0, len(lines) - 1))
        _, places = visible_places(lines[number])
        start, stop = sorted(data.draw(st.tuples(*[st.sampled_from(list(places))] * 2)))
        if len(lines[number]) > 700:
            excerpt = Excerpt(document, Point(number, start), Point(number, stop))
            assert excerpt.text() == visible(lines[number][start:stop])


def test_a_step_of_a_pass_reads_a_part_of_a_long_line_only() -> None:
    document = LogDocument()
    document.append(b"x" * 3_000_000 + b"needle" + b"y" * 3_000_000 + b"\nend\n")
    view = View(document)
    search = SearchPass(compile_query(Query("needle")), view, 0)
    steps = 0
    while not search.complete:
        search.step()
        steps += 1
    assert steps > 60
    assert search.total == 1
    assert next(m for m in search.find(0, -1, forward=True) if m) == (0, 3_000_000, 3_000_006)
    assert search.ordinal(0, 3_000_000) == 1


def test_a_search_that_is_too_slow_at_the_end_is_never_complete() -> None:
    """Whoever asks first whether it is complete has to see that there is something to report."""
    document = LogDocument()
    document.append(b"a" * 60 + b"b\n")
    search = SearchPass(compile_query(Query("(a|aa)+$", regex=True)), View(document), 0)
    assert not search.complete
    assert search.error is not None
