"""Following a run: its log whole, each byte once, and the truth about its end."""

from __future__ import annotations

import asyncio
import random
from typing import TYPE_CHECKING

import pytest

from logview.sources.events import (
    Connected,
    Connecting,
    Ended,
    Failed,
    Gap,
    JobChanged,
    Lost,
    Resumed,
    Waiting,
)
from tests.sources.following import following
from tests.support.fault_server import Fault, FaultServer

if TYPE_CHECKING:
    from logview.sources.events import Event


def stamped(first: int, last: int) -> bytes:
    return b"".join(
        f"2026-11-20T06:{n // 60:02d}:{n % 60:02d}.000Z INFO  line {n} is said\n".encode()
        for n in range(first, last)
    )


LOG = stamped(0, 120)


@pytest.fixture
def server():
    with FaultServer(LOG) as server:
        yield server


def finished(server: FaultServer) -> FaultServer:
    server.finish("SUCCEEDED")
    return server


# -- the plain course of things ------------------------------------------------------------------


async def test_a_finished_run_is_read_once_and_reported(server):
    finished(server)
    async with following(server) as reader:
        ended = await reader.has(Ended)
        assert reader.text == LOG
        assert ended.job is not None
        assert ended.job.status == "SUCCEEDED"
        assert ended.status_known
        assert len(server.asked("log")) == 1
        assert server.asked("log")[0].query == {"stream": "true", "raw": "true"}
        assert reader.names[0] == "Connecting"
        assert not {"Lost", "Gap", "Resumed", "Waiting"} & set(reader.names)


async def test_a_live_run_is_followed_to_its_end(server):
    async with following(server) as reader:
        await reader.until(lambda: reader.text == LOG)
        server.append(stamped(120, 130))
        await reader.until(lambda: reader.text == stamped(0, 130))
        server.set_job(statusMessage="Crawled 51/200 pages")
        server.append(stamped(130, 140))
        server.finish("FAILED", exit_code=3)
        ended = await reader.has(Ended)
        assert reader.text == stamped(0, 140)
        assert ended.job is not None
        assert (ended.job.status, ended.job.exit_code) == ("FAILED", 3)
        assert reader.all(Lost) == []
        assert reader.all(JobChanged)[-1].job.status_message == "Crawled 51/200 pages"


async def test_a_build_is_found_out(server):
    server.kind = "build"
    finished(server)
    async with following(server) as reader:
        ended = await reader.has(Ended)
        assert ended.job is not None
        assert ended.job.kind == "build"


async def test_the_run_object_is_asked_for_once_in_five_seconds_at_most(server):
    server.statuses.extend(["RUNNING"] * 100)  # answers at once, whatever it was asked to wait
    async with following(server) as reader:
        await reader.has(JobChanged)
        for asked in range(1, 6):
            await server.wait_for_requests(asked, "job")
            before = len(server.asked("job"))
            await reader.clock.advance(4.5)
            assert len(server.asked("job")) == before
            await reader.clock.advance(0.5)
            await server.wait_for_requests(asked + 1, "job")
            await reader.answered(asked + 1)
        assert server.asked("job")[-1].query == {"waitForFinish": "10"}
        assert len(server.asked("log")) == 1


# -- waiting for the start ------------------------------------------------------------------------


async def test_a_run_that_has_not_logged_is_waited_for():
    with FaultServer() as server:
        server.set_job(status="READY")
        server.default = Fault.empty_stream()
        async with following(server) as reader:
            for number, wait in enumerate([0.5, 1, 2, 4, 5, 5], start=1):
                assert await reader.has(Waiting, number) == Waiting(wait)
                if number == 6:
                    server.default = Fault()
                    server.append(LOG)
                await reader.clock.advance(wait)
            await reader.until(lambda: reader.text == LOG)
            assert reader.all(Lost) == []
            assert len(reader.all(Connecting)) == 1
            server.finish()
            await reader.has(Ended)


async def test_a_run_that_ends_without_a_line_has_ended():
    with FaultServer() as server:
        server.default = Fault.empty_stream()
        async with following(server) as reader:
            await reader.has(Waiting)
            server.finish("ABORTED")
            await reader.clock.advance(0.5)
            await reader.clock.advance(6)
            ended = await reader.has(Ended)
            assert ended.job is not None
            assert ended.job.status == "ABORTED"
            assert reader.text == b""


# -- loss ------------------------------------------------------------------------------------------

BROKEN = {
    "reset": Fault.reset(1000),
    "half-closed": Fault.half_close(1000),
    "bad chunk": Fault.bad_chunk(1000),
    "short chunk": Fault.short_chunk(1000),
    "too short for its length": Fault.wrong_length(10),
    "gzip cut": Fault.gzip_cut(1000),
    "gzip garbage": Fault.gzip_garbage(1000),
    "no head": Fault.refuse(),
    "500": Fault.html(500),
    "502": Fault.html(502),
    "503": Fault.error(503),
    "a login page": Fault.html(200),
    "429": Fault.rate_limited(),
    "a circle": Fault.redirect("/v2/logs/FaultyRun00000001"),
}


@pytest.mark.parametrize("fault", BROKEN.values(), ids=BROKEN)
async def test_what_breaks_is_reported_and_outlasted(server, fault):
    finished(server)
    server.plan.append(fault)
    if "circle" in str(fault) or fault.status == 302:
        server.plan.extend([fault] * 5)
    async with following(server) as reader:
        lost = await reader.has(Lost)
        assert lost.problem.cause
        assert lost.problem.kind
        assert lost.attempt == 2
        assert lost.retry_in == 0.75
        await reader.clock.advance(0.75)
        await reader.has(Ended)
        assert reader.text == LOG
        assert reader.all(Gap) == []


async def test_nobody_listens_and_waits_grow_to_half_a_minute(server):
    server.stop()
    async with following(server) as reader:
        for attempt, wait in enumerate([0.75, 1.5, 3, 6, 12, 22.5, 22.5], start=1):
            lost = await reader.has(Lost, attempt)
            assert lost.retry_in == wait
            assert lost.attempt == attempt + 1
            assert reader.all(Connecting)[-1].attempt == attempt
            await reader.clock.advance(wait)


async def test_the_wait_that_the_server_asks_for_is_kept(server):
    server.plan += [Fault.rate_limited("7"), Fault.rate_limited()]
    async with following(server) as reader:
        assert (await reader.has(Lost)).retry_in == 7
        await reader.clock.advance(6.9)
        assert len(server.asked("log")) == 1
        await reader.clock.advance(0.1)
        assert (await reader.has(Lost, 2)).retry_in == 1.5
        await reader.clock.advance(1.5)
        await reader.until(lambda: reader.text == LOG)


async def test_new_bytes_begin_the_waits_anew(server):
    server.plan += [Fault.half_close(100), Fault.html(502), Fault.html(502), Fault.half_close(200)]
    async with following(server) as reader:
        for number, wait in enumerate([0.75, 1.5, 3, 0.75], start=1):
            assert (await reader.has(Lost, number)).retry_in == wait
            await reader.clock.advance(wait)
        await reader.until(lambda: reader.text == LOG)
        assert [r.lines_lost for r in reader.all(Resumed)] == [0, 0]


async def test_after_a_loss_the_reader_hears_that_nothing_was_lost(server):
    server.plan.append(Fault.half_close(1000))
    async with following(server) as reader:
        await reader.has(Lost)
        server.slide(300)
        await reader.clock.advance(1)
        assert await reader.has(Resumed) == Resumed(1000, 0)
        await reader.until(lambda: reader.text == LOG)
        assert reader.all(Gap) == []


async def test_any_byte_may_be_the_last_before_the_break(server):
    finished(server)
    places = range(1, len(LOG), 97)
    server.plan.extend(Fault.reset(place) for place in places)
    async with following(server) as reader:
        reader.on_event = lambda event: isinstance(event, Lost) and reader.source.retry()
        await reader.has(Ended)
        assert reader.text == LOG
        assert {resumed.lines_lost for resumed in reader.all(Resumed)} == {0}


async def test_single_bytes_and_gzip_arrive_whole(server):
    finished(server)
    server.plan += [Fault.trickle("reset", 3000), Fault.gzipped(piece=1000)]
    async with following(server) as reader:
        await reader.has(Lost)
        await reader.clock.advance(1)
        await reader.has(Ended)
        assert reader.text == LOG


# -- what can't be mended ------------------------------------------------------------------------


@pytest.mark.parametrize("status", [400, 401, 403, 404, 405])
async def test_a_refusal_stops_at_once_until_somebody_asks(server, status):
    server.plan.append(Fault.error(status, "some-type", "The API says no."))
    async with following(server) as reader:
        failed = await reader.has(Failed)
        assert failed.problem.status == status
        assert "The API says no." in failed.problem.cause
        await reader.clock.advance(100)
        assert len(server.asked("log")) == 1
        reader.source.retry()
        await reader.until(lambda: reader.text == LOG)


async def test_a_token_that_expires_is_reported_as_such_and_what_was_read_stays(server):
    server.plan += [
        Fault.half_close(1000),
        Fault.error(401, "invalid-token", "Token is not valid."),
    ]
    async with following(server) as reader:
        await reader.has(Lost)
        await reader.clock.advance(1)
        failed = await reader.has(Failed)
        assert "expired" in failed.problem.meaning
        assert reader.text == LOG[:1000]


# -- the end -------------------------------------------------------------------------------------


async def test_a_stream_that_ends_early_is_opened_again(server):
    server.plan.append(Fault.early_end(2000))
    async with following(server) as reader:
        await reader.has(JobChanged)
        while not reader.all(Lost):
            await reader.clock.advance(0.5)
            await asyncio.sleep(0.001)
        assert (await reader.has(Lost)).problem.kind == "early-end"
        await reader.clock.advance(1)
        await reader.until(lambda: reader.text == LOG)
        assert reader.all(Resumed) == [Resumed(2000, 0)]


async def test_lines_after_the_status_turned_are_read(server):
    async with following(server) as reader:
        await reader.until(lambda: reader.text == LOG and reader.source._watch.answers)
        server.set_job(status="FAILED", finishedAt="2026-03-04T05:08:09.000Z")
        await reader.clock.advance(5)
        await reader.until(lambda: reader.all(JobChanged)[-1].job.ended)
        server.append(stamped(120, 130))
        await reader.until(lambda: reader.text == stamped(0, 130))
        assert reader.all(Ended) == []
        server.finish("FAILED")
        await reader.has(Ended)


async def test_lines_after_the_end_of_the_stream_are_found_a_little_later(server):
    async with following(server) as reader:
        await reader.until(lambda: reader.text == LOG and reader.source._watch.answers)
        server.finish("FAILED")
        await reader.has(Ended)
        server.append(stamped(120, 130))
        await reader.clock.advance(10)
        await reader.has(Ended, 2)
        assert reader.text == stamped(0, 130)


async def test_an_end_that_brings_no_more_is_reported_once(server):
    async with following(server) as reader:
        await reader.until(lambda: reader.text == LOG and reader.source._watch.answers)
        server.finish("FAILED")
        await reader.has(Ended)
        event_count = len(reader.events)
        opened = len(server.asked("log"))
        await reader.clock.advance(10)
        await server.wait_for_requests(opened + 1, "log")
        await reader.settled()
        await reader.clock.advance(29)
        assert len(reader.events) == event_count
        assert len(server.asked("log")) == opened + 1


async def test_a_body_without_a_length_is_read_twice_to_be_sure(server):
    finished(server)
    server.plan += [Fault.without_length(2000), Fault.without_length()]
    server.default = Fault.without_length()
    async with following(server) as reader:
        await reader.until(lambda: reader.all(Ended) or reader.all(Lost))
        await reader.clock.advance(1)
        await reader.has(Ended)
        assert reader.text == LOG
        assert len(server.asked("log")) == 3


async def test_a_run_that_ends_while_its_stream_hangs_is_shown_whole(server):
    server.plan.append(Fault.stall(1500))
    async with following(server) as reader:
        await reader.until(lambda: len(reader.text) == 1500)
        server.finish("SUCCEEDED")
        await reader.until(lambda: reader.source._watch.answers)
        await reader.clock.advance(5)
        await reader.until(lambda: reader.all(JobChanged)[-1].job.ended)
        await reader.clock.advance(2)
        await reader.has(Ended)
        assert reader.text == LOG
        assert reader.clock.now <= 1010
        assert reader.all(Lost) == []
        assert reader.all(Resumed) == [Resumed(1500, 0)]


async def test_a_stream_that_never_closes_does_not_hide_the_end(server):
    server.default = Fault.stall()
    server.finish("SUCCEEDED")
    async with following(server) as reader:
        for number in (1, 2):
            await server.wait_for_requests(number, "log")
            await server.wait_for_idle(1)
            await reader.until(lambda: reader.text == LOG and reader.all(JobChanged))
            await reader.has(Connected, number)
            await reader.settled()
            await reader.clock.advance(3)
        await reader.has(Ended)
        assert reader.text == LOG


async def test_a_silent_stream_is_opened_anew_with_growing_patience(server):
    server.default = Fault.stall()
    async with following(server) as reader:
        for number, silence in enumerate([60, 120, 240, 480, 600, 600], start=1):
            await reader.has(Connected, number)
            await server.wait_for_idle(1)
            await reader.settled()
            await reader.clock.advance(silence - 1)
            assert len(server.asked("log")) == number
            await reader.clock.advance(1)
            await server.wait_for_requests(number + 1, "log")
        assert reader.all(Lost) == []
        assert reader.all(Resumed) == []
        assert reader.text == LOG


async def test_a_dead_stream_that_is_opened_anew_shows_what_it_brought(server):
    server.plan.append(Fault.stall(1000))
    async with following(server) as reader:
        await reader.until(lambda: len(reader.text) == 1000)
        await reader.clock.advance(60)
        await reader.until(lambda: reader.text == LOG)
        assert reader.all(Resumed) == [Resumed(1000, 0)]


async def test_a_replay_that_stops_in_the_middle_is_a_loss(server):
    server.plan += [Fault.half_close(2000), Fault.stall(1000)]
    async with following(server) as reader:
        await reader.has(Lost)
        await reader.clock.advance(0.75)
        await reader.has(Connected, 2)
        await server.wait_for_idle(1)
        await reader.settled()
        await reader.clock.advance(15)
        assert (await reader.has(Lost, 2)).problem.kind == "stalled"
        await reader.clock.advance(2)
        await reader.until(lambda: reader.text == LOG)


@pytest.mark.parametrize("status", [401, 403, 404])
async def test_where_the_run_may_not_be_read_its_end_is_believed_after_three_checks(server, status):
    server.job_default = Fault.error(status, "no", "Not for you.")
    server.default = Fault.early_end()
    async with following(server) as reader:
        for look in (1, 2, 3):
            lost = await reader.has(Lost, look)
            assert lost.problem.kind == "unconfirmed-end"
            assert lost.retry_in == 10
            await reader.clock.advance(9.9)
            assert len(server.asked("log")) == look
            await reader.clock.advance(0.1)
        assert await reader.has(Ended) == Ended(None, status_known=False)
        assert reader.text == LOG


async def test_a_new_byte_begins_the_three_checks_anew(server):
    server.job_default = Fault.error(403, "no", "Not for you.")
    server.default = Fault.early_end()
    async with following(server) as reader:
        await reader.has(Lost)
        await reader.clock.advance(10)
        await reader.has(Lost, 2)
        server.append(stamped(120, 130))
        for look in (3, 4, 5, 6):
            await reader.clock.advance(10)
            if look < 6:
                await reader.has(Lost, look)
        await reader.has(Ended)
        assert reader.text == stamped(0, 130)


async def test_a_run_object_that_fails_for_a_while_is_asked_again(server):
    server.plan.append(Fault.early_end())
    server.job_plan.extend([Fault.html(502)] * 2)
    server.finish()
    async with following(server) as reader:
        lost = await reader.has(Lost)
        assert lost.problem.status == 502
        while not reader.all(Ended):
            await reader.clock.advance(0.5)
            await asyncio.sleep(0.001)
        assert reader.text == LOG


async def test_final_figures_are_fetched_ten_seconds_after_the_end(server):
    finished(server)
    async with following(server) as reader:
        await reader.has(Ended)
        server.set_job(exitCode=9)
        asked = len(server.asked("job"))
        await reader.clock.advance(9.9)
        assert len(server.asked("job")) == asked
        await reader.clock.advance(0.1)
        await reader.until(lambda: reader.events[-1] == reader.all(JobChanged)[-1])
        assert reader.all(JobChanged)[-1].job.exit_code == 9


async def test_a_resurrected_run_is_followed_on(server):
    finished(server)
    async with following(server) as reader:
        await reader.has(Ended)
        changes = len(reader.all(JobChanged))
        server.complete = False
        server.set_job(status="RUNNING", finishedAt=None, exitCode=None)
        server.append(stamped(120, 125))
        await reader.clock.advance(10)
        await reader.has(JobChanged, changes + 1)
        await reader.until(lambda: reader.text == stamped(0, 125))
        server.append(stamped(125, 130))
        server.finish("FAILED")
        ended = await reader.has(Ended, 2)
        assert reader.text == stamped(0, 130)
        assert ended.job is not None
        assert ended.job.status == "FAILED"
        assert reader.all(Lost) == []


async def test_a_quiet_end_is_checked_now_and_then(server):
    finished(server)
    async with following(server) as reader:
        await reader.has(Ended)
        await reader.clock.advance(10)
        await server.wait_for_requests(2, "job")
        for looks in (3, 4, 5):
            await reader.answered(looks - 1)
            await reader.clock.advance(29)
            assert len(server.asked("job")) == looks - 1
            await reader.clock.advance(1)
            await server.wait_for_requests(looks, "job")
        assert len(server.asked("log")) == 1


# -- somebody asks, sleeps, leaves ---------------------------------------------------------------


async def test_a_try_that_is_asked_for_comes_at_once(server):
    server.plan += [Fault.html(502)] * 3
    async with following(server) as reader:
        for number in (1, 2, 3):
            await reader.has(Lost, number)
            reader.source.retry()
        await reader.until(lambda: reader.text == LOG)


async def test_asking_while_live_opens_anew_and_keeps_all(server):
    async with following(server) as reader:
        await reader.until(lambda: reader.text == LOG)
        reader.source.retry()
        assert await reader.has(Resumed) == Resumed(len(LOG), 0)
        assert reader.text == LOG
        assert len(server.asked("log")) == 2
        assert reader.all(Lost) == []


async def test_asking_after_the_end_reads_on(server):
    finished(server)
    async with following(server) as reader:
        await reader.has(Ended)
        server.append(stamped(120, 130))
        reader.source.retry()
        await reader.has(Ended, 2)
        assert reader.text == stamped(0, 130)


async def test_a_computer_that_slept_checks_at_once(server):
    async with following(server) as reader:
        await reader.until(lambda: reader.text == LOG)
        reader.clock.asleep += 3600
        await reader.clock.advance(5)
        await server.wait_for_requests(2, "log")
        await reader.has(Connected, 2)
        server.append(stamped(120, 130))
        await reader.until(lambda: reader.text == stamped(0, 130))
        assert reader.all(Lost) == []


async def test_a_computer_that_slept_does_not_wait_on(server):
    server.plan.extend([Fault.html(502)] * 6)
    async with following(server) as reader:
        for number in range(1, 7):
            await reader.has(Lost, number)
            if number < 6:
                reader.source.retry()
        reader.clock.asleep += 3600
        await reader.clock.advance(5)
        await reader.until(lambda: reader.text == LOG)


async def test_leaving_closes_everything(server):
    async with following(server) as reader:
        await reader.until(lambda: reader.text == LOG)
        await server.wait_for_idle(1)
    await server.wait_until(lambda s: s.open_streams == 0)
    assert asyncio.all_tasks() == {asyncio.current_task()}


async def test_leaving_while_waiting_closes_everything(server):
    server.default = Fault.no_head()
    async with following(server) as reader:
        await reader.has(Connecting)
        await server.wait_for_requests(1, "log")
    assert asyncio.all_tasks() == {asyncio.current_task()}


async def test_without_following_what_is_there_is_taken(server):
    async with following(server, follow=False) as reader:
        server.default = Fault.early_end()
        ended = await reader.has(Ended)
        assert reader.text == LOG
        assert ended.status_known
        assert server.asked("log")[0].query == {"stream": "false", "raw": "true"}


async def test_without_following_a_break_is_mended_too(server):
    server.plan += [Fault.half_close(1000)]
    server.default = Fault.early_end()
    async with following(server, follow=False) as reader:
        await reader.has(Lost)
        await reader.clock.advance(1)
        await reader.has(Ended)
        assert reader.text == LOG


# -- what the platform drops or changes ----------------------------------------------------------


async def test_missing_log_is_reported_where_it_is_missing(server):
    server.plan.append(Fault.half_close(len(stamped(0, 20))))
    async with following(server) as reader:
        await reader.has(Lost)
        server.slide(len(stamped(0, 60)))
        await reader.clock.advance(1)
        await reader.until(lambda: reader.text == stamped(0, 20) + stamped(60, 120))
        assert [(gap.kind, gap.seconds) for gap in reader.all(Gap)] == [("missing", 41.0)]
        assert "41 s" in reader.all(Gap)[0].text
        names = [name for name in reader.names if name in ("Received", "Gap", "Resumed")]
        assert names[:4] == ["Received", "Gap", "Resumed", "Received"]
        assert reader.all(Resumed)[0].lines_lost is None


async def test_a_gap_is_reported_once(server):
    server.plan.append(Fault.half_close(len(stamped(0, 20))))
    async with following(server) as reader:
        await reader.has(Lost)
        server.slide(len(stamped(0, 60)))
        await reader.clock.advance(1)
        for number in (2, 3, 4):
            await reader.until(lambda: reader.text == stamped(0, 20) + stamped(60, 120))
            reader.source.retry()
            await reader.has(Resumed, number)
        assert len(reader.all(Gap)) == 1
        assert reader.all(Resumed)[-1].lines_lost == 0


async def test_what_may_be_missing_is_reported_too(server):
    """A torn stamp fits the beginning of any line."""
    server.plan.append(Fault.half_close(len(stamped(0, 20)) + 15))
    async with following(server) as reader:
        await reader.has(Lost)
        server.slide(len(stamped(0, 60)))
        await reader.clock.advance(1)
        await reader.until(lambda: reader.text == stamped(0, 20) + stamped(60, 120))
        assert ["may be missing" in gap.text for gap in reader.all(Gap)] == [True]
        assert reader.all(Resumed)[0].lines_lost is None


async def test_another_log_under_the_id_is_kept_apart(server):
    server.plan.append(Fault.stall())
    async with following(server) as reader:
        await reader.until(lambda: reader.text == LOG)
        other = stamped(0, 3) + b"2026-11-20T06:00:03.000Z ERROR quite another log\n"
        server.replace(other)
        reader.source.retry()
        await reader.until(lambda: reader.text == LOG + other)
        assert [gap.kind for gap in reader.all(Gap)] == ["contradiction"]


async def test_bytes_behind_a_gap_are_not_held_back_for_long(server):
    server.plan += [Fault.half_close(1000), Fault.stall()]
    async with following(server) as reader:
        await reader.has(Lost)
        server.replace(b"no stamp in these lines\nand the last is torn")
        await reader.clock.advance(0.75)
        await reader.has(Connected, 2)
        await server.wait_for_idle(1)
        await reader.settled()
        await reader.clock.advance(1)
        await reader.until(lambda: reader.text.endswith(b"is torn"))
        assert len(reader.all(Gap)) == 1


# -- any history ---------------------------------------------------------------------------------

ENDS = [
    Fault.reset,
    Fault.half_close,
    Fault.bad_chunk,
    Fault.short_chunk,
    Fault.gzip_cut,
    lambda after: Fault.trickle("reset", min(after, 300)),
    lambda _: Fault.html(502),
    lambda _: Fault.rate_limited("0"),
    lambda _: Fault.refuse(),
]


@pytest.mark.parametrize("seed", range(8))
async def test_a_long_history_of_faults_and_slides_loses_nothing(seed):
    """The log grows and its head slides while streams break anywhere, in every way."""
    noise = random.Random(seed)
    lines = [
        f"2026-11-20T{n // 3600:02d}:{n // 60 % 60:02d}:{n % 60:02d}.000Z "
        f"{noise.choice(['INFO  same', 'ERROR 🐎', '', 'a longer line ' * 9])} {n // 3}\n".encode()
        for n in range(600)
    ]
    with FaultServer(b"".join(lines[:50])) as server:
        line_count, dropped, losses = 50, 0, 0
        server.plan.append(noise.choice(ENDS)(900))

        def live_on(event: Event) -> None:
            nonlocal line_count, dropped, losses
            if not isinstance(event, Lost):
                return
            losses += 1
            more = noise.randrange(20)
            server.append(b"".join(lines[line_count : line_count + more]))
            line_count = min(line_count + more, len(lines))
            # The platform drops only what was read; a short overlap would be a doubt.
            drop = min(noise.randrange(500), len(reader.text) - dropped - 300)
            if drop > 0 and noise.random() < 0.5:
                server.slide(drop)
                dropped += drop
            if losses < 40:
                server.plan.append(noise.choice(ENDS)(noise.randrange(len(server.log))))
            else:
                server.append(b"".join(lines[line_count:]))
                server.finish()
            reader.source.retry()

        async with following(server) as reader:
            reader.on_event = live_on
            await reader.has(Ended)
            assert reader.text == b"".join(lines)
            assert losses == 40
            assert dropped > 1000
            assert reader.all(Gap) == []
            assert {resumed.lines_lost for resumed in reader.all(Resumed)} == {0}
