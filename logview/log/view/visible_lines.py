"""Log: the choice. Which lines are shown: by filters, by the least level, with context.

A filter keeps one integer bitmask and one count per page. While it has not
read a page yet, that page shows no line; filters read from where the reader is
outward, so what is on screen is right at once. The least level and filters by
entries choose by the reading, which knows the entries.
"""

from __future__ import annotations

from bisect import bisect_right
from copy import copy
from time import perf_counter
from typing import TYPE_CHECKING

from logview.log.bitmasks import PageSums, nth_bit, spread, whole_runs
from logview.log.entries.index import EntryIndex
from logview.log.search.page_order import PageOrder
from logview.log.search.pattern import PatternTooSlowError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from logview.log.entries.level import Level
    from logview.log.search.line_filter import LineFilter
    from logview.log.store.document import LogDocument


class VisibleLines:
    """The lines that a document, its filters and the least level give.

    `step` does the reading that filters need, page by page, for as long as it
    is given; everything else answers at once from what has been read.
    """

    def __init__(self, document: LogDocument, reading: EntryIndex | None = None) -> None:
        """With a `reading` of another view's, what is known of entries is not read again."""
        self.document = document
        self.reading = reading if reading is not None else EntryIndex(document)
        self.reading.listeners.add(self)
        self.filters: list[LineFilter] = []
        self.least: Level | None = None
        """Only entries of at least this level are shown; None shows all."""
        self.least_enabled = True
        self.whole_entries = False
        """Whether the filters show whole entries, one of whose lines they take."""
        self.suspended = False
        """All filters and the least level off for now (`x`), none forgotten."""
        self.context = 0
        """How many lines around those that the filters show are shown too."""
        self.generation = 0
        """Counts the changes of what is shown, apart from lines that arrive."""
        self._order = PageOrder(0)
        self._bases: dict[int, int] = {}
        self._taken = PageSums()
        """How many lines of each page the filters take."""
        self._counts = PageSums()
        """How many lines of each page are shown."""
        self._counted_to = (0, -1)
        """Up to which page, and at which version, what arrived was seen to show lines above it."""
        self._tail = 0
        self._tail_of = (-1, -1)

    def copy(self) -> VisibleLines:
        """Give a choice of the same lines that stays when this one changes; it has read no page.

        What the filters have read of pages is not read again.
        """
        other = VisibleLines(self.document, self.reading)
        other.filters = [copy(line_filter) for line_filter in self.active]
        other.least = self.level
        other.whole_entries = self.whole_entries
        other.context = self.context
        return other

    # -- filters --------------------------------------------------------------------------

    @property
    def active(self) -> list[LineFilter]:
        """The filters that are in force."""
        return [] if self.suspended else [f for f in self.filters if f.enabled]

    @property
    def level(self) -> Level | None:
        """The least level that is in force."""
        return None if self.suspended or not self.least_enabled else self.least

    @property
    def choosing(self) -> bool:
        """Whether anything is in force that may hide lines."""
        return self.level is not None or bool(self.active)

    @property
    def by_entries(self) -> bool:
        """Whether what is shown of a page hangs on the entries of the log."""
        return self.level is not None or (self.whole_entries and bool(self.active))

    def refilter(self, centre: int) -> None:
        """Start anew after filters, level, context or folding changed, outward from `centre`."""
        self.generation += 1
        self._order = PageOrder(self.page_near(centre))
        self._bases.clear()
        self._taken.clear()
        self._counts.clear()

    @property
    def caught_up(self) -> bool:
        """Whether every page known so far has been read by every filter in force."""
        first, end = self.document.first_page, self.document.sealed_end
        return not self.choosing or self._order.done(first, end)

    @property
    def complete(self) -> bool:
        """Whether the whole log has been read by every filter in force."""
        return self.caught_up and not (self.choosing and self.document.unindexed)

    def step(self) -> bool:
        """Read one more page for the filters in force; False when there is none left to read."""
        if not self.choosing:
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
        if self.reading.begun:
            self.reading.catch_up(seconds / 2)
        while self._order.at_end and number not in self._bases and self.choosing:
            if perf_counter() > end:
                break
            if not self.step():
                break

    def read_page(self, number: int) -> bool:
        """Read a page for the filters in force; False where they have read it already."""
        if number in self._bases or not self.choosing or number >= self.document.sealed_end:
            return False
        base = -1
        for line_filter in self.active:
            base &= self._try(line_filter, number)
        if self.by_entries:
            self.reading.read_around(number, number + 1)
        base &= (1 << self.document.count_of(number)) - 1
        self._bases[number] = base
        if self.active:
            self._taken.set(number, base.bit_count())
        if base or self.context:
            self._recount(range(self.reach(number, -1), self.reach(number, 1) + 1))
        else:
            self._recount(range(number, number + 1))
        return True

    @property
    def pages_filtered(self) -> int:
        """How many pages the filters have read since they were last changed."""
        return len(self._bases)

    def look_at(self, first: int, last: int) -> bool:
        """Know the entries on the pages from one line to another; False where they were known."""
        document = self.document
        if not self.reading.begun or document.end_line <= document.first_line:
            return False
        return self.reading.read_around(self.page_near(first), self.page_near(last) + 1)

    def look_at_rows(self, lines: Iterable[int]) -> bool:
        """Know the entries on the pages that hold these lines; False where they were known."""
        if not self.reading.begun:
            return False
        before = self.reading.version
        for page in {self.document.page_of(line) for line in lines}:
            self.reading.read_around(page, page + 1)
        return self.reading.version != before

    def entries_changed(self, pages: range) -> None:
        """Hear which pages look different now."""
        if self.by_entries:
            self.generation += 1
            first, last = pages.start, pages.stop - 1
            self._recount(range(self.reach(first, -1), self.reach(last, 1) + 1))

    def reach(self, number: int, step: int) -> int:
        """Give the last page, in one direction, whose lines a page's lines may show."""
        document = self.document
        if self.whole_entries and self.active:
            number = self.reading.reach(number, step)
        lines = 0
        while lines < self.context and document.first_page <= number + step < document.end_page:
            number += step
            lines += document.count_of(number)
        return number

    def _recount(self, numbers: range) -> None:
        for number in numbers:
            if number in self._bases:
                self._counts.set(number, self.mask(number).bit_count())

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
        if not self.choosing:
            return (1 << self.document.count_of(number)) - 1
        if number != self.document.sealed_end and number not in self._bases:
            return 0
        return self._with_context(number) if self.context else self._chosen(number)

    def mask_read(self, number: int) -> int:
        """Give the bitmask of the shown lines of a page; what has to be read for it is read."""
        known = None
        while self.choosing and known != (near := (self.reach(number, -1), self.reach(number, 1))):
            known = near  # what is read may tell that entries go on over more pages
            for one in range(near[0], near[1] + 1):
                self.read_page(one)
        return self.mask(number)

    def _chosen(self, number: int) -> int:
        """Give the lines that the filters and the least level themselves show."""
        base = self._base(number)
        if self.whole_entries and self.active:
            base = self._whole(number)
        if self.level is not None and base:
            base &= self.reading.at_least(number, self.level)
        return base

    def _base(self, number: int) -> int:
        """Give the lines that all the filters take."""
        if number == self.document.sealed_end:
            return self._tail_base()
        return self._bases.get(number, 0)

    def _tail_base(self) -> int:
        of = (self.document.version, self.generation)
        if self._tail_of != of:
            number = self.document.sealed_end
            base = 0
            if self.document.end_page > number:
                base = (1 << self.document.count_of(number)) - 1
                for line_filter in self.active:
                    base &= self._try(line_filter, number)
            self._tail = base
            self._tail_of = of
        return self._tail

    def _whole(self, number: int) -> int:
        """Give the lines of the entries that hold a line which the filters take."""
        if number not in self._bases and number != self.document.sealed_end:
            return 0
        size = self.document.count_of(number)
        starts = self.reading.page(number).starts
        taken = self._base(number)
        if not starts & 1 and self._takes_beyond(number, -1):
            taken |= 1
        if self._takes_beyond(number, 1):
            taken |= 1 << (size - 1)
        return whole_runs(taken, starts, size)

    def _takes_beyond(self, number: int, step: int) -> bool:
        """Whether the filters take a line, on other pages, of the entry that crosses an edge."""
        last = self.reading.reach(number, step)
        if last == number:
            return False
        starts = self.reading.page(last).starts
        part = -1
        if starts:
            part = (starts & -starts) - 1 if step > 0 else -1 << (starts.bit_length() - 1)
        if self._base(last) & part:
            return True
        low, high = (number + 1, last) if step > 0 else (last + 1, number)
        return self._taken.before(high) > self._taken.before(low)

    def _with_context(self, number: int) -> int:
        """Give a page's bitmask with the lines of context, also those of its neighbours' lines."""
        size = self.document.count_of(number)
        context = self.context
        bits, before = self._chosen(number), 0
        near, have = number - 1, 0
        while have < context and near >= self.document.first_page:
            count = self.document.count_of(near)
            bits = bits << count | self._chosen(near)
            before += count
            have += count
            near -= 1
        near, have, top = number + 1, 0, before + size
        while have < context and near < self.document.end_page:
            count = self.document.count_of(near)
            bits |= self._chosen(near) << top
            top += count
            have += count
            near += 1
        return spread(bits, context) >> before & ((1 << size) - 1)

    def is_context(self, line: int) -> bool:
        """Whether a line is shown only because it is near one that the filters show."""
        if not self.context or not self.choosing:
            return False
        number = self.document.page_of(line)
        return not self._chosen(number) >> (line - self.document.first_line_of(number)) & 1

    # -- counting -------------------------------------------------------------------------

    def _sums(self) -> PageSums:
        # With context and entries, what arrives in the tail shows lines of the pages before it.
        if self.context or (self.whole_entries and self.active):
            end, of = self._counted_to[0], self.document.version
            if self._counted_to != (self.document.sealed_end, of):
                self._counted_to = (self.document.sealed_end, of)
                self._recount(range(self.reach(end, -1), self.document.sealed_end))
        return self._counts

    def _tail_count(self) -> int:
        number = self.document.sealed_end
        return self.mask(number).bit_count() if self.document.end_page > number else 0

    @property
    def line_count(self) -> int:
        """How many lines are shown, as far as filters have read."""
        if not self.choosing:
            return self.document.line_count
        return self._sums().total + self._tail_count()

    def _shown_before_page(self, number: int) -> int:
        document = self.document
        if not self.choosing:
            return document.first_line_of(number) - document.first_line
        return self._sums().before(number)

    def shown_before(self, line: int) -> int:
        """Give how many lines before `line` are shown."""
        document = self.document
        line = max(document.first_line, min(line, document.end_line))
        if not self.choosing:
            return line - document.first_line
        if line >= document.end_line:
            return self.line_count
        number = document.page_of(line)
        below = line - document.first_line_of(number)
        mask = self.mask(number) & ((1 << below) - 1)
        return self._sums().before(number) + mask.bit_count()

    def is_shown(self, line: int) -> bool:
        """Whether the filters show this line, in a row or in a fold; False where there is none."""
        document = self.document
        if not document.first_line <= line < document.end_line:
            return False
        if not self.choosing:
            return True
        number = document.page_of(line)
        return bool(self.mask(number) >> (line - document.first_line_of(number)) & 1)

    def shown_line(self, index: int) -> int:
        """Give the number of shown line `index`; raises IndexError where there is none."""
        document = self.document
        if not 0 <= index < self.line_count:
            raise IndexError(f"no shown line {index}")
        if not self.choosing:
            return document.first_line + index
        pages = range(document.first_page, document.end_page)
        before = self._sums().before
        number = pages[bisect_right(pages, index, key=before) - 1]
        return document.first_line_of(number) + nth_bit(self.mask(number), index - before(number))

    def next_shown(self, line: int) -> int | None:
        """Give the first shown line at or after `line`; None where there is none."""
        index = self.shown_before(line)
        return self.shown_line(index) if index < self.line_count else None

    def page_near(self, line: int) -> int:
        """Give the page that holds `line`, or the one nearest to it; 0 in an empty log."""
        first, end = self.document.first_line, self.document.end_line
        return self.document.page_of(max(first, min(line, end - 1))) if end > first else 0
