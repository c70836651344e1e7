"""Log screen: the feed. It reads the source: bytes go to the document, the rest is posted."""

from __future__ import annotations

import asyncio
import time
from functools import partial
from typing import TYPE_CHECKING

from textual.message import Message

from logview.pending_reads import PendingReadError
from logview.sources import events
from logview.text.sanitize import label
from logview.tui.schedule import schedule_once, when_read

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from textual.dom import DOMNode

    from logview.tui.screens.log.session import LogSession

FIRST_SECONDS = 0.05
"""How long the first paint may wait for what a file or a pipe has at once, in seconds."""

TURN_SECONDS = 0.008
"""How long events that are there at once are received in a row, in seconds."""

NAME_SECONDS = 0.1
"""How long the request for the Actor's name waits for the first lines, in seconds."""


class Feed:
    """The event iterator of one source, its first read, and the Actor's name."""

    class Changed(Message):
        """Bytes, or a row of ours, came to the document."""

        def can_replace(self, message: Message) -> bool:
            """One of these in the queue is enough."""
            return isinstance(message, Feed.Changed)

    class Rewritten(Message):
        """A file was cut short or rewritten: what was found in it may be there no more."""

    class StateChanged(Message):
        """The source reported something about itself."""

        def __init__(self, event: events.Event) -> None:
            super().__init__()
            self.event = event

    class ActorNamed(Message):
        """The Actor's name is known."""

        def __init__(self, name: str) -> None:
            super().__init__()
            self.name = name

    def __init__(self, session: LogSession, source: events.Source, screen: DOMNode) -> None:
        """Read `source` into `session`; messages and workers are those of `screen`."""
        self._session = session
        self._screen = screen
        self._events: AsyncIterator[events.Event] = aiter(source.events())
        self._next: asyncio.Future[events.Event] | None = None
        self._ended = False
        """Whether the newest event was an end."""
        self._actor_asked = False
        self._name_timer: asyncio.TimerHandle | None = None

    @property
    def pending(self) -> bool:
        """Whether a request for the Actor's name is about to be made."""
        return self._name_timer is not None

    async def read_first(self) -> None:
        """Read what is there at once, up to the first bytes: they show with the first paint."""
        document = self._session.document
        end = time.monotonic() + FIRST_SECONDS
        while not document.size and time.monotonic() < end:
            self._next = asyncio.ensure_future(anext(self._events))
            done, _ = await asyncio.wait({self._next}, timeout=max(0.0, end - time.monotonic()))
            if not done:
                return  # the worker goes on waiting for it
            begun, self._next = self._next, None
            try:
                event = begun.result()
            except StopAsyncIteration:
                return  # the worker finds out, too
            try:
                self._receive(event)
            except PendingReadError:
                self._next = asyncio.get_running_loop().create_future()
                self._next.set_result(event)
                return  # the worker waits for it

    def start(self) -> None:
        """Read the source to its end, in a worker."""
        self._screen.run_worker(self._listen(), exclusive=True, exit_on_error=False, group="source")

    async def _listen(self) -> None:
        began = time.monotonic()
        try:
            while True:
                begun, self._next = self._next, None
                event = await (begun if begun is not None else anext(self._events))
                await when_read(self._session.document.pending, partial(self._receive, event))
                # A source that has more at once, however little, would hold the event loop.
                if time.monotonic() - began > TURN_SECONDS:
                    await asyncio.sleep(0)
                    began = time.monotonic()
        except StopAsyncIteration:
            if not self._ended:  # the end says by itself that no more comes
                self._receive(events.Ended())

    def _receive(self, event: events.Event) -> None:
        document, post = self._session.document, self._screen.post_message
        self._ended = isinstance(event, events.Ended | events.Failed)
        if isinstance(event, events.Received):
            document.append(event.data)
            post(self.Changed())
        elif isinstance(event, events.Extended):
            document.extend(event.store, event.start, event.length)
            post(self.Changed())
        elif isinstance(event, events.Gap):
            document.add_row(label(event.text), event.kind)
            if event.kind == "truncated":
                post(self.Rewritten())
            post(self.Changed())
        else:
            post(self.StateChanged(event))

    def ask_actor_name(self) -> None:
        """Ask for the Actor's name, once, as soon as the Actor is known."""
        job = self._session.job
        if job is None or not job.actor_id or self._actor_asked:
            return
        if self._session.origin.actor_name is None:
            return
        self._actor_asked = True
        # Later: the first lines come before the name.
        ask = partial(self._start_naming, job.actor_id)
        self._name_timer = schedule_once(self._screen, NAME_SECONDS, ask)

    def _start_naming(self, actor_id: str) -> None:
        self._name_timer = None
        self._screen.run_worker(self._name_actor(actor_id), exit_on_error=False, group="actor")

    async def _name_actor(self, actor_id: str) -> None:
        ask = self._session.origin.actor_name
        name = await ask(actor_id) if ask is not None else None
        if name:
            self._screen.post_message(self.ActorNamed(name))
