"""Bench: what the table says of the values."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.bench import report
from tests.bench.results import Key, Results, percentile
from tests.bench.targets import targets

if TYPE_CHECKING:
    from pathlib import Path

FIRST = Key("147MB", "first line shown")
COUNTED = Key("147MB", "literal counted")


@pytest.fixture
def results() -> Results:
    found = Results(made={"date": "2026-11-20", "machine": "a machine", "programs": "", "how": ""})
    found.add(FIRST, "logview", 0.5, 0.1, 0.2)
    found.add(FIRST, "less", 0.01)
    found.add(FIRST, "lnav", 0.9)
    found.add(COUNTED, "logview", 0.3)
    found.add(COUNTED, "lnav", 1.5)
    found.fail(COUNTED, "less", "it counts nothing")
    return found


def test_it_shows_where_logview_is_not_first(results: Results) -> None:
    assert report.not_first(results) == ["147 MB in 1,000,000 lines: first line shown (less)."]
    assert report.ratio(results, FIRST) == "20.00× less"
    assert report.ratio(results, COUNTED) == "0.20× lnav"


def test_a_failed_measure_of_logview_counts_as_not_first(results: Results) -> None:
    key = Key("147MB", "regex counted")
    results.add(key, "lnav", 1.0)
    results.fail(key, "logview", "not within 30 s")
    assert "regex counted (lnav)" in report.not_first(results)[0]
    assert "logview, regex counted: not within 30 s." in report.text(results)


def test_numbers_that_were_asked_for(results: Results) -> None:
    kept = {(target.what, target.kept) for target in targets(results)}
    assert ("literal counted, 1 M lines", True) in kept
    results.add(COUNTED, "logview", 5.0, 6.0)
    kept = {(target.what, target.kept) for target in targets(results)}
    assert ("literal counted, 1 M lines", False) in kept


def test_the_readme_has_a_few_rows_and_where_logview_is_not_first(results: Results) -> None:
    results.add(Key("10MB", "first line shown"), "logview", 1.0)
    results.add(Key("10MB", "first line shown"), "less", 2.0)
    lines = report.summary(results).splitlines()
    assert (
        "| 147 MB in 1,000,000 lines: first line shown | 0.20 s | **0.010 s** | 0.90 s |" in lines
    )
    assert "**Here logview is not first in: first line shown (less).**" in lines
    assert lines[-2] == "Of all 3 comparisons it is first in 2."
    assert not any("10 MB" in line for line in lines)


def test_a_file_keeps_what_is_around_the_table(results: Results, tmp_path: Path) -> None:
    readme = tmp_path / "RESULTS.md"
    readme.write_text(f"before\n{report.BEGIN}\nold\n{report.END}\nafter\n", encoding="utf-8")
    for _ in range(2):
        report.into_file(readme, report.markdown(results))
    text = readme.read_text(encoding="utf-8")
    assert text.startswith(f"before\n{report.BEGIN}\n2026-11-20, a machine.")
    assert text.endswith(f"{report.END}\nafter\n")
    assert "old" not in text
    assert "| first line shown | 0.20 s | **0.010 s** | 0.90 s | 20.00× less |" in text
    readme.write_text("nothing here", encoding="utf-8")
    with pytest.raises(ValueError, match="has no <!-- bench -->"):
        report.into_file(readme, "")


def test_values_survive_a_file(results: Results) -> None:
    again = Results()
    again.take(results.as_json())
    assert report.text(again) == report.text(results)


def test_percentiles() -> None:
    values = [float(n) for n in range(1, 101)]
    assert percentile(values, 0.5) == 50
    assert percentile(values, 0.95) == 95
    assert percentile([7.0], 0.95) == 7
