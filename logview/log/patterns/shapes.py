"""Count the entries of a log by their shape, page by page; the memory it takes is bounded."""

from __future__ import annotations

import re
from operator import itemgetter
from typing import TYPE_CHECKING, NamedTuple, TypeAlias, cast

from logview.log.entries.level import Level
from logview.log.patterns.failure_words import doubtful_words, names_failure
from logview.log.patterns.lead import is_lead
from logview.log.patterns.masks import (
    FEW,
    LARGE_SHARE,
    VALUE,
    code_slots,
    codes_of,
    joined,
    keys_of,
    mask_in_bulk,
    numbers_of,
    own_text,
    shape_of_key,
    span_of_code,
    with_codes,
    without_digits,
)
from logview.log.patterns.thrown import thrown_in

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence


class _Coded(NamedTuple):
    """A key whose lines differ in codes."""

    key: bytes
    kind: int
    slots: tuple[tuple[int, str], ...]
    numbers: dict[tuple[bytes, ...], int]
    """The number for each combination of codes."""
    by_numbers: dict[_Numbers, int]
    """The same for the numbers that stand in their places, codes or not."""


class _Slots(NamedTuple):
    """Where the codes stand in lines that are the same but for their digits."""

    of: _Coded
    numbers: Callable[[bytes], _Numbers]
    """Returns what a line has there."""


class _Closed(NamedTuple):
    """A beginning of lines behind which all words are values."""

    prefix: bytes
    size: int
    number: int
    is_plain: bool
    """Whether it has no level, so that a word behind it may be one."""
    words: set[bytes]
    """Those that are values, as all behind them; an empty one where any is."""


_Numbers: TypeAlias = "bytes | tuple[bytes, ...]"
"""What stands in the slots of a key: of a single one the bytes alone."""

_Known: TypeAlias = "dict[bytes, int | _Coded]"

MAX_CODES = 2_000
"""Combinations of codes that are remembered of a key."""

MAX_SHAPES = 50_000
"""Shapes of a log that are told apart; entries of others count as `OTHER`, by level."""

MAX_KEYS = 60_000
"""Keys whose shape is remembered; they are worked out anew after that."""

MAX_SEEN = 16_000
"""Lines without their digits whose shape is remembered, of each level."""

MAX_CLOSED = 16
"""Beginnings of lines of each level that are compared with each line which was not seen."""

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
        self._seen: dict[int, dict[bytes, int | _Slots]] = {}
        """For each level, the numbers of lines without their digits."""
        self._closed: dict[int, list[_Closed]] = {}
        """For each level, the beginnings of lines behind which all is a value."""

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
        data = joined(texts)
        plain = without_digits(data).split(b"\n")
        kinds = list(map(_KIND.__getitem__, levels))
        seen_of = {kind: self._seen.setdefault(kind, {}) for kind in set(kinds)}
        found = [seen_of[kind].get(line) for kind, line in zip(kinds, plain, strict=True)]
        unsettled = [at for at, one in enumerate(found) if one.__class__ is not int]
        if not unsettled:
            return cast("list[int]", found)
        lines = data.split(b"\n")
        unseen = [at for at in unsettled if found[at] is None]
        if unseen and self._closed:
            unseen = self._find_closed(found, kinds, plain, unseen)
        if unseen:
            self._find_keys(found, kinds, plain, lines, unseen)
        for at in unsettled:
            one = found[at]
            if one.__class__ is int:
                continue
            slots = cast("_Slots", one)
            numbers = slots.numbers(lines[at])
            number = slots.of.by_numbers.get(numbers)
            found[at] = self._number_with_codes(slots.of, numbers) if number is None else number
        return cast("list[int]", found)

    def _find_closed(
        self,
        found: list[int | _Slots | None],
        kinds: Sequence[int],
        plain: Sequence[bytes],
        unseen: Sequence[int],
    ) -> list[int]:
        """Find the numbers of lines that begin with what values follow; return the others."""
        chosen: dict[int, _Closed] = {}
        for at in unseen:
            line = plain[at]
            for closed in self._closed.get(kinds[at], ()):
                prefix, size, _, is_plain, words = closed
                if line.startswith(prefix):
                    end = line.find(b" ", size)
                    word = line[size:end] if end >= 0 else line[size:]
                    is_value = word in words or (b"" in words and word > b" ")
                    if word and is_value and not (is_plain and _INFO.search(line)):
                        chosen[at] = closed
                    break
        if not chosen:
            return list(unseen)
        texts = [plain[at][one.size :].decode("utf-8", "replace") for at, one in chosen.items()]
        if doubtful := doubtful_words("\n".join(texts)):
            for at, text in zip(list(chosen), texts, strict=True):
                if not doubtful.isdisjoint(text.split()):
                    del chosen[at]
        for at, one in chosen.items():
            found[at] = one.number
        return [at for at in unseen if at not in chosen]

    def _find_keys(
        self,
        found: list[int | _Slots | None],
        kinds: Sequence[int],
        plain: Sequence[bytes],
        lines: Sequence[bytes],
        unseen: Sequence[int],
    ) -> None:
        """Find the numbers, or slots, of lines by their keys."""
        data = mask_in_bulk(b"\n".join([lines[at] for at in unseen]))
        masked = data.split(b"\n")
        for at, key, line in zip(unseen, keys_of(data), masked, strict=True):
            kind = kinds[at]
            known = self._known.setdefault(kind, {})
            number = known.get(key)
            if number is None:
                number = self._learn(known, key, kind, plain[at])
            settled: int | _Slots
            if isinstance(number, int):
                settled = number
            elif (slots := _find_slots(number, plain[at])) is not None:
                settled = slots
            else:
                in_slots = itemgetter(*[slot for slot, _ in number.slots])(numbers_of(line))
                found[at] = self._number_with_codes(number, in_slots)
                continue
            found[at] = settled
            seen = self._seen[kind]
            if len(seen) >= MAX_SEEN:
                seen.clear()
            seen[plain[at]] = settled

    def _number_with_codes(self, coded: _Coded, numbers: _Numbers) -> int:
        """Return the number of a line by what stands in the slots of its key."""
        codes = codes_of((numbers,) if isinstance(numbers, bytes) else numbers, coded.slots)
        number = coded.numbers.get(codes)
        if number is None:
            if len(coded.numbers) > MAX_CODES:
                coded.numbers.clear()
            key = with_codes(coded.key, coded.slots, codes)
            number = self._number_of_key(key, coded.kind, coded=True)
            coded.numbers[codes] = number
        if len(coded.by_numbers) > MAX_CODES:
            coded.by_numbers.clear()
        coded.by_numbers[numbers] = number
        return number

    def _learn(self, known: _Known, key: bytes, kind: int, plain: bytes) -> int | _Coded:
        if len(known) > MAX_KEYS:
            known.clear()
        found: int | _Coded
        if kind < _ERROR and (values := self._values.find(kind, key)) is not None:
            number = self._of_prefix.get((kind, values.prefix, values.varies))
            if number is None:
                number = self._number_of_prefix(kind, key, values.prefix, values.varies)
            if values.closed_for is not None:
                self._close(kind, values, number, plain)
            known[key] = number
            return number
        slots = tuple(code_slots(key))
        found = _Coded(key, kind, slots, {}, {}) if slots else self._number_of_key(key, kind)
        known[key] = found
        return found

    def _close(self, kind: int, values: _Found, number: int, plain: bytes) -> None:
        """Remember how lines begin behind which words are values, as one of them does."""
        closed = self._closed.setdefault(kind, [])
        of_line = next((one for one in closed if plain.startswith(one.prefix)), None)
        if of_line is None:
            prefix = values.prefix
            level = self.shapes[number].level
            if _UNLIKE.search(prefix) or _level(kind, prefix) != level or len(closed) >= MAX_CLOSED:
                return
            words = prefix.split()
            found = re.match(rb"\s{0,400}(?:[^\s]{1,400}\s{1,400}){%d}" % len(words), plain)
            if found is None or found[0].split() != words or doubtful_words(found[0].decode()):
                return
            of_line = _Closed(found[0], len(found[0]), number, level is None, set())
            closed.append(of_line)
        if of_line.number == number and not _UNLIKE.search(values.closed_for or b""):
            of_line.words.add(values.closed_for or b"")

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

    def _number_of_key(self, key: bytes, kind: int, *, coded: bool = False) -> int:
        first, joint, thrown = key.partition(_JOINT)
        shape = shape_of_key(first, coded=coded)
        if joint:
            shape = f"{shape}{JOINT}{shape_of_key(thrown, coded=coded)}"
        return self.number_of(Shape(_level(kind, key), shape))


def _find_slots(coded: _Coded, plain: bytes) -> _Slots | None:
    """Return where the codes of a key stand in a line without its digits; None if not sure."""
    spans = [span_of_code(coded.key, slot, plain) for slot, _ in coded.slots]
    if None in spans:
        return None
    return _Slots(coded, itemgetter(*[slice(*span) for span in spans if span is not None]))


def _level(kind: int, key: bytes) -> Level | None:
    if kind:
        return Level(kind)
    return Level.INFO if _INFO.search(key, 0, 100) is not None else None


class _Found(NamedTuple):
    """Where in a key values stand."""

    prefix: bytes
    """What stands before them."""
    varies: bool
    """Whether the words that were seen there before are values, too."""
    closed_for: bytes | None
    """The word behind the prefix with which it stays so, whatever comes; empty for any word."""


class _Values:
    """Finds where in keys values stand: so many different words follow the same ones.

    What follows there is not told apart, which spares most of the work in logs
    of tens of thousands of titles. Lines with words of failure always are.
    """

    def __init__(self) -> None:
        self._roots: dict[int, _Words] = {}
        self._count = 0

    def find(self, kind: int, key: bytes) -> _Found | None:
        """Return where in a key values stand; None where they do nowhere."""
        words = key.split(None, _DEPTH)[:_DEPTH]
        above_is_lead = True
        node = self._roots.get(kind)
        if node is None:
            node = self._roots[kind] = _Words()
        for depth, word in enumerate(words):
            children = node.children
            child = children.get(word)
            if child is not None and (node.is_lead or node.keys < MANY_KEYS):
                node.keys += 1
                above_is_lead = node.is_lead
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
                closed_for = None
                if varies and above_is_lead:
                    closed_for = b"" if fanout >= SOME else word
                return _Found(b" ".join(words[:depth]), varies, closed_for)
            node.keys += 1
            if child is None:
                if self._count >= MAX_WORDS:
                    return None
                self._count += 1
                if not children:
                    children = node.children = {}
                child = children[word] = _Words()
                child.is_lead = node.is_lead and is_lead(word.decode("utf-8", "replace"))
            above_is_lead = node.is_lead
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
        self.children = _NO_CHILDREN
        self.keys = 0
        """How many different keys begin so."""
        self.is_lead = True
        """Whether the words before are the level and a logger's name, or none."""


_NO_CHILDREN: dict[bytes, _Words] = {}
"""What most have, which would be tens of thousands of dictionaries for the garbage collector."""


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

_ERROR = int(Level.ERROR)

_UNLIKE = re.compile(rb'[0"]|://')
"""What a line may have in another form than its key."""

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
