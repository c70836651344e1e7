"""TUI: the state of the connection, exactly one at a time.

A pure record of the source's events; the status line, the header
and the banner are made of it.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Literal, TypeAlias

from logview.phrases import count
from logview.sources import events

if TYPE_CHECKING:
    from logview.apify.models import Job
    from logview.opening import OriginWords

State: TypeAlias = Literal[
    "connecting", "live", "waiting", "reconnecting", "ended", "unknown", "failed"
]


FRESH = 2.0
"""Seconds after which no more of what was printed at one go is on its way."""


@dataclass(slots=True)
class Connection:
    """The state of a source, from its events. Times are those of the monotonic clock."""

    origin: OriginWords
    """How the states are called that depend on where the log comes from."""
    state: State = "connecting"
    job: Job | None = None
    problem: events.Problem | None = None
    attempt: int = 1
    next_try: float | None = None
    """When the next try is, on the monotonic clock; None when none is planned."""
    last_byte: float | None = None
    """When the last byte came, on the monotonic clock."""
    first_byte: float | None = None
    """When the first byte came, on the monotonic clock."""
    since: float | None = None
    """When the state became what it is, on the monotonic clock; None before the first event."""
    lanes: dict[str, events.Problem] = field(default_factory=dict)
    """Of several logs what is wrong with those that are lost or have failed."""
    lane_words: dict[str, str] = field(default_factory=dict)
    """The state of each of several logs: a status, `live`, `reconnecting` …, the newest last; a run
    has another name once its Actor's is known."""
    proof: str = ""
    """What the last reconnection brought: "reconnected: 0 lines lost"."""
    _proof_until: float = field(default=0.0)

    def is_fresh(self, now: float) -> bool:
        """Return whether a run's or build's log is live and its last bytes have just come."""
        return (
            self.state == "live"
            and self.job is not None
            and self.last_byte is not None
            and now - self.last_byte < FRESH
        )

    def update(self, event: events.Event, now: float) -> None:
        """Update the state by one event; `now` is the monotonic clock in seconds."""
        before = self.state
        self._update(event, now)
        if self.since is None or self.state != before:
            self.since = now

    def receive(self, now: float) -> None:
        """Update the state by bytes that have come."""
        if self.state not in ("live", "ended", "unknown"):
            self.update(events.Received(b""), now)
        self.last_byte = now
        if self.first_byte is None:
            self.first_byte = now

    def _update(self, event: events.Event, now: float) -> None:
        match event:
            case events.Received():
                self.last_byte = now
                self._recover("live")
            case events.Connecting(attempt=attempt):
                if attempt <= 1 and self.state in ("ended", "unknown", "failed"):
                    self.state = "connecting"
                    self.problem = None
            case events.Connected():
                if self.last_byte is None:
                    self.last_byte = now
                self._recover("live")
            case events.Waiting(retry_in=wait):
                self._recover("waiting")
                self.next_try = now + wait
            case events.Lost(problem=problem, attempt=attempt, retry_in=wait):
                self.state = "reconnecting"
                self.problem = problem
                self.attempt = attempt
                self.next_try = now + wait
            case events.Resumed(lines_lost=lost):
                words = "lines may be missing" if lost is None else f"{count(lost, 'line')} lost"
                self.proof = f"reconnected: {words}"
                self._proof_until = now + 15
                self._recover("live")
            case events.JobChanged(job=job):
                self.job = job
                if self.state == "ended" and not job.ended:
                    self.state = "live"
            case events.Ended(job=job, status_known=known):
                self.job = job or self.job
                self._recover("ended" if known else "unknown")
            case events.OfLane(lane, of_lane):
                self._update_lane(lane, of_lane)
            case events.Failed(problem=problem):
                self.state = "failed"
                self.problem = problem
                self.next_try = None
            case _:
                pass

    def _update_lane(self, lane: str, event: events.LaneEvent) -> None:
        match event:
            case events.Lost(problem=problem) | events.Failed(problem=problem):
                self.lanes[lane] = replace(problem, cause=f"{lane}: {problem.cause}")
            case events.JobChanged():
                pass
            case _:
                self.lanes.pop(lane, None)
        self.lane_words.pop(lane, None)  # what is told last is the last
        self.lane_words[lane] = _lane_words(event)

    @property
    def shown_problem(self) -> events.Problem | None:
        """What is wrong; of several logs with the one that went wrong last."""
        return self.problem or next(reversed(self.lanes.values()), None)

    def _recover(self, state: State) -> None:
        self.state = state
        self.problem = None
        self.next_try = None
        self.attempt = 1

    def seconds_to_retry(self, now: float) -> int | None:
        """Return the whole seconds to the next try, at least 0; None when none is planned."""
        return None if self.next_try is None else max(0, round(self.next_try - now))

    def proof_words(self, now: float) -> str:
        """Return what the last reconnection brought, for a while after it; else nothing."""
        return self.proof if now < self._proof_until else ""

    def seconds_in_state(self, now: float) -> float:
        """Return how long the state has been what it is, in seconds."""
        return 0.0 if self.since is None else max(0.0, now - self.since)


def _lane_words(event: events.LaneEvent) -> str:
    """Return the state of one of several logs after an event."""
    match event:
        case events.JobChanged(job=job):
            return job.status
        case events.Ended(job=job):
            return "ended" if job is None else job.status
        case events.Failed():
            return "failed"
        case events.Lost():
            return "reconnecting"
        case events.Waiting():
            return "waiting"
        case events.Connected() | events.Resumed():
            return "live"


def job_seconds(job: Job, now: datetime | None) -> float | None:
    """Return how long a job ran, or has been running until `now`, in seconds; None if unknown."""
    return None if job.status == "READY" else job.seconds(now)


def utc_now() -> datetime:
    """Return the time now, with its zone."""
    return datetime.now(timezone.utc)
