"""NO_COLOR: no colour code reaches the terminal.

Bold, underline and reverse stay.

Textual's own answer to NO_COLOR turns colours into greys, which are colour
codes all the same (https://no-color.org asks for none).
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from rich.segment import Segment
from rich.style import Style
from textual.filter import LineFilter

if TYPE_CHECKING:
    from collections.abc import Mapping

    from textual.color import Color


def is_no_color_set(environ: Mapping[str, str]) -> bool:
    """Whether NO_COLOR is set to anything but the empty string, as no-color.org defines it."""
    return bool(environ.get("NO_COLOR"))


class NoColor(LineFilter):
    """Removes every colour from what is written."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """Return the segments without colours."""
        return [
            Segment(text, None if style is None else _colorless(style), control)
            for text, style, control in segments
        ]


@lru_cache(2048)
def _colorless(style: Style) -> Style:
    # `without_color` of Rich would drop the meta data that clicks need.
    plain = Style(
        bold=style.bold,
        italic=style.italic,
        underline=style.underline,
        reverse=style.reverse,
        strike=style.strike,
        link=style.link,
    )
    return plain + Style.from_meta(style.meta) if style.meta else plain
