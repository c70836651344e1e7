"""TUI: the status line. Connection, place, filters; receipts for a while."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import product
from textwrap import wrap
from typing import TYPE_CHECKING

from rich.cells import cell_len
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Static

from logview.phrases import count
from logview.text.sanitize import label
from logview.tui.content import make_content

if TYPE_CHECKING:
    from collections.abc import Iterator

    from textual import events
    from textual.content import Content
    from textual.timer import Timer


@dataclass(frozen=True, slots=True)
class Chip:
    """A filter, as the status line shows it."""

    text: str
    enabled: bool
    is_level: bool = False
    """Whether it is the least level: it is named at any width."""


@dataclass(frozen=True, slots=True)
class Status:
    """The content of the status line."""

    state: str
    tone: str
    """`good`, `warn`, `bad` or `plain`: the colour of the state, which its words name too."""
    place: str = ""
    counts: tuple[str, str] = ("", "")
    """How many errors and warnings there are: in words, and shorter, for narrow terminals."""
    chips: tuple[Chip, ...] = ()
    shown: str = ""
    follow: str = ""


NOTE_SECONDS = 4.0
"""How long a receipt stays in the status line."""

SECONDS_PER_CHARACTER = 0.03
"""How much longer for each of its characters, in seconds."""

_TONES = {
    "good": "$text-success",
    "warn": "$text-warning",
    "bad": "$text-error",
    "plain": "$foreground",
}

_SEPARATOR = make_content(" · ", "$muted")

_CHIP_LENGTHS = (30, 16, 8)
"""Characters that a chip may have; fewer on narrow terminals."""


class StatusBar(Widget):
    """One row: state · follow · place · chips."""

    ALLOW_SELECT = False

    class ChipClicked(Message):
        """A filter's chip was clicked."""

        def __init__(self, number: int) -> None:
            super().__init__()
            self.number = number

    class Grown(Message):
        """A long notice lies over this many of the rows above."""

        def __init__(self, rows: int) -> None:
            super().__init__()
            self.rows = rows

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._note_rows = 0
        self._note_timer: Timer | None = None
        self._status: Status | None = None
        self._note = ""
        self._long_note: Static | None = None
        self._chip_cells: list[tuple[int, int]] = []

    def show_status(self, status: Status) -> None:
        """Show a status; draws nothing where nothing changed."""
        if status != self._status:
            self._status = status
            self.refresh()

    def show_note(self, text: str) -> None:
        """Show a receipt or a notice in place of the status for some seconds."""
        if self._note_timer is not None:
            self._note_timer.stop()
        seconds = NOTE_SECONDS + len(text) * SECONDS_PER_CHARACTER
        self._note_timer = self.set_timer(seconds, self.clear_note)
        self._update_note(text)

    def clear_note(self) -> None:
        """Take the notice away."""
        self._update_note("")

    def _update_note(self, text: str) -> None:
        text = label(text, 400)
        if text != self._note:
            self._note = text
            self._show_long_note()
            self.refresh()

    def on_resize(self) -> None:
        """Fit a long notice to another width."""
        self._show_long_note()

    def _show_long_note(self) -> None:
        """Show a notice that is too long for the row upward from it, over the log's last rows."""
        width = self.size.width - 4
        rows = wrap(self._note, width) if 0 < width < cell_len(self._note) else []
        if len(rows) != self._note_rows:
            self._note_rows = len(rows)
            self.post_message(self.Grown(max(0, len(rows) - 1)))
        if self._long_note is None:
            if not rows:
                return
            self._long_note = Static("", classes="long-note", markup=False)
            self.mount(self._long_note)
        self._long_note.display = bool(rows)
        lines = (f"  {row}".ljust(self.size.width) for row in rows)
        self._long_note.update(make_content("\n".join(lines)))
        self._long_note.styles.height = len(rows)
        self._long_note.styles.offset = (0, 1 - len(rows))

    def render(self) -> Content:
        """Draw the whole row: without colours, reverse video sets it apart from the log."""
        content = self._content()
        return content + " " * (self.size.width - content.cell_length)

    def _content(self) -> Content:
        self._chip_cells = []
        status = self._status
        if self._note:
            content = make_content(f"  {self._note}", "bold $text-accent")
            place = (
                _SEPARATOR + make_content(status.place)
                if status and status.place
                else make_content()
            )
            fits = content.cell_length + place.cell_length <= self.size.width - 2
            return content + place if fits else content
        if status is None:
            return make_content()
        available = self.size.width - 2
        if not status.chips:
            words = [_words(shorter) for shorter in _shortened_further(status)]
            return next((one for one in words if one.cell_length <= available), words[-1])
        for longest, shorter in product(_CHIP_LENGTHS, _shortened(status)):
            content = _words(shorter) + _SEPARATOR
            chips = [f"[{label(chip.text, longest)}]" for chip in status.chips]
            length = sum(cell_len(chip) + 1 for chip in chips) + cell_len(status.shown)
            if content.cell_length + length <= available:
                break
        else:
            content, self._chip_cells = _crowded(status, available)
            return content
        for chip, text in zip(status.chips, chips, strict=True):
            start = content.cell_length
            content += make_content(text, _chip_style(chip))
            self._chip_cells.append((start, content.cell_length))
            content += make_content(" ")
        return content + make_content(status.shown)

    def on_click(self, event: events.Click) -> None:
        """Report which chip was clicked."""
        for number, (start, end) in enumerate(self._chip_cells):
            if start <= event.x < end:
                self.post_message(self.ChipClicked(number))


def _words(status: Status) -> Content:
    """Lay out state, follow and place; the state's first word has its colour."""
    head, dot, tail = label(status.state).partition(" · ")
    content = make_content(f"  {head}", f"bold {_TONES[status.tone]}")
    for part in (tail if dot else "", status.follow, status.place, status.counts[0]):
        if part:
            content += _SEPARATOR + make_content(part)
    return content


def _chip_style(chip: Chip) -> str:
    return "bold $text-primary" if chip.enabled else "strike $muted"


def _crowded(status: Status, available: int) -> tuple[Content, list[tuple[int, int]]]:
    """Lay out a status whose chips do not fit: their number, then shorter and shorter.

    Gives where the chip of the least level stands, too.
    """
    levels = [chip for chip in status.chips if chip.is_level]
    filters = len(status.chips) - len(levels)
    chips = [make_content(f"[{label(chip.text)}]", _chip_style(chip)) for chip in levels]
    if filters:
        chips.append(make_content(f"[{count(filters, 'filter')}]", "bold $text-primary"))
    content, start = make_content(), 0
    bare = Status(status.state.partition(" · ")[0], status.tone)
    for shorter in (*_shortened_further(status), bare):
        content = _words(shorter) + _SEPARATOR
        start = content.cell_length
        content += make_content(" ").join(chips)
        if shorter.shown:
            content += make_content(f" {shorter.shown}")
        if content.cell_length <= available:
            break
    return content, [(start, start + chips[0].cell_length)] if levels else []


def _shortened(status: Status) -> Iterator[Status]:
    """Yield statuses with shorter counts of errors and warnings, before chips are cut."""
    yield status
    yield replace(status, counts=(status.counts[1], ""))
    yield replace(status, counts=("", ""))


def _shortened_further(status: Status) -> Iterator[Status]:
    """Yield shorter and shorter statuses, first without what the header shows too."""
    yield status
    yield (status := replace(status, follow=""))
    yield (status := replace(status, counts=(status.counts[1], "")))
    if " · " in status.state:
        yield (status := replace(status, state=status.state.partition(" · ")[0]))
    yield (status := replace(status, counts=("", "")))
    while " · " in status.place:
        yield (status := replace(status, place=status.place.rpartition(" · ")[0]))
    yield replace(status, shown="")
