"""Bench: the least Textual app; how soon it shows its text is what logview is measured against."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.app import App
from textual.widgets import Static

if TYPE_CHECKING:
    from textual.app import ComposeResult

TEXT = "hello from a bare app"


class Bare(App[None]):
    """One text."""

    def compose(self) -> ComposeResult:
        """Show it."""
        yield Static(TEXT)


if __name__ == "__main__":
    Bare().run()
