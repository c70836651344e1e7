"""Map characters to what is drawn for them, and limit how they share a cell."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from logview.text.cells import ZWJ, cell_len, char_cells, is_pictograph, is_tone
from logview.text.escapes import REMOVED

MAX_MARKS = 8
"""Marks drawn on one character; more only slow a terminal down and cover the lines around."""

MAX_JOINS = 3
"""Emoji joined to one, as many as the largest family has joins."""

# Roughly: nine characters in a row that may be marks, one that begins the line, a skin tone, a
# filler. Whoever is caught without being one is only drawn the slow way. Letters of Hangul that
# take no cell are `\w`; combining marks are not, to Python.
_MARK = (
    r"(?:[^\w\x00-\u02ff\u2010-\u20cf\u2100-\u2bff\u2e00-\u2fff\u3000-\u3029\ufffd\U0001f000-\U0001faff]"
    r"|[\u1160-\u11ff\ud7b0-\ud7ff])"
)
# Compiled when first used, by a line that is not ASCII.
_MARKS = rf"(?:^|{_MARK}{{{MAX_MARKS}}}){_MARK}|[\U0001f3fb-\U0001f3ff\u3164\uffa0]"
_IS_REMOVED = re.compile(rf"[{REMOVED}]")
_RUNS = re.compile(r"[ -~]+|[^ -~]")

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


def is_simple(text: str) -> bool:
    """Return whether text is drawn as it is: printable, with no run of marks to cap."""
    return text.isprintable() and (text.isascii() or re.search(_MARKS, text) is None)


@lru_cache(maxsize=8192)
def glyph_of(char: str) -> str:
    """Return what is drawn for a character regardless of context; itself if printable."""
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


class LineRenderer:
    """Builds the drawn form of a line character by character.

    `offsets[i]` is where the i-th character of the visible text is drawn.
    """

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
        """Return the text drawn so far."""
        return "".join(self._pieces)

    def append(self, text: str) -> LineRenderer:
        """Draw text without escape sequences; nothing is joined across its ends."""
        for piece in _RUNS.findall(text):
            if " " <= piece[0] <= "~":
                self._drop_join()
                self.offsets.extend(range(self.length, self.length + len(piece)))
                self._add(piece)
                self._carry(piece[-1])
            else:
                self._append_char(piece)
        self._drop_join()  # nothing joins across a change of colour
        return self

    def skip(self, count: int, mark: str) -> None:
        """Draw `mark` in place of `count` characters of the visible text."""
        self._drop_join()
        self.offsets.extend([self.length] * count)
        self.moved = True
        self._add(mark)
        self._carry(mark[-1])

    def _append_char(self, char: str) -> None:
        if char == "\t":
            self._drop_join()
            drawn_as = " " * (self.tab_size - self._column() % self.tab_size)
        else:
            drawn_as = self._shaped(glyph_of(char), char)
        if _IS_REMOVED.match(char):
            self.moved = True
        else:
            self.offsets.append(self.length)
            self.moved = self.moved or len(drawn_as) != 1
        if drawn_as:
            self._add(drawn_as)

    def _shaped(self, glyph: str, char: str) -> str:
        """Return the glyph, or nothing where a mark or a join would exceed its limit."""
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
