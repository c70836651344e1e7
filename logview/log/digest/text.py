"""The digest as text, for a terminal or to be copied."""

from __future__ import annotations

from typing import TYPE_CHECKING

from logview.log.digest.facts import facts_text
from logview.phrases import count, duration, rough_duration

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from logview.log.digest.digest import Digest
    from logview.log.entries.level import Level

LISTED = 10
"""Rows of each list."""

CAUSE_LINES = 25
CAUSE_CHARACTERS = 4_000
"""Of each of these lines."""

WIDTH = 200
"""Characters of a row of a list."""


def digest_text(digest: Digest, mask: Callable[[str], str] = lambda text: text) -> str:
    """Return the digest as lines, ended by a line break; texts of the log changed by `mask`."""
    parts = [_head(digest, mask), _cause(digest, mask), _news(digest, mask)]
    parts += [
        _list(
            "Missing: in every good run, not here",
            [f"{_first(mask(one.example))}" for one in digest.missing],
        ),
        _list(
            "Much more than in good runs",
            [
                f"{one.entries:,}, usually {_usual(one.expected)}: {_first(mask(one.known.text))}"
                for one in digest.more
            ],
        ),
        _list(
            "Much less than in good runs",
            [
                f"{one.entries:,}, usually {_usual(one.expected)}: {_first(mask(one.known.text))}"
                for one in digest.less
            ],
        ),
        _list(
            "Errors and warnings",
            [
                f"{'+ ' if one.new else ''}{_level(one.level)} {one.entries:,} ×  "
                f"{_lines(one.first_line, one.last_line)}: {_first(mask(one.template))}"
                for one in digest.groups
            ],
        ),
        *facts_text(digest.facts, mask, succeeded=digest.succeeded),
        _figures(digest),
    ]
    return "\n\n".join("\n".join(part) for part in parts if part) + "\n"


def _head(digest: Digest, mask: Callable[[str], str]) -> list[str]:
    rows = []
    if (job := digest.job) is not None:
        words = [job.status, job.name or "", f"{job.kind} {job.id}"]
        if job.seconds is not None:
            words.append(duration(job.seconds))
        if job.exit_code is not None:
            words.append(f"exit code {job.exit_code}")
        rows.append("  ".join(filter(None, words)))
        if job.message:
            rows.append(_first(mask(job.message)))
    if digest.attempt > 1:
        rows.append(
            f"The run was started {digest.attempt} times: this is about the last attempt, from "
            f"line {digest.attempt_line:,} on."
        )
    rows += digest.notes
    return rows


def _cause(digest: Digest, mask: Callable[[str], str]) -> list[str]:
    cause = digest.cause
    if cause is None:
        return ["No cause was found."] if digest.job is not None and digest.job.failed else []
    entry = cause.entry
    lines = mask(entry.text).rstrip("\n").split("\n")
    more = entry.lines - min(len(lines), CAUSE_LINES)
    rows = [f"Probable cause, line {entry.line:,}: {cause.why}"]
    rows += [f"    {line[:CAUSE_CHARACTERS]}".rstrip() for line in lines[:CAUSE_LINES]]
    if more > 0:
        rows.append(f"    … {count(more, 'more line')}")
    return rows


def _news(digest: Digest, mask: Callable[[str], str]) -> list[str]:
    if not digest.baseline:
        return ["No baseline: nothing is compared with good runs."]
    names = ", ".join(f"{one.name} ({count(one.lines, 'line')})" for one in digest.baseline)
    if not digest.new:
        return [f"Nothing new against {names}"]
    rows = [
        f"{_level(one.entry.level)} line {one.entry.line:,}"
        f"{f', {one.entries:,} ×' if one.entries > 1 else ''}: {_first(mask(one.entry.text))}"
        for one in digest.new
    ]
    return _list(f"New against {names}", rows)


def _figures(digest: Digest) -> list[str]:
    levels = ", ".join(
        f"{number:,} {'without a level' if name == 'NONE' else name}"
        for name, number in reversed(digest.counts.items())
        if number
    )
    entries = count(digest.entries, "entry", "entries")
    rows = [f"{count(digest.lines, 'line')}, {entries}{': ' if levels else ''}{levels}"]
    if digest.seconds is not None:
        usual = digest.usual_seconds
        rows.append(
            f"{duration(digest.seconds)} from the first line to the last"
            + (f", usually {duration(usual)}" if usual is not None else "")
        )
    if digest.silence is not None and digest.silence.seconds >= 1:
        silence = digest.silence
        rows.append(
            f"Longest silence: {rough_duration(silence.seconds)} after line {silence.line:,}"
        )
    return rows


def _list(title: str, rows: Sequence[str]) -> list[str]:
    if not rows:
        return []
    shown = [f"  {row}"[:WIDTH] for row in rows[:LISTED]]
    if len(rows) > LISTED:
        shown.append(f"  … {len(rows) - LISTED:,} more")
    return [title, *shown]


def _first(text: str) -> str:
    return text.strip("\n").partition("\n")[0]


def _level(level: Level | None) -> str:
    if level is None:
        return " " * 5
    name = level.name
    return (name if len(name) <= 5 else name[:4]).ljust(5)


def _lines(first: int, last: int) -> str:
    return f"line {first:,}" if first == last else f"lines {first:,} to {last:,}"


def _usual(expected: float) -> str:
    return f"{expected:,.0f}" if expected >= 1 else f"{expected:.1f}"
