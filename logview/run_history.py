"""Run history: how long the runs of an Actor or task usually take. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from logview.phrases import rough_duration

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from logview.apify.models import Job

LISTED = 30
"""Runs of a history."""

LEAST = 5
"""Succeeded runs below which nothing is said to be usual."""


@dataclass(frozen=True, slots=True)
class UsualDuration:
    """The durations of runs that succeeded, in seconds, the shortest first; at least `LEAST`."""

    seconds: tuple[float, ...]

    @property
    def median(self) -> float:
        """The duration that half of the runs reach."""
        return quantile(self.seconds, 0.5)

    @property
    def quartiles(self) -> tuple[float, float]:
        """The durations between which half of the runs are."""
        return quantile(self.seconds, 0.25), quantile(self.seconds, 0.75)

    def describe(self) -> str:
        """Return `usually 3 min; half of them 2 min to 4 min (26 runs that succeeded)`."""
        low, high = map(rough_duration, self.quartiles)
        spread = f"; half of them {low} to {high}" if low != high else ""
        many = len(self.seconds)
        return f"usually {rough_duration(self.median)}{spread} ({many} runs that succeeded)"

    def compare(self, seconds: float) -> str:
        """Return `slower than 9 of 10`: how many took less time than a duration."""
        faster = sum(one < seconds for one in self.seconds)
        many = len(self.seconds)
        if faster:
            return f"slower than {'all' if faster == many else f'{faster} of'} {many}"
        is_equal = seconds in self.seconds
        return f"{'as fast as the fastest of' if is_equal else 'faster than all'} {many}"

    def estimate(self, elapsed: float) -> str:
        """Return when a run that has run for so many seconds will probably end.

        From the runs that took longer than that: `usually 12 min; slower than 9 of 10; of
        those that took longer, half ended 3 min later`.
        """
        words = [f"usually {rough_duration(self.median)}"]
        longer = [one for one in self.seconds if one > elapsed]
        if len(longer) < len(self.seconds):
            words.append(self.compare(elapsed))
        if longer == list(self.seconds):
            words.append(f"probably {rough_duration(self.median - elapsed)} to go")
        elif longer:
            left = rough_duration(quantile(longer, 0.5) - elapsed)
            words.append(f"those that took longer: {left} more (median)")
        return "; ".join(words)


def usual_duration(jobs: Iterable[Job], *, without: str = "") -> UsualDuration | None:
    """Return the usual duration of runs; None where fewer than `LEAST` of them succeeded.

    `without` is the ID of a run that is compared with them.
    """
    known = (job.seconds() for job in jobs if job.status == "SUCCEEDED" and job.id != without)
    seconds = sorted(one for one in known if one is not None)
    return UsualDuration(tuple(seconds)) if len(seconds) >= LEAST else None


def quantile(values: Sequence[float], share: float) -> float:
    """Return a quantile of sorted values, of which there is one at least, by interpolation."""
    place = (len(values) - 1) * share
    low = int(place)
    high = min(low + 1, len(values) - 1)
    return values[low] + (values[high] - values[low]) * (place - low)
