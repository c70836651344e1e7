"""Count the entries of a document by shape, page by page, and tell which of them are new.

Pages are read in any order, in steps of some milliseconds. For each page it keeps
the shape of each entry that begins there; which entries are new is one bitmask a
page. The baseline does not change while the log grows.
"""

from __future__ import annotations

from array import array
from typing import TYPE_CHECKING, NamedTuple

from logview.log.entries.level import Level
from logview.log.patterns.news import Judge, News
from logview.log.patterns.shapes import entry_head
from logview.log.patterns.tally import Attempt, KeptEntry, ShapeCount
from logview.log.search.page_order import PageOrder

if TYPE_CHECKING:
    from collections.abc import Iterator

    from logview.log.entries.index import EntryIndex
    from logview.log.entries.level_masks import PageLevels
    from logview.log.patterns.model import Baseline
    from logview.log.store.document import LogDocument

ENTRY_LINES = 60
"""Lines of a warning or error in which what was thrown is looked for."""


class Pattern(NamedTuple):
    """The entries of one template."""

    level: Level | None
    text: str
    entries: int
    first_line: int
    last_line: int
    shapes: frozenset[int]
    is_new: bool


class _PageShapes(NamedTuple):
    starts: tuple[int, ...]
    """The lines of a page that begin an entry."""
    shapes: array[int]
    """The shape of each of these entries."""


class PatternIndex:
    """The shapes of a document's entries, as far as it has been read."""

    def __init__(self, document: LogDocument, entries: EntryIndex) -> None:
        self._document = document
        self._entries = entries
        self._order = PageOrder(document.sealed_end)
        self._pages: dict[int, _PageShapes] = {}
        self._stale: set[int] = set()
        """Pages whose entries changed since they were read."""
        self._attempt = Attempt()
        self._judge: Judge | None = None
        self._news: News | None = None
        self._judged_of = -1
        """How many shapes there were when the news were worked out."""
        self._new_pages: dict[int, int] = {}
        """The new entries of the pages that were asked for."""
        self._tail: tuple[int, _PageShapes] | None = None
        self.version = 0
        """Counts what changes patterns or news."""
        entries.listeners.add(self)

    # -- reading --------------------------------------------------------------------------

    def entries_changed(self, pages: range) -> None:
        """Read pages again whose entries or levels changed."""
        self._stale.update(number for number in pages if number in self._pages)

    @property
    def complete(self) -> bool:
        """Return whether every page has been read."""
        document = self._document
        read = self._order.done(document.first_page, document.sealed_end)
        return read and not self._stale and not document.unindexed

    def step(self) -> bool:
        """Read one more page; False when there is none left to read."""
        if self._stale:
            self._read(self._stale.pop())
            return True
        document = self._document
        number = self._order.next(document.first_page, document.sealed_end)
        if number is None:
            return False
        self._read(number)
        return True

    def forget(self) -> None:
        """Drop all results: the file was truncated or replaced."""
        self._order = PageOrder(self._document.sealed_end)
        self._pages.clear()
        self._stale.clear()
        self._attempt = Attempt()
        self._news = None
        self._judged_of = -1
        self._new_pages.clear()
        self._tail = None
        self.version += 1

    def _read(self, number: int) -> None:
        document = self._document
        if not document.first_page <= number < document.sealed_end:
            return
        self._entries.read_around(number, number + 1)
        self._stale.discard(number)
        counts = self._attempt.counts
        if (before := self._pages.pop(number, None)) is not None:
            for shape in before.shapes:
                counts[shape].count -= 1
            self._attempt.entries -= len(before.shapes)
        page = self._pages[number] = self._shapes_of(number)
        first = document.first_line_of(number)
        for start, shape in zip(page.starts, page.shapes, strict=True):
            one = counts[shape]
            line = first + start
            one.count += 1
            one.last_line = max(one.last_line, line) if one.count > 1 else line
            if line < one.example.line or one.count == 1:
                one.example = one.example._replace(line=line)
                one.before = line - document.first_line
        self._attempt.entries += len(page.shapes)
        self._new_pages.pop(number, None)
        self.version += 1

    def _shapes_of(self, number: int) -> _PageShapes:
        document = self._document
        levels = self._entries.page(number)
        text = document.read_text(number) if number < document.sealed_end else ""
        lines = (text or document.page_text(number)).split("\n")
        starts = tuple(_bits(levels.starts))
        of_start = [_level_at(levels, start) for start in starts]
        heads = []
        for at, (start, level) in enumerate(zip(starts, of_start, strict=True)):
            if level is None or level < Level.WARN:
                heads.append(entry_head(lines[start : start + 1], level))
                continue
            end = starts[at + 1] if at + 1 < len(starts) else len(lines)
            whole = lines[start : min(end, start + ENTRY_LINES)]
            if end == len(lines) and len(whole) < ENTRY_LINES:
                whole += self._lines_below(number, ENTRY_LINES - len(whole))
            heads.append(entry_head(whole, level))
        counts = self._attempt.counts
        shapes = self._attempt.table.add(heads, of_start)
        first = document.first_line_of(number)
        for start, level, shape in zip(starts, of_start, shapes, strict=True):
            while shape >= len(counts):
                entry = KeptEntry(first + start, 1, level, [lines[start]], shape)
                counts.append(ShapeCount(entry, before=first + start - document.first_line))
        return _PageShapes(starts, array("L", shapes))

    def _lines_below(self, number: int, most: int) -> list[str]:
        """Return the lines of the next page that belong to an entry of this one."""
        if number + 1 >= self._document.end_page:
            return []
        levels = self._entries.page(number + 1)
        lines = self._document.page_text(number + 1).split("\n")
        end = (levels.starts & -levels.starts).bit_length() - 1 if levels.starts else len(lines)
        return lines[: min(end, most)]

    # -- patterns -------------------------------------------------------------------------

    def patterns(self) -> list[Pattern]:
        """Return the patterns of what was read, the worst level first, then the most frequent."""
        attempt = self._attempt
        found = attempt.templates()
        new = self.news.new_shapes if self.news is not None else frozenset[int]()
        shapes_of: dict[int, list[int]] = {}
        for shape, of in enumerate(found.of_shape):
            if attempt.counts[shape].count > 0:
                shapes_of.setdefault(of, []).append(shape)
        patterns = []
        for number, shapes in shapes_of.items():
            counts = [attempt.counts[shape] for shape in shapes]
            template = found.templates[number]
            patterns.append(
                Pattern(
                    template.level,
                    template.text,
                    sum(one.count for one in counts),
                    min(one.example.line for one in counts),
                    max(one.last_line for one in counts),
                    frozenset(shapes),
                    new.issuperset(shapes),
                )
            )
        patterns.sort(key=lambda one: (-(one.level or 0), -one.entries, one.first_line))
        return patterns

    def shape_mask(self, number: int, shapes: frozenset[int]) -> int:
        """Return the lines of a page that begin an entry of one of some shapes."""
        page = self._page(number)
        if page is None:
            return 0
        mask = 0
        for start, shape in zip(page.starts, page.shapes, strict=True):
            if shape in shapes:
                mask |= 1 << start
        return mask

    def _page(self, number: int) -> _PageShapes | None:
        document = self._document
        if number < document.sealed_end:
            return self._pages.get(number)
        if number >= document.end_page:
            return None
        if self._tail is None or self._tail[0] != document.version:
            self._tail = document.version, self._shapes_of(number)
        return self._tail[1]

    # -- news -----------------------------------------------------------------------------

    def compare(self, baseline: Baseline | None) -> None:
        """Tell from now on what is new against a baseline; None: nothing is."""
        self._judge = None if baseline is None or not baseline.models else Judge(baseline)
        self._news = None
        self._judged_of = -1
        self._new_pages.clear()
        self.version += 1

    @property
    def news(self) -> News | None:
        """What is new in what was read; None without a baseline.

        Worked out anew once a shape was found that was not there before: some
        milliseconds, for hundreds of unknown ones.
        """
        attempt = self._attempt
        if self._judge is None:
            return None
        if self._news is None or self._judged_of != len(attempt.counts):
            self._judged_of = len(attempt.counts)
            before = self._news
            self._news = self._judge.judge(attempt, attempt.templates(), ended=False)
            if before is None or before.new_shapes != self._news.new_shapes:
                self._new_pages.clear()
        return self._news

    def new_mask(self, number: int) -> int:
        """Return the lines of a page that begin a new entry; 0 for a page that was not read."""
        if self._judge is None:
            return 0
        if number >= self._document.sealed_end:
            self._page(number)
        news = self.news
        if news is None or not news.new_shapes:
            return 0
        if number >= self._document.sealed_end:
            return self.shape_mask(number, news.new_shapes)
        mask = self._new_pages.get(number)
        if mask is None:
            mask = self._new_pages[number] = self.shape_mask(number, news.new_shapes)
        return mask

    @property
    def new_count(self) -> int:
        """How many new entries were found in the pages that do not change any more."""
        news, counts = self.news, self._attempt.counts
        return 0 if news is None else sum(counts[shape].count for shape in news.new_shapes)

    def next_new(self, line: int, step: int) -> int | None:
        """Return the next line behind (`step` 1) or before (-1) one that begins a new entry.

        None where there is none in what was read.
        """
        document = self._document
        if not document.first_line <= line < document.end_line:
            return None
        number = document.page_of(line)
        at = line - document.first_line_of(number)
        mask = self.new_mask(number)
        mask = mask >> (at + 1) << (at + 1) if step > 0 else mask & ((1 << at) - 1)
        while True:
            if mask:
                bit = (mask & -mask).bit_length() - 1 if step > 0 else mask.bit_length() - 1
                return document.first_line_of(number) + bit
            number += step
            if not document.first_page <= number < document.end_page:
                return None
            mask = self.new_mask(number)


def _bits(mask: int) -> Iterator[int]:
    digits = f"{mask:b}"[::-1]
    at = digits.find("1")
    while at >= 0:
        yield at
        at = digits.find("1", at + 1)


def _level_at(levels: PageLevels, start: int) -> Level | None:
    for level in (Level.CRITICAL, Level.ERROR, Level.WARN, Level.DEBUG):
        if levels.of(level) >> start & 1:
            return level
    return None
