"""The view of a log: which lines are shown, and the rows that stand for them.

Filters keep one integer bitmask and one count for each page. A page that the
filters have not read yet shows no line; they read from the reader's place
outward, so what is on screen is right at once. A minimum level, and filters by
entries, select by the entry index.

A row is a line of the log, a fold that stands for several of them, or one of
our own rows (a gap). Folded lines are shown lines without a row. No list of
rows is kept: those of the few pages on screen are computed on request.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from contextlib import suppress
from copy import copy
from time import perf_counter
from typing import TYPE_CHECKING, NamedTuple, Protocol

from logview.log.bitmasks import PageSums, nth_bit, spread, whole_runs
from logview.log.entries.index import EntryIndex
from logview.log.search.page_order import PageOrder
from logview.log.search.pattern import PatternTooSlowError
from logview.log.view.folds import Fold, Folds
from logview.pending_reads import PendingReadError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from logview.log.entries.level import Level
    from logview.log.entries.level_masks import PageLevels
    from logview.log.store.document import LogDocument, OwnRow


class Row(NamedTuple):
    """A place that can be shown: line `line`, or row `own` of ours that stands before it.

    A fold is the row of the first line that it stands for.
    """

    line: int
    own: int = -1
    """Index in the document's `own_rows`; -1 for a line of the log."""

    @property
    def is_own(self) -> bool:
        """Whether this is a row of ours."""
        return self.own >= 0


class PageRows(NamedTuple):
    """What is needed of a page to draw its rows, as bitmasks: bit n is line `first + n`."""

    first: int
    """Number of the page's first line."""
    levels: PageLevels | None
    """Its levels and entries; None where they were not read."""
    folds: int
    """The shown lines whose rows are folds."""
    context: int
    """The lines that are shown only because they are near one that the filters show."""


class ViewFilter(Protocol):
    """What a filter of lines or of entries offers the view."""

    keep: bool
    """Whether only what it takes is shown; else only the rest."""
    enabled: bool
    error: PatternTooSlowError | None
    masks: dict[int, int]
    """The bitmasks of pages that will not be read again."""
    needs_entries: bool
    """Whether what it shows of a page depends on the entries of the log."""

    @property
    def label(self) -> str:
        """What it takes, for a person."""

    def clear(self) -> None:
        """Drop what was read of every page."""

    def mask_of(self, document: LogDocument, number: int) -> int:
        """Return the lines of a page that are shown. Raises PatternTooSlowError."""

    def advance(self, document: LogDocument, number: int) -> bool:
        """Read one part more of a long line; True where `mask_of` is quick now."""

    def is_settled(self, document: LogDocument, number: int) -> bool:
        """Whether `mask_of` has read all that it needs of a page that is a long line."""


class View:
    """The lines of a document that filters and a minimum level show, and their rows.

    `step` reads one page for the filters; everything else answers at once from
    what has been read.
    """

    def __init__(
        self, document: LogDocument, entries: EntryIndex | None = None, *, folds: bool = True
    ) -> None:
        """Share the entry index `entries` with another view, or make one.

        Without `folds` nothing is ever folded, which is cheaper for a view that is never drawn.
        """
        self.document = document
        self.entries = entries if entries is not None else EntryIndex(document)
        self.entries.listeners.add(self)
        self.folds = Folds(document, self.entries)
        self.fold = folds
        """Whether anything is folded, where whole entries are shown."""
        self._can_fold = folds
        self.filters: list[ViewFilter] = []
        self.minimum_level: Level | None = None
        """Only entries of at least this level are shown; None shows all."""
        self.minimum_enabled = True
        self.whole_entries = False
        """Whether filters show whole entries in which a line matches, instead of lines."""
        self.suspended = False
        """Whether all filters and the minimum level are off for now."""
        self.context = 0
        """How many lines around those that the filters show are shown too."""
        self.generation = 0
        """Counts the changes of what is shown, apart from lines that arrive."""
        self._order = PageOrder(0)
        self._pending: int | None = None
        """A page that has not been read to its end: a long line, or one whose read is pending."""
        self._bases: dict[int, int] = {}
        self._matched = PageSums()
        """How many lines of each page match the filters."""
        self._counts = PageSums()
        """How many lines of each page are shown."""
        self._counted_to = (0, -1)
        """Up to which page, and at which version, what arrived was seen to show lines above it."""
        self._tail = 0
        self._tail_of = (-1, -1)
        self._tail_waits = False
        """Whether the tail is shown as it is because a read of it was pending."""
        self._shown_folded = PageSums()
        """How many shown lines of each page have no row, while lines are filtered."""

    def copy(self) -> View:
        """Return a view of the same lines that stays when this one changes, without folds.

        It has read no page; masks that the filters have computed are shared.
        """
        other = View(self.document, self.entries, folds=False)
        other.filters = [copy(line_filter) for line_filter in self.active]
        other.minimum_level = self.level
        other.whole_entries = self.whole_entries
        other.context = self.context
        return other

    # -- filters --------------------------------------------------------------------------

    @property
    def active(self) -> list[ViewFilter]:
        """The filters in force."""
        return [] if self.suspended else [f for f in self.filters if f.enabled]

    @property
    def level(self) -> Level | None:
        """The minimum level in force."""
        return None if self.suspended or not self.minimum_enabled else self.minimum_level

    @property
    def is_filtered(self) -> bool:
        """Whether anything is in force that may hide lines."""
        return self.level is not None or bool(self.active)

    @property
    def depends_on_entries(self) -> bool:
        """Whether what is shown of a page depends on the entries of the log."""
        return (
            self.level is not None
            or (self.whole_entries and bool(self.active))
            or any(one.needs_entries for one in self.active)
        )

    def refilter(self, centre: int) -> None:
        """Restart after filters, level, context or folding changed, from line `centre` outward."""
        self.generation += 1
        self._order = PageOrder(self.page_near(centre))
        self._pending = None
        self._bases.clear()
        self._matched.clear()
        self._counts.clear()
        self._shown_folded.clear()

    def forget(self) -> int | None:
        """Drop everything read from pages whose bytes a file no longer has; see `refilter`.

        Return what `LogDocument.forget` returns.
        """
        first = self.document.forget()
        self.entries.forget()
        self.folds.forget()
        self._counted_to = (0, -1)
        return first

    @property
    def caught_up(self) -> bool:
        """Whether every page known so far has been read by every filter in force."""
        first, end = self.document.first_page, self.document.sealed_end
        read = self._pending is None and self._order.done(first, end)
        return not self.is_filtered or read

    @property
    def complete(self) -> bool:
        """Whether the whole log has been read by every filter in force."""
        return self.caught_up and not (self.is_filtered and self.document.unindexed)

    @property
    def share_read(self) -> float:
        """How much of the log the filters in force have read, from 0 to 1."""
        document = self.document
        pages = document.sealed_end - document.first_page
        if not (self.is_filtered and pages):
            return 1.0
        return len(self._bases) / pages * (1 - document.unindexed / document.size)

    def step(self) -> bool:
        """Read one more page for the filters in force; False when there is none left to read."""
        if not self.is_filtered:
            return False
        number = self._pending
        if number is None:
            number = self._order.next(self.document.first_page, self.document.sealed_end)
        if number is None:
            return False
        self._pending = number  # also where a read of it turns out to be pending
        if self.advance(number):
            self.read_page(number)
            self._pending = None
        return True

    def advance(self, number: int) -> bool:
        """Read one part more of a page that is a long line; True where `read_page` is quick."""
        document = self.document
        if number in self._bases or not self.is_filtered or number >= document.sealed_end:
            return True
        for line_filter in self.active:
            try:
                if line_filter.error is None and not line_filter.advance(document, number):
                    return False
            except PatternTooSlowError as error:
                line_filter.error = PatternTooSlowError(document.first_line_of(number) + error.line)
        return True

    def catch_up(self, seconds: float = 1.0) -> None:
        """Read the pages that were filled since, where the pass had reached the end of the log.

        Without it, lines that were on screen as the tail would be missing for as
        long as the pass takes to come to their page. It takes `seconds` at most.
        """
        number = self.document.sealed_end - 1
        end = perf_counter() + seconds
        self._read_late()
        self._folds_changed(self.folds.fold_late() if self.folding else None)
        if self.entries.begun:
            self.entries.catch_up(seconds / 2)
        while self._order.at_end and number not in self._bases and self.is_filtered:
            if perf_counter() > end:
                break
            if not self.step():
                break

    def read_page(self, number: int) -> bool:
        """Read a page for the filters in force; False where they have read it already."""
        if number in self._bases or not self.is_filtered or number >= self.document.sealed_end:
            return False
        if self.depends_on_entries:
            self.entries.read_around(number, number + 1)
        base = -1
        for line_filter in self.active:
            base &= self._try(line_filter, number)
        base &= (1 << self.document.count_of(number)) - 1
        self._bases[number] = base
        if self.active:
            self._matched.set(number, base.bit_count())
        if base or self.context:
            self._recount(range(self.reach(number, -1), self.reach(number, 1) + 1))
        else:
            self._recount(range(number, number + 1))
        self._recount_fold_below(number)
        return True

    def _recount_fold_below(self, number: int) -> None:
        """Recount the pages of a fold that begins on a page which was read after them."""
        following = number + 1
        if not (self.folding and following < self.document.sealed_end):
            return
        if self._folded_on(following) & 1:
            fold = self.folds.of(self.document.first_line_of(following))
            if fold is not None and fold.lines.start >= self.document.first_line_of(number):
                # Its row is known now: the lines in it have none any more.
                end = self.document.page_of(fold.lines.stop - 1) + 1
                self._recount(range(following, end))

    @property
    def pages_filtered(self) -> int:
        """How many pages the filters have read since they were last changed."""
        return len(self._bases)

    def load_entries(self, first: int, last: int) -> bool:
        """Read the entries on the pages from one line to another; False where they were known."""
        document = self.document
        if not self.entries.begun or document.end_line <= document.first_line:
            return False
        before = self.entries.version
        with suppress(PendingReadError):  # they count as lines until they are there
            self.entries.read_around(self.page_near(first), self.page_near(last) + 1)
        return self.entries.version != before

    def load_rows(self, lines: Iterable[int]) -> bool:
        """Read the entries on the pages of these rows, where they may fold.

        Returns False where they were known. Filters by line fold nothing, and
        their rows may lie on as many pages as there are rows.
        """
        self._read_late()
        if not (self.folding and self.entries.begun):
            return False
        before = self.entries.version
        changed = self._folds_changed(self.folds.fold_late())
        with suppress(PendingReadError):  # they are folded once they are there
            for page in {self.document.page_of(line) for line in lines}:
                self.entries.read_around(page, page + 1)
        return changed or self.entries.version != before

    def _read_late(self) -> None:
        """Read again what was pending in the tail: not within anything that counts rows."""
        if self._tail_waits:
            self._tail_waits, self._tail_of = False, (-1, -1)

    def entries_changed(self, pages: range) -> None:
        """Update what depends on the entries of pages that changed."""
        first, last = pages.start, pages.stop - 1
        if self._can_fold:
            # The last line of the page above may be folded with what begins here.
            first = max(self.document.first_page, first - 1)
            self.folds.update(range(first, pages.stop))
        if self.depends_on_entries:
            self.generation += 1
            if any(one.needs_entries for one in self.active):
                for number in pages:
                    if number in self._bases:
                        self._read_again(number)
            self._recount(range(self.reach(first, -1), self.reach(last, 1) + 1))

    def _read_again(self, number: int) -> None:
        """Read a page anew for the filters in force."""
        before = self._bases.pop(number)
        try:
            self.read_page(number)
        except PendingReadError:
            self._bases[number] = before
            raise

    def reach(self, number: int, step: int) -> int:
        """Return the last page, in one direction, whose lines a page's lines may show."""
        document = self.document
        if self.whole_entries and self.active:
            number = self.entries.reach(number, step)
        lines = 0
        while lines < self.context and document.first_page <= number + step < document.end_page:
            number += step
            lines += document.count_of(number)
        return number

    def _recount(self, numbers: range) -> None:
        for number in numbers:
            if number in self._bases:
                self._counts.set(number, self.mask(number).bit_count())
        if self.folding:
            for number in numbers:
                if number in self._bases:
                    folded = self._folded(number)
                    if folded or number in self._shown_folded:
                        self._shown_folded.set(number, folded.bit_count())

    def _try(self, line_filter: ViewFilter, number: int) -> int:
        if line_filter.error is None or number in line_filter.masks:
            try:
                return line_filter.mask_of(self.document, number)
            except PatternTooSlowError as error:
                first = self.document.first_line_of(number)
                line_filter.error = PatternTooSlowError(first + error.line)
        # A line that can't be decided is shown; the filter has the error.
        return (1 << self.document.count_of(number)) - 1

    def mask(self, number: int) -> int:
        """Return the bitmask of the shown lines of a page; 0 while it has not been read."""
        if not self.is_filtered:
            return (1 << self.document.count_of(number)) - 1
        if number != self.document.sealed_end and number not in self._bases:
            return 0
        return self._with_context(number) if self.context else self._selected(number)

    def mask_read(self, number: int) -> int:
        """Return the bitmask of the shown lines of a page; what has to be read for it is read."""
        known = None
        while self.is_filtered and known != (
            near := (self.reach(number, -1), self.reach(number, 1))
        ):
            known = near  # entries may turn out to go on over more pages
            for one in range(near[0], near[1] + 1):
                self.read_page(one)
        return self.mask(number)

    def _selected(self, number: int) -> int:
        """Return the lines that the filters and the least level themselves show."""
        base = self._base(number)
        if self.whole_entries and self.active:
            base = self._whole(number)
        if self.level is not None and base:
            base &= self.entries.at_least(number, self.level)
        return base

    def _base(self, number: int) -> int:
        """Return the lines that match all the filters."""
        if number == self.document.sealed_end:
            return self._tail_base()
        return self._bases.get(number, 0)

    def _tail_base(self) -> int:
        of = (self.document.version, self.generation)
        if self._tail_of != of:
            number = self.document.sealed_end
            base = full = (
                (1 << self.document.count_of(number)) - 1 if self.document.end_page > number else 0
            )
            try:
                for line_filter in self.active if full else ():
                    base &= self._try(line_filter, number)
                settled = not full or all(f.is_settled(self.document, number) for f in self.active)
            except PendingReadError:
                base, settled, self._tail_waits = full, True, True  # as one that can't be decided
            self._tail = base
            if full and not settled:
                return base  # the rest is read at the next calls
            self._tail_of = of
        return self._tail

    def _whole(self, number: int) -> int:
        """Return the lines of the entries in which a line matches the filters."""
        if number not in self._bases and number != self.document.sealed_end:
            return 0
        if self.entries.has_lanes:
            return self.entries.whole(number, self._base)
        size = self.document.count_of(number)
        starts = self.entries.page(number).starts
        matched = self._base(number)
        if not starts & 1 and self._matches_beyond(number, -1):
            matched |= 1
        if self._matches_beyond(number, 1):
            matched |= 1 << (size - 1)
        return whole_runs(matched, starts, size)

    def _matches_beyond(self, number: int, step: int) -> bool:
        """Return whether a line on other pages of the entry that crosses an edge matches."""
        last = self.entries.reach(number, step)
        if last == number:
            return False
        starts = self.entries.page(last).starts
        part = -1
        if starts:
            part = (starts & -starts) - 1 if step > 0 else -1 << (starts.bit_length() - 1)
        if self._base(last) & part:
            return True
        low, high = (number + 1, last) if step > 0 else (last + 1, number)
        return self._matched.before(high) > self._matched.before(low)

    def _with_context(self, number: int) -> int:
        """Return a page's bitmask with the lines of context, those of its neighbours' lines too."""
        size = self.document.count_of(number)
        context = self.context
        bits, before = self._selected(number), 0
        near, have = number - 1, 0
        while have < context and near >= self.document.first_page:
            count = self.document.count_of(near)
            bits = bits << count | self._selected(near)
            before += count
            have += count
            near -= 1
        near, have, top = number + 1, 0, before + size
        while have < context and near < self.document.end_page:
            count = self.document.count_of(near)
            bits |= self._selected(near) << top
            top += count
            have += count
            near += 1
        return spread(bits, context) >> before & ((1 << size) - 1)

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
        if not self.is_filtered:
            return self.document.line_count
        return self._sums().total + self._tail_count()

    def _shown_before_page(self, number: int) -> int:
        document = self.document
        if not self.is_filtered:
            return document.first_line_of(number) - document.first_line
        return self._sums().before(number)

    def shown_before(self, line: int) -> int:
        """Return how many lines before `line` are shown."""
        document = self.document
        line = max(document.first_line, min(line, document.end_line))
        if not self.is_filtered:
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
        if not self.is_filtered:
            return True
        number = document.page_of(line)
        return bool(self.mask(number) >> (line - document.first_line_of(number)) & 1)

    def shown_line(self, index: int) -> int:
        """Return the number of shown line `index`; raises IndexError where there is none."""
        document = self.document
        if not 0 <= index < self.line_count:
            raise IndexError(f"no shown line {index}")
        if not self.is_filtered:
            return document.first_line + index
        pages = range(document.first_page, document.end_page)
        before = self._sums().before
        number = pages[bisect_right(pages, index, key=before) - 1]
        return document.first_line_of(number) + nth_bit(self.mask(number), index - before(number))

    def next_shown(self, line: int) -> int | None:
        """Return the first shown line at or after `line`; None where there is none."""
        index = self.shown_before(line)
        return self.shown_line(index) if index < self.line_count else None

    def page_near(self, line: int) -> int:
        """Return the page that holds `line`, or the one nearest to it; 0 in an empty log."""
        first, end = self.document.first_line, self.document.end_line
        return self.document.page_of(max(first, min(line, end - 1))) if end > first else 0

    # -- folds ----------------------------------------------------------------------------

    @property
    def folding(self) -> bool:
        """Whether folds are in force: filters by line show every match, wherever it is."""
        around = self.context and self.is_filtered  # parts of an entry
        return self.fold and not around and (self.whole_entries or not self.active)

    def _folded_on(self, number: int) -> int:
        pages = self.folds.follow()
        if pages is not None and self.is_filtered:
            self._recount(pages)
        return self.folds.mask(number)

    def _folded(self, number: int) -> int:
        """Return the shown lines of a page that have no row."""
        if not self.folding:
            return 0
        folded = self._folded_on(number)
        if not folded or not self.is_filtered:
            return folded
        if folded & 1:
            fold = self.folds.of(self.document.first_line_of(number))
            if fold is None or not self.is_shown(fold.lines.start):
                folded &= folded + 1  # the filters have not read yet where this fold begins
        return folded & self.mask(number)

    def _folded_before_page(self, number: int) -> int:
        if not self.folding:
            return 0
        self._folded_on(number)
        return (self._shown_folded if self.is_filtered else self.folds.sums).before(number)

    def _rows_before_page(self, number: int) -> int:
        return self._shown_before_page(number) - self._folded_before_page(number)

    def _row_mask(self, number: int) -> int:
        return self.mask(number) & ~self._folded(number)

    def is_row(self, line: int) -> bool:
        """Whether a line has a row of its own, or is the one that a fold stands at."""
        if not self.is_shown(line):
            return False
        number = self.document.page_of(line)
        return not self._folded(number) >> (line - self.document.first_line_of(number)) & 1

    def fold_at(self, line: int) -> range | None:
        """Return the lines that a row stands for, where it is a fold."""
        fold = self.fold_row_at(line)
        return None if fold is None else fold.lines

    def fold_row_at(self, line: int) -> Fold | None:
        """Return what the row of a line stands for, where it is a fold."""
        if not self.folding:
            return None
        self._folded_on(self.document.sealed_end)
        fold = self.folds.at(line)
        return fold if fold is not None and self.is_shown(line) else None

    def page_rows(self, number: int) -> PageRows:
        """Return what is needed of a page to draw its rows."""
        first = self.document.first_line_of(number)
        folds = context = 0
        if self.folding:
            self._folded_on(number)
            folds = self.folds.heads(number)
            if folds and self.is_filtered:
                folds &= self.mask(number)
        if self.context and self.is_filtered:
            context = ~self._selected(number)
        return PageRows(first, self.entries.known(number), folds, context)

    def folds_among(self, lines: Iterable[int]) -> set[int]:
        """Return those of some lines whose rows are folds."""
        page_of, pages = self.document.page_of, dict[int, PageRows]()
        found = set[int]()
        for line in lines:
            number = page_of(line)
            page = pages.get(number)
            if page is None:
                page = pages[number] = self.page_rows(number)
            if page.folds >> (line - page.first) & 1:
                found.add(line)
        return found

    def fold_of(self, line: int) -> range | None:
        """Return the lines of the fold that a shown line is in."""
        fold = self.folds.of(line) if self.folding and self.is_shown(line) else None
        return fold.lines if fold is not None and self.is_shown(fold.lines.start) else None

    def open_fold(self, line: int) -> bool:
        """Return the lines of a line's fold rows of their own; False where it is in no fold."""
        pages = self.folds.open(line) if self.fold_of(line) is not None else None
        return self._folds_changed(pages)

    def close_folds(self) -> bool:
        """Fold again what was opened; False where nothing was."""
        return self._folds_changed(self.folds.close_all())

    def refold(self, pages: range) -> None:
        """Fold pages anew whose folds have changed by themselves; see `FoldKind`."""
        self.folds.update(pages)
        self._folds_changed(pages)

    def _folds_changed(self, pages: range | None) -> bool:
        if pages is None:
            return False
        self.generation += 1
        if self.is_filtered:
            self._recount(pages)
        return True

    # -- rows -----------------------------------------------------------------------------

    @property
    def _line_rows(self) -> int:
        """How many rows are lines or folds."""
        end = self.document.sealed_end
        tail = self.document.end_page > end
        folded = self._folded_before_page(end) + (self._folded(end).bit_count() if tail else 0)
        return self.line_count - folded

    @property
    def row_count(self) -> int:
        """How many rows there are: lines shown, folds, and rows of ours."""
        return self._line_rows + len(self.document.own_rows)

    def _rows_before(self, line: int) -> int:
        """Return how many lines and folds have rows before that of `line`."""
        document = self.document
        if line >= document.end_line:
            return self._line_rows
        if not self.folding or line <= document.first_line:
            return self.shown_before(line)
        number = document.page_of(line)
        below = (1 << (line - document.first_line_of(number))) - 1
        folded = self._folded_before_page(number) + (self._folded(number) & below).bit_count()
        return self.shown_before(line) - folded

    def _line_of_row(self, index: int) -> int:
        """Return the line of row `index` of those that are none of ours; IndexError for none."""
        document = self.document
        if not 0 <= index < self._line_rows:
            raise IndexError(f"no row {index}")
        plain = not self.is_filtered and not self._folded_before_page(document.sealed_end)
        if plain and index < document.sealed_line - document.first_line:
            return document.first_line + index
        pages = range(document.first_page, document.end_page)
        number = pages[bisect_right(pages, index, key=self._rows_before_page) - 1]
        rest = index - self._rows_before_page(number)
        return document.first_line_of(number) + nth_bit(self._row_mask(number), rest)

    def nearest(self, line: int) -> int | None:
        """Return the line whose row shows `line` or is the nearest to it; None where no row is."""
        fold = self.fold_of(line)
        if fold is not None:
            return fold.start
        if self.is_row(line):
            return line
        count = self._line_rows
        if not count:
            return None
        after = self._rows_before(line)
        if after >= count:
            return self._line_of_row(count - 1)
        following = self._line_of_row(after)
        if after:
            previous = self._line_of_row(after - 1)
            if line - previous < following - line:
                return previous
        return following

    def index_of(self, row: Row) -> int:
        """Return the index of a row; for a line that has none, that of the next row shown."""
        own = self.document.own_rows
        if row.is_own:
            return self._rows_before(row.line) + row.own
        return self._rows_before(row.line) + bisect_right(own, row.line, key=_line_of)

    def row_at(self, index: int) -> Row:
        """Return the row at an index; raises IndexError where there is none."""
        own = self.document.own_rows
        if not own:
            return Row(self._line_of_row(index))
        # The rows of ours that stand before this index: their own indexes grow with their number.
        before = bisect_left(range(len(own)), index + 1, key=self._own_index)
        if before and self._own_index(before - 1) == index:
            return Row(own[before - 1].line, before - 1)
        return Row(self._line_of_row(index - before))

    def _own_index(self, number: int) -> int:
        return self._rows_before(self.document.own_rows[number].line) + number

    def rows(self, index: int, count: int) -> list[Row]:
        """Return up to `count` rows from an index on."""
        end = min(index + count, self.row_count)
        index = max(0, index)
        if self.document.own_rows or index >= end:
            return [self.row_at(at) for at in range(index, end)]
        line = self._line_of_row(index)
        lines = self._rows_from(line)
        return [Row(next(lines)) for _ in range(index, end)]

    def _rows_from(self, line: int) -> Iterator[int]:
        document = self.document
        number = document.page_of(line)
        while number < document.end_page:
            first = document.first_line_of(number)
            mask = self._row_mask(number)
            if line > first:
                mask = mask >> (line - first) << (line - first)
            while mask:
                yield first + (mask & -mask).bit_length() - 1
                mask &= mask - 1
            number += 1

    def first_row(self) -> Row:
        """Return the first row, or the place where it will be."""
        return self.row_at(0) if self.row_count else Row(self.document.first_line)


def _line_of(row: OwnRow) -> int:
    return row.line
