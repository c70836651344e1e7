"""Keys typed ahead: each is answered before the next one is delivered, whatever opens or closes."""

from __future__ import annotations

import asyncio

from logview.sources import events
from tests.tui.scripted import crawl, job

AHEAD = [
    # A key deletes what the one before has left under the cursor.
    ["&", *"page", "enter", "&", *"2", "enter", "&", *"1", "enter", "X", "j", "j", *"ddd"],
    ["k", "m", "k", "m", "k", "m", "'", *"ddd"],
    ["L", "e", "X", "d"],
    # What lies over the log takes the keys behind it, until it is closed.
    [*"ddd", "escape"],
    ["D", "q"],
    ["p", "/", "x", "escape", "escape"],
    ["enter", "j", "q"],
    ["?", *"zz", "escape", "escape"],
    ["?", "q", "escape"],
    ["ctrl+p", *"toggle wrap", "enter"],
    ["ctrl+p", *"change theme", "enter", "down", "escape"],
]


async def test_keys_typed_ahead_go_where_they_were_typed_for(open_app):
    async with open_app() as s:
        await s.say(events.JobChanged(job()), events.Connected())
        await s.lines(*crawl(1, 100))
        theme = s.app.theme
        for number, keys in enumerate(AHEAD, start=11):
            for key in [*keys, ":", *str(number), "enter"]:
                s.send_key(key)
                for _ in range(number % 4):
                    await asyncio.sleep(0)
            await s.settle()
            assert s.app.screen is s.log, (keys, s.text)
            assert f" {number} of 100 " in s.status, (keys, s.text)
        assert not s.log.view.filters
        assert not s.log.pane.marked_lines
        assert s.log.pane.viewport.wrap
        assert s.app.theme == theme
