"""Log screen: count the whole log's entries by shape, in slices. Imports no Textual."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from time import perf_counter
from typing import TYPE_CHECKING

from logview.pending_reads import PendingReadError
from logview.tui.schedule import give_turn
from logview.tui.screens.log.passes import SLICE_SECONDS

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable

    from logview.log.patterns.tally import LogTally
    from logview.tui.screens.log.session import LogSession

WAIT_SECONDS = 0.05
"""How often it is seen whether somebody else has done reading."""

BLOCK = 1 << 14
"""Bytes that are counted at a time: a millisecond or two, of free text some more."""


class SessionTally:
    """The tally of an open log, as of now; news and the digest share one.

    It goes on where it stopped. A log that went on after its last entry was counted, or
    whose file was rewritten, is read from its start.
    """

    def __init__(self, session: LogSession) -> None:
        self._session = session
        self._lock = asyncio.Lock()
        self._begin()

    def _begin(self) -> None:
        self._lost = self._session.document.pages_lost
        self._rows_seen = 0
        self._at = 0
        """The offset of the next byte to count."""
        self._finished = False
        """Whether the last entry was counted, which cannot be taken back."""
        self._tally: LogTally | None = None

    @property
    def share(self) -> float:
        """The part of the log that is counted, 0 to 1."""
        document = self._session.document
        whole = document.size + document.unindexed
        return min(1.0, self._at / whole) if whole else 1.0

    @property
    def is_current(self) -> bool:
        """Whether all of the log is counted, its last entry too."""
        document = self._session.document
        read = self._at >= document.size and not document.unindexed
        return self._finished and read and document.pages_lost == self._lost

    @asynccontextmanager
    async def read(
        self, progress: Callable[[], object] = lambda: None, *, finish: bool = True
    ) -> AsyncGenerator[LogTally, None]:
        """Count what there is of the log, and keep it as it is within the context.

        `progress` is called after each slice, also while somebody else reads. With `finish`
        the last entry is counted, though it may go on. While the log goes on its unfinished
        last line is left out.
        """
        while self._lock.locked():
            progress()
            await asyncio.sleep(WAIT_SECONDS)
        async with self._lock:
            await self._count(progress)
            tally = self._current()
            if finish and not self._finished:
                tally.finish()
                self._finished = True
            yield tally

    async def _count(self, progress: Callable[[], object]) -> None:
        document = self._session.document
        if document.pages_lost != self._lost or (self._finished and self._at < document.size):
            self._begin()
        end = perf_counter() + SLICE_SECONDS
        more = True
        while more:
            try:
                more = document.index_more() or self._step()
            except PendingReadError:
                end = 0.0
            if perf_counter() >= end:
                progress()
                await give_turn(document.pending)
                end = perf_counter() + SLICE_SECONDS

    def _current(self) -> LogTally:
        """Return what was counted since the log was begun."""
        if self._tally is None:
            # Imported late: the expressions for patterns cost more than a first screen may wait.
            from logview.log.patterns.tally import LogTally

            self._tally = LogTally(is_merged=bool(self._session.origin.parts))
        return self._tally

    def _step(self) -> bool:
        """Count a block; return False where there is nothing left to count."""
        document = self._session.document
        if document.pages_lost != self._lost:
            self._begin()
        if document.first_page < document.end_page:  # a file may have lost what was before
            self._at = max(self._at, document.page(document.first_page).start)
        limit = document.size
        if len(document.own_rows) > self._rows_seen:
            row = document.own_rows[self._rows_seen]
            limit = self._offset_of(row.line)
            if self._at >= limit:
                self._rows_seen += 1
                self._current().break_entry()
                return True
        data = document.read(self._at, min(BLOCK, limit - self._at))
        if self._at + len(data) >= document.size and not self._session.has_ended:
            data = data[: data.rfind(b"\n") + 1]
        if not data:
            return False
        self._at += len(data)
        self._current().feed_data(data)
        return True

    def _offset_of(self, line: int) -> int:
        """Return where a line that a row of our own stands before begins."""
        document = self._session.document
        if line >= document.end_line:
            return document.size
        return document.page(document.page_of(line)).start

    def line_of(self, number: int) -> int:
        """Return the line of the document that a statement's line, counted from 1, is."""
        return self._session.document.first_line + number - 1
