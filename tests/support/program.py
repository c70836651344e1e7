"""Tests: runs the real program without a terminal, as a script or a pipe does."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
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
    return subprocess.run(
        command(*args),
        input=stdin,
        capture_output=True,
        env={**os.environ, **(env or {})},
        cwd=cwd,
        timeout=TIMEOUT,
        check=False,
    )


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
