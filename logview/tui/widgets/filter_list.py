"""TUI: the list of filters (`X`), the minimum level first: toggle, delete, edit."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType
from textual.message import Message
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from logview.log.search.line_filter import LineFilter
from logview.text.sanitize import label
from logview.tui.content import join_content
from logview.tui.widgets.key_bar import KeyHint

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.content import Content

    from logview.log.entries.level import Level
    from logview.log.view.view import ViewFilter


class FilterList(OptionList):
    """The filters, one a row, over the last rows of the log."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("j", "cursor_down", show=False),
        Binding("k", "cursor_up", show=False),
        Binding("space", "do('switch')", "toggle"),
        Binding("d,delete", "do('delete')", "delete"),
        Binding("enter", "do('edit')", "edit"),
        Binding("escape,X,q", "do('close')", "close"),
    ]

    hints = (
        KeyHint("space", "toggle", "focused.do('switch')"),
        KeyHint("↵", "edit", "focused.do('edit')"),
        KeyHint("d", "delete", "focused.do('delete')"),
        KeyHint("esc", "close", "focused.do('close')"),
    )
    """What the footer shows while the list has the focus."""

    class Chosen(Message):
        """An action was chosen for a filter."""

        def __init__(self, what: str, number: int) -> None:
            super().__init__()
            self.what = what
            self.number = number

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id, markup=False)
        self.display = False

    def show_filters(
        self,
        filters: Sequence[ViewFilter],
        level: tuple[Level, bool] | None = None,
        *,
        suspended: bool = False,
    ) -> None:
        """Show these filters, the cursor where it was.

        `level` is the minimum level and whether it is in force; it comes first.
        """
        before = self.highlighted
        rows = [] if level is None else [_level_row(*level)]
        rows += [_row(f, in_force=f.enabled and not suspended) for f in filters]
        self.border_title = f"Filters · {len(rows):,}"
        self.clear_options()
        self.add_options([Option(row) for row in rows])
        if rows:
            self.highlighted = min(before or 0, len(rows) - 1)

    def action_do(self, what: str) -> None:
        """Post an action for the filter under the cursor."""
        if what == "close" or self.highlighted is not None:
            self.post_message(self.Chosen(what, self.highlighted or 0))


def _level_row(level: Level, in_force: bool) -> Content:
    return join_content(
        ("[x] " if in_force else "[ ] ", "bold"),
        ("minimum level  ", "$muted"),
        (level.name, "" if in_force else "strike $muted"),
    )


def _row(line_filter: ViewFilter, *, in_force: bool) -> Content:
    text, kinds = line_filter.label.removeprefix("" if line_filter.keep else "!"), []
    if isinstance(line_filter, LineFilter):
        query = line_filter.pattern.query
        kinds = [word for word, on_ in (("regex", query.regex), ("case", bool(query.case))) if on_]
    verb = "include" if line_filter.keep else "exclude"
    return join_content(
        ("[x] " if in_force else "[ ] ", "bold"),
        (f"{verb}  ", "$muted"),
        (label(text), "" if in_force else "strike $muted"),
        (f"   {' '.join(kinds)}" if kinds else "", "$muted"),
    )
