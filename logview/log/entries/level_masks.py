"""Per-page bitmasks of entry starts and levels, and counts over them."""

from __future__ import annotations

from bisect import bisect_left, insort
from typing import TYPE_CHECKING, NamedTuple

from logview.log.bitmasks import PageSums
from logview.log.entries.level import Level

if TYPE_CHECKING:
    from logview.log.entries.grouping import Entries

SEVERE = (Level.WARN, Level.ERROR, Level.CRITICAL)
"""The levels that are counted, marked and gone to."""


class PageLevels(NamedTuple):
    """Bitmasks of one page: bit n of each integer is line n.

    A line of no level counts as information: what programs print is that.
    """

    starts: int
    """The lines that begin an entry."""
    debug: int
    """All lines of the entries of a level."""
    warn: int
    error: int
    critical: int
    seams: int = 0
    """The lines below one of another lane."""

    @property
    def cuts(self) -> int:
        """The lines with which an entry begins, or goes on below lines of another lane."""
        return self.starts | self.seams

    def of(self, level: Level) -> int:
        """Return the lines of the entries of one level but INFO."""
        return int(self[FIELDS[level]])

    def level_at(self, bit: int) -> Level | None:
        """Return the level of a line's entry where it is a warning or worse, or for debugging."""
        _, debug, warn, error, critical, _ = self
        if not (debug | warn | error | critical) >> bit & 1:
            return None
        if critical >> bit & 1:
            return Level.CRITICAL
        if error >> bit & 1:
            return Level.ERROR
        return Level.WARN if warn >> bit & 1 else Level.DEBUG

    def merge_end(self, count: int, lines: int, level: Level | None) -> PageLevels:
        """Return the levels of a page of `count` lines whose last `lines` lines are one entry.

        That entry begins above the page if it has more lines than the page.
        """
        first = max(0, count - lines)
        region = (1 << count) - (1 << first)
        return self.merge(region, 1 << first if lines <= count else 0, level)

    def merge(self, region: int, start: int, level: Level | None) -> PageLevels:
        """Return the levels where the lines of `region` are one entry, which begins at `start`.

        `start` is a bit of `region`, or 0 if the entry begins above the page.
        """
        masks = (
            mask & ~region | (region if of == level else 0)
            for of, mask in zip(FIELDS, self[1:5], strict=True)
        )
        return PageLevels._make((self.starts & ~region | start, *masks, self.seams))

    def replace(self, region: int, lines: PageLevels) -> PageLevels:
        """Return the levels where the lines of `region` have those of `lines`."""
        masks = (mask & ~region | new for mask, new in zip(self[:5], lines[:5], strict=True))
        return PageLevels._make((*masks, self.seams))

    @property
    def severe(self) -> int:
        """The lines of warnings and worse."""
        return self.warn | self.error | self.critical


FIELDS = {Level.DEBUG: 1, Level.WARN: 2, Level.ERROR: 3, Level.CRITICAL: 4}
NO_LEVELS = PageLevels(0, 0, 0, 0, 0)


def levels_of_entries(found: Entries) -> PageLevels:
    """Return what is kept of a page's entries."""
    levels = found.levels
    return PageLevels(found.starts, *(levels.get(level, 0) for level in FIELDS))


class LevelStore:
    """The bitmasks of all pages that were read, indexed by level."""

    def __init__(self) -> None:
        self._pages: dict[int, PageLevels] = {}
        self._error_lines, self._warning_lines = PageSums(), PageSums()
        self._through: list[int] = []
        """The pages without `cuts`, in order."""
        self._counts = dict.fromkeys(SEVERE, 0)
        self._with: dict[Level, list[int]] = {level: [] for level in SEVERE}
        """The pages on which entries of a level begin, in order."""
        self._since: tuple[int, dict[Level, int]] | None = None
        """A page, and how many entries of each level begin on the pages behind it."""

    def __contains__(self, number: int) -> bool:
        """Return whether a page was read."""
        return number in self._pages

    def get(self, number: int) -> PageLevels | None:
        """Return what is kept of a page; None where it was not read."""
        return self._pages.get(number)

    def keep(self, number: int, page: PageLevels) -> None:
        """Keep a page, in place of what was known of it."""
        known = self._pages.get(number)
        old = known or NO_LEVELS
        for level in SEVERE:
            had = (old.of(level) & old.starts).bit_count()
            has = (page.of(level) & page.starts).bit_count()
            self._counts[level] += has - had
            if self._since is not None and number > self._since[0]:
                self._since[1][level] += has - had
            if has and not had:
                insort(self._with[level], number)
            elif had and not has:
                self._with[level].remove(number)
        if not page.cuts and (known is None or known.cuts):
            insort(self._through, number)
        elif page.cuts and known is not None and not known.cuts:
            self._through.remove(number)
        self._pages[number] = page
        for sums, mask, had in (
            (self._error_lines, page.error | page.critical, old.error | old.critical),
            (self._warning_lines, page.warn, old.warn),
        ):
            if mask != had:
                sums.set(number, mask.bit_count())

    def clear(self) -> None:
        """Drop all pages."""
        self._pages.clear()
        self._error_lines.clear()
        self._warning_lines.clear()
        self._through.clear()
        self._counts = dict.fromkeys(SEVERE, 0)
        self._with = {level: [] for level in SEVERE}
        self._since = None

    def count(self, level: Level) -> int:
        """Return how many entries of a level, WARN or more, begin on all pages."""
        return self._counts[level]

    def behind(self, number: int) -> dict[Level, int]:
        """Return how many entries of each level, WARN or more, begin on the pages behind one."""
        if self._since is None or self._since[0] != number:
            self._since = number, {level: self._behind(number, level) for level in SEVERE}
        return self._since[1]

    def _behind(self, number: int, level: Level) -> int:
        pages = self._with[level]
        behind = map(self._pages.__getitem__, pages[bisect_left(pages, number + 1) :])
        return sum((page.of(level) & page.starts).bit_count() for page in behind)

    def severe_between(self, first: int, end: int) -> tuple[int, int]:
        """Return how many lines of the pages `[first, end)` belong to errors, and to warnings."""
        errors, warnings = self._error_lines.before, self._warning_lines.before
        return errors(end) - errors(first), warnings(end) - warnings(first)

    def last_without(self, number: int, step: int) -> int | None:
        """Return the last page, up or down, of those in a row that have no `cuts`.

        None where this page has one already. Takes O(log n) steps.
        """
        through = self._through
        at = bisect_left(through, number)
        if at == len(through) or through[at] != number:
            return None
        # Where numbers follow each other they have the same distance from their place.
        if step < 0:
            return through[bisect_left(range(at), number - at, key=lambda n: through[n] - n)]
        places = range(at, len(through))
        return through[at + bisect_left(places, number - at + 1, key=lambda n: through[n] - n) - 1]
