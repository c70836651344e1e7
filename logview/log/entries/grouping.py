"""Group lines into entries: a message with its stack, traceback, JSON or table.

The platform stamps every physical line, so an entry is recognised by content
alone. Whether a line goes on with the entry above is decided from its own kind
(`line_kinds`) and from what the lines above have come to: a mode (inside a
traceback, below an uncaught error's source line) and what is pending (a logged
message that may turn out to go on). Three rules come first: a line with a level
begins an entry, apart from what a traceback or Node's error report is made of;
an indented line and a blank one never do, unless an indented one comes more than
a second later; and where nothing is known, lines stay apart.

What is pending is settled by a later line: lines that stood apart are merged
into the entry above once a stack frame or a request's JSON closes it, at most
`MAX_PENDING` lines below. An entry has the level of its first line; one without
a level that has a stack is an error.

Pages can be read in any order. What a page does to a state is worked out for
every state at once, and after a few lines it no longer matters in which state the
page began. `PageEntries.join` fills in those first lines when the end of the page
before is known, and returns what of the pages before belongs to an entry that is
settled here (`Entries.merged`).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import IntEnum
from functools import cache, lru_cache
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from logview.log.entries.level import Level
from logview.log.entries.line_kinds import (
    DETACHED,
    LineKind,
    Traits,
    classify_page,
    closes_request,
    frame_traits,
    is_go_place,
    is_late,
    resolve_kind,
    time_traits,
    traits_of,
)
from logview.text.timestamps import SIZE

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence


class GroupingMode(IntEnum):
    """Where in an entry the lines so far have led."""

    BEGIN = 0
    """There is nothing above."""
    FREE = 1
    PLAIN = 2
    """In an entry that a line without a level began."""
    LOGGED = 3
    """In a logged line that is no error: a box or table may follow."""
    FAILED = 4
    """In an error that was logged: a traceback may follow that is not indented."""
    TRACEBACK = 5
    CHAINED = 6
    """Another traceback was announced."""
    INNER = 7
    """In a traceback all of which is indented."""
    FIELDS = 8
    """Below a validation error: the names of fields follow."""
    FIELD = 85
    """Below the name of a field: its reason is indented."""
    LOCATION = 9
    """Behind Node's file and line; next are the source, a caret, and what was thrown."""
    SOURCE = 10
    CARET = 11
    THROWN = 12
    """Behind what was thrown: its stack and Node's version may follow."""
    NPM = 13
    """In the errors of npm, which are one for each line."""
    COMPILER = 14
    PANIC = 15
    """In a dump of Go."""
    RUST = 16
    """Behind a panic's first line: its message is next."""
    RUST_MESSAGE = 17
    DUMP = 18
    CALLS = 19
    """Too far in `=== logs ===`; the `MAX_LINES` modes behind this one count down to it."""
    RAISED = 40
    """Behind a traceback's last line; the modes behind count what followed unmarked."""
    BOXED = 61
    """Behind a box in an error; likewise."""


MAX_LINES = 20
"""Lines that are neither indented nor marked which may follow in such a block."""

_IN_CALLS = GroupingMode.CALLS + MAX_LINES
_RAISED = GroupingMode.RAISED + MAX_LINES
_BOXED = GroupingMode.BOXED + MAX_LINES
_MODES = range(GroupingMode.FIELD + 1)


class Pending(IntEnum):
    """What the lines above may turn out to be the beginning of."""

    NOTHING = 0
    MESSAGE = 1
    """A JavaScript logger's line without its JSON: that, or a stack, may follow."""
    STACKED = 2
    """The same behind its stack: only the JSON may follow."""
    FAILED = 3
    """Any logger's warning or error: what was thrown may follow, at column 0."""
    FAILED_THROWN = 4
    """Behind what was thrown: its stack decides."""
    PRINTED = 5
    """What was thrown, or a line that names an error: a stack may follow below its message."""
    FAILED_CALL = 6
    """Behind what may be a function of Go's below a logged failure: its place decides."""


_MESSAGES = (Pending.MESSAGE, Pending.STACKED)

MAX_PENDING = 200
"""Lines after which what is pending is given up."""

_LEVELS = {
    **dict.fromkeys((LineKind.DEBUG, LineKind.DEBUG_TRACEBACK), Level.DEBUG),
    **dict.fromkeys((LineKind.INFO, LineKind.INFO_TRACEBACK, LineKind.CHROMIUM_INFO), Level.INFO),
    **dict.fromkeys(
        (
            *(LineKind.WARN, LineKind.LOGGED_WARNING, LineKind.BARE_WARNING),
            *(LineKind.OPEN_WARNING, LineKind.WEAK_WARNING, LineKind.CHROMIUM_WARNING),
            *(LineKind.WARN_TRACEBACK, LineKind.COMPILER_WARNING),
        ),
        Level.WARN,
    ),
    **dict.fromkeys(
        (
            *(LineKind.ERROR, LineKind.BARE_ERROR, LineKind.OPEN_ERROR, LineKind.WEAK_ERROR),
            *(LineKind.CHROMIUM_ERROR, LineKind.ERROR_TRACEBACK, LineKind.COMPILER_ERROR),
            *(LineKind.NPM_ERROR, LineKind.THROWN, LineKind.THROWN_FIELDS, LineKind.TRACEBACK),
            *(LineKind.LOCATION, LineKind.UNCAUGHT, LineKind.BANNER),
        ),
        Level.ERROR,
    ),
    **dict.fromkeys(
        (
            *(LineKind.CRITICAL, LineKind.WEAK_CRITICAL, LineKind.CHROMIUM_FATAL),
            *(LineKind.CRITICAL_TRACEBACK, LineKind.PANIC, LineKind.RUST_PANIC, LineKind.DUMP),
            *(LineKind.DUMP_FATAL, LineKind.KERNEL),
        ),
        Level.CRITICAL,
    ),
}
"""The level of an entry by the kind of its first line; that of `levels.level_of`, but for a line
that ends with the head of a traceback."""

_THROWN = frozenset({LineKind.THROWN, LineKind.THROWN_FIELDS})
_CALLS = frozenset({LineKind.PLAIN, LineKind.NAME, LineKind.GO_LINE})
"""What a function of Go's looks like: `main.main`, `net/http.(*conn).serve`."""

_MAY_FOLLOW = frozenset(
    {
        *_THROWN,
        *(LineKind.NPM_ERROR, LineKind.LOCATION, LineKind.TRACEBACK, LineKind.BANNER),
        *(LineKind.DUMP_FATAL, LineKind.KERNEL),
    }
)
"""Lines with a level that may go on with an entry."""

_HEADS = frozenset({*_LEVELS, LineKind.PLATFORM}) - _MAY_FOLLOW
_INSIDE = frozenset(
    {
        *_THROWN,
        *(LineKind.WEAK_WARNING, LineKind.WEAK_ERROR, LineKind.WEAK_CRITICAL, LineKind.LOCATION),
        *(LineKind.CHROMIUM_INFO, LineKind.CHROMIUM_WARNING, LineKind.CHROMIUM_ERROR),
        *(LineKind.CHROMIUM_FATAL, LineKind.KERNEL),
    }
)
"""Lines with a level that another program printed, and a logger may report within its message."""

_ENDS_PENDING = (_HEADS | _MAY_FOLLOW) - _INSIDE
_INDEPENDENT = _HEADS - _INSIDE
"""Lines that begin an entry whatever stands above, and settle nothing of it."""
_TRACEBACK_HEADS = frozenset(
    {
        *(LineKind.TRACEBACK, LineKind.DEBUG_TRACEBACK, LineKind.INFO_TRACEBACK),
        *(LineKind.WARN_TRACEBACK, LineKind.ERROR_TRACEBACK, LineKind.CRITICAL_TRACEBACK),
    }
)
_NEVER_BEGIN = frozenset(
    {
        *(LineKind.BLANK, LineKind.INDENTED, LineKind.AT, LineKind.PYTHON_FRAME),
        *(LineKind.INNER_TRACEBACK, LineKind.SHIFTED_TRACEBACK, LineKind.CARET),
        *(LineKind.TAIL, LineKind.CALLS, LineKind.ARROW),
    }
)
_UNMARKED = frozenset(
    {
        *(LineKind.PLAIN, LineKind.PLAIN_ERROR, LineKind.NAME, LineKind.NAMED),
        *(LineKind.MEMBER, LineKind.OPENING),
        *(LineKind.NUMBERED, LineKind.NOTE, LineKind.GO_LINE, LineKind.TABLE_ROW, LineKind.RULE),
        *(LineKind.EXIT_STATUS, LineKind.DUMP_LINE, LineKind.CONTEXT, LineKind.NPM_PIECE),
        LineKind.NODE_VERSION,
    }
)
"""Lines without a level that begin an entry unless the state makes them go on with one."""

_FAILURES = frozenset(
    {
        *(LineKind.LOGGED_WARNING, LineKind.ERROR, LineKind.CRITICAL, LineKind.BARE_ERROR),
        *(LineKind.OPEN_ERROR, LineKind.WEAK_ERROR, LineKind.WEAK_CRITICAL),
        *(LineKind.CHROMIUM_ERROR, LineKind.CHROMIUM_FATAL),
    }
)
_OPENS: dict[int, int] = {
    **dict.fromkeys(_LEVELS, GroupingMode.LOGGED),
    **dict.fromkeys(_FAILURES, GroupingMode.FAILED),
    **dict.fromkeys(_UNMARKED, GroupingMode.PLAIN),
    **dict.fromkeys(_TRACEBACK_HEADS, GroupingMode.TRACEBACK),
    LineKind.BOX: GroupingMode.PLAIN,
    LineKind.LOCATION: GroupingMode.LOCATION,
    LineKind.THROWN: GroupingMode.THROWN,
    LineKind.UNCAUGHT: GroupingMode.THROWN,
    LineKind.BANNER: GroupingMode.THROWN,
    LineKind.THROWN_FIELDS: GroupingMode.FIELDS,
    LineKind.NPM_ERROR: GroupingMode.NPM,
    LineKind.CALLS: _IN_CALLS,
    LineKind.COMPILER_ERROR: GroupingMode.COMPILER,
    LineKind.COMPILER_WARNING: GroupingMode.COMPILER,
    LineKind.PANIC: GroupingMode.PANIC,
    LineKind.RUST_PANIC: GroupingMode.RUST,
    LineKind.DUMP: GroupingMode.DUMP,
    LineKind.DUMP_FATAL: GroupingMode.DUMP,
    LineKind.KERNEL: GroupingMode.FREE,
    LineKind.CHAINED: GroupingMode.FREE,
}
"""The mode that a line leads to where it begins an entry; else `FREE`."""

_OPENS_PENDING: dict[int, int] = {
    **dict.fromkeys((LineKind.OPEN_WARNING, LineKind.OPEN_ERROR), Pending.MESSAGE),
    **dict.fromkeys(
        (
            *(LineKind.WARN, LineKind.LOGGED_WARNING, LineKind.ERROR, LineKind.CRITICAL),
            *(LineKind.WEAK_WARNING, LineKind.WEAK_ERROR, LineKind.WEAK_CRITICAL),
        ),
        Pending.FAILED,
    ),
    **dict.fromkeys((LineKind.PLAIN_ERROR, LineKind.THROWN, LineKind.UNCAUGHT), Pending.PRINTED),
}
"""What is pending behind a line that begins an entry."""

_LEADS: dict[tuple[int, int], int] = {
    (GroupingMode.FAILED, LineKind.TRACEBACK): GroupingMode.TRACEBACK,
    (GroupingMode.FAILED, LineKind.CONTEXT): GroupingMode.FAILED,
    (GroupingMode.FAILED, LineKind.BANNER): GroupingMode.FAILED,
    (GroupingMode.FAILED, LineKind.INNER_TRACEBACK): GroupingMode.INNER,
    (GroupingMode.FAILED, LineKind.PYTHON_FRAME): GroupingMode.TRACEBACK,
    (GroupingMode.FAILED, LineKind.BOX): _BOXED,
    (GroupingMode.LOGGED, LineKind.BOX): GroupingMode.LOGGED,
    (GroupingMode.LOGGED, LineKind.TABLE_ROW): GroupingMode.LOGGED,
    (GroupingMode.FAILED, LineKind.TABLE_ROW): GroupingMode.FAILED,
    (GroupingMode.TRACEBACK, LineKind.THROWN): _RAISED,
    (GroupingMode.TRACEBACK, LineKind.NAME): _RAISED,
    (GroupingMode.TRACEBACK, LineKind.NAMED): _RAISED,
    (GroupingMode.TRACEBACK, LineKind.CHAINED): GroupingMode.CHAINED,
    (GroupingMode.TRACEBACK, LineKind.PLAIN_ERROR): _RAISED,
    (GroupingMode.TRACEBACK, LineKind.THROWN_FIELDS): GroupingMode.FIELDS,
    (GroupingMode.TRACEBACK, LineKind.INNER_TRACEBACK): GroupingMode.INNER,
    (GroupingMode.FIELDS, LineKind.NAME): GroupingMode.FIELD,
    (GroupingMode.FIELD, LineKind.INDENTED): GroupingMode.FIELDS,
    (GroupingMode.FIELDS, LineKind.CHAINED): GroupingMode.CHAINED,
    (GroupingMode.INNER, LineKind.CHAINED): GroupingMode.CHAINED,
    (GroupingMode.CHAINED, LineKind.TRACEBACK): GroupingMode.TRACEBACK,
    (GroupingMode.CHAINED, LineKind.INNER_TRACEBACK): GroupingMode.INNER,
    (GroupingMode.SOURCE, LineKind.CARET): GroupingMode.CARET,
    (GroupingMode.SOURCE, LineKind.INDENTED): GroupingMode.FREE,
    (GroupingMode.SOURCE, LineKind.AT): GroupingMode.FREE,
    (GroupingMode.SOURCE, LineKind.PYTHON_FRAME): GroupingMode.FREE,
    (GroupingMode.THROWN, LineKind.CONTEXT): GroupingMode.THROWN,
    (GroupingMode.THROWN, LineKind.NODE_VERSION): GroupingMode.FREE,
    (GroupingMode.THROWN, LineKind.BOX): _BOXED,
    (GroupingMode.NPM, LineKind.NPM_ERROR): GroupingMode.NPM,
    (GroupingMode.NPM, LineKind.NPM_PIECE): GroupingMode.NPM,
    (GroupingMode.COMPILER, LineKind.NUMBERED): GroupingMode.COMPILER,
    (GroupingMode.COMPILER, LineKind.NOTE): GroupingMode.COMPILER,
    (GroupingMode.PANIC, LineKind.GO_LINE): GroupingMode.PANIC,
    (GroupingMode.PANIC, LineKind.EXIT_STATUS): GroupingMode.FREE,
    (GroupingMode.PANIC, LineKind.KERNEL): GroupingMode.FREE,
    (GroupingMode.RUST, LineKind.THROWN): GroupingMode.RUST_MESSAGE,
    (GroupingMode.RUST, LineKind.BOX): GroupingMode.RUST_MESSAGE,
    (GroupingMode.RUST_MESSAGE, LineKind.NOTE): GroupingMode.RUST_MESSAGE,
    (GroupingMode.RUST_MESSAGE, LineKind.KERNEL): GroupingMode.FREE,
    (GroupingMode.DUMP, LineKind.DUMP_LINE): GroupingMode.DUMP,
    (GroupingMode.DUMP, LineKind.DUMP_FATAL): GroupingMode.DUMP,
    (GroupingMode.DUMP, LineKind.NODE_VERSION): GroupingMode.DUMP,
    (GroupingMode.DUMP, LineKind.KERNEL): GroupingMode.FREE,
    **{(GroupingMode.RUST, kind): GroupingMode.RUST_MESSAGE for kind in _UNMARKED},
}
"""What goes on with an entry in one mode only, and the mode that it leads to."""

_NEEDS_START = frozenset(
    {GroupingMode.PLAIN, GroupingMode.LOCATION, GroupingMode.SOURCE, GroupingMode.CARET}
)
"""Modes in which something may be pending from where the entry begins."""

_KIND = DETACHED - 1
_BEHIND = {
    LineKind.SHIFTED_TRACEBACK: GroupingMode.TRACEBACK,
    LineKind.CALLS: _IN_CALLS,
    LineKind.ARROW: GroupingMode.COMPILER,
}
"""The mode behind a line that never begins an entry, where it changes the mode."""


# What a line does besides. Plain numbers: an IntEnum would double what a line costs.
_NOTHING = 0
_OPEN = 1
"""Something is pending from this line on."""
_OPEN_ABOVE = 2
"""Something is pending from where the entry above this line begins."""
_CHECK = 3
"""The line's traits are needed to know."""
_MERGE = 4
"""All lines from where it is pending go on with the entry there."""
_FAIL = 5
"""The entry, which has no level, is an error."""

_BEGINS = 49
"""The mark of a line that begins an entry; 48 is that of another: digits of a binary number."""

if TYPE_CHECKING:
    _Row: TypeAlias = "dict[int, _Step]"
    """The steps of one state, by a line's kind and traits; made when they are first needed."""

    _Step: TypeAlias = "tuple[_Row, int, int]"
    """What a line leads to: the steps of the next state, the line's mark, and what it does."""

_states: dict[int, tuple[int, int]] = {}
"""Mode and what is pending for each row, by its identity."""


@cache
def _row(mode: int, pending: int) -> _Row:
    row: _Row = {}
    _states[id(row)] = mode, pending
    return row


def _step(row: _Row, symbol: int) -> _Step:
    """Return what a line leads to in the state of a row."""
    step = row.get(symbol)
    if step is None:
        step = row[symbol] = _make_step(*_states[id(row)], symbol)
    return step


def _make_step(mode: int, pending: int, symbol: int) -> _Step:
    """Return what a line of a kind, with traits if it was checked, leads to in a state."""
    kind = symbol & _KIND
    if symbol & DETACHED or mode == GroupingMode.BEGIN:
        return _begin(kind, Pending.NOTHING, Pending.NOTHING)
    settled = _settle(mode, pending, symbol)
    if isinstance(settled, tuple):
        return settled
    before, pending = pending, settled
    following = _follow(mode, symbol)
    if following is None:
        return _begin(kind, pending, before)
    if following < 0:
        return (_row(mode, pending), 48, _CHECK)
    if pending == Pending.FAILED_CALL:
        pending = Pending.NOTHING
    if mode == GroupingMode.CARET and kind == LineKind.THROWN:
        return (_row(following, Pending.PRINTED), 48, _OPEN_ABOVE)
    if symbol & Traits.CHECKED == 0 and mode == GroupingMode.PLAIN and kind == LineKind.AT:
        return (_row(mode, pending), 48, _CHECK)
    if _is_frame(symbol) and mode == GroupingMode.PLAIN:
        return (_row(GroupingMode.THROWN, pending), 48, _FAIL)
    thrown = before == Pending.FAILED and pending == Pending.FAILED_THROWN
    return (_row(following, pending), 48, _OPEN_ABOVE if thrown else _NOTHING)


def _begin(kind: int, pending: int, before: int) -> _Step:
    mode = _OPENS.get(kind, GroupingMode.FREE)
    opened = _OPENS_PENDING.get(kind, Pending.NOTHING)
    inside = kind in _INSIDE or kind == LineKind.PLAIN_ERROR
    provisional = pending in (Pending.FAILED_THROWN, Pending.FAILED_CALL)
    if provisional or (pending in _MESSAGES and inside):
        opened = Pending.NOTHING
    if opened:
        # Where any logged line is the one, the entry above is it: what follows opens it.
        return (_row(mode, opened), _BEGINS, _NOTHING if opened == Pending.FAILED else _OPEN)
    if provisional:
        return (_row(mode, pending), _BEGINS, _OPEN_ABOVE if before != pending else _NOTHING)
    return (_row(mode, pending), _BEGINS, _NOTHING)


def _settle(mode: int, pending: int, symbol: int) -> int | _Step:
    """Return what is pending behind a line, or the step of a line that settles it."""
    kind = symbol & _KIND
    if not pending:
        return pending
    if kind in _ENDS_PENDING:
        return Pending.NOTHING
    if symbol & Traits.LATE and kind not in _NEVER_BEGIN:
        return Pending.NOTHING
    if pending in _MESSAGES:
        return _settle_message(mode, pending, symbol)
    if pending == Pending.FAILED:
        if kind in _THROWN or kind == LineKind.NAMED:
            return Pending.FAILED_THROWN
        if kind in _CALLS:
            return Pending.FAILED_CALL
        return pending if kind in _NEVER_BEGIN else Pending.NOTHING
    if pending == Pending.FAILED_CALL:
        if kind != LineKind.INDENTED:
            return Pending.NOTHING
        if not symbol & Traits.CHECKED:
            return (_row(mode, pending), 48, _CHECK)
        if symbol & Traits.GO_PLACE and not symbol & Traits.EARLIER:
            return (_row(GroupingMode.FAILED, Pending.FAILED), 48, _MERGE)
        return Pending.NOTHING
    if pending == Pending.PRINTED and kind in _THROWN:
        return Pending.NOTHING
    if kind == LineKind.AT:
        if not symbol & Traits.CHECKED:
            return (_row(mode, pending), 48, _CHECK)
        if pending == Pending.PRINTED:
            if _is_frame(symbol):
                return (_row(GroupingMode.THROWN, Pending.NOTHING), 48, _MERGE)
        elif _is_frame(symbol):
            return (_row(GroupingMode.FAILED, Pending.FAILED), 48, _MERGE)
    return pending


def _settle_message(mode: int, pending: int, symbol: int) -> int | _Step:
    if not symbol & Traits.CHECKED:
        return (_row(mode, pending), 48, _CHECK)
    if symbol & Traits.CLOSES:
        return (_row(GroupingMode.LOGGED, Pending.NOTHING), 48, _MERGE)
    if _is_frame(symbol) and pending == Pending.MESSAGE:
        return (_row(GroupingMode.LOGGED, Pending.STACKED), 48, _MERGE)
    return pending


def _is_frame(symbol: int) -> bool:
    return bool(symbol & Traits.FRAME) and not symbol & Traits.EARLIER


def _follow(mode: int, symbol: int) -> int | None:
    """Return the mode behind a line that goes on; None if it begins an entry, -1 to check it."""
    kind = symbol & _KIND
    if kind in _HEADS:
        return None
    base = next(
        (base for base in (GroupingMode.BOXED, GroupingMode.RAISED) if base <= mode <= base + 20),
        None,
    )
    leads = _LEADS.get((base if base is not None else mode, kind))
    if base is not None:
        leads = _after_block(mode, base, symbol)
    if leads is not None:
        return leads
    if kind in _NEVER_BEGIN:
        return (
            _BEHIND.get(LineKind(kind), mode)
            if mode != GroupingMode.LOCATION
            else (GroupingMode.SOURCE)
        )
    if kind in (LineKind.TRACEBACK, LineKind.LOCATION, LineKind.DUMP_FATAL, LineKind.KERNEL):
        return None
    if mode == GroupingMode.LOCATION:
        return GroupingMode.SOURCE
    if mode == GroupingMode.CARET:
        return GroupingMode.THROWN
    if GroupingMode.CALLS < mode <= _IN_CALLS:
        return GroupingMode.FREE if kind == LineKind.RULE else mode - 1
    if mode in (GroupingMode.FIELDS, GroupingMode.RUST_MESSAGE) and kind in _UNMARKED:
        if not symbol & Traits.CHECKED:
            return -1
        return _RAISED if symbol & Traits.NEAR else None
    return None


def _after_block(mode: int, base: int, symbol: int) -> int | None:
    """Return the mode behind a line below a traceback's last line, or below a box in an error."""
    kind = symbol & _KIND
    if kind == LineKind.CHAINED:
        return GroupingMode.CHAINED
    if kind == LineKind.BOX:
        return _BOXED
    if kind not in _UNMARKED or mode == base:
        return None
    if not symbol & Traits.CHECKED:
        return -1
    if symbol & Traits.NEAR or (base == GroupingMode.BOXED and not symbol & Traits.FAR):
        return mode - 1
    return None


_INHERITED = 255
"""In place of a level: that of the entry which a page goes on with."""

_INHERITED_PENDING = 254
"""The same for the entry in which something is pending that a page goes on with."""

_LEVEL = [int(_LEVELS.get(LineKind(k), 0)) if k < len(LineKind) else 0 for k in range(DETACHED)] * 2
_LEVEL_TABLE = bytes(_LEVEL)
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
    pending: int = Pending.NOTHING
    pending_level: Level | None = None
    """The level of the entry in which something is pending."""
    pending_lines: int = 0
    """How many lines above that entry begins."""
    entry_lines: int = 0
    """How many lines above their last entry begins, where something may come of it still."""


BEGIN = GroupingState()
"""Above the first line of a log, and below a gap in it: the next line begins an entry."""


class Merged(NamedTuple):
    """Lines at the end of what is above a page which are one entry, as the page has settled."""

    lines: int
    level: Level | None


class Entries(NamedTuple):
    """The entries of one page; bit n of an integer stands for line n."""

    starts: int
    """The lines that begin an entry."""
    levels: dict[Level, int]
    """For each level that occurs, all lines of the entries that have it."""
    after: GroupingState
    """The state below the page."""
    merged: Merged | None = None
    """What of the pages above is one entry; None where nothing was settled."""

    def count(self, level: Level) -> int:
        """Return how many entries of a level begin on this page."""
        return (self.levels.get(level, 0) & self.starts).bit_count()


def merge_end(
    starts: int, levels: dict[Level, int], count: int, merged: Merged
) -> tuple[int, dict[Level, int]]:
    """Return entry starts and levels of a page of `count` lines whose last lines are one entry.

    That entry begins above the page if it has more lines than the page.
    """
    first = max(0, count - merged.lines)
    region = (1 << count) - (1 << first)
    starts &= ~region
    if merged.lines <= count:
        starts |= 1 << first
    levels = {level: kept for level, mask in levels.items() if (kept := mask & ~region)}
    if merged.level is not None:
        levels[merged.level] = levels.get(merged.level, 0) | region
    return starts, levels


class _Grouped(NamedTuple):
    """Some lines, grouped."""

    marks: bytearray
    """`1` for a line that begins an entry, else `0`."""
    levels: bytearray
    mode: int
    level: int
    pending: int
    pending_level: int
    pending_at: int
    """The line, counted from the first, where that entry begins; it may be above."""
    entry_at: int
    merged: tuple[int, int] | None
    """Lines above the first that are one entry, and its level."""


class PageEntries:
    """The entries of a page, whatever stands above it."""

    __slots__ = (
        *("_child", "_end", "_first_child", "_first_line", "_lead", "_levels", "_merged"),
        *("_stamp", "_starts", "_state_after", "_traits", "count", "is_independent"),
    )

    def __init__(self, text: str, lines: list[str] | None = None) -> None:
        r"""Read a page's visible text, its `lines` joined with `\n`; about 1 µs for a line."""
        read = classify_page(text, lines)
        kinds, lines = read.kinds, read.lines
        self._first_child, self._child = read.first_child, read.last_child
        self._end, self._stamp = read.end, read.last_stamp
        self._first_line = read.first_stamp
        self.count = len(kinds)
        """How many lines the page has."""
        self._traits: list[int] = []
        lead, state = self._find_lead(kinds, lines)
        self._lead = bytes(kinds[:lead])
        self.is_independent = state is not None and lead == 1 and kinds[0] in _INDEPENDENT
        """Whether `join` returns the same whatever stands above."""
        self._state_after: GroupingState | None = None
        self._starts, self._levels = 0, dict[Level, int]()
        self._merged: tuple[int, int] | None = None
        if state is None:
            return
        mode, pending, level, pending_level = state

        def traits(at: int, mode: int, pending: int) -> int:
            return _traits_in_state(kinds, lines, at + lead, mode, pending)

        rest = _group_lines(kinds[lead:], traits, mode, pending, level, pending_level, -1, -1)
        self._starts, self._levels = _masks(rest.marks, rest.levels, lead)
        self._merged = rest.merged
        self._state_after = self._state(rest, self.count - lead)

    def _find_lead(
        self, kinds: bytearray, lines: list[str]
    ) -> tuple[int, tuple[int, int, int, int] | None]:
        """Return after how many lines it no longer matters what stands above, and the state then.

        The state is None where that never comes.
        """
        states = _advance_any(kinds[0])
        self._traits.append(traits_of(kinds[0], lines[0], None))
        if self._traits[0] != Traits.CHECKED:
            states |= _advance_any(kinds[0] | self._traits[0])
        if _settles_nothing(kinds, lines):
            states = _drop_pending(states)
        lead = 1
        while not _is_known(states, kinds[lead - 1]):
            if lead == len(kinds):
                return lead, None
            if lead == MAX_PENDING:
                states = _drop_pending(states)
            traits = traits_of(kinds[lead], lines[lead], lines[lead - 1])
            self._traits.append(traits)
            states = _advance_all(states, kinds[lead] | traits)
            lead += 1
        return lead, next(iter(states))

    def _state(self, grouped: _Grouped, count: int) -> GroupingState:
        return _state_below(grouped, count, self._child, self._end, self._stamp)

    @property
    def after(self) -> GroupingState | None:
        """The state below the page; None where that depends on the page before."""
        return self._state_after

    def join(self, before: GroupingState) -> Entries:
        """Return the page's entries below lines that have come to `before`."""
        kinds = bytearray(self._lead)
        _attach(kinds, before, self._first_child, self._first_line)
        first = time_traits(before.stamp, self._first_line)

        def traits(at: int, _mode: int, _pending: int) -> int:
            return self._traits[at] if at else self._traits[0] | first

        grouped = _group_below(kinds, traits, before)
        starts, levels = _masks(grouped.marks, grouped.levels, 0)
        if self._merged is not None:
            merged = Merged(self._merged[0], _level(self._merged[1]))
            starts, levels = merge_end(starts, levels, len(kinds), merged)
        for name, mask in self._levels.items():
            levels[name] = levels.get(name, 0) | mask
        after = self._state_after or self._state(grouped, len(kinds))
        return Entries(starts | self._starts, levels, after, _merged_above(grouped))


def group_text(text: str, before: GroupingState, lines: list[str] | None = None) -> Entries:
    """Return what `PageEntries(text).join(before)` does, at less cost for text that is read once.

    Nothing is worked out for lines above that are not known. `lines` are those of the text, where
    they are at hand.
    """
    page = classify_page(text, lines)
    kinds, lines = page.kinds, page.lines
    _attach(kinds, before, page.first_child, page.first_stamp)

    def traits(at: int, mode: int, pending: int) -> int:
        if at:
            return _traits_in_state(kinds, lines, at, mode, pending)
        return traits_of(kinds[0], lines[0], before.stamp)

    grouped = _group_below(kinds, traits, before)
    starts, levels = _masks(grouped.marks, grouped.levels, 0)
    after = _state_below(grouped, len(kinds), page.last_child, page.end, page.last_stamp)
    return Entries(starts, levels, after, _merged_above(grouped))


def _traits_in_state(
    kinds: bytearray, lines: Sequence[str], at: int, mode: int, pending: int
) -> int:
    """Return those traits of a line, not the first, that matter in a state."""
    kind, line, before = kinds[at], lines[at], lines[at - 1]
    if kind != LineKind.AT:
        return traits_of(kind, line, before)
    # Frames are many, and few of their traits matter.
    found = closes_request(line)
    if found & Traits.CLOSES and pending in _MESSAGES:
        return found
    if pending != Pending.STACKED or mode == GroupingMode.PLAIN:
        found |= frame_traits(line)
        if line[:SIZE] < before[:SIZE]:
            found |= time_traits(before, line)
    return found


def _attach(kinds: bytearray, before: GroupingState, child: str, stamp: str) -> None:
    """Resolve the kind of a first line by the state above it."""
    kinds[0] = resolve_kind(kinds[0], before.end)
    late = kinds[0] in (LineKind.INDENTED, LineKind.AT) and is_late(before.stamp, stamp)
    if late or before.child != child:
        kinds[0] |= DETACHED


def _group_below(
    kinds: bytearray, traits: Callable[[int, int, int], int], before: GroupingState
) -> _Grouped:
    return _group_lines(
        kinds,
        traits,
        before.mode,
        before.pending,
        int(before.level or 0),
        int(before.pending_level or 0),
        -before.pending_lines,
        -before.entry_lines,
    )


def _state_below(grouped: _Grouped, count: int, child: str, end: str, stamp: str) -> GroupingState:
    """Return the state below `count` lines, the last of which has this child, end and stamp."""
    pending = grouped.pending
    return GroupingState(
        mode=grouped.mode,
        level=_level(grouped.level),
        child=child,
        end=end,
        stamp=stamp,
        pending=pending,
        pending_level=_level(grouped.pending_level) if pending else None,
        pending_lines=min(count - grouped.pending_at, MAX_PENDING + 1) if pending else 0,
        entry_lines=min(count - grouped.entry_at, MAX_PENDING + 1)
        if pending or grouped.mode in _NEEDS_START
        else 0,
    )


def _merged_above(grouped: _Grouped) -> Merged | None:
    return grouped.merged and Merged(grouped.merged[0], _level(grouped.merged[1]))


_State = tuple[int, int, int, int]
"""Mode, what is pending, the entry's level, the level where it is pending."""


def _settles_nothing(kinds: bytearray, lines: list[str]) -> bool:
    """Return whether it makes no difference to a page what is pending above it."""
    end = kinds[:MAX_PENDING].translate(_ENDS_TABLE).find(1)
    if end < 0:
        if len(kinds) < MAX_PENDING:
            return False
        end = MAX_PENDING
    first = kinds[:end]
    if LineKind.AT in first or LineKind.PLAIN_ERROR in first or any(map(_THROWN_IN, first)):
        return False
    if LineKind.INDENTED in first and any(map(is_go_place, lines[:end])):
        return False
    return not any(closes_request(line) & Traits.CLOSES for line in lines[:end])


_ENDS_TABLE = bytes(kind in _ENDS_PENDING for kind in range(256))
_THROWN_IN = _THROWN.__contains__


def _is_known(states: frozenset[_State], kind: int) -> bool:
    """Return whether all that is below a line of a kind is known without what is above."""
    if len(states) != 1:
        return False
    ((mode, pending, level, pending_level),) = states
    if level == _INHERITED or pending_level == _INHERITED_PENDING:
        return False
    # What is pending, or an entry without a level, has to begin at this very line.
    kind &= _KIND
    if pending and (kind not in _HEADS or _OPENS_PENDING.get(kind) != pending):
        return False
    if mode == GroupingMode.PLAIN:
        return kind in _UNMARKED
    return mode not in _NEEDS_START or kind == LineKind.LOCATION


@cache
def _advance_any(symbol: int) -> frozenset[_State]:
    """Return what a page's first line may lead to, whatever stands above it."""
    kind, traits = symbol & (2 * DETACHED - 1), symbol & ~(2 * DETACHED - 1) | Traits.CHECKED
    kinds = {resolve_kind(kind, end) for end in ("", ":", ",")}
    # What is detached begins an entry, and settles nothing.
    states = {_after_step((_MODES[0], Pending.NOTHING, _INHERITED, 0), kind | DETACHED | traits)}
    for first in kinds:
        # Only what is pending makes the time matter, and where the line ends it, it is nothing.
        above = [Pending.NOTHING] if first & _KIND in _ENDS_PENDING else list(Pending)
        for pending in above:
            level = _INHERITED_PENDING if pending else 0
            times = _TIMES if pending else (0,)
            states.update(
                _after_step((mode, pending, _INHERITED, level), first | traits | time)
                for mode in _MODES
                for time in times
            )
    return frozenset(states)


_TIMES = (
    *(0, Traits.NEAR, Traits.FAR, Traits.FAR | Traits.EARLIER),
    # What is pending may be too old for the line to settle it.
    *(Traits.LATE, Traits.NEAR | Traits.LATE, Traits.FAR | Traits.LATE),
    Traits.FAR | Traits.EARLIER | Traits.LATE,
)
"""The traits that the time of a line may give it."""


@lru_cache(maxsize=4096)  # a few hundred at most: a stack's lines soon lead nowhere new
def _advance_all(states: frozenset[_State], symbol: int) -> frozenset[_State]:
    return frozenset(new for state in states for new in _advance(state, symbol))


def _advance(state: _State, symbol: int) -> list[_State]:
    """Return what a line with its traits may lead to in a state."""
    mode, pending, level, _ = state
    found = [_after_step(state, symbol)]
    if pending:  # what is pending may be too old for the line to settle it
        found.append(_after_step(state, symbol | Traits.LATE))
        found.append(_after_step((mode, Pending.NOTHING, level, 0), symbol))
    return found


def _after_step(state: _State, symbol: int) -> _State:
    mode, pending, level, pending_level = state
    kind = symbol & (2 * DETACHED - 1)
    row = _row(mode, pending)
    row, mark, act = _step(row, kind) if _step(row, kind)[2] != _CHECK else _step(row, symbol)
    if act == _OPEN_ABOVE:
        pending_level = _INHERITED_PENDING if level == _INHERITED else level
    if mark == _BEGINS:
        level = _LEVEL[kind]
    if act == _OPEN:
        pending_level = level
    elif act == _MERGE:
        level = _merged_level(pending, pending_level)
        level = _INHERITED if level == _INHERITED_PENDING else level
    elif act == _FAIL:
        level = Level.ERROR
    mode, pending = _states[id(row)]
    if pending == Pending.FAILED:
        pending_level = _INHERITED_PENDING if level == _INHERITED else level
    return mode, pending, level, pending_level if pending else 0


@lru_cache(maxsize=4096)
def _drop_pending(states: frozenset[_State]) -> frozenset[_State]:
    """Give up what was pending above the page."""
    return frozenset(
        (mode, Pending.NOTHING, level, 0) if pending_level == _INHERITED_PENDING else state
        for state in states
        for mode, _, level, pending_level in (state,)
    )


def _merged_level(pending: int, level: int) -> int:
    return Level.ERROR if pending == Pending.PRINTED else level


def _calm_rows() -> tuple[set[int], dict[int, _Row]]:
    """Return the identities of calm rows, and for each calm kind the row that it leads to.

    A line of a calm kind begins an entry in each of these states and leads to the same one of
    them: a run of such lines needs no steps. Most lines of most logs are of that sort.
    """
    modes = (GroupingMode.FREE, GroupingMode.PLAIN, GroupingMode.LOGGED)
    rows = [_row(mode, Pending.NOTHING) for mode in modes]
    identities = set(map(id, rows))
    calm: dict[int, _Row] = {}
    for kind in LineKind:
        steps = [_step(row, kind) for row in rows]
        following = {id(row) for row, _, _ in steps}
        alike = all(mark == _BEGINS and act == _NOTHING for _, mark, act in steps)
        if alike and len(following) == 1 and following <= identities:
            calm[kind] = steps[0][0]
    return identities, calm


_CALM_ROWS, _CALM = _calm_rows()
_CALM_ROW = _row(GroupingMode.LOGGED, Pending.NOTHING)

_PLAIN_HEADS = bytes(
    (
        *(LineKind.DEBUG, LineKind.INFO, LineKind.WARN, LineKind.LOGGED_WARNING, LineKind.ERROR),
        *(LineKind.CRITICAL, LineKind.BARE_WARNING, LineKind.BARE_ERROR, LineKind.OPEN_WARNING),
        *(LineKind.OPEN_ERROR, LineKind.PLATFORM),
    )
)
_PLAIN_RESTS = bytes(
    (
        *(LineKind.BLANK, LineKind.INDENTED, LineKind.AT, LineKind.PYTHON_FRAME),
        *(LineKind.INNER_TRACEBACK, LineKind.CARET, LineKind.TAIL),
    )
)
"""In a calm state: one of the heads begins an entry, the rests go on with it, and the next head
leads to the same state whatever came of what was pending. Such an entry needs no steps, either."""

_PLAIN_ENTRY = re.compile(
    b"[%(heads)b][%(rests)b]{1,4096}(?=[%(heads)b])|[%(open)b](?=[%(heads)b])"
    % {
        b"heads": re.escape(_PLAIN_HEADS),
        b"rests": re.escape(_PLAIN_RESTS),
        b"open": re.escape(bytes(kind for kind in _PLAIN_HEADS if kind not in _CALM)),
    }
)
_ENTRY_LEVELS = (0, *Level)
_HEAD_AT, _REST_AT = 2 * DETACHED - 32, 2 * DETACHED - 16
"""The first of the numbers, above all kinds, for heads and rests of such entries by level."""

_LEVEL_OF_CALM = bytes(
    _ENTRY_LEVELS[number % 16] if number >= _HEAD_AT and number % 16 < len(_ENTRY_LEVELS) else level
    for number, level in enumerate(_LEVEL_TABLE)
)
_MARK_OF_CALM = bytes(_BEGINS if number < _REST_AT else 48 for number in range(2 * DETACHED))
_CALM_HEADS = bytes((*_CALM, *range(_HEAD_AT, _HEAD_AT + len(_ENTRY_LEVELS))))
_CALM_RUN = re.compile(
    b"[%b][%b]*"
    % (
        re.escape(_CALM_HEADS),
        re.escape(_CALM_HEADS + bytes(range(_REST_AT, _REST_AT + len(_ENTRY_LEVELS)))),
    )
)


def _calm_match(entry: re.Match[bytes]) -> bytes:
    return _calm_entry(entry[0])


@lru_cache(maxsize=1024)
def _calm_entry(kinds: bytes) -> bytes:
    """Return what stands for an entry of `_PLAIN_ENTRY` in a calm run."""
    head = kinds[0]
    number = _ENTRY_LEVELS.index(_LEVEL[head])
    if head not in _CALM:
        head = _HEAD_AT + number
    return bytes((head, *(_REST_AT + number,) * (len(kinds) - 1)))


def _group_lines(
    kinds: bytearray,
    traits: Callable[[int, int, int], int],
    mode: int,
    pending: int,
    level: int,
    pending_level: int,
    pending_at: int,
    entry_at: int,
) -> _Grouped:
    """Group lines below a state.

    `traits` returns those of a line of `kinds`, given its number and the state above.
    """
    marks, levels = bytearray(), bytearray()
    merged: tuple[int, int] | None = None
    above = entry_at
    row = _row(mode, pending)
    calm = _PLAIN_ENTRY.sub(_calm_match, kinds)
    at, count = 0, len(kinds)
    while at < count:
        if id(row) in _CALM_ROWS and (run := _CALM_RUN.match(calm, at)):
            at = run.end()
            marks += run[0].translate(_MARK_OF_CALM)
            levels += run[0].translate(_LEVEL_OF_CALM)
            row, level = _CALM.get(calm[at - 1], _CALM_ROW), levels[-1]
            if at == count:
                break
        kind = kinds[at]
        try:
            following, mark, act = row[kind]
        except KeyError:
            following, mark, act = _step(row, kind)
        if act:
            if act == _CHECK:
                state = _states[id(row)]
                symbol = kind | traits(at, *state)
                if state[1] and at - pending_at > MAX_PENDING:
                    row = _row(state[0], Pending.NOTHING)
                    following, mark, act = _step(row, kind)
                if act == _CHECK:
                    following, mark, act = _step(row, symbol)
            if act == _OPEN:
                pending_at, pending_level = at, _LEVEL[kind]
            elif act == _OPEN_ABOVE:
                pending_at, pending_level = _last_start(marks, above), level
            elif act in (_MERGE, _FAIL):
                if act == _MERGE:
                    start = pending_at
                    level = _merged_level(_states[id(row)][1], pending_level)
                else:
                    start = _last_start(marks, above)
                    start, level = (start, 40) if at - start <= MAX_PENDING else (at, level)
                inside = max(start, 0)
                marks[inside:] = b"0" * (at - inside)
                if 0 <= start < at:
                    marks[start] = _BEGINS
                elif start < 0:
                    merged = -start, level
                    above = start
                levels[inside:] = bytes((level,)) * (at - inside)
        row = following
        if mark == _BEGINS:
            level = _LEVEL[kind]
        marks.append(mark)
        levels.append(level)
        at += 1
    mode, pending = _states[id(row)]
    entry_at = _last_start(marks, above)
    if pending == Pending.FAILED:
        pending_at, pending_level = entry_at, level
    return _Grouped(
        *(marks, levels, mode, level, pending, pending_level if pending else 0),
        *(pending_at, entry_at, merged),
    )


def _last_start(marks: bytearray, above: int) -> int:
    """Return where the last entry begins: a line, or `above` where none does."""
    start = marks.rfind(_BEGINS)
    return above if start < 0 else start


def _masks(marks: bytearray, levels: bytearray, lead: int) -> tuple[int, dict[Level, int]]:
    if not marks:
        return 0, {}
    marks.reverse()
    levels.reverse()
    masks = {
        level: int(levels.translate(_ONLY[level]), 2) << lead for level in Level if level in levels
    }
    return int(marks, 2) << lead, masks


def _level(level: int) -> Level | None:
    return Level(level) if level else None
