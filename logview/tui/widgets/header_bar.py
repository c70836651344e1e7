"""TUI: the header: status, name and ID as chips, the newest message, and why a job failed."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import chain
from textwrap import wrap
from typing import TYPE_CHECKING, NamedTuple

from rich.cells import cell_len, set_cell_size
from textual.widget import Widget

from logview.phrases import duration
from logview.text.sanitize import label
from logview.tui.connection import job_seconds, utc_now
from logview.tui.content import join_content, make_content

if TYPE_CHECKING:
    from textual.content import Content

    from logview.apify.models import Job

STATUS_STYLES = {
    "SUCCEEDED": "$text-success",
    "RUNNING": "$text-primary",
    "READY": "$muted",
    "FAILED": "$text-error",
    "TIMED-OUT": "$text-error",
    "TIMING-OUT": "$text-warning",
    "ABORTED": "$text-warning",
    "ABORTING": "$text-warning",
}
"""The colour of each status; an unknown one has none."""

STATUS_MARKS = {
    "SUCCEEDED": "✓",
    "RUNNING": "●",
    "READY": "○",
    "FAILED": "✗",
    "TIMED-OUT": "✗",
    "TIMING-OUT": "◌",
    "ABORTED": "■",
    "ABORTING": "◌",
}
"""The mark of each status: never colour alone."""

FAILED_STATUSES = frozenset({"FAILED", "TIMED-OUT"})
"""The statuses whose reason has a row of its own."""

MAX_REASON = 600
"""Characters of a reason that are shown at most."""

_KINDS = ("run or build", "run", "build")


@dataclass(frozen=True, slots=True)
class Header:
    """What the header shows. All texts may come from outside."""

    name: str
    """The Actor's or file's name; may be empty."""
    what: str = ""
    """What it is: `run HG7ML7M8z78YcAPEB`, a path; may be empty."""
    job: Job | None = None
    message: str = ""
    """The newest status message."""
    is_id: bool = True
    """Whether `what` is an ID: then it is the last to go, else it is cut before the name."""
    clock: str = ""
    """Which clock the times of the log are of: `UTC`, `local`."""


class _Fit(NamedTuple):
    """How much of the header is shown, where there is not enough space for all of it."""

    message: int
    """Cells that the message has at least, unless it is shorter; 0: it is left out."""
    clock: bool
    name: int
    """Cells that the name has at least, unless it is shorter; 0: it is left out."""
    kind: bool
    duration: bool


_WHOLE = 10_000
_LEAST = 6
"""Cells that something has at least which is cut; else it is left out."""
_FITS = (
    _Fit(24, clock=True, name=_WHOLE, kind=True, duration=True),
    _Fit(12, clock=False, name=_WHOLE, kind=True, duration=True),
    _Fit(0, clock=False, name=16, kind=True, duration=True),
    _Fit(0, clock=False, name=10, kind=False, duration=True),
    _Fit(0, clock=False, name=6, kind=False, duration=False),
    _Fit(0, clock=False, name=0, kind=False, duration=True),
    _Fit(0, clock=False, name=0, kind=False, duration=False),
)
"""What is left out as it gets narrow, tried in this order; the ID is the last to go."""


class HeaderBar(Widget):
    """One row: status, name, ID, newest message, duration. Below it the reason of a failure."""

    ALLOW_SELECT = False

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._header = Header("")
        self._duration = ""
        self._drawn = make_content()
        self._rows = 1

    def show(self, header: Header) -> int:
        """Show a header; draws nothing where nothing changed.

        Returns by how many rows it grows with the next layout.
        """
        job = header.job
        seconds = job_seconds(job, utc_now()) if job is not None else None
        words = "" if seconds is None else duration(seconds)
        if (header, words) == (self._header, self._duration):
            return 0
        self._header, self._duration = header, words
        return self._update()

    def on_resize(self) -> None:
        """Wrap the reason for another width."""
        self._update()

    def _update(self) -> int:
        content = self._content()
        if content.markup == self._drawn.markup:
            return 0
        self._drawn = content
        before, self._rows = self._rows, 1 + content.plain.count("\n")
        if self._rows != before:
            self.styles.height = self._rows
        self.refresh()
        return self._rows - before

    def render(self) -> Content:
        """Draw the rows."""
        return self._content()

    def _content(self) -> Content:
        width = max(0, self.size.width)
        rows = wrap(_reason(self._header), max(1, width - 4)) if width > 4 else []
        height = self.app.size.height
        if len(rows) > (most := 1 if height < 16 else 2 if height < 30 else 3):
            rows = [*rows[: most - 1], fit(" ".join(rows[most - 1 :]), width - 4)]
        # Without colours the header is reversed: to its end.
        reason = (make_content(f"\n{fit(f'  {row}', width)}", "$text-error") for row in rows)
        return join_content(*chain([self._first_row(width - 2)], reason))

    def _first_row(self, width: int) -> Content:
        row = make_content()
        for one in _FITS:
            row, fits = self._fitted(one, width)
            if fits:
                break
        return _cut(row, width) + "  "

    def _fitted(self, fit_: _Fit, width: int) -> tuple[Content, bool]:
        """Return the first row with as much as `fit_` names, and whether it fits."""
        header = self._header
        job = header.job
        chip = status_chip(job.status) if job is not None else make_content()
        what = label(header.what)
        kind = next((kind for kind in _KINDS if what.startswith(f"{kind} ")), "")
        if kind and not fit_.kind:
            what = what.removeprefix(kind).strip()
        right = _joined(
            make_content(header.clock if fit_.clock else "", "$muted"),
            make_content(self._duration if fit_.duration else "", "bold"),
        )
        message = make_content()
        if fit_.message and not _has_reason(job):
            message = make_content(label(header.message), "$muted")
        least = min(fit_.message, message.cell_length)
        space = width - (1 if chip else 2)
        space -= right.cell_length + (2 if right else 0) + (least + 3 if message else 0)
        name = make_content(label(header.name) if fit_.name else "", "bold")
        ident = make_content(what, "$muted")
        if name and not header.is_id:
            taken = _joined(chip, _cut(name, fit_.name)).cell_length + 2
            ident = _cut(ident, space - taken) if space - taken >= _LEAST else make_content()
        bare = _joined(chip, ident).cell_length
        if name:
            name = _cut(name, max(fit_.name, space - bare - 2))
        left = (" " if chip else "  ") + _joined(chip, name, ident)
        space = width - left.cell_length - right.cell_length - (2 if right else 0)
        if message:
            message = _cut(message, max(space - 3, least))
            left += join_content("   ", message)
            space -= message.cell_length + 3
        return left + " " * max(0, space + (2 if right else 0)) + right, space >= 0


def _joined(*parts: Content) -> Content:
    return make_content("  ").join([part for part in parts if part])


def status_chip(status: str) -> Content:
    """Return a status with its mark, on its colour."""
    mark, color = STATUS_MARKS.get(status, "?"), STATUS_STYLES.get(status, "$muted")
    return make_content(f" {mark} {label(status, 20)} ", f"bold $on-primary on {color}")


def _has_reason(job: Job | None) -> bool:
    return job is not None and job.status in FAILED_STATUSES


def _reason(header: Header) -> str:
    """Return why a job failed: its message and exit code; empty for all others."""
    job = header.job
    if job is None or not _has_reason(job):
        return ""
    code = f"exit code {job.exit_code}" if job.exit_code else ""
    message = label(job.status_message or "", MAX_REASON)
    return " · ".join(part for part in (message, code) if part)


def _cut(part: Content, cells: int) -> Content:
    return part if part.cell_length <= cells else part.truncate(max(0, cells), ellipsis=True)


def fit(text: str, cells: int) -> str:
    """Cut or fill a text to a number of cells, with … where it was cut."""
    if cell_len(text) <= cells:
        return set_cell_size(text, cells)
    return set_cell_size(text, max(0, cells - 1)) + "…" if cells else ""
