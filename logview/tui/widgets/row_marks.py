"""TUI: the marks of a row. What is drawn over a line's text: its level, matches, what is selected.

Places are in characters of the line's visible text.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from logview.log.search.pattern import PatternTooSlowError
from logview.log.view.selection import END
from logview.tui.widgets.row_strip import Mark

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.style import Style

    from logview.log.search.pattern import Pattern
    from logview.log.view.selection import Selection
    from logview.tui.line_layout import LineLayout, Window
    from logview.tui.widgets.gutter import Beside
    from logview.tui.widgets.palette import Palette


@dataclass(frozen=True, slots=True)
class Match:
    """The current match: a stretch of one line's visible text."""

    line: int
    start: int
    end: int


def level_marks(
    beside: Beside, layout: LineLayout, window: Window, palette: Palette
) -> Sequence[Mark]:
    """Mark the word for the level, where a line has no colours of its own."""
    from logview.log.entries.levels import word_span

    if beside.level is None or not beside.begins or layout.is_long or window.shown.spans:
        return ()
    span = word_span(window.shown.text)
    if span is None:
        return ()
    start, end = (window.shift + window.shown.character(column) for column in span)
    return (Mark(start, end, palette.level(beside.level)),)


def match_marks(
    pattern: Pattern, text: str, start: int, current: Match | None, palette: Palette
) -> Sequence[Mark]:
    """Mark the matches in a text that begins at `start`, and the current one."""
    try:
        spans = pattern.spans(text)
    except PatternTooSlowError:
        return ()  # the search tells it; the line is shown without marks
    marks = [Mark(start + a, start + b, palette.match) for a, b in spans]
    if current is not None:
        marks.append(Mark(current.start, current.end, palette.current))
    return marks


def selected_in(
    selection: Selection | None, line: int, fold: range | None
) -> tuple[int, int] | None:
    """Give which characters of a line, or of what a fold stands for, are selected."""
    if selection is None:
        return None
    if fold is not None:
        is_in = selection.start.line < fold.stop and selection.stop.line >= fold.start
        return (0, END) if is_in else None
    span = selection.span(line)
    return span if span is not None and span[0] < span[1] else None


def selection_marks(selected: tuple[int, int], window: Window, style: Style) -> Sequence[Mark]:
    """Mark the selected characters of a line that a row shows."""
    first, end = window.shift, window.shift + window.shown.shown
    # The line break behind the last character is drawn; what ends before it draws nothing.
    if selected[0] > end or selected[1] <= first < end:
        return ()
    return (Mark(max(first, selected[0]), min(end, selected[1]), style),)
