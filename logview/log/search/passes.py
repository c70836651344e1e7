"""Passes over the whole log, page by page, from the reader's place outward.

A pass reads one page, or one part of a long line, at each step, so that its
caller can stop after a few milliseconds and go on later, or drop it. Places in
a long line are bytes, elsewhere characters of the visible text.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from logview.log.bitmasks import PageSums
from logview.log.search.long_lines import LineScan, find_in_line
from logview.log.search.page_order import PageOrder
from logview.log.search.pattern import PatternTooSlowError
from logview.log.store.pages import PAGE_SIZE
from logview.pending_reads import PendingReadError, until_read

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator, Sequence

    from logview.log.entries.level import Level
    from logview.log.search.line_filter import LineFilter
    from logview.log.search.pattern import Pattern
    from logview.log.view.view import View


class SearchPass:
    """One pattern on the lines that a view shows: how many matches, and where the next one is.

    Counts are exact once `complete`; until then they are those of the pages
    read so far, which begin around the reader.
    """

    def __init__(
        self,
        pattern: Pattern,
        view: View,
        centre: int,
        line_filter: LineFilter | None = None,
        before: SearchPass | None = None,
    ) -> None:
        """Begin at line `centre`.

        With a `line_filter` that may join those of the view, count the lines that its
        pattern matches instead of matches; the filter has their masks then. Pages in
        which the search `before` found nothing are not read where that decides them.
        """
        self.pattern = pattern
        self.line_filter = line_filter
        self._view = view
        self._order = PageOrder(view.page_near(centre))
        self._counts = PageSums()
        self._before: PageSums | None = None
        """What the search before has counted of all lines, where this pattern narrows it."""
        if before is not None and before._view is view and pattern.narrows(before.pattern):
            self._before = None if view.is_filtered else before._counts
        self._taken: int | None = None
        """A page of which a read turned out to be pending, or that is being counted."""
        self._stale: set[int] = set()
        """Pages that were counted, and of which other lines may be shown since."""
        self._scans: dict[int, LineScan] = {}
        """Searches of long lines, by line."""
        self._running: list[LineScan] = []
        """Those that have not been read to their end."""
        self._tail_of = (-1, -1, -1)
        self._tail = 0
        self._waits_for_tail = False
        view.entries.listeners.add(self)
        self._within: tuple[tuple[int, int, int, int], int | None] | None = None
        self.error: PatternTooSlowError | None = None
        """Where the pattern ran into its time limit on lines that had just arrived."""

    @property
    def complete(self) -> bool:
        """Whether every page has been read, by the filters too, and without an `error`."""
        document = self._view.document
        self._tail_count()  # a long line at the end has to be read, too
        read = self._order.done(document.first_page, document.sealed_end)
        waits = document.unindexed or self._stale or self._running or self._waits_for_tail
        waits = waits or self._taken is not None
        return read and not waits and self.error is None and self._view.complete

    @property
    def share_read(self) -> float:
        """How much of the log has been counted, from 0 to 1."""
        document = self._view.document
        pages = document.sealed_end - document.first_page
        if not pages:
            return 1.0
        return len(self._counts) / pages * (1 - document.unindexed / document.size)

    @property
    def total(self) -> int:
        """The matches found so far, those of the mutable tail included. Never raises."""
        tail = self._tail_count()
        return self._counts.total + tail

    def step(self) -> bool:
        """Read one more page; False when there is none left to read.

        Raises PatternTooSlowError with the line's number in the document.
        """
        document = self._view.document
        if not self._view.caught_up:
            return False  # the filters read first: what they hide is not counted
        if self._stale:
            number = self._stale.pop()
            try:
                self._recount(number)
            except PendingReadError:
                self._stale.add(number)
                raise
            return True
        if self._running:
            self._step_scan(self._running[-1])
            return True
        if self._taken is None:
            self._taken = self._order.next(document.first_page, document.sealed_end)
        if self._taken is None:
            return False
        if self._taken not in self._counts:
            self._recount(self._taken)
        if self._view.context or self._view.depends_on_entries:
            self._recount_near(self._taken)
        self._taken = None
        return True

    def _step_scan(self, scan: LineScan) -> None:
        """Read a part more of a long line, and count it anew at its end."""
        try:
            if scan.step():
                return
        except PatternTooSlowError:
            raise PatternTooSlowError(scan.line) from None
        number = self._view.document.page_of(scan.line)
        if number < self._view.document.sealed_end:
            self._recount(number)
        else:
            self._tail_of = (-1, -1, -1)
        self._running.remove(scan)

    def _count_line(self, line: int) -> int:
        """Return the matches found so far in a long line; `step` finds the others."""
        scan = self._scans.get(line)
        if scan is None:
            scan = self._scans[line] = LineScan(self.pattern, self._view.document, line)
        if not scan.is_done and scan not in self._running:
            self._running.append(scan)
        return scan.count

    def _recount(self, number: int) -> None:
        self._counts.set(number, self._read(number))

    def entries_changed(self, pages: range) -> None:
        """Have pages counted again whose entries have changed."""
        if self._view.depends_on_entries and len(self._counts):
            near = range(self._view.reach(pages.start, -1), self._view.reach(pages[-1], 1) + 1)
            self._stale.update(number for number in near if number in self._counts)

    def _recount_near(self, number: int) -> None:
        """Count the pages again in which a page's lines show others: context, whole entries."""
        for near in range(self._view.reach(number, -1), self._view.reach(number, 1) + 1):
            if near in self._counts and near != number:
                self._recount(near)

    def _read(self, number: int) -> int:
        document = self._view.document
        try:
            if self.line_filter is not None:
                shown = self.line_filter.mask_of(document, number)
                matched = shown if self.line_filter.keep else ~shown
                return (matched & self._view.mask(number)).bit_count()
            page = document.page(number)
            if page.is_long_line:
                return self._count_line(page.first_line) if self._view.mask(number) else 0
            if not self._view.is_filtered:
                if self._before is not None and self._before.get(number) == 0:
                    return 0
                return self.pattern.count(document.read_for(self.pattern, number))
            mask = self._view.mask(number)
            if not mask:
                return 0
            text = document.read_for(self.pattern, number)
            return sum(n for line, n in self.pattern.lines(text) if mask >> line & 1)
        except PatternTooSlowError as error:
            raise PatternTooSlowError(document.first_line_of(number) + error.line) from None

    def _tail_count(self) -> int:
        document = self._view.document
        of = (document.version, self._view.generation, self._view.pages_filtered)
        if self._tail_of != of and self.error is None:
            tail, self._tail_of, self._tail = self._tail, of, 0
            self._waits_for_tail = False
            try:
                if self._view.context or self._view.depends_on_entries:
                    self._recount_near(document.sealed_end)
                if document.end_page > document.sealed_end:
                    self._tail = self._read(document.sealed_end)
            except PatternTooSlowError as error:
                self.error = error
            except PendingReadError:
                self._tail, self._tail_of, self._waits_for_tail = tail, (-1, -1, -1), True
        return self._tail

    def ordinal(self, line: int, start: int) -> int | None:
        """Return the number, from 1, of the match at (line, start); None while it is not known."""
        document = self._view.document
        if not self._view.is_shown(line):
            return None
        if document.unindexed:
            return None
        page = document.page_of(line)
        before = self._count_before(page)
        if before is None:
            return None
        if document.long_size(line):
            scan = self._scans.get(line)
            within = scan.before(start) if scan is not None else None
            return None if within is None else before + within + 1
        version = document.version if page >= document.sealed_end else -1
        of = (line, start, version, self._view.mask(page))
        if self._within is None or self._within[0] != of:
            # The screen asks for it at each frame, and a line may have many kilobytes.
            self._within = of, self._ordinal_within(page, line, start)
        within = self._within[1]
        return before + within if within is not None else None

    def _ordinal_within(self, page: int, line: int, start: int) -> int | None:
        """Return the number, from 1, of a match within its page."""
        document, before = self._view.document, 0
        mask = self._view.mask(page)
        first = document.first_line_of(page)
        try:
            for at, count in self.pattern.lines(document.read_for(self.pattern, page)):
                if at >= line - first:
                    break
                if mask >> at & 1:
                    before += count
            starts = [span[0] for span in self.pattern.spans(document.line_text(line))]
        except PatternTooSlowError:
            return None
        return before + starts.index(start) + 1 if start in starts else None

    def _count_before(self, page: int) -> int | None:
        """Return how many matches the pages before `page` have; None while it can't be known."""
        document = self._view.document
        first, end = document.first_page, document.sealed_end
        if len(self._counts) < end - first and any(
            n not in self._counts for n in range(first, page)
        ):
            return None
        return self._counts.before(page)

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
            if document.page(number).is_long_line:
                found = yield from self._find_in_line(number, line, column, forward=forward)
            else:
                find = partial(self._find_in, number, line, column, forward=forward)
                found = yield from until_read(find)
            if found is not None:
                yield found
                return
            yield None
            number += 1 if forward else -1

    def _find_in_line(
        self, number: int, line: int, column: int, *, forward: bool
    ) -> Generator[None, None, tuple[int, int, int] | None]:
        """Look through a page that is a long line; yields after each part, returns the match."""
        document, view = self._view.document, self._view
        while not (yield from until_read(partial(view.advance, number))):
            yield None
        yield from until_read(partial(view.read_page, number))
        at = document.first_line_of(number)
        if not view.mask(number) or ((at < line) if forward else (at > line)):
            return None
        size = yield from until_read(partial(document.long_size, at))
        place = column if at == line else (-1 if forward else size)
        try:
            for found in find_in_line(self.pattern, document, at, place, forward=forward):
                if found is not None:
                    return at, *found
                yield None
        except PatternTooSlowError:
            raise PatternTooSlowError(at) from None
        return None

    def _find_in(
        self, number: int, line: int, column: int, *, forward: bool
    ) -> tuple[int, int, int] | None:
        document = self._view.document
        if self._may_count(number):
            self._recount(number)  # `step` need not read it again
        if self._counts.get(number) == 0:
            return None
        self._view.read_page(number)
        first = document.first_line_of(number)
        mask = self._view.mask(number)
        text = document.read_for(self.pattern, number)
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

    def _may_count(self, number: int) -> bool:
        """Return whether a page that is searched can be counted, too, at little cost."""
        document = self._view.document
        is_new = number not in self._counts and number < document.sealed_end
        return is_new and not self._view.is_filtered and document.page(number).size <= 2 * PAGE_SIZE


def find_level(view: View, line: int, least: Level, *, forward: bool) -> Iterator[int | None]:
    """Look for the next entry of at least a level after that of `line`, or the one before it.

    Only lines that are shown count. Yields None after each page without one, so
    that the caller can stop for a while, and ends with the entry's first shown
    line, or with nothing.
    """
    document, entries = view.document, view.entries
    if not document.line_count:
        return
    line = max(document.first_line, min(line, document.end_line - 1))
    number = document.page_of(line)
    yield from until_read(partial(entries.read_around, number, number + 1))
    yield from _read_below(view, line)
    yield from _resolve_entries(view, number)
    settled = number
    if forward and not entries.has_lanes:
        number = document.page_of(max(line, entries.entry_of(line)[-1]))
    while number < document.end_page:
        if number < document.first_page:
            if not document.unindexed:
                return
            yield None  # what is before has not been found yet
            continue
        if number < document.sealed_end:
            yield from until_read(partial(entries.read_around, number, number + 1))
            while not (yield from until_read(partial(view.advance, number))):
                yield None
            yield from until_read(partial(view.read_page, number))
        entry = entries.entry_of(line)  # it may go on farther than was known
        first = document.first_line_of(number)
        mask = entries.at_least(number, least) & view.mask(number)
        if entries.has_lanes:
            mask = _first_shown(view, number, mask, entry)
            low, high = (line + 1, document.end_line) if forward else (document.first_line, line)
        elif forward:
            low, high = entry[-1] + 1, document.end_line
        else:
            low, high = document.first_line, entry[0]
        mask = mask >> max(0, low - first) << max(0, low - first)
        mask &= (1 << max(0, min(high - first, document.count_of(number)))) - 1
        # What a lane's lines go on with may be far above, and make an error of the first of them.
        unsure = mask or entries.has_lanes
        if unsure and number != settled and entries.is_undecided(number):
            settled = number
            yield from _resolve_entries(view, number)
            continue
        if mask:
            found = first + (mask & -mask if forward else mask).bit_length() - 1
            known = entries.version
            yield from _read_below(view, found)
            if entries.version != known:
                continue
            if entries.has_lanes:
                yield found
                return
            start = entries.entry_of(found)[0]
            yield from until_read(partial(view.read_page, document.page_of(start)))
            yield view.next_shown(start)
            return
        yield None
        number += 1 if forward else -1


def _first_shown(view: View, number: int, mask: int, entry: Sequence[int]) -> int:
    """Return those lines of `mask` on a page that are the first shown line of another entry."""
    document, entries = view.document, view.entries
    first, found = document.first_line_of(number), 0
    page, shown = entries.page(number), view.mask(number)
    for _, bits in entries.lanes_on(number):
        is_first = page.starts >> bits[0] & 1
        if not is_first:
            above = [line for line in entries.entry_of(first + bits[0]) if line < first]
            for near in {document.page_of(line) for line in above}:
                view.read_page(near)
            is_first = not any(map(view.is_shown, above))
        for bit in bits:
            is_first = is_first or page.starts >> bit & 1
            if is_first and shown >> bit & 1:
                found |= 1 << bit
                is_first = 0
    for line in entry:
        if first <= line < first + document.count_of(number):
            found &= ~(1 << (line - first))
    return found & mask


def _read_below(view: View, line: int) -> Iterator[None]:
    """Read the pages whose lines may still join the entry of a line to another one."""
    from logview.log.entries.grouping import MAX_PENDING  # heavy: see `entries.index`

    document, entries = view.document, view.entries
    number = document.page_of(line) + 1
    while number < document.sealed_end and document.first_line_of(number) - line <= MAX_PENDING:
        known = entries.version
        yield from until_read(partial(entries.read, number))
        if entries.version != known:
            yield None
        number += 1


def _resolve_entries(view: View, number: int) -> Iterator[None]:
    """Read upward until the entries of a page can't change any more; yield after each page."""
    above = number
    while view.entries.is_undecided(number) and above > view.document.first_page:
        above -= 1
        yield from until_read(partial(view.entries.read, above))
        yield None
    while view.entries.join_more():
        yield None
