"""The patterns: the log by what its entries have in common, and the ways from there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from logview.sources import events
from logview.tui.screens.patterns import PatternsScreen
from tests.tui import scripted

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any


async def test_from_a_pattern_to_its_entries(open_app: Callable[..., Any]) -> None:
    async with open_app(size=(100, 30)) as session:
        await session.say(events.Connected())
        await session.press("p")
        assert "no patterns" in session.words
        await session.lines(*scripted.crawl(1, 200))
        await session.say(events.Ended(scripted.job("SUCCEEDED", seconds=10)))
        await session.press("p")
        await session.wait_for("3 patterns of 200 entries")
        # The worst first, with their counts.
        rows = [row for row in session.rows if "CheerioCrawler" in row]
        assert [row.split()[:2] for row in rows] == [
            ["ERROR", "8"],
            ["WARN", "16"],
            ["INFO", "176"],
        ]
        await session.press("s")
        rows = [row for row in session.rows if "CheerioCrawler" in row]
        assert [row.split()[1] for row in rows] == ["176", "16", "8"]

        # Narrowed by typing; esc takes that back first.
        await session.press("slash")
        await session.type("retrying")
        assert "1 pattern of 3" in session.words
        await session.press("enter", "enter")
        assert "Retrying page 10:" in session.cursor_row
        assert "1 of 16 entries" in session.words
        await session.press("n")
        assert "Retrying page 20:" in session.cursor_row
        await session.press("N", "N")
        assert "Retrying page 190:" in session.cursor_row

        # Only its entries, then all but them.
        await session.press("p")
        await session.wait_for("3 patterns")
        await session.press("plus")
        await session.wait_for("of 8 ")
        assert all("ERROR" in row for row in session.log_rows if "Crawler" in row)
        await session.press("p")
        await session.wait_for("1 pattern of 8 entries that the filters show")
        await session.press("minus")
        await session.wait_for("of 192")
        assert not [row for row in session.log_rows if "ERROR" in row]
        # The list of filters has it, and can take it off.
        await session.press("X")
        assert "exclude  pattern: " in session.text
        await session.press("d", "escape")
        await session.wait_for("of 200")


async def test_it_goes_on_with_the_log(open_app: Callable[..., Any]) -> None:
    async with open_app(size=(60, 24)) as session:
        await session.say(events.Connected(), events.JobChanged(scripted.job()))
        await session.lines(*scripted.crawl(1, 50))
        await session.press("p")
        await session.wait_for("of 50 entries")
        await session.press("j")
        await session.lines(*scripted.crawl(51, 50))
        await session.wait_for("of 100 entries")
        # Another search takes n back.
        await session.press("enter", "slash")
        await session.type("page 75")
        await session.press("enter", "n")
        assert "page 75" in session.cursor_row


async def test_the_chosen_pattern_is_read_in_full(open_app: Callable[..., Any]) -> None:
    async with open_app(size=(80, 24)) as session:
        await session.lines(*scripted.crawl(1, 40))
        await session.press("p")
        await session.wait_for("3 patterns of 40 entries")
        cut = next(row for row in session.rows if " INFO " in row).rstrip()
        await session.press("G")
        whole = session.rows[-3].strip()
        assert whole.startswith("INFO ")
        assert len(whole) > len(cut.partition("CheerioCrawler")[2])
        assert "█" not in session.text, "bars of neighbouring rows do not touch"


async def test_rows_that_come_once_it_was_closed(open_app: Callable[..., Any]) -> None:
    async with open_app(size=(80, 24)) as session:
        await session.lines(*(f"2026-11-20T06:00:0{n}.000Z INFO  Page {n} done" for n in range(9)))
        await session.settle()
        await session.press("p")
        await session.wait_for("Page # done")
        screen = session.app.screen
        assert isinstance(screen, PatternsScreen)
        await session.press("escape")
        await session.wait_for(lambda: session.app.screen is not screen)
        await session.settle()
        screen.show_rows([], about="", compared="")
        await session.press("p")
        await session.wait_for("Page # done")
