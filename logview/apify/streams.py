"""API client: the body of an answer as it comes, decoded, and honest about its end."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import anyio
import anyio.lowlevel
import httpx

from logview.apify.answers import BLANK, begins_as_html, web_page_title
from logview.apify.encoding import Decoder
from logview.apify.errors import ApifyError, UnexpectedAnswer
from logview.apify.failures import error_from_exception

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

MAX_ERROR_BODY = 64 * 1024
"""Bytes of an error's body that are read."""


TURN = 0.001
"""Seconds after which a body that is there already lets others have their turn. A key takes many
turns of the event loop until it shows."""

_TITLE_END = b"</title>"


class LogStream:
    """An open answer. `chunks()` gives its bytes once; it has no time-out of its own."""

    def __init__(self, response: httpx.Response, *, host: str, proxy: str | None) -> None:
        self._response = response
        self._host = host
        self._proxy = proxy
        self._decoder = Decoder(response.headers.get("content-encoding", ""))
        self._begun = bytearray()
        self._source = self._read()
        self.framed = (
            "content-length" in response.headers
            or "chunked" in response.headers.get("transfer-encoding", "").lower()
        )
        """Whether HTTP says where the body ends. If not, a broken connection can
        look like the end: only the run object knows then."""
        packed = response.headers.get("content-encoding", "").strip().lower()
        self.packed = packed not in ("", "identity")
        """Whether the body is compressed: its end then shows by itself."""
        self.size = None if self.packed else _length(response.headers.get("content-length", ""))
        """Bytes that `chunks` will give, where that is known beforehand."""
        self.content_disposition: str | None = response.headers.get("content-disposition")
        """What a download is to be called, as it was sent: not to be trusted (RFC 6266)."""
        self.may_be_page = False
        """Whether `chunks` is to raise UnexpectedAnswer where the body begins as HTML does."""

    async def chunks(self) -> AsyncIterator[bytes]:
        """Return the bytes as they come, unpacked, cut anywhere, never empty.

        Raises ConnectionLost when the connection breaks or ends before the
        body does, BadCompression when it can't be unpacked.
        """
        if self._begun:
            yield bytes(self._begun)
            self._begun.clear()
        head = b""
        async for piece in self._source:
            if not self.may_be_page:
                yield piece
                continue
            head += piece
            is_page = begins_as_html(head)
            if is_page:
                title = web_page_title(head)
                raise UnexpectedAnswer(
                    f"{self._host} answers with {title} instead of a log.", status=200
                )
            if is_page is False:
                self.may_be_page = False
                yield head
                head = b""
        if head:
            yield head

    async def _read(self) -> AsyncIterator[bytes]:
        failed: ApifyError
        turn_ends = time.monotonic() + TURN
        try:
            async for chunk in self._response.aiter_raw():
                for piece in self._decoder.decode(chunk):
                    yield piece
                # A buffer of tiny chunks is taken apart without waiting for anything.
                if time.monotonic() >= turn_ends:
                    await anyio.lowlevel.checkpoint()
                    turn_ends = time.monotonic() + TURN
            self._decoder.finish()
        except (httpx.HTTPError, httpx.StreamError, OSError) as error:
            failed = error_from_exception(error, host=self._host, proxy=self._proxy, answering=True)
        else:
            return
        # Raised outside: httpx's errors hold the request, and it the token.
        raise failed

    async def reject_web_page(self, limit: float) -> None:
        """Raise UnexpectedAnswer if the body begins as a web page; nothing read is lost.

        A body that says nothing within `limit` seconds counts as one.
        """
        with anyio.move_on_after(limit):
            if not await self._begins_as_page():
                return
        title = web_page_title(bytes(self._begun)) or "a web page"
        raise UnexpectedAnswer(f"{self._host} answers with {title} instead of a log.", status=200)

    async def _begins_as_page(self) -> bool:
        """Read to the end of a page's title; return False for a body that is no page."""
        blank = True
        async for piece in self._source:
            # Only what is new is searched: a body may come byte by byte.
            start = max(0, len(self._begun) - len(_TITLE_END))
            self._begun += piece
            if blank and (text := piece.lstrip(BLANK)):
                blank = False
                if not text.startswith(b"<"):
                    return False
            if len(self._begun) >= MAX_ERROR_BODY:
                return True
            if _TITLE_END in self._begun[start:].lower():
                return True
        return not blank


def _length(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 20 else None


async def read_body(stream: LogStream, most: int, *, keep: bool = False) -> bytes:
    """Read a whole body of at most `most` bytes.

    Raises UnexpectedAnswer for a longer one; with `keep` its beginning is
    given instead, and likewise what came before a broken connection.
    """
    body = bytearray()
    try:
        async for piece in stream.chunks():
            body += piece
            if len(body) > most:
                if keep:
                    break
                raise UnexpectedAnswer("The answer is much longer than the API's answers are.")
    except ApifyError:
        if not keep:
            raise
    return bytes(body[:most])
