"""Sources: splicing a replay to what is held, so that each byte of the log is kept once.

The API has no way to resume (Apify API reference, `GET /v2/logs/{id}`): each
connection replays the log from the start of what the platform still keeps.
`Splice` takes such a replay as it grows and says which of its bytes are new.

- While the replay agrees with what is held, nothing is new and nothing is kept
  of it: it *is* a slice of what is held.
- Where it disagrees, its head may have slid away: the next place at which all
  of it fits is looked for (`alignment.py`). Places are tried in the order of
  falling overlap, so that of several explanations the one with the fewest new
  bytes is taken.
- Once it reaches the end of what is held, the rest is new.
- Where no place is left it stands apart: log is missing in between, or it is
  another log. The stamps decide which.

A replay that breaks off before any of this is decided brings nothing new.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Literal, TypeAlias

from logview.sources.alignment import SLICE, WINDOW, Alignment, Pause, Replay, first_difference

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator

    from logview.sources.received_log import ReceivedLog

ENOUGH = 16 * 1024
"""Bytes of a replay in which its first stamp is looked for."""

_LINE = re.compile(rb"(?:\A|\n)\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z[^\n]*\n")
"""A whole stamped line: the least overlap that proves anything."""

_STAMP = re.compile(rb"(?:\A|\n)(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3})Z")


@dataclass(frozen=True, slots=True)
class Joined:
    """The place is found: all that is held is accounted for, what follows is new."""

    overlap: int
    """Bytes of the replay that are held already."""
    sure: bool
    """False where the overlap may be an accident: no whole line, and found elsewhere too."""


@dataclass(frozen=True, slots=True)
class Apart:
    """The replay has no place in what is held; all of it follows, as new."""

    kind: Literal["missing", "contradiction"]
    seconds: float | None
    """About how much log time lies between; None where the stamps don't show it."""


@dataclass(frozen=True, slots=True)
class New:
    """Bytes that were not held before."""

    data: bytes


@dataclass(frozen=True, slots=True)
class Doubt:
    """Log may be missing before this line or within the one above: the overlap proves little."""


Outcome: TypeAlias = Pause | Joined | Apart | New | Doubt


class Splice:
    """Takes one replay, as it comes, and finds what of it is new.

    `received` may grow meanwhile by what this splice has called new, and only by
    that. `start` is where in it the log begins that replays are now of: what
    stands before a gap can't come again. `doubtful` is that of the splice
    before, which may have left a doubt untold. `window` and `piece` are the sizes of
    `alignment.py`, smaller in tests.
    """

    def __init__(
        self,
        received: ReceivedLog,
        start: int = 0,
        *,
        doubtful: bool = False,
        window: int = WINDOW,
        piece: int = SLICE,
    ) -> None:
        self._received = received
        self._start = start
        self._end = received.size
        self._at = start
        self._same = 0
        self._undecided = bytearray()
        self._window = window
        self._piece = piece
        self.doubtful = doubtful
        """Whether a `Doubt` is to be emitted once the line that was torn has ended."""
        self._state: Literal["matching", "apart", "through"] = (
            "matching" if self._end > start else "through"
        )
        self.matched = 0
        """Bytes of the replay that were held already."""
        self._whole = (0, True)

    @property
    def through(self) -> bool:
        """Whether all that comes now is new."""
        return self._state == "through"

    @property
    def undecided(self) -> int:
        """Bytes that are new but not given out yet: more is needed to know how they join."""
        return len(self._undecided)

    def may_be_whole(self) -> bool:
        """Return whether the replay, should it be all that the platform has, brings nothing new.

        So it is when it is through, when it is empty, and when what is held
        ends as it does: the head may have slid so far that it looks shorter.
        """
        if self._state == "matching" and self._whole[0] != self._same:
            self._whole = (self._same, self._ends_alike())
        return self.through or (self._state == "matching" and self._whole[1])

    def _ends_alike(self) -> bool:
        shift = self._end - self._same - self._at
        for at in range(self._at, self._at + self._same, self._piece):
            length = min(self._piece, self._at + self._same - at)
            if self._received.read(at, length) != self._received.read(at + shift, length):
                return False
        return True

    def feed(self, data: bytes) -> Iterator[Outcome]:
        """Take the next bytes of the replay; what is yielded is in the order of the log.

        To be exhausted before the next call.
        """
        if self._state == "through":
            yield from self._new(data)
        elif self._state == "apart":
            self._undecided += data
            yield from self._settle_apart(final=False)
        else:
            yield from self._match(data)

    def settle(self) -> Iterator[Outcome]:
        """Decide what is undecided with what is known: no more will come soon."""
        if self._state == "apart":
            yield from self._settle_apart(final=True)

    def _match(self, data: bytes) -> Iterator[Outcome]:
        length = min(len(data), self._end - self._at - self._same)
        ours = self._received.read(self._at + self._same, length)
        theirs = data if length == len(data) else data[:length]
        if ours == theirs:
            self._same += length
            self.matched = self._same
            if self._at + self._same == self._end:
                yield from self._join(self._same)
                yield from self._new(data[length:])
            return
        replay = Replay(self._received, self._at, self._same, data)
        difference = self._same + first_difference(ours, theirs)
        found = yield from self._alignment(replay).after(self._at, difference)
        if found is None:
            yield from self._give_up(replay)
        elif found + len(replay) < self._end:
            self._at, self._same = found, len(replay)
            self.matched = self._same
        else:
            overlap = self._end - found
            self._at = found
            yield from self._join(overlap)
            yield from self._emit_rest(replay, overlap)

    def _join(self, overlap: int) -> Iterator[Outcome]:
        self._state = "through"
        self.matched = overlap
        doubtful = yield from self._is_doubtful(overlap)
        yield Joined(overlap, sure=not doubtful)
        self.doubtful |= doubtful
        if self.doubtful and self._received.read(self._end - 1, 1) == b"\n":
            self.doubtful = False
            yield Doubt()

    def _is_doubtful(self, overlap: int) -> Generator[Pause, None, bool]:
        """Return whether the overlap may be an accident.

        A torn line that was held last may fit the beginning of any line, or of
        many that have its stamp, so that log which is really missing would
        seem not to be.
        """
        if self._at == self._start or overlap > ENOUGH:
            return False
        text = self._received.read(self._end - overlap, overlap)
        if _LINE.search(text):
            return False
        first = yield from self._alignment(Replay(self._received, 0, 0, b"")).find(
            text, self._start
        )
        return first != self._end - overlap

    def _new(self, data: bytes) -> Iterator[Outcome]:
        """Yield new bytes; a doubt comes where the line that was torn ends."""
        if self.doubtful and (rest := data.find(b"\n") + 1):
            self.doubtful = False
            yield New(data[:rest])
            yield Doubt()
            data = data[rest:]
        if data:
            yield New(data)

    def _emit_rest(self, replay: Replay, start: int) -> Iterator[Outcome]:
        while start < len(replay):
            piece = replay.read(start, self._piece)
            yield from self._new(piece)
            start += len(piece)

    def _alignment(self, replay: Replay) -> Alignment:
        return Alignment(self._received, self._end, replay, window=self._window, piece=self._piece)

    def _give_up(self, replay: Replay) -> Iterator[Outcome]:
        """Stop aligning: nothing held explains the replay."""
        self.matched = 0
        self.doubtful = False
        self._state = "apart"
        beginning = replay.read(0, ENOUGH)
        if len(replay) <= ENOUGH:
            self._undecided += beginning
            yield from self._settle_apart(final=False)
        else:
            self._state = "through"
            yield self._classify(beginning)
            yield from self._emit_rest(replay, 0)

    def _settle_apart(self, *, final: bool) -> Iterator[Outcome]:
        beginning = bytes(self._undecided)
        if not final and len(beginning) < ENOUGH and not _STAMP.search(beginning):
            return
        self._state = "through"
        self._undecided.clear()
        yield self._classify(beginning)
        yield New(beginning)

    def _classify(self, beginning: bytes) -> Apart:
        """Distinguish missing log from another log, by the stamps where there are any."""
        head = self._received.read(self._start, min(ENOUGH, self._end - self._start))
        tail_from = max(self._start, self._end - 4 * ENOUGH)
        tail = self._received.read(tail_from, self._end - tail_from)
        if tail_from > self._start:
            tail = tail[tail.find(b"\n") + 1 :]  # a cut line's inside may look like a stamp
        first, last, then = _first(head), _last(tail), _first(beginning)
        if then is None or last is None:
            again = head.partition(b"\n")[0] == beginning.partition(b"\n")[0]
            return Apart("contradiction" if again else "missing", None)
        if then < last or then == last == first:
            return Apart("contradiction", None)
        return Apart("missing", _seconds(last, then))


def _first(text: bytes) -> bytes | None:
    found = _STAMP.search(text)
    return found[1] if found else None


def _last(text: bytes) -> bytes | None:
    found = _STAMP.findall(text)
    return found[-1] if found else None


def _seconds(one: bytes, other: bytes) -> float | None:
    """Return the seconds from one stamp to another; None where one is no time, or none passed."""
    try:
        times = [datetime.fromisoformat(stamp.decode("ascii")) for stamp in (one, other)]
    except ValueError:
        return None
    return (times[1] - times[0]).total_seconds() or None
