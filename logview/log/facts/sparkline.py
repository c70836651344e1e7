"""Draw a series of numbers as text, a character for each column."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

_BARS = "▁▂▃▄▅▆▇█"


def sparkline(values: Sequence[float | None], width: int = 40) -> str:
    """Return the bars of a series, from 0 to its largest value, in at most `width` cells.

    A longer series is cut into `width` parts, of each of which the largest value
    is drawn. None is a blank, and so is a value that is no finite number.
    """
    columns = _columns(values, max(1, width))
    top = max((value for value in columns if value is not None), default=0)
    drawn = []
    for value in columns:
        if value is None:
            drawn.append(" ")
        elif top <= 0 or value <= 0:
            drawn.append(_BARS[0])
        else:
            drawn.append(_BARS[min(len(_BARS) - 1, int(value / top * len(_BARS)))])
    return "".join(drawn)


def _columns(values: Sequence[float | None], width: int) -> list[float | None]:
    known = [value if value is not None and abs(value) < 1e300 else None for value in values]
    if len(known) <= width:
        return known
    columns = []
    for column in range(width):
        part = known[column * len(known) // width : (column + 1) * len(known) // width]
        columns.append(max((value for value in part if value is not None), default=None))
    return columns
