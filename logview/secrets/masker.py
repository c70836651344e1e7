"""Mask secrets in text that is copied, saved or printed; masks are numbered.

The rules are rows of our own, with formats cited from gitleaks and the makers
(`token_shapes`, `named`, `positional`). A dependency was looked for: detect-secrets, the
one rule set on PyPI that is widely used, takes 800 µs for a line of 100 characters and the square
of the length for a long one, reports words and dates as secrets where a line is all it sees, brings
requests and PyYAML, and says which value was found, but not where. gitleaks is a program in Go;
its rules are written for source code and depend on what a file is.

The patterns are linear in the length of the line, and an ordinary line meets only a few searches
for fixed text.
"""

from __future__ import annotations

import json
import re
from bisect import bisect_left
from typing import TYPE_CHECKING
from urllib.parse import quote

from logview.secrets.continuation import CutSecret, lines_that_go_on
from logview.secrets.prefilter import RULES, candidate_lines, matching_lines
from logview.secrets.private_keys import KIND, PrivateKeys
from logview.secrets.rules import MOST_HITS, TooManyHitsError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from logview.secrets.rules import Span
    from logview.secrets.token import Token

_STRINGS = (
    (b"\x1b", re.compile(rb"\x1b[\]PX^_k]")),
    (b"\xc2", re.compile(rb"\xc2[\x90\x98\x9d-\x9f]")),
)
"""Openers of control strings, which are invisible (see `logview.text.escapes`)."""

_MASK = re.compile(r"‹[a-z ]+ [0-9]+›")


MOST_PIECES = 3
"""Lines before one in which a secret may begin that the platform has cut."""

LAST_LINES = 4096
"""Characters of a block's end that are kept for a secret that may go on behind it."""

LONGEST_LINE = 8 << 20
"""Characters of a line that are searched; a longer one is masked as a whole."""

LITTLE = 1 << 16
"""Characters of which every line is searched: to compile the prefilter would take longer."""

NOT_SEARCHED = "line not searched"
"""The kind of such a line, and of one with more to search than there is time for."""


def find_spans(text: str) -> list[Span]:
    """Return the secrets that the rules find in one line, unsorted; the line if it has too many."""
    low = text.lower()
    if len(low) != len(text):  # "İ" alone becomes longer in lower case
        low = text.replace("İ", "i").lower()
    spans: list[Span] = []
    try:
        for rule in RULES:
            if rule.applies_to(text, low):
                spans += rule.find(text, low)
            if len(spans) > MOST_HITS:
                raise TooManyHitsError
    except TooManyHitsError:
        return [(0, len(text), NOT_SEARCHED)]
    return spans


class Masker:
    """Masks secrets in the lines of one text, numbered by first appearance.

    A mask names the kind and a number (`‹token 1›`); equal secrets get equal
    masks; nothing in a mask comes from the secret. `token`, the API token in
    use, is masked whatever it looks like, also percent-encoded. With `enabled`
    false everything stays as it is.
    """

    def __init__(self, token: Token | None = None, *, enabled: bool = True) -> None:
        self.enabled = enabled
        self._in_use = _forms(token.reveal()) if token is not None else {}
        self._in_use_bytes = [form.encode("utf-8", "surrogatepass") for form in self._in_use]
        self._unfiltered = 0
        """Characters of text of which every line was searched."""
        self._masks: dict[str, str] = {}
        self._numbers: dict[str, int] = {}
        self._keys = PrivateKeys(lambda: self._new_mask(KIND))
        self._cut = CutSecret(find_spans)
        self._cut_secret: tuple[str, str] | None = None

    def read_preceding(self, above: Sequence[str]) -> None:
        """Read the lines above the first one: a secret may begin in them."""
        numbers = dict(self._numbers)
        self.skip_lines(above)
        if not self._is_open:
            self._numbers = numbers  # what was closed up there does not count

    @property
    def _is_open(self) -> bool:
        """Whether a secret may go on in the next line."""
        return self._keys.inside or self._cut.is_open

    def skip_lines(self, hidden: Sequence[str]) -> None:
        """Read lines that are not masked themselves: a secret may begin or end in them."""
        if not self.enabled:
            return
        last = len(hidden) - MOST_PIECES
        for row, text in enumerate(hidden):
            if row >= last or self._is_open or "-----BEGIN" in text:
                self._all_spans(text)

    def mask_line(self, text: str, start: int = 0, stop: int | None = None) -> str:
        """Return one line of visible text with its secrets masked; call it in the lines' order.

        `text` has no line break. Secrets that span lines are followed from call
        to call. With `start` and `stop` only that part of the line is returned:
        the rest decides what is a secret, and a part of one is masked whole.
        """
        if not self.enabled:
            return text[start:stop]
        spans = self._all_spans(text)
        stop = len(text) if stop is None else stop
        return self._replace_spans(text, spans, start, stop) if spans else text[start:stop]

    def mask_raw_line(self, data: bytes, text: str) -> bytes:
        """Return one line as received, masked as `mask_block` does for several."""
        return self._mask_raw_line(data, text) if self.enabled else data

    def mask_text(self, text: str) -> str:
        r"""Return the next lines, joined with `\n`, masked as `mask_line` does, at less cost."""
        if not self.enabled:
            return text
        self._unfiltered += len(text)
        if self._unfiltered <= LITTLE:
            rows = list(range(text.count("\n") + 1))
        else:
            rows = candidate_lines(text, self._in_use_bytes)
        parts = self._lines_that_go_on(text)
        if not (rows or parts or self._is_open):
            self._cut.pass_over(*text[-LAST_LINES:].split("\n"))
            return text
        lines = text.split("\n")
        for row, searched in self._lines_to_mask(rows, parts, lines):
            lines[row] = self._mask_whole_line(lines[row], searched=searched)
        return "\n".join(lines)

    def mask_block(self, data: bytes, text: str) -> bytes:
        r"""Return lines as received, joined with `\n`, masked; `text` is their visible text.

        A line without a secret keeps its bytes, one with a secret becomes its
        masked visible text: its colours are gone. So it is with a secret within
        an escape sequence, which shows in no visible text.
        """
        if not self.enabled:
            return data
        rows = candidate_lines(text, self._in_use_bytes)
        parts = self._lines_that_go_on(text)
        for first, strings in _STRINGS:
            if first in data:
                rows = sorted({*rows, *matching_lines(data, (strings,))})
        if not (rows or parts or self._is_open):
            self._cut.pass_over(*text[-LAST_LINES:].split("\n"))
            return data
        lines = data.split(b"\n")
        texts = text.split("\n")
        for row, searched in self._lines_to_mask(rows, parts, texts):
            lines[row] = self._mask_raw_line(lines[row], texts[row], searched=searched)
        return b"\n".join(lines)

    def _lines_that_go_on(self, text: str) -> list[int]:
        """Return the lines that may begin with the rest of a secret."""
        rows = lines_that_go_on(text)
        return [0, *rows] if self._cut.has_head else rows

    def _lines_to_mask(
        self, rows: list[int], parts: list[int], texts: list[str]
    ) -> Iterator[tuple[int, bool]]:
        """Return the lines to mask, and whether they are to be searched as a whole.

        Those are the candidates, and those in which a secret may go on. Lines
        in between are passed over.
        """
        candidates = set(rows)
        count = len(texts) - (not texts[-1])  # behind the last line break there is no line
        at = 0
        for row in (*sorted(candidates.union(parts)), count):
            while self._is_open and at < min(row, count):
                yield at, True
                at += 1
            if at < row <= count:
                self._cut.pass_over(*texts[at:row])
            if row < count:
                yield row, row in candidates or self._is_open
                at = row + 1

    def find_spans(self, text: str) -> dict[int, list[tuple[int, int]]]:
        r"""Return where the secrets of the next lines, joined with `\n`, are: by line, from 0.

        (start, end) in characters, in order, not overlapping; for masking in place.
        """
        if not self.enabled:
            return {}
        rows, parts = candidate_lines(text, self._in_use_bytes), self._lines_that_go_on(text)
        lines = text.split("\n")
        found = {
            row: self._all_spans(lines[row], searched=searched)
            for row, searched in self._lines_to_mask(rows, parts, lines)
        }
        return {
            row: [(start, end) for start, end, _ in _merge_overlapping(spans)]
            for row, spans in found.items()
            if spans
        }

    def _mask_whole_line(self, text: str, *, searched: bool = True) -> str:
        spans = self._all_spans(text, searched=searched)
        return self._replace_spans(text, spans, 0, len(text)) if spans else text

    def _all_spans(self, text: str, *, searched: bool = True) -> list[Span]:
        """Return the spans of the next line; what a mask in it touches is masked already.

        One that is not `searched` can only have the rest of a secret.
        """
        if len(text) > LONGEST_LINE:
            self._cut.forget()
            return [(0, len(text), NOT_SEARCHED)]
        spans = self._find_spans(text) if searched else []
        continued = self._cut.find_rest(text, spans)
        if continued is not None:
            spans.append((*continued[:2], self._mask_of_cut(continued[2])))
        if self._keys.inside or "-----BEGIN" in text:
            spans = self._keys.find(text) + spans
        if spans and "‹" in text:
            spans = _drop_masked(spans, [match.span() for match in _MASK.finditer(text)])
        return self._follow_cut(text, spans)

    def _follow_cut(self, text: str, spans: list[Span]) -> list[Span]:
        """Take note of a secret that the end of the line cuts."""
        last = self._cut.note(text, _merge_overlapping(spans) if spans else spans)
        self._cut_secret = (text[last[0] : last[1]], last[2]) if last is not None else None
        return spans

    def _mask_of_cut(self, kind: str) -> str:
        """Return the mask for the rest of a secret: that of its first part, if it has one."""
        return kind if self._cut_secret is None else self._mask(*self._cut_secret)

    def _mask_raw_line(self, data: bytes, text: str, *, searched: bool = True) -> bytes:
        masked = self._mask_whole_line(text, searched=searched)
        if masked == text and not self._hides_secret(data):
            return data
        end = data[len(data.rstrip(b"\r")) :]
        return masked.encode("utf-8", "replace") + end

    @property
    def count(self) -> int:
        """Number of different secrets that were masked."""
        return sum(self._numbers.values())

    def summary(self) -> str:
        """Return how many secrets were masked, in words; an empty string for none."""
        count = self.count
        return f"{count:,} secret{'' if count == 1 else 's'} masked" if count else ""

    def _find_spans(self, text: str) -> list[Span]:
        spans = find_spans(text)
        for form in self._in_use:
            place = text.find(form)
            while place >= 0:
                spans.append((place, place + len(form), "token"))
                place = text.find(form, place + len(form))
        return spans

    def _replace_spans(self, text: str, spans: list[Span], first: int, last: int) -> str:
        parts = []
        done = first
        for start, end, kind in _merge_overlapping(spans):
            if max(first, start) < min(end, last):
                parts.append(text[done:start])
                parts.append(self._mask(text[start:end], kind))
                done = end
        parts.append(text[done:last])
        return "".join(parts)

    def _mask(self, secret: str, kind: str) -> str:
        if kind.startswith("‹"):
            return kind
        if kind == NOT_SEARCHED:
            return self._new_mask(kind)
        secret = self._in_use.get(secret, secret)
        mask = self._masks.get(secret)
        if mask is None:
            mask = self._masks[secret] = self._new_mask(kind)
        return mask

    def _new_mask(self, kind: str) -> str:
        number = self._numbers[kind] = self._numbers.get(kind, 0) + 1
        return f"‹{kind} {number}›"

    def _hides_secret(self, data: bytes) -> bool:
        if not any(first in data and strings.search(data) for first, strings in _STRINGS):
            return False
        text = data.decode("utf-8", "replace")
        spans = self._find_spans(text)
        if spans:
            self._replace_spans(text, spans, 0, len(text))
        return bool(spans)


def _forms(value: str) -> dict[str, str]:
    """Map each spelling of the token in use to the token."""
    escaped = quote(value, safe="")
    lower = re.sub("%[0-9A-F]{2}", lambda match: match[0].lower(), escaped)
    return dict.fromkeys((value, escaped, lower, json.dumps(value)[1:-1]), value)


def _merge_overlapping(spans: list[Span]) -> list[Span]:
    """Sort spans and merge those that overlap; the first gives the kind."""
    spans = sorted(spans, key=lambda span: span[0])
    united = [spans[0]]
    for start, end, kind in spans[1:]:
        first, last, name = united[-1]
        if start < last:
            united[-1] = (first, max(last, end), name)
        else:
            united.append((start, end, kind))
    return united


def _drop_masked(spans: list[Span], masks: list[tuple[int, int]]) -> list[Span]:
    """Drop spans that touch a mask which is in the text already."""
    ends = [end for _, end in masks]
    kept = []
    for span in spans:
        place = bisect_left(ends, span[0] + 1)
        if place == len(masks) or masks[place][0] >= span[1]:
            kept.append(span)
    return kept
