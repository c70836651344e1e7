"""Several logs on the screen: one log with the lanes' prefixes, and each line copied as its own."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from logview.config.settings import Settings
from logview.opening import OriginWords
from logview.sources.events import Connected, Ended, Failed, Lost, OfLane, Problem
from logview.target import combine, parse
from logview.tui.app import LogviewApp
from logview.tui.connection import Connection
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

        lines = await shown("[b.log] -> 2026-11-20T06:00:02.000Z ERROR two")
        order = [row.split("INFO")[-1].split("ERROR")[-1].strip() for row in lines if "->" in row]
        assert order == ["zero", "one", "two"]
        assert any("2 files" in row for row in lines)
        await pilot.press("y")
        await shown("Copied 1 line")
        assert clipboard == ["2026-11-20T06:00:02.000Z ERROR two"]


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
