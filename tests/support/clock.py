"""Tests: a clock that stands still until a test moves it."""

from __future__ import annotations

import asyncio
import heapq
from itertools import count


class FakeClock:
    """Time for sources (`logview.sources.clock.Clock`), and for screens, which call it."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.asleep = 0.0
        """Seconds that only the wall clock saw."""
        self.sleeps = 0
        """How many sleeps were begun."""
        self._sleepers: list[tuple[float, int, asyncio.Future[None]]] = []
        self._numbers = count()

    def __call__(self) -> float:
        return self.now

    def monotonic(self) -> float:
        return self.now

    def wall(self) -> float:
        # Long after the times that the fault server's job gives.
        return 1_800_000_000.0 + self.now + self.asleep

    async def sleep(self, seconds: float) -> None:
        self.sleeps += 1
        future = asyncio.get_running_loop().create_future()
        heapq.heappush(self._sleepers, (self.now + seconds, next(self._numbers), future))
        await future

    async def advance(self, seconds: float) -> None:
        """Let so much time pass, timer by timer, so that each has its consequences in turn."""
        until = self.now + seconds
        await self._settle()
        while True:
            self._sleepers = [s for s in self._sleepers if not s[2].done()]
            heapq.heapify(self._sleepers)
            if not self._sleepers or self._sleepers[0][0] > until:
                break
            when, _, future = heapq.heappop(self._sleepers)
            self.now = max(self.now, when)
            future.set_result(None)
            await self._settle()
        self.now = until
        await self._settle()

    async def _settle(self) -> None:
        for _ in range(20):
            await asyncio.sleep(0)
