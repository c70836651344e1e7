"""API client: the parts of Apify's objects that logview shows. Light: imports no httpx."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, TypeAlias

JobKind: TypeAlias = Literal["run", "build"]

ENDED_STATUSES = frozenset({"SUCCEEDED", "FAILED", "TIMED-OUT", "ABORTED"})
"""The statuses after which a job does not run on by itself (Apify API reference, ActorJobStatus)."""


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
    finished_at: datetime | None = None
    exit_code: int | None = None
    build_number: str | None = None

    @property
    def ended(self) -> bool:
        """Whether the status is one that does not change by itself any more."""
        return self.status in ENDED_STATUSES
