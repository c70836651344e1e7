"""Which lines are one entry: the corpus, and that it never depends on how pages are cut."""

from __future__ import annotations

import re
from itertools import accumulate, chain
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from logview.log.entries import line_kinds
from logview.log.entries.grouping import (
    BEGIN,
    Entries,
    GroupingMode,
    GroupingState,
    PageEntries,
    Pending,
    merge_end,
)
from logview.log.entries.level import Level
from logview.log.entries.level_patterns import LEVEL_PATTERNS, level_of
from logview.log.entries.line_kinds import (
    _OF_FORM,
    DETACHED,
    FRAME,
    LINE_PATTERNS,
    LineKind,
    classify_page,
)
from logview.text.sanitize import visible
from tests.support.corpus import CORPUS, marks, read

if TYPE_CHECKING:
    from random import Random

    from syrupy.assertion import SnapshotAssertion

SAMPLES = Path(__file__).parents[4] / "shared" / "samples"

LOGS = [read(path).lines for path in CORPUS]
LINES = sorted(set(chain.from_iterable(LOGS)))


def run(log: int, start: int, size: int) -> list[str]:
    lines = LOGS[log]
    return lines[start % len(lines) :][:size]


# Runs of a real log hang together; single lines of all of them meet what they never met.
runs = st.builds(
    run, st.integers(0, len(LOGS) - 1), st.integers(0, max(map(len, LOGS))), st.integers(1, 12)
)
singles = st.integers(0, len(LINES) - 1).map(lambda number: LINES[number])
shreds = st.text(" \t:{}[],ax", max_size=8)
logs = st.lists(
    st.one_of(runs, st.lists(st.one_of(singles, shreds), max_size=5)), min_size=1, max_size=5
).map(lambda parts: list(chain.from_iterable(parts)) or [""])


def entries_of(lines: list[str]) -> Entries:
    return PageEntries("\n".join(lines)).join(BEGIN)


def joined(pages: list[PageEntries]) -> Entries:
    """Put pages together as a view does, one after the other."""
    starts, levels, state, at = 0, dict[Level, int](), BEGIN, 0
    for page in pages:
        found = page.join(state)
        if found.merged is not None:
            starts, levels = merge_end(starts, levels, at, found.merged)
        starts |= found.starts << at
        for level, mask in found.levels.items():
            levels[level] = levels.get(level, 0) | mask << at
        at += page.count
        state = found.after
    return Entries(starts, levels, state)


@pytest.mark.parametrize("path", CORPUS, ids=lambda path: path.stem)
def test_the_corpus_is_read_as_a_careful_person_reads_it(path: Path) -> None:
    judged = read(path)
    found = marks(entries_of(judged.lines), len(judged.lines))
    beside = [f"{mark} {line}" for mark, line in zip(found, judged.lines, strict=True)]
    assert beside == [f"{m} {line}" for m, line in zip(judged.marks, judged.lines, strict=True)]


@pytest.mark.parametrize("path", CORPUS, ids=lambda path: path.stem)
def test_the_corpus_is_read_the_same_wherever_it_is_cut(path: Path) -> None:
    judged = read(path)
    whole = entries_of(judged.lines)
    for cut in range(1, len(judged.lines)):
        pages = [PageEntries("\n".join(part)) for part in (judged.lines[:cut], judged.lines[cut:])]
        assert joined(pages) == whole


@given(logs, st.lists(st.integers(1, 9), max_size=40), st.randoms(use_true_random=False))
def test_pages_of_any_size_read_in_any_order_agree(
    log: list[str], sizes: list[int], random: Random
) -> None:
    whole = entries_of(log)
    edges = [0, *(edge for edge in accumulate(sizes) if edge < len(log)), len(log)]
    order = list(range(len(edges) - 1))
    random.shuffle(order)
    read_pages = {n: PageEntries("\n".join(log[edges[n] : edges[n + 1]])) for n in order}
    assert joined([read_pages[number] for number in sorted(order)]) == whole


@given(logs)
def test_entries_are_the_lines_of_the_log_in_order(log: list[str]) -> None:
    found = entries_of(log)
    assert found.starts & 1
    assert found.starts < 1 << len(log)
    starts = [line for line in range(len(log)) if found.starts >> line & 1]
    groups = [log[a:b] for a, b in zip(starts, [*starts[1:], len(log)], strict=True)]
    assert list(chain.from_iterable(groups)) == log
    for start, group in zip(starts, groups, strict=True):
        lines = (1 << len(group)) - 1 << start
        level = level_of(group[0])
        if level is None and any(FRAME.search(line) for line in group):
            level = next((level for level, mask in found.levels.items() if mask >> start & 1), None)
            assert level in (None, Level.ERROR)
        for other, mask in found.levels.items():
            assert mask & lines == (lines if other == level else 0)
        assert level is None or level in found.levels
    for level in Level:
        printed = sum(level_of(group[0]) == level for group in groups)
        assert found.count(level) == printed or level == Level.ERROR
        assert found.count(level) >= printed


COUNTED = (GroupingMode.CALLS, GroupingMode.RAISED, GroupingMode.BOXED)

states = st.builds(
    GroupingState,
    st.sampled_from([*GroupingMode, *(mode + n for mode in COUNTED for n in (1, 2, 20))]),
    st.sampled_from([None, *Level]),
    st.sampled_from(["", "[apify.a runId:aaaaaaaaaaaaaaaaa] "]),
    st.sampled_from(["", ":", ",", "x"]),
    st.sampled_from(["", "2026-11-20T06:00:00.000Z"]),
    st.sampled_from([*Pending]),
    st.sampled_from([None, *Level]),
    st.sampled_from([1, 5, 150, 201]),
    st.sampled_from([1, 5, 150, 201]),
)


@given(logs, states)
def test_what_a_page_leads_to_is_only_reported_early_when_nothing_can_change_it(
    log: list[str], before: GroupingState
) -> None:
    page = PageEntries("\n".join(log))
    assert page.count == len(log)
    found = page.join(before)
    assert page.after in (None, found.after)


@given(logs, states)
def test_what_needs_no_steps_is_what_steps_would_find(
    log: list[str], before: GroupingState
) -> None:
    assert PageEntries("\n".join(log)).join(before) == by_steps(log, before)


def by_steps(log: list[str], before: GroupingState) -> Entries:
    """Group lines one by one."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("logview.log.entries.grouping._CALM_RUN", re.compile(rb"(?!)"))
        return PageEntries("\n".join(log)).join(before)


@pytest.mark.parametrize("head", ["INFO ", "WARN ", "ERROR"])
@pytest.mark.parametrize("end", ["INFO  next", "ERROR next", "next", "TypeError: next"])
def test_frames_and_what_is_pending_need_no_steps_up_to_the_next_line_of_a_logger(
    head: str, end: str
) -> None:
    stamp = "2026-11-20T06:00:00.123Z "
    stack = ["    at main (/app/x.js:1:2)", "    more", '    at y (/app/y.js:1:2) {"id":"x"}']
    log = [f"{stamp}{line}" for line in ("INFO  a", f"{head} b", *stack, end, *stack, "INFO  c")]
    assert entries_of(log) == by_steps(log, BEGIN)


@pytest.mark.parametrize(
    "line", ["INFO  a", "plain", "ACTOR: a", "Traceback (most recent call last):"]
)
def test_most_pages_know_what_they_lead_to(line: str) -> None:
    page = PageEntries("\n".join([*["    at main (x.js:1:1)"] * 5, *[line] * 220]))
    assert page.after is not None
    assert PageEntries("\n".join(["    at main (x.js:1:1)"] * 50)).after is None


def test_a_stack_over_several_pages_belongs_to_its_error() -> None:
    stack = PageEntries("\n".join(["    at main (x.js:1:1)"] * 50))
    state = entries_of(["ERROR failed"]).after
    for _ in range(3):
        starts, levels, state, _ = stack.join(state)
        assert starts == 0
        assert levels == {Level.ERROR: (1 << 50) - 1}
    assert entries_of(["INFO  a"]) == PageEntries("INFO  a").join(state)


STAMPED = st.builds(
    "".join,
    st.tuples(
        st.sampled_from(
            [
                *(
                    "2026-11-20T06:00:00.123Z ",
                    "2026-11-20T06:00:09.000Z ",
                    "2026-11-20T06:00:00.12",
                ),
                *("2026-11-20T06:00:00.12xZ ", "20x6-11-20T06:00:00.123Z ", ""),
                *("2026-11-20T06:00:00.\u0661\u0662\u0663Z ", "2026-11-20T06:00:00.123Z"),
            ]
        ),
        st.sampled_from(
            ["INFO ", "DEBUG", "WARN ", "ERROR", "PERF ", "    at", "   ", "INFO", "[x] "]
        ),
        st.sampled_from(["", " ", " text", "\tx", ": x", "    ^", "async f (", "INFO  it", "-> "]),
    ),
)


WORDS = sorted(
    {
        word
        for source in (
            *(pattern.pattern for pattern in LINE_PATTERNS),
            *chain.from_iterable((row.pattern, row.example) for row in LEVEL_PATTERNS),
        )
        for word in re.findall(r"\w+|\W", source)
    }
)
"""Everything that patterns and their examples are made of."""

WORDED = st.builds(
    "".join,
    st.tuples(
        st.sampled_from(["", "", "2026-11-20T06:00:00.123Z ", " ", "  ", " " * 9, "[x.y] "]),
        st.sampled_from(["", "Task", "Future", "Error", *WORDS]),
        st.sampled_from(["", " ", " ", "  ", ": ", "(", " - "]),
        st.sampled_from(["", *WORDS]),
        st.sampled_from(["", " ", ": ", " = 0"]),
        st.sampled_from(["", *WORDS]),
    ),
)


@given(st.lists(st.one_of(STAMPED, WORDED, st.sampled_from(LINES)), max_size=30))
def test_the_first_characters_show_what_the_expression_finds(lines: list[str]) -> None:
    text = "\n".join(lines)
    quick = classify_page(text)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("logview.log.entries.line_kinds._by_head", by_expression)
        assert classify_page(text) == quick


def by_expression(lines: list[str]) -> bytearray:
    """Classify lines by the whole expression alone."""
    return line_kinds._by_form(line_kinds._MATCHER.read("\n".join(lines)))


def test_each_example_is_classified_as_by_the_whole_expression() -> None:
    lines = [row.example for row in LEVEL_PATTERNS]
    lines += [f"{before}{line}" for line in lines for before in (" ", "  ", "[x] ", "Word ")]
    signs = [chr(code) for code in range(128, 0x3000)] + ["✅", "🚀", "字", "\ufeff"]
    lines += [f"{sign}{behind}" for sign in signs for behind in ("", "  [ERROR] no", "rror: no")]
    assert line_kinds._by_head(lines) == by_expression(lines)


@pytest.mark.parametrize(
    "text",
    [
        *("INFO  text", "DEBUG text", "WARN  text", "ERROR text", "PERF  text", "    at text"),
        *("Scraped 12 items", "[crawlee.crawlers] INFO  done", "[apify] ERROR no", "✅ Done"),
        '      "key": 1',
    ],
)
def test_usual_lines_are_classified_by_their_first_characters(
    text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = [f"2026-11-20T06:{at:02}:00.123Z {text}" for at in range(20)]
    expected = by_expression(lines)
    line_kinds._by_head(lines)  # what is found once is known from then on
    monkeypatch.setattr("logview.log.entries.line_kinds._MATCHER", None)
    assert line_kinds._by_head(lines) == expected


def test_below_a_gap_nothing_goes_on() -> None:
    page = PageEntries("    at main (x.js:1:1)\n    at other (x.js:2:1)")
    assert page.join(entries_of(["ERROR failed"]).after).starts == 0b00
    assert page.join(BEGIN).starts == 0b01


def test_a_table_and_json_go_on_with_a_line_that_is_open_on_the_page_before() -> None:
    for above, below in [
        ("Statistics:", "┌──┐"),
        ('{"a": 1,', '"b": 2'),
        ("Settings:", "{'A': 1}"),
    ]:
        assert entries_of([above, below]).starts == 0b01
        assert PageEntries(below).join(entries_of([above]).after).starts == 0
        assert PageEntries(below).join(entries_of(["something else"]).after).starts == 1


def test_counts_are_of_entries_not_of_lines() -> None:
    found = entries_of(["ERROR a", "    at x", "Error: b", "    at y", "WARN  c", "d"])
    assert [found.count(level) for level in Level] == [0, 0, 1, 2, 0]
    assert found.levels == {Level.ERROR: 0b001111, Level.WARN: 0b010000}


def test_every_kind_of_level_has_its_row() -> None:
    assert {row.name for row in LEVEL_PATTERNS} >= set(_OF_FORM)
    assert {row.name for row in LEVEL_PATTERNS if row.level is None}.isdisjoint(_OF_FORM)
    assert len(LineKind) <= DETACHED


@pytest.mark.skipif(not SAMPLES.is_dir(), reason="the samples are not on this machine")
def test_the_samples(snapshot: SnapshotAssertion) -> None:
    """Reports level and first line of each entry in real logs; their text stays where it is."""
    report = []
    for path in sorted(SAMPLES.iterdir()):
        if path.suffix in (".log", ".raw"):
            lines = visible(path.read_bytes()).removesuffix("\n").split("\n")
            found = marks(entries_of(lines), len(lines))
            firsts = [f"{n}{m[0].strip()}" for n, m in enumerate(found, 1) if m[1] == ">"]
            report.append(f"{path.name.partition('_')[0]}: {len(lines)} lines; {' '.join(firsts)}")
    assert report == snapshot
