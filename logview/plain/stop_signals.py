"""Plain mode: signals that end the program, whatever it is doing."""

from __future__ import annotations

import _thread
import asyncio
import contextlib
import os
import signal
import time
from typing import TYPE_CHECKING, Any

from logview.exit_codes import SIGNALLED
from logview.process.terminal import EXIT_SECONDS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable


class StopSignals:
    """Ends the program on signals, whatever it is doing. A context; for the main thread.

    `future` is done at the first signal, and whoever runs the event loop ends.
    If the program is still there `EXIT_SECONDS` seconds later, because a call
    hangs or does not end, `clean_up` is called and the process ends at once.
    Signals that are ignored (`nohup`) stay so, except SIGINT.
    """

    def __init__(
        self, numbers: Iterable[signal.Signals], clean_up: Callable[[], None] = lambda: None
    ) -> None:
        self._numbers = numbers
        self._clean_up = clean_up
        self._previous: dict[signal.Signals, Any] = {}
        self._over = False
        self._future: asyncio.Future[int] | None = None
        self._code: int | None = None

    def __enter__(self) -> StopSignals:
        for number in self._numbers:
            previous = signal.getsignal(number)
            if number == signal.SIGINT or previous is not signal.SIG_IGN:
                self._previous[number] = previous
                signal.signal(number, self._received)
        return self

    def __exit__(self, *_: object) -> None:
        for number, previous in self._previous.items():
            signal.signal(number, signal.SIG_DFL if previous is None else previous)
        self._over = True

    def future(self) -> asyncio.Future[int]:
        """Return what is done once a signal has come, with the exit code."""
        self._future = asyncio.get_running_loop().create_future()
        if self._code is not None:
            self._finish()
        return self._future

    def _received(self, number: int, frame: object) -> None:
        # Not the event loop's own handler: that is heard only when nothing runs.
        if self._code is not None:
            return
        self._code = SIGNALLED + number
        # Not `threading.Thread`, whose locks the interrupted code may hold.
        _thread.start_new_thread(self._force, ())
        if self._future is not None:
            with contextlib.suppress(RuntimeError):  # the loop is closed: it ends anyway
                self._future.get_loop().call_soon_threadsafe(self._finish)

    def _finish(self) -> None:
        if self._future is not None and not self._future.done():
            self._future.set_result(self._code or SIGNALLED)

    def _force(self) -> None:
        time.sleep(EXIT_SECONDS)
        if self._over:
            return
        try:
            self._clean_up()
        finally:
            os._exit(self._code or SIGNALLED)
