"""Sources: reads of a file that hold the event loop for a moment at most.

What the system has in memory is read at once (Linux, on local disks). All else is read
in a thread, which is waited for as long as nobody notices; where the disk or the share
takes longer the read goes on, and is asked for again.
"""

from __future__ import annotations

import asyncio
import errno
import os
import threading
import time
from collections import OrderedDict
from concurrent.futures import Future
from concurrent.futures import TimeoutError as FutureTimeoutError
from typing import TYPE_CHECKING, NamedTuple

from logview.pending_reads import PendingReadError

if TYPE_CHECKING:
    from collections.abc import Callable

    from logview.sources.events import Stored

PATIENCE = 0.1
"""Seconds that a read is waited for at most: about as long as a key may take."""

SLOW_PATIENCE = 0.004
"""Seconds that a read is waited for while the file is known to be slow."""

QUICK = 0.02
"""Seconds within which a read comes back from a file that is not slow."""

MAX_ASKED = 64
"""Reads that wait for the thread at most; others are asked for again."""

MAX_ARRIVED = 16 * 1024 * 1024
"""Bytes of reads that have come back and were not asked for again."""

BUFFER = 1 << 20
"""Bytes that are read from memory at once at most."""

_NO_NOWAIT = {errno.EOPNOTSUPP, errno.ENOTSUP, errno.ENOSYS, errno.EINVAL, errno.ESPIPE}


async def read_stored(store: Stored, start: int, length: int) -> bytes:
    """Return bytes of a store once they are there. Raises OSError."""
    while True:
        try:
            return store.read(start, length)
        except PendingReadError as error:
            await come_back(error)


async def come_back(error: PendingReadError) -> None:
    """Wait until a read has come back; its bytes, or its error, are there for who asks again."""
    read = asyncio.wrap_future(error.read)
    await asyncio.wait({read})
    read.exception()  # seen: asyncio need not report it


class Place(NamedTuple):
    """A stretch of a file."""

    start: int
    length: int


class BackgroundReads:
    """Reads an open file for an event loop; closes it once no read goes on any more.

    `pread` reads a stretch of the descriptor, and may block for ever.
    """

    def __init__(self, fd: int, pread: Callable[[int, int, int], bytes]) -> None:
        self._fd = fd
        self._pread = pread
        self._in_memory: bool | None = None if hasattr(os, "RWF_NOWAIT") else False
        """Whether it can be asked what the system has in memory: so on local disks only."""
        self._buffer: memoryview | None = None
        self._patience = PATIENCE
        self._lock = threading.Lock()
        self._work = threading.Condition(self._lock)
        self._asked: OrderedDict[Place, Future[bytes]] = OrderedDict()
        """Reads that were begun, or wait for the thread; the newest come first."""
        self._arrived: OrderedDict[Place, tuple[Future[bytes], os.stat_result | None]] = (
            OrderedDict()
        )
        self._arrived_size = 0
        self._is_running = False
        self._closed = False
        self._status: os.stat_result | None = None

    # -- for the event loop ---------------------------------------------------------------

    def read(self, start: int, length: int) -> bytes:
        """Return bytes from `start` on, fewer at the file's end.

        Raises OSError, and PendingReadError where they are not there soon.
        """
        if self._in_memory is not False:
            data = self._read_memory(start, length)
            if data is not None:
                return data
        place = Place(start, length)
        with self._lock:
            if self._closed:
                raise ValueError("the file is closed")
            if place in self._arrived:
                return self._take(place)
            read = self._asked.get(place)
            if read is None:
                if len(self._asked) >= MAX_ASKED:
                    raise PendingReadError(next(iter(self._asked.values())))
                read = self._ask(place)
            patience = self._patience
        try:
            read.exception(patience)
        except FutureTimeoutError:
            self._patience = 0.0
            raise PendingReadError(read) from None
        with self._lock:
            return self._take(place) if place in self._arrived else read.result()

    def _take(self, place: Place) -> bytes:
        read, self._status = self._arrived.pop(place)
        self._arrived_size -= place.length
        return read.result()

    def status(self) -> os.stat_result:
        """Return the file's status: of one that may hang, as it was when the last bytes were read.

        Raises OSError.
        """
        if self._status is not None and not self._in_memory:
            return self._status
        return os.fstat(self._fd)

    def _read_memory(self, start: int, length: int) -> bytes | None:
        """Return bytes that the system has in memory; None where not all of them are."""
        if length > BUFFER:
            return None
        if self._buffer is None:
            self._buffer = memoryview(bytearray(BUFFER))
        done = 0
        try:
            while done < length:
                size = os.preadv(self._fd, [self._buffer[done:length]], start + done, os.RWF_NOWAIT)
                self._in_memory = True
                if not size:
                    break
                done += size
        except BlockingIOError:
            self._in_memory = True
            return None
        except NotImplementedError:
            self._in_memory = False
            return None
        except OSError as error:
            if error.errno not in _NO_NOWAIT:
                raise
            self._in_memory = False
            return None
        return bytes(self._buffer[:done])

    def _ask(self, place: Place) -> Future[bytes]:
        read = self._asked[place] = Future()
        read.set_running_or_notify_cancel()  # nobody can cancel what the disk has begun
        if self._is_running:
            self._work.notify()
        else:
            self._is_running = True
            threading.Thread(target=self._serve, name="logview-read", daemon=True).start()
        return read

    # -- in the thread --------------------------------------------------------------------

    def _serve(self) -> None:
        while (asked := self._next()) is not None:
            place, read = asked
            began = time.monotonic()
            data, failure, status = b"", None, None
            try:
                data = self._pread(self._fd, place.length, place.start)
                status = os.fstat(self._fd)
            except (OSError, ValueError) as error:
                failure = error
            with self._lock:
                is_quick = time.monotonic() - began < QUICK
                self._patience = PATIENCE if is_quick else SLOW_PATIENCE
                del self._asked[place]
                self._arrived[place] = read, status
                self._arrived_size += place.length
                while self._arrived_size > MAX_ARRIVED and len(self._arrived) > 1:
                    self._arrived_size -= self._arrived.popitem(last=False)[0].length
                if failure is not None:
                    read.set_exception(failure)
                else:
                    read.set_result(data)
        os.close(self._fd)

    def _next(self) -> tuple[Place, Future[bytes]] | None:
        """Return what is to be read next, the newest first; None once the file is closed."""
        with self._lock:
            while not self._closed and not self._asked:
                self._work.wait()
            if self._closed:
                return None
            place = next(reversed(self._asked))
            return place, self._asked[place]

    # -- the end --------------------------------------------------------------------------

    def close(self) -> None:
        """Close the file, behind a read that goes on; nobody waits for that."""
        with self._lock:
            if self._closed:
                return
            self._closed = True
            if self._is_running:
                self._work.notify()  # the thread closes it
                return
        if self._in_memory is None:
            self._read_memory(0, 1)  # shows whether it is on a local disk
        if self._in_memory:
            os.close(self._fd)
        else:
            # On a share that hangs, closing hangs, too.
            threading.Thread(
                target=os.close, args=(self._fd,), name="logview-close", daemon=True
            ).start()
