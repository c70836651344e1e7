"""Sanitize outside bytes before a terminal or a clipboard reads them.

The display form (`display`) keeps colour and draws everything else visibly; the text form
(`visible`, `clean`, `label`) keeps no control characters. What each class of character becomes:

| in the log                                       | display              | text     |
|--------------------------------------------------|----------------------|----------|
| colours and attributes (SGR), but conceal        | spans                | removed  |
| every other escape sequence, see `text.escapes`   | removed              | removed  |
| tab                                              | spaces to the stop   | kept     |
| CR at the line's end                             | removed              | removed  |
| CR within the line, where what follows overwrites| the last state, `…␍` | removed  |
| other C0 controls, DEL, other CR within the line | their picture, ␀ … ␡ | removed  |
| other C1 controls (NEL: ␤)                       | �                    | removed  |
| embeddings, overrides, isolates of direction     | their name, `‹RLO›`  | removed  |
| U+2028, U+2029                                   | ␤                    | kept     |
| spaces of other widths, Hangul fillers           | one or two spaces    | kept     |
| invisible format characters, tags, BOM, U+00AD   | removed              | kept     |
| other format characters, private use, unassigned | �                    | kept     |
| U+200D between emoji, three to an emoji; U+200C  | kept                 | kept     |
| combining marks, eight to a character            | kept                 | kept     |
| U+200D elsewhere, marks and skin tones without   | removed              | kept     |
| a character to carry them, further marks         |                      |          |
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from logview.text.cells import ZWJ, char_cells
from logview.text.escapes import ESCAPE, SGR, boundary, clean, is_clean, visible
from logview.text.glyphs import LineRenderer, is_simple
from logview.text.redirects import ARROW, BARE, MOST, NAMED
from logview.text.sgr import PLAIN, Color, Sgr, apply, drawn

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = [
    "PLAIN",
    "Color",
    "DisplayLine",
    "Sgr",
    "clean",
    "display",
    "is_clean",
    "label",
    "visible",
]

MAX_SPANS = 4_096
"""Stretches of colour drawn in one line; what comes after is plain."""

EXACT = 1 << 18
"""Bytes of a clipped line's rest up to which `clipped` is exact whatever is in them."""


_BREAKS = re.compile(r"[\t\n\x0b\x0c\r\x85\u2028\u2029]+")


@dataclass(frozen=True, slots=True)
class DisplayLine:
    """The display form of one line.

    `text` holds printable characters only (and U+200C, U+200D where they shape what is around
    them); `spans` are (start, end, style) over `text`, ordered, not overlapping, none plain.
    `offsets[i]` is where in `text` the i-th character of the visible text is drawn, with one entry
    more for the end; None where every character is at its own index. `clipped` counts the
    characters of the visible text that are not in `text`; 0 is none.
    """

    text: str
    spans: tuple[tuple[int, int, Sgr], ...] = ()
    offsets: tuple[int, ...] | None = None
    clipped: int = 0

    @property
    def shown(self) -> int:
        """Characters of the visible text that are in `text`, from its start."""
        return len(self.text) if self.offsets is None else len(self.offsets) - 1

    def column(self, character: int) -> int:
        """The index in `text` of a character of the visible text; its end for what is clipped."""
        character = max(0, min(character, self.shown))
        return character if self.offsets is None else self.offsets[character]

    def character(self, column: int) -> int:
        """The character of the visible text that is drawn at an index in `text`.

        Within a tab it is the tab; on the picture of a character that the visible text lacks, it is
        the character before it.
        """
        column = max(0, min(column, len(self.text)))
        if self.offsets is None:
            return column
        return max(bisect_right(self.offsets, column) - 1, 0)

    def ranges(self, start: int, end: int) -> Sequence[tuple[int, int]]:
        """Return where in `text` some characters of the visible text are drawn."""
        return ((self.column(start), self.column(end)),)

    @property
    def is_coloured(self) -> bool:
        """Whether the line sets colours or attributes itself."""
        return bool(self.spans)


def display(line: bytes, *, tab_size: int = 8, limit: int = 20_000) -> DisplayLine:
    r"""Return a line, without its `\n`, in its display form.

    Every line starts plain: no colour comes from the line before. At most `limit` characters are
    drawn, and at most `8 * limit` bytes looked at for them, so a line of nearly nothing but escape
    sequences shows less. `clipped` is exact, except where the rest is more than `EXACT` bytes and
    not clean: there it counts the characters of escape sequences and controls too.
    """
    if line.endswith(b"\r"):
        line = line.rstrip(b"\r")
    cut = boundary(line, 8 * limit)
    text = line[:cut].decode("utf-8", "replace")
    if "\r" in text and (state := _last_state(text, whole=cut == len(line))) is not None:
        shown = _draw(text, tab_size, limit, state)
    else:
        shown = _display(text, tab_size, limit)
    if cut == len(line):
        return shown
    return replace(shown, clipped=shown.clipped + _count(line, cut))


def label(text: str, limit: int = 200) -> str:
    """Return outside text as one line of at most `limit` characters, for titles and messages.

    White space of any kind becomes single spaces; controls and invisible characters go; a longer
    text ends in `…`.
    """
    # What is looked at is bounded; who hides a title behind more than that loses it.
    text = ESCAPE.sub("", text[: 64 * limit + 1_024])
    text = clean(_BREAKS.sub(" ", text))
    drawable = LineRenderer(8).append(" ".join(text.split())).text()
    line = " ".join(drawable.split())
    while line and char_cells(line[0]) == 0:  # a mark whose space is gone
        line = line[1:].lstrip()
    return line if len(line) <= limit else line[: max(limit - 1, 0)].rstrip(f" {ZWJ}") + "…"


def _count(line: bytes, start: int) -> int:
    """Count the characters of the visible text from a byte on, or a little more (see `display`)."""
    rest = line[start:]
    if len(rest) <= EXACT or is_clean(rest):
        return len(visible(rest))
    return len(rest.decode("utf-8", "replace"))


def _display(text: str, tab_size: int, limit: int) -> DisplayLine:
    if is_simple(text):
        return DisplayLine(text) if len(text) <= limit else _clip(text, (), limit)
    if "\x1b" in text:
        # Text and parameters in turn. Whatever else the line holds shows in the joined text.
        parts = SGR.split(text)
        uncoloured = "".join(parts[::2])
        if is_simple(uncoloured):
            return _clip(uncoloured, _spans(parts), limit)
    return _draw(text, tab_size, limit)


def _spans(parts: list[str]) -> tuple[tuple[int, int, Sgr], ...]:
    spans = []
    state = style = PLAIN
    at = len(parts[0])
    for index in range(1, len(parts), 2):
        state = style = apply(state, parts[index])
        if size := len(parts[index + 1]):
            if style.bg is not None:
                style = drawn(style)
            if style != PLAIN:
                spans.append((at, at + size, style))
            at += size
    return tuple(spans)


def _clip(text: str, spans: tuple[tuple[int, int, Sgr], ...], limit: int) -> DisplayLine:
    if len(spans) > MAX_SPANS:
        spans = spans[:MAX_SPANS]
    if len(text) <= limit:
        return DisplayLine(text, spans)
    spans = tuple((start, min(end, limit), style) for start, end, style in spans if start < limit)
    return DisplayLine(text[:limit], spans, None, len(text) - limit)


def _last_state(text: str, *, whole: bool) -> tuple[int, int, int] | None:
    """Find the last state of a line whose carriage-return pieces overwrite one another.

    Return where the pieces before it begin and end, and where it ends; None where
    they do not overwrite one another. Of a text that is not `whole` the last piece
    does not count.
    """
    found = _PREFIX.match(text)
    begin = found.end() if found is not None else 0
    pieces = text[begin:].split("\r")
    end = len(text)
    if not whole:
        end -= len(pieces.pop()) + 1
    while len(pieces) > 1 and not clean(pieces[-1]).strip():
        end -= len(pieces.pop()) + 1
    if len(pieces) < 2:
        return None
    last = pieces.pop()
    widths = [len(clean(piece).rstrip()) for piece in pieces]
    erased = _ERASE.search(last) is not None or _ERASE.search(pieces[-1][-16:]) is not None
    if not any(widths) or (max(widths) > len(clean(last)) and not erased):
        return None
    return begin, end - len(last), end


_PREFIX = re.compile(
    r"(?:[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]{12}Z ?)?"
    rf"(?:(?:{NAMED}|{BARE}){ARROW}"
    rf"(?:[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}T[0-9:.]{{12}}Z ?)?){{0,{MOST}}}"
)
"""What is the platform's of a line, and no piece of it: its stamp, and names of child runs."""

_ERASE = re.compile(r"\x1b\[[0-2]?K")
"""Erases what is on the line of a terminal."""

MORE = "…␍"
"""Stands for states of a line that were overwritten."""


def _draw(
    text: str, tab_size: int, limit: int, state_at: tuple[int, int, int] | None = None
) -> DisplayLine:
    """Draw any text, escape by escape and character by character.

    With `state_at` (see `_last_state`) without the pieces before the last state.
    """
    hidden, shown, end = state_at or (-1, -1, len(text))
    beyond = text[end:]
    text = text[:end]
    drawing = LineRenderer(tab_size)
    spans: list[tuple[int, int, Sgr]] = []
    state = PLAIN
    at = 0
    left = 2 * limit  # characters still looked at, for a line of what draws nothing
    while at < len(text) and drawing.length < limit and left > 0:
        if at == hidden:
            for colour in SGR.finditer(text, hidden, shown):
                state = apply(state, colour.group(1))
            drawing.skip(len(clean(text[hidden:shown])), MORE)
            at = shown
        found = ESCAPE.search(text, at)
        end = len(text) if found is None else found.start()
        if at < hidden < end:
            found, end = None, hidden
        stop = min(end, at + left)
        left -= stop - at
        _append_span(drawing, text[at:stop], state, spans)
        at = stop
        if found is not None and stop == end:
            at = found.end()
            if (sgr := SGR.fullmatch(found.group())) is not None:
                state = apply(state, sgr.group(1))
    drawing.offsets.append(drawing.length)
    offsets = tuple(drawing.offsets) if drawing.moved else None
    drawn_line = DisplayLine(drawing.text(), tuple(spans[:MAX_SPANS]), offsets)
    return _clip_moved(drawn_line, limit, len(clean(text[at:])) + len(clean(beyond)))


def _append_span(
    drawing: LineRenderer, text: str, state: Sgr, spans: list[tuple[int, int, Sgr]]
) -> None:
    start = drawing.length
    drawing.append(text)
    style = drawn(state)
    if drawing.length > start and style != PLAIN:
        spans.append((start, drawing.length, style))


def _clip_moved(line: DisplayLine, limit: int, beyond: int) -> DisplayLine:
    if len(line.text) <= limit:
        return replace(line, clipped=beyond)
    spans = tuple(
        (start, min(end, limit), style) for start, end, style in line.spans if start < limit
    )
    offsets = line.offsets
    shown = limit
    if offsets is not None:
        shown = bisect_left(offsets, limit, 0, len(offsets) - 1)
        offsets = (*offsets[:shown], limit)
    return DisplayLine(line.text[:limit], spans, offsets, line.shown - shown + beyond)
