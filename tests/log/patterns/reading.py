"""Read logs into tallies."""

from __future__ import annotations

from typing import TYPE_CHECKING

from logview.log.patterns.tally import LogTally
from logview.text.sanitize import visible

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence


def tally_of(data: bytes, cut: int = 400) -> LogTally:
    """Return a tally that was fed so many lines at a time."""
    lines = visible(data).split("\n")
    if lines and not lines[-1]:
        lines.pop()
    tally = LogTally()
    for part in _parts(lines, cut):
        tally.feed(part)
    tally.finish()
    return tally


def _parts(lines: Sequence[str], cut: int) -> Iterator[Sequence[str]]:
    for at in range(0, len(lines), cut):
        yield lines[at : at + cut]
