"""Log screen: the lanes of several logs, or of child runs in one: column, counts, list, filter."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from logview.log.view.lanes import OWN, LaneCount, LaneFilter, LaneIndex
from logview.text.lanes import LaneNames, job_of_lane
from logview.tui.lane_column import LaneColumn, short_name

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from logview.tui.screens.log.filters import Filters
    from logview.tui.screens.log.session import LogSession
    from logview.tui.widgets.lane_list import LaneList, LaneRow
    from logview.tui.widgets.log_pane import LogPane
    from logview.tui.widgets.overlay import Overlay


IN_PALETTE = 13
"""Lanes that have a command of their own; the list has all."""

EMPTY = OWN - 1
"""In place of a number: one of several logs of which there is no line yet."""


class Lanes:
    """Owns the lanes of a log: which there are, which are switched off."""

    def __init__(
        self,
        session: LogSession,
        pane: LogPane,
        filters: Filters,
        overlay: Overlay,
        *,
        note: Callable[[str], None],
        schedule: Callable[[], None],
    ) -> None:
        """`schedule` has the log's pages read."""
        self._session = session
        self._connection = session.connection
        self._pane = pane
        self._filters = filters
        self._overlay = overlay
        self._note = note
        self._schedule = schedule
        view = session.view
        self._names = LaneNames(is_merged=bool(session.origin.parts))
        self.index = LaneIndex(session.document, view.entries, self._names)
        self.filter = LaneFilter(self.index)
        self._panel: LaneList | None = None
        self._checked: tuple[int, int, int] | None = None
        if self._names.is_merged:
            self._begin()

    def _begin(self) -> None:
        self.index.begun = True
        self._pane.time_column.lanes = LaneColumn(self._names)

    def detect(self) -> None:
        """Show the column where a line on the screen is a child run's."""
        if self._pane.time_column.lanes is not None:
            return
        rows, document = self._pane.viewport.screen_rows, self._session.document
        if not rows:
            return
        seen = (rows[0].row.line, rows[-1].row.line, document.line_count)
        if seen == self._checked:
            return
        for line in {row.row.line for row in rows if not row.row.is_own}:
            if self._names.read(document.line(line)) is not None:
                self._begin()
                self._pane.update_layout()
                self._schedule()
                return
        self._checked = seen

    @property
    def all(self) -> list[tuple[int, str]]:
        """Number and name of each lane, of several only."""
        named = list(enumerate(self._names.names))
        if not self._names.is_merged and named:
            named.insert(0, (OWN, self._session.title))
        return named

    @property
    def words(self) -> str:
        """How many lanes there are, for the status line; empty where the filters' chip has that."""
        is_filter = self.filter in self._session.view.filters
        lanes = len(self.all) if self.index.begun and not is_filter else 0
        if lanes:  # of several logs some have no line yet, or none that was read
            lanes = max(lanes, len(self._session.origin.parts))
        return f"{lanes} lanes" if lanes > 1 else ""

    def owns_chip(self, number: int) -> bool:
        """Return whether the chip of this number is that of the lanes."""
        view = self._session.view
        at = number - (view.minimum_level is not None)
        return at == len(view.filters) or (at >= 0 and view.filters[at] is self.filter)

    def commands(self) -> Iterator[tuple[str, Callable[[], None]]]:
        """Yield what the palette offers for each lane."""
        for lane, name in self.all[:IN_PALETTE]:
            does = "hide" if self._is_shown(lane) else "show"
            yield f"{does} {short_name(name)}", partial(self.toggle, lane)

    def _is_shown(self, lane: int) -> bool:
        view = self._session.view
        return self.filter not in view.active or self.filter.shows(lane)

    def toggle(self, lane: int) -> None:
        """Hide a lane, or show it again."""
        self._reset_unless_active()
        self.filter.toggle(lane)
        self._apply()

    def show_only(self, lane: int) -> None:
        """Show one lane only; all where that is so already."""
        self._reset_unless_active()
        shown = [one for one, _ in self.all if self.filter.shows(one)]
        if shown == [lane]:
            self.filter.show_all()
        else:
            self.filter.show_only(lane)
        self._apply()

    def _reset_unless_active(self) -> None:
        if self.filter not in self._session.view.active:
            self.filter.show_all()

    def _apply(self) -> None:
        if all(self.filter.shows(lane) for lane, _ in self.all):
            self.filter.show_all()
        self._filters.apply(self.filter, needed=self.filter.hides_any)

    async def open_list(self) -> None:
        """Open the list of lanes."""
        self._overlay.close()
        self.index.begun = True
        self._schedule()
        if not self._rows():
            self._note(
                "no lanes: no line names a child run"
                if self.index.complete
                else "no lanes yet: the log is being read"
            )
            return
        from logview.tui.widgets.lane_list import LaneList

        self._panel = await self._overlay.mounted(
            LaneList, lambda: LaneList(id="lanes"), "lane_list"
        )
        self.update()
        self._overlay.show(self._panel)
        self.update()

    def act(self, message: LaneList.Chosen) -> None:
        """Do what was chosen for a lane."""
        if message.what == "close":
            self._overlay.hide()
        elif message.lane == EMPTY:
            self._note("that log has no line yet")
        elif message.what == "only":
            self.show_only(message.lane)
        else:
            self.toggle(message.lane)
        self.update()

    def update(self) -> None:
        """Show the counts so far in the list, where it is open."""
        if self.index.begun:
            self.index.read_tail()
        if len(self._names) and self._pane.time_column.lanes is None:
            self._begin()
            self._pane.update_layout()
        if self._panel is not None and self._overlay.panel is self._panel:
            self._panel.show_lanes(self._rows(), complete=self.index.complete)

    def _rows(self) -> list[LaneRow]:
        from logview.tui.widgets.lane_list import LaneRow

        counts = self.index.counts()
        lanes = self.all
        told = {_ident(name): (name, words) for name, words in self._connection.lane_words.items()}
        seen = {_ident(name) for _, name in lanes}
        lanes += [(EMPTY, name) for ident, (name, _) in told.items() if ident not in seen]
        rows = []
        for lane, name in lanes:
            job = job_of_lane(name)
            count = counts.get(lane, LaneCount())
            ident = job[1] if job is not None else ""
            status = told.get(_ident(name), ("", ""))[1]
            if lane == OWN:
                ident = self._session.job_id or ""
                status = "" if self._connection.job is None else self._connection.job.status
            rows.append(
                LaneRow(
                    lane,
                    name if job is None else job[0] or name.partition("Id:")[0],
                    ident,
                    status,
                    lane == EMPTY or self._is_shown(lane),
                    count.errors,
                    count.warnings,
                    count.lines,
                )
            )
        return rows


def _ident(lane: str) -> str:
    """Return what a lane is known by: a run's ID, whose name is known later; else the name."""
    job = job_of_lane(lane)
    return lane if job is None else job[1]
