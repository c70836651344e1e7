"""Screenshots: from the rows of a screen to an SVG that looks the same everywhere.

GitHub shows an SVG as an image: it loads no font and runs no script in it. So
the picture names the usual monospace fonts, says where each piece of text
begins and how long it is, and draws block characters as shapes.
"""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, NamedTuple

from rich.cells import cell_len

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from rich.segment import Segment
    from rich.style import Style
    from textual.strip import Strip

FONTS = (
    "ui-monospace,SFMono-Regular,'SF Mono',Menlo,Consolas,'DejaVu Sans Mono',"
    "'Liberation Mono',monospace"
)
"""GitHub's own stack for code, with the fonts of most Linux systems."""

FONT_SIZE = 14
CELL_WIDTH = 8.4
"""0.6 of the font size: within 0.5 % of what most monospace fonts have."""
CELL_HEIGHT = 19
BASELINE = 14
PADDING = 12

_BLOCKS = {
    "▀": (0, 0, 1, 0.5), "▁": (0, 0.875, 1, 0.125), "▂": (0, 0.75, 1, 0.25),
    "▃": (0, 0.625, 1, 0.375), "▄": (0, 0.5, 1, 0.5), "▅": (0, 0.375, 1, 0.625),
    "▆": (0, 0.25, 1, 0.75), "▇": (0, 0.125, 1, 0.875), "█": (0, 0, 1, 1),
    "▌": (0, 0, 0.5, 1), "▐": (0.5, 0, 0.5, 1),
}  # fmt: skip
"""Block characters as left, top, width and height of a cell: fonts draw them with gaps."""


class _Piece(NamedTuple):
    """Text of one style that is drawn in one go."""

    column: int
    text: str
    cells: int


def svg(strips: Sequence[Strip], *, title: str, background: str, border: str) -> str:
    """Draw a screen; `title` is what a screen reader says of it."""
    columns = max(strip.cell_length for strip in strips)
    width = columns * CELL_WIDTH + 2 * PADDING
    height = len(strips) * CELL_HEIGHT + 2 * PADDING
    classes: dict[str, str] = {}
    shapes: list[str] = []
    texts: list[str] = []
    for row, strip in enumerate(strips):
        shapes += _backgrounds(row, strip, background)
        texts += _texts(row, strip, classes)
    rules = "".join(f".{name}{{{rule}}}" for rule, name in classes.items())
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_n(width)} {_n(height)}" '
            f'width="{_n(width)}" height="{_n(height)}" role="img">',
            f"<title>{escape(title)}</title>",
            f"<style>text{{font:{FONT_SIZE}px {FONTS};white-space:pre;"
            f"font-variant-ligatures:none}}{rules}</style>",
            f'<rect x=".5" y=".5" width="{_n(width - 1)}" height="{_n(height - 1)}" rx="8" '
            f'fill="{background}" stroke="{border}"/>',
            f'<g transform="translate({PADDING} {PADDING})">',
            *shapes,
            *texts,
            "</g>",
            "</svg>",
            "",
        ]
    )


def _n(number: float) -> str:
    """Write a number with two decimals at most, the same on every machine."""
    return f"{number:.2f}".rstrip("0").rstrip(".")


def _colours(style: Style | None) -> tuple[str, str]:
    """Give text colour and background, empty where there is none; reverse is carried out."""
    if style is None:
        return "", ""
    front = style.color.get_truecolor().hex if style.color else ""
    back = style.bgcolor.get_truecolor().hex if style.bgcolor else ""
    return (back, front) if style.reverse else (front, back)


def _backgrounds(row: int, strip: Strip, background: str) -> Iterator[str]:
    """Draw what lies behind a row, neighbours of one colour in one shape."""
    column, start, colour = 0, 0, background
    runs: list[tuple[int, int, str]] = []
    for segment in strip:
        back = _colours(segment.style)[1] or background
        if back != colour:
            runs.append((start, column, colour))
            start, colour = column, back
        column += segment.cell_length
    runs.append((start, column, colour))
    for first, end, fill in runs:
        if fill != background and end > first:
            yield _rect(row, first, end - first, fill)


def _rect(
    row: int,
    column: int,
    cells: int,
    fill: str,
    part: tuple[float, float, float, float] = (0, 0, 1, 1),
) -> str:
    left, top, width, height = part
    x = (column + left) * CELL_WIDTH
    y = (row + top) * CELL_HEIGHT
    return (
        f'<rect x="{_n(x)}" y="{_n(y)}" width="{_n(cells * width * CELL_WIDTH)}" '
        f'height="{_n(height * CELL_HEIGHT)}" fill="{fill}" shape-rendering="crispEdges"/>'
    )


def _texts(row: int, strip: Strip, classes: dict[str, str]) -> Iterator[str]:
    y = row * CELL_HEIGHT + BASELINE
    for column, segment in _merged(strip):
        colour = _colours(segment.style)[0]
        for piece in _pieces(segment.text, column):
            if piece.text in _BLOCKS:
                yield _rect(row, piece.column, 1, colour, _BLOCKS[piece.text])
                continue
            name = classes.setdefault(_rule(segment.style, colour), f"s{len(classes)}")
            length = "" if piece.cells < 2 else f' textLength="{_n(piece.cells * CELL_WIDTH)}"'
            yield (
                f'<text x="{_n(piece.column * CELL_WIDTH)}" y="{y}" class="{name}"{length}>'
                f"{escape(piece.text, quote=False)}</text>"
            )


def _merged(strip: Strip) -> Iterator[tuple[int, Segment]]:
    """Give the segments with their columns, neighbours of one look as one."""
    column = 0
    for segment in strip.simplify():
        yield column, segment
        column += segment.cell_length


def _pieces(text: str, column: int) -> Iterator[_Piece]:
    """Cut a text where two spaces stand, and around what other fonts may have to draw."""
    gathered = ""
    at = column

    def gather() -> Iterator[_Piece]:
        words = gathered.rstrip(" ")
        if words:
            start = len(words) - len(words.lstrip(" "))
            yield _Piece(at + start, words[start:], cell_len(words) - start)

    for character in text:
        if _is_alone(character):
            yield from gather()
            at += cell_len(gathered)
            yield _Piece(at, character, 0)
            at += cell_len(character)
            gathered = ""
        elif character == " " and gathered.endswith(" "):
            yield from gather()
            at += cell_len(gathered) + 1
            gathered = ""
        else:
            gathered += character
    yield from gather()


def _is_alone(character: str) -> bool:
    """Whether a character is placed by itself: wide ones, and symbols few fonts have."""
    return cell_len(character) != 1 or 0x2190 <= ord(character) < 0x2500 or ord(character) >= 0x2580


def _rule(style: Style | None, colour: str) -> str:
    rule = f"fill:{colour}"
    if style is None:
        return rule
    lines = [word for word, on in (("underline", style.underline), ("line-through", style.strike))
             if on]  # fmt: skip
    parts: Iterable[tuple[str, object]] = (
        (";font-weight:bold", style.bold),
        (";font-style:italic", style.italic),
        (f";text-decoration:{' '.join(lines)}", lines),
    )
    return rule + "".join(text for text, on in parts if on)
