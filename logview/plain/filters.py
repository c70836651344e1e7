"""Plain mode: which lines or entries of a log are printed, and how many. Imports no screen.

Patterns are tried on lines, as the filters of the screen are; a minimum level and
times are those of entries. What passes goes through a `Sieve`, which knows the
times of the log, and keeps to its end and to a size where that was asked for.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import deque
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import count as counting
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from logview.log.entries.level import Level
from logview.log.entries.records import LANE_WAIT, EntryBlock, LineGrouper
from logview.log.search.pattern import (
    Pattern,
    PatternError,
    PatternTooSlowError,
    Query,
    compile_query,
)
from logview.phrases import count, size
from logview.text.escapes import separate_pieces
from logview.text.lanes import PREFIX
from logview.text.line_splitter import LineSplitter
from logview.text.sanitize import visible
from logview.text.timestamps import (
    CLOCK,
    PIECES,
    SPAN,
    UNITS,
    StampReader,
    detect_stamps,
    milliseconds,
)

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable, Sequence

    from logview.plain.stdout import Output

BATCH = 400
"""Lines that are read between two turns of the event loop."""

QUIET = 2.0
"""Seconds without news after which lines of an entry that might go on are printed."""

_DAY = 86_400_000
_LEVELS = {
    **{level.name: level for level in Level},
    **{level.letter: level for level in Level},
    "WARNING": Level.WARN,
    "FATAL": Level.CRITICAL,
}


class FilterError(ValueError):
    """A filter that can't be used; the text says why."""


class Bound(NamedTuple):
    """A moment that lines are printed from, or up to."""

    at: int
    """Milliseconds: since 1970, of the day, or from the log's beginning or back from its end."""
    kind: str
    """`moment`, `clock`, `begin` or `end`."""

    def resolve(self, first: int, last: int | None) -> int | None:
        """Return the moment in a log from `first` to `last`; None where it depends on `last`."""
        if self.kind == "moment":
            return self.at
        if self.kind == "begin":
            return first + self.at
        if self.kind == "end":
            return None if last is None else last - self.at
        moment = first - first % _DAY + self.at
        if moment >= first:
            return moment
        if last is None:
            return None
        return moment + _DAY if last >= moment + _DAY else moment


def parse_bound(text: str) -> Bound:
    """Return what a moment (`2026-11-20T06:12:03.5Z`, `06:12`) or a span (`5m`, `+30s`) means.

    A clock time is UTC, and of the day on which the log has it. `5m` and `-5m` count
    from the log's last line, `+5m` from its first. Raises FilterError.
    """
    text = text.strip()
    if text.isascii():
        signed = text if text.startswith(("+", "-")) else f"-{text}"
        if span := SPAN.fullmatch(signed):
            seconds = sum(float(much) * UNITS[unit] for much, unit in PIECES.findall(span[2]))
            return Bound(round(seconds * 1000), "begin" if span[1] == "+" else "end")
        clock = CLOCK.fullmatch(text if ":" in text else f"{text}T00:00")
        if clock is not None:
            year, month, day, hour, minute, second, fraction = clock.groups()
            try:
                moment = datetime(  # all UTC, as stamps are
                    *(int(year or 1970), int(month or 1), int(day or 1)),
                    *(int(hour), int(minute), int(second or 0)),
                )
            except ValueError:
                raise FilterError(f"there is no such time: {text}") from None
            at = (moment - datetime(1970, 1, 1)) // timedelta(milliseconds=1)
            at += int((fraction or "").ljust(3, "0")[:3])
            return Bound(at, "moment" if year else "clock")
    raise FilterError(
        f"{text!r} is no time: 2026-11-20T06:12:03.512Z, 06:12, 5m (before the last line) or "
        "+30s (after the first)"
    )


def parse_level(text: str) -> Level:
    """Return a level by its name or first letter, in any case; raises FilterError."""
    level = _LEVELS.get(text.strip().upper())
    if level is None:
        names = ", ".join(level.name for level in Level)
        raise FilterError(f"{text!r} is no level: {names}")
    return level


@dataclass(frozen=True, slots=True)
class Filters:
    """What is printed of a log."""

    level: Level | None = None
    """The least level; entries without one are printed with INFO."""
    patterns: tuple[tuple[Pattern, bool], ...] = ()
    """What a line has to match, or, where the second is False, must not match."""
    since: Bound | None = None
    until: Bound | None = None
    tail: int | None = None
    """How many of the last lines, or entries, are printed."""
    max_bytes: int | None = None

    def __bool__(self) -> bool:
        """Whether anything is filtered."""
        return self != Filters()

    def passes(self, level: Level | None) -> bool:
        """Return whether entries of a level are printed."""
        return self.level is None or (Level.INFO if level is None else level) >= self.level

    def matching(self, lines: Sequence[str], first: int = 1) -> set[int]:
        """Return which lines match all patterns, by index; `first` is the number of the first.

        Raises PatternTooSlowError with the number of the line, counted from 0.
        """
        found = set(range(len(lines)))
        text = "\n".join(lines) if self.patterns else ""
        for pattern, keep in self.patterns:
            try:
                of = {at for at, _ in pattern.lines(text)}
            except PatternTooSlowError as error:
                raise PatternTooSlowError(first - 1 + error.line) from None
            found = found & of if keep else found - of
        return found


def make_filters(
    *,
    level: str | None = None,
    grep: Iterable[str] = (),
    regex: Iterable[str] = (),
    leave_out: Iterable[str] = (),
    since: str | None = None,
    until: str | None = None,
    tail: int | None = None,
    max_bytes: int | None = None,
) -> Filters:
    """Return the filters that options ask for; raises FilterError."""
    queries = [("--grep", Query(text), True) for text in grep]
    queries += [("--regex", Query(text, regex=True), True) for text in regex]
    queries += [("--not", Query(text), False) for text in leave_out]
    patterns = []
    for option, query, keep in queries:
        try:
            patterns.append((compile_query(query), keep))
        except PatternError as error:
            raise FilterError(f"{option} {query.text!r}: {error}") from None
    for number, name in ((tail, "--tail"), (max_bytes, "--max-bytes")):
        if number is not None and number < 0:
            raise FilterError(f"{name} {number}: it has to be 0 or more")
    return Filters(
        None if level is None else parse_level(level),
        tuple(patterns),
        None if since is None else parse_bound(since),
        None if until is None else parse_bound(until),
        tail,
        max_bytes,
    )


class LeftOut(NamedTuple):
    """What `--max-bytes` left out."""

    pieces: int
    """Lines or entries."""
    lines: int
    size: int

    def words(self, limit: int) -> str:
        """Return what is said of lines that were left out."""
        what = f"{count(self.lines, 'line')} ({size(self.size)})"
        return f"left out by --max-bytes {limit}: {what}"


class _Piece(NamedTuple):
    moment: int | None
    """When it was logged, in milliseconds since 1970; of the line before where it has no stamp."""
    data: bytes
    lines: int


Write: TypeAlias = "Callable[[bytes], Awaitable[None]]"


class Sieve:
    """Lets lines or entries through by their time, the last ones alone, and so many bytes."""

    def __init__(
        self,
        filters: Filters,
        write: Write,
        report: Callable[[str], None],
        object_of: Callable[[LeftOut], bytes] | None = None,
    ) -> None:
        """Write what passes; `object_of` is what is written at last of what was left out.

        Without it that is reported.
        """
        self._filters = filters
        self._write = write
        self._report = report
        self._object_of = object_of
        self._first: int | None = None
        self._last: int | None = None
        self._bounds: tuple[int | None, int | None] | None = None
        """Moments to print from and to; None while they are not known."""
        self._waiting: list[_Piece] = []
        """What comes before the bounds are known."""
        self._tail: deque[_Piece] = deque(maxlen=filters.tail)
        self._free = filters.max_bytes
        """Bytes that may be written yet."""
        self._reserved = 0 if object_of is None else len(object_of(LeftOut(*[10**9] * 3)))
        self._near_end: list[_Piece] = []
        """What fits only if nothing follows it: else what is said of the rest needs the place."""
        self._left_out = LeftOut(0, 0, 0)
        if filters.since is None and filters.until is None:
            self._bounds = (None, None)

    def see(self, moment: int) -> None:
        """Take the moment of a line, printed or not."""
        self._first = moment if self._first is None else min(self._first, moment)
        self._last = moment if self._last is None else max(self._last, moment)

    async def add(self, moment: int | None, data: bytes, lines: int = 1) -> None:
        """Take a line, or an entry of some lines, that the other filters let through."""
        piece = _Piece(moment, data, lines)
        if self._bounds is None and self._first is not None:
            self._resolve(None)
            if self._bounds is not None:
                await self._pass_waiting()
        if self._bounds is None:
            self._waiting.append(piece)
        else:
            await self._time(piece, self._bounds)

    async def finish(self) -> None:
        """Write what is held back, and say what was left out."""
        if self._bounds is None:
            if self._first is None:
                self._report("this log has no time stamps for --since and --until to go by")
                self._bounds = (0 if self._filters.since is not None else None, None)
            else:
                self._resolve(self._last)
            await self._pass_waiting()
        tail, self._tail = list(self._tail), deque(maxlen=self._filters.tail)
        if self._free is not None:
            tail = self._fitting(tail, self._free)
        for piece in tail:
            await self._write(piece.data)
        if not self._left_out.pieces:
            for piece in self._near_end:
                await self._write(piece.data)
        elif self._object_of is None:
            self._report(self._left_out.words(self._filters.max_bytes or 0))
        else:
            await self._write(self._object_of(self._left_out))
        self._near_end = []

    def _resolve(self, last: int | None) -> None:
        first = self._first or 0
        bounds = [
            None if bound is None else (bound.resolve(first, last), bound)
            for bound in (self._filters.since, self._filters.until)
        ]
        if all(one is None or one[0] is not None for one in bounds):
            since, until = (None if one is None else one[0] for one in bounds)
            self._bounds = (since, until)

    async def _pass_waiting(self) -> None:
        waiting, self._waiting = self._waiting, []
        for piece in waiting:
            await self._time(piece, self._bounds or (None, None))

    async def _time(self, piece: _Piece, bounds: tuple[int | None, int | None]) -> None:
        since, until = bounds
        moment = piece.moment
        if since is not None and (moment is None or moment < since):
            return
        if until is not None and moment is not None and moment > until:
            return
        if self._filters.tail is not None:
            self._tail.append(piece)
        elif self._free is None:
            await self._write(piece.data)
        else:
            await self._fit(piece, self._free)

    async def _fit(self, piece: _Piece, free: int) -> None:
        """Write a piece if it fits; of what follows one that does not, nothing is written."""
        near = sum(len(one.data) for one in self._near_end)
        if self._left_out.pieces or near + len(piece.data) > free:
            for one in (*self._near_end, piece):
                self._leave_out(one)
            self._near_end = []
        elif self._near_end or len(piece.data) > free - self._reserved:
            self._near_end.append(piece)
        else:
            self._free = free - len(piece.data)
            await self._write(piece.data)

    def _fitting(self, pieces: list[_Piece], free: int) -> list[_Piece]:
        """Return the last ones that fit."""
        total = sum(len(one.data) for one in pieces)
        if total <= free:
            return pieces
        at = 0
        while at < len(pieces) and total > free - self._reserved:
            total -= len(pieces[at].data)
            self._leave_out(pieces[at])
            at += 1
        return pieces[at:]

    def _leave_out(self, piece: _Piece) -> None:
        before = self._left_out
        self._left_out = LeftOut(
            before.pieces + 1, before.lines + piece.lines, before.size + len(piece.data)
        )


class Times:
    """Reads when the lines of one log were logged; one without a stamp has that of the line above.

    Continues over gaps: a line's time is a hint.
    """

    def __init__(self, sieve: Sieve) -> None:
        self._sieve = sieve
        self._reader: StampReader | None = None
        self._moment: int | None = None

    def read(self, lines: Sequence[str]) -> list[int | None]:
        """Return the moment of each line, and have the sieve know them; by visible text."""
        if self._reader is None or (self._moment is None and self._reader.is_platform):
            self._reader = detect_stamps("\n".join(lines).encode("utf-8", "replace"))
        moments: list[int | None] = []
        for line in lines:
            stamp = self._reader.read(line[:4096].encode("utf-8", "replace"))
            if stamp is not None:
                self._moment = milliseconds(stamp)
                self._sieve.see(self._moment)
            moments.append(self._moment)
        return moments


class _Lane:
    """The lines of one log, among several."""

    def __init__(self, sieve: Sieve, *, grouped: bool) -> None:
        self.grouper = LineGrouper() if grouped else None
        self.times = Times(sieve)
        self.held: dict[int, tuple[int, bytes, int | None]] = {}
        """Number, bytes and moment of the lines that the grouper holds, by its own numbers."""
        self.lines = 0


class MatchingLines:
    """An output for the lines that filters let through, each as it came, into another output."""

    def __init__(self, filters: Filters, inner: Output, report: Callable[[str], None]) -> None:
        self._filters = filters
        self._inner = inner
        self._sieve = Sieve(filters, inner.log, report)
        self._splitter = LineSplitter()
        self._lanes: dict[bytes, _Lane] = {}
        self._numbers = counting()
        self._last = 0
        """The number of the last line."""
        self._passed: list[tuple[int, bytes, int | None]] = []
        """Lines that pass, before which others may."""
        self._quiet_after: float | None = None

    @property
    def flush_after(self) -> float | None:
        """Seconds of quiet after which `flush_partial` should be called; None for never."""
        waits = [one for one in (self._quiet_after, self._inner.flush_after) if one is not None]
        return min(waits, default=None)

    async def log(self, data: bytes) -> None:
        """Take the next bytes of the log; print the lines that are known to match."""
        await self._feed_all(self._splitter.feed(data))

    async def flush_partial(self) -> None:
        """Print lines of entries that may go on."""
        if self._quiet_after is not None:
            self._quiet_after = None
            await self._put([part for lane in self._lanes.values() for part in self._flush(lane)])
        await self._inner.flush_partial()

    async def end_line(self) -> None:
        """Leave the current line."""
        await self._inner.end_line()

    async def break_line(self) -> None:
        """End an unfinished line and its entry: lines are missing here."""
        await self._feed_all(self._splitter.finish())
        await self._put(
            [part for lane in self._lanes.values() for part in self._flush(lane, broken=True)]
        )
        await self._inner.break_line()

    async def finish(self) -> None:
        """Print everything that is held back."""
        await self._feed_all(self._splitter.finish())
        await self._put([part for lane in self._lanes.values() for part in self._flush(lane)])
        await self._sieve.finish()
        await self._inner.finish()

    async def _feed_all(self, lines: list[bytes]) -> None:
        for at in range(0, len(lines), BATCH):
            await self._feed(lines[at : at + BATCH])
        held = any(lane.held for lane in self._lanes.values())
        self._quiet_after = QUIET if held else None

    async def _feed(self, lines: list[bytes]) -> None:
        of_lane: dict[bytes, list[tuple[int, bytes, bytes]]] = {}
        for line in lines:
            prefix = PREFIX.match(line)
            lane = b"" if prefix is None else prefix[0]
            own = line if prefix is None else line[prefix.end() :]
            self._last = next(self._numbers)
            of_lane.setdefault(lane, []).append((self._last, line, own))
        passed: list[tuple[int, bytes, int | None]] = []
        for name, some in of_lane.items():
            if name not in self._lanes:
                self._lanes[name] = _Lane(self._sieve, grouped=self._filters.level is not None)
            passed += self._pass(self._lanes[name], some)
        await self._put(passed)

    def _pass(
        self, lane: _Lane, some: list[tuple[int, bytes, bytes]]
    ) -> list[tuple[int, bytes, int | None]]:
        """Return the lines of one log that pass the level and the patterns."""
        text = visible(separate_pieces(b"\n".join(own for _, _, own in some)))
        if not lane.lines:
            text = text.removeprefix("\ufeff")
        texts = text.split("\n")
        moments = lane.times.read(texts)
        kept = [
            (number, line, moment) for (number, line, _), moment in zip(some, moments, strict=True)
        ]
        if lane.grouper is None:
            matching = self._filters.matching(texts, lane.lines + 1)
            lane.lines += len(texts)
            return [kept[at] for at in sorted(matching)]
        lane.held.update(enumerate(kept, lane.lines + 1))
        lane.lines += len(texts)
        return self._of_block(lane, lane.grouper.feed(texts, texts))

    def _flush(self, lane: _Lane, *, broken: bool = False) -> list[tuple[int, bytes, int | None]]:
        if lane.grouper is None:
            return []
        block = lane.grouper.break_entry() if broken else lane.grouper.flush()
        return self._of_block(lane, block)

    def _of_block(
        self, lane: _Lane, block: EntryBlock | None
    ) -> list[tuple[int, bytes, int | None]]:
        if block is None:
            return []
        lines = [lane.held.pop(number) for number in block.numbers]
        matching = self._filters.matching(block.lines, block.numbers[0])
        ends = [*block.starts[1:], len(lines)]
        return [
            lines[at]
            for start, end, level in zip(block.starts, ends, block.levels, strict=True)
            if self._filters.passes(level)
            for at in range(start, end)
            if at in matching
        ]

    async def _put(self, lines: list[tuple[int, bytes, int | None]]) -> None:
        """Print lines in the log's order, as far as it is known which of those above pass."""
        held = [next(iter(lane.held.values()))[0] for lane in self._lanes.values() if lane.held]
        limit = max(min(held, default=self._last + 1), self._last - LANE_WAIT)
        passed = sorted([*self._passed, *lines], key=lambda one: one[0])
        end = bisect_left(passed, limit, key=lambda one: one[0])
        self._passed = passed[end:]
        for _, line, moment in passed[:end]:
            await self._sieve.add(moment, line + b"\n")


def moment_of(time: str | None) -> int | None:
    """Return the moment of a record's time, in milliseconds since 1970."""
    return None if time is None else milliseconds(time.encode())
