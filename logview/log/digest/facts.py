"""The failed requests, the crawlers' numbers and the build's steps of a digest: JSON and text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from logview.log.facts.sparkline import sparkline
from logview.log.facts.statistics import NAMES
from logview.phrases import count, duration

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from logview.log.facts.build_steps import BuildStep
    from logview.log.facts.collect import LogFacts
    from logview.log.facts.requests import FailedRequest
    from logview.log.facts.statistics import Sample, Series

MAX_LISTED = 100
"""Requests and steps that the JSON has."""

SHOWN_REQUESTS = 15
SHOWN_STEPS = 30
SHOWN_LINES = 5
"""Lines of a request's tries that the text names: the first ones and the last."""

SHOWN_CRAWLERS = 4

COLUMNS = 40
"""Cells of a sparkline."""

MAX_VALUES = 120
"""Values of a series that the JSON has."""

_ALWAYS = ("finished", "failed")
"""The series that are shown even where all values are 0."""

_OUTCOMES = {
    "done": "done",
    "cached": "cached",
    "failed": "FAILED",
    "canceled": "canceled",
    "open": "not ended",
}


def failed_requests(facts: LogFacts, *, succeeded: bool) -> list[FailedRequest]:
    """Return the failed requests, those that failed for good first."""
    return facts.requests.result(succeeded=succeeded)


def facts_to_dict(
    facts: LogFacts, mask: Callable[[str], str], *, succeeded: bool
) -> dict[str, object]:
    """Return the keys that the facts are in a digest's JSON; texts of the log changed by `mask`."""
    return {
        "requests": [
            {
                "url": mask(one.url),
                "id": one.id,
                "method": one.method,
                "outcome": one.outcome,
                "tries": one.failed_tries,
                "reason": mask(one.reason),
                "reasons": [mask(reason) for reason in one.reasons],
                "lines": [each.line for each in one.tries],
            }
            for one in failed_requests(facts, succeeded=succeeded)[:MAX_LISTED]
        ],
        "statistics": [
            {
                "crawler": mask(crawler.name),
                "series": {
                    name: {
                        "last": series.last.value,
                        "line": series.last.line,
                        "highest": series.highest.value,
                        "count": series.count,
                        "values": _values(series),
                    }
                    for name, series in crawler.series.items()
                },
            }
            for crawler in facts.statistics.crawlers
        ],
        "steps": [
            {
                "number": step.number,
                "title": mask(step.title),
                "outcome": step.outcome,
                "seconds": step.seconds,
                "line": step.first,
                "lines": step.lines,
            }
            for step in facts.steps.steps[:MAX_LISTED]
        ],
    }


def _values(series: Series) -> list[float]:
    step = -(-len(series.samples) // MAX_VALUES)
    return [sample.value for sample in series.samples[:: max(1, step)]]


def facts_text(facts: LogFacts, mask: Callable[[str], str], *, succeeded: bool) -> list[list[str]]:
    """Return the paragraphs that the facts are in a digest's text; none where there are none."""
    parts = [
        list(_requests(facts, mask, succeeded=succeeded)),
        list(_statistics(facts, mask)),
        list(_steps(facts, mask)),
    ]
    return [part for part in parts if part]


def _requests(facts: LogFacts, mask: Callable[[str], str], *, succeeded: bool) -> Iterator[str]:
    found = failed_requests(facts, succeeded=succeeded)
    if not found:
        return
    words = {"failed": "failed for good", "recovered": "recovered", "open": "outcome not known"}
    counts = [
        f"{number:,} {word}"
        for outcome, word in words.items()
        if (number := sum(one.outcome == outcome for one in found))
    ]
    more = f", {count(facts.requests.left_out, 'try', 'tries')} of others"
    yield f"Failed requests: {', '.join(counts)}{more if facts.requests.left_out else ''}"
    for one in found[:SHOWN_REQUESTS]:
        tries = count(one.failed_tries, "failed try", "failed tries")
        yield f"  {words[one.outcome]}, {tries}, {_lines_of(one)}: {mask(one.url or one.id or '')}"
        if one.reason:
            yield f"      {mask(one.reason)}"
    if len(found) > SHOWN_REQUESTS:
        yield f"  … {len(found) - SHOWN_REQUESTS:,} more"


def _lines_of(request: FailedRequest) -> str:
    lines = [f"{one.line:,}" for one in request.tries]
    if len(lines) > SHOWN_LINES:
        lines = [*lines[: SHOWN_LINES - 1], "…", lines[-1]]
    return f"{'line' if len(lines) == 1 else 'lines'} {' '.join(lines)}"


def _statistics(facts: LogFacts, mask: Callable[[str], str]) -> Iterator[str]:
    crawlers = facts.statistics.crawlers
    for crawler in crawlers[:SHOWN_CRAWLERS]:
        name = f" {mask(crawler.name)}" if crawler.name else ""
        yield f"Numbers of the crawler{name}, over time"
        for name, words in NAMES.items():
            series = crawler.series.get(name)
            if series is None or (name not in _ALWAYS and not series.highest.value):
                continue
            bars = sparkline([sample.value for sample in series.samples], COLUMNS)
            last, highest = series.last, series.highest
            top = "" if highest.value <= last.value else f", highest {_at(highest, name)}"
            yield f"  {words:20}{bars:{COLUMNS}}  {_at(last, name)}{top}".rstrip()
    if len(crawlers) > SHOWN_CRAWLERS:
        yield f"… and {count(len(crawlers) - SHOWN_CRAWLERS, 'more crawler')}"
    if (message := facts.statistics.last_message) is not None:
        yield f"Last status message, line {message.line:,}: {mask(message.text)}"


def _at(sample: Sample, name: str) -> str:
    shown = f"{sample.value:.0%}" if name in ("memory", "cpu") else f"{sample.value:,.6g}"
    return f"{shown} (line {sample.line:,})"


def _steps(facts: LogFacts, mask: Callable[[str], str]) -> Iterator[str]:
    steps = facts.steps.steps
    if not steps:
        return
    yield "Steps of the build"
    shown = steps
    if len(steps) > SHOWN_STEPS:  # what failed, and what took longest
        order = sorted(steps, key=lambda one: (one.outcome != "failed", -(one.seconds or 0)))
        numbers = {one.number for one in order[:SHOWN_STEPS]}
        shown = [one for one in steps if one.number in numbers]
    for step in shown:
        yield f"  {_step(step, mask)}"
    if len(steps) > len(shown):
        yield f"  … {len(steps) - len(shown):,} more"


def _step(step: BuildStep, mask: Callable[[str], str]) -> str:
    seconds = ""
    if step.seconds is not None:
        seconds = f"{step.seconds:.1f} s" if step.seconds < 60 else duration(step.seconds)
    outcome = _OUTCOMES[step.outcome]
    title = mask(step.title) or f"step {step.number}"
    return (
        f"{outcome:9}  {seconds:>7}  #{step.number} {title}"
        f" (line {step.first:,}, {count(step.lines, 'line')})"
    )
