"""Bench: makes the logs that are measured: Apify-shaped, seeded, the same on every machine.

A log is written as blocks of a thousand lines, each block within one second.
A few different blocks are made once; writing patches their second, so that
the stamps increase and a gigabyte takes a few seconds.
"""

from __future__ import annotations

import json
import random
import re
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

LITERAL = "status code 403"
"""Searched for; at most once in a line, in no other spelling, and without its last character it
has more matches: a total that is seen is the total of the whole text."""
REGEX = "status c[o]de 4[0-9]3"
"""Matches what LITERAL does; written so that all programs read it alike."""
FINAL = "That was the final line of this log"
"""In the last line only."""

BLOCK = 1000
"""Lines in a block."""

_VERSION = 6
_SEED = 20261120
_BLOCKS = 8
_START = datetime(2026, 11, 20, 6, 0, 0, tzinfo=timezone.utc)
_SECOND = "%Y-%m-%dT%H:%M:%S."
_SGR = re.compile(r"\x1b\[[0-9;]*m")
_COLOURS = {"ERROR": 31, "WARN": 33, "INFO": 32, "DEBUG": 34}


@dataclass(frozen=True, slots=True)
class Shape:
    """What a log is made of."""

    name: str
    lines: int
    width: int
    """Bytes of a line on average, its newline among them; colours come on top."""
    coloured: bool = False
    long_line: int = 0
    """Bytes of one line in the middle; 0 for none."""


SHAPES = {
    shape.name: shape
    for shape in (
        Shape("10MB", 82_000, 122),
        Shape("10MB-colour", 82_000, 122, coloured=True),
        Shape("147MB", 1_000_000, 147),
        Shape("147MB-colour", 1_000_000, 147, coloured=True),
        Shape("1.47GB", 10_000_000, 147),
        Shape("1.47GB-colour", 10_000_000, 147, coloured=True),
        Shape("8MB-line", 2_000, 122, long_line=8_000_000),
    )
}


@dataclass(frozen=True, slots=True)
class Corpus:
    """A log that was written, and what is known of it."""

    name: str
    path: Path
    lines: int
    size: int
    matches: int
    """How many lines hold LITERAL."""


def make(shape: Shape, folder: Path) -> Corpus:
    """Give a log of this shape; one that is in the folder already is taken as it is."""
    path = folder / f"apify-{shape.name}.log"
    notes = folder / f"apify-{shape.name}.json"
    expected = {"version": _VERSION, **asdict(shape)}
    if path.exists() and notes.exists():
        known = json.loads(notes.read_text())
        if known["made of"] == expected and path.stat().st_size == known["size"]:
            return Corpus(shape.name, path, known["lines"], known["size"], known["matches"])
    lines = matches = size = 0
    with path.open("wb") as file:
        for piece in pieces(shape):
            lines += piece.count(b"\n")
            matches += piece.count(LITERAL.encode())
            size += file.write(piece)
    notes.write_text(
        json.dumps({"made of": expected, "lines": lines, "size": size, "matches": matches})
    )
    return Corpus(shape.name, path, lines, size, matches)


def pieces(shape: Shape) -> Iterator[bytes]:
    """Give the log in blocks; the last line says that it is the last."""
    blocks = _make_blocks(shape)
    first = _START.strftime(_SECOND).encode()
    count = shape.lines // BLOCK
    for number in range(count):
        second = (_START + timedelta(seconds=number)).strftime(_SECOND).encode()
        block = blocks[number % _BLOCKS].replace(first, second)
        if number == 0:
            block = _beginning(first) + block.split(b"\n", len(_BEGINNING))[-1]
        if number == count // 2 and shape.long_line:
            yield _long_line(second, shape.long_line)
        if number == count - 1:
            block = block[: block.rindex(b"\n", 0, -1) + 1]
            block += second + f"999Z INFO  {FINAL}.\n".encode()
        yield block


_BEGINNING = (
    "ACTOR: Pulling container image of build 6sOStSkN5Nfea7vRE from registry.",
    "ACTOR: Creating container.",
    "ACTOR: Starting container.",
    'INFO  System info {"apifyVersion":"3.2.6","crawleeVersion":"3.12.1","osType":"Linux"}',
)
"""How the platform begins a log; programs guess a log's format by its first lines."""


def _beginning(second: bytes) -> bytes:
    lines = (b"%b%03dZ %b\n" % (second, at, text.encode()) for at, text in enumerate(_BEGINNING))
    return b"".join(lines)


def _long_line(second: bytes, length: int) -> bytes:
    item = b'{"url":"https://shop4.example/item/40112","ok":true},'
    head = second + b"000Z INFO  CheerioCrawler: All results: ["
    tail = b"{}] and " + LITERAL.encode() + b".\n"
    room = length - len(head) - len(tail)
    return head + (item * (room // len(item) + 1))[:room] + tail


def _make_blocks(shape: Shape) -> list[bytes]:
    """Make the blocks; what lines lack to the wanted width on average is put into their JSON."""
    padding = 0
    for _ in range(4):
        blocks = [_block(number, padding) for number in range(_BLOCKS)]
        plain = sum(len(_SGR.sub("", line).encode()) + 1 for block in blocks for line in block)
        missing = shape.width * BLOCK * _BLOCKS - plain
        padding = max(0, padding + round(missing / (BLOCK * _BLOCKS * _PADDED)))
    if not shape.coloured:
        blocks = [[_SGR.sub("", line) for line in block] for block in blocks]
    return ["".join(f"{line}\n" for line in block).encode() for block in blocks]


_PADDED = 0.8
"""The share of lines that hold padding, roughly; the width is reached by approximation."""


def _block(number: int, padding: int) -> list[str]:
    rng = random.Random(_SEED + number)
    texts: list[str] = []
    failures = 3 + number % 3
    fail_at = {round((at + 0.5) * BLOCK / failures) for at in range(failures)}
    while len(texts) < BLOCK:
        if any(at <= len(texts) for at in fail_at):
            fail_at.remove(min(fail_at))
            texts.extend(_failure(rng))
        else:
            texts.extend(_event(rng, padding))
    second = _START.strftime(_SECOND)
    return [f"{second}{at:03}Z {text}" for at, text in enumerate(texts[:BLOCK])]


def _line(level: str, text: str, data: dict[str, object] | None, prefix: str) -> str:
    head = f"\x1b[{_COLOURS[level]}m{level}\x1b[39m" + " " * (5 - len(level))
    tail = f"\x1b[90m {json.dumps(data, separators=(',', ':'))}\x1b[39m" if data else ""
    return f"{head}\x1b[33m {prefix}:\x1b[39m {text}{tail}"


def _frame(where: str, data: dict[str, object] | None = None) -> str:
    tail = f" {json.dumps(data, separators=(',', ':'))}" if data else ""
    return f"\x1b[90m    at {where}{tail}\x1b[39m"


def _name(rng: random.Random, length: int) -> str:
    return "".join(rng.choices("abcdefghijkmnopqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ", k=length))


def _event(rng: random.Random, padding: int) -> list[str]:
    item = rng.randint(1, 99_999)
    key = {"sessionId": _name(rng, padding)} if padding else {}
    kind = rng.random()
    if kind < 0.70:
        data = {"item": item, "statusCode": 200, "ms": rng.randint(40, 900), **key}
        return [_line("INFO", "Request finished", data, "CheerioCrawler")]
    if kind < 0.85:
        data = {"item": item, **key}
        return [_line("DEBUG", "Enqueued a link", data, "CheerioCrawler:RequestQueue")]
    if kind < 0.93:
        # Most of a real log is ASCII; a page here and there is not.
        name = f"“{_name(rng, 9)}”" if rng.random() < 0.015 else _name(rng, 11)
        return [_line("INFO", f"Saved item {item}, {name}", None, "CheerioCrawler")]
    url = f"https://shop{rng.randint(1, 9)}.example/item/{item}"
    why = rng.choice(("Request timed out", "Request failed, status code 404"))
    text = f"Reclaiming failed request back to the list or queue. {why}."
    where = f"CheerioCrawler.requestHandler (/usr/src/app/dist/routes.js:{rng.randint(9, 400)}:15)"
    data = {"id": _name(rng, 15), "url": url, "retryCount": rng.randint(1, 3)}
    return [_line("WARN", text, None, "CheerioCrawler"), _frame(where, data)]


def _failure(rng: random.Random) -> list[str]:
    """A request that failed for good; its line holds what is searched for."""
    text = f"Request failed and reached maximum retries. Error: Request blocked, {LITERAL}"
    data: dict[str, object] = {"id": _name(rng, 15), "retryCount": 3}
    return [
        _line("ERROR", text, None, "CheerioCrawler"),
        _frame(f"handleBlocked (/usr/src/app/dist/routes.js:{rng.randint(9, 400)}:15)"),
        _frame("process.processTicksAndRejections (node:internal/process/task_queues:95:5)"),
        _frame("async CheerioCrawler._runRequestHandler (/usr/src/app/crawler.js:301:9)", data),
    ]
