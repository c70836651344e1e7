"""Log screen: compose, bind, route. Each capability is an object of its own."""

from __future__ import annotations

from functools import cached_property, partial
from time import monotonic
from typing import TYPE_CHECKING, Protocol

from textual import on
from textual.screen import Screen

from logview.log.entries.level import Level
from logview.log.view.entry_shapes import EntryShapes
from logview.pending_reads import PendingReadError
from logview.sources import events
from logview.tui.commands import Command, key_commands
from logview.tui.connection import utc_now
from logview.tui.keys import LOG_FOOTER, LOG_KEYS, all_log_keys, log_key, shown_key
from logview.tui.schedule import give_turn, unless_pending
from logview.tui.screens.log import status
from logview.tui.screens.log.baseline import SessionBaseline
from logview.tui.screens.log.copy import Copies
from logview.tui.screens.log.digest import Digests
from logview.tui.screens.log.entry import OpenEntry
from logview.tui.screens.log.feed import Feed
from logview.tui.screens.log.filter_panels import FilterPanels
from logview.tui.screens.log.filters import Filters
from logview.tui.screens.log.frames import Frames, Update
from logview.tui.screens.log.lanes import Lanes
from logview.tui.screens.log.links import Links
from logview.tui.screens.log.marks import Marks
from logview.tui.screens.log.navigation import Navigation, PendingJump
from logview.tui.screens.log.news import News
from logview.tui.screens.log.other_runs import OtherRuns
from logview.tui.screens.log.passes import Passes
from logview.tui.screens.log.patterns import Patterns
from logview.tui.screens.log.reading import Reading
from logview.tui.screens.log.repeats import Repeats
from logview.tui.screens.log.save import Saves
from logview.tui.screens.log.search import Search
from logview.tui.screens.log.tally import SessionTally
from logview.tui.textual_internals import catch_in_messages
from logview.tui.widgets.header_bar import Header, HeaderBar
from logview.tui.widgets.key_bar import KeyBar, KeyHint
from logview.tui.widgets.log_pane import LogPane
from logview.tui.widgets.overlay import Body, Overlay
from logview.tui.widgets.scroll_bar import LogScrollBar
from logview.tui.widgets.status_bar import StatusBar
from logview.tui.widgets.timeline import Timeline

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator

    from textual.app import ComposeResult
    from textual.widget import Widget
    from textual.widgets import OptionList
    from textual.worker import Worker

    from logview.log.search.pattern import Query
    from logview.log.time.timeline import StampIndex
    from logview.sources.events import Problem, Source
    from logview.tui.host import Host
    from logview.tui.screens.log.session import LogSession
    from logview.tui.widgets.empty_state import EmptyBlock, EmptyState
    from logview.tui.widgets.filter_list import FilterList
    from logview.tui.widgets.lane_list import LaneList
    from logview.tui.widgets.level_picker import LevelPicker
    from logview.tui.widgets.link_list import LinkList
    from logview.tui.widgets.mark_list import MarkList
    from logview.tui.widgets.prompt import Kind, Prompt
    from logview.tui.widgets.save_prompt import SavePrompt
    from logview.tui.widgets.status_bar import Tone


JUMP_SECONDS = 1.0
"""How long Enter waits for a jump that searches; the keys behind it wait, too."""


class Typed(Protocol):
    """What a prompt is typed for: a search, a filter, a location."""

    error: str
    """What is wrong with what is typed, for a person."""

    @property
    def counter(self) -> str:
        """What the prompt counts, for the input's right end."""

    def typed(self, query: Query) -> bool:
        """Take what is typed so far; return whether there is work to do for it."""

    def accept(self, query: Query) -> bool:
        """Do what was typed; return False and set `error` where it can't be used."""

    def cancel(self) -> None:
        """Leave everything as it was before."""


class LogScreen(Screen[None]):
    """One log, from its source to the screen."""

    help_topic = "log"

    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (40, "-wide")]  # noqa: RUF012  # Textual declares it no ClassVar
    VERTICAL_BREAKPOINTS = [(0, "-tiny"), (9, "-tall"), (30, "-high")]  # noqa: RUF012  # Textual declares it no ClassVar

    def __init__(
        self,
        session: LogSession,
        source: Source,
        host: Host,
        *,
        named: bool,
        at: str | None = None,
    ) -> None:
        """Show the log of a session, read from `source`.

        `named` is whether it was named on the command line: then `q` quits. `at` is the moment
        that it opens at.
        """
        super().__init__()
        self.session = session
        self.source = source
        self.host = host
        self.named = named
        self.is_left = False
        """Whether it was left, and stays below another screen for good."""
        self._exists = False
        """Whether there was a sign that the log exists."""
        self.view = session.view
        self.document = session.document
        self.pane = LogPane(self.view, id="pane")
        self.pane.time_column.restore_format(host.state.times)
        self.pending_jump = PendingJump(self.pane.viewport)
        self.reading = Reading(self, self.document, self.note)
        for pump in (self, self.pane):
            catch_in_messages(pump, PendingReadError, self.reading.note)
        self.frames = Frames(self, lambda: self.document.size)
        self.feed = Feed(session, source, self)
        self.search = Search(self.view, self.pane, self.pending_jump, self.note)
        self.filters = Filters(
            self.view,
            self.pane,
            self.search,
            changed=self._filters_changed,
            refolded=self._rows_changed,
            note=self.note,
        )
        self.repeats = Repeats(
            self.view, self.pane, is_new=lambda shape: shape in self.news.new_shapes
        )
        self.passes = Passes(
            self,
            self.view,
            self.pane,
            self.search,
            self.filters,
            self.frames,
            self.repeats,
            self.note,
        )
        self.navigation = Navigation(session, self.pane, self.pending_jump, self.note)
        self.entry = OpenEntry(
            self, host, session, self.pane, self.search, self.pending_jump, self.passes
        )
        self.baseline = SessionBaseline(session, host.settings, host.against)
        tally = SessionTally(session)
        shapes = EntryShapes(session.document, self.view.entries)
        self.news = News(
            session,
            self.baseline,
            tally,
            shapes,
            self.pane,
            self.pending_jump,
            run=partial(self.run_worker, group="news", exclusive=True),
            note=self.note,
            changed=self._news_changed,
            clock=host.clock,
        )
        self.pane.new_entries = self.news.mask
        self.patterns = Patterns(
            self,
            host,
            session,
            shapes,
            self.pane,
            self.pending_jump,
            self.filters,
            self.news,
            note=self.note,
            work=self._work_at_once,
        )
        self.other_runs = OtherRuns(
            self,
            host,
            session,
            is_following=lambda: self.pane.viewport.follow,
            note=self.note,
        )
        self.digests = Digests(self, host, session, self.baseline, tally, self._go_to_line)
        self.header = HeaderBar(id="header")
        self.timeline = Timeline(
            self._make_stamps,
            self.view,
            lambda: session.is_running,
            self.pane.time_column.format_moment,
            id="timeline",
        )
        self.scroll_bar = LogScrollBar(id="scroll-bar")
        self.body = Body(id="body")
        self.overlay = Overlay(need_styles=host.need_styles, focus=self.set_focus, id="overlay")
        self.filter_panels = FilterPanels(
            self.view,
            self.pane,
            self.filters,
            self.overlay,
            ask=lambda query: self._ask("filter", query=query),
            note=self.note,
        )
        self.lanes = Lanes(
            session,
            self.pane,
            self.filters,
            self.overlay,
            note=self.note,
            schedule=self.passes.schedule,
        )
        self.passes.lanes = self.lanes.index
        self._empty_block: EmptyBlock | None = None
        self.status_bar = StatusBar(id="status")
        self.footer = KeyBar((), id="keys")
        self.copies = Copies(self, host, session, self.pane, self.note)
        self.links = Links(self, host, session, self.pane, self.overlay, self.note)
        self.marks = Marks(session, self.pane, self.navigation, self.overlay, self.note)
        self.saves = Saves(
            self,
            host,
            session,
            self.pane,
            self.passes,
            self.overlay,
            note=self.note,
            clear_note=partial(self.overlay.show_note, ""),
        )
        self._prompt: Prompt | None = None
        self._level_counts: tuple[tuple[str, Tone], ...] = ()
        self.frames.updates = (
            Update(self.passes.begin_levels),
            Update(self.passes.take_new_lines),
            Update(self.passes.place_again),
            Update(self._update_pane),
            Update(self.lanes.detect),
            Update(self.lanes.update, counts=True),
            Update(self.navigation.advance, counts=True),
            Update(self._update_prompt, counts=True),
            Update(self.update_words, counts=True),
            Update(self.entry.update),
            Update(self._place_timeline),
            Update(self.timeline.update_bars, counts=True),
            Update(self._update_timeline_viewport),
            Update(self.passes.schedule),
        )
        if at is not None:
            self.navigation.open_at(at)

    def compose(self) -> ComposeResult:
        """Compose the screen; what opens over the log is mounted when it first does."""
        self._fit_at_once()
        yield self.header
        yield self.timeline
        with self.body:
            yield self.pane
            yield self.scroll_bar
            yield self.overlay
        yield self.status_bar
        yield self.footer

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
        settings = self.host.settings
        if settings.mask_on_screen:
            from logview.tui.screen_masks import ScreenMasks

            self.pane.screen_masks = ScreenMasks(self.document, settings.current_token)
        self.set_focus(self.pane)
        if not self.session.origin.is_job:
            await self.feed.read_first()
        self._place_timeline()
        self.update_words()
        self.set_interval(1.0, unless_pending(self._each_second))
        self.feed.start()

    def on_unmount(self) -> None:
        """Free what the document holds outside memory."""
        self.baseline.close()
        self.document.close()

    @property
    def pending(self) -> bool:
        """Whether anything is scheduled or still being worked out."""
        return any(one.pending for one in (self.frames, self.passes, self.feed, self.entry))

    @property
    def place(self) -> str | None:
        """The time of the current line, as `--at` takes it; None at the log's end."""
        viewport = self.pane.viewport
        if viewport.follow or viewport.cursor is None:
            return None
        stamp = self.session.stamp_near(viewport.cursor)
        return None if stamp is None else stamp.decode()

    def set_focus(
        self, widget: Widget | None, scroll_visible: bool = True, from_app_focus: bool = False
    ) -> None:
        """Focus a widget; the log where none is named: its keys always act somewhere."""
        super().set_focus(widget or self.pane, scroll_visible, from_app_focus)

    # -- what a frame shows ---------------------------------------------------------------

    def _each_second(self) -> None:
        """Update what changes by itself: ages, durations, a quiet run's length."""
        self.news.update()
        self.other_runs.watch()
        self.update_words()
        self.entry.update()
        self.timeline.update_clock()

    def _update_pane(self) -> None:
        self.pane.viewport.unfold_visible()
        with self.pane.prevent(LogPane.Moved):  # shown by this frame, with the same numbers
            self.pane.update_viewport()

    def _update_prompt(self) -> None:
        """Show the counter of what is being typed, and what is wrong with it."""
        prompt = self._open_prompt
        if prompt is not None:
            typed = self._typed_for(prompt.kind)
            prompt.show_counter(typed.counter)
            prompt.show_error(typed.error)

    def update_words(self) -> None:
        """Write header, banner and status line anew, as far as they changed."""
        session, now = self.session, self.host.clock()
        session.search_status_message()
        header = Header(
            session.title,
            session.subtitle,
            session.job,
            session.status_message,
            is_id=session.origin.is_job,
            clock=status.clock_words(self.pane.time_column, utc_now()),
        )
        grown = self.header.show(header)
        if grown and self.header.size.height:
            self.pane.expect_rows_above(grown)
        empty = status.empty_state(session, now, self._key_of, can_go_back=not self.named)
        self._show_empty(empty)
        is_in_block = empty is not None and empty.is_failure
        self.overlay.show_problem(
            None if is_in_block else session.connection.shown_problem,
            status.banner_hint(session, now, self._key_of("retry")),
            ongoing=session.connection.state == "reconnecting",
        )
        self.view.entries.holds_undecided = session.connection.is_fresh(now)
        if not self.is_left:
            errors = self.view.entries.count(Level.ERROR)
            logs = [screen for screen in self.app.screen_stack if isinstance(screen, LogScreen)]
            self.host.attention.show(
                session.state_for_title(errors), is_in_front=not logs or logs[-1] is self
            )
        # Not with each move: under a flood the numbers would make frames of their own.
        self._level_counts = status.level_counts(self.view, self.news.words)
        self._update_place()

    def _show_empty(self, state: EmptyState | None) -> None:
        if self._empty_block is None:
            if state is None:
                return
            from logview.tui.widgets.empty_state import EmptyBlock

            self.host.need_styles("empty_state")
            self._empty_block = EmptyBlock(id="empty")
            self.body.mount(self._empty_block, before=self.overlay)
        self._empty_block.show(state)

    @cached_property
    def _shown_keys(self) -> dict[str, str]:
        """The key of each action, as a person reads it."""
        return {key.action: shown_key(key, self.host.keymap) for key in all_log_keys()}

    def _key_of(self, action: str) -> str:
        return self._shown_keys[action]

    def _update_place(self) -> None:
        viewport, view = self.pane.viewport, self.view
        prompt = self._open_prompt
        searching = prompt is not None and prompt.kind == "search"  # its counter stands there
        self.status_bar.show_status(
            status.status_line(
                self.session,
                viewport,
                now=self.host.clock(),
                counts=self._level_counts,
                search="" if searching else self.search.counter,
                selection=self.pane.selection,
                date=status.date_words(self.pane.time_column, self.pane.viewport.cursor),
                folded=self.repeats.words,
                waiting=self.other_runs.waiting,
                is_header_shown=self.header.display and not self.has_class("-tiny"),
                lanes=self.lanes.words,
            )
        )
        top = view.index_of(viewport.top.row)
        shown = len({spot.row for spot in viewport.screen_rows[: viewport.height]})
        self.scroll_bar.update_position(top, shown, view.row_count)
        self._update_footer()

    def _make_stamps(self) -> StampIndex:
        from logview.log.time.timeline import StampIndex

        return StampIndex(self.document)

    def _place_timeline(self) -> None:
        self.timeline.show_where_stamped(self.pane.time_column.is_stamped)

    def _update_timeline_viewport(self) -> None:
        lines = [spot.row.line for spot in self.pane.viewport.screen_rows if not spot.row.is_own]
        seen = (lines[0], lines[-1]) if lines else None
        self.timeline.show_viewport(seen, self.pane.marked_lines)

    def note(self, text: str) -> None:
        """Show a receipt or a notice for some seconds, here and on what lies over the log."""
        self.entry.note(text)
        self.digests.note(text)
        self.overlay.show_note(text)

    # -- what comes from below ------------------------------------------------------------

    @on(Reading.CameBack)
    async def _read_came_back(self) -> None:
        await self.reading.go_on()
        self.frames.request()

    @on(Feed.Changed)
    def _feed_changed(self) -> None:
        self._log_exists()
        self.session.connection.receive(self.host.clock())
        self.frames.request()

    @on(Feed.Rewritten)
    async def _feed_rewritten(self) -> None:
        try:
            self.passes.read_again()
        except PendingReadError:
            self.reading.hold(self._feed_rewritten)
            return
        self.news.forget()
        if self.pane.selection is not None:
            self.note("the file was rewritten: the selection is gone")
        self.pane.reset()
        self.timeline.forget()
        self.entry.detach()
        self.frames.request()

    @on(Feed.StateChanged)
    def _feed_state_changed(self, message: Feed.StateChanged) -> None:
        event = message.event
        if isinstance(event, events.Noted):
            self.note(event.text)
            return
        was_running = self.session.is_running
        self.session.update(event, self.host.clock())
        if isinstance(event, events.Connected | events.JobChanged | events.Ended):
            self._log_exists()
        if isinstance(event, events.JobChanged | events.Ended):
            self.feed.ask_actor_name()
            self._place_timeline()
            self.timeline.update_bars()  # the run's end is that of its time
            self.navigation.advance()
        job = self.session.job
        if was_running and job is not None and job.ended and job.status != "SUCCEEDED":
            self.note(f"{job.status}: {shown_key(log_key('digest'), self.host.keymap)} says why")
        if isinstance(event, events.Failed) and self._refused(event.problem):
            return
        self.update_words()

    def _refused(self, problem: Problem) -> bool:
        """With nothing read, a wrong ID goes back to where it can be edited."""
        editable = self.session.origin.is_job and problem.status in (400, 404)
        if self.document.size or not editable:
            return False
        self.host.leave_log(self, refused=problem)
        return True

    @on(Feed.ActorNamed)
    def _actor_named(self, message: Feed.ActorNamed) -> None:
        self.session.title = message.name
        job = self.session.job
        if job is not None:
            self.host.remember_name(job.id, job.kind, message.name)
        self.update_words()

    def _log_exists(self) -> None:
        if not self._exists:
            self._exists = True
            self.host.remember_log(self.session.origin)

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """End the app with a report: a worker that fails is a defect of ours."""
        error = event.worker.error
        if error is not None and isinstance(error, Exception):
            raise error

    @on(Overlay.Sized)
    def _overlay_sized(self, message: Overlay.Sized) -> None:
        self.pane.set_covered_rows(message.rows, message.note_rows)

    @on(LogPane.Moved)
    def _moved(self) -> None:
        self.lanes.detect()
        self._update_place()
        self._update_timeline_viewport()

    @on(LogPane.Selected)
    def _selected(self) -> None:
        self.copies.note_selection()
        self.update_words()

    @on(LogPane.PillClicked)
    def _pill_clicked(self) -> None:
        self.action_bottom()

    @on(LogPane.FoldClicked)
    def _fold_clicked(self, message: LogPane.FoldClicked) -> None:
        self.filters.open_fold(message.line)

    @on(LogPane.LinkClicked)
    async def _link_clicked(self, message: LogPane.LinkClicked) -> None:
        await self.links.list_at(*message.place)

    @on(LogScrollBar.Dragged)
    def _dragged(self, message: LogScrollBar.Dragged) -> None:
        self.pane.viewport.scroll_to(message.fraction)
        self.pane.redraw()

    @on(Timeline.Picked)
    def _time_picked(self, message: Timeline.Picked) -> None:
        self.navigation.go_to_line(message.line)

    @on(KeyBar.Clicked)
    async def _hint_clicked(self, message: KeyBar.Clicked) -> None:
        await self.run_action(message.action)

    @on(StatusBar.ChipClicked)
    async def _chip_clicked(self, message: StatusBar.ChipClicked) -> None:
        if self.lanes.owns_chip(message.number) and not message.delete:
            await self.lanes.open_list()
        else:
            await self.filter_panels.act("delete" if message.delete else "switch", message.number)

    # -- passes ---------------------------------------------------------------------------

    def _work_at_once(self) -> None:
        """Work for one slice, so that the screen answers the key that it was given."""
        self.passes.work()
        self.search.has_moved()  # what follows shows where to
        self._update_prompt()
        self.pane.update_viewport()
        self.passes.schedule()

    def _filters_changed(self) -> None:
        self.passes.refilter()
        self.filter_panels.update()
        self.lanes.update()
        self._rows_changed()

    def _rows_changed(self) -> None:
        self.update_words()
        self.passes.schedule()

    # -- prompts --------------------------------------------------------------------------

    def _typed_for(self, kind: Kind) -> Typed:
        owners: dict[Kind, Typed] = {
            "search": self.search,
            "filter": self.filters,
            "goto": self.navigation,
        }
        return owners[kind]

    @property
    def _open_prompt(self) -> Prompt | None:
        return self._prompt if self._prompt is not None and self._prompt.display else None

    async def _ask(self, kind: Kind, text: str = "", query: Query | None = None) -> None:
        from logview.tui.widgets.prompt import Prompt

        prompt = self._prompt = await self.overlay.mounted(
            Prompt, lambda: Prompt(self._prompt_changed, id="prompt"), "prompt"
        )
        self.overlay.close()
        prompt.open(kind, text, query)
        # At once, not with the next message: what is typed ahead belongs to the input.
        self.overlay.show(prompt, prompt.input, cancel=lambda: self._cancel_prompt(kind))

    def _cancel_prompt(self, kind: Kind) -> None:
        self._typed_for(kind).cancel()
        self.passes.schedule()  # the search before it has not read what came since

    def _prompt_changed(self) -> None:
        """Something else is typed or switched."""
        prompt = self._open_prompt
        if prompt is None:
            return
        self.pending_jump.drop()  # whoever types is on the way elsewhere
        typed = self._typed_for(prompt.kind)
        if not typed.typed(prompt.query_now):
            prompt.show_error(typed.error)
        elif self.passes.is_quick:
            self._work_at_once()
        else:
            self.call_after_refresh(unless_pending(self._work_at_once))  # the key is shown first

    # By name, not with `on`: what is not open yet need not be imported.

    def on_prompt_cancelled(self, message: Prompt.Cancelled) -> None:
        """Go back to where it began."""
        if message.prompt.display:
            self.overlay.close()
            self.update_words()
        message.prompt.input.release()

    def on_prompt_accepted(self, message: Prompt.Accepted) -> None:
        """Do what was typed."""
        if message.prompt.display:
            self._accept(message.prompt, message.kind, message.query)
        message.prompt.input.release()

    def _accept(self, prompt: Prompt, kind: Kind, query: Query) -> None:
        past = prompt.history[kind]
        if kind == "search" and not query.text and self.search.matches is None and past:
            # As in less and vim: an empty search repeats the last one.
            self.search.typed(type(query)(past[-1], query.regex, query.case))
            self.passes.work()
        typed = self._typed_for(kind)
        if not typed.accept(query):
            prompt.show_error(typed.error)
            return
        if query.text and kind != "goto":
            prompt.remember(query.text)
        self.overlay.hide()
        self._rows_changed()

    # -- lists ----------------------------------------------------------------------------

    async def on_filter_list_chosen(self, message: FilterList.Chosen) -> None:
        """Do what a key asks for in the list of filters."""
        await self.filter_panels.act(message.what, message.number)

    async def on_option_list_option_selected(self, message: OptionList.OptionSelected) -> None:
        """Edit the filter that was chosen."""
        message.stop()
        await self.filter_panels.act("edit", message.option_index)

    def on_lane_list_chosen(self, message: LaneList.Chosen) -> None:
        """Do what a key asks for in the list of lanes."""
        self.lanes.act(message)

    def on_level_picker_chosen(self, message: LevelPicker.Chosen) -> None:
        """Show the level that was chosen."""
        self.filter_panels.accept_level(message)

    def on_link_list_chosen(self, message: LinkList.Chosen) -> None:
        """Open or copy a link of the list."""
        self.links.act(message)

    def on_mark_list_chosen(self, message: MarkList.Chosen) -> None:
        """Go to a mark of the list, or delete it."""
        self.marks.act(message)
        self._update_timeline_viewport()

    def on_save_prompt_accepted(self, message: SavePrompt.Accepted) -> None:
        """Save to what is named."""
        self.saves.accept(message.prompt)

    def on_save_prompt_cancelled(self, message: SavePrompt.Cancelled) -> None:
        """Leave the prompt."""
        self.saves.cancel(message.prompt)

    # -- what the app asks ----------------------------------------------------------------

    def copy_selection(self) -> bool:
        """Copy what is selected; return False where nothing is."""
        if self.pane.selection is None:
            return False
        self.copies.copy()
        return True

    def close_open(self) -> bool:
        """Close the innermost thing that is open; return False where nothing is."""
        return (
            self.overlay.close()
            or self.saves.stop()
            or self.reading.drop()
            or self.copies.end_selection()
        )

    def help_rows(self) -> list[tuple[str, str]]:
        """Return what shows somebody else this place: for the help screen."""
        rows = [
            ("the command", self.copies.reopen_command()),
            ("the page", self.session.console_link()),
        ]
        return [(name, words) for name, words in rows if words is not None]

    def palette_commands(self) -> Iterator[Command]:
        """Yield the commands of the log, by the groups of its keys."""
        for group, keys in LOG_KEYS.items():
            yield from key_commands(group, keys, self.host.keymap, self.run_action)
            for words, run in self._commands_without_keys(group):
                yield Command(group, words, run)

    def _commands_without_keys(
        self, group: str
    ) -> Iterator[tuple[str, Callable[[], Awaitable[None] | None]]]:
        view, is_job = self.view, self.session.origin.is_job
        if group == "Finding":
            words = "filter by line" if view.whole_entries else "filter by whole entry"
            yield words, self.filters.toggle_whole_entries
            yield "list of lanes", self.lanes.open_list
            yield from self.lanes.commands()
        elif group == "Reading":
            words = "unfold library frames" if view.fold else "fold library frames"
            yield words, self.filters.toggle_folds
            if view.folds.any_opened:
                yield "close opened folds", self.filters.close_folds
            yield "toggle timeline", self.toggle_timeline
            if self.pane.marked_lines:
                yield "clear all marks", self._clear_marks
        elif group == "Copying":
            yield "copy without times", self.copies.copy_without_times
            if is_job:
                yield "copy ID", self.copies.copy_id
                yield "copy link to Console", self.copies.copy_link
            yield "copy command to reopen here", self.copies.copy_command
            if self.session.origin.can_download:
                yield "download a fresh copy", self.saves.ask_download
        elif group == "The log":
            yield "connection details", self.show_connection
            if is_job:
                watches = self.host.watch_runs
                words = "don't watch for the next run" if watches else "watch for the next run"
                yield words, self.other_runs.toggle_watch

    # -- actions: moving ------------------------------------------------------------------

    def action_move(self, rows: int) -> None:
        """Move the cursor line."""
        self.pane.viewport.move(rows)
        self.pane.redraw()

    def action_page(self, pages: int) -> None:
        """Move by pages."""
        self.pane.viewport.page(pages)
        self.pane.redraw()

    def action_half_page(self, halves: int) -> None:
        """Move by half pages."""
        self.pane.viewport.page(halves / 2)
        self.pane.redraw()

    def action_top(self) -> None:
        """Go to the first line."""
        self.navigation.top()

    def action_bottom(self) -> None:
        """Go to the last line and follow."""
        self.pane.viewport.to_end()
        self.pane.redraw()

    def action_follow(self) -> None:
        """Follow, or not."""
        viewport = self.pane.viewport
        if viewport.follow:
            viewport.stop_following()
            words = "paused: G follows"
        else:
            viewport.to_end()
            words = "the log has ended" if self.session.has_ended else "following"
        self.pane.redraw()
        self.note(words)

    def action_sideways(self, steps: int) -> None:
        """Scroll to the side."""
        self.pane.scroll_sideways(steps)

    def action_wrap(self) -> None:
        """Wrap long lines, or not."""
        viewport = self.pane.viewport
        viewport.set_wrap(not viewport.wrap)
        self.pane.redraw()
        self.note("wrap on" if viewport.wrap else "wrap off")

    def action_line_numbers(self) -> None:
        """Show or hide line numbers."""
        self.pane.show_numbers = not self.pane.show_numbers
        self.pane.update_layout()

    def action_json_lines(self) -> None:
        """Lay out the lines that loggers wrote as JSON, or show them as they are."""
        laid_out = self.pane.toggle_json_lines()
        self.note("JSON lines are laid out" if laid_out else "JSON lines are shown raw")

    async def action_go_to(self, digits: str = "") -> None:
        """Open the prompt for a place, with a digit that was pressed."""
        await self._ask("goto", digits)

    # -- actions: finding -----------------------------------------------------------------

    async def action_search(self) -> None:
        """Open the search."""
        self.overlay.close()
        self.patterns.current = None
        self.search.begin()
        await self._ask("search")

    def action_match(self, step: int) -> None:
        """Go to the next match, or the next entry of the pattern that was chosen last."""
        if self.patterns.current is not None:
            self.patterns.jump(forward=step > 0)
            self.update_words()
            return
        self.search.next_match(forward=step > 0)
        self._work_at_once()
        self.update_words()

    def action_error(self, step: int) -> None:
        """Go to the next error, or the one before."""
        self._jump_to_level(Level.ERROR, step)

    def action_warning(self, step: int) -> None:
        """Go to the next warning or error, or the one before."""
        self._jump_to_level(Level.WARN, step)

    def _jump_to_level(self, least: Level, step: int) -> None:
        # From the end of a log that ended, the last one comes first: it is the likely cause.
        from_end = step > 0 and self.session.has_ended and self.pane.viewport.follow
        self.search.next_level(least, forward=step > 0, from_end=from_end)
        self._work_at_once()
        self.update_words()

    async def action_filter(self) -> None:
        """Open the prompt for a filter."""
        self.overlay.close()
        self.filters.begin()
        await self._ask("filter")

    async def action_filter_list(self) -> None:
        """Open the list of filters, the minimum level among them; of lanes where there is none."""
        if self.lanes.words and not self.filters.any:
            await self.lanes.open_list()
        else:
            await self.filter_panels.open_list()

    def action_suspend_filters(self) -> None:
        """Take all filters and the minimum level off, or on again."""
        self.filters.suspend()

    def action_context(self, step: int) -> None:
        """Show one line of context more, or less."""
        self.filters.change_context(step)

    async def action_minimum_level(self) -> None:
        """Choose the minimum level."""
        await self.filter_panels.open_level()

    # -- actions: what went wrong ---------------------------------------------------------

    def action_patterns(self) -> None:
        """Show the entries by what they have in common."""
        if self.document.line_count:
            self.news.start()
            self.patterns.open()
        else:
            self.note(f"no patterns: {self.session.no_line_reason}")

    def action_new_entry(self, step: int) -> None:
        """Go to the next entry that the good runs lack, or the one before."""
        self.news.jump(forward=step > 0)
        self._work_at_once()
        self.update_words()

    def action_fold_repeats(self) -> None:
        """Fold more of what repeats, after all of it nothing."""
        self.note(self.repeats.next_strength())
        self.pane.viewport.refilter()
        self.pane.redraw()
        self._rows_changed()

    def _news_changed(self) -> None:
        self.repeats.restart()
        self.pane.redraw()
        self.update_words()
        self.passes.schedule()

    def action_digest(self) -> None:
        """Show why the log ended as it did."""
        if self.document.line_count:
            self.news.start()
            self.digests.open()
        else:
            self.note(f"no digest: {self.session.no_line_reason}")

    def _go_to_line(self, line: int) -> None:
        if self.view.is_filtered and not self.view.is_shown(line):
            self.filters.suspend()
            self.note("filters are off: they hide this line, x applies them again")
        self.navigation.go_to_line(line)

    # -- actions: reading -----------------------------------------------------------------

    async def action_entry(self) -> None:
        """Open the fold at the cursor line, or show its entry in full.

        A jump that searches still comes first: Enter typed right behind `e` is for its error.
        """
        end = monotonic() + JUMP_SECONDS
        while self.search.hunt is not None and monotonic() < end:
            self.passes.work()
            await give_turn(self.document.pending)
        cursor = self.pane.viewport.cursor
        if cursor is None:
            self.note(f"no entry: {self.session.no_line_reason}")
        elif not self.filters.open_fold(cursor):
            self.entry.open(cursor)

    def action_times(self) -> None:
        """Show the times in the next form."""
        if self.pane.time_column.is_stamped:
            times = self.pane.time_column
            self.note(times.next_format())
            self.host.remember_times(times.format)
            self.pane.update_layout()
            self.timeline.update_bars()
        else:
            self.note("this log has no times to show")

    def action_mark(self) -> None:
        """Mark the current line, or take its mark away."""
        self.navigation.toggle_mark()
        self._update_timeline_viewport()

    def action_next_mark(self, step: int) -> None:
        """Go to the next marked line that is shown, or the one before."""
        self.navigation.next_mark(forward=step > 0)

    async def action_marks(self) -> None:
        """List the marks, with the time between them."""
        await self.marks.list_marks()

    def _clear_marks(self) -> None:
        self.navigation.clear_marks()
        self._update_timeline_viewport()

    def toggle_timeline(self) -> None:
        """Show the timeline, or give its row to the log."""
        self.timeline.enabled = not self.timeline.enabled
        self._place_timeline()
        self.timeline.update_bars()
        if self.timeline.enabled and not self.timeline.is_shown:
            self.note("this log has no times to show")

    # -- actions: copying -----------------------------------------------------------------

    def action_select(self) -> None:
        """Begin to select whole lines at the cursor line, or end it."""
        self.copies.toggle_selection()
        self.update_words()

    def action_copy(self) -> None:
        """Copy the selection, or the current entry."""
        self.copies.copy()

    def action_copy_markdown(self) -> None:
        """Copy it as Markdown."""
        self.copies.copy_markdown()

    def action_copy_again(self) -> None:
        """Copy again what was copied last, with its secrets."""
        self.copies.copy_again()

    async def action_save(self) -> None:
        """Ask for a file to save to."""
        await self.saves.ask()

    def action_open_console(self) -> None:
        """Open the run or build in Apify Console."""
        self.links.open_console()

    async def action_links(self) -> None:
        """List the links of the current entry, to open one."""
        await self.links.list_of_entry()

    # -- actions: the log -----------------------------------------------------------------

    def action_details(self) -> None:
        """Show the details of the run or build."""
        session = self.session
        if not session.origin.is_job or session.job_id is None:
            self.note(f"no details: this is {session.origin.words.noun}, and no single run")
            return
        from logview.run_details import RunDetails

        job = session.job
        kind = job.kind if job is not None else None
        name = session.title if job is not None else ""
        self.host.open_details(RunDetails(session.job_id, kind, job, name=name))

    def action_other_run(self, step: int) -> None:
        """Open the next run of the same Actor or task, or the one before."""
        self.other_runs.go(newer=step > 0)

    def action_retry(self) -> None:
        """Try again now."""
        origin = self.session.origin
        if not origin.can_retry:
            self.note(f"{origin.words.noun} can't be reopened")
            return
        self.source.retry()
        self.note("reconnecting…")

    def action_close(self) -> None:
        """Close what is open, innermost first; then the search's marks; never quit."""
        if not self.close_open():
            self.patterns.current = None
            if self.search.matches is not None:
                self.search.forget()
        self.update_words()

    def action_back(self) -> None:
        """Go back to where one came from."""
        self.host.leave_log(self)

    def show_connection(self) -> None:
        """Show what the connection did so far."""
        from logview.tui.screens.connection_details import ConnectionDetails

        self.host.need_styles("help")
        self.app.push_screen(ConnectionDetails(self.source.stats()))

    def _update_footer(self) -> None:
        """Offer only the keys that can do something now."""
        back = "quit" if self.named else "back"
        usual = tuple(
            (key.action, back if key.action == "back" else key.footer) for key in LOG_FOOTER
        )
        actions = status.footer_actions(
            self.session,
            self.pane.viewport,
            usual,
            is_selecting=self.pane.selection is not None,
            has_matches=self.search.matches is not None and self.search.matches.total > 0,
            has_errors=any(tone == "bad" for _, tone in self._level_counts),
        )
        hints = [KeyHint(self._key_of(action), word, action) for action, word in actions]
        self.footer.show_hints([*hints, KeyHint("?", "help", "app.help")])
