"""Tests: copying, with tools on the PATH that work, fail, talk and hang."""

from __future__ import annotations

import asyncio
import base64
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from logview import clipboard
from logview.clipboard import OSC52_LIMIT, Receipt, copy

TEXT = "one\ntwo ‹ä›\n"

ENVIRONMENTS = {
    "xclip": {"DISPLAY": ":0"},
    "wl-copy": {"WAYLAND_DISPLAY": "wayland-0"},
    "tmux": {"TMUX": "/tmp/tmux-0/default,1,0"},
}

pytestmark = pytest.mark.skipif(
    sys.platform in ("win32", "darwin"), reason="the tools of Linux desktops"
)


class Tools:
    """A PATH of our own: only the tools a test puts there, besides `which` and `sh`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        for name in ("which", "sh", "cat", "mkfifo"):
            found = next(
                path
                for directory in ("/usr/bin", "/bin")
                if (path := Path(directory) / name).exists()
            )
            (folder / name).symlink_to(found)

    def add(self, name: str, script: str) -> None:
        path = self.folder / name
        path.write_text(f"#!/bin/sh\n{script}\n")
        path.chmod(path.stat().st_mode | stat.S_IXUSR)

    def took(self, name: str) -> str:
        return (self.folder / f"{name}.out").read_text(encoding="utf-8")


@pytest.fixture
def tools(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Tools:
    """An empty PATH, and a pyperclip that has not chosen its mechanism yet."""
    import pyperclip

    monkeypatch.setattr(pyperclip, "copy", pyperclip.lazy_load_stub_copy)
    monkeypatch.setattr(pyperclip, "paste", pyperclip.lazy_load_stub_paste)
    monkeypatch.setattr(pyperclip, "subprocess", subprocess)
    monkeypatch.setenv("PATH", str(tmp_path))
    return Tools(tmp_path)


@pytest.fixture
def desktop(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """The name of the tool that this environment leads to."""
    for name, value in ENVIRONMENTS[request.param].items():
        monkeypatch.setenv(name, value)
    return str(request.param)


every_tool = pytest.mark.parametrize("desktop", ENVIRONMENTS, indirect=True)


async def copied(text: str = TEXT) -> tuple[Receipt, list[str]]:
    sent: list[str] = []
    return await copy(text, write_terminal=sent.append), sent


def osc52(text: str) -> str:
    return f"\x1b]52;c;{base64.b64encode(text.encode()).decode()}\x07"


@every_tool
async def test_a_tool_that_works_gets_the_text(tools: Tools, desktop: str) -> None:
    tools.add("wl-paste", "exit 1")  # pyperclip wants both
    tools.add(desktop, f'echo "$@" > {tools.folder}/args; cat > {tools.folder}/{desktop}.out')
    receipt, sent = await copied()
    assert tools.took(desktop) == TEXT
    assert sent == []
    how, text = {"tmux": ("tmux", "Copied 2 lines (17 B) through tmux")}.get(
        desktop, ("clipboard", "Copied 2 lines (17 B)")
    )
    assert receipt == Receipt(text, how, 2, len(TEXT.encode()))  # type: ignore[arg-type]
    if desktop == "tmux":
        assert (tools.folder / "args").read_text() == "load-buffer -w -\n"


@every_tool
async def test_a_tool_that_fails_is_not_believed(tools: Tools, desktop: str) -> None:
    tools.add("wl-paste", "exit 1")
    tools.add(desktop, "cat > /dev/null; exit 1")
    receipt, sent = await copied()
    assert sent == [osc52(TEXT)]
    assert receipt.how == "osc52"
    assert receipt.text == "Sent 2 lines to the terminal (OSC 52)"


@every_tool
async def test_a_tool_that_reads_nothing_and_fails_is_not_believed(
    tools: Tools, desktop: str
) -> None:
    tools.add("wl-paste", "exit 1")
    tools.add(desktop, "exit 3")
    receipt, sent = await copied("x" * 200_000)
    assert receipt.how == "osc52"
    assert len(sent) == 1


@every_tool
async def test_a_tool_that_hangs_is_given_up_and_ended(
    tools: Tools, desktop: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clipboard, "TIMEOUT", 0.2)
    fifo = tools.folder / "never"
    os.mkfifo(fifo)
    tools.add("wl-paste", "exit 1")
    tools.add(desktop, f"echo $$ > {tools.folder}/pid; read line < {fifo}")
    copying = asyncio.ensure_future(copied())
    turns = 0
    while not copying.done():  # the loop turns all the while
        turns += 1
        await asyncio.sleep(0.001)
    receipt, _ = await copying
    assert receipt.how == "osc52"
    assert turns > 10
    pid = int((tools.folder / "pid").read_text())
    for _ in range(10_000):
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return
        await asyncio.sleep(0.001)
    pytest.fail("the tool goes on hanging")


@every_tool
def test_what_a_tool_prints_never_reaches_the_screen(tools: Tools, desktop: str) -> None:
    tools.add("wl-paste", "exit 1")
    tools.add(desktop, "echo to stdout; echo Error: cannot open display >&2; exit 1")
    program = (
        "import asyncio\n"
        "from logview.clipboard import copy\n"
        "asyncio.run(copy('text', write_terminal=lambda sequence: None))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True)
    assert (done.stdout, done.stderr) == (b"", b"")


def test_a_tool_that_leaves_a_process_behind_holds_nobody(
    tools: Tools, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As the real xclip does, which serves the selection until another program takes it."""
    monkeypatch.setenv("DISPLAY", ":0")
    fifo = tools.folder / "never"
    os.mkfifo(fifo)
    tools.add("xclip", f"cat > {tools.folder}/xclip.out; (read line < {fifo}) & exit 0")
    receipt, _ = asyncio.run(copied())
    assert receipt.how == "clipboard"
    assert tools.took("xclip") == TEXT
    with fifo.open("w") as writer:  # let it go
        writer.write("\n")


def test_a_clipboard_that_hangs_does_not_hold_the_exit(
    tools: Tools, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not even one that is no process of its own: pyperclip's Windows and Qt ways are calls."""
    program = (
        "import asyncio, threading, pyperclip\n"
        "from logview import clipboard\n"
        "clipboard.TIMEOUT = 0.1\n"
        "pyperclip.copy = lambda text: threading.Event().wait()\n"
        "receipt = asyncio.run(clipboard.copy('text', write_terminal=lambda sequence: None))\n"
        "print(receipt.how)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, check=True, timeout=60
    )
    assert done.stdout == b"osc52\n"
    assert done.stderr == b""


async def test_with_no_tool_at_all_the_terminal_is_asked(tools: Tools) -> None:
    receipt, sent = await copied()
    assert sent == [osc52(TEXT)]
    assert receipt.how == "osc52"


async def test_over_ssh_the_terminal_at_the_other_end_is_asked_first(
    tools: Tools, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DISPLAY", ":10")
    monkeypatch.setenv("SSH_CONNECTION", "10.0.0.1 50000 10.0.0.2 22")
    tools.add("xclip", f"cat > {tools.folder}/xclip.out")
    receipt, sent = await copied()
    assert (receipt.how, sent) == ("osc52", [osc52(TEXT)])
    assert not (tools.folder / "xclip.out").exists()


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("x" * 87, "1 line (87 B)"),
        ("x" * 86 + "\n", "1 line (87 B)"),
        ("x\n\n", "2 lines (3 B)"),
        ("x" * 1399 + "\n" + "y", "2 lines (1.4 kB)"),
        ("x\n" * 1204, "1,204 lines (2.4 kB)"),
        ("x" * 2_500_000, "1 line (2.5 MB)"),
        ("", "1 line (0 B)"),
    ],
)
def test_the_receipt_counts_lines_and_bytes(text: str, amount: str) -> None:
    assert clipboard.amount(text.encode()) == amount


async def test_what_may_be_too_much_for_a_terminal_is_saved_as_well(
    tools: Tools, state_folder: Path
) -> None:
    text = "x" * (OSC52_LIMIT + 1)
    receipt, sent = await copied(text)
    saved = state_folder / "copied.txt"
    assert sent == [osc52(text)]
    assert "75.0 kB is more than many terminals take" in receipt.text
    assert receipt.text.endswith(f"saved in {saved}")
    assert saved.read_text() == text
    assert stat.S_IMODE(saved.stat().st_mode) == 0o600


async def test_a_terminal_that_takes_nothing_is_told(tools: Tools, state_folder: Path) -> None:
    def closed(sequence: str) -> None:
        raise OSError(5, "Input/output error")

    receipt = await copy(TEXT, write_terminal=closed)
    assert receipt.how == "failed"
    assert receipt.text.startswith("Not copied: there is no clipboard here; saved in ")
    assert (state_folder / "copied.txt").read_text(encoding="utf-8") == TEXT


async def test_a_text_that_is_no_unicode_is_copied_all_the_same(tools: Tools) -> None:
    receipt, sent = await copied("half \ud83d")
    assert receipt.how == "osc52"
    assert sent == [osc52("half ?")]
