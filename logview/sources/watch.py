"""Sources: the run or build object, asked for while the stream is open."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from logview.apify.answers import WEB_PAGE
from logview.apify.errors import ApifyError
from logview.sources.clock import Backoff

if TYPE_CHECKING:
    from collections.abc import Callable

    from logview.apify.models import Job, JobKind
    from logview.sources.api import ApiClient
    from logview.sources.clock import Clock, Pacer
    from logview.sources.connection_stats import ConnectionStats

POLL = 10
"""Seconds of one long request (`waitForFinish`): it answers at once when the job ends, and else
with what is new, such as the status message."""

RAN_OUT = 408
"""The status of a long request whose time ran out (`run-timeout-exceeded`)."""

SPACING = 5.0
"""Seconds between the beginnings of two requests while all is well, at least."""


class JobWatch:
    """Asks for the job object until it has ended or may not be read. `wake` at every answer."""

    def __init__(
        self,
        client: Callable[[], ApiClient],
        job_id: str,
        kind: JobKind | None,
        *,
        clock: Clock,
        random: Callable[[], float],
        wake: Callable[[], None],
        stats: ConnectionStats,
        pacer: Pacer,
    ) -> None:
        self._client = client
        self._job_id = job_id
        self._kind = kind
        self._clock = clock
        self._backoff = Backoff(random)
        self._wake = wake
        self._stats = stats
        self._pacer = pacer
        self._task: asyncio.Task[None] | None = None
        self.job: Job | None = None
        """The newest answer."""
        self.ended_at: float | None = None
        """When it was learned that the job has ended, on the monotonic clock; None while not.

        Later again if it went on and ended once more between two answers."""
        self.ran = False
        """Whether the job was seen before its end."""
        self.refused: ApifyError | None = None
        """Why the job object may not be read, after which it is not asked for again by itself."""
        self.error: ApifyError | None = None
        """Why the last request failed, None after an answer."""
        self.answers = 0
        """Counts answers and failures."""
        self.described = 0
        """Counts the answers that described the job."""

    @property
    def is_active(self) -> bool:
        """Whether requests are being made, or will be by themselves."""
        return self._task is not None and not self._task.done()

    @property
    def should_start(self) -> bool:
        """Whether there is something to learn and nobody asks."""
        return not self.is_active and self.ended_at is None and self.refused is None

    async def start(self, wait: float = 0) -> None:
        """Ask now, with `waitForFinish` of `wait` seconds, and go on from there."""
        await self.close()
        self.refused = None
        self._task = asyncio.ensure_future(self._run(wait))

    async def close(self) -> None:
        """Stop is_active; what is known stays."""
        task, self._task = self._task, None
        if task is not None:
            task.cancel()
            await asyncio.wait([task])
            if not task.cancelled():
                task.result()

    def check(self) -> None:
        """Raise what is a defect of ours."""
        if self._task is not None and self._task.done() and not self._task.cancelled():
            self._task.result()

    async def _run(self, wait: float) -> None:
        self._client()  # made before time is taken: that can be slow
        while True:
            while (left := self._pacer.left) > 0:
                await self._clock.sleep(left)
            self._pacer.begin()
            asked = self._clock.monotonic()
            pause, wait = await self._ask(wait)
            if pause is None:
                return
            spent = self._clock.monotonic() - asked
            if pause > spent:
                await self._clock.sleep(pause - spent)

    async def _ask(self, wait: float) -> tuple[float | None, float]:
        """Ask once; return the seconds to the next request, None for no next, and its `wait`."""
        self._stats.asked += 1
        pause: float | None
        try:
            job = await self._client().job(self._job_id, self._kind, wait)
        except ApifyError as error:
            if error.status == RAN_OUT and wait:
                return 0.0, 0.0  # only the wait ran out: ask for an answer at once
            if error.retryable or error.type == WEB_PAGE:
                self.error = error
                pause = max(SPACING, self._backoff.next(error.retry_after))
            else:
                self.refused = error
                pause = None
        else:
            self._backoff.reset()
            self.error = None
            before, self.job = self.job, job
            self.described += 1
            self._kind = job.kind
            if not job.ended:
                self.ended_at = None
                self.ran = True
            elif self.ended_at is None or _ended_anew(before, job):
                self.ended_at = self._clock.monotonic()
            pause = None if job.ended else SPACING
        self.answers += 1
        self._wake()
        return pause, POLL


def _ended_anew(before: Job | None, after: Job) -> bool:
    """Return whether a job that had ended was resurrected and has ended again, unseen."""
    if before is None or not before.ended:
        return False
    ended_again = before.finished_at is not None and after.finished_at != before.finished_at
    return ended_again or after.status != before.status
