"""Runs in a real terminal: the preview beside the list, details, and several opened as one log."""

from __future__ import annotations

import os

from logview.demo.runs import FINISHED_ID
from tests.support.terminal import Terminal
from tests.terminal.keys import DOWN, ENTER, ESCAPE, LISTED


def test_a_run_is_previewed_described_and_opened_with_another() -> None:
    environ = {**os.environ, "LOGVIEW_DEMO_SPEED": "200"}
    with Terminal(["--demo"], rows=36, cols=160, env=environ) as terminal:
        terminal.wait_for(LISTED)
        terminal.send(DOWN).wait_for("r reload")
        row, _ = terminal.find(FINISHED_ID)
        first, _ = terminal.find("Status")
        terminal.send(DOWN * (row - first - 1)).wait_for(f"Last lines of {FINISHED_ID}")
        terminal.wait_for("180 requests")  # of its log
        terminal.send("d").wait_for("Key-values").wait_for("h run before")
        terminal.send(ESCAPE).wait_for(LISTED)
        terminal.send("  ").wait_for("2 marked").send(ENTER)
        terminal.wait_for("2 lanes").wait_for(FINISHED_ID[-4:])
        terminal.send("q").wait_for(LISTED)
        terminal.send("q")
        assert terminal.exit_code() == 0
        assert terminal.raw.count(b"\x1b[22;0t") == terminal.raw.count(b"\x1b[23;0t") == 1
