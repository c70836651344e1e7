"""Tests: `--output`, from events to a file, and the real program as a script runs it."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
from typing import TYPE_CHECKING

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from logview.demo.runs import FINISHED_ID, LIVE_ID
from logview.plain.reader import FileReader, run_until_done
from logview.saving import masked_lines
from logview.saving.atomic_file import AtomicFile
from logview.saving.masked_lines import MaskedLines
from logview.sources import events
from logview.sources.events import Event, Problem
from tests.plain.test_reader import Scripted, job
from tests.support.fault_server import JOB_ID, Fault, FaultServer
from tests.support.program import TIMEOUT, command, run, start

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from logview.secrets.masker import Masker as RealMasker

SECRET = "apify_api_0123456789abcdefghijABCDEFGHIJ012345"
LOG = b"".join(b"2026-03-04T05:06:07.%03dZ line %d\n" % (n, n) for n in range(500))
LOST = Problem("The connection was reset", "What was read stays.", "", kind="reset")


def inside(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


class Masker:
    """Masks the word `secret`; counts."""

    enabled = True

    def __init__(self) -> None:
        self.count = 0
        self.longest = 0

    def mask_block(self, data: bytes, text: str) -> bytes:
        lines = zip(data.split(b"\n"), text.split("\n"), strict=True)
        return b"\n".join(self.raw_line(*line) for line in lines)

    def raw_line(self, data: bytes, text: str) -> bytes:
        self.longest = max(self.longest, len(data))
        self.count += text.count("secret")
        return text.replace("secret", "‹1›").encode() if "secret" in text else data

    def mask_text(self, text: str) -> str:
        return self.mask_block(text.encode(), text).decode()

    def summary(self) -> str:
        return f"{self.count} masked" if self.count else ""


def masked(pieces: Sequence[bytes]) -> tuple[bytes, MaskedLines, Masker]:
    masker = Masker()
    lines = MaskedLines(_as_real(masker))
    done = b"".join(block for piece in pieces for block in lines.feed(piece))
    return done + lines.finish(), lines, masker


def _as_real(masker: Masker) -> RealMasker:
    return masker  # type: ignore[return-value]


# Lines


@given(st.lists(st.sampled_from([b"sec", b"ret", b"\n", b"\r", b"\xff", b"a\x1b[31m", b"\xc3"])))
def test_masking_is_the_same_however_the_log_is_cut(parts: list[bytes]) -> None:
    log = b"".join(parts)
    whole, lines, masker = masked([log])
    assert masked(parts)[0] == whole
    assert masked([log[at : at + 1] for at in range(len(log))])[0] == whole
    assert lines.lines == len(log.removesuffix(b"\n").split(b"\n")) - (not log)
    assert lines.size == len(log)
    assert bool(masker.count) == ("secret" in "".join(map(_text, log.split(b"\n"))))


def _text(line: bytes) -> str:
    from logview.text.sanitize import visible

    return visible(line) + "\n"


@given(st.lists(st.binary(max_size=30), max_size=10))
def test_bytes_without_secrets_are_never_touched(parts: list[bytes]) -> None:
    assume(b"secret" not in b"".join(parts))
    assert masked(parts)[0] == b"".join(parts)


def test_only_the_line_with_the_secret_changes() -> None:
    log = b"\x1b[31mone\xff\r\n\x1b[32ma secret\x1b[0m\nthree\x0bfour\x85\n"
    assert masked([log])[0] == (
        b"\x1b[31mone\xff\r\n" + "a ‹1›".encode() + b"\nthree\x0bfour\x85\n"
    )


def test_a_line_without_an_end_is_not_held_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(masked_lines, "LONGEST_LINE", 10_000)
    monkeypatch.setattr(masked_lines, "MARGIN", 100)
    words = b"a secret here and there " * 4000
    done, lines, masker = masked([words[at : at + 999] for at in range(0, len(words), 999)])
    assert masker.longest <= 10_000 + 999
    assert done == words.replace(b"secret", "‹1›".encode())  # cut at spaces, no word was torn
    assert lines.lines == 1
    nothing_to_cut_at = b"x" * 50_000
    assert masked([nothing_to_cut_at])[0] == nothing_to_cut_at


@pytest.mark.parametrize("lead", range(12))
def test_a_part_of_a_line_ends_at_no_half_sequence(
    monkeypatch: pytest.MonkeyPatch, lead: int
) -> None:
    monkeypatch.setattr(masked_lines, "LONGEST_LINE", 10_000)
    monkeypatch.setattr(masked_lines, "MARGIN", 100)
    lines = MaskedLines(_as_real(Masker()), clean=True)
    data = b"x" * lead + b"\x1b[1;31mx\x1b[0m" * 3000
    assert b"".join([*lines.feed(data), lines.finish()]).decode() == "x" * (lead + 3000)


def test_clean_is_the_visible_text() -> None:
    lines = MaskedLines(_as_real(Masker()), clean=True)
    done = b"".join(lines.feed(b"\x1b[31mone\xff\r\n\x1b[32ma sec\x1b[0mret")) + lines.finish()
    assert done.decode() == "one\ufffd\na ‹1›"


def test_a_part_of_a_line_ends_at_no_half_character(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(masked_lines, "LONGEST_LINE", 10_000)
    monkeypatch.setattr(masked_lines, "MARGIN", 100)
    for lead in ("", "x", "xx", "xxx"):
        text = lead + "🙂" * 9_000
        lines = MaskedLines(_as_real(Masker()), clean=True)
        assert b"".join([*lines.feed(text.encode()), lines.finish()]).decode() == text


# From events to a file


async def fill(path: Path, arriving: Sequence[Event], **options: bool) -> tuple[int, list[str]]:
    """Read these events into a file: the exit code, and what was told."""
    messages: list[str] = []
    draft = AtomicFile(path, overwrite=options.pop("overwrite", False))
    reader = FileReader(
        Scripted(arriving),
        draft,
        _as_real(Masker()),
        messages.append,
        exit_status=options.pop("exit_status", False),
    )
    code = await asyncio.wait_for(run_until_done(reader, None), TIMEOUT)
    assert inside(path.parent) == ([path.name] if draft.committed else [])
    return code, messages


async def test_a_line_that_a_gap_tore_is_ended(tmp_path: Path) -> None:
    arriving: list[Event] = [
        events.Received(b"one\ntwo and a sec"),
        events.Gap("Log is missing here.", "missing"),
        events.Received(b"ret half\nfour\n"),
        events.Ended(),
    ]
    await fill(tmp_path / "x.log", arriving)
    assert (tmp_path / "x.log").read_bytes() == b"one\ntwo and a sec\nret half\nfour\n"


async def test_a_log_that_was_read_to_its_end_is_saved(tmp_path: Path) -> None:
    arriving: list[Event] = [
        events.Connected(),
        events.Received(b"one\na sec"),
        events.Received(b"ret\nthree"),
        events.Ended(job("FAILED")),
    ]
    code, messages = await fill(tmp_path / "x.log", arriving)
    assert code == 0
    assert (tmp_path / "x.log").read_text() == "one\na ‹1›\nthree"
    assert messages == [f"Saved 3 lines (19 B) to {tmp_path / 'x.log'}, 1 masked"]


async def test_an_empty_log_is_an_empty_file(tmp_path: Path) -> None:
    assert await fill(tmp_path / "x.log", [events.Ended()]) == (
        0,
        [f"Saved 0 lines (0 B) to {tmp_path / 'x.log'}"],
    )
    assert (tmp_path / "x.log").read_bytes() == b""


async def test_the_result_of_the_run_is_the_exit_code_and_the_log_is_saved(tmp_path: Path) -> None:
    arriving: list[Event] = [events.Received(b"one\n"), events.Ended(job("FAILED"))]
    code, messages = await fill(tmp_path / "x.log", arriving, exit_status=True)
    assert (code, len(messages)) == (1, 1)
    assert (tmp_path / "x.log").read_bytes() == b"one\n"


async def test_a_log_whose_end_can_not_be_confirmed_is_saved_and_that_is_reported(
    tmp_path: Path,
) -> None:
    arriving: list[Event] = [events.Received(b"one\n"), events.Ended(None, status_known=False)]
    code, messages = await fill(tmp_path / "x.log", arriving)
    assert code == 5
    assert "could not be known" in messages[0]
    assert messages[1].startswith("Saved 1 line ")
    assert (tmp_path / "x.log").read_bytes() == b"one\n"


@pytest.mark.parametrize(
    ("arriving", "code"),
    [
        ([events.Received(b"one\n"), events.Failed(Problem("No", status=403))], 4),
        ([events.Received(b"one\n"), events.Failed(Problem("No"))], 5),
        ([events.Received(b"one\n")], 5),
        ([], 5),
    ],
)
async def test_a_log_that_was_not_is_not(tmp_path: Path, arriving: list[Event], code: int) -> None:
    path = tmp_path / "x.log"
    got, messages = await fill(path, arriving)
    assert got == code
    assert "nothing was saved" in messages[-1]
    assert str(path) in messages[-1]
    assert not path.exists()
    path.write_bytes(b"old")
    messages = []
    reader = FileReader(
        Scripted(arriving),
        AtomicFile(path, overwrite=True),
        _as_real(Masker()),
        messages.append,
        exit_status=False,
    )
    assert await run_until_done(reader, None) == code
    assert path.read_bytes() == b"old"


# The real program


def lines_of(stderr: bytes) -> list[str]:
    text = stderr.decode()
    assert all(line.startswith("logview: ") for line in text.splitlines())
    return [line.removeprefix("logview: ") for line in text.splitlines()]


def test_a_run_is_saved_whatever_the_connection_does(tmp_path: Path) -> None:
    with FaultServer(LOG, plan=[Fault.reset(after=1000), Fault.html(502)]) as server:
        server.finish("SUCCEEDED")
        env = {"APIFY_API_BASE_URL": server.base_url}
        done = run(JOB_ID, "--output", "x.log", env=env, cwd=tmp_path)
    assert (done.returncode, done.stdout) == (0, b"")
    assert (tmp_path / "x.log").read_bytes() == LOG
    messages = lines_of(done.stderr)
    assert "reconnected: 0 lines lost" in messages
    assert messages[-1] == "Saved 500 lines (16.9 kB) to x.log"


def test_secrets_are_masked_unless_asked_otherwise(tmp_path: Path) -> None:
    log = b"\xff one\nthe token is %b\r\nand %b" % (SECRET.encode(), SECRET.encode())
    assert run("-", "--output", "x.log", stdin=log, cwd=tmp_path).returncode == 0
    saved = (tmp_path / "x.log").read_bytes()
    assert saved.startswith(b"\xff one\nthe token is ")
    assert saved.count(b"\n") == 2
    assert SECRET.encode() not in saved
    assert SECRET[10:].encode() not in saved
    done = run("-", "--output", "y.log", "--no-redact", stdin=log, cwd=tmp_path)
    assert (tmp_path / "y.log").read_bytes() == log
    assert lines_of(done.stderr) == [f"Saved 3 lines ({len(log)} B) to y.log"]


def test_the_token_in_use_is_masked(tmp_path: Path) -> None:
    token = "just-some-words-that-are-a-token-here"
    with FaultServer(b"one\nsent " + token.encode() + b"\n") as server:
        server.finish()
        env = {"APIFY_API_BASE_URL": server.base_url, "APIFY_TOKEN": token}
        done = run(JOB_ID, "--output", "x.log", env=env, cwd=tmp_path)
    assert done.returncode == 0
    saved = (tmp_path / "x.log").read_text()
    assert saved.startswith("one\nsent ")
    assert token not in saved
    assert ", 1 secret masked" in lines_of(done.stderr)[-1]


def test_a_large_file_is_saved_byte_for_byte(tmp_path: Path) -> None:
    data = b"".join(b"%d a line of a log\n" % number for number in range(600_000))
    (tmp_path / "large.log").write_bytes(data)
    done = run("large.log", "--output", "copy.log", cwd=tmp_path)
    assert done.returncode == 0
    assert (tmp_path / "copy.log").read_bytes() == data
    assert lines_of(done.stderr) == ["Saved 600,000 lines (13.7 MB) to copy.log"]


def test_a_file_can_be_saved_over_itself(tmp_path: Path) -> None:
    log = tmp_path / "x.log"
    log.write_text(f"one\n{SECRET}\n")
    assert run("x.log", "--output", "x.log", "--overwrite", cwd=tmp_path).returncode == 0
    assert log.read_text().startswith("one\n")
    assert SECRET not in log.read_text()


def test_a_folder_takes_it_under_the_name_of_the_run(tmp_path: Path) -> None:
    done = run("--demo", FINISHED_ID, "--output", ".", cwd=tmp_path)
    assert done.returncode == 0
    assert inside(tmp_path) == [f"{FINISHED_ID}.log"]
    assert f"to {FINISHED_ID}.log" in lines_of(done.stderr)[-1]
    again = run("--demo", FINISHED_ID, "--output", str(tmp_path))
    assert again.returncode == 2
    assert "exists already" in lines_of(again.stderr)[0]


def test_colours_are_removed_unless_asked_for(tmp_path: Path) -> None:
    run("--demo", "--output", "plain.log", cwd=tmp_path)
    run("--demo", "--output", "raw.log", "--raw", cwd=tmp_path)
    assert b"\x1b" not in (tmp_path / "plain.log").read_bytes()
    assert b"\x1b[" in (tmp_path / "raw.log").read_bytes()


def test_no_follow_saves_what_is_there(tmp_path: Path) -> None:
    env = {"LOGVIEW_DEMO_SPEED": "0.001"}
    done = run("--demo", "--no-follow", LIVE_ID, "--output", "x.log", env=env, cwd=tmp_path)
    assert done.returncode == 0
    assert (tmp_path / "x.log").exists()


def test_a_dash_is_standard_output(tmp_path: Path) -> None:
    log = f"one {SECRET}\n".encode()
    done = run("-", "--output", "-", stdin=log, cwd=tmp_path)
    assert (done.returncode, done.stdout, done.stderr) == (0, log, b"")
    assert inside(tmp_path) == []


@pytest.mark.parametrize("status", [True, False])
def test_what_exists_is_refused_before_anything_is_asked(tmp_path: Path, status: bool) -> None:
    path = tmp_path / "x.log"
    path.write_bytes(b"old")
    with FaultServer(LOG) as server:
        server.finish()
        env = {"APIFY_API_BASE_URL": server.base_url}
        options = ["--exit-status"] if status else []
        done = run(JOB_ID, "--output", str(path), *options, env=env)
        assert done.returncode == (64 if status else 2)
        assert "--overwrite" in lines_of(done.stderr)[0]
        assert (path.read_bytes(), server.requests) == (b"old", [])
        assert run(JOB_ID, "--output", str(path), "--overwrite", env=env).returncode == 0
    assert path.read_bytes() == LOG


@pytest.mark.parametrize(
    "place", ["/dev/null", "missing/x.log", "missing/", "file/x", "", "/proc/x"]
)
def test_what_can_not_be_saved_is_refused_before_anything_is_asked(
    tmp_path: Path, place: str
) -> None:
    (tmp_path / "file").touch()
    with FaultServer(LOG) as server:
        env = {"APIFY_API_BASE_URL": server.base_url}
        done = run(JOB_ID, "--output", place, "--overwrite", env=env, cwd=tmp_path)
        assert (done.returncode, done.stdout) == (2, b"")
        assert len(lines_of(done.stderr)) == 1
        assert server.requests == []
    assert inside(tmp_path) == ["file"]


def test_a_full_disk_is_reported_and_leaves_what_was_there(tmp_path: Path) -> None:
    (tmp_path / "large.log").write_bytes(b"a line of a log\n" * 400_000)
    (tmp_path / "x.log").write_bytes(b"old")
    words = " ".join(command("large.log", "--output", "x.log", "--overwrite"))
    done = subprocess.run(
        ["sh", "-c", f"ulimit -f 6000; exec {words}"],  # blocks of 512 bytes
        cwd=tmp_path,
        capture_output=True,
        timeout=TIMEOUT,
        check=False,
    )
    assert done.returncode == 5
    (messages,) = lines_of(done.stderr)
    assert "too large" in messages
    assert "x.log" in messages
    assert "Nothing was saved" in messages
    assert inside(tmp_path) == ["large.log", "x.log"]
    assert (tmp_path / "x.log").read_bytes() == b"old"


SIGNALS = [
    *(signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT),
    *(signal.SIGUSR1, signal.SIGUSR2, signal.SIGALRM),
]


@pytest.mark.parametrize("number", SIGNALS)
def test_interrupted_it_leaves_no_half_file(tmp_path: Path, number: signal.Signals) -> None:
    with FaultServer(LOG * 200) as server:
        env = {"APIFY_API_BASE_URL": server.base_url}
        with start(JOB_ID, "--output", str(tmp_path / "x.log"), env=env) as process:
            server.block_until(lambda s: s.idle_streams == 1)
            assert len(inside(tmp_path)) == 1  # it grows under another name
            process.send_signal(number)
            assert process.wait(TIMEOUT) == 128 + number
            (messages,) = lines_of(process.stderr.read())
    assert "nothing was saved" in messages
    assert inside(tmp_path) == []


BUSY = """
import sys, time
import logview.saving.masked_lines as module

def mask(self, lines):
    print("busy", file=sys.stderr, flush=True)
    while True:  # as an expression that takes for ever
        pass

def hang(*args):
    print("busy", file=sys.stderr, flush=True)
    time.sleep(3600)  # as a standard error that takes nothing

module.MaskedLines._masked = {call}
"""


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT])
@pytest.mark.parametrize("call", ["mask", "hang"])
def test_busy_or_hung_it_ends_all_the_same(tmp_path: Path, number: int, call: str) -> None:
    source = tmp_path / "in.log"
    source.write_bytes(LOG)
    target = tmp_path / "out" / "x.log"
    target.parent.mkdir()
    patch = BUSY.format(call=call)
    with start(str(source), "--output", str(target), patch=patch) as process:
        assert process.stderr.readline() == b"busy\n"
        assert len(inside(target.parent)) == 1
        process.send_signal(number)
        assert process.wait(TIMEOUT) == 128 + number
    assert inside(target.parent) == []


def test_an_ignored_hangup_stays_ignored(tmp_path: Path) -> None:
    with FaultServer(LOG) as server:
        words = " ".join(command(JOB_ID, "--output", "x.log"))
        process = subprocess.Popen(
            ["sh", "-c", f"trap '' HUP; exec {words}"],
            cwd=tmp_path,
            env={**os.environ, "APIFY_API_BASE_URL": server.base_url},
            stderr=subprocess.DEVNULL,
        )
        with process:
            server.block_until(lambda s: s.idle_streams == 1)
            process.send_signal(signal.SIGHUP)
            server.finish()
            assert process.wait(TIMEOUT) == 0
    assert (tmp_path / "x.log").read_bytes() == LOG


def test_lost_for_ever_and_interrupted_there_is_no_half_file(tmp_path: Path) -> None:
    with FaultServer(LOG, plan=[Fault.reset(after=1000)]) as server:
        server.default = Fault.error(500)
        env = {"APIFY_API_BASE_URL": server.base_url}
        with start(JOB_ID, "--output", str(tmp_path / "x.log"), env=env) as process:
            server.block_until(lambda s: len(s.asked("log")) >= 2)
            process.send_signal(signal.SIGINT)
            assert process.wait(TIMEOUT) == 130
    assert inside(tmp_path) == []


def test_standard_output_may_be_closed(tmp_path: Path) -> None:
    words = " ".join(command("--demo", "--output", "x.log"))
    done = subprocess.run(
        ["sh", "-c", f"{words} >&-"], cwd=tmp_path, capture_output=True, check=False
    )
    assert done.returncode == 0
    assert (tmp_path / "x.log").stat().st_size > 0


def test_a_name_from_outside_sends_nothing_to_the_terminal(tmp_path: Path) -> None:
    done = run("-", "--output", "\x1b]0;title\x07.log", stdin=b"one\n", cwd=tmp_path)
    assert done.returncode == 0
    assert b"\x1b" not in done.stderr
    assert b"\x07" not in done.stderr


CRASHING = """
import logview.plain.output_file as module

def broken(*args, **options):
    raise RuntimeError("broken")

module.FileOutput.log = broken
"""


def test_a_crash_of_our_own_leaves_no_half_file(tmp_path: Path) -> None:
    done = run("-", "--output", "x.log", stdin=b"one\n", cwd=tmp_path, patch=CRASHING)
    assert done.returncode == 70
    assert inside(tmp_path) == []
