"""Going to a time: exact on ordered logs, sensible on others, at the same cost for any size."""

from __future__ import annotations

import time
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from logview.log.store.document import LogDocument
from logview.log.time.locate import TimeError, find_time, first_at
from logview.text.timestamps import detect_stamps, is_time, stamp_of

START = datetime(2026, 11, 20, 23, 50)


def stamp(seconds: float) -> bytes:
    moment = START + timedelta(seconds=seconds)
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{moment.microsecond // 1000:03}Z".encode()


def log(count: int, step: float = 1.0, every: int = 1) -> LogDocument:
    document = LogDocument()
    document.append(
        b"".join(
            (stamp(n * step) + b" line %d\n" % n) if n % every == 0 else b"    at frame\n"
            for n in range(count)
        )
    )
    return document


@pytest.mark.parametrize(
    ("typed", "line"),
    [
        ("23:50", 0),
        ("23:50:10", 10),
        ("23:50:10.5", 11),
        ("00:00:00", 600),
        ("00:01", 660),
        ("2026-11-20T23:51:00", 60),
        ("2026-11-21 00:00:01Z", 601),
        ("+30s", 130),
        ("-1m", 40),
        ("+0.5h", 1900),
        ("-2h", 0),
        ("-1m30s", 10),
        ("+1m0.5s", 161),
        ("- 1m 30s", 10),
        ("12:00", 0),
    ],
)
def test_times_and_spans(typed: str, line: int) -> None:
    assert is_time(typed)
    assert find_time(log(2000), typed, 100) == line


def test_back_across_a_gap_is_before_the_gap() -> None:
    document = LogDocument()
    for second in ("06:00:00", "06:00:01", "06:05:00", "06:05:01"):
        document.append(f"2026-11-20T{second}.000Z x\n".encode())
    assert find_time(document, "-1m", 2) == 1
    assert find_time(document, "-1m", 3) == 1
    assert find_time(document, "-1s", 3) == 2
    assert find_time(document, "-1m", 1) == 0
    assert find_time(document, "+1m", 1) == 2


@given(st.lists(st.integers(0, 300), min_size=1, max_size=80), st.integers(-5, 310))
def test_the_first_line_at_or_after_a_stamp(seconds: list[int], wanted: int) -> None:
    seconds.sort()
    document = LogDocument()
    for second in seconds:
        document.append(stamp(second) + b" x\n" + b"  no stamp\n" * (second % 3))
        if second % 7 == 0:
            document.add_row("gap", "missing")
    found = first_at(document, stamp(wanted))
    lines = range(document.line_count)
    expected = [n for n in lines if (s := stamp_of(document.line(n))) and s >= stamp(wanted)]
    assert found == (expected[0] if expected else document.end_line - 1)


def test_a_jump_reads_few_pages_however_long_the_log_is() -> None:
    document = log(200_000, step=0.2)
    assert document.end_page > 60
    document.pages_read = 0
    assert find_time(document, "05:00:00", 10) == 93_000
    assert document.pages_read < 20


def test_a_log_that_is_out_of_order_leads_near_the_place() -> None:
    document = LogDocument()
    seconds = list(range(5000))
    seconds[2000], seconds[2600] = seconds[2600], seconds[2000]
    document.append(b"".join(stamp(s) + b" x\n" for s in seconds))
    assert abs(find_time(document, "00:30:00", 0) - 2400) <= 400


@pytest.mark.parametrize("typed", ["25:00", "06:61", "2026-13-01T00:00", "soon", "6:1"])
def test_what_is_no_time_is_reported(typed: str) -> None:
    with pytest.raises(TimeError):
        find_time(log(10), typed, 0)


def test_a_log_without_stamps_reports_it() -> None:
    document = LogDocument()
    document.append(b"INFO one\nINFO two\n")
    with pytest.raises(TimeError, match="no time stamps"):
        find_time(document, "06:12", 0)


def test_frames_without_stamps_belong_to_the_time_before() -> None:
    document = log(300, every=3)
    assert find_time(document, "23:50:04", 5) == 6


def test_clock_times_can_be_those_of_this_place(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "Europe/Prague")
    time.tzset()
    try:
        document = LogDocument()
        document.append(b"2026-11-20T05:12:00.000Z a\n2026-11-20T06:12:00.000Z b\n")
        assert find_time(document, "07:12", 0, local=True) == 1
        assert find_time(document, "06:12", 0, local=True) == 0
        assert find_time(document, "06:12Z", 0, local=True) == 1
        assert find_time(document, "2026-11-20 07:12", 0, local=True) == 1
    finally:
        monkeypatch.undo()
        time.tzset()


@pytest.mark.parametrize(
    "line",
    [
        b"[web-scraper runId:HG7ML7M8z78YcAPEB] -> 2026-11-20T06:12:00.500Z INFO  x",
        b"[a] -> [b runId:x] -> 2026-11-20T06:12:00.500Z INFO  x",
        b"[app.log] -> 2026-11-20 06:12:00,500 INFO x",
    ],
)
def test_stamps_behind_the_names_of_lanes_are_read(line: bytes) -> None:
    stamps = detect_stamps(line + b"\n")
    assert stamps.read(line) == b"2026-11-20T06:12:00.500Z"
    assert stamps.width(line) == 0, "it is no stamp at the beginning"
