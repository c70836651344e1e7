"""Sources: failures and gaps in words for a person."""

from __future__ import annotations

from typing import TYPE_CHECKING

from logview.phrases import rough_duration
from logview.sources.events import Gap, Problem

if TYPE_CHECKING:
    from logview.apify.errors import ApifyError
    from logview.sources.splice import Apart

EARLY_END = Problem(
    "The stream ended, but the run or build goes on.",
    "The platform, or something on the way, closed the stream early; what was read stays.",
    kind="early-end",
)
STALLED = Problem(
    "The stream stopped in the middle.",
    "The connection seems to be dead; what was read stays.",
    kind="stalled",
)
SHORT = Problem(
    "The stream ended before all that was read already.",
    "The platform, or something on the way, closed the stream early; what was read stays.",
    kind="short",
)
UNCONFIRMED = Problem(
    "The stream ended, and whether the run or build has ended may not be read.",
    "Only its log may be read, so logview looks a few times whether more comes.",
    kind="unconfirmed-end",
)
CHANGED = (
    "The log under this ID has changed: what was read before is kept above, "
    "and the log as it is now follows."
)
MISSING = (
    "Log is missing here: the platform dropped it before it could be read, and how much is not "
    "known."
)
DOUBT = Gap(
    "Log may be missing here: the platform dropped so much that too little is left to tell.",
    "missing",
)


def problem_of(error: ApifyError, *, answered_before: bool = False) -> Problem:
    """Return the problem for an error of the API client.

    `answered_before`: the log could be read earlier, so that a refusal now is
    news about the token or the run, and not about what was typed.
    """
    meaning = error.meaning
    if answered_before and error.status == 401:
        meaning = (
            "The log could be read before and no longer can: the token has expired or was "
            "revoked. What was read stays."
        )
    elif answered_before and error.status in (403, 404):
        meaning = (
            "The log could be read before and no longer can: it was deleted, or is no longer "
            "shared. What was read stays."
        )
    return Problem(
        error.cause, meaning, error.remedy, error.status, error.type, lasting=error.lasting
    )


def gap_of(apart: Apart) -> Gap:
    """Return the gap for a replay that has no place in what is held."""
    if apart.kind == "contradiction":
        return Gap(CHANGED, "contradiction")
    if apart.seconds is None:
        return Gap(MISSING, "missing")
    return Gap(
        f"About {rough_duration(apart.seconds)} of log are missing here: the platform dropped them "
        "before they could be read.",
        "missing",
        apart.seconds,
    )
