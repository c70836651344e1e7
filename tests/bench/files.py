"""Bench: logs in files: opened, searched and filtered, by every program in turn."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tests.bench.results import Key
from tests.bench.viewers import UnableError, first_line, last_line
from tests.support import process
from tests.support.terminal import TerminalError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.bench.corpus import Corpus
    from tests.bench.home import Home
    from tests.bench.results import Results
    from tests.bench.viewers import Filtered, Viewer
    from tests.support.screen import Screen
    from tests.support.terminal import Terminal

OPEN = "open"
SEARCH = "search"
FILTER = "filter"

FIRST = "first line shown"
LAST = "last line shown"
INDEX = "index complete"
MEMORY = "private memory, open"
CPU = "CPU time, open"
LEVELS = "errors and warnings counted"
LEVELS_CPU = "CPU time until then"
LITERAL = "literal counted"
AT_ONCE = "literal counted, asked right after opening"
AFTER = "private memory, after it"
SEARCH_CPU = "CPU time of it"
REGEX = "regex counted"
FILTERED = "filtered view shown"
FILTER_TOLD = "filtered total told"


@dataclass(slots=True)
class Files:
    """Measures all programs on one log; every program once in each round."""

    viewers: list[Viewer]
    corpus: Corpus
    home: Home
    results: Results
    parts: frozenset[str]

    @property
    def limit(self) -> float:
        """Seconds that one measure may take."""
        return 30 + self.corpus.size / 10e6

    def run(self, rounds: int) -> None:
        """Measure; the log is read once before, so that every program finds it in memory."""
        _warm(self.corpus)
        for number in range(rounds):
            for viewer in self.viewers:
                say(f"{self.corpus.name}: round {number + 1}, {viewer.name}")
                self._session(viewer)
                if viewer.indexes_apart and OPEN in self.parts:
                    self._apart(viewer)
                if SEARCH in self.parts:
                    self._search_at_once(viewer)
                if FILTER in self.parts:
                    self._filter(viewer)
                if viewer.counts_levels and OPEN in self.parts:
                    self._levels(viewer)

    def _key(self, what: str, unit: str = "s") -> Key:
        return Key(self.corpus.name, what, unit)

    def _start(self, viewer: Viewer, at: str = "first") -> Terminal:
        return self.home.start(viewer.argv(self.corpus, at))

    def _measure(self, viewer: Viewer, key: Key, take: Callable[[], float]) -> bool:
        """Take down a value, or why there is none; a second failure is not waited for again."""
        reasons = self.results.reasons
        if (key, viewer.name) in reasons:
            return False
        try:
            self.results.add(key, viewer.name, take())
        except (TerminalError, UnableError, OSError) as error:
            self.results.fail(key, viewer.name, str(error))
            say(f"  {viewer.name}, {key.what}: {error}")
            return False
        return True

    def _session(self, viewer: Viewer) -> None:
        """Open the log and search it."""
        with self._start(viewer) as terminal:
            self._opened(viewer, terminal, FIRST)
            if not viewer.indexes_apart:
                self._opened(viewer, terminal, LAST)
                if not self._opened(viewer, terminal, INDEX):
                    return
                self._costs(viewer, terminal)
            if SEARCH in self.parts:
                self._search(viewer, terminal)

    def _apart(self, viewer: Viewer) -> None:
        """Open the log at its end, and with an index, by starts of their own."""
        with self._start(viewer, "last") as terminal:
            self._opened(viewer, terminal, LAST)
        with self._start(viewer, "index") as terminal:
            if self._opened(viewer, terminal, INDEX):
                self._costs(viewer, terminal)

    def _levels(self, viewer: Viewer) -> None:
        """Open the log and wait until its errors and warnings are counted."""
        with self._start(viewer) as terminal:
            if self._measure(
                viewer,
                self._key(LEVELS),
                lambda: terminal.wait(viewer.levels_counted, self.limit, LEVELS) - terminal.started,
            ):
                self._measure(viewer, self._key(LEVELS_CPU), terminal.cpu_seconds)

    def _opened(self, viewer: Viewer, terminal: Terminal, what: str) -> bool:
        """Wait for one of the signs of opening; whether it came."""

        def indexed(screen: Screen) -> bool:
            return viewer.indexed(screen, self.corpus)

        holds = {FIRST: first_line, LAST: last_line, INDEX: indexed}[what]

        def take() -> float:
            return terminal.wait(holds, self.limit, what) - terminal.started

        if OPEN in self.parts:
            return self._measure(viewer, self._key(what), take)
        try:
            take()
        except TerminalError as error:
            say(f"  {viewer.name}: {error}")
            return False
        return True

    def _costs(self, viewer: Viewer, terminal: Terminal) -> None:
        terminal.settle(0.5, 3)
        if OPEN not in self.parts:
            return
        pid = terminal.pid
        self._measure(viewer, self._key(CPU), terminal.cpu_seconds)
        self._measure(viewer, self._key(MEMORY, "MB"), lambda: process.private_bytes(pid) / 1e6)

    def _search(self, viewer: Viewer, terminal: Terminal) -> None:
        if self._measure(
            viewer,
            self._key(LITERAL),
            lambda: viewer.count(terminal, self.corpus, self.limit, regex=False),
        ):
            pid = terminal.pid
            self._measure(viewer, self._key(SEARCH_CPU), lambda: terminal.cpu_of_it)
            self._measure(viewer, self._key(AFTER, "MB"), lambda: process.private_bytes(pid) / 1e6)
        self._measure(
            viewer,
            self._key(REGEX),
            lambda: viewer.count(terminal, self.corpus, self.limit, regex=True),
        )

    def _search_at_once(self, viewer: Viewer) -> None:
        """Open the log, and search it while the program is still reading it."""
        key = self._key(AT_ONCE)
        if (key, viewer.name) in self.results.reasons:
            return
        with self._start(viewer) as terminal:

            def take() -> float:
                terminal.wait(first_line, self.limit, FIRST)
                return viewer.count_at_once(terminal, self.corpus, self.limit)

            self._measure(viewer, key, take)

    def _filter(self, viewer: Viewer) -> None:
        key = self._key(FILTERED)
        if (key, viewer.name) in self.results.reasons:
            return
        with self._start(viewer) as terminal:

            def ready(screen: Screen) -> bool:
                if viewer.indexes_apart:
                    return first_line(screen)
                return viewer.indexed(screen, self.corpus)

            filtered: list[Filtered] = []

            def take() -> float:
                terminal.wait(ready, self.limit, INDEX)
                terminal.settle(0.5, 3)
                filtered.append(viewer.filter(terminal, self.corpus, self.limit))
                return filtered[0].view

            if self._measure(viewer, key, take):
                self._add_filtered(viewer, filtered[0])

    def _add_filtered(self, viewer: Viewer, filtered: Filtered) -> None:
        if filtered.total is None:
            self.results.fail(self._key(FILTER_TOLD), viewer.name, "it tells no total")
        else:
            self.results.add(self._key(FILTER_TOLD), viewer.name, filtered.total)
        if filtered.shown not in (None, self.corpus.matches):
            self.results.note(
                f"{viewer.name} shows {filtered.shown:,} lines of {self.corpus.name} for a filter "
                f"that {self.corpus.matches:,} lines match: it takes others "
                "for parts of their messages."
            )


def _warm(corpus: Corpus) -> None:
    with corpus.path.open("rb", buffering=0) as file:
        while file.read(1 << 24):
            pass


def say(text: str) -> None:
    """Tell how far the measuring is."""
    print(text, file=sys.stderr, flush=True)


@contextmanager
def noted(results: Results, key: Key, program: str) -> Iterator[None]:
    """Let a measure fail without stopping the rest."""
    try:
        yield
    except (TerminalError, UnableError, OSError) as error:
        results.fail(key, program, str(error))
        say(f"  {program}, {key.what}: {error}")
