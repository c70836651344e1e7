"""Log: passes over the whole log, page by page, from where the reader is outward.

A pass does one page per step, so that whoever runs it can stop after a few
milliseconds, paint, hear a key, and go on or drop it.
"""

from __future__ import annotations

from itertools import accumulate
from typing import TYPE_CHECKING

from logview.log.search import PatternTooSlowError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from logview.log.choice import Choice, LineFilter
    from logview.log.level import Level
    from logview.log.search import Pattern


class Outward:
    """Page numbers from a centre outward, each once; pages found later, at either end, follow."""

    def __init__(self, centre: int) -> None:
        self._low = centre - 1
        self._high = centre
        self._up = False
        self._at_end = False

    @property
    def at_end(self) -> bool:
        """Whether the pass has reached the end of the log once: what arrives now goes first."""
        return self._at_end

    def done(self, first: int, end: int) -> bool:
        """Whether every page from `first` to before `end` has been handed out."""
        return self._low < first and self._high >= end

    def take(self, first: int, end: int) -> int | None:
        """Give the next page number of those from `first` to before `end`; None for none (yet)."""
        self._up = not self._up
        self._at_end = self._at_end or self._high >= end
        below = self._low >= first
        if self._high < end and (self._up or self._at_end or not below):
            self._high += 1
            return self._high - 1
        if below:
            self._low -= 1
            return self._low + 1
        return None


class Search:
    """One pattern on the lines that a view shows: how many matches, and where the next one is.

    Counts are exact once `complete`; until then they are those of the pages
    read so far, which begin around the reader.
    """

    def __init__(
        self, pattern: Pattern, view: Choice, centre: int, taking: LineFilter | None = None
    ) -> None:
        """Begin at line `centre`.

        With a filter `taking` that would join those of the view, the lines are
        counted that its pattern takes, not matches, and the filter knows them then.
        """
        self.pattern = pattern
        self.taking = taking
        self._view = view
        self._order = Outward(view.page_near(centre))
        self._counts: dict[int, int] = {}
        self._total = 0
        self._sums: list[int] = []
        self._sums_of = (0, -1)
        self._tail_of = (-1, -1)
        self._tail = 0
        self._within: tuple[tuple[int, int, int, int], int | None] | None = None
        self.error: PatternTooSlowError | None = None
        """Where the pattern ran into its time limit on lines that had just arrived."""

    @property
    def complete(self) -> bool:
        """Whether every page has been read, by the filters too."""
        document = self._view.document
        read = self._order.done(document.first_page, document.sealed_end)
        return read and not document.unindexed and self._view.complete

    @property
    def total(self) -> int:
        """The matches found so far, those of the mutable tail included. Never raises."""
        tail = self._tail_count()
        return self._total + tail

    def step(self) -> bool:
        """Read one more page; False when there is none left to read.

        Raises PatternTooSlowError with the line's number in the document.
        """
        document = self._view.document
        if not self._view.caught_up:
            return False  # the filters read first: what they hide is not counted
        number = self._order.take(document.first_page, document.sealed_end)
        if number is None:
            return False
        self._recount(number)
        if self._view.context or self._view.by_entries:
            self._recount_near(number)
        return True

    def _recount(self, number: int) -> None:
        count = self._read(number)
        self._total += count - self._counts.get(number, 0)
        self._counts[number] = count
        self._sums_of = (0, -1)

    def _recount_near(self, number: int) -> None:
        """Count the pages again in which a page's lines show others: context, whole entries."""
        for near in range(self._view.reach(number, -1), self._view.reach(number, 1) + 1):
            if near in self._counts and near != number:
                self._recount(near)

    def _read(self, number: int) -> int:
        document = self._view.document
        try:
            if self.taking is not None:
                shown = self.taking.mask_of(document, number)
                taken = shown if self.taking.keep else ~shown
                return (taken & self._view.mask(number)).bit_count()
            text = document.read_for(self.pattern, number)
            if not self._view.choosing:
                return self.pattern.count(text)
            mask = self._view.mask(number)
            return sum(n for line, n in self.pattern.lines(text) if mask >> line & 1)
        except PatternTooSlowError as error:
            raise PatternTooSlowError(document.first_line_of(number) + error.line) from None

    def _tail_count(self) -> int:
        document = self._view.document
        of = (document.version, self._view.generation)
        if self._tail_of != of and self.error is None:
            self._tail_of = of
            self._tail = 0
            try:
                if self._view.context or self._view.by_entries:
                    self._recount_near(document.sealed_end)
                if document.end_page > document.sealed_end:
                    self._tail = self._read(document.sealed_end)
            except PatternTooSlowError as error:
                self.error = error
        return self._tail

    def ordinal(self, line: int, start: int) -> int | None:
        """Give the number, from 1, of the match at (line, start); None while it can't be known."""
        document = self._view.document
        if not self._view.is_shown(line):
            return None
        if document.unindexed:
            return None
        page = document.page_of(line)
        before = self._before(page)
        if before is None:
            return None
        version = document.version if page >= document.sealed_end else -1
        of = (line, start, version, self._view.mask(page))
        if self._within is None or self._within[0] != of:
            # It is asked for as often as the screen tells it, and a line may be of megabytes.
            self._within = of, self._ordinal_within(page, line, start)
        within = self._within[1]
        return before + within if within is not None else None

    def _ordinal_within(self, page: int, line: int, start: int) -> int | None:
        """Give the number, from 1, of a match within its page."""
        document, before = self._view.document, 0
        mask = self._view.mask(page)
        first = document.first_line_of(page)
        try:
            for at, count in self.pattern.lines(document.page_text(page)):
                if at >= line - first:
                    break
                if mask >> at & 1:
                    before += count
            starts = [span[0] for span in self.pattern.spans(document.line_text(line))]
        except PatternTooSlowError:
            return None
        return before + starts.index(start) + 1 if start in starts else None

    def _before(self, page: int) -> int | None:
        """Give how many matches the pages before `page` have; None while it can't be known."""
        document = self._view.document
        first, end = document.first_page, document.sealed_end
        if len(self._counts) < end - first:
            counts = [self._counts.get(number) for number in range(first, page)]
            return None if None in counts else sum(filter(None, counts))
        if self._sums_of != (first, end):
            self._sums = list(accumulate((self._counts[n] for n in range(first, end)), initial=0))
            self._sums_of = first, end
        return self._sums[page - first]

    def find(
        self, line: int, column: int, *, forward: bool
    ) -> Iterator[tuple[int, int, int] | None]:
        """Look for the next match after (line, column), or the one before it, without wrapping.

        Yields None after each page without one, so that the caller can stop
        for a while, and ends with (line, start, end), or with nothing.
        Raises PatternTooSlowError.
        """
        document = self._view.document
        if not document.line_count:
            return
        first, last = document.first_line, document.end_line - 1
        number = document.page_of(max(first, min(line, last)))
        while number < document.end_page:
            if number < document.first_page:
                if not document.unindexed:
                    return
                yield None  # what is before has not been found yet
                continue
            found = self._find_in(number, line, column, forward=forward)
            if found is not None:
                yield found
                return
            yield None
            number += 1 if forward else -1

    def _find_in(
        self, number: int, line: int, column: int, *, forward: bool
    ) -> tuple[int, int, int] | None:
        document = self._view.document
        if self._counts.get(number) == 0:
            return None
        self._view.read_page(number)
        first = document.first_line_of(number)
        mask = self._view.mask(number)
        text = document.page_text(number)
        try:
            matching = [first + at for at, _ in self.pattern.lines(text) if mask >> at & 1]
        except PatternTooSlowError as error:
            raise PatternTooSlowError(first + error.line) from None
        for at in matching if forward else reversed(matching):
            if (at < line) if forward else (at > line):
                continue
            spans = self.pattern.spans(document.line_text(at))
            for start, end in spans if forward else reversed(spans):
                if at != line or ((start > column) if forward else (start < column)):
                    return at, start, end
        return None


def find_level(view: Choice, line: int, least: Level, *, forward: bool) -> Iterator[int | None]:
    """Look for the next entry of at least a level after that of `line`, or the one before it.

    Only lines that are shown count. Yields None after each page without one, so
    that the caller can stop for a while, and ends with the entry's first shown
    line, or with nothing.
    """
    document, reading = view.document, view.reading
    if not document.line_count:
        return
    line = max(document.first_line, min(line, document.end_line - 1))
    number = document.page_of(line)
    reading.look_at(number, number + 1)
    entry = reading.entry_of(line)
    low, high = (entry.stop, document.end_line) if forward else (document.first_line, entry.start)
    if forward and low < high:
        number = document.page_of(low)
    while number < document.end_page:
        if number < document.first_page:
            if not document.unindexed:
                return
            yield None  # what is before has not been found yet
            continue
        if number < document.sealed_end:
            reading.look_at(number, number + 1)
            view.read_page(number)
        first = document.first_line_of(number)
        mask = reading.at_least(number, least) & view.mask(number)
        if forward:
            mask = mask >> max(0, low - first) << max(0, low - first)
        else:
            mask &= (1 << max(0, min(high - first, document.count_of(number)))) - 1
        if mask:
            bit = (mask & -mask if forward else mask).bit_length() - 1
            yield view.next_shown(reading.entry_of(first + bit).start)
            return
        yield None
        number += 1 if forward else -1
