"""The run before and the next one (`<`, `>`), and going on with the next that starts."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from logview.apify.client import ApifyClient
from logview.apify.models import Job
from logview.run_details import neighbor_run
from logview.sources import events
from logview.tui.screens.log.other_runs import next_run
from tests.support.fault_server import Fault, FaultServer
from tests.tui import scripted

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

RUNS = f"/v2/actors/{scripted.ACTOR_ID}/runs"


def run(run_id: str, started: str, status: str = "SUCCEEDED") -> dict[str, Any]:
    return {
        "id": run_id,
        "actId": scripted.ACTOR_ID,
        "status": status,
        "startedAt": f"2026-11-20T{started}:00.000Z",
    }


THIS = run(scripted.RUN_ID, "06:00")
OLDER, OLDEST = run("OlderRun000000001", "05:00"), run("OldestRun00000001", "04:00")
NEWER = run("NewerRun000000001", "07:00", "RUNNING")


def answer(items: list[dict[str, Any]]) -> Fault:
    body = json.dumps({"data": {"items": items}}).encode()
    return Fault.answer(200, body, Content_Type="application/json")


def job_of(data: dict[str, Any]) -> Job:
    return Job.from_api("run", data)


async def test_the_run_before_is_opened_over_this_one_and_q_returns_to_the_place(
    open_app: Callable[..., Any],
) -> None:
    with FaultServer() as server:
        server.routes[RUNS] = answer([THIS, OLDER, OLDEST])
        async with open_app(api_url=server.base_url) as s:
            await s.say(events.Connected(), events.JobChanged(scripted.job()))
            await s.lines(*scripted.crawl(0, 60))
            await s.press("k", "k", "k")
            left = s.cursor_row
            await s.press(">")
            assert "this is the newest run of this Actor that is kept" in s.note
            assert len(s.sources) == 1
            await s.press("<")
            assert len(s.sources) == 2
            assert "OlderRun000000001" in s.words
            await s.say(events.Connected(), events.JobChanged(job_of(OLDER)))
            await s.lines(*scripted.crawl(0, 40))
            await s.press("g")
            older = s.cursor_row
            # The next run is the one below: it is not opened twice, and where it was.
            await s.press(">")
            assert len(s.sources) == 2
            assert s.cursor_row == left
            # Opened again, the run before is where it was left.
            await s.press("<")
            await s.say(events.Connected(), events.JobChanged(job_of(OLDER)))
            await s.lines(*scripted.crawl(0, 40))
            assert s.cursor_row == older
            await s.press("q")
            assert s.cursor_row == left
            assert len(server.requests) == 4  # one for each key


async def test_with_watch_the_next_run_that_starts_is_opened(open_app: Callable[..., Any]) -> None:
    ended = scripted.job("SUCCEEDED", seconds=60)
    with FaultServer() as server:
        server.routes[RUNS] = answer([THIS, OLDER])
        async with open_app(api_url=server.base_url, watch=True) as s:
            await s.say(events.Connected(), events.JobChanged(scripted.job()))
            await s.lines(*scripted.crawl(0, 5))
            assert not server.requests
            await s.say(events.Ended(ended))
            await s.wait_for(lambda: server.requests)
            assert "waiting for the next run" in s.status
            server.routes[RUNS] = answer([NEWER, THIS, OLDER])
            for seconds in (5.0, 4.0):
                s.clock.now += seconds
                s.log.other_runs.watch()
                await s.settle()
            assert len(server.requests) == 1  # asked every ten seconds
            s.clock.now += 1.5
            await s.wait_for(lambda: len(s.sources) == 2)
            assert "NewerRun000000001" in s.words
            assert "went on to the next run" in s.note
            assert len(server.requests) == 2
            # Whoever goes back to the run that has ended is not led on to the same one again.
            await s.press("q")
            s.clock.now += 11
            await s.wait_for(lambda: len(server.requests) == 3)
            assert len(s.sources) == 2


@pytest.mark.parametrize("number", [0, 99, 100, 1099, 1100, 1599])
async def test_neighbors_are_found_over_pages(number: int) -> None:
    jobs = [
        Job.from_api("run", run(f"R{at}", f"{23 - at // 60 % 24:02}:{59 - at % 60:02}"))
        for at in range(1600)
    ]

    class Pages(ApifyClient):
        def __init__(self) -> None:
            self.asked = 0

        async def runs_of(  # type: ignore[override]
            self, *_: str, offset: int = 0, limit: int = 0, **__: object
        ) -> list[Job]:
            self.asked += 1
            return jobs[offset : offset + limit]

    for newer, step in ((True, -1), (False, 1)):
        pages = Pages()
        # By its ID, where times are of no help.
        this = Job("R" + str(number), "run", "SUCCEEDED", actor_id="a")
        found = await neighbor_run(pages, this, newer=newer)
        at = number + step
        assert found == (jobs[at] if 0 <= at < len(jobs) else None)
        assert pages.asked <= 3


async def test_the_neighbors_of_a_run_that_is_not_listed_are_those_of_its_time() -> None:
    gone = job_of(run("GoneRun0000000001", "05:30"))
    with FaultServer() as server:
        server.routes[RUNS] = answer([THIS, OLDER, OLDEST])
        async with ApifyClient(server.base_url, None) as client:
            assert await neighbor_run(client, gone, newer=False) == job_of(OLDER)
            assert await neighbor_run(client, gone, newer=True) == job_of(THIS)


def test_the_next_run_is_one_that_was_not_there_or_that_runs() -> None:
    this, older, newer = map(job_of, (THIS, OLDER, NEWER))
    later = job_of(run("LaterRun000000001", "08:00"))
    assert next_run(this, [this, older], None) is None
    assert next_run(this, [newer, this, older], None) == newer
    assert next_run(this, [later, this, older], None) is None  # it has ended long ago
    assert next_run(this, [later, this, older], {this.id, older.id}) == later
    assert next_run(this, [later, newer, this], {this.id}) == newer
