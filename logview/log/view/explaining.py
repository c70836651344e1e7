"""Find the lines of a long error that explain it; the others may be folded."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from logview.log.entries.entry_text import read_prefix

if TYPE_CHECKING:
    from collections.abc import Sequence

HEAD = 5
"""Lines of a long entry that stay above its folds: the message, and where it came from."""

LEAST = 6
"""A fold stands for at least so many lines."""

_BLANK = re.compile(r"[ \t]*(?:[\w-]{1,40} (?:ERR!|error)[ \t]*)?$")
"""A line without text, npm's among them."""

_RAISED = re.compile(
    r"[ \t|]{0,200}(?:[\w$]{1,100}\.){0,20}[A-Z][\w$]{0,100}"
    r"(?:(?<=Error)|(?<=Exception)|(?<=Exit)|(?<=Interrupt)|(?<=Warning)|(?<=Timeout)|(?<=Group))"
    r"(?: \[\w{1,60}\])?(?::|$| \()"
)
"""What was raised or thrown."""

_CAUSE = re.compile(r"[ \t|]{0,200}\[(?:cause|errors)\]")
_CAUSED_BY = re.compile(r"[ \t]{0,200}Caused by\b")
_FILE = re.compile(r'([ \t|]{0,200})File "')
_NPM = re.compile(r"[\w-]{1,40} (?:ERR!|error)(?=[ \t]|$)")
_NPM_REST = re.compile(
    r"[\w-]{1,40} (?:ERR!|error)"
    r"(?:[ \t]*$|[ \t]{2,}| node_modules/| (?:stack +|gyp verb |verbose )?at )"
)
"""Lines of npm's errors that name where, not why."""


def find_foldable(lines: Sequence[str]) -> list[range]:
    """Return the runs of lines of an entry that may be folded.

    `lines` are its visible text. Never among them: its first lines, its last line
    with text, the lines that name an exception, its cause or the last one of them,
    and npm's reason.
    """
    texts = [line[read_prefix(line, None).end :] for line in lines]
    last = len(texts) - 1
    while last > 0 and _BLANK.match(texts[last]):
        last -= 1
    kept = [*_explaining(texts), last]
    runs: list[range] = []
    start = HEAD
    for line in sorted(kept):
        if line < start:
            continue
        if line - start >= LEAST:
            runs.append(range(start, line))
        start = line + 1
    return runs


def _explaining(texts: Sequence[str]) -> list[int]:
    """Return the numbers of the lines that explain an error."""
    found: list[int] = []
    caused_by = frame = -1
    for number, text in enumerate(texts):
        if not text:
            continue
        if _NPM.match(text):
            if not _NPM_REST.match(text):
                found.append(number)
            continue
        if (place := _FILE.match(text)) is not None:
            frame = len(place[1])
            continue
        if frame >= 0 and len(text) - len(text.lstrip(" \t|")) < frame and text.strip(" \t|"):
            # The first line that stands further out than the frames: what Python raised.
            found.append(number)
            frame = -1
        elif _RAISED.match(text) or _CAUSE.match(text):
            found.append(number)
        elif _CAUSED_BY.match(text):
            caused_by = number
    if caused_by >= 0:
        found.append(caused_by)
    return found
