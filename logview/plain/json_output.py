"""Plain mode: entries as JSON, an object a line (`--json`). Imports no screen."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Protocol

from logview.log.entries.records import EntryAssembler, RecordMaker
from logview.log.patterns.shapes import ShapeTable, entry_head
from logview.plain.filters import Filters, LeftOut, Sieve, moment_of
from logview.text.escapes import separate_pieces
from logview.text.lanes import split_lane
from logview.text.line_splitter import LineSplitter
from logview.text.sanitize import visible

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

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

    def __init__(
        self,
        descriptor: Writer,
        masker: Masker,
        lane: str | None = None,
        filters: Filters | None = None,
        sieve: Sieve | None = None,
    ) -> None:
        """Print the entries of one log that `filters` let through, by a `sieve` if there is one.

        `lane` is the log's name among several.
        """
        self._descriptor = descriptor
        self._masker = masker
        self._lane = lane
        self._filters = filters
        self._sieve = sieve
        self._moment: int | None = None
        """When the last entry was logged."""
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
        if self._sieve is not None and self._filters is not None:
            await self._print_through(some, self._filters, self._sieve)
            return
        written = self._objects(some)
        if written:
            await self._descriptor.write("".join(written).encode())

    async def _print_through(
        self, entries: Sequence[AssembledEntry], filters: Filters, sieve: Sieve
    ) -> None:
        matching = [
            entry
            for entry in entries
            if filters.passes(entry.level) and filters.matching(entry.lines, entry.first)
        ]
        passed = {entry.first for entry in matching}
        objects = iter(self._objects(matching))
        for entry in entries:
            moment = moment_of(self._records.time_of(entry))
            if moment is not None:
                self._moment = moment
                sieve.see(moment)
            if entry.first in passed:
                await sieve.add(self._moment, next(objects).encode(), len(entry.lines))

    def _objects(self, some: Sequence[AssembledEntry]) -> list[str]:
        heads = [entry_head(entry.lines, entry.level) for entry in some]
        numbers = self._shapes.add(heads, [entry.level for entry in some])
        return [
            to_json({**self._record(entry), "template": self._shapes.shapes[number].text})
            for entry, number in zip(some, numbers, strict=True)
        ]

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

    def __init__(
        self,
        descriptor: Writer,
        make_masker: Callable[[], Masker],
        filters: Filters | None = None,
        sieve: Sieve | None = None,
    ) -> None:
        self._descriptor = descriptor
        self._make_masker = make_masker
        self._filters, self._sieve = filters, sieve
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
                self._lanes[lane] = JsonOutput(
                    self._descriptor, self._make_masker(), lane, self._filters, self._sieve
                )
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


class FilteredJsonOutput:
    """Standard output as a place for the entries that filters let through, as JSON.

    Where `--max-bytes` leaves some out, the last object says how many.
    """

    def __init__(
        self,
        descriptor: Writer,
        make_masker: Callable[[], Masker],
        filters: Filters,
        report: Callable[[str], None],
        *,
        several: bool,
    ) -> None:
        self._sieve = Sieve(filters, descriptor.write, report, _left_out)
        self._inner: JsonOutput | LanesJsonOutput
        if several:
            self._inner = LanesJsonOutput(descriptor, make_masker, filters, self._sieve)
        else:
            self._inner = JsonOutput(descriptor, make_masker(), filters=filters, sieve=self._sieve)

    @property
    def flush_after(self) -> float | None:
        """Seconds of quiet after which `flush_partial` should be called; None for never."""
        return self._inner.flush_after

    async def log(self, data: bytes) -> None:
        """Take the next bytes of the log."""
        await self._inner.log(data)

    async def flush_partial(self) -> None:
        """Print the last entry, though it may go on."""
        await self._inner.flush_partial()

    async def end_line(self) -> None:
        """Do nothing: messages go elsewhere."""

    async def break_line(self) -> None:
        """End the entries: lines are missing here."""
        await self._inner.break_line()

    async def finish(self) -> None:
        """Print everything that is held, and what was left out."""
        await self._inner.finish()
        await self._sieve.finish()


def _left_out(what: LeftOut) -> bytes:
    record = {"entries": what.pieces, "lines": what.lines, "bytes": what.size}
    return to_json({"left_out": record}).encode()


_ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))


def to_json(record: object) -> str:
    """Return an object as a line of JSON that is safe to show on a terminal."""
    text = _ENCODER.encode(record)
    if text.isascii() and "\x7f" not in text:
        return text + "\n"
    return _UNSAFE.sub(lambda found: f"\\u{ord(found[0]):04x}", text) + "\n"
