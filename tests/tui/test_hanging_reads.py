"""A file whose disk or share stops answering after it was opened: the screen goes on."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from logview.sources.events import Connected, Extended, Received
from logview.target import FileTarget
from tests.support.slow_files import HeldFile
from tests.tui.scripted import crawl

LINES = crawl(0, 20_000)
DATA = "".join(f"{line}\n" for line in LINES).encode()


@pytest.fixture
def file() -> HeldFile:
    return HeldFile(DATA)


def shown(s) -> list[str]:
    """What the rows show of the log's lines, without times."""
    return [text for text in s.texts if text]


async def held_at_the_end(s, file: HeldFile) -> None:
    """Open the file, with all of it read, and hold it."""
    await s.say(Connected(), Extended(file, 0, len(DATA)))
    await s.wait_for("of 20,000")
    await s.wait_for(lambda: s.log.view.entries.complete)
    file.hold()


async def test_keys_are_answered_and_all_is_right_once_the_file_answers(open_app, file, tmp_path):
    async with open_app(FileTarget(tmp_path / "big", 0)) as s:
        await held_at_the_end(s, file)
        await s.press(*":9000", "enter")
        assert "reading…" in s.text
        first = s.log.document.first_line
        assert s.log.pane.viewport.cursor == first + 8999
        await s.press("j", "j", "w", "w", "ctrl+d", "ctrl+u")
        assert s.log.pane.viewport.cursor == first + 9001
        await s.press("question_mark")
        assert "type to narrow" in s.text
        await s.press("escape")
        file.release()
        await s.wait_for(lambda: "reading…" not in s.text)
        row = s.cursor_row.removeprefix("▌ ").rstrip("›")
        assert row in LINES[9001][11:].replace("Z ", " ", 1)
        assert "9,002 of 20,000" in s.status


async def test_what_was_asked_for_is_done_once_the_file_answers(
    open_app, file, tmp_path, clipboard
):
    async with open_app(FileTarget(tmp_path / "big", 0)) as s:
        await held_at_the_end(s, file)
        await s.press(*"/page 775 t", "enter")
        assert "no match" not in s.text
        file.release()
        await s.wait_for("match 1 of 1")
        assert "page 775 timed out" in s.cursor_row

        file.hold()
        await s.press("escape", *":12345", "enter")
        s.send_key("y")
        while "copying: the file has not answered yet" not in s.note:
            await s.turn()
        assert not clipboard
        file.release()
        await s.wait_for(lambda: clipboard)
        assert clipboard == [LINES[12344]]

        file.hold()
        await s.press(*"&page 475 t", "enter")
        assert "No line matches" not in s.words
        file.release()
        await s.wait_for("1 of 1 ")

        await s.press("x")
        file.hold()
        await s.press(*":9000", "enter", "enter")  # the entry of a line that is not there yet
        assert s.app.screen is s.log
        file.release()
        await s.wait_for(lambda: s.app.screen is not s.log)
        assert '"page": 8999' in s.text


async def test_a_digest_and_a_saved_file_are_whole(open_app, file, tmp_path):
    async with open_app(FileTarget(tmp_path / "big", 0)) as s:
        await held_at_the_end(s, file)
        s.send_key("D")
        while "Reading the log… 0%" not in s.words:
            await s.turn()
        file.release()
        await s.wait_for("page 19975 timed out")
        await s.press("escape")

        file.hold()
        await s.press("s", "ctrl+u")
        await s.paste(str(tmp_path / "saved.log"))
        s.send_key("enter")
        while "saving: the file has not answered yet" not in s.note:
            await s.turn()
        file.release()
        await s.wait_for("Saved 20,000 lines")
        assert (tmp_path / "saved.log").read_bytes() == DATA


async def test_lines_that_come_meanwhile_are_below_those_of_the_file(open_app, file, tmp_path):
    async with open_app(FileTarget(tmp_path / "big", 0)) as s:
        file.hold()
        s.source.say(Connected(), Extended(file, 0, len(DATA)), Received(b"the newest\n"))
        for _ in range(20):
            await s.turn()
        assert not s.log.document.line_count
        s.log.update_words()
        while "Reading the file… It has not answered yet." not in s.words:
            await s.turn()
        file.release()
        await s.wait_for("of 20,001")
        assert shown(s)[-1].strip() == "the newest"


async def test_a_file_that_is_typed_holds_nobody(open_app, tmp_path, monkeypatch):
    (tmp_path / "slow.log").write_bytes(b"one\n")
    answers, stat = threading.Event(), Path.stat

    def slow_stat(path, **options):
        if path.name == "slow.log":
            answers.wait()
        return stat(path, **options)

    monkeypatch.setattr(Path, "stat", slow_stat)
    async with open_app(None) as s:
        try:
            await s.paste(f"{tmp_path}/slow.log")
            assert "Looking for that file" in s.words
            await s.press("enter", "backspace", "g")
            assert s.app.screen is s.app.screen_stack[0]
        finally:
            answers.set()
        await s.wait_for("file, 4 B")
        await s.press("enter")
        await s.wait_for(lambda: s.sources)


async def test_q_leaves_while_the_file_hangs(open_app, file, tmp_path):
    async with open_app(FileTarget(tmp_path / "big", 0)) as s:
        await held_at_the_end(s, file)
        await s.press("g", "e", "p")
        await s.press("escape")
        await s.press("q")
        assert s.app.return_code == 0
