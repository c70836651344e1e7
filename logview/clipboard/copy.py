"""Copying: set the clipboard of whoever uses the program, and report what is known of it.

Which clipboard is the right one depends on where the program runs:

- over SSH it is that of the terminal at the other end (OSC 52), never this machine's;
- else this machine's, by the tools of `clipboard.tools`;
- inside tmux its buffer first, and then this machine's too, unless whoever is
  attached came over SSH;
- where none of these works the terminal is asked (OSC 52), and what a terminal
  does not take, or may not take, is saved in a file.

Imports no screen.
"""

from __future__ import annotations

import asyncio
import base64
import os
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Literal, TypeAlias

from logview.clipboard import tools as tools
from logview.clipboard.tools import ClipboardError
from logview.phrases import count, size
from logview.process.files import state_dir, write_private_file
from logview.process.terminal import SSH_VARIABLES, over_ssh
from logview.process.threads import run_in_daemon_thread

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

CopyMethod: TypeAlias = Literal["clipboard", "tmux", "osc52", "failed"]

OSC52_LIMIT = 74_994
"""Bytes of text that most terminals take: 100,000 of base64 less the frame (hterm's osc52.sh).

xterm was seen to take a million (kitty issue 3031); mosh cuts at 16 KiB of
base64 without a word (MAXIMUM_CLIPBOARD_SIZE), Termux and kitty before 2021
take 6 kB. No terminal reports what it did.
"""

OSC52_MOST = 750_000
"""Bytes of text beyond which a terminal is not even asked: several stop at 1 MB of base64."""

SCREEN_STRING = 252
"""Bytes of a string that every GNU screen passes on: 256 less the frame (hterm's osc52.sh)."""

FILE = "copied.txt"
"""In the state folder; the last text that may not have arrived."""


@dataclass(frozen=True, slots=True)
class Receipt:
    """What was done with the text."""

    text: str
    """A sentence; claims no more than is known."""
    how: CopyMethod
    lines: int
    size: int
    """Bytes in UTF-8."""
    saved: Path | None = None
    """The file that has the text too, or alone."""


async def copy(
    text: str,
    *,
    write_terminal: Callable[[str], None],
    environ: Mapping[str, str] | None = None,
    what: str | None = None,
    extra: str = "",
) -> Receipt:
    """Copy a text; `write_terminal` gets the OSC 52 sequence where the terminal has to do it.

    A text that is still being copied is cancelled. The receipt
    calls the text `what` ("the Console link") instead of counting its lines,
    and ends with `extra`. NUL is left out, as it ends a text on Windows'
    clipboard. Never raises for a clipboard that does not work, and never takes
    longer than `tools.TIMEOUT` seconds (more for large texts) for
    each way there is. Nothing that the tools print reaches the screen.
    """
    environ = os.environ if environ is None else environ
    data = text.replace("\0", "").encode("utf-8", "replace")
    if not data:
        return Receipt("Nothing to copy", "failed", 0, 0)
    copying = _Copying(
        data, what or describe_amount(data), what or count(count_lines(data), "line"), extra
    )
    tools.cancel_older_copies()
    try:
        return await _copied(copying, environ, write_terminal)
    except tools.SupersededError as error:
        return copying.receipt(f"Not copied: {error}", "failed")


async def _copied(
    copying: _Copying, environ: Mapping[str, str], write_terminal: Callable[[str], None]
) -> Receipt:
    in_tmux: tools.TmuxState | None = None
    why = ""
    if environ.get("TMUX"):
        try:
            in_tmux = await tools.load_tmux_buffer(copying.data, environ)
            environ = _environ_of_client(in_tmux, environ)
        except ClipboardError as error:
            why = str(error)
    if not over_ssh(environ):
        try:
            await tools.set_clipboard(copying.data.decode("utf-8"), environ)
        except ClipboardError as error:
            why = why or str(error)
        else:
            both = " (tmux has it too)" if in_tmux else ""
            return copying.receipt(f"Copied {copying.what}{both}", "clipboard")
    if in_tmux:
        return copying.receipt(_tmux_sentence(copying, in_tmux), "tmux")
    return await _osc52(copying, why, environ, write_terminal)


def describe_amount(data: bytes) -> str:
    """Return an amount in words: "12 lines (1.4 kB)", "1 line (87 B)"."""
    return f"{count(count_lines(data), 'line')} ({size(len(data))})"


def count_lines(data: bytes) -> int:
    """Return the number of lines; a line break at the end begins no further one."""
    return data.count(b"\n") + (not data.endswith(b"\n"))


@dataclass(frozen=True, slots=True)
class _Copying:
    """A text on its way, and what its receipt calls it."""

    data: bytes
    what: str
    sent: str
    """The same without its size: what the terminal takes of it is not known."""
    extra: str

    def receipt(self, sentence: str, how: CopyMethod, saved: Path | None = None) -> Receipt:
        text = f"{sentence}; {self.extra}" if self.extra else sentence
        return Receipt(text, how, count_lines(self.data), len(self.data), saved)


def _environ_of_client(in_tmux: tools.TmuxState, environ: Mapping[str, str]) -> Mapping[str, str]:
    """Replace what a pane still has of whoever was attached when it was opened.

    tmux keeps `SSH_CONNECTION` and `DISPLAY` up to date in the session only
    (tmux(1), update-environment); `SSH_TTY` it does not keep.
    """
    environ = {**environ, **in_tmux.environ}
    if in_tmux.over_ssh is not None:
        environ = {name: value for name, value in environ.items() if name not in SSH_VARIABLES}
    return {**environ, "SSH_CONNECTION": "tmux"} if in_tmux.over_ssh else environ


def _tmux_sentence(copying: _Copying, in_tmux: tools.TmuxState) -> str:
    sentence = f"Copied {copying.what} to tmux"
    if in_tmux.sends_on is False:
        return f"{sentence} only (prefix ] pastes): {in_tmux.why}"
    if in_tmux.sends_on:
        sentence += ", which sent it on to the terminal (OSC 52)"
        if len(copying.data) > OSC52_LIMIT:
            sentence += f"; {size(len(copying.data))} is more than many terminals take"
    return f"{sentence}; {in_tmux.why}" if in_tmux.why else sentence


async def _osc52(
    copying: _Copying, why: str, environ: Mapping[str, str], write_terminal: Callable[[str], None]
) -> Receipt:
    """Send the text to the terminal, which does not answer whether it took it.

    Operating system command 52 with the clipboard as selection (xterm, ctlseqs).
    """
    length = len(copying.data)
    if length > OSC52_MOST:
        return await _file_only(copying, f"{size(length)} is more than terminals take", environ)
    if environ.get("TERM") in ("linux", "dumb"):  # the kernel discards it, or prints it
        return await _file_only(copying, why or "this terminal has no clipboard", environ)
    try:
        write_terminal(_sequence(copying.data, environ))
    except OSError as error:
        reason = why or error.strerror or type(error).__name__
        return await _file_only(copying, reason, environ)
    sentence = f"Sent {copying.sent} to the terminal (OSC 52)"
    if length > OSC52_LIMIT:
        doubt = f"; {size(length)} is more than many terminals take"
    elif environ.get("VTE_VERSION") and not environ.get("TMUX") and not environ.get("STY"):
        doubt = ", which may ignore it"  # VTE: GNOME's and Xfce's (VTE issue 125)
    else:
        return copying.receipt(sentence, "osc52")
    saved, where = await _save(copying.data, environ)
    return copying.receipt(f"{sentence}{doubt}; {where}", "osc52", saved)


def _sequence(data: bytes, environ: Mapping[str, str]) -> str:
    """Return the sequence, for GNU screen as strings that it passes to its terminal unread."""
    sequence = f"\x1b]52;c;{base64.b64encode(data).decode('ascii')}\x07"
    if not environ.get("STY") or environ.get("TMUX"):
        return sequence
    starts = range(0, len(sequence), SCREEN_STRING)
    return "".join(f"\x1bP{sequence[start : start + SCREEN_STRING]}\x1b\\" for start in starts)


async def _file_only(copying: _Copying, why: str, environ: Mapping[str, str]) -> Receipt:
    saved, where = await _save(copying.data, environ)
    return copying.receipt(f"Not copied: {why}; {where}", "failed", saved)


async def _save(data: bytes, environ: Mapping[str, str]) -> tuple[Path | None, str]:
    """Save what may not have arrived in a private file; return the path, and where it is."""
    path = state_dir(environ) / FILE
    patience = tools.TIMEOUT + len(data) / tools.BYTES_A_SECOND
    try:
        await run_in_daemon_thread(partial(write_private_file, path, data), timeout=patience)
    except asyncio.TimeoutError:
        return None, "it could not be saved either: the disk does not answer"
    except OSError as error:
        return None, f"it could not be saved either: {error.strerror or type(error).__name__}"
    return path, f"saved in {_short(path)}"


def _short(path: Path) -> str:
    """Return the path as one would type it in a shell."""
    with suppress(ValueError, RuntimeError):  # elsewhere; no home
        if os.name == "posix":
            return f"~/{path.relative_to(Path.home())}"
    return str(path)
