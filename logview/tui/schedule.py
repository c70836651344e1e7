"""TUI: schedule a call, once, without Textual's timers."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.message_pump import MessagePump


def schedule_once(
    pump: MessagePump, seconds: float, callback: Callable[[], object]
) -> asyncio.TimerHandle:
    """Have a message pump call back after some seconds, unless the handle is cancelled.

    Not with Textual's `set_timer`: it reads the clock twice when it starts, and
    a timer of one call that is held up for its whole length in between (by the
    system, or another thread) takes its turn for gone by and never comes
    (`Timer._run`, `skip`; Textual 8.2). One of a millisecond is lost in some
    ten thousand on a busy machine, and what waits for it stands still for good.
    """

    def due() -> None:
        if pump.is_running:
            pump.call_next(callback)

    return asyncio.get_running_loop().call_later(seconds, due)
