"""Secret hints: which lines of many may hold a secret, by one cheap look at all of them.

To look for every secret in every line costs some microseconds a line, and few lines hold one. So
what each rule needs is looked for first, over a whole block: a name with its sign, a prefix with
what may follow it. A hint may be wrong, and then its line is looked through for nothing; a secret
without a hint is missed.

Each pattern begins with fixed text, which `re` finds at about a nanosecond a byte. A set of letters
takes ten times that, and so does one pattern for all names; what shares a rare letter is one.
"""

from __future__ import annotations

import re
from itertools import groupby
from typing import TYPE_CHECKING

from logview.secrets.token_shapes import SHAPES

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_SIGN = rb"[\"'`\\\]]*(?:[ \t:=,>]|%(?:25)*3d|u003d|%5d|%22)"
"""After a name: what closes it, then a sign, a list's comma, or the space after `--token`."""
_NAMED = tuple(
    re.compile(pattern)
    for pattern in (
        rb"k(?:(?:ey|(?<=tok)en|(?<=cook)ie2?)" + _SIGN + rb"|(?<=hook)s?[./]"
        rb"|(?<=mask)::|(?<=dock)er login)",
        rb"p(?:(?:ass(?:w(?:or)?d|phrase)?|wd?)" + _SIGN + rb"|(?<=resp)onse=|(?<=dap)i[0-9a-f])",
        rb"secret(?:access|_access)?" + _SIGN,
        rb"auth(?:orization)?" + _SIGN,
        rb"sig(?:nature)?" + _SIGN,
        rb"bearer[ %]",
        rb"basic[ %]",
        rb"curl",
        rb"value[\"'\\]*[ \t]?:[ \t]?[\\\"']",
    )
)
"""For the names of `logview.named_secrets`, places of `logview.placed_secrets`, and prefixes that
are words, in lower case."""

_USERINFO = re.compile(rb"://[^\s/@:?#\"'`<>\\]*:[^\s/?#\"'`<>\\]+@")

_HOST_AND_PORT = re.compile(rb"@[A-Za-z0-9.-]+:\d")
_ESCAPED_USERINFO = re.compile(rb"%40")
_WORDS = ("/IncomingWebhook/", "hooks.slack.com", "/api/webhooks/", "dapi", "pat", ":AA")
"""Anchors that are looked for with others, as part of them."""
_BODY = rb"(?=[A-Za-z0-9_+/=\x80-\xff-]{14})"
"""What follows each anchor of `SHAPES`."""


def _shaped() -> Iterator[re.Pattern[bytes]]:
    anchors = {anchor for row in SHAPES for anchor in row.anchors}.difference(_WORDS)
    more_after = {"_": "", "-": "|(?<=-----)BEGIN|-[A-Za-z]", r"\.": r"|(?<=pat[A-Za-z0-9]{14}\.)"}
    for sign, more in more_after.items():
        of_sign = sorted(anchor for anchor in anchors if anchor.endswith(sign[-1]))
        yield _after_sign(sign, of_sign, more)
        anchors.difference_update(of_sign)
    for first, of_first in groupby(sorted(anchors), lambda anchor: anchor[0]):
        rest = "|".join(re.escape(anchor[1:]) for anchor in of_first)
        rest += "|(?<=:A)A" if first == "A" else ""
        yield re.compile(f"{first}(?:{rest})".encode() + _BODY)
    yield re.compile(rb"eyJ")


def _after_sign(sign: str, anchors: list[str], more: str) -> re.Pattern[bytes]:
    last = "".join(sorted({anchor[-2] for anchor in anchors}))
    before = "|".join(f"(?<={re.escape(anchor)})" for anchor in anchors)
    return re.compile(f"{sign}(?:(?<=[{last}]{sign}){_BODY.decode()}(?:{before}){more})".encode())


_SHAPED = tuple(_shaped())


def candidate_lines(text: str, also: Iterable[bytes] = ()) -> list[int]:
    r"""Give the numbers of the lines (from 0, ended by `\n`) that may hold a secret, in order.

    Text of `also`, in UTF-8, is a hint too.
    """
    data = text.encode("utf-8", "surrogatepass")
    low = data.lower()
    if not low.isascii():
        low = low.replace("İ".encode(), b"i").replace("\u212a".encode(), b"k")  # KELVIN SIGN
    rows = matching_lines(low, _NAMED)
    rows.update(matching_lines(data, _SHAPED))
    if b"@" in data:
        rows.update(matching_lines(data, (_USERINFO, _HOST_AND_PORT)))
    if b"%" in data:
        rows.update(matching_lines(data, (_ESCAPED_USERINFO,)))
    rows.update(
        matching_lines(data, [re.compile(re.escape(form)) for form in also if form in data])
    )
    return sorted(rows)


def matching_lines(data: bytes, patterns: Iterable[re.Pattern[bytes]]) -> set[int]:
    """Give the numbers of the lines in which one of the patterns is found."""
    starts = set()
    for pattern in patterns:
        found = pattern.search(data)
        while found is not None:
            starts.add(data.rfind(b"\n", 0, found.start()) + 1)
            end = data.find(b"\n", found.start()) + 1
            found = pattern.search(data, end) if end else None
    rows = set()
    row = done = 0
    for start in sorted(starts):
        row += data.count(b"\n", done, start)
        done = start
        rows.add(row)
    return rows
