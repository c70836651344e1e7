"""Measure text in terminal cells, and know which characters may be drawn together.

The pane measures with Rich (`rich.cells.cell_len`), which this package must not import; what is
here agrees with Rich 15 for every character that `sanitize` keeps, which the tests check.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from itertools import accumulate

ZWJ = "\u200d"
VS16 = "\ufe0f"

# Symbols that Unicode 16 made wide, which the tables of older Pythons still call narrow.
_WIDE = (
    (0x2630, 0x2637),
    (0x268A, 0x268F),
    (0x4DC0, 0x4DFF),
    (0x1D300, 0x1D356),
    (0x1D360, 0x1D376),
)
# Vowels and final consonants of Hangul, drawn into the cells of the consonant before them; fillers.
_INTO_HANGUL = ((0x1160, 0x11FF), (0xD7B0, 0xD7FF), (0x3164, 0x3164), (0xFFA0, 0xFFA0))
# Skin tones: they recolour the emoji before them.
_TONES = (0x1F3FB, 0x1F3FF)

# Narrow characters that U+FE0F turns into emoji two cells wide (emoji-variation-sequences.txt).
_GROWING = re.compile(
    "[#*0-9©®‼⁉™ℹ↔-↙↩↪⌨⏏⏭-⏯⏱⏲⏸-⏺Ⓜ▪▫▶◀◻◼☀-☄☎☑☘☝☠☢☣☦☪☮☯☸-☺♀♂♟♠♣♥♦♨♻♾⚒⚔-⚗⚙⚛⚜⚠⚧⚰⚱⛈⛏⛑⛓⛩⛰⛱⛴⛷-⛹"
    "✂✈✉✌✍✏✒✔✖✝✡✳✴❄❇❣❤➡⤴⤵⬅-⬇🅰🅱🅾🅿🌡🌤-🌬🌶🍽🎖🎗🎙-🎛🎞🎟🏋-🏎🏔-🏟🏳🏵🏷🐿👁📽🕉🕊🕯🕰🕳-🕹🖇🖊-🖍🖐"
    "🖥🖨🖱🖲🖼🗂-🗄🗑-🗓🗜-🗞🗡🗣🗨🗯🗳🗺🛋🛍-🛏🛠-🛥🛩🛰🛳]"
)


def _within(code: int, ranges: tuple[tuple[int, int], ...]) -> bool:
    return any(first <= code <= last for first, last in ranges)


@lru_cache(maxsize=8192)
def char_cells(char: str) -> int:
    """Cells of one character: 0 for what is drawn into the cell before it, 1, or 2."""
    if " " <= char <= "~":
        return 1
    code = ord(char)
    if unicodedata.category(char) in {"Mn", "Me", "Mc", "Cf", "Cc"}:
        return 0
    if _within(code, _INTO_HANGUL) or is_tone(char):
        return 0
    if unicodedata.east_asian_width(char) in "WF" or _within(code, _WIDE):
        return 2
    return 1


def cell_len(text: str) -> int:
    """Cells of a text, emoji that are joined or widened counted as Rich counts them."""
    if text.isascii():
        return len(text)
    if ZWJ not in text and VS16 not in text:
        return sum(map(char_cells, text))
    total = 0
    before = ""  # the character that U+FE0F would widen
    chars = iter(text)
    for char in chars:
        if char == ZWJ:
            next(chars, None)  # joined to the emoji before it, in the same cells
        elif char == VS16:
            if before and _GROWING.match(before):
                total += 1
                before = ""
        elif cells := char_cells(char):
            total += cells
            before = char
    return total


def edges(text: str) -> list[int]:
    """Return the cell at which each character begins, and the end; it agrees with `cell_len`.

    What is drawn into the cells of the character before it has none of its own.
    """
    if text.isascii():
        return list(range(len(text) + 1))
    sizes: list[int] = []
    base = -1  # the character that U+FE0F would widen
    joined = False
    for index, char in enumerate(text):
        if joined:
            size, joined = 0, False
        elif char == ZWJ:
            size, joined = 0, True
        elif char == VS16:
            size = 0
            if base >= 0 and _GROWING.match(text[base]):
                sizes[base] += 1
                base = -1
        else:
            size = char_cells(char)
            base = index if size else base
        sizes.append(size)
    return list(accumulate(sizes, initial=0))


def is_tone(char: str) -> bool:
    """Return whether this is a skin tone, which is drawn with the emoji before it."""
    return _TONES[0] <= ord(char) <= _TONES[1]


def is_pictograph(char: str) -> bool:
    """Return whether this is an emoji (roughly): may be joined with U+200D or take a skin tone."""
    code = ord(char)
    return 0x1F300 <= code <= 0x1FAFF or 0x2600 <= code <= 0x27BF or char in "↔↕➡⬛⬜"
