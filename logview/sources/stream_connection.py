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
    from logview.sources.pump import Pump
    from logview.sources.received_log import ReceivedLog
    from logview.sources.splice import Outcome

SETTLE = 1.0
"""Seconds of silence after which bytes that wait for the first stamp behind a gap are given out."""


class Say(Protocol):
    """Hands one event to the reader, and returns when the reader has acted on it."""

    def __call__(self, event: Event) -> Awaitable[None]:
        """Say it."""
        ...


class ResumeState:
    """What lasts longer than one connection: what is held, where its newest part begins, counts."""

    def __init__(self, held: ReceivedLog, ledger: ConnectionStats) -> None:
        self.held = held
        self.ledger = ledger
        self.start = 0
        """Where in `held` the log begins that replays are now of: behind the last gap."""
        self.doubtful = False
        """Whether it is still to be told that log may be missing in the line that is torn now."""
        self.owes_proof = False
        """Whether a loss was told, so that the reader waits to hear what came of it."""


class StreamConnection:
    """One connection: takes the bytes of its pump, and says those that are new."""

    def __init__(self, pump: Pump, story: ResumeState, clock: Clock, say: Say) -> None:
        self.pump = pump
        self._story = story
        self._clock = clock
        self._say = say
        self._splice = Splice(story.held, story.start, doubtful=story.doubtful)
        self._resumes = story.held.size > 0
        self._repeated = story.ledger.repeated
        self._dropped = story.ledger.dropped
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

    async def greet(self) -> None:
        """Say that the stream is open, unless that was said; new bytes do so by themselves."""
        if not self.connected:
            self.connected = True
            await self._say(Connected())

    async def feed(self, data: bytes) -> None:
        """Take bytes of the stream."""
        self.last = self._clock.monotonic()
        self._story.ledger.received += len(data)
        await self._take(self._splice.feed(data))

    async def settle(self) -> None:
        """Give out what waits for more, because no more seems to come."""
        await self._take(self._splice.settle())

    async def _take(self, outcomes: Iterable[Outcome]) -> None:
        story = self._story
        joined = False
        for outcome in outcomes:
            self._count()
            match outcome:
                case New(data):
                    if joined and self._resumes:
                        # A reopening for caution's sake brought something: the stream was dead.
                        await self._prove(0)
                    await self._give(data)
                case Joined(sure=sure):
                    joined = True
                    if story.owes_proof:
                        await self._prove(0 if sure else None)
                case Apart():
                    await self.greet()
                    story.start = story.held.size
                    await self._gap(gap_of(outcome))
                    await self._prove(None)
                case Doubt():
                    await self._gap(DOUBT)
                case Pause():
                    await asyncio.sleep(0)
        self._count()

    def _count(self) -> None:
        ledger = self._story.ledger
        ledger.repeated = self._repeated + self._splice.matched
        ledger.dropped = self._dropped + self._splice.undecided
        self._story.doubtful = self._splice.doubtful

    async def _give(self, data: bytes) -> None:
        await self.greet()
        held = self._story.held
        expected = held.size + len(data)
        self.new += len(data)
        self._story.ledger.kept += len(data)
        await self._say(Received(data))
        if held.size != expected:
            raise RuntimeError("the reader of a source has to keep the bytes of each `Received`")

    async def _gap(self, gap: Gap) -> None:
        self._story.ledger.gaps += 1
        await self._say(gap)

    async def _prove(self, lines_lost: int | None) -> None:
        self._resumes = False
        self._story.owes_proof = False
        await self._say(Resumed(self._story.held.size, lines_lost))
