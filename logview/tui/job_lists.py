"""TUI: the newest runs and builds of an account, how they are loaded and kept up to date."""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from textual.suggester import Suggester

from logview.opening import run_lister

if TYPE_CHECKING:
    from collections.abc import Sequence

    from logview.apify.client import ApifyClient
    from logview.apify.models import Job, JobKind
    from logview.config.settings import Settings
    from logview.sources.events import Problem
    from logview.target import Target

LISTED = 50
"""How many runs, and how many builds, are asked for."""

INTERVAL = 5.0
"""Seconds from one request that is made by itself to the next, at least."""
LONGEST_INTERVAL = 60.0
"""The same while the API does not answer well; it doubles up to here."""

PAGE = 500
"""How many more are asked for as one scrolls; the API allows 1000."""

NAMED_INTERVAL = 10.0
"""Seconds between two requests for the runs of a name: each asks for an Actor and for a task."""

_BUILDS_EVERY = 3
"""Every how many requests builds are asked for in place of runs."""


@dataclass(slots=True)
class JobLists:
    """Runs, builds and names of Actors. Times are those of the monotonic clock."""

    runs: Sequence[Job] = ()
    builds: Sequence[Job] = ()
    names: dict[str, str] = field(default_factory=dict)
    """Names of Actors by their IDs."""
    problem: Problem | None = None
    """Why the last request failed; None where it did not."""
    due_at: float | None = None
    """When the next request is made by itself; None: only when it is asked for."""
    wants_more: bool = False
    """Whether the next request is for further ones in place of the newest."""
    _older: dict[str, Job] = field(default_factory=dict)
    """What was paged on to, and what was among the newest since, by ID."""
    _whole: set[JobKind] = field(default_factory=set)
    """The kinds of which there are no further ones."""
    _asked: set[str] = field(default_factory=set)
    _requests: int = 0
    _failures: int = 0

    @property
    def jobs(self) -> list[Job]:
        """All runs and builds."""
        newest = {job.id: job for job in (*self.runs, *self.builds)}
        return list((self._older | newest).values())

    @property
    def has_more(self) -> bool:
        """Whether there are further ones to be asked for."""
        return bool(self.runs or self.builds) and self._whole != {"run", "build"}

    async def load(self, client: ApifyClient) -> None:
        """Load both lists, at once. Raises ApifyError."""
        self.runs, self.builds = await asyncio.gather(client.runs(LISTED), client.builds(LISTED))
        self._older = {}
        kinds: dict[JobKind, Sequence[Job]] = {"run": self.runs, "build": self.builds}
        self._whole = {kind for kind, jobs in kinds.items() if len(jobs) < LISTED}

    async def refresh(self, client: ApifyClient) -> None:
        """Load the runs again, every third time the builds in their place. Raises ApifyError.

        Where more is wanted, load further runs or builds instead.
        """
        if self.wants_more and self.has_more:
            await self._load_more(client)
            return
        if self._older:  # what falls off the newest ones stays listed
            self._older |= {job.id: job for job in (*self.runs, *self.builds)}
        self._requests += 1
        if self._requests % _BUILDS_EVERY == 0:
            self.builds = await client.builds(LISTED)
        else:
            self.runs = await client.runs(LISTED)

    async def _load_more(self, client: ApifyClient) -> None:
        """Load the next page of runs, or of builds if those end at a later time."""
        kinds: tuple[JobKind, ...] = ("run", "build")
        jobs = {kind: [job for job in self.jobs if job.kind == kind] for kind in kinds}
        ends = {
            kind: min((str(job.started_at) for job in jobs[kind] if job.started_at), default="")
            for kind in kinds
        }
        kind = max((kind for kind in kinds if kind not in self._whole), key=ends.__getitem__)
        ask = client.runs if kind == "run" else client.builds
        page = await ask(PAGE, offset=len(jobs[kind]))
        if len(page) < PAGE:
            self._whole.add(kind)
        newest = (*self.runs, *self.builds)
        self._older |= {job.id: job for job in (*newest, *page)}
        self.wants_more = False

    async def name_actors(self, client: ApifyClient) -> bool:
        """Ask for the names of Actors that are new here, each once; return whether any came."""
        from logview.apify.errors import ApifyError

        new = {job.actor_id for job in self.jobs if job.actor_id} - self._asked
        self._asked |= new
        gate = asyncio.Semaphore(5)

        async def name(actor_id: str) -> tuple[str, str]:
            async with gate:
                try:
                    return actor_id, (await client.actor(actor_id)).label
                except ApifyError:
                    return actor_id, ""  # someone else's: its ID is shown

        found = await asyncio.gather(*(name(actor) for actor in sorted(new)))
        self.names |= {key: value for key, value in found if value}
        return bool(new)

    def succeeded(self, now: float) -> None:
        """Note that a request was answered."""
        self.problem = None
        self._failures = 0
        self.due_at = now + INTERVAL

    def failed(self, problem: Problem, now: float) -> None:
        """Note that a request failed; what time will hardly mend is not asked for by itself."""
        self.problem = problem
        self._failures += 1
        refused = problem.status in (401, 403)
        wait = min(LONGEST_INTERVAL, INTERVAL * 2 ** min(self._failures, 6))
        self.due_at = None if refused else now + wait


@dataclass(slots=True)
class NamedRuns:
    """The runs of the Actor or task that is named in the input."""

    text: str = ""
    """What was typed; empty while nothing is named."""
    runs: Sequence[Job] | None = None
    """Newest first; None while they are not known."""
    problem: str = ""
    """Why they are not known."""
    due_at: float = 0.0
    """When they are asked for again, on the monotonic clock."""
    limit: int = LISTED

    @property
    def has_more(self) -> bool:
        """Whether there are further ones to be asked for."""
        return self.runs is not None and len(self.runs) >= self.limit and self.limit < MOST_NAMED

    async def load(self, target: Target, settings: Settings) -> None:
        """Ask for the runs of a target that has some."""
        from logview.apify.errors import ApifyError

        ask = run_lister(target, settings, self.limit)
        if ask is None:
            return
        try:
            self.runs, self.problem = await ask(), ""
        except ApifyError as error:
            self.problem = error.cause


MOST_NAMED = 1000
"""Runs of a name that are listed at most."""


class NameSuggester(Suggester):
    """Completes the names of the account's Actors and tasks, once they were fetched."""

    def __init__(self) -> None:
        super().__init__(use_cache=False, case_sensitive=True)
        self.names: list[str] = []
        self.is_fetched = False
        """Whether they were asked for; that is done once."""

    async def fetch(self, client: ApifyClient) -> None:
        """Ask for the names; where they can't be had, nothing is completed."""
        from logview.apify.errors import ApifyError

        try:
            lists = await asyncio.gather(client.names_of("actors"), client.names_of("actor-tasks"))
        except ApifyError:
            return
        names = {name for names in lists for name in names}
        self.names = sorted(name for name in names if _NAME.fullmatch(name))

    async def get_suggestion(self, value: str) -> str | None:
        """Return the first name that begins as what is typed does."""
        if not value:
            return None
        return next((name for name in self.names if name.startswith(value)), None)


_NAME = re.compile(r"[A-Za-z0-9._-]{1,100}/[A-Za-z0-9._-]{1,100}", re.ASCII)
