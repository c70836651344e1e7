"""Log: the view. It chooses which lines are shown and hands them out as rows.

A row is a line of the log or a row of ours (a gap). The view never keeps a
list of rows: a filter keeps one integer bitmask and one count per page, and
the rows of the few pages on screen are worked out when they are asked for.
While a filter has not read a page yet, that page shows no line; filters read
from where the reader is outward, so what is on screen is right at once.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from itertools import accumulate
from time import perf_counter
from typing import TYPE_CHECKING, NamedTuple

from logview.log.passes import Outward
from logview.log.search import Pattern, PatternTooSlowError

if TYPE_CHECKING:
    from logview.log.document import LogDocument, OwnRow


class Row(NamedTuple):
    """A place that can be shown: line `line`, or row `own` of ours that stands before it."""

    line: int
    own: int = -1
    """Index in the document's `own_rows`; -1 for a line of the log."""

    @property
    def is_own(self) -> bool:
        """Whether this is a row of ours."""
        return self.own >= 0


class LineFilter:
    """Only lines that match are shown (`keep`), or only lines that don't."""

    def __init__(self, pattern: Pattern, *, keep: bool = True) -> None:
        self.pattern = pattern
        self.keep = keep
        self.enabled = True
        self.masks: dict[int, int] = {}
        """For each page that was read: bit n is set where line n of the page is shown."""
        self.error: PatternTooSlowError | None = None

    @property
    def label(self) -> str:
        """What was typed, with the `!` of a filter that leaves lines out."""
        return self.pattern.query.text if self.keep else f"!{self.pattern.query.text}"

    def mask_of(self, document: LogDocument, number: int) -> int:
        """Work out the bitmask of a page, once for one that will not change.

        Raises PatternTooSlowError with the line's number within the page.
        """
        known = self.masks.get(number)
        if known is None:
            text = document.read_for(self.pattern, number)
            known = self.mask(text, document.count_of(number))
            if number < document.sealed_end:
                self.masks[number] = known
        return known

    def mask(self, text: str | bytes, line_count: int) -> int:
        """Work out the bitmask of one page; raises PatternTooSlowError."""
        matching = 0
        for line, _ in self.pattern.lines(text):
            matching |= 1 << line
        return matching if self.keep else matching ^ ((1 << line_count) - 1)


class View:
    """The rows that a document and its filters give.

    `step` does the reading that filters need, page by page, for as long as it
    is given; everything else answers at once from what has been read.
    """

    def __init__(self, document: LogDocument) -> None:
        self.document = document
        self.filters: list[LineFilter] = []
        self.suspended = False
        """All filters off for now (`x`), none forgotten."""
        self.context = 0
        """How many lines around those that the filters show are shown too."""
        self.generation = 0
        """Counts the changes of what is shown, apart from lines that arrive."""
        self._order = Outward(0)
        self._bases: dict[int, int] = {}
        self._counts: dict[int, int] = {}
        self._sums: list[int] = [0]
        self._sums_of = (0, 0, -1)
        self._fresh = True
        self._tail = 0
        self._tail_of = (-1, -1)

    # -- filters --------------------------------------------------------------------------

    @property
    def active(self) -> list[LineFilter]:
        """The filters that are in force."""
        return [] if self.suspended else [f for f in self.filters if f.enabled]

    def refilter(self, centre: int) -> None:
        """Start anew after filters changed, reading outward from line `centre`."""
        self.generation += 1
        self._order = Outward(self.page_near(centre))
        self._bases.clear()
        self._counts.clear()
        self._fresh = False

    @property
    def caught_up(self) -> bool:
        """Whether every page known so far has been read by every filter in force."""
        first, end = self.document.first_page, self.document.sealed_end
        return not self.active or self._order.done(first, end)

    @property
    def complete(self) -> bool:
        """Whether the whole log has been read by every filter in force."""
        return self.caught_up and not (self.active and self.document.unindexed)

    def step(self) -> bool:
        """Read one more page for the filters in force; False when there is none left to read."""
        if not self.active:
            return False
        number = self._order.take(self.document.first_page, self.document.sealed_end)
        if number is None:
            return False
        self.read_page(number)
        return True

    def catch_up(self, seconds: float = 1.0) -> None:
        """Read the pages that were filled since, where the pass had reached the end of the log.

        Without it, lines that were on screen as the tail would be away for as
        long as the pass takes to come to their page. It takes `seconds` at most.
        """
        number = self.document.sealed_end - 1
        end = perf_counter() + seconds
        while self._order.at_end and number not in self._bases and self.active:
            if perf_counter() > end:
                break
            if not self.step():
                break

    def read_page(self, number: int) -> None:
        """Read a page for the filters in force, if they have not read it yet."""
        active = self.active
        if number in self._bases or not active or number >= self.document.sealed_end:
            return
        base = -1
        for line_filter in active:
            base &= self._try(line_filter, number)
        self._bases[number] = base
        self._recount(range(self.reach(number, -1), self.reach(number, 1) + 1))
        self._fresh = False

    def reach(self, number: int, step: int) -> int:
        """Give the last page, in one direction, that a page's lines may be context in."""
        lines = 0
        document = self.document
        while lines < self.context and document.first_page <= number + step < document.end_page:
            number += step
            lines += document.count_of(number)
        return number

    def _recount(self, numbers: range) -> None:
        for number in numbers:
            if number in self._bases:
                self._counts[number] = self.mask(number).bit_count()

    def _try(self, line_filter: LineFilter, number: int) -> int:
        if line_filter.error is None or number in line_filter.masks:
            try:
                return line_filter.mask_of(self.document, number)
            except PatternTooSlowError as error:
                first = self.document.first_line_of(number)
                line_filter.error = PatternTooSlowError(first + error.line)
        # What can't be decided is shown, and the filter says so.
        return (1 << self.document.count_of(number)) - 1

    def mask(self, number: int) -> int:
        """Give the bitmask of the shown lines of a page; 0 while it has not been read."""
        if not self.active:
            return (1 << self.document.count_of(number)) - 1
        if not self.context:
            return self._base(number)
        return self._with_context(number)

    def _base(self, number: int) -> int:
        """Give the bitmask of the lines that the filters themselves show."""
        if number == self.document.sealed_end:
            return self._tail_base()
        return self._bases.get(number, 0)

    def _tail_base(self) -> int:
        of = (self.document.version, self.generation)
        if self._tail_of != of:
            number = self.document.sealed_end
            base = 0
            if self.document.end_page > number:
                base = -1
                for line_filter in self.active:
                    base &= self._try(line_filter, number)
            self._tail = base
            self._tail_of = of
        return self._tail

    def _with_context(self, number: int) -> int:
        """Give a page's bitmask with the lines of context, also those of its neighbours' lines."""
        size = self.document.count_of(number)
        context = self.context
        bits, before = self._base(number), 0
        near, have = number - 1, 0
        while have < context and near >= self.document.first_page:
            count = self.document.count_of(near)
            bits = bits << count | self._base(near)
            before += count
            have += count
            near -= 1
        near, have, top = number + 1, 0, before + size
        while have < context and near < self.document.end_page:
            count = self.document.count_of(near)
            bits |= self._base(near) << top
            top += count
            have += count
            near += 1
        spread = bits
        reach = 0
        while reach < context:
            step = min(max(1, reach), context - reach)
            spread |= spread << step | spread >> step
            reach += step
        return spread >> before & ((1 << size) - 1)

    def is_context(self, line: int) -> bool:
        """Whether a line is shown only because it is near one that the filters show."""
        if not self.context or not self.active:
            return False
        number = self.document.page_of(line)
        return not self._base(number) >> (line - self.document.first_line_of(number)) & 1

    # -- counting -------------------------------------------------------------------------

    def _cumulative(self) -> list[int]:
        first, end = self.document.first_page, self.document.sealed_end
        # With context, what arrives in the tail shows lines of the page before it.
        of = (first, end, self.document.version if self.context else 0)
        if not self._fresh or self._sums_of != of:
            if self.context:
                self._recount(range(self.reach(self._sums_of[1], -1), end))
            counts = self._counts
            self._sums = list(accumulate((counts.get(n, 0) for n in range(first, end)), initial=0))
            self._sums_of = of
            self._fresh = True
        return self._sums

    def _tail_count(self) -> int:
        number = self.document.sealed_end
        return self.mask(number).bit_count() if self.document.end_page > number else 0

    @property
    def line_count(self) -> int:
        """How many lines are shown, as far as filters have read."""
        if not self.active:
            return self.document.line_count
        return self._cumulative()[-1] + self._tail_count()

    @property
    def row_count(self) -> int:
        """How many rows there are: lines shown and rows of ours."""
        return self.line_count + len(self.document.own_rows)

    def shown_before(self, line: int) -> int:
        """Give how many lines before `line` are shown."""
        document = self.document
        line = max(document.first_line, min(line, document.end_line))
        if not self.active:
            return line - document.first_line
        if line >= document.end_line:
            return self.line_count
        number = document.page_of(line)
        below = line - document.first_line_of(number)
        mask = self.mask(number) & ((1 << below) - 1)
        return self._cumulative()[number - document.first_page] + mask.bit_count()

    def is_shown(self, line: int) -> bool:
        """Whether the filters show this line; False for a line that is not there."""
        document = self.document
        if not document.first_line <= line < document.end_line:
            return False
        if not self.active:
            return True
        number = document.page_of(line)
        return bool(self.mask(number) >> (line - document.first_line_of(number)) & 1)

    def shown_line(self, index: int) -> int:
        """Give the number of shown line `index`; raises IndexError where there is none."""
        document = self.document
        if not 0 <= index < self.line_count:
            raise IndexError(f"no shown line {index}")
        if not self.active:
            return document.first_line + index
        sums = self._cumulative()
        place = bisect_right(sums, index) - 1
        number = min(place + document.first_page, document.sealed_end)
        rest = index - sums[place]
        return document.first_line_of(number) + _nth_bit(self.mask(number), rest)

    def nearest(self, line: int) -> int | None:
        """Give `line` or the shown line nearest to it; None when none is shown."""
        if self.is_shown(line):
            return line
        count = self.line_count
        if not count:
            return None
        after = self.shown_before(line)
        if after >= count:
            return self.shown_line(count - 1)
        following = self.shown_line(after)
        if after:
            previous = self.shown_line(after - 1)
            if line - previous < following - line:
                return previous
        return following

    def page_near(self, line: int) -> int:
        """Give the page that holds `line`, or the one nearest to it; 0 in an empty log."""
        first, end = self.document.first_line, self.document.end_line
        return self.document.page_of(max(first, min(line, end - 1))) if end > first else 0

    # -- rows -----------------------------------------------------------------------------

    def index_of(self, row: Row) -> int:
        """Give the index of a row; for a line that is not shown, that of the next row shown."""
        own = self.document.own_rows
        if row.is_own:
            return self.shown_before(row.line) + row.own
        return self.shown_before(row.line) + bisect_right(own, row.line, key=_line_of)

    def row_at(self, index: int) -> Row:
        """Give the row at an index; raises IndexError where there is none."""
        own = self.document.own_rows
        if not own:
            return Row(self.shown_line(index))
        # The rows of ours that stand before this index: their own indexes grow with their number.
        before = bisect_left(range(len(own)), index + 1, key=self._own_index)
        if before and self._own_index(before - 1) == index:
            return Row(own[before - 1].line, before - 1)
        return Row(self.shown_line(index - before))

    def _own_index(self, number: int) -> int:
        return self.shown_before(self.document.own_rows[number].line) + number

    def rows(self, index: int, count: int) -> list[Row]:
        """Give up to `count` rows from an index on."""
        end = min(index + count, self.row_count)
        return [self.row_at(at) for at in range(max(0, index), end)]

    def first_row(self) -> Row:
        """Give the first row, or the place where it will be."""
        return self.row_at(0) if self.row_count else Row(self.document.first_line)


def _line_of(row: OwnRow) -> int:
    return row.line


def _nth_bit(mask: int, nth: int) -> int:
    """Give the position of the nth set bit, counting from 0."""
    low, high = 0, mask.bit_length()
    while low < high:
        middle = (low + high) // 2
        if (mask & ((1 << (middle + 1)) - 1)).bit_count() > nth:
            high = middle
        else:
            low = middle + 1
    return low
