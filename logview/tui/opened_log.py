"""TUI: from a target to a source, and what the screen says of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from logview.log.store.document import LogDocument
from logview.target import FileTarget, JobTarget, StdinTarget, Target

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from logview.apify.client import ApifyClient
    from logview.config.settings import Settings
    from logview.sources.events import Source


@dataclass(frozen=True, slots=True)
class OpenedLog:
    """A log that is about to be read."""

    document: LogDocument
    source: Source
    is_job: bool
    name: str
    """What it is called, as far as it is known: a file's name, empty for a job."""
    what: str
    """What it is: `run HG7ML7M8z78YcAPEB`, a file's path, `standard input`."""
    text: str
    """What was typed or chosen to open it; the open screen gives it back."""
    actor_name: Callable[[str], Awaitable[str | None]] | None = None
    open_word: str = ""
    """What it is called while it is open; else LIVE for a job and FILE for what is none."""


def make_client(settings: Settings) -> ApifyClient:
    """Make an API client; importing httpx is paid here, when a screen already shows."""
    from logview.apify.client import ApifyClient

    return ApifyClient(settings.api_url, settings.token, token_source=settings.token_source)


def open_target(
    target: Target, settings: Settings, *, raw: bool | None, follow: bool, stdin_fd: int | None
) -> OpenedLog:
    """Make the source of a target, with an empty document that it is read into."""
    document = LogDocument()
    if isinstance(target, JobTarget):
        from logview.sources.remote import RemoteSource

        source = RemoteSource(
            lambda: make_client(settings),
            target.id,
            target.kind,
            held=document,
            raw=raw is not False,
            follow=follow,
        )

        async def actor_name(actor_id: str) -> str | None:
            from logview.apify.errors import ApifyError

            try:
                async with make_client(settings) as client:
                    actor = await client.actor(actor_id)
            except ApifyError:
                return None  # someone else's Actor: its name may not be read, the log may
            return actor.label

        what = f"{target.kind or 'run or build'} {target.id}"
        return OpenedLog(document, source, True, "", what, target.id, actor_name)
    if isinstance(target, FileTarget):
        from logview.sources.file import FileSource

        path = target.path
        file_source = FileSource(path, follow=follow, stored=True)
        return OpenedLog(document, file_source, False, path.name, str(path), str(path))
    assert isinstance(target, StdinTarget)
    from logview.sources.stdin import StdinSource

    return OpenedLog(
        document, StdinSource(stdin_fd or 0), False, "standard input", "", "-", open_word="PIPE"
    )
