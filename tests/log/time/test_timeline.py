"""The timeline: exact on ordered logs, sensible on others, at the same cost for any size."""

from __future__ import annotations

import itertools
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from logview.log.store.document import LogDocument
from logview.log.time.timeline import Bars, StampIndex, round_step
from logview.log.view.view import View
from logview.text.timestamps import milliseconds, stamp_at, stamp_of

if TYPE_CHECKING:
    from collections.abc import Iterable

START = milliseconds(b"2026-11-20T23:50:00.000Z")

LINES = st.lists(st.integers(0, 40) | st.just(5000) | st.none(), min_size=1, max_size=60)
"""Milliseconds from the line before to a line; None for a line without a stamp."""


def line(moment: int | None) -> bytes:
    return b"    at frame\n" if moment is None else stamp_at(START + moment) + b" INFO  x\n"


def document_of(moments: Iterable[int | None], cuts: Iterable[int] = ()) -> LogDocument:
    """A log of lines at these milliseconds, with pages that end behind some of them."""
    document = LogDocument()
    ends = set(cuts)
    for number, moment in enumerate(moments):
        document.append(line(moment))
        if number in ends:
            document.add_row("gap", "missing")
    return document


def in_order(steps: Iterable[int | None]) -> list[int | None]:
    now = 0
    moments: list[int | None] = []
    for step in steps:
        now += step or 0
        moments.append(None if step is None else now)
    return moments


def bars_of(document: LogDocument, width: int, **expected: int) -> Bars:
    bars = StampIndex(document).bars(width, **expected)
    assert bars is not None
    return bars


def counts(bars: Bars) -> list[int]:
    return [cell.count for cell in bars.cells]


def check(document: LogDocument, bars: Bars, width: int) -> None:
    """What holds for every log: each line is in one cell, and they are in order."""
    assert 1 <= len(bars.cells) <= width
    assert bars.step == round_step(bars.first, bars.last, width)
    assert all(cell.begin % bars.step == 0 for cell in bars.cells)
    assert bars.cells[0].begin <= bars.first
    assert bars.cells[-1].begin <= bars.last < bars.cells[-1].begin + bars.step
    assert all(count >= 0 for count in counts(bars))
    assert sum(counts(bars)) == document.line_count
    for one, other in itertools.pairwise(bars.cells):
        assert one.line + one.count == other.line
        assert one.begin <= other.begin
    assert bars.cells[0].line == document.first_line
    for number in range(document.first_line, document.end_line):
        cell = bars.cells[bars.cell_of(number)]
        assert cell.line <= number < cell.line + cell.count


@given(LINES, st.sets(st.integers(0, 60)), st.integers(1, 50))
def test_each_cell_begins_with_the_first_line_that_is_not_before_it(
    steps: list[int | None], cuts: set[int], width: int
) -> None:
    moments = in_order(steps)
    document = document_of(moments, cuts)
    # With many pages for each cell, a border is put into its page by proportion.
    width = max(width, document.end_page // 4 + 2)
    bars = StampIndex(document).bars(width)
    if all(moment is None for moment in moments):
        assert bars is None
        return
    assert bars is not None
    check(document, bars, width)
    if document.end_page > 4 * (len(bars.cells) - 1):
        return
    for cell in bars.cells[1:]:
        expected = (n for n, m in enumerate(moments) if m is not None and START + m >= cell.begin)
        assert cell.line == next(expected, document.end_line)
    if None not in moments:
        for cell, following in itertools.pairwise(bars.cells):
            inside = [m for m in moments if cell.begin <= START + (m or 0) < following.begin]
            assert cell.count == len(inside)


@given(
    st.lists(st.integers(0, 3000) | st.none(), min_size=1, max_size=60),
    st.sets(st.integers(0, 60)),
    st.integers(1, 50),
)
def test_a_log_out_of_order_never_has_less_than_no_lines(
    moments: list[int | None], cuts: set[int], width: int
) -> None:
    document = document_of(moments, cuts)
    bars = StampIndex(document).bars(width)
    if bars is not None:
        check(document, bars, width)


@given(
    st.lists(st.tuples(LINES, st.booleans(), st.integers(0, 40)), min_size=1, max_size=6),
)
def test_a_log_that_grew_looks_as_if_it_were_read_at_once(
    pieces: list[tuple[list[int | None], bool, int]],
) -> None:
    document, index = LogDocument(), None
    index = StampIndex(document)
    now = 0
    for steps, sealed, cut in pieces:
        for moment in in_order(steps):
            now += moment or 0
            text = line(None if moment is None else now)
            document.append(text[:cut])  # what is there of a stamp so far does no harm
            index.bars(20)
            document.append(text[cut:])
        if sealed:
            document.add_row("gap", "missing")
        grown = index.bars(20)
        assert grown == StampIndex(document).bars(20)
        if grown is not None:
            check(document, grown, 20)


@given(st.lists(st.sampled_from([b"2026-", b"11-20T", b"23:50:0", b"0.000Z", b"\n", b"x"])))
def test_any_bytes_do_no_harm(pieces: list[bytes]) -> None:
    document = LogDocument()
    document.append(b"".join(pieces))
    bars = StampIndex(document).bars(30)
    if bars is not None:
        check(document, bars, 30)


def test_next_to_many_pages_a_cell_begins_on_the_right_page_at_least() -> None:
    moments = [3 * number + number % 2 for number in range(400)]
    document = document_of(moments, range(3, 400, 4))
    bars = bars_of(document, 6)
    check(document, bars, 6)
    assert bars.step == 250
    for cell in bars.cells[1:]:
        expected = next(n for n, moment in enumerate(moments) if START + moment >= cell.begin)
        assert abs(cell.line - expected) <= 4


def test_a_pause_is_a_gap() -> None:
    document = document_of([*range(0, 1000, 10), *range(4000, 5000, 10)])
    assert counts(bars_of(document, 9)) == [100, 0, 0, 0, 100]


def test_a_gap_leads_to_the_line_behind_it() -> None:
    document = document_of([*range(0, 1000, 10), *range(4000, 5000, 10)])
    bars = bars_of(document, 5)
    assert [bars.line_at(cell) for cell in range(5)] == [0, 100, 100, 100, 100]
    assert bars.cell_of(99) == 0
    assert bars.cell_of(100) == 4


def test_one_line_and_equal_lines_are_one_bar() -> None:
    assert counts(bars_of(document_of([0]), 4)) == [1]
    assert counts(bars_of(document_of([7] * 9), 4)) == [9]
    assert counts(bars_of(document_of([0, 5000]), 1)) == [2]


def test_cells_that_no_line_is_in_yet_lead_to_the_last_line() -> None:
    bars = bars_of(document_of([0, 1, 2]), 5, until=START + 1000)
    assert counts(bars) == [3, 0, 0, 0, 0]
    assert bars.line_at(4) == 2
    assert bars.last == START + 1000


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"INFO  no stamp\n" * 50,
        b"2026-13-20T06:00:00.000Z no such month\n",
        b"0000-01-20T06:00:00.000Z no such year\n",
        b"2026-11-20T24:00:00.000Z no such hour\n",
        b"2026-11-20T06:00:0",
        b"\n" * 100_000,
    ],
)
def test_without_stamps_there_is_no_timeline(data: bytes) -> None:
    document = LogDocument()
    document.append(data)
    assert StampIndex(document).bars(80) is None


def test_there_is_no_timeline_where_it_does_not_fit() -> None:
    assert StampIndex(document_of([0, 1])).bars(0) is None
    assert StampIndex(document_of([0, 1])).bars(-4) is None


def test_stamps_that_are_no_times_are_as_good_as_none() -> None:
    document = LogDocument()
    document.append(line(0) + b"2026-99-99T99:99:99.999Z x\n" + line(99))
    assert counts(bars_of(document, 2)) == [3]


def test_the_days_of_a_log_are_kept_apart() -> None:
    day = 24 * 60 * 60 * 1000
    document = document_of([0, 1, day, day + 1, day + 2, 3 * day - 1])
    assert counts(bars_of(document, 4)) == [2, 3, 0, 1], "it begins ten minutes before midnight"


@given(st.datetimes(datetime(1, 1, 1), datetime(9999, 12, 31)))
def test_stamps_and_milliseconds_are_the_same(moment: datetime) -> None:
    moment -= timedelta(microseconds=moment.microsecond % 1000)
    stamp = f"{moment.isoformat(timespec='milliseconds')}Z".encode()
    assert stamp_of(stamp_at(milliseconds(stamp))) == stamp
    assert milliseconds(stamp) == (moment - datetime(1970, 1, 1)) // timedelta(milliseconds=1)


def test_the_end_of_all_stamps_does_no_harm() -> None:
    document = LogDocument()
    document.append(b"0001-01-01T00:00:00.000Z x\n9999-12-31T23:59:59.999Z x\n")
    assert sum(counts(bars_of(document, 30))) == 2
    bars = StampIndex(document).bars(30, until=10**18)
    assert bars is not None
    assert sum(counts(bars)) == 2


# -- growth -------------------------------------------------------------------------------


def test_a_quiet_run_goes_on() -> None:
    document = document_of(range(0, 1000, 10))
    lengths = [
        (bars.step, len(bars.cells))
        for bars in (bars_of(document, 100, until=START + until) for until in (0, 2000, 60_000))
    ]
    assert lengths == [(250, 4), (250, 9), (1000, 61)]


def test_bars_of_a_growing_log_never_move_but_when_they_are_too_many() -> None:
    document = document_of(range(0, 10_000, 10))
    index = StampIndex(document)
    before = index.bars(60)
    assert before is not None
    steps = [before.step]
    for moment in range(10_000, 90_000, 100):
        document.append(line(moment))
        bars = index.bars(60, until=START + moment)
        assert bars is not None
        if bars.step == before.step:
            assert bars.cells[: len(before.cells) - 1] == before.cells[:-1]
        else:
            assert len(before.cells) == 60, "it was full"
            assert 24 <= len(bars.cells) <= 31
            steps.append(bars.step)
        before = bars
    assert steps == [250, 500, 1000, 2000]


def test_a_growing_log_reads_nothing_twice() -> None:
    document = document_of(range(0, 400_000, 7))
    index = StampIndex(document)
    assert document.end_page > 20
    index.bars(100)
    document.heads_read = document.pages_read = 0
    for moment in range(400_000, 401_000, 7):
        document.append(line(moment))
        index.bars(100)
    assert document.pages_read <= 2
    assert document.heads_read <= 2


# -- size ---------------------------------------------------------------------------------


class MadeUp:
    """A file of equal lines, made up where it is read."""

    LINE = 128

    def __init__(self, count: int) -> None:
        self.count = count
        self.size = count * self.LINE
        self.bytes_read = 0

    def moment(self, number: int) -> int:
        """Milliseconds of a line: slow, then a pause of an hour, then fast."""
        half = self.count // 2
        if number < half:
            return 4 * number
        return 4 * half + 3_600_000 + (number - half)

    def read(self, start: int, length: int) -> bytes:
        first, end = start // self.LINE, -(-(start + length) // self.LINE)
        self.bytes_read += length
        lines = (line(self.moment(number))[:-1] for number in range(first, min(end, self.count)))
        data = b"".join(text.ljust(self.LINE - 1, b".") + b"\n" for text in lines)
        return data[start - first * self.LINE :][:length]

    def stamp(self) -> tuple[int, ...] | None:
        return None


class Indexed(LogDocument):
    """A document whose file was indexed already: nobody has to make it up as a whole."""

    def __init__(self, reader: MadeUp) -> None:
        super().__init__()
        self.attach(reader, reader.size)
        index = self._index
        assert index is not None
        page = 512 * reader.LINE
        while index.left:
            start = max(0, index.left - page)
            size = index.left - start
            self._pages.add_before(start, size, size // reader.LINE, index.region)
            index.left = start
        self._index = None


def test_ten_million_lines_cost_no_more_than_their_cells() -> None:
    width = 200
    reader = MadeUp(12_800_000)
    document = Indexed(reader)
    assert document.end_page - document.first_page >= 25_000
    index = StampIndex(document)
    reader.bytes_read = document.pages_read = document.heads_read = 0
    bars = index.bars(width)
    assert bars is not None
    assert document.pages_read <= 8
    assert document.heads_read <= width * 10
    assert reader.bytes_read <= 2_000_000
    assert sum(counts(bars)) == document.line_count
    for cell in bars.cells[1:]:
        expected = cell.begin - START
        shift = cell.line - document.first_line
        assert reader.moment(shift - 3) < expected <= reader.moment(shift + 3)
    assert counts(bars).count(0) == pytest.approx(3_600_000 / bars.step, abs=2)
    document.pages_read = document.heads_read = 0
    assert index.bars(width) == bars
    assert document.pages_read == document.heads_read == 0


def test_more_lines_cost_only_a_little_more() -> None:
    reads = []
    for count in (800_000, 12_800_000):
        document = Indexed(MadeUp(count))
        document.heads_read = 0
        StampIndex(document).bars(100)
        reads.append(document.heads_read)
    assert reads[1] - reads[0] <= 100 * 6, "four halvings more for each cell"


def test_a_huge_log_without_stamps_is_given_up_soon() -> None:
    document = LogDocument()
    for _ in range(40):
        document.append(b"INFO  no stamp\n" * 50_000)
    assert document.end_page > 200
    index = StampIndex(document)
    for _ in range(20):
        assert index.bars(200) is None
        document.append(b"INFO  no stamp\n")
    assert document.pages_read <= 2
    assert document.heads_read <= 200


def test_pages_without_any_stamp_belong_to_the_page_before() -> None:
    document = LogDocument()
    document.append(line(0))
    document.append(b"  one dump\n" * 200_000)
    document.append(b"".join(map(line, range(1001, 2002))))
    assert document.end_page > 40
    assert counts(bars_of(document, 3)) == [200_001, 999, 2]


def test_a_single_huge_line_is_not_read() -> None:
    document = LogDocument()
    document.append(line(0) + line(250)[:-1] + b"x" * 1_000_000)
    document.append(b"x\n" + line(500))
    document.append(line(750)[:-1] + b"x" * 1_000_000)
    document.pages_read = 0
    assert counts(bars_of(document, 4)) == [1, 1, 1, 1]
    assert document.pages_read <= 2


def test_a_file_has_no_timeline_before_its_first_line_is_known() -> None:
    reader = MadeUp(100_000)
    document = LogDocument()
    document.attach(reader, reader.size)
    index = StampIndex(document)
    assert index.bars(80) is None
    while document.index_more():
        pass
    bars = index.bars(80)
    assert bars is not None
    check(document, bars, 80)
    assert bars.first_line == document.first_line < 0


def test_a_file_that_lost_lines_does_no_harm_and_is_read_again_when_asked() -> None:
    reader = MadeUp(100_000)
    document = Indexed(reader)
    index = StampIndex(document)
    before = index.bars(40)
    assert before is not None
    reader.count = 20_000
    for width in (40, 41, 300):
        bars = index.bars(width)
        assert bars is not None
        check(document, bars, width)
    index.forget()
    document.forget()
    bars = index.bars(40)
    assert bars != before


# -- levels and filters ------------------------------------------------------------------


def test_cells_count_the_lines_of_bad_entries_and_those_that_are_shown() -> None:
    document = LogDocument()
    for second in range(4):
        level = ("INFO ", "ERROR", "WARN ", "INFO ")[second]
        document.append(stamp_at(START + 1000 * second) + f" {level} x\n    at f\n".encode())
    view = View(document)
    bars = StampIndex(document).bars(9, view.entries, shown_before=lambda line: max(0, line - 3))
    assert bars is not None
    cells = [cell for cell in bars.cells if cell.count]
    assert [(cell.errors, cell.warnings) for cell in cells] == [(0, 0), (2, 0), (0, 2), (0, 0)]
    assert [cell.shown for cell in cells] == [0, 1, 2, 2]
    assert all(cell.shown is None for cell in bars_of(document, 9).cells)
