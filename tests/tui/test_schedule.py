"""A call after some time comes once, whatever holds the loop up meanwhile."""

from __future__ import annotations

import time

import pytest
from textual.app import App

from logview.tui.schedule import schedule_once
from logview.tui.screens.log.frames import Frames


@pytest.mark.parametrize("held_up", [0.0, 0.02])
async def test_it_calls_back_once(held_up: float) -> None:
    app = App[None]()
    calls: list[str] = []
    async with app.run_test() as pilot:
        schedule_once(app, 0.001, lambda: calls.append("due"))
        time.sleep(held_up)  # noqa: ASYNC251  # as the system may
        while not calls:
            await pilot.pause()
        await pilot.pause(0.01)
        assert calls == ["due"]


async def test_one_that_is_cancelled_does_not_come() -> None:
    app = App[None]()
    calls: list[str] = []
    async with app.run_test() as pilot:
        schedule_once(app, 0.001, lambda: calls.append("first")).cancel()
        schedule_once(app, 0.002, lambda: calls.append("second"))
        while not calls:
            await pilot.pause()
        assert calls == ["second"]


async def test_whoever_is_gone_is_not_called() -> None:
    app = App[None]()
    calls: list[str] = []
    async with app.run_test():
        handle = schedule_once(app, 0.0, lambda: calls.append("due"))
        app.exit()
    handle._run()
    assert calls == []


async def test_a_frame_that_is_needed_sooner_comes_sooner() -> None:
    app = App[None]()
    async with app.run_test() as pilot:
        frames = Frames(app, lambda: 0)
        frames.request()
        frames.request(3600)
        frames.request(7200)
        assert (frames.count, frames.pending) == (1, True)
        frames.request()
        while frames.count < 2:
            await pilot.pause()
        assert not frames.pending
