"""Sources: a fresh copy of a whole log, in one go: all of it, or an error."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from math import ceil
from typing import TYPE_CHECKING

from logview.apify.errors import (
    ApifyError,
    BadCompression,
    ConnectionLost,
    RateLimited,
    ReadTimedOut,
    ServerError,
)
from logview.saving.file_names import name_from_header
from logview.sources.events import Problem

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from logview.sources.api import ApiClient, StreamAnswer

SILENCE = 30.0
"""Seconds without a byte after which a download counts as broken off."""


class DownloadError(Exception):
    """The log could not be had, or not to its end; `problem` has the reason and what to do."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.cause)
        self.problem = problem


class Download:
    """A log that is being downloaded."""

    def __init__(self, answer: StreamAnswer, job_id: str) -> None:
        self._answer = answer
        self.name = name_from_header(answer.content_disposition, job_id)
        """A name for the file: what the API says, made harmless, or `<id>.log`."""
        self.size = answer.size
        """Bytes in all, where the API says so."""

    async def pieces(self) -> AsyncIterator[bytes]:
        """Return the log, cut anywhere. Raises DownloadError where it breaks off before its end."""
        chunks = self._answer.chunks()
        try:
            while True:
                try:
                    piece = await asyncio.wait_for(anext(chunks), SILENCE)
                except StopAsyncIteration:
                    return
                except asyncio.TimeoutError:
                    silent = f"The download has brought nothing for {SILENCE:.0f} s."
                    raise DownloadError(_problem(ReadTimedOut(silent))) from None
                except ApifyError as error:
                    raise DownloadError(_problem(error)) from None
                yield piece
        finally:
            close = getattr(chunks, "aclose", None)
            if close is not None:
                await close()


@asynccontextmanager
async def download(
    client_factory: Callable[[], ApiClient], job_id: str, *, raw: bool | None
) -> AsyncIterator[Download]:
    """Ask the API for the log of a run or build as it is now (`download=true`).

    `raw` keeps ANSI codes. It is asked for once: nothing is tried again, and
    entering raises DownloadError where the API says no.
    """
    client = client_factory()
    try:
        async with client.log(job_id, raw=raw, stream=False, download=True) as answer:
            if not (answer.framed or answer.packed):
                raise DownloadError(_UNFRAMED)
            yield Download(answer, job_id)
    except ApifyError as error:
        raise DownloadError(_problem(error)) from None
    finally:
        await client.aclose()


_UNFRAMED = Problem(
    "The answer does not say where it ends.",
    "Something on the way, such as an old proxy, took that away: a log that is cut off could not "
    "be told from a whole one.",
    "Save the log from the screen instead.",
    kind="unframed",
)


_BROKEN_OFF = (ConnectionLost, ReadTimedOut, BadCompression)
_GOES_BY_ITSELF = (RateLimited, ServerError, *_BROKEN_OFF)


def _problem(error: ApifyError) -> Problem:
    """Return the problem for an error of the API client, for a download that is not tried again."""
    meaning, remedy = error.meaning, error.remedy
    if isinstance(error, _BROKEN_OFF):
        meaning = "The log did not come to its end, so none of it is kept."
    if isinstance(error, _GOES_BY_ITSELF):
        wait = f"in {ceil(error.retry_after)} s" if error.retry_after else "in a while"
        remedy = f"Try again {wait}."
    return Problem(error.cause, meaning, remedy, error.status, error.type)
