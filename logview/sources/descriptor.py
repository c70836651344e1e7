"""Sources: reading an open descriptor (pipe, terminal, file) without holding up the event loop."""

from __future__ import annotations

import asyncio
import concurrent.futures
import os
import queue
import threading
from contextlib import aclosing
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable

CHUNK = 256 * 1024
"""Bytes that one read asks for."""

PIPE_SIZE = 1024 * 1024
"""Bytes that a pipe is asked to hold (Linux; 64 KiB otherwise): each read costs a turn of the event
loop, and gets what has come meanwhile. More is not allowed without privileges."""

PATIENCE = 0.005
"""Seconds that a call in a thread is waited for at once: most are over by then."""

T = TypeVar("T")


class DaemonThread:
    """Runs one call after another in a daemon thread of its own, which may hang.

    For what is nearly always over at once and now and then never, such as a
    read from a file: neither the event loop nor the end of the program waits
    for it.
    """

    def __init__(self) -> None:
        self._calls: queue.SimpleQueue[Callable[[], None] | None] = queue.SimpleQueue()
        self._started = False

    async def run(self, function: Callable[[], T]) -> T:
        """Return what `function` returns; raises what it raises."""
        future: concurrent.futures.Future[T] = concurrent.futures.Future()

        def call() -> None:
            if not future.set_running_or_notify_cancel():
                return
            try:
                future.set_result(function())
            except BaseException as error:  # noqa: BLE001  # whatever it is, it is the caller's
                future.set_exception(error)

        self._calls.put(call)
        if not self._started:
            self._started = True
            threading.Thread(target=self._serve, name="logview-read", daemon=True).start()
        concurrent.futures.wait([future], PATIENCE)
        return future.result() if future.done() else await asyncio.wrap_future(future)

    def close(self) -> None:
        """End the thread once the call that it is in is over; nobody waits for that."""
        self._calls.put(None)
        self._started = False
        self._calls = queue.SimpleQueue()

    def _serve(self) -> None:
        calls = self._calls
        while (call := calls.get()) is not None:
            call()


async def read_descriptor(fd: int) -> AsyncGenerator[bytes, None]:
    """Yield what comes from `fd` until its end; raises OSError.

    It is not switched to non-blocking, which would hold for every process that
    shares it: it is read when the loop says that there is something to read.
    Descriptors that can't be waited for (regular files, whose disk may not
    answer; all of them on Windows) are read in a thread.
    """
    loop = asyncio.get_running_loop()
    ready = asyncio.Event()
    _widen(fd)
    while True:
        try:
            loop.add_reader(fd, ready.set)
        except (NotImplementedError, OSError):
            break
        try:
            await ready.wait()
        finally:
            # Level-triggered: left there it would wake the loop while nobody reads.
            loop.remove_reader(fd)
        ready.clear()
        try:
            data = os.read(fd, CHUNK)
        except BlockingIOError:  # another process made it non-blocking
            continue
        if not data:
            return
        yield data
    async with aclosing(read_in_thread(lambda: fd)) as chunks:
        async for data in chunks:
            yield data


def _widen(fd: int) -> None:
    """Have a pipe hold more; nothing where the system has no such thing, or refuses."""
    try:
        import fcntl  # not on Windows

        if fcntl.fcntl(fd, fcntl.F_GETPIPE_SZ) < PIPE_SIZE:
            fcntl.fcntl(fd, fcntl.F_SETPIPE_SZ, PIPE_SIZE)
    except (ImportError, AttributeError, OSError):
        return


async def read_in_thread(opening: Callable[[], int]) -> AsyncGenerator[bytes, None]:
    """Return what comes from the descriptor that `opening` returns; raises OSError.

    Opening and reading may block for ever: a daemon thread does both, and is
    left behind when nobody wants more.
    """
    loop = asyncio.get_running_loop()
    arrived: asyncio.Queue[bytes | OSError] = asyncio.Queue()
    space = threading.Semaphore(4)

    def read() -> None:
        try:
            fd = opening()
            _widen(fd)
            while True:
                space.acquire()
                data = os.read(fd, CHUNK)
                _deliver(loop, arrived, data)
                if not data:
                    return
        except OSError as error:
            _deliver(loop, arrived, error)

    threading.Thread(target=read, name="logview-read", daemon=True).start()
    while True:
        item = await arrived.get()
        space.release()
        if isinstance(item, OSError):
            raise item
        if not item:
            return
        yield item


def _deliver(
    loop: asyncio.AbstractEventLoop, arrived: asyncio.Queue[bytes | OSError], item: bytes | OSError
) -> None:
    try:
        loop.call_soon_threadsafe(arrived.put_nowait, item)
    except RuntimeError:  # the loop is closed: nobody is there any more
        raise OSError("nobody reads any more") from None
