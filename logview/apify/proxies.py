"""API client: which proxy of the environment, if any, an address goes through. Light: no httpx."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from logview.apify.address import is_loopback

if TYPE_CHECKING:
    from collections.abc import Mapping

_DEFAULT_PORTS = {"http": 80, "https": 443}


def environment_proxies() -> dict[str, str]:
    """Read HTTP_PROXY, HTTPS_PROXY, ALL_PROXY and NO_PROXY, lower case first.

    On macOS and Windows the system's own settings stand in where the
    environment says nothing (`urllib.request.getproxies`).
    """
    from urllib.request import getproxies  # slow to import

    return getproxies()


def proxy_for(url: str, proxies: Mapping[str, str]) -> str | None:
    """Name the proxy that a request to `url` goes through; None for a direct connection.

    Loopback never goes through one: a proxy's loopback is another machine.
    `proxies` has the keys http, https, all and no, as `environment_proxies` gives them.
    """
    parts = urlsplit(url)
    host = (parts.hostname or "").rstrip(".")
    port = parts.port or _DEFAULT_PORTS.get(parts.scheme, 0)
    if is_loopback(host) or _excepted(host, port, proxies.get("no", "")):
        return None
    proxy = proxies.get(parts.scheme) or proxies.get("all")
    if not proxy:
        return None
    return proxy if "://" in proxy else f"http://{proxy}"


def _excepted(host: str, port: int, no_proxy: str) -> bool:
    """Return whether NO_PROXY names the host, as curl reads it.

    Entries are separated by commas or spaces: `*`, a host (its subdomains are
    meant too, with or without a leading dot), `host:port`, an IP address, or
    a network such as 10.0.0.0/8.
    """
    for entry in no_proxy.replace(",", " ").split():
        name = entry.partition("://")[2] or entry
        if name == "*":
            return True
        if "/" in name:
            if _in_network(host, name):
                return True
            continue
        name, entry_port = _split_port(name)
        if entry_port is not None and entry_port != port:
            continue
        name = name.strip("[]").removeprefix("*").lstrip(".").rstrip(".").lower()
        if name and (host == name or host.endswith(f".{name}")):
            return True
    return False


def _split_port(name: str) -> tuple[str, int | None]:
    head, mark, tail = name.rpartition(":")
    if mark and tail.isascii() and tail.isdigit() and (head.endswith("]") or ":" not in head):
        return head, int(tail)
    return name, None


def _in_network(host: str, network: str) -> bool:
    from ipaddress import ip_address, ip_network  # hardly ever needed

    try:
        return ip_address(host) in ip_network(network, strict=False)
    except ValueError:
        return False


def proxy_name(proxy: str) -> str:
    """Name a proxy without its password, for messages."""
    try:
        parts = urlsplit(proxy)
        host, port = parts.hostname or "?", parts.port
    except ValueError:
        return "the proxy"
    return f"the proxy {host}:{port}" if port else f"the proxy {host}"
