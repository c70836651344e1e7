"""TUI: the connection details: what the source did so far, in numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.screen import ModalScreen
from textual.widgets import Static

from logview.text.sanitize import label
from logview.tui.content import join_content, make_content

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.app import ComposeResult


class ConnectionDetails(ModalScreen[None]):
    """Names and values, a row each."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape,q,enter", "dismiss", "close")]

    def __init__(self, rows: Sequence[tuple[str, str]]) -> None:
        super().__init__()
        self._rows = rows

    def compose(self) -> ComposeResult:
        """Compose the page."""
        rows = [
            join_content((f"{label(name):<26} ", "bold"), label(value))
            for name, value in self._rows
        ]
        with Vertical(id="help-box") as box, VerticalScroll(id="help"):
            yield Static(make_content("\n").join(rows), markup=False)
        box.border_title = "Connection details"
        box.border_subtitle = "esc close"
