"""Tests: the corpus, logs in which a careful person wrote beside each line what it is.

Column 1 is the level of an entry (a letter, or a space for none), column 2 is
`>` where an entry begins and `|` where it goes on; the line follows behind a
space. `␛` stands for an escape character, `␠` for a space at a line's end.
Lines that begin with `#` are remarks, and empty ones are nothing.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from logview.log.entries.level import Level
from logview.text.sanitize import visible

if TYPE_CHECKING:
    from logview.log.entries.grouping import Entries

CORPUS = sorted((Path(__file__).parent / "corpus_files").glob("*.txt"))
LETTERS = {level.letter: level for level in Level}


class Judged(NamedTuple):
    """A log and what was written beside it."""

    lines: list[str]
    """The lines' visible text."""
    marks: list[str]
    """Columns 1 and 2."""

    @property
    def text(self) -> str:
        return "\n".join(self.lines)


def read(path: Path) -> Judged:
    """Read one file of the corpus."""
    rows = [row for row in path.read_text("utf-8").split("\n") if row and not row.startswith("#")]
    bare = [row[3:].replace("␛", "\x1b").replace("␠", " ").encode() for row in rows]
    return Judged([visible(line) for line in bare], [row[:2] for row in rows])


def marks(entries: Entries, count: int) -> list[str]:
    """Write beside each line what our code makes of it."""
    found = []
    for line in range(count):
        begins = entries.starts >> line & 1
        levels = [level.letter for level, mask in entries.levels.items() if mask >> line & 1]
        assert len(levels) <= 1
        found.append((levels[0] if levels and begins else " ") + (">" if begins else "|"))
    return found
