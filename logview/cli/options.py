"""Usage: the options there are, and which of them can't be meant together. Light."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from logview.opening import Origin


NAME_TARGET = (
    "Name a run, build or file: logview TARGET, or pipe a log into it: some-command | logview "
    "(or logview --demo to try it)"
)


MOST_BASELINES = 3


class UsageError(Exception):
    """Wrong usage; the message is what was wrong and what to do."""


class Options(argparse.Namespace):
    """The parsed options; `--help` explains each one."""

    targets: list[str]
    target: str | None
    """The first of the targets."""
    token_file: str | None
    api_url: str | None
    raw: bool | None
    follow: bool
    no_follow: bool
    plain: bool
    json: bool
    runs: bool
    digest: bool
    against: list[str] | None
    no_cache: bool
    level: str | None
    grep: list[str] | None
    regex: list[str] | None
    leave_out: list[str] | None
    since: str | None
    until: str | None
    tail: int | None
    max_bytes: int | None
    exit_status: bool
    output: str | None
    overwrite: bool
    no_redact: bool
    at: str | None
    watch: bool
    demo: bool
    help_keys: bool

    @property
    def filtered(self) -> bool:
        """Whether only a part of the log is to be printed."""
        lists = (self.grep, self.regex, self.leave_out)
        values = (self.level, self.since, self.until, self.tail, self.max_bytes)
        return any(lists) or any(value is not None for value in values)

    @property
    def file(self) -> str | None:
        """Where the log is to be saved; None for standard output or the screen."""
        return None if self.output == "-" else self.output


def check_options(options: Options, plain: bool) -> None:
    """Check what is known before anything is opened; `plain` is whether there is no screen."""
    from logview.process.terminal import is_terminal

    if options.runs:
        _check_runs(options)
    _check_digest(options)
    if options.exit_status and not plain:
        raise UsageError(
            "--exit-status is for plain text: write logview --plain --exit-status TARGET"
        )
    if options.follow and options.no_follow:
        raise UsageError("--follow and --no-follow contradict each other: leave one out")
    _check_saving(options, plain)
    if options.filtered and (options.file is not None or options.digest or options.runs):
        raise UsageError(
            "--level, --grep, --regex, --not, --since, --until, --tail and --max-bytes are for "
            "text or --json on standard output: leave --output, --digest and --runs out"
        )
    if options.watch and plain:
        raise UsageError(
            "--watch is for the screen, and plain text ends with its log: leave it out"
        )
    if plain and options.target is None and not options.demo:
        if options.output is not None:
            raise UsageError("what should be saved? logview TARGET --output FILE")
        raise UsageError(
            f"what should be shown? Without a terminal for the screen there has to be a target, or "
            f"something on standard input. {NAME_TARGET}"
        )
    if options.target == "-" and is_terminal(0):
        raise UsageError(
            "- reads standard input, and nothing is piped into it: some-command | logview -"
        )


def check_origin(options: Options, origin: Origin | None) -> None:
    """Check that the options are for a log from there; raises UsageError."""
    if origin is None:
        return
    noun = origin.words.noun
    if options.exit_status and not origin.has_result:
        raise UsageError(
            f"--exit-status is the result of a run or build, and {noun} has none: leave it out"
        )
    if options.demo and not origin.is_remote:
        raise UsageError(f"--demo shows its own runs: leave it out to read {noun}")


def _check_runs(options: Options) -> None:
    if options.target is None:
        raise UsageError("whose runs? Name an Actor or a task: logview --runs user/actor")
    if options.file is not None or options.exit_status or options.at is not None:
        raise UsageError("--runs prints a list: leave --output, --exit-status and --at out")


def _check_digest(options: Options) -> None:
    if options.against is not None:
        if "none" in options.against and len(options.against) > 1:
            raise UsageError("--against none is no baseline at all: leave the others out")
        if len(options.against) > MOST_BASELINES:
            raise UsageError(f"--against can be given {MOST_BASELINES} times at most")
    if options.digest and (options.file is not None or options.at is not None or options.runs):
        raise UsageError("--digest prints the digest alone: leave --output, --at and --runs out")


def _check_saving(options: Options, plain: bool) -> None:
    if options.json and options.file is not None:
        raise UsageError("--json is for standard output: leave --output out")
    if options.overwrite and options.file is None:
        raise UsageError("--overwrite is for --output FILE: leave it out")
    if (
        options.no_redact
        and plain
        and options.file is None
        and not (options.json or options.digest)
    ):
        raise UsageError(
            "--no-redact is for what is saved or copied, and in standard output nothing is "
            "masked: leave it out, or add --output FILE"
        )
    if options.at is None:
        return
    if plain:
        raise UsageError(
            "--at is for the screen, and plain text is always the whole log: leave it out"
        )
    if options.target is None:
        raise UsageError("--at is a place in a log: logview TARGET --at MOMENT")
    if not _is_moment(options.at):
        raise UsageError(
            f"--at {options.at}: not a moment. Write it in UTC, as 2026-11-20T06:12:03.512Z "
            "or 06:12"
        )


def _is_moment(text: str) -> bool:
    """Return whether a text is a moment that there is, or a time of day."""
    from datetime import datetime
    from re import ASCII, findall

    from logview.text.timestamps import is_time

    if not text.isascii() or not is_time(text) or text.strip().startswith(("+", "-")):
        return False
    numbers = [int(number) for number in findall(r"\d+", text, ASCII)]
    date, clock = (numbers[:3], numbers[3:]) if "-" in text else ([2000, 1, 1], numbers)
    try:
        datetime(*date, *clock[:3])  # type: ignore[arg-type]
    except ValueError:
        return False
    return True
