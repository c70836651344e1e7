"""Log: the text exit of the door with its colours, for plain text on a terminal.

Nothing is shortened, and of all escape sequences only colours and attributes
(SGR) come out again, written anew from what was understood of them.
"""

from __future__ import annotations

from typing import Literal, TypeAlias

from logview.text.escapes import ESCAPE, SGR, clean, visible
from logview.text.sgr import PLAIN, Color, Sgr, apply, drawn

Look: TypeAlias = Literal["colour", "attributes", "text"]
"""What is kept: everything of SGR; bold, underline and their like (NO_COLOR); nothing."""

_ATTRIBUTES = (
    ("bold", 1),
    ("dim", 2),
    ("italic", 3),
    ("underline", 4),
    ("blink", 5),
    ("reverse", 7),
    ("strike", 9),
    ("overline", 53),
)


def runs(line: bytes) -> list[tuple[Sgr, str]]:
    """Take one line apart into stretches of visible text, each with how it is drawn.

    The texts joined are `visible(line)`.
    """
    if b"\x1b" not in line:
        return [(PLAIN, visible(line))]
    text = line.decode("utf-8", "replace")
    found: list[tuple[Sgr, str]] = []
    state = PLAIN
    start = 0
    for escape in ESCAPE.finditer(text):
        found.append((drawn(state), clean(text[start : escape.start()])))
        start = escape.end()
        if sgr := SGR.fullmatch(escape.group()):
            state = apply(state, sgr.group(1))
    found.append((drawn(state), clean(text[start:])))
    return [(sgr, part) for sgr, part in found if part]


def coloured(line: bytes, look: Look, skip: int = 0, end: int | None = None) -> str:
    """Write one line, without its newline, for a terminal; no colour runs on behind it.

    The first `skip` characters of the visible text are left out, and those from `end` on.
    """
    if look == "text":
        return visible(line)[skip:end]
    written = []
    at = 0
    for sgr, text in runs(line):
        kept = sgr if look == "colour" else sgr._replace(fg=None, bg=None)
        part = text[max(0, skip - at) : None if end is None else max(0, end - at)]
        at += len(text)
        if part:
            written.append(part if kept == PLAIN else f"\x1b[{_codes(kept)}m{part}\x1b[0m")
    return "".join(written)


def _codes(sgr: Sgr) -> str:
    codes = [str(code) for name, code in _ATTRIBUTES if getattr(sgr, name)]
    codes += _color(sgr.fg, 30) + _color(sgr.bg, 40)
    return ";".join(codes)


def _color(color: Color, base: int) -> list[str]:
    if color is None:
        return []
    if isinstance(color, tuple):
        return [f"{base + 8};2;{color[0]};{color[1]};{color[2]}"]
    if color < 16:
        return [str(base + color if color < 8 else base + 60 + color - 8)]
    return [f"{base + 8};5;{color}"]
