"""Sources: one connection to a remote log, from opening to whatever ends it."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Protocol

from logview.sources.alignment import Pause
from logview.sources.events import Connected, Gap, Received, Resumed
from logview.sources.problems import DOUBT, gap_of
from logview.sources.splice import Apart, Doubt, Joined, New, Splice

if TYPE_CHECKING:
    from collections.abc import Awaitable, Iterable

    from logview.sources.clock import Clock
    from logview.sources.connection_stats import ConnectionStats
    from logview.sources.events import Event
    from logview.sources.read_ahead import ReadAhead
    from logview.sources.received_log import ReceivedLog
    from logview.sources.splice import Outcome

SETTLE = 1.0
"""Seconds of silence after which bytes that wait for the first stamp behind a gap are given out."""


class Emit(Protocol):
    """Passes one event to the reader, and returns when the reader has acted on it."""

    def __call__(self, event: Event) -> Awaitable[None]:
        """Emit it."""
        ...


class ResumeState:
    """What lasts longer than one connection: what is held, where its newest part begins, counts."""

    def __init__(self, received: ReceivedLog, stats: ConnectionStats) -> None:
        self.received = received
        self.stats = stats
        self.start = 0
        """Where in `received` the log begins that replays are now of: behind the last gap."""
        self.doubtful = False
        """Whether a gap is still to be emitted: log may be missing in the line that is torn now."""
        self.loss_reported = False
        """Whether a loss was emitted that no `Resumed` has answered yet."""


class StreamConnection:
    """One connection: takes the bytes of its reader, and emits those that are new."""

    def __init__(self, reader: ReadAhead, resume: ResumeState, clock: Clock, emit: Emit) -> None:
        self.reader = reader
        self._resume = resume
        self._clock = clock
        self._emit = emit
        self._splice = Splice(resume.received, resume.start, doubtful=resume.doubtful)
        self._resumes = resume.received.size > 0
        self._repeated = resume.stats.repeated
        self._dropped = resume.stats.dropped
        self.opened = False
        """Whether the opening was counted."""
        self.connected = False
        """Whether the reader knows that the stream is open."""
        self.new = 0
        """Bytes that this connection added."""
        self.began = self.last = clock.monotonic()
        """When it began, and when its last byte came, on the monotonic clock."""
        self.began_wall = clock.wall()

    @property
    def through(self) -> bool:
        """Whether the replay has come to the end of what was held."""
        return self._splice.through

    @property
    def may_be_whole(self) -> bool:
        """Whether what came may be all there is, with nothing new in it."""
        return self._splice.may_be_whole()

    @property
    def settles_in(self) -> float | None:
        """Seconds until `settle` is due; None when nothing is undecided."""
        if not self._splice.undecided:
            return None
        return max(0.0, self.last + SETTLE - self._clock.monotonic())

    async def emit_connected(self) -> None:
        """Emit `Connected`, unless that was done; new bytes do it by themselves."""
        if not self.connected:
            self.connected = True
            await self._emit(Connected())

    async def feed(self, data: bytes) -> None:
        """Take bytes of the stream."""
        self.last = self._clock.monotonic()
        self._resume.stats.received += len(data)
        await self._take(self._splice.feed(data))

    async def settle(self) -> None:
        """Emit what waits for more, because no more seems to come."""
        await self._take(self._splice.settle())

    async def _take(self, outcomes: Iterable[Outcome]) -> None:
        resume = self._resume
        joined = False
        for outcome in outcomes:
            self._count()
            match outcome:
                case New(data):
                    if joined and self._resumes:
                        # A reopening for caution's sake brought something: the stream was dead.
                        await self._emit_resumed(0)
                    await self._emit_bytes(data)
                case Joined(sure=sure):
                    joined = True
                    if resume.loss_reported:
                        await self._emit_resumed(0 if sure else None)
                case Apart():
                    await self.emit_connected()
                    resume.start = resume.received.size
                    await self._gap(gap_of(outcome))
                    await self._emit_resumed(None)
                case Doubt():
                    await self._gap(DOUBT)
                case Pause():
                    await asyncio.sleep(0)
        self._count()

    def _count(self) -> None:
        stats = self._resume.stats
        stats.repeated = self._repeated + self._splice.matched
        stats.dropped = self._dropped + self._splice.undecided
        self._resume.doubtful = self._splice.doubtful

    async def _emit_bytes(self, data: bytes) -> None:
        await self.emit_connected()
        received = self._resume.received
        expected = received.size + len(data)
        self.new += len(data)
        self._resume.stats.kept += len(data)
        await self._emit(Received(data))
        if received.size != expected:
            raise RuntimeError("the reader of a source has to keep the bytes of each `Received`")

    async def _gap(self, gap: Gap) -> None:
        self._resume.stats.gaps += 1
        await self._emit(gap)

    async def _emit_resumed(self, lines_lost: int | None) -> None:
        self._resumes = False
        self._resume.loss_reported = False
        await self._emit(Resumed(self._resume.received.size, lines_lost))
