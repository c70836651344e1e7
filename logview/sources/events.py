"""Sources: the few events that every source emits, and all that it emits.

The TUI and plain mode are two readers of this one stream. A source is
anything with an `events()` method that returns an async iterator of `Event`.
The order of events is the order in which things happened: a `Gap` stands in
the log exactly between the bytes before it and the bytes after it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, Protocol, TypeAlias

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from logview.apify.models import Job


@dataclass(frozen=True, slots=True)
class Problem:
    """What went wrong, in words for a person.

    All texts may hold words from outside (the API's message, a file name):
    readers sanitise them (`text/sanitize.py`) before they are shown.
    """

    cause: str
    """What happened, in the API's own words where it said any."""
    meaning: str = ""
    """What that means for the person."""
    remedy: str = ""
    """What to do about it."""
    status: int | None = None
    """The HTTP status code, None where no answer came."""
    kind: str = ""
    """A short stable word for tests and the stats: the API's error type, or `reset`, `dns`, …"""
    lasting: bool = False
    """Whether trying again will hardly mend it: a bad certificate, an answer of another server."""


@dataclass(frozen=True, slots=True)
class Connecting:
    """A connection is being made (the first one, or another after a loss)."""

    attempt: int = 1
    """Counts from 1; goes back to 1 once bytes have made progress."""


@dataclass(frozen=True, slots=True)
class Connected:
    """The source answers and is open: bytes arrive, or may."""


@dataclass(frozen=True, slots=True)
class Received:
    """New bytes of the log, each byte of the log once, cut anywhere.

    A reader that gave the source a place where it holds the log (`received`) has
    to append them there before it asks for the next event.
    """

    data: bytes


class Stored(Protocol):
    """A file's bytes, by their offset in it; they can be read again at any time."""

    def read(self, start: int, length: int) -> bytes:
        """Return `length` bytes from `start` on; fewer, or none, where the file has lost them."""
        ...

    def stamp(self) -> tuple[int, ...] | None:
        """Return what is equal while the bytes are the same; None if that can't be known."""
        ...


@dataclass(frozen=True, slots=True)
class Extended:
    """New bytes of the log, in a file: they need not be kept, nor even read now."""

    store: Stored
    start: int
    """Offset in the store of the first new byte."""
    length: int


@dataclass(frozen=True, slots=True)
class Gap:
    """A row of our own belongs here: something was, or may have been, lost or replaced."""

    text: str
    kind: Literal["missing", "contradiction", "truncated", "rotated"]
    seconds: float | None = None
    """About how much log time is missing, in seconds; None where it can't be known."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """The job has not logged anything yet; the log is requested again in `retry_in` seconds."""

    retry_in: float


@dataclass(frozen=True, slots=True)
class Lost:
    """The connection failed or broke; what was read stays. The next try is in `retry_in` s."""

    problem: Problem
    attempt: int
    """The number of the try that comes next: 2 after the first failure."""
    retry_in: float


@dataclass(frozen=True, slots=True)
class Resumed:
    """A broken stream goes on: what was held has been found again in the replay.

    Comes after the `Gap` where nothing was found again. Also said when a
    stream that looked well was opened anew and turns out to have been dead.
    """

    kept: int
    """Bytes held before the loss that the replay confirmed or that were kept regardless."""
    lines_lost: int | None
    """0 when nothing was lost, None when lines are, or may be, missing: how many can't be known."""


@dataclass(frozen=True, slots=True)
class JobChanged:
    """The run or build object said something new (status, message, exit code, times)."""

    job: Job


@dataclass(frozen=True, slots=True)
class Ended:
    """The log is complete: read to its true end.

    A run's source goes on: about 10 s later a `JobChanged` may bring final
    figures, and a run that is resurrected begins again with `Connecting`.

    `job` is None for files, standard input, and a job whose object may not be
    read: then `status_known` says whether that leaves anything unknown.
    """

    job: Job | None = None
    status_known: bool = True
    lanes: tuple[Ended | Failed, ...] = ()
    """Of several logs how each of them ended; not all have failed."""


@dataclass(frozen=True, slots=True)
class Failed:
    """Trying again by itself cannot mend this; `retry()` (the `r` key) still may."""

    problem: Problem


@dataclass(frozen=True, slots=True)
class Noted:
    """Something the person should know once, which changes no state: which run was found."""

    text: str
    """May hold words from outside: readers sanitise them."""


LaneEvent: TypeAlias = Connected | Waiting | Lost | Resumed | JobChanged | Ended | Failed
"""What is passed on of one of several logs."""


@dataclass(frozen=True, slots=True)
class OfLane:
    """Something happened to one of several logs; the others go on."""

    lane: str
    """The name of its lane (`text/lanes.py`)."""
    event: LaneEvent


Event: TypeAlias = (
    Connecting
    | Connected
    | Received
    | Extended
    | Gap
    | Waiting
    | Lost
    | Resumed
    | JobChanged
    | Ended
    | Failed
    | Noted
    | OfLane
)


class Source(Protocol):
    """Where a log comes from."""

    def events(self) -> AsyncIterator[Event]:
        """Return the one stream of events; closing the iterator closes the source.

        It may go on after `Ended` and `Failed`. A source goes on only when the
        next event is asked for: by then the reader has acted on the last one.
        """
        ...

    def retry(self) -> None:
        """Try again now instead of after the wait; reopens after `Ended` and `Failed` too."""
        ...

    def stats(self) -> list[tuple[str, str]]:
        """Return what happened so far, as (name, value) rows for the connection details."""
        ...
