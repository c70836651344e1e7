"""TUI: the open screen: an input for any target, which narrows the newest runs and builds."""

from __future__ import annotations

import re
from functools import partial
from math import inf
from typing import TYPE_CHECKING, ClassVar

from textual import events, on, work
from textual.binding import Binding, BindingType
from textual.containers import Container, Horizontal, Vertical
from textual.message import Message
from textual.screen import ModalScreen, Screen
from textual.widgets import Input, Static

from logview import target
from logview.opening import has_runs, make_client, target_of_recent
from logview.phrases import count
from logview.sources.events import Problem
from logview.text.sanitize import label
from logview.tui.commands import Command
from logview.tui.content import join_content, make_content
from logview.tui.job_lists import JobLists, NamedRuns, NameSuggester
from logview.tui.job_rows import JobRow, job_rows, recent_rows
from logview.tui.lookups import LookupPendingError, Lookups
from logview.tui.textual_internals import run_bindings
from logview.tui.widgets.banner import Banner, problem_content
from logview.tui.widgets.header_bar import Header, HeaderBar
from logview.tui.widgets.job_list import JobList
from logview.tui.widgets.key_bar import KeyBar, KeyHint
from logview.tui.widgets.key_gate import KeyGate
from logview.tui.widgets.preview import Preview, end_of_log
from logview.tui.widgets.status_bar import Status, StatusBar
from logview.tui.widgets.toast import NoticeBar

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.app import ComposeResult
    from textual.content import Content
    from textual.timer import Timer
    from textual.worker import Worker

    from logview.apify.client import ApifyClient
    from logview.apify.models import Job, JobKind
    from logview.config.apify_login import ApifyLogin
    from logview.tui.host import Host

_TOKEN = re.compile(r"([?&]token=)[^&#\s]+", re.IGNORECASE)

_ID = re.compile(r"[A-Za-z0-9]{16,17}", re.ASCII)
"""What is opened as an ID, though it may be in the list, too: IDs have 16 or 17 characters."""

_NAMES = 5
"""Names that may be meant of which so many are shown."""

REST_SECONDS = 0.5
"""How long a name, or the selection, rests before something is asked for it."""

_DEMO = JobRow("demo", "--demo", "Try the demo: scripted runs, no account, no network")

_PENDING = target.TargetError("Looking for that file", "the disk has not answered yet")

_WITHOUT_TOKEN = (
    make_content("No token yet: your runs are listed here once there is one.", "bold"),
    join_content(
        ("  apify login", "bold $text-primary"), ("   the Apify CLI's login is used", "$muted")
    ),
    join_content(
        ("  export APIFY_TOKEN=…", "bold $text-primary"),
        ("   from Console, Settings, API & Integrations", "$muted"),
    ),
    make_content("Many logs need none: paste a link or an ID above.", "$muted"),
    make_content(),
)
"""What stands in place of the list where there is no token."""

LIST_HINTS = (
    KeyHint("↵", "open", "choose"),
    KeyHint("/", "to the input", "type"),
    KeyHint("space", "mark", "mark"),
    KeyHint("d", "details", "details"),
    KeyHint("r", "reload", "reload"),
    KeyHint("q", "quit", "app.quit"),
    KeyHint("?", "help", "app.help"),
)


class JobsLoaded(Message):
    """A request for runs or builds has ended, whether well or not."""

    def __init__(self, problem: Problem | None = None, *, retry_after: float | None = None) -> None:
        super().__init__()
        self.problem = problem
        self.retry_after = retry_after
        """Seconds that the server asks to wait after a problem, if it does."""


class OpenInput(Input, KeyGate):
    """The input; it leaves for the list on `↓` and `esc`.

    Keys typed behind Enter are for what it opens.
    """

    hints = (
        KeyHint("↵", "open", "choose"),
        KeyHint("↓", "to the list", "list"),
        KeyHint("^Q", "quit", "app.quit"),
        KeyHint("F1", "help", "app.help"),
    )
    """What the footer shows while one types here: letters are no keys then."""

    BINDINGS: ClassVar[list[BindingType]] = [
        # With priority: what is typed ahead of the list belongs to it.
        Binding("down,escape", "leave", show=False, priority=True),
        Binding("tab", "complete", show=False, priority=True),
    ]

    def is_closed_by(self, event: events.Key) -> bool:
        """Whether a key is Enter."""
        return event.key == "enter"

    async def on_key(self, event: events.Key) -> None:
        """Run the keys' bindings at once, so that keys keep their order."""
        if await run_bindings(self, event):
            event.stop()
            event.prevent_default()

    def action_complete(self) -> None:
        """Take the completion that is shown; without one go to the list."""
        before = self.value
        self.action_end()
        self.action_cursor_right()
        if self.value == before:
            self.action_leave()

    def action_leave(self) -> None:
        """Go to the list."""
        self.screen.set_focus(self.screen.query_one(JobList))


class OpenScreen(Screen[None]):
    """Chooses what to open."""

    help_topic = "open"

    HORIZONTAL_BREAKPOINTS = [(0, "-usual"), (140, "-wide")]  # noqa: RUF012  # Textual declares it no ClassVar
    VERTICAL_BREAKPOINTS = [(0, "-low"), (18, "-high")]  # noqa: RUF012  # Textual declares it no ClassVar

    def __init__(self, host: Host, text: str = "", problem: Problem | None = None) -> None:
        super().__init__()
        self.host = host
        self._text = text
        self._problem = problem
        """Why what is in the input was refused; None once something else is typed."""
        self._lists = JobLists()
        self._named = NamedRuns()
        self._named_timer: Timer | None = None
        self._suggester = NameSuggester()
        self._lookups = Lookups[target.Target](self._looked_up)
        self._preview_timer: Timer | None = None
        self._loading = False
        self._client: ApifyClient | None = None
        self._left = 0
        """How many rows the input leaves."""

    def compose(self) -> ComposeResult:
        """Compose the screen."""
        yield HeaderBar(id="header")
        with Container(id="body"):
            with Vertical(id="ask"):
                with Horizontal(id="ask-row"):
                    yield Static("›", id="ask-sign", markup=False)
                    yield OpenInput(
                        self._text,
                        placeholder="type to narrow, or a link, an ID, user/actor, a file",
                        id="what",
                        suggester=self._suggester,
                        compact=True,
                    )
                yield Static("", id="understood", markup=False)
            with Horizontal(id="lists"):
                with Vertical():
                    yield Static("", id="columns", markup=False)
                    yield JobList(id="jobs")
                yield Preview(id="preview")
        yield Banner(id="banner")
        yield NoticeBar(id="toast")
        yield StatusBar(id="status")
        yield KeyBar(LIST_HINTS, id="keys")

    def on_mount(self) -> None:
        """Show and load the lists, and focus the input."""
        settings = self.host.settings
        address = settings.api_url.split("://", 1)[-1]
        if settings.api_url_source != "default":
            address = f"{address} ({settings.api_url_source})"  # where a wrong one would be mended
        what = "demo runs on this machine" if self.host.demo else address
        self.query_one(HeaderBar).show(Header("logview", what))
        if self._problem is not None:
            self.show_refused(self._text, self._problem)
        self.set_focus(self.query_one(OpenInput))  # at once: a `q` typed ahead is no key
        self._show_list()
        self._explain()
        self.action_reload()
        self.set_interval(1.0, self._each_second)

    async def on_unmount(self) -> None:
        """Close the connections."""
        if self._client is not None:
            await self._client.aclose()

    # -- the input ------------------------------------------------------------------------

    def show_refused(self, text: str, problem: Problem) -> None:
        """Show a refused ID in the input, to be edited, and show why it was refused."""
        self._text = text
        field = self.query_one(OpenInput)
        field.value = text
        self.set_focus(field)
        field.select_all()  # it may have had the focus before
        self._problem = problem
        self._explain()

    @on(Input.Changed, "#what")
    def _typed(self, event: Input.Changed) -> None:
        stripped = _TOKEN.sub(r"\1", event.value)
        if stripped != event.value:  # typed, or pasted as if it were: what follows goes, too
            event.input.value = stripped
            self.note("the token in the link was removed; it is not used")
            return
        if event.value != self._text:  # the input says so of its first value too
            self._text = event.value
            self._problem = None
        self._show_list(typed=True)
        self._name_runs()

    def _name_runs(self) -> None:
        """Ask for the runs of the Actor or task that is typed, once the typing rests."""
        if self._named_timer is not None:
            self._named_timer.stop()
            self._named_timer = None
        text = self._text.strip()
        if text == self._named.text:
            return
        self._named = NamedRuns()
        is_name = "/" in text and "://" not in text and text[0] not in "/.~"
        if not is_name or not self._has_account:
            return
        if not self._suggester.is_fetched:
            self._suggester.is_fetched = True
            self._fetch_names()
        parsed = self._parse(text)
        if self._suggester.longer(text):
            return  # the beginning of a name: nothing is called that
        if isinstance(parsed, target.Target) and has_runs(parsed):
            self._named = NamedRuns(text)
            self._named_timer = self.set_timer(REST_SECONDS, self._load_named)

    @work(exit_on_error=False, group="names")
    async def _fetch_names(self) -> None:
        async with make_client(self.host.settings) as client:
            login = self.host.settings.login
            await self._suggester.fetch(client, login.username if login is not None else None)
        if self.is_attached:
            self._explain()

    @work(exclusive=True, exit_on_error=False, group="named")
    async def _load_named(self) -> None:
        named = self._named
        parsed = self._parse(named.text) if named.text else None
        if not isinstance(parsed, target.Target):
            return
        is_first = named.runs is None
        named.due_at = inf  # not while it is being asked for
        await named.load(parsed, self.host.settings)
        named.due_at = self.host.clock() + named.wait
        if named is self._named and self.is_attached:
            self._show_list(typed=is_first)
            self._explain()

    def _parse(self, text: str) -> target.Target | target.TargetError | None:
        """Return what a text opens, or why it can't; None where it narrows the list.

        A word opens by itself only where it can be nothing but a target: a link, a path, the
        name of an Actor, or as long as an ID.
        """
        parse = partial(target.parse, text, api_url=self.host.settings.api_url)
        try:
            parsed = self._lookups.look_up(text, parse)
        except LookupPendingError:
            return _PENDING if "/" in text or not self._left else None
        except target.TargetError as error:
            is_link = "://" in text or text.lower().startswith(("console.apify", "api.apify"))
            return error if is_link or "/" in text or not self._left else None
        if isinstance(parsed, target.JobTarget) and not parsed.is_link:
            return parsed if _ID.fullmatch(text.strip()) else None
        if self._left and not any(character in text for character in "/\\.~"):
            return None  # a word of the list that is the name of a file or folder here, too
        return parsed

    def _looked_up(self) -> None:
        if self.is_attached and self.is_running:
            self._explain()

    def _explain(self) -> None:
        """Show under the input what Enter would do, or what is wrong with what is typed."""
        if self._problem is not None:
            self._show_hint(problem_content(self._problem), wrong=True)
            return
        text = self._text.strip()
        if not text:
            self._hint("")
            return
        parsed = self._parse(text)
        if names := self._suggester.longer(text):
            more = f" and {len(names) - _NAMES} more" if len(names) > _NAMES else ""
            self._hint(f"{', '.join(names[:_NAMES])}{more} · tab completes")
            return
        if isinstance(parsed, target.TargetError):
            words = f"{parsed.title}: {parsed.msg}"
            if " " in text and not any(character in text for character in "./\\"):
                words = "nothing in the list matches, and it is no ID, link or file"
            self._hint(words, wrong=True)
        elif parsed is not None:
            named = self._named
            if named.text == text and named.problem and named.runs is None:
                self._hint(named.problem, wrong=True)
            else:
                self._hint(parsed.description)
        elif self._left:
            self._hint(f"{count(self._left, 'match', 'matches')} · ↵ opens the first")
        else:
            self._hint("nothing in the list matches; an ID has 16 or 17 characters", wrong=True)

    def _hint(self, words: str, *, wrong: bool = False) -> None:
        self._show_hint(make_content(label(words, 2_000)), wrong=wrong)

    def _show_hint(self, words: Content, *, wrong: bool) -> None:
        hint = self.query_one("#understood", Static)
        hint.update(words)
        hint.set_class(wrong, "-wrong")
        hint.set_class(not words, "-empty")

    @on(Input.Submitted, "#what")
    def _submitted(self, event: Input.Submitted) -> None:
        try:
            self._open(event.value)
        finally:
            self.query_one(OpenInput).release()

    def _open(self, text: str) -> None:
        """Open what is typed, where it can be opened, else the first row that is left."""
        parsed = self._parse(text) if text.strip() else None
        if isinstance(parsed, target.TargetError):
            self._explain()
        elif parsed is None:
            self.action_choose_row()
        elif parsed.needs_command_line:
            self.note(parsed.needs_command_line)
        else:
            self._leave_for(parsed)

    # -- the list -------------------------------------------------------------------------

    @property
    def _has_account(self) -> bool:
        return bool(self.host.settings.current_token or self.host.demo)

    def _show_list(self, *, typed: bool = False) -> None:
        """Show the rows that what is typed leaves; with `typed` the first one is chosen."""
        lists = self._lists
        if self._named.runs is not None and self._named.text == self._text.strip():
            self._show_named(self._named.runs, typed=typed)
            return
        rows: list[JobRow] = job_rows(lists.jobs, lists.names)
        if not self.host.demo:  # what was opened before is not in the demo
            rows += recent_rows(self.host.state.recents, {job.id for job in lists.jobs})
        words = self._text.lower().split()
        left = [row for row in rows if row.matches(words)]
        changed, self._left = len(left) != self._left, len(left)
        if words and not left and self._problem is not None:
            left = rows  # the text is an ID that was refused, and not meant for the list
        empty: Sequence[Content] = ()
        if not self._has_account:
            empty = _WITHOUT_TOKEN
            if self.host.can_open_demo and not words:
                left = [*left, _DEMO]
        elif not lists.jobs:
            empty = [make_content(self._empty_words, "$muted")]
        self.query_one(JobList).show_jobs(left, empty, among=rows, first=typed)
        self._update_preview()
        if typed or changed:
            self._explain()
        self._state()

    def _show_named(self, runs: Sequence[Job], *, typed: bool) -> None:
        """Show the runs of the Actor or task that is named."""
        typed_name = self._named.text.partition("@")[0].rpartition("/")[2]
        names = {job.actor_id or "": typed_name for job in runs} | self._lists.names
        rows = job_rows(runs, names)
        self._left = len(rows)
        empty = [make_content(label(f"No runs of {self._named.text}."), "$muted")]
        self.query_one(JobList).show_jobs(rows, empty, among=rows, first=typed)
        self._update_preview()
        self._state()

    @property
    def _empty_words(self) -> str:
        if self._loading:
            return "Loading runs and builds…"
        if self._lists.problem is not None:
            next_try = self._lists.next_try(self.host.clock())
            words = ("Couldn't load runs and builds", next_try, "r retries")
            return " · ".join(word for word in words if word)
        if self._lists.refused:
            kind, why = next(iter(self._lists.refused.items()))
            other = "builds" if kind == "run" else "runs"
            return label(f"No {other} yet, and no {kind}s: {why}", 400)
        return "No runs or builds yet."

    def _state(self) -> None:
        settings, lists = self.host.settings, self._lists
        if self.host.demo:
            words = "scripted runs: no account, no network"
        else:
            words = label(f"token from {settings.current_source}") if settings.current_token else ""
        if self._loading and not lists.jobs:
            state = "LOADING"
        elif not self._has_account:
            state = "NO TOKEN"
        elif lists.problem and not lists.jobs:
            state = "Couldn't load runs"
        else:
            jobs = lists.jobs
            runs = sum(job.kind == "run" for job in jobs)
            state = f"{count(runs, 'run')}, {count(len(jobs) - runs, 'build')}"
            if lists.problem is not None:
                next_try = lists.next_try(self.host.clock())
                state += f", not up to date: {next_try or 'r retries'}"
            elif lists.wants_more and lists.has_more:
                state += ", loading more…"
            for kind, why in lists.refused.items():
                state += f" · no {kind}s: {label(why, 200)}"
        named = self._named
        if named.runs is not None and named.text == self._text.strip():
            state = label(f"{count(len(named.runs), 'run')} of {named.text}")
        marked = len(self.query_one(JobList).marked)
        if marked:
            state = f"{marked} marked · {state}"
        self.query_one(StatusBar).show_status(
            Status(detail=f"{state} · {words}" if words else state)
        )

    @on(JobList.TitleChanged)
    def _title_changed(self, message: JobList.TitleChanged) -> None:
        titles = self.query_one("#columns", Static)
        titles.update(message.title)
        titles.display = bool(message.title)

    def _each_second(self) -> None:
        """Let times tick, and load again what is due; nothing while this screen is hidden."""
        above = self.app.screen_stack[self.app.screen_stack.index(self) + 1 :]
        if not all(isinstance(screen, ModalScreen) for screen in above):
            return
        if self._lists.jobs or self._lists.problem or self.host.state.recents:
            self._show_list()
        named = self._named
        is_listed = named.runs is not None or named.is_passing
        if named.text and is_listed and named.text == self._text.strip():
            # In place of the account's list: this is what is shown.
            if named.has_more and self.query_one(JobList).is_near_end:
                named.wants_more = True
            if self.host.clock() >= named.due_at:
                self._load_named()
            return
        if self._lists.has_more and self.query_one(JobList).is_near_end:
            self._lists.wants_more = True
            self._state()
        due = self._lists.due_at
        if due is not None and not self._loading and self.host.clock() >= due:
            self._load(whole=False)

    def action_reload(self) -> None:
        """Load the newest runs and builds."""
        settings = self.host.settings
        if self._has_account:
            if not self._suggester.names:
                self._suggester.is_fetched = False  # they may be had now
            self._load(whole=True)
            if self._named.text and self._named.text == self._text.strip():
                self._load_named()
            self._show_list()
        elif settings.login is not None:
            self._read_login(settings.login)

    @work(exclusive=True, exit_on_error=False, group="lists")
    async def _read_login(self, login: ApifyLogin) -> None:
        """Check once more whether somebody has logged in."""
        if await login.renew() is not None:
            self.action_reload()

    def on_screen_resume(self) -> None:
        """Show what has changed after a log was closed; what is due is loaded soon."""
        if self.is_mounted:
            self._show_list()
            if not self._lists.jobs and self.host.settings.token is None and not self._loading:
                self.action_reload()  # somebody may have logged in

    def _load(self, *, whole: bool) -> None:
        self._loading = True
        self._run_load(whole=whole)

    @work(exclusive=True, exit_on_error=False, group="lists")
    async def _run_load(self, *, whole: bool) -> None:
        """Load both lists, or only what is due."""
        from logview.apify.errors import ApifyError

        try:
            if self._client is None or whole:
                if self._client is not None:
                    await self._client.aclose()
                self._client = make_client(self.host.settings)  # with the token of now
            if whole:
                await self._lists.load(self._client)
            else:
                await self._lists.refresh(self._client)
            self.post_message(JobsLoaded())
        except ApifyError as error:
            problem = Problem(
                error.cause, error.meaning, error.remedy, status=error.status, kind=error.type
            )
            self.post_message(JobsLoaded(problem, retry_after=error.retry_after))

    @work(exit_on_error=False, group="actor-names")
    async def _name_actors(self) -> None:
        """Ask for the names of Actors that are new; the list is loaded again meanwhile."""
        async with make_client(self.host.settings) as client:
            await self._lists.name_actors(client)
        if self.is_attached:
            self._show_list()

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """End the app with a report: a worker that fails is a defect of ours."""
        error = event.worker.error
        if isinstance(error, Exception):
            raise error

    @on(JobsLoaded)
    def _loaded(self, message: JobsLoaded) -> None:
        self._loading = False
        if message.problem is None:
            self._lists.succeeded(self.host.clock())
            if self._lists.has_unnamed:
                self._name_actors()
        else:
            self._lists.failed(message.problem, self.host.clock(), message.retry_after)
        self.query_one(Banner).show_problem(message.problem)
        self._show_list()

    @on(KeyBar.Clicked)
    async def _hint_clicked(self, message: KeyBar.Clicked) -> None:
        await self.run_action(message.action)

    # -- the preview ----------------------------------------------------------------------

    @on(JobList.OptionHighlighted)
    def _update_preview(self) -> None:
        """Show the end of the selected run; it is fetched once the selection rests."""
        if not self.is_current:
            return
        preview, jobs = self.query_one(Preview), self.query_one(JobList)
        row = jobs.row(jobs.highlighted) if jobs.highlighted is not None else None
        is_job = row is not None and row.kind in ("run", "build", "job")
        job_id = row.value if row is not None and is_job and self._has_account else ""
        if not self.has_class("-wide"):
            job_id = ""
        if job_id == preview.job_id:
            return
        self._stop_preview()
        if not preview.show_job(job_id):
            self._preview_timer = self.set_timer(REST_SECONDS, self._load_preview)

    def _stop_preview(self) -> None:
        """Give up what is fetched, or is about to be."""
        if self._preview_timer is not None:
            self._preview_timer.stop()
            self._preview_timer = None
        self.workers.cancel_group(self, "preview")

    @work(exclusive=True, exit_on_error=False, group="preview")
    async def _load_preview(self) -> None:
        from logview.apify.errors import ApifyError

        preview, settings = self.query_one(Preview), self.host.settings
        job_id = preview.job_id
        ended = any(job.id == job_id and job.ended for job in self._jobs)
        mask = self.host.copier.masked if settings.mask_on_screen else str
        try:
            async with make_client(settings) as client:
                data = await end_of_log(client, job_id)
        except ApifyError as error:
            preview.show_problem(job_id, error.cause)
        else:
            preview.show_end(job_id, data, mask, keep=ended)

    def on_screen_suspend(self) -> None:
        """Fetch nothing for what is covered."""
        self._stop_preview()
        self.query_one(Preview).show_job("")

    @on(JobList.OptionSelected)
    def _chosen(self, message: JobList.OptionSelected) -> None:
        self._open_row(message.option_index)

    def _open_row(self, index: int) -> None:
        row = self.query_one(JobList).row(index)
        if row is None or self.app.screen is not self:
            return
        if row.kind == "demo":
            self.host.open_demo()
            return
        try:
            chosen = self._target_of(row)
        except target.TargetError as error:
            self._hint(f"{error.title}: {error.msg}", wrong=True)
            return
        self._leave_for(chosen, self._actor_name(row.value))

    def _target_of(self, row: JobRow) -> target.Target:
        """Return the target of a row; raises TargetError."""
        find = partial(target_of_recent, row.kind, row.value, api_url=self.host.settings.api_url)
        try:
            return self._lookups.look_up((row.kind, row.value), find)
        except LookupPendingError:
            raise target.TargetError(_PENDING.title, _PENDING.msg) from None

    def _leave_for(self, chosen: target.Target, name: str = "") -> None:
        """Open a target, once; what is typed after it replaces the text."""
        if self.app.screen is not self:  # for `is_current` one below a transparent one is current
            return  # the key was pressed twice: the log is there already
        self.query_one(OpenInput).select_all()
        self.host.open(chosen, name)

    @property
    def _jobs(self) -> list[Job]:
        """All runs and builds that may be listed."""
        return [*self._lists.jobs, *(self._named.runs or ())]

    def _actor_name(self, job_id: str) -> str:
        """Return the name of a job's Actor, as far as it is known."""
        actors = (job.actor_id or "" for job in self._jobs if job.id == job_id)
        return self._lists.names.get(next(actors, ""), "")

    def help_rows(self) -> list[tuple[str, str]]:
        """Return nothing: this is no place of its own."""
        return []

    def palette_commands(self) -> list[Command]:
        """Return the commands of this screen."""
        return [
            Command("Open", "go to the list", self.action_list, "↓"),
            Command("Open", "go to the input", self.action_type, "/"),
            Command("Open", "mark, to open several", self.action_mark, "space"),
            Command("Open", "run details", self.action_details, "d"),
            Command("Open", "reload the list", self.action_reload, "r"),
        ]

    # -- keys -----------------------------------------------------------------------------

    def note(self, text: str) -> None:
        """Show a notice in the status line for some seconds."""
        self.query_one(NoticeBar).show(text)

    def action_choose(self) -> None:
        """Open what is typed, or chosen in the list."""
        jobs = self.query_one(JobList)
        if jobs.has_focus:
            jobs.action_select()
        else:
            self._open(self.query_one(OpenInput).value)

    def action_mark(self) -> None:
        """Mark the selected row, or take its mark away: Enter opens all marked ones merged."""
        self.query_one(JobList).toggle_mark()
        self._state()

    def _open_marked(self, rows: Sequence[JobRow]) -> None:
        try:
            chosen = target.combine([self._target_of(row) for row in rows])
        except target.TargetError as error:
            self.note(f"{error.title}: {error.msg}")
            return
        jobs = self.query_one(JobList)
        jobs.clear_marks()
        self._state()
        self._leave_for(chosen, rows[0].name if len(rows) == 1 else "")

    def action_choose_row(self) -> None:
        """Open what is chosen in the list; all that is marked, where something is."""
        jobs = self.query_one(JobList)
        if jobs.marked and jobs.has_focus:
            self._open_marked(jobs.marked)
        elif jobs.highlighted is not None:
            self._open_row(jobs.highlighted)

    def action_details(self) -> None:
        """Show the details of the run or build that is selected."""
        jobs = self.query_one(JobList)
        row = jobs.row(jobs.highlighted) if jobs.highlighted is not None else None
        if row is None or row.kind not in ("run", "build", "job"):
            self.note("no details: this is no run and no build")
            return
        from logview.run_details import RunDetails

        known = {job.id: job for job in self._jobs}
        kind: JobKind | None = row.kind if row.kind in ("run", "build") else None
        self.host.open_details(
            RunDetails(row.value, kind, known.get(row.value), name=self._actor_name(row.value))
        )

    def action_list(self) -> None:
        """Go to the list."""
        self.set_focus(self.query_one(JobList))

    def action_type(self) -> None:
        """Go to the input."""
        self.set_focus(self.query_one(OpenInput))
