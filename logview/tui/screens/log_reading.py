"""TUI: reading: levels, entries, times and marks of the log screen."""

from __future__ import annotations

import asyncio
import time
from abc import abstractmethod
from bisect import bisect_left, bisect_right
from typing import TYPE_CHECKING

from textual import on

from logview.log.entries.level import Level
from logview.log.search.pattern import PatternTooSlowError
from logview.log.time.locate import first_stamp
from logview.phrases import count, size
from logview.text.sanitize import visible
from logview.text.timestamps import stamp_of
from logview.tui.schedule import schedule_once
from logview.tui.screens.log_moves import LogMoves
from logview.tui.widgets.log_pane import LogPane
from logview.tui.widgets.overlay import Overlay

if TYPE_CHECKING:
    from collections.abc import Iterator

    from logview.tui.entry_head import EntryExcerpt
    from logview.tui.screens.entry import EntryScreen
    from logview.tui.widgets.level_choice import LevelChoice

MAX_MARKS = 10_000
"""Lines that may be marked."""

ENTRY_REST = 10
"""How many times as long as it took an entry that grows is left as it is."""


class LogReading(LogMoves):
    """The part of the log screen that helps to read it."""

    _levels: LevelChoice | None = None
    _entry_screen: EntryScreen | None = None
    _entry_line: int | None = None
    """The first line of the entry that is shown in full; None where it is in the log no more."""
    _entry_seen: tuple[int | None, range, int] | None = None
    _entry_timer: asyncio.TimerHandle | None = None
    """Runs while the entry that is shown in full, and has just grown, is left as it is."""

    # -- levels ---------------------------------------------------------------------------

    def action_error(self, step: int) -> None:
        """Go to the next error, or the one before."""
        self._hunt(Level.ERROR, step)

    def action_warning(self, step: int) -> None:
        """Go to the next warning or worse, or the one before."""
        self._hunt(Level.WARN, step)

    def _hunt(self, least: Level, step: int) -> None:
        self.drop_pending()
        self.finding.levels.begin(least, forward=step > 0)
        self._after_typing()
        self.refresh_words()

    async def action_least_level(self) -> None:
        """Choose the least level shown."""
        self.close_prompts()
        if self._levels is None:
            from logview.tui.widgets.level_choice import LevelChoice

            self.app.need_styles("level_choice")
            self._levels = LevelChoice(id="levels")
            await self.query_one(Overlay).mount(self._levels, before=0)
        self._levels.put(self.view.minimum_level)
        self._levels.display = True
        self.set_focus(self._levels)

    def on_level_choice_chosen(self, message: LevelChoice.Chosen) -> None:
        """Show the level that was chosen."""
        self._close_levels()
        if message.chosen:
            self.show_least(message.minimum_level)
        if self._levels is not None:
            self._levels.answered()

    def _close_levels(self) -> bool:
        if self._levels is None or not self._levels.display:
            return False
        # At once, not with the next layout: what is chosen is shown on all rows.
        self.pane.set_covered_rows(max(0, self.pane.covered_rows - self._levels.size.height))
        self._levels.display = False
        self.set_focus(self.pane)
        return True

    def close_open(self) -> bool:
        """Close the innermost thing that is open; False where nothing was."""
        return self._close_levels() or super().close_open()

    def show_least(self, least: Level | None) -> None:
        """Show entries of at least a level; None shows all."""
        if least is not None:
            self._suspend_each()
        self.view.minimum_level = least
        self.view.minimum_enabled = True
        self._filters_changed()
        words = "all levels are shown" if least is None else f"{least.name} and worse are shown"
        self.note(words)

    # -- entries --------------------------------------------------------------------------

    def widen_filters(self) -> None:
        """Let filters show whole entries, or only the lines that match."""
        self.view.whole_entries = not self.view.whole_entries
        self._filters_changed()
        whole = self.view.whole_entries
        self.note("filters show whole entries" if whole else "filters show the lines that match")

    def switch_folds(self) -> None:
        """Fold long warnings and errors, or show all their lines."""
        self.view.fold = not self.view.fold
        self.view.close_folds()
        self._rows_changed()
        self.note("long errors are folded" if self.view.fold else "long errors are not folded")

    def close_folds(self) -> None:
        """Fold again what was opened."""
        if self.view.close_folds():
            self._rows_changed()
        else:
            self.note("no fold is open: enter, or a click, opens one")

    def _rows_changed(self) -> None:
        self.view.refilter(self.pane.viewport.anchor_line)
        self.pane.viewport.refilter()
        self.pane.redraw()
        self.refresh_words()
        self.work_on()

    @on(LogPane.FoldClicked)
    def _fold_clicked(self, message: LogPane.FoldClicked) -> None:
        self.open_fold(message.line)

    def open_fold(self, line: int) -> bool:
        """Open the fold at a line; False where there is none."""
        if self.view.fold_at(line) is None or not self.view.open_fold(line):
            return False
        self.pane.viewport.stop_following()
        self.pane.redraw()
        self.refresh_words()
        return True

    def action_entry(self) -> None:
        """Open the fold at the cursor line, or show its entry in full."""
        cursor = self.pane.viewport.cursor
        if cursor is None:
            self.note(f"no entry: {self.no_line}")
        elif not self.open_fold(cursor):
            self._show_entry(cursor)

    def _show_entry(self, line: int) -> None:
        from logview.tui.screens.entry import EntryScreen

        self.app.need_styles("entry", "entry_body")
        pattern = self.finding.search.pattern if self.finding.search is not None else None

        def match(text: str) -> list[tuple[int, int]]:
            try:
                return pattern.spans(text) if pattern is not None else []
            except PatternTooSlowError:
                return []

        current = self.pane.current_match
        self._entry_screen = EntryScreen(
            self._entry_shown(line, match=current is not None and current.line == line),
            self._move_entry,
            self._copy_of_entry,
            match if pattern is not None else None,
            self.app.keymap,
        )
        self.app.push_screen(self._entry_screen, self._entry_closed)

    def _entry_closed(self, _: None) -> None:
        self._entry_screen = self._entry_line = None

    def _entry_shown(self, line: int, *, match: bool = False) -> EntryExcerpt:
        from logview.log.entries.levels import level_of
        from logview.tui.entry_head import EntryExcerpt

        document, reading = self.document, self.view.entries
        self.view.load_entries(line, line)
        entry = reading.entry_of(line)
        before = entry.start - 1
        previous = (
            stamp_of(document.line(reading.entry_of(before).start))
            if before >= document.first_line
            else None
        )
        current = self.pane.current_match if match else None
        lines = tuple(self._lines_of(entry))
        if self.pane.screen_masks is not None:
            lines = self.pane.screen_masks.mask_lines(entry.start, lines)
        self._entry_line = entry.start
        self._entry_seen = self._entry_state(entry.start)
        return EntryExcerpt(
            lines=lines,
            first_number=document.number(entry.start),
            line_count=len(entry),
            level=level_of(document.line_text(entry.start)),
            previous=previous,
            start=first_stamp(document),
            match=(current.line - entry.start, current.start, current.end) if current else None,
        )

    def _copy_of_entry(self, text: str, what: str) -> None:
        if (
            self.pane.screen_masks is not None
            and self._entry_line is not None
            and "JSON" not in what
        ):
            # What is shown is masked already: what is copied is told, and can be had as it is.
            lines = self._lines_of(self.view.entries.entry_of(self._entry_line))
            text = "\n".join(visible(line) for line in lines)
        amount = size(len(text.encode("utf-8", "replace")))
        self.app.copy_text(text, what=f"{what} ({amount})")

    def _lines_of(self, entry: range) -> Iterator[bytes]:
        """Give the lines of an entry that are shown in full, as many as there is room for."""
        from logview.log.entries.entry_text import MAX_BYTES, MAX_LINES

        room = MAX_BYTES
        for number in entry[:MAX_LINES]:
            if room <= 0:
                break
            line = self.document.line(number)
            if self.document.long_size(number):
                line = self.document.read_line(number, 0, room)
            room -= len(line)
            yield line

    def _entry_state(self, line: int) -> tuple[int | None, range, int]:
        """Give what tells whether an entry is another one than when it was shown."""
        document = self.document
        entry = self.view.entries.entry_of(line)
        version = document.version if entry.stop == document.end_line else -1
        return document.number(line), entry, version

    def renew_entry(self) -> None:
        """Show more of the entry that is shown in full, where it has grown."""
        screen, line = self._entry_screen, self._entry_line
        if screen is None or line is None or self._entry_timer is not None:
            return
        if self._entry_state(line) != self._entry_seen:
            begun = time.monotonic()
            screen.update_entry(self._entry_shown(line))
            # A long one that grows must not take all the time there is.
            rest = ENTRY_REST * (time.monotonic() - begun)
            self._entry_timer = schedule_once(self, rest, self._entry_rested)

    def _entry_rested(self) -> None:
        self._entry_timer = None
        self.renew_entry()

    def keep_entry(self) -> None:
        """Leave the entry that is shown in full as it is: its file was rewritten."""
        if self._entry_screen is not None and self._entry_line is not None:
            self._entry_line = None
            self._entry_screen.note("the file was rewritten: this is what it said before")

    async def _move_entry(self, where: str) -> EntryExcerpt | None:
        """Move the reader to another entry while one is shown in full; None where there is none."""
        step, what = where.split("-")
        forward = step == "next"
        viewport, shown = self.pane.viewport, self._entry_line
        self.drop_pending()
        followed = viewport.follow
        if shown is not None and viewport.cursor not in self.view.entries.entry_of(shown):
            viewport.go_to_line(shown)  # the log has gone on below, or was chosen otherwise
        before = viewport.cursor, self.pane.current_match
        if before[0] is None:
            return None
        if what == "match":
            self.finding.next(forward=forward)
        elif what == "entry":
            self._step_entry(before[0], forward=forward)
        else:
            least = Level.ERROR if what == "error" else Level.WARN
            self.finding.levels.begin(least, forward=forward)
        try:
            while self.finding.hunting:
                self.finding.slice()
                await asyncio.sleep(0)
        finally:
            self.finding.drop_hunt()  # whoever has closed the entry waits for it no more
        cursor = viewport.cursor
        if cursor is None or (cursor, self.pane.current_match) == before:
            if followed:
                viewport.to_end()
                self.pane.redraw()
            return None
        return self._entry_shown(cursor, match=what == "match")

    def _step_entry(self, line: int, *, forward: bool) -> None:
        entry = self.view.entries.entry_of(line)
        if forward:
            to = self.view.next_shown(entry.stop)
        else:
            before = self.view.shown_before(entry.start)
            to = self.view.shown_line(before - 1) if before else None
        if to is not None:
            self.view.load_entries(to, to)
            self.pane.viewport.go_to_line(self.view.entries.entry_of(to).start)
            self.pane.redraw()

    # -- times ----------------------------------------------------------------------------

    def action_times(self) -> None:
        """Show the times in the next form."""
        if self.pane.time_column.is_stamped:
            self.note(self.pane.time_column.next_format())
            self.pane.update_layout()
        else:
            self.note("this log has no times to show")

    # -- marks ----------------------------------------------------------------------------

    def action_mark(self) -> None:
        """Mark the current line, or take its mark away."""
        cursor, marked = self.pane.viewport.cursor, self.pane.marked_lines
        if cursor is None:
            self.note(f"nothing to mark: {self.no_line}")
        elif cursor in marked:
            marked.discard(cursor)
        elif len(marked) >= MAX_MARKS:
            self.note(f"there are {len(marked):,} marks: that is as many as there may be")
        else:
            marked.add(cursor)
        self.pane.redraw()
        self.draw_timeline()

    def action_next_mark(self, step: int) -> None:
        """Go to the next marked line that is shown, or the one before."""
        self.drop_pending()
        cursor = self.pane.viewport.cursor
        marks = sorted(line for line in self.pane.marked_lines if self.view.is_shown(line))
        if cursor is None or not marks:
            hidden = len(self.pane.marked_lines)
            self.note(
                f"{count(hidden, 'mark')}, on lines that are not shown"
                if hidden
                else "no marks yet: m marks the current line"
            )
            return
        at = bisect_right(marks, cursor) if step > 0 else bisect_left(marks, cursor) - 1
        if not 0 <= at < len(marks):
            self.note("from the top again" if step > 0 else "from the end again")
        line = marks[at % len(marks)]
        self.view.load_entries(line, line)
        self.view.open_fold(line)
        self.pane.viewport.go_to_line(line)
        self.pane.redraw()

    def forget_marks(self) -> None:
        """Take all marks away."""
        self.note(f"{count(len(self.pane.marked_lines), 'mark')} taken away")
        self.pane.marked_lines.clear()
        self.pane.redraw()
        self.draw_timeline()

    @abstractmethod
    def draw_timeline(self) -> None:
        """Show where the screen and the marks are in time."""
