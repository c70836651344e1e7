"""Tests: tools that hang, print, fork and are left behind; and tmux, the real one where it is."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from logview.clipboard import tools as clipboard_tools
from logview.clipboard.copy import copy
from logview.clipboard.tools import parse_tmux_answer
from tests.support.clipboards import POSIX, TEXT, Tools, copied, lives, osc52
from tests.support.terminal import Terminal

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = POSIX

PLACES = {
    "xclip": {"DISPLAY": ":0"},
    "xsel": {"DISPLAY": ":0"},
    "wl-copy": {"WAYLAND_DISPLAY": "wayland-0"},
    "clip.exe": {"WSL_DISTRO_NAME": "Ubuntu"},
    "pbcopy": {},
    "tmux": {"TMUX": "/tmp/tmux-0/default,1,0"},
}


@pytest.fixture(params=PLACES)
def tool(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """The name of a tool, in an environment that leads to it."""
    name = str(request.param)
    for variable, value in PLACES[name].items():
        monkeypatch.setenv(variable, value)
    if name == "pbcopy":
        monkeypatch.setattr(clipboard_tools, "PLATFORM", "darwin")
    return name


# Every tool, in every mood


async def test_one_that_works_gets_the_text(tools: Tools, tool: str) -> None:
    tools.takes(tool)
    receipt, sent = await copied(tools)
    assert tools.bytes_of(tool).decode("utf-16-le" if tool == "clip.exe" else "utf-8") == TEXT
    assert sent == []
    to = " to tmux" if tool == "tmux" else ""
    assert receipt.text == f"Copied 2 lines (17 B){to}"


async def test_it_does_not_get_the_token(tools: Tools, tool: str) -> None:
    tools.add(tool, f'echo "$APIFY_TOKEN$OTHER" > {tools.folder}/seen; {tools.keeps(tool)}')
    receipt, _ = await copied(tools, APIFY_TOKEN="a.token.in.use", OTHER="x=a.token.in.use")
    assert receipt.text.startswith("Copied")
    assert (tools.folder / "seen").read_text() == "\n"


async def test_one_that_fails_is_not_believed(tools: Tools, tool: str) -> None:
    tools.add(tool, "cat > /dev/null; exit 1")
    receipt, sent = await copied(tools)
    assert sent == [osc52(TEXT)]
    assert receipt.text == "Sent 2 lines to the terminal (OSC 52)"


async def test_one_that_reads_nothing_and_fails_is_not_believed(tools: Tools, tool: str) -> None:
    tools.add(tool, "exit 3")
    receipt, sent = await copied(tools, "x" * 200_000)
    assert receipt.how == "osc52"
    assert len(sent) == 1


async def test_one_that_can_not_be_started_is_not_believed(tools: Tools, tool: str) -> None:
    path = tools.folder / tool
    path.write_text("#!/nowhere/sh\n")
    path.chmod(0o755)
    receipt, _ = await copied(tools)
    assert receipt.how == "osc52"


async def test_one_that_hangs_is_given_up_and_ended(
    tools: Tools, tool: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clipboard_tools, "TIMEOUT", 0.5)
    tools.add(tool, tools.hangs())
    copying = asyncio.ensure_future(copied(tools))
    turns = 0
    while not copying.done():  # the loop turns all the while
        turns += 1
        await asyncio.sleep(0.001)
    receipt, _ = await copying
    assert receipt.how == "osc52"
    assert turns > 10
    tools.wait_ended()


async def test_what_a_tool_started_ends_with_it(
    tools: Tools, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clipboard_tools, "TIMEOUT", 0.5)
    tools.add("xclip", f"sh -c 'echo $$ > {tools.folder}/pid; read line < {tools.never}'\nexit 0")
    receipt, _ = await copied(tools, DISPLAY=":0")
    assert receipt.how == "osc52"
    tools.wait_ended()


async def test_one_that_leaves_a_process_behind_holds_nobody(tools: Tools, tool: str) -> None:
    """As xclip and wl-copy do, which serve the text until another program takes over."""
    tools.add(
        tool,
        f"{tools.keeps(tool)}\n(echo $$ > {tools.folder}/pid; read line < {tools.never}) & exit 0",
    )
    receipt, _ = await copied(tools)
    assert receipt.how == ("tmux" if tool == "tmux" else "clipboard")
    tools.never.write_text("\n")  # let it go


async def test_an_older_text_never_replaces_a_newer_one(tools: Tools, tool: str) -> None:
    """One that hangs, or takes its time, is given up as soon as something else is copied."""
    tools.add(tool, tools.hangs())
    older = asyncio.ensure_future(copied(tools, "older"))
    await asyncio.to_thread(tools.pid)
    tools.takes(tool)
    newer, sent = await copied(tools, "newer")
    assert newer.how == ("tmux" if tool == "tmux" else "clipboard")
    assert tools.bytes_of(tool).replace(b"\0", b"") == b"newer"
    receipt, older_sent = await older
    assert receipt.text == "Not copied: another text was copied since"
    assert (sent, older_sent) == ([], [])
    tools.wait_ended()


# The screen, and the end


COPY = (
    "import asyncio, sys\n"
    "from logview.clipboard import copy, tools\n"
    "tools.PLATFORM = sys.argv[1]\n"
    "tools.TIMEOUT = float(sys.argv[2])\n"
    "receipt = asyncio.run(copy.copy('text', write_terminal=lambda sequence: None))\n"
    "open(sys.argv[3], 'w').write(receipt.how)\n"
    "sys.exit()\n"
)


@pytest.mark.parametrize("end", ["exit 0", "exit 1"])
def test_what_a_tool_prints_never_reaches_the_screen(tools: Tools, tool: str, end: str) -> None:
    talk = "echo to stdout; echo Error: cannot open display >&2"
    tty = "(echo to the terminal > /dev/tty) 2> /dev/null"
    tools.add(tool, f"{talk}; {tty}; {end}")
    messages = tools.folder / "told"
    words = [clipboard_tools.PLATFORM, "30", str(messages)]
    with Terminal(words, env=tools.environ, patch=COPY) as terminal:
        assert terminal.exit_code() == 0
        assert terminal.raw == b""
    assert messages.read_text() == {"exit 0": "tmux" if tool == "tmux" else "clipboard"}.get(
        end, "osc52"
    )


def test_what_serves_the_text_outlives_the_terminal(tools: Tools) -> None:
    """It is in nobody's group: neither `^C` and `^Z` nor the end of the terminal reach it."""
    tools.add(
        "xclip",
        f"cat > /dev/null\n(sh -c 'echo $$ > {tools.folder}/pid; read line < {tools.never}') &",
    )
    words = ["linux", "30", str(tools.folder / "told")]
    with Terminal(words, env={**tools.environ, "DISPLAY": ":0"}, patch=COPY) as terminal:
        assert terminal.exit_code() == 0
        serving = tools.pid()
        assert os.getsid(serving) != terminal.process.pid
    assert lives(serving)
    os.kill(serving, signal.SIGKILL)


def test_a_clipboard_that_hangs_does_not_hold_the_exit(tools: Tools) -> None:
    """Not even one that is no process of its own, as Windows' is."""
    messages = tools.folder / "told"
    program = (
        "import pyperclip, threading\n"
        "pyperclip.set_clipboard = lambda name: None\n"
        "pyperclip.copy = lambda text: threading.Event().wait()\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program + COPY, "win32", "0.1", str(messages)],
        capture_output=True,
        check=True,
        timeout=60,
    )
    assert (done.stdout, done.stderr) == (b"", b"")
    assert messages.read_text() == "osc52"


LEAVE = (
    "import asyncio, pathlib, sys\n"
    "from logview.clipboard import copy, tools\n"
    "tools.GRACE = float(sys.argv[1])\n"
    "async def leave():\n"
    "    copying = asyncio.ensure_future(copy.copy('text', write_terminal=print))\n"
    "    began = pathlib.Path(sys.argv[2])\n"
    "    while not began.exists() or not began.read_text(): await asyncio.sleep(0.001)\n"
    "asyncio.run(leave())\n"  # cancels what still runs
)


def test_leaving_ends_a_tool_that_hangs(tools: Tools) -> None:
    tools.add("xclip", tools.hangs())
    done = subprocess.run(
        [sys.executable, "-c", LEAVE, "0.01", str(tools.folder / "pid")],
        env={**tools.environ, "DISPLAY": ":0"},
        capture_output=True,
        check=True,
        timeout=60,
    )
    assert (done.stdout, done.stderr) == (b"", b"")
    tools.wait_ended()


def test_leaving_lets_a_tool_end_what_it_began(tools: Tools) -> None:
    tools.add("xclip", f"echo > {tools.folder}/began; sleep 0.05; {tools.keeps('xclip')}")
    subprocess.run(
        [sys.executable, "-c", LEAVE, "30", str(tools.folder / "began")],
        env={**tools.environ, "DISPLAY": ":0"},
        check=True,
        timeout=60,
    )
    assert tools.took("xclip") == "text"


# tmux

TTY = "/dev/pts/7\n"
ON = "external\n"
SSH_GONE = "-SSH_CONNECTION\n"
TERMINAL = "Terminal 0: xterm for /dev/pts/7, flags=0x0:\n 191: Mr: [missing]\n 192: Ms: "
OTHER = "Terminal 1: vt100 for /dev/pts/8, flags=0x0:\n 192: Ms: [missing]\n"
SENDS = f"{TERMINAL}(string) \\033]52;%p1%s;%p2%s\\a\n{OTHER}"


@pytest.mark.parametrize(
    ("answer", "messages"),
    [
        (f"{TTY}{ON}{SENDS}", " to tmux, which sent it on to the terminal (OSC 52)"),
        (
            f"{TTY}{ON}{TERMINAL}[missing]\n{OTHER}",
            " to tmux only (prefix ] pastes): its terminal takes no OSC 52",
        ),
        (f"\n{ON}{OTHER}", " to tmux only (prefix ] pastes): nobody is attached"),
        (f"{TTY}off\n{SENDS}", " to tmux; set-clipboard is off"),
        ("", " to tmux"),
        ("something else entirely", " to tmux"),
    ],
)
async def test_tmux_is_asked_what_becomes_of_it(tools: Tools, answer: str, messages: str) -> None:
    (tools.folder / "answer").write_text(answer)
    tools.add(
        "tmux",
        f'case "$*" in "load-buffer -w -") {tools.keeps("tmux")};;'
        f" display-message*) cat {tools.folder}/answer;; *) exit 1;; esac",
    )
    receipt, sent = await copied(tools, TMUX="x", SSH_TTY="/dev/pts/1")
    assert receipt.text == f"Copied 2 lines (17 B){messages}"
    assert receipt.how == "tmux"
    assert sent == []
    assert tools.took("tmux") == TEXT


async def test_too_much_for_the_terminal_of_tmux_is_reported(tools: Tools) -> None:
    (tools.folder / "answer").write_text(f"{TTY}{ON}{SENDS}")
    tools.add(
        "tmux",
        f'case "$1" in load-buffer) {tools.keeps("tmux")};; *) cat {tools.folder}/answer;; esac',
    )
    receipt, _ = await copied(tools, "x" * 10_000_000, TMUX="x")
    assert receipt.text.endswith("; 10.0 MB is more than many terminals take")


async def test_tmux_before_3_2_keeps_it_to_itself(tools: Tools) -> None:
    tools.add("tmux", f'[ "$2" = - ] || exit 1; {tools.keeps("tmux")}')
    receipt, _ = await copied(tools, TMUX="x")
    assert receipt.text == (
        "Copied 2 lines (17 B) to tmux only (prefix ] pastes): it is older than 3.2"
    )


async def test_in_a_tmux_of_this_machine_its_clipboard_gets_it_too(tools: Tools) -> None:
    """Not every terminal takes OSC 52 (GNOME's does not), and many a tmux is told not to send."""
    tools.takes("tmux", "xclip")
    receipt, _ = await copied(tools, TMUX="x", DISPLAY=":0")
    assert receipt.text == "Copied 2 lines (17 B) (tmux has it too)"
    assert (tools.took("xclip"), receipt.how) == (TEXT, "clipboard")


async def test_who_is_attached_now_counts_not_who_began_the_session(tools: Tools) -> None:
    tools.add("xclip", f'echo "$DISPLAY" > {tools.folder}/display; {tools.keeps("xclip")}')
    answer = tools.folder / "answer"
    tools.add(
        "tmux",
        f'case "$1" in load-buffer) {tools.keeps("tmux")};; *) cat {answer};; esac',
    )
    answer.write_text(f"{TTY}{ON}SSH_CONNECTION=10.0.0.1 5 10.0.0.2 22\n{SENDS}")
    receipt, _ = await copied(tools, TMUX="x", DISPLAY=":0")
    assert receipt.how == "tmux"
    assert "xclip" not in tools.started()
    answer.write_text(f"{TTY}{ON}{SSH_GONE}DISPLAY=:5\n{SENDS}")
    receipt, _ = await copied(tools, TMUX="x", DISPLAY=":0", SSH_TTY="/dev/pts/1")
    assert receipt.how == "clipboard"
    assert (tools.folder / "display").read_text() == ":5\n"


async def test_a_tmux_that_is_gone_leaves_the_clipboard_and_the_terminal(tools: Tools) -> None:
    tools.add("tmux", "echo no server running >&2; exit 1")
    receipt, sent = await copied(tools, TMUX="x")
    assert (receipt.how, sent) == ("osc52", [osc52(TEXT)])
    tools.takes("xclip")
    receipt, sent = await copied(tools, TMUX="x", DISPLAY=":0")
    assert (receipt.text, sent) == ("Copied 2 lines (17 B)", [])


@pytest.mark.parametrize("answer", ["\n", "\nTerminal \n", "a\nb\nTerminal x\nTerminal", "=\n=\n="])
def test_any_answer_of_tmux_can_be_read(answer: str) -> None:
    assert parse_tmux_answer(answer).sends_on is not True


class Server:
    """A tmux of our own, with one terminal attached."""

    def __init__(self, folder: Path, name: str) -> None:
        self.command = ["tmux", "-L", f"logview-test-{os.getpid()}", "-f", "/dev/null"]
        self.environ = {**os.environ, "TMUX_TMPDIR": str(folder), "TERM": name}
        self.terminal = Terminal(
            env=self.environ, program=[*self.command, "new-session", "cat > /dev/null"]
        )

    def ask(self, *command: str) -> str:
        return subprocess.run(
            [*self.command, *command], env=self.environ, capture_output=True, check=True, text=True
        ).stdout.rstrip("\n")

    @property
    def pane(self) -> dict[str, str]:
        """What a program in its pane has in its environment."""
        answer = self.ask("display-message", "-p", "#{socket_path},#{pid},0 #{pane_id}")
        socket, pane = answer.split()
        return {**os.environ, "TMUX": socket, "TMUX_PANE": pane}

    def end(self) -> None:
        subprocess.run(
            [*self.command, "kill-server"], env=self.environ, capture_output=True, check=False
        )
        self.terminal.close()


@pytest.fixture
def server(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Server]:
    if not shutil.which("tmux"):
        pytest.skip("there is no tmux here")
    server = Server(tmp_path, getattr(request, "param", "xterm-256color"))
    try:
        server.terminal.wait_for("[0] 0:")
        yield server
    finally:
        server.end()


async def test_a_real_tmux_has_it_and_sends_it_on(server: Server) -> None:
    receipt = await copy(TEXT, write_terminal=pytest.fail, environ=server.pane)
    assert receipt.text == (
        "Copied 2 lines (17 B) to tmux, which sent it on to the terminal (OSC 52)"
    )
    assert server.ask("show-buffer") == TEXT.rstrip("\n")
    server.terminal.wait_raw(osc52(TEXT).rpartition(";")[2].encode())


@pytest.mark.parametrize("server", ["vt100"], indirect=True)
async def test_a_real_tmux_on_a_terminal_without_a_clipboard_keeps_it(server: Server) -> None:
    receipt = await copy(TEXT, write_terminal=pytest.fail, environ=server.pane)
    assert receipt.text == (
        "Copied 2 lines (17 B) to tmux only (prefix ] pastes): its terminal takes no OSC 52"
    )
    assert server.ask("show-buffer") == TEXT.rstrip("\n")


async def test_a_real_tmux_that_was_set_not_to_send(server: Server) -> None:
    server.ask("set-option", "-s", "set-clipboard", "off")
    receipt = await copy(TEXT, write_terminal=pytest.fail, environ=server.pane)
    assert receipt.text == "Copied 2 lines (17 B) to tmux; set-clipboard is off"
    assert server.ask("show-buffer") == TEXT.rstrip("\n")
