"""Terminal tests: every byte that the screen sends, colours and what comes from outside."""

from __future__ import annotations

import json
import os
import re
from typing import TYPE_CHECKING

from tests.support.fault_server import JOB_ID, Fault, FaultServer
from tests.support.terminal import Terminal
from tests.terminal.keys import CTRL_Q, CTRL_R, ENTER, ESCAPE, LISTED

if TYPE_CHECKING:
    from pathlib import Path

WRITTEN_BY_TEXTUAL = re.compile(
    r"\x1b\[[0-9;]*[mH]"  # colours and attributes, cursor position
    r"|\x1b\[\?[0-9]+[hl]"  # modes
    r"|\x1b\[\?[0-9]+\$p"  # is there synchronized output, are sizes reported?
    r"|\x1b\[[<>][0-9]*u"  # kitty's keys, on and off
    r"|\x1b\[J|\x1b\[2J"  # clearing the screen
    r"|\x1b\]22;[a-z-]*\x07"  # shape of the mouse pointer
    r"|\x1b\[2[23];0t"  # keeping and restoring the window's title
    r"|\x1b\]2;[^\x00-\x1f\x7f-\x9f]{1,220}\x1b\\"  # a title
    r"|\x1b\]11;\?\x1b\\\x1b\[c"  # what is the background? and a question that all answer
)
"""All that reaches the terminal beside text."""

SGR = re.compile(rb"\x1b\[([0-9;:]*)m")


def other_controls(raw: bytes) -> set[str]:
    """Escape sequences and control characters that are not Textual's own."""
    rest = WRITTEN_BY_TEXTUAL.sub("", raw.decode("utf-8"))
    escapes = set(re.findall(r"\x1b.{0,12}", rest))
    controls = {char for char in rest if ord(char) < 32 or 0x7F <= ord(char) < 0xA0}
    return (escapes | controls) - {"\r", "\n", "\x1b"}


def colours(raw: bytes) -> set[int]:
    """The codes in all SGR sequences that set a colour, those of 256 and 24 bits included."""
    codes = {int(code) for found in SGR.findall(raw) for code in re.split(rb"[;:]", found) if code}
    return {code for code in codes if 30 <= code <= 49 or 90 <= code <= 107}


def attributes(raw: bytes) -> set[int]:
    """The codes that stand alone or lead in an SGR sequence."""
    return {int(code) for found in SGR.findall(raw) for code in found.split(b";") if code}


def remote(server: FaultServer, **environ: str) -> dict[str, str]:
    return {**os.environ, "APIFY_API_BASE_URL": server.base_url, **environ}


# Colours


def test_colours_are_there_unless_they_are_not_asked_for(lines: Path) -> None:
    with Terminal([str(lines)]) as terminal:
        terminal.wait_for(" 500 of 500").send("q")
        terminal.exit_code()
        assert colours(terminal.raw) >= {38, 48}


def test_no_color_sends_no_colour_at_all(tmp_path: Path) -> None:
    path = tmp_path / "coloured.log"
    path.write_bytes(
        b"".join(
            b"\x1b[%dmcolour\x1b[0m \x1b[38;5;%dm256\x1b[0m needle\n" % (n, n) for n in range(110)
        )
        + b"\x1b[38;2;1;2;3;48:2::4:5:6mtrue\x1b[0m \x1b[1mbold\x1b[0m \x1b[4mline\x1b[0m\n"
    )
    environ = {**os.environ, "NO_COLOR": "1"}
    with Terminal([str(path)], env=environ) as terminal:
        terminal.wait_for("true bold line")
        terminal.send("kk").wait_for("PAUSED")
        terminal.send("/needle").wait_for("of 110")
        terminal.send(CTRL_R + ENTER + "nN#w").wait_for("109")
        terminal.send("&!256" + ENTER).wait_gone("needle")
        terminal.send("X").wait_for("space toggle")
        terminal.send(ESCAPE).wait_for("/ search")
        terminal.send("x?").wait_for("type to narrow")
        terminal.send(ESCAPE).wait_gone("type to narrow")
        terminal.send("\x10").wait_for("Next match").send(ESCAPE).wait_gone("Next match")
        terminal.resize(30, 100)
        terminal.send("G").wait_for("needle").send("q")
        assert terminal.exit_code() == 0
        assert colours(terminal.raw) == set()
        assert attributes(terminal.raw) >= {1, 4, 7}, "bold, underline and reverse stay"


def test_no_color_on_the_open_screen_and_a_banner(faulty: FaultServer) -> None:
    refusal = Fault.error(401, "token-not-valid", "Wrong token.")
    faulty.routes = {"/v2/actor-runs": refusal, "/v2/actor-builds": refusal}
    environ = remote(faulty, NO_COLOR="1", APIFY_TOKEN="apify_api_0123456789")
    with Terminal([], env=environ) as terminal:
        terminal.wait_for("Wrong token.")
        terminal.send("no such.log").wait_for("no such file")
        terminal.send(CTRL_Q)
        assert terminal.exit_code() == 0
        assert colours(terminal.raw) == set()
        assert b"0123456789" not in terminal.raw


# What is hostile

HOSTILE = [
    b"\x1b]52;c;aGVsbG8=\x07clipboard",
    b"\x1b]0;title\x07\x1b]2;title\x1b\\window",
    b"\x1b[2J\x1b[3J\x1b[Hcleared",
    b"\x1bcreset \x1b(0drawing\x1b(B",
    b"\x1b[?1049l\x1b[?25h\x1b[?1000lmodes",
    b"\x1b[5;5r\x1b[6n\x1b[c\x1b[21tasking",
    b"\x1bP+q544e\x1b\\dcs \x1b_apc\x1b\\ \x1b^pm\x1b\\ \x1bXsos\x1b\\",
    b"\xc2\x9b31m\xc2\x9d0;c1\xc2\x9c c1",
    b"\x9b2J\x9d0;bare\x9c bare c1",
    b"\x1b]8;;http://example.com\x1b\\link\x1b]8;;\x1b\\",
    b"\x07\x08\x0b\x0c\x0e\x0f\x00\x7f bells",
    b"over\rwritten and \xe2\x80\xaeturned\xe2\x80\xac",
    b"\x1b[8mhidden\x1b[0m \xff\xfe\xc3 broken",
    b"\x1b]1337;File=inline=1:AAAA\x07image \x1b[unfinished",
    b"an escape at the end \x1b",
    b"\x1b]52;c;unterminated",
]


def test_nothing_in_a_log_reaches_the_terminal_but_text(tmp_path: Path) -> None:
    path = tmp_path / "hostile.log"
    path.write_bytes(b"".join(line + b"\n" for line in HOSTILE) + b"the end\n")
    with Terminal([str(path)], cols=60) as terminal:
        terminal.wait_for("the end")
        for text in ("clipboard", "window", "cleared", "asking", "c1", "hidden", "bells"):
            assert text in terminal.text
        terminal.send("/hidden").wait_for("match 1 of 1")
        terminal.send(ENTER + "w#w").wait_for("17  the end")
        terminal.send("&cleared" + ENTER).wait_gone("the end")
        terminal.send("lllhhx").wait_for("17  the end").send("q")
        assert terminal.exit_code() == 0
        assert other_controls(terminal.raw) == set()


def test_nothing_that_the_api_sends_reaches_the_terminal_but_text(faulty: FaultServer) -> None:
    hostile = "a\x1b]0;t\x07b\x1b[2Jc\x9b31md\x1b]52;c;QQ==\x07e [/red] f\u202eg"
    faulty.set_job(statusMessage=hostile, status="RUNNING", actId="FaultyActor000001")
    name = {"data": {"id": "FaultyActor000001", "name": hostile, "title": hostile}}
    for path in ("/v2/actors/FaultyActor000001", "/v2/acts/FaultyActor000001"):
        faulty.routes[path] = Fault.answer(
            200, json.dumps(name).encode(), Content_Type="application/json"
        )
    with Terminal([JOB_ID], env=remote(faulty), cols=160) as terminal:
        terminal.wait_for("three").wait_for("[/red]")
        faulty.default = Fault.error(403, "insufficient-permissions", hostile)
        faulty.cut("reset")
        terminal.wait_for("answered 403").send("q")
        assert terminal.exit_code() == 0
        assert other_controls(terminal.raw) == set()


def test_nothing_that_is_pasted_reaches_the_terminal_but_text() -> None:
    hostile = "\x1b[200~x\x1b]52;c;QUJD\x07y\x1b[2J\x9b31mz\x1b[201~"
    with Terminal(["--demo"]) as terminal:
        terminal.wait_for(LISTED)
        terminal.send(hostile).wait_for("QUJD")
        terminal.send(CTRL_Q)
        assert terminal.exit_code() == 0
        assert other_controls(terminal.raw) == set()


def test_a_token_is_never_on_the_screen(faulty: FaultServer) -> None:
    token = "apify_api_0123456789abcdefghij"
    faulty.default = Fault.error(401, "token-not-valid", f"The token {token} is not valid.")
    with Terminal([JOB_ID], env=remote(faulty, APIFY_TOKEN=token)) as terminal:
        terminal.wait_for("APIFY_TOKEN").wait_for("r retry")
        faulty.default = Fault.clean()
        terminal.send("r")
        terminal.wait_for("three").send("q")
        assert terminal.exit_code() == 0
        assert token.encode() not in terminal.raw
        assert b"0123456789" not in terminal.raw
