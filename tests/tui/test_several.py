"""Several logs on the screen: one log with the lanes' prefixes, and each line copied as its own."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from logview.config.settings import Settings
from logview.log.store.document import LogDocument
from logview.opening import OriginWords, make_origin
from logview.sources.events import Connected, Ended, Failed, Lost, OfLane, Problem
from logview.target import JobTarget, SeveralTarget, combine, parse
from logview.text.lanes import LaneNames
from logview.tui.app import LogviewApp
from logview.tui.connection import Connection
from logview.tui.lane_column import CELLS, LaneColumn, short_name
from logview.tui.screens.log.screen import LogScreen
from logview.tui.screens.log.session import LogSession
from logview.tui.screens.log.status import empty_state
from tests.tui.picture import rows

if TYPE_CHECKING:
    from pathlib import Path

API = "http://127.0.0.1:9"


async def test_files_are_merged_on_the_screen_and_copied_as_they_are(
    tmp_path: Path, clipboard: list[str]
) -> None:
    (tmp_path / "a.log").write_text("2026-11-20T06:00:01.000Z INFO  one\n")
    (tmp_path / "b.log").write_text(
        "2026-11-20T06:00:00.000Z INFO  zero\n2026-11-20T06:00:02.000Z ERROR two\n"
    )
    targets = [parse(str(tmp_path / name), api_url=API) for name in ("a.log", "b.log")]
    app = LogviewApp(Settings(API, "default"), combine(targets))
    async with app.run_test(size=(120, 24)) as pilot:

        async def shown(text: str) -> list[str]:
            for _ in range(2000):
                if any(text in row for row in rows(app)):
                    return rows(app)
                await asyncio.sleep(0.01)
            raise AssertionError(rows(app))

        lines = [row.split() for row in await shown("ERROR two")]
        drawn = [row for row in lines if row[-1:] in (["zero"], ["one"], ["two"])]
        assert drawn == [
            ["06:00:00.000", "b.log", "INFO", "zero"],
            ["06:00:01.000", "a.log", "INFO", "one"],
            ["▌E06:00:02.000", "b.log", "ERROR", "two"],
        ]
        assert any("2 files" in row for row in rows(app))
        await pilot.press("ctrl+p", *"hide b.log", "enter")
        await shown("1 of 1")
        assert not any("zero" in row for row in rows(app))
        await pilot.press("ctrl+p", *"show b.log", "enter")
        await shown("zero")
        await pilot.press("G")
        await pilot.press(*"ttttt")  # no times: the lanes stay
        await shown("▌Eb.log          ERROR two")
        await pilot.press("y")
        await shown("Copied 1 line")
        assert clipboard == ["2026-11-20T06:00:02.000Z ERROR two"]


async def test_child_runs_in_one_log_are_lanes(tmp_path: Path, clipboard: list[str]) -> None:
    at, child = "2026-11-20T06:00:00.000Z", "[apify.web runId:ChildRun000000001]"
    path = tmp_path / "parent.log"
    path.write_text(
        f"{at} INFO  starts a child\n"
        f"{at} {child} -> {at} ERROR the child's\n"
        f"{at} ERROR the parent's\n"
        f"{at} {child} -> {at}     at run (/app/main.js:1:1)\n"
    )
    app = LogviewApp(Settings(API, "default"), parse(str(path), api_url=API))
    async with app.run_test(size=(120, 24)) as pilot:

        async def shown(text: str) -> list[str]:
            for _ in range(2000):
                if any(text in " ".join(row.split()) for row in rows(app)):
                    return [" ".join(row.split()) for row in rows(app)]
                await asyncio.sleep(0.01)
            raise AssertionError(rows(app))

        drawn = await shown("apify.web·0001 ERROR the child's")
        assert not any("runId" in row for row in drawn)
        assert any("2 lanes" in row for row in drawn)
        screen = app.screen
        assert isinstance(screen, LogScreen)
        screen.view.entries.begun = False  # as when it is pressed with the first lines
        await pilot.press("y")  # the entry of the last line: the parent's stands between
        await shown("Copied 2 lines")
        assert clipboard == [f"{at} ERROR the child's\n{at}     at run (/app/main.js:1:1)"]
        await pilot.press("enter")
        await shown("ERROR lines 2–4 · 2 lines")
        await pilot.press("J")
        await shown("ERROR line 3")
        await pilot.press("K")
        await shown("ERROR lines 2–4 · 2 lines")
        await pilot.press("K")
        await shown("INFO line 1")
        await pilot.press("escape")
        await shown("1 of 4")
        await pilot.press("G", "E")
        await shown("▌E06:00:00.000 ERROR the parent's")
        await pilot.press("E")
        await shown("▌E06:00:00.000 apify.web·0001 ERROR the child's")
        await pilot.press("ctrl+p", *"list of lanes", "enter")
        drawn = await shown("[x] apify.web ChildRun000000001 1 E")
        assert any("[x] parent.log 1 E" in row for row in drawn)
        assert any("Lanes · 2" in row for row in drawn)
        await pilot.press("down", "enter")
        drawn = await shown("1 of 2 lanes ×")
        assert any("[ ] parent.log" in row for row in drawn)
        assert any("at run" in row for row in drawn)
        assert not any("starts a child" in row for row in drawn)
        await pilot.press("space")  # the last one that is shown
        await shown("0 of 2 lanes ×")
        await pilot.press("up", "space", "escape", "X")
        await shown("include 1 of 2 lanes")
        await pilot.press("space")
        await shown("the child's")


async def test_the_list_of_lanes_has_a_log_without_a_line(tmp_path: Path) -> None:
    (tmp_path / "a.log").write_text("2026-11-20T06:00:01.000Z INFO  one\n")
    names = ("a.log", "b.log", "long-" * 30)
    for name in names[1:]:
        (tmp_path / name).touch()
    targets = [parse(str(tmp_path / name), api_url=API) for name in names]
    app = LogviewApp(Settings(API, "default"), combine(targets))
    async with app.run_test(size=(100, 24)) as pilot:

        async def shown(text: str) -> list[str]:
            for _ in range(2000):
                if any(text in " ".join(row.split()) for row in rows(app)):
                    return [" ".join(row.split()) for row in rows(app)]
                await asyncio.sleep(0.01)
            raise AssertionError(rows(app))

        await shown("INFO one")
        assert rows(app)[0].startswith("  3 files  a.log, b.log, long-long-")
        await shown("3 lanes")  # those without a line, too
        screen = app.screen
        assert isinstance(screen, LogScreen)
        failed = OfLane("b.log", Failed(Problem("gone")))
        screen.session.connection.update(failed, 0.0)
        await pilot.press("X")  # no filters: the lanes
        drawn = await shown("[x] b.log failed")
        assert any("[x] a.log live 1 line" in row for row in drawn)
        await pilot.press("down", "enter")
        await shown("that log has no line yet")


def test_the_banner_names_the_lane_that_is_lost_until_it_is_back() -> None:
    connection = Connection(OriginWords("several logs"))
    connection.update(Connected(), 0.0)
    gone, late = Problem("gone", "deleted", status=404), Problem("no answer")
    connection.update(OfLane("a", Failed(gone)), 1.0)
    connection.update(OfLane("b", Lost(late, 2, 5.0)), 2.0)
    assert connection.state == "live"
    assert connection.shown_problem == Problem("b: no answer")
    connection.update(OfLane("b", Connected()), 3.0)
    assert connection.shown_problem == Problem("a: gone", "deleted", status=404)
    connection.update(OfLane("a", Ended()), 4.0)
    assert connection.shown_problem is None
    assert list(connection.lane_words.items()) == [("b", "live"), ("a", "ended")]


def test_where_none_can_be_read_each_ones_reason_is_named() -> None:
    targets = tuple(JobTarget(f"Run{number}") for number in range(6))
    origin = make_origin(SeveralTarget(targets), Settings(API, "default"))
    session = LogSession(origin, LogDocument())
    for target in targets:
        problem = Problem(f"{target.id} is gone.", status=404)
        session.update(OfLane(f"runId:{target.id}", Failed(problem)), 1.0)
    session.update(Failed(Problem("None of the 6 logs could be read.")), 2.0)
    state = empty_state(session, 3.0, str, can_go_back=True)
    assert state is not None
    assert state.is_failure
    assert [text for text in state.details if text] == [
        "None of the 6 logs could be read.",
        *(f"runId:Run{number}: Run{number} is gone." for number in range(4)),
        "and 2 more",
    ]


@pytest.mark.parametrize(
    ("lane", "short"),
    [
        ("web-scraper runId:HG7ML7M8z78YcAPEB", "web-scrap·APEB"),
        ("x runId:HG7ML7M8z78YcAPEB", "x·APEB"),
        ("runId:HG7ML7M8z78YcAPEB", "ML7M8z78YcAPEB"),
        ("buildId:short", "short"),
        ("app.log", "app.log"),
        ("a-long-name-of-a-file.log 2", "a-long…e.log 2"),
    ],
)
def test_short_names_fit_the_column(lane: str, short: str) -> None:
    assert short_name(lane) == short
    assert len(short) <= CELLS


def test_a_name_that_is_no_ascii_stays_in_the_text() -> None:
    column = LaneColumn(LaneNames(is_merged=True))
    assert column.width("[žluť.log] -> x".encode()) == 0
    assert column.cell("[žluť.log] -> x".encode()).text.strip() == ""
    assert column.width(b"[a] -> [b] -> x") == 7
    assert [column.cell(b"[%c] -> x" % name).number for name in b"abca"] == [0, 1, 2, 0]
