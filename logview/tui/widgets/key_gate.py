"""TUI: the key gate. It holds keys back while one that closes a widget is still being handled."""

from __future__ import annotations

import asyncio
from abc import abstractmethod
from contextlib import suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from textual.events import Key

RELEASE_SECONDS = 4.0
"""How long keys are held back for one, in seconds: longer than a disk is asked."""


class KeyGate:
    """A widget that some keys close, though not at once: messages carry out what they do.

    The app delivers no key until `release`. Else those typed behind would go to this
    widget, or to the log before their turn.
    """

    _released: asyncio.Event | None = None

    @abstractmethod
    def is_closed_by(self, event: Key) -> bool:
        """Whether a key is one that keys typed behind it have to wait for."""

    def holds(self, event: Key) -> bool:
        """Whether the keys behind this one, which is delivered next, wait for `release`."""
        if not self.is_closed_by(event):
            return False
        self._released = asyncio.Event()
        return True

    async def wait_for_release(self) -> None:
        """Wait until the key was handled, at most `RELEASE_SECONDS`."""
        if self._released is not None:
            with suppress(asyncio.TimeoutError):
                await asyncio.wait_for(self._released.wait(), RELEASE_SECONDS)

    def release(self) -> None:
        """Let the keys go on: the widget is closed now, or stays open."""
        if self._released is not None:
            self._released.set()

    def on_unmount(self) -> None:
        """Hold no keys for a widget that is gone."""
        self.release()
