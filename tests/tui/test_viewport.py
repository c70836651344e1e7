"""The viewport: the reader's place is held, whatever arrives, is filtered or opens."""

from __future__ import annotations

import itertools

from hypothesis import given
from hypothesis import strategies as st

from logview.log.entries.level import Level
from logview.log.search.line_filter import LineFilter
from logview.log.search.pattern import Query, compile_query
from logview.log.store.document import LogDocument
from logview.log.view.view import Row, View
from logview.tui.viewport import ScreenRow, Viewport
from tests.support.piecemeal import open_log, small_pages

MOVES = st.lists(
    st.sampled_from(
        [
            "j", "k", "page", "back", "half", "wheel", "wheelup", "top", "end", "append", "gap",
            "filter", "nofilter", "wrap", "goto", "cover", "uncover", "drag", "grow",
        ]
    ),
    max_size=25,
)  # fmt: skip


def heights(row: Row) -> int:
    """Every third line takes several rows when wrapped; one is higher than the screen."""
    return 1 if row.line % 3 else 2 + row.line % 30


class Reader:
    """A viewport with everything a person can do to it."""

    def __init__(self, lines: int, height: int) -> None:
        self.document = LogDocument()
        self.append(lines)
        self.view = View(self.document)
        self.viewport = Viewport(self.view, heights)
        self.height = height
        self.covered = 0
        self.resize()

    def append(self, count: int) -> None:
        first = self.document.end_line
        self.document.append(b"".join(b"line %d\n" % n for n in range(first, first + count)))

    def resize(self) -> None:
        self.viewport.resize(self.height - self.covered, self.height)
        self.viewport.update()

    def refilter(self, text: str) -> None:
        self.view.filters = [LineFilter(compile_query(Query(text)))] if text else []
        self.view.refilter(self.viewport.anchor_line)
        while self.view.step():
            pass
        self.viewport.refilter()

    def do(self, what: str) -> None:
        viewport = self.viewport
        match what:
            case "j" | "k":
                viewport.move(1 if what == "j" else -1)
            case "page" | "back":
                viewport.page(1 if what == "page" else -1)
            case "half":
                viewport.page(-0.5)
            case "wheel" | "wheelup":
                viewport.scroll(3 if what == "wheel" else -3)
            case "top":
                viewport.to_top()
            case "end":
                viewport.to_end()
            case "append":
                self.append(7)
                self.view.catch_up()
                viewport.update()
            case "gap":
                self.document.add_row("a gap", "missing")
                viewport.update()
            case "filter":
                self.refilter("1")
            case "nofilter":
                self.refilter("")
            case "wrap":
                viewport.set_wrap(not viewport.wrap)
            case "goto":
                viewport.go_to_line(self.document.end_line // 2)
            case "cover" | "uncover":
                self.covered = 3 if what == "cover" else 0
                self.resize()
            case "drag":
                viewport.scroll_to(0.4)
            case "grow":
                self.height = 9 + (self.height + 5) % 20
                self.resize()


@given(st.integers(0, 120), st.integers(5, 20), MOVES)
def test_the_screen_is_full_of_consecutive_rows_and_holds_the_cursor(
    lines: int, height: int, moves: list[str]
) -> None:
    reader = Reader(lines, height)
    viewport, view = reader.viewport, reader.view
    for move in moves:
        reader.do(move)
        spots = viewport.screen_rows
        assert len(spots) <= reader.height
        order = [(view.index_of(spot.row), spot.wrap_row) for spot in spots]
        assert order == sorted(set(order)), move
        for (index, wrap_row), (following, below) in itertools.pairwise(order):
            assert (following, below) in ((index, wrap_row + 1), (index + 1, 0)), move
        shown = {spot.row.line for spot in spots[: viewport.height] if not spot.row.is_own}
        if view.line_count:
            assert viewport.cursor is not None
            if shown:
                assert viewport.cursor in shown, move
        if viewport.follow and view.line_count:
            last = max(n for n in range(view.document.end_line) if view.is_shown(n))
            assert viewport.cursor == last, move
            assert last in shown or not shown, move


@given(
    st.integers(30, 120),
    st.booleans(),
    st.lists(st.sampled_from(["append", "gap", "cover", "uncover"]), min_size=1, max_size=8),
    st.sampled_from(["goto", "top", "drag"]),
)
def test_nothing_that_arrives_or_opens_moves_the_text(
    lines: int, wrap: bool, events: list[str], where: str
) -> None:
    reader = Reader(lines, 10)
    reader.viewport.set_wrap(wrap)
    reader.do(where)
    reader.viewport.stop_following()
    before = reader.viewport.screen_rows
    for event in events:
        reader.do(event)
        assert reader.viewport.screen_rows[: len(before)] == before, event


@given(st.integers(20, 100), st.integers(0, 99), st.booleans())
def test_filters_off_and_on_again_come_back_to_the_line(lines: int, line: int, wrap: bool) -> None:
    reader = Reader(lines, 12)
    reader.viewport.set_wrap(wrap)
    reader.viewport.go_to_line(line % lines)
    y = [spot.row.line for spot in reader.viewport.screen_rows].index(line % lines)
    reader.do("filter")
    reader.do("nofilter")
    assert reader.viewport.cursor == line % lines
    lines_now = [spot.row.line for spot in reader.viewport.screen_rows]
    assert abs(lines_now.index(line % lines) - y) <= 12


def test_follow_is_left_by_moving_up_and_resumed_at_the_bottom() -> None:
    reader = Reader(50, 10)
    viewport = reader.viewport
    assert viewport.follow
    viewport.move(-1)
    assert not viewport.follow
    reader.do("append")
    assert viewport.unseen == 7
    for _ in range(20):
        viewport.move(1)
    assert viewport.follow
    assert viewport.unseen == 0
    viewport.scroll(-3)
    assert not viewport.follow
    viewport.scroll(30)
    assert viewport.follow
    viewport.page(-1)
    assert not viewport.follow
    viewport.page(1)
    assert viewport.follow


def test_paging_moves_by_the_free_height_and_keeps_the_row() -> None:
    reader = Reader(100, 10)
    viewport = reader.viewport
    viewport.to_top()
    viewport.move(4)
    viewport.page(1)
    assert viewport.top.row == Row(10)
    assert viewport.cursor == 14
    viewport.page(0.5)
    assert viewport.top.row == Row(15)
    viewport.page(-1)
    assert (viewport.top.row, viewport.cursor) == (Row(5), 9)


def test_a_wrapped_line_higher_than_the_screen_can_be_scrolled_through() -> None:
    reader = Reader(100, 10)
    viewport = reader.viewport
    viewport.set_wrap(True)
    viewport.go_to_line(27)
    assert heights(Row(27)) == 29
    seen = set()
    for _ in range(12):
        seen |= {spot.wrap_row for spot in viewport.screen_rows if spot.row == Row(27)}
        viewport.scroll(3)
    assert seen == set(range(29))


def test_what_lay_over_the_current_line_gives_it_back() -> None:
    reader = Reader(100, 12)
    viewport = reader.viewport
    viewport.go_to_line(50)
    viewport.move(5)
    cursor = viewport.cursor
    y = [spot.row.line for spot in viewport.screen_rows].index(55)
    viewport.resize(y, 12)
    viewport.update(hold=True)
    assert viewport.cursor == 54
    viewport.resize(12, 12)
    viewport.update(hold=True)
    assert viewport.cursor == cursor


def test_a_lower_screen_keeps_the_current_line() -> None:
    reader = Reader(100, 24)
    viewport = reader.viewport
    viewport.to_top()
    viewport.move(20)
    assert viewport.cursor == 20
    reader.height = 10
    reader.resize()
    assert viewport.cursor == 20


FRAME = "    at f (x.js:1:1)"
STACKS = st.lists(
    st.tuples(st.sampled_from(["ERROR it broke", "INFO  fine", "plain"]), st.integers(0, 40)),
    min_size=1,
    max_size=8,
).map(lambda stacks: "".join(f"{head}\n" + f"{FRAME}\n" * count for head, count in stacks).encode())
HAPPENINGS = st.lists(
    st.sampled_from(["append", "byte", "gap", "read", "step", "catch up", "index", "begin"]),
    min_size=1,
    max_size=12,
)


def happen(view: View, what: str, number: int) -> None:
    """Let something happen that the reader has no part in."""
    document, reading = view.document, view.entries
    pages = range(document.first_page, document.sealed_end)
    match what:
        case "append":
            document.append(f"{FRAME}\n".encode() * (number % 15))
        case "byte":
            document.append(b"ERROR it broke again\n"[number % 21 :][:3])
        case "gap":
            document.add_row("a gap", "missing")
        case "read" if pages:
            reading.read(pages[number % len(pages)])
        case "step":
            reading.step()
            view.step()
        case "catch up":
            view.catch_up()
        case "index":
            document.index_more()
        case "begin" if pages:
            reading.begin_at(pages[number % len(pages)])


@given(STACKS, HAPPENINGS, st.booleans(), st.booleans(), st.booleans(), st.integers(0, 300))
def test_neither_the_top_nor_the_current_line_moves_unless_the_reader_does(
    data: bytes, happenings: list[str], as_file: bool, wrap: bool, by_level: bool, at: int
) -> None:
    with small_pages():
        document = open_log(data, as_file=as_file)
        view = View(document)
        if by_level:
            view.minimum_level = Level.WARN
            view.refilter(document.end_line)
        viewport = Viewport(view, lambda row: 1 if view.fold_at(row.line) else 1 + row.line % 3)
        viewport.resize(10, 10)
        viewport.set_wrap(wrap)
        viewport.to_end()
        line = document.end_line - 1 - at % document.line_count
        viewport.go_to_line(line)
        while view.step():
            pass
        viewport.refilter()
        viewport.stop_following()
        before, cursor = viewport.screen_rows, viewport.cursor
        if not before:
            return
        for number, what in enumerate(happenings, at):
            happen(view, what, number)
            view.catch_up()
            viewport.update()
            check_screen(viewport)
            # A line may go into the fold of its entry, once it is seen to be in the midst of one.
            fold = view.fold_of(before[0].row.line) if not before[0].row.is_own else None
            top = before[0] if fold is None else ScreenRow(Row(fold.start))
            assert viewport.screen_rows[0] == top, what
            assert viewport.cursor is not None
            assert cursor is not None
            held = view.fold_of(cursor)
            assert viewport.cursor == (cursor if held is None else held.start), what
        view.close_folds()


def check_screen(viewport: Viewport) -> None:
    """Check that the screen shows consecutive rows, none of them folded away."""
    view = viewport.view
    order = [(view.index_of(spot.row), spot.wrap_row) for spot in viewport.screen_rows]
    assert order == sorted(set(order))
    for (index, wrap_row), (following, below) in itertools.pairwise(order):
        assert (following, below) in ((index, wrap_row + 1), (index + 1, 0))
    assert all(spot.row.is_own or view.is_row(spot.row.line) for spot in viewport.screen_rows)


def test_rows_that_lie_far_apart_are_not_read_for_folds_they_cannot_have() -> None:
    document = LogDocument()
    document.append(b"needle\n" + b"hay\n" * 400_000 + b"needle\n")
    view = View(document)
    view.filters = [LineFilter(compile_query(Query("needle")))]
    view.refilter(0)
    while view.step():
        pass
    viewport = Viewport(view, heights)
    viewport.resize(20, 20)
    viewport.update()
    assert [spot.row.line for spot in viewport.screen_rows] == [0, 400_001]
    assert view.entries.version < 5 < document.end_page


def port_of(lines: list[int], height: int = 10) -> Viewport:
    """A wrapped viewport on lines of so many rows each."""
    document = LogDocument()
    document.append(b"".join(b"line\n" for _ in lines))
    viewport = Viewport(View(document), lambda row: lines[row.line])
    viewport.wrap = True
    viewport.resize(height, height)
    viewport.update()
    return viewport


def test_unwrapping_in_the_middle_of_a_high_line_stays_on_it() -> None:
    viewport = port_of([30, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1])
    viewport.to_top()
    viewport.scroll(5)
    assert viewport.cursor == 0
    viewport.set_wrap(False)
    assert viewport.cursor == 0
    assert viewport.top.row == Row(0)


def test_paging_through_a_last_line_higher_than_the_screen() -> None:
    viewport = port_of([1, 40])
    viewport.to_top()
    viewport.page(1)
    assert not viewport.follow
    assert viewport.top.wrap_row in (8, 9)
    for _ in range(4):
        viewport.page(1)
    assert viewport.follow


def test_a_line_that_has_fewer_rows_in_another_width_stays_on_the_screen() -> None:
    rows = [30]
    viewport = port_of(rows)
    viewport.to_end()
    viewport.scroll(-3)
    rows[0] = 4
    viewport.update()
    assert viewport.screen_rows
    assert viewport.screen_rows[0].row == Row(0)
