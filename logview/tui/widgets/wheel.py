"""TUI: the wheel. It scrolls what a widget shows, sideways with shift or control."""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING

from textual.widget import Widget

if TYPE_CHECKING:
    from textual import events

SIDEWAYS_STEP = 8
"""Cells that one step sideways moves."""

WHEEL_STEP = 3
"""Rows that one notch of the wheel moves."""


class Wheel(Widget):
    """The part of a widget that hears the wheel."""

    @abstractmethod
    def scroll_rows(self, rows: int) -> None:
        """Scroll by rows of the screen."""

    @abstractmethod
    def scroll_sideways(self, steps: int) -> None:
        """Scroll to the side by steps."""

    def _turn(self, rows: int, event: events.MouseEvent) -> None:
        event.stop()
        if event.shift or event.ctrl:
            self.scroll_sideways(1 if rows > 0 else -1)
        else:
            self.scroll_rows(rows)

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """Scroll down, sideways with shift or control."""
        self._turn(WHEEL_STEP, event)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """Scroll up, sideways with shift or control."""
        self._turn(-WHEEL_STEP, event)
