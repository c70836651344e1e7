"""Tests: logs that arrive piece by piece on small pages, and what one look at the whole gives.

`Whole` reads a document from its first line to its last in one go, and works
out from the words of the docstrings, line by line, what views have to show.
"""

from __future__ import annotations

from contextlib import contextmanager
from itertools import chain, pairwise
from typing import TYPE_CHECKING

import pytest
from hypothesis import strategies as st

from logview.log.entries.grouping import BEGIN, PageEntries
from logview.log.entries.lanes import split_lane
from logview.log.entries.level import Level
from logview.log.store import document as document_module
from logview.log.store import pages as pages_module
from logview.log.store import tail as tail_module
from logview.log.store.document import LogDocument
from logview.log.view.stack_frames import LEAST, library_runs, read_frames
from logview.log.view.view import Row, View
from tests.support.corpus import CORPUS, read

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from logview.log.entries.lanes import LaneKey

LOGS = [read(path).lines for path in CORPUS]
LINES = sorted(set(chain.from_iterable(LOGS)))
HEADS = ["ERROR it broke", "WARN  it creaks", "INFO  fine", "DEBUG x", "plain", "Traceback (most"]
HEADS += ["Traceback (most recent call last):", "[apify] CRITICAL the end", "list:", "npm ERR! a"]
FRAME = "    at f (node:x:1:1)"
PYTHON_FRAME = '  File "/lib/python3.12/asyncio/x.py", line 3'
OWN_FRAME = "    at f (/app/x.js:1:1)"


@contextmanager
def small_pages(size: int = 250, lines: int = 6) -> Iterator[None]:
    """Make pages of a few lines; yields nothing."""
    with pytest.MonkeyPatch.context() as patch:
        for module in (pages_module, tail_module):
            patch.setattr(module, "PAGE_SIZE", size)
            patch.setattr(module, "PAGE_LINES", lines)
        for module in (document_module, pages_module):
            patch.setattr(module, "BLOCK_SIZE", 3 * size)
        patch.setattr(document_module, "OPENED_AT_END", 2 * size)
        yield


def _run(log: int, start: int, size: int) -> list[str]:
    lines = LOGS[log]
    return lines[start % len(lines) :][:size]


stacks = st.tuples(
    st.sampled_from(HEADS),
    st.integers(0, 60),
    st.sampled_from([FRAME, FRAME, PYTHON_FRAME, OWN_FRAME, "", "}", "ValueError: x"]),
).map(lambda parts: [parts[0], *[parts[2]] * min(parts[1], 60)])
runs = st.builds(
    _run, st.integers(0, len(LOGS) - 1), st.integers(0, max(map(len, LOGS))), st.integers(1, 12)
)
singles = st.integers(0, len(LINES) - 1).map(lambda number: [LINES[number]])
shreds = st.text(" \t:{}[],ax", max_size=8).map(lambda text: [text])
texts = st.lists(st.one_of(stacks, stacks, runs, singles, shreds), max_size=5).map(
    lambda parts: "".join(f"{line}\n" for line in chain.from_iterable(parts)).encode()
)


class FileBytes:
    """A file, as far as a document knows one."""

    def __init__(self, data: bytes = b"") -> None:
        self.data = data

    def read(self, start: int, length: int) -> bytes:
        return self.data[start : start + length]

    def stamp(self) -> tuple[int, ...] | None:
        return None


def open_log(data: bytes, *, as_file: bool) -> LogDocument:
    """Give a log that came as a stream, or is a file that was opened at its end."""
    document = LogDocument()
    if as_file:
        document.attach(FileBytes(data), len(data))
    else:
        document.append(data)
    return document


class Whole:
    """A document that was read in one go, from its first line to its last."""

    def __init__(self, document: LogDocument, *, is_merged: bool = False) -> None:
        self.document = document
        self.is_merged = is_merged
        self.first = document.first_line
        self.lines = [document.line_text(n) for n in range(self.first, document.end_line)]
        gaps = {row.line for row in document.own_rows}
        edges = sorted({self.first, document.end_line} | gaps)
        self.entry: dict[int, Sequence[int]] = {}
        self.level: dict[int, Level | None] = {}
        for low, high in pairwise(edges):
            self._read(low, high)

    def _read(self, low: int, high: int) -> None:
        lanes: dict[LaneKey, list[tuple[int, str]]] = {}
        for line in range(low, high):
            key, own = split_lane(self.lines[line - self.first], is_merged=self.is_merged)
            lanes.setdefault(key, []).append((line, own))
        for some in lanes.values():
            self._read_lane([line for line, _ in some], [own for _, own in some])

    def _read_lane(self, numbers: list[int], lines: list[str]) -> None:
        found = PageEntries("\n".join(lines)).join(BEGIN)
        starts = [n for n in range(len(lines)) if found.starts >> n & 1]
        for start, stop in zip(starts, [*starts[1:], len(lines)], strict=True):
            levels = [lv for lv, mask in found.levels.items() if mask >> start & 1]
            entry: Sequence[int] = tuple(numbers[start:stop])
            if entry[-1] - entry[0] + 1 == len(entry):
                entry = range(entry[0], entry[-1] + 1)
            for line in entry:
                self.entry[line] = entry
                self.level[line] = levels[0] if levels else None

    @property
    def numbers(self) -> range:
        return range(self.first, self.document.end_line)

    def entries(self) -> list[Sequence[int]]:
        """Give all entries, in order."""
        return [self.entry[n] for n in self.numbers if self.entry[n][0] == n]

    def has_level(self, line: int, least: Level) -> bool:
        """Whether a line's entry has at least a level; what has none is information."""
        return (self.level[line] or Level.INFO) >= least

    def chosen(self, view: View) -> list[int]:
        """Give the lines that a view has to show."""
        taken = [
            n
            for n in self.numbers
            if all(bool(f.pattern.spans(self.lines[n - self.first])) == f.keep for f in view.active)
        ]
        if view.whole_entries and view.active:
            starts = {self.entry[n][0] for n in taken}
            taken = [n for n in self.numbers if self.entry[n][0] in starts]
        if view.level is not None:
            taken = [n for n in taken if self.has_level(n, view.level)]
        if view.is_filtered and view.context:
            near = {n + d for n in taken for d in range(-view.context, view.context + 1)}
            taken = [n for n in self.numbers if n in near]
        return taken

    def folds(self, view: View, opened: set[int]) -> list[range]:
        """Give the folds that a view has to have, apart from those of which a line was opened."""
        if (
            not view.fold
            or (view.context and view.is_filtered)
            or (view.active and not view.whole_entries)
        ):
            return []
        shown = set(self.chosen(view))
        return [
            fold
            for entry in self.entries()
            if (self.level[entry[0]] or Level.INFO) >= Level.WARN and entry[0] in shown
            for run in library_runs(read_frames([self.lines[n - self.first] for n in entry]))
            for fold in [range(entry[0] + run.lines.start, entry[0] + run.lines.stop)]
            if opened.isdisjoint(fold)
        ]

    def rows(self, view: View, opened: set[int]) -> list[Row]:
        """Give all rows that a view has to have."""
        away = {n for fold in self.folds(view, opened) for n in fold[1:]}
        shown = set(self.chosen(view)) - away
        own = self.document.own_rows
        rows: list[Row] = []
        for line in range(self.first, self.document.end_line + 1):
            rows += [Row(line, n) for n, row in enumerate(own) if row.line == line]
            rows += [Row(line)] * (line in shown)
        return rows


def rows_hang_together(view: View) -> list[Row]:
    """Check that rows and lines map onto each other, whatever has been read; give the rows."""
    document = view.document
    count = view.row_count
    rows = [view.row_at(index) for index in range(count)]
    assert view.rows(0, count + 3) == rows
    assert view.rows(count // 2, 4) == rows[count // 2 :][:4]
    for index, row in enumerate(rows):
        assert view.index_of(row) == index
        assert row.is_own or view.is_row(row.line)
    for bad in (-1, count):
        with pytest.raises(IndexError):
            view.row_at(bad)
    assert [row.own for row in rows if row.is_own] == list(range(len(document.own_rows)))
    shown = [n for n in range(document.first_line, document.end_line) if view.is_shown(n)]
    assert view.line_count == len(shown)
    covered: list[int] = []
    for row in rows:
        if row.is_own:
            assert document.own_rows[row.own].line == row.line
            continue
        fold = view.fold_at(row.line)
        if fold is None:
            covered.append(row.line)
            continue
        assert fold.start == row.line
        assert len(fold) >= LEAST
        for line in filter(view.is_shown, fold):
            assert view.fold_of(line) == fold
            assert view.nearest(line) == row.line
            assert view.is_row(line) == (line == row.line)
        covered += fold
    # Of a fold's lines the filters may not have read all.
    assert [n for n in covered if view.is_shown(n)] == shown
    assert len(set(covered)) == len(covered)
    assert not view.caught_up or covered == shown
    return rows
