"""Tests of the timeline row, by itself in a small app: what is drawn, and where a click goes."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, ClassVar

import pytest
from textual import events
from textual.app import App, ComposeResult
from textual.widgets import Static

from logview.log.entries.level import Level
from logview.log.time.timeline import Bars, Cell
from logview.tui import themes
from logview.tui.style_files import style_files
from logview.tui.widgets.timeline import Timeline
from tests.tui.internals import render_strips, send_to_screen

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence

    from textual.pilot import Pilot

WIDTH = 24
"""Columns of the app: twenty of them are cells."""


class Stamps:
    """Counts the bars that a test hands in, and remembers for which width it was asked."""

    begun = True

    def __init__(self) -> None:
        self.counted: Bars | None = None
        self.widths: list[int] = []

    def bars(self, width: int, *_: object, **__: object) -> Bars | None:
        self.widths.append(width)
        return self.counted


class Row(App[int]):
    """A timeline between two other rows."""

    CSS_PATH: ClassVar = style_files("app", "timeline")

    def __init__(self, theme: str = themes.DEFAULT) -> None:
        super().__init__()
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
        timeline = Timeline(lambda: self.stamps, self.stamps, lambda: False)
        timeline.show_where_stamped(True)
        yield timeline
        yield Static("…")

    @property
    def timeline(self) -> Timeline:
        return self.query_one(Timeline)

    @property
    def row(self) -> str:
        return render_strips(self)[1].text

    def style(self, x: int):
        return next(iter(render_strips(self)[1].crop(x, x + 1))).style

    def on_timeline_picked(self, event: Timeline.Picked) -> None:
        self.picked.append(event.line)


@asynccontextmanager
async def running(app: Row, width: int = WIDTH) -> AsyncIterator[Pilot[int]]:
    async with app.run_test(size=(width, 3)) as pilot:
        await pilot.pause()
        yield pilot


def bars(counts: Sequence[int], worst: dict[int, Level] | None = None, first: int = 0) -> Bars:
    cells = []
    line = first
    for index, count in enumerate(counts):
        cells.append(Cell(1000 * index, line, count, (worst or {}).get(index)))
        line += count
    return Bars(tuple(cells), first, line)


async def show(pilot: Pilot[int], counted: Bars | None, lines=None, marks=()) -> None:
    pilot.app.stamps.counted = counted
    pilot.app.timeline.show_bars(counted)
    pilot.app.timeline.show_viewport(lines, marks)
    await pilot.pause()


async def test_more_lines_are_higher_and_no_lines_are_a_gap():
    app = Row()
    async with running(app) as pilot:
        await show(pilot, bars([100, 0, 1, 400, 100, 1600] + [100] * 13 + [0]))
        row = app.row
        assert row[:2] == row[-2:] == "  "
        cells = row[2:22]
        assert cells[1] == cells[19] == " "
        assert cells.count(" ") == 2
        assert cells[2] < cells[0] < cells[3] < cells[5] == "█"


async def test_an_even_log_is_no_solid_bar():
    app = Row()
    async with running(app) as pilot:
        await show(pilot, bars([50] * 20))
        assert app.row.strip() == "▄" * 20


async def test_nothing_to_show_is_a_blank_row():
    app = Row()
    async with running(app) as pilot:
        await show(pilot, bars([50] * 20))
        await show(pilot, None, (3, 9), [4])
        assert app.row == " " * WIDTH


@pytest.mark.parametrize("theme", [themes.DARK, themes.LIGHT], ids=["dark", "light"])
async def test_each_level_has_its_colour_and_errors_a_shape(theme):
    app = Row(theme.name)
    async with running(app) as pilot:
        levels = {5: Level.WARN, 6: Level.ERROR, 7: Level.CRITICAL}
        await show(pilot, bars([50] * 20, levels), (50, 60))
        named = app.theme_variables
        colours = [app.style(2 + x).color.name for x in range(20)]
        assert colours[5] == named["text-warning"].lower()
        assert colours[6] == colours[7] == named["text-error"].lower()
        assert len(set(colours[8:])) == 1, "all others look alike"
        assert colours[8] not in colours[5:8]
        assert app.row[8] not in " ▁▂▃▄▅▆▇█", "not by colour alone"
        assert app.style(7).bold


async def test_an_error_among_few_lines_is_seen():
    app = Row()
    async with running(app) as pilot:
        await show(pilot, bars([1, *[100_000] * 19], {0: Level.ERROR}))
        assert app.row[2] == "▌"


async def test_the_place_of_the_screen_is_marked():
    app = Row()
    async with running(app) as pilot:
        chosen = app.theme_variables["chosen"]
        for viewport, cells in (((0, 20), [0]), ((0, 100), [0, 1, 2]), ((999, 999), [19])):
            await show(pilot, bars([50] * 20), viewport)
            marked = [x for x in range(20) if app.style(2 + x).bgcolor.name == chosen]
            assert marked == cells
        assert app.style(1).bgcolor.name != chosen
        assert app.style(22).bgcolor.name != chosen


async def test_the_place_of_the_screen_is_seen_on_a_peak_and_next_to_a_level():
    app = Row()
    async with running(app) as pilot:
        peaks = bars([800] + [50] * 19, {0: Level.WARN})
        await show(pilot, peaks, (0, 20))
        assert app.row[2] == "▆"
        assert app.style(2).color.name == app.theme_variables["text-warning"]
        await show(pilot, peaks, (990, 999))
        assert app.row[2] == "█"


async def test_without_colours_the_place_of_the_screen_and_errors_are_seen():
    app = Row()
    app.no_color = True
    async with running(app) as pilot:
        await show(pilot, bars([50] * 20, {9: Level.ERROR, 12: Level.WARN}), (101, 160))
        cells = range(2, 22)
        assert [x - 2 for x in cells if app.style(x).reverse] == [2, 3]
        assert app.row[11] in "▌▋▊▉"
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
        await show(pilot, bars([51] * 20), (0, 30), [8])
        assert app.timeline.rendered == drawn
        await show(pilot, bars([50] * 20), (0, 70), [7])
        assert app.timeline.rendered == drawn + 1


async def test_another_width_asks_for_other_bars():
    app = Row()
    async with running(app) as pilot:
        assert app.stamps.widths == [20]
        await show(pilot, bars([50] * 20))
        await pilot.resize_terminal(40, 3)
        await pilot.pause()
        assert app.stamps.widths == [20, 36]
        assert app.row == "  " + "▄" * 20 + " " * 18
        await show(pilot, bars([50] * 36))
        assert app.row.strip() == "▄" * 36


@pytest.mark.parametrize("width", [1, 2, 3, 4, 5])
async def test_a_terminal_without_space_does_no_harm(width):
    app = Row()
    async with running(app, width) as pilot:
        assert app.timeline.width == max(0, width - 4)
        await show(pilot, bars([50] * 20), (0, 500), [3])
        assert len(app.row) == width
        await pilot.click(Timeline, offset=(0, 0))
        assert app.picked == [0]


async def test_another_theme_is_taken_up():
    app = Row()
    async with running(app) as pilot:
        await show(pilot, bars([50] * 20, {3: Level.ERROR}))
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


@pytest.mark.parametrize("look", ["dark", "light", "no colours"])
async def test_errors_stand_upright_in_all_themes(look):
    app = Row(themes.LIGHT.name if look == "light" else themes.DARK.name)
    app.no_color = look == "no colours"
    counts = [3, 9, 40, 90, 400, 30, 0, 0, 30, 31, 29, 33, 30, 1, 0, 12, 14, 15, 900, 30]
    levels = {4: Level.WARN, 9: Level.ERROR, 13: Level.ERROR, 15: Level.CRITICAL, 18: Level.ERROR}
    async with running(app) as pilot:
        await show(pilot, bars(counts, levels), (560, 600), [200])
        here = "▇██▇▌" if app.no_color else "▁  ▁▌"  # what is on the screen is a colour otherwise
        assert app.row.rstrip() == f"  ▁▁▂▃◆{here}▁▂▁▌ ▌▁▁▉▁"
