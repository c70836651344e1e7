"""The preview of the open screen: the last lines of the selected run, on a wide terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from logview.apify.client import ApifyClient
from logview.secrets.token import Token
from logview.tui.widgets.preview import MOST_BYTES, end_of_log
from tests.support.fault_server import Fault, FaultServer
from tests.tui.test_job_lists import answer, item

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any


async def test_the_end_of_the_selected_run_is_shown_where_there_is_room(
    open_app: Callable[..., Any], monkeypatch: Any
) -> None:
    log = "".join(
        f"2026-11-20T06:00:00.000Z line {number} \x1b]0;gotcha\x07of the log\n"
        for number in range(500)
    )
    with FaultServer(log.encode()) as server:
        server.complete = True
        server.routes["/v2/actor-runs"] = answer(*(item("Run", number) for number in range(4)))
        server.routes["/v2/actor-builds"] = answer()
        for size in ((139, 30), (160, 30)):
            monkeypatch.setattr("logview.tui.screens.open.REST_SECONDS", 3600.0)
            async with open_app(
                None, api_url=server.base_url, token=Token("not-a-real-token"), size=size
            ) as s:
                await s.wait_for("4 runs, 0 builds")
                await s.press("down", "j")
                assert not server.asked("log")  # the selection moves
                monkeypatch.setattr("logview.tui.screens.open.REST_SECONDS", 0.01)
                await s.press("j")
                if size[0] < 140:
                    continue
                await s.wait_for("line 499 of the log")
                assert "line 498 of the log" in s.words
                assert "06:00:00 line 498" in s.words
                assert [one.path for one in server.asked("log")] == ["/v2/logs/Run00000000000002"]
                assert "gotcha" not in s.words

                # One that is being fetched is given up when the selection moves.
                server.default = Fault.stall(after=20)
                s.send_key("k")
                await server.wait_until(lambda it: it.open_streams == 1)
                server.default = Fault()
                await s.press("k")
                await server.wait_until(lambda it: it.open_streams == 0)

                # What was fetched of a run that has ended is not fetched again.
                monkeypatch.setattr("logview.tui.screens.open.REST_SECONDS", 3600.0)
                asked = len(server.asked("log"))
                await s.press("j", "j")
                assert "line 499 of the log" in s.words
                assert len(server.asked("log")) == asked


async def test_the_end_of_a_long_log_is_whole_lines() -> None:
    with FaultServer(b"".join(b"%07d\n" % number for number in range(40_000))) as server:
        server.complete = True
        async with ApifyClient(server.base_url, None) as client:
            end = await end_of_log(client, "x")
    lines = end.decode().splitlines()
    assert lines[-1] == "0039999"
    assert all(len(line) == 7 for line in lines)
    assert MOST_BYTES - 16 < len(end) <= MOST_BYTES
