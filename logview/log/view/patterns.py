"""Group the entries that a view shows by template, page by page, and filter by one."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from logview.log.patterns.shapes import OTHER, Shape
from logview.log.patterns.templates import find_templates
from logview.log.time.locate import stamp_near
from logview.text.timestamps import milliseconds

if TYPE_CHECKING:
    from logview.log.entries.level import Level
    from logview.log.search.pattern import PatternTooSlowError
    from logview.log.store.document import LogDocument
    from logview.log.view.entry_shapes import EntryShapes
    from logview.log.view.view import View

SLOTS = 64
"""Parts of the log, of as many lines each, by which entries of a shape are counted."""

FIRST_SLOT_LINES = 16
"""Lines of a part at first; it doubles when the log outgrows all parts."""

WITH_HISTOGRAM = 4_000
"""Shapes of which the places are counted; of others only how many there are."""


@dataclass(slots=True)
class _ShapeUse:
    count: int = 0
    first: int = 0
    last: int = 0
    slots: list[int] = field(default_factory=list)


class PatternGroup(NamedTuple):
    """The entries of one template."""

    text: str
    """The template."""
    level: Level | None
    entries: int
    first: int
    """The first line of the first entry."""
    last: int
    """The first line of the last entry."""
    slots: tuple[int, ...]
    """How many entries begin in each part of the log, see `PatternCounts.columns`."""
    shapes: frozenset[Shape]


class PatternCounts:
    """What was counted of a log at one time: reads no document, for use in any thread."""

    def __init__(self, uses: dict[Shape, _ShapeUse], times: list[int]) -> None:
        """Take the use of each shape, and when each part of the log begins and the last ends."""
        self._uses = uses
        self._times = times

    def groups(self) -> list[PatternGroup]:
        """Return the groups, unsorted. Takes some tenths of a second for 100,000 shapes."""
        uses = self._uses
        shapes = list(uses)
        found = find_templates(shapes, [uses[shape].count for shape in shapes])
        members: dict[int, list[Shape]] = {}
        for shape, template in zip(shapes, found.of_shape, strict=True):
            members.setdefault(template, []).append(shape)
        groups = []
        for template, group in members.items():
            used = [uses[shape] for shape in group]
            slots = [0] * SLOTS
            for use in used:
                for at, count in enumerate(use.slots):
                    slots[at] += count
            text = found.templates[template].text
            groups.append(
                PatternGroup(
                    "others" if text == OTHER else text,
                    found.templates[template].level,
                    sum(use.count for use in used),
                    min(use.first for use in used),
                    max(use.last for use in used),
                    tuple(slots),
                    frozenset(group),
                )
            )
        return groups

    def columns(self, group: PatternGroup, width: int) -> list[int]:
        """Return the entries of a group in `width` columns of equal time, or of equal lines."""
        times = self._times
        columns = [0] * width
        span = times[-1] - times[0]
        for at, count in enumerate(group.slots):
            if not count or at + 1 >= len(times):
                continue
            if span <= 0:
                column = at * width // max(1, len(times) - 1)
            else:
                middle = (times[at] + times[at + 1]) / 2 - times[0]
                column = int(middle / span * width)
            columns[min(width - 1, max(0, column))] += count
        return columns


class PatternGroups:
    """Counts the entries that a view shows, from the log's start; pages are read once."""

    def __init__(self, view: View, shapes: EntryShapes) -> None:
        self._view = view
        self._shapes = shapes
        self._uses: dict[Shape, _ShapeUse] = {}
        self._next = view.document.first_page
        self._origin = view.document.first_line
        self._slot_lines = FIRST_SLOT_LINES

    @property
    def share(self) -> float:
        """The part of the pages that was counted, 0 to 1."""
        document = self._view.document
        whole = document.sealed_end - document.first_page
        return (self._next - document.first_page) / whole if whole else 1.0

    def step(self) -> bool:
        """Count one more page; False where all but the unfinished tail is counted."""
        document, view = self._view.document, self._view
        if document.index_more():
            self._next, self._origin = document.first_page, document.first_line
            return True
        if self._next >= document.sealed_end:
            return False
        if view.advance(self._next):
            view.read_page(self._next)
            self._count(self._next, self._uses)
            self._next += 1
        return True

    def _count(self, number: int, uses: dict[Shape, _ShapeUse]) -> None:
        document = self._view.document
        first = document.first_line_of(number)
        shown = self._view.mask(number)
        while (first + document.count_of(number) - self._origin) > self._slot_lines * SLOTS:
            self._slot_lines *= 2
            for one in uses.values():
                one.slots[:] = [sum(one.slots[at : at + 2]) for at in range(0, len(one.slots), 2)]
        for bit, shape in self._shapes.entries_of(number):
            if not shown >> bit & 1:
                continue
            use = uses.get(shape)
            line = first + bit
            if use is None:
                use = uses[shape] = _ShapeUse(first=line)
            use.count += 1
            use.last = line
            slot = (line - self._origin) // self._slot_lines
            if len(use.slots) <= slot and len(uses) <= WITH_HISTOGRAM:
                use.slots.extend([0] * (slot + 1 - len(use.slots)))
            if slot < len(use.slots):
                use.slots[slot] += 1

    def counts(self) -> PatternCounts:
        """Return what was counted so far, the unfinished tail included."""
        uses = {
            shape: _ShapeUse(use.count, use.first, use.last, list(use.slots))
            for shape, use in self._uses.items()
        }
        document = self._view.document
        kept = self._slot_lines
        if self._next == document.sealed_end and document.end_page > document.sealed_end:
            self._count(document.sealed_end, uses)
        slot_lines, self._slot_lines = self._slot_lines, kept
        return PatternCounts(uses, self._slot_times(slot_lines))

    def _slot_times(self, slot_lines: int) -> list[int]:
        """Return the time at which each part of the log begins, and the last one ends."""
        document = self._view.document
        edges = [
            *range(self._origin, max(self._origin + 1, document.end_line - 1), slot_lines),
            max(self._origin, document.end_line - 1),
        ]
        times: list[int] = []
        for line in edges[: SLOTS + 1]:
            stamp = stamp_near(document, line) if document.line_count else None
            before = times[-1] if times else 0
            times.append(before if stamp is None else max(before, milliseconds(stamp)))
        return times if len(times) > 1 else [0, 0]


class PatternFilter:
    """Only entries of one template are shown (`keep`), or only the others."""

    needs_entries = True

    def __init__(self, group: PatternGroup, shapes: EntryShapes, *, keep: bool = True) -> None:
        self._shapes = shapes
        self._taken = group.shapes
        self._text = group.text
        self.keep = keep
        self.enabled = True
        self.error: PatternTooSlowError | None = None
        """Always None: no expression is run."""
        self.masks: dict[int, int] = {}
        """Always empty: what is read of pages is kept by `EntryShapes`."""

    @property
    def label(self) -> str:
        """The template, with the `!` of a filter that leaves entries out."""
        return f"{'' if self.keep else '!'}pattern: {self._text}"

    def clear(self) -> None:
        """Do nothing: pages are read anew where they changed."""

    def mask_of(self, document: LogDocument, number: int) -> int:
        """Return the bitmask of the lines of a page that are shown."""
        taken = self._shapes.whole_mask(number, self._taken.__contains__)
        full = (1 << document.count_of(number)) - 1
        return taken if self.keep else full & ~taken

    def advance(self, document: LogDocument, number: int) -> bool:
        """Return True: `mask_of` is quick."""
        return True

    def is_settled(self, document: LogDocument, number: int) -> bool:
        """Return True: of a long line the beginning decides."""
        return True
