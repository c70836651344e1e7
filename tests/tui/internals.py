"""TUI tests: everything private of Textual (8.2) that they use, as `Pilot` itself does.

What logview uses is in `logview.tui.textual_internals`.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from textual._context import visible_screen_stack
from textual.css.stylesheet import Stylesheet

if TYPE_CHECKING:
    from textual.app import App
    from textual.css.model import RuleSet
    from textual.events import Event
    from textual.pilot import Pilot
    from textual.strip import Strip
    from textual.widget import Widget

TURNS = 20
"""Turns of the event loop in which a key is usually done."""


def render_strips(app: App[Any]) -> list[Strip]:
    """Return what the screen shows, row by row, with the screens that shine through."""
    token = visible_screen_stack.set(app._background_screens)
    try:
        return app.screen._compositor.render_strips()
    finally:
        visible_screen_stack.reset(token)


_parse_rules = Stylesheet._parse_rules
_parsed: dict[object, list[RuleSet]] = {}


def parse_rules_once(stylesheet: Stylesheet, css: str, *args: Any, **options: Any) -> list[RuleSet]:
    """Parse styles as `Stylesheet._parse_rules`, those of an earlier app not again.

    Rules are not changed: the widgets of an app share them.
    """
    variables = frozenset(stylesheet._variables.items())
    key = css, args, frozenset(options.items()), variables
    if key not in _parsed:
        _parsed[key] = _parse_rules(stylesheet, css, *args, **options)
    return _parsed[key]


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
    """Process the messages of all widgets, and layouts and paints that wait for their frame.

    `Pilot._wait_for_screen` posts a message to each widget to find out that it has processed
    those before, which would be half of all messages. Only where a widget is still at work after
    some turns of the loop it is called: such work may go on for ever.
    """
    loop = asyncio.get_running_loop()
    waiting = _pumps(app)
    for _ in range(TURNS):
        await asyncio.sleep(0)
        if not app.is_running or app._exception_event.is_set():
            return
        waiting = [pump for pump in waiting if not _is_idle(pump)]
        if not waiting and not loop._ready:  # type: ignore[attr-defined]
            break
    if waiting:
        await pilot._wait_for_screen()
    if app.is_running:
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
