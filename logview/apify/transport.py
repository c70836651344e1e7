"""API client: the way an address is reached: directly or by a proxy, with TLS only for https.

Passing `transport=` to httpx switches its own reading of the environment off,
silently; here everything is said: loopback never goes through a proxy, every
other address as the environment asks, and no TLS context is built before an
https address is asked for (it takes 0.1 s).
"""

from __future__ import annotations

import socket
import ssl

import httpx

from logview.apify.errors import ApifyError, ProxyFailed, TlsFailed
from logview.apify.proxies import environment_proxies, proxy_for, proxy_name

_LIMITS = httpx.Limits(max_connections=None, max_keepalive_connections=4, keepalive_expiry=10)


class Router(httpx.AsyncBaseTransport):
    """Sends each request the way its address needs; connections are kept for each way.

    Raises ProxyFailed for a proxy that can't be used at all and TlsFailed when
    the certificates of SSL_CERT_FILE can't be read, besides what httpx raises.
    """

    def __init__(self) -> None:
        self._ways: dict[tuple[bool, str | None], httpx.AsyncHTTPTransport] = {}
        self._proxies: dict[str, str] | None = None
        self._tls: ssl.SSLContext | None = None

    def proxy_for(self, url: str) -> str | None:
        """Name the proxy that a request to `url` goes through, None for a direct way."""
        if self._proxies is None:
            self._proxies = environment_proxies()
        return proxy_for(url, self._proxies)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send one request (called by httpx)."""
        proxy = self.proxy_for(str(request.url))
        return await self._way(request.url.scheme == "https", proxy).handle_async_request(request)

    async def aclose(self) -> None:
        """Close all connections."""
        ways, self._ways = self._ways, {}
        for way in ways.values():
            await way.aclose()

    def _way(self, secure: bool, proxy: str | None) -> httpx.AsyncHTTPTransport:
        way = self._ways.get((secure, proxy))
        if way is None:
            way = self._ways[secure, proxy] = self._build(secure, proxy)
        return way

    def _build(self, secure: bool, proxy: str | None) -> httpx.AsyncHTTPTransport:
        if proxy is None:
            return httpx.AsyncHTTPTransport(verify=self._context(secure), limits=_LIMITS)
        try:
            via = httpx.Proxy(
                proxy,
                ssl_context=self._context(True) if proxy.lower().startswith("https:") else None,
            )
            return httpx.AsyncHTTPTransport(verify=self._context(secure), limits=_LIMITS, proxy=via)
        except (ValueError, httpx.InvalidURL, ImportError) as error:
            name = proxy_name(proxy)
            if isinstance(error, ImportError):
                raise ProxyFailed(
                    f"{name[:1].upper()}{name[1:]} is a SOCKS proxy.",
                    meaning="SOCKS proxies need a package that is not installed.",
                    remedy="Install httpx[socks] beside logview, or name an HTTP proxy.",
                ) from None
            raise ProxyFailed("The address of the proxy in the environment is not valid.") from None

    def _context(self, secure: bool) -> ssl.SSLContext:
        if not secure:
            # Never used, but httpx builds a full one if none is given. Without
            # certificates it would refuse every server: it fails closed.
            return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        if self._tls is None:
            self._tls = tls_context()
        return self._tls


def tls_context() -> ssl.SSLContext:
    """Build the context for https: httpx's certificates, or SSL_CERT_FILE's and SSL_CERT_DIR's.

    Raises TlsFailed when those can't be read.
    """
    try:
        return httpx.create_ssl_context()
    except (OSError, ssl.SSLError) as error:
        why = " ".join(str(error).split())[:200]
        failed: ApifyError = TlsFailed(
            f"The certificates of this machine can't be read: {why}",
            meaning="SSL_CERT_FILE or SSL_CERT_DIR names something that can't be used.",
            remedy="Correct or unset SSL_CERT_FILE and SSL_CERT_DIR.",
        )
        raise failed from None


def keep_alive(response: httpx.Response) -> None:
    """Set TCP keepalive on the connection: 15 s idle, then 3 probes 5 s apart.

    Done on the socket of the answer, because httpx passes socket options to
    direct connections only, not to those through a proxy. Each option where
    the platform has it; macOS names the first one TCP_KEEPALIVE.
    """
    stream = response.extensions.get("network_stream")
    peer = stream.get_extra_info("socket") if stream is not None else None
    if peer is None:
        return
    idle = "TCP_KEEPIDLE" if hasattr(socket, "TCP_KEEPIDLE") else "TCP_KEEPALIVE"
    wishes = [(socket.SOL_SOCKET, "SO_KEEPALIVE", 1), (socket.IPPROTO_TCP, idle, 15)]
    wishes += [(socket.IPPROTO_TCP, "TCP_KEEPINTVL", 5), (socket.IPPROTO_TCP, "TCP_KEEPCNT", 3)]
    for level, name, value in wishes:
        option = getattr(socket, name, None)
        if option is not None:
            try:
                peer.setsockopt(level, option, value)
            except OSError:
                continue  # a platform that knows the name but not the option: no loss
