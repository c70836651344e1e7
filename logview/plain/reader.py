"""Plain mode: the events of a source as text, on standard output or in a file."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
from typing import TYPE_CHECKING, Any, Protocol

from logview.exit_codes import CLOSED, READ, REFUSED, RESULTS, SIGNALLED, UNREAD
from logview.opening import ReadOptions, make_source
from logview.phrases import count, size
from logview.plain.output_file import FileOutput, Progress
from logview.plain.stdout import (
    ByteOutput,
    Descriptor,
    OutputClosedError,
    OutputFailedError,
    TerminalLines,
)
from logview.plain.stop_signals import StopSignals
from logview.process.terminal import EXIT_SIGNALS, is_dumb, is_terminal, print_error
from logview.process.threads import DaemonExecutor
from logview.saving.atomic_file import AtomicFile, SaveError
from logview.sources import events

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable, Mapping
    from pathlib import Path

    from logview.config.settings import Settings
    from logview.plain.stdout import Output
    from logview.secrets.masker import Masker
    from logview.sources.events import Event, Problem, Source
    from logview.target import Target
    from logview.text.sgr import AnsiMode

CLOSE_TIMEOUT = 1.0
"""Seconds that closing a connection may take once the exit code is known."""

TRIES = 5
"""Failures in a row that trying again can't mend, after which it is given up."""

CHUNK = 1024 * 1024
"""Bytes of a file that are read and written at a time."""


def print_log(
    settings: Settings, target: Target, *, raw: bool | None, follow: bool, exit_status: bool
) -> int:
    """Read the log to its end onto standard output; return the exit code.

    A file is read to its present end, a run to its end unless `follow` is False.
    """
    onto_terminal = is_terminal(1)
    keep = onto_terminal if raw is None else raw
    source = make_source(target, settings, ReadOptions(raw=keep, follow=follow))

    def report(text: str) -> None:
        print_error(text, settings.current_token)

    descriptor = Descriptor(1)
    colours = _colour_mode(keep, os.environ)
    output: Output = TerminalLines(descriptor, colours) if onto_terminal else ByteOutput(descriptor)
    reader = LogReader(source, output, report, exit_status=exit_status, follow=follow)
    # The other signals end it by themselves: nothing would be left behind.
    with StopSignals([signal.SIGINT]) as stop:
        return asyncio.run(run_until_done(reader, descriptor, stop))


def print_entries(
    settings: Settings,
    target: Target,
    *,
    raw: bool | None,
    follow: bool,
    exit_status: bool,
    redact: bool,
) -> int:
    """Read the log to its end; print its entries on standard output as JSON, an object a line.

    Return the exit code, which is that of `print_log`.
    """
    from logview.plain.json_output import JsonOutput
    from logview.secrets.masker import Masker

    source = make_source(target, settings, ReadOptions(raw=bool(raw), follow=follow))

    def report(text: str) -> None:
        print_error(text, settings.current_token)

    descriptor = Descriptor(1)
    output = JsonOutput(descriptor, Masker(settings.current_token, enabled=redact))
    reader = LogReader(source, output, report, exit_status=exit_status, follow=follow)
    with StopSignals([signal.SIGINT]) as stop:
        return asyncio.run(run_until_done(reader, descriptor, stop))


def save_log(
    settings: Settings,
    target: Target,
    path: Path,
    *,
    raw: bool | None,
    follow: bool,
    exit_status: bool,
    overwrite: bool,
    redact: bool,
) -> int:
    """Read the log to its end into a file; return the exit code.

    There is a file only if the log was read to its end. Raises SaveError where
    nothing can be saved there, before anything is read.
    """
    from logview.secrets.masker import Masker

    def report(text: str) -> None:
        print_error(text, settings.current_token)

    source = make_source(target, settings, ReadOptions(raw=bool(raw), follow=follow))
    masker = Masker(settings.current_token, enabled=redact)
    draft = AtomicFile(path, overwrite=overwrite)
    reader = FileReader(source, draft, masker, report, exit_status=exit_status, follow=follow)
    with StopSignals(EXIT_SIGNALS, draft.remove_now) as stop:
        code = asyncio.run(run_until_done(reader, None, stop))
        if code > SIGNALLED and not draft.committed:
            report(f"interrupted: nothing was saved to {path}")
    return code


def _colour_mode(keep: bool, environ: Mapping[str, str]) -> AnsiMode:
    if not keep or is_dumb(environ):
        return "text"
    return "attributes" if environ.get("NO_COLOR") else "colour"


class LogRunner(Protocol):
    """What reads a log."""

    async def read(self) -> int:
        """Read to the end and give the exit code; may be cancelled."""
        ...


async def run_until_done(
    reader: LogRunner,
    descriptor: Descriptor | None,
    stop: StopSignals | None = None,
) -> int:
    """Read until the log ends, the pipe is closed or a signal comes, whichever is first."""
    loop = asyncio.get_running_loop()
    loop.set_default_executor(DaemonExecutor())
    stopped: asyncio.Future[int] = loop.create_future() if stop is None else stop.future()
    read_task = asyncio.ensure_future(reader.read())
    tasks: set[asyncio.Future[Any]] = {read_task, stopped}
    if descriptor is not None:
        tasks.add(asyncio.ensure_future(descriptor.wait_closed()))
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        if stopped in done:
            return stopped.result()
        if read_task in done:
            return read_task.result()
        return CLOSED
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks, timeout=CLOSE_TIMEOUT)


class FileReader:
    """Reads one source to its end into a file; `read` returns the exit code."""

    def __init__(
        self,
        source: Source,
        draft: AtomicFile,
        masker: Masker,
        report: Callable[[str], None],
        *,
        exit_status: bool,
        follow: bool = True,
    ) -> None:
        self._source = source
        self._follow = follow
        self.draft = draft
        self._masker = masker
        self._report = report
        self._exit_status = exit_status

    async def read(self) -> int:
        """Read, and keep the file if the log came to its end.

        Raises SaveError where there can be no file, before anything is read.
        """
        async with self.draft:
            progress = Progress()
            try:
                return await self._fill(FileOutput(self.draft, self._masker, progress))
            except SaveError as error:
                progress.clear()
                self._report(_sentences(str(error), "Nothing was saved"))
                return UNREAD
            finally:
                progress.clear()

    async def _fill(self, output: FileOutput) -> int:
        reader = LogReader(
            self._source,
            output,
            self._report,
            exit_status=self._exit_status,
            follow=self._follow,
        )
        code = await reader.read()
        if not reader.ended:
            self._report(
                f"the log could not be read to its end: nothing was saved to {self.draft.path}"
            )
            return code
        saved = await self.draft.commit()
        masked = self._masker.summary()
        self._report(
            f"Saved {count(output.lines, 'line')} ({size(saved.size)}) to {saved.path}"
            f"{', ' if masked else ''}{masked}"
        )
        return code


class LogReader:
    """Reads one source to its end; `read` returns the exit code."""

    def __init__(
        self,
        source: Source,
        output: Output,
        report: Callable[[str], None],
        *,
        exit_status: bool,
        follow: bool = True,
    ) -> None:
        self._source = source
        self._output = output
        self._report_line = report
        self._exit_status = exit_status
        self._follow = follow
        self._reported_waiting = False
        self._reported_loss = False
        self._hopeless = 0
        """Failures in a row that trying again can't mend."""
        self.ended = False
        """Whether the log was read to its end, as far as that can be known."""

    async def read(self) -> int:
        """Read until an event says that the log is over."""
        try:
            async with contextlib.aclosing(self._events()) as stream:
                async for event in stream:
                    code = await self._handle(event)
                    if code is not None:
                        await self._output.finish()
                        return code
            await self._report("the log broke off")
        except OutputClosedError:
            return CLOSED
        except OutputFailedError as error:
            self._report_line(f"standard output: {error}. The log was not written to its end")
        return UNREAD

    async def _events(self) -> AsyncGenerator[Event, None]:
        """Yield the source's events; when they pause, what the output holds back is shown."""
        iterator = self._source.events()
        upcoming: asyncio.Future[Event] | None = None
        try:
            while True:
                upcoming = asyncio.ensure_future(anext(iterator))
                await asyncio.wait({upcoming}, timeout=self._output.flush_after)
                if not upcoming.done():
                    await self._output.flush_partial()
                try:
                    event = await upcoming
                except StopAsyncIteration:
                    return
                yield event
        finally:
            if upcoming is not None:
                upcoming.cancel()
                await asyncio.wait({upcoming})
            close = getattr(iterator, "aclose", None)
            if close is not None:
                await close()

    async def _handle(self, event: Event) -> int | None:
        """Act on one event; return an exit code once the log is over."""
        match event:
            case events.Received(data):
                self._hopeless = 0
                await self._output.log(data)
                # A source whose bytes are all there already never waits: let ^C in.
                await asyncio.sleep(0)
            case events.Extended(store, start, length):
                for at in range(start, start + length, CHUNK):
                    await self._output.log(store.read(at, min(CHUNK, start + length - at)))
                    await asyncio.sleep(0)
            case events.Gap(text):
                await self._output.break_line()
                await self._report(text)
            case events.Waiting() if not self._reported_waiting:
                self._reported_waiting = True
                await self._report("nothing has been logged yet; waiting for the first line")
            case events.Lost(problem, attempt, retry_in):
                self._hopeless = self._hopeless + 1 if problem.lasting else 0
                if self._hopeless >= (TRIES if self._follow else 1):
                    tried = f"Given up after {count(self._hopeless, 'try', 'tries')}"
                    await self._report(
                        _sentences(
                            problem.cause, problem.meaning, problem.remedy, tried * self._follow
                        )
                    )
                    return _failure(problem)
                self._reported_loss = True
                when = f"Trying again in {_seconds(retry_in)} (attempt {attempt})"
                await self._report(_sentences(problem.cause, problem.meaning, when))
            case events.Resumed(_, lines_lost) if self._reported_loss or lines_lost != 0:
                self._reported_loss = False
                lost = "some lines are missing" if lines_lost is None else _lines(lines_lost)
                await self._report(f"reconnected: {lost}")
            case events.Failed(problem):
                await self._report(_sentences(problem.cause, problem.meaning, problem.remedy))
                return _failure(problem)
            case events.Noted(text):
                await self._report(text)
            case events.Ended():
                return await self._ended(event)
            case _:
                pass
        return None

    async def _ended(self, event: events.Ended) -> int:
        self.ended = True
        if not event.status_known:
            await self._report(
                "the log ended, but whether the run or build has ended could not be known"
            )
            return UNREAD
        if not self._exit_status:
            return READ
        status = event.job.status if event.job else "unknown"
        if status not in RESULTS:
            await self._report(f"the run or build has no result yet: its status is {status}")
        return RESULTS.get(status, UNREAD)

    async def _report(self, text: str) -> None:
        await self._output.end_line()
        self._report_line(text)


def _failure(problem: Problem) -> int:
    refused = problem.status is not None and 400 <= problem.status < 500
    return REFUSED if refused else UNREAD


def _sentences(*parts: str) -> str:
    """Join what is there, each part ended by a full stop."""
    ended = (part.strip() for part in parts)
    return " ".join(
        part if part.endswith((".", "!", "?")) else f"{part}." for part in ended if part
    )


def _seconds(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds >= 1 else "less than a second"


def _lines(number: int) -> str:
    return f"{count(number, 'line')} lost"
