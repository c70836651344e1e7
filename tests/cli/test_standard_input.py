"""Tests: standard input is read without `-` where something is on it."""

from __future__ import annotations

import os
import pty
import socket
import subprocess
from typing import TYPE_CHECKING

import pytest

from logview.cli import standard_input
from logview.cli.standard_input import has_input, wait_for_input
from tests.support.program import TIMEOUT, command, run
from tests.support.terminal import Terminal

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def pipe() -> Iterator[tuple[int, int]]:
    ends = list(os.pipe())
    yield ends[0], ends[1]
    for fd in ends:
        try:
            os.close(fd)
        except OSError:
            continue


def test_a_pipe_is_read_whether_or_not_something_is_in_it(pipe: tuple[int, int]) -> None:
    assert has_input(pipe[0])
    os.write(pipe[1], b"x")
    assert has_input(pipe[0])
    os.close(pipe[1])
    assert has_input(pipe[0])  # closed, and not empty


def test_a_pipe_that_is_closed_and_empty_is_not(pipe: tuple[int, int]) -> None:
    os.close(pipe[1])
    assert not has_input(pipe[0])


@pytest.mark.parametrize(
    ("text", "skipped", "read"), [(b"", 0, False), (b"x", 0, True), (b"x", 1, False)]
)
def test_a_file_is_read_if_something_is_left_in_it(
    tmp_path: Path, text: bytes, skipped: int, read: bool
) -> None:
    (tmp_path / "x").write_bytes(text)
    with (tmp_path / "x").open("rb") as file:
        file.seek(skipped)
        assert has_input(file.fileno()) == read


def test_nothing_else_is_read() -> None:
    one, other = socket.socketpair()
    terminal = pty.openpty()
    with one, other, open(os.devnull, "rb") as null:  # noqa: PTH123  # no path
        other.send(b"x")
        for fd in (one.fileno(), null.fileno(), terminal[1]):
            assert not has_input(fd)
    for fd in terminal:
        os.close(fd)
    assert not has_input(999)


def test_it_is_waited_for(pipe: tuple[int, int]) -> None:
    assert not wait_for_input(pipe[0], 0.01)
    os.write(pipe[1], b"x")
    assert wait_for_input(pipe[0], 60)
    os.read(pipe[0], 1)
    os.close(pipe[1])
    assert wait_for_input(pipe[0], 60)


# -- the program ---------------------------------------------------------------------------------


@pytest.mark.parametrize("options", [[], ["--plain"], ["-f"], ["--no-follow"], ["--raw"]], ids=str)
def test_what_is_piped_into_it_is_read(options: list[str]) -> None:
    done = run(*options, stdin=b"one\ntwo")
    assert (done.returncode, done.stdout, done.stderr) == (0, b"one\ntwo", b"")


def test_it_is_saved(tmp_path: Path) -> None:
    done = run("--output", ".", stdin=b"one\n", cwd=tmp_path)
    assert done.returncode == 0
    assert (tmp_path / "stdin.log").read_bytes() == b"one\n"


def test_with_a_target_it_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "x.log").write_bytes(b"file\n")
    assert run("x.log", stdin=b"one\n", cwd=tmp_path).stdout == b"file\n"


@pytest.mark.parametrize("arguments", [[], ["--plain"], ["--output", "x"]], ids=str)
def test_nothing_on_it_is_wrong_usage(arguments: list[str], tmp_path: Path) -> None:
    for stdin in (b"", None):
        done = (
            run(*arguments, stdin=b"", cwd=tmp_path)
            if stdin is not None
            else subprocess.run(
                command(*arguments), stdin=subprocess.DEVNULL, capture_output=True, check=False
            )
        )
        assert (done.returncode, done.stdout) == (2, b"")


def test_a_pipe_that_stays_silent_is_wrong_usage_after_a_while() -> None:
    assert standard_input.WAIT == 5
    program = (
        "import logview.cli.main as main, logview.cli.standard_input as module\n"
        "module.wait_for_input.__defaults__ = (0, 0.05)\n"
        "main.script()"
    )
    words = [command()[0], "-c", program]
    with subprocess.Popen(words, stdin=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.wait(TIMEOUT) == 2
        assert process.stderr is not None
        assert b"nothing came on standard input" in process.stderr.read()


def test_on_a_terminal_it_opens_the_screen(tmp_path: Path) -> None:
    script = " ".join(["printf 'one\\ntwo\\n' |", *command()])
    with Terminal(program=["sh", "-c", script]) as terminal:
        terminal.wait_for("two")
        terminal.send("q")
        assert terminal.exit_code() == 0
