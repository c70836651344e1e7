"""Tests: plain mode, from the events of a scripted source to bytes in a real pipe."""

from __future__ import annotations

import asyncio
import contextlib
import os
import re
import tracemalloc
import zlib
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from logview.apify.encoding import Decoder
from logview.apify.models import Job
from logview.plain import stdout
from logview.plain.reader import TRIES, LogReader, run_until_done
from logview.plain.stdout import ByteOutput, Descriptor, TerminalLines
from logview.sources import events
from logview.sources.events import Event, Problem
from logview.text.escapes import separate_pieces
from logview.text.sanitize import visible
from logview.text.sgr import AnsiMode, render_ansi

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator, Sequence

LOST = Problem("The connection was reset", "What was read stays.", "", kind="reset")


class Scripted:
    """A source that says what it is told to, and then nothing, or ends."""

    def __init__(self, said: Sequence[Event], *, then_silent: bool = False) -> None:
        self.said = said
        self.then_silent = then_silent
        self.closed = False

    async def events(self) -> AsyncIterator[Event]:
        try:
            for event in self.said:
                yield event
            if self.then_silent:
                await asyncio.Event().wait()
        finally:
            self.closed = True

    def retry(self) -> None: ...

    def stats(self) -> list[tuple[str, str]]:
        return []


@pytest.fixture
def pipe() -> Iterator[tuple[int, int]]:
    """A pipe: the end to read from, and the end to write to."""
    ends = os.pipe()
    yield ends
    for fd in ends:
        with contextlib.suppress(OSError):
            os.close(fd)


def drain(fd: int) -> bytes:
    """What lies in a pipe whose other end has been closed."""
    data = b""
    while piece := os.read(fd, 1 << 16):
        data += piece
    return data


async def play(
    said: Sequence[Event], pipe: tuple[int, int], *, exit_status: bool = False
) -> tuple[int, bytes, list[str]]:
    """Run plain mode on these events: the exit code, the bytes, and what was told."""
    messages: list[str] = []
    descriptor = Descriptor(pipe[1])
    source = Scripted(said)
    reader = LogReader(source, ByteOutput(descriptor), messages.append, exit_status=exit_status)
    reading = asyncio.ensure_future(run_until_done(reader, descriptor))
    taken = asyncio.get_running_loop().run_in_executor(None, drain, pipe[0])
    code = await reading
    os.close(pipe[1])
    assert source.closed
    return code, await taken, messages


def job(status: str) -> Job:
    return Job("HG7ML7M8z78YcAPEB", "run", status)


async def test_the_bytes_arrive_as_they_came(pipe: tuple[int, int]) -> None:
    pieces = [bytes(range(256)), b"\xc3", b"\xa4\r\n\x1b[31mred", b"", b"x" * 300_000, b"\n\n"]
    said: list[Event] = [
        events.Connected(),
        *(events.Received(piece) for piece in pieces),
        events.Ended(),
    ]
    assert await play(said, pipe) == (0, b"".join(pieces), [])


async def test_all_is_quiet_while_all_is_well(pipe: tuple[int, int]) -> None:
    said: list[Event] = [
        events.Connecting(),
        events.Connected(),
        events.JobChanged(job("RUNNING")),
        events.Received(b"one\n"),
        events.JobChanged(job("SUCCEEDED")),
        events.Ended(job("SUCCEEDED")),
    ]
    assert (await play(said, pipe))[2] == []


async def test_a_loss_its_mending_and_a_gap_are_reported(pipe: tuple[int, int]) -> None:
    said: list[Event] = [
        events.Received(b"one\n"),
        events.Lost(LOST, attempt=2, retry_in=3.0),
        events.Gap("about 40 s of log are missing here", "missing", 40.0),
        events.Resumed(kept=4, lines_lost=None),
        events.Received(b"two\n"),
        events.Lost(LOST, attempt=2, retry_in=0.5),
        events.Resumed(kept=8, lines_lost=0),
        events.Ended(),
    ]
    code, data, messages = await play(said, pipe)
    assert (code, data) == (0, b"one\ntwo\n")
    assert messages == [
        "The connection was reset. What was read stays. Trying again in 3 s (attempt 2).",
        "about 40 s of log are missing here",
        "reconnected: some lines are missing",
        "The connection was reset. What was read stays. "
        "Trying again in less than a second (attempt 2).",
        "reconnected: 0 lines lost",
    ]


async def test_waiting_for_the_start_is_reported_once(pipe: tuple[int, int]) -> None:
    said: list[Event] = [
        events.Waiting(0.5),
        events.Waiting(1.0),
        events.Received(b"x"),
        events.Ended(),
    ]
    assert (await play(said, pipe))[2] == [
        "nothing has been logged yet; waiting for the first line"
    ]


@pytest.mark.parametrize(
    ("status", "code"),
    [("SUCCEEDED", 0), ("FAILED", 1), ("TIMED-OUT", 2), ("ABORTED", 3), ("NEW-WORD", 5)],
)
async def test_the_result_of_the_run_is_the_exit_code_when_asked_for(
    pipe: tuple[int, int], status: str, code: int
) -> None:
    assert (await play([events.Ended(job(status))], pipe, exit_status=True))[0] == code


async def test_a_failed_run_that_was_read_to_its_end_is_no_failure_of_ours(
    pipe: tuple[int, int],
) -> None:
    assert await play([events.Ended(job("FAILED"))], pipe) == (0, b"", [])


async def test_a_run_that_has_not_ended_has_no_result(pipe: tuple[int, int]) -> None:
    code, _, messages = await play([events.Ended(job("RUNNING"))], pipe, exit_status=True)
    assert code == 5
    assert messages == ["the run or build has no result yet: its status is RUNNING"]


async def test_an_end_that_cannot_be_known_is_reported(pipe: tuple[int, int]) -> None:
    code, _, messages = await play([events.Ended(None, status_known=False)], pipe, exit_status=True)
    assert code == 5
    assert "could not be known" in messages[0]


@pytest.mark.parametrize(
    ("status", "code"), [(400, 4), (401, 4), (403, 4), (404, 4), (405, 4), (500, 5), (None, 5)]
)
async def test_what_stopped_the_reading_is_reported_with_what_to_do(
    pipe: tuple[int, int], status: int | None, code: int
) -> None:
    problem = Problem("It was refused", "You may not read it", "Ask its owner!", status)
    said: list[Event] = [events.Received(b"one\n"), events.Failed(problem)]
    assert await play(said, pipe) == (
        code,
        b"one\n",
        ["It was refused. You may not read it. Ask its owner!"],
    )


async def test_a_source_that_breaks_off_was_not_read_to_its_end(pipe: tuple[int, int]) -> None:
    assert await play([events.Received(b"one")], pipe) == (5, b"one", ["the log broke off"])


@pytest.mark.parametrize("said", [[], [events.Received(b"one\n")]])
async def test_a_closed_pipe_ends_it_while_the_log_is_silent(
    pipe: tuple[int, int], said: list[Event]
) -> None:
    descriptor = Descriptor(pipe[1])
    source = Scripted(said, then_silent=True)
    messages: list[str] = []
    reader = LogReader(source, ByteOutput(descriptor), messages.append, exit_status=False)
    os.close(pipe[0])
    assert await asyncio.wait_for(run_until_done(reader, descriptor), 20) == 141
    assert messages == []
    assert not said or source.closed


async def test_a_reader_that_takes_nothing_does_not_block_the_loop(pipe: tuple[int, int]) -> None:
    descriptor = Descriptor(pipe[1])
    writing = asyncio.ensure_future(ByteOutput(descriptor).log(b"x" * 1_000_000))
    while descriptor.writable():  # noqa: ASYNC110  # a full pipe is no event
        await asyncio.sleep(0)
    await asyncio.sleep(0)  # comes back, although the pipe is full
    assert not writing.done()
    writing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await writing


async def test_a_full_disk_is_reported() -> None:
    messages: list[str] = []
    full = os.open("/dev/full", os.O_WRONLY)
    descriptor = Descriptor(full)
    reader = LogReader(
        Scripted([events.Received(b"one\n")]),
        ByteOutput(descriptor),
        messages.append,
        exit_status=False,
    )
    assert await run_until_done(reader, descriptor) == 5
    os.close(full)
    assert messages == [
        "standard output: No space left on device. The log was not written to its end"
    ]


async def onto_terminal(
    pieces: Sequence[bytes], look: AnsiMode = "colour", *, rest: bool = False
) -> str:
    """What a terminal is sent for these pieces; `rest`: with a quiet behind each of them."""
    ends = os.pipe()
    taken = asyncio.get_running_loop().run_in_executor(None, drain, ends[0])
    lines = TerminalLines(Descriptor(ends[1]), look)
    for piece in pieces:
        await lines.log(piece)
        if rest:
            await lines.flush_partial()
    await lines.finish()
    os.close(ends[1])
    data = await taken
    os.close(ends[0])
    return data.decode()


async def test_colours_stay_on_a_terminal_and_nothing_else_does() -> None:
    log = b"\x1b[31;1mred\x1b[0m \x1b]52;c;aGk=\x07plain\x1b[2J \x1b[38;5;200mpink\nnext\x9b\n"
    assert await onto_terminal([log]) == (
        "\x1b[1;31mred\x1b[0m plain \x1b[38;5;200mpink\x1b[0m\nnext\ufffd\n"
    )


async def test_without_colour_the_attributes_stay() -> None:
    log = b"\x1b[31;1mred\x1b[0m \x1b[44mblue\x1b[4mline\n"
    assert await onto_terminal([log], "attributes") == "\x1b[1mred\x1b[0m blue\x1b[4mline\x1b[0m\n"
    assert await onto_terminal([log], "text") == "red blueline\n"


async def test_an_unfinished_line_is_shown_after_a_quiet_and_completed_later() -> None:
    pieces = [b"half \x1b[32mgr", b"een\xc3", b"\xa4\x1b[0m line\nnext"]
    assert await onto_terminal(pieces, rest=True) == (
        "half \x1b[32mgr\x1b[0m\x1b[32meen\x1b[0m\x1b[32mä\x1b[0m line\nnext\n"
    )


async def test_a_message_does_not_stand_in_the_middle_of_a_line() -> None:
    ends = os.pipe()
    lines = TerminalLines(Descriptor(ends[1]), "text")
    await lines.log(b"half")
    assert lines.flush_after is not None
    await lines.flush_partial()
    assert lines.flush_after is None
    await lines.end_line()
    await lines.log(b" a line\n")
    os.close(ends[1])
    assert drain(ends[0]) == b"half\nhalf a line\n"
    os.close(ends[0])


@given(st.lists(st.binary(max_size=40), max_size=6), st.booleans())
def test_any_bytes_cut_anywhere_come_out_as_their_visible_text(
    pieces: list[bytes], rest: bool
) -> None:
    log = b"".join(pieces)
    sent = asyncio.run(onto_terminal(pieces, rest=rest))
    assert not re.search(r"[\x00-\x08\x0b-\x1a\x1c-\x1f\x7f-\x9f]", sent)
    text = re.sub(r"\x1b\[[0-9;]*m", "", sent)
    assert "\x1b" not in text
    if not rest:
        ended = visible(separate_pieces(log))
        # an unfinished last line is ended for the shell's prompt, if there is anything of it
        assert text.removesuffix("\n") == ended.removesuffix("\n")


@given(st.binary(), st.integers(0, 50))
def test_colouring_changes_no_text(line: bytes, skip: int) -> None:
    line = line.replace(b"\n", b"")
    looks: tuple[AnsiMode, ...] = ("colour", "attributes", "text")
    for look in looks:
        text = re.sub(r"\x1b\[[0-9;]*m", "", render_ansi(line, look, skip))
        assert text == visible(line)[skip:]


# -- gaps ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["missing", "contradiction", "truncated", "rotated"])
async def test_no_line_is_made_of_what_stands_on_both_sides_of_a_gap(pipe, kind) -> None:
    gap = events.Gap("Log is missing here.", kind)
    said: list[Event] = [
        events.Received(b"one\ntorn"),
        gap,
        events.Received(b"half\n"),
        gap,
        gap,
        events.Received(b""),
        events.Received(b"last"),
        events.Ended(),
    ]
    code, text, messages = await play(said, pipe)
    assert (code, text) == (0, b"one\ntorn\nhalf\nlast")
    assert messages == ["Log is missing here."] * 3


async def test_on_a_terminal_too() -> None:
    ends = os.pipe()
    lines = TerminalLines(Descriptor(ends[1]), "text")
    await lines.log(b"one\ntorn")
    await lines.flush_partial()
    await lines.break_line()
    await lines.log(b"half\nmore")
    await lines.break_line()
    await lines.break_line()
    await lines.log(b"last")
    await lines.finish()
    os.close(ends[1])
    assert drain(ends[0]) == b"one\ntorn\nhalf\nmore\nlast\n"
    os.close(ends[0])


# -- what trying again can't mend ----------------------------------------------------------------

PAGE = Problem("A web page instead of a log.", "Another server.", "Check.", kind="x", lasting=True)


def losses(problem: Problem, number: int) -> list[Event]:
    return [events.Lost(problem, attempt=n + 2, retry_in=1.0) for n in range(number)]


async def test_what_trying_again_can_not_mend_is_given_up(pipe) -> None:
    code, text, messages = await play([*losses(PAGE, 9), events.Ended()], pipe)
    assert (code, text) == (5, b"")
    assert len(messages) == TRIES
    assert messages[-1] == (
        "A web page instead of a log. Another server. Check. Given up after 5 tries."
    )


async def test_what_it_may_mend_is_not(pipe) -> None:
    said = [
        *losses(PAGE, TRIES - 1),
        *losses(LOST, 9),
        *losses(PAGE, TRIES - 1),
        events.Received(b"x\n"),
        *losses(PAGE, TRIES - 1),
    ]
    code, _, _ = await play([*said, events.Ended()], pipe)
    assert code == 0


async def test_not_following_it_is_given_up_at_once(pipe) -> None:
    messages: list[str] = []
    descriptor = Descriptor(pipe[1])
    reader = LogReader(
        Scripted([*losses(LOST, 2), *losses(PAGE, 1), events.Ended()]),
        ByteOutput(descriptor),
        messages.append,
        exit_status=False,
        follow=False,
    )
    assert await run_until_done(reader, descriptor) == 5
    assert messages[-1] == "A web page instead of a log. Another server. Check."


LONG_PIECES = [
    b"word ",
    b"\x1b[1;31m",
    b"\x1b]0;title\x07",
    "界".encode(),
    b"\xff",
    b"\0",
    b"\n",
    b"x" * 70,
]


@given(st.lists(st.sampled_from(LONG_PIECES), max_size=40), st.booleans(), st.integers(1, 200))
def test_a_long_line_comes_out_in_parts_as_its_visible_text(
    parts: list[bytes], rest: bool, step: int
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(stdout, "LINE_PART", 64)
        patch.setattr(stdout, "LOOKAHEAD", 32)
        log = b"".join(parts)
        pieces = [log[at : at + step] for at in range(0, len(log), step)] if not rest else parts
        sent = asyncio.run(onto_terminal(pieces, "text", rest=rest))
        assert sent.removesuffix("\n") == visible(log).removesuffix("\n")


async def test_a_small_packed_answer_that_holds_much_stays_small() -> None:
    packer = zlib.compressobj(wbits=31)
    packed = b"".join(packer.compress(bytes(1 << 20)) for _ in range(32)) + packer.flush()
    nowhere = os.open(os.devnull, os.O_WRONLY)
    output = ByteOutput(Descriptor(nowhere))
    tracemalloc.start()
    try:
        for piece in Decoder("gzip").decode(packed):
            await output.log(piece)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
        os.close(nowhere)
    assert peak < 4 << 20


async def test_an_unfinished_line_of_megabytes_is_written_as_it_comes() -> None:
    ends = os.pipe()
    taken = asyncio.get_running_loop().run_in_executor(None, drain, ends[0])
    lines = TerminalLines(Descriptor(ends[1]), "text")
    for _ in range(40):
        await lines.log(b"some text " * 10_000)
    await lines.break_line()
    await lines.log(b"after\n")
    os.close(ends[1])
    assert await taken == b"some text " * 400_000 + b"\nafter\n"
    os.close(ends[0])
