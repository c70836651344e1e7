"""Demo: the time of the scripted world, which can run fast or stand still."""

from __future__ import annotations

import asyncio
import time
from datetime import datetime, timedelta, timezone

MAX_SLEEP = 1.0
"""Wall seconds after which a sleeper looks up, so that a client that left is noticed."""


class DemoClock:
    """Seconds since the server's start in the scripted world (demo seconds).

    `speed` divides all waits (2.0: everything takes half as long). `epoch` is
    the wall-clock moment of demo second 0, by default the moment of creation.
    With `frozen_at` the world stands still at that demo second for ever.
    """

    def __init__(
        self,
        speed: float = 1.0,
        epoch: datetime | None = None,
        frozen_at: float | None = None,
    ) -> None:
        if not speed > 0:
            raise ValueError("the speed of the demo must be above 0")
        if epoch is not None and epoch.tzinfo is None:
            raise ValueError("the epoch of the demo needs a time zone")
        self.speed = speed
        self.epoch = (epoch or datetime.now(timezone.utc)).astimezone(timezone.utc)
        self.frozen_at = frozen_at
        self._zero = time.monotonic()

    @property
    def frozen(self) -> bool:
        """Whether time stands still."""
        return self.frozen_at is not None

    def elapsed(self) -> float:
        """Return demo seconds since the server's start."""
        if self.frozen_at is not None:
            return self.frozen_at
        return (time.monotonic() - self._zero) * self.speed

    def wall(self, elapsed: float) -> datetime:
        """Return the moment (UTC) of a demo second; negative ones are before the start."""
        return self.epoch + timedelta(seconds=elapsed)

    def stamp(self, elapsed: float) -> str:
        """Return that moment as `YYYY-MM-DDTHH:MM:SS.mmmZ`, 24 characters."""
        moment = self.wall(elapsed).replace(tzinfo=None)
        return moment.isoformat(timespec="milliseconds") + "Z"

    async def sleep_until(self, elapsed: float, at_most: float = MAX_SLEEP) -> None:
        """Sleep until a demo second, but at most so many wall seconds: callers loop."""
        wait = MAX_SLEEP if self.frozen else (elapsed - self.elapsed()) / self.speed
        await asyncio.sleep(max(0.0, min(wait, at_most, MAX_SLEEP)))
