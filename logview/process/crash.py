"""Crash reports: our own failures, as one line on standard error and a report in a file. Light.

Python's traceback on the screen helps nobody, and a report with the locals of
every frame (Textual's own) holds the token. So: the frames without locals, the
token scrubbed, cleaned, mode 0600 in the state folder.
"""

from __future__ import annotations

import errno
import logging
import os
import platform
import sys
import threading
import time
import traceback
from typing import TYPE_CHECKING

from logview import __version__
from logview.exit_codes import CRASHED
from logview.process.files import create_private_file, make_private_dir, state_dir
from logview.process.terminal import ExitSignal, is_terminal, print_error
from logview.secrets.token import scrub
from logview.text.sanitize import clean

if TYPE_CHECKING:
    from pathlib import Path

    from logview.secrets.token import Token

KEPT = 10
"""Older reports than this many are removed when a new one is written."""

_MOST = 50
"""Troubles that one process writes down at most."""


class Reporter:
    """Writes the troubles of this process into one report."""

    def __init__(self) -> None:
        self.token: Token | None = None
        self.path: Path | None = None
        self._count = 0

    def write(self, error: BaseException, where: str = "") -> Path | None:
        """Add the error to this process's report and return its path; None if it can't be written.

        Never raises: it is called when everything else has gone wrong.
        """
        gone = isinstance(error, OSError) and error.errno == errno.EIO and not is_terminal(1)
        if gone or ExitSignal.code is not None:
            return self.path  # the terminal is gone: whatever fails now is no defect
        frames = "".join(traceback.format_exception(type(error), error, error.__traceback__))
        return self._append(f"{where}\n{frames}" if where else frames)

    def note(self, text: str) -> Path | None:
        """Add a text (a warning of a library) to the report."""
        return self._append(text)

    def _append(self, text: str) -> Path | None:
        self._count += 1
        if self._count > _MOST:
            return self.path
        try:
            if self.path is None:
                self.path = self._create()
            with self.path.open("a", encoding="utf-8", errors="backslashreplace") as report:
                report.write(clean(scrub(text, self.token)).rstrip("\n") + "\n\n")
        except OSError:
            return None
        return self.path

    def _create(self) -> Path:
        folder = state_dir()
        make_private_dir(folder)
        for old in sorted(folder.glob("crash-*.txt"))[: -(KEPT - 1)]:
            old.unlink(missing_ok=True)
        stamp = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime())
        path = folder / f"crash-{stamp}-{os.getpid()}.txt"
        create_private_file(path)
        textual = getattr(sys.modules.get("textual"), "__version__", None)
        screen = f", Textual {textual}" if textual else ""
        with path.open("a", encoding="utf-8") as report:
            report.write(
                f"logview {__version__}{screen}, Python {platform.python_version()}, "
                f"{platform.platform()}\n\n"
            )
        return path


reporter = Reporter()
"""This process's one report."""


def report(error: BaseException) -> int:
    """Write the report, print one line about it to standard error, and return the exit code 70."""
    path = reporter.write(error)
    where = f"a report is in {path}" if path else "and no report could be written"
    print_error(f"crashed ({type(error).__name__}), our own fault; {where}", reporter.token)
    return CRASHED


class _Quiet(logging.Handler):
    """Keeps what libraries log (asyncio's "exception was never retrieved") off the screen."""

    def emit(self, record: logging.LogRecord) -> None:
        if record.exc_info and record.exc_info[1] is not None:
            reporter.write(record.exc_info[1], record.getMessage())
        else:
            reporter.note(record.getMessage())


def install(token: Token | None) -> None:
    """Send to the report what Python would print on the screen; `token` is scrubbed from it.

    Covers threads, destructors and the logging of libraries. The main
    thread's own exceptions are caught by the command line.
    """
    reporter.token = token

    def in_thread(args: threading.ExceptHookArgs) -> None:
        if args.exc_value is not None and args.exc_type is not SystemExit:
            reporter.write(args.exc_value, f"in thread {args.thread.name if args.thread else '?'}")

    def unraisable(args: sys.UnraisableHookArgs) -> None:
        if args.exc_value is not None:
            reporter.write(args.exc_value, f"ignored: {args.err_msg or 'in a destructor'}")

    threading.excepthook = in_thread
    sys.unraisablehook = unraisable
    handler = _Quiet(level=logging.ERROR)
    root = logging.getLogger()
    root.handlers[:] = [handler]
