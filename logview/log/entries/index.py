"""Index the levels and entries of a whole log, page by page, from the reader outward.

For each page that was read it keeps which lines begin an entry and which lines
belong to entries of a level, as bitmasks. What a page's first lines go on with
is known once the page before has been read; until then they count as an entry
of their own, and `step` returns which pages changed.
"""

from __future__ import annotations

from bisect import bisect_left
from time import perf_counter
from typing import TYPE_CHECKING, NamedTuple, Protocol
from weakref import WeakSet

from logview.log.entries.level import Level
from logview.log.entries.level_masks import (
    NO_LEVELS,
    SEVERE,
    LevelStore,
    PageLevels,
    levels_of_entries,
)
from logview.log.search.page_order import PageOrder

if TYPE_CHECKING:
    from logview.log.entries.grouping import Entries, GroupingState, Merged, PageEntries
    from logview.log.store.document import LogDocument

RUN = 16
"""Pages that `step` reads in a row: the entries of each are joined to those above at once."""

CHAIN = 32
"""Pages that a step joins at most to one that was read: a few milliseconds."""


class EntryListener(Protocol):
    """An object that keeps results derived from an `EntryIndex`."""

    def entries_changed(self, pages: range) -> None:
        """Handle a change of levels or entries on `pages`."""


class PageText(NamedTuple):
    """The visible text of a page, whole and in lines."""

    text: str
    lines: list[str]


def _read_entries(page: PageText) -> tuple[PageEntries, GroupingState]:
    """Read a page's text; return the state above a first line, too."""
    # Imported late: their tables and expressions cost 40 ms, which the first screen does not wait.
    from logview.log.entries.grouping import BEGIN, PageEntries

    return PageEntries(*page), BEGIN


class EntryIndex:
    """The levels and entries of a document, as far as it has been read."""

    def __init__(self, document: LogDocument) -> None:
        self._document = document
        self._order = PageOrder(0)
        self._run = range(0)
        """Pages that `step` reads next, downward: what is above each is known by then."""
        self._pages = LevelStore()
        self._after: dict[int, GroupingState] = {}
        """What the lines of pages lead to, as far as that is known."""
        self._open: dict[int, PageEntries] = {}
        """Pages whose first lines wait for the page before."""
        self._ready: list[int] = []
        """Those of them for which that is known by now."""
        self._merged: dict[int, Merged] = {}
        """The lines at the end of pages that a page below has settled to be one entry."""
        self._tail_merged: Merged | None = None
        """Likewise, what the tail has settled of the lines above it; None once that is done."""
        self._holds_undecided = False
        self._tail = NO_LEVELS
        self._tail_held = NO_LEVELS
        """The tail's levels while what is pending at its end counts as one entry."""
        self._tail_of: tuple[int, GroupingState | None] | None = None
        self._recent: tuple[int, PageText] | None = None
        """The page that was read last, and its text."""
        self.begun = True
        """Return whether the tail, and what is on the screen, is read when it is asked for.

        Until then nothing is known: a first screen that shows does not wait for it.
        """
        self.version = 0
        """Counts the pages that were read, or read otherwise than before."""
        self.listeners: WeakSet[EntryListener] = WeakSet()
        """Notified of the pages whose levels or entries changed, after each page read."""

    # -- reading --------------------------------------------------------------------------

    @property
    def complete(self) -> bool:
        """Return whether every page has been read."""
        document = self._document
        read = self._order.done(document.first_page, document.sealed_end)
        waits = self._ready or document.first_page in self._open
        return read and not self._run and not document.unindexed and not waits

    def begin_at(self, page: int) -> None:
        """Read outward from a page from now on, and what is on the screen when it is asked for."""
        if not self.begun:
            self.begun = True
            self.version += 1  # what was worked out of knowing nothing holds no more
        self._order = PageOrder(page)
        self._run = range(0)

    def step(self) -> bool:
        """Read one more page; False when there is none left to read."""
        document = self._document
        self._merge_from_tail()
        if self.join_more():
            return True
        while True:
            if not self._run:
                self._run = self._order.next_run(document.first_page, document.sealed_end, RUN)
                if not self._run:
                    return False
            number, self._run = self._run[0], self._run[1:]
            if number not in self._pages:
                self.read(number)
                return True

    def join_more(self) -> bool:
        """Join more pages of a long entry whose beginning was found; False for none that wait."""
        self._free_first()
        if not self._ready:
            return False
        end = self._ready.pop()
        following, changed = self._join_from(end)
        self._notify(changed, following)
        return True

    def catch_up(self, seconds: float) -> None:
        """Read the pages that were filled since, the newest first; for about `seconds` at most."""
        number = self._document.sealed_end - 1
        end = perf_counter() + seconds
        self._merge_from_tail()
        while number >= self._document.first_page and number not in self._pages:
            self.read(number)
            number -= 1
            if perf_counter() > end or not self._order.at_end:
                break

    def read_around(self, first: int, end: int) -> bool:
        """Read pages `first` to before `end` and their neighbours; False where they had been.

        Then it is known where the entries on these pages begin and end.
        """
        document = self._document
        before = self.version
        self._merge_from_tail()
        for number in range(max(first - 1, document.first_page), min(end + 1, document.sealed_end)):
            if number not in self._pages:
                self.read(number)
        return self.version != before

    def read(self, number: int) -> None:
        """Read a page, once, and notify the listeners of the pages that changed.

        Raises IndexError for a page that is not there, or may change still.
        """
        document = self._document
        if not document.first_page <= number < document.sealed_end:
            raise IndexError(f"no page {number} that is whole")
        if number in self._pages:
            return
        text = document.read_text(number)
        read = PageText(text, text.split("\n"))
        self._recent = number, read
        page, begin = _read_entries(read)
        before = self._state_before(number)
        found = page.join(before or begin)
        if before is None:
            self._open[number] = page
        self._keep(number, found, page.after if before is None else found.after)
        first = number if before is None else self._merge_above(number, found.merged)
        end, changed = self._join_from(number + 1)
        self._notify(min(first, changed), end)

    def recent_text(self, number: int) -> PageText | None:
        """Return a page's visible text where it is at hand: where it was read last."""
        recent = self._recent
        return recent[1] if recent is not None and recent[0] == number else None

    def _join_from(self, first: int) -> tuple[int, int]:
        """Join the pages from `first` on that wait for what is above them.

        Return the first page that doesn't, and the first one that changed.
        """
        end, last, changed = first, first + CHAIN, first
        while end in self._open and (before := self._state_before(end)) is not None:
            if end == last:
                # An entry of any length: joining all of it here would block the event loop.
                self._ready.append(end)
                break
            waiting = self._open.pop(end)
            found = waiting.join(before)
            self._keep(end, found, found.after)
            changed = min(changed, self._merge_above(end, found.merged))
            end += 1
        return end, changed

    def _merge_above(self, number: int, merged: Merged | None) -> int:
        """Merge lines above a page into one entry; return the first page that changed."""
        if merged is None:
            return number
        lines, first = merged.lines, number
        while lines > 0 and (page := self._pages.get(first - 1)) is not None:
            first -= 1
            count = self._document.count_of(first)
            self._merged[first] = merged._replace(lines=lines)
            self._pages.keep(first, page.merge_end(count, lines, merged.level))
            lines -= count
        return first

    def _merge_from_tail(self) -> None:
        """Merge what the mutable tail has settled of the lines above it."""
        self._read_tail()
        merged, self._tail_merged = self._tail_merged, None
        number = self._document.sealed_end
        first = self._merge_above(number, merged)
        if first < number:
            self._notify(first, number)

    def _notify(self, first: int, end: int) -> None:
        self.version += 1
        pages = range(self.reach(first, -1), self.reach(end - 1, 1) + 1)
        for listener in list(self.listeners):
            listener.entries_changed(pages)

    def _free_first(self) -> None:
        """Begin the log with its first page where the file has lost what was before."""
        document = self._document
        first = document.first_page
        if first in self._open and not document.unindexed and first not in self._ready:
            self._ready.append(first)

    def _state_before(self, number: int) -> GroupingState | None:
        """Return what the lines above a page have come to; None while that is not known."""
        if self._is_fresh(number):
            from logview.log.entries.grouping import BEGIN

            return BEGIN
        return self._after.get(number - 1)

    def _is_fresh(self, number: int) -> bool:
        """Return whether a page begins the log, or stands below a row of ours."""
        document = self._document
        if number == document.first_page and not document.unindexed:
            return True
        line = document.first_line_of(number)
        rows = document.own_rows
        at = bisect_left(rows, line, key=lambda row: row.line)
        return at < len(rows) and rows[at].line == line

    def _keep(self, number: int, found: Entries, after: GroupingState | None) -> None:
        levels = levels_of_entries(found)
        if (merged := self._merged.get(number)) is not None:
            levels = levels.merge_end(self._document.count_of(number), merged.lines, merged.level)
        self._pages.keep(number, levels)
        if after is not None:
            self._after[number] = after
        if number not in self._open:
            self._after.pop(number - 1, None)  # nobody else asks for it

    def is_undecided(self, number: int) -> bool:
        """Return whether the entry of a page's first lines depends on pages that were not read."""
        if number == self._document.sealed_end:
            return self._state_before(number) is None
        return number in self._open

    def reach(self, number: int, step: int) -> int:
        """Return the last page, up or down, with lines of the entry that crosses a page's edge.

        The page itself where none does, as far as is known.
        """
        if step < 0:
            page = self._known(number)
            if page is None or page.starts & 1 or number - 1 not in self._pages:
                return number
            number -= 1
            last = self._pages.last_without(number, -1)
            if last is None:
                return number
            return last - 1 if last - 1 in self._pages else last
        below = self._known(number + 1) if number + 1 < self._document.end_page else None
        if below is None or below.starts & 1:
            return number
        number += 1
        last = self._pages.last_without(number, 1)
        if last is None:
            return number
        below = self._known(last + 1) if last + 1 < self._document.end_page else None
        return last + 1 if below is not None and not below.starts & 1 else last

    def forget(self) -> None:
        """Drop all results: the file was truncated or replaced."""
        self._pages.clear()
        self._after.clear()
        self._open.clear()
        self._merged.clear()
        self._ready.clear()
        self._order = PageOrder(self._document.sealed_end)
        self._run = range(0)
        self._tail_of = None
        self._recent = None
        self.version += 1

    @property
    def holds_undecided(self) -> bool:
        """Whether lines at the end of which it is undecided whether they go on with an entry do.

        To be set while a log is live and its last bytes are new: what follows may
        decide, and an error that turns out to be a part of another was never counted.
        """
        return self._holds_undecided

    @holds_undecided.setter
    def holds_undecided(self, holds: bool) -> None:
        if holds == self._holds_undecided:
            return
        self._holds_undecided = holds
        number = self._document.sealed_end
        if self._read_tail() is not None and self._tail_held != self._tail:
            self._notify(number, number + 1)

    # -- what is known --------------------------------------------------------------------

    def page(self, number: int) -> PageLevels:
        """Return the levels of a page, the mutable tail included; `NO_LEVELS` for an unread one."""
        return self._known(number) or NO_LEVELS

    def known(self, number: int) -> PageLevels | None:
        """Return the levels of a page; None while nothing is begun, and for an unread page."""
        return self._known(number) if self.begun else None

    def _known(self, number: int) -> PageLevels | None:
        if number == self._document.sealed_end:
            return self._read_tail()
        return self._pages.get(number)

    def _read_tail(self) -> PageLevels | None:
        document = self._document
        number = document.sealed_end
        if document.end_page == number or not self.begun:
            return None
        before = self._state_before(number)
        of = (document.version, before)
        if self._tail_of != of:
            text = document.page_text(number)
            page, begin = _read_entries(PageText(text, text.split("\n")))
            found = page.join(before or begin)
            self._tail = levels_of_entries(found)
            self._tail_merged = found.merged
            self._tail_of = of
            self._tail_held = self._tail
            if found.after.pending:
                size, level = document.count_of(number), found.after.pending_level
                self._tail_held = self._tail.merge_end(size, found.after.pending_lines, level)
        return self._tail_held if self._holds_undecided else self._tail

    def at_least(self, number: int, least: Level) -> int:
        """Return the lines of a page whose entries have at least a level; 0 for an unread page."""
        page = self._known(number)
        if page is None:
            return 0
        if least > Level.INFO:
            mask = 0
            for level in SEVERE:
                if level >= least:
                    mask |= page.of(level)
            return mask
        full = (1 << self._document.count_of(number)) - 1
        return full & ~page.debug if least == Level.INFO else full

    def count(self, least: Level, most: Level = Level.CRITICAL) -> int:
        """Return how many entries begin that have a level from `least` (WARN or more) to `most`."""
        tail = self._known(self._document.sealed_end) or NO_LEVELS
        return sum(
            self._pages.count(level) + (tail.of(level) & tail.starts).bit_count()
            for level in SEVERE
            if least <= level <= most
        )

    def count_from(self, line: int, least: Level) -> int:
        """Return how many entries of at least a level begin at `line` or later."""
        document = self._document
        line = max(line, document.first_line)
        if line >= document.end_line:
            return 0
        number = document.page_of(line)
        behind = self._pages.behind(number)
        total = sum(count for level, count in behind.items() if level >= least)
        below = line - document.first_line_of(number)
        for page in {number, document.sealed_end}:
            if (known := self._known(page)) is not None:
                mask = self.at_least(page, least) & known.starts
                total += (mask >> (below if page == number else 0)).bit_count()
        return total

    def level_of(self, line: int) -> Level | None:
        """Return the level of a line's entry where it is a warning or worse, or for debugging."""
        document = self._document
        number = document.page_of(line)
        return self.page(number).level_at(line - document.first_line_of(number))

    def begins(self, line: int) -> bool:
        """Return whether a line begins an entry, as far as that is known."""
        number = self._document.page_of(line)
        known = self._known(number)
        return known is None or bool(
            known.starts >> (line - self._document.first_line_of(number)) & 1
        )

    def entry_of(self, line: int) -> range:
        """Return the lines of the entry that holds a line, as far as its pages have been read.

        Raises IndexError where there is no such line.
        """
        document = self._document
        number = document.page_of(line)
        known = self._known(number)
        if known is None:
            return range(line, line + 1)
        bit = line - document.first_line_of(number)
        return range(self._begin_of(number, bit), self._end_of(number, bit))

    def _begin_of(self, number: int, bit: int) -> int:
        above = self.page(number).starts & ((1 << (bit + 1)) - 1)
        if not above:
            near = number
            number = self.reach(number, -1)
            above = self.page(number).starts if number != near else 0
        return self._document.first_line_of(number) + max(0, above.bit_length() - 1)

    def _end_of(self, number: int, bit: int) -> int:
        document = self._document
        below = self.page(number).starts >> (bit + 1) << (bit + 1)
        if not below:
            near = number
            number = self.reach(number, 1)
            below = self.page(number).starts if number != near else 0
        first = document.first_line_of(number)
        if not below:
            return first + document.count_of(number)
        return first + (below & -below).bit_length() - 1

    # -- for the timeline -----------------------------------------------------------------

    def severe_between(self, first: int, end: int) -> tuple[int, int]:
        """Return how many of the lines `[first, end)` belong to errors, and to warnings.

        Lines of pages that were not read belong to none.
        """
        if first >= end:
            return 0, 0
        document = self._document
        low, high = document.page_of(first), document.page_of(end - 1)
        tail = document.sealed_end
        errors, warnings = self._pages.severe_between(low, min(high, tail))
        # Of whole pages so far; what is before the first line goes, the last page's part comes.
        for number, below, sign in (
            (low, first - document.first_line_of(low), -1),
            (high, end - document.first_line_of(high), 1),
        ):
            if (known := self._known(number)) is not None and below:
                mask = (1 << below) - 1
                errors += sign * ((known.error | known.critical) & mask).bit_count()
                warnings += sign * (known.warn & mask).bit_count()
        return errors, warnings
