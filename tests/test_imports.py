"""Tests of the imports: light packages stay light, and no files import in a circle.

Which package may import which is checked by import-linter; here is what only a fresh
interpreter shows, and what a contract of packages does not cover.
"""

from __future__ import annotations

import ast
import json
import pkgutil
import subprocess
import sys
from pathlib import Path

import pytest

import logview

ROOT = Path(logview.__file__).parent
MODULES = sorted(
    ["logview", *(module.name for module in pkgutil.walk_packages([str(ROOT)], "logview."))]
)
PACKAGES = sorted({name.split(".")[1] for name in MODULES if "." in name})


def imported(statement: str) -> set[str]:
    """The modules that a fresh interpreter holds after the statement."""
    code = f"import json, sys\n{statement}\nprint(json.dumps(sorted(sys.modules)))"
    output = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True).stdout
    return set(json.loads(output))


def modules_of(package: str) -> list[str]:
    """The modules of a package."""
    name = f"logview.{package}"
    return [m for m in MODULES if m == name or m.startswith(f"{name}.")]


def test_light_packages_import_neither_the_screen_nor_http() -> None:
    light = [package for package in PACKAGES if package not in ("tui", "apify", "__main__")]
    assert len(light) > 10
    code = f"""
import importlib, json, sys
culprits = {{}}
for name in {[name for package in light for name in modules_of(package)]}:
    importlib.import_module(name)
    for heavy in ("textual", "rich", "httpx", "httpcore"):
        if heavy in sys.modules:
            culprits.setdefault(heavy, name)
print(json.dumps(culprits))
"""
    output = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True).stdout
    assert json.loads(output) == {}


def test_errors_and_models_of_the_api_are_had_without_http() -> None:
    modules = imported("import logview.apify.errors, logview.apify.models, logview.apify.address")
    assert not modules & {"textual", "rich", "httpx", "httpcore"}


@pytest.mark.parametrize("package", ["log", "text"])
def test_the_log_imports_no_network_and_no_loop(package: str) -> None:
    modules = imported("\n".join(f"import {name}" for name in modules_of(package)))
    assert not modules & {"asyncio", "socket", "ssl", "logview.sources", "logview.apify"}


def test_the_secrets_import_nothing_but_text() -> None:
    modules = imported("import logview.secrets.masker")
    assert not modules & {"asyncio", "socket", "ssl", "regex", "logview.log", "logview.apify"}


def test_the_sources_reach_http_only_through_what_they_are_given() -> None:
    modules = imported("import logview.sources.remote, logview.sources.file, logview.sources.stdin")
    assert not modules & {"textual", "rich", "httpx", "logview.log", "logview.tui"}


def test_the_demo_is_made_of_the_standard_library() -> None:
    modules = imported("import logview.demo.server")
    assert not modules & {"textual", "rich", "httpx", "logview.log", "logview.tui", "logview.apify"}


@pytest.mark.parametrize("module", ["connection", "screens.log.session", "screens.log.filters"])
def test_what_draws_nothing_is_had_without_textual(module: str) -> None:
    assert not imported(f"import logview.tui.{module}") & {"textual", "rich"}


def test_the_first_screen_of_a_log_waits_for_no_levels_and_patterns() -> None:
    # Their tables and expressions cost more than a tenth of the start.
    heavy = ("log.entries.level_patterns", "log.entries.grouping", "log.patterns", "log.facts")
    names = tuple(f"logview.{name}" for name in (*heavy, "log.digest", "log.entries.json_lines"))
    modules = imported("import logview.tui.app, logview.tui.screens.log.screen")
    assert not [name for name in modules if name.startswith(names)]


@pytest.mark.parametrize("option", ["--help", "--version"])
def test_help_and_version_import_almost_nothing(option: str) -> None:
    modules = imported(
        "import contextlib, io\n"
        "from logview.cli.main import main\n"
        f"with contextlib.redirect_stdout(io.StringIO()): assert main([{option!r}]) == 0"
    )
    heavy = {"asyncio", "textual", "httpx", "importlib.metadata", "platformdirs", "dataclasses"}
    assert not modules & heavy


# -- circles ------------------------------------------------------------------------------


def imports_of(path: Path, names: set[str]) -> set[str]:
    """The modules of ours that a file imports anywhere, for types and in functions too."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names if alias.name in names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            for alias in node.names:
                full = f"{node.module}.{alias.name}"
                found.add(full if full in names else node.module)
    return found & names


def circles(graph: dict[str, set[str]]) -> list[list[str]]:
    """What is left when all that imports nothing left is taken out again and again."""
    left = {name: set(others) for name, others in graph.items()}
    while done := {name for name, others in left.items() if not others & left.keys()}:
        for name in done:
            del left[name]
    return [sorted(left)] if left else []


def test_no_files_import_in_a_circle() -> None:
    names = set(MODULES)
    graph: dict[str, set[str]] = {}
    for path in ROOT.rglob("*.py"):
        module = ".".join(path.relative_to(ROOT.parent).with_suffix("").parts)
        module = module.removesuffix(".__init__")
        graph[module] = imports_of(path, names) - {module, "logview"}
    assert len(graph) == len(names)
    assert circles(graph) == []


def test_a_circle_is_found() -> None:
    assert circles({"a": {"b"}, "b": {"c"}, "c": {"b"}, "d": set()}) == [["a", "b", "c"]]
