"""Following a run about its end: streams that hang then, ends that come twice, odd answers."""

from __future__ import annotations

import pytest

from logview.sources.events import Ended, JobChanged, Lost
from tests.faults import FaultServer
from tests.sources.following import following
from tests.sources.test_remote import LOG, stamped


@pytest.fixture
def server():
    with FaultServer(LOG) as server:
        yield server


# -- resurrected ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "job",
    [{"finishedAt": "2026-03-04T06:00:00.000Z"}, {"status": "FAILED"}],
    ids=["time", "status"],
)
async def test_a_run_that_went_on_and_ended_between_two_looks_is_read_on(server, job):
    server.finish("SUCCEEDED")
    async with following(server) as reader:
        await reader.has(Ended)
        await reader.clock.advance(10)
        await reader.answered(2)
        server.append(stamped(120, 125))
        server.set_job(**job)
        await reader.clock.advance(30)
        ended = await reader.has(Ended, 2)
        assert reader.text == stamped(0, 125)
        assert ended.job is not None
        assert ended.job == reader.all(JobChanged)[-1].job
        assert reader.all(Lost) == []
