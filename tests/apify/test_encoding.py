"""Compressed answers, cut anywhere."""

from __future__ import annotations

import gzip
import itertools
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from logview.apify.encoding import PIECE, Decoder
from logview.apify.errors import BadCompression


def unpacked(encoding: str, packed: bytes, cuts: list[int]) -> bytes:
    decoder = Decoder(encoding)
    edges = [0, *sorted(cut % (len(packed) + 1) for cut in cuts), len(packed)]
    out = b"".join(
        piece
        for start, end in itertools.pairwise(edges)
        for piece in decoder.decode(packed[start:end])
    )
    decoder.finish()
    return out


@given(st.lists(st.binary(max_size=2000), min_size=1, max_size=4), st.lists(st.integers(0, 9999)))
def test_gzip_members_cut_anywhere(parts: list[bytes], cuts: list[int]) -> None:
    packed = b"".join(gzip.compress(part) for part in parts)
    assert unpacked("gzip", packed, cuts) == b"".join(parts)
    assert unpacked("x-gzip", packed + b"\0" * 7, cuts) == b"".join(parts)


@given(st.binary(max_size=2000), st.lists(st.integers(0, 9999)), st.booleans())
def test_deflate_with_and_without_its_header(data: bytes, cuts: list[int], raw: bool) -> None:
    packer = zlib.compressobj(wbits=-15 if raw else 15)
    packed = packer.compress(data) + packer.flush()
    if raw and cuts:
        cuts = [0]  # a header cut in two can't be told from none: servers don't do both
    assert unpacked("deflate", packed, cuts) == data


@given(st.binary(max_size=500), st.lists(st.integers(0, 999)))
def test_no_encoding_changes_nothing(data: bytes, cuts: list[int]) -> None:
    assert unpacked("", data, cuts) == data
    assert unpacked("identity", data, cuts) == data


def test_flushed_chunks_come_out_at_once() -> None:
    packer, decoder = zlib.compressobj(wbits=31), Decoder("gzip")
    for line in (b"one\n", b"two\n", b"three\n"):
        flushed = packer.compress(line) + packer.flush(zlib.Z_SYNC_FLUSH)
        assert b"".join(decoder.decode(flushed)) == line


@pytest.mark.parametrize("size", [PIECE - 1, PIECE, PIECE + 1, 3 * PIECE])
def test_a_small_chunk_that_holds_much_comes_in_pieces(size: int) -> None:
    decoder = Decoder("gzip")
    packer = zlib.compressobj(wbits=31)
    flushed = packer.compress(b"\n" * size) + packer.flush(zlib.Z_SYNC_FLUSH)
    pieces = list(decoder.decode(flushed))
    assert sum(map(len, pieces)) == size
    assert max(map(len, pieces)) <= PIECE


def test_a_body_that_breaks_off_is_reported() -> None:
    decoder = Decoder("gzip")
    list(decoder.decode(gzip.compress(b"one\ntwo\n" * 50)[:-9]))
    with pytest.raises(BadCompression, match="breaks off"):
        decoder.finish()


def test_an_empty_body_is_no_broken_one() -> None:
    Decoder("gzip").finish()


@pytest.mark.parametrize("encoding", ["gzip", "deflate"])
def test_garbage_is_reported(encoding: str) -> None:
    with pytest.raises(BadCompression):
        list(Decoder(encoding).decode(b"\xff\xfegarbage garbage"))


def test_what_was_not_asked_for_is_reported() -> None:
    with pytest.raises(BadCompression, match="br"):
        Decoder("br")
    with pytest.raises(BadCompression):
        Decoder("gzip, gzip")
