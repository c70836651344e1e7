"""Byte order marks, UTF-16 and what is compressed: read, or named."""

from __future__ import annotations

import gzip
import json
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from logview.sources.decoded import CompressedError, DecodedSource, TextDecoder
from logview.sources.events import Ended, Extended, Failed, Gap, Received
from tests.support.program import run

if TYPE_CHECKING:
    from pathlib import Path

TEXT = "2026-11-20T06:00:00.000Z ERROR ž😀\r\n2026-11-20T06:00:00.001Z INFO  next\n"
ENCODED = [
    b"\xef\xbb\xbf" + TEXT.encode(),
    *(b"\xff\xfe" + TEXT.encode("utf-16-le"), b"\xfe\xff" + TEXT.encode("utf-16-be")),
    b"\xff\xfe\x00\x00" + TEXT.encode("utf-32-le"),
    TEXT.encode(),
]
COMPRESSED = {
    "gzip": gzip.compress(TEXT.encode()),
    "zstd": b"\x28\xb5\x2f\xfd" + b"x" * 20,
    "xz": b"\xfd7zXZ\x00" + b"x" * 20,
    "bzip2": b"BZh91AY" + b"x" * 20,
}


def decode(data: bytes, sizes: list[int], *, keep_mark: bool = False) -> bytes:
    decoder, out, at = TextDecoder(keep_mark=keep_mark), b"", 0
    for size in [*sizes, len(data)]:
        out += decoder.feed(data[at : at + size])
        at += size
    return out + decoder.finish()


@given(st.sampled_from(ENCODED), st.lists(st.integers(0, 5), max_size=40))
def test_marks_are_read_however_the_bytes_are_cut(data: bytes, sizes: list[int]) -> None:
    assert decode(data, sizes) == TEXT.encode()


@given(st.binary(max_size=40), st.lists(st.integers(0, 5), max_size=20))
def test_what_has_no_mark_stays_as_it_is(data: bytes, sizes: list[int]) -> None:
    data = b"x" + data
    assert decode(data, sizes) == data
    marked = b"\xef\xbb\xbf" + data
    assert decode(marked, sizes, keep_mark=True) == marked


@pytest.mark.parametrize("data", [b"", b"\xff", b"\xef", b"\xef\xbb", b"\x1f", b"B", b"(", b"PK"])
def test_the_beginning_of_a_mark_is_no_mark(data: bytes) -> None:
    assert decode(data, [1, 1]) == data


@pytest.mark.parametrize("kind", COMPRESSED)
def test_what_is_compressed_is_named(kind: str) -> None:
    with pytest.raises(CompressedError) as caught:
        decode(COMPRESSED[kind], [1, 2])
    assert caught.value.kind == kind


class Store:
    def __init__(self, data: bytes) -> None:
        self.data = data

    def read(self, start: int, length: int) -> bytes:
        return self.data[start : start + length]

    def stamp(self) -> None:
        return None


class Said:
    def __init__(self, *events) -> None:
        self._events = events

    async def events(self):
        for event in self._events:
            yield event

    def retry(self) -> None: ...

    def stats(self) -> list[tuple[str, str]]:
        return []


async def events_of(*events, keep_mark: bool = False):
    return [e async for e in DecodedSource(Said(*events), "a b.gz", keep_mark=keep_mark).events()]


async def test_bytes_of_a_store_stay_there_unless_they_have_to_be_decoded() -> None:
    plain, marked, wide = Store(ENCODED[4]), Store(ENCODED[0]), Store(ENCODED[1])
    size = len(plain.data)
    assert await events_of(Extended(plain, 0, size)) == [Extended(plain, 0, size)]
    assert await events_of(Extended(marked, 0, size + 3)) == [Extended(marked, 3, size)]
    found = await events_of(Extended(wide, 0, len(wide.data)), Ended())
    assert b"".join(e.data for e in found if isinstance(e, Received)) == TEXT.encode()
    assert found[-1] == Ended()


async def test_a_file_that_begins_anew_has_a_mark_of_its_own() -> None:
    gap = Gap("rewritten", "truncated")
    found = await events_of(Received(ENCODED[4]), gap, Received(ENCODED[1]))
    assert found == [Received(TEXT.encode()), gap, Received(TEXT.encode())]


async def test_nothing_of_what_is_compressed_is_shown() -> None:
    (failed,) = await events_of(Received(COMPRESSED["gzip"]), Received(b"more"), Ended())
    assert isinstance(failed, Failed)
    assert "gzip" in failed.problem.cause
    assert "gunzip -c 'a b.gz' | logview -" in failed.problem.remedy


@pytest.mark.parametrize("data", ENCODED)
def test_the_program_reads_stamp_and_level_of_the_first_line(data: bytes, tmp_path: Path) -> None:
    (tmp_path / "a.log").write_bytes(data)
    for result in (run("a.log", "--json", cwd=tmp_path), run("-", "--json", stdin=data)):
        first = json.loads(result.stdout.split(b"\n")[0])
        assert (first["level"], first["time"]) == ("ERROR", "2026-11-20T06:00:00.000Z")
        assert first["text"] == "ERROR ž😀"


def test_the_program_shows_how_to_read_a_compressed_file(tmp_path: Path) -> None:
    (tmp_path / "a.log.gz").write_bytes(COMPRESSED["gzip"])
    result = run("a.log.gz", "--plain", cwd=tmp_path)
    assert result.returncode == 5
    assert result.stdout == b""
    assert b"gunzip -c" in result.stderr
