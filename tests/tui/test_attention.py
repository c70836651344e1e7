"""When a terminal calls: at the end or the first error, without the focus, by the settings."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from logview.config.settings import Settings
from logview.log.store.document import LogDocument
from logview.opening import make_origin
from logview.sources import events
from logview.target import JobTarget, SeveralTarget
from logview.tui.attention import Attention, LogState, share_in
from logview.tui.screens.log.session import LogSession
from tests.tui import scripted

if TYPE_CHECKING:
    from logview.config.settings import Notify

API = "https://api.apify.com"
RUNNING = LogState("my-scraper", "x", "RUNNING", 72.0, is_running=True)
FAILED = replace(
    RUNNING, status="FAILED", seconds=192.5, errors=7, is_running=False, has_ended=True
)


class Sent:
    """An `Attention`, what it wrote and which titles it set."""

    def __init__(self, notify: Notify = "end", *, focused: bool = False) -> None:
        self.written: list[str] = []
        self.titles: list[str] = []
        self.focused = focused
        self.attention = Attention(
            notify,
            {"TERM": "foot", "WT_SESSION": "1"},
            write=self.written.append,
            set_title=self.titles.append,
            is_focused=lambda: self.focused,
        )

    def show(self, *states: LogState | None) -> list[str]:
        """Return what is written for states that follow one another."""
        for state in states:
            self.attention.show(state)
        return self.written


def test_the_title_has_status_duration_errors_and_name() -> None:
    sent = Sent()
    sent.show(None, RUNNING, replace(RUNNING, seconds=74.0), replace(RUNNING, errors=1), FAILED)
    assert sent.titles == [
        "logview",
        "RUNNING 1m · my-scraper · logview",
        "RUNNING 1m · 1 error · my-scraper · logview",
        "FAILED 3m12s · 7 errors · my-scraper · logview",
    ]
    assert LogState("app.log").title == "app.log"
    assert replace(RUNNING, seconds=42.0).title == "RUNNING · my-scraper"
    assert replace(RUNNING, seconds=7260.0).title == "RUNNING 2h01m · my-scraper"


@pytest.mark.parametrize(("notify", "calls"), [("off", 0), ("end", 1), ("errors", 2)])
def test_it_calls_at_the_first_error_and_at_the_end(notify: Notify, calls: int) -> None:
    sent = Sent(notify)
    written = sent.show(
        RUNNING, replace(RUNNING, errors=1), replace(RUNNING, errors=2), FAILED, FAILED
    )
    words = ["first error · my-scraper", "FAILED 3m12s · 7 errors · my-scraper"]
    shown = {0: [], 1: words[1:], 2: words}[calls]
    assert written == [f"\x1b]777;notify;logview;{text}\x1b\\\a" for text in shown]


def test_it_does_not_call_with_the_focus_nor_for_what_has_ended_already() -> None:
    assert Sent("errors", focused=True).show(RUNNING, FAILED) == []
    assert Sent("errors").show(FAILED) == []
    assert Sent("errors").show(None, FAILED, None, FAILED) == []
    other = replace(RUNNING, log="another")
    assert Sent("errors").show(other, FAILED) == []


def test_a_log_behind_the_one_in_front_calls_and_leaves_the_title_alone() -> None:
    sent, older = Sent(), replace(FAILED, log="older", name="older")
    for _ in range(2):
        sent.attention.show(RUNNING, is_in_front=False)
        sent.attention.show(older)
    assert sent.titles == ["FAILED 3m12s · 7 errors · older · logview"]
    assert sent.written == []
    sent.attention.show(FAILED, is_in_front=False)
    sent.attention.show(older)
    assert len(sent.written) == 1
    assert "my-scraper" in sent.written[0]
    assert len(sent.titles) == 1


def test_a_run_that_ends_while_the_connection_is_lost_calls() -> None:
    session = LogSession(make_origin(JobTarget("run"), Settings(API, "default")), LogDocument())
    sent, steps = Sent(), session.state_for_title
    session.update(events.JobChanged(scripted.job()), 0.0)
    sent.show(steps(0))
    session.update(events.Lost(events.Problem("reset"), 2, 5.0), 1.0)
    assert sent.show(steps(0)) == []
    session.update(events.Ended(scripted.job("FAILED")), 9.0)
    assert len(sent.show(steps(0))) == 1


def test_the_title_of_several_has_their_worst_status_once_all_have_ended() -> None:
    origin = make_origin(
        SeveralTarget((JobTarget("a"), JobTarget("b", "build"))), Settings(API, "default")
    )
    session = LogSession(origin, LogDocument())
    session.update(events.Connected(), 0.0)
    for lane, status in (("a", "TIMED-OUT"), ("b", "SUCCEEDED")):
        assert session.state_for_title(2).title == "2 errors · 1 run or build and 1 build"
        session.update(events.OfLane(lane, events.Ended(scripted.job(status))), 1.0)
    session.update(events.Ended(), 2.0)
    assert session.state_for_title(2).title == "TIMED-OUT · 2 errors · 1 run or build and 1 build"


def test_progress_follows_what_the_run_says_and_is_taken_back() -> None:
    part = replace(RUNNING, share=share_in("Crawled 29/200 pages, 1.5/2 done"))
    assert Sent().show(part, part, replace(part, share=(30, 200)), replace(FAILED, share=(9, 10)))[
        :3
    ] == ["\x1b]9;4;1;14\x1b\\", "\x1b]9;4;1;15\x1b\\", "\x1b]9;4;0\x1b\\"]
    assert share_in("Starting") is None
    assert share_in("on 2026/11/20 or 1.2/3") is None
    assert replace(part, share=(3, 0)).percent is None
    assert replace(part, share=(5, 3)).percent is None
