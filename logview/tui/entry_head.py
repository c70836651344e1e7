"""The rows above and below an entry's own text: times, child runs, what is left out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Literal, NamedTuple, TypeAlias

from logview.phrases import count, size
from logview.text.sanitize import label

if TYPE_CHECKING:
    from collections.abc import Sequence

    from logview.log.entries.entry_text import EntryText
    from logview.log.entries.level import Level

Tone: TypeAlias = Literal["value", "word", "note"]


@dataclass(frozen=True, slots=True)
class EntryExcerpt:
    """An entry as the entry screen gets it from the log."""

    lines: tuple[bytes, ...]
    r"""Its raw lines, without `\n`; of a very long one at least the first `MAX_LINES`."""
    first_number: int | None
    """The number of its first line, from 1; None while that is unknown."""
    line_count: int
    """How many lines it has."""
    level: Level | None
    previous: bytes | None = None
    """The stamp of the entry before it."""
    start: bytes | None = None
    """The first stamp of the log."""
    match: tuple[int, int, int] | None = None
    """The current match: a line of the entry, from 0, and characters of its visible text."""
    tries: tuple[TryRow, ...] = ()
    """The failed tries of the request that the entry is about, where there are several."""
    last_number: int | None = None
    """The number of its last line, where lines of other lanes stand between its own."""
    stamp: bytes | None = None
    """The stamp of its first line, of the platform or of another program."""
    unread_bytes: int = 0
    """How many bytes of the last of the lines are left out."""


class TryRow(NamedTuple):
    """A failed try of a request."""

    line: int
    """The line of the log that it is logged in."""
    number: int | None
    """The number of that line, from 1; None while that is unknown."""
    stamp: bytes | None
    words: str
    """What the log has of it: which retry follows, and the reason."""
    is_shown: bool
    """Whether it is the entry that is shown."""


class InfoRow(NamedTuple):
    """A row that is not of the log: words, each in its tone."""

    words: tuple[tuple[str, Tone], ...]
    line: int | None = None
    """The line of the log that a click on it leads to."""

    @property
    def text(self) -> str:
        """The row as text."""
        return "".join(word for word, _ in self.words)


def header_rows(entry: EntryText, shown: EntryExcerpt) -> list[InfoRow]:
    """Return the rows with the times of an entry and the child runs that wrote it."""
    rows = []
    stamp = entry.stamp
    if stamp is None and shown.stamp is not None:
        stamp = shown.stamp.decode("ascii", "replace")
    if stamp is not None:
        rows.append(_row("UTC ", *_moment(stamp)))
        rows += _since(entry, stamp, shown)
    outer = stamp
    for depth, child in enumerate(entry.children):
        whose = "child run " if not depth else "its child run "
        rows.append(_row(whose, label(child.name)))
        if child.stamp is not None:
            rows.append(_row("  UTC ", *_moment(child.stamp), *_behind(child.stamp, outer)))
            outer = child.stamp
    return rows


def footer_rows(entry: EntryText, shown: EntryExcerpt) -> list[InfoRow]:
    """Return the rows with what of an entry is not shown, or not laid out."""
    rows = []
    if entry.unread_line is not None:
        number = entry.unread_line + 1
        words = f"… from line {number:,} of the entry on JSON is not laid out: it is too much"
        rows.append(InfoRow(((words, "note"),)))
    if shown.unread_bytes:
        words = f"… {size(shown.unread_bytes)} more of this line: close this and read it in the log"
        rows.append(InfoRow(((words, "note"),)))
    more = shown.line_count - len(entry.lines)
    if more > 0:
        words = f"… {count(more, 'more line')}: close this and read them in the log"
        rows.append(InfoRow(((words, "note"),)))
    return [*rows, *_try_rows(shown.tries)]


def _try_rows(tries: Sequence[TryRow]) -> list[InfoRow]:
    """Return the rows with the failed tries of a request."""
    if not tries:
        return []
    rows = [InfoRow((("failed tries of this request: ", "word"), (f"{len(tries)}", "value")))]
    for one in tries:
        stamp = "" if one.stamp is None else one.stamp[11:23].decode("ascii", "replace")
        place = "line …" if one.number is None else f"line {one.number:,}"
        mark = "▸ " if one.is_shown else "  "
        words = label(f"{one.words}", 300)
        parts: tuple[tuple[str, Tone], ...] = (
            (f"{mark}{stamp:12}  {place}  ", "word"),
            (words, "value"),
        )
        rows.append(InfoRow(parts, one.line))
    return rows


def clock(stamp: str) -> str:
    """Return a stamp for people: `2026-11-20 06:00:00.033`."""
    return f"{stamp[:10]} {stamp[11:23]}"


def span(seconds: float) -> str:
    """Format a duration to the millisecond: `0.014 s`, `3m12.345s`, `2h05m00.100s`."""
    thousandths = round(abs(seconds) * 1000)
    minutes, rest = divmod(thousandths, 60_000)
    if not minutes:
        return f"{rest / 1000:.3f} s"
    hours, minutes = divmod(minutes, 60)
    if not hours:
        return f"{minutes}m{rest / 1000:06.3f}s"
    days, hours = divmod(hours, 24)
    text = f"{minutes:02}m{rest / 1000:06.3f}s"
    return f"{days}d{hours:02}h{text}" if days else f"{hours}h{text}"


def _row(word: str, value: str, *more: str) -> InfoRow:
    """Return a row of words and values in turn."""
    tones: Sequence[Tone] = ("word", "value")
    parts = (word, value, *more)
    return InfoRow(tuple((part, tones[n % 2]) for n, part in enumerate(parts) if part))


def _moment(stamp: str) -> tuple[str, ...]:
    when = _time(stamp)
    if when is None:
        return (clock(stamp),)
    try:
        local = when.astimezone()
    except (OverflowError, ValueError, OSError):  # at the edges of the calendar
        return (clock(stamp),)
    day = "" if local.date() == when.date() else f"{local:%Y-%m-%d} "
    here = f"{day}{local:%H:%M:%S}.{local.microsecond // 1000:03} ({label(local.tzname() or '')})"
    return clock(stamp), " · local ", here


def _since(entry: EntryText, stamp: str, shown: EntryExcerpt) -> list[InfoRow]:
    parts: list[tuple[str, str, str]] = []
    if (seconds := _between(shown.previous, stamp)) is not None:
        sign = "−" if seconds < 0 else "+"
        parts.append(("", f"{sign}{span(seconds)}", " since the previous entry"))
    if (seconds := _between(shown.start, stamp)) is not None:
        parts.append(("", f"{_minus(seconds)}{span(seconds)}", " since the start"))
    if seconds := _between(entry.stamp, entry.last_stamp):
        short = f"{abs(seconds) * 1000:.0f} ms" if abs(seconds) < 1 else span(seconds)
        parts.append(("spans ", f"{_minus(seconds)}{short}", ""))
    words: list[tuple[str, Tone]] = []
    for before, value, after in parts:
        words += [(" · ", "word")] if words else []
        words += [(before, "word")] if before else []
        words += [(value, "value"), (after, "word")]
    return [InfoRow(tuple(words))] if words else []


def _minus(seconds: float) -> str:
    return "−" if seconds < 0 else ""


def _behind(stamp: str, outer: str | None) -> tuple[str, ...]:
    seconds = _between(stamp, outer)
    if seconds is None:
        return ()
    return (
        " · ",
        span(seconds),
        " earlier" if seconds >= 0 else " later",
    )


def _between(one: bytes | str | None, other: str | None) -> float | None:
    first, second = _time(one), _time(other)
    return None if first is None or second is None else (second - first).total_seconds()


def _time(stamp: bytes | str | None) -> datetime | None:
    if stamp is None:
        return None
    text = stamp if isinstance(stamp, str) else stamp.decode("ascii", "replace")
    try:
        when = datetime.strptime(text, "%Y-%m-%dT%H:%M:%S.%fZ")
    except ValueError:  # digits that are no time
        return None
    return when.replace(tzinfo=timezone.utc)
