"""TUI: the header, one row. What is being read on the left, how it goes on the right."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.cells import cell_len, set_cell_size
from textual.content import Content
from textual.widget import Widget

from logview.log.ansi import label
from logview.tui.connection import Connection, job_seconds, utc_now
from logview.tui.phrases import duration

if TYPE_CHECKING:
    from logview.apify.models import Job

STATUS_STYLES = {
    "SUCCEEDED": "$success",
    "RUNNING": "$primary",
    "READY": "$secondary",
    "FAILED": "$error",
    "TIMED-OUT": "$error",
    "TIMING-OUT": "$warning",
    "ABORTED": "$warning",
    "ABORTING": "$warning",
}
"""The colour of each status; an unknown one has none."""

STATUS_MARKS = {
    "SUCCEEDED": "✓",
    "RUNNING": "●",
    "READY": "○",
    "FAILED": "✗",
    "TIMED-OUT": "✗",
    "TIMING-OUT": "◌",
    "ABORTED": "■",
    "ABORTING": "◌",
}
"""The mark of each status: it is never told by colour alone."""


class HeaderBar(Widget):
    """Name, kind and ID; status, running time and status message."""

    ALLOW_SELECT = False

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._called = ""
        self._what = ""
        self._connection: Connection | None = None
        self._drawn = ""

    def put(self, name: str, what: str, connection: Connection | None) -> None:
        """Show what is read (`name`, then `what`), and the state of its job.

        Names come from outside and pass the door here.
        """
        self._called, self._what, self._connection = label(name), label(what), connection
        content = self._content()
        if content.plain != self._drawn:
            self._drawn = content.plain
            self.refresh()

    def _content(self) -> Content:
        left = Content.assemble(
            (self._called, "bold"),
            (" · " if self._called and self._what else "", "$muted"),
            (self._what, "$muted"),
        )
        job = self._connection.job if self._connection else None
        right = _job_content(job) if job else Content("")
        width = max(0, self.size.width - 4)
        room = width - min(left.cell_length, width // 2) - 2
        if right.cell_length > room:
            right = right.truncate(max(0, room), ellipsis=True)
        left = left.truncate(max(0, width - right.cell_length - 2), ellipsis=True)
        space = width - left.cell_length - right.cell_length
        return Content.assemble("  ", left, " " * max(0, space), right)

    def render(self) -> Content:
        """Draw the row."""
        return self._content()


def _job_content(job: Job) -> Content:
    style = STATUS_STYLES.get(job.status, "")
    mark = STATUS_MARKS.get(job.status, "?")
    seconds = job_seconds(job, utc_now())
    parts = [Content.styled(f"{mark} {label(job.status)}", f"bold {style}".strip())]
    if seconds is not None:
        parts.append(Content(f" {duration(seconds)}"))
    if job.ended and job.exit_code:
        parts.append(Content(f" · exit code {job.exit_code}"))
    if job.status_message:
        parts.append(Content.styled(f" · {label(job.status_message)}", "$muted"))
    return Content("").join(parts)


def fit(text: str, cells: int) -> str:
    """Cut or fill a text to a number of cells, with … where it was cut."""
    if cell_len(text) <= cells:
        return set_cell_size(text, cells)
    return set_cell_size(text, max(0, cells - 1)) + "…" if cells else ""
