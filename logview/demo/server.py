"""Demo: the HTTP server on 127.0.0.1, in a thread of its own, from the standard library alone."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import struct
import threading
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING

from logview.demo import api
from logview.demo.clock import DemoClock
from logview.demo.jobs import ConnectionTornError, World

if TYPE_CHECKING:
    from datetime import datetime

_LONGEST_HEAD = 32768
"""Bytes of request line and headers that are read before the request is refused."""
_LONGEST_BODY = 65536
"""Bytes of a request body that are read to be polite; no request here needs one."""
_LONGEST_GOODBYE = 2.0
"""Wall seconds that a client has to close its side after we closed ours."""
STOP_SECONDS = 5.0
"""Wall seconds that stopping waits for the thread to end."""
_RESET = struct.pack("ii", 1, 0)
"""SO_LINGER with no time: closing the socket sends a reset."""


class _MalformedError(Exception):
    """What came is not an HTTP request; answered with 400."""


@dataclass(frozen=True, slots=True)
class _Request:
    method: str
    target: str
    keep_alive: bool
    chunked: bool
    """Whether the client can read a chunked answer (HTTP/1.1)."""


class DemoServer:
    """Apify's API with the runs of `runs.py`, on a free port of 127.0.0.1 unless one is given.

    `speed` divides all waits of the scripts. `epoch` (with a time zone) is the
    wall-clock moment of the start, and with `frozen_at` the live runs show
    what they have after so many seconds, then stay open and silent: both for
    pictures that never change. Use as a context manager, or `start` and `stop`.
    """

    def __init__(
        self,
        *,
        speed: float = 1.0,
        port: int = 0,
        epoch: datetime | None = None,
        frozen_at: float | None = None,
    ) -> None:
        self._speed, self._port, self._epoch, self._frozen_at = speed, port, epoch, frozen_at
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None
        self._stopping = asyncio.Event()
        self._world: World | None = None
        self.base_url = ""

    def start(self) -> str:
        """Listen and return the base URL, `http://127.0.0.1:PORT`. Raises OSError.

        The socket listens when this returns; the thread takes up what waits.
        """
        if self._thread is not None:
            return self.base_url
        self._world = World(DemoClock(self._speed, self._epoch, self._frozen_at))
        listener = socket.create_server(("127.0.0.1", self._port), backlog=64)
        listener.setblocking(False)
        self.base_url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        self._stopping, self._loop = asyncio.Event(), asyncio.new_event_loop()
        self._thread = threading.Thread(
            target=self._run, args=(self._loop, listener), name="logview-demo", daemon=True
        )
        self._thread.start()
        return self.base_url

    def stop(self) -> None:
        """Close all connections and end the thread; harmless when not started."""
        loop, thread = self._loop, self._thread
        if loop is None or thread is None:
            return
        with contextlib.suppress(RuntimeError):  # the loop has closed by itself
            loop.call_soon_threadsafe(self._stopping.set)
        thread.join(timeout=STOP_SECONDS)
        self._thread = self._loop = None

    def __enter__(self) -> DemoServer:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def _run(self, loop: asyncio.AbstractEventLoop, listener: socket.socket) -> None:
        asyncio.set_event_loop(loop)
        try:
            loop.run_until_complete(self._serve(listener))
            loop.run_until_complete(loop.shutdown_asyncgens())
        finally:
            loop.close()

    async def _serve(self, listener: socket.socket) -> None:
        open_now: set[asyncio.Task[None]] = set()

        def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            task = asyncio.ensure_future(self._serve_connection(reader, writer))
            open_now.add(task)

            def over(task: asyncio.Task[None]) -> None:
                open_now.discard(task)
                writer.transport.abort()

            # A callback, because a task that is cancelled before its first
            # step runs none of its own code.
            task.add_done_callback(over)

        server = await asyncio.start_server(connected, sock=listener, limit=_LONGEST_HEAD)
        await self._stopping.wait()
        server.close()
        # Connections that were just accepted become tasks while we wait.
        while others := asyncio.all_tasks() - {asyncio.current_task()}:
            for task in open_now:
                task.cancel()
            await asyncio.wait(others)
        await asyncio.sleep(0)  # one more turn of the loop, in which the sockets close

    async def _serve_connection(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        """Serve one connection until the client leaves."""
        with contextlib.suppress(ConnectionError):
            await self._serve_requests(reader, writer)

    async def _serve_requests(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        """Answer the requests of one connection until one side has enough."""
        assert self._world is not None
        # drain() then waits until the kernel has everything: nothing is lost
        # to a scripted reset, and no big log piles up for a slow reader.
        writer.transport.set_write_buffer_limits(high=0)
        while True:
            try:
                request = await _read_request(reader)
            except _MalformedError as problem:
                error = api.ApiError(400, "invalid-request", str(problem))
                await _send(reader, writer, error.answer(), None)
                await _close_gracefully(reader, writer)
                return
            if request is None:
                return
            answer = await api.respond(self._world, request.method, request.target)
            try:
                await _send(reader, writer, answer, request)
            except ConnectionTornError:
                raw = writer.get_extra_info("socket")
                raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
                return
            if not request.keep_alive:
                await _close_gracefully(reader, writer)
                return


async def _close_gracefully(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Close our side, and read what still comes: else a reset could overtake the answer."""
    writer.write_eof()
    with contextlib.suppress(asyncio.TimeoutError):
        await asyncio.wait_for(_read_to_end(reader), _LONGEST_GOODBYE)


async def _read_to_end(reader: asyncio.StreamReader) -> None:
    while await reader.read(_LONGEST_BODY):
        pass


async def _read_request(reader: asyncio.StreamReader) -> _Request | None:
    """Return the next request; None when the client has gone. Raises _MalformedError."""
    try:
        head = await reader.readuntil(b"\r\n\r\n")
    except asyncio.IncompleteReadError as gone:
        if gone.partial.strip():
            raise _MalformedError("The request broke off.") from None
        return None
    except asyncio.LimitOverrunError:
        raise _MalformedError("The head of the request is too long.") from None
    first, *lines = head.decode("latin-1").lstrip("\r\n").split("\r\n")
    words = first.split(" ")
    if len(words) != 3 or words[2] not in {"HTTP/1.1", "HTTP/1.0"} or not _is_word(words[0]):
        raise _MalformedError("The first line of the request is malformed.")
    method, target, version = words
    if not target.startswith("/"):
        raise _MalformedError("The address must begin with a slash.")
    headers: dict[str, str] = {}
    for line in filter(None, lines):
        name, colon, value = line.partition(":")
        if not colon or not name or name != name.strip():
            raise _MalformedError("A header is malformed.")
        headers[name.lower()] = value.strip()
    readable = await _skip_body(reader, headers)
    connection = headers.get("connection", "").lower()
    new = version == "HTTP/1.1"
    return _Request(method, target, new and readable and "close" not in connection, chunked=new)


def _is_word(method: str) -> bool:
    return method.isascii() and method.isalpha()


async def _skip_body(reader: asyncio.StreamReader, headers: dict[str, str]) -> bool:
    """Read over a request's body; False where the next request can't be found after it."""
    if "transfer-encoding" in headers:
        return False
    length = headers.get("content-length", "0")
    if not (length.isascii() and length.isdigit()):
        raise _MalformedError("The Content-Length is no number.")
    size = int(length) if len(length) < 10 else _LONGEST_BODY + 1
    try:
        await reader.readexactly(min(size, _LONGEST_BODY))
    except asyncio.IncompleteReadError:
        raise _MalformedError("The request broke off.") from None
    return size <= _LONGEST_BODY


async def _send(
    reader: asyncio.StreamReader,
    writer: asyncio.StreamWriter,
    answer: api.Answer,
    request: _Request | None,
) -> None:
    """Write an answer; one in pieces is chunked, or for HTTP/1.0 ended by closing."""
    body = answer.body
    lines = [f"HTTP/1.1 {answer.status} {HTTPStatus(answer.status).phrase}"]
    lines += [f"{name}: {value}" for name, value in answer.headers.items()]
    chunked = request is not None and request.chunked and not isinstance(body, bytes)
    keep_alive = request is not None and request.keep_alive
    if isinstance(body, bytes):
        lines.append(f"Content-Length: {len(body)}")
    elif chunked:
        lines.append("Transfer-Encoding: chunked")
    lines += ["Connection: " + ("keep-alive" if keep_alive else "close"), "", ""]
    writer.write("\r\n".join(lines).encode("latin-1"))
    if isinstance(body, bytes):
        if request is None or request.method != "HEAD":
            writer.write(body)
        await writer.drain()
        return
    async with contextlib.aclosing(body):
        async for piece in body:
            if reader.at_eof():
                raise ConnectionResetError("the client has gone")
            if piece:
                writer.write(b"%x\r\n%b\r\n" % (len(piece), piece) if chunked else piece)
                await writer.drain()
    if chunked:
        writer.write(b"0\r\n\r\n")
        await writer.drain()
