"""TUI: the rows of a digest, each with the line that it is about."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from logview.log.digest.facts import failed_requests
from logview.log.entries.level import Level
from logview.log.facts.sparkline import sparkline
from logview.log.facts.statistics import NAMES
from logview.log.view.stack_frames import library_runs, read_frames
from logview.phrases import count, duration
from logview.tui.content import join_content, make_content

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from textual.content import Content

    from logview.log.digest.digest import Digest
    from logview.log.patterns.news import Rate

LISTED = 20
"""Rows of each list."""

CAUSE_LINES = 14
"""Lines of the cause that are shown; Enter goes to all of them."""

CAUSE_HEAD = 5
"""How many of them are its first ones; the others are its last."""

COLUMNS = 40
"""Cells of a sparkline."""

_BARS = "$text-primary"

LONGEST = 400
"""Characters of a row."""

LEVEL_TONES = {
    None: "$muted",
    Level.DEBUG: "$muted",
    Level.INFO: "$text-success",
    Level.WARN: "$text-warning",
    Level.ERROR: "$text-error",
    Level.CRITICAL: "$text-error",
}


class DigestRow(NamedTuple):
    """A row, or several that belong together."""

    content: Content
    line: int | None = None
    """The line that it leads to, counted from 1; None for a title or what is nowhere."""
    is_cause: bool = False
    """Whether it is the cause: its first line is shown in full, however narrow the screen."""


def digest_rows(digest: Digest, mask: Callable[[str], str]) -> list[DigestRow]:
    """Return the rows of a digest below its title; texts of the log are changed by `mask`."""
    parts = [
        _cause(digest, mask),
        _new(digest, mask),
        _rates("Much more than in good runs", digest.more, mask),
        _rates("Much less than in good runs", digest.less, mask),
        _missing(digest, mask),
        _groups(digest, mask),
        _requests(digest, mask),
        _statistics(digest, mask),
        _steps(digest, mask),
        _figures(digest),
    ]
    rows: list[DigestRow] = []
    for part in parts:
        if part:
            rows += [DigestRow(make_content(" ")), *part] if rows else part
    return rows


def _title(words: str, more: str = "") -> DigestRow:
    return DigestRow(join_content((words, "bold $text-accent"), (f"  {more}", "$muted")))


def _cause(digest: Digest, mask: Callable[[str], str]) -> list[DigestRow]:
    cause = digest.cause
    if cause is None:
        if digest.job is not None and digest.job.failed:
            return [_title("Probable cause", "none found in this log")]
        return []
    entry = cause.entry
    first, *below = mask(entry.text).rstrip("\n").split("\n")
    content = make_content(first[:LONGEST], f"bold {LEVEL_TONES[entry.level]}")
    rows = list(map(_CauseRow, below))
    if len(rows) >= CAUSE_LINES:
        rows = list(_without_libraries([first, *below]))
    hidden = entry.lines - 1 - len(below)
    if len(rows) >= CAUSE_LINES:  # a stack says at its end what was thrown
        head, tail = rows[: CAUSE_HEAD - 1], rows[CAUSE_HEAD - CAUSE_LINES :]
        hidden += sum(row.lines for row in rows[len(head) : -len(tail)])
    else:
        head, tail = rows, []
    for row in head:
        content += make_content(f"\n{row.text[:LONGEST]}", row.tone)
    if hidden > 0:
        content += make_content(f"\n… {count(hidden, 'line')} …", "$muted")
    for row in tail:
        content += make_content(f"\n{row.text[:LONGEST]}", row.tone)
    title = _title("Probable cause", f"line {entry.line:,} · {cause.why}")
    return [title, DigestRow(content, entry.line, is_cause=True)]


class _CauseRow(NamedTuple):
    """A row of the cause below its first line."""

    text: str
    lines: int = 1
    """How many lines of the log it stands for."""
    tone: str = "$foreground"


def _without_libraries(lines: Sequence[str]) -> Iterator[_CauseRow]:
    """Yield the rows below an entry's first line; frames of a library share one, as in the log."""
    done = 1
    for run in library_runs(read_frames(lines)):
        yield from map(_CauseRow, lines[done : run.lines.start])
        start = lines[run.lines.start]
        indent = start[: len(start) - len(start.lstrip())]
        yield _CauseRow(f"{indent}▸ {run.label}", len(run.lines), "$muted")
        done = run.lines.stop
    yield from map(_CauseRow, lines[done:])


def _new(digest: Digest, mask: Callable[[str], str]) -> list[DigestRow]:
    if not digest.baseline:
        return []
    names = ", ".join(one.name for one in digest.baseline)
    against = f"against {count(len(digest.baseline), 'good run')}: {names}"
    if not digest.new:
        return [_title("Nothing new", against)]
    rows = [
        DigestRow(
            _row(one.entry.level, one.entry.line, one.entries, _first(mask(one.entry.text))),
            one.entry.line,
        )
        for one in digest.new
    ]
    return [_title("New", against), *_listed(rows)]


def _missing(digest: Digest, mask: Callable[[str], str]) -> list[DigestRow]:
    rows = [
        DigestRow(join_content((f"{'':18}", ""), _first(mask(one.example))))
        for one in digest.missing
    ]
    return [_title("Missing", "in every good run, not here"), *_listed(rows)] if rows else []


def _rates(title: str, rates: Sequence[Rate], mask: Callable[[str], str]) -> list[DigestRow]:
    rows = []
    for one in rates:
        usual = f"{one.expected:,.0f}" if one.expected >= 1 else f"{one.expected:.1f}"
        content = join_content(
            (f"{one.entries:>7,}", "bold"),
            (f" ({usual})".ljust(11), "$muted"),
            _first(mask(one.known.text)),
        )
        rows.append(DigestRow(content, None if one.example is None else one.example.line))
    return [_title(title, "the usual number in brackets"), *_listed(rows)] if rows else []


def _groups(digest: Digest, mask: Callable[[str], str]) -> list[DigestRow]:
    rows = [
        DigestRow(
            _row(
                one.level,
                one.first_line,
                one.entries,
                _first(mask(one.template)),
                new=one.new and bool(digest.baseline),
            ),
            one.first_line,
        )
        for one in digest.groups
    ]
    if not rows:
        return [_title("No errors and no warnings")]
    return [_title("Errors and warnings", "by what they have in common"), *_listed(rows)]


_OUTCOMES = {
    "failed": ("✗", "failed", "$text-error"),
    "recovered": ("✓", "recovered", "$text-success"),
    "open": ("?", "not known", "$muted"),
    "done": ("✓", "done", "$text-success"),
    "cached": ("=", "cached", "$muted"),
    "canceled": ("■", "canceled", "$text-warning"),
}
"""Mark, word and colour of how a request or a build step ended."""


def _requests(digest: Digest, mask: Callable[[str], str]) -> list[DigestRow]:
    found = failed_requests(digest.facts, succeeded=digest.succeeded)
    if not found:
        return []
    counts = [
        f"{number:,} {word}"
        for outcome, (_, word, _) in _OUTCOMES.items()
        if (number := sum(one.outcome == outcome for one in found))
    ]
    rows = []
    for one in found:
        mark, word, tone = _OUTCOMES[one.outcome]
        content = join_content(
            (f" {mark} {word:<11}", tone),
            (f"{count(one.failed_tries, 'try', 'tries'):<9}", "$muted"),
            mask(one.url or one.id or "")[:LONGEST],
        )
        if one.reason:
            content += make_content(f"\n{'':23}{_first(mask(one.reason))}", "$muted")
        rows.append(DigestRow(content, one.tries[-1].line))
    return [_title("Failed requests", " · ".join([*counts, "u copies the URLs"])), *_listed(rows)]


def _statistics(digest: Digest, mask: Callable[[str], str]) -> list[DigestRow]:
    rows: list[DigestRow] = []
    for crawler in digest.facts.statistics.crawlers:
        rows.append(_title("Crawler's numbers", mask(crawler.name)))
        for name, words in NAMES.items():
            series = crawler.series.get(name)
            if series is None:
                continue
            last, highest = series.last, series.highest
            more = f", highest {_amount(highest.value, name)}"
            content = join_content(
                f" {words:<22}",
                (f"{sparkline([one.value for one in series.samples], COLUMNS):<{COLUMNS}}", _BARS),
                (f"  {_amount(last.value, name)}", "bold"),
                (more if highest.value > last.value else "", "$muted"),
            )
            rows.append(DigestRow(content, last.line))
    message = digest.facts.statistics.last_message
    if message is not None:
        content = join_content((" last status message   ", "$muted"), _first(mask(message.text)))
        rows.append(DigestRow(content, message.line))
    return rows


def _amount(value: float, name: str) -> str:
    return f"{value:.0%}" if name in ("memory", "cpu") else f"{value:,.6g}"


def _steps(digest: Digest, mask: Callable[[str], str]) -> list[DigestRow]:
    steps = digest.facts.steps.steps
    if not steps:
        return []
    rows = []
    for step in steps:
        mark, word, tone = (
            ("…", "not ended", "$muted") if step.outcome == "open" else _OUTCOMES[step.outcome]
        )
        seconds = ""
        if step.seconds is not None:
            seconds = f"{step.seconds:.1f} s" if step.seconds < 60 else duration(step.seconds)
        content = join_content(
            (f" {mark} {word:<11}", tone),
            (f"{seconds:>8}  ", "$muted"),
            mask(step.title or f"step {step.number}")[:LONGEST],
        )
        rows.append(DigestRow(content, step.first))
    return [_title("Steps of the build"), *_listed(rows)]


def _figures(digest: Digest) -> list[DigestRow]:
    levels = " · ".join(
        f"{number:,} {name}"
        for name, number in reversed(digest.counts.items())
        if number and name != "NONE"
    )
    words = f"{count(digest.lines, 'line')} · {count(digest.entries, 'entry', 'entries')}"
    rows = [
        _title("In numbers"),
        DigestRow(make_content(" · ".join(filter(None, (words, levels))))),
    ]
    if digest.seconds is not None:
        usual = digest.usual_seconds
        text = f"{duration(digest.seconds)} from the first line to the last"
        more = f", usually {duration(usual)}" if usual is not None else ""
        rows.append(DigestRow(make_content(text + more)))
    if digest.silence is not None and digest.silence.seconds >= 1:
        text = f"longest silence: {duration(digest.silence.seconds)}"
        line = digest.silence.line
        rows.append(DigestRow(join_content(text, (f", after line {line:,}", "$muted")), line))
    return rows


def _row(level: Level | None, line: int, entries: int, text: str, *, new: bool = False) -> Content:
    name = "" if level is None else level.name[:5]
    tone = LEVEL_TONES[level]
    if name and text.startswith(f"{name} "):  # the level is in the column before
        text = text.removeprefix(name).lstrip()
    return join_content(
        ("+" if new else " ", "bold $text-accent"),
        (f"{name:<6}", f"bold {tone}"),
        (f"{line:>9,}", "$muted"),
        (f" {f'{entries:,}×':<7}" if entries > 1 else " " * 8, "$muted"),
        text,
    )


def _listed(rows: Sequence[DigestRow]) -> Iterator[DigestRow]:
    yield from rows[:LISTED]
    if len(rows) > LISTED:
        yield DigestRow(make_content(f"… {len(rows) - LISTED:,} more", "$muted"))


def _first(text: str) -> str:
    return text.strip("\n").partition("\n")[0][:LONGEST]
