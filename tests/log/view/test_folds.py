"""Folds and choices: whatever is folded, filtered or read, rows and lines map onto each other."""

from __future__ import annotations

from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from logview.log.bitmasks import PageSums
from logview.log.entries.level import Level
from logview.log.search.line_filter import LineFilter
from logview.log.search.passes import SearchPass
from logview.log.search.pattern import Query, compile_query
from logview.log.store.document import LogDocument
from logview.log.view.explaining import HEAD, find_foldable
from logview.log.view.view import Row, View
from tests.log.entries.test_index import ACTS, act
from tests.support.piecemeal import FRAME, Whole, open_log, rows_hang_together, small_pages, texts

TAIL = 1

WORDS = ["at", "x", "ERROR", "0", "fi", "broke", " "]


class Settings(NamedTuple):
    """What a person may have chosen."""

    filters: list[tuple[str, bool]]
    whole: bool
    least: Level | None
    context: int
    fold: bool


SETTINGS = st.builds(
    Settings,
    st.lists(st.tuples(st.sampled_from(WORDS), st.booleans()), max_size=2),
    st.booleans(),
    st.sampled_from([None, None, *Level]),
    st.sampled_from([0, 0, 0, 1, 3, 9]),
    st.sampled_from([True, True, True, False]),
)


def set_up(view: View, settings: Settings, centre: int) -> None:
    view.filters = [
        LineFilter(compile_query(Query(text)), keep=keep) for text, keep in settings.filters
    ]
    view.whole_entries, view.fold = settings.whole, settings.fold
    view.minimum_level, view.context = settings.least, settings.context
    view.refilter(centre)


def step_all(passes: tuple[View | SearchPass, ...]) -> None:
    working = True
    while working:
        working = False
        for one in passes:
            working = one.step() or working


def read_all(*passes: View | SearchPass) -> None:
    for one in passes:
        document = (one._view if isinstance(one, SearchPass) else one).document
        while document.index_more():
            pass
    step_all(passes)
    for one in passes:
        if isinstance(one, View):
            while one.entries.step():
                pass
    step_all(passes)
    assert all(one.complete for one in passes)


def same(view: View, opened: set[int]) -> None:
    whole = Whole(view.document)
    rows = whole.rows(view, opened)
    assert rows_hang_together(view) == rows
    assert [row.line for row in rows if not row.is_own and view.fold_at(row.line)] == [
        fold.start for fold in whole.folds(view, opened)
    ]
    for fold in whole.folds(view, opened):
        assert view.fold_at(fold.start) == fold
    lines = [row.line for row in rows if not row.is_own]
    chosen = set(whole.chosen(view))
    for line in range(whole.first, view.document.end_line):
        if line in chosen:
            continue
        nearest = view.nearest(line)
        if not lines:
            assert nearest is None
        else:
            assert nearest in lines
            assert abs(nearest - line) == min(abs(other - line) for other in lines)
        assert view.index_of(Row(line)) == sum(
            row.line <= line if row.is_own else row.line < line for row in rows
        )


@given(texts, texts, ACTS, st.booleans(), SETTINGS, SETTINGS, st.integers(0, 99))
def test_whatever_is_chosen_and_folded_no_line_is_lost_added_or_moved(
    data: bytes,
    more: bytes,
    acts: list[tuple[str, int]],
    as_file: bool,
    settings: Settings,
    later: Settings,
    when: int,
) -> None:
    with small_pages():
        view = View(open_log(data, as_file=as_file))
        search = SearchPass(compile_query(Query("x")), view, 0)
        set_up(view, settings, 0)
        for at, (what, number) in enumerate(acts):
            if at == when % 20:
                set_up(view, later, number)
                search = SearchPass(compile_query(Query("x")), view, number)
            act(view, what, number, more)
            view.catch_up()
            if number % 3 == 0:
                view.step()
                search.step()
            assert search.total >= 0
            if number % 5 == 0:
                rows_hang_together(view)
        read_all(view, search)
        same(view, set())
        pattern = search.pattern
        whole = Whole(view.document)
        expected = sum(len(pattern.spans(whole.lines[n - whole.first])) for n in whole.chosen(view))
        assert search.total == expected


@given(texts, texts, ACTS, st.booleans(), SETTINGS, st.sampled_from(WORDS), st.booleans())
def test_what_a_filter_would_take_is_counted_right_while_lines_arrive(
    data: bytes,
    more: bytes,
    acts: list[tuple[str, int]],
    as_file: bool,
    settings: Settings,
    word: str,
    keep: bool,
) -> None:
    with small_pages():
        view = View(open_log(data, as_file=as_file))
        preview = View(view.document, view.entries)
        set_up(preview, settings, 0)
        taking = LineFilter(compile_query(Query(word)), keep=keep)
        counted = SearchPass(taking.pattern, preview, 0, taking)
        for what, number in acts:
            act(view, what, number, more)
            view.catch_up()
            if number % 3 == 0:
                preview.step()
                counted.step()
            assert counted.total >= 0
        read_all(view, preview, counted)
        whole = Whole(view.document)
        chosen = whole.chosen(preview)
        assert preview.line_count == len(chosen)
        expected = [n for n in chosen if taking.pattern.spans(whole.lines[n - whole.first])]
        assert counted.total == len(expected)


@given(
    texts,
    st.lists(st.integers(0, 300), min_size=1, max_size=4),
    SETTINGS,
    st.booleans(),
    texts,
)
def test_opening_a_fold_gives_its_lines_rows_and_closing_takes_them_back(
    data: bytes, lines: list[int], settings: Settings, as_file: bool, more: bytes
) -> None:
    with small_pages():
        view = View(open_log(data, as_file=as_file))
        set_up(view, settings, 0)
        read_all(view)
        before = rows_hang_together(view)
        opened: set[int] = set()
        whole = Whole(view.document)
        for number in lines:
            line = whole.first + number % max(1, len(whole.lines))
            fold = next((f for f in whole.folds(view, opened) if line in f), None)
            assert view.open_fold(line) == (fold is not None)
            if fold is not None:
                opened.add(whole.entry[line].start)
                assert all(view.is_row(n) and view.fold_at(n) is None for n in fold)
            same(view, opened)
        assert view.folds.any_opened == bool(opened)
        assert view.close_folds() == bool(opened)
        assert rows_hang_together(view) == before
        for number in lines:
            view.open_fold(whole.first + number % max(1, len(whole.lines)))
        opened &= {whole.entry[f.start].start for f in whole.folds(view, set())}
        view.document.append(more)
        view.catch_up()
        read_all(view)
        rows_hang_together(view)
        view.close_folds()
        same(view, set())


def long_log(frames: int, head: str = "ERROR it broke", before: str = "") -> LogDocument:
    document = LogDocument()
    document.append(before.encode())
    document.append(f"{head}\n".encode() + f"{FRAME}\n".encode() * frames)
    return document


@pytest.mark.slow
@pytest.mark.parametrize("outward_from", [0, 0.5, 1])
def test_an_entry_of_thousands_of_lines_over_hundreds_of_pages_is_one_fold(
    outward_from: float,
) -> None:
    with small_pages(lines=4):
        document = long_log(3000, before="INFO  a\n" * 10)
        document.append(b"INFO  b\n" * 30)
        assert document.end_page > 600
        view = View(document)
        view.entries.begin_at(int((document.sealed_end - 1) * outward_from))
        read_all(view)
        same(view, set())
        assert view.fold_at(10 + HEAD) == range(10 + HEAD, 10 + 3001 - TAIL)
        assert view.row_count == 10 + HEAD + 1 + TAIL + 30
        assert view.open_fold(2000)
        assert view.row_count == document.line_count
        view.close_folds()
        view.filters = [LineFilter(compile_query(Query("broke")))]
        view.whole_entries = True
        view.refilter(document.end_line)
        read_all(view)
        assert view.line_count == 3001
        assert view.row_count == HEAD + 1 + TAIL
        assert view.row_at(HEAD + 1) == Row(3010)


def test_information_is_never_folded_however_long() -> None:
    view = View(long_log(100, head="INFO  Input:"))
    view.load_entries(0, 100)
    assert view.row_count == 101
    assert view.fold_of(50) is None
    assert not view.open_fold(50)
    assert view.nearest(50) == 50


def test_a_stack_that_is_still_being_printed_folds_as_it_grows() -> None:
    with small_pages(lines=4):
        document = LogDocument()
        document.append(b"ERROR it broke\n")
        view = View(document)
        for count in range(2, 60):
            document.append(f"{FRAME}\n".encode())
            view.catch_up()
            rows_hang_together(view)
            assert view.row_count == min(count, HEAD + 1 + TAIL if count >= 12 else count)


def test_a_fold_stays_open_when_its_entry_turns_out_to_begin_above() -> None:
    with small_pages(lines=4):
        data = b"ERROR it broke\n" + f"{FRAME}\n".encode() * 200 + b"INFO  a\n" * 9
        view = View(open_log(data, as_file=True))
        document = view.document
        view.entries.begin_at(0)
        line = document.first_line + 12
        for _ in range(9):
            view.entries.step()
        while view.document.index_more():
            pass
        while not view.open_fold(line):
            assert view.entries.step()
        read_all(view)
        assert view.is_row(line)
        assert view.row_count == document.line_count


@given(
    st.lists(st.tuples(st.integers(-300, 300), st.integers(0, 9)), max_size=60),
    st.integers(-320, 320),
)
def test_page_sums_are_sums(counts: list[tuple[int, int]], page: int) -> None:
    sums, known = PageSums(), dict[int, int]()
    for number, count in counts:
        sums.set(number, count)
        known[number] = count
        assert sums.before(page) == sum(n for at, n in known.items() if at < page)
    assert sums.total == sum(known.values())
    assert len(sums) == len(known)
    assert all(sums.get(number) == count for number, count in known.items())


def test_the_preview_of_a_filter_counts_what_is_found_above_in_a_file() -> None:
    """A level reaches from a page that is found late into pages that were counted already."""
    with small_pages(lines=4):
        data = b"ERROR it broke\n" + f"{FRAME}\n".encode() * 60
        view = View(open_log(data, as_file=True))
        preview = View(view.document, view.entries)
        preview.minimum_level = Level.ERROR
        preview.refilter(0)
        taking = LineFilter(compile_query(Query("at f")))
        counted = SearchPass(taking.pattern, preview, 0, taking)
        while preview.step() or counted.step():
            pass
        assert counted.total == 0
        read_all(preview, counted)
        assert preview.line_count == 61
        assert counted.total == 60


FOLDED = {
    "python": (
        [range(7, 13)],
        """\
[apify] ERROR Actor failed with an exception
      Traceback (most recent call last):
        File "/app/main.py", line 9, in main
          await page.goto('https://a.example/')
        File "/lib/a.py", line 1, in a
          await b()
      strange.module.Odd: Page.goto: Timeout 30000ms exceeded.
      Call log:
        - navigating to "https://a.example/"
        - waiting
        - waiting
        - waiting
        - waiting
      what is last

""",
    ),
    "java": (
        [range(5, 12), range(13, 20)],
        "\n".join(
            [
                *["ERROR it broke", "java.lang.A: x", *["\tat a.B.c(B.java:1)"] * 10],
                *["Caused by: java.lang.C: y", *["\tat a.B.c(B.java:1)"] * 7, "\t... 9 more"],
            ]
        ),
    ),
    "cause": (
        [range(5, 11), range(12, 19)],
        "\n".join(
            [
                *["Error: x", *[FRAME] * 10, "  [cause]: TypeError: y", *["    " + FRAME] * 7],
                "}",
            ]
        ),
    ),
    "npm": (
        [],
        """\
npm error code ERESOLVE
npm error ERESOLVE could not resolve
npm error
npm error While resolving: my-actor@0.0.1
npm error Found: puppeteer@24.1.0
npm error node_modules/puppeteer
npm error   puppeteer@"^24.1.0" from the root project
npm error
npm error Could not resolve dependency:
npm error peerOptional puppeteer@"^22" from crawlee@3.9.0
npm error node_modules/crawlee
npm error
npm error A complete log of this run can be found in: /root/x.log""",
    ),
    "blank": ([range(5, 14)], "\n".join(["ERROR x", *[FRAME] * 14, "", "", ""])),
    "group": (
        [range(8, 14)],
        "\n".join(
            [
                *[
                    "  + Exception Group Traceback (most recent call last):",
                    '  |   File "a.py", line 1',
                ],
                *["  |     x", "  | ExceptionGroup: two (2 sub-exceptions)", "  +-+--- 1 ---"],
                *['    |   File "b.py", line 2', "    |     y", "    | ValueError: a"],
                *["    +--- 2 ---"] * 7,
            ]
        ),
    ),
}


@pytest.mark.parametrize("name", FOLDED)
def test_what_explains_is_never_folded(name: str) -> None:
    right, text = FOLDED[name]
    lines = text.removesuffix("\n").split("\n")
    assert find_foldable(lines) == right
    stamped = [f"2026-11-20T06:00:00.000Z {line}" for line in lines]
    assert find_foldable(stamped) == right


def test_the_ends_of_an_endless_error_are_read() -> None:
    document = LogDocument()
    middle = f"{FRAME}\n".encode() * 5000
    document.append(b"ERROR x\n" + middle + b"Caused by: y\n" + f"{FRAME}\n".encode() * 20 + b"z\n")
    document.append(b"INFO  a\n")
    view = View(document)
    read_all(view)
    assert view.fold_at(HEAD) == range(HEAD, 5001)
    assert view.fold_at(5001) is None
    assert view.fold_at(5002) == range(5002, 5021)
