"""Lanes of a document: which lines are of each, their errors; however pages are cut."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from logview.log.store.document import LogDocument
from logview.log.view.lanes import OWN, LaneCount, LaneFilter, LaneIndex
from logview.log.view.view import View
from logview.text.lanes import LaneNames
from tests.support.examples import examples

AT = "2026-11-20T06:00:00.000Z"
PREFIXES = ("", f"[web runId:A1] -> {AT} ", f"[web runId:A1] -> {AT} [b runId:B2] -> {AT} ")
"""Of the log itself, of a child run, and of a child of that."""

_FILLER = "x" * 3000


def log_of(entries: list[tuple[int, str]]) -> tuple[bytes, list[int]]:
    """Return a parent's log, and the lane that each of its lines is of, as a place in PREFIXES."""
    lines: list[str] = []
    lanes: list[int] = []
    for lane, kind in entries:
        level = {"E": "ERROR ", "W": "WARN  "}.get(kind, "INFO  ")
        lines.append(f"{AT} {PREFIXES[lane]}{level}{_FILLER}")
        if kind == "E":
            lines += [f"{AT} {PREFIXES[lane]}    at {name} (/app/a.js:1:1)" for name in "ab"]
        lanes += [lane] * (len(lines) - len(lanes))
    return "".join(f"{line}\n" for line in lines).encode(), lanes


@examples(15)
@given(
    st.lists(st.tuples(st.sampled_from((0, 1, 2)), st.sampled_from("EWI")), max_size=90),
    st.integers(min_value=1, max_value=200_000),
)
def test_lines_and_errors_are_counted_by_lane(entries: list[tuple[int, str]], cut: int) -> None:
    data, lanes = log_of(entries)
    document = LogDocument()
    view = View(document)
    names = LaneNames(is_merged=False)
    numbers = {0: OWN, 1: names.number(b"web runId:A1"), 2: names.number(b"b runId:B2")}
    index = LaneIndex(document, view.entries, names)
    for part in (data[:cut], data[cut:]):
        document.append(part)
        while index.step() or view.entries.step():
            pass
    assert index.complete
    counts = index.counts()
    for lane, number in numbers.items():
        kinds = [kind for one, kind in entries if one == lane]
        expected = LaneCount(lanes.count(lane), kinds.count("E"), kinds.count("W"))
        assert counts.get(number, LaneCount()) == expected
    hidden = LaneFilter(index)
    hidden.toggle(numbers[1])
    view.filters = [hidden]
    view.refilter(0)
    while view.step():
        pass
    shown = [view.shown_line(at) for at in range(view.line_count)]
    assert shown == [line for line, lane in enumerate(lanes) if lane != 1]


def test_the_lanes_of_the_newest_lines_are_known_before_their_page_is_sealed() -> None:
    document = LogDocument()
    names = LaneNames(is_merged=False)
    index = LaneIndex(document, View(document).entries, names)
    index.read_tail()
    document.append(f"{AT} {PREFIXES[1]}one\n{AT} [b runId:".encode())
    index.read_tail()
    assert names.names == ["web runId:A1"]
    document.append(f"B2] -> {AT} two\n".encode())
    index.read_tail()
    assert names.names == ["web runId:A1", "b runId:B2"]


def test_one_lane_only_hides_those_that_are_seen_later() -> None:
    document = LogDocument()
    index = LaneIndex(document, View(document).entries, LaneNames(is_merged=True))
    only = LaneFilter(index)
    document.append(b"[a] -> 1\n[b] -> 2\n")
    assert only.mask_of(document, 0) == 0b11
    only.show_only(1)
    document.append(b"[c] -> 3\n")
    assert only.mask_of(document, 0) == 0b010
    assert only.label == "1 of 3 lanes"
    only.toggle(0)
    assert only.mask_of(document, 0) == 0b011
    only.show_all()
    assert not only.hides_any
