"""Log screen: passes. The index, levels, filters and counts, in slices between keys and frames."""

from __future__ import annotations

from contextlib import suppress
from time import perf_counter, thread_time
from typing import TYPE_CHECKING

from logview.log.search.pattern import PatternTooSlowError
from logview.log.store.pages import PAGE_SIZE
from logview.pending_reads import PendingReadError
from logview.tui.schedule import schedule_once
from logview.tui.screens.log.frames import UNSEEN_SECONDS

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable

    from textual.widget import Widget

    from logview.log.view.lanes import LaneIndex
    from logview.log.view.view import View
    from logview.tui.screens.log.filters import Filters
    from logview.tui.screens.log.frames import Frames
    from logview.tui.screens.log.repeats import Repeats
    from logview.tui.screens.log.search import Search
    from logview.tui.widgets.log_pane import LogPane

SLICE_SECONDS = 0.008
"""How long a slice of work takes, in seconds, before it lets keys and paints in."""

ARRIVING_WAIT = 2 * SLICE_SECONDS
"""How long the next slice waits, in seconds, while lines arrive, for which a person waits."""

ARRIVING_SECONDS = 0.1
"""How long after the last lines more are expected, in seconds."""

LONGEST_SLICE = 3 * SLICE_SECONDS
"""How long a slice holds the event loop at most, in seconds, where other programs take its time.

Each turn of the loop costs the same, however little work there was time for.
"""


class Passes:
    """All that is read of the log page by page, from the reader outward; owns its turns."""

    def __init__(
        self,
        screen: Widget,
        view: View,
        pane: LogPane,
        search: Search,
        filters: Filters,
        frames: Frames,
        repeats: Repeats,
        note: Callable[[str], None],
    ) -> None:
        self._screen = screen
        self._view = view
        self._pane = pane
        self._search = search
        self._filters = filters
        self._frames = frames
        self._repeats = repeats
        self._note = note
        self.lanes: LaneIndex | None = None
        """Reads which lines are of which lane, once the log is known to have lanes."""
        self.slices = 0
        """How many slices have run."""
        self._timer: asyncio.TimerHandle | None = None
        self._version = -1
        """The document's version when the last slice ran."""
        self._changed_at = 0.0
        """When a slice last found another version."""
        self._flows = False
        """Whether one did shortly before that, too."""
        self._begun = False
        self._unplaced = False

    # -- turns ----------------------------------------------------------------------------

    @property
    def pending(self) -> bool:
        """Whether a slice is scheduled, or there is work left for one that waits for no read."""
        waits = self._view.document.pending.any
        return self._timer is not None or (self.busy and not waits)

    @property
    def busy(self) -> bool:
        """Whether there is work left for another slice."""
        entries, lanes = self._view.entries, self.lanes
        return (
            self._is_waited_for
            or (entries.begun and not entries.complete)
            or (lanes is not None and lanes.begun and not lanes.complete)
        )

    @property
    def _is_waited_for(self) -> bool:
        """Whether something is left that a person asked for."""
        view = self._view
        passes = (self._search.matches, self._filters.preview)
        return (
            self._search.hunt is not None
            or view.document.unindexed > 0
            or not view.complete
            or not self._repeats.is_complete
            or any(one is not None and (one.error or not one.complete) for one in passes)
        )

    def schedule(self) -> None:
        """Have unfinished passes go on, a slice at a time; not while a read is pending."""
        if self.busy and self._timer is None and not self._view.document.pending.any:
            wait = ARRIVING_WAIT if self._is_arriving and not self._is_waited_for else 0
            self._timer = schedule_once(self._screen, wait, self._run)

    @property
    def _is_arriving(self) -> bool:
        """Whether lines keep coming; each lot takes some turns of the loop to be kept."""
        return self._flows and perf_counter() - self._changed_at < ARRIVING_SECONDS

    def _run(self) -> None:
        self._timer = None
        view, viewport = self._view, self._pane.viewport
        filtering = not view.complete or not self._repeats.is_complete
        numbering = self._pane.show_numbers and view.document.unindexed > 0
        self.work()
        done = (filtering and view.complete and self._repeats.is_complete) or (
            numbering and not view.document.unindexed
        )
        # Filters read from the reader outward: a full screen stays as it is.
        has_gaps = filtering and len(viewport.screen_rows) < viewport.full_height
        if done or has_gaps or self._search.has_moved():
            self._frames.request()
        elif filtering or numbering:
            self._frames.request(UNSEEN_SECONDS)
        self._frames.request_counts(final=not self.busy)
        self.schedule()

    def begin_levels(self) -> None:
        """Read levels and entries, as soon as the first lines show."""
        if not self._begun and self._view.document.line_count:
            self._begun = True
            self._screen.call_after_refresh(self._begin_levels)

    def _begin_levels(self) -> None:
        self._view.entries.begin_at(self._view.page_near(self._pane.viewport.anchor_line))
        self._frames.request()
        self.schedule()

    # -- slices ---------------------------------------------------------------------------

    def work(self) -> None:
        """Work for one slice."""
        self.slices += 1
        if self._version != self._view.document.version:
            self._version = self._view.document.version
            before, self._changed_at = self._changed_at, perf_counter()
            self._flows = self._changed_at - before < ARRIVING_SECONDS
        end, own_end = perf_counter() + LONGEST_SLICE, thread_time() + SLICE_SECONDS
        pending = self._view.document.pending
        filtering = not self._view.complete or not self._repeats.is_complete
        try:
            with suppress(PendingReadError):  # what it was for is done again
                while (
                    thread_time() < own_end
                    and perf_counter() < end
                    and not pending.any
                    and self._step()
                ):
                    pass
            for one in (self._search.matches, self._filters.preview):
                if one is not None and one.error is not None:
                    raise one.error
        except PatternTooSlowError as error:
            words = self._too_slow(error)
            self._search.fail(words)
            self._filters.fail(words)
            self._note(words)
        if filtering:
            slow = next((f.error for f in self._view.active if f.error is not None), None)
            if slow is not None:
                self._note(f"a filter: {self._too_slow(slow)}")
            self._unplaced = True

    def _step(self) -> bool:
        """Do a page of everything that is left to do; return False when nothing is."""
        view = self._view
        hunting = self._search.step_hunt()
        indexing = view.document.index_more()
        hunt = self._search.hunt
        if hunting and hunt is not None and hunt.for_match and not view.is_filtered:
            return True  # the reader waits for it; the pages on the way are counted, too
        filtering = view.step() or self._repeats.step()
        lines = self._filters.preview_lines
        if self._filters.preview is not None and lines is not None:
            filtering = lines.step() or filtering
        counted = [
            one.step() for one in (self._search.matches, self._filters.preview) if one is not None
        ]
        if hunting or filtering or any(counted) or indexing:
            return True
        # Last, what nobody waits for: the levels of the rest of the log.
        if view.entries.begun and view.entries.step():
            return True
        return self.lanes is not None and self.lanes.begun and self.lanes.step()

    def _too_slow(self, error: PatternTooSlowError) -> str:
        number = self._view.document.number(error.line)
        where = "a line" if number is None else f"line {number:,}"
        return f"this pattern is too slow on {where}"

    @property
    def is_quick(self) -> bool:
        """Whether a step takes but a few milliseconds: a page is at least one line."""
        document, near = self._view.document, self._view.page_near(self._pane.viewport.anchor_line)
        if near >= document.end_page:
            return True
        pages = range(max(document.first_page, near - 1), min(near + 2, document.end_page))
        return all(document.page(number).size <= 4 * PAGE_SIZE for number in pages)

    # -- what changed ---------------------------------------------------------------------

    def take_new_lines(self) -> None:
        """Filter what was received since, as far as one slice goes."""
        self._view.catch_up(SLICE_SECONDS)

    def place_again(self) -> None:
        """Bring the reader's line back to its row after filters have read on."""
        if self._unplaced:
            self._unplaced = False
            self._pane.viewport.refilter()

    def refilter(self) -> None:
        """Apply the filters anew, to what is on screen first."""
        self._view.refilter(self._pane.viewport.anchor_line)
        self._search.restart()
        self.work()
        self._pane.viewport.refilter()
        self._pane.redraw()

    def read_again(self) -> None:
        """Forget what was found in pages that their file has lost, and read them again."""
        self._filters.read_again()
        if self.lanes is not None:
            self.lanes.forget()
        first = self._view.forget()
        if first is not None:
            marks = self._pane.marked_lines
            marks.difference_update([line for line in marks if line >= first])
        self.refilter()
        self._filters.restart_preview()
