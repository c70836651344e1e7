"""Tests: the command line, run as a script or a pipe runs it."""

from __future__ import annotations

import os
import signal
import stat
import subprocess
import sys
import urllib.request
from typing import TYPE_CHECKING

import pytest

import logview
from logview.demo.runs import FINISHED_ID, LIVE_ID, LONG_ID, WAITING_ID
from logview.sources.file import KEPT
from logview.sources.tailed import CHUNK
from logview.tui.keys import known_ids
from tests.support.fault_server import JOB_ID, Fault, FaultServer, unused_port
from tests.support.program import TIMEOUT, command, run, start

if TYPE_CHECKING:
    from pathlib import Path

FAST = {"LOGVIEW_DEMO_SPEED": "500"}


def one_line(stderr: bytes) -> str:
    """The only line on standard error, which is ours."""
    text = stderr.decode()
    assert text.startswith("logview: ")
    assert text.count("\n") == 1
    assert text.endswith("\n")
    return text


# --help, --version


def test_version() -> None:
    done = run("--version")
    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout.decode() == f"logview {logview.__version__}\n"


def test_help_names_every_option_and_no_other() -> None:
    done = run("--help")
    assert (done.returncode, done.stderr) == (0, b"")
    words = {word.strip(",[]") for word in done.stdout.decode().split() if "--" in word}
    assert words >= {
        *("--token-file", "--api-url", "--raw", "--no-raw", "--no-follow", "--plain"),
        *("--exit-status", "--output", "--overwrite", "--no-redact", "--at"),
        *("--demo", "--version", "--help"),
    }
    assert "--token" not in words


@pytest.mark.parametrize("option", ["--help", "--version"])
def test_help_into_a_closed_pipe_is_quiet(option: str) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    try:
        with start(option, stdout=writing) as process:
            assert process.stderr.read() == b""
            assert process.wait(TIMEOUT) == 141
    finally:
        os.close(writing)


# Wrong usage

WRONG = {
    "no target": ([], "logview TARGET"),
    "plain without target": (["--plain"], "logview TARGET"),
    "unknown option": (["--colour", "x"], "there is no option --colour"),
    "nothing to save": (["--output", "f"], "logview TARGET --output FILE"),
    "overwriting nothing": (["--overwrite", "x"], "leave it out"),
    "secrets in a pipe": (["--no-redact", "x"], "leave it out"),
    "a place in plain text": (["--at", "06:12", "x"], "--at is for the screen"),
    "a place in a file": (["--at", "06:12", "--output", "f", "x"], "--at is for the screen"),
    "the next run in plain text": (["--watch", "x"], "--watch is for the screen"),
    "a span": (["--at", "-5m", "x"], "--at"),
    "abbreviated option": (["--tok", "f", "x"], "there is no option --tok"),
    "too many targets": ([f"run{number}" for number in range(13)], "12 can be merged"),
    "missing value": (["--token-file"], "expected one argument"),
    "broken pattern": (["--regex", "(", "x"], "--regex '(': missing )"),
    "missing file": (["missing.log"], "missing.log"),
    "missing path": (["logs/missing.txt"], "logs/missing.txt"),
    "folder": (["."], "folder"),
    "empty target": ([""], ""),
    "spaces": (["two words"], "two words"),
    "emoji": (["🙂🙂🙂"], ""),
    "very long": (["x" * 10_000], ""),
    "other host": (["https://example.com/runs/HG7ML7M8z78YcAPEB"], "example.com"),
    "build number": (["https://console.apify.com/actors/abc#/builds/0.1.2"], "0.1.2"),
    "no scheme": (["--api-url", "localhost:8080", "x"], "--api-url"),
    "address with a path": (["--api-url", "https://example.com/api", "x"], "--api-url"),
    "address with a password": (["--api-url", "https://me:pw@example.com", "x"], "--api-url"),
    "no token file": (["--token-file", "/nowhere/at/all", "x"], "/nowhere/at/all"),
    "folder as token file": (["--token-file", "/", "x"], "folder"),
    "demo with address": (["--demo", "--api-url", "https://example.com"], "leave --api-url out"),
    "demo with token": (["--demo", "--token-file", "x"], "leave --token-file out"),
    "demo with stdin": (["--demo", "-"], "leave it out"),
    "demo with file": (["--demo", sys.executable], "leave it out"),
    "result of a file": (["--exit-status", sys.executable], "a file has none"),
    "result of stdin": (["--exit-status", "-"], "standard input has none"),
}


@pytest.mark.parametrize(("arguments", "says"), WRONG.values(), ids=WRONG.keys())
def test_wrong_usage_is_reported_in_one_line(arguments: list[str], says: str) -> None:
    done = run(*arguments)
    assert done.returncode == (64 if "--exit-status" in arguments else 2)
    assert done.stdout == b""
    messages = one_line(done.stderr)
    assert says in messages
    assert len(messages) < 600
    assert "Traceback" not in messages


@pytest.mark.parametrize("arguments", [[], ["--colour"], ["missing.log"], ["--api-url"]])
def test_wrong_usage_has_a_code_of_its_own_next_to_results(arguments: list[str]) -> None:
    done = run("--exit-status", *arguments)
    assert done.returncode == 64
    one_line(done.stderr)


SECRET = "apify_api_0123456789abcdefghijABCDEFGHIJ012345"


@pytest.mark.parametrize(
    "arguments",
    [
        ["--token", SECRET, "x"],
        [f"--token={SECRET}", "x"],
        [f"https://example.com/runs/abc?token={SECRET}"],
        ["x", SECRET],
        [SECRET],
        ["x", "--token-file", SECRET],
        [f"--tokn={SECRET}", "x"],
        [f"-t{SECRET}", "x"],
        ["--output", SECRET, "x"],
        [f"--api-url={SECRET}", "x"],
        [f"APIFY_TOKEN={SECRET}"],
        [f'"{SECRET}"'],
    ],
)
def test_a_token_on_the_command_line_is_refused_and_not_repeated(arguments: list[str]) -> None:
    done = run(*arguments)
    assert done.returncode == 2
    assert SECRET[12:] not in one_line(done.stderr)


OLD_TOKEN = "uQ7vLx2pRz9KdM4wHs6TnBc3Y"
"""A token from before those with a form of their own."""


IN_USE = ["--plain={}", "x"]


@pytest.mark.parametrize(
    ("place", "arguments"),
    [
        *(("env", IN_USE), ("login", IN_USE), ("token file", IN_USE)),
        *(("env", ["{}"]), ("login", ["x", "{}"]), ("token file", ["--at=x{}y", "x"])),
        ("nowhere", ["{}"]),
        ("nowhere", ["x", "{}"]),
        ("nowhere", ["--tokn={}", "x"]),
        ("nowhere", ["--apify-token={}", "x"]),
        ("nowhere", ["x", "--apify-token", "{}"]),
        ("nowhere", ["x", "--token-file", "{}"]),
        ("nowhere", ["x", "--token-file={}"]),
        ("nowhere", ["--plain={}", "x"]),
        ("nowhere", ["--at={}", "x"]),
        ("nowhere", ["x", "--output", "{}/"]),
        ("nowhere", ["https://console.apify.com/view/runs/{}"]),
    ],
)
def test_a_token_without_a_form_is_refused_too_and_no_request_is_made(
    arguments: list[str], place: str, isolated: Path
) -> None:
    words = [word.format(OLD_TOKEN) for word in arguments]
    env = {}
    if place == "env":
        env["APIFY_TOKEN"] = OLD_TOKEN
    elif place == "login":
        (isolated / ".apify").mkdir()
        (isolated / ".apify" / "auth.json").write_text(f'{{"token": "{OLD_TOKEN}"}}')
    elif place == "token file" and "--token-file" not in " ".join(words):
        (isolated / "token").write_text(OLD_TOKEN)
        words += ["--token-file", str(isolated / "token")]
    with FaultServer(b"") as server:
        done = run(*words, env={**env, "APIFY_API_BASE_URL": server.base_url})
        assert server.requests == []
    assert done.returncode == 2
    assert done.stdout == b""
    assert OLD_TOKEN not in one_line(done.stderr)


@pytest.mark.parametrize("word", ["mistyped-path.txt", "logs/Mistyped1", "HG7ML7M8z78YcAPE.B"])
def test_a_word_that_is_no_token_is_shown(word: str) -> None:
    assert word in one_line(run("x", word).stderr)
    assert word in one_line(run("x", "--token-file", word).stderr)


def test_a_file_may_be_called_as_a_token_looks(tmp_path: Path) -> None:
    (tmp_path / OLD_TOKEN).write_bytes(b"one\n")
    done = run(OLD_TOKEN, cwd=tmp_path)
    assert (done.returncode, done.stdout) == (0, b"one\n")


@pytest.mark.parametrize("value", ["tok\nen", "töken", "to ken"])
def test_a_token_that_can_not_be_sent_is_reported_and_not_shown(value: str) -> None:
    done = run("x", env={"APIFY_TOKEN": value})
    assert done.returncode == 2
    messages = one_line(done.stderr)
    assert "APIFY_TOKEN" in messages
    assert value not in messages


def test_an_address_that_is_none_is_reported_with_the_name_of_its_variable() -> None:
    done = run("x", env={"APIFY_CLIENT_BASE_URL": "example.com"})
    assert done.returncode == 2
    assert "APIFY_CLIENT_BASE_URL" in one_line(done.stderr)


@pytest.mark.parametrize("speed", ["fast", "0", "-1", "nan", "inf"])
def test_a_speed_that_is_none_is_reported(speed: str) -> None:
    done = run("--demo", env={"LOGVIEW_DEMO_SPEED": speed})
    assert done.returncode == 2
    assert "LOGVIEW_DEMO_SPEED" in one_line(done.stderr)


def test_wrong_usage_with_control_characters_shows_none() -> None:
    done = run("\x1b]0;title\x07\x1b[2Jmissing.log")
    assert done.returncode == 2
    assert b"\x1b" not in done.stderr
    assert b"\x07" not in done.stderr


def test_a_broken_config_is_reported_and_ignored(isolated: Path, tmp_path: Path) -> None:
    config = isolated / "config" / "logview" / "config.toml"
    config.parent.mkdir(parents=True)
    config.write_text('tehme = "light"\n')
    log = tmp_path / "app.log"
    log.write_bytes(b"one\n")
    done = run(str(log))
    assert (done.returncode, done.stdout) == (0, b"one\n")
    assert "tehme" in one_line(done.stderr)


def test_closed_descriptors_are_reported_or_done_without(tmp_path: Path) -> None:
    log = tmp_path / "app.log"
    log.write_bytes(b"one\n")
    shell = f"{' '.join(command(str(log)))}"
    no_stdout = subprocess.run(["sh", "-c", f"{shell} >&-"], capture_output=True, check=False)
    assert no_stdout.returncode == 2
    assert "standard output is closed" in one_line(no_stdout.stderr)
    others = subprocess.run(["sh", "-c", f"{shell} <&- 2>&-"], capture_output=True, check=False)
    assert (others.returncode, others.stdout) == (0, b"one\n")


# Files and standard input


@pytest.mark.parametrize(
    "data", [b"", b"one\ntwo\n", b"no newline", bytes(range(256)) * 3, b"\r\n\x1b[31mred\n" * 9]
)
def test_a_file_goes_through_byte_for_byte(tmp_path: Path, data: bytes) -> None:
    log = tmp_path / "app.log"
    log.write_bytes(data)
    done = run("app.log", cwd=tmp_path)
    assert (done.returncode, done.stdout, done.stderr) == (0, data, b"")


def test_a_large_file_goes_through_byte_for_byte(tmp_path: Path) -> None:
    log = tmp_path / "large.log"
    data = b"".join(b"%d a line of a log\n" % number for number in range(600_000))
    assert len(data) > KEPT + CHUNK
    log.write_bytes(data)
    assert run(str(log)).stdout == data


@pytest.mark.parametrize("data", [b"", b"one\ntwo\n", b"no newline", bytes(range(256)) * 1000])
def test_standard_input_goes_through_byte_for_byte(data: bytes) -> None:
    done = run("-", stdin=data)
    assert (done.returncode, done.stdout, done.stderr) == (0, data, b"")


def test_a_file_that_may_not_be_read_is_reported(tmp_path: Path) -> None:
    log = tmp_path / "app.log"
    log.touch(mode=0)
    if os.access(log, os.R_OK):
        pytest.skip("this user may read everything")
    assert run(str(log)).returncode == 2


def test_a_pipe_that_is_closed_ends_it_quietly(tmp_path: Path) -> None:
    log = tmp_path / "large.log"
    log.write_bytes(b"a line\n" * 1_000_000)
    with start(str(log)) as process:
        assert process.stdout.read(7) == b"a line\n"
        process.stdout.close()
        assert process.stderr.read() == b""
        assert process.wait(TIMEOUT) == 141


# Runs and builds


def test_the_demo_prints_a_finished_run() -> None:
    done = run("--demo")
    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout.count(b"\n") > 20
    assert b"\x1b" not in done.stdout


def test_the_demo_reads_no_token(isolated: Path) -> None:
    assert run("--demo", env={"APIFY_TOKEN": "tok\nen"}).returncode == 0


def test_a_run_is_read_to_its_end_from_the_address_that_was_named(demo_url: str) -> None:
    done = run("--api-url", demo_url, FINISHED_ID)
    assert (done.returncode, done.stderr) == (0, b"")
    with urllib.request.urlopen(f"{demo_url}/v2/logs/{FINISHED_ID}") as answer:
        assert done.stdout == answer.read() != b""


def test_colours_are_kept_when_asked_for(demo_url: str) -> None:
    env = {"APIFY_API_BASE_URL": demo_url}
    assert b"\x1b[" in run("--raw", FINISHED_ID, env=env).stdout
    assert b"\x1b[" not in run("--no-raw", FINISHED_ID, env=env).stdout


@pytest.mark.parametrize(
    ("job", "code"), [(FINISHED_ID, 0), (LIVE_ID, 1), (WAITING_ID, 0)], ids=str
)
def test_the_result_of_a_run_is_the_exit_code_when_asked_for(job: str, code: int) -> None:
    done = run("--demo", "--exit-status", job, env=FAST)
    assert done.returncode == code
    assert done.stdout


def test_no_follow_takes_what_is_there() -> None:
    done = run("--demo", "--no-follow", LIVE_ID, env={"LOGVIEW_DEMO_SPEED": "0.001"})
    assert done.returncode == 0


def test_a_link_with_a_token_is_read_without_it(demo_url: str) -> None:
    host = demo_url.removeprefix("http://")
    link = f"http://{host}/v2/logs/{FINISHED_ID}?token={SECRET}"
    done = run("--api-url", demo_url, link)
    assert done.returncode == 0
    messages = one_line(done.stderr)
    assert "token" in messages
    assert SECRET not in messages


REFUSED = {400: "invalid-request", 401: "invalid-token", 403: "permission", 404: "", 405: ""}


@pytest.mark.parametrize("status", REFUSED)
def test_a_refusal_is_reported_with_what_to_do(status: int) -> None:
    with FaultServer(b"one\n") as server:
        server.default = Fault.error(status)
        server.job_default = Fault.error(status)
        done = run(JOB_ID, env={"APIFY_API_BASE_URL": server.base_url, "APIFY_TOKEN": SECRET})
    assert (done.returncode, done.stdout) == (4, b"")
    messages = one_line(done.stderr)
    assert SECRET not in messages


def test_a_lost_connection_is_reported_and_every_byte_comes_once() -> None:
    log = b"".join(b"2026-03-04T05:06:07.%03dZ line %d\n" % (n, n) for n in range(500))
    with FaultServer(log, plan=[Fault.reset(after=1000), Fault.html(502)]) as server:
        server.finish("SUCCEEDED")
        done = run(JOB_ID, env={"APIFY_API_BASE_URL": server.base_url})
    assert (done.returncode, done.stdout) == (0, log)
    messages = done.stderr.decode()
    assert "Trying again in" in messages
    assert "reconnected: 0 lines lost" in messages
    assert all(line.startswith("logview: ") for line in messages.splitlines())


def test_nobody_there_is_reported_and_waited_for() -> None:
    address = f"http://127.0.0.1:{unused_port()}"
    with start("--api-url", address, JOB_ID) as process:
        messages = process.stderr.readline()
        assert b"Trying again in" in messages
        process.send_signal(signal.SIGINT)
        assert process.wait(TIMEOUT) == 130


def test_an_interrupt_is_quiet() -> None:
    with start("--demo", LIVE_ID) as process:
        assert process.stdout.read(1)
        process.send_signal(signal.SIGINT)
        assert process.wait(TIMEOUT) == 130
        assert process.stderr.read() == b""


def test_a_closed_pipe_ends_it_while_the_run_is_silent() -> None:
    with FaultServer(b"one\ntwo\n") as server:
        environ = {"APIFY_API_BASE_URL": server.base_url}
        with start(JOB_ID, env=environ) as process:
            assert process.stdout.read(8) == b"one\ntwo\n"
            process.stdout.close()
            assert process.wait(TIMEOUT) == 141
            assert process.stderr.read() == b""


def test_head_takes_five_lines_and_that_is_all() -> None:
    words = " ".join(command("--demo", LONG_ID))
    done = subprocess.run(
        ["bash", "-c", f"{words} | head -5; exit ${{PIPESTATUS[0]}}"],
        capture_output=True,
        check=False,
        timeout=TIMEOUT,
    )
    assert (done.returncode, done.stderr) == (141, b"")
    assert done.stdout.count(b"\n") == 5


# Our own crash

CRASH = """
import logview.{module} as module

def broken(*args, **options):
    token = "{secret}"
    raise RuntimeError("the token is {secret} \\x1b]0;title\\x07")

module.{name} = broken
"""


@pytest.mark.parametrize(
    ("module", "name"),
    [("plain.reader", "print_log"), ("target", "parse"), ("config.settings", "load")],
)
def test_a_crash_of_our_own_is_one_line_and_a_report(
    module: str, name: str, state_folder: Path
) -> None:
    patch = CRASH.format(module=module, name=name, secret=SECRET)
    done = run(FINISHED_ID, env={"APIFY_TOKEN": SECRET}, patch=patch)
    assert (done.returncode, done.stdout) == (70, b"")
    messages = one_line(done.stderr)
    (report,) = state_folder.glob("crash-*.txt")
    assert str(report) in messages
    assert SECRET not in messages
    assert stat.S_IMODE(report.stat().st_mode) == 0o600
    text = report.read_text()
    assert "RuntimeError" in text
    assert "in broken" in text
    assert f"logview {logview.__version__}" in text
    assert SECRET[12:] not in text
    assert "\x1b" not in text


def test_help_keys_lists_every_key_with_the_name_for_the_settings() -> None:
    done = run("--help-keys")
    assert (done.returncode, done.stderr) == (0, b"")
    rows = [line.split() for line in done.stdout.decode().splitlines() if line.startswith("  ")]
    assert {row[0] for row in rows} == known_ids()
    assert ["filter-list", "X", "list", "filters"] in rows


def test_a_crash_that_can_not_be_written_down_is_reported_all_the_same(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.touch()
    patch = CRASH.format(module="plain.reader", name="print_log", secret=SECRET)
    done = run(FINISHED_ID, env={"XDG_STATE_HOME": str(blocked)}, patch=patch)
    assert done.returncode == 70
    assert "no report could be written" in one_line(done.stderr)
