"""Terminal tests: standard input on the screen."""

from __future__ import annotations

import sys

import pytest

from tests.support.terminal import Terminal

LOGVIEW = f"{sys.executable} -m logview"


@pytest.mark.parametrize(
    ("command", "shows"),
    [
        (f"printf 'one\\ntwo\\n' | {LOGVIEW}", "two"),
        (f"(printf 'one\\n'; sleep 600) | {LOGVIEW}", "one"),
        (f"true | {LOGVIEW} -", "log is empty"),
        (f"{LOGVIEW} - < /dev/null", "log is empty"),
        (f"{LOGVIEW} < /dev/null", "type to narrow"),
        (f"true | (sleep 0.2; {LOGVIEW})", "type to narrow"),
    ],
)
def test_what_opens(command: str, shows: str) -> None:
    with Terminal(program=["sh", "-c", command]) as terminal:
        terminal.wait_for(shows)
        terminal.send("\x11")  # ^Q
        terminal.wait_gone(shows)
