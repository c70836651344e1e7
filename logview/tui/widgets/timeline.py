"""TUI: the timeline. How much of a log was logged when, and how bad it was.

The height of a bar is its number of lines, on a scale that doubles when it is
full; a stretch without lines is blank. Errors and warnings colour their share of
a bar from the bottom up. A cell of the terminal has one colour and a background:
where a bar ends within one, all of it there has the colour of the worst level
with a visible share. What the screen shows lies on another background; without
colours it is reversed.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, ClassVar, Literal, NamedTuple, TypeAlias

from rich.segment import Segment
from rich.style import Style
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from logview.pending_reads import PendingReadError
from logview.phrases import count
from logview.tui.connection import utc_now
from logview.tui.schedule import schedule_once

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from textual import events

    from logview.log.time.timeline import Bars, Cell, StampIndex
    from logview.log.view.view import View

REDRAW_SECONDS = 0.4
"""The least time between two counts of the bars, in seconds."""

PADDING = 2
"""Blank cells on the left, and on the right, as in the header."""

LEAST_WITH_TIMES = 36
"""Columns from which on times stand at both ends."""

MARK = "◆"
"""What stands for a marked line."""

LEAST_SHARE = 8
"""A level whose share of a bar is at least one in so many lines colours a cell of it."""

RARE = 8
"""Where at most one in so many bars has errors, each of them is coloured as one."""

_DAY = 86_400_000

_HEIGHTS = " ▁▂▃▄▅▆▇█"

_UPRIGHT = "▌"
"""A bar of errors without colours."""

Kind: TypeAlias = Literal["plain", "dim", "warn", "error", "mark"]

TimeForm: TypeAlias = Literal["minute", "second", "day"]
"""How exactly a moment is written: `06:12`, `06:12:03.500`, `11-20 06:12`."""

_FORM_CELLS: dict[TimeForm, int] = {"minute": 5, "second": 12, "day": 11}


class TimelineCell(NamedTuple):
    """What one cell shows."""

    glyph: str
    kind: Kind
    """Which component style it has."""
    above: Kind | None = None
    """The style of the part of the bar above the glyph, where the bar goes on there."""
    viewed: bool = False
    """Whether the screen shows lines of it."""


_BLANK = TimelineCell(" ", "plain")


class Timeline(Widget):
    """How much was logged when, and its errors and warnings; a click goes there."""

    ALLOW_SELECT = False
    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "timeline--plain",
        "timeline--dim",
        "timeline--warn",
        "timeline--error",
        "timeline--mark",
        "timeline--time",
        "timeline--hover",
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
        view: View,
        is_running: Callable[[], bool],
        format_time: Callable[[int, TimeForm], str],
        *,
        id: str | None = None,
    ) -> None:
        """Show the times of a log; while `is_running`, its time goes on to now.

        `make_stamps` returns the index of its times, when the first bars are counted.
        `format_time` writes a moment in milliseconds since 1970.
        """
        super().__init__(id=id, classes="-away")  # until it is known that there are times
        self.rendered = 0
        """How many rows were drawn."""
        self.enabled = True
        """Whether the reader lets it have its row."""
        self._make_stamps = make_stamps
        self._view = view
        self._is_running = is_running
        self._format_time = format_time
        self._stamps: StampIndex | None = None
        self._bars: Bars | None = None
        self._plain: list[list[TimelineCell]] = []
        self._drawn: list[list[TimelineCell]] = []
        """The cells of each row, the topmost first."""
        self._times = ("", "")
        self._viewport: tuple[int, int] | None = None
        self._marks: Iterable[int] = ()
        self._grabbed: int | None = None
        self._hovered: int | None = None
        self._styles: dict[tuple[Kind, Kind | None, bool], Style] = {}
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

    def width_for(self, form: TimeForm) -> int:
        """Return how many cells there are for bars, next to times of a form."""
        width = max(0, self.size.width - 2 * PADDING)
        return width - 2 * (_FORM_CELLS[form] + 1) if width >= LEAST_WITH_TIMES else width

    def update_bars(self) -> None:
        """Count the bars again, at once or `REDRAW_SECONDS` after the last count."""
        if self._timer is not None or not self._view.entries.begun or not self.enabled:
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
        view = self._view
        if not view.entries.begun:
            return
        if self._stamps is None:
            self._stamps = self._make_stamps()
        until = round(utc_now().timestamp() * 1000) if self._is_running() else None
        bars = None
        try:
            for form in ("minute", "day"):
                bars = self._stamps.bars(
                    self.width_for(form),
                    view.entries,
                    until=until,
                    shown_before=view.shown_before if view.is_filtered else None,
                )
                if bars is None or _form_of(bars, self.width_for("minute")) == form:
                    break
        except PendingReadError:
            return  # the next frame counts them
        self.show_bars(bars)

    def show_bars(self, bars: Bars | None) -> None:
        """Show these bars; none with None."""
        self._bars = bars
        filtered = bars is not None and any(cell.shown is not None for cell in bars.cells)
        self.set_class(filtered, "-filtered")
        self._plain = [] if bars is None else _bars_drawn(bars.cells, max(1, self.size.height))
        times = ("", "")
        width = self.size.width - 2 * PADDING
        if bars is not None and width >= LEAST_WITH_TIMES:
            form = _form_of(bars, self.width_for("minute"))
            times = (self._format_time(bars.first, form), self._format_time(bars.last, form))
        if times != self._times:
            self._times = times
            self.refresh()
        self._update_cells()

    def show_viewport(self, lines: tuple[int, int] | None, marks: Iterable[int] = ()) -> None:
        """Show where the first and the last line on the screen are in time, and marked lines."""
        self._viewport, self._marks = lines, marks
        self._update_cells()

    def _update_cells(self) -> None:
        bars, drawn = self._bars, [row.copy() for row in self._plain]
        if bars is not None:
            for cell in {bars.cell_of(line) for line in self._marks}:
                drawn[0][cell] = TimelineCell(MARK, "mark")
            if self._viewport is not None:
                first, last = (bars.cell_of(line) for line in self._viewport)
                for row in drawn:
                    for cell in range(first, last + 1):
                        row[cell] = row[cell]._replace(viewed=True)
        if drawn != self._drawn:
            self._drawn = drawn
            self.refresh()

    # -- drawing --------------------------------------------------------------------------

    @property
    def _left(self) -> int:
        """The column of the first bar."""
        return PADDING + (len(self._times[0]) + 1 if self._times[0] else 0)

    def render_line(self, y: int) -> Strip:
        """Draw one row."""
        self.rendered += 1
        base, width = self.rich_style, self.size.width
        segments = [Segment(" " * PADDING, base)]
        before, after = self._times
        if y == self.size.height - 1 and before:
            style = base + self.get_component_rich_style("timeline--time", partial=True)
            segments.append(Segment(f"{before} ", style))
            ending = Segment(f" {after}", style)
        else:
            segments[0] = Segment(" " * self._left, base)
            ending = Segment("", base)
        row = self._drawn[y] if y < len(self._drawn) else []
        segments += map(self._segment, row)
        strip = Strip([*segments, ending]).simplify().adjust_cell_length(width, base)
        return self._with_hovered(strip) if y == 0 else strip

    def _segment(self, cell: TimelineCell) -> Segment:
        kind, glyph, above = cell.kind, cell.glyph, cell.above
        if self.app.no_color and kind != "mark":
            if glyph != " " and "error" in (kind, above) and kind == "error":
                glyph = _UPRIGHT
            elif above is not None:
                glyph = "█"
            above = None
        style = self._style_of(kind, above, viewed=cell.viewed)
        return Segment(glyph, style)

    def _style_of(self, kind: Kind, above: Kind | None, *, viewed: bool) -> Style:
        style = self._styles.get((kind, above, viewed))
        if style is None:

            def part(name: str) -> Style:
                return self.get_component_rich_style(f"timeline--{name}", partial=True)

            # A level's colour stays what it is wherever the screen is.
            style = self.rich_style
            names = ("plain", "viewport") if kind == "plain" else ("viewport", kind)
            for name in names if viewed else (kind,):
                style += part(name)
            if above is not None:
                upper = "viewport" if viewed and above == "plain" else above
                style += Style(bgcolor=part(upper).color)
            self._styles[kind, above, viewed] = style
        return style

    def _with_hovered(self, strip: Strip) -> Strip:
        """Show the time under the mouse next to it."""
        bars, cell = self._bars, self._hovered
        if bars is None or cell is None or cell >= len(bars.cells):
            return strip
        one = bars.cells[cell]
        words = [self._format_time(max(one.begin, bars.first), "second"), count(one.count, "line")]
        if one.errors:
            words.append(f"{one.errors:,} in errors")
        text = f" {' · '.join(words)} "
        width = strip.cell_length
        x = self._left + cell + 1
        if x + len(text) > width:
            x = self._left + cell - len(text)
        if x < 0 or x + len(text) > width:
            return strip
        style = self.rich_style + self.get_component_rich_style("timeline--hover", partial=True)
        label = Strip([Segment(text, style)], len(text))
        return Strip.join([strip.crop(0, x), label, strip.crop(x + len(text), width)])

    def notify_style_update(self) -> None:
        """Forget the styles of another theme."""
        self._styles.clear()
        super().notify_style_update()

    def on_resize(self) -> None:
        """Count bars of another width, and draw them at another height."""
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
        """Show the time under the mouse, and go there while it is dragged."""
        event.stop()
        if self._grabbed is not None:
            self._pick(event.x)
        cell = event.x - self._left
        within = self._bars is not None and 0 <= cell < len(self._bars.cells)
        self._show_hovered(cell if within else None)

    def on_leave(self) -> None:
        """Show no time."""
        self._show_hovered(None)

    def _show_hovered(self, cell: int | None) -> None:
        if cell != self._hovered:
            self._hovered = cell
            self.refresh()

    def on_mouse_up(self, event: events.MouseUp) -> None:
        """End a drag."""
        event.stop()
        self._grabbed = None
        self.release_mouse()

    def _pick(self, x: int) -> None:
        bars = self._bars
        if bars is None:
            return
        cell = max(0, min(x - self._left, len(bars.cells) - 1))
        if cell != self._grabbed:
            self._grabbed = cell
            self.post_message(self.Picked(bars.line_at(cell)))


def _form_of(bars: Bars, width: int) -> TimeForm:
    """Return how the ends are written: with the date where the cells may span days."""
    return "day" if bars.step * width > _DAY else "minute"


def _bars_drawn(cells: Sequence[Cell], rows: int) -> list[list[TimelineCell]]:
    """Return the cells of each row of the bars, the topmost row first."""
    # The topmost eighth stays free: behind a bar too is seen what the screen shows.
    most = 8 * rows - 1
    highest = max((cell.count for cell in cells), default=0)
    full = 1 << max(0, highest - 1).bit_length()
    filled = sum(cell.count > 0 for cell in cells)
    rare = sum(cell.errors > 0 for cell in cells) <= max(1, filled // RARE)
    drawn: list[list[TimelineCell]] = [[] for _ in range(rows)]
    for cell in cells:
        height = max(1, round(most * cell.count / full)) if cell.count else 0
        parts = [*_parts(cell, height)]
        whole = _whole_kind(cell, rare=rare)
        for row in range(rows):
            low = 8 * (rows - 1 - row)
            drawn[row].append(_cell_drawn(parts, whole, height, low))
    return drawn


def _parts(cell: Cell, height: int) -> Iterator[tuple[int, Kind]]:
    """Yield the height at which each part of a bar ends, from the bottom up, and its kind."""
    if not height:
        return
    shown = cell.count if cell.shown is None else cell.shown
    counts: tuple[tuple[int, Kind], ...] = (
        (min(cell.errors, shown), "error"),
        (min(cell.warnings, shown), "warn"),
        (shown, "plain"),
        (cell.count, "dim"),
    )
    end, lines = 0, 0
    for number, kind in counts:
        more = number if kind in ("error", "warn") else number - lines
        if more > 0 and end < height:
            lines += more
            # However few, they are seen.
            end = height if kind == "dim" else max(end + 1, round(height * lines / cell.count))
            end = min(end, height)
            yield end, kind


def _whole_kind(cell: Cell, *, rare: bool) -> Kind:
    """Return the kind of a bar that has one colour."""
    shown = cell.count if cell.shown is None else cell.shown
    if not shown:
        return "dim"
    if cell.errors and (rare or LEAST_SHARE * cell.errors >= cell.count):
        return "error"
    return "warn" if LEAST_SHARE * (cell.errors + cell.warnings) >= cell.count else "plain"


def _cell_drawn(
    parts: Sequence[tuple[int, Kind]], whole: Kind, height: int, low: int
) -> TimelineCell:
    """Return the cell of a bar whose bottom is at `low`, in eighths of a cell."""
    if height <= low:
        return _BLANK
    inside = [(end - low, kind) for end, kind in parts if end > low]
    if height < low + 8:
        # Above its first cell a bar shows what it ends with there, most of all.
        if low:
            sizes = [end - max(0, before) for (end, _), before in _with_before(inside)]
            whole = inside[max(range(len(inside)), key=sizes.__getitem__)][1]
        return TimelineCell(_HEIGHTS[height - low], whole)
    if inside[0][0] >= 8:
        return TimelineCell("█", inside[0][1])
    # Of what is above the lowest part, the largest one.
    above = [(min(8, end) - before, kind) for (end, kind), before in _with_before(inside)][1:]
    return TimelineCell(_HEIGHTS[inside[0][0]], inside[0][1], max(above)[1])


def _with_before(
    parts: Sequence[tuple[int, Kind]],
) -> Iterator[tuple[tuple[int, Kind], int]]:
    """Yield each part with the height at which it begins."""
    before = 0
    for part in parts:
        yield part, before
        before = part[0]
