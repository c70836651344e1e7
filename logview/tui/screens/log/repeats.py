"""Log screen: what repeats is folded, as far as the reader chooses. Imports no Textual."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, NamedTuple

from logview.log.search.page_order import PageOrder
from logview.pending_reads import PendingReadError
from logview.text.timestamps import milliseconds

if TYPE_CHECKING:
    from collections.abc import Callable

    from logview.log.patterns.shapes import Shape
    from logview.log.view.folds import FoldKind
    from logview.log.view.view import View
    from logview.tui.widgets.log_pane import LogPane


class Strength(NamedTuple):
    """How much of what repeats is folded."""

    note: str
    shown: str
    """The words in the status line."""


STRENGTHS = (
    Strength("repeats are shown", ""),
    Strength("equal entries are folded", "folded: equal"),
    Strength("entries of one pattern are folded", "folded: patterns"),
    Strength(
        "entries of one pattern, statistics and build steps are folded",
        "folded: patterns, statistics",
    ),
)
"""From nothing up, in the order in which `z` goes through them."""


class Repeats:
    """Folds what repeats; owns how much of it, and which pages have been folded."""

    def __init__(
        self,
        view: View,
        pane: LogPane,
        *,
        is_new: Callable[[Shape], bool],
    ) -> None:
        """Fold nothing yet; `is_new` is whether entries of a shape are never folded."""
        self._view = view
        self._pane = pane
        self._is_new = is_new
        self._strength = 0
        self._order: PageOrder | None = None
        """The pages that are still to be folded; None where none are."""
        self._taken: int | None = None
        """A page of which a read turned out to be pending."""

    @property
    def words(self) -> str:
        """What is folded, for the status line; empty where nothing is."""
        return STRENGTHS[self._strength].shown

    @property
    def is_complete(self) -> bool:
        """Whether every page has been folded."""
        return self._order is None

    def next_strength(self) -> str:
        """Fold more of what repeats, after all of it nothing; return a note that says so."""
        self._strength = (self._strength + 1) % len(STRENGTHS)
        self._begin()
        return STRENGTHS[self._strength].note

    def restart(self) -> None:
        """Fold anew: other entries are new now."""
        if self._strength:
            self._begin()

    def _begin(self) -> None:
        view = self._view
        view.refold(view.folds.set_kinds(self._kinds())[:0])
        near = view.page_near(self._pane.viewport.anchor_line)
        self._order = PageOrder(near) if self._strength else None
        self._taken = None
        with suppress(PendingReadError):
            self.step()

    def _kinds(self) -> list[FoldKind]:
        if not self._strength:
            return []
        # Imported late: the expressions for patterns cost some milliseconds.
        from logview.log.facts.build_steps import step_number
        from logview.log.view.fact_folds import PeriodicFolds, StepFolds
        from logview.log.view.repeat_folds import RepeatFolds

        document, entries = self._view.document, self._view.entries
        by_fact = self._strength == len(STRENGTHS) - 1
        repeats = RepeatFolds(
            document,
            entries,
            by_shape=self._strength > 1,
            is_new=self._is_new,
            is_apart=(lambda text: by_fact and step_number(text) is not None),
            passes_statistics=by_fact,
            clock=self._clock,
        )
        if not by_fact:
            return [repeats]
        return [repeats, PeriodicFolds(document, entries), StepFolds(document, entries)]

    def _clock(self, stamp: bytes) -> str:
        return self._pane.time_column.format_moment(milliseconds(stamp), "minute")

    def step(self) -> bool:
        """Fold one more page; return False where there is none left."""
        document = self._view.document
        if self._order is None:
            return False
        if self._taken is None:
            self._taken = self._order.next(document.first_page, document.sealed_end)
        number = self._taken
        if number is None:
            self._order = None
            return False
        self._view.load_entries(
            document.first_line_of(number),
            document.first_line_of(number) + document.count_of(number) - 1,
        )
        self._view.refold(range(number, number + 1))
        self._taken = None
        return True
