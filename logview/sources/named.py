"""Sources: a run of an Actor or task that is named, found first and then followed."""

from __future__ import annotations

import asyncio
import random as randomness
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, Protocol, TypeAlias, TypeVar

from logview.apify.errors import ApifyError, NotFound, UnexpectedAnswer
from logview.sources.clock import Alarm, Backoff, Clock, SystemClock
from logview.sources.events import Connecting, Failed, Lost, Noted
from logview.sources.problems import problem_of
from logview.target import RunSelector

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Iterable

    from logview.apify.models import Job, User
    from logview.sources.events import Event, Source
    from logview.target import NamedTarget

T = TypeVar("T")

RunOwner: TypeAlias = Literal["actors", "actor-tasks"]

_WORDS: dict[RunOwner, str] = {"actors": "Actor", "actor-tasks": "task"}


class NameClient(Protocol):
    """What finding a run needs of a client of Apify's API; everything raises ApifyError."""

    async def last_run(
        self, owner: RunOwner, owner_id: str, *, status: str | None = None
    ) -> Job | None:
        """Return the newest run; raises NotFound where there is none."""
        ...

    async def runs_of(
        self,
        owner: RunOwner,
        owner_id: str,
        *,
        status: str | None = None,
        offset: int = 0,
        limit: int = 1000,
    ) -> list[Job]:
        """Return runs, newest first; raises NotFound where there is no such owner."""
        ...

    async def exists(self, owner: RunOwner, owner_id: str) -> bool:
        """Return whether there is such an Actor or task."""
        ...

    async def user(self) -> User:
        """Return the account of the token."""
        ...

    async def aclose(self) -> None:
        """Close all connections."""
        ...


@dataclass(frozen=True, slots=True)
class FoundRun:
    """A run that was found by a name."""

    job: Job
    name: str
    """The name that was looked for, with its account."""
    owner: RunOwner
    other: Job | None = None
    """The run of the task of the same name, where there is one."""


async def find_run(client: NameClient, target: NamedTarget, username: str | None) -> FoundRun:
    """Find the run that a name means; raises ApifyError.

    Asks for an Actor and a task at the same time: the two may have one name.
    The Actor's run is taken then. `username` is the name of the token's account
    where it is known; else the API is asked for it if it is needed.
    """
    name = await _full_name(client, target, username)
    jobs = await _of_both(lambda owner: _run_of(client, owner, name, target.selector))
    if not jobs:
        raise await _not_found(client, target.selector, name)
    owner, job = next(iter(jobs.items()))
    other = jobs["actor-tasks"] if len(jobs) > 1 else None
    return FoundRun(job, name, owner, None if other is None or other.id == job.id else other)


async def find_runs(
    client: NameClient, target: NamedTarget, username: str | None, limit: int, skip: int = 0
) -> list[Job]:
    """List the runs of a name, newest first, at most `limit` of an Actor's and a task's each.

    Without the newest `skip` of each. Only those of the target's status, if it has one, and from
    its number on. Raises ApifyError.
    """
    name = await _full_name(client, target, username)
    owner_id, selector = name.replace("/", "~"), target.selector
    offset = selector.number - 1 + skip
    lists = await _of_both(
        lambda owner: client.runs_of(
            owner, owner_id, status=selector.status, offset=offset, limit=limit
        )
    )
    if not lists:
        raise await _not_found(client, target.selector, name)
    return newest_first(job for jobs in lists.values() for job in jobs)


def newest_first(jobs: Iterable[Job]) -> list[Job]:
    """Return runs in the order of their starts, each once; first those that have none yet."""
    runs = {job.id: job for job in jobs}
    known = [job for job in runs.values() if job.started_at is not None]
    known.sort(key=lambda job: str(job.started_at), reverse=True)
    return [*(job for job in runs.values() if job.started_at is None), *known]


async def _of_both(ask: Callable[[RunOwner], Awaitable[T | None]]) -> dict[RunOwner, T]:
    """Return the answers for an Actor and a task, of those that there are.

    Raises ApifyError where there is neither, and not only because nothing was found; and where
    trying again may mend it: the one that did not answer may be the one that is meant.
    """
    answers = await asyncio.gather(*map(ask, _WORDS), return_exceptions=True)
    found: dict[RunOwner, T] = {}
    failed: ApifyError | None = None
    for owner, answer in zip(_WORDS, answers, strict=True):
        if isinstance(answer, ApifyError):
            if answer.retryable and not answer.lasting:
                raise answer
            if failed is None and not isinstance(answer, NotFound):
                failed = answer  # the Actor's, where both are refused
        elif isinstance(answer, BaseException):
            raise answer
        elif answer is not None:
            found[owner] = answer
    if failed is not None and not found:
        raise failed
    return found


async def _full_name(client: NameClient, target: NamedTarget, username: str | None) -> str:
    """Return `owner/name` of a target; raises ApifyError where the account can't be known."""
    if not target.owner and username is None:
        username = (await client.user()).username
        if username is None:
            raise UnexpectedAnswer("The API does not say whose token this is.")
    return target.full_name(username)


async def _run_of(
    client: NameClient, owner: RunOwner, name: str, selector: RunSelector
) -> Job | None:
    owner_id = name.replace("/", "~")
    if selector.number == 1:
        return await client.last_run(owner, owner_id, status=selector.status)
    runs = await client.runs_of(owner, owner_id, offset=selector.number - 1, limit=1)
    return runs[0] if runs else None


async def _not_found(client: NameClient, selector: RunSelector, name: str) -> NotFound:
    """Make the error for a run that there is not; find out whether its Actor or task is there."""
    owner_id = name.replace("/", "~")
    there = [words for owner, words in _WORDS.items() if await client.exists(owner, owner_id)]
    if there:
        is_any = selector == RunSelector(suffix=selector.suffix)
        return NotFound(
            f"The {' and the '.join(there)} {name} {'have' if len(there) > 1 else 'has'} no "
            f"{selector.which}.",
            meaning="Runs that this token may not read don't count, nor those that were deleted "
            "after their retention time.",
            remedy="" if is_any else f"See which runs there are: logview --runs {name}",
            status=404,
        )
    return NotFound(
        f"There is neither an Actor nor a task {name}.",
        meaning="Both were looked for, and no file has that name. It is mistyped, was deleted, or "
        "may not be read with this token.",
        remedy="Check the name and which account the token belongs to.",
        status=404,
    )


class NamedSource:
    """Finds the run of an Actor or task, then gives the events of that run's source.

    `client_factory` makes the API client for finding it, `make_source` the source
    of what was found. `username` is the name of the token's account, if known.
    """

    def __init__(
        self,
        client_factory: Callable[[], NameClient],
        target: NamedTarget,
        make_source: Callable[[Job], Source],
        *,
        username: str | None = None,
        clock: Clock | None = None,
        random: Callable[[], float] = randomness.random,
    ) -> None:
        self._factory = client_factory
        self._target = target
        self._make_source = make_source
        self._username = username
        self._alarm = Alarm(clock or SystemClock())
        self._backoff = Backoff(random)
        self._source: Source | None = None

    def retry(self) -> None:
        """Look for it again now; once it is found, as its source does."""
        if self._source is not None:
            self._source.retry()
        else:
            self._alarm.wake()

    def stats(self) -> list[tuple[str, str]]:
        """Return what the connection did so far; nothing before the run is found."""
        return [] if self._source is None else self._source.stats()

    async def events(self) -> AsyncIterator[Event]:
        """Find the run, retrying as a log's source does, and follow it."""
        found = None
        try:
            while found is None:
                yield Connecting(self._backoff.attempt)
                try:
                    found = await self._find()
                except ApifyError as error:
                    if error.retryable:
                        wait = self._backoff.next(error.retry_after)
                        yield Lost(problem_of(error), self._backoff.attempt, wait)
                        await self._alarm.wait(wait)
                    else:
                        yield Failed(problem_of(error))
                        await self._alarm.wait(None)
                        self._backoff.reset()
        finally:
            self._alarm.close()
        yield Noted(_words(found, self._target.selector))
        self._source = self._make_source(found.job)
        stream = self._source.events()
        try:
            async for event in stream:
                yield event
        finally:
            close = getattr(stream, "aclose", None)
            if close is not None:
                await close()

    async def _find(self) -> FoundRun:
        client = self._factory()
        try:
            return await find_run(client, self._target, self._username)
        finally:
            await client.aclose()


def _words(found: FoundRun, selector: RunSelector) -> str:
    kind = _WORDS[found.owner]
    text = f"the {selector.describe(f'the {kind} {found.name}')} is {found.job.id}"
    if found.other is not None:
        text += f"; a task has the same name, and its run is {found.other.id}"
    return text
