"""Folds of what comes in runs: the steps of a build, and what a crawler logs periodically.

Each is a kind of folds: `hidden` returns the lines of a page without a row of their
own, `label` what the row of a fold says in their place. Warnings and errors are never
folded, and no fold begins with one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from logview.log.facts.build_steps import build_steps, step_number
from logview.log.facts.statistics import NAMES, find_numbers, statistics_kind, status_message
from logview.log.patterns.masks import strip_prefix
from logview.phrases import count, duration

if TYPE_CHECKING:
    from logview.log.entries.index import EntryIndex
    from logview.log.store.document import LogDocument

LEAST_OF_STEP = 3
"""Lines of a step in a row that are folded, at least."""

_LABELLED = 400
"""Lines at the end of a fold that its label is made of."""


class StepFolds:
    """Folds the lines of a build that belong to the same step."""

    def __init__(self, document: LogDocument, entries: EntryIndex) -> None:
        self._document = document
        self._entries = entries

    def hidden(self, number: int) -> int:
        """Return the lines of a page that have no row: bit n for line n."""
        document = self._document
        if b"#" not in document.page_data(number):
            return 0
        first = document.first_line_of(number)
        low = max(document.first_line, first - LEAST_OF_STEP + 1)
        high = min(document.end_line, first + document.count_of(number) + LEAST_OF_STEP - 1)
        texts = document.page_text(number).split("\n")
        texts = [
            *map(document.line_text, range(low, first)),
            *texts,
            *map(document.line_text, range(first + len(texts), high)),
        ]
        steps = [step_number(text) for text in texts]
        for at, step in enumerate(steps):
            if step is not None and self._is_severe(low + at):
                steps[at] = None
        mask, at = 0, 0
        gaps = {row.line - low for row in document.own_rows}
        while at < len(steps):
            step, end = steps[at], at + 1
            while end < len(steps) and step is not None and steps[end] == step and end not in gaps:
                end += 1
            if end - at >= LEAST_OF_STEP:
                start, stop = max(low + at + 1, first), low + end
                if stop > start:
                    mask |= (1 << (stop - first)) - (1 << (start - first))
            at = end
        return mask & ((1 << document.count_of(number)) - 1)

    def _is_severe(self, line: int) -> bool:
        number = self._document.page_of(line)
        page = self._entries.page(number)
        return bool(page.severe >> (line - self._document.first_line_of(number)) & 1)

    def label(self, lines: range) -> str:
        """Return what a fold stands for: `#6 [3/6] RUN npm install: 12 lines, done in 10.1 s`."""
        texts = [self._document.line_text(line) for line in (lines[0], *lines[1:][-_LABELLED:])]
        steps = build_steps(texts).steps
        words = count(len(lines), "line")
        if not steps:
            return words
        step = steps[0]
        if step.outcome != "open":
            words += f", {step.outcome}"
            if step.seconds is not None:
                short = step.seconds < 60
                words += f" in {f'{step.seconds:.1f} s' if short else duration(step.seconds)}"
        return f"#{step.number} {step.title}: {words}"

    def forget(self) -> None:
        """Drop everything: nothing is kept."""


class PeriodicFolds:
    """Folds the statistics and status messages of crawlers that follow one another."""

    def __init__(self, document: LogDocument, entries: EntryIndex) -> None:
        self._document = document
        self._entries = entries

    def hidden(self, number: int) -> int:
        """Return the lines of a page that have no row: bit n for line n."""
        document, page = self._document, self._entries.page(number)
        first, size = document.first_line_of(number), document.count_of(number)
        mask = 0
        above = first - 1
        before = (
            above >= document.first_line
            and self._is_periodic(above)
            and bool(strip_prefix(document.line_text(above)).strip())
        )
        is_periodic = not page.cuts & 1 and first < document.end_line and self._is_periodic(first)
        for bit, text in enumerate(document.page_text(number).split("\n")):
            if page.starts >> bit & 1:
                is_periodic = statistics_kind(text) is not None
            elif page.seams >> bit & 1:
                is_periodic = self._is_periodic(first + bit)
            if is_periodic and strip_prefix(text).strip():
                mask |= 1 << bit
        mask &= ~page.severe
        folded = mask & (mask << 1 | before) & ((1 << size) - 1)
        for row in document.own_rows:
            if first <= row.line < first + size:
                folded &= ~(1 << (row.line - first))  # no fold goes over a row of ours
        return folded

    def _is_periodic(self, line: int) -> bool:
        start = self._entries.entry_of(line)[0]
        return statistics_kind(self._document.line_text(start)) is not None

    def label(self, lines: range) -> str:
        """Return the newest message and numbers of a fold, and how many lines it stands for."""
        values: dict[str, float] = {}
        message = ""
        texts = [self._document.line_text(line) for line in lines[-_LABELLED:]]
        for at, text in enumerate(texts):
            if (told := status_message(text)) is not None:
                message = told
            elif (found := find_numbers(texts[at : at + 60])) is not None:
                values.update(found.values)
        words = [
            f"{NAMES[name]} {value:.0%}"
            if name in ("memory", "cpu")
            else f"{NAMES[name]} {value:,.6g}"
            for name in NAMES
            if (value := values.get(name)) is not None
        ]
        words = [message, *words] if message else words
        return ", ".join([*words, count(len(lines), "line")])

    def forget(self) -> None:
        """Drop everything: nothing is kept."""
