"""Compare a log with a baseline: what is new in it, missing, much more or much less."""

from __future__ import annotations

import re
from dataclasses import dataclass
from math import sqrt
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from logview.log.entries.level import Level
from logview.log.patterns.failure_words import is_failure_word, names_failure
from logview.log.patterns.masks import VALUE
from logview.log.patterns.model import LAST_OF_MODEL, Known, is_vague
from logview.log.patterns.shapes import JOINT, OTHER
from logview.log.patterns.templates import lead_of, reason_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from logview.log.patterns.model import Baseline, ModelTemplate
    from logview.log.patterns.tally import Attempt, KeptEntry
    from logview.log.patterns.templates import Template, Templates

SIMILAR = 0.75
"""The part of their words that two templates share which are taken for one."""

RATIO = 3.0
"""How many times as often an entry has to come to be much more."""

CHANCE = 4.0
"""Standard deviations of a count beyond which a difference is none of chance."""

MAX_COMPARED = 400
"""Unknown templates that are compared with all of the baseline, a millisecond each at most."""

_MOST = 0.8
"""The part of what follows the same words that one word may be followed by where it is a value."""

LARGE_TURNOVER = 0.75
"""The same where only some of the baseline's logs lack it."""

TURNOVER = 0.6
"""The part of what follows the same words that differs from log to log where that is a value."""


class NewPattern(NamedTuple):
    """A template of the log that the baseline lacks."""

    template: int
    template_text: str
    entry: KeptEntry
    """The first entry of it."""
    entries: int
    last_line: int


class Rate(NamedTuple):
    """A template that occurs much more, or much less often than in the baseline."""

    known: Known
    entries: int
    expected: float
    """How many there would be in a log of as many entries as this one."""
    example: KeptEntry | None


@dataclass(frozen=True, slots=True)
class News:
    """What a log has that the baseline lacks, and the other way round."""

    new: tuple[NewPattern, ...]
    """By line."""
    new_shapes: frozenset[int]
    """The shapes of which every entry is new."""
    missing: tuple[Known, ...]
    """By where they come in good runs."""
    more: tuple[Rate, ...]
    less: tuple[Rate, ...]


class _Node:
    """The templates that begin with the same words, here and in the baseline."""

    __slots__ = ("children", "gone", "here", "known", "once", "some")

    def __init__(self) -> None:
        self.children: dict[str, _Node] = {}
        self.known = 0
        """How many templates of the baseline."""
        self.once = 0
        """How many of them only one log of the baseline has."""
        self.some = 0
        """How many of them not all logs of the baseline have."""
        self.gone = 0
        """How many of them this log lacks, as far as it has come."""
        self.here = 0
        """How many shapes of this log that the baseline lacks."""


class Comparer:
    """Compares the templates of logs with one baseline, which stays as it is."""

    def __init__(self, baseline: Baseline) -> None:
        self._baseline = baseline

    def compare(
        self,
        attempt: Attempt,
        found: Templates,
        *,
        ended: bool = True,
        head_lost: bool = False,
    ) -> News:
        """Return what is new, missing, more and less in a log, or in what there is of it."""
        known_of, known_templates = self._find_known(attempt, found)
        unknown = [
            number
            for number, known in enumerate(known_templates)
            if known is None and found.templates[number].text != OTHER
        ]
        if len(unknown) <= MAX_COMPARED:
            for number in unknown:
                one = found.templates[number]
                known_templates[number] = self._find_near(one.level, one.text.split(" "))
            unknown = [number for number in unknown if known_templates[number] is None]
        same = [
            known or known_templates[template]
            for known, template in zip(known_of, found.of_shape, strict=True)
        ]
        turnover = _Turnover(self._baseline, attempt, same)
        new = self._new(attempt, found, unknown, known_of, turnover)
        new_templates = {one.template for one in new}
        shapes = frozenset(
            shape
            for shape, template in enumerate(found.of_shape)
            if template in new_templates and known_of[shape] is None
        )
        counts: dict[int, int] = {}
        examples: dict[int, KeptEntry] = {}
        for shape, known in enumerate(same):
            if known is not None:
                key = id(known)
                counts[key] = counts.get(key, 0) + attempt.counts[shape].count
                examples.setdefault(key, attempt.counts[shape].example)
        for entry, text in attempt.last_shapes():
            last = self._baseline.find(attempt.table.shapes[entry.shape].level, text)
            if last is not None:
                counts.setdefault(id(last), 1)
        missing = self._missing(attempt, counts, turnover, ended=ended, head_lost=head_lost)
        more, less = self._rates(attempt, counts, examples)
        return News(tuple(_merge_alike(new)), shapes, tuple(missing), tuple(more), tuple(less))

    def _find_known(
        self, attempt: Attempt, found: Templates
    ) -> tuple[list[Known | None], list[Known | None]]:
        """Return what of the baseline each shape is, and each template."""
        baseline = self._baseline
        shapes = attempt.table.shapes
        of_shape = [
            None
            if (known := baseline.find(one.level, one.text)) is not None
            and known.never_fails
            and names_failure(one.text)
            else known
            for one in shapes
        ]
        of_template: list[Known | None] = [None] * len(found.templates)
        for shape, template in enumerate(found.of_shape):
            if of_template[template] is None:
                of_template[template] = of_shape[shape]
        for number, one in enumerate(found.templates):
            words = one.text.split(" ")
            if not is_vague(words):
                if of_template[number] is None:
                    of_template[number] = baseline.find_instance(one.level, words)
            else:
                of_template[number] = None
        return of_shape, of_template

    # -- new ------------------------------------------------------------------------------

    def _new(
        self,
        attempt: Attempt,
        found: Templates,
        unknown: Sequence[int],
        known_of: Sequence[Known | None],
        turnover: _Turnover,
    ) -> list[NewPattern]:
        shapes_of: dict[int, list[int]] = {number: [] for number in unknown}
        for shape, template in enumerate(found.of_shape):
            if template in shapes_of:
                shapes_of[template].append(shape)
        new: list[NewPattern] = []
        doubtful: list[NewPattern] = []
        for number in unknown:
            one = found.templates[number]
            words = one.text.split(" ")
            shapes = shapes_of[number]
            if is_vague(words):
                # Values alone: what each entry has must be compared by itself.
                for shape in shapes:
                    if known_of[shape] is None:
                        text = attempt.table.shapes[shape].text
                        pattern = _new_pattern(attempt, number, text, [shape])
                        self._sort_in(pattern, text.split(" "), one, turnover, new, doubtful)
                continue
            pattern = _new_pattern(attempt, number, one.text, shapes)
            self._sort_in(pattern, words, one, turnover, new, doubtful)
        # Free text has words of failure, too: in much of it they are no news.
        if len(doubtful) <= _MAX_DOUBTFUL:
            new += doubtful
        else:
            end = attempt.entries
            new += [
                one
                for one in doubtful[-_MAX_DOUBTFUL:]
                if attempt.counts[one.entry.shape].before >= 0.9 * end
            ]
        new.sort(key=lambda one: one.entry.line)
        return new

    def _sort_in(
        self,
        pattern: NewPattern,
        words: Sequence[str],
        template: Template,
        turnover: _Turnover,
        new: list[NewPattern],
        doubtful: list[NewPattern],
    ) -> None:
        severe = template.level is not None and template.level >= Level.ERROR
        covered = self._baseline.find(template.level, pattern.template_text) is not None
        if not severe and (covered or turnover.is_value(template.level, words)):
            free = template.level is None or template.level <= Level.INFO
            if free and names_failure(pattern.template_text) and not turnover.names_failures:
                doubtful.append(pattern)
            return
        new.append(pattern)

    def _find_near(self, level: Level | None, words: Sequence[str]) -> Known | None:
        """Return a template of the baseline that differs in no word that matters; else None."""
        severe = level is not None and level >= Level.ERROR
        if is_vague(words):
            return None
        # What crawlers say of each failed try makes no reason similar to another.
        mine = set(words[reason_of(words) :])
        for known in self._baseline.known:
            if known.level != level or abs(len(known.words) - len(words)) > 8:
                continue
            if _differ_in_reason(words, known.words):
                continue
            if self._differ_in_value(level, words, known.words, severe=severe):
                return known
            if severe:
                continue
            theirs = set(known.words[reason_of(known.words) :])
            shared = len(mine & theirs)
            if 2 * shared >= SIMILAR * (len(mine) + len(theirs)) and not any(
                map(_matters, mine ^ theirs)
            ):
                return known
        return None

    def _differ_in_value(
        self, level: Level | None, words: Sequence[str], known: Sequence[str], *, severe: bool
    ) -> bool:
        """Return whether templates differ only in JSON keys, or in a value behind `for`, `of` ….

        Unless they are errors a value may stand behind a colon, too: `Language: de`.
        """
        mine, theirs = _without_data(words), _without_data(known)
        if mine == theirs:
            return True
        if not severe:
            mine, theirs = list(map(_without_value, mine)), list(map(_without_value, theirs))
            if mine == theirs:
                return True
        size = min(len(mine), len(theirs))
        start = 0
        while start < size and mine[start] == theirs[start]:
            start += 1
        end = 0
        while end < size - start and mine[-1 - end] == theirs[-1 - end]:
            end += 1
        if start < 1 or (start == size and end == 0):
            return False
        before = mine[start - 1].lower()
        middle = [*mine[start : len(mine) - end], *theirs[start : len(theirs) - end]]
        behind_colon = (
            not severe
            and start <= 3
            and before.endswith(":")
            and self._baseline.is_key(level, words[:start])
        )
        # Of errors, too, what good runs have several of at one place is a value there.
        varies = start > 1 and end > 1 and self._baseline.varies_behind(level, theirs[:start])
        return (
            ((start > 1 and before.rstrip(":") in _VALUE_FOLLOWS) or behind_colon or varies)
            and len(middle) <= 16
            and not any(map(_matters, middle))
            and not any(
                word.endswith((":", "Exception")) or JOINT.strip() in word for word in middle
            )
        )

    # -- missing, more, less --------------------------------------------------------------

    def _missing(
        self,
        attempt: Attempt,
        counts: dict[int, int],
        turnover: _Turnover,
        *,
        ended: bool,
        head_lost: bool,
    ) -> list[Known]:
        models = self._baseline.models
        usual = min((model.entries for model in models), default=0)
        missing = []
        for known in self._baseline.known:
            if known.seen_in < len(models) or id(known) in counts:
                continue
            if known.level is not None and known.level >= Level.WARN:
                continue
            if is_vague(known.words) or known.text == OTHER:
                continue
            if not ended and 1.2 * known.first + 20 > attempt.entries:
                continue  # it may come yet
            if head_lost and known.first < 0.5 * usual:
                continue
            # What comes last in a good run is what it comes to, whatever it looks like.
            is_last = known.first >= models[0].entries - _LAST
            may_vary = len(models) == 1 and not is_last
            if may_vary and known.is_covered:
                continue
            if may_vary and turnover.is_value(known.level, known.words):
                continue
            missing.append(known)
        if len(models) == 1 and len(missing) > _MANY:
            missing = self._without_families(missing, models[0].entries - _LAST)
        if ended and len(models) > 1:
            missing += self._missing_ends(attempt, missing)
        missing.sort(key=lambda known: known.first)
        return missing

    def _missing_ends(self, attempt: Attempt, missing: Sequence[Known]) -> list[Known]:
        """Return what all good runs end with, behind the first words of which values stand."""
        models = self._baseline.models
        ends: list[dict[_Beginning, ModelTemplate]] = []
        for model in models:
            of_model: dict[_Beginning, ModelTemplate] = {}
            for one in model.templates:
                at_end = one.entries == 1 and one.first >= model.entries - LAST_OF_MODEL
                if at_end and (one.level is None or one.level < Level.WARN):
                    beginning = _beginning(one.text.split(" "))
                    if beginning is not None:
                        of_model[one.level, beginning] = one
            ends.append(of_model)
        common = set(ends[0]).intersection(*ends[1:])
        if not common:
            return []
        here = [(shape.level, shape.text) for shape in attempt.table.shapes]
        for level, text in [*here, *((known.level, known.text) for known in missing)]:
            beginning = _beginning(text.split(" "))
            if beginning is not None:
                common.discard((level, beginning))
        found = []
        for level, beginning in common:
            one = ends[0][level, beginning]
            words = [*beginning, VALUE]
            counts = [1] * len(models)
            found.append(Known(level, " ".join(words), words, counts, one.first, one.example))
        return found

    def _without_families(self, missing: Sequence[Known], last: int) -> list[Known]:
        """Return what is no value: not those of which the one good run has many that are alike.

        What comes from entry `last` on stays: it is what the run comes to.
        """
        of_level: dict[Level | None, list[frozenset[str]]] = {}
        for known in self._baseline.known[:MAX_COMPARED]:
            of_level.setdefault(known.level, []).append(frozenset(known.words))
        kept = []
        for known in missing:
            mine = frozenset(known.words)
            alike = sum(
                2 * len(mine & theirs) >= _ALIKE * (len(mine) + len(theirs))
                for theirs in of_level.get(known.level, ())
            )
            if known.first >= last or alike < _FAMILY:
                kept.append(known)
        return kept

    def _rates(
        self, attempt: Attempt, counts: dict[int, int], examples: dict[int, KeptEntry]
    ) -> tuple[list[Rate], list[Rate]]:
        models = [model for model in self._baseline.models if model.entries]
        more: list[Rate] = []
        less: list[Rate] = []
        if not models or not attempt.entries:
            return more, less
        for known in self._baseline.known:
            here = counts.get(id(known), 0)
            rates = [
                count / model.entries * attempt.entries
                for count, model in zip(known.counts, self._baseline.models, strict=True)
                if model.entries
            ]
            most, least = max(rates), min(rates)
            if here > RATIO * most and here - most > CHANCE * sqrt(most + 1):
                more.append(Rate(known, here, most, examples.get(id(known))))
            elif 0 < here < least / RATIO and least - here > CHANCE * sqrt(least):
                less.append(Rate(known, here, least, examples.get(id(known))))
        more.sort(key=lambda one: (-(one.known.level or 0), -one.entries / (one.expected + 1)))
        less.sort(key=lambda one: -one.expected / one.entries)
        return more, less


_Beginning: TypeAlias = "tuple[Level | None, tuple[str, ...]]"
"""A level, and the first words of a template."""


def _merge_alike(new: Sequence[NewPattern]) -> list[NewPattern]:
    """Return new patterns, of many that begin with the same words the first one for all.

    They differ in values of which there are too few to be known as such.
    """
    alike: dict[tuple[Level | None, tuple[str, ...]], list[NewPattern]] = {}
    kept: list[NewPattern] = []
    for one in new:
        level = one.entry.level
        beginning = _beginning(one.template_text.split(" "), _SAME)
        if beginning is None or (level is not None and level >= Level.ERROR):
            kept.append(one)
        else:
            alike.setdefault((level, beginning), []).append(one)
    for of in alike.values():
        if len(of) < _ALIKE_NEW:
            kept += of
        else:
            total = sum(one.entries for one in of)
            last = max(one.last_line for one in of)
            kept.append(of[0]._replace(entries=total, last_line=last))
    kept.sort(key=lambda one: one.entry.line)
    return kept


_SAME, _ALIKE_NEW = 3, 4
"""Words behind level and logger that are the same in patterns which are merged, and how many."""


def _beginning(words: Sequence[str], count: int = 2) -> tuple[str, ...] | None:
    """Return the first words of a template with so many behind the level and the logger.

    None where there are no others behind them, and where values are among them.
    """
    size = lead_of(words) + count
    if size >= len(words) or not all(any(map(str.isalpha, word)) for word in words[:size]):
        return None
    return tuple(words[:size])


_MAX_DOUBTFUL = 4

_LAST = 2
"""Entries at the end of a good run."""

_MANY = 8
"""Templates that may be missing before it is asked whether they are values."""

_FAMILY = 5
"""Templates of one good run, itself counted, that are alike where a value is a part of them."""

_ALIKE = 0.5
"""The part of their words that those have in common."""


def _new_pattern(attempt: Attempt, number: int, text: str, shapes: Sequence[int]) -> NewPattern:
    counts = [attempt.counts[shape] for shape in shapes]
    first = min(counts, key=lambda one: one.example.line)
    return NewPattern(
        number,
        text,
        first.example,
        sum(one.count for one in counts),
        max(one.last_line for one in counts),
    )


_VALUE_FOLLOWS = frozenset(
    {
        *("for", "of", "from", "to", "at", "in", "on", "with", "by", "named", "name", "url", "id"),
        *("page", "item", "product", "file", "record", "key", "row", "keyword", "query", "user"),
        *("category", "seller", "shop"),
    }
)


def _matters(word: str) -> bool:
    """Return whether two templates that differ in this word are no near miss."""
    return (
        is_failure_word(word)
        or any(map(str.isdigit, word))
        or word.rstrip(":.,;)").endswith(("Error", "Exception"))
        or _CODE.search(word) is not None
    )


_CODE = re.compile(r"[A-Z]{2,20}_[A-Z]|\bE[A-Z]{4,20}\b")
"""The name of an error: `net::ERR_TUNNEL_CONNECTION_FAILED`, `ECONNRESET`."""


def _differ_in_reason(mine: Sequence[str], theirs: Sequence[str]) -> bool:
    """Return whether templates differ in a word in parentheses: `Spider closed (finished)`."""
    if len(mine) != len(theirs):
        return False
    pairs = [pair for pair in zip(mine, theirs, strict=True) if pair[0] != pair[1]]
    return len(pairs) == 1 and all(_REASON.fullmatch(word) for word in pairs[0])


_REASON = re.compile(r"\([a-z_]{2,40}\)")


def _without_value(word: str) -> str:
    """Return the key of `key=value`, unless it names a failure; else the word."""
    key, equals, value = word.partition("=")
    return f"{key}=" if equals and key.isidentifier() and not _matters(value) else word


def _without_data(words: Sequence[str]) -> list[str]:
    return [word for word in words if not (word.startswith("{") and word.endswith("}"))]


class _Turnover:
    """Where in templates the baseline's logs and this one differ as values do."""

    def __init__(
        self, baseline: Baseline, attempt: Attempt, known_of: Sequence[Known | None]
    ) -> None:
        self._models = len(baseline.models)
        self._roots: dict[Level | None, _Node] = {}
        failures = free = 0
        found = {id(known) for known in known_of if known is not None}
        for known in baseline.known:
            if known.level is None or known.level <= Level.INFO:
                free += 1
                failures += names_failure(known.text)
            if known.is_covered:
                continue
            gone = id(known) not in found
            if gone and self._models == 1 and known.first > attempt.entries:
                continue  # the log has not come there
            for node in self._path(known.level, known.words):
                node.known += 1
                node.once += known.seen_in == 1
                node.some += known.seen_in < self._models
                node.gone += gone
        self.names_failures = failures > max(2, 0.05 * free)
        """Whether good runs print words of failure, without a level that would mark them."""
        for shape, same in zip(attempt.table.shapes, known_of, strict=True):
            if same is None and shape.level in self._roots:
                for node in self._path(shape.level, shape.text.split(" ", _DEPTH)):
                    node.here += 1

    def _path(self, level: Level | None, words: Sequence[str]) -> list[_Node]:
        node = self._roots.setdefault(level, _Node())
        path = [node]
        for word in words[:_DEPTH]:
            node = node.children.setdefault(word, _Node())
            path.append(node)
        return path

    def is_value(self, level: Level | None, words: Sequence[str]) -> bool:
        """Return whether words go on from the baseline's at a place where values stand."""
        node = self._roots.get(level)
        at = 0
        while node is not None:
            if self._is_open(node):
                return True
            if at >= min(len(words), _DEPTH):
                return False
            node = node.children.get(words[at])
            at += 1
        return False

    def _varies_here(self, node: _Node) -> bool:
        """Return whether it is the next word that varies, and not only one behind it."""
        following = [child.known for child in node.children.values() if child.known]
        return len(following) > 2 and max(following) < _MOST * node.known

    def _is_open(self, node: _Node) -> bool:
        if node.known < 3 or not self._varies_here(node):
            return False
        if self._models > 1:
            once = node.once >= 3 and node.once >= TURNOVER * node.known
            return once or (node.some >= 6 and node.some >= LARGE_TURNOVER * node.known)
        return node.gone >= 3 and node.gone >= TURNOVER * node.known and node.here >= 2


_DEPTH = 8
