"""Sources: several logs as one, each line with the prefix of its lane.

What is there already is merged by time stamps, what comes live by arrival
within a short window; a line that comes too late for its stamp goes behind what
was given before it. Each lane is a source of its own: it resumes, fails and
ends by itself.

A line is given once no lane can have an older one on its way, as far as that
can be known: up to the newest stamp of the lane that is least far. A lane is
waited for while its log is opened and read (`OPENING`, `REPLAY_QUIET`); once it
is live, each line of the others waits for it for a moment (`WINDOW`).
"""

from __future__ import annotations

import asyncio
from bisect import bisect_right
from collections import deque
from contextlib import suppress
from dataclasses import dataclass, replace
from itertools import accumulate
from typing import TYPE_CHECKING, Any

from logview.sources.clock import Alarm, Clock, SystemClock
from logview.sources.events import (
    Connected,
    Connecting,
    Ended,
    Extended,
    Failed,
    Gap,
    JobChanged,
    Lost,
    Noted,
    OfLane,
    Problem,
    Received,
    Resumed,
    Waiting,
)
from logview.text.lanes import job_lane, prefix_of
from logview.text.timestamps import PLATFORM, STAMP, detect_stamps, milliseconds

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Sequence

    from logview.apify.models import Job
    from logview.sources.events import Event, LaneEvent, Source

WINDOW = 0.25
"""Seconds for which a line of a live log waits for older ones of the others."""

REPLAY_QUIET = 2.0
"""Seconds without a byte after which a log that is open is taken for live."""

FRESH = 5.0
"""Seconds: a log whose newest line is no older is live."""

OPENING = 10.0
"""Seconds for which the others wait for a log to be opened."""

NAMING = 5.0
"""Seconds for which the first line of a run waits for the Actor's name."""

HELD = 4 << 20
"""Bytes of a lane that are held before no more is asked for."""

LONGEST_LINE = 8 << 20
"""Bytes of a line that are waited for; a longer one becomes several."""

CHUNK = 1 << 20
"""Bytes of a file that are read at a time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LaneSpec:
    """One of several logs."""

    source: Source
    name: str
    """The name of its lane; of a run or build only until that is known."""
    is_job: bool = False
    """Whether it is a run or build: its lane is named by its ID and Actor."""
    actor_name: Callable[[str], Awaitable[str | None]] | None = None
    """Looks up the name of an Actor by its ID."""


class _Block:
    """Whole lines that came together, or a gap between lines."""

    __slots__ = ("arrived", "gap", "keys", "lines", "size")

    def __init__(
        self, lines: list[bytes], keys: list[bytes], arrived: float, gap: Gap | None = None
    ) -> None:
        self.lines = lines
        self.keys = keys
        """The newest stamp so far for each line; they never go back."""
        self.arrived = arrived
        self.gap = gap
        self.size = sum(map(len, lines)) + len(lines)

    def split(self, count: int) -> _Block:
        """Take the first `count` lines out, as a block of their own."""
        first = _Block(self.lines[:count], self.keys[:count], self.arrived)
        self.lines, self.keys = self.lines[count:], self.keys[count:]
        self.size -= first.size
        return first


class _Lane:
    """One of the logs: what it has that was not given yet, and how far it is."""

    def __init__(self, spec: LaneSpec, clock: Clock) -> None:
        self.spec = spec
        self.name = spec.name
        self._clock = clock
        self.blocks: deque[_Block] = deque()
        self.size = 0
        """Bytes of the blocks."""
        self._rest = b""
        """The unfinished line."""
        self._stamps = PLATFORM
        self._begun = False
        self._key = b""
        """The newest stamp so far."""
        self.prefix: bytes | None = None if spec.is_job else prefix_of(spec.name)
        self.since = clock.monotonic()
        """When the state began, or the last bytes came."""
        self.first_bytes: float | None = None
        self.is_open = False
        """Whether it answers."""
        self.is_live = False
        """Whether what it had at the start was read."""
        self.is_waited_for = True
        """Whether it may have lines soon: not while it is lost or nothing was logged yet."""
        self.end: Ended | Failed | None = None
        self.hopeless = 0
        """Failures in a row that trying again can't mend."""
        self.job: Job | None = None

    @property
    def waited_until(self) -> float | None:
        """When what it has at the start is no longer waited for, on the clock; None: it is not."""
        if self.end is not None or not self.is_waited_for or self.is_live:
            return None
        if self.prefix is None and self.first_bytes is not None:
            return self.first_bytes + NAMING
        return self.since + (REPLAY_QUIET if self.is_open else OPENING)

    def newest_before(self, moment: float) -> bytes:
        """Return the newest stamp of what came up to a moment and was not given yet."""
        key = b""
        for block in self.blocks:
            if block.arrived > moment:
                break
            key = block.keys[-1]
        return key

    @property
    def newest(self) -> bytes:
        """The newest stamp so far: what comes is taken for no older."""
        return self._key

    def feed(self, data: bytes) -> None:
        """Take the next bytes of the log."""
        now = self.since = self._clock.monotonic()
        self.is_open = self.is_waited_for = True
        self.end = None
        if self.first_bytes is None:
            self.first_bytes = now
        if self._rest:
            data = self._rest + data
        whole, found, self._rest = data.rpartition(b"\n")
        if found:
            self._append(whole, now)
        if len(self._rest) > LONGEST_LINE:
            self.break_line()

    def break_line(self) -> None:
        """End an unfinished line."""
        rest, self._rest = self._rest, b""
        if rest:
            self._append(rest, self._clock.monotonic())

    def add_gap(self, gap: Gap) -> None:
        """Put a gap behind the lines so far."""
        self.break_line()
        self.blocks.append(_Block([], [self._key], self._clock.monotonic(), gap))

    def _append(self, whole: bytes, now: float) -> None:
        if not self._begun:
            self._begun = True
            self._stamps = detect_stamps(whole)
        lines = whole.split(b"\n")
        if self._stamps.is_platform:
            match = STAMP.match
            stamps = [line[:24] if match(line) else b"" for line in lines]
        else:
            read = self._stamps.read
            stamps = [read(line) or b"" for line in lines]
        stamps[0] = max(stamps[0], self._key)
        keys = list(accumulate(stamps, max))
        self._key = keys[-1]
        if not self.is_live and self._key and milliseconds(self._key) > self._fresh:
            self.is_live = True
        block = _Block(lines, keys, now)
        self.blocks.append(block)
        self.size += block.size

    def take(self, bound: bytes | None) -> list[_Block]:
        """Take out what has a stamp up to `bound`, all of it without one."""
        taken = []
        while self.blocks:
            block = self.blocks[0]
            if bound is None or block.keys[-1] <= bound:
                self.blocks.popleft()
            else:
                count = bisect_right(block.keys, bound)
                if count:
                    block = block.split(count)
                    self.size -= block.size
                    taken.append(block)
                break
            self.size -= block.size
            taken.append(block)
        return taken

    @property
    def _fresh(self) -> float:
        """The time from which on a line is no old one, in milliseconds since 1970."""
        return 1000 * (self._clock.wall() - FRESH)


class MergedSource:
    """Merges several logs into one. `give_up` is after how many failures in a row that trying
    again can't mend a lane is given up; None: never.
    """

    def __init__(
        self, specs: Sequence[LaneSpec], *, give_up: int | None = None, clock: Clock | None = None
    ) -> None:
        self._clock = clock or SystemClock()
        self._lanes = [_Lane(spec, self._clock) for spec in specs]
        self._give_up = give_up
        self._alarm = Alarm(self._clock)
        self._out: deque[Event] = deque()
        """What is to be emitted before anything else."""
        self._given = asyncio.Event()
        """Set, and then replaced, when lines were given."""
        self._names: dict[str, asyncio.Future[str | None]] = {}
        self._connected = False
        self._ended = False
        """Whether the end of all was emitted."""

    def retry(self) -> None:
        """Retry the logs that are lost or have failed; all of them where none is."""
        lost = [lane for lane in self._lanes if isinstance(lane.end, Failed)]
        lost += [lane for lane in self._lanes if lane.end is None and not lane.is_waited_for]
        for lane in lost or self._lanes:
            lane.spec.source.retry()

    def stats(self) -> list[tuple[str, str]]:
        """What happened to each log so far, as (name, value) rows."""
        return [
            (f"{lane.name}: {name}", value)
            for lane in self._lanes
            for name, value in lane.spec.source.stats()
        ]

    async def events(self) -> AsyncIterator[Event]:
        """Merge; goes on after the end of all, as the sources do."""
        yield Connecting()
        tasks = [asyncio.ensure_future(self._pump(lane)) for lane in self._lanes]
        try:
            while True:
                while self._out:
                    yield self._out.popleft()
                given = False
                for event in self._merged():
                    given = True
                    yield event
                if given:
                    before, self._given = self._given, asyncio.Event()
                    before.set()
                    await asyncio.sleep(0)
                    continue
                for task in tasks:
                    if task.done():
                        task.result()
                end = self._end()
                if end is not None:
                    yield end
                await self._alarm.wait(self._next_deadline())
                self._alarm.slept = False
        finally:
            self._alarm.close()
            running: list[asyncio.Future[Any]] = [*tasks, *self._names.values()]
            for one in running:
                one.cancel()
            await asyncio.gather(*running, return_exceptions=True)

    # -- one lane -----------------------------------------------------------------------------

    async def _pump(self, lane: _Lane) -> None:
        stream = lane.spec.source.events()
        try:
            async for event in stream:
                self._take(lane, event)
                self._alarm.wake()
                if lane.end is not None and lane.hopeless:
                    return
                if isinstance(event, Extended):
                    await self._read_stored(lane, event)
                while lane.size > HELD:
                    await self._given.wait()
        finally:
            close = getattr(stream, "aclose", None)
            if close is not None:
                await close()
        if lane.end is None:
            lane.break_line()
            lane.end = Ended()
            self._alarm.wake()

    async def _read_stored(self, lane: _Lane, event: Extended) -> None:
        end = event.start + event.length
        for at in range(event.start, end, CHUNK):
            lane.feed(event.store.read(at, min(CHUNK, end - at)))
            self._alarm.wake()
            await asyncio.sleep(0)
            while lane.size > HELD:
                await self._given.wait()

    def _take(self, lane: _Lane, event: Event) -> None:
        """Take in an event of a lane; what others should know of it is emitted with its name."""
        match event:
            case Received(data):
                lane.hopeless = 0
                if data:
                    self._ended = False
                    lane.feed(data)
            case Gap():
                lane.add_gap(Gap(f"{lane.name}: {event.text}", event.kind, event.seconds))
            case Connecting():
                if lane.end is not None:
                    lane.end = None
                    self._ended = False
                lane.is_open = False
                lane.is_live = lane.first_bytes is not None and lane.is_live
                lane.since = self._clock.monotonic()
            case Connected():
                lane.is_open = lane.is_waited_for = True
                lane.since = self._clock.monotonic()
                if not self._connected:
                    self._connected = True
                    self._out.append(event)
                self._emit(lane, event)
            case Waiting():
                lane.is_waited_for = False
                self._emit(lane, event)
            case Lost(problem=problem):
                lane.is_waited_for = False
                lane.hopeless = lane.hopeless + 1 if problem.lasting else 0
                self._emit(lane, event)
                if self._give_up is not None and lane.hopeless >= self._give_up:
                    self._fail(lane, problem)
            case Failed(problem=problem):
                lane.hopeless = 0
                self._fail(lane, problem)
            case Ended():
                lane.break_line()
                lane.end = event = replace(event, job=event.job or lane.job)
                self._name(lane)
                self._emit(lane, event)
            case JobChanged(job):
                lane.job = job
                self._name(lane)
                self._emit(lane, event)
            case Noted(text):
                self._out.append(Noted(text))
            case Resumed():
                self._emit(lane, event)
            case _:
                pass

    def _fail(self, lane: _Lane, problem: Problem) -> None:
        lane.break_line()
        lane.is_waited_for = False
        lane.end = Failed(problem)
        self._name(lane)
        self._emit(lane, lane.end)

    def _emit(self, lane: _Lane, event: LaneEvent) -> None:
        self._out.append(OfLane(lane.name, event))

    # -- the names of runs ----------------------------------------------------------------------

    def _name(self, lane: _Lane) -> None:
        """Name the lane of a run or build as soon as its Actor's name is known, or can't be."""
        if lane.prefix is not None:
            return
        ask, job = lane.spec.actor_name, lane.job
        if job is None or job.actor_id is None or ask is None:
            if lane.end is not None:
                self._set_name(lane, None)
            return
        if job.actor_id not in self._names:
            naming = self._names[job.actor_id] = asyncio.ensure_future(ask(job.actor_id))
            naming.add_done_callback(lambda _: self._alarm.wake())

    def _set_name(self, lane: _Lane, name: str | None) -> None:
        job = lane.job
        if job is not None:
            lane.name = job_lane(job.kind, job.id, name)
        lane.prefix = prefix_of(lane.name)

    def _apply_names(self, now: float) -> None:
        for lane in self._lanes:
            if lane.prefix is not None:
                continue
            actor_id = lane.job.actor_id if lane.job is not None else None
            naming = self._names.get(actor_id or "")
            if naming is not None and naming.done():
                name = None
                with suppress(asyncio.CancelledError):
                    name = naming.result()
                self._set_name(lane, name)
            elif lane.first_bytes is not None and now >= lane.first_bytes + NAMING:
                self._set_name(lane, None)

    # -- merging ------------------------------------------------------------------------------

    def _merged(self) -> list[Event]:
        """Return what can be given now."""
        now = self._clock.monotonic()
        self._apply_names(now)
        bound = self._bound(now)
        taken = [
            (lane, blocks)
            for lane in self._lanes
            if lane.prefix is not None and (blocks := lane.take(bound))
        ]
        return _in_order(taken)

    def _bound(self, now: float) -> bytes | None:
        """Return the stamp up to which all lines that there are can be given; None: all can."""
        begun: list[bytes] = []
        """What no log is to pass that is read for the first time."""
        live: list[bytes] = []
        """How far those are that may have a line within the window."""
        for lane in self._lanes:
            until = lane.waited_until
            if until is not None and now < until:
                begun.append(lane.newest)
            elif until is not None and not lane.is_open:
                lane.is_waited_for = False
            elif until is not None:
                lane.is_live = True
            if lane.prefix is None and lane.blocks:
                begun.append(lane.blocks[0].keys[0])
            if lane.is_live and lane.is_waited_for and lane.end is None:
                live.append(lane.newest)
        if live:
            waited = [lane.newest_before(now - WINDOW) for lane in self._lanes]
            begun.append(max(min(live), *waited))
        return min(begun) if begun else None

    def _next_deadline(self) -> float | None:
        """Return the seconds until more can be given though nothing comes; None: never."""
        now = self._clock.monotonic()
        due = [until for lane in self._lanes if (until := lane.waited_until) is not None]
        due += [lane.blocks[0].arrived + WINDOW for lane in self._lanes if lane.blocks]
        ahead = [moment for moment in due if moment > now]
        return min(ahead) - now + 0.001 if ahead else WINDOW if due else None

    def _end(self) -> Event | None:
        """Return the end of all, once."""
        ends = [lane.end for lane in self._lanes if lane.end is not None]
        if self._ended or len(ends) < len(self._lanes) or any(map(_held, self._lanes)):
            return None
        self._ended = True
        failures = [end for end in ends if isinstance(end, Failed)]
        if len(failures) < len(ends):
            return Ended(lanes=tuple(ends))
        first = failures[0].problem
        return Failed(
            Problem(
                f"None of the {len(ends)} logs could be read.",
                status=first.status,
                kind=first.kind,
                lasting=True,
            )
        )


def _held(lane: _Lane) -> bool:
    return bool(lane.blocks)


def _in_order(taken: Sequence[tuple[_Lane, list[_Block]]]) -> list[Event]:
    """Return the events of lines in the order of their stamps; of equal ones by lane."""
    lines: list[bytes] = []
    keys: list[bytes] = []
    gaps: dict[int, Gap] = {}
    for lane, blocks in taken:
        prefix = lane.prefix or b""
        for block in blocks:
            if block.gap is not None:
                gaps[len(lines)] = block.gap
                lines.append(b"")
            else:
                lines += [prefix + line for line in block.lines]
            keys += block.keys
    if not lines:
        return []
    order: Sequence[int] = range(len(lines))
    if len(taken) > 1:
        order = sorted(order, key=keys.__getitem__)
    if not gaps:
        ordered = lines if len(taken) == 1 else [lines[at] for at in order]
        ordered.append(b"")
        return [Received(b"\n".join(ordered))]
    result: list[Event] = []
    run: list[bytes] = []
    for at in order:
        gap = gaps.get(at)
        if gap is None:
            run.append(lines[at])
            continue
        if run:
            result.append(Received(b"\n".join([*run, b""])))
            run = []
        result.append(gap)
    if run:
        result.append(Received(b"\n".join([*run, b""])))
    return result
