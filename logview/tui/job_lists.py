"""TUI: the newest runs and builds of an account, how they are loaded and kept up to date."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from logview.apify.client import ApifyClient
    from logview.apify.models import Job
    from logview.sources.events import Problem

LISTED = 50
"""How many runs, and how many builds, are asked for."""

INTERVAL = 5.0
"""Seconds from one request that is made by itself to the next, at least."""
LONGEST_INTERVAL = 60.0
"""The same while the API does not answer well; it doubles up to here."""

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
    _asked: set[str] = field(default_factory=set)
    _requests: int = 0
    _failures: int = 0

    @property
    def jobs(self) -> list[Job]:
        """All runs and builds."""
        return [*self.runs, *self.builds]

    async def load(self, client: ApifyClient) -> None:
        """Load both lists, at once. Raises ApifyError."""
        self.runs, self.builds = await asyncio.gather(client.runs(LISTED), client.builds(LISTED))

    async def refresh(self, client: ApifyClient) -> None:
        """Load the runs again, every third time the builds in their place. Raises ApifyError."""
        self._requests += 1
        if self._requests % _BUILDS_EVERY == 0:
            self.builds = await client.builds(LISTED)
        else:
            self.runs = await client.runs(LISTED)

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
