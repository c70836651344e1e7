"""Private keys: PEM blocks in a log, in one line or over many, with stamps before each line.

Over many lines, each line of the key is masked by itself, as it comes: the number is the key's.
Keys of one kind begin with the same lines, so a line gets the number of the first key that had the
same lines up to it, and a new number where a key parts from those that were seen.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from logview.secrets.rules import Span

KIND = "private key"

_BEGIN = re.compile(r"-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----")
"""RFC 7468, RFC 9580 for PGP; gitleaks private-key."""
_END = "-----END"
_BREAKS = re.compile(r"(?:\\{1,8}[nrt]|\s)+")
_LAST_BREAKS = re.compile(r"(?:\\{1,8}[nrt]|\s){0,40}\Z")
_LONG_RUN = re.compile(r"[A-Za-z0-9+/=]{16}")
_REST = re.compile(r"(?:[A-Za-z0-9+/=]|\\{1,8}[nrt]|[ \t])*")
_STAMP = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z ?")
_DIGIT = re.compile(r"[0-9]")
_AROUND = "\"'`,;+\\ \t"
_TAIL = re.compile(r"(?<![A-Za-z0-9+/=])[A-Za-z0-9+/]{40,200}={0,2}\Z")
_WORD = re.compile(r"[A-Za-z0-9+/=]+(?:\\{1,8}[nrt])*\Z")
_HEADER = re.compile(r"[ \t]*(?:[A-Z][A-Za-z-]+: .*)?\Z")
"""Within a block: empty, or `Proc-Type: 4,ENCRYPTED` and alike (RFC 1421)."""
_STRANGERS = 3
"""Lines of others within a key, in a row, after which the key is taken for cut off."""

_PREFIX = 256
"""Characters before a key's first line that are expected before its next ones."""


class PrivateKeys:
    """Finds private keys line by line; `new` returns a mask for a key that is new.

    The kind of the spans that are found is the mask itself.
    """

    def __init__(self, new: Callable[[], str]) -> None:
        self._new = new
        self.inside = False
        self._strangers = 0
        self._prefix = ""
        self._node = 0
        self._own = ""
        self._seen: dict[tuple[int, str], tuple[int, str]] = {}

    def find(self, text: str) -> list[Span]:
        """Return the keys, and the parts of one, in the next line."""
        found = []
        done = 0
        if self.inside:
            end = text.find(_END)
            body = self._body(text if end < 0 else text[:end])
            if end >= 0:
                self.inside = False
                done = end
            if body is not None:
                found.append((*body, self._mask(text[slice(*body)])))
        if "-----BEGIN" not in text:
            return found
        ends = True
        while (begin := _BEGIN.search(text, done)) is not None:
            start = begin.end()
            end = text.find(_END, start) if ends else -1
            ends = end >= 0
            if not ends:
                rest = _REST.match(text, start)
                end = rest.end() if rest else start
            self._open(text[: min(begin.start(), _PREFIX + 1)], inside=not ends)
            if _LONG_RUN.search(text, start, end):
                if breaks := _BREAKS.match(text, start, end):
                    start = breaks.end()
                if breaks := _LAST_BREAKS.search(text, max(start, end - 40), end):
                    end = breaks.start()
                found.append((start, end, self._mask(text[start:end])))
            done = end
        return found

    def _open(self, prefix: str, *, inside: bool) -> None:
        self.inside = inside
        self._prefix = _DIGIT.sub("0", prefix) if len(prefix) <= _PREFIX else ""
        self._strangers = self._node = 0
        self._own = ""

    def _body(self, text: str) -> tuple[int, int] | None:
        """Return where the key's body is in a line within it; other lines are counted."""
        start = self._start(text)
        end = len(text.rstrip(_AROUND + "nr" if "\\" in text[-4:] else _AROUND))
        word = _WORD.fullmatch(text, start, end) or _TAIL.search(text, max(start, end - 200), end)
        if word is not None:
            self._strangers = 0
            return word.span()
        if not _HEADER.match(text, start):
            self._strangers += 1
            self.inside = self._strangers < _STRANGERS
        return None

    def _start(self, text: str) -> int:
        """Return where the body may begin: after the first line's prefix, or a stamp."""
        length = len(self._prefix)
        if length and _DIGIT.sub("0", text[:length]) == self._prefix:
            start = length
        else:
            stamp = _STAMP.match(text)
            start = stamp.end() if stamp else 0
        return start + len(text[start:]) - len(text[start:].lstrip(_AROUND))

    def _mask(self, secret: str) -> str:
        mask = ""
        for line in filter(None, _BREAKS.split(secret)):
            step = self._seen.get((self._node, line))
            if step is None:
                self._own = self._own or self._new()
                step = self._seen[self._node, line] = (len(self._seen) + 1, self._own)
            self._node, mask = step
        return mask
