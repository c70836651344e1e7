"""A terminal that reads nothing, reads again, or goes away; being suspended over and over."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import time
from typing import TYPE_CHECKING

import pytest

from tests.support.terminal import Terminal
from tests.terminal.test_leaving import assert_restored

if TYPE_CHECKING:
    from pathlib import Path

GONE_SECONDS = 3.0
"""How long the program may take to end, in seconds, whatever its terminal does."""

MACHINE_SECONDS = 10.0
"""How much longer it takes on a machine that has other things to do."""


def stall(terminal: Terminal, path: Path) -> None:
    """Have more drawn than the kernel keeps, and read nothing of it."""
    before, same = -1, 0
    while same < 20:
        with path.open("a") as file:
            file.write("".join(f"flood {os.urandom(30).hex()}\n" for _ in range(100)))
        terminal.send("gG")
        time.sleep(0.02)
        before, same = (now := terminal.unread), same + 1 if now == before else 0


def wait_ended(terminal: Terminal) -> int:
    """The exit code, without reading anything."""
    return terminal.process.wait(GONE_SECONDS + MACHINE_SECONDS)


@pytest.fixture
def stalled(lines: Path):
    with Terminal([str(lines)], rows=50, cols=200) as terminal:
        terminal.wait_for("line 500")
        stall(terminal, lines)
        yield terminal


def test_signals_act_while_the_terminal_reads_nothing(stalled: Terminal) -> None:
    stalled.signal(signal.SIGTERM)
    assert wait_ended(stalled) == 128 + signal.SIGTERM
    stalled.exit_code()  # reads what is left
    assert_restored(stalled)


def test_keys_act_while_the_terminal_reads_nothing(stalled: Terminal) -> None:
    stalled.send("q")
    assert wait_ended(stalled) == 0


def test_a_terminal_that_reads_again_shows_how_it_is_now(stalled: Terminal, lines: Path) -> None:
    with lines.open("a") as file:
        file.write("the very last line\n")
    stalled.send("gwG")
    stalled.wait_for("the very last line").wait_for("FILE")
    count = lines.read_text().count("\n")
    stalled.wait_for(f"{count:,} of {count:,}")
    written = lines.read_text().split("\n")

    def shows_the_end(terminal: Terminal) -> bool:
        shown = [row.strip(" ▌") for row in terminal.screen if "flood" in row]
        return len(shown) > 30 and written[-2 - len(shown) : -2] == shown

    stalled.wait_for(shows_the_end)  # a note that goes has the rows drawn once more
    stalled.send("q")
    assert stalled.exit_code() == 0


def test_it_ends_when_its_terminal_is_closed(stalled: Terminal) -> None:
    stalled.hang_up()
    assert wait_ended(stalled) == 128 + signal.SIGHUP


BUSY = """
import time
from logview.tui.screens.open import OpenScreen
from logview.tui.textual_internals import write_terminal
def busy(self):
    write_terminal(self.app, "is busy")
    while True:
        time.sleep(0.01)
OpenScreen.key_f9 = busy
"""


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_an_event_loop_that_never_comes_back_holds_nothing(number: signal.Signals) -> None:
    with Terminal(["--demo"], patch=BUSY) as terminal:
        terminal.wait_for("Actor").send("\x1b[20~").wait_raw(b"is busy").signal(number)
        assert terminal.exit_code(GONE_SECONDS + MACHINE_SECONDS) == 128 + number
        assert_restored(terminal)


def test_standard_error_may_be_a_file(lines: Path, tmp_path: Path) -> None:
    with (
        (tmp_path / "errors").open("wb") as errors,
        Terminal([str(lines)], stderr=errors.fileno()) as terminal,
    ):
        terminal.wait_for("line 500").send("q")
        assert terminal.exit_code() == 0
    assert (tmp_path / "errors").read_bytes() == b""


def is_stopped(terminal: Terminal) -> bool:
    state = subprocess.run(
        ["ps", "-o", "stat=", "-p", str(terminal.process.pid)], capture_output=True, check=True
    ).stdout
    return state.startswith(b"T")


@pytest.mark.parametrize("number", [signal.SIGTSTP, signal.SIGSTOP])
def test_it_is_suspended_over_and_over(lines: Path, number: signal.Signals) -> None:
    with Terminal([str(lines)]) as terminal:
        terminal.wait_for("line 500")
        for turn in range(4):
            terminal.signal(number).wait_for(is_stopped)
            before = len(terminal.raw)
            terminal.signal(signal.SIGCONT)
            terminal.wait_for(lambda t, before=before: b"\x1b[?1049h" in t.raw[before:])
            terminal.send("g" if turn % 2 else "G")
            terminal.wait_for("line 2\n" if turn % 2 else "line 500")
        threads = f"/proc/{terminal.process.pid}/task"
        if os.path.isdir(threads):  # noqa: PTH112
            assert len(os.listdir(threads)) < 8  # noqa: PTH208
        terminal.send("q")
        assert terminal.exit_code() == 0
        assert_restored(terminal)


@pytest.mark.parametrize("signals", [["TSTP", "CONT"], ["TSTP", "CONT", "CONT"], ["STOP", "CONT"]])
def test_suspending_and_resuming_at_any_moment(lines: Path, signals: list[str]) -> None:
    with Terminal([str(lines)]) as terminal:
        terminal.wait_for("line 500")
        for turn in range(40):
            for name in signals:
                terminal.signal(signal.Signals[f"SIG{name}"])
                terminal.read(0.01 * (turn % 3))
        # What is typed while it is suspended is discarded.
        terminal.wait_for(lambda t: t.send("g") and "line 2\n" in t.text)
        terminal.send("q")
        assert terminal.exit_code() == 0
        assert_restored(terminal)


def test_what_is_typed_while_it_suspends_stands_in_no_sequence(lines: Path) -> None:
    with Terminal([str(lines)], rows=60, cols=200) as terminal:
        terminal.wait_for("line 500")
        for _ in range(10):
            terminal.send("gG")
            time.sleep(0.02)  # Nothing is read: a frame lies in part before the terminal.
            terminal.signal(signal.SIGTSTP)
            for _ in range(10):
                terminal.send("~")
                time.sleep(0.02)
            # Echoed, once the terminal echoes again.
            terminal.wait_for(lambda t: t.send("~") and is_stopped(t))
            before = len(terminal.raw)
            terminal.signal(signal.SIGCONT)
            terminal.wait_for(lambda t, before=before: b"line 500" in t.raw[before:])
        assert b"~" in terminal.raw
        assert not re.search(rb"\x1b(?:\[[0-9;?]*)?~", terminal.raw)
        terminal.send("q")
        assert terminal.exit_code() == 0
