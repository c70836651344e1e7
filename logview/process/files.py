"""Files: the app's own folders, and files that are whole or not there. Light.

Every file that the app writes is made here: mode 0600 while it grows, under
another name in the same folder, renamed in one step once it is whole.
"""

from __future__ import annotations

import errno
import os
import stat
import sys
import threading
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

APP = "logview"


def config_dir(environ: Mapping[str, str] | None = None) -> Path:
    """Return the folder of config.toml: `XDG_CONFIG_HOME` on any platform, else the platform's."""
    return _app_dir("XDG_CONFIG_HOME", "config", environ)


def state_dir(environ: Mapping[str, str] | None = None) -> Path:
    """Return the folder for what the app writes: `XDG_STATE_HOME` first, else the platform's."""
    return _app_dir("XDG_STATE_HOME", "state", environ)


def cache_dir(environ: Mapping[str, str] | None = None) -> Path:
    """Return the folder for what can be had again: `XDG_CACHE_HOME` first, else the platform's."""
    return _app_dir("XDG_CACHE_HOME", "cache", environ)


def _app_dir(variable: str, kind: str, environ: Mapping[str, str] | None) -> Path:
    base = (os.environ if environ is None else environ).get(variable, "")
    # A relative path is to be ignored (XDG Base Directory Specification).
    if base and Path(base).is_absolute():
        return Path(base) / APP
    import platformdirs

    if kind == "config":
        return platformdirs.user_config_path(APP, appauthor=False)
    if kind == "cache":
        return platformdirs.user_cache_path(APP, appauthor=False)
    return platformdirs.user_state_path(APP, appauthor=False)


def make_private_dir(folder: Path) -> None:
    """Create a folder that only its owner can open, or close one that exists. Raises OSError."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    folder.chmod(0o700)


def write_private_file(path: Path, data: bytes) -> None:
    """Write a file of the app's own in one step: mode 0600, in a folder of mode 0700.

    A file of that name is replaced. May block; raises OSError, and then leaves
    the old file as it was and no temporary file.
    """
    make_private_dir(path.parent)
    draft = DraftFile()
    try:
        draft.create(path)
        draft.write(data)
        draft.close()
        draft.move_to_target(overwrite=True)
    finally:
        draft.remove()


def create_private_file(path: Path) -> None:
    """Create an empty file of the app's own that grows by appending; as `write_private_file`."""
    write_private_file(path, b"")


class DraftFile:
    """A file that grows under a temporary name in its target's folder.

    Methods may block and raise OSError.

    One thread writes; any other may call `remove`, also while a write hangs.
    """

    def __init__(self) -> None:
        self._target = Path()
        self._path: Path | None = None
        self._fd = -1
        self._replaced: os.stat_result | None = None
        self._mode = 0o600
        self._lock = threading.Lock()
        self.abandoned = False
        """Whether the file is not needed any more; any thread may set it."""
        self.moved = False
        """Whether the file has its target's name."""

    def create(
        self, target: Path, *, replaced: os.stat_result | None = None, private: bool = True
    ) -> None:
        """Create the file.

        Once closed it has mode 0600 with `private`; else mode and owner of the
        file that it replaces, or the mode that the umask leaves.
        """
        with self._lock:
            if self.abandoned:
                return
            self._target, self._replaced = target, replaced
            # A name of its own each time: what a killed process left is in nobody's way.
            path = target.with_name(f".{APP}-{os.urandom(6).hex()}.part")
            flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
            # The umask's mode is only to be had by creating the file with it; nothing is in it
            # before it is narrowed.
            umask_mode = not private and replaced is None
            self._fd = os.open(path, flags, 0o666 if umask_mode else 0o600)
            self._path = path
            if not private:
                self._mode = stat.S_IMODE((replaced or os.fstat(self._fd)).st_mode) & 0o777
            self._set_mode(0o600)

    def write(self, data: bytes) -> None:
        """Write all of the bytes, unless the file is abandoned meanwhile."""
        with self._lock:
            rest = memoryview(data)
            while rest and not self.abandoned:
                rest = rest[os.write(self._fd, rest) :]

    def sync(self) -> None:
        """Have the disk take what was written."""
        with self._lock:
            if self.abandoned:
                return
            try:
                os.fsync(self._fd)
            except OSError as error:
                if error.errno not in _NO_SYNC:
                    raise

    def close(self) -> None:
        """Set the final mode and owner, and close the file."""
        with self._lock:
            if self.abandoned:
                return
            if self._replaced is not None and hasattr(os, "fchown"):
                with suppress(OSError):  # only root may give files away
                    os.fchown(self._fd, self._replaced.st_uid, self._replaced.st_gid)
            self._set_mode(self._mode)
            fd, self._fd = self._fd, -1
            os.close(fd)  # some network disks report only now that they are full

    def move_to_target(self, *, overwrite: bool) -> None:
        """Give the file its target's name; raises FileExistsError where it may not overwrite."""
        with self._lock:
            if self.abandoned or self._path is None:
                return
            if overwrite:
                self._path.replace(self._target)
            else:
                _rename_to_new(self._path, self._target)
            self._path, self.moved = None, True

    def remove(self) -> None:
        """Close and remove the file, unless it has its target's name."""
        # First without the lock: a name can be taken away while a write to the file still hangs.
        self.unlink()
        with self._lock:
            fd, self._fd = self._fd, -1
            if fd >= 0:
                with suppress(OSError):
                    os.close(fd)
            self.unlink()  # Windows takes no name away from an open file

    def unlink(self) -> None:
        """Remove the file's name, without waiting for a write that hangs."""
        path = self._path
        if path is not None:
            with suppress(OSError):
                path.unlink()

    def _set_mode(self, mode: int) -> None:
        if hasattr(os, "fchmod"):
            with suppress(OSError):  # a file system without modes, such as FAT
                os.fchmod(self._fd, mode)


_NO_SYNC = {errno.EINVAL, errno.ENOSYS, errno.ENOTSUP}
_NO_LINKS = {
    *(errno.EPERM, errno.EACCES, errno.ENOSYS, errno.ENOTSUP, errno.EOPNOTSUPP),
    *(errno.EMLINK, errno.EXDEV),
}


def _rename_to_new(path: Path, target: Path) -> None:
    """Rename a file, but not onto one that exists. Raises OSError.

    A second link is made only where there is none (POSIX link(2)), and Windows
    renames only so. Where there are no hard links (FAT) an empty file holds
    the name for a moment.
    """
    if sys.platform == "win32":
        path.rename(target)
        return
    try:
        os.link(path, target)
    except OSError as error:
        if error.errno not in _NO_LINKS:
            raise
    else:
        with suppress(OSError):
            path.unlink()
        return
    os.close(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    try:
        path.replace(target)
    except OSError:
        target.unlink()
        raise
