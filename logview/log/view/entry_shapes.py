"""Find entries by their shape, page by page: new ones, those of one pattern."""

from __future__ import annotations

from collections import OrderedDict
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from logview.log.entries.level import Level
from logview.pending_reads import until_read

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from logview.log.entries.index import EntryIndex
    from logview.log.entries.level_masks import PageLevels
    from logview.log.patterns.shapes import Shape, ShapeTable
    from logview.log.store.document import LogDocument
    from logview.log.view.view import View

KEPT_PAGES = 512
"""Pages of which the shapes are kept."""

HEAD_LINES = 200
"""Lines of an entry that are read for what was thrown; the tally reads as many."""


class _PageShapes(NamedTuple):
    levels: PageLevels
    """What was known of the page when it was read."""
    version: int
    """The document's version for the tail, which changes; 0 for a page that does not."""
    bits: list[int]
    shapes: list[int]
    text: str
    """The text of the tail; empty for a page that does not change."""

    def count_same(self, bits: list[int], levels: PageLevels, text: str) -> int:
        """Return how many of the first entries are the same in a tail that has grown since.

        `bits`, `levels` and `text` are those of the tail now.
        """
        if not self.text or not text.startswith(self.text):
            return 0
        same = 0
        for bit, old, end, old_end in zip(bits, self.bits, bits[1:], self.bits[1:], strict=False):
            level = levels.level_at(bit)
            if (bit, end, level) != (old, old_end, self.levels.level_at(bit)):
                break
            same += 1
        return same


class EntryShapes:
    """The shapes of a document's entries; pages are read when they are asked for."""

    def __init__(self, document: LogDocument, entries: EntryIndex) -> None:
        self._document = document
        self._entries = entries
        self._made_table: ShapeTable | None = None
        self._pages: OrderedDict[int, _PageShapes] = OrderedDict()

    @property
    def _table(self) -> ShapeTable:
        """The shapes that were seen."""
        if self._made_table is None:
            # Imported late: the expressions for patterns cost more than a first screen may wait.
            from logview.log.patterns.shapes import ShapeTable

            self._made_table = ShapeTable()
        return self._made_table

    def mask(self, number: int, takes: Callable[[Shape], bool]) -> int:
        """Return the first lines of the entries of a page whose shape `takes` takes: a bitmask."""
        page = self._read(number)
        shapes = self._table.shapes
        taken = {shape for shape in set(page.shapes) if takes(shapes[shape])}
        mask = 0
        if taken:
            for bit, shape in zip(page.bits, page.shapes, strict=True):
                if shape in taken:
                    mask |= 1 << bit
        return mask

    def entries_of(self, number: int) -> Iterator[tuple[int, Shape]]:
        """Yield the entries that begin on a page: the line within the page, and the shape."""
        page, shapes = self._read(number), self._table.shapes
        for bit, shape in zip(page.bits, page.shapes, strict=True):
            yield bit, shapes[shape]

    def whole_mask(self, number: int, takes: Callable[[Shape], bool]) -> int:
        """Return all lines of a page that belong to an entry whose shape `takes` takes."""
        document = self._document
        page, size = self._read(number), document.count_of(number)
        shapes = self._table.shapes
        if self._entries.has_lanes:
            first = document.first_line_of(number)
            mask = self.mask(number, takes)
            for _, bits in self._entries.lanes_on(number):
                first_shape = self.shape_of(first + bits[0])
                if first_shape is not None and takes(first_shape):
                    mask |= 1 << bits[0]
            return self._entries.whole(number, lambda near: mask if near == number else 0)
        mask, ends = 0, [*page.bits[1:], size]
        for bit, end, shape in zip(page.bits, ends, page.shapes, strict=True):
            if takes(shapes[shape]):
                mask |= (1 << end) - (1 << bit)
        above = page.bits[0] if page.bits else size
        if above and size:
            shape_above = self.shape_of(document.first_line_of(number))
            if shape_above is not None and takes(shape_above):
                mask |= (1 << above) - 1
        return mask

    def shape_of(self, line: int) -> Shape | None:
        """Return the shape of the entry that a line belongs to; None where it is not known."""
        start = self._entries.entry_of(line)[0]
        number = self._document.page_of(start)
        page = self._read(number)
        bit = start - self._document.first_line_of(number)
        if bit not in page.bits:
            return None
        return self._table.shapes[page.shapes[page.bits.index(bit)]]

    def _read(self, number: int) -> _PageShapes:
        from logview.log.entries.level_patterns import level_of  # heavy: see `entries.index`

        document, entries = self._document, self._entries
        entries.read_around(number, number + 1)
        known = entries.page(number)
        starts = known.starts
        version = document.version if number >= document.sealed_end else 0
        kept = self._pages.get(number)
        if kept is not None and kept.levels.starts == starts and kept.version == version:
            self._pages.move_to_end(number)
            return kept
        first = document.first_line_of(number)
        text = document.page_text(number)
        lines = text.split("\n")[: document.count_of(number)]
        bits = [bit for bit in range(len(lines)) if starts >> bit & 1]
        heads: list[str] = []
        levels: list[Level | None] = []
        same = 0 if kept is None else kept.count_same(bits, known, text)
        for bit in bits[same:]:
            level = known.level_at(bit) or level_of(lines[bit])  # the index keeps no INFO
            heads.append(self._head(first + bit, lines[bit], level))
            levels.append(level)
        shapes = self._table.add(heads, levels) if heads else []
        if kept is not None:
            shapes = kept.shapes[:same] + shapes
        page = _PageShapes(known, version, bits, shapes, text if version else "")
        self._pages[number] = page
        if len(self._pages) > KEPT_PAGES:
            self._pages.popitem(last=False)
        return page

    def _head(self, line: int, text: str, level: Level | None) -> str:
        from logview.log.patterns.shapes import entry_head  # heavy: see `_table`

        if level is None or level < Level.WARN:
            return entry_head([text], level)
        entry = self._entries.entry_of(line)
        rest = entry[1:HEAD_LINES]
        return entry_head([text, *map(self._document.line_text, rest)], level)


def find_entry(
    view: View, mask_of: Callable[[int], int], line: int, *, forward: bool
) -> Iterator[int | None]:
    """Look for the next line of `mask_of` behind `line`, or the one before it.

    `mask_of` gets a page's number and returns a bitmask of its lines. Only lines
    that are shown count. Yields None after each page without one, so that the
    caller can stop for a while, and ends with a line, or with nothing.
    """
    document = view.document
    if not document.line_count:
        return
    line = max(document.first_line - 1, min(line, document.end_line))
    number = document.page_of(max(document.first_line, min(line, document.end_line - 1)))
    while number < document.end_page:
        if number < document.first_page:
            if not document.unindexed:
                return
            yield None  # what is before has not been found yet
            continue
        if number < document.sealed_end:
            while not (yield from until_read(partial(view.advance, number))):
                yield None
            yield from until_read(partial(view.read_page, number))
        first = document.first_line_of(number)
        mask = (yield from until_read(partial(mask_of, number))) & view.mask(number)
        if forward:
            behind = max(0, line + 1 - first)
            mask = mask >> behind << behind
        else:
            mask &= (1 << max(0, min(line - first, document.count_of(number)))) - 1
        if mask:
            yield first + (mask & -mask if forward else mask).bit_length() - 1
            return
        yield None
        number += 1 if forward else -1
