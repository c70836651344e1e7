"""The open screen's list: pages, marks, the runs of a name, completion, and what it asks for."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from logview.apify.client import ApifyClient
from logview.apify.errors import ApifyError, Forbidden, ServerError
from logview.apify.models import Actor, Job
from logview.config.settings import Settings
from logview.secrets.token import Token
from logview.sources.events import Problem
from logview.target import NamedTarget, SeveralTarget
from logview.tui.job_lists import LISTED, NAMED_INTERVAL, PAGE, JobLists, NamedRuns, NameSuggester
from logview.tui.job_rows import JobRow, job_rows
from logview.tui.widgets.job_list import JobList
from tests.support.fault_server import Fault, FaultServer
from tests.tui import scripted

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path
    from typing import Any

    from logview.apify.models import JobKind


def item(name: str, number: int) -> dict[str, Any]:
    return {
        "id": f"{name}{number:0{17 - len(name)}}",
        "actId": scripted.ACTOR_ID,
        "status": "SUCCEEDED",
        "startedAt": f"2026-11-{19 - number // 60:02}T06:{59 - number % 60:02}:00.000Z",
    }


def answer(*items: dict[str, Any]) -> Fault:
    body = json.dumps({"data": {"items": items}}).encode()
    return Fault.answer(200, body, Content_Type="application/json")


class Account(ApifyClient):
    """An account with so many runs and builds."""

    def __init__(self, runs: int, builds: int) -> None:
        self.all = {
            "run": [Job.from_api("run", item("Run", number)) for number in range(runs)],
            "build": [Job.from_api("build", item("Build", number)) for number in range(builds)],
        }
        self.asked: list[tuple[JobKind, int, int]] = []
        self.errors: dict[JobKind, ApifyError] = {}

    async def runs(self, limit: int = 20, offset: int = 0) -> list[Job]:
        return self._page("run", limit, offset)

    async def builds(self, limit: int = 20, offset: int = 0) -> list[Job]:
        return self._page("build", limit, offset)

    def _page(self, kind: JobKind, limit: int, offset: int) -> list[Job]:
        self.asked.append((kind, limit, offset))
        if kind in self.errors:
            raise self.errors[kind]
        return self.all[kind][offset : offset + limit]


async def test_further_pages_are_one_request_each_until_there_are_no_more() -> None:
    account, lists = Account(600, 3), JobLists()
    await lists.load(account)
    assert len(lists.jobs) == LISTED + 3
    assert lists.has_more
    await lists.refresh(account)
    assert account.asked[-1] == ("run", LISTED, 0)
    for known in (LISTED, LISTED + PAGE):
        lists.wants_more = True
        await lists.refresh(account)
        assert account.asked[-1] == ("run", PAGE, known)
    assert len(account.asked) == 5
    assert not lists.has_more
    assert {job.id for job in lists.jobs} == {
        job.id for jobs in account.all.values() for job in jobs
    }
    # What new runs push off the newest page stays; the newest state of each is shown.
    account.all["run"][:0] = [
        Job(f"New{number}", "run", "RUNNING", started_at=scripted.NOW) for number in range(20)
    ]
    lists.wants_more = True
    await lists.refresh(account)
    await lists.refresh(account)
    assert len(lists.jobs) == len({job.id for job in lists.jobs}) == 623


async def test_a_run_that_goes_on_is_refreshed_however_far_down_it_is() -> None:
    account, lists = Account(600, 0), JobLists()
    runs = account.all["run"]
    runs[200] = replace(runs[200], status="RUNNING")
    await lists.load(account)
    lists.wants_more = True
    await lists.refresh(account)
    runs[200] = replace(runs[200], status="SUCCEEDED")
    await lists.refresh(account)
    assert account.asked[-1] == ("run", 201 + LISTED, 0)
    assert all(job.ended for job in lists.jobs)
    await lists.refresh(account)
    assert account.asked[-1] == ("run", LISTED, 0)

    # One that is deleted while it goes on does not go on for ever.
    runs[200] = replace(runs[200], status="RUNNING")
    await lists.load(account)
    lists.wants_more = True
    await lists.refresh(account)
    assert len(lists.jobs) == LISTED + PAGE
    del runs[200]
    await lists.refresh(account)
    await lists.refresh(account)
    assert all(job.ended for job in lists.jobs)


async def test_more_new_runs_than_a_page_leave_no_gap() -> None:
    account, lists = Account(100, 0), JobLists()
    await lists.load(account)
    lists.wants_more = True
    await lists.refresh(account)
    assert not lists.has_more
    account.all["run"][:0] = [Job(f"New{number}", "run", "SUCCEEDED") for number in range(80)]
    await lists.refresh(account)
    assert lists.has_more
    lists.wants_more = True
    await lists.refresh(account)
    assert {job.id for job in lists.jobs} == {job.id for job in account.all["run"]}


async def test_a_kind_that_may_not_be_listed_does_not_hide_the_other() -> None:
    account, lists = Account(4, 3), JobLists()
    account.errors["build"] = Forbidden("The API answered 403: no.", status=403)
    await lists.load(account)
    assert [job.kind for job in lists.jobs] == ["run"] * 4
    assert lists.refused == {"build": "The API answered 403: no."}
    for _ in range(4):
        await lists.refresh(account)
    assert [kind for kind, *_ in account.asked[2:]] == ["run"] * 4  # it is not asked for again
    del account.errors["build"]
    await lists.load(account)
    assert len(lists.jobs) == 7
    assert not lists.refused

    # What passes by itself is told, and what was answered is kept.
    account.errors["run"] = ServerError("down", status=503)
    with pytest.raises(ServerError):
        await lists.load(account)
    assert len(lists.jobs) == 7
    account.errors["build"] = Forbidden("no", status=403)
    account.errors["run"] = Forbidden("no", status=403)
    with pytest.raises(Forbidden):
        await lists.load(account)


async def test_names_of_actors_come_one_by_one_and_again_after_what_passes() -> None:
    class Named(Account):
        def __init__(self) -> None:
            super().__init__(3, 0)
            actors = zip(self.all["run"], ("Fast", "Slow", "Down"), strict=True)
            self.all["run"] = [replace(job, actor_id=actor) for job, actor in actors]
            self.is_down = True
            self.is_waited_for = asyncio.Event()

        async def actor(self, actor_id: str) -> Actor:
            if actor_id == "Slow":
                self.is_waited_for.set()
                await asyncio.Event().wait()
            if actor_id == "Down" and self.is_down:
                raise ServerError("down", status=503)
            return Actor(actor_id, actor_id.lower())

    account, lists = Named(), JobLists()
    await lists.load(account)
    assert lists.has_unnamed
    naming = asyncio.ensure_future(lists.name_actors(account))
    await account.is_waited_for.wait()  # the last of them
    assert lists.names == {"Fast": "fast"}
    assert not lists.has_unnamed  # each once
    account.is_down = False
    await lists.load(account)
    await lists.name_actors(account)
    assert lists.names == {"Fast": "fast", "Down": "down"}
    naming.cancel()


def test_the_next_try_is_told_and_not_before_the_server_wants_it() -> None:
    lists = JobLists()
    lists.failed(Problem("429", status=429), 100.0, 42.0)
    assert lists.due_at == 142.0
    assert lists.next_try(102.0) == "next try in 40 s"
    lists.failed(Problem("403", status=403), 100.0)
    assert lists.next_try(102.0) == ""


def test_a_job_that_has_not_begun_is_the_newest() -> None:
    waiting = Job("Waiting", "run", "READY")
    ended = Job("Ended", "run", "ABORTED")
    begun = Job("Begun", "run", "RUNNING", started_at=scripted.NOW)
    assert [row.value for row in job_rows([ended, begun, waiting], {})] == [
        "Waiting",
        "Begun",
        "Ended",
    ]


async def test_a_word_of_the_list_is_no_file(
    open_app: Callable[..., Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "run").write_text("one")
    (tmp_path / "scraper" / ".actor").mkdir(parents=True)
    (tmp_path / "scraper" / ".actor" / "actor.json").write_text('{"name": "scraper"}')
    monkeypatch.chdir(tmp_path)
    with FaultServer() as server:
        server.routes["/v2/actor-runs"] = answer(*(item("Run", number) for number in range(2)))
        server.routes["/v2/actor-builds"] = answer()
        token = Token("not-a-real-token")
        async with open_app(
            None, api_url=server.base_url, token=token, token_source="a test", size=(100, 30)
        ) as s:
            await s.wait_for("2 runs, 0 builds")
            await s.type("run")
            assert "2 matches · ↵ opens the first" in s.text
            await s.press("enter")
            assert s.log.session.origin.job_id == "Run00000000000000"
            await s.press("q")
            await s.type("scraper")  # replaces the text, and is in no row
            assert "newest run of scraper" in s.text


@pytest.mark.parametrize("username", ["jane", None])
async def test_names_are_completed_as_far_as_they_can_be_had(username: str | None) -> None:
    class Names(ApifyClient):
        def __init__(self) -> None:
            pass

        async def named(self, owner: str) -> list[Actor]:
            if owner == "actors":
                if username:  # then the account's name is known without them
                    raise Forbidden("not yours", status=403)
                return [Actor("a", "scraper", "jane"), Actor("b", "\x1b]0;x", "jane")]
            return [Actor("t", "daily"), Actor("u")]

    names = NameSuggester()
    await names.fetch(Names(), username)
    assert names.names == (["jane/daily"] if username else ["jane/daily", "jane/scraper"])
    assert await names.get_suggestion("jane/d") == "jane/daily"
    assert names.longer("jane/d") == ["jane/daily"]
    assert not names.longer("jane/daily")
    assert names.longer("jane/x@last") == ["jane/x@last-succeeded", "jane/x@last-failed"]
    assert await names.get_suggestion("jane/x@r") == "jane/x@running"
    for typed in ("", "jane/x@2", "jane/x@running", "jane@x"):
        assert await names.get_suggestion(typed) is None


async def test_the_runs_of_a_name_are_asked_for_again_after_what_passes() -> None:
    settings = Settings("http://127.0.0.1:1", "default")  # nothing listens there
    named, wanted = NamedRuns("jane/scraper"), NamedTarget("jane", "scraper")
    await named.load(wanted, settings)
    assert named.runs is None
    assert named.is_passing
    assert named.wait == 20.0
    with FaultServer() as server:
        settings = Settings(server.base_url, "default")
        path = "/v2/actors/jane~scraper/runs"
        server.routes[path] = Fault.rate_limited("50")
        await named.load(wanted, settings)
        assert named.wait == 50.0
        server.routes[path] = answer(item("Run", 1))
        await named.load(wanted, settings)
        assert [job.id for job in named.runs or ()] == ["Run00000000000001"]
        assert (named.problem, named.is_passing, named.wait) == ("", False, NAMED_INTERVAL)


async def test_the_runs_of_a_name_are_paged_on_to_with_one_request_a_page() -> None:
    named, wanted = NamedRuns("jane/scraper"), NamedTarget("jane", "scraper")
    path = "/v2/actors/jane~scraper/runs"
    with FaultServer() as server:
        settings = Settings(server.base_url, "default")

        async def load(numbers: Sequence[int], *, more: bool = False) -> list[str]:
            """Return the IDs that are listed, where these are answered; check what is asked."""
            server.requests.clear()
            server.routes[path] = answer(*(item("Run", number) for number in numbers))
            named.wants_more = more
            await named.load(wanted, settings)
            (asked,) = [one.query for one in server.requests if one.path == path]
            offset = {"offset": str(LISTED)} if more else {}
            assert asked == {"desc": "true", "limit": str(PAGE if more else LISTED)} | offset
            assert named.runs is not None
            return [job.id for job in named.runs]

        def ids(*numbers: int) -> list[str]:
            return [item("Run", number)["id"] for number in numbers]

        assert await load(range(2, 2 + LISTED)) == ids(*range(2, 52))
        assert named.has_more
        assert await load(range(50, 60), more=True) == ids(*range(2, 60))
        assert not named.has_more
        # New ones come, and one of the newest was deleted.
        newest = [number for number in range(LISTED + 1) if number != 3]
        assert await load(newest) == ids(*(number for number in range(60) if number != 3))
        # None of the newest was known: what is between is paged on to again.
        assert await load(range(200, 250)) == ids(*range(200, 250))
        assert named.has_more


async def test_the_newest_row_is_chosen_until_one_was_in_the_list(
    open_app: Callable[..., Any],
) -> None:
    rows = [JobRow("run", f"Run{number}", "scraper", "SUCCEEDED") for number in range(60)]
    recent = JobRow("run", "Opened", "scraper", started="5 min ago")
    async with open_app(None, size=(100, 20)) as s:
        jobs = s.app.screen.query_one(JobList)

        def chosen(*listed: JobRow) -> str:
            jobs.show_jobs([*listed, recent], ())
            row = jobs.row(jobs.highlighted)
            return "" if row is None else row.value

        assert chosen() == "Opened"
        assert chosen(*rows[2:]) == "Run2"
        assert chosen(*rows[1:]) == "Run1"
        await s.press("down")
        assert chosen(*rows) == "Run1"
        await s.settle()
        assert jobs.scroll_offset.y == 0


async def test_marks_names_and_completion(open_app: Callable[..., Any]) -> None:
    with FaultServer() as server:
        runs = [item("Run", number) for number in range(4)]
        server.routes["/v2/actor-runs"] = answer(*runs)
        server.routes["/v2/actor-builds"] = answer()
        server.routes["/v2/actors"] = answer({"id": "a", "username": "jane", "name": "scraper"})
        server.routes["/v2/actor-tasks"] = answer({"id": "t", "username": "jane", "name": "daily"})
        server.routes["/v2/actors/jane~scraper/runs"] = answer(
            *(item("Mine", number) for number in range(3))
        )
        token = Token("not-a-real-token")
        async with open_app(
            None, api_url=server.base_url, token=token, token_source="a test", size=(100, 30)
        ) as s:
            await s.wait_for("4 runs, 0 builds")

            # Marked ones are opened merged; the marks stay on their rows, and go then.
            await s.press("down", "space", "j", "space")
            assert "2 marked" in s.status
            marked = [row for row in s.rows if row.startswith("◆ ")]
            assert len(marked) == 2
            assert "Run00000000000000 " in marked[0]
            assert "Run00000000000002 " in marked[1]
            await s.press("space", "k", "space")  # the last one; the second one off again
            assert "2 marked" in s.status
            await s.press("enter")
            assert len(s.sources) == 1
            parts = s.log.session.origin.parts
            assert [part.id for part in parts] == ["Run00000000000000", "Run00000000000003"]
            assert SeveralTarget(parts)
            await s.press("q")
            assert "marked" not in s.status

            # Details of the selected run.
            await s.press("d")
            await s.wait_for("SUCCEEDED run Run00000000000003 Started 2026-11-19 06:56:00 UTC")
            await s.press("q")

            # A name lists the runs of its Actor, and is completed once the names are there.
            await s.press("/")
            await s.type("jane/s")
            await s.wait_for("jane/scraper · tab completes")  # the names are there
            await s.type("c")
            await s.wait_for(lambda: s.app.focused._suggestion == "jane/scraper")
            await s.wait_for("jane/scraper · tab completes")
            await s.press("tab")
            assert s.app.focused.value == "jane/scraper"
            await s.wait_for("3 runs of jane/scraper")
            assert "Mine0000000000002" in s.text
            assert "Run0" not in s.text
            named = [one for one in server.requests if "jane~scraper" in one.path]
            assert len(named) == 2  # as an Actor, and as a task
            names = [
                one for one in server.requests if one.path in ("/v2/actors", "/v2/actor-tasks")
            ]
            assert len(names) == 2
            await s.press("down", "j", "enter")
            assert len(s.sources) == 2
            assert "Mine0000000000001" in s.words


async def test_a_thousand_rows_are_laid_out_once(open_app: Callable[..., Any]) -> None:
    with FaultServer() as server:
        server.routes["/v2/actor-runs"] = answer(*(item("Run", number) for number in range(1000)))
        server.routes["/v2/actor-builds"] = answer()
        async with open_app(
            None, api_url=server.base_url, token=Token("not-a-real-token"), size=(100, 30)
        ) as s:
            await s.wait_for("1,000 runs")
            await s.press("down", "G")
            rows = s.app.screen.query_one(JobList)
            assert rows.highlighted == 999
            assert "Run00000000000999" in s.text

            # At its end further ones are asked for, in place of the next refresh.
            await s.wait_for("loading more")
            asked = [one.target for one in server.requests]
            s.clock.now += 5.1
            await s.wait_for(lambda: len(server.requests) > len(asked))
            assert [one.query for one in server.requests[len(asked) :]] == [
                {"desc": "true", "limit": str(PAGE), "offset": "1000"}
            ]
