"""Tests: runs a real program in a pseudo-terminal, reads what a person would see, notes when.

Bytes are read as soon as they come and get the time of their arrival; drawing
them comes second. `wait_for` looks at the screen when all that was read is
drawn; `wait`, for measuring, looks after each piece and gives the piece's time.
"""

from __future__ import annotations

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
from typing import TYPE_CHECKING

from tests.support import process
from tests.support.forked import Forked, can_fork
from tests.support.program import command
from tests.support.screen import Screen

if TYPE_CHECKING:
    import signal
    from collections.abc import Callable, Mapping, Sequence
    from types import TracebackType

    import pyte

TIMEOUT = 60.0
"""Seconds after which a condition that does not come true is a failure; never reached when well."""

PIECE = 1024
"""Bytes that `wait` draws before it reads and looks again: a millisecond or two of work."""

# Becomes leader of the new session's terminal, notes the time and its own CPU time, then
# becomes the program: a shell would do that only on Linux, and preexec_fn is not safe beside
# the test runner's threads.
_LAUNCH = (
    "import fcntl,os,sys,termios,time;"
    "t=os.open(sys.argv[1],os.O_RDWR);fcntl.ioctl(t,termios.TIOCSCTTY,0);os.close(t);"
    "n=int(sys.argv[2]);os.set_inheritable(n,False);"
    "os.write(n,b'%f %f' % (time.monotonic(),time.process_time()));"
    "os.execvp(sys.argv[3],sys.argv[3:])"
)

# Questions that a real terminal answers; without an answer a program may wait.
_ANSWERS = (
    (re.compile(rb"\x1b\[0?c"), b"\x1b[?62;22c"),  # device attributes: a VT220 with colour
    (re.compile(rb"\x1b\[6n"), b"\x1b[1;1R"),  # cursor position
    (re.compile(rb"\x1b\[5n"), b"\x1b[0n"),  # status: well
    (re.compile(rb"\x1b\[\?2026\$p"), b"\x1b[?2026;2$y"),  # synchronized output: there
)
_LONGEST_QUESTION = 12

LOGVIEW = (sys.executable, "-m", "logview")


class TerminalError(AssertionError):
    """What was waited for did not come; the text says what, and shows the screen as it was."""


class Terminal:
    """A program in a pseudo-terminal of its own, with a screen that can be read.

    `args` follow `python -m logview` unless `program` says otherwise; without
    one the program may be a fork of one that is imported already, and runs
    `patch` first, which is Python. `env` is
    added to this process's environment, or is all of it without `inherit`.
    `stdin` is the terminal too, unless a descriptor is given; so are `stdout`
    and `stderr`. Without `controlling` the terminal is not that of the
    program's session, so that there is no `/dev/tty`. `background` is what is
    answered to the question for its colour (`rgb:R/G/B`); without `answers`
    nothing is answered at all. Use as a context manager:
    leaving it ends the program. Times are of `time.monotonic`, in seconds.
    """

    def __init__(
        self,
        args: Sequence[str] = (),
        *,
        env: Mapping[str, str] | None = None,
        inherit: bool = True,
        rows: int = 24,
        cols: int = 80,
        program: Sequence[str] | None = None,
        patch: str = "",
        stdin: int | None = None,
        stdout: int | None = None,
        stderr: int | None = None,
        cwd: str | os.PathLike[str] | None = None,
        controlling: bool = True,
        background: str | None = None,
        answers: bool = True,
    ) -> None:
        self.chunks: list[tuple[float, bytes]] = []
        """All that was written, and when."""
        self.display = Screen(rows, cols)
        """The screen as far as it is drawn."""
        self.started = time.monotonic()
        """When the program began."""
        self._background = background
        self._answers = answers
        self.ended: float | None = None
        """When the program was found to have ended."""
        self.sent_at = self.started
        """When something was typed last."""
        self.cpu_of_it = 0.0
        """CPU seconds of what was `timed` last."""
        self._cpu_before = 0.0  # that the process used before it became the program
        self._raw = b""
        self._joined = 0  # chunks that are in it
        self._drawn = 0  # chunks that were drawn
        self._offset = 0  # bytes of the next one that were drawn
        self._tail = b""
        self._master, slave = pty.openpty()
        self._set_size(rows, cols)
        environ = {**(os.environ if inherit else {}), **(env or {})}
        environ.setdefault("TERM", "xterm-256color")
        environ.setdefault("COLORTERM", "truecolor")
        descriptors = tuple(slave if fd is None else fd for fd in (stdin, stdout, stderr))
        name = os.ttyname(slave) if controlling else None
        self.process: subprocess.Popen[bytes] | Forked
        try:
            if program is None and min(descriptors) >= 0 and can_fork(environ):
                self.process = self._fork(args, descriptors, environ, cwd, name, patch)
            else:
                words = [*program, *args] if program else command(*args, patch=patch)
                self.process = self._execute(words, descriptors, environ, cwd, name)
        except BaseException:
            os.close(self._master)
            raise
        finally:
            os.close(slave)
        os.set_blocking(self._master, False)

    def _fork(
        self,
        args: Sequence[str],
        descriptors: tuple[int, ...],
        environ: Mapping[str, str],
        cwd: str | os.PathLike[str] | None,
        terminal: str | None,
        patch: str,
    ) -> Forked:
        program = Forked(
            args,
            descriptors,
            environ=environ,
            cwd=cwd,
            session=True,
            terminal=terminal,
            patch=patch,
        )
        self.started, self._cpu_before = program.started, program.cpu_before
        return program

    def _execute(
        self,
        words: Sequence[str],
        descriptors: tuple[int, ...],
        environ: Mapping[str, str],
        cwd: str | os.PathLike[str] | None,
        terminal: str | None,
    ) -> subprocess.Popen[bytes]:
        noted, note = os.pipe()
        launch = [sys.executable, "-I", "-S", "-c", _LAUNCH, terminal or "", str(note)]
        with os.fdopen(noted, "rb") as file:
            try:
                program = subprocess.Popen(
                    [*(launch if terminal else []), *words],
                    stdin=descriptors[0],
                    stdout=descriptors[1],
                    stderr=descriptors[2],
                    env=environ,
                    cwd=cwd,
                    start_new_session=True,
                    pass_fds=[note] if terminal else [],
                )
            finally:
                os.close(note)
            if terminal and (noted_words := file.read().split()):
                self.started, self._cpu_before = map(float, noted_words)
        return program

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
        """End the program if it runs, and close the terminal."""
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait(timeout=TIMEOUT)
        self.hang_up()

    def hang_up(self) -> None:
        """Close the terminal under the program."""
        if self._master >= 0:
            os.close(self._master)
            self._master = -1

    # -- what it shows --------------------------------------------------------------------

    @property
    def pid(self) -> int:
        """The program's process."""
        return self.process.pid

    def cpu_seconds(self) -> float:
        """Return the CPU time that the program and its children used so far."""
        return process.cpu_seconds(self.pid) - self._cpu_before

    @property
    def raw(self) -> bytes:
        """All that was written."""
        if self._joined < len(self.chunks):
            self._raw += b"".join(data for _, data in self.chunks[self._joined :])
            self._joined = len(self.chunks)
        return self._raw

    @property
    def screen(self) -> list[str]:
        """The rows of the screen, without the spaces at their ends."""
        self._draw()
        return [row.rstrip() for row in self.display.lines()]

    @property
    def text(self) -> str:
        """The screen as one text."""
        return "\n".join(self.screen)

    @property
    def cursor(self) -> tuple[int, int]:
        """Row and column of the cursor, from 0."""
        self._draw()
        return self.display.cursor

    def cell(self, row: int, column: int) -> pyte.screens.Char:
        """Return one cell: `.data`, `.fg`, `.bg`, `.bold`, `.reverse`, …"""
        self._draw()
        return self.display.cell(row, column)

    def find(self, text: str) -> tuple[int, int]:
        """Return row and column where the text begins on the screen."""
        self._draw()
        for number, row in enumerate(self.display.lines()):
            if text in row:
                return number, row.index(text)
        raise TerminalError(f"{text!r} is not on the screen:\n{self.text}")

    def mode(self) -> tuple[bool, bool]:
        """Return whether the terminal echoes and reads whole lines, as a shell wants it."""
        local = termios.tcgetattr(self._master)[3]
        return bool(local & termios.ECHO), bool(local & termios.ICANON)

    # -- what a person does ---------------------------------------------------------------

    @property
    def unread(self) -> int:
        """Bytes that the program has written and the terminal has not read."""
        return int.from_bytes(fcntl.ioctl(self._master, termios.FIONREAD, bytes(4)), sys.byteorder)

    def send(self, keys: str | bytes) -> Terminal:
        """Type: plain characters, or what a terminal sends for a key (`\\x1b[A`, `\\x03`)."""
        data = keys.encode() if isinstance(keys, str) else keys
        self.sent_at = time.monotonic()
        while data:
            try:
                data = data[os.write(self._master, data) :]
            except BlockingIOError:
                self.read(0.01)
        return self

    def resize(self, rows: int, cols: int) -> Terminal:
        """Change the size of the window; the program gets SIGWINCH from the terminal."""
        self._draw()
        self.display.resize(rows, cols)
        self._set_size(rows, cols)
        return self

    def signal(self, number: signal.Signals) -> Terminal:
        """Send a signal to the program."""
        self.process.send_signal(number)
        return self

    # -- reading and waiting --------------------------------------------------------------

    def alive(self) -> bool:
        """Return whether the program runs; notes the time when it is first found ended."""
        if self.process.poll() is None:
            return True
        if self.ended is None:
            self.ended = time.monotonic()
        return False

    def read(self, patience: float) -> bool:
        """Take what was written, or wait so many seconds for it; False when nothing came."""
        if not select.select([self._master], [], [], patience)[0]:
            return False
        try:
            data = os.read(self._master, 1 << 16)
        except BlockingIOError:
            return False
        except OSError as error:
            if error.errno != errno.EIO:  # Linux: no process has the other side open
                raise
            time.sleep(min(patience, 0.005))  # nothing more will come: only the exit is waited for
            return False
        self.chunks.append((time.monotonic(), data))
        self._answer(data)
        return bool(data)

    def wait_for(
        self, expected: str | Callable[[Terminal], object], timeout: float = TIMEOUT
    ) -> Terminal:
        """Read until the text is on the screen, or the condition holds."""
        self._read_until(
            (lambda: expected in self.text)
            if isinstance(expected, str)
            else lambda: expected(self),
            timeout,
            repr(expected) if isinstance(expected, str) else "the condition",
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
        self._read_until(lambda: not self.alive(), timeout, "the end")
        while self.read(0):
            pass
        return self.process.wait()

    def wait(
        self,
        holds: Callable[[Screen], object],
        limit: float,
        what: str,
    ) -> float:
        """Read until the screen is as wanted, and give the time when the bytes for it came.

        Raises TerminalError after `limit` seconds, or when the program ended.
        """
        end = time.monotonic() + limit
        at: float | None = time.monotonic()
        while at is None or not holds(self.display):
            at = self._draw_piece()
            got = self.read(0.0 if self._drawn < len(self.chunks) else 0.02)
            if at is None and not got and not self.alive():
                raise TerminalError(f"{what}: the program ended ({self.process.returncode})")
            if time.monotonic() > end:
                raise TerminalError(f"{what}: not within {limit:g} s")
        return at

    def timed(self, keys: str, holds: Callable[[Screen], object], limit: float, what: str) -> float:
        """Type, and give the seconds until the screen is as wanted; notes the CPU time of it."""
        cpu = self.cpu_seconds()
        took = self.wait_after(keys, holds, limit, what)
        self.cpu_of_it = self.cpu_seconds() - cpu
        return took

    def wait_after(
        self, keys: str, holds: Callable[[Screen], object], limit: float, what: str
    ) -> float:
        """Type, and give the seconds until the screen is as wanted."""
        began = self.send(keys).sent_at
        return self.wait(holds, limit, what) - began

    def settle(self, quiet: float, limit: float) -> None:
        """Read until nothing was written for so many seconds; `limit` at most. Then draw."""
        end = time.monotonic() + limit
        while time.monotonic() < end and self.read(quiet):
            pass
        while self._draw_piece() is not None:
            self.read(0)

    def listen(self, seconds: float) -> None:
        """Read for so long, without drawing."""
        end = time.monotonic() + seconds
        while (rest := end - time.monotonic()) > 0 and (self.read(rest) or self.alive()):
            pass

    def wait_end(self, limit: float) -> float:
        """Read until the program has ended, without drawing; when that was."""
        end = time.monotonic() + limit
        while self.alive():
            self.read(0.001)
            if time.monotonic() > end:
                raise TerminalError(f"the end of the program: not within {limit:g} s")
        assert self.ended is not None
        return self.ended

    # -- how ------------------------------------------------------------------------------

    def _set_size(self, rows: int, cols: int) -> None:
        fcntl.ioctl(self._master, termios.TIOCSWINSZ, struct.pack("HHHH", rows, cols, 0, 0))

    def _read_until(self, holds: Callable[[], object], timeout: float, what: str) -> None:
        deadline = time.monotonic() + timeout
        while not holds():
            if time.monotonic() > deadline:
                raise TerminalError(f"waited {timeout:g} s for {what}; the screen:\n{self.text}")
            ended = not self.alive()
            if not self.read(0.05) and ended and not holds():
                raise TerminalError(
                    f"the program ended ({self.process.returncode}) before {what}; "
                    f"the screen:\n{self.text}"
                )

    def _answer(self, data: bytes) -> None:
        if not self._answers:
            return
        data = self._tail + data
        questions = list(_ANSWERS)
        if self._background is not None:
            answer = b"\x1b]11;%b\x1b\\" % self._background.encode()
            questions.insert(0, (re.compile(rb"\x1b\]11;\?(?:\x07|\x1b\\)"), answer))
        for question, answer in questions:
            for found in question.finditer(data):
                if found.end() > len(self._tail):
                    os.write(self._master, answer)
        self._tail = data[-_LONGEST_QUESTION:]

    def _draw_piece(self) -> float | None:
        """Draw a piece of what was read, and give the time it came; None when all is drawn."""
        if self._drawn >= len(self.chunks):
            return None
        at, data = self.chunks[self._drawn]
        self.display.feed(data[self._offset : self._offset + PIECE])
        self._offset += PIECE
        if self._offset >= len(data):
            self._drawn += 1
            self._offset = 0
        return at

    def _draw(self) -> None:
        while self._draw_piece() is not None:
            pass
