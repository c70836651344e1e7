"""Sources: time, so that every wait can be tested without waiting."""

from __future__ import annotations

import asyncio
import time
from typing import Protocol

TICK = 5.0
"""Seconds between two looks at whether the computer was asleep."""

ASLEEP = 30.0
"""Seconds by which the clock on the wall must be ahead to mean that the computer was asleep."""


class Clock(Protocol):
    """What a source knows of time."""

    def monotonic(self) -> float:
        """Seconds that never go back; on most platforms they stand still while asleep."""
        ...

    def wall(self) -> float:
        """Seconds since the epoch."""
        ...

    async def sleep(self, seconds: float) -> None:
        """Wait so long."""
        ...


class SystemClock:
    """The time of the machine."""

    def monotonic(self) -> float:
        """As `time.monotonic`."""
        return time.monotonic()

    def wall(self) -> float:
        """As `time.time`."""
        return time.time()

    async def sleep(self, seconds: float) -> None:
        """As `asyncio.sleep`."""
        await asyncio.sleep(seconds)


class Alarm:
    """Waits for whatever comes first: somebody rings, time is up, or the computer wakes up.

    Sleep shows as a jump of the wall clock that the monotonic clock does not
    make (`CLOCK_MONOTONIC` in clock_gettime(2), `mach_absolute_time`). On
    Windows both may jump; there the connection's own time limits notice.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._rung = False
        self._bell: asyncio.Future[None] | None = None
        self._timer: asyncio.Future[None] | None = None
        self._timer_end = 0.0
        self._seen = (clock.monotonic(), clock.wall())
        self.woken = False
        """Whether the computer was asleep since this was last set to False."""

    def ring(self) -> None:
        """End the wait that goes on, or the next one."""
        self._rung = True
        self._end_doze()

    async def wait(self, seconds: float | None) -> None:
        """Wait until `ring`, for `seconds` at most (None: for ever), or until a wake-up."""
        now = self._look()
        end = None if seconds is None else now + seconds
        while not self._rung and not self.woken and (end is None or now < end):
            await self._doze(now + TICK if end is None else min(end, now + TICK))
            now = self._look()
        self._rung = False

    def close(self) -> None:
        """Forget the timer that may still run."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    async def _doze(self, end: float) -> None:
        timer = self._timer
        if timer is None or timer.done() or self._timer_end > end:
            self.close()
            # One timer serves many waits: a stream that is busy rings thousands of times.
            timer = asyncio.ensure_future(self._clock.sleep(end - self._clock.monotonic()))
            timer.add_done_callback(self._time_up)
            self._timer, self._timer_end = timer, end
        self._bell = asyncio.get_running_loop().create_future()
        try:
            await self._bell
        finally:
            self._bell = None

    def _time_up(self, timer: asyncio.Future[None]) -> None:
        if timer is self._timer:
            self._end_doze()

    def _end_doze(self) -> None:
        if self._bell is not None and not self._bell.done():
            self._bell.set_result(None)

    def _look(self) -> float:
        """See what time it is, and whether it jumped."""
        then, now = self._seen, (self._clock.monotonic(), self._clock.wall())
        self._seen = now
        if (now[1] - then[1]) - (now[0] - then[0]) > ASLEEP:
            self.woken = True
        return now[0]
