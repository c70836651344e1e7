"""Following a run about its end: streams that hang then, ends that come twice, odd answers."""

from __future__ import annotations

import pytest

from logview.sources.events import Connected, Ended, Gap, JobChanged, Lost, Resumed
from tests.sources.following import following
from tests.sources.test_remote import LOG, stamped
from tests.support.fault_server import Fault, FaultServer


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
async def test_a_run_that_went_on_and_ended_between_two_checks_is_read_on(server, job):
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


# -- streams that hang when the run ends ---------------------------------------------------------


async def ended_within(reader, server, seconds: float) -> None:
    """Let the run end, and see that this is told before so many seconds have passed."""
    server.append(stamped(120, 125))
    answers = reader.source._watch.answers
    server.finish("SUCCEEDED")
    until = reader.clock.now + seconds
    await reader.answered(answers)
    while not reader.all(Ended) and reader.clock.now < until:
        await reader.settled()
        await reader.clock.advance(0.25)
    assert reader.all(Ended)
    assert reader.text == stamped(0, 125)


@pytest.mark.parametrize(
    "hanging", [Fault.no_head(), Fault.stall(500), Fault.stall()], ids=["no head", "amid", "after"]
)
async def test_a_reconnect_that_hangs_does_not_hide_the_end(server, hanging):
    server.plan += [Fault.half_close(1000), hanging]
    async with following(server) as reader:
        await reader.has(Lost)
        await reader.answered(1)
        await reader.clock.advance(0.75)
        await server.wait_for_requests(2, "log")
        await reader.settled()
        await reader.clock.advance(4.25)
        await server.wait_for_requests(2, "job")
        await ended_within(reader, server, 9.9)
        assert len(reader.all(Lost)) == 1


async def test_streams_that_stay_open_after_the_end_do_not_hide_it(server):
    server.default = Fault.stall()
    async with following(server) as reader:
        await reader.has(Connected)
        await reader.until(lambda: reader.text == LOG)
        await reader.answered(1)
        await reader.clock.advance(5)
        await server.wait_for_requests(2, "job")
        await ended_within(reader, server, 9.9)


# -- replays that are shorter than what is held --------------------------------------------------

SAME = b"2026-11-20T06:00:00.000Z INFO  the same\n"


async def shorter(reader, server, slid: int) -> None:
    """Lose the connection, and the head of the log; the stream that is opened next stalls."""
    await reader.has(Lost)
    assert reader.text == SAME * 10
    server.slide(slid)
    server.default = Fault.stall()
    await reader.clock.advance(0.75)
    await server.wait_for_requests(2, "log")
    await server.wait_for_idle()
    await reader.settled()


@pytest.mark.parametrize("lines", [5, 10])
async def test_a_quiet_stream_whose_replay_may_be_whole_is_not_called_dead(lines):
    with FaultServer(SAME * 10) as server:
        server.plan += [Fault.half_close()]
        async with following(server) as reader:
            await shorter(reader, server, lines * len(SAME))
            for number, silence in enumerate([60, 120, 240], start=2):
                await reader.clock.advance(silence - 1)
                assert len(server.asked("log")) == number
                await reader.clock.advance(1)
                await server.wait_for_requests(number + 1, "log")
                await server.wait_for_idle()
                await reader.settled()
            assert len(reader.all(Lost)) == 1
            assert reader.text == SAME * 10


@pytest.mark.parametrize("lines", [5, 10])
async def test_a_replay_that_may_be_whole_ends_with_its_run(lines):
    with FaultServer(SAME * 10) as server:
        server.plan += [Fault.half_close()]
        async with following(server) as reader:
            await reader.has(Lost)
            server.slide(lines * len(SAME))
            server.finish("SUCCEEDED")
            await reader.clock.advance(5)
            await reader.has(Ended)
            assert len(reader.all(Lost)) == 1
            assert reader.text == SAME * 10


# -- odd answers ---------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["text/plain", "application/octet-stream", None])
async def test_a_page_amid_a_run_is_not_taken_for_log_whatever_it_is_called(server, kind):
    page = b"\xef\xbb\xbf \r\n<!DOCTYPE html><title>Sign in</title>"
    headers = {"Content_Type": kind} if kind else {}
    server.plan += [Fault.half_close(1000), Fault.answer(200, page, **headers)]
    async with following(server) as reader:
        await reader.has(Lost)
        await reader.clock.advance(0.75)
        assert "Sign in" in (await reader.has(Lost, 2)).problem.cause
        await reader.clock.advance(2)
        await reader.until(lambda: reader.text == LOG)
        assert reader.all(Gap) == []


async def test_one_refusal_of_the_run_object_is_not_final(server):
    server.finish("FAILED")
    server.job_plan += [Fault.error(404, "record-not-found")] * 2  # no run, and no build
    async with following(server) as reader:
        assert (await reader.has(Lost)).problem.kind == "unconfirmed-end"
        await reader.clock.advance(10)
        ended = await reader.has(Ended)
        assert ended.status_known
        assert ended.job is not None
        assert ended.job.status == "FAILED"


async def test_a_page_that_refuses_the_run_object_is_outlasted(server):
    server.finish("FAILED")
    server.job_plan += [Fault.html(403)] * 6
    async with following(server) as reader:
        while not reader.all(Ended):
            await reader.clock.advance(1)
            await reader.settled()
        assert reader.all(Ended)[0].status_known
        assert reader.text == LOG


# -- what is done again, and what is waited for --------------------------------------------------


async def test_the_check_for_late_lines_is_repeated_until_it_succeeds(server):
    async with following(server) as reader:
        await reader.until(lambda: reader.text == LOG and reader.source._watch.answers)
        server.finish("FAILED")
        await reader.has(Ended)
        server.append(stamped(120, 130))
        server.plan += [Fault.error(503)] * 2
        asked, described = len(server.asked("log")), reader.source._watch.answers
        for look, seconds in enumerate([10, 30, 30], start=1):
            await reader.clock.advance(seconds)
            await reader.answered(described + look)
            await server.wait_for_requests(asked + look, "log")
            await reader.settled()
        await reader.has(Ended, 2)
        assert reader.text == stamped(0, 130)
        assert reader.all(Lost) == []


async def test_a_wait_that_the_server_asked_for_is_kept_when_the_run_ends(server):
    server.plan += [Fault.rate_limited("40")]
    async with following(server) as reader:
        assert (await reader.has(Lost)).retry_in == 40
        await reader.answered(1)
        server.finish("SUCCEEDED")
        await reader.clock.advance(20)
        await reader.until(lambda: reader.all(JobChanged)[-1].job.ended)
        await reader.clock.advance(19)
        await reader.settled()
        assert len(server.asked("log")) == 1
        await reader.clock.advance(1)
        await reader.has(Ended)


async def test_a_try_that_was_asked_for_is_no_drop(server):
    async with following(server) as reader:
        await reader.until(lambda: reader.text == LOG)
        reader.source.retry()
        await reader.has(Resumed)
        assert not reader.source.counts.drops


async def test_making_the_client_does_not_shorten_the_time_between_two_requests(server):
    server.statuses.extend(["RUNNING"] * 9)
    async with following(server) as reader:
        make = reader.source._factory

        def slowly():
            reader.clock.now += 4
            return make()

        reader.source._factory = slowly
        await reader.answered(1)
        await reader.clock.advance(4.5)
        await reader.settled()
        assert len(server.asked("job")) == 1
        await reader.clock.advance(0.5)
        await server.wait_for_requests(2, "job")


# -- a long request that runs out ----------------------------------------------------------------


async def test_a_long_request_that_runs_out_is_asked_again_without_a_word(server):
    """408 says only that the run did not end in time (`waitForFinish`)."""
    ran_out = Fault.error(408, "run-timeout-exceeded", "The run did not finish in time.")
    server.job_plan += [None, ran_out, None, ran_out]
    server.append(stamped(120, 125))
    async with following(server) as reader:
        await reader.has(Connected)
        await reader.answered(1)
        for _ in range(12):
            await reader.clock.advance(2.5)
            await reader.settled()
        assert len(server.asked("job")) >= 5
        assert reader.all(Lost) == []
        assert reader.source._watch.error is None
        server.finish("SUCCEEDED")
        await reader.clock.advance(5)
        await reader.has(Ended)
        assert reader.all(Lost) == []


async def test_an_end_is_not_reported_late_where_every_long_request_runs_out(server):
    ran_out = Fault.error(408, "run-timeout-exceeded", "The run did not finish in time.")
    server.job_plan += [None, *[ran_out, None] * 20]
    async with following(server) as reader:
        await reader.answered(1)
        await reader.clock.advance(5)
        await reader.settled()
        server.finish("SUCCEEDED")
        await reader.clock.advance(9)
        await reader.has(Ended)
        assert reader.all(Lost) == []
