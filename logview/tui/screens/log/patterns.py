"""Log screen: the patterns. It groups what is shown by template, and goes to entries of one."""

from __future__ import annotations

import asyncio
from time import perf_counter
from typing import TYPE_CHECKING

from logview.log.view.entry_shapes import find_entry
from logview.phrases import count
from logview.tui.schedule import when_read
from logview.tui.screens.log.passes import SLICE_SECONDS
from logview.tui.screens.log.search import Hunt

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from textual.screen import Screen

    from logview.log.view.entry_shapes import EntryShapes
    from logview.log.view.patterns import PatternGroup, PatternGroups
    from logview.tui.host import Host
    from logview.tui.screens.log.filters import Filters
    from logview.tui.screens.log.navigation import PendingJump
    from logview.tui.screens.log.news import News
    from logview.tui.screens.log.session import LogSession
    from logview.tui.screens.patterns import PatternRow, PatternsScreen
    from logview.tui.widgets.log_pane import LogPane

AGAIN_SECONDS = 2.0
"""So long a log that goes on is left alone between two counts, and first results are shown."""


class Patterns:
    """The patterns of an open log, and the one whose entries `n` and `N` go to."""

    def __init__(
        self,
        screen: Screen[None],
        host: Host,
        session: LogSession,
        shapes: EntryShapes,
        pane: LogPane,
        pending: PendingJump,
        filters: Filters,
        news: News,
        *,
        note: Callable[[str], None],
        work: Callable[[], None],
    ) -> None:
        """Group the entries of a session's log; `work` has a jump begin at once."""
        self._screen = screen
        self._host = host
        self._session = session
        self._pane = pane
        self._pending = pending
        self._filters = filters
        self._news = news
        self._note = note
        self._work = work
        self._shapes = shapes
        self._opened: PatternsScreen | None = None
        self.current: PatternGroup | None = None
        """The group whose entries `n` and `N` go to; None while they go to matches."""

    def open(self) -> None:
        """Show the patterns; they are completed while they show."""
        from logview.tui.screens.patterns import PatternsScreen

        self._host.need_styles("patterns")
        self._opened = PatternsScreen(self._go_to, self._filter_by, self._host.keymap)
        self._screen.app.push_screen(self._opened, self._closed)
        self._screen.run_worker(self._read(), group="patterns", exclusive=True)

    def _closed(self, _: None) -> None:
        self._opened = None

    async def _read(self) -> None:
        """Count page by page, and show what there is: first results soon, then all of them."""
        from logview.log.view.patterns import PatternGroups

        opened, session = self._opened, self._session

        def counted_of() -> tuple[int, int]:
            """Return what a count holds for: other filters, or lost lines, need another one."""
            generation = session.view.generation if session.view.is_filtered else 0
            return generation, session.document.pages_lost

        seen: tuple[int, int, str] | None = None
        groups, of = PatternGroups(session.view, self._shapes), counted_of()
        shown_at = perf_counter() - AGAIN_SECONDS / 2
        while opened is not None and opened is self._opened:
            end = perf_counter() + SLICE_SECONDS
            more = await when_read(session.document.pending, groups.step)
            while more and perf_counter() < end:
                more = await when_read(session.document.pending, groups.step)
            state = (session.document.version, session.document.size, self._news.words)
            if (not more and state != seen) or (more and perf_counter() - shown_at > AGAIN_SECONDS):
                await self._show(opened, groups, complete=not more)
                shown_at = perf_counter()
                seen = None if more else state
            await asyncio.sleep(0 if more else AGAIN_SECONDS / 2)
            if counted_of() != of and session.view.complete:
                groups, of = PatternGroups(session.view, self._shapes), counted_of()

    async def _show(self, opened: PatternsScreen, groups: PatternGroups, *, complete: bool) -> None:
        from logview.process.threads import run_in_daemon_thread
        from logview.tui.screens.patterns import COLUMNS, PatternRow

        counts = await when_read(self._session.document.pending, groups.counts)
        # Some tenths of a second where much differs; keys and frames come in between.
        found = await run_in_daemon_thread(counts.groups, timeout=None)
        entries = sum(group.entries for group in found)
        about = f"of {count(entries, 'entry', 'entries')}"
        if self._session.view.is_filtered:
            about += " that the filters show"
        if not complete:
            about += f" · reading… {groups.share:.0%}"
        rows: list[PatternRow] = [
            PatternRow(
                group,
                self._host.copier.masked(group.text),
                counts.columns(group, COLUMNS),
                self._place(group.first),
                self._place(group.last),
                self._news.has_shape(group.shapes),
            )
            for group in found
        ]
        opened.show_rows(rows, about=about, compared=self._news.names)

    def _place(self, line: int) -> str:
        """Return the clock time of a line; its number where the log has no times."""
        document = self._session.document
        if self._pane.time_column.is_stamped:
            stamp = self._session.stamp_near(line)
            if stamp is not None:
                return stamp[11:19].decode()
        number = document.number(line)
        return "…" if number is None else f"{number:,}"

    # -- acting ---------------------------------------------------------------------------

    def _go_to(self, group: PatternGroup, forward: bool | None) -> None:
        self.current = group
        if forward is not None:
            self.jump(forward=forward)
            return
        self._pane.viewport.go_to_line(group.first)
        self._pane.redraw()
        self._note(f"1 of {count(group.entries, 'entry', 'entries')}: n and N go to others")

    def _filter_by(self, group: PatternGroup, keep: bool) -> None:
        from logview.log.view.patterns import PatternFilter

        self._filters.add_pattern(PatternFilter(group, self._shapes, keep=keep))

    def jump(self, *, forward: bool) -> None:
        """Go to the next entry of the current group, or the one before."""
        group, cursor = self.current, self._pane.viewport.cursor
        self._pending.drop()
        if group is None or cursor is None:
            return
        self._pending.begin(
            Hunt(
                self._find(group, cursor, forward=forward),
                lambda: self._from_edge(group, forward=forward),
                lambda: self._note("no entry of this pattern is shown"),
                forward,
                for_match=False,
                what="entry of this pattern",
            )
        )
        self._work()

    def _find(self, group: PatternGroup, line: int, *, forward: bool) -> Iterator[int | None]:
        def mask(number: int) -> int:
            return self._shapes.mask(number, group.shapes.__contains__)

        return find_entry(self._session.view, mask, line, forward=forward)

    def _from_edge(self, group: PatternGroup, *, forward: bool) -> Iterator[int | None]:
        document = self._session.document
        while forward and document.unindexed:
            yield None
        edge = document.first_line - 1 if forward else document.end_line
        yield from self._find(group, edge, forward=forward)
