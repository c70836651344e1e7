"""Plain mode: the runs of an Actor or task as a list (`--runs`). Imports no screen."""

from __future__ import annotations

import asyncio
import random as randomness
import signal
from datetime import datetime, timezone
from typing import TYPE_CHECKING

from logview.apify.errors import ApifyError
from logview.exit_codes import READ, UNREAD
from logview.opening import TRIES
from logview.phrases import cost, duration
from logview.plain.json_output import to_json
from logview.plain.reader import failure_code, loss_words, run_until_done, sentences
from logview.plain.stdout import Descriptor, OutputClosedError
from logview.plain.stop_signals import StopSignals
from logview.process.terminal import print_error
from logview.sources.clock import Backoff, SystemClock
from logview.sources.problems import problem_of
from logview.text.cells import cell_len
from logview.text.sanitize import label

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from logview.apify.models import Job
    from logview.config.settings import Settings
    from logview.sources.clock import Clock

MOST = 100
"""Runs that are listed."""

_COLUMNS = ("ID", "STATUS", "STARTED (UTC)", "DURATION", "BUILD", "COST", "ORIGIN", "MESSAGE")


def print_runs(
    settings: Settings, ask: Callable[[], Awaitable[list[Job]]], *, as_json: bool
) -> int:
    """Print runs on standard output, newest first; return the exit code."""
    descriptor = Descriptor(1)
    with StopSignals([signal.SIGINT]) as stop:
        printer = _Printer(settings, ask, descriptor, as_json=as_json)
        return asyncio.run(run_until_done(printer, descriptor, stop))


async def wait_for_runs(
    ask: Callable[[], Awaitable[list[Job]]],
    report: Callable[[str], None],
    *,
    clock: Clock,
    random: Callable[[], float] = randomness.random,
) -> list[Job]:
    """Ask for runs until there is an answer, with the waits of a log's source.

    `report` is called with what failed and when the next try is. Raises ApifyError where
    trying again can't mend it, or hardly will and did not after some tries.
    """
    backoff = Backoff(random)
    while True:
        try:
            return await ask()
        except ApifyError as error:
            if not error.retryable or (error.lasting and backoff.attempt >= TRIES):
                raise
            wait = backoff.next(error.retry_after)
            report(loss_words(problem_of(error), backoff.attempt, wait))
        await clock.sleep(wait)


class _Printer:
    def __init__(
        self,
        settings: Settings,
        ask: Callable[[], Awaitable[list[Job]]],
        descriptor: Descriptor,
        *,
        as_json: bool,
    ) -> None:
        self._settings = settings
        self._ask = ask
        self._descriptor = descriptor
        self._as_json = as_json

    async def read(self) -> int:
        """Ask for the runs and print them."""
        try:
            jobs = await wait_for_runs(self._ask, self._report, clock=SystemClock())
        except ApifyError as error:
            problem = problem_of(error)
            self._report(sentences(problem.cause, problem.meaning, problem.remedy))
            return failure_code(problem)
        if not jobs:
            self._report("there is no such run")
        now = datetime.now(timezone.utc)
        rows = "".join(to_json(_record(job, now)) for job in jobs)
        text = rows if self._as_json else _table(jobs, now)
        try:
            await self._descriptor.write(text.encode())
        except OutputClosedError:
            return UNREAD
        return READ

    def _report(self, text: str) -> None:
        print_error(text, self._settings.current_token)


def _record(job: Job, now: datetime) -> dict[str, object]:
    """Return the fields of a run that `--json` prints; times in UTC, seconds, US dollars."""
    return {
        "id": job.id,
        "status": job.status,
        "status_message": job.status_message,
        "started": _time(job.started_at),
        "finished": _time(job.finished_at),
        "seconds": job.seconds(now),
        "exit_code": job.exit_code,
        "build": job.build_number,
        "origin": job.origin,
        "memory_mbytes": job.memory_mbytes,
        "cost_usd": job.cost_usd,
        "actor_id": job.actor_id,
        "task_id": job.task_id,
    }


def _time(moment: datetime | None) -> str | None:
    if moment is None:
        return None
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _table(jobs: list[Job], now: datetime) -> str:
    """Return a table with titles, its last column as wide as it is; empty without runs."""
    if not jobs:
        return ""
    rows = [_COLUMNS, *(_row(job, now) for job in jobs)]
    widths = [max(cell_len(row[at]) for row in rows) for at in range(len(_COLUMNS))]
    lines = (
        "  ".join(
            cell + " " * (width - cell_len(cell)) for cell, width in zip(row, widths, strict=True)
        ).rstrip()
        for row in rows
    )
    return "".join(f"{line}\n" for line in lines)


def _row(job: Job, now: datetime) -> tuple[str, ...]:
    seconds = job.seconds(now)
    return (
        job.id,
        label(job.status, 20),
        "" if job.started_at is None else f"{job.started_at:%Y-%m-%d %H:%M:%S}",
        "" if seconds is None else duration(seconds),
        label(job.build_number or "", 20),
        cost(job.cost_usd),
        label(job.origin or "", 20),
        label(job.status_message or "", 200),
    )
