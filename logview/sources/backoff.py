"""Sources: how long to wait between two tries."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

LONGEST = 30.0
"""Seconds between two tries at most, unless the server asks for more."""


class Backoff:
    """Waits of half a second to a second, doubled with each failure (Apify API reference, 429).

    `random` gives numbers from 0 to 1, as `random.random`.
    """

    def __init__(self, random: Callable[[], float]) -> None:
        self._random = random
        self._failures = 0

    @property
    def attempt(self) -> int:
        """The number of the next try, from 1."""
        return self._failures + 1

    def next(self, retry_after: float | None = None) -> float:
        """Count a failure; the seconds to wait, and no less than the server asked for."""
        first = 0.5 + self._random() / 2
        factor = min(2.0 ** min(self._failures, 10), LONGEST)
        self._failures += 1
        return max(first * factor, retry_after or 0.0)

    def reset(self) -> None:
        """Begin again: there was progress."""
        self._failures = 0
