"""`--digest`: why a run ended as it did, as text and as one object."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from logview.cli.main import main
from logview.process.files import cache_dir
from tests.support.fault_server import Fault, FaultServer
from tests.support.pairs import ACTORS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

KEYS = {
    *("job", "lines", "entries", "counts", "groups", "new", "missing", "more", "less", "cause"),
    *("silence", "baseline"),
}
BAD = ACTORS["crawlee_js"](7, True)
SECRET = "apify_api_" + "a1B2" * 9
RUN, TASK = "HG7ML7M8z78YcAPEB", "KJHSKHausidyaJKHs"
GOOD = [f"Good{number}abcdefghijk1" for number in range(5)]


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[FaultServer]:
    monkeypatch.delenv("APIFY_TOKEN", raising=False)
    with FaultServer() as server:
        yield server


def answer(data: object) -> Fault:
    body = json.dumps({"data": data}).encode()
    return Fault.answer(200, body, Content_Type="application/json")


def text(data: bytes) -> Fault:
    return Fault.answer(200, data, Content_Type="text/plain; charset=utf-8")


def serve(server: FaultServer, *, task: bool = True) -> None:
    job = {
        "id": RUN, "actId": "HDSasDasz78YcAPEB", "actorTaskId": TASK if task else None,
        "status": "FAILED", "statusMessage": "blocked", "exitCode": 91,
        "startedAt": "2026-11-20T06:00:00.512Z", "finishedAt": "2026-11-20T06:03:12.512Z",
    }  # fmt: skip
    server.routes[f"/v2/actor-runs/{RUN}"] = answer(job)
    server.routes[f"/v2/logs/{RUN}"] = text(BAD.data)
    items = [{**job, "id": one, "status": "SUCCEEDED"} for one in [RUN, *GOOD]]
    server.routes[f"/v2/actor-tasks/{TASK}/runs"] = answer({"items": items})
    server.routes["/v2/actors/HDSasDasz78YcAPEB/runs"] = answer({"items": items})
    for number, one in enumerate(GOOD):
        log = ACTORS["crawlee_js"](number, False).data + f"Using token {SECRET}\n".encode()
        server.routes[f"/v2/logs/{one}"] = text(log)


def digest(capfd: pytest.CaptureFixture[str], *arguments: str) -> dict[str, Any]:
    assert main([*arguments, "--digest", "--json"]) == 0
    found: dict[str, Any] = json.loads(capfd.readouterr().out)
    assert found.keys() >= KEYS
    return found


def asked(server: FaultServer) -> list[str]:
    return [request.path for request in server.requests]


def test_a_run_is_compared_with_good_runs_of_its_task(
    server: FaultServer, capfd: pytest.CaptureFixture[str]
) -> None:
    serve(server)
    address = ["--api-url", server.base_url]
    found = digest(capfd, RUN, *address)
    assert found["job"]["status"] == "FAILED"
    assert found["job"]["exit_code"] == 91
    assert [one["name"] for one in found["baseline"]] == GOOD[:3]
    assert found["cause"]["line"] == BAD.cause
    assert found["cause"]["line"] in [one["line"] for one in found["new"][:3]]
    paths = asked(server)
    assert paths.count(f"/v2/actor-tasks/{TASK}/runs") == 1
    assert not [path for path in paths if path.endswith("/actors/HDSasDasz78YcAPEB/runs")]
    (request,) = [one for one in server.requests if one.path.endswith("/runs")]
    assert request.query["status"] == "SUCCEEDED"
    assert not [path for path in paths if GOOD[3] in path]

    # The models are kept: readable by the user alone, without secrets.
    folder = cache_dir() / "models"
    files = sorted(folder.iterdir())
    assert len(files) == 3
    assert folder.stat().st_mode & 0o777 == 0o700
    for file in files:
        assert file.stat().st_mode & 0o777 == 0o600
        assert SECRET not in file.read_text()
    server.requests.clear()
    assert digest(capfd, RUN, *address)["new"] == found["new"]
    assert not [path for path in asked(server) if "/logs/Good" in path]
    server.requests.clear()
    digest(capfd, RUN, *address, "--no-cache")
    assert len([path for path in asked(server) if "/logs/Good" in path]) == 3


def test_the_answer_429_ends_the_attempt(
    server: FaultServer, capfd: pytest.CaptureFixture[str]
) -> None:
    serve(server, task=False)
    server.routes[f"/v2/logs/{GOOD[1]}"] = Fault.answer(
        429, b'{"error":{"type":"rate-limit-exceeded","message":"Slow down"}}'
    )
    found = digest(capfd, RUN, "--api-url", server.base_url, "--no-cache")
    assert [one["name"] for one in found["baseline"]] == GOOD[:1]
    assert found["notes"]
    assert not [path for path in asked(server) if GOOD[2] in path]
    assert not (cache_dir() / "models").exists()


def test_files_against_files(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    names = []
    for number in range(2):
        path = tmp_path / f"good-{number}.log"
        path.write_bytes(ACTORS["java"](number, False).data)
        names += ["--against", str(path)]
    bad = tmp_path / "bad.log"
    bad.write_bytes(ACTORS["java"](7, True).data)
    found = digest(capfd, str(bad), *names)
    assert found["job"] is None
    assert found["cause"]["line"] == ACTORS["java"](7, True).cause
    assert found["lines"] == len(ACTORS["java"](7, True).lines)

    assert main([str(bad), "--digest", *names]) == 0
    printed = capfd.readouterr().out
    assert printed.startswith(f"Probable cause, line {found['cause']['line']}: ")
    assert "Could not save a row" in printed
    assert "Missing: in every good run, not here" in printed

    alone = digest(capfd, str(bad), "--against", "none")
    assert alone["baseline"] == alone["new"] == alone["missing"] == alone["more"] == []
    assert alone["cause"]["line"] == found["cause"]["line"]


@pytest.mark.parametrize(
    "arguments",
    [
        ["x.log", "--against", "none"],
        ["--digest", "--against", "none", "--against", "x.log"],
        ["--digest", *["--against", "x.log"] * 4],
        ["--digest", "--output", "y"],
        ["--digest", "--at", "06:12"],
    ],
)
def test_what_cannot_be_asked_for(
    arguments: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "x.log").write_bytes(b"a\n")
    monkeypatch.chdir(tmp_path)
    target = [] if arguments[0] == "x.log" else ["x.log"]
    assert main([*target, *arguments]) == 2
