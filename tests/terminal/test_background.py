"""Terminal tests: the theme follows the terminal's background, and its answers are no keys."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING

import pytest

from logview.tui.themes import DARK, LIGHT
from tests.support.terminal import Terminal
from tests.terminal.keys import CTRL_Q

if TYPE_CHECKING:
    from pathlib import Path

LISTED = "shop-price-crawler"
"""An Actor of the demo's runs."""

QUESTION = b"\x1b]11;?\x1b\\"
REPORTS_ON, REPORTS_OFF = b"\x1b[?2031h", b"\x1b[?2031l"
EMPTY = "type to narrow"
"""What stands in the input while nothing is typed."""


def ground(theme_background: str | None) -> bytes:
    """Return the code of a theme's background."""
    assert theme_background is not None
    red, green, blue = bytes.fromhex(theme_background[1:])
    return b"48;2;%d;%d;%d" % (red, green, blue)


DARK_GROUND, LIGHT_GROUND = ground(DARK.background), ground(LIGHT.background)


def home(tmp_path: Path) -> dict[str, str]:
    return {
        **os.environ,
        "XDG_STATE_HOME": str(tmp_path / "state"),
        "XDG_CONFIG_HOME": str(tmp_path / "config"),
    }


def test_the_theme_follows_the_background(tmp_path: Path) -> None:
    environ = home(tmp_path)
    with Terminal(["--demo"], env=environ, background="rgb:ffff/ffff/ffff") as terminal:
        terminal.wait_for(LISTED).wait_raw(LIGHT_GROUND)
        assert terminal.raw.count(QUESTION) == 1
        before = terminal.raw.count(DARK_GROUND)
        terminal.send("\x1b[?997;1n").wait_for(lambda t: t.raw.count(DARK_GROUND) > before)
        terminal.send("\x1b[?997;2n")
        terminal.wait_for(lambda t: t.raw.rfind(LIGHT_GROUND) > t.raw.rfind(DARK_GROUND))
        assert EMPTY in terminal.text, "nothing was typed"
        terminal.send(CTRL_Q)
        assert terminal.exit_code() == 0
        assert terminal.raw.rfind(REPORTS_OFF) > terminal.raw.rfind(REPORTS_ON)
    state = json.loads((tmp_path / "state" / "logview" / "state.json").read_text())
    assert state["theme"] is None, "none was chosen"
    # The next start begins with it, before any answer.
    with Terminal(["--demo"], env=environ, answers=False) as terminal:
        terminal.wait_for(LISTED).send(CTRL_Q)
        assert terminal.exit_code() == 0
        assert LIGHT_GROUND in terminal.raw
        assert DARK_GROUND not in terminal.raw


def test_a_theme_that_was_chosen_stays(tmp_path: Path) -> None:
    environ = home(tmp_path)
    folder = tmp_path / "config" / "logview"
    folder.mkdir(parents=True)
    (folder / "config.toml").write_text(f'theme = "{DARK.name}"\n')
    with Terminal(["--demo"], env=environ, background="rgb:ffff/ffff/ffff") as terminal:
        terminal.wait_for(LISTED).send("\x1b[?997;2n\x1b]11;rgb:ffff/ffff/ffff\x07none")
        terminal.wait_for("none").send(CTRL_Q)
        assert terminal.exit_code() == 0
        assert QUESTION not in terminal.raw
        assert REPORTS_ON not in terminal.raw
        assert LIGHT_GROUND not in terminal.raw


@pytest.mark.parametrize("named", [False, True], ids=["open", "log"])
def test_answers_at_any_time_are_no_keys(tmp_path: Path, named: bool) -> None:
    answers = (
        "\x1b]11;rgb:0000/0000/0000\x1b\\", "\x1b]10;rgb:ffff/ffff/ffff\x07", "\x1b[?62;22c",
        "\x1b[?997;1n", "\x1b]11;rgb:0/0/0\x07",
    )  # fmt: skip
    log = tmp_path / "a.log"
    log.write_text("a line\n")
    environ = home(tmp_path)
    args = [str(log)] if named else ["--demo"]
    with Terminal(args, env=environ, answers=False) as terminal:
        for moment in (b"\x1b[?1049h", QUESTION, b"\x1b[?2004h", b"48;2;"):
            terminal.wait_raw(moment)
            for answer in answers:
                terminal.send(answer)
        terminal.wait_for("a line" if named else LISTED).settle(0.3, 5)
        before = terminal.screen[:-2]  # below, the state ticks
        for answer in answers:  # in pieces, long after the question
            terminal.send(answer[:4]).settle(0.3, 0.3)
            terminal.send(answer[4:]).settle(0.3, 1)
        assert terminal.screen[:-2] == before if named else EMPTY in terminal.text
        terminal.send("\x1b]11;rgb:ffff/ffff/ffff\x07").settle(0.3, 5)
        assert LIGHT_GROUND not in terminal.raw, "no theme changes under a reader's eyes"
        terminal.send("/line" if named else "q").wait_for("/line" if named else " q")
        terminal.send(CTRL_Q)
        assert terminal.exit_code() == 0
