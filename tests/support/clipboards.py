"""Tests: fake tools of clipboards, on a PATH of their own."""

from __future__ import annotations

import base64
import os
import stat
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from logview.clipboard.copy import Receipt, copy

if TYPE_CHECKING:
    from collections.abc import Callable

TEXT = "one\ntwo ‹ä›\n"

POSIX = pytest.mark.skipif(sys.platform == "win32", reason="the fake tools are shell scripts")


class Tools:
    """A PATH of our own: only the tools a test puts there, besides what their scripts need."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        for name in ("sh", "cat", "sleep"):
            found = next(
                path
                for directory in ("/usr/bin", "/bin")
                if (path := Path(directory) / name).exists()
            )
            (folder / name).symlink_to(found)
        self.never = folder / "never"
        os.mkfifo(self.never)

    @property
    def environ(self) -> dict[str, str]:
        """The environment of somebody who has these tools only."""
        return {**os.environ, "PATH": str(self.folder)}

    def add(self, name: str, script: str) -> None:
        path = self.folder / name
        path.write_text(f"#!/bin/sh\necho {name} >> {self.folder}/started\n{script}\n")
        path.chmod(path.stat().st_mode | stat.S_IXUSR)

    def keeps(self, name: str) -> str:
        """Give the script that keeps what it gets."""
        return f"cat >> {self.folder}/{name}.out"

    def hangs(self) -> str:
        """Give the script that hangs, of which `wait_ended` knows."""
        return f"echo $$ > {self.folder}/pid; read line < {self.never}"

    def takes(self, *names: str) -> None:
        """Add tools that work."""
        for name in names:
            self.add(name, self.keeps(name))

    def bytes_of(self, name: str) -> bytes:
        return (self.folder / f"{name}.out").read_bytes()

    def took(self, name: str) -> str:
        return self.bytes_of(name).decode()

    def started(self) -> list[str]:
        """Name the tools that ran, in their order."""
        path = self.folder / "started"
        return path.read_text().split() if path.exists() else []

    @property
    def hanging(self) -> bool:
        """Whether the tool that hangs has come to that."""
        path = self.folder / "pid"
        return path.exists() and path.read_text().endswith("\n")

    def pid(self) -> int:
        """Give the process that hangs, once it does."""
        wait_until(lambda: self.hanging)
        return int((self.folder / "pid").read_text())

    def wait_ended(self) -> None:
        """Wait until the process that hung is no more."""
        pid = self.pid()
        wait_until(lambda: not lives(pid))


def lives(pid: int) -> bool:
    """Say whether there is such a process; one that nobody has buried yet is none."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    path = Path(f"/proc/{pid}/stat")
    try:
        return path.read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return not Path("/proc/self/stat").exists()


def wait_until(holds: Callable[[], object]) -> None:
    """Wait until the condition holds; a minute is a failure."""
    deadline = time.monotonic() + 60
    while not holds():
        if time.monotonic() > deadline:
            pytest.fail("the condition never came true")
        time.sleep(0.005)


async def copied(tools: Tools, text: str = TEXT, **environ: str) -> tuple[Receipt, list[str]]:
    """Copy where only these tools are; gives the receipt and what the terminal was sent."""
    sent: list[str] = []
    environment = {**tools.environ, **environ}
    return await copy(text, write_terminal=sent.append, environ=environment), sent


def osc52(text: str) -> str:
    return f"\x1b]52;c;{base64.b64encode(text.encode()).decode()}\x07"
