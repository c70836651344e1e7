"""Tests: the light rooms stay light, seen from a fresh interpreter."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

LIGHT = [
    "logview.__main__",
    "logview.cli.main",
    "logview.cli.options",
    "logview.config.settings",
    "logview.target",
    "logview.opening",
    "logview.exit_codes",
    "logview.config.state",
    "logview.secrets.token",
    "logview.secrets.masker",
    "logview.clipboard.copy",
    "logview.clipboard.tools",
    "logview.process.terminal",
    "logview.process.crash",
    "logview.plain.reader",
    "logview.plain.output_file",
    "logview.saving.masked_lines",
    "logview.saving.atomic_file",
    "logview.links.shell_words",
    "logview.links.console",
    "logview.links.browser",
    "logview.saving.file_names",
    "logview.sources.events",
    "logview.apify.errors",
    "logview.apify.models",
    "logview.text.sanitize",
    "logview.text.sgr",
    "logview.log.store.document",
    "logview.log.search.pattern",
    "logview.log.view.view",
]


def imported(statement: str) -> set[str]:
    """The modules that a fresh interpreter holds after the statement."""
    code = f"import json, sys\n{statement}\nprint(json.dumps(sorted(sys.modules)))"
    output = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True).stdout
    return set(json.loads(output))


@pytest.mark.parametrize("room", LIGHT)
def test_a_light_room_imports_neither_the_screen_nor_http(room: str) -> None:
    modules = imported(f"import {room}")
    assert room in modules
    assert not modules & {"textual", "rich", "httpx", "httpcore"}


@pytest.mark.parametrize("room", [room for room in LIGHT if room.startswith("logview.log")])
def test_the_log_knows_no_network_and_no_loop(room: str) -> None:
    modules = imported(f"import {room}")
    assert not modules & {"asyncio", "socket", "ssl", "logview.sources", "logview.apify"}


def test_secrets_know_text_and_nothing_else() -> None:
    modules = imported("import logview.secrets.masker")
    assert not modules & {"asyncio", "socket", "ssl", "regex", "logview.log", "logview.apify"}


def test_the_sources_reach_http_only_through_what_they_are_given() -> None:
    modules = imported("import logview.sources.remote, logview.sources.file, logview.sources.stdin")
    assert not modules & {"textual", "rich", "httpx", "logview.log", "logview.tui"}


def test_the_demo_is_made_of_the_standard_library() -> None:
    modules = imported("import logview.demo.server")
    assert not modules & {"textual", "rich", "httpx", "logview.log", "logview.tui", "logview.apify"}


@pytest.mark.parametrize("option", ["--help", "--version"])
def test_help_and_version_import_almost_nothing(option: str) -> None:
    modules = imported(
        "import contextlib, io\n"
        "from logview.cli.main import main\n"
        f"with contextlib.redirect_stdout(io.StringIO()): assert main([{option!r}]) == 0"
    )
    heavy = {"asyncio", "textual", "httpx", "importlib.metadata", "platformdirs", "dataclasses"}
    assert not modules & heavy
