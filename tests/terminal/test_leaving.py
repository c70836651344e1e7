"""Terminal tests: however the program ends, the terminal is as it was, and no secret is on it."""

from __future__ import annotations

import os
import signal
import stat
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from tests.support.terminal import Terminal

if TYPE_CHECKING:
    from pathlib import Path

SECRET = "apify_api_0123456789abcdefghijABCDEFGHIJ012345"

PUSH_TITLE, POP_TITLE = b"\x1b[22;0t", b"\x1b[23;0t"
RUN = "WaitingToStart007"
"""On the open screen of the demo, once it is there whole."""


def assert_restored(terminal: Terminal) -> None:
    """Echo and lines as a shell wants them, the main screen, the cursor, no mouse reports."""
    assert terminal.mode() == (True, True)
    for mode in (b"1049", b"1000", b"1003", b"2004"):
        assert terminal.raw.rfind(b"\x1b[?%bl" % mode) > terminal.raw.rfind(b"\x1b[?%bh" % mode)
    assert terminal.raw.rfind(b"\x1b[?25h") > terminal.raw.rfind(b"\x1b[?25l")
    assert terminal.raw.rfind(POP_TITLE) >= terminal.raw.rfind(PUSH_TITLE)


def test_quitting_restores_the_terminal() -> None:
    with Terminal(["--demo"]) as terminal:
        terminal.wait_for(RUN).send("\x11")
        assert terminal.exit_code() == 0
        assert_restored(terminal)
        assert b"logview: " not in terminal.raw


@pytest.mark.parametrize("number", ["TERM", "HUP", "QUIT", "USR1", "USR2", "ALRM"])
def test_being_ended_restores_the_terminal(number: str) -> None:
    with Terminal(["--demo"]) as terminal:
        terminal.wait_for(RUN).signal(signal.Signals[f"SIG{number}"])
        assert terminal.exit_code() == 128 + signal.Signals[f"SIG{number}"]
        assert_restored(terminal)
        assert b"Traceback" not in terminal.raw


def test_keys_come_from_the_terminal_when_stdin_is_something_else() -> None:
    with Terminal(["--demo"], stdin=subprocess.DEVNULL) as terminal:
        terminal.wait_for(RUN).send("\x11")
        assert terminal.exit_code() == 0
        assert_restored(terminal)


def test_keys_come_from_the_terminal_when_stdin_is_closed() -> None:
    shell = ["sh", "-c", f"{sys.executable} -m logview --demo <&-"]
    with Terminal(program=shell) as terminal:
        terminal.wait_for(RUN).send("\x11")
        assert terminal.exit_code() == 0
        assert_restored(terminal)


def test_a_pipe_is_read_while_keys_come_from_the_terminal() -> None:
    reading, writing = os.pipe()
    with Terminal(["-"], stdin=reading) as terminal:
        os.close(reading)
        os.write(writing, b"one\ntwo\n")
        terminal.wait_for("two")
        os.write(writing, b"three\n")
        terminal.wait_for("three").send("q")
        assert terminal.exit_code() == 0
        assert_restored(terminal)
    os.close(writing)


CRASH = f"""
import logview.tui.app as app

def broken(self, *arguments):
    token = "{SECRET}"
    kept = self.settings.token.reveal()
    raise RuntimeError("the token is " + token + kept)

app.LogviewApp.%s = broken
"""


@pytest.mark.parametrize("where", ["action_help", "on_mount", "get_default_screen"])
def test_a_crash_of_our_own_is_one_line_and_shows_no_token(
    where: str, state_folder: Path, tmp_path: Path
) -> None:
    environ = {"APIFY_TOKEN": "the.token.in.use.0123456789", "APIFY_API_BASE_URL": "http://[::1]:9"}
    with Terminal(patch=CRASH % where, env=environ, cols=200) as terminal:
        if where == "action_help":
            terminal.wait_for("type to narrow").send("\x1bOP")  # F1
        assert terminal.exit_code() == 70
        assert_restored(terminal) if where == "action_help" else None
        assert terminal.mode() == (True, True)
        (report,) = state_folder.glob("crash-*.txt")
        messages = [row for row in terminal.screen if row.startswith("logview: ")]
        assert len(messages) == 1
        assert str(report) in messages[0]
        text = report.read_text()
        for seen in (terminal.raw.decode("utf-8", "replace"), text):
            assert SECRET[12:] not in seen
            assert "token.in.use" not in seen
        assert b"Traceback" not in terminal.raw
        assert "in broken" in text
        assert stat.S_IMODE(report.stat().st_mode) == 0o600
