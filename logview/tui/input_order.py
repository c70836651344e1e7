"""TUI: the order of input: a key, click or paste waits until the one before is answered."""

from __future__ import annotations

import asyncio
from collections import deque
from contextlib import suppress
from time import monotonic
from typing import TYPE_CHECKING, Literal, TypeAlias

from textual.app import ScreenStackError
from textual.errors import NoWidget
from textual.events import (
    Key,
    MouseEvent,
    MouseMove,
    MouseScrollDown,
    MouseScrollLeft,
    MouseScrollRight,
    MouseScrollUp,
)
from textual.widgets import Input

from logview.tui.keys import REPEATING
from logview.tui.textual_internals import key_bindings
from logview.tui.widgets.key_gate import KeyGate

if TYPE_CHECKING:
    from textual.app import App
    from textual.dom import DOMNode
    from textual.events import Event

Kind: TypeAlias = Literal["text", "move", "pointer", ""]

ANSWER_SECONDS = 4.0
"""How long an answer is waited for, in seconds."""

_CLOSING_SECONDS = 0.005
"""How long is waited for a widget that takes no more messages, in seconds."""

_ROUNDS = 8
"""How many times at most the queues are awaited: a message may bring forth the next one."""

_POINTER = (MouseMove, MouseScrollDown, MouseScrollLeft, MouseScrollRight, MouseScrollUp)
"""Events of the mouse that open and close nothing."""

_MOVES = REPEATING | {"cursor_down", "cursor_up"}
"""Actions that open and close nothing, those of Textual's lists among them."""


class InputOrder:
    """Owns the input that was typed ahead, and delivers it in its order.

    In Textual a key passes from the focused widget up to the app, whose bindings come last,
    and what a binding does takes further messages. Of keys that come faster, those behind
    would go to a widget that is closing, or be early for one that opens.
    """

    def __init__(self, app: App[int]) -> None:
        self._app = app
        self._kept: deque[Event] = deque()
        self._next: Event | None = None
        """The event whose turn it is, on its way through the app's queue."""
        self._kind: Kind = ""
        """The kind of the event that was delivered last; others of it need not wait."""
        self._before: list[DOMNode] = []
        """Whom that event passed."""
        self._deliveries = 0
        self._waiting: asyncio.Task[None] | None = None
        self.pending = False
        """Whether an answer is waited for."""

    def keeps(self, event: Event) -> bool:
        """Keep an event until those before it are answered; return False where it is its turn."""
        if event is self._next:
            self._next = None
        elif self.pending and (self._kept or self._next is not None or not self._joins(event)):
            self._kept.append(event)
            return True
        self.pending = True
        self._kind = self._kind_of(event)
        self._before = self._passed_by(event)
        return False

    def delivered(self, event: Event, gate: KeyGate | None) -> None:
        """Wait for the answer to an event; `gate` is the widget that it may close."""
        self._deliveries += 1
        if self._waiting is None and (self._kind == "pointer" or self._is_answered(event, gate)):
            self._go_on()
            return
        if self._kept and self._joins(self._kept[0]):
            self._post_next()
        if self._waiting is None:
            self._waiting = asyncio.create_task(self._wait_for_answer(event, gate))

    def _is_answered(self, event: Event, gate: KeyGate | None) -> bool:
        """Return whether the focused widget has done what a key asks for, and opened nothing.

        Bindings with priority are done before the event is delivered.
        """
        focused = self._app.focused
        if not isinstance(event, Key) or event.is_forwarded or focused is None or gate is not None:
            return False
        is_done = any(binding.priority for binding in key_bindings(focused).get(event.key, ()))
        return is_done and self._passed_by(event) == self._before

    def _joins(self, event: Event) -> bool:
        return bool(self._kind) and self._kind_of(event) == self._kind

    def _kind_of(self, event: Event) -> Kind:
        if isinstance(event, _POINTER):
            return "pointer"
        focused = self._app.focused
        if not isinstance(event, Key) or focused is None:
            return ""
        if isinstance(focused, KeyGate) and focused.is_closed_by(event):
            return ""
        if isinstance(focused, Input):
            return "text" if event.is_printable else ""
        for node in (focused, self._app.screen):
            for binding in key_bindings(node).get(event.key, ()):
                name = binding.action.partition("(")[0].removeprefix("screen.")
                return "move" if name in _MOVES else ""
        return ""

    def _post_next(self) -> None:
        self._next = self._kept.popleft()
        self._app.post_message(self._next)

    def _go_on(self) -> None:
        self._waiting = None
        self.pending = bool(self._kept)
        if self._kept:
            self._post_next()

    async def _wait_for_answer(self, event: Event, gate: KeyGate | None) -> None:
        """Wait until the queues that an event passes are empty, and nothing opens or closes.

        Where it opened nothing and led to no further message, it has passed each of them once.
        """
        try:
            if gate is not None:
                await gate.wait_for_release()
            deliveries = -1
            while deliveries != self._deliveries or self._next is not None:
                deliveries = self._deliveries
                await self._wait_for_queues(event, self._before)
        finally:
            self._go_on()

    async def _wait_for_queues(self, event: Event, before: list[DOMNode]) -> None:
        end = monotonic() + ANSWER_SECONDS
        for _ in range(_ROUNDS):
            nodes = self._passed_by(event)
            if not await _pass_queues(nodes, end):
                break
            if nodes == before and not self._has_messages:
                break
            before = nodes

    @property
    def _has_messages(self) -> bool:
        """Whether the app or any widget of the screen has messages that are not processed."""
        with suppress(ScreenStackError):
            widgets = self._app.screen.walk_children(with_self=True)
            return any(node.message_queue_size for node in (self._app, *widgets))
        return False

    def _passed_by(self, event: Event) -> list[DOMNode]:
        """Return whom an event passes, in its order; the app is the last."""
        nodes: list[DOMNode] = []
        with suppress(ScreenStackError, NoWidget):
            if isinstance(event, MouseEvent):
                clicked, _ = self._app.get_widget_at(event.x, event.y)
                nodes = list(clicked.ancestors_with_self)
            nodes += (self._app.focused or self._app.screen).ancestors_with_self
        return nodes or [self._app]


async def _pass_queues(nodes: list[DOMNode], end: float) -> bool:
    """Wait until each has processed the messages that it had; return False after `end`."""
    for node in nodes:
        reached = asyncio.Event()
        if node.call_later(reached.set):
            try:
                await asyncio.wait_for(reached.wait(), end - monotonic())
            except asyncio.TimeoutError:
                return False
        else:  # it is closing, as all do when the app ends
            await asyncio.sleep(_CLOSING_SECONDS)
    return True
