"""Anything in any order: keys, the mouse, sizes and what the source says never end the app."""

from __future__ import annotations

import os
import random

import pytest
from textual import events as textual_events

from logview.apify.errors import NotFound, RateLimited
from logview.sources.events import (
    Connected,
    Connecting,
    Ended,
    Failed,
    Gap,
    JobChanged,
    Lost,
    Resumed,
    Waiting,
)
from tests.tui.scripted import crawl, job, problem

pytestmark = pytest.mark.slow


SEEDS = range(int(os.environ.get("LOGVIEW_TEST_SEEDS", "2")))

KEYS = [
    *"jkgGbhlwfFnNxXiyc#M+-=/&:?0123456789%!edtimo()[]*. ",
    *"eEWBLLLwdactmmuUUJKCXx",
    *("enter", "enter", "enter", "escape"),
    *("up", "down", "pageup", "pagedown", "home", "end", "left", "right", "enter", "escape"),
    *("space", "backspace", "delete", "tab", "shift+tab", "f1", "f2", "ctrl+c", "ctrl+d", "ctrl+u"),
    *("ctrl+r", "ctrl+t", "ctrl+g", "ctrl+l", "ctrl+p", "shift+home", "ctrl+a", "ctrl+k", "r"),
]

MOUSE = [
    textual_events.MouseDown,
    textual_events.MouseUp,
    textual_events.MouseMove,
    textual_events.MouseScrollUp,
    textual_events.MouseScrollDown,
    textual_events.MouseScrollLeft,
    textual_events.MouseScrollRight,
    textual_events.Click,
]

PIECES = [
    b"\n",
    b"half a li",
    b"ne\n\n\n",
    b"\x1b[31m",
    b"\xff\x00\x1b]0;",
    b"x" * 5000,
    "宽e\u0301".encode(),
]


def said(rng: random.Random) -> list[object]:
    limited = problem(RateLimited("[/red] too many"))
    ended = job(rng.choice(["SUCCEEDED", "FAILED", "[x]"]), exit_code=1, seconds=5)
    return rng.choice(
        [
            [Connecting(), Connected()],
            [JobChanged(job(message="[/red]\x1b[2J")), Connected()],
            [Lost(limited, 2, 3.0)],
            [Connecting(2), Connected(), Resumed(1, None)],
            [Gap("a gap", "missing")],
            [Gap("another file", "truncated")],
            [Waiting(1.0)],
            [Failed(limited), Connecting()],
            [Failed(problem(NotFound("There is none.", status=404)))],
            [JobChanged(ended), Ended(ended)],
            [Ended(None, status_known=False)],
        ]
    )


@pytest.mark.parametrize("seed", SEEDS)
async def test_anything(open_app, seed):
    rng = random.Random(seed)
    async with open_app() as s:
        await s.lines(*crawl(1, rng.choice([1, 30, 3000])))
        for _ in range(80):
            match rng.randrange(20):
                case 0 | 1:
                    s.source.send(rng.choice(PIECES))
                case 2:
                    s.source.lines(*crawl(rng.randrange(9999), rng.choice([1, 5, 200])))
                case 3:
                    s.source.say(*said(rng))
                case 4:
                    size = rng.choice([(80, 24), (20, 5), (3, 2), (120, 40), (60, 9)])
                    await s.pilot.resize_terminal(*size)
                case 5 | 6 | 7:
                    width, height = s.app.size
                    x, y = rng.randrange(width), rng.randrange(height)
                    await s.mouse(rng.choice(MOUSE), x, y, shift=rng.random() < 0.2)
                case 8:
                    s.app.theme = rng.choice(["logview-light", "logview-dark", "ansi-dark"])
                case 10:
                    at = "2026-11-20T06:00:01.000Z"
                    frames = rng.choice([1, 8, 30, 400])
                    s.source.lines(f"{at} ERROR no", *[f"{at}     at x (y.js:1:2)"] * frames)
                case 9:
                    await s.clock.advance(rng.choice([0.1, 5, 4000]))
                case _:
                    for key in rng.choices(KEYS, k=rng.randrange(1, 6)):
                        s.send_key(key)
            await s.settle()
            assert s.app.is_running
        assert all(strip.cell_length == s.app.size.width for strip in s.strips)
