"""TUI: the status line. Connection, place, filters; receipts for a while."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from textual.content import Content
from textual.message import Message
from textual.widget import Widget

from logview.log.ansi import label

if TYPE_CHECKING:
    from textual import events


@dataclass(frozen=True, slots=True)
class Chip:
    """A filter, as the status line shows it."""

    text: str
    enabled: bool


@dataclass(frozen=True, slots=True)
class Status:
    """What the status line says."""

    state: str
    tone: str
    """`good`, `warn`, `bad` or `plain`: the colour of the state; its words say the same."""
    place: str = ""
    chips: tuple[Chip, ...] = ()
    shown: str = ""
    follow: str = ""


_TONES = {"good": "$success", "warn": "$warning", "bad": "$error", "plain": "$muted"}


class StatusBar(Widget):
    """One row: state · follow · place · chips."""

    ALLOW_SELECT = False

    class ChipClicked(Message):
        """A filter's chip was clicked."""

        def __init__(self, number: int) -> None:
            super().__init__()
            self.number = number

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._status: Status | None = None
        self._note = ""
        self._chip_cells: list[tuple[int, int]] = []

    def put(self, status: Status) -> None:
        """Show a status; draws nothing where nothing changed."""
        if status != self._status:
            self._status = status
            self.refresh()

    def note(self, text: str) -> None:
        """Show a receipt or a notice in place of the status; an empty text takes it away."""
        text = label(text, 400)
        if text != self._note:
            self._note = text
            self.refresh()

    def render(self) -> Content:
        """Draw the row."""
        self._chip_cells = []
        if self._note:
            return Content.styled(f"  {self._note}", "bold $accent")
        status = self._status
        if status is None:
            return Content("")
        content = Content.styled(f"  {status.state}", f"bold {_TONES[status.tone]}")
        for part in (status.follow, status.place):
            if part:
                content += Content.styled(" · ", "$muted") + Content(part)
        if status.chips:
            content += Content.styled(" · ", "$muted")
            for chip in status.chips:
                text = f"[{label(chip.text, 30)}]"
                start = content.cell_length
                content += Content.styled(text, "bold $primary" if chip.enabled else "strike dim")
                self._chip_cells.append((start, content.cell_length))
                content += Content(" ")
            content += Content(status.shown)
        return content

    def on_click(self, event: events.Click) -> None:
        """Say which chip was clicked."""
        for number, (start, end) in enumerate(self._chip_cells):
            if start <= event.x < end:
                self.post_message(self.ChipClicked(number))
