"""A file as a source: read, followed, cut short, replaced, gone and back."""

from __future__ import annotations

import asyncio
import os
import threading
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import pytest

from logview.sources import descriptor, tailed
from logview.sources.events import Connected, Connecting, Ended, Failed, Gap, Lost, Received
from logview.sources.file import FileSource
from tests.sources.following import Following
from tests.support.clock import FakeClock

if TYPE_CHECKING:
    from pathlib import Path

TEXT = b"one\ntwo\n"


@pytest.fixture(autouse=True)
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the disk is asked is answered at once, however busy this machine is."""
    monkeypatch.setattr(descriptor, "PATIENCE", 30.0)


@pytest.fixture
def log(tmp_path: Path) -> Path:
    path = tmp_path / "app.log"
    path.write_bytes(TEXT)
    return path


@asynccontextmanager
async def reading(path: Path, *, follow: bool = True):
    clock = FakeClock()
    reader = Following(FileSource(path, follow, clock=clock), clock)
    try:
        yield reader
    finally:
        await reader.close()


def append(path: Path, data: bytes) -> None:
    with path.open("ab") as file:
        file.write(data)


async def test_a_file_is_followed_while_it_grows(log):
    async with reading(log) as reader:
        await reader.until(lambda: reader.text == TEXT)
        for more in (b"three", b"\nfour\n"):
            append(log, more)
            await reader.clock.advance(0.5)
        assert reader.text == b"one\ntwo\nthree\nfour\n"
        assert reader.all(Ended) == []


async def test_without_following_the_present_end_is_the_end(log):
    async with reading(log, follow=False) as reader:
        assert await reader.has(Ended) == Ended()
        assert reader.text == TEXT
        append(log, b"three\n")
        await reader.clock.advance(10)
        assert reader.text == TEXT
        reader.source.retry()
        await reader.has(Ended, 2)
        assert reader.text == TEXT + b"three\n"


async def test_a_large_file_comes_in_pieces_and_whole(tmp_path):
    path = tmp_path / "large.log"
    data = b"".join(b"line %d of many\n" % n for n in range(200_000))
    path.write_bytes(data)
    async with reading(path, follow=False) as reader:
        await reader.has(Ended)
        assert reader.text == data
        assert max(len(event.data) for event in reader.all(Received)) <= 1 << 20


async def test_an_empty_file_is_followed(tmp_path):
    path = tmp_path / "empty.log"
    path.touch()
    async with reading(path) as reader:
        await reader.has(Connected)
        append(path, b"first\n")
        await reader.clock.advance(1)
        assert reader.text == b"first\n"


@pytest.mark.parametrize("new", [b"", b"new\n", b"another text of the same length"[:8], TEXT * 3])
async def test_a_file_that_is_cut_short_or_rewritten_is_reported(log, new):
    append(log, b"three and more\n")
    old = log.read_bytes()
    async with reading(log) as reader:
        await reader.until(lambda: reader.text == old)
        with log.open("r+b") as file:
            file.truncate(0)
            file.write(b"x" + new)
        await reader.clock.advance(1)
        assert [gap.kind for gap in reader.all(Gap)] == ["truncated"]
        assert reader.text == old + b"x" + new
        await reader.clock.advance(5)
        assert len(reader.all(Gap)) == 1


async def test_a_file_that_is_replaced_is_finished_first(log):
    async with reading(log) as reader:
        await reader.until(lambda: reader.text == TEXT)
        await reader.clock.advance(1)
        log.rename(log.with_suffix(".1"))
        append(log.with_suffix(".1"), b"last words\n")
        log.write_bytes(b"a new file\n")
        await reader.clock.advance(1)
        assert [gap.kind for gap in reader.all(Gap)] == ["rotated"]
        assert reader.text == TEXT + b"last words\na new file\n"
        place = reader.names.index("Gap")
        before = b"".join(e.data for e in reader.events[:place] if isinstance(e, Received))
        assert before == TEXT + b"last words\n"


async def test_a_file_that_is_gone_is_waited_for(log):
    async with reading(log) as reader:
        await reader.until(lambda: reader.text == TEXT)
        log.rename(log.with_suffix(".away"))
        await reader.clock.advance(30)
        assert [lost.problem.kind for lost in reader.all(Lost)] == ["gone"]
        log.with_suffix(".away").rename(log)
        append(log, b"three\n")
        await reader.clock.advance(1)
        assert len(reader.all(Connected)) == 2
        assert reader.text == TEXT + b"three\n"
        assert reader.all(Gap) == []


async def test_a_file_that_is_deleted_and_made_again_is_another_file(log):
    async with reading(log) as reader:
        await reader.until(lambda: reader.text == TEXT)
        log.unlink()
        await reader.clock.advance(1)
        await reader.has(Lost)
        log.write_bytes(b"again\n")
        await reader.clock.advance(1)
        assert [gap.kind for gap in reader.all(Gap)] == ["rotated"]
        assert reader.text == TEXT + b"again\n"


async def test_a_missing_file_is_reported_and_read_when_asked_again(tmp_path):
    path = tmp_path / "missing.log"
    async with reading(path) as reader:
        failed = await reader.has(Failed)
        assert failed.problem.kind == "missing"
        assert "missing.log" in failed.problem.cause
        path.write_bytes(TEXT)
        reader.source.retry()
        await reader.until(lambda: reader.text == TEXT)


async def test_a_folder_is_reported(tmp_path):
    async with reading(tmp_path) as reader:
        assert "folder" in (await reader.has(Failed)).problem.cause


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="root may read everything")
async def test_a_file_that_may_not_be_read_is_reported(log):
    log.chmod(0)
    async with reading(log) as reader:
        assert (await reader.has(Failed)).problem.kind == "permission"


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes here")
async def test_a_named_pipe_is_read_to_its_end(tmp_path):
    path = tmp_path / "pipe"
    os.mkfifo(path)
    async with reading(path) as reader:
        await reader.has(Connected)
        await asyncio.to_thread(path.write_bytes, TEXT)
        await reader.has(Ended)
        assert reader.text == TEXT


async def test_leaving_closes_the_file(log):
    async with reading(log) as reader:
        await reader.until(lambda: reader.text == TEXT)
        assert reader.source._file is not None
    assert reader.source._file is None
    assert asyncio.all_tasks() == {asyncio.current_task()}


async def test_a_computer_that_slept_reads_on(log):
    async with reading(log) as reader:
        await reader.until(lambda: reader.text == TEXT)
        reader.clock.asleep += 3600
        append(log, b"three\n")
        await reader.clock.advance(6)
        assert reader.text == TEXT + b"three\n"


# -- disks that do not answer --------------------------------------------------------------------


@pytest.mark.parametrize("call", ["pread", "fstat", "open"])
async def test_a_disk_that_does_not_answer_holds_nobody(log, monkeypatch, call):
    """As /proc/kmsg, and a network share whose server is gone."""
    answers = threading.Event()
    real = getattr(os, call)

    def hang(*args: object) -> object:
        if threading.current_thread() is not threading.main_thread():
            answers.wait(60)
        return real(*args)

    monkeypatch.setattr(descriptor, "PATIENCE", 0.0)
    monkeypatch.setattr(tailed.os, call, hang)
    async with reading(log) as reader:
        for _ in range(100):
            await asyncio.sleep(0)
        assert reader.text == b""
        answers.set()
        await reader.until(lambda: reader.text == TEXT)
    answers.clear()
    async with reading(log) as reader:
        await reader.has(Connecting)
    assert reader.text == b""  # closed while the disk still does not answer
    answers.set()
