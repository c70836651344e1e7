"""Opening: the one place where a target becomes a source and an origin.

To add a source: a target and its parser in `target.py`, a source in
`sources/`, and an entry in `OPENERS` here. The screen and plain mode ask the
`Origin` for what depends on the kind of log, and never for the kind itself.

Sources are imported when one is opened, so that the command line stays light.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import KW_ONLY, dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any, TypeAlias

from logview.config.state import pack_parts, parts_of
from logview.phrases import count
from logview.target import (
    FileTarget,
    JobTarget,
    NamedTarget,
    SeveralTarget,
    StdinTarget,
    Target,
    combine,
    parse,
)
from logview.text.lanes import job_lane, lane_name, numbered

if TYPE_CHECKING:
    from collections.abc import Awaitable, Sequence
    from pathlib import Path

    from logview.apify.client import ApifyClient
    from logview.apify.models import Job
    from logview.config.settings import Settings
    from logview.config.state import RecentKind
    from logview.sources.events import Source
    from logview.sources.received_log import ReceivedLog

TRIES = 5
"""Failures in a row that trying again can't mend, after which plain mode gives up."""

ActorName: TypeAlias = Callable[[str], "Awaitable[str | None]"]
"""Returns the name of the Actor with an ID, None where it may not be read."""


@dataclass(frozen=True, slots=True)
class OriginWords:
    """The words of status line and banner that depend on where a log comes from."""

    noun: str
    """What it is in a sentence: `a run or build`, `a file`, `standard input`."""
    _: KW_ONLY
    connecting: str = "Reading…"
    """The state before the source answers."""
    lost: str = ""
    """The state while the source is lost; empty: reconnecting, with the seconds to the next try."""
    lost_hint: str = ""
    """What the banner adds while the source is lost; empty: when the next try is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """What the screen and plain mode need to know of where a log comes from.

    Everything that is known before the source is opened. What the platform
    says of a run or build (status, times, its Actor) comes with the source's
    events. All texts may hold words from outside.
    """

    words: OriginWords
    name: str
    """What the log is called, for titles: a file's name; empty where only the API knows it."""
    description: str
    """What it is, for the header: `run HG7ML7M8z78YcAPEB`, a file's path; may be empty."""
    argument: str
    """What was typed or chosen to open it: the open screen's input gets it back."""
    reopen_argument: str | None
    """The argument that opens it again from any folder; None for what can't be opened again."""
    reopen_several: tuple[str, ...] = ()
    """The arguments that open several logs again."""
    save_name: str
    """What a saved log is named after, see `saving.file_names.default_name`."""
    job_id: str | None = None
    """The ID that was asked for, of what has one: a run or build."""
    path: Path | None = None
    """The file that the log is in: it is not to be overwritten."""
    is_job: bool = False
    """Whether it is one run or build: it has a status, an ID and a page in Apify Console, and a
    wrong ID can be edited."""
    has_result: bool = False
    """Whether a run or build is in it, so that there is a result (`--exit-status`)."""
    is_remote: bool = False
    """Whether the API in use is asked for it: reopening it needs `--api-url` or `--demo`."""
    is_stored: bool = False
    """Whether all of it is on a disk already, so that its first and last line can be found at
    once."""
    can_retry: bool = True
    """Whether `retry` can bring more."""
    can_download: bool = False
    """Whether a fresh copy of the whole log can be had from the API."""
    recent: tuple[RecentKind, str] | None = None
    """What is remembered of it as opened: kind and value; None: nothing."""
    parts: tuple[Target, ...] = ()
    """The logs that are merged in it, of several."""
    lane: str = ""
    """What its lines are marked with among several logs (`text/lanes.py`); of a run or build only
    until its Actor is known."""
    understood: str = ""
    """What it was understood as, where that is more than what was typed: said before anything is
    asked for."""
    actor_name: ActorName | None = None
    """Looks up the name of the Actor, of what has one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadOptions:
    """How a log is to be read."""

    raw: bool
    """Whether the API is to keep ANSI codes."""
    follow: bool = True
    """Whether to go on while more may come; else what is there is taken."""
    received: ReceivedLog | None = None
    """Where a reader on the screen keeps each byte that comes: such a reader may read a large
    file from where it is, and goes on with a file while it grows. None: bytes only pass through,
    and a file is read to its present end."""
    is_lane: bool = False
    """Whether it is one of several logs on the screen: its bytes only pass through, and a file is
    followed all the same."""
    stdin_fd: int = 0
    """The descriptor of standard input: another than 0 where the keyboard took its place."""


@dataclass(frozen=True, slots=True)
class Opener:
    """Makes the origin and the source of one kind of target."""

    origin: Callable[[Any, Settings], Origin]
    """Returns the origin of such a target. Light: opens nothing and asks nobody."""
    source: Callable[[Any, Settings, ReadOptions], Source]
    """Returns the source of such a target, which reads nothing before its events are asked for."""
    runs: Callable[[Any, Settings, int, int], Awaitable[list[Job]]] | None = None
    """Lists the runs of such a target, newest first, at most so many; None: it has none."""


def make_origin(target: Target, settings: Settings) -> Origin:
    """Return the origin of a target; nothing is opened."""
    return OPENERS[type(target)].origin(target, settings)


def make_source(target: Target, settings: Settings, options: ReadOptions) -> Source:
    """Return the source of a target; it reads nothing before its events are asked for."""
    return OPENERS[type(target)].source(target, settings, options)


def has_runs(target: Target) -> bool:
    """Return whether a target has runs to list."""
    return OPENERS[type(target)].runs is not None


def run_lister(
    target: Target, settings: Settings, limit: int, skip: int = 0
) -> Callable[[], Awaitable[list[Job]]] | None:
    """Return what asks for the runs of a target, at most so many; None for what has none.

    Without the newest `skip` of them.

    Awaiting its answer raises ApifyError.
    """
    runs = OPENERS[type(target)].runs
    return None if runs is None else partial(runs, target, settings, limit, skip)


def target_of_recent(kind: str, value: str, *, api_url: str) -> Target:
    """Return the target of what was remembered as opened; raises TargetError."""
    if kind == "several":
        parts = [target_of_recent(one, word, api_url=api_url) for one, word in parts_of(value)]
        return combine(parts)
    if kind == "file":
        return parse(value, api_url=api_url)
    return JobTarget(value, "run" if kind == "run" else "build" if kind == "build" else None)


def make_client(settings: Settings) -> ApifyClient:
    """Return an API client; importing httpx is paid here."""
    from logview.apify.client import ApifyClient

    return ApifyClient(
        settings.api_url,
        settings.current_token,
        token_source=settings.current_source or "the Apify CLI's login",
        renew=settings.login.renew if settings.login is not None else None,
    )


# -- a run or build -----------------------------------------------------------------------


def _actor_name(settings: Settings) -> ActorName:
    async def actor_name(actor_id: str) -> str | None:
        from logview.apify.errors import ApifyError

        try:
            async with make_client(settings) as client:
                actor = await client.actor(actor_id)
        except ApifyError:
            return None  # someone else's Actor: its name may not be read, the log may
        return actor.label

    return actor_name


def _job_origin(target: JobTarget, settings: Settings) -> Origin:
    return Origin(
        words=OriginWords(f"a {target.kind or 'run or build'}", connecting="Connecting…"),
        name="",
        description=f"{target.kind or 'run or build'} {target.id}",
        argument=target.id,
        reopen_argument=target.id,
        save_name=target.id,
        job_id=target.id,
        is_job=True,
        is_remote=True,
        can_download=True,
        recent=(target.kind or "job", target.id),
        has_result=True,
        lane=job_lane(target.kind or "run", target.id),
        actor_name=_actor_name(settings),
    )


def _job_source(target: JobTarget, settings: Settings, options: ReadOptions) -> Source:
    from logview.sources.remote import RemoteSource

    return RemoteSource(
        lambda: make_client(settings),
        target.id,
        target.kind,
        received=options.received,
        raw=options.raw,
        follow=options.follow,
    )


# -- a run of an Actor or task, by name ------------------------------------------------------


def _username(settings: Settings) -> str | None:
    return settings.login.username if settings.login is not None else None


def _named_origin(target: NamedTarget, settings: Settings) -> Origin:
    full_name = target.full_name(_username(settings))
    description = target.selector.describe(full_name)
    return Origin(
        words=OriginWords("a run", connecting=f"Looking for the {description}…"),
        name="",
        description=description,
        argument=target.argument,
        reopen_argument=target.argument,
        save_name=target.name,
        is_job=True,
        is_remote=True,
        can_download=True,
        has_result=True,
        lane=lane_name(full_name),
        understood=f"looking for the {description} (an Actor or a task)",
        actor_name=_actor_name(settings),
    )


def _named_source(target: NamedTarget, settings: Settings, options: ReadOptions) -> Source:
    from logview.sources.named import NamedSource

    return NamedSource(
        lambda: make_client(settings),
        target,
        lambda job: _job_source(JobTarget(job.id, "run"), settings, options),
        username=_username(settings),
    )


async def _named_runs(target: NamedTarget, settings: Settings, limit: int, skip: int) -> list[Job]:
    from logview.sources.named import find_runs

    async with make_client(settings) as client:
        return await find_runs(client, target, _username(settings), limit, skip)


# -- a file, or a named pipe --------------------------------------------------------------


def _file_origin(target: FileTarget, settings: Settings) -> Origin:
    path = target.path
    absolute = str(path.absolute())
    return Origin(
        words=OriginWords(
            "a file",
            lost="waiting for the file to come back",
            lost_hint="Watching for it to return.",
        ),
        name=path.name,
        description=str(path),
        argument=str(path),
        reopen_argument=absolute,
        save_name=path.name,
        path=path,
        is_stored=True,
        lane=lane_name(path.name),
        recent=("file", absolute),
    )


def _file_source(target: FileTarget, settings: Settings, options: ReadOptions) -> Source:
    from logview.sources.decoded import DecodedSource
    from logview.sources.file import FileSource

    name = str(target.path)
    if options.is_lane:
        return DecodedSource(FileSource(target.path, follow=options.follow), name)
    if options.received is None:
        return DecodedSource(FileSource(target.path, follow=False), name, keep_mark=True)
    return DecodedSource(FileSource(target.path, follow=options.follow, stored=True), name)


# -- standard input -----------------------------------------------------------------------


def _stdin_origin(target: StdinTarget, settings: Settings) -> Origin:
    return Origin(
        words=OriginWords("standard input"),
        name="standard input",
        description="",
        argument="-",
        reopen_argument=None,
        save_name="stdin",
        lane="stdin",
        can_retry=False,
    )


def _stdin_source(target: StdinTarget, settings: Settings, options: ReadOptions) -> Source:
    from logview.sources.decoded import DecodedSource
    from logview.sources.stdin import StdinSource

    # Into a pipe or file what comes goes as it came.
    return DecodedSource(StdinSource(options.stdin_fd), "", keep_mark=options.received is None)


# -- several at once ----------------------------------------------------------------------


def _several_origin(target: SeveralTarget, settings: Settings) -> Origin:
    origins = [make_origin(part, settings) for part in target.targets]
    *words, last = (
        _amount(number, noun)
        for noun, number in Counter(origin.words.noun for origin in origins).items()
    )
    recents = [origin.recent for origin in origins]
    understood = "; ".join(origin.understood for origin in origins if origin.understood)
    return Origin(
        words=OriginWords("several logs at once", connecting="Connecting…"),
        name=" and ".join((", ".join(words), last)) if words else last,
        description=", ".join(origin.job_id or origin.lane for origin in origins),
        argument=" ".join(origin.argument for origin in origins),
        reopen_argument=None,
        reopen_several=_reopen_all(origins),
        save_name="merged",
        is_remote=any(origin.is_remote for origin in origins),
        can_retry=any(origin.can_retry for origin in origins),
        has_result=any(origin.has_result for origin in origins),
        recent=None if None in recents else ("several", pack_parts([r for r in recents if r])),
        parts=target.targets,
        understood=understood,
    )


def _amount(number: int, noun: str) -> str:
    """Return `2 runs`, `3 runs or builds`, `standard input`."""
    one = noun.removeprefix("a ")
    if one == noun:
        return noun
    return count(number, one, " or ".join(f"{word}s" for word in one.split(" or ")))


def _reopen_all(origins: Sequence[Origin]) -> tuple[str, ...]:
    """Return the arguments that open all of them again; empty where one of them can't be."""
    words = [origin.reopen_argument for origin in origins]
    return tuple(word for word in words if word is not None) if None not in words else ()


def lane_names(origins: Sequence[Origin]) -> list[str]:
    """Return the names of the lanes of several logs, which all differ."""
    return numbered([origin.lane for origin in origins])


def _several_source(target: SeveralTarget, settings: Settings, options: ReadOptions) -> Source:
    from logview.sources.merged import LaneSpec, MergedSource

    origins = [make_origin(part, settings) for part in target.targets]
    on_screen = options.received is not None
    lane_options = replace(options, received=None, is_lane=on_screen)
    specs = [
        LaneSpec(
            source=make_source(part, settings, lane_options),
            name=name,
            is_job=origin.is_job,
            actor_name=origin.actor_name,
        )
        for part, origin, name in zip(target.targets, origins, lane_names(origins), strict=True)
    ]
    patience = TRIES if options.follow else 1
    return MergedSource(specs, give_up=None if on_screen else patience)


OPENERS: dict[type[Target], Opener] = {
    JobTarget: Opener(_job_origin, _job_source),
    NamedTarget: Opener(_named_origin, _named_source, _named_runs),
    FileTarget: Opener(_file_origin, _file_source),
    StdinTarget: Opener(_stdin_origin, _stdin_source),
    SeveralTarget: Opener(_several_origin, _several_source),
}
"""How each kind of target is opened."""
