"""`--json`: an object for each entry, as the real program prints it."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from logview.log.entries.records import LANE_WAIT, EntryAssembler, LineGrouper, RecordMaker
from logview.plain.json_output import JsonOutput
from logview.secrets.masker import Masker
from tests.log.entries.test_failures import CASES, FAILURES, RIGHT, stamped
from tests.log.entries.test_lanes import Mixed, mixed, own_entries
from tests.support.examples import examples
from tests.support.program import command, run

if TYPE_CHECKING:
    from pathlib import Path

SAMPLES = CASES.parent / "samples"
KEYS = ["line", "lines", "time", "level", "logger", "child", "message", "data", "text", "template"]
CHILD = "apify.actor runId:HG7ML7M8z78YcAPEB"


class Written:
    """Standard output, as far as it is written to."""

    def __init__(self) -> None:
        self.data = b""

    async def write(self, data: bytes) -> None:
        self.data += data


def printed(data: bytes, *, redact: bool = True, size: int = 100_000) -> bytes:
    """Return what is printed of a log that arrives in pieces of a size."""

    async def print_all() -> bytes:
        written = Written()
        output = JsonOutput(written, Masker(enabled=redact))
        for at in range(0, len(data), size):
            await output.log(data[at : at + size])
        await output.finish()
        return written.data

    return asyncio.run(print_all())


def entries(data: bytes, *, redact: bool = True) -> list[dict[str, Any]]:
    return [json.loads(line) for line in printed(data, redact=redact).splitlines()]


def one(text: str) -> dict[str, Any]:
    (only,) = entries(f"2026-11-20T06:00:00.000Z {text}\n".encode())
    assert list(only) == KEYS
    return only


def test_entries_that_differ_in_values_have_one_template() -> None:
    log = "INFO  Saved 12 items of https://a.example/1\nINFO  Saved 7 items of https://b.example/\n"
    assert [entry["template"] for entry in entries(log.encode())] == [
        "INFO Saved # items of <url>"
    ] * 2
    failed = [f"ERROR Failed with {code}\n" for code in ("status 403", "status 407")]
    assert one(failed[0].strip())["template"] != one(failed[1].strip())["template"]


def summary(found: list[dict[str, Any]]) -> str:
    """Return level and number of lines of each entry, blank ones at its end left out."""
    return " ".join(
        f"{(entry['level'] or '-')[0]}{len(entry['text'].rstrip().split(chr(10)))}"
        for entry in found
    )


@pytest.mark.parametrize(
    ("text", "logger", "message", "data"),
    [
        (
            'INFO  CheerioCrawler: Starting the crawler. {"max":3}',
            *("CheerioCrawler", "Starting the crawler.", {"max": 3}),
        ),
        (
            'INFO  CheerioCrawler:AutoscaledPool: state {"a":[1,{"b":null}]}',
            *("CheerioCrawler:AutoscaledPool", "state", {"a": [1, {"b": None}]}),
        ),
        ("INFO  Hello: a b", "Hello", "a b", None),
        ("INFO  hello", None, "hello", None),
        (
            '[crawlee.crawlers._basic] WARN  Retrying request ({"url": "https://a.example/"})',
            *("crawlee.crawlers._basic", "Retrying request", {"url": "https://a.example/"}),
        ),
        ("INFO:apify:message", "apify", "message", None),
        ("2026-11-20 06:00:00,123 - spider.a - ERROR - no proxy", "spider.a", "no proxy", None),
        ("2026-11-20 06:00:00.123 | INFO     | a.b:main:7 - done", "a.b", "done", None),
        (
            "06:00:00.123 [main] ERROR com.example.Scraper - failed",
            "com.example.Scraper",
            "failed",
            None,
        ),
        (
            "2026-11-20T06:00:00.123456Z  WARN my_actor::fetch: slow",
            "my_actor::fetch",
            "slow",
            None,
        ),
        ('level=info msg="a \\"b\\"" x=1', None, 'a \\"b\\"', None),
        ("2026-11-20 06:00:00,123 app.proxy ERROR no proxy", "app.proxy", "no proxy", None),
        ("2026-11-20T06:00:00.123456Z 7 [ERROR] [MY-1] x", None, "[MY-1] x", None),
        ("[Fri Nov 20 06:00:00 2026] [core:error] x", None, "x", None),
        ("ERRO[0003] no proxy", None, "no proxy", None),
        (
            '{"level":"warn","logger":"x","msg":"slow"}',
            *("x", "slow", {"level": "warn", "logger": "x", "msg": "slow"}),
        ),
        ("ERROR TypeError: x is undefined", None, "TypeError: x is undefined", None),
        ("TypeError: x is undefined", None, "TypeError: x is undefined", None),
        ("just a print", None, "just a print", None),
        ('a list ["x"]', None, "a list", ["x"]),
        ("a list [1]", None, "a list [1]", None),
        ("not JSON {a: 1}", None, "not JSON {a: 1}", None),
        ('numbers {"a":NaN}', None, "numbers", {"a": None}),
    ],
)
def test_the_parts_of_an_entry(text: str, logger: str | None, message: str, data: object) -> None:
    found = one(text)
    assert (found["logger"], found["message"], found["data"]) == (logger, message, data)
    assert found["text"] == text
    assert found["time"] == "2026-11-20T06:00:00.000Z"
    assert found["child"] is None


def test_a_child_run_is_named_and_its_stamp_is_no_text() -> None:
    found = one(f"[{CHILD}] -> 2026-11-20T05:59:59.000Z INFO  hello")
    assert (found["child"], found["text"], found["message"]) == (CHILD, "INFO  hello", "hello")
    assert found["time"] == "2026-11-20T06:00:00.000Z"


def test_every_line_belongs_to_one_entry_a_blank_one_to_that_above() -> None:
    found = entries(b"INFO  a\n\n\nERROR b\n    at x (/a.js:1:2)\n\nlast")
    assert [(entry["line"], entry["lines"]) for entry in found] == [(1, 3), (4, 3), (7, 1)]
    assert found[0]["text"] == "INFO  a\n\n"


def test_stamps_of_other_programs_are_times() -> None:
    found = entries(b"2026-11-20 06:05:00,122 INFO a\n2026-11-20 06:05:01,5 ERROR b\n")
    assert [entry["time"] for entry in found] == [
        "2026-11-20T06:05:00.122Z",
        "2026-11-20T06:05:01.500Z",
    ]


def test_secrets_are_masked_unless_it_is_asked_not_to() -> None:
    line = b'INFO  Login {"password":"hunter2hunter2"}\n'
    (masked,) = entries(line)
    assert "hunter2" not in json.dumps(masked)
    assert "password" in masked["data"]
    (shown,) = entries(line, redact=False)
    assert shown["data"] == {"password": "hunter2hunter2"}


def test_what_a_terminal_would_obey_is_escaped() -> None:
    found = printed(b'INFO  x {"a":"\\u009b31m\\u202e\\ud800"}\x1b[31m\x07\n')
    assert all(32 <= byte < 127 for byte in found.rstrip(b"\n"))
    assert json.loads(found)["data"] == {"a": "\x9b31m\u202e\ud800"}


def test_an_empty_log_has_no_entries() -> None:
    assert entries(b"") == []


def test_bytes_may_be_cut_anywhere() -> None:
    data = "INFO  žluťoučký\r\nERROR b\n    at x (/a.js:1:2)\n".encode() + b"\xff\n"
    assert {printed(data, size=size) for size in range(1, 12)} == {printed(data)}


def test_the_program_prints_what_comes_on_standard_input_masked_or_not() -> None:
    line = b'INFO  Login {"password":"hunter2hunter2"}\n'
    result = run("-", "--json", stdin=line)
    assert (result.returncode, result.stdout) == (0, printed(line))
    assert run("-", "--json", "--no-redact", stdin=line).stdout == printed(line, redact=False)


def test_a_file_and_a_demo_run_too(tmp_path: Path) -> None:
    (tmp_path / "a.log").write_bytes(b"INFO  a\nb\n")
    result = run("a.log", "--json", cwd=tmp_path)
    assert [json.loads(line)["text"] for line in result.stdout.splitlines()] == ["INFO  a", "b"]
    result = run("--demo", "--json", env={"LOGVIEW_DEMO_SPEED": "1000"})
    found = [json.loads(line) for line in result.stdout.splitlines()]
    assert result.returncode == 0
    assert found[0]["line"] == 1
    assert all(list(entry) == KEYS for entry in found)
    for above, below in pairwise(found):
        assert below["line"] == above["line"] + above["lines"]


def test_a_long_line_is_cut_and_counted_once() -> None:
    found = entries(b"INFO  " + b"x" * (20 << 20) + b"\nINFO  next\n")
    assert [(entry["line"], entry["level"]) for entry in found] == [(1, "INFO"), (2, "INFO")]
    assert len(found[0]["text"]) == 8 << 20


def test_options_that_ask_for_something_else_are_refused(tmp_path: Path) -> None:
    assert run("x.log", "--json", "--output", "y", cwd=tmp_path).returncode == 2


def test_an_entry_is_printed_once_it_is_complete_and_the_last_after_a_quiet() -> None:
    read, write = os.pipe()
    program = subprocess.Popen(command("-", "--json"), stdin=read, stdout=subprocess.PIPE)
    os.close(read)
    assert program.stdout is not None
    os.write(write, b"ERROR Crawler: a\nreason\n")
    assert json.loads(program.stdout.readline())["message"] == "a"  # nobody closes it
    assert json.loads(program.stdout.readline())["text"] == "reason"
    os.write(write, b"INFO  b\nINFO  c\n")
    assert json.loads(program.stdout.readline())["line"] == 3
    os.close(write)
    assert json.loads(program.stdout.readline())["line"] == 4
    assert program.wait() == 0
    program.stdout.close()


LINES = [line for _, text in FAILURES.values() for line in stamped(text)]


@settings(deadline=None)
@given(st.lists(st.sampled_from(LINES), max_size=60), st.lists(st.integers(1, 7), max_size=60))
def test_entries_do_not_depend_on_how_lines_arrive(lines: list[str], sizes: list[int]) -> None:
    whole, cut, maker = EntryAssembler(), EntryAssembler(), RecordMaker()
    right = [*whole.feed(lines, lines), *whole.flush()]
    found, at = [], 0
    for size in [*sizes, len(lines) + 1]:
        part = lines[at : at + size]
        found += cut.feed(part, part)
        at += size
    found += cut.flush()
    assert found == right
    assert [line for entry in found for line in entry.lines] == lines
    assert [maker.make(entry)["lines"] for entry in found] == [len(entry.lines) for entry in found]


@examples(24)
@given(mixed(), st.integers(1, 50))
def test_an_entry_is_of_its_lane_and_has_that_ones_lines(log: Mixed, size: int) -> None:
    lines = log.data.decode().split("\n")[:-1]
    grouper, found = LineGrouper(is_merged=log.is_merged), []
    for at in range(0, len(lines), size):
        part = lines[at : at + size]
        found.append(grouper.feed(part, part))
    assert len(lines) < LANE_WAIT  # more are not waited for
    blocks = [block for block in (*found, grouper.flush()) if block is not None]
    entries_found = [
        (list(block.numbers[start:end]), block.lines[start:end], level)
        for block in blocks
        for start, end, level in zip(
            block.starts, [*block.starts[1:], len(block.lines)], block.levels, strict=True
        )
    ]
    own = own_entries(log)
    right = [([line + 1 for line in own[at][0]], own[at][1]) for at in own if own[at][0][0] == at]
    assert [(numbers, level) for numbers, _, level in entries_found] == sorted(
        right, key=lambda one: one[0]
    )
    for numbers, some, _ in entries_found:
        assert some == [lines[number - 1] for number in numbers]


@pytest.mark.parametrize("name", FAILURES)
def test_failures_are_one_object(name: str) -> None:
    right, text = FAILURES[name]
    assembler, maker = EntryAssembler(), RecordMaker()
    lines = stamped(text)
    found = [*assembler.feed(lines, lines), *assembler.flush()]
    assert summary([dict(maker.make(entry)) for entry in found]) == right


@pytest.mark.skipif(not CASES.is_dir(), reason="the cases are not on this machine")
@pytest.mark.parametrize("name", RIGHT)
def test_the_cases(name: str) -> None:
    assert summary(entries((CASES / f"{name}.log").read_bytes())) == RIGHT[name]


@pytest.mark.skipif(not SAMPLES.is_dir(), reason="the samples are not on this machine")
def test_the_samples() -> None:
    for path in sorted(SAMPLES.iterdir()):
        if path.suffix in (".log", ".raw"):
            data = path.read_bytes()
            found = entries(data)
            assert sum(entry["lines"] for entry in found) == data.count(b"\n") + (
                not data.endswith(b"\n")
            )
