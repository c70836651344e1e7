"""Log screen: what waits for reads of the log's file that have not come back."""

from __future__ import annotations

import asyncio
from collections import deque
from contextlib import suppress
from typing import TYPE_CHECKING

from textual.message import Message

from logview.pending_reads import PendingReadError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from concurrent.futures import Future

    from textual.message_pump import MessagePump

    from logview.log.store.document import LogDocument

MAX_CALLS = 50
"""Calls that wait at most: more keys than anybody types ahead on purpose."""


class Reading:
    """Keeps what was asked for until the bytes that it needs are there."""

    class CameBack(Message):
        """A read that was pending has come back: frames and passes go on."""

        def can_replace(self, message: Message) -> bool:
            """One of these in the queue is enough."""
            return isinstance(message, Reading.CameBack)

    def __init__(
        self, screen: MessagePump, document: LogDocument, note: Callable[[str], None]
    ) -> None:
        """Post `CameBack` to a screen whenever a read of its document has come back."""
        self._screen = screen
        self._note = note
        self._calls: deque[Callable[[], Awaitable[object]]] = deque(maxlen=MAX_CALLS)
        document.pending.listener = self._wait_for

    def _wait_for(self, read: Future[bytes]) -> None:
        loop = asyncio.get_running_loop()

        def came_back(_: Future[bytes]) -> None:
            with suppress(RuntimeError):  # the loop is closed: nobody is there any more
                loop.call_soon_threadsafe(self._screen.post_message, self.CameBack())

        read.add_done_callback(came_back)

    def hold(self, call: Callable[[], Awaitable[object]]) -> None:
        """Call again once a read has come back: it was in vain."""
        self._calls.append(call)
        self.note()

    def note(self) -> None:
        """Show why nothing happens."""
        self._note("the file has not answered yet: it is being read")

    def drop(self) -> bool:
        """Drop what waits; return False where nothing does."""
        had = bool(self._calls)
        self._calls.clear()
        return had

    async def go_on(self) -> None:
        """Do what waits, in order, as far as the bytes for it are there."""
        while self._calls:
            call = self._calls.popleft()
            try:
                await call()
            except PendingReadError:
                self._calls.appendleft(call)
                return
