"""Copying the current line, and what the receipt says."""

from __future__ import annotations

import asyncio
import base64

import pytest

from logview.clipboard.tools import ClipboardError
from tests.tui.internals import capture_terminal
from tests.tui.scripted import numbered


async def fail(text: str, environ: object) -> None:
    raise ClipboardError("there is no clipboard here")


@pytest.mark.parametrize("key", ["y", "c"])
async def test_it_copies_the_current_line_and_reports_it(open_app, clipboard, key):
    async with open_app() as s:
        await s.lines(*numbered(1, 30))
        await s.press("k", key)
        await s.wait_for("Copied 1 line (7 B)")
        assert clipboard == ["line 29"]


async def test_it_copies_the_logs_own_text(open_app, clipboard):
    async with open_app() as s:
        await s.send("\x1b[31mred\x1b[0m\ttab \x07bell 宽\x1b]52;c;AAAA\x07 end\n")
        await s.press("#", "y")
        await s.wait_for("Copied 1 line")
        assert clipboard == ["red\ttab bell 宽 end"]


async def test_it_copies_the_whole_of_a_long_line(open_app, clipboard):
    async with open_app() as s:
        await s.lines("x" * 200_000)
        await s.press("l", "y")
        await s.wait_for("Copied 1 line (200.0 kB)")
        assert clipboard == ["x" * 200_000]


async def test_without_a_clipboard_the_terminal_is_asked(open_app, monkeypatch):
    monkeypatch.setattr("logview.clipboard.tools.set_clipboard", fail)
    async with open_app() as s:
        written = capture_terminal(s.app)
        await s.lines("one")
        await s.press("y")
        await s.wait_for("Sent 1 line to the terminal (OSC 52)")
        assert f"\x1b]52;c;{base64.b64encode(b'one').decode()}\x07" in written


async def test_a_clipboard_that_takes_its_time_is_reported(open_app, monkeypatch):
    answer = asyncio.Event()

    async def put(text, environ):
        await answer.wait()

    monkeypatch.setattr("logview.clipboard.tools.set_clipboard", put)
    monkeypatch.setattr("logview.tui.copying.PATIENCE", 0.02)
    async with open_app() as s:
        await s.lines("one")
        s.send_key("y")
        while "copying: the clipboard has not answered yet" not in s.words:
            await s.turn()
        answer.set()
        await s.wait_for("Copied 1 line")


async def test_over_ssh_the_terminal_is_asked_first(open_app, clipboard, monkeypatch):
    monkeypatch.setenv("SSH_TTY", "/dev/pts/9")
    async with open_app() as s:
        await s.lines("one")
        await s.press("y")
        await s.wait_for("Sent 1 line to the terminal (OSC 52)")
        assert clipboard == []


async def test_an_empty_log_has_nothing_to_copy(open_app, clipboard):
    async with open_app() as s:
        await s.press("y")
        assert "nothing to copy" in s.note
        assert clipboard == []


async def test_textuals_own_screenshot_is_refused(open_app, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    async with open_app() as s:
        s.app.action_screenshot()
        await s.settle()
        assert "takes no pictures" in s.note
        assert list(tmp_path.iterdir()) == []


async def test_textuals_own_copying_goes_the_same_way(open_app, clipboard):
    async with open_app() as s:
        await s.lines("one")
        s.app.copy_to_clipboard("by Textual\nitself")
        await s.wait_for("Copied 2 lines (17 B)")
        assert clipboard == ["by Textual\nitself"]


async def test_the_receipt_goes_by_itself(open_app, monkeypatch):
    monkeypatch.setattr("logview.tui.widgets.toast.NOTE_SECONDS", 0.01)
    async with open_app() as s:
        await s.lines("one")
        await s.press("y")
        await s.wait_for(" 1 of 1")
