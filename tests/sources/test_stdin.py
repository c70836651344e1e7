"""Standard input as a source: pipes, files, nothing at all."""

from __future__ import annotations

import asyncio
import os
import threading
from contextlib import asynccontextmanager

import pytest

from logview.sources import descriptor
from logview.sources.descriptor import CHUNK, PIPE_SIZE, read_descriptor, read_in_thread
from logview.sources.events import Connected, Ended, Failed
from logview.sources.stdin import StdinSource
from tests.sources.following import Following


@asynccontextmanager
async def reading(fd: int):
    reader = Following(StdinSource(fd))
    try:
        yield reader
    finally:
        await reader.close()


@pytest.fixture
def pipe():
    reading_end, writing_end = os.pipe()
    ends = [reading_end, writing_end]
    yield ends
    for end in ends:
        os.close(end)


def close_writer(pipe: list[int]) -> None:
    os.close(pipe.pop())


async def test_a_pipe_is_read_as_it_comes_and_to_its_end(pipe):
    async with reading(pipe[0]) as reader:
        await reader.has(Connected)
        os.write(pipe[1], b"one\ntw")
        await reader.until(lambda: reader.text == b"one\ntw")
        assert reader.all(Ended) == []
        os.write(pipe[1], b"o\n")
        close_writer(pipe)
        assert await reader.has(Ended) == Ended()
        assert reader.text == b"one\ntwo\n"


async def test_a_flood_arrives_whole(pipe):
    data = b"".join(b"line %d\n" % n for n in range(300_000))

    def write() -> None:
        with os.fdopen(pipe.pop(), "wb") as file:
            file.write(data)

    async with reading(pipe[0]) as reader:
        writing = asyncio.create_task(asyncio.to_thread(write))
        await reader.has(Ended)
        await writing
        assert reader.text == data


async def test_a_pipe_gives_more_at_once_than_it_does_by_itself(pipe):
    fcntl = pytest.importorskip("fcntl")
    if not hasattr(fcntl, "F_GETPIPE_SZ"):
        pytest.skip("the system has pipes of one size")
    chunks = read_descriptor(pipe[0])
    first = asyncio.ensure_future(anext(chunks))
    await asyncio.sleep(0)  # it waits for bytes
    if fcntl.fcntl(pipe[1], fcntl.F_GETPIPE_SZ) < PIPE_SIZE:
        pytest.skip("the system allows no more")
    os.write(pipe[1], b"x" * PIPE_SIZE)
    assert len(await first) == CHUNK
    await chunks.aclose()


async def test_a_file_as_standard_input_is_read_to_its_end(tmp_path):
    path = tmp_path / "log"
    path.write_bytes(b"text\n" * 100_000)
    fd = os.open(path, os.O_RDONLY)
    try:
        async with reading(fd) as reader:
            await reader.has(Ended)
            assert reader.text == path.read_bytes()
    finally:
        os.close(fd)


async def test_nothing_ends_at_once():
    fd = os.open(os.devnull, os.O_RDONLY)
    try:
        async with reading(fd) as reader:
            await reader.has(Ended)
            assert reader.text == b""
    finally:
        os.close(fd)


async def test_what_can_not_be_read_is_reported(tmp_path):
    fd = os.open(tmp_path, os.O_RDONLY)
    try:
        async with reading(fd) as reader:
            failed = await reader.has(Failed)
            assert "can't be read" in failed.problem.cause
    finally:
        os.close(fd)


async def test_a_quiet_pipe_costs_nothing_and_is_left_at_once(pipe):
    loop = asyncio.get_running_loop()
    async with reading(pipe[0]) as reader:
        os.write(pipe[1], b"one\n")
        await reader.until(lambda: reader.text)
    assert not loop.remove_reader(pipe[0])
    assert asyncio.all_tasks() == {asyncio.current_task()}


async def test_a_slow_reader_does_not_keep_the_loop_busy(pipe):
    """Nobody reads: the loop must not be woken by bytes that wait in the pipe."""
    source = StdinSource(pipe[0])
    events = source.events()
    os.write(pipe[1], b"one\n")
    await anext(events)
    await anext(events)
    os.write(pipe[1], b"two\n")
    assert not asyncio.get_running_loop().remove_reader(pipe[0])
    await events.aclose()


async def test_a_thread_reads_where_nothing_else_can(pipe):
    """As on Windows, where the loop can't wait for a pipe."""
    os.write(pipe[1], b"one\n")
    chunks = read_in_thread(lambda: pipe[0])
    assert await anext(chunks) == b"one\n"
    close_writer(pipe)
    assert [chunk async for chunk in chunks] == []


async def test_a_thread_shows_what_it_can_not_open(tmp_path):
    chunks = read_in_thread(lambda: os.open(tmp_path / "missing", os.O_RDONLY))
    with pytest.raises(FileNotFoundError):
        await anext(chunks)


async def test_a_disk_that_does_not_answer_holds_nobody(tmp_path, monkeypatch):
    (tmp_path / "log").write_bytes(b"text\n")
    answers = threading.Event()
    real = os.read

    def hang(fd: int, length: int) -> bytes:
        if threading.current_thread() is not threading.main_thread():
            answers.wait(60)
        return real(fd, length)

    fd = os.open(tmp_path / "log", os.O_RDONLY)
    monkeypatch.setattr(descriptor.os, "read", hang)
    async with reading(fd) as reader:
        for _ in range(100):
            await asyncio.sleep(0)
        assert reader.text == b""
        answers.set()
        await reader.has(Ended)
        assert reader.text == b"text\n"
    os.close(fd)
