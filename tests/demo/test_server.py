"""The demo's HTTP: connections that stay, requests that are no requests, clients that leave."""

from __future__ import annotations

import contextlib
import socket
import subprocess
import sys
import threading
from http.client import HTTPConnection
from urllib.parse import urlsplit

import pytest

from logview.demo.runs import FINISHED_ID, LIVE_ID, LONG_ID
from logview.demo.server import DemoServer


def connect(url: str) -> socket.socket:
    port = urlsplit(url).port
    assert port is not None
    return socket.create_connection(("127.0.0.1", port), timeout=10)


def read_to_the_end(sock: socket.socket) -> bytes:
    got = b""
    with contextlib.suppress(ConnectionError):
        while piece := sock.recv(65536):
            got += piece
    return got


def talk(url: str, data: bytes) -> bytes:
    """Send bytes, and read until the server closes."""
    with connect(url) as sock:
        sock.sendall(data)
        return read_to_the_end(sock)


def test_one_connection_serves_many_requests() -> None:
    with DemoServer() as server:
        connection = HTTPConnection("127.0.0.1", urlsplit(server.base_url).port, timeout=10)
        for path in ("/v2/users/me", f"/v2/logs/{FINISHED_ID}", "/nothing", "/v2/actor-runs"):
            connection.request("GET", path)
            first = connection.sock
            answer = connection.getresponse()
            assert answer.read()
            assert connection.sock is first
        connection.close()


@pytest.mark.parametrize(
    "request_bytes",
    [
        b"hello\r\n\r\n",
        b"GET /v2/users/me\r\n\r\n",
        b"GET  /v2/users/me HTTP/1.1\r\n\r\n",
        b"GET /v2/users/me HTTP/9.9\r\n\r\n",
        b"GET v2/users/me HTTP/1.1\r\n\r\n",
        b"G\xffT / HTTP/1.1\r\n\r\n",
        b"GET / HTTP/1.1\r\nno colon here\r\n\r\n",
        b"GET / HTTP/1.1\r\nContent-Length: -4\r\n\r\n",
        b"GET / HTTP/1.1\r\nA: " + b"x" * 200_000 + b"\r\n\r\n",
        b"GET //[::1 HTTP/1.1\r\nConnection: close\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\r\n\r\n",
    ],
)
def test_what_is_no_request_is_answered_with_400(request_bytes: bytes) -> None:
    with DemoServer() as server:
        got = talk(server.base_url, request_bytes)
        assert got.startswith(b"HTTP/1.1 400 Bad Request\r\n")
        assert b'"invalid-request"' in got


def test_http_1_0_gets_its_log_unchunked_and_the_end_by_closing() -> None:
    with DemoServer() as server:
        got = talk(server.base_url, b"GET /v2/logs/%b HTTP/1.0\r\n\r\n" % FINISHED_ID.encode())
    head, _, body = got.partition(b"\r\n\r\n")
    assert b"chunked" not in head
    assert body.startswith(b"20")
    assert body.endswith(b"\n")


def test_head_has_no_body() -> None:
    with DemoServer() as server:
        asked = b"HEAD /v2/users/me HTTP/1.1\r\nConnection: close\r\n\r\n"
        got = talk(server.base_url, asked)
    assert got.startswith(b"HTTP/1.1 405 ")
    assert got.endswith(b"\r\n\r\n")


def test_clients_that_leave_in_the_middle_leave_no_trace(
    caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    with DemoServer() as server:
        for path in (f"/v2/logs/{LONG_ID}?stream=true", f"/v2/logs/{LIVE_ID}?stream=true"):
            with connect(server.base_url) as sock:
                sock.sendall(f"GET {path} HTTP/1.1\r\n\r\n".encode())
                assert sock.recv(100)
        with connect(server.base_url) as sock:
            sock.sendall(f"GET /v2/actor-runs/{LIVE_ID}?waitForFinish=60 HT".encode())
        assert b"demo" in talk(
            server.base_url, b"GET /v2/users/me HTTP/1.1\r\nConnection: close\r\n\r\n"
        )
    assert caplog.records == []
    assert capfd.readouterr() == ("", "")


def test_stop_ends_open_streams_and_the_thread() -> None:
    server = DemoServer(frozen_at=10.0)
    url = server.start()
    assert server.start() == url
    with connect(url) as sock:
        sock.sendall(f"GET /v2/logs/{LIVE_ID}?stream=true HTTP/1.1\r\n\r\n".encode())
        assert sock.recv(100).startswith(b"HTTP/1.1 200 OK")
        server.stop()
        assert not read_to_the_end(sock).endswith(b"0\r\n\r\n")
    assert not [thread for thread in threading.enumerate() if thread.name == "logview-demo"]
    server.stop()


def test_a_stopped_server_can_be_started_again() -> None:
    server = DemoServer()
    for _ in range(2):
        url = server.start()
        assert b"demo" in talk(url, b"GET /v2/users/me HTTP/1.0\r\n\r\n")
        server.stop()


def test_a_given_port_is_used_and_a_taken_one_refused() -> None:
    with DemoServer() as server:
        port = urlsplit(server.base_url).port
        assert port is not None
        with pytest.raises(OSError, match=r"in use|10048"):
            DemoServer(port=port).start()


@pytest.mark.parametrize("speed", [0.0, -1.0, float("nan")])
def test_a_speed_that_is_none(speed: float) -> None:
    with pytest.raises(ValueError, match="speed"):
        DemoServer(speed=speed).start()


def test_the_demo_is_light_to_import() -> None:
    code = (
        "import sys, logview.demo.server;"
        "print([m for m in ('httpx', 'h11', 'textual', 'rich') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
