"""Terminal: what the command line itself does to descriptors and standard error. Light."""

from __future__ import annotations

import _thread
import os
import signal
import sys
import time
from typing import TYPE_CHECKING, NoReturn

from logview.exit_codes import SIGNALLED

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable, Mapping
    from types import FrameType

    from logview.secrets.token import Token

DUMB = frozenset({"dumb", "unknown"})
"""Values of TERM that promise no cursor addressing at all (terminfo's own two names for it)."""


def is_terminal(fd: int) -> bool:
    """Return whether the descriptor is open and a terminal."""
    try:
        return os.isatty(fd)
    except OSError:
        return False


def is_dumb(environ: Mapping[str, str]) -> bool:
    """Return whether TERM means a terminal without cursor addressing."""
    return environ.get("TERM", "") in DUMB


SSH_VARIABLES = ("SSH_TTY", "SSH_CONNECTION", "SSH_CLIENT")
"""What sshd sets (sshd(8), ENVIRONMENT); programs started over SSH inherit it."""


def over_ssh(environ: Mapping[str, str]) -> bool:
    """Return whether the person is at another machine."""
    return any(environ.get(name) for name in SSH_VARIABLES)


def open_closed_descriptors() -> bool:
    """Open the null device on each standard descriptor that is closed; True if stdout was open.

    Without this the next socket or file would get number 0, 1 or 2, and log
    text would be written into it.
    """
    was_open = True
    for fd in (0, 1, 2):
        try:
            os.fstat(fd)
        except OSError:
            was_open = was_open and fd != 1
            null = os.open(os.devnull, os.O_RDWR)
            if null != fd:
                os.dup2(null, fd)
                os.close(null)
    return was_open


def move_keyboard_to_stdin() -> int:
    """Move the terminal's keyboard to descriptor 0; return a new descriptor for the old stdin.

    Textual reads keys from descriptor 0, whatever that is: from `/dev/null` it
    spins at full load and hears no key. Raises OSError where the process has
    no terminal of its own. The Windows branch (`CONIN$`; the C runtime's dup2
    also sets the console's standard handle) could not be tried by its author.
    """
    if sys.platform == "win32":
        keyboard = os.open("CONIN$", os.O_RDWR)
    else:
        keyboard = os.open("/dev/tty", os.O_RDWR)
    old = os.dup(0)
    os.dup2(keyboard, 0)
    os.close(keyboard)
    if sys.__stdin__ is None:  # it was closed when Python started
        sys.stdin = open(0, encoding="utf-8", closefd=False)  # noqa: SIM115  # lives on
        sys.__stdin__ = sys.stdin  # type: ignore[misc]  # Textual asks it for its descriptor
    return old


class ExitSignal:
    """The signal that ends the program, once one came."""

    code: int | None = None
    """128 and the signal's number, once one has."""

    @classmethod
    def record(cls, number: int) -> int:
        """Record a signal and return the exit code; what fails afterwards is no crash.

        A terminal that is closed sends SIGHUP and then SIGCONT, which is not
        heard any more: Textual would take the screen again.
        """
        cls.code = SIGNALLED + number
        if hasattr(signal, "SIGCONT"):
            signal.signal(signal.SIGCONT, signal.SIG_IGN)
        return cls.code


EXIT_SIGNALS: tuple[signal.Signals, ...] = tuple(
    getattr(signal, name)
    for name in ("SIGTERM", "SIGHUP", "SIGINT", "SIGQUIT", "SIGUSR1", "SIGUSR2", "SIGALRM")
    if hasattr(signal, name)
)
"""What ends the screen the way an exit does; Windows lacks some."""

EXIT_SECONDS = 2.5
"""How long an exit because of a signal may take before it is forced, in seconds."""


def handle_exit_signals(
    loop: asyncio.AbstractEventLoop, leave: Callable[[int], None], restore: Callable[[], None]
) -> None:
    """Have the event loop call `leave` with the number of a signal that ends the program.

    Where the program is still there after `EXIT_SECONDS`, whatever it is busy
    with, a thread calls `restore`, which has to leave the terminal as it was,
    and ends it. Raises NotImplementedError on Windows.
    """

    def force(code: int) -> None:
        time.sleep(EXIT_SECONDS)
        try:
            restore()
        finally:
            os._exit(code)

    def record(number: int, frame: FrameType | None) -> None:
        if ExitSignal.code is None:
            # Not `threading.Thread`, whose locks the interrupted code may hold.
            _thread.start_new_thread(force, (ExitSignal.record(number),))

    for number in EXIT_SIGNALS:
        loop.add_signal_handler(number, leave, number)
        # The loop hears of the signal by its own descriptor; this runs even while it is busy.
        signal.signal(number, record)


def exit_on_signals() -> None:
    """Have signals end the program the way an exit does, so that the screen is left.

    By default they end it at once, and the terminal stays on the alternate
    screen, without echo, reporting every movement of the mouse. This is for
    the time before the screen runs an event loop, which hears them itself: an
    exception that is raised amid a destructor would be lost.
    """

    def leave(number: int, frame: FrameType | None) -> NoReturn:
        raise SystemExit(ExitSignal.record(number))

    for number in EXIT_SIGNALS:
        signal.signal(number, leave)


def print_error(text: str, token: Token | None = None) -> None:
    """Write one line to standard error, cleaned and without the token.

    A standard error that takes nothing is no reason to stop reading a log.
    """
    from logview.secrets.token import scrub
    from logview.text.sanitize import clean

    line = " ".join(clean(scrub(text, token)).split())
    try:
        sys.stderr.write(f"logview: {line}\n")
        sys.stderr.flush()
    except (OSError, ValueError, AttributeError):
        return


def discard_stdout() -> None:
    """Point standard output at the null device, so that nothing complains while Python exits.

    The recipe of Python's documentation ("Note on SIGPIPE", module `signal`).
    """
    null = os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, 1)
    os.close(null)
