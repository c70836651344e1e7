"""TUI: runs, builds and recent targets as rows of the open screen's list, and its columns."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import datetime, timezone
from functools import lru_cache
from typing import TYPE_CHECKING, Literal, TypeAlias

from rich.cells import cell_len

from logview.phrases import ago, cost, duration
from logview.text.sanitize import label
from logview.tui.connection import job_seconds, utc_now
from logview.tui.content import join_content, make_content
from logview.tui.widgets.header_bar import STATUS_MARKS, STATUS_STYLES, fit

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from textual.content import Content

    from logview.apify.models import Job
    from logview.config.state import RecentKind, RecentTarget

    RowKind: TypeAlias = RecentKind | Literal["demo"]

Column: TypeAlias = Literal[
    "status", "name", "kind", "value", "started", "duration", "memory", "cost", "origin", "message"
]

_TITLES: dict[Column, str] = {
    "status": "Status",
    "name": "Actor",
    "kind": "Kind",
    "value": "ID",
    "started": "Started",
    "duration": "Duration",
    "memory": "Memory",
    "cost": "Cost",
    "origin": "Origin",
    "message": "Status message",
}
"""The columns from left to right."""

_NAMED_COLUMNS: dict[str, Column] = {
    title.lower().split()[-1]: column for column, title in _TITLES.items()
}
"""The columns by the words that name them in the input: `status`, `actor`, `id`, `message` …"""

_label = lru_cache(maxsize=16384)(label)
"""Sanitizes texts that are the same every second."""

_RIGHT = frozenset({"duration", "memory", "cost"})
"""Columns of numbers, which end at the right."""

_GIVEN_UP: tuple[Column, ...] = (
    *("started", "value", "kind", "duration"),
    *("message", "memory", "cost", "origin"),
)
"""All but status and name: the later ones are there only where there is room for all before."""

_NAME = 28
"""Cells of a name that are shown before further columns are."""
_NAME_AT_LEAST = 9
_VALUE = 17
_MESSAGE_AT_LEAST = 24
_WIDE = 96
"""Cells from which columns are two cells apart."""


@dataclass(frozen=True, slots=True)
class JobRow:
    """One row that can be opened. All its texts are sanitized."""

    kind: RowKind
    value: str
    name: str
    status: str = ""
    started: str = ""
    duration: str = ""
    memory: str = ""
    cost: str = ""
    origin: str = ""
    message: str = ""
    is_path: bool = False
    """Whether `value` is a path: then it is the name, and is cut at its beginning."""

    def text(self, column: Column) -> str:
        """Return what stands in a column."""
        return _texts(self)[column]

    def matches(self, words: Sequence[str]) -> bool:
        """Whether each of some lower-case words is in any column, or in the one that it names.

        `status:failed` and `actor:name` name one, by its title or the last word of that;
        `build` and `run` are kinds.
        """
        return all(map(self._matches, words))

    def _matches(self, word: str) -> bool:
        name, colon, rest = word.partition(":")
        if colon and name in _NAMED_COLUMNS:
            return rest in self.text(_NAMED_COLUMNS[name]).lower()
        if word in ("build", "run"):
            return self.kind == word
        return any(word in self.text(column).lower() for column in _TITLES)

    def content(self, columns: Columns) -> Content:
        """Lay the row out in the columns of its list."""
        if not self.status:
            return self._recent_content(columns)
        parts: list[tuple[str, str]] = []
        for column in columns.cells:
            style = "$muted"
            if column == "status":
                style = f"bold {STATUS_STYLES.get(self.status, '$muted')}"
            elif column == "name":
                style = ""
            elif column == "message" and self.status in ("FAILED", "TIMED-OUT"):
                style = "$text-error"
            cell = columns.fit(column, self.text(column))
            if parts and parts[-1][1] == style:
                parts[-1] = (parts[-1][0] + cell, style)  # fewer pieces are drawn sooner
            else:
                parts.append((cell, style))
        return join_content(*parts)

    def _recent_content(self, columns: Columns) -> Content:
        """Lay out a row without a status: its kind stands there."""
        first = columns.cells["status"]
        cut = fit_end if self.is_path else fit
        rest = columns.width - first
        started = min(len(self.started) + columns.gap, max(0, rest - _NAME_AT_LEAST))
        ident = "" if self.name == self.value else self.text("value")
        if rest - started - len(ident) - columns.gap < _NAME_AT_LEAST:
            ident = ""
        name = rest - started - (len(ident) + columns.gap if ident else 0)
        name = min(name, max(cell_len(self.name), _NAME) + columns.gap)
        return join_content(
            (fit(self.text("kind"), first), "$muted"),
            (" " * columns.gap + cut(self.name, max(1, name - columns.gap)), ""),
            (" " * columns.gap + ident if ident else "", "$muted"),
            (fit(" " * columns.gap + self.started, started), "$muted"),
        )


@lru_cache(maxsize=8192)  # most rows are what they were a second ago
def _texts(row: JobRow) -> dict[Column, str]:
    return {
        "status": f"{STATUS_MARKS.get(row.status, '?')} {row.status}",
        "name": row.name,
        "kind": "·" if row.kind == "job" else row.kind,
        "value": "" if row.is_path or row.kind in ("demo", "several") else row.value,
        "started": row.started,
        "duration": row.duration,
        "memory": row.memory,
        "cost": row.cost,
        "origin": row.origin,
        "message": row.message,
    }


@lru_cache(maxsize=8192)
def _cells(row: JobRow) -> tuple[int, ...]:
    """Return how many cells a row's texts have, in the order of the columns."""
    texts = _texts(row)
    return tuple(cell_len(texts[column]) for column in _TITLES)


@dataclass(frozen=True, slots=True)
class Columns:
    """Which columns there are, from left to right, and how many cells each has with its gap."""

    cells: Mapping[Column, int]
    gap: int
    width: int
    """Cells of a row."""

    def fit(self, column: Column, text: str) -> str:
        """Cut or pad a text to the cells of a column, with the gap before it."""
        gap = 0 if column == "status" else self.gap
        cells = self.cells[column] - gap
        if column in _RIGHT and cell_len(text) <= cells:
            return " " * (gap + cells - cell_len(text)) + text
        return " " * gap + fit(text, cells)

    @property
    def title(self) -> Content:
        """The titles of the columns."""
        return join_content(
            *((self.fit(column, _TITLES[column]), "bold $muted") for column in self.cells)
        )


def make_columns(rows: Sequence[JobRow], width: int) -> Columns:
    """Return the columns that rows have in so many cells; those that all leave empty are left out.

    Status and name are always there.
    """
    gap = 2 if width >= _WIDE else 1
    # The kind of what was opened before stands where the others have their status.
    kinds = max((cell_len(row.text("kind")) for row in rows if not row.status), default=0)
    rows = [row for row in rows if row.status] or rows
    needed: dict[Column, int] = {}
    cells_of_rows = zip(*map(_cells, rows), strict=True) if rows else ((0,) for _ in _TITLES)
    for (column, title), cells_of in zip(_TITLES.items(), cells_of_rows, strict=True):
        longest = max(cells_of)
        if longest or column in ("status", "name"):
            needed[column] = max(longest, len(title)) + (gap if column != "status" else 0)
    if "value" in needed:
        needed["value"] = min(needed["value"], _VALUE + gap)
    status, name = max(min(needed["status"], 12), kinds), needed["name"]
    left = width - status
    chosen: dict[Column, int] = {}
    for column in _GIVEN_UP:
        if column not in needed:
            continue
        cells = _MESSAGE_AT_LEAST if column == "message" else needed[column]
        least = _NAME_AT_LEAST if column == "started" else min(name, 16 + gap)
        if column in _GIVEN_UP[4:]:
            least = min(name, _NAME + gap)
        if left - cells < least:
            if column in _GIVEN_UP[4:]:
                continue
            break
        chosen[column] = cells
        left -= cells
    widths: dict[Column, int] = {"status": status, "name": max(1, min(left, name)), **chosen}
    if "message" in widths:
        spare = width - sum(widths.values())
        widths["message"] = min(widths["message"] + spare, needed["message"])
    return Columns({column: widths[column] for column in _TITLES if column in widths}, gap, width)


def job_rows(jobs: Iterable[Job], names: Mapping[str, str]) -> list[JobRow]:
    """Return rows of runs and builds, newest first, their texts sanitized."""
    epoch = datetime.fromtimestamp(0, timezone.utc)
    now = utc_now()
    rows = []

    def order(job: Job) -> tuple[bool, datetime]:
        # Without a start it has not begun yet, unless it is over.
        return job.started_at is None and not job.ended, job.started_at or epoch

    for job in sorted(jobs, key=order, reverse=True):
        seconds = job_seconds(job, now)
        rows.append(
            _job_row(
                job,
                names.get(job.actor_id or "", job.actor_id or ""),
                when(job.started_at, now),
                duration(seconds) if seconds is not None else "",
            )
        )
    return rows


@lru_cache(maxsize=8192)
def _job_row(job: Job, name: str, started: str, took: str) -> JobRow:
    return JobRow(
        job.kind,
        _label(job.id, 100),
        _label(name, 80),
        _label(job.status, 12),
        started,
        took,
        memory_words(job.memory_mbytes),
        cost(job.cost_usd),
        _label(job.origin or "", 12).lower(),
        _label(job.status_message or "", 300),
    )


def recent_rows(recents: Sequence[RecentTarget], known: set[str]) -> list[JobRow]:
    """Return rows of what was opened before and is not listed already."""
    now = utc_now()
    return [
        JobRow(
            recent.kind,
            recent.value,
            label(recent.value if recent.is_path else recent.label, 200),
            started=when(datetime.fromtimestamp(recent.opened_at, timezone.utc), now),
            is_path=recent.is_path,
        )
        for recent in recents
        if recent.value not in known
    ]


def memory_words(mbytes: int | None) -> str:
    """Return a limit of memory: `512 MB`, `4 GB`; nothing for nothing."""
    if not mbytes:
        return ""
    return f"{mbytes / 1024:g} GB" if mbytes >= 1024 else f"{mbytes} MB"


JUST_NOW = 3600.0
"""Seconds within which a moment needs no date, also where midnight was in between."""


def when(at: datetime | None, now: datetime) -> str:
    """Return how long ago a moment was; its local date where it was neither today nor just now."""
    if at is None:
        return ""
    local, today = _local(at, time.tzname), _local(now, time.tzname)
    seconds = (now - at).total_seconds()
    if local.date() == today.date() or 0 <= seconds < JUST_NOW:
        return ago(seconds)
    return _date(local, "%b %d %H:%M" if local.year == today.year else "%Y-%m-%d")


@lru_cache(maxsize=8192)
def _local(at: datetime, _zone: tuple[str, str]) -> datetime:
    """Return a moment in the local time zone, which is `_zone`."""
    return at.astimezone()


@lru_cache(maxsize=8192)
def _date(at: datetime, form: str) -> str:
    return at.strftime(form)


def fit_end(text: str, cells: int) -> str:
    """Cut or pad a path to a number of cells; its end is kept."""
    if cell_len(text) > cells:
        while text and cell_len(text) >= cells:
            text = text[1:]
        text = f"…{text}"
    return fit(text, cells)


def heading(title: str) -> Content:
    """Lay out a heading of the list."""
    return make_content(title, "bold $text-primary")
