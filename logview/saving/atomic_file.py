"""Saving: bytes into a file, whole or not at all. Light: imports no screen, no HTTP, no log.

The file grows under another name in the same folder, as a draft, and is renamed
in one step once it is whole. Whatever touches the disk
runs in daemon threads: a disk that hangs holds neither the event loop nor the
exit.
"""

from __future__ import annotations

import asyncio
import errno
import os
import stat
import time
from collections.abc import AsyncIterable
from contextlib import aclosing, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from logview.process.files import DraftFile
from logview.process.threads import run_in_daemon_thread

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable, Iterable
    from types import TracebackType

PIECE = 1 << 20
"""Bytes that are buffered before a thread writes them; cancelling takes effect within as many."""

SLICE_SECONDS = 0.008
"""How long making pieces may hold the event loop."""

YIELDS = 8
"""Turns of the event loop after that: from a key to its paint it takes several."""

REMOVE_SECONDS = 0.5
"""How long removing a draft may take; a disk that hangs may take longer."""

T = TypeVar("T")


class SaveError(Exception):
    """A file that can't be saved: a title, and a sentence with the path and what to do.

    Both may hold outside text (the path): clean them before they are shown.
    """

    def __init__(self, title: str, msg: str) -> None:
        super().__init__(f"{title}: {msg}")
        self.title = title
        self.msg = msg


class ExistsError(SaveError):
    """Something of that name exists, and overwriting was not allowed."""


@dataclass(frozen=True, slots=True)
class SavedFile:
    """A file that is whole."""

    path: Path
    """As given: links are not followed in it."""
    size: int
    """Bytes."""


async def save(
    path: Path,
    pieces: Iterable[bytes] | AsyncIterable[bytes],
    *,
    overwrite: bool = False,
    progress: Callable[[int], None] | None = None,
) -> SavedFile:
    """Write `pieces` to a file; `progress` is called with the bytes written so far.

    Raises SaveError, ExistsError among them, and whatever `pieces` raises.
    Then, and when it is cancelled, the file is as it was before. Cancelling
    while the whole file is renamed may come too late.
    """
    async with AtomicFile(path, overwrite=overwrite, progress=progress) as draft:
        began = time.monotonic()
        async with aclosing(iterate_pieces(pieces)) as each:
            async for piece in each:
                await draft.write(piece)
                if time.monotonic() - began > SLICE_SECONDS:
                    for _ in range(YIELDS):
                        await asyncio.sleep(0)
                    began = time.monotonic()
        return await draft.commit()


async def iterate_pieces(
    pieces: Iterable[bytes] | AsyncIterable[bytes],
) -> AsyncGenerator[bytes, None]:
    """Yield pieces of either kind; an async iterator is closed when no more are needed."""
    if not isinstance(pieces, AsyncIterable):
        for piece in pieces:
            yield piece
        return
    try:
        async for piece in pieces:
            yield piece
    finally:
        close = getattr(pieces, "aclose", None)
        if close is not None:
            await close()


class AtomicFile:
    """A file that grows under another name. An async context: what is not committed is removed.

    Entering it raises SaveError where nothing can be saved under that name;
    `write` and `commit` raise it for what goes wrong later.
    """

    def __init__(
        self,
        path: Path,
        *,
        overwrite: bool = False,
        progress: Callable[[int], None] | None = None,
    ) -> None:
        self.path = path
        self._progress = progress
        self._overwrite = overwrite
        self._draft = DraftFile()
        self._buffer = bytearray()
        self.written = 0
        """Bytes written to the disk."""

    @property
    def committed(self) -> bool:
        """Whether the whole file has its name."""
        return self._draft.moved

    async def __aenter__(self) -> AtomicFile:
        try:
            await self._run(self._create)
        except BaseException:
            await self._discard()
            raise
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._discard()

    async def write(self, data: bytes) -> None:
        """Add bytes; small ones are buffered first."""
        rest = memoryview(data)
        while rest:
            space = PIECE - len(self._buffer)
            self._buffer += rest[:space]
            rest = rest[space:]
            if len(self._buffer) >= PIECE:
                await self._flush()

    async def commit(self) -> SavedFile:
        """Sync the whole file to the disk and rename it to its name."""
        await self._flush()
        await self._run(self._draft.sync)
        await self._run(self._draft.close)
        await self._run(partial(self._draft.move_to_target, overwrite=self._overwrite))
        return SavedFile(self.path, self.written)

    def remove_now(self) -> None:
        """Remove the file unless it is committed, from any thread: the process is about to end."""
        if not self.committed:
            self._draft.abandoned = True
            self._draft.unlink()

    async def _flush(self) -> None:
        data = bytes(self._buffer)
        self._buffer.clear()
        await self._run(partial(self._draft.write, data))
        self.written += len(data)
        if self._progress is not None and data:
            self._progress(self.written)

    async def _run(self, function: Callable[[], T]) -> T:
        try:
            return await run_in_daemon_thread(function, timeout=None)
        except OSError as error:
            raise _error(self.path, error) from error

    def _create(self) -> None:
        replaced = check_writable(self.path, overwrite=self._overwrite)
        # A link stays, and what it leads to is replaced.
        target = Path(os.path.realpath(self.path)) if self._overwrite else self.path
        self._draft.create(target, replaced=replaced, private=False)

    async def _discard(self) -> None:
        if self.committed:
            return
        self._draft.abandoned = True
        with suppress(asyncio.TimeoutError, OSError):
            await run_in_daemon_thread(self._draft.remove, timeout=REMOVE_SECONDS)


def check_writable(path: Path, *, overwrite: bool = False) -> os.stat_result | None:
    """Check whether a file can be saved there; return the status of the one it would overwrite.

    Raises SaveError for a folder, a device, a pipe, a folder that is missing, a
    file that is write-protected, a name that can be none; ExistsError where
    something exists and `overwrite` is not given. Whether there is space, and
    whether the folder is writable, is not checked.
    """
    try:
        is_link = path.is_symlink()
        about = path.stat()
    except FileNotFoundError:
        about = None
    except ValueError:
        raise SaveError(
            "Not a name for a file", f"{path}: it has a character that no name may have"
        ) from None
    except OSError as error:
        raise _error(path, error) from error
    if about is None:
        if is_link and not overwrite:
            raise _exists(path)
        _check_folder(Path(os.path.realpath(path)) if is_link else path)
        return None
    if stat.S_ISDIR(about.st_mode):
        raise SaveError("This is a folder", f"{path}: name a file in it")
    if not stat.S_ISREG(about.st_mode):
        kind = "a pipe" if stat.S_ISFIFO(about.st_mode) else "a device"
        kind = "a socket" if stat.S_ISSOCK(about.st_mode) else kind
        raise SaveError(f"This is {kind}", f"{path} is no place to keep a file: name a file")
    if not overwrite:
        raise _exists(path)
    if not os.access(path, os.W_OK):
        raise SaveError("This file is write-protected", f"{path}: choose another name")
    return about


def _check_folder(path: Path) -> None:
    try:
        path.parent.stat()
    except OSError as error:
        raise _error(path, error) from error


def _exists(path: Path) -> ExistsError:
    return ExistsError("It exists already", f"{path}: choose another name, or overwrite it")


_ELSEWHERE = "save to another place"
_WORDS: dict[int, tuple[str, str]] = {
    errno.ENOSPC: ("No space left", f"the disk is full; make room, or {_ELSEWHERE}"),
    errno.EDQUOT: (
        "No space left",
        f"your share of the disk is used up; make room, or {_ELSEWHERE}",
    ),
    errno.EFBIG: ("The file is too large", f"no larger one is allowed here; {_ELSEWHERE}"),
    errno.EACCES: ("Permission denied", f"you may not write there; {_ELSEWHERE}"),
    errno.EPERM: ("Permission denied", f"writing there is not allowed; {_ELSEWHERE}"),
    errno.EROFS: ("Nothing can be written there", f"the disk is read-only; {_ELSEWHERE}"),
    errno.ENAMETOOLONG: ("The name is too long", "choose a shorter one"),
    errno.EISDIR: ("This is a folder", "name a file in it"),
    errno.ENOTDIR: ("There is no such folder", "a part of this path is a file"),
    errno.ELOOP: ("This link leads in a circle", "name the file itself"),
}


def _error(path: Path, error: OSError) -> SaveError:
    """Return the error of a system call in words for a person."""
    if isinstance(error, FileExistsError):
        return _exists(path)
    if isinstance(error, FileNotFoundError):
        if path.parent.is_dir():  # as in /proc, or when the draft was taken away
            return SaveError("Nothing can be written there", f"{path}: {_ELSEWHERE}")
        return SaveError(
            "There is no such folder", f"{path.parent}: make it first, or {_ELSEWHERE}"
        )
    title, remedy = _WORDS.get(
        error.errno or 0, ("It could not be saved", error.strerror or type(error).__name__)
    )
    return SaveError(title, f"{path}: {remedy}")
