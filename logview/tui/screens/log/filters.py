"""Log screen: filters, the minimum level, context and folds; the filter that is being typed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from logview.log.search.line_filter import LineFilter
from logview.log.search.passes import SearchPass
from logview.log.search.pattern import PatternError, Query, compile_query
from logview.log.view.view import View
from logview.phrases import count, percent_read

if TYPE_CHECKING:
    from collections.abc import Callable

    from logview.log.entries.level import Level
    from logview.log.view.patterns import PatternFilter
    from logview.log.view.view import ViewFilter
    from logview.tui.screens.log.search import Search
    from logview.tui.widgets.log_pane import LogPane
    from logview.tui.widgets.row_strip import MatchSpan

MAX_CONTEXT = 100
"""Lines of context at most, in each direction."""


class Filters:
    """Which lines are shown: filters, minimum level, context, folds.

    Calls `changed` when other lines are shown, `refolded` when folds were opened or closed.
    """

    def __init__(
        self,
        view: View,
        pane: LogPane,
        search: Search,
        *,
        changed: Callable[[], None],
        refolded: Callable[[], None],
        note: Callable[[str], None],
    ) -> None:
        self._view = view
        self._pane = pane
        self._search = search
        self._changed = changed
        self._refolded = refolded
        self._note = note
        self.preview: SearchPass | None = None
        """Counts the lines that the filter being typed would take."""
        self.preview_lines: View | None = None
        """The lines that the other filters show, among which it would take them."""
        self.error = ""
        """What is wrong with the pattern, for a person."""
        self._keep = True
        self._editing: int | None = None
        self._marks: tuple[SearchPass | None, MatchSpan | None] = (None, None)

    @property
    def any(self) -> bool:
        """Whether there is a filter or a minimum level, in force or not."""
        return bool(self._view.filters) or self._view.minimum_level is not None

    # -- the filter being typed -----------------------------------------------------------

    def begin(self, replaces: int | None = None) -> None:
        """Begin to type a filter, in place of another one with `replaces`."""
        self._editing = replaces
        self._marks = self._search.marks
        self.error = ""

    def typed(self, query: Query) -> bool:
        """Mark and count what the filter would take, among those it would join."""
        query, self._keep = split_sign(query)
        if not query.text:
            self.preview = None
            self.error = ""
            self._pane.show_matches(None)
            return True
        before = self.preview.line_filter if self.preview is not None else None
        line_filter = self._compile(query, keep=self._keep, before=before)
        if line_filter is not None:
            view, centre = self._view, self._pane.viewport.anchor_line
            lines = self.preview_lines = View(view.document, view.entries, folds=False)
            lines.filters = [f for n, f in enumerate(view.filters) if n != self._editing]
            lines.minimum_level, lines.minimum_enabled = view.minimum_level, view.minimum_enabled
            lines.refilter(centre)
            self.preview = SearchPass(line_filter.pattern, lines, centre, line_filter)
            self._pane.show_matches(line_filter.pattern)
        return True

    def accept(self, query: Query) -> bool:
        """Apply the filter; return False and set `error` where its pattern is wrong."""
        rest, keep = split_sign(query)
        if rest.text:
            line_filter = self._compile(rest, keep=keep)
            if line_filter is None:
                return False
            typed = self.preview.line_filter if self.preview is not None else None
            if typed is not None and typed.pattern.query == rest and typed.keep == keep:
                line_filter = typed  # it has read a part already
            self._activate(line_filter, self._editing)
        self.cancel()
        return True

    def cancel(self) -> None:
        """Stop marking what the filter would take; the search's marks come back."""
        self._end_preview()
        self.error = ""
        self._search.restore_marks(self._marks)

    def fail(self, error: str) -> None:
        """End the preview because its pattern can't be used; `error` is why, for a person."""
        self._end_preview()
        self.error = error
        self._pane.show_matches(None)

    def _end_preview(self) -> None:
        self.preview = self.preview_lines = None

    def add(self, query: Query, replaces: int | None = None) -> bool:
        """Apply a filter; return False and set `error` where its pattern is wrong."""
        query, keep = split_sign(query)
        line_filter = self._compile(query, keep=keep)
        if line_filter is None:
            return False
        self._activate(line_filter, replaces)
        return True

    def add_pattern(self, pattern: PatternFilter) -> None:
        """Apply a filter by template, in place of one by the same template."""
        filters = self._view.filters
        words = pattern.label.removeprefix("!")
        same = [n for n, one in enumerate(filters) if one.label.removeprefix("!") == words]
        self._activate(pattern, same[0] if same else None)

    def _activate(self, line_filter: ViewFilter, replaces: int | None) -> None:
        if replaces is None:
            self._view.filters.append(line_filter)
        else:
            self._view.filters[replaces] = line_filter
        self._view.suspended = False
        self._changed()

    def _compile(
        self, query: Query, *, keep: bool, before: LineFilter | None = None
    ) -> LineFilter | None:
        try:
            pattern = compile_query(query)
        except PatternError as error:
            self.error = str(error)
            return None
        self.error = ""
        return LineFilter(pattern, keep=keep, before=before)

    @property
    def counter(self) -> str:
        """How many lines the filter being typed would take."""
        if self.preview is None:
            return ""
        more = "" if self.preview.complete else "…"
        if more and not self.preview.total:
            return f"searching… {percent_read(self.preview.share_read)}"
        return f"{'shows' if self._keep else 'hides'} {count(self.preview.total, 'line')}{more}"

    def read_again(self) -> None:
        """Forget what was read of pages that their file has lost."""
        typed = self.preview.line_filter if self.preview is not None else None
        for line_filter in (*self._view.filters, *((typed,) if typed is not None else ())):
            line_filter.clear()

    def restart_preview(self) -> None:
        """Count anew what the filter being typed would take."""
        lines = self.preview_lines
        if self.preview is None or lines is None:
            return
        centre = self._pane.viewport.anchor_line
        lines.refilter(centre)
        self.preview = SearchPass(self.preview.pattern, lines, centre, self.preview.line_filter)

    # -- filters in force -----------------------------------------------------------------

    def suspend(self) -> None:
        """Switch all filters and the minimum level off, or on again."""
        view = self._view
        if not self.any:
            self._note("no filters yet: & adds one")
            return
        if not view.suspended and not view.is_filtered:  # each was switched off by itself
            view.minimum_enabled = True
            for line_filter in view.filters:
                line_filter.enabled = True
        else:
            view.suspended = not view.suspended
        self._changed()

    def toggle(self, number: int) -> None:
        """Switch one filter off or on."""
        self._suspend_each()
        self._view.filters[number].enabled = not self._view.filters[number].enabled
        self._changed()

    def apply(self, line_filter: ViewFilter, *, needed: bool) -> None:
        """Put a filter in force that others make, or take it away where it is not needed."""
        self._suspend_each()
        filters = self._view.filters
        if needed and line_filter not in filters:
            filters.append(line_filter)
        elif not needed and line_filter in filters:
            filters.remove(line_filter)
        line_filter.enabled = True
        self._changed()

    def delete(self, number: int) -> None:
        """Delete one filter."""
        del self._view.filters[number]
        self._changed()

    def _suspend_each(self) -> None:
        """Let what was off for all be off for each."""
        view = self._view
        if view.suspended:
            view.suspended = False
            view.minimum_enabled = False
            for line_filter in view.filters:
                line_filter.enabled = False

    def change_context(self, step: int) -> None:
        """Show one line of context more, or less, around what filters and level show."""
        if not self.any:
            self._note("no filters yet: & adds one, + then shows the lines around")
            return
        self._view.context = max(0, min(self._view.context + step, MAX_CONTEXT))
        self._note(f"{count(self._view.context, 'line')} of context")
        self._changed()

    def toggle_whole_entries(self) -> None:
        """Let filters show whole entries, or only the lines that match."""
        self._view.whole_entries = not self._view.whole_entries
        self._changed()
        whole = self._view.whole_entries
        self._note("filters show whole entries" if whole else "filters show matching lines only")

    # -- minimum level --------------------------------------------------------------------

    def show_level(self, least: Level | None) -> None:
        """Show entries of at least a level; None shows all."""
        if least is not None:
            self._suspend_each()
        self._view.minimum_level = least
        self._view.minimum_enabled = True
        self._changed()
        words = "all levels shown" if least is None else f"minimum level: {least.name}"
        self._note(words)

    def toggle_level(self) -> None:
        """Switch the minimum level off or on."""
        self._suspend_each()
        self._view.minimum_enabled = not self._view.minimum_enabled
        self._changed()

    # -- folds ----------------------------------------------------------------------------

    def toggle_folds(self) -> None:
        """Fold the frames of libraries, or show all lines."""
        self._view.fold = not self._view.fold
        self._view.close_folds()
        self._refold()
        self._note("library frames folded" if self._view.fold else "stack traces shown in full")

    def close_folds(self) -> None:
        """Fold again what was opened."""
        if self._view.close_folds():
            self._refold()
        else:
            self._note("no fold is open: enter opens one")

    def open_fold(self, line: int) -> bool:
        """Open the fold at a line; return False where there is none."""
        if self._view.fold_at(line) is None or not self._view.open_fold(line):
            return False
        self._pane.viewport.stop_following()
        self._pane.redraw()
        self._refolded()
        return True

    def _refold(self) -> None:
        self._view.refilter(self._pane.viewport.anchor_line)
        self._pane.viewport.refilter()
        self._pane.redraw()
        self._refolded()


def split_sign(query: Query) -> tuple[Query, bool]:
    """Take the `!` of a filter off; return the rest, and whether matching lines are kept."""
    if query.text.startswith("!"):
        return Query(query.text[1:], query.regex, query.case), False
    return query, True
