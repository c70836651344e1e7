"""Continuation: secrets that the platform has cut in two, the rest on the next line.

The platform stamps every piece that a program writes, so that one printed line can become several.
The rest of a secret has neither a name nor a shape of its own: it is found by joining the lines.
That both are one is a guess, and words, levels and other names that begin a line speak against it.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from logview.secrets.rules import is_random
from logview.secrets.token_shapes import (
    has_token_prefix,
    is_complete_token,
    search_token_head,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from logview.secrets.rules import Span

_PREFIX = re.compile(
    r"(?:(?:\[[^\[\]\n]{1,120}\] -> )?\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d{1,9})?Z? ?){0,4}"
)
"""Stamps, and the names of child runs between them."""
_RUN = re.compile(r"[^\s\"'`,;&<>(){}\[\]|\\‹›]{1,4096}")
_NAME = re.compile(
    r"[A-Za-z_][\w.-]{0,60}(?:=(?!=*\Z)|:)|[/.\[~]|https?:|v?[0-9][0-9.,:%-]*[A-Za-z%]{0,3}\Z"
)
"""What begins a line of its own: a name and its value, a path, an address, a number."""
_CLOSING = re.compile(r"[\"'`,;)}\]\\.]{0,8}\Z")
_OPEN_SIGN = re.compile(
    r"(?:password|passwd|passphrase|passwort|pwd|secret|token|key|authorization|bearer|basic)"
    r"(?:\\{0,7}[\"'`]|\])?[ \t]{0,4}(?:[:=]|=>|(?<=bearer) |(?<=basic) )[ \t]{0,4}"
    r"(?:\\{0,7}[\"'`])?\Z"
)
_MOST = 600
"""Characters of a line's end that are kept for joining."""


class CutSecret:
    """Follows secrets over the end of a line; `find` returns the secrets of one line.

    Call `find_rest`, then `note`, for each line in its order.
    """

    def __init__(self, find: Callable[[str], list[Span]]) -> None:
        self._find = find
        self._head = ""
        self._secret = 0
        """Where in the head the secret begins; at its end where only a name was found."""

    @property
    def is_open(self) -> bool:
        """Whether the next line may hold the rest of a secret."""
        return bool(self._head)

    def forget(self) -> None:
        """Follow nothing any more."""
        self._head = ""

    def note(self, text: str, spans: Sequence[Span]) -> Span | None:
        """Keep the end of a line that may cut a secret; returns that secret's part in it."""
        before, self._head = self._head, ""
        text = text.rstrip("\r")
        last = max(spans, key=lambda span: span[1], default=None)
        if last is not None and last[1] == len(text):
            whole = text[last[0] :]
            if before and last[2].startswith("‹"):  # three pieces and more
                self._head = (before + whole)[-_MOST:]
                self._secret = max(0, self._secret - (len(before + whole) - len(self._head)))
            elif len(whole) <= _MOST // 2 and not is_complete_token(whole):
                self._head = text[-_MOST:]
                self._secret = len(self._head) - len(whole)
            else:
                return None
            return last
        if (
            text
            and text[-1] in ":= \t\"'`"
            and _OPEN_SIGN.search(text.lower(), max(0, len(text) - 80))
        ):
            self._head = text[-_MOST:]
            self._secret = len(self._head)
        elif text and (start := search_token_head(text)) is not None:
            self._head = text[-_MOST:]
            self._secret = len(self._head) - (len(text) - start)
        return None

    def find_rest(self, text: str, spans: Sequence[Span]) -> Span | None:
        """Return the part of a line that goes on with the secret which the last line has cut."""
        if not self._head:
            return None
        prefix = _PREFIX.match(text)
        start = prefix.end() if prefix else 0
        if self._secret == len(self._head):
            start += len(text[start:]) - len(text[start:].lstrip(" "))
        run = _RUN.match(text, start)
        if run is None or any(span[0] <= start < span[1] for span in spans):
            return None
        if not self._may_go_on(run[0], text[run.end() :]):
            return None
        after = text[run.end() : run.end() + 2]
        length = len(self._head)
        prefixed = has_token_prefix(self._head[self._secret :])
        for first, last, kind in self._find(self._head + run[0] + after):
            if first <= self._secret and last > length:
                if prefixed and last < length + len(run[0]):
                    return None  # the token ends, and something else goes on
                return (start, min(start + last - length, run.end()), kind)
        return None

    def _may_go_on(self, run: str, after: str) -> bool:
        """Return whether what begins a line looks like the rest of a secret."""
        if _NAME.match(run):
            return False
        opened = self._head[: self._secret][-1:]
        if opened and opened in "\"'`" and after[:1] == opened:
            return True
        if self._secret == len(self._head):
            return is_random(run) and _CLOSING.match(after) is not None
        digit = re.search("[0-9]", run) is not None
        mixed = re.search("[a-z][A-Z]|[A-Z]{2}[a-z]", run) is not None
        if _CLOSING.match(after) is not None or after[:1] in {"&", '"', "'"}:
            return (digit and re.search("[A-Za-z]", run) is not None) or mixed or len(run) > 20
        if has_token_prefix(self._head[self._secret :]):
            return digit or mixed
        return len(run) >= 8 and digit and (mixed or re.fullmatch("[0-9a-f]+", run) is not None)
