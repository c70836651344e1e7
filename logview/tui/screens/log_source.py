"""TUI: the source of a log screen. What it sends goes to the document, what it says is told."""

from __future__ import annotations

import asyncio
import time
from abc import abstractmethod
from functools import partial
from typing import TYPE_CHECKING

from textual import on, work
from textual.message import Message

from logview.sources import events
from logview.text.sanitize import label
from logview.tui.schedule import schedule_once
from logview.tui.screens.log_saves import LogSaves

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from textual.worker import Worker

FIRST_SECONDS = 0.05
"""How long the first paint may wait for what a file or a pipe has at once, in seconds."""

NAME_SECONDS = 0.1
"""How long the Actor's name waits for the first lines, in seconds."""


class Arrived(Message):
    """Bytes, or a row of ours, came to the document."""

    def can_replace(self, message: Message) -> bool:
        """One of these in the queue is enough."""
        return isinstance(message, Arrived)


class Rewritten(Message):
    """A file was cut short or rewritten: what was found in it may be there no more."""


class Said(Message):
    """The source said something about itself."""

    def __init__(self, event: events.Event) -> None:
        super().__init__()
        self.event = event


class ActorNamed(Message):
    """The Actor's name has been found out."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.name = name


class LogSource(LogSaves):
    """The part of the log screen that listens to its source."""

    named: bool
    """Whether the log was named on the command line: then `q` quits."""
    _events: AsyncIterator[events.Event]
    _next: asyncio.Future[events.Event] | None = None
    _actor_asked = False
    _name_timer: asyncio.TimerHandle | None = None
    _found: Callable[[], None] | None = None
    """Called once, at the first sign that the log exists."""

    @abstractmethod
    def _dirty(self) -> None:
        """Show what changed, with the next commit."""

    @abstractmethod
    def _placeholder(self) -> str:
        """Say what stands in the pane while it has no rows."""

    async def _read_first(self) -> None:
        """Take what is there at once, up to the first bytes."""
        end = time.monotonic() + FIRST_SECONDS
        while not self.document.size and time.monotonic() < end:
            self._next = asyncio.ensure_future(anext(self._events))
            done, _ = await asyncio.wait({self._next}, timeout=max(0.0, end - time.monotonic()))
            if not done:
                return  # the worker goes on waiting for it
            event = self._next.result()
            self._next = None
            self._take(event)

    @work(exclusive=True, exit_on_error=False, group="source")
    async def _listen(self) -> None:
        """Read the source. Bytes go to the document, in their order; the rest is said."""
        try:
            while True:
                begun, self._next = self._next, None
                self._take(await (begun if begun is not None else anext(self._events)))
        except StopAsyncIteration:
            return

    def _take(self, event: events.Event) -> None:
        if isinstance(event, events.Received):
            self.document.append(event.data)
            self.post_message(Arrived())
        elif isinstance(event, events.Extended):
            self.document.extend(event.store, event.start, event.length)
            self.post_message(Arrived())
        elif isinstance(event, events.Gap):
            self.document.add_row(label(event.text), event.kind)
            if event.kind == "truncated":
                self.post_message(Rewritten())
            self.post_message(Arrived())
        else:
            self.post_message(Said(event))

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """A worker that fails is a defect of ours: it ends the app with a report."""
        error = event.worker.error
        if error is not None and isinstance(error, Exception):
            raise error

    def _is_there(self) -> None:
        found, self._found = self._found, None
        if found is not None:
            found()

    @on(Arrived)
    def _arrived(self) -> None:
        self._is_there()
        now = self.clock()
        if self.connection.state not in ("live", "ended", "unknown"):
            self.connection.take(events.Received(b""), now)
        self.connection.last_byte = now
        self._dirty()

    @on(Rewritten)
    def _rewritten(self) -> None:
        self.finding.read_again()
        if self.pane.selection is not None:
            self.note("the file was rewritten: what was selected is no more")
        self.pane.reset()
        self.forget_times()
        self.keep_entry()
        self._dirty()

    @on(Said)
    def _said(self, message: Said) -> None:
        self.connection.take(message.event, self.clock())
        if isinstance(message.event, events.Connected | events.JobChanged | events.Ended):
            self._is_there()
        if isinstance(message.event, events.JobChanged | events.Ended):
            self._ask_actor()
            self.lines_came()  # the run's end is that of its time
        if isinstance(message.event, events.Failed) and self._give_back(message.event.problem):
            return
        if not self.view.row_count:
            self.pane.placeholder = self._placeholder()
            self.pane.redraw()
        self.refresh_words()

    def _give_back(self, problem: events.Problem) -> bool:
        """With nothing read, a wrong ID goes back to where it can be mended."""
        if self.document.size or problem.status not in (400, 404):
            return False
        self.app.give_back(self, problem)
        return True

    def _ask_actor(self) -> None:
        job = self.connection.job
        ask = self.opened.actor_name
        if job is not None and job.actor_id and ask is not None and not self._actor_asked:
            self._actor_asked = True
            # Later: the first lines come before the name.
            ask_now = partial(self._name_actor, job.actor_id)
            self._name_timer = schedule_once(self, NAME_SECONDS, ask_now)

    @work(exit_on_error=False, group="actor")
    async def _name_actor(self, actor_id: str) -> None:
        self._name_timer = None
        if self.opened.actor_name is not None:
            name = await self.opened.actor_name(actor_id)
            if name:
                self.post_message(ActorNamed(name))

    def on_actor_named(self, message: ActorNamed) -> None:
        """Show the Actor's name."""
        self.called = message.name
        job = self.connection.job
        if job is not None:
            self.app.named(job.id, job.kind, message.name)
        self.refresh_words()
