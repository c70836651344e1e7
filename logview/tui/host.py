"""TUI: what screens need of the app, so that no screen imports it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, runtime_checkable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from textual.screen import Screen

    from logview.apify.models import Job
    from logview.config.settings import Settings
    from logview.config.state import AppState, RecentKind
    from logview.opening import Origin
    from logview.run_details import RunDetails
    from logview.sources.events import Problem
    from logview.target import Target
    from logview.tui.attention import Attention
    from logview.tui.commands import Command
    from logview.tui.copying import Copier


class Host(Protocol):
    """The app, as screens see it."""

    settings: Settings
    state: AppState
    """What is remembered from one start to the next."""
    demo: bool
    """Whether the runs are those of the demo's server: they have no page in Apify Console."""
    redact: bool
    """Whether secrets are masked in what is copied or saved."""
    watch_runs: bool
    """Whether the next run of the same Actor or task is opened when a run has ended."""
    clock: Callable[[], float]
    """The monotonic clock, in seconds."""
    copier: Copier
    attention: Attention
    against: Sequence[Target] | None
    """The logs that are compared with; None for the last good runs of the same job."""

    @property
    def keymap(self) -> Mapping[str, str]:
        """The keys of the settings file, by the names of their actions."""

    def need_styles(self, *names: str) -> None:
        """Read style files that have not been read yet."""

    def open(self, target: Target, title: str = "") -> None:
        """Open a log over the screen that is shown; `title` is its Actor's name, if known."""

    def open_run_from(
        self, screen: Screen[None], job: Job, title: str, *, replace: bool = False
    ) -> None:
        """Open another run of the same Actor or task over a log screen, or go back to it.

        With `replace` the log screen is closed, unless it was named on the command line.
        """

    def note(self, text: str) -> None:
        """Show a receipt or a notice on the screen that is on top."""

    def open_details(self, details: RunDetails) -> None:
        """Show the details of a run or build, which are asked for then."""

    @property
    def can_open_demo(self) -> bool:
        """Whether the demo can be opened from here."""

    def open_demo(self) -> None:
        """Start the demo, and show its runs."""

    def leave_log(self, screen: Screen[None], *, refused: Problem | None = None) -> None:
        """Close a log screen; with `refused` its ID is given back to the open screen.

        A call and not a message: the keys typed behind `q` belong to the screen below.
        """

    def remember_log(self, origin: Origin) -> None:
        """Remember a log as opened, now that it is known to exist."""

    def remember_times(self, name: str) -> None:
        """Remember the format in which times are shown."""

    def remember_name(self, job_id: str, kind: RecentKind, name: str) -> None:
        """Remember by what name a job is called, now that it is known."""


@runtime_checkable
class ShowsNotes(Protocol):
    """A screen that shows receipts and notices itself."""

    def note(self, text: str) -> None:
        """Show a receipt or a notice for some seconds."""


@runtime_checkable
class OffersHelp(Protocol):
    """A screen whose keys the help screen begins with."""

    help_topic: str
    """Which keys are its own: `log`, `entry`, `digest`, `patterns`,
    `details` or `open`."""

    def help_rows(self) -> list[tuple[str, str]]:
        """Return what shows somebody else this place: name and words of each row."""


@runtime_checkable
class HasSelection(Protocol):
    """A screen that selects text by itself, without Textual's selection."""

    def copy_selection(self) -> bool:
        """Copy what is selected; return False where nothing is."""


@runtime_checkable
class HasOpenParts(Protocol):
    """A screen over which parts are opened and closed."""

    def close_open(self) -> bool:
        """Close the innermost thing that is open; return False where nothing is."""


@runtime_checkable
class OffersCommands(Protocol):
    """A screen that has commands of its own in the palette."""

    def palette_commands(self) -> Iterable[Command]:
        """Return its commands."""
