"""`logview --runs user/actor`: a list for people and programs."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING

import pytest

from logview.apify.errors import ApifyError, RateLimited, ServerError, UnexpectedAnswer
from logview.cli.main import main
from logview.plain.runs import wait_for_runs
from tests.support.clock import FakeClock
from tests.support.fault_server import Fault, FaultServer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from logview.apify.models import Job

FULL = {
    "id": "HG7ML7M8z78YcAPEB", "actId": "HDSasDasz78YcAPEB", "actorTaskId": "KJHSKHausidyaJKHs",
    "status": "FAILED", "statusMessage": "blocked \x1b]0;x\x07", "usageTotalUsd": 0.125,
    "startedAt": "2026-11-20T06:00:00.512Z", "finishedAt": "2026-11-20T06:03:12.512Z",
    "buildNumber": "0.1.2", "meta": {"origin": "SCHEDULER"}, "options": {"memoryMbytes": 1024},
}  # fmt: skip
SPARSE = {
    "id": "HG7ML7M8z78YcAPEC", "actId": None, "status": None, "statusMessage": None, "meta": None,
    "startedAt": None, "finishedAt": None, "stats": None, "options": None, "usageTotalUsd": None,
}  # fmt: skip
ACTOR, TASK = "/v2/actors/jane~scraper/runs", "/v2/actor-tasks/jane~scraper/runs"


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[FaultServer]:
    monkeypatch.delenv("APIFY_TOKEN", raising=False)
    with FaultServer() as server:
        yield server


def _list(items: list[object]) -> Fault:
    body = json.dumps({"data": {"total": len(items), "items": items}}).encode()
    return Fault.answer(200, body, Content_Type="application/json")


def test_runs_as_a_table_and_as_json(
    server: FaultServer, capfd: pytest.CaptureFixture[str]
) -> None:
    server.routes[ACTOR] = _list([FULL, SPARSE, {}, 5])
    asked = ["--runs", "jane/scraper@last-failed", "--api-url", server.base_url]
    assert main(asked) == 0
    table = capfd.readouterr().out.splitlines()
    assert table[0].split() == [
        *("ID", "STATUS", "STARTED", "(UTC)", "DURATION", "BUILD", "COST", "ORIGIN", "MESSAGE")
    ]
    assert "HG7ML7M8z78YcAPEB  FAILED   2026-11-20 06:00:00  3m12s     0.1.2  $0.125" in table[2]
    assert "blocked" in table[2]
    assert "\x1b" not in table[2]
    assert table[1].startswith("HG7ML7M8z78YcAPEC  UNKNOWN")
    assert len(table) == 3
    assert {request.query["status"] for request in server.requests} == {"FAILED"}

    assert main([*asked, "--json"]) == 0
    sparse, full = map(json.loads, capfd.readouterr().out.splitlines())
    assert full == {
        "id": "HG7ML7M8z78YcAPEB", "status": "FAILED", "status_message": "blocked \x1b]0;x\x07",
        "started": "2026-11-20T06:00:00.512Z", "finished": "2026-11-20T06:03:12.512Z",
        "seconds": 192.0, "exit_code": None, "build": "0.1.2", "origin": "SCHEDULER",
        "memory_mbytes": 1024, "cost_usd": 0.125, "actor_id": "HDSasDasz78YcAPEB",
        "task_id": "KJHSKHausidyaJKHs",
    }  # fmt: skip
    assert sparse["id"] == "HG7ML7M8z78YcAPEC"
    assert set(sparse) == set(full)


def test_a_run_that_goes_on_lasts_until_now_and_costs_read_as_on_the_screen(
    server: FaultServer, capfd: pytest.CaptureFixture[str]
) -> None:
    running = {**FULL, "status": "RUNNING", "finishedAt": None}
    items = [{**running, "usageTotalUsd": cost} for cost in (-1e-9, 0, 0.0002, 0.0181, 12.5)]
    items = [{**item, "id": f"Run{number}"} for number, item in enumerate(items)]
    server.routes[ACTOR] = _list([*items, {**SPARSE, "buildNumber": "抹茶"}])
    asked = ["--runs", "jane/scraper", "--api-url", server.base_url]
    assert main(asked) == 0
    table = capfd.readouterr().out.splitlines()
    assert [row.count("$") for row in table] == [0, 0, 0, 0, 1, 1, 1]
    assert [row.split("$")[1].split()[0] for row in table[4:]] == ["0.001", "0.018", "12.50"]
    assert "<$0.001" in table[4]
    assert main([*asked, "--json"]) == 0
    lines = list(map(json.loads, capfd.readouterr().out.splitlines()))
    assert lines[0]["seconds"] is None
    assert all(line["seconds"] > 0 for line in lines[1:])


async def test_trouble_is_waited_out_as_for_a_log() -> None:
    clock, said = FakeClock(), []
    answers: list[ApifyError | list[Job]] = [
        RateLimited("429.", status=429, retry_after=7),
        ServerError("503", status=503),
        [],
    ]

    async def ask() -> list[Job]:
        answer = answers.pop(0)
        if isinstance(answer, ApifyError):
            raise answer
        return answer

    waiting = asyncio.ensure_future(
        wait_for_runs(ask, said.append, clock=clock, random=lambda: 0.5)
    )
    await clock.advance(6)
    assert len(answers) == 2
    await clock.advance(3)
    assert await waiting == []
    assert "Trying again in 7 s (attempt 2)." in said[0]
    assert "503. " in said[1]

    answers[:] = [UnexpectedAnswer("a page")] * 9
    waiting = asyncio.ensure_future(wait_for_runs(ask, said.append, clock=clock))
    await clock.advance(100)
    with pytest.raises(UnexpectedAnswer):
        await waiting
    assert len(answers) == 4


def test_nothing_found_and_wrong_usage(
    server: FaultServer, capfd: pytest.CaptureFixture[str]
) -> None:
    address = ["--api-url", server.base_url]
    assert main(["--runs", "jane/scraper", *address]) == 4
    assert "neither an Actor nor a task jane/scraper" in capfd.readouterr().err
    server.routes[TASK] = _list([])
    assert main(["--runs", "jane/scraper", *address]) == 0
    assert capfd.readouterr().out == ""
    assert main(["--runs", "HG7ML7M8z78YcAPEB", *address]) == 2
    assert main(["--runs", *address]) == 2
    assert main(["--runs", "jane/scraper", "--output", "x", *address]) == 2


def test_a_name_is_announced_then_found_then_read(
    server: FaultServer, capfd: pytest.CaptureFixture[str]
) -> None:
    server.append(b"2026-11-20T06:00:00.000Z one\n")
    server.finish("FAILED")
    run = json.dumps({"data": server.job}).encode()
    path = "/v2/actor-tasks/jane~scraper/runs/last"
    server.routes[path] = Fault.answer(200, run, Content_Type="application/json")
    asked = ["--plain", "--exit-status", "jane/scraper", "--api-url", server.base_url]
    assert main(asked) == 1
    out, err = capfd.readouterr()
    assert out == "2026-11-20T06:00:00.000Z one\n"
    assert err.splitlines() == [
        "logview: looking for the newest run of jane/scraper (an Actor or a task)",
        "logview: the newest run of the task jane/scraper is FaultyRun00000001",
    ]
    del server.routes[path]
    assert main(asked) == 4
    assert "neither an Actor nor a task jane/scraper" in capfd.readouterr().err
