"""Screenshots: takes the README's pictures of the real app, which reads from the demo.

    python screenshots/take.py [NAME…]
    python screenshots/take.py --all FOLDER [LOOK…]

The second takes those of `in_terminal.py` into a folder, to judge all looks by.

Time stands still in them: the demo's clock, the app's own and the one on the
wall are set, and waits have no chance in them. Taken again, nothing changes.
"""

from __future__ import annotations

import asyncio
import functools
import os
import sys
import tempfile
import time
from dataclasses import dataclass, replace
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import TYPE_CHECKING

from drawing import svg
from in_terminal import take_all
from textual._context import visible_screen_stack
from textual.widgets import Input

from logview import target
from logview.config import settings
from logview.demo.runs import BUSY_ID, DROPPING_ID, LIVE_ID, PYTHON_ID, REFUSED_IDS
from logview.demo.server import DemoServer
from logview.sources import remote
from logview.tui import job_rows, themes
from logview.tui.app import LogviewApp
from logview.tui.screens.log import screen as log_screen
from logview.tui.screens.log.screen import LogScreen
from logview.tui.widgets import header_bar, timeline
from logview.tui.widgets.toast import NoticeBar

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from textual.pilot import Pilot
    from textual.strip import Strip

HERE = Path(__file__).parent

EPOCH = datetime(2026, 11, 20, 6, 0, 0, tzinfo=timezone.utc)
"""The moment of the demo's start in all pictures."""

PORT = 8010
"""The demo's port: some banners name the address."""

CLEARED = ("APIFY_", "LOGVIEW_", "XDG_", "NO_COLOR", "TMUX", "SSH_", "LC_", "TEXTUAL")
"""Beginnings of variables that could show in a picture."""

WIDTH = 100
"""Columns: as many as GitHub shows at full size."""

PATIENCE = 30.0
"""Seconds after which a picture that does not come about is given up."""

CALM = 12
"""How many looks in a row have to be the same before a picture is taken."""


class StillClock:
    """A monotonic clock that moves only when it is told to."""

    now = 1000.0

    def __call__(self) -> float:
        """Give the time in seconds."""
        return self.now


class Photographer:
    """The running app, and the hands and eyes of the person before it."""

    def __init__(self, pilot: Pilot[int], clock: StillClock) -> None:
        assert isinstance(pilot.app, LogviewApp)
        self.app = pilot.app
        self._pilot = pilot
        self._clock = clock

    @property
    def log(self) -> LogScreen | None:
        """The log screen, if it is on top."""
        screen = self.app.screen
        return screen if isinstance(screen, LogScreen) else None

    @property
    def strips(self) -> list[Strip]:
        """What the screen shows, row by row, with the screens that shine through."""
        token = visible_screen_stack.set(self.app._background_screens)
        try:
            return self.app.screen._compositor.render_strips()
        finally:
            visible_screen_stack.reset(token)

    @property
    def text(self) -> str:
        """The screen as text."""
        return "\n".join(strip.text.rstrip() for strip in self.strips)

    async def press(self, *keys: str) -> None:
        """Press keys, one after the other."""
        for key in keys:
            await self._pilot.press(key)
        await self.settle()

    async def type(self, text: str) -> None:
        """Type a text."""
        await self.press(*text)

    async def until(self, wanted: str) -> None:
        """Wait until a text is on the screen, then until all is drawn."""
        deadline = time.monotonic() + PATIENCE
        while wanted not in self.text:
            if time.monotonic() > deadline:
                raise TimeoutError(f"{wanted!r} does not come:\n{self.text}")
            await self._look()
        await self.settle()

    async def settle(self) -> None:
        """Wait until nothing changes any more."""
        calm, before = 0, self.text
        while calm < CALM:
            await self._look()
            for field in self.app.screen.query(Input):
                field.cursor_blink = False
            busy = self.log is not None and self.log.passes.busy
            calm = 0 if busy or self.text != before else calm + 1
            before = self.text

    async def _look(self) -> None:
        await self._pilot.pause()
        await asyncio.sleep(0.02)

    async def later(self, seconds: float) -> None:
        """Let time pass for the app."""
        self._clock.now += seconds
        if self.log is not None:
            self.log.update_words()
        await self.settle()

    async def without_notice(self) -> None:
        """Wait until no receipt is shown."""
        for toast in self.app.screen.query(NoticeBar):
            toast.clear()
        await self.settle()

    async def picture(self, title: str) -> str:
        """Draw the screen, with cursors that do not blink."""
        await self.settle()
        colours = self.app.theme_variables
        return svg(
            self.strips, title=title, background=colours["background"], border=colours["panel"]
        )


@dataclass(frozen=True)
class Scene:
    """One picture: what is opened, when, and what is done until it is taken."""

    title: str
    """What is to be seen, in a sentence."""
    play: Callable[[Photographer], Awaitable[None]]
    opens: str | None = None
    """The run that is named on the command line; None for the open screen."""
    rows: int = 24
    at: float = 57.0
    """Demo seconds after the start."""
    theme: str = themes.DARK.name


async def _open(it: Photographer) -> None:
    await it.until("catalogue-export")
    await it.press("down", "j")


async def _live(it: Photographer) -> None:
    await it.until("Crawled ")
    await it.until("shop-price-crawler")
    await it.later(2)


async def _search(it: Photographer) -> None:
    await _live(it)
    await it.press("colon")
    await it.type("159G")
    await it.press("slash", "ctrl+r")
    await it.type(r"shop\d")


async def _filter(it: Photographer) -> None:
    await _live(it)
    for text in ("cheeriocrawler", "!saved"):
        await it.press("ampersand")
        await it.type(text)
        await it.press("enter")
    await it.press("ampersand")
    await it.type("re")


async def _filters(it: Photographer) -> None:
    await _filter(it)
    await it.press("escape", "X", "j", "space")


async def _wrap(it: Photographer) -> None:
    await _live(it)
    await it.press("w", "number_sign", *"kkk")
    await it.without_notice()


async def _levels(it: Photographer) -> None:
    await _live(it)
    await it.press("L", "w", "E", "m")
    await it.without_notice()


async def _times(it: Photographer) -> None:
    await _live(it)
    await it.press(*"ttt")
    await it.without_notice()


async def _entry(it: Photographer) -> None:
    await it.until("review-reader")
    await it.press("E", "enter")


async def _json(it: Photographer) -> None:
    await _live(it)
    await it.press("E", "enter")


async def _digest(it: Photographer) -> None:
    await it.until("Exiting Actor")
    await it.press("D")
    await it.until("against 3 good runs")


async def _patterns(it: Photographer) -> None:
    await _live(it)
    await it.press("p")
    await it.until("CheerioCrawler: Saved")


async def _select(it: Photographer) -> None:
    await _live(it)
    await it.press(*"Evkkkk")
    await it.without_notice()


async def _save(it: Photographer) -> None:
    await it.until("review-reader")
    await it.press("L", "e", "s")
    await it.without_notice()


async def _help(it: Photographer) -> None:
    await _live(it)
    await it.press("question_mark")


async def _stopped(it: Photographer) -> None:
    await it.until("r retry")


async def _rate_limited(it: Photographer) -> None:
    await it.until("attempt ")


async def _reconnecting(it: Photographer) -> None:
    await it.until("menu-translator")
    await it.until("attempt ")


def _given_back(status: int) -> Callable[[Photographer], Awaitable[None]]:
    async def play(it: Photographer) -> None:
        await it.until("menu-translator")
        await it.type(REFUSED_IDS[status])
        await it.press("enter")
        await it.until(f"The API answered {status}")

    return play


LIGHT = themes.LIGHT.name

SCENES = {
    "open": Scene("The open screen: an input, and runs and builds to choose from", _open, at=8),
    "open-light": Scene("The open screen in light colours", _open, at=8, theme=LIGHT),
    "live": Scene("A run that is followed while it works", _live, LIVE_ID),
    "live-light": Scene("A run that is followed, in light colours", _live, LIVE_ID, theme=LIGHT),
    "search": Scene("A search as it is typed: all matches are marked", _search, LIVE_ID),
    "filter": Scene("A third filter as it is typed, with what it would show", _filter, LIVE_ID),
    "filters": Scene("The list of filters, one switched off", _filters, LIVE_ID, rows=16),
    "wrap": Scene("Long lines wrapped, with line numbers", _wrap, LIVE_ID),
    "levels": Scene("Warnings and worse only, with their stacks; one is marked", _levels, LIVE_ID),
    "times": Scene("The time column: since the line before, gaps stand out", _times, LIVE_ID),
    "entry": Scene("A traceback in full, with its times", _entry, PYTHON_ID),
    "json": Scene("An entry in full: its stack, and its JSON laid out", _json, LIVE_ID),
    "digest": Scene("Why a run failed, and what is new against good runs", _digest, PYTHON_ID, 30),
    "patterns": Scene("The log by what its entries have in common", _patterns, LIVE_ID),
    "select": Scene("Lines selected with the keyboard", _select, LIVE_ID, rows=16),
    "save": Scene("The errors of a run are saved to a file", _save, PYTHON_ID, rows=16),
    "help": Scene("The help: every key", _help, LIVE_ID, rows=96),
    **{
        f"banner-{status}": Scene(
            f"The API answered {status}: back to the open screen, the ID kept",
            _given_back(status), rows=16,
        )
        for status in (400, 404)
    },
    **{
        f"banner-{status}": Scene(
            f"The API answered {status}: a banner says why, and what to do",
            _stopped, REFUSED_IDS[status], rows=12,
        )
        for status in (401, 403, 405)
    },
    "banner-429": Scene(
        "The API answered 429: the next try counts down",
        _rate_limited, BUSY_ID, rows=12, at=3,
    ),
    "reconnecting": Scene(
        "A lost connection: what was read stays, and the next try counts down",
        _reconnecting, DROPPING_ID, rows=16, at=30,
    ),
}  # fmt: skip


async def take(name: str) -> None:
    """Take one picture and write it beside this file."""
    scene = SCENES[name]
    now = EPOCH + timedelta(seconds=scene.at)
    for module in (header_bar, job_rows, log_screen, timeline):
        module.utc_now = lambda: now  # type: ignore[attr-defined]  # each imports it by name
    with DemoServer(port=PORT, epoch=EPOCH, frozen_at=scene.at) as server:
        found = settings.load(token_file=None, api_url=None, demo_url=server.base_url)
        opens = None if scene.opens is None else target.parse(scene.opens, api_url=found.api_url)
        app = LogviewApp(replace(found, theme=scene.theme), opens, demo=True)
        clock = app.clock = StillClock()
        async with app.run_test(size=(WIDTH, scene.rows)) as pilot:
            photographer = Photographer(pilot, clock)
            await scene.play(photographer)
            picture = await photographer.picture(scene.title)
    (HERE / f"{name}.svg").write_text(picture, encoding="utf-8", newline="\n")


def main(names: list[str]) -> None:
    """Take all pictures, or those that are named; `--all` those in all looks."""
    if names[:1] == ["--all"]:
        take_all(Path(names[1]), names[2:])
        return
    for name in list(os.environ):
        if name.startswith(CLEARED):
            del os.environ[name]
    os.environ["TZ"] = "UTC"
    if hasattr(time, "tzset"):
        time.tzset()
    # A source that is made like any other, only that chance has no part in its waits.
    steady = functools.partial(remote.RemoteSource, random=lambda: 0.5)
    remote.RemoteSource = steady  # type: ignore[misc,assignment]  # a function stands for a class
    with tempfile.TemporaryDirectory() as home:
        os.environ |= {"HOME": home, "XDG_CONFIG_HOME": home, "XDG_STATE_HOME": home}
        for name in names or SCENES:
            asyncio.run(take(name))
            print(f"{name}.svg")


if __name__ == "__main__":
    main(sys.argv[1:])
