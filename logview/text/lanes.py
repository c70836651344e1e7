"""Lanes: the prefix that names the log that a line of several is from.

The platform writes it before each line of a child run's log that is redirected into its
parent's (apify-client-python `_logging.py`, RedirectLogFormatter): `[name runId:ID] -> `, and
the child's own stamp follows. Logs that are merged get the same; prefixes nest.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

from logview.text.sanitize import label

if TYPE_CHECKING:
    from collections.abc import Sequence

LONGEST = 180
"""Characters of a lane's name."""

PREFIX = re.compile(rb"\[([^\[\]\n]{1,200})\] -> ")
"""The prefix of a line; group 1 is the lane's name."""

_BRACKETS = str.maketrans("[]", "()")


def job_lane(kind: str, job_id: str, name: str | None = None) -> str:
    """Return the name of a run's or build's lane: `web-scraper runId:HG7ML7M8z78YcAPEB`.

    `name` is its Actor's, `kind` is `run` or `build`.
    """
    ident = f"{kind}Id:{job_id}"
    return f"{lane_name(name)} {ident}" if name else ident


def lane_name(text: str) -> str:
    """Return outside text as the name of a lane: short, drawable and without square brackets."""
    return label(text, LONGEST - 80).translate(_BRACKETS) or "log"


def numbered(names: Sequence[str]) -> list[str]:
    """Return names of lanes that differ: equal ones get a number, `app.log 1`, `app.log 2`."""
    counts = Counter(names)
    taken = {name for name, times in counts.items() if times == 1}
    result = []
    for name in names:
        unique, number = name, 0
        while counts[name] > 1 and (not number or unique in taken):
            number += 1
            unique = f"{name} {number}"
        taken.add(unique)
        result.append(unique)
    return result


def prefix_of(lane: str) -> bytes:
    """Return what the lines of a lane begin with."""
    return b"[%s] -> " % lane.encode("utf-8", "replace")


def split_lane(line: bytes) -> tuple[str | None, bytes]:
    """Return a line's lane, the outermost one, and the rest of it; None where it has none."""
    found = PREFIX.match(line)
    if found is None:
        return None, line
    return found[1].decode("utf-8", "replace"), line[found.end() :]
