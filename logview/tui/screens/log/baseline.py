"""Log screen: the good runs that the log is compared with. Imports no Textual."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from logview.baselines import Found
    from logview.config.settings import Settings
    from logview.log.patterns.model import Baseline
    from logview.target import Target
    from logview.tui.screens.log.session import LogSession


class SessionBaseline:
    """Finds and keeps the baseline of an open log; it is read once, by whoever asks first."""

    def __init__(
        self, session: LogSession, settings: Settings, against: Sequence[Target] | None
    ) -> None:
        """Compare with the logs `against`; None for the last good runs of the same job."""
        self._session = session
        self._settings = settings
        self._against = against
        self._reading: asyncio.Task[Found] | None = None
        self._found: Found | None = None

    @property
    def is_known(self) -> bool:
        """Whether it was looked for, found or not."""
        return self._found is not None

    @property
    def baseline(self) -> Baseline | None:
        """The models; None where there are none, or none yet."""
        found = self._found
        if found is None or not found.models:
            return None
        # Imported late: the expressions for patterns cost some milliseconds.
        from logview.log.patterns.model import Baseline

        return Baseline(found.models)

    @property
    def notes(self) -> tuple[str, ...]:
        """What is to be said of it: why there is none, what could not be read."""
        return self._found.notes if self._found is not None else ()

    @property
    def is_named(self) -> bool:
        """Whether it was named by the user."""
        return bool(self._against)

    @property
    def reason(self) -> str:
        """Why there is none, for a person."""
        if self.notes:
            return " ".join(self.notes)
        if self._against is not None and not self._against:
            return "nothing to compare with: --against none"
        return "nothing to compare with: --against ID or FILE names a log"

    @property
    def is_possible(self) -> bool:
        """Whether there can be one: named logs, or a run whose relatives can be listed."""
        if self._against is not None:
            return bool(self._against)
        job = self._session.job
        return job is not None and job.kind == "run"

    async def find(self) -> None:
        """Read it, unless that was done."""
        if self._found is not None or not self.is_possible:
            return
        if self._reading is None:
            self._reading = asyncio.ensure_future(self._read())
        self._found = await asyncio.shield(self._reading)

    async def _read(self) -> Found:
        from logview.baselines import find_baseline, make_cache, read_baseline

        cache = make_cache(self._settings)
        if self._against is not None:
            return await read_baseline(self._settings, self._against, cache)
        job = self._session.job
        assert job is not None
        return await find_baseline(self._settings, job, cache)

    def close(self) -> None:
        """Stop reading: the log is left."""
        if self._reading is not None:
            self._reading.cancel()
