"""The mouse in a pane, without a screen: what a drag selects, an edge scrolls, a click chooses."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from logview.log.store.document import LogDocument
from logview.log.view.selection import Point, unit_at
from logview.log.view.view import View
from logview.tui.selecting import Selecting
from logview.tui.viewport import Viewport
from logview.tui.widgets.mouse import PaneMouse

if TYPE_CHECKING:
    from logview.log.view.selection import Unit

HEIGHT = 10


class Pane:
    """A pane in which each character of a line is a cell."""

    def __init__(self) -> None:
        document = LogDocument()
        document.append(b"".join(b"word line %d\n" % number for number in range(100)))
        self.viewport = Viewport(View(document), lambda _: 1)
        self.viewport.resize(HEIGHT, HEIGHT)
        self.viewport.to_top()
        self.selecting = Selecting()
        self.mouse = PaneMouse(self.viewport, self.selecting, self)

    def unit_at(self, x: int, y: int, unit: Unit) -> tuple[Point, Point]:
        line = self.viewport.screen_rows[y].row.line
        return unit_at(Point(line, x), unit, self.viewport.view.document.line_text)

    def hidden_prefix(self, line: int) -> int:
        return 0

    def selected(self) -> tuple[Point, Point] | None:
        found = self.selecting.selection(0, lambda line: range(line, line + 1))
        return None if found is None else (found.start, found.stop)


@pytest.fixture
def pane() -> Pane:
    return Pane()


def test_a_drag_selects_from_where_it_began_to_where_it_is(pane: Pane) -> None:
    pane.mouse.press(5, 1, 0.0, extend=False)
    assert not pane.mouse.move(5, 1)
    assert pane.mouse.move(3, 2)
    assert pane.mouse.release()
    assert pane.selected() == (Point(1, 5), Point(2, 4))
    assert not pane.mouse.release()


def test_shift_extends_the_selection(pane: Pane) -> None:
    pane.mouse.press(5, 1, 0.0, extend=False)
    pane.mouse.release()
    assert pane.mouse.click(1) is None
    pane.mouse.press(3, 4, 9.0, extend=True)
    pane.mouse.release()
    assert pane.selected() == (Point(1, 5), Point(4, 4))


def test_beyond_an_edge_it_scrolls_faster_and_faster_up_to_a_page(pane: Pane) -> None:
    pane.mouse.press(0, 5, 0.0, extend=False)
    pane.mouse.move(0, HEIGHT + 1)
    assert pane.mouse.rows_beyond_edge(at_screen_top=False) == 2
    pane.mouse.start_edge_scroll()
    tops = []
    while not pane.viewport.top.row.line >= 100 - HEIGHT:
        pane.mouse.edge_scroll(pane.mouse.rows_beyond_edge(at_screen_top=False))
        tops.append(pane.viewport.top.row.line)
    steps = [after - before for before, after in zip([0, *tops], tops, strict=False)]
    assert steps[0] == 2
    assert max(steps) <= HEIGHT
    assert steps[:-1] == sorted(steps[:-1])
    found = pane.selected()
    assert found is not None
    assert found[1].line == 99


def test_in_the_first_row_of_the_screen_the_mouse_is_beyond_the_edge(pane: Pane) -> None:
    pane.mouse.press(0, 5, 0.0, extend=False)
    pane.mouse.move(0, 0)
    assert pane.mouse.rows_beyond_edge(at_screen_top=True) == -1
    assert pane.mouse.rows_beyond_edge(at_screen_top=False) == 0


def test_a_click_while_following_goes_on_following_on_the_last_line_only(pane: Pane) -> None:
    pane.viewport.to_end()
    for y, follows in ((HEIGHT - 1, True), (3, False)):
        pane.mouse.press(0, y, float(y), extend=False)
        pane.mouse.release()
        pane.mouse.click(y)
        assert pane.viewport.follow is follows
    assert pane.viewport.cursor == 100 - HEIGHT + 3
