"""Clipboard: puts a text on the person's clipboard and says what is known of how that went.

Which clipboard is the right one depends on where the program runs: inside tmux
it is tmux's, over SSH it is that of the terminal at the other end (OSC 52),
else it is this machine's. Imports no screen.
"""

from __future__ import annotations

import asyncio
import base64
import contextlib
import os
import subprocess
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from logview.settings import state_dir
from logview.threads import call

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

How: TypeAlias = Literal["clipboard", "tmux", "osc52", "failed"]

TIMEOUT = 2.0
"""Seconds that a clipboard may take; xclip with a dead X server takes for ever."""

OSC52_LIMIT = 74_994
"""Bytes of text that every terminal takes: 100,000 of base64 less the frame (xterm, hterm)."""


@dataclass(frozen=True, slots=True)
class Receipt:
    """What was done with the text."""

    text: str
    """The sentence for the person; claims no more than is known."""
    how: How
    lines: int
    size: int
    """Bytes in UTF-8."""


class ClipboardError(Exception):
    """This way to a clipboard did not work; the text says why."""


async def copy(
    text: str,
    *,
    write_terminal: Callable[[str], None],
    environ: Mapping[str, str] | None = None,
) -> Receipt:
    """Copy `text`; `write_terminal` gets the OSC 52 sequence where the terminal has to do it.

    Never raises for a clipboard that does not work, and never takes longer than
    `TIMEOUT` seconds for each way there is. Nothing that the tools print reaches
    the screen.
    """
    environ = os.environ if environ is None else environ
    data = text.encode("utf-8", "replace")
    what = amount(data)
    lines = count_lines(data)
    try:
        if environ.get("TMUX"):
            await _tool(["tmux", "load-buffer", "-w", "-"], data)
            return Receipt(f"Copied {what} through tmux", "tmux", lines, len(data))
        if not _over_ssh(environ):
            await _local(data)
            return Receipt(f"Copied {what}", "clipboard", lines, len(data))
        why = ""
    except ClipboardError as error:
        why = str(error)
    return _osc52(data, what, why, write_terminal)


def amount(data: bytes) -> str:
    """Say how much it is: "12 lines (1.4 kB)", "1 line (87 B)"."""
    lines = count_lines(data)
    return f"{lines:,} {'line' if lines == 1 else 'lines'} ({_size(len(data))})"


def count_lines(data: bytes) -> int:
    """Count the lines; a line break at the end begins no further one."""
    return data.count(b"\n") + (not data.endswith(b"\n"))


def _size(number: int) -> str:
    value = float(number)
    for unit in ("B", "kB", "MB"):
        if value < (1000 if unit == "B" else 999.95):
            return f"{value:.0f} {unit}" if unit == "B" else f"{value:.1f} {unit}"
        value /= 1000
    return f"{value:.1f} GB"


def _over_ssh(environ: Mapping[str, str]) -> bool:
    return any(environ.get(name) for name in ("SSH_TTY", "SSH_CONNECTION", "SSH_CLIENT"))


def _osc52(data: bytes, what: str, why: str, write_terminal: Callable[[str], None]) -> Receipt:
    """Hand the text to the terminal, which does not say whether it took it.

    Operating system command 52 with the clipboard as selection (xterm, ctlseqs).
    """
    encoded = base64.b64encode(data).decode("ascii")
    lines = count_lines(data)
    try:
        write_terminal(f"\x1b]52;c;{encoded}\x07")
    except OSError as error:
        reason = why or error.strerror or type(error).__name__
        return Receipt(f"Not copied: {reason}{_saved(data)}", "failed", lines, len(data))
    told = f"Sent {what.partition(' (')[0]} to the terminal (OSC 52)"
    if len(data) > OSC52_LIMIT:
        told += f"; {_size(len(data))} is more than many terminals take{_saved(data)}"
    return Receipt(told, "osc52", lines, len(data))


def _saved(data: bytes) -> str:
    """Save what may not have arrived, readable by its owner only, and say where."""
    path: Path = state_dir() / "copied.txt"
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        path.unlink(missing_ok=True)  # an older one may have had another mode
        path.touch(mode=0o600, exist_ok=False)
        path.write_bytes(data)
    except OSError:
        return ""
    return f"; saved in {path}"


async def _local(data: bytes) -> None:
    """Put it on this machine's clipboard with pyperclip. Raises ClipboardError."""
    running: list[subprocess.Popen[bytes]] = []

    def work() -> None:
        import pyperclip

        tools = _Tools(running)
        pyperclip.subprocess = tools
        try:
            pyperclip.copy(data.decode("utf-8"))
        except pyperclip.PyperclipException:
            raise ClipboardError("there is no clipboard here") from None
        tools.check()

    await _in_time(work, running)


async def _tool(command: Sequence[str], data: bytes) -> None:
    """Run a tool that reads the text from its standard input. Raises ClipboardError."""
    running: list[subprocess.Popen[bytes]] = []

    def work() -> None:
        tools = _Tools(running)
        process = tools.Popen(command, stdin=subprocess.PIPE, close_fds=True)
        process.communicate(data)
        tools.check()

    await _in_time(work, running)


async def _in_time(work: Callable[[], None], running: list[subprocess.Popen[bytes]]) -> None:
    try:
        await call(work, timeout=TIMEOUT)
    except asyncio.TimeoutError:
        for process in running:
            with contextlib.suppress(OSError):
                process.kill()
        raise ClipboardError("the clipboard did not answer") from None
    except OSError as error:  # BrokenPipeError: the tool ended before it had read the text
        raise ClipboardError(error.strerror or type(error).__name__) from error


class _Tools:
    """What pyperclip gets for the module `subprocess`, in its own namespace only.

    pyperclip starts `xclip` and the like with our standard error, which is the
    screen, and looks at no exit status (1.9 to 1.11). This one keeps their
    output off the screen and remembers them, so that the status can be asked
    for, and one that hangs can be ended. Output is thrown away rather than
    read: `xclip` leaves a process behind that keeps such a pipe open.
    """

    PIPE = subprocess.PIPE
    DEVNULL = subprocess.DEVNULL
    STDOUT = subprocess.STDOUT
    CalledProcessError = subprocess.CalledProcessError

    def __init__(self, running: list[subprocess.Popen[bytes]]) -> None:
        self._running = running

    def Popen(self, command: Sequence[str], **options: Any) -> subprocess.Popen[bytes]:  # noqa: N802  # the name pyperclip calls
        """Start a tool whose output never reaches the screen."""
        options.setdefault("stdout", subprocess.DEVNULL)
        options.setdefault("stderr", subprocess.DEVNULL)
        process = subprocess.Popen(command, **options)
        self._running.append(process)
        return process

    def call(self, command: Sequence[str], **options: Any) -> int:
        """Run a question (`which xclip`) and return its status; it is not held against anyone."""
        options["stdout"] = options["stderr"] = subprocess.DEVNULL
        return subprocess.call(command, timeout=TIMEOUT, **options)

    def check_call(self, command: Sequence[str], **options: Any) -> int:
        """Run a tool; raises ClipboardError when it fails."""
        self.Popen(command, **options).wait()
        self.check()
        return 0

    def check(self) -> None:
        """Raise ClipboardError when a tool ended with a failure."""
        for process in self._running:
            if process.wait():
                name = process.args[0] if isinstance(process.args, (list, tuple)) else "the tool"
                raise ClipboardError(f"{name} failed (exit status {process.returncode})")
