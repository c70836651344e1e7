"""Sources: the log of a run or build, followed to its true end whatever the connection does.

    connecting ──▶ open ──▶ over? ──▶ ended ──▶ connecting (resurrected, or asked to)
        ▲            │        │
        │            ▼        ▼ goes on
        └── pause ◀── lost, not started, hung, silent

A connection (`stream_connection.py`) comes to a verdict (`end_of_log.py`) with the help of the
run object (`watch.py`), which is asked for during the stream; here it is
carried out.
"""

from __future__ import annotations

import asyncio
import random as randomness
from contextlib import suppress
from typing import TYPE_CHECKING

from logview.sources.clock import FLOOR, Alarm, Backoff, Clock, Pacer, SystemClock
from logview.sources.connection_stats import ConnectionStats
from logview.sources.end_of_log import EndOfLogPolicy, Finished, GiveUp, Reconnect, Verdict
from logview.sources.events import Connecting, Ended, Failed, JobChanged, Lost, Received, Waiting
from logview.sources.problems import DOUBT
from logview.sources.read_ahead import ReadAhead
from logview.sources.received_log import ReceivedLog, ReceivedSpool
from logview.sources.stream_connection import ResumeState, StreamConnection
from logview.sources.watch import JobWatch

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from logview.apify.models import Job, JobKind
    from logview.sources.api import ApiClient
    from logview.sources.events import Event

STABLE = 60.0
"""Seconds after which a connection counts as progress, even if nothing was logged meanwhile."""

PRELIMINARY = 10.0
"""Seconds after the end until the run object has its final figures (Apify API reference)."""

RESURRECTION, RESURRECTION_SLOW = 30.0, 120.0
"""Seconds between requests for a run that has ended, in the first ten minutes and after them."""

EARLY_CHECKS = 20
"""Requests in those first ten minutes."""


class RemoteSource:
    """Follows the log of a run or build.

    `client_factory` makes the API client once events are asked for. `received` is
    where the reader keeps the bytes of each `Received` before it asks for the
    next event; without one the source keeps a copy itself, in a temporary file
    if it is large. `follow=False` takes what is there and stops.
    `floor` is the least time between two requests, in seconds.
    """

    def __init__(
        self,
        client_factory: Callable[[], ApiClient],
        job_id: str,
        kind: JobKind | None = None,
        *,
        received: ReceivedLog | None = None,
        raw: bool | None = True,
        follow: bool = True,
        clock: Clock | None = None,
        random: Callable[[], float] = randomness.random,
        floor: float = FLOOR,
    ) -> None:
        self._factory = client_factory
        self._job_id = job_id
        self._raw = raw
        self._follow = follow
        self._clock = clock or SystemClock()
        kept = ReceivedSpool() if received is None else received
        self._spool = kept if isinstance(kept, ReceivedSpool) and received is None else None
        self._stats = ConnectionStats()
        self._resume = ResumeState(kept, self._stats)
        self._alarm = Alarm(self._clock)
        self._backoff = Backoff(random)
        self._pacer = Pacer(self._clock, floor)
        self._client: ApiClient | None = None
        self._watch = JobWatch(
            self._connect,
            job_id,
            kind,
            clock=self._clock,
            random=random,
            wake=self._alarm.wake,
            stats=self._stats,
            pacer=Pacer(self._clock, floor),
        )
        self._policy = EndOfLogPolicy(
            self._resume,
            self._watch,
            self._alarm,
            self._clock,
            follow=follow,
            interrupted=lambda: self._retry or self._alarm.slept,
        )
        self._events: asyncio.Queue[Event | None] = asyncio.Queue()
        self._emitted_job: Job | None = None
        self._retry = False
        self._quiet = False
        """Whether connections are made without an event, unless they bring something."""
        self._read_after_end = False
        """Whether the log was read once more after its end."""

    def retry(self) -> None:
        """Open the log again now, whatever is going on; what is held stays."""
        self._retry = True
        self._alarm.wake()

    def stats(self) -> list[tuple[str, str]]:
        """What the connection did so far, as (name, value) rows."""
        return self._stats.rows()

    @property
    def counts(self) -> ConnectionStats:
        """The same as numbers."""
        return self._stats

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

    async def _emit(self, event: Event) -> None:
        """Pass an event to the reader; return when the reader asks for the next one."""
        self._events.put_nowait(event)
        await self._events.join()

    async def _emit_job(self) -> None:
        self._watch.check()
        job = self._watch.job
        if job is not None and job != self._emitted_job:
            self._emitted_job = job
            await self._emit(JobChanged(job))

    async def _drive(self) -> None:
        try:
            while True:
                await self._wait_for_turn()
                await self._prepare()
                verdict = await self._run_connection()
                await self._emit_job()
                if isinstance(verdict, Reconnect):
                    await self._reconnect(verdict)
                else:
                    await self._after_end(verdict)
        finally:
            self._alarm.close()
            await self._close_connections()

    async def _prepare(self) -> None:
        """Apply what asked for another connection, and see to it that the job is asked for."""
        interruption = self._interruption()
        if interruption is not None:
            await self._apply_interruption(interruption)
        if self._watch.should_start:
            await self._watch.start()

    async def _wait_for_turn(self) -> None:
        """Wait until another connection may be made."""
        while (left := self._pacer.left) > 0:
            if await self._wait_until(left, lambda: False):
                self._pacer.reset()

    def _connect(self) -> ApiClient:
        if self._client is None:
            self._client = self._factory()
        return self._client

    async def _close_connections(self) -> None:
        await self._watch.close()
        client, self._client = self._client, None
        if client is not None:
            await client.aclose()

    # -- one connection -----------------------------------------------------------------------

    async def _run_connection(self) -> Verdict:
        if not self._quiet:
            await self._emit(Connecting(self._backoff.attempt))
        resumes = self._resume.received.size > 0
        self._pacer.begin()
        opening = self._connect().log(
            self._job_id, raw=self._raw, stream=self._follow, resumes=resumes
        )
        reader = ReadAhead(opening, self._alarm.wake)
        connection = StreamConnection(reader, self._resume, self._clock, self._emit)
        try:
            return await self._read_stream(connection)
        finally:
            await reader.close()
            if connection.opened and self._clock.monotonic() - connection.began >= STABLE:
                self._backoff.reset()
                self._pacer.reset()

    async def _read_stream(self, connection: StreamConnection) -> Verdict:
        """Take what the stream brings until it is over, or should be."""
        while True:
            done = connection.reader.done
            data = connection.reader.take()
            await self._emit_connected(connection)
            if data:
                await self._feed(connection, data)
            elif done:
                if connection.reader.ended:
                    await connection.settle()
                return await self._policy.ended(connection)
            elif connection.settles_in == 0:
                await connection.settle()
            await self._emit_job()
            if (interruption := self._interruption()) is not None:
                return interruption
            now = self._clock.monotonic()
            due, verdict = self._policy.silence_deadline(connection, now)
            left = due - now
            if data:
                continue
            if left <= 0:
                if self._watch.ended_at is None:
                    self._policy.lengthen_silence()
                return verdict
            settles = connection.settles_in
            connection.reader.lazy = not connection.through
            await self._alarm.wait(left if settles is None else min(left, settles))

    async def _feed(self, connection: StreamConnection, data: bytes) -> None:
        before = connection.new
        await connection.feed(data)
        if connection.new > before:
            self._quiet = False
            self._backoff.reset()
            self._policy.progress()

    async def _emit_connected(self, connection: StreamConnection) -> None:
        """Emit `Connected`, once; not while connecting quietly, before something new came."""
        if not connection.reader.opened:
            return
        if not connection.opened:
            connection.opened = True
            self._stats.connections += 1
            self._policy.opened()
        if not self._quiet:
            await connection.emit_connected()

    def _interruption(self) -> Reconnect | None:
        """Return what ends the connection for another reason than its stream, if anything."""
        if self._retry:
            self._retry = False
            return Reconnect("asked to", wait=0, asked_for=True)
        if self._alarm.slept:
            self._alarm.slept = False
            return Reconnect("computer slept", wait=0, fresh=True)
        return None

    # -- between connections ------------------------------------------------------------------

    async def _apply_interruption(self, again: Reconnect) -> None:
        if again.fresh:
            await self._close_connections()
        if again.asked_for:
            self._resume.loss_reported = self._resume.received.size > 0

    async def _reconnect(self, again: Reconnect) -> None:
        """Emit why the connection is made again, and wait."""
        if again.reason and not again.asked_for:
            self._stats.drops[again.reason] += 1
        await self._apply_interruption(again)
        wait = again.wait
        if again.problem is not None or wait is None:
            backoff = self._backoff.next(again.retry_after)
            wait = backoff if wait is None else wait
        if again.problem is not None:
            self._quiet = False
            self._resume.loss_reported = self._resume.received.size > 0
            await self._emit(Lost(again.problem, self._backoff.attempt, wait))
        elif wait:
            self._quiet = True
            await self._emit(Waiting(wait))
        if wait or again.asked_for:
            self._pacer.reset()
        else:
            self._pacer.hurry()
        ended = self._watch.ended_at
        patient = again.retry_after is not None  # whatever happens: the server asked for it
        await self._wait_until(wait, lambda: not patient and self._watch.ended_at != ended)

    async def _wait_until(self, seconds: float | None, happened: Callable[[], bool]) -> bool:
        """Wait for so long, until `happened`, or until the computer wakes up.

        Returns whether somebody asked for another try.
        """
        until = None if seconds is None else self._clock.monotonic() + seconds
        while not happened():
            left = None if until is None else until - self._clock.monotonic()
            if left is not None and left <= 0:
                break
            await self._alarm.wait(left)
            await self._emit_job()
            interruption = self._interruption()
            if interruption is not None:
                await self._apply_interruption(interruption)
                return interruption.asked_for
        return False

    async def _after_end(self, verdict: Finished | GiveUp) -> None:
        """Wait until a log that is over or refused goes on, or a retry is requested."""
        self._quiet = False
        if isinstance(verdict, GiveUp):
            await self._watch.close()
            await self._emit(Failed(verdict.problem))
            await self._wait_for_retry()
        else:
            if self._resume.doubtful:
                self._resume.doubtful = False
                self._stats.gaps += 1
                await self._emit(DOUBT)
            job = self._watch.job if verdict.known else None
            await self._emit(Ended(job, status_known=verdict.known))
            if not (self._follow and verdict.known and await self._wait_for_resurrection()):
                await self._wait_for_retry()
        self._backoff.reset()
        self._pacer.reset()
        self._policy.progress()
        if not self._watch.is_active:
            await self._watch.start()

    async def _wait_for_retry(self) -> None:
        while not await self._wait_until(None, lambda: False):
            pass

    async def _wait_for_resurrection(self) -> bool:
        """Get the final figures, then check now and then whether the run goes on.

        Returns True when it does, or did meanwhile, or when somebody asked for
        a try; False when there is no more to learn.
        """
        watch = self._watch
        ended = watch.ended_at
        wait = PRELIMINARY
        checks = 0
        self._read_after_end = not watch.ran
        while True:
            if await self._wait_until(wait, lambda: False):
                return True
            if await self._refresh_job():
                return True
            if watch.refused is not None:
                return False
            if watch.ended_at != ended:
                return True
            if not self._read_after_end and await self._reread():
                return True
            if watch.job is None or (watch.job.kind == "build" and self._read_after_end):
                return False
            checks += 1
            wait = RESURRECTION if checks <= EARLY_CHECKS else RESURRECTION_SLOW

    async def _reread(self) -> bool:
        """Read the log once more, without a word unless it has got longer since it ended."""
        kept = self._stats.kept
        self._quiet = True
        await self._wait_for_turn()
        verdict = await self._run_connection()
        self._quiet = False
        self._read_after_end = not isinstance(verdict, Reconnect)
        if isinstance(verdict, Reconnect):
            await self._apply_interruption(verdict)
            return verdict.asked_for or self._stats.kept > kept
        return self._stats.kept > kept

    async def _refresh_job(self) -> bool:
        """Ask for the run object until there is an answer; whether somebody asked for a try."""
        watch = self._watch
        before = watch.described

        def answered() -> bool:
            return watch.described > before or watch.refused is not None

        while not answered():
            if not watch.is_active:
                await watch.start()
            if await self._wait_until(None, answered):
                return True
        return False
