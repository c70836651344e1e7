"""Sources: one open stream, read ahead a little so that its reader can do other things."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from logview.apify.errors import ApifyError

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractAsyncContextManager

    from logview.sources.api import StreamAnswer

AHEAD = 256 * 1024
"""Bytes that are read ahead before reading pauses."""


LAZY = 0.005
"""Seconds that bytes may wait while they are a replay of what is held, or come right after others:
then they are read in larger pieces."""


class ReadAhead:
    """Opens a stream in a task of its own, and reads it. `wake` is called at every news."""

    def __init__(
        self, opening: AbstractAsyncContextManager[StreamAnswer], wake: Callable[[], None]
    ) -> None:
        self._opening = opening
        self._wake = wake
        self._data = bytearray()
        self._space = asyncio.Event()
        self._timer: asyncio.TimerHandle | None = None
        self._taken = float("-inf")
        """When bytes were taken last, on the event loop's clock."""
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

    def take(self) -> bytes:
        """Return what has come since the last call; raises what is a defect of ours."""
        data = bytes(self._data)
        if data:
            self._taken = asyncio.get_running_loop().time()
        self._data.clear()
        self._space.set()
        self._cancel_timer()
        if self._task.done() and not self._task.cancelled():
            self._task.result()
        return data

    async def close(self) -> None:
        """Close the stream; what was read ahead is still to be taken."""
        self._task.cancel()
        await asyncio.wait([self._task])
        self._cancel_timer()

    def _cancel_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    async def _run(self) -> None:
        try:
            async with self._opening as stream:
                self.framed = stream.framed
                self.opened = True
                self._wake()
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
            asyncio.get_running_loop().call_soon(self._wake)

    async def _push(self, chunk: bytes) -> None:
        # One piece, however small the chunks: each costs its reader the same.
        self._data += chunk
        loop = asyncio.get_running_loop()
        urgent = not self.lazy and loop.time() - self._taken >= LAZY
        if urgent or len(self._data) >= AHEAD // 2:
            self._wake()
        elif self._timer is None:
            self._timer = loop.call_later(LAZY, self._wake)
        while len(self._data) >= AHEAD:
            self._space.clear()
            await self._space.wait()
