"""Excerpts: the text of a selection is the sanitiser's text of the lines that are shown of it."""

from __future__ import annotations

import itertools

from hypothesis import given
from hypothesis import strategies as st

from logview.log.search.line_filter import LineFilter
from logview.log.search.pattern import Query, compile_query
from logview.log.store.document import LogDocument
from logview.log.store.pages import PAGE_LINES, PAGE_SIZE
from logview.log.view.excerpt import Excerpt, selected, whole_lines
from logview.log.view.selection import END, Point, Selection, lines
from logview.log.view.view import View
from logview.text.escapes import separated_text
from logview.text.sanitize import visible
from tests.text.test_sanitize_properties import LINES


def build(pieces: list[bytes]) -> LogDocument:
    document = LogDocument()
    for piece in pieces:
        document.append(piece)
    return document


def cut(data: bytes, places: list[int]) -> list[bytes]:
    """Cut bytes at places that may be anywhere."""
    ends = sorted({0, len(data), *(place % (len(data) + 1) for place in places)})
    return [data[a:b] for a, b in itertools.pairwise(ends)]


PLACES = st.tuples(st.integers(0, 12), st.one_of(st.integers(0, 80), st.just(END)))


@given(
    st.lists(LINES, min_size=1, max_size=12),
    st.booleans(),
    st.lists(st.integers(0, 10_000), max_size=5),
    PLACES,
    PLACES,
    st.sampled_from(["", "a", "!a"]),
    st.lists(st.integers(0, 12), max_size=2),
)
def test_what_is_copied_is_the_sanitizers_text_between_the_two_places(
    written: list[bytes],
    ended: bool,
    cuts: list[int],
    one: tuple[int, int],
    other: tuple[int, int],
    wanted: str,
    gaps: list[int],
) -> None:
    document = LogDocument()
    for number, line in enumerate(written):
        if number in gaps:
            document.add_row("something is missing", "missing")
        whole = number + 1 < len(written) or ended or not line
        for piece in cut(line + b"\n" * whole, cuts):
            document.append(piece)
    start, stop = sorted((Point(*one), Point(*other)))
    start, stop = (Point(min(p.line, len(written) - 1), p.character) for p in (start, stop))
    selection = Selection("character", (start, start), (stop, stop))
    view = View(document)
    if wanted:
        taking = compile_query(Query(wanted.removeprefix("!")))
        view.filters.append(LineFilter(taking, keep=not wanted.startswith("!")))
        view.refilter(0)
        while view.step():
            pass
    expected = []
    for number, line in enumerate(written):
        span = selection.span(number)
        text = visible(line)
        if span is not None and (not wanted or ("a" in text.lower()) != wanted.startswith("!")):
            expected.append(separated_text(line, span[0], min(span[1], len(text))))
    if selection.is_empty:
        expected = expected[:1]
    excerpt = selected(selection, view)
    assert excerpt.text() == "\n".join(expected)
    assert excerpt.line_count == len(expected)


def test_pages_cut_anywhere_give_the_same_text() -> None:
    data = b"".join(b"line %d %s\n" % (n, b"x" * (n % 300)) for n in range(3_000))
    expected = data.decode().removesuffix("\n")
    for size in (PAGE_SIZE - 1, 1_000, len(data)):
        document = build([data[at : at + size] for at in range(0, len(data), size)])
        assert document.end_page > 3
        assert whole_lines(document, range(3_000)).text() == expected
        part = Excerpt(document, Point(10, 3), Point(2_900, 4)).text()
        assert part == "\n".join(["e 10 xxxxxxxxxx", *expected.split("\n")[11:2_900], "line"])


def test_lines_of_a_key_that_are_not_shown_stand_before_those_that_are() -> None:
    key = b"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"
    document = build([b"one\n" + key + b"BBBB\n" + b"x" * 70_000 + b"\n" + key + b"two"])
    view = View(document)
    view.filters = [LineFilter(compile_query(Query("KEY")), keep=False)]
    view.refilter(0)
    while view.step():
        pass
    excerpt = whole_lines(document, range(document.line_count), view)
    begin, end = "-----BEGIN PRIVATE KEY-----", "-----END PRIVATE KEY-----"
    seen = [
        text if len(text) < 30 else "x"
        for part in excerpt.parts()
        for text in [*part.hidden, *(line.decode() for line in part.lines)]
    ]
    assert seen == ["one", begin, "AAAA", end, "BBBB", "x", begin, "AAAA", end, "two"]
    assert excerpt.text().split("\n")[-2:] == ["AAAA", "two"]


def test_what_arrives_while_it_is_taken_takes_no_line_away() -> None:
    """The tail, one page at first, has become several before its turn comes."""
    short = b"x\n" * (PAGE_LINES - 10)
    document = build([b"y" * PAGE_SIZE + b"\n", short, b"the end"])
    excerpt = whole_lines(document, range(document.first_line, document.end_line))
    expected = excerpt.text()
    parts = excerpt.parts()
    taken = next(parts).lines
    document.append(b"" + b"\n" + (b"long " * 10_000 + b"\n") * 2)
    document.append(b"z\n" * PAGE_LINES)
    for part in parts:
        taken += part.lines
    assert b"\n".join(taken).decode() == expected


def test_lines_of_a_file_that_were_found_later_change_nothing(tmp_path) -> None:
    path = tmp_path / "app.log"
    data = b"".join(b"line %07d\n" % n for n in range(400_000))
    path.write_bytes(data)

    class Reader:
        def read(self, start: int, length: int) -> bytes:
            with path.open("rb") as file:
                file.seek(start)
                return file.read(length)

        def stamp(self) -> tuple[int, ...] | None:
            return None

    document = LogDocument()
    document.attach(Reader(), len(data))
    assert document.unindexed
    last = document.end_line - 1
    excerpt = selected(lines(last - 9, last), View(document))
    expected = data[-130:].decode().removesuffix("\n")
    assert excerpt.text() == expected
    while document.index_more():
        pass
    assert document.first_line < 0
    assert excerpt.text() == expected
    assert whole_lines(document, range(document.first_line, document.first_line + 2)).text() == (
        "line 0000000\nline 0000001"
    )


def test_its_stamps_and_ends_are_those_of_what_is_shown() -> None:
    stamp = b"2026-11-20T06:00:%02d.000Z "
    document = build([stamp % 1 + b"ERROR a\n", b"    at x\n", stamp % 2 + b"INFO b\n", b"rest\n"])
    assert whole_lines(document, range(1, 4)).stamps() == (
        b"2026-11-20T06:00:01.000Z",
        b"2026-11-20T06:00:02.000Z",
    )
    view = View(document)
    view.filters.append(LineFilter(compile_query(Query("at x"))))
    view.refilter(0)
    while view.step():
        pass
    shown = selected(lines(0, 3), view)
    assert shown.ends == (1, 1)
    assert shown.stamps() == (b"2026-11-20T06:00:01.000Z",) * 2
    assert whole_lines(build([b"no stamp\n"]), range(1)).stamps() is None


@given(st.lists(LINES, min_size=1, max_size=4), PLACES, PLACES)
def test_what_stands_next_to_it_makes_its_lines_whole(
    written: list[bytes], one: tuple[int, int], other: tuple[int, int]
) -> None:
    written = [line.replace(b"\r", b"") for line in written]  # copying keeps its pieces apart
    document = build([line + b"\n" for line in written])
    start, stop = sorted((Point(*one), Point(*other)))
    start, stop = (Point(min(p.line, len(written) - 1), p.character) for p in (start, stop))
    if start > stop:
        return
    excerpt = Excerpt(document, start, stop)
    before, after = excerpt.context()
    whole = "\n".join(visible(line) for line in written[start.line : stop.line + 1])
    if start.line < stop.line or start.character <= len(visible(written[start.line])):
        assert f"{before}{excerpt.text()}{after}" == whole
