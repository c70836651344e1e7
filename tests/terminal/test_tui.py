"""Terminal tests: the screen as a person at a real terminal meets it."""

from __future__ import annotations

import base64
import os
import random
import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from logview.demo.runs import FINISHED_ID, LIVE_ID, REFUSED_IDS
from tests.support.fault_server import JOB_ID, Fault, FaultServer
from tests.support.terminal import Terminal
from tests.terminal.keys import CTRL_C, CTRL_L, CTRL_Q, CTRL_Z, DOWN, ENTER, ESCAPE, F2, LISTED

if TYPE_CHECKING:
    from collections.abc import Callable

# The main path


def test_the_demo_from_end_to_end() -> None:
    with Terminal(["--demo"], env={**os.environ, "LOGVIEW_DEMO_SPEED": "200"}) as terminal:
        terminal.wait_for(LISTED)
        terminal.send(DOWN).wait_for("r reload")
        row, _ = terminal.find(LIVE_ID)
        first, _ = terminal.find("Status")
        terminal.send(DOWN * (row - first - 1)).send(ENTER)
        terminal.wait_for(f"run {LIVE_ID}").wait_for("shop-price-crawler")
        terminal.wait_for("ENDED").wait_for("FAILED")
        terminal.send("g").wait_for(" 1 of ")
        terminal.send("/timed out").wait_for("match 1 of")
        terminal.send(ENTER).send("n").wait_for("match 2 of")
        terminal.send("&error" + ENTER).wait_for("error ×")
        terminal.send("q").wait_for(LISTED)
        terminal.send("q")
        assert terminal.exit_code() == 0
        assert b"logview: " not in terminal.raw


def test_a_run_that_was_named(isolated: Path) -> None:
    environ = {**os.environ, "LOGVIEW_DEMO_SPEED": "200"}
    with Terminal(["--demo", FINISHED_ID], env=environ) as terminal:
        terminal.wait_for("ENDED").wait_for("SUCCEEDED").send("q")
        assert terminal.exit_code() == 0


def test_an_id_that_is_unknown_comes_back_to_be_mended() -> None:
    with Terminal(["--demo", REFUSED_IDS[404]]) as terminal:
        terminal.wait_for("demo runs on this machine").wait_for("There is no such run")
        assert REFUSED_IDS[404] in terminal.text
        terminal.send(CTRL_Q)
        assert terminal.exit_code() == 0


def test_what_is_typed_ahead_belongs_to_what_it_opens(lines: Path) -> None:
    with Terminal([str(lines)]) as terminal:
        terminal.wait_for("line 500")
        terminal.send("g/line 77" + ENTER).wait_for(" 77 of 500")
        terminal.send("250G").wait_for(" 250 of 500")
        terminal.send("&0" + ENTER + "X").wait_for("space toggle")
        terminal.send(ESCAPE).wait_for("/ search").send("q")
        assert terminal.exit_code() == 0


def test_a_file_is_followed(lines: Path) -> None:
    with Terminal([str(lines)]) as terminal:
        terminal.wait_for(" 500 of 500")
        with lines.open("a") as file:
            file.write("line 501\nunfinished")
        terminal.wait_for("unfinished")
        terminal.send("kk").wait_for("PAUSED")
        with lines.open("a") as file:
            file.write("\nmore\n")
        terminal.wait_for("▼ 1 new")
        terminal.send("G").wait_gone("▼").send("q")
        assert terminal.exit_code() == 0


def test_standard_input_and_its_end() -> None:
    program = ["sh", "-c", f"printf 'one\\ntwo\\n' | {sys.executable} -m logview -"]
    with Terminal(program=program) as terminal:
        terminal.wait_for("two").wait_for(" 2 of 2")
        terminal.send("/one" + ENTER).wait_for("match 1 of 1").send("q")
        assert terminal.exit_code() == 0


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="needs Linux's /proc")
def test_keys_are_not_read_from_the_null_device(lines: Path) -> None:
    # Textual would read its end again and again, at full load, and hear no key.
    with Terminal([str(lines)], stdin=subprocess.DEVNULL) as terminal:
        terminal.wait_for(" 500 of 500")
        keyboard = Path(f"/proc/{terminal.process.pid}/fd/0").readlink()
        assert keyboard.parts[1] == "dev"
        assert keyboard.name != "null"
        terminal.send("k").wait_for("PAUSED").send("q")
        assert terminal.exit_code() == 0


# Troubles


def test_a_dropped_connection_is_reported_and_mended(faulty: FaultServer) -> None:
    faulty.plan += [Fault.reset(after=8)]
    environ = {**os.environ, "APIFY_API_BASE_URL": faulty.base_url}
    with Terminal([JOB_ID], env=environ) as terminal:
        terminal.wait_for("three")
        faulty.append(b"four\n")
        terminal.wait_for("four")
        faulty.finish("SUCCEEDED")
        terminal.wait_for("ENDED").wait_for("SUCCEEDED")
        assert [row[2:] for row in terminal.screen[1:5]] == ["one", "two", "three", "four"]
        terminal.send("q")
        assert terminal.exit_code() == 0


SECRET = "apify_api_0123456789abcdefghijABCDEFGHIJ012345"

PATCHES = {
    "drawing": """
from logview.tui.widgets.log_pane import LogPane
def broken(self, y, token={secret!r}):
    raise ValueError("broken with " + token)
LogPane.render_line = broken
""",
    "reading": """
from logview.sources.file import FileSource
async def broken(self):
    token = {secret!r}
    raise ValueError("broken with " + token)
    yield
FileSource.events = broken
""",
    "a timer": """
from logview.tui.screens.log.screen import LogScreen
def broken(self):
    token = {secret!r}
    raise ValueError("broken with " + token)
before = LogScreen.on_mount
async def on_mount(self):
    self.set_timer(0.01, lambda: broken(self))
    await before(self)
LogScreen.on_mount = on_mount
""",
    "a key": """
from logview.tui.screens.log.screen import LogScreen
def broken(self):
    token = {secret!r}
    raise ValueError("broken with " + token)
LogScreen.action_follow = broken
""",
}


@pytest.mark.parametrize("where", PATCHES)
def test_a_crash_is_one_line_without_the_token(where: str, lines: Path, state_folder: Path) -> None:
    patch = PATCHES[where].format(secret=SECRET)
    with Terminal([str(lines)], patch=patch, cols=200) as terminal:
        if where == "a key":
            terminal.wait_for(" 500 of 500").send("f")
        assert terminal.exit_code() == 70
        (report,) = state_folder.glob("crash-*.txt")
        messages = [row for row in terminal.screen if row.strip()]
        assert len(messages) == 1
        assert messages[0].startswith("logview: crashed (ValueError)")
        assert str(report) in messages[0]
        assert SECRET[:14].encode() not in terminal.raw
        assert SECRET[10:] not in report.read_text()
        assert "in broken" in report.read_text()
        assert terminal.mode() == (True, True)
        for mode in (1049, 1000, 1003, 1006, 2004):
            on, off = b"\x1b[?%dh" % mode, b"\x1b[?%dl" % mode
            assert terminal.raw.rfind(off) > terminal.raw.rfind(on) or on not in terminal.raw
        assert terminal.raw.rfind(b"\x1b[?25h") > terminal.raw.rfind(b"\x1b[?25l")


# Sizes, mouse, clipboard


@pytest.mark.parametrize(("rows", "cols"), [(5, 20), (2, 4), (1, 1)])
def test_tiny_terminals(lines: Path, rows: int, cols: int) -> None:
    with Terminal([str(lines)], rows=rows, cols=cols) as terminal:
        terminal.wait_for(lambda t: "▌" in t.text)
        terminal.send("kk/line 4" + ENTER + "n#w&495" + ENTER + "X" + ESCAPE)
        terminal.wait_for(lambda t: "▌" in t.text)
        terminal.resize(24, 80).wait_for("495  line 495")
        terminal.resize(rows, cols).wait_for(lambda t: "▌" in t.text)
        terminal.send(CTRL_Q)
        assert terminal.exit_code() == 0


def test_the_open_screen_in_a_tiny_terminal() -> None:
    with Terminal(["--demo"], rows=5, cols=20) as terminal:
        terminal.wait_for("type to")
        terminal.send("x").resize(2, 3).send("y").resize(24, 80).wait_for(
            "demo runs on this machine"
        )
        terminal.wait_for("xy").send(CTRL_Q)
        assert terminal.exit_code() == 0


def test_resizing_keeps_the_place(lines: Path) -> None:
    def shows(first: int, last: int) -> Callable[[Terminal], bool]:
        expected = [f"{'▌' if n == 100 else ' '} line {n}" for n in range(first, last + 1)]
        return lambda t: t.screen[1:-2] == expected and t.screen[-2].startswith("  PAUSED ")

    with Terminal([str(lines)]) as terminal:
        terminal.wait_for(" 500 of 500").send("100G").wait_for(" 100 of 500")
        first = int(terminal.screen[1].split()[1])
        terminal.resize(40, 120).wait_for(shows(first, first + 36))
        terminal.resize(16, 60).wait_for(shows(first, first + 12))
        terminal.send("q")
        assert terminal.exit_code() == 0


def mouse(button: int, column: int, row: int, *, release: bool = False) -> str:
    """What a terminal sends in SGR mode, from column and row counted from 0."""
    return f"\x1b[<{button};{column + 1};{row + 1}{'m' if release else 'M'}"


def click(column: int, row: int) -> str:
    return mouse(0, column, row) + mouse(0, column, row, release=True)


def test_the_mouse(lines: Path) -> None:
    with Terminal([str(lines)]) as terminal:
        terminal.wait_for(" 500 of 500")
        terminal.send(mouse(64, 10, 10)).wait_for("PAUSED")
        with lines.open("a") as file:
            file.write("line 501\n")
        terminal.wait_for("▼ 1 new")
        row, column = terminal.find("▼ 1 new")
        terminal.send(click(column, row)).wait_for(" 501 of 501")
        row, column = terminal.find("line 490")
        terminal.send(click(column, row)).wait_for(" 490 of 501")
        row, column = terminal.find("& filter")
        terminal.send(click(column, row)).wait_for("include lines that match")
        terminal.send("7" + ENTER).wait_for(" 7 × ")
        row, column = terminal.find("7 × ")
        terminal.send(click(column, row)).wait_for(" of 501 ")
        top = [mouse(0, 79, 21), mouse(32, 79, 10), mouse(32, 79, 1), mouse(0, 79, 1, release=True)]
        terminal.send("".join(top)).wait_for("  line 1\n")
        terminal.send("q")
        assert terminal.exit_code() == 0


def test_the_mouse_is_given_back_and_taken_again(lines: Path) -> None:
    with Terminal([str(lines)]) as terminal:
        terminal.wait_for(" 500 of 500")
        for mode in ("1000", "1003"):
            assert f"\x1b[?{mode}h".encode() in terminal.raw
        before = len(terminal.raw)
        terminal.send(F2).wait_for("the mouse is the terminal's now")
        assert b"\x1b[?1003l" in terminal.raw[before:]
        before = len(terminal.raw)
        terminal.send(F2).wait_for("logview's again")
        assert b"\x1b[?1003h" in terminal.raw[before:]
        terminal.send("q")
        assert terminal.exit_code() == 0


def test_without_a_clipboard_the_terminal_gets_the_line(tmp_path: Path) -> None:
    path = tmp_path / "app.log"
    path.write_bytes("first\n\x1b[31mcäfé\x1b[0m \x1b]52;c;evil\x07\n".encode())
    environ = {**os.environ, "SSH_TTY": "/dev/pts/1"}
    with Terminal([str(path)], env=environ) as terminal:
        terminal.wait_for(" 2 of 2").send("y")
        terminal.wait_for("Sent 1 line to the terminal (OSC 52)").send("q")
        assert terminal.exit_code() == 0
        sent = re.findall(rb"\x1b\]52;c;([^\x07]*)\x07", terminal.raw)
        assert [base64.b64decode(text).decode() for text in sent] == ["cäfé "]


# Leaving for a while

SHELL = """
import os, signal, sys
signal.signal(signal.SIGTTOU, signal.SIG_IGN)
child = os.fork()
if child == 0:
    os.setpgid(0, 0)
    os.tcsetpgrp(0, os.getpid())
    signal.signal(signal.SIGTTOU, signal.SIG_DFL)
    os.execv(sys.executable, [sys.executable, "-m", "logview", *sys.argv[1:]])
try:
    os.setpgid(child, child)
except OSError:
    pass
while True:
    _, status = os.waitpid(child, os.WUNTRACED)
    if not os.WIFSTOPPED(status):
        sys.exit(os.waitstatus_to_exitcode(status))
    os.tcsetpgrp(0, os.getpgrp())
    print("stopped; a key goes on", flush=True)
    sys.stdin.readline()
    os.tcsetpgrp(0, child)
    os.kill(child, signal.SIGCONT)
"""


def test_it_is_suspended_and_comes_back(lines: Path) -> None:
    with Terminal([str(lines)], program=[sys.executable, "-c", SHELL]) as terminal:
        terminal.wait_for(" 500 of 500").send(CTRL_Z)
        terminal.wait_for("stopped; a key goes on")
        assert terminal.mode() == (True, True)
        assert terminal.raw.rfind(b"\x1b[?1049l") > terminal.raw.rfind(b"\x1b[?1049h")
        terminal.send("\n").wait_for(" 500 of 500")
        terminal.send("k").wait_for("PAUSED").send("q")
        assert terminal.exit_code() == 0


def test_redrawing(lines: Path) -> None:
    with Terminal([str(lines)]) as terminal:
        terminal.wait_for(" 500 of 500")
        before = terminal.screen
        drawn = terminal.raw.count(b"line 490")
        terminal.send(CTRL_L).wait_for(lambda t: t.raw.count(b"line 490") > drawn)
        terminal.wait_for(lambda t: t.screen == before).send("q")
        assert terminal.exit_code() == 0


def test_ctrl_c_shows_how_to_quit_and_quits_nothing(lines: Path) -> None:
    with Terminal([str(lines)]) as terminal:
        terminal.wait_for(" 500 of 500").send(CTRL_C).wait_for("^Q quits")
        terminal.send("?").wait_for("type to narrow").send(CTRL_C).wait_gone("type to narrow")
        terminal.send(CTRL_Q)
        assert terminal.exit_code() == 0


def test_reports_of_sizes_in_pixels_are_not_asked_for_and_not_believed(lines: Path) -> None:
    with Terminal([str(lines)]) as t:
        t.wait_for("line 500")
        assert b"?2048" not in t.raw
        t.send("g").wait_for("line 1\n")
        t.send("\x1b[?2048;2$y\x1b[48;10;40;480;800t" + click(10, 7))
        t.wait_for(lambda t: t.cell(7, 0).data == "▌")
        t.find("line 20")
        assert b"?1016" not in t.raw


def test_bytes_that_are_no_text_end_nothing(lines: Path) -> None:
    with Terminal([str(lines)]) as t:
        t.wait_for("line 500").send(b"\xff\xfe\xc3(").send("g").wait_for("line 1\n")


def test_a_terminal_that_shrinks_and_grows_at_once_is_drawn_whole(lines: Path) -> None:
    with Terminal([str(lines)]) as terminal:
        terminal.wait_for("line 500").settle(0.2, 5)
        before = terminal.screen[:-2]
        for rows, cols in [(5, 20), (9, 60), (23, 80)]:
            terminal.resize(rows, cols).resize(24, 80)
            terminal.wait_for(lambda t: t.screen[:-2] == before)


def test_an_answer_that_comes_late_is_not_typed(lines: Path) -> None:
    with Terminal([str(lines)]) as t:
        t.wait_for("line 500")
        t.send("\x1b]11;rgb:1e1e/1e1e/1e1e\x07\x1b[?62;22c\x1b[8;24;80t\x1bP>|x\x1b\\")
        t.send("g").wait_for("line 2\n")
        assert "go to" not in t.text


def test_keys_typed_ahead_of_an_escape_are_kept(lines: Path) -> None:
    with Terminal([str(lines)]) as terminal:
        terminal.wait_for("line 500")
        terminal.send(f"/foo{ESCAPE}:128{ENTER}").wait_for(" 128 of 500")
        assert "no match" not in terminal.text


@pytest.mark.parametrize("seed", range(2))
def test_a_burst_of_sizes_ends_with_the_last_one(lines: Path, seed: int) -> None:
    rng = random.Random(seed)
    with Terminal([str(lines)]) as terminal:
        terminal.wait_for("line 500")
        for _ in range(8):
            for _ in range(30):
                terminal.resize(rng.randrange(1, 50), rng.randrange(1, 130))
            rows = rng.randrange(12, 40)
            terminal.resize(rows, 80)
            terminal.wait_for(lambda t: "? help" in t.screen[-1] and "of 500" in t.screen[-2])
            terminal.wait_for(lambda t: t.screen[-3] == "▌ line 500")
            assert len(terminal.screen) == rows
