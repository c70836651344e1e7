"""Jobs and Actors from whatever the API, or something that is not the API, says."""

from __future__ import annotations

from datetime import datetime, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from logview.apify.models import Actor, Job, User, parse_time

RUN = {
    "id": "HG7ML7M8z78YcAPEB",
    "actId": "HDSasDasz78YcAPEB",
    "status": "FAILED",
    "statusMessage": "Crawled 51/200 pages",
    "isStatusMessageTerminal": True,
    "startedAt": "2026-11-20T06:00:00.033Z",
    "finishedAt": "2026-11-20T06:03:12.033Z",
    "exitCode": 91,
    "buildNumber": "0.0.36",
    "stats": {"runTimeSecs": 191.5},
    "options": {"build": "latest", "timeoutSecs": 300, "memoryMbytes": 1024},
    "meta": {"origin": "WEB"},
}


def test_a_run_is_read_in_full() -> None:
    job = Job.from_api("run", RUN)
    assert job == Job(
        id="HG7ML7M8z78YcAPEB",
        kind="run",
        status="FAILED",
        actor_id="HDSasDasz78YcAPEB",
        status_message="Crawled 51/200 pages",
        started_at=datetime(2026, 11, 20, 6, 0, 0, 33_000, timezone.utc),
        finished_at=datetime(2026, 11, 20, 6, 3, 12, 33_000, timezone.utc),
        exit_code=91,
        build_number="0.0.36",
        is_status_message_terminal=True,
        run_seconds=191.5,
        origin="WEB",
        memory_mbytes=1024,
        timeout_seconds=300,
        build_tag="latest",
    )
    assert job.ended
    assert job.seconds() == 192.0


def test_an_unknown_status_is_kept_and_not_ended() -> None:
    job = Job.from_api("build", {"id": "x", "status": "FROZEN"})
    assert (job.status, job.ended) == ("FROZEN", False)


def test_a_running_job_lasts_until_now() -> None:
    job = Job.from_api("run", {**RUN, "status": "RUNNING", "finishedAt": None, "stats": {}})
    assert job.seconds(datetime(2026, 11, 20, 6, 0, 5, 33_000, timezone.utc)) == 5.0
    assert job.seconds() is None
    assert job.seconds(datetime(2025, 1, 1, tzinfo=timezone.utc)) == 0.0


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=30),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=6,
)


@given(st.fixed_dictionaries({}, optional=dict.fromkeys(RUN, JSON)))
def test_wrong_types_never_raise(data: dict[str, object]) -> None:
    job = Job.from_api("run", data, job_id="asked")
    assert isinstance(job.id, str)
    assert isinstance(job.status, str)
    assert job.exit_code is None or type(job.exit_code) is int
    job.seconds(datetime(2026, 1, 1, tzinfo=timezone.utc))
    Actor.from_api(data)
    User.from_api(data)


def test_what_is_missing_is_none() -> None:
    job = Job.from_api("run", {}, job_id="asked")
    assert (job.id, job.status, job.started_at, job.ended) == ("asked", "UNKNOWN", None, False)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-11-20T06:00:00Z", "2026-11-20T06:00:00+00:00"),
        ("2026-11-20T06:00:00.1Z", "2026-11-20T06:00:00.100000+00:00"),
        ("2026-11-20T06:00:00.123456789Z", "2026-11-20T06:00:00.123456+00:00"),
        ("2026-11-20T06:00:00", "2026-11-20T06:00:00+00:00"),
        ("2026-11-20T06:00:00+02:00", "2026-11-20T04:00:00+00:00"),
        ("0001-01-01T00:00:00+02:00", None),
        ("0001-01-01T00:00:00Z", None),
        ("9999-12-31T23:59:59Z", None),
        ("2026-13-20T06:00:00Z", None),
        ("٢٠٢٦-11-20T06:00:00Z", None),
        ("yesterday", None),
    ],
)
def test_times(text: str, expected: str | None) -> None:
    time = parse_time(text)
    assert (None if time is None else time.isoformat()) == expected


def test_a_user_is_only_id_and_name() -> None:
    user = User.from_api({"id": "u", "username": "jane", "proxy": {"password": "hunter2"}})
    assert "hunter2" not in repr(user)
    assert (user.id, user.username) == ("u", "jane")


@pytest.mark.parametrize(
    ("data", "label"),
    [
        ({"name": "my-scraper", "title": "My Scraper"}, "my-scraper"),
        ({"title": "My Scraper"}, "My Scraper"),
        ({}, "asked"),
    ],
)
def test_an_actor_always_has_a_label(data: dict[str, object], label: str) -> None:
    assert Actor.from_api(data, actor_id="asked").label == label


NO_IDS = [
    *("a\x1b]52;c;eA==\x07", "a\x9b2J", "a\u202eb", "a\nb", "a b", "a/../b", "", "x" * 101, "é"),
    *(7, None, ["a"], {"a": "b"}),
]


@pytest.mark.parametrize("value", NO_IDS, ids=repr)
def test_what_is_no_id_is_not_taken_for_one(value: object) -> None:
    job = Job.from_api("run", {**RUN, "id": value, "actId": value}, job_id="asked")
    assert (job.id, job.actor_id) == ("asked", None)
    assert Actor.from_api({"id": value}, actor_id="asked").id == "asked"
    assert User.from_api({"id": value}).id == ""
