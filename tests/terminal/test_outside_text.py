"""Terminal tests: what the API and the file of recents say never reaches the terminal as it is."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import pytest

from tests.support.fault_server import JOB_ID, FaultServer
from tests.support.faults import Fault
from tests.support.terminal import Terminal

if TYPE_CHECKING:
    from pathlib import Path

HOSTILE = "\x1b]52;c;ZXZpbA==\x07\x1b[2J\x9b2J\x9d52;c;ZXZpbA==\x9c\u202eX\rY\x08"
SENT = re.compile(r"\x1b\]52|ZXZpbA==|[\x80-\x9f]|\u202e|\x08|\x1b\[2J")
"""Of what is hostile: none of it may be sent."""


def envelope(data: object) -> Fault:
    return Fault.answer(200, json.dumps({"data": data}).encode(), Content_Type="application/json")


def listed(*items: object) -> Fault:
    return envelope({"items": items, "total": len(items), "count": len(items)})


@pytest.fixture
def hostile_api() -> FaultServer:
    server = FaultServer(b"one\n")
    run = {
        "id": JOB_ID, "actId": f"a{HOSTILE}", "status": f"SUCCEEDED{HOSTILE}",
        "startedAt": "2026-11-20T06:00:00.000Z", "finishedAt": "2026-11-20T06:01:00.000Z",
        "statusMessage": HOSTILE, "buildNumber": HOSTILE, "meta": {"origin": HOSTILE},
    }  # fmt: skip
    server.routes["/v2/actor-runs"] = listed(run, {**run, "id": f"second{HOSTILE}"})
    server.routes["/v2/actor-builds"] = listed({**run, "id": f"third{HOSTILE}"})
    return server


def test_recent_and_listed_ones_are_clean(state_folder: Path, hostile_api: FaultServer) -> None:
    recents = [
        {"kind": "run", "value": JOB_ID, "label": f"shop{HOSTILE}", "opened_at": 3.0},
        {"kind": "run", "value": f"x{HOSTILE}", "label": "unfit", "opened_at": 2.0},
        {"kind": "file", "value": f"/tmp/path{HOSTILE}.log", "label": HOSTILE, "opened_at": 1.0},
    ]
    state_folder.mkdir(parents=True)
    (state_folder / "state.json").write_text(json.dumps({"theme": HOSTILE, "recents": recents}))
    with hostile_api as server:
        environ = {"APIFY_API_BASE_URL": server.base_url, "APIFY_TOKEN": "a.token.of.ours"}
        with Terminal(env=environ, cols=160, rows=40) as terminal:
            terminal.wait_for("shop")
            terminal.wait_for("SUCCEEDED")
            terminal.send("\x11")  # ^Q
            assert terminal.exit_code() == 0
            assert not SENT.search(terminal.raw.decode("utf-8"))
            assert "unfit" not in terminal.text


@pytest.mark.parametrize("args", [[], ["--plain"]])
def test_a_runs_own_words_are_clean(hostile_api: FaultServer, args: list[str]) -> None:
    hostile_api.job_default = envelope(
        {
            "id": JOB_ID, "actId": "a1", "status": "SUCCEEDED", "statusMessage": f"msg{HOSTILE}",
            "startedAt": "2026-11-20T06:00:00.000Z", "finishedAt": "2026-11-20T06:01:00.000Z",
            "exitCode": 0, "buildNumber": HOSTILE, "meta": {"origin": HOSTILE},
        }
    )  # fmt: skip
    with (
        hostile_api as server,
        Terminal(
            [*args, JOB_ID], env={"APIFY_API_BASE_URL": server.base_url}, cols=160
        ) as terminal,
    ):
        terminal.wait_for("one")
        if not args:
            terminal.wait_for("msg")
            terminal.send("\x11")
        assert terminal.exit_code() == 0
        assert not SENT.search(terminal.raw.decode("utf-8"))
