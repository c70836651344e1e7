"""TUI: schedule a call, once, without Textual's timers."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING, TypeVar

from logview.pending_reads import PendingReadError

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.message_pump import MessagePump

    from logview.pending_reads import PendingReads

T = TypeVar("T")

WAIT_SECONDS = 0.05
"""How often it is seen whether a read that is pending has come back, in seconds."""


def unless_pending(callback: Callable[[], object]) -> Callable[[], None]:
    """Return what calls back, and ends at a read that is pending: for what is called again."""

    def call() -> None:
        with suppress(PendingReadError):
            callback()

    return call


async def give_turn(pending: PendingReads) -> None:
    """Let keys and frames in; while a read is pending there is nothing else to do."""
    await asyncio.sleep(WAIT_SECONDS if pending.any else 0)


async def when_read(pending: PendingReads, call: Callable[[], T]) -> T:
    """Return what `call` returns once no read is pending; until then it is tried in vain."""
    while True:
        try:
            return call()
        except PendingReadError:
            await give_turn(pending)


def schedule_once(
    pump: MessagePump, seconds: float, callback: Callable[[], object]
) -> asyncio.TimerHandle:
    """Have a message pump call back after some seconds, unless the handle is cancelled.

    A call that a pending read ends is not made again: a frame comes once it is there.

    Not with Textual's `set_timer`: it reads the clock twice when it starts, and
    a timer of one call that is held up for its whole length in between (by the
    system, or another thread) takes its turn for gone by and never comes
    (`Timer._run`, `skip`; Textual 8.2). One of a millisecond is lost in some
    ten thousand on a busy machine, and what waits for it stands still for good.
    """

    def due() -> None:
        if pump.is_running:
            pump.call_next(unless_pending(callback))

    return asyncio.get_running_loop().call_later(seconds, due)
