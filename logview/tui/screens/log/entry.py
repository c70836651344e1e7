"""Log screen: the entry on top. It opens one in full, keeps it up to date, and moves on."""

from __future__ import annotations

import time
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING

from logview.log.entries.level import Level
from logview.log.search.pattern import PatternTooSlowError
from logview.log.store.document import BINARY_HEAD
from logview.log.store.pages import LINE_PART
from logview.log.time.locate import first_stamp
from logview.pending_reads import PendingReadError
from logview.phrases import size
from logview.text.escapes import looks_binary, separated_text
from logview.tui.schedule import WAIT_SECONDS, give_turn, schedule_once, when_read
from logview.tui.screens.log.passes import SLICE_SECONDS

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Iterator, Sequence

    from textual.screen import Screen

    from logview.log.facts.tries import RequestTries, RequestTry
    from logview.tui.entry_head import EntryExcerpt, TryRow
    from logview.tui.host import Host
    from logview.tui.screens.entry import EntryScreen
    from logview.tui.screens.log.navigation import PendingJump
    from logview.tui.screens.log.passes import Passes
    from logview.tui.screens.log.search import Search
    from logview.tui.screens.log.session import LogSession
    from logview.tui.widgets.log_pane import LogPane

BINARY_COST = 16
"""How many times as long as a byte of text one of a long line takes that is no text."""

ESCAPE_COST = 80
"""How many bytes of text take as long as an escape sequence."""

REST_FACTOR = 10
"""How many times as long as it took to show it an entry that grows is then left as it is."""


class OpenEntry:
    """The entry that is shown in full, if one is, while the log goes on behind it."""

    def __init__(
        self,
        screen: Screen[None],
        host: Host,
        session: LogSession,
        pane: LogPane,
        search: Search,
        pending: PendingJump,
        passes: Passes,
    ) -> None:
        self._screen = screen
        self._host = host
        self._session = session
        self._pane = pane
        self._search = search
        self._pending = pending
        self._passes = passes
        self._entry_screen: EntryScreen | None = None
        self._line: int | None = None
        """The first line of the entry; None where it is in the log no more."""
        self._seen: tuple[int | None, Sequence[int], int] | None = None
        self._timer: asyncio.TimerHandle | None = None
        """Runs while an entry that has just grown is left as it is."""
        self._tries: RequestTries | None = None
        """The failed tries of the request that the entry is about, if it is about one."""
        self._tries_timer: asyncio.TimerHandle | None = None

    @property
    def pending(self) -> bool:
        """Whether another update is scheduled because the entry has just grown."""
        return self._timer is not None or self._tries_timer is not None

    def note(self, text: str) -> None:
        """Show a receipt on the entry's screen, where it is open."""
        if self._entry_screen is not None and self._entry_screen.is_mounted:
            self._entry_screen.note(text)

    def open(self, line: int) -> None:
        """Show the entry of a line in full."""
        from logview.tui.screens.entry import EntryScreen

        self._host.need_styles("entry", "entry_body")
        pattern = self._search.pattern

        def match(text: str) -> list[tuple[int, int]]:
            try:
                return pattern.spans(text) if pattern is not None else []
            except PatternTooSlowError:
                return []

        current = self._pane.current_match
        self._entry_screen = EntryScreen(
            self._shown(line, match=current is not None and current.line == line),
            self._move,
            self._copy,
            match if pattern is not None else None,
            self._host.keymap,
        )
        self._screen.app.push_screen(self._entry_screen, self._closed)
        with suppress(PendingReadError):  # the entry is open without them
            self._look_for_tries()

    def _closed(self, _: None) -> None:
        self._entry_screen = self._line = self._tries = None

    def _shown(self, line: int, *, match: bool = False) -> EntryExcerpt:
        from logview.log.entries.level_patterns import level_of
        from logview.tui.entry_head import EntryExcerpt

        document, index = self._session.document, self._session.view.entries
        self._session.view.load_entries(line, line)
        entry = index.entry_of(line)
        before = entry[0] - 1
        previous = (
            document.stamps.read(document.line(index.entry_of(before)[0]))
            if before >= document.first_line
            else None
        )
        current = self._pane.current_match if match else None
        lines = tuple(self._lines_of(entry))
        last = entry[max(len(lines) - 1, 0)]
        unread = max(0, document.long_size(last) - len(lines[-1])) if lines else 0
        if self._pane.screen_masks is not None:
            lines = self._pane.screen_masks.mask_lines(entry[0], lines)
        self._line = entry[0]
        self._seen = self._state_of(entry[0])
        if self._entry_screen is not None:
            self._look_for_tries()
        return EntryExcerpt(
            lines=lines,
            first_number=document.number(entry[0]),
            line_count=len(entry),
            last_number=None if isinstance(entry, range) else document.number(entry[-1]),
            unread_bytes=unread,
            # The index keeps no INFO; the line knows no level that a stack gives its entry.
            level=index.level_of(entry[0]) or level_of(document.line_text(entry[0])),
            stamp=document.stamps.read(document.line(entry[0])),
            previous=previous,
            start=first_stamp(document),
            match=(entry.index(current.line), current.start, current.end) if current else None,
            tries=self._try_rows(),
        )

    def _lines_of(self, entry: Sequence[int]) -> Iterator[bytes]:
        """Yield the lines of an entry, at most `MAX_LINES` lines and `MAX_BYTES` bytes.

        Of a long line as many bytes as take no longer than so many of text: some 40 ms.
        """
        from logview.log.entries.entry_text import MAX_BYTES, MAX_LINES

        left = MAX_BYTES
        for number in entry[:MAX_LINES]:
            if left <= 0:
                break
            document = self._session.document
            if document.long_size(number):
                line, left = self._beginning_of(number, left)
            else:
                line = document.line(number)
                left -= len(line)
            yield line

    def _beginning_of(self, number: int, left: int) -> tuple[bytes, int]:
        """Return the beginning of a long line, and how many bytes of text are left then."""
        document, parts, at = self._session.document, list[bytes](), 0
        while left > 0 and (part := document.read_line(number, at, min(left, LINE_PART))):
            is_binary = looks_binary(part[:BINARY_HEAD])
            left -= len(part) * (BINARY_COST if is_binary else 1)
            left -= ESCAPE_COST * part.count(b"\x1b")
            parts.append(part)
            at += len(part)
        return b"".join(parts), left

    def _state_of(self, line: int) -> tuple[int | None, Sequence[int], int]:
        """Return what differs once an entry is another one than when it was shown."""
        document = self._session.document
        entry = self._session.view.entries.entry_of(line)
        version = document.version if entry[-1] + 1 == document.end_line else -1
        return document.number(line), entry, version

    def _copy(self, text: str, what: str) -> None:
        if self._pane.screen_masks is not None and self._line is not None and "JSON" not in what:
            # What is shown is masked already: the copy is counted, and can be had as it is.
            lines = self._lines_of(self._session.view.entries.entry_of(self._line))
            text = "\n".join(separated_text(line) for line in lines)
        amount = size(len(text.encode("utf-8", "replace")))
        self._host.copier.copy(text, what=f"{what} ({amount})")

    # -- while the log goes on ------------------------------------------------------------

    def update(self) -> None:
        """Show more of the entry, where it has grown."""
        screen, line = self._entry_screen, self._line
        if screen is None or line is None or self._timer is not None:
            return
        if self._state_of(line) != self._seen:
            begun = time.monotonic()
            screen.update_entry(self._shown(line))
            # A long one that grows must not take all the time there is.
            rest = REST_FACTOR * (time.monotonic() - begun)
            self._timer = schedule_once(self._screen, rest, self._update_again)

    def _update_again(self) -> None:
        self._timer = None
        self.update()

    def detach(self) -> None:
        """Leave the entry as it is: its file was rewritten."""
        if self._entry_screen is not None and self._line is not None:
            self._line = None
            self._entry_screen.note("the file was rewritten: this is what it said before")

    # -- other tries of a request -----------------------------------------------------------

    def _look_for_tries(self) -> None:
        """Look for the failed tries of the request that the entry is about, in slices."""
        line, found = self._line, self._tries
        if line is None or (found is not None and line in {one.line for one in found.tries}):
            return
        from logview.log.facts.requests import may_be_try

        self._tries = None
        document = self._session.document
        if may_be_try(document.line_text(line)):
            from logview.log.facts.tries import RequestTries

            found = RequestTries(document, self._session.view.entries, line)
            self._tries = found if found.is_try else None
        self._schedule_tries()

    def _schedule_tries(self) -> None:
        if self._tries is not None and not self._tries.is_complete and self._tries_timer is None:
            wait = WAIT_SECONDS if self._session.document.pending.any else 0
            self._tries_timer = schedule_once(self._screen, wait, self._find_tries)

    def _find_tries(self) -> None:
        self._tries_timer = None
        found, screen = self._tries, self._entry_screen
        if found is None or screen is None:
            return
        _step(found)
        if found.is_complete:
            screen.show_tries(self._try_rows())
        self._schedule_tries()

    def _try_rows(self) -> tuple[TryRow, ...]:
        from logview.tui.entry_head import TryRow

        found = self._tries
        if found is None or not found.is_complete or len(found.tries) < 2:
            return ()
        number = self._session.document.number
        return tuple(
            TryRow(one.line, number(one.line), one.stamp, _words(one), one.line == self._line)
            for one in found.tries
        )

    async def _next_try(self) -> EntryExcerpt | None:
        """Show the next failed try of the same request, after the last one the first."""
        found, line = self._tries, self._line
        if found is None or line is None:
            return None
        while self._tries is found and not found.is_complete:
            _step(found)
            await give_turn(self._session.document.pending)
        lines = [one.line for one in found.tries]
        if len(lines) < 2 or self._tries is not found:
            return None
        return await self._go_to(next((one for one in lines if one > line), lines[0]))

    async def _go_to(self, line: int) -> EntryExcerpt | None:
        """Show the entry of a line, which filters may hide; None where it is gone."""
        view = self._session.view
        if not view.document.first_line <= line < view.document.end_line:
            return None
        view.load_entries(line, line)
        if view.is_shown(line):
            self._pane.viewport.go_to_line(line)
            self._pane.redraw()
        return await self._shown_when_read(line)

    async def _shown_when_read(self, line: int, *, match: bool = False) -> EntryExcerpt:
        show = partial(self._shown, line, match=match)
        return await when_read(self._session.document.pending, show)

    # -- moving on ------------------------------------------------------------------------

    async def _move(self, where: str) -> EntryExcerpt | None:
        """Move the reader to another entry; return None where there is none."""
        step, what = where.split("-")
        if what == "try":
            return await self._next_try()
        if step == "line":
            return await self._go_to(int(what))
        forward = step == "next"
        viewport, shown = self._pane.viewport, self._line
        self._pending.drop()
        followed = viewport.follow
        if shown is not None and viewport.cursor not in self._session.view.entries.entry_of(shown):
            viewport.go_to_line(shown)  # the log has gone on below, or shows other lines
        before = viewport.cursor, self._pane.current_match
        if before[0] is None:
            return None
        if what == "match":
            self._search.next_match(forward=forward)
        elif what == "entry":
            self._step(before[0], forward=forward)
        else:
            least = Level.ERROR if what == "error" else Level.WARN
            self._search.next_level(least, forward=forward)
        try:
            while self._search.hunt is not None:
                self._passes.work()
                await give_turn(self._session.document.pending)
        finally:
            self._pending.drop()  # whoever has closed the entry waits for it no more
        cursor = viewport.cursor
        if cursor is None or (cursor, self._pane.current_match) == before:
            if followed:
                viewport.to_end()
                self._pane.redraw()
            return None
        return await self._shown_when_read(cursor, match=what == "match")

    def _step(self, line: int, *, forward: bool) -> None:
        view = self._session.view
        entry = view.entries.entry_of(line)
        to = self._next_begin(entry) if forward else self._previous_begin(entry)
        if to is not None:
            view.load_entries(to, to)
            self._pane.viewport.go_to_line(view.entries.entry_of(to)[0])
            self._pane.redraw()

    def _next_begin(self, entry: Sequence[int]) -> int | None:
        """Return the next shown line of an entry that begins behind an entry's first line."""
        view = self._session.view
        if not view.entries.has_lanes:
            return view.next_shown(entry[-1] + 1)
        line = view.next_shown(entry[0] + 1)
        while line is not None:
            view.load_entries(line, line)
            if view.entries.entry_of(line)[0] > entry[0]:
                break
            line = view.next_shown(line + 1)
        return line

    def _previous_begin(self, entry: Sequence[int]) -> int | None:
        """Return a shown line of the entry that begins next above an entry's first line."""
        view = self._session.view
        before = view.shown_before(entry[0])
        while before:
            line = view.shown_line(before - 1)
            view.load_entries(line, line)
            if (
                not view.entries.has_lanes
                or view.next_shown(view.entries.entry_of(line)[0]) == line
            ):
                return line
            before -= 1
        return None


def _step(found: RequestTries) -> None:
    """Look for tries for one slice."""
    end = time.monotonic() + SLICE_SECONDS
    with suppress(PendingReadError):
        while found.step() and time.monotonic() < end:
            pass


def _words(one: RequestTry) -> str:
    """Return what a try was, and why it failed."""
    if one.is_last:
        what = "gave up"
    else:
        what = "failed" if one.retry is None else f"before retry {one.retry}"
    return f"{what}: {one.reason}" if one.reason else what
