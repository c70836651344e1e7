"""Terminal tests: errors, levels, folds, times and entries, at a real terminal."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING

from logview.demo.runs import LIVE_ID, PYTHON_ID
from tests.support.terminal import Terminal
from tests.terminal.keys import CTRL_Q, ENTER, ESCAPE

if TYPE_CHECKING:
    from collections.abc import Callable

SGR = re.compile(rb"\x1b\[([0-9;:]*)m")
OF_COLOURS = {*range(30, 50), *range(90, 108)}


def demo(job_id: str = PYTHON_ID, **environ: str) -> Terminal:
    """The demo, hurried on."""
    env = {**os.environ, "LOGVIEW_DEMO_SPEED": "500", "TZ": "EET-2", **environ}
    return Terminal(["--demo", job_id], env=env)


def click(terminal: Terminal, row: int, column: int) -> None:
    """Press and let go of the left button, as xterm says it in its SGR mode (1006)."""
    at = f"{column + 1};{row + 1}"
    terminal.send(f"\x1b[<0;{at}M\x1b[<0;{at}m")


def ended(terminal: Terminal) -> Terminal:
    """Wait until the whole log is there and read."""
    return terminal.wait_for("ENDED").wait_for("1 E 3 W")


def cursor_row(terminal: Terminal) -> str:
    return next((row for row in terminal.screen if row.startswith("▌")), "")


def test_from_the_end_to_the_error_and_its_entry() -> None:
    with demo() as terminal:
        ended(terminal).send("E").wait_for(lambda t: "ERROR Actor failed" in cursor_row(t))
        terminal.send(ENTER).wait_for("ERROR  lines 56–72 · 17 lines").wait_for("since the start")
        terminal.wait_for("Traceback (most recent call last):")
        assert re.search(r"UTC \d{4}-\d\d-\d\d (\d\d:\d\d:\d\d\.\d{3}) · local ", terminal.text)
        terminal.send("G").wait_for("ValueError: invalid literal")
        terminal.send("K").wait_for("Read 30 of 44 pages").wait_for("line 55")
        terminal.send("B").wait_for("WARN  line").wait_for("ProxyError")
        terminal.send("q").wait_for("/ search")
        assert "WARN  Retrying request" in cursor_row(terminal)
        terminal.send("q")
        assert terminal.exit_code() == 0


def test_warnings_and_worse() -> None:
    with demo() as terminal:
        ended(terminal).send("L").wait_for("minimum level:").send("w")
        terminal.wait_for("minimum level: WARN").wait_gone("INFO  Reading")
        terminal.send("L").wait_for("minimum level:").send(ESCAPE).wait_gone("minimum level:")
        terminal.wait_for("≥ WARN")
        click(terminal, *terminal.find("≥ WARN"))
        terminal.wait_for("INFO  Reading").wait_for("73 of 73")
        terminal.send("x").wait_gone("INFO  Reading")


def test_a_fold_is_opened_with_the_mouse() -> None:
    with demo() as terminal:
        ended(terminal).wait_for("▸ 3 frames in crawlee")
        assert "in __call__" not in terminal.text
        click(terminal, *terminal.find("▸ 3 frames in crawlee"))
        terminal.wait_gone("▸").wait_for("await run_task")
        terminal.send("G").wait_for("return await self._default")


def test_a_click_on_the_timeline() -> None:
    with demo() as terminal:
        ended(terminal).wait_for(lambda t: re.search(r"\d\d:\d\d [▁▂▃▄▅▆▇]", t.screen[2]))
        click(terminal, 2, 8)
        terminal.wait_for(" 1 of 73")
        click(terminal, 2, terminal.screen[2].rindex(" ") - 1)
        terminal.wait_for(lambda t: "ERROR Actor failed" in t.text)


def test_the_forms_of_the_times() -> None:
    with demo() as terminal:
        ended(terminal).send("g").wait_for(" 1 of 73")
        text = terminal.wait_for("ACTOR: Pulling").text
        found = re.search(r"▌ (?P<hour>\d\d)(?P<rest>:\d\d:\d\d\.\d{3}) +ACTOR: Pull", text)
        assert found is not None
        hour, rest = int(found["hour"]), found["rest"]

        def has(expression: str) -> Callable[[Terminal], object]:
            # A column of lanes may come between times and text while the log is read.
            return lambda t: re.search(expression, t.text, re.MULTILINE)

        terminal.send("t").wait_for("times: clock, local")
        terminal.wait_for(has(rf"^▌ {(hour + 2) % 24:02}{rest} +ACTOR: Pull"))
        terminal.send("t").wait_for("times since the start")
        terminal.wait_for(has(r"^▌  0:00:00\.000 +ACTOR: Pull"))
        terminal.send("t").wait_for("times since the previous line")
        terminal.wait_for(has(r"^     \+0\.\d{3} +ACTOR: Creating"))
        terminal.send("t").wait_for("times in full").wait_for(has(rf"{rest}Z +ACTOR: Pull"))
        terminal.send("t").wait_for("no times").wait_for(has(r"^▌ +ACTOR: Pull"))
        terminal.send("t").wait_for("times: clock, UTC")
        terminal.wait_for(has(rf"^▌ {hour:02}{rest} +ACTOR: Pull"))


def test_new_errors_are_counted_in_the_pill() -> None:
    with demo(LIVE_ID, LOGVIEW_DEMO_SPEED="20") as terminal:
        terminal.wait_for("FOLLOW").wait_for(" of ").send("g").wait_for(" 1 of")
        terminal.wait_for(lambda t: re.search(r"▼ \d+ new \(\d+ errors?\)  G", t.text))
        terminal.wait_for("FAILED").send("G").wait_gone("▼")


def test_no_colour_where_none_is_asked_for() -> None:
    with demo(NO_COLOR="1") as terminal:
        ended(terminal).wait_for("1 E 3 W").send("E\r").wait_for("since the start")
        terminal.send("q").wait_for("56 of 73")
        terminal.send("g").wait_for(" 1 of 73").send("t#m").wait_for("▌• 1  ")
        terminal.send("/retry").wait_for("match 1 of 4").send(ESCAPE).wait_gone("match 1 of 4")
        terminal.send("?").wait_for("type to narrow").send(ESCAPE).wait_gone("type to narrow")
        terminal.send("L").wait_for("minimum level:")
        terminal.send("wX").wait_for("[x] minimum level  WARN").send(CTRL_Q)
        assert terminal.exit_code() == 0
        codes = {
            int(code)
            for found in SGR.findall(terminal.raw)
            for code in re.split(rb"[;:]", found)
            if code
        }
        assert codes & {1, 7}
        assert not codes & OF_COLOURS
