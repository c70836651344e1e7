"""TUI: the log screen. It wires the source, the document, the view and the widgets."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.binding import Binding, BindingType

from logview.log.view.view import View
from logview.tui.connection import Connection
from logview.tui.finding import Finding
from logview.tui.keys import all_log_keys, bindings, shown_key
from logview.tui.schedule import schedule_once
from logview.tui.screens.log_copies import LogCopies
from logview.tui.screens.log_moves import LogMoves
from logview.tui.screens.log_prompts import LogPrompts
from logview.tui.screens.log_reading import LogReading
from logview.tui.screens.log_saves import LogSaves
from logview.tui.screens.log_source import LogSource
from logview.tui.widgets.header_bar import HeaderBar
from logview.tui.widgets.key_bar import Hint, KeyBar
from logview.tui.widgets.log_pane import LogPane
from logview.tui.widgets.overlay import Body, Overlay
from logview.tui.widgets.scroll_bar import LogScrollBar
from logview.tui.widgets.status_bar import StatusBar
from logview.tui.widgets.timeline import Timeline

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Awaitable, Callable, Iterator

    from textual.app import ComposeResult

    from logview.tui.app import LogviewApp
    from logview.tui.opened_log import OpenedLog

COMMIT_SECONDS = 0.06
"""The least time between two commits, in seconds: at most 17 a second under flood."""

TELL_SECONDS = 0.1
"""How often growing counters are told, in seconds."""


class LogScreen(LogSource):
    """One log, from its source to the screen."""

    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (40, "-wide")]  # noqa: RUF012  # Textual declares it no ClassVar
    VERTICAL_BREAKPOINTS = [(0, "-tiny"), (9, "-roomy")]  # noqa: RUF012  # Textual declares it no ClassVar
    app: LogviewApp
    BINDINGS: ClassVar[list[BindingType]] = [
        # With priority, a key is done before the next one is handed to anybody: what is typed
        # ahead of a prompt belongs to it. `check_action` leaves other inputs their keys.
        *bindings(all_log_keys(), priority=True),
        *(
            Binding(str(digit), f"go_to('{digit}')", show=False, priority=True)
            for digit in range(10)
        ),
    ]

    def __init__(
        self,
        opened: OpenedLog,
        *,
        named: bool,
        clock: Callable[[], float] = time.monotonic,
        found: Callable[[], None] | None = None,
        at: str | None = None,
    ) -> None:
        super().__init__()
        self.opened = opened
        self.opens_at = at
        self.named = named
        self.document = opened.document
        self.view = View(self.document)
        self.view.entries.begun = False  # not before the first lines show
        self.pane = LogPane(self.view, id="pane")
        self.finding = Finding(self.view, self.pane, self.note)
        self.connection = Connection(opened.is_job, opened.open_word)
        self.commits = 0
        """How many commits there were; tests count on it."""
        self.clock = clock
        self._found = found
        self.called = opened.name
        self._clicked = False
        self._covered = (0, 0)
        self._committed = 0.0
        self._committed_size = 0
        self._grew = False
        """Whether the last commit brought bytes."""
        self._told = 0.0
        self._reading_begun = False
        self._commit_timer: asyncio.TimerHandle | None = None
        self._slice_timer: asyncio.TimerHandle | None = None
        self._tell_timer: asyncio.TimerHandle | None = None

    def compose(self) -> ComposeResult:
        """Put the screen together; what opens over the log is mounted when it first does."""
        self._fit_at_once()
        yield HeaderBar(id="header")
        yield Timeline(id="timeline", classes="-away")  # until it is known that there are times
        with Body(id="body"):
            yield self.pane
            yield LogScrollBar(id="scroll-bar")
            yield Overlay(id="overlay")
        yield StatusBar(id="status")
        yield KeyBar(self._hints(), id="keys")

    def _fit_at_once(self) -> None:
        """Take the classes of the breakpoints, which else come after a first layout."""
        for points, value in (
            (self.HORIZONTAL_BREAKPOINTS, self.app.size.width),
            (self.VERTICAL_BREAKPOINTS, self.app.size.height),
        ):
            fits = [name for least, name in points if value >= least]
            self.update_classes({name: name in fits[-1:] for _, name in points}, update=False)

    async def on_mount(self) -> None:
        """Begin to read; a file's last lines are there with the first paint."""
        if self.app.settings.mask_on_screen:
            from logview.tui.screen_masks import ScreenMasks

            self.pane.screen_masks = ScreenMasks(self.document, self.app.settings.token)
        self.set_focus(self.pane)
        self._events = aiter(self.opened.source.events())
        if not self.opened.is_job:
            await self._read_first()
        self.place_timeline()
        self.pane.placeholder = self._placeholder()
        self.refresh_words()
        self.set_interval(1.0, self._each_second)
        self._listen()

    def _begin_reading(self) -> None:
        """Read levels and entries, now that the first lines show."""
        self.view.entries.begin_at(self.view.page_near(self.pane.viewport.anchor_line))
        self._dirty()
        self.work_on()

    def _each_second(self) -> None:
        """Tell what changes by itself: ages, durations, a quiet run's length."""
        self.refresh_words()
        self.renew_entry()
        self.time_passed()

    def on_unmount(self) -> None:
        """Give back what the document holds outside memory."""
        self.document.close()

    def _hints(self) -> list[Hint]:
        keymap = self.app.keymap
        order = ("search", "filter", "error(1)", "copy", "follow", "back")
        keys = sorted(
            (key for key in all_log_keys() if key.footer), key=lambda key: order.index(key.action)
        )
        words = {"back": "quit" if self.named else "back"}
        hints = [
            Hint(shown_key(key, keymap), words.get(key.action, key.footer), key.action)
            for key in keys
        ]
        return [*hints, Hint("?", "help", "app.help")]

    # -- commits --------------------------------------------------------------------------

    def _dirty(self) -> None:
        """Show what changed: at once when all is quiet, on the next commit under flood."""
        if self._commit_timer is not None:
            return
        wait = self._committed + COMMIT_SECONDS - time.monotonic()
        if wait <= 0:
            self._commit()
        else:
            self._commit_timer = schedule_once(self, wait, self._commit)

    def _commit(self) -> None:
        self._commit_timer = None
        if self._tell_timer is not None:
            self._tell_timer.cancel()
            self._tell_timer = None
        if not self._reading_begun and self.document.line_count:
            self._reading_begun = True
            self.call_after_refresh(self._begin_reading)
        self._committed = time.monotonic()
        self._grew = self.document.size != self._committed_size
        self._committed_size = self.document.size
        self.commits += 1
        self.finding.take_new_lines()
        self.finding.place_again()
        self.pane.viewport.unfold_visible()
        self.pane.placeholder = self._placeholder()
        with self.pane.prevent(LogPane.Moved):  # told here, with the same numbers, in one frame
            self.pane.update_viewport()
        self.index_advanced()
        self.show_counters()
        self.refresh_words()
        self.renew_entry()
        self.lines_came()
        self.draw_timeline()
        self.work_on()

    def _placeholder(self) -> str:
        if self.document.line_count:
            return "No line matches the filters.  x switches them off and on."
        return {
            "connecting": "Connecting…" if self.opened.is_job else "Reading…",
            "waiting": "Nothing logged yet: waiting for the start.",
            "live": "Nothing logged yet.",
            "ended": "The log is empty.",
            "unknown": "The log is empty.",
        }.get(self.connection.state, "")

    def work_on(self) -> None:
        """See to it that unfinished passes go on, a slice at a time."""
        if self.finding.busy and self._slice_timer is None:
            self._slice_timer = schedule_once(self, 0.001, self._slice)

    def _slice(self) -> None:
        self._slice_timer = None
        filtering = not self.view.complete
        self.finding.slice()
        if filtering or self.finding.has_moved() or self.pane.show_numbers:
            self._dirty()
        if self._tell_timer is None:
            # Numbers grow faster than anybody reads, and each commit tells them, too.
            wait = max(self._told, self._committed) + TELL_SECONDS - time.monotonic()
            done = not self.finding.busy
            if wait <= 0 or (done and not self._grew):
                self._tell()
            elif done:  # the next lines bring a commit before that
                self._tell_timer = schedule_once(self, wait, self._tell)
        self.work_on()

    def _tell(self) -> None:
        """Tell what the passes have found, where no commit has told it."""
        self._tell_timer = None
        self._told = time.monotonic()
        self.show_counters()
        self.index_advanced()
        self.refresh_words()
        self.levels_came()

    @on(Overlay.Sized)
    def _overlay_sized(self, message: Overlay.Sized) -> None:
        self._covered = (message.rows, self._covered[1])
        self.pane.set_covered_rows(max(self._covered))

    @on(StatusBar.Grown)
    def _status_grown(self, message: StatusBar.Grown) -> None:
        self._covered = (self._covered[0], message.rows)
        self.pane.set_covered_rows(max(self._covered))

    @on(LogPane.MovedByMouse)
    def _taken(self) -> None:
        self.drop_pending()

    @on(LogScrollBar.Dragged)
    def _dragged(self, message: LogScrollBar.Dragged) -> None:
        self.drop_pending()
        self.pane.viewport.scroll_to(message.fraction)
        self.pane.redraw()

    @on(LogPane.PillClicked)
    def _pill_clicked(self) -> None:
        self.action_bottom()

    @on(KeyBar.Clicked)
    async def _hint_clicked(self, message: KeyBar.Clicked) -> None:
        await self.do(message.action)

    @on(StatusBar.ChipClicked)
    def _chip_clicked(self, message: StatusBar.ChipClicked) -> None:
        number = message.number - (self.view.minimum_level is not None)
        if number < 0:
            self.switch_least()
        else:
            self.switch_filter(number)

    # -- keys -----------------------------------------------------------------------------

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Let no key of the log act while something else has the focus."""
        rooms = (LogScreen, LogSaves, LogCopies, LogReading, LogMoves, LogPrompts)
        of_the_log = any(f"action_{action}" in vars(room) for room in rooms)
        return not of_the_log or self._clicked or self.focused in (None, self.pane)

    async def do(self, action: str) -> None:
        """Do an action that was clicked or chosen, wherever the focus is."""
        self._clicked = True
        try:
            await self.run_action(action)
        finally:
            self._clicked = False

    def action_retry(self) -> None:
        """Try again now."""
        self.opened.source.retry()
        self.note("trying again")

    def action_back(self) -> None:
        """Go back to where one came from."""
        self.app.go_back(self)

    def further_commands(self) -> Iterator[tuple[str, Callable[[], Awaitable[None] | None]]]:
        """Give what the palette does without a key."""
        view = self.view
        yield (
            "filters: show only the lines that match"
            if view.whole_entries
            else "filters: show whole entries, not only the lines that match",
            self.widen_filters,
        )
        yield (
            "folds: show long errors in full" if view.fold else "folds: fold long errors",
            (self.switch_folds),
        )
        if view.folds.any_opened:
            yield "folds: fold again what was opened", self.close_folds
        yield (
            "timeline: hide it" if self.timeline_shown else "timeline: show it",
            (self.switch_timeline),
        )
        if self.pane.marked_lines:
            yield "marks: take all away", self.forget_marks
        yield "copy without times", self.copy_without_times
        if self.opened.is_job:
            yield "copy the ID of the run or build", self.copy_id
            yield "copy the link to Apify Console", self.copy_link
        yield "copy the command that shows this place again", self.copy_command
        if self.opened.is_job:
            yield "download a fresh copy from the API", self.ask_download

    def show_ledger(self) -> None:
        """Show what the connection did so far."""
        from logview.tui.screens.ledger import LedgerScreen

        self.app.need_styles("help")
        self.app.push_screen(LedgerScreen(self.opened.source.stats()))
