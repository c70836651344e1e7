"""Log screen: search. The pattern, its matches, and jumps to matches, errors and warnings."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from logview.log.entries.level import Level
from logview.log.search.passes import SearchPass, find_level
from logview.log.search.pattern import Pattern, PatternError, Query, compile_query
from logview.pending_reads import PendingReadError, until_read
from logview.phrases import count, percent_read
from logview.tui.widgets.row_strip import MatchSpan

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from logview.log.view.view import View
    from logview.tui.screens.log.navigation import PendingJump
    from logview.tui.viewport import ViewportPosition
    from logview.tui.widgets.log_pane import LogPane

    Target = tuple[int, int, int] | int
    """A match (line, first and last character), or the first line of an entry."""

_LEVEL_WORDS = {
    Level.WARN: ("warning or error", "warnings or errors"),
    Level.ERROR: ("error", "errors"),
}
"""What a jump to a level searches for: one of them, and many."""


@dataclass(slots=True, eq=False)
class Hunt:
    """A jump to the next match or entry of a level, page by page; it wraps around once."""

    steps: Iterator[Target | None]
    """Searches a page with each step; yields None until it has found something."""
    from_edge: Callable[[], Iterator[Target | None]]
    """Begins again at the other end of the log."""
    nothing: Callable[[], None]
    """Called where the whole log has nothing."""
    forward: bool
    for_match: bool
    what: str
    """What is searched for, for a person: `match`, `error`."""
    wrapped: bool = False
    tried_all: bool = False
    """Whether `steps` begins at an edge of the log, so that there is nothing to wrap to."""


class Search:
    """The current search: its pattern, where it began, its matches, and one jump that searches."""

    def __init__(
        self, view: View, pane: LogPane, pending: PendingJump, note: Callable[[str], None]
    ) -> None:
        self._view = view
        self._pane = pane
        self._pending = pending
        self._note = note
        self.matches: SearchPass | None = None
        """The pass that counts the matches; None while there is no search."""
        self.error = ""
        """What is wrong with the pattern, for a person."""
        self._origin: ViewportPosition | None = None
        self._before: tuple[SearchPass | None, MatchSpan | None] = (None, None)
        self._typing = False
        self._moved = False

    @property
    def pattern(self) -> Pattern | None:
        """The pattern; None while there is no search."""
        return self.matches.pattern if self.matches is not None else None

    # -- typing ---------------------------------------------------------------------------

    def begin(self) -> None:
        """Remember where the search begins, and the search before it."""
        self._origin = self._pane.viewport.position()
        self._before = (self.matches, self._pane.current_match)
        self.error = ""

    def typed(self, query: Query) -> bool:
        """Search for what is typed so far; a pattern that is wrong keeps the last result."""
        origin = self._origin or self._pane.viewport.position()
        if not query.text:
            self.forget()
            self._return_to(origin)
            return True
        try:
            pattern = compile_query(query)
        except PatternError as error:
            self.error = str(error)
            return True
        self.error = ""
        start = self._view.document.first_line if origin.cursor is None else origin.cursor
        self.matches = SearchPass(pattern, self._view, start, before=self.matches)
        self._pane.show_matches(pattern)
        self._typing = True
        self._begin_hunt(start, -1, forward=True)
        return True

    def accept(self, query: Query) -> bool:
        """Keep the place that was found; return False where the pattern can't be used."""
        if self.error:
            return False
        self._typing = False
        self._origin = None
        return True

    def cancel(self) -> None:
        """Go back to where the search began, and to the search before it."""
        origin, self._origin = self._origin, None
        self.forget()
        self.matches, current = self._before
        if self.matches is not None:
            self._pane.show_matches(self.matches.pattern, current)
        if origin is not None:
            self._return_to(origin)

    def forget(self) -> None:
        """End the search: no marks, no counter."""
        self.matches = None
        self._pending.drop()
        self.error = ""
        self._typing = False
        self._pane.show_matches(None)

    def fail(self, error: str) -> None:
        """End the search because its pattern can't be used; `error` is why, for a person."""
        self.matches = None
        self._pending.drop()
        self.error = error
        self._pane.show_matches(None)

    def restart(self) -> None:
        """Count the matches anew: other lines are shown."""
        if self.matches is not None:
            self.matches = SearchPass(
                self.matches.pattern, self._view, self._pane.viewport.anchor_line
            )

    @property
    def marks(self) -> tuple[SearchPass | None, MatchSpan | None]:
        """What is marked in the log now, for `restore_marks`."""
        return self.matches, self._pane.current_match

    def restore_marks(self, marks: tuple[SearchPass | None, MatchSpan | None]) -> None:
        """Mark the matches of the search again, after something else was marked."""
        matches, current = marks
        self._pane.show_matches(self.pattern, current if self.matches is matches else None)

    # -- jumps ----------------------------------------------------------------------------

    @property
    def hunt(self) -> Hunt | None:
        """The jump to a match or an entry that is under way."""
        jump = self._pending.jump
        return jump if isinstance(jump, Hunt) else None

    def next_match(self, *, forward: bool) -> None:
        """Go to the next match, or the one before, from the current one or the cursor line."""
        self._pending.drop()
        if self.matches is None:
            self._note("no search yet: / searches")
            return
        self._typing = False
        current, cursor = self._pane.current_match, self._pane.viewport.cursor
        if current is not None and current.line == cursor:
            self._begin_hunt(current.line, current.start, forward=forward)
        elif cursor is not None:
            self._begin_hunt(cursor, -1, forward=forward)

    def next_level(self, least: Level, *, forward: bool, from_end: bool = False) -> None:
        """Go to the next entry of at least a level, or the one before, from the cursor line.

        With `from_end` go to the last one, wherever the cursor line is.
        """
        self._pending.drop()
        cursor = self._pane.viewport.cursor
        if cursor is None:
            self._note(f"no {_LEVEL_WORDS[least][1]}")
            return
        forward = forward and not from_end
        self._pending.begin(
            Hunt(
                self._level_from_edge(least, forward=False)
                if from_end
                else find_level(self._view, cursor, least, forward=forward),
                lambda: self._level_from_edge(least, forward=forward),
                lambda: self._no_level(least),
                forward,
                for_match=False,
                what=_LEVEL_WORDS[least][0],
                tried_all=from_end,
            )
        )

    def _begin_hunt(self, line: int, column: int, *, forward: bool) -> None:
        matches = self.matches
        if matches is None:
            return
        self._pending.begin(
            Hunt(
                matches.find(line, column, forward=forward),
                lambda: self._match_from_edge(matches, forward=forward),
                self._no_match,
                forward,
                for_match=True,
                what="match",
            )
        )

    def step_hunt(self) -> bool:
        """Search one page more; return whether there was one to search."""
        hunt = self.hunt
        if hunt is None:
            return False
        try:
            found = next(hunt.steps)
        except StopIteration:
            if hunt.wrapped or hunt.tried_all:
                self._pending.drop()
                hunt.nothing()
                return not hunt.for_match
            hunt.wrapped = True
            hunt.steps = hunt.from_edge()
            return True
        if found is None:
            return True
        self._pending.drop()
        self._arrive(hunt, found)
        return not hunt.for_match

    def has_moved(self) -> bool:
        """Whether a jump has moved the reader since this was asked last."""
        moved, self._moved = self._moved, False
        return moved

    def _arrive(self, hunt: Hunt, found: Target) -> None:
        if hunt.wrapped and not (hunt.for_match and self._typing):
            edge = "first" if hunt.forward else "last"
            self._note(f"wrapped to the {edge} {hunt.what}")
        if isinstance(found, int):
            self._pane.viewport.go_to_line(found)
            self._pane.redraw()
        else:
            self._pane.go_to_match(MatchSpan(*found))
        self._moved = True

    def _match_from_edge(self, matches: SearchPass, *, forward: bool) -> Iterator[Target | None]:
        """Search from the start of the log, or from its end, once that is known."""
        document = self._view.document
        if not forward:
            yield from matches.find(document.end_line, 0, forward=False)
            return
        while document.unindexed:
            yield None
        yield from matches.find(document.first_line, -1, forward=True)

    def _no_match(self) -> None:
        self._pane.show_matches(self._pane.pattern)
        if self._typing and self._origin is not None:
            self._return_to(self._origin)
        elif not self._typing:
            self._note("no match")

    def _level_from_edge(self, least: Level, *, forward: bool) -> Iterator[Target | None]:
        view, document = self._view, self._view.document
        while forward and document.unindexed:
            yield None
        edge = document.first_line if forward else document.end_line - 1
        index = view.entries
        number = document.page_of(edge)
        yield from until_read(partial(index.read_around, number, number + 1))
        entry = index.entry_of(edge)
        level = index.level_of(edge)
        if level is not None and level >= least:
            line = view.next_shown(entry[0])
            if line is not None and line in entry:
                yield line
                return
        yield from find_level(view, edge, least, forward=forward)

    def _no_level(self, least: Level) -> None:
        shown = " in what is shown" if self._view.is_filtered else ""
        self._note(f"no {_LEVEL_WORDS[least][1]}{shown}")

    def _return_to(self, place: ViewportPosition) -> None:
        self._pane.viewport.restore(place)
        self._pane.redraw()

    # -- words ----------------------------------------------------------------------------

    @property
    def counter(self) -> str:
        """Which match is the current one: `match 3 of 41`; with … while counting goes on.

        While a jump to an entry of a level is under way, what it searches for.
        """
        hunt = self.hunt
        if hunt is not None and not hunt.for_match:
            return f"searching… {'next' if hunt.forward else 'previous'} {hunt.what}"
        if self.matches is None:
            return ""
        total = self.matches.total
        more = "" if self.matches.complete else "…"
        if not total:
            if more:
                return f"searching… {percent_read(self.matches.share_read)}"
            return "no match" if hunt is None else "searching…"
        current = self._pane.current_match
        ordinal = None
        with suppress(PendingReadError):
            ordinal = self.matches.ordinal(current.line, current.start) if current else None
        if ordinal is None:
            return f"{count(total, 'match', 'matches')}{more}"
        return f"match {ordinal:,} of {total:,}{more}"
