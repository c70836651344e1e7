"""TUI: reading: levels, entries, times and marks of the log screen."""

from __future__ import annotations

import asyncio
from abc import abstractmethod
from bisect import bisect_left, bisect_right
from typing import TYPE_CHECKING

from textual import on

from logview.log.level import Level
from logview.log.search import PatternTooSlowError
from logview.log.stamps import first_stamp, stamp_of
from logview.tui.phrases import count
from logview.tui.screens.log_moves import LogMoves
from logview.tui.widgets.level_choice import LevelChoice
from logview.tui.widgets.log_pane import LogPane
from logview.tui.widgets.overlay import Overlay

if TYPE_CHECKING:
    from logview.tui.entry_head import EntryShown

MAX_MARKS = 10_000
"""Lines that may be marked."""


class LogReading(LogMoves):
    """The part of the log screen that helps to read it."""

    _levels: LevelChoice | None = None

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
            self.app.need_styles("level_choice")
            self._levels = LevelChoice(id="levels")
            await self.query_one(Overlay).mount(self._levels, before=0)
        self._levels.put(self.view.least)
        self._levels.display = True
        self.set_focus(self._levels)

    @on(LevelChoice.Chosen)
    def _level_chosen(self, message: LevelChoice.Chosen) -> None:
        self._close_levels()
        if message.chosen:
            self.show_least(message.least)

    def _close_levels(self) -> bool:
        if self._levels is None or not self._levels.display:
            return False
        self._levels.display = False
        self.set_focus(self.pane)
        return True

    def close_open(self) -> bool:
        """Close the innermost thing that is open; False where nothing was."""
        return self._close_levels() or super().close_open()

    def show_least(self, least: Level | None) -> None:
        """Show entries of at least a level; None shows all."""
        self.view.least = least
        self.view.least_enabled = True
        if least is not None:
            self.view.suspended = False
        self._filters_changed()
        words = "all levels are shown" if least is None else f"{least.name} and worse are shown"
        self.note(words)

    def switch_least(self) -> None:
        """Switch the least level off or on."""
        if self.view.suspended:
            self.view.suspended = False
            self.view.least_enabled = False
            for line_filter in self.view.filters:
                line_filter.enabled = False
        self.view.least_enabled = not self.view.least_enabled
        self._filters_changed()

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
        self.view.refilter(self.pane.port.wanted)
        self.pane.port.refiltered()
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
        self.pane.port.stop_following()
        self.pane.redraw()
        self.refresh_words()
        return True

    def action_entry(self) -> None:
        """Open the fold at the cursor line, or show its entry in full."""
        cursor = self.pane.port.cursor
        if cursor is None:
            self.note("no entry yet: the log has no line")
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

        self.app.push_screen(
            EntryScreen(
                self._entry_shown(line),
                self._move_entry,
                lambda text, _: self.app.copy_to_clipboard(text),
                match if pattern is not None else None,
            )
        )

    def _entry_shown(self, line: int, *, match: bool = False) -> EntryShown:
        from logview.log.entry_text import MAX_LINES
        from logview.log.levels import level_of
        from logview.tui.entry_head import EntryShown

        document, reading = self.document, self.view.reading
        self.view.look_at(line, line)
        entry = reading.entry_of(line)
        before = entry.start - 1
        previous = (
            stamp_of(document.line(reading.entry_of(before).start))
            if before >= document.first_line
            else None
        )
        current = self.pane.current if match else None
        return EntryShown(
            lines=tuple(document.line(number) for number in entry[:MAX_LINES]),
            first_number=document.number(entry.start),
            line_count=len(entry),
            level=level_of(document.line_text(entry.start)),
            previous=previous,
            start=first_stamp(document),
            match=(current.line - entry.start, current.start, current.end) if current else None,
        )

    async def _move_entry(self, where: str) -> EntryShown | None:
        """Move the reader to another entry while one is shown in full; None where there is none."""
        step, what = where.split("-")
        forward = step == "next"
        before = self.pane.port.cursor, self.pane.current
        if before[0] is None:
            return None
        if what == "match":
            self.finding.next(forward=forward)
        elif what == "entry":
            self._step_entry(before[0], forward=forward)
        else:
            least = Level.ERROR if what == "error" else Level.WARN
            self.finding.levels.begin(least, forward=forward)
        while self.finding.hunting:
            self.finding.slice()
            await asyncio.sleep(0)
        cursor = self.pane.port.cursor
        if cursor is None or (cursor, self.pane.current) == before:
            return None
        return self._entry_shown(cursor, match=what == "match")

    def _step_entry(self, line: int, *, forward: bool) -> None:
        entry = self.view.reading.entry_of(line)
        if forward:
            to = self.view.next_shown(entry.stop)
        else:
            before = self.view.shown_before(entry.start)
            to = self.view.shown_line(before - 1) if before else None
        if to is not None:
            self.view.look_at(to, to)
            self.pane.port.go_to_line(self.view.reading.entry_of(to).start)
            self.pane.redraw()

    # -- times ----------------------------------------------------------------------------

    def action_times(self) -> None:
        """Show the times in the next form."""
        self.note(self.pane.times.next_form())
        self.pane.settle()

    # -- marks ----------------------------------------------------------------------------

    def action_mark(self) -> None:
        """Mark the current line, or take its mark away."""
        cursor, marked = self.pane.port.cursor, self.pane.marked
        if cursor is None:
            self.note("nothing to mark: the log has no line yet")
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
        cursor = self.pane.port.cursor
        marks = sorted(line for line in self.pane.marked if self.view.is_shown(line))
        if cursor is None or not marks:
            hidden = len(self.pane.marked)
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
        self.view.look_at(line, line)
        self.view.open_fold(line)
        self.pane.port.go_to_line(line)
        self.pane.redraw()

    def forget_marks(self) -> None:
        """Take all marks away."""
        self.note(f"{count(len(self.pane.marked), 'mark')} taken away")
        self.pane.marked.clear()
        self.pane.redraw()
        self.draw_timeline()

    @abstractmethod
    def draw_timeline(self) -> None:
        """Show where the screen and the marks are in time."""
