"""The document: any bytes, cut anywhere, give the same lines."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st

from logview.log.search.pattern import Query, compile_query
from logview.log.store import tail as tail_module
from logview.log.store.document import LogDocument
from logview.log.store.pages import LINE_PART, PAGE_SIZE, count_breaks
from logview.log.store.tail import SpillFile

if TYPE_CHECKING:
    import pytest

_PIECES = [
    b"\n",
    b"\r\n",
    b"\r",
    b"a",
    b"2026-11-20T06:00:00.000Z INFO  x",
    b"\x85",
    b"\xc3",
    b"\xa9",
]
_PIECES += ["…\u2028".encode(), b"\x0b", b"\x0c", b"\x1b[31m", b"\x00", b"\xff"]
LOGS = st.lists(st.sampled_from(_PIECES) | st.binary(max_size=40), max_size=60).map(b"".join)


def lines_of(data: bytes) -> list[bytes]:
    lines = data.split(b"\n")
    return lines[:-1] if lines[-1] == b"" else lines


def whole_line(document: LogDocument, number: int) -> bytes:
    size = document.long_size(number)
    return document.read_line(number, 0, size) if size else document.line(number)


def document_of(*pieces: bytes) -> LogDocument:
    document = LogDocument()
    for piece in pieces:
        document.append(piece)
    return document


@given(LOGS, st.lists(st.integers(0, 2000)))
def test_lines_do_not_depend_on_where_the_stream_was_cut(data: bytes, cuts: list[int]) -> None:
    places = [0, *sorted(min(cut, len(data)) for cut in cuts), len(data)]
    document = document_of(*(data[a:b] for a, b in itertools.pairwise(places)))
    expected = lines_of(data)
    assert document.line_count == len(expected)
    assert [document.line(n) for n in range(document.line_count)] == expected
    assert document.size == len(data)
    assert document.read(0, len(data)) == data


@given(st.lists(st.binary(max_size=300), max_size=40), st.integers(1, 700), st.data())
def test_pages_hold_the_same_lines_and_bytes(
    lines: list[bytes], times: int, data: st.DataObject
) -> None:
    log = b"\n".join(lines) * times
    step = data.draw(st.integers(1000, 200_000))
    document = document_of(*(log[at : at + step] for at in range(0, len(log), step)))
    expected = lines_of(log)
    assert document.line_count == len(expected)
    if expected:
        number = data.draw(st.integers(0, len(expected) - 1))
        assert document.line(number) == expected[number]
        page = document.page(document.page_of(number))
        assert page.first_line <= number < page.first_line + page.line_count
    start = data.draw(st.integers(0, len(log)))
    length = data.draw(st.integers(0, 200_000))
    assert document.read(start, length) == log[start : start + length]
    assert b"".join(document.page_data(n) for n in range(document.end_page)) == log
    assert all(document.page(n).line_count for n in range(document.end_page))


def test_the_text_of_a_page_has_exactly_its_lines() -> None:
    document = document_of(b"one\n\n\ntwo\x1b[31m\x0bthree\r\n", b"last")
    text = document.page_text(0)
    assert text.split("\n") == [document.line_text(n) for n in range(document.line_count)]
    assert document.line_text(3) == "twothree"


def test_an_unfinished_last_line_is_a_line_and_grows() -> None:
    document = document_of(b"one\ntw")
    assert document.line_count == 2
    assert document.last_is_unfinished
    assert document.line(1) == b"tw"
    document.append(b"o\n")
    assert document.line(1) == b"two"
    assert document.line_count == 2
    assert not document.last_is_unfinished


def test_a_line_longer_than_a_page_is_one_line() -> None:
    long = b"x" * (PAGE_SIZE * 3)
    document = LogDocument()
    for at in range(0, len(long), 1000):
        document.append(long[at : at + 1000])
    document.append(b"\nshort\n")
    assert document.line_count == 2
    assert document.long_size(0) == len(long)
    assert whole_line(document, 0) == long
    assert document.line(0) == long[:LINE_PART]
    assert document.line(1) == b"short"


def test_a_row_of_ours_ends_a_torn_line_and_keeps_every_byte() -> None:
    document = document_of(b"one\ntor")
    document.add_row("lines are missing here", "missing")
    document.append(b"n\ntwo\n")
    assert [document.line(n) for n in range(document.line_count)] == [b"one", b"tor", b"n", b"two"]
    assert document.own_rows[0].line == 2
    assert document.read(0, 100) == b"one\ntorn\ntwo\n"


def test_a_row_of_ours_may_come_first_and_twice() -> None:
    document = LogDocument()
    document.add_row("a", "missing")
    document.add_row("b", "missing")
    document.append(b"x")
    assert [row.line for row in document.own_rows] == [0, 0]
    assert document.line(0) == b"x"


class FileBytes:
    """A file, as far as the document knows one."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.reads = 0
        self.stamped: tuple[int, ...] | None = None

    def read(self, start: int, length: int) -> bytes:
        self.reads += 1
        return self.data[start : start + length]

    def stamp(self) -> tuple[int, ...] | None:
        return self.stamped


@given(st.lists(st.integers(0, 200_000), min_size=1, max_size=12), st.booleans(), st.integers(0, 5))
def test_a_file_is_indexed_from_its_end_to_the_same_lines(
    sizes: list[int], final: bool, extra: int
) -> None:
    data = b"\n".join(bytes([97 + n % 26]) * size for n, size in enumerate(sizes * 4))
    data += b"\n" * final
    document = LogDocument()
    reader = FileBytes(data)
    document.attach(reader, len(data))
    before = document.end_line
    assert [whole_line(document, n) for n in range(before)] == lines_of(data)[-before:] * bool(
        before
    )
    more = b"x\n" * extra
    reader.data += more
    document.append(more, document._tail.region)
    while document.index_more():
        assert document.first_line <= 0
    expected = lines_of(data + more)
    shift = document.first_line
    assert document.line_count == len(expected)
    assert [whole_line(document, n + shift) for n in range(len(expected))] == expected
    assert document.read(0, len(data) + 100) == data + more
    assert document.memory <= 2 * max([65536, *sizes])


def test_a_file_is_on_screen_before_it_is_indexed() -> None:
    data = b"".join(b"line %d\n" % n for n in range(500_000))
    document = LogDocument()
    reader = FileBytes(data)
    document.attach(reader, len(data))
    assert reader.reads == 1
    assert document.unindexed > len(data) - 400_000
    assert document.line(document.end_line - 1) == b"line 499999"
    assert document.number(document.end_line - 1) is None
    while document.index_more():
        pass
    assert document.number(document.end_line - 1) == 500_000


def test_lines_that_a_file_has_lost_are_empty_and_the_others_stay() -> None:
    data = b"".join(b"line %d\n" % n for n in range(100_000))
    document = LogDocument()
    reader = FileBytes(data)
    document.attach(reader, len(data))
    while document.index_more():
        pass
    reader.data = data[:1000]
    first = document.first_line
    assert document.line(first) == b"line 0"
    assert document.line(first + 60_000) == b""
    assert document.line(document.end_line - 1) == b"line 99999"
    assert len(document.page_text(document.first_page).split("\n")) == document.count_of(
        document.first_page
    )


def test_a_long_stream_moves_to_a_temporary_file_and_reads_back(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(tail_module, "MEMORY", 300_000)
    document = LogDocument()
    data = b"".join(b"line %d %s\n" % (n, b"x" * (n % 90)) for n in range(60_000))
    for at in range(0, len(data), 7777):
        document.append(data[at : at + 7777])
    assert document.memory < 500_000
    assert document.read(0, len(data)) == data
    assert document.line(0) == b"line 0 "
    assert document.line(59_999).startswith(b"line 59999")
    document.close()


def test_where_the_disk_is_full_the_log_stays_in_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tail_module, "MEMORY", 100_000)
    monkeypatch.setattr(SpillFile, "write", lambda *_: False)
    document = LogDocument()
    data = b"some line\n" * 100_000
    for at in range(0, len(data), 9999):
        document.append(data[at : at + 9999])
    assert document.read(0, len(data)) == data
    document.close()


def test_an_unfinished_line_of_nothing_visible_is_a_line_of_the_text() -> None:
    document = LogDocument()
    document.append(b"one\ntwo\n\x1b[0m")
    assert document.line_count == 3
    assert document.page_text(0) == document.read_text(0) == "one\ntwo\n"
    pattern = compile_query(Query("$", regex=True))
    assert pattern.count(document.read_for(pattern, 0)) == 3
    assert document.read_for(compile_query(Query("o")), 0) in (
        b"one\ntwo\n",
        "one\ntwo\n",
        b"one\ntwo\n\x1b[0m",
    )


@given(st.binary(max_size=40), st.integers(0, 300), st.integers(0, 3000), st.integers(0, 9000))
def test_line_breaks_are_counted_in_long_lines_and_short_ones(
    piece: bytes, width: int, start: int, end: int
) -> None:
    data = b"".join(b"x" * width + b"\n" + piece for _ in range(40))
    assert count_breaks(data, start, end) == data.count(b"\n", start, end)
