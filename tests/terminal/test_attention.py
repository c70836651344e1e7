"""Attention in a real terminal: the title, and a notification at the end without the focus."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.support.fault_server import JOB_ID
from tests.support.terminal import Terminal
from tests.terminal.keys import CTRL_Q
from tests.terminal.test_leaving import assert_restored

if TYPE_CHECKING:
    from tests.support.fault_server import FaultServer

NOTIFIED = b"\x1b]99;i=logview:p=body;FAILED"


def test_a_run_that_is_not_there_leaves_the_title_to_what_is_opened_next() -> None:
    with Terminal(["--demo", "nobody/nothing"]) as terminal:
        terminal.wait_raw(b"\x1b]2;newest run of nobody/nothing").wait_for("neither an Actor")
        terminal.wait_raw(b"\x1b]2;logview\x1b").send("\x7fdemo/review-reader\r")
        terminal.wait_raw(b"\x1b]2;FAILED 31s")
        terminal.send(CTRL_Q)
        assert terminal.exit_code() == 0
        titles = terminal.raw.split(b"\x1b]2;")[1:]
        assert [b"nobody" in title.split(b"\x1b")[0] for title in titles].count(True) == 1


def test_the_title_is_set_and_restored_and_the_end_is_notified(faulty: FaultServer) -> None:
    faulty.append(b"2026-03-04T05:06:08.000Z ERROR \x1b]2;evil\x07secret words\n")
    address = ["--api-url", faulty.base_url]
    with Terminal([JOB_ID, *address], env={"TERM": "xterm-kitty"}) as terminal:
        terminal.wait_for("secret words").wait_raw(b"\x1b[22;0t\x1b]2;")
        terminal.wait_raw(b"1 error")
        assert b"\x1b]99" not in terminal.raw
        terminal.send("\x1b[O")  # the focus has gone
        faulty.finish("FAILED", exit_code=1)
        terminal.wait_raw(NOTIFIED)
        assert b"\x1b]2;FAILED" in terminal.raw
        for text in (b"\x1b]2;evil", b"99;i=logview:p=body;secret"):
            assert text not in terminal.raw
        terminal.send(CTRL_Q)
        assert terminal.exit_code() == 0
        assert terminal.raw.count(b"\x1b[22;0t") == terminal.raw.count(b"\x1b[23;0t") == 1
        assert terminal.raw.count(NOTIFIED) == 1
        assert_restored(terminal)
