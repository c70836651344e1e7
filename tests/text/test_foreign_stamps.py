"""Stamps of other programs: read where a log has none of the platform's."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from logview.log.store.document import LogDocument
from logview.log.time.locate import find_time, first_stamp, stamp_near
from logview.log.time.timeline import StampIndex
from logview.text.timestamps import PLATFORM, STAMP, detect_stamps
from logview.tui.time_column import TimeColumn
from tests.support.piecemeal import open_log, small_pages

if TYPE_CHECKING:
    from collections.abc import Iterator

NOON = "2026-11-20T12:05:07.122Z"


@pytest.mark.parametrize(
    ("line", "stamp"),
    [
        ("2026-11-20 12:05:07,122 INFO it works", NOON),
        ("2026-11-20T12:05:07.122Z INFO it works", None),  # the platform's
        ("2026-11-20T12:05:07.1224567Z INFO it works", NOON),
        ("2026-11-20T12:05:07Z INFO it works", "2026-11-20T12:05:07.000Z"),
        ("2026-11-20T13:05:07.122+01:00 it works", NOON),
        ("2026-11-20T13:05:07.122+0100 it works", NOON),
        ("2026-11-20 17:35:07.122 +05:30 it works", NOON),
        ("2026-11-20T07:05:07.122-05 it works", NOON),
        ("2026-11-21T01:05:07.122+13:00 it works", NOON),
        ("2026-11-20 12:05:07.122 UTC [4] LOG: it works", NOON),
        ("2026/11/20 12:05:07.122456 main.go:12: it works", NOON),
        ("20261120T120507.122Z it works", NOON),
        ("[2026-11-20 12:05:07,122] {task.py:3} INFO - it works", NOON),
        ("[2026-11-20T12:05:07.122Z INFO  app] it works", NOON),
        ("INFO 2026-11-20 12:05:07.122 it works", NOON),
        ("I, [2026-11-20T12:05:07.122345 #12]  INFO -- : it works", NOON),
        ("\x1b[2m2026-11-20T12:05:07.122345Z\x1b[0m \x1b[32m INFO\x1b[0m it works", NOON),
        ('time="2026-11-20T12:05:07.122Z" level=info msg="it works"', NOON),
        ("ts=2026-11-20T12:05:07.122Z level=info", NOON),
        ("<34>1 2026-11-20T12:05:07.122Z host app - - it works", NOON),
        ("web-1  | 2026-11-20T12:05:07.122345Z it works", NOON),
        ("Fri Nov 20 12:05:07 2026 it works", "2026-11-20T12:05:07.000Z"),
        ("Fri Nov  6 12:05:07 2026", "2026-11-06T12:05:07.000Z"),
        ("Fri, 20 Nov 2026 13:05:07 +0100 it works", "2026-11-20T12:05:07.000Z"),
        ("1:M 20 Nov 2026 12:05:07.122 * it works", NOON),
        (
            '10.0.0.1 - - [20/Nov/2026:13:05:07 +0100] "GET / HTTP/1.1" 200',
            "2026-11-20T12:05:07.000Z",
        ),
        ('{"level":30,"time":1795176307122,"msg":"it works"}', NOON),
        ('{"level":"info","ts":1795176307.122456,"msg":"it works"}', NOON),
        ('{"msg":"it works","timestamp":"2026-11-20T13:05:07.122+01:00"}', NOON),
        ('{"@timestamp": "2026-11-20T12:05:07.122Z", "a": 1}', NOON),
        ('{"t":{"$date":"2026-11-20T12:05:07.122+00:00"},"s":"I"}', NOON),
        ("2026-13-20 12:05:07 it works", None),
        ("2026-02-30 12:05:07+01:00 it works", None),
        ("20261120 120507 are numbers", None),
        ("it began at 2026-11-20 12:05:07", None),
        ('{"msg":"a \\"time\\":1795176307122"}', None),
        ('{"id":1795176307122}', None),
    ],
)
def test_stamps_of_other_programs_become_stamps_of_one_form(line: str, stamp: str | None) -> None:
    data = line.encode()
    reader = detect_stamps(data + b"\nsomething else\n")
    assert reader.read(data) == (stamp.encode() if stamp else STAMP.match(data) and data[:24])
    assert reader.read(b"something else") is None
    width = reader.width(data)
    assert width <= len(data)
    assert data[:width].isascii()


@given(st.binary(max_size=200))
def test_whatever_a_line_holds_its_stamp_is_one(data: bytes) -> None:
    stamp = detect_stamps(data).read(data)
    assert stamp is None or STAMP.fullmatch(stamp)


def test_one_stamp_of_the_platform_is_enough() -> None:
    reader = detect_stamps(b"2026-11-20 12:05:07 a\n2026-11-20T12:05:07.122Z b\n")
    assert reader == PLATFORM
    assert reader.read(b"2026-11-20 12:05:07 a") is None


def python_log(lines: int, *, step: int = 1) -> bytes:
    stamps = (time.gmtime(1795176000 + n * step) for n in range(lines))
    return b"".join(
        f"{time.strftime('%Y-%m-%d %H:%M:%S', stamp)},{n % 1000:03} INFO line {n}\n".encode()
        for n, stamp in enumerate(stamps)
    )


@pytest.mark.parametrize("as_file", [True, False])
def test_a_log_of_another_program_has_times_jumps_and_a_timeline(as_file: bool) -> None:
    with small_pages():
        document = open_log(python_log(3000), as_file=as_file)
        while document.index_more():
            pass
        first = document.first_line
        assert first_stamp(document) == b"2026-11-20T12:00:00.000Z"
        assert find_time(document, "12:20", first) - first == 1200
        assert find_time(document, "+10m", first + 60) - first == 660
        assert find_time(document, "-1m", first + 660) - first == 600
        assert stamp_near(document, first + 61) == b"2026-11-20T12:01:01.061Z"
        bars = StampIndex(document).bars(50)
        assert bars is not None
        assert [cell.count for cell in bars.cells] == [60] * 50
        times = TimeColumn(document)
        assert times.is_stamped
        times.format = "utc"
        line = document.line(first + 61)
        assert line[times.skip(line) :] == b"INFO line 61"
        assert times.time(first + 61, None).text == "12:01:01.061"


def test_the_times_of_a_pipe_are_there_once_its_lines_have_them() -> None:
    document = LogDocument()
    index = StampIndex(document)
    document.append(b"starting up\n")
    assert index.bars(10) is None
    assert first_stamp(document) is None
    document.append(python_log(100))
    assert first_stamp(document) == b"2026-11-20T12:00:00.000Z"
    bars = index.bars(10)
    assert bars is not None
    assert sum(cell.count for cell in bars.cells) == 101


@pytest.fixture
def prague(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    if not hasattr(time, "tzset"):
        pytest.skip("the time zone of this system can't be set")
    monkeypatch.setenv("TZ", "CET-1CEST,M3.5.0,M10.5.0/3")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


@pytest.mark.usefixtures("prague")
@pytest.mark.parametrize("clock", ["02:00", "02:00:01", "02:30", "02:59:59.9"])
def test_a_time_that_the_clocks_skip_is_the_first_line_after_it(clock: str) -> None:
    """On 29 March 2026 the clocks of Prague go from 01:59:59 to 03:00:00."""
    begin = 1774742400  # 2026-03-29T00:00:00Z
    stamps = (time.gmtime(begin + 60 * n) for n in range(180))
    document = LogDocument()
    document.append(
        b"".join(
            f"{time.strftime('%Y-%m-%dT%H:%M:%S', stamp)}.000Z line {n}\n".encode()
            for n, stamp in enumerate(stamps)
        )
    )
    assert find_time(document, clock, 0, local=True) == 60
    assert find_time(document, "03:00", 0, local=True) == 60
    assert find_time(document, "01:59", 0, local=True) == 59
    assert find_time(document, "03:01", 0, local=True) == 61
