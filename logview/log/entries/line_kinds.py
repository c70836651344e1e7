"""Log: kinds of lines. What the beginning of a line says about where the line belongs.

One look at each line, one expression for a whole page. The rows of
`levels.TABLE` begin an entry, those of `LINE_PATTERNS` mostly go on with one; what a
kind means depends on the lines before, and is decided in `log.entries`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING, NamedTuple

from logview.log.entries.levels import END, LEVEL_OF_WORD, LEVEL_PATTERNS, LineMatcher
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
    PLATFORM = 7
    """`ACTOR: …`, or a step of a build: no level, but nothing goes on with it by chance."""
    NPM_ERROR = 8
    NPM_PIECE = 9
    """`npm` or `ERR!` alone: npm wrote one line in several pieces."""
    THROWN = 10
    """`TypeError: …`, what was thrown, as a line of its own."""
    NAME = 11
    """`KeyboardInterrupt`, `some.module.Name: …`: may be the last line of a traceback."""
    TRACEBACK = 12
    CHAINED = 13
    """What Python writes between two tracebacks."""
    LOCATION = 14
    """Node's file and line of an uncaught error."""
    NODE_VERSION = 15
    """`Node.js v22.1.0`, Node's last words."""
    CONTEXT = 16
    """`future: <Task …>`, `Require stack:`: what is added to an error, on lines of their own."""
    CALLS = 17
    """`=== logs ===`, before what a browser did."""
    RULE = 18
    BLANK = 19
    INDENTED = 20
    INNER_TRACEBACK = 21
    """The head of a traceback that is indented, as Apify's formatters do it."""
    CARET = 22
    TAIL = 23
    """`}`, `│`, `Call log:` and others that never begin anything."""
    OPENING = 24
    """`{`, `['…`, `┌`: goes on with a line that ends with a colon."""
    MEMBER = 25
    """`"key": …`: goes on with a line that ends with a comma or an opening bracket."""


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
        LineKind.INDENTED, r"[ \t]", "stacks, tracebacks, pretty-printed values, pieces of a line"
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
    LinePattern(LineKind.TAIL, r"[}\])]", "closing brackets: JSON.stringify, util.inspect, pprint"),
    LinePattern(
        LineKind.TAIL, r"[│├└┃┣┗╞╘║╟╠╙╚╰╿]", "tables of Crawlee's statistics; pip's errors"
    ),
    LinePattern(LineKind.TAIL, "Call log:", "playwright, its newer errors: what the browser did"),
    LinePattern(
        LineKind.TAIL,
        r"\(Use `[^`\n]{0,60}--trace-",
        "Node's test/fixtures/errors: how to learn where it was thrown, or warned",
    ),
    LinePattern(LineKind.TAIL, r"Emitted 'error' event |Thrown at:", "Node's test/fixtures/errors"),
    LinePattern(
        LineKind.TAIL, "--- <exception caught here> ---", "Twisted's Failure, as Scrapy logs it"
    ),
    LinePattern(
        LineKind.TAIL, '> File "', "loguru _better_exceptions.py: the frame that caught it"
    ),
    LinePattern(LineKind.TAIL, "Caused by: ", "Java's Throwable.printStackTrace"),
    LinePattern(
        LineKind.OPENING,
        rf"[{{┌┍┎┏╒╓╔╭]|\[(?=['\"\[\]{{0-9]|{END})",
        "Scrapy's settings and stats, Crawlee's statistics: below the line that names them",
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
        rf"Require stack:{END}|- [/.][^ \n]",
        "Node lib/internal/modules/cjs/loader.js: who asked for a module that is not there",
    ),
    LinePattern(
        LineKind.NODE_VERSION,
        rf"Node\.js v[0-9]{{1,3}}\.[^ \n]{{1,60}}{END}",
        "Node's test/fixtures/errors: the last line of an uncaught error",
    ),
    LinePattern(LineKind.NPM_PIECE, f"npm ?{END}", "npmlog, as in the level's row"),
    LinePattern(
        LineKind.NAME,
        rf"[A-Za-z_][\w.<>]{{0,200}}(?![^:\n])(?:{END}|:(?![^ \n]))",
        "Python's traceback module, format_exception_only: any name of a class",
    ),
)
"""What lines without a level look like, where it tells something."""

DETACHED = 32
"""Added to the kind of a line that another child run printed than the line before, or much later:
it goes on with nothing."""

LATE = 1000
"""Milliseconds after which an indented line no longer goes on with the line before."""

_SECOND = 19
"""Characters of a stamp that tell its second."""

_OF_ROW = {
    "npm's errors": LineKind.NPM_ERROR,
    "a piece of npm's": LineKind.NPM_ERROR,
    "what was thrown": LineKind.THROWN,
    "what nobody caught": LineKind.THROWN,
    "a rejection": LineKind.THROWN,
    "a traceback": LineKind.TRACEBACK,
    "a framed traceback": LineKind.TRACEBACK,
    "where it was thrown": LineKind.LOCATION,
    "where in Node it was thrown": LineKind.LOCATION,
    "errors that Python ignores": LineKind.LOGGED_WARNING,
}
"""The kinds of those rows of levels that are more than a level."""

_OF_WORD = {form: LineKind[level.name] for form, level in LEVEL_OF_WORD.items()} | {
    "WARNING": LineKind.LOGGED_WARNING
}
_OF_GROUP = {0: LineKind.PLAIN, 1: LineKind.PLAIN}
_OF_GROUP |= {
    number: _OF_ROW.get(row.name, LineKind[row.level.name])
    for number, row in enumerate(LEVEL_PATTERNS, LineMatcher.FIRST)
    if row.level
}
_OF_GROUP |= {
    number: shape.kind
    for number, shape in enumerate(LINE_PATTERNS, LineMatcher.FIRST + len(LEVEL_PATTERNS))
}
_READER = LineMatcher(LEVEL_PATTERNS, [shape.pattern for shape in LINE_PATTERNS])
_STAMPED_SECOND = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.")
_HEAD = slice(23, 31)
"""The last character of a stamp, its space, and the first six of the text."""

_OF_HEAD = {
    f"Z {head}": kind
    for head, kind in {
        "INFO  ": LineKind.INFO,
        "DEBUG ": LineKind.DEBUG,
        "WARN  ": LineKind.WARN,
        "ERROR ": LineKind.ERROR,
        "PERF  ": LineKind.DEBUG,
        "    at": LineKind.INDENTED,
    }.items()
}
"""How most lines of Actors begin; so many characters tell what the expression would say."""

_GOES_ON_AFTER: dict[int, str] = {LineKind.OPENING: ":", LineKind.MEMBER: ",{[("}


class PageKinds(NamedTuple):
    """The kinds of a page's lines."""

    kinds: bytearray
    """One for each line, with `DETACHED`; the first may still be OPENING or MEMBER."""
    first_child: str
    """The child run that printed the first line; empty for the run itself."""
    last_child: str
    end: str
    """Last character of the page's last line that is no space."""
    first_stamp: str
    """Where the stamp of the first line would stand."""
    last_stamp: str


def classify_page(text: str) -> PageKinds:
    r"""Look at each line of a page (lines joined with `\n`)."""
    lines = text.split("\n")
    found = None if "-> " in text else _by_head(lines)
    children: list[str] = []
    if found is None:
        matches = list(_READER.read(text))
        found = _by_form(matches)
        if "-> " in text:
            children = [line[1] or "" for line in matches]
    kinds = found
    if kinds.find(LineKind.OPENING, 1) > 0 or kinds.find(LineKind.MEMBER, 1) > 0:
        for at in range(1, len(kinds)):
            if kinds[at] in _GOES_ON_AFTER:
                kinds[at] = resolve_kind(kinds[at], last_character(lines[at - 1]))
    at = kinds.find(LineKind.INDENTED, 1)
    while at > 0:
        if is_late(lines[at - 1], lines[at]):
            kinds[at] |= DETACHED
        at = kinds.find(LineKind.INDENTED, at + 1)
    for at in range(1, len(children)):
        if children[at] != children[at - 1]:
            kinds[at] |= DETACHED
    first, last = (children[0], children[-1]) if children else ("", "")
    stamps = lines[0][:SIZE], lines[-1][:SIZE]
    return PageKinds(kinds, first, last, last_character(text), *stamps)


def _by_form(lines: Iterable[re.Match[str]]) -> bytearray:
    return bytearray(
        _OF_GROUP[group] if (group := line.lastindex or 0) in _OF_GROUP else _OF_WORD[line[group]]
        for line in lines
    )


def _by_head(lines: list[str]) -> bytearray | None:
    """Tell most lines by their first characters, at a third of the cost.

    None where that does not pay, or where what stands before is no stamp.
    """
    known = [_OF_HEAD.get(line[_HEAD]) for line in lines]
    if known.count(None) * 2 > len(lines):
        return None
    stamps = [line[:23] for line, kind in zip(lines, known, strict=True) if kind is not None]
    digits = "".join([stamp[20:] for stamp in stamps])
    if not (digits.isascii() and digits.isdigit()):
        return None
    if not all(map(_STAMPED_SECOND.fullmatch, {stamp[:20] for stamp in stamps})):
        return None
    others = [line for line, kind in zip(lines, known, strict=True) if kind is None]
    read = iter(_by_form(_READER.read("\n".join(others))) if others else b"")
    return bytearray([next(read) if kind is None else kind for kind in known])


def is_late(before: str, line: str) -> bool:
    """Return whether a line was stamped so long after the one before that it was printed apart.

    What is printed at one go, a stack say, is stamped within milliseconds.
    """
    if before[:_SECOND] == line[:_SECOND]:
        return False
    try:
        passed = milliseconds(line[:SIZE].encode()) - milliseconds(before[:SIZE].encode())
    except ValueError:
        return False
    return passed > LATE


def resolve_kind(kind: int, end: str) -> int:
    """Tell what a line is that may go on with a line whose last character is `end`."""
    if kind not in _GOES_ON_AFTER:
        return kind
    return LineKind.TAIL if end and end in _GOES_ON_AFTER[kind] else LineKind.PLAIN


def last_character(text: str) -> str:
    """Return the last character of a text's last line that is no space, or an empty string."""
    return text[-200:].rstrip(" ")[-1:].strip("\n")
