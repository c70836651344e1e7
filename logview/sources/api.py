"""Sources: what they need of `apify.client`, which is not imported here: httpx is heavy."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from contextlib import AbstractAsyncContextManager

    from logview.apify.models import Job, JobKind


class StreamAnswer(Protocol):
    """An open answer with a log."""

    framed: bool
    """Whether HTTP says where the body ends; if not, a broken connection can look like its end."""
    packed: bool
    """Whether the body is compressed: its end then shows by itself."""
    size: int | None
    """Bytes in all, None where the answer does not say."""
    content_disposition: str | None
    """The header of that name, which suggests a file name: not to be trusted."""

    def chunks(self) -> AsyncIterator[bytes]:
        """Return the bytes as they come, once; iterating raises ApifyError."""
        ...


class ApiClient(Protocol):
    """A client of Apify's API."""

    def log(
        self,
        job_id: str,
        *,
        raw: bool | None,
        stream: bool = True,
        download: bool = False,
        resumes: bool = False,
    ) -> AbstractAsyncContextManager[StreamAnswer]:
        """Open the log, of which some is held already if it `resumes`; entering raises ApifyError.

        `stream` follows it to the end of the job; `download` asks for it as a file.
        """
        ...

    async def job(self, job_id: str, kind: JobKind | None = None, wait: float = 0) -> Job:
        """Return the run or build; raises ApifyError.

        `wait` is how many seconds the API may wait for its end.
        """
        ...

    async def aclose(self) -> None:
        """Close all connections."""
        ...
