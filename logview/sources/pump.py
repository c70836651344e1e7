"""Sources: one open stream, read ahead a little so that its reader can do other things."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Protocol

from logview.apify.errors import ApifyError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from contextlib import AbstractAsyncContextManager

    from logview.apify.models import Job, JobKind

AHEAD = 256 * 1024
"""Bytes that are read ahead before reading pauses."""


LAZY = 0.005
"""Seconds that news may wait while it is a replay of what is held: it is read in larger pieces."""


class LogStream(Protocol):
    """What the API client gives for a log that is open."""

    framed: bool
    """Whether HTTP tells where the body ends; if not, a broken connection can look like it."""

    def chunks(self) -> AsyncIterator[bytes]:
        """Give the bytes as they come; raises ApifyError."""
        ...


class Client(Protocol):
    """What a source needs of `ApifyClient`, which is not imported here: httpx is heavy."""

    def log(
        self, job_id: str, *, raw: bool | None, stream: bool = True, resumes: bool = False
    ) -> AbstractAsyncContextManager[LogStream]:
        """Open the log, of which some is held if it `resumes`; entering raises ApifyError."""
        ...

    async def job(self, job_id: str, kind: JobKind | None = None, wait: float = 0) -> Job:
        """Describe the run or build; raises ApifyError."""
        ...

    async def aclose(self) -> None:
        """Close all connections."""
        ...


class Pump:
    """Opens a stream in a task of its own, and reads it. `ring` is called at every news."""

    def __init__(
        self, opening: AbstractAsyncContextManager[LogStream], ring: Callable[[], None]
    ) -> None:
        self._opening = opening
        self._ring = ring
        self._chunks: list[bytes] = []
        self._size = 0
        self._room = asyncio.Event()
        self._later: asyncio.TimerHandle | None = None
        self.lazy = False
        """Whether what comes is not urgent."""
        self.opened = False
        self.framed = True
        self.ended = False
        """Whether the stream ended properly."""
        self.error: ApifyError | None = None
        """Why the stream could not be opened, or broke."""
        self._task = asyncio.ensure_future(self._run())

    @property
    def done(self) -> bool:
        """Whether nothing more will come; `take` may still give bytes."""
        return self._task.done()

    def take(self) -> list[bytes]:
        """Give what has come since the last call; raises what is a defect of ours."""
        pieces, self._chunks = self._chunks, []
        self._size = 0
        self._room.set()
        self._be_on_time()
        if self._task.done() and not self._task.cancelled():
            self._task.result()
        return pieces

    async def close(self) -> None:
        """Close the stream; what was read ahead is still to be taken."""
        self._task.cancel()
        await asyncio.wait([self._task])
        self._be_on_time()

    def _be_on_time(self) -> None:
        if self._later is not None:
            self._later.cancel()
            self._later = None

    async def _run(self) -> None:
        try:
            async with self._opening as stream:
                self.framed = stream.framed
                self.opened = True
                self._ring()
                chunks = stream.chunks()
                try:
                    async for chunk in chunks:
                        await self._push(chunk)
                finally:
                    close = getattr(chunks, "aclose", None)
                    if close is not None:
                        await close()
            self.ended = True
        except ApifyError as error:
            self.error = error
        finally:
            # Seen as done only once this task has returned.
            asyncio.get_running_loop().call_soon(self._ring)

    async def _push(self, chunk: bytes) -> None:
        self._chunks.append(chunk)
        self._size += len(chunk)
        if not self.lazy or self._size >= AHEAD // 2:
            self._ring()
        elif self._later is None:
            self._later = asyncio.get_running_loop().call_later(LAZY, self._ring)
        while self._size >= AHEAD:
            self._room.clear()
            await self._room.wait()
