"""Patterns: what is shown, by template; wherever pages are cut, and whatever is filtered."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st

from logview.log.search.line_filter import LineFilter
from logview.log.search.pattern import Query, compile_query
from logview.log.store.document import LogDocument
from logview.log.view.entry_shapes import EntryShapes, find_entry
from logview.log.view.patterns import PatternFilter, PatternGroups
from logview.log.view.view import View
from tests.support.examples import examples

if TYPE_CHECKING:
    from logview.log.view.patterns import PatternGroup

KINDS = (
    "INFO  Crawler: Page {n} done in {n} ms",
    "WARN  Crawler: Retrying page {n}",
    "ERROR Crawler: Request failed\n    at run (/app/main.js:{n}:1)\n    at main (/app/b.js:1:1)",
    "Saved {n} products",
)


def log_of(kinds: list[int]) -> tuple[bytes, list[int]]:
    """Return a log of entries of these kinds, and the line that each begins with."""
    lines: list[str] = []
    starts: list[int] = []
    for number, kind in enumerate(kinds):
        starts.append(len(lines))
        stamp = f"2026-11-20T06:{number // 60 % 60:02}:{number % 60:02}.000Z"
        text = KINDS[kind].format(n=number * 7)
        lines += [f"{stamp} {line}" for line in text.split("\n")]
    return "".join(f"{line}\n" for line in lines).encode(), starts


def view_of(data: bytes, cut: int) -> View:
    document = LogDocument()
    for at in range(0, len(data), cut):
        document.append(data[at : at + cut])
    view = View(document)
    while view.entries.step():
        pass
    return view


def groups_of(view: View) -> tuple[EntryShapes, list[PatternGroup]]:
    shapes = EntryShapes(view.document, view.entries)
    counted = PatternGroups(view, shapes)
    while counted.step():
        pass
    return shapes, counted.counts().groups()


@examples(20)
@given(
    st.lists(st.integers(0, 3), min_size=1, max_size=12),
    st.integers(1, 60),
    st.integers(500, 20_000),
)
def test_every_entry_is_in_one_group(some: list[int], times: int, cut: int) -> None:
    kinds = some * times
    data, starts = log_of(kinds)
    view = view_of(data, cut)
    shapes, groups = groups_of(view)
    assert sum(group.entries for group in groups) == len(kinds)
    for group in groups:
        (kind,) = {kinds[starts.index(line)] for line in (group.first, group.last)}
        assert group.entries == kinds.count(kind)
        assert group.first == starts[kinds.index(kind)]
        assert sum(group.slots) == group.entries
        # Its entries, one after the other, are those lines; back again likewise.
        expected = [start for start, one in zip(starts, kinds, strict=True) if one == kind]
        for forward, order in ((True, expected), (False, expected[::-1])):
            found, line = [], -1 if forward else view.document.end_line
            while True:
                steps = find_entry(
                    view,
                    lambda number, g=group: shapes.mask(number, g.shapes.__contains__),
                    line,
                    forward=forward,
                )
                line = next((one for one in steps if one is not None), -1)
                if line < 0:
                    break
                found.append(line)
            assert found == order


@examples(20)
@given(st.lists(st.integers(0, 3), min_size=1, max_size=12), st.integers(1, 400), st.booleans())
def test_a_filter_by_a_pattern_shows_whole_entries(some: list[int], times: int, keep: bool) -> None:
    kinds = some * times
    data, starts = log_of(kinds)
    view = view_of(data, 70_000)
    shapes, groups = groups_of(view)
    group = groups[0]
    view.filters.append(PatternFilter(group, shapes, keep=keep))
    view.refilter(0)
    while view.step():
        pass
    shown = [line for line in range(view.document.end_line) if view.is_shown(line)]
    kind = kinds[starts.index(group.first)]
    ends = [*starts[1:], view.document.end_line]
    expected = [
        line
        for start, end, one in zip(starts, ends, kinds, strict=True)
        if (one == kind) == keep
        for line in range(start, end)
    ]
    assert shown == expected


def test_only_what_filters_show_is_counted() -> None:
    data, _ = log_of([0, 1, 2, 3] * 500)
    view = view_of(data, 50_000)
    view.filters.append(LineFilter(compile_query(Query("page"))))
    view.refilter(0)
    while view.step():
        pass
    _, groups = groups_of(view)
    assert sorted(group.entries for group in groups) == [500, 500]


def test_histograms_go_over_time() -> None:
    data, _ = log_of([0] * 3000 + [1] * 30)
    view = view_of(data, 50_000)
    shapes = EntryShapes(view.document, view.entries)
    counted = PatternGroups(view, shapes)
    while counted.step():
        pass
    counts = counted.counts()
    often, seldom = sorted(counts.groups(), key=lambda one: -one.entries)
    columns = counts.columns(often, 16)
    assert sum(columns) == 3000
    assert all(columns)
    late = counts.columns(seldom, 16)
    assert sum(late) == 30
    assert not any(late[:14])


def test_the_shapes_of_a_growing_tail_are_those_of_a_log_read_at_once() -> None:
    data, _ = log_of([0, 1, 2, 3, 1, 0, 2, 3] * 3)
    document = LogDocument()
    view = View(document)
    growing = EntryShapes(document, view.entries)
    for at in range(0, len(data), 61):
        document.append(data[at : at + 61])
        anew = EntryShapes(document, view.entries)
        number = document.sealed_end
        if number < document.end_page:
            assert list(growing.entries_of(number)) == list(anew.entries_of(number))
