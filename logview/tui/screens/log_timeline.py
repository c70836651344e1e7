"""TUI: the timeline of the log screen: when it is worked out, and what it shows."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from textual import on

from logview.log.time.locate import TimeError, first_at, first_stamp, resolve_time, stamp_near
from logview.tui.connection import utc_now
from logview.tui.schedule import schedule_once
from logview.tui.screens.log_words import LogWords
from logview.tui.widgets.log_pane import LogPane
from logview.tui.widgets.timeline import Timeline

if TYPE_CHECKING:
    import asyncio

    from logview.log.time.timeline import Bars, StampIndex

REDRAW_SECONDS = 0.4
"""The least time between two timelines, in seconds."""


class LogTimeline(LogWords):
    """The part of the log screen that shows its time."""

    timeline_shown = True
    opens_at: str | None = None
    """The moment that the log opens at, while it has not come there."""
    _stamps: StampIndex | None = None
    _bars: Bars | None = None
    _bars_at = 0.0
    _bars_timer: asyncio.TimerHandle | None = None

    def lines_came(self) -> None:
        """Work the timeline out anew, soon, because lines came."""
        self.place_timeline()
        self.levels_came()

    def _look_for_moment(self, text: str) -> None:
        """Go to the moment that the log was to open at, once lines have come so far."""
        document = self.document
        if document.unindexed or not document.line_count:
            return
        # A file's lines are known with the first commit; those of the others come.
        state = self.connection.state
        is_whole = not self.opened.is_job and self.opened.text != "-"
        over = is_whole or state in ("ended", "unknown", "failed")
        if not over and not self.pane.time_column.is_stamped:
            return  # no line has a time yet
        try:
            wanted = resolve_time(document, text, document.first_line)
        except TimeError as error:
            if over:
                self.opens_at = None
                self.note(str(error))
            return
        last = stamp_near(document, document.end_line - 1) or b""
        if over or last >= wanted:
            self.opens_at = None
            line = first_at(document, wanted)
            self._open_at(line, wanted, is_before_end=last >= wanted)

    def _open_at(self, line: int, wanted: bytes, *, is_before_end: bool) -> None:
        first = first_stamp(self.document)
        shown = wanted.decode().replace("T", " ").removesuffix("Z")
        if not is_before_end:
            self.note(f"the log ends before {shown} UTC: this is its end")
        elif first is not None and wanted < first:
            self.note(f"the log begins after {shown} UTC: this is its beginning")
        self.pane.viewport.go_to_line(line)
        self.pane.redraw()

    def drop_pending(self) -> None:
        """Forget what would move the reader later: they have moved by themselves since."""
        super().drop_pending()
        self.opens_at = None

    def place_timeline(self) -> None:
        """Give the timeline its row once it is known that the log has times."""
        timeline = self.query_one(Timeline)
        placed = not timeline.has_class("-away")
        shown = self.timeline_shown and (placed or self.pane.time_column.is_stamped)
        # By a class: where there are few rows, the log's style takes the row away.
        timeline.set_class(not shown, "-away")

    def levels_came(self) -> None:
        """Work it out anew because more is known of the log."""
        self._renew()
        if self.opens_at is not None:
            self._look_for_moment(self.opens_at)

    def time_passed(self) -> None:
        """Let the timeline of a run that goes on grow."""
        if self._is_going_on():
            self._renew()

    def forget_times(self) -> None:
        """Forget where in the log its times were: it was rewritten."""
        if self._stamps is not None:
            self._stamps.forget()

    def _is_going_on(self) -> bool:
        job = self.connection.job
        return job is not None and not job.ended and self.connection.state == "live"

    def _renew(self) -> None:
        if self._bars_timer is not None or not self.view.entries.begun or not self.timeline_shown:
            return
        wait = self._bars_at + REDRAW_SECONDS - time.monotonic()
        if wait <= 0:
            self._work_out()
        else:
            self._bars_timer = schedule_once(self, wait, self._work_out)

    @on(Timeline.Fitted)
    def _work_out(self) -> None:
        self._bars_timer = None
        self._bars_at = time.monotonic()
        if not self.view.entries.begun:
            return
        if self._stamps is None:
            from logview.log.time.timeline import StampIndex

            self._stamps = StampIndex(self.document)
        going_on = self._is_going_on()
        self._bars = self._stamps.bars(
            self.query_one(Timeline).room,
            self.view.entries,
            until=round(utc_now().timestamp() * 1000) if going_on else None,
            growing=going_on,
        )
        self.draw_timeline()

    def draw_timeline(self) -> None:
        """Show where the screen and the marks are in time."""
        lines = [spot.row.line for spot in self.pane.viewport.screen_rows if not spot.row.is_own]
        seen = (lines[0], lines[-1]) if lines else None
        self.query_one(Timeline).put(self._bars, seen, self.pane.marked_lines)

    @on(LogPane.Moved)
    def _moved_in_time(self) -> None:
        self.draw_timeline()

    @on(Timeline.Picked)
    def _picked(self, message: Timeline.Picked) -> None:
        self.drop_pending()
        self.pane.viewport.go_to_line(message.line)
        self.pane.redraw()

    def switch_timeline(self) -> None:
        """Show the timeline, or give its row to the log."""
        self.timeline_shown = not self.timeline_shown
        self.lines_came()
        if self.timeline_shown and self.query_one(Timeline).has_class("-away"):
            self.note("this log has no times to show")
