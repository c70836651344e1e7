"""Tests: the words of a job's row."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from logview.tui.job_rows import JobRow, make_columns, when

MIDNIGHT = datetime(2026, 11, 29).astimezone()


@pytest.mark.parametrize(
    ("started", "now", "words"),
    [
        (timedelta(hours=1), timedelta(hours=3), "2 h ago"),
        (timedelta(minutes=-10), timedelta(minutes=4), "14 min ago"),
        (timedelta(minutes=-90), timedelta(minutes=4), "Nov 28 22:30"),
        (timedelta(days=-400), timedelta(), "2025-10-25"),
    ],
)
def test_a_moment_has_a_date_where_it_was_neither_today_nor_just_now(started, now, words):
    assert when(MIDNIGHT + started, MIDNIGHT + now) == words


def test_words_name_columns() -> None:
    row = JobRow(
        "run", "RunOne", "scraper", "FAILED", origin="scheduler", memory="1 GB", message="no run"
    )
    for words in ("status:fail actor:scr", "origin:sched", "memory:1", "id:runone", "kind:run"):
        assert row.matches(words.split())
    for words in ("status:scr", "message:scraper", "build", "kind:build", "origin:web"):
        assert not row.matches(words.split())
    assert row.matches(["no"])
    assert not row.matches(["other:run"])


def test_the_kind_of_what_was_opened_before_is_whole():
    row = JobRow("several", "x", "2 runs", started="5 min ago")
    assert row.content(make_columns([row], 40)).plain.startswith("several 2 runs")
