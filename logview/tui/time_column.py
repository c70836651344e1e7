"""The time column: what is shown for a line's time stamp, left of its text.

The format `full` leaves the stamp in the text. The others replace it with
fewer cells; a line without a stamp leaves the column blank.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING, Literal, NamedTuple, TypeAlias

from logview.log.time.locate import first_stamp
from logview.pending_reads import PendingReadError
from logview.text.timestamps import milliseconds, stamp_at

if TYPE_CHECKING:
    from logview.log.store.document import LogDocument
    from logview.tui.lane_column import LaneColumn

TimeFormat: TypeAlias = Literal["full", "utc", "local", "start", "previous", "off"]

TIME_FORMATS: dict[TimeFormat, str] = {
    "utc": "times: clock, UTC",
    "local": "times: clock, local",
    "start": "times since the start",
    "previous": "times since the previous line",
    "full": "times in full, as logged",
    "off": "no times",
}
"""Every format, in the order in which `t` switches to them, with its name."""

_CELLS: dict[TimeFormat, int] = {
    "utc": 12,
    "local": 12,
    "start": 12,
    "previous": 9,
    "full": 0,
    "off": 0,
}

_EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)

STAMP_SEARCH_LINES = 200
"""How many lines above one without a stamp are searched for one."""

GAP_MILLISECONDS = 1000
"""Time without a line that is highlighted."""


class TimeCell(NamedTuple):
    """What the column shows for one line."""

    text: str
    gap: bool = False
    """Whether the time without a line before it is highlighted."""


@dataclass(slots=True)
class TimeColumn:
    """Owns the format that is chosen, and formats a log's stamps in it."""

    document: LogDocument
    format: TimeFormat = "utc"
    lanes: LaneColumn | None = None
    """The column of lanes behind the times, of several logs at once."""
    _start: int | None = None
    _searched_version: int = -1
    """The version of the document in which no stamp was found."""

    def next_format(self) -> str:
        """Switch to the next format; return its name."""
        formats = list(TIME_FORMATS)
        self.format = formats[(formats.index(self.format) + 1) % len(formats)]
        return TIME_FORMATS[self.format]

    def restore_format(self, name: str | None) -> None:
        """Switch to the format of this name; an unknown one changes nothing."""
        self.format = next((one for one in TIME_FORMATS if one == name), self.format)

    @property
    def zone(self) -> str:
        """The time zone of the clock times shown, `UTC` or `local`; empty where none are."""
        if not self.is_stamped:
            return ""
        return {"utc": "UTC", "local": "local"}.get(self.format, "")

    def date_at(self, line: int) -> str:
        """Return the date of a line, or of the nearest stamped one above it: `2026-11-20`.

        It is that of the zone shown; empty where the lines themselves show it, or nothing does.
        """
        if not self.zone or not self.document.first_line <= line < self.document.end_line:
            return ""
        stamp = self._stamp_at(line)
        if stamp is None:
            return ""
        return local_date(milliseconds(stamp)) if self.zone == "local" else stamp[:10].decode()

    def format_moment(self, moment: int, form: Literal["minute", "second", "day"]) -> str:
        """Format a moment (ms since 1970) as clock time, local where local times are shown.

        The forms are `06:12`, `06:12:03.500` and `11-20 06:12`.
        """
        if self.format == "local":
            date, clock = local_date(moment), local_clock(moment)
        else:
            stamp = stamp_at(moment).decode()
            date, clock = stamp[:10], stamp[11:23]
        if form == "second":
            return clock
        return clock[:5] if form == "minute" else f"{date[5:]} {clock[:5]}"

    @property
    def cells(self) -> int:
        """Cells of the column, the blank after it included; 0 where there is none."""
        cells = _CELLS[self.format] if self.is_stamped else 0
        return (cells + 1 if cells else 0) + (self.lanes.cells if self.lanes is not None else 0)

    def skip(self, line: bytes) -> int:
        """Return how many bytes of a line the column replaces: its lane, its stamp and a space."""
        lane = self.lanes.width(line) if self.lanes is not None else 0
        if self.format == "full":
            return lane
        return lane + self.document.stamps.width(line[lane:] if lane else line)

    def hang(self, line: bytes) -> int:
        """Return the cells of the stamp that a line begins with, where it is shown in the text."""
        return self.document.stamps.width(line) if self.format == "full" else 0

    def stamp_span(self, line: bytes) -> tuple[int, int] | None:
        """Return which characters of a line are the stamp that is left in its text."""
        stamps = self.document.stamps
        return None if self.skip(line) else stamps.span(line)

    def time(self, line: int, before: int | None) -> TimeCell:
        """Return the time of a line; `before` is the line that is shown above it."""
        cells = _CELLS[self.format]
        stamp = self.document.stamps.read(self.document.line(line)) if cells else None
        if stamp is None:
            return TimeCell(" " * cells)
        moment = milliseconds(stamp)
        if self.format == "previous":
            above = None if before is None else self._stamp_at(before)
            if above is None:
                return TimeCell(" " * cells)
            passed = moment - milliseconds(above)
            return TimeCell(f"{since(passed):>{cells}}", abs(passed) >= GAP_MILLISECONDS)
        if self.format == "start":
            return TimeCell(f"{elapsed(moment - self._first()):>{cells}}")
        if self.format == "local":
            return TimeCell(f"{local_clock(moment):>{cells}}")
        return TimeCell(stamp[11:23].decode())

    def _stamp_at(self, line: int) -> bytes | None:
        """Return the stamp of a line, or of the nearest above that has one."""
        document = self.document
        for above in range(line, max(line - STAMP_SEARCH_LINES, document.first_line - 1), -1):
            stamp = document.stamps.read(document.line(above))
            if stamp is not None:
                return stamp
        return None

    @property
    def is_stamped(self) -> bool:
        """Whether the log has time stamps, as far as its beginning shows."""
        if self._start is None and self._searched_version != self.document.version:
            try:
                stamp = first_stamp(self.document)
            except PendingReadError:
                return False
            self._searched_version = self.document.version
            self._start = None if stamp is None else milliseconds(stamp)
        return self._start is not None

    def _first(self) -> int:
        return self._start if self.is_stamped and self._start is not None else 0

    def reset(self) -> None:
        """Drop when the log began: the file was rewritten."""
        self._start = None
        self._searched_version = -1


def local_clock(moment: int) -> str:
    """Format a moment (ms since 1970) as local clock time: `08:00:00.033`.

    In the first and last days of the calendar (years 1 and 9999), whose local
    date may not exist, it is the clock time of the adjacent day.
    """
    return f"{_local(moment):%H:%M:%S}.{moment % 1000:03}"


def local_date(moment: int) -> str:
    """Format the local date of a moment (ms since 1970); see `local_clock`."""
    return _local(moment).date().isoformat()


def _local(moment: int) -> datetime:
    seconds = moment // 1000
    for day in (0, -1 if moment > 0 else 1):
        try:
            return (_EPOCH + timedelta(days=day, seconds=seconds)).astimezone()
        except (OverflowError, ValueError, OSError):  # which one depends on the system
            continue
    return _EPOCH + timedelta(seconds=seconds)


def elapsed(milliseconds_: int) -> str:
    """Format a time since the start: `0:03:12.345`; from 100 hours on `4d04:00:00`.

    It fits the column, with fewer parts where days are many.
    """
    sign, rest = ("-", -milliseconds_) if milliseconds_ < 0 else ("", milliseconds_)
    seconds, part = divmod(rest, 1000)
    minutes, second = divmod(seconds, 60)
    hours, minute = divmod(minutes, 60)
    days, hour = divmod(hours, 24)
    forms = [
        f"{sign}{days}d{hour:02}:{minute:02}:{second:02}",
        f"{sign}{days}d{hour:02}h",
    ]
    if hours < 100:
        clock = f"{sign}{hours}:{minute:02}:{second:02}"
        forms = [f"{clock}.{part:03}", f"{clock}.{part // 100}"]
    return next(form for form in forms if len(form) <= _CELLS["start"])


def since(milliseconds_: int) -> str:
    """Format a time since the line before: `+0.014`, `+3m12.3s`, `+2h05m`, `+3d07h`, `+1234d`."""
    sign, rest = ("-", -milliseconds_) if milliseconds_ < 0 else ("+", milliseconds_)
    if rest < 60_000:
        return f"{sign}{rest // 1000}.{rest % 1000:03}"
    minutes, part = divmod(rest, 60_000)
    if minutes < 60:
        return f"{sign}{minutes}m{part // 1000:02}.{part % 1000 // 100}s"
    hours, minute = divmod(minutes, 60)
    if hours < 24:
        return f"{sign}{hours}h{minute:02}m"
    days, hour = divmod(hours, 24)
    return f"{sign}{days}d{hour:02}h" if days < 1000 else f"{sign}{days}d"
