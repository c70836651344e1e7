"""TUI tests: everything private of Textual (8.2) that they use, as `Pilot` itself does.

What logview uses is in `logview.tui.textual_internals`.
"""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, Any

from textual._context import visible_screen_stack

if TYPE_CHECKING:
    from textual.app import App
    from textual.events import Event
    from textual.strip import Strip
    from textual.widget import Widget

PATIENCE = 60.0
"""Seconds after which a condition that does not come true is a failure; never reached when well."""


def render_strips(app: App[Any]) -> list[Strip]:
    """Return what the screen shows, row by row, with the screens that shine through."""
    token = visible_screen_stack.set(app._background_screens)
    try:
        return app.screen._compositor.render_strips()
    finally:
        visible_screen_stack.reset(token)


def send_from_terminal(app: App[Any], event: Event) -> None:
    """Let an event arrive as the terminal's driver sends it."""
    assert app._driver is not None
    app._driver.send_message(event)


def send_to_screen(app: App[Any], event: Event) -> None:
    """Let an event of the mouse arrive on the screen."""
    app.screen._forward_event(event)


def capture_terminal(app: App[Any]) -> list[str]:
    """Return a list that everything written to the terminal is appended to from now on."""
    written: list[str] = []
    assert app._driver is not None
    app._driver.write = written.append  # type: ignore[method-assign]
    return written


async def process_messages(app: App[Any]) -> None:
    """Process the messages of all widgets, and layouts and paints that wait for their frame.

    As `Pilot._wait_for_screen`, which posts a message to each widget to find out that it has
    processed those before: half of all messages would be those. Raises AssertionError when a
    widget is not done within `PATIENCE` seconds.
    """
    loop = asyncio.get_running_loop()
    deadline = time.monotonic() + PATIENCE
    while True:
        await asyncio.sleep(0)
        if not app.is_running or app._exception_event.is_set():
            return
        busy = [pump for pump in _pumps(app) if not _is_idle(pump)]
        if not busy and not loop._ready:  # type: ignore[attr-defined]
            break
        if not loop._ready:  # type: ignore[attr-defined]  # they wait for time, or a thread
            await asyncio.sleep(0.001)
        if time.monotonic() > deadline:
            raise AssertionError(f"{busy} did not process their messages")
    app.screen._on_timer_update()


def has_messages(app: App[Any]) -> list[Widget | App[Any]]:
    """Return the widgets of the screen, and the app, that have messages to process."""
    return [pump for pump in _pumps(app) if not pump._message_queue.empty()]


def _pumps(app: App[Any]) -> list[Widget | App[Any]]:
    return [app, *app.screen.walk_children(with_self=True)]


def _is_idle(pump: Widget | App[Any]) -> bool:
    """Return whether a pump waits for its next message, or for none ever."""
    if pump._closing or pump._closed:
        return True
    queue = pump._message_queue
    waits = queue.empty() and bool(queue.ready_event._waiters)  # type: ignore[attr-defined]
    return waits and not pump._next_callbacks and pump._pending_message is None
