"""Tests of the demo: servers that run fast, and clients that speak to them over sockets."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import TYPE_CHECKING

import httpx
import pytest

from logview.demo.server import DemoServer

if TYPE_CHECKING:
    from collections.abc import Iterator

EPOCH = datetime(2026, 3, 4, 5, 6, 7, tzinfo=timezone.utc)


def client_of(url: str) -> httpx.Client:
    return httpx.Client(base_url=url, trust_env=False, timeout=20.0)


@pytest.fixture
def fast() -> Iterator[httpx.Client]:
    """A client of a demo in which two minutes take half a second."""
    with DemoServer(speed=300.0) as server, client_of(server.base_url) as client:
        yield client


@pytest.fixture
def slow() -> Iterator[httpx.Client]:
    """A client of a demo in which hardly any time passes during a test."""
    with DemoServer(speed=0.0001, epoch=EPOCH) as server, client_of(server.base_url) as client:
        yield client


@pytest.fixture
def still() -> Iterator[httpx.Client]:
    """A client of a demo that stands still 35 s after its start."""
    server = DemoServer(epoch=EPOCH, frozen_at=35.0)
    with server, client_of(server.base_url) as client:
        yield client
