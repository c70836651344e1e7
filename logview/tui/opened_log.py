"""TUI: a log that is about to be read on the screen: its document, source and origin."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from logview.log.store.document import LogDocument
from logview.opening import Origin, ReadOptions, make_origin, make_source

if TYPE_CHECKING:
    from logview.config.settings import Settings
    from logview.opening import ActorName
    from logview.sources.events import Source
    from logview.target import Target


@dataclass(frozen=True, slots=True)
class OpenedLog:
    """A log that is about to be read."""

    document: LogDocument
    source: Source
    origin: Origin

    @property
    def is_job(self) -> bool:
        """As `origin.is_job`."""
        return self.origin.is_job

    @property
    def name(self) -> str:
        """As `origin.name`."""
        return self.origin.name

    @property
    def what(self) -> str:
        """As `origin.description`."""
        return self.origin.description

    @property
    def text(self) -> str:
        """As `origin.argument`."""
        return self.origin.argument

    @property
    def actor_name(self) -> ActorName | None:
        """As `origin.actor_name`."""
        return self.origin.actor_name

    @property
    def open_word(self) -> str:
        """As `origin.words.open`."""
        return self.origin.words.open


def open_target(
    target: Target, settings: Settings, *, raw: bool | None, follow: bool, stdin_fd: int | None
) -> OpenedLog:
    """Return a target's source and origin, with an empty document that it is read into."""
    document = LogDocument()
    options = ReadOptions(
        raw=raw is not False, follow=follow, received=document, stdin_fd=stdin_fd or 0
    )
    return OpenedLog(
        document, make_source(target, settings, options), make_origin(target, settings)
    )
