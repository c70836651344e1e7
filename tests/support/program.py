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


def command(*args: str, patch: str = "") -> list[str]:
    """The words that start logview; `patch` is Python that is run first."""
    if patch:
        script = f"{patch}\nfrom logview.cli.main import script\nscript()\n"
        return [sys.executable, "-c", script, *args]
    return [sys.executable, "-m", "logview", *args]


def run(
    *args: str,
    stdin: bytes = b"",
    env: Mapping[str, str] | None = None,
    cwd: Path | None = None,
    patch: str = "",
) -> subprocess.CompletedProcess[bytes]:
    """Run logview to its end; `stdin` is piped into it, `env` is added to the environment."""
    environ = {**os.environ, **(env or {})}
    if can_fork(environ):
        return _run_forked(args, stdin, environ, cwd, patch)
    return subprocess.run(
        command(*args, patch=patch),
        input=stdin,
        capture_output=True,
        env=environ,
        cwd=cwd,
        timeout=TIMEOUT,
        check=False,
    )


def _run_forked(
    args: Sequence[str], stdin: bytes, environ: Mapping[str, str], cwd: Path | None, patch: str
) -> subprocess.CompletedProcess[bytes]:
    """Do as `subprocess.run` does; a pipe that nothing goes into is closed before it starts."""
    pipes = [os.pipe() for _ in range(3)]
    if not stdin:
        os.close(pipes[0][1])
    theirs = [pipes[0][0], pipes[1][1], pipes[2][1]]
    try:
        program = Forked(args, theirs, environ=environ, cwd=cwd, patch=patch)
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


class Program:
    """A running program, unbuffered pipes from its stdout and stderr, nothing on its stdin.

    `stdout` is a descriptor that it writes to in place of a pipe. Leaving its
    context ends it, whatever it ignores.
    """

    def __init__(
        self,
        args: Sequence[str],
        *,
        env: Mapping[str, str] | None = None,
        stdout: int | None = None,
        patch: str = "",
    ) -> None:
        environ = {**os.environ, **(env or {})}
        nothing = os.open(os.devnull, os.O_RDWR)
        out, err = os.pipe(), os.pipe()
        self.stdout = os.fdopen(out[0], "rb", 0)
        self.stderr = os.fdopen(err[0], "rb", 0)
        theirs = [nothing, out[1] if stdout is None else stdout, err[1]]
        self._process: Forked | subprocess.Popen[bytes]
        try:
            if can_fork(environ):
                self._process = Forked(args, theirs, environ=environ, patch=patch)
            else:
                self._process = subprocess.Popen(
                    command(*args, patch=patch),
                    stdin=theirs[0],
                    stdout=theirs[1],
                    stderr=theirs[2],
                    env=environ,
                )
        finally:
            for fd in (nothing, out[1], err[1]):
                os.close(fd)

    def __enter__(self) -> Program:
        return self

    def __exit__(self, *exc_info: object) -> None:
        """Kill it, so that a failed assertion does not wait for it."""
        self._process.kill()
        self._process.wait()
        self.stdout.close()
        self.stderr.close()

    def send_signal(self, number: int) -> None:
        """Send a signal, unless it has ended."""
        self._process.send_signal(number)

    def wait(self, timeout: float) -> int:
        """Wait for its end; return its exit code, or minus the signal that ended it."""
        return self._process.wait(timeout)


def start(
    *args: str,
    env: Mapping[str, str] | None = None,
    stdout: int | None = None,
    patch: str = "",
) -> Program:
    """Start logview; `env` is added to the environment."""
    return Program(args, env=env, stdout=stdout, patch=patch)
