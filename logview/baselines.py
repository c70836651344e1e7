"""Baselines: find, read and keep the models of good runs that a log is compared with.

For a run they are the last succeeded runs of the same task, else of the same
Actor: one list request, then one log at a time. A model is some kilobytes of
templates; secrets are masked before it is kept.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from logview.apify.errors import ApifyError, RateLimited
from logview.log.digest.digest import JobFacts
from logview.log.patterns.masks import MASKS_VERSION
from logview.log.patterns.model import Model
from logview.log.patterns.tally import LogTally, make_model
from logview.opening import ReadOptions, make_client, make_origin, make_source
from logview.process.files import cache_dir, make_private_dir, write_private_file
from logview.secrets.masker import Masker
from logview.sources import events
from logview.sources.background_reads import read_stored

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable, Sequence
    from pathlib import Path

    from logview.apify.client import ApifyClient
    from logview.apify.models import Job
    from logview.config.settings import Settings
    from logview.target import Target

_Result = TypeVar("_Result")

MOST = 3
"""Logs of a baseline."""

MAX_BYTES = 10_000_000
"""Bytes of a log that was found by itself which are read."""

LISTED = 20
"""Runs that are asked for: some of them may not be read, or be the run itself."""

MAX_KEPT = 500
"""Models in the cache folder; the oldest go."""

SLICE = 1 << 17
"""Bytes that are counted between two turns of the event loop: some milliseconds."""

_FAILURES = 3
"""Failures in a row after which a log that was named is given up."""


class BaselineError(Exception):
    """A log that was named can't be read; the message says why."""


@dataclass(frozen=True, slots=True)
class Found:
    """The models of a baseline, and what there is to be said of it."""

    models: tuple[Model, ...] = ()
    notes: tuple[str, ...] = ()


def job_facts(job: Job, name: str | None = None) -> JobFacts:
    """Return what a digest says of a run or build."""
    times = [
        None if time is None else time.isoformat(timespec="milliseconds").replace("+00:00", "Z")
        for time in (job.started_at, job.finished_at)
    ]
    return JobFacts(
        id=job.id,
        kind=job.kind,
        status=job.status,
        exit_code=job.exit_code,
        message=job.status_message,
        name=name,
        started_at=times[0],
        finished_at=times[1],
        seconds=job.seconds(),
    )


class ModelCache:
    """The models of runs that ended, each in a file of its own that only the user can read."""

    def __init__(
        self, api_url: str, mask: Callable[[str], str], folder: Path | None = None
    ) -> None:
        self._api_url = api_url
        self._mask = mask
        self._folder = folder

    @property
    def folder(self) -> Path:
        """Where the files are."""
        return cache_dir() / "models" if self._folder is None else self._folder

    def _path(self, job_id: str) -> Path:
        key = f"{self._api_url}\n{job_id}\n{MASKS_VERSION}".encode()
        return self.folder / f"{hashlib.sha256(key).hexdigest()[:32]}.json"

    async def load(self, job_id: str) -> Model | None:
        """Return the model of a run; None where none is kept."""
        return await _in_thread(lambda: self._load(job_id))

    def _load(self, job_id: str) -> Model | None:
        try:
            return Model.from_json(self._path(job_id).read_text("utf-8"))
        except (OSError, ValueError):
            return None

    async def save(self, job_id: str, model: Model) -> None:
        """Keep the model of a run; where that is not possible, nothing happens."""
        text = model.to_json(self._mask)
        await _in_thread(lambda: self._save(job_id, text))

    def _save(self, job_id: str, text: str) -> None:
        with contextlib.suppress(OSError):
            make_private_dir(self.folder.parent)
            write_private_file(self._path(job_id), text.encode("utf-8", "replace"))
            files = sorted(self.folder.glob("*.json"), key=lambda path: path.stat().st_mtime)
            for path in files[:-MAX_KEPT]:
                path.unlink()


async def _in_thread(call: Callable[[], _Result]) -> _Result:
    return await asyncio.get_running_loop().run_in_executor(None, call)


def make_cache(settings: Settings) -> ModelCache | None:
    """Return the cache of models; None where nothing is to be kept."""
    if not settings.cache:
        return None
    return ModelCache(settings.api_url, Masker(settings.current_token).mask_text)


async def find_baseline(
    settings: Settings,
    job: Job,
    cache: ModelCache | None,
    *,
    client_of: Callable[[Settings], ApifyClient] = make_client,
) -> Found:
    """Return the models of the last good runs that a run is to be compared with.

    Builds have none. Raises nothing: where they can't be had, a note says why.
    """
    if job.kind != "run" or not (job.task_id or job.actor_id):
        return Found()
    models: list[Model] = []
    try:
        async with client_of(settings) as client:
            if job.task_id:
                jobs = await client.runs_of(
                    "actor-tasks", job.task_id, status="SUCCEEDED", limit=LISTED
                )
            else:
                jobs = await client.runs_of(
                    "actors", job.actor_id or "", status="SUCCEEDED", limit=LISTED
                )
            for good in jobs:
                if len(models) == MOST:
                    break
                if good.id == job.id or good.status != "SUCCEEDED":
                    continue
                model = await _model_of_run(client, good.id, cache)
                if model is not None and model.entries:
                    models.append(model)
    except ApifyError as error:
        what = "Good runs to compare with could not be read" if not models else "Others of them"
        return Found(tuple(models), (f"{what}: {error.cause}",))
    if models:
        return Found(tuple(models))
    whose = "task" if job.task_id else "Actor"
    return Found((), (f"There is no other run of this {whose} that succeeded.",))


async def _model_of_run(client: ApifyClient, job_id: str, cache: ModelCache | None) -> Model | None:
    """Return the model of a run that ended; None for one whose log can't be read.

    Raises RateLimited.
    """
    if cache is not None and (kept := await cache.load(job_id)) is not None:
        return kept
    tally = LogTally(with_facts=False)
    size = 0
    try:
        async with client.log(job_id, raw=False, stream=False) as answer:
            async for chunk in answer.chunks():
                await _feed(tally, chunk[: MAX_BYTES - size])
                size += len(chunk)
                if size >= MAX_BYTES:
                    break
    except RateLimited:
        raise
    except ApifyError:
        return None
    tally.finish()
    model = make_model(tally, job_id)
    if cache is not None:
        await cache.save(job_id, model)
    return model


async def _feed(tally: LogTally, data: bytes) -> None:
    for at in range(0, len(data), SLICE):
        tally.feed_data(data[at : at + SLICE])
        await asyncio.sleep(0)


async def read_baseline(
    settings: Settings, targets: Sequence[Target], cache: ModelCache | None
) -> Found:
    """Return the models of logs that were named; a note for each that can't be read."""
    models: list[Model] = []
    notes: list[str] = []
    for target in targets:
        name = make_origin(target, settings).argument
        try:
            models.append(await _model_of_target(settings, target, name, cache))
        except BaselineError as error:
            notes.append(f"{name} is no baseline: {error}")
    return Found(tuple(models), tuple(notes))


async def _model_of_target(
    settings: Settings, target: Target, name: str, cache: ModelCache | None
) -> Model:
    job_id = make_origin(target, settings).job_id
    if cache is not None and job_id is not None and (kept := await cache.load(job_id)) is not None:
        return kept
    tally = LogTally(with_facts=False)
    reading = RecordedSource(make_source(target, settings, ReadOptions(raw=False, follow=False)))
    await _read_all(reading, tally)
    if not tally.finish().entries:
        raise BaselineError("it is empty")
    job = reading.job
    model = make_model(tally, job.id if job is not None else name)
    if cache is not None and job is not None and job.ended:
        await cache.save(job.id, model)
    return model


class RecordedSource:
    """A source that remembers what it says of the job."""

    def __init__(self, source: events.Source) -> None:
        self._source = source
        self.job: Job | None = None
        """The newest description of the run or build; None while there is none."""
        self.has_gap = False
        """Whether lines are missing in what was read."""

    async def events(self) -> AsyncGenerator[events.Event, None]:
        """Yield the source's events."""
        stream = self._source.events()
        try:
            async for event in stream:
                match event:
                    case events.JobChanged(job) | events.Ended(job):
                        self.job = job or self.job
                    case events.Gap():
                        self.has_gap = True
                    case _:
                        pass
                yield event
        finally:
            close = getattr(stream, "aclose", None)
            if close is not None:
                await close()

    def retry(self) -> None:
        """Try again now."""
        self._source.retry()

    def stats(self) -> list[tuple[str, str]]:
        """Return the source's figures."""
        return self._source.stats()


async def _read_all(source: RecordedSource, tally: LogTally) -> None:
    """Read a log as it is now. Raises BaselineError."""
    failures = 0
    async with contextlib.aclosing(source.events()) as stream:
        async for event in stream:
            match event:
                case events.Received(data):
                    failures = 0
                    await _feed(tally, data)
                case events.Extended(store, start, length):
                    for at in range(start, start + length, SLICE):
                        size = min(SLICE, start + length - at)
                        tally.feed_data(await read_stored(store, at, size))
                        await asyncio.sleep(0)
                case events.Gap():
                    tally.break_entry()
                case events.Lost(problem):
                    failures += 1
                    if failures >= _FAILURES:
                        raise BaselineError(problem.cause)
                case events.Failed(problem):
                    raise BaselineError(problem.cause)
                case events.Ended():
                    return
                case _:
                    pass
    raise BaselineError("the log broke off")
