"""Find the entry that says why a run failed."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from logview.log.entries.level import Level
from logview.log.patterns.failure_words import names_failure
from logview.log.patterns.masks import strip_prefix
from logview.log.patterns.tally import KeptEntry
from logview.log.patterns.thrown import is_named, thrown_in

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from logview.log.patterns.news import NewPattern, News
    from logview.log.patterns.tally import Attempt


class Cause(NamedTuple):
    """The probable cause."""

    entry: KeptEntry
    why: str
    """Why it is taken for the cause, in words for a person."""


_CONSEQUENCE = re.compile(
    r"failed to solve|did not complete successfully|exit(?:ed)?(?: with)?(?: code| status)[: ]"
    r"|ELIFECYCLE|npm (?:ERR!|error) (?:code|path|command|errno|A complete log|Lifecycle|Exit)"
    r"|\b[Bb]uild failed|Command failed|make(?:\[[0-9]{1,3}\])?: \*\*\*"
    r"|[Tt]he Actor (?:run|process)"
    r"|A complete log of this run|Failed at the \S{1,100} \S{1,100} script"
    r"|(?:Deploy|Push|Upload)ing? failed|[Ss]tartup failed|[Ss]hutting down|\b[Ee]xiting\b"
    r"|[Aa]ctor failed[:. ]|\b[Gg]iving up\b|\b[Tt]oo many (?:failed|failures|errors)\b"
    r"|\b[Aa]borting\b|\b(?:[Rr]un|[Jj]ob|[Ss]craping|[Cc]rawl|[Ss]cript) (?:has )?failed[.!]?$"
)
"""What is said because of another error: by BuildKit, npm, make, the platform, and by programs."""

_REAL = re.compile(
    r"(?i:\berror\b|\bfatal\b|no matching distribution|could not find|cannot find|unable to|"
    r"not found|no such file|permission denied|failed|ENOENT|ERESOLVE|E40[0-9]|ETIMEDOUT)|\bE: "
)
_STEP = re.compile(r"#[0-9]{1,4} ")
_NAMED_STEP = re.compile(r"#[0-9]{1,4} (?:[0-9.]{1,12} )?")
_LAST = 40
"""Of the last entries, so many are looked at where no entry is an error."""


def is_consequence(text: str) -> bool:
    """Return whether an entry's text says that something failed, but not why."""
    first, _, rest = text.partition("\n")
    if _CONSEQUENCE.search(first) is None:
        return False
    return not rest or not thrown_in(text.split("\n"))


def find_cause(
    attempt: Attempt, news: News | None, *, succeeded: bool, failed: bool
) -> Cause | None:
    """Return the entry that says why a run failed; None where there is none.

    With a baseline that is the first new error, else the last fatal one. Where
    an error says only that a step failed, it is what that step printed.
    """
    step = None if succeeded else _of_step(attempt)
    if step is not None and step.is_named:
        return step.cause
    found = _find_cause(attempt, news, succeeded=succeeded, failed=failed)
    if step is not None and (found is None or is_consequence(found.entry.text)):
        return step.cause
    return found


class _StepCause(NamedTuple):
    cause: Cause
    is_named: bool
    """Whether a line names the reason; else it is what was printed last."""


def _of_step(attempt: Attempt) -> _StepCause | None:
    """Return why the step of a build failed, by what its command printed; None for none."""
    found = attempt.facts.steps.cause()
    if found is None:
        return None
    is_named = found.why not in ("last output", "BuildKit")
    why = "what the step of the build that failed printed"
    if is_named:
        why = f"the first error of the step of the build that failed ({found.why})"
    entry = KeptEntry(found.line, 1, Level.ERROR, [found.text], -1)
    examples = (count.example for count in attempt.counts)
    for kept in (*attempt.errors, *attempt.last, *examples):
        at = found.line - kept.line
        if 0 <= at < len(kept.raw):
            raw = kept.raw[at:]
            entry = kept._replace(line=found.line, lines=kept.lines - at, raw=raw)
            break
    return _StepCause(Cause(entry, why), is_named)


def _find_cause(
    attempt: Attempt, news: News | None, *, succeeded: bool, failed: bool
) -> Cause | None:
    new = [] if news is None else list(news.new)
    errors = [one for one in new if one.entry.level is not None and one.entry.level >= Level.ERROR]
    if errors:
        real = [one for one in errors if not is_consequence(one.entry.text)]
        if real:
            return Cause(real[0].entry, "the first error that the good runs do not have")
        found = _before(attempt, errors[0].entry)
        if found is not None:
            return Cause(found, "what the step that failed printed before it did")
        return Cause(errors[0].entry, "the first error that the good runs do not have")
    if succeeded:
        return None
    thrown = next((one.entry for one in new if is_named(strip_prefix(one.entry.raw[0]))), None)
    if thrown is not None:
        return Cause(thrown, "the first new line that names an exception")
    if news is not None and (named := _last_failure(one.entry for one in new)) is not None:
        return Cause(named, "new, and the last of it that speaks of a failure")
    if news is not None and not failed and not news.missing:
        return None
    kept = list(attempt.errors)
    for entry in reversed(kept):
        if not is_consequence(entry.text):
            first = _first_of_step(kept, entry)
            return Cause(first, "the last error of the log" if first is entry else _STEP_WHY)
    if kept:
        found = _before(attempt, kept[-1])
        if found is not None:
            return Cause(found, "what the step that failed printed before it did")
        return Cause(kept[-1], "the last error of the log")
    last = list(attempt.last)[-_LAST:]
    if (named := _last_failure(last)) is not None and (failed or _is_at_end(named, last)):
        return Cause(
            named, "the last line that speaks of a failure; none has the level of an error"
        )
    return None


_STEP_WHY = "the first error of the step that failed"


def _is_at_end(entry: KeptEntry, last: Sequence[KeptEntry]) -> bool:
    return any(entry is one for one in last[-3:])


def _last_failure(entries: Iterable[KeptEntry]) -> KeptEntry | None:
    found = [
        entry
        for entry in entries
        if entry.level != Level.DEBUG
        and names_failure(strip_prefix(entry.raw[0]))
        and not is_consequence(entry.text)
    ]
    return found[-1] if found else None


def _first_of_step(errors: Sequence[KeptEntry], last: KeptEntry) -> KeptEntry:
    """Return the first error of the build step that an error belongs to; itself without one."""
    step = _step(last)
    if step is None:
        return last
    return next(
        (one for one in errors if _step(one) == step and not is_consequence(one.text)), last
    )


def _before(attempt: Attempt, entry: KeptEntry) -> KeptEntry | None:
    """Return what was printed above an error that only says that something failed."""
    above = [one for one in attempt.last if one.line < entry.line]
    if (step := _step(entry)) is not None:
        above = [one for one in above if _step(one) == step]
    for one in above[-_LAST:]:
        text = strip_prefix(one.raw[0])
        body = _NAMED_STEP.sub("", text, count=1)
        if _REAL.search(body) and not is_consequence(text):
            return one
    return None


def _step(entry: KeptEntry) -> str | None:
    found = _STEP.match(strip_prefix(entry.raw[0]))
    return None if found is None else found[0]


def by_importance(new: Sequence[NewPattern], cause: KeptEntry | None) -> list[NewPattern]:
    """Return new entries, the most important first.

    The cause; the last new error, which most often ended the run; what was
    warned of before the cause; then by level and line.
    """
    end = max((one.entry.line for one in new), default=0)

    def rank(one: NewPattern) -> tuple[int, bool, int]:
        # What a run prints of its input differs from run to run, and comes first.
        at_start = _weight(one) <= 1 and one.entry.line < _START * end
        return -_weight(one), at_start, one.entry.line

    rest = sorted(new, key=rank)
    order: list[NewPattern] = []

    def take(one: NewPattern | None) -> None:
        if one is not None:
            rest.remove(one)
            order.append(one)

    if cause is not None:
        take(next((one for one in rest if one.entry.line == cause.line), None))
    errors = [one for one in rest if _weight(one) >= _ERROR]
    take(max(errors, key=lambda one: one.entry.line, default=None))
    if cause is not None:
        take(
            next(
                (
                    one
                    for one in sorted(rest, key=lambda one: one.entry.line)
                    if one.entry.line < cause.line and _weight(one) >= _WARNED
                ),
                None,
            )
        )
    return order + rest


_ERROR, _WARNED = 4, 2
_START = 0.2


def _weight(one: NewPattern) -> int:
    level = one.entry.level
    if level is not None and level >= Level.ERROR:
        return _ERROR
    if level == Level.WARN:
        return _WARNED + names_failure(one.template_text)
    if level == Level.DEBUG:
        return 0
    return _WARNED if names_failure(one.template_text) else 1
