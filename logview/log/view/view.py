"""Log: the view. It hands out, as rows, the lines that are chosen.

A row is a line of the log, a fold that stands for several of them, or a row of
ours (a gap). Folds take rows away from lines that are shown all the same. The
view never keeps a list of rows: those of the few pages on screen are worked
out when they are asked for.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from typing import TYPE_CHECKING, NamedTuple

from logview.log.bitmasks import PageSums, nth_bit
from logview.log.view.folds import Folds
from logview.log.view.visible_lines import VisibleLines

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from logview.log.entries.index import EntryIndex
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


class View(VisibleLines):
    """The rows that the chosen lines and their folds give."""

    def __init__(self, document: LogDocument, reading: EntryIndex | None = None) -> None:
        """With a `reading` of another view's, what is known of entries is not read again."""
        super().__init__(document, reading)
        self.folds = Folds(document, self.reading)
        self.fold = True
        """Whether long warnings and errors are folded, where whole entries are shown."""
        self._chosen_away = PageSums()
        """How many lines that are chosen have no row, where lines are chosen."""

    def refilter(self, centre: int) -> None:
        """Start anew after filters, level, context or folding changed, outward from `centre`."""
        super().refilter(centre)
        self._chosen_away.clear()

    def look_at_rows(self, lines: Iterable[int]) -> bool:
        """Know the entries of rows where they may fold; filters by line fold nothing.

        Their rows may lie on as many pages as there are rows: the pass comes to these.
        """
        return self.folding and super().look_at_rows(lines)

    def forget(self) -> None:
        """Forget what was found in pages that their file has lost."""
        self.document.forget()
        self.reading.forget()
        self.folds.forget()

    def entries_changed(self, pages: range) -> None:
        """Hear which pages look different now."""
        self.folds.update(pages)
        super().entries_changed(pages)

    def read_page(self, number: int) -> bool:
        """Read a page for the filters in force; False where they have read it already."""
        if not super().read_page(number):
            return False
        following = number + 1
        if self.folding and following < self.document.sealed_end and self._away_all(following) & 1:
            fold = self.folds.of(self.document.first_line_of(following))
            if fold is not None and fold.start >= self.document.first_line_of(number):
                # It begins on this page, and has a row now: the lines in it have none any more.
                self._recount(range(following, self.reading.reach(number, 1) + 1))
        return True

    def _recount(self, numbers: range) -> None:
        super()._recount(numbers)
        if self.folding:
            for number in numbers:
                if number in self._bases:
                    away = self._away(number)
                    if away or number in self._chosen_away:
                        self._chosen_away.set(number, away.bit_count())

    # -- folds ----------------------------------------------------------------------------

    @property
    def folding(self) -> bool:
        """Whether folds are in force: filters by line show what they take, wherever it is."""
        around = self.context and self.choosing  # parts of an entry
        return self.fold and not around and (self.whole_entries or not self.active)

    def _away_all(self, number: int) -> int:
        pages = self.folds.follow()
        if pages is not None and self.choosing:
            self._recount(pages)
        return self.folds.away(number)

    def _away(self, number: int) -> int:
        """Give the shown lines of a page that have no row."""
        if not self.folding:
            return 0
        away = self._away_all(number)
        if not away or not self.choosing:
            return away
        if away & 1:
            fold = self.folds.of(self.document.first_line_of(number))
            if fold is None or not self.is_shown(fold.start):
                away &= away + 1  # the filters have not read yet where this fold begins
        return away & self.mask(number)

    def _away_before_page(self, number: int) -> int:
        if not self.folding:
            return 0
        self._away_all(number)
        return (self._chosen_away if self.choosing else self.folds.sums).before(number)

    def _rows_before_page(self, number: int) -> int:
        return self._shown_before_page(number) - self._away_before_page(number)

    def _row_mask(self, number: int) -> int:
        return self.mask(number) & ~self._away(number)

    def is_row(self, line: int) -> bool:
        """Whether a line has a row of its own, or is the one that a fold stands at."""
        if not self.is_shown(line):
            return False
        number = self.document.page_of(line)
        return not self._away(number) >> (line - self.document.first_line_of(number)) & 1

    def fold_at(self, line: int) -> range | None:
        """Give the lines that a row stands for, where it is a fold."""
        if not self.folding:
            return None
        self._away_all(self.document.sealed_end)
        fold = self.folds.at(line)
        return fold if fold is not None and self.is_shown(line) else None

    def fold_of(self, line: int) -> range | None:
        """Give the lines of the fold that a shown line is in."""
        fold = self.folds.of(line) if self.folding and self.is_shown(line) else None
        return fold if fold is not None and self.is_shown(fold.start) else None

    def open_fold(self, line: int) -> bool:
        """Give the lines of a line's fold rows of their own; False where it is in no fold."""
        pages = self.folds.open(line) if self.fold_of(line) is not None else None
        return self._folds_changed(pages)

    def close_folds(self) -> bool:
        """Fold again what was opened; False where nothing was."""
        return self._folds_changed(self.folds.close_all())

    def _folds_changed(self, pages: range | None) -> bool:
        if pages is None:
            return False
        self.generation += 1
        if self.choosing:
            self._recount(pages)
        return True

    # -- rows -----------------------------------------------------------------------------

    @property
    def _line_rows(self) -> int:
        """How many rows are lines or folds."""
        end = self.document.sealed_end
        tail = self.document.end_page > end
        away = self._away_before_page(end) + (self._away(end).bit_count() if tail else 0)
        return self.line_count - away

    @property
    def row_count(self) -> int:
        """How many rows there are: lines shown, folds, and rows of ours."""
        return self._line_rows + len(self.document.own_rows)

    def _rows_before(self, line: int) -> int:
        """Give how many lines and folds have rows before that of `line`."""
        document = self.document
        if line >= document.end_line:
            return self._line_rows
        if not self.folding or line <= document.first_line:
            return self.shown_before(line)
        number = document.page_of(line)
        below = (1 << (line - document.first_line_of(number))) - 1
        away = self._away_before_page(number) + (self._away(number) & below).bit_count()
        return self.shown_before(line) - away

    def _line_of_row(self, index: int) -> int:
        """Give the line of row `index` of those that are none of ours; IndexError for none."""
        document = self.document
        if not 0 <= index < self._line_rows:
            raise IndexError(f"no row {index}")
        plain = not self.choosing and not self._away_before_page(document.sealed_end)
        if plain and index < document.sealed_line - document.first_line:
            return document.first_line + index
        pages = range(document.first_page, document.end_page)
        number = pages[bisect_right(pages, index, key=self._rows_before_page) - 1]
        rest = index - self._rows_before_page(number)
        return document.first_line_of(number) + nth_bit(self._row_mask(number), rest)

    def nearest(self, line: int) -> int | None:
        """Give the line whose row shows `line` or is the nearest to it; None where no row is."""
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
        """Give the index of a row; for a line that has none, that of the next row shown."""
        own = self.document.own_rows
        if row.is_own:
            return self._rows_before(row.line) + row.own
        return self._rows_before(row.line) + bisect_right(own, row.line, key=_line_of)

    def row_at(self, index: int) -> Row:
        """Give the row at an index; raises IndexError where there is none."""
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
        """Give up to `count` rows from an index on."""
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
        """Give the first row, or the place where it will be."""
        return self.row_at(0) if self.row_count else Row(self.document.first_line)


def _line_of(row: OwnRow) -> int:
    return row.line
