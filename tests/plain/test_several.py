"""Several targets in plain mode: prefixed lines, entries by lane, a folder of files, exit codes."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from logview.cli.main import main
from logview.opening import make_origin
from logview.target import JobTarget, NamedTarget, combine, parse
from tests.support.fault_server import Fault, FaultServer
from tests.test_opening import SETTINGS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

A = """\
2026-11-20T06:00:01.000Z INFO  one
2026-11-20T06:00:03.000Z ERROR three token=apify_api_AbCdEfGhIjKlMnOpQrStUvWxYz0123456789
2026-11-20T06:00:03.001Z     at f (x.js:1:2)
"""
B = """\
2026-11-20T06:00:02.000Z INFO  two
2026-11-20T06:00:04.000Z INFO  four
"""


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[FaultServer]:
    """A server with the runs RunA, which failed, and RunB, which succeeded."""
    monkeypatch.delenv("APIFY_TOKEN", raising=False)
    with FaultServer() as server:
        for ident, log, status in (("RunA", A, "FAILED"), ("RunB", B, "SUCCEEDED")):
            job = {**server.job, "id": ident, "status": status, "finishedAt": "2026-11-20T07:00Z"}
            body = json.dumps({"data": job}).encode()
            answer = Fault.answer(200, body, Content_Type="application/json")
            server.routes[f"/v2/actor-runs/{ident}"] = answer
            server.routes[f"/v2/logs/{ident}"] = Fault.answer(
                200, log.encode(), Content_Type="text/plain"
            )
        actor = json.dumps({"data": {"id": "FaultyActor000001", "name": "crawler"}}).encode()
        server.routes["/v2/actors/FaultyActor000001"] = Fault.answer(
            200, actor, Content_Type="application/json"
        )
        yield server


def test_runs_and_a_file_are_merged_and_the_worst_result_counts(
    server: FaultServer, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "app.log"
    path.write_text("2026-11-20 06:00:02,500 INFO app\n")
    asked = ["RunA", "--exit-status", "RunB", "--api-url", server.base_url, str(path)]
    assert main(["--plain", *asked]) == 1
    out, err = capfd.readouterr()
    a, b = "[crawler runId:RunA] -> ", "[crawler runId:RunB] -> "
    one, three, stack = A.splitlines()
    two, four = B.splitlines()
    assert out.splitlines() == [
        *(a + one, b + two, "[app.log] -> 2026-11-20 06:00:02,500 INFO app"),
        *(a + three, a + stack, b + four),
    ]
    assert err == ""
    # An Actor of several lanes is asked for once.
    assert [r.path for r in server.requests].count("/v2/actors/FaultyActor000001") == 1

    assert main(["--json", *asked]) == 1
    entries = [json.loads(line) for line in capfd.readouterr().out.splitlines()]
    assert sorted((e["child"], e["line"], e["lines"]) for e in entries) == [
        ("app.log", 1, 1),
        ("crawler runId:RunA", 1, 1),
        ("crawler runId:RunA", 2, 2),
        ("crawler runId:RunB", 1, 1),
        ("crawler runId:RunB", 2, 1),
    ]
    assert "three token=‹" in next(e["text"] for e in entries if e["lines"] == 2)


def test_one_that_is_refused_leaves_the_others_whole(
    server: FaultServer, capfd: pytest.CaptureFixture[str]
) -> None:
    server.routes["/v2/logs/NoRun"] = Fault.error(404, "record-not-found", "Not found.")
    assert main(["--plain", "RunB", "NoRun", "--api-url", server.base_url]) == 4
    out, err = capfd.readouterr()
    assert out == "".join(f"[crawler runId:RunB] -> {line}\n" for line in B.splitlines())
    assert err.startswith("logview: runId:NoRun: The API answered 404")


def test_output_is_a_folder_with_each_log_as_it_is(
    server: FaultServer, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "app.log").write_text("no newline at the end")
    folder = tmp_path / "saved"
    asked = ["RunA", "RunB", str(tmp_path / "app.log"), "--api-url", server.base_url]
    asked += ["--output", str(folder), "--no-redact"]
    assert main([*asked, "--exit-status"]) == 1
    assert {path.name: path.read_text() for path in folder.iterdir()} == {
        "RunA.log": A, "RunB.log": B, "app.log": "no newline at the end",
    }  # fmt: skip
    assert capfd.readouterr().err.count("Saved") == 3
    assert main(asked) == 2
    assert "--overwrite" in capfd.readouterr().err
    (folder / "RunA.log").write_text("old")
    assert main([*asked[:-1], "--overwrite"]) == 0
    masked = (folder / "RunA.log").read_text()
    assert "token=‹" in masked
    assert masked.splitlines()[0] == A.splitlines()[0]


def test_files_alone_have_no_result_and_equal_names_get_numbers(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    paths = [tmp_path / "x" / "app.log", tmp_path / "y" / "app.log"]
    for path in paths:
        path.parent.mkdir()
        path.write_text(f"{path.parent.name}\n")
    names = list(map(str, paths))
    assert main(["--plain", *names]) == 0
    out = capfd.readouterr().out
    assert sorted(out.splitlines()) == ["[app.log 1] -> x", "[app.log 2] -> y"]
    assert main(["--plain", names[0], names[0]]) == 0  # one and the same
    assert capfd.readouterr().out == "x\n"
    assert main(["--plain", "--exit-status", *names]) == 64
    assert main(["--plain", *(f"Run{n}" for n in range(13))]) == 2
    assert "12" in capfd.readouterr().err


def test_the_words_for_several_at_once(tmp_path: Path) -> None:
    (tmp_path / "app.log").write_text("")
    parts = [parse(text, api_url="http://x", cwd=tmp_path) for text in ("RunA", "RunB", "app.log")]
    several = combine(parts)
    assert several.description == "3 logs, merged by time"
    origin = make_origin(several, SETTINGS)
    assert origin.name == "2 runs or builds and 1 file"
    assert origin.parts == tuple(parts)
    assert origin.reopen_several == ("RunA", "RunB", str(tmp_path / "app.log"))
    assert origin.has_result
    assert not origin.is_job
    assert origin.words.connecting == "Connecting…"
    assert not origin.words.lost
    kinds = [JobTarget("a", "run"), NamedTarget("jane", "x"), JobTarget("b", "build"), parts[2]]
    assert make_origin(combine(kinds), SETTINGS).name == "2 runs, 1 build and 1 file"
    named = make_origin(kinds[1], SETTINGS)
    assert named.words.connecting == "Looking for the newest run of jane/x…"
    assert not named.words.lost  # it reconnects as a run does: with the seconds to the next try
