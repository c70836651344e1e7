"""Find in an entry's lines what was thrown: the line that names the exception."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from logview.log.patterns.masks import own_text

if TYPE_CHECKING:
    from collections.abc import Sequence

MAX_LINES = 2_000
"""Lines of an entry in which it is looked for; of longer ones, also in as many of the last."""

_NAMED = re.compile(
    r"[\s│|>✘E]{0,12}(?:\[cause\]: |Caused by: |Uncaught |Unhandled |Error: (?=\w{1,40}Error))?"
    r"((?:[A-Za-z_$][\w$]{0,80}(?:\.|::)){0,8}[A-Z_$][\w$]{0,80}(?:Error|Exception|Exit|Interrupt|"
    r"Timeout|Failure|Fault|Warning|NotFound|DoesNotExist|Blocked|Closed|Refused|Rejection|Abort)"
    r"|(?:[a-z_][\w]{0,60}\.){1,8}[A-Z]\w{1,80}|Error)"
    r"(?: \[\w{1,60}\])?(?::|\s{0,3}$)"
)
_FRAME = re.compile(r'\s{1,400}(?:File "|at |\^|~|from |\.\.\. |During |The above)|\s{0,8}#\d')
_TRACEBACK = "Traceback (most recent call last)"


def thrown_in(lines: Sequence[str]) -> str:
    """Return the text of the line that names what was thrown; empty where none does.

    Of a traceback of Python that is the last, of a stack of another language the
    first. `lines` are the visible text of an entry's lines.
    """
    rest = lines[1:]
    if len(rest) > 2 * MAX_LINES:
        rest = [*rest[:MAX_LINES], *rest[-MAX_LINES:]]
    in_traceback = _TRACEBACK in lines[0]
    found = ""
    indent = 0
    frames = False
    for line in rest:
        if _TRACEBACK in line:
            in_traceback, frames = True, False
            indent = _indent(line)
            continue
        if found and not in_traceback:
            break
        text = own_text(line)
        if in_traceback:
            if text.lstrip().startswith('File "'):
                frames = True
            elif frames and text.strip() and _indent_of(text) <= indent:
                found = text.strip()
                frames = False
        elif _NAMED.match(text) and not _FRAME.match(text):
            found = text.strip()
    return found


def is_named(text: str) -> bool:
    """Return whether a line's own text begins with the name of an exception."""
    return _NAMED.match(text) is not None


def _indent(line: str) -> int:
    return _indent_of(own_text(line))


def _indent_of(text: str) -> int:
    return len(text) - len(text.lstrip())
