"""Tests: one connection of the fault server, byte by byte. `fault_server.py` is the server."""

from __future__ import annotations

import asyncio
import contextlib
import json
import socket
import struct
import time
import zlib
from dataclasses import dataclass, replace
from http import HTTPStatus
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, unquote, urlsplit

from tests.support.faults import End, Fault, Request, Topic

if TYPE_CHECKING:
    from collections.abc import Coroutine

    from tests.support.fault_server import FaultServer

ENDED = frozenset({"SUCCEEDED", "FAILED", "TIMED-OUT", "ABORTED"})
_RESET = struct.pack("ii", 1, 0)
_NOT_FOUND = Fault.error(404, "record-not-found", "Actor run or build was not found.")


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
            wanted = request.path == f"/v2/actor-{server.kind}s"
            items = [server.job] if wanted else []
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
        await self._data(server.job)

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
