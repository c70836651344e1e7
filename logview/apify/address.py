"""API client: what an API address is, and which are loopback. Light: imports no httpx."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

DEFAULT_API_URL = "https://api.apify.com"
"""Apify's own address, without `/v2` (as in the SDKs' APIFY_API_BASE_URL)."""

_HOST = re.compile(r"[^\s/?#@\\\[\]<>\"{}|^`%\x00-\x20\x7f]+")
_DEFAULT_PORTS = {"http": 80, "https": 443}


def parse_api_url(text: str) -> str:
    """Normalize an API address: no trailing slash, no `/v2`.

    Raises ValueError, in words that say what to write instead and hold no
    password, for anything but scheme, host and port.
    """
    url = text.strip()
    if not url:
        raise ValueError("the address is empty")
    if not url.isprintable() or " " in url:
        # urlsplit would drop line breaks in silence
        raise ValueError("it has spaces or control characters in it")
    scheme, mark, rest = url.partition("://")
    if not mark:
        raise ValueError(f"{url!r} has no scheme; write https://{_host_part(url)}")
    scheme = scheme.lower()
    if scheme not in _DEFAULT_PORTS:
        raise ValueError(f"an API address begins with https:// or http://, not {scheme[:20]!r}")
    try:
        parts = urlsplit(f"{scheme}://{rest}")
        host, port = parts.hostname, parts.port
    except ValueError:
        raise ValueError("the host or the port in the address is not valid") from None
    if "@" in parts.netloc:
        bare = parts.netloc.rpartition("@")[2]
        raise ValueError(f"no user name or password belongs in it; write {scheme}://{bare}")
    if not host or port == 0 or not _valid_host(host):
        raise ValueError(f"it has no valid host; write for example {DEFAULT_API_URL}")
    origin = f"{scheme}://{parts.netloc.rstrip(':')}"
    if "?" in url or "#" in url:
        raise ValueError(f"nothing belongs behind the host; write {origin}")
    if parts.path.rstrip("/") not in ("", "/v2"):
        raise ValueError(f"a path does not belong in it; write {origin}")
    return origin


def origin_of(url: str) -> tuple[str, str, int] | None:
    """Return scheme, host and port of an address, comparable; None where it has none (RFC 6454)."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        return None
    if not host or parts.scheme not in _DEFAULT_PORTS:
        return None
    if port is None:
        port = _DEFAULT_PORTS[parts.scheme]
    return parts.scheme, host.rstrip("."), port


def is_loopback(host: str) -> bool:
    """Return whether a host is this machine by its name or number alone: no lookup is made.

    127.0.0.0/8 (RFC 1122), ::1 (RFC 4291), localhost (RFC 6761). Odd spellings
    such as 127.1 are not: then a token is withheld rather than sent.
    """
    host = host.strip("[]").rstrip(".").lower()
    if host in ("localhost", "::1"):
        return True
    numbers = host.split(".")
    return (
        len(numbers) == 4
        and numbers[0] == "127"
        and all(n.isascii() and n.isdigit() and len(n) <= 3 and int(n) < 256 for n in numbers)
    )


def token_may_go_to(url: str) -> bool:
    """Return whether a token may be sent to an address at all: over TLS, or to this machine."""
    origin = origin_of(url)
    return origin is not None and (origin[0] == "https" or is_loopback(origin[1]))


def _valid_host(host: str) -> bool:
    if ":" in host:  # urlsplit has taken the brackets of an IPv6 address away
        return re.fullmatch(r"[0-9a-f:.]+(%\w+)?", host) is not None
    return _HOST.fullmatch(host) is not None and ".." not in host and not host.startswith(".")


def _host_part(text: str) -> str:
    return text.lstrip("/").partition("/")[0].rpartition("@")[2] or "api.apify.com"
