"""TUI: the overlay. What opens lies over the last rows of the log and moves none of them."""

from __future__ import annotations

from textual.message import Message
from textual.widget import Widget


class Body(Widget):
    """What is between header and status line: the log, and what opens over it."""


class Overlay(Widget):
    """A stack at the bottom of the log that is as high as what is open in it."""

    class Sized(Message):
        """The overlay covers this many rows now."""

        def __init__(self, rows: int) -> None:
            super().__init__()
            self.rows = rows

    def on_resize(self) -> None:
        """Say how many rows are covered."""
        self.post_message(self.Sized(self.size.height))

    def on_hide(self) -> None:
        """Say that nothing is covered."""
        self.post_message(self.Sized(0))
