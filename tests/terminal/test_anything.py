"""Terminal tests: anything in any order, over the real program, never breaks what must hold.

Keys, mouse, pasted text, sizes, arriving bytes and broken connections come at
random, each seed a burst of them; after each burst the program has to be alive
and right. `LOGVIEW_TEST_SEEDS=1000` tries a thousand bursts.
"""

from __future__ import annotations

import os
import random
import re
import sys
from contextlib import suppress
from typing import TYPE_CHECKING

import pytest

from tests.support.fault_server import JOB_ID, FaultServer
from tests.support.terminal import Terminal, TerminalError
from tests.terminal.keys import CTRL_L, CTRL_Q, DOWN, ENTER, ESCAPE, F2, UP
from tests.terminal.mouse import MOVED, SHIFT, mouse, sent
from tests.terminal.test_leaving import assert_restored

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

SEEDS = int(os.environ.get("LOGVIEW_TEST_SEEDS", "8"))
BURSTS = 10
"""Bursts that one program goes through."""

ROWS, COLS = 24, 80
CTRL_U = "\x15"
LINES = 2_000
TOKEN = "apify_api_TokenInUse0123456789abcdefghijABCDE"
SECRET = "apify_api_InTheLog90123456789abcdefghijABCDEFG"
EVIL = (
    b"\x1b]0;EVIL\x07",
    b"\x1b]52;c;RVZJTA==\x07",
    b"\x9dEVIL\x9c",
    b"\x1b[?1049l\x1b[2J\x1b[5n",
)

# Nothing is written but in the test's folder, whatever name comes to be typed into a prompt.
GUARD = """
import os, sys
FOLDER = {folder!r}
def guard(event, args):
    if event == "open" and isinstance(args[0], (str, bytes)):
        path, flags = os.path.abspath(os.fsdecode(args[0])), args[2]
        if flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT):
            if not path.startswith((FOLDER, "/dev/", "/proc/")):
                raise PermissionError(13, "outside of the test's folder", path)
sys.addaudithook(guard)
"""

KEYS = [
    *"jkgGbhlwfFnNxiyc#M+-=/&:?0123456789%edtimo()[]*. eEWBLLwdactmmuUUJKXOvvzY",
    *(ENTER, ENTER, UP, DOWN, "\x1b[5~", "\x1b[6~", "\x1b[H", "\x1b[F", "\x1b[C", "\x1b[D"),
    *("\x7f", "\t", "\x1b[Z", "\x1b[3~", "\x04", "\x15", "\x12", "\x14", "\x07", CTRL_L, "\x13"),
    *(F2, "\x1bOP", "\x1b[1;2B", "\x1b[1;5C", "\x03"),
]
# What comes unasked from a terminal or from outside.
STRAY = [
    "\x1b[I",
    "\x1b[O",
    "\x1b[200~pasted \x07 text\nof two lines\x1b[201~",
    "\x1b[200~[/red]\x1b[201~",
    "\x1b[?2026;2$y",
    "\x1b[?62;22c",
    "\x1b[24;80R",
]


def lines(first: int, count: int) -> bytes:
    """Lines of a crawl that say their own number; some belong to stacks, some are hostile."""
    made = []
    for number in range(first, first + count):
        stamp = f"2026-11-20T06:{number // 600 % 60:02}:{number // 10 % 60:02}.{number % 10}00Z"
        text = f"{stamp} INFO  line {number} ".encode()
        match number % 23:
            case 3:
                text = f"{stamp} ERROR line {number} failed: token={SECRET}".encode()
            case 4 | 5 | 6:
                text = f"{stamp}     at step{number} (file:///app/x.js:{number}:7)".encode()
            case 9:
                text += EVIL[number % len(EVIL)] + b" \x1b[31mred\x1b[0m \xff\x00"
            case 12:
                text += b"x" * 300 + b'{"url":"https://shop.example.com/' + b'p","n":1}'
            case 15:
                text += "宽字符 e\u0301 \u202eturned [/red]".encode()
            case _:
                pass
        made.append(text + b"\n")
    return b"".join(made)


class Session:
    """The program on a run that goes on, and somebody who does anything to it."""

    def __init__(
        self, folder: Path, server: FaultServer, seed: int, args: Sequence[str] = (JOB_ID,)
    ) -> None:
        self.server = server
        self.rng = random.Random(seed)
        self.next = LINES
        self.may_unmask = False
        self.folder = folder
        env = {
            "XDG_STATE_HOME": str(folder / "state"),
            "XDG_CONFIG_HOME": str(folder / "config"),
            "APIFY_TOKEN": TOKEN,
            "APIFY_API_BASE_URL": server.base_url,
            "SSH_TTY": "/dev/pts/1",  # what is copied goes through the terminal
            "BROWSER": "true",
        }
        guard = GUARD.format(folder=str(folder))
        self.terminal = Terminal(args, env=env, rows=ROWS, cols=COLS, cwd=folder, patch=guard)

    # -- what happens at random -----------------------------------------------------------

    def burst(self) -> None:
        """Do some of everything, without waiting for anything."""
        for _ in range(self.rng.randrange(4, 14)):
            match self.rng.randrange(12):
                case 0 | 1:
                    self._arrive()
                case 2:
                    self.server.cut(self.rng.choice(["reset", "fin", "stop"]))
                case 3 | 4:
                    self.resize()
                case 5 | 6 | 7:
                    self._mouse()
                case 8:
                    self.terminal.send(self.rng.choice(STRAY))
                case 9 if self.rng.random() < 0.2:
                    self.may_unmask = True
                    self.terminal.send(self.rng.choice(["\x10", "R", "!"]))
                case _:
                    keys = self.rng.choices(KEYS, k=self.rng.randrange(1, 9))
                    self.terminal.send("".join(keys))
            if self.rng.random() < 0.3:
                self.terminal.read(0.02)

    def _arrive(self) -> None:
        count = self.rng.choice([1, 1, 3, 200])
        self.server.append(lines(self.next, count))
        self.next += count

    def resize(self) -> None:
        """Change the size of the terminal, once or many times in a row."""
        for _ in range(self.rng.choice([1, 1, 5, 20])):
            rows, cols = self.rng.choice([(24, 80), (5, 20), (40, 120), (9, 60), (2, 3), (30, 40)])
            self.terminal.resize(rows, cols)

    def _mouse(self) -> None:
        events = ""
        for _ in range(self.rng.randrange(1, 6)):
            button = self.rng.choice([0, 0, 1, 2, 64, 64, 65, 65, 66, 67, MOVED, MOVED + 3])
            keys = SHIFT if self.rng.random() < 0.1 else 0
            x, y = self.rng.randrange(COLS), self.rng.randrange(ROWS)
            events += mouse(button + keys, x, y, release=self.rng.random() < 0.4)
        self.terminal.send(events)

    # -- what has to hold -----------------------------------------------------------------

    def check(self) -> None:
        """See that the program is alive, right, and tells nothing that it must not."""
        terminal = self.terminal
        terminal.resize(ROWS, COLS)
        self._close_all()
        assert not list(self.folder.glob("state/logview/crash-*"))
        assert TOKEN.encode() not in terminal.raw
        for hostile in EVIL:
            assert hostile not in terminal.raw
        if not self.may_unmask:
            assert not any(SECRET in text for text in sent(terminal))
        self._keeps_the_place()
        self._is_drawn_right()

    def _close_all(self) -> None:
        """Close what is open, and show all lines."""
        for keys in (*(ESCAPE * 5), "La", "X", "d" * 9, ESCAPE):
            # Longer than the time in which an escape and a key are one key.
            self.terminal.send(keys).settle(0.2, 5)

    @property
    def place(self) -> tuple[str, int]:
        """The current line and how many there are, as the status line has them."""
        found = re.findall(r"([\d,]+) of ([\d,]+)", self.terminal.screen[-2])
        return (found[-1][0], int(found[-1][1].replace(",", ""))) if found else ("", 0)

    def _go_to(self, line: int) -> None:
        # One prompt may still be closing; the next has the number to itself.
        self.terminal.send(f":{line}{ENTER}")
        self.terminal.wait_for(lambda _: self.place[0] == f"{line:,}")

    def _keeps_the_place(self) -> None:
        line = self.rng.randrange(100, 1_900)
        self._go_to(line)
        self.terminal.wait_for(self._no_banner).settle(0.2, 5)
        rows = self._log_rows()
        if self.rng.random() < 0.5:
            self.resize()
            self.terminal.resize(ROWS, COLS)
            self.terminal.wait_for(lambda _: self.place[0] == f"{line:,}")
            self.terminal.wait_for(lambda t: any(row.startswith("▌") for row in t.screen))
            rows = []
        asked = len(self.server.asked("log"))
        cut = self.rng.random() < 0.5
        if cut:
            self.server.cut("reset")
        self._arrive()
        total = self.server.log.count(b"\n")
        if not self.server.open_streams:
            self.terminal.send("r")  # not after half a minute, as after many failures
        self.terminal.wait_for(lambda _: self.place == (f"{line:,}", total))
        if cut:
            self.terminal.wait_for(lambda _: len(self.server.asked("log")) > asked)
        self.terminal.wait_for(self._no_banner).settle(0.2, 5)
        if rows:
            assert self._log_rows() == rows

    @staticmethod
    def _no_banner(terminal: Terminal) -> bool:
        return not any(row.startswith("!") for row in terminal.screen)

    def _log_rows(self) -> list[str]:
        """The rows of the log without those that the pill and the rows below lie over."""
        return [row[1:] for row in self.terminal.screen[2:-4]]

    def _is_drawn_right(self) -> None:
        self.terminal.settle(0.2, 5)
        rows, text = self._log_rows(), self.terminal.text
        pills = [n for n, row in enumerate(self.terminal.screen) if row.endswith("  G")]
        assert pills in ([], [ROWS - 3], [ROWS - 4]), text  # a note may be below it
        drawn = len(self.terminal.raw)
        self.terminal.send(CTRL_L).wait_for(lambda t: len(t.raw) > drawn)
        try:
            self.terminal.wait_for(lambda _: self._log_rows() == rows)
        except TerminalError as error:
            raise AssertionError(f"{text}\n-- drawn anew --\n{error}") from None

    def quit(self) -> None:
        """Leave, and see that the terminal is as it was."""
        self.terminal.send(CTRL_Q)
        assert self.terminal.exit_code() == 0
        assert_restored(self.terminal)
        assert b"Traceback" not in self.terminal.raw


@pytest.fixture
def run() -> Iterator[FaultServer]:
    """A run that has logged two thousand lines and goes on."""
    with FaultServer(lines(0, LINES)) as server:
        yield server


@pytest.mark.skipif(sys.platform == "win32", reason="pseudo-terminals")
@pytest.mark.parametrize("first", range(0, SEEDS, BURSTS))
def test_anything(tmp_path: Path, run: FaultServer, first: int) -> None:
    session = Session(tmp_path, run, first)
    with session.terminal as terminal:
        terminal.wait_for(f"of {LINES:,}")
        for seed in range(first, min(first + BURSTS, SEEDS)):
            session.rng = random.Random(seed)
            session.burst()
            session.check()
        session.quit()


@pytest.mark.skipif(sys.platform == "win32", reason="pseudo-terminals")
@pytest.mark.parametrize("first", range(0, SEEDS, 2 * BURSTS))
def test_one_log_after_the_other(tmp_path: Path, run: FaultServer, first: int) -> None:
    """Open a file or a run while the last one is still opening, reading or closing."""
    ends = {JOB_ID: f"{LINES:,}", "./small.log": "30", "./large.log": "50,000"}
    (tmp_path / "small.log").write_bytes(lines(0, 30))
    (tmp_path / "large.log").write_bytes(lines(0, 1_000) * 50)
    session = Session(tmp_path, run, first, args=())
    with session.terminal as terminal:
        terminal.wait_for("↵ open")
        for seed in range(first, min(first + BURSTS, SEEDS)):
            rng = session.rng = random.Random(seed)
            for _ in range(rng.randrange(1, 5)):
                if rng.random() < 0.3:
                    session.resize()
                terminal.send(CTRL_U + rng.choice(list(ends)) + ENTER)
                if rng.random() < 0.5:
                    terminal.read(rng.choice([0.01, 0.1, 0.5]))
                terminal.send(rng.choice(["", "G", f"/line 7{ENTER}", "e", "j"]))
                if rng.random() < 0.5:
                    terminal.read(rng.choice([0.01, 0.1, 0.5]))
                terminal.send("q")  # back, or a letter where the log has not been opened yet
            terminal.resize(ROWS, COLS)
            target = rng.choice(list(ends))
            for _ in range(10):  # what was asked for last may open only now
                terminal.settle(0.3, 10)
                if "/ to the input" in terminal.screen[-1]:  # the list has the keys
                    terminal.send("/").wait_for("↓ to the list")
                if "↓ to the list" in terminal.screen[-1]:
                    terminal.send(CTRL_U + target + ENTER)
                    with suppress(TerminalError):
                        terminal.wait_for(lambda t: f"of {ends[target]}" in t.screen[-2], 5)  # noqa: B023  # awaited here
                if f"of {ends[target]}" in terminal.screen[-2]:
                    break
                terminal.send(ESCAPE).settle(0.3, 5)
                if "↵ open" not in terminal.screen[-1]:
                    terminal.send("q")
            assert f"of {ends[target]}" in terminal.screen[-2], terminal.text
            assert not list(tmp_path.glob("state/logview/crash-*"))
            terminal.send("q").wait_for("↵ open")
        session.quit()
