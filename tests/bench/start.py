"""Bench: how soon there is something to read, beside a bare Textual app in the same rounds."""

from __future__ import annotations

import re
import sys
from typing import TYPE_CHECKING

from tests.bench import bare
from tests.bench.files import noted, say
from tests.bench.results import Key
from tests.bench.viewers import first_line

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from tests.bench.corpus import Corpus
    from tests.bench.home import Home
    from tests.bench.results import Results
    from tests.bench.viewers import Logview
    from tests.support.screen import Screen

START = "start"
BARE = "a bare Textual app: its text"
DEMO = "logview, the demo over HTTP: first line"
DEMO_ID = "DoneShopCrawl0002"
_STAMPED = re.compile(r"\d\d:\d\d:\d\d\.\d{3}Z? +\w")


def file_row(size: str) -> str:
    """Name the row of a log's size."""
    return f"logview, file of {size}: first line"


def run(
    viewer: Logview, corpora: Sequence[Corpus], home: Home, results: Results, rounds: int
) -> None:
    """Start everything in turn, so often."""

    def stamped(screen: Screen) -> bool:
        return any(_STAMPED.search(row) for row in screen.lines())

    def one(what: str, argv: Sequence[str], holds: Callable[[Screen], bool]) -> None:
        key = Key(START, what)
        with noted(results, key, "logview"), home.start(argv) as terminal:
            at = terminal.wait(holds, 30, "the first text")
            results.add(key, "logview", at - terminal.started)

    for number in range(rounds):
        say(f"{START}: round {number + 1}")
        one(
            BARE,
            [sys.executable, "-m", "tests.bench.bare"],
            lambda screen: bare.TEXT in screen.text(),
        )
        for corpus in corpora:
            one(file_row(corpus.name), viewer.argv(corpus), first_line)
        one(DEMO, [*viewer.command, "--demo", DEMO_ID], stamped)
