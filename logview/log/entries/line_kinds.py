"""Classify lines: what the beginning of a line says about the entry that it belongs to.

One expression for a whole page. The forms of `levels.LEVEL_PATTERNS` begin an
entry, those of `LINE_PATTERNS` mostly continue one; what a kind means depends on
the lines before, and is decided in `grouping`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import IntEnum
from itertools import repeat
from typing import TYPE_CHECKING, NamedTuple

from logview.log.entries.level import Level
from logview.log.entries.level_patterns import (
    END,
    JSON_FORM,
    LEVEL_OF_WORD,
    LEVEL_PATTERNS,
    OWN_STAMP,
    STAMP,
    LineMatcher,
    json_level,
    rest_of_line,
)
from logview.text.timestamps import SIZE, milliseconds

if TYPE_CHECKING:
    from collections.abc import Iterable


class LineKind(IntEnum):
    """What a line looks like by itself."""

    PLAIN = 0
    DEBUG = 1
    INFO = 2
    WARN = 3
    LOGGED_WARNING = 4
    """A warning of Python's own `logging`, which may print a traceback below it, not indented."""
    ERROR = 5
    CRITICAL = 6
    BARE_WARNING = 7
    """`WARN  …` of a JavaScript logger: complete with the JSON at its end."""
    BARE_ERROR = 8
    OPEN_WARNING = 9
    """The same without JSON: the message may go on below, unmarked."""
    OPEN_ERROR = 10
    WEAK_WARNING = 11
    """`warning: …`: also printed within what a logger reports of another program."""
    WEAK_ERROR = 12
    WEAK_CRITICAL = 13
    CHROMIUM_INFO = 14
    CHROMIUM_WARNING = 15
    CHROMIUM_ERROR = 16
    CHROMIUM_FATAL = 17
    DEBUG_TRACEBACK = 18
    """A logged line that ends with the head of a traceback."""
    INFO_TRACEBACK = 19
    WARN_TRACEBACK = 20
    ERROR_TRACEBACK = 21
    CRITICAL_TRACEBACK = 22
    PLATFORM = 23
    """`ACTOR: …`, or a step of a build: no level, but nothing goes on with it by chance."""
    NPM_ERROR = 24
    NPM_PIECE = 25
    """`npm` or `ERR!` alone: npm wrote one line in several pieces."""
    COMPILER_WARNING = 26
    COMPILER_ERROR = 27
    THROWN = 28
    """`TypeError: …`, what was thrown, as a line of its own."""
    THROWN_FIELDS = 29
    """The same of pydantic: the names of fields follow."""
    NAME = 30
    """`KeyboardInterrupt`: may be the last line of a traceback."""
    PLAIN_ERROR = 31
    """A line without a level that has `Error: ` in it: a stack may follow its message."""
    TRACEBACK = 32
    CHAINED = 33
    """What Python writes between two tracebacks."""
    LOCATION = 34
    """Node's file and line of an uncaught error."""
    NODE_VERSION = 35
    """`Node.js v22.1.0`, Node's last words."""
    CONTEXT = 36
    """`future: <Task …>`, `Require stack:`: what is added to an error, on lines of their own."""
    CALLS = 37
    """`=== logs ===`, before what a browser did."""
    RULE = 38
    BLANK = 39
    INDENTED = 40
    AT = 41
    """Indented `at …`: a frame of a stack, if its rest looks like one."""
    PYTHON_FRAME = 42
    INNER_TRACEBACK = 43
    """The head of a traceback that is indented, as Apify's formatters do it."""
    SHIFTED_TRACEBACK = 44
    """The head alone is indented, by one blank; its frames stand as usual."""
    CARET = 45
    TAIL = 46
    """`}`, `│`, `Call log:` and others that never begin anything."""
    OPENING = 47
    """`{`, `['…`: goes on with a line that ends with a colon."""
    BOX = 48
    """The upper edge of a drawn box or table: goes on with a logged line."""
    TABLE_ROW = 49
    MEMBER = 50
    """`"key": …`: goes on with a line that ends with a comma or an opening bracket."""
    NUMBERED = 51
    """`12 | code`: the source below a compiler's error."""
    NOTE = 52
    """`note: …`, `stack backtrace:`: goes on with a compiler's or Rust's error."""
    PANIC = 53
    GO_LINE = 54
    """A function or goroutine in a dump of Go."""
    EXIT_STATUS = 55
    RUST_PANIC = 56
    DUMP = 57
    """The head of a crash's own dump: V8's, the JVM's, CPython's."""
    DUMP_FATAL = 58
    """`FATAL ERROR: …`: begins a dump, or goes on with one."""
    DUMP_LINE = 59
    ARROW = 61
    """`  --> file:line`, below a compiler's message."""
    KERNEL = 60
    """`Segmentation fault (core dumped)`, `Killed`."""
    UNCAUGHT = 62
    """What Java prints of what nobody caught: never part of an entry above, and its message may
    have several lines before its stack."""
    NAMED = 64
    """`some.module.Name: …`: likewise, or what was thrown, if a stack follows."""
    BANNER = 63
    """`** (RuntimeError) …`: what Elixir raised, also below the line that it logs of it."""


@dataclass(frozen=True, slots=True)
class LinePattern:
    """One way for a line to begin."""

    kind: LineKind
    pattern: str
    source: str


LINE_PATTERNS = (
    LinePattern(LineKind.BLANK, END, "a line without text begins nothing"),
    LinePattern(LineKind.BLANK, f"[ \\t]{{1,500}}{END}", "the same"),
    LinePattern(
        LineKind.SHIFTED_TRACEBACK,
        r" Traceback \(most recent call last\):",
        "crawlee-python _basic_crawler.py _handle_failed_request: a line break, a blank, the text",
    ),
    LinePattern(
        LineKind.INNER_TRACEBACK,
        r"[ \t]{1,200}(?:\+ Exception Group )?Traceback \(most recent call last\):",
        "crawlee-python _log_config.py: textwrap.indent of the traceback, six spaces",
    ),
    LinePattern(
        LineKind.CARET,
        rf"[ \t]{{1,500}}\^{{1,500}}[ \t]{{0,99}}{END}",
        "Node's test/fixtures/errors: under the line of source",
    ),
    LinePattern(LineKind.CARET, rf"\^{{1,500}}{END}", "the same"),
    LinePattern(
        LineKind.AT, r"[ \t]{1,60}at|\tfrom ", "V8's stacks, Java's, .NET's, Ruby's: see `FRAME`"
    ),
    LinePattern(LineKind.PYTHON_FRAME, '[ \\t]{1,60}File "', "Python's traceback module"),
    LinePattern(LineKind.ARROW, r" {1,9}--> ", "rustc's and ruff's diagnostics"),
    LinePattern(
        LineKind.INDENTED, r"[ \t]", "stacks, tracebacks, pretty-printed values, pieces of a line"
    ),
    LinePattern(
        LineKind.TAIL,
        r"stack traceback:|#[0-9]{1,4} (?: {3,9}[^\n(]{1,300} \(|0x[0-9a-f]"
        r"|/[^\n(]{1,300}\([0-9]{1,7}\): |\{main\}|\[internal function\])",
        "chromedriver's stacks, as Selenium prints them; PHP's, Lua's, Dart's",
    ),
    LinePattern(
        LineKind.DUMP_LINE,
        r"#(?![0-9])|-----? Native stack trace|<--- |==== JS |\[[0-9]{1,9}:0x|Current thread 0x|"
        r"Thread 0x|Extension modules: |Python runtime state: |<no Python frame>"
        r"|(?:💣|\*\*\*) Program crashed: |Thread [0-9]{1,6} (?:\"[^\"\n]{0,60}\" )?crashed:"
        r"|Current stack trace:|[0-9]{1,3} {2,8}[^\s]{1,200} {1,60}0x[0-9a-f]{4,16} |Registers:",
        "V8 src/base/logging.cc, Node's report of a heap that is full, HotSpot, faulthandler, "
        "Swift's Runtime/Backtrace",
    ),
    LinePattern(
        LineKind.PLATFORM,
        r"ACTOR: |#[0-9]{1,6} ",
        "the Apify platform; moby/buildkit util/progress/progressui/printer.go",
    ),
    LinePattern(
        LineKind.CALLS,
        rf"===={{0,60}} logs ={{3,60}}{END}",
        "playwright, its older errors: what the browser did",
    ),
    LinePattern(LineKind.RULE, rf"=========={{0,200}}{END}", "the same, at the end"),
    LinePattern(
        LineKind.TAIL,
        rf"\"?[}}\])]|\"\"\"{END}",
        "closing brackets: JSON.stringify, util.inspect, pprint, Monolog; Python's "
        "concurrent/futures/process.py, around a traceback",
    ),
    LinePattern(
        LineKind.TAIL,
        r"\[(?:stacktrace\]|previous exception\]|SQL: |parameters: |generated in |cached since )",
        "Monolog's LineFormatter; SQLAlchemy's StatementError",
    ),
    LinePattern(
        LineKind.TAIL,
        r"For more information about this error, try `|Some errors have detailed explanations: ",
        "rustc compiler/rustc_errors",
    ),
    LinePattern(
        LineKind.TAIL, r"[│├└┃┣┗╞╘║╟╠╙╚╰╿]", "tables of Crawlee's statistics; pip's errors"
    ),
    LinePattern(LineKind.TAIL, "Call log:", "playwright, its newer errors: what the browser did"),
    LinePattern(
        LineKind.TAIL,
        r"(?:Stacktrace|Backtrace|Stack (?:back)?trace|Error thrown at|For more information check):"
        rf"(?:{END}| http)",
        "Selenium's exceptions, PHP's, Crawlee's BrowserLaunchError, httpx's HTTPStatusError",
    ),
    LinePattern(
        LineKind.TAIL,
        r"\(Use `[^`\n]{0,60}--trace-|\(Background on this error at: ",
        "Node's test/fixtures/errors: how to learn where it was thrown, or warned; SQLAlchemy",
    ),
    LinePattern(LineKind.TAIL, r"Emitted 'error' event |Thrown at:", "Node's test/fixtures/errors"),
    LinePattern(
        LineKind.TAIL, "--- <exception caught here> ---", "Twisted's Failure, as Scrapy logs it"
    ),
    LinePattern(
        LineKind.TAIL, '> File "', "loguru _better_exceptions.py: the frame that caught it"
    ),
    LinePattern(
        LineKind.TAIL,
        rf"(?:Caused by|Suppressed):(?: |{END})",
        "Java's Throwable.printStackTrace; Rust's anyhow",
    ),
    LinePattern(
        LineKind.BOX,
        r"[┌┍┎┏╒╓╔╭]|\+[-=]{2,300}[+-]",
        "playwright's hints, Crawlee's statistics, rich, prettytable",
    ),
    LinePattern(LineKind.TABLE_ROW, r"\|[ -]", "prettytable, tabulate"),
    LinePattern(
        LineKind.OPENING,
        rf"\{{|\[(?=['\"\[\]{{0-9]|{END})",
        "Scrapy's settings and stats: below the line that names them",
    ),
    LinePattern(LineKind.MEMBER, r'"[^"\n]{1,200}" ?:', "JSON that was broken over several lines"),
    LinePattern(
        LineKind.CHAINED,
        "During handling of the above exception, another exception occurred:",
        "Python's traceback module, _context_message",
    ),
    LinePattern(
        LineKind.CHAINED,
        "The above exception was the direct cause of the following exception:",
        "Python's traceback module, _cause_message",
    ),
    LinePattern(
        LineKind.CONTEXT,
        r"[cfhpst](?:onnections?|lient_session|uture|andle|rotocol|erver|ask|ransport): [<\[]",
        "Python asyncio base_events.py default_exception_handler",
    ),
    LinePattern(
        LineKind.CONTEXT,
        rf"Require stack:{END}|- [/.][^ \n]|Module (?:not found|build failed|parse failed)[ :(]"
        r"|Last message(?: \(from [^\n]{1,80}\))?: |State: |Function: [#&]|Initial Call: "
        r"|Ancestors: \[",
        "Node lib/internal/modules/cjs/loader.js, who asked for a module that is not there; "
        "webpack; Elixir's Logger.Translator",
    ),
    LinePattern(
        LineKind.NODE_VERSION,
        rf"Node\.js v[0-9]{{1,3}}\.[^ \n]{{1,60}}{END}",
        "Node's test/fixtures/errors: the last line of an uncaught error",
    ),
    LinePattern(LineKind.NPM_PIECE, f"npm ?{END}", "npmlog, as in the level's form"),
    LinePattern(LineKind.EXIT_STATUS, rf"exit status [0-9]{{1,3}}{END}", "go run"),
    LinePattern(
        LineKind.NOTE,
        rf"(?:[\w@./\\+~-]{{1,300}}:[0-9]{{1,7}}(?::[0-9]{{1,7}})?: )?(?:note|help): "
        rf"|stack backtrace:{END}",
        "rust library/std/src/panicking.rs; rustc, gcc",
    ),
    LinePattern(
        LineKind.GO_LINE,
        r"goroutine [0-9]{1,9} |created by |\[signal |PC=0x|"
        r"[\w./*$%~-]{1,200}\(",
        "Go runtime/traceback.go",
    ),
    LinePattern(
        LineKind.NAME,
        rf"[A-Za-z_][\w.<>]{{0,200}}{END}",
        "Python's traceback module, format_exception_only: any name of a class",
    ),
    LinePattern(LineKind.NAMED, r"[A-Za-z_][\w.<>]{0,200}:(?![^ \n])", "the same, with a message"),
    LinePattern(
        LineKind.NAME,
        rf"[A-Za-z_][\w.-]{{0,200}}[\[`][^\n]{{0,200}}[\]`]{END}",
        "pydantic's names of fields with a type: `items.0.list[str]`",
    ),
    LinePattern(LineKind.NUMBERED, r"[0-9]{1,6}(?: |\|)", "TypeScript's and rustc's excerpts"),
)
"""The beginnings of lines without a level that matter to their entry."""

DETACHED = 128
"""Added to the kind of a line that another child run printed than the line before, or much later:
it goes on with nothing."""

LATE = 1000
"""Milliseconds after which an indented line no longer goes on with the line before."""

NEAR = 3
"""Milliseconds within which lines were printed at one go."""

UNDECIDED = 2000
"""Milliseconds after which a message that may go on is over."""


class Traits:
    """Flags of a line that few lines need, so that they are found out when they are asked for."""

    CHECKED = 1 << 8
    NEAR = 1 << 9
    """Its stamp is at most `NEAR` milliseconds from that of the line before."""
    FAR = 1 << 10
    """Both have stamps, and they are further apart."""
    LATE = 1 << 11
    """Its stamp is more than `UNDECIDED` milliseconds behind."""
    CLOSES = 1 << 12
    """It ends with the JSON of a request, which a JavaScript logger writes behind a message."""
    FRAME = 1 << 13
    """It is a frame of a stack."""
    EARLIER = 1 << 14
    """Its stamp is before that of the line above, so that it goes on with something else."""
    GO_PLACE = 1 << 15
    """It is the file and line of a function in a stack of Go's."""


FRAME = re.compile(
    r"[ \t]at (?:[^\n]{0,600}?(?:[^\s0-9]:[0-9]{1,7}:[0-9]{1,7}\)?(?:$|[\s,{])|\(<anonymous>\)"
    r"|\(native\)|:line [0-9])|(?:async )?[\w$.<>`+,\[\]/@-]{1,300}\([^()\n]{0,300}\)(?:$|[\s~]))"
    r"|\tfrom [^\s:]{1,400}:[0-9]{1,7}:in "
)
"""A frame as V8, Java, .NET or Ruby write it."""

_AT = re.compile(r"[ \t]at |\tfrom ")
_GO_PLACE = re.compile(
    r"[^\s:]{0,400}(?::[^\s:]{1,400})?\.(?:go|s):[0-9]{1,7}(?: \+0x[0-9a-f]{1,8})?"
)
_PLACE = re.compile(r"[^\s0-9]:[0-9]{1,7}:[0-9]{1,7}\)?$")
"""How most frames of V8 end."""

_SECOND = 19
"""Characters of a stamp up to its second."""

_OF_FORM = {
    "npm's errors": LineKind.NPM_ERROR,
    "a piece of npm's": LineKind.NPM_ERROR,
    "what was thrown": LineKind.THROWN,
    "what was thrown, inspected": LineKind.THROWN,
    "what was thrown, in a package": LineKind.THROWN,
    "errors of Java's threads": LineKind.UNCAUGHT,
    "what was thrown, after a sign": LineKind.THROWN,
    "a validation error": LineKind.THROWN_FIELDS,
    "what nobody caught": LineKind.THROWN,
    "what Ruby raised": LineKind.THROWN,
    "what Elixir raised": LineKind.BANNER,
    "a rejection": LineKind.THROWN,
    "a traceback": LineKind.TRACEBACK,
    "a framed traceback": LineKind.TRACEBACK,
    "where it was thrown": LineKind.LOCATION,
    "where in Node it was thrown": LineKind.LOCATION,
    "errors that Python ignores": LineKind.LOGGED_WARNING,
    "a compiler's error": LineKind.COMPILER_ERROR,
    "a compiler's warning": LineKind.COMPILER_WARNING,
    "a panic of Go": LineKind.PANIC,
    "a panic of Rust": LineKind.RUST_PANIC,
    "the dump of a crash": LineKind.DUMP,
    "what V8 says of its end": LineKind.DUMP_FATAL,
    "words of the kernel": LineKind.KERNEL,
}
"""The kinds of those forms of levels that are more than a level."""

_WEAK = {
    "WARN": LineKind.WEAK_WARNING,
    "ERROR": LineKind.WEAK_ERROR,
    "CRITICAL": LineKind.WEAK_CRITICAL,
}
_BARE = {"WARN": LineKind.BARE_WARNING, "ERROR": LineKind.BARE_ERROR}
_CHROMIUM = {
    "DEBUG": LineKind.CHROMIUM_INFO,
    "INFO": LineKind.CHROMIUM_INFO,
    "WARN": LineKind.CHROMIUM_WARNING,
    "ERROR": LineKind.CHROMIUM_ERROR,
    "CRITICAL": LineKind.CHROMIUM_FATAL,
}
_TRACEBACKS = {
    LineKind.PLAIN: LineKind.TRACEBACK,
    LineKind.NAME: LineKind.TRACEBACK,
    LineKind.NAMED: LineKind.TRACEBACK,
    LineKind.DEBUG: LineKind.DEBUG_TRACEBACK,
    LineKind.INFO: LineKind.INFO_TRACEBACK,
    **dict.fromkeys(
        (LineKind.WARN, LineKind.LOGGED_WARNING, LineKind.BARE_WARNING, LineKind.WEAK_WARNING),
        LineKind.WARN_TRACEBACK,
    ),
    **dict.fromkeys(
        (LineKind.ERROR, LineKind.BARE_ERROR, LineKind.WEAK_ERROR), LineKind.ERROR_TRACEBACK
    ),
    LineKind.CRITICAL: LineKind.CRITICAL_TRACEBACK,
}
"""What a line is that ends with the head of a traceback."""

_OPEN = {
    LineKind.BARE_WARNING: LineKind.OPEN_WARNING,
    LineKind.BARE_ERROR: LineKind.OPEN_ERROR,
}
_TRACEBACK_HEAD = "Traceback (most recent call last):"

_MATCHER = LineMatcher(LEVEL_PATTERNS, [pattern.pattern for pattern in LINE_PATTERNS])


_OF_LEVEL = {level: int(LineKind[level.name]) for level in Level}
_OF_LEVEL_WORD = {word: _OF_LEVEL[level] for word, level in LEVEL_OF_WORD.items()}


def _words_of(name: str) -> dict[str, int]:
    """Return the kind for each word that the form `name` may hold."""
    special = {"bare": _BARE, "Chromium": _CHROMIUM}.get(name)
    if special is None:
        return _OF_LEVEL_WORD | dict.fromkeys(("WARNING", "warning"), int(LineKind.LOGGED_WARNING))
    of_level = {level: int(special[level.name]) for level in Level if level.name in special}
    return {
        word: of_level.get(level, _OF_LEVEL_WORD[word]) for word, level in LEVEL_OF_WORD.items()
    }


def _fixed_kind(form: int) -> int | None:
    """Return the kind of lines of a form; None where a word of the line decides."""
    if form < 0:
        return LineKind.PLAIN
    if form >= len(LEVEL_PATTERNS):
        return LINE_PATTERNS[form - len(LEVEL_PATTERNS)].kind
    pattern = LEVEL_PATTERNS[form]
    if pattern.level is None:
        return None
    if pattern.name.endswith(" and a colon") and pattern.level.name in _WEAK:
        return _WEAK[pattern.level.name]
    return _OF_FORM.get(pattern.name, LineKind[pattern.level.name])


_OF_GROUP = {
    group: int(kind)
    for group, form in enumerate(_MATCHER.form_of)
    if (kind := _fixed_kind(form)) is not None
}
_OF_WORD = {
    group: _words_of(LEVEL_PATTERNS[form].name)
    for group, form in enumerate(_MATCHER.form_of)
    if group not in _OF_GROUP and form != JSON_FORM
}
_JSON_GROUP = _MATCHER.form_of.index(JSON_FORM)
_STAMPED_SECOND = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.")
_HEAD = slice(23, 31)
"""The last character of a stamp, its space, and the first six of the text."""

_DEBUG, _BARE_ERROR = int(LineKind.DEBUG), int(LineKind.BARE_ERROR)
_UNKNOWN = 255


_OF_HEAD = {
    f"Z {head}": kind
    for head, kind in {
        "INFO  ": int(LineKind.INFO),
        "DEBUG ": _DEBUG,
        "WARN  ": int(LineKind.BARE_WARNING),
        "ERROR ": _BARE_ERROR,
        "PERF  ": int(LineKind.DEBUG),
        "    at": int(LineKind.AT),
    }.items()
}
"""How most lines of Actors begin; so many characters give what the expression would."""

_SECOND_WORD = slice(31, 33)

_STAMP_DIGITS = b"0000-00-00T00:00:00.000Z"
_STAMP_SIZE = len(_STAMP_DIGITS)
_DIGITS = bytes.maketrans(b"0123456789", b"0" * 10)
"""Makes all digits zeros, so that stamps compare at one go."""


_FIRST = re.compile(
    rf"\n(?:{STAMP} )?([A-Za-z]+ [^\n-]|\[[A-Za-z_][^\]\n ]{{0,100}}\] (?:INFO|WARN|ERROR|DEBUG) "
    r"[^\n]{0,2}| {2,60}[\w\"'(]{2}|[^\x00-\x7f]|)"
)
"""What of many lines shows their kind whatever follows; an empty group for other lines."""

_SOURCES = [
    OWN_STAMP,
    *(pattern.pattern for pattern in LEVEL_PATTERNS),
    *(pattern.pattern for pattern in LINE_PATTERNS),
]
_WORDS = {
    word for run in re.findall("[A-Za-z]+", " ".join(_SOURCES)) for word in (run, run[1:], run[2:])
}
"""All words in the patterns, and without their first letters, which may belong to an escape or
stand in a set."""

_SIGNS = frozenset("".join((*_SOURCES, "\ufeff")))
"""All characters of the patterns, and the byte order mark, which may stand before any of them."""

_INDENTED_WORDS = ("at", "Fi", "Tr")
_MOST_FIRST = 4096


class _KindOfFirst(dict[str, int]):
    """The kinds by what `_FIRST` finds; `_UNKNOWN` where what follows decides."""

    def __missing__(self, first: str) -> int:
        if len(self) > _MOST_FIRST:
            self.clear()
        known = _is_decided(first)
        kind = self[first] = _by_form(_MATCHER.read(f"{first}x"))[0] if known else _UNKNOWN
        return kind


def _is_decided(first: str) -> bool:
    """Return whether no text that follows changes the kind of a line that begins so."""
    if first[:1] == "[":
        # Behind one blank a word in capitals, or a sign, may go on as the name of a field.
        return first[-2:-1] == " " or first[-2:].islower()
    if first[:1] == " ":
        # Behind many blanks, which may stand for a time, a word in capitals may be a level.
        if first[:2] == "  " and first[2:].isdigit():
            return False  # a stamp, as tracing indents it
        return first[-2:] not in _INDENTED_WORDS and (len(first) < 11 or not first[-2:].isupper())
    if len(first) == 1:
        return first not in _SIGNS and not first.isalnum()
    word = first[:-2]
    if first.endswith(":"):
        return False  # MSBuild's `CSC : error …`
    known = word in _WORDS or word[1:] in _WORDS or word.endswith(("Error", "Exception"))
    return bool(word) and not known


_OF_FIRST = _KindOfFirst({"": _UNKNOWN})

_GOES_ON_AFTER: dict[int, str] = {
    LineKind.OPENING: ":",
    LineKind.BOX: ":",
    LineKind.MEMBER: ",{[(",
}


class PageKinds(NamedTuple):
    """The kinds of a page's lines."""

    kinds: bytearray
    """One for each line, with `DETACHED`; the first may still be OPENING, BOX or MEMBER."""
    lines: list[str]
    first_child: str
    """The child run that printed the first line; empty for the run itself."""
    last_child: str
    end: str
    """Last character of the page's last line that is no space."""
    first_stamp: str
    """Where the stamp of the first line would stand."""
    last_stamp: str


def classify_page(text: str, lines: list[str] | None = None) -> PageKinds:
    r"""Classify each line of a page (its `lines`, joined with `\n`)."""
    if lines is None:
        lines = text.split("\n")
    nested = ">" in text and "-> " in text  # a single character is found far faster
    if nested:
        matches = list(_MATCHER.read(text))
        kinds = _by_form(matches)
        children = [line[1] or "" for line in matches]
    else:
        kinds, children = _by_head(lines), []
    _mark_tracebacks(text, kinds)
    _mark_errors(text, kinds)
    for kind, opened in _OPEN.items():
        at = kinds.find(kind)
        while at >= 0:
            if lines[at][-1:] != "}" and lines[at].rstrip()[-1:] != "}":
                kinds[at] = opened
            at = kinds.find(kind, at + 1)
    if any(kinds.find(kind, 1) > 0 for kind in _GOES_ON_AFTER):
        for at in range(1, len(kinds)):
            if kinds[at] in _GOES_ON_AFTER:
                kinds[at] = resolve_kind(kinds[at], last_character(lines[at - 1]))
    for kind in (LineKind.INDENTED, LineKind.AT):
        at = kinds.find(kind, 1)
        while at > 0:
            if is_late(lines[at - 1], lines[at]):
                kinds[at] |= DETACHED
            at = kinds.find(kind, at + 1)
    for at in range(1, len(children)):
        if children[at] != children[at - 1]:
            kinds[at] |= DETACHED
    first, last = (children[0], children[-1]) if children else ("", "")
    stamps = lines[0][:SIZE], lines[-1][:SIZE]
    return PageKinds(kinds, lines, first, last, last_character(text), *stamps)


def _by_form(lines: Iterable[re.Match[str]]) -> bytearray:
    return bytearray(
        _OF_GROUP[group]
        if (group := line.lastindex or 0) in _OF_GROUP
        else _OF_WORD[group][line[group]]
        if group != _JSON_GROUP
        else _json_kind(line, group)
        for line in lines
    )


def _json_kind(line: re.Match[str], group: int) -> int:
    level = json_level(rest_of_line(line, group))
    return LineKind.OPENING if level is None else LineKind[level.name]


def _by_head(lines: list[str]) -> bytearray:
    """Classify most lines by their first characters, at a fifth of the cost."""
    heads = [line[_HEAD] for line in lines]
    kinds = bytearray(map(_OF_HEAD.get, heads, repeat(_UNKNOWN)))
    for kind in (_DEBUG, _BARE_ERROR):
        # Behind one blank a word in capitals, or a sign, may go on as the name of a field.
        at = kinds.find(kind)
        while at >= 0:
            if not lines[at][_SECOND_WORD].islower():
                word = lines[at][_SECOND_WORD]
                if word.isupper() or word[:1] == "=":
                    kinds[at] = _UNKNOWN
            at = kinds.find(kind, at + 1)
    unknown = kinds.count(_UNKNOWN)
    if unknown == len(lines):
        return _by_first(lines)
    known = lines
    if unknown:
        known = [line for line, kind in zip(lines, kinds, strict=True) if kind != _UNKNOWN]
    stamps = "".join([line[:_STAMP_SIZE] for line in known])
    if not stamps.isascii() or stamps.encode().translate(_DIGITS) != _STAMP_DIGITS * len(known):
        return _by_first(lines)
    if unknown:
        others = _find_all(kinds, _UNKNOWN)
        for at, kind in zip(others, _by_first([lines[at] for at in others]), strict=True):
            kinds[at] = kind
    return kinds


def _by_first(lines: list[str]) -> bytearray:
    """Classify lines by what `_FIRST` finds in them, and by the whole expression where need be."""
    kinds = bytearray(map(_OF_FIRST.__getitem__, _FIRST.findall("\n" + "\n".join(lines))))
    left = _find_all(kinds, _UNKNOWN)
    if left:
        text = "\n".join([lines[at] for at in left])
        for at, kind in zip(left, _by_form(_MATCHER.read(text)), strict=True):
            kinds[at] = kind
    return kinds


def _find_all(kinds: bytearray, kind: int) -> list[int]:
    """Return the lines of a kind."""
    return [at for at, found in enumerate(kinds) if found == kind]


def _mark_tracebacks(text: str, kinds: bytearray) -> None:
    """Mark logged lines that end with the head of a traceback."""
    at, line, counted = text.find(_TRACEBACK_HEAD), 0, 0
    while at >= 0:
        end = at + len(_TRACEBACK_HEAD)
        if text[end : end + 1] in ("", "\n"):
            line += text.count("\n", counted, at)
            counted = at
            kinds[line] = _TRACEBACKS.get(LineKind(kinds[line]), kinds[line])
        at = text.find(_TRACEBACK_HEAD, end)


_MAY_NAME_ERROR = (LineKind.PLAIN, LineKind.NAMED, LineKind.GO_LINE)


def _mark_errors(text: str, kinds: bytearray) -> None:
    """Mark lines without a level that have the name of an error in them."""
    if not any(kind in kinds for kind in _MAY_NAME_ERROR):
        return
    for word in ("Error: ", "Exception: "):
        at, line, counted = text.find(word), 0, 0
        while at >= 0:
            line += text.count("\n", counted, at)
            counted = at
            if kinds[line] in _MAY_NAME_ERROR:
                kinds[line] = LineKind.PLAIN_ERROR
            end = text.find("\n", at)
            at = text.find(word, end) if end >= 0 else -1


def traits_of(kind: int, line: str, before: str | None) -> int:
    """Return the `Traits` of a line, below the line `before` (or its stamp); None for no line."""
    traits = closes_request(line)
    if kind == LineKind.AT:
        traits |= frame_traits(line)
    elif kind == LineKind.INDENTED and is_go_place(line):
        traits |= Traits.GO_PLACE
    return traits if before is None else traits | time_traits(before, line)


def frame_traits(line: str) -> int:
    """Return those `Traits` of an indented `at …` that depend on what frame it is."""
    end = line.find(" {")
    tail = line[-24:] if end < 0 else line[max(end - 24, 0) : end]
    if not _PLACE.search(tail):
        # Where the line begins with it, and nowhere else: a line may be full of it.
        at = _AT.search(line, 0, 4096)
        if at is None or not FRAME.match(line, at.start(), at.start() + 2048):
            return Traits.CHECKED
    return Traits.CHECKED | Traits.FRAME


def is_go_place(line: str) -> bool:
    """Return whether an indented line is all file and line of Go's (runtime/traceback.go, zap)."""
    tab = line.rfind("\t", 0, 4096)
    return tab >= 0 and _GO_PLACE.fullmatch(line, tab + 1) is not None


def closes_request(line: str) -> int:
    """Return the trait of a line that ends with the JSON of a request, or `CHECKED` alone."""
    if not line.endswith(("}", " ")) or not line.rstrip().endswith("}"):
        return Traits.CHECKED
    at = line.find(' {"')
    if at < 0 or (line.find('"id":', at) < 0 and line.find('"url":', at) < 0):
        return Traits.CHECKED
    return Traits.CHECKED | Traits.CLOSES


def time_traits(before: str, line: str) -> int:
    """Return those `Traits` of a line that depend on the stamp of the line before."""
    if line[:_SECOND] == before[:_SECOND] and line[23:24] == before[23:24] == "Z":
        passed = line[20:23], before[20:23]
        if passed[0].isdigit() and passed[1].isdigit() and _STAMPED_SECOND.match(line):
            return _time_traits(int(passed[0]) - int(passed[1]))
        return 0
    try:
        return _time_traits(
            milliseconds(line[:SIZE].encode()) - milliseconds(before[:SIZE].encode())
        )
    except ValueError:
        return 0


def _time_traits(passed: int) -> int:
    if abs(passed) <= NEAR:
        return Traits.NEAR
    if passed < 0:
        return Traits.FAR | Traits.EARLIER
    return Traits.FAR | Traits.LATE if passed > UNDECIDED else Traits.FAR


def is_late(before: str, line: str) -> bool:
    """Return whether a line was stamped so long after the one before that it was printed apart.

    What is printed at one go, such as a stack, is stamped within milliseconds.
    """
    if before[:_SECOND] == line[:_SECOND]:
        return False
    try:
        passed = milliseconds(line[:SIZE].encode()) - milliseconds(before[:SIZE].encode())
    except ValueError:
        return False
    return passed > LATE


def resolve_kind(kind: int, end: str) -> int:
    """Return the kind of a line that may go on with a line whose last character is `end`."""
    if kind not in _GOES_ON_AFTER:
        return kind
    if end and end in _GOES_ON_AFTER[kind]:
        return LineKind.TAIL
    return kind if kind == LineKind.BOX else LineKind.PLAIN


def last_character(text: str) -> str:
    """Return the last character of a text's last line that is no space, or an empty string."""
    return text[-200:].rstrip(" ")[-1:].strip("\n")
