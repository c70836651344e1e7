"""The usual duration of runs, and when one will probably end."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from logview.apify.models import Job
from logview.run_history import LEAST, quantile, usual_duration

START = datetime(2026, 11, 20, 6, 0, 0, tzinfo=timezone.utc)


def run(seconds: float | None, status: str = "SUCCEEDED", run_id: str = "run") -> Job:
    """A run that took so long; None: its times are not known."""
    end = None if seconds is None else START + timedelta(seconds=seconds)
    return Job(run_id, "run", status, started_at=START, finished_at=end)


def test_nothing_is_usual_below_five_runs_that_succeeded() -> None:
    few = [run(10)] * (LEAST - 1)
    others = [run(10, "FAILED"), run(10, run_id="this"), run(None)]
    assert usual_duration([*few, *others], without="this") is None
    assert usual_duration([*few, *others, run(10)], without="this") is not None


def test_the_middle_and_the_quartiles_are_those_of_the_succeeded_ones() -> None:
    usual = usual_duration([run(60.0 * n) for n in (10, 14, 12, 11, 13)])
    assert usual is not None
    assert (usual.median, usual.quartiles) == (720, (660, 780))
    words = "usually 12 min; half of them 11 min to 13 min (5 runs that succeeded)"
    assert usual.describe() == words
    same = usual_duration([run(42)] * 5)
    assert same is not None
    assert same.describe() == "usually 42 s (5 runs that succeeded)"


@pytest.mark.parametrize(
    ("elapsed", "words"),
    [
        (60, "usually 12 min; probably 11 min to go"),
        (690, "usually 12 min; slower than 2 of 5; those that took longer: 90 s more (median)"),
        (6000, "usually 12 min; slower than all 5"),
    ],
)
def test_the_end_of_a_run_is_estimated_from_those_that_took_as_long(
    elapsed: float, words: str
) -> None:
    usual = usual_duration([run(60.0 * n) for n in (10, 11, 12, 13, 14)])
    assert usual is not None
    assert usual.estimate(elapsed) == words
    assert usual.compare(60) == "faster than all 5"
    assert usual.compare(600) == "as fast as the fastest of 5"


@given(st.lists(st.floats(0, 1e6), min_size=1, max_size=40).map(sorted), st.floats(0, 1))
def test_a_quantile_lies_within_the_values(values: list[float], share: float) -> None:
    tolerance = 1e-6 * (1 + values[-1])
    assert values[0] - tolerance <= quantile(values, share) <= values[-1] + tolerance
