"""TUI: what stands in the middle of a log without lines: what goes on, and what can be done."""

from __future__ import annotations

from dataclasses import dataclass
from textwrap import wrap

from textual.widgets import Static

from logview.text.sanitize import label
from logview.tui.content import join_content, make_content

MAX_WIDTH = 72
"""Cells of a row at most: longer ones are hard to read."""

MAX_TEXT = 400
"""Characters of each text that are shown at most."""


@dataclass(frozen=True, slots=True)
class EmptyState:
    """The words of an empty log. All texts may come from outside."""

    title: str
    details: tuple[str, ...] = ()
    """Sentences below the title; empty ones are left out."""
    keys: tuple[tuple[str, str], ...] = ()
    """Each key that can do something, with its word."""
    is_failure: bool = False


class EmptyBlock(Static):
    """A block of words in the middle of the log."""

    ALLOW_SELECT = False

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__("", id=id, markup=False)
        self._state: EmptyState | None = None
        self.display = False

    def show(self, state: EmptyState | None) -> None:
        """Show what stands in place of lines; with None the log is seen."""
        if state == self._state:
            return
        self._state = state
        self.display = state is not None
        self._update()

    def on_resize(self) -> None:
        """Wrap the words for another width."""
        self._update()

    def _update(self) -> None:
        state = self._state
        if state is None:
            return
        style = "bold $text-error" if state.is_failure else "bold"
        content = make_content(label(state.title), style)
        width = min(MAX_WIDTH, self.content_size.width or MAX_WIDTH)
        for text in state.details:
            for row in wrap(label(text, MAX_TEXT), width):
                content += make_content(f"\n{row}", "$muted")
        if state.keys:
            keys = [
                join_content((key, "bold $text-primary"), (f" {word}", "$muted"))
                for key, word in state.keys
            ]
            content += make_content("\n\n") + make_content("   ").join(keys)
        self.update(content)
