"""Children: the environment that other programs are started with. Light."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

_SECRET = ("APIFY_TOKEN", "APIFY_PROXY_PASSWORD")
"""Variables of Apify with secrets that no clipboard tool and no browser needs."""

_SHORTEST = 8
"""Characters of a token below which its value may stand in other variables by chance."""


def child_environ(environ: Mapping[str, str]) -> dict[str, str]:
    """Return an environment for a child program: without Apify's secrets, under any name."""
    secrets = [
        value.strip()
        for name, value in environ.items()
        if name.upper() in _SECRET and len(value.strip()) >= _SHORTEST
    ]
    return {
        name: value
        for name, value in environ.items()
        if name.upper() not in _SECRET and not any(secret in value for secret in secrets)
    }
