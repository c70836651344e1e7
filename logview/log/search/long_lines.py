"""Matches in a line that is read in parts. Their places are bytes of the line.

A match is found in the part in which it begins, by what a person reads of that
part and of some text around it: so parts can be searched in any order.
"""

from __future__ import annotations

from bisect import bisect_left
from functools import partial
from typing import TYPE_CHECKING

from logview.log.store.pages import LINE_PART
from logview.pending_reads import until_read
from logview.text.escapes import visible, visible_places, whole_part

if TYPE_CHECKING:
    from collections.abc import Iterator

    from logview.log.search.pattern import Pattern
    from logview.log.store.document import LogDocument

BEFORE = 256
"""Bytes before a part that are read too: an anchor or a word boundary must not match at a cut."""

AFTER = 8192
"""Bytes after a part that are read too, in which a match that begins in it may end."""


class LineScan:
    """Counts the matches of a pattern in a long line, a part at each step.

    The line may grow: then `step` goes on.
    """

    def __init__(self, pattern: Pattern, document: LogDocument, line: int) -> None:
        self._pattern = pattern
        self._document = document
        self.line = line
        self._counts: list[int] = []
        """The matches in each part that can't change any more."""
        self._total = 0
        self._last = 0
        """The matches in the part at the end of a line that grows."""
        self._last_size = -1
        """The size that the line had when its last part was read."""
        self._empty = False
        """Whether the pattern matches an empty text in the line."""

    @property
    def count(self) -> int:
        """The matches found so far; one where it only matches an empty text."""
        return self._total + self._last or int(self._empty)

    @property
    def is_done(self) -> bool:
        """Whether the line has been read to its present end."""
        return self._last_size == self._document.long_size(self.line)

    def step(self) -> bool:
        """Read one part more; False where none is left for now. Raises PatternTooSlowError."""
        if self.is_done:
            return False
        document, line = self._document, self.line
        size = document.long_size(line)
        start = len(self._counts) * LINE_PART
        grows = document.last_is_unfinished and line == document.end_line - 1
        if grows and start + LINE_PART + AFTER > size:
            # What follows may belong to a match that begins here: this is read again.
            parts = range(start, size, LINE_PART)
            self._last = sum(self._count_in(part) for part in parts)
            self._last_size = size
            return False
        count = self._count_in(start)
        self._last = 0
        self._counts.append(count)
        self._total += count
        if start + LINE_PART >= size:
            self._last_size = size
        return not self.is_done

    def _count_in(self, start: int) -> int:
        found, _ = _spans_in(self._pattern, self._document, self.line, start)
        count = sum(a < b for a, b in found)
        self._empty = self._empty or len(found) > count
        return count

    def before(self, place: int) -> int | None:
        """Return how many matches begin before a byte; None while that is not known."""
        part, known = place // LINE_PART, len(self._counts)
        if part > known and not self.is_done:
            return None
        total = sum(self._counts[:part])
        total += sum(self._count_in(number * LINE_PART) for number in range(known, part))
        found, places = _spans_in(
            self._pattern, self._document, self.line, part * LINE_PART, located=True
        )
        starts = [places[a] for a, _ in found]
        return total + bisect_left(starts, place)


def find_in_line(
    pattern: Pattern, document: LogDocument, line: int, place: int, *, forward: bool
) -> Iterator[tuple[int, int] | None]:
    """Look for the next match in a long line that begins after a byte, or the last one before it.

    Yields None after each part without one, and ends with (start, end) in bytes,
    or with nothing. Raises PatternTooSlowError.
    """
    size = yield from until_read(partial(document.long_size, line))
    part = max(0, min(place, size - 1)) // LINE_PART
    while 0 <= part * LINE_PART < size:
        spans_in = partial(_spans_in, pattern, document, line, part * LINE_PART)
        # Where a match is costs more than whether there is one.
        if (yield from until_read(spans_in))[0]:
            found, places = yield from until_read(partial(spans_in, located=True))
            spans = [(places[a], places[b]) for a, b in found]
            for start, end in spans if forward else reversed(spans):
                if (start > place) if forward else (start < place):
                    yield start, end
                    return
        yield None
        part += 1 if forward else -1


def _spans_in(
    pattern: Pattern, document: LogDocument, line: int, start: int, *, located: bool = False
) -> tuple[list[tuple[int, int]], list[int]]:
    """Return the matches that begin in the part at a byte, in characters of the text read.

    With `located` also the byte of the line of each character of that text and of its end.
    """
    before = min(start, BEFORE)
    data = document.read_line(line, start - before, before + LINE_PART + AFTER)
    low, high = whole_part(data, before, before + LINE_PART)
    pieces = [data[:low], data[low:high], data[high:]]
    above, own, below = map(visible, pieces)
    first, last = len(above), len(above) + len(own)
    ends = start + LINE_PART >= document.long_size(line)
    found = pattern.spans(above + own + below, first)
    spans = [(a, b) for a, b in found if a < last or ends]
    if not located:
        return spans, []
    places: list[int] = []
    at = start - before
    for piece in pieces:
        places[-1:] = [at + place for place in visible_places(piece)[1]]
        at += len(piece)
    return spans, places
