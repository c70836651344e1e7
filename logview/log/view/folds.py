"""Folds: rows that stand for several lines, so that what matters is seen at once.

A fold's row is that of the first of its lines; the others have none. What is folded
is still shown as far as filters, search and copying go. Each kind of fold is a
`FoldKind`, which decides by page which lines have no row; folds of different kinds
lie one within the other, or apart.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from typing import TYPE_CHECKING, NamedTuple, Protocol

from logview.log.bitmasks import PageSums
from logview.log.view.stack_frames import (
    MARKERS,
    SOURCE_LINES,
    FrameLine,
    folded_library,
    library_runs,
    read_frames,
)
from logview.pending_reads import PendingReadError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from logview.log.entries.index import EntryIndex
    from logview.log.store.document import LogDocument

REACH = SOURCE_LINES + 1
"""Lines above those that arrive which may be folded otherwise than before."""

_TEXT_MARKERS = tuple(marker.decode() for marker in MARKERS)

_LABELLED = 4000
"""Lines up to which what a fold stands for is counted exactly."""


class FoldKind(Protocol):
    """One kind of folds."""

    def hidden(self, number: int) -> int:
        """Return the lines of a page that have no row: bit n for line n.

        A fold is a run of them, with the line above it, whose row it is. It must
        not depend on lines more than `REACH` below a page; where it changes
        otherwise, `View.refold` is to be called.
        """
        ...

    def label(self, lines: range) -> str:
        """Return what a fold stands for, in words: `6 frames in @crawlee/core`."""
        ...

    def forget(self) -> None:
        """Drop everything: the lines are others now."""
        ...


class Fold(NamedTuple):
    """A row that stands for several lines."""

    lines: range
    """Its lines, the one whose row it is included."""
    kind: FoldKind

    @property
    def label(self) -> str:
        """What it stands for, in words."""
        return self.kind.label(self.lines)


class Folds:
    """Which lines of which pages have no row because of folds."""

    def __init__(self, document: LogDocument, entries: EntryIndex) -> None:
        self._document = document
        self._entries = entries
        self.sums = PageSums()
        """How many lines of the whole pages have no row."""
        self._layers = [_Layer(document, LibraryFrames(document, entries))]
        self._tail_of: tuple[int, int, int] | None = None
        self._changes = 0
        self._late: set[int] = set()
        """Pages that are to be folded once a read has come back."""

    @property
    def any_opened(self) -> bool:
        """Whether folds were opened that could be closed again."""
        return any(layer.opened for layer in self._layers)

    def set_kinds(self, kinds: list[FoldKind]) -> range:
        """Fold by these kinds besides library frames; return the pages to be folded anew.

        `update` folds them: at once, or in slices.
        """
        self._layers = [self._layers[0], *(_Layer(self._document, kind) for kind in kinds)]
        self._changes += 1
        pages = range(self._document.first_page, self._document.sealed_end)
        for number in pages:
            self._count(number)  # what the kinds before have hidden has rows again
        return pages

    def mask(self, number: int) -> int:
        """Return the lines of a page that have no row: bit n for line n."""
        mask = 0
        for layer in self._layers:
            mask |= layer.mask(number)
        return mask

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
        try:
            for layer in self._layers:
                layer.fold_tail()
        except PendingReadError:
            for layer in self._layers:
                layer.unfold_tail()
            self._late.add(number)
        if document.end_page == number or number == document.first_page:
            return None
        pages = range(
            document.page_of(max(document.first_line, document.sealed_line - REACH)), number
        )
        self.update(pages)
        return pages

    def fold_late(self) -> range | None:
        """Fold what could not be read; return the whole pages among which that changed some.

        None where there is nothing to do. Not within anything that counts rows.
        """
        if not self._late or self._document.pending.any:
            return None
        late, self._late = self._late, set()
        self._tail_of = None  # the tail may be among them, or may have been
        for number in sorted(late):
            self.update(range(number, number + 1))
        self.follow()
        return range(min(late), max(late) + 1)

    def update(self, pages: range) -> None:
        """Fold whole pages anew whose entries, or kinds of folds, have changed.

        Those that can't be read yet stay as they are for now; see `fold_late`.
        """
        for number in pages:
            if number >= self._document.sealed_end:
                break
            try:
                for layer in self._layers:
                    layer.fold(number)
            except PendingReadError:
                self._late.add(number)
            self._count(number)

    def _count(self, number: int) -> None:
        count = self.mask(number).bit_count()
        if count or number in self.sums:
            self.sums.set(number, count)

    def forget(self) -> None:
        """Forget everything: the lines are others now."""
        for layer in self._layers:
            layer.forget()
        self._late.clear()
        self.sums.clear()
        self._changes += 1

    def frame_at(self, line: int) -> FrameLine | None:
        """Return what a line is of a stack's frame; None for a line that is of none."""
        entries, document = self._entries, self._document
        if entries.begins(line):
            return None
        above = _lines_above(document, entries, line)
        end = min(line + 2, document.end_line)
        return read_frames([document.line_text(n) for n in range(line - above, end)])[above]

    def heads(self, number: int) -> int:
        """Return the lines of a page whose rows are folds: bit n for line n."""
        document = self._document
        mask = self.mask(number)
        below = mask >> 1
        if number + 1 < document.end_page and self.mask(number + 1) & 1:
            below |= 1 << (document.count_of(number) - 1)
        return below & ~mask

    # -- one fold -------------------------------------------------------------------------

    def at(self, line: int) -> Fold | None:
        """Return the fold whose row is that of a line; None where it is a line of the log."""
        document = self._document
        number = document.page_of(line)
        bit, mask = line - document.first_line_of(number), self.mask(number)
        if mask >> bit & 1:
            return None
        if bit + 1 < document.count_of(number):
            folded = mask >> (bit + 1) & 1
        else:
            folded = number + 1 < document.end_page and self.mask(number + 1) & 1
        return self.of(line) if folded else None

    def of(self, line: int) -> Fold | None:
        """Return the outermost fold that a line is in, the first of its lines included."""
        found = None
        for layer in self._layers:
            lines = layer.run_at(line)
            if lines is not None and (found is None or len(lines) > len(found.lines)):
                found = Fold(lines, layer.kind)
        return found

    def open(self, line: int) -> range | None:
        """Open the fold that a line is in; return the pages that changed.

        None where the line is in no fold.
        """
        for layer in self._layers:
            fold = self.of(line)
            if fold is not None and fold.kind is layer.kind:
                insort(layer.opened, fold.lines.start)
                return self._changed(fold.lines)
        return None

    def close_all(self) -> range | None:
        """Close every fold that was opened; return a range of the pages that changed."""
        changed: list[range] = []
        for layer in self._layers:
            opened, layer.opened = layer.opened, []
            for line in opened:
                lines = layer.run_at(line)
                if lines is not None:
                    changed.append(self._changed(lines))
        if not changed:
            return None
        return range(min(r.start for r in changed), max(r.stop for r in changed))

    def _changed(self, lines: range) -> range:
        first = self._document.page_of(lines.start)
        pages = range(first, self._document.page_of(lines.stop - 1) + 1)
        self._changes += 1
        for number in pages:
            if number < self._document.sealed_end:
                self._count(number)
        return pages


class _Layer:
    """The folds of one kind: the masks of all pages, and which folds are open."""

    def __init__(self, document: LogDocument, kind: FoldKind) -> None:
        self._document = document
        self.kind = kind
        self.opened: list[int] = []
        """A line of each fold that is open, in order."""
        self._masks: dict[int, int] = {}
        self._tail = 0
        self._last = range(0)
        """The hidden lines, and the one above them, that were asked for last."""

    def fold(self, number: int) -> None:
        """Fold a whole page anew."""
        mask = self.kind.hidden(number)
        if mask != self._masks.get(number, 0):
            self._masks[number] = mask
            self._last = range(0)

    def fold_tail(self) -> None:
        """Fold the mutable tail anew."""
        number = self._document.sealed_end
        self._tail = self.kind.hidden(number) if number < self._document.end_page else 0
        self._last = range(0)

    def unfold_tail(self) -> None:
        """Fold nothing in the mutable tail."""
        self._tail, self._last = 0, range(0)

    def forget(self) -> None:
        """Drop everything: the lines are others now."""
        self._masks.clear()
        self._tail = 0
        self._last = range(0)
        self.opened.clear()
        self.kind.forget()

    def _closed(self, number: int) -> int:
        """Return the lines of a page that would have no row if no fold were open."""
        return self._tail if number == self._document.sealed_end else self._masks.get(number, 0)

    def mask(self, number: int) -> int:
        """Return the lines of a page that have no row."""
        mask = self._closed(number)
        if not mask or not self.opened:
            return mask
        first = self._document.first_line_of(number)
        for low, high in _runs(mask):
            if self._is_open(self._whole(number, first + low, first + high)):
                mask &= ~((1 << high) - (1 << low))
        return mask

    def run_at(self, line: int) -> range | None:
        """Return the lines of the closed fold that a line is in."""
        document = self._document
        if not document.first_line <= line < document.end_line:
            return None
        if line in self._last:
            return None if self._is_open(self._last) else self._last
        for one in (line, line + 1):  # hidden, or the one whose row the fold is
            if one >= document.end_line:
                return None
            number = document.page_of(one)
            mask, bit = self._closed(number), one - document.first_line_of(number)
            if mask >> bit & 1:
                low = bit - _ones(_reversed(mask, bit)) + 1
                high = bit + _ones(mask >> bit)
                first = document.first_line_of(number)
                lines = self._last = self._whole(number, first + low, first + high)
                return None if self._is_open(lines) else lines
        return None

    def _is_open(self, lines: range) -> bool:
        at = bisect_left(self.opened, lines.start)
        return at < len(self.opened) and self.opened[at] < lines.stop

    def _whole(self, number: int, start: int, stop: int) -> range:
        """Return the lines of the fold that hides lines `start` to `stop` of a page."""
        document = self._document
        page = number
        while start == document.first_line_of(page) and page > document.first_page:
            page -= 1
            size = document.count_of(page)
            mask = self._closed(page)
            start -= _ones(_reversed(mask, size - 1))
        page = number
        while (
            stop == document.first_line_of(page) + document.count_of(page)
            and page + 1 < document.end_page
        ):
            page += 1
            more = _ones(self._closed(page))
            stop += more
            if not more:
                break
        return range(max(document.first_line, start - 1), stop)


def _ones(mask: int) -> int:
    """Return how many set bits follow each other from the lowest one up."""
    return (~mask & (mask + 1)).bit_length() - 1


def _reversed(mask: int, top: int) -> int:
    """Return a number whose lowest bits are the inverse of those from `top` down."""
    low = mask & ((1 << (top + 1)) - 1)
    missing = (1 << (top + 1)) - 1 & ~low
    return (1 << (top + 1 - missing.bit_length())) - 1


def _runs(mask: int) -> Iterator[tuple[int, int]]:
    """Yield the first bit of each run of set bits, and the one behind it."""
    low = 0
    while mask >> low:
        low += ((mask >> low) & -(mask >> low)).bit_length() - 1
        high = low + _ones(mask >> low)
        yield low, high
        low = high


class LibraryFrames:
    """Folds the frames of libraries in the stacks of warnings and errors, by library."""

    def __init__(self, document: LogDocument, entries: EntryIndex) -> None:
        self._document = document
        self._entries = entries
        self._known: dict[int, tuple[tuple[object, ...], int]] = {}
        """What the lines of whole pages were hidden for, and which they were."""

    def forget(self) -> None:
        """Drop everything: the lines are others now."""
        self._known.clear()

    def hidden(self, number: int) -> int:
        """Return the lines of a page that have no row: bit n for line n."""
        document, entries = self._document, self._entries
        page = entries.page(number)
        # Lines that go on with a warning or an error.
        rest = page.severe & ~page.cuts
        if not rest:
            self._known.pop(number, None)
            return 0
        first, size = document.first_line_of(number), document.count_of(number)
        known = self._known.get(number)
        if known is not None and known[1] == (1 << size) - 1 == rest:
            return known[1]  # an entry that goes through a whole page only grows
        above = _lines_above(document, entries, first) if rest & 1 else 0
        joined = bool(above) and self._is_rest(first - 1)
        goes_on = number + 1 < document.end_page and not entries.cuts_at(first + size)
        # An entry of many pages is joined page by page: each would be read for each.
        of = (page.cuts, rest, above, joined, goes_on)
        if known is not None and known[0] == of:
            return known[1]
        mask = self._read(number, rest, above, joined=joined, goes_on=goes_on)
        if number < document.sealed_end:
            self._known[number] = of, mask
        return mask

    def _read(self, number: int, rest: int, above: int, *, joined: bool, goes_on: bool) -> int:
        """Return the lines of a page that have no row.

        `rest` are those that may be folded. `above` lines above the page belong to
        the entry of its first line, which is folded with them if `joined`.
        """
        document = self._document
        first, size = document.first_line_of(number), document.count_of(number)
        text = self._entries.recent_text(number)
        if not _has_marker(document.page_data(number) if text is None else text.text):
            # At its edges may be lines of frames that lie on the pages next to it.
            rest &= (1 << min(_ones(rest), SOURCE_LINES)) - 1 | 1 << (size - 1)
        # A fold takes two lines: those that stand alone need not be read.
        pairs = rest & rest >> 1
        rest = pairs | pairs << 1 | (rest & 1 if joined else 0)
        mask = 0
        line_text = _line_reader(document, first, None if text is None else text.lines)
        for low, high in _runs(rest):
            before = 0 if low else above
            lines = range(first + low - before, first + high + (high == size and goes_on))
            frames = read_frames([line_text(line) for line in lines])
            library = folded_library(frames[before - 1]) if before and joined else None
            for bit in range(low, high):
                last, library = library, folded_library(frames[bit - low + before])
                if library is not None and library == last:
                    mask |= 1 << bit
        return mask

    def _is_rest(self, line: int) -> bool:
        """Return whether a line goes on with a warning or an error."""
        number = self._document.page_of(line)
        page = self._entries.page(number)
        return bool((page.severe & ~page.cuts) >> (line - self._document.first_line_of(number)) & 1)

    def label(self, lines: range) -> str:
        """Return what a fold stands for, in words."""
        entry = self._entries.run_of(lines.start)
        begin = max(entry.start, lines.start - SOURCE_LINES)
        end = min(lines.stop, lines.start + _LABELLED)
        text = self._document.line_text
        frames = read_frames([text(line) for line in range(begin, min(end + 1, entry.stop))])
        for run in library_runs([None, *frames]):
            if run.lines.start + begin - 1 == lines.start:
                if lines.stop <= end:
                    return run.label
                return f"{len(lines):,} lines in {run.library}"
        return f"{len(lines):,} lines"


def _has_marker(page: str | bytes) -> bool:
    """Return whether a page may have the frame of a stack."""
    if isinstance(page, bytes):
        return any(marker in page for marker in MARKERS)
    return any(marker in page for marker in _TEXT_MARKERS)


def _line_reader(document: LogDocument, first: int, page: list[str] | None) -> Callable[[int], str]:
    """Return what returns the visible text of a line; `page` has those from `first` on at hand."""
    if page is None:
        return document.line_text

    def line_text(line: int) -> str:
        return page[line - first] if 0 <= line - first < len(page) else document.line_text(line)

    return line_text


def _lines_above(document: LogDocument, entries: EntryIndex, line: int) -> int:
    """Return how many lines above a line, up to `REACH`, belong to its entry."""
    for more in range(REACH):
        if line - more <= document.first_line or entries.cuts_at(line - more):
            return more
    return REACH
