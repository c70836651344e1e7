"""Plain mode: filters, by the outputs that print what they let through."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from logview.plain.filters import FilterError, Filters, MatchingLines, make_filters
from logview.plain.json_output import FilteredJsonOutput
from logview.secrets.masker import Masker
from tests.support.examples import examples
from tests.support.program import run

if TYPE_CHECKING:
    from pathlib import Path

LOG = b"""\
2026-11-20T06:00:00.000Z ACTOR: Starting container.
2026-11-20T06:00:01.000Z INFO  Shop: Saved \xff\x1b[1mkettle\x1b[0m
2026-11-20T06:01:00.000Z WARN  Shop: Slow page
2026-11-20T06:02:00.000Z ERROR Shop: Request failed
2026-11-20T06:02:00.001Z     at main (main.js:1:2)
2026-11-20T06:02:00.002Z     at node:internal {"id":"a"}
2026-11-20T06:03:00.000Z DEBUG Shop: ended
"""
LINES = LOG.splitlines(keepends=True)


class Written:
    """An output of plain mode that keeps what it gets."""

    flush_after: float | None = None

    def __init__(self) -> None:
        self.data = b""

    async def log(self, data: bytes) -> None:
        self.data += data

    async def write(self, data: bytes) -> None:
        self.data += data

    async def flush_partial(self) -> None:
        pass

    async def end_line(self) -> None:
        pass

    async def break_line(self) -> None:
        pass

    async def finish(self) -> None:
        pass


def printed(filters: Filters, data: bytes = LOG, size: int = 1000) -> tuple[bytes, list[str]]:
    """Return the text that is printed, and what is reported."""
    reports: list[str] = []
    written = Written()

    async def print_all() -> None:
        output = MatchingLines(filters, written, reports.append)
        for at in range(0, len(data), size):
            await output.log(data[at : at + size])
        await output.finish()

    asyncio.run(print_all())
    return written.data, reports


def test_the_lines_of_child_runs_are_filtered_as_in_their_own_logs() -> None:
    at, child = "2026-11-20T06:00:00.000Z", "[web runId:A1] -> 2026-11-20T05:59:59.000Z"
    lines = [
        f"{at} {child} ERROR the child's",
        f"{at} INFO  the parent's",
        f"{at} {child}     at f (/app/a.js:1:1)",
        f"{at} WARN  the parent's",
        f"{at} {child} INFO  fine",
    ]
    data = "".join(f"{line}\n" for line in lines).encode()
    for size in (20, 100, 1000):
        shown, _ = printed(make_filters(level="warn"), data, size)
        assert shown.decode().splitlines() == [lines[0], lines[2], lines[3]]
    found, _ = objects(make_filters(level="error"), data)
    assert [(one["line"], one["lines"], one["child"], one["text"]) for one in found] == [
        (1, 2, "web runId:A1", "ERROR the child's\n    at f (/app/a.js:1:1)")
    ]


def objects(filters: Filters, data: bytes = LOG) -> tuple[list[dict[str, Any]], bytes]:
    """Return the objects that are printed, and their bytes."""
    written = Written()

    async def print_all() -> None:
        output = FilteredJsonOutput(written, Masker, filters, pytest.fail, several=False)
        await output.log(data)
        await output.finish()

    asyncio.run(print_all())
    return [json.loads(line) for line in written.data.splitlines()], written.data


@pytest.mark.parametrize(
    ("options", "shown"),
    [
        ({"level": "warn"}, [2, 3, 4, 5]),
        ({"level": "E"}, [3, 4, 5]),
        ({"level": "info"}, [0, 1, 2, 3, 4, 5]),
        ({"grep": ["shop"]}, [1, 2, 3, 6]),
        ({"grep": ["Shop"], "leave_out": ["failed", "slow"]}, [1, 6]),
        ({"regex": [r"main\.js:\d"]}, [4]),
        ({"level": "error", "leave_out": ["node:"]}, [3, 4]),
        ({"grep": ["shop"], "tail": 2}, [3, 6]),
        ({"tail": 0}, []),
        ({"since": "2026-11-20T06:02:00.001Z"}, [4, 5, 6]),
        ({"since": "06:01", "until": "06:02"}, [2, 3]),
        ({"since": "-1m"}, [3, 4, 5, 6]),
        ({"since": "1m", "until": "+2m"}, [3]),
        ({"until": "+1s"}, [0, 1]),
        ({"since": "05:00"}, [0, 1, 2, 3, 4, 5, 6]),
        ({"since": "2026-11-21"}, []),
    ],
)
def test_lines_that_match_are_printed_as_they_came(
    options: dict[str, Any], shown: list[int]
) -> None:
    filters = make_filters(**options)
    expected = b"".join(LINES[at] for at in shown)
    assert printed(filters) == (expected, [])
    assert printed(filters, size=7) == (expected, [])


def test_no_more_bytes_than_asked_for() -> None:
    text, reports = printed(make_filters(max_bytes=len(LINES[0]) + len(LINES[1]) + 5))
    assert text == b"".join(LINES[:2])
    assert reports == ["left out by --max-bytes 116: 5 lines (250 B)"]
    text, _ = printed(make_filters(max_bytes=60, tail=3))
    assert text == b"".join(LINES[-1:])
    assert printed(make_filters(max_bytes=len(LOG))) == (LOG, [])


def test_of_json_the_entries_with_a_line_that_matches() -> None:
    entries, _ = objects(make_filters(grep=["node:"]))
    assert [(one["line"], one["lines"]) for one in entries] == [(4, 3)]
    assert [one["line"] for one in objects(make_filters(level="warn", tail=1))[0]] == [4]
    assert [one["line"] for one in objects(make_filters(since="06:01", until="06:02"))[0]] == [3, 4]


@given(st.integers(0, 2000))
@examples(10)
def test_json_ends_with_what_was_left_out(limit: int) -> None:
    everything, data = objects(Filters(tail=99))
    entries, part = objects(make_filters(max_bytes=limit))
    if len(data) <= limit:
        assert part == data
        return
    assert entries[:-1] == everything[: len(entries) - 1]
    left_out = entries[-1]["left_out"]
    assert left_out["entries"] == len(everything) - len(entries) + 1
    assert sum(one["lines"] for one in entries[:-1]) + left_out["lines"] == len(LINES)
    assert len(part) <= max(limit, 80)


def test_several_logs_are_filtered_each_by_its_own_entries() -> None:
    one = b"[a.log] -> " + LINES[3] + b"[b.log] -> " + LINES[1] + b"[a.log] -> " + LINES[4]
    text, _ = printed(make_filters(level="error"), one)
    assert text == b"[a.log] -> " + LINES[3] + b"[a.log] -> " + LINES[4]


def test_a_log_without_times() -> None:
    text, reports = printed(make_filters(since="1m"), b"one\ntwo\n")
    assert text == b""
    assert reports == ["this log has no time stamps for --since and --until to go by"]


@pytest.mark.parametrize(
    "options",
    [
        {"level": "loud"},
        {"regex": ["("]},
        {"grep": [""]},
        {"since": "soon"},
        {"until": "2026-02-31T06:00"},
        {"tail": -1},
    ],
)
def test_filters_that_cannot_be_used(options: dict[str, Any]) -> None:
    with pytest.raises(FilterError):
        make_filters(**options)


def test_the_program(tmp_path: Path) -> None:
    path = tmp_path / "a.log"
    path.write_bytes(LOG)
    assert run(str(path), "--since", "-1m", "--not", "at ").stdout == LINES[3] + LINES[6]
    found = run(str(path), "--json", "-n", "1", "--level", "warn")
    assert [json.loads(line)["line"] for line in found.stdout.splitlines()] == [4]
    wrong = run(str(path), "--grep", "x", "--digest")
    assert (wrong.returncode, wrong.stdout) == (2, b"")
