"""Recognise words that programs use of what went wrong, where no level marks it."""

from __future__ import annotations

import re

_FAILURE = re.compile(
    r"(?i)\b(?:fail|error|exception|block(?:ed|ing)|time(?:d )?-?out|refus|den(?:ied|y)|"
    r"reject|abort|kill|crash|cannot|can't|could(?: not|n't)|unable|invalid|"
    r"exce(?:ed|ss)|exhaust|missing|"
    r"not found|unauthori|forbidden|expired|captcha|banned|insufficient|no longer|empty|giving up|"
    r"gave up|panic|fatal|traceback|overload|out of memory|no space|lost|broken|corrupt|"
    r"quota|suspend|locked\b|mismatch|unsupported|no such|not allowed|rate.?limit|"
    r"unreachable|unavailable|unexpected|terminat|disconnect|stuck|wrong|too (?:many|large|long))"
    r"|\b(?:4[0-9]{2}|5[0-9]{2})\b"
)

_NO_FAILURE = re.compile(
    r"(?i)\b(?:0|no|zero|without(?: any)?|if|on) (?:failed|failures?|errors?|exceptions?|missing|"
    r"time-?outs?|warnings?)|# (?:failed|failures?|errors?|missing|time-?outs?)"
    r"|\b(?:failed|failures?|errors?|missing|time-?outs?)[:=]? ?(?:0\b|#|none|null|false|\[\])"
    r"|\b(?:time-?out|max_?errors?)[=:]"
)
"""What speaks of failures that there are none of, or of a setting."""


_PHRASES = re.compile(
    r"(?i)time|timed|could|found|longer|giving|gave|memory|space|too|such|allowed|limit"
)
"""Words of which failures are told by more than one."""


class _Words(dict[str, bool]):
    """Whether words may be some that tell of a failure, for those that were seen."""

    def __missing__(self, word: str) -> bool:
        if len(self) > 20_000:
            self.clear()
        self[word] = may = (_FAILURE.search(word) or _PHRASES.search(word)) is not None
        return may


_WORDS = _Words()


def names_failure(text: str) -> bool:
    """Return whether a text has a word that programs use of what went wrong."""
    if not any(map(_WORDS.__getitem__, text.split())) or _FAILURE.search(text) is None:
        return False
    return _FAILURE.search(_NO_FAILURE.sub("", text)) is not None


def doubtful_words(text: str) -> set[str]:
    """Return those words of a text of which `names_failure` is True for no text without any."""
    return {word for word in set(text.split()) if _WORDS[word]}


def is_failure_word(word: str) -> bool:
    """Return whether a single word is one of them."""
    return _FAILURE.search(word) is not None
