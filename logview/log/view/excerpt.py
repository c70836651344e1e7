"""An excerpt: the text of some lines, read page by page, to be copied or saved."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from logview.log.time.locate import stamp_near
from logview.log.view.selection import END, Point
from logview.pending_reads import PendingReadError, until_read
from logview.text.escapes import boundary, separated_text
from logview.text.sanitize import visible

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from logview.log.store.document import LogDocument
    from logview.log.view.selection import Selection
    from logview.log.view.view import View

CONTEXT_CHARACTERS = 4_096
"""Characters before and after an excerpt that help to recognise secrets in it."""


LINES_ABOVE = 100
"""Lines above an excerpt in which a private key may have begun; the longest have about as many."""


PIECE = 256 * 1024
"""Bytes of a long line that are one piece."""

KEY = b"PRIVATE KEY"
"""In the lines between which a private key stands, however it is written (RFC 7468, RFC 9580)."""


class ExcerptPart(NamedTuple):
    """Some of an excerpt's lines, in order."""

    hidden: list[str]
    """The visible text of lines before them that are not shown, and begin or end a private key."""
    lines: list[bytes]
    continued: bool = False
    """Whether the last of its lines goes on in the next part: a long line comes in pieces."""


class ApartLines:
    """Lines between which others stand, as a view that shows these only."""

    def __init__(self, document: LogDocument, lines: Sequence[int]) -> None:
        self._document = document
        self._lines = lines

    def shown_before(self, line: int) -> int:
        """Return how many of the lines are above a line."""
        return bisect_left(self._lines, line)

    def shown_line(self, index: int) -> int:
        """Return the line of an index."""
        return self._lines[index]

    def is_shown(self, line: int) -> bool:
        """Return whether a line is one of them."""
        at = bisect_left(self._lines, line)
        return at < len(self._lines) and self._lines[at] == line

    def mask_read(self, number: int) -> int:
        """Return the lines on a page: bit n for line n."""
        first = self._document.first_line_of(number)
        low, high = (self.shown_before(first + n) for n in (0, self._document.count_of(number)))
        return sum(1 << (line - first) for line in self._lines[low:high])


@dataclass(frozen=True, slots=True)
class Excerpt:
    """The lines from one place to another; with `view` only those that it shows."""

    document: LogDocument
    start: Point
    stop: Point
    view: View | ApartLines | None = None

    @property
    def line_count(self) -> int:
        """How many lines it has."""
        first, end = self.start.line, self.stop.line + 1
        if self.view is None:
            return max(0, end - first)
        return max(0, self.view.shown_before(end) - self.view.shown_before(first))

    def parts(self) -> Iterator[ExcerptPart]:
        r"""Return its lines as they were received, without `\n`, a page at a time or less.

        The first and the last line are cut to what the excerpt has of them;
        then they are the visible text. What has come since it began is left
        out. Where no line of a page is shown, and each time that a read is pending,
        the part is empty. A line that is read in parts comes in pieces of up to
        `PIECE` bytes.
        """
        document = self.document
        first = max(self.start.line, document.first_line)
        last = min(self.stop.line, document.end_line - 1)
        hidden: list[str] = []
        continued = False
        while first <= last:
            # Page by page as they are now: what was one at first may have become several.
            number = document.page_of(first)
            begin = document.first_line_of(number)
            try:
                mask = -1 if self.view is None else self.view.mask_read(number)
                is_long = document.long_size(first) > 0
                data = b"" if is_long and mask else document.page_data(number)
            except PendingReadError:
                yield ExcerptPart([], [])
                continue
            if is_long and mask:
                for found in self._pieces(first):
                    if found is None:
                        yield ExcerptPart([], [], continued)
                        continue
                    piece, continued = found
                    yield ExcerptPart(hidden, [piece], continued)
                    hidden = []
                first += 1
                continue
            end = begin + document.count_of(number)
            hides_keys = mask != -1 and KEY in data
            part: list[bytes] = []
            if mask or hides_keys:
                lines = data.removesuffix(b"\n").split(b"\n")
                for line in range(first, min(end, last + 1)):
                    text = lines[line - begin]
                    if mask >> (line - begin) & 1:
                        part.append(self._cut(line, text))
                    elif hides_keys and KEY in text:
                        if part:
                            yield ExcerptPart(hidden, part)
                            hidden, part = [], []
                        hidden.append(visible(text))
            yield ExcerptPart(hidden if part else [], part)
            hidden = [] if part else hidden
            first = end

    @property
    def long_lines_size(self) -> int:
        """How many bytes those of its lines have that are read in parts."""
        document, size = self.document, 0
        first = max(self.start.line, document.first_line)
        last = min(self.stop.line, document.end_line - 1)
        while first <= last:
            number = document.page_of(first)
            if document.long_size(first) and (self.view is None or self.view.is_shown(first)):
                start, stop = self._span(first)
                size += min(stop, document.long_size(first)) - start
            first = document.first_line_of(number) + document.count_of(number)
        return size

    def text(self) -> str:
        r"""Return all of its visible text, its lines joined with `\n`."""
        pieces = []
        for part in self.parts():
            for line in part.lines:
                pieces += [separated_text(line), "\n"]
            if part.continued and part.lines:
                pieces.pop()
        return "".join(pieces[:-1])

    def _span(self, line: int) -> tuple[int, int]:
        """Return from where to where a line belongs to the excerpt."""
        start = self.start.character if line == self.start.line else 0
        stop = self.stop.character if line == self.stop.line else END
        return start, stop

    def _pieces(self, line: int) -> Iterator[tuple[bytes, bool] | None]:
        """Return what the excerpt has of a long line in pieces, and whether another one follows.

        None each time that a read is pending.
        """
        document = self.document
        start, stop = self._span(line)
        size = yield from until_read(partial(document.long_size, line))
        is_cut = start > 0 or stop < size
        stop = min(stop, size)
        rest = b""
        for at in range(start, max(stop, start + 1), PIECE):
            read = partial(document.read_line, line, at, min(PIECE, stop - at))
            data = rest + (yield from until_read(read))
            continued = at + PIECE < stop
            # No piece ends within a character or a control sequence.
            end = boundary(data, len(data) - 1) if continued else len(data)
            piece, rest = data[:end], data[end:]
            yield separated_text(piece).encode() if is_cut else piece, continued

    def _cut(self, line: int, data: bytes) -> bytes:
        """Return what the excerpt has of a line."""
        start, stop = self._span(line)
        if start == 0 and stop >= END:
            return data
        return separated_text(data, start, stop).encode()

    def context(self) -> tuple[str, str]:
        """Return the visible text before it in its first line, and behind it in its last one.

        `CONTEXT_CHARACTERS` characters of each at most; nothing for a line that is not shown.
        """
        return self._rest(self.start)[-CONTEXT_CHARACTERS:], self._rest(self.stop, after=True)[
            :CONTEXT_CHARACTERS
        ]

    def lines_above(self) -> list[str]:
        """Return the visible text of up to `LINES_ABOVE` lines above it, shown or not."""
        document, line = self.document, self.start.line
        return [
            document.line_text(number)
            for number in range(max(document.first_line, line - LINES_ABOVE), line)
            if number < document.end_line
        ]

    def _rest(self, place: Point, *, after: bool = False) -> str:
        document, (line, character) = self.document, place
        if not document.first_line <= line < document.end_line:
            return ""
        if self.view is not None and not self.view.is_shown(line):
            return ""
        if character >= END if after else not character:
            return ""
        if document.long_size(line):
            size = 4 * CONTEXT_CHARACTERS
            start = character if after else max(0, character - size)
            size = size if after else character - start
            return visible(document.read_line(line, start, size))
        text = document.line_text(line)
        return text[character:] if after else text[:character]

    @property
    def ends(self) -> tuple[int, int]:
        """The first and the last of its lines; there has to be one."""
        first, last = self.start.line, self.stop.line
        if self.view is None:
            return first, last
        view = self.view
        last = view.shown_line(view.shown_before(last + 1) - 1)
        return view.shown_line(view.shown_before(first)), last

    def stamps(self) -> tuple[bytes, bytes] | None:
        """Return the stamps at its first and its last line, or above them; None without any."""
        first, last = (stamp_near(self.document, line) for line in self.ends)
        return None if first is None or last is None else (first, last)


def selected(selection: Selection, view: View) -> Excerpt:
    """Return what is selected, of what is shown."""
    return Excerpt(view.document, selection.start, selection.stop, view)


def whole_lines(document: LogDocument, lines: Sequence[int], view: View | None = None) -> Excerpt:
    """Return lines as a whole; there has to be one at least. Of a range what `view` shows."""
    shown = view if isinstance(lines, range) else ApartLines(document, lines)
    return Excerpt(document, Point(lines[0], 0), Point(lines[-1], END), shown)
