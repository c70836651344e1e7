"""TUI: the list of the open screen."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType
from textual.message import Message
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from logview.tui.content import make_content
from logview.tui.job_rows import Columns, JobRow, heading, make_columns

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.content import Content


_MARKED, _UNMARKED = make_content("◆ ", "bold $text-accent"), make_content("  ")

_NEAR_END = 20
"""Rows from the end at which further ones are asked for."""


class JobList(OptionList):
    """Runs and builds, then what was opened before; `↑` on the first row leaves for the input.

    Owns which row is chosen: the same one while rows come, go and change.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        # With priority, like the screen's Enter: else that would overtake the keys before it.
        Binding("j,down", "cursor_down", show=False, priority=True),
        Binding("k,up", "up", show=False, priority=True),
        Binding("g,home", "first", show=False, priority=True),
        Binding("G,end", "last", show=False, priority=True),
        Binding("pagedown", "page_down", show=False, priority=True),
        Binding("pageup", "page_up", show=False, priority=True),
        # What is typed behind them belongs to the input, or to the log that is opened.
        Binding("slash,i", "screen.type", "go to the input", show=False, priority=True),
        Binding("space", "screen.mark", "mark", show=False, priority=True),
        Binding("d", "screen.details", "details", show=False, priority=True),
        Binding("r", "screen.reload", "reload", show=False, priority=True),
        Binding("q", "app.quit", "quit", show=False, priority=True),
        Binding("enter", "screen.choose_row", show=False, priority=True),
    ]

    class TitleChanged(Message):
        """The titles of the columns are others now; empty where there are no columns."""

        def __init__(self, title: Content) -> None:
            super().__init__()
            self.title = title

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id, markup=False)
        self._rows: Sequence[JobRow] = ()
        self._among: Sequence[JobRow] = ()
        self._empty: Sequence[Content] = ()
        self._shown: list[JobRow | None] = []
        self._drawn: list[Content] = []
        self._title = ""
        self._columns: Columns | None = None
        self._laid_out: dict[JobRow, Content] = {}
        """The rows as they are laid out in `_columns`, with their marks."""
        self._has_been_chosen = False
        """Whether a person chose the row: else newer ones that come are first."""
        self._marked: dict[str, JobRow] = {}
        """The rows that are marked, by what they open, in the order of their marking."""

    def show_jobs(
        self,
        rows: Sequence[JobRow],
        empty: Sequence[Content],
        *,
        among: Sequence[JobRow] = (),
        first: bool = False,
    ) -> None:
        """Show rows; `empty` stands there while there are none of runs and builds.

        The columns are those of `among`, so that they stay while rows are narrowed. With
        `first`, and until one has been here, the first row is chosen; else what was stays chosen.
        """
        if first:
            self._has_been_chosen = self.has_focus
        self._rows = rows
        self._among = among
        self._empty = empty
        self._lay_out(first=first)

    @property
    def _chosen(self) -> JobRow | None:
        return self.row(self.highlighted) if self.highlighted is not None else None

    def _lay_out(self, *, first: bool = False) -> None:
        if not first and self.scroll_offset.y:
            self._has_been_chosen = True  # one has scrolled: nothing moves any more
        first = first or not self._has_been_chosen
        chosen = None if first else self._chosen
        columns = self._columns_now()
        listed = [row for row in self._rows if row.status]
        others = [row for row in self._rows if not row.status and row.kind == "demo"]
        recent = [row for row in self._rows if not row.status and row.kind != "demo"]
        entries: list[tuple[Content, JobRow | None]] = []
        # Most rows are what they were a second ago.
        self._laid_out = {
            row: self._laid_out.get(row) or self._draw_row(row, columns)
            for row in (*listed, *others, *recent)
        }
        entries += [(self._laid_out[row], row) for row in listed]
        if not listed:
            entries += [(_UNMARKED + line, None) for line in self._empty]
            entries += [(self._laid_out[row], row) for row in others]
        if recent:
            entries += [(make_content(), None)] if entries else []
            entries.append((_UNMARKED + heading("Recent"), None))
            entries += [(self._laid_out[row], row) for row in recent]
        self._show_title(columns if listed else None)
        self._draw(entries)
        same = [
            number
            for number, row in enumerate(self._shown)
            if row is not None and chosen is not None and row.value == chosen.value
        ]
        top = next((number for number, row in enumerate(self._shown) if row is not None), None)
        self.highlighted = same[0] if same else top
        if first:
            self.scroll_home(animate=False)

    def _draw_row(self, row: JobRow, columns: Columns) -> Content:
        return (_MARKED if row.value in self._marked else _UNMARKED) + row.content(columns)

    @property
    def marked(self) -> list[JobRow]:
        """The rows that are marked, the first marked one first."""
        return list(self._marked.values())

    def toggle_mark(self) -> None:
        """Mark the selected row, or take its mark away; go on to the next."""
        row = self._chosen
        if row is None or row.kind == "demo":
            return
        if self._marked.pop(row.value, None) is None:
            self._marked[row.value] = row
        self._laid_out.pop(row, None)
        self._lay_out()
        before = self.highlighted
        if before is not None and any(self._shown[before + 1 :]):
            self.action_cursor_down()

    def clear_marks(self) -> None:
        """Take all marks away."""
        for row in self._shown:
            if row is not None and row.value in self._marked:
                self._laid_out.pop(row, None)
        self._marked = {}
        self._lay_out()

    @property
    def is_near_end(self) -> bool:
        """Whether one has scrolled or gone to one of the last rows of the list."""
        top = self.scroll_offset.y
        last = max(self.highlighted or 0, top + self.size.height if top else 0)
        return last >= max(1, len(self._shown) - _NEAR_END)

    def _columns_now(self) -> Columns:
        """Return the columns for the rows and the width of now; others lay all rows out anew."""
        columns = make_columns(self._among or self._rows, self._row_width())
        if columns != self._columns:
            self._columns = columns
            self._laid_out = {}
        return columns

    def _draw(self, entries: list[tuple[Content, JobRow | None]]) -> None:
        """Replace the rows that have changed; all of them only where others came or went."""
        drawn = [content for content, _ in entries]
        shown = [row for _, row in entries]
        if [row and row.value for row in shown] == [row and row.value for row in self._shown]:
            for number, (content, before) in enumerate(zip(drawn, self._drawn, strict=True)):
                if content is not before and content != before:
                    self.replace_option_prompt_at_index(number, content)
        else:
            self.clear_options()
            self.add_options([Option(content, disabled=row is None) for content, row in entries])
        self._drawn, self._shown = drawn, shown

    def _show_title(self, columns: Columns | None) -> None:
        title = columns.title if columns is not None else make_content()
        if title.plain != self._title:
            self._title = title.plain
            self.post_message(self.TitleChanged(title))

    def on_focus(self) -> None:
        """Keep the chosen row chosen from now on."""
        self._has_been_chosen = True

    def on_resize(self) -> None:
        """Lay the rows out in another width."""
        self._lay_out()

    def _row_width(self) -> int:
        return max(20, self.scrollable_content_region.width - 3)

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
