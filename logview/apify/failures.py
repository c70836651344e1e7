"""API client: from what httpx raises to errors in words for a person.

httpx's exceptions often have an empty text, and one class covers several
causes; the causes are read from the chain below them.
"""

from __future__ import annotations

import errno
import socket
import ssl
from typing import TYPE_CHECKING

import httpx

from logview.apify.errors import (
    ApifyError,
    BadCompression,
    ConnectionFailed,
    ConnectionLost,
    ConnectRefused,
    ConnectTimedOut,
    DnsFailed,
    ProxyFailed,
    ReadTimedOut,
    Refused,
    TlsFailed,
    UnexpectedAnswer,
)
from logview.apify.proxies import proxy_name

if TYPE_CHECKING:
    from collections.abc import Iterator

_BAD_ADDRESS = (httpx.InvalidURL, httpx.UnsupportedProtocol, httpx.LocalProtocolError)
_NO_WAY = {errno.ENETUNREACH, errno.EHOSTUNREACH, errno.ENETDOWN, errno.EADDRNOTAVAIL}


def error_from_exception(
    error: BaseException,
    *,
    host: str,
    proxy: str | None = None,
    answering: bool = False,
    redirected_by: str = "",
) -> ApifyError:
    """Make our error for one of httpx's (or for an InvalidURL or OSError on the way there).

    `host` is what was connected to; `proxy` the proxy on the way there, if
    any; `answering`: the answer had begun; `redirected_by` names the
    host that gave the address, where a redirect did.
    """
    if isinstance(error, httpx.ProxyError):
        return ProxyFailed(f"{_proxy(proxy)} refuses: {_error_text(error)}")
    if isinstance(error, httpx.PoolTimeout | httpx.ReadTimeout | httpx.WriteTimeout):
        return ReadTimedOut(f"{host} did not answer in time.")
    if isinstance(error, httpx.ConnectTimeout):
        if proxy:
            return ProxyFailed(f"{_proxy(proxy)} does not react.")
        return ConnectTimedOut(f"Connecting to {host} took too long.")
    if isinstance(error, httpx.ConnectError):
        return _connect_error(error, host, proxy)
    if isinstance(error, httpx.DecodingError):
        return BadCompression("The compressed answer is broken.")
    if isinstance(error, httpx.RemoteProtocolError):
        return _protocol_error(error, host, answering)
    if isinstance(error, (*_BAD_ADDRESS, ValueError)):
        if redirected_by:
            return UnexpectedAnswer(bad_redirect(redirected_by))
        return Refused(
            f"No request can be made for this address: {_error_text(error)}",
            meaning="The ID or the API URL has characters that no address may have.",
            remedy="Check the ID and the API URL.",
            type="invalid-url",
        )
    return _network_error(error, host)


def bad_redirect(host: str) -> str:
    """Return the sentence for a host that redirects to something that is no address."""
    return f"{host} redirects to an address that is none."


def _connect_error(error: BaseException, host: str, proxy: str | None) -> ApifyError:
    causes = list(_chain(error))
    for cause in causes:
        if isinstance(cause, ssl.SSLError | ssl.CertificateError):
            return _tls_error(cause, host)
    if proxy:
        why = next((_os_error_text(c) for c in causes if isinstance(c, OSError) and c.errno), "")
        return ProxyFailed(f"{_proxy(proxy)} can't be reached{f': {why}' if why else ''}.")
    for cause in causes:
        if isinstance(cause, socket.gaierror):
            return dns_error(host, cause)
        if isinstance(cause, ConnectionRefusedError):
            return ConnectRefused(f"{host} refuses the connection.")
        if isinstance(cause, TimeoutError):
            return ConnectTimedOut(f"Connecting to {host} took too long.")
        if isinstance(cause, OSError) and cause.errno in _NO_WAY:
            return ConnectionFailed(
                f"There is no way to {host}: {_os_error_text(cause)}.",
                meaning="The network is down, or this address can't be reached from here.",
                type="no-network",
            )
    if any(
        "EndOfStream" in type(c).__name__ or "BrokenResource" in type(c).__name__ for c in causes
    ):
        return TlsFailed(
            f"{host} broke off while a safe connection was being made.",
            meaning="A firewall, or a server that does not speak TLS here.",
            remedy="Check the API URL and the network connection.",
        )
    return _network_error(error, host)


def dns_error(host: str, cause: BaseException | None = None) -> DnsFailed:
    """Make the error for a name that can't be resolved."""
    why = _os_error_text(cause) if isinstance(cause, OSError) else ""
    return DnsFailed(f"The name {host} can't be looked up{f' ({why})' if why else ''}.")


def _tls_error(cause: BaseException, host: str) -> TlsFailed:
    if isinstance(cause, ssl.SSLCertVerificationError):
        return TlsFailed(f"The certificate of {host} can't be verified: {cause.verify_message}.")
    reason = str(getattr(cause, "reason", "") or "").replace("_", " ").lower()
    if "wrong version number" in reason or "http request" in reason:
        return TlsFailed(
            f"{host} does not speak TLS on this port.",
            meaning="An https address was given where a plain http server, or no web server, is.",
            remedy="Check the API URL and its port.",
        )
    return TlsFailed(f"No safe connection to {host}: {reason or 'TLS error'}.")


def _protocol_error(error: BaseException, host: str, answering: bool) -> ApifyError:
    words = str(error).lower()
    if "location" in words:
        return UnexpectedAnswer(bad_redirect(host))
    if "without sending a response" in words:
        return ConnectionLost(f"{host} closed the connection without an answer.")
    if "without sending complete message" in words:
        return ConnectionLost(f"{host} closed the connection in the middle of the answer.")
    if answering:
        return ConnectionLost(f"The answer of {host} came damaged.", type="broken-chunk")
    return UnexpectedAnswer(
        f"{host} does not answer as a web server.", remedy="Check the API URL and its port."
    )


def _network_error(error: BaseException, host: str) -> ApifyError:
    for cause in _chain(error):
        if isinstance(cause, ConnectionResetError | ConnectionAbortedError | BrokenPipeError):
            return ConnectionLost(f"{host} reset the connection.", type="reset")
        if isinstance(cause, TimeoutError):
            # The kernel gave the peer up: TCP keepalive or retransmissions were not answered.
            return ConnectionLost(f"{host} does not react any more.", type="dead")
        if isinstance(cause, OSError) and cause.errno in _NO_WAY:
            return ConnectionLost(f"There is no way to {host} any more.", type="no-network")
        if isinstance(cause, ssl.SSLError):
            return ConnectionLost(f"The safe connection to {host} broke.", type="reset")
    words = _error_text(error)
    if isinstance(error, httpx.NetworkError):
        return ConnectionLost(f"The connection to {host} broke.", type="reset")
    return ConnectionFailed(f"The connection to {host} failed: {words}")


def _chain(error: BaseException) -> Iterator[BaseException]:
    """Walk the causes of an error, breadth first, members of groups included."""
    seen: set[int] = set()
    waiting: list[BaseException] = [error]
    while waiting:
        current = waiting.pop(0)
        if id(current) in seen:
            continue
        seen.add(id(current))
        yield current
        waiting.extend(
            cause for cause in (current.__cause__, current.__context__) if cause is not None
        )
        # anyio tries all addresses of a host and raises a group (a backport before 3.11).
        waiting.extend(
            e for e in getattr(current, "exceptions", ()) if isinstance(e, BaseException)
        )


def _os_error_text(error: OSError) -> str:
    return (error.strerror or type(error).__name__)[:100]


def _error_text(error: BaseException) -> str:
    words = " ".join(str(error).split())[:200]
    return words or type(error).__name__


def _proxy(proxy: str | None) -> str:
    name = proxy_name(proxy) if proxy else "the proxy"
    return name[:1].upper() + name[1:]
