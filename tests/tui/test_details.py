"""The details of a run: what they say, that they open other runs, and what they ask for."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st

from logview.apify.models import Job, Record
from logview.run_details import RunDetails, input_lines
from logview.sources import events
from logview.tui.detail_rows import detail_rows
from tests.support.examples import examples
from tests.support.fault_server import Fault, FaultServer
from tests.tui import scripted

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

ESCAPE = "\x1b]0;gotcha\x07"


def run_object(number: int, **fields: object) -> dict[str, Any]:
    """A run of the Actor, as the API has it in a list; the first is the newest."""
    return {
        "id": f"PastRun{number:010}",
        "actId": scripted.ACTOR_ID,
        "status": "FAILED" if number == 2 else "SUCCEEDED",
        "startedAt": f"2026-11-{19 - number:02}T06:00:00.000Z",
        "finishedAt": f"2026-11-{19 - number:02}T06:0{number}:10.000Z",
        "usageTotalUsd": 0.01 * (number + 1),
        "meta": {"origin": "SCHEDULER"},
        **fields,
    }


def answer(data: object) -> Fault:
    return Fault.answer(200, json.dumps({"data": data}).encode(), Content_Type="application/json")


def serve(server: FaultServer) -> None:
    """Answer all that the details ask for."""
    run = f"/v2/actor-runs/{scripted.RUN_ID}"
    server.routes[run] = answer(
        {
            **run_object(0),
            "id": scripted.RUN_ID,
            "status": "RUNNING",
            "startedAt": "2026-11-20T06:00:00.000Z",
            "finishedAt": None,
            "statusMessage": f"Crawled 3 of 7 {ESCAPE}pages",
            "buildNumber": "0.0.36",
            "options": {"build": "latest", "memoryMbytes": 4096, "timeoutSecs": 3600},
            "stats": {
                "memMaxBytes": 734003200,
                "cpuAvgUsage": 31.4,
                "restartCount": 1,
                "migrationCount": 2,
            },
            "defaultDatasetId": "Dataset0000000001",
            "defaultKeyValueStoreId": "Store000000000001",
        }
    )
    server.routes[f"{run}/dataset"] = answer({"itemCount": 1204})
    server.routes[f"{run}/key-value-store/records/INPUT"] = Fault.answer(
        200,
        b'{"greeting":"hello \\u202e"}',
        Content_Type="application/json; charset=utf-8",
    )
    server.routes[f"/v2/actors/{scripted.ACTOR_ID}"] = answer({"name": "my-scraper"})
    server.routes[f"/v2/actors/{scripted.ACTOR_ID}/runs"] = answer(
        {"items": [run_object(number) for number in range(8)]}
    )


async def test_d_shows_the_details_of_a_run(
    open_app: Callable[..., Any], clipboard: list[str]
) -> None:
    with FaultServer() as server:
        serve(server)
        async with open_app(api_url=server.base_url, size=(100, 44)) as session:
            await session.say(events.Connected(), events.JobChanged(scripted.job()))
            await session.lines("2026-11-20T06:00:00.000Z INFO  one")
            assert not server.requests  # nothing before it is asked for
            await session.press("d")
            await session.wait_for("hello")
            words = session.words
            for part in (
                "● RUNNING my-scraper",
                "Crawled 3 of 7 pages",
                "2026-11-20 06:00:00 UTC",
                # NOW is 192 seconds after its start, and 3 of the 7 were faster.
                "3m12s · usually 4 min; slower than 3 of 7; those that took longer:",
                "0.0.36 · asked for latest",
                "scheduler",
                "limit 4 GB · maximum 734.0 MB",
                "average 31 %",
                "1 restart · 2 migrations",
                "1,204 items · Dataset0000000001",
                "Last 8 runs of this Actor",
                "7 of 8 succeeded · cost $0.045 (median), $0.360 in all",
                "(7 runs that succeeded)",
                '"greeting": "hello ',
            ):
                assert part in words
            assert "gotcha" not in words
            assert "\u202e" not in words
            assert len(server.requests) == 5  # run, name, runs, dataset, input: each once
            assert all(request.method == "GET" for request in server.requests)

            # This run is none of those listed: the newest one is selected.
            # Left and right select one of the last runs, Enter opens it, q leads back.
            assert "✓ SUCCEEDED Nov 19 06:00 · 10s · $0.010 · PastRun0000000000" in words
            await session.press("h", "h")
            assert "✗ FAILED Nov 17 06:00 · 2m10s · $0.030" in session.words
            await session.press("y")
            await session.wait_for(lambda: clipboard)
            assert "limit 4 GB" in clipboard[-1]
            await session.press("enter")
            assert len(session.sources) == 2
            assert "PastRun0000000002" in session.words
            await session.press("q")
            assert "Last 8 runs" in session.words
            await session.press("q")
            assert "INFO one" in session.words


async def test_details_that_can_not_be_had_say_why(open_app: Callable[..., Any]) -> None:
    with FaultServer() as server:
        refused = Fault.error(403, "insufficient-permissions", "Not yours.")
        run = f"/v2/actor-runs/{scripted.RUN_ID}"
        task = "/v2/actor-tasks/Task0000000000001"
        server.routes[run] = answer({**run_object(0), "actorTaskId": task[-17:], "id": run[-17:]})
        server.routes[task] = answer({"id": task[-17:], "name": "daily-prices"})
        server.routes[f"{run}/dataset"] = refused
        server.routes[f"{task}/runs"] = refused
        async with open_app(api_url=server.base_url, size=(100, 40)) as session:
            await session.press("d")
            await session.wait_for("Input there is none")
            assert "Last runs not known: The API answered 403: Not yours." in session.words
            assert "Task daily-prices · Task0000000000001" in session.words
            assert "Dataset The API answered 403: Not yours." in session.words
            await session.press("escape")
            assert "Last runs" not in session.words


async def test_a_build_has_no_other_runs(open_app: Callable[..., Any]) -> None:
    with FaultServer() as server:
        build = {**run_object(1), "id": "Build000000000001", "buildNumber": "0.1.2"}
        server.routes["/v2/actor-builds/Build000000000001"] = answer(build)
        async with open_app(None, api_url=server.base_url, size=(100, 30)) as session:
            session.app.open_details(RunDetails("Build000000000001", "build"))
            await session.wait_for("Number 0.1.2")
            assert "Build Build000000000001" in session.words
            assert "run before" not in session.words
            assert "Last runs" not in session.words


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=4,
)
FIELDS = st.sampled_from(
    ["id", "actId", "status", "startedAt", "finishedAt", "usageTotalUsd", "options", "stats",
     "meta", "buildNumber", "defaultDatasetId", "exitCode", "statusMessage"]
)  # fmt: skip


@given(st.dictionaries(FIELDS, JSON), st.lists(st.dictionaries(FIELDS, JSON), max_size=3))
@examples(40)
def test_missing_and_wrong_fields_never_crash(
    fields: dict[str, Any], others: list[dict[str, Any]]
) -> None:
    details = RunDetails("run", "run", Job.from_api("run", fields, job_id="run"))
    details.history = [Job.from_api("run", other) for other in others]
    for width in (20, 100):
        rows = detail_rows(
            details, scripted.NOW, chosen=0, width=width, link_api="https://api.apify.com", mask=str
        )
        assert all(row.content.plain.isprintable() or "\n" in row.content.plain for row in rows)


def test_runs_without_an_end_have_no_usual_duration() -> None:
    details = RunDetails("run", "run", Job("run", "run", "SUCCEEDED"))

    def words(count: int, **fields: object) -> str:
        details.history = [
            Job.from_api("run", {**run_object(number), "status": "SUCCEEDED", **fields})
            for number in range(count)
        ]
        rows = detail_rows(details, scripted.NOW, chosen=0, width=80, link_api="", mask=str)
        return next(row.content.plain for row in rows if "usual" in row.content.plain)

    assert words(3) == "no usual duration: 3 other runs succeeded, 5 are needed"
    unknown = "no usual duration: those of 0 other runs are known, 5 are needed"
    assert words(9, finishedAt=None) == unknown
    assert words(9).startswith("usually ")


def test_an_input_of_any_type_is_shown_as_text_or_not_at_all() -> None:
    def lines(kind: str, data: bytes, *, is_whole: bool = True) -> list[str] | None:
        return input_lines(Record(kind, data, is_whole))

    assert lines("application/json", b'{"a":[1]}') == ["{", '  "a": [', "    1", "  ]", "}"]
    assert lines("application/json", b'{"a":[1', is_whole=False) == ['{"a":[1']
    assert lines("application/json", b"[" * 100_000) == ["[" * 100_000]
    assert lines("text/plain", b"a\r\nb") == ["a", "b"]
    assert lines("", b"plain words") == ["plain words"]
    assert lines("image/png", b"\x89PNG\0\0") is None
    assert lines("application/zip", b"\xff\xfe\xfd" * 9) is None
    assert lines("application/json", b"") == []
