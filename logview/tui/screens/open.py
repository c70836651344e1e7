"""TUI: the open screen: an input for any target, and the newest runs and builds."""

from __future__ import annotations

import asyncio
import re
from typing import TYPE_CHECKING, ClassVar

from textual import events, on, work
from textual.binding import Binding, BindingType
from textual.containers import Container, Vertical
from textual.message import Message
from textual.screen import Screen
from textual.widgets import Input, Static

from logview import target
from logview.opening import make_client, target_of_recent
from logview.phrases import count
from logview.sources.events import Problem
from logview.text.sanitize import label
from logview.tui.commands import Command
from logview.tui.content import make_content
from logview.tui.job_rows import JobRow, job_rows, recent_rows
from logview.tui.textual_internals import run_bindings
from logview.tui.widgets.banner import Banner
from logview.tui.widgets.header_bar import Header, HeaderBar
from logview.tui.widgets.job_list import JobList
from logview.tui.widgets.key_bar import KeyBar, KeyHint
from logview.tui.widgets.status_bar import Status, StatusBar
from logview.tui.widgets.toast import Toast

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.app import ComposeResult
    from textual.worker import Worker

    from logview.apify.models import Job
    from logview.config.apify_login import ApifyLogin
    from logview.tui.host import Host

_TOKEN = re.compile(r"([?&]token=)[^&#\s]+", re.IGNORECASE)

LISTED = 20
"""How many runs, and how many builds, are asked for."""

LIST_HINTS = (
    KeyHint("↵", "open", "choose"),
    KeyHint("/", "to the input", "type"),
    KeyHint("r", "reload", "reload"),
    KeyHint("q", "quit", "app.quit"),
    KeyHint("?", "help", "app.help"),
)


class JobsLoaded(Message):
    """The lists of runs and builds were loaded, or could not be."""

    def __init__(self, jobs: Sequence[Job], problem: Problem | None = None) -> None:
        super().__init__()
        self.jobs = jobs
        self.problem = problem


class ActorsNamed(Message):
    """Names of Actors were loaded."""

    def __init__(self, names: dict[str, str]) -> None:
        super().__init__()
        self.names = names


class OpenInput(Input):
    """The input; it leaves for the list on `↓` and `esc`."""

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
    ]

    async def on_key(self, event: events.Key) -> None:
        """Run the keys' bindings at once, so that keys keep their order."""
        if await run_bindings(self, event):
            event.stop()
            event.prevent_default()

    def action_leave(self) -> None:
        """Go to the list."""
        self.screen.set_focus(self.screen.query_one(JobList))


class OpenScreen(Screen[None]):
    """Chooses what to open."""

    help_topic = "open"

    def __init__(self, host: Host, text: str = "", problem: Problem | None = None) -> None:
        super().__init__()
        self.host = host
        self._text = text
        self._problem = problem
        self._jobs: Sequence[Job] = ()
        self._names: dict[str, str] = {}
        self._list_problem: Problem | None = None
        self._loading = False

    def compose(self) -> ComposeResult:
        """Compose the screen."""
        yield HeaderBar(id="header")
        with Container(id="body"):
            with Vertical(id="ask"):
                yield Static("Open a run, a build or a file", id="question", markup=False)
                yield OpenInput(
                    self._text,
                    placeholder="run or build ID, a link, or the path of a file",
                    id="what",
                    compact=True,
                )
                yield Static("", id="understood", markup=False)
            yield JobList(id="jobs")
        yield Banner(id="banner")
        yield Toast(id="toast")
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
        self._understand(self._text)
        self._show_list()
        self.action_reload()

    # -- the input ------------------------------------------------------------------------

    def show_refused(self, text: str, problem: Problem) -> None:
        """Show a refused ID in the input, to be edited, and show why it was refused."""
        self._text = text
        field = self.query_one(OpenInput)
        field.value = text
        self.set_focus(field)
        field.select_all()  # it may have had the focus before
        self._problem = problem
        self.query_one(Banner).show_problem(problem)

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
            self.query_one(Banner).show_problem(self._list_problem)
        self._understand(event.value)

    def _understand(self, text: str) -> None:
        hint = self.query_one("#understood", Static)
        if not text.strip():
            hint.update("")
            hint.remove_class("-wrong")
            return
        try:
            words = target.describe(text, api_url=self.host.settings.api_url)
        except target.TargetError as error:
            hint.update(make_content(label(f"{error.title}: {error.msg}", 400)))
            hint.add_class("-wrong")
        else:
            hint.update(make_content(label(words, 400)))
            hint.remove_class("-wrong")

    @on(Input.Submitted, "#what")
    def _submitted(self, event: Input.Submitted) -> None:
        self._open(event.value)

    def _open(self, text: str) -> None:
        if not text.strip():
            self.set_focus(self.query_one(JobList))
            return
        try:
            chosen = target.parse(text, api_url=self.host.settings.api_url)
        except target.TargetError:
            self._understand(text)
            return
        if chosen.needs_command_line:
            self.note(chosen.needs_command_line)
            return
        self.host.open(chosen)

    # -- the list -------------------------------------------------------------------------

    def _show_list(self) -> None:
        rows: list[JobRow] = job_rows(self._jobs, self._names)
        if not self.host.demo:  # what was opened before is not in the demo
            rows += recent_rows(self.host.state.recents, {job.id for job in self._jobs})
        if self._loading and not self._jobs:
            empty = "Loading runs and builds…"
        elif not (self.host.settings.current_token or self.host.demo):
            empty = "No token: type an ID or paste a link. A token would list your runs here."
        elif self._list_problem is not None:
            empty = "Couldn't load runs and builds: r retries."
        else:
            empty = "No runs or builds yet."
        self.query_one(JobList).show_jobs(rows, empty)
        self._state()

    def _state(self) -> None:
        settings = self.host.settings
        if self.host.demo:
            words = "scripted runs: no account, no network"
        else:
            words = label(f"token from {settings.current_source}") if settings.current_token else ""
        runs = sum(job.kind == "run" for job in self._jobs)
        if self._loading:
            state = "LOADING"
        elif not (settings.current_token or self.host.demo):
            state = "NO TOKEN"
        elif self._list_problem and not self._jobs:
            state = "NO LIST"
        else:
            state = f"{count(runs, 'run')}, {count(len(self._jobs) - runs, 'build')}"
        self.query_one(StatusBar).show_status(
            Status(detail=f"{state} · {words}" if words else state)
        )

    def action_reload(self) -> None:
        """Load the newest runs and builds."""
        settings = self.host.settings
        if settings.current_token or self.host.demo:
            self._loading = True
            self._state()
            self._load()
        elif settings.login is not None:
            self._read_login(settings.login)

    @work(exclusive=True, exit_on_error=False, group="lists")
    async def _read_login(self, login: ApifyLogin) -> None:
        """Check once more whether somebody has logged in."""
        if await login.renew() is not None:
            self.action_reload()

    def on_screen_resume(self) -> None:
        """Load the lists again after a log was closed: statuses may have changed."""
        if self._jobs:
            self.action_reload()
        elif self.is_mounted:
            self._show_list()
            if self.host.settings.token is None and not self._loading:
                self.action_reload()  # somebody may have logged in

    @work(exclusive=True, exit_on_error=False, group="lists")
    async def _load(self) -> None:
        from logview.apify.errors import ApifyError

        try:
            async with make_client(self.host.settings) as client:
                runs, builds = await asyncio.gather(client.runs(LISTED), client.builds(LISTED))
                jobs = [*runs, *builds]
                self.post_message(JobsLoaded(jobs))
                actors = {job.actor_id for job in jobs if job.actor_id} - set(self._names)
                gate = asyncio.Semaphore(5)

                async def name(actor_id: str) -> tuple[str, str]:
                    async with gate:
                        try:
                            return actor_id, (await client.actor(actor_id)).label
                        except ApifyError:
                            return actor_id, ""  # someone else's: its ID is shown

                found = await asyncio.gather(*(name(actor) for actor in sorted(actors)))
                self.post_message(ActorsNamed({key: value for key, value in found if value}))
        except ApifyError as error:
            problem = Problem(
                error.cause, error.meaning, error.remedy, status=error.status, kind=error.type
            )
            self.post_message(JobsLoaded((), problem))

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """End the app with a report: a worker that fails is a defect of ours."""
        error = event.worker.error
        if isinstance(error, Exception):
            raise error

    @on(JobsLoaded)
    def _listed(self, message: JobsLoaded) -> None:
        self._loading = False
        if message.problem is None:
            self._jobs = message.jobs
        self._list_problem = message.problem
        self.query_one(Banner).show_problem(self._problem or message.problem)
        self._show_list()

    @on(ActorsNamed)
    def _named(self, message: ActorsNamed) -> None:
        self._names |= message.names
        self._show_list()

    @on(KeyBar.Clicked)
    async def _hint_clicked(self, message: KeyBar.Clicked) -> None:
        await self.run_action(message.action)

    @on(JobList.OptionSelected)
    def _chosen(self, message: JobList.OptionSelected) -> None:
        self._open_row(message.option_index)

    def _open_row(self, index: int) -> None:
        row = self.query_one(JobList).row(index)
        if row is None:
            return
        try:
            chosen = target_of_recent(row.kind, row.value, api_url=self.host.settings.api_url)
        except target.TargetError:
            self._understand(row.value)
            return
        self.host.open(chosen, self._actor_name(row.value))

    def _actor_name(self, job_id: str) -> str:
        """Return the name of a job's Actor, as far as it is known."""
        actors = (job.actor_id or "" for job in self._jobs if job.id == job_id)
        return self._names.get(next(actors, ""), "")

    def help_rows(self) -> list[tuple[str, str]]:
        """Return nothing: this is no place of its own."""
        return []

    def palette_commands(self) -> list[Command]:
        """Return the commands of this screen."""
        return [
            Command("Open", "go to the list", self.action_list, "↓"),
            Command("Open", "go to the input", self.action_type, "/"),
            Command("Open", "reload the list", self.action_reload, "r"),
        ]

    # -- keys -----------------------------------------------------------------------------

    def note(self, text: str) -> None:
        """Show a notice in the status line for some seconds."""
        self.query_one(Toast).show(text)

    def action_choose(self) -> None:
        """Open what is typed, or chosen in the list."""
        jobs = self.query_one(JobList)
        if jobs.has_focus:
            jobs.action_select()
        else:
            self._open(self.query_one(OpenInput).value)

    def action_choose_row(self) -> None:
        """Open what is chosen in the list."""
        jobs = self.query_one(JobList)
        if jobs.highlighted is not None:
            self._open_row(jobs.highlighted)

    def action_list(self) -> None:
        """Go to the list."""
        self.set_focus(self.query_one(JobList))

    def action_type(self) -> None:
        """Go to the input."""
        self.set_focus(self.query_one(OpenInput))
