"""Find the steps of a build, and what made it fail.

BuildKit marks the lines of its steps with `#N `, which may alternate; a step
ends with `DONE`, `CACHED`, `ERROR` or `CANCELED`. What a command printed comes
after the seconds since the step began. Older Docker has `Step 4/7 : RUN …` and
the lines of one step below the other.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, NamedTuple

from logview.log.entries.entry_text import read_prefix

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

MAX_STEPS = 1_000
"""Steps that are kept."""

MAX_RUNS = 500
"""Runs of lines of a step that are kept."""

MAX_TITLE = 200
_SCANNED = 2_000
"""Characters of a line that are read."""

StepOutcome = Literal["done", "cached", "failed", "canceled", "open"]


class Cause(NamedTuple):
    """The line that names why a step failed."""

    line: int
    text: str
    """Its text without stamp, step and seconds."""
    why: str
    """What it is: `compiler`, `npm`, `pip`, … or `last output`."""


@dataclass(slots=True)
class BuildStep:
    """A step of a build."""

    number: int
    """The number that the log has for it."""
    title: str
    first: int
    """Its first line."""
    runs: list[range] = field(default_factory=list)
    """Its lines, in runs that nothing interrupts; at most `MAX_RUNS` runs."""
    lines: int = 0
    """How many lines it has, blank ones not counted."""
    seconds: float | None = None
    outcome: StepOutcome = "open"
    error: Cause | None = None
    """What BuildKit says itself of its failure."""
    cause: Cause | None = None
    """The first line that names a reason."""
    last_output: Cause | None = None


class BuildSteps:
    """Collects the steps of a build, line by line, in the log's order."""

    def __init__(self) -> None:
        self._steps: dict[int, BuildStep] = {}
        self._current: BuildStep | None = None
        """The step of older Docker that goes on."""

    def feed(self, first: int, lines: Sequence[str]) -> None:
        """Take lines of the log: the number of the first, and the visible text of each."""
        for number, line in enumerate(lines, first):
            if self._current is not None or "#" in line[:64] or "Step " in line[:64]:
                self._feed_line(number, line[:_SCANNED])

    def _feed_line(self, number: int, line: str) -> None:
        text = line[read_prefix(line, None).end :]
        if (found := _STEP.match(text)) is not None:
            self._current = None
            rest = text[found.end() :]
            step = self._step(int(found[1]), rest, number)
            if step is not None:
                self._add(step, number)
                self._read(step, number, rest)
        elif (found := _OLD_STEP.match(text)) is not None:
            if self._current is not None:
                _end(self._current)
            self._current = self._step(int(found[1]), found[0] + text[found.end() :], number)
            if self._current is not None:
                self._add(self._current, number)
        elif self._current is not None:
            self._read_old(self._current, number, text)

    def _step(self, number: int, title: str, line: int) -> BuildStep | None:
        step = self._steps.get(number)
        if step is None and len(self._steps) < MAX_STEPS:
            # Where the log's head is gone, a step begins with what its command printed.
            title = "" if _SECONDS.match(title) else title.strip()[:MAX_TITLE]
            step = BuildStep(number, title, line)
            self._steps[number] = step
        return step

    def _add(self, step: BuildStep, number: int) -> None:
        step.lines += 1
        if step.runs and step.runs[-1].stop == number:
            step.runs[-1] = range(step.runs[-1].start, number + 1)
        elif len(step.runs) < MAX_RUNS:
            step.runs.append(range(number, number + 1))

    def _read(self, step: BuildStep, number: int, rest: str) -> None:
        if (found := _ENDED.match(rest)) is not None:
            step.outcome = "done" if found[1] == "DONE" else "cached"
            if found[2] is not None:
                step.seconds = float(found[2])
        elif rest.startswith("ERROR: ") and not rest.startswith("ERROR: failed to push"):
            self._fail(step, number, rest.removeprefix("ERROR: "))
        elif rest.startswith("CANCELED"):
            step.outcome = "canceled"
        elif (seconds := _SECONDS.match(rest)) is not None:
            if step.outcome == "open":
                step.seconds = float(seconds[1])
            _read_output(step, number, rest[seconds.end() :])

    def _fail(self, step: BuildStep, number: int, text: str) -> None:
        step.outcome = "failed"
        if step.error is None:
            step.error = Cause(number, text, "BuildKit")

    def _read_old(self, step: BuildStep, number: int, text: str) -> None:
        if text.startswith(("ACTOR: ", "Successfully ")):
            if not text.startswith("ACTOR: ERROR"):
                _end(step)
            elif step.outcome == "open":
                self._fail(step, number, text)
            self._current = None
            return
        self._add(step, number)
        if _OLD_FAILED.match(text) is not None:
            self._fail(step, number, text)
        elif text.startswith(" ---> Using cache"):
            step.outcome = "cached"
        elif not text.startswith((" ---> ", "Removing intermediate")):
            _read_output(step, number, text)

    @property
    def is_open(self) -> bool:
        """Whether the next lines may belong to a step without saying so."""
        return self._current is not None

    @property
    def steps(self) -> list[BuildStep]:
        """The steps, in the order in which they began.

        `#1 …` may be a stack's frame: a step has ended, a stage, or printed something.
        """
        return [
            step
            for step in self._steps.values()
            if step.outcome != "open" or step.title.startswith("[") or step.seconds is not None
        ]

    def cause(self) -> Cause | None:
        """Return why the build failed: what the failed step's command printed, if that names it.

        None where no step has failed.
        """
        failed = [step for step in self._steps.values() if step.outcome == "failed"]
        if not failed:
            return None
        step = next((step for step in failed if step.cause is not None), failed[0])
        return step.cause or step.last_output or step.error


def build_steps(lines: Iterable[str], first: int = 1) -> BuildSteps:
    """Return the steps in the visible text of a log's lines."""
    found = BuildSteps()
    found.feed(first, list(lines))
    return found


def step_number(line: str) -> int | None:
    """Return which step of BuildKit the visible text of a line belongs to; None for none."""
    if "#" not in line[:64]:
        return None
    line = line[:_SCANNED]
    found = _STEP.match(line, read_prefix(line, None).end)
    return None if found is None else int(found[1])


def _end(step: BuildStep) -> None:
    if step.outcome == "open":
        step.outcome = "done"


def _read_output(step: BuildStep, number: int, text: str) -> None:
    if not text.strip():
        return
    if step.cause is None and (why := cause_of(text)) is not None:
        step.cause = Cause(number, text.strip(), why)
    if _NO_OUTPUT.match(text) is None:
        step.last_output = Cause(number, text.strip(), "last output")


_NO_OUTPUT = re.compile(
    r"\s{0,8}npm (?:notice|verb|timing|(?:ERR!|error)\s{0,8}(?:\Z|A complete log|Log files|/))"
)
"""What npm prints last, whatever went wrong."""

_STEP = re.compile(r"#([0-9]{1,6}) (?!0x)(?=\S)")
_OLD_STEP = re.compile(r"Step ([0-9]{1,4})/[0-9]{1,4} : (?=[A-Z])")
_OLD_FAILED = re.compile(
    r"The command '[^\n]{0,1500}' returned a non-zero code: |[A-Z]{3,8} failed: "
)
_ENDED = re.compile(r"(DONE|CACHED)(?: ([0-9]{1,7}\.[0-9]{1,3})s)?\s*\Z")
_SECONDS = re.compile(r"([0-9]{1,7}\.[0-9]{1,3}) ?")

_CAUSES: tuple[tuple[str, re.Pattern[str]], ...] = (
    (
        "compiler",
        re.compile(
            r"\s{0,8}(?:"
            r"[^\s:(]{1,200}\([0-9]{1,7},[0-9]{1,7}\): error [A-Z]{1,4}[0-9]{1,6}: "  # tsc, C#
            r"|[^\s:]{1,200}:[0-9]{1,7}:[0-9]{1,7} - error "  # tsc --pretty
            r"|error TS[0-9]{1,6}: "
            r"|[^\s:]{1,200}:[0-9]{1,7}:(?:[0-9]{1,7}:)? (?:fatal )?error: "  # gcc, clang
            r"|(?:\./)?[^\s:]{1,200}\.go:[0-9]{1,7}:(?:[0-9]{1,7}:)? "
            r"|error(?:\[E[0-9]{1,6}\])?: (?!could not compile|subpro|command|metadata)"
            r"|(?:✘ )?\[ERROR\] "  # esbuild, Maven
            r"|[0-9]{1,7}:[0-9]{1,7} {1,8}error  "  # ESLint
            r"|go: (?!downloading|finding|added|extracting|upgraded|creating|to add)"
            r"|Module not found: |Failed to compile|Type error: |ERROR in "
            r"|\[vite[^\]\n]{0,30}\]:? [^\n]{0,40}failed"
            r"|\[?vite[^\n]{0,40} error|error during build:|RollupError: "
            r"|ld: |collect2: error: |/usr/bin/ld: "
            r"|[A-Za-z.]{0,60}(?:Syntax|Type|Reference|Indentation)Error: "
            r"|CMake Error"
            r")"
        ),
    ),
    (
        "npm",
        re.compile(
            r"\s{0,8}(?:npm (?:ERR!|error) (?!\s{0,8}(?:A complete log|Log files|/|path "
            r"|code (?:[0-9]|ELIFE)|command|errno|syscall|workspace|location|Lifecycle"
            r"|gyp (?:info|verb|http|spawn)|\Z))|gyp ERR! "
            r"|node-pre-gyp ERR! "
            r"|ERR_PNPM_|\s?ERR_PNPM_|error (?:An unexpected error|Couldn't find|Your lockfile"
            r"|Received|Found incompatible|[\w@/.-]{1,100}: The engine)"
            r"|➤ YN[0-9]{4}: [│┌└ ]{0,6}(?:[^\n]{0,200})(?:couldn't|doesn't|can't|failed)"
            r"|Error: Cannot find module )"
        ),
    ),
    (
        "pip",
        re.compile(
            r"\s{0,8}(?:(?:ERROR|error): (?:Could not|No matching|Cannot install"
            r"|Invalid requirement|Package '|ResolutionImpossible"
            r"|HTTP error|THESE PACKAGES|In --require-hashes|Exception|pip's)"
            r"|ModuleNotFoundError: |ImportError: |Because [^\n]{0,300}version solving failed"
            r"|× (?:No solution|Failed to)|error: No solution"
            r"|Your requirements could not be resolved|Could not find gem|Bundler could not find)"
        ),
    ),
    (
        "command",
        re.compile(
            r"\s{0,8}(?:E: (?!Sub-process)"
            r"|(?:/bin/)?(?:ba|da|a)?sh: (?:line )?[0-9]{0,6}:? ?[^\n:]{1,200}: (?:not found"
            r"|command not found|[Pp]ermission denied)"
            r"|curl: \([0-9]{1,3}\) |wget: |fatal: |tar: |unzip: |cp: |mv: |chmod: |mkdir: |rm: "
            r"|Killed\s*\Z|FATAL ERROR: |panic: |Error: |Exception in thread "
            r"|ERROR: unable to select packages|[\w.-]{1,80} \(no such package\)"
            r"|[^\n]{0,300}No space left on device|[^\n]{0,300}heap out of memory"
            r"|[a-z_.]{0,80}[A-Z]\w{0,60}(?:Error|Exception): )"
        ),
    ),
)
"""What a line begins with that names a reason, most telling first."""


def cause_of(text: str) -> str | None:
    """Return what kind of reason the text of a line names, without stamp; None for none."""
    text = text[:_SCANNED]
    for why, expression in _CAUSES:
        if expression.match(text) is not None:
            return why
    return None
