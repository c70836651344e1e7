"""Secrets: they are masked in the text that leaves, by copy or by save, and numbered.

The rules are rows of our own, with formats cited from gitleaks and the makers
(`logview.token_shapes`, `logview.named_secrets`). A dependency was looked for: detect-secrets, the
one rule set on PyPI that is widely used, takes 800 µs for a line of 100 characters and the square
of the length for a long one, reports words and dates as secrets where a line is all it sees, brings
requests and PyYAML, and says which value was found, but not where. gitleaks is a program in Go;
its rules are written for source code and tell the place of a secret by what a file is.

The patterns are linear in the length of the line, and an ordinary line meets only a few searches
for fixed text.
"""

from __future__ import annotations

import json
import re
from bisect import bisect_left
from typing import TYPE_CHECKING
from urllib.parse import quote

from logview.named_secrets import named
from logview.private_keys import KIND, PrivateKeys
from logview.token_shapes import Span, shapes

if TYPE_CHECKING:
    from logview.redact import Token

_MASK = re.compile(r"‹[a-z ]+ [0-9]+›")


class Masker:
    """Masks secrets in the lines of one text that leaves, numbered by first appearance.

    A mask names the kind and a number (`‹token 1›`); equal secrets get equal
    masks; nothing in a mask comes from the secret. `token`, the API token in
    use, is masked whatever it looks like, also percent-encoded. With `enabled`
    false everything stays as it is.
    """

    def __init__(self, token: Token | None = None, *, enabled: bool = True) -> None:
        self._enabled = enabled
        self._in_use = _forms(token.reveal()) if token is not None else {}
        self._masks: dict[str, str] = {}
        self._numbers: dict[str, int] = {}
        self._keys = PrivateKeys(lambda: self._new(KIND))

    def line(self, text: str, start: int = 0, stop: int | None = None) -> str:
        """Mask one line of visible text, without its line break; the lines come in order.

        What spans lines is remembered: a private key's lines are masked each.
        With `start` and `stop` only that part of the line leaves: what tells a
        secret may stand beside it, and a part of one is masked as the whole.
        """
        if not self._enabled:
            return text[start:stop]
        spans = self._find(text)
        if self._keys.inside or "-----BEGIN" in text:
            spans = self._keys.find(text) + spans
        if spans and "‹" in text:
            spans = _outside(spans, [match.span() for match in _MASK.finditer(text)])
        stop = len(text) if stop is None else stop
        return self._put(text, spans, start, stop) if spans else text[start:stop]

    def raw_line(self, data: bytes, text: str) -> bytes:
        """Mask a line as it was received; `text` is what is visible of it.

        Without a secret the bytes come back untouched, with one the masked
        visible text does: its colours are gone. So it is with a secret within
        an escape sequence, which shows in no visible text.
        """
        masked = self.line(text)
        hidden = self._enabled and b"\x1b" in data and masked == text and self._hides(data)
        if masked == text and not hidden:
            return data
        end = data[len(data.rstrip(b"\r\n")) :]
        return masked.encode("utf-8", "replace") + (b"" if masked.endswith("\n") else end)

    def text(self, text: str) -> str:
        r"""Mask several lines joined with `\n`."""
        return "\n".join(map(self.line, text.split("\n")))

    @property
    def count(self) -> int:
        """How many different secrets were masked."""
        return sum(self._numbers.values())

    def words(self) -> str:
        """Say how many secrets were masked; nothing for none."""
        count = self.count
        return f"{count:,} secret{'' if count == 1 else 's'} masked" if count else ""

    def _find(self, text: str) -> list[Span]:
        low = text.lower()
        if len(low) != len(text):  # "İ" alone becomes longer in lower case
            low = text.replace("İ", "i").lower()
        spans = shapes(text)
        spans.extend(named(text, low))
        for form in self._in_use:
            place = text.find(form)
            while place >= 0:
                spans.append((place, place + len(form), "token"))
                place = text.find(form, place + len(form))
        return spans

    def _put(self, text: str, spans: list[Span], first: int, last: int) -> str:
        parts = []
        done = first
        for start, end, kind in _united(spans):
            if max(first, start) < min(end, last):
                parts.append(text[done:start])
                parts.append(self._mask(text[start:end], kind))
                done = end
        parts.append(text[done:last])
        return "".join(parts)

    def _mask(self, secret: str, kind: str) -> str:
        if kind.startswith("‹"):
            return kind
        secret = self._in_use.get(secret, secret)
        mask = self._masks.get(secret)
        if mask is None:
            mask = self._masks[secret] = self._new(kind)
        return mask

    def _new(self, kind: str) -> str:
        number = self._numbers[kind] = self._numbers.get(kind, 0) + 1
        return f"‹{kind} {number}›"

    def _hides(self, data: bytes) -> bool:
        text = data.decode("utf-8", "replace")
        spans = self._find(text)
        if spans:
            self._put(text, spans, 0, len(text))
        return bool(spans)


def _forms(value: str) -> dict[str, str]:
    """Map the ways in which the token in use is written to the token."""
    escaped = quote(value, safe="")
    lower = re.sub("%[0-9A-F]{2}", lambda match: match[0].lower(), escaped)
    return dict.fromkeys((value, escaped, lower, json.dumps(value)[1:-1]), value)


def _united(spans: list[Span]) -> list[Span]:
    """Sort, and make one of those that overlap; the one that starts first gives the kind."""
    spans = sorted(spans, key=lambda span: span[0])
    united = [spans[0]]
    for start, end, kind in spans[1:]:
        first, last, name = united[-1]
        if start < last:
            united[-1] = (first, max(last, end), name)
        else:
            united.append((start, end, kind))
    return united


def _outside(spans: list[Span], masks: list[tuple[int, int]]) -> list[Span]:
    """Leave out what touches a mask that is there already."""
    ends = [end for _, end in masks]
    kept = []
    for span in spans:
        place = bisect_left(ends, span[0] + 1)
        if place == len(masks) or masks[place][0] >= span[1]:
            kept.append(span)
    return kept
