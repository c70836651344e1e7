"""Tests: copying, with tools on the PATH that work, fail, talk, hang, fork and are missing."""

from __future__ import annotations

import asyncio
import errno
import stat
from pathlib import Path

import pytest

from logview.clipboard import copy as clipboard
from logview.clipboard import tools as clipboard_tools
from logview.clipboard.copy import FILE, OSC52_LIMIT, OSC52_MOST, Receipt, copy
from tests.support.clipboards import POSIX, TEXT, Tools, copied, osc52

pytestmark = POSIX

SSH = {"SSH_CONNECTION": "10.0.0.1 50000 10.0.0.2 22", "SSH_TTY": "/dev/pts/1"}


# Which way is tried when


async def test_with_no_tool_at_all_the_terminal_is_asked(tools: Tools) -> None:
    receipt, sent = await copied(tools)
    assert sent == [osc52(TEXT)]
    assert receipt == Receipt("Sent 2 lines to the terminal (OSC 52)", "osc52", 2, 17)


async def test_without_a_display_the_tools_of_one_are_left_alone(tools: Tools) -> None:
    for name in ("wl-copy", "xclip", "xsel"):
        tools.add(name, "exit 0")
    receipt, _ = await copied(tools)
    assert receipt.how == "osc52"
    assert tools.started() == []


@pytest.mark.parametrize("name", SSH)
async def test_over_ssh_the_terminal_at_the_other_end_is_asked_first(
    tools: Tools, name: str
) -> None:
    tools.takes("xclip", "pbcopy", "wl-copy")
    receipt, sent = await copied(tools, DISPLAY=":10", **{name: SSH[name]})
    assert (receipt.how, sent) == ("osc52", [osc52(TEXT)])
    assert tools.started() == []


async def test_over_ssh_a_mac_leaves_its_own_pasteboard_alone(
    tools: Tools, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clipboard_tools, "PLATFORM", "darwin")
    tools.takes("pbcopy")
    receipt, sent = await copied(tools, **SSH)
    assert (receipt.how, sent) == ("osc52", [osc52(TEXT)])
    assert tools.started() == []


async def test_on_wayland_without_its_tool_xwayland_serves(tools: Tools) -> None:
    tools.takes("xclip")
    receipt, _ = await copied(tools, WAYLAND_DISPLAY="wayland-0", DISPLAY=":0")
    assert receipt.how == "clipboard"
    assert tools.took("xclip") == TEXT


@pytest.mark.parametrize("way", ["exit 1", "echo broken >&2; exit 1"])
async def test_where_one_tool_fails_the_next_is_tried(tools: Tools, way: str) -> None:
    tools.add("wl-copy", way)
    tools.add("xclip", way)
    tools.takes("xsel")
    receipt, sent = await copied(tools, WAYLAND_DISPLAY="wayland-0", DISPLAY=":0")
    assert receipt.text == "Copied 2 lines (17 B)"
    assert tools.started() == ["wl-copy", "xclip", "xsel"]
    assert tools.took("xsel") == TEXT
    assert sent == []


async def test_under_wsl_windows_tool_gets_utf_16(tools: Tools) -> None:
    tools.takes("clip.exe", "wl-copy")
    receipt, _ = await copied(tools, "héllo 😀 宽\n", WSL_DISTRO_NAME="U", WAYLAND_DISPLAY="w")
    assert receipt.how == "clipboard"
    assert tools.bytes_of("clip.exe") == "héllo 😀 宽\n".encode("utf-16-le")
    assert tools.started() == ["clip.exe"]


async def test_under_wsl_without_windows_on_the_path_its_own_place_is_known(
    tools: Tools, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    tools.takes("clip.exe")
    elsewhere = tmp_path / "clip.exe"
    (tools.folder / "clip.exe").rename(elsewhere)
    monkeypatch.setattr(clipboard_tools, "WINDOWS_CLIP", str(elsewhere))
    receipt, _ = await copied(tools, WSL_INTEROP="/run/WSL/1_interop")
    assert receipt.how == "clipboard"
    receipt, _ = await copied(tools)
    assert receipt.how == "osc52"


async def test_under_wsl_that_starts_no_windows_programs_wslg_serves(tools: Tools) -> None:
    tools.add("clip.exe", "echo 'Invalid argument' >&2; exit 1")
    tools.takes("xclip")
    receipt, _ = await copied(tools, WSL_DISTRO_NAME="U", DISPLAY=":0")
    assert receipt.how == "clipboard"
    assert tools.took("xclip") == TEXT


async def test_pbcopy_is_asked_for_utf_8(tools: Tools, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clipboard_tools, "PLATFORM", "darwin")
    tools.add(
        "pbcopy", f'echo "$LC_ALL|$LC_CTYPE" > {tools.folder}/locale; {tools.keeps("pbcopy")}'
    )
    receipt, _ = await copied(tools, LC_ALL="C")
    assert receipt.how == "clipboard"
    assert tools.took("pbcopy") == TEXT
    assert (tools.folder / "locale").read_text() == "|UTF-8\n"


async def test_windows_clipboard_that_another_program_holds(
    tools: Tools, monkeypatch: pytest.MonkeyPatch
) -> None:
    import pyperclip

    def held(text: str) -> None:
        raise pyperclip.PyperclipException("Error calling OpenClipboard (access denied)")

    monkeypatch.setattr(clipboard_tools, "PLATFORM", "win32")
    monkeypatch.setattr(pyperclip, "set_clipboard", lambda name: None)
    monkeypatch.setattr(pyperclip, "copy", held)

    def closed(sequence: str) -> None:
        raise OSError(errno.EIO, "Input/output error")

    receipt = await copy(TEXT, write_terminal=closed, environ=tools.environ)
    assert receipt.text.startswith("Not copied: another program holds the clipboard; saved in ")


# What is copied, and what the receipt says


async def test_words_of_the_caller_stand_in_the_receipt(tools: Tools) -> None:
    tools.takes("xclip")
    words = {"what": "the Console link", "extra": "2 secrets masked"}
    environ = {**tools.environ, "DISPLAY": ":0"}
    receipt = await copy(TEXT, write_terminal=pytest.fail, environ=environ, **words)
    assert receipt.text == "Copied the Console link; 2 secrets masked"
    receipt = await copy(TEXT, write_terminal=len, environ=tools.environ, **words)
    assert receipt.text == "Sent the Console link to the terminal (OSC 52); 2 secrets masked"
    environ = {**tools.environ, "TERM": "linux"}
    receipt = await copy(TEXT, write_terminal=pytest.fail, environ=environ, **words)
    assert receipt.text.endswith(f"{FILE}; 2 secrets masked")


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("x" * 87, "1 line (87 B)"),
        ("x" * 86 + "\n", "1 line (87 B)"),
        ("x\n\n", "2 lines (3 B)"),
        ("x" * 1399 + "\n" + "y", "2 lines (1.4 kB)"),
        ("x\n" * 1204, "1,204 lines (2.4 kB)"),
        ("x" * 2_500_000, "1 line (2.5 MB)"),
        ("\n", "1 line (1 B)"),
    ],
)
def test_the_receipt_counts_lines_and_bytes(text: str, amount: str) -> None:
    assert clipboard.describe_amount(text.encode()) == amount


@pytest.mark.parametrize("text", ["", "\0", "\0\0"])
async def test_nothing_leaves_the_clipboard_as_it_is(tools: Tools, text: str) -> None:
    tools.takes("xclip", "wl-copy")
    receipt, sent = await copied(tools, text, DISPLAY=":0", WAYLAND_DISPLAY="w")
    assert receipt.text == "Nothing to copy"
    assert (sent, tools.started()) == ([], [])


async def test_a_nul_does_not_cut_the_text(tools: Tools) -> None:
    tools.takes("xclip")
    await copied(tools, "be\0fore\0after", DISPLAY=":0")
    assert tools.took("xclip") == "beforeafter"


async def test_a_text_that_is_no_unicode_is_copied_all_the_same(tools: Tools) -> None:
    receipt, sent = await copied(tools, "half \ud83d")
    assert receipt.how == "osc52"
    assert sent == [osc52("half ?")]
    tools.takes("clip.exe")
    await copied(tools, "half \ud83d")
    assert tools.bytes_of("clip.exe") == "half ?".encode("utf-16-le")


async def test_a_clipboard_takes_ten_megabytes(tools: Tools) -> None:
    tools.takes("xclip")
    text = "0123456789abcde\n" * 625_000
    receipt, sent = await copied(tools, text, DISPLAY=":0")
    assert receipt.text == "Copied 625,000 lines (10.0 MB)"
    assert tools.took("xclip") == text
    assert sent == []


# What terminals take, and the file


async def test_what_may_be_too_much_for_a_terminal_is_saved_as_well(
    tools: Tools, state_folder: Path
) -> None:
    text = "x" * (OSC52_LIMIT + 1)
    receipt, sent = await copied(tools, text)
    saved = state_folder / FILE
    assert sent == [osc52(text)]
    assert "75.0 kB is more than many terminals take" in receipt.text
    assert receipt.text.endswith("; saved in ~/state/logview/copied.txt")
    assert receipt.saved == saved
    assert saved.read_text() == text
    assert stat.S_IMODE(saved.stat().st_mode) == 0o600


def test_what_most_terminals_take_is_not_saved(tools: Tools, state_folder: Path) -> None:
    receipt, sent = asyncio.run(copied(tools, "x" * OSC52_LIMIT))
    assert receipt.text == "Sent 1 line to the terminal (OSC 52)"
    assert len(sent[0]) <= 100_000
    assert not state_folder.exists()


async def test_what_no_terminal_takes_is_not_sent(tools: Tools, state_folder: Path) -> None:
    text = "x" * (OSC52_MOST + 1)
    receipt, sent = await copied(tools, text, **SSH)
    assert sent == []
    assert receipt.how == "failed"
    assert receipt.text.startswith("Not copied: 750.0 kB is more than terminals take; saved in ~")
    assert (state_folder / FILE).read_text() == text


async def test_a_terminal_that_takes_nothing_is_reported(tools: Tools, state_folder: Path) -> None:
    def closed(sequence: str) -> None:
        raise OSError(errno.EIO, "Input/output error")

    receipt = await copy(TEXT, write_terminal=closed, environ=tools.environ)
    assert receipt.how == "failed"
    assert receipt.text.startswith("Not copied: there is no clipboard here; saved in ")
    assert (state_folder / FILE).read_text(encoding="utf-8") == TEXT


async def test_the_linux_console_is_not_asked(tools: Tools, state_folder: Path) -> None:
    receipt, sent = await copied(tools, TERM="linux")
    assert sent == []
    assert receipt.text.startswith("Not copied: there is no clipboard here; saved in ")
    assert (state_folder / FILE).read_text(encoding="utf-8") == TEXT
    receipt, _ = await copied(tools, TERM="linux", **SSH)
    assert receipt.text.startswith("Not copied: this terminal has no clipboard; saved in ")


async def test_a_terminal_known_to_ignore_it_is_asked_but_not_trusted(
    tools: Tools, state_folder: Path
) -> None:
    receipt, sent = await copied(tools, VTE_VERSION="7200")
    assert sent == [osc52(TEXT)]
    assert receipt.text.startswith(
        "Sent 2 lines to the terminal (OSC 52), which may ignore it; saved in "
    )
    assert (state_folder / FILE).read_text(encoding="utf-8") == TEXT


async def test_gnu_screen_gets_it_in_strings_that_it_passes_on(tools: Tools) -> None:
    text = "line of a log\n" * 200
    _, sent = await copied(tools, text, STY="1234.pts-0.host", **SSH)
    strings = sent[0].split("\x1b\\")
    assert strings.pop() == ""
    assert all(string.startswith("\x1bP") and len(string) + 2 <= 256 for string in strings)
    assert "".join(string[2:] for string in strings) == osc52(text)


def test_the_file_changes_in_one_step(tools: Tools, state_folder: Path) -> None:
    """Who reads the older one goes on reading that, whatever another logview does."""
    asyncio.run(copied(tools, "first " * 200_000, TERM="linux"))
    with (state_folder / FILE).open() as older:
        assert older.read(6) == "first "
        asyncio.run(copied(tools, "second", TERM="linux"))
        assert older.read() == "first " * 199_999
    assert (state_folder / FILE).read_text() == "second"
    assert [path.name for path in state_folder.iterdir()] == [FILE]


def test_a_file_that_others_could_read_is_replaced(tools: Tools, state_folder: Path) -> None:
    state_folder.mkdir(parents=True)
    (state_folder / FILE).write_text("older")
    (state_folder / FILE).chmod(0o644)
    asyncio.run(copied(tools, TERM="linux"))
    assert stat.S_IMODE((state_folder / FILE).stat().st_mode) == 0o600


def test_a_file_that_can_not_be_written_is_reported(tools: Tools, state_folder: Path) -> None:
    state_folder.parent.mkdir(parents=True, exist_ok=True)
    state_folder.write_text("no folder")
    receipt, _ = asyncio.run(copied(tools, TERM="linux"))
    assert receipt.text == (
        "Not copied: there is no clipboard here; it could not be saved either: File exists"
    )
    assert receipt.saved is None


def test_a_full_disk_leaves_no_half_file(
    tools: Tools, state_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asyncio.run(copied(tools, "whole", TERM="linux"))

    def full(self: Path, target: Path) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    receipt, _ = asyncio.run(copied(tools, "x" * 1000, TERM="linux"))
    assert receipt.text.endswith("it could not be saved either: No space left on device")
    assert [path.name for path in state_folder.iterdir()] == [FILE]
    assert (state_folder / FILE).read_text() == "whole"
