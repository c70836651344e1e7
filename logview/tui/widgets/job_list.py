"""TUI: the list of the open screen."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from logview.tui.content import make_content
from logview.tui.job_rows import JobRow, heading

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.content import Content

_WIDEST = 112
"""Cells of a row at most: farther apart, its ends no longer look like one row."""


class JobList(OptionList):
    """Runs and builds, then what was opened before; `↑` on the first row leaves for the input."""

    BINDINGS: ClassVar[list[BindingType]] = [
        # With priority, like the screen's Enter: else that would overtake the keys before it.
        Binding("j,down", "cursor_down", show=False, priority=True),
        Binding("k,up", "up", show=False, priority=True),
        Binding("g,home", "first", show=False, priority=True),
        Binding("G,end", "last", show=False, priority=True),
        Binding("space,pagedown", "page_down", show=False, priority=True),
        Binding("pageup", "page_up", show=False, priority=True),
        # What is typed behind them belongs to the input, or to the log that is opened.
        Binding("slash,i", "screen.type", "to the input", show=False, priority=True),
        Binding("r", "screen.reload", "load the list again", show=False, priority=True),
        Binding("q", "app.quit", "quit", show=False, priority=True),
        Binding("enter", "screen.choose_row", show=False, priority=True),
    ]

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id, markup=False)
        self._rows: Sequence[JobRow] = ()
        self._empty = ""
        self._shown: list[JobRow | None] = []
        self._width = 0

    def show_jobs(self, rows: Sequence[JobRow], empty: str) -> None:
        """Show rows; `empty` stands there while there are none of runs and builds."""
        self._rows = rows
        self._empty = empty
        self._lay_out()

    def _lay_out(self) -> None:
        # What was chosen stays chosen; until somebody chooses, the first row is.
        at = self.highlighted if self.has_focus else None
        chosen = self.row(at) if at is not None else None
        width = self._width = self._row_width()
        listed = [row for row in self._rows if row.status]
        recent = [row for row in self._rows if not row.status]
        options: list[Option] = []
        self._shown = []

        def add(content: Content, row: JobRow | None) -> None:
            options.append(Option(content, disabled=row is None))
            self._shown.append(row)

        if listed:
            add(heading("Runs and builds", width), None)
            for row in listed:
                add(row.content(width), row)
        elif self._empty:
            add(make_content(self._empty, "$muted"), None)
        if recent:
            add(make_content(), None)
            add(heading("Opened before", width), None)
            for row in recent:
                add(row.content(width), row)
        self.clear_options()
        self.add_options(options)
        same = [
            number
            for number, row in enumerate(self._shown)
            if row is not None and chosen is not None and row.value == chosen.value
        ]
        first = next((number for number, row in enumerate(self._shown) if row is not None), None)
        self.highlighted = same[0] if same else first

    def on_resize(self) -> None:
        """Lay the rows out in another width."""
        if self._width != self._row_width():
            self._lay_out()

    def _row_width(self) -> int:
        return max(20, min(self.scrollable_content_region.width - 4, _WIDEST))

    def row(self, index: int) -> JobRow | None:
        """Return the row at an index of the list; None for headings."""
        return self._shown[index] if 0 <= index < len(self._shown) else None

    def action_up(self) -> None:
        """Go up; from the first row back to the input."""
        before = self.highlighted
        first = next((n for n, row in enumerate(self._shown) if row is not None), None)
        if before is None or before == first:
            self.screen.set_focus(self.screen.query_one("#what"))
        else:
            self.action_cursor_up()
