"""The digest: what it says of a log, and that each statement leads to its line."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from logview.log.patterns.tally import LogTally
from logview.sources import events
from logview.target import FileTarget
from logview.tui.screens.digest import DigestScreen
from tests.tui import scripted

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from typing import Any

STACK = (
    "2026-11-20T06:00:09.000Z ERROR CheerioCrawler: Request failed and reached maximum retries. "
    "Error: Request blocked - received 403 status code.",
    "2026-11-20T06:00:09.000Z     at throwOnBlocked (/app/node_modules/@crawlee/http/http.js:5:9)",
    '2026-11-20T06:00:09.001Z     at run (/app/src/main.js:12:3) {"id":"r1",'
    '"url":"https://shop.example/p/7","method":"GET","uniqueKey":"https://shop.example/p/7"}',
)


def good_lines(pages: int) -> list[str]:
    """Lines of a run that went well."""
    rows = [f"INFO  CheerioCrawler: Page {number} done" for number in range(pages)]
    rows.append("INFO  CheerioCrawler: All results stored")
    return [f"2026-11-20T06:00:0{n % 10}.000Z {row}" for n, row in enumerate(rows)]


@pytest.fixture
def good_run(tmp_path: Path) -> FileTarget:
    """The log of a good run, as a file."""
    path = tmp_path / "good.log"
    path.write_text("\n".join(good_lines(30)) + "\n")
    return FileTarget(path, path.stat().st_size)


async def test_it_says_why_a_run_failed(
    open_app: Callable[..., Any], good_run: FileTarget, clipboard: list[str]
) -> None:
    failed = scripted.job("FAILED", message="Request blocked", exit_code=91, seconds=12)
    async with open_app(against=[good_run], size=(180, 40)) as session:
        await session.say(events.Connected(), events.JobChanged(scripted.job()))
        await session.lines(*good_lines(12)[:-1], *STACK)
        await session.say(events.Ended(failed))
        await session.settle()
        # Whoever saw it fail is told where the reason is.
        assert "D" in session.text
        assert "why" in session.words
        await session.press("D")
        await session.wait_for("Probable cause")
        await session.wait_for("Missing")
        words = session.words
        assert "✗ FAILED" in words
        assert "exit code 91" in words
        assert "Request blocked" in words
        assert "line 13 · the first error that the good runs do not have" in words
        assert "throwOnBlocked" in words
        assert "against 1 good run: " in words
        assert "good.log" in words
        assert "All results stored" in words  # missing
        assert "https://shop.example/p/7" in words

        await session.press("u")
        await session.wait_for(lambda: clipboard)
        assert clipboard[-1] == "https://shop.example/p/7"
        await session.press("y")
        await session.wait_for(lambda: len(clipboard) == 2)
        assert "Probable cause, line 13" in clipboard[-1]
        await session.press("Y")
        await session.wait_for(lambda: len(clipboard) == 3)
        assert clipboard[-1].startswith("**")
        assert "```text" in clipboard[-1]

        # Keys of the rows; Enter leads to the line, and closes.
        await session.press("G", "g", "j", "k")
        await session.press("enter")
        assert "Probable cause" not in session.text
        assert "Request failed and reached maximum" in session.cursor_row


async def test_a_long_stack_shows_its_own_frames(open_app: Callable[..., Any]) -> None:
    stamp = "2026-11-20T06:00:09.000Z"
    library = [f"    at step{n} (/app/node_modules/@crawlee/core/a.js:{n}:1)" for n in range(1, 20)]
    own = "    at parse (/app/src/parse.js:12:3)"
    reason = "  [cause]: TypeError: price is undefined"
    stack = ["ERROR Reading failed", *library, own, *library, reason]
    async with open_app(against=[], size=(120, 40)) as session:
        await session.say(events.Connected(), events.JobChanged(scripted.job()))
        await session.lines(*[f"{stamp} {line}" for line in stack])
        await session.press("D")
        await session.wait_for("Probable cause")
        words = session.words
        folded = "▸ 19 frames in @crawlee/core"
        assert f"ERROR Reading failed {folded} {own.strip()} {folded} {reason.strip()}" in words


async def test_a_filter_that_hides_the_line_is_taken_off(
    open_app: Callable[..., Any], good_run: FileTarget
) -> None:
    async with open_app(against=[good_run]) as session:
        await session.say(events.Connected(), events.JobChanged(scripted.job()))
        await session.lines(*good_lines(12)[:-1], *STACK)
        await session.press("ampersand")
        await session.type("done")
        await session.press("enter", "D")
        await session.wait_for("Probable cause")
        await session.wait_for("The log goes on")
        await session.press("enter")
        assert "Request failed and reached maximum" in session.cursor_row


async def test_esc_goes_back_to_where_one_was(open_app: Callable[..., Any]) -> None:
    async with open_app() as session:
        await session.say(events.Connected())
        await session.press("D")
        assert "no digest" in session.words
        await session.lines(*scripted.crawl(1, 100))
        await session.say(events.Ended(scripted.job("SUCCEEDED", seconds=10)))
        await session.press("g", "j", "j")
        before = session.log_rows
        await session.press("D")
        await session.wait_for("Errors and warnings")
        assert "Not compared" in session.words
        await session.press("escape")
        assert session.log_rows == before


async def test_new_entries_are_marked_counted_and_gone_to(
    open_app: Callable[..., Any], good_run: FileTarget
) -> None:
    failed = scripted.job("FAILED", message="Request blocked", exit_code=91, seconds=12)
    async with open_app(against=[good_run], size=(100, 30)) as session:
        await session.say(events.Connected(), events.JobChanged(scripted.job()))
        await session.lines(*good_lines(20)[:-1], *STACK, *good_lines(20)[:-1])
        await session.wait_for("1 new")
        (row,) = [row for row in session.log_rows if row[1:2] == "+"]
        assert "Request failed and reached" in row
        await session.press("g", "a")
        assert "Request failed and reached" in session.cursor_row
        await session.press("A")
        assert "wrapped to the last new entry" in session.words
        assert "Request failed and reached" in session.cursor_row

        # What comes later is compared, too; what good runs have is not new.
        await session.lines("2026-11-20T06:00:10.000Z WARN  Memory is critically overloaded")
        await session.lines(*good_lines(10)[:-1])
        await session.clock.advance(5)
        await session.wait_for("2 new")
        await session.press("a")
        assert "Memory is critically overloaded" in session.cursor_row
        await session.say(events.Ended(failed))
        await session.wait_for("FAILED: D says why")


async def test_without_a_baseline_it_is_said_that_there_is_none(
    open_app: Callable[..., Any],
) -> None:
    async with open_app() as session:
        await session.say(events.Connected(), events.JobChanged(scripted.job()))
        await session.lines(*scripted.crawl(1, 100))
        await session.press("a")
        assert "nothing to compare with" in session.words


async def test_closing_it_while_it_is_made(open_app: Callable[..., Any]) -> None:
    async with open_app(size=(80, 24)) as session:
        await session.lines(*good_lines(12), *STACK)
        await session.settle()
        await session.press("D")
        await session.wait_for("Probable cause")
        screen = session.app.screen
        assert isinstance(screen, DigestScreen)
        digest = screen._digest
        assert digest is not None
        await session.press("escape")
        await session.wait_for(lambda: session.app.screen is not screen)
        await session.settle()
        # What was on its way comes when nothing is there any more.
        screen.show_progress("Reading the log… 50%")
        screen.note("copied")
        screen.show_digest(digest)
        await session.press("D")
        await session.wait_for("Probable cause")


async def test_the_cause_is_read_to_its_end_on_a_narrow_screen(
    open_app: Callable[..., Any],
) -> None:
    async with open_app(against=[], size=(60, 24)) as session:
        words = "the file .actor/input_schema.json names a property that does not exist: " * 2
        await session.lines(f"2026-11-20T06:00:00.000Z ERROR {words}end of it")
        await session.press("D")
        await session.wait_for("Probable cause")
        assert "end of it" in session.words


async def test_news_of_a_file_go_on_with_it_and_begin_anew_when_it_is_rewritten(
    open_app: Callable[..., Any], good_run: FileTarget
) -> None:
    class File:
        data = "".join(f"{line}\n" for line in [*good_lines(500)[:-1], *STACK]).encode()

        def read(self, start: int, length: int) -> bytes:
            return self.data[start : start + length]

        def stamp(self) -> None:
            return None

    file = File()
    async with open_app(good_run, against=[good_run], size=(100, 30)) as session:
        await session.say(events.Connected(), events.Extended(file, 0, len(file.data)))
        await session.wait_for("1 new")
        await session.lines("2026-11-20T06:00:10.000Z WARN  Memory is critically overloaded")
        await session.clock.advance(600)
        await session.wait_for("2 new")
        file.data = b""
        await session.say(events.Gap("The file was rewritten.", "truncated"))
        await session.lines(*good_lines(10)[:-1], *STACK)
        await session.clock.advance(600)
        await session.wait_for("2 new")
        await session.press("D")
        await session.wait_for("Probable cause")
        assert "line 12 · the first error that the good runs do not have" in session.words
        await session.press("enter")
        assert "Request failed and reached" in session.cursor_row


async def test_the_log_is_read_once_for_digest_and_news(
    open_app: Callable[..., Any], good_run: FileTarget, monkeypatch: pytest.MonkeyPatch
) -> None:
    fed: list[int] = []
    feed = LogTally.feed_data

    def counted(self: LogTally, data: bytes) -> None:
        fed.append(len(data))
        feed(self, data)

    lines = [*good_lines(3000)[:-1], *STACK]
    async with open_app(against=[good_run]) as session:
        await session.say(events.Connected())
        await session.lines(*lines)
        await session.say(events.Ended(scripted.job("FAILED", seconds=10)))
        await session.wait_for("1 new")
        monkeypatch.setattr(LogTally, "feed_data", counted)
        await session.press("D")
        await session.wait_for("Probable cause")
        assert fed == []
