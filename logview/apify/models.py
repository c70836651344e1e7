"""API client: the parts of Apify's objects that logview shows. Light: imports no httpx.

Everything here is made from outside data and is lenient: a field that is
missing or of another type becomes None, and nothing raises. Facts: Apify API
reference v2, the schemas Run, RunShort, Build, BuildShort, Actor.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import Literal, TypeAlias

JobKind: TypeAlias = Literal["run", "build"]

ENDED_STATUSES = frozenset({"SUCCEEDED", "FAILED", "TIMED-OUT", "ABORTED"})
"""Statuses after which a job does not run on by itself (API reference, ActorJobStatus)."""

UNKNOWN_STATUS = "UNKNOWN"
"""What stands for the status of a job object that names none."""


@dataclass(frozen=True, slots=True)
class RunUsage:
    """What a run used, as its object has it (`stats`); None where it is not there."""

    memory_average_bytes: float | None = None
    memory_max_bytes: float | None = None
    cpu_average: float | None = None
    """Percent of one core."""
    cpu_max: float | None = None
    compute_units: float | None = None
    restarts: int | None = None
    migrations: int | None = None
    resurrections: int | None = None
    reboots: int | None = None

    @classmethod
    def from_api(cls, stats: Mapping[str, object]) -> RunUsage:
        """Read the API's `stats`."""
        return cls(
            memory_average_bytes=_number(stats, "memAvgBytes"),
            memory_max_bytes=_number(stats, "memMaxBytes"),
            cpu_average=_number(stats, "cpuAvgUsage"),
            cpu_max=_number(stats, "cpuMaxUsage"),
            compute_units=_number(stats, "computeUnits"),
            restarts=_whole(stats, "restartCount"),
            migrations=_whole(stats, "migrationCount"),
            resurrections=_whole(stats, "resurrectCount"),
            reboots=_whole(stats, "rebootCount"),
        )


@dataclass(frozen=True, slots=True)
class Job:
    """A run or a build, as `GET /v2/actor-runs/{id}` or `/v2/actor-builds/{id}` describe it."""

    id: str
    kind: JobKind
    status: str
    """One of the API's statuses; an unknown word is kept as it is and is not ended."""
    actor_id: str | None = None
    status_message: str | None = None
    started_at: datetime | None = None
    """Aware, in UTC."""
    finished_at: datetime | None = None
    exit_code: int | None = None
    build_number: str | None = None
    is_status_message_terminal: bool | None = None
    run_seconds: float | None = None
    """The platform's own count (`stats.runTimeSecs`); preliminary for 10 s after the end."""
    origin: str | None = None
    """What started it: WEB, API, SCHEDULER, … (`meta.origin`)."""
    memory_mbytes: int | None = None
    timeout_seconds: int | None = None
    build_tag: str | None = None
    """The build that was asked for, such as `latest` (`options.build`); runs only."""
    task_id: str | None = None
    """The task whose run it is (`actorTaskId`)."""
    cost_usd: float | None = None
    """US dollars (`usageTotalUsd`); hidden by the API from whoever has no token."""
    build_id: str | None = None
    """The build that ran; runs only."""
    dataset_id: str | None = None
    store_id: str | None = None
    """The key-value store, which holds the input, too."""
    queue_id: str | None = None
    usage: RunUsage = RunUsage()

    @classmethod
    def from_api(cls, kind: JobKind, data: Mapping[str, object], *, job_id: str = "") -> Job:
        """Read the API's object; `job_id` is the ID where the object names none that can be one."""
        stats, options, meta = _part(data, "stats"), _part(data, "options"), _part(data, "meta")
        return cls(
            id=_id(data, "id") or job_id,
            kind=kind,
            status=_text(data, "status") or UNKNOWN_STATUS,
            actor_id=_id(data, "actId"),
            status_message=_text(data, "statusMessage"),
            started_at=_time(data, "startedAt"),
            finished_at=_time(data, "finishedAt"),
            exit_code=_whole(data, "exitCode"),
            build_number=_text(data, "buildNumber"),
            is_status_message_terminal=_truth(data, "isStatusMessageTerminal"),
            run_seconds=_seconds(stats),
            origin=_text(meta, "origin"),
            memory_mbytes=_whole(options, "memoryMbytes"),
            timeout_seconds=_whole(options, "timeoutSecs"),
            build_tag=_text(options, "build"),
            task_id=_id(data, "actorTaskId"),
            cost_usd=_number(data, "usageTotalUsd"),
            build_id=_id(data, "buildId"),
            dataset_id=_id(data, "defaultDatasetId"),
            store_id=_id(data, "defaultKeyValueStoreId"),
            queue_id=_id(data, "defaultRequestQueueId"),
            usage=RunUsage.from_api(stats),
        )

    @property
    def ended(self) -> bool:
        """Whether the status is one that does not change by itself any more."""
        return self.status in ENDED_STATUSES

    def seconds(self, now: datetime | None = None) -> float | None:
        """Return how long it ran, in seconds; while it runs, until `now` (aware).

        From the two times where both are there, else the platform's own
        count; None where nothing is known. Never negative.
        """
        end = self.finished_at or (None if self.ended else now)
        if self.started_at is not None and end is not None:
            return max(0.0, (end - self.started_at).total_seconds())
        return self.run_seconds


@dataclass(frozen=True, slots=True)
class Actor:
    """The name of an Actor (`GET /v2/actors/{id}`), or of a task."""

    id: str
    name: str | None = None
    username: str | None = None
    title: str | None = None

    @classmethod
    def from_api(cls, data: Mapping[str, object], *, actor_id: str = "") -> Actor:
        """Read the API's object; `actor_id` is the ID where the object names none."""
        return cls(
            id=_id(data, "id") or actor_id,
            name=_text(data, "name"),
            username=_text(data, "username"),
            title=_text(data, "title"),
        )

    @property
    def label(self) -> str:
        """The shortest thing a person calls it by: its name, title or ID."""
        return self.name or self.title or self.id


@dataclass(frozen=True, slots=True)
class Record:
    """A record of a key-value store, or its beginning."""

    content_type: str
    """As the API gives it; may be empty."""
    data: bytes
    is_whole: bool
    """Whether `data` is all of it."""


@dataclass(frozen=True, slots=True)
class User:
    """Whose token it is (`GET /v2/users/me`, which holds secrets too: they are not taken)."""

    id: str
    username: str | None = None

    @classmethod
    def from_api(cls, data: Mapping[str, object]) -> User:
        """Take ID and username, and nothing else, from the API's object."""
        return cls(id=_id(data, "id") or "", username=_text(data, "username"))


_ID = re.compile(r"[A-Za-z0-9_-]{1,100}", re.ASCII)

_TIME = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)[T ](\d\d):(\d\d):(\d\d)(?:[.,](\d{1,12}))?"
    r"(Z|z|[+-]\d\d:?\d\d)?",
    re.ASCII,
)


def parse_time(text: str) -> datetime | None:
    """Read an ISO 8601 time as the API writes it; without a zone it is UTC. None if it is none.

    Nor is one before 1970 or from 9999 on: the zero of some languages' times is no moment, and
    at the edges of the calendar there is no local time.

    `datetime.fromisoformat` takes neither `Z` nor one to nine digits of a
    second before Python 3.11.
    """
    match = _TIME.fullmatch(text.strip())
    if match is None:
        return None
    *whole, fraction, zone = match.groups()
    year, month, day, hour, minute, second = (int(number) for number in whole)
    if not 1970 <= year < 9999:
        return None
    micros = int((fraction or "0").ljust(6, "0")[:6])
    offset = timedelta()
    if zone and zone not in "Zz":
        digits = zone[1:].replace(":", "")
        offset = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
        offset = -offset if zone[0] == "-" else offset
    try:
        local = datetime(year, month, day, hour, minute, second, micros, timezone.utc)
        return local - offset
    except (ValueError, OverflowError):
        return None


def _part(data: Mapping[str, object], key: str) -> Mapping[str, object]:
    value = data.get(key)
    return value if isinstance(value, Mapping) else {}


def _id(data: Mapping[str, object], key: str) -> str | None:
    """Return an ID: what is remembered, sent in addresses and shown has letters and digits only."""
    text = _text(data, key)
    return text if text is not None and _ID.fullmatch(text) else None


def _text(data: Mapping[str, object], key: str) -> str | None:
    value = data.get(key)
    return value if isinstance(value, str) and value else None


def _truth(data: Mapping[str, object], key: str) -> bool | None:
    value = data.get(key)
    return value if isinstance(value, bool) else None


def _number(data: Mapping[str, object], key: str) -> float | None:
    value = data.get(key)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    # JSON as Python reads it knows NaN and Infinity, and integers past any float.
    return float(value) if abs(value) < 2**53 else None


def _whole(data: Mapping[str, object], key: str) -> int | None:
    value = _number(data, key)
    return int(value) if value is not None and value == int(value) else None


def _time(data: Mapping[str, object], key: str) -> datetime | None:
    value = data.get(key)
    return parse_time(value) if isinstance(value, str) else None


def _seconds(stats: Mapping[str, object]) -> float | None:
    seconds = _number(stats, "runTimeSecs")
    if seconds is not None:
        return seconds
    millis = _number(stats, "durationMillis")
    return None if millis is None else millis / 1000
