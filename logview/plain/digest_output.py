"""Plain mode: the digest of a log (`--digest`). Imports no screen."""

from __future__ import annotations

import asyncio
import contextlib
import signal
from typing import TYPE_CHECKING

from logview.baselines import (
    Found,
    RecordedSource,
    find_baseline,
    job_facts,
    make_cache,
    read_baseline,
)
from logview.log.digest.digest import make_digest
from logview.log.digest.text import digest_text
from logview.log.patterns.model import Baseline
from logview.log.patterns.tally import LogTally
from logview.opening import ReadOptions, make_origin, make_source
from logview.plain.json_output import to_json
from logview.plain.reader import LogReader, run_until_done
from logview.plain.stdout import Descriptor, OutputClosedError
from logview.plain.stop_signals import StopSignals
from logview.process.terminal import print_error
from logview.secrets.masker import Masker
from logview.text.sanitize import display

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from logview.apify.models import Job
    from logview.config.settings import Settings
    from logview.target import Target


SLICE = 1 << 19
"""Bytes that are counted between two turns of the event loop: no keys are waited for here."""


def print_digest(
    settings: Settings,
    target: Target,
    *,
    against: Sequence[Target] | None,
    as_json: bool,
    follow: bool,
    exit_status: bool,
    redact: bool,
) -> int:
    """Read the log to its end, and print its digest; return the exit code of reading it.

    It is compared with the logs `against`, with none where that is empty, and
    where it is None with good runs of the same task or Actor.
    """

    def report(text: str) -> None:
        print_error(text, settings.current_token)

    descriptor = Descriptor(1)
    printer = _DigestPrinter(
        settings,
        target,
        descriptor,
        report,
        against=against,
        as_json=as_json,
        follow=follow,
        exit_status=exit_status,
        redact=redact,
    )
    with StopSignals([signal.SIGINT]) as stop:
        return asyncio.run(run_until_done(printer, descriptor, stop))


class TallyOutput:
    """A place for a log where its entries are counted."""

    flush_after: float | None = None

    def __init__(self) -> None:
        self.tally = LogTally()

    async def log(self, data: bytes) -> None:
        """Take the next bytes of the log."""
        for at in range(0, len(data), SLICE):
            self.tally.feed_data(data[at : at + SLICE])
            await asyncio.sleep(0)

    async def flush_partial(self) -> None:
        """Do nothing: nothing is shown before the end."""

    async def end_line(self) -> None:
        """Do nothing: messages go elsewhere."""

    async def break_line(self) -> None:
        """End an unfinished line and its entry: lines are missing here."""
        self.tally.break_entry()

    async def finish(self) -> None:
        """Count everything that is held."""
        self.tally.finish()


class _DigestPrinter:
    def __init__(
        self,
        settings: Settings,
        target: Target,
        descriptor: Descriptor,
        report: Callable[[str], None],
        *,
        against: Sequence[Target] | None,
        as_json: bool,
        follow: bool,
        exit_status: bool,
        redact: bool,
    ) -> None:
        self._settings = settings
        self._descriptor = descriptor
        self._report = report
        self._against = against
        self._as_json = as_json
        self._redact = redact
        self._origin = make_origin(target, settings)
        source = make_source(target, settings, ReadOptions(raw=False, follow=follow))
        self._source = RecordedSource(source)
        self._output = TallyOutput()
        self._reader = LogReader(
            self._source, self._output, report, exit_status=exit_status, follow=follow
        )

    async def read(self) -> int:
        """Read the log and those it is compared with, and print the digest."""
        code = await self._reader.read()
        tally = self._output.tally
        tally.finish()
        if not self._reader.ended and not tally.lines:
            return code
        job = self._source.job
        found = await self._baseline(job)
        name = None
        if job is not None and job.actor_id and self._origin.actor_name is not None:
            name = await self._origin.actor_name(job.actor_id)
        notes = found.notes
        if not self._reader.ended:
            notes = ("The log was not read to its end.", *notes)
        digest = make_digest(
            tally,
            Baseline(found.models) if found.models else None,
            None if job is None else job_facts(job, name),
            head_lost=self._source.has_gap,
            notes=notes,
        )
        masker = Masker(self._settings.current_token, enabled=self._redact)
        if self._as_json:
            text = to_json(digest.to_dict(masker.mask_text))
        else:
            lines = digest_text(digest, masker.mask_text).split("\n")
            text = "\n".join(display(line.encode("utf-8", "replace")).text for line in lines)
        with contextlib.suppress(OutputClosedError):
            await self._descriptor.write(text.encode("utf-8", "replace"))
        return code

    async def _baseline(self, job: Job | None) -> Found:
        cache = make_cache(self._settings)
        if self._against is not None:
            found = await read_baseline(self._settings, self._against, cache)
            for note in found.notes:
                self._report(note)
            return found
        if job is None:
            return Found()
        return await find_baseline(self._settings, job, cache)
