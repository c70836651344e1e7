"""How often requests are made at most, in every state that a log and its job can be in."""

from __future__ import annotations

import asyncio
import itertools
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import TYPE_CHECKING

import pytest

from logview.apify.errors import ConnectionLost, Forbidden, NotFound, RateLimited, ServerError
from logview.apify.models import Job
from logview.sources.remote import RemoteSource
from tests.sources.following import FakeClock, Following

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

LINE = b"2026-11-20T06:00:00.000Z a line of the log\n"
MINUTES = 2


class Stream:
    """What a fake client gives for a log."""

    packed = False
    size = None
    content_disposition = None

    def __init__(self, pieces: list[bytes], framed: bool, error: Exception | None, open_: bool):
        self.framed = framed
        self._pieces = pieces
        self._error = error
        self._open = open_

    async def chunks(self) -> AsyncIterator[bytes]:
        for piece in self._pieces:
            yield piece
        if self._open:
            await asyncio.Event().wait()
        if self._error is not None:
            raise self._error


@dataclass
class World:
    """A server's state: what the nth request for the log, and for the job, is answered."""

    log: Callable[[int], Stream | Exception]
    job: Callable[[int], str | Exception]


def stream(
    lines: int, *, framed: bool = True, error: Exception | None = None, stays: bool = False
) -> Stream:
    return Stream([LINE * lines] if lines else [], framed, error, stays)


def stream_of(number: int) -> Stream:
    return Stream([b"another log, number %d\n" % number * 40], True, None, False)


LOST = ConnectionLost("reset")
TROUBLE = ServerError("502")
BUSY = RateLimited("429", retry_after=0.0)
OVER = "SUCCEEDED"
FLAPS: Callable[[int], str] = lambda n: ("RUNNING", OVER)[n % 2]  # noqa: E731

TABLE = [
    # State, the log's answers, the job's answers, most requests in a minute: log, job (120: as
    # often as the floor allows, because each connection brought something new).
    ("over", lambda n: stream(9), lambda n: OVER, 2, 3),
    ("over, unframed, longer each time", lambda n: stream(n, framed=False), lambda n: OVER, 12, 4),
    ("over, shorter each time", lambda n: stream(max(0, 500 - n)), lambda n: OVER, 12, 4),
    ("over, hangs, longer each time", lambda n: stream(n, stays=True), lambda n: OVER, 12, 4),
    ("over, torn, longer each time", lambda n: stream(n, error=LOST), lambda n: OVER, 120, 4),
    ("not started", lambda n: stream(0), lambda n: "READY", 15, 15),
    ("running, quiet", lambda n: stream(3, stays=True), lambda n: "RUNNING", 2, 13),
    ("running, ends at once", lambda n: stream(3), lambda n: "RUNNING", 10, 55),
    ("running, ends, longer each time", stream, lambda n: "RUNNING", 30, 120),
    (
        "running, torn, longer each time",
        lambda n: stream(n, error=LOST),
        lambda n: "RUNNING",
        120,
        13,
    ),
    ("another log each time", stream_of, lambda n: "RUNNING", 30, 115),
    ("server trouble", lambda n: TROUBLE, lambda n: TROUBLE, 9, 9),
    ("too many requests, no wait asked for", lambda n: BUSY, lambda n: BUSY, 9, 9),
    ("the log in trouble alone", lambda n: TROUBLE, lambda n: "RUNNING", 9, 13),
    ("the job in trouble alone", lambda n: stream(3), lambda n: TROUBLE, 9, 12),
    ("job unreadable", lambda n: stream(3), lambda n: Forbidden("403"), 7, 7),
    ("job unreadable, longer each time", stream, lambda n: Forbidden("403"), 9, 9),
    ("no such job", lambda n: NotFound("404"), lambda n: NotFound("404"), 2, 3),
    ("ends and goes on", lambda n: stream(3), FLAPS, 60, 60),
    ("ends and goes on, longer each time", lambda n: stream(n, framed=False), FLAPS, 60, 60),
    ("unknown status", lambda n: stream(3), lambda n: "TELEPORTING", 10, 55),
]


class CountingClient:
    """An API client that notes when what was asked for."""

    def __init__(self, world: World, clock: FakeClock) -> None:
        self._world = world
        self._clock = clock
        self.logs: list[float] = []
        self.jobs: list[float] = []

    @asynccontextmanager
    async def log(self, job_id: str, **options: object) -> AsyncIterator[Stream]:
        self.logs.append(self._clock.now)
        answer = self._world.log(len(self.logs))
        if isinstance(answer, Exception):
            raise answer
        yield answer

    async def job(self, job_id: str, kind: object = None, wait: float = 0) -> Job:
        self.jobs.append(self._clock.now)
        answer = self._world.job(len(self.jobs))
        if isinstance(answer, Exception):
            raise answer
        # The end is news each time, as that of a run which was resurrected meanwhile.
        finished = datetime(2026, 11, 20, tzinfo=timezone.utc) if answer == OVER else None
        return Job(id=job_id, kind="run", status=answer, finished_at=finished)

    async def aclose(self) -> None:
        """Nothing is open."""


def most_in_a_minute(times: list[float]) -> int:
    return max((sum(t <= other < t + 60 for other in times) for t in times), default=0)


async def observe(
    world: World,
    during: Callable[[RemoteSource, FakeClock], None] = lambda source, clock: None,
    step: float = 5.0,
) -> CountingClient:
    """Follow a log for some minutes; `during` is called every `step` seconds."""
    clock = FakeClock()
    client = CountingClient(world, clock)
    source = RemoteSource(lambda: client, "Run", clock=clock, random=lambda: 0.0)
    reader = Following(source, clock)
    try:
        for _ in range(int(MINUTES * 60 / step)):
            await clock.advance(step)
            during(source, clock)
    finally:
        await reader.close()
    return client


def no_two_together(times: list[float]) -> bool:
    return all(later - first >= 0.5 for first, later in itertools.pairwise(times))


@pytest.mark.parametrize(
    ("log", "job", "logs", "jobs"), [row[1:] for row in TABLE], ids=[row[0] for row in TABLE]
)
async def test_the_most_requests_a_minute(log, job, logs, jobs):
    client = await observe(World(log, job))
    seen = most_in_a_minute(client.logs), most_in_a_minute(client.jobs)
    assert seen[0] <= logs, seen
    assert seen[1] <= jobs, seen
    assert no_two_together(client.logs)
    assert no_two_together(client.jobs)


@pytest.mark.parametrize("state", [OVER, "RUNNING", NotFound("404")], ids=str)
async def test_a_key_that_is_held_down_asks_twice_a_second(state):
    """`r` repeats some thirty times a second."""
    answer = state if isinstance(state, Exception) else stream(3)
    client = await observe(
        World(lambda n: answer, lambda n: state), lambda source, _: source.retry(), 0.25
    )
    assert len(client.logs) > MINUTES * 60
    assert most_in_a_minute(client.logs) <= 121
    assert most_in_a_minute(client.jobs) <= 121
    assert no_two_together(client.logs)
    assert no_two_together(client.jobs)


async def test_a_wall_clock_that_jumps_all_the_time():
    def jump(source: RemoteSource, clock: FakeClock) -> None:
        clock.asleep += 3600

    client = await observe(World(lambda n: stream(3, stays=True), lambda n: "RUNNING"), jump, 0.25)
    assert most_in_a_minute(client.logs) <= 20
    assert no_two_together(client.logs)
    assert no_two_together(client.jobs)
