"""Count the entries of a log by their shape, page by page; the memory it takes is bounded."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple, TypeAlias, cast

from logview.log.entries.level import Level
from logview.log.patterns.failure_words import names_failure
from logview.log.patterns.lead import is_lead
from logview.log.patterns.masks import (
    FEW,
    LARGE_SHARE,
    VALUE,
    code_slots,
    codes_of,
    keys_of,
    mask_in_bulk,
    numbers_of,
    own_text,
    shape_of_key,
    with_codes,
)
from logview.log.patterns.thrown import thrown_in

if TYPE_CHECKING:
    from collections.abc import Sequence


class _Coded(NamedTuple):
    """A key whose lines differ in codes."""

    slots: tuple[tuple[int, str], ...]
    numbers: dict[tuple[bytes, ...], int]
    """The number for each combination of codes."""
    by_numbers: dict[tuple[bytes, ...], int]
    """The same for the numbers that stand in their places, codes or not."""


_Known: TypeAlias = "dict[bytes, int | _Coded]"

MAX_CODES = 2_000
"""Combinations of codes that are remembered of a key."""

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
        self._values = _Values()
        self._merged: dict[tuple[Level | None, bytes], int] = {}
        """The numbers of what stands before values, by level."""
        self._of_prefix: dict[tuple[int, bytes, bool], int] = {}
        """The same where what stands before has the level."""
        self._varied: set[int] = set()
        """Those of them that stand for what was seen before, too."""
        self._known: dict[int, _Known] = {}
        """For each level, the numbers of keys."""

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

    def settled(self, counts: Sequence[int]) -> list[Shape]:
        """Return the shapes, those that were told apart before values were known as such merged.

        `counts` are how many entries each has: what is frequent stays.
        """
        varied = {
            (shape.level, *shape.text.split(" ")[:-1]): number
            for number in self._varied
            for shape in (self.shapes[number],)
        }
        if not varied:
            return self.shapes
        sizes = sorted({len(prefix) - 1 for prefix in varied})
        found: list[Shape] = []
        for shape, count in zip(self.shapes, counts, strict=True):
            words = shape.text.split(" ")
            for size in sizes:
                merged = varied.get((shape.level, *words[:size])) if size < len(words) else None
                is_rare = merged is not None and RARE * count <= counts[merged]
                if merged is not None and is_rare and not names_failure(shape.text):
                    found.append(self.shapes[merged])
                    break
            else:
                found.append(shape)
        return found

    def add(self, texts: Sequence[str], levels: Sequence[Level | None]) -> list[int]:
        """Return the number of each entry's shape, by its `entry_head` and level."""
        if not texts:
            return []
        data = mask_in_bulk(texts)
        keys = keys_of(data)
        kinds = [_KIND[level] for level in levels]
        known_of = {kind: self._known.setdefault(kind, {}) for kind in set(kinds)}
        found = [known_of[kind].get(key) for kind, key in zip(kinds, keys, strict=True)]
        unsettled = [at for at, one in enumerate(found) if one.__class__ is not int]
        if not unsettled:
            return cast("list[int]", found)
        lines = data.split(b"\n")
        coded: dict[int, list[int]] = {}
        for at in unsettled:
            number = found[at]
            if number is None:  # one of the lines above may have been the first of the key
                known = known_of[kinds[at]]
                number = known.get(keys[at])
                if number is None:
                    number = self._learn(known, keys[at], kinds[at])
                found[at] = number
            if number.__class__ is _Coded:
                coded.setdefault(id(number), []).append(at)
        for places in coded.values():
            at = places[0]
            one = cast("_Coded", found[at])
            numbers = self._add_coded(one, kinds[at], keys[at], [lines[at] for at in places])
            for at, settled in zip(places, numbers, strict=True):
                found[at] = settled
        return cast("list[int]", found)

    def _add_coded(self, coded: _Coded, kind: int, key: bytes, lines: list[bytes]) -> list[int]:
        """Return the numbers of lines of one key by their codes."""
        size = key.count(b"0")
        all_numbers = numbers_of(b"\n".join(lines))  # as many in each line
        places = [all_numbers[at::size] for at, _ in coded.slots]
        known = coded.by_numbers
        in_places = list(zip(*places, strict=True))
        found = list(map(known.get, in_places))
        for at, one in enumerate(found):
            if one is not None:
                continue
            codes = codes_of(in_places[at], coded.slots)
            number = coded.numbers.get(codes)
            if number is None:
                number = self._number_with_codes(key, coded, codes, kind)
            if len(known) > MAX_CODES:
                known.clear()
            found[at] = known[in_places[at]] = number
        return cast("list[int]", found)

    def _learn(self, known: _Known, key: bytes, kind: int) -> int | _Coded:
        if len(known) > MAX_KEYS:
            known.clear()
        found: int | _Coded
        if kind < Level.ERROR and (prefix := self._values.prefix_of(kind, key)) is not None:
            number = self._of_prefix.get((kind, *prefix))
            if number is None:
                number = self._number_of_prefix(kind, key, *prefix)
            known[key] = number
            return number
        slots = tuple(code_slots(key))
        found = _Coded(slots, {}, {}) if slots else self._number_of_key(key, kind)
        known[key] = found
        return found

    def _number_of_prefix(self, kind: int, key: bytes, prefix: bytes, varies: bool) -> int:
        level = _level(kind, key)
        number = self._merged.get((level, prefix))
        if number is None:
            text = f"{shape_of_key(prefix)} {VALUE}".lstrip()
            number = self._merged[level, prefix] = self.number_of(Shape(level, text))
        if varies:
            self._varied.add(number)
        if _level(kind, prefix) == level and level is not None:
            self._of_prefix[kind, prefix, varies] = number
        return number

    def _number_with_codes(
        self, key: bytes, coded: _Coded, codes: tuple[bytes, ...], kind: int
    ) -> int:
        if len(coded.numbers) > MAX_CODES:
            coded.numbers.clear()
        number = self._number_of_key(with_codes(key, coded.slots, codes), kind, coded=True)
        coded.numbers[codes] = number
        return number

    def _number_of_key(self, key: bytes, kind: int, *, coded: bool = False) -> int:
        first, joint, thrown = key.partition(_JOINT)
        shape = shape_of_key(first, coded=coded)
        if joint:
            shape = f"{shape}{JOINT}{shape_of_key(thrown, coded=coded)}"
        return self.number_of(Shape(_level(kind, key), shape))


def _level(kind: int, key: bytes) -> Level | None:
    if kind:
        return Level(kind)
    return Level.INFO if _INFO.search(key, 0, 100) is not None else None


class _Values:
    """Finds where in keys values stand: so many different words follow the same ones.

    What follows there is not told apart, which spares most of the work in logs
    of tens of thousands of titles. Lines with words of failure always are.
    """

    def __init__(self) -> None:
        self._roots: dict[int, _Words] = {}
        self._count = 0

    def prefix_of(self, kind: int, key: bytes) -> tuple[bytes, bool] | None:
        """Return what of a key stands before such a place; None where there is none.

        And whether the words that were seen there before are values, too.
        """
        words = key.split(None, _DEPTH)[:_DEPTH]
        node = self._roots.get(kind)
        if node is None:
            node = self._roots[kind] = _Words()
        for depth, word in enumerate(words):
            children = node.children
            child = children.get(word)
            if child is not None and (node.is_lead or node.keys < MANY_KEYS):
                node.keys += 1
                node = child
                continue
            fanout = len(children)
            varies = (
                not node.is_lead
                and node.keys >= MANY_KEYS
                and (
                    fanout >= SOME
                    or (fanout > FEW and child is not None and child.keys < LARGE_SHARE * node.keys)
                )
            )
            if varies or (child is None and fanout >= self._most(node, depth, word)):
                if names_failure(key.decode("utf-8", "replace")):
                    return None
                return b" ".join(words[:depth]), varies
            node.keys += 1
            if child is None:
                if self._count >= MAX_WORDS:
                    return None
                self._count += 1
                child = children[word] = _Words()
                child.is_lead = node.is_lead and is_lead(word.decode("utf-8", "replace"))
            node = child
        return None

    def _most(self, node: _Words, depth: int, word: bytes) -> int:
        """Return how many different words may stand at a place before others are values."""
        usual = depth == 0 or node.is_lead or word[:1].islower() or word[:1] == b"0"
        return MANY_FIRST if usual else MANY


class _Words:
    """The words that follow the same words."""

    __slots__ = ("children", "is_lead", "keys")

    def __init__(self) -> None:
        self.children: dict[bytes, _Words] = {}
        self.keys = 0
        """How many different keys begin so."""
        self.is_lead = True
        """Whether the words before are the level and a logger's name, or none."""


_DEPTH = 6

MANY = 150
"""Different words, capitalised as in titles, that may follow the same words."""

MANY_FIRST = 1_000
"""The same of others, and of the first words behind the level and the logger."""


_INFO = re.compile(rb"\bINFO\b|\binfo[\]:]|level=info|\bNOTICE\b")
"""What sets entries of the level INFO apart from prints; of the key alone, as the shape is."""

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


RARE = 100
"""So many times as many entries make one a value that was told apart from them before."""

MAX_WORDS = 50_000
"""Places that are remembered: some 15 MB."""

SOME, MANY_KEYS = 20, 1_000
"""So many different words, and keys behind them, are enough where all of them were seen before.

Where they were, and none stands before many of the keys, as few words are as end a template.
"""
