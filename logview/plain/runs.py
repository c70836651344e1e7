"""Plain mode: the runs of an Actor or task as a list (`--runs`). Imports no screen."""

from __future__ import annotations

import asyncio
import signal
from typing import TYPE_CHECKING

from logview.apify.errors import ApifyError
from logview.exit_codes import READ, REFUSED, UNREAD
from logview.phrases import duration
from logview.plain.json_output import to_json
from logview.plain.reader import run_until_done
from logview.plain.stdout import Descriptor, OutputClosedError
from logview.plain.stop_signals import StopSignals
from logview.process.terminal import print_error
from logview.text.sanitize import label

if TYPE_CHECKING:
    from collections.abc import Awaitable
    from datetime import datetime

    from logview.apify.models import Job
    from logview.config.settings import Settings

MOST = 100
"""Runs that are listed."""

_COLUMNS = ("ID", "STATUS", "STARTED (UTC)", "DURATION", "BUILD", "COST", "ORIGIN", "MESSAGE")


def print_runs(settings: Settings, runs: Awaitable[list[Job]], *, as_json: bool) -> int:
    """Print runs on standard output, newest first; return the exit code."""
    descriptor = Descriptor(1)
    with StopSignals([signal.SIGINT]) as stop:
        printer = _Printer(settings, runs, descriptor, as_json=as_json)
        return asyncio.run(run_until_done(printer, descriptor, stop))


class _Printer:
    def __init__(
        self,
        settings: Settings,
        runs: Awaitable[list[Job]],
        descriptor: Descriptor,
        *,
        as_json: bool,
    ) -> None:
        self._settings = settings
        self._runs = runs
        self._descriptor = descriptor
        self._as_json = as_json

    async def read(self) -> int:
        """Ask for the runs and print them."""
        try:
            jobs = await self._runs
        except ApifyError as error:
            words = " ".join(word for word in (error.cause, error.meaning, error.remedy) if word)
            print_error(words, self._settings.current_token)
            return REFUSED if 400 <= (error.status or 0) < 500 else UNREAD
        if not jobs:
            print_error("there is no such run", self._settings.current_token)
        text = "".join(map(to_json, map(_record, jobs))) if self._as_json else _table(jobs)
        try:
            await self._descriptor.write(text.encode())
        except OutputClosedError:
            return UNREAD
        return READ


def _record(job: Job) -> dict[str, object]:
    """Return the fields of a run that `--json` prints; times in UTC, seconds, US dollars."""
    return {
        "id": job.id,
        "status": job.status,
        "status_message": job.status_message,
        "started": _time(job.started_at),
        "finished": _time(job.finished_at),
        "seconds": job.seconds(),
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


def _table(jobs: list[Job]) -> str:
    """Return a table with titles, its last column as wide as it is; empty without runs."""
    if not jobs:
        return ""
    rows = [_COLUMNS, *map(_row, jobs)]
    widths = [max(len(row[at]) for row in rows) for at in range(len(_COLUMNS))]
    lines = (
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    )
    return "".join(f"{line}\n" for line in lines)


def _row(job: Job) -> tuple[str, ...]:
    seconds = job.seconds()
    return (
        job.id,
        label(job.status, 20),
        "" if job.started_at is None else f"{job.started_at:%Y-%m-%d %H:%M:%S}",
        "" if seconds is None else duration(seconds),
        label(job.build_number or "", 20),
        "" if job.cost_usd is None else f"${job.cost_usd:.3f}",
        label(job.origin or "", 20),
        label(job.status_message or "", 200),
    )
