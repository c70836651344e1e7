"""TUI: the list of marks: marked lines, each with the time since the one above it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from logview.text.sanitize import label
from logview.tui.content import join_content
from logview.tui.widgets.key_bar import KeyHint

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.content import Content

_TEXT = 500
"""Characters of a line that are shown."""


@dataclass(frozen=True, slots=True)
class MarkRow:
    """One marked line."""

    line: int
    """Its number in the document."""
    number: str
    """Its number as a person reads it."""
    time: str
    passed: str
    """The time since the mark above it; empty where that is not known."""
    text: str


class MarkList(OptionList):
    """Marked lines, one a row, over the last rows of the log."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("j", "cursor_down", show=False),
        Binding("k", "cursor_up", show=False),
        Binding("d,delete,m", "do('delete')", "delete"),
        Binding("escape,apostrophe,K,q", "do('close')", "close"),
    ]

    hints = (
        KeyHint("↵", "go there", "focused.select"),
        KeyHint("d", "delete", "focused.do('delete')"),
        KeyHint("esc", "close", "focused.do('close')"),
    )
    """What the footer shows while the list has the focus."""

    class Chosen(Message):
        """An action was chosen for a mark: `go`, `delete` or `close`."""

        def __init__(self, panel: MarkList, what: str, line: int) -> None:
            super().__init__()
            self.panel = panel
            self.what = what
            self.line = line

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id, markup=False)
        self.display = False
        self._marked: list[int] = []

    def show_marks(self, rows: Sequence[MarkRow], current: int | None) -> None:
        """Show these marks; the one at `current`, or the next above, is chosen."""
        self._marked = [row.line for row in rows]
        self.border_title = f"Marks · {len(rows):,}"
        number = max((len(row.number) for row in rows), default=0)
        time = max((len(row.time) for row in rows), default=0)
        passed = max((len(row.passed) for row in rows), default=0)
        self.clear_options()
        self.add_options([Option(_row(row, number, time, passed)) for row in rows])
        above = [at for at, row in enumerate(rows) if current is not None and row.line <= current]
        self.highlighted = (above[-1] if above else 0) if rows else None

    def action_do(self, what: str) -> None:
        """Post an action for the mark under the cursor."""
        at = self.highlighted
        if what == "close" or at is None:
            self.post_message(self.Chosen(self, "close", 0))
        else:
            self.post_message(self.Chosen(self, what, self._marked[at]))

    @on(OptionList.OptionSelected)
    def _chosen(self, message: OptionList.OptionSelected) -> None:
        message.stop()
        self.post_message(self.Chosen(self, "go", self._marked[message.option_index]))


def _row(row: MarkRow, number: int, time: int, passed: int) -> Content:
    return join_content(
        (f"{row.number:>{number}}", "$muted"),
        (f"  {row.time:<{time}}" if time else "", ""),
        (f"  {row.passed:>{passed}}" if passed else "", "bold $text-accent"),
        f"  {label(row.text, _TEXT)}",
    )
