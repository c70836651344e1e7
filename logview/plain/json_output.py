"""Plain mode: entries as JSON, an object a line (`--json`). Imports no screen."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Protocol

from logview.log.entries.records import EntryAssembler, RecordMaker
from logview.text.escapes import separate_pieces
from logview.text.sanitize import visible

if TYPE_CHECKING:
    from collections.abc import Iterable

    from logview.log.entries.records import AssembledEntry
    from logview.secrets.masker import Masker

QUIET = 2.0
"""Seconds without news after which an entry that might go on is printed."""

BATCH = 400
"""Lines that are read between two turns of the event loop."""

LONGEST_LINE = 8 << 20
"""Bytes of a line that are held until it ends; of a longer one the rest is left out."""

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

    def __init__(self, descriptor: Writer, masker: Masker) -> None:
        self._descriptor = descriptor
        self._masker = masker
        self._entries = EntryAssembler()
        self._records = RecordMaker()
        self._held = bytearray()
        self._at_start = True
        self._skipping = False
        """Whether the unfinished line is too long, and what comes of it is left out."""
        self._long = b""
        """The beginning of that line."""

    async def log(self, data: bytes) -> None:
        """Take the next bytes of the log; print the entries that are complete."""
        self._held += data
        end = self._held.rfind(b"\n") + 1
        lines = bytes(self._held[:end]).split(b"\n")[:-1]
        del self._held[:end]
        if lines and self._skipping:
            lines[0] = self._long
            self._skipping = False
        if len(self._held) > LONGEST_LINE:
            if not self._skipping:
                self._long = bytes(self._held[:LONGEST_LINE])
            self._skipping = True
            self._held.clear()
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
        if self._held or self._skipping:
            await self.log(b"\n")

    async def _feed(self, lines: list[bytes]) -> None:
        text = visible(separate_pieces(b"\n".join(lines)))
        if self._at_start:
            self._at_start = False
            text = text.removeprefix("\ufeff")
        shown = self._masker.mask_text(text)
        await self._print(self._entries.feed(text.split("\n"), shown.split("\n")))

    async def _print(self, entries: Iterable[AssembledEntry]) -> None:
        written = [to_json(self._records.make(entry)) for entry in entries]
        if written:
            await self._descriptor.write("".join(written).encode())


_ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))


def to_json(record: object) -> str:
    """Return an object as a line of JSON that is safe to show on a terminal."""
    text = _ENCODER.encode(record)
    if text.isascii() and "\x7f" not in text:
        return text + "\n"
    return _UNSAFE.sub(lambda found: f"\\u{ord(found[0]):04x}", text) + "\n"
