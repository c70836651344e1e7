"""TUI: the last lines of the run that is selected in the open screen's list."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.widgets import Static

from logview.text.sanitize import display, label
from logview.text.timestamps import stamp_of
from logview.tui.content import make_content

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from logview.apify.client import ApifyClient

MOST_BYTES = 64 * 1024
"""Bytes of the end of a log that are kept."""

_LONGEST = 400
"""Characters of a line that are shown."""

_KEPT = 50
"""Logs that ended whose last lines are kept."""


class Preview(Static):
    """Shows the end of a log. Owns of which run it is, and the ends that were fetched."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__("", id=id, markup=False)
        self.job_id = ""
        """The run or build that is shown, or being fetched; empty for none."""
        self._lines: Sequence[str] = ()
        self._words = ""
        self._ends: dict[str, Sequence[str]] = {}

    def show_job(self, job_id: str) -> bool:
        """Show a run's or build's last lines, where they are known; return whether they are."""
        self.job_id = job_id
        self._lines = self._ends.get(job_id, ())
        self._words = "" if not job_id or job_id in self._ends else "…"
        self._draw()
        return not job_id or job_id in self._ends

    def show_end(self, job_id: str, data: bytes, mask: Callable[[str], str], *, keep: bool) -> None:
        """Show the end of the log of a run; `keep` is whether it will not change any more."""
        text = mask(data.decode("utf-8", "replace"))
        lines = [_drawn(line.encode()) for line in text.removesuffix("\n").split("\n")]
        if keep:
            while len(self._ends) >= _KEPT:
                del self._ends[next(iter(self._ends))]
            self._ends[job_id] = lines
        if job_id == self.job_id:
            self._lines, self._words = lines, "" if data else "The log has no line yet."
            self._draw()

    def show_problem(self, job_id: str, words: str) -> None:
        """Show why there are no lines."""
        if job_id == self.job_id:
            self._words = label(words, 300)
            self._draw()

    def on_resize(self) -> None:
        """Show as many lines as there are rows now."""
        self._draw()

    def _draw(self) -> None:
        if not self.job_id:
            self.update(make_content())
            return
        title = make_content(f"Last lines of {self.job_id}\n", "bold $muted")  # as the columns'
        if self._words:
            self.update(title + make_content(self._words, "$muted"))
            return
        lines = self._lines[-max(1, self.size.height - 1) :]
        self.update(title + make_content("\n".join(lines)))


def _drawn(line: bytes) -> str:
    """Return the display form of a line, its stamp to the second."""
    if stamp_of(line) is not None:
        line = line[11:19] + line[24:]  # YYYY-MM-DDTHH:MM:SS.mmmZ
    return display(line, limit=_LONGEST).text


async def end_of_log(client: ApifyClient, job_id: str) -> bytes:
    """Return the end of a log, of whole lines. Raises ApifyError.

    The API has no way to ask for an end alone: all of the log is read.
    """
    end = b""
    is_cut = False
    async with client.log(job_id, raw=False, stream=False) as log:
        async for chunk in log.chunks():
            end += chunk
            if len(end) > 2 * MOST_BYTES:
                end, is_cut = end[-MOST_BYTES:], True
    if len(end) > MOST_BYTES:
        end, is_cut = end[-MOST_BYTES:], True
    return end.partition(b"\n")[2] if is_cut else end
