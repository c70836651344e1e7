"""The splice: whatever is cut, slides away or repeats, each byte of the log is kept once."""

from __future__ import annotations

import random
from dataclasses import dataclass, field

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from logview.sources.alignment import Pause
from logview.sources.received_log import ReceivedSpool
from logview.sources.splice import Apart, Doubt, Joined, New, Splice
from tests.support.examples import examples


def line(second: float, text: str = "INFO  a line") -> bytes:
    minutes, rest = divmod(second, 60)
    return f"2026-11-20T06:{int(minutes):02d}:{rest:06.3f}Z {text}\n".encode()


LOG = b"".join(line(n / 4, f"INFO  line {n}") for n in range(400))


@dataclass
class Listener:
    """What a reader holds after a history of replays, put together by `Splice`."""

    window: int = 1024
    piece: int = 256 * 1024
    held: ReceivedSpool = field(default_factory=lambda: ReceivedSpool(memory=1 << 30))
    start: int = 0
    gaps: list[tuple[int, str, float | None]] = field(default_factory=list)
    joins: list[Joined] = field(default_factory=list)
    doubts: list[int] = field(default_factory=list)
    doubtful: bool = False
    received: int = 0
    matched: int = 0
    dropped: int = 0

    def replay(self, *chunks: bytes, settle: bool = False) -> Splice:
        splice = Splice(
            self.held,
            self.start,
            doubtful=self.doubtful,
            window=self.window,
            piece=self.piece,
        )
        for chunk in chunks:
            self.received += len(chunk)
            self._take(splice.feed(chunk))
        if settle:
            self._take(splice.settle())
        self.matched += splice.matched
        self.dropped += splice.undecided
        self.doubtful = splice.doubtful
        return splice

    def _take(self, outcomes):
        for outcome in outcomes:
            match outcome:
                case New(data):
                    assert data
                    self.held.append(data)
                case Apart(kind, seconds):
                    self.gaps.append((self.held.size, kind, seconds))
                    self.start = self.held.size
                case Joined():
                    self.joins.append(outcome)
                case Doubt():
                    self.doubts.append(self.held.size)
                case Pause():
                    pass

    @property
    def text(self) -> bytes:
        return self.held.read(0, self.held.size)

    @property
    def held_now(self) -> bytes:
        return self.held.read(self.start, self.held.size)

    def assert_balanced(self) -> None:
        assert self.received == self.held.size + self.matched + self.dropped


def cut(data: bytes, sizes: list[int]) -> list[bytes]:
    """Cut `data` into pieces of these sizes, over and over."""
    pieces = []
    at = turn = 0
    while at < len(data):
        size = sizes[turn % len(sizes)]
        pieces.append(data[at : at + size])
        at += size
        turn += 1
    return pieces


# -- the usual histories, by name ---------------------------------------------------------------


def test_the_first_replay_is_all_new():
    listener = Listener()
    listener.replay(LOG)
    assert listener.text == LOG
    assert listener.gaps == []


@pytest.mark.parametrize("place", [1, 10, 700, len(LOG) - 1, len(LOG)])
def test_a_replay_from_the_start_adds_only_what_is_new(place):
    listener = Listener()
    listener.replay(LOG[:place])
    listener.replay(LOG)
    assert listener.text == LOG
    assert listener.gaps == []
    assert listener.joins == [Joined(place, sure=True)]


def test_a_replay_that_breaks_off_early_changes_nothing():
    listener = Listener()
    listener.replay(LOG)
    splice = listener.replay(LOG[:1000])
    assert listener.text == LOG
    assert not splice.through
    assert listener.joins == []


@pytest.mark.parametrize("slid", [1, 24, 40, 5000])
@pytest.mark.parametrize("sizes", [[1], [7, 100], [4096]])
def test_a_head_that_slid_is_found_again(slid, sizes):
    listener = Listener()
    listener.replay(LOG[:9000])
    listener.replay(*cut(LOG[slid:], sizes))
    assert listener.text == LOG
    assert listener.gaps == []
    assert listener.joins == [Joined(9000 - slid, sure=True)]


def test_the_head_slides_further_on_each_replay():
    listener = Listener()
    for end in range(500, len(LOG), 333):
        listener.replay(LOG[max(0, end - 700) : end])
    assert listener.text == LOG[:end]
    assert listener.gaps == []


def test_a_line_torn_within_a_character_is_completed():
    log = line(1, "INFO  žluťoučký kůň 🐎 příliš") + line(2)
    for place in range(1, len(log)):
        listener = Listener()
        listener.replay(log[:place])
        listener.replay(log)
        assert listener.text == log


def test_missing_log_is_reported_with_its_time():
    listener = Listener()
    listener.replay(line(1) + line(2))
    listener.replay(line(42) + line(43))
    assert listener.text == line(1) + line(2) + line(42) + line(43)
    assert listener.gaps == [(len(line(1)) * 2, "missing", 40.0)]


def test_missing_log_is_reported_when_the_replay_starts_within_a_line():
    listener = Listener()
    listener.replay(line(1) + line(2)[:30])
    listener.replay(b"xyz the rest of a line\n", line(12) + line(13))
    assert listener.gaps == [(len(line(1)) + 30, "missing", 10.0)]


def test_another_log_is_reported_as_such():
    listener = Listener()
    other = line(0.5, "INFO  other") + line(0.7, "INFO  other")
    listener.replay(LOG)
    listener.replay(other)
    assert listener.text == LOG + other
    assert listener.gaps == [(len(LOG), "contradiction", None)]


def test_another_log_that_begins_alike_is_kept_whole():
    other = LOG[:3000] + line(90, "ERROR something else")
    listener = Listener()
    listener.replay(LOG)
    listener.replay(*cut(other, [100]))
    assert listener.text == LOG + other
    assert listener.gaps == [(len(LOG), "contradiction", None)]
    listener.assert_balanced()


def test_a_log_without_stamps_that_begins_again_is_another_log():
    listener = Listener()
    listener.replay(b"starting\none\ntwo\nthree\n")
    listener.replay(b"starting\none\nTWO\n", settle=True)
    assert [kind for _, kind, _ in listener.gaps] == ["contradiction"]


def test_a_log_without_stamps_that_does_not_join_may_lack_something():
    listener = Listener()
    listener.replay(b"one\ntwo\nthree\n")
    listener.replay(b"nine\nten\n", settle=True)
    assert listener.text == b"one\ntwo\nthree\nnine\nten\n"
    assert listener.gaps == [(14, "missing", None)]


def test_a_gap_is_reported_once_however_often_it_is_replayed():
    log = b"".join(line(n) for n in range(60))
    listener = Listener()
    listener.replay(log[:400])
    for end in range(1200, len(log), 100):
        listener.replay(log[1000:end])
        listener.replay(log[1100:end])
    assert listener.text == log[:400] + log[1000:end]
    assert [kind for _, kind, _ in listener.gaps] == ["missing"]


def test_what_is_undecided_when_the_stream_breaks_is_not_reported():
    listener = Listener()
    listener.replay(b"one\n")
    listener.replay(b"nine")
    assert listener.gaps == []
    assert listener.dropped == 4
    listener.assert_balanced()


def test_identical_lines_take_the_longest_overlap():
    same = line(1)
    listener = Listener()
    listener.replay(same * 300)
    listener.replay(same * 200)
    assert listener.text == same * 300
    listener.replay(same * 200 + line(2))
    assert listener.text == same * 300 + line(2)
    assert listener.gaps == []


def test_a_torn_stamp_fits_any_line_and_is_reported_as_a_doubt():
    """The bytes are joined as the longest overlap says, and what may be missing is told."""
    listener = Listener()
    listener.replay(line(1) + b"2026-11-20T06:0")
    listener.replay(*cut(line(300) + line(301), [16]))
    assert listener.text == line(1) + line(300) + line(301)
    assert listener.gaps == []
    assert listener.joins == [Joined(15, sure=False)]
    assert listener.doubts == [len(line(1) + line(300))]


def test_a_torn_line_of_a_stamp_that_many_lines_have_is_reported_as_a_doubt():
    same = [line(1, f"INFO  line {n}") for n in range(500)]
    torn = len(same[0]) - len(b"line 0\n")
    listener = Listener()
    listener.replay(b"".join(same[:5]) + same[5][:torn])
    listener.replay(b"".join(same[495:]))
    assert listener.joins == [Joined(torn, sure=False)]
    assert listener.doubts == [len(b"".join(same[:5]) + same[495])]


def test_a_whole_line_that_is_found_elsewhere_too_is_no_doubt():
    listener = Listener()
    listener.replay(line(1) * 5 + line(2)[:30])
    listener.replay(line(1) * 2 + line(2) + line(3))
    assert listener.doubts == []
    assert listener.joins == [Joined(2 * len(line(1)) + 30, sure=True)]


def test_a_doubt_outlives_the_connection_that_raised_it():
    listener = Listener()
    listener.replay(line(1) + b"2026-11-20T06:0")
    listener.replay(line(300)[:30])
    assert listener.doubts == []
    listener.replay(line(300) + line(301))
    assert listener.text == line(1) + line(300) + line(301)
    assert listener.doubts == [len(line(1) + line(300))]


def test_a_doubt_about_a_whole_line_is_reported_at_once():
    listener = Listener()
    listener.replay(line(1) + line(2))
    listener.replay(b"\n" + line(300))
    assert listener.text == line(1) + line(2) + line(300)
    assert listener.doubts == [2 * len(line(1))]


def test_a_short_overlap_that_is_found_nowhere_else_is_no_doubt():
    listener = Listener()
    listener.replay(line(1) + line(2, "INFO  unheard of"))
    listener.replay(b"of\n" + line(3))
    assert listener.joins == [Joined(3, sure=True)]
    assert listener.doubts == []


def test_a_replay_may_be_whole_where_what_is_held_ends_as_it_does():
    listener = Listener(piece=7)
    assert listener.replay(line(1) * 10).may_be_whole()
    assert listener.replay().may_be_whole()
    assert listener.replay(line(1) * 5).may_be_whole()
    assert not listener.replay(line(1) * 5 + line(1)[:9]).may_be_whole()
    listener.replay(line(1) * 10 + line(2))
    assert not listener.replay(line(1) * 5).may_be_whole()
    assert not listener.replay(line(3)[:12], settle=False).may_be_whole()


# -- against a listener that tries everything ---------------------------------------------------


def explain(held: bytes, replay: bytes) -> tuple[str, int]:
    """Try every place for every beginning of the replay: slow, and plainly right."""
    for length in range(1, len(replay) + 1):
        begun = replay[:length]
        for place in range(len(held)):
            if held.startswith(begun, place) and place + length < len(held):
                break
            if begun.startswith(held[place:]):
                return "joined", len(held) - place
        else:
            return "apart", 0
    return "open", 0


@dataclass
class Reference:
    segments: list[bytes] = field(default_factory=lambda: [b""])

    def replay(self, replay: bytes) -> None:
        held = self.segments[-1]
        how, overlap = explain(held, replay) if held else ("joined", 0)
        if how == "joined":
            self.segments[-1] = held + replay[overlap:]
        elif how == "apart":
            self.segments.append(replay)


repeating = st.lists(st.sampled_from([b"a", b"b", b"ab", b"aab", b"\n"]), max_size=60).map(b"".join)
"""Texts that match themselves nearly everywhere."""

periodic = st.builds(
    lambda unit, times, tail: unit * times + tail,
    st.binary(min_size=1, max_size=6),
    st.integers(1, 30),
    st.sampled_from([b"", b"x", b"a", b"\xc5"]),
)


@st.composite
def logs(draw) -> bytes:
    """A log such as Apify's: repeated lines and stamps, blank lines, perhaps no final newline."""
    texts = st.sampled_from(
        [b"INFO same", b"", b"ERROR \xf0\x9f\x90\x8e", b"  at x", b"\x1b[31mred"]
    )
    steps = st.sampled_from([0, 0, 0, 0.001, 1, 40])
    now = 0.0
    lines = []
    for text, step in draw(st.lists(st.tuples(texts, steps), max_size=40)):
        now += step
        lines.append(line(now, "")[:-1] + text + b"\n")
    log = b"".join(lines)
    return log if draw(st.booleans()) else log[:-1]


sizes = st.lists(st.integers(1, 60), min_size=1, max_size=4)
windows = st.sampled_from([(2, 1), (3, 2), (4, 7), (16, 16), (1024, 1 << 18)])


@given(st.lists(st.tuples(repeating | periodic, sizes), min_size=1, max_size=5), windows)
@examples(400)
def test_any_replays_are_explained_as_by_trying_everything(replays, window):
    reference = Reference()
    listener = Listener(*window)
    for replay, chunks in replays:
        reference.replay(replay)
        listener.replay(*cut(replay, chunks), settle=True)
        assert listener.text == b"".join(reference.segments)
        assert len(listener.gaps) == len(reference.segments) - 1
        listener.assert_balanced()


@given(repeating | periodic | logs() | st.binary(max_size=200), st.data(), windows)
@examples(400)
def test_any_history_of_cuts_and_slides(log, data, window):
    """As the platform does it: the log grows, its head slides, streams break anywhere."""
    reference = Reference()
    listener = Listener(*window)
    head = grown = 0
    for _ in range(data.draw(st.integers(1, 6), label="replays")):
        grown = data.draw(st.integers(grown, len(log)), label="grown")
        head = data.draw(st.integers(head, grown), label="head")
        seen = data.draw(st.integers(head, grown), label="seen")
        reference.replay(log[head:seen])
        listener.replay(*cut(log[head:seen], data.draw(sizes)), settle=True)
        assert listener.text == b"".join(reference.segments)
        listener.assert_balanced()


@given(st.data(), windows)
@examples(200)
def test_where_alignments_are_unique_a_perfect_listener_is_equalled(data, window):
    """Every byte once, every true gap once, at its place, and no false one."""
    log = bytes(random.Random(7).randbytes(1200))
    listener = Listener(*window)
    head = grown = end = 0
    expected = b""
    gaps = []
    for _ in range(data.draw(st.integers(1, 8), label="replays")):
        grown = data.draw(st.integers(grown, len(log)), label="grown")
        head = data.draw(st.integers(head, grown), label="head")
        seen = data.draw(st.integers(head, grown), label="seen")
        if 0 < seen - head < 8 or 0 < end - head < 8:
            continue  # a byte or two can lie anywhere
        if end and head >= end and explain(listener.held_now, log[head:seen])[0] != "apart":
            continue  # the last bytes held are, by accident, the first of what follows the gap
        listener.replay(*cut(log[head:seen], data.draw(sizes)), settle=True)
        if seen > max(head, end):
            if end and head >= end:
                gaps.append(len(expected))
            expected += log[max(head, end) : seen]
            end = seen
        assert listener.text == expected
        assert [place for place, _, _ in listener.gaps] == gaps


@given(logs(), logs(), sizes)
@examples(200)
@example(LOG[:90], LOG[90:], [1])
def test_what_was_held_is_never_thrown_away(one, other, chunks):
    listener = Listener()
    listener.replay(one)
    listener.replay(*cut(other, chunks))
    assert listener.text.startswith(one)


def test_undecided_bytes_come_with_the_first_stamp():
    listener = Listener()
    listener.replay(line(1))
    splice = Splice(listener.held)
    assert list(splice.feed(b"tail of a line, and it is long enough")) == []
    assert splice.undecided == 37
    outcomes = list(splice.feed(b"\n" + line(5)))
    assert outcomes[0] == Apart("missing", 4.0)
    assert splice.undecided == 0


def test_long_work_is_cut_into_steps():
    """A replay that fits nowhere in megabytes that are held."""
    held = ReceivedSpool(memory=1 << 30)
    held.append((b"x" * 99 + b"\n") * 40_000)
    outcomes = list(Splice(held).feed(b"xy" + (b"x" * 99 + b"\n") * 20_000 + line(5)))
    assert any(isinstance(o, Pause) for o in outcomes)
    assert sum(isinstance(o, Apart) for o in outcomes) == 1
