"""Tests: how one connection of the fault server answers, and what it was asked.

`fault_server.py` is the server, and the place to import from.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Literal, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Mapping

End: TypeAlias = Literal[
    "tail", "stop", "fin", "reset", "stall", "bad-chunk", "short-chunk", "garbage"
]
Topic: TypeAlias = Literal["log", "job", "other"]

_HTML = (
    b"<!DOCTYPE html><html><head><title>%d</title></head><body>Please <b>sign in</b></body></html>"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """How one connection answers. Without arguments: correctly.

    `after` counts bytes of the body (of the log, before compression) that are
    sent before `end` happens; None means all that there is at the moment. With
    the end `tail` the log is followed until it is complete.
    """

    end: End = "tail"
    after: int | None = None
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes | None = None
    """A whole answer that stands in place of the log."""
    length: int | None = None
    """Added to the true Content-Length; the log as it is now is then the whole body."""
    unframed: bool = False
    """Neither chunked nor with a length: only closing ends the body."""
    piece: int = 65536
    """Bytes per chunk."""
    gzip: bool = False
    """Compressed, flushed at each chunk."""
    torn: bool = False
    """Compressed: half a block of what follows is sent before the end."""
    silent: bool = False
    """Not even a status line comes before `release`."""
    headless: bool = False
    """The connection ends before a status line."""

    @classmethod
    def clean(cls, piece: int = 65536) -> Fault:
        """No fault: replay, tail, last chunk."""
        return cls(piece=piece)

    @classmethod
    def reset(cls, after: int | None = None, piece: int = 65536) -> Fault:
        """RST after so many bytes."""
        return cls(end="reset", after=after, piece=piece)

    @classmethod
    def half_close(cls, after: int | None = None) -> Fault:
        """FIN without the last chunk."""
        return cls(end="fin", after=after)

    @classmethod
    def early_end(cls, after: int | None = None) -> Fault:
        """A proper last chunk, although the log goes on."""
        return cls(end="stop", after=after)

    @classmethod
    def empty_stream(cls) -> Fault:
        """A stream without a byte that ends at once, as before a run's first line."""
        return cls(end="stop", after=0)

    @classmethod
    def stall(cls, after: int | None = None) -> Fault:
        """Open and silent, even if the log grows or the run ends; goes on after `release`."""
        return cls(end="stall", after=after)

    @classmethod
    def no_head(cls) -> Fault:
        """Connected, and no status line before `release`."""
        return cls(silent=True)

    @classmethod
    def refuse(cls, end: End = "reset") -> Fault:
        """The connection is accepted and ends before a status line."""
        return cls(headless=True, end=end)

    @classmethod
    def trickle(cls, end: End = "tail", after: int | None = None) -> Fault:
        """Single bytes, each in a chunk of its own."""
        return cls(piece=1, end=end, after=after)

    @classmethod
    def bad_chunk(cls, after: int | None = None) -> Fault:
        """A chunk length that is no number."""
        return cls(end="bad-chunk", after=after)

    @classmethod
    def short_chunk(cls, after: int | None = None) -> Fault:
        """A chunk that holds up to ten bytes and promised a thousand, then FIN."""
        return cls(end="short-chunk", after=after)

    @classmethod
    def wrong_length(cls, by: int) -> Fault:
        """The log as it is, with a Content-Length that is off by so many bytes."""
        return cls(length=by, end="fin")

    @classmethod
    def without_length(cls, after: int | None = None) -> Fault:
        """A body that only ends with the connection: a cut looks like success."""
        return cls(unframed=True, end="fin", after=after)

    @classmethod
    def gzipped(cls, piece: int = 65536) -> Fault:
        """Correct, compressed, flushed by chunk."""
        return cls(gzip=True, piece=piece)

    @classmethod
    def gzip_cut(cls, after: int | None = None, end: End = "fin") -> Fault:
        """Compressed, and ended (`fin`, `reset` or `stop`) within a block."""
        return cls(gzip=True, torn=True, after=after, end=end)

    @classmethod
    def gzip_garbage(cls, after: int | None = None) -> Fault:
        """Compressed, then bytes that are not."""
        return cls(gzip=True, after=after, end="garbage")

    @classmethod
    def answer(cls, status: int, body: bytes = b"", **headers: str) -> Fault:
        """Any whole answer; `_` in a header's name stands for `-`."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return cls(status=status, body=body, headers=named)

    @classmethod
    def error(cls, status: int, kind: str = "some-error", message: str = "No.") -> Fault:
        """An error as the API writes it."""
        body = json.dumps({"error": {"type": kind, "message": message}}).encode()
        return cls.answer(status, body, Content_Type="application/json; charset=utf-8")

    @classmethod
    def rate_limited(cls, retry_after: str | None = None) -> Fault:
        """429, with Retry-After where one is given."""
        fault = cls.error(429, "rate-limit-exceeded", "You have exceeded the rate limit.")
        extra = {} if retry_after is None else {"Retry-After": retry_after}
        return replace(fault, headers={**fault.headers, **extra})

    @classmethod
    def html(cls, status: int = 502) -> Fault:
        """A page of HTML, as proxies and captive portals (status 200) send it."""
        return cls.answer(status, _HTML % status, Content_Type="text/html; charset=utf-8")

    @classmethod
    def redirect(cls, to: str, status: int = 302) -> Fault:
        """A redirect to a full or relative address."""
        return cls.answer(status, Location=to)


@dataclass(frozen=True, slots=True)
class Request:
    """One request as it came."""

    method: str
    target: str
    """As it was sent, still encoded; a proxy gets a full address here."""
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    """By names in lower case."""
    at: float
    """`time.monotonic()` when it came."""
    connection: int
    """Number of the TCP connection, from 1."""
    topic: Topic
