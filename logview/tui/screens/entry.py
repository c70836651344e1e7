"""The entry screen: one entry in full, with all its lines, its JSON laid out, and its times."""

from __future__ import annotations

import inspect
from dataclasses import replace
from types import MappingProxyType
from typing import TYPE_CHECKING, ClassVar

from textual import on, work
from textual.containers import Horizontal
from textual.screen import Screen
from textual.widgets import Static

from logview.log.entries.entry_text import EntryText, parse_entry
from logview.log.entries.level import Level
from logview.phrases import count
from logview.text.escapes import separated_text
from logview.text.sanitize import label
from logview.tui.commands import Command, key_commands
from logview.tui.content import join_content, make_content
from logview.tui.entry_head import EntryExcerpt, footer_rows, header_rows
from logview.tui.keys import APP_KEYS, ENTRY_KEYS, MOVING, Key, bindings, entry_keys, shown_key
from logview.tui.widgets.entry_body import EntryBody
from logview.tui.widgets.key_bar import KeyBar, KeyHint
from logview.tui.widgets.scroll_bar import LogScrollBar

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping, Sequence

    from textual.app import ComposeResult
    from textual.binding import BindingType
    from textual.content import Content
    from textual.timer import Timer

    from logview.tui.entry_head import TryRow

__all__ = ["EntryExcerpt", "EntryScreen"]

NOTE_SECONDS = 4.0
"""How long a note is shown, in seconds; longer by `NOTE_SECONDS_PER_CHARACTER`."""

NOTE_SECONDS_PER_CHARACTER = 0.03

_TONES = {
    Level.DEBUG: "$muted",
    Level.INFO: "$text-success",
    Level.WARN: "$text-warning",
    Level.ERROR: "$text-error",
    Level.CRITICAL: "$text-error",
}

_NOTHING_THERE = {
    "next-match": "no more matches",
    "previous-match": "no matches before this entry",
    "next-error": "no more errors",
    "previous-error": "no errors before this entry",
    "next-warning": "no more warnings or errors",
    "previous-warning": "no warnings or errors before this entry",
    "next-entry": "this is the last entry",
    "previous-entry": "this is the first entry",
    "next-try": "no other failed try of a request",
}
"""The note where a move leads nowhere."""

_HINTS = (
    ("copy", "copy", ("copy",)),
    ("JSON", "copy_json", ("copy-json",)),
    ("entry", "move('next-entry')", ("entry-next", "entry-previous")),
    ("error", "move('next-error')", ("error-next", "error-previous")),
    ("match", "move('next-match')", ("match-next", "match-previous")),
    ("try", "move('next-try')", ("try-next",)),
    ("wrap", "wrap", ("wrap",)),
    ("warn", "move('next-warning')", ("warning-next", "warning-previous")),
    ("close", "dismiss", ("close",)),
)
"""Word in the footer, action of a click on it, and whose keys are shown."""


class EntryScreen(Screen[None]):
    """One entry over the whole screen; keys go on to other entries."""

    help_topic = "entry"

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

        `move` returns another one for `next-` or `previous-` with `match`,
        `error`, `warning`, `entry` or `try`, or None; for `line-7` that of a
        line. `copy` gets a text and what it is ("the entry", "the JSON").
        `match` returns the matches to highlight in the visible text of a line;
        `keymap` has the keys of the settings.
        """
        super().__init__()
        self._shown = shown
        self._entry: EntryText = parse_entry(shown.lines)
        self._request, self._copy, self._match = move, copy, match
        self._keymap = keymap
        self._note = ""
        self._note_timer: Timer | None = None

    def compose(self) -> ComposeResult:
        """Compose title, rows, scroll bar, position and footer."""
        yield Static(id="entry-title", markup=False)
        with Horizontal(id="entry-middle"):
            yield EntryBody(self._match)
            yield LogScrollBar()
        yield Static(id="entry-place", markup=False)
        yield KeyBar(self._hints())

    def on_mount(self) -> None:
        """Show the entry."""
        self.body.focus()
        self._show_entry()

    @property
    def body(self) -> EntryBody:
        """The rows."""
        return self.query_one(EntryBody)

    def note(self, text: str) -> None:
        """Show a note in place of the position for some seconds."""
        self._note = label(text, 400)
        if self._note_timer is not None:
            self._note_timer.stop()
        seconds = NOTE_SECONDS + len(text) * NOTE_SECONDS_PER_CHARACTER
        self._note_timer = self.set_timer(seconds, self._hide_note)
        self._show_position()

    def _hide_note(self) -> None:
        self._note = ""
        self._show_position()

    def _hints(self) -> list[KeyHint]:
        """Return what the footer offers for this entry."""
        missing = {"match"} if self._match is None else set()
        if not len(self._entry.json):
            missing.add("JSON")
        if not self._shown.tries:
            missing.add("try")
        hints = [
            KeyHint(entry_keys(self._keymap, *ids), word, action)
            for word, action, ids in _HINTS
            if word not in missing
        ]
        help_hints = [
            KeyHint(shown_key(key, self._keymap), key.footer, f"app.{key.action}")
            for key in APP_KEYS
            if key.footer
        ]
        return [*hints[:-1], *help_hints, hints[-1]]

    # -- showing --------------------------------------------------------------------------

    def _show_entry(self, *, stays: bool = False) -> None:
        entry, shown = self._entry, self._shown
        self.body.show_entry(
            entry, header_rows(entry, shown), footer_rows(entry, shown), shown.match, stays=stays
        )
        self.query_one("#entry-title", Static).update(self._title())
        self.query_one(KeyBar).show_hints(self._hints())

    def _title(self) -> Content:
        shown = self._shown
        level = shown.level
        word = level.name if level is not None else "ENTRY"
        tone = _TONES[level] if level is not None else "$foreground"
        first = shown.first_number
        if first is None:
            place = "lines …" if shown.line_count > 1 else "line …"
        elif shown.line_count > 1:
            last = shown.last_number or first + shown.line_count - 1
            place = f"lines {first:,}–{last:,}"
        else:
            place = f"line {first:,}"
        parts = [place]
        if shown.line_count > 1:
            parts.append(count(shown.line_count, "line"))
        if len(self._entry.json):
            parts.append(
                "JSON" if len(self._entry.json) == 1 else f"{len(self._entry.json)} × JSON"
            )
        return join_content((f"  {word}", f"bold {tone}"), "  ", " · ".join(parts))

    @on(EntryBody.Moved)
    def _moved(self) -> None:
        self.query_one(LogScrollBar).update_position(*self.body.position)
        self._show_position()

    def _show_position(self) -> None:
        if self._note:
            content = make_content(f"  {self._note}", "bold $text-accent")
        else:
            content = make_content(f"  {self._position_text()}", "$muted")
        self.query_one("#entry-place", Static).update(content)

    def _position_text(self) -> str:
        body = self.body
        if body.is_whole:
            words = ["all of it" if body.wrap else "all rows"]
        else:
            top, rows, total = body.position
            shown = f"{top + 1:,}" if rows == 1 else f"{top + 1:,}–{top + rows:,}"
            words = [f"row {shown} of {total:,}"]
            if body.percent_above is not None:
                words.append(f"{body.percent_above} % into it")
        if not body.wrap:
            words.append("not wrapped")
        if body.x:
            words.append(f"column {body.x + 1:,}")
        return " · ".join(words)

    @on(LogScrollBar.Dragged)
    def _dragged(self, message: LogScrollBar.Dragged) -> None:
        self.body.to_fraction(message.fraction)

    @on(EntryBody.LineClicked)
    def _line_clicked(self, message: EntryBody.LineClicked) -> None:
        self._move(f"line-{message.line}")

    @on(KeyBar.Clicked)
    async def _hint_clicked(self, message: KeyBar.Clicked) -> None:
        await self.run_action(message.action)

    def close_open(self) -> bool:
        """Close the entry (`^C`); return that something was open."""
        self.dismiss()
        return True

    def palette_commands(self) -> list[Command]:
        """Return the commands of an entry."""
        moving = {"scroll", "page", "edge", "sideways"}
        groups: dict[str, list[Key]] = {"This entry": [], MOVING: []}
        for key in {key.does: key for key in reversed(ENTRY_KEYS)}.values():
            groups[MOVING if key.action.partition("(")[0] in moving else "This entry"].append(key)
        return [
            command
            for group, keys in groups.items()
            for command in key_commands(group, reversed(keys), self._keymap, self.run_action)
        ]

    def help_rows(self) -> list[tuple[str, str]]:
        """Return nothing: an entry is no place of its own."""
        return []

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
        elif self._shown.unread_bytes:
            what = "the beginning of the entry"
        self._copy("\n".join(separated_text(line) for line in lines), what)

    def action_copy_json(self) -> None:
        """Copy the JSON of the entry as it is laid out."""
        text = self._entry.json_text()
        if text:
            self._copy(text, "the JSON")
        else:
            self.note("no JSON in this entry")

    def update_entry(self, shown: EntryExcerpt) -> None:
        """Show more of the same entry, which has grown in the log."""
        if self.is_mounted:
            match = shown.match if shown.match is not None else self._shown.match
            tries = self._shown.tries
            self._replace(replace(shown, match=match, tries=tries), stays=True)

    def show_tries(self, tries: tuple[TryRow, ...]) -> None:
        """Show the failed tries of the request that the entry is about."""
        if tries != self._shown.tries:
            self._shown = replace(self._shown, tries=tries)
            if self.is_mounted:
                self._show_entry(stays=True)

    def action_move(self, where: str) -> None:
        """Go on to another entry, without closing this."""
        if where.endswith("match") and self._match is None:
            self.note("no search yet: / in the log searches")
            return
        self._move(where)

    @work(exclusive=True, group="entry")
    async def _move(self, where: str) -> None:
        self._note = ""
        answer = self._request(where)
        shown = await answer if inspect.isawaitable(answer) else answer
        if not self.is_attached:
            return
        if shown is None:
            self.note(_NOTHING_THERE.get(where, "that line is gone"))
            return
        self._replace(shown)

    def _replace(self, shown: EntryExcerpt, *, stays: bool = False) -> None:
        if shown.lines != self._shown.lines:
            self._entry = parse_entry(shown.lines)
        self._shown = shown
        self._show_entry(stays=stays)
