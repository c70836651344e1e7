"""TUI: the status line. Connection, place, filters; receipts for a while."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from rich.cells import cell_len
from textual.content import Content
from textual.message import Message
from textual.widget import Widget

from logview.log.ansi import label
from logview.tui.phrases import count

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


_TONES = {
    "good": "$text-success",
    "warn": "$text-warning",
    "bad": "$text-error",
    "plain": "$foreground",
}

_SEPARATOR = Content.styled(" · ", "$muted")

_CHIP_LENGTHS = (30, 16, 8)
"""Characters that a chip may have; the less room there is, the fewer."""


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
        """Draw the row, to its end: without colours it is told from the log by reverse video."""
        content = self._content()
        return content + " " * (self.size.width - content.cell_length)

    def _content(self) -> Content:
        self._chip_cells = []
        status = self._status
        if self._note:
            content = Content.styled(f"  {self._note}", "bold $text-accent")
            place = _SEPARATOR + Content(status.place) if status and status.place else Content("")
            fits = content.cell_length + place.cell_length <= self.size.width - 2
            return content + place if fits else content
        if status is None:
            return Content("")
        content = _words(status)
        if not status.chips:
            return content
        content += _SEPARATOR
        room = self.size.width - 2
        for longest in _CHIP_LENGTHS:
            chips = [f"[{label(chip.text, longest)}]" for chip in status.chips]
            length = sum(cell_len(chip) + 1 for chip in chips) + cell_len(status.shown)
            if content.cell_length + length <= room:
                break
        else:
            return _crowded(status, room)
        for chip, text in zip(status.chips, chips, strict=True):
            start = content.cell_length
            style = "bold $text-primary" if chip.enabled else "strike $muted"
            content += Content.styled(text, style)
            self._chip_cells.append((start, content.cell_length))
            content += Content(" ")
        return content + Content(status.shown)

    def on_click(self, event: events.Click) -> None:
        """Say which chip was clicked."""
        for number, (start, end) in enumerate(self._chip_cells):
            if start <= event.x < end:
                self.post_message(self.ChipClicked(number))


def _words(status: Status) -> Content:
    """Lay out state, follow and place; the state's first word has its colour."""
    head, dot, tail = label(status.state).partition(" · ")
    content = Content.styled(f"  {head}", f"bold {_TONES[status.tone]}")
    for part in (tail if dot else "", status.follow, status.place):
        if part:
            content += _SEPARATOR + Content(part)
    return content


def _crowded(status: Status, room: int) -> Content:
    """Lay out a status whose chips have no room: how many there are, then less and less."""
    filters = Content.styled(f"[{count(len(status.chips), 'filter')}]", "bold $text-primary")
    shown = Content(f" {status.shown}")
    content = _words(status) + _SEPARATOR + filters + shown
    if content.cell_length > room:
        content = _words(replace(status, follow="")) + _SEPARATOR + filters + shown
    if content.cell_length > room:
        content = _words(replace(status, follow="")) + _SEPARATOR + filters
    return content
