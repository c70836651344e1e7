"""Log screen: the list of filters (`X`) and the minimum level (`L`), as panels over the log."""

from __future__ import annotations

from typing import TYPE_CHECKING

from logview.log.search.line_filter import LineFilter

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from logview.log.search.pattern import Query
    from logview.log.view.view import View
    from logview.tui.screens.log.filters import Filters
    from logview.tui.widgets.filter_list import FilterList
    from logview.tui.widgets.level_picker import LevelPicker
    from logview.tui.widgets.log_pane import LogPane
    from logview.tui.widgets.overlay import Overlay


class FilterPanels:
    """Opens the panels, and does what is chosen in them or on a chip.

    Rows and chips are numbered alike: the minimum level first, where there is one.
    """

    def __init__(
        self,
        view: View,
        pane: LogPane,
        filters: Filters,
        overlay: Overlay,
        *,
        ask: Callable[[Query], Awaitable[None]],
        note: Callable[[str], None],
    ) -> None:
        """`ask` opens the prompt for a filter that is edited."""
        self._view = view
        self._pane = pane
        self._filters = filters
        self._overlay = overlay
        self._ask = ask
        self._note = note
        self._list: FilterList | None = None

    async def open_list(self) -> None:
        """Open the list of filters, the minimum level among them."""
        self._overlay.close()
        if not self._filters.any:
            self._note("no filters yet: & adds one")
            return
        from logview.tui.widgets.filter_list import FilterList

        self._list = await self._overlay.mounted(
            FilterList, lambda: FilterList(id="filters"), "filter_list"
        )
        self._fill(self._list)
        self._overlay.show(self._list)

    async def open_level(self) -> None:
        """Open the picker of the minimum level."""
        self._overlay.close()
        from logview.tui.widgets.level_picker import LevelPicker

        panel = await self._overlay.mounted(
            LevelPicker, lambda: LevelPicker(id="levels"), "level_picker"
        )
        panel.show_level(self._view.minimum_level)
        self._overlay.show(panel)

    def update(self) -> None:
        """Show other filters in the list, where it is open; close it where there are none."""
        if self._list is None or self._overlay.panel is not self._list:
            return
        if self._filters.any:
            self._fill(self._list)
        else:
            self._overlay.hide()

    def _fill(self, panel: FilterList) -> None:
        view = self._view
        level = None if view.minimum_level is None else (view.minimum_level, view.level is not None)
        panel.show_filters(view.filters, level, suspended=view.suspended)

    async def act(self, what: str, row: int) -> None:
        """Do what was chosen for a row: `close`, `edit`, `delete` or `switch`."""
        filters, number = self._view.filters, row - (self._view.minimum_level is not None)
        if what == "close" or number >= len(filters):
            self._overlay.hide()
        elif number < 0:
            await self._change_level(what)
        elif what == "edit":
            line_filter = filters[number]
            if not isinstance(line_filter, LineFilter):
                self._filters.toggle(number)  # by a pattern: there is no text to edit
                return
            query = line_filter.pattern.query
            self._overlay.close()
            self._filters.begin(replaces=number)
            await self._ask(type(query)(line_filter.label, query.regex, query.case))
        elif what == "delete":
            self._filters.delete(number)
        else:
            self._filters.toggle(number)

    async def _change_level(self, what: str) -> None:
        if what == "edit":
            await self.open_level()
        elif what == "delete":
            self._filters.show_level(None)
        else:
            self._filters.toggle_level()

    def accept_level(self, message: LevelPicker.Chosen) -> None:
        """Show the level that was chosen."""
        panel = message.panel
        # At once, not with the next layout: what is chosen is shown on all rows.
        self._pane.set_covered_rows(max(0, self._pane.covered_rows - panel.size.height))
        self._overlay.hide()
        if message.chosen:
            self._filters.show_level(message.minimum_level)
        self._overlay.report_after_layout()
        panel.release()
