"""Read a log line by line and count its entries by shape; of the last attempt of a run alone.

What is kept is bounded: figures for each shape, an example of each, and the
last entries.
"""

from __future__ import annotations

import re
from collections import Counter, deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from logview.log.entries.level import Level
from logview.log.entries.records import EntryBlock, LineGrouper
from logview.log.facts.collect import LogFacts
from logview.log.patterns.failure_words import names_failure
from logview.log.patterns.masks import own_text, own_texts, shape_of, strip_prefix
from logview.log.patterns.model import (
    EXAMPLE_CHARACTERS,
    LAST_OF_MODEL,
    MAX_TEMPLATES,
    Model,
    ModelTemplate,
    is_vague,
)
from logview.log.patterns.shapes import ShapeTable, entry_head
from logview.log.patterns.templates import Templates, find_templates
from logview.text.escapes import separate_pieces
from logview.text.line_splitter import LineSplitter
from logview.text.sanitize import visible
from logview.text.timestamps import PLATFORM, SIZE, StampReader, detect_stamps, milliseconds

if TYPE_CHECKING:
    from collections.abc import Sequence

LAST_ENTRIES = 400
"""How many of the last entries are kept, and of the last errors."""

BATCH = 1 << 19
"""Bytes that are counted at once."""

EXAMPLE_LINES = 200
EXAMPLES = 2_000
"""Shapes of which an example is kept with all of its lines; of others only the first line."""

_START = re.compile(r"ACTOR: (?:Pulling|Creating|Starting|Restart|Resurrect|Migrat)")
_STAMPS_HEAD = 400


class KeptEntry(NamedTuple):
    """An entry of a log."""

    line: int
    """The number of its first line, from 1."""
    lines: int
    level: Level | None
    raw: list[str]
    """The visible text of its lines, of a long one the first."""
    shape: int

    @property
    def text(self) -> str:
        """Its lines without stamps and child runs."""
        return "\n".join(map(strip_prefix, self.raw))


class _Part(NamedTuple):
    """Some entries of a block: where they begin and end, their levels and shapes."""

    block: EntryBlock
    places: list[int]
    ends: list[int]
    levels: list[Level | None]
    numbers: list[int]

    def entry(self, at: int, lines: int) -> KeptEntry:
        """Return an entry, with so many of its lines at most."""
        start, end = self.places[at], self.ends[at]
        kept = self.block.lines[start : min(end, start + lines)]
        first = self.block.numbers[start]
        return KeptEntry(first, end - start, self.levels[at], kept, self.numbers[at])


@dataclass(slots=True)
class ShapeCount:
    """What is known of the entries of one shape."""

    example: KeptEntry
    """The first of them."""
    count: int = 0
    before: int = 0
    """How many entries came before the first."""
    last_line: int = 0
    """Where the last of them begins."""


class Silence(NamedTuple):
    """The longest time without a line."""

    seconds: float
    line: int
    """The line after which nothing came."""


@dataclass(slots=True)
class Attempt:
    """What was read since a run was started, or started again."""

    number: int = 1
    line: int = 1
    """The line it begins with."""
    entries: int = 0
    levels: dict[Level | None, int] = field(default_factory=dict)
    """How many entries there are of each level."""
    table: ShapeTable = field(default_factory=ShapeTable)
    counts: list[ShapeCount] = field(default_factory=list)
    """By a shape's number."""
    parts: deque[_Part] = field(default_factory=deque)
    """The last blocks, as many as hold `LAST_ENTRIES`."""
    errors: deque[KeptEntry] = field(default_factory=lambda: deque(maxlen=LAST_ENTRIES))
    """The last errors and worse."""
    silence: Silence | None = None
    first_stamp: bytes | None = None
    last_stamp: bytes | None = None
    has_output: bool = False
    """Whether there are lines of anything but the platform."""
    facts: LogFacts = field(default_factory=LogFacts)

    @property
    def last(self) -> list[KeptEntry]:
        """The last entries, `LAST_ENTRIES` at most."""
        entries: list[KeptEntry] = []
        for part in reversed(self.parts):
            size = len(part.numbers)
            first = max(0, size - LAST_ENTRIES + len(entries))
            entries[:0] = [part.entry(at, EXAMPLE_LINES) for at in range(first, size)]
        return entries

    def last_shapes(self) -> list[tuple[KeptEntry, str]]:
        """Return the last few entries with the shapes that their first lines have by themselves.

        Without warnings and errors: what a run comes to.
        """
        entries = self.last[-LAST_OF_MODEL:]
        return [
            (entry, shape_of(own_text(entry.raw[0])))
            for entry in entries
            if entry.level is None or entry.level < Level.WARN
        ]

    def keep_last(self, part: _Part) -> None:
        """Keep the entries of a block, in place of those that are too far above by now."""
        parts = self.parts
        parts.append(part)
        while sum(len(one.numbers) for one in parts) - len(parts[0].numbers) >= LAST_ENTRIES:
            parts.popleft()

    @property
    def seconds(self) -> float | None:
        """The time from the first stamp to the last; None where there is none."""
        if self.first_stamp is None or self.last_stamp is None:
            return None
        return max(0.0, (milliseconds(self.last_stamp) - milliseconds(self.first_stamp)) / 1000)

    def templates(self) -> Templates:
        """Return the templates of all shapes."""
        counts = [one.count for one in self.counts]
        return find_templates(self.table.settled(counts), counts)


class LogTally:
    """Counts the entries of a log; `attempt` has the figures."""

    def __init__(self, *, with_facts: bool = True, is_merged: bool = False) -> None:
        """Count; of a log that others are compared with, `facts` are not needed.

        `is_merged` is whether each line was given a lane's prefix when logs were merged.
        """
        self._with_facts = with_facts
        self.lines = 0
        """Lines that were read, those of earlier attempts among them."""
        self.attempt = Attempt()
        self._grouper = LineGrouper(is_merged=is_merged)
        self._splitter = LineSplitter()
        self._stamps: StampReader | None = None
        self._line_before: tuple[str, bytes] | None = None
        """The first 19 characters of the line before, and its stamp."""

    def feed_data(self, data: bytes) -> None:
        """Take the next bytes of the log, cut anywhere; some microseconds for a line."""
        for at in range(0, len(data), BATCH):
            block = self._splitter.feed_block(data[at : at + BATCH])
            if block is not None:
                self._feed_block(block)

    def _feed_block(self, block: bytes) -> None:
        text = visible(separate_pieces(block))
        if not self.lines:
            text = text.removeprefix("\ufeff")
        self._feed(text.split("\n"), text)

    def feed(self, lines: Sequence[str]) -> None:
        """Take the visible text of the next lines."""
        self._feed(list(lines), None)

    def _feed(self, lines: list[str], text: str | None) -> None:
        self.lines += len(lines)
        self._count(self._grouper.feed(lines, lines, text))

    def break_entry(self) -> None:
        """Begin a new entry with the next line: lines are missing here."""
        self._finish_line()
        self._count(self._grouper.break_entry())
        self._line_before = None

    def finish(self) -> Attempt:
        """Count what is held, and return the last attempt."""
        self._finish_line()
        self._count(self._grouper.flush())
        return self.attempt

    def _finish_line(self) -> None:
        for line in self._splitter.finish():
            self._feed_block(line)

    def _count(self, block: EntryBlock | None) -> None:
        if block is None:
            return
        if self._stamps is None:
            head = "\n".join(block.lines[:_STAMPS_HEAD])
            self._stamps = detect_stamps(head.encode("utf-8", "replace"))
        starts = block.starts
        begin = 0
        for at in self._attempts(block):
            self._count_entries(block, begin, at)
            numbers = block.numbers
            line = numbers[starts[at]] if at < len(starts) else numbers[-1] + 1
            self.attempt = Attempt(number=self.attempt.number + 1, line=line)
            self._line_before = None
            begin = at
        self._count_entries(block, begin, len(starts))

    def _attempts(self, block: EntryBlock) -> list[int]:
        """Return which entries of a block begin another attempt."""
        found: list[int] = []
        has_output = self.attempt.has_output
        lines, starts = block.lines, block.starts
        if has_output and "ACTOR: " not in "".join(lines):
            return found
        for at, start in enumerate(starts):
            line = lines[start]
            text = line[25:] if line[23:25] == "Z " else line
            if not text.startswith("ACTOR: "):
                has_output = has_output or bool(text.strip())
            elif has_output and _START.match(text):
                found.append(at)
                has_output = False
        return found

    def _count_entries(self, block: EntryBlock, begin: int, end: int) -> None:
        """Count the entries of a block from one to before another."""
        if begin >= end:
            return
        attempt, lines, starts = self.attempt, block.lines, block.starts
        first, after = starts[begin], starts[end] if end < len(starts) else len(lines)
        self._read_stamps(lines, first, after, block.numbers)
        if self._with_facts:
            begins = [start - first for start in starts[begin:end]]
            attempt.facts.feed(block.numbers[first:after], lines[first:after], begins)
        places, levels = starts[begin:end], block.levels[begin:end]
        ends = [*places[1:], after]
        heads = own_texts([lines[start] for start in places])
        # Looked up once: an attribute of an enumeration costs half a microsecond.
        warn, error = Level.WARN, Level.ERROR
        for at, level in enumerate(levels):
            if level is not None and level >= warn and ends[at] - places[at] > 1:
                heads[at] = entry_head(lines[places[at] : ends[at]], level)
        counts = attempt.counts
        numbers = attempt.table.add(heads, levels)
        part = _Part(block, places, ends, levels, numbers)
        if max(numbers) >= len(counts):
            known = len(counts)
            first_of = {
                numbers[at]: at for at in range(len(numbers) - 1, -1, -1) if numbers[at] >= known
            }
            for number in range(known, max(numbers) + 1):
                at = first_of[number]
                entry = part.entry(at, 1 if len(counts) > EXAMPLES else EXAMPLE_LINES)
                counts.append(ShapeCount(entry, before=attempt.entries + at))
        for number, place in dict(zip(numbers, places, strict=True)).items():
            counts[number].last_line = block.numbers[place]
        for number, count in Counter(numbers).items():
            counts[number].count += count
        of_level = Counter(levels)
        for level, count in of_level.items():
            attempt.levels[level] = attempt.levels.get(level, 0) + count
        if error in of_level or Level.CRITICAL in of_level:
            attempt.errors.extend(
                part.entry(at, EXAMPLE_LINES)
                for at, level in enumerate(levels)
                if level is not None and level >= error
            )
        attempt.keep_last(part)
        attempt.entries += len(places)
        attempt.has_output = attempt.has_output or any(
            not head.startswith("ACTOR: ") and bool(head.strip()) for head in heads
        )

    def _read_stamps(
        self, lines: Sequence[str], start: int, end: int, numbers: Sequence[int]
    ) -> None:
        attempt = self.attempt
        reader = self._stamps or PLATFORM
        platform = reader.is_platform
        before = self._line_before
        second = before[0] if before is not None else ""
        longest = attempt.silence.seconds if attempt.silence is not None else 0.0
        last_at = start - 1
        for at in range(start, end):
            line = lines[at]
            if line[:19] == second:
                last_at = at
                continue
            raw = line[: SIZE if platform else 256].encode("utf-8", "replace")
            stamp = reader.read(raw)
            if stamp is None or (before is not None and stamp < before[1]):
                continue  # an entry of another lane that was waited for is no silence
            if before is None:
                attempt.first_stamp = attempt.first_stamp or stamp
            else:
                last = before[1]
                if platform and last_at >= start:
                    last = lines[last_at][:SIZE].encode("utf-8", "replace")
                gap = (milliseconds(stamp) - milliseconds(last)) / 1000
                if gap > longest:
                    longest = gap
                    attempt.silence = Silence(gap, numbers[at] - 1)
            second = line[:19]
            before = (second, stamp)
            last_at = at
        if before is not None:
            if platform and last_at >= start and lines[last_at][:19] == before[0]:
                before = (before[0], lines[last_at][:SIZE].encode("utf-8", "replace"))
            attempt.last_stamp = before[1]
        self._line_before = before


def make_model(tally: LogTally, name: str) -> Model:
    """Return the model of a log that was read, of its last attempt."""
    attempt = tally.attempt
    found = attempt.templates()
    rows: dict[int, ModelTemplate] = {}
    last = attempt.last_shapes()
    for shape, (count, number) in enumerate(zip(attempt.counts, found.of_shape, strict=True)):
        template, row = found.templates[number], rows.get(number)
        own = attempt.table.shapes[shape]
        failures = 0
        if is_vague(template.text.split(" ")) and names_failure(own.text):
            failures = count.count
        if row is None:
            rows[number] = ModelTemplate(
                *(template.level, template.text, count.count, count.before, _beginning(count)),
                failures=failures,
            )
        else:
            rows[number] = row._replace(
                entries=row.entries + count.count,
                first=min(row.first, count.before),
                failures=row.failures + failures,
            )
    # What a run comes to is no value, though it may look like one among many.
    covered = {row.text for row in rows.values()}
    for at, (entry, text) in enumerate(last):
        if text not in covered:
            example = strip_prefix(entry.raw[0], EXAMPLE_CHARACTERS)
            before = attempt.entries - len(last) + at
            level = attempt.table.shapes[entry.shape].level
            rows[-1 - at] = ModelTemplate(level, text, 1, before, example, is_last=True)
    kept = sorted(rows.values(), key=lambda one: -one.entries)[:MAX_TEMPLATES]
    kept.sort(key=lambda one: one.first)
    return Model(name, tally.lines, attempt.entries, tuple(kept), attempt.seconds)


def _beginning(count: ShapeCount) -> str:
    """Return the beginning of an entry, cut between words: half a secret is not recognised."""
    text = strip_prefix(count.example.raw[0], _EXAMPLE_READ + 1)
    if len(text) <= _EXAMPLE_READ:
        return text
    return text[:_EXAMPLE_READ].rpartition(" ")[0]


_EXAMPLE_READ = 4 * EXAMPLE_CHARACTERS
