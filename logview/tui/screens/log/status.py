"""Log screen: the words of banner and status line, as pure functions of the log's state."""

from __future__ import annotations

from typing import TYPE_CHECKING

from logview.log.entries.level import Level
from logview.log.view.excerpt import selected
from logview.phrases import count
from logview.tui.widgets.status_bar import Chip, Status

if TYPE_CHECKING:
    from logview.log.view.selection import Selection
    from logview.log.view.view import View
    from logview.tui.connection import Connection
    from logview.tui.screens.log.session import LogSession
    from logview.tui.viewport import Viewport


def banner_hint(session: LogSession, now: float, retry_key: str) -> str:
    """Return the banner's words about the next try; empty where there is no problem.

    `now` is the monotonic clock in seconds, `retry_key` the key that tries at once.
    """
    connection, words = session.connection, session.origin.words
    if connection.problem is None and not words.lost_hint:
        return ""
    if connection.state == "reconnecting":
        if words.lost_hint:
            return words.lost_hint
        wait = connection.seconds_to_retry(now)
        tries = f"Trying again in {wait} s (attempt {connection.attempt})."
        return f"{tries}  {retry_key} now"
    return f" {retry_key} tries again" if connection.problem is not None else ""


def status_line(
    session: LogSession,
    viewport: Viewport,
    *,
    now: float,
    counts: tuple[str, str],
    search: str = "",
    selection: Selection | None = None,
) -> Status:
    """Return the status line.

    `now` is the monotonic clock in seconds, `counts` what `level_counts` returned last,
    `search` the search's counter.
    """
    view, connection = session.view, session.connection
    place = place_words(session, viewport)
    if session.document.is_binary:
        place = f"binary · {place}"
    if search:
        place = f"{place} · {search}"
    if selection is not None:
        place = f"{place} · {count(selected(selection, view).line_count, 'line')} selected"
    if viewport.x:
        place = f"{place} · column {viewport.x + 1:,}"
    chips = tuple(Chip(f.label, f.enabled and not view.suspended) for f in view.filters)
    if view.minimum_level is not None:
        level = Chip(f"≥ {view.minimum_level.name}", view.level is not None, is_level=True)
        chips = (level, *chips)
    more = "" if view.complete else "…"
    return Status(
        state=connection.words(now),
        tone=tone(connection),
        place=place,
        counts=counts,
        chips=chips,
        shown=f"{view.line_count:,}{more} shown" if view.is_filtered else "all shown",
        follow="" if viewport.follow or connection.state == "ended" else "not following",
    )


def level_counts(view: View) -> tuple[str, str]:
    """Return how many errors and warnings there are, in words and in letters."""
    index = view.entries
    errors, warnings = index.count(Level.ERROR), index.count(Level.WARN, Level.WARN)
    more = "" if index.complete else "…"
    words, letters = [], []
    if errors:
        words.append(count(errors, "error") + more)
        letters.append(f"{errors:,} E{more}")
    if warnings:
        words.append(count(warnings, "warning") + more)
        letters.append(f"{warnings:,} W{more}")
    return ", ".join(words), " ".join(letters)


def place_words(session: LogSession, viewport: Viewport) -> str:
    """Return which line of how many is the current one."""
    document, cursor = session.document, viewport.cursor
    total = document.line_count
    if cursor is None:
        return "no lines" if not total else f"{total:,} lines"
    number = document.number(cursor)
    if number is not None:
        return f"line {number:,} of {total:,}"
    if not document.unindexed:
        return f"line … of {total:,}"
    done = 100 * (document.size - document.unindexed) // document.size
    return f"line … of {total:,}… ({done} % read)"


def tone(connection: Connection) -> str:
    """Return the tone of the state: `good`, `warn`, `bad` or `plain`."""
    state, job = connection.state, connection.job
    if state == "ended":
        if job is None or not job.ended:
            return "plain"
        return "good" if job.status == "SUCCEEDED" else "bad"
    return {"live": "good", "failed": "bad"}.get(state, "warn")
