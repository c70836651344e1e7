"""Bench: the programs that are measured, how each is asked, and the sign of each end.

The signs are in each class's docstring, and the report repeats them. The same
rules for all: the text is typed as far as its last character, then all is let calm
down, and the clock runs from the last key (with Enter where the program needs
one). A total counts when it equals the number of matches that are known to be
in the log.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, ClassVar, NamedTuple

from tests.bench.corpus import FINAL, LITERAL, REGEX

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from tests.bench.corpus import Corpus
    from tests.support.screen import Screen
    from tests.support.terminal import Terminal

FINAL_REGEX = "Tha[t] was the fin[a-z]+ line"
_LOG_LINE = re.compile(r"(?:INFO|WARN|DEBUG|ERROR) +CheerioCrawler")
_LAST_LINE = re.compile(rf"INFO +{FINAL}")  # what is typed into a prompt is on the screen too


class Filtered(NamedTuple):
    """What a filter took."""

    view: float
    """Seconds to the filtered view."""
    total: float | None
    """Seconds to a total of it on the screen; None where there is none."""
    shown: int | None
    """How many lines it shows, as far as it is told."""


class UnableError(Exception):
    """A program has no such thing; the text says so."""


def first_line(screen: Screen) -> bool:
    """Whether a line of a bench log is on the screen."""
    return any(_LOG_LINE.search(row) for row in screen.lines())


def last_line(screen: Screen) -> bool:
    """Whether the last line of a bench log is on the screen."""
    return any(_LAST_LINE.search(row) for row in screen.lines())


class Viewer(ABC):
    """One program."""

    name: ClassVar[str]
    signs: ClassVar[str]
    indexes_apart = False
    """Whether opening at the end and indexing are measured in sessions of their own."""
    counts_levels = False
    """Whether it tells how many errors and warnings there are, as soon as it knows."""

    def __init__(self, command: Sequence[str]) -> None:
        self.command = tuple(command)

    @property
    @abstractmethod
    def version(self) -> str:
        """The program's version."""

    def argv(self, corpus: Corpus, at: str = "first") -> list[str]:
        """The command for a log; `at` is `first`, `last` or `index`, what is waited for."""
        return [*self.command, str(corpus.path)]

    @abstractmethod
    def indexed(self, screen: Screen, corpus: Corpus) -> bool:
        """Whether the screen says that the whole log is indexed."""

    def levels_counted(self, screen: Screen) -> bool:
        """Whether the screen says how many errors and warnings there are in the whole log."""
        raise UnableError("it does not count errors and warnings")

    @abstractmethod
    def count(self, terminal: Terminal, corpus: Corpus, limit: float, *, regex: bool) -> float:
        """Search for LITERAL or REGEX; seconds to the complete and right total."""

    def count_at_once(self, terminal: Terminal, corpus: Corpus, limit: float) -> float:
        """Search for LITERAL, all typed at one go; seconds to the complete and right total."""
        raise UnableError("it counts nothing")

    @abstractmethod
    def filter(self, terminal: Terminal, corpus: Corpus, limit: float) -> Filtered:
        """Filter by LITERAL; seconds to the complete view."""


def type_all_but_the_last(terminal: Terminal, opener: str, text: str, limit: float) -> None:
    """Open a prompt, type into it as far as the last character, and wait for calm."""
    terminal.send(opener)
    terminal.settle(0.3, 5)
    terminal.send(text[:-1])
    terminal.settle(0.4, limit)


def ask(
    terminal: Terminal,
    opener: str,
    text: str,
    done: Callable[[Screen], object],
    limit: float,
    what: str,
    *,
    enter: bool = True,
) -> float:
    """Type into a prompt; seconds from the last key until the screen is as wanted."""
    type_all_but_the_last(terminal, opener, text, limit)
    return terminal.timed(text[-1] + ("\r" if enter else ""), done, limit, what)


class Logview(Viewer):
    """Index: `… of N` with the exact N and no `…`. Totals: `match … of N`, `… of N`."""

    name = "logview"
    signs = (
        "index: the status line's “of N” is exact and has no “…”; count: “match … of N”, "
        "as one types, no Enter; filter: “of N” as exactly"
    )

    @property
    def version(self) -> str:
        """The version that it tells itself."""
        return _first_line_of([*self.command, "--version"]).split()[-1]

    def indexed(self, screen: Screen, corpus: Corpus) -> bool:
        """Look at the status line."""
        return totals(screen, r" of ([\d,]+)(…?)") == {corpus.lines}

    counts_levels = True

    def levels_counted(self, screen: Screen) -> bool:
        """Look at the status line: both counts, and neither grows."""
        return len(totals(screen, r"([\d,]+) [EW](…?)(?: |$)")) > 0

    def count(self, terminal: Terminal, corpus: Corpus, limit: float, *, regex: bool) -> float:
        """Type into the search; `^R` makes it a regular expression."""
        done = _matches_counted(corpus)
        opener, text = ("/\x12", REGEX) if regex else ("/", LITERAL)
        if regex:
            terminal.send("/")
            terminal.settle(0.3, 5)
            opener = "\x12"
        sign = f"{corpus.matches:,} matches"
        took = ask(terminal, opener, text, done, limit, sign, enter=False)
        if regex:
            terminal.send("\x12")
        terminal.send("\x1b")
        terminal.settle(0.3, 5)
        return took

    def count_at_once(self, terminal: Terminal, corpus: Corpus, limit: float) -> float:
        """Type into the search, while index and levels are being read."""
        terminal.send("/")
        terminal.settle(0.3, 5)
        return terminal.timed(LITERAL, _matches_counted(corpus), limit, f"{corpus.matches:,}")

    def filter(self, terminal: Terminal, corpus: Corpus, limit: float) -> Filtered:
        """Add a filter with `&`."""
        expected = {corpus.matches}
        took = ask(
            terminal, "&", LITERAL,
            lambda screen: totals(screen, r" of ([\d,]+)(…?)") == expected,
            limit, f"of {corpus.matches:,}",
        )  # fmt: skip
        return Filtered(took, took, corpus.matches)


def _matches_counted(corpus: Corpus) -> Callable[[Screen], bool]:
    """Return what tells whether logview's screen has the complete and right number of matches."""

    def done(screen: Screen) -> bool:
        counted = totals(screen, r"match [\d,]+ of ([\d,]+)(…?)|([\d,]+) match(?:es)?(…?)")
        return counted == {corpus.matches}

    return done


def totals(screen: Screen, pattern: str) -> set[int]:
    """Find complete totals on the screen: numbers that no `…` follows; empty where one grows."""
    found: set[int] = set()
    for match in re.finditer(pattern, screen.text()):
        if "…" in match.groups():
            return set()
        found.update(int(group.replace(",", "")) for group in match.groups() if group)
    return found


class Lnav(Viewer):
    """Its signs are at the bottom of its screen."""

    name = "lnav"
    signs = (
        "index: last line shown, “100%” and no “Loading”; count: “N hits for”; "
        "filter (:filter-in): “filter now active”, no “Loading”, and the place is another; "
        "its total: “N Lines not shown”"
    )

    @property
    def version(self) -> str:
        """The version that it tells itself."""
        return _first_line_of([*self.command, "--version"]).split()[-1]

    def indexed(self, screen: Screen, corpus: Corpus) -> bool:
        """Look at the bottom of the screen."""
        bottom = "".join(screen.lines()[-3:])
        return last_line(screen) and "100%" in bottom and "Loading" not in bottom

    def count(self, terminal: Terminal, corpus: Corpus, limit: float, *, regex: bool) -> float:
        """Search with `/` and Enter: lnav has regular expressions only."""
        text = REGEX if regex else LITERAL
        done = _hits_counted(corpus, text)
        return ask(terminal, "/", text, done, limit, f"{corpus.matches} hits")

    def count_at_once(self, terminal: Terminal, corpus: Corpus, limit: float) -> float:
        """Search with `/` and Enter, while it is loading."""
        terminal.send("/")
        terminal.settle(0.3, 5)
        began = terminal.send(LITERAL).sent_at
        terminal.wait(lambda screen: LITERAL in screen.lines()[-1], limit, "what was typed")
        terminal.send("\r")
        hits = f"{corpus.matches} hits"
        return terminal.wait(_hits_counted(corpus, LITERAL), limit, hits) - began

    def filter(self, terminal: Terminal, corpus: Corpus, limit: float) -> Filtered:
        """Use `:filter-in`."""
        before = terminal.display.lines()[-2].split()[0]

        def shown(screen: Screen) -> bool:
            row, words = screen.lines()[-2:]
            place = row.split()
            return "filter now active" in words and "Loading" not in row and place[0] != before

        type_all_but_the_last(terminal, ":", f"filter-in {LITERAL}", limit)
        began = terminal.send(LITERAL[-1] + "\r").sent_at
        view = terminal.wait(shown, limit, "“filter now active” and another place") - began
        hidden = re.compile(r" (\d+) Lines not shown")

        def total_shown(screen: Screen) -> bool:
            return hidden.search(screen.lines()[-3]) is not None

        total = terminal.wait(total_shown, limit, "“N Lines not shown”") - began
        found = hidden.search(terminal.display.lines()[-3])
        assert found is not None
        return Filtered(view, total, corpus.lines - int(found[1]))


def _hits_counted(corpus: Corpus, text: str) -> Callable[[Screen], bool]:
    """Return what tells whether lnav's screen has the right number of hits."""

    def done(screen: Screen) -> bool:
        return f" {corpus.matches} hits for “{text[:10]}" in "".join(screen.lines()[-3:])

    return done


class Less(Viewer):
    """Opens at the top; `+G` for the end, `-N +G` for an index. It has no totals: see `signs`."""

    name = "less"
    signs = (
        "three starts: less, less +G, less -N +G (all lines are numbered then); it counts nothing, "
        "so count and filter are the time of one pass over the whole log, from the top to a "
        "match in the last line (the filter: & with that match)"
    )
    indexes_apart = True

    @property
    def version(self) -> str:
        """The version that it tells itself."""
        return _first_line_of([*self.command, "--version"]).split()[1]

    def argv(self, corpus: Corpus, at: str = "first") -> list[str]:
        """Smart case, colours, no wrap; and what is waited for."""
        options = {"first": [], "last": ["+G"], "index": ["-N", "+G"]}[at]
        return [*self.command, "-i", "-R", "-S", *options, str(corpus.path)]

    def indexed(self, screen: Screen, corpus: Corpus) -> bool:
        """Look for the last line's number before it."""
        return any(FINAL in row and row.split()[0] == str(corpus.lines) for row in screen.lines())

    def count(self, terminal: Terminal, corpus: Corpus, limit: float, *, regex: bool) -> float:
        """Pass over the whole log."""
        terminal.send("g")
        terminal.settle(0.3, 5)
        text = FINAL_REGEX if regex else FINAL
        return ask(terminal, "/", text, last_line, limit, "the last line")

    def filter(self, terminal: Terminal, corpus: Corpus, limit: float) -> Filtered:
        """Pass over the whole log."""
        terminal.send("g")
        terminal.settle(0.3, 5)
        took = ask(terminal, "&", FINAL, last_line, limit, "the last line")
        return Filtered(took, None, None)


class Toolong(Viewer):
    """Index: the `TAIL` sign is there and `Scanning` gone. It has no totals and no filter."""

    name = "toolong"
    signs = (
        "index: “TAIL” shown and “Scanning” gone; it counts nothing, so count is the time of one "
        "pass over the whole log, from the top to a match in the last line"
    )

    @property
    def version(self) -> str:
        """The version that it tells itself."""
        return _first_line_of([*self.command, "--version"]).split()[-1]

    def indexed(self, screen: Screen, corpus: Corpus) -> bool:
        """Look at the footer and for the progress bar."""
        text = screen.text()
        return last_line(screen) and " TAIL " in text and "Scanning" not in text

    def count(self, terminal: Terminal, corpus: Corpus, limit: float, *, regex: bool) -> float:
        """Pass over the whole log; ↓ looks for the next match."""
        if regex:
            # Its search uses re.match: a pattern must fit from the line's start.
            raise UnableError("its regular expressions match only at a line's start")
        terminal.send("G")
        terminal.settle(0.3, 5)
        terminal.send("/")
        terminal.wait(lambda s: "Case sensitive" in s.text(), 10, "“Case sensitive”")
        terminal.settle(0.3, 5)
        terminal.send(FINAL)
        terminal.settle(0.5, 10)
        end = re.compile(rf"• {corpus.lines}\b")
        sign = "the last line's number in the footer"
        return terminal.timed("\x1b[B", lambda s: end.search(s.lines()[-1]), limit, sign)

    def filter(self, terminal: Terminal, corpus: Corpus, limit: float) -> Filtered:
        """Say that it cannot."""
        raise UnableError("it has no filter")


def _first_line_of(argv: Sequence[str]) -> str:
    done = subprocess.run(argv, capture_output=True, text=True, timeout=30, check=False)
    return done.stdout.strip().partition("\n")[0] or "unknown"


def find(paths: dict[str, str]) -> list[Viewer]:
    """Give logview and those of its peers that are installed; `paths` says where by name."""
    viewers: list[Viewer] = [
        Logview([paths["logview"]] if "logview" in paths else [sys.executable, "-m", "logview"])
    ]
    for kind, program in ((Lnav, "lnav"), (Less, "less"), (Toolong, "tl")):
        path = shutil.which(paths.get(kind.name, program))
        if path is not None:
            viewers.append(kind([path]))
        elif kind.name in paths:
            raise FileNotFoundError(f"there is no program {paths[kind.name]}")
    return viewers
