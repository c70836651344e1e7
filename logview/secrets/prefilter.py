"""Prefilter: which lines of many may hold a secret, by one cheap search of all of them.

To search every line for every secret costs some microseconds a line, and few lines hold one. So
the hints of the rules are searched for first, over a whole block. A line that is a candidate for
nothing costs time; one that is missed would leak a secret, so the patterns are derived from the
rules themselves.

`re` finds a single fixed character at about 0.1 ns a byte and tries the rest of a pattern at each;
longer fixed text it finds at about 1 ns a byte. So the hints share patterns that begin with
characters which are rare in logs, and what precedes the character is looked back at.
"""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING

from logview.secrets import named, positional, token_shapes
from logview.secrets.rules import Hint

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

RULES = (*token_shapes.RULES, *named.RULES, *positional.RULES)
"""All rules; the order decides the kind of what several find."""

_COMMON = dict(
    zip(
        b" ertaiosnlcyum\"pd:f./0hg1=2w,b[-xv_kj{('",
        (97, 71, 56, 51, 49, 48, 41, 41, 38, 31, 27, 26, 24, 23, 23, 22, 20, 20, 16, 15, 15, 14, 12,
         12, 11, 9, 9, 9, 8, 7, 7, 6, 6, 5, 5, 4, 3, 3, 3, 1),
        strict=False,
    )
)  # fmt: skip
"""How many of 1,000 bytes of lowered logs are this character; a guess that decides speed only."""
_CAPITAL = 3
_OTHER = 1
_TRY = 0.2
"""Nanoseconds a byte that one occurrence in 1,000 costs."""
_SCAN = 1.0
"""The same for a pattern that begins with longer fixed text."""


def _cost(character: int) -> float:
    share = _CAPITAL if 65 <= character <= 90 else _COMMON.get(character, _OTHER)
    return 0.1 + _TRY * share


def _compile(hints: Iterable[Hint]) -> tuple[re.Pattern[bytes], ...]:
    """Return patterns that together find every hint, cheaply."""
    literals: dict[bytes, list[Hint]] = {}
    for hint in dict.fromkeys(hints):
        literals.setdefault(hint.literal.encode(), []).append(hint)
    groups: dict[int, list[bytes]] = {}
    rest = set(literals)
    while rest:  # the greedy approximation of the cheapest cover
        pivots = {character for literal in rest for character in literal}
        pivot = min(
            sorted(pivots),
            key=lambda pivot: _cost(pivot) / sum(pivot in literal for literal in rest),
        )
        covered = sorted(literal for literal in rest if pivot in literal)
        if _cost(pivot) > _SCAN * len(covered):
            break
        groups[pivot] = covered
        rest.difference_update(covered)
    patterns = [
        _pattern(bytes([pivot]), [hint for literal in covered for hint in literals[literal]])
        for pivot, covered in groups.items()
    ]
    patterns += [_pattern(literal, literals[literal]) for literal in sorted(rest)]
    return tuple(patterns)


def _pattern(pivot: bytes, hints: Sequence[Hint]) -> re.Pattern[bytes]:
    """Return a pattern that begins with fixed text which is in all of the hints.

    What follows is tried before what precedes: it fails sooner.
    """
    start = re.escape(pivot)
    branches: dict[tuple[bytes, bytes], dict[bytes, bytes]] = {}
    for hint in hints:
        before, _, after = hint.literal.encode().rpartition(pivot)
        behind = hint.before.encode("latin-1") + re.escape(before)
        follow = re.escape(after), hint.after.encode("latin-1")
        branches.setdefault(follow, {})[behind] = before[-1:]
    return re.compile(
        start
        + _any_of(_branch(start, *follow, looks) for follow, looks in sorted(branches.items()))
    )


_MANY = 16
"""So many looks back cost more than what follows."""


def _branch(start: bytes, after: bytes, follow: bytes, looks: dict[bytes, bytes]) -> bytes:
    """Return a branch of a pattern: what fails soonest is tried first."""
    if b"" in looks:
        return after + follow
    behind = _any_of(b"(?<=" + look + start + b")" for look in looks)
    literal = all(looks.values())
    if not literal:
        return b"(?=" + after + follow + b")" + behind
    near = b""
    if len(looks) > 1:
        last = b"".join(sorted({re.escape(last) for last in looks.values()}))
        near = b"(?<=[" + last + b"]" + start + b")"
    if len(looks) > _MANY:
        return near + b"(?=" + after + follow + b")" + behind
    if after and len(looks) > 1:
        return near + b"(?=" + after + b")" + behind + after + follow
    return b"(?=" + after + b")" + behind + after + follow if after else near + behind + follow


def _any_of(parts: Iterable[bytes]) -> bytes:
    return b"(?:" + b"|".join(parts) + b")"


def _spellings(hint: Hint) -> list[Hint]:
    """Return a hint as it is in text of which only the letters of ASCII are lowered."""
    literals = (hint.literal, hint.literal.upper(), hint.literal.title(), hint.literal.capitalize())
    lowered = dict.fromkeys(literal.encode().lower().decode() for literal in literals)
    return [replace(hint, literal=literal) for literal in lowered]


_HINTS = tuple(hint for rule in RULES for hint in rule.hints)


@cache
def _patterns() -> tuple[tuple[re.Pattern[bytes], ...], tuple[re.Pattern[bytes], ...]]:
    """Return the patterns for lowered text and for text as it is; compiled when first used."""
    key = Hint("-----BEGIN", match_case=True)  # of a private key, which spans lines
    return (
        _compile(one for hint in _HINTS if not hint.match_case for one in _spellings(hint)),
        _compile([*(hint for hint in _HINTS if hint.match_case), key]),
    )


def candidate_lines(text: str, also: Iterable[bytes] = ()) -> list[int]:
    r"""Return the numbers of the lines (from 0, ended by `\n`) that may hold a secret, in order.

    A line with text of `also`, in UTF-8, is one too.
    """
    data = text.encode("utf-8", "surrogatepass")
    low = data.lower()
    if not low.isascii():
        low = low.replace("İ".encode(), b"i").replace("\u212a".encode(), b"k")  # KELVIN SIGN
    lowered, as_is = _patterns()
    rows = matching_lines(low, lowered)
    rows.update(matching_lines(data, as_is))
    rows.update(
        matching_lines(data, [re.compile(re.escape(form)) for form in also if form in data])
    )
    return sorted(rows)


def matching_lines(data: bytes, patterns: Iterable[re.Pattern[bytes]]) -> set[int]:
    """Return the numbers of the lines in which one of the patterns is found."""
    starts = set()
    for pattern in patterns:
        found = pattern.search(data)
        while found is not None:
            starts.add(data.rfind(b"\n", 0, found.start()) + 1)
            end = data.find(b"\n", found.start()) + 1
            found = pattern.search(data, end) if end else None
    rows = set()
    row = done = 0
    for start in sorted(starts):
        row += data.count(b"\n", done, start)
        done = start
        rows.add(row)
    return rows
