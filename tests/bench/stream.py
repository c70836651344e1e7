"""Bench: a log that arrives over HTTP, from a server in another process."""

from __future__ import annotations

import json
import random
import re
import select
import subprocess
import sys
import time
from typing import TYPE_CHECKING, Any

from tests.bench.files import noted, say
from tests.bench.home import ROOT
from tests.bench.results import Key, percentile
from tests.bench.server import PLANS
from tests.bench.viewers import totals
from tests.support.terminal import TerminalError

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType

    from tests.bench.home import Home
    from tests.bench.results import Results
    from tests.bench.viewers import Logview
    from tests.support.screen import Screen
    from tests.support.terminal import Terminal

BURST, FLOOD, IDLE = "stream, 10 MB at once", "stream, 100,000 lines/s for 10 s", "idle, 30 s"
LANES, TWICE = "ten runs, 1,000 lines/s each for 10 s", "two runs of 10 MB, merged"
ARRIVED = "connection to last byte shown"
P50, P95 = "key to paint, p50", "key to paint, p95"
LOST = "lines lost"
SHARE = "share of a core"
FRAMES = "frames a second"
BACK = "q to the shell's screen"
QUIT = "q to the end of the program"
DRAINED = "last byte sent to all shown"
OFFERED = "lines a second offered"
SHOWN = "lines a second shown"

_SGR = re.compile(rb"\x1b\[[0-9;:]*m")
_MOVE = re.compile(rb"\x1b\[[0-9;]*[A-HJKf]")
_ROW = re.compile(rb"([\d,]*) *(?:\d{4}-\d\d-\d\dT)?\d\d:\d\d:\d\d\.\d{3}Z? ")
_TOTAL = re.compile(" of ([0-9,]+)(…)?".encode())
_BEGIN, _END = b"\x1b[?2026h", b"\x1b[?2026l"  # synchronized output: one frame
_LEAVE = b"\x1b[?1049l"  # the alternate screen is left


class Sender:
    """The server's process."""

    def __init__(self, plan: str) -> None:
        self.plan = PLANS[plan]
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.bench.server", plan],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            bufsize=0,
        )
        self._told: list[dict[str, Any]] = []
        self._unread = b""

    def __enter__(self) -> Sender:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._process.kill()
        self._process.wait(20)
        assert self._process.stdout is not None
        self._process.stdout.close()

    def told(
        self, event: str, limit: float, watch: Callable[[float], None] | None = None
    ) -> dict[str, Any]:
        """Return what it told of an event, waiting for it.

        `watch` reads the terminal meanwhile: a program whose terminal nobody
        reads stops, and with it the stream.
        """
        end = time.monotonic() + limit
        while not (found := [one for one in self._told if one["event"] == event]):
            if watch is not None:
                watch(0.05)
            self._read(0.0 if watch is not None else limit)
            if time.monotonic() > end:
                raise TerminalError(f"the server did not tell “{event}” within {limit:g} s")
        return found[0]

    def _read(self, patience: float) -> None:
        assert self._process.stdout is not None
        if not select.select([self._process.stdout], [], [], patience)[0]:
            return
        data = self._process.stdout.read(65536)
        if not data:
            raise TerminalError("the server has ended")
        *lines, self._unread = (self._unread + data).split(b"\n")
        self._told.extend(json.loads(line) for line in lines)

    def argv(self, viewer: Logview) -> list[str]:
        """Give the command that opens its run."""
        url = self.told("listening", 60)["url"]
        return [*viewer.command, "--api-url", url, *self.plan.runs]


class Streams:
    """Measures logview on a stream; its peers read none of Apify's API."""

    def __init__(self, viewer: Logview, home: Home, results: Results) -> None:
        self._viewer = viewer
        self._home = home
        self._results = results
        self._random = random.Random(20261120)

    def burst(self, rounds: int) -> None:
        """10 MB at once, of one run and of two, with a key pressed every tenth of a second."""
        for plan, group in (("burst", BURST), ("once", TWICE)):
            for number in range(rounds):
                say(f"{group}: round {number + 1}")
                with noted(self._results, Key(group, ARRIVED), "logview"):
                    self._burst(plan, group)

    def _burst(self, plan: str, group: str) -> None:
        with (
            Sender(plan) as sender,
            self._home.start(sender.argv(self._viewer)) as terminal,
        ):
            asked = sender.told("asked", 30)["at"]
            keys = KeyWatch(terminal)
            lines = sender.plan.shape.lines * len(sender.plan.runs)
            end = time.monotonic() + 30
            while not keys.total(lines) and time.monotonic() < end:
                keys.press("#", 2.0)
                keys.watch(0.05 + self._random.random() * 0.05)
            at = keys.total(lines)
            if at is None:
                raise TerminalError(f"{lines:,} lines: not within 30 s")
            self._results.add(Key(group, ARRIVED), "logview", at - asked)
            self._latencies(group, keys)

    def _latencies(self, group: str, keys: KeyWatch) -> None:
        if keys.latencies:
            for what, part in ((P50, 0.5), (P95, 0.95)):
                value = percentile(keys.latencies, part) * 1000
                self._results.add(Key(group, what, "ms"), "logview", value)
        if keys.unanswered:
            self._results.note(f"{group}: {keys.unanswered} keys were not answered within 2 s.")

    def flood(self, rounds: int) -> None:
        """100,000 lines a second, with a key about six times a second; then another for `q`."""
        for number in range(rounds):
            say(f"{LANES}: round {number + 1}")
            with noted(self._results, Key(LANES, LOST, "lines"), "logview"):
                self._flood("lanes", LANES)
            say(f"{FLOOD}: round {number + 1}")
            with noted(self._results, Key(FLOOD, LOST, "lines"), "logview"):
                self._flood("flood", FLOOD)
            with noted(self._results, Key(FLOOD, QUIT, "ms"), "logview"):
                self._quit()

    def _flood(self, plan: str, group: str) -> None:
        results = self._results
        with (
            Sender(plan) as sender,
            self._home.start(sender.argv(self._viewer)) as terminal,
        ):
            sender.told("asked", 60)
            keys = KeyWatch(terminal)
            keys.watch(0.5)
            seconds = sender.plan.shape.lines / sender.plan.rate
            lines = sender.plan.shape.lines * len(sender.plan.runs)
            began, cpu = time.monotonic(), terminal.cpu_seconds()
            while time.monotonic() < began + seconds - 1:
                keys.press("#", 2.0)
                keys.watch(0.1 + self._random.random() * 0.1)
            took = time.monotonic() - began
            share = (terminal.cpu_seconds() - cpu) / took
            results.add(Key(group, SHARE, "%"), "logview", share * 100)
            sent = sender.told("sent", 120, keys.watch)
            end = time.monotonic() + 60
            while not keys.total(lines) and time.monotonic() < end:
                keys.watch(0.05)
            at = keys.total(lines)
            self._latencies(group, keys)
            results.add(Key(group, OFFERED, "/s"), "logview", lines / sent["seconds"])
            results.add(Key(group, LOST, "lines"), "logview", 0 if at else lines - keys.most)
            if at is None:
                raise TerminalError(f"{lines:,} lines: {keys.most:,} shown after a minute")
            took = at - sent["at"] + sent["seconds"]
            results.add(Key(group, SHOWN, "/s"), "logview", lines / took)
            results.add(Key(group, DRAINED, "ms"), "logview", max(0, at - sent["at"]) * 1000)

    def _quit(self) -> None:
        with (
            Sender("flood") as sender,
            self._home.start(sender.argv(self._viewer)) as terminal,
        ):
            sender.told("asked", 60)
            terminal.listen(1)
            seen, start = len(terminal.chunks), time.monotonic()
            terminal.listen(3)
            took = time.monotonic() - start
            frames = sum(data.count(_BEGIN) for _, data in terminal.chunks[seen:])
            self._results.add(Key(FLOOD, FRAMES, "/s"), "logview", frames / took)
            began = terminal.send("q").sent_at
            ended = terminal.wait_end(20)
            for at, data in terminal.chunks:
                if at > began and _LEAVE in data:
                    self._results.add(Key(FLOOD, BACK, "ms"), "logview", (at - began) * 1000)
            self._results.add(Key(FLOOD, QUIT, "ms"), "logview", (ended - began) * 1000)

    def idle(self) -> None:
        """A log that is open and quiet, for half a minute, once."""
        say(IDLE)
        key = Key(IDLE, SHARE, "%")
        with (
            noted(self._results, key, "logview"),
            Sender("quiet") as sender,
            self._home.start(sender.argv(self._viewer)) as terminal,
        ):
            expected = {sender.plan.shape.lines}

            def all_there(screen: Screen) -> bool:
                return totals(screen, r" of ([\d,]+)(…?)") == expected

            terminal.wait(all_there, 30, "the quiet log")
            terminal.listen(3)
            cpu, began = terminal.cpu_seconds(), time.monotonic()
            frames = len(terminal.chunks)
            terminal.listen(30)
            took = time.monotonic() - began
            share = (terminal.cpu_seconds() - cpu) / took
            self._results.add(key, "logview", share * 100)
            writes = (len(terminal.chunks) - frames) / took
            self._results.add(Key(IDLE, "writes a second", "/s"), "logview", writes)


class KeyWatch:
    """Presses `#` (line numbers on and off) and looks for the frame that shows it.

    It looks at the bytes of whole frames and keeps no screen: under flood that
    would cost as much as the program itself.
    """

    def __init__(self, terminal: Terminal) -> None:
        self._terminal = terminal
        self._seen = 0
        self._data = b""
        self.numbers: bool | None = None
        """Whether the last frame with rows had line numbers."""
        self.most = 0
        """The greatest total that the status line told."""
        self._totals: dict[int, float] = {}
        self.latencies: list[float] = []
        self.unanswered = 0

    def total(self, lines: int) -> float | None:
        """Give the time when the status line first told this total; None while it did not."""
        return self._totals.get(lines)

    def watch(self, seconds: float) -> None:
        """Read for so long."""
        end = time.monotonic() + seconds
        while (rest := end - time.monotonic()) > 0:
            self._terminal.read(rest)
            self._frames()
            if not self._terminal.alive():
                raise TerminalError("the program ended")

    def press(self, key: str, limit: float) -> None:
        """Press a key that switches the line numbers, and wait for the paint."""
        before = self.numbers
        if before is None:
            return  # no line has been shown yet
        sent = self._terminal.send(key).sent_at
        while time.monotonic() < sent + limit:
            self._terminal.read(0.05)
            changed = [at for at, numbers in self._frames() if numbers is not before]
            if changed:
                self.latencies.append(changed[0] - sent)
                return
        self.unanswered += 1
        self.numbers = None

    def _frames(self) -> list[tuple[float, bool | None]]:
        """Take in the frames that are complete; gives when each was, and if with numbers."""
        found: list[tuple[float, bool | None]] = []
        chunks = self._terminal.chunks
        while self._seen < len(chunks):
            at, data = chunks[self._seen]
            self._seen += 1
            self._data += data
            *frames, self._data = self._data.split(_END)
            for frame in frames:
                self._take(frame.partition(_BEGIN)[2], at)
                found.append((at, self.numbers))
        return found

    def _take(self, frame: bytes, at: float) -> None:
        text = _MOVE.sub(b"\n", _SGR.sub(b"", frame))
        row = _ROW.search(text)
        if row is not None:
            self.numbers = bool(row[1])
        for found in _TOTAL.finditer(text):
            if not found[2]:
                total = int(found[1].replace(b",", b""))
                self.most = max(self.most, total)
                self._totals.setdefault(total, at)
