"""Clipboard tools: the programs and system calls that set this machine's clipboard.

Each is waited for no longer than its time limit, prints nothing on the screen
and is no part of our session. Imports no screen, no HTTP.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
import signal
import subprocess
import sys
import threading
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from logview.process.children import child_environ
from logview.process.threads import run_in_daemon_thread

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

T = TypeVar("T")

TIMEOUT = 2.0
"""Seconds that a tool may take; xclip with a dead X server takes for ever."""

BYTES_A_SECOND = 10_000_000
"""By this a large text lengthens the time."""

GRACE = 0.25
"""Seconds that a tool gets to end what it began when the program is left meanwhile."""

PLATFORM = sys.platform

WINDOWS_CLIP = "/mnt/c/Windows/System32/clip.exe"
"""Where WSL shows it when Windows' folders are not on the PATH (wsl.conf, appendWindowsPath)."""


class ClipboardError(Exception):
    """A tool did not work; the text is the reason."""


class ToolError(ClipboardError):
    """A tool ran and reported a failure."""


class SupersededError(Exception):
    """A newer text is being copied."""


@dataclass(frozen=True, slots=True)
class TmuxState:
    """The state of tmux; None where it did not answer."""

    sends_on: bool | None
    """Whether it passes the text on to a terminal by OSC 52."""
    why: str
    """Why that is not sure, or not so; may be empty."""
    over_ssh: bool | None
    """Whether who is attached now came over SSH, whoever started the session."""
    environ: Mapping[str, str]
    """The displays of who is attached now."""


async def set_clipboard(text: str, environ: Mapping[str, str]) -> None:
    """Set this machine's clipboard by the first tool that works.

    Takes at most `TIMEOUT` seconds, more for a large text, for each tool.
    Raises ClipboardError, for the last of them, when none works, and
    SupersededError when a newer text came.
    """
    problem = ClipboardError("there is no clipboard here")
    for tool in available_tools(environ):
        run = _Run(environ)
        try:
            await _run_in_time(partial(_run_tool, tool, text, run), run, len(text))
        except ClipboardError as error:
            problem = error
        else:
            return
    raise problem


def cancel_older_copies() -> None:
    """End tools that still copy an older text: late, it would replace the newer one."""
    for run in list(_RUNNING):
        run.outdated = True
        run.end()


def available_tools(environ: Mapping[str, str]) -> list[str]:
    """Return the names of this machine's clipboard tools, the best first; they are pyperclip's.

    pyperclip itself picks one only, and where nothing else is found it is
    Qt, which ends the whole program when the display does not answer
    (pyperclip issue 36). Under WSL it never looks at wl-copy and xclip, which
    WSLg serves too, where clip.exe is not to be had. Windows and macOS can't
    be tried by the tests.
    """
    if PLATFORM == "win32":
        return ["windows"]
    if PLATFORM == "darwin":
        return ["pbcopy"]
    found = []
    if _clip_exe(environ):
        found.append("clip.exe")
    if environ.get("WAYLAND_DISPLAY") and _which("wl-copy", environ):
        found.append("wl-clipboard")
    if environ.get("DISPLAY"):
        found += [name for name in ("xclip", "xsel") if _which(name, environ)]
    return found


async def load_tmux_buffer(data: bytes, environ: Mapping[str, str]) -> TmuxState:
    """Load a text into a buffer of tmux, and ask what tmux does with it.

    Raises ClipboardError when tmux did not take it, OutdatedError when a newer
    text came.
    """
    sends = True
    try:
        await _feed(["tmux", "load-buffer", "-w", "-"], data, environ)
    except ToolError:  # tmux before 3.2 knows no -w
        await _feed(["tmux", "load-buffer", "-"], data, environ)
        sends = False
    try:
        answer = await _ask(
            [
                *("tmux", "display-message", "-p", "#{client_tty}", ";"),
                *("show-options", "-sv", "set-clipboard", ";"),
                *("show-environment", ";", "show-messages", "-T"),
            ],
            environ,
        )
    except ClipboardError:
        answer = ""
    state = parse_tmux_answer(answer)
    if sends:
        return state
    return TmuxState(False, "it is older than 3.2", state.over_ssh, state.environ)


def parse_tmux_answer(answer: str) -> TmuxState:
    """Parse tmux's answer: client, `set-clipboard`, environment, terminals (tmux 3.3a).

    A terminal is written to when it has the capability `Ms` (tmux(1), TERMINFO
    EXTENSIONS). With `set-clipboard` off some versions write all the same
    (tmux issue 3858), so that nothing is known then.
    """
    head, *terminals = answer.split("\nTerminal ")
    client, _, rest = head.partition("\n")
    option, _, rest = rest.partition("\n")
    lines = rest.splitlines()
    environ = dict(line.split("=", 1) for line in lines if line.startswith(_DISPLAYS))
    over_ssh = None
    if any(line.startswith("SSH_CONNECTION=") for line in lines):
        over_ssh = True
    elif "-SSH_CONNECTION" in lines:  # removed when somebody attached without it
        over_ssh = False
    sends_on, why = None, ""
    if option == "off":
        why = "set-clipboard is off"
    elif option and not client:
        sends_on, why = False, "nobody is attached"
    else:
        for terminal in terminals:
            if f" for {client}," in terminal.partition("\n")[0]:
                sends_on = ": Ms: (string)" in terminal
                why = "" if sends_on else "its terminal takes no OSC 52"
    return TmuxState(sends_on, why, over_ssh, environ)


_DISPLAYS = ("DISPLAY=", "WAYLAND_DISPLAY=", "XAUTHORITY=")


def _which(name: str, environ: Mapping[str, str]) -> str | None:
    return shutil.which(name, path=environ.get("PATH", os.defpath))


def _clip_exe(environ: Mapping[str, str]) -> str | None:
    """Find Windows' own tool: only WSL shows it."""
    found = _which("clip.exe", environ)
    if not found and (environ.get("WSL_DISTRO_NAME") or environ.get("WSL_INTEROP")):
        found = _which(WINDOWS_CLIP, environ)
    return found


def _run_tool(tool: str, text: str, run: _Run) -> None:
    if tool == "clip.exe":
        # It takes UTF-8 for the code page of the console (WSL issue 11047), and a byte
        # order mark for a part of the text; UTF-16 it recognises without.
        run.feed([_clip_exe(run.environ) or tool], text.encode("utf-16-le"))
        run.check()
        return
    import pyperclip

    pyperclip.subprocess = _PYPERCLIP
    _HERE.run = run
    try:
        pyperclip.set_clipboard(tool)
        pyperclip.copy(text)
    except pyperclip.PyperclipException as error:
        held = "OpenClipboard" in str(error)  # pyperclip tries for half a second
        raise ClipboardError(
            "another program holds the clipboard" if held else "the clipboard failed"
        ) from None
    run.check()


async def _feed(command: Sequence[str], data: bytes, environ: Mapping[str, str]) -> None:
    run = _Run(environ)

    def work() -> None:
        run.feed(command, data)
        run.check()

    await _run_in_time(work, run, len(data))


async def _ask(command: Sequence[str], environ: Mapping[str, str]) -> str:
    run = _Run(environ)
    return await _run_in_time(lambda: run.ask(command), run, 0)


async def _run_in_time(work: Callable[[], T], run: _Run, size: int) -> T:
    _RUNNING.add(run)
    try:
        return await _wait_for(work, run, TIMEOUT + size / BYTES_A_SECOND)
    except ClipboardError:
        if run.outdated:
            raise SupersededError("another text was copied since") from None
        raise
    finally:
        _RUNNING.discard(run)


async def _wait_for(work: Callable[[], T], run: _Run, timeout: float) -> T:
    finished = threading.Event()

    def working() -> T:
        try:
            return work()
        finally:
            finished.set()

    try:
        return await run_in_daemon_thread(working, timeout=timeout)
    except asyncio.TimeoutError:
        run.end()
        raise ClipboardError(f"{run.name} did not answer") from None
    except asyncio.CancelledError:
        # The program is being left: what works needs milliseconds, and a tool that
        # is cut off in the middle would leave half a text on the clipboard.
        if not finished.wait(GRACE):
            run.end()
        raise
    except OSError as error:  # BrokenPipeError: the tool ended before it had read the text
        run.end()
        raise ToolError(f"{run.name}: {error.strerror or type(error).__name__}") from error


class _Run:
    """The processes of one try.

    They get a session of their own: xclip and wl-copy leave a process behind
    that serves the text, in the group of who started them. `^Z` would stop
    that, and with it whoever pastes; closing the terminal would end it
    (wl-clipboard issue 298). Their output is thrown away rather than read, as
    that process keeps such a pipe open (wl-clipboard issue 212).
    """

    def __init__(self, environ: Mapping[str, str]) -> None:
        self.environ = environ
        self.name = "the clipboard"
        self.outdated = False
        self._processes: list[subprocess.Popen[bytes]] = []
        self._ended = False

    def start(self, command: Sequence[str], **options: Any) -> subprocess.Popen[bytes]:
        self.name = command[0].rpartition("/")[2]
        options.setdefault("stdin", subprocess.DEVNULL)
        options.setdefault("stdout", subprocess.DEVNULL)
        options.setdefault("stderr", subprocess.DEVNULL)
        environ = child_environ(self.environ)
        if self.name == "pbcopy":  # it takes UTF-8 for Mac Roman where no locale says otherwise
            environ.pop("LC_ALL", None)
            environ["LC_CTYPE"] = "UTF-8"
        process = subprocess.Popen(command, env=environ, start_new_session=True, **options)
        self._processes.append(process)
        if self._ended:
            _kill(process)
        return process

    def feed(self, command: Sequence[str], data: bytes) -> None:
        self.start(command, stdin=subprocess.PIPE).communicate(data)

    def ask(self, command: Sequence[str]) -> str:
        output, _ = self.start(command, stdout=subprocess.PIPE).communicate()
        return output.decode("utf-8", "replace")

    def check(self) -> None:
        """Raise ToolError when one of them ended with a failure; pyperclip ignores it."""
        for process in self._processes:
            if process.wait():
                raise ToolError(f"{self.name} failed (exit status {process.returncode})")

    def end(self) -> None:
        self._ended = True
        for process in self._processes:
            _kill(process)


def _kill(process: subprocess.Popen[bytes]) -> None:
    """End it and what it started, unless it has ended well and left one behind to serve."""
    if process.returncode is not None:
        return
    with contextlib.suppress(OSError):
        if PLATFORM == "win32":
            process.kill()
        else:
            os.killpg(process.pid, signal.SIGKILL)


class _Subprocess:
    """Stands in for the module `subprocess` in pyperclip's namespace.

    pyperclip (1.9 to 1.11) starts its tools with our standard error, which is
    the screen, and in our session.
    """

    PIPE = subprocess.PIPE

    def Popen(self, command: Sequence[str], **options: Any) -> subprocess.Popen[bytes]:  # noqa: N802  # the name pyperclip calls
        run: _Run = _HERE.run
        return run.start(command, **options)


_RUNNING: set[_Run] = set()
_PYPERCLIP = _Subprocess()
_HERE = threading.local()
"""The run that each thread works on."""
