"""The details screen: what is known of a run or build besides its log."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.screen import Screen
from textual.widgets import OptionList, Static

from logview.opening import make_client
from logview.target import JobTarget
from logview.text.sanitize import label
from logview.tui.commands import key_commands
from logview.tui.connection import utc_now
from logview.tui.content import join_content, make_content
from logview.tui.detail_rows import HISTORY, detail_rows
from logview.tui.keys import APP_KEYS, DETAIL_KEYS, bindings, shown_key
from logview.tui.widgets.header_bar import STATUS_MARKS, STATUS_STYLES
from logview.tui.widgets.key_bar import KeyBar, KeyHint
from logview.tui.widgets.row_list import RowList

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.binding import BindingType
    from textual.content import Content
    from textual.timer import Timer
    from textual.worker import Worker

    from logview.apify.models import Job
    from logview.run_details import RunDetails
    from logview.tui.commands import Command
    from logview.tui.host import Host

NOTE_SECONDS = 4.0
"""How long a receipt is shown."""

_MESSAGE = 400
"""Characters of the status message."""


class DetailsScreen(Screen[None]):
    """The details of a run or build over the whole screen; they are asked for as it opens."""

    BINDINGS: ClassVar[list[BindingType]] = bindings(DETAIL_KEYS)
    help_topic = "details"

    def __init__(self, host: Host, details: RunDetails) -> None:
        super().__init__()
        self.host = host
        self._details = details
        self._selected: int | None = None
        """The index of the run of the history that was selected; None before one was."""
        self._is_loading = False
        self._note = ""
        self._note_timer: Timer | None = None

    def compose(self) -> ComposeResult:
        """Compose title, rows, a row for notes, and the footer; a build has no other runs."""
        steps = ("run(-1)", "run(1)") if self._details.kind == "build" else ()
        yield Static(id="details-title", markup=False)
        yield RowList(id="details-rows")
        yield Static(id="details-note", markup=False)
        yield KeyBar(
            [
                *(
                    self._hint(key.action, key.footer)
                    for key in DETAIL_KEYS
                    if key.footer and key.action not in steps
                ),
                *(
                    KeyHint(shown_key(key, self.host.keymap), key.footer, f"app.{key.action}")
                    for key in APP_KEYS
                    if key.footer
                ),
            ]
        )

    def _hint(self, action: str, word: str) -> KeyHint:
        key = next(key for key in DETAIL_KEYS if key.action == action)
        return KeyHint(shown_key(key, self.host.keymap), word, action)

    def on_mount(self) -> None:
        """Ask for the details."""
        self.set_focus(self.query_one(RowList))
        self._load()
        self.set_interval(1.0, self._each_second)

    def on_resize(self) -> None:
        """Draw the last runs in another width."""
        self._show()

    def _each_second(self) -> None:
        job = self._details.job
        if job is not None and not job.ended and self.is_current:
            self._show()

    # -- loading --------------------------------------------------------------------------

    def _load(self) -> None:
        self._is_loading = True
        self._show()
        self.run_worker(self._ask(), group="details", exclusive=True, exit_on_error=False)

    async def _ask(self) -> None:
        async with make_client(self.host.settings) as client:
            await self._details.load(client, self._loaded)
        self._is_loading = False
        self._loaded()

    def _loaded(self) -> None:
        if self.is_attached:
            self._show()

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """End the app with a report: a worker that fails is a defect of ours."""
        error = event.worker.error
        if isinstance(error, Exception):
            raise error

    # -- showing --------------------------------------------------------------------------

    def _show(self) -> None:
        details = self._details
        rows = self.query_one(RowList)
        rows.show_rows(
            detail_rows(
                details,
                utc_now(),
                chosen=self._chosen,
                width=max(20, self.app.size.width - 5),
                link_api="" if self.host.demo else self.host.settings.api_url,
                mask=self.host.copier.masked,
            )
        )
        self.query_one("#details-title", Static).update(self._title())
        self._update_note()

    def _title(self) -> Content:
        details, job = self._details, self._details.job
        what = f"{details.kind or 'run or build'} {label(details.job_id, 100)}"
        if job is None:
            return join_content(("Details", "bold"), (f"  {what}", "$muted"))
        status = label(job.status, 20)
        tone = STATUS_STYLES.get(job.status, "$foreground")
        title = join_content(
            (f"{STATUS_MARKS.get(job.status, '?')} {status}", f"bold {tone}"),
            (f"  {label(details.name)}" if details.name else "", "bold"),
            (f"  {what}", "$muted"),
        )
        if job.status_message:
            message = self.host.copier.masked(job.status_message)
            title += make_content("\n" + label(message, _MESSAGE), tone)
        return title

    def _update_note(self) -> None:
        details = self._details
        words, style = "", "$muted"
        if self._note:
            words, style = self._note, "bold $text-accent"
        elif self._is_loading:
            words = "Asking for the details…"
        elif details.problem:
            words, style = f"{label(details.problem, 400)} · r retries", "$text-error"
        self.query_one("#details-note", Static).update(make_content(words, style))

    def note(self, text: str) -> None:
        """Show a receipt for some seconds."""
        self._note = label(text, 400)
        if self._note_timer is not None:
            self._note_timer.stop()
        self._note_timer = self.set_timer(NOTE_SECONDS, self._hide_note)
        self._update_note()

    def _hide_note(self) -> None:
        self._note = ""
        self._update_note()

    # -- acting ---------------------------------------------------------------------------

    @on(OptionList.OptionSelected)
    def _row_chosen(self, message: OptionList.OptionSelected) -> None:
        message.stop()
        self.action_select()

    @on(KeyBar.Clicked)
    async def _hint_clicked(self, message: KeyBar.Clicked) -> None:
        await self.run_action(message.action)

    def action_select(self) -> None:
        """Open the link of the selected row, or the run that is selected in the history."""
        target = self.query_one(RowList).target
        if target == HISTORY:
            self._open_run()
        elif target:
            self._open_link(target)

    def _open_run(self) -> None:
        job = self._chosen_run
        if job is None:
            return
        if job.id == self._details.job_id:
            self.note("these are the details of this run; select another one")
        else:
            self.host.open(JobTarget(job.id, "run"), self._details.name)

    @property
    def _chosen_run(self) -> Job | None:
        jobs = self._details.history or ()
        return jobs[self._chosen] if self._chosen < len(jobs) else None

    @property
    def _chosen(self) -> int:
        """The index of the run of the history that is selected: at first this one, else 0."""
        if self._selected is not None:
            return self._selected
        ids = [job.id for job in self._details.history or ()]
        return ids.index(self._details.job_id) if self._details.job_id in ids else 0

    def action_run(self, step: int) -> None:
        """Select another of the last runs: the one before, or the next."""
        jobs = self._details.history or ()
        if jobs:
            # The newest is the first of them, and stands at the right.
            self._selected = max(0, min(len(jobs) - 1, self._chosen - step))
            self._show()
            self.query_one(RowList).select_target(HISTORY)

    def action_console(self) -> None:
        """Open the run or build in Apify Console."""
        from logview.links.console import console_link

        job = self._details.job
        if self.host.demo:
            self.note("the demo's runs have no page in Apify Console")
        elif job is None or (link := console_link(job, self.host.settings.api_url)) is None:
            self.note("its page in Apify Console is not known")
        else:
            self._open_link(link)

    def _open_link(self, link: str) -> None:
        self.run_worker(self._browse(link), group="open", exit_on_error=False)

    async def _browse(self, link: str) -> None:
        from logview.links import browser

        if await browser.open_link(link):
            self.note(f"asked the browser to open {link}")
        else:
            self.host.copier.copy(link, what=f"the link {link} (no browser could be opened here)")

    def action_copy(self) -> None:
        """Copy all rows as text."""
        rows = self.query_one(RowList)
        lines = [self._title().plain, *(row.plain for row in rows.contents)]
        self.host.copier.copy("\n".join(line.rstrip() for line in lines), what="the details")

    def action_again(self) -> None:
        """Ask for everything once more."""
        self._load()

    def action_cursor(self, rows: int) -> None:
        """Select the next row that leads somewhere, or the one before."""
        self.query_one(RowList).move(rows)

    def action_page(self, pages: float) -> None:
        """Scroll by pages."""
        self.query_one(RowList).page(pages)

    def action_edge(self, end: bool) -> None:
        """Go to the first row, or to the last."""
        self.query_one(RowList).edge(end=end)

    def close_open(self) -> bool:
        """Close the details (`^C`); return that something was open."""
        self.dismiss()
        return True

    def help_rows(self) -> list[tuple[str, str]]:
        """Return nothing: details are no place of their own."""
        return []

    def palette_commands(self) -> list[Command]:
        """Return the commands of the details."""
        return key_commands("These details", DETAIL_KEYS, self.host.keymap, self.run_action)
