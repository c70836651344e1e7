"""Plain mode: entries as JSON, an object a line (`--json`). Imports no screen."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Protocol

from logview.log.entries.records import EntryAssembler, RecordMaker
from logview.log.patterns.shapes import ShapeTable, entry_head
from logview.text.escapes import separate_pieces
from logview.text.lanes import split_lane
from logview.text.line_splitter import LineSplitter
from logview.text.sanitize import visible

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from logview.log.entries.records import AssembledEntry, EntryRecord
    from logview.secrets.masker import Masker

QUIET = 2.0
"""Seconds without news after which an entry that might go on is printed."""

BATCH = 400
"""Lines that are read between two turns of the event loop."""

_UNSAFE = re.compile("[\x7f-\x9f\u2028-\u202e\u2066-\u2069\ufeff\ud800-\udfff]")
"""What JSON may hold as it is, and a terminal or a reader of lines may take amiss."""


class Writer(Protocol):
    """Standard output."""

    async def write(self, data: bytes) -> None:
        """Write all of it."""
        ...


class JsonOutput:
    """Standard output as a place for the entries of a log, as JSON."""

    flush_after: float | None = None

    def __init__(self, descriptor: Writer, masker: Masker, lane: str | None = None) -> None:
        """Print the entries of one log, and `lane` as its name among several."""
        self._descriptor = descriptor
        self._masker = masker
        self._lane = lane
        self._entries = EntryAssembler()
        self._records = RecordMaker()
        self._shapes = ShapeTable()
        self._splitter = LineSplitter()
        self._at_start = True

    async def log(self, data: bytes) -> None:
        """Take the next bytes of the log; print the entries that are complete."""
        await self._feed_all(self._splitter.feed(data))

    async def _feed_all(self, lines: list[bytes]) -> None:
        for at in range(0, len(lines), BATCH):
            await self._feed(lines[at : at + BATCH])
        self.flush_after = None if self._entries.is_empty else QUIET

    async def flush_partial(self) -> None:
        """Print the last entry, though it may go on."""
        self.flush_after = None
        await self._print(self._entries.flush())

    async def end_line(self) -> None:
        """Do nothing: messages go elsewhere."""

    async def break_line(self) -> None:
        """End an unfinished line and its entry: lines are missing here."""
        await self._end_last_line()
        await self._print(self._entries.break_entry())

    async def finish(self) -> None:
        """Print everything that is held."""
        await self._end_last_line()
        await self._print(self._entries.flush())

    async def _end_last_line(self) -> None:
        await self._feed_all(self._splitter.finish())

    async def _feed(self, lines: list[bytes]) -> None:
        text = visible(separate_pieces(b"\n".join(lines)))
        if self._at_start:
            self._at_start = False
            text = text.removeprefix("\ufeff")
        shown = self._masker.mask_text(text)
        await self._print(self._entries.feed(text.split("\n"), shown.split("\n")))

    async def _print(self, entries: Iterable[AssembledEntry]) -> None:
        some = list(entries)
        heads = [entry_head(entry.lines, entry.level) for entry in some]
        numbers = self._shapes.add(heads, [entry.level for entry in some])
        written = [
            to_json({**self._record(entry), "template": self._shapes.shapes[number].text})
            for entry, number in zip(some, numbers, strict=True)
        ]
        if written:
            await self._descriptor.write("".join(written).encode())

    def _record(self, entry: AssembledEntry) -> EntryRecord:
        record = self._records.make(entry)
        if self._lane is not None:
            child = record["child"]
            record["child"] = f"{self._lane} -> {child}" if child else self._lane
        return record


class LanesJsonOutput:
    """Standard output as a place for the entries of several logs that come merged, as JSON.

    Lines are numbered, and grouped to entries, as in each one's own log.
    """

    def __init__(self, descriptor: Writer, make_masker: Callable[[], Masker]) -> None:
        self._descriptor = descriptor
        self._make_masker = make_masker
        self._lanes: dict[str | None, JsonOutput] = {}

    @property
    def flush_after(self) -> float | None:
        """Seconds of quiet after which `flush_partial` should be called; None for never."""
        waits = (output.flush_after for output in self._lanes.values())
        return min((wait for wait in waits if wait is not None), default=None)

    async def log(self, data: bytes) -> None:
        """Take the next lines, each with its prefix."""
        lines = data.split(b"\n")[:-1]
        for at in range(0, len(lines), BATCH):  # nearly in the order in which they come
            await self._feed(lines[at : at + BATCH])

    async def _feed(self, merged: list[bytes]) -> None:
        lines: dict[str | None, list[bytes]] = {}
        for line in merged:
            lane, rest = split_lane(line)
            lines.setdefault(lane, []).append(rest)
        for lane, own in lines.items():
            if lane not in self._lanes:
                self._lanes[lane] = JsonOutput(self._descriptor, self._make_masker(), lane)
            await self._lanes[lane].log(b"\n".join([*own, b""]))

    async def flush_partial(self) -> None:
        """Print the last entry of each log, though it may go on."""
        for output in self._lanes.values():
            if output.flush_after is not None:
                await output.flush_partial()

    async def end_line(self) -> None:
        """Do nothing: messages go elsewhere."""

    async def break_line(self) -> None:
        """End the entries: lines are missing here."""
        for output in self._lanes.values():
            await output.break_line()

    async def finish(self) -> None:
        """Print everything that is held."""
        for output in self._lanes.values():
            await output.finish()


_ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))


def to_json(record: object) -> str:
    """Return an object as a line of JSON that is safe to show on a terminal."""
    text = _ENCODER.encode(record)
    if text.isascii() and "\x7f" not in text:
        return text + "\n"
    return _UNSAFE.sub(lambda found: f"\\u{ord(found[0]):04x}", text) + "\n"
