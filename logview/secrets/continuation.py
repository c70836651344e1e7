"""Continuation: secrets that the platform has cut in two, the rest on the next line.

The platform stamps every piece that a program writes, so that one printed line can become several.
The rest of a secret has neither a name nor a shape of its own: it is found by joining the lines.
That both are one is a guess, and words, levels and other names that begin a line speak against it.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from logview.secrets.rules import is_placeholder, is_random, is_word
from logview.secrets.token_shapes import (
    has_token_prefix,
    is_complete_token,
    is_known_token,
    search_token_head,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from logview.secrets.rules import Span

_PREFIX = re.compile(
    r"(?:(?:\[[^\[\]\n]{1,120}\] -> )?\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d{1,9})?Z? ?){0,4}"
)
"""Stamps, and the names of child runs between them."""
_WHOLE_HASH = re.compile("[0-9a-f]{32}|[0-9a-f]{40}|[0-9a-f]{64}")
_RUN = re.compile(r"[^\s\"'`,;&<>(){}\[\]|\\‹›]{1,4096}")
_NAME = re.compile(
    r"[A-Za-z_][\w.-]{0,60}(?:=(?!=*\Z)|:)|[/\[~]|\.(?![\w-]{16})|https?:|v?[0-9][0-9.,:%-]*[A-Za-z%]{0,3}\Z"
)
"""What begins a line of its own: a name and its value, a path, an address, a number."""
_CLOSING = re.compile(r"[\"'`,;)}\]\\.]{0,8}\Z")
_OPEN_SIGN = re.compile(
    r"(?:password|passwd|passphrase|passwort|pwd|secret|token|key|authorization|bearer|basic)"
    r"(?:\\{0,7}[\"'`]|\])?[ \t]{0,4}(?:[:=]|=>|(?<=bearer) |(?<=basic) )[ \t]{0,4}"
    r"(?:\\{0,7}[\"'`])?\Z"
)
_PIECE = r"[^\s\"'`,;&<>(){}\[\]|\\‹›]{0,200}?"
_GOES_ON = re.compile(
    r"\n(?<=[\w+/=.~%:@\-\s]\n)"
    + rf"(?=({_PREFIX.pattern}))\1"  # as a whole: Python before 3.11 has no atomic groups
    + r"(?![A-Za-z_][\w.-]{0,60}:|[/\[~]|\.(?![\w-]{16})|https?:)"
    + rf"(?:(?={_PIECE}[0-9])(?={_PIECE}[A-Za-z])|(?={_PIECE}(?:[a-z][A-Z]|[A-Z]{{2}}[a-z])))"
)
"""A line that begins with neither a word nor a number."""
_SIGNS = frozenset("_+/=.~%:@-")
_MOST = 600
"""Characters of a line's end that are kept for joining where a secret is known to be cut."""
_FEW = 200
"""The same where one may be."""
_SPELLED = 12
"""Small letters in a row that a random value hardly has."""
_SHORTEST = 8
"""Characters of the rest of a secret that was not known before."""


def lines_that_go_on(text: str) -> list[int]:
    r"""Return the lines (from 0, ended by `\n`) that may begin with the rest of a secret.

    The first line is not among them: what it would go on with is not in the text.
    """
    rows = []
    row = done = 0
    for match in _GOES_ON.finditer(text):
        row += text.count("\n", done, match.start() + 1)
        done = match.start() + 1
        rows.append(row)
    return rows


class CutSecret:
    """Follows secrets over the end of a line; `find` returns the secrets of one line.

    Call `find_rest`, then `note`, for each line in its order, or `pass_over`
    for one that is not searched. Blank lines may stand between.
    """

    def __init__(self, find: Callable[[str], list[Span]]) -> None:
        self._find = find
        self._head = ""
        self._secret: int | None = None
        """Where in the head the secret begins; at its end where only a name was found; None where
        none was found."""

    @property
    def is_open(self) -> bool:
        """Whether the next line holds the rest of a secret, if it looks like it."""
        return self._secret is not None

    @property
    def has_head(self) -> bool:
        """Whether the next line may hold the rest of a secret."""
        return bool(self._head)

    def forget(self) -> None:
        """Follow nothing any more."""
        self._head, self._secret = "", None

    def pass_over(self, *lines: str) -> None:
        """Keep the end of the last of some lines in which no secret was found."""
        text = next((line.rstrip("\r") for line in reversed(lines) if not _is_blank(line)), "")
        if not text:
            return
        self.forget()
        if text[-1].isalnum() or text[-1] in _SIGNS:
            self._head = text[-_FEW:]

    def note(self, text: str, spans: Sequence[Span]) -> Span | None:
        """Keep the end of a line that may cut a secret; returns that secret's part in it."""
        text = text.rstrip("\r")
        if _is_blank(text):
            return None
        before, start = self._head, self._secret
        self.pass_over(text)
        last = max(spans, key=lambda span: span[1], default=None)
        if last is not None and last[1] == len(text):
            whole = text[last[0] :]
            if before and start is not None and last[2].startswith("‹"):  # three pieces and more
                self._head = (before + whole)[-_MOST:]
                self._secret = max(0, start - (len(before + whole) - len(self._head)))
            elif len(whole) <= _MOST // 2 and not is_complete_token(whole):
                self._head = text[-_MOST:]
                self._secret = len(self._head) - len(whole)
            else:
                self.forget()
                return None
            return last
        if text[-1] in ":= \t\"'`" and _OPEN_SIGN.search(text.lower(), max(0, len(text) - 80)):
            self._head = text[-_MOST:]
            self._secret = len(self._head)
        elif (begin := search_token_head(text)) is not None:
            self._head = text[-_MOST:]
            self._secret = len(self._head) - (len(text) - begin)
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
        after = text[run.end() : run.end() + 2]
        if self._secret is None:
            end = self._end_of_unknown(run[0], text[run.end() :])
        elif self._may_go_on(run[0], text[run.end() :]):
            end = self._end_of_known(run[0], after, self._secret)
        else:
            return None
        return None if end is None else (start, min(start + end[0], run.end()), end[1])

    def _end_of_known(self, run: str, after: str, secret: int) -> tuple[int, str] | None:
        """Return how many characters of a line are of the secret, and its kind."""
        length = len(self._head)
        prefixed = has_token_prefix(self._head[secret:])
        for first, last, kind in self._find(self._head + run + after):
            if first <= secret and last > length:
                if prefixed and last < length + len(run):
                    return None  # the token ends, and something else goes on
                return last - length, kind
        return None

    def _end_of_unknown(self, run: str, after: str) -> tuple[int, str] | None:
        """The same for a secret that is one only with its rest."""
        if _NAME.match(run) or not _looks_random(run):
            return None
        length = len(self._head)
        for first, last, kind in self._find(self._head + run + after[:2]):
            if not first < length < last or last - length < min(4, len(run)):
                continue
            part = self._head[first:]
            body = part.rpartition("_")[2]
            if len(body) >= _SPELLED and body.isalpha() and body.islower():
                continue  # a name in words, whatever begins the next line
            if is_known_token((self._head + run)[first:last]):
                return last - length, kind
            if len(run) < _SHORTEST or is_placeholder(part, 0, len(part)):
                continue
            # Of a random value two letters may be a word, and two digits a number.
            number = part.isdecimal() and not _WHOLE_HASH.fullmatch(part + run)
            if len(part) > 2 and (is_word(part) or number):
                continue
            if (
                _CLOSING.match(after)
                or after[:1] in {"&", '"', "'"}
                or "@" in run
                or _is_mixed(run)
            ):
                return last - length, kind
        return None

    def _may_go_on(self, run: str, after: str) -> bool:
        """Return whether what begins a line looks like the rest of a secret."""
        secret = self._secret or 0
        prefixed = has_token_prefix(self._head[secret:])
        if _NAME.match(run) and not (prefixed and re.fullmatch(r"\.?[\w-]+(?:\.[\w-]+)?", run)):
            return False
        opened = self._head[:secret][-1:]
        if opened and opened in "\"'`" and after[:1] == opened:
            return True
        if secret == len(self._head):
            return is_random(run) and _CLOSING.match(after) is not None
        digit = re.search("[0-9]", run) is not None
        mixed = _is_mixed(run)
        if prefixed:
            return (digit and re.search("[A-Za-z]", run) is not None) or mixed
        if _CLOSING.match(after) is not None or after[:1] in {"&", '"', "'", ";"}:
            return (digit and re.search("[A-Za-z]", run) is not None) or mixed or len(run) > 20
        return len(run) >= _SHORTEST and digit and (mixed or _HEX.fullmatch(run) is not None)


_HEX = re.compile("[0-9a-f]+")


def _is_blank(text: str) -> bool:
    """Return whether a line has nothing but its stamp."""
    prefix = _PREFIX.match(text)
    return prefix is not None and not text[prefix.end() :].strip()


def _is_mixed(run: str) -> bool:
    return re.search("[a-z][A-Z]|[A-Z]{2}[a-z]", run) is not None


def _looks_random(run: str) -> bool:
    return _is_mixed(run) or (
        re.search("[0-9]", run) is not None and re.search("[A-Za-z]", run) is not None
    )
