"""Demo: a long finished log of 100,000 lines, made while it is sent.

Nothing is kept: a block of lines is put together from ready-made pieces in
about a millisecond, the same at every reading.
"""

from __future__ import annotations

import random
from datetime import datetime, timedelta
from functools import cache
from typing import TYPE_CHECKING

from logview.demo.lines import js, plain

if TYPE_CHECKING:
    from collections.abc import Iterator

LINES = 100_000
LINES_PER_SECOND = 20
DURATION = LINES / LINES_PER_SECOND + 2
"""How long the run took, in seconds."""

_BLOCK = 600
"""Lines per block, in whole seconds: about 64 kB."""
_CYCLE = 1009
"""Line bodies that repeat with their page number; a prime, so that no pattern shows."""


def _body(rng: random.Random, number: int) -> str:
    """Return a line body with one `%d` for the page; `number` is its place in the cycle."""
    shop = f"https://shop{number % 9 + 1}.example/item/%d"
    if number % 505 == 77:
        return js("ERROR", f"Could not read the price on {shop}", {"retryCount": 3})
    if number % 100 == 31:
        return js("WARN", f"Slow answer from {shop}", {"millis": rng.randint(4000, 9000)})
    if number % 7 == 3:
        return f"  · Teekanne №%d, {rng.randint(9, 99)},90 €"
    if number % 11 == 5:
        return js("DEBUG", f"Queued {shop}", prefix="CheerioCrawler")
    found: dict[str, object] = {"statusCode": 200, "durationMillis": rng.randint(90, 900)}
    return js("INFO", f"Saved {shop}", found, prefix="CheerioCrawler")


@cache
def _bodies(raw: bool) -> list[bytes]:
    rng = random.Random(71)
    texts = [_body(rng, number) for number in range(_CYCLE)]
    return [((text if raw else plain(text)) + "\n").encode() for text in texts]


@cache
def _offsets() -> list[bytes]:
    """Return the milliseconds of the lines in each second: `000Z `, `050Z `, …"""
    step = 1000 // LINES_PER_SECOND
    return [b"%03dZ " % (place * step) for place in range(LINES_PER_SECOND)]


def blocks(started: datetime, raw: bool) -> Iterator[bytes]:
    """Return the log in blocks of whole lines, the first about a second after `started` (UTC)."""
    bodies, offsets = _bodies(raw), _offsets()
    second = started.replace(microsecond=0, tzinfo=None) + timedelta(seconds=1)
    number = 0
    for _ in range(0, LINES, _BLOCK):
        out: list[bytes] = []
        for _ in range(_BLOCK // LINES_PER_SECOND):
            head = second.isoformat().encode() + b"."
            for offset in offsets:
                out.append(head + offset + bodies[number % _CYCLE] % number)
                number += 1
            if number >= LINES:
                break
            second += timedelta(seconds=1)
        yield b"".join(out)
