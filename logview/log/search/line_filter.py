"""Log: filters by line. Which lines of each page a pattern takes, as bitmasks."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from logview.log.search.pattern import Pattern, PatternTooSlowError
    from logview.log.store.document import LogDocument


class LineFilter:
    """Only lines that match are shown (`keep`), or only lines that don't."""

    def __init__(self, pattern: Pattern, *, keep: bool = True) -> None:
        self.pattern = pattern
        self.keep = keep
        self.enabled = True
        self.masks: dict[int, int] = {}
        """For each page that was read: bit n is set where line n of the page is shown."""
        self.error: PatternTooSlowError | None = None

    @property
    def label(self) -> str:
        """What was typed, with the `!` of a filter that leaves lines out."""
        return self.pattern.query.text if self.keep else f"!{self.pattern.query.text}"

    def mask_of(self, document: LogDocument, number: int) -> int:
        """Work out the bitmask of a page, once for one that will not change.

        Raises PatternTooSlowError with the line's number within the page.
        """
        known = self.masks.get(number)
        if known is None:
            text = document.read_for(self.pattern, number)
            known = self.mask(text, document.count_of(number))
            if number < document.sealed_end:
                self.masks[number] = known
        return known

    def mask(self, text: str | bytes, line_count: int) -> int:
        """Work out the bitmask of one page; raises PatternTooSlowError."""
        matching = 0
        for line, _ in self.pattern.lines(text):
            matching |= 1 << line
        return matching if self.keep else matching ^ ((1 << line_count) - 1)
