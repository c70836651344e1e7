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
import json
import socket
import struct
import threading
import time
import zlib
from collections import deque
from concurrent.futures import Future
from concurrent.futures import TimeoutError as FutureTimeoutError
from dataclasses import dataclass, replace
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Literal
from urllib.parse import parse_qsl, unquote, urlsplit

from tests.support.faults import End, Fault, Request, Topic

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Iterable, Sequence

__all__ = ["JOB_ID", "End", "Fault", "FaultServer", "Request", "Topic", "unused_port"]

JOB_ID = "FaultyRun00000001"
ENDED = frozenset({"SUCCEEDED", "FAILED", "TIMED-OUT", "ABORTED"})
_RESET = struct.pack("ii", 1, 0)
_NOT_FOUND = Fault.error(404, "record-not-found", "Actor run or build was not found.")


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
        self.others: Sequence[str] = ()
        """The IDs of other runs, which are the same but for that."""
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
        self.sent = 0
        """Bytes of the log that went out on all connections together."""
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
        self._waiters: list[tuple[Callable[[FaultServer], object], Future[None]]] = []
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
        self, condition: Callable[[FaultServer], object], limit: float = 20.0
    ) -> None:
        """Wait until a condition on this server is true; AssertionError after `limit` seconds."""
        future = self._watch(condition)
        try:
            await asyncio.wait_for(asyncio.wrap_future(future), limit)
        except asyncio.TimeoutError:
            raise AssertionError(self._story()) from None

    def block_until(self, condition: Callable[[FaultServer], object], limit: float = 20.0) -> None:
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

    def _watch(self, condition: Callable[[FaultServer], object]) -> Future[None]:
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


class CutError(Exception):
    """End the connection now, in this way."""

    def __init__(self, end: End) -> None:
        super().__init__(end)
        self.end = end


@dataclass(slots=True)
class Cursor:
    """A place in the log: which log, and bytes since its true start, slid ones counted."""

    era: int
    at: int


class Connection:
    """Reads requests, and answers each by the next fault of its topic."""

    def __init__(
        self,
        server: FaultServer,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        number: int,
    ) -> None:
        self._server, self._reader, self._writer = server, reader, writer
        self._number = number
        self._left: asyncio.Task[bytes] | None = None

    async def talk(self) -> None:
        """The whole life of the connection."""
        # A drain then lasts until the kernel has all: a reset takes back nothing.
        self._writer.transport.set_write_buffer_limits(high=0)
        try:
            while (request := await self._request()) is not None:
                self._server.requests.append(request)
                self._server.look()
                await self._respond(request)
        except CutError as cut:
            await self._end(cut.end)
        except ConnectionError:
            pass  # the client left
        finally:
            await self.stop_listening()
            self._server.look()

    async def _request(self) -> Request | None:
        try:
            head = await self._reader.readuntil(b"\r\n\r\n")
        except (asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            return None  # gone, or no HTTP at all, such as the start of TLS
        first, *lines = head.decode("latin-1").strip("\r\n").split("\r\n")
        method, target = first.split(" ")[:2]
        pairs = (line.partition(":") for line in lines)
        headers = {name.lower(): value.strip() for name, _, value in pairs}
        address = urlsplit(target)
        return Request(
            method=method,
            target=target,
            path=unquote(address.path),
            query=dict(parse_qsl(address.query, keep_blank_values=True)),
            headers=headers,
            at=time.monotonic(),
            connection=self._number,
            topic=_topic(unquote(address.path)),
        )

    async def _respond(self, request: Request) -> None:
        server = self._server
        if request.path in server.routes:
            await self._whole(server.routes[request.path])
        elif request.topic == "log":
            await self._log(server.plan.popleft() if server.plan else server.default)
        elif request.topic == "job":
            fault = server.job_plan.popleft() if server.job_plan else server.job_default
            await (self._job(request) if fault is None else self._whole(fault))
        elif request.path in {"/v2/actor-runs", "/v2/actor-builds"}:
            expected = request.path == f"/v2/actor-{server.kind}s"
            items = [server.job] if expected else []
            await self._data({"total": len(items), "count": len(items), "items": items})
        else:
            await self._whole(_NOT_FOUND)

    async def _job(self, request: Request) -> None:
        server = self._server
        if not request.path.startswith(f"/v2/actor-{server.kind}s/"):
            await self._whole(_NOT_FOUND)
            return
        if server.statuses:
            server.job["status"] = server.statuses.popleft()
        else:
            until = time.monotonic() + float(request.query.get("waitForFinish", "0"))
            while server.job["status"] not in ENDED and (left := until - time.monotonic()) > 0:
                with contextlib.suppress(asyncio.TimeoutError):
                    await asyncio.wait_for(server.changed.wait(), left)
        ident = request.path.rpartition("/")[2]
        await self._data({**server.job, "id": ident} if ident in server.others else server.job)

    async def _data(self, data: object) -> None:
        body = json.dumps({"data": data}).encode()
        await self._whole(Fault.answer(200, body, Content_Type="application/json"))

    async def _whole(self, fault: Fault) -> None:
        """An answer with a body that is known beforehand."""
        await self._before_head(fault)
        body = fault.body or b""
        await self.head(fault, {"Content-Length": str(len(body) + (fault.length or 0))})
        await self.write(body[: fault.after])
        if fault.end not in {"tail", "stop"}:
            raise CutError(fault.end)

    async def _before_head(self, fault: Fault) -> None:
        if fault.silent:
            await self.hold()
        if fault.headless:
            raise CutError(fault.end)

    async def head(self, fault: Fault, framing: dict[str, str]) -> None:
        lines = [f"HTTP/1.1 {fault.status} {HTTPStatus(fault.status).phrase}"]
        headers = {"Content-Type": "text/plain; charset=utf-8", **framing, **fault.headers}
        lines += [f"{name}: {value}" for name, value in headers.items()]
        await self.write(("\r\n".join(lines) + "\r\n\r\n").encode("latin-1"))

    async def write(self, data: bytes) -> None:
        self._writer.write(data)
        await self._writer.drain()

    async def _log(self, fault: Fault) -> None:
        """The log from the start of what there is, framed and ended as the fault says."""
        server = self._server
        if fault.body is not None:
            await self._whole(fault)
            return
        cursor = server.start_of_log()
        if fault.length is not None:
            await self._whole(replace(fault, body=server.take(cursor, len(server.log))))
            return
        await self._before_head(fault)
        server.open_streams += 1
        try:
            await _LogStream(self, server, fault, cursor).send()
        finally:
            server.open_streams -= 1

    async def hold(self) -> None:
        """Wait for `release`; ends by ConnectionError when the client leaves."""
        releases = self._server.releases
        self._server.held += 1
        self._server.look()
        try:
            while releases == self._server.releases:
                await self.wait_for_change(self._server.changed)
        finally:
            self._server.held -= 1

    async def wait_for_change(self, changed: asyncio.Event) -> None:
        """Wait for an event of the server. Raises ConnectionError when the client leaves."""
        if self._left is None:
            # Nobody here sends a second request before the first is answered,
            # so whatever can be read now is the end.
            self._left = asyncio.ensure_future(self._reader.read(1))
        waiting = asyncio.ensure_future(changed.wait())
        try:
            await asyncio.wait({self._left, waiting}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            waiting.cancel()
        if self._left.done():
            raise ConnectionResetError("the client left")

    async def stop_listening(self) -> None:
        """Leave what the client says next to the reader of requests."""
        if self._left is not None:
            left, self._left = self._left, None
            left.cancel()
            await asyncio.gather(left, return_exceptions=True)

    async def _end(self, end: End) -> None:
        with contextlib.suppress(ConnectionError):
            if end == "reset":
                raw: socket.socket = self._writer.get_extra_info("socket")
                raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
            elif end == "stall":
                await self.hold()
            else:
                self._writer.write_eof()
                # Our side is shut; the client's closing ends the connection.
                await self.wait_for_change(asyncio.Event())


class _LogStream:
    """One replay and its tail."""

    def __init__(
        self, connection: Connection, server: FaultServer, fault: Fault, cursor: Cursor
    ) -> None:
        self._connection, self._server, self._cursor = connection, server, cursor
        self._fault = fault
        self._sent = 0
        self._packer = zlib.compressobj(wbits=31) if fault.gzip else None

    async def send(self) -> None:
        """All of it. Raises CutError where the fault ends the connection."""
        framing = {} if self._fault.unframed else {"Transfer-Encoding": "chunked"}
        if self._fault.gzip:
            framing["Content-Encoding"] = "gzip"
        await self._connection.head(self._fault, framing)
        cuts = self._server.cuts
        while True:
            # Both are read before the log: what is appended in between is not missed.
            changed = self._server.changed
            over = self._server.complete or self._server.job["status"] == "READY"
            room = self._room()
            data = self._server.take(self._cursor, min(self._fault.piece, room)) if room else b""
            if data:
                self._sent += len(data)
                await self._chunk(self._packed(data))
                self._server.sent += len(data)
                self._server.look()
            elif not room or (self._fault.after is None and self._fault.end != "tail"):
                if self._fault.end != "stall":
                    break
                await self._idle(self._connection.hold())
                self._fault = replace(self._fault, end="tail", after=None)
            elif over:
                await self._last_chunk()
                return
            elif cuts[0] != self._server.cuts[0]:
                raise CutError(self._server.cuts[1])
            else:
                await self._idle(self._connection.wait_for_change(changed))
        await self._fail()

    def _room(self) -> int:
        """Bytes that may still come before the end."""
        after = self._fault.after
        return 1 << 30 if after is None else max(after - self._sent, 0)

    async def _idle(self, waiting: Coroutine[object, object, None]) -> None:
        self._server.idle_streams += 1
        self._server.look()
        try:
            await waiting
        finally:
            self._server.idle_streams -= 1

    def _packed(self, data: bytes) -> bytes:
        if self._packer is None:
            return data
        return self._packer.compress(data) + self._packer.flush(zlib.Z_SYNC_FLUSH)

    async def _chunk(self, data: bytes) -> None:
        if self._fault.unframed:
            await self._connection.write(data)
        elif data:
            await self._connection.write(b"%x\r\n%b\r\n" % (len(data), data))

    async def _last_chunk(self) -> None:
        """The proper end; without a frame only closing says it."""
        if self._packer is not None and not self._fault.torn:
            await self._chunk(self._packer.flush(zlib.Z_FINISH))
        if self._fault.unframed:
            raise CutError("fin")
        await self._connection.write(b"0\r\n\r\n")
        await self._connection.stop_listening()

    async def _fail(self) -> None:
        """What the fault does at its end."""
        write = self._connection.write
        following = self._server.take(self._cursor, 4096)
        if self._fault.torn:
            block = self._packed(following or b"an end that was never written")
            await self._chunk(block[: len(block) // 2])
        match self._fault.end:
            case "tail" | "stop":
                await self._last_chunk()
                return
            case "bad-chunk":
                await write(b"zz\r\nno chunk\r\n")
            case "short-chunk":
                await write(b"3e8\r\n" + following[:10])
            case "garbage":
                await self._chunk(b"\xff" * 64)
                await self._last_chunk()
                return
            case _:
                pass
        raise CutError(self._fault.end)


def _topic(path: str) -> Topic:
    parts = path.strip("/").split("/")
    if parts[:2] == ["v2", "logs"] or (len(parts) > 3 and parts[-1] == "log"):
        return "log"
    if len(parts) == 3 and parts[1] in {"actor-runs", "actor-builds"}:
        return "job"
    return "other"
