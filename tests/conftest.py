"""Tests: fixtures for all of them. No test sees its developer's own files, tokens or terminal."""

from __future__ import annotations

import gc
import inspect
import itertools
import os
import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from logview.demo import server as demo
from logview.demo.server import DemoServer
from tests.support import program
from tests.support.clipboards import Tools
from tests.support.examples import load_profile

if TYPE_CHECKING:
    from collections.abc import Iterator

TESTS = Path(__file__).parent
_HOMES = itertools.count()

OURS = ("APIFY_", "LOGVIEW_", "XDG_", "SSH_", "LC_", "TEXTUAL")
NAMES = (
    *("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"),
    *("NO_COLOR", "FORCE_COLOR", "CLICOLOR", "COLORTERM", "TERM", "TERM_PROGRAM", "COLUMNS"),
    *("LINES", "TMUX", "TMUX_PANE", "STY", "DISPLAY", "WAYLAND_DISPLAY", "LANG", "LANGUAGE"),
    *("VTE_VERSION", "WSL_DISTRO_NAME", "WSL_INTEROP"),
    *("PYTHONWARNINGS", "PYTHONUNBUFFERED", "PYTHON_COLORS"),
)


def pytest_configure(config: pytest.Config) -> None:
    """Set up the process: what is remembered, collected and caught in it, and how many examples."""
    # Programs that may not write byte code compile all of logview at each start.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    sys.dont_write_bytecode = False
    # Modules and tests are a million objects that stay: looking for garbage is dear.
    gc.set_threshold(20_000, 20, 20)
    # A shell's background job ignores SIGQUIT, one of nohup SIGHUP, and so would every program
    # that a test starts.
    for name in ("SIGQUIT", "SIGHUP"):
        number = getattr(signal, name, None)
        if number is not None and signal.getsignal(number) is signal.SIG_IGN:
            signal.signal(number, signal.SIG_DFL)
    # A thread that is left behind on a busy machine would fail some other test, later.
    demo.STOP_SECONDS = 60.0
    # Few examples where slow tests are left out.
    load_profile(quick="not slow" in (config.getoption("markexpr", default="") or ""))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark as slow, by kind, what is dear: whole apps and whole programs.

    The first such test of each file is its smoke test and is not slow, except
    in a real terminal.
    """
    seen: set[object] = set()
    for item in items:
        if not isinstance(item, pytest.Function) or item.get_closest_marker("slow"):
            continue
        in_terminal = "terminal" in item.path.relative_to(TESTS).parts
        dear = _runs_an_app(item) or _starts_the_program(item)
        if in_terminal or (dear and item.module in seen):
            item.add_marker(pytest.mark.slow)
        if dear:
            seen.add(item.module)


def _runs_an_app(item: pytest.Function) -> bool:
    folder = item.path.relative_to(TESTS).parts[0]
    return folder == "tui" and inspect.iscoroutinefunction(item.function)


def _starts_the_program(item: pytest.Function) -> bool:
    helpers = (program.run, program.start)
    return any(value is helper for value in vars(item.module).values() for helper in helpers)


@pytest.fixture(autouse=True)
def isolated(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty home folder and an environment that says nothing; gives the home folder."""
    for name in list(os.environ):
        if name.startswith(OURS) or name.upper() in NAMES:
            monkeypatch.delenv(name)
    # Numbers of pytest's own cost a listing of all the folders of all tests before.
    home = tmp_path_factory.mktemp(f"home-{next(_HOMES)}", numbered=False)
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("USERPROFILE", str(home))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(home / "config"))
    monkeypatch.setenv("XDG_STATE_HOME", str(home / "state"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(home / "cache"))
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setenv("COLORTERM", "truecolor")
    monkeypatch.setenv("LANG", "C.UTF-8")
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parent.parent))
    return home


@pytest.fixture
def state_folder(isolated: Path) -> Path:
    """Where the program keeps its state in this test."""
    return isolated / "state" / "logview"


@pytest.fixture(scope="session")
def demo_server() -> Iterator[DemoServer]:
    """The demo's server with scripts that hardly wait, for tests that only read from it."""
    with DemoServer(speed=500.0) as server:
        yield server


@pytest.fixture
def demo_url(demo_server: DemoServer) -> str:
    """The address of the demo's server."""
    return demo_server.base_url


@pytest.fixture
def tools(tmp_path_factory: pytest.TempPathFactory) -> Tools:
    """Clipboard tools that a test adds to a PATH of their own."""
    return Tools(tmp_path_factory.mktemp("tools"))
