"""Patterns: what is found, what is refused, and that nothing freezes."""

from __future__ import annotations

import contextlib
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from logview.log.search.line_filter import LineFilter
from logview.log.search.passes import SearchPass
from logview.log.search.pattern import (
    MAX_PATTERN,
    PatternError,
    PatternTooSlowError,
    Query,
    compile_query,
    required_literal,
)
from logview.log.store.document import LogDocument
from logview.log.view.view import View

NEEDLES = st.text(alphabet="abAB", min_size=1, max_size=3)
TEXTS = st.text(alphabet="abAB\n .İıßſé界", max_size=120)


@given(TEXTS, st.text(alphabet="abAB.İıßé界", min_size=1, max_size=3), st.booleans())
def test_a_literal_counts_what_it_finds_line_by_line(text: str, needle: str, case: bool) -> None:
    pattern = compile_query(Query(needle, case=case))
    by_line = [(n, len(pattern.spans(line))) for n, line in enumerate(text.split("\n"))]
    assert pattern.lines(text) == [(n, found) for n, found in by_line if found]
    assert pattern.count(text) == sum(found for _, found in by_line)
    if case:
        assert pattern.count(text) == text.count(needle)


@given(TEXTS, st.sampled_from(["a+", "[ab]", r"\s", "b$", "^a", "a|B", "x*", ".", "(?i)AB"]))
def test_an_expression_never_crosses_a_line(text: str, expression: str) -> None:
    pattern = compile_query(Query(expression, regex=True, case=True))
    lines = dict(pattern.lines(text))
    for number, line in enumerate(text.split("\n")):
        expected = [m.span() for m in re.finditer(expression, line) if m.group()]
        spans = pattern.spans(line)
        assert [span for span in spans if span[0] < span[1]] == expected
        assert lines.get(number, 0) == len(spans)


@pytest.mark.parametrize(
    ("typed", "text", "found"),
    [
        ("error", "Error ERROR error", 3),
        ("Error", "Error ERROR error", 1),
        ("é", "É é", 2),
        ("a.b", "a.b axb", 1),
        ("istanbul", "İstanbul ISTANBUL", 2),
    ],
)
def test_smart_case_and_literals(typed: str, text: str, found: int) -> None:
    assert compile_query(Query(typed)).count(text) == found


def test_an_escape_of_an_expression_is_no_capital() -> None:
    assert not Query(r"\Sfoo\W", regex=True).case_sensitive
    assert Query(r"\Sfoo\WX", regex=True).case_sensitive


@pytest.mark.parametrize(
    ("expression", "message"),
    [
        ("(", "missing )"),
        ("[a", "set"),
        ("*", "nothing to repeat"),
        ("(((x{100}){100}){100}){100}", "multiply"),
        ("((a{200})b{3}){100}", "multiply"),
        ("x{99999}", "multiply"),
        ("a" * (MAX_PATTERN + 1), "characters"),
        ("(?P<n>a)(?P<n", "missing"),
    ],
)
def test_a_wrong_or_refused_pattern_gives_the_reason(expression: str, message: str) -> None:
    with pytest.raises(PatternError, match=re.escape(message)):
        compile_query(Query(expression, regex=True))


@pytest.mark.parametrize(
    "expression", [r"\d{4}-\d{2}", r"[{]{3}", "(ab{2}){20}", r"a\{99999}", "(a{100}|b{100})"]
)
def test_ordinary_repeats_are_taken(expression: str) -> None:
    compile_query(Query(expression, regex=True))


@given(st.text(max_size=60))
def test_whatever_is_typed_is_a_pattern_or_a_clear_error(typed: str) -> None:
    with contextlib.suppress(PatternError):
        compile_query(Query(typed, regex=True)).lines("2026 some\nlines")


def test_a_pattern_that_backtracks_is_stopped_and_its_line_reported() -> None:
    pattern = compile_query(Query("(a|aa)+$", regex=True))
    with pytest.raises(PatternTooSlowError, match="line 2"):
        pattern.lines("fine\n" + "a" * 60 + "b")
    with pytest.raises(PatternTooSlowError):
        pattern.spans("a" * 60 + "b")


def test_nothing_typed_is_no_pattern() -> None:
    with pytest.raises(PatternError):
        compile_query(Query(""))


@pytest.mark.parametrize("regex", [True, False])
def test_a_line_break_is_in_no_line(regex: bool) -> None:
    with pytest.raises(PatternError, match="line break"):
        compile_query(Query("a\nb", regex=regex))


@pytest.mark.parametrize(
    ("expression", "literal"),
    [
        (r"timed\s+out after \d+", "out after "),
        ("a|b", ""),
        ("(abc)d", "d"),
        ("abc?d", "ab"),
        ("abc*", "ab"),
        ("ab{0,2}cd", "cd"),
        ("abc+d", "abc"),
        (r"a\.b", "a.b"),
        ("[abc]+xyz", "xyz"),
        ("(?i)abc", ""),
        (r"\x41bc", ""),
        ("^abc$", "abc"),
        ("", ""),
        ("a.c", "a"),
        ("[[:alpha:]]x", "x"),
    ],
)
def test_the_literal_that_every_match_holds(expression: str, literal: str) -> None:
    assert required_literal(expression) == literal


@given(
    st.text(alphabet="abAB.*+?()[]{}^$|\\ sd1,:", max_size=8),
    st.lists(st.text(alphabet="abAB s1d.ſK]:", max_size=8), min_size=1, max_size=6),
    st.booleans(),
)
def test_a_match_is_never_missed_for_want_of_the_literal(
    expression: str, lines: list[str], case: bool
) -> None:
    try:
        pattern = compile_query(Query(expression, regex=True, case=case))
    except PatternError:
        return
    with contextlib.suppress(PatternTooSlowError):
        expected = [(n, len(pattern.spans(line))) for n, line in enumerate(lines)]
        assert pattern.lines("\n".join(lines)) == [(n, c) for n, c in expected if c]


@given(
    st.text(alphabet="abAKkİIiß\n .é界\u212a", max_size=60),
    st.text(alphabet="abkKiI.", min_size=1, max_size=3),
    st.sampled_from([None, True, False]),
)
def test_a_literal_finds_in_bytes_what_it_finds_in_their_text(
    text: str, needle: str, case: bool | None
) -> None:
    pattern = compile_query(Query(needle, case=case))
    data = text.encode()
    if pattern.can_read(data):
        assert pattern.count(data) == pattern.count(text)
        assert pattern.lines(data) == pattern.lines(text)


@pytest.mark.parametrize(
    ("expression", "text", "count"),
    [
        ("ſtop", "it may stop here", 1),  # folds to an ASCII letter
        ("a{(}b)(foo)?", "a{}b", 1),
        ("a{foo", "a{foo", 1),
        ("x{2}y", "xxy", 1),
        ("foo{e<=1}", "fob", 1),  # the regex module's own: one error at most
    ],
)
def test_no_match_is_missed_for_what_is_no_literal(expression: str, text: str, count: int) -> None:
    pattern = compile_query(Query(expression, regex=True, case=False))
    assert len(pattern.spans(text)) == count
    assert pattern.count(f"other\n{text}\nother") >= count


WORDS = ("ab", "aB", "cab", "xx")


@pytest.mark.parametrize("keep", [True, False])
def test_who_types_on_reads_no_page_that_had_nothing_before(keep: bool) -> None:
    document = LogDocument()
    document.append(
        b"".join(b"%b %b\n" % (word, b" " * 60_000) for word in b"ab aB cab xx".split())
    )
    document.append(b"x" * 70_000 + b"\n")
    assert document.sealed_end == 5
    view = View(document)
    search: SearchPass | None = None
    line_filter: LineFilter | None = None
    for typed, read in (("a", 5), ("ab", 3), ("aB", 3), ("aBx", 1), ("b", 5), ("a", 5)):
        pattern = compile_query(Query(typed))
        found = [line for line, word in enumerate(WORDS) if pattern.count(word)]
        document.pages_read = 0
        search = SearchPass(pattern, view, 0, before=search)
        while search.step():
            pass
        assert (search.total, document.pages_read) == (len(found), read)
        document.pages_read = 0
        line_filter = LineFilter(pattern, keep=keep, before=line_filter)
        shown = [n for n in range(5) if line_filter.mask_of(document, n)]
        assert shown == [n for n in range(5) if (n in found) == keep]
        assert document.pages_read == read
    assert line_filter is not None
    line_filter.clear()
    assert not line_filter.masks


@given(TEXTS, NEEDLES, NEEDLES, st.booleans(), st.booleans())
def test_a_pattern_that_narrows_another_matches_only_what_that_does(
    text: str, needle: str, other: str, case: bool, other_case: bool
) -> None:
    pattern, before = (
        compile_query(Query(*query))
        for query in ((needle, False, case), (other, False, other_case))
    )
    if pattern.narrows(before):
        assert not pattern.spans(text) or before.spans(text)
    assert not compile_query(Query(needle[0], regex=True)).narrows(before)
