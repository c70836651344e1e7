"""TUI tests: everything private of Textual (8.2) that they use, as `Pilot` itself does.

What logview uses is in `logview.tui.textual_internals`.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from textual._context import visible_screen_stack

if TYPE_CHECKING:
    from textual.app import App
    from textual.events import Event
    from textual.pilot import Pilot
    from textual.strip import Strip
    from textual.widget import Widget


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


async def process_messages(app: App[Any], pilot: Pilot[Any]) -> None:
    """Process the messages of all widgets, and layouts and paints that wait for their frame."""
    await pilot._wait_for_screen()
    await asyncio.sleep(0)
    if app.is_running:
        app.screen._on_timer_update()


def has_messages(widget: Widget | App[Any]) -> bool:
    """Return whether a widget or app has messages that are not processed yet."""
    return not widget._message_queue.empty()
