from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from logview.log.entries.index import EntryIndex
from logview.log.store.document import LogDocument
from logview.log.view.fact_folds import PeriodicFolds, StepFolds
from logview.log.view.repeat_folds import RepeatFolds
from logview.log.view.view import View
from tests.support.examples import examples
from tests.support.piecemeal import rows_hang_together, small_pages


def folded(
    lines: list[str], *, by_shape: bool, new: str = "none", passes_statistics: bool = False
) -> View:
    document = LogDocument()
    stamped = [
        f"2026-11-20T06:{number // 60 % 60:02}:{number % 60:02}.000Z {line}\n"
        for number, line in enumerate(lines)
    ]
    document.append("".join(stamped).encode())
    entries = EntryIndex(document)
    entries.begin_at(0)
    while entries.step():
        pass
    view = View(document, entries)
    kind = RepeatFolds(
        document,
        entries,
        by_shape=by_shape,
        is_new=lambda shape: new in shape.text,
        passes_statistics=passes_statistics,
    )
    view.refold(view.folds.set_kinds([kind]))
    return view


def shown(view: View) -> list[str]:
    rows = []
    for row in view.rows(0, view.row_count):
        fold = view.fold_row_at(row.line)
        rows.append(view.document.line_text(row.line)[25:] if fold is None else f"▸ {fold.label}")
    return rows


RETRY = ["WARN  A: boom", "    at x (/app/src/x.js:1:2)"]


def test_equal_neighbours_are_one_entry_and_a_row() -> None:
    lines = ["INFO  a", *["INFO  b"] * 90, "INFO  a", "INFO  a", *RETRY * 3, "INFO  c"]
    assert shown(folded(lines, by_shape=False)) == [
        "INFO  a",
        "INFO  b",
        "▸ 89 more like this, 06:00–06:01",
        "INFO  a",
        "INFO  a",
        *RETRY,
        "▸ 2 more like this, 4 lines, 06:01",
        "INFO  c",
    ]


def test_neighbours_of_one_shape_differ_in_values_only() -> None:
    lines = [f"INFO  Saved {number} products of page {number}" for number in range(5)]
    lines += ["INFO  status 200", "INFO  status 407", "INFO  status 407"]
    assert shown(folded(lines, by_shape=False))[:5] == lines[:5]
    assert shown(folded(lines, by_shape=True))[:2] == [
        lines[0],
        "▸ 4 more like this, 06:00",
    ]


def test_what_is_new_is_never_folded() -> None:
    lines = [*["INFO  a"] * 3, *["ERROR new here"] * 3]
    for by_shape in (False, True):
        assert shown(folded(lines, by_shape=by_shape, new="new here")) == [
            "INFO  a",
            "▸ 2 more like this, 06:00",
            *lines[3:],
        ]


LINES = [
    *("INFO  a 1", "INFO  a 2", "ERROR b", "    at c (d.js:1:2)", ""),
    "INFO  [Status message]: x",
]


@pytest.mark.parametrize("by_shape", [False, True])
@examples(30)
@given(st.lists(st.sampled_from(LINES)))
def test_no_line_is_lost_and_each_fold_says_how_many(by_shape: bool, lines: list[str]) -> None:
    view = folded(lines, by_shape=by_shape, passes_statistics=by_shape)
    found: list[int] = []
    for row in view.rows(0, view.row_count):
        fold = view.fold_row_at(row.line)
        found += [row.line] if fold is None else fold.lines
    assert found == list(range(view.document.end_line))


def test_statistics_do_not_end_what_repeats() -> None:
    status = "INFO  [Status message]: Crawled {}/9 pages"
    lines = [
        "INFO  other",
        status.format(0),
        "INFO  Saved 1",
        status.format(1),
        "INFO  Saved 2",
        status.format(2),
        "",
        "INFO  Saved 3",
        status.format(3),
        "INFO  end",
    ]
    assert shown(folded(lines, by_shape=True, passes_statistics=True)) == [
        *lines[:4],
        "▸ 4 more, with statistics (Crawled 3/9 pages), 06:00",
        "INFO  end",
    ]


def test_repeats_go_on_over_pages() -> None:
    view = folded([f"INFO  a {'x' * 900}"] * 300, by_shape=False)
    assert view.document.sealed_end > 2
    assert view.row_count == 2
    assert shown(view)[1] == "▸ 299 more like this, 06:00–06:04"


BUILD_LINES = ["#6 [3/6] RUN npm install", "#6 1.1 x", "#7 2.2 y", "#7 DONE 2.3s"]


@examples(40)
@given(st.lists(st.sampled_from([*LINES, *BUILD_LINES]), max_size=40), st.integers(1, 9))
def test_rows_hang_together_over_pages_of_any_size_while_the_log_grows(
    lines: list[str], size: int
) -> None:
    with small_pages(lines=3):
        document = LogDocument()
        entries = EntryIndex(document)
        entries.begin_at(0)
        view = View(document, entries)
        kinds = [
            RepeatFolds(
                document,
                entries,
                by_shape=True,
                is_apart=lambda text: text[25:26] == "#",
                passes_statistics=True,
            ),
            PeriodicFolds(document, entries),
            StepFolds(document, entries),
        ]
        view.refold(view.folds.set_kinds([*kinds]))
        for at in range(0, len(lines), size):
            data = "".join(f"2026-11-20T06:00:00.000Z {line}\n" for line in lines[at : at + size])
            document.append(data.encode())
            while entries.step():
                pass
            found: list[int] = []
            for row in rows_hang_together(view):
                fold = view.fold_at(row.line)
                found += [row.line] if fold is None else fold
            assert found == list(range(document.end_line))


def test_a_page_that_begins_no_entry_is_folded_like_others() -> None:
    lines = ["ERROR a", *["    at c (d.js:1:2)"] * 9, "INFO  end"]
    with small_pages(lines=3):
        view = folded(lines, by_shape=True)
        assert view.document.sealed_end > 2
        assert [row.line for row in rows_hang_together(view)][:2] == [0, 1]


@pytest.mark.parametrize("line", ["INFO  a", "#6 1.1 x", "INFO  [Status message]: x"])
def test_no_fold_goes_over_a_row_of_ours(line: str) -> None:
    document = LogDocument()
    entries = EntryIndex(document)
    entries.begin_at(0)
    view = View(document, entries)
    kinds = [RepeatFolds(document, entries, by_shape=False), StepFolds(document, entries)]
    view.refold(view.folds.set_kinds([*kinds, PeriodicFolds(document, entries)]))
    document.append(f"2026-11-20T06:00:00.000Z {line}\n".encode() * 5)
    document.add_row("lines are missing", "gap")
    document.append(f"2026-11-20T06:00:00.000Z {line}\n".encode() * 5)
    while entries.step():
        pass
    rows = [(row.line, row.own) for row in rows_hang_together(view)]
    first = [0] if line == "INFO  a" else []  # what repeats is shown once
    assert [line for line, own in rows if own < 0] == [*first, len(first), 5, *(6 for _ in first)]
    assert (5, 0) in rows
