"""A run of an Actor or task by name: what is asked for, and the words where nothing is found."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pytest

from logview.apify.errors import ApifyError, Forbidden, NotFound, ServerError, Unauthorized
from logview.apify.models import Job, User
from logview.sources.events import Connecting, Ended, Failed, Lost, Noted
from logview.sources.named import NamedSource, find_runs
from logview.target import NamedTarget, RunSelector
from tests.sources.following import Following
from tests.support.clock import FakeClock

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from logview.sources.events import Event


def job(ident: str, status: str = "SUCCEEDED") -> Job:
    return Job(ident, "run", status)


@dataclass
class Api:
    """The runs of Actors and tasks, newest first; what is asked of it is in `asked`."""

    actors: dict[str, list[Job]] = field(default_factory=dict)
    tasks: dict[str, list[Job]] = field(default_factory=dict)
    errors: list[ApifyError] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    username: str | None = "jane"

    def _runs(self, owner: str, owner_id: str) -> list[Job]:
        if self.errors:
            raise self.errors.pop(0)
        runs = (self.actors if owner == "actors" else self.tasks).get(owner_id)
        if runs is None:
            raise NotFound("no", status=404)
        return runs

    async def last_run(self, owner: str, owner_id: str, *, status: str | None = None) -> Job | None:
        self.asked.append(f"{owner}/{owner_id}/last?{status}")
        for run in self._runs(owner, owner_id):
            if status in (None, run.status):
                return run
        raise NotFound("no", status=404)

    async def runs_of(
        self, owner: str, owner_id: str, *, status: str | None = None, offset: int = 0,
        limit: int = 1000,
    ) -> list[Job]:  # fmt: skip
        self.asked.append(f"{owner}/{owner_id}?{status},{offset},{limit}")
        runs = [run for run in self._runs(owner, owner_id) if status in (None, run.status)]
        return runs[offset : offset + limit]

    async def exists(self, owner: str, owner_id: str) -> bool:
        return owner_id in (self.actors if owner == "actors" else self.tasks)

    async def user(self) -> User:
        self.asked.append("me")
        return User("u", self.username)

    async def aclose(self) -> None:
        pass


class Opened:
    """The source of a run that was found."""

    def __init__(self, run: Job) -> None:
        self.run = run
        self.retried = 0

    async def events(self) -> AsyncIterator[Event]:
        yield Ended(self.run)

    def retry(self) -> None:
        self.retried += 1

    def stats(self) -> list[tuple[str, str]]:
        return [("of", self.run.id)]


def following(api: Api, target: NamedTarget, username: str | None = None) -> Following:
    clock = FakeClock()
    source = NamedSource(
        lambda: api, target, Opened, username=username, clock=clock, random=lambda: 0.5
    )
    return Following(source, clock)


NAME = NamedTarget("jane", "scraper")


async def test_the_newest_run_is_found_with_one_request_for_actor_and_task_each() -> None:
    api = Api(actors={"jane~scraper": [job("RunA"), job("RunB")]})
    reader = following(api, NAME)
    ended = await reader.has(Ended)
    assert ended.job == job("RunA")
    assert api.asked == ["actors/jane~scraper/last?None", "actor-tasks/jane~scraper/last?None"]
    (note,) = reader.all(Noted)
    assert note.text == "the newest run of the Actor jane/scraper is RunA"
    assert reader.names[0] == "Connecting"
    assert reader.source.stats() == [("of", "RunA")]


@pytest.mark.parametrize(
    ("selector", "found"),
    [
        (RunSelector("FAILED"), "Failed1"),
        (RunSelector("SUCCEEDED"), "Good1"),
        (RunSelector(number=2), "Failed1"),
        (RunSelector(number=3), "Good2"),
    ],
)
async def test_runs_of_a_task_by_status_and_number(selector: RunSelector, found: str) -> None:
    runs = [job("Good1"), job("Failed1", "FAILED"), job("Good2")]
    reader = following(Api(tasks={"jane~daily": runs}), NamedTarget("jane", "daily", selector))
    ended = await reader.has(Ended)
    assert ended.job is not None
    assert ended.job.id == found
    assert "the task jane/daily" in reader.all(Noted)[0].text


async def test_an_actor_and_a_task_of_one_name_are_both_named() -> None:
    api = Api(actors={"jane~scraper": [job("RunA")]}, tasks={"jane~scraper": [job("RunT")]})
    reader = following(api, NAME)
    assert (await reader.has(Ended)).job == job("RunA")
    assert "a task has the same name, and its run is RunT" in reader.all(Noted)[0].text


async def test_what_is_not_there_is_said_with_what_was_looked_for() -> None:
    reader = following(Api(), NAME)
    failed = await reader.has(Failed)
    assert failed.problem.status == 404
    assert "neither an Actor nor a task jane/scraper" in failed.problem.cause
    assert "no file has that name" in failed.problem.meaning


async def test_an_actor_without_such_a_run_is_distinguished_from_none() -> None:
    api = Api(actors={"jane~scraper": [job("RunA")]})
    reader = following(api, NamedTarget("jane", "scraper", RunSelector("FAILED")))
    failed = await reader.has(Failed)
    assert failed.problem.cause == "The Actor jane/scraper has no run that failed."
    assert failed.problem.remedy == "See which runs there are: logview --runs jane/scraper"
    api.actors["jane~scraper"].insert(0, job("RunF", "FAILED"))
    reader.source.retry()
    assert (await reader.has(Ended)).job == job("RunF", "FAILED")


async def test_a_refusal_is_news_where_nothing_is_found_and_none_where_something_is() -> None:
    for errors in (
        [Unauthorized("no token", status=401), NotFound("no", status=404)],
        [NotFound("no", status=404), Unauthorized("no token", status=401)],
        [Unauthorized("no token", status=401), Forbidden("no task", status=403)],
    ):
        failed = await following(Api(errors=list(errors)), NAME).has(Failed)
        assert failed.problem.status == 401
    api = Api(tasks={"jane~scraper": [job("RunT")]}, errors=[Forbidden("not yours", status=403)])
    assert (await following(api, NAME).has(Ended)).job == job("RunT")


async def test_an_actor_and_a_task_without_a_run_are_both_named() -> None:
    api = Api(actors={"jane~scraper": []}, tasks={"jane~scraper": []})
    failed = await following(api, NAME).has(Failed)
    assert failed.problem.cause == "The Actor and the task jane/scraper have no run."
    assert failed.problem.remedy == ""


async def test_a_task_is_not_taken_for_an_actor_that_did_not_answer() -> None:
    api = Api(
        actors={"jane~scraper": [job("RunA")]},
        tasks={"jane~scraper": [job("RunT")]},
        errors=[ServerError("down", status=503)],
    )
    reader = following(api, NAME)
    await reader.has(Lost)
    await reader.clock.advance(1)
    assert (await reader.has(Ended)).job == job("RunA")


async def test_trouble_is_waited_out() -> None:
    trouble: list[ApifyError] = [ServerError("down", status=503), ServerError("down", status=503)]
    api = Api(actors={"jane~scraper": [job("RunA")]}, errors=trouble)
    reader = following(api, NAME)
    lost = await reader.has(Lost)
    assert (lost.attempt, lost.retry_in) == (2, 0.75)
    await reader.clock.advance(1)
    assert (await reader.has(Ended)).job == job("RunA")
    assert [event.attempt for event in reader.all(Connecting)] == [1, 2]


@pytest.mark.parametrize("username", ["jane", None])
async def test_the_account_of_a_folder_is_the_logins_else_asked_for(username: str | None) -> None:
    api = Api(actors={"jane~scraper": [job("RunA")]})
    reader = following(api, NamedTarget("", "scraper"), username)
    assert (await reader.has(Ended)).job == job("RunA")
    assert ("me" in api.asked) == (username is None)


async def test_the_runs_of_both_are_listed_once_each() -> None:
    api = Api(
        actors={"jane~scraper": [job("RunA"), job("RunB"), job("RunC", "FAILED")]},
        tasks={"jane~scraper": [job("RunB")]},
    )
    assert [run.id for run in await find_runs(api, NAME, None, 10)] == ["RunA", "RunB", "RunC"]
    failed = NamedTarget("jane", "scraper", RunSelector("FAILED"))
    assert [run.id for run in await find_runs(api, failed, None, 10)] == ["RunC"]
    with pytest.raises(NotFound, match="neither an Actor nor a task"):
        await find_runs(Api(), NAME, None, 10)
