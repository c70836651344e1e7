"""Tests: the real program at a true gap, into a pipe and into a file."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support.fault_server import JOB_ID, Fault, FaultServer
from tests.support.program import TIMEOUT, start

if TYPE_CHECKING:
    from pathlib import Path


def stamped(first: int, stop: int) -> bytes:
    return b"".join(
        b"2026-03-04T05:06:%02d.000Z line %d\n" % (n % 60, n) for n in range(first, stop)
    )


@pytest.mark.parametrize("into", ["pipe", "file"])
def test_the_line_that_a_gap_tore_stands_alone(into: str, tmp_path: Path) -> None:
    """The platform drops the head of the log while the connection is lost."""
    torn = len(stamped(0, 5)) + 30
    with FaultServer(stamped(0, 20), plan=[Fault.reset(after=torn)]) as server:
        path = tmp_path / "x.log"
        options = [] if into == "pipe" else ["--output", str(path)]
        server.default = Fault.error(500)
        env = {"APIFY_API_BASE_URL": server.base_url}
        with start(JOB_ID, *options, env=env) as process:
            server.block_until(lambda s: len(s.asked("log")) >= 2)
            server.replace(stamped(40, 50))
            server.finish("SUCCEEDED")
            server.default = Fault()
            text = process.stdout.read()
            assert process.wait(TIMEOUT) == 0
        text = text if into == "pipe" else path.read_bytes()
    assert text == stamped(0, 20)[:torn] + b"\n" + stamped(40, 50)
