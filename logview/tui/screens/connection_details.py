"""TUI: the connection details: what the source did so far, in numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.screen import ModalScreen
from textual.widgets import Static

from logview.text.sanitize import label
from logview.tui.content import join_content

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
        content = join_content(
            ("The connection's ledger", "bold $text-accent"), ("   esc closes\n\n", "$muted")
        )
        for name, value in self._rows:
            content += join_content((f"{label(name):<26} ", "bold"), f"{label(value)}\n")
        with VerticalScroll(id="help"):
            yield Static(content, markup=False)
