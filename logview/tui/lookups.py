"""Look up what is typed in the file system, which may take its time, or never answer."""

from __future__ import annotations

import asyncio
from concurrent.futures import Future
from concurrent.futures import TimeoutError as FutureTimeoutError
from contextlib import suppress
from typing import TYPE_CHECKING, Generic, TypeVar

from logview.process.threads import DaemonExecutor

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

T = TypeVar("T")

PATIENCE = 0.05
"""Seconds that a lookup is waited for: nearly all are over at once."""

MAX_LOOKUPS = 8
"""Lookups that may hang at a time, each in a thread."""


class LookupPendingError(Exception):
    """A lookup has not come back yet."""


class Lookups(Generic[T]):
    """Runs lookups in daemon threads; one that takes long is to be asked for again."""

    def __init__(self, came_back: Callable[[], object]) -> None:
        """`came_back` is called on the event loop once a lookup that was pending is over."""
        self._came_back = came_back
        self._pending: dict[Hashable, Future[T]] = {}

    def look_up(self, key: Hashable, call: Callable[[], T]) -> T:
        """Return what `call` returns, which is run in a thread; raises what it raises.

        Raises LookupPendingError where that takes long, and for other ones meanwhile. Equal keys
        are one lookup.
        """
        future = self._pending.get(key)
        if future is None:
            if len(self._pending) >= MAX_LOOKUPS:
                # What came back and was not asked for again: something else was typed meanwhile.
                self._pending = {k: one for k, one in self._pending.items() if not one.done()}
            if len(self._pending) >= MAX_LOOKUPS:
                raise LookupPendingError
            future = DaemonExecutor().submit(call)
        waits = any(not one.done() for one in self._pending.values())
        try:
            future.exception(0 if waits else PATIENCE)
        except FutureTimeoutError:
            if key not in self._pending:
                self._pending[key] = future
                loop = asyncio.get_running_loop()
                future.add_done_callback(lambda _: _call_on(loop, self._came_back))
            raise LookupPendingError from None
        self._pending.pop(key, None)
        return future.result()


def _call_on(loop: asyncio.AbstractEventLoop, callback: Callable[[], object]) -> None:
    with suppress(RuntimeError):  # the loop is closed: nobody is there any more
        loop.call_soon_threadsafe(callback)
