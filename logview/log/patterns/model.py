"""The model of a log: its templates and how often each occurs; some kilobytes of JSON."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from logview.log.entries.level import Level
from logview.log.patterns.masks import MASKS_VERSION, VALUE
from logview.log.patterns.templates import constants, lead_of, matches

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


MAX_TEMPLATES = 2_000
"""Templates of a model; of more, the most frequent ones."""

LAST_OF_MODEL = 5
"""Entries at the end of a log of which a model has the shapes, whatever covers them."""

EXAMPLE_CHARACTERS = 160
"""Characters of an entry's beginning that are kept of each template, once secrets are masked."""


class ModelTemplate(NamedTuple):
    """A template, and where and how often it occurred."""

    level: Level | None
    text: str
    entries: int
    first: int
    """How many entries came before its first one."""
    example: str
    """The beginning of an entry of it."""
    failures: int = 0
    """How many of its entries have words of failure, where it covers anything."""
    is_last: bool = False
    """Whether entries at the end of the log have it, which another template may cover, too."""


@dataclass(frozen=True, slots=True)
class Model:
    """What is known of one log."""

    name: str
    """A run's ID or a file's name."""
    lines: int
    entries: int
    templates: tuple[ModelTemplate, ...]
    seconds: float | None = None
    """From its first stamp to its last."""

    def to_json(self, mask: Callable[[str], str] = lambda text: text) -> str:
        """Return the model as JSON, its texts changed by `mask`: secrets must not be kept."""
        rows = []
        for one in self.templates:
            text, example = mask(one.text), mask(one.example)[:EXAMPLE_CHARACTERS]
            row = [int(one.level or 0), text, one.entries, one.first]
            if example != text or one.failures or one.is_last:
                row.append(example)
            if one.failures or one.is_last:
                row += [one.failures, int(one.is_last)]
            rows.append(row)
        return json.dumps(
            {
                "masks": MASKS_VERSION,
                "name": self.name,
                "lines": self.lines,
                "entries": self.entries,
                "seconds": self.seconds,
                "templates": rows,
            },
            ensure_ascii=False,
            separators=(",", ":"),
        )

    @classmethod
    def from_json(cls, text: str) -> Model:
        """Read what `to_json` returned; raises ValueError for anything else."""
        try:
            data = json.loads(text)
            if not isinstance(data, Mapping) or data["masks"] != MASKS_VERSION:
                raise ValueError("a model of other masks")
            seconds = data["seconds"]
            return cls(
                name=str(data["name"]),
                lines=int(data["lines"]),
                entries=int(data["entries"]),
                seconds=None if seconds is None else float(seconds),
                templates=tuple(map(_template, data["templates"])),
            )
        except (KeyError, TypeError, IndexError, RecursionError, OverflowError) as error:
            raise ValueError(f"no model: {error}") from None


def _template(row: Sequence[object]) -> ModelTemplate:
    level, text, count, first = row[:4]
    if not (isinstance(level, int) and isinstance(count, int) and isinstance(first, int)):
        raise TypeError("no number")
    example = row[4] if len(row) > 4 else text
    failures, is_last = row[5:7] if len(row) > 6 else (0, 0)
    if not isinstance(failures, int):
        raise TypeError("no number")
    return ModelTemplate(
        *(Level(level) if level else None, str(text), count, first, str(example)),
        failures=failures,
        is_last=bool(is_last),
    )


@dataclass(slots=True)
class Known:
    """A template of the baseline."""

    level: Level | None
    text: str
    words: list[str]
    counts: list[int]
    """How many entries it has in each of the logs."""
    first: int
    """The most entries that came before its first one."""
    example: str

    failures: int = 0
    """How many of its entries have words of failure, where it covers anything."""

    is_covered: bool = False
    """Whether it is one of those at the end of a log, and another template may cover it."""

    @property
    def never_fails(self) -> bool:
        """Whether it covers anything, and words of failure were never a part of that."""
        return self.is_vague and not self.failures

    @property
    def is_vague(self) -> bool:
        """Whether it has no word of its own."""
        return is_vague(self.words)

    @property
    def seen_in(self) -> int:
        """In how many logs it occurs."""
        return sum(map(bool, self.counts))


class Baseline:
    """The union of the models of one to three logs. It does not change."""

    def __init__(self, models: Iterable[Model]) -> None:
        self.models = tuple(models)
        self.known: list[Known] = []
        self._exact: dict[tuple[Level | None, str], Known] = {}
        self._wild: dict[tuple[Level | None, tuple[str, ...]], list[Known]] = {}
        self._lengths: list[int] = []
        """How many words stand before the first `*` of templates, each number once."""
        self._following: Counter[tuple[Level | None, tuple[str, ...]]] = Counter()
        """How many templates begin with the same words, some of the first."""
        self._learn()
        for known in self.known:
            for size in range(1, min(_MAX_FOLLOWED, len(known.words)) + 1):
                self._following[known.level, tuple(known.words[:size])] += 1

    def _learn(self) -> None:
        wild = [
            (number, one)
            for number, model in enumerate(self.models)
            for one in model.templates
            if VALUE in one.text.split(" ")
        ]
        for number, one in wild:
            self._count(number, one, self._exact.get((one.level, one.text)))
        plain = [
            (number, one)
            for number, model in enumerate(self.models)
            for one in model.templates
            if VALUE not in one.text.split(" ")
        ]
        for number, one in plain:
            if one.is_last:
                self._count(number, one, self._exact.get((one.level, one.text)))
        for number, one in plain:
            if not one.is_last:
                self._count(number, one, self.find(one.level, one.text))

    def _count(self, number: int, one: ModelTemplate, known: Known | None) -> None:
        if known is None:
            words = one.text.split(" ")
            counts = [0] * len(self.models)
            known = Known(one.level, one.text, words, counts, one.first, one.example)
            known.is_covered = one.is_last
            self.known.append(known)
            self._exact[one.level, one.text] = known
            if VALUE in words:
                prefix = tuple(words[: words.index(VALUE)])
                self._wild.setdefault((one.level, prefix), []).append(known)
                if len(prefix) not in self._lengths:
                    self._lengths.append(len(prefix))
                    self._lengths.sort(reverse=True)
        known.counts[number] += one.entries
        known.failures += one.failures
        known.first = max(known.first, one.first)

    def find(
        self, level: Level | None, text: str, words: Sequence[str] | None = None
    ) -> Known | None:
        """Return the template that a shape or template has; None where the baseline lacks it."""
        found = self._exact.get((level, text))
        if found is not None or not self._wild:
            return found
        words = text.split(" ") if words is None else words
        for length in self._lengths:
            if length > len(words):
                continue
            for known in self._wild.get((level, tuple(words[:length])), ()):
                if _is_specific(known.words, level) and matches(known.words, words):
                    return known
        return None

    def is_key(self, level: Level | None, words: Sequence[str]) -> bool:
        """Return whether what follows these words is a value: each log has one template of them.

        What follows the name of a logger are its messages.
        """
        return self._following[level, tuple(words)] <= len(self.models)

    def varies_behind(self, level: Level | None, words: Sequence[str]) -> bool:
        """Return whether several templates begin with these words, as far as they are counted."""
        return self._following[level, tuple(words)] >= _SEVERAL

    def find_instance(self, level: Level | None, words: Sequence[str]) -> Known | None:
        """Return a template of the baseline that a more general one covers; None for none."""
        if VALUE not in words or len(constants(words[lead_of(words) :])) < (
            2 if level is not None and level >= Level.ERROR else 1
        ):
            return None
        return next(
            (one for one in self.known if one.level == level and matches(words, one.words)), None
        )


_MAX_FOLLOWED = 8
"""Words of a template's beginning by which others with the same one are counted."""

_SEVERAL = 2


def is_vague(words: Sequence[str]) -> bool:
    """Return whether a template has no word of its own: it covers anything."""
    return VALUE in words and not constants(words[lead_of(words) :])


def _is_specific(words: Sequence[str], level: Level | None) -> bool:
    """Return whether a template covers enough to know an entry by: an error, by some words."""
    if level is None or level < Level.ERROR:
        return True
    return len(constants(words[lead_of(words) :])) >= 1
