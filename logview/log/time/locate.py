"""Find the line of a moment, and the moment of a line.

Time stamps are compared as bytes; they are hints, and a few logs are out of order.
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING

from logview.text.timestamps import CLOCK, PIECES, SPAN, STAMP, UNITS

if TYPE_CHECKING:
    from logview.log.store.document import LogDocument

_FIRST = re.compile(rb"^" + STAMP.pattern, re.MULTILINE)

HEAD = 64 * 1024
"""Bytes at a log's beginning that are searched for its first stamp."""

_SECOND = timedelta(seconds=1)

_SEARCHED = 200
"""Lines, or pages, that are searched for one with a stamp."""


class TimeError(ValueError):
    """A time that can't be gone to; the text explains why."""


def first_stamp(document: LogDocument) -> bytes | None:
    """Return the first stamp in a log's first `HEAD` bytes; None where there is none."""
    return _first_in(document, document.head(HEAD))


def _first_in(document: LogDocument, data: bytes) -> bytes | None:
    stamps = document.stamps
    if stamps.is_platform:
        found = _FIRST.search(data)
        return found[0] if found else None
    return next((stamp for line in data.split(b"\n") if (stamp := stamps.read(line))), None)


def find_time(document: LogDocument, text: str, cursor: int, *, local: bool = False) -> int:
    """Return the first line at or after a time, see `resolve_time`; else the last line.

    Going back by a span it is the last line at or before that time, else the first: across a gap
    it would lead nowhere otherwise. Reads about as many pages as their number has binary digits.
    Raises TimeError.
    """
    target = resolve_time(document, text, cursor, local=local)
    line = first_at(document, target)
    is_behind = (document.stamps.read(document.line(line)) or b"") > target
    back = text.strip().startswith("-") and is_behind and line > document.first_line
    return line - 1 if back else line


def resolve_time(document: LogDocument, text: str, cursor: int, *, local: bool = False) -> bytes:
    """Return the stamp of the moment that a text means in a log.

    `06:12`, `06:12:03.5` are UTC, on the day of line `cursor` or, where the log
    has no such time on that day, on one that it has; `2026-11-20T06:12` is that
    moment; `-5m`, `+30s` and `-1m30s` count from line `cursor`. With `local`, clock times
    without a `Z` are those of this place. Raises TimeError.
    """
    text = text.strip()
    first, last = _edge(document, forward=True), _edge(document, forward=False)
    here = stamp_near(document, cursor) or first
    if first is None or last is None or here is None:
        raise TimeError("this log has no time stamps to go by")
    if span := SPAN.fullmatch(text):
        seconds = sum(float(much) * UNITS[unit] for much, unit in PIECES.findall(span[2]))
        back = span[1] == "-"
        try:
            target = _moment(here) + timedelta(seconds=-seconds if back else seconds)
        except OverflowError:
            return b"0" if back else b"~"
        return _bytes(target)
    clock = CLOCK.fullmatch(text)
    if clock is None:
        raise TimeError("a time such as 06:12, 06:12:03.5 or -5m")
    local = local and not text.endswith("Z")
    try:
        near = _moment(here)
        target = (_to_local(near) if local else near).replace(
            hour=int(clock[4]),
            minute=int(clock[5]),
            second=int(clock[6] or 0),
            microsecond=int((clock[7] or "0").ljust(6, "0")),
        )
        if clock[1]:
            target = target.replace(year=int(clock[1]), month=int(clock[2]), day=int(clock[3]))
        if local:
            target = _from_local(target)
        if clock[1]:
            return _bytes(target)
    except (ValueError, OverflowError):
        raise TimeError(f"there is no such time: {text}") from None
    begin, end = _moment(first), _moment(last)
    day = timedelta(days=1)
    if target < begin and end - target >= day:
        target += day
    elif target > end and target - begin >= day:
        target -= day
    return _bytes(target)


def first_at(document: LogDocument, stamp: bytes) -> int:
    """Return the first line whose stamp is not before `stamp`; the last line where all are.

    Bisection over the pages, then over one page's lines: exact where the
    stamps are in order, near the place where a few are not.
    """
    low, high = document.first_page, document.end_page
    reads = 4 * _SEARCHED
    below, above = low, high  # pages whose first stamps are before it, and are not
    while low < high:
        middle = number = (low + high) // 2
        found = _first_of(document, number)
        while found is None and number + 1 < high and reads:
            reads -= 1
            number += 1
            found = _first_of(document, number)
        if found is not None and found < stamp:
            below, low = number, number + 1
        else:
            high = middle
            above = number if found is not None else above
    for number in (below, above):
        if number < document.end_page:
            start = document.first_line_of(number)
            for index, line in enumerate(document.page_data(number).split(b"\n")):
                found = document.stamps.read(line)
                if found is not None and found >= stamp:
                    return start + index
    return document.end_line - 1


def _first_of(document: LogDocument, number: int) -> bytes | None:
    return _first_in(document, document.page_data(number))


def _edge(document: LogDocument, *, forward: bool) -> bytes | None:
    first, end = document.first_page, document.end_page
    pages = range(first, min(first + _SEARCHED, end)) if forward else range(end - 1, first - 1, -1)
    for number in pages[:_SEARCHED]:
        data = document.page_data(number)
        if forward:
            stamp = _first_in(document, data)
        else:
            lines = reversed(data.split(b"\n"))
            stamp = next((found for line in lines if (found := document.stamps.read(line))), None)
        if stamp is not None:
            return stamp
    return None


def stamp_near(document: LogDocument, line: int) -> bytes | None:
    """Return the stamp of a line, or of the nearest one above that has one."""
    if not document.first_line <= line < document.end_line:
        return None
    number = document.page_of(line)
    index = line - document.first_line_of(number)
    lines = document.page_data(number).split(b"\n")[: index + 1]
    for above in range(_SEARCHED):
        for one in reversed(lines):
            if (found := document.stamps.read(one)) is not None:
                return found
        if number - above <= document.first_page:
            break
        lines = document.page_data(number - above - 1).split(b"\n")
    return None


def _moment(stamp: bytes) -> datetime:
    try:
        return datetime.strptime(stamp.decode(), "%Y-%m-%dT%H:%M:%S.%fZ")  # all UTC
    except ValueError:
        raise TimeError("the time stamps of this log are no times") from None


def _to_local(moment: datetime) -> datetime:
    return moment.replace(tzinfo=timezone.utc).astimezone().replace(tzinfo=None)


def _from_local(moment: datetime) -> datetime:
    """Return the moment of a local clock time; of one that a clock change skips the change."""
    found = moment.astimezone(timezone.utc).replace(tzinfo=None)
    if _to_local(found) == moment:
        return found
    # The clock is wound forward between these two: by the offset after it, and before it.
    early = moment.replace(fold=1).astimezone(timezone.utc).replace(tzinfo=None)
    early, late = min(early, found), max(early, found)
    while late - early > _SECOND:
        middle = early + (late - early) / 2
        if _to_local(middle) < moment:
            early = middle
        else:
            late = middle
    return late.replace(microsecond=0)


def _bytes(moment: datetime) -> bytes:
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{moment.microsecond // 1000:03}Z".encode()
