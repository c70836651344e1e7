"""Reads that have not come back: neither an end nor an empty page, for whoever reads the log."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st

from logview.log.entries.level import Level
from logview.log.search.line_filter import LineFilter
from logview.log.search.passes import SearchPass, find_level
from logview.log.search.pattern import Query, compile_query
from logview.log.store.document import LogDocument
from logview.log.time.timeline import StampIndex
from logview.log.view.entry_shapes import EntryShapes
from logview.log.view.excerpt import whole_lines
from logview.log.view.patterns import PatternGroups
from logview.log.view.view import View
from logview.saving.export import export_pages
from tests.support.examples import examples
from tests.support.piecemeal import FileBytes, rows_hang_together, small_pages, texts
from tests.support.slow_files import SlowFile, when_read

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from logview.log.store.pages import PageReader

LONG = b"x" * 140_000 + b" failed\n"
LINES = b"".join(
    b"2026-11-20T06:00:%02d.000Z %s request %d\n"
    % (n % 60, (b"INFO ", b"ERROR", b"WARN ")[n % 3], n)
    for n in range(40)
)

MORE = {"nothing": b"", "lines": LINES}


def opened(reader: PageReader, size: int) -> View:
    """Open a file at its end, and read all of it, with levels."""
    document = LogDocument()
    when_read(lambda: document.attach(reader, size))
    while when_read(document.index_more):
        pass
    return View(document)


def run(step: Callable[[], bool]) -> None:
    """Do all steps."""
    while when_read(step):
        pass


def first_found(found: Iterator[object]) -> object:
    """Return what a search in steps finds: it waits by itself."""
    return next((one for one in found if one is not None), None)


def all_of(view: View) -> dict[str, object]:
    """Return what is known of a log once everybody has read it."""
    document = view.document
    pattern = compile_query(Query("e"))
    run(view.entries.step)
    numbers = range(document.first_line, document.end_line)
    known: dict[str, object] = {
        "lines": [when_read(lambda n=n: document.line(n)) for n in numbers],
        "sizes": [when_read(lambda n=n: document.long_size(n)) for n in numbers],
        "levels": [view.entries.level_of(n) for n in numbers],
        "entries": [view.entries.entry_of(n) for n in numbers],
        "errors": view.entries.count(Level.ERROR),
    }
    search = SearchPass(pattern, view, document.first_line)
    run(search.step)
    known["matches"] = search.total
    assert search.complete
    known["found"] = first_found(
        SearchPass(pattern, view, 0).find(document.first_line, 0, forward=True)
    )
    known["error"] = first_found(find_level(view, document.first_line, Level.ERROR, forward=True))
    while view.load_rows(numbers):
        pass
    known["rows"] = when_read(lambda: [row.line for row in rows_hang_together(view)])
    view.filters = [LineFilter(pattern)]
    view.refilter(document.first_line)
    run(view.step)
    assert view.complete
    known["shown"] = [n for n in numbers if view.is_shown(n)]
    known["groups"] = _groups(view)
    view.whole_entries, view.minimum_level = True, Level.WARN
    view.refilter(document.first_line)
    run(view.step)
    while view.load_rows(numbers):
        pass
    known["shown rows"] = when_read(lambda: [row.line for row in rows_hang_together(view)])
    if document.line_count:
        known["text"] = whole_lines(document, numbers).text()
        known["shown text"] = whole_lines(document, numbers, view.copy()).text()
    known["saved"] = b"".join(export_pages(document, document.size))
    stamps = StampIndex(document)
    known["bars"] = when_read(lambda: stamps.bars(40, view.entries))
    return known


def _groups(view: View) -> list[tuple[str, int]]:
    groups = PatternGroups(view, EntryShapes(view.document, view.entries))
    run(groups.step)
    counts = when_read(groups.counts)
    return [(group.text, group.entries) for group in counts.groups()]


@examples(20)
@given(texts, st.sampled_from(sorted(MORE)), st.booleans(), st.none() | st.integers(0, 99))
def test_all_is_known_of_a_slow_file_that_is_known_of_a_quick_one(
    data: bytes, more: str, above: bool, seed: int | None
) -> None:
    data = MORE[more] + data if above else data + MORE[more]
    with small_pages():
        assert_same(data, seed)


def assert_same(data: bytes, seed: int | None = None) -> None:
    slow = SlowFile(data, seed)
    found = all_of(opened(slow, len(data)))
    assert found == all_of(opened(FileBytes(data), len(data)))
    assert slow.pending or not data or seed is not None


def test_all_is_known_of_a_slow_file_with_a_long_line() -> None:
    assert_same(LINES + LONG + LINES)


@examples(20)
@given(st.lists(texts, max_size=4))
def test_a_slow_file_that_grows_has_all_its_lines(parts: list[bytes]) -> None:
    with small_pages():
        document, slow = LogDocument(), SlowFile(b"".join(parts))
        start = 0
        for part in parts:
            when_read(partial(document.extend, slow, start, len(part)))
            start += len(part)
        when_read(lambda: document.add_row("a gap", "missing"))
        while when_read(document.index_more):
            pass
        lines = slow.data.split(b"\n")[: slow.data.count(b"\n")]
        numbers = range(document.first_line, document.end_line)
        assert [when_read(lambda n=n: document.line(n)) for n in numbers] == lines
        assert [row.line for row in document.own_rows] == [document.end_line]


def test_what_the_last_lines_go_on_with_is_shown_before_it_is_filtered() -> None:
    """A line at the end that still grows, too long to be held."""
    data = b"x" * 140_000
    slow = SlowFile(data)
    view = opened(slow, len(data))
    view.filters = [LineFilter(compile_query(Query("nowhere")))]
    view.refilter(0)
    run(view.step)
    assert view.line_count in (0, 1)  # never an error
    when_read(lambda: view.is_shown(0))
