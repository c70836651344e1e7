"""Recognise the words before a message: the level, a logger's name, a step's number."""

from __future__ import annotations

import re
from functools import lru_cache

_LEAD = re.compile(
    r"[\[(<].{0,200}[\])>:]|.{1,100}:|\[.{1,100}"
    r"|(?i:trace|debug|info|notice|warn|warning|error|fatal|critical|perf|sfail)[:\]]{0,2}|##"
    r"|[-|>]{1,3}|[-\w.]{1,60}\]|INFO:[\w.]{1,60}:.{0,60}"
)


@lru_cache(4096)
def is_lead(word: str) -> bool:
    """Return whether a word of a shape may be one of them."""
    return _LEAD.fullmatch(word) is not None
