"""Log: what is known of pages changes what is read, and never what is found."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from logview.log.search.pattern import PatternError, PatternTooSlowError, Query, compile_query
from logview.log.store.document import LogDocument
from logview.log.store.page_traits import (
    CLEAN,
    EVERYWHERE,
    MAX_SEAMS,
    UNCLEAN,
    PageTraitsCache,
    scan_page,
    visible_bytes,
)
from logview.text.sanitize import visible

COLOURS = ["\x1b[31m", "\x1b[m", "\x1b[39m", "\x1b[1;31m", "\x1b[0;4m"]
ODD = ["\x1b", "\x1b[", "\x1b[3", "\x9b31m", "\x00", "\r", "\x1b[31", "m", "1m", "[1m", "31", "é"]
PIECES = st.sampled_from([*COLOURS, *COLOURS, "ab", "a", "b", "A", "K", "\u212a", " ", "\n", *ODD])
PAGES = st.lists(PIECES, max_size=24).map("".join).map(str.encode)
NEEDLES = st.text("abAKkm31[; é\x1b", min_size=1, max_size=4)
EXPRESSIONS = st.sampled_from(["ab.*", "a[bA]", "b.a", "ab|m", "31m", "K+", "[a-m]b", "ab$", "m1*"])
CASES = st.sampled_from([None, True, False])


class Kept:
    """A file, and the stamp that its system gives it."""

    def __init__(self, data: bytes, stamp: tuple[int, ...] | None) -> None:
        self.data, self.stamped = data, stamp

    def read(self, start: int, length: int) -> bytes:
        return self.data[start : start + length]

    def stamp(self) -> tuple[int, ...] | None:
        return self.stamped


def in_file(data: bytes, stamp: tuple[int, ...] | None = (1,)) -> tuple[LogDocument, Kept]:
    """Give a log whose one page stands in a file."""
    document, file = LogDocument(), Kept(data, stamp)
    document.attach(file, len(data))
    document.add_row("sealed", "missing")
    return document, file


@given(PAGES, st.one_of(NEEDLES.map(lambda n: (n, False)), EXPRESSIONS.map(lambda e: (e, True))))
@example(b"a\x1b[31mb ab", ("ab", False))
@example(b"x\x1b[31max", ("max", False))
@example(b"x\x1b[31m", ("31", False))
@example(b"A\x1b[31mB AB", ("ab", False))
@example("\u212a\x1b[1mK".encode(), ("k", False))
@example(b"a\x1b[1m\x1b[2mb", ("ab", False))
@example(b"\xc3\x1b[1m\xa9", ("é", False))
@example(b"a\x1b[1mb\nab x", ("ab.*", True))
def test_a_pattern_finds_what_is_in_the_visible_text(data: bytes, typed: tuple[str, bool]) -> None:
    if not data:
        return
    text, regex = typed
    for case in (None, True, False):
        try:
            pattern = compile_query(Query(text, regex=regex, case=case))
        except PatternError:
            return
        document, _ = in_file(data)
        expected = pattern.lines(visible(data).removesuffix("\n"))
        with contextlib.suppress(PatternTooSlowError):
            for _ in range(2):  # unknown, and known
                read = document.read_for(pattern, 0)
                assert pattern.lines(read) == expected
                assert pattern.count(read) == sum(count for _, count in expected)


@given(PAGES)
def test_what_was_seen_gives_the_same_text_again(data: bytes) -> None:
    traits, text = scan_page(data)
    assert visible_bytes(data, traits) == text
    if text is not None:
        assert text.decode("utf-8", "replace") == visible(data)
    else:
        assert not traits.clean


@pytest.mark.parametrize("needle", ["status code 403", "cheerio", "INFO", "x"])
def test_colours_are_left_where_they_are_if_none_can_stand_in_a_match(needle: str) -> None:
    line = (
        b"2026-11-20T06:00:00.000Z \x1b[32mINFO\x1b[39m \x1b[33m Cheerio:\x1b[39m x status code 403"
    )
    document, _ = in_file(line * 3 + b"\n")
    pattern = compile_query(Query(needle))
    assert b"\x1b" in document.read_for(pattern, 0)


@pytest.mark.parametrize("needle", ["O  C", ": x", "33m", "m", "39", "[3"])
def test_colours_are_taken_off_where_one_may_stand_in_a_match(needle: str) -> None:
    line = b"\x1b[32mINFO\x1b[39m \x1b[33m Cheerio:\x1b[39m x 39m\n"
    document, _ = in_file(line)
    read = document.read_for(compile_query(Query(needle)), 0)
    assert b"\x1b" not in (read if isinstance(read, bytes) else read.encode())


def test_only_the_lines_with_its_literal_are_read_for_an_expression() -> None:
    document, _ = in_file(b"\x1b[1mone\x1b[0m\ntwo 403\nthree 4x3\n")
    pattern = compile_query(Query("two 4.3", regex=True))
    read = document.read_for(pattern, 0)
    assert read == b"\x1b[1mone\x1b[0m\ntwo 403\nthree 4x3"
    assert pattern.lines(read) == [(1, 1)]


def test_many_lines_of_a_slow_expression_stop_at_the_time_of_a_page(monkeypatch) -> None:
    now = iter(range(10_000))
    monkeypatch.setattr("logview.log.search.pattern.thread_time", lambda: next(now) * 0.01)
    pattern = compile_query(Query("ab[x]", regex=True))
    # Candidates on odd lines only: what counts is how many were looked at.
    text = "\n".join(f"{'ab' if number % 16 == 1 else '-'}" for number in range(9_000))
    with pytest.raises(PatternTooSlowError):
        pattern.lines(text)


# -- how long it holds ------------------------------------------------------------------------


def lost(document: LogDocument) -> int:
    document.page_data(0)
    return document.pages_lost


def test_a_file_that_changed_is_read_again() -> None:
    document, file = in_file(b"one\ntwo\n")
    assert lost(document) == 0
    pattern = compile_query(Query("e"))
    assert document.read_for(pattern, 0) == b"one\ntwo"
    file.data, file.stamped = b"o\x1b[1me", (2,)
    assert pattern.lines(document.read_for(pattern, 0)) == [(0, 1)]
    assert lost(document) > 0


def test_a_file_whose_changes_are_not_reported_is_always_read() -> None:
    document, file = in_file(b"one\ntwo\n", None)
    assert lost(document) == 0
    file.data = b"one"
    assert lost(document) == 1


def test_what_was_forgotten_is_read_again() -> None:
    document, file = in_file(b"one\ntwo\n")
    document.read_for(compile_query(Query("e")), 0)
    file.data = b"one"
    document.forget()
    assert lost(document) == 1


def test_facts_belong_to_one_stamp() -> None:
    facts = PageTraitsCache()
    assert facts.get(3, (1,)) is None
    facts.add(3, (1,), CLEAN)
    assert facts.get(3, None) is None
    assert facts.get(3, (1,)) is CLEAN
    facts.add(4, None, UNCLEAN)
    assert facts.get(4, (1,)) is None
    facts.add(4, (2,), UNCLEAN)
    assert facts.get(4, (2,)) is UNCLEAN
    assert facts.get(3, (2,)) is None
    assert facts.get(4, (1,)) is None


def test_lines_that_the_index_counted_are_not_counted_again() -> None:
    document, file = LogDocument(), Kept(b"line\n" * 300_000, (1,))
    document.attach(file, len(file.data))
    while document.index_more():
        pass
    assert document.first_page < 0
    file.data = file.data.replace(b"\n", b"-")
    document.page_data(document.first_page)
    assert document.pages_lost == 0  # the stamp says that nothing has changed
    file.stamped = (2,)
    document.page_data(document.first_page)
    assert document.pages_lost == 1


def test_what_is_kept_of_colours_is_bounded() -> None:
    facts = PageTraitsCache()
    letters = range(65, 90)
    pairs = [b"%c\x1b[1m%c" % (a, b) for a in letters for b in letters]
    for number, data in enumerate(pairs):
        facts.add(number, (1,), scan_page(data)[0])
    kept = [facts.get(number, (1,)) for number in range(len(pairs))]
    assert len(set(map(id, kept))) == MAX_SEAMS + 1
    assert kept[-1] is not None
    assert kept[-1].seams is EVERYWHERE


def test_where_colours_are_too_many_to_keep_none_is_left(monkeypatch) -> None:
    monkeypatch.setattr("logview.log.store.page_traits.MAX_SEAMS", 2)
    document, _ = in_file(b"1\x1b[1m2 3\x1b[1m4 5\x1b[1m6 ab\x1b[1mc\n")
    pattern = compile_query(Query("abc"))
    for _ in range(2):
        assert pattern.lines(document.read_for(pattern, 0)) == [(0, 1)]
