"""The log as a stream: whole, prompt, and honest about its end."""

from __future__ import annotations

import asyncio
import socket
from typing import TYPE_CHECKING

import pytest

from logview.apify import errors
from logview.apify.client import ApifyClient
from tests.apify.conftest import http, listen, saying
from tests.support.fault_server import JOB_ID, Fault, FaultServer

if TYPE_CHECKING:
    from logview.apify.streams import LogStream

LOG = b"".join(b"2026-11-20T06:00:00.%03dZ line %d\n" % (n % 1000, n) for n in range(3000))


async def collected(server: FaultServer) -> tuple[bytes, errors.ApifyError | None]:
    """Read a log to its end, or to the error that broke it off."""
    held = bytearray()
    try:
        async with (
            ApifyClient(server.base_url, None) as client,
            client.log(JOB_ID, raw=True) as log,
        ):
            async for chunk in log.chunks():
                assert chunk
                held += chunk
    except errors.ApifyError as error:
        return bytes(held), error
    return bytes(held), None


@pytest.mark.parametrize(
    "fault", [Fault.clean(), Fault.clean(piece=7), Fault.gzipped(), Fault.gzipped(piece=100)]
)
async def test_a_whole_log(fault: Fault) -> None:
    with FaultServer(LOG, plan=[fault]) as server:
        server.complete = True
        assert await collected(server) == (LOG, None)


@pytest.mark.parametrize("fault", [Fault.clean(), Fault.gzipped()])
async def test_bytes_come_as_they_are_logged(server: FaultServer, fault: Fault) -> None:
    server.plan.append(fault)
    async with ApifyClient(server.base_url, None) as client, client.log(JOB_ID, raw=True) as log:
        chunks = log.chunks()
        held = await anext(chunks)
        while held != b"one\ntwo\n":
            held += await anext(chunks)
        server.append(b"three\n")
        assert await anext(chunks) == b"three\n"
        server.finish()
        with pytest.raises(StopAsyncIteration):
            await anext(chunks)


async def test_an_empty_stream_ends_at_once(server: FaultServer) -> None:
    server.plan.append(Fault.empty_stream())
    assert await collected(server) == (b"", None)


@pytest.mark.parametrize(
    ("fault", "kind", "type_"),
    [
        (Fault.reset(after=1000), errors.ConnectionLost, "reset"),
        (Fault.half_close(after=1000), errors.ConnectionLost, "closed"),
        (Fault.bad_chunk(after=1000), errors.ConnectionLost, "broken-chunk"),
        (Fault.short_chunk(after=1000), errors.ConnectionLost, "closed"),
        (Fault.wrong_length(by=50), errors.ConnectionLost, "closed"),
        (Fault.gzip_cut(after=1000), errors.ConnectionLost, "closed"),
        (Fault.gzip_cut(after=1000, end="reset"), errors.ConnectionLost, "reset"),
        (Fault.gzip_cut(after=1000, end="stop"), errors.BadCompression, "compression"),
        (Fault.gzip_garbage(after=1000), errors.BadCompression, "compression"),
        (Fault.refuse(), errors.ConnectionLost, "reset"),
        (Fault.refuse("fin"), errors.ConnectionLost, "closed"),
    ],
)
async def test_each_way_to_break_is_reported(
    fault: Fault, kind: type[errors.ApifyError], type_: str
) -> None:
    with FaultServer(LOG, plan=[fault]) as server:
        held, error = await collected(server)
    assert isinstance(error, kind)
    assert error.type == type_
    assert error.retryable
    assert LOG.startswith(held)
    if fault.after is not None and not fault.gzip:
        assert len(held) >= 1000


async def test_a_body_without_frame_reports_it() -> None:
    with FaultServer(LOG, plan=[Fault.without_length(after=500), Fault.clean()]) as server:
        async with ApifyClient(server.base_url, None) as client:
            async with client.log(JOB_ID, raw=True) as log:
                assert not log.framed
                assert b"".join([chunk async for chunk in log.chunks()]) == LOG[:500]
            async with client.log(JOB_ID, raw=True) as log:
                assert log.framed


@pytest.mark.parametrize(
    ("fault", "size", "packed"),
    [
        (Fault.wrong_length(by=0), len(LOG), False),
        (Fault.early_end(), None, False),
        (Fault(gzip=True, end="stop"), None, True),
        (Fault(headers={"Content-Length": "12", "Content-Encoding": "gzip"}, body=b""), None, True),
        (Fault(headers={"Content-Encoding": "identity"}, length=0), len(LOG), False),
    ],
)
async def test_the_size_is_known_where_it_can_be(
    fault: Fault, size: int | None, packed: bool
) -> None:
    with FaultServer(LOG, plan=[fault]) as server:
        async with (
            ApifyClient(server.base_url, None) as client,
            client.log(JOB_ID, raw=True, stream=False, download=True) as log,
        ):
            assert (log.size, log.packed) == (size, packed)
            assert log.content_disposition is None


async def test_a_cancelled_read_ends(server: FaultServer) -> None:
    async with ApifyClient(server.base_url, None) as client:
        reading = asyncio.Event()

        async def read() -> None:
            async with client.log(JOB_ID, raw=True) as log:
                async for _ in log.chunks():
                    reading.set()

        task = asyncio.create_task(read())
        await reading.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        await server.wait_until(lambda s: s.open_streams == 0)
        assert (await client.run(JOB_ID)).id == JOB_ID  # the client is as good as before


async def test_leaving_early_closes_the_connection(server: FaultServer) -> None:
    async with ApifyClient(server.base_url, None) as client:
        async with client.log(JOB_ID, raw=True) as log:
            async for _ in log.chunks():
                break
        await server.wait_until(lambda s: s.open_streams == 0)


class TestWhatIsNoLog:
    async def test_a_login_page(self, server: FaultServer) -> None:
        server.plan.append(Fault.html(200))
        _, error = await collected(server)
        assert isinstance(error, errors.UnexpectedAnswer)
        assert "“200”" in error.cause
        assert error.retryable

    async def test_a_page_that_does_not_go_on(
        self, server: FaultServer, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("logview.apify.client.ERROR_BODY_TIMEOUT", 0.05)
        html = {"Content-Type": "text/html"}
        server.plan.append(Fault(body=b"<html>...", headers=html, end="stall", after=6))
        _, error = await collected(server)
        assert isinstance(error, errors.UnexpectedAnswer)

    async def test_a_log_that_calls_itself_html_is_kept_whole(self, server: FaultServer) -> None:
        async with (
            listen(saying(http(LOG, "Content-Type: text/html"))) as port,
            ApifyClient(f"http://127.0.0.1:{port}", None) as client,
            client.log(JOB_ID, raw=True) as log,
        ):
            assert b"".join([chunk async for chunk in log.chunks()]) == LOG

    @pytest.mark.parametrize("header", ["X-Other: 1", "Content-Type: text/plain", "Content-Type:"])
    async def test_a_log_may_begin_as_html_does(self, header: str) -> None:
        async with (
            listen(saying(http(b"<b>\n", header))) as port,
            ApifyClient(f"http://127.0.0.1:{port}", None) as client,
            client.log(JOB_ID, raw=True) as log,
        ):
            assert b"".join([chunk async for chunk in log.chunks()]) == b"<b>\n"

    async def test_an_encoding_that_was_not_asked_for(self) -> None:
        async with (
            listen(saying(http(b"??", "Content-Encoding: br"))) as port,
            ApifyClient(f"http://127.0.0.1:{port}", None) as client,
        ):
            with pytest.raises(errors.BadCompression):
                async with client.log(JOB_ID, raw=True):
                    pass

    async def test_nothing_but_an_empty_answer(self) -> None:
        async with (
            listen(saying(http(b"", status="204 No Content"))) as port,
            ApifyClient(f"http://127.0.0.1:{port}", None) as client,
        ):
            with pytest.raises(errors.UnexpectedAnswer):
                async with client.log(JOB_ID, raw=True):
                    pass


@pytest.mark.skipif(not hasattr(socket, "TCP_KEEPIDLE"), reason="the option is Linux's")
async def test_the_kernel_asks_after_a_silent_peer(server: FaultServer) -> None:
    async with ApifyClient(server.base_url, None) as client, client.log(JOB_ID, raw=True) as log:
        peer = _socket_of(log)
        assert peer.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE)
        values = [
            peer.getsockopt(socket.IPPROTO_TCP, option)
            for option in (socket.TCP_KEEPIDLE, socket.TCP_KEEPINTVL, socket.TCP_KEEPCNT)
        ]
        assert values == [15, 5, 3]


def _socket_of(log: LogStream) -> socket.socket:
    found = log._response.extensions["network_stream"].get_extra_info("socket")
    assert hasattr(found, "getsockopt")
    return found  # type: ignore[no-any-return]  # asyncio's TransportSocket, a socket in effect
