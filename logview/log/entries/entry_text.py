"""Parse one entry for display in full.

What every line of it repeats, its stamp and the child runs that printed it, is
cut from the lines and kept once. What is left is its text; JSON in it is laid
out, whether it stands in one line or the platform has cut it into several. A row of the result is a
line of the log, or what is left of one before and behind JSON, or a line of
such a layout. Nothing else is left out, and the order is the log's.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from logview.log.entries.json_parts import (
    JsonPart,
    LaidLine,
    LaidToken,
    find_json,
    laid_text,
    lay_out,
)
from logview.log.entries.level_patterns import STAMP
from logview.text.lanes import is_job_lane
from logview.text.redirects import ARROW, BARE, MOST, NAMED
from logview.text.sanitize import visible
from logview.text.sgr import render_ansi

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

MAX_LINES = 10_000
"""Lines of an entry that are parsed; the rest is only in the log."""

MAX_BYTES = 4_000_000
"""Bytes of an entry that are parsed; the line that crosses the limit is included."""

_COLOURED = 100_000
"""Bytes of a line up to which a part of it keeps its colours."""

_ESCAPES = 5_000
"""Escape sequences in a line up to which a part of it keeps its colours."""

_MAX_HANG = 16

_STAMP = re.compile(f"({STAMP}) ?")
_CHILD = re.compile(rf"({NAMED}|{BARE}){ARROW}(?:({STAMP}) ?)?")
_BLANKS = re.compile(r"[ \t]*")


class Child(NamedTuple):
    """A child run whose log is redirected into this one."""

    name: str
    """What its lines begin with: a logger's name and `runId:` with an ID."""
    stamp: str | None
    """The stamp that the child's own log has for the entry's first line."""


class FromLine(NamedTuple):
    """Characters `start` to `end` of the visible text of the entry's line `line`."""

    line: int
    start: int
    end: int


class FromJson(NamedTuple):
    """One line of a layout of JSON."""

    laid: LaidLine


class EntryRow(NamedTuple):
    """One row to read: pieces of lines and layouts, from left to right."""

    pieces: tuple[FromLine | FromJson, ...]


@dataclass(frozen=True, slots=True)
class EntryText:
    """A parsed entry: its common prefix, its text, and its rows."""

    lines: tuple[bytes, ...]
    """Its raw lines, up to `MAX_LINES` and `MAX_BYTES`."""
    stamp: str | None
    """The stamp of its first line."""
    last_stamp: str | None
    """The stamp of the last line that has one."""
    children: tuple[Child, ...]
    """The child runs that printed it, from the outermost to the innermost."""
    text: str
    """Its visible text without stamps and children, the lines joined with a newline."""
    json: tuple[JsonPart, ...]
    """The JSON in `text`."""
    unread_line: int | None
    """From which line on JSON was not looked for, as there is too much; else None."""
    rows: tuple[EntryRow, ...]
    skips: tuple[int, ...]
    """Length of the common prefix cut from each line's visible text, in characters."""
    starts: tuple[int, ...]
    """Where in `text` each line begins."""

    def json_text(self) -> str:
        """Return all JSON, laid out, one below the other; empty where there is none."""
        return "\n".join(laid_text(self.text, part) for part in self.json)

    def place(self, at: int) -> tuple[int, int]:
        """Return line and character of a line's visible text for a character of `text`."""
        line = max(0, bisect_right(self.starts, at) - 1)
        return line, at - self.starts[line] + self.skips[line]

    def row_text(self, row: EntryRow) -> str:
        """Return the visible text of a row."""
        return "".join(self._piece_text(piece) for piece in row.pieces)

    def row_data(self, row: EntryRow, skip: int = 0) -> bytes:
        """Return a row as a line of a log, its colours kept; those of JSON are not its own.

        Without its first `skip` characters, which must be in its first piece.
        """
        written = []
        for piece in row.pieces:
            if isinstance(piece, FromLine):
                written.append(self._coloured(piece._replace(start=piece.start + skip)))
            else:
                written.append(piece.laid.text[skip:])
            skip = 0
        return "".join(written).encode()

    def indent(self, row: EntryRow, limit: int) -> int:
        """Return how many spaces a row begins with, `limit` at most."""
        first = row.pieces[0]
        if isinstance(first, FromLine):
            first = first._replace(end=min(first.end, first.start + limit))
        text = self._piece_text(first)[:limit]
        return len(text) - len(text.lstrip(" "))

    def tokens(self, row: EntryRow) -> Iterator[LaidToken]:
        """Return the tokens of JSON in a row, with their places in the row's visible text."""
        at = 0
        for piece in row.pieces:
            if isinstance(piece, FromLine):
                at += piece.end - piece.start
                continue
            for start, end, token in piece.laid.pieces:
                yield LaidToken(at + start, at + end, token)
            at += len(piece.laid.text)

    def _piece_text(self, piece: FromLine | FromJson) -> str:
        if isinstance(piece, FromJson):
            return piece.laid.text
        at = self.starts[piece.line] - self.skips[piece.line]
        return self.text[at + piece.start : at + piece.end]

    def _coloured(self, piece: FromLine) -> str:
        line = self.lines[piece.line]
        if b"\x1b" not in line or len(line) > _COLOURED or line.count(b"\x1b") > _ESCAPES:
            return self._piece_text(piece)
        return render_ansi(line, "colour", piece.start, piece.end)


def parse_entry(lines: Sequence[bytes]) -> EntryText:
    r"""Parse the raw lines of an entry, without `\n`.

    Of more than `MAX_LINES`, or `MAX_BYTES`, the first ones. Costs what
    decoding them does, and at most some 100 ms for JSON.
    """
    taken = _taken(lines)
    first: LinePrefix | None = None
    texts, skips, starts = list[str](), list[int](), list[int]()
    last_stamp, at = None, 0
    for line in taken:
        text = visible(line)
        prefix = read_prefix(text, first.children if first is not None else None)
        first = prefix if first is None else first
        last_stamp = prefix.stamp or last_stamp
        texts.append(text[prefix.end :])
        skips.append(prefix.end)
        starts.append(at)
        at += len(text) - prefix.end + 1
    text = "\n".join(texts)
    found = find_json(text)
    unread = None if found.unread is None else max(0, bisect_right(starts, found.unread) - 1)
    return EntryText(
        lines=taken,
        stamp=None if first is None else first.stamp,
        last_stamp=last_stamp,
        children=() if first is None else first.children,
        text=text,
        json=found.parts,
        unread_line=unread,
        rows=tuple(_rows(text, found.parts, starts, skips)),
        skips=tuple(skips),
        starts=tuple(starts),
    )


def _taken(lines: Sequence[bytes]) -> tuple[bytes, ...]:
    size = 0
    for number, line in enumerate(lines[:MAX_LINES]):
        if size > MAX_BYTES:
            return tuple(lines[:number])
        size += len(line)
    return tuple(lines[:MAX_LINES])


class LinePrefix(NamedTuple):
    """What stands before a line's own text."""

    stamp: str | None
    children: tuple[Child, ...]
    end: int
    """Length of the prefix in characters."""


def read_prefix(text: str, known: tuple[Child, ...] | None) -> LinePrefix:
    """Parse the stamp and child runs before a line's own text; only `known` children, if given."""
    found = _STAMP.match(text)
    stamp, end = (found[1], found.end()) if found else (None, 0)
    children: list[Child] = []
    limit = MOST if known is None else len(known)
    while len(children) < limit and (child := _CHILD.match(text, end)) is not None:
        name = child[1][1:-2] if child[1].startswith("[") else child[1][:-1]
        if child[2] is None and not is_job_lane(name):
            break  # brackets and an arrow are common in text
        if known is not None and known[len(children)].name != name:
            break
        children.append(Child(name, child[2]))
        end = child.end()
    return LinePrefix(stamp, tuple(children), end)


def _rows(
    text: str, parts: Sequence[JsonPart], starts: Sequence[int], skips: Sequence[int]
) -> Iterator[EntryRow]:
    pieces: list[FromLine | FromJson] = []
    line = at = 0

    def line_end() -> int:
        return starts[line + 1] - 1 if line + 1 < len(starts) else len(text)

    def from_line(end: int) -> None:
        if end > at or not pieces:
            shift = skips[line] - starts[line]
            pieces.append(FromLine(line, at + shift, end + shift))

    for part in parts:
        while line_end() < part.start:
            from_line(line_end())
            yield EntryRow(tuple(pieces))
            pieces = []
            line += 1
            at = starts[line]
        if part.start > at:
            from_line(part.start)
        # A member stands below the text that the JSON stands in, however far that is indented.
        lead = _BLANKS.match(text, starts[line])
        hang = min(lead.end() - starts[line] if lead else 0, _MAX_HANG)
        laid = lay_out(text, part, indent=" " * hang, break_strings=True)
        for one in laid[:-1]:
            yield EntryRow((*pieces, FromJson(one)))
            pieces = []
        pieces.append(FromJson(laid[-1]))
        at = part.end
        line = bisect_right(starts, at) - 1
    while line < len(starts):
        from_line(line_end())
        yield EntryRow(tuple(pieces))
        pieces = []
        line += 1
        at = starts[line] if line < len(starts) else at
