"""Sources: time, so that every wait can be tested without waiting."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable

TICK = 5.0
"""Seconds between two checks whether the computer was asleep."""

ASLEEP = 30.0
"""Seconds by which the clock on the wall must be ahead to mean that the computer was asleep."""


LONGEST_WAIT = 30.0
"""Seconds between two tries at most, unless the server asks for more."""


FLOOR = 0.5
"""Seconds between the beginnings of two requests of a kind, whatever the reason for the second."""


class Clock(Protocol):
    """What a source knows of time."""

    def monotonic(self) -> float:
        """Seconds that never go back; on most platforms they stand still while asleep."""
        ...

    def wall(self) -> float:
        """Return seconds since the epoch."""
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
        self._woken = False
        self._waiter: asyncio.Future[None] | None = None
        self._timer: asyncio.Future[None] | None = None
        self._timer_end = 0.0
        self._seen = (clock.monotonic(), clock.wall())
        self.slept = False
        """Whether the computer was asleep since this was last set to False."""

    def wake(self) -> None:
        """End the wait that goes on, or the next one."""
        self._woken = True
        self._end_wait()

    async def wait(self, seconds: float | None) -> None:
        """Wait until `wake`, for `seconds` at most (None: for ever), or until a wake-up."""
        now = self._check_clocks()
        end = None if seconds is None else now + seconds
        while not self._woken and not self.slept and (end is None or now < end):
            await self._sleep_until(now + TICK if end is None else min(end, now + TICK))
            now = self._check_clocks()
        self._woken = False

    def close(self) -> None:
        """Forget the timer that may still run."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    async def _sleep_until(self, end: float) -> None:
        timer = self._timer
        if timer is None or timer.done() or self._timer_end > end:
            self.close()
            # One timer serves many waits: a stream that is busy rings thousands of times.
            timer = asyncio.ensure_future(self._clock.sleep(end - self._clock.monotonic()))
            timer.add_done_callback(self._timer_done)
            self._timer, self._timer_end = timer, end
        self._waiter = asyncio.get_running_loop().create_future()
        try:
            await self._waiter
        finally:
            self._waiter = None

    def _timer_done(self, timer: asyncio.Future[None]) -> None:
        if timer is self._timer:
            self._end_wait()

    def _end_wait(self) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)

    def _check_clocks(self) -> float:
        """Read both clocks and note whether they have drifted apart; return the monotonic time."""
        then, now = self._seen, (self._clock.monotonic(), self._clock.wall())
        self._seen = now
        if (now[1] - then[1]) - (now[0] - then[0]) > ASLEEP:
            self.slept = True
        return now[0]


class Backoff:
    """Waits of half a second to a second, doubled with each failure (Apify API reference, 429).

    `random` gives numbers from 0 to 1, as `random.random`.
    """

    def __init__(self, random: Callable[[], float]) -> None:
        self._random = random
        self._failures = 0

    @property
    def attempt(self) -> int:
        """The number of the next try, from 1."""
        return self._failures + 1

    def next(self, retry_after: float | None = None) -> float:
        """Count a failure; the seconds to wait, and no less than the server asked for."""
        first = 0.5 + self._random() / 2
        factor = min(2.0 ** min(self._failures, 10), LONGEST_WAIT)
        self._failures += 1
        return max(first * factor, retry_after or 0.0)

    def reset(self) -> None:
        """Begin again: there was progress."""
        self._failures = 0


class Pacer:
    """Keeps the beginnings of requests apart, whatever the reason for each.

    The one place that bounds the request rate: `floor` seconds between two
    beginnings, doubled up to `LONGEST_WAIT` for each request that follows the
    one before without a wait of its own (`hurry`), but for the first two.
    """

    def __init__(self, clock: Clock, floor: float = FLOOR) -> None:
        self._clock = clock
        self._floor = floor
        self._began: float | None = None
        self._hurried = 0

    @property
    def left(self) -> float:
        """Seconds until the next request may begin; 0 or less: now."""
        if self._began is None:
            return 0.0
        interval = self._floor * 2.0 ** min(max(self._hurried - 2, 0), 10)
        return self._began + min(interval, LONGEST_WAIT) - self._clock.monotonic()

    def begin(self) -> None:
        """Note that a request begins now."""
        self._began = self._clock.monotonic()

    def hurry(self) -> None:
        """Note that the next request follows without a wait of its own."""
        self._hurried += 1

    def reset(self) -> None:
        """Return to the floor: there was a wait, a lasting connection, or a request by a person."""
        self._hurried = 0
