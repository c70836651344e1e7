"""Lines that are read in parts: from a stream, the spill file, a file; whole or unfinished."""

from __future__ import annotations

import itertools
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from logview.log.store import document as document_module
from logview.log.store import pages as pages_module
from logview.log.store import tail as tail_module
from logview.log.store.document import LogDocument
from tests.support.piecemeal import FileBytes, small_pages

if TYPE_CHECKING:
    from collections.abc import Iterator

LONG, PART = 700, 300


@contextmanager
def small_lines() -> Iterator[None]:
    """Read lines of a few hundred bytes in parts; keep only some of them in memory."""
    with small_pages(), pytest.MonkeyPatch.context() as patch:
        for module in (document_module, pages_module, tail_module):
            patch.setattr(module, "LONG_LINE", LONG)
        for module in (document_module, pages_module):
            patch.setattr(module, "LINE_PART", PART)
        patch.setattr(tail_module, "MEMORY", 2_000)
        patch.setattr(document_module, "FAR_BACK", 5_000)
        yield


def lines_of(data: bytes) -> list[bytes]:
    lines = data.split(b"\n")
    return lines[:-1] if lines[-1] == b"" else lines


def check(document: LogDocument, data: bytes, spans: list[tuple[int, int]]) -> None:
    expected = lines_of(data)
    assert document.line_count == len(expected)
    assert document.size == len(data)
    assert document.read(0, len(data) + 1) == data
    for start, length in spans:
        assert document.read(start, length) == data[start : start + length]
    for number, line in enumerate(expected, document.first_line):
        size = document.long_size(number)
        if not size:
            assert document.line(number) == line
            assert len(line) <= LONG
            continue
        assert size == len(line)
        assert document.line(number) == line[:PART]
        assert document.page_text(document.page_of(number)) == line[:PART].decode()
        for start, length in [(0, size), (size - 3, 10), *spans]:
            assert document.read_line(number, start, length) == line[start : start + length]
    assert document.last_is_unfinished == (not data.endswith(b"\n") and bool(data))


sizes = st.lists(st.one_of(st.integers(0, 80), st.integers(600, 9000)), min_size=1, max_size=8)
spans = st.lists(st.tuples(st.integers(0, 9000), st.integers(0, 5000)), max_size=3)


def log_of(sizes: list[int], *, ended: bool) -> bytes:
    lines = (bytes(33 + (n + at) % 90 for at in range(size)) for n, size in enumerate(sizes))
    return b"\n".join(lines) + b"\n" * ended


@given(sizes, st.booleans(), st.lists(st.integers(0, 40_000), max_size=12), spans)
def test_a_long_line_of_a_stream_is_read_in_parts_wherever_it_was_cut(
    sizes: list[int], ended: bool, cuts: list[int], spans: list[tuple[int, int]]
) -> None:
    with small_lines():
        data = log_of(sizes, ended=ended)
        places = [0, *sorted(min(cut, len(data)) for cut in cuts), len(data)]
        document = LogDocument()
        with closing(document):
            for start, stop in itertools.pairwise(places):
                document.append(data[start:stop])
                check(document, data[:stop], spans)
            largest = max(b - a for a, b in itertools.pairwise(places))
            assert document.memory <= 2_000 + largest + LONG + 250


@given(sizes, st.booleans(), sizes, spans)
def test_a_long_line_of_a_file_is_read_in_parts_wherever_it_is(
    sizes: list[int], ended: bool, more: list[int], spans: list[tuple[int, int]]
) -> None:
    with small_lines():
        data = log_of(sizes, ended=ended)
        reader = FileBytes(data)
        document = LogDocument()
        document.extend(reader, 0, len(data))
        assert document.line_count or not data
        reader.data += log_of(more, ended=True)
        document.extend(reader, len(data), len(reader.data) - len(data))
        while document.index_more():
            pass
        check(document, reader.data, spans)
        assert document.memory <= LONG + 250


def test_a_row_of_ours_cuts_a_long_line_and_keeps_every_byte() -> None:
    with small_lines():
        document = LogDocument()
        document.append(b"x" * 5000)
        document.add_row("lines are missing here", "missing")
        document.append(b"y" * 5000 + b"\nend\n")
        assert document.line_count == 3
        assert [document.long_size(n) for n in range(3)] == [5000, 5000, 0]
        assert document.read(0, 20_000) == b"x" * 5000 + b"y" * 5000 + b"\nend\n"
        document.close()


def test_a_file_whose_last_line_is_huge_is_read_from_its_start_a_block_at_a_time() -> None:
    with small_lines():
        data = b"first\n" + b"x" * 90_000
        reads: list[int] = []

        class Counted(FileBytes):
            def read(self, start: int, length: int) -> bytes:
                reads.append(length)
                return super().read(start, length)

        document = LogDocument()
        document.extend(Counted(data), 0, len(data))
        assert sum(reads) < 15_000
        assert document.line(0) == b"first"
        assert document.number(0) == 1
        assert document.unindexed > 80_000
        while document.index_more():
            pass
        check(document, data, [])


def test_a_line_that_is_not_long_has_no_parts() -> None:
    document = LogDocument()
    document.append(b"short\n")
    assert document.long_size(0) == 0
    with pytest.raises(ValueError, match="not long"):
        document.read_line(0, 0, 10)
    with pytest.raises(IndexError):
        document.long_size(1)
