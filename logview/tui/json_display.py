"""Draw a line that a logger wrote as JSON, as it is laid out.

The characters of its visible text, which search, selection and copying use, are
those of the JSON: pieces of it are drawn in another order, and some not at all.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from operator import attrgetter
from typing import TYPE_CHECKING

from logview.text.sanitize import DisplayLine, display, visible
from logview.text.sgr import Sgr

if TYPE_CHECKING:
    from collections.abc import Sequence

    from logview.log.entries.json_lines import JsonPiece

MAX_BYTES = 80_000
"""Bytes of a line that is laid out; a longer one stays as it is."""

_DIM = Sgr(dim=True)


@dataclass(frozen=True, slots=True)
class JsonDisplay(DisplayLine):
    """The display form of a line of JSON that is laid out."""

    pieces: tuple[JsonPiece, ...] = ()
    """Their places in `text` are columns."""
    by_source: tuple[JsonPiece, ...] = ()
    """The same, in the order of the JSON."""
    size: int = 0
    """Characters of the visible text."""

    @property
    def shown(self) -> int:
        """Characters of the visible text: any may be drawn."""
        return self.size

    @property
    def is_coloured(self) -> bool:
        """Whether the line sets colours itself; those here are ours."""
        return False

    def column(self, character: int) -> int:
        """Return where a character is drawn; for one that isn't, where the next one is."""
        if character >= self.size:
            return len(self.text)
        at = bisect_right(self.by_source, character, key=attrgetter("source")) - 1
        if at >= 0:
            piece = self.by_source[at]
            if character < piece.source_end:
                return piece.start + (character - piece.source) * piece.is_exact
            if character == piece.source_end:
                return piece.end
        return self.by_source[at + 1].start if at + 1 < len(self.by_source) else len(self.text)

    def character(self, column: int) -> int:
        """Return the character that is drawn at an index in `text`."""
        if column >= len(self.text):
            return self.size
        at = bisect_right(self.pieces, column, key=attrgetter("start")) - 1
        if at < 0:
            return 0
        piece = self.pieces[at]
        if column >= piece.end:
            return piece.source_end
        return piece.source + (column - piece.start) * piece.is_exact

    def ranges(self, start: int, end: int) -> Sequence[tuple[int, int]]:
        """Return where some characters of the visible text are drawn, from left to right."""
        if start <= 0 and end >= self.size:
            return ((0, len(self.text)),)
        if start >= end:
            return ((self.column(start), self.column(start)),)
        found: list[tuple[int, int]] = []
        for piece in self.pieces:
            low, high = max(start, piece.source), min(end, piece.source_end)
            if low >= high:
                continue
            a, b = piece.start, piece.end
            if piece.is_exact:
                a, b = a + low - piece.source, a + high - piece.source
            if found and a - found[-1][1] <= 0:
                found[-1] = found[-1][0], b
            else:
                found.append((a, b))
        return found


def display_json_line(data: bytes, *, with_time: bool) -> JsonDisplay | None:
    r"""Return the display form of a line, without its `\n`; None where no logger wrote it as JSON.

    Without `with_time` the JSON's own time is left out.
    """
    if len(data) > MAX_BYTES or (b'{"' not in data[:1000] and b"{ " not in data[:1000]):
        return None
    source = visible(data)
    begin = source[:1]
    if begin not in ("{", "[") and not begin.isdigit() and "runId:" not in source[:1000]:
        return None  # neither JSON nor a stamp nor a child run: what most lines are
    # Imported late: the expressions for levels cost 40 ms, which the first screen does not wait.
    from logview.log.entries.json_lines import PieceKind, lay_out_json_line

    line = lay_out_json_line(source, with_time=with_time)
    if line is None:
        return None
    shown = display(line.text.encode("utf-8", "replace"))
    column = shown.column
    pieces = line.pieces
    if shown.offsets is not None:
        pieces = tuple(
            piece._replace(start=column(piece.start), end=column(piece.end)) for piece in pieces
        )
    dim = (PieceKind.KEY, PieceKind.LOGGER, PieceKind.TIME)
    spans = tuple((piece.start, piece.end, _DIM) for piece in pieces if piece.kind in dim)
    return JsonDisplay(
        text=shown.text,
        spans=spans,
        pieces=pieces,
        by_source=tuple(sorted(pieces, key=attrgetter("source"))),
        size=len(source),
    )
