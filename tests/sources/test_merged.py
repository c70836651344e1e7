"""Several logs as one: every lane whole and in its order, nothing given moves, one fails alone."""

from __future__ import annotations

import asyncio
from contextlib import ExitStack
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from logview.apify.client import ApifyClient
from logview.apify.models import Job
from logview.sources.events import (
    Connected,
    Connecting,
    Ended,
    Failed,
    Gap,
    JobChanged,
    Lost,
    OfLane,
    Problem,
    Received,
    Resumed,
    Waiting,
)
from logview.sources.merged import (
    NAMING,
    OPENING,
    REPLAY_QUIET,
    WINDOW,
    LaneSpec,
    MergedSource,
)
from logview.sources.remote import RemoteSource
from logview.text.lanes import split_lane
from tests.sources.following import Following
from tests.support.clock import FakeClock
from tests.support.examples import examples
from tests.support.fault_server import JOB_ID, Fault, FaultServer

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable

    from logview.sources.events import Event

BAD = Problem("gone", status=404)


class Scripted:
    """A source that gives what the test sends."""

    def __init__(self) -> None:
        self.queue: asyncio.Queue[Event] = asyncio.Queue()
        self.retries = 0

    async def events(self) -> AsyncIterator[Event]:
        while True:
            yield await self.queue.get()

    def send(self, *events: Event | bytes) -> None:
        for event in events:
            self.queue.put_nowait(Received(event) if isinstance(event, bytes) else event)

    def retry(self) -> None:
        self.retries += 1

    def stats(self) -> list[tuple[str, str]]:
        return [("retries", str(self.retries))]


class Lanes:
    """A merged source over scripted ones, and its reader."""

    def __init__(self, *names: str, **options: int) -> None:
        self.sources = [Scripted() for _ in names]
        specs = [
            LaneSpec(source=source, name=name)
            for source, name in zip(self.sources, names, strict=True)
        ]
        self.clock = FakeClock()
        self.reader = Following(MergedSource(specs, clock=self.clock, **options), self.clock)

    def __getitem__(self, at: int) -> Scripted:
        return self.sources[at]

    @property
    def text(self) -> bytes:
        return self.reader.text

    async def settle(self) -> None:
        await self.clock.advance(0)


def line(second: float, text: str = "") -> bytes:
    return f"2026-11-20T06:00:{second:06.3f}Z {text or second}\n".encode()


def given_lines(text: bytes) -> list[str]:
    """The lines without stamps, `a:1`."""
    result = []
    for one in text.decode().splitlines():
        lane, rest = split_lane(one.encode())
        result.append(f"{lane}:{rest.decode().split('Z ')[-1]}")
    return result


async def test_what_is_there_is_merged_by_time_and_equal_times_by_lane() -> None:
    lanes = Lanes("a", "b")
    lanes[0].send(Connected(), line(1), line(3), line(5), Ended())
    lanes[1].send(Connected(), line(2) + line(3) + line(4)[:9], line(4)[9:], Ended())
    ended = await lanes.reader.has(Ended)
    assert given_lines(lanes.text) == ["a:1", "b:2", "a:3", "b:3", "b:4", "a:5"]
    assert lanes.text.startswith(b"[a] -> 2026-11-20T06:00:01.000Z 1\n[b] -> 2026-")
    assert ended.lanes == (Ended(), Ended())


async def test_a_log_that_opens_late_is_waited_for_but_not_for_ever() -> None:
    lanes = Lanes("a", "b")
    lanes[0].send(Connected(), line(1), line(3))
    await lanes.clock.advance(OPENING - 1)
    assert lanes.text == b""
    lanes[1].send(Connected(), line(2), line(4))
    await lanes.settle()
    assert given_lines(lanes.text) == ["a:1", "b:2", "a:3"]
    await lanes.clock.advance(WINDOW + 0.1)
    assert given_lines(lanes.text) == ["a:1", "b:2", "a:3", "b:4"]

    late = Lanes("a", "b")
    late[0].send(Connected(), line(1))
    await late.clock.advance(OPENING + 0.1)
    assert given_lines(late.text) == ["a:1"]


async def test_live_lines_come_by_arrival_within_a_window_and_late_ones_behind() -> None:
    lanes = Lanes("a", "b")
    lanes[0].send(Connected(), line(1))
    lanes[1].send(Connected(), line(2))
    await lanes.clock.advance(REPLAY_QUIET + 0.1)
    given = lanes.text
    assert given_lines(given) == ["a:1", "b:2"]
    # Both have news within the window: by stamps, though they come the other way round.
    lanes[1].send(line(12))
    await lanes.clock.advance(WINDOW / 4)
    lanes[0].send(line(11))
    await lanes.clock.advance(WINDOW + 0.1)
    assert given_lines(lanes.text) == ["a:1", "b:2", "a:11", "b:12"]
    # Too late: behind what was given, which does not move.
    lanes[0].send(line(10, "late"))
    await lanes.clock.advance(WINDOW + 0.1)
    assert given_lines(lanes.text)[-1] == "a:late"
    assert lanes.text.startswith(given)


async def test_one_stamp_from_the_future_holds_no_log_up() -> None:
    lanes = Lanes("a", "b")
    for source in lanes.sources:
        source.send(Connected(), line(1))
    await lanes.clock.advance(REPLAY_QUIET + 0.1)
    lanes[0].send(b"9999-11-20T06:00:00.000Z wrong clock\n", line(2, "after"))
    for second in range(3, 40):
        lanes[1].send(line(second))
        await lanes.clock.advance(WINDOW / 2)
    assert "a:after" in given_lines(lanes.text)


async def test_a_log_without_stamps_is_given_as_it_comes() -> None:
    lanes = Lanes("a", "b")
    lanes[0].send(Connected(), b"one\ntwo\n")
    lanes[1].send(Connected(), line(1))
    await lanes.settle()
    assert lanes.text == b"[a] -> one\n[a] -> two\n"


async def test_stamps_of_other_programs_count() -> None:
    lanes = Lanes("a", "b")
    lanes[0].send(Connected(), b"2026-11-20 06:00:02,500 INFO two\n", Ended())
    lanes[1].send(Connected(), line(1), line(3), Ended())
    await lanes.reader.has(Ended)
    assert [entry[0] for entry in given_lines(lanes.text)] == ["b", "a", "b"]


async def test_one_that_fails_or_is_lost_does_not_hold_the_others() -> None:
    lanes = Lanes("a", "b", "c")
    lanes[0].send(Connected(), line(1))
    lanes[1].send(Failed(BAD))
    lanes[2].send(Lost(BAD, 2, 30.0))
    await lanes.clock.advance(REPLAY_QUIET + 0.1)
    assert given_lines(lanes.text) == ["a:1"]
    assert [of_lane for of_lane in lanes.reader.all(OfLane) if of_lane.lane != "a"] == [
        OfLane("b", Failed(BAD)), OfLane("c", Lost(BAD, 2, 30.0)),
    ]  # fmt: skip
    lanes.reader.source.retry()
    assert [source.retries for source in lanes.sources] == [0, 1, 1]
    # The one that failed comes back, behind what was given; then all end.
    lanes[1].send(Connecting(), Connected(), line(0, "old"), Ended())
    lanes[0].send(Ended())
    lanes[2].send(Failed(BAD))
    ended = await lanes.reader.has(Ended)
    assert given_lines(lanes.text) == ["a:1", "b:old"]
    assert ended.lanes == (Ended(), Ended(), Failed(BAD))
    lanes.reader.source.retry()
    assert [source.retries for source in lanes.sources] == [0, 1, 2]
    assert lanes.reader.source.stats()[2] == ("c: retries", "2")


async def test_where_all_fail_the_whole_fails() -> None:
    lanes = Lanes("a", "b", give_up=2)
    hopeless = Problem("no certificate", kind="tls", lasting=True)
    lanes[0].send(Lost(hopeless, 2, 1.0), Lost(hopeless, 3, 1.0), line(1, "never read"))
    lanes[1].send(Failed(BAD))
    failed = await lanes.reader.has(Failed)
    assert "None of the 2" in failed.problem.cause
    assert lanes.text == b""


async def test_gaps_keep_their_place_and_torn_lines_are_ended() -> None:
    lanes = Lanes("a", "b")
    lanes[0].send(Connected(), line(1) + b"to", Gap("lost", "missing", 3.0), line(4), Ended())
    lanes[1].send(Connected(), line(2), line(5), Ended())
    await lanes.reader.has(Ended)
    bodies = [e for e in lanes.reader.events if isinstance(e, Received | Gap)]
    assert bodies[1] == Gap("a: lost", "missing", 3.0)
    assert isinstance(bodies[0], Received)
    assert bodies[0].data.endswith(b"[a] -> to\n")
    assert given_lines(lanes.text) == ["a:1", "a:to", "b:2", "a:4", "b:5"]


async def test_it_goes_on_after_the_end_of_all() -> None:
    lanes = Lanes("a", "b")
    lanes[0].send(Connected(), line(1), Ended())
    lanes[1].send(Connected(), Waiting(1.0), Ended())
    await lanes.reader.has(Ended)
    lanes[1].send(Connecting(), Connected(), line(2), Ended())  # resurrected
    await lanes.reader.has(Ended, 2)
    assert given_lines(lanes.text) == ["a:1", "b:2"]


# -- names of runs ------------------------------------------------------------------------------


def _run_lanes(
    actor_name: Callable[[str], Awaitable[str | None]] | None,
) -> tuple[Scripted, Following]:
    source, clock = Scripted(), FakeClock()
    spec = LaneSpec(source=source, name="runId:R1", is_job=True, actor_name=actor_name)
    return source, Following(MergedSource([spec], clock=clock), clock)


async def test_a_run_is_named_by_its_actor_before_its_first_line() -> None:
    asked = []

    async def actor_name(actor_id: str) -> str | None:
        asked.append(actor_id)
        return "web [x]\n scraper" if len(asked) == 1 else None

    source, reader = _run_lanes(actor_name)
    job = Job("R1", "run", "RUNNING", "Act1")
    source.send(Connected(), line(1), JobChanged(job), JobChanged(job))
    await reader.clock.advance(REPLAY_QUIET + 0.1)
    assert reader.text == b"[web (x) scraper runId:R1] -> " + line(1)
    assert asked == ["Act1"]


@pytest.mark.parametrize("end", [[], [Ended()], [JobChanged(Job("R1", "build", "READY")), Ended()]])
async def test_a_run_whose_actor_is_not_known_has_its_id(end: list[Event]) -> None:
    source, reader = _run_lanes(None)
    source.send(Connected(), line(1), *end)
    await reader.clock.advance(NAMING + 0.1)
    kind = "build" if len(end) == 2 else "run"
    assert reader.text == f"[{kind}Id:R1] -> ".encode() + line(1)


# -- properties -----------------------------------------------------------------------------------

texts = st.binary(max_size=40).map(lambda data: data.replace(b"\n", b" "))
seconds = st.integers(0, 59)


@st.composite
def logs(draw: st.DrawFn) -> list[list[bytes]]:
    """Some lanes, each cut into chunks anywhere; most lines have stamps, mostly in order."""
    lanes = []
    for _ in range(draw(st.integers(1, 4))):
        lines = draw(st.lists(st.tuples(st.none() | seconds, texts), max_size=8))
        data = b"".join((b"" if at is None else line(at)[:25]) + text + b"\n" for at, text in lines)
        cuts = sorted(draw(st.lists(st.integers(0, len(data)), max_size=4)))
        edges = [0, *cuts, len(data)]
        lanes.append([data[a:b] for a, b in pairwise(edges)])
    return lanes


@examples(60)
@given(logs(), st.randoms(use_true_random=False))
def test_split_by_lanes_it_is_each_log_byte_for_byte(chunks: list[list[bytes]], random) -> None:
    async def check() -> None:
        lanes = Lanes(*map(str, range(len(chunks))))
        todo = [[Connected(), *each, Ended()] for each in chunks]
        while any(todo):
            at = random.choice([at for at, each in enumerate(todo) if each])
            lanes[at].send(todo[at].pop(0))
            if random.random() < 0.3:
                before = lanes.text
                await lanes.clock.advance(random.choice([0, WINDOW, 2 * OPENING]))
                assert lanes.text.startswith(before)
        await lanes.reader.has(Ended)
        await lanes.reader.close()
        own: dict[str | None, bytes] = {}
        for one in lanes.text.split(b"\n")[:-1]:
            lane, rest = split_lane(one)
            own[lane] = own.get(lane, b"") + rest + b"\n"
        for at, each in enumerate(chunks):
            assert own.get(str(at), b"") == b"".join(each)

    asyncio.run(check())


# -- real sockets -------------------------------------------------------------------------------


def _log(name: str, first: int, last: int) -> bytes:
    return b"".join(
        f"2026-11-20T06:{n // 60:02d}:{n % 60:02d}.000Z INFO  {name} {n}\n".encode()
        for n in range(first, last)
    )


def _remote(server: FaultServer, clock: FakeClock) -> RemoteSource:
    url = server.base_url
    return RemoteSource(
        lambda: ApifyClient(url, None),
        JOB_ID,
        "run",
        clock=clock,
        random=lambda: 0.5,
        floor=0.0,
    )


async def test_each_lane_makes_the_requests_of_one_run() -> None:
    asked = []
    for count in (0, 3):
        clock = FakeClock()
        with ExitStack() as stack:
            servers = [
                stack.enter_context(FaultServer(_log("a", 0, 40))) for _ in range(count or 1)
            ]
            for server in servers:
                server.finish("SUCCEEDED")
            lanes = [
                LaneSpec(source=_remote(server, clock), name=str(at))
                for at, server in enumerate(servers)
            ]
            source = MergedSource(lanes, clock=clock) if count else lanes[0].source
            reader = Following(source, clock)
            for _ in range(600):
                if reader.all(Ended):
                    break
                await clock.advance(0.5)
                await asyncio.sleep(0.005)
            await reader.close()
            asked += [
                sorted((r.path, *sorted(r.query.items())) for r in s.requests) for s in servers
            ]
    alone = asked[0]
    assert sum(path == f"/v2/logs/{JOB_ID}" for path, *_ in alone) == 1
    assert len(alone) <= 4
    assert asked[1:] == [alone] * 3


async def test_each_lane_reconnects_stalls_slides_and_ends_by_itself() -> None:
    names = ["resets", "stalls", "ends", "slides"]
    clock = FakeClock()
    with ExitStack() as stack:
        servers = {name: stack.enter_context(FaultServer(_log(name, 0, 400))) for name in names}
        servers["resets"].plan += [Fault.reset(after=9001), Fault.reset(after=3)]
        servers["stalls"].plan += [Fault(end="stall", after=4000)]
        servers["slides"].plan += [Fault.half_close(after=8000)]
        servers["ends"].finish("FAILED")
        specs = [
            LaneSpec(source=_remote(server, clock), name=name) for name, server in servers.items()
        ]
        reader = Following(MergedSource(specs, clock=clock), clock)

        async def until(condition: Callable[[], object]) -> None:
            for _ in range(600):
                if condition():
                    return
                await clock.advance(0.5)
                await asyncio.sleep(0.005)
            raise AssertionError(reader.events[-12:])

        def has(name: str, kind: type[Event]) -> bool:
            return any(e.lane == name and isinstance(e.event, kind) for e in reader.all(OfLane))

        await until(lambda: has("slides", Lost))
        servers["slides"].slide(len(_log("slides", 0, 50)))
        await until(lambda: all(f"{n} 399\n".encode() in reader.text for n in names))
        await until(lambda: has("stalls", Resumed) and has("slides", Resumed))
        for name in names:
            if name != "ends":
                servers[name].append(_log(name, 400, 500))
                servers[name].finish("SUCCEEDED")
        await until(lambda: reader.all(Ended))
        ends = reader.all(Ended)[0].lanes
        await reader.close()
    assert [end.job.status for end in ends if isinstance(end, Ended) and end.job] == [
        "SUCCEEDED", "SUCCEEDED", "FAILED", "SUCCEEDED",
    ]  # fmt: skip
    assert has("resets", Lost)
    assert not has("ends", Lost)
    for name in names:
        own = [rest for lane, rest in map(split_lane, reader.text.split(b"\n")) if lane == name]
        whole = _log(name, 0, 400 if name == "ends" else 500)
        assert b"\n".join([*own, b""]) == whole
