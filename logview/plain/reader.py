"""Plain mode: the events of a source as text, on standard output or in a file."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
from typing import TYPE_CHECKING, Any, Protocol, TypedDict

from logview.exit_codes import CLOSED, READ, REFUSED, RESULTS, SIGNALLED, UNREAD
from logview.log.search.pattern import PatternTooSlowError
from logview.opening import TRIES, ReadOptions, lane_names, make_origin, make_source
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
from logview.sources.background_reads import read_stored

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
    from pathlib import Path

    from logview.config.settings import Settings
    from logview.plain.filters import Filters
    from logview.plain.stdout import Output
    from logview.secrets.masker import Masker
    from logview.sources.events import Event, Problem, Source
    from logview.target import Target
    from logview.text.sgr import AnsiMode

CLOSE_TIMEOUT = 1.0
"""Seconds that closing a connection may take once the exit code is known."""

CHUNK = 1024 * 1024
"""Bytes of a file that are read and written at a time."""


def print_log(
    settings: Settings,
    target: Target,
    *,
    raw: bool | None,
    follow: bool,
    exit_status: bool,
    filters: Filters | None = None,
) -> int:
    """Read the log to its end onto standard output; return the exit code.

    Where there are `filters` only lines that pass are printed. A file is read to
    its present end, a run to its end unless `follow` is False.
    """
    onto_terminal = is_terminal(1)
    keep = onto_terminal if raw is None else raw
    source = make_source(target, settings, ReadOptions(raw=keep, follow=follow))

    def report(text: str) -> None:
        print_error(text, settings.current_token)

    descriptor = Descriptor(1)
    colours = _colour_mode(keep, os.environ)
    output: Output = TerminalLines(descriptor, colours) if onto_terminal else ByteOutput(descriptor)
    if filters:
        from logview.plain.filters import MatchingLines

        output = MatchingLines(filters, output, report)
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
    filters: Filters | None = None,
) -> int:
    """Read the log to its end; print its entries on standard output as JSON, an object a line.

    Where there are `filters` only entries that pass are printed. Return the exit
    code, which is that of `print_log`.
    """
    from logview.plain.json_output import FilteredJsonOutput, JsonOutput, LanesJsonOutput
    from logview.secrets.masker import Masker

    source = make_source(target, settings, ReadOptions(raw=bool(raw), follow=follow))

    def report(text: str) -> None:
        print_error(text, settings.current_token)

    def make_masker() -> Masker:
        return Masker(settings.current_token, enabled=redact)

    descriptor = Descriptor(1)
    output: Output
    several = bool(make_origin(target, settings).parts)
    if filters:
        output = FilteredJsonOutput(descriptor, make_masker, filters, report, several=several)
    elif several:
        output = LanesJsonOutput(descriptor, make_masker)
    else:
        output = JsonOutput(descriptor, make_masker())
    reader = LogReader(source, output, report, exit_status=exit_status, follow=follow)
    with StopSignals([signal.SIGINT]) as stop:
        return asyncio.run(run_until_done(reader, descriptor, stop))


class SavingOptions(TypedDict):
    """How a log is to be saved."""

    raw: bool | None
    follow: bool
    exit_status: bool
    overwrite: bool
    redact: bool


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


def save_logs(
    settings: Settings,
    targets: Sequence[Target],
    folder: Path,
    *,
    raw: bool | None,
    follow: bool,
    exit_status: bool,
    overwrite: bool,
    redact: bool,
) -> int:
    """Read several logs to their ends, each into a file of its own; return the worst exit code.

    The folder is made if it is not there. Raises SaveError where nothing can be
    saved in it, before anything is read.
    """
    from logview.secrets.masker import Masker

    origins = [make_origin(target, settings) for target in targets]
    paths = _paths_in(folder, [origin.save_name for origin in origins], overwrite=overwrite)
    drafts = [AtomicFile(path, overwrite=overwrite) for path in paths]
    readers = [
        FileReader(
            make_source(target, settings, ReadOptions(raw=bool(raw), follow=follow)),
            draft,
            Masker(settings.current_token, enabled=redact),
            _reporter(settings, f"{name}: "),
            exit_status=exit_status and origin.is_job,
            follow=follow,
            progress=False,
        )
        for target, origin, draft, name in zip(
            targets, origins, drafts, lane_names(origins), strict=True
        )
    ]

    def clean_up() -> None:
        for draft in drafts:
            draft.remove_now()

    with StopSignals(EXIT_SIGNALS, clean_up) as stop:
        return asyncio.run(run_until_done(_AllOf(readers), None, stop))


def _paths_in(folder: Path, names: Sequence[str], *, overwrite: bool) -> list[Path]:
    """Make a folder and return the path of each log in it; raises SaveError."""
    from logview.saving.atomic_file import check_writable
    from logview.saving.file_names import default_name
    from logview.text.lanes import numbered

    try:
        folder.mkdir(exist_ok=True)
    except OSError as error:
        raise SaveError("No folder can be made there", f"{folder}: {error.strerror}") from error
    stems = [default_name(name).removesuffix(".log") for name in names]
    paths = [folder / default_name(stem) for stem in numbered(stems)]
    for path in paths:
        check_writable(path, overwrite=overwrite)
    return paths


def _reporter(settings: Settings, before: str) -> Callable[[str], None]:
    def report(text: str) -> None:
        print_error(before + text, settings.current_token)

    return report


class _AllOf:
    """Reads several logs at the same time, each to its end."""

    def __init__(self, readers: Sequence[FileReader]) -> None:
        self._readers = readers

    async def read(self) -> int:
        """Read; return the worst exit code. Raises SaveError once the others are done."""
        tasks = [asyncio.ensure_future(reader.read()) for reader in self._readers]
        try:
            await asyncio.wait(tasks)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.wait(tasks)
        return max(task.result() for task in tasks)


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
        progress: bool = True,
    ) -> None:
        self._source = source
        self._follow = follow
        self._shows_progress = progress
        self.draft = draft
        self._masker = masker
        self._report = report
        self._exit_status = exit_status

    async def read(self) -> int:
        """Read, and keep the file if the log came to its end.

        Raises SaveError where there can be no file, before anything is read.
        """
        async with self.draft:
            progress = Progress(shown=self._shows_progress)
            try:
                return await self._fill(FileOutput(self.draft, self._masker, progress))
            except SaveError as error:
                progress.clear()
                self._report(sentences(str(error), "Nothing was saved"))
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
        self._lost_lanes: set[str] = set()
        """Of several logs those of which a loss was reported."""
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
        except PatternTooSlowError as error:
            self._report_line(f"{error}: leave it out, or use --grep")
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
                    size = min(CHUNK, start + length - at)
                    await self._output.log(await read_stored(store, at, size))
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
                        sentences(
                            problem.cause, problem.meaning, problem.remedy, tried * self._follow
                        )
                    )
                    return failure_code(problem)
                self._reported_loss = True
                await self._report(loss_words(problem, attempt, retry_in))
            case events.Resumed(_, lines_lost) if self._reported_loss or lines_lost != 0:
                self._reported_loss = False
                await self._report(_reconnection(lines_lost))
            case events.Failed(problem):
                await self._report(sentences(problem.cause, problem.meaning, problem.remedy))
                return failure_code(problem)
            case events.OfLane(lane, of_lane):
                words = self._words_of_lane(lane, of_lane)
                if words:
                    await self._report(f"{lane}: {words}")
            case events.Noted(text):
                await self._report(text)
            case events.Ended():
                return await self._ended(event)
            case _:
                pass
        return None

    async def _ended(self, event: events.Ended) -> int:
        self.ended = True
        if event.lanes:
            return max([await self._lane_code(end) for end in event.lanes])
        return await self._code(event)

    async def _lane_code(self, end: events.Ended | events.Failed) -> int:
        """Return the exit code for the end of one of several logs; a file has no result."""
        if isinstance(end, events.Failed):
            return failure_code(end.problem)
        if end.job is None and end.status_known:
            return READ
        return await self._code(end)

    async def _code(self, end: events.Ended) -> int:
        if not end.status_known:
            await self._report(
                "the log ended, but whether the run or build has ended could not be known"
            )
            return UNREAD
        if not self._exit_status:
            return READ
        status = end.job.status if end.job else "unknown"
        if status not in RESULTS:
            await self._report(f"the run or build has no result yet: its status is {status}")
        return RESULTS.get(status, UNREAD)

    def _words_of_lane(self, lane: str, event: events.LaneEvent) -> str:
        """Return what is reported of one of several logs; empty for nothing."""
        match event:
            case events.Lost(problem, attempt, retry_in):
                self._lost_lanes.add(lane)
                return loss_words(problem, attempt, retry_in)
            case events.Resumed(_, lines_lost) if lane in self._lost_lanes or lines_lost != 0:
                self._lost_lanes.discard(lane)
                return _reconnection(lines_lost)
            case events.Failed(problem):
                return sentences(problem.cause, problem.meaning, problem.remedy)
            case _:
                return ""

    async def _report(self, text: str) -> None:
        await self._output.end_line()
        self._report_line(text)


def failure_code(problem: Problem) -> int:
    """Return the exit code where reading ends with a problem."""
    refused = problem.status is not None and 400 <= problem.status < 500
    return REFUSED if refused else UNREAD


def sentences(*parts: str) -> str:
    """Join what is there, each part ended by a full stop."""
    ended = (part.strip() for part in parts)
    return " ".join(
        part if part.endswith((".", "!", "?")) else f"{part}." for part in ended if part
    )


def loss_words(problem: Problem, attempt: int, retry_in: float) -> str:
    """Return what failed and when the next try is, in `retry_in` seconds."""
    when = f"Trying again in {_seconds(retry_in)} (attempt {attempt})"
    return sentences(problem.cause, problem.meaning, when)


def _reconnection(lines_lost: int | None) -> str:
    lost = "some lines are missing" if lines_lost is None else f"{count(lines_lost, 'line')} lost"
    return f"reconnected: {lost}"


def _seconds(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds >= 1 else "less than a second"
