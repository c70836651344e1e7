"""Count the entries of a log by their shape, page by page; the memory it takes is bounded."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from logview.log.entries.level import Level
from logview.log.entries.level_patterns import level_of
from logview.log.patterns.masks import (
    code_slots,
    codes_of,
    keys_of,
    mask_in_bulk,
    own_text,
    shape_of_key,
    with_codes,
)
from logview.log.patterns.thrown import thrown_in

if TYPE_CHECKING:
    from collections.abc import Sequence

_Slots = tuple[tuple[int, str], ...]

MAX_SHAPES = 50_000
"""Shapes of a log that are told apart; entries of others count as `OTHER`, by level."""

MAX_KEYS = 60_000
"""Keys whose shape is remembered; they are worked out anew after that."""

OTHER = "…"
"""The shape of entries that are not told apart."""

JOINT = "  ⏎ "
"""What stands between the shape of an entry's first line and that of what was thrown."""


class Shape(NamedTuple):
    """What entries have in common that differ in values only."""

    level: Level | None
    text: str
    """The shape of the first line, and of what was thrown."""


class ShapeTable:
    """Numbers the shapes of a log's entries."""

    def __init__(self) -> None:
        self.shapes: list[Shape] = []
        """The shapes, by number."""
        self._numbers: dict[Shape, int] = {}
        self._known: dict[int, dict[bytes, int | _Slots]] = {}
        """For each level, the numbers of keys; where lines differ in codes, their places."""
        self._coded: dict[tuple[int, bytes, tuple[bytes, ...]], int] = {}
        """The numbers of keys and codes, by level."""

    def number_of(self, shape: Shape) -> int:
        """Return the number of a shape; a new one gets the next."""
        number = self._numbers.get(shape)
        if number is None:
            if len(self.shapes) >= MAX_SHAPES and shape.text != OTHER:
                return self.number_of(Shape(shape.level, OTHER))
            number = self._numbers[shape] = len(self.shapes)
            self.shapes.append(shape)
        return number

    def find(self, shape: Shape) -> int | None:
        """Return the number of a shape; None for one that did not occur."""
        return self._numbers.get(shape)

    def add(self, texts: Sequence[str], levels: Sequence[Level | None]) -> list[int]:
        """Return the number of each entry's shape, by its `entry_head` and level."""
        if not texts:
            return []
        data = mask_in_bulk(texts)
        lines: list[bytes] | None = None
        known_of = self._known
        numbers: list[int] = []
        for at, (key, level) in enumerate(zip(keys_of(data), levels, strict=True)):
            kind = _KIND[level]
            known = known_of.get(kind)
            if known is None:
                known = known_of[kind] = {}
            number = known.get(key)
            if number is None:
                number = self._learn(known, key, kind, texts[at])
            if isinstance(number, tuple):
                if lines is None:
                    lines = data.split(b"\n")
                number = self._number_with_codes(key, lines[at], number, kind, texts[at])
            numbers.append(number)
        return numbers

    def _learn(
        self, known: dict[bytes, int | _Slots], key: bytes, kind: int, text: str
    ) -> int | _Slots:
        if len(known) > MAX_KEYS:
            known.clear()
        slots = tuple(code_slots(key))
        found = known[key] = slots or self._number_of_key(key, kind, text)
        return found

    def _number_with_codes(
        self, key: bytes, line: bytes, slots: _Slots, kind: int, text: str
    ) -> int:
        codes = codes_of(line, slots)
        number = self._coded.get((kind, key, codes))
        if number is None:
            if len(self._coded) > MAX_KEYS:
                self._coded.clear()
            number = self._number_of_key(with_codes(key, slots, codes), kind, text)
            self._coded[kind, key, codes] = number
        return number

    def _number_of_key(self, key: bytes, kind: int, text: str) -> int:
        first, joint, thrown = key.partition(_JOINT)
        shape = shape_of_key(first)
        if joint:
            shape = f"{shape}{JOINT}{shape_of_key(thrown)}"
        if kind:
            return self.number_of(Shape(Level(kind), shape))
        is_info = level_of(text) == Level.INFO
        return self.number_of(Shape(Level.INFO if is_info else None, shape))


_KIND: dict[Level | None, int] = {None: 0, **dict.fromkeys(Level, 0)}
_KIND.update({level: int(level) for level in Level if level != Level.INFO})
"""By level; whether an entry that is neither warning nor for debugging has one, its text says."""

_JOINT = JOINT.encode()


def entry_head(lines: Sequence[str], level: Level | None) -> str:
    """Return what the shape of an entry is made of: its first line, and what was thrown."""
    text = own_text(lines[0])
    if len(lines) > 1 and level is not None and level >= Level.WARN:
        thrown = thrown_in(lines)
        if thrown:
            return f"{text}{JOINT}{thrown}"
        if not text.strip() or text.rstrip().endswith(":"):
            # Names nothing by itself: what follows does.
            following = next((own for line in lines[1:6] if (own := own_text(line)).strip()), "")
            return f"{text}{JOINT}{following.strip()}" if following else text
    return text
