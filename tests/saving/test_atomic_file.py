"""Tests: a saved file is whole or not there, whatever the disk and other programs do."""

from __future__ import annotations

import asyncio
import errno
import os
import stat
import sys
import tempfile
import threading
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from logview.saving import atomic_file as saving
from logview.saving.atomic_file import (
    PIECE,
    AtomicFile,
    ExistsError,
    SaveError,
    iterate_pieces,
    save,
)

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator

NO_MODES = pytest.mark.skipif(sys.platform == "win32", reason="no modes")
NOBODY = 65534


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """An empty folder; what is in it afterwards is what saving left."""
    path = tmp_path / "logs"
    path.mkdir()
    return path


@pytest.fixture
def shared() -> Iterator[Path]:
    """A folder that everybody may enter."""
    with tempfile.TemporaryDirectory() as name:
        path = Path(name)
        path.chmod(0o755)
        yield path


@pytest.fixture
def foreign(shared: Path) -> Iterator[Path]:
    """A folder with a file, neither of which this process may write to. Root is somebody else."""
    path = shared / "old.log"
    path.write_bytes(b"old")
    path.chmod(0o444)
    shared.chmod(0o555)
    root = os.geteuid() == 0
    if root and not hasattr(os, "setresuid"):
        pytest.skip("root can't be somebody else here")
    if root:
        os.setresuid(NOBODY, NOBODY, 0)
    yield shared
    if root:
        os.setresuid(0, 0, 0)
    shared.chmod(0o755)


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def inside(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


async def hand_out(*pieces: bytes, then: Callable[[], None] | None = None) -> AsyncIterator[bytes]:
    for piece in pieces:
        yield piece
    if then is not None:
        then()


# Whole


@pytest.mark.parametrize(
    "pieces",
    [
        [],
        [b""],
        [b"one\n", b"two"],
        [b"x"] * 3000,
        [b"x" * (PIECE - 1), b"yz", b"!"],
        [bytes(range(256)) * 4096 * 5],
    ],
    ids=["none", "empty", "two", "tiny", "over the edge", "large"],
)
async def test_all_bytes_are_there_in_their_order(folder: Path, pieces: list[bytes]) -> None:
    data = b"".join(pieces)
    sizes: list[int] = []
    saved = await save(folder / "x.log", pieces, progress=sizes.append)
    assert saved.path == folder / "x.log"
    assert saved.size == len(data)
    assert await save(folder / "y.log", hand_out(*pieces))
    assert inside(folder) == {"x.log": data, "y.log": data}
    assert sizes == [*range(PIECE, len(data), PIECE), *([len(data)] if data else [])]


@NO_MODES
async def test_the_mode_is_the_usual_one_for_a_new_file(folder: Path) -> None:
    old = os.umask(0o027)
    try:
        await save(folder / "x.log", [b"one\n"])
    finally:
        os.umask(old)
    assert stat.S_IMODE((folder / "x.log").stat().st_mode) == 0o640


@NO_MODES
async def test_while_it_grows_only_its_owner_sees_it_and_not_under_its_name(folder: Path) -> None:
    seen: dict[str, int] = {}

    def look() -> None:
        for path in folder.iterdir():
            seen[path.name] = stat.S_IMODE(path.stat().st_mode)

    await save(folder / "x.log", hand_out(b"x" * PIECE, then=look))
    ((name, mode),) = seen.items()
    assert name.startswith(".")
    assert name.endswith(".part")
    assert mode == 0o600


@pytest.mark.parametrize("kind", ["iterable", "async"])
async def test_the_loop_goes_on_while_pieces_are_made_without_a_pause(
    folder: Path, kind: str
) -> None:
    turns = 0
    seen: set[int] = set()

    def pieces() -> Iterator[bytes]:
        for _ in range(10_000_000):
            seen.add(turns)
            if len(seen) > 3:
                return
            yield b""

    async def count() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    counting = asyncio.ensure_future(count())
    made = pieces()
    await save(folder / "x.log", made if kind == "iterable" else iterate_pieces(made))
    counting.cancel()
    assert len(seen) > 3


async def test_what_a_killed_process_left_is_in_nobodys_way(folder: Path) -> None:
    (folder / ".logview-0123456789ab.part").write_bytes(b"half")
    await save(folder / "x.log", [b"one\n"])
    assert inside(folder)["x.log"] == b"one\n"


# Not at all


async def test_an_error_of_the_pieces_leaves_nothing_and_comes_through(folder: Path) -> None:
    def fail() -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await save(folder / "x.log", hand_out(b"x" * 3 * PIECE, then=fail))
    assert inside(folder) == {}


async def test_cancelled_between_pieces_it_leaves_nothing(folder: Path) -> None:
    begun = asyncio.Event()

    async def pieces() -> AsyncIterator[bytes]:
        yield b"x" * 3 * PIECE
        begun.set()
        await asyncio.Event().wait()

    task = asyncio.ensure_future(save(folder / "x.log", pieces()))
    await begun.wait()
    assert len(inside(folder)) == 1
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert inside(folder) == {}


class Hanging:
    """A disk call that does not come back before `release`, in the thread that makes it."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
        self.began = threading.Event()
        self.release = threading.Event()
        real = getattr(os, name)

        def hang(*args: object) -> object:
            self.began.set()
            self.release.wait(20)
            return real(*args)

        monkeypatch.setattr(os, name, hang)

    async def until_begun(self) -> None:
        while not self.began.is_set():  # noqa: ASYNC110  # a thread's event is none of the loop's
            await asyncio.sleep(0)


@pytest.mark.skipif(sys.platform == "win32", reason="open files keep their names")
@pytest.mark.parametrize("call", ["write", "fsync"])
async def test_a_disk_that_hangs_holds_neither_the_loop_nor_the_cancelling(
    folder: Path, monkeypatch: pytest.MonkeyPatch, call: str
) -> None:
    monkeypatch.setattr(saving, "REMOVE_SECONDS", 0.01)
    hanging = Hanging(monkeypatch, call)
    task = asyncio.ensure_future(save(folder / "x.log", [b"one\n"]))
    await hanging.until_begun()  # the loop turns
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert inside(folder) == {}  # although the thread still hangs
    hanging.release.set()


async def test_a_name_given_up_while_the_draft_is_made_leaves_nothing(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hanging = Hanging(monkeypatch, "urandom")
    task = asyncio.ensure_future(save(folder / "x.log", [b"one\n"]))
    await hanging.until_begun()
    task.cancel()
    await asyncio.wait({task}, timeout=0)
    hanging.release.set()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert inside(folder) == {}


async def test_given_up_before_its_name_was_given_it_never_gets_it(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hanging = Hanging(monkeypatch, "fsync")
    task = asyncio.ensure_future(save(folder / "x.log", [b"one\n"]))
    await hanging.until_begun()
    task.cancel()
    hanging.release.set()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert inside(folder) == {}


FAILURES = {
    errno.ENOSPC: "No space left",
    errno.EDQUOT: "No space left",
    errno.EFBIG: "too large",
    errno.EROFS: "read-only",
    errno.EIO: os.strerror(errno.EIO),
}


@pytest.mark.parametrize("number", FAILURES)
@pytest.mark.parametrize("call", ["write", "fsync", "close"])
async def test_what_the_disk_refuses_is_reported_with_the_path(
    folder: Path, monkeypatch: pytest.MonkeyPatch, number: int, call: str
) -> None:
    with monkeypatch.context() as patched:
        real = getattr(os, call)

        def refuse(fd: int, *args: object) -> object:
            if call == "close":
                real(fd)
            raise OSError(number, os.strerror(number))

        patched.setattr(os, call, refuse)
        with pytest.raises(SaveError) as refused:
            await save(folder / "x.log", [b"one\n"])
    assert FAILURES[number] in str(refused.value)
    assert str(folder / "x.log") in refused.value.msg
    assert inside(folder) == {}


async def test_whoever_makes_the_pieces_is_asked_to_stop(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    closed = False

    async def pieces() -> AsyncIterator[bytes]:
        nonlocal closed
        try:
            while True:
                yield b"x" * PIECE
        finally:
            closed = True

    def refuse(*_: object) -> int:
        raise OSError(errno.ENOSPC, "full")

    with monkeypatch.context() as patched:
        patched.setattr(os, "write", refuse)
        with pytest.raises(SaveError):
            await save(folder / "x.log", pieces())
    assert closed


# What is there already


async def test_an_existing_file_is_not_overwritten_without_being_asked_to(folder: Path) -> None:
    (folder / "x.log").write_bytes(b"old")
    with pytest.raises(ExistsError) as refused:
        await save(folder / "x.log", [b"new"])
    assert str(folder / "x.log") in refused.value.msg
    assert inside(folder) == {"x.log": b"old"}
    await save(folder / "x.log", [b"new"], overwrite=True)
    assert inside(folder) == {"x.log": b"new"}


@pytest.mark.parametrize("links", [True, False])
async def test_a_file_that_somebody_makes_meanwhile_is_not_overwritten(
    folder: Path, monkeypatch: pytest.MonkeyPatch, links: bool
) -> None:
    if not links:
        monkeypatch.setattr(os, "link", no_links)

    def make() -> None:
        (folder / "x.log").write_bytes(b"theirs")

    with pytest.raises(ExistsError):
        await save(folder / "x.log", hand_out(b"ours", then=make))
    assert inside(folder) == {"x.log": b"theirs"}


def no_links(*_: object, **__: object) -> None:
    raise PermissionError(errno.EPERM, "Operation not permitted")


async def test_a_file_system_without_links_takes_files_all_the_same(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "link", no_links)
    await save(folder / "x.log", [b"one\n"])
    assert inside(folder) == {"x.log": b"one\n"}


async def test_the_old_file_stays_until_the_new_one_is_whole(folder: Path) -> None:
    path = folder / "x.log"
    path.write_bytes(b"old")
    seen: list[bytes] = []
    await save(
        path,
        hand_out(b"x" * PIECE * 2, then=lambda: seen.append(path.read_bytes())),
        overwrite=True,
    )
    assert seen == [b"old"]
    assert path.stat().st_size == PIECE * 2


@NO_MODES
async def test_a_file_that_is_overwritten_keeps_its_mode(folder: Path) -> None:
    path = folder / "x.log"
    path.touch()
    path.chmod(0o604)
    await save(path, [b"new"], overwrite=True)
    assert stat.S_IMODE(path.stat().st_mode) == 0o604


async def test_a_link_stays_and_what_it_leads_to_is_replaced(folder: Path, tmp_path: Path) -> None:
    target = tmp_path / "elsewhere.log"
    target.write_bytes(b"old")
    link = folder / "x.log"
    link.symlink_to(target)
    with pytest.raises(ExistsError):
        await save(link, [b"new"])
    await save(link, [b"new"], overwrite=True)
    assert link.is_symlink()
    assert target.read_bytes() == b"new"
    assert names(folder) == [link.name]


async def test_a_link_to_nothing_is_something(folder: Path, tmp_path: Path) -> None:
    link = folder / "x.log"
    link.symlink_to(tmp_path / "new.log")
    with pytest.raises(ExistsError):
        await save(link, [b"new"])
    await save(link, [b"new"], overwrite=True)
    assert (tmp_path / "new.log").read_bytes() == b"new"
    assert link.is_symlink()


@pytest.mark.skipif(sys.platform == "win32", reason="no such files")
class TestNoPlaceForAFile:
    @pytest.mark.parametrize("overwrite", [True, False])
    async def test_neither_folders_nor_devices_nor_pipes(
        self, folder: Path, overwrite: bool
    ) -> None:
        os.mkfifo(folder / "pipe")
        places = {folder: "a folder", Path(os.devnull): "a device", folder / "pipe": "a pipe"}
        for place, word in places.items():
            with pytest.raises(SaveError, match=word) as refused:
                await save(place, [b"one\n"], overwrite=overwrite)
            assert not isinstance(refused.value, ExistsError)
        assert stat.S_ISCHR(os.stat(os.devnull).st_mode)  # noqa: PTH116  # in a coroutine
        assert (folder / "pipe").is_fifo()
        assert names(folder) == ["pipe"]

    @pytest.mark.parametrize("overwrite", [True, False])
    async def test_a_link_in_a_circle(self, folder: Path, overwrite: bool) -> None:
        link = folder / "x.log"
        link.symlink_to(link)
        with pytest.raises(SaveError, match="circle"):
            await save(link, [b"one\n"], overwrite=overwrite)
        assert names(folder) == [link.name]

    @pytest.mark.parametrize(
        ("name", "says"),
        [
            ("missing/x.log", "no such folder"),
            ("file/x.log", "no such folder"),
            ("x" * 300, "too long"),
            ("nul\0l", "no name may have"),
            ("\ud800", "no name may have"),
        ],
        ids=["missing", "file", "long", "nul", "surrogate"],
    )
    async def test_names_that_lead_nowhere(self, folder: Path, name: str, says: str) -> None:
        (folder / "file").touch()
        with pytest.raises(SaveError, match=says):
            await save(folder / name, [b"one\n"])
        assert inside(folder) == {"file": b""}

    @pytest.mark.skipif(not sys.platform.startswith("linux"), reason="no /proc")
    async def test_a_file_system_of_the_kernels(self) -> None:
        with pytest.raises(SaveError, match="Nothing can be written there"):
            await save(Path("/proc/x.log"), [b"one\n"])

    async def test_a_folder_and_a_file_that_may_not_be_written_to(self, foreign: Path) -> None:
        with pytest.raises(SaveError, match="Permission denied"):
            await save(foreign / "x.log", [b"one\n"])
        with pytest.raises(SaveError, match="write-protected"):
            await save(foreign / "old.log", [b"new"], overwrite=True)
        assert inside(foreign) == {"old.log": b"old"}


async def test_a_draft_that_is_not_kept_is_gone(folder: Path) -> None:
    async with AtomicFile(folder / "x.log") as draft:
        await draft.write(b"one\n")
        assert not draft.committed
    assert inside(folder) == {}
    async with AtomicFile(folder / "x.log") as draft:
        await draft.write(b"one\n")
        await draft.commit()
        assert draft.committed
    assert inside(folder) == {"x.log": b"one\n"}
