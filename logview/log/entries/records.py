"""Turn a log that arrives line by line into records: one for each entry, with what it holds.

`EntryAssembler` groups lines as they come and yields an entry once nothing that
follows can change it; `make_record` parses one into the fields of `--json`.
"""

from __future__ import annotations

import json
import re
from bisect import bisect_left
from itertools import accumulate, compress
from typing import TYPE_CHECKING, NamedTuple, TypedDict

from logview.log.entries.entry_text import read_prefix
from logview.log.entries.grouping import BEGIN, Entries, group_text, merge_end
from logview.log.entries.json_lines import LOGGER_KEYS, MESSAGE_KEYS
from logview.log.entries.lanes import OWN, split_page
from logview.log.entries.level_patterns import match_level
from logview.text.timestamps import PLATFORM, StampReader, detect_stamps

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from logview.log.entries.entry_text import LinePrefix
    from logview.log.entries.lanes import LaneKey
    from logview.log.entries.level import Level

MAX_HELD = 1 << 25
"""Characters of lines that are held at most; a longer entry is yielded in parts."""

LANE_WAIT = 1_000
"""Lines of others after which an entry of a lane is complete; a stack is printed at one go."""

_TRIES = 40
"""Brackets of a text at which its JSON is tried to begin."""

_BRACKET = re.compile(r"(?:^|(?<=[\s(:=]))[\[{]", re.MULTILINE)


class AssembledEntry(NamedTuple):
    """The lines of an entry."""

    first: int
    """The number of its first line, from 1."""
    level: Level | None
    lines: list[str]


class EntryBlock(NamedTuple):
    """Lines that are some entries, whole, in the order in which the entries begin."""

    numbers: Sequence[int]
    """The number of each line, from 1."""
    lines: list[str]
    starts: list[int]
    """Which of the lines begin an entry; the first one does."""
    levels: list[Level | None]
    """The level of each of the entries."""


class _LaneEntry(NamedTuple):
    numbers: Sequence[int]
    lines: list[str]
    level: Level | None


class LineGrouper:
    """Groups the lines of a log as they arrive; holds those of entries that may go on.

    Lines of each lane are grouped by themselves. An entry of one that had no line for a while
    (`LANE_WAIT`) is not waited for any longer.
    """

    def __init__(self, *, is_merged: bool = False) -> None:
        """`is_merged` is whether each line was given a lane's prefix when logs were merged."""
        self._is_merged = is_merged
        self._next = 1
        """The number of the next line."""
        self._own = _LaneGrouper()
        self._lanes: dict[LaneKey, _LaneGrouper] = {OWN: self._own}
        self._done: list[_LaneEntry] = []
        """Entries that are complete, where others that are not begin above."""

    @property
    def is_empty(self) -> bool:
        """Whether no lines are held."""
        return not self._done and all(lane.is_empty for lane in self._lanes.values())

    def feed(
        self, texts: Sequence[str], shown: Sequence[str], text: str | None = None
    ) -> EntryBlock | None:
        r"""Take lines, and return the entries that are complete; None where none is.

        `texts` are their visible text, by which they are grouped, and `text` the same joined
        with `\n` where that is at hand; `shown` is what the entries hold of each.
        """
        if not texts:
            return None
        first, self._next = self._next, self._next + len(texts)
        lines = texts if isinstance(texts, list) else list(texts)
        text = "\n".join(lines) if text is None else text
        split = split_page(text, lines, is_merged=self._is_merged)
        if split is None and len(self._lanes) == 1:
            return self._own.feed(text, lines, shown, range(first, self._next))
        if split is None:
            blocks = [self._own.feed(text, lines, shown, range(first, self._next))]
        else:
            blocks = [
                self._lane(key).feed(
                    "\n".join(split.lines[key]),
                    split.lines[key],
                    [shown[bit] for bit in bits],
                    [first + bit for bit in bits],
                )
                for key, bits in split.bits.items()
            ]
        is_much = sum(lane.size for lane in self._lanes.values()) > MAX_HELD
        blocks += [
            lane.flush()
            for lane in self._lanes.values()
            if not lane.is_empty and (is_much or lane.last < self._next - LANE_WAIT)
        ]
        return self._take(blocks)

    def _take(self, blocks: Sequence[EntryBlock | None]) -> EntryBlock | None:
        """Return what is complete, with what was before, in the order in which entries begin."""
        if len(self._lanes) == 1:
            return blocks[0]
        self._done += [
            _LaneEntry(block.numbers[start:end], block.lines[start:end], level)
            for block in blocks
            if block is not None
            for start, end, level in zip(
                block.starts, [*block.starts[1:], len(block.lines)], block.levels, strict=True
            )
        ]
        self._done.sort(key=lambda entry: entry.numbers[0])
        waits = [lane.first for lane in self._lanes.values() if not lane.is_empty]
        limit = max(min(waits, default=self._next), self._next - 2 * LANE_WAIT)
        end = bisect_left(self._done, limit, key=lambda entry: entry.numbers[0])
        taken, self._done = self._done[:end], self._done[end:]
        if not taken:
            return None
        starts = list(accumulate((len(entry.lines) for entry in taken[:-1]), initial=0))
        return EntryBlock(
            [number for entry in taken for number in entry.numbers],
            [line for entry in taken for line in entry.lines],
            starts,
            [entry.level for entry in taken],
        )

    def _lane(self, key: LaneKey) -> _LaneGrouper:
        lane = self._lanes.get(key)
        if lane is None:
            lane = self._lanes[key] = _LaneGrouper()
        return lane

    def flush(self) -> EntryBlock | None:
        """Return what is held, though it may go on: the rest of it becomes an entry of its own."""
        return self._take([lane.flush() for lane in self._lanes.values()])

    def break_entry(self) -> EntryBlock | None:
        """Return what is held, and begin a new entry with the next line: lines are missing here."""
        return self._take([lane.break_entry() for lane in self._lanes.values()])


class _LaneGrouper:
    """Groups the lines of one lane."""

    def __init__(self) -> None:
        self._state = BEGIN
        self._numbers: list[int] = []
        self._lines: list[str] = []
        self.size = 0
        """Characters of the lines that are held."""
        self.last = 0
        """The number of the last line."""
        self._starts = 0
        self._levels: dict[Level, int] = {}

    @property
    def is_empty(self) -> bool:
        """Whether no lines are held."""
        return not self._lines

    @property
    def first(self) -> int:
        """The number of the first line that is held."""
        return self._numbers[0]

    def feed(
        self, text: str, lines: list[str], shown: Sequence[str], numbers: Sequence[int]
    ) -> EntryBlock | None:
        r"""Take lines, which `text` has joined with `\n`; return the entries that are complete."""
        found = group_text(text, self._state, lines)
        self._state = found.after
        self._append(found, shown)
        self._numbers += numbers
        self.last = numbers[-1]
        held = len(self._lines)
        if self.size > MAX_HELD:
            return self._take(held)
        # The last entry may go on, and so may the one in which something is pending.
        end = max(self._starts.bit_length() - 1, 0)
        if self._state.pending:
            end = min(end, max(held - self._state.pending_lines, 0))
        return self._take(end)

    def flush(self) -> EntryBlock | None:
        """Return what is held, though it may go on: the rest of it becomes an entry of its own."""
        return self._take(len(self._lines))

    def break_entry(self) -> EntryBlock | None:
        """Return what is held, and begin a new entry with the next line: lines are missing here."""
        block = self.flush()
        self._state = BEGIN
        return block

    def _append(self, found: Entries, shown: Sequence[str]) -> None:
        held = len(self._lines)
        if found.merged is not None and held:
            self._starts, self._levels = merge_end(self._starts, self._levels, held, found.merged)
        self._lines += shown
        self.size += sum(map(len, shown))
        self._starts |= found.starts << held
        for level, mask in found.levels.items():
            self._levels[level] = self._levels.get(level, 0) | mask << held

    def _take(self, end: int) -> EntryBlock | None:
        """Return the entries of the first lines that are held."""
        if end <= 0:
            return None
        starts = self._starts & ((1 << end) - 1) | 1
        level_at: dict[int, Level] = {}
        for level, mask in self._levels.items():
            if mask & starts:
                level_at.update(dict.fromkeys(_set_bits(mask & starts), level))
        firsts = _set_bits(starts)
        levels = list(map(level_at.get, firsts))
        block = EntryBlock(self._numbers[:end], self._lines[:end], firsts, levels)
        self._numbers = self._numbers[end:]
        self._lines = self._lines[end:]
        self.size = sum(map(len, self._lines))
        self._starts >>= end
        self._levels = {level: mask >> end for level, mask in self._levels.items() if mask >> end}
        return block


def _set_bits(mask: int) -> list[int]:
    """Return which bits of an integer are set, in order."""
    digits = f"{mask:b}"[::-1].encode().translate(_BITS)
    return list(compress(range(len(digits)), digits))


_BITS = bytes(value == ord("1") for value in range(256))


class EntryAssembler:
    """Groups the lines of a log as they arrive, into entries; see `LineGrouper`."""

    def __init__(self) -> None:
        self._grouper = LineGrouper()

    @property
    def is_empty(self) -> bool:
        """Whether no lines are held."""
        return self._grouper.is_empty

    def feed(self, texts: Sequence[str], shown: Sequence[str]) -> Iterator[AssembledEntry]:
        """Take lines, and yield the entries that are complete; see `LineGrouper.feed`."""
        yield from _entries_of(self._grouper.feed(texts, shown))

    def flush(self) -> Iterator[AssembledEntry]:
        """Yield what is held, though it may go on: the rest of it becomes an entry of its own."""
        yield from _entries_of(self._grouper.flush())

    def break_entry(self) -> Iterator[AssembledEntry]:
        """Yield what is held, and begin a new entry with the next line: lines are missing here."""
        yield from _entries_of(self._grouper.break_entry())


def _entries_of(block: EntryBlock | None) -> Iterator[AssembledEntry]:
    if block is None:
        return
    ends = [*block.starts[1:], len(block.lines)]
    for start, end, level in zip(block.starts, ends, block.levels, strict=True):
        yield AssembledEntry(block.numbers[start], level, block.lines[start:end])


class EntryRecord(TypedDict):
    """An entry as `--json` prints it."""

    line: int
    """The number of its first line, from 1."""
    lines: int
    time: str | None
    """When it was logged, in UTC, as `2026-11-20T06:00:00.000Z`."""
    level: str | None
    logger: str | None
    child: str | None
    """The child run that printed it; of several, from the outermost to the innermost."""
    message: str
    """Its first line without stamps, level, logger and data."""
    data: object
    """The JSON at its end."""
    text: str
    """All of it, without stamps."""


class RecordMaker:
    """Parses entries of one log into records."""

    def __init__(self) -> None:
        self._reader: StampReader = PLATFORM

    def make(self, entry: AssembledEntry) -> EntryRecord:
        """Return the record of an entry."""
        first = read_prefix(entry.lines[0], None)
        stamp = first.stamp or self._read_stamp(entry.lines[0])
        head = self._strip(entry.lines[0], first)
        children = first.children
        rest = [self._strip(line, read_prefix(line, children)) for line in entry.lines[1:]]
        text = "\n".join([head, *rest]) if rest else head
        found = _parse_head(entry.lines[0][first.end :], head)
        body = text.rstrip()
        data, start = _parse_data(body)
        if data is None and "\n" in body:
            data, start = _parse_data(head.rstrip())
        message = found.message
        if data is not None and start < len(head):
            # What is before the JSON, and a parenthesis around it.
            message = head[len(head) - len(message) : start].rstrip().removesuffix("(").rstrip()
        logger = found.logger
        if isinstance(data, dict) and start == len(head) - len(head.lstrip()):
            message = _first_text(data, MESSAGE_KEYS) or message
            logger = logger or _first_text(data, LOGGER_KEYS)
        return {
            "line": entry.first,
            "lines": len(entry.lines),
            "time": stamp,
            "level": entry.level.name if entry.level is not None else None,
            "logger": logger,
            "child": " -> ".join(child.name for child in first.children) or None,
            "message": message.strip(),
            "data": data,
            "text": text,
        }

    def time_of(self, entry: AssembledEntry) -> str | None:
        """Return when an entry was logged, as its record says."""
        return read_prefix(entry.lines[0], None).stamp or self._read_stamp(entry.lines[0])

    def _read_stamp(self, line: str) -> str | None:
        raw = line[:4096].lstrip("\ufeff").encode()
        stamp = self._reader.read(raw)
        if stamp is None:
            reader = detect_stamps(raw)
            if (stamp := reader.read(raw)) is not None:
                self._reader = reader
        return None if stamp is None else stamp.decode()

    def _strip(self, line: str, prefix: LinePrefix) -> str:
        if prefix.stamp is not None or self._reader.is_platform:
            return line[prefix.end :]
        return line[self._reader.width(line[:256].encode()) :]


class _Head(NamedTuple):
    logger: str | None
    message: str
    """The end of the line: what is neither stamp, level nor logger."""


_PREFIX = re.compile(
    r"\s*((?:[A-Z][\w.-]{0,80}(?<!Error)(?<!Exception)(?<!Warning))(?::[\w.-]{1,80}){0,6}): (?=\S)"
)
"""`CheerioCrawler:SessionPool: `, the prefixes of a JavaScript logger."""

_BASIC = re.compile(r":([\w.-]{1,200}):")
"""Python's logging.BASIC_FORMAT behind the level."""

_QUALIFIED = re.compile(
    r"\s*(?:[0-9]{1,9} --- (?:\[[^\]]{0,200}\] ?){1,3})?"
    r"([A-Za-z_$][\w$]{0,100}(?:(?:\.|::)[\w$]{1,100}){1,20}) {0,40}(?::|-) (?=\S)"
)
"""A class or module, with a colon or dash: Java's loggers, Rust's tracing."""

_BRACKETS = re.compile(r"\[([^\]\n]{1,200})\]")
_LOGURU = re.compile(r" {0,8}\| ([\w.<>]{1,200}):[\w<>.]{1,200}:[0-9]{1,9} - ")
_LOGFMT = re.compile(r'(?:^| )(msg|message|logger)=(?:"((?:[^"\\]|\\.)*)"|(\S*))')
_LEAD = " \t:|-]"
_WHOLE = frozenset(
    {
        *("npm's errors", "npm", "a piece of npm's", "JSON", "JSON, at any key", "BuildKit"),
        *("logfmt", "Chromium", "yarn", "a letter and a time"),
    }
)
"""Forms of which the level is a part of the message."""


def _parse_head(line: str, text: str) -> _Head:
    """Parse the first line of an entry, without the platform's stamp and child runs.

    `text` is the line without a stamp of any program, to which the message is the end.
    """
    found = _parse_line(line)
    if found is None or len(found.message) > len(text):
        return _Head(None, text.lstrip())
    return found


def _parse_line(line: str) -> _Head | None:
    """Parse a line; None for one without a level."""
    level = match_level(line)
    if level is None:
        return None
    if level.form == "logfmt":
        fields = {key: quoted or bare for key, quoted, bare in _LOGFMT.findall(line[:8192])}
        return _Head(fields.get("logger"), fields.get("msg") or fields.get("message") or line)
    if level.start == level.end or level.form in _WHOLE:
        return _Head(None, line[level.own_stamp :].lstrip())
    rest = line[level.end :]
    if level.form in ("bare", "bare, marked"):
        found = _BASIC.match(rest) or _PREFIX.match(rest.removeprefix(":"))
        if found is not None:
            offset = len(rest) - len(rest.removeprefix(":")) if found.re is _PREFIX else 0
            return _Head(found[1], rest[found.end() + offset :])
        return _Head(None, rest.lstrip(_LEAD))
    before = line[level.own_stamp : level.start]
    if level.form == "loguru" and (found := _LOGURU.match(rest)) is not None:
        return _Head(found[1], rest[found.end() :])
    if level.form == "between dashes":
        names = [name for name in before.split(" - ") if name.strip(" -")]
        return _Head(names[-1].strip(" -") if names else None, rest.lstrip(_LEAD))
    if level.form == "a name after its own stamp":
        name = before.rstrip(" :[").rpartition(" ")[2]
        return _Head(None if name.isdigit() else name, rest.lstrip(_LEAD))
    if level.form == "and seconds since the start":
        return _Head(None, rest.partition("]")[2].lstrip())
    if level.form == "Monolog":
        return _Head(before.rstrip("."), rest.lstrip(_LEAD))
    if level.form == "in brackets, with a time":
        inner, _, rest = rest.partition("]")
        return _Head(inner.strip(" /|") or None, rest.lstrip())
    if (found := _QUALIFIED.match(rest)) is not None:
        return _Head(found[1], rest[found.end() :])
    names = [name for name in _BRACKETS.findall(before) if not name[:1].isdigit()]
    if level.form == "Nest":
        names = []
        if (found := _BRACKETS.match(rest.lstrip())) is not None:
            return _Head(found[1], rest.lstrip()[found.end() :].lstrip())
    return _Head(names[-1].strip() if names else None, rest.lstrip(_LEAD))


def _first_text(data: dict[str, object], keys: Sequence[str]) -> str | None:
    """Return the first value of some keys that is a text and not empty."""
    return next((value for key in keys if isinstance(value := data.get(key), str) and value), None)


_DECODER = json.JSONDecoder(parse_constant=lambda _: None, strict=False)


def _parse_data(text: str) -> tuple[object, int]:
    """Return the JSON at the end of a text, and where it begins; None where there is none."""
    end = len(text)
    if text.endswith(")") and text[:-1].rstrip().endswith(("}", "]")):
        end = len(text[:-1].rstrip())
    if text[end - 1 : end] not in ("}", "]"):
        return None, end
    at = 0
    for _ in range(_TRIES):
        found = _BRACKET.search(text, at, end)
        if found is None:
            break
        at = found.start()
        try:
            data, stop = _DECODER.raw_decode(text, at)
        except (ValueError, RecursionError):
            at += 1
            continue
        if stop != end:
            at += 1
            continue
        if isinstance(data, dict) or (data and isinstance(data[0], (dict, str))):
            return data, at
        at += 1
    return None, end
