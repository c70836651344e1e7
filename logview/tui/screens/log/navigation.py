"""Log screen: navigation. Places to go to, marks, and the one jump that is still to come."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from functools import partial
from typing import TYPE_CHECKING, TypeAlias

from logview.log.time.locate import (
    TimeError,
    find_time,
    first_at,
    first_stamp,
    resolve_time,
    stamp_near,
)
from logview.pending_reads import PendingReadError
from logview.phrases import count
from logview.text.timestamps import is_time

if TYPE_CHECKING:
    from collections.abc import Callable

    from logview.log.search.pattern import Query
    from logview.tui.screens.log.session import LogSession
    from logview.tui.viewport import Viewport
    from logview.tui.widgets.log_pane import LogPane

    Jump: TypeAlias = object
    """What is still to bring the reader somewhere; its kind is known to whoever began it."""

MAX_MARKS = 10_000
"""Lines that may be marked."""


class LocationError(ValueError):
    """What was typed is no location; the message lists what is, for a person."""


class PendingJump:
    """The one jump that is still to come: to a match, an error, a line that is not read yet.

    It forgets itself as soon as the reader moves, whatever moved them, or begins another one.
    """

    def __init__(self, viewport: Viewport) -> None:
        self._viewport = viewport
        self._jump: Jump | None = None
        self._moves = 0

    @property
    def jump(self) -> Jump | None:
        """The jump; None where there is none, or where the reader has moved since it began."""
        if self._jump is not None and self._moves != self._viewport.moves:
            self._jump = None
        return self._jump

    def begin(self, jump: Jump) -> None:
        """Have this jump pending, in place of the one before it."""
        self._jump, self._moves = jump, self._viewport.moves

    def drop(self) -> None:
        """Forget the jump: it is done, or no longer meant."""
        self._jump = None


class _WhenIndexed:
    """A jump that waits for the lines before those that are known, or for a read."""

    def __init__(self, run: Callable[[], None]) -> None:
        self.run = run


class _ToMoment:
    """The jump to the moment that the log was opened at, which waits for lines so late."""

    def __init__(self, text: str) -> None:
        self.text = text


class Navigation:
    """Goes to lines, parts, times and marks."""

    error = ""
    counter = ""
    """Empty: for a location there is nothing to count."""

    def __init__(
        self,
        session: LogSession,
        pane: LogPane,
        pending: PendingJump,
        note: Callable[[str], None],
    ) -> None:
        self._session = session
        self._pane = pane
        self._pending = pending
        self._note = note

    # -- locations ------------------------------------------------------------------------

    def typed(self, query: Query) -> bool:
        """Take what is typed so far: nothing happens before it is accepted."""
        self.error = ""
        return False

    def accept(self, query: Query) -> bool:
        """Go to what was typed; return False and set `error` where that is no location."""
        self._pending.drop()
        try:
            go = self.parse_location(query.text)
        except LocationError as error:
            self.error = str(error)
            return False
        if go is not None:
            self.when_indexed(go)
        return True

    def cancel(self) -> None:
        """Go nowhere."""

    def parse_location(self, text: str) -> Callable[[], None] | None:
        """Return what goes to `1234`, `50%`, `06:12` or `-5m`; None for no text.

        Raises LocationError.
        """
        text = text.strip().removesuffix("G").removesuffix("g")
        if not text:
            return None
        if is_time(text):
            return partial(self._go_to_time, text)
        number = text.removesuffix("%").replace(",", "")
        if not (number.isascii() and number.isdecimal()) or len(number) > 15:
            raise LocationError("not a location: try 1234, 50%, 06:12 or -5m")
        return partial(self._go_to_part, int(number), percent=text.endswith("%"))

    def _go_to_part(self, number: int, *, percent: bool) -> None:
        document, view = self._session.document, self._session.view
        total = document.line_count
        line = (total - 1) * min(100, number) // 100 if percent else max(1, number) - 1
        if line >= total:
            self._note(f"there are {total:,} lines")
        line = document.first_line + min(line, total - 1)
        if not percent:  # that very line is meant, also out of a fold
            view.load_entries(line, line)
            view.open_fold(line)
        self._go_to_line(line)

    def _go_to_time(self, text: str) -> None:
        try:
            # As the column shows them: what is read there can be typed here.
            local = self._pane.time_column.format == "local"
            cursor = self._pane.viewport.cursor or 0
            line = find_time(self._session.document, text, cursor, local=local)
        except TimeError as error:
            self._note(str(error))
            return
        self._go_to_line(line)

    def _go_to_line(self, line: int) -> None:
        self._pane.viewport.go_to_line(line)
        self._pane.redraw()

    def go_to_line(self, line: int) -> None:
        """Go to a line by its number in the document, also out of a fold."""
        view = self._session.view
        view.load_entries(line, line)
        view.open_fold(line)
        self._go_to_line(line)

    def top(self) -> None:
        """Go to the first line, once it is known."""
        self.when_indexed(self._to_top)

    def _to_top(self) -> None:
        self._pane.viewport.to_top()
        self._pane.redraw()

    # -- jumps that wait ------------------------------------------------------------------

    def when_indexed(self, run: Callable[[], None]) -> None:
        """Jump now, or once the lines before those that are known have been found."""
        if self._session.document.unindexed:
            self._pending.begin(_WhenIndexed(run))
            self._note("reading the file: going there when it is read")
        else:
            self._run(run)

    def _run(self, run: Callable[[], None]) -> None:
        """Jump, now or once what tells where to has been read."""
        try:
            run()
        except PendingReadError:
            self._pending.begin(_WhenIndexed(run))
            self._note("the file has not answered yet: going there once it is read")

    def open_at(self, moment: str) -> None:
        """Go to a moment of the log, once its lines have come so far."""
        self._pending.begin(_ToMoment(moment))

    def advance(self) -> None:
        """Make the jump that waits, if what it waits for has come."""
        jump = self._pending.jump
        if isinstance(jump, _WhenIndexed) and not self._session.document.unindexed:
            self._pending.drop()
            self._run(jump.run)
        elif isinstance(jump, _ToMoment):
            self._try_moment(jump.text)

    def _try_moment(self, text: str) -> None:
        document, over = self._session.document, self._session.is_read
        if document.unindexed or not document.line_count:
            return
        if not over and not self._pane.time_column.is_stamped:
            return  # no line has a time yet
        try:
            stamp = resolve_time(document, text, document.first_line)
        except TimeError as error:
            if over:
                self._pending.drop()
                self._note(str(error))
            return
        last = stamp_near(document, document.end_line - 1) or b""
        if not over and last < stamp:
            return
        self._pending.drop()
        first = first_stamp(document)
        shown = stamp.decode().replace("T", " ").removesuffix("Z")
        if last < stamp:
            self._note(f"the log ends before {shown} UTC")
        elif first is not None and stamp < first:
            self._note(f"the log begins after {shown} UTC")
        self._go_to_line(first_at(document, stamp))

    # -- marks ----------------------------------------------------------------------------

    def toggle_mark(self) -> None:
        """Mark the current line, or take its mark away."""
        cursor, marked = self._pane.viewport.cursor, self._pane.marked_lines
        if cursor is None:
            self._note(f"nothing to mark: {self._session.no_line_reason}")
        elif cursor in marked:
            marked.discard(cursor)
        elif len(marked) >= MAX_MARKS:
            self._note(f"{len(marked):,} marks: no more are possible")
        else:
            marked.add(cursor)
        self._pane.redraw()

    def next_mark(self, *, forward: bool) -> None:
        """Go to the next marked line that is shown, or the one before."""
        self._pending.drop()
        view, cursor, marked = (
            self._session.view,
            self._pane.viewport.cursor,
            self._pane.marked_lines,
        )
        marks = sorted(line for line in marked if view.is_shown(line))
        if cursor is None or not marks:
            self._note(
                f"{count(len(marked), 'mark')}, on lines that are not shown"
                if marked
                else "no marks yet: m marks the current line"
            )
            return
        at = bisect_right(marks, cursor) if forward else bisect_left(marks, cursor) - 1
        if not 0 <= at < len(marks):
            self._note(f"wrapped to the {'first' if forward else 'last'} mark")
        line = marks[at % len(marks)]
        view.load_entries(line, line)
        view.open_fold(line)
        self._go_to_line(line)

    def clear_marks(self) -> None:
        """Take all marks away."""
        self._note(f"{count(len(self._pane.marked_lines), 'mark')} removed")
        self._pane.marked_lines.clear()
        self._pane.redraw()
