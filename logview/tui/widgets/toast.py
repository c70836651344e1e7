"""TUI: the toast: a receipt or a notice, for some seconds, above the status line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.widgets import Static

from logview.text.sanitize import label
from logview.tui.content import make_content
from logview.tui.schedule import schedule_once

if TYPE_CHECKING:
    import asyncio

NOTE_SECONDS = 4.0
"""How long a receipt stays, in seconds."""

SECONDS_PER_CHARACTER = 0.03
"""How much longer for each of its characters, in seconds."""

MAX_NOTE = 400
"""Characters of a notice that are shown at most."""


class NoticeBar(Static):
    """A notice as high as it must be; not there while there is none."""

    ALLOW_SELECT = False

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__("", id=id, markup=False)
        self._timer: asyncio.TimerHandle | None = None
        self.display = False

    def show(self, text: str) -> None:
        """Show a notice for some seconds, in place of the one before; an empty one ends it."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        text = label(text, MAX_NOTE)
        self.display = bool(text)
        if text:
            self.update(make_content(text))
            seconds = NOTE_SECONDS + len(text) * SECONDS_PER_CHARACTER
            self._timer = schedule_once(self, seconds, self.clear)

    def clear(self) -> None:
        """Take the notice away."""
        self.show("")
