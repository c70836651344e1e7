"""Turn the shapes of a log into templates: words that vary become `*`.

Shapes are told apart by their first words, two to five of them, as long as few
words follow one another; where many different ones do, they are values. Behind
the first words those stay that most entries of the group have.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

from logview.log.patterns.lead import is_lead
from logview.log.patterns.masks import FEW, LARGE_SHARE, VALUE

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from logview.log.entries.level import Level
    from logview.log.patterns.shapes import Shape

MAX_PREFIX = 5
"""Words that tell templates apart, a logger's name and level not counted."""

FEW_FIRST = 60
"""Different first words of which each begins a template of its own."""

SHARE = 0.05
"""The part of a group's entries that makes a word one of its constants."""

VARIED = 0.3
"""Different shapes for each entry behind a word, above which it counts as a value."""

KEPT = 0.6
"""The part of a group's entries that have a word which stays behind the first words."""

MAX_THROWN = 40
"""Exceptions that are told apart behind the same first words."""

_THROWN = "⏎"
"""The word of a shape that what was thrown follows."""

MAX_FORMS = 8
"""Forms of a group; where there are more, what follows its first words is one value."""

MAX_LEAD = 4


class Template(NamedTuple):
    """What entries of one kind have in common."""

    level: Level | None
    text: str
    """Its words, with `*` for one or more that vary."""


class Templates(NamedTuple):
    """The templates of some shapes."""

    templates: list[Template]
    of_shape: list[int]
    """For each shape, the number of its template."""


def lead_of(words: Sequence[str]) -> int:
    """Return how many words at the beginning name the level, the logger or a step."""
    lead = 0
    limit = min(MAX_LEAD, len(words) - 1)
    while lead < limit and is_lead(words[lead]):
        lead += 1
    return reason_of(words, lead) or lead


def reason_of(words: Sequence[str], lead: int | None = None) -> int:
    """Return where the reason begins behind what crawlers say of each failed try; 0 for none.

    `lead` is where that stands, where it is known.
    """
    starts = range(min(MAX_LEAD + 1, len(words))) if lead is None else [lead]
    for start in starts:
        for head in _OF_TRIES.get(words[start], ()):
            end = start + len(head)
            if end < len(words) and tuple(words[start:end]) == head:
                return end
    return 0


_HEADS = tuple(
    tuple(head.split(" "))
    for head in (
        "Reclaiming failed request back to the list or queue.",
        "Request failed and reached maximum retries.",
        "Retrying request to <url> due to:",
        "Request to <url> failed and reached maximum retries",
        "Request to <url> failed and reached maximum retries.",
    )
)
_OF_TRIES = {
    first: [head for head in _HEADS if head[0] == first] for first in {head[0] for head in _HEADS}
}
"""What Crawlee says of a try that failed before the reason, by the first word."""


def find_templates(shapes: Sequence[Shape], counts: Sequence[int]) -> Templates:
    """Return the templates of shapes that so many entries have; the order does not matter."""
    texts: list[str] = [""] * len(shapes)
    by_level: dict[Level | None, list[_Item]] = {}
    for number, shape in enumerate(shapes):
        words = shape.text.split(" ")
        item = _Item(number, words, counts[number], lead_of(words))
        by_level.setdefault(shape.level, []).append(item)
    for items in by_level.values():
        _split(items, 0, texts)
    numbers: dict[Template, int] = {}
    of_shape = [
        numbers.setdefault(Template(shape.level, text), len(numbers))
        for shape, text in zip(shapes, texts, strict=True)
    ]
    return Templates(list(numbers), of_shape)


class _Item(NamedTuple):
    number: int
    words: list[str]
    entries: int
    lead: int


def _split(items: list[_Item], at: int, texts: list[str]) -> None:
    """Set the template of shapes that have their first `at` words in common."""
    waiting = [(items, at)]
    while waiting:
        items, at = waiting.pop()
        if len(items) == 1:
            texts[items[0].number] = " ".join(items[0].words)
            continue
        ended = [item for item in items if len(item.words) <= at]
        for item in ended:
            texts[item.number] = " ".join(item.words)
        if ended:
            items = [item for item in items if len(item.words) > at]
        children: dict[str, list[_Item]] = {}
        for item in items:
            children.setdefault(item.words[at], []).append(item)
        rare: list[_Item] = []
        rare_words = 0
        depth = at - min((item.lead for item in items), default=0)
        if depth >= MAX_PREFIX:
            _merge(items, at, texts)
            continue
        total = sum(item.entries for item in items)
        few = FEW if depth > 0 else FEW_FIRST
        # Where most have a value, words that come again are values that do.
        values = sum(item.entries for item in children.get(VALUE, ()))
        least = 8 if 2 * values < total else int(SHARE * total) + 1
        for of in children.values():
            if _is_constant(of, total, len(children), at, few, least):
                waiting.append((of, at + 1))
            else:
                rare += of
                rare_words += 1
        if rare_words > few:
            _merge(rare, at, texts)
        else:
            waiting += [
                (of, at + 1)
                for of in children.values()
                if not _is_constant(of, total, len(children), at, few, least)
            ]


def _is_constant(items: list[_Item], total: int, words: int, at: int, few: int, least: int) -> bool:
    """Return whether a word that all these items have at a place is no value."""
    if words <= few or items[0].lead > at:
        return True
    count = sum(item.entries for item in items)
    if count >= LARGE_SHARE * total:
        return True
    # What follows a value is as varied as the value; what follows a word of a message comes again.
    comes_again = len(items) <= max(2, VARIED * count)
    return comes_again and (count >= max(3, SHARE * total) or (words <= 40 and count >= least))


def _merge(items: list[_Item], at: int, texts: list[str]) -> None:
    """Set a template for shapes with their first words in common; one for each exception."""
    thrown: dict[str, list[_Item]] = {}
    for item in items:
        thrown.setdefault(_thrown(item.words), []).append(item)
    for of in thrown.values() if len(thrown) <= MAX_THROWN else [items]:
        _merge_alike(of, at, texts)


def _thrown(words: Sequence[str]) -> str:
    """Return the name of the exception in a shape; empty where there is none."""
    if _THROWN not in words:
        return ""
    at = words.index(_THROWN) + 1
    return words[at] if at < len(words) else ""


def _merge_alike(items: list[_Item], at: int, texts: list[str]) -> None:
    """Set one template, or a few forms of it, for shapes with their first words in common."""
    total = sum(item.entries for item in items)
    having: Counter[str] = Counter()
    for item in items:
        for word in set(item.words[at:]):
            having[word] += item.entries
    kept = {word for word, count in having.items() if count >= KEPT * total and word != VALUE}
    forms: dict[str, list[int]] = {}
    for item in items:
        form = item.words[:at]
        for word in item.words[at:]:
            if word in kept:
                form.append(word)
            elif not form or form[-1] != VALUE:
                form.append(VALUE)
        forms.setdefault(" ".join(form), []).append(item.number)
    if len(forms) > MAX_FORMS:
        one = " ".join([*items[0].words[:at], VALUE])
        forms = {one: [item.number for item in items]}
    for text, numbers in forms.items():
        for number in numbers:
            texts[number] = text


def matches(pattern: Sequence[str], words: Sequence[str]) -> bool:
    """Return whether words have the form of a template's words, `*` standing for any number."""
    if VALUE not in pattern:
        return list(pattern) == list(words)
    parts: list[list[str]] = [[]]
    for word in pattern:
        if word == VALUE:
            parts.append([])
        else:
            parts[-1].append(word)
    first, last = parts[0], parts[-1]
    if len(first) + len(last) > len(words) or list(words[: len(first)]) != first:
        return False
    end = len(words) - len(last)
    if list(words[end:]) != last:
        return False
    at = len(first)
    for part in parts[1:-1]:
        at = _find(part, words, at, end)
        if at < 0:
            return False
    return True


def _find(part: list[str], words: Sequence[str], start: int, end: int) -> int:
    """Return the place behind a part among words; -1 where it is not."""
    for at in range(start, end - len(part) + 1):
        if list(words[at : at + len(part)]) == part:
            return at + len(part)
    return -1


def constants(words: Iterable[str]) -> list[str]:
    """Return the words of a template that are no values."""
    return [word for word in words if word not in (VALUE, "#", "")]
