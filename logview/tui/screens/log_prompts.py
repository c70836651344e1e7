"""TUI: what opens over the log: search, filter, go to, the list of filters, and closing them."""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING

from logview.phrases import count
from logview.tui.screens.log_places import LogPlaces, PlaceError
from logview.tui.widgets.banner import Banner
from logview.tui.widgets.overlay import Overlay

if TYPE_CHECKING:
    from textual.widgets import OptionList

    from logview.log.entries.level import Level
    from logview.log.search.pattern import Query
    from logview.tui.app import LogviewApp
    from logview.tui.widgets.filter_list import FilterList
    from logview.tui.widgets.prompt import Kind, Prompt


MAX_CONTEXT = 100
"""Lines of context at most, in each direction."""


class LogPrompts(LogPlaces):
    """The part of the log screen that opens things and closes them again."""

    app: LogviewApp
    _prompt: Prompt | None = None
    _filters: FilterList | None = None
    _banner: Banner | None = None
    _editing: int | None = None

    @abstractmethod
    def refresh_words(self) -> None:
        """Write header, banner and status line anew."""

    @abstractmethod
    def work_on(self) -> None:
        """See to it that unfinished passes go on."""

    @abstractmethod
    def show_least(self, least: Level | None) -> None:
        """Show entries of at least a level; None shows all."""

    @abstractmethod
    async def action_least_level(self) -> None:
        """Choose the least level shown."""

    # What opens over the log is mounted when it is first wanted: the first line shows sooner.

    async def _open_prompt(self, kind: Kind, text: str = "", query: Query | None = None) -> None:
        if self._prompt is None:
            from logview.tui.widgets.prompt import Prompt

            self.app.need_styles("prompt")
            self._prompt = Prompt(self._changed, id="prompt")
            await self.query_one(Overlay).mount(self._prompt, before=0)
        self._prompt.open(kind, text, query)
        # At once, not with the next message: what is typed ahead belongs to the input.
        self.set_focus(self._prompt.input)

    @property
    def searching(self) -> bool:
        """Whether a search is being typed: its counter stands beside it."""
        prompt = self._prompt
        return prompt is not None and prompt.display and prompt.kind == "search"

    async def _open_filters(self) -> None:
        if self._filters is None:
            from logview.tui.widgets.filter_list import FilterList

            self.app.need_styles("filter_list")
            self._filters = FilterList(id="filters")
            await self.query_one(Overlay).mount(self._filters, before=0)
        self._list_filters()
        self._filters.display = True
        self.set_focus(self._filters)

    def banner(self) -> Banner:
        """Give the banner, which is the lowest of what opens over the log."""
        if self._banner is None:
            self.app.need_styles("banner")
            self._banner = Banner(id="banner")
            self.query_one(Overlay).mount(self._banner)
        return self._banner

    @property
    def has_banner(self) -> bool:
        """Whether there has been anything to tell."""
        return self._banner is not None

    def _after_typing(self) -> None:
        """Work at once for one slice, so that the screen answers the key it was given."""
        self.finding.slice()
        self.finding.has_moved()  # what follows shows where to
        self.show_counters()
        self.pane.update_viewport()
        self.work_on()

    def show_counters(self) -> None:
        """Show the counters of what is being typed."""
        prompt = self._prompt
        if prompt is None or not prompt.display:
            return
        if prompt.kind == "search":
            prompt.say(self.finding.counter())
        elif prompt.kind == "filter":
            prompt.say(self.finding.preview_words())
        if prompt.kind != "goto":
            prompt.error(self.finding.error)

    # -- opening --------------------------------------------------------------------------

    async def action_search(self) -> None:
        """Open the search."""
        self.close_prompts()
        self.finding.begin()
        await self._open_prompt("search")

    def action_match(self, step: int) -> None:
        """Go to the next match, or the one before."""
        self.drop_pending()
        self.finding.next(forward=step > 0)
        self._after_typing()
        self.refresh_words()

    async def action_filter(self) -> None:
        """Open the prompt for a filter."""
        self.close_prompts()
        self._editing = None
        self.finding.begin()
        await self._open_prompt("filter")

    async def action_go_to(self, digits: str = "") -> None:
        """Open the prompt for a place, with a digit that was pressed."""
        self.close_prompts()
        await self._open_prompt("goto", digits)

    @property
    def _chooses(self) -> bool:
        """Whether there is a filter or a least level, in force or not."""
        return bool(self.view.filters) or self.view.minimum_level is not None

    async def action_filter_list(self) -> None:
        """Open the list of filters, the least level among them."""
        self.close_prompts()
        if self._chooses:
            await self._open_filters()
        else:
            self.note("no filters yet: & adds one")

    def action_suspend_filters(self) -> None:
        """Take all filters and the least level off, or put them on again."""
        view = self.view
        if not self._chooses:
            self.note("no filters yet: & adds one")
            return
        if not view.suspended and not view.is_filtered:  # each was switched off by itself
            view.minimum_enabled = True
            for line_filter in view.filters:
                line_filter.enabled = True
        else:
            view.suspended = not view.suspended
        self._filters_changed()

    def action_context(self, step: int) -> None:
        """Show one line of context more, or less, around what filters and level show."""
        if not self._chooses:
            self.note("no filters yet: & adds one, + then shows the lines around")
            return
        self.view.context = max(0, min(self.view.context + step, MAX_CONTEXT))
        self.note(f"{count(self.view.context, 'line')} of context")
        self._filters_changed()

    def switch_filter(self, number: int) -> None:
        """Switch one filter off or on."""
        self._suspend_each()
        self.view.filters[number].enabled = not self.view.filters[number].enabled
        self._filters_changed()

    def switch_least(self) -> None:
        """Switch the least level off or on."""
        self._suspend_each()
        self.view.minimum_enabled = not self.view.minimum_enabled
        self._filters_changed()

    def _suspend_each(self) -> None:
        """Let what was off for all be off for each."""
        if self.view.suspended:
            self.view.suspended = False
            self.view.minimum_enabled = False
            for line_filter in self.view.filters:
                line_filter.enabled = False

    def _filters_changed(self) -> None:
        self.finding.refilter()
        if self._filters is not None and self._filters.display:
            if self._chooses:
                self._list_filters()
            else:
                self._close_filters()
        self.refresh_words()
        self.work_on()

    def _list_filters(self) -> None:
        view = self.view
        if self._filters is not None:
            least = view.minimum_level
            level = None if least is None else (least, view.level is not None)
            self._filters.put(view.filters, level, suspended=view.suspended)

    # -- closing --------------------------------------------------------------------------

    def close_open(self) -> bool:
        """Close the innermost thing that is open; False where nothing was."""
        prompt, filters = self._prompt, self._filters
        if prompt is not None and prompt.display:
            self._cancel(prompt.kind)
        elif filters is not None and filters.display:
            self._close_filters()
        else:
            return False
        return True

    def close_prompts(self) -> None:
        """Close what is open over the log, but end nothing that goes on."""
        LogPrompts.close_open(self)

    def action_close(self) -> None:
        """Close what is open, innermost first; then the search's marks; never quit."""
        if not self.close_open() and self.finding.search is not None:
            self.finding.forget()
        self.refresh_words()

    def _close_filters(self) -> None:
        if self._filters is not None:
            self._filters.display = False
        self.set_focus(self.pane)

    def _close_prompt(self) -> None:
        if self._prompt is not None:
            self._prompt.display = False
        self.set_focus(self.pane)
        self.refresh_words()

    def _cancel(self, kind: str) -> None:
        if kind == "search":
            self.finding.cancel()
        elif kind == "filter":
            self.finding.end_filter()
        self._close_prompt()
        self.work_on()  # the search before it has not read what came since

    # -- what the prompt says -------------------------------------------------------------

    def _changed(self) -> None:
        """Something else is typed or switched."""
        prompt = self._prompt
        if prompt is None or not prompt.display:
            return
        self.drop_pending()
        if prompt.kind == "search":
            self.finding.type(prompt.query_now)
        elif prompt.kind == "filter":
            self.finding.type_filter(prompt.query_now, self._editing)
        else:
            prompt.error("")
            return
        if self.finding.is_quick:
            self._after_typing()
        else:
            self.call_after_refresh(self._after_typing)  # the key is shown first

    # By name, not with `on`: what is not open yet need not be imported.

    def on_prompt_cancelled(self, message: Prompt.Cancelled) -> None:
        """Go back to where it began."""
        self._cancel(message.prompt.kind)
        message.prompt.input.answered()

    def on_prompt_accepted(self, message: Prompt.Accepted) -> None:
        """Do what was typed."""
        self._accept(message)
        message.prompt.input.answered()

    def _accept(self, message: Prompt.Accepted) -> None:
        prompt, text = message.prompt, message.query.text
        if message.kind == "goto":
            self._accept_place(prompt, text)
            return
        if message.kind == "search":
            self._accept_search(prompt, text)
        elif text in ("", "!") or self.finding.add_filter(message.query, self._editing):
            self.finding.end_filter()
        else:
            prompt.error(self.finding.error)
            return
        if text:
            prompt.remember(text)
        self._close_prompt()
        self.work_on()

    def _accept_search(self, prompt: Prompt, text: str) -> None:
        before = prompt.history["search"]
        if not text and self.finding.search is None and before:
            # As in less and vim: an empty search repeats the last one.
            query = prompt.query_now
            self.finding.type(type(query)(before[-1], query.regex, query.case))
            self.finding.slice()
        self.finding.accept()

    def _accept_place(self, prompt: Prompt, text: str) -> None:
        self.drop_pending()
        try:
            go = self.way_to(text)
        except PlaceError as error:
            prompt.error(str(error))
            return
        self._close_prompt()
        if go is not None:
            self.when_indexed(go)

    # -- the list of filters --------------------------------------------------------------

    async def on_filter_list_wanted(self, message: FilterList.Wanted) -> None:
        """Do what a key asks for in the list of filters."""
        await self._filter_wanted(message.what, message.number)

    async def _filter_wanted(self, what: str, row: int) -> None:
        filters, number = self.view.filters, row - (self.view.minimum_level is not None)
        if what == "close" or number >= len(filters):
            self._close_filters()
            return
        if number < 0:
            await self._level_wanted(what)
            return
        if what == "edit":
            self._close_filters()
            self._editing = number
            line_filter = filters[number]
            query = line_filter.pattern.query
            self.finding.begin()
            typed = type(query)(line_filter.label, query.regex, query.case)
            await self._open_prompt("filter", query=typed)
            return
        if what == "delete":
            del filters[number]
            self._filters_changed()
        else:
            self.switch_filter(number)

    async def _level_wanted(self, what: str) -> None:
        if what == "edit":
            await self.action_least_level()
        elif what == "delete":
            self.show_least(None)
        else:
            self.switch_least()

    async def on_option_list_option_selected(self, message: OptionList.OptionSelected) -> None:
        """Edit the filter that was chosen."""
        message.stop()
        await self._filter_wanted("edit", message.option_index)
