"""Ways in which a connection is not made, and ways round: DNS, TLS, proxies."""

from __future__ import annotations

import asyncio
from contextlib import suppress

import pytest

from logview.apify import errors
from logview.apify.client import ApifyClient
from logview.apify.proxies import proxy_for, proxy_name
from logview.secrets.token import Token
from tests.apify.conftest import CERTIFICATE, http, listen, saying
from tests.support.fault_server import JOB_ID, FaultServer, unused_port

SECRET = "apify_api_SecretSecretSecret1234"
RUN = http(b'{"data": {"status": "READY"}}')


async def failure(api_url: str) -> errors.ApifyError:
    async with ApifyClient(api_url, Token(SECRET), connect_timeout=5) as client:
        with pytest.raises(errors.ApifyError) as caught:
            await client.run(JOB_ID)
    assert SECRET not in f"{caught.value!r}{vars(caught.value)}"
    assert caught.value.cause
    assert caught.value.meaning
    assert caught.value.remedy
    return caught.value


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]"])
async def test_nothing_listens(host: str) -> None:
    error = await failure(f"http://{host}:{unused_port()}")
    if host == "[::1]" and error.type == "no-network":
        pytest.skip("this machine has no IPv6")
    assert isinstance(error, errors.ConnectRefused)


@pytest.mark.parametrize("host", ["logview-test.invalid", "a" * 64, "x..y", "a b"])
async def test_a_name_that_is_not_known(host: str) -> None:
    error = await failure(f"http://{host}")
    assert isinstance(error, errors.DnsFailed | errors.Refused)


@pytest.mark.parametrize(
    "address", ["http://[::1", "http://127.0.0.1:99999", "http://", "ftp://x", ""]
)
async def test_an_address_that_is_none(address: str) -> None:
    error = await failure(address)
    assert isinstance(error, errors.Refused)


async def test_something_that_does_not_speak_http() -> None:
    async with listen(saying(b"220 mail.example.com ESMTP\r\n\r\n")) as port:
        error = await failure(f"http://127.0.0.1:{port}")
    assert isinstance(error, errors.UnexpectedAnswer)


async def test_headers_that_are_too_long() -> None:
    async with listen(saying(b"HTTP/1.1 200 OK\r\nX: " + b"x" * 300_000)) as port:
        error = await failure(f"http://127.0.0.1:{port}")
    assert error.retryable


class TestTls:
    async def test_a_known_certificate(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("SSL_CERT_FILE", str(CERTIFICATE))
        heard: list[bytes] = []
        async with (
            listen(saying(RUN, heard), tls=True) as port,
            ApifyClient(f"https://localhost:{port}", Token(SECRET)) as client,
        ):
            assert (await client.run(JOB_ID)).status == "READY"
        assert SECRET.encode() in heard[0]

    async def test_an_unknown_certificate(self) -> None:
        async with listen(saying(RUN), tls=True) as port:
            error = await failure(f"https://127.0.0.1:{port}")
        assert isinstance(error, errors.TlsFailed)
        assert "certificate" in error.cause
        assert "SSL_CERT_FILE" in error.remedy

    async def test_a_plain_server_behind_https(self) -> None:
        async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await reader.read(100)
            writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
            await writer.drain()

        async with listen(answer) as port:
            error = await failure(f"https://127.0.0.1:{port}")
        assert isinstance(error, errors.TlsFailed)
        assert "does not speak TLS" in error.cause

    async def test_a_handshake_that_is_broken_off(self) -> None:
        async def leave(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await reader.read(100)

        async with listen(leave) as port:
            error = await failure(f"https://127.0.0.1:{port}")
        assert isinstance(error, errors.TlsFailed | errors.ConnectionLost)

    async def test_certificates_that_cannot_be_read(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("SSL_CERT_FILE", "/no/such/file.pem")
        error = await failure(f"https://127.0.0.1:{unused_port()}")
        assert isinstance(error, errors.TlsFailed)
        assert "SSL_CERT_FILE" in error.meaning

    async def test_http_builds_no_context(
        self, server: FaultServer, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("SSL_CERT_FILE", "/no/such/file.pem")  # building one would fail
        async with ApifyClient(server.base_url, None) as client:
            await client.run(JOB_ID)


class TestProxies:
    async def test_loopback_never_goes_through_one(
        self, server: FaultServer, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
            monkeypatch.setenv(name, f"http://127.0.0.1:{unused_port()}")
        async with ApifyClient(server.base_url, None) as client:
            assert (await client.run(JOB_ID)).id == JOB_ID

    @pytest.mark.parametrize("name", ["HTTP_PROXY", "http_proxy", "ALL_PROXY"])
    async def test_http_goes_through_one_without_the_token(
        self, monkeypatch: pytest.MonkeyPatch, name: str
    ) -> None:
        heard: list[bytes] = []
        async with listen(saying(RUN, heard)) as port:
            monkeypatch.setenv(name, f"http://jane:pw@127.0.0.1:{port}")
            async with ApifyClient("http://api.example.test", Token(SECRET)) as client:
                assert (await client.run(JOB_ID)).status == "READY"
        assert heard[0].startswith(b"GET http://api.example.test/v2/actor-runs/")
        assert b"\r\nproxy-authorization: basic " in heard[0].lower()
        assert SECRET.encode() not in heard[0]

    async def test_https_goes_through_a_tunnel(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("SSL_CERT_FILE", str(CERTIFICATE))
        asked: list[bytes] = []
        heard: list[bytes] = []
        async with listen(saying(RUN, heard), tls=True) as target:

            async def tunnel(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
                asked.append(await reader.readuntil(b"\r\n\r\n"))
                writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
                there = await asyncio.open_connection("127.0.0.1", target)
                await asyncio.gather(_copy(reader, there[1]), _copy(there[0], writer))

            async with listen(tunnel) as port:
                monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{port}")
                async with ApifyClient("https://api.example.test", Token(SECRET)) as client:
                    assert (await client.run(JOB_ID)).status == "READY"
        assert asked[0].startswith(b"CONNECT api.example.test:443 ")
        assert SECRET.encode() not in asked[0]
        assert f"Authorization: Bearer {SECRET}".encode() in heard[0]

    async def test_no_proxy(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("HTTP_PROXY", f"http://127.0.0.1:{unused_port()}")
        monkeypatch.setenv("NO_PROXY", "example.org, .invalid")
        assert isinstance(await failure("http://api.invalid"), errors.DnsFailed)

    async def test_one_that_is_not_there(self, monkeypatch: pytest.MonkeyPatch) -> None:
        port = unused_port()
        monkeypatch.setenv("ALL_PROXY", f"http://jane:hunter2@127.0.0.1:{port}")
        for address in ("http://api.example.test", "https://api.example.test"):
            error = await failure(address)
            assert isinstance(error, errors.ProxyFailed)
            assert f"127.0.0.1:{port}" in error.cause
            assert "hunter2" not in error.cause

    async def test_one_that_refuses(self, monkeypatch: pytest.MonkeyPatch) -> None:
        answer = http(b"", status="407 Proxy Authentication Required")
        async with listen(saying(answer)) as port:
            monkeypatch.setenv("ALL_PROXY", f"http://127.0.0.1:{port}")
            for address in ("http://api.example.test", "https://api.example.test"):
                error = await failure(address)
                assert isinstance(error, errors.ProxyFailed)
                assert "407" in error.cause

    @pytest.mark.parametrize(
        "proxy",
        ["http://[", "socks5://127.0.0.1:1", "gopher://x", "http://a b:5", "http://h:99999"],
    )
    async def test_one_that_cannot_be_used(
        self, monkeypatch: pytest.MonkeyPatch, proxy: str
    ) -> None:
        monkeypatch.setenv("ALL_PROXY", proxy)
        assert isinstance(await failure("http://api.example.test"), errors.ProxyFailed)


async def _copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        with suppress(ConnectionError):
            while data := await reader.read(4096):
                writer.write(data)
                await writer.drain()
    finally:
        writer.close()


ALL = {"http": "http://h:1", "https": "s:2", "all": "http://a:3"}


@pytest.mark.parametrize(
    ("url", "no", "proxy"),
    [
        ("http://x.org/", "", "http://h:1"),
        ("https://x.org/", "", "http://s:2"),
        ("http://127.0.0.1/", "", None),
        ("http://127.9.9.9/", "", None),
        ("https://localhost/", "", None),
        ("http://[::1]/", "", None),
        ("http://127.0.0.1.evil.org/", "", "http://h:1"),
        ("http://127.1/", "", "http://h:1"),
        ("http://x.org/", "*", None),
        ("http://x.org/", "x.org", None),
        ("http://X.org/", "a, .x.org ,b", None),
        ("http://api.x.org/", "x.org", None),
        ("http://api.x.org/", "*.x.org", None),
        ("http://notx.org/", "x.org", "http://h:1"),
        ("http://x.org/", "x.org:81", "http://h:1"),
        ("http://x.org:81/", "x.org:81", None),
        ("https://x.org/", "x.org:443", None),
        ("http://10.1.2.3/", "10.0.0.0/8", None),
        ("http://11.1.2.3/", "10.0.0.0/8", "http://h:1"),
        ("http://x.org/", "10.0.0.0/8, http://x.org", None),
        ("http://[fe80::1]/", "fe80::1", None),
        ("http://[fe80::1]:9/", "[fe80::1]:9", None),
        ("http://x.org/", " , ,", "http://h:1"),
    ],
)
def test_which_proxy(url: str, no: str, proxy: str | None) -> None:
    assert proxy_for(url, {**ALL, "no": no}) == proxy


def test_all_stands_in_for_the_scheme() -> None:
    assert proxy_for("https://x.org", {"all": "p:1"}) == "http://p:1"
    assert proxy_for("https://x.org", {}) is None


def test_a_proxy_is_named_without_its_password() -> None:
    assert proxy_name("http://jane:pw@h:1") == "the proxy h:1"
    assert proxy_name("http://[") == "the proxy"
