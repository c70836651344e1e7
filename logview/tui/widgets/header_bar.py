"""TUI: the header: name and ID on the left, status on the right."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.cells import cell_len, set_cell_size
from textual.widget import Widget

from logview.phrases import duration
from logview.text.sanitize import label
from logview.tui.connection import Connection, job_seconds, utc_now
from logview.tui.content import join_content, make_content

if TYPE_CHECKING:
    from textual.content import Content

    from logview.apify.models import Job

STATUS_STYLES = {
    "SUCCEEDED": "$text-success",
    "RUNNING": "$text-primary",
    "READY": "$muted",
    "FAILED": "$text-error",
    "TIMED-OUT": "$text-error",
    "TIMING-OUT": "$text-warning",
    "ABORTED": "$text-warning",
    "ABORTING": "$text-warning",
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
"""The mark of each status: never colour alone."""


_SEPARATOR = make_content(" · ", "$muted")

_CUTS = ((16, 24, True), (14, 12, True), (10, 0, True), (0, 0, False))
"""How far name and message may be cut, and whether kind and ID stay: tried in this order."""


class HeaderBar(Widget):
    """Name, kind and ID; status, running time and status message."""

    ALLOW_SELECT = False

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._called = ""
        self._what = ""
        self._connection: Connection | None = None
        self._drawn = ""

    def show(self, name: str, what: str, connection: Connection | None) -> None:
        """Show the name of the log, what it is, and the state of its job.

        Sanitizes the names, which come from outside.
        """
        self._called, self._what, self._connection = label(name), label(what), connection
        content = self._content()
        if content.plain != self._drawn:
            self._drawn = content.plain
            self.refresh()

    def _content(self) -> Content:
        job = self._connection.job if self._connection else None
        what = make_content(self._what, "$muted")
        state = _state_content(job) if job else make_content()
        width = max(0, self.size.width - 4)
        # What does not fit is cut where it hurts least; the state never is.
        for name_least, message_least, ident in _CUTS:
            name = make_content(self._called, "bold")
            message = make_content(label(job.status_message or "") if job else "", "$muted")
            if not ident and name:
                what = make_content()
            available = width - _joined(name, what).cell_length - _joined(state).cell_length - 2
            message = (
                _cut(message, max(available - 3, message_least))
                if message_least
                else make_content()
            )
            right = _joined(state, message)
            available = width - right.cell_length - (2 if right else 0)
            name = _cut(
                name,
                max(available - _joined(name, what).cell_length + name.cell_length, name_least),
            )
            left = _joined(name, what)
            if left.cell_length <= available:
                break
        left = _cut(left, max(0, available))
        space = max(0, width - left.cell_length - right.cell_length)
        return join_content("  ", left, " " * space, right, "  ")

    def render(self) -> Content:
        """Draw the row."""
        return self._content()


def _joined(*parts: Content) -> Content:
    return _SEPARATOR.join([part for part in parts if part])


def _cut(part: Content, cells: int) -> Content:
    return part if part.cell_length <= cells else part.truncate(cells, ellipsis=True)


def _state_content(job: Job) -> Content:
    style = STATUS_STYLES.get(job.status, "")
    mark = STATUS_MARKS.get(job.status, "?")
    seconds = job_seconds(job, utc_now())
    parts = [make_content(f"{mark} {label(job.status)}", f"bold {style}".strip())]
    if seconds is not None:
        parts.append(make_content(f" {duration(seconds)}"))
    if job.ended and job.exit_code:
        parts.append(make_content(f" · exit code {job.exit_code}"))
    return make_content().join(parts)


def fit(text: str, cells: int) -> str:
    """Cut or fill a text to a number of cells, with … where it was cut."""
    if cell_len(text) <= cells:
        return set_cell_size(text, cells)
    return set_cell_size(text, max(0, cells - 1)) + "…" if cells else ""
