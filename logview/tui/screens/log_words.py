"""TUI: what the log screen says: header, banner, status line, receipts, the scroll bar's place."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual import on

from logview.log.entries.level import Level
from logview.log.view.excerpt import selected
from logview.phrases import count
from logview.tui.keys import all_log_keys, shown_key
from logview.tui.screens.log_reading import LogReading
from logview.tui.widgets.header_bar import HeaderBar
from logview.tui.widgets.log_pane import LogPane
from logview.tui.widgets.scroll_bar import LogScrollBar
from logview.tui.widgets.status_bar import Chip, Status, StatusBar

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.timer import Timer

    from logview.sources import events
    from logview.tui.connection import Connection
    from logview.tui.opened_log import OpenedLog

NOTE_SECONDS = 4.0
"""How long a receipt stays in the status line."""

READING_SECONDS = 0.03
"""How much longer for each of its characters, in seconds."""


class LogWords(LogReading):
    """The part of the log screen that tells."""

    opened: OpenedLog
    connection: Connection
    clock: Callable[[], float]
    called: str
    """The Actor's or the file's name, as far as it is known."""
    _note_timer: Timer | None = None
    _counted = ("", "")
    """How many errors and warnings were told last."""

    def note(self, text: str) -> None:
        """Show a receipt or a notice for some seconds: in the status line, and over it."""
        if self._entry_screen is not None and self._entry_screen.is_mounted:
            self._entry_screen.note(text)
        self.query_one(StatusBar).note(text)
        if self._note_timer is not None:
            self._note_timer.stop()
        seconds = NOTE_SECONDS + len(text) * READING_SECONDS
        self._note_timer = self.set_timer(seconds, self.note_over)

    def note_over(self) -> None:
        """Take the notice away."""
        self.query_one(StatusBar).note("")

    @on(LogPane.Moved)
    def _moved(self) -> None:
        self._update_place()

    def refresh_words(self) -> None:
        """Write header, banner and status line anew, as far as they changed."""
        job = self.connection.job
        what = f"{job.kind} {job.id}" if job else self.opened.what
        self.query_one(HeaderBar).put(self.called, what, self.connection)
        problem = self.connection.problem
        if problem is not None or self.has_banner:
            self._show_banner(problem)
        # Not with each move: under a flood the numbers would make frames of their own.
        self._counted = self._counts()
        self._update_place()

    def _show_banner(self, problem: events.Problem | None) -> None:
        when = ""
        if not self.opened.is_job and self.connection.state == "reconnecting":
            when = "It is looked for all the time."
        elif problem is not None and self.connection.state == "reconnecting":
            wait = self.connection.seconds_to_retry(self.clock())
            when = f"Trying again in {wait} s (attempt {self.connection.attempt})."
            when += f"  {self._retry_key()} now"
        elif problem is not None:
            when = f" {self._retry_key()} tries again"
        self.banner().put(problem, when)

    def _retry_key(self) -> str:
        key = next(key for key in all_log_keys() if key.action == "retry")
        return shown_key(key, self.app.keymap)

    def _update_place(self) -> None:
        view, viewport = self.view, self.pane.viewport
        total = self.document.line_count
        place = self._place_words(total)
        counter = self.finding.counter()
        if counter and not self.searching:
            place = f"{place} · {counter}"
        selection = self.pane.selection
        if selection is not None:
            place = f"{place} · {count(selected(selection, view).line_count, 'line')} selected"
        if viewport.x:
            place = f"{place} · column {viewport.x + 1:,}"
        chips = tuple(Chip(f.label, f.enabled and not view.suspended) for f in view.filters)
        if view.minimum_level is not None:
            level = Chip(f"≥ {view.minimum_level.name}", view.level is not None, is_level=True)
            chips = (level, *chips)
        more = "" if view.complete else "…"
        status = Status(
            state=self.connection.words(self.clock()),
            tone=self._tone(),
            place=place,
            counts=self._counted,
            chips=chips,
            shown=f"{view.line_count:,}{more} shown" if view.is_filtered else "all shown",
            follow="" if viewport.follow or self.connection.state == "ended" else "not following",
        )
        self.query_one(StatusBar).put(status)
        top = view.index_of(viewport.top.row)
        shown = len({spot.row for spot in viewport.screen_rows[: viewport.height]})
        self.query_one(LogScrollBar).update_position(top, shown, view.row_count)

    def _counts(self) -> tuple[str, str]:
        """Say how many errors and warnings there are, in words and in letters."""
        reading = self.view.entries
        errors, warnings = reading.count(Level.ERROR), reading.count(Level.WARN, Level.WARN)
        more = "" if reading.complete else "…"
        if not errors and not warnings:
            return "", ""
        words, letters = [], []
        if errors:
            words.append(count(errors, "error") + more)
            letters.append(f"{errors:,} E{more}")
        if warnings:
            words.append(count(warnings, "warning") + more)
            letters.append(f"{warnings:,} W{more}")
        return ", ".join(words), " ".join(letters)

    def _place_words(self, total: int) -> str:
        cursor = self.pane.viewport.cursor
        if cursor is None:
            return "no lines" if not total else f"{total:,} lines"
        number = self.document.number(cursor)
        if number is not None:
            return f"line {number:,} of {total:,}"
        if not self.document.unindexed:
            return f"line … of {total:,}"
        done = 100 * (self.document.size - self.document.unindexed) // self.document.size
        return f"line … of {total:,}… ({done} % read)"

    def _tone(self) -> str:
        state, job = self.connection.state, self.connection.job
        if state == "ended":
            if job is None:
                return "plain"
            if not job.ended:
                return "plain"
            return "good" if job.status == "SUCCEEDED" else "bad"
        return {"live": "good", "failed": "bad"}.get(state, "warn")
