"""TUI: the entry in full. All its lines, its JSON laid out, its times."""

from __future__ import annotations

import inspect
from dataclasses import replace
from types import MappingProxyType
from typing import TYPE_CHECKING, ClassVar

from textual import on, work
from textual.containers import Horizontal
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from logview.log.entries.entry_text import EntryText, parse_entry
from logview.log.entries.level import Level
from logview.phrases import count
from logview.text.sanitize import label, visible
from logview.tui.entry_head import EntryExcerpt, footer_rows, header_rows
from logview.tui.keys import ENTRY_KEYS, bindings, entry_keys
from logview.tui.widgets.entry_body import EntryBody
from logview.tui.widgets.key_bar import Hint, KeyBar
from logview.tui.widgets.scroll_bar import LogScrollBar

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping, Sequence

    from textual.app import ComposeResult
    from textual.binding import BindingType
    from textual.timer import Timer

__all__ = ["EntryExcerpt", "EntryScreen"]

NOTE_SECONDS = 4.0
"""How long a receipt stays, and a little longer for each of its characters."""

_TONES = {
    Level.DEBUG: "$muted",
    Level.INFO: "$text-success",
    Level.WARN: "$text-warning",
    Level.ERROR: "$text-error",
    Level.CRITICAL: "$text-error",
}

_NOWHERE = {
    "next-match": "no more matches",
    "previous-match": "no matches before this entry",
    "next-error": "no more errors",
    "previous-error": "no errors before this entry",
    "next-warning": "no more warnings or errors",
    "previous-warning": "no warnings or errors before this entry",
    "next-entry": "this is the last entry",
    "previous-entry": "this is the first entry",
}
"""What is said where a move leads nowhere."""

_HINTS = (
    ("copy", "copy", ("copy",)),
    ("JSON", "copy_json", ("copy-json",)),
    ("entry", "move('next-entry')", ("entry-next", "entry-previous")),
    ("error", "move('next-error')", ("error-next", "error-previous")),
    ("match", "move('next-match')", ("match-next", "match-previous")),
    ("wrap", "wrap", ("wrap",)),
    ("warn", "move('next-warning')", ("warning-next", "warning-previous")),
    ("close", "dismiss", ("close",)),
)
"""What the footer says, what a click on it does, and whose keys it shows."""


class EntryScreen(ModalScreen[None]):
    """One entry over the whole screen, from which one goes on to others."""

    BINDINGS: ClassVar[list[BindingType]] = bindings(ENTRY_KEYS)

    def __init__(
        self,
        shown: EntryExcerpt,
        move: Callable[[str], Awaitable[EntryExcerpt | None] | EntryExcerpt | None],
        copy: Callable[[str, str], None],
        match: Callable[[str], Sequence[tuple[int, int]]] | None = None,
        keymap: Mapping[str, str] = MappingProxyType({}),
    ) -> None:
        """Show an entry.

        `move` is asked for another one: `next-` or `previous-` with `match`,
        `error`, `warning` or `entry`; it gives None where there is none.
        `copy` gets a text and what it is ("the entry", "the JSON"). `match`
        gives the matches to mark in the visible text of a line, `keymap` the
        keys of the settings file.
        """
        super().__init__()
        self._shown = shown
        self._entry: EntryText = parse_entry(shown.lines)
        self._ask, self._copy, self._match = move, copy, match
        self._keymap = keymap
        self._note = ""
        self._note_timer: Timer | None = None

    def compose(self) -> ComposeResult:
        """Put the screen together."""
        yield Static(id="entry-title", markup=False)
        with Horizontal(id="entry-middle"):
            yield EntryBody(self._match)
            yield LogScrollBar()
        yield Static(id="entry-place", markup=False)
        yield KeyBar(
            [
                Hint(entry_keys(self._keymap, *ids), word, action)
                for word, action, ids in _HINTS
                if word != "match" or self._match is not None
            ]
        )

    def on_mount(self) -> None:
        """Show the entry."""
        self.body.focus()
        self._put()

    @property
    def body(self) -> EntryBody:
        """The rows."""
        return self.query_one(EntryBody)

    def note(self, text: str) -> None:
        """Show a receipt or a notice for some seconds."""
        self._note = label(text, 400)
        if self._note_timer is not None:
            self._note_timer.stop()
        self._note_timer = self.set_timer(NOTE_SECONDS + len(text) * 0.03, self._note_over)
        self._show_place()

    def _note_over(self) -> None:
        self._note = ""
        self._show_place()

    # -- showing --------------------------------------------------------------------------

    def _put(self, *, stays: bool = False) -> None:
        entry, shown = self._entry, self._shown
        self.body.show_entry(
            entry, header_rows(entry, shown), footer_rows(entry, shown), shown.match, stays=stays
        )
        self.query_one("#entry-title", Static).update(self._title())

    def _title(self) -> Content:
        shown = self._shown
        level = shown.level
        word = level.name if level is not None else "ENTRY"
        tone = _TONES[level] if level is not None else "$foreground"
        first = shown.first_number
        if first is None:
            place = "lines …" if shown.line_count > 1 else "line …"
        elif shown.line_count > 1:
            place = f"lines {first:,}–{first + shown.line_count - 1:,}"
        else:
            place = f"line {first:,}"
        parts = [place]
        if shown.line_count > 1:
            parts.append(count(shown.line_count, "line"))
        if len(self._entry.json):
            parts.append(
                "JSON" if len(self._entry.json) == 1 else f"{len(self._entry.json)} × JSON"
            )
        return Content.assemble((f"  {word}", f"bold {tone}"), "  ", " · ".join(parts))

    @on(EntryBody.Moved)
    def _moved(self) -> None:
        self.query_one(LogScrollBar).update_position(*self.body.position)
        self._show_place()

    def _show_place(self) -> None:
        if self._note:
            content = Content.styled(f"  {self._note}", "bold $text-accent")
        else:
            content = Content.styled(f"  {self._place_words()}", "$muted")
        self.query_one("#entry-place", Static).update(content)

    def _place_words(self) -> str:
        body = self.body
        if body.is_whole:
            words = ["all of it" if body.wrap else "all rows"]
        else:
            top, rows, total = body.position
            shown = f"{top + 1:,}" if rows == 1 else f"{top + 1:,}–{top + rows:,}"
            words = [f"row {shown} of {total:,}"]
            if body.part is not None:
                words.append(f"{body.part} % into it")
        if not body.wrap:
            words.append("not wrapped")
        if body.x:
            words.append(f"column {body.x + 1:,}")
        return " · ".join(words)

    @on(LogScrollBar.Dragged)
    def _dragged(self, message: LogScrollBar.Dragged) -> None:
        self.body.to_fraction(message.fraction)

    @on(KeyBar.Clicked)
    async def _hint_clicked(self, message: KeyBar.Clicked) -> None:
        await self.run_action(message.action)

    # -- keys -----------------------------------------------------------------------------

    def action_scroll(self, rows: int) -> None:
        """Scroll by rows."""
        self.body.scroll_rows(rows)

    def action_page(self, pages: float) -> None:
        """Scroll by pages."""
        self.body.scroll_pages(pages)

    def action_edge(self, end: bool) -> None:
        """Go to the first row, or to the last."""
        if end:
            self.body.to_end()
        else:
            self.body.to_top()

    def action_sideways(self, steps: int) -> None:
        """Scroll to the side."""
        if self.body.wrap:
            self.note("long lines are wrapped: w shows them as they are")
        self.body.scroll_sideways(steps)

    def action_wrap(self) -> None:
        """Wrap long lines, or not."""
        self._note = ""
        self.body.set_wrap(not self.body.wrap)

    def action_copy(self) -> None:
        """Copy the entry as the log has it, stamps included."""
        lines, total = self._shown.lines, self._shown.line_count
        what = "the entry"
        if len(lines) < total:
            what = f"the first {len(lines):,} of {count(total, 'line')}"
        self._copy("\n".join(visible(line) for line in lines), what)

    def action_copy_json(self) -> None:
        """Copy the JSON of the entry as it is laid out."""
        text = self._entry.json_text()
        if text:
            self._copy(text, "the JSON")
        else:
            self.note("no JSON in this entry")

    def grow(self, shown: EntryExcerpt) -> None:
        """Show more of the same entry: the log has gone on."""
        if self.is_mounted:
            match = shown.match if shown.match is not None else self._shown.match
            self._take(replace(shown, match=match), stays=True)

    def action_move(self, where: str) -> None:
        """Go on to another entry, without closing this."""
        if where.endswith("match") and self._match is None:
            self.note("no search yet: / in the log begins one")
            return
        self._move(where)

    @work(exclusive=True, group="entry")
    async def _move(self, where: str) -> None:
        self._note = ""
        answer = self._ask(where)
        shown = await answer if inspect.isawaitable(answer) else answer
        if not self.is_attached:
            return
        if shown is None:
            self.note(_NOWHERE[where])
            return
        self._take(shown)

    def _take(self, shown: EntryExcerpt, *, stays: bool = False) -> None:
        if shown.lines != self._shown.lines:
            self._entry = parse_entry(shown.lines)
        self._shown = shown
        self._put(stays=stays)
