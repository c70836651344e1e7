"""Lines that a file has lost: they go, and one row says so."""

from __future__ import annotations

from logview.log.entries.level import Level
from logview.log.search.line_filter import LineFilter
from logview.log.search.passes import SearchPass
from logview.log.search.pattern import Query, compile_query
from logview.log.store.document import LogDocument
from logview.log.view.view import Row, View
from tests.support.piecemeal import FileBytes, small_pages

GAP = "The file was cut short or rewritten here: what was above is no longer in it."


class CutFile(FileBytes):
    def cut(self) -> None:
        self.data = b""


def lines(first: int, last: int) -> bytes:
    return b"".join(
        b"%s line %d\n" % (b"ERROR" if n % 7 else b"INFO", n) for n in range(first, last)
    )


def read_all(view: View) -> None:
    while view.document.index_more():
        pass
    while view.entries.step() or view.step():
        pass


def rows(view: View) -> list[str]:
    document = view.document
    return [
        document.own_rows[row.own].text if row.is_own else document.line_text(row.line)
        for row in view.rows(0, view.row_count)
    ]


def test_the_lines_of_a_file_that_was_cut_short_become_one_row_that_counts_them() -> None:
    with small_pages():
        file = CutFile(lines(0, 1000))
        document = LogDocument()
        document.extend(file, 0, len(file.data))
        view = View(document)
        read_all(view)
        assert view.row_count == 1000
        first = document.first_line
        file.cut()
        document.add_row(GAP, "truncated")
        document.append(b"WARN after\nmore\n")
        assert view.forget() == first
        assert document.head(10) == b"WARN after"
        assert document.read(0, 10) == b""
        view.refilter(0)
        read_all(view)
        assert rows(view) == [
            "1,000 lines are gone: the file was cut short or rewritten here.",
            "WARN after",
            "more",
        ]
        assert document.number(view.row_at(1).line) == 1
        assert view.entries.count(Level.ERROR) == 0
        assert view.entries.count(Level.WARN) == 1


def test_what_was_read_before_the_lines_that_are_lost_keeps_its_place() -> None:
    with small_pages():
        document = LogDocument()
        document.append(lines(0, 50))
        file = CutFile(lines(0, 50) + lines(50, 500))
        start = len(lines(0, 50))
        document.extend(file, start, len(file.data) - start)
        document.add_row("a gap", "missing")
        view = View(document)
        read_all(view)
        file.cut()
        document.add_row(GAP, "truncated")
        document.append(lines(0, 5))
        view.forget()
        view.filters.append(LineFilter(compile_query(Query("line"))))
        view.refilter(0)
        read_all(view)
        search = SearchPass(compile_query(Query("line 4")), view, 0)
        while not search.complete:
            search.step()
        kept = [line.decode() for line in lines(0, 50).splitlines()]
        expected = [
            *kept,
            "a gap",
            "450 lines are gone: the file was cut short or rewritten here.",
            *(line.decode() for line in lines(0, 5).splitlines()),
        ]
        assert rows(view) == expected
        assert search.total == sum("line 4" in line for line in expected)
        assert [view.index_of(Row(n)) for n in (0, 49)] == [0, 49]


def test_nothing_is_lost_of_a_file_that_is_still_there() -> None:
    with small_pages():
        file = CutFile(lines(0, 300))
        document = LogDocument()
        document.extend(file, 0, len(file.data))
        while document.index_more():
            pass
        document.add_row("Another file took this one's place: it begins here.", "rotated")
        assert document.forget() is None
        assert document.line_count == 300


def test_a_file_that_is_cut_short_while_it_is_indexed_begins_anew() -> None:
    with small_pages():
        file = CutFile(lines(0, 3000))
        document = LogDocument()
        document.extend(file, 0, len(file.data))
        assert document.unindexed
        file.cut()
        document.add_row(GAP, "truncated")
        document.append(lines(0, 3))
        document.forget()
        assert not document.unindexed
        assert document.line_count == 3
        assert document.number(document.first_line) == 1
