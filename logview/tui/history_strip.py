"""TUI: the last runs of an Actor or task as bars: duration, outcome, cost."""

from __future__ import annotations

from typing import TYPE_CHECKING

from logview.phrases import cost, duration
from logview.run_history import quantile
from logview.text.sanitize import label
from logview.tui.connection import job_seconds
from logview.tui.content import join_content, make_content
from logview.tui.job_rows import when
from logview.tui.widgets.header_bar import STATUS_MARKS, STATUS_STYLES

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from textual.content import Content

    from logview.apify.models import Job

ROWS = 3
"""Rows of the bars."""

_CUT_ABOVE = 3.0
"""Medians above which bars are cut, so that a run that hung leaves the others a height."""

_EIGHTHS = " ▁▂▃▄▅▆▇█"


def history_strip(
    jobs: Sequence[Job], chosen: int, this_run: str, now: datetime, width: int
) -> Content:
    """Draw runs, the newest at the right: bars, a mark for each outcome, the place of one.

    `jobs` are newest first, `chosen` is an index of them, `this_run` the ID of the run whose
    details these are, `width` the cells that there are.
    """
    cells = 2 if 2 * len(jobs) <= width else 1
    shown = list(reversed(jobs[: width // cells]))
    seconds = [job_seconds(job, now) for job in shown]
    top = bar_top([one for one in seconds if one is not None])
    lines: list[Content] = []
    for row in reversed(range(ROWS)):
        parts = []
        for job, one in zip(shown, seconds, strict=True):
            filled = 0
            if one is not None:
                filled = max(1, min(ROWS * 8, round(one / top * ROWS * 8) if top else 1))
            bar = _EIGHTHS[max(0, min(8, filled - row * 8))]
            parts.append((bar.ljust(cells), STATUS_STYLES.get(job.status, "$foreground")))
        lines.append(join_content(*parts))
    lines.append(
        join_content(
            *(
                (
                    STATUS_MARKS.get(job.status, "?").ljust(cells),
                    f"bold {STATUS_STYLES.get(job.status, '$muted')}",
                )
                for job in shown
            )
        )
    )
    at = len(shown) - 1 - chosen
    places = [
        "▲" if number == at else "·" if job.id == this_run else " "
        for number, job in enumerate(shown)
    ]
    lines.append(make_content("".join(one.ljust(cells) for one in places).rstrip(), "$text-accent"))
    if 0 <= at < len(shown):
        lines.append(_words(jobs[chosen], this_run, now))
    content = lines[0]
    for line in lines[1:]:
        content += make_content("\n") + line
    return content


def bar_top(seconds: Sequence[float]) -> float:
    """Return the duration of the highest bar, in seconds: what is far above is cut to it."""
    if not seconds:
        return 0.0
    return min(max(seconds), _CUT_ABOVE * quantile(sorted(seconds), 0.5)) or max(seconds)


def _words(job: Job, this_run: str, now: datetime) -> Content:
    seconds = job_seconds(job, now)
    status = label(job.status, 20)
    parts = [
        when(job.started_at, now),
        "" if seconds is None else duration(seconds),
        cost(job.cost_usd),
        label(job.id, 100),
        "this run" if job.id == this_run else "enter opens it",
    ]
    return join_content(
        (
            f"{STATUS_MARKS.get(job.status, '?')} {status}",
            f"bold {STATUS_STYLES.get(job.status, '$muted')}",
        ),
        ("  " + " · ".join(part for part in parts if part), ""),
    )


def history_words(jobs: Sequence[Job], now: datetime) -> str:
    """Return outcomes, costs and the scale of the bars in words."""
    succeeded = sum(job.status == "SUCCEEDED" for job in jobs)
    words = [f"{succeeded} of {len(jobs)} succeeded"]
    costs = sorted(job.cost_usd for job in jobs if job.cost_usd)
    if costs:
        words.append(f"cost {cost(quantile(costs, 0.5))} (median), {cost(sum(costs))} in all")
    seconds = [one for job in jobs if (one := job_seconds(job, now)) is not None]
    if seconds:
        top, longest = bar_top(seconds), max(seconds)
        cut = f", the longest {duration(longest)}" if longest > top else ""
        words.append(f"highest bar {duration(top)}{cut}")
    return " · ".join(words)
