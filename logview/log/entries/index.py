"""Index the levels and entries of a whole log, page by page, from the reader outward.

For each page that was read it keeps which lines begin an entry and which lines
belong to entries of a level, as bitmasks. What a page's first lines go on with
is known once the page before has been read; until then they count as an entry
of their own, and `step` returns which pages changed.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from collections import Counter
from contextlib import suppress
from time import perf_counter
from typing import TYPE_CHECKING, NamedTuple, Protocol
from weakref import WeakSet

from logview.log.entries.lanes import OWN, LaneState, mask_of, place, split_page
from logview.log.entries.level import Level
from logview.log.entries.level_masks import (
    NO_LEVELS,
    SEVERE,
    LevelStore,
    PageLevels,
    levels_of_entries,
)
from logview.log.search.page_order import PageOrder, PageRuns
from logview.pending_reads import PendingReadError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from logview.log.entries.grouping import Entries, GroupingState, Merged, PageEntries
    from logview.log.entries.lanes import LaneKey, PageLanes
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


class _ReadPage(NamedTuple):
    """What was read of a page: the entries of each lane that has lines on it."""

    lanes: PageLanes | None
    """None where all lines are the log's own."""
    parts: list[tuple[LaneState, PageEntries]]
    begin: GroupingState
    """The state above a first line."""


class EntryIndex:
    """The levels and entries of a document, as far as it has been read."""

    def __init__(self, document: LogDocument, *, is_merged: bool = False) -> None:
        """`is_merged` is whether each line was given a lane's prefix when logs were merged."""
        self._document = document
        self._is_merged = is_merged
        self._order = PageOrder(0)
        self._run = range(0)
        """Pages that `step` reads next, downward: what is above each is known by then."""
        self._pages = LevelStore()
        self._read_runs = PageRuns()
        self._lanes: dict[LaneKey, LaneState] = {}
        self._splits: dict[int, PageLanes] = {}
        """The pages with lines of lanes; all lines of others are the log's own."""
        self._waiting: dict[LaneKey, LaneState] = {}
        """The lanes with pages whose first lines wait for lines above."""
        self._undecided: Counter[int] = Counter()
        """For how many lanes the first lines of pages wait."""
        self._ready: list[tuple[LaneState, int]] = []
        """The lanes and pages of which what is above is known by now."""
        self._freed: int | None = None
        """The log's first page, once its lines wait for nothing."""
        self._tail_merged: list[tuple[LaneState, Merged]] = []
        """What the tail has settled of the lines above it; empty once that is done."""
        self._holds_undecided = False
        self._tail = NO_LEVELS
        self._tail_held = NO_LEVELS
        """The tail's levels while what is pending at its end counts as one entry."""
        self._tail_of: tuple[int, list[GroupingState | None], int] | None = None
        self._recent: tuple[int, PageText] | None = None
        """The page that was read last, and its text."""
        self._tail_read: tuple[int, _ReadPage] | None = None
        """The document's version of which the tail was read, and what was read."""
        self._lines: tuple[tuple[int, int, int], range, Sequence[int]] | None = None
        """The entry that was asked for last, and the versions of what it is made of."""
        self.begun = True
        """Return whether the tail, and what is on the screen, is read when it is asked for.

        Until then nothing is known: a first screen that shows does not wait for it.
        """
        self.version = 0
        """Counts the pages that were read, or read otherwise than before."""
        self.listeners: WeakSet[EntryListener] = WeakSet()
        """Notified of the pages whose levels or entries changed, after each page read."""
        self._tail_waits = -1
        """The version of the document of which a read of the tail was pending; -1 for none."""
        self._late: list[tuple[EntryListener, range]] = []
        """Those that are still to be notified of pages, in order: a read was pending."""

    # -- reading --------------------------------------------------------------------------

    @property
    def complete(self) -> bool:
        """Return whether every page has been read."""
        document = self._document
        read = self._order.done(document.first_page, document.sealed_end)
        waits = self._ready or self._waiting or self._late
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
        self._notify_late()
        self._merge_from_tail()
        if self.join_more():
            return True
        while True:
            if not self._run:
                self._run = self._order.next_run(document.first_page, document.sealed_end, RUN)
                if not self._run:
                    return False
            number = self._run[0]
            if number not in self._pages:
                self.read(number)
                self._run = self._run[1:]
                return True
            self._run = self._run[1:]

    def join_more(self) -> bool:
        """Join more pages of a long entry whose beginning was found; False for none that wait."""
        self._free_first()
        if not self._ready:
            return False
        lane, end = self._ready.pop()
        following, changed = self._join_from(lane, end)
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
        with suppress(PendingReadError):
            self._notify_late()
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
        page_text = PageText(text, text.split("\n"))
        self._recent = number, page_text
        read = self._read_page(page_text)
        self._read_runs.add(number)
        if read.lanes is not None:
            self._splits[number] = read.lanes._replace(lines={})  # the document has them
        self._pages.keep(number, NO_LEVELS._replace(seams=self._seams(number)))
        first, end = number, number + 1
        for lane, page in read.parts:
            insort(lane.pages, number)
            before = self._state_before(lane, number)
            found = page.join(before or read.begin)
            if before is None and not page.is_independent:
                lane.open[number] = page
                self._waiting[lane.key] = lane
                self._undecided[number] += 1
            self._keep(lane, number, found, page.after if before is None else found.after)
            if before is not None:
                self._forget_above(lane, number)
                first = min(first, self._merge_above(lane, number, found.merged))
        for lane in self._lanes_below(number, read):
            below, changed = self._join_from(lane, number + 1)
            first, end = min(first, changed), max(end, below)
        below_or_none = self._pages.get(number + 1) if self._splits else None
        if below_or_none is not None and below_or_none.seams != (seams := self._seams(number + 1)):
            self._pages.keep(number + 1, below_or_none._replace(seams=seams))
            end = max(end, number + 2)
        self._notify(first, end)

    def _seams(self, number: int) -> int:
        """Return the lines of a page that was read which are below one of another lane."""
        split, above = self._split_of(number), self._splits.get(number - 1)
        seams = 0 if split is None else split.seams
        if number - 1 in self._pages and (split is not None or above is not None):
            first = OWN if split is None else split.first
            seams |= first != (OWN if above is None else above.last)
        return seams

    def recent_text(self, number: int) -> PageText | None:
        """Return a page's visible text where it is at hand: where it was read last."""
        recent = self._recent
        return recent[1] if recent is not None and recent[0] == number else None

    def _read_page(self, page: PageText) -> _ReadPage:
        # Imported late: their tables and expressions cost 40 ms, which the first screen does not
        # wait.
        from logview.log.entries.grouping import BEGIN, PageEntries

        lanes = split_page(page.text, page.lines, is_merged=self._is_merged)
        if lanes is None:
            return _ReadPage(None, [(self._lane(OWN), PageEntries(*page))], BEGIN)
        parts = [
            (self._lane(key), PageEntries("\n".join(lines), lines))
            for key, lines in lanes.lines.items()
        ]
        return _ReadPage(lanes, parts, BEGIN)

    def _lane(self, key: LaneKey) -> LaneState:
        lane = self._lanes.get(key)
        if lane is None:
            lane = self._lanes[key] = LaneState(key)
        return lane

    def _lanes_below(self, number: int, read: _ReadPage) -> list[LaneState]:
        """Return the lanes whose lines below a page may wait for what was read of it."""
        lanes = [lane for lane, _ in read.parts]
        run = self._read_runs.of(number)
        if self._waiting and run.stop > number + 1 and (run.start < number or self._tops(number)):
            of_page = {lane.key for lane in lanes}
            lanes += [lane for key, lane in self._waiting.items() if key not in of_page]
        return lanes

    def _join_from(self, lane: LaneState, first: int) -> tuple[int, int]:
        """Join the pages from `first` on of which a lane waits for what is above them.

        Return the first page that doesn't, and the first one that changed.
        """
        end, changed, pages = first, first, lane.pages
        for at in range(bisect_left(pages, first), len(pages)):
            number = pages[at]
            if number not in lane.open:
                break
            before = self._state_before(lane, number)
            if before is None:
                break
            if number >= first + CHAIN:
                # An entry of any length: joining all of it here would block the event loop.
                self._ready.append((lane, number))
                break
            found = lane.open.pop(number).join(before)
            self._undecided[number] -= 1
            if not self._undecided[number]:
                del self._undecided[number]
            self._keep(lane, number, found, found.after)
            self._forget_above(lane, number)
            changed = min(changed, self._merge_above(lane, number, found.merged))
            end = number + 1
        if not lane.open:
            self._waiting.pop(lane.key, None)
        return end, changed

    def _merge_above(self, lane: LaneState, number: int, merged: Merged | None) -> int:
        """Merge lines of a lane above a page into one entry; return the first page that changed."""
        if merged is None:
            return number
        lines, first = merged.lines, number
        while lines > 0 and (above := self._above(lane, first)) is not None:
            first = above
            lane.merged[first] = merged._replace(lines=lines)
            page = self._pages.get(first) or NO_LEVELS
            self._pages.keep(first, self._merge_end(page, lane, first, lines, merged.level))
            lines -= len(self._bits(lane, first))
        return first

    def _merge_end(
        self, page: PageLevels, lane: LaneState, number: int, lines: int, level: Level | None
    ) -> PageLevels:
        """Return a page's levels where the last `lines` lines of a lane are one entry."""
        bits = self._bits(lane, number)
        if isinstance(bits, range):
            return page.merge_end(len(bits), lines, level)
        inside = bits[-lines:]
        return page.merge(mask_of(inside), 1 << inside[0] if lines <= len(bits) else 0, level)

    def _merge_from_tail(self) -> None:
        """Merge what the mutable tail has settled of the lines above it."""
        self._tail_waits = -1
        self._read_tail()
        settled, self._tail_merged = self._tail_merged, []
        number = self._document.sealed_end
        first = min((self._merge_above(lane, number, one) for lane, one in settled), default=number)
        if first < number:
            self._notify(first, number)

    def _notify(self, first: int, end: int) -> None:
        self.version += 1
        pages = range(self.reach(first, -1), self.reach(end - 1, 1) + 1)
        self._late += [(listener, pages) for listener in self.listeners]
        with suppress(PendingReadError):  # the pages are read, whoever needs more of the file
            self._notify_late()

    def _notify_late(self) -> None:
        """Notify the listeners that have not been, because a read was pending."""
        while self._late:
            listener, pages = self._late.pop(0)
            try:
                listener.entries_changed(pages)
            except PendingReadError:
                self._late.insert(0, (listener, pages))
                raise

    def _free_first(self) -> None:
        """Begin the log with its first page where the file has lost what was before."""
        document = self._document
        first = document.first_page
        if self._freed == first or document.unindexed:
            return
        run = self._read_runs.of(first)
        if not run:
            return
        self._freed = first
        for lane in self._waiting.values():
            number = next(page for page in lane.pages if page in lane.open)
            if number in run and self._state_before(lane, number) is not None:
                self._ready.append((lane, number))

    # -- what is above ----------------------------------------------------------------------

    def _state_before(self, lane: LaneState, number: int) -> GroupingState | None:
        """Return what a lane's lines above a page have come to; None while that is not known."""
        top = self._top(number)
        at = bisect_left(lane.pages, number)
        above = lane.pages[at - 1] if at else None
        if top is not None and (above is None or above < top):
            if top == number or self._is_read_between(top, number):
                from logview.log.entries.grouping import BEGIN

                return BEGIN
            return None
        if above is None or (above < number - 1 and not self._is_read_between(above, number)):
            return None
        return lane.after.get(above)

    def _is_read_between(self, above: int, number: int) -> bool:
        run = self._read_runs.of(number - 1)
        return run.start <= above and number - 1 in run

    def _above(self, lane: LaneState, number: int) -> int | None:
        """Return the next page up with lines of a lane; None while that is not known."""
        at = bisect_left(lane.pages, number)
        if not at:
            return None
        above = lane.pages[at - 1]
        return above if above == number - 1 or self._is_read_between(above, number) else None

    def _below(self, lane: LaneState, number: int) -> int | None:
        """Return the next page down with lines of a lane, maybe the tail; None while unknown."""
        at = bisect_right(lane.pages, number)
        end = self._read_runs.of(number).stop
        if at < len(lane.pages):
            return lane.pages[at] if lane.pages[at] < end else None
        tail = self._document.sealed_end
        is_last = number < tail == end and self._read_tail() is not None
        return tail if is_last and self._bits(lane, tail) else None

    def _top(self, number: int) -> int | None:
        """Return the last page, up to this one, that begins the log or stands below a row of ours.

        None where what is above has not been found yet.
        """
        document = self._document
        rows = document.own_rows
        if rows:
            line = document.first_line_of(number)
            for at in range(bisect_right(rows, line, key=lambda row: row.line) - 1, -1, -1):
                page = document.page_of(max(rows[at].line, document.first_line))
                if document.first_line_of(page) == rows[at].line:
                    return page
        return None if document.unindexed else document.first_page

    def _tops(self, number: int) -> bool:
        """Return whether nothing above a page goes on with it."""
        return self._top(number) == number

    def _forget_above(self, lane: LaneState, number: int) -> None:
        """Drop the state above a page that a lane's lines were joined to: nobody else asks."""
        above, top = self._above(lane, number), self._top(number)
        if above is not None and (top is None or above >= top):
            lane.after.pop(above, None)

    def _keep(
        self, lane: LaneState, number: int, found: Entries, after: GroupingState | None
    ) -> None:
        """Keep the entries of a lane's lines on a page that is kept."""
        levels = levels_of_entries(found)
        bits = self._bits(lane, number)
        page = self._pages.get(number) or NO_LEVELS
        if isinstance(bits, range):
            page = levels._replace(seams=page.seams)
        else:
            page = page.replace(mask_of(bits), place(levels, bits))
        if (merged := lane.merged.get(number)) is not None:
            page = self._merge_end(page, lane, number, merged.lines, merged.level)
        self._pages.keep(number, page)
        if after is not None:
            lane.after[number] = after

    def _split_of(self, number: int) -> PageLanes | None:
        """Return the lanes of a page that was read; None where all lines are the log's own."""
        if number == self._document.sealed_end:
            return None if self._tail_read is None else self._tail_read[1].lanes
        return self._splits.get(number)

    def _bits(self, lane: LaneState, number: int) -> Sequence[int]:
        """Return the lines of a lane on a page that was read; a range where all are its own."""
        split = self._split_of(number)
        if split is not None:
            return split.bits.get(lane.key, ())
        return range(self._document.count_of(number)) if lane.key == OWN else ()

    def is_undecided(self, number: int) -> bool:
        """Return whether the entry of a page's first lines depends on pages that were not read."""
        if number == self._document.sealed_end:
            parts = self._tail_parts()
            return any(
                self._state_before(lane, number) is None and not page.is_independent
                for lane, page in parts
            )
        return number in self._undecided

    # -- entries of several lanes ---------------------------------------------------------

    @property
    def has_lanes(self) -> bool:
        """Whether lines of lanes were read: then lines of an entry may stand apart."""
        return bool(self._splits) or any(lane.key != OWN for lane, _ in self._tail_parts())

    def lanes_on(self, number: int) -> list[tuple[LaneState, Sequence[int]]]:
        """Return the lanes of a page that was read, each with its lines: bit n for line n."""
        split = self._split_of(number)
        if split is None:
            return [(self._lane(OWN), range(self._document.count_of(number)))]
        return [(self._lane(key), bits) for key, bits in split.bits.items()]

    def reach(self, number: int, step: int) -> int:
        """Return the last page, up or down, with lines of an entry that crosses a page's edge.

        The page itself where none does, as far as is known.
        """
        if not self.has_lanes:
            return self._run_reach(number, step)
        page = self._known(number)
        if page is None:
            return number
        last = number
        for lane, bits in self.lanes_on(number):
            if step < 0 and page.starts >> bits[0] & 1:
                continue
            for beyond, _ in self._beyond(lane, number, step):
                last = min(last, beyond) if step < 0 else max(last, beyond)
        return last

    def _beyond(
        self, lane: LaneState, number: int, step: int
    ) -> Iterator[tuple[int, Sequence[int]]]:
        """Yield pages, up or down, with lines of the lane's entry that crosses a page's edge."""
        found: int | None = number
        while found is not None:
            found = self._above(lane, found) if step < 0 else self._below(lane, found)
            page = None if found is None else self._known(found)
            if found is None or page is None:
                return
            bits = self._bits(lane, found)
            starts = [at for at, bit in enumerate(bits) if page.starts >> bit & 1]
            if not starts:
                yield found, bits
                continue
            some = bits[starts[-1] :] if step < 0 else bits[: starts[0]]
            if some:
                yield found, some
            return

    def whole(self, number: int, chosen: Callable[[int], int]) -> int:
        """Return all lines of a page that are of entries of which a line is chosen.

        `chosen` returns those of a page. With lines of lanes only; see `whole_runs`.
        """
        page, some, mask = self.page(number), chosen(number), 0
        for lane, bits in self.lanes_on(number):
            begins = [at for at, bit in enumerate(bits) if at and page.starts >> bit & 1]
            for low, high in zip([0, *begins], [*begins, len(bits)], strict=True):
                entry = mask_of(bits[low:high])
                crosses = [1] if high == len(bits) else []
                if not low and not page.starts >> bits[0] & 1:
                    crosses.append(-1)
                if entry & some or any(
                    chosen(beyond) & mask_of(rest)
                    for step in crosses
                    for beyond, rest in self._beyond(lane, number, step)
                ):
                    mask |= entry
        return mask

    def entry_of(self, line: int) -> Sequence[int]:
        """Return the lines of the entry that holds a line, as far as its pages have been read.

        A range where they follow one another. Raises IndexError where there is no such line.
        """
        if not self.has_lanes:
            return self.run_of(line)
        document = self._document
        number = document.page_of(line)
        page = self._known(number)
        if page is None:
            return range(line, line + 1)
        of = (self.version, document.version, document.first_line)
        if self._lines is not None and self._lines[0] == of and line in self._lines[1]:
            return self._lines[2]
        bit = line - document.first_line_of(number)
        lane, bits = next(one for one in self.lanes_on(number) if bit in one[1])
        low = high = bits.index(bit)
        while low and not page.starts >> bits[low] & 1:
            low -= 1
        high += 1
        while high < len(bits) and not page.starts >> bits[high] & 1:
            high += 1
        parts = [(number, bits[low:high])]
        if not low and not page.starts >> bits[0] & 1:
            parts = [*reversed(list(self._beyond(lane, number, -1))), *parts]
        if high == len(bits):
            parts += self._beyond(lane, number, 1)
        lines: Sequence[int] = tuple(
            document.first_line_of(page) + bit for page, some in parts for bit in some
        )
        if lines[-1] - lines[0] + 1 == len(lines):
            lines = range(lines[0], lines[-1] + 1)
        self._lines = of, range(line, line + 1), lines
        return lines

    # -- runs of lines ----------------------------------------------------------------------

    def _run_reach(self, number: int, step: int) -> int:
        """Return the last page, up or down, of the run of lines that crosses a page's edge."""
        if step < 0:
            page = self._known(number)
            if page is None or page.cuts & 1 or number - 1 not in self._pages:
                return number
            number -= 1
            last = self._pages.last_without(number, -1)
            if last is None:
                return number
            return last - 1 if last - 1 in self._pages else last
        below = self._known(number + 1) if number + 1 < self._document.end_page else None
        if below is None or below.cuts & 1:
            return number
        number += 1
        last = self._pages.last_without(number, 1)
        if last is None:
            return number
        below = self._known(last + 1) if last + 1 < self._document.end_page else None
        return last + 1 if below is not None and not below.cuts & 1 else last

    def run_of(self, line: int) -> range:
        """Return those lines of a line's entry that stand in a row with it.

        Lines of other lanes end them. Raises IndexError where there is no such line.
        """
        document = self._document
        number = document.page_of(line)
        known = self._known(number)
        if known is None:
            return range(line, line + 1)
        bit = line - document.first_line_of(number)
        return range(self._begin_of(number, bit), self._end_of(number, bit))

    def cuts_at(self, line: int) -> bool:
        """Return whether a line begins a run of lines, as far as that is known; see `run_of`."""
        number = self._document.page_of(line)
        known = self._known(number)
        if known is None:
            return True
        bit = line - self._document.first_line_of(number)
        return bool(known.cuts >> bit & 1)

    def _begin_of(self, number: int, bit: int) -> int:
        above = self.page(number).cuts & ((1 << (bit + 1)) - 1)
        if not above:
            near = number
            number = self._run_reach(number, -1)
            above = self.page(number).cuts if number != near else 0
        return self._document.first_line_of(number) + max(0, above.bit_length() - 1)

    def _end_of(self, number: int, bit: int) -> int:
        document = self._document
        below = self.page(number).cuts >> (bit + 1) << (bit + 1)
        if not below:
            near = number
            number = self._run_reach(number, 1)
            below = self.page(number).cuts if number != near else 0
        first = document.first_line_of(number)
        if not below:
            return first + document.count_of(number)
        return first + (below & -below).bit_length() - 1

    def forget(self) -> None:
        """Drop all results: the file was truncated or replaced."""
        self._pages.clear()
        self._read_runs.clear()
        self._lanes.clear()
        self._splits.clear()
        self._waiting.clear()
        self._undecided.clear()
        self._ready.clear()
        self._freed = None
        self._late.clear()
        self._order = PageOrder(self._document.sealed_end)
        self._run = range(0)
        self._tail_of = self._tail_read = self._recent = None
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

    def _tail_parts(self) -> list[tuple[LaneState, PageEntries]]:
        """Return what was read of the tail; nothing where there is none, or nothing is begun."""
        document = self._document
        number = document.sealed_end
        if document.end_page == number or not self.begun:
            self._tail_read = None
            return []
        if self._tail_waits == document.version:
            return []
        if self._tail_read is None or self._tail_read[0] != document.version:
            try:
                text = document.page_text(number)
            except PendingReadError:
                self._tail_read, self._tail_waits = None, document.version
                return []
            read = self._read_page(PageText(text, text.split("\n")))
            self._tail_read = document.version, read
        return self._tail_read[1].parts

    def _read_tail(self) -> PageLevels | None:
        document = self._document
        number = document.sealed_end
        parts = self._tail_parts()
        if not parts:
            return None
        states = [
            None if page.is_independent else self._state_before(lane, number)
            for lane, page in parts
        ]
        seams = self._seams(number)
        of = (document.version, states, seams)
        if self._tail_of != of:
            self._tail_of = of
            self._join_tail(states, seams)
        return self._tail_held if self._holds_undecided else self._tail

    def _join_tail(self, states: list[GroupingState | None], seams: int) -> None:
        """Group the tail's lines below what each lane has come to."""
        if self._tail_read is None:
            return
        number, read = self._document.sealed_end, self._tail_read[1]
        tail = NO_LEVELS._replace(seams=seams)
        pending: list[tuple[LaneState, GroupingState]] = []
        self._tail_merged = []
        for (lane, page), before in zip(read.parts, states, strict=True):
            found = page.join(before or read.begin)
            levels, bits = levels_of_entries(found), self._bits(lane, number)
            if isinstance(bits, range):
                tail = levels._replace(seams=seams)
            else:
                tail = tail.replace(mask_of(bits), place(levels, bits))
            if found.merged is not None:
                self._tail_merged.append((lane, found.merged))
            if found.after.pending:
                pending.append((lane, found.after))
        self._tail = self._tail_held = tail
        for lane, after in pending:
            self._tail_held = self._merge_end(
                self._tail_held, lane, number, after.pending_lines, after.pending_level
            )

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
