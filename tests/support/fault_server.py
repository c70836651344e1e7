"""Tests: an HTTP server that breaks off, stalls and lies, at any byte, on purpose.

    with FaultServer(b"one\\ntwo\\n") as server:
        server.plan += [Fault.reset(after=5), Fault.html(502)]
        ...                                   # a client reads server.base_url + "/v2/logs/x"
        await server.wait_for_requests(3, "log")
        server.append(b"three\\n")
        server.finish("SUCCEEDED")

Every request for a log takes the next `Fault` from `plan`, and `default` once
that is empty; requests for the run or build object likewise from `job_plan`
and `job_default`; `routes` answers any other path. The server runs in a thread
of its own, so that tests without a loop (a program in a pseudo-terminal) can
use it too. All methods may be called from any thread. Nothing here sleeps:
a stall lasts until `release`, a `waitForFinish` as long as its client asks.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
import threading
from collections import deque
from concurrent.futures import Future
from concurrent.futures import TimeoutError as FutureTimeoutError
from typing import TYPE_CHECKING, Any, Literal

from tests.support.fault_connection import Connection, Cursor, CutError
from tests.support.faults import End, Fault, Request, Topic

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

__all__ = ["JOB_ID", "End", "Fault", "FaultServer", "Request", "Topic", "unused_port"]

JOB_ID = "FaultyRun00000001"


class FaultServer:
    """The server; see the module for how it is used. Listens on 127.0.0.1, a free port."""

    def __init__(
        self, log: bytes = b"", *, kind: Literal["run", "build"] = "run", plan: Iterable[Fault] = ()
    ) -> None:
        self.log = bytearray(log)
        """What a replay begins with now; change it by `append`, `slide` and `replace`."""
        self.kind = kind
        self.plan: deque[Fault] = deque(plan)
        self.default = Fault()
        self.job_plan: deque[Fault | None] = deque()
        """None in it: a correct answer."""
        self.job_default: Fault | None = None
        self.statuses: deque[str] = deque()
        """Statuses that the next answers of the job object give in turn, at once."""
        self.routes: dict[str, Fault] = {}
        self.job: dict[str, Any] = {
            "id": JOB_ID, "actId": "FaultyActor000001", "status": "RUNNING",
            "statusMessage": None, "isStatusMessageTerminal": None,
            "startedAt": "2026-03-04T05:06:07.000Z", "finishedAt": None, "exitCode": None,
            "buildNumber": "0.1.2", "options": {}, "stats": {}, "meta": {"origin": "API"},
        }  # fmt: skip
        self.complete = False
        """Whether tailing streams end once they have sent all; `finish` sets it."""
        self.requests: list[Request] = []
        self.connections = 0
        self.open_streams = 0
        """Answers with a log that are being sent, or held open, now."""
        self.idle_streams = 0
        """Those of them that have sent all there is and wait."""
        self.held = 0
        """Answers that wait for `release`."""
        self.base_url = ""
        self.changed = asyncio.Event()
        """Set, and then replaced, when anything here changes."""
        self.releases = 0
        self.cuts: tuple[int, End] = (0, "tail")
        """How often `cut` was called, and the last way to end."""
        self._slid = 0  # bytes that are gone from the head
        self._era = 0  # counts replacements of the log
        self._lock = threading.Lock()
        self._stopping = asyncio.Event()
        self._waiters: list[tuple[Callable[[FaultServer], bool], Future[None]]] = []
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None

    # What a test does to it

    def start(self) -> str:
        """Listen; the base URL."""
        listener = socket.create_server(("127.0.0.1", 0))
        listener.setblocking(False)
        self.base_url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, args=(self._loop, listener), daemon=True)
        self._thread.start()
        return self.base_url

    def stop(self) -> None:
        """Close everything; the port then refuses connections."""
        if self._thread is not None:
            self._call(self._stopping.set)
            self._thread.join(timeout=10)
            self._thread = None

    def __enter__(self) -> FaultServer:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def append(self, data: bytes) -> None:
        """The job logs more."""
        with self._lock:
            self.log += data
        self._call(self.wake)

    def slide(self, count: int) -> None:
        """The platform drops so many bytes from the head; open streams lose nothing sent."""
        with self._lock:
            count = min(count, len(self.log))
            del self.log[:count]
            self._slid += count
        self._call(self.wake)

    def replace(self, data: bytes) -> None:
        """Another log under the same ID; open streams of the old one break off (FIN)."""
        with self._lock:
            self.log[:] = data
            self._slid = 0
            self._era += 1
        self._call(self.wake)

    def set_job(self, **values: Any) -> None:
        """The job object says something new; streams stay open."""
        self.job.update(values)
        self._call(self.wake)

    def finish(self, status: str = "SUCCEEDED", exit_code: int | None = 0) -> None:
        """The job ends: its object says so, and tailing streams end."""
        self.complete = True
        self.set_job(status=status, exitCode=exit_code, finishedAt="2026-03-04T05:08:09.000Z")

    def release(self) -> None:
        """What stalls now goes on."""
        self.releases += 1
        self._call(self.wake)

    def cut(self, end: End = "reset") -> None:
        """End all streams that have sent what there is, in this way, now."""
        self.cuts = (self.cuts[0] + 1, end)
        self._call(self.wake)

    def asked(self, topic: Topic) -> list[Request]:
        """The requests for a log, for the job object, or for anything else."""
        return [request for request in self.requests if request.topic == topic]

    async def wait_until(
        self, condition: Callable[[FaultServer], bool], limit: float = 20.0
    ) -> None:
        """Wait until a condition on this server is true; AssertionError after `limit` seconds."""
        future = self._watch(condition)
        try:
            await asyncio.wait_for(asyncio.wrap_future(future), limit)
        except asyncio.TimeoutError:
            raise AssertionError(self._story()) from None

    def block_until(self, condition: Callable[[FaultServer], bool], limit: float = 20.0) -> None:
        """The same, for tests without a loop."""
        future = self._watch(condition)
        try:
            future.result(limit)
        except FutureTimeoutError:
            raise AssertionError(self._story()) from None

    async def wait_for_requests(self, count: int, topic: Topic | None = None) -> None:
        """Wait until so many requests (of one topic) have come in all."""
        await self.wait_until(lambda s: len(s.asked(topic) if topic else s.requests) >= count)

    async def wait_for_idle(self, streams: int = 1) -> None:
        """Wait until so many open streams have sent all there is, stalled ones among them."""
        await self.wait_until(lambda s: s.idle_streams >= streams)

    # What the connections need of it

    def start_of_log(self) -> Cursor:
        """Where a replay begins now."""
        with self._lock:
            return Cursor(self._era, self._slid)

    def take(self, cursor: Cursor, most: int) -> bytes:
        """Up to so many bytes from a cursor on, which moves; CutError after a `replace`."""
        with self._lock:
            if cursor.era != self._era:
                raise CutError("fin")
            at = max(cursor.at - self._slid, 0)
            data = bytes(self.log[at : at + most])
            cursor.at = self._slid + at + len(data)
            return data

    def wake(self) -> None:
        """Something changed: connections look again, and those who wait. In the loop."""
        changed, self.changed = self.changed, asyncio.Event()
        changed.set()
        self.look()

    def look(self) -> None:
        """Tell those who wait for a condition that is true now. In the loop."""
        for waiter in list(self._waiters):
            condition, future = waiter
            if not future.done() and condition(self):
                future.set_result(None)
            if future.done():
                self._waiters.remove(waiter)

    def _watch(self, condition: Callable[[FaultServer], bool]) -> Future[None]:
        future: Future[None] = Future()

        def add() -> None:
            self._waiters.append((condition, future))
            self.look()

        self._call(add)
        return future

    def _story(self) -> str:
        asked = [f"{request.method} {request.target}" for request in self.requests]
        return f"waited in vain; {self.open_streams} streams open, requests so far: {asked}"

    def _call(self, action: Callable[[], None]) -> None:
        if self._loop is not None:
            with contextlib.suppress(RuntimeError):  # stopped: nobody is left to be told
                self._loop.call_soon_threadsafe(action)

    def _run(self, loop: asyncio.AbstractEventLoop, listener: socket.socket) -> None:
        asyncio.set_event_loop(loop)
        try:
            loop.run_until_complete(self._serve(listener))
        finally:
            loop.close()

    async def _serve(self, listener: socket.socket) -> None:
        open_now: set[asyncio.Task[None]] = set()

        def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            self.connections += 1
            talk = Connection(self, reader, writer, self.connections).talk()
            task = asyncio.ensure_future(talk)
            open_now.add(task)

            def over(task: asyncio.Task[None]) -> None:
                open_now.discard(task)
                writer.transport.abort()

            # A callback, because a task that is cancelled before its first
            # step runs none of its own code.
            task.add_done_callback(over)

        server = await asyncio.start_server(connected, sock=listener)
        await self._stopping.wait()
        server.close()
        # Connections that were just accepted become tasks while we wait.
        while others := asyncio.all_tasks() - {asyncio.current_task()}:
            for task in open_now:
                task.cancel()
            await asyncio.wait(others)
        await asyncio.sleep(0)  # one more turn of the loop, in which the sockets close


def unused_port() -> int:
    """A port of 127.0.0.1 that refuses connections."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])
