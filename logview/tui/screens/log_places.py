"""TUI: going to a place of the log screen: a line, a part, a time; also once it is found."""

from __future__ import annotations

from abc import abstractmethod
from functools import partial
from typing import TYPE_CHECKING

from textual.screen import Screen

from logview.log.time.locate import TimeError, find_time
from logview.text.timestamps import is_time

if TYPE_CHECKING:
    from collections.abc import Callable

    from logview.log.store.document import LogDocument
    from logview.log.view.view import View
    from logview.tui.finding import Finding
    from logview.tui.widgets.log_pane import LogPane


class PlaceError(ValueError):
    """What was typed is no place; the text says what is, for a person."""


class LogPlaces(Screen[None]):
    """The part of the log screen that goes to places."""

    document: LogDocument
    view: View
    pane: LogPane
    finding: Finding
    _when_indexed: Callable[[], None] | None = None
    """What is to be done once the whole file is known."""

    @abstractmethod
    def note(self, text: str) -> None:
        """Show a receipt or a notice for some seconds."""

    @property
    def no_line(self) -> str:
        """Why there is no current line, for a person."""
        return "the filters show no line" if self.document.line_count else "the log has no line yet"

    def way_to(self, text: str) -> Callable[[], None] | None:
        """Give what goes to `1234`, `50%`, `06:12` or `-5m`; None for no text.

        Raises PlaceError.
        """
        text = text.strip().removesuffix("G").removesuffix("g")
        if not text:
            return None
        if is_time(text):
            return partial(self._go_to_time, text)
        number = text.removesuffix("%").replace(",", "")
        if not (number.isascii() and number.isdecimal()) or len(number) > 15:
            raise PlaceError("no place: try 1234, 50%, 06:12 or -5m")
        return partial(self._go_to_part, int(number), percent=text.endswith("%"))

    def _go_to_part(self, number: int, *, percent: bool) -> None:
        total = self.document.line_count
        line = (total - 1) * min(100, number) // 100 if percent else max(1, number) - 1
        if line >= total:
            self.note(f"there are {total:,} lines")
        line = self.document.first_line + min(line, total - 1)
        if not percent:  # that very line is wanted, also out of a fold
            self.view.load_entries(line, line)
            self.view.open_fold(line)
        self.pane.viewport.go_to_line(line)
        self.pane.redraw()

    def _go_to_time(self, text: str) -> None:
        try:
            # As the column shows them: what is read there can be typed here.
            local = self.pane.time_column.format == "local"
            line = find_time(self.document, text, self.pane.viewport.cursor or 0, local=local)
        except TimeError as error:
            self.note(str(error))
            return
        self.pane.viewport.go_to_line(line)
        self.pane.redraw()

    def drop_pending(self) -> None:
        """Forget what would move the reader later: they have moved by themselves since."""
        self.finding.drop_hunt()
        self._when_indexed = None

    def when_indexed(self, do: Callable[[], None]) -> None:
        """Do something now, or once the lines before what is known have been found."""
        if self.document.unindexed:
            self._when_indexed = do
            self.note("the file is still being read: that comes right after")
        else:
            do()

    def index_advanced(self) -> None:
        """Do what waited for the whole file, if it is known now."""
        do = self._when_indexed
        if do is not None and not self.document.unindexed:
            self._when_indexed = None
            do()
