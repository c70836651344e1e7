"""Collect a log's facts: its failed requests, its crawlers' numbers, the steps of its build."""

from __future__ import annotations

import re
from bisect import bisect_right
from typing import TYPE_CHECKING

from logview.log.facts.build_steps import BuildSteps
from logview.log.facts.requests import FailedRequests
from logview.log.facts.statistics import CrawlerStatistics

if TYPE_CHECKING:
    from collections.abc import Sequence

_ENTRY_MARKS = {
    "": ("reached maximum retries", "eclaiming failed request", "marking failed request as"),
    "etrying ": ("etrying request to ", "etrying <"),
    "equest statistics:": ("equest statistics:",),
    "oncurrency": ('"currentConcurrency":', "current_concurrency = "),
    "tatus message": ("tatus message]:", "tatus message (terminal)]:"),
    "Crawled ": ("Crawled ",),
    "queue have been processed": ("queue have been processed",),
    "pider ": ("losing spider (", "pider closed ("),
}
"""What the first line of an entry that holds a fact has, by what is looked for first.

Few lines hold one.
"""

_FINISHED_MARKS = ("Request finished", "Request succeeded", "Request handled")
"""What lines have that hold a fact only where the request had failed before; they are many."""

_KEYS = re.compile(r'"id":"([^"\\\n]{1,4000})"'), re.compile(r'"url":"([^"\\\n]{1,4000})"')
"""What they begin with is found far faster than either of two words."""

_SPACED_KEY = re.compile(r'"(?:id|url)": "([^"\\\n]{1,4000})"')
_WORD = re.compile(r'[^\s"<>]{1,4000}')

_STEP_MARKS = ("Z #", "\n#")


class LogFacts:
    """The facts of a log, or of one attempt of a run; fed entry by entry, in the log's order."""

    def __init__(self) -> None:
        self.requests = FailedRequests()
        self.statistics = CrawlerStatistics()
        self.steps = BuildSteps()

    def feed(self, numbers: Sequence[int], lines: Sequence[str], starts: Sequence[int]) -> None:
        """Take lines: the number and the visible text of each, and where entries begin.

        `starts` are indices of `lines`, from 0 on. Lines that hold no facts cost some
        tenths of a microsecond each, in blocks of hundreds.
        """
        text = "\n" + "\n".join(lines)
        if self.steps.is_open or "Step " in text or _has_steps(text):
            self.steps.feed(numbers[0], lines)
        marked = _marked(text, starts)
        finished: list[int] = []
        if marked or self.requests.any_open:
            marks = [mark for mark in _FINISHED_MARKS if mark in text]
            finished = self._finished(lines, starts, marked, marks) if marks else []
        for entry in sorted(marked.union(finished)) if finished else sorted(marked):
            start = starts[entry]
            if entry not in marked:
                self.requests.finish(lines[start])
                continue
            end = starts[entry + 1] if entry + 1 < len(starts) else len(lines)
            self.statistics.feed(numbers[start], lines[start:end])
            self.requests.feed(numbers[start], lines[start:end])

    def _finished(
        self, lines: Sequence[str], starts: Sequence[int], marked: set[int], marks: Sequence[str]
    ) -> list[int]:
        """Return which entries say that a request was finished that had failed, and some more.

        Most are of requests that never failed, here or above.
        """
        heads = [lines[start] for start in starts]
        found = [entry for entry, head in enumerate(heads) if marks[0] in head]
        for mark in marks[1:]:
            found = sorted({*found, *(entry for entry, head in enumerate(heads) if mark in head)})
        values = _keys_in("\n".join([lines[starts[entry]] for entry in found]))
        if not values:
            return []
        ends = [*starts[1:], len(lines)]
        tries = "\n".join(
            ["\n".join(lines[starts[entry] : ends[entry]]) for entry in sorted(marked)]
        )
        here = _keys_in(tries)
        if "etrying " in tries or "equest to " in tries:  # of Python, with the address in words
            here.update(_WORD.findall(tries))
        values = values & here | self.requests.may_know(values)
        if not values:
            return []
        return [entry for entry in found if any(map(lines[starts[entry]].__contains__, values))]


def _has_steps(text: str) -> bool:
    # A single character is found far faster.
    return "#" in text and any(mark in text for mark in _STEP_MARKS)


def _keys_in(text: str) -> set[str]:
    """Return the IDs and addresses in the JSON of lines."""
    values = {value for key in _KEYS for value in key.findall(text)}
    if '": "' in text:
        values.update(_SPACED_KEY.findall(text))
    return values


def _marked(text: str, starts: Sequence[int]) -> set[int]:
    """Return which entries have a mark, by the lines' text."""
    places: list[int] = []
    marks = [mark for common, of in _ENTRY_MARKS.items() if common in text for mark in of]
    for mark in marks:
        at = text.find(mark)
        while at >= 0:
            places.append(at)
            at = text.find("\n", at)
            at = text.find(mark, at) if at >= 0 else -1
    if not places:
        return set()
    entries = set()
    line, counted = -1, 0
    for place in sorted(places):
        line += text.count("\n", counted, place)
        counted = place
        entries.add(bisect_right(starts, line) - 1)
    entries.discard(-1)
    return entries
