"""Sources: standard input, or any descriptor that is open already."""

from __future__ import annotations

from contextlib import aclosing
from typing import TYPE_CHECKING

from logview.sources.descriptor import read_descriptor
from logview.sources.events import Connected, Ended, Failed, Problem, Received

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from logview.sources.events import Event


class StdinSource:
    """Reads the descriptor `fd` to its end, as it comes; does not close it."""

    def __init__(self, fd: int) -> None:
        self._fd = fd
        self._bytes = 0

    async def events(self) -> AsyncIterator[Event]:
        """Read until the writer closes; whoever writes waits while nobody asks for more."""
        yield Connected()
        try:
            async with aclosing(read_descriptor(self._fd)) as chunks:
                async for data in chunks:
                    self._bytes += len(data)
                    yield Received(data)
        except OSError as error:
            cause = f"Standard input can't be read: {error.strerror or error}."
            yield Failed(Problem(cause, "What was read stays.", kind="input"))
        else:
            yield Ended()

    def retry(self) -> None:
        """Do nothing: what was written to a pipe can't be had again."""

    def stats(self) -> list[tuple[str, str]]:
        """What was read so far, as (name, value) rows."""
        return [("bytes read", f"{self._bytes:,}")]
