"""Lanes: the prefix that names the log that a line is from, of several that are one.

The platform writes it before each line of a child run's log that is redirected into its
parent's (apify-client-python `_logging.py`, RedirectLogFormatter): `[name runId:ID] -> `, and
the child's own stamp follows. Logs that are merged get the same, at the beginning of the line;
prefixes nest. A line is of the innermost lane that it names.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

from logview.text.redirects import ARROW, BARE, MOST, NAMED
from logview.text.sanitize import label
from logview.text.timestamps import STAMP

if TYPE_CHECKING:
    from collections.abc import Sequence

LONGEST = 180
"""Characters of a lane's name."""

LONGEST_NAME = 150
"""Bytes of a name that is made for a lane, an ID behind it not counted."""

LONGEST_PREFIX = 260
"""Bytes of a stamp and a prefix behind it."""

MOST_LANES = 99
"""Lanes of a log that are told apart."""

PREFIX = re.compile(rb"\[([^\[\]\n]{1,200})\] -> ")
"""The prefix of a line; group 1 is the lane's name."""

_CHILD = re.compile(f"({NAMED}|{BARE}){ARROW}".encode())
_ARROW = ARROW.encode()
_JOB = re.compile(r"(?:(.{1,180}) )?(?:run|build)Id:(\w{1,60})")

_BRACKETS = str.maketrans("[]", "()")


def job_lane(kind: str, job_id: str, name: str | None = None) -> str:
    """Return the name of a run's or build's lane: `web-scraper runId:HG7ML7M8z78YcAPEB`.

    `name` is its Actor's, `kind` is `run` or `build`.
    """
    ident = f"{kind}Id:{job_id}"
    return f"{lane_name(name)} {ident}" if name else ident


def lane_name(text: str) -> str:
    """Return outside text as the name of a lane: short, drawable and without square brackets."""
    name = label(text, LONGEST - 80).translate(_BRACKETS)
    # The prefix is read by its bytes, of which letters of many scripts have three.
    name = name.encode("utf-8", "replace")[:LONGEST_NAME].decode("utf-8", "ignore").strip()
    return name or "log"


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


def is_job_lane(lane: str) -> bool:
    """Return whether a name is that of a run or build: whether it has an ID."""
    return _JOB.fullmatch(lane) is not None


def job_of_lane(lane: str) -> tuple[str, str] | None:
    """Return the Actor's name, which may be empty, and the ID that a lane is named by."""
    found = _JOB.fullmatch(lane)
    return None if found is None else (found[1] or "", found[2])


class LanePrefix(NamedTuple):
    """What a line begins with, up to the name of its lane."""

    name: bytes
    """The innermost lane."""
    end: int
    """Bytes up to what is the lane's own: its stamp and text."""
    log: bytes = b""
    """Of several logs the one that has the line; empty where there is one only."""


def read_lane(line: bytes, *, is_merged: bool) -> LanePrefix | None:
    """Return the lane of a line; None for one that names none.

    `is_merged` is whether each line was given a prefix when logs were merged. Only that one may
    be any name: that of a child run has an ID, or its own stamp behind it, as brackets and arrows
    are common in text.
    """
    found, at, log = PREFIX.match(line) if is_merged else None, 0, b""
    if found is not None:
        at, log = found.end(), found[1]
    end, name = at, log
    for _ in range(MOST):
        if line.find(_ARROW, at, at + LONGEST_PREFIX) < 0:
            break  # soon, for nearly every line
        stamp = STAMP.match(line, at)
        at = at if stamp is None else stamp.end()
        if line[at : at + 1] == b" " and stamp is not None:
            at += 1
        child = _CHILD.match(line, at)
        if child is None:
            break
        within = child[1][1:-2] if child[1].startswith(b"[") else child[1][:-1]
        at = child.end()
        if STAMP.match(line, at) is None and not is_job_lane(within.decode("utf-8", "replace")):
            break
        end, name = at, within
    return LanePrefix(name, end, log) if name else None


class LaneNames:
    """The lanes of one log, numbered as they are seen first."""

    def __init__(self, *, is_merged: bool) -> None:
        """`is_merged` is whether each line was given a prefix when logs were merged."""
        self.is_merged = is_merged
        self._numbers: dict[bytes, int] = {}

    def __len__(self) -> int:
        return len(self._numbers)

    @property
    def names(self) -> list[str]:
        """The lanes that were seen so far; `number` of each is its place here."""
        return [name.decode("utf-8", "replace") for name in self._numbers]

    def number(self, name: bytes) -> int:
        """Return the number of a lane, from 0; beyond `MOST_LANES` all have the same."""
        if len(self._numbers) >= MOST_LANES and name not in self._numbers:
            name = b"others"
        return self._numbers.setdefault(name, len(self._numbers))

    def read(self, line: bytes) -> LanePrefix | None:
        """Return the lane of a line; None for one that names none; see `read_lane`."""
        return read_lane(line, is_merged=self.is_merged)
