"""TUI: runs, builds and recent targets as rows of the open screen's list."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timezone
from typing import TYPE_CHECKING

from rich.cells import cell_len

from logview.phrases import duration
from logview.text.sanitize import label
from logview.tui.connection import job_seconds, utc_now
from logview.tui.content import join_content, make_content
from logview.tui.widgets.header_bar import STATUS_MARKS, STATUS_STYLES, fit

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from textual.content import Content

    from logview.apify.models import Job
    from logview.config.state import RecentKind, RecentTarget

_STATUS = 13
_KIND = 6
_STARTED = 14
_DURATION = 6


@dataclass(frozen=True, slots=True)
class JobRow:
    """One row that can be opened."""

    kind: RecentKind
    value: str
    name: str
    status: str = ""
    started: str = ""
    duration: str = ""
    is_path: bool = False
    """Whether `value` is a path: then it is the name, and is cut at its beginning."""

    def content(self, width: int) -> Content:
        """Lay the row out over a number of cells: status, name, kind and ID, start, duration.

        Without a status, the kind stands in its place.
        """
        kind = "·" if self.kind == "job" else self.kind
        ident = "" if self.is_path else self.value
        if self.status:
            first = f"{STATUS_MARKS.get(self.status, '?')} {self.status}"
            style, second = f"bold {STATUS_STYLES.get(self.status, '$muted')}", f"{kind:<{_KIND}}"
        else:
            first, style, second = kind, "$muted", ""
        fixed = _STATUS + len(second) + len(ident) + 1
        wide = width >= fixed + _STARTED + _DURATION + 12
        fixed += _STARTED + _DURATION if wide else 0
        cut = fit_end if self.is_path else fit
        parts: list[Content | tuple[str, str]] = [
            (fit(first, _STATUS), style),
            (cut(self.name, max(8, width - fixed)), ""),
            (" ", ""),
            (f"{second}{ident}", "$muted"),
        ]
        if wide:
            parts.append((f"  {self.started:<{_STARTED - 2}}", "$muted"))
            parts.append((f"{self.duration:>{_DURATION}}", "$muted"))
        return join_content(*parts)


def job_rows(jobs: Iterable[Job], names: Mapping[str, str]) -> list[JobRow]:
    """Return rows of runs and builds, newest first, their texts sanitized."""
    epoch = datetime.fromtimestamp(0, timezone.utc)
    now = utc_now()
    rows = []
    for job in sorted(jobs, key=lambda job: job.started_at or epoch, reverse=True):
        seconds = job_seconds(job, now)
        rows.append(
            JobRow(
                job.kind,
                label(job.id, 100),
                label(names.get(job.actor_id or "", job.actor_id or "")),
                label(job.status, _STATUS),
                _when(job.started_at, now),
                duration(seconds) if seconds is not None else "",
            )
        )
    return rows


def recent_rows(recents: Sequence[RecentTarget], known: set[str]) -> list[JobRow]:
    """Return rows of what was opened before and is not listed already."""
    now = utc_now()
    return [
        JobRow(
            recent.kind,
            recent.value,
            label(recent.value if recent.is_path else recent.label, 200),
            started=_when(datetime.fromtimestamp(recent.opened_at, timezone.utc), now),
            is_path=recent.is_path,
        )
        for recent in recents
        if recent.value not in known
    ]


def _when(at: datetime | None, now: datetime) -> str:
    """Return a moment in local time: the clock for today, else the date."""
    if at is None:
        return ""
    local, today = at.astimezone(), now.astimezone()
    if local.date() == today.date():
        return local.strftime("%H:%M:%S")
    return local.strftime("%b %d %H:%M" if local.year == today.year else "%Y-%m-%d")


def fit_end(text: str, cells: int) -> str:
    """Cut or pad a path to a number of cells; its end is kept."""
    if cell_len(text) > cells:
        while text and cell_len(text) >= cells:
            text = text[1:]
        text = f"…{text}"
    return fit(text, cells)


def heading(title: str, width: int) -> Content:
    """Lay out a heading of the list."""
    return make_content(title + " " * max(0, width - cell_len(title)), "bold $text-primary")
