"""Parse and write colours and attributes (SGR, ECMA-48 8.3.117).

`apply` reads one sequence, `sgr_runs` a line, and `render_ansi` writes a line
for a terminal: nothing is shortened, and of all escape sequences only SGR comes
out again, written anew from what was parsed.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Literal, NamedTuple, TypeAlias, Union

from logview.text.escapes import ESCAPE, SGR, clean, visible

Color = Union[int, "tuple[int, int, int]", None]
"""A colour of the terminal's palette (0-255), red-green-blue (each 0-255), or none: the default."""

MAX_PARAMS = 256
"""Characters of one sequence's parameters that are read; xterm stops after 30 numbers."""


class Sgr(NamedTuple):
    """How a stretch of text is drawn. No conceal: no text of a log is ever invisible."""

    fg: Color = None
    bg: Color = None
    bold: bool = False
    dim: bool = False
    italic: bool = False
    underline: bool = False
    blink: bool = False
    reverse: bool = False
    strike: bool = False
    overline: bool = False


PLAIN = Sgr()
"""No colour and no attribute: what every line starts with."""

_SET: dict[int, dict[str, bool]] = {
    1: {"bold": True},
    2: {"dim": True},
    3: {"italic": True},
    4: {"underline": True},
    5: {"blink": True},
    6: {"blink": True},
    7: {"reverse": True},
    9: {"strike": True},
    21: {"underline": True},  # doubly underlined; the Linux console's "not bold" is the exception
    22: {"bold": False, "dim": False},
    23: {"italic": False},
    24: {"underline": False},
    25: {"blink": False},
    27: {"reverse": False},
    29: {"strike": False},
    53: {"overline": True},
    55: {"overline": False},
}


@lru_cache(maxsize=4096)
def apply(state: Sgr, params: str) -> Sgr:
    """Return the state after `ESC [ params m`, `params` being digits, `;` and `:` only.

    Never raises: a number that is unknown, too large or lacks its arguments changes nothing, and
    only the first `MAX_PARAMS` characters are read.
    """
    if len(params) > MAX_PARAMS:
        params = params[:MAX_PARAMS].rpartition(";")[0]
    items = params.split(";")
    at = 0
    while at < len(items):
        item = items[at]
        at += 1
        code, *sub = map(_number, item.split(":"))
        if code in (38, 48, 58):
            if sub:
                color = _color_of_colons(sub)
            else:
                color, used = _color_of_items(items[at : at + 4])
                at += used
            if color is not None and code != 58:  # 58, the underline's colour, is read and dropped
                state = state._replace(fg=color) if code == 38 else state._replace(bg=color)
        elif code == 4 and sub:
            state = state._replace(underline=sub[0] != 0)
        else:
            state = _plain_code(state, code)
    return state


@lru_cache(maxsize=4096)
def drawn(state: Sgr) -> Sgr:
    """Return the state as it is drawn: a background that would hide its own text is dropped."""
    if state.fg is None or state.bg is None or state.fg == state.bg or _same(state.fg, state.bg):
        return state if state.bg is None or state.fg is None else state._replace(bg=None)
    return state


def _plain_code(state: Sgr, code: int) -> Sgr:
    if code == 0:
        return PLAIN
    if code in _SET:
        return state._replace(**_SET[code])
    if 30 <= code <= 37:
        return state._replace(fg=code - 30)
    if 40 <= code <= 47:
        return state._replace(bg=code - 40)
    if 90 <= code <= 97:
        return state._replace(fg=code - 82)
    if 100 <= code <= 107:
        return state._replace(bg=code - 92)
    if code == 39:
        return state._replace(fg=None)
    if code == 49:
        return state._replace(bg=None)
    return state


def _number(digits: str) -> int:
    """A parameter's value; empty is 0, and what no code or colour can mean is -1."""
    if not digits:
        return 0
    return int(digits) if len(digits) <= 9 else -1


def _color_of_items(items: list[str]) -> tuple[Color, int]:
    """The colour after 38, 48 or 58, and how many items it used: `5;n` or `2;r;g;b`."""
    kind = _number(items[0]) if items and ":" not in items[0] else -1
    if kind not in (2, 5):
        return None, 0
    length = 2 if kind == 5 else 4
    values = [-1 if ":" in item else _number(item) for item in items[1:length]]
    if len(values) < length - 1:
        return None, len(items)
    return _color(values), length


def _color_of_colons(sub: list[int]) -> Color:
    """The colour of `38:5:n`, `38:2:r:g:b` or `38:2:space:r:g:b` (ITU-T T.416, and xterm's own)."""
    if sub[0] == 5 and len(sub) >= 2:
        return _color(sub[1:2])
    if sub[0] == 2 and len(sub) >= 4:
        return _color(sub[1:4] if len(sub) == 4 else sub[2:5])
    return None


def _color(values: list[int]) -> Color:
    if not all(0 <= value <= 255 for value in values):
        return None
    return values[0] if len(values) == 1 else (values[0], values[1], values[2])


def _same(one: Color, other: Color) -> bool:
    """Return whether two colours are too close to read one on the other."""
    if isinstance(one, int) and isinstance(other, int) and max(one, other) < 16:
        return one == other  # the theme's own sixteen; what they look like is not known here
    return sum(abs(a - b) for a, b in zip(_rgb(one), _rgb(other), strict=True)) <= 24


def _rgb(color: Color) -> tuple[int, int, int]:
    """A colour's usual red, green and blue (xterm's palette)."""
    if isinstance(color, tuple):
        return color
    index = color or 0
    if index >= 232:
        grey = 8 + 10 * (index - 232)
        return grey, grey, grey
    if index >= 16:
        red, rest = divmod(index - 16, 36)
        green, blue = divmod(rest, 6)
        return _step(red), _step(green), _step(blue)
    if index in (7, 8):
        return (192, 192, 192) if index == 7 else (128, 128, 128)
    level = 255 if index >= 8 else 128
    return level * (index & 1), level * (index >> 1 & 1), level * (index >> 2 & 1)


def _step(value: int) -> int:
    return 55 + 40 * value if value else 0


AnsiMode: TypeAlias = Literal["colour", "attributes", "text"]
"""What of SGR is written: all of it; attributes without colours (NO_COLOR); nothing."""

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


def sgr_runs(line: bytes) -> list[tuple[Sgr, str]]:
    """Split a line into runs of visible text, each with its drawn style.

    The texts joined are `visible(line)`.
    """
    if b"\x1b" not in line:
        return [(PLAIN, visible(line))]
    text = line.decode("utf-8", "replace")
    found: list[tuple[Sgr, str]] = []
    state = PLAIN
    start = 0
    for escape in ESCAPE.finditer(text):
        at, end = escape.span()
        if start < at:
            found.append((drawn(state), clean(text[start:at])))
        start = end
        if text[end - 1] == "m" and (sgr := SGR.fullmatch(text, at, end)):
            state = apply(state, sgr.group(1))
    found.append((drawn(state), clean(text[start:])))
    return [(sgr, part) for sgr, part in found if part]


def render_ansi(line: bytes, mode: AnsiMode, skip: int = 0, end: int | None = None) -> str:
    """Return a line, without its newline, for a terminal; styles are reset at its end.

    Of the visible text only characters `skip` to before `end` are written.
    """
    if mode == "text":
        return visible(line)[skip:end]
    written = []
    at = 0
    for sgr, text in sgr_runs(line):
        kept = sgr if mode == "colour" else sgr._replace(fg=None, bg=None)
        part = text[max(0, skip - at) : None if end is None else max(0, end - at)]
        at += len(text)
        if part:
            written.append(part if kept == PLAIN else f"\x1b[{_sgr_codes(kept)}m{part}\x1b[0m")
    return "".join(written)


def _sgr_codes(sgr: Sgr) -> str:
    codes = [str(code) for name, code in _ATTRIBUTES if getattr(sgr, name)]
    codes += _color_codes(sgr.fg, 30) + _color_codes(sgr.bg, 40)
    return ";".join(codes)


def _color_codes(color: Color, base: int) -> list[str]:
    if color is None:
        return []
    if isinstance(color, tuple):
        return [f"{base + 8};2;{color[0]};{color[1]};{color[2]}"]
    if color < 16:
        return [str(base + color if color < 8 else base + 60 + color - 8)]
    return [f"{base + 8};5;{color}"]
