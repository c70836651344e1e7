"""Bench: from a key to the screen that answers it, while nothing arrives."""

from __future__ import annotations

import random
import re
from typing import TYPE_CHECKING

from tests.bench.files import noted, say
from tests.bench.home import COLS
from tests.bench.results import Key, percentile

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.bench.corpus import Corpus
    from tests.bench.home import Home
    from tests.bench.results import Results
    from tests.bench.viewers import Logview
    from tests.support.screen import Screen
    from tests.support.terminal import Terminal

P50, P95 = "key to paint, p50", "key to paint, p95"
WORDS = (
    "request failed",
    "routes.js:1",
    "enqueued",
    "reached maximum",
    "timed out",
    "code 403",
)


class Typing:
    """Measures logview; how peers answer while one types differs too much to be compared."""

    def __init__(self, viewer: Logview, home: Home, results: Results) -> None:
        self._viewer = viewer
        self._home = home
        self._results = results
        self._random = random.Random(20261120)

    def search(self, corpus: Corpus, rounds: int) -> None:
        """Type words into the search, letter by letter; each waits for its marks on the screen."""
        group = f"search as you type, {corpus.name}"
        for number in range(rounds):
            say(f"{group}: round {number + 1}")
            with (
                noted(self._results, Key(group, P95, "ms"), "logview"),
                self._home.start(self._viewer.argv(corpus)) as terminal,
            ):
                terminal.wait(lambda s: self._viewer.indexed(s, corpus), 30, "the index")
                terminal.settle(0.5, 3)
                self._take(group, [took for word in WORDS for took in _type(terminal, word)])

    def sideways(self, corpus: Corpus, rounds: int) -> None:
        """Go to the one long line and move sideways in it."""
        group = f"sideways, {corpus.name}"
        for number in range(rounds):
            say(f"{group}: round {number + 1}")
            with (
                noted(self._results, Key(group, P95, "ms"), "logview"),
                self._home.start(self._viewer.argv(corpus)) as terminal,
            ):
                terminal.wait(lambda s: self._viewer.indexed(s, corpus), 30, "the index")
                terminal.settle(0.5, 3)
                terminal.send(":")
                terminal.settle(0.3, 3)
                terminal.send(f"{corpus.lines // 2 + 1}\r")
                terminal.settle(0.5, 5)
                self._take(group, [_sideways(terminal) for _ in range(30)])

    def _take(self, group: str, samples: list[float]) -> None:
        for what, part in ((P50, 0.5), (P95, 0.95)):
            self._results.add(Key(group, what, "ms"), "logview", percentile(samples, part) * 1000)


def _sideways(terminal: Terminal) -> float:
    def column(screen: Screen) -> str:
        found = re.search(r"column ([\d,]+)", screen.text())
        return found[1] if found else ""

    before = column(terminal.display)
    took = terminal.wait_after("l", lambda s: column(s) != before, 5, "another column")
    terminal.settle(0.05, 1)
    return took


def _type(terminal: Terminal, word: str) -> list[float]:
    terminal.send("/")
    terminal.settle(0.3, 3)
    took = []
    for length in range(1, len(word) + 1):
        typed = word[:length]
        took.append(terminal.wait_after(typed[-1], _marked(typed), 5, f"marks of “{typed}”"))
        terminal.settle(0.06, 1)
    terminal.send("\x1b")
    terminal.settle(0.3, 3)
    return took


def _marked(text: str) -> Callable[[Screen], bool]:
    """Tell the screen on which the text stands in the prompt and is marked wherever it stands."""
    pattern = re.compile(re.escape(text), re.IGNORECASE)

    def marked(screen: Screen) -> bool:
        lines = screen.lines()
        prompt = next((row for row in lines if row.lstrip().startswith(f"/{text} ")), None)
        if prompt is None:
            return False
        seen = 0
        for row, line in enumerate(lines[1 : lines.index(prompt)], 1):
            for match in pattern.finditer(line[: COLS - 1]):
                plain = screen.backgrounds(row, [1])[0]  # the gutter's second cell
                if plain in screen.backgrounds(row, range(*match.span())):
                    return False
                seen += 1
        return seen > 0

    return marked
