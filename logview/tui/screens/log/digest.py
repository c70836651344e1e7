"""Log screen: the digest. It reads the whole log, compares it, and opens the digest on top."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from textual.screen import Screen
    from textual.worker import Worker

    from logview.log.digest.digest import Digest
    from logview.tui.host import Host
    from logview.tui.screens.digest import DigestScreen
    from logview.tui.screens.log.baseline import SessionBaseline
    from logview.tui.screens.log.session import LogSession
    from logview.tui.screens.log.tally import SessionTally


class Digests:
    """The digest of an open log, made when it is asked for."""

    def __init__(
        self,
        screen: Screen[None],
        host: Host,
        session: LogSession,
        baseline: SessionBaseline,
        tally: SessionTally,
        go_to_line: Callable[[int], object],
    ) -> None:
        """Make digests of a session's log; `go_to_line` gets a line of the document."""
        self._screen = screen
        self._host = host
        self._session = session
        self._baseline = baseline
        self._go_to_line = go_to_line
        self._tally = tally
        self._opened: DigestScreen | None = None
        self._digest: Digest | None = None
        self._worker: Worker[None] | None = None

    def open(self) -> None:
        """Show the digest as soon as the log was read."""
        from logview.tui.screens.digest import DigestScreen

        self._host.need_styles("row_list", "digest")
        self._opened = DigestScreen(
            self._host.copier.masked,
            self._do,
            self._go_to,
            self._host.keymap,
            name=self._session.title,
        )
        self._screen.app.push_screen(self._opened, self._closed)
        self._make()

    def _closed(self, _: None) -> None:
        self._opened = self._digest = None
        if self._worker is not None:
            self._worker.cancel()

    def note(self, text: str) -> None:
        """Show a receipt on the digest, where it is open."""
        if self._opened is not None and self._opened.is_mounted:
            self._opened.note(text)

    def _go_to(self, number: int) -> None:
        self._go_to_line(self._tally.line_of(number))

    def _do(self, what: str) -> None:
        from logview.log.digest.facts import failed_requests

        digest = self._digest
        if what == "again":
            self._make()
        elif digest is not None and what == "copy-urls":
            found = failed_requests(digest.facts, succeeded=digest.succeeded)
            urls = [one.url for one in found if one.url]
            if urls:
                self._host.copier.copy("\n".join(urls), what="the URLs of failed requests")
            else:
                self.note("no failed requests in this log")
        elif digest is not None:
            self._copy(digest, as_markdown=what == "copy-markdown")

    def _copy(self, digest: Digest, *, as_markdown: bool) -> None:
        from logview.log.digest.text import digest_text
        from logview.tui.markdown import code, escaped, fenced

        text = digest_text(digest).rstrip("\n")
        if as_markdown:
            link = self._session.console_link()
            head = [f"**{escaped(self._session.title)}**", code(self._session.job_id or "")]
            text = fenced(text, [*head, f"[Console]({link})" if link else ""])
        self._host.copier.copy(text, what="the digest")

    def _make(self) -> None:
        self._worker = self._screen.run_worker(
            self._read(), group="digest", exclusive=True, exit_on_error=True
        )

    async def _read(self) -> None:
        from logview.log.digest.digest import make_digest
        from logview.process.threads import run_in_daemon_thread

        opened = self._opened
        if opened is None:
            return

        def progress() -> None:
            opened.show_progress(f"Reading the log… {self._tally.share:.0%}")

        progress()
        async with self._tally.read(progress) as tally:
            if self._baseline.is_possible and not self._baseline.is_known:
                opened.show_progress("Reading good runs to compare with…")
                await self._baseline.find()
            job = None
            if self._session.job is not None:
                from logview.baselines import job_facts

                job = job_facts(self._session.job, self._session.title or None)
            baseline, head_lost = self._baseline.baseline, self._session.has_gap
            notes = tuple(self._notes())
            # Seconds where much is unknown; keys and frames come in between.
            self._digest = await run_in_daemon_thread(
                lambda: make_digest(tally, baseline, job, head_lost=head_lost, notes=notes),
                timeout=None,
            )
        if opened.is_attached:
            opened.show_digest(self._digest)

    def _notes(self) -> Iterator[str]:
        """Yield what is to be known of the digest besides."""
        if not self._session.is_read:
            yield "The log goes on: r reads it again."
        yield from self._baseline.notes
        if not self._baseline.is_possible:
            reason = self._baseline.reason.removeprefix("nothing to compare with: ")
            yield f"Not compared: {reason}."
