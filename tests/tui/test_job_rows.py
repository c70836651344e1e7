"""Tests: the words of a job's row."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from logview.tui.job_rows import when

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
