"""Parse time stamps. They are compared as bytes: `2026-11-20T06:00:00.000Z` sorts as text.

A stamp is a hint, never an identity: many lines share one, a few logs are out
of order, and some have none. The platform writes one before each line, 24
characters in UTC, and a space (seen in every platform log; not documented).

Stamps of other programs are read where a log has none of the platform's, and
become stamps of that form: see `StampReader`. One without an offset is taken
for UTC.
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from functools import cache, lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

SIZE = 24
"""Bytes of a stamp."""

STAMP = re.compile(
    rb"(?!0000)\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])"
    rb"T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d\.\d{3}Z"
)
"""What is a stamp, and a time too; of the days of a month only that no month has more."""

_EPOCH = datetime(1970, 1, 1)  # all UTC, as the stamps are
LAST_MOMENT = 253_402_300_799_999
"""The last millisecond since 1970 that a stamp can be: of the year 9999."""

CLOCK = re.compile(r"(?:(\d{4})-(\d\d)-(\d\d)[T ])?(\d{1,2}):(\d\d)(?::(\d\d)(?:\.(\d{1,6}))?)?Z?")
_PIECE = r"(\d{1,9}(?:\.\d{1,3})?)\s*(ms|s|m|h|d)"
PIECES = re.compile(_PIECE)
SPAN = re.compile(rf"([+-])((?:\s*{_PIECE}){{1,5}})")
UNITS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}


def is_stamp(stamp: bytes | None) -> bool:
    """Return whether this is a stamp."""
    return stamp is not None and STAMP.match(stamp) is not None


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


def stamp_at(moment: int) -> bytes:
    """Return the stamp of a moment in milliseconds since 1970, at most that of the year 9999."""
    when = _EPOCH + timedelta(milliseconds=min(moment, LAST_MOMENT))
    return when.isoformat(timespec="milliseconds").encode() + b"Z"


def is_time(text: str) -> bool:
    """Return whether a text is a clock time, a moment or a span, as `go to` takes them."""
    text = text.strip()
    return bool(CLOCK.fullmatch(text) or SPAN.fullmatch(text))


# -- stamps of other programs ---------------------------------------------------------------

_DATE = (
    rb"(?P<year>\d{4})(?P<sep>[-/.]|(?=\d{4}T))(?P<month>0[1-9]|1[0-2])(?P=sep)"
    rb"(?P<day>0[1-9]|[12]\d|3[01])"
)
_TIME = (
    rb"(?P<hour>[01]\d|2[0-3]):?(?P<minute>[0-5]\d):?(?P<second>[0-5]\d|60)"
    rb"(?:[.,](?P<fraction>\d{1,9}))?(?!\d)"
    rb"(?: ?(?P<offset>Z|UTC|GMT|[+-](?:[01]\d|2[0-3]):?[0-5]\d|[+-](?:0\d|1[0-4])(?!\d)))?"
)
_ISO = _DATE + rb"(?:[T_]|, ?| - | )" + _TIME
_MONTHS = b"Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()
_MONTH = rb"(?P<name>" + b"|".join(_MONTHS) + rb")"
_YEAR = rb"(?P<year>\d{4})"
_DAY = rb"(?P<day>0?[1-9]|[12]\d|3[01])"
_ASCTIME = (  # Fri Nov 20 06:05:00 2026, Fri Nov 20 06:05:00 UTC 2026 (`date`)
    rb"(?:(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun),? )?" + _MONTH + rb" {1,2}" + _DAY + rb",? "
    rb"(?P<hour>[01]\d|2[0-3]):(?P<minute>[0-5]\d):(?P<second>[0-5]\d|60)"
    rb"(?:[.,](?P<fraction>\d{1,9}))?(?: (?P<offset>UTC|GMT))?,? " + _YEAR
)
_MAIL = (  # Fri, 20 Nov 2026 06:05:00 +0100 (RFC 5322), 20/Nov/2026:06:05:00 +0000 (web servers)
    rb"(?:(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), )?"
    + _DAY
    + rb"[ /-]"
    + _MONTH
    + rb"[ /-]"
    + _YEAR
    + rb"[ :]"
    + _TIME
)
_LEAD = (
    rb"(?:\[[^\[\]\n]{1,200}\] -> ){0,4}"
    rb"(?:\x1b\[[0-9;]{0,20}m){0,4}(?:<\d{1,3}>\d? ?)?"
    rb"(?:\[?(?:TRACE|DEBUG|INFO|NOTICE|WARN(?:ING)?|ERROR|FATAL|CRITICAL|"
    rb"trace|debug|info|notice|warn(?:ing)?|error|fatal|critical|[TDIWEFC])\]?[:,]? {1,6})?"
    rb"(?:[\w.-]{1,40} {0,20}\| |\d{1,7}:[A-Z] )?"
    rb"(?:\[[A-Za-z][\w.-]{0,30}\] {1,6})?"
    rb"(?:(?:time|timestamp|ts|t|at|date|datetime)=)?[\[(\"']?(?:\x1b\[[0-9;]{0,20}m){0,4}"
)
"""What may stand before a stamp: lanes (`text/lanes.py`), colours, a level, a service, a bracket,
the key of logfmt."""

_KEYS = rb"time|timestamp|ts|t|@timestamp|@t|datetime|date|asctime|eventTime|created|\$date"
_JSON_TEXT = rb'(?<![\\\w])"(?:' + _KEYS + rb')" ?: ?"(?:' + _ISO + rb')"'
_JSON_EPOCH = (
    rb'(?<![\\\w])"(?:'
    + _KEYS
    + rb')" ?: ?"?(?P<whole>[1-9]\d{9,18})(?:\.(?P<part>\d{1,12}))?(?![\d.])'
)
_SERVER = rb"\S{1,100} \S{1,100} \S{1,100} \[" + _MAIL + rb"\]"

JSON_STAMP_BYTES = 4096
"""Bytes of a line in which JSON may say when it was written."""


def _of_text(found: re.Match[bytes]) -> bytes | None:
    """Return the stamp that a date and a time are."""
    groups = found.groupdict()
    month = groups.get("month")
    if month is None:
        month = b"%02d" % (_MONTHS.index(groups["name"]) + 1)
    hour, minute, second = groups["hour"], groups["minute"], groups["second"]
    if second == b"60":  # a leap second
        second = b"59"
    offset = groups["offset"]
    begin = b"%s-%s-%sT%s:%s" % (groups["year"], month, groups["day"].zfill(2), hour, minute)
    if offset is not None and offset[:1] in b"+-":
        shifted = _shift(begin, offset)
        if shifted is None:
            return None
        begin = shifted
    return begin + b":%s.%sZ" % (second, (groups["fraction"] or b"").ljust(3, b"0")[:3])


@lru_cache(256)
def _shift(begin: bytes, offset: bytes) -> bytes | None:
    """Return a minute in UTC; None for one that is no minute of the calendar."""
    digits = offset[1:].replace(b":", b"").ljust(4, b"0")
    shift = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
    try:
        there = datetime.strptime(begin.decode(), "%Y-%m-%dT%H:%M")  # local, by the offset
        here = there - shift if offset[:1] == b"+" else there + shift
    except (ValueError, OverflowError):
        return None
    return here.isoformat(timespec="minutes").encode()


def _of_epoch(found: re.Match[bytes]) -> bytes | None:
    """Return the stamp of seconds, milliseconds, microseconds or nanoseconds since 1970."""
    whole = found["whole"]
    size = len(whole)
    if size not in (10, 13, 16, 19):
        return None
    fraction = whole[10:] + (found["part"] or b"")
    second = _EPOCH + timedelta(seconds=int(whole[:10]))
    return second.isoformat().encode() + b".%sZ" % fraction.ljust(3, b"0")[:3]


_Reader = tuple["re.Pattern[bytes]", bool, "Callable[[re.Match[bytes]], bytes | None]"]


@cache
def _readers() -> tuple[_Reader, ...]:
    """Return expressions, whether they are searched for in JSON, and what makes stamps of matches.

    Compiled when first used: logs of the platform need none of them.
    """
    return (
        (re.compile(_LEAD + rb"(?:" + _ISO + rb")"), False, _of_text),
        (re.compile(_LEAD + rb"(?:" + _ASCTIME + rb")"), False, _of_text),
        (re.compile(_LEAD + rb"(?:" + _MAIL + rb")"), False, _of_text),
        (re.compile(_SERVER), False, _of_text),
        (re.compile(_JSON_TEXT), True, _of_text),
        (re.compile(_JSON_EPOCH), True, _of_epoch),
    )


_STAMP_GROUPS = ("year", "day", "name")
"""The groups that a stamp in words may begin with."""

_TRIED = 400
"""Lines at the beginning of a log that decide which stamps it has."""


class StampReader:
    """Reads the stamps of one log, as stamps of the platform's form."""

    def __init__(self, readers: tuple[_Reader, ...] = ()) -> None:
        """Read stamps of other programs by `readers`, or the platform's without any."""
        self._readers = readers

    def __eq__(self, other: object) -> bool:
        """Whether both read the same stamps."""
        return isinstance(other, StampReader) and other._readers == self._readers

    def __hash__(self) -> int:
        """Return the same for readers that are equal."""
        return hash(self._readers)

    @property
    def is_platform(self) -> bool:
        """Whether every stamp is 24 bytes at the beginning of a line."""
        return not self._readers

    def read(self, line: bytes) -> bytes | None:
        """Return a line's stamp; None where it has none."""
        if not self._readers:
            return line[:SIZE] if STAMP.match(line) else None
        for reader in self._readers:
            if (stamp := _read(reader, line)) is not None:
                return stamp
        return None

    def span(self, line: bytes) -> tuple[int, int] | None:
        """Return the bytes of a line's stamp, first and end; None where it has none.

        They are the same characters of its visible text: after colours or text
        that is not ASCII none is returned.
        """
        if not self._readers:
            return (0, SIZE) if STAMP.match(line) else None
        for expression, in_json, stamp_from in self._readers:
            found = _match(expression, line, in_json=in_json)
            if found is None or not is_stamp(stamp_from(found)):
                continue
            groups = ("whole",) if "whole" in expression.groupindex else _STAMP_GROUPS
            starts = [found.start(name) for name in groups if name in expression.groupindex]
            begin = min(start for start in starts if start >= 0)
            end = found.end("whole") if groups[0] == "whole" else found.end() - in_json
            before = line[:end]
            return (begin, end) if before.isascii() and b"\x1b" not in before else None
        return None

    def width(self, line: bytes) -> int:
        """Return the bytes of a stamp, and of a space after it, that a line begins with; else 0.

        They are as many characters.
        """
        if not self._readers:
            return SIZE + line[SIZE : SIZE + 1].count(b" ") if STAMP.match(line) else 0
        for reader in self._readers:
            found = None if reader[1] else reader[0].match(line)
            if found is not None and _read(reader, line) is not None:
                begins = found.start("year") == 0 or (line[:4].isalpha() and line[3:4] in b" ,")
                end = found.end()
                if not begins or line[end : end + 1] not in (b" ", b""):
                    return 0
                return end + line[end : end + 1].count(b" ")
        return 0


def _read(reader: _Reader, line: bytes) -> bytes | None:
    expression, in_json, stamp_from = reader
    found = _match(expression, line, in_json=in_json)
    stamp = None if found is None else stamp_from(found)
    return stamp if is_stamp(stamp) else None


def _match(expression: re.Pattern[bytes], line: bytes, *, in_json: bool) -> re.Match[bytes] | None:
    if in_json:
        return expression.search(line, 0, JSON_STAMP_BYTES) if b"{" in line[:64] else None
    return expression.match(line)


PLATFORM = StampReader()
"""Reads the platform's stamps."""


def detect_stamps(head: bytes) -> StampReader:
    """Return the reader for a log that begins with these bytes.

    It is the platform's where any of the first lines has such a stamp, or none
    has any stamp.
    """
    lines = head.split(b"\n", _TRIED)[:_TRIED]
    if any(map(STAMP.match, lines)):
        return PLATFORM
    readers = _readers()
    counts = [sum(_read(reader, line) is not None for line in lines) for reader in readers]
    seen = [number for number, count in enumerate(counts) if count]
    seen.sort(key=lambda number: -counts[number])
    return StampReader(tuple(readers[number] for number in seen)) if seen else PLATFORM
