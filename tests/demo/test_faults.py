"""The fault server itself: what each fault puts on the wire, and how tests steer it."""

from __future__ import annotations

import asyncio
import socket
import time
import zlib
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import httpx
import pytest

from tests.support.fault_server import JOB_ID, Fault, FaultServer, unused_port

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

LOG = b"".join(b"2026-03-04T05:06:07.%03dZ line %d \xe2\x98\x95\n" % (n, n) for n in range(300))
STREAM = f"/v2/logs/{JOB_ID}?stream=true&raw=true"


@pytest.fixture
def server() -> Iterator[FaultServer]:
    with FaultServer(LOG) as server:
        yield server


@pytest.fixture
async def client(server: FaultServer) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=server.base_url, trust_env=False, timeout=20.0) as client:
        yield client


class Reading:
    """A stream being read, raw or decoded, and how it ended."""

    def __init__(self) -> None:
        self.got = b""
        self.pieces: list[bytes] = []
        self.error: httpx.HTTPError | None = None
        self._grown = asyncio.Condition()

    async def read(self, client: httpx.AsyncClient, url: str = STREAM) -> Reading:
        try:
            async with client.stream("GET", url) as answer:
                async for piece in answer.aiter_bytes():
                    self.got += piece
                    self.pieces.append(piece)
                    async with self._grown:
                        self._grown.notify_all()
        except httpx.HTTPError as error:
            self.error = error
        return self

    async def wait_for(self, size: int) -> None:
        async with self._grown:
            await self._grown.wait_for(lambda: len(self.got) >= size)


def talk(server: FaultServer, path: str = STREAM) -> bytes:
    """Everything that one request gets on the wire, up to the server's FIN."""
    port = urlsplit(server.base_url).port
    assert port is not None
    with socket.create_connection(("127.0.0.1", port), timeout=20) as sock:
        sock.sendall(f"GET {path} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
        got = b""
        while piece := sock.recv(65536):
            got += piece
    return got


async def test_without_faults_a_log_is_replayed_and_tailed(
    server: FaultServer, client: httpx.AsyncClient
) -> None:
    reading = Reading()
    task = asyncio.create_task(reading.read(client))
    await server.wait_for_idle()
    server.append(b"more\n")
    server.append(b"and more\n")
    server.finish()
    await task
    assert (reading.got, reading.error) == (LOG + b"more\nand more\n", None)
    await server.wait_until(lambda s: (s.open_streams, s.idle_streams) == (0, 0))


async def test_requests_are_recorded(server: FaultServer, client: httpx.AsyncClient) -> None:
    server.finish()
    await client.get(STREAM, headers={"Authorization": "Bearer x"})
    await client.get(f"/v2/actor-runs/{JOB_ID}", params={"waitForFinish": 5})
    await client.get("/v2/users/me")
    await server.wait_for_requests(3)
    assert [request.topic for request in server.requests] == ["log", "job", "other"]
    first = server.asked("log")[0]
    assert first.query == {"stream": "true", "raw": "true"}
    assert first.headers["authorization"] == "Bearer x"
    assert first.target == STREAM
    assert first.at <= time.monotonic()
    assert {request.connection for request in server.requests} == {1}


@pytest.mark.parametrize("after", [0, 1, 24, 40, 42, 5000, None])
@pytest.mark.parametrize(
    ("fault", "error"),
    [
        (Fault.reset, httpx.ReadError),
        (Fault.half_close, httpx.RemoteProtocolError),
        (Fault.bad_chunk, httpx.RemoteProtocolError),
        (Fault.early_end, type(None)),
        (Fault.without_length, type(None)),
        (Fault.gzip_garbage, httpx.DecodingError),
    ],
)
async def test_cuts_come_after_exactly_so_many_bytes(
    server: FaultServer, client: httpx.AsyncClient, fault: Any, error: type, after: int | None
) -> None:
    server.plan.append(fault(after))
    reading = await Reading().read(client)
    assert (reading.got, type(reading.error)) == (LOG[:after], error)


async def test_a_cut_can_wait_for_bytes_that_are_still_to_come(
    server: FaultServer, client: httpx.AsyncClient
) -> None:
    server.plan.append(Fault.reset(after=len(LOG) + 3))
    reading = Reading()
    task = asyncio.create_task(reading.read(client))
    await server.wait_for_idle()
    server.append(b"more\n")
    await task
    assert reading.got == LOG + b"mor"
    assert isinstance(reading.error, httpx.ReadError)


async def test_a_short_chunk_breaks_its_promise(server: FaultServer) -> None:
    server.plan.append(Fault.short_chunk(after=40))
    got = await asyncio.to_thread(talk, server)
    assert got.endswith(b"28\r\n" + LOG[:40] + b"\r\n3e8\r\n" + LOG[40:50])


async def test_single_bytes(server: FaultServer, client: httpx.AsyncClient) -> None:
    server.finish()
    server.plan.append(Fault.trickle())
    reading = await Reading().read(client)
    assert reading.got == LOG
    assert {len(piece) for piece in reading.pieces} == {1}


async def test_a_plan_is_followed_and_then_the_default(
    server: FaultServer, client: httpx.AsyncClient
) -> None:
    server.plan += [Fault.empty_stream(), Fault.empty_stream(), Fault.half_close(after=7)]
    server.default = Fault.early_end(after=9)
    got = [(await Reading().read(client)).got for _ in range(5)]
    assert got == [b"", b"", LOG[:7], LOG[:9], LOG[:9]]


async def test_a_stall_holds_on_through_the_end_until_released(
    server: FaultServer, client: httpx.AsyncClient
) -> None:
    server.plan.append(Fault.stall(after=50))
    reading = Reading()
    task = asyncio.create_task(reading.read(client))
    await server.wait_for_idle()
    server.finish("FAILED", exit_code=1)
    job = (await client.get(f"/v2/actor-runs/{JOB_ID}")).json()["data"]
    assert (job["status"], job["exitCode"]) == ("FAILED", 1)
    await reading.wait_for(50)
    assert (reading.got, task.done()) == (LOG[:50], False)
    server.release()
    await task
    assert (reading.got, reading.error) == (LOG, None)


async def test_no_status_line_until_released_or_ever(
    server: FaultServer, client: httpx.AsyncClient
) -> None:
    server.finish()
    server.plan += [Fault.no_head(), Fault.refuse(), Fault.refuse("fin")]
    task = asyncio.create_task(Reading().read(client))
    await server.wait_until(lambda s: s.held == 1)
    server.release()
    assert (await task).got == LOG
    assert isinstance((await Reading().read(client)).error, httpx.ReadError)
    assert isinstance((await Reading().read(client)).error, httpx.RemoteProtocolError)


async def test_a_client_that_leaves_is_noticed(
    server: FaultServer, client: httpx.AsyncClient
) -> None:
    server.plan.append(Fault.stall())
    for _ in range(2):
        task = asyncio.create_task(Reading().read(client))
        await server.wait_for_idle()
        task.cancel()
        await server.wait_until(lambda s: s.open_streams == 0)


async def test_open_streams_can_be_cut_at_will(
    server: FaultServer, client: httpx.AsyncClient
) -> None:
    for _ in range(2):
        task = asyncio.create_task(Reading().read(client))
        await server.wait_for_idle()
        server.cut("reset")
        reading = await task
        assert reading.got == LOG
        assert isinstance(reading.error, httpx.ReadError)


async def test_the_head_slides_between_replays_but_not_under_a_listener(
    server: FaultServer, client: httpx.AsyncClient
) -> None:
    listening = Reading()
    task = asyncio.create_task(listening.read(client))
    await server.wait_for_idle()
    server.slide(100)
    server.append(b"after\n")
    server.finish()
    await task
    assert listening.got == LOG + b"after\n"
    assert (await Reading().read(client)).got == LOG[100:] + b"after\n"


async def test_a_replaced_log_ends_its_listeners(
    server: FaultServer, client: httpx.AsyncClient
) -> None:
    task = asyncio.create_task(Reading().read(client))
    await server.wait_for_idle()
    server.replace(b"another\n")
    old = await task
    assert (old.got, type(old.error)) == (LOG, httpx.RemoteProtocolError)
    server.finish()
    assert (await Reading().read(client)).got == b"another\n"


async def test_a_job_that_is_ready_has_an_empty_stream_that_ends() -> None:
    with FaultServer() as server:
        server.set_job(status="READY")
        async with httpx.AsyncClient(base_url=server.base_url, trust_env=False) as client:
            reading = await Reading().read(client)
            assert (reading.got, reading.error) == (b"", None)


@pytest.mark.parametrize("by", [-7, 7])
async def test_a_wrong_length(server: FaultServer, client: httpx.AsyncClient, by: int) -> None:
    server.plan.append(Fault.wrong_length(by))
    reading = await Reading().read(client)
    assert LOG.startswith(reading.got)
    server.plan.append(Fault.wrong_length(by))
    wire = await asyncio.to_thread(talk, server)
    assert f"Content-Length: {len(LOG) + by}\r\n".encode() in wire
    assert (reading.error is None) == (by < 0)


async def test_gzip_is_flushed_by_chunk(server: FaultServer, client: httpx.AsyncClient) -> None:
    server.plan.append(Fault.gzipped(piece=100))
    reading = Reading()
    task = asyncio.create_task(reading.read(client))
    await server.wait_for_idle()
    server.append(b"more\n")
    server.finish()
    await task
    assert (reading.got, reading.error) == (LOG + b"more\n", None)


@pytest.mark.parametrize("end", ["fin", "reset", "stop"])
async def test_gzip_cut_within_a_block(
    server: FaultServer, client: httpx.AsyncClient, end: Any
) -> None:
    server.plan += [Fault.gzip_cut(after=90, end=end)] * 2
    reading = await Reading().read(client)
    assert LOG.startswith(reading.got)
    assert 90 <= len(reading.got) < len(LOG)
    if end == "fin":
        wire = await asyncio.to_thread(talk, server)
        size, _, body = wire.partition(b"\r\n\r\n")[2].partition(b"\r\n")
        first = zlib.decompressobj(wbits=31).decompress(body[: int(size, 16)])
        assert first == LOG[:90]


async def test_whole_answers(server: FaultServer, client: httpx.AsyncClient) -> None:
    other = Fault.answer(200, b"{}", Content_Type="application/json")
    server.plan += [
        Fault.rate_limited(),
        Fault.rate_limited(retry_after="3"),
        Fault.html(502),
        Fault.html(200),
        Fault.error(403, "insufficient-permissions", "Nein."),
        Fault.answer(500),
        other,
    ]
    answers = [await client.get(STREAM) for _ in range(7)]
    assert [answer.status_code for answer in answers] == [429, 429, 502, 200, 403, 500, 200]
    assert "retry-after" not in answers[0].headers
    assert answers[1].headers["retry-after"] == "3"
    assert answers[3].headers["content-type"].startswith("text/html")
    assert answers[4].json() == {"error": {"type": "insufficient-permissions", "message": "Nein."}}
    assert answers[5].content == b""


async def test_redirects_to_another_server(server: FaultServer, client: httpx.AsyncClient) -> None:
    with FaultServer(b"elsewhere\n") as other:
        other.finish()
        server.plan.append(Fault.redirect(f"{other.base_url}/v2/logs/x"))
        headers = {"Authorization": "Bearer x"}
        answer = await client.get(STREAM, headers=headers, follow_redirects=True)
        assert answer.content == b"elsewhere\n"
        assert "authorization" in server.requests[0].headers
        assert "authorization" not in other.requests[0].headers


async def test_the_job_object_waits_for_the_end(
    server: FaultServer, client: httpx.AsyncClient
) -> None:
    url = f"/v2/actor-runs/{JOB_ID}"
    asking = asyncio.create_task(client.get(url, params={"waitForFinish": 60}))
    await server.wait_for_requests(1, "job")
    server.set_job(statusMessage="nearly there")
    server.finish("ABORTED", exit_code=None)
    data = (await asking).json()["data"]
    assert (data["status"], data["statusMessage"]) == ("ABORTED", "nearly there")


async def test_the_job_object_goes_through_its_statuses_and_faults(
    server: FaultServer, client: httpx.AsyncClient
) -> None:
    url = f"/v2/actor-runs/{JOB_ID}?waitForFinish=60"
    server.statuses += ["READY", "RUNNING", "SUCCEEDED"]
    server.job_plan += [None, Fault.error(401), None]
    answers = [await client.get(url) for _ in range(4)]
    assert [answer.status_code for answer in answers] == [200, 401, 200, 200]
    statuses = [answer.json()["data"]["status"] for answer in answers if not answer.is_error]
    assert statuses == ["READY", "RUNNING", "SUCCEEDED"]
    server.job_default = Fault.error(404)
    assert (await client.get(url)).status_code == 404


async def test_a_build_is_no_run() -> None:
    with FaultServer(kind="build") as server:
        async with httpx.AsyncClient(base_url=server.base_url, trust_env=False) as client:
            assert (await client.get(f"/v2/actor-runs/{JOB_ID}")).status_code == 404
            assert (await client.get(f"/v2/actor-builds/{JOB_ID}")).status_code == 200
            assert (await client.get("/v2/actor-runs")).json()["data"]["items"] == []
            assert (await client.get("/v2/actor-builds")).json()["data"]["total"] == 1


async def test_any_other_path_can_be_given_an_answer(
    server: FaultServer, client: httpx.AsyncClient
) -> None:
    assert (await client.get("/v2/users/me")).status_code == 404
    server.routes["/v2/users/me"] = Fault.answer(200, b"{}")
    assert (await client.get("/v2/users/me?x=1")).content == b"{}"


async def test_a_stopped_server_and_an_unused_port_refuse() -> None:
    with FaultServer() as server:
        gone = server.base_url
    for url in (gone, f"http://127.0.0.1:{unused_port()}"):
        async with httpx.AsyncClient(trust_env=False) as client:
            with pytest.raises(httpx.ConnectError):
                await client.get(url)


async def test_waiting_in_vain_shows_what_was_asked(server: FaultServer) -> None:
    with pytest.raises(AssertionError, match="requests so far"):
        await server.wait_until(lambda s: False, limit=0)
    with pytest.raises(AssertionError, match="requests so far"):
        server.block_until(lambda s: False, limit=0)


def test_it_can_be_awaited_without_a_loop(server: FaultServer) -> None:
    server.plan.append(Fault.half_close(after=20))
    assert LOG[:20] in talk(server)
    server.block_until(lambda s: len(s.asked("log")) == 1)
