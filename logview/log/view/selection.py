"""The selection: the log's text between two characters of two lines.

It is made of lines and characters of the visible text, not of cells of a
screen: what arrives, what is filtered and how lines are wrapped leaves it on
its text.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal, NamedTuple, TypeAlias

from logview.text.cells import VS16, ZWJ, char_cells, is_pictograph, is_tone

if TYPE_CHECKING:
    from collections.abc import Callable

END = 1 << 62
"""A character behind the last one of any line."""

Unit: TypeAlias = Literal["character", "word", "line"]
"""What a selection grows by: a drag, after a double click, after a triple click."""

_WORD = re.compile(r"[\w.,:;/?&=%#@+~!*$-]+")
_EDGES = ".,:;!?"


class Point(NamedTuple):
    """A place in the log's text: before character `character` of a line's visible text."""

    line: int
    character: int


@dataclass(frozen=True, slots=True)
class Selection:
    """What is selected: from the unit at which it began to the one to which it was brought."""

    unit: Unit
    anchor: tuple[Point, Point]
    """The unit at which it began, from its first character to behind its last."""
    head: tuple[Point, Point]

    @property
    def start(self) -> Point:
        """Where the selected text begins."""
        return min(self.anchor[0], self.head[0])

    @property
    def stop(self) -> Point:
        """Behind which character it ends."""
        return max(self.anchor[1], self.head[1])

    def span(self, line: int) -> tuple[int, int] | None:
        """Return which characters of a line are selected; up to `END` where it goes on below."""
        start, stop = self.start, self.stop
        if not start.line <= line <= stop.line:
            return None
        first = start.character if line == start.line else 0
        last = stop.character if line == stop.line else END
        return first, last

    def from_start_of(self, line: int) -> Selection:
        """Take in all of the line in which it begins, where that is this one."""
        begin = Point(line, 0)
        if self.start.line != line:
            return self
        if self.head[0] <= self.anchor[0]:
            return replace(self, head=(begin, self.head[1]))
        return replace(self, anchor=(begin, self.anchor[1]))

    @property
    def is_empty(self) -> bool:
        """Whether it has no character and no line break."""
        return self.start >= self.stop


def lines(first: int, last: int) -> Selection:
    """Select whole lines, whichever of the two comes first."""
    return Selection("line", _whole(first), _whole(last))


def between(line: int) -> tuple[Point, Point]:
    """Return what is before a line and belongs to no line: a row of ours.

    Turned round, it adds nothing: what comes down to it ends with the line
    above it, what goes up to it begins with the line below.
    """
    return Point(line, 0), Point(line - 1, END)


def unit_at(point: Point, unit: Unit, text_of: Callable[[int], str]) -> tuple[Point, Point]:
    """Return the character, the word or the line that is at a place.

    `text_of` gives a line's visible text. A character includes what is
    drawn into its cells: combining marks, what is joined to an emoji.
    """
    line, at = point
    if unit == "line":
        return _whole(line)
    text = text_of(line)
    at = max(0, min(at, len(text)))
    start, end = (at, min(at + 1, len(text))) if unit == "character" else word_at(text, at)
    while start > 0 and end > start and _is_drawn_into(text, start):
        start -= 1
    while end < len(text) and end > start and _is_drawn_into(text, end):
        end += 1
    return Point(line, start), Point(line, end)


def _is_drawn_into(text: str, at: int) -> bool:
    """Whether a character is drawn into the cells of the one before it."""
    char = text[at]
    if char == "\t":
        return False
    if char_cells(char) == 0:
        return True
    if at < 2 or text[at - 1] != ZWJ or not is_pictograph(char):
        return False
    before = text[at - 2]
    return before == VS16 or is_tone(before) or is_pictograph(before)


def word_at(text: str, at: int) -> tuple[int, int]:
    """Return the word around a character (a name, number, path or link); else the character."""
    low = max(0, at - 4096)
    for found in _WORD.finditer(text, low, at + 4096):
        if found.start() > at:
            break
        if found.end() > at:
            start, end = found.span()
            while end > at + 1 and text[end - 1] in _EDGES:
                end -= 1
            return start, end
    return at, min(at + 1, len(text))


def _whole(line: int) -> tuple[Point, Point]:
    return Point(line, 0), Point(line, END)
