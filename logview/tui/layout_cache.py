"""TUI: the layout cache. The lines that were on the screen last stay laid out."""

from __future__ import annotations

from collections import OrderedDict
from typing import TYPE_CHECKING, TypeAlias

from logview.tui.line_layout import LineLayout

if TYPE_CHECKING:
    from logview.log.store.document import LogDocument
    from logview.tui.screen_masks import ScreenMasks
    from logview.tui.time_column import TimeColumn

_KEPT = 512
"""Lines that stay laid out."""

_KEPT_LONG = 8
"""Lines of many kilobytes that do."""

_Laid: TypeAlias = tuple[int, int, bool, int]
"""What a line was laid out for: its version, the width, wrap, and what of it is left out."""


class LayoutCache:
    """The layouts of a log's lines; a line is laid out anew where anything about it has changed."""

    def __init__(self, document: LogDocument, times: TimeColumn) -> None:
        self._document = document
        self._times = times
        self._layouts: OrderedDict[int, tuple[_Laid, LineLayout]] = OrderedDict()

    def version_of(self, line: int) -> int:
        """Give what is equal for as long as a line is the same: only the last one may grow."""
        document = self._document
        growing = document.last_is_unfinished and line == document.end_line - 1
        return document.version if growing else -1

    def layout_of(
        self, line: int, width: int, *, wrap: bool, masks: ScreenMasks | None
    ) -> LineLayout:
        """Lay a line out, or give the layout that there is.

        Of what is laid out anew `masks` tells the secrets, where they are hidden.
        """
        data = self._document.line(line)
        skip = self._times.skip(data)
        of = (self.version_of(line), width, wrap, skip)
        known = self._layouts.get(line)
        if known is not None and known[0] == of:
            self._layouts.move_to_end(line)
            return known[1]
        hidden = () if masks is None else masks.spans(line)
        layout = LineLayout(data, width, wrap=wrap, skip=skip, hidden=hidden)
        self._layouts[line] = of, layout
        self._layouts.move_to_end(line)
        if layout.is_long:  # of these only what a screen may show at once
            long = [number for number, (_, one) in self._layouts.items() if one.is_long]
            for number in long[:-_KEPT_LONG]:
                del self._layouts[number]
        if len(self._layouts) > _KEPT:
            self._layouts.popitem(last=False)
        return layout

    def forget(self) -> None:
        """Forget all layouts: the lines are others now."""
        self._layouts.clear()
