"""Tests: troubles beside the main thread go to the report, never onto the screen."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

from logview.process import crash

if TYPE_CHECKING:
    from pathlib import Path

PROGRAM = """
import asyncio, threading
from logview.process import crash
from logview.secrets.token import Token

crash.install(Token("the.token.in.use"))

def broken():
    raise RuntimeError("in a thread, with the.token.in.use")

thread = threading.Thread(target=broken)
thread.start()
thread.join()

class Broken:
    def __del__(self):
        raise RuntimeError("in a destructor")

Broken()

async def forgotten():
    async def task():
        raise RuntimeError("in a forgotten task")
    asyncio.ensure_future(task())
    await asyncio.sleep(0)
    await asyncio.sleep(0)

asyncio.run(forgotten())
"""


def test_what_python_would_print_goes_to_the_report(state_folder: Path) -> None:
    done = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")
    (report,) = state_folder.glob("crash-*.txt")
    text = report.read_text()
    for trouble in ("in a thread", "in a destructor", "in a forgotten task"):
        assert trouble in text
    assert "the.token.in.use" not in text


def test_old_reports_are_removed(state_folder: Path) -> None:
    state_folder.mkdir(parents=True)
    for number in range(20):
        (state_folder / f"crash-20250101T0000{number:02}Z-1.txt").touch()
    new = crash.Reporter().write(ValueError("x"))
    kept = sorted(state_folder.glob("crash-*.txt"))
    assert len(kept) == crash.KEPT
    assert kept[-1] == new


def test_a_flood_of_troubles_does_not_fill_the_disk(state_folder: Path) -> None:
    reporter = crash.Reporter()
    for number in range(1000):
        reporter.write(ValueError(str(number)))
    (report,) = state_folder.glob("crash-*.txt")
    assert report.read_text().count("ValueError") <= 100
