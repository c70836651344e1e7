"""Bench: runs a program in a pseudo-terminal and notes when it wrote what.

The same for every program: bytes are read as soon as they come and get the
time of their arrival; looking at them comes second, in pieces so small that
reading never waits for more than a millisecond or two.
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import os
import pty
import re
import select
import signal
import struct
import termios
import time
from typing import TYPE_CHECKING, NoReturn

from tests.bench import process
from tests.bench.screen import Screen

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from types import TracebackType

ROWS, COLS = 40, 120

_PIECE = 1024
"""Bytes that are looked at before the program is listened to again."""

# Questions that a terminal answers; without an answer a program may wait.
_ANSWERS = (
    (re.compile(rb"\x1b\[0?c"), b"\x1b[?62;22c"),  # device attributes: a VT220 with colour
    (re.compile(rb"\x1b\[6n"), b"\x1b[1;1R"),  # cursor position
    (re.compile(rb"\x1b\[\?2026\$p"), b"\x1b[?2026;2$y"),  # synchronized output: there
)


class NotSeenError(Exception):
    """What was waited for did not come; the text says what, and why."""


class Terminal:
    """A program in a terminal of its own. Leaving the context ends the program.

    Times are of `time.monotonic`, in seconds.
    """

    def __init__(
        self,
        argv: Sequence[str],
        *,
        env: Mapping[str, str],
        cwd: str | None = None,
        draw: bool = True,
    ) -> None:
        self.chunks: list[tuple[float, bytes]] = []
        """All that was written, and when."""
        self.screen = Screen(ROWS, COLS)
        self._draw = draw
        self._seen = 0  # chunks that were drawn
        self._offset = 0  # bytes of the next one that were drawn
        self._tail = b""
        self._status: int | None = None
        self.cpu_of_it = 0.0
        """CPU seconds of what was `timed` last."""
        self.ended: float | None = None
        """When the program was found to have ended."""
        self.started = time.monotonic()
        self.pid, self._master = pty.fork()
        if self.pid == 0:
            _become(argv, env, cwd)
        _resize(self._master)
        os.set_blocking(self._master, False)

    def __enter__(self) -> Terminal:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._master >= 0:
            if self.alive():
                os.kill(self.pid, signal.SIGKILL)
            limit = time.monotonic() + 20
            while self.alive() and time.monotonic() < limit:
                self.read(0.01)  # one that writes on its way out must be able to
            os.close(self._master)
            self._master = -1

    # -- what happens ---------------------------------------------------------------------

    def alive(self) -> bool:
        """Whether the program runs; notes the time when it is first found ended."""
        if self._status is None:
            with contextlib.suppress(ChildProcessError):
                pid, status = os.waitpid(self.pid, os.WNOHANG)
                if pid:
                    self._status = os.waitstatus_to_exitcode(status)
                    self.ended = time.monotonic()
        return self._status is None

    def send(self, keys: str) -> float:
        """Type, and give the time of it."""
        data = keys.encode()
        now = time.monotonic()
        while data:
            try:
                data = data[os.write(self._master, data) :]
            except BlockingIOError:
                self.read(0.01)
        return now

    def read(self, patience: float) -> bool:
        """Take what was written, or wait so many seconds for it; False when nothing came."""
        if not select.select([self._master], [], [], patience)[0]:
            return False
        try:
            data = os.read(self._master, 1 << 16)
        except BlockingIOError:
            return False
        except OSError as error:
            if error.errno != errno.EIO:  # Linux says so when nobody holds the other side
                raise
            time.sleep(min(patience, 0.005))
            return False
        self.chunks.append((time.monotonic(), data))
        self._answer(data)
        return bool(data)

    def _answer(self, data: bytes) -> None:
        data = self._tail + data
        for question, answer in _ANSWERS:
            for found in question.finditer(data):
                if found.end() > len(self._tail):
                    os.write(self._master, answer)
        self._tail = data[-12:]

    # -- what is seen ---------------------------------------------------------------------

    def _draw_some(self) -> float | None:
        """Draw a piece of what was read, and give the time it came; None when all is drawn."""
        if self._seen >= len(self.chunks):
            return None
        at, data = self.chunks[self._seen]
        self.screen.feed(data[self._offset : self._offset + _PIECE])
        self._offset += _PIECE
        if self._offset >= len(data):
            self._seen += 1
            self._offset = 0
        return at

    def wait(self, holds: Callable[[Screen], object], limit: float, what: str) -> float:
        """Read until the screen is as wanted, and give the time when the bytes for it came.

        Raises NotSeenError after `limit` seconds, or when the program ended.
        """
        end = time.monotonic() + limit
        at: float | None = time.monotonic()
        while at is None or not holds(self.screen):
            at = self._draw_some()
            got = self.read(0.0 if self._seen < len(self.chunks) else 0.02)
            if at is None and not got and not self.alive():
                raise NotSeenError(f"{what}: the program ended ({self._status})")
            if time.monotonic() > end:
                raise NotSeenError(f"{what}: not within {limit:g} s")
        return at

    def timed(self, keys: str, holds: Callable[[Screen], object], limit: float, what: str) -> float:
        """Type, and give the seconds until the screen is as wanted; notes the CPU time of it."""
        cpu = process.cpu_seconds(self.pid)
        began = self.send(keys)
        took = self.wait(holds, limit, what) - began
        self.cpu_of_it = process.cpu_seconds(self.pid) - cpu
        return took

    def wait_text(self, text: str, limit: float) -> float:
        """Read until a text is on the screen; when it came."""
        return self.wait(lambda screen: text in screen.text(), limit, f"“{text}”")

    def settle(self, quiet: float, limit: float) -> None:
        """Read until nothing was written for so many seconds; `limit` at most."""
        end = time.monotonic() + limit
        while time.monotonic() < end and self.read(quiet):
            pass
        while self._draw and self._draw_some() is not None:
            self.read(0)

    def listen(self, seconds: float) -> None:
        """Read for so long, without looking."""
        end = time.monotonic() + seconds
        while (rest := end - time.monotonic()) > 0 and (self.read(rest) or self.alive()):
            pass

    def wait_end(self, limit: float) -> float:
        """Read until the program has ended; when that was."""
        end = time.monotonic() + limit
        while self.alive():
            self.read(0.001)
            if time.monotonic() > end:
                raise NotSeenError(f"the end of the program: not within {limit:g} s")
        assert self.ended is not None
        return self.ended


def _resize(descriptor: int) -> None:
    fcntl.ioctl(descriptor, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLS, 0, 0))


def _become(argv: Sequence[str], env: Mapping[str, str], cwd: str | None) -> NoReturn:
    """Turn the forked child into the program."""
    try:
        _resize(0)
        if cwd is not None:
            os.chdir(cwd)
        os.execvpe(argv[0], list(argv), dict(env))
    finally:
        os._exit(127)
