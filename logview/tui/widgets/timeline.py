"""TUI: the timeline, one row. The log's length over the width, how much happened when, how bad.

The height of a bar is its number of lines; a stretch without lines is blank.
Errors are marked by their shape as well as by their colour: they stand upright,
as high as the row, and the more lines there are the broader. What the screen
shows lies on another background; without colours its bars hang from above.
"""

from __future__ import annotations

import time
from math import sqrt
from typing import TYPE_CHECKING, ClassVar, NamedTuple

from rich.segment import Segment
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from logview.log.entries.level import Level
from logview.tui.connection import utc_now
from logview.tui.schedule import schedule_once

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable, Iterable

    from rich.style import Style
    from textual import events

    from logview.log.entries.index import EntryIndex
    from logview.log.time.timeline import Bars, Cell, StampIndex

REDRAW_SECONDS = 0.4
"""The least time between two counts of the bars, in seconds."""

PADDING = 2
"""Blank cells on the left, and on the right, as in the header."""

MARK = "◆"
"""What stands for a marked line."""

_HEIGHTS = " ▁▂▃▄▅▆▇█"
_BREADTHS = " ▌▌▌▋▋▋▊▉"
"""The same with an error: never as broad as a peak, nor so thin that a gap seems to follow."""

_VIEWED = {"█": "▆", "▇": "▆", "▉": "▋", "▊": "▋"}
"""What would cover too much of the background that marks what is on the screen."""

_HANGING = dict(zip(_HEIGHTS, reversed(_HEIGHTS), strict=True))
"""What is reversed to a bar of the same height that hangs from above."""

_USUAL = 4
"""How many times the usual number of lines a full bar is at least: an even log is half high."""

_KIND = {Level.WARN: "warn", Level.ERROR: "error", Level.CRITICAL: "critical"}


class TimelineCell(NamedTuple):
    """What one cell shows."""

    glyph: str
    kind: str
    """Which component style it has."""
    viewed: bool = False
    """Whether the screen shows lines of it."""


class Timeline(Widget):
    """How much was logged when, and its worst levels; a click goes there."""

    ALLOW_SELECT = False
    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "timeline--plain",
        "timeline--warn",
        "timeline--error",
        "timeline--critical",
        "timeline--mark",
        "timeline--viewport",
    }

    class Picked(Message):
        """A time was picked; `line` is the first of its lines."""

        def __init__(self, line: int) -> None:
            super().__init__()
            self.line = line

        def can_replace(self, message: Message) -> bool:
            """Only the place that was dragged to last matters."""
            return isinstance(message, Timeline.Picked)

    def __init__(
        self,
        make_stamps: Callable[[], StampIndex],
        levels: EntryIndex,
        is_running: Callable[[], bool],
        *,
        id: str | None = None,
    ) -> None:
        """Show the times of a log; while `is_running`, its time goes on to now.

        `make_stamps` returns the index of its times, when the first bars are counted.
        """
        super().__init__(id=id, classes="-away")  # until it is known that there are times
        self.rendered = 0
        """How many times the row was drawn."""
        self.enabled = True
        """Whether the reader lets it have its row."""
        self._make_stamps = make_stamps
        self._levels = levels
        self._is_running = is_running
        self._stamps: StampIndex | None = None
        self._bars: Bars | None = None
        self._plain: list[TimelineCell] = []
        self._drawn: list[TimelineCell] = []
        self._viewport: tuple[int, int] | None = None
        self._marks: Iterable[int] = ()
        self._grabbed: int | None = None
        self._styles: dict[tuple[str, bool], Style] = {}
        self._counted = 0.0
        self._timer: asyncio.TimerHandle | None = None

    @property
    def is_shown(self) -> bool:
        """Whether it has its row, as far as the log's size does not take that away."""
        return not self.has_class("-away")

    def show_where_stamped(self, is_stamped: bool) -> None:
        """Take the row once it is known that the log has times; give it back when switched off."""
        shown = self.enabled and (self.is_shown or is_stamped)
        # By a class: where there are few rows, the log's style takes the row away.
        self.set_class(not shown, "-away")

    # -- bars -----------------------------------------------------------------------------

    @property
    def width(self) -> int:
        """How many cells there are to be filled."""
        return max(0, self.size.width - 2 * PADDING)

    def update_bars(self) -> None:
        """Count the bars again, at once or `REDRAW_SECONDS` after the last count."""
        if self._timer is not None or not self._levels.begun or not self.enabled:
            return
        wait = self._counted + REDRAW_SECONDS - time.monotonic()
        if wait <= 0:
            self._count_bars()
        else:
            self._timer = schedule_once(self, wait, self._count_bars)

    def update_clock(self) -> None:
        """Count the bars again where the log goes on: its time grows."""
        if self._is_running():
            self.update_bars()

    def forget(self) -> None:
        """Forget where in the log its times were: it was rewritten."""
        if self._stamps is not None:
            self._stamps.forget()

    def _count_bars(self) -> None:
        self._timer = None
        self._counted = time.monotonic()
        if not self._levels.begun:
            return
        if self._stamps is None:
            self._stamps = self._make_stamps()
        running = self._is_running()
        self.show_bars(
            self._stamps.bars(
                self.width,
                self._levels,
                until=round(utc_now().timestamp() * 1000) if running else None,
                growing=running,
            )
        )

    def show_bars(self, bars: Bars | None) -> None:
        """Show these bars; none with None."""
        if bars is not self._bars:
            self._bars = bars
            self._plain = _bars_drawn(bars.cells) if bars else []
        self._update_cells()

    def show_viewport(self, lines: tuple[int, int] | None, marks: Iterable[int] = ()) -> None:
        """Show where the first and the last line on the screen are in time, and marked lines."""
        self._viewport, self._marks = lines, marks
        self._update_cells()

    def _update_cells(self) -> None:
        bars, drawn = self._bars, self._plain.copy()
        if bars is not None:
            for cell in {bars.cell_of(line) for line in self._marks}:
                drawn[cell] = TimelineCell(MARK, "mark")
            if self._viewport is not None:
                first, last = (bars.cell_of(line) for line in self._viewport)
                for cell in range(first, last + 1):
                    glyph, kind, _ = drawn[cell]
                    drawn[cell] = TimelineCell(_VIEWED.get(glyph, glyph), kind, viewed=True)
        if drawn != self._drawn:
            self._drawn = drawn
            self.refresh()

    # -- drawing --------------------------------------------------------------------------

    def render_line(self, y: int) -> Strip:
        """Draw the row."""
        self.rendered += 1
        width = self.size.width
        margin = Segment(" " * PADDING, self.rich_style)
        cells = []
        for cell in self._drawn[: self.width]:
            style = self._style_of(cell.kind, viewed=cell.viewed)
            glyph = _HANGING.get(cell.glyph, cell.glyph) if style.reverse else cell.glyph
            cells.append(Segment(glyph, style))
        strip = Strip([margin, *cells], PADDING + len(cells))
        return strip.simplify().adjust_cell_length(width, self.rich_style)

    def _style_of(self, kind: str, *, viewed: bool) -> Style:
        style = self._styles.get((kind, viewed))
        if style is None:
            style = self.rich_style
            # A level's colour stays what it is wherever the screen is.
            names = ("plain", "viewport") if kind == "plain" else ("viewport", kind)
            for name in names if viewed else (kind,):
                style += self.get_component_rich_style(f"timeline--{name}", partial=True)
            self._styles[kind, viewed] = style
        return style

    def notify_style_update(self) -> None:
        """Forget the styles of another theme."""
        self._styles.clear()
        super().notify_style_update()

    def on_resize(self) -> None:
        """Count bars of another width."""
        if self._bars is None or len(self._bars.cells) != self.width:
            self._count_bars()

    # -- mouse ----------------------------------------------------------------------------

    def on_mouse_down(self, event: events.MouseDown) -> None:
        """Go to the time below the mouse, and on wherever it is dragged."""
        event.stop()
        if self._bars is not None:
            self.capture_mouse()
            self._grabbed = -1
            self._pick(event.x)

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """Go where the mouse is dragged."""
        if self._grabbed is not None:
            event.stop()
            self._pick(event.x)

    def on_mouse_up(self, event: events.MouseUp) -> None:
        """End a drag."""
        event.stop()
        self._grabbed = None
        self.release_mouse()

    def _pick(self, x: int) -> None:
        bars = self._bars
        if bars is None:
            return
        cell = max(0, min(x - PADDING, len(bars.cells) - 1))
        if cell != self._grabbed:
            self._grabbed = cell
            self.post_message(self.Picked(bars.line_at(cell)))


def _bars_drawn(cells: tuple[Cell, ...]) -> list[TimelineCell]:
    counts = [cell.count for cell in cells if cell.count]
    # By the square root: few lines are still seen next to many.
    full = max(*counts, _USUAL * sorted(counts)[(len(counts) - 1) // 2])
    return [
        TimelineCell(
            (_BREADTHS if (cell.worst or 0) >= Level.ERROR else _HEIGHTS)[
                _eighths(cell.count, full)
            ],
            "plain" if cell.worst is None else _KIND.get(cell.worst, "plain"),
        )
        for cell in cells
    ]


def _eighths(count: int, full: int) -> int:
    return max(1, round(8 * sqrt(count / full))) if count else 0
