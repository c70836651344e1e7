"""Terminal tests: logs to be read."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support.fault_server import FaultServer

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def lines(tmp_path: Path) -> Path:
    """A file of 500 lines."""
    path = tmp_path / "app.log"
    path.write_text("".join(f"line {number}\n" for number in range(1, 501)))
    return path


@pytest.fixture
def faulty() -> Iterator[FaultServer]:
    """A run with a log of three lines that goes on."""
    with FaultServer(b"one\ntwo\nthree\n") as server:
        yield server
