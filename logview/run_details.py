"""Run details: what there is to know of a run or build besides its log, asked of the API."""

from __future__ import annotations

import asyncio
import json
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from logview.apify.errors import ApifyError, NotFound
from logview.run_history import LISTED, usual_duration

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from logview.apify.client import ApifyClient
    from logview.apify.models import Job, JobKind, Record
    from logview.run_history import UsualDuration

INPUT = "INPUT"
"""The record of the key-value store that is the run's input."""

MOST_INPUT = 64 * 1024
"""Bytes of an input that are read."""


@dataclass(slots=True)
class RunDetails:
    """The answers about a run or build, as far as they have come; reasons are for a person."""

    job_id: str
    kind: JobKind | None
    job: Job | None = None
    problem: str = ""
    """Why the run or build can't be described."""
    name: str = ""
    """The name of its Actor; empty where it is not known."""
    task_name: str = ""
    """The name of its task, of a run that has one; empty where it is not known."""
    history: Sequence[Job] | None = None
    """The last runs of its task, else its Actor, newest first; None where they aren't known."""
    history_problem: str = ""
    items: int | None = None
    """Items of its dataset; some seconds late while it runs."""
    items_problem: str = ""
    input: Record | None = None
    input_problem: str = ""

    @property
    def owner(self) -> str:
        """`task` or `Actor`: whose runs the history has."""
        return "task" if self.job is not None and self.job.task_id else "Actor"

    @property
    def usual(self) -> UsualDuration | None:
        """The usual duration of its history without itself."""
        return usual_duration(self.history or (), without=self.job_id)

    async def load(self, client: ApifyClient, changed: Callable[[], object]) -> None:
        """Ask for everything, the run or build first; `changed` is called after each answer.

        Raises nothing of the API's: what can't be had has its reason.
        """
        try:
            self.job = await client.job(self.job_id, self.kind)
            self.kind, self.problem = self.job.kind, ""
        except ApifyError as error:
            self.problem = error.cause
        changed()
        job = self.job
        if job is None:
            return
        parts = [self._load_name(client, job)]
        if job.kind == "run":
            parts += [
                self._load_task_name(client, job),
                self._load_history(client, job),
                self._load_items(client),
                self._load_input(client),
            ]

        async def load(part: asyncio.Future[None]) -> None:
            await part
            changed()

        await asyncio.gather(*(load(asyncio.ensure_future(part)) for part in parts))

    async def _load_name(self, client: ApifyClient, job: Job) -> None:
        if self.name or not job.actor_id:
            return
        try:
            self.name = (await client.actor(job.actor_id)).label
        except ApifyError:
            return  # someone else's Actor: its name may not be read

    async def _load_task_name(self, client: ApifyClient, job: Job) -> None:
        if self.task_name or not job.task_id:
            return
        with suppress(ApifyError):
            self.task_name = (await client.task(job.task_id)).name or ""

    async def _load_history(self, client: ApifyClient, job: Job) -> None:
        try:
            self.history = await runs_of_same(client, job, limit=LISTED)
            self.history_problem = ""
        except ApifyError as error:
            self.history_problem = error.cause

    async def _load_items(self, client: ApifyClient) -> None:
        try:
            self.items, self.items_problem = await client.item_count(self.job_id), ""
        except NotFound:
            self.items_problem = "there is none, or not for this token"
        except ApifyError as error:
            self.items_problem = error.cause

    async def _load_input(self, client: ApifyClient) -> None:
        try:
            self.input = await client.record(self.job_id, INPUT, MOST_INPUT)
            self.input_problem = ""
        except NotFound:
            self.input_problem = "there is none, or not for this token"
        except ApifyError as error:
            self.input_problem = error.cause


async def runs_of_same(
    client: ApifyClient, job: Job, *, offset: int = 0, limit: int = LISTED
) -> list[Job]:
    """List the runs of a run's task, else of its Actor, newest first. Raises ApifyError."""
    if job.task_id:
        return await client.runs_of("actor-tasks", job.task_id, offset=offset, limit=limit)
    if job.actor_id:
        return await client.runs_of("actors", job.actor_id, offset=offset, limit=limit)
    return []


async def neighbor_run(client: ApifyClient, job: Job, *, newer: bool) -> Job | None:
    """Return the run before a run of the same task, else Actor, or the next one.

    None where there is none. Pages through the list until the run is found, or the place
    where it would be. Raises ApifyError.
    """
    after: Job | None = None
    is_found = False
    offset, limit = 0, _FIRST_PAGE
    while offset < _MOST_LISTED:
        page = await runs_of_same(client, job, offset=offset, limit=limit)
        for one in page:
            if one.id == job.id:
                is_found = True
                if newer:
                    return after
            elif is_found or (
                one.started_at is not None
                and job.started_at is not None
                and one.started_at < job.started_at
            ):
                return after if newer else one
            else:
                after = one
        if len(page) < limit:
            break
        offset += len(page)
        limit = _PAGE
    return after if newer else None


_FIRST_PAGE, _PAGE = 100, 1000
_MOST_LISTED = 20_000
"""Runs that are gone through at most."""


def input_lines(record: Record) -> list[str] | None:
    """Return a record as lines of text, JSON laid out; None for what is no text.

    The text is as it came: it is to be sanitized, and may hold secrets.
    """
    kind = record.content_type
    if record.is_whole and (kind.endswith("json") or not kind):
        try:
            value = json.loads(record.data)
            return json.dumps(value, indent=2, ensure_ascii=False).split("\n")
        except (ValueError, RecursionError):
            pass
    is_text = kind.startswith("text/") or kind.endswith(("json", "xml", "javascript", "urlencoded"))
    if not is_text and b"\0" in record.data:
        return None
    text = record.data.decode("utf-8", "replace")
    if not is_text and text.count("\N{REPLACEMENT CHARACTER}") * 20 > len(text):
        return None
    return text.splitlines()
