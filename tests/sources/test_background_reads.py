"""Reads for an event loop: a disk that does not answer holds nobody."""

from __future__ import annotations

import asyncio
import os
import threading
from typing import TYPE_CHECKING

import pytest

from logview.pending_reads import PendingReadError
from logview.sources.background_reads import (
    MAX_ASKED,
    BackgroundReads,
    come_back,
    read_stored,
)
from logview.sources.tailed import FileBytes

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

DATA = bytes(range(256)) * 1000


class Disk:
    """Reads `DATA`, once it is let to."""

    def __init__(self) -> None:
        self.answers = threading.Event()
        self.reads: list[tuple[int, int]] = []
        self.error: OSError | None = None

    def pread(self, fd: int, length: int, start: int) -> bytes:
        self.answers.wait()
        self.reads.append((start, length))
        if self.error is not None:
            raise self.error
        return DATA[start : start + length]


@pytest.fixture
def disk() -> Iterator[Disk]:
    disk = Disk()
    yield disk
    disk.answers.set()


@pytest.fixture
def reads(disk: Disk) -> Iterator[BackgroundReads]:
    """Of a descriptor that can't be asked what is in memory."""
    ends = os.pipe()
    reads = BackgroundReads(ends[0], disk.pread)
    yield reads
    reads.close()
    os.close(ends[1])


def pending(reads: BackgroundReads, start: int, length: int) -> PendingReadError:
    with pytest.raises(PendingReadError) as error:
        reads.read(start, length)
    return error.value


async def test_what_the_disk_has_at_once_is_there_at_once(reads: BackgroundReads, disk: Disk):
    disk.answers.set()
    assert reads.read(7, 9) == DATA[7:16]
    assert reads.read(len(DATA) - 3, 9) == DATA[-3:]


async def test_a_disk_that_hangs_is_waited_for_once(reads: BackgroundReads, disk: Disk):
    first = pending(reads, 0, 10)
    for number in range(10_000):  # for hours, if each of them waited
        pending(reads, number % 40, 10)
        assert pending(reads, 0, 10).read is first.read
    disk.answers.set()
    await come_back(first)
    assert reads.read(0, 10) == DATA[:10]
    assert reads.read(3, 10) == DATA[3:13]
    assert disk.reads.count((0, 10)) == 1


async def test_the_newest_is_read_first_and_not_more_than_anybody_needs(
    reads: BackgroundReads, disk: Disk
):
    errors = [pending(reads, start, 1) for start in range(MAX_ASKED + 20)]
    disk.answers.set()
    for error in errors:
        await come_back(error)
    assert disk.reads[:2] == [(0, 1), (MAX_ASKED - 1, 1)]
    assert len(disk.reads) == MAX_ASKED
    assert [reads.read(start, 1) for start in range(100)] == [DATA[n : n + 1] for n in range(100)]


async def test_an_error_comes_back_too(reads: BackgroundReads, disk: Disk):
    disk.error = OSError("the disk is gone")
    error = pending(reads, 0, 10)
    disk.answers.set()
    await come_back(error)
    with pytest.raises(OSError, match="the disk is gone"):
        reads.read(0, 10)
    disk.error = None
    assert reads.read(0, 10) == DATA[:10]


async def test_the_loop_turns_while_a_store_is_waited_for(reads: BackgroundReads, disk: Disk):
    class Store:
        read = reads.read

        def stamp(self) -> None:
            return None

    reading = asyncio.ensure_future(read_stored(Store(), 5, 10))
    for _ in range(50):
        await asyncio.sleep(0)
    assert not reading.done()
    disk.answers.set()
    assert await reading == DATA[5:15]


async def test_it_is_closed_behind_a_read_that_hangs(disk: Disk):
    fd, other = os.pipe()
    reads = BackgroundReads(fd, disk.pread)
    error = pending(reads, 0, 1)
    reads.close()
    reads.close()
    os.fstat(fd)  # not under the read: another file might get its number
    with pytest.raises(ValueError, match="closed"):
        reads.read(0, 1)
    disk.answers.set()
    await come_back(error)
    os.close(other)


@pytest.mark.parametrize("size", [0, 1, 70_000, 3 << 20])
async def test_a_file_is_the_same_on_a_loop_as_off_it(tmp_path: Path, size: int):
    path = tmp_path / "app.log"
    data = os.urandom(size)
    path.write_bytes(data)
    file = FileBytes(os.open(path, os.O_RDONLY))
    places = [(0, 10), (0, size), (max(0, size - 5), 100), (size + 7, 3), (10, 66_000), (5, 0)]
    there = [await asyncio.to_thread(file.read, *place) for place in places]
    assert [await read_stored(file, *place) for place in places] == there
    assert there == [data[start : start + length] for start, length in places]
    assert file.stamp() == await asyncio.to_thread(file.stamp)
    file.close()
