"""Log: passes over the whole log, page by page, from where the reader is outward.

A pass does one page per step, so that whoever runs it can stop after a few
milliseconds, paint, hear a key, and go on or drop it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from logview.log.search import PatternTooSlowError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from logview.log.search import Pattern
    from logview.log.view import View


class Outward:
    """Page numbers from a centre outward, each once; pages that are added later follow."""

    def __init__(self, centre: int) -> None:
        self._low = centre - 1
        self._high = centre
        self._up = False
        self._at_end = False

    @property
    def at_end(self) -> bool:
        """Whether the pass has reached the end of the log once: what arrives now goes first."""
        return self._at_end

    def done(self, page_count: int) -> bool:
        """Whether every page below `page_count` has been handed out."""
        return self._low < 0 and self._high >= page_count

    def take(self, page_count: int) -> int | None:
        """Give the next page number, None when there is none (yet)."""
        self._up = not self._up
        self._at_end = self._at_end or self._high >= page_count
        upward = self._up or self._at_end or self._low < 0
        if self._high < page_count and upward:
            self._high += 1
            return self._high - 1
        if self._low >= 0:
            self._low -= 1
            return self._low + 1
        if self._high < page_count:
            self._high += 1
            return self._high - 1
        return None


class Search:
    """One pattern on the lines that a view shows: how many matches, and where the next one is.

    Counts are exact once `complete`; until then they are those of the pages
    read so far, which begin around the reader.
    """

    def __init__(self, pattern: Pattern, view: View, centre: int, *, lines: bool = False) -> None:
        """Begin at line `centre`; with `lines`, lines that match are counted, not matches."""
        self.pattern = pattern
        self._lines = lines
        self._view = view
        self._order = Outward(view.page_near(centre))
        self._counts: dict[int, int] = {}
        self._total = 0
        self._generation = view.generation
        self._tail_of = (-1, -1)
        self._tail = 0

    def stale(self) -> bool:
        """Whether filters changed since: the counts are those of other lines."""
        return self._generation != self._view.generation

    @property
    def complete(self) -> bool:
        """Whether every page has been read, by the filters too."""
        return self._view.complete and self._order.done(self._view.document.sealed_count)

    @property
    def total(self) -> int:
        """The matches found so far, those of the mutable tail included."""
        return self._total + self._tail_count()

    def step(self) -> bool:
        """Read one more page; False when there is none left to read.

        Raises PatternTooSlowError with the line's number in the document.
        """
        if not self._view.complete:
            return False  # the filters read first: what they hide is not counted
        number = self._order.take(self._view.document.sealed_count)
        if number is None:
            return False
        self._page_count(number)
        return True

    def _page_count(self, number: int) -> int:
        known = self._counts.get(number)
        if known is None:
            known = self._counts[number] = self._read(number)
            self._total += known
        return known

    def _read(self, number: int) -> int:
        document = self._view.document
        text = document.read_text(number)
        try:
            if not self._view.active and not self._lines:
                return self.pattern.count(text)
            mask = self._view.mask(number)
            return sum(
                1 if self._lines else n for line, n in self.pattern.lines(text) if mask >> line & 1
            )
        except PatternTooSlowError as error:
            raise PatternTooSlowError(document.page(number).first_line + error.line) from None

    def _tail_count(self) -> int:
        document = self._view.document
        of = (document.version, self._view.generation)
        if self._tail_of != of:
            has_tail = document.page_count > document.sealed_count
            self._tail = self._read(document.sealed_count) if has_tail else 0
            self._tail_of = of
        return self._tail

    def ordinal(self, line: int, start: int) -> int | None:
        """Give the number, from 1, of the match at (line, start); None while it can't be known."""
        document = self._view.document
        if not self._view.is_shown(line):
            return None
        page = document.page_of(line)
        before = 0
        for number in range(min(page, document.sealed_count)):
            count = self._counts.get(number)
            if count is None:
                return None
            before += count
        mask = self._view.mask(page)
        first = document.page(page).first_line
        for at, count in self.pattern.lines(document.page_text(page)):
            if at >= line - first:
                break
            if mask >> at & 1:
                before += count
        starts = [span[0] for span in self.pattern.spans(document.line_text(line))]
        return before + starts.index(start) + 1 if start in starts else None

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
        page = document.page_of(max(0, min(line, document.line_count - 1)))
        pages = range(page, document.page_count) if forward else range(page, -1, -1)
        for number in pages:
            found = self._find_in(number, line, column, forward=forward)
            if found is not None:
                yield found
                return
            yield None

    def _find_in(
        self, number: int, line: int, column: int, *, forward: bool
    ) -> tuple[int, int, int] | None:
        document = self._view.document
        if self._counts.get(number) == 0 and self._view.complete:
            return None
        first = document.page(number).first_line
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
