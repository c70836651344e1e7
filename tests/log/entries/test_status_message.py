"""Status messages in a log: which lines are some, and which is the newest."""

from __future__ import annotations

import pytest

from logview.log.entries.status_message import StatusMessages, status_message
from logview.log.store.document import LogDocument

STAMP = "2026-11-20T06:00:00.000Z "


@pytest.mark.parametrize(
    ("line", "message"),
    [
        (
            "INFO  [Status message]: Crawled 12/100 pages, 0 failed",
            "Crawled 12/100 pages, 0 failed",
        ),
        ("INFO  [Terminal status message]: Finished! {", "Finished! {"),
        ("[apify] INFO  [Status message]: Starting", "Starting"),
        ("[Status message]: bare", "bare"),
        ("\x1b[32mINFO\x1b[39m  [Status message]: in colour", "in colour"),
        ("INFO  the text [Status message]: is no message", None),
        ("INFO  [Status message] none", None),
    ],
)
@pytest.mark.parametrize("stamp", ["", STAMP])
def test_lines(line, message, stamp):
    assert status_message(f"{stamp}{line}".encode()) == message


def test_the_newest_is_found_once_its_line_is_whole():
    document = LogDocument()
    messages = StatusMessages(document)
    document.append(b"INFO  one\nINFO  [Status mess")
    assert not messages.search()
    document.append(b"age]: first\nINFO  two\n")
    assert messages.search()
    assert messages.newest == "first"
    assert not messages.search()
    document.append(b"INFO  [Status message]: second\n" + b"INFO  more of it\n" * 20_000)
    assert messages.search()
    assert messages.newest == "second"
    document.append(b"INFO  [Status message]: thi")
    assert not messages.search()
    document.append(b"rd\n")
    assert messages.search()
    assert messages.newest == "third"
