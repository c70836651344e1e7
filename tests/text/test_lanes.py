"""The prefix of lanes: written as the platform does it, and parsed again."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from logview.text.lanes import (
    MOST_LANES,
    LaneNames,
    job_lane,
    lane_name,
    numbered,
    prefix_of,
    split_lane,
)
from tests.support.examples import examples


def test_a_run_is_named_as_the_platform_names_it() -> None:
    lane = job_lane("run", "HG7ML7M8z78YcAPEB", "web-scraper")
    assert prefix_of(lane) == b"[web-scraper runId:HG7ML7M8z78YcAPEB] -> "
    assert job_lane("build", "HG7ML7M8z78YcAPEB") == "buildId:HG7ML7M8z78YcAPEB"


@examples(40)
@given(st.text(max_size=300), st.binary(max_size=40))
@example("\u0800" * 99, b"")
def test_any_name_is_parsed_as_it_was_written(name: str, rest: bytes) -> None:
    lane = lane_name(name)
    assert split_lane(prefix_of(lane) + rest) == (lane, rest)


def test_a_name_is_drawable() -> None:
    assert lane_name("a\x1b[31mb [c]\nd") == "ab (c) d"
    assert lane_name("\x00") == "log"


def test_nested_prefixes_are_taken_off_from_outside() -> None:
    line = b"[a] -> [b runId:x] -> 2026-11-20T06:00:00.000Z text"
    assert split_lane(line) == ("a", b"[b runId:x] -> 2026-11-20T06:00:00.000Z text")


@pytest.mark.parametrize("line", [b"", b"text", b"[] -> x", b"[a]-> x", b"[a\n] -> x", b" [a] -> "])
def test_other_lines_have_no_lane(line: bytes) -> None:
    assert split_lane(line) == (None, line)


AT = b"2026-11-20T06:00:00.000Z"


@pytest.mark.parametrize(
    ("line", "name", "rest"),
    [
        (AT + b" [a.b runId:X1] -> " + AT + b" hi", b"a.b runId:X1", AT + b" hi"),
        (AT + b" a.b runId:X1 -> hi", b"a.b runId:X1", b"hi"),
        (AT + b" [a runId:X] -> " + AT + b" [b] -> " + AT + b" [c] -> d", b"b", AT + b" [c] -> d"),
        (b"[main] -> hi", None, b""),
        (AT + b" INFO  [a runId:X1] -> hi", None, b""),
        (AT + b" a -> " + AT, None, b""),
    ],
)
def test_the_lane_of_a_child_run_is_the_innermost_that_is_sure(
    line: bytes, name: bytes | None, rest: bytes
) -> None:
    prefix = LaneNames(is_merged=False).read(line)
    assert (prefix and (prefix.name, line[prefix.end :])) == (name and (name, rest))
    merged = LaneNames(is_merged=True).read(b"[any] -> " + line)
    assert merged is not None
    assert merged.name == (name or b"any")


def test_a_log_that_names_ever_new_lanes_has_a_bounded_number() -> None:
    names = LaneNames(is_merged=True)
    numbers = [names.number(b"%d" % number) for number in range(MOST_LANES + 50)]
    assert numbers == [*range(MOST_LANES), *([MOST_LANES] * 50)]
    assert names.names[-1] == "others"


def test_equal_names_are_numbered() -> None:
    assert numbered(["a", "b", "a"]) == ["a 1", "b", "a 2"]
    assert numbered(["a", "a 1", "a"]) == ["a 2", "a 1", "a 3"]
    assert numbered([]) == []
