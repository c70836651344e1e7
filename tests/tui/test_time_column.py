"""The time column: every form says what a person can check, in exactly its cells."""

from __future__ import annotations

import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from logview.log.store.document import LogDocument
from logview.text.timestamps import milliseconds
from logview.tui.time_column import (
    TIME_FORMATS,
    TimeColumn,
    TimeFormat,
    elapsed,
    local_clock,
    since,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

stamps = st.builds(
    "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z".format,
    st.integers(1, 9999),
    st.integers(1, 12),
    st.integers(1, 31),
    st.integers(0, 23),
    st.integers(0, 59),
    st.integers(0, 59),
    st.integers(0, 999),
)
ZONES = ["UTC", "Europe/Prague", "America/New_York", "Asia/Kathmandu", "Pacific/Kiritimati"]
SECOND, MINUTE, HOUR, DAY = 1000, 60_000, 3_600_000, 86_400_000


@contextmanager
def zone(name: str) -> Iterator[None]:
    """Be somewhere else."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TZ", name)
        time.tzset()
        yield
    time.tzset()


def column(*lines: str, form: TimeFormat = "full") -> TimeColumn:
    document = LogDocument()
    document.append("".join(f"{line}\n" for line in lines).encode())
    return TimeColumn(document, form)


@given(
    st.lists(stamps, min_size=1, max_size=6),
    st.sampled_from([*TIME_FORMATS]),
    st.sampled_from(ZONES),
)
def test_every_form_has_exactly_its_cells_for_any_stamps(
    found: list[str], form: TimeFormat, place: str
) -> None:
    lines = [line for stamp in found for line in (f"{stamp} x", "    at f (x.js:1:1)", stamp)]
    times = column(*lines, form=form)
    with zone(place):
        for line in range(len(lines)):
            for before in (None, *range(len(lines))):
                assert len(times.time(line, before).text) + 1 == (times.cells or 1)


def test_t_brings_each_form_and_shows_which() -> None:
    times = column("2026-11-20T06:00:00.000Z x", form="utc")
    notes = [times.next_format() for _ in TIME_FORMATS]
    assert notes == [*list(TIME_FORMATS.values())[1:], "times: clock, UTC"]
    assert any("local" in words for words in notes)
    assert any("UTC" in words for words in notes)


@pytest.mark.parametrize(
    ("passed", "words"),
    [
        (0, "0:00:00.000"),
        (192_345, "0:03:12.345"),
        (99 * HOUR + 59 * MINUTE + 59_999, "99:59:59.999"),
        (100 * HOUR, "4d04:00:00"),
        (-5, "-0:00:00.005"),
        (-(9 * HOUR), "-9:00:00.000"),
        (-(10 * HOUR + 123), "-10:00:00.1"),
        (-(100 * HOUR), "-4d04:00:00"),
        (9999 * DAY, "9999d00h"),
        (999 * DAY + HOUR, "999d01:00:00"),
        (-(3_652_058 * DAY + 23 * HOUR), "-3652058d23h"),
    ],
)
def test_times_since_the_start(passed: int, words: str) -> None:
    assert elapsed(passed) == words


@pytest.mark.parametrize(
    ("passed", "words"),
    [
        (0, "+0.000"),
        (14, "+0.014"),
        (59_999, "+59.999"),
        (MINUTE, "+1m00.0s"),
        (59 * MINUTE + 59_999, "+59m59.9s"),
        (HOUR, "+1h00m"),
        (2 * HOUR + 5 * MINUTE, "+2h05m"),
        (DAY, "+1d00h"),
        (999 * DAY + 7 * HOUR, "+999d07h"),
        (1000 * DAY, "+1000d"),
        (-3, "-0.003"),
        (-(3_652_058 * DAY), "-3652058d"),
    ],
)
def test_times_since_the_line_before(passed: int, words: str) -> None:
    assert since(passed) == words


def test_a_gap_stands_out_in_either_direction() -> None:
    times = column(
        "2026-11-20T06:00:00.000Z a",
        "2026-11-20T06:00:00.999Z b",
        "2026-11-20T06:00:01.999Z c",
        "2026-11-20T06:00:00.000Z d",
        form="previous",
    )
    shown = [times.time(line, line - 1 if line else None) for line in range(4)]
    assert [one.text.strip() for one in shown] == ["", "+0.999", "+1.000", "-1.999"]
    assert [one.gap for one in shown] == [False, False, True, True]


def test_below_lines_without_a_stamp_it_is_since_the_last_stamp() -> None:
    times = column(
        "2026-11-20T06:00:00.000Z ERROR boom",
        "    at x",
        "    at y",
        "2026-11-20T06:05:00.000Z INFO  later",
        form="previous",
    )
    assert times.time(3, 2) == ("   +5m00.0s"[-9:], True)
    assert times.time(1, 0).text.strip() == ""


def test_the_local_clock_changes_when_clocks_change() -> None:
    with zone("Europe/Prague"):
        clocks = [
            local_clock(milliseconds(stamp))
            for stamp in (
                b"2026-03-29T00:59:59.999Z",
                b"2026-03-29T01:00:00.000Z",
                b"2026-10-25T00:59:59.000Z",
                b"2026-10-25T01:00:00.000Z",
            )
        ]
    assert clocks == ["01:59:59.999", "03:00:00.000", "02:59:59.000", "02:00:00.000"]


def test_the_first_and_the_last_year_have_a_clock_everywhere() -> None:
    with zone("Europe/Prague"):
        assert local_clock(milliseconds(b"9999-12-31T23:30:00.001Z")) == "00:30:00.001"
    with zone("America/New_York"):
        assert local_clock(milliseconds(b"0001-01-01T00:30:00.001Z")).endswith(".001")


def test_a_line_without_a_stamp_and_a_log_without_stamps() -> None:
    times = column("2026-11-20T06:00:00.000Z a", "    at f", "2026-11-20T06:00:00.000Z")
    for form in TIME_FORMATS:
        times.format = form
        assert times.time(1, 0).text.strip() == ""
        assert times.skip(b"    at f") == 0
        assert times.skip(b"2026-11-20T06:00:00.000Z a") == (0 if form == "full" else 25)
        assert times.skip(b"2026-11-20T06:00:00.000Z") == (0 if form == "full" else 24)
    bare = column("INFO  a", "INFO  b", form="utc")
    assert bare.cells == 0
    assert not bare.is_stamped


def test_a_log_that_is_rewritten_begins_at_another_time() -> None:
    times = column("2026-11-20T06:00:00.000Z a", "2026-11-20T06:00:01.000Z b", form="start")
    assert times.time(1, 0).text.strip() == "0:00:01.000"
    times.document = LogDocument()
    times.document.append(b"2026-11-21T06:00:00.000Z a\n2026-11-21T06:00:05.000Z b\n")
    times.reset()
    assert times.time(1, 0).text.strip() == "0:00:05.000"


def test_the_format_is_restored_by_its_name() -> None:
    times = column("2026-11-20T06:00:00.000Z a")
    times.restore_format("start")
    assert times.format == "start"
    for unknown in (None, "", "nonsense"):
        times.restore_format(unknown)
        assert times.format == "start"


def test_clock_times_have_a_zone_and_each_line_a_date() -> None:
    times = column("2026-11-20T23:30:00.000Z a", "  b", "2026-11-21T23:30:00.000Z c", form="utc")
    with zone("Europe/Prague"):
        assert times.zone == "UTC"
        assert [times.date_at(line) for line in range(4)] == [
            *["2026-11-20"] * 2,
            "2026-11-21",
            "",
        ]
        assert times.format_moment(milliseconds(b"2026-11-20T23:30:01.500Z"), "minute") == "23:30"
        times.format = "local"
        assert times.zone == "local"
        assert [times.date_at(line) for line in range(3)] == [
            *["2026-11-21"] * 2,
            "2026-11-22",
        ]
        moment = milliseconds(b"2026-11-20T23:30:01.500Z")
        assert times.format_moment(moment, "day") == "11-21 00:30"
        assert times.format_moment(moment, "second") == "00:30:01.500"
    for form in ("start", "previous", "full", "off"):
        times.format = form
        assert (times.zone, times.date_at(0)) == ("", "")


def test_the_stamp_that_stays_in_a_line_is_known() -> None:
    platform = b"2026-11-20T06:00:00.000Z a"
    times = column(platform.decode(), form="full")
    assert times.stamp_span(platform) == (0, 24)
    assert times.hang(platform) == 25
    times.format = "utc"
    assert times.stamp_span(platform) is None, "it is in the column"
    assert times.hang(platform) == 0
    for line, stamp in (
        (b"INFO 2026-11-20 06:05:00,122 a", b"2026-11-20 06:05:00,122"),
        (b'{"level":"info","time":"2026-11-20T06:05:00+01:00"}', b"2026-11-20T06:05:00+01:00"),
        (b'{"time":1795154700122,"msg":"x"}', b"1795154700122"),
        (b"Fri Nov 20 06:05:00 2026 a", b"Nov 20 06:05:00 2026"),
    ):
        other = column(line.decode(), form="full")
        span = other.stamp_span(line)
        assert span is not None
        assert line[slice(*span)] == stamp
    assert times.stamp_span(b"no stamp") is None
