"""Content: the only way in which text becomes something that Textual draws.

All text is taken for outside text here: nothing in it is markup, and what a
terminal would act on becomes visible or goes. `CleanFilter` holds the same for
every line of every widget, whatever it was made of (a toast, a title, the
text of an input): it is the last point before a line is drawn.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from rich.cells import cell_len
from rich.segment import Segment
from textual.content import Content
from textual.filter import LineFilter

from logview.text.escapes import ESCAPE
from logview.text.glyphs import glyph_of

if TYPE_CHECKING:
    from textual.color import Color

_UNSAFE = re.compile(
    "[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufff9-\ufffb\ud800-\udfff]+"
)
"""Controls of both kinds, what turns the order of text, separators, halves of characters."""


def make_content(text: str = "", style: str = "") -> Content:
    """Return text as content, in one style; line breaks stay."""
    text = drawable(text)
    return Content.styled(text, style) if style else Content(text)


def join_content(*parts: str | Content | tuple[str, str]) -> Content:
    """Return parts as one content; a pair is a text and its style."""
    return Content.assemble(
        *(
            part
            if isinstance(part, Content)
            else drawable(part)
            if isinstance(part, str)
            else (drawable(part[0]), part[1])
            for part in parts
        )
    )


def drawable(text: str) -> str:
    """Return text as it is drawn: escape sequences go, controls become glyphs, `\\n` stays."""
    if text.isprintable():
        return text
    return "".join(
        char if char == "\n" or char.isprintable() else glyph_of(char)
        for char in ESCAPE.sub("", text)
    )


class CleanFilter(LineFilter):
    """Removes what a terminal would act on from lines; they keep their width."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """Return the segments without controls; those of Textual's own are left."""
        if all(segment.control is not None or _is_safe(segment.text) for segment in segments):
            return segments
        return [
            segment
            if segment.control is not None
            else Segment(_UNSAFE.sub(_blank, segment.text), segment.style)
            for segment in segments
        ]


def _blank(unsafe: re.Match[str]) -> str:
    return "\ufffd" * cell_len(unsafe[0])


@lru_cache(maxsize=4096)
def _is_safe(text: str) -> bool:
    return text.isprintable() or _UNSAFE.search(text) is None
