"""Tests: calls that hang hold neither the loop nor the exit."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import threading
from typing import TYPE_CHECKING

import pytest

from logview.process.threads import DaemonExecutor, run_in_daemon_thread
from tests.support.program import TIMEOUT, start

if TYPE_CHECKING:
    from pathlib import Path


async def test_what_the_call_returns_or_raises_comes_back() -> None:
    assert await run_in_daemon_thread(lambda: 42, timeout=TIMEOUT) == 42
    with pytest.raises(ZeroDivisionError):
        await run_in_daemon_thread(lambda: 1 // 0, timeout=TIMEOUT)


async def test_a_call_that_hangs_is_given_up() -> None:
    release = threading.Event()
    with pytest.raises(asyncio.TimeoutError):
        await run_in_daemon_thread(release.wait, timeout=0.05)
    release.set()


async def test_a_loop_runs_its_blocking_calls_in_threads_that_hold_nobody() -> None:
    loop = asyncio.get_running_loop()
    loop.set_default_executor(DaemonExecutor())
    thread = await loop.run_in_executor(None, threading.current_thread)
    assert thread.daemon
    await loop.shutdown_default_executor()


@pytest.mark.skipif(sys.platform == "win32", reason="signals")
def test_a_name_server_that_never_answers_does_not_hold_the_exit(tmp_path: Path) -> None:
    (tmp_path / "sitecustomize.py").write_text(
        "import socket, sys, threading\n"
        "def never(*args, **options):\n"
        "    sys.stderr.write('asking\\n')\n"
        "    sys.stderr.flush()\n"
        "    threading.Event().wait()\n"
        "socket.getaddrinfo = never\n"
    )
    path = os.pathsep.join([str(tmp_path), os.environ["PYTHONPATH"]])
    environ = {"PYTHONPATH": path, "APIFY_API_BASE_URL": "https://api.invalid"}
    with start("HG7ML7M8z78YcAPEB", env=environ) as process:
        assert process.stderr.readline() == b"asking\n"
        process.send_signal(signal.SIGINT)
        assert process.wait(TIMEOUT) == 130
        assert b"Traceback" not in process.stderr.read()
