"""TUI: the newest runs and builds of an account, how they are loaded and kept up to date."""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from textual.suggester import Suggester

from logview.opening import run_lister
from logview.sources.named import newest_first
from logview.target import SELECTORS

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from logview.apify.client import ApifyClient
    from logview.apify.models import Actor, Job, JobKind
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


_KINDS: tuple[JobKind, ...] = ("run", "build")

MOST_REFRESHED = 1000
"""Runs that are asked for at most so that one that goes on is among them; the API's own limit."""


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
    refused: dict[JobKind, str] = field(default_factory=dict)
    """The kinds that may not be listed, of which the other one may, and why."""
    _older: dict[str, Job] = field(default_factory=dict)
    """What was paged on to, and what was among the newest since, by ID."""
    _whole: set[JobKind] = field(default_factory=set)
    """The kinds of which there are no further ones."""
    _asked: set[str] = field(default_factory=set)
    _unnamed: set[str] = field(default_factory=set)
    """Those of the asked Actors whose names may be had another time."""
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
        """Load both lists, at once. Raises ApifyError; what was answered is kept.

        A kind that may not be listed is no failure where the other one may: tokens can be
        limited to runs.
        """
        from logview.apify.errors import ApifyError, Refused

        self._asked -= self._unnamed
        self._unnamed = set()
        answers = await asyncio.gather(
            client.runs(LISTED), client.builds(LISTED), return_exceptions=True
        )
        failed: dict[JobKind, ApifyError] = {}
        self._older, self._whole, self.refused = {}, set(), {}
        for kind, answer in zip(_KINDS, answers, strict=True):
            if isinstance(answer, ApifyError):
                failed[kind] = answer
            elif isinstance(answer, BaseException):
                raise answer
            else:
                self._set_newest(kind, answer)
                if len(answer) < LISTED:
                    self._whole.add(kind)
        if len(failed) == 1:
            kind, error = next(iter(failed.items()))
            if isinstance(error, Refused):
                self.refused[kind] = error.cause
                self._set_newest(kind, ())
                self._whole.add(kind)
                return
        if failed:
            raise next(iter(failed.values()))

    def _newest(self, kind: JobKind) -> Sequence[Job]:
        return self.runs if kind == "run" else self.builds

    def _set_newest(self, kind: JobKind, jobs: Sequence[Job]) -> None:
        if kind == "run":
            self.runs = jobs
        else:
            self.builds = jobs

    def _known(self, kind: JobKind) -> list[Job]:
        return [job for job in self.jobs if job.kind == kind]

    async def refresh(self, client: ApifyClient) -> None:
        """Load the runs again, every third time the builds in their place. Raises ApifyError.

        Where more is wanted, load further runs or builds instead.
        """
        if self.wants_more and self.has_more:
            await self._load_more(client)
            return
        self._requests += 1
        kind: JobKind = "build" if self._requests % _BUILDS_EVERY == 0 else "run"
        if kind in self.refused:
            kind = "run" if kind == "build" else "build"
        known = self._known(kind)
        limit = _refreshed(known)
        page = await _ask(client, kind)(limit)
        if self._older:  # what falls off the newest ones stays listed
            self._older |= {job.id: job for job in self._newest(kind)}
            if len(page) >= limit and not {job.id for job in page} & {job.id for job in known}:
                # Between these and what is known there are others: page on from here again.
                self._older = {job.id: job for job in self._older.values() if job.kind != kind}
                self._whole.discard(kind)
            else:
                self._forget_deleted(kind, page)
        self._set_newest(kind, page)

    def _forget_deleted(self, kind: JobKind, page: Sequence[Job]) -> None:
        """Forget those that would be among the newest and are not: they would go on for ever."""
        listed = {job.id for job in page}
        oldest = min((job.started_at for job in page if job.started_at), default=None)
        self._older = {
            job.id: job
            for job in self._older.values()
            if job.kind != kind
            or job.id in listed
            or oldest is None
            or job.started_at is None
            or job.started_at <= oldest
        }

    async def _load_more(self, client: ApifyClient) -> None:
        """Load the next page of runs, or of builds if those end at a later time."""
        jobs = {kind: self._known(kind) for kind in _KINDS}
        ends = {
            kind: min((str(job.started_at) for job in jobs[kind] if job.started_at), default="")
            for kind in _KINDS
        }
        kind = max((kind for kind in _KINDS if kind not in self._whole), key=ends.__getitem__)
        page = await _ask(client, kind)(PAGE, len(jobs[kind]))
        if len(page) < PAGE:
            self._whole.add(kind)
        newest = (*self.runs, *self.builds)
        self._older |= {job.id: job for job in (*newest, *page)}
        self.wants_more = False

    @property
    def has_unnamed(self) -> bool:
        """Whether there are Actors whose names were not asked for."""
        return any(job.actor_id and job.actor_id not in self._asked for job in self.jobs)

    async def name_actors(self, client: ApifyClient) -> None:
        """Ask for the names of Actors that are new here, each once; they are kept as they come.

        Those that failed for a while are asked for again when the lists are loaded again.
        """
        from logview.apify.errors import ApifyError

        new = {job.actor_id for job in self.jobs if job.actor_id} - self._asked
        self._asked |= new
        gate = asyncio.Semaphore(5)

        async def name(actor_id: str) -> None:
            async with gate:
                try:
                    self.names[actor_id] = (await client.actor(actor_id)).label
                except ApifyError as error:  # someone else's, or not now: its ID is shown
                    if error.retryable:
                        self._unnamed.add(actor_id)

        await asyncio.gather(*(name(actor) for actor in sorted(new)))

    def succeeded(self, now: float) -> None:
        """Note that a request was answered."""
        self.problem = None
        self._failures = 0
        self.due_at = now + INTERVAL

    def failed(self, problem: Problem, now: float, retry_after: float | None = None) -> None:
        """Note that a request failed; what time will hardly mend is not asked for by itself.

        `retry_after` is how many seconds the server asks to wait, if it does.
        """
        self.problem = problem
        self._failures += 1
        refused = problem.status in (401, 403)
        wait = min(LONGEST_INTERVAL, INTERVAL * 2 ** min(self._failures, 6))
        self.due_at = None if refused else now + max(wait, retry_after or 0.0)

    def next_try(self, now: float) -> str:
        """Return when a request that failed is made again, in words; empty where it is not."""
        if self.problem is None or self.due_at is None:
            return ""
        return f"next try in {max(0, round(self.due_at - now))} s"


def _ask(client: ApifyClient, kind: JobKind) -> Callable[..., Awaitable[list[Job]]]:
    return client.runs if kind == "run" else client.builds


def _refreshed(jobs: Sequence[Job]) -> int:
    """Return how many of the newest are to be asked for: as far as one of them goes on."""
    ordered = sorted(jobs, key=lambda job: str(job.started_at or ""), reverse=True)
    depth = max((place for place, job in enumerate(ordered, 1) if not job.ended), default=0)
    # A few more: new ones may have come before it.
    return LISTED if depth <= LISTED else min(MOST_REFRESHED, depth + LISTED)


@dataclass(slots=True)
class NamedRuns:
    """The runs of the Actor or task that is named in the input."""

    text: str = ""
    """What was typed; empty while nothing is named."""
    runs: Sequence[Job] | None = None
    """Newest first; None while they are not known."""
    problem: str = ""
    """Why they are not known, or are not up to date."""
    is_passing: bool = False
    """Whether asking again may bring them though nothing else changes."""
    wait: float = NAMED_INTERVAL
    """Seconds until they are asked for again, at least."""
    due_at: float = 0.0
    """When they are asked for again, on the monotonic clock."""
    wants_more: bool = False
    """Whether the next request is for further ones in place of the newest."""
    _next: int = LISTED
    """How many of the newest are not asked for with the next further ones."""
    _is_whole: bool = False
    """Whether there are no further ones."""

    @property
    def has_more(self) -> bool:
        """Whether there are further ones to be asked for."""
        return self.runs is not None and not self._is_whole

    async def load(self, target: Target, settings: Settings) -> None:
        """Ask for the runs of a target that has some."""
        from logview.apify.errors import ApifyError

        more = self.wants_more and self.has_more
        known = () if self.runs is None else self.runs
        limit = PAGE if more else _refreshed(known)
        ask = run_lister(target, settings, limit, self._next if more else 0)
        if ask is None:
            return
        try:
            page, self.problem = await ask(), ""
            if more:
                self._next, self.wants_more, self._is_whole = (
                    self._next + PAGE,
                    False,
                    len(page) < PAGE,
                )
                page = newest_first((*known, *page))
            else:
                page = self._refresh(page, limit)
            self.runs = page
            self.is_passing, self.wait = False, NAMED_INTERVAL
        except ApifyError as error:
            self.problem, self.is_passing = error.cause, error.retryable
            self.wait = min(LONGEST_INTERVAL, max(2 * self.wait, error.retry_after or 0.0))

    def _refresh(self, page: list[Job], limit: int) -> list[Job]:
        """Return the newest runs, and what is known of those before them."""
        listed = {job.id for job in page}
        if self.runs is None or len(page) < limit or not any(job.id in listed for job in self.runs):
            # All of them, or none of those that were: what is between is paged on to again.
            self._next, self._is_whole = limit, len(page) < limit
            return page
        oldest = min((job.started_at for job in page if job.started_at), default=None)
        older = [
            job
            for job in self.runs
            if oldest is None or job.started_at is None or job.started_at <= oldest
        ]
        return newest_first((*older, *page))  # of two of one ID the later one


class NameSuggester(Suggester):
    """Completes the names of the account's Actors and tasks, once they were fetched."""

    def __init__(self) -> None:
        super().__init__(use_cache=False, case_sensitive=True)
        self.names: list[str] = []
        self.is_fetched = False
        """Whether they were asked for; that is done once."""

    async def fetch(self, client: ApifyClient, username: str | None = None) -> None:
        """Ask for the names; those that can't be had are not completed.

        `username` is the account's, if it is known: a task may name none.
        """
        from logview.apify.errors import ApifyError

        answers = await asyncio.gather(
            client.named("actors"), client.named("actor-tasks"), return_exceptions=True
        )
        found: list[Actor] = []
        for answer in answers:
            if isinstance(answer, BaseException) and not isinstance(answer, ApifyError):
                raise answer
            found += [] if isinstance(answer, BaseException) else answer
        username = username or next((one.username for one in found if one.username), None)
        names = {f"{one.username or username}/{one.name}" for one in found if one.name}
        self.names = sorted(name for name in names if _NAME.fullmatch(name))

    def longer(self, value: str) -> list[str]:
        """Return the names that begin as what is typed does; none where it is one itself.

        Behind a name and `@` those are the words for which of its runs.
        """
        name, at, which = value.partition("@")
        if at and "/" in name:
            return [
                f"{name}@{word}" for word in SELECTORS if word.startswith(which) and word != which
            ]
        if not value or value in self.names:
            return []
        return [name for name in self.names if name.startswith(value)]

    async def get_suggestion(self, value: str) -> str | None:
        """Return the first name that begins as what is typed does."""
        return next(iter(self.longer(value)), None)


_NAME = re.compile(r"[A-Za-z0-9._-]{1,100}/[A-Za-z0-9._-]{1,100}", re.ASCII)
