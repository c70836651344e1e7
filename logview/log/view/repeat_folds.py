"""Folds of what repeats: entries that are equal to those above them, or of the same shape.

The first entry of those that repeat stays as it is; the row below it stands for the
others. An entry that is to be seen whatever repeats is never folded.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, TypeAlias

from logview.log.entries.level import Level
from logview.log.facts.statistics import is_statistics, status_message
from logview.log.patterns.masks import strip_prefix
from logview.log.patterns.shapes import ShapeTable, entry_head
from logview.phrases import count

if TYPE_CHECKING:
    from collections.abc import Callable

    from logview.log.entries.index import EntryIndex
    from logview.log.patterns.shapes import Shape
    from logview.log.store.document import LogDocument

MAX_LINES = 200
"""Lines of an entry that are compared."""

MAX_ABOVE = 16
"""Entries above a page that are looked at to know what repeats at its beginning."""

MAX_KNOWN = 2_000
"""Keys of which it is remembered whether they are new."""

_Key: TypeAlias = "str | int | None"
"""What entries that repeat have in common; None for one that never does."""


class RepeatFolds:
    """Folds entries that repeat those above them."""

    def __init__(
        self,
        document: LogDocument,
        entries: EntryIndex,
        *,
        by_shape: bool,
        is_new: Callable[[Shape], bool] = lambda shape: False,
        is_apart: Callable[[str], bool] = lambda text: False,
        passes_statistics: bool = False,
        clock: Callable[[bytes], str] = lambda stamp: stamp[11:16].decode(),
    ) -> None:
        """Fold equal entries, or `by_shape` those that differ in values only.

        `is_new` is whether entries of a shape are never folded, `is_apart` whether other
        kinds fold the entry whose first line it gets: folds must not overlap. With
        `passes_statistics` what a crawler logs periodically does not end what repeats, and
        is folded with it. `clock` formats the stamps that the label of a fold names.
        """
        self._document = document
        self._entries = entries
        self._by_shape = by_shape
        self._table = ShapeTable()
        self._is_new = is_new
        self._is_apart = is_apart
        self._passes_statistics = passes_statistics
        self._new: dict[_Key, bool] = {}
        """Whether entries with a key are new."""
        self._clock = clock

    def hidden(self, number: int) -> int:
        """Return the lines of a page that have no row: bit n for line n."""
        document, page = self._document, self._entries.page(number)
        starts = page.cuts
        first, size = document.first_line_of(number), document.count_of(number)
        end = first + size
        lines = [first + bit for bit in range(size) if starts >> bit & 1]
        above = self._above(first, 2 + (not starts & 1))
        begins = [*above, *lines]
        texts = document.page_text(number).split("\n")
        entries = [self._lines(line) for line in above]
        for begin, stop in pairwise(lines):
            entries.append(texts[begin - first : min(stop - first, begin - first + MAX_LINES)])
        entries += [self._lines(begin) for begin in lines[-1:]]  # it may go on with the next page
        # Asked of the page itself: of the tail, which changes, that is dear for each line.
        levels = [self._level_of(line) for line in above]
        levels += [_severe(page.level_at(line - first)) for line in lines]
        keys = self._keys(levels, entries)
        mask, repeated, last = 0, 0, None
        gaps = {row.line for row in document.own_rows}
        for at, begin in enumerate(begins):
            if begin in gaps:
                repeated, last = 0, None  # a row of ours stands above it
            stop = min(begins[at + 1], end) if at + 1 < len(begins) else end
            key = keys[at] if self._entries.begins(begin) else None
            if self._is_passed(begin, entries[at][0]):
                if not repeated:
                    continue
                low = begin
            elif key is None or key != last or self._is_kept(key, begin, entries[at]):
                last, repeated = key, 0
                continue
            else:
                repeated += 1
                low = begin if repeated > 1 else begin + 1
            low = max(low, first)
            if stop > low:
                mask |= (1 << (stop - first)) - (1 << (low - first))
        return mask

    def _above(self, line: int, number: int) -> list[int]:
        """Return the first lines of so many entries above a line, those passed not counted.

        The entry that goes on from the page before is one of them.
        """
        above: list[int] = []
        while number and line > self._document.first_line and len(above) < MAX_ABOVE:
            line = self._entries.run_of(line - 1).start
            above.insert(0, line)
            number -= not self._is_passed(line, self._document.line_text(line))
        return above

    def _is_passed(self, line: int, text: str) -> bool:
        """Return whether the entry that a line begins does not end what repeats."""
        return self._passes_statistics and is_statistics(text) and self._level_of(line) is None

    def _keys(self, levels: list[Level | None], texts: list[list[str]]) -> list[_Key]:
        """Return what entries have in common with those that repeat them.

        `levels` are theirs from WARN up, `texts` the text of their lines.
        """
        apart = [self._is_apart(lines[0]) for lines in texts]
        if not self._by_shape:
            joined = ["\n".join(map(strip_prefix, lines)).rstrip() or None for lines in texts]
            return [None if own else text for text, own in zip(joined, apart, strict=True)]
        heads = [entry_head(lines, level) for lines, level in zip(texts, levels, strict=True)]
        numbers = self._table.add(heads, levels)
        return [
            number if head.strip() and not own else None
            for number, head, own in zip(numbers, heads, apart, strict=True)
        ]

    def _is_kept(self, key: _Key, line: int, lines: list[str]) -> bool:
        """Return whether the entry that a line begins is never folded."""
        known = self._new.get(key)
        if known is None:
            from logview.log.entries.level_patterns import level_of  # heavy: see `entries.index`

            level = self._entries.level_of(line) or level_of(lines[0])
            number = self._table.add([entry_head(lines, level)], [level])[0]
            known = self._is_new(self._table.shapes[number])
            if len(self._new) >= MAX_KNOWN:
                self._new.clear()
            self._new[key] = known
        return known

    def _level_of(self, line: int) -> Level | None:
        """Return the level of the entry that a line begins, from WARN up."""
        return _severe(self._entries.level_of(line))

    def _lines(self, begin: int) -> list[str]:
        entry = self._entries.run_of(begin)
        return [self._document.line_text(line) for line in entry[:MAX_LINES]]

    def label(self, lines: range) -> str:
        """Return what a fold stands for: `41 more like this, 06:01–06:03`."""
        entries = 0
        for number in range(
            self._document.page_of(lines.start), self._document.page_of(lines.stop - 1) + 1
        ):
            first = self._document.first_line_of(number)
            low, high = max(lines.start - first, 0), lines.stop - first
            starts = self._entries.page(number).starts & ((1 << high) - 1)
            entries += (starts >> low).bit_count()
        words = f"{entries:,} more like this"
        last = [self._document.line_text(line) for line in lines[-MAX_LINES:]]
        if self._passes_statistics and any(map(is_statistics, last)):
            words = f"{entries:,} more, with statistics"
            message = next(filter(None, map(status_message, reversed(last))), None)
            words += f" ({message})" if message else ""
        elif len(lines) > entries:
            words += f", {count(len(lines), 'line')}"
        read, line = self._document.stamps.read, self._document.line
        stamps = (read(line(lines.start)), read(line(lines.stop - 1)))
        clocks = [self._clock(stamp) for stamp in stamps if stamp is not None]
        if clocks:
            words += f", {clocks[0]}"
            if clocks[-1] != clocks[0]:
                words += f"–{clocks[-1]}"
        return words

    def forget(self) -> None:
        """Drop everything: the lines are others now."""
        self._table = ShapeTable()
        self._new.clear()


def _severe(level: Level | None) -> Level | None:
    return level if level is not None and level >= Level.WARN else None
