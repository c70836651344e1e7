"""Log: entries. Lines that belong together: a message with its stack, traceback, JSON or table.

The platform stamps every physical line, so an entry is recognised by content
alone. Whether a line goes on with the entry above is decided from its own kind
(`log.kinds`) and from where in an entry the lines above have led, which is one
of a few modes: inside a traceback, below an uncaught error's source line, and
so on. Three rules stand above all others: a line with a level begins an entry,
apart from what a traceback or Node's error report is made of; an indented line
and a blank one never do, unless an indented one comes more than a second later;
and where nothing is known, lines stay apart.

An entry has the level of its first line.

Pages can be read in any order. What a page does to the mode is worked out for
every mode at once, and after a few lines it no longer matters in which mode the
page began. `PageEntries.join` fills in those first lines when the end of the page
before is known.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from functools import cache, lru_cache
from typing import NamedTuple

from logview.log.entries.level import Level
from logview.log.entries.line_kinds import DETACHED, LineKind, classify_page, is_late, resolve_kind


class GroupingMode(IntEnum):
    """Where in an entry the lines so far have led."""

    BEGIN = 0
    """There is nothing above."""
    FREE = 1
    FAILED = 2
    """In an error that was logged: a traceback may follow that is not indented."""
    TRACEBACK = 3
    RAISED = 4
    """Behind a traceback's last line."""
    CHAINED = 5
    """Another traceback was announced."""
    LOCATION = 6
    """Behind Node's file and line; next are the source, a caret, and what was thrown."""
    SOURCE = 7
    CARET = 8
    THROWN = 9
    """Behind what was thrown: its stack and Node's version may follow."""
    NPM = 10
    """In the errors of npm, which are one for each line."""
    CALLS = 11
    """Too far in `=== logs ===`; the `MAX_CALLS` modes behind this one count down to it."""


MAX_CALLS = 20
"""Lines that a block of `=== logs ===` may have that are not indented."""

_IN_CALLS = GroupingMode.CALLS + MAX_CALLS

_HEADS = frozenset(
    {
        *(
            LineKind.DEBUG,
            LineKind.INFO,
            LineKind.WARN,
            LineKind.LOGGED_WARNING,
            LineKind.ERROR,
            LineKind.CRITICAL,
        ),
        LineKind.PLATFORM,
    }
)
_NEVER_BEGIN = frozenset(
    {
        LineKind.BLANK,
        LineKind.INDENTED,
        LineKind.INNER_TRACEBACK,
        LineKind.CARET,
        LineKind.TAIL,
        LineKind.CALLS,
    }
)
_OPENS: dict[int, int] = {
    LineKind.LOGGED_WARNING: GroupingMode.FAILED,
    LineKind.ERROR: GroupingMode.FAILED,
    LineKind.CRITICAL: GroupingMode.FAILED,
    LineKind.TRACEBACK: GroupingMode.TRACEBACK,
    LineKind.LOCATION: GroupingMode.LOCATION,
    LineKind.THROWN: GroupingMode.THROWN,
    LineKind.NPM_ERROR: GroupingMode.NPM,
    LineKind.CALLS: _IN_CALLS,
}
_LEADS: dict[tuple[int, int], int] = {
    (GroupingMode.FAILED, LineKind.TRACEBACK): GroupingMode.TRACEBACK,
    (GroupingMode.FAILED, LineKind.CONTEXT): GroupingMode.FAILED,
    (GroupingMode.FAILED, LineKind.INNER_TRACEBACK): GroupingMode.FREE,
    (GroupingMode.TRACEBACK, LineKind.THROWN): GroupingMode.RAISED,
    (GroupingMode.TRACEBACK, LineKind.NAME): GroupingMode.RAISED,
    (GroupingMode.RAISED, LineKind.CHAINED): GroupingMode.CHAINED,
    (GroupingMode.CHAINED, LineKind.TRACEBACK): GroupingMode.TRACEBACK,
    (GroupingMode.SOURCE, LineKind.CARET): GroupingMode.CARET,
    (GroupingMode.SOURCE, LineKind.INDENTED): GroupingMode.FREE,
    (GroupingMode.THROWN, LineKind.CONTEXT): GroupingMode.THROWN,
    (GroupingMode.THROWN, LineKind.NODE_VERSION): GroupingMode.FREE,
    (GroupingMode.NPM, LineKind.NPM_ERROR): GroupingMode.NPM,
    (GroupingMode.NPM, LineKind.NPM_PIECE): GroupingMode.NPM,
}
"""What goes on with an entry in one mode only, and the mode that it leads to."""

_LEVELS = {
    LineKind.DEBUG: Level.DEBUG,
    LineKind.INFO: Level.INFO,
    LineKind.WARN: Level.WARN,
    LineKind.LOGGED_WARNING: Level.WARN,
    LineKind.ERROR: Level.ERROR,
    LineKind.CRITICAL: Level.CRITICAL,
    LineKind.NPM_ERROR: Level.ERROR,
    LineKind.THROWN: Level.ERROR,
    LineKind.TRACEBACK: Level.ERROR,
    LineKind.LOCATION: Level.ERROR,
}
"""The level of an entry by the kind of its first line; `levels.level_of` says the same."""


def _step(mode: int, kind: int) -> tuple[int, bool]:
    """Return the mode that a line leads to, and whether it begins an entry."""
    begins = _OPENS.get(kind & ~DETACHED, GroupingMode.FREE), True
    if kind & DETACHED or mode == GroupingMode.BEGIN or kind in _HEADS:
        return begins
    leads = _LEADS.get((mode, kind))
    if leads is not None:
        return leads, False
    if kind == LineKind.CALLS:
        return _IN_CALLS, False
    if kind in (LineKind.TRACEBACK, LineKind.LOCATION):
        return begins
    if mode == GroupingMode.LOCATION:
        return GroupingMode.SOURCE, False
    if kind in _NEVER_BEGIN:
        return mode, False
    if mode == GroupingMode.CARET:
        return GroupingMode.THROWN, False
    if mode > GroupingMode.CALLS:
        return (GroupingMode.FREE if kind == LineKind.RULE else mode - 1), False
    return begins


@cache  # made when first used
def _steps() -> list[list[tuple[int, bool]]]:
    return [[_step(mode, kind) for kind in range(2 * DETACHED)] for mode in range(_IN_CALLS + 1)]


_INHERITED = 255
"""In place of a level: that of the entry which a page goes on with."""

_LEVEL = [int(_LEVELS.get(LineKind(k), 0)) if k < len(LineKind) else 0 for k in range(DETACHED)] * 2
_ONLY = {level: bytes(48 + (value == level) for value in range(256)) for level in Level}


@dataclass(frozen=True, slots=True)
class GroupingState:
    """What the lines above have come to, as far as the lines below need it."""

    mode: int = GroupingMode.BEGIN
    level: Level | None = None
    """The level of the entry that they end in."""
    child: str = ""
    """The child run that printed the last of them; empty for the run itself."""
    end: str = ""
    """The last character of the last of them that is no space."""
    stamp: str = ""
    """The first characters of the last of them: its stamp, if it has one."""


BEGIN = GroupingState()
"""Above the first line of a log, and below a gap in it: the next line begins an entry."""


class Entries(NamedTuple):
    """The entries of one page; bit n of an integer stands for line n."""

    starts: int
    """The lines that begin an entry."""
    levels: dict[Level, int]
    """For each level that occurs, all lines of the entries that have it."""
    after: GroupingState
    """What the next page has to be told."""

    def count(self, level: Level) -> int:
        """Return how many entries of a level begin on this page."""
        return (self.levels.get(level, 0) & self.starts).bit_count()


class PageEntries:
    """What a page's lines say of entries, whatever stands above them."""

    __slots__ = (
        *("_child", "_end", "_first_child", "_first_stamp", "_state_after", "_lead", "_levels"),
        *("_stamp", "_starts", "count"),
    )

    def __init__(self, text: str) -> None:
        r"""Read a page's visible text, its lines joined with `\n`; about 1 µs for a line."""
        read = classify_page(text)
        kinds, self._first_child, self._child, self._end = read[:4]
        self._first_stamp, self._stamp = read.first_stamp, read.last_stamp
        self.count = len(kinds)
        """How many lines the page has."""
        lead, mode, level = _find_lead(kinds)
        self._lead = bytes(kinds[:lead])
        self._state_after: GroupingState | None = None
        self._starts, self._levels = 0, dict[Level, int]()
        if lead < self.count or level != _INHERITED:
            starts, levels, mode, level = _group_lines(kinds[lead:], mode, level)
            self._starts, self._levels = _masks(starts, levels, lead)
            self._state_after = GroupingState(
                mode, _level(level), self._child, self._end, self._stamp
            )

    @property
    def after(self) -> GroupingState | None:
        """What the next page has to be told; None where that depends on the page before."""
        return self._state_after

    def join(self, before: GroupingState) -> Entries:
        """Return the page's entries, below lines that have come to `before`."""
        kinds = bytearray(self._lead)
        kinds[0] = resolve_kind(kinds[0], before.end)
        late = kinds[0] == LineKind.INDENTED and is_late(before.stamp, self._first_stamp)
        if late or before.child != self._first_child:
            kinds[0] |= DETACHED
        starts, levels, mode, level = _group_lines(kinds, before.mode, int(before.level or 0))
        first, weighed = _masks(starts, levels, 0)
        for name, mask in self._levels.items():
            weighed[name] = weighed.get(name, 0) | mask
        after = self._state_after or GroupingState(
            mode, _level(level), self._child, self._end, self._stamp
        )
        return Entries(first | self._starts, weighed, after)


def find_entry_starts(text: str, before: GroupingState = BEGIN) -> tuple[int, GroupingState]:
    """Return the lines of a page that begin an entry (bit n for line n), and the state below it."""
    entries = PageEntries(text).join(before)
    return entries.starts, entries.after


def _find_lead(kinds: bytearray) -> tuple[int, int, int]:
    """Return after how many lines it is the same what stands above, and the mode and level then.

    The level is `_INHERITED` where that never comes.
    """
    states = _advance_any(kinds[0])
    lead = 1
    while lead < len(kinds) and not _is_known(states):
        states = _advance_all(states, kinds[lead])
        lead += 1
    mode, level = next(iter(states))
    return lead, mode, level if len(states) == 1 else _INHERITED


def _is_known(states: frozenset[tuple[int, int]]) -> bool:
    return len(states) == 1 and all(level != _INHERITED for _, level in states)


@cache
def _advance_any(kind: int) -> frozenset[tuple[int, int]]:
    """Return what a page's first line may lead to, whatever stands above it."""
    first = {kind | DETACHED, *(resolve_kind(kind, end) for end in ("", ":", ","))}
    return frozenset(
        _advance((mode, _INHERITED), kind) for mode in range(_IN_CALLS + 1) for kind in first
    )


@lru_cache(maxsize=4096)  # a few hundred at most: a stack's lines soon lead nowhere new
def _advance_all(states: frozenset[tuple[int, int]], kind: int) -> frozenset[tuple[int, int]]:
    return frozenset(_advance(state, kind) for state in states)


def _advance(state: tuple[int, int], kind: int) -> tuple[int, int]:
    mode, begins = _steps()[state[0]][kind]
    return mode, _LEVEL[kind] if begins else state[1]


def _group_lines(kinds: bytearray, mode: int, level: int) -> tuple[bytearray, bytearray, int, int]:
    """Give, for each line, whether it begins an entry and its entry's level; and what follows."""
    starts, levels, steps = bytearray(), bytearray(), _steps()
    for kind in kinds:
        mode, begins = steps[mode][kind]
        if begins:
            level = _LEVEL[kind]
        starts.append(48 + begins)
        levels.append(level)
    return starts, levels, mode, level


def _masks(starts: bytearray, levels: bytearray, lead: int) -> tuple[int, dict[Level, int]]:
    if not starts:
        return 0, {}
    starts.reverse()
    levels.reverse()
    masks = {
        level: int(levels.translate(_ONLY[level]), 2) << lead for level in Level if level in levels
    }
    return int(starts, 2) << lead, masks


def _level(level: int) -> Level | None:
    return Level(level) if level else None
