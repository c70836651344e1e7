"""Log screen: news. Which entries the good runs lack, and jumps to them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from logview.log.view.entry_shapes import find_entry
from logview.tui.screens.log.search import Hunt

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Iterator

    from logview.log.patterns.news import Comparer
    from logview.log.patterns.shapes import Shape
    from logview.log.view.entry_shapes import EntryShapes
    from logview.tui.screens.log.baseline import SessionBaseline
    from logview.tui.screens.log.navigation import PendingJump
    from logview.tui.screens.log.session import LogSession
    from logview.tui.screens.log.tally import SessionTally
    from logview.tui.widgets.log_pane import LogPane

LIVE_SECONDS = 10.0
"""How long a running log is on the screen before good runs are read to compare it with."""

REST_SECONDS = 2.0
"""At least so long lies between two comparisons of a log that goes on."""

REST_FACTOR = 10
"""How many times as long as it took to compare it a log that goes on is then left alone."""


class News:
    """The entries of an open log that its baseline lacks; owns what was compared."""

    def __init__(
        self,
        session: LogSession,
        baseline: SessionBaseline,
        tally: SessionTally,
        shapes: EntryShapes,
        pane: LogPane,
        pending: PendingJump,
        *,
        run: Callable[[Callable[[], Coroutine[object, object, None]]], object],
        note: Callable[[str], None],
        changed: Callable[[], None],
        clock: Callable[[], float],
    ) -> None:
        """Compare nothing yet.

        `run` starts a coroutine as a worker, `changed` is called once other entries are new,
        `clock` is monotonic, in seconds.
        """
        self._session = session
        self._baseline = baseline
        self._pane = pane
        self._pending = pending
        self._run = run
        self._note = note
        self._changed = changed
        self._clock = clock
        self._tally = tally
        self._shapes = shapes
        self._comparer: Comparer | None = None
        self._new: frozenset[Shape] = frozenset()
        self._first_line = 0
        """The first line of the attempt that was compared."""
        self._compared: tuple[int, bool] | None = None
        """How many shapes there were, and whether the log had ended, at the last comparison."""
        self._due_at = 0.0
        """When a log that goes on is compared again."""
        self._opened_at: float | None = None
        self._is_requested = False
        self._is_working = False
        self._jump: bool | None = None
        """The direction of a jump that waits for the first comparison."""
        self.count = 0
        """How many entries are new."""

    @property
    def is_known(self) -> bool:
        """Whether the log was compared."""
        return self._compared is not None

    @property
    def new_shapes(self) -> frozenset[Shape]:
        """The shapes of the entries that are new."""
        return self._new

    @property
    def words(self) -> str:
        """How many entries are new: `3 new`; empty where nothing was compared or is new."""
        return f"{self.count:,} new" if self.count else ""

    @property
    def names(self) -> str:
        """What the log is compared with."""
        baseline = self._baseline.baseline
        return ", ".join(model.name for model in baseline.models) if baseline is not None else ""

    # -- when to compare ------------------------------------------------------------------

    def update(self) -> None:
        """Compare where it is time to, once a second."""
        now = self._clock()
        if self._opened_at is None:
            self._opened_at = now
        if not self._is_requested and self._baseline.is_possible:
            job = self._session.job
            ended_badly = job is not None and job.ended and job.status != "SUCCEEDED"
            lasts = self._session.is_running and now - self._opened_at >= LIVE_SECONDS
            self._is_requested = self._baseline.is_named or ended_badly or lasts
        if self._is_requested and not self._is_working and self._is_due(now):
            self.start()

    def _is_due(self, now: float) -> bool:
        if self._compared is None:
            return not self._baseline.is_known or self._baseline.baseline is not None
        return now >= self._due_at and not self._tally.is_current

    def start(self) -> None:
        """Compare the log now, unless that is going on."""
        self._is_requested = True
        if not self._is_working and self._session.document.line_count:
            self._is_working = True
            self._run(self._compare)

    async def _compare(self) -> None:
        try:
            await self._read_and_compare()
        finally:
            self._is_working = False
        if self._jump is not None:
            forward, self._jump = self._jump, None
            self.jump(forward=forward)

    async def _read_and_compare(self) -> None:
        from logview.log.patterns.news import Comparer
        from logview.process.threads import run_in_daemon_thread

        session, begun = self._session, self._clock()
        await self._baseline.find()
        baseline = self._baseline.baseline
        if baseline is None:
            return
        if self._comparer is None:
            self._comparer = Comparer(baseline)
        comparer, has_ended, head_lost = self._comparer, session.has_ended, session.has_gap
        async with self._tally.read(finish=has_ended) as tally:
            attempt = tally.attempt
            state = (len(attempt.table.shapes), has_ended)
            if state != self._compared:
                # Some tenths of a second where much is unknown; keys and frames come in between.
                news = await run_in_daemon_thread(
                    lambda: comparer.compare(
                        attempt, attempt.templates(), ended=has_ended, head_lost=head_lost
                    ),
                    timeout=None,
                )
                shapes = attempt.table.shapes
                self._new = frozenset(shapes[number] for number in news.new_shapes)
                self._first_line = self._tally.line_of(attempt.line)
                self._compared = state
            count = sum(
                one.count
                for shape, one in zip(attempt.table.shapes, attempt.counts, strict=False)
                if shape in self._new
            )
        now = self._clock()
        self._due_at = now + max(REST_SECONDS, REST_FACTOR * (now - begun))
        if has_ended or count != self.count:
            self.count = count
            self._changed()

    def forget(self) -> None:
        """Compare anew: the lines are others now."""
        self._compared, self._new, self.count = None, frozenset(), 0

    # -- which are new --------------------------------------------------------------------

    def mask(self, number: int) -> int:
        """Return the first lines of the new entries of a page, as a bitmask."""
        if not self._new:
            return 0
        mask = self._shapes.mask(number, self._new.__contains__)
        above = self._first_line - self._session.document.first_line_of(number)
        return mask >> above << above if above > 0 else mask

    def has_shape(self, shapes: frozenset[Shape]) -> bool:
        """Whether every shape of a pattern is new."""
        return bool(self._new) and shapes <= self._new

    # -- jumps ----------------------------------------------------------------------------

    def jump(self, *, forward: bool) -> None:
        """Go to the next new entry, or the one before; compare first where that was not done."""
        self._pending.drop()
        if not self.is_known:
            if self._baseline.is_known or not self._baseline.is_possible:
                self._note(self._baseline.reason)
                return
            self._jump = forward
            self._note("comparing with good runs…")
            self.start()
            return
        cursor = self._pane.viewport.cursor
        if not self._new or cursor is None:
            self._note(f"nothing new against {self.names}")
            return
        self._pending.begin(
            Hunt(
                self._find(cursor, forward=forward),
                lambda: self._from_edge(forward=forward),
                self._nothing,
                forward,
                for_match=False,
                what="new entry",
            )
        )

    def _find(self, line: int, *, forward: bool) -> Iterator[int | None]:
        return find_entry(self._session.view, self.mask, line, forward=forward)

    def _from_edge(self, *, forward: bool) -> Iterator[int | None]:
        document = self._session.document
        while forward and document.unindexed:
            yield None
        edge = document.first_line - 1 if forward else document.end_line
        yield from self._find(edge, forward=forward)

    def _nothing(self) -> None:
        shown = " in what is shown" if self._session.view.is_filtered else ""
        self._note(f"nothing new{shown} against {self.names}")
