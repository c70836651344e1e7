"""Filters by line: which lines of each page a pattern matches, as bitmasks."""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING

from logview.log.search.long_lines import LineScan

if TYPE_CHECKING:
    from logview.log.search.pattern import Pattern, PatternTooSlowError
    from logview.log.store.document import LogDocument


TAIL_PARTS = 4
"""Parts of a long line that still grows that are read at once: a few milliseconds of work."""


class LineFilter:
    """Only lines that match are shown (`keep`), or only lines that don't."""

    needs_entries = False
    """Whether what it shows of a page depends on the entries of the log."""

    def __init__(
        self, pattern: Pattern, *, keep: bool = True, before: LineFilter | None = None
    ) -> None:
        """Read no page in which the filter `before` found nothing, where that decides it."""
        self.pattern = pattern
        self.keep = keep
        self.enabled = True
        self.masks: dict[int, int] = {}
        """For each page that was read: bit n is set where line n of the page is shown."""
        self._before: tuple[dict[int, int], bool] | None = None
        """The masks of the filter before, and whether they are of lines that match."""
        if before is not None and pattern.narrows(before.pattern):
            self._before = before.masks, before.keep
        self.error: PatternTooSlowError | None = None
        self._scans: dict[int, LineScan] = {}
        """Searches of long lines, by line."""

    @property
    def label(self) -> str:
        """What was typed, with the `!` of a filter that leaves lines out."""
        return self.pattern.query.text if self.keep else f"!{self.pattern.query.text}"

    def clear(self) -> None:
        """Drop what was read of every page."""
        self.masks.clear()
        self._before = None
        self._scans.clear()
        self.error = None

    def mask_of(self, document: LogDocument, number: int) -> int:
        """Return the bitmask of a page, computed once for one that will not change.

        Of the line at the end that still grows some parts are read at each call
        (see `is_settled`). Raises PatternTooSlowError with the line's number
        within the page.
        """
        known = self.masks.get(number)
        if known is None:
            page = document.page(number)
            if page.is_long_line:
                scan = self._scan_of(document, page.first_line)
                is_sealed = number < document.sealed_end
                for _ in count() if is_sealed else range(TAIL_PARTS):
                    if scan.count or not scan.step():
                        break
                known = int(bool(scan.count) == self.keep or not (scan.count or scan.is_done))
                if is_sealed:
                    self._scans.pop(page.first_line)
            elif self._matched_none(number, page.line_count):
                known = self._shown(0, page.line_count)
            else:
                text = document.read_for(self.pattern, number)
                known = self.mask(text, page.line_count)
            if number < document.sealed_end:
                self.masks[number] = known
        return known

    def _matched_none(self, number: int, line_count: int) -> bool:
        """Return whether the filter before is known to have found nothing in a page."""
        if self._before is None:
            return False
        masks, keep = self._before
        return masks.get(number) == (0 if keep else (1 << line_count) - 1)

    def advance(self, document: LogDocument, number: int) -> bool:
        """Read one part more of a page that is a long line; True where `mask_of` is quick now.

        Raises PatternTooSlowError as `mask_of` does.
        """
        page = document.page(number)
        if number in self.masks or not page.is_long_line:
            return True
        scan = self._scan_of(document, page.first_line)
        return bool(scan.count) or not scan.step()

    def is_settled(self, document: LogDocument, number: int) -> bool:
        """Whether `mask_of` has read all of a page that is a long line, or enough of it."""
        page = document.page(number)
        scan = self._scans.get(page.first_line) if page.is_long_line else None
        return scan is None or bool(scan.count) or scan.is_done

    def _scan_of(self, document: LogDocument, line: int) -> LineScan:
        scan = self._scans.get(line)
        if scan is None:
            scan = self._scans[line] = LineScan(self.pattern, document, line)
        return scan

    def mask(self, text: str | bytes, line_count: int) -> int:
        """Work out the bitmask of one page; raises PatternTooSlowError."""
        matching = 0
        for line, _ in self.pattern.lines(text):
            matching |= 1 << line
        return self._shown(matching, line_count)

    def _shown(self, matching: int, line_count: int) -> int:
        return matching if self.keep else matching ^ ((1 << line_count) - 1)
