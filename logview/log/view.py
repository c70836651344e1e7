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

    def mask(self, text: str, line_count: int) -> int:
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
        self.generation = 0
        """Counts the changes of what is shown, apart from lines that arrive."""
        self._order = Outward(0)
        self._counts: list[int] = []
        self._sums: list[int] | None = None
        self._tail: tuple[int, int] | None = None
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
        self._counts = []
        self._sums = None
        self._tail = None
        active = self.active
        if active:
            known = set.intersection(*(set(f.masks) for f in active))
            self._counts = [0] * self.document.sealed_count
            for page in known:
                self._count(page)

    @property
    def complete(self) -> bool:
        """Whether every page has been read by every filter in force."""
        return not self.active or self._order.done(self.document.sealed_count)

    def step(self) -> bool:
        """Read one more page for the filters in force; False when there is none left to read."""
        active = self.active
        if not active:
            return False
        number = self._order.take(self.document.sealed_count)
        if number is None:
            return False
        missing = [f for f in active if number not in f.masks]
        if missing:
            page = self.document.page(number)
            text = self.document.read_text(number)
            for line_filter in missing:
                line_filter.masks[number] = self._try(line_filter, text, page.line_count)
        self._count(number)
        return True

    def catch_up(self) -> None:
        """Read the pages that were filled since, where the pass had reached the end of the log.

        Without it, lines that were on screen as the tail would be away for as
        long as the pass takes to come to their page.
        """
        while self._order.at_end and len(self._counts) < self.document.sealed_count:
            if not self.step():
                break

    def _try(self, line_filter: LineFilter, text: str, line_count: int) -> int:
        if line_filter.error is None:
            try:
                return line_filter.mask(text, line_count)
            except PatternTooSlowError as error:
                line_filter.error = error
        return (1 << line_count) - 1  # what can't be decided is shown, and the filter says so

    def _count(self, number: int) -> None:
        if number >= len(self._counts):
            self._counts.extend([0] * (number + 1 - len(self._counts)))
        self._counts[number] = self.mask(number).bit_count()
        self._sums = None

    def mask(self, number: int) -> int:
        """Give the bitmask of the shown lines of a page; 0 while it has not been read."""
        active = self.active
        if number == self.document.sealed_count:
            return self._tail_mask(active)
        combined = -1
        for line_filter in active:
            combined &= line_filter.masks.get(number, 0)
        if combined >= 0:
            return combined
        return (1 << self.document.page(number).line_count) - 1

    def _tail_mask(self, active: list[LineFilter]) -> int:
        of = (self.document.version, self.generation)
        if self._tail is None or self._tail_of != of:
            combined = -1
            count = 0
            if self.document.page_count > self.document.sealed_count:
                number = self.document.sealed_count
                count = self.document.page(number).line_count
                for line_filter in active:
                    text = self.document.page_text(number)
                    combined &= self._try(line_filter, text, count)
            combined &= (1 << count) - 1
            self._tail = combined, combined.bit_count()
            self._tail_of = of
        return self._tail[0]

    # -- counting -------------------------------------------------------------------------

    def _cumulative(self) -> list[int]:
        if self._sums is None:
            self._sums = list(accumulate(self._counts, initial=0))
        return self._sums

    def _shown_in_pages(self, number: int) -> int:
        """Give how many lines the pages before page `number` show."""
        sums = self._cumulative()
        return sums[min(number, len(sums) - 1)]

    @property
    def line_count(self) -> int:
        """How many lines are shown, as far as filters have read."""
        active = self.active
        if not active:
            return self.document.line_count
        return self._cumulative()[-1] + self._tail_mask(active).bit_count()

    @property
    def row_count(self) -> int:
        """How many rows there are: lines shown and rows of ours."""
        return self.line_count + len(self.document.own_rows)

    def shown_before(self, line: int) -> int:
        """Give how many lines before `line` are shown."""
        line = max(0, min(line, self.document.line_count))
        if not self.active:
            return line
        if line >= self.document.line_count:
            return self.line_count
        number = self.document.page_of(line)
        below = line - self.document.page(number).first_line
        mask = self.mask(number) & ((1 << below) - 1)
        return self._shown_in_pages(number) + mask.bit_count()

    def is_shown(self, line: int) -> bool:
        """Whether the filters show this line; False for a line that is not there."""
        if not 0 <= line < self.document.line_count:
            return False
        if not self.active:
            return True
        number = self.document.page_of(line)
        return bool(self.mask(number) >> (line - self.document.page(number).first_line) & 1)

    def shown_line(self, index: int) -> int:
        """Give the number of shown line `index`; raises IndexError where there is none."""
        if not 0 <= index < self.line_count:
            raise IndexError(f"no shown line {index}")
        if not self.active:
            return index
        sums = self._cumulative()
        if index >= sums[-1]:
            number = self.document.sealed_count
            rest = index - sums[-1]
        else:
            number = bisect_right(sums, index) - 1
            rest = index - sums[number]
        return self.document.page(number).first_line + _nth_bit(self.mask(number), rest)

    def nearest(self, line: int) -> int | None:
        """Give `line` or the shown line nearest to it (below first); None when none is shown."""
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
        last = self.document.line_count - 1
        return self.document.page_of(max(0, min(line, last))) if last >= 0 else 0

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
