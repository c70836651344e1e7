from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from logview.log.entries.index import EntryIndex
from logview.log.store.document import LogDocument
from logview.log.view.fact_folds import PeriodicFolds, StepFolds
from logview.log.view.view import View

if TYPE_CHECKING:
    from collections.abc import Sequence

AT = "2026-11-20T06:00:00.000Z "


def read(lines: Sequence[str], *, sealed: bool) -> tuple[LogDocument, EntryIndex]:
    document = LogDocument()
    rest = [f"INFO  rest {'x' * 1000}"] * (200 if sealed else 1)
    document.append("".join(f"{AT}{line}\n" for line in (*lines, *rest)).encode())
    entries = EntryIndex(document)
    entries.begin_at(0)
    while entries.step():
        pass
    return document, entries


def hidden(document: LogDocument, folds: StepFolds | PeriodicFolds) -> list[int]:
    found = []
    for number in range(document.first_page, document.end_page):
        first, mask = document.first_line_of(number), folds.hidden(number)
        found += [first + bit for bit in range(mask.bit_length()) if mask >> bit & 1]
    return found


@pytest.mark.parametrize("sealed", [False, True])
def test_the_lines_of_a_step_are_folded_and_its_errors_are_not(sealed: bool) -> None:
    document, entries = read(
        [
            "#6 [3/6] RUN npm install",
            "#6 1.1 npm: 34 packages fetched",
            "#6 DONE 10.1s",
            "",
            "#7 [4/6] COPY . ./",
            "#7 DONE 0.1s",
            "#8 [5/6] RUN npm run build",
            "#8 0.1 > tsc",
            "#8 0.2 building",
            "#8 2.9 src/main.ts(27,13): error TS2339: Property 'x' is missing.",
            '#8 ERROR: process "/bin/sh -c npm run build" did not complete successfully',
        ],
        sealed=sealed,
    )
    folds = StepFolds(document, entries)
    assert hidden(document, folds) == [1, 2, 7, 8]
    assert folds.label(range(3)) == "#6 [3/6] RUN npm install: 3 lines, done in 10.1 s"
    assert folds.label(range(6, 9)) == "#8 [5/6] RUN npm run build: 3 lines"


def test_a_step_goes_on_over_pages() -> None:
    document, entries = read([f"#6 {n}.0 {'y' * 900}" for n in range(200)], sealed=True)
    assert document.sealed_end > 2
    assert hidden(document, StepFolds(document, entries)) == list(range(1, 200))


def test_what_comes_periodically_is_one_row_with_its_newest_numbers() -> None:
    statistics = (
        "INFO  CheerioCrawler:Statistics: CheerioCrawler request statistics: "
        '{"requestsFinished":%d,"requestsFailed":1}'
    )
    pool = 'INFO  CheerioCrawler:AutoscaledPool: state {"currentConcurrency":4}'
    document, entries = read(
        [
            "INFO  Saved",
            statistics % 3,
            "INFO  Saved",
            statistics % 8,
            pool,
            statistics % 1200,
            "ERROR boom",
            "[ParselCrawler] INFO  Current request statistics:",
            "┌───────────────────┬────┐",
            "│ requests_finished │ 12 │",
            "└───────────────────┴────┘",
            "INFO  [Status message]: Stopped after 3 pages",
            "",
            "INFO  Saved",
            "INFO  [Status message]: Stopped after 3 pages",
            "INFO  [Status message]: Stopped after 4 pages",
        ],
        sealed=False,
    )
    folds = PeriodicFolds(document, entries)
    assert hidden(document, folds) == [4, 5, 8, 9, 10, 11, 15]
    assert folds.label(range(14, 16)) == "Stopped after 4 pages, 2 lines"
    assert folds.label(range(3, 6)) == (
        "requests finished 1,200, requests failed 1, concurrency 4, 3 lines"
    )
    assert folds.label(range(7, 11)) == "requests finished 12, 4 lines"


def test_no_line_is_lost_or_counted_twice_whatever_is_folded() -> None:
    lines = [
        "INFO  Starting",
        *("INFO  [Status message]: Crawled 5/9 pages, 1 failed requests",) * 3,
        "#6 [3/6] RUN npm install",
        *(f"#6 {n}.1 npm: {n} packages fetched" for n in range(120)),
        "#6 DONE 10.1s",
        "ERROR boom",
        "    at a (/app/node_modules/@crawlee/core/a.js:1:2)",
        "    at b (/app/node_modules/@crawlee/core/b.js:1:2)",
        "    at c (/app/node_modules/@crawlee/core/c.js:1:2)",
        "INFO  end",
    ]
    document, entries = read(lines, sealed=True)
    view = View(document, entries)
    kinds = [StepFolds(document, entries), PeriodicFolds(document, entries)]
    view.refold(view.folds.set_kinds([*kinds]))
    shown = [row.line for row in view.rows(0, view.row_count)]
    folds = [fold for line in shown if (fold := view.fold_at(line)) is not None]
    assert [(fold.start, fold.stop) for fold in folds] == [(1, 4), (4, 126), (126 + 1, 130)]
    alone = [line for line in shown if view.fold_at(line) is None]
    every = sorted([*alone, *(line for fold in folds for line in fold)])
    assert every == list(range(document.end_line))
    view.open_fold(50)
    assert view.row_count == len(shown) + 121
