"""Sources: when a log is over. Weighs the end of a stream, or its silence, against the run object.

An end of stream can mean finished, not started or cut off, and a silence quiet
or dead; the truth comes from the run object (DESIGN 11), and where that may
not be read, from looking again.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from logview.sources import problems

if TYPE_CHECKING:
    from collections.abc import Callable

    from logview.sources.clock import Alarm, Clock
    from logview.sources.events import Problem
    from logview.sources.stream_connection import ResumeState, StreamConnection
    from logview.sources.watch import JobWatch

GRACE = 2.0
"""Seconds: how far the run object may lag behind the end of the stream, and how long an open
stream may be silent once the run has ended."""

ASK_AGAIN = 0.5
"""Seconds between two requests for the run object within the grace."""

SILENCE, LONGEST_SILENCE = 60.0, 600.0
"""Seconds after which the stream of a running job, if silent, is opened anew; doubled each time."""

STALL = 15.0
"""Seconds of silence in the middle of a replay that mean a dead connection."""

HUNG = 3.0
"""Seconds of silence after which a stream that was opened after the end is taken for complete,
or given up if it brought something: with the grace, an end is reported within 10 s."""

OPENING = 60.0
"""Seconds for a stream to open; the API client's own limit is shorter."""

UNCONFIRMED, UNCONFIRMED_WAIT = 3, 10.0
"""Reopenings without a new byte, and seconds before each, after which an end of stream is
believed where the run object may not be read."""

SHORT = 3
"""Replays in a row that end before the end of what is held, after which that is believed."""

FIRST_START, LAST_START = 0.5, 5.0
"""Seconds between requests for a log that has nothing in it yet, doubled each time."""

CLOCKS = 10.0
"""Seconds that the platform's clock and ours may differ."""


@dataclass(frozen=True, slots=True)
class Finished:
    """The log was read to its end."""

    known: bool = True
    """Whether the run or build object confirms it."""


@dataclass(frozen=True, slots=True)
class GiveUp:
    """Trying again by itself can't mend this."""

    problem: Problem


@dataclass(frozen=True, slots=True)
class Reconnect:
    """The log is to be opened again, after a wait."""

    reason: str = ""
    """Names the drop in the stats; empty for what is none."""
    problem: Problem | None = None
    """What to report; None for what is no trouble."""
    wait: float | None = None
    """Seconds; None: the backoff decides."""
    retry_after: float | None = None
    """Seconds that the server asked for."""
    fresh: bool = False
    """Whether all connections may be dead, and are made anew."""
    asked_for: bool = False
    """Whether a retry was requested, so that its outcome is emitted."""


Verdict: TypeAlias = Finished | GiveUp | Reconnect


class EndOfLogPolicy:
    """Comes to a verdict on each connection; remembers those before, until there is progress.

    `interrupted` returns whether a wait should end because of something else.
    """

    def __init__(
        self,
        resume: ResumeState,
        watch: JobWatch,
        alarm: Alarm,
        clock: Clock,
        *,
        follow: bool,
        interrupted: Callable[[], bool],
    ) -> None:
        self._resume = resume
        self._watch = watch
        self._alarm = alarm
        self._clock = clock
        self._follow = follow
        self._interrupted = interrupted
        self._answered = False
        self.progress()

    def progress(self) -> None:
        """Reset all counts: new bytes came."""
        self._silence = SILENCE
        self._empty = self._short = self._unconfirmed = 0

    def opened(self) -> None:
        """Note that the log could be read: a refusal from now on is news."""
        self._answered = True

    # -- a stream that is open and silent -----------------------------------------------------

    def silence_deadline(self, connection: StreamConnection, now: float) -> tuple[float, Verdict]:
        """Return until when (monotonic clock) the silence may last, and the verdict then."""
        ended_at = self._watch.ended_at
        if self._follow and ended_at is not None and not self._opened_after_end(connection):
            # However far it came: a stream opened now is whole, and ends by itself.
            return max(connection.last, ended_at) + GRACE, Reconnect("hung", wait=0)
        if not connection.reader.opened:
            return connection.began + OPENING, Reconnect("no answer", problems.STALLED)
        stalled = Reconnect("stalled", problems.STALLED)
        if not self._follow:
            return connection.last + STALL, stalled
        if not connection.through:
            deadline = connection.last + (STALL if ended_at is None else HUNG)
            if now < deadline:
                return deadline, stalled
            if not connection.may_be_whole:
                return connection.last + STALL, stalled
        if ended_at is None:
            return connection.last + self._silence, Reconnect("silent", wait=0)
        # A stream that was opened after the end and brings nothing has nothing to bring.
        return connection.last + HUNG, Reconnect("hung", wait=0) if connection.new else Finished()

    def lengthen_silence(self) -> None:
        """Double the silence that is allowed: the stream of a running job was silent."""
        self._silence = min(self._silence * 2, LONGEST_SILENCE)

    # -- a stream that is over ----------------------------------------------------------------

    async def ended(self, connection: StreamConnection) -> Verdict:
        """Return the verdict on the end of a stream, or on the failure to open it."""
        error = connection.reader.error
        if error is not None:
            problem = problems.problem_of(error, answered_before=self._answered)
            if not error.retryable:
                return GiveUp(problem)
            return Reconnect(error.type or "failed", problem, retry_after=error.retry_after)
        if not self._follow:
            return self._too_short(connection) or await self._end_unfollowed()
        known_before = self._watch.ended_at is not None
        if not known_before:
            verdict = await self._ask(connection)
            if verdict is not None:
                return verdict
        return self._too_short(connection) or self._confirmed(connection, known_before=known_before)

    def _too_short(self, connection: StreamConnection) -> Verdict | None:
        """Return a verdict if the replay ended before it came to the end of what is held."""
        if connection.through or self._short >= SHORT:
            return None
        if connection.reader.framed and connection.may_be_whole:
            return None
        self._short += 1
        return Reconnect("short", problems.SHORT)

    def _confirmed(self, connection: StreamConnection, *, known_before: bool) -> Verdict:
        """Return the verdict on the end of a stream when the job has ended.

        It was if the stream went on until the end was known, or was opened
        after it. If not, something may have been logged between the two.
        """
        sure = known_before or self._opened_after_end(connection)
        if sure and (connection.reader.framed or not connection.new):
            return Finished()
        return Reconnect(wait=0)

    def _opened_after_end(self, connection: StreamConnection) -> bool:
        """Return whether the job had ended when the stream was opened."""
        ended_at, job = self._watch.ended_at, self._watch.job
        if ended_at is None or job is None:
            return False
        if connection.began >= ended_at or self._watch.ran:
            return connection.began >= ended_at
        finished = job.finished_at
        return finished is not None and finished.timestamp() + CLOCKS < connection.began_wall

    async def _end_unfollowed(self) -> Verdict:
        """Return the verdict where nothing is followed: the end, with what is known of the job."""
        await self._wait_for_answer(0, None)
        return Reconnect(wait=0) if self._interrupted() else Finished()

    async def _ask(self, connection: StreamConnection) -> Verdict | None:
        """Ask whether the job has ended; None if it has."""
        watch = self._watch
        nothing_yet = not self._resume.received.size
        if watch.refused is not None:
            if self._unconfirmed:  # one odd answer is not to be final
                before = watch.answers
                await watch.start()
                await self._wait_for_answer(before, None)
        elif not watch.answers or (nothing_yet and watch.job is not None):
            # A long request is under way that answers at once when the job ends.
            await self._wait_for_answer(0, None)
        else:
            await self._poll_job()
        if self._interrupted():
            return Reconnect(wait=0)
        if watch.refused is not None:
            return self._unconfirmed_end(connection)
        if watch.ended_at is not None:
            return None
        if watch.error is not None:
            problem = problems.problem_of(watch.error)
            return Reconnect("status unknown", problem, retry_after=watch.error.retry_after)
        if nothing_yet:
            self._empty += 1
            wait = min(FIRST_START * 2.0 ** min(self._empty - 1, 10), LAST_START)
            return Reconnect(wait=wait)
        return Reconnect("early end", problems.EARLY_END)

    async def _poll_job(self) -> None:
        """Ask until the job has ended, or the grace is over."""
        watch = self._watch
        until = self._clock.monotonic() + GRACE
        while True:
            before = watch.answers
            await watch.start(GRACE)
            await self._wait_for_answer(before, None)
            left = until - self._clock.monotonic()
            if (
                watch.ended_at is not None
                or watch.refused is not None
                or watch.error is not None
                or self._interrupted()
                or left <= 0
            ):
                return
            # The server does not wait for the end as asked (`waitForFinish`).
            await self._wait_for_answer(watch.answers, min(ASK_AGAIN, left))

    async def _wait_for_answer(self, before: int, limit: float | None) -> None:
        """Wait for an answer beyond so many, for so many seconds at most."""
        until = None if limit is None else self._clock.monotonic() + limit
        while self._watch.answers <= before and not self._interrupted():
            left = None if until is None else until - self._clock.monotonic()
            if left is not None and left <= 0:
                return
            await self._alarm.wait(left)
            self._watch.check()

    def _unconfirmed_end(self, connection: StreamConnection) -> Verdict:
        if self._unconfirmed >= UNCONFIRMED:
            return Finished(known=False)
        self._unconfirmed += 1
        problem = problems.UNCONFIRMED if self._resume.received.size else None
        return Reconnect("unconfirmed end", problem, wait=UNCONFIRMED_WAIT)
