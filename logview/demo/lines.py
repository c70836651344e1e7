"""Demo: the shapes in which Actors, builds and the platform print their lines.

The shapes are those of @apify/log and Crawlee for JavaScript and of the Apify
SDK for Python with colours on, as `raw=true` shows them.
"""

from __future__ import annotations

import json
import random
import re
from dataclasses import dataclass
from typing import Literal, TypeAlias

Level: TypeAlias = Literal["ERROR", "SFAIL", "WARN", "INFO", "DEBUG", "PERF", "CRITICAL"]
Data: TypeAlias = "dict[str, object]"
Outcome: TypeAlias = Literal["SUCCEEDED", "FAILED", "TIMED-OUT", "ABORTED"]
"""How a job ends, in the API's words."""

_JS_COLOURS: dict[Level, int] = {
    "ERROR": 31, "SFAIL": 31, "CRITICAL": 31, "WARN": 33, "INFO": 32, "DEBUG": 34, "PERF": 35,
}  # fmt: skip
_GREY = "\x1b[90m"
_SGR = re.compile(r"\x1b\[[0-9;]*m")


@dataclass(frozen=True, slots=True)
class Line:
    """One physical line: when it is printed (demo seconds since its job's start), and its text."""

    at: float
    text: str


@dataclass(frozen=True, slots=True)
class Script:
    """Everything a job prints and reports, in the order of time."""

    lines: tuple[Line, ...]
    messages: tuple[tuple[float, str], ...]
    """Status messages of the run object, each with the second it appears."""
    duration: float
    """Seconds from the job's start to its end; no line comes later."""

    def stretched(self, seconds: float) -> Script:
        """Return the same with another duration, in seconds; all times in proportion."""
        factor = seconds / self.duration
        return Script(
            tuple(Line(round(line.at * factor, 3), line.text) for line in self.lines),
            tuple((round(at * factor, 3), message) for at, message in self.messages),
            seconds,
        )


def plain(text: str) -> str:
    """Return the text without its colours, as the API sends it without `raw`."""
    return _SGR.sub("", text)


def compact(data: Data) -> str:
    """Return JSON as JavaScript's `JSON.stringify` prints it."""
    return json.dumps(data, separators=(",", ":"), ensure_ascii=False)


def js(level: Level, text: str, data: Data | None = None, prefix: str = "") -> str:
    """Return a line of Crawlee and the Apify SDK for JavaScript; the level is padded to five."""
    head = f"\x1b[{_JS_COLOURS[level]}m{level}\x1b[39m" + " " * (5 - len(level))
    if prefix:
        head += f"\x1b[33m {prefix}:\x1b[39m"
    tail = "" if data is None else f"{_GREY} {compact(data)}\x1b[39m"
    return f"{head} {text}{tail}"


def frame(where: str, data: Data | None = None) -> str:
    """Return a line of a JavaScript stack; the entry's JSON stands on its last one."""
    tail = "" if data is None else f" {compact(data)}"
    return f"  {_GREY}    at {where}{tail}\x1b[39m"


def py(level: Level, text: str, data: Data | None = None, logger: str = "apify") -> str:
    """Return a line of the Apify SDK and Crawlee for Python."""
    colour = _JS_COLOURS[level]
    tail = "" if data is None else f" {_GREY}({json.dumps(data, ensure_ascii=False)})\x1b[0m"
    return f"{_GREY}[{logger}]\x1b[0m \x1b[{colour}m{level:<5}\x1b[0m {text}{tail}"


class Writer:
    """Writes a script: each line moves the time on by a little, `wait` by more."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.at = 0.0
        self._lines: list[Line] = []
        self._messages: list[tuple[float, str]] = []

    def wait(self, seconds: float) -> None:
        """Advance the time."""
        self.at += seconds

    def wait_until(self, at: float) -> None:
        """Advance the time to a second of the script, if it is still to come."""
        self.at = max(self.at, at)

    def line(self, *texts: str) -> None:
        """Print lines about a millisecond apart; now and then two share one."""
        for text in texts:
            self._lines.append(Line(round(self.at, 3), text))
            self.at += self.random.choice((0.0, 0.001, 0.001, 0.002))

    def status(self, message: str) -> None:
        """Set the run's status message, which the SDK prints too."""
        self.line(js("INFO", f"[Status message]: {message}"))
        self._messages.append((round(self.at, 3), message))

    def silent_status(self, message: str) -> None:
        """Set the run's status message without a line in the log."""
        self._messages.append((round(self.at, 3), message))

    def container(self, build_id: str) -> None:
        """Write the platform's lines before a container's own."""
        self.line(f"ACTOR: Pulling container image of build {build_id} from registry.")
        self.wait(0.6)
        self.line("ACTOR: Creating container.")
        self.wait(0.1)
        self.line("ACTOR: Starting container.")
        self.wait(0.9)

    def script(self, after: float = 0.2) -> Script:
        """Return what was written; the job ends `after` seconds after the last line."""
        return Script(tuple(self._lines), tuple(self._messages), round(self.at + after, 3))
