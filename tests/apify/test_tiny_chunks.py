"""An answer that comes byte by byte: as quick as any other, and it lets others have their turn."""

from __future__ import annotations

import asyncio
import sys
from typing import TYPE_CHECKING

import httpx
import pytest

from logview.apify import streams
from logview.apify.errors import UnexpectedAnswer
from logview.apify.streams import LogStream

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from types import FrameType

SIZE = 20_000


class Bytewise(httpx.AsyncByteStream):
    """A body whose chunks hold one byte each, and are all there already."""

    def __init__(self, body: bytes) -> None:
        self._body = body

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for value in self._body:
            yield bytes((value,))


def answer(body: bytes) -> LogStream:
    return LogStream(httpx.Response(200, stream=Bytewise(body)), host="example.com", proxy=None)


class Work:
    """Counts the bytes that methods of bytes and bytearrays go through."""

    def __init__(self) -> None:
        self.bytes = 0

    def __enter__(self) -> Work:
        sys.setprofile(self._seen)
        return self

    def __exit__(self, *_: object) -> None:
        sys.setprofile(None)

    def _seen(self, frame: FrameType, event: str, function: object) -> None:
        owner = getattr(function, "__self__", None)
        if event == "c_call" and isinstance(owner, bytes | bytearray):
            self.bytes += len(owner)


PAGES = {
    "endless head": b"<html><head><style>" + b"x" * SIZE,
    "title late": b"<html>" + b" " * SIZE + b"<title>Log in</title></head>",
    "blank": b" \r\n" * (SIZE // 3) + b"<!DOCTYPE html><title>Log in</title>",
    "mark": b"\xef\xbb\xbf<html><title>Log in</title>",
}


@pytest.mark.parametrize("page", PAGES.values(), ids=PAGES)
async def test_a_page_is_found_out_without_reading_all_of_it_for_each_byte(page: bytes) -> None:
    log = answer(page)
    with Work() as work, pytest.raises(UnexpectedAnswer, match="a web page"):
        await log.reject_web_page(60)
    assert work.bytes < 100 * len(page)


async def test_nothing_of_a_log_that_calls_itself_a_page_is_lost() -> None:
    body = b"\xef\xbb\xbf 2026-11-20T06:00:00.000Z <html> is only mentioned\n" * 9
    log = answer(body)
    await log.reject_web_page(60)
    assert b"".join([chunk async for chunk in log.chunks()]) == body


async def test_others_have_their_turn_meanwhile(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streams, "TURN", 0.0)
    turns = 0

    async def others() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    task = asyncio.create_task(others())
    log = answer(b"x" * 1000)
    assert len([chunk async for chunk in log.chunks()]) == 1000
    task.cancel()
    assert turns >= 900
