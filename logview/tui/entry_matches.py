"""TUI: the matches in an entry. They are those of the log, at their places in the entry's rows.

A row may show parts of several lines, and JSON laid out in another way than
the log has it: a match is found in a line as it is, and shown wherever it went.
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

_MATCHED = 200_000
"""Bytes of a line up to which its matches are those of the log; of longer ones, what is near."""


class EntryMatches:
    """What a pattern matches in an entry, and which match is the current one."""

    def __init__(self, match: Callable[[str], Sequence[tuple[int, int]]] | None) -> None:
        self.match = match
        """Gives the matches in a text; None where nothing is searched."""
        self.current: tuple[int, int, int] | None = None
        """A line of the entry, and characters of its visible text."""
        self._entry = parse_entry(())
        self._spans: dict[int, Sequence[tuple[int, int]]] = {}

    def set_entry(self, entry: EntryText, current: tuple[int, int, int] | None) -> None:
        """Look at an entry, and its current match."""
        self._entry = entry
        self.current = current
        self._spans.clear()

    def in_row(self, row: EntryRow) -> Iterator[tuple[int, int, bool]]:
        """Give the matches in a row: their places in it, and whether it is the current one."""
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
        """Give the row that shows a character of a line, and its place in the row.

        Where no row does, because it is told above or is white space of JSON,
        the first row that shows anything of the line.
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
        """Give the matches in a text."""
        if self.match is None:
            return ()
        try:
            return self.match(text)
        except PatternTooSlowError:
            return ()  # the search tells it; the text is shown without marks

    def _near(self, line: int, start: int, size: int) -> Sequence[tuple[int, int]]:
        """Give the matches in a part of a line as the log has it: the layout must not hide one."""
        if len(self._entry.lines[line]) > _MATCHED:
            return ()
        if line not in self._spans:
            self._spans[line] = self.find(visible(self._entry.lines[line]))
        spans = self._spans[line]
        low = bisect_left(spans, start, key=itemgetter(1))
        return spans[low : bisect_right(spans, start + size, key=itemgetter(0))]

    def _sources(self, row: EntryRow) -> Iterator[tuple[int, int, int, int]]:
        """Give the pieces of a row: place in the row, line, place in the line, and size."""
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
    """Give what of a match lies in a piece, as places in the row."""
    low, high = max(a, start), min(b, start + size)
    if low > high or (low == high and (a != b or low == start + size)):
        return None
    return low - start + at, high - start + at
