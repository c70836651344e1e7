"""Tests: runs the real program without a terminal, as a script or a pipe does."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from tests.support.forked import Forked, can_fork

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

TIMEOUT = 60.0
"""Seconds after which a program that does not end is a failure."""


def command(*args: str) -> list[str]:
    """The words that start logview."""
    return [sys.executable, "-m", "logview", *args]


def run(
    *args: str,
    stdin: bytes = b"",
    env: Mapping[str, str] | None = None,
    cwd: Path | None = None,
) -> subprocess.CompletedProcess[bytes]:
    """Run logview to its end; `stdin` is piped into it, `env` is added to the environment."""
    environ = {**os.environ, **(env or {})}
    if can_fork(environ):
        return _run_forked(args, stdin, environ, cwd)
    return subprocess.run(
        command(*args),
        input=stdin,
        capture_output=True,
        env=environ,
        cwd=cwd,
        timeout=TIMEOUT,
        check=False,
    )


def _run_forked(
    args: Sequence[str], stdin: bytes, environ: Mapping[str, str], cwd: Path | None
) -> subprocess.CompletedProcess[bytes]:
    """Do as `subprocess.run` does; a pipe that nothing goes into is closed before it starts."""
    pipes = [os.pipe() for _ in range(3)]
    if not stdin:
        os.close(pipes[0][1])
    theirs = [pipes[0][0], pipes[1][1], pipes[2][1]]
    try:
        program = Forked(args, theirs, environ=environ, cwd=cwd)
    finally:
        for fd in theirs:
            os.close(fd)
    with (
        program,
        os.fdopen(pipes[1][0], "rb") as stdout,
        os.fdopen(pipes[2][0], "rb") as stderr,
        ThreadPoolExecutor(3) as pool,
    ):
        fed = pool.submit(_feed, pipes[0][1], stdin) if stdin else None
        read = pool.submit(stdout.read), pool.submit(stderr.read)
        try:
            code = program.wait(TIMEOUT)
        finally:
            program.kill()  # ends what the threads wait for
        if fed is not None:
            fed.result()
        return subprocess.CompletedProcess(command(*args), code, read[0].result(), read[1].result())


def _feed(fd: int, data: bytes) -> None:
    with contextlib.suppress(BrokenPipeError), os.fdopen(fd, "wb", 0) as file:
        view = memoryview(data)
        while view:
            view = view[file.write(view) :]


class Program(subprocess.Popen[bytes]):
    """A running program that leaving its context ends, whatever it ignores."""

    def __exit__(self, *exc_info: object) -> None:
        """Kill it, so that a failed assertion does not wait for it."""
        self.kill()
        super().__exit__(None, None, None)


def start(
    *args: str, env: Mapping[str, str] | None = None, stdout: int = subprocess.PIPE
) -> Program:
    """Start logview with pipes on all three descriptors."""
    return Program(
        command(*args),
        stdin=subprocess.DEVNULL,
        stdout=stdout,
        stderr=subprocess.PIPE,
        env={**os.environ, **(env or {})},
        bufsize=0,
    )
