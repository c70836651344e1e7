"""Export: what of a log goes into a file, as generators of bytes. Pure: no loop, no screen, no log.

`LogDocument` and `Excerpt` fit the protocols. Both generators read the log
while they are consumed, so it may grow meanwhile; read all lines of a file
(`document.unindexed` is 0) first. They yield empty bytes where nothing came of
some reading, or a read is pending, so that the event loop gets its turn. Use:

    masker = Masker(token, enabled=masked)
    lines = MaskedLines(masker, clean=not raw)
    pieces = export_pages(document, document.size)       # everything
    pieces = export_excerpt(excerpt, masker)             # a selection, what is shown
    saved = await save(path, lines.mask_pieces(pieces))
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Protocol, TypeVar

from logview.pending_reads import until_read
from logview.text.escapes import separated_text

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable, Iterator, Sequence

    from logview.secrets.masker import Masker

T = TypeVar("T")

PIECE = 128 * 1024
"""Bytes of a page above which it is exported in pieces: it is one long line."""


class ExportedPage(Protocol):
    """Where a page stands in the log."""

    @property
    def start(self) -> int:
        """Offset of its first byte."""
        ...

    @property
    def size(self) -> int:
        """Length in bytes."""
        ...


class ExportedLog(Protocol):
    """A log in pages; the last one may grow."""

    @property
    def first_page(self) -> int:
        """Number of the first page."""
        ...

    @property
    def end_page(self) -> int:
        """Number after that of the last page."""
        ...

    def page(self, number: int, /) -> ExportedPage:
        """Return where a page stands."""
        ...

    def page_data(self, number: int, /) -> bytes:
        """Return the bytes of a page of up to `PIECE` bytes. Raises OSError."""
        ...

    def read(self, start: int, length: int, /) -> bytes:
        """Return bytes by their offset in the log. Raises OSError."""
        ...


class ExportedExcerpt(Protocol):
    """Some lines of a log; the first and the last may be cut."""

    def lines_above(self) -> Sequence[str]:
        """Return visible lines above the first one, where a private key may begin."""
        ...

    def context(self) -> tuple[str, str]:
        """Return what is cut off the first line at its start, and off the last at its end."""
        ...

    def parts(self) -> Iterable[tuple[list[str], list[bytes], bool]]:
        """Yield lines, a page at a time, each with the hidden lines before them.

        The third value is whether the last line goes on in the next part. Raises OSError.
        """
        ...


def export_pages(log: ExportedLog, end: int) -> Iterator[bytes]:
    """Yield the first `end` bytes of a log, a page at a time. Raises OSError.

    A line that a gap has cut off gets a line break.
    """
    number, cut, at = log.first_page, False, 0
    while number < log.end_page and (page := log.page(number)).start < end:
        start, size = page.start, page.size
        if cut and at <= start:
            yield b"\n"
        stop = min(start + size, end)
        begin = max(at, start)  # the rest of a page that was still growing just now
        if size <= PIECE:
            data = yield from _waiting(partial(log.page_data, number))
            data = data[begin - start : stop - start]
            yield data
        else:
            for offset in range(begin, stop, PIECE):
                data = yield from _waiting(partial(log.read, offset, min(PIECE, stop - offset)))
                yield data
        cut = not data.endswith(b"\n")
        at = max(at, stop)
        number += 1


def export_excerpt(excerpt: ExportedExcerpt, masker: Masker) -> Iterator[bytes]:
    """Yield the lines of an excerpt, each with a line break, a page at a time. Raises OSError.

    Cut lines are masked here, by what the whole line says; mask the others with
    the same masker.
    """
    masker.read_preceding((yield from _waiting(excerpt.lines_above)))
    before, after = yield from _waiting(excerpt.context)
    held: list[bytes] = []  # only when no lines follow it is the last line known
    line_end = b"\n"
    for hidden, lines, continued in excerpt.parts():
        if not lines:
            yield b""
            continue
        if held:
            if before:
                held[0] = _mask_part(masker, before, held[0], "")
                before = ""
            yield b"\n".join(held) + line_end
        masker.skip_lines(hidden)
        held, line_end = lines, b"" if continued else b"\n"
    if held:
        if before and len(held) > 1:
            held[0] = _mask_part(masker, before, held[0], "")
            before = ""
        if before or after:
            held[-1] = _mask_part(masker, before, held[-1], after)
        yield b"\n".join(held) + b"\n"


def _waiting(call: Callable[[], T]) -> Generator[bytes, None, T]:
    """Call until no read is pending, with empty bytes for each time that one is."""
    steps = until_read(call)
    while True:
        try:
            next(steps)
        except StopIteration as end:
            result: T = end.value
            return result
        yield b""


def _mask_part(masker: Masker, before: str, part: bytes, after: str) -> bytes:
    """Return the visible text of a part of a line, masked by what the whole line says."""
    text = separated_text(part)
    whole = f"{before}{text}{after}"
    return masker.mask_line(whole, len(before), len(before) + len(text)).encode()
