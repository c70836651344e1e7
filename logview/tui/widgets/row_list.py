"""TUI: a list of rows, some of which lead somewhere; between them it scrolls like a page."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from textual.widgets import OptionList
from textual.widgets.option_list import Option

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.content import Content


class ListRow(NamedTuple):
    """A row of one or more lines."""

    content: Content
    target: str = ""
    """Where it leads, as its owner names it; empty for a row that can't be selected."""


class RowList(OptionList):
    """Rows; the selection goes over those that lead somewhere, and has no way round."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id, markup=False)
        self._rows: Sequence[ListRow] = ()

    def show_rows(self, rows: Sequence[ListRow]) -> None:
        """Show rows; the one that leads where the selected one did is selected."""
        before, top = self.target, self.scroll_offset.y
        same = [(row.target, row.content.plain.count("\n")) for row in rows] == [
            (row.target, row.content.plain.count("\n")) for row in self._rows
        ]
        old, self._rows = self._rows, rows
        if same:
            for at, (row, last) in enumerate(zip(rows, old, strict=True)):
                if row.content != last.content:
                    self.replace_option_prompt_at_index(at, row.content)
            return
        self.clear_options()
        self.add_options([Option(row.content, disabled=not row.target) for row in rows])
        selectable = self._selectable
        if before:
            found = [at for at in selectable if rows[at].target == before]
            self.highlighted = next(iter(found), next(iter(selectable), None))
            self.scroll_to(y=top, animate=False)
        else:
            self.highlighted = next(iter(selectable), None)
            self.scroll_home(animate=False)

    @property
    def target(self) -> str:
        """Where the selected row leads; empty where none is selected."""
        at = self.highlighted
        return self._rows[at].target if at is not None and at < len(self._rows) else ""

    @property
    def _selectable(self) -> list[int]:
        return [at for at, row in enumerate(self._rows) if row.target]

    @property
    def contents(self) -> list[Content]:
        """What the rows show."""
        return [row.content for row in self._rows]

    def select_target(self, target: str) -> None:
        """Select the first row that leads to a target."""
        for at in self._selectable:
            if self._rows[at].target == target:
                self.highlighted = at
                self.scroll_to_highlight()  # it may be selected already, and out of sight
                return

    def move(self, rows: int) -> None:
        """Select the next row that leads somewhere, or the one before; scroll beyond them."""
        selectable, before = self._selectable, self.highlighted
        after = [at for at in selectable if before is None or (at - before) * rows > 0]
        if after:
            self.highlighted = after[0 if rows > 0 else -1]
        else:
            self.scroll_relative(y=rows, animate=False)

    def page(self, pages: float) -> None:
        """Scroll by pages, and select a row that is on the screen then."""
        self.scroll_relative(y=pages * max(1, self.size.height - 1), animate=False)
        top, height = self.scroll_target_y, self.size.height
        y = 0
        for at, row in enumerate(self._rows):
            lines = row.content.plain.count("\n") + 1
            if row.target and y >= top and y + lines <= top + height:
                self.highlighted = at
                self.scroll_to(y=top, animate=False)
                return
            y += lines

    def edge(self, *, end: bool) -> None:
        """Go to the first row, or to the last."""
        selectable = self._selectable
        if selectable:
            self.highlighted = selectable[-1 if end else 0]
        (self.scroll_end if end else self.scroll_home)(animate=False)
