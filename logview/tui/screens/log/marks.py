"""Log screen: the list of marks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from logview.log.time.locate import stamp_near
from logview.text.timestamps import milliseconds
from logview.tui.time_column import since

if TYPE_CHECKING:
    from collections.abc import Callable

    from logview.tui.screens.log.navigation import Navigation
    from logview.tui.screens.log.session import LogSession
    from logview.tui.widgets.log_pane import LogPane
    from logview.tui.widgets.mark_list import MarkList, MarkRow
    from logview.tui.widgets.overlay import Overlay

MAX_LISTED = 1000
"""Marks that are listed; each is a line that is read."""


class Marks:
    """Lists the marked lines with the time between them, and goes to one."""

    def __init__(
        self,
        session: LogSession,
        pane: LogPane,
        navigation: Navigation,
        overlay: Overlay,
        note: Callable[[str], None],
    ) -> None:
        self._session = session
        self._pane = pane
        self._navigation = navigation
        self._overlay = overlay
        self._note = note

    async def list_marks(self) -> None:
        """Open the list."""
        self._overlay.close()
        if not self._pane.marked_lines:
            self._note("no marks yet: m marks the current line")
            return
        from logview.tui.widgets.mark_list import MarkList

        panel = await self._overlay.mounted(MarkList, lambda: MarkList(id="marks"), "mark_list")
        panel.show_marks(self._rows(), self._pane.viewport.cursor)
        self._overlay.show(panel)

    def act(self, message: MarkList.Chosen) -> None:
        """Go to a mark, or delete it."""
        marked = self._pane.marked_lines
        if message.what == "delete":
            marked.discard(message.line)
            self._pane.redraw()
            message.panel.show_marks(self._rows(), message.line)
            if marked:
                return
        self._overlay.hide()
        if message.what != "go":
            return
        view = self._session.view
        if not view.is_shown(message.line):
            self._note("that line is hidden by a filter: x toggles all")
            return
        view.load_entries(message.line, message.line)
        view.open_fold(message.line)
        self._navigation.go_to_line(message.line)

    def _rows(self) -> list[MarkRow]:
        from logview.tui.widgets.mark_list import MarkRow

        document, column = self._session.document, self._pane.time_column
        masks = self._pane.screen_masks
        rows: list[MarkRow] = []
        before: int | None = None
        known = range(document.first_line, document.end_line)
        lines = sorted(line for line in self._pane.marked_lines if line in known)
        for line in lines[:MAX_LISTED]:
            data = document.line(line)
            if masks is not None:
                (data,) = masks.mask_lines(line, (data,))
            stamp = stamp_near(document, line)
            moment = None if stamp is None else milliseconds(stamp)
            number = document.number(line)
            rows.append(
                MarkRow(
                    line,
                    "…" if number is None else f"{number:,}",
                    "" if moment is None else column.format_moment(moment, "second"),
                    "" if moment is None or before is None else since(moment - before),
                    data[document.stamps.width(data) :].decode(errors="replace"),
                )
            )
            before = moment
        return rows
