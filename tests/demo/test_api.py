"""The demo's answers other than logs: objects, lists, errors."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from logview.demo.runs import (
    ACTORS,
    BROKEN_BUILD_ID,
    BUILD_ID,
    BUILDING_ID,
    BUSY_ID,
    FINISHED_ID,
    LIVE_ID,
    LONG_ID,
    PYTHON_ID,
    REFUSED_IDS,
    RUNS,
    WAITING_ID,
)

if TYPE_CHECKING:
    import httpx


def data(answer: httpx.Response) -> Any:
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"].startswith("application/json")
    return answer.json()["data"]


def error(answer: httpx.Response) -> tuple[int, str]:
    body = answer.json()["error"]
    assert body["message"]
    return answer.status_code, body["type"]


def test_ids_look_like_real_ones() -> None:
    ids = [run.id for run in RUNS] + list(ACTORS) + [run.build_id for run in RUNS]
    assert all(len(one) == 17 and one.isalnum() and one.isascii() for one in ids), ids
    assert len({run.id for run in RUNS}) == len(RUNS)


def test_a_finished_run_shows_how_it_ended(slow: httpx.Client) -> None:
    run = data(slow.get(f"/v2/actor-runs/{FINISHED_ID}"))
    assert (run["status"], run["exitCode"]) == ("SUCCEEDED", 0)
    assert run["statusMessage"].startswith("Finished")
    assert run["isStatusMessageTerminal"] is True
    assert run["startedAt"] < run["finishedAt"] < "2026-03-04T05:06:07.000Z"
    assert run["stats"]["runTimeSecs"] > 60
    assert run["options"] == {
        "build": "latest", "timeoutSecs": 3600, "memoryMbytes": 4096, "diskMbytes": 8192,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("path", "status", "exit_code"),
    [
        (f"/v2/actor-runs/{LIVE_ID}", "RUNNING", None),
        (f"/v2/actor-runs/{WAITING_ID}", "READY", None),
        (f"/v2/actor-runs/{PYTHON_ID}", "FAILED", 91),
        (f"/v2/actor-runs/{LONG_ID}", "SUCCEEDED", 0),
        (f"/v2/actor-builds/{BUILD_ID}", "SUCCEEDED", None),
        (f"/v2/actor-builds/{BUILDING_ID}", "RUNNING", None),
        (f"/v2/actor-builds/{BROKEN_BUILD_ID}", "FAILED", None),
    ],
)
def test_each_kind_of_status(
    slow: httpx.Client, path: str, status: str, exit_code: int | None
) -> None:
    job = data(slow.get(path))
    assert (job["status"], job.get("exitCode")) == (status, exit_code)
    assert (job["finishedAt"] is None) == (status in {"READY", "RUNNING"})


def test_a_live_run_started_before_the_server_and_counts_its_pages(still: httpx.Client) -> None:
    run = data(still.get(f"/v2/actor-runs/{LIVE_ID}"))
    assert run["startedAt"] == "2026-03-04T05:05:47.000Z"
    assert run["statusMessage"].startswith("Crawled ")
    assert run["stats"]["runTimeSecs"] == 55.0


def test_wait_for_finish_answers_when_the_run_ends(fast: httpx.Client) -> None:
    run = data(fast.get(f"/v2/actor-runs/{LIVE_ID}", params={"waitForFinish": 60}))
    assert (run["status"], run["exitCode"]) == ("FAILED", 1)


def test_wait_for_finish_gives_up_after_its_seconds(slow: httpx.Client) -> None:
    run = data(slow.get(f"/v2/actor-runs/{LIVE_ID}", params={"waitForFinish": 1}))
    assert run["status"] == "RUNNING"


def test_figures_just_after_the_end_are_preliminary() -> None:
    from logview.demo.clock import DemoClock
    from logview.demo.jobs import World
    from logview.demo.objects import full

    def live(elapsed: float) -> dict[str, Any]:
        clock = DemoClock(frozen_at=elapsed)
        return full(World(clock).jobs[LIVE_ID], clock)

    first, final = live(121.0), live(135.0)
    assert (first["status"], first["exitCode"]) == (final["status"], 1)
    assert first["finishedAt"] is not None
    assert first["isStatusMessageTerminal"] is False
    assert final["isStatusMessageTerminal"] is True
    assert final["statusMessage"] != first["statusMessage"]
    assert final["stats"]["runTimeSecs"] > first["stats"]["runTimeSecs"]


def test_lists_are_newest_first_when_asked_and_come_in_pages(slow: httpx.Client) -> None:
    whole = data(slow.get("/v2/actor-runs", params={"desc": "true"}))
    ids = [item["id"] for item in whole["items"]]
    assert ids[:2] == [WAITING_ID, LIVE_ID]
    assert set(ids) == {run.id for run in RUNS if run.kind == "run"}
    starts = [item["startedAt"] for item in whole["items"]]
    assert starts == sorted(starts, reverse=True)
    page = data(slow.get("/v2/actor-runs", params={"desc": "1", "offset": 2, "limit": 3}))
    assert [item["id"] for item in page["items"]] == ids[2:5]
    assert {key: page[key] for key in ("total", "offset", "limit", "count", "desc")} == {
        "total": len(ids), "offset": 2, "limit": 3, "count": 3, "desc": True,
    }  # fmt: skip
    oldest_first = data(slow.get("/v2/actor-runs"))
    assert [item["id"] for item in oldest_first["items"]] == ids[::-1]


def test_lists_can_be_limited_to_statuses(slow: httpx.Client) -> None:
    listed = data(slow.get("/v2/actor-runs", params={"status": "READY,RUNNING"}))
    assert {item["status"] for item in listed["items"]} == {"READY", "RUNNING"}


def test_builds_are_listed_apart(slow: httpx.Client) -> None:
    listed = data(slow.get("/v2/actor-builds", params={"desc": "true", "limit": 20}))
    assert [item["id"] for item in listed["items"]] == [BUILDING_ID, BUILD_ID, BROKEN_BUILD_ID]


def test_an_actor_has_a_name_a_title_runs_and_builds(slow: httpx.Client) -> None:
    actor_id = data(slow.get(f"/v2/actor-runs/{LIVE_ID}"))["actId"]
    actor = data(slow.get(f"/v2/actors/{actor_id}"))
    assert (actor["username"], actor["name"]) == ("demo", "shop-price-crawler")
    assert actor["title"] == "Shop price crawler"
    assert data(slow.get("/v2/actors/demo~shop-price-crawler"))["id"] == actor_id
    runs = data(slow.get(f"/v2/actors/{actor_id}/runs"))["items"]
    assert len(runs) == 33
    assert [run["id"] for run in runs[-2:]] == [FINISHED_ID, LIVE_ID]
    builds = data(slow.get(f"/v2/actors/{actor_id}/builds"))["items"]
    assert [build["id"] for build in builds] == [BUILD_ID]
    last = data(slow.get(f"/v2/actors/{actor_id}/runs/last", params={"status": "SUCCEEDED"}))
    assert last["id"] == FINISHED_ID


def test_an_actor_and_its_task_have_thirty_past_runs(slow: httpx.Client) -> None:
    of_actor = data(slow.get("/v2/actors/demo~shop-price-crawler/runs"))["items"]
    past = [run for run in of_actor if run["id"].startswith("Past")]
    assert len(past) == 30
    assert {run["status"] for run in past} == {"SUCCEEDED", "FAILED", "TIMED-OUT", "ABORTED"}
    task = data(slow.get("/v2/actor-tasks/demo~daily-prices"))
    runs = f"/v2/actor-tasks/{task['id']}/runs"
    good = {"status": "SUCCEEDED", "desc": "1", "limit": 4}
    listed = data(slow.get(runs, params=good))
    assert listed["total"] > listed["count"] == 4
    assert {run["actorTaskId"] for run in listed["items"]} == {task["id"]}
    assert data(slow.get(f"{runs}/last", params=good))["id"] == listed["items"][0]["id"]
    assert error(slow.get(f"{runs}/first")) == (404, "page-not-found")
    for run in past:
        log = slow.get(f"/v2/logs/{run['id']}").text
        whole = data(slow.get(f"/v2/actor-runs/{run['id']}"))
        assert whole["finishedAt"] == run["finishedAt"] > log.splitlines()[-1][:24]
        assert whole["statusMessage"]
        if run["status"] == "SUCCEEDED":
            assert log.count("\n") > 150
            assert "ERROR" not in log


def test_the_newest_failed_job_is_a_run_with_a_reason(slow: httpx.Client) -> None:
    failed = [
        item
        for kind in ("runs", "builds")
        for item in data(slow.get(f"/v2/actor-{kind}"))["items"]
        if item["status"] == "FAILED"
    ]
    newest = max(failed, key=lambda item: item["startedAt"])
    run = data(slow.get(f"/v2/actor-runs/{newest['id']}"))
    assert (run["id"], run["exitCode"]) == (PYTHON_ID, 91)
    assert "half a star" in run["statusMessage"]


def test_error_answers_are_the_oldest(slow: httpx.Client) -> None:
    runs = data(slow.get("/v2/actor-runs"))["items"]
    assert {run["id"] for run in runs[:6]} == {BUSY_ID, *REFUSED_IDS.values()}
    assert len({run["actId"] for run in runs[:6]}) == 1, "a group of their own"
    assert runs[0]["actId"] != runs[6]["actId"]


def test_the_user_has_a_name_and_no_secrets(slow: httpx.Client) -> None:
    user = data(slow.get("/v2/users/me"))
    assert user["username"] == "demo"
    assert "proxy" not in user


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, "invalid-input"),
        (401, "token-not-provided"),
        (403, "insufficient-permissions"),
        (404, "record-not-found"),
        (405, "method-not-allowed"),
    ],
)
def test_refused_runs_are_refused_everywhere_and_always(
    slow: httpx.Client, status: int, kind: str
) -> None:
    job_id = REFUSED_IDS[status]
    for path in (f"/v2/logs/{job_id}", f"/v2/actor-runs/{job_id}", f"/v2/actor-runs/{job_id}/log"):
        for _ in range(2):
            assert error(slow.get(path, params={"stream": "true"})) == (status, kind)


def test_a_busy_run_answers_429_from_the_first_question_on(still: httpx.Client) -> None:
    for path in (f"/v2/logs/{BUSY_ID}", f"/v2/actor-runs/{BUSY_ID}"):
        answer = still.get(path)
        assert error(answer) == (429, "rate-limit-exceeded")
        assert "retry-after" not in answer.headers


def test_a_busy_run_is_an_ordinary_one_after_a_while(fast: httpx.Client) -> None:
    while (answer := fast.get(f"/v2/logs/{BUSY_ID}")).status_code == 429:
        pass
    assert answer.text.count("\n") == 83


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/v2/logs/NoSuchRunAnywhere", "record-not-found"),
        ("/v2/logs/with%20space%2Fand%20slash", "record-not-found"),
        (f"/v2/actor-builds/{LIVE_ID}", "record-not-found"),
        (f"/v2/actor-runs/{BUILD_ID}", "record-not-found"),
        ("/v2/actors/NoSuchActor000001", "record-not-found"),
        (f"/v2/logs/{LIVE_ID}/more", "page-not-found"),
        ("/v2", "page-not-found"),
        ("/", "page-not-found"),
        ("/v1/logs/x", "page-not-found"),
    ],
)
def test_what_is_not_there(slow: httpx.Client, path: str, kind: str) -> None:
    assert error(slow.get(path)) == (404, kind)


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH"])
def test_nothing_can_be_changed(slow: httpx.Client, method: str) -> None:
    answer = slow.request(method, f"/v2/actor-runs/{LIVE_ID}", content=b"{}")
    assert error(answer) == (405, "method-not-allowed")
    assert "GET" in answer.headers["allow"]
    assert data(slow.get(f"/v2/actor-runs/{LIVE_ID}"))["status"] == "RUNNING"


@pytest.mark.parametrize(
    ("path", "query"),
    [
        (f"/v2/logs/{FINISHED_ID}", "stream=maybe"),
        (f"/v2/logs/{FINISHED_ID}", "raw="),
        (f"/v2/actor-runs/{FINISHED_ID}", "waitForFinish=-1"),
        (f"/v2/actor-runs/{FINISHED_ID}", "waitForFinish=soon"),
        ("/v2/actor-runs", "limit=ten"),
        ("/v2/actor-runs", "status=DONE"),
    ],
)
def test_wrong_parameters(slow: httpx.Client, path: str, query: str) -> None:
    assert error(slow.get(f"{path}?{query}")) == (400, "invalid-value")
