"""Terminal tests: copying with the real program, and tools that hang, talk and take their time."""

from __future__ import annotations

import base64
import os
import re
import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest

from tests.support.clipboards import POSIX, Tools, wait_until
from tests.support.terminal import LOGVIEW, Terminal
from tests.terminal.keys import CTRL_Q

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = POSIX


# The real program, on a machine where nothing ends by its time limit.
PATIENT = "from logview.clipboard import tools; tools.TIMEOUT = 600.0"
MORE_PATIENT = f"{PATIENT}; tools.GRACE = 60.0"


def on_a_desktop(tools: Tools) -> dict[str, str]:
    return {**tools.environ, "DISPLAY": ":0"}


def test_while_a_tool_hangs_the_screen_lives_and_the_receipt_comes(
    lines: Path, tools: Tools
) -> None:
    tools.add("xclip", tools.hangs())
    with Terminal([str(lines)], env=on_a_desktop(tools)) as terminal:
        terminal.wait_for(" 500 of 500").send("y")
        pid = tools.pid()
        terminal.send("k").wait_for(" 499 of 500")
        os.kill(pid, 0)  # it hung all the while
        terminal.wait_for("Sent 1 line to the terminal (OSC 52)")
        tools.wait_ended()
        terminal.send(CTRL_Q)
        assert terminal.exit_code() == 0


def test_a_tool_that_hangs_does_not_hold_the_exit(lines: Path, tools: Tools) -> None:
    tools.add("xclip", tools.hangs())
    with Terminal([str(lines)], env=on_a_desktop(tools), patch=PATIENT) as terminal:
        terminal.wait_for(" 500 of 500").send("y")
        tools.pid()
        terminal.send(CTRL_Q)
        assert terminal.exit_code() == 0
        assert b"Traceback" not in terminal.raw
        assert terminal.mode() == (True, True)
    tools.wait_ended()


def test_who_copies_and_quits_at_once_has_copied(lines: Path, tools: Tools) -> None:
    tools.add("xclip", f": > {tools.folder}/began; sleep 0.02; {tools.keeps('xclip')}")
    with Terminal([str(lines)], env=on_a_desktop(tools), patch=MORE_PATIENT) as terminal:
        terminal.wait_for(" 500 of 500").send("y")
        wait_until((tools.folder / "began").exists)
        terminal.send(CTRL_Q)
        assert terminal.exit_code() == 0
    assert tools.took("xclip") == "line 500"


@pytest.mark.parametrize(
    ("end", "receipt"),
    [("exit 0", "Copied 1 line (8 B)"), ("exit 1", "Sent 1 line to the terminal (OSC 52)")],
)
def test_what_a_tool_prints_stays_off_the_screen(
    lines: Path, tools: Tools, end: str, receipt: str
) -> None:
    talk = "echo NOISE; echo NOISE >&2; (echo NOISE > /dev/tty) 2> /dev/null"
    tools.add("xclip", f"{talk}; cat > /dev/null; {end}")
    with Terminal([str(lines)], env=on_a_desktop(tools), patch=PATIENT) as terminal:
        terminal.wait_for(" 500 of 500").send("y").wait_for(receipt)
        terminal.send("k").wait_for(" 499 of 500").send(CTRL_Q)
        assert terminal.exit_code() == 0
        assert b"NOISE" not in terminal.raw


@pytest.mark.parametrize("screen", [False, True])
def test_over_ssh_the_terminal_gets_the_logs_own_text(
    tmp_path: Path, tools: Tools, screen: bool
) -> None:
    path = tmp_path / "app.log"
    text = "tab\there 宽宽 é 😀 " + "long " * 200
    path.write_bytes(b"first\n\x1b[31m" + text.encode() + b"\x1b[0m\x1b]52;c;ZXZpbA==\x07\x00\n")
    tools.takes("xclip")
    environ = {**on_a_desktop(tools), "SSH_TTY": "/dev/pts/1"}
    if screen:
        environ |= {"STY": "1.pts-0.host", "TERM": "screen"}
    with Terminal([str(path)], env=environ) as terminal:
        terminal.wait_for(" 2 of 2").send("y")
        terminal.wait_for("Sent 1 line to the terminal (OSC 52)").send("q")
        assert terminal.exit_code() == 0
        raw = terminal.raw
    if screen:
        assert b"\x1bP\x1b]52;c;" in raw
        raw = re.sub(rb"\x1b\\\x1bP|\x1bP(?=\x1b\])|(?<=\x07)\x1b\\", b"", raw)
    sent = re.findall(rb"\x1b\]52;c;([A-Za-z0-9+/=]*)\x07", raw)
    assert [base64.b64decode(copied).decode() for copied in sent] == [text]
    assert tools.started() == []


def test_in_a_real_tmux_the_terminal_around_it_gets_the_line(lines: Path, tmp_path: Path) -> None:
    if not shutil.which("tmux"):
        pytest.skip("there is no tmux here")
    environ = {**os.environ, "TMUX_TMPDIR": str(tmp_path), "SSH_TTY": "/dev/pts/1"}
    tmux = ["tmux", "-L", f"logview-copying-{os.getpid()}", "-f", "/dev/null"]
    program = [*tmux, "new-session", *LOGVIEW, str(lines)]
    with Terminal(env=environ, program=program) as terminal:
        try:
            terminal.wait_for(" 500 of 500").send("y")
            terminal.wait_for("to tmux, which sent it on to the terminal")
            terminal.wait_raw(base64.b64encode(b"line 500"))
            held = subprocess.check_output([*tmux, "show-buffer"], env=environ)
            assert held.strip() == b"line 500"
            terminal.send(CTRL_Q)
            terminal.wait_for("[exited]")
            assert terminal.exit_code() == 0
        finally:
            subprocess.run([*tmux, "kill-server"], env=environ, capture_output=True, check=False)
