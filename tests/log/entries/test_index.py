"""The reading: pages read in any order say what one look at the whole log says."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st

from logview.log.entries.level import Level
from logview.log.entries.level_masks import FIELDS, SEVERE
from logview.log.search.passes import find_level
from logview.log.store.document import LogDocument
from logview.log.view.view import View
from tests.support.examples import examples
from tests.support.piecemeal import FileBytes, Whole, open_log, small_pages, texts

if TYPE_CHECKING:
    from logview.log.entries.index import EntryIndex

ACTS = st.lists(
    st.tuples(
        st.sampled_from(
            ["read", "look", "step", "catch up", "begin", "append", "byte", "gap", "index", "ask"]
        ),
        st.integers(0, 200),
    ),
    max_size=30,
)


def act(view: View, what: str, number: int, more: bytes) -> None:
    """Do one thing that a log or the one who reads it may do."""
    document, reading = view.document, view.entries
    pages = range(document.first_page, document.sealed_end)
    at = document.first_line + number % max(1, document.line_count)
    match what:
        case "read" if pages:
            page = pages[number % len(pages)]
            if page not in reading._pages:
                reading.read(page)
        case "look" if pages:
            page = pages[number % len(pages)]
            reading.read_around(page, page + number % 4)
        case "step":
            reading.step()
        case "catch up":
            reading.catch_up(1)
        case "begin" if pages:
            reading.begin_at(pages[number % len(pages)])
        case "append":
            document.append(more[: number * 3])
        case "byte":
            document.append(more[number : number + 1])
        case "gap":
            document.add_row("a gap", "missing")
        case "index":
            document.index_more()
        case "ask" if document.line_count:
            assert at in reading.entry_of(at)
            reading.count_from(at, Level.WARN)


def finish(view: View) -> None:
    while view.document.index_more():
        pass
    while view.entries.step() or view.step():
        pass
    assert view.entries.complete


def same(reading: EntryIndex, whole: Whole) -> None:
    document = reading._document
    for line in whole.numbers:
        entry, level = whole.entry[line], whole.level[line]
        assert reading.entry_of(line) == entry, line
        assert reading.begins(line) == (entry[0] == line)
        assert reading.level_of(line) == (None if level == Level.INFO else level)
    starts = [(entry[0], whole.level[entry[0]]) for entry in whole.entries()]
    for least in SEVERE:
        for most in SEVERE:
            wanted = [at for at, level in starts if level and least <= level <= most]
            assert reading.count(least, most) == len(wanted)
        for line in range(document.first_line - 2, document.end_line + 2):
            wanted = [at for at, level in starts if level and level >= least and at >= line]
            assert reading.count_from(line, least) == len(wanted)
    for page in range(document.first_page, document.end_page):
        first, count = document.first_line_of(page), document.count_of(page)
        levels = {}
        for level in (Level.DEBUG, *SEVERE):
            mask = sum(1 << n for n in range(count) if whole.level[first + n] == level)
            if mask:
                levels[level] = mask
            expected = sum(1 << n for n in range(count) if whole.has_level(first + n, level))
            assert reading.at_least(page, level) == expected
        known = reading.page(page)
        assert {level: known.of(level) for level in FIELDS if known.of(level)} == levels
    for first in range(document.first_line, document.end_line + 1, 3):
        for end in (first, first + 1, (first + document.end_line) // 2, document.end_line):
            if end > document.end_line:
                continue
            lines = [whole.level[line] for line in range(first, end)]
            errors = sum(level is not None and level >= Level.ERROR for level in lines)
            assert reading.severe_between(first, end) == (errors, lines.count(Level.WARN))


@given(texts, texts, ACTS, st.booleans(), st.integers(60, 400), st.integers(1, 9))
def test_pages_read_in_any_order_while_lines_arrive_give_what_the_whole_gives(
    data: bytes,
    more: bytes,
    acts: list[tuple[str, int]],
    as_file: bool,
    size: int,
    lines: int,
) -> None:
    with small_pages(size, lines):
        view = View(open_log(data, as_file=as_file))
        for what, number in acts:
            act(view, what, number, more)
        finish(view)
        same(view.entries, Whole(view.document))
        view.forget()
        finish(view)
        same(view.entries, Whole(view.document))


@examples(30)
@given(texts, st.lists(st.integers(0, 50), max_size=8))
def test_a_tail_that_grows_byte_by_byte_is_read_right_at_each(data: bytes, gaps: list[int]) -> None:
    with small_pages(120, 4):
        view = View(LogDocument())
        for at in range(min(len(data), 400)):
            if at in gaps:
                view.document.add_row("a gap", "missing")
            view.document.append(data[at : at + 1])
            view.catch_up()
            if at % 7 == 0:
                same(view.entries, Whole(view.document))


@given(texts, st.integers(0, 400), st.booleans(), st.sampled_from(SEVERE), st.data())
def test_going_from_error_to_error_visits_the_shown_ones_in_order(
    data: bytes, at: int, forward: bool, least: Level, draw: st.DataObject
) -> None:
    with small_pages():
        document = open_log(data, as_file=draw.draw(st.booleans()))
        view = View(document)
        while document.index_more():
            pass
        if draw.draw(st.booleans()):
            view.minimum_level = Level.ERROR
            view.refilter(0)
        whole = Whole(document)
        if not document.line_count:
            return
        if draw.draw(st.booleans()):
            finish(view)  # else it reads what it needs by itself
        line = document.first_line + at % document.line_count
        shown = set(whole.chosen(view))
        wanted = [
            entry[0]
            for entry in whole.entries()
            if whole.has_level(entry[0], least) and entry[0] in shown
        ]
        here = whole.entry[line]
        wanted = [n for n in wanted if (n > here[-1] if forward else n < here[0])]
        visited: list[int] = []
        while len(visited) <= len(wanted):
            found = [n for n in find_level(view, line, least, forward=forward) if n is not None]
            if not found:
                break
            line = found[0]
            visited.append(line)
        assert visited == (wanted if forward else wanted[::-1])


def test_going_on_from_within_a_long_stack_does_not_come_back_to_it() -> None:
    """Neither from a file's end nor from its midst, where nothing of it was read before."""
    stack = b"ERROR it broke\n" + b"    at f (x.js:1:1)\n" * 900
    with small_pages(lines=4):
        for forward, wanted in ((True, 901), (False, None)):
            document = open_log(stack + b"ERROR again\n", as_file=False)
            view = View(document)
            found = list(find_level(view, 450, Level.ERROR, forward=forward))
            assert next((n for n in found if n is not None), None) == wanted
            assert view.entries.entry_of(450)[0] == 0


def test_a_file_that_lost_its_beginning_begins_with_what_is_left() -> None:
    frames = b"    at f (x.js:1:1)\n" * 100
    with small_pages(lines=4):
        reader = FileBytes(b"ERROR it broke\n" + frames)
        document = LogDocument()
        document.attach(reader, len(reader.data))
        view = View(document)
        while view.entries.step():
            pass
        reader.data = b""
        while document.index_more():
            pass
        finish(view)
        assert view.entries.entry_of(document.end_line - 1) == range(
            document.first_line, document.end_line
        )


def test_what_is_undecided_at_a_live_end_is_not_counted_while_it_is_held() -> None:
    document = LogDocument()
    document.append(b"ERROR Crawler: failed\nError: reason\n")
    entries = View(document).entries
    assert entries.count(Level.ERROR) == 2
    entries.holds_undecided = True
    assert entries.count(Level.ERROR) == 1
    assert entries.entry_of(0) == range(2)
    document.append(b"INFO  next\n")
    assert entries.count(Level.ERROR) == 2
    document.append(b"ERROR Crawler: failed\nError: reason\n")
    assert entries.count(Level.ERROR) == 3
    document.append(b'    at main (/a.js:1:2) {"id":"x"}\n')
    entries.holds_undecided = False
    assert entries.count(Level.ERROR) == 3


def read(view: View) -> None:
    view.catch_up()
    while view.entries.step():
        pass


def test_what_the_tail_settles_of_the_pages_above_is_one_entry() -> None:
    with small_pages(lines=4):
        document = LogDocument()
        view = View(document)
        document.append(b"INFO  a\n" * 2 + b"ERROR Crawler: x\n" + b"Error: reason\n" * 7)
        read(view)
        assert view.entries.count(Level.ERROR) > 1
        document.append(b'    at main (/a.js:1:2) {"id":"x"}\n')
        read(view)
        assert view.entries.count(Level.ERROR) == 1
        assert view.entries.entry_of(3) == range(2, 11)
        document.append(b"INFO  next\n" * 9)
        read(view)
        assert view.entries.count(Level.ERROR) == 1
        assert view.entries.entry_of(9) == range(2, 11)


def test_a_page_below_a_gap_leaves_what_is_known_above_it() -> None:
    with small_pages(lines=2):
        document = LogDocument()
        view = View(document)
        document.append(b"ERROR it broke\n" + b"    at f (x.js:1:1)\n" * 11)
        document.add_row("a gap", "missing")
        document.append(b"    at g (x.js:1:1)\n" * 6)
        for number in (0, 1, document.page_of(12), 2):
            view.entries.read(number)
        finish(view)
        assert view.entries.entry_of(5) == range(12)
        assert view.entries.entry_of(12) == range(12, 18)
