"""Log: levels. What a line says of its own weight, read only where loggers write it.

A level stands at the start of the text: after the platform's stamp, after the
names of child runs, after a step's number in a build, after a logger's own
stamp and name. A word anywhere else is not a level: "0 errors", "Error
analysis". Every form that is known is a row of `LEVEL_PATTERNS`, with its source.

This is about single lines. Which lines are one entry, and so whether the last
line of a traceback is an error of its own, is a matter of `log.entries`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from logview.log.entries.level import Level

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence


LEVEL_WORDS = {
    "TRACE": Level.DEBUG,
    "DEBUG": Level.DEBUG,
    "PERF": Level.DEBUG,
    "INFO": Level.INFO,
    "NOTICE": Level.INFO,
    "SUCCESS": Level.INFO,
    "WARN": Level.WARN,
    "WARNING": Level.WARN,
    "SFAIL": Level.WARN,
    "SOFT_FAIL": Level.WARN,
    "ERROR": Level.ERROR,
    "ERR!": Level.ERROR,
    "CRITICAL": Level.CRITICAL,
    "FATAL": Level.CRITICAL,
    **dict(zip("123456", (Level.DEBUG, *Level), strict=True)),
}
"""What loggers call a level, in capitals; pino's numbers by their first digit.

PERF is less than DEBUG to @apify/log (`log_consts.ts`: ERROR 1, SOFT_FAIL 2,
WARNING 3, INFO 4, DEBUG 5, PERF 6). SOFT_FAIL is an error that the user of an
Actor caused; the same file asks to keep the word ERROR away from it, so that a
search for errors does not find it, and neither does ours.
"""

STAMP = r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{3}Z"

END = r"(?![^\n])"
"""Where a line ends."""

# Nothing here may look at a line for longer than its first few hundred characters, nor twice. In an
# alternative the expression's engine looks at the first character before it goes in: that, and not
# the number of rows, decides what a line costs, so rows begin with a character or a set of them.

_STAMPS = rf"(?:{STAMP} ?|\(timestamp\) |)"
"""The platform's stamp and its space; the second form is what Apify's Academy prints instead."""

_CHILD = (
    # apify-client-python `_logging.py` RedirectLogFormatter: `[name] -> `, and apify-client-js
    # `run.ts` getStreamedLog: `name runId:ID -> `. The child's own stamp follows; they nest.
    r"(?:(\[[^\]\n]{1,200}\] |(?:[\w.~/-]{1,120} )?runId:\w{1,60} )-> "
    rf"{_STAMPS}){{0,8}}"
)

_STEP = r"(?:#[0-9]{1,6} [0-9]{1,7}\.[0-9]{1,3} |)"
"""What a step of a build prints: moby/buildkit `progressui/printer.go`, number and seconds."""

_TIME = (
    r"(?:[0-9]{4}-[0-9]{2}-[0-9]{2}[ T])?[0-9]{2}:[0-9]{2}:[0-9]{2}"
    r"[^ \n\]|]{0,16}(?: [+-][0-9]{4})?"
)
_OWN_STAMP = rf"(?:\[{_TIME}\] |(?=[0-9]){_TIME} |)"
"""A logger's own: asctime of Python's `logging`, in brackets that of gunicorn and Rich."""

_BARE = r"ERROR|SFAIL|WARN(?:ING)?|INFO|DEBUG|PERF|CRITICAL|FATAL|TRACE"
_NAMED = "|".join(
    form
    for word in ("SFAIL", "SOFT_FAIL", *(word for word in LEVEL_WORDS if word.isalpha()))
    for form in (word, word.lower(), word.capitalize())
)
_AFTER = rf"(?=[ \t]|{END})"
_NAME = r"\[[^\]\n]{1,200}\] "
_NO_COUNT = rf"(?! *[0-9]+[,;]?{END})"


@dataclass(frozen=True, slots=True)
class LevelPattern:
    """One way to write a level."""

    name: str
    pattern: str
    """An expression without groups; `‹` and `›` stand around the word for the level."""
    source: str
    example: str
    level: Level | None = None
    """The level, where no word tells it."""


LEVEL_PATTERNS = (
    LevelPattern(
        "bare",
        f"‹{_BARE}›(?=[ \\t:]|{END})",
        "apify-shared-js packages/log/src/logger_text.ts: padded to five, and a space; "
        "old Apify SDKs and Python's logging.BASIC_FORMAT (levelname:name:message): a colon",
        "SFAIL BasicCrawler: Request blocked",
    ),
    LevelPattern(
        "after a logger's name",
        rf"{_NAME}(?:{_NAME}){{0,2}}‹{_BARE}›(?=[ \t:]|{END})",
        "crawlee-python src/crawlee/_log_config.py CrawleeLogFormatter, apify.log likewise; "
        "docs.scrapy.org LOG_FORMAT: %(asctime)s [%(name)s] %(levelname)s: %(message)s",
        "[crawlee._autoscaling] WARN  Memory is overloaded",
    ),
    LevelPattern(
        "JSON",
        r'\{ ?"(?:(?:time|timestamp|ts|asctime|@timestamp)" ?: ?(?:"[^"\n]{0,60}"|[0-9.]{1,30}), ?"'
        rf')?(?:level|levelname|severity)" ?: ?‹"(?:{_NAMED})"|[1-6]0(?=[,}}])›',
        "apify-shared-js packages/log/src/logger_json.ts; pino lib/levels.js; winston.format.json",
        '{"time":"2026-11-20T06:00:00.000Z","level":"SOFT_FAIL","msg":"blocked"}',
    ),
    LevelPattern(
        "the platform",
        f"ACTOR: ‹{_BARE}›(?=:)",
        "logs of failed builds on the Apify platform: ACTOR: ERROR: …",
        "ACTOR: ERROR: The input schema is not valid",
    ),
    LevelPattern(
        "BuildKit",
        "#[0-9]{1,6} ‹ERROR|WARN›(?=:)",
        "moby/buildkit util/progress/progressui/printer.go: #%d ERROR: %s",
        "#11 ERROR: process did not complete successfully",
    ),
    LevelPattern(
        "npm's errors",
        f"npm (?:ERR!|error){_AFTER}",
        "npm/cli pull request 7414: `npm ERR!` before 10.6, then `npm error`",
        "npm ERR! code ELIFECYCLE",
        Level.ERROR,
    ),
    LevelPattern(
        "npm",
        f"npm ‹WARN|warn|notice|info›{_AFTER}",
        "npm/cli lib/utils/display.js: heading, level, message",
        "npm warn deprecated har-validator@5.1.5",
    ),
    LevelPattern(
        "a piece of npm's",
        f"ERR!{_AFTER}",
        "npmlog wrote `npm`, `ERR!` and the message one by one; the platform stamps each write",
        "ERR!",
        Level.ERROR,
    ),
    LevelPattern(
        "in brackets",
        rf"\[(?:[^\]\n]{{1,200}}\] \[){{0,3}}‹{_NAMED}›\](?=[ \t:]|{END})",
        "gunicorn glogging.py: %(asctime)s [%(process)d] [%(levelname)s] %(message)s",
        "[2026-11-20 06:00:00 +0000] [7] [INFO] Starting gunicorn",
    ),
    LevelPattern(
        "between dashes",
        rf"- (?:[\w.-]{{1,200}} - )?‹{_BARE}›(?= - |:)",
        "Python's logging HOWTO: %(asctime)s - %(name)s - %(levelname)s - %(message)s",
        "2026-11-20 06:00:00,123 - spider - ERROR - no proxy left",
    ),
    LevelPattern(
        "loguru",
        rf"\| ‹{_NAMED}› {{0,8}}\|",
        "loguru _defaults.py LOGURU_FORMAT: time | level | name:function:line - message",
        "2026-11-20 06:00:00.123 | SUCCESS  | __main__:main:7 - done",
    ),
    LevelPattern(
        "logfmt",  # `level=…`, or `time=…` or `ts=…` before it
        rf'[tl](?:(?:ime|s)=(?:"[^"\n]{{0,60}}"|[^ \n]{{1,60}}) l|)evel=‹{_NAMED}›{_AFTER}',
        "Go's log/slog TextHandler; logrus TextFormatter",
        "time=2026-11-20T06:00:00.000Z level=WARN msg=slow",
    ),
    LevelPattern(
        "Chromium",
        rf"\[[0-9:]{{1,40}}[0-9/.]{{1,40}}:‹{_BARE}›:[\w.]{{1,100}}\([0-9]{{1,6}}\)\]",
        "Chromium base/logging.cc: [pid:tid:date/time:LEVEL:file(line)]",
        "[42:87:1120/060000.123456:ERROR:gpu_init.cc(453)] Passthrough is not supported",
    ),
    LevelPattern(
        "what was thrown",  # `TypeError: `, `some.module.Error: `; not `lastError: `
        r"[A-Za-z_$](?:(?<=[A-Z])|(?=[\w$]{0,100}\.))[\w$.<>]{0,200}[: ]"
        r"(?:(?<=Error[: ])|(?<=Exception[: ]))"
        rf"(?:\[\w{{1,60}}\]: |(?<=:)(?= )){_NO_COUNT}",
        "Error.prototype.toString; Node's test/fixtures/errors; Python's traceback",
        "TypeError [ERR_INVALID_URL]: Invalid URL",
        Level.ERROR,
    ),
    LevelPattern(
        "what nobody caught",
        r"Uncaught (?=[A-Z'\"(])",
        "the HTML standard's report of an exception, as browsers print it; Node's REPL",
        "Uncaught (in promise) TypeError: Failed to fetch",
        Level.ERROR,
    ),
    LevelPattern(
        "a rejection",
        r"\[UnhandledPromiseRejection: ",
        "Node lib/internal/process/promises.js: a promise rejected with what is no error",
        "[UnhandledPromiseRejection: This error originated either by throwing …",
        Level.ERROR,
    ),
    *(
        LevelPattern(
            f"{word} and a colon",
            f"[{word[0].upper()}{word[0]}]{word[1:]}: {_NO_COUNT}",
            "winston.format.simple (level: message); git, pip and docker; Apify's own tools",
            f"{word}: failed to solve",
            level,
        )
        for word, level in (
            ("error", Level.ERROR),
            ("warn", Level.WARN),
            ("warning", Level.WARN),
            ("info", Level.INFO),
            ("debug", Level.DEBUG),
            ("fatal", Level.CRITICAL),
        )
    ),
    LevelPattern(
        "a traceback",
        r"(?:  \+ Exception Group )?Traceback \(most recent call last\):",
        "Python's tracebacks: EXCEPTION_TB_HEADER, EXCEPTION_GROUP_TB_HEADER (traceback.h)",
        "Traceback (most recent call last):",
        Level.ERROR,
    ),
    LevelPattern(
        "a framed traceback",
        r"╭─{1,300} Traceback \(most recent call last\)",
        "Rich's traceback.py, which Typer and others install",
        "╭─────── Traceback (most recent call last) ───────╮",
        Level.ERROR,
    ),
    LevelPattern(
        "where it was thrown",
        rf"(?:file:|)[\w@./$+~-]{{1,300}}\.[cm]?[jt]sx?:[0-9]{{1,7}}{END}",
        "Node prints file:line of an uncaught error on a line of its own (test/fixtures/errors)",
        "file:///usr/src/app/src/main.js:12",
        Level.ERROR,
    ),
    LevelPattern(
        "where in Node it was thrown",
        rf"node:[\w/-]{{1,100}}:[0-9]{{1,7}}{END}",
        "the same, for errors that come out of Node's own modules",
        "node:internal/process/promises:288",
        Level.ERROR,
    ),
    LevelPattern(
        "errors of threads",
        r"Exception in thread [^ \n]",
        "Python threading.excepthook; Java's Thread likewise",
        "Exception in thread Thread-1 (work):",
        Level.ERROR,
    ),
    LevelPattern(
        "errors of tasks",
        "[TF](?:ask|uture) exception was never retrieved",
        "Python asyncio futures.py, where no logger was set up",
        "Task exception was never retrieved",
        Level.ERROR,
    ),
    LevelPattern(
        "Python's warnings",
        r"[\w./<>@+-]{1,300}:[0-9]{1,7}: \w{0,100}Warning: ",
        "Python warnings.formatwarning: filename:lineno: category: message",
        "/usr/src/app/src/main.py:6: UserWarning: old",
        Level.WARN,
    ),
    LevelPattern(
        "errors that Python ignores",
        "Exception ignored in: ",
        "Python sys.unraisablehook",
        "Exception ignored in: <function Session.__del__ at 0x7f00>",
        Level.WARN,
    ),
    LevelPattern(
        "Node's warnings",
        r"\(node:[0-9]{1,9}\) (?:\[\w{1,60}\] )?\w{0,100}Warning: ",
        "Node process 'warning' event, default output (doc/api/process.md)",
        "(node:21) [DEP0040] DeprecationWarning: punycode",
        Level.WARN,
    ),
)
"""Every form in which a level is read, the commonest first."""

LEVEL_OF_WORD = {
    form: level
    for word, level in LEVEL_WORDS.items()
    for plain in (word, word.lower(), word.capitalize(), f"{word}0")
    for form in (plain, f'"{plain}"')
}
"""The level for each text that a row's `‹…›` can be."""


class LineMatcher:
    """One expression for the beginnings of lines, with a number for each form in it."""

    FIRST = 2
    """The group of the first row."""

    def __init__(self, rows: Sequence[LevelPattern], others: Sequence[str] = ()) -> None:
        """Read the levels of `rows`, and the beginnings `others`, which hold no groups."""
        levels = "|".join(
            row.pattern.replace("‹", "(").replace("›", ")")
            if row.level is None
            # Where no word is to be known, an empty group tells which row it was.
            else f"(?:{row.pattern})()"
            for row in rows
        )
        self._forms = "|".join(
            [f"{_OWN_STAMP}(?:{levels})", *(f"(?:{other})()" for other in others), ""]
        )

    # Compiled when first used: a few milliseconds each, which the first screen need not wait for.

    @cached_property
    def _usual(self) -> re.Pattern[str]:
        return re.compile(f"\n{_STAMPS}(?:(?!)()|){_STEP}(?:{self._forms})")

    @cached_property
    def _nested(self) -> re.Pattern[str]:
        return re.compile(f"\n{_STAMPS}{_CHILD}{_STEP}(?:{self._forms})")

    def read(self, text: str) -> Iterator[re.Match[str]]:
        r"""Return a match for each line of a page (lines joined with `\n`).

        Its `lastindex` is the group of the form, or less than `FIRST`; group 1
        is the child run that printed the line, and matches nothing for others.
        """
        expression = self._nested if "-> " in text else self._usual
        return expression.finditer("\n" + text)


_READER = LineMatcher(LEVEL_PATTERNS)
_FIXED = {0: 0, 1: 0} | {
    number: int(row.level)
    for number, row in enumerate(LEVEL_PATTERNS, LineMatcher.FIRST)
    if row.level
}
_ONLY = {level: bytes(48 + (value == level) for value in range(256)) for level in Level}


def level_of(text: str) -> Level | None:
    """Return the level of one line's visible text, its stamp included; None where it has none.

    The line by itself: a line that others around it make part of their entry
    has no say of its own (see `log.entries`).
    """
    level = _levels(text.partition("\n")[0])[0]
    return Level(level) if level else None


def word_span(text: str) -> tuple[int, int] | None:
    """Return where the word for the level stands in one line's visible text; None for no word."""
    found = next(_READER.read(text.partition("\n")[0]))
    group = found.lastindex or 0
    if group < LineMatcher.FIRST or not found[group]:
        return None
    start, end = found.span(group)
    return start - 1, end - 1  # the reader puts a line break before the text


def page_levels(text: str) -> dict[Level, int]:
    r"""Return `level_of` for each line of a page (lines joined with `\n`): bit n for line n.

    Only levels that occur are in it. Half a microsecond for a line.
    """
    levels = _levels(text)[::-1]
    return {level: int(levels.translate(_ONLY[level]), 2) for level in Level if level in levels}


def _levels(text: str) -> bytes:
    """Return one number for each line: its level, or 0."""
    return bytes(
        _FIXED[group] if (group := found.lastindex or 0) in _FIXED else LEVEL_OF_WORD[found[group]]
        for found in _READER.read(text)
    )
