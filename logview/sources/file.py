"""Sources: a file, read from its start and followed while it grows, is cut short or replaced."""

from __future__ import annotations

import asyncio
import os
import stat
from contextlib import aclosing
from functools import partial
from typing import TYPE_CHECKING

from logview.sources.clock import Alarm, Clock, SystemClock
from logview.sources.descriptor import DaemonThread, read_in_thread
from logview.sources.events import (
    Connected,
    Connecting,
    Ended,
    Extended,
    Failed,
    Gap,
    Lost,
    Problem,
    Received,
)
from logview.sources.tailed import CHUNK, TailedFile

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator
    from pathlib import Path

    from logview.sources.events import Event

SHORTEST, LONGEST = 0.05, 0.5
"""Seconds between two checks of a file: right after it grew, and while it is quiet."""

KEPT = 8 * 1024 * 1024
"""Bytes of a file up to which it is passed on whole; the rest is left where it is."""

TRUNCATED = Gap(
    "The file was cut short or rewritten here: what was read before is kept above.", "truncated"
)
LOST = Gap(
    "The file was cut short or rewritten here: what was above is no longer in it.", "truncated"
)
ROTATED = Gap("Another file took this one's place: it begins here.", "rotated")


class FileSource:
    """Reads a file; with `follow` goes on while it grows, else to its present end.

    Whatever asks the disk happens in a thread that can be left: a file of a dead
    network share, or one like `/proc/kmsg`, answers late or never.

    A pipe with a name (FIFO) or a device is read to its end, too. With `stored`
    a large file is not read at all: the reader gets the place of its bytes.
    """

    def __init__(
        self,
        path: Path,
        follow: bool = True,
        *,
        stored: bool = False,
        clock: Clock | None = None,
    ) -> None:
        self._path = path
        self._stored = stored
        self._extended = False
        self._torn = False
        self._follow = follow
        self._alarm = Alarm(clock or SystemClock())
        self._retry = False
        self._file: TailedFile | None = None
        self._thread = DaemonThread()
        self._bytes = self._truncations = self._rotations = 0

    def retry(self) -> None:
        """Look now; reopens after an error."""
        self._retry = True
        self._alarm.wake()

    def stats(self) -> list[tuple[str, str]]:
        """What was read so far, as (name, value) rows."""
        return [
            ("bytes read", f"{self._bytes:,}"),
            ("times cut short", f"{self._truncations:,}"),
            ("times replaced", f"{self._rotations:,}"),
        ]

    async def events(self) -> AsyncGenerator[Event, None]:
        """Read and follow; goes on after `Ended` and `Failed`, until it is closed."""
        yield Connecting()
        try:
            while True:
                try:
                    async with aclosing(self._read()) as events:
                        async for event in events:
                            yield event
                except OSError as error:
                    yield Failed(_problem(self._path, error))
                await self._wait_for_retry()
                yield Connecting()
        finally:
            self._alarm.close()
            self._close()
            self._thread.close()

    async def _read(self) -> AsyncGenerator[Event, None]:
        """Read on, from where it was left or from the start; returns at an end that is one."""
        if self._file is None:
            mode = (await self._thread.run(self._path.stat)).st_mode
            if not stat.S_ISREG(mode) and not stat.S_ISDIR(mode):
                async with aclosing(self._read_pipe()) as events:
                    async for event in events:
                        yield event
                return
            self._file = await self._thread.run(partial(_open, self._path))
        yield Connected()
        gone = False
        pause = SHORTEST
        while True:
            if await self._thread.run(self._file.was_truncated):
                self._truncations += 1
                await self._thread.run(self._file.rewind)
                self._torn = False
                yield LOST if self._extended else TRUNCATED
            while piece := await self._thread.run(partial(self._next, self._file)):
                pause = SHORTEST
                yield piece
                await asyncio.sleep(0)
            if not self._follow:
                yield Ended()
                return
            here = await self._thread.run(self._file.is_at_path)
            if here is False and (new := await self._thread.run(self._reopen)) is not None:
                # What the old one got since it was read above would be lost without this.
                while piece := await self._thread.run(partial(self._next, self._file)):
                    yield piece
                if not self._extended:
                    self._close()
                self._file = new
                self._torn = False
                self._rotations += 1
                gone = False
                yield ROTATED
                continue
            if here is None and not gone:
                gone = True
                yield Lost(_gone(self._path), 1, LONGEST)
            elif here and gone:
                gone = False
                yield Connected()
            await self._alarm.wait(pause)
            self._alarm.slept = False
            pause = min(pause * 1.5, LONGEST)

    def _next(self, file: TailedFile) -> Received | Extended | None:
        """Return what comes next of a file; None at its present end."""
        unread = file.unread() if self._stored else 0
        if not self._stored or file.offset + unread <= KEPT:
            data = file.read(max(CHUNK, unread))
            self._bytes += len(data)
            self._torn = bool(data) and not data.endswith(b"\n") if data else self._torn
            return Received(data) if data else None
        if not unread:
            return None
        start = file.offset
        if self._torn:  # a line that was begun is ended where it began
            data = file.bytes.read(start, CHUNK)
            data = data[: data.find(b"\n") + 1] or data
            file.skip(len(data))
            self._torn = not data.endswith(b"\n")
            self._bytes += len(data)
            return Received(data)
        # At first all there is: it is not read, only where it ends.
        length = unread if not self._bytes else min(unread, CHUNK)
        file.skip(length)
        self._bytes += length
        self._extended = True
        return Extended(file.bytes, start, length)

    async def _read_pipe(self) -> AsyncGenerator[Event, None]:
        yield Connected()
        path = self._path
        async with aclosing(read_in_thread(lambda: os.open(path, os.O_RDONLY))) as chunks:
            async for data in chunks:
                self._bytes += len(data)
                yield Received(data)
        yield Ended()

    def _reopen(self) -> TailedFile | None:
        try:
            return _open(self._path)
        except FileNotFoundError:
            return None  # gone again; the next check will show

    async def _wait_for_retry(self) -> None:
        self._retry = False
        while not self._retry:
            await self._alarm.wait(None)
            self._alarm.slept = False

    def _close(self) -> None:
        if self._file is not None:
            if not self._extended:  # else it is closed with the last one who may read it
                self._file.close()
            self._file = None


def _open(path: Path) -> TailedFile:
    if path.is_dir():
        raise IsADirectoryError("it is a folder")
    return TailedFile(path)


def _problem(path: Path, error: OSError) -> Problem:
    if isinstance(error, FileNotFoundError):
        cause, kind = "there is no such file", "missing"
    elif isinstance(error, PermissionError):
        cause, kind = "it may not be read (permission denied)", "permission"
    else:
        cause, kind = error.strerror or str(error), "io"
    return Problem(f"{path.name}: {cause}.", "What was read stays.", kind=kind)


def _gone(path: Path) -> Problem:
    return Problem(
        f"{path.name} is gone.",
        "It was deleted or renamed; what was read stays, and is read on if it comes back.",
        kind="gone",
    )
