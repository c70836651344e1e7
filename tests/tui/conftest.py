"""TUI tests: the app on a screen that is not there, reading from sources that the test scripts."""

from __future__ import annotations

import time
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from textual import events as textual_events
from textual.app import _character_to_key
from textual.css.stylesheet import Stylesheet
from textual.geometry import Offset
from textual.widgets import Input

from logview.config.settings import Settings
from logview.opening import Origin, make_origin
from logview.target import JobTarget, Target
from logview.tui.app import LogviewApp
from logview.tui.screens.log.screen import LogScreen
from logview.tui.widgets.row_strip import GUTTER_WIDTH
from tests.support.clock import FakeClock
from tests.tui import scripted
from tests.tui.internals import (
    has_messages,
    parse_rules_once,
    process_messages,
    render_strips,
    send_from_terminal,
    send_to_screen,
)
from tests.tui.picture import picture, rows

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Sequence
    from contextlib import AbstractAsyncContextManager

    from textual.pilot import Pilot
    from textual.strip import Strip

PATIENCE = 60.0
"""Seconds after which a condition that does not come true is a failure; never reached when well."""

GROUPS = {
    "copy",
    "actor",
    "lists",
    "place",
    "details",
    "other-runs",
    "watch",
    "names",
    "named",
    "preview",
}
"""The workers that end by themselves, and are waited for."""

QUIET_ROUNDS = 3
"""How many times in a row nobody may have anything to do before the app counts as settled."""


class Session:
    """A running app, and the hands and eyes of the person before it."""

    def __init__(
        self, pilot: Pilot[int], clock: FakeClock, sources: list[scripted.ScriptedSource]
    ) -> None:
        self.pilot = pilot
        app = pilot.app
        assert isinstance(app, LogviewApp)
        self.app = app
        self.clock = clock
        self.sources = sources
        """The sources of the logs that were opened, in order."""

    # -- what there is --------------------------------------------------------------------

    @property
    def log(self) -> LogScreen:
        """The log screen that is open."""
        return next(s for s in reversed(self.app.screen_stack) if isinstance(s, LogScreen))

    @property
    def source(self) -> scripted.ScriptedSource:
        """The source of the log that was opened last."""
        return self.sources[-1]

    @property
    def rows(self) -> list[str]:
        """The rows of the screen, without the spaces at their ends."""
        return rows(self.app)

    @property
    def strips(self) -> list[Strip]:
        """The rows of the screen as they are drawn."""
        return render_strips(self.app)

    @property
    def text(self) -> str:
        """The screen as one text."""
        return "\n".join(self.rows)

    @property
    def words(self) -> str:
        """The words on the screen, whatever rows and spaces lie between them."""
        return " ".join(self.text.split())

    @property
    def status(self) -> str:
        """The status line."""
        return self.rows[-2] if self.app.size.height >= 9 else self.rows[-1]

    @property
    def note(self) -> str:
        """The receipt or notice above the status line; empty where there is none."""
        toast = self.app.screen.query("#toast")
        region = toast.first().region if toast else None
        if region is None or not toast.first().display:
            return ""
        return " ".join(" ".join(self.rows[region.y : region.bottom]).split())

    @property
    def log_rows(self) -> list[str]:
        """The rows of the log that nothing lies over, as they are on the screen."""
        region = self.log.pane.region
        covered = self.log.query_one("#overlay").region.height
        return self.rows[region.y : region.bottom - covered]

    @property
    def texts(self) -> list[str]:
        """The same rows without the gutter: what must not move."""
        return [row[GUTTER_WIDTH:] for row in self.log_rows]

    @property
    def cursor_row(self) -> str:
        """The row that the cursor's mark stands on; empty when none does."""
        return next((row for row in self.log_rows if row.startswith("▌")), "")

    def style_of(self, text: str, nth: int = 0) -> object:
        """Give the style in which a text begins, the nth on the screen, from 0."""
        for strip in self.strips:
            at = -1
            while (at := strip.text.find(text, at + 1)) >= 0:
                if nth == 0:
                    style = next(iter(strip.crop(at, at + 1))).style
                    return style and style.clear_meta_and_links()
                nth -= 1
        raise AssertionError(f"{text!r} is not that often on the screen:\n{self.text}")

    def picture(self, *, exact: bool = False) -> str:
        """The screen with its styles, for snapshots."""
        return picture(self.app, exact=exact)

    # -- what is done ---------------------------------------------------------------------

    async def press(self, *keys: str) -> None:
        """Press keys, one after the other, each when the one before has been answered."""
        for key in keys:
            self.send_key(key)
            await self.settle()

    async def type(self, text: str) -> None:
        """Type characters."""
        await self.press(*text)

    def send_key(self, key: str) -> None:
        """Let a key arrive, and wait for nothing."""
        char = key if len(key) == 1 else {"space": " ", "enter": "\r", "tab": "\t"}.get(key)
        name = _character_to_key(key) if len(key) == 1 and not key.isalnum() else key
        send_from_terminal(self.app, textual_events.Key(name, char))

    async def paste(self, text: str) -> None:
        """Paste, as a terminal says it."""
        send_from_terminal(self.app, textual_events.Paste(text))
        await self.settle()

    async def click(
        self, x: int, y: int, *, event: type[textual_events.MouseEvent] | None = None
    ) -> None:
        """Click on a cell of the screen, or let another event of the mouse happen there."""
        kinds = (
            (textual_events.MouseDown, textual_events.MouseUp, textual_events.Click)
            if event is None
            else (event,)
        )
        for kind in kinds:
            await self.mouse(kind, x, y)

    async def mouse(
        self, kind: type[textual_events.MouseEvent], x: int, y: int, **keys: bool
    ) -> None:
        """Let one event of the mouse happen on a cell of the screen."""
        held = {"shift": False, "meta": False, "ctrl": False, **keys}
        self.app.mouse_position = Offset(x, y)
        event = kind(None, x, y, 0, 0, 1, **held, screen_x=x, screen_y=y)
        send_to_screen(self.app, event)
        await self.settle()

    async def click_on(self, text: str) -> None:
        """Click where a text begins on the screen."""
        x, y = self.find(text)
        await self.click(x, y)

    def find(self, text: str) -> tuple[int, int]:
        """Give column and row of a text on the screen."""
        for y, row in enumerate(self.rows):
            if text in row:
                return row.index(text), y
        raise AssertionError(f"{text!r} is not on the screen:\n{self.text}")

    async def lines(self, *texts: str) -> None:
        """Let whole lines arrive, and wait until they are read."""
        await self.send("".join(f"{text}\n" for text in texts))

    async def send(self, data: str | bytes) -> None:
        """Let bytes arrive, and wait until they are read."""
        data = data.encode() if isinstance(data, str) else data
        expected = self.log.document.size + len(data)
        self.source.send(data)
        await self.wait_for(lambda: self.log.document.size >= expected)

    async def say(self, *events: Any) -> None:
        """Let the source say events, and wait until they are heard."""
        self.source.say(*events)
        await self.settle()

    # -- waiting --------------------------------------------------------------------------

    async def wait_for(self, condition: Callable[[], object] | str) -> None:
        """Wait until a condition holds, or words are on the screen; then until all is settled."""
        holds = (lambda: condition in self.words) if isinstance(condition, str) else condition
        deadline = time.monotonic() + PATIENCE
        while not holds():
            if time.monotonic() > deadline:
                raise AssertionError(f"it did not come true; the screen:\n{self.text}")
            await self.turn()
        await self.settle()

    async def settle(self) -> None:
        """Wait until every message was answered and nothing waits to be committed."""
        deadline = time.monotonic() + PATIENCE
        quiet = 0
        while quiet < QUIET_ROUNDS:
            if time.monotonic() > deadline:
                why = f"it does not come to rest: {self._busy()}"
                raise AssertionError(f"{why}; the screen:\n{self.text}")
            await self.turn()
            quiet = 0 if self._busy() else quiet + 1

    async def turn(self) -> None:
        """Let everything that is there to do be done once."""
        await process_messages(self.app, self.pilot)

    def _busy(self) -> str:
        """Say what is still to be done; empty where nothing is."""
        if not self.app.is_running:
            return ""
        work = [f"messages for {pump}" for pump in has_messages(self.app)]
        work += ["what is typed ahead"] if self.app.input_order.pending else []
        work += ["a source" for one in self.sources if not one.closed and one.has_more]
        for worker in self.app.workers:
            if worker.is_running and worker.group in GROUPS:
                work.append(f"{worker}")
        for screen in self.app.screen_stack:  # a log goes on behind what lies over it
            if isinstance(screen, LogScreen) and screen.pending:
                work.append("the log")
        return ", ".join(work)


OpenApp = "Callable[..., AbstractAsyncContextManager[Session]]"


@pytest.fixture(autouse=True)
def still(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing blinks, and the wall clock stands."""
    monkeypatch.setenv("TZ", "UTC")
    time.tzset()
    monkeypatch.setattr(Input.cursor_blink, "_default", False)
    monkeypatch.setattr(Stylesheet, "_parse_rules", parse_rules_once)
    monkeypatch.setattr("logview.tui.widgets.timeline.REDRAW_SECONDS", 0.0)
    for module in (
        "widgets.header_bar",
        "screens.log.screen",
        "job_rows",
        "widgets.timeline",
        "screens.details",
    ):
        monkeypatch.setattr(f"logview.tui.{module}.utc_now", lambda: scripted.NOW)


@pytest.fixture(autouse=True)
def clipboard(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What was put on the clipboard; it is nobody's real one."""
    copied: list[str] = []

    async def put(text: str, environ: object) -> None:
        copied.append(text)

    monkeypatch.setattr("logview.clipboard.tools.set_clipboard", put)
    return copied


@pytest.fixture
def settings() -> Settings:
    """Settings of somebody who set nothing."""
    return Settings("https://api.apify.com", "default")


@pytest.fixture
def open_app(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> Callable[..., AbstractAsyncContextManager[Session]]:
    """Open the app; every log that is opened in it has a scripted source."""

    @asynccontextmanager
    async def open_app(
        target: Target | str | None = scripted.RUN_ID,
        *,
        size: tuple[int, int] = (80, 24),
        actors: dict[str, str] | None = None,
        demo: bool = False,
        notices: tuple[str, ...] = (),
        at: str | None = None,
        against: Sequence[Target] | None = (),
        watch: bool = False,
        **changes: Any,
    ) -> AsyncIterator[Session]:
        sources: list[scripted.ScriptedSource] = []

        def make_source(*_: object) -> scripted.ScriptedSource:
            sources.append(scripted.ScriptedSource())
            return sources[-1]

        async def actor_name(actor_id: str) -> str | None:
            return (actors or {}).get(actor_id)

        def scripted_origin(target: Target, settings: Settings) -> Origin:
            origin = make_origin(target, settings)
            return replace(origin, actor_name=actor_name) if origin.is_job else origin

        # Frames are drawn when the test waits, which has what is pending drawn.
        monkeypatch.setattr("textual.screen.UPDATE_PERIOD", 1.0)
        monkeypatch.setattr("logview.tui.app.make_source", make_source)
        monkeypatch.setattr("logview.tui.app.make_origin", scripted_origin)
        if isinstance(target, str):
            target = JobTarget(target, "run")
        app = LogviewApp(
            replace(settings, **changes),
            target,
            demo=demo,
            notices=notices,
            at=at,
            against=against,
            watch=watch,
        )
        clock = FakeClock()
        app.clock = clock
        async with app.run_test(size=size) as pilot:
            session = Session(pilot, clock, sources)
            await session.settle()
            yield session

    return open_app
