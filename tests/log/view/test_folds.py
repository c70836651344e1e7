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
from logview.log.view.stack_frames import library_runs, read_frames
from logview.log.view.view import Row, View
from tests.log.entries.test_index import ACTS, act
from tests.support.examples import examples
from tests.support.piecemeal import FRAME, Whole, open_log, rows_hang_together, small_pages, texts

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


@examples(60)
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


@examples(60)
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
                opened.add(fold.start)
                assert all(view.is_row(n) and view.fold_at(n) is None for n in fold)
            same(view, opened)
        assert view.folds.any_opened == bool(opened)
        assert view.close_folds() == bool(opened)
        assert rows_hang_together(view) == before
        for number in lines:
            view.open_fold(whole.first + number % max(1, len(whole.lines)))
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
    with small_pages(lines=3):
        document = long_log(600, before="INFO  a\n" * 10)
        document.append(b"INFO  b\n" * 30)
        assert document.end_page > 200
        view = View(document)
        view.entries.begin_at(int((document.sealed_end - 1) * outward_from))
        read_all(view)
        same(view, set())
        assert view.fold_at(11) == range(11, 611)
        assert view.row_count == 10 + 1 + 1 + 30
        assert view.open_fold(400)
        assert view.row_count == document.line_count
        view.close_folds()
        view.filters = [LineFilter(compile_query(Query("broke")))]
        view.whole_entries = True
        view.refilter(document.end_line)
        read_all(view)
        assert view.line_count == 601
        assert view.row_count == 2
        assert view.row_at(1) == Row(11)


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
            assert view.row_count == 2
            if count > 2:
                row = view.fold_row_at(1)
                assert row is not None
                assert row.label == f"{count - 1} frames in Node.js"


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


JS = "/home/myuser/node_modules"

STACKS = {
    "V8": (
        ["2 frames in @crawlee/basic", "2 frames in Node.js", "2 frames in @apify/timeout"],
        f"""\
ERROR CheerioCrawler: Request failed. Error: blocked
    at CheerioCrawler._throw ({JS}/@crawlee/basic/internals/basic-crawler.js:380:19)
    at async CheerioCrawler._run ({JS}/@crawlee/basic/internals/basic-crawler.js:290:18)
    at handler (/home/myuser/src/main.js:35:18)
    at new Promise (<anonymous>)
    at process.processTicksAndRejections (node:internal/process/task_queues:95:5)
    at async file:///usr/src/app/src/main.js:5:7 {{
  [cause]: TypeError: fetch failed
      at async wrap ({JS}/.pnpm/x@1/node_modules/@apify/timeout/cjs/index.cjs:54:21)
      at async {JS}/@apify/timeout/cjs/index.cjs:60:2
      at last ({JS}/@apify/timeout/cjs/index.cjs:99:1) {{"id":"Aa1Bb2Cc3Dd4Ee5"}}""",
    ),
    "Python": (
        ["1 frame in asyncio", "2 frames in crawlee"],
        """\
[apify] ERROR Actor failed with an exception
      Traceback (most recent call last):
        File "/usr/src/app/src/main.py", line 9, in main
          await page.goto('https://a.example/')
        File "/usr/local/lib/python3.12/asyncio/runners.py", line 190, in run
          return runner.run(main)
                 ^^^^^^^^^^^^^^^^
        File "/usr/local/lib/python3.12/site-packages/crawlee/crawlers/a.py", line 1, in a
          await b()
        File "/usr/local/lib/python3.12/site-packages/crawlee/b.py", line 1, in b
      strange.module.Odd: Page.goto: Timeout 30000ms exceeded.
        File "/app/lib/own.py", line 1, in own
        File "/app/lib/own.py", line 2, in own
      KeyError: 'x'""",
    ),
    "JVM": (
        ["2 frames in java"],
        """\
ERROR com.example.Scraper - scrape failed
java.lang.IllegalStateException: bad price
\tat com.example.Scraper.main(Scraper.java:5)
Caused by: java.lang.NumberFormatException: For input string: "x"
\tat java.base/java.lang.Integer.parseInt(Integer.java:668)
\tat java.base/jdk.internal.reflect.Method.invoke(Method.java:580)
\t... 9 more""",
    ),
    "Go": (
        ["2 frames in net/http", "1 frame in github.com/gin-gonic/gin"],
        """\
ERROR it broke
goroutine 1 [running]:
main.foo(...)
\t/app/main.go:42 +0x65
net/http.(*conn).serve(0xc0001, {0x1, 0x2})
\t/usr/local/go/src/net/http/server.go:1995 +0x8b
created by net/http.(*Server).Serve in goroutine 1
\t/usr/local/go/src/net/http/server.go:3086 +0x5cb
github.com/gin-gonic/gin.(*Engine).ServeHTTP(0xc000)
\t/root/go/pkg/mod/github.com/gin-gonic/gin@v1.9.1/gin.go:576 +0x1d
main.bar(...)
\t/app/main.go:12 +0x65""",
    ),
}


@pytest.mark.parametrize("stamp", ["", "2026-11-20T06:00:00.000Z "])
@pytest.mark.parametrize("name", STACKS)
def test_frames_of_libraries_fold_by_library_and_nothing_else(name: str, stamp: str) -> None:
    labels, text = STACKS[name]
    lines = [stamp + line for line in text.split("\n")]
    frames = read_frames(lines)
    runs = [*library_runs(frames)]
    assert [run.label for run in runs] == labels
    folded = {number for run in runs for number in run.lines}
    for number, line in enumerate(lines):
        own = "/app/" in line or ("/src/" in line and "/go/src" not in line)
        if own or "Error" in line or line.endswith(("{", '"}', "more")):
            assert number not in folded, line
    places = [
        line[frame.start : frame.end]
        for line, frame in zip(lines, frames, strict=True)
        if frame is not None and frame.library is None and frame.end > frame.start
    ]
    assert (
        places
        == {
            "V8": ["/home/myuser/src/main.js:35:18", "file:///usr/src/app/src/main.js:5:7"],
            "Python": [
                '/usr/src/app/src/main.py", line 9',
                *[f'/app/lib/own.py", line {n}' for n in (1, 2)],
            ],
            "JVM": ["Scraper.java:5"],
            "Go": ["/app/main.go:42", "/app/main.go:12"],
        }[name]
    )


def test_a_kind_of_folds_of_another_folds_around_those_of_frames() -> None:
    """Opening the outer fold leaves the inner ones, and each has its own words."""

    class Tail:
        """Folds lines 5 and up of the only page."""

        def hidden(self, number: int) -> int:
            return ((1 << view.document.count_of(number)) - 1) & -1 << 6

        def label(self, lines: range) -> str:
            return f"{len(lines)} more like this"

        def forget(self) -> None:
            pass

    document = LogDocument()
    document.append(f"INFO  x\nERROR a\n{FRAME}\n{FRAME}\n".encode() * 3)
    document.add_row("gap", "missing")
    view = View(document)
    view.load_entries(0, 11)
    assert [row.line for row in view.rows(0, 20) if not row.is_own] == [0, 1, 2, 4, 5, 6, 8, 9, 10]
    view.refold(view.folds.set_kinds([Tail()]))
    assert [row.line for row in view.rows(0, 20) if not row.is_own] == [0, 1, 2, 4, 5]
    row = view.fold_row_at(5)
    assert row is not None
    assert (row.lines, row.label) == (range(5, 12), "7 more like this")
    assert view.open_fold(10)
    assert [row.line for row in view.rows(0, 20) if not row.is_own] == [0, 1, 2, 4, 5, 6, 8, 9, 10]
    assert view.open_fold(10)
    assert view.fold_at(10) is None
    assert view.row_count == 11
    view.close_folds()
    assert view.row_count == 6


def test_a_growing_log_is_folded_at_the_edge_of_its_pages() -> None:
    """What is folded does not depend on where pages end, nor on the order of reading them."""
    text = "\n".join(text for _, text in STACKS.values()) + "\nINFO  end\n"
    whole = LogDocument()
    whole.append(text.encode())
    view = View(whole)
    view.load_entries(0, whole.end_line - 1)
    expected = [row.line for row in view.rows(0, 99)]
    for lines in (1, 2, 3, 5):
        with small_pages(lines=lines):
            document = LogDocument()
            grown = View(document)
            for line in text.splitlines(keepends=True):
                document.append(line.encode())
                grown.catch_up()
                rows_hang_together(grown)
            read_all(grown)
            assert [row.line for row in grown.rows(0, 99)] == expected
