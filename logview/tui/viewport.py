"""The viewport: the reader's position in a view, and which rows the screen shows.

A position is a row of the view and a row within it (a wrapped line has
several), never an offset: what arrives, what is filtered and what opens over
the log does not move the text. No operation is proportional to the size of
the log, wrapped or not. Knows no Textual.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from logview.log.view.view import Row

if TYPE_CHECKING:
    from collections.abc import Callable

    from logview.log.view.view import View


_MAX_FILLS = 4
"""How often the screen is filled again because what it shows was folded."""


class ScreenRow(NamedTuple):
    """One row of the screen: a row of the view, and which of its wrapped rows, from 0."""

    row: Row
    wrap_row: int = 0


@dataclass(frozen=True, slots=True)
class ViewportPosition:
    """The reader's position, to be restored later."""

    top: ScreenRow
    cursor: int | None
    follow: bool
    x: int


class Viewport:
    """Owns the reader's position in a view: top row, cursor, follow, and sideways offset."""

    def __init__(self, view: View, height_of: Callable[[Row], int]) -> None:
        self.view = view
        self.top = ScreenRow(Row(0))
        self.cursor: int | None = None
        """The current line's number; None while there is none."""
        self.anchor_line = 0
        """The line the reader chose last; where it is hidden the cursor is on the nearest one."""
        self.follow = True
        self.x = 0
        """Cells scrolled to the side; without wrap only."""
        self.wrap = False
        self.height = 1
        """Rows of the screen that show the log and are not covered; at least 1."""
        self.full_height = 1
        """Rows of the screen, covered ones included."""
        self.screen_rows: list[ScreenRow] = []
        """What the screen shows, from its first row down."""
        self.note_rows = 0
        """Covered rows of a note, which goes by itself: the current line may stay below it."""
        self._height_of = height_of
        self.moves = 0
        """How often the reader was moved, by themselves or by a jump; growth moves nobody."""
        self.seen_end = 0
        """Number behind the last line when the reader left the end."""
        self._cursor_y = 0
        self._folds: set[int] = set()
        """First lines of the folds that the screen shows."""

    # -- what changes ---------------------------------------------------------------------

    def resize(self, height: int, full_height: int, *, above: int = 0) -> None:
        """Set the number of uncovered rows, and of all rows; no text moves for an overlay.

        `above` is how many of the first rows went to something else, negative where they came
        back: text stays where it is on the screen.
        """
        grown = full_height != self.full_height
        self.height, self.full_height = max(1, height), max(1, full_height)
        if grown and not self.follow:
            top = self._shift(self.top, above) if above else self.top
            self._set_top(top)  # no empty rows below a log that has more above
            if self.cursor is not None and self.view.row_count:
                self._show_index(self._cursor_index())

    def update(self, *, hold: bool = False) -> None:
        """Recompute what the screen shows, after anything changed.

        With `hold` the anchor line stays what it is while it is covered.
        """
        view = self.view
        if self.follow:
            self._show_end()
        elif self.cursor is None and view.row_count:
            self._set_cursor(self._line_index(0, 1))
        elif hold:
            self.cursor = view.nearest(self.anchor_line)  # the anchor line may be uncovered now
        self.screen_rows = self._fill(self._visible_row(self.top), self.full_height)
        for _ in range(_MAX_FILLS):
            # What is visible is folded before it is drawn; that may bring more lines on the screen.
            lines = [
                screen_row.row.line for screen_row in self.screen_rows if not screen_row.row.is_own
            ]
            if not view.load_rows(lines):
                break
            if self.follow:
                self._show_end()
            self.screen_rows = self._fill(self._visible_row(self.top), self.full_height)
        self.top = self._visible_row(self.top)
        if self.cursor is not None and not view.is_row(self.cursor):
            self.cursor = view.nearest(self.anchor_line)
        self._keep_cursor_visible(chosen=not hold)
        self._cursor_y = self._find_cursor_y()
        self._folds = view.folds_among(self._visible_lines())

    def unfold_visible(self) -> None:
        """Open the folds into which new lines would take lines that the reader sees."""
        if self.follow:
            return
        view = self.view
        for line in self._visible_lines() - self._folds:
            if not view.is_row(line) or view.fold_at(line) is not None:
                fold = view.fold_of(line)
                if fold is not None and fold.start not in self._folds:
                    view.open_fold(line)

    def _visible_lines(self) -> set[int]:
        return {
            screen_row.row.line
            for screen_row in self.screen_rows[: self.height]
            if not screen_row.row.is_own
        }

    def refilter(self) -> None:
        """Keep the anchor line, or the shown one nearest to it, on its screen row."""
        if not self.follow:
            nearest = self.view.nearest(self.anchor_line)
            if nearest is not None:
                y = self._cursor_y if nearest == self.cursor else max(0, self._cursor_y)
                self.cursor = nearest
                self._set_top(self._shift(ScreenRow(Row(nearest)), -y))
            else:
                self._set_top(self.top)  # only rows of our own are left
        self.update()

    def set_wrap(self, wrap: bool) -> None:
        """Wrap long lines, or not; the cursor line keeps its row of the screen."""
        self.wrap = wrap
        self.x = 0
        self.update_heights()

    def update_heights(self) -> None:
        """Recompute for lines of other heights; the cursor line keeps its screen row."""
        y = max(0, self._cursor_y)  # of a line that begins above the screen: its first row here
        if not self.follow and self.cursor is not None:
            self._set_top(self._shift(ScreenRow(Row(self.cursor)), -y))
        else:
            self.top = ScreenRow(self.top.row)
        self.update()

    @property
    def unseen(self) -> int:
        """How many shown lines arrived below since the reader left the end."""
        if self.follow:
            return 0
        return max(0, self.view.line_count - self.view.shown_before(self.seen_end))

    def position(self) -> ViewportPosition:
        """Return the reader's position, for `restore`."""
        return ViewportPosition(self.top, self.cursor, self.follow, self.x)

    def restore(self, place: ViewportPosition) -> None:
        """Return to a position; where its line is covered, it is shown once uncovered."""
        self.moves += 1
        self.top, self.cursor, self.x = place.top, place.cursor, place.x
        self.anchor_line = place.cursor if place.cursor is not None else self.anchor_line
        self._set_follow(place.follow)
        self.update(hold=True)

    # -- moving ---------------------------------------------------------------------------

    def move(self, lines: int) -> None:
        """Move the cursor by lines; the text moves only as far as it must."""
        self.moves += 1
        if not self.view.row_count:
            return
        index = self._line_index(self._cursor_index() + lines, lines)
        self._show_index(index)
        self._set_cursor(index)
        last = self._line_index(self.view.row_count - 1, -1)
        self._set_follow(lines > 0 and index >= last)
        self.update()

    def page(self, pages: float) -> None:
        """Move by pages of the free height; the cursor keeps its row of the screen."""
        self.moves += 1
        if not self.view.row_count:
            return
        y = self._cursor_y
        before = self.top
        rows = max(1, int(self.height * abs(pages))) * (1 if pages > 0 else -1)
        self._set_top(self._shift(self.top, rows))
        moved = self._fill(self.top, self.height)
        if self.top == before:  # at the end already: the cursor goes all the way
            index = self._line_index(self.view.row_count - 1 if pages > 0 else 0, -1)
        else:
            screen_row = moved[max(0, min(y, len(moved) - 1))]
            index = self._line_index(self.view.index_of(screen_row.row), 1 if pages > 0 else -1)
        self._set_cursor(index)
        last = self._line_index(self.view.row_count - 1, -1)
        at_end = self._order(self.top) >= self._order(self._last_top())
        self._set_follow(pages > 0 and index >= last and at_end)
        self.update()

    def scroll(self, rows: int) -> None:
        """Scroll the text by screen rows; the cursor is carried along and stays visible."""
        self.moves += 1
        before = self.top
        self._set_top(self._shift(self.top, rows))
        self._after_scroll(rows, moved=self.top != before)

    def scroll_to(self, fraction: float) -> None:
        """Scroll to a fraction of the rows of the view, 0 to 1."""
        self.moves += 1
        count = self.view.row_count
        if not count:
            return
        before = self.view.index_of(self.top.row)
        last = self.view.index_of(self._last_top().row)
        index = max(0, min(round(last * fraction), count - 1))
        self._set_top(ScreenRow(self.view.row_at(index)) if fraction < 1 else self._last_top())
        self._after_scroll(index - before or (1 if fraction >= 1 else -1), moved=True)

    def _after_scroll(self, rows: int, *, moved: bool) -> None:
        at_end = self._order(self.top) >= self._order(self._last_top())
        if rows < 0 and moved:
            self._set_follow(False)
        elif rows > 0 and at_end:
            self._set_follow(True)
        self.update()

    def to_top(self) -> None:
        """Go to the first line."""
        self.moves += 1
        self._set_follow(False)
        self.top = ScreenRow(self.view.first_row())
        self._set_cursor(self._line_index(0, 1))
        self.update()

    def to_end(self) -> None:
        """Go to the last line, and follow."""
        self.moves += 1
        self._set_follow(True)
        self.update()

    def stop_following(self) -> None:
        """Stop following, at the present position."""
        self.moves += 1
        self._set_follow(False)
        self.update()

    def go_to_line(self, line: int, wrap_row: int = 0) -> None:
        """Make a line, or the shown one nearest to it, the current one, and scroll to it.

        `wrap_row` is the row of a wrapped line that has to be visible.
        """
        self.moves += 1
        self.view.load_entries(line, line)
        nearest = self.view.nearest(line)
        if nearest is None:
            return
        self._set_follow(False)
        screen_row = ScreenRow(Row(nearest), wrap_row if nearest == line else 0)
        self.cursor = self.anchor_line = nearest
        if screen_row not in self._fill(self.top, self.height):
            self._set_top(self._shift(screen_row, -(self.height // 2)))
        self.update()

    def click(self, y: int) -> None:
        """Make the line on a row of the screen the current one."""
        self.moves += 1
        if y < len(self.screen_rows) and not self.screen_rows[y].row.is_own:
            line = self.screen_rows[y].row.line
            self._set_follow(self.follow and line == self.view.document.end_line - 1)
            self.cursor = self.anchor_line = line
            self.update()

    # -- rows -----------------------------------------------------------------------------

    def _visible_row(self, screen_row: ScreenRow) -> ScreenRow:
        """Return the row itself, or that of the fold that hides its line."""
        if screen_row.row.is_own or self.view.is_row(screen_row.row.line):
            return screen_row
        fold = self.view.fold_of(screen_row.row.line)
        return screen_row if fold is None else ScreenRow(Row(fold.start))

    def _rows_of(self, row: Row) -> int:
        return 1 if not self.wrap or row.is_own else self._height_of(row)

    def _order(self, screen_row: ScreenRow) -> tuple[int, int]:
        return self.view.index_of(screen_row.row), screen_row.wrap_row

    def _shift(self, screen_row: ScreenRow, rows: int) -> ScreenRow:
        """Return the row that many screen rows below, or above for a negative number."""
        count = self.view.row_count
        if not count:
            return ScreenRow(Row(0))
        index = self.view.index_of(screen_row.row)
        if not self.wrap:
            return ScreenRow(self.view.row_at(max(0, min(index + rows, count - 1))))
        index = min(index, count - 1)
        row, wrap_row = self.view.row_at(index), screen_row.wrap_row
        wrap_row += rows
        while wrap_row < 0 and index > 0:
            index -= 1
            row = self.view.row_at(index)
            wrap_row += self._rows_of(row)
        while wrap_row >= (height := self._rows_of(row)) and index < count - 1:
            wrap_row -= height
            index += 1
            row = self.view.row_at(index)
        return ScreenRow(row, max(0, min(wrap_row, self._rows_of(row) - 1)))

    def _fill(self, top: ScreenRow, height: int) -> list[ScreenRow]:
        """Return the rows that a screen of this height shows from `top` on."""
        index = self.view.index_of(top.row)
        rows = self.view.rows(index, height)
        if not self.wrap:
            return [ScreenRow(row) for row in rows]
        filled: list[ScreenRow] = []
        wrap_row = top.wrap_row if rows and rows[0] == top.row else 0
        for row in rows:
            high = self._rows_of(row)
            wrap_row = min(wrap_row, high - 1)
            filled.extend(ScreenRow(row, n) for n in range(wrap_row, min(high, wrap_row + height)))
            wrap_row = 0
            if len(filled) >= height:
                break
        return filled[:height]

    def _last_top(self) -> ScreenRow:
        """Return the top row when the log's end is at the bottom."""
        count = self.view.row_count
        if not count:
            return ScreenRow(Row(0))
        last = self.view.row_at(count - 1)
        return self._shift(ScreenRow(last, self._rows_of(last) - 1), 1 - self.height)

    def _set_top(self, screen_row: ScreenRow) -> None:
        last = self._last_top()
        self.top = (
            min(screen_row, last, key=self._order) if self.view.row_count else ScreenRow(Row(0))
        )

    def _show_index(self, index: int) -> None:
        """Scroll as far as needed to show a row of the view."""
        row = self.view.row_at(index)
        height = self._rows_of(row)
        shown = self._fill(self.top, self.height)
        if height >= self.height or self._order(ScreenRow(row)) < self._order(self.top):
            if ScreenRow(row) not in shown:
                self._set_top(ScreenRow(row))
        elif ScreenRow(row, height - 1) not in shown:
            self._set_top(self._shift(ScreenRow(row, height - 1), 1 - self.height))

    def _cursor_index(self) -> int:
        return self.view.index_of(Row(self.cursor)) if self.cursor is not None else 0

    def _line_index(self, index: int, direction: int) -> int:
        """Return the index of a row that is a line, at or next to `index`; 0 in an empty log."""
        count = self.view.row_count
        if not count:
            return 0
        index = max(0, min(index, count - 1))
        for step in (1, -1) if direction > 0 else (-1, 1):
            at = index
            while 0 <= at < count:
                if not self.view.row_at(at).is_own:
                    return at
                at += step
        return index

    def _set_cursor(self, index: int) -> None:
        if not self.view.row_count:
            self.cursor = None
            return
        row = self.view.row_at(max(0, min(index, self.view.row_count - 1)))
        if not row.is_own:
            self.cursor = self.anchor_line = row.line

    def _show_end(self) -> None:
        self.top = self._last_top()
        self._set_cursor(self._line_index(self.view.row_count - 1, -1))

    def _set_follow(self, follow: bool) -> None:
        if self.follow and not follow:
            self.seen_end = self.view.document.end_line
        self.follow = follow

    def _find_cursor_y(self) -> int:
        for y, screen_row in enumerate(self.screen_rows):
            if screen_row.row.line == self.cursor and not screen_row.row.is_own:
                return y - screen_row.wrap_row
        return 0

    def _keep_cursor_visible(self, *, chosen: bool) -> None:
        lines = [
            screen_row.row.line
            for screen_row in self.screen_rows[: self.height + self.note_rows]
            if not screen_row.row.is_own
        ]
        if lines and self.cursor is not None and self.cursor not in lines:
            self.cursor = lines[0] if self.cursor < lines[0] else lines[-1]
            if chosen:
                self.anchor_line = self.cursor
