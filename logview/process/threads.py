"""Threads: run what may hang without holding the program's exit. Imports no screen, no HTTP.

asyncio's own executor waits for its threads when the program ends: one name
that a dead DNS server never resolves would keep `^C` and `q` waiting for half
a minute.
"""

from __future__ import annotations

import asyncio
import threading
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")


class DaemonExecutor(ThreadPoolExecutor):
    """An executor for `loop.set_default_executor` that starts one daemon thread for each call.

    It is a `ThreadPoolExecutor` by type only, because asyncio insists on one
    (`BaseEventLoop.set_default_executor`); shutting it down waits for nobody.
    """

    def submit(self, fn: Callable[..., T], /, *args: object, **kwargs: object) -> Future[T]:
        """Run `fn` in a daemon thread of its own."""
        future: Future[T] = Future()

        def work() -> None:
            if not future.set_running_or_notify_cancel():
                return
            try:
                future.set_result(fn(*args, **kwargs))
            except BaseException as error:  # noqa: BLE001  # whatever it is, it belongs to the caller
                future.set_exception(error)

        threading.Thread(target=work, name="logview-call", daemon=True).start()
        return future

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Do nothing: a thread that hangs ends with the process."""


async def run_in_daemon_thread(function: Callable[[], T], *, timeout: float | None) -> T:
    """Return the result of `function`, run in a daemon thread, within `timeout` seconds.

    With None it is waited for until somebody cancels. Raises
    `asyncio.TimeoutError` when it takes longer, and whatever the function
    raises. The thread itself is never stopped.
    """
    future = asyncio.wrap_future(DaemonExecutor().submit(function))
    return await asyncio.wait_for(future, timeout)
