"""Rules: what every kind of secret declares, and what a value looks like that is one.

A rule finds secrets in one line. Its hints are literal text without which it can
find nothing: the prefilter is derived from them (`prefilter.py`), so that a rule
is added in one place.
"""

from __future__ import annotations

import re
from base64 import b64decode
from binascii import Error
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

Span = tuple[int, int, str]
"""Where a secret is: first character, character after the last, kind."""


@dataclass(frozen=True, slots=True)
class Hint:
    """A literal that a line must hold for a rule to find something in it.

    `before` and `after` narrow it down, as regular expressions over UTF-8 bytes;
    `before` has a fixed width, both are linear. They must hold wherever the rule
    finds something.
    """

    literal: str
    after: str = ""
    before: str = ""
    match_case: bool = False
    """Otherwise the literal is in lower case and the line is lowered."""


@dataclass(frozen=True, slots=True)
class Rule:
    """Finds one kind of secret: `find(text, low)`, with `low` the line in lower case."""

    name: str
    hints: tuple[Hint, ...]
    find: Callable[[str, str], list[Span]]
    gated: bool = True
    """Whether to look for the literals before a line is searched; `find` may do that better."""
    _literals: tuple[tuple[str, ...], tuple[str, ...]] = field(init=False, repr=False)
    """Those in lower case, and those as they are."""

    def __post_init__(self) -> None:
        lowered = dict.fromkeys(hint.literal for hint in self.hints if not hint.match_case)
        as_is = dict.fromkeys(hint.literal for hint in self.hints if hint.match_case)
        object.__setattr__(self, "_literals", (tuple(lowered), tuple(as_is)))

    def applies_to(self, text: str, low: str) -> bool:
        """Return whether a line has to be searched: it holds one of the literals."""
        if not self.gated:
            return True
        for literal in self._literals[0]:
            if literal in low:
                return True
        return any(literal in text for literal in self._literals[1])


MOST_HITS = 10_000
"""Places in one line that are searched for a value, about half a second's work."""


class TooManyHitsError(Exception):
    """A line has more such places: it is masked as a whole."""


HEAD = 256
"""Characters of a value by which it is decided whether it is a secret."""

_PLACEHOLDER = re.compile(
    r"(?i)<.*>|\$.*|%[a-z_]\w*%|%[sdr]|\{.*|\[.*|@\w+@|[*.…•_#?-]+|x{3,}"
    r"|(?:your|my|the|some|example)[-_ ].*|(?:process\.|os\.|import\.meta\.)?env(?:iron)?\b.*"
    r"|-----begin.*|arn:.*"
    r"|(?:bearer|basic|none|nil|null|nan|undefined|true|false|yes|no|on|off|ok|empty|blank|missing"
    r"|required|optional|invalid|valid|incorrect|correct|wrong|bad|expired|rejected|accepted"
    r"|present|provided|found|given|not|is|was|set|unset|default|str|string|text|number|int|any"
    r"|object|function|hidden|masked|removed|secret|password|passwd|token|key|credentials?"
    r"|auth|authentication|authorization|scheme|realm|failed|success|ok|error|example)"
    r"|/(?:bin|etc|home|opt|run|tmp|usr|var)/[\w ./-]+|https?:.*"
)
_MASKED_INSIDE = re.compile(r"(?i)\*\*\*|•••|(?:\.\.\.|…)\Z|redacted|placeholder|changeme")
_WORD = re.compile(
    r"(?:[A-Z]?[a-z]{1,16}|[A-Z]{1,16})(?:[-_.:/](?:[A-Z]?[a-z]{1,16}|[A-Z]{0,16}))*[!?]?"
)
"""One or more words, as in a name or a sentence's end."""
_DIGIT = re.compile(r"[0-9]")
_LETTER = re.compile(r"[^\W\d_]")


def is_placeholder(text: str, start: int, end: int) -> bool:
    """Return whether a value stands for a secret, or for none."""
    if end - start > HEAD:
        return False
    return (
        start == end
        or _PLACEHOLDER.fullmatch(text, start, end) is not None
        or _MASKED_INSIDE.search(text, start, end) is not None
    )


def is_random(value: str) -> bool:
    """Return whether a value of eight characters and more looks made by a machine.

    That is: no words, no number, no space. Decided by the first `HEAD` characters.
    """
    value = value[:HEAD]
    if len(value) < 8 or " " in value or "\t" in value:
        return False
    if _DIGIT.search(value):
        return _LETTER.search(value) is not None
    return len(value) >= 16 and not is_word(value)


def is_word(value: str) -> bool:
    """Return whether a value is a word, or several joined by signs."""
    value = value[:HEAD]
    if not value.isascii():
        return value.strip(".,!?:").isalpha()
    return _WORD.fullmatch(value) is not None


def is_password(value: str) -> bool:
    """Return whether what follows `password: ` is one, and not the next word of a sentence."""
    return len(value) >= 6 and not value.isdigit() and not is_word(value)


def is_user_and_password(value: str) -> bool:
    """Return whether a value is `user:password` in base64."""
    try:
        plain = b64decode(value + "=" * (-len(value) % 4), validate=True)
    except (Error, ValueError):
        return False
    return b":" in plain and all(byte >= 32 for byte in plain)
