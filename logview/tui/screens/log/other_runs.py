"""Log screen: the other runs of the same Actor or task. The one before, the next, and `--watch`."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.screen import Screen

    from logview.apify.models import Job
    from logview.tui.host import Host
    from logview.tui.screens.log.session import LogSession

WATCH_SECONDS = 10.0
"""Seconds between two requests for the next run."""


class OtherRuns:
    """Leads from a run to others of its task, else of its Actor.

    Owns which runs are known while the next one is watched for. `is_following` is whether
    the reader is at the log's end.
    """

    def __init__(
        self,
        screen: Screen[None],
        host: Host,
        session: LogSession,
        *,
        is_following: Callable[[], bool],
        note: Callable[[str], None],
    ) -> None:
        self._screen = screen
        self._host = host
        self._session = session
        self._is_following = is_following
        self._note = note
        self._known: set[str] | None = None
        """The runs that are not gone on to; None before they were asked for."""
        self._due_at = 0.0
        self._is_asking = False
        self._problem = ""

    def _run_or_note(self) -> Job | None:
        job = self._session.job
        if not self._session.origin.is_job or (job is not None and job.kind != "run"):
            self._note("only a run has others before and after it")
            return None
        if job is None or job.started_at is None:
            self._note("its Actor and its start are not known yet")
            return None
        return job

    # -- before and next ------------------------------------------------------------------

    def go(self, *, newer: bool) -> None:
        """Look for the next run, or the one before, and open it."""
        job = self._run_or_note()
        if job is None:
            return
        self._note(f"looking for the {'next run' if newer else 'run before'}…")
        self._screen.run_worker(
            self._go(job, newer=newer), group="other-runs", exclusive=True, exit_on_error=True
        )

    async def _go(self, job: Job, *, newer: bool) -> None:
        from logview.apify.errors import ApifyError
        from logview.opening import make_client
        from logview.run_details import neighbor_run

        whose = "task" if job.task_id else "Actor"
        try:
            async with make_client(self._host.settings) as client:
                found = await neighbor_run(client, job, newer=newer)
        except ApifyError as error:
            self._note(f"the runs of this {whose} could not be read: {error.cause}")
            return
        if found is None:
            place = "newest" if newer else "oldest"
            self._note(f"this is the {place} run of this {whose} that is kept")
        elif self._screen.is_current:
            self._host.open_run_from(self._screen, found, self._session.title)

    # -- the next that starts -------------------------------------------------------------

    def toggle_watch(self) -> None:
        """Go on with the next run that starts, or don't."""
        self._host.watch_runs = not self._host.watch_runs
        if self._host.watch_runs:
            self._note("when this run ends, the next one that starts is opened")
        else:
            self._note("the next run is not opened by itself")

    @property
    def waiting(self) -> str:
        """What is waited for, in words; empty where nothing is."""
        job = self._session.job
        is_over = job is not None and job.kind == "run" and self._session.has_ended
        return "waiting for the next run" if self._host.watch_runs and is_over else ""

    def watch(self) -> None:
        """Ask for the next run where that is due; to be called every second."""
        job = self._session.job
        if (
            not self.waiting
            or job is None
            or self._is_asking
            or not self._screen.is_current
            or self._host.clock() < self._due_at
        ):
            return
        self._is_asking = True
        self._due_at = self._host.clock() + WATCH_SECONDS
        self._screen.run_worker(self._ask(job), group="watch", exit_on_error=True)

    async def _ask(self, job: Job) -> None:
        from logview.apify.errors import ApifyError
        from logview.opening import make_client
        from logview.run_details import runs_of_same

        try:
            async with make_client(self._host.settings) as client:
                jobs = await runs_of_same(client, job, limit=WATCHED)
        except ApifyError as error:
            self._due_at = self._host.clock() + max(WATCH_SECONDS, error.retry_after or 0)
            if error.cause != self._problem:  # once, not every ten seconds
                self._problem = error.cause
                self._note(f"waiting for the next run: {error.cause}")
            return
        finally:
            self._is_asking = False
        self._problem = ""
        found = next_run(job, jobs, self._known)
        if self._known is None:
            self._known = {one.id for one in jobs if one.ended} | {job.id}
        if found is None or not self._screen.is_current:
            return
        self._known.add(found.id)  # whoever comes back from it wants to stay
        if self._is_following():
            self._host.open_run_from(self._screen, found, self._session.title, replace=True)
            self._host.note(f"went on to the next run, {found.id}")
        else:
            self._note(f"the next run has started: {found.id}; > opens it")


WATCHED = 10
"""Runs that are asked for: more may start in ten seconds than one."""


def next_run(job: Job, newest_first: list[Job], known: set[str] | None) -> Job | None:
    """Return the first run that started after a run, of those that are not known.

    Where none are known yet, those that have ended are no next run.
    """
    for one in reversed(newest_first):
        if one.id == job.id or (one.ended if known is None else one.id in known):
            continue
        if job.started_at is None or one.started_at is None or one.started_at >= job.started_at:
            return one
    return None
