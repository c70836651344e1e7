"""Terminal tests: anything in any order, over the real program, never breaks what must hold.

Keys, mouse, pasted text, sizes, arriving bytes, files that are rewritten, broken
connections and suspensions come at random, each seed a burst of them; after each
burst the program has to be alive and right. `LOGVIEW_TEST_SEEDS=1000` tries a
thousand bursts, `LOGVIEW_TEST_SEEDS=300:400` those from 300 on.
"""

from __future__ import annotations

import os
import random
import re
import signal
import sys
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Literal, TypeAlias

import pytest

from tests.support.fault_server import JOB_ID, Fault, FaultServer
from tests.support.terminal import Terminal, TerminalError
from tests.terminal.keys import CTRL_L, CTRL_Q, CTRL_Z, DOWN, ENTER, ESCAPE, F2, UP
from tests.terminal.mouse import MOVED, SHIFT, drag, mouse, sent
from tests.terminal.test_leaving import assert_restored

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

Kind: TypeAlias = Literal["run", "file", "several"]


def _seeds() -> range:
    first, _, end = os.environ.get("LOGVIEW_TEST_SEEDS", "6").rpartition(":")
    return range(int(first or 0), int(end))


SEEDS = _seeds()
BURSTS = 2
"""Bursts that one program goes through."""

KINDS: tuple[Kind, ...] = ("run", "file", "several")
"""What is read; each program has the next."""

ROWS, COLS = 24, 80
LEAST_ROWS = 14
"""Rows of the log that nothing ever covers when all is closed."""

CTRL_P, CTRL_U = "\x10", "\x15"
LINES = 2_000
ENTERED, LEFT = b"\x1b[?1049h", b"\x1b[?1049l"
"""Enter the alternate screen, and leave it."""
FILE = "app.log"
TOKEN = "apify_api_TokenInUse0123456789abcdefghijABCDE"
SECRET = "apify_api_InTheLog90123456789abcdefghijABCDEFG"
EVIL = (
    b"\x1b]0;EVIL\x07",
    b"\x1b]52;c;RVZJTA==\x07",
    b"\x9dEVIL\x9c",
    b"\x1b[?1049l\x1b[2J\x1b[5n",
)

WRITTEN = re.compile(
    r"[^\x00-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ufffe\uffff]|[\r\n\x07]"
    r"|\x1b\[[0-9;]*[mHJK]"  # colours, the cursor's place, erasing
    r"|\x1b\[\?(?:7|25|1000|1003|1004|1006|1015|1049|2004|2026|2031)[hl]"
    r"|\x1b\[\?2026\$p|\x1b\[c|\x1b\[(?:>[0-9]+|<)u|\x1b\[2[23];0t"
    r"|\x1b\](?:0|2|9|11|52|99|777);[^\x00-\x1f\x7f-\x9f]*(?:\x07|\x1b\\)"
)
"""All that may be written to a terminal."""

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
    *"DDppdaAzCCTXXxx<>rs'",
    *(ENTER, ENTER, UP, DOWN, "\x1b[5~", "\x1b[6~", "\x1b[H", "\x1b[F", "\x1b[C", "\x1b[D"),
    *("\x7f", "\t", "\x1b[Z", "\x1b[3~", "\x04", "\x15", "\x12", "\x14", "\x07", CTRL_L, "\x13"),
    *(F2, "\x1bOP", "\x1b[1;2B", "\x1b[1;5C", "\x03", ESCAPE),
]
PALETTE = [
    *("toggle timeline", "filter by whole entry", "unfold library frames", "list of lanes"),
    *("copy ID", "copy without times", "copy command", "connection details", "clear all marks"),
    *("download", "watch for the next run", "toggle line numbers", "theme", "minimum level"),
    *("fold repeats", "no such command", "hide app.log", "digest", "patterns", "redraw"),
]
"""What is typed into the palette; nothing that quits, or copies without masking."""

# What comes unasked from a terminal or from outside.
STRAY = [
    "\x1b[I",
    "\x1b[O",
    "\x1b[200~pasted \x07 text\nof two lines\x1b[201~",
    "\x1b[200~[/red]\x1b[201~",
    "\x1b[200~:12\r\x1b[201~",
    "\x1b[?2026;2$y",
    "\x1b[?62;22c",
    "\x1b[24;80R",
    "\x1b]11;rgb:ffff/ffff/ffff\x1b\\",
    "\x1b]10;rgb:00/00/00\x07",
    "\x1b[?997;1n",
    "\x1b[?997;2n",
    "\x1bP>|XTerm(380)\x1b\\",
    "\x1b[48;24;80;480;800t",
]
FAULTS = [
    *(Fault.rate_limited("0"), Fault.rate_limited(), Fault.html(502), Fault.html(200)),
    *(Fault.refuse(), Fault.reset(after=5_000), Fault.early_end(after=70_000), Fault.half_close()),
    *(Fault.empty_stream(), Fault.gzipped(), Fault.gzip_cut(after=9_000), Fault.bad_chunk(77)),
    *(Fault.error(401), Fault.error(403), Fault.error(404), Fault.error(408)),
]


def lines(first: int, count: int, word: str = "line") -> bytes:
    """Lines of a crawl that say their own number; some belong to stacks, some are hostile."""
    made = []
    for number in range(first, first + count):
        stamp = f"2026-11-20T06:{number // 600 % 60:02}:{number // 10 % 60:02}.{number % 10}00Z"
        text = f"{stamp} INFO  {word} {number} ".encode()
        match number % 23:
            case 3:
                text = f"{stamp} ERROR {word} {number} failed: token={SECRET}".encode()
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
    """The program on logs that go on, and somebody who does anything to it."""

    def __init__(
        self,
        folder: Path,
        server: FaultServer,
        seed: int,
        args: Sequence[str] | None = None,
        kind: Kind = "run",
    ) -> None:
        self.server = server
        self.rng = random.Random(seed)
        self.kind = kind
        self.next = LINES
        self.next_in_file = LINES
        self.may_unmask = False
        self.folder = folder
        self.file = folder / FILE
        if kind != "run":
            self.file.write_bytes(lines(0, LINES, "row"))
        if args is None:
            args = {"run": (JOB_ID,), "file": (FILE,), "several": (JOB_ID, FILE)}[kind]
        root = Path(__file__).parents[2]
        (folder / "guard").mkdir(exist_ok=True)
        (folder / "guard" / "sitecustomize.py").write_text(GUARD.format(folder=str(folder)))
        env = {
            "PYTHONPATH": os.pathsep.join([str(folder / "guard"), str(root)]),
            "XDG_STATE_HOME": str(folder / "state"),
            "XDG_CONFIG_HOME": str(folder / "config"),
            "XDG_CACHE_HOME": str(folder / "cache"),
            "APIFY_TOKEN": TOKEN,
            "APIFY_API_BASE_URL": server.base_url,
            "SSH_TTY": "/dev/pts/1",  # what is copied goes through the terminal
            "BROWSER": "true",
        }
        self.terminal = Terminal(args, env=env, rows=ROWS, cols=COLS, cwd=folder)

    @property
    def total(self) -> int:
        """Lines of all logs together, unless a file was rewritten."""
        return {
            "run": self.next,
            "file": self.next_in_file,
            "several": self.next + self.next_in_file,
        }[self.kind]

    # -- what happens at random -----------------------------------------------------------

    def burst(self) -> None:
        """Do some of everything, without waiting for anything."""
        for _ in range(self.rng.randrange(4, 14)):
            match self.rng.randrange(16):
                case 0 | 1:
                    self._arrive()
                case 2:
                    self._disturb()
                case 3 | 4:
                    self.resize()
                case 5 | 6 | 7:
                    self._mouse()
                case 8:
                    self._click_something()
                case 9:
                    self._answer_unasked()
                case 10:
                    self._use_palette()
                case 11 if self.rng.random() < 0.3:
                    self._suspend()
                case 12 if self.rng.random() < 0.1:
                    self.may_unmask = True
                    self.terminal.send(self.rng.choice(["R", "!"]))
                case 13 if self.rng.random() < 0.5:
                    self.terminal.send("?" + "".join(self.rng.choices("efilt q?", k=3)))
                case _:
                    keys = self.rng.choices(KEYS, k=self.rng.randrange(1, 9))
                    self.terminal.send("".join(keys))
            if self.rng.random() < 0.3:
                self.terminal.read(0.02)

    def _arrive(self) -> None:
        count = self.rng.choice([1, 1, 3, 200])
        if self.kind != "file":
            self.server.append(lines(self.next, count))
            self.next += count
        if self.kind != "run":
            with self.file.open("ab") as file:
                text = lines(self.next_in_file, count, "row")
                half = self.rng.randrange(len(text))
                file.write(text[:half])  # half a line is there for a moment
                file.flush()
                file.write(text[half:])
            self.next_in_file += count

    def _disturb(self) -> None:
        if self.kind == "file":
            return
        self.server.plan.extend(self.rng.choices(FAULTS, k=self.rng.randrange(3)))
        self.server.cut(self.rng.choice(["reset", "fin", "stop"]))

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

    def _click_something(self) -> None:
        """Click or drag on the timeline, a chip, the footer, the scroll bar, or over the log."""
        x, y = self.rng.randrange(COLS), self.rng.choice([1, ROWS - 2, ROWS - 1, 10])
        if self.rng.random() < 0.3:
            x, y = COLS - 1, self.rng.randrange(3, ROWS - 3)
        cells = [(x, y)] + [
            (self.rng.randrange(COLS), y if y < 3 else self.rng.randrange(2, ROWS))
            for _ in range(self.rng.choice([0, 0, 1, 4]))
        ]
        self.terminal.send(drag(*cells))

    def _answer_unasked(self) -> None:
        """Let the terminal say something, in pieces at times."""
        text = self.rng.choice(STRAY)
        cut = self.rng.randrange(1, len(text)) if self.rng.random() < 0.5 else len(text)
        self.terminal.send(text[:cut])
        if text[cut:]:
            self.terminal.read(0.02)
            self.terminal.send(text[cut:])

    def _use_palette(self) -> None:
        words = self.rng.choice(PALETTE)
        self.terminal.send(CTRL_P + words + self.rng.choice([ENTER, ENTER, ESCAPE, ""]))
        if words == "theme":
            self.terminal.send(DOWN * self.rng.randrange(4) + self.rng.choice([ENTER, ESCAPE]))

    def _suspend(self) -> None:
        """Suspend by a key or a signal, and resume: before it has stopped, or after."""
        left, entered = (self.terminal.raw.count(mode) for mode in (LEFT, ENTERED))
        if self.rng.random() < 0.5:
            self.terminal.send(CTRL_Z)
        else:
            self.terminal.signal(signal.SIGTSTP)
        self.terminal.wait_for(lambda t: t.raw.count(LEFT) > left)
        self.terminal.signal(signal.SIGCONT)
        # What is typed before is the shell's: a ^C would end the program.
        self.terminal.wait_for(lambda t: t.raw.count(ENTERED) > entered)

    # -- what has to hold -----------------------------------------------------------------

    def check(self) -> None:
        """See that the program is alive, right, and tells nothing that it must not."""
        terminal = self.terminal
        terminal.resize(ROWS, COLS)
        self.server.plan.clear()
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
        terminal = self.terminal
        for _ in range(6):
            # Longer than the time in which two escapes are one key.
            terminal.send(ESCAPE).listen(0.15)
        terminal.send("La").wait_for("all levels shown")
        listed = ("no filters yet", "Filters · ", "Lanes · ")  # with several logs their lanes
        terminal.send("X").wait_for(lambda t: any(words in t.text for words in listed))
        if found := re.search(r"Filters · (\d+)", terminal.text):
            terminal.send("d" * int(found[1])).wait_gone("Filters · ")
        terminal.send(ESCAPE).wait_gone("Lanes · ")
        while "folded: " in terminal.screen[-2]:
            before = terminal.screen[-2]
            terminal.send("z").wait_for(lambda t: t.screen[-2] != before)  # noqa: B023  # at once

    @property
    def place(self) -> tuple[str, int]:
        """The current line and how many there are, as the status line has them."""
        found = re.findall(r"([\d,]+) of ([\d,]+)", self.terminal.screen[-2])
        return (found[-1][0], int(found[-1][1].replace(",", ""))) if found else ("", 0)

    def _go_to(self, line: int) -> None:
        self.terminal.send(f":{line}{ENTER}")
        self.terminal.wait_for(lambda _: self.place[0] == f"{line:,}")

    def _keeps_the_place(self) -> None:
        line = self.rng.randrange(100, 1_900)
        self._go_to(line)
        if self.kind != "file" and not self.server.open_streams:
            self.terminal.send("r")
        self.terminal.wait_for(lambda _: self.place == (f"{line:,}", self.total))
        self.terminal.wait_for(self._no_banner).settle(0.2, 5)
        rows = self._log_rows()
        if self.rng.random() < 0.5:
            self.resize()
            self.terminal.resize(ROWS, COLS)
            self.terminal.wait_for(lambda _: self.place[0] == f"{line:,}")
            self.terminal.wait_for(lambda t: any(row.startswith("▌") for row in t.screen))
            rows = []
        asked = len(self.server.asked("log"))
        cut = self.kind != "file" and self.rng.random() < 0.5
        if cut:
            self.server.cut("reset")
        self._arrive()
        if self.kind != "file" and not self.server.open_streams:
            self.terminal.send("r")  # not after half a minute, as after many failures
        self.terminal.wait_for(lambda _: self.place == (f"{line:,}", self.total))
        if cut:
            self.terminal.wait_for(lambda _: len(self.server.asked("log")) > asked)
        self.terminal.wait_for(self._no_banner).settle(0.2, 5)
        if rows:
            assert self._shows(rows), "\n".join([*rows, "-- then --", self.terminal.text])

    @staticmethod
    def _no_banner(terminal: Terminal) -> bool:
        return not any(row.startswith("!") for row in terminal.screen)

    def _log_rows(self) -> list[str]:
        """The rows of the log above the pill, and above those that may be covered without one."""
        rows = [row[1:] for row in self.terminal.screen[2:-4]]
        return rows[: self._pills[0] - 2] if self._pills else rows

    @property
    def _pills(self) -> list[int]:
        return [row for row, text in enumerate(self.terminal.screen) if text.endswith("  G")]

    def _shows(self, rows: list[str]) -> bool:
        """Whether the log's rows are still where they were; a note may have come or gone."""
        now = self._log_rows()
        both = min(len(now), len(rows))
        return both >= LEAST_ROWS and now[:both] == rows[:both]

    def _is_drawn_right(self) -> None:
        self.terminal.wait_for(lambda _: self._pills in ([], [ROWS - 3]))  # a note goes by itself
        self.terminal.settle(0.2, 5)
        rows, text = self._log_rows(), self.terminal.text
        drawn = len(self.terminal.raw)
        self.terminal.send(CTRL_L).wait_for(lambda t: len(t.raw) > drawn)
        try:
            self.terminal.wait_for(lambda _: self._shows(rows))
        except TerminalError as error:
            raise AssertionError(f"{text}\n-- drawn anew --\n{error}") from None

    def quit(self) -> None:
        """Leave, and see that the terminal is as it was, and was told nothing else."""
        code = self.rng.choice([0, 0, 128 + signal.SIGTERM])
        if code:
            self.terminal.signal(signal.SIGTERM)
        else:
            self.terminal.send(CTRL_Q)
        assert self.terminal.exit_code() == code
        assert_restored(self.terminal)
        assert b"Traceback" not in self.terminal.raw
        assert WRITTEN.sub("", self.terminal.raw.decode()) == ""


@pytest.fixture
def run() -> Iterator[FaultServer]:
    """A run that has logged two thousand lines and goes on."""
    with FaultServer(lines(0, LINES)) as server:
        yield server


@pytest.mark.skipif(sys.platform == "win32", reason="pseudo-terminals")
@pytest.mark.parametrize("first", SEEDS[::BURSTS])
def test_anything(tmp_path: Path, run: FaultServer, first: int) -> None:
    session = Session(tmp_path, run, first, kind=KINDS[first // BURSTS % len(KINDS)])
    with session.terminal as terminal:
        terminal.wait_for(f"of {session.total:,}")
        for seed in range(first, min(first + BURSTS, SEEDS.stop)):
            session.rng = random.Random(seed)
            session.burst()
            session.check()
        session.quit()


@pytest.mark.skipif(sys.platform == "win32", reason="pseudo-terminals")
@pytest.mark.parametrize("first", SEEDS[:: 3 * BURSTS])
def test_one_log_after_the_other(tmp_path: Path, run: FaultServer, first: int) -> None:
    """Open a file or a run while the last one is still opening, reading or closing."""
    ends = {JOB_ID: f"{LINES:,}", "./small.log": "30", "./large.log": "150,000"}
    (tmp_path / "small.log").write_bytes(lines(0, 30))
    (tmp_path / "large.log").write_bytes(lines(0, 1_000) * 150)
    session = Session(tmp_path, run, first, args=())
    with session.terminal as terminal:
        terminal.wait_for("↵ open")
        for seed in range(first, min(first + 2 * BURSTS, SEEDS.stop)):
            rng = session.rng = random.Random(seed)
            for _ in range(rng.randrange(1, 5)):
                if rng.random() < 0.3:
                    session.resize()
                # From the list a / leads to the input, in the input it is deleted again.
                terminal.send("/" + CTRL_U + rng.choice(list(ends)) + ENTER)
                if rng.random() < 0.5:
                    terminal.read(rng.choice([0.01, 0.1, 0.5]))
                terminal.send(rng.choice(["", "G", f"/line 7{ENTER}", "e", "j"]))
                if rng.random() < 0.5:
                    terminal.read(rng.choice([0.01, 0.1, 0.5]))
                terminal.send("q")  # back
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
