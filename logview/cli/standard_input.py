"""Command line: whether something is on standard input, so that `command | logview` reads it."""

from __future__ import annotations

import os
import select
import stat

WAIT = 5.0
"""Seconds without a byte after which nothing is believed to come, where there is no screen."""


def has_input(fd: int = 0) -> bool:
    """Return whether standard input is meant to be read.

    That is a pipe that is not closed already without a byte in it, or a
    regular file with something left to read. A terminal, a device such as
    /dev/null, and a socket are not.
    """
    try:
        about = os.fstat(fd)
        if stat.S_ISREG(about.st_mode):
            return about.st_size > os.lseek(fd, 0, os.SEEK_CUR)
    except OSError:
        return False
    if not stat.S_ISFIFO(about.st_mode):
        return False
    ready = _poll(fd, 0)
    return ready is None or not ready or bool(ready & select.POLLIN)


def wait_for_input(fd: int = 0, seconds: float = WAIT) -> bool:
    """Wait until there is a byte or the writer closes; return False where neither came in time.

    Where a pipe can't be waited for (Windows) it is taken for one that is written to.
    """
    ready = _poll(fd, seconds)
    return ready is None or bool(ready)


def _poll(fd: int, seconds: float) -> int | None:
    """Return the poll events of a descriptor, 0 for none in time; None where it can't be polled."""
    if not hasattr(select, "poll"):
        return None
    poll = select.poll()
    poll.register(fd, select.POLLIN)
    found = poll.poll(seconds * 1000)
    return found[0][1] if found else 0
