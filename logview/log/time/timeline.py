"""The timeline: how many lines each stretch of a log's time has, and how bad they are.

The time from the first stamp to the last one is cut into cells of equal, round
length, which begin at round moments: a log that grows adds cells and moves none.
A cell's first line is the first line of the log whose stamp is not before the
cell's start, which is well defined in a log that is out of order too: no count
is ever negative. Lines without a stamp belong to the line above them.

Where cells begin is found by bisection over the first stamps of pages, of which
only a few bytes are read: what it costs goes with the number of cells, and not
with the size of the log. Stamps are compared as bytes (see `text.timestamps`).
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import Counter
from dataclasses import dataclass
from itertools import accumulate, chain, islice, pairwise
from operator import le
from typing import TYPE_CHECKING, Protocol

from logview.log.store.page_cache import PageCache
from logview.log.store.pages import PAGE_SIZE
from logview.text.timestamps import LAST_MOMENT, SIZE, STAMP, milliseconds, stamp_at

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from logview.log.store.document import LogDocument

_NEXT_STAMP = re.compile(b"\n(" + STAMP.pattern + b")")

_HEAD = 4096
"""Bytes at the beginning of a page that are searched for its first stamp."""

_PROBED = 16
"""Pages whose beginnings are read, one by one, for one with a stamp."""

_NEAR = 2
"""Pages whose lines are gone through for a border, and as many again before the next stamp."""

_SECOND, _MINUTE, _HOUR, _DAY = 1000, 60_000, 3_600_000, 86_400_000

STEPS = (
    *(_SECOND // 4, _SECOND // 2),
    *(_SECOND * seconds for seconds in (1, 2, 5, 10, 15, 30)),
    *(_MINUTE * minutes for minutes in (1, 2, 5, 10, 15, 30)),
    *(_HOUR * hours for hours in (1, 2, 3, 6, 12)),
    *(_DAY * days for days in (1, 2, 7, 14, 28)),
)
"""The lengths of cells, in milliseconds; beyond the last one they double."""

_SMALL_PART = 4
"""Pages for each cell, beyond which a lone border in a page is placed by proportion."""


class SevereLines(Protocol):
    """Counts of the lines of bad entries, as far as they have been read."""

    def severe_between(self, first: int, end: int) -> tuple[int, int]:
        """Return how many of the lines `[first, end)` belong to errors, and to warnings."""
        ...


def round_step(start: int, end: int, width: int) -> int:
    """Return the least round length of cells, of which at most `width` hold two moments."""
    step = next((one for one in STEPS if end // one - start // one < width), STEPS[-1])
    while end // step - start // step >= width and step <= 2 * LAST_MOMENT:
        step *= 2
    return step


@dataclass(frozen=True, slots=True)
class Cell:
    """One stretch of the time."""

    begin: int
    """Milliseconds since 1970."""
    line: int
    """The first line that is not before it; the number behind the last line where all are."""
    count: int
    """How many lines it has; 0 in a gap."""
    errors: int = 0
    """How many of them belong to errors, as far as they have been read."""
    warnings: int = 0
    """How many of them belong to warnings."""
    shown: int | None = None
    """How many of them the filters show; None where none are in force."""


@dataclass(frozen=True, slots=True)
class Bars:
    """The whole time of a log, cut into cells of equal, round length."""

    cells: tuple[Cell, ...]
    first_line: int
    end_line: int
    first: int
    """The moment of the first stamp, in milliseconds since 1970."""
    last: int
    """The moment of the last stamp, or until when the time goes on."""
    step: int
    """Milliseconds of a cell."""

    def cell_of(self, line: int) -> int:
        """Return the index of the cell that a line lies in, the nearest where it is none of it."""
        line = max(self.first_line, min(line, self.end_line - 1))
        return max(0, bisect_right(self.cells, line, key=lambda cell: cell.line) - 1)

    def line_at(self, index: int) -> int:
        """Return the line to go to for a cell: its first one, for a gap the first one behind it."""
        cell = self.cells[max(0, min(index, len(self.cells) - 1))]
        return min(cell.line, self.end_line - 1)


class StampIndex:
    """Where in a log its times are; keeps what it has read of them."""

    def __init__(self, document: LogDocument) -> None:
        self._document = document
        self._reader = document.stamps
        self._heads: dict[int, bytes | None] = {}
        self._stamps: PageCache[list[bytes]] = PageCache()
        self._found: dict[bytes, int] = {}
        self._axis = (0, 0, 0)
        self._tail = (-1, -1)

    def forget(self) -> None:
        """Drop everything: a file was rewritten."""
        self._heads.clear()
        self._stamps.clear()
        self._found.clear()

    def bars(
        self,
        width: int,
        levels: SevereLines | None = None,
        *,
        until: int | None = None,
        shown_before: Callable[[int], int] | None = None,
    ) -> Bars | None:
        """Cut the log's time into at most `width` cells; None where there is nothing to show.

        That is: no cells, no lines, no stamps at its ends, or a file whose first
        lines are not known yet (a row that grew backwards would only flicker).
        With `until`, in milliseconds since 1970, the time goes on to that moment
        at least. While a log grows, cells are only added at the end: their length,
        one of `round_step`, changes when there would be too many.

        `shown_before` returns how many lines before one the filters show.
        """
        document = self._document
        if width <= 0 or not document.line_count or document.unindexed:
            return None
        if self._reader != document.stamps:
            self._reader = document.stamps
            self.forget()
        self._drop_tail()
        first, last = self._first(), self._last()
        if first is None or last is None:
            return None
        start = milliseconds(first)
        end = min(max(start, milliseconds(last), until or 0), LAST_MOMENT)
        step = round_step(start, end, width)
        begins = self._begins(start, end, step)
        lines = [document.first_line, *self._lines(begins[1:], max(first, last))]
        # Where pages are out of order, a later border may be found before an earlier one.
        lines = [*accumulate(lines, max), document.end_line]
        shown = None if shown_before is None else [*map(shown_before, lines)]
        cells = []
        for index, (line, after) in enumerate(pairwise(lines)):
            errors, warnings = levels.severe_between(line, after) if levels else (0, 0)
            seen = None if shown is None else shown[index + 1] - shown[index]
            cells.append(Cell(begins[index], line, after - line, errors, warnings, seen))
        return Bars(tuple(cells), document.first_line, document.end_line, start, end, step)

    def _begins(self, start: int, end: int, step: int) -> range:
        begin = start // step * step
        axis = (begin, step, self._document.first_line)
        if axis != self._axis:
            self._axis = axis
            self._found.clear()
        return range(begin, end + 1, step)

    # -- stamps of pages ------------------------------------------------------------------

    def _drop_tail(self) -> None:
        """Drop the stamps of the tail of another version of the document."""
        page, version = self._tail
        if version != self._document.version:
            self._stamps.discard(page)
            self._tail = (self._document.sealed_end, self._document.version)

    def _head(self, number: int) -> bytes | None:
        """Return the first stamp of a page, where one is near its beginning."""
        try:
            return self._heads[number]
        except KeyError:
            pass
        found: bytes | None
        if self._reader.is_platform:
            head = self._document.page_head(number, SIZE)
            found = head if STAMP.match(head) else None
            if found is None:
                following = _NEXT_STAMP.search(self._document.page_head(number, _HEAD))
                found = following[1] if following else None
        else:
            lines = self._document.page_head(number, _HEAD).split(b"\n")
            found = next((stamp for one in lines if (stamp := self._reader.read(one))), None)
        if found is not None or number < self._document.sealed_end:
            self._heads[number] = found
        return found

    def _page(self, number: int) -> list[bytes]:
        """Return the highest stamp so far for each line of a page; `b""` before its first one."""
        known = self._stamps.get(number)
        if known is not None:
            return known
        page = self._document.page(number)
        if page.size > PAGE_SIZE:  # a single line
            return [self._head(number) or b""] * page.line_count
        lines = self._document.page_data(number).split(b"\n")
        if len(lines) > 1 and not lines[-1]:
            lines.pop()
        if self._reader.is_platform:
            stamps = [line[:SIZE] for line in lines]
        else:
            stamps = [self._reader.read(line) or b"" for line in lines]
        # Almost always every line has one, and in order, which is quickly seen.
        stamped = STAMP.match(stamps[0]) and STAMP.match(stamps[-1])
        if not stamped or not all(map(le, stamps, islice(stamps, 1, None))):
            stamps = _running(stamps)
        return self._stamps.add(number, stamps, 64 * len(stamps))

    def _first(self) -> bytes | None:
        first, end = self._document.first_page, self._document.end_page
        if (head := self._head(first)) is not None:
            return head
        stamps = self._page(first)
        if stamps[-1]:
            return stamps[bisect_right(stamps, b"")]
        stamped = self._stamped(first + 1, end)
        return stamped[1] if stamped else None

    def _last(self) -> bytes | None:
        first, end = self._document.first_page, self._document.end_page
        if stamp := self._page(end - 1)[-1]:
            return stamp
        for number in _backward(first, end - 1):
            if self._head(number) is not None:
                return self._page(number)[-1]
        return None

    # -- where cells begin ----------------------------------------------------------------

    def _lines(self, begins: Sequence[int], last: bytes) -> list[int]:
        """Return the first line that is not before each of these moments."""
        borders = [stamp_at(begin) for begin in begins]
        unknown = sorted({border for border in borders if border <= last} - self._found.keys())
        pages = self._document.end_page - self._document.first_page
        fresh = dict(self._search(unknown, about=pages > _SMALL_PART * len(begins)))
        end = self._document.end_line
        return [self._found.get(border, fresh.get(border, end)) for border in borders]

    def _search(self, borders: list[bytes], *, about: bool) -> Iterator[tuple[bytes, int]]:
        """Return each border's line; with `about` a lone border in a page is placed roughly."""
        pages = self._pages_of(borders)
        borders_in = Counter(pages)
        for border, (before, following) in zip(borders, pages, strict=True):
            alone = borders_in[before, following] == 1
            rough = self._between(before, border) if about and alone else None
            line, page = (
                self._line_in(before, following, border) if rough is None else (rough, before)
            )
            if page < self._document.sealed_end:
                self._found[border] = line
            yield border, line

    def _pages_of(self, borders: list[bytes]) -> list[tuple[int, int]]:
        """Return for each border the last page that begins before it, and the next one with stamps.

        The borders are shared out between the two halves of the pages, and so
        on: in whatever order the pages' stamps are, the answers are in order.
        """
        first, end = self._document.first_page, self._document.end_page
        pages = [(first, end)] * len(borders)
        left = [(0, len(borders), first, end, end)]
        while left:
            start, stop, low, high, following = left.pop()
            if start == stop:
                continue
            if high - low == 1:
                pages[start:stop] = [(low, following)] * (stop - start)
                continue
            middle = _middle(low + 1, high)
            stamped = self._stamped(middle, high)
            if stamped is None:
                left.append((start, stop, low, middle, following))
                continue
            number, head = stamped
            cut = bisect_right(borders, head, start, stop)
            left.append((start, cut, low, number, number))
            left.append((cut, stop, number, high, following))
        return pages

    def _stamped(self, low: int, high: int) -> tuple[int, bytes] | None:
        """Return a page with a stamp and that stamp: the first one, if it is near."""
        near = range(low, min(high, low + _PROBED))
        for number in chain(near, _backward(near.stop, high)):
            if (head := self._head(number)) is not None:
                return number, head
        return None

    def _line_in(self, page: int, following: int, border: bytes) -> tuple[int, int]:
        """Return the first line from a page on that is not before a border, and its page."""
        document = self._document
        near = range(page, min(following, page + _NEAR))
        far = range(max(near.stop, following - 1), min(following + 1, document.end_page))
        for number in chain(near, far):
            stamps = self._page(number)
            if stamps[-1] >= border:
                return document.first_line_of(number) + bisect_left(stamps, border), number
        return document.first_line_of(page) + document.count_of(page), page

    def _between(self, page: int, border: bytes) -> int | None:
        """Return about where in a page a border lies, going by the stamps of its ends."""
        document = self._document
        if page + 1 >= document.end_page:
            return None
        head, following = self._head(page), self._head(page + 1)
        if head is None or following is None or not head < border <= following:
            return None
        begin = milliseconds(head)
        share = milliseconds(border) - begin
        whole = milliseconds(following) - begin
        return document.first_line_of(page) - (-document.count_of(page) * share // whole)


def _running(stamps: list[bytes]) -> list[bytes]:
    highest = b""
    running = []
    for stamp in stamps:
        if stamp > highest and STAMP.match(stamp):
            highest = stamp
        running.append(highest)
    return running


def _backward(low: int, high: int) -> Iterator[int]:
    """Return the numbers below `high` down to `low`, the farther the fewer."""
    step = 1
    while high - step >= low:
        yield high - step
        step *= 2


def _middle(low: int, high: int) -> int:
    """Return the roundest binary number from `low` up to below `high`.

    Not the middle: as the log grows, the same pages are asked for again.
    """
    differing = ((low - 1) ^ (high - 1)).bit_length() - 1
    return (high - 1) >> differing << differing
