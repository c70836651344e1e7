"""An open file's stamp: it tells every write, or says that it can't."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from logview.sources.tailed import SETTLED, FileBytes, TailedFile

needs_times = pytest.mark.skipif(os.name == "nt", reason="a file's time may lag behind there")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "app.log"
    path.write_bytes(b"one\ntwo\n")
    return path


def age(path: Path, seconds: float = SETTLED + 1) -> None:
    then = time.time() - seconds
    os.utime(path, (then, then))


@needs_times
def test_a_quiet_file_keeps_its_stamp(path: Path) -> None:
    age(path)
    file = TailedFile(path)
    stamp = file.bytes.stamp()
    assert stamp is not None
    assert file.bytes.stamp() == stamp
    file.close()


@needs_times
@pytest.mark.parametrize("mode", ["r+b", "ab"])
def test_a_write_takes_the_stamp_away_and_another_comes(path: Path, mode: str) -> None:
    age(path)
    file = TailedFile(path)
    before = file.bytes.stamp()
    with path.open(mode) as other:
        other.write(b"ONE")
    assert file.bytes.stamp() is None  # another write might have the same time
    age(path, SETTLED + 0.5)
    assert file.bytes.stamp() not in (None, before)
    file.close()


def test_times_in_the_future_show_nothing(path: Path) -> None:
    age(path, -3600)
    file = TailedFile(path)
    assert file.bytes.stamp() is None
    file.close()


def test_a_file_that_was_rewritten_has_no_stamp_any_more(path: Path) -> None:
    age(path)
    file = TailedFile(path)
    old = file.bytes
    file.rewind()
    assert old.stamp() is None
    file.close()


@pytest.mark.skipif(not Path("/proc/meminfo").exists(), reason="there is no /proc")
def test_a_file_without_a_size_is_not_cut_short():
    """Those below /proc have none, and are made anew for each reader."""
    file = TailedFile(Path("/proc/meminfo"))
    try:
        while file.read():
            pass
        assert file.offset
        assert not file.was_truncated()
    finally:
        file.close()


def test_an_empty_file_that_grew_is_cut_short_as_any_other(tmp_path):
    path = tmp_path / "log"
    path.touch()
    file = TailedFile(path)
    try:
        assert not file.was_truncated()
        path.write_bytes(b"one\ntwo\n")
        assert file.read() == b"one\ntwo\n"
        path.write_bytes(b"")
        assert file.was_truncated()
    finally:
        file.close()


def test_a_file_that_has_no_places_is_read_on():
    """As the kernel's trace_pipe, which calls itself a regular file."""
    ends = os.pipe()
    os.write(ends[1], b"one\ntwo\n")
    pipe = FileBytes(ends[0])
    assert pipe.read(0, 4) == b"one\n"
    assert pipe.read(4, 100) == b"two\n"
    pipe.close()
    os.close(ends[1])
