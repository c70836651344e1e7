"""TUI: the list of lanes: what each is, its errors and warnings; switch them on and off."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

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
        name, ident, status, errors = (
            max(map(len, column), default=0)
            for column in zip(*(_columns(row) for row in rows), strict=True)
        )
        contents = [_row(row, (name, ident, status, errors)) for row in rows]
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


def _columns(row: LaneRow) -> tuple[str, str, str, str]:
    errors = f"{row.errors:,} E" if row.errors else ""
    return label(row.name, _NAME), label(row.ident, 60), label(row.status, 30), errors


def _row(row: LaneRow, widths: tuple[int, int, int, int]) -> Content:
    name, ident, status, errors = (
        f"{text:<{width}}" for text, width in zip(_columns(row), widths, strict=True)
    )
    colour = "$foreground" if row.lane < 0 else _COLOURS[row.lane % len(_COLOURS)]
    return join_content(
        ("[x] " if row.shown else "[ ] ", "bold"),
        (name, colour if row.shown else "strike $muted"),
        (f"  {ident}" if ident else "", "$muted"),
        (f"  {status}" if status else "", ""),
        (f"  {errors}" if errors else "", "bold $text-error"),
        (f"  {row.warnings:,} W" if row.warnings else "", "bold $text-warning"),
        (f"  {count(row.lines, 'line')}", "$muted"),
    )
