"""Sources: what one connection to a remote log came to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from logview.sources.events import Problem


@dataclass(frozen=True, slots=True)
class Finished:
    """The log was read to its end."""

    known: bool = True
    """Whether the run or build object says so too."""


@dataclass(frozen=True, slots=True)
class Refused:
    """Trying again by itself can't mend this."""

    problem: Problem


@dataclass(frozen=True, slots=True)
class Reconnect:
    """The log is to be opened again, after a wait."""

    reason: str = ""
    """Names the drop in the ledger; empty for what is none."""
    problem: Problem | None = None
    """What to tell; None for what is no trouble."""
    wait: float | None = None
    """Seconds; None: as the backoff says."""
    retry_after: float | None = None
    """Seconds that the server asked for."""
    fresh: bool = False
    """Whether all connections may be dead, and are made anew."""
    asked_for: bool = False
    """Whether somebody asked for it and is told what came of it."""


Verdict: TypeAlias = Finished | Refused | Reconnect
