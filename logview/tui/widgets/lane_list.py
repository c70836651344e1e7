"""TUI: the list of lanes: what each is, its errors and warnings; switch them on and off."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from rich.cells import cell_len
from textual import on
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from logview.phrases import count
from logview.text.sanitize import label
from logview.tui.content import join_content
from logview.tui.widgets.key_bar import KeyHint

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.content import Content

_NUMBERS = 3
"""The first of the columns that have numbers."""

_NAME = 40
"""Characters of a name that are shown."""

_COLOURS = (
    "$text-primary",
    "$text-success",
    "bold $foreground",
    "bold $text-primary",
    "bold $text-success",
    "$muted",
)
"""The colours of lanes by number, as `LogPane` has them."""


@dataclass(frozen=True, slots=True)
class LaneRow:
    """One lane."""

    lane: int
    """Its number."""
    name: str
    ident: str
    """The run's ID; empty for what has none."""
    status: str
    shown: bool
    errors: int
    warnings: int
    lines: int


class LaneList(OptionList):
    """The lanes, one a row, over the last rows of the log."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("j", "cursor_down", show=False),
        Binding("k", "cursor_up", show=False),
        Binding("space", "do('switch')", "toggle"),
        Binding("escape,q", "do('close')", "close"),
    ]

    hints = (
        KeyHint("space", "toggle", "focused.do('switch')"),
        KeyHint("↵", "only this one", "focused.select"),
        KeyHint("esc", "close", "focused.do('close')"),
    )
    """What the footer shows while the list has the focus."""

    class Chosen(Message):
        """An action was chosen for a lane: `switch`, `only` or `close`."""

        def __init__(self, what: str, lane: int) -> None:
            super().__init__()
            self.what = what
            self.lane = lane

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id, markup=False)
        self.display = False
        self._rows: Sequence[LaneRow] = ()

    def show_lanes(self, rows: Sequence[LaneRow], *, complete: bool) -> None:
        """Show these lanes, the cursor where it was; `complete` is whether the log was read."""
        self.border_title = f"Lanes · {len(rows):,}{'' if complete else '…'}"
        old, self._rows = self._rows, list(rows)
        texts = [_columns(row) for row in rows]
        widths = [max(map(cell_len, column)) for column in zip(*texts, strict=True)]
        contents = [_row(row, widths) for row in rows]
        if [row.lane for row in old] == [row.lane for row in rows]:
            for at, content in enumerate(contents):
                self.replace_option_prompt_at_index(at, content)
            return
        before = self.highlighted
        self.clear_options()
        self.add_options([Option(content) for content in contents])
        self.highlighted = min(before or 0, len(rows) - 1)

    def action_do(self, what: str) -> None:
        """Post an action for the lane under the cursor."""
        at = self.highlighted
        if what == "close" or at is None:
            self.post_message(self.Chosen("close", 0))
        else:
            self.post_message(self.Chosen(what, self._rows[at].lane))

    @on(OptionList.OptionSelected)
    def _chosen(self, message: OptionList.OptionSelected) -> None:
        message.stop()
        self.post_message(self.Chosen("only", self._rows[message.option_index].lane))


def _columns(row: LaneRow) -> tuple[str, ...]:
    errors = f"{row.errors:,} E" if row.errors else ""
    warnings = f"{row.warnings:,} W" if row.warnings else ""
    name, ident, status = label(row.name, _NAME), label(row.ident, 60), label(row.status, 20)
    return name, ident, status, errors, warnings, count(row.lines, "line")


def _row(row: LaneRow, widths: Sequence[int]) -> Content:
    colour = "$foreground" if row.lane < 0 else _COLOURS[row.lane % len(_COLOURS)]
    styles = (
        colour if row.shown else "strike $muted",
        *("$muted", "", "bold $text-error", "bold $text-warning", "$muted"),
    )
    parts: list[tuple[str, str]] = [("[x] " if row.shown else "[ ] ", "bold")]
    for number, (text, width, style) in enumerate(zip(_columns(row), widths, styles, strict=True)):
        if width:  # numbers end at the right
            padding = " " * (width - cell_len(text))
            parts.append((text, style))
            parts.insert(len(parts) - (number >= _NUMBERS), (padding, ""))
            parts.append(("  ", ""))
    return join_content(*parts[:-1])
