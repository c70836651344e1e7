"""Terminal tests: the command line, plain text and errors, as a person at a terminal meets them."""

from __future__ import annotations

import os
import re
import subprocess
from typing import TYPE_CHECKING

import pytest

from logview.demo.runs import FINISHED_ID, LIVE_ID
from tests.support.fault_server import JOB_ID, FaultServer
from tests.support.terminal import Terminal

if TYPE_CHECKING:
    from pathlib import Path

COLOUR = re.compile(rb"\x1b\[(?:[0-9;]*;)?(?:3[0-9]|4[0-9]|9[0-7]|10[0-7])[;m]")
NOT_SGR = re.compile(
    rb"\x1b(?!\[[0-9;]*m)|[\x00-\x08\x0b\x0c\x0e-\x1a\x1c-\x1f\x7f]|\xc2[\x80-\x9f]"
)
"""What no plain text may send to a terminal: any escape but colours, any control character."""

NASTY = (
    b"one \x1b]52;c;aGVsbG8=\x07two\x1b]0;title\x1b\\ \x1b[2J\x1b[31mred\n"
    b"\x9b31m \xc2\x9b2J \x1bP+q544e\x1b\\ \x07\x08bell \xe2\x80\xaetriw\n"
    b"\x1b[8mnever invisible\x1b[0m\n"
)


@pytest.fixture
def nasty(tmp_path: Path) -> Path:
    path = tmp_path / "nasty.log"
    path.write_bytes(NASTY)
    return path


def test_plain_text_on_a_terminal_goes_through_the_sanitizer(nasty: Path) -> None:
    with Terminal(["--plain", str(nasty)]) as terminal:
        assert terminal.exit_code() == 0
        assert not NOT_SGR.search(terminal.raw)
        assert terminal.screen[0] == "one two red"
        row, column = terminal.find("red")
        assert terminal.cell(row, column).fg == "red"
        assert terminal.cell(row + 1, 0).fg == "default"
        assert "never invisible" in terminal.text


def test_no_colour_when_none_is_asked_for(nasty: Path) -> None:
    with Terminal(["--plain", str(nasty)], env={"NO_COLOR": "1"}) as terminal:
        assert terminal.exit_code() == 0
        assert not COLOUR.search(terminal.raw)
        assert "red" in terminal.text


def test_a_run_has_its_colours_on_a_terminal() -> None:
    with Terminal(["--demo", "--plain"], rows=200) as terminal:
        assert terminal.exit_code() == 0
        assert COLOUR.search(terminal.raw)
        assert not NOT_SGR.search(terminal.raw)
    with Terminal(["--demo", "--plain", "--no-raw"], rows=200) as terminal:
        assert terminal.exit_code() == 0
        assert b"\x1b" not in terminal.raw


def test_a_dumb_terminal_gets_plain_text_and_is_reported(nasty: Path) -> None:
    with Terminal([str(nasty)], env={"TERM": "dumb"}) as terminal:
        assert terminal.exit_code() == 0
        assert b"\x1b" not in terminal.raw
        assert terminal.screen[0].startswith("logview: TERM is dumb")
        assert "one two red" in terminal.screen[1]


def test_a_dumb_terminal_has_no_screen_to_choose_from() -> None:
    with Terminal(env={"TERM": "dumb"}, cols=200) as terminal:
        assert terminal.exit_code() == 2
        assert "logview TARGET" in terminal.text


def test_nothing_piped_in_is_reported() -> None:
    with Terminal(["-"], cols=200) as terminal:
        assert terminal.exit_code() == 2
        assert "nothing is piped into it" in terminal.text


def test_the_result_of_a_run_needs_plain_text() -> None:
    with Terminal(["--exit-status", FINISHED_ID], cols=200) as terminal:
        assert terminal.exit_code() == 64
        assert "logview --plain --exit-status TARGET" in terminal.text


def test_without_a_keyboard_it_is_plain_text(nasty: Path) -> None:
    """A terminal to write on, but none to read keys from: a cron job with a terminal as output."""
    with Terminal([str(nasty)], stdin=subprocess.DEVNULL, controlling=False) as terminal:
        assert terminal.exit_code() == 0
        assert "no terminal to read keys from" in terminal.text
        assert "one two red" in terminal.text
    with Terminal(stdin=subprocess.DEVNULL, controlling=False) as terminal:
        assert terminal.exit_code() == 2


def test_interrupting_plain_text_is_quiet() -> None:
    with Terminal(["--demo", "--plain", LIVE_ID]) as terminal:
        terminal.wait_raw(b"\n").send("\x03")
        assert terminal.exit_code() == 130
        assert b"Traceback" not in terminal.raw
        assert b"logview:" not in terminal.raw
        assert terminal.mode() == (True, True)


def test_an_unfinished_line_is_shown_and_then_completed() -> None:
    with FaultServer(b"first\nhalf a li") as server:
        environ = {"APIFY_API_BASE_URL": server.base_url}
        with Terminal(["--plain", JOB_ID], env=environ) as terminal:
            terminal.wait_for("half a li")
            server.append(b"ne\nlast\n")
            terminal.wait_for("last")
            assert terminal.screen[:3] == ["first", "half a line", "last"]
            server.finish("SUCCEEDED")
            assert terminal.exit_code() == 0


def test_messages_do_not_stand_in_the_middle_of_a_line() -> None:
    with FaultServer(b"first\nhalf a li") as server:
        environ = {"APIFY_API_BASE_URL": server.base_url}
        with Terminal(["--plain", JOB_ID], env=environ, cols=200) as terminal:
            terminal.wait_for("half a li")
            server.cut("reset")
            terminal.wait_for("Trying again in")
            assert terminal.screen[1] == "half a li"
            assert terminal.screen[2].startswith("logview: ")


def test_saving_shows_how_far_it_is_and_then_what_was_saved(tmp_path: Path) -> None:
    with FaultServer(b"one\ntwo\nhalf") as server:
        environ = {"APIFY_API_BASE_URL": server.base_url}
        with Terminal([JOB_ID, "--output", "x.log"], env=environ, cwd=tmp_path) as terminal:
            terminal.wait_for("Saving: 2 lines, 12 B")
            server.cut("reset")
            terminal.wait_for("Trying again in")
            assert "Saving" not in terminal.text
            server.append(b" a line\n")
            server.finish()
            assert terminal.exit_code() == 0
            assert "Saving" not in terminal.text
            assert terminal.find("logview: Saved 3 lines (20 B) to x.log")[1] == 0
            assert not NOT_SGR.search(terminal.raw)
    assert (tmp_path / "x.log").read_bytes() == b"one\ntwo\nhalf a line\n"


def test_saving_can_be_interrupted(tmp_path: Path) -> None:
    with FaultServer(b"one\n") as server:
        environ = {"APIFY_API_BASE_URL": server.base_url}
        with Terminal([JOB_ID, "--output", "x.log"], env=environ, cwd=tmp_path) as terminal:
            terminal.wait_for("Saving: 1 line, 4 B").send("\x03")
            assert terminal.exit_code() == 130
            assert "interrupted: nothing was saved to x.log" in terminal.text
            assert "Saving" not in terminal.text
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--at", "25:00", "x"], "--at 25:00: not a moment"),
        (["--at", "2026-02-30T06:12", "x"], "not a moment"),
        (["--at=-5m", "x"], "--at -5m: not a moment"),
        (["--at", "yesterday", "x"], "not a moment"),
        (["--at", "", "x"], "not a moment"),
        (["--at", "06:12", "--demo"], "logview TARGET --at MOMENT"),
        (["--at", "06:12", "--plain", "x"], "--at is for the screen"),
    ],
)
def test_a_moment_that_is_none_is_reported(arguments: list[str], says: str) -> None:
    with Terminal(arguments, cols=200) as terminal:
        assert terminal.exit_code() == 2
        assert says in terminal.text


@pytest.mark.parametrize(
    "moment", ["2026-11-20T06:12:03.512Z", "2026-11-20T06:12:03Z", "2026-11-20 06:12", "6:12:03.5"]
)
def test_a_moment_opens_the_screen(moment: str) -> None:
    with Terminal(["--demo", "--no-redact", "--at", moment, FINISHED_ID]) as terminal:
        terminal.wait_for("SUCCEEDED").send("\x11")
        assert terminal.exit_code() == 0


def test_help_fits_the_terminal() -> None:
    with Terminal(["--help"], rows=80) as terminal:
        assert terminal.exit_code() == 0
        assert "--token-file PATH" in terminal.text


def test_keys_of_a_pipe_are_left_alone() -> None:
    """`some-command | logview - | cat`: nothing is read but the pipe."""
    reading, writing = os.pipe()
    output, taken = os.pipe()
    os.write(writing, b"one\n")
    os.close(writing)
    with Terminal(["-"], stdin=reading, stdout=taken) as terminal:
        os.close(taken)
        assert terminal.exit_code() == 0
    assert os.read(output, 100) == b"one\n"
    os.close(output)
    os.close(reading)
