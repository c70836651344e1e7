"""Terminal tests: runs the real program in a pseudo-terminal and reads what a person would see."""

from __future__ import annotations

import copy
import errno
import fcntl
import os
import pty
import re
import select
import struct
import subprocess
import sys
import termios
import time
from typing import TYPE_CHECKING, Any

import pyte

if TYPE_CHECKING:
    import signal
    from collections.abc import Callable, Mapping, Sequence
    from types import TracebackType

TIMEOUT = 60.0
"""Seconds after which a condition that does not come true is a failure; never reached when well."""

# Becomes leader of the new session's terminal, then the program: a shell would do
# that only on Linux, and preexec_fn is not safe beside the test runner's threads.
_LAUNCH = (
    "import fcntl,os,sys,termios;"
    "t=os.open(sys.argv[1],os.O_RDWR);fcntl.ioctl(t,termios.TIOCSCTTY,0);os.close(t);"
    "os.execvp(sys.argv[2],sys.argv[2:])"
)

# What pyte would print as text: private forms of CSI (kitty keyboard, xterm key
# modifiers), OSC and DCS strings are understood by terminals and drawn by none.
_UNDRAWN = re.compile(
    rb"\x1b\[[<>=][0-9;]*[a-zA-Z]|\x1b\[\?[0-9;]*\$p|\x1b[P_^X][^\x1b]*\x1b\\"
    rb"|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)"
)
_UNFINISHED = re.compile(rb"\x1b(?:\[[<>=?0-9;]*\$?|[P_^X\]][^\x07\x1b]*\x1b?)?$")

# Questions that a real terminal answers.
_ANSWERS = (
    (re.compile(rb"\x1b\[0?c"), b"\x1b[?62;22c"),  # device attributes: a VT220 with colour
    (re.compile(rb"\x1b\[6n"), b"\x1b[1;1R"),  # cursor position
    (re.compile(rb"\x1b\[5n"), b"\x1b[0n"),  # status: well
    (re.compile(rb"\x1b\[\?2026\$p"), b"\x1b[?2026;2$y"),  # synchronized output: there
)

LOGVIEW = (sys.executable, "-m", "logview")


class Screen(pyte.Screen):
    """A screen with an alternate one, which programs that fill it leave when they end."""

    def set_mode(self, *modes: int, **options: bool) -> None:
        """Put the main screen away (DECSET 1049)."""
        if 1049 in modes and options.get("private"):
            self._main = copy.deepcopy((self.buffer, self.cursor))
            self.erase_in_display(2)
        super().set_mode(*modes, **options)

    def reset_mode(self, *modes: int, **options: bool) -> None:
        """Bring the main screen back."""
        super().reset_mode(*modes, **options)
        if 1049 in modes and options.get("private") and self._main is not None:
            (self.buffer, self.cursor), self._main = self._main, None
            self.dirty.update(range(self.lines))

    _main: Any = None


class TerminalError(AssertionError):
    """A condition did not come true; the text shows the screen as it was."""


class Terminal:
    """A program in a pseudo-terminal of its own, with a screen that can be read.

    `args` follow `python -m logview` unless `program` says otherwise. `stdin`
    is the terminal too, unless a descriptor is given; so are `stdout` and
    `stderr`. Without `controlling` the terminal is not that of the program's
    session, so that there is no `/dev/tty`. Use as a context manager: leaving
    it ends the program.
    """

    def __init__(
        self,
        args: Sequence[str] = (),
        *,
        env: Mapping[str, str] | None = None,
        rows: int = 24,
        cols: int = 80,
        program: Sequence[str] = LOGVIEW,
        stdin: int | None = None,
        stdout: int | None = None,
        stderr: int | None = None,
        cwd: str | os.PathLike[str] | None = None,
        controlling: bool = True,
    ) -> None:
        self.raw = b""
        self._display = Screen(cols, rows)
        self._stream = pyte.ByteStream(self._display)
        self._unfed = b""
        self._exit_code: int | None = None
        self._master, slave = pty.openpty()
        self._set_size(rows, cols)
        environ = {**os.environ, **(env or {})}
        environ.setdefault("TERM", "xterm-256color")
        environ.setdefault("COLORTERM", "truecolor")
        launch = [sys.executable, "-I", "-S", "-c", _LAUNCH, os.ttyname(slave)]
        try:
            self.process = subprocess.Popen(
                [*(launch if controlling else []), *program, *args],
                stdin=slave if stdin is None else stdin,
                stdout=slave if stdout is None else stdout,
                stderr=slave if stderr is None else stderr,
                env=environ,
                cwd=cwd,
                start_new_session=True,
            )
        finally:
            os.close(slave)

    def __enter__(self) -> Terminal:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """End the program, and whatever it started in its session's foreground, and let go."""
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait(timeout=TIMEOUT)
        if self._master >= 0:
            os.close(self._master)
            self._master = -1

    # What it shows

    @property
    def screen(self) -> list[str]:
        """The rows of the screen, without the spaces at their ends."""
        return [row.rstrip() for row in self._display.display]

    @property
    def text(self) -> str:
        """The screen as one text."""
        return "\n".join(self.screen)

    @property
    def cursor(self) -> tuple[int, int]:
        """Row and column of the cursor, from 0."""
        return self._display.cursor.y, self._display.cursor.x

    def cell(self, row: int, column: int) -> pyte.screens.Char:
        """One cell: `.data`, `.fg`, `.bg`, `.bold`, `.reverse`, …"""
        return self._display.buffer[row][column]

    def find(self, text: str) -> tuple[int, int]:
        """Row and column where the text begins on the screen."""
        for number, row in enumerate(self._display.display):
            if text in row:
                return number, row.index(text)
        raise TerminalError(f"{text!r} is not on the screen:\n{self.text}")

    # What happens

    def wait_for(
        self, wanted: str | Callable[[Terminal], object], timeout: float = TIMEOUT
    ) -> Terminal:
        """Read until the text is on the screen, or the condition holds."""
        self._read_until(
            (lambda: wanted in self.text) if isinstance(wanted, str) else lambda: wanted(self),
            timeout,
            repr(wanted) if isinstance(wanted, str) else "the condition",
        )
        return self

    def wait_gone(self, text: str, timeout: float = TIMEOUT) -> Terminal:
        """Read until the text is no longer on the screen."""
        self._read_until(lambda: text not in self.text, timeout, f"the end of {text!r}")
        return self

    def wait_raw(self, data: bytes, timeout: float = TIMEOUT) -> Terminal:
        """Read until the program has written these bytes."""
        self._read_until(lambda: data in self.raw, timeout, repr(data))
        return self

    def exit_code(self, timeout: float = TIMEOUT) -> int:
        """Read until the program has ended; its exit code, or minus the signal that ended it."""
        self._read_until(lambda: self.process.poll() is not None, timeout, "the end")
        while self._read(0):
            pass
        assert self.process.returncode is not None
        return self.process.returncode

    def send(self, keys: str | bytes) -> Terminal:
        """Type: plain characters, or what a terminal sends for a key (`\\x1b[A`, `\\x03`)."""
        data = keys.encode() if isinstance(keys, str) else keys
        while data:
            data = data[os.write(self._master, data) :]
        return self

    def resize(self, rows: int, cols: int) -> Terminal:
        """Change the size of the window; the program gets SIGWINCH from the terminal."""
        self._display.resize(rows, cols)
        self._set_size(rows, cols)
        return self

    def signal(self, number: signal.Signals) -> Terminal:
        """Send a signal to the program."""
        self.process.send_signal(number)
        return self

    def mode(self) -> tuple[bool, bool]:
        """Whether the terminal echoes and reads whole lines, as a shell wants it."""
        local = termios.tcgetattr(self._master)[3]
        return bool(local & termios.ECHO), bool(local & termios.ICANON)

    # How

    def _set_size(self, rows: int, cols: int) -> None:
        fcntl.ioctl(self._master, termios.TIOCSWINSZ, struct.pack("HHHH", rows, cols, 0, 0))

    def _read_until(self, holds: Callable[[], object], timeout: float, what: str) -> None:
        deadline = time.monotonic() + timeout
        while not holds():
            if time.monotonic() > deadline:
                raise TerminalError(f"waited {timeout:g} s for {what}; the screen:\n{self.text}")
            ended = self.process.poll() is not None
            if not self._read(0.05) and ended and not holds():
                raise TerminalError(
                    f"the program ended ({self.process.returncode}) before {what}; "
                    f"the screen:\n{self.text}"
                )

    def _read(self, patience: float) -> bool:
        """Take what the program wrote; False when there was nothing."""
        if not select.select([self._master], [], [], patience)[0]:
            return False
        try:
            data = os.read(self._master, 1 << 16)
        except OSError as error:
            if error.errno != errno.EIO:  # Linux says so when nobody holds the other side
                raise
            time.sleep(patience)  # nothing more will come: only the exit is waited for
            return False
        self.raw += data
        self._feed(data)
        return bool(data)

    def _feed(self, data: bytes) -> None:
        data = self._unfed + data
        cut = _UNFINISHED.search(data)
        keep = cut.start() if cut and len(data) - cut.start() < 4096 else len(data)
        data, self._unfed = data[:keep], data[keep:]
        for question, answer in _ANSWERS:
            for _ in question.findall(data):
                self.send(answer)
        self._stream.feed(_UNDRAWN.sub(b"", data))
