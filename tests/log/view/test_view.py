"""The view: filters, rows of ours and searches never lose, add or reorder a line."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from logview.log.search.line_filter import LineFilter
from logview.log.search.page_order import PageOrder
from logview.log.search.passes import SearchPass
from logview.log.search.pattern import PatternTooSlowError, Query, compile_query
from logview.log.store.document import LogDocument
from logview.log.view.view import Row, View

PIECES = st.lists(
    st.sampled_from(["gap", "a\n", "b\n", "ab\n", "\n", "a", "NG", "AB B"]),
    max_size=12,
)


def add(document: LogDocument, piece: str) -> None:
    if piece == "gap":
        document.add_row("a gap", "missing")
    elif piece.isupper():  # more than a page of it
        document.append((piece.lower() + " " * 1000 + "\n").encode() * 80)
    else:
        document.append(piece.encode())


def build(pieces: list[str]) -> LogDocument:
    document = LogDocument()
    for piece in pieces:
        add(document, piece)
    return document


def run(view: View) -> None:
    while view.step():
        pass


def expected_rows(view: View) -> list[Row]:
    document = view.document
    rows: list[Row] = []
    own = 0
    for line in range(document.line_count + 1):
        while own < len(document.own_rows) and document.own_rows[own].line == line:
            rows.append(Row(line, own))
            own += 1
        if line < document.line_count:
            text = document.line_text(line)
            if all(bool(f.pattern.spans(text)) == f.keep for f in view.active):
                rows.append(Row(line))
    return rows


@given(PIECES, st.lists(st.tuples(st.sampled_from(["a", "b", "ng"]), st.booleans()), max_size=2))
def test_rows_are_the_lines_that_filters_show_and_the_rows_of_ours(
    pieces: list[str], filters: list[tuple[str, bool]]
) -> None:
    document = build(pieces)
    view = View(document)
    view.filters = [LineFilter(compile_query(Query(text)), keep=keep) for text, keep in filters]
    view.refilter(0)
    run(view)
    rows = expected_rows(view)
    assert view.row_count == len(rows)
    sample = [
        *range(0, len(rows), max(1, len(rows) // 50)),
        *range(max(0, len(rows) - 3), len(rows)),
    ]
    for index in sample:
        assert view.row_at(index) == rows[index]
        assert view.index_of(rows[index]) == index
    assert view.rows(0, 10) == rows[:10]
    with pytest.raises(IndexError):
        view.row_at(len(rows))


@given(PIECES, st.integers(0, 12), st.sampled_from(["a", "b"]))
def test_a_filter_set_while_lines_arrive_shows_what_one_set_at_the_end_does(
    pieces: list[str], at: int, text: str
) -> None:
    early = LogDocument()
    view = View(early)
    for number, piece in enumerate([*pieces, "b\n"]):
        if number == min(at, len(pieces)):
            view.filters = [LineFilter(compile_query(Query(text)))]
            view.refilter(early.end_line)
            view.step()
        add(early, piece)
        view.catch_up()
    run(view)
    late = View(build([*pieces, "b\n"]))
    late.filters = [LineFilter(compile_query(Query(text)))]
    late.refilter(0)
    run(late)
    assert view.row_count == late.row_count
    assert view.complete
    for index in range(0, view.row_count, max(1, view.row_count // 40)):
        assert view.row_at(index) == late.row_at(index)


def test_what_was_on_screen_as_the_tail_stays_shown_when_its_page_fills() -> None:
    document = build(["keep me\n" * 100])
    view = View(document)
    view.filters = [LineFilter(compile_query(Query("keep")))]
    view.refilter(99)
    run(view)
    assert view.line_count == 100
    document.append(b"drop\n" * 20_000)
    view.catch_up()
    assert view.line_count == 100
    assert view.shown_line(99) == 99


def test_filters_combine_are_suspended_and_come_back() -> None:
    document = build(["one\ntwo\none two\nthree\n"])
    view = View(document)
    view.filters = [
        LineFilter(compile_query(Query("one"))),
        LineFilter(compile_query(Query("two")), keep=False),
    ]
    view.refilter(0)
    run(view)
    assert [row.line for row in view.rows(0, 9)] == [0]
    view.suspended = True
    view.refilter(0)
    assert view.line_count == 4
    assert view.complete
    view.suspended = False
    view.filters[1].enabled = False
    view.refilter(0)
    run(view)
    assert [row.line for row in view.rows(0, 9)] == [0, 2]


@given(PIECES, PIECES, st.integers(1, 5), st.sampled_from(["b", "ng"]))
def test_context_shows_the_lines_around_whatever_page_they_are_on(
    pieces: list[str], more: list[str], context: int, text: str
) -> None:
    document = build(pieces)
    view = View(document)
    view.filters = [LineFilter(compile_query(Query(text)))]
    view.context = context
    view.refilter(0)
    run(view)
    assert view.line_count >= 0
    for piece in more:
        add(document, piece)
        view.catch_up()
    run(view)
    pattern = compile_query(Query(text))
    hits = [n for n in range(document.line_count) if pattern.spans(document.line_text(n))]
    expected = [
        n for n in range(document.line_count) if any(abs(n - hit) <= context for hit in hits)
    ]
    assert view.line_count == len(expected)
    assert [view.shown_line(n) for n in range(len(expected))] == expected


class Bytes:
    """A file of bytes, that counts how often it was read."""

    def __init__(self, data: bytes) -> None:
        self.data = data

    def read(self, start: int, length: int) -> bytes:
        return self.data[start : start + length]

    def stamp(self) -> tuple[int, ...] | None:
        return None


@given(PIECES, st.sampled_from(["a", "b"]), st.integers(0, 9), st.booleans())
def test_a_file_opened_at_its_end_is_the_same_log_when_it_is_indexed(
    pieces: list[str], text: str, steps: int, filtered: bool
) -> None:
    pieces = [piece for piece in pieces if piece != "gap"]
    whole = build(pieces * 3)
    document = LogDocument()
    data = whole.read(0, whole.size)
    document.attach(Bytes(data), len(data))
    view = View(document)
    search = SearchPass(compile_query(Query(text)), view, 0)
    if filtered:
        view.filters = [LineFilter(compile_query(Query("b")))]
        view.refilter(0)
    for _ in range(steps):
        document.index_more()
        view.step()
        search.step()
    while document.index_more():
        pass
    while view.step() or search.step():
        pass
    assert document.line_count == whole.line_count
    assert document.read(0, len(data)) == data
    shift = document.first_line
    for n in range(0, whole.line_count, max(1, whole.line_count // 30)):
        assert document.line(n + shift) == whole.line(n)
        assert document.number(n + shift) == n + 1
    reference = View(whole)
    reference.filters = view.filters and [LineFilter(compile_query(Query("b")))]
    reference.refilter(0)
    run(reference)
    assert [row.line - shift for row in view.rows(0, 40)] == [r.line for r in reference.rows(0, 40)]
    assert view.row_count == reference.row_count
    assert search.total == len(matches_of(reference, text))


def test_nearest_gives_the_shown_line_that_is_nearest() -> None:
    document = build(["x\n" * 10 + "hit\n" + "x\n" * 5 + "hit\n"])
    view = View(document)
    view.filters = [LineFilter(compile_query(Query("hit")))]
    view.refilter(0)
    run(view)
    assert [view.nearest(n) for n in (0, 10, 12, 15, 16)] == [10, 10, 10, 16, 16]
    view.filters = [LineFilter(compile_query(Query("none")))]
    view.refilter(0)
    run(view)
    assert view.nearest(3) is None


def test_a_filter_that_is_too_slow_reports_it_and_shows_what_it_cannot_decide() -> None:
    document = build(["a" * 60 + "b\n"] * 3 + ["x\n" * 40_000])
    view = View(document)
    view.filters = [LineFilter(compile_query(Query("(a|aa)+$", regex=True)))]
    view.refilter(0)
    run(view)
    assert view.filters[0].error is not None
    assert view.is_shown(0)


@given(st.integers(0, 30), st.integers(0, 30), st.integers(0, 10))
def test_outward_gives_every_page_once_nearest_first(centre: int, count: int, more: int) -> None:
    order = PageOrder(min(centre, max(0, count - 1)))
    taken = []
    while (page := order.next(0, count)) is not None:
        taken.append(page)
    assert sorted(taken) == list(range(count))
    assert order.done(0, count)
    while (page := order.next(0, count + more)) is not None:
        taken.append(page)
    assert sorted(taken) == list(range(count + more))
    if count:
        assert taken[0] == min(centre, count - 1)


def matches_of(view: View, text: str) -> list[tuple[int, int]]:
    pattern = compile_query(Query(text))
    return [
        (row.line, start)
        for row in expected_rows(view)
        if not row.is_own
        for start, _ in pattern.spans(view.document.line_text(row.line))
    ]


@given(
    st.lists(st.sampled_from(["a\n", "b a\n", "c\n", "aa\n", "gap", "C", "A A"]), max_size=9),
    st.booleans(),
    st.integers(0, 10),
    st.integers(-1, 4),
    st.booleans(),
)
def test_search_counts_numbers_and_finds_every_match_the_filters_show(
    pieces: list[str], filtered: bool, line: int, column: int, forward: bool
) -> None:
    view = View(build(pieces))
    if filtered:
        view.filters = [LineFilter(compile_query(Query("b")), keep=False)]
        view.refilter(0)
        run(view)
    search = SearchPass(compile_query(Query("a")), view, line)
    while search.step():
        pass
    expected = matches_of(view, "a")
    assert search.complete
    assert search.total == len(expected)
    for number, (at, start) in list(enumerate(expected, 1))[:5]:
        assert search.ordinal(at, start) == number
    found = [hit[:2] for hit in search.find(line, column, forward=forward) if hit is not None]
    if forward:
        wanted = [hit for hit in expected if hit > (line, column)][:1]
    else:
        wanted = [hit for hit in expected if hit < (line, column)][-1:]
    assert found == wanted


def test_search_counts_lines_that_arrive() -> None:
    document = build(["a\n"])
    view = View(document)
    search = SearchPass(compile_query(Query("a")), view, 0)
    while search.step():
        pass
    assert search.total == 1
    document.append(b"a a\n" * 30_000)
    while search.step():
        pass
    assert search.total == 60_001


def test_search_shows_the_line_of_the_log_that_is_too_slow() -> None:
    document = build(["x\n" * 40_000, "a" * 60 + "b\n"])
    search = SearchPass(compile_query(Query("(a|aa)+$", regex=True)), View(document), 0)
    with pytest.raises(PatternTooSlowError, match="line 1"):
        search.pattern.lines("a" * 60 + "b")
    list(iter(search.step, False))
    assert search.total == 0
    assert search.error is not None
    assert search.error.line == 40_000


def test_a_long_entry_that_is_not_severe_has_no_fold() -> None:
    rest = "".join(f"    part {number}\n" for number in range(30))
    document = build(["2026-11-20T06:00:01.000Z INFO  long\n", rest])
    view = View(document)
    while view.entries.step():
        pass
    assert [view.nearest(line) for line in (0, 5, 10, 29)] == [0, 5, 10, 29]
    assert view.fold_of(10) is None
    assert view.open_fold(10) is False
