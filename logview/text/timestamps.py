"""Parse time stamps. They are compared as bytes: `2026-11-20T06:00:00.000Z` sorts as text.

A stamp is a hint, never an identity: many lines share one, a few logs are out
of order, and some have none. The platform writes one before each line, 24
characters in UTC, and a space (seen in every platform log; not documented).
"""

from __future__ import annotations

import re
from datetime import datetime
from functools import lru_cache

SIZE = 24
"""Bytes of a stamp."""

STAMP = re.compile(
    rb"(?!0000)\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])"
    rb"T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d\.\d{3}Z"
)
"""What is a stamp, and a time too; of the days of a month only that no month has more."""

_EPOCH = datetime(1970, 1, 1)  # all UTC, as the stamps are
CLOCK = re.compile(r"(?:(\d{4})-(\d\d)-(\d\d)[T ])?(\d{1,2}):(\d\d)(?::(\d\d)(?:\.(\d{1,6}))?)?Z?")
_PIECE = r"(\d{1,9}(?:\.\d{1,3})?)\s*(ms|s|m|h|d)"
PIECES = re.compile(_PIECE)
SPAN = re.compile(rf"([+-])((?:\s*{_PIECE}){{1,5}})")
UNITS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}


def stamp_of(line: bytes) -> bytes | None:
    """Return a line's stamp; None where it has none."""
    return line[:SIZE] if STAMP.match(line) else None


def milliseconds(stamp: bytes) -> int:
    """Return the milliseconds since 1970 (UTC) of a stamp of 24 characters.

    A day that its month does not have is counted on into the next month.
    Raises ValueError where there is no stamp.
    """
    if not STAMP.match(stamp):
        raise ValueError("no stamp")
    hours, minutes, seconds = int(stamp[11:13]), int(stamp[14:16]), int(stamp[17:19])
    return _day(stamp[:10]) + 1000 * (60 * (60 * hours + minutes) + seconds) + int(stamp[20:23])


@lru_cache(64)
def _day(date: bytes) -> int:
    month = datetime(int(date[:4]), int(date[5:7]), 1)  # all UTC
    return ((month - _EPOCH).days + int(date[8:10]) - 1) * 86_400_000


def is_time(text: str) -> bool:
    """Return whether a text is a clock time, a moment or a span, as `go to` takes them."""
    text = text.strip()
    return bool(CLOCK.fullmatch(text) or SPAN.fullmatch(text))
