"""TUI: the choice of the least level (`L`): one row, a letter each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.content import Content
from textual.message import Message
from textual.widget import Widget

from logview.log.level import Level
from logview.tui.widgets.key_bar import Hint

if TYPE_CHECKING:
    from textual import events

CHOICES: dict[str, tuple[str, Level | None]] = {
    "d": ("debug", Level.DEBUG),
    "i": ("info", Level.INFO),
    "w": ("warn", Level.WARN),
    "e": ("error", Level.ERROR),
    "c": ("critical", Level.CRITICAL),
    "a": ("all", None),
}
"""What each letter chooses."""

_LEAD = "  least level:  "
_BETWEEN = "  "


class LevelChoice(Widget, can_focus=True):
    """The levels, each with its letter, over the last row of the log."""

    ALLOW_SELECT = False

    hints = (
        *(Hint(key, word, f"focused.choose('{key}')") for key, (word, _) in CHOICES.items()),
        Hint("esc", "close", "focused.choose('')"),
    )
    """What the footer shows while it has the focus."""

    class Chosen(Message):
        """A level was chosen, or with `chosen` False none."""

        def __init__(self, least: Level | None, *, chosen: bool = True) -> None:
            super().__init__()
            self.least = least
            self.chosen = chosen

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.display = False
        self._least: Level | None = None

    def put(self, least: Level | None) -> None:
        """Show which level is in force."""
        self._least = least
        self.refresh()

    def render(self) -> Content:
        """Draw the row."""
        row = Content(_LEAD)
        for key, (word, level) in CHOICES.items():
            now = level == self._least
            row += Content.styled(key, "bold $text-accent") + Content.styled(
                word[1:], "bold underline" if now else ""
            )
            row += Content(_BETWEEN)
        return row

    def on_key(self, event: events.Key) -> None:
        """Take a letter; anything else closes it and is not lost on the log by chance."""
        event.stop()
        event.prevent_default()
        if event.key == "escape" or (event.character or "").lower() in CHOICES:
            self.action_choose((event.character or "").lower() if event.key != "escape" else "")

    def action_choose(self, key: str) -> None:
        """Choose a level by its letter; none with an empty one."""
        chosen = CHOICES.get(key)
        if chosen is None:
            self.post_message(self.Chosen(None, chosen=False))
        else:
            self.post_message(self.Chosen(chosen[1]))

    def on_click(self, event: events.Click) -> None:
        """Choose the word that is clicked."""
        event.stop()
        at = len(_LEAD)
        for key, (word, _) in CHOICES.items():
            if at <= event.x < at + len(word):
                self.action_choose(key)
            at += len(word) + len(_BETWEEN)
