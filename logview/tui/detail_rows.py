"""TUI: the details of a run or build as rows."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from logview.links.console import console_link, storage_link
from logview.phrases import cost, count, duration, size
from logview.run_details import input_lines
from logview.run_history import LEAST
from logview.text.sanitize import display, label
from logview.tui.connection import job_seconds
from logview.tui.content import join_content, make_content
from logview.tui.history_strip import history_strip, history_words
from logview.tui.job_rows import memory_words, when
from logview.tui.widgets.row_list import ListRow

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime

    from textual.content import Content

    from logview.apify.models import Job, RunUsage
    from logview.run_details import RunDetails

HISTORY = "history"
"""The target of the row with the last runs; all others are links."""

MOST_LINES = 400
"""Lines of an input that are shown."""

_LONGEST = 2_000
"""Characters of a line of an input that are shown."""

_NAMES = 12
"""Cells of the names at the left."""

_Facts: TypeAlias = "Iterator[tuple[str, str, str]]"


def detail_rows(
    details: RunDetails,
    now: datetime,
    *,
    chosen: int,
    width: int,
    link_api: str,
    mask: Callable[[str], str],
) -> list[ListRow]:
    """Return the rows of what is known; all texts are sanitized.

    `chosen` is the index of the run of the history that is selected, `width` the cells of a
    row, `link_api` the API address that links are made for, empty for none, `mask` hides
    secrets in an input.
    """
    job = details.job
    if job is None:
        return []
    rows = [
        ListRow(_fact(name, text, is_link=bool(target)), target)
        for name, text, target in _facts(details, job, now, link_api)
        if text
    ]
    if job.kind == "run":
        rows += _history_rows(details, job, now, chosen, width)
        rows += _input_rows(details, mask)
    return rows


def _fact(name: str, text: str, *, is_link: bool = False) -> Content:
    return join_content(
        (f"{name:<{_NAMES}} ", "$muted"), (text, "$text-primary underline" if is_link else "")
    )


def _facts(details: RunDetails, job: Job, now: datetime, api: str) -> _Facts:
    """Yield name, text and link of each fact; an empty text is not shown."""
    seconds = job_seconds(job, now)
    build = [label(job.build_number or "", 40), f"asked for {label(job.build_tag or '', 40)}"]
    if not job.build_tag or job.build_tag == job.build_number:
        build.pop()
    usage, ran = job.usage, "" if seconds is None else duration(seconds)
    age = when(job.started_at, now)  # a date where it isn't today's: that is there already
    started = [_moment(job.started_at), age if age.endswith("ago") else ""]
    yield "Started", _joined(*started), ""
    yield "Finished", _moment(job.finished_at), ""
    yield "Duration", _joined(ran, _compared(details, job, seconds)), ""
    if job.exit_code is not None:
        yield "Exit code", f"{job.exit_code}", ""
    number = "Number" if job.kind == "build" else "Build"  # a build's own row has its ID
    yield number, _joined(*filter(None, build)), ""
    yield "Origin", label(job.origin or "", 40).lower(), ""
    yield "Task", _joined(label(details.task_name, 100), label(job.task_id or "", 100)), ""
    limit = memory_words(job.memory_mbytes)
    yield "Memory", _joined(f"limit {limit}" if limit else "", _memory(usage)), ""
    yield "CPU", _cpu(usage), ""
    units = usage.compute_units
    yield "Cost", _joined(cost(job.cost_usd), _units(units)), ""
    yield "Restarts", _restarts(usage), ""
    if job.timeout_seconds:
        yield "Time limit", duration(job.timeout_seconds), ""
    yield job.kind.capitalize(), _joined(job.id), (api and console_link(job, api)) or ""
    items = count(details.items, "item") if details.items is not None else details.items_problem
    storages = (
        ("Dataset", "dataset", job.dataset_id, label(items, 200)),
        ("Key-values", "store", job.store_id, "the input is in it"),
        ("Requests", "queue", job.queue_id, ""),
    )
    for name, kind, ident, words in storages:
        if ident:
            link = storage_link(kind, ident, api) if api else None
            yield name, _joined(words if kind == "dataset" else "", ident), link or ""
        elif kind == "dataset":
            yield name, label(items, 200), ""


def _joined(*parts: str) -> str:
    return " · ".join(part for part in parts if part)


def _moment(moment: datetime | None) -> str:
    return "" if moment is None else f"{moment:%Y-%m-%d %H:%M:%S} UTC"


def _compared(details: RunDetails, job: Job, seconds: float | None) -> str:
    """Return how a duration is compared with the usual one, while it runs when it may end."""
    usual = details.usual
    if usual is None or seconds is None:
        return ""
    return usual.compare(seconds) if job.ended else usual.estimate(seconds)


def _memory(usage: RunUsage) -> str:
    most, average = usage.memory_max_bytes, usage.memory_average_bytes
    return _joined(
        "" if most is None else f"maximum {size(int(most))}",
        "" if average is None else f"average {size(int(average))}",
    )


def _cpu(usage: RunUsage) -> str:
    return _joined(
        "" if usage.cpu_average is None else f"average {usage.cpu_average:.0f} %",
        "" if usage.cpu_max is None else f"maximum {usage.cpu_max:.0f} %",
    )


def _units(units: float | None) -> str:
    return "" if units is None else f"{units:.3g} compute units"


def _restarts(usage: RunUsage) -> str:
    return _joined(
        "" if usage.restarts is None else count(usage.restarts, "restart"),
        "" if usage.migrations is None else count(usage.migrations, "migration"),
        count(usage.reboots, "reboot") if usage.reboots else "",
        count(usage.resurrections, "resurrection") if usage.resurrections else "",
    )


def _history_rows(
    details: RunDetails, job: Job, now: datetime, chosen: int, width: int
) -> list[ListRow]:
    whose = f"this {details.owner}"
    if details.history is None:
        why = label(details.history_problem, 300)
        return _section("Last runs", f"not known: {why}" if why else "")
    if not details.history:
        return _section("Last runs", f"no runs of {whose} are listed")
    jobs, usual = details.history, details.usual
    others = [one for one in jobs if one.status == "SUCCEEDED" and one.id != job.id]
    timed = sum(one.seconds() is not None for one in others)
    words = f"no usual duration: {count(len(others), 'other run')} succeeded, {LEAST} are needed"
    if usual is not None:
        words = usual.describe()
    elif timed < len(others):
        words = f"no usual duration: those of {timed} other runs are known, {LEAST} are needed"
    return [
        *_section(f"Last {count(len(jobs), 'run')} of {whose}", ""),
        ListRow(history_strip(jobs, chosen, job.id, now, width), HISTORY),
        ListRow(make_content(history_words(jobs, now), "$muted")),
        ListRow(make_content(words, "$muted")),
    ]


def _input_rows(details: RunDetails, mask: Callable[[str], str]) -> list[ListRow]:
    record = details.input
    if record is None:
        return _section("Input", label(details.input_problem, 300))
    kind = label(record.content_type, 80) or "no content type"
    lines = input_lines(record)
    if lines is None:
        return _section("Input", f"{kind}, {size(len(record.data))}: no text")
    rows = _section(f"Input · {kind}", "" if lines else "empty")
    text = mask("\n".join(lines[:MOST_LINES])).split("\n")
    shown = (display(line.encode("utf-8", "replace"), limit=_LONGEST) for line in text)
    rows += [ListRow(make_content(f"  {line.text}")) for line in shown]
    if not record.is_whole or len(lines) > MOST_LINES:
        rows.append(ListRow(make_content("… it goes on: see it in Console", "$muted")))
    return rows


def _section(title: str, words: str) -> list[ListRow]:
    rows = [ListRow(make_content()), ListRow(make_content(title, "bold $text-primary"))]
    return [*rows, ListRow(make_content(words, "$muted"))] if words else rows
