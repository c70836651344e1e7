"""Parse the level of a line, only where loggers write it.

A level stands at the start of the text: after the platform's stamp, after the
names of child runs, after a step's number in a build, after a logger's own
stamp and name. A word anywhere else is not a level: "0 errors", "Error
analysis". Every known form is an entry of `LEVEL_PATTERNS`, with its source.

This is about single lines. Which lines form one entry, and so whether the last
line of a traceback is an error of its own, is decided in `grouping`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from logview.log.entries.level import Level
from logview.text.redirects import ARROW, BARE, MOST, NAMED

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence


LEVEL_WORDS = {
    "TRACE": Level.DEBUG,
    "VERBOSE": Level.DEBUG,
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
    "SEVERE": Level.ERROR,
    "ALERT": Level.CRITICAL,
    "CRITICAL": Level.CRITICAL,
    "EMERGENCY": Level.CRITICAL,
    "FATAL": Level.CRITICAL,
    "PANIC": Level.CRITICAL,
    **dict(zip("123456", (Level.DEBUG, *Level), strict=True)),
}
"""What loggers call a level, in capitals; pino's numbers by their first digit.

PERF is less than DEBUG to @apify/log (`log_consts.ts`: ERROR 1, SOFT_FAIL 2,
WARNING 3, INFO 4, DEBUG 5, PERF 6). SOFT_FAIL is an error that the user of an
Actor caused; the same file asks to keep the word ERROR away from it, so that a
search for errors does not find it, and neither does ours.
"""

_SHORT_WORDS = {
    **dict.fromkeys(
        (
            "TRC",
            "VRB",
            "DBG",
            "dbug",
            "trce",
            "verb",
            "sill",
            "timing",
            "DEBU",
            "TRAC",
            "DEBG",
            "TRCE",
        ),
        Level.DEBUG,
    ),
    **dict.fromkeys(("INF", "LOG", "http"), Level.INFO),
    "WRN": Level.WARN,
    **dict.fromkeys(("ERR", "EROR", "ERRO", "eror", "fail", "err"), Level.ERROR),
    **dict.fromkeys(
        ("FTL", "PNC", "CRIT", "crit", "EMERG", "emerg", "FATA", "PANI"), Level.CRITICAL
    ),
    **dict.fromkeys("VTD", Level.DEBUG),
    **dict.fromkeys("IN", Level.INFO),
    **dict.fromkeys("W", Level.WARN),
    **dict.fromkeys("E", Level.ERROR),
    **dict.fromkeys("FCA", Level.CRITICAL),
}
"""Abbreviations, which are levels in some layouts only: those of zerolog, logrus, Serilog, .NET,
glog."""

STAMP = r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{3}Z"

END = r"(?![^\n])"
"""Where a line ends."""

# Nothing here may look at a line for longer than its first few hundred characters, nor twice. In an
# alternative the expression's engine looks at the first character before it goes in: so patterns
# begin with a character or a set of them.

_STAMPS = rf"\ufeff?(?:{STAMP}[ \t]?|\(timestamp\) |)"
"""The platform's stamp and its space; the second form is what Apify's Academy prints instead.
Before it, the byte order mark of a file."""

_CHILD = rf"(?:({NAMED}|{BARE}){ARROW}{_STAMPS}){{0,{MOST}}}"
"""The names of child runs, from the outermost to the innermost."""

_STEP = r"(?:#[0-9]{1,6} [0-9]{1,7}\.[0-9]{1,3} |)"
"""What a step of a build prints: moby/buildkit `progressui/printer.go`, number and seconds."""

_DATE = (
    r"(?:[0-9]{4}[-/.][0-9]{2}[-/.][0-9]{2}|[0-9]{2}-[0-9]{2}"
    r"|[0-9]{1,2}[-/.](?:[0-9]{1,2}|[A-Z][a-z]{2})[-/.][0-9]{2,4}(?:,?|(?=:)))[ T:]"
)
_TIME = (
    rf"(?:{_DATE})?[0-9]{{1,2}}:[0-9]{{2}}(?::[0-9]{{2}}[^ \t\n\]|]{{0,16}}|(?=[ AP]))"
    r"(?: ?[AP]M)?(?: (?:[+-][0-9]{2}:?[0-9]{2}|UTC|GMT|[CEMPW]E?[DS]T))?"
)
_MONTH = r"[JFMASOND](?:an|eb|ar|pr|ay|un|ul|ug|ep|ct|ov|ec)"
_WORDED = (
    r" {1,2}[0-9]{1,2},? (?:[0-9]{4},? )?"
    r"[0-9]{1,2}:[0-9]{2}:[0-9]{2}(?:[.,][0-9]{1,9})?(?: [AP]M)?(?: UTC| GMT)?(?: [0-9]{4})?"
)
_WEEKDAY = r"[MTWFS](?:on|ue|ed|hu|ri|at|un),? "
OWN_STAMP = (
    rf"(?:(\[(?:{_TIME}|{_WEEKDAY}{_MONTH}{_WORDED})\][ \t]{{0,4}}|(?=[0-9]){_TIME}[ \t]{{1,4}}"
    rf"|{_WEEKDAY}{_MONTH}{_WORDED}[ \t]{{1,4}}|{_MONTH}{_WORDED}[ \t]{{1,4}})|)"
)
"""A logger's own: asctime of Python's `logging`, Go's, Java's, C's, syslog's; in brackets
gunicorn's, Rich's."""

_STAMPED = "(?(2)"
"""Begins a pattern for behind a logger's own stamp only; it ends with `|(?!))`."""

_BARE = r"ERROR|SFAIL|WARN(?:ING)?|INFO|DEBUG|PERF|CRITICAL|FATAL|TRACE"
_NAMED = "|".join(
    form
    for word in ("SFAIL", "SOFT_FAIL", *(word for word in LEVEL_WORDS if word.isalpha()))
    for form in (word, word.lower(), word.capitalize())
)
_CAPITAL = "|".join(("SFAIL", *(word for word in LEVEL_WORDS if word.isalpha())))
_ABBREVIATED = "ERRO|DEBG|TRCE|TRC|VRB|DBG|INF|WRN|ERR|EROR|FTL|PNC|CRIT|EMERG|LOG"
_AFTER = rf"(?=[ \t]|{END})"
_BEHIND = rf"(?=[ \t:\[|]|{END})"
_NAME = r"\[[^\]\n]{1,200}\][ \t]{1,3}"

_VALUE = (
    r"(?:[0-9][0-9.,]{0,20} ?%?|[Nn]one(?: found| yet)?|NONE|[Nn]ull|NULL|nil|undefined"
    r"|[Ff]alse|[Tt]rue|FALSE|TRUE|[Nn]o|NO|[Yy]es|YES|[Oo]ff|OFF|[Oo]n|ON|[Nn]/[Aa]|\[\]|\{\}|\(\)|\"\"|'')"
)
_NO_VALUE = rf"(?! *{_VALUE}[,;.]?{END})"
"""Not before what is the value of a field: `Error: none`, `error: []`, `DEBUG: false`."""

_NO_FIELD = (
    rf"(?! [A-Z]{{2}}[A-Z _-]{{0,40}} ?[:=] ?{_VALUE}?[,;.]?{END}"
    rf"| = ?{_VALUE}[,;.]?{END}"
    r"| (?:COUNTS?|RATES?|CODES?|MESSAGES?|LOGS?|LEVELS?|TYPES?|TOTALS?|SUMMARY|REPORTS?|MODES?"
    rf"|NUMBERS?|RATIOS?|STATUS|MARGINS?|HANDLING|HANDLERS?|BOUNDS?|DETAILS)(?:[ :=]|{END}))"
)
"""Not where the word goes on as the name of a field: `ERROR COUNT: 0`, `DEBUG MODE = off`."""

_NO_TITLE = (
    rf"(?! (?:(?<=INFO )(?:SESSIONS?|DESKS?|POINTS?|SHEETS?|PACKS?|GRAPHICS?)"
    rf"|(?<=ERROR )(?:BARS?|BOUNDAR(?:Y|IES)|CORRECTIONS?|ESTIMATES?))(?:[ .,:!?]|{END}))"
)
"""Not in the title of something: `INFO SESSION 3: …`, `ERROR BARS ARE SHOWN`."""

_SIGNALS = (
    r"(?:Illegal instruction|Segmentation fault|Aborted|Bus error|Floating point exception"
    r"|Trace/breakpoint trap)(?: \(core dumped\))?|Killed"
)

_THIN = "[ \u2009]"
_PROGRAM = r"[a-z/][\w+./-]{0,100}"
_FILE = r"[\w@./\\+~-]{1,300}"
_PLACE = r"(?:\([0-9]{1,7}(?:,[0-9]{1,7}){0,3}\)|:[0-9]{1,7}(?::[0-9]{1,7})?):? (?:- )?"


@dataclass(frozen=True, slots=True)
class LevelPattern:
    """One way to write a level."""

    name: str
    pattern: str
    """An expression without groups; `‹` and `›` stand around the word for the level."""
    source: str
    example: str
    level: Level | None = None
    """The level, where no word names one."""


LEVEL_PATTERNS = (
    LevelPattern(
        "after its own stamp",
        rf"{_STAMPED}‹{_CAPITAL}|{_ABBREVIATED}›{_BEHIND}{_NO_FIELD}{_NO_TITLE}|(?!))",
        "Go log/slog, tracing-subscriber's fmt, Spring Boot, log4j, zerolog's ConsoleWriter, "
        "asctime levelname message",
        "2026/11/20 06:00:01 WARN retry attempt=2",
    ),
    LevelPattern(
        "a name after its own stamp",
        rf"{_STAMPED}(?:(?:[\w-]{{1,60}}(?:[.:][\w-]{{1,60}}){{1,12}} {{1,40}}"
        r"|[\w-]{1,60} {2,40}|(?<=[0-9],[0-9]{3} )[\w-]{1,60} "
        r"|[\w.-]{1,64} [\w./-]{1,64}(?:\[[0-9]{1,9}\])?: )"
        rf"‹{_CAPITAL}›{_BEHIND}{_NO_FIELD}|[0-9]{{1,9}} \[‹{_NAMED}›\](?= ))|(?!))",
        "Python's logging cookbook: %(asctime)s %(name)-12s %(levelname)-8s %(message)s; syslog "
        "(RFC 3164); MySQL's error log",
        "2026-11-20 06:00:00,123 app.proxy ERROR no proxy left",
    ),
    LevelPattern(
        "between tabs",
        rf"‹{_CAPITAL}›(?=\t)",
        "uber-go/zap zapcore/console_encoder.go: time, level, logger, caller, message",
        "2026-11-20T06:00:00.123Z\tERROR\tapp/main.go:12\tfailed",
    ),
    LevelPattern(
        "bare",
        r"‹ERROR|SFAIL|WARN|INFO|DEBUG|PERF›"
        rf"(?:(?=[ \t]|{END}){_NO_FIELD}{_NO_TITLE}|(?=[\[|])|(?=:{_NO_VALUE}))",
        "apify-shared-js packages/log/src/logger_text.ts: padded to five, and a space; "
        "old Apify SDKs and Python's logging.BASIC_FORMAT (levelname:name:message): a colon",
        "SFAIL BasicCrawler: Request blocked",
    ),
    LevelPattern(
        "what V8 says of its end",
        "FATAL ERROR: |fatal runtime error: ",
        "Node src/node_errors.cc OnFatalError, OOMErrorHandler; rust library/std/src/rt.rs",
        "FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory",
        Level.CRITICAL,
    ),
    LevelPattern(
        "bare, marked",
        rf"‹WARNING|CRITICAL|FATAL|TRACE|NOTICE|SEVERE|ALERT|EMERGENCY|PANIC›"
        rf"(?:(?= ?[\[|]|  |\t)|(?=:{_NO_VALUE}))",
        "logging.BASIC_FORMAT, uvicorn, alembic, java.util.logging: words that begin titles, too",
        "WARNING:root:slow",
    ),
    LevelPattern(
        "after a logger's name",
        rf"{_NAME}(?:{_NAME}){{0,2}}‹{_CAPITAL}›{_BEHIND}{_NO_FIELD}",
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
        rf"(?:npm (?:ERR!|error)|(?:node-pre-gyp|node-gyp|gyp|prebuild-install|lerna|pnpm|yarn|npx"
        rf"|cmake-js) ERR!){_AFTER}",
        "npm/cli pull request 7414: `npm ERR!` before 10.6, then `npm error`; npmlog's other users",
        "npm ERR! code ELIFECYCLE",
        Level.ERROR,
    ),
    LevelPattern(
        "npm",
        r"(?:npm|node-pre-gyp|node-gyp|gyp|prebuild-install|lerna|pnpm) "
        rf"‹WARN|warn|notice|info|verb|sill|http|timing›{_AFTER}",
        "npm/cli lib/utils/display.js, npmlog: heading, level, message",
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
        "pnpm's errors",
        rf"{_THIN}(?:ERR_PNPM_[A-Z0-9_]{{1,60}}|ELIFECYCLE){_THIN} ",
        "pnpm cli/default-reporter reportError.ts: a badge between thin spaces, the message",
        " ERR_PNPM_NO_MATCHING_VERSION  No matching version found for x@9",
        Level.ERROR,
    ),
    LevelPattern(
        "a badge",
        rf"{_THIN}‹ERROR|WARN|INFO|DEBUG|FATAL›(?={_THIN} [^ \n]| [\w:]{{1,200}} > )",
        "pnpm cli/default-reporter, consola's fancy reporter: a blank on both sides; Rust's "
        "pretty_env_logger",
        " WARN  deprecated har-validator@5.1.5",
    ),
    LevelPattern(
        "under a time that is left out",
        r"[ ]{9,32}(?:‹DEBUG›   |‹INFO›    |‹WARNING›|‹ERROR›   |‹CRITICAL›) ",
        "Rich _log_render.py LogRender: a time that repeats is blank, the level padded to eight",
        "                    ERROR    no proxy left                         main.py:89",
    ),
    LevelPattern(
        "in brackets",
        rf"\[(?:[^\]\n]{{1,200}}\] ?\[){{0,3}}(?:\w{{1,40}}:)? {{0,9}}‹{_NAMED}|crit|emerg|err"
        rf"|TRC|VRB|DBG|INF|WRN|ERR|FTL|[EWIDF]› {{0,9}}\](?=[ \t:\[]|{END})(?!:? *{_VALUE}{END})",
        "gunicorn glogging.py: %(asctime)s [%(process)d] [%(levelname)s] %(message)s; structlog's "
        "ConsoleRenderer pads within; nginx, Apache (module:level); Serilog",
        "[2026-11-20 06:00:00 +0000] [7] [INFO] Starting gunicorn",
    ),
    LevelPattern(
        "in brackets, with a time",
        rf"\[{_TIME}(?::? {{1,3}}|: ?)‹{_NAMED}|{_ABBREVIATED}›(?:[ /|][^\]\n]{{0,200}})?\]",
        "Rust's env_logger; Serilog's console template; Celery's worker_log_format",
        "[2026-11-20 06:00:00,123: ERROR/MainProcess] Task failed",
    ),
    LevelPattern(
        "and seconds since the start",
        r"‹ERRO|FATA|DEBU|PANI|TRAC›(?=\[[0-9]{4,9}\] )",
        "sirupsen/logrus text_formatter.go printColored: four letters of the level; WARN and INFO "
        "are among the bare ones",
        "ERRO[0000] no proxy left                                 proxy=x",
    ),
    LevelPattern(
        "in brackets, with more",
        r"\[‹ERROR|WARN(?:ING)?|INFO|DEBUG|CRITICAL|FATAL›(?:[/|][^\]\n]{0,200}| {1,2}[0-9][^\]\n]"
        r"{0,200})\]",
        "multiprocessing.log_to_stderr: [%(levelname)s/%(processName)s] %(message)s; Dropwizard",
        "[ERROR/MainProcess] worker died",
    ),
    LevelPattern(
        "a letter and a time",
        r"(?:\[‹[DIWEFC]› (?=[0-9]{2,6}[-: ])"
        r"|‹[DIWEFC]›(?=[0-9]{4} [0-9]{2}:[0-9]{2}:[0-9]{2,10}[.,][0-9]{3,6} )"
        r"|‹[DIWEFA]›(?=, \[[0-9]{4}-))",
        "tornado.log LogFormatter; glog and klog; Ruby's Logger::Formatter",
        "E1120 06:00:00.123456       1 main.go:12] failed",
    ),
    LevelPattern(
        "a letter after a time",
        rf"{_STAMPED}(?:[0-9]{{1,7}} {{1,5}}[0-9]{{1,7}} )?‹[VDIWEF]› "
        r"(?=[\w./+-]{1,200}(?::[0-9]{1,6}\]|[ ]{0,20}: ))|(?!))",
        "TensorFlow tsl/platform/default/logging.cc; Android logcat -v threadtime",
        "2026-11-20 06:00:00.123456: E external/local_xla/cuda_dnn.cc:9261] Unable to register",
    ),
    LevelPattern(
        "Nest",
        r"\[Nest\] [0-9]{1,9} {1,3}- [0-9/., :]{6,24}(?:[AP]M)? {1,9}"
        rf"‹LOG|ERROR|WARN|DEBUG|VERBOSE|FATAL›{_AFTER}",
        "nestjs/nest packages/common/services/console-logger.service.ts",
        "[Nest] 1  - 11/20/2026, 6:00:00 AM   ERROR [ExceptionsHandler] failed",
    ),
    LevelPattern(
        "Monolog",
        rf"{_STAMPED}[\w-]{{1,60}}\.‹{_CAPITAL}›(?=: )|(?!))",
        "Seldaek/monolog LineFormatter: [%datetime%] %channel%.%level_name%: %message%",
        "[2026-11-20 06:00:00] main.ERROR: failed [] []",
    ),
    LevelPattern(
        "between dashes",
        rf"(?:{_STAMPED}- (?:[\w.-]{{1,200}} - )?|(?!))|[\w.]{{1,200}} - )‹{_CAPITAL}›(?= - |:)",
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
        "NLog",
        rf"[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}} [0-9:.,]{{8,16}}\|‹{_CAPITAL}›(?=\|)",
        "NLog's default layout: ${longdate}|${level:uppercase=true}|${logger}|${message}",
        "2026-11-20 06:00:00.1234|ERROR|App.Scraper|no proxy left",
    ),
    LevelPattern(
        "Prisma",
        rf"prisma:‹error|warn|info›{_AFTER}",
        "prisma packages/client/src/runtime/getPrismaClient.ts: log to the console",
        "prisma:error no proxy left",
    ),
    LevelPattern(
        "logfmt",
        r'(?:[a-z@][\w.]{0,30}=(?:"[^"\n]{0,200}"|[^ "\n]{0,200}) ){0,8}'
        rf'(?:level|lvl|severity)=(?:‹{_NAMED}|err|crit|dbug|eror|warn›|"‹{_NAMED}›")(?:[+-][0-9]{{1,3}})?{_AFTER}',
        "Go's log/slog TextHandler; logrus TextFormatter; go-kit's logger, as Prometheus uses it",
        "time=2026-11-20T06:00:00.000Z level=WARN msg=slow",
    ),
    LevelPattern(
        "Chromium",
        rf"\[[0-9:]{{1,40}}[0-9/.]{{1,40}}:‹{_BARE}›:[\w./]{{1,100}}(?:\([0-9]{{1,6}}\)|:[0-9]{{1,6}})\]",
        "Chromium base/logging.cc: [pid:tid:date/time:LEVEL:file(line)]",
        "[42:87:1120/060000.123456:ERROR:gpu_init.cc(453)] Passthrough is not supported",
    ),
    LevelPattern(
        "a validation error",
        r"[\w.]{0,200}ValidationError: [0-9]{1,6} validation errors? for ",
        "pydantic-core src/errors/validation_exception.rs: fields and their reasons stand below",
        "pydantic_core._pydantic_core.ValidationError: 2 validation errors for ActorInput",
        Level.ERROR,
    ),
    LevelPattern(
        "what was thrown",  # `TypeError: `, `some.module.Error: `; not `lastError: `
        r"[A-Za-z_$](?:(?<=[A-Z])|(?=[\w$]{0,100}\.))[\w$.<>]{0,200}[: ]"
        r"(?:(?<=Error[: ])|(?<=Exception[: ]))"
        rf"(?:\[\w{{1,60}}\]: |(?<=:)(?= )){_NO_VALUE}",
        "Error.prototype.toString; Node's test/fixtures/errors; Python's traceback",
        "TypeError [ERR_INVALID_URL]: Invalid URL",
        Level.ERROR,
    ),
    LevelPattern(
        "what was thrown, in a package",  # a class by its whole name is no field, whatever follows
        r"[a-z]\w{0,60}(?:\.\w{1,60}){0,12}\.[A-Z][\w$]{0,100}"
        rf"(?:(?<=Error)|(?<=Exception))(?:: |{END})",
        "Java's Throwable.toString: the name of the class, and the message if there is one",
        "java.lang.NullPointerException: null",
        Level.ERROR,
    ),
    LevelPattern(
        "what was thrown, inspected",
        r"\[[A-Za-z_$][\w$.]{0,200}(?:(?<=Error)|(?<=Exception))(?: \[\w{1,60}\])?(?:: |\])"
        rf"(?! *{_VALUE}{END})",
        "Node util.inspect of an error without a stack, or with one that is hidden",
        "[AggregateError: All promises were rejected] {",
        Level.ERROR,
    ),
    LevelPattern(
        "what nobody caught",
        r"(?:Uncaught (?=[A-Z'\"(])|Unhandled [Ee]xception(?=[.:] ))",
        "the HTML standard's report of an exception, as browsers print it; Node's REPL; .NET",
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
    LevelPattern(
        "what Ruby raised",
        r"[\w./-]{1,300}\.rb:[0-9]{1,7}:in [`'][^'\n]{1,100}': ",
        "Ruby's error.c error_print",
        "main.rb:3:in `foo': no proxy left (RuntimeError)",
        Level.ERROR,
    ),
    LevelPattern(
        "what Elixir raised",
        r"\*\* \((?:[A-Z][\w.]{0,100}|EXIT from [^)\n]{1,60}|exit|throw)\) ",
        "Elixir's Exception.format_banner",
        "** (RuntimeError) no proxy left",
        Level.ERROR,
    ),
    LevelPattern(
        "a panic of Rust",
        r"thread '[^'\n]{1,100}' (?:\([0-9]{1,9}\) )?panicked at ",
        "rust library/std/src/panicking.rs default_hook",
        "thread 'main' panicked at src/main.rs:2:52:",
        Level.CRITICAL,
    ),
    LevelPattern(
        "a panic of Go",
        rf"(?:(?:panic|fatal error): {_NO_VALUE}|http: panic serving |SIG[A-Z]{{3,5}}: [a-z])",
        "Go runtime/panic.go printpanics, fatalthrow; net/http server.go; runtime/signal_unix.go",
        "panic: runtime error: index out of range [3] with length 3",
        Level.CRITICAL,
    ),
    LevelPattern(
        "the dump of a crash",
        r"(?:# (?:Fatal error in |A fatal error has been detected|There is insufficient memory)"
        r"|<--- Last few GCs --->|Fatal Python error: |terminate called (?:after|without) "
        r"|thread '[^'\n]{1,100}' has overflowed its stack"
        r"|[\w./-]{1,200}:(?<=\.swift:)[0-9]{1,7}: "
        r"(?:Fatal error|(?:Assertion|Precondition) failed)"
        r"|Fatal error: [^\n]{0,400}: file [\w./-]{1,200}\.swift, line [0-9]"
        r"|==[0-9]{1,9}==ERROR: |\*\*\* [a-z ]{1,60} \*\*\*: terminated|double free or corruption"
        r"|(?:free|malloc|realloc|munmap_chunk)\(\): [a-z])",
        "V8 logging.cc; HotSpot vmError.cpp; CPython pylifecycle.c; libstdc++ vterminate.cc; "
        "swift stdlib AssertCommon.swift; compiler-rt's sanitizers; glibc malloc.c, fortify_fail.c",
        "# Fatal error in , line 0",
        Level.CRITICAL,
    ),
    LevelPattern(
        "words of the kernel",
        rf"(?:(?:{_SIGNALS}){END}|\[[0-9]{{1,4}}\][+-]? {{1,9}}(?:{_SIGNALS})(?: |{END})"
        r"|(?:[\w./-]{1,200}: line|(?:/[\w/]{1,40}/)?(?:ba|da|z)?sh:) [0-9]{1,7}:"
        rf" {{1,9}}[0-9]{{1,9}} (?:{_SIGNALS})(?: |{END})|Out of memory: Killed process )",
        "glibc strsignal, as shells print it; mm/oom_kill.c",
        "Segmentation fault (core dumped)",
        Level.CRITICAL,
    ),
    LevelPattern(
        "a compiler's error",
        rf"(?:(?:{_FILE}{_PLACE}(?:fatal )?error(?: [A-Z]{{1,10}}[0-9]{{1,6}})?"
        r"(?:\[[\w:-]{1,60}\])?:"
        rf"|error(?: [A-Z]{{1,10}}[0-9]{{1,6}}|\[[\w:-]{{1,60}}\]):) {_NO_VALUE}"
        rf"|{_PROGRAM}: (?:fatal )?error: {_NO_VALUE}"
        rf"|[A-Z]{{2,12}} : (?:fatal )?error [A-Z]{{1,10}}[0-9]{{1,6}}: "
        rf"|{_FILE}:(?<=\.go:)[0-9]{{1,7}}:[0-9]{{1,7}}: {_NO_VALUE}"
        r"|CMake Error(?: at [\w./-]{1,300}:[0-9]{1,7}[^\n:]{0,60})?:"
        r"|e: (?:file://)?/[\w./-]{1,300}\.kts?:)",
        "TypeScript's formatDiagnostic; rustc; gcc, clang, javac, MSBuild, mypy; GNU's coding "
        "standards (program: error: message); go build; CMake; kotlinc",
        "src/main.ts(12,7): error TS2345: Argument of type 'string' is not assignable",
        Level.ERROR,
    ),
    LevelPattern(
        "a compiler's warning",
        rf"(?:{_FILE}{_PLACE}warning(?: [A-Z]{{1,10}}[0-9]{{1,6}})?:"
        rf"|warning(?: [A-Z]{{1,10}}[0-9]{{1,6}}|\[[\w:-]{{1,60}}\]):) {_NO_VALUE}",
        "the same",
        "main.c:3:5: warning: unused variable 'x'",
        Level.WARN,
    ),
    LevelPattern(
        "errors of builds",
        r"(?:make(?:\[[0-9]{1,3}\])?: \*\*\* |error during build:|(?:docker: )?Error response from "
        r"daemon: |E: (?:Unable to |Failed to |Could not |Package '|Sub-process |Version '"
        r"|Release file )|The command '[^'\n]{1,400}' returned a non-zero code: [0-9])",
        "GNU make; vite build; docker/cli; apt; moby builder/dockerfile/dispatchers.go",
        "make: *** [Makefile:2: all] Error 1",
        Level.ERROR,
    ),
    LevelPattern(
        "after a sign",
        rf" ?[✘✖✗×⨯❌⚠▲!][\ufe0e\ufe0f]? {{1,2}}\[?‹{_NAMED}›(?:\]|(?=: )(?!: {_VALUE}{END}))",
        "esbuild pkg/api: a sign and the kind in brackets; Next.js, listr",
        '✘ [ERROR] Could not resolve "x"',
    ),
    LevelPattern(
        "what was thrown, after a sign",
        r"(?: ?[✘✖✗×⨯❌][\ufe0e\ufe0f]? {1,2}|\[!\] (?:\([^)\n]{1,60}\) )?)"
        rf"(?:[A-Z]\w{{0,60}})?(?:Error|Exception): {_NO_VALUE}",
        "Next.js packages/next/src/build/output/log.ts; rollup cli/logging.ts",
        "⨯ TypeError: x is not a function",
        Level.ERROR,
    ),
    LevelPattern(
        "yarn",
        r"‹error|warning› (?=[A-Z\"]"
        r"|[\w@./-]{1,100}(?:\.\w{1,10}(?=[ :,])|(?: > [\w@./-]{1,100}){0,9}@[0-9^~]))",
        "yarn 1 src/reporters/console/console-reporter.js",
        "error Command failed with exit code 1.",
    ),
    LevelPattern(
        "PHP's fatal errors",
        r"(?:PHP )?(?:Fatal error|Parse error|Recoverable fatal error): ",
        "php main/main.c php_error_cb",
        "PHP Fatal error:  Uncaught Exception: failed in /app/main.php:3",
        Level.CRITICAL,
    ),
    LevelPattern(
        "PHP's warnings",
        r"PHP (?:Warning|Deprecated|Notice): ",
        "the same",
        "PHP Warning:  Undefined variable $x in /app/main.php on line 3",
        Level.WARN,
    ),
    *(
        LevelPattern(
            f"{level.name} and a colon",
            f"(?:{words}): {_NO_VALUE}",
            "winston.format.simple (level: message); git, pip and docker; Apify's own tools; "
            "Microsoft.Extensions.Logging.Console (fail, crit, dbug, trce)",
            f"{level.name.lower()}: failed to solve",
            level,
        )
        for level, words in (
            (Level.ERROR, "[Ee]rror|fail|severe"),
            (Level.WARN, "[Ww]arn(?:ing)?"),
            (Level.INFO, "[Ii]nfo|notice"),
            (Level.DEBUG, "[Dd]ebug|dbug|trce|trace|verbose"),
            (Level.CRITICAL, "[Ff]atal|[Cc]ritical|crit|alert|emerg(?:ency)?"),
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
        r"Exception in thread [^ \"\n]",
        "Python threading.excepthook",
        "Exception in thread Thread-1 (work):",
        Level.ERROR,
    ),
    LevelPattern(
        "errors of Java's threads",
        r"Exception in thread \"",
        "Java's ThreadGroup.uncaughtException",
        'Exception in thread "main" java.io.IOException: closed',
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
        "tracing's lines for people",
        r"  [0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{3,9}Z {1,2}"
        r"‹ERROR|WARN|INFO|DEBUG|TRACE›(?= )",
        "tokio-rs/tracing tracing-subscriber/src/fmt/format/pretty.rs",
        "  2026-11-20T06:00:00.123456Z ERROR app::fetch: no proxy left",
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
    LevelPattern(
        "JSON, at any key",
        r'\{ ?"',
        "structlog's JSONRenderer, logstash-logback-encoder, google-cloud-logging, Nest: see "
        "`json_level`",
        '{"event":"request failed","level":"error"}',
    ),
)
"""Every form in which a level is read, the commonest first."""

LEVEL_OF_WORD = {
    form: level
    for word, level in LEVEL_WORDS.items()
    for plain in (word, word.lower(), word.capitalize(), f"{word}0")
    for form in (plain, f'"{plain}"')
} | _SHORT_WORDS
"""The level for each text that a pattern's `‹…›` can match."""

MAX_JSON = 65_536
"""Characters of a JSON line in which its level is looked for."""

_COLOUR = r"(?:\\u001b\[[0-9;]{0,12}m)?"
_JSON_LEVEL = re.compile(
    r'[{,] ?"(?:log" ?: ?\{ ?"level|(?:@|log[._-]?)?level(?:_?name)?|severity(?:_?text)?|lvl|@?l)"'
    rf' ?: ?(?:"{_COLOUR}([A-Za-z_]{{1,12}}|[1-6]0|[1-6][05]0)(?:[+-][0-9]{{1,3}})?{_COLOUR}"'
    r"|([1-6]0|[1-6][05]0)(?:\.0)?(?=[ ,}])"
    r'|\{(?=[^{}\n]{0,200}"no" ?: ?[0-9])[^{}\n]{0,200}?"name" ?: ?"([A-Z]{1,12})")',
    re.IGNORECASE,
)
_MONOLOG = {
    "100": Level.DEBUG,
    "200": Level.INFO,
    "250": Level.INFO,
    "300": Level.WARN,
    "400": Level.ERROR,
    "500": Level.CRITICAL,
    "550": Level.CRITICAL,
    "600": Level.CRITICAL,
}
"""Monolog's numbers (Seldaek/monolog src/Monolog/Level.php)."""
_STRING = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"?')
_JSON_WORDS = {
    **{word.lower(): level for word, level in LEVEL_WORDS.items()},
    **{f"{word}0": level for word, level in LEVEL_WORDS.items() if word.isdigit()},
    **{word.lower(): level for word, level in _SHORT_WORDS.items() if len(word) > 1},
    **_MONOLOG,
    "information": Level.INFO,
    "silly": Level.DEBUG,
}


def json_level(text: str) -> Level | None:
    """Return the level that a line of JSON holds at one of the usual keys; None for none.

    `text` begins with the JSON. Only a key of the outermost object counts, or
    `level` in an object `log` (ECS), or an object with a name and a number in
    `record` (loguru). Words are those of all loggers; numbers are those of pino,
    bunyan and Monolog.
    """
    text = text[:MAX_JSON]
    at = 0
    while found := _JSON_LEVEL.search(text, at):
        depth = _depth(text[: found.start()]) + (found[0][0] == "{")
        if depth == 1 or (depth == 2 and found[3]):
            return _JSON_WORDS.get((found[1] or found[2] or found[3]).lower())
        at = found.end()
        if at > 4096:  # each one costs a count of what is before it
            return None
    return None


def _depth(text: str) -> int:
    """Return how many objects and lists are open at the end of the beginning of some JSON."""
    if text.count("{") == 1 and "}" not in text and "[" not in text:
        return 1
    text = _STRING.sub("", text)
    return text.count("{") - text.count("}") + text.count("[") - text.count("]")


class LineMatcher:
    """One expression for the beginnings of lines, with groups for each form in it.

    Group 1 is the child run that printed the line, group 2 a logger's own stamp.
    """

    def __init__(self, patterns: Sequence[LevelPattern], others: Sequence[str] = ()) -> None:
        """Match level `patterns`, and the beginnings `others`, which hold no groups."""
        self.form_of = [-1, -1, -1]
        """For each group, the index of its pattern in `patterns` + `others`; -1 for none."""
        levels: list[str] = []
        for number, pattern in enumerate(patterns):
            words = pattern.pattern.count("‹")
            # Where there is no word, an empty group marks the pattern.
            form = pattern.pattern if words else f"(?:{pattern.pattern})‹›"
            levels.append(form.replace("‹", "(").replace("›", ")"))
            self.form_of += [number] * max(words, 1)
        self.form_of += range(len(patterns), len(patterns) + len(others))
        self._forms = "|".join(
            [f"{OWN_STAMP}(?:{'|'.join(levels)})", *(f"(?:{other})()" for other in others), ""]
        )

    # Compiled when first used: some 20 milliseconds each, which the first screen need not wait for.

    @cached_property
    def _usual(self) -> re.Pattern[str]:
        return re.compile(f"\n{_STAMPS}(?:(?!)()|){_STEP}(?:{self._forms})")

    @cached_property
    def _nested(self) -> re.Pattern[str]:
        return re.compile(f"\n{_STAMPS}{_CHILD}{_STEP}(?:{self._forms})")

    def read(self, text: str) -> Iterator[re.Match[str]]:
        r"""Return a match for each line of a page (lines joined with `\n`).

        `form_of[match.lastindex]` is the form; `lastindex` may be None.
        """
        expression = self._nested if ARROW in text else self._usual
        return expression.finditer("\n" + text)


def rest_of_line(found: re.Match[str], group: int) -> str:
    """Return a line from where `group` of its match begins, `MAX_JSON` characters at most."""
    start = found.start(group) - 2  # the empty group stands behind the bracket and the quote
    while found.string[start] != "{":
        start -= 1
    end = found.string.find("\n", start, start + MAX_JSON)
    return found.string[start : end if end >= 0 else start + MAX_JSON]


_MATCHER = LineMatcher(LEVEL_PATTERNS)
_FIXED = {
    group: 0 if form < 0 else int(LEVEL_PATTERNS[form].level or 0)
    for group, form in enumerate(_MATCHER.form_of)
    if form < 0 or LEVEL_PATTERNS[form].level
}
JSON_FORM = len(LEVEL_PATTERNS) - 1
"""The index of the pattern whose level `json_level` reads."""

_JSON_GROUP = _MATCHER.form_of.index(JSON_FORM)


def level_of(text: str) -> Level | None:
    """Return the level of one line's visible text, its stamp included; None where it has none.

    The line by itself: in a log it may be part of an entry that others begin
    (see `grouping`).
    """
    level = _levels(text.partition("\n")[0])[0]
    return Level(level) if level else None


def word_span(text: str) -> tuple[int, int] | None:
    """Return where the word for the level stands in one line's visible text; None for no word."""
    found = next(_MATCHER.read(text.partition("\n")[0]))
    group = found.lastindex or 0
    if _MATCHER.form_of[group] < 0 or not found[group]:
        return None
    start, end = found.span(group)
    return start - 1, end - 1  # the matcher adds a line break before the text


class LevelMatch(NamedTuple):
    """Where a line has its level."""

    form: str
    """The name of its `LevelPattern`."""
    own_stamp: int
    """Where the text begins behind a logger's own stamp."""
    start: int
    end: int
    """The word for the level; empty, and behind the form, where there is none."""


def match_level(text: str) -> LevelMatch | None:
    """Return where one line's visible text has its level; None for a line without one."""
    found = next(_MATCHER.read(text.partition("\n")[0]))
    group = found.lastindex or 0
    form = _MATCHER.form_of[group]
    if form < 0 or (form == JSON_FORM and json_level(rest_of_line(found, group)) is None):
        return None
    start, end = found.span(group)
    return LevelMatch(LEVEL_PATTERNS[form].name, max(found.end(2) - 1, 0), start - 1, end - 1)


def _levels(text: str) -> bytes:
    """Return one number for each line: its level, or 0."""
    return bytes(
        _FIXED[group]
        if (group := found.lastindex or 0) in _FIXED
        else LEVEL_OF_WORD[found[group]]
        if group != _JSON_GROUP
        else json_level(rest_of_line(found, group)) or 0
        for found in _MATCHER.read(text)
    )
