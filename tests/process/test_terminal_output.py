"""Output to a terminal that reads nothing, reads again, or goes away, holds nobody."""

from __future__ import annotations

import os
import select
import sys
import threading
import tty

import pytest

if sys.platform == "win32":
    pytest.skip("POSIX terminals", allow_module_level=True)

import pty

from logview.process.terminal_output import MAX_BEHIND, MAX_KEPT, TerminalOutput

PATIENCE = 30.0
FRAME = b"x" * 10_000


class Pair:
    """A pseudo-terminal and the output to it."""

    def __init__(self) -> None:
        self.master, self.slave = pty.openpty()
        tty.setraw(self.slave)
        self.drained = threading.Event()
        self.output = TerminalOutput(self.slave, restore=b"<restore>", on_drained=self.drained.set)
        self.output.start()

    def read(self, until: bytes = b"\0") -> bytes:
        """What the terminal reads, until nothing more comes or it ends with something."""
        found = b""
        while not found.endswith(until) and select.select([self.master], [], [], 0.3)[0]:
            found += os.read(self.master, 1 << 16)
        return found

    def stall(self) -> int:
        """Write frames, which nobody reads, until they are skipped; how many were written."""
        count = 0
        while not self.output.skip_frame():
            self.output.write(FRAME)
            count += 1
        return count


@pytest.fixture
def pair():
    pair = Pair()
    yield pair
    pair.output.stop(0.1)
    for fd in (pair.master, pair.slave):
        os.close(fd)


def test_what_is_written_arrives_in_its_order(pair: Pair) -> None:
    pieces = [b"%d," % number for number in range(20_000)]
    for piece in pieces:
        pair.output.write(piece)
    pair.output.write(b"end")
    assert pair.read(b"end") == b"".join(pieces) + b"end"


def test_frames_are_skipped_until_the_terminal_reads_again(pair: Pair) -> None:
    written = pair.stall()
    assert len(FRAME) * written > MAX_BEHIND
    assert not pair.drained.is_set()
    pair.output.write(b"end")
    assert pair.read(b"end") == FRAME * written + b"end"
    assert pair.drained.wait(PATIENCE)
    assert not pair.output.skip_frame()


def test_nobody_who_skips_nothing_is_called(pair: Pair) -> None:
    pair.output.write(b"end")
    pair.read(b"end")
    pair.output.stop()
    assert not pair.drained.is_set()


def test_what_is_kept_is_bounded(pair: Pair) -> None:
    for _ in range(3 * MAX_KEPT // (1 << 20)):
        pair.output.write(bytes(1 << 20))
    assert len(pair.output._kept) <= MAX_KEPT + (1 << 20)


def test_a_terminal_that_reads_nothing_is_restored_all_the_same(pair: Pair) -> None:
    pair.stall()
    pair.output.stop(0.1)
    assert pair.read().endswith(b"\x18\x1b\\<restore>")


def test_a_terminal_that_is_gone_holds_nobody() -> None:
    pair = Pair()
    pair.stall()
    os.close(pair.master)
    os.close(pair.slave)
    pair.output.stop(PATIENCE)
    assert pair.output.is_gone
    pair.output.write(FRAME)
    assert not pair.output.skip_frame()


def test_a_terminal_that_cannot_be_opened_anew_holds_nobody(monkeypatch) -> None:
    monkeypatch.setattr("logview.process.terminal_output._open_nonblocking", lambda fd: None)
    pair = Pair()
    written = pair.stall()
    pair.output.write(b"end")
    assert pair.read(b"end") == FRAME * written + b"end"
    pair.stall()
    os.close(pair.master)
    pair.output.stop(0.1)
    os.close(pair.slave)
