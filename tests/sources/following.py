"""Tests: a reader that follows a source and keeps what it says."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, TypeVar

from logview.apify.client import ApifyClient
from logview.sources.events import Received
from logview.sources.received_log import ReceivedSpool
from logview.sources.remote import RemoteSource
from tests.support.clock import FakeClock

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from logview.sources.events import Event, Source
    from tests.support.fault_server import FaultServer

E = TypeVar("E")
LIMIT = 60.0
"""Seconds of real time after which a test gives up on a condition."""


class Following:
    """Reads a source in a task, and holds what it says."""

    def __init__(self, source: Source, clock: FakeClock | None = None) -> None:
        self.source = source
        self.clock = clock or FakeClock()
        self.received = ReceivedSpool(memory=1 << 30)
        self.events: list[Event] = []
        self.on_event: Callable[[Event], None] = lambda _: None
        self._news = asyncio.Event()
        self._task = asyncio.ensure_future(self._read())

    @property
    def text(self) -> bytes:
        return self.received.read(0, self.received.size)

    def all(self, kind: type[E]) -> list[E]:
        return [event for event in self.events if isinstance(event, kind)]

    @property
    def names(self) -> list[str]:
        return [type(event).__name__ for event in self.events]

    async def until(self, condition: Callable[[], object]) -> None:
        """Wait until something is true; it is looked at after each event."""
        while not condition():
            self._news.clear()
            waiter = asyncio.ensure_future(self._news.wait())
            done, _ = await asyncio.wait(
                {waiter, self._task}, timeout=LIMIT, return_when=asyncio.FIRST_COMPLETED
            )
            waiter.cancel()
            if self._task.done() and not condition():
                self._task.result()
                raise AssertionError(f"the source ended: {self._history()}")
            assert done, f"waited in vain: {self._history()}"

    async def has(self, kind: type[E], times: int = 1) -> E:
        """Wait until an event of this kind was said so often; the last of them."""
        await self.until(lambda: len(self.all(kind)) >= times)
        return self.all(kind)[times - 1]

    async def settled(self) -> None:
        """Let all that was sent be taken in, as far as no event tells of it."""
        for _ in range(50):
            await asyncio.sleep(0.001)

    async def answered(self, times: int) -> None:
        """Wait until so many answers about the run have been taken in."""
        for _ in range(5000):
            if self.source._watch.answers >= times:
                return
            await asyncio.sleep(0.001)
        raise AssertionError("no answer about the run")

    async def close(self) -> None:
        self._task.cancel()
        await asyncio.wait([self._task])
        if not self._task.cancelled():
            self._task.result()

    async def _read(self) -> None:
        async for event in self.source.events():
            if isinstance(event, Received):
                self.received.append(event.data)
            self.events.append(event)
            self.on_event(event)
            self._news.set()

    def _resume(self) -> str:
        return " ".join(str(event)[:120] for event in self.events[-12:])


@asynccontextmanager
async def following(
    server: FaultServer, *, kind: str | None = None, **options: object
) -> AsyncIterator[Following]:
    """Follow the log of a fault server, on a clock that stands still."""
    clock = FakeClock()
    reader: Following

    class Held:
        """What the reader holds, as the source sees it."""

        @property
        def size(self) -> int:
            return reader.received.size

        def read(self, start: int, length: int) -> bytes:
            return reader.received.read(start, length)

    source = RemoteSource(
        lambda: ApifyClient(server.base_url, None),
        "FaultyRun00000001",
        kind,  # type: ignore[arg-type]  # one of the two kinds, as a parameter of tests
        received=Held(),
        clock=clock,
        random=lambda: 0.5,
        floor=0.0,
        **options,  # type: ignore[arg-type]
    )
    reader = Following(source, clock)
    try:
        yield reader
    finally:
        await reader.close()
        assert source.counts.balanced()
