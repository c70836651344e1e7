"""TUI: runs, builds and recent targets as rows of the open screen's list, and its columns."""

from __future__ import annotations

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
        texts: dict[Column, str] = {
            "status": f"{STATUS_MARKS.get(self.status, '?')} {self.status}",
            "name": self.name,
            "kind": "·" if self.kind == "job" else self.kind,
            "value": "" if self.is_path or self.kind in ("demo", "several") else self.value,
            "started": self.started,
            "duration": self.duration,
            "memory": self.memory,
            "cost": self.cost,
            "origin": self.origin,
            "message": self.message,
        }
        return texts[column]

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
            parts.append((columns.fit(column, self.text(column)), style))
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
    for column, title in _TITLES.items():
        longest = max((cell_len(row.text(column)) for row in rows), default=0)
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
            JobRow(
                job.kind,
                _label(job.id, 100),
                _label(names.get(job.actor_id or "", job.actor_id or ""), 80),
                _label(job.status, 12),
                when(job.started_at, now),
                duration(seconds) if seconds is not None else "",
                memory_words(job.memory_mbytes),
                cost(job.cost_usd),
                _label(job.origin or "", 12).lower(),
                _label(job.status_message or "", 300),
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
    local, today = at.astimezone(), now.astimezone()
    seconds = (now - at).total_seconds()
    if local.date() == today.date() or 0 <= seconds < JUST_NOW:
        return ago(seconds)
    return local.strftime("%b %d %H:%M" if local.year == today.year else "%Y-%m-%d")


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
