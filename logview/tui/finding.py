"""TUI: search and filters of one log screen, run in slices that leave the screen alive.

No widget is drawn here: the screen asks for the words, and hands in the keys.
"""

from __future__ import annotations

from time import perf_counter
from typing import TYPE_CHECKING

from logview.log.search.line_filter import LineFilter
from logview.log.search.passes import SearchPass
from logview.log.search.pattern import (
    Pattern,
    PatternError,
    PatternTooSlowError,
    Query,
    compile_query,
)
from logview.log.store.pages import PAGE_SIZE
from logview.log.view.view import View
from logview.phrases import count
from logview.tui.level_hunt import LevelSearch
from logview.tui.widgets.row_strip import MatchSpan

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from logview.tui.viewport import ViewportPosition
    from logview.tui.widgets.log_pane import LogPane

SLICE_SECONDS = 0.008
"""How long a slice of work holds the event loop, in seconds, before it lets keys and paints in."""


class Finding:
    """The search that is on, the filter that is being typed, and the passes they need."""

    def __init__(self, view: View, pane: LogPane, note: Callable[[str], None]) -> None:
        self._view = view
        self._pane = pane
        self._note = note
        self.search: SearchPass | None = None
        self.preview: SearchPass | None = None
        """Counts the lines that the filter being typed would take."""
        self.error = ""
        self._origin: ViewportPosition | None = None
        self._hunt: Iterator[tuple[int, int, int] | None] | None = None
        self._forward = True
        self._from = (0, -1)
        self._wrapped = False
        self._typing = False
        self._before: tuple[SearchPass | None, MatchSpan | None] = (None, None)
        self._preview_view: View = view
        self._keep = True
        self.levels = LevelSearch(view, pane, note)
        self._moved = False
        self._unplaced = False
        self.slices = 0
        """How many slices have run; tests count on it."""

    # -- search ---------------------------------------------------------------------------

    def begin(self) -> None:
        """Remember where a search, or a filter being typed, begins, and the search before it."""
        self._origin = self._pane.viewport.position()
        self._before = (self.search, self._pane.current_match)
        self.error = ""

    def type(self, query: Query) -> None:
        """Take what is typed so far; a wrong pattern sets `error` and keeps the last result."""
        origin = self._origin or self._pane.viewport.position()
        if not query.text:
            self.forget()
            self._return_to(origin)
            return
        pattern = self._compile(query)
        if pattern is None:
            return
        start = self._view.document.first_line if origin.cursor is None else origin.cursor
        self._begin_search(pattern, start)
        self._typing = True
        self._look(start, -1, forward=True)

    def _compile(self, query: Query) -> Pattern | None:
        try:
            pattern = compile_query(query)
        except PatternError as error:
            self.error = str(error)
            return None
        self.error = ""
        return pattern

    def _begin_search(self, pattern: Pattern, centre: int) -> None:
        self.search = SearchPass(pattern, self._view, centre)
        self._hunt = None
        self._pane.show_matches(pattern)

    @property
    def is_quick(self) -> bool:
        """Whether a step takes but a few milliseconds: a page is at least one line."""
        document, near = self._view.document, self._view.page_near(self._pane.viewport.anchor_line)
        if near >= document.end_page:
            return True
        pages = range(max(document.first_page, near - 1), min(near + 2, document.end_page))
        return all(document.page(number).size <= 4 * PAGE_SIZE for number in pages)

    def accept(self) -> None:
        """Keep the place that was found."""
        self._typing = False
        self._origin = None

    def cancel(self) -> None:
        """Go back to where the search began, and to the search before it."""
        origin, self._origin = self._origin, None
        self.forget()
        self.search, current = self._before
        if self.search is not None:
            self._pane.show_matches(self.search.pattern, current)
        if origin is not None:
            self._return_to(origin)

    def forget(self) -> None:
        """End the search: no marks, no counter."""
        self.search = self.preview = self._hunt = None
        self.error = ""
        self._typing = False
        self._pane.show_matches(None)

    def next(self, *, forward: bool) -> None:
        """Go to the next match, or the one before, from the current one or the cursor line."""
        if self.search is None:
            self._note("no search yet: / begins one")
            return
        self._typing = False
        current, cursor = self._pane.current_match, self._pane.viewport.cursor
        if current is not None and current.line == cursor:
            self._look(current.line, current.start, forward=forward)
        elif cursor is not None:
            self._look(cursor, -1, forward=forward)

    def _look(self, line: int, column: int, *, forward: bool) -> None:
        if self.search is None:
            return
        self._forward = forward
        self._wrapped = False
        self._from = (line, column)
        self._hunt = self.search.find(line, column, forward=forward)

    def _step_hunt(self) -> bool:
        """Look on page by page; True while there is more to look at."""
        if self._hunt is None or self.search is None:
            return False
        try:
            found = next(self._hunt)
        except StopIteration:
            return self._wrap()
        if found is not None:
            self._hunt = None
            self._arrive(MatchSpan(*found))
        return found is None

    def _wrap(self) -> bool:
        if self._wrapped or self.search is None:
            self._hunt = None
            self._nothing()
            return False
        self._wrapped = True
        self._hunt = self._from_edge(self.search)
        return True

    def _from_edge(self, search: SearchPass) -> Iterator[tuple[int, int, int] | None]:
        """Look from the start of the log, or from its end, once that is known."""
        document = self._view.document
        if not self._forward:
            yield from search.find(document.end_line, 0, forward=False)
            return
        while document.unindexed:
            yield None
        yield from search.find(document.first_line, -1, forward=True)

    def _arrive(self, match: MatchSpan) -> None:
        if self._wrapped and not self._typing:
            self._note("from the top again" if self._forward else "from the end again")
        self._pane.go_to_match(match)
        self._moved = True

    def _nothing(self) -> None:
        self._pane.show_matches(self._pane.pattern)
        if self._typing and self._origin is not None:
            self._return_to(self._origin)
        elif not self._typing:
            self._note("no match")

    def _return_to(self, place: ViewportPosition) -> None:
        self._pane.viewport.restore(place)
        self._pane.redraw()

    # -- filters --------------------------------------------------------------------------

    def drop_hunt(self) -> None:
        """Stop looking for the next match or error; counting goes on."""
        self._hunt = None
        self.levels.drop()

    def type_filter(self, query: Query, replaces: int | None = None) -> None:
        """Mark and count what a filter being typed would take, beside those it would join."""
        query, self._keep = split_sign(query)
        if not query.text:
            self.preview = None
            self.error = ""
            self._pane.show_matches(None)
            return
        pattern = self._compile(query)
        if pattern is not None:
            view = self._preview_view = View(self._view.document, self._view.entries, folds=False)
            view.filters = [f for n, f in enumerate(self._view.filters) if n != replaces]
            view.minimum_level = self._view.minimum_level
            view.minimum_enabled = self._view.minimum_enabled
            view.refilter(self._pane.viewport.anchor_line)
            taking = LineFilter(pattern, keep=self._keep)
            self.preview = SearchPass(pattern, view, self._pane.viewport.anchor_line, taking)
            self._pane.show_matches(pattern)

    def end_filter(self) -> None:
        """Stop marking what a filter being typed would take; the search's marks come back."""
        self.preview = None
        self._preview_view = self._view  # the one that was typed for hears of no page any more
        self.error = ""
        self._origin = None
        current = self._before[1] if self.search is self._before[0] else None
        self._pane.show_matches(self.search.pattern if self.search else None, current)

    def add_filter(self, query: Query, replaces: int | None = None) -> bool:
        """Put a filter in force; False where the pattern is wrong, which `error` then says."""
        query, keep = split_sign(query)
        pattern = self._compile(query)
        if pattern is None:
            return False
        line_filter = LineFilter(pattern, keep=keep)
        typed = self.preview.line_filter if self.preview is not None else None
        if typed is not None and (typed.pattern.query, typed.keep) == (pattern.query, keep):
            line_filter = typed  # it has read a part already
        if replaces is None:
            self._view.filters.append(line_filter)
        else:
            self._view.filters[replaces] = line_filter
        self._view.suspended = False
        self.refilter()
        return True

    def refilter(self) -> None:
        """Show what the filters say now; what is on screen first."""
        self._view.refilter(self._pane.viewport.anchor_line)
        if self.search is not None:
            self.search = SearchPass(
                self.search.pattern, self._view, self._pane.viewport.anchor_line
            )
        self.slice()
        self._pane.viewport.refilter()
        self._pane.redraw()

    def take_new_lines(self) -> None:
        """Filter what was received since, as far as one slice goes."""
        self._view.catch_up(SLICE_SECONDS)

    def read_again(self) -> None:
        """Forget what was found in pages that their file has lost, and look again."""
        typed = self.preview.line_filter if self.preview is not None else None
        for line_filter in (*self._view.filters, *((typed,) if typed is not None else ())):
            line_filter.clear()
        self._view.forget()
        self.refilter()
        if self.preview is not None:
            centre = self._pane.viewport.anchor_line
            self._preview_view.refilter(centre)
            self.preview = SearchPass(self.preview.pattern, self._preview_view, centre, typed)

    # -- slices ---------------------------------------------------------------------------

    @property
    def hunting(self) -> bool:
        """Whether the reader waits to be brought to a match or an error."""
        return self._hunt is not None or self.levels.busy

    @property
    def busy(self) -> bool:
        """Whether there is work left for another slice."""
        passes = (self.search, self.preview)
        return (
            self.hunting
            or (self._view.entries.begun and not self._view.entries.complete)
            or self._view.document.unindexed > 0
            or not self._view.complete
            or any(one is not None and (one.error or not one.complete) for one in passes)
        )

    def slice(self) -> bool:
        """Work for one slice; True where what is shown changed."""
        self.slices += 1
        end = perf_counter() + SLICE_SECONDS
        filtering = not self._view.complete
        worked = False
        try:
            while perf_counter() < end and self._step():
                worked = True
            for one in (self.search, self.preview):
                if one is not None and one.error is not None:
                    raise one.error
        except PatternTooSlowError as error:
            self.error = self._too_slow(error)
            self._note(self.error)
            self.search = self.preview = self._hunt = None
            self._pane.show_matches(None)
            worked = True
        if filtering:
            slow = next((f.error for f in self._view.active if f.error is not None), None)
            if slow is not None:
                self._note(f"a filter: {self._too_slow(slow)}")
            self._unplaced = True
        return worked

    def place_again(self) -> None:
        """Bring the reader's line back to its row after filters have read on."""
        if self._unplaced:
            self._unplaced = False
            self._pane.viewport.refilter()

    def has_moved(self) -> bool:
        """Whether a search has brought the reader somewhere since this was asked last."""
        moved, self._moved = self._moved, False
        return moved

    def _step(self) -> bool:
        """Do a page of everything that is left to do; False when nothing is."""
        hunting = self._step_hunt() or self._step_levels()
        indexing = self._view.document.index_more()
        if hunting and self._hunt is not None and not self._view.is_filtered:
            return True  # the reader waits for it; the pages on the way are counted, too
        filtering = self._view.step()
        if self.preview is not None:
            filtering = self._preview_view.step() or filtering
        counting = self._step_counts()
        if hunting or filtering or counting or indexing:
            return True
        # Last, what nobody waits for: the levels of the rest of the log.
        return self._view.entries.begun and self._view.entries.step()

    def _step_levels(self) -> bool:
        moved = self.levels.step()
        self._moved = self._moved or bool(moved)
        return moved is not None

    def _too_slow(self, error: PatternTooSlowError) -> str:
        number = self._view.document.number(error.line)
        where = "a line" if number is None else f"line {number:,}"
        return f"this pattern is too slow on {where}"

    def _step_counts(self) -> bool:
        counted = [one.step() for one in (self.search, self.preview) if one is not None]
        return any(counted)

    # -- words ----------------------------------------------------------------------------

    def counter(self) -> str:
        """Say which match is the current one: `match 3 of 41`; with … while counting goes on."""
        if self.search is None:
            return ""
        total = self.search.total
        more = "" if self.search.complete else "…"
        if not total:
            return "searching…" if more or self._hunt is not None else "no match"
        current = self._pane.current_match
        ordinal = self.search.ordinal(current.line, current.start) if current else None
        if ordinal is None:
            return f"{count(total, 'match', 'matches')}{more}"
        return f"match {ordinal:,} of {total:,}{more}"

    def preview_words(self) -> str:
        """Say how many lines the filter being typed would take."""
        if self.preview is None:
            return ""
        more = "" if self.preview.complete else "…"
        return f"{'shows' if self._keep else 'hides'} {count(self.preview.total, 'line')}{more}"


def split_sign(query: Query) -> tuple[Query, bool]:
    """Take the `!` of a filter off; gives the rest, and whether matching lines are kept."""
    if query.text.startswith("!"):
        return Query(query.text[1:], query.regex, query.case), False
    return query, True
