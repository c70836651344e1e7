"""Reading a log: levels, folds, entries, times and marks, on the log screen."""

from __future__ import annotations

import pytest
from textual import events as textual_events

from logview.sources import events
from logview.tui.screens.entry import EntryScreen
from logview.tui.themes import LIGHT
from tests.tui.picture import picture, strips
from tests.tui.scripted import crawl, job

AT = "2026-11-20T06:00:{:02}.{:03}Z {}"


def stack(number: int, frames: int = 20, second: int = 10) -> list[str]:
    """An error with its stack, as Crawlee's JavaScript writes it."""
    return [
        AT.format(second, 0, f"ERROR CheerioCrawler: Request {number} failed. Error: boom"),
        *(
            AT.format(second, n, f"    at step{n} (file:///app/src/step{n}.js:{n}:7)")
            for n in range(1, frames)
        ),
        AT.format(second, frames, f'    at end (file:///app/src/end.js:1:7) {{"id":"mx{number}"}}'),
    ]


def shown(s) -> list[str]:
    """The rows of the log that are no blank ones, what stands left of them included."""
    return [row for row in s.log_rows if row.strip()]
