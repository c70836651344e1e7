"""Make the digest of a log that was read, and of what is known of its job."""

from __future__ import annotations

from dataclasses import dataclass, field
from statistics import median
from typing import TYPE_CHECKING, NamedTuple

from logview.log.digest.cause import Cause, by_importance, find_cause
from logview.log.digest.facts import facts_to_dict
from logview.log.entries.level import Level
from logview.log.facts.collect import LogFacts
from logview.log.patterns.masks import strip_prefix
from logview.log.patterns.news import Comparer
from logview.log.patterns.shapes import OTHER

if TYPE_CHECKING:
    from collections.abc import Callable

    from logview.log.patterns.model import Baseline, Known
    from logview.log.patterns.news import NewPattern, News, Rate
    from logview.log.patterns.tally import Attempt, KeptEntry, LogTally, Silence
    from logview.log.patterns.templates import Templates

MAX_LISTED = 100
"""Entries of each list of a digest."""


@dataclass(frozen=True, slots=True)
class JobFacts:
    """What the API says of a run or build."""

    id: str
    kind: str
    """`run` or `build`."""
    status: str
    """One of the API's words, such as FAILED."""
    exit_code: int | None = None
    message: str | None = None
    name: str | None = None
    """The Actor's name, where that is known."""
    started_at: str | None = None
    """As `2026-11-20T06:00:00.000Z`."""
    finished_at: str | None = None
    seconds: float | None = None

    @property
    def succeeded(self) -> bool:
        """Whether it ended well."""
        return self.status == "SUCCEEDED"

    @property
    def failed(self) -> bool:
        """Whether it ended badly."""
        return self.status in ("FAILED", "TIMED-OUT", "ABORTED")

    @property
    def ended(self) -> bool:
        """Whether it does not run on."""
        return self.succeeded or self.failed


class Group(NamedTuple):
    """The warnings or errors of one template."""

    template: str
    level: Level | None
    entries: int
    first_line: int
    last_line: int
    new: bool
    example: str


class BaselineLog(NamedTuple):
    """A log that this one is compared with."""

    name: str
    lines: int


@dataclass(frozen=True, slots=True)
class Digest:
    """Why a log ended as it did. Lines are counted from 1."""

    job: JobFacts | None
    lines: int
    entries: int
    counts: dict[str, int]
    """How many entries there are of each level; `NONE` for those without."""
    groups: tuple[Group, ...]
    """The worst level first, and of each level the most frequent."""
    new: tuple[NewPattern, ...]
    """The most important first."""
    missing: tuple[Known, ...]
    more: tuple[Rate, ...]
    less: tuple[Rate, ...]
    cause: Cause | None
    silence: Silence | None
    baseline: tuple[BaselineLog, ...]
    attempt: int = 1
    """Which attempt it is about: a run that was resurrected or migrated begins again."""
    attempt_line: int = 1
    """The line that this attempt begins with."""
    seconds: float | None = None
    """How long the attempt took, by its stamps."""
    usual_seconds: float | None = None
    """How long the logs of the baseline took: the median."""
    notes: tuple[str, ...] = field(default=())
    """What else is to be known of the digest, in words for a person."""
    facts: LogFacts = field(default_factory=LogFacts)
    """The failed requests, the crawlers' numbers and the build's steps."""

    @property
    def succeeded(self) -> bool:
        """Whether the job is known to have ended well."""
        return self.job is not None and self.job.succeeded

    def to_dict(self, mask: Callable[[str], str] = lambda text: text) -> dict[str, object]:
        """Return the digest as JSON has it, all texts of the log changed by `mask`."""
        job = self.job
        silence = self.silence
        return {
            "job": None
            if job is None
            else {
                "id": job.id,
                "kind": job.kind,
                "name": job.name,
                "status": job.status,
                "exit_code": job.exit_code,
                "message": None if job.message is None else mask(job.message),
                "started_at": job.started_at,
                "finished_at": job.finished_at,
                "seconds": job.seconds,
            },
            "lines": self.lines,
            "entries": self.entries,
            "attempt": {"number": self.attempt, "line": self.attempt_line},
            "seconds": self.seconds,
            "usual_seconds": self.usual_seconds,
            "counts": self.counts,
            "groups": [
                {
                    "template": mask(one.template),
                    "level": _name(one.level),
                    "count": one.entries,
                    "first_line": one.first_line,
                    "last_line": one.last_line,
                    "new": one.new,
                    "example": _beginning(mask(one.example)),
                }
                for one in self.groups
            ],
            "new": [
                {
                    "line": one.entry.line,
                    "lines": one.entry.lines,
                    "level": _name(one.entry.level),
                    "text": mask(one.entry.text),
                    "template": mask(one.template_text),
                    "count": one.entries,
                }
                for one in self.new
            ],
            "missing": [
                {
                    "template": mask(one.text),
                    "example": _beginning(mask(one.example)),
                    "seen_in": one.seen_in,
                }
                for one in self.missing
            ],
            "more": [_rate(one, mask) for one in self.more],
            "less": [_rate(one, mask) for one in self.less],
            "cause": None
            if self.cause is None
            else {
                "line": self.cause.entry.line,
                "lines": self.cause.entry.lines,
                "level": _name(self.cause.entry.level),
                "text": mask(self.cause.entry.text),
                "why": self.cause.why,
            },
            "silence": None
            if silence is None
            else {"seconds": silence.seconds, "line": silence.line},
            "baseline": [{"name": one.name, "lines": one.lines} for one in self.baseline],
            "notes": list(self.notes),
            **facts_to_dict(self.facts, mask, succeeded=self.succeeded),
        }


def _name(level: Level | None) -> str | None:
    return None if level is None else level.name


def _rate(one: Rate, mask: Callable[[str], str]) -> dict[str, object]:
    example = one.known.example if one.example is None else strip_prefix(one.example.raw[0])
    return {
        "template": mask(one.known.text),
        "example": _beginning(mask(example)),
        "count": one.entries,
        "expected": round(one.expected, 1),
    }


def make_digest(
    tally: LogTally,
    baseline: Baseline | None = None,
    job: JobFacts | None = None,
    *,
    head_lost: bool = False,
    notes: tuple[str, ...] = (),
) -> Digest:
    """Return the digest of a log that was read to its end, or as far as there is of it.

    `head_lost` says that the log's beginning is gone, so that nothing of it is missing.
    """
    attempt = tally.attempt
    found = attempt.templates()
    news = None
    if baseline is not None and baseline.models:
        ended = job is None or job.ended
        news = Comparer(baseline).compare(attempt, found, ended=ended, head_lost=head_lost)
    cause = find_cause(
        attempt,
        news,
        succeeded=job is not None and job.succeeded,
        failed=job is not None and job.failed,
    )
    entry = None if cause is None else cause.entry
    counts = {"NONE" if level is None else level.name: 0 for level in (None, *Level)}
    for level, count in attempt.levels.items():
        counts["NONE" if level is None else level.name] = count
    models = () if baseline is None else baseline.models
    times = [model.seconds for model in models if model.seconds is not None]
    return Digest(
        job=job,
        lines=tally.lines,
        entries=attempt.entries,
        counts=counts,
        groups=tuple(_groups(attempt, found, news)[:MAX_LISTED]),
        new=() if news is None else tuple(by_importance(news.new, entry)[:MAX_LISTED]),
        missing=() if news is None else news.missing[:MAX_LISTED],
        more=() if news is None else news.more[:MAX_LISTED],
        less=() if news is None else news.less[:MAX_LISTED],
        cause=cause,
        silence=attempt.silence,
        baseline=tuple(BaselineLog(model.name, model.lines) for model in models),
        attempt=attempt.number,
        attempt_line=attempt.line,
        seconds=attempt.seconds,
        usual_seconds=median(times) if times else None,
        notes=notes,
        facts=attempt.facts,
    )


def _groups(attempt: Attempt, found: Templates, news: News | None) -> list[Group]:
    new = frozenset[int]() if news is None else news.new_shapes
    groups: dict[int, Group] = {}
    for shape, (number, count) in enumerate(zip(found.of_shape, attempt.counts, strict=True)):
        template = found.templates[number]
        if template.level is None or template.level < Level.WARN:
            continue
        group = groups.get(number)
        if group is None:
            text = "others" if template.text == OTHER else template.text
            groups[number] = Group(
                text,
                template.level,
                count.count,
                count.example.line,
                count.last_line,
                shape in new,
                _example(count.example),
            )
            continue
        earlier = count.example.line < group.first_line
        groups[number] = group._replace(
            entries=group.entries + count.count,
            first_line=min(group.first_line, count.example.line),
            last_line=max(group.last_line, count.last_line),
            new=group.new and shape in new,
            example=_example(count.example) if earlier else group.example,
        )
    return sorted(
        groups.values(), key=lambda one: (-(one.level or 0), -one.entries, one.first_line)
    )


def _example(entry: KeptEntry) -> str:
    return strip_prefix(entry.raw[0])


def _beginning(text: str) -> str:
    """Return the beginning of a text, secrets of which are masked."""
    return text if len(text) <= EXAMPLE_CHARACTERS else f"{text[:EXAMPLE_CHARACTERS]}…"


EXAMPLE_CHARACTERS = 2_000
"""Characters of an example that the JSON has."""
