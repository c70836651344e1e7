"""Terminal tests: with fewer colours only those of the palette are sent, but for the log's own."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING

import pytest

from logview.tui.palettes import HAND_MADE, ColorDepth
from logview.tui.themes import DARK, LIGHT
from tests.support.fault_server import JOB_ID, Fault, FaultServer
from tests.support.terminal import Terminal
from tests.terminal.keys import CTRL_Q, ENTER, ESCAPE

if TYPE_CHECKING:
    from pathlib import Path

SGR = re.compile(rb"\x1b\[([0-9;]*)m")
INDEX = re.compile(r"(?:^|;)(?:[34]8;5;(\d+)|(3[0-7]|9[0-7])|(4[0-7]|10[0-7]))(?=;|$)")
LOGGED = 199, 82
"""What the log sets, which no palette has."""


def sent(raw: bytes) -> set[int]:
    """The numbers of the colours that were sent; a colour of 24 bits is an error."""
    numbers = set()
    for found in SGR.findall(raw):
        assert b";2;" not in found, found
        for of_256, front, back in INDEX.findall(found.decode()):
            code = int(front or back or 0)
            numbers.add(int(of_256) if of_256 else code % 10 + (8 if code >= 90 else 0))
    return numbers


@pytest.mark.parametrize(
    ("term", "theme", "depth"),
    [
        ("xterm-256color", DARK.name, "256"),
        ("xterm-256color", LIGHT.name, "256"),
        ("linux", DARK.name, "16"),
    ],
)
def test_no_colour_is_sent_but_those_of_the_palette(
    term: str, theme: str, depth: ColorDepth, faulty: FaultServer, tmp_path: Path
) -> None:
    log = tmp_path / "coloured.log"
    log.write_text(
        "".join(
            f"2026-11-20T06:00:{n % 60:02}.000Z {level} number {n}\n"
            for n, level in enumerate(["INFO ", "WARN ", "ERROR", "DEBUG"] * 30)
        )
        + "2026-11-20T06:01:00.000Z \x1b[38;5;199mpink\x1b[0m \x1b[48;5;82mground\x1b[0m\n"
    )
    folder = tmp_path / "config" / "logview"
    folder.mkdir(parents=True)
    (folder / "config.toml").write_text(f'theme = "{theme}"\n')
    refusal = Fault.error(401, "token-not-valid", "Wrong token.")
    faulty.routes = {"/v2/actor-runs": refusal, "/v2/actor-builds": refusal}
    environ = {
        **os.environ,
        "APIFY_API_BASE_URL": faulty.base_url,
        "APIFY_TOKEN": "apify_api_0123456789",
        "XDG_CONFIG_HOME": str(folder.parent),
        "TERM": term,
        "COLORTERM": "",
    }
    with Terminal([], env=environ) as terminal:
        terminal.wait_for("Wrong token.").send(f"{log}{ENTER}").wait_for("pink")
        # Search, help, palette, the list of filters, levels, an entry, a selection.
        for keys in ("/number 7\r", "?", ESCAPE, "\x10", ESCAPE, "&number\r", "X", ESCAPE, "L"):
            terminal.send(keys).settle(0.2, 5)
        terminal.send(ESCAPE + "k" + ENTER).settle(0.2, 5)
        terminal.send(ESCAPE + "vk").settle(0.2, 5)
        terminal.send(CTRL_Q)
        assert terminal.exit_code() == 0
        numbers = sent(terminal.raw)
    palette = HAND_MADE[theme, depth]
    allowed = {*palette.grounds.values(), *palette.texts.values()}
    if depth == "256":
        assert numbers >= set(LOGGED), "the log's own colours stay"
        allowed |= set(LOGGED)
    else:
        allowed |= {10, 13}  # what is nearest to the log's own
    assert numbers <= allowed
    assert numbers >= {palette.grounds[name] for name in ("background", "surface", "cursor-line")}


def test_a_banner_of_256_colours(faulty: FaultServer) -> None:
    faulty.set_job(status="RUNNING")
    environ = {**os.environ, "APIFY_API_BASE_URL": faulty.base_url, "COLORTERM": ""}
    with Terminal([JOB_ID], env=environ) as terminal:
        terminal.wait_for("three")
        faulty.default = Fault.error(403, "insufficient-permissions", "Not yours.")
        faulty.cut("reset")
        terminal.wait_for("Not yours.").send("q")
        assert terminal.exit_code() == 0
        palette = HAND_MADE[DARK.name, "256"]
        numbers = sent(terminal.raw)
        assert palette.grounds["banner"] in numbers
        assert numbers <= {*palette.grounds.values(), *palette.texts.values()}
