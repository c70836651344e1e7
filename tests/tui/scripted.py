"""TUI tests: a source that says what the test tells it."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING

from logview.apify.models import Job
from logview.sources import events

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from logview.apify.errors import ApifyError
    from logview.apify.models import JobKind

NOW = datetime(2026, 11, 20, 6, 3, 12, tzinfo=timezone.utc)
"""The moment in which these tests play."""

STARTED = datetime(2026, 11, 20, 6, 0, 0, tzinfo=timezone.utc)
RUN_ID = "HG7ML7M8z78YcAPEB"
ACTOR_ID = "ActorShopPrice001"


class ScriptedSource:
    """A source that says the events it is handed, in their order, until `end()`."""

    def __init__(self) -> None:
        self._queue: asyncio.Queue[events.Event | None] = asyncio.Queue()
        self.retries = 0
        self.closed = False
        self.facts: list[tuple[str, str]] = []

    async def events(self) -> AsyncIterator[events.Event]:
        """Say what is handed in."""
        try:
            while (event := await self._queue.get()) is not None:
                yield event
        finally:
            self.closed = True

    def retry(self) -> None:
        """Count."""
        self.retries += 1

    def stats(self) -> list[tuple[str, str]]:
        """Give what the test put there."""
        return self.facts

    def say(self, *said: events.Event) -> None:
        """Say these events next."""
        for event in said:
            self._queue.put_nowait(event)

    def send(self, text: str | bytes) -> None:
        """Bytes arrive, as they are."""
        self.say(events.Received(text.encode() if isinstance(text, str) else text))

    def lines(self, *texts: str) -> None:
        """Whole lines arrive, in one piece."""
        self.send("".join(f"{text}\n" for text in texts))

    @property
    def has_more(self) -> bool:
        """Whether something is said that nobody has heard yet."""
        return self._queue.qsize() > 0

    def end(self) -> None:
        """Let the iterator end, with nothing more to say."""
        self._queue.put_nowait(None)


def job(
    status: str = "RUNNING",
    *,
    kind: JobKind = "run",
    message: str | None = None,
    exit_code: int | None = None,
    seconds: float | None = None,
    job_id: str = RUN_ID,
    actor_id: str | None = ACTOR_ID,
) -> Job:
    """A run that began three minutes and twelve seconds ago; `seconds` is how long it took."""
    return Job(
        id=job_id,
        kind=kind,
        status=status,
        actor_id=actor_id,
        status_message=message,
        started_at=None if status == "READY" else STARTED,
        finished_at=None if seconds is None else STARTED + timedelta(seconds=seconds),
        exit_code=exit_code,
    )


def problem(error: ApifyError) -> events.Problem:
    """Say an error of the API client as a source does."""
    return events.Problem(
        error.cause, error.meaning, error.remedy, status=error.status, kind=error.type
    )


def crawl(first: int, count: int) -> list[str]:
    """Lines of a crawl, numbered from `first`; every tenth is a warning, every 25th an error."""
    made = []
    for number in range(first, first + count):
        stamp = (STARTED + timedelta(milliseconds=40 * number)).isoformat(timespec="milliseconds")
        if number % 25 == 0:
            body = f"ERROR CheerioCrawler: Request failed. page {number} timed out"
        elif number % 10 == 0:
            body = f"WARN  CheerioCrawler: Retrying page {number}: Timed out after 30 s"
        else:
            body = f'INFO  CheerioCrawler: Request finished {{"page":{number},"statusCode":200}}'
        made.append(f"{stamp.removesuffix('+00:00')}Z {body}")
    return made


def numbered(first: int, last: int) -> list[str]:
    """Short lines: `line 1`, `line 2`, …, both ends included."""
    return [f"line {number}" for number in range(first, last + 1)]
