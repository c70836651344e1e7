"""Which lines of a log are of which lane, page by page, as bitmasks; errors and warnings of each.

Each line of a child run names it, those that go on with an entry too: its log has a stamp on each.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from logview.log.search.page_order import PageOrder

if TYPE_CHECKING:
    from logview.log.entries.index import EntryIndex
    from logview.log.search.pattern import PatternTooSlowError
    from logview.log.store.document import LogDocument
    from logview.text.lanes import LaneNames

HEAD = 4096
"""Bytes of a long line in which it names its lane."""


class LaneCount(NamedTuple):
    """What begins in a lane, as far as it was read."""

    lines: int = 0
    errors: int = 0
    warnings: int = 0

    def plus(self, other: LaneCount, times: int = 1) -> LaneCount:
        """Return the sum with `times` times another one."""
        return LaneCount(*(a + times * b for a, b in zip(self, other, strict=True)))


OWN = -1
"""The number of the lane of all lines that name none: the log's own."""


class _PageLanes(NamedTuple):
    named: dict[int, int]
    """For each lane the lines that name it."""
    counts: dict[int, LaneCount]


class LaneIndex:
    """The lanes of a document: which lines are of each, and how many errors.

    Nothing is read before it `begun`.
    """

    def __init__(self, document: LogDocument, entries: EntryIndex, names: LaneNames) -> None:
        self._document = document
        self._entries = entries
        self.names = names
        self.begun = False
        """Whether the log's pages are to be read: not before it is known to have lanes."""
        self._pages: dict[int, _PageLanes] = {}
        self._order = PageOrder(0)
        self._taken: int | None = None
        """A page of which a read turned out to be pending."""
        self._changed: set[int] = set()
        """Pages whose entries were read, or changed, since their lines were counted."""
        self._totals: dict[int, LaneCount] = {}
        self._next = document.first_line
        """The first line of those not yet sealed whose lane was not read."""
        entries.listeners.add(self)

    def entries_changed(self, pages: range) -> None:
        """Count the lines of these pages anew."""
        if self._pages:
            self._changed.update(number for number in pages if number in self._pages)

    @property
    def complete(self) -> bool:
        """Whether every page was read, and counted with its entries."""
        document = self._document
        read = self._order.done(document.first_page, document.sealed_end)
        taken = self._taken is not None
        return read and not taken and not self._changed and not document.unindexed

    def step(self) -> bool:
        """Read or count one more page; False when there is none left."""
        document = self._document
        while self._changed:
            number = self._changed.pop()
            if number in self._pages:
                self._keep(number, self._pages[number].named)
                return True
        if self._taken is None:
            self._taken = self._order.next(document.first_page, document.sealed_end)
        if self._taken is None:
            return False
        if self._taken not in self._pages:
            self._keep(self._taken, self._read(self._taken))
        self._taken = None
        return True

    def read_tail(self) -> None:
        """Number the lanes of the newest lines, which are on no sealed page yet."""
        document = self._document
        if document.end_page <= document.sealed_end:
            return
        first = document.end_line - document.count_of(document.sealed_end)
        for line in range(max(first, self._next), document.end_line):
            prefix = self.names.read(document.line(line))
            if prefix is not None:
                self.names.number(prefix.name)
        self._next = document.end_line - 1  # the last one may not be whole yet

    def forget(self) -> None:
        """Drop what was read: the file was truncated or replaced."""
        self._next = self._document.first_line
        self._pages.clear()
        self._changed.clear()
        self._totals.clear()
        self._taken = None
        self._order = PageOrder(self._document.sealed_end)

    def counts(self) -> dict[int, LaneCount]:
        """Return what begins in each lane, by its number; `OWN` for lines that name none."""
        totals = dict(self._totals)
        tail = self._document.sealed_end
        if self._document.end_page > tail:
            for lane, count in self._count(tail, self._read(tail)).items():
                totals[lane] = totals.get(lane, LaneCount()).plus(count)
        return totals

    def masks(self, number: int) -> dict[int, int]:
        """Return the lines of each lane on a page, those without a name under `OWN`."""
        document = self._document
        sealed = number < document.sealed_end
        if sealed and number not in self._pages:
            self._keep(number, self._read(number))
        named = self._pages[number].named if sealed else self._read(number)
        return self._with_own(number, named)

    def _read(self, number: int) -> dict[int, int]:
        document = self._document
        if document.page(number).is_long_line:
            lines = [document.page_head(number, HEAD)]
        else:
            lines = document.page_data(number).split(b"\n")[: document.count_of(number)]
        named: dict[int, int] = {}
        for bit, line in enumerate(lines):
            prefix = self.names.read(line)
            if prefix is not None:
                lane = self.names.number(prefix.name)
                named[lane] = named.get(lane, 0) | 1 << bit
        return named

    def _keep(self, number: int, named: dict[int, int]) -> None:
        known = self._pages.get(number)
        counts = self._count(number, named)
        for lane, count in ({} if known is None else known.counts).items():
            self._totals[lane] = self._totals[lane].plus(count, -1)
        for lane, count in counts.items():
            self._totals[lane] = self._totals.get(lane, LaneCount()).plus(count)
        self._pages[number] = _PageLanes(named, counts)

    def _count(self, number: int, named: dict[int, int]) -> dict[int, LaneCount]:
        levels = self._entries.page(number)
        errors = levels.starts & (levels.error | levels.critical)
        warnings = levels.starts & levels.warn
        return {
            lane: LaneCount(
                mask.bit_count(), (mask & errors).bit_count(), (mask & warnings).bit_count()
            )
            for lane, mask in self._with_own(number, named).items()
        }

    def _with_own(self, number: int, named: dict[int, int]) -> dict[int, int]:
        """Return the lines of each lane, those that name none among them."""
        own = (1 << self._document.count_of(number)) - 1
        for mask in named.values():
            own ^= mask
        return {**named, OWN: own} if own else named


class LaneFilter:
    """Only the lines of some lanes are shown."""

    keep = True
    needs_entries = False

    def __init__(self, index: LaneIndex) -> None:
        self._index = index
        self._lanes: set[int] = set()
        self._only = False
        """Whether only `_lanes` are shown, also of those that are seen later; else all but them."""
        self.enabled = True
        self.error: PatternTooSlowError | None = None
        """Always None: no expression is run."""
        self.masks: dict[int, int] = {}
        """Always empty: what is read of pages is kept by `LaneIndex`."""

    @property
    def hides_any(self) -> bool:
        """Whether a lane is switched off."""
        return self._only or bool(self._lanes)

    def shows(self, lane: int) -> bool:
        """Return whether the lines of a lane are shown."""
        return (lane in self._lanes) == self._only

    def toggle(self, lane: int) -> None:
        """Hide a lane, or show it again."""
        self._lanes ^= {lane}

    def show_only(self, lane: int) -> None:
        """Show one lane only."""
        self._lanes, self._only = {lane}, True

    def show_all(self) -> None:
        """Show all lanes."""
        self._lanes, self._only = set(), False

    @property
    def label(self) -> str:
        """How many lanes are shown: `2 of 5 lanes`."""
        lanes = [*range(len(self._index.names)), *([] if self._index.names.is_merged else [OWN])]
        return f"{sum(map(self.shows, lanes))} of {len(lanes)} lanes"

    def clear(self) -> None:
        """Do nothing: pages are read anew where they changed."""

    def mask_of(self, document: LogDocument, number: int) -> int:
        """Return the bitmask of the lines of a page that are shown."""
        chosen = 0
        for lane, mask in self._index.masks(number).items():
            if lane in self._lanes:
                chosen |= mask
        return chosen if self._only else ((1 << document.count_of(number)) - 1) & ~chosen

    def advance(self, document: LogDocument, number: int) -> bool:
        """Return True: `mask_of` is quick."""
        return True

    def is_settled(self, document: LogDocument, number: int) -> bool:
        """Return True: of a long line the beginning decides."""
        return True
