"""Entries of lanes: the lines of one, however others stand between, are what its own log has."""

from __future__ import annotations

from typing import NamedTuple

from hypothesis import given
from hypothesis import strategies as st

from logview.log.entries.grouping import BEGIN, PageEntries
from logview.log.entries.index import EntryIndex
from logview.log.entries.lanes import MOST
from logview.log.entries.level import Level
from logview.log.entries.level_masks import SEVERE
from logview.log.search.line_filter import LineFilter
from logview.log.search.passes import find_level
from logview.log.search.pattern import Query, compile_query
from logview.log.store.document import LogDocument
from logview.log.view.excerpt import whole_lines
from logview.log.view.view import View
from tests.log.entries.test_index import ACTS, act, finish, same
from tests.support.examples import examples
from tests.support.piecemeal import Whole, open_log, rows_hang_together, small_pages, texts

AT = "2026-11-20T06:00:00.000Z"
CHILDREN = ("", f"{AT} [web runId:A1] -> ", f"{AT} [web runId:A1] -> {AT} [b runId:B2] -> ")
"""What the lines of the log itself, of a child run and of a child of that begin with."""
MERGED = ("[a.log] -> ", "[b.log] -> ", "[web runId:A1] -> ")


class Mixed(NamedTuple):
    """A log, and for each line its lane and the line of that one's own log."""

    data: bytes
    places: list[tuple[int, int]]
    own: list[list[str]]
    is_merged: bool


@st.composite
def mixed(draw: st.DrawFn) -> Mixed:
    is_merged = draw(st.booleans())
    prefixes = MERGED if is_merged else CHILDREN
    # Without lines of child runs, which would be lanes of their own.
    logs = [draw(texts).decode().split("\n")[:-1] for _ in prefixes]
    own = [[line for line in lines if "-> " not in line] for lines in logs]
    order = [lane for lane, lines in enumerate(own) for _ in lines]
    run = draw(st.integers(1, 4))
    runs = draw(st.permutations([order[at : at + run] for at in range(0, len(order), run)]))
    at, lines, places = [0] * len(own), [], []
    for lane in (lane for part in runs for lane in part):
        lines.append(prefixes[lane] + own[lane][at[lane]])
        places.append((lane, at[lane]))
        at[lane] += 1
    return Mixed("".join(f"{line}\n" for line in lines).encode(), places, own, is_merged)


def own_entries(log: Mixed) -> dict[int, tuple[list[int], Level | None]]:
    """Return the lines and the level of the entry of each line, by each lane's own log."""
    found: dict[int, tuple[list[int], Level | None]] = {}
    for lane, lines in enumerate(log.own):
        if not lines:
            continue
        at = [line for line, (of, _) in enumerate(log.places) if of == lane]
        page = PageEntries("\n".join(lines)).join(BEGIN)
        starts = [n for n in range(len(lines)) if page.starts >> n & 1]
        for low, high in zip(starts, [*starts[1:], len(lines)], strict=True):
            level = next((of for of, mask in page.levels.items() if mask >> low & 1), None)
            found.update((line, (at[low:high], level)) for line in at[low:high])
    return found


@examples(24)
@given(mixed(), texts, ACTS, st.booleans(), st.integers(60, 400), st.integers(1, 9))
def test_entries_and_levels_are_those_of_each_lanes_own_log(
    log: Mixed,
    more: bytes,
    acts: list[tuple[str, int]],
    as_file: bool,
    size: int,
    lines: int,
) -> None:
    with small_pages(size, lines):
        document = open_log(log.data, as_file=as_file)
        view = View(document, EntryIndex(document, is_merged=log.is_merged))
        finish(view)
        first = document.first_line
        for line, (entry, level) in own_entries(log).items():
            assert list(view.entries.entry_of(first + line)) == [first + n for n in entry]
            assert view.entries.level_of(first + line) == (None if level == Level.INFO else level)
        for what, number in acts:
            act(view, what, number, more)
        finish(view)
        same(view.entries, Whole(document, is_merged=log.is_merged))
        view.forget()
        finish(view)
        same(view.entries, Whole(document, is_merged=log.is_merged))


@examples(24)
@given(mixed(), st.integers(0, 400), st.booleans(), st.sampled_from(SEVERE), st.booleans())
def test_going_from_error_to_error_stops_once_at_each_entry_of_each_lane(
    log: Mixed, at: int, forward: bool, least: Level, is_read: bool
) -> None:
    with small_pages():
        document = open_log(log.data, as_file=False)
        if not document.line_count:
            return
        view = View(document, EntryIndex(document, is_merged=log.is_merged))
        if is_read:
            finish(view)  # else it reads what it needs by itself
        whole = Whole(document, is_merged=log.is_merged)
        line = at % document.line_count
        starts = [entry[0] for entry in whole.entries() if whole.has_level(entry[0], least)]
        for _ in range(6):
            here = whole.entry[line][0]
            wanted = [n for n in starts if n != here and (n > line if forward else n < line)]
            found = [n for n in find_level(view, line, least, forward=forward) if n is not None]
            assert found == (wanted[:1] if forward else wanted[-1:])
            if not found:
                break
            line = found[0]


@examples(24)
@given(
    mixed(),
    st.sampled_from(["at", "ERROR", "x", "fi"]),
    st.sampled_from([None, *SEVERE]),
    st.integers(0, 99),
)
def test_filters_show_whole_entries_of_lanes(
    log: Mixed, word: str, least: Level | None, centre: int
) -> None:
    with small_pages():
        document = open_log(log.data, as_file=False)
        view = View(document, EntryIndex(document, is_merged=log.is_merged))
        view.filters = [LineFilter(compile_query(Query(word)), keep=True)]
        view.whole_entries, view.minimum_level = True, least
        view.refilter(centre)
        while view.step():
            pass
        finish(view)
        while view.step():
            pass
        whole = Whole(document, is_merged=log.is_merged)
        shown = [n for n in whole.numbers if view.is_shown(n)]
        assert shown == whole.chosen(view)
        rows_hang_together(view)


def test_an_entry_between_whose_lines_others_stand_is_copied_by_itself() -> None:
    document = LogDocument()
    view = View(document)
    lines = [
        f"{CHILDREN[0]}ERROR one",
        f"{CHILDREN[1]}ERROR two",
        f"{CHILDREN[0]}    at f (a.js:1:1)",
        f"{CHILDREN[1]}    at g (b.js:1:1)",
        f"{CHILDREN[0]}INFO  next",
    ]
    document.append("".join(f"{line}\n" for line in lines).encode())
    assert list(view.entries.entry_of(2)) == [0, 2]
    excerpt = whole_lines(document, view.entries.entry_of(0))
    assert excerpt.line_count == 2
    assert excerpt.text() == f"{lines[0]}\n{lines[2]}"
    assert whole_lines(document, view.entries.entry_of(4)).text() == lines[4]


def test_a_page_with_a_thousand_lanes_is_read_at_little_cost() -> None:
    document = LogDocument()
    view = View(document)
    document.append(
        "".join(
            f"[x runId:R{n}] -> {'ERROR' if n % 3 else 'INFO '} x\n" for n in range(1000)
        ).encode()
    )
    assert view.entries.count(Level.ERROR) == 666
    assert len(view.entries.lanes_on(0)) <= MOST
    assert list(view.entries.entry_of(500)) == [500]
