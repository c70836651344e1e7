"""Log: an excerpt. The text of some lines, taken page by page, for whoever copies or saves it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from logview.log.ansi import visible
from logview.log.selection import END, Point
from logview.log.stamps import stamp_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from logview.log.choice import Choice
    from logview.log.document import LogDocument
    from logview.log.selection import Selection


@dataclass(frozen=True, slots=True)
class Excerpt:
    """The lines from one place to another; with `choice` only those that it shows."""

    document: LogDocument
    start: Point
    stop: Point
    choice: Choice | None = None

    @property
    def line_count(self) -> int:
        """How many lines it has."""
        first, end = self.start.line, self.stop.line + 1
        if self.choice is None:
            return max(0, end - first)
        return max(0, self.choice.shown_before(end) - self.choice.shown_before(first))

    def pages(self) -> Iterator[list[bytes]]:
        r"""Give its lines as they were received, without `\n`, a page at a time.

        The first and the last line are cut to what the excerpt has of them;
        then they are the visible text. What has come since it began is left out.
        """
        document = self.document
        first = max(self.start.line, document.first_line)
        last = min(self.stop.line, document.end_line - 1)
        if first > last:
            return
        for number in range(document.page_of(first), document.page_of(last) + 1):
            begin = document.first_line_of(number)
            lines = document.page_data(number).removesuffix(b"\n").split(b"\n")
            mask = -1 if self.choice is None else self.choice.mask_read(number)
            numbered = range(begin, min(begin + len(lines), last + 1))
            yield [
                self._cut(line, lines[line - begin])
                for line in numbered
                if line >= first and mask >> (line - begin) & 1
            ]

    def texts(self) -> Iterator[list[str]]:
        """Give the visible text of its lines, a page at a time."""
        for page in self.pages():
            yield [visible(line) for line in page]

    def text(self) -> str:
        r"""Give all of its visible text, its lines joined with `\n`."""
        return "\n".join(line for page in self.texts() for line in page)

    def _cut(self, line: int, data: bytes) -> bytes:
        start = self.start.character if line == self.start.line else 0
        stop = self.stop.character if line == self.stop.line else END
        if start == 0 and stop >= END:
            return data
        return visible(data)[start:stop].encode()

    def stamps(self) -> tuple[bytes, bytes] | None:
        """Give the stamps of its first and its last line; None where either has none."""
        ends = (stamp_of(self.document.line(p.line)) for p in (self.start, self.stop))
        first, last = ends
        return None if first is None or last is None else (first, last)


def selected(selection: Selection, choice: Choice) -> Excerpt:
    """Give what is selected, of what is shown."""
    return Excerpt(choice.document, selection.start, selection.stop, choice)


def whole_lines(document: LogDocument, lines: range, choice: Choice | None = None) -> Excerpt:
    """Give lines as a whole; there has to be one at least."""
    return Excerpt(document, Point(lines.start, 0), Point(lines.stop - 1, END), choice)
