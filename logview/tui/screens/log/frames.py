"""Log screen: frames. When the screen is brought up to date, and with what."""

from __future__ import annotations

import time
from contextlib import suppress
from typing import TYPE_CHECKING, NamedTuple

from logview.pending_reads import PendingReadError
from logview.tui.schedule import schedule_once

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable, Iterable, Sequence

    from textual.message_pump import MessagePump

FRAME_SECONDS = 0.06
"""The least time between two frames, in seconds: at most 17 a second under flood."""

COUNT_SECONDS = 0.2
"""The least time between two updates of counters that grow, in seconds."""

UNSEEN_SECONDS = 1.0
"""The least time between two frames for what changes off the screen, in seconds."""


class Update(NamedTuple):
    """One thing that a frame brings up to date."""

    run: Callable[[], object]
    counts: bool = False
    """Whether it shows what the passes count: then it is also run between frames."""


class Frames:
    """Schedules frames: at once when all is quiet, bundled under flood.

    What arrives, and what passes find, is shown by frames; what a key does is shown at once.
    """

    def __init__(self, pump: MessagePump, size: Callable[[], int]) -> None:
        """`size` returns the bytes of the log, by which a frame knows whether it has grown."""
        self._pump = pump
        self._size = size
        self.updates: Sequence[Update] = ()
        """What a frame brings up to date, in this order."""
        self.count = 0
        """How many frames there were."""
        self._last_frame = 0.0
        self._last_size = 0
        self._last_counts = 0.0
        self._grew = False
        self._frame_timer: asyncio.TimerHandle | None = None
        self._frame_due = 0.0
        """When the scheduled frame is due."""
        self._counts_timer: asyncio.TimerHandle | None = None

    @property
    def pending(self) -> bool:
        """Whether a frame, or an update of counters, is scheduled."""
        return self._frame_timer is not None or self._counts_timer is not None

    def request(self, every: float = FRAME_SECONDS) -> None:
        """Have a frame drawn: now, or as soon as the last one is `every` seconds ago."""
        due = self._last_frame + every
        if self._frame_timer is not None:
            if due >= self._frame_due:
                return
            self._frame_timer.cancel()
            self._frame_timer = None
        wait = due - time.monotonic()
        if wait <= 0:
            self._draw()
        else:
            self._frame_due = due
            self._frame_timer = schedule_once(self._pump, wait, self._draw)

    def _draw(self) -> None:
        self._frame_timer = None
        if self._counts_timer is not None:
            self._counts_timer.cancel()
            self._counts_timer = None
        self._last_frame = time.monotonic()
        size = self._size()
        self._grew, self._last_size = size != self._last_size, size
        self.count += 1
        self._run(self.updates)

    def _run(self, updates: Iterable[Update]) -> None:
        for update in updates:
            # What needs more of a file than is there comes with a later frame.
            with suppress(PendingReadError):
                update.run()

    def request_counts(self, *, final: bool) -> None:
        """Have counters updated, if they were not for a while; `final` ones are never left out.

        Counters grow faster than anybody reads, and each frame updates them, too.
        """
        if self._counts_timer is not None:
            return
        wait = max(self._last_counts, self._last_frame) + COUNT_SECONDS - time.monotonic()
        if wait <= 0 or (final and not self._grew):
            self.update_counts()
        elif final:  # the next lines bring a frame before that
            self._counts_timer = schedule_once(self._pump, wait, self.update_counts)

    def update_counts(self) -> None:
        """Update what shows counters, now."""
        self._counts_timer = None
        self._last_counts = time.monotonic()
        self._run(update for update in self.updates if update.counts)
