"""TUI: the footer: keys that can be pressed or clicked."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, Protocol, runtime_checkable

from textual.message import Message
from textual.widget import Widget

from logview.tui.content import make_content

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual import events
    from textual.content import Content


class KeyHint(NamedTuple):
    """A key, its word, and the action it does."""

    key: str
    word: str
    action: str
    """An action of the screen, or with `focused.` before it of what has the focus."""


@runtime_checkable
class OffersHints(Protocol):
    """A widget whose keys the footer shows while it has the focus."""

    hints: tuple[KeyHint, ...]


class KeyBar(Widget):
    """One row of hints; what does not fit on the right is left out, help last.

    A widget with `hints` of its own has them shown while it has the focus:
    only keys that act where one is are worth a place.
    """

    ALLOW_SELECT = False

    class Clicked(Message):
        """A hint was clicked: its action is to be done."""

        def __init__(self, action: str) -> None:
            super().__init__()
            self.action = action

    def __init__(self, hints: Sequence[KeyHint], *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._own = self._hints = tuple(hints)
        self._cells: list[tuple[int, int, str]] = []

    def show_hints(self, hints: Sequence[KeyHint]) -> None:
        """Show other hints while what has the focus has none of its own."""
        self._own = tuple(hints)
        if self.is_mounted:
            self._focus_moved(self.screen.focused)

    def on_mount(self) -> None:
        """Follow the focus."""
        self.watch(self.screen, "focused", self._focus_moved)

    def _focus_moved(self, focused: Widget | None) -> None:
        hints = (focused.hints if isinstance(focused, OffersHints) else ()) or self._own
        if hints != self._hints:
            self._hints = hints
            self.refresh()

    def render(self) -> Content:
        """Draw the row."""
        self._cells = []
        hints = list(self._hints)
        width = self.size.width - 2

        def length() -> int:
            return sum(len(h.key) + len(h.word) + 3 for h in hints) - 2

        while len(hints) > 1 and length() > width:
            del hints[-2]
        content = make_content("  ")
        for number, hint in enumerate(hints):
            start = content.cell_length
            content += make_content(hint.key, "bold $text-primary")
            content += make_content(f" {hint.word}", "$muted")
            self._cells.append((start, content.cell_length, hint.action))
            if number < len(hints) - 1:
                content += make_content("  ")
        return content

    def on_click(self, event: events.Click) -> None:
        """Report which hint was clicked."""
        for start, end, action in self._cells:
            if start <= event.x < end:
                self.post_message(self.Clicked(action))
