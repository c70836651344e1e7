"""Bench: a server in a process of its own that streams a log as fast as it is told to.

It speaks just enough of the API for one run: `GET /v2/logs/ID` (chunked) and
`GET /v2/actor-runs/ID`; everything else is 404. What it does is told on
stdout, a JSON object in each line, with times of `time.monotonic`, which all
processes of a machine share.

    python -m tests.bench.server burst       everything at once, then the end
    python -m tests.bench.server flood       100,000 lines/s for ten seconds, then the end
    python -m tests.bench.server quiet       some lines, then silence
"""

from __future__ import annotations

import json
import re
import socket
import sys
import threading
import time
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING, Any

from tests.bench.corpus import BLOCK, SHAPES, Shape, pieces

if TYPE_CHECKING:
    from collections.abc import Iterator

JOB_ID = "BenchStream000001"

_TICK = 0.02
"""Seconds between two pieces of a flood."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What is sent: so many lines, at a rate, and whether the run ends then."""

    shape: Shape
    rate: int = 0
    """Lines a second; 0 for all at once."""
    ends: bool = True


PLANS = {
    "burst": Plan(SHAPES["10MB"]),
    "flood": Plan(Shape("flood", 1_000_000, 122), rate=100_000),
    "quiet": Plan(Shape("quiet", BLOCK, 122), ends=False),
}


class Server:
    """Serves one run; every connection has a thread."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._over = threading.Event()
        self._chunks = list(_chunks(plan))

    def run(self) -> None:
        """Serve until the process is ended."""
        listener = socket.create_server(("127.0.0.1", 0))
        tell("listening", port=listener.getsockname()[1], lines=self._plan.shape.lines)
        while True:
            connection, _ = listener.accept()
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            accepted = time.monotonic()
            threading.Thread(target=self._talk, args=(connection, accepted), daemon=True).start()

    def _talk(self, connection: socket.socket, accepted: float) -> None:
        with connection:
            try:
                for target in _requests(connection):
                    path = target.partition("?")[0]
                    if path == f"/v2/logs/{JOB_ID}":
                        self._log(connection, accepted)
                    elif path == f"/v2/actor-runs/{JOB_ID}":
                        wait = re.search(r"waitForFinish=(\d+)", target)
                        self._over.wait(int(wait[1]) if wait else 0)
                        _answer(connection, 200, {"data": self._job()})
                    else:
                        error = {"type": "record-not-found", "message": "Not here."}
                        _answer(connection, 404, {"error": error})
            except OSError as error:
                tell("gone", why=str(error))

    def _log(self, connection: socket.socket, accepted: float) -> None:
        tell("asked", accepted=accepted, at=time.monotonic())
        connection.sendall(
            b"HTTP/1.1 200 OK\r\nContent-Type: text/plain; charset=utf-8\r\n"
            b"Transfer-Encoding: chunked\r\n\r\n"
        )
        began = time.monotonic()
        late = 0.0
        for number, chunk in enumerate(self._chunks):
            if self._plan.rate:
                ahead = began + number * _TICK - time.monotonic()
                if ahead > 0:
                    time.sleep(ahead)
                late = max(late, -ahead)
            connection.sendall(chunk)
        now = time.monotonic()
        tell("sent", at=now, seconds=now - began, late=late, lines=self._plan.shape.lines)
        if not self._plan.ends:
            threading.Event().wait()
        self._over.set()
        connection.sendall(b"0\r\n\r\n")

    def _job(self) -> dict[str, Any]:
        over = self._over.is_set()
        return {
            "id": JOB_ID, "actId": "BenchActor0000001",
            "status": "SUCCEEDED" if over else "RUNNING",
            "startedAt": "2026-11-20T05:59:50.000Z",
            "finishedAt": "2026-11-20T06:20:00.000Z" if over else None,
            "exitCode": 0 if over else None, "options": {}, "stats": {}, "meta": {},
        }  # fmt: skip


def _chunks(plan: Plan) -> Iterator[bytes]:
    """Give the log in chunks of HTTP: 64 KiB each, or what one tick of a flood holds."""
    log = chain.from_iterable(piece.splitlines(keepends=True) for piece in pieces(plan.shape))
    if plan.rate:
        lines = list(log)
        step = round(plan.rate * _TICK)
        parts = [b"".join(lines[at : at + step]) for at in range(0, len(lines), step)]
    else:
        whole = b"".join(log)
        parts = [whole[at : at + 65536] for at in range(0, len(whole), 65536)]
    for part in parts:
        yield b"%x\r\n%b\r\n" % (len(part), part)


def _requests(connection: socket.socket) -> Iterator[str]:
    """Give the targets of the requests on a connection, until it is closed."""
    data = b""
    while piece := connection.recv(65536):
        data += piece
        while b"\r\n\r\n" in data:
            head, _, data = data.partition(b"\r\n\r\n")
            yield head.split(b" ", 2)[1].decode()


def _answer(connection: socket.socket, status: int, body: dict[str, Any]) -> None:
    text = json.dumps(body).encode()
    head = (
        f"HTTP/1.1 {status} Answer\r\nContent-Type: application/json; charset=utf-8\r\n"
        f"Content-Length: {len(text)}\r\n\r\n"
    )
    connection.sendall(head.encode() + text)


def tell(event: str, **values: Any) -> None:
    """Say on stdout what happened."""
    print(json.dumps({"event": event, **values}), flush=True)


if __name__ == "__main__":
    Server(PLANS[sys.argv[1]]).run()
