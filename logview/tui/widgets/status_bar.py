"""TUI: the status line: mode, connection, matches and filters, counts and the current line."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, NamedTuple, TypeAlias

from textual.message import Message
from textual.widget import Widget

from logview.phrases import count
from logview.text.sanitize import label
from logview.tui.content import make_content

if TYPE_CHECKING:
    from collections.abc import Iterator

    from textual import events
    from textual.content import Content

Tone: TypeAlias = Literal["good", "warn", "bad", "calm", "plain"]
"""The colour of a block: it never says anything that its words don't."""


@dataclass(frozen=True, slots=True)
class Chip:
    """A filter, as the status line shows it."""

    text: str
    enabled: bool
    is_level: bool = False
    """Whether it is the minimum level: it is named at any width."""
    is_filter: bool = True
    """Whether it can be deleted, and counts as a filter; else it goes first where it is narrow."""


@dataclass(frozen=True, slots=True)
class Status:
    """The content of the status line. What is not known, or is nothing, is left out."""

    mode: str = ""
    """The block at the left: `FOLLOW`, `PAUSED`, `RECONNECTING 3 s` …"""
    tone: Tone = "plain"
    selected: str = ""
    """How much is selected: `12 lines`."""
    detail: str = ""
    """The connection: `last line 7 s ago`."""
    match: str = ""
    """Which match is the current one: `match 3 of 41`."""
    chips: tuple[Chip, ...] = ()
    counts: tuple[tuple[str, Tone], ...] = ()
    """What is counted, each with its colour: `2 E`, `7 W`."""
    extra: str = ""
    """What is told of the place where there is space for it: `column 17`."""
    place: str = ""
    """The current line among those shown: `40,112 of 41,020`."""
    percent: str = ""


_TONES: dict[Tone, str] = {
    "good": "$text-success",
    "warn": "$text-warning",
    "bad": "$text-error",
    "calm": "$text-primary",
    "plain": "$muted",
}

_LEFT = 28
"""Cells of mode and detail, where there is space: what follows does not move as a time grows."""

_GAP = "   "

_INFO = 16
"""As `_Fit.chip`: from which on chips that are no filters are shown."""


class _Fit(NamedTuple):
    """How much of the status line is shown, where there is not enough space for all of it."""

    chip: int = 30
    """Characters that a chip may have; 0: filters are counted."""
    detail: bool = True
    extra: bool = True
    counts: bool = True
    total: bool = True
    """Whether the place names how many lines there are."""
    place: bool = True
    percent: bool = True


_FITS = (
    _Fit(),
    _Fit(percent=False),
    _Fit(16, percent=False, extra=False),
    _Fit(16, percent=False, extra=False, detail=False),
    _Fit(8, percent=False, extra=False, detail=False),
    _Fit(8, percent=False, extra=False, detail=False, counts=False),
    _Fit(0, percent=False, extra=False, detail=False, counts=False),
    _Fit(0, percent=False, extra=False, detail=False, counts=False, total=False),
    _Fit(0, percent=False, extra=False, detail=False, counts=False, place=False),
)
"""What is left out as it gets narrow, tried in this order: never mode, matches and filters."""


class _Drawn(NamedTuple):
    content: Content
    chips: tuple[tuple[int, int, int], ...]
    """Of each chip that is shown: its first cell, the cell behind it, and its number."""


class StatusBar(Widget):
    """One row: mode, connection, chips; at the right what is counted, and the place."""

    ALLOW_SELECT = False

    class ChipClicked(Message):
        """A filter's chip was clicked; with `delete` the × at its end."""

        def __init__(self, number: int, *, delete: bool) -> None:
            super().__init__()
            self.number = number
            self.delete = delete

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._status: Status | None = None
        self._chips: tuple[tuple[int, int, int], ...] = ()

    def show_status(self, status: Status) -> None:
        """Show a status; draws nothing where nothing changed."""
        if status != self._status:
            self._status = status
            self.refresh()

    def render(self) -> Content:
        """Draw the whole row: without colours, reverse video sets it apart from the log."""
        width = self.size.width
        if self._status is None:
            return make_content(" " * width)
        drawn = _fitted(self._status, width - 2)
        self._chips = drawn.chips
        content = drawn.content
        return content + " " * (width - content.cell_length)

    def on_click(self, event: events.Click) -> None:
        """Report which chip was clicked, and whether on its ×."""
        for start, end, number in self._chips:
            if start <= event.x < end:
                chip = self._status.chips[number] if self._status is not None else None
                has_cross = chip is not None and chip.is_filter and not chip.is_level
                self.post_message(self.ChipClicked(number, delete=has_cross and event.x >= end - 2))


def _fitted(status: Status, width: int) -> _Drawn:
    """Return the status line with as much as fits into `width` cells."""
    for fit in _FITS:
        left, middle, right = _zones(status, fit)
        length = left.cell_length + middle.content.cell_length + right.cell_length
        least = len(_GAP) if fit.place else 1
        if length + least * (bool(middle.content) + bool(right)) <= width:
            break
    gap = least if middle.content else 0
    free = width - left.cell_length - gap - middle.content.cell_length - right.cell_length
    if middle.content:
        spare = free - (len(_GAP) if right else 0)
        gap += max(0, min(_LEFT - left.cell_length, spare))
    start = left.cell_length + gap
    content = left + " " * gap + middle.content
    content += " " * max(0, width - content.cell_length - right.cell_length) + right
    if content.cell_length > width:
        content = content.truncate(max(0, width), ellipsis=True)
    return _Drawn(content, tuple((start + a, start + b, n) for a, b, n in middle.chips))


def _zones(status: Status, fit: _Fit) -> tuple[Content, _Drawn, Content]:
    """Return what stands at the left, in the middle and at the right."""
    left = make_content(" ")
    if status.mode:
        style = f"bold $on-primary on {_TONES[status.tone]}"
        left += make_content(f" {label(status.mode)} ", style)
    if status.selected:
        left += make_content(f"  {label(status.selected)}", "bold")
    if status.detail and (fit.detail or not status.mode):
        left += make_content(f"{'  ' if status.mode else ' '}{label(status.detail)}")
    parts = [make_content(text, f"bold {_TONES[tone]}") for text, tone in status.counts]
    counts = make_content(" ").join(parts if fit.counts else [])
    place = status.place if fit.total else status.place.partition(" of ")[0]
    right = make_content(_GAP).join(
        part
        for part in (
            counts,
            make_content(status.extra if fit.extra else "", "$muted"),
            make_content(place if fit.place else ""),
            make_content(status.percent if fit.percent else "", "$muted"),
        )
        if part
    )
    return left, _middle(status, fit.chip), right


def _middle(status: Status, longest: int) -> _Drawn:
    """Return the search's counter and the chips; `longest` as in `_Fit.chip`."""
    content = make_content(label(status.match), "bold") if status.match else make_content()
    cells = []
    for number, text, style in _chips(status.chips, longest):
        if content:
            content += " "
        start = content.cell_length
        content += make_content(f" {text} ", style)
        if number is not None:
            cells.append((start, content.cell_length, number))
    return _Drawn(content, tuple(cells))


def _chips(chips: tuple[Chip, ...], longest: int) -> Iterator[tuple[int | None, str, str]]:
    """Yield each chip's number, text and style; without a number it stands for several."""
    on_, off = "bold $text-primary on $chosen", "strike $muted on $panel"
    filters = [chip for chip in chips if chip.is_filter and not chip.is_level]
    for number, chip in enumerate(chips):
        if chip.is_level:
            yield number, label(chip.text), on_ if chip.enabled else off
        elif not chip.is_filter:
            if longest >= _INFO:
                yield number, label(chip.text, longest), "$text-primary on $panel"
        elif longest:
            yield number, f"{label(chip.text, longest)} ×", on_ if chip.enabled else off
    if filters and not longest:
        enabled = any(chip.enabled for chip in filters)
        yield None, count(len(filters), "filter"), on_ if enabled else off
