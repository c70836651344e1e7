"""Tests: starts logview by forking an interpreter that has imported it already.

Importing Textual takes most of the CPU time of a program that is started to do
one thing. A server process, one for each test process, imports everything once;
each program is a fork of it with its own arguments, environment, descriptors,
working folder and session, and ends as an interpreter does. Programs whose
interpreter is set up otherwise are started anew: see `can_fork`. POSIX only.
"""

from __future__ import annotations

import atexit
import gc
import importlib
import json
import os
import select
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

ROOT = Path(__file__).parents[2]

_SERVER = "from tests.support import forked; program = forked.serve(); program()"
_READ_AT_START = ("PYTHON", "LANG", "LC_", "TEXTUAL")
"""Variables that an interpreter, or Textual, reads when it starts, and never again."""
_IMPORTED = [
    *("logview.apify.client", "logview.cli.options", "logview.config.settings"),
    *("logview.demo.server", "logview.plain.digest_output", "logview.plain.reader"),
    *("logview.plain.runs", "logview.process.crash", "logview.sources.remote", "logview.tui.app"),
    *("httpcore", "anyio._backends._asyncio", "encodings.idna"),  # else when a request is made
]


def can_fork(environ: Mapping[str, str]) -> bool:
    """Return whether a program with this environment may be a fork."""

    def read_at_start(variables: Mapping[str, str]) -> dict[str, str]:
        return {name: value for name, value in variables.items() if name.startswith(_READ_AT_START)}

    return sys.platform == "linux" and read_at_start(environ) == read_at_start(_environ())


def _environ() -> dict[str, str]:
    """Return the environment of the server: nothing that a test could have set."""
    kept = {name: os.environ[name] for name in ("PATH", "TMPDIR") if name in os.environ}
    return {**kept, "LANG": "C.UTF-8", "PYTHONPATH": str(ROOT)}


class Forked:
    """A logview that runs, with the part of `subprocess.Popen` that tests need.

    `terminal` becomes the controlling terminal of its session; with `session`
    it leads a session of its own. `patch` is Python that it runs first.
    """

    def __init__(
        self,
        args: Sequence[str],
        descriptors: Sequence[int],
        *,
        environ: Mapping[str, str],
        cwd: str | os.PathLike[str] | None = None,
        session: bool = False,
        terminal: str | None = None,
        patch: str = "",
    ) -> None:
        reading, writing = os.pipe()
        self._status = os.fdopen(reading, "rb", 0)
        asked = {
            "args": list(args),
            "environ": dict(environ),
            "cwd": os.fspath(cwd) if cwd is not None else str(Path.cwd()),
            "session": session,
            "terminal": terminal,
            "patch": patch,
        }
        try:
            _send(json.dumps(asked).encode(), [*descriptors, writing])
        finally:
            os.close(writing)
        words = self._status.readline().split()
        self.pid = int(words[0])
        self.started = float(words[1])
        """When it began, of `time.monotonic`."""
        self.cpu_before = float(words[2])
        """CPU seconds that its process had used by then."""
        self.returncode: int | None = None

    def __enter__(self) -> Forked:
        return self

    def __exit__(self, *exc_info: object) -> None:
        """Kill it, so that a failed assertion does not wait for it."""
        self.kill()
        self.wait()

    def poll(self) -> int | None:
        """Return the exit code, or minus the signal that ended it; None while it runs."""
        return self._wait(0)

    def wait(self, timeout: float | None = None) -> int:
        """Wait for its end; raise `subprocess.TimeoutExpired` after so many seconds."""
        code = self._wait(timeout)
        if code is None:
            raise subprocess.TimeoutExpired("logview", timeout or 0)
        return code

    def send_signal(self, number: int) -> None:
        """Send a signal, unless it has ended."""
        if self.poll() is None:
            os.kill(self.pid, number)

    def terminate(self) -> None:
        """Send SIGTERM."""
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """Send SIGKILL."""
        self.send_signal(signal.SIGKILL)

    def _wait(self, timeout: float | None) -> int | None:
        if self.returncode is None and select.select([self._status], [], [], timeout)[0]:
            line = self._status.readline()
            self._status.close()
            self.returncode = os.waitstatus_to_exitcode(int(line)) if line else -signal.SIGKILL
        return self.returncode


# -- the server ------------------------------------------------------------------------------

_server: tuple[socket.socket, subprocess.Popen[bytes], int] | None = None


def _send(message: bytes, descriptors: list[int]) -> None:
    """Have the server, which is started when it is needed first, fork a program."""
    global _server  # noqa: PLW0603  # one for each test process
    if _server is None or _server[2] != os.getpid():
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_STREAM)
        with theirs:
            process = subprocess.Popen(
                [sys.executable, "-c", _SERVER],
                stdin=theirs.fileno(),
                stdout=subprocess.DEVNULL,
                env=_environ(),
                cwd=ROOT,
            )
        _server = ours, process, os.getpid()
        atexit.register(_stop, ours, process)
    socket.send_fds(_server[0], [len(message).to_bytes(8, "big")], descriptors)
    _server[0].sendall(message)


def _stop(ours: socket.socket, process: subprocess.Popen[bytes]) -> None:
    ours.close()
    process.wait()


def serve() -> Callable[[], object]:
    """Fork programs until nobody asks; returns, in each of them, what is to be run."""
    for name in _IMPORTED:
        importlib.import_module(name)
    from logview.cli.main import script

    gc.collect()
    gc.freeze()
    server = socket.socket(fileno=os.dup(0))
    os.close(0)
    os.open(os.devnull, os.O_RDWR)
    while True:
        header, descriptors, _, _ = socket.recv_fds(server, 8, 4)
        _reap(os.WNOHANG if header else 0)
        if not header:
            return lambda: None
        length, message = int.from_bytes(header, "big"), b""
        while len(message) < length:
            message += server.recv(length - len(message))
        if os.fork() == 0:
            server.close()
            asked = json.loads(message)
            if _fork_program(asked, descriptors):
                exec(asked["patch"], {"__name__": "__main__"})
                return script
        for fd in descriptors:
            os.close(fd)


def _reap(flags: int) -> None:
    """Wait for children, so that their CPU time counts as the tests'."""
    try:
        while os.waitpid(-1, flags)[0]:
            pass
    except ChildProcessError:
        return


def _fork_program(asked: dict[str, Any], descriptors: list[int]) -> bool:
    """Fork once more and return in the program; its parent reports how it ended, and ends."""
    status = descriptors[3]
    child = os.fork()
    if child == 0:
        _become(asked, descriptors)
        return True
    for fd in descriptors[:3]:
        os.close(fd)
    _, ended = os.waitpid(child, 0)
    try:
        os.write(status, b"%d\n" % ended)
    finally:
        os._exit(0)


def _become(asked: dict[str, Any], descriptors: list[int]) -> None:
    """Be the process that a fresh interpreter would be."""
    if asked["session"]:
        os.setsid()
    if asked["terminal"]:
        import fcntl
        import termios

        fd = os.open(asked["terminal"], os.O_RDWR)
        fcntl.ioctl(fd, termios.TIOCSCTTY, 0)
        os.close(fd)
    for fd in range(3):
        os.dup2(descriptors[fd], fd)
    note = b"%d %f %f\n" % (os.getpid(), time.monotonic(), time.process_time())
    os.write(descriptors[3], note)
    os.closerange(3, 1024)
    os.environ.clear()
    os.environ.update(asked["environ"])
    time.tzset()
    os.chdir(asked["cwd"])
    sys.argv = [str(ROOT / "logview" / "__main__.py"), *asked["args"]]
    for fd, (name, mode, errors) in enumerate(
        [
            ("stdin", "r", "surrogateescape"),
            ("stdout", "w", "surrogateescape"),
            ("stderr", "w", "backslashreplace"),
        ]
    ):
        lines = name == "stderr" or os.isatty(fd)
        file = open(  # noqa: SIM115  # a descriptor, open as long as the program
            fd, mode, encoding="utf-8", errors=errors, closefd=False, buffering=1 if lines else -1
        )
        setattr(sys, name, file)
        setattr(sys, f"__{name}__", file)
