"""TUI: the window's title, and what calls for attention when the terminal is not looked at.

No text of a log is in any of it: only its name, status, duration and numbers.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from logview.phrases import count, duration
from logview.process import attention
from logview.text.sanitize import label

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from logview.config.settings import Notify

_SHARE = re.compile(r"(?<![\d.,/])(\d{1,9})\s?/\s?(\d{1,9})(?![\d.,/])")
"""How far a run says it is, in its status message: `29/200 pages`."""


@dataclass(frozen=True, slots=True)
class LogState:
    """What is known of the log that is shown."""

    name: str
    """What it is called."""
    log: str = ""
    """What it was opened by: another log has another."""
    status: str = ""
    """The status of its run or build; empty for other logs."""
    seconds: float | None = None
    """How long its run or build took, or takes by now."""
    errors: int = 0
    is_running: bool = False
    has_ended: bool = False
    share: tuple[int, int] | None = None
    """How much of how much is done, as its run says; None: it does not."""

    @property
    def title(self) -> str:
        """`FAILED 3m12s · 7 errors · my-scraper`; of a run that goes on in whole minutes."""
        seconds = self.seconds
        if seconds is not None and self.is_running and seconds >= 60:
            seconds -= seconds % 60
        took = "" if seconds is None or (self.is_running and seconds < 60) else duration(seconds)
        if took and self.is_running:
            took = took.replace("00s", "")
        words = (
            f"{label(self.status, 20)} {took}".strip(),
            count(self.errors, "error") if self.errors else "",
            self.name,
        )
        return " · ".join(word for word in words if word)

    @property
    def percent(self) -> int | None:
        """How far a running run is, 0 to 100; None where that is not known."""
        if self.share is None or not self.is_running:
            return None
        done, total = self.share
        return 100 * done // total if 0 < total >= done else None


def share_in(message: str) -> tuple[int, int] | None:
    """Return how much of how much a status message says is done; None where it does not."""
    found = _SHARE.search(message[:1000])
    return None if found is None else (int(found[1]), int(found[2]))


class Attention:
    """Keeps the window's title, and notifies when what is shown ends or meets an error.

    `write` writes a control sequence, `set_title` sets the title, `is_focused`
    returns whether the terminal has the focus, as far as it says.
    """

    def __init__(
        self,
        notify: Notify,
        environ: Mapping[str, str],
        *,
        write: Callable[[str], None],
        set_title: Callable[[str], None],
        is_focused: Callable[[], bool],
    ) -> None:
        self._notify = notify
        self._environ = environ
        self._write = write
        self._set_title = set_title
        self._is_focused = is_focused
        self._states: dict[str, LogState] = {}
        """The newest state of each log that is open, by what it was opened by."""
        self._running: set[str] = set()
        """The logs that were seen running, and whose end is still to come."""
        self._title = ""
        self._percent: int | None = None

    def show(self, state: LogState | None, *, is_in_front: bool = True) -> None:
        """Show the state of a log that is open; None: none is.

        Title and progress are those of the log `is_in_front`; the end of another one calls, too.
        """
        if is_in_front:
            self._show_in_front(state)
        if state is None:
            self._states, self._running = {}, set()
            return
        log = state.log
        before, self._states[log] = self._states.get(log), state
        if log in self._running and state.has_ended:
            self._running.discard(log)
            self._call(state.title)
        elif (
            self._notify == "errors"
            and before is not None
            and before.is_running
            and state.errors
            and not before.errors
        ):
            self._call(f"first error · {state.name}")
        if state.is_running:
            self._running.add(log)

    def _show_in_front(self, state: LogState | None) -> None:
        title = "logview" if state is None else f"{state.title} · logview"
        if title != self._title:
            self._title = title
            self._set_title(title)
        percent = None if state is None else state.percent
        if percent != self._percent:
            self._percent = percent
            self._write_some(attention.progress(percent, self._environ))

    def _call(self, words: str) -> None:
        if self._notify != "off" and not self._is_focused():
            self._write(attention.notification(words, self._environ))

    def _write_some(self, sequence: str) -> None:
        if sequence:
            self._write(sequence)
