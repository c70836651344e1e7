"""TUI: the hunt for the next error or warning, in slices that leave the screen alive."""

from __future__ import annotations

from typing import TYPE_CHECKING

from logview.log.entries.level import Level
from logview.log.search.passes import find_level

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from logview.log.view.view import View
    from logview.tui.widgets.log_pane import LogPane

_WORDS = {Level.WARN: "warnings or errors", Level.ERROR: "errors"}


class LevelSearch:
    """Looks for the next entry of at least a level, and brings the reader there."""

    def __init__(self, view: View, pane: LogPane, note: Callable[[str], None]) -> None:
        self._view = view
        self._pane = pane
        self._note = note
        self._looking: Iterator[int | None] | None = None
        self._least = Level.ERROR
        self._forward = True
        self._wrapped = False

    @property
    def busy(self) -> bool:
        """Whether there is something left to look through."""
        return self._looking is not None

    def begin(self, least: Level, *, forward: bool) -> None:
        """Look for the next one, or the one before, from the cursor line."""
        cursor = self._pane.viewport.cursor
        if cursor is None:
            self._note(f"no {_WORDS[least]}")
            return
        self._least, self._forward, self._wrapped = least, forward, False
        self._looking = find_level(self._view, cursor, least, forward=forward)

    def drop(self) -> None:
        """Stop looking."""
        self._looking = None

    def step(self) -> bool | None:
        """Look through one page more: True when the reader was moved, None when all is done."""
        if self._looking is None:
            return None
        try:
            found = next(self._looking)
        except StopIteration:
            self._wrap()
            return False
        if found is None:
            return False
        self._looking = None
        if self._wrapped:
            self._note("from the top again" if self._forward else "from the end again")
        self._pane.viewport.go_to_line(found)
        self._pane.redraw()
        return True

    def _wrap(self) -> None:
        if self._wrapped:
            self._looking = None
            shown = " in what is shown" if self._view.is_filtered else ""
            self._note(f"no {_WORDS[self._least]}{shown}")
            return
        self._wrapped = True
        self._looking = self._from_edge()

    def _from_edge(self) -> Iterator[int | None]:
        """Look from the start of the log, or from its end, once that is known."""
        view, document = self._view, self._view.document
        while self._forward and document.unindexed:
            yield None
        edge = document.first_line if self._forward else document.end_line - 1
        reading = view.entries
        number = document.page_of(edge)
        reading.read_around(number, number + 1)
        entry = reading.entry_of(edge)
        level = reading.level_of(edge)
        if level is not None and level >= self._least:
            line = view.next_shown(entry.start)
            if line is not None and line in entry:
                yield line
                return
        yield from find_level(view, edge, self._least, forward=self._forward)
