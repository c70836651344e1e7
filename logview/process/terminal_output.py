"""Output to a terminal that may stop reading, or go away, without holding the program.

A terminal reads nothing while an SSH line stalls, or after `^S`. What is
written is kept and sent by a thread; frames that would only pile up are skipped
by whoever draws them, until all that was kept is sent. POSIX only.
"""

from __future__ import annotations

import contextlib
import os
import select
import termios
import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

MAX_BEHIND = 64 * 1024
"""Bytes not sent yet from which frames are skipped: one or two of a large screen."""

MAX_KEPT = 16 * 1024 * 1024
"""Bytes not sent yet from which everything is dropped."""

LAST_SECONDS = 1.0
"""How long the end of the output is waited for when the program ends, in seconds."""

WAIT_SECONDS = 0.2
"""How long the terminal is waited for at a time, in seconds."""

CHUNK = 64 * 1024
"""Bytes that are sent at a time."""

_CANCEL = b"\x18\x1b\\"
"""CAN and ST: end a control sequence, or a string, of which only a part was read."""


class TerminalOutput:
    """Sends bytes to a terminal from a thread of its own; only `drain` and `stop` block."""

    def __init__(self, fd: int, *, restore: bytes, on_drained: Callable[[], None]) -> None:
        """Write to the terminal of a descriptor.

        `restore` is what leaves the terminal as it was, for `stop` and
        `abandon`. `on_drained` is called from the thread once all is sent
        after a frame was skipped.
        """
        opened = _open_nonblocking(fd)
        self._fd = os.dup(fd) if opened is None else opened
        self._blocks = opened is None
        """Whether writing may block the thread."""
        self._restore = restore
        self._on_drained = on_drained
        self._changed = threading.Condition()
        self._kept = bytearray()
        self._skipped = False
        self._closing = False
        self._idle = threading.Event()
        self._idle.set()
        self.is_gone = False
        """Whether the terminal was closed."""
        self._thread = threading.Thread(target=self._run, name="terminal-output", daemon=True)

    def start(self) -> None:
        """Start to send."""
        self._thread.start()

    def write(self, data: bytes) -> None:
        """Keep bytes to be sent, in their order."""
        with self._changed:
            if self._closing or self.is_gone or len(self._kept) > MAX_KEPT:
                return
            self._kept += data
            self._idle.clear()
            self._changed.notify()

    def skip_frame(self) -> bool:
        """Return whether the frame that is about to be drawn is to be skipped.

        Once all is sent, `on_drained` is called, which has to draw the whole screen.
        """
        with self._changed:
            if len(self._kept) > MAX_BEHIND:
                self._skipped = True
                return True
            return False

    def drain(self, seconds: float = LAST_SECONDS) -> None:
        """Return once all is sent; discard it where the terminal reads nothing for `seconds`.

        What is discarded, the kernel's too, is so in favour of `restore`.
        """
        if not self._idle.wait(seconds):
            self.abandon()

    def stop(self, seconds: float = LAST_SECONDS) -> None:
        """Send or discard what is kept, as `drain` does, and end the thread."""
        self.drain(seconds)
        with self._changed:
            self._closing = True
            self._changed.notify()
        self._thread.join(seconds)
        if not self._thread.is_alive() and self._fd >= 0:
            os.close(self._fd)
            self._fd = -1

    def abandon(self) -> None:
        """Discard what was not read and restore the terminal; safe from any thread."""
        with self._changed:
            self._closing = True
            self._kept.clear()
            self._idle.set()
            with contextlib.suppress(termios.error, OSError):
                termios.tcflush(self._fd, termios.TCOFLUSH)
            with contextlib.suppress(OSError):
                os.write(self._fd, _CANCEL + self._restore)
            self._changed.notify()

    def _run(self) -> None:
        while True:
            with self._changed:
                while not self._kept:
                    self._idle.set()
                    if self._closing:
                        return
                    if self._skipped:
                        self._skipped = False
                        self._on_drained()
                    self._changed.wait()
            try:
                self._send()
            except OSError:  # EIO: the terminal was closed
                with self._changed:
                    self.is_gone = True
                    self._kept.clear()
                    self._idle.set()
                return

    def _send(self) -> None:
        """Send as much as the terminal takes now; wait for it a little where that is nothing."""
        if self._blocks:
            if select.select([], [self._fd], [], WAIT_SECONDS)[1]:
                with self._changed:
                    data = bytes(self._kept[:CHUNK])
                sent = os.write(self._fd, data)
                with self._changed:
                    del self._kept[:sent]
            return
        with self._changed:
            # Within the lock: what `abandon` discards must not follow what it writes.
            try:
                sent = os.write(self._fd, bytes(self._kept[:CHUNK]))
            except BlockingIOError:
                sent = 0
            del self._kept[:sent]
        if not sent:
            select.select([], [self._fd], [], WAIT_SECONDS)


def _open_nonblocking(fd: int) -> int | None:
    """Open the terminal of a descriptor once more, so that writing to it never blocks.

    The descriptor itself has its open file description in common with the
    shell: what is set there would hold for it, too. Return None where the terminal
    can't be opened.
    """
    flags = os.O_WRONLY | os.O_NOCTTY | os.O_NONBLOCK | os.O_CLOEXEC
    for find in (os.ttyname, lambda fd: f"/proc/self/fd/{fd}"):
        with contextlib.suppress(OSError):
            return os.open(find(fd), flags)
    return None
