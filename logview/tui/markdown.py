"""An excerpt as Markdown, to be pasted into an issue or a message."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from logview.text.sanitize import label

if TYPE_CHECKING:
    from collections.abc import Sequence

_TICKS = re.compile("`+")
_SPECIAL = re.compile(r"([\\`*_\[\]<>#|~&!$])")


def fenced(text: str, head: Sequence[str]) -> str:
    r"""Return a text in a fence that nothing in it can end, below a line of words.

    A code fence ends at one as long as itself (CommonMark 0.31, 4.5), so that
    it has to be longer than any run of backticks in the text. The lines of
    the text are joined with `\n`.
    """
    longest = max((len(run) for run in _TICKS.findall(text)), default=0)
    fence = "`" * max(3, longest + 1)
    words = " · ".join(part for part in head if part)
    block = f"{fence}text\n{text}\n{fence}\n"
    return f"{words}\n\n{block}" if words else block


def escaped(text: str) -> str:
    """Return text from outside such that Markdown shows it as it is."""
    return _SPECIAL.sub(r"\\\1", label(text))


def code(text: str) -> str:
    """Return an ID or a name as code."""
    text = label(text).replace("`", "'")
    return f"`{text}`" if text else ""
