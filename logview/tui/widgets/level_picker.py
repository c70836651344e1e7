"""TUI: picks the minimum level (`L`): one row, a letter each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.message import Message
from textual.widget import Widget

from logview.log.entries.level import Level
from logview.tui.content import make_content
from logview.tui.widgets.key_bar import KeyHint
from logview.tui.widgets.key_gate import KeyGate

if TYPE_CHECKING:
    from textual import events
    from textual.content import Content

LEVELS: dict[str, tuple[str, Level | None]] = {
    "d": ("debug", Level.DEBUG),
    "i": ("info", Level.INFO),
    "w": ("warn", Level.WARN),
    "e": ("error", Level.ERROR),
    "c": ("critical", Level.CRITICAL),
    "a": ("all", None),
}
"""What each letter chooses."""

_LEAD = "minimum level:  "
_MARGIN = "  "


class LevelPicker(Widget, KeyGate, can_focus=True):
    """The levels, each with its letter, over the last row of the log."""

    ALLOW_SELECT = False

    hints = (
        *(KeyHint(key, word, f"focused.choose('{key}')") for key, (word, _) in LEVELS.items()),
        KeyHint("esc", "close", "focused.choose('')"),
    )
    """What the footer shows while it has the focus."""

    class Chosen(Message):
        """A level was chosen, or with `chosen` False none."""

        def __init__(self, panel: LevelPicker, least: Level | None, *, chosen: bool = True) -> None:
            super().__init__()
            self.panel = panel
            self.minimum_level = least
            self.chosen = chosen

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.display = False
        self._least: Level | None = None
        self._cells: list[tuple[int, int, str]] = []

    def show_level(self, least: Level | None) -> None:
        """Show which level is in force."""
        self._least = least
        self.refresh()

    def render(self) -> Content:
        """Draw the row: words without the lead on narrow terminals, then letters only."""
        width = self.size.width
        rows = (self._row(_LEAD), self._row(""), self._row("", between=" "), self._row("", 1, " "))
        row, self._cells = next((row for row in rows if row[0].cell_length <= width), rows[-1])
        return row

    def _row(
        self, lead: str, letters: int | None = None, between: str = "  "
    ) -> tuple[Content, list[tuple[int, int, str]]]:
        """Return the row, and the cells of each level."""
        row, cells = make_content(_MARGIN + lead), []
        for key, (word, level) in LEVELS.items():
            start = row.cell_length
            now = "underline" if level == self._least else ""
            row += make_content(key, f"bold {now} $text-accent")
            row += make_content(word[1:letters], f"bold {now}" if now else "")
            cells.append((start, row.cell_length, key))
            if key != "a":
                row += make_content(between)
        return row, cells

    def is_closed_by(self, event: events.Key) -> bool:
        """Whether a key is the letter of a level, or esc."""
        return event.key == "escape" or (event.character or " ").lower() in LEVELS

    def on_key(self, event: events.Key) -> None:
        """Choose by a letter, or close with esc."""
        if self.is_closed_by(event):
            event.stop()
            event.prevent_default()
            self.action_choose("" if event.key == "escape" else (event.character or "").lower())

    def action_choose(self, key: str) -> None:
        """Choose a level by its letter; none with an empty one."""
        chosen = LEVELS.get(key)
        if chosen is None:
            self.post_message(self.Chosen(self, None, chosen=False))
        else:
            self.post_message(self.Chosen(self, chosen[1]))

    def on_click(self, event: events.Click) -> None:
        """Choose the word that is clicked."""
        event.stop()
        for start, end, key in self._cells:
            if start <= event.x < end:
                self.action_choose(key)
