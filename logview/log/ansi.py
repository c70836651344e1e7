"""Log: the one door from outside bytes to anywhere that a terminal reads, with its two exits.

Display (`display`) keeps colour and draws everything else as something that can be seen; text
(`visible`, `clean`, `label`) keeps no control at all. What each class of character becomes:

| in the log                                       | display              | text     |
|--------------------------------------------------|----------------------|----------|
| colours and attributes (SGR), but conceal        | spans                | removed  |
| every other escape sequence, see `log.escapes`   | removed              | removed  |
| tab                                              | spaces to the stop   | kept     |
| CR at the line's end                             | removed              | removed  |
| other C0 controls, DEL, CR within the line       | their picture, ␀ … ␡ | removed  |
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
import unicodedata
from bisect import bisect_left
from dataclasses import dataclass, replace
from functools import lru_cache

from logview.log.cells import ZWJ, cell_len, char_cells, is_pictograph, is_tone
from logview.log.escapes import ESCAPE, REMOVED, SGR, boundary, clean, is_clean, visible
from logview.log.sgr import PLAIN, Color, Sgr, apply, drawn

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

MAX_MARKS = 8
"""Marks drawn on one character; more only slow a terminal down and cover the lines around."""

MAX_JOINS = 3
"""Emoji joined to one, as many as the largest family has joins."""

MAX_SPANS = 4_096
"""Stretches of colour drawn in one line; what comes after is plain."""

EXACT = 1 << 18
"""Bytes of a clipped line's rest, with escapes in it, up to which `clipped` is still exact."""


@dataclass(frozen=True, slots=True)
class DisplayLine:
    """One line as it may be drawn.

    `text` holds printable characters only (and U+200C, U+200D where they shape what is around
    them); `spans` are (start, end, look) over `text`, ordered, not overlapping, none of them plain.
    `offsets[i]` is where in `text` the i-th character of the visible text is drawn, with one entry
    more for the end; None where the two are the same. `clipped` counts the characters of the
    visible text that are not in `text`; 0 is none.
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
        the character after it.
        """
        column = max(0, min(column, len(self.text)))
        if self.offsets is None:
            return column
        at = bisect_left(self.offsets, column)
        if at < len(self.offsets) and self.offsets[at] == column:
            return at
        return max(at - 1, 0)


def display(line: bytes, *, tab_size: int = 8, limit: int = 20_000) -> DisplayLine:
    r"""One line, without its `\n`, as it may be drawn: the display exit of the door.

    Every line starts plain: no colour comes from the line before. At most `limit` characters are
    drawn, and at most `8 * limit` bytes looked at for them, so a line of nearly nothing but escape
    sequences shows less. `clipped` is exact, except beyond `EXACT` bytes of a rest that has escape
    sequences in it: there it counts their characters too.
    """
    if line.endswith(b"\r"):
        line = line.rstrip(b"\r")
    cut = boundary(line, 8 * limit)
    shown = _display(line[:cut].decode("utf-8", "replace"), tab_size, limit)
    if cut == len(line):
        return shown
    return replace(shown, clipped=shown.clipped + _count(line, cut))


def label(text: str, limit: int = 200) -> str:
    """Outside text as one line for titles, messages and stderr, of at most `limit` characters.

    White space of any kind becomes single spaces; controls and invisible characters go; a longer
    text ends in `…`.
    """
    # What is looked at is bounded; who hides a title behind more than that loses it.
    text = ESCAPE.sub("", text[: 64 * limit + 1_024])
    text = clean(_BREAKS.sub(" ", text))
    drawable = _Drawing(8).put(" ".join(text.split())).text()
    line = " ".join(drawable.split())
    return line if len(line) <= limit else line[: max(limit - 1, 0)].rstrip(f" {ZWJ}") + "…"


def _count(line: bytes, start: int) -> int:
    """Characters of the visible text from a byte on, or a little more (see `display`)."""
    rest = line[start:]
    if len(rest) <= EXACT:
        return len(visible(rest))
    if rest.isascii() and is_clean(rest):
        return len(rest)
    if b"\x1b" in rest or b"\xc2" in rest:
        return len(rest.translate(None, _CONTINUATION))
    return len(visible(rest))


def _display(text: str, tab_size: int, limit: int) -> DisplayLine:
    if _is_simple(text):
        return DisplayLine(text) if len(text) <= limit else _clip(text, (), limit)
    if "\x1b" in text:
        # Text and parameters in turn. Whatever else the line holds shows in the joined text.
        parts = SGR.split(text)
        uncoloured = "".join(parts[::2])
        if _is_simple(uncoloured):
            return _clip(uncoloured, _spans(parts), limit)
    return _draw(text, tab_size, limit)


def _spans(parts: list[str]) -> tuple[tuple[int, int, Sgr], ...]:
    spans = []
    state = look = PLAIN
    at = len(parts[0])
    for index in range(1, len(parts), 2):
        state = look = apply(state, parts[index])
        if size := len(parts[index + 1]):
            if look.bg is not None:
                look = drawn(look)
            if look != PLAIN:
                spans.append((at, at + size, look))
            at += size
    return tuple(spans)


def _clip(text: str, spans: tuple[tuple[int, int, Sgr], ...], limit: int) -> DisplayLine:
    if len(spans) > MAX_SPANS:
        spans = spans[:MAX_SPANS]
    if len(text) <= limit:
        return DisplayLine(text, spans)
    spans = tuple((start, min(end, limit), look) for start, end, look in spans if start < limit)
    return DisplayLine(text[:limit], spans, None, len(text) - limit)


def _is_simple(text: str) -> bool:
    """True for text drawn as it is: printable, with no run of marks to cap or to hold back."""
    return text.isprintable() and (text.isascii() or _MARKS.search(text) is None)


# Roughly: nine characters in a row that may be marks, one that begins the line, a skin tone, a
# filler. Whoever is caught without being one is only drawn the slow way. Letters of Hangul that
# take no cell are `\w`; combining marks are not, to Python.
_MARK = (
    r"(?:[^\w\x00-\u02ff\u2010-\u20cf\u2100-\u2fff\u3000-\u3029\ufffd\U0001f000-\U0001faff]"
    r"|[\u1160-\u11ff\ud7b0-\ud7ff])"
)
_MARKS = re.compile(rf"(?:^|{_MARK}{{{MAX_MARKS}}}){_MARK}|[\U0001f3fb-\U0001f3ff\u3164\uffa0]")
_IS_REMOVED = re.compile(rf"[{REMOVED}]")
_RUNS = re.compile(r"[ -~]+|[^ -~]")
_BREAKS = re.compile(r"[\t\n\x0b\x0c\r\x85\u2028\u2029]+")
_CONTINUATION = bytes(range(0x80, 0xC0))

_NAMES = {
    0x202A: "‹LRE›",
    0x202B: "‹RLE›",
    0x202C: "‹PDF›",
    0x202D: "‹LRO›",
    0x202E: "‹RLO›",
    0x2066: "‹LRI›",
    0x2067: "‹RLI›",
    0x2068: "‹FSI›",
    0x2069: "‹PDI›",
    0x2028: "␤",
    0x2029: "␤",
    0x85: "␤",
    0x7F: "␡",
    0x3164: "  ",
    0xFFA0: " ",
}
# Format characters that show nothing by themselves; the others (signs that enclose Arabic numbers
# and the like) do, and are not dropped without a trace.
_INVISIBLE = (
    (0xAD, 0xAD),
    (0x61C, 0x61C),
    (0x180E, 0x180E),
    (0x200B, 0x200B),
    (0x200E, 0x200F),
    (0x2060, 0x2065),
    (0x206A, 0x206F),
    (0xFEFF, 0xFEFF),
    (0xFFF9, 0xFFFB),
    (0x1BCA0, 0x1BCA3),
    (0x1D173, 0x1D17A),
    (0xE0000, 0xE007F),
)


@lru_cache(maxsize=8192)
def _glyph(char: str) -> str:
    """What is drawn for a character, wherever it stands; itself where it is printable."""
    code = ord(char)
    if char.isprintable() and code not in _NAMES:
        return char
    if code in _NAMES:
        return _NAMES[code]
    if code < 0x20:
        return chr(0x2400 + code)
    if code in (0x200C, 0x200D):
        return char
    if unicodedata.category(char) == "Zs":
        return " " * char_cells(char)
    if any(first <= code <= last for first, last in _INVISIBLE):
        return ""
    return "\ufffd"


class _Drawing:
    """A line as it is drawn piece by piece, where each character has to be looked at."""

    def __init__(self, tab_size: int) -> None:
        self.tab_size = max(1, tab_size)
        self.length = 0
        self.offsets: list[int] = []
        self.moved = False  # some character of the text is not at its own place
        self._pieces: list[str] = []
        self._cells = 0  # of the pieces before `_measured`
        self._measured = 0
        self._before = " "  # the last character drawn that has cells
        self._marks = MAX_MARKS  # nothing carries a mark that begins a line
        self._joins = 0
        self._joining = False  # the last character drawn was U+200D

    def text(self) -> str:
        return "".join(self._pieces)

    def put(self, text: str) -> _Drawing:
        for piece in _RUNS.findall(text):
            if " " <= piece[0] <= "~":
                self._drop_join()
                self.offsets.extend(range(self.length, self.length + len(piece)))
                self._add(piece)
                self._carry(piece[-1])
            else:
                self._put(piece)
        self._drop_join()  # nothing joins across a change of colour
        return self

    def _put(self, char: str) -> None:
        if char == "\t":
            self._drop_join()
            drawn_as = " " * (self.tab_size - self._column() % self.tab_size)
        else:
            drawn_as = self._shaped(_glyph(char), char)
        if _IS_REMOVED.match(char):
            self.moved = True
        else:
            self.offsets.append(self.length)
            self.moved = self.moved or len(drawn_as) != 1
        if drawn_as:
            self._add(drawn_as)

    def _shaped(self, glyph: str, char: str) -> str:
        """The glyph, or nothing where it would leave its cell: how marks and joins are held."""
        if glyph == ZWJ:
            return self._join()
        if not glyph:
            return ""
        if len(glyph) == 1 and char_cells(glyph) == 0:
            if is_tone(glyph) and not is_pictograph(self._before):
                return ""
            self._drop_join()
            self._marks += 1
            return glyph if self._marks <= MAX_MARKS else ""
        if self._joining and is_pictograph(glyph[0]):
            self._joining = False
            self._marks = 0
            self._before = glyph
            return glyph
        self._drop_join()
        self._carry(glyph[-1])
        return glyph

    def _join(self) -> str:
        if self._joining or self._joins >= MAX_JOINS or not is_pictograph(self._before):
            return ""
        self._joins += 1
        self._joining = True
        return ZWJ

    def _drop_join(self) -> None:
        """Take back a U+200D that joins nothing: Rich would count the next character as joined."""
        if not self._joining:
            return
        self._joining = False
        self._pieces.pop()
        self.length -= 1
        self.moved = True
        at = len(self.offsets) - 1
        while at >= 0 and self.offsets[at] > self.length:
            self.offsets[at] = self.length
            at -= 1

    def _carry(self, char: str) -> None:
        self._before = char
        self._marks = 0
        self._joins = 0

    def _add(self, piece: str) -> None:
        self._pieces.append(piece)
        self.length += len(piece)

    def _column(self) -> int:
        self._cells += cell_len("".join(self._pieces[self._measured :]))
        self._measured = len(self._pieces)
        return self._cells


def _draw(text: str, tab_size: int, limit: int) -> DisplayLine:
    """The general case: every escape and every character that is not plain is looked at."""
    drawing = _Drawing(tab_size)
    spans: list[tuple[int, int, Sgr]] = []
    state = PLAIN
    at = 0
    left = 2 * limit  # characters still looked at, for a line of what draws nothing
    while at < len(text) and drawing.length < limit and left > 0:
        found = ESCAPE.search(text, at)
        end = len(text) if found is None else found.start()
        stop = min(end, at + left)
        left -= stop - at
        _put_span(drawing, text[at:stop], state, spans)
        at = stop
        if found is not None and stop == end:
            at = found.end()
            if (colour := SGR.fullmatch(found.group())) is not None:
                state = apply(state, colour.group(1))
    drawing.offsets.append(drawing.length)
    offsets = tuple(drawing.offsets) if drawing.moved else None
    drawn_line = DisplayLine(drawing.text(), tuple(spans[:MAX_SPANS]), offsets)
    return _clip_moved(drawn_line, limit, len(clean(text[at:])))


def _put_span(drawing: _Drawing, text: str, state: Sgr, spans: list[tuple[int, int, Sgr]]) -> None:
    start = drawing.length
    drawing.put(text)
    look = drawn(state)
    if drawing.length > start and look != PLAIN:
        spans.append((start, drawing.length, look))


def _clip_moved(line: DisplayLine, limit: int, beyond: int) -> DisplayLine:
    if len(line.text) <= limit:
        return replace(line, clipped=beyond)
    spans = tuple(
        (start, min(end, limit), look) for start, end, look in line.spans if start < limit
    )
    offsets = line.offsets
    shown = limit
    if offsets is not None:
        shown = bisect_left(offsets, limit, 0, len(offsets) - 1)
        offsets = (*offsets[:shown], limit)
    return DisplayLine(line.text[:limit], spans, offsets, line.shown - shown + beyond)
