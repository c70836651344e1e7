"""Sources: the log of a run or build, followed to its true end whatever the connection does.

    connecting ──▶ open ──▶ over? ──▶ ended ──▶ connecting (resurrected, or asked to)
        ▲            │        │
        │            ▼        ▼ goes on
        └── pause ◀── lost, not started, hung, silent

A connection (`attempt.py`) comes to a verdict (`judge.py`) with the help of the
run object (`watch.py`), which is asked for beside the stream; here it is
carried out.
"""

from __future__ import annotations

import asyncio
import random as randomness
from contextlib import suppress
from typing import TYPE_CHECKING

from logview.sources.backoff import Backoff
from logview.sources.clock import Alarm, Clock, SystemClock
from logview.sources.connection_stats import ConnectionStats
from logview.sources.end_of_log import EndOfLogPolicy
from logview.sources.events import Connecting, Ended, Failed, JobChanged, Lost, Received, Waiting
from logview.sources.problems import DOUBT
from logview.sources.pump import Client, Pump
from logview.sources.received_log import ReceivedLog, ReceivedSpool
from logview.sources.stream_connection import ResumeState, StreamConnection
from logview.sources.verdict import Finished, Reconnect, Refused, Verdict
from logview.sources.watch import JobWatch

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from logview.apify.models import Job, JobKind
    from logview.sources.events import Event

LASTING = 60.0
"""Seconds after which a connection counts as progress, even if nothing was logged meanwhile."""

PRELIMINARY = 10.0
"""Seconds after the end until the run object has its final figures (Apify API reference)."""

RESURRECTION, RESURRECTION_LATER = 30.0, 120.0
"""Seconds between looks at a run that has ended, in the first ten minutes and after them."""

LOOKS = 20
"""Looks in those first ten minutes."""


class RemoteSource:
    """Follows the log of a run or build.

    `client_factory` makes the API client once events are asked for. `held` is
    where the reader keeps the bytes of each `Received` before it asks for the
    next event; without one the source keeps a copy itself, in a temporary file
    if it is large. `follow=False` takes what is there and stops.
    """

    def __init__(
        self,
        client_factory: Callable[[], Client],
        job_id: str,
        kind: JobKind | None = None,
        *,
        held: ReceivedLog | None = None,
        raw: bool | None = True,
        follow: bool = True,
        clock: Clock | None = None,
        random: Callable[[], float] = randomness.random,
    ) -> None:
        self._factory = client_factory
        self._job_id = job_id
        self._raw = raw
        self._follow = follow
        self._clock = clock or SystemClock()
        kept = ReceivedSpool() if held is None else held
        self._spool = kept if isinstance(kept, ReceivedSpool) and held is None else None
        self._ledger = ConnectionStats()
        self._story = ResumeState(kept, self._ledger)
        self._alarm = Alarm(self._clock)
        self._backoff = Backoff(random)
        self._client: Client | None = None
        self._watch = JobWatch(
            self._connect,
            job_id,
            kind,
            clock=self._clock,
            random=random,
            ring=self._alarm.ring,
            ledger=self._ledger,
        )
        self._judge = EndOfLogPolicy(
            self._story,
            self._watch,
            self._alarm,
            self._clock,
            follow=follow,
            interrupted=lambda: self._retry or self._alarm.woken,
        )
        self._events: asyncio.Queue[Event | None] = asyncio.Queue()
        self._told: Job | None = None
        self._retry = False
        self._hushed = False
        """Whether connections are made without telling, unless they bring something."""
        self._read_late = False
        """Whether the log was read once more after its end."""

    def retry(self) -> None:
        """Open the log again now, whatever is going on; what is held stays."""
        self._retry = True
        self._alarm.ring()

    def ledger(self) -> list[tuple[str, str]]:
        """What the connection did so far, as (name, value) rows."""
        return self._ledger.rows()

    @property
    def counts(self) -> ConnectionStats:
        """The same as numbers."""
        return self._ledger

    # -- the stream of events -----------------------------------------------------------------

    async def events(self) -> AsyncIterator[Event]:
        """Follow the log; goes on after `Ended` and `Failed`, until it is closed."""
        events = self._events = asyncio.Queue()
        driver = asyncio.ensure_future(self._drive())
        driver.add_done_callback(lambda _: events.put_nowait(None))
        try:
            while (event := await events.get()) is not None:
                if self._spool is not None and isinstance(event, Received):
                    self._spool.append(event.data)
                yield event
                events.task_done()
            await driver
        finally:
            driver.cancel()
            with suppress(asyncio.CancelledError):
                await driver
            if self._spool is not None:
                self._spool.close()

    async def _say(self, event: Event) -> None:
        """Hand an event to the reader; returns when the reader asks for the next one."""
        self._events.put_nowait(event)
        await self._events.join()

    async def _tell_job(self) -> None:
        self._watch.check()
        job = self._watch.job
        if job is not None and job != self._told:
            self._told = job
            await self._say(JobChanged(job))

    async def _drive(self) -> None:
        try:
            while True:
                await self._prepare()
                verdict = await self._connection()
                await self._tell_job()
                if isinstance(verdict, Reconnect):
                    await self._pause(verdict)
                else:
                    await self._rest(verdict)
        finally:
            self._alarm.close()
            await self._hang_up()

    async def _prepare(self) -> None:
        """Whatever asked for another connection has it now."""
        interruption = self._interruption()
        if interruption is not None:
            await self._heed(interruption)
        if self._watch.wanted:
            await self._watch.start()

    def _connect(self) -> Client:
        if self._client is None:
            self._client = self._factory()
        return self._client

    async def _hang_up(self) -> None:
        await self._watch.close()
        client, self._client = self._client, None
        if client is not None:
            await client.aclose()

    # -- one connection -----------------------------------------------------------------------

    async def _connection(self) -> Verdict:
        if not self._hushed:
            await self._say(Connecting(self._backoff.attempt))
        resumes = self._story.held.size > 0
        opening = self._connect().log(
            self._job_id, raw=self._raw, stream=self._follow, resumes=resumes
        )
        pump = Pump(opening, self._alarm.ring)
        attempt = StreamConnection(pump, self._story, self._clock, self._say)
        try:
            return await self._listen(attempt)
        finally:
            await pump.close()
            if attempt.opened and self._clock.monotonic() - attempt.began >= LASTING:
                self._backoff.reset()

    async def _listen(self, attempt: StreamConnection) -> Verdict:
        """Take what the stream brings until it is over, or should be."""
        while True:
            done = attempt.pump.done
            pieces = attempt.pump.take()
            await self._greet(attempt)
            if pieces:
                await self._feed(attempt, pieces)
            elif done:
                if attempt.pump.ended:
                    await attempt.settle()
                return await self._judge.ended(attempt)
            elif attempt.settles_in == 0:
                await attempt.settle()
            await self._tell_job()
            if (interruption := self._interruption()) is not None:
                return interruption
            now = self._clock.monotonic()
            due, verdict = self._judge.silent(attempt, now)
            left = due - now
            if pieces:
                continue
            if left <= 0:
                if self._watch.ended_at is None:
                    self._judge.was_silent()
                return verdict
            settles = attempt.settles_in
            attempt.pump.lazy = not attempt.through
            await self._alarm.wait(left if settles is None else min(left, settles))

    async def _feed(self, attempt: StreamConnection, pieces: list[bytes]) -> None:
        before = attempt.new
        if attempt.through:  # fewer events; what only repeats is not worth a copy
            pieces = [b"".join(pieces)]
        for piece in pieces:
            await attempt.feed(piece)
        if attempt.new > before:
            self._hushed = False
            self._backoff.reset()
            self._judge.progress()

    async def _greet(self, attempt: StreamConnection) -> None:
        """Tell that the stream is open, once; a hushed one tells when it brings something."""
        if not attempt.pump.opened:
            return
        if not attempt.opened:
            attempt.opened = True
            self._ledger.connections += 1
            self._judge.opened()
        if not self._hushed:
            await attempt.greet()

    def _interruption(self) -> Reconnect | None:
        """Whether something else than the stream itself ends the connection."""
        if self._retry:
            self._retry = False
            return Reconnect("asked to", wait=0, asked_for=True)
        if self._alarm.woken:
            self._alarm.woken = False
            return Reconnect("computer slept", wait=0, fresh=True)
        return None

    # -- between connections ------------------------------------------------------------------

    async def _heed(self, again: Reconnect) -> None:
        if again.fresh:
            await self._hang_up()
        if again.asked_for:
            self._story.owes_proof = self._story.held.size > 0

    async def _pause(self, again: Reconnect) -> None:
        """Tell why, and wait."""
        if again.reason and not again.asked_for:
            self._ledger.drops[again.reason] += 1
        await self._heed(again)
        wait = again.wait
        if again.problem is not None or wait is None:
            backoff = self._backoff.next(again.retry_after)
            wait = backoff if wait is None else wait
        if again.problem is not None:
            self._hushed = False
            self._story.owes_proof = self._story.held.size > 0
            await self._say(Lost(again.problem, self._backoff.attempt, wait))
        elif wait:
            self._hushed = True
            await self._say(Waiting(wait))
        ended = self._watch.ended_at
        patient = again.retry_after is not None  # whatever happens: the server asked for it
        await self._until(wait, lambda: not patient and self._watch.ended_at != ended)

    async def _until(self, seconds: float | None, happened: Callable[[], bool]) -> bool:
        """Wait for so long, until `happened`, or until the computer wakes up.

        Returns whether somebody asked for another try.
        """
        until = None if seconds is None else self._clock.monotonic() + seconds
        while not happened():
            left = None if until is None else until - self._clock.monotonic()
            if left is not None and left <= 0:
                break
            await self._alarm.wait(left)
            await self._tell_job()
            interruption = self._interruption()
            if interruption is not None:
                await self._heed(interruption)
                return interruption.asked_for
        return False

    async def _rest(self, verdict: Finished | Refused) -> None:
        """The log is over, or refused: wait until it goes on, or somebody asks for a try."""
        self._hushed = False
        if isinstance(verdict, Refused):
            await self._watch.close()
            await self._say(Failed(verdict.problem))
            await self._until_asked()
        else:
            if self._story.doubtful:
                self._story.doubtful = False
                self._ledger.gaps += 1
                await self._say(DOUBT)
            job = self._watch.job if verdict.known else None
            await self._say(Ended(job, status_known=verdict.known))
            if not (self._follow and verdict.known and await self._resurrected()):
                await self._until_asked()
        self._backoff.reset()
        self._judge.progress()
        if not self._watch.asking:
            await self._watch.start()

    async def _until_asked(self) -> None:
        while not await self._until(None, lambda: False):
            pass

    async def _resurrected(self) -> bool:
        """Get the final figures, then look now and then whether the run goes on.

        Returns True when it does, or did meanwhile, or when somebody asked for
        a try; False when there is no more to learn.
        """
        watch = self._watch
        ended = watch.ended_at
        wait = PRELIMINARY
        looks = 0
        self._read_late = not watch.ran
        while True:
            if await self._until(wait, lambda: False):
                return True
            if await self._look_again():
                return True
            if watch.refused is not None:
                return False
            if watch.ended_at != ended:
                return True
            if not self._read_late and await self._has_more():
                return True
            if watch.job is None or (watch.job.kind == "build" and self._read_late):
                return False
            looks += 1
            wait = RESURRECTION if looks <= LOOKS else RESURRECTION_LATER

    async def _has_more(self) -> bool:
        """Read the log once more, without a word unless it has got longer since it ended."""
        kept = self._ledger.kept
        self._hushed = True
        verdict = await self._connection()
        self._hushed = False
        self._read_late = not isinstance(verdict, Reconnect)
        if isinstance(verdict, Reconnect):
            await self._heed(verdict)
            return verdict.asked_for or self._ledger.kept > kept
        return self._ledger.kept > kept

    async def _look_again(self) -> bool:
        """Ask for the run object until there is an answer; whether somebody asked for a try."""
        watch = self._watch
        before = watch.described

        def answered() -> bool:
            return watch.described > before or watch.refused is not None

        while not answered():
            if not watch.asking:
                await watch.start()
            if await self._until(None, answered):
                return True
        return False
