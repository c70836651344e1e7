"""Log screen: the open log, and what follows from it. Imports no Textual."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from logview.apify.address import DEFAULT_API_URL
from logview.exit_codes import RESULTS
from logview.log.entries.index import EntryIndex
from logview.log.entries.level import Level
from logview.log.entries.status_message import StatusMessages
from logview.log.time.locate import stamp_near
from logview.log.view.view import View
from logview.pending_reads import PendingReadError
from logview.tui.attention import LogState, share_in
from logview.tui.connection import Connection, job_seconds, utc_now

if TYPE_CHECKING:
    from logview.apify.models import Job
    from logview.log.store.document import LogDocument
    from logview.opening import Origin
    from logview.sources.events import Event
    from logview.tui.widgets.save_prompt import Scope


class LogSession:
    """One open log: its origin, document, view and connection, and its title."""

    def __init__(
        self,
        origin: Origin,
        document: LogDocument,
        *,
        title: str = "",
        demo: bool = False,
        api_url: str = DEFAULT_API_URL,
    ) -> None:
        """Begin with a log that nothing was read of yet.

        `title` is the Actor's name, where it is known already. `demo` is whether the API is that
        of the demo's server, `api_url` which address is asked.
        """
        self.origin = origin
        self.document = document
        self.view = View(document, EntryIndex(document, is_merged=bool(origin.parts)))
        self.view.entries.begun = False  # not before the first lines show
        self.connection = Connection(origin.words)
        self.title = title or origin.name
        """The Actor's or the file's name, as far as it is known."""
        self._demo = demo
        self._api_url = api_url
        self._messages = StatusMessages(document)
        self._logged_message = ""
        """What the log says is newer than the run object's message; empty where nothing is."""

    @property
    def job(self) -> Job | None:
        """The run or build, once it is known."""
        return self.connection.job

    @property
    def job_id(self) -> str | None:
        """The ID of the run or build; None for what is none."""
        return self.job.id if self.job is not None else self.origin.job_id

    @property
    def subtitle(self) -> str:
        """What the log is: `run HG7ML7M8z78YcAPEB`, a file's folder; may be empty.

        Without what the title says already.
        """
        if self.job:
            return f"{self.job.kind} {self.job.id}"
        return self.origin.description.removesuffix(self.title)

    @property
    def is_running(self) -> bool:
        """Whether a run or build is going on, and its log is read live."""
        return self.job is not None and not self.job.ended and self.connection.state == "live"

    @property
    def is_read(self) -> bool:
        """Whether no further lines are waited for."""
        over = self.connection.state in ("ended", "unknown", "failed")
        return self.origin.is_stored or over

    @property
    def has_ended(self) -> bool:
        """Whether the log is over, or a file that is as long as it was."""
        state = self.connection.state
        return state in ("ended", "unknown") or (self.origin.is_stored and state == "live")

    @property
    def has_gap(self) -> bool:
        """Whether lines of the log are known to be missing."""
        return any(row.kind == "missing" for row in self.document.own_rows)

    @property
    def no_line_reason(self) -> str:
        """Why there is no current line, for a person."""
        return "the filters show no line" if self.document.line_count else "the log has no line yet"

    # -- what comes -----------------------------------------------------------------------

    def update(self, event: Event, now: float) -> None:
        """Update the connection by one event; `now` is the monotonic clock in seconds."""
        before = self.job.status_message if self.job is not None else None
        self.connection.update(event, now)
        if self.job is not None and self.job.status_message != before:
            self._logged_message = ""  # the run object's is the newest

    def search_status_message(self) -> None:
        """Search the lines that have come for a newer status message of a running job."""
        with suppress(PendingReadError):
            if self.job is not None and not self.job.ended and self._messages.search():
                self._logged_message = self._messages.newest

    @property
    def status_message(self) -> str:
        """The newest status message, from the run object or from the log; may be empty."""
        job = self.job
        if job is None:
            return ""
        return (self._logged_message if not job.ended else "") or job.status_message or ""

    def state_for_title(self, errors: int) -> LogState:
        """Return what the window's title and notifications are made of."""
        job, state = self.job, self.connection.state
        if job is not None:
            running = not job.ended  # whatever the connection is like: its end is waited for
        else:
            running = state == "live" and not self.origin.is_stored
        return LogState(
            log=self.origin.argument,
            name=self.title or self.subtitle,
            status=self._worst_status if job is None else job.status,
            seconds=None if job is None else job_seconds(job, utc_now()),
            errors=errors,
            is_running=running,
            has_ended=state in ("ended", "unknown") if job is None else job.ended,
            share=share_in(self.status_message),
        )

    @property
    def _worst_status(self) -> str:
        """The worst status of several runs once all have ended, as their exit code has it."""
        if self.connection.state != "ended":
            return ""
        statuses = [one for one in self.connection.lane_words.values() if one in RESULTS]
        return max(statuses, key=RESULTS.__getitem__, default="")

    # -- elsewhere ------------------------------------------------------------------------

    def console_link(self) -> str | None:
        """Return the address of the job's page in Apify Console; None where there is none."""
        if self.job is None or self._demo:
            return None
        from logview.links.console import console_link

        return console_link(self.job, self._api_url)

    @property
    def no_link_reason(self) -> str:
        """Why there is no page in Apify Console, for a person."""
        if not self.origin.is_job:
            return "this is no run and no build: it has no page in Apify Console"
        if self._demo:
            return "the demo's runs have no page in Apify Console"
        if self.job is None:
            return "its page in Apify Console is not known yet"
        return "for this API address no page in Apify Console is known"

    def reopen_command(self, line: int | None = None) -> str | None:
        """Return the shell command that opens the log again at a line with a time.

        None for what can't be opened again.
        """
        argument = self.origin.reopen_argument
        if argument is None and not self.origin.reopen_several:
            return None
        words = ["logview"]
        if self._demo:
            words.append("--demo")
        elif self.origin.is_remote and self._api_url != DEFAULT_API_URL:
            words += ["--api-url", self._api_url]
        if self.job is not None:
            words.append(self.job.id)
        elif argument is not None:
            words.append(argument)
        words += self.origin.reopen_several
        # The demo's runs have other times whenever it starts.
        stamp = self.stamp_near(line) if line is not None and not self._demo else None
        if stamp is not None:
            words += ["--at", stamp.decode()]
        from logview.links.shell_words import shell_word

        return " ".join(map(shell_word, words))

    def stamp_near(self, line: int) -> bytes | None:
        """Return the time of a line; None where there is none, and while it is being read."""
        try:
            return stamp_near(self.document, line)
        except PendingReadError:
            return None

    def file_name(self, scope: Scope) -> str:
        """Return the name that is offered for a saved copy."""
        from logview.saving.file_names import default_name

        suffix = ""
        if scope == "selection":
            suffix = "-part"
        elif scope == "shown":
            only_errors = not self.view.active and (self.view.level or 0) >= Level.ERROR
            suffix = "-errors" if only_errors else "-filtered"
        return default_name(self.job_id or self.origin.save_name, suffix)
