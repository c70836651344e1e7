"""Demo: what becomes of each run and build while the server runs, and the bytes of its log."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from logview.demo import catalogue
from logview.demo.lines import Script, plain
from logview.demo.report import CHILD_STAMP
from logview.demo.runs import RUNS, DemoRun

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Iterator

    from logview.demo.clock import DemoClock

CHUNK = 65536
"""Bytes sent at a time."""
_PRELIMINARY_FOR = 6.0
"""Demo seconds after the end during which figures are not final yet, as in the real API."""
_BREAKS_AFTER = (4.0, 7.0, 3.0, 6.0)
"""Demo seconds after which connections to the dropping run break, in turn."""


class ConnectionTornError(Exception):
    """The script wants the connection torn now, without a word."""


class DemoJob:
    """One run or build in the world of a clock."""

    def __init__(self, run: DemoRun, clock: DemoClock) -> None:
        self.run = run
        self._clock = clock
        self._opened_at: float | None = None
        self._connections = 0

    def opened(self) -> None:
        """Note that the job was asked for by its ID: what waits for that begins now."""
        if self._opened_at is None:
            self._opened_at = self._clock.elapsed()

    @property
    def busy(self) -> bool:
        """Whether requests about this job are answered with 429 at the moment."""
        since = self._opened_at if self._opened_at is not None else self._clock.elapsed()
        return self._clock.elapsed() - since < self.run.busy_for

    @property
    def begins_at(self) -> float | None:
        """The demo second of the first line; None before a READY job is asked for."""
        if not self.run.ready_for:
            return self.run.starts_at
        return None if self._opened_at is None else self._opened_at + self.run.ready_for

    def when(self, at: float) -> float:
        """Return the demo second of a moment of the script; infinite while that waits."""
        run = self.run
        if run.ready_for:
            return float("inf") if self.begins_at is None else self.begins_at + at
        due = run.starts_at + at
        if not run.waits_to_be_opened or due < 0:
            return due
        return float("inf") if self._opened_at is None else self._opened_at + due

    @property
    def script(self) -> Script | None:
        """What the job prints; None for the long catalogue."""
        return None if self.run.script is None else self.run.script()

    @property
    def ends_at(self) -> float:
        """The demo second of the end; infinite while that waits to be opened."""
        lasts, script = self.run.lasts, self.run.script
        if lasts is None and script is not None:
            lasts = script().duration
        return self.when(lasts or 0.0)

    @property
    def ended(self) -> bool:
        """Whether the job has run to its end."""
        return self._clock.elapsed() >= self.ends_at

    @property
    def status(self) -> str:
        """The status as the API writes it."""
        if self.ended:
            return self.run.ends_as
        begins = self.begins_at
        return "READY" if begins is None or self._clock.elapsed() < begins else "RUNNING"

    def message(self) -> str | None:
        """Return the status message of the moment; the last one only with the final figures."""
        script = self.script
        if script is None:
            return f"Exported {catalogue.LINES:,} items"
        messages = [text for at, text in script.messages if self.when(at) <= self._clock.elapsed()]
        if len(messages) > 1 and self.preliminary:
            return messages[-2]
        return messages[-1] if messages else None

    @property
    def preliminary(self) -> bool:
        """Whether the job ended so shortly ago that its figures are not final."""
        return self.ended and self._clock.elapsed() < self.ends_at + _PRELIMINARY_FOR

    async def wait_for_end(self, seconds: float) -> None:
        """Wait until the job has ended, at most so many seconds of the real clock."""
        until = time.monotonic() + seconds
        while not self.ended and (left := until - time.monotonic()) > 0:
            await self._clock.sleep_until(self.ends_at, at_most=left)

    def _due(self, first: int, raw: bool, until: float) -> Iterator[bytes]:
        """Return the lines from number `first` on that are printed by a demo second."""
        script = self.script
        for line in script.lines[first:] if script is not None else ():
            at = self.when(line.at)
            if at > until:
                return
            text = line.text if raw else plain(line.text)
            stamp = self._clock.stamp(at)
            yield f"{stamp} {text.replace(CHILD_STAMP, stamp)}\n".encode()

    def _next_due(self, number: int) -> float:
        script = self.script
        if script is None or number >= len(script.lines):
            return self.ends_at
        return self.when(script.lines[number].at)

    async def log(self, raw: bool, stream: bool) -> AsyncGenerator[bytes, None]:
        """Return the log from its start; with `stream` it goes on to the end of the job.

        A job that has not begun has an empty log that ends at once. An empty
        piece means only that time passes. Raises ConnectionTornError where the script
        tears the connection.
        """
        if self.script is None:
            started = self._clock.wall(self.run.starts_at)
            for block in catalogue.blocks(started, raw):
                yield block
            return
        if not stream or not self.run.drops or self.ended:
            async for piece in self._tail(raw, stream):
                yield piece
            return
        async for piece in self._torn(raw):
            yield piece

    async def _tail(self, raw: bool, stream: bool) -> AsyncGenerator[bytes, None]:
        number = 0
        while self.status != "READY":
            over = self.ended
            lines = list(self._due(number, raw, self._clock.elapsed()))
            number += len(lines)
            for piece in _pieces(b"".join(lines)):
                yield piece
            if over or not stream:
                return
            if not lines:
                yield b""
            await self._clock.sleep_until(self._next_due(number))

    async def _torn(self, raw: bool) -> AsyncGenerator[bytes, None]:
        """Return a stream that breaks in the middle of a line after some seconds.

        Every fourth one breaks off within the replay, before anything new. In
        frozen time every one breaks off right after what there is.
        """
        nth = self._connections
        self._connections += 1
        began = self._clock.elapsed()
        breaks_at = began + _BREAKS_AFTER[nth % len(_BREAKS_AFTER)]
        if nth % 4 == 2 or self._clock.frozen:
            held = list(self._due(0, raw, began))
            part = held if self._clock.frozen else held[: len(held) * 3 // 4]
            yield cut(b"".join(part), nth)
            raise ConnectionTornError
        async for piece in self._tail(raw, stream=True):
            if piece and self._clock.elapsed() >= breaks_at and not self.ended:
                yield cut(piece, nth)
                raise ConnectionTornError
            yield piece


def cut(data: bytes, nth: int) -> bytes:
    """Return a part of some lines that ends inside the last one, by turns inside a character."""
    start = data.rstrip(b"\n").rfind(b"\n") + 1
    inside = next((at for at in range(start, len(data)) if data[at] >= 0xC0), None)
    if inside is not None and nth % 2 == 0:
        return data[: inside + 1]
    return data[: start + (len(data) - start) // 2]


def _pieces(data: bytes) -> Iterator[bytes]:
    """Cut without regard to lines and characters, as the real API's chunks are.

    What is short is cut in two as well: those who read must not rely on whole lines.
    """
    size = CHUNK if len(data) > CHUNK else len(data) * 2 // 3 + 1
    for start in range(0, len(data), size):
        yield data[start : start + size]


class World:
    """All jobs of the demo on one clock."""

    def __init__(self, clock: DemoClock) -> None:
        self.clock = clock
        self.jobs: dict[str, DemoJob] = {run.id: DemoJob(run, clock) for run in RUNS}
