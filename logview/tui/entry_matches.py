"""The matches of the log's search in an entry's rows.

A row may show parts of several lines, and JSON laid out in another way than in
the log: matches are found in the lines as they are, then mapped to the rows.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from operator import itemgetter
from typing import TYPE_CHECKING

from logview.log.entries.entry_text import EntryRow, EntryText, FromJson, FromLine, parse_entry
from logview.log.search.pattern import PatternTooSlowError
from logview.text.sanitize import visible

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from logview.tui.entry_head import InfoRow

_MAX_SEARCHED = 200_000
"""Bytes of a line up to which it is searched; of longer ones, what is near the screen."""


class EntryMatches:
    """Finds the matches of a pattern in an entry, and knows which one is current."""

    def __init__(self, match: Callable[[str], Sequence[tuple[int, int]]] | None) -> None:
        self.match = match
        """Returns the matches in a text; None where nothing is searched."""
        self.current: tuple[int, int, int] | None = None
        """A line of the entry, and characters of its visible text."""
        self._entry = parse_entry(())
        self._spans: dict[int, Sequence[tuple[int, int]]] = {}

    def set_entry(self, entry: EntryText, current: tuple[int, int, int] | None) -> None:
        """Set the entry and its current match."""
        self._entry = entry
        self.current = current
        self._spans.clear()

    def in_row(self, row: EntryRow) -> Iterator[tuple[int, int, bool]]:
        """Yield the matches in a row: start and end in it, and whether it is the current one."""
        for at, line, start, size in self._sources(row):
            spans = [(a, b, False) for a, b in self._near(line, start, size)]
            if self.current is not None and self.current[0] == line:
                spans.append((*self.current[1:], True))
            for a, b, is_current in spans:
                if found := _overlap(a, b, start, size, at):
                    yield *found, is_current

    def find_row(
        self, rows: Sequence[InfoRow | EntryRow], line: int, character: int
    ) -> tuple[int, int] | None:
        """Return the row that shows a character of a line, and the offset in the row.

        Where no row does (a stamp, white space of JSON), it is the first row
        that shows anything of the line.
        """
        first = None
        for number, row in enumerate(rows):
            if not isinstance(row, EntryRow):
                continue
            for at, of, start, size in self._sources(row):
                if of == line and start <= character < start + size:
                    return number, at + character - start
                if of == line and first is None:
                    first = number, at
        return first

    def find(self, text: str) -> Sequence[tuple[int, int]]:
        """Return the matches in a text."""
        if self.match is None:
            return ()
        try:
            return self.match(text)
        except PatternTooSlowError:
            return ()  # the search reports it; the text is drawn without matches

    def _near(self, line: int, start: int, size: int) -> Sequence[tuple[int, int]]:
        """Return the matches in a part of a line as the log has it, whatever the layout."""
        if len(self._entry.lines[line]) > _MAX_SEARCHED:
            return ()
        if line not in self._spans:
            self._spans[line] = self.find(visible(self._entry.lines[line]))
        spans = self._spans[line]
        low = bisect_left(spans, start, key=itemgetter(1))
        return spans[low : bisect_right(spans, start + size, key=itemgetter(0))]

    def _sources(self, row: EntryRow) -> Iterator[tuple[int, int, int, int]]:
        """Yield the pieces of a row: offset in the row, line, offset in the line, and size."""
        at = 0
        for piece in row.pieces:
            if isinstance(piece, FromLine):
                yield at, piece.line, piece.start, piece.end - piece.start
                at += piece.end - piece.start
            elif isinstance(piece, FromJson):
                for start, end, token in piece.laid.pieces:
                    line, character = self._entry.place(token.start)
                    yield at + start, line, character, end - start
                at += len(piece.laid.text)


def _overlap(a: int, b: int, start: int, size: int, at: int) -> tuple[int, int] | None:
    """Return what of a match lies in a piece, as offsets in the row."""
    low, high = max(a, start), min(b, start + size)
    if low > high or (low == high and (a != b or low == start + size)):
        return None
    return low - start + at, high - start + at
