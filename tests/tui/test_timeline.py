"""Tests of the timeline row, by itself in a small app: what is drawn, and where a click goes."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, ClassVar

import pytest
from textual import events
from textual.app import App, ComposeResult
from textual.widgets import Static

from logview.log.store.document import LogDocument
from logview.log.time.timeline import Bars, Cell
from logview.log.view.view import View
from logview.tui import themes
from logview.tui.style_files import style_files
from logview.tui.time_column import TimeColumn
from logview.tui.widgets.timeline import Timeline
from tests.tui.internals import render_strips, send_to_screen

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence

    from textual.pilot import Pilot

WIDTH = 24
"""Columns of the app: twenty of them are cells."""


class Stamps:
    """Counts the bars that a test hands in, and remembers for which width it was asked."""

    def __init__(self) -> None:
        self.counted: Bars | None = None
        self.widths: list[int] = []

    def bars(self, width: int, *_: object, **__: object) -> Bars | None:
        self.widths.append(width)
        return self.counted


class Row(App[int]):
    """A timeline between two other rows."""

    CSS_PATH: ClassVar = style_files("app", "timeline")

    def __init__(self, theme: str = themes.DEFAULT, height: int = 1) -> None:
        super().__init__()
        self.height = height
        for one in (themes.DARK, themes.LIGHT):
            self.register_theme(one)
        self.theme = theme
        self.picked: list[int] = []
        self.stamps = Stamps()
        self.no_color = False

    def get_theme_variable_defaults(self) -> dict[str, str]:
        return themes.theme_variables(self.current_theme)

    def compose(self) -> ComposeResult:
        yield Static("…")
        times = TimeColumn(LogDocument(), "utc")
        view = View(LogDocument())
        timeline = Timeline(lambda: self.stamps, view, lambda: False, times.format_moment)
        timeline.show_where_stamped(True)
        timeline.styles.height = self.height
        yield timeline
        yield Static("…")

    @property
    def timeline(self) -> Timeline:
        return self.query_one(Timeline)

    @property
    def rows(self) -> list[str]:
        return [strip.text.rstrip() for strip in render_strips(self)[1 : 1 + self.height]]

    @property
    def row(self) -> str:
        return render_strips(self)[1].text

    def style(self, x: int, row: int = 0):
        return next(iter(render_strips(self)[1 + row].crop(x, x + 1))).style

    def on_timeline_picked(self, event: Timeline.Picked) -> None:
        self.picked.append(event.line)


@asynccontextmanager
async def running(app: Row, width: int = WIDTH) -> AsyncIterator[Pilot[int]]:
    async with app.run_test(size=(width, 4)) as pilot:
        await pilot.pause()
        yield pilot


def bars(
    counts: Sequence[int],
    errors: dict[int, int] | None = None,
    warnings: dict[int, int] | None = None,
    shown: dict[int, int] | None = None,
    first: int = 0,
    step: int = 1000,
) -> Bars:
    cells = []
    line = first
    for index, count in enumerate(counts):
        seen = None if shown is None else shown.get(index, 0)
        bad = (errors or {}).get(index, 0), (warnings or {}).get(index, 0)
        cells.append(Cell(step * index, line, count, *bad, seen))
        line += count
    return Bars(tuple(cells), first, line, 0, step * len(counts), step)


async def show(pilot: Pilot[int], counted: Bars | None, lines=None, marks=()) -> None:
    pilot.app.stamps.counted = counted
    pilot.app.timeline.show_bars(counted)
    pilot.app.timeline.show_viewport(lines, marks)
    await pilot.pause()


async def test_more_lines_are_higher_and_no_lines_are_a_gap():
    app = Row()
    async with running(app) as pilot:
        await show(pilot, bars([100, 0, 1, 400, 100, 1024] + [100] * 13 + [0]))
        assert app.row == "  ▁ ▁▃▁▇" + "▁" * 13 + "   "


async def test_the_scale_of_heights_doubles_when_it_is_full():
    app = Row(height=2)
    async with running(app) as pilot:
        drawn = []
        for last in (33, 40, 64, 65):
            await show(pilot, bars([50] * 10 + [last]))
            drawn.append(app.rows)
        assert drawn[0][0][:12] == drawn[1][0][:12] == drawn[2][0][:12]
        assert drawn[2] == ["  " + "▄" * 10 + "▇", "  " + "█" * 11]
        assert drawn[3][1] == "  " + "▆" * 10 + "█"


async def test_nothing_to_show_is_a_blank_row():
    app = Row()
    async with running(app) as pilot:
        await show(pilot, bars([50] * 20))
        await show(pilot, None, (3, 9), [4])
        assert app.row == " " * WIDTH


@pytest.mark.parametrize("theme", [themes.DARK, themes.LIGHT], ids=["dark", "light"])
async def test_errors_and_warnings_colour_their_share(theme):
    app = Row(theme.name)
    async with running(app) as pilot:
        errors = dict.fromkeys(range(20), 1) | {6: 20, 7: 8}
        await show(pilot, bars([50] * 20, errors, {5: 10, 7: 20}), (50, 60))
        named = app.theme_variables
        colours = [app.style(2 + x).color.name for x in range(20)]
        assert colours[5] == named["text-warning"].lower()
        assert colours[6] == colours[7] == named["text-error"].lower()
        assert len(set(colours[8:])) == 1, "one of fifty lines does not colour them all"
        assert colours[8] not in colours[5:8]


async def test_two_rows_show_each_part_of_a_bar():
    app = Row(height=2)
    async with running(app) as pilot:
        await show(pilot, bars([64] * 20, dict.fromkeys(range(20), 1) | {3: 32}, {4: 40}))
        named = app.theme_variables
        assert app.rows == ["  " + "▇" * 20, "  " + "▁▁▁█" + "▁" * 16]
        foot, share, warned = app.style(2, 1), app.style(5, 1), app.style(6)
        assert foot.color.name == share.color.name == named["text-error"].lower()
        assert foot.bgcolor.name == named["thumb"].lower()
        assert app.style(2).color.name == named["thumb"].lower()
        assert app.style(6, 1).bgcolor.name == named["text-warning"].lower()
        assert warned.color.name == named["thumb"].lower()


async def test_a_rare_error_is_seen_however_many_lines_are_around_it():
    app = Row()
    async with running(app) as pilot:
        await show(pilot, bars([100_000] * 20, {7: 1}))
        red = app.theme_variables["text-error"]
        assert [x for x in range(20) if app.style(2 + x).color.name == red] == [7]


async def test_what_filters_show_is_bright_and_the_rest_dim():
    app = Row(height=2)
    async with running(app) as pilot:
        await show(pilot, bars([64] * 20, shown={3: 32, 5: 1}))
        bright, dim = app.theme_variables["text-primary"], app.theme_variables["thumb"]
        assert app.rows[1] == "  " + "███" + "█" + "█" + "▁" + "█" * 14
        assert app.style(5, 1).color.name == app.style(7, 1).color.name == bright.lower()
        assert app.style(7, 1).bgcolor.name == app.style(2, 1).color.name == dim.lower()
        await show(pilot, bars([64] * 20))
        assert app.style(5, 1).color.name == dim.lower()


async def test_times_stand_at_both_ends_and_under_the_mouse():
    app = Row()
    async with running(app, 60) as pilot:
        await show(pilot, bars([50] * 20, {4: 2}, step=60_000))
        assert app.row.rstrip() == "  00:00 " + "▅" * 20 + " 00:20"
        await pilot.click(Timeline, offset=(8 + 7, 0))
        assert app.picked == [350]
        await pilot.hover(Timeline, offset=(8 + 4, 0))
        assert " 00:04:00.000 · 50 lines · 2 in errors " in app.row
        await pilot.hover(Static)
        assert app.row.rstrip() == "  00:00 " + "▅" * 20 + " 00:20"
        await show(pilot, bars([50] * 20, step=86_400_000))
        assert app.row.rstrip() == "  01-01 00:00 " + "▅" * 20 + " 01-21 00:00"


async def test_the_place_of_the_screen_is_marked():
    app = Row()
    async with running(app) as pilot:
        chosen = app.theme_variables["viewport"]
        for viewport, cells in (((0, 20), [0]), ((0, 100), [0, 1, 2]), ((999, 999), [19])):
            await show(pilot, bars([50] * 20), viewport)
            marked = [x for x in range(20) if app.style(2 + x).bgcolor.name == chosen]
            assert marked == cells
        assert app.style(1).bgcolor.name != chosen
        assert app.style(22).bgcolor.name != chosen


async def test_the_place_of_the_screen_is_seen_on_a_peak_and_next_to_a_level():
    app = Row()
    async with running(app) as pilot:
        peaks = bars([1024] + [50] * 19, warnings={0: 1024})
        for viewport in ((0, 20), (1990, 1999)):
            await show(pilot, peaks, viewport)
            assert app.row[2] == "▇"
            assert app.style(2).color.name == app.theme_variables["text-warning"]
            chosen = app.style(2).bgcolor.name == app.theme_variables["viewport"]
            assert chosen == (viewport[0] == 0)


async def test_without_colours_the_place_of_the_screen_and_errors_are_seen():
    app = Row()
    app.no_color = True
    async with running(app) as pilot:
        await show(pilot, bars([50] * 20, {9: 1}, {12: 50}), (101, 160))
        cells = range(2, 22)
        assert [x - 2 for x in cells if app.style(x).reverse] == [2, 3]
        assert app.row[2:11] == 9 * app.row[2], "bars stand on the same ground there too"
        assert app.row[11] == "▌"
        assert app.style(14).bold
        assert not app.style(15).bold


async def test_marked_lines_are_on_it():
    app = Row()
    async with running(app) as pilot:
        await show(pilot, bars([50] * 20), None, [0, 1, 175, 999])
        assert [x for x in range(20) if app.row[2 + x] == "◆"] == [0, 3, 19]


@pytest.mark.parametrize("first", [0, -700])
async def test_a_click_goes_to_the_first_line_of_a_cell(first):
    app = Row()
    async with running(app) as pilot:
        await show(pilot, bars([50, 0, 0, *[50] * 16, 0], first=first))
        for x, line in ((2, 0), (3, 50), (5, 50), (6, 100), (0, 0), (21, 849), (23, 849)):
            await pilot.click(Timeline, offset=(x, 0))
            assert app.picked[-1] == first + line, x


async def test_dragging_goes_along_even_outside_the_row():
    app = Row()
    async with running(app) as pilot:
        await show(pilot, bars([50] * 20))
        await pilot.mouse_down(Timeline, offset=(4, 0))
        await pilot.pause()
        for x, y in ((8, 1), (8, 1), (23, 2), (9, 0)):
            send_to_screen(
                app,
                events.MouseMove(None, x, y, 1, 0, 1, False, False, False, screen_x=x, screen_y=y),
            )
            await pilot.pause()
        assert app.picked == [100, 300, 950, 350]
        await pilot.mouse_up(Timeline, offset=(9, 0))
        await pilot.hover(Timeline, offset=(15, 0))
        assert app.picked == [100, 300, 950, 350]
        assert app.mouse_captured is None


async def test_only_the_last_place_of_a_quick_drag_is_gone_to():
    one, other = Timeline.Picked(1), Timeline.Picked(2)
    assert other.can_replace(one)
    assert not other.can_replace(events.Idle())


async def test_a_click_on_nothing_does_nothing():
    app = Row()
    async with running(app) as pilot:
        await pilot.click(Timeline, offset=(5, 0))
        assert app.picked == []
        assert app.mouse_captured is None


async def test_what_did_not_change_is_not_drawn_again():
    app = Row()
    async with running(app) as pilot:
        await show(pilot, bars([50] * 20), (0, 20), [7])
        drawn = app.timeline.rendered
        await show(pilot, bars([50] * 20), (0, 30), [7])
        await show(pilot, bars([49] * 20), (0, 30), [8])
        assert app.timeline.rendered == drawn
        await show(pilot, bars([50] * 20), (0, 70), [7])
        assert app.timeline.rendered == drawn + 1


async def test_another_width_asks_for_other_bars():
    app = Row()
    async with running(app) as pilot:
        assert app.stamps.widths == [20]
        await show(pilot, bars([50] * 20))
        await pilot.resize_terminal(34, 4)
        await pilot.pause()
        assert app.stamps.widths == [20, 30]
        assert app.row == "  " + "▅" * 20 + " " * 12
        await show(pilot, bars([50] * 30))
        assert app.row.strip() == "▅" * 30


@pytest.mark.parametrize("width", [1, 2, 3, 4, 5])
async def test_a_terminal_without_space_does_no_harm(width):
    app = Row()
    async with running(app, width) as pilot:
        assert app.timeline.width_for("minute") == max(0, width - 4)
        await show(pilot, bars([50] * 20), (0, 500), [3])
        assert len(app.row) == width
        await pilot.click(Timeline, offset=(0, 0))
        assert app.picked == [0]


async def test_another_theme_is_taken_up():
    app = Row()
    async with running(app) as pilot:
        await show(pilot, bars([50] * 20, {3: 50}))
        app.theme = themes.LIGHT.name
        await pilot.pause()
        assert app.style(5).color.name == themes.LIGHT.variables["text-error"]


async def test_it_never_takes_the_focus():
    app = Row()
    async with running(app) as pilot:
        await show(pilot, bars([50] * 20))
        await pilot.press("tab")
        await pilot.click(Timeline, offset=(5, 0))
        assert app.focused is None
