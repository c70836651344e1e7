"""Sources: the bytes of another source as UTF-8, where they begin with a byte order mark.

Windows' programs write UTF-16 with a mark, and UTF-8 with one that would hide
the stamp and the level of the first line. What is compressed is named instead
of shown.
"""

from __future__ import annotations

import codecs
import shlex
from contextlib import aclosing
from typing import TYPE_CHECKING

from logview.sources.background_reads import read_stored
from logview.sources.events import Connecting, Ended, Extended, Failed, Gap, Problem, Received

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, AsyncIterator

    from logview.sources.events import Event, Source

CHUNK = 1 << 20
"""Bytes that are decoded at a time."""

_MARKS = (
    (b"\xff\xfe\x00\x00", "utf-32-le"),
    (b"\x00\x00\xfe\xff", "utf-32-be"),
    (b"\xff\xfe", "utf-16-le"),
    (b"\xfe\xff", "utf-16-be"),
    (codecs.BOM_UTF8, "utf-8"),
)
_COMPRESSED = (
    (b"\x1f\x8b", "gzip", "gunzip -c"),
    (b"\x28\xb5\x2f\xfd", "zstd", "zstd -dc"),
    (b"\xfd7zXZ\x00", "xz", "xz -dc"),
    (b"BZh", "bzip2", "bunzip2 -c"),
    (b"PK\x03\x04", "zip", "unzip -p"),
)
_HEADS = (*(mark for mark, _ in _MARKS), *(magic for magic, _, _ in _COMPRESSED))
_LONGEST = max(map(len, _HEADS))


class CompressedError(Exception):
    """The bytes are compressed: `kind` names how, `command` unpacks them."""

    def __init__(self, kind: str, command: str) -> None:
        super().__init__(kind)
        self.kind = kind
        self.command = command


class TextDecoder:
    """Turns the bytes of a text, which come cut anywhere, into UTF-8.

    What has no mark stays as it is, byte for byte. With `keep_mark` so does UTF-8
    that has one.
    """

    def __init__(self, *, keep_mark: bool = False) -> None:
        self._keep_mark = keep_mark
        self._head: bytes | None = b""
        """The first bytes while they may still become a mark; None once that is known."""
        self._decoder: codecs.IncrementalDecoder | None = None

    def feed(self, data: bytes) -> bytes:
        """Return the next bytes in UTF-8. Raises CompressedError."""
        if self._head is not None:
            data = self._head + data
            if any(head.startswith(data) and head != data for head in _HEADS):
                self._head = data
                return b""
            data = self._begin(data)
        return self._decode(data, final=False)

    def finish(self) -> bytes:
        """Return what was held back: the text is over."""
        data, self._head = self._head or b"", None
        return self._decode(data, final=True)

    @property
    def is_undecided(self) -> bool:
        """Whether it is not known yet what the bytes are."""
        return self._head is not None

    @property
    def is_plain(self) -> bool:
        """Whether all further bytes stay as they are."""
        return self._head is None and self._decoder is None

    def _begin(self, data: bytes) -> bytes:
        """Read the mark that a text begins with; return what is behind it."""
        self._head = None
        for magic, kind, command in _COMPRESSED:
            if data.startswith(magic):
                raise CompressedError(kind, command)
        for mark, encoding in _MARKS:
            if data.startswith(mark):
                if encoding != "utf-8":
                    self._decoder = codecs.getincrementaldecoder(encoding)("replace")
                elif self._keep_mark:
                    break
                return data[len(mark) :]
        return data

    def _decode(self, data: bytes, *, final: bool) -> bytes:
        if self._decoder is None:
            return data
        return self._decoder.decode(data, final).encode("utf-8", "replace")


class DecodedSource:
    """The events of another source, its bytes as UTF-8; `name` is what it is called."""

    def __init__(self, source: Source, name: str, *, keep_mark: bool = False) -> None:
        self._source = source
        self._name = name
        self._keep_mark = keep_mark
        self._decoder = TextDecoder(keep_mark=keep_mark)
        self._refused = False

    def retry(self) -> None:
        """Pass on the request to retry."""
        self._source.retry()

    def stats(self) -> list[tuple[str, str]]:
        """Return what the other source has counted."""
        return self._source.stats()

    async def events(self) -> AsyncGenerator[Event, None]:
        """Yield the other source's events; for bytes that are compressed `Failed`, once."""
        iterator = self._source.events()
        try:
            async for event in iterator:
                async with aclosing(self._decoded(event)) as events:
                    async for decoded in events:
                        yield decoded
        finally:
            await _close(iterator)

    async def _decoded(self, event: Event) -> AsyncGenerator[Event, None]:
        if isinstance(event, (Gap, Connecting)):
            self._refused = False
        if isinstance(event, (Gap, Ended, Failed)) and (rest := self._decoder.finish()):
            yield Received(rest)
        if isinstance(event, Gap):  # a file begins anew behind it
            self._decoder = TextDecoder(keep_mark=self._keep_mark)
        if self._refused and isinstance(event, (Received, Extended, Ended)):
            return
        try:
            if isinstance(event, Received):
                if data := self._decoder.feed(event.data):
                    yield Received(data)
            elif isinstance(event, Extended) and not self._decoder.is_plain:
                async with aclosing(self._extended(event)) as events:
                    async for decoded in events:
                        yield decoded
            else:
                yield event
        except CompressedError as error:
            self._refused = True
            yield Failed(self._problem(error))

    async def _extended(self, event: Extended) -> AsyncGenerator[Event, None]:
        """Decode bytes that a store has; those that stay as they are stay there."""
        at, end = event.start, event.start + event.length
        while at < end and not self._decoder.is_plain:
            size = _LONGEST if self._decoder.is_undecided else CHUNK
            data = await read_stored(event.store, at, min(size, end - at))
            if not data:
                return
            at += len(data)
            decoded = self._decoder.feed(data)
            if self._decoder.is_plain:  # the first bytes were looked at only
                at -= len(decoded)
            elif decoded:
                yield Received(decoded)
        if at < end:
            yield Extended(event.store, at, end - at)

    def _problem(self, error: CompressedError) -> Problem:
        if self._name:
            name = shlex.quote(self._name)
            remedy = f"Unpack it on the way: {error.command} {name} | logview -"
            cause = f"{self._name} is compressed ({error.kind})."
        else:
            remedy = f"Unpack it on the way: … | {error.command} | logview -"
            cause = f"What comes on standard input is compressed ({error.kind})."
        return Problem(cause, "logview reads text.", remedy, kind="compressed")


async def _close(iterator: AsyncIterator[Event]) -> None:
    close = getattr(iterator, "aclose", None)
    if close is not None:
        await close()
