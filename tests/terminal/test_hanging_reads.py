"""A share that stops answering after a log was opened, in the real program."""

from __future__ import annotations

import signal
from typing import TYPE_CHECKING

import pytest

from tests.support.terminal import Terminal
from tests.terminal.test_leaving import assert_restored
from tests.terminal.test_stalled import wait_ended

if TYPE_CHECKING:
    from pathlib import Path

LINES = 250_000

PATCH = """
import errno, os, time

pread, fstat = os.pread, os.fstat

def wait():
    while os.path.exists({held!r}):
        time.sleep(0.01)

def slow_pread(*place):
    wait()
    return pread(*place)

def slow_fstat(fd):
    status = fstat(fd)
    if status.st_size > 1 << 20:
        wait()
    return status

def preadv(*place):
    raise OSError(errno.EOPNOTSUPP, "as on a share")

os.pread, os.preadv, os.fstat = slow_pread, preadv, slow_fstat
"""
"""Reads of files, and asking for their status, don't come back while another file is there."""


@pytest.mark.parametrize("leave", ["q", "SIGTERM"])
def test_keys_and_signals_act_while_a_share_hangs(tmp_path: Path, leave: str) -> None:
    log, held = tmp_path / "big.log", tmp_path / "held"
    log.write_text("".join(f"line {number} of a large file, here\n" for number in range(LINES)))
    with Terminal([str(log)], patch=PATCH.format(held=str(held))) as terminal:
        terminal.wait_for(f"line {LINES - 1} of")
        terminal.wait_for("100 %")
        held.touch()
        terminal.send(":50%\r")
        terminal.wait_for("reading…")
        terminal.send("?")
        terminal.wait_for("type to narrow")
        terminal.send("\x1b")
        held.unlink()
        terminal.wait_for(f"line {LINES // 2} of")
        held.touch()
        terminal.send(":10%\r")
        terminal.wait_for("reading…")
        if leave == "q":
            terminal.send("q")
            assert wait_ended(terminal) == 0
        else:
            terminal.signal(signal.SIGTERM)
            assert wait_ended(terminal) == 128 + signal.SIGTERM
        terminal.exit_code()  # reads what is left
        assert_restored(terminal)
