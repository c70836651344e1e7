"""Log screen: the words of banner, status line, footer and empty log: functions of its state."""

from __future__ import annotations

from typing import TYPE_CHECKING

from logview.log.entries.level import Level
from logview.log.view.excerpt import selected
from logview.pending_reads import PendingReadError
from logview.phrases import ago, count, duration, percent_read
from logview.tui.widgets.empty_state import EmptyState
from logview.tui.widgets.status_bar import Chip, Status, Tone

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from logview.log.view.selection import Selection
    from logview.log.view.view import View
    from logview.tui.screens.log.session import LogSession
    from logview.tui.time_column import TimeColumn
    from logview.tui.viewport import Viewport

GROWN_SECONDS = 1.0
"""Seconds after its first bytes from which on what comes to a file is growth."""

_OUTCOME_TONES: dict[str, Tone] = {"SUCCEEDED": "good", "ABORTED": "warn"}


def clock_words(column: TimeColumn, now: datetime) -> str:
    """Return which clock the times are of that the log shows; empty where it shows none.

    With the date where the log began on another day than `now`.
    """
    if not column.zone:
        others = {"start": "since start", "previous": "since previous line", "full": "UTC"}
        return others.get(column.format, "") if column.is_stamped else ""
    try:
        date = column.date_at(column.document.first_line)
    except PendingReadError:
        return column.zone
    today = now.date() if column.zone == "UTC" else now.astimezone().date()
    return column.zone if date in ("", today.isoformat()) else f"{date} {column.zone}"


def date_words(column: TimeColumn, line: int | None) -> str:
    """Return the date of a line where the log has lines of several dates and shows clock times."""
    document = column.document
    if line is None or not column.zone:
        return ""
    try:
        first, last = (column.date_at(one) for one in (document.first_line, document.end_line - 1))
        return column.date_at(line) if first != last else ""
    except PendingReadError:
        return ""


# -- banner -------------------------------------------------------------------------------


def banner_hint(session: LogSession, now: float, retry_key: str) -> str:
    """Return the banner's words about the next try; empty where there is no problem.

    `now` is the monotonic clock in seconds, `retry_key` the key that tries at once.
    """
    connection, words = session.connection, session.origin.words
    if connection.shown_problem is None and not words.lost_hint:
        return ""
    if connection.state == "reconnecting":
        if words.lost_hint:
            return words.lost_hint
        wait = connection.seconds_to_retry(now)
        when = f"Retrying in {wait} s" if wait else "Retrying now"
        return f"{when} · attempt {connection.attempt} · {retry_key} retry now"
    return f"{retry_key} retry" if connection.shown_problem is not None else ""


# -- status line --------------------------------------------------------------------------


def status_line(
    session: LogSession,
    viewport: Viewport,
    *,
    now: float,
    counts: tuple[tuple[str, Tone], ...],
    search: str = "",
    date: str = "",
    folded: str = "",
    selection: Selection | None = None,
    is_header_shown: bool = True,
    lanes: str = "",
    waiting: str = "",
) -> Status:
    """Return the status line.

    `now` is the monotonic clock in seconds, `counts` what `level_counts` returned last,
    `search` the search's counter, `date` that of the current line, `folded` what is folded,
    `lanes` how many lanes there are, `waiting` what is waited for after the end.
    """
    view = session.view
    mode, tone = mode_words(session, viewport, now, is_selecting=selection is not None)
    details = [connection_words(session, mode, now)]
    if not is_header_shown and session.job is not None:
        details.insert(0, session.job.status)
    details.append(waiting)
    if session.document.is_binary:
        details.append("binary")
    chips = tuple(Chip(f.label, f.enabled and not view.suspended) for f in view.filters)
    if view.minimum_level is not None:
        level = Chip(f"≥ {view.minimum_level.name}", view.level is not None, is_level=True)
        chips = (level, *chips)
    if lanes:
        chips = (*chips, Chip(lanes, enabled=True, is_filter=False))
    place, percent = place_words(session, viewport)
    column = f"column {viewport.x + 1:,}" if viewport.x else ""
    return Status(
        mode=mode,
        tone=tone,
        selected=""
        if selection is None
        else f"{count(selected(selection, view).line_count, 'line')} selected",
        detail=" · ".join(part for part in details if part),
        match=search,
        chips=chips,
        counts=counts,
        extra="   ".join(part for part in (folded, date, column) if part),
        place=place,
        percent=percent,
    )


def mode_words(
    session: LogSession, viewport: Viewport, now: float, *, is_selecting: bool
) -> tuple[str, Tone]:
    """Return the mode and its tone: the first that is true of those that there are."""
    connection = session.connection
    state, job = connection.state, connection.job
    if is_selecting:
        return "SELECT", "calm"
    if state == "reconnecting" and not session.origin.words.lost:
        wait = connection.seconds_to_retry(now)
        return f"RECONNECTING {f'{wait} s' if wait else 'now'}", "warn"
    if not viewport.follow:
        return "PAUSED", "warn"
    if state == "ended" and job is not None and not job.ended:  # asked not to follow
        return "READ SO FAR", "plain"
    if state in ("ended", "unknown"):
        if state == "unknown" or job is None:
            return "ENDED", "plain" if state == "ended" else "warn"
        return "ENDED", _OUTCOME_TONES.get(job.status, "bad")
    if state == "failed":
        return "STOPPED", "bad"
    if session.origin.is_stored:
        return "FILE", "warn" if state == "reconnecting" else "plain"
    return "FOLLOW", "good" if state == "live" else "plain"


def connection_words(session: LogSession, mode: str, now: float) -> str:
    """Return the state of the connection, as far as the mode does not name it."""
    connection, words = session.connection, session.origin.words
    job = connection.job
    state = ""
    match connection.state:
        case "connecting":
            state = words.connecting.lower()
        case "live":
            state = _last_line_words(session, now)
        case "waiting":
            state = f"waiting for the {job.kind if job is not None else 'run'} to start"
        case "reconnecting":
            named = mode.startswith("RECONNECTING")
            state = words.lost or ("" if named else "reconnecting")
            if not state and connection.first_byte is not None:
                state = _last_line_words(session, now)
        case "unknown":
            state = "status unknown" if mode == "ENDED" else "ended · status unknown"
        case "failed":
            state = "" if mode == "STOPPED" else "stopped"
        case "ended" if job is not None and not job.ended:
            state = f"{job.status}, not followed"
        case "ended":
            state = "" if mode == "ENDED" else "ended"
    proof = connection.proof_words(now) if connection.state != "reconnecting" else ""
    return " · ".join(part for part in (state, proof) if part)


def _last_line_words(session: LogSession, now: float) -> str:
    connection = session.connection
    last, first = connection.last_byte, connection.first_byte
    if session.origin.is_stored:
        has_grown = last is not None and first is not None and last - first > GROWN_SECONDS
        return f"last line {ago(now - last)}" if has_grown and last is not None else ""
    if first is None or last is None:
        return "no lines yet"
    return f"last line {ago(now - last)}"


def level_counts(view: View, news: str = "") -> tuple[tuple[str, Tone], ...]:
    """Return how many errors and warnings there are, and news: `2 E`, `7 W`, `3 new`."""
    index = view.entries
    errors, warnings = index.count(Level.ERROR), index.count(Level.WARN, Level.WARN)
    more = "" if index.complete else "+"
    counts: list[tuple[str, Tone]] = []
    if errors:
        counts.append((f"{errors:,}{more} E", "bad"))
    if warnings:
        counts.append((f"{warnings:,}{more} W", "warn"))
    if news:
        counts.append((news, "calm"))
    return tuple(counts)


def place_words(session: LogSession, viewport: Viewport) -> tuple[str, str]:
    """Return which of the lines shown is the current one, and how far down that is."""
    document, view, cursor = session.document, session.view, viewport.cursor
    total = view.line_count
    if document.pending.any:
        return f"… of {total:,}…", "reading…"
    if not view.complete:
        place = f"… of {total:,}…" if total else "filtering…"
        return place, percent_read(view.share_read)
    if document.unindexed:
        read = 100 * (document.size - document.unindexed) // document.size
        return f"… of {total:,}…", f"{read} % read"
    if cursor is None or not total:
        return "no lines", ""
    number = view.shown_before(cursor) + 1
    return f"{number:,} of {total:,}", f"{100 * number // total} %"


_REASONS = 4
"""Logs of several for which is named why they can't be read."""

# -- an empty log -------------------------------------------------------------------------


def empty_state(
    session: LogSession, now: float, key_of: Callable[[str], str], *, can_go_back: bool
) -> EmptyState | None:
    """Return what stands in place of lines; None while there are some.

    `key_of` returns the key of an action, as a person reads it.
    """
    view, connection = session.view, session.connection
    if view.row_count:
        return None
    back = (key_of("back"), "back" if can_go_back else "quit")
    retry = (key_of("retry"), "retry now")
    for_long = duration(connection.seconds_in_state(now))
    document, job = session.document, connection.job
    if document.line_count:
        if not view.complete:
            lines = f"{count(document.line_count, 'line')} so far"
            return EmptyState("Filtering…", (f"{percent_read(view.share_read)} · {lines}",))
        hidden = f"{count(document.line_count, 'line')} hidden"
        keys = (
            (key_of("suspend_filters"), "show all"),
            (key_of("filter_list"), "list of filters"),
            (key_of("minimum_level"), "minimum level"),
        )
        return EmptyState("No line matches the filters", (hidden,), keys)
    if document.pending.any:
        return EmptyState("Reading the file…", ("It has not answered yet.",), (back,))
    noun = "log" if job is None else job.kind
    match connection.state:
        case "connecting":
            return EmptyState(session.origin.words.connecting, (for_long,), (back,))
        case "waiting":
            wait = connection.seconds_to_retry(now)
            status = f"{job.status} for {for_long}" if job is not None else f"for {for_long}"
            again = f"checked again in {wait} s" if wait else "checking now"
            title = f"Waiting for the {noun} to start"
            return EmptyState(title, (f"{status} · {again}",), (retry, back))
        case "live":
            detail = f"connected for {for_long}" if session.origin.is_job else for_long
            return EmptyState("Nothing logged yet", (detail,), (back,))
        case "reconnecting":
            if session.origin.words.lost:
                return EmptyState("Nothing to read yet", (for_long,), (back,))
            return EmptyState("Not connected yet", (f"trying for {for_long}",), (retry, back))
        case "failed":
            problem = connection.problem
            texts = () if problem is None else (problem.cause, problem.meaning, problem.remedy)
            of_lanes = [one.cause for one in connection.lanes.values()]
            if len(of_lanes) > (most := _REASONS):
                of_lanes[most:] = [f"and {len(of_lanes) - most:,} more"]
            texts = (*texts, *of_lanes)
            first = ((retry[0], "retry"),) if session.origin.can_retry else ()
            return EmptyState(f"Can't open this {noun}", texts, (*first, back), is_failure=True)
        case _:
            detail = f"The {noun} ended without logging a line." if job is not None else ""
            return EmptyState("The log is empty", (detail,), (back,))


# -- footer -------------------------------------------------------------------------------

_FOOTER_WORDS = {
    "retry": "retry",
    "suspend_filters": "show all",
    "filter_list": "filters",
    "copy_markdown": "as Markdown",
    "save": "save",
    "close": "end",
    "bottom": "follow",
    "match(1)": "next match",
}
"""Words of the footer for keys that it shows at times only."""


def footer_actions(
    session: LogSession,
    viewport: Viewport,
    usual: tuple[tuple[str, str], ...],
    *,
    is_selecting: bool,
    has_matches: bool,
    has_errors: bool,
) -> list[tuple[str, str]]:
    """Return the actions that can do something now, each with its word.

    `usual` is what the footer shows of a log that goes on.
    """
    words = {**dict(usual), **_FOOTER_WORDS}
    back = ("back", words.get("back", "back"))
    state = session.connection.state
    retry = ["retry"] if state in ("failed", "reconnecting") and session.origin.can_retry else []
    if not session.document.line_count:
        waiting = ["retry"] if state == "waiting" else []
        return [*((one, words[one]) for one in (*retry, *waiting)), back]
    if is_selecting:
        return [(one, words[one]) for one in ("copy", "copy_markdown", "save", "close")]
    if not session.view.row_count:
        shown = ("suspend_filters", "filter_list", "filter")
        return [*((one, words[one]) for one in (*retry, *shown)), back]
    left_out = set() if has_errors else {"error(1)"}
    if viewport.follow or session.has_ended:
        left_out.add("follow")
    first = [*retry, *(["match(1)"] if has_matches else [])]
    return [*((one, words[one]) for one in first), *(p for p in usual if p[0] not in left_out)]
