"""Fold long warnings and errors: of what explains nothing, only one row is left.

A fold is a row that stands for several lines: it has the number of the first of
them, and says how many they are. What is folded is still shown as far as
filters, search and copying go; it only has no row of its own. Which lines may be
folded is decided in `explaining`.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from typing import TYPE_CHECKING

from logview.log.bitmasks import PageSums
from logview.log.entries.level_masks import SEVERE
from logview.log.view.explaining import HEAD, LEAST, find_foldable

if TYPE_CHECKING:
    from logview.log.entries.index import EntryIndex
    from logview.log.store.document import LogDocument

LEAST_ENTRY = HEAD + LEAST + 1
"""Lines of the shortest entry that has a fold."""

SCANNED = 400
"""Lines at both ends of an entry that are read to know what explains; those between are folded."""

KEPT = 512
"""Entries whose folds are kept."""


class Folds:
    """Which lines of which pages have no row because of folds."""

    def __init__(self, document: LogDocument, entries: EntryIndex) -> None:
        self._document = document
        self._entries = entries
        self._masks: dict[int, int] = {}
        self.sums = PageSums()
        """How many lines of the whole pages have no row."""
        self._tail = 0
        self._tail_of: tuple[int, int, int] | None = None
        self._opened: list[int] = []
        """A line of each entry that is not folded, in order."""
        self._changes = 0
        self._foldable: dict[tuple[int, int], tuple[range, ...]] = {}
        """The runs that may be folded of entries that are whole, by their lines."""

    @property
    def any_opened(self) -> bool:
        """Whether folds were opened that could be closed again."""
        return bool(self._opened)

    def mask(self, number: int) -> int:
        """Return the lines of a page that have no row: bit n for line n."""
        return self._tail if number == self._document.sealed_end else self._masks.get(number, 0)

    def follow(self) -> range | None:
        """Fold what goes on in the mutable tail; return the whole pages that it reaches into.

        None where nothing changed. To be asked before anything else here.
        """
        document = self._document
        of = (document.version, self._entries.version, self._changes)
        if self._tail_of == of:
            return None
        self._tail_of = of
        number = document.sealed_end
        self._tail = 0
        if document.end_page == number:
            return None
        self._tail = self._fold(number)
        if self._entries.page(number).starts & 1 or number == document.first_page:
            return None
        # What arrives is new at the end of a fold, or makes an entry long enough for one.
        first = document.first_line_of(number)
        near = max(self._entries.entry_of(first).start, first - 2 * SCANNED)
        pages = range(document.page_of(near), number)
        self.update(pages)
        return pages

    def update(self, pages: range) -> None:
        """Fold whole pages anew whose entries have changed."""
        for number in pages:
            if number >= self._document.sealed_end:
                break
            # An entry that goes through a whole page only grows: what is all folded stays so.
            all_folded = self._masks.get(number) == (1 << self._document.count_of(number)) - 1
            if all_folded and not self._entries.page(number).starts:
                continue
            self._refold(number)

    def _refold(self, number: int) -> None:
        mask = self._fold(number)
        if mask != self._masks.get(number, 0):
            self._masks[number] = mask
            self.sums.set(number, mask.bit_count())

    def forget(self) -> None:
        """Forget everything: the lines are others now."""
        self._masks.clear()
        self.sums.clear()
        self._opened.clear()
        self._foldable.clear()
        self._changes += 1

    # -- one fold -------------------------------------------------------------------------

    def at(self, line: int) -> range | None:
        """Return the lines that a row stands for; None where it is a line of the log."""
        document = self._document
        number = document.page_of(line)
        bit = line - document.first_line_of(number)
        if self.mask(number) >> bit & 1:
            return None
        if bit + 1 < document.count_of(number):
            folded = self.mask(number) >> (bit + 1) & 1
        else:
            folded = number + 1 < document.end_page and self.mask(number + 1) & 1
        return self.of(line) if folded else None

    def of(self, line: int) -> range | None:
        """Return the lines of the fold that a line is in, the first of them included."""
        if self._entries.level_of(line) not in SEVERE:
            return None
        entry = self._entries.entry_of(line)
        hidden = next((run for run in self._hidden(entry) if line in run), None)
        if hidden is None:
            return None
        number = self._document.page_of(hidden.start + 1)
        bit = hidden.start + 1 - self._document.first_line_of(number)
        return hidden if self.mask(number) >> bit & 1 else None  # only severe ones are folded

    def open(self, line: int) -> range | None:
        """Open the folds of the entry whose fold a line is in; return the pages that changed.

        None where the line is in no fold.
        """
        hidden = self.of(line)
        if hidden is None:
            return None
        insort(self._opened, hidden.start)
        return self._changed(self._entries.entry_of(line))

    def close_all(self) -> range | None:
        """Close every fold that was opened; return a range of the pages that changed."""
        opened, self._opened = self._opened, []
        ranges = [self._changed(self._entries.entry_of(line)) for line in opened]
        if not ranges:
            return None
        return range(min(r.start for r in ranges), max(r.stop for r in ranges))

    def _changed(self, lines: range) -> range:
        first = self._document.page_of(lines.start)
        pages = range(first, self._document.page_of(lines.stop - 1) + 1)
        self._changes += 1
        for number in pages:
            if number < self._document.sealed_end:
                self._refold(number)
        return pages

    def _hidden(self, entry: range) -> tuple[range, ...]:
        """Return the runs of an entry's lines that are folded."""
        if len(entry) < LEAST_ENTRY:
            return ()
        at = bisect_left(self._opened, entry.start)
        if at < len(self._opened) and self._opened[at] < entry.stop:
            return ()
        key = entry.start, entry.stop
        runs = self._foldable.get(key)
        if runs is None:
            runs = tuple(self._find_runs(entry))
            if self._document.page_of(entry.stop - 1) < self._document.sealed_end:
                if len(self._foldable) >= KEPT:
                    self._foldable.clear()
                self._foldable[key] = runs
        return runs

    def _find_runs(self, entry: range) -> list[range]:
        text = self._document.line_text
        skipped = max(0, len(entry) - 2 * SCANNED)
        if not skipped:
            return [
                range(entry.start + run.start, entry.start + run.stop)
                for run in find_foldable([text(line) for line in entry])
            ]
        # One line stands for all those between: indented, and so never one that explains.
        lines = [*entry[:SCANNED], *entry[-SCANNED:]]
        texts = [text(line) for line in lines]
        texts[SCANNED:SCANNED] = ["    "] * LEAST
        places = [*entry[:SCANNED], *[entry.start + SCANNED] * LEAST, *entry[-SCANNED:]]
        return [range(places[run.start], places[run.stop]) for run in find_foldable(texts)]

    def _fold(self, number: int) -> int:
        """Return the lines of a page that have no row, in all its long warnings and errors."""
        document = self._document
        page = self._entries.page(number)
        first, size = document.first_line_of(number), document.count_of(number)
        # Lines that go on with a warning or an error, in runs so long that they may be folded.
        rest = page.severe & ~page.starts
        if not rest:
            return 0
        runs = _runs(rest, LEAST)
        at_edge = rest & 1 or rest >> (size - 1) & 1
        if not runs and not at_edge:
            return 0
        candidates = runs | (rest & 1) | (rest & 1 << (size - 1))
        mask = 0
        while candidates:
            bit = (candidates & -candidates).bit_length() - 1
            entry = _within(page.starts, bit, first) or self._entries.entry_of(first + bit)
            end = min(max(entry.stop - first, bit + 1), size)
            candidates = candidates >> end << end
            for hidden in self._hidden(entry):
                low, high = max(0, hidden.start + 1 - first), min(size, hidden.stop - first)
                if low < high:
                    mask |= (1 << high) - (1 << low)
        return mask


def _within(starts: int, bit: int, first: int) -> range | None:
    """Return the lines of a line's entry; None where it is not all on the page."""
    start = (starts & ((1 << (bit + 1)) - 1)).bit_length() - 1
    below = starts >> (bit + 1)
    if start < 0 or not below:
        return None
    return range(first + start, first + bit + (below & -below).bit_length())


def _runs(mask: int, length: int) -> int:
    """Return the bits at which a run of at least so many set bits begins."""
    have = 1
    while have < length and mask:
        step = min(have, length - have)
        mask &= mask >> step
        have += step
    return mask
