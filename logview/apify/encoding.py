"""API client: what came compressed, plain again, as soon as it can be."""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING

from logview.apify.errors import BadCompression

if TYPE_CHECKING:
    from collections.abc import Iterator

PIECE = 256 * 1024
"""Most bytes that one step gives: a small chunk can hold a thousand times its size."""


class Decoder:
    """Decodes one answer's body, chunk by chunk; holds nothing back that can be known.

    Own code instead of httpx's, because that drops what follows a first gzip
    member, takes a cut-off gzip body for a whole one, passes on encodings
    that it does not know, and unpacks a chunk of any size in one go.
    Raises BadCompression.
    """

    def __init__(self, content_encoding: str) -> None:
        names = [name.strip().lower() for name in content_encoding.split(",")]
        names = [name for name in names if name not in ("", "identity")]
        if len(names) > 1 or (names and names[0] not in ("gzip", "x-gzip", "deflate")):
            raise BadCompression(
                f"The answer is packed as {content_encoding[:40]!r}, which was not asked for."
            )
        self._gzip = bool(names) and names[0] != "deflate"
        self._inflate = self._start() if names else None
        self._begun = False

    def _start(self) -> zlib._Decompress:
        return zlib.decompressobj(zlib.MAX_WBITS | 16 if self._gzip else zlib.MAX_WBITS)

    def decode(self, chunk: bytes) -> Iterator[bytes]:
        """Return all bytes that the chunk completes, in pieces of at most `PIECE` if packed."""
        if self._inflate is None:
            if chunk:
                yield chunk
            return
        while chunk:
            if self._inflate.eof:
                # RFC 1952, 2.2: members follow one another; zero bytes may pad the end.
                chunk = chunk.lstrip(b"\0") if self._gzip else b""
                if not chunk:
                    return
                self._inflate, self._begun = self._start(), False
            piece = self._step(chunk)
            chunk = self._inflate.unconsumed_tail or self._inflate.unused_data
            if piece:
                yield piece
            # Output that filled a piece exactly can wait inside with all input consumed.
            while len(piece) == PIECE and not chunk and not self._inflate.eof:
                piece = self._step(b"")
                if piece:
                    yield piece

    def _step(self, data: bytes) -> bytes:
        assert self._inflate is not None
        try:
            piece = self._inflate.decompress(data, PIECE)
        except zlib.error as error:
            if not self._gzip and not self._begun:
                # Some servers send deflate without its zlib header (RFC 9110, 8.4.1.2).
                self._begun, self._inflate = True, zlib.decompressobj(-zlib.MAX_WBITS)
                return self._step(data)
            raise BadCompression(f"The compressed answer is broken ({error}).") from None
        self._begun = True
        return piece

    def finish(self) -> None:
        """Check that the body is complete; raises BadCompression when it broke off."""
        if self._inflate is not None and self._begun and not self._inflate.eof:
            raise BadCompression("The compressed answer breaks off in the middle.")
