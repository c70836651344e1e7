"""TUI: what a key closes. What is typed behind that key belongs to whoever has the focus then."""

from __future__ import annotations

import asyncio
from abc import abstractmethod
from contextlib import suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from textual.events import Key

ANSWER_SECONDS = 4.0
"""How long keys wait for the answer to one, in seconds: longer than a disk is looked at."""


class KeyGate:
    """A widget that some keys close, though not at once: they are answered by messages.

    The app hands out no key until then. Else those typed behind would be taken
    by this widget, or by the log before their turn.
    """

    _answer: asyncio.Event | None = None

    @abstractmethod
    def is_closed_by(self, event: Key) -> bool:
        """Whether a key is one that has to be answered."""

    def asks(self, event: Key) -> bool:
        """Whether a key, which comes next, is to be waited for with `answer`."""
        if not self.is_closed_by(event):
            return False
        self._answer = asyncio.Event()
        return True

    async def answer(self) -> None:
        """Wait until the key is answered."""
        if self._answer is not None:
            with suppress(asyncio.TimeoutError):
                await asyncio.wait_for(self._answer.wait(), ANSWER_SECONDS)

    def answered(self) -> None:
        """Let the keys go on: it is closed now, or stays open."""
        if self._answer is not None:
            self._answer.set()

    def on_unmount(self) -> None:
        """Nobody will answer any more."""
        self.answered()
