"""Terminal tests: the real program saves, downloads, and opens at a moment."""

from __future__ import annotations

import base64
import re
import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest

from tests.support.clipboards import POSIX, wait_until
from tests.support.fault_server import JOB_ID, Fault, FaultServer
from tests.support.terminal import LOGVIEW, Terminal
from tests.terminal.keys import CTRL_Q, ESCAPE

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = POSIX

CTRL_O, CTRL_P, CTRL_R, CTRL_U = "\x0f", "\x10", "\x12", "\x15"
SSH = {"SSH_TTY": "/dev/pts/1"}

# The real program, which may write no file of more than so many bytes.
LIMIT = 100_000
LIMITED = f"import resource; resource.setrlimit(resource.RLIMIT_FSIZE, ({LIMIT}, {LIMIT}))"
# The real program, which does not come to the second piece of what it saves.
SLOW = """
import asyncio
from logview.saving.masked_lines import MaskedLines
real = MaskedLines.mask_pieces
async def each(self, pieces):
    async for block in real(self, pieces):
        yield block
        await asyncio.sleep(3600)
MaskedLines.mask_pieces = each
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where files are saved; the logs lie elsewhere."""
    path = tmp_path / "saved"
    path.mkdir()
    return path


def test_typed_at_one_go_it_is_saved_byte_for_byte(tmp_path: Path, folder: Path) -> None:
    data = b"\x1b[31mred\x1b[0m\r\n\x00\xff\xfe\nAuthorization: Bearer abcdefgh12345678\nlast"
    (tmp_path / "app.log").write_bytes(data)
    with Terminal([str(tmp_path / "app.log")], cwd=folder) as terminal:
        terminal.wait_for(" 4 of 4").send(f"s{CTRL_R}{CTRL_O}{CTRL_U}it.log\r")
        terminal.wait_for("Saved 4 lines").send(CTRL_Q)
        assert terminal.exit_code() == 0
    assert (folder / "it.log").read_bytes() == data
    assert [path.name for path in folder.iterdir()] == ["it.log"]


def test_what_is_there_is_asked_for_once(lines: Path, folder: Path) -> None:
    (folder / "it.log").write_text("mine")
    with Terminal([str(lines)], cwd=folder) as terminal:
        terminal.wait_for(" 500 of 500").send(f"s{CTRL_U}it.log\r")
        terminal.wait_for("it.log exists · Enter again to overwrite")
        assert (folder / "it.log").read_text() == "mine"
        terminal.send("\r").wait_for("Saved 500 lines").send(CTRL_Q)
        assert terminal.exit_code() == 0
    assert (folder / "it.log").read_text() == lines.read_text()


def test_a_disk_that_is_full_is_reported_and_nothing_is_left_or_lost(
    tmp_path: Path, folder: Path
) -> None:
    (tmp_path / "app.log").write_text("word " * (LIMIT // 4) + "\n")
    (folder / "old.log").write_text("mine")
    with Terminal([str(tmp_path / "app.log")], cwd=folder, patch=LIMITED) as terminal:
        terminal.wait_for(" 1 of 1").send("s\r")
        terminal.wait_for("The file is too large: app.log")
        terminal.send(f"s{CTRL_U}old.log\r").wait_for("Enter again to overwrite").send("\r")
        terminal.wait_for("The file is too large: old.log").send(CTRL_Q)
        assert terminal.exit_code() == 0
    assert {path.name: path.read_text() for path in folder.iterdir()} == {"old.log": "mine"}


def test_no_permission_is_reported(lines: Path, folder: Path) -> None:
    folder.chmod(0o500)
    try:
        (folder / "probe").touch()
    except PermissionError:
        pass
    else:
        pytest.skip("this user may write everywhere")
    with Terminal([str(lines)], cwd=folder) as terminal:
        terminal.wait_for(" 500 of 500").send("s\r").wait_for("Permission denied")
        terminal.send(CTRL_Q)
        assert terminal.exit_code() == 0


@pytest.mark.parametrize("end", [ESCAPE, CTRL_Q, "q", "kill"])
def test_stopped_in_the_middle_nothing_is_left(lines: Path, folder: Path, end: str) -> None:
    with Terminal([str(lines)], cwd=folder, patch=SLOW) as terminal:
        terminal.wait_for(" 500 of 500").send("s\r")
        wait_until(lambda: list(folder.glob(".logview-*.part")))
        terminal.send("k").wait_for("PAUSED")  # the screen lives
        if end == "kill":
            terminal.process.terminate()
        else:
            terminal.send(end)
        if end == ESCAPE:
            terminal.wait_for("stopped: nothing was saved")
            wait_until(lambda: not list(folder.iterdir()))
            terminal.send(CTRL_Q)
        terminal.exit_code()
        assert b"Traceback" not in terminal.raw
    assert list(folder.iterdir()) == []


HOSTILE = {"Content-Disposition": 'attachment; filename="../../etc/my run\x1b[31m.log"'}


DOWNLOADS = [
    (Fault.early_end(), "Saved 3 lines (14 B)", f"{JOB_ID}.log"),
    (Fault.reset(after=5), "Not downloaded: 127.0.0.1", ""),
    (Fault(end="stop", headers=HOSTILE), "Saved 3 lines (14 B)", "my-run-31m.log"),
    (Fault.wrong_length(by=50), "Not downloaded: 127.0.0.1", ""),
    (Fault.rate_limited("7"), "Not downloaded: The API answered 429", ""),
    (Fault.error(404, "record-not-found"), "Not downloaded: The API answered 404", ""),
]
"""Each message differs from the one before, which may still be there."""


def test_a_fresh_copy_is_downloaded_whole_or_not_at_all(folder: Path) -> None:
    with FaultServer(b"one\ntwo\nthree\n", plan=[Fault.clean()]) as server:
        address = ["--api-url", server.base_url]
        with Terminal([JOB_ID, *address], cwd=folder, env=SSH) as terminal:
            terminal.wait_for(" 3 of 3")
            for fault, message, name in DOWNLOADS:
                server.plan.append(fault)
                terminal.send(CTRL_P).wait_for("─ Commands ─")
                terminal.send("download a fresh").wait_gone("Next match")
                terminal.wait_for(lambda t: t.text.count("ownload a fresh") > 1).send("\r")
                terminal.wait_for("save to").send("\r").wait_for(message)
                assert [path.name for path in folder.iterdir()] == ([name] if name else [])
                if name:
                    (folder / name).unlink()
            terminal.send(CTRL_Q)
            assert terminal.exit_code() == 0
    assert list(folder.iterdir()) == []


@pytest.mark.skipif(shutil.which("bash") is None, reason="there is no bash here")
def test_the_command_that_is_copied_shows_the_same_line_again(tmp_path: Path) -> None:
    path = tmp_path / "it's\n\x1b[31mred 😀.log"
    path.write_text(
        "".join(f"2026-11-20T06:{n // 60:02}:{n % 60:02}.000Z line {n}\n" for n in range(2000))
    )
    with Terminal([str(path)], env=SSH) as terminal:
        terminal.wait_for("of 2,000").send(":777\r").wait_for(" 777 of 2,000")
        terminal.send(CTRL_P).wait_for("─ Commands ─")
        terminal.send("reopen").wait_gone("Next match")
        terminal.wait_for("Copy command to reopen").send("\r").wait_for("Sent the command")
        sent = re.findall(rb"\x1b\]52;c;([A-Za-z0-9+/=]*)\x07", terminal.raw)
        terminal.send(CTRL_Q)
        assert terminal.exit_code() == 0
    (command,) = (base64.b64decode(copied).decode() for copied in sent)
    read = subprocess.check_output(["bash", "-c", f"printf '%s\\0' {command}"])
    name, *words = read.decode().split("\0")[:-1]
    assert name == "logview"
    with Terminal(words, cwd="/", program=LOGVIEW) as terminal:
        terminal.wait_for(" 777 of 2,000")
        assert "▌ 06:12:56.000 line 776" in terminal.text
