"""What is private of Textual is used in one module only; positions of the mouse are cells."""

from __future__ import annotations

import ast
import importlib
import inspect
import re
import sys
from pathlib import Path

import pytest
from textual import events
from textual.driver import Driver
from textual.message_pump import MessagePump

import logview.tui

TUI = Path(logview.tui.__file__).parent
FILES = sorted(path for path in TUI.rglob("*.py") if path.name != "textual_internals.py")


def private_names(kind: type) -> set[str]:
    """Names with an underscore that the classes of Textual above a class define or assign."""
    names: set[str] = set()
    for base in kind.__mro__:
        if base.__module__.partition(".")[0] in ("textual", "rich"):
            names.update(re.findall(r"(?:self\.|def )(_[a-z]\w*)", inspect.getsource(base)))
    return names


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(TUI)))
def test_nothing_private_of_textual_is_used(path: Path) -> None:
    tree = ast.parse(path.read_text("utf-8"))
    used = []
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and re.match(r"(textual|rich)\b", node.module or ""):
            used += [name for name in str(node.module).split(".") if name.startswith("_")]
            used += [name.name for name in node.names if name.name.startswith("_")]
        if isinstance(node, ast.Attribute) and re.match(r"_(?!replace\b)[a-z]", node.attr):
            used += [node.attr] if not is_self(node.value) else []
    module = importlib.import_module(
        ".".join(("logview.tui", *path.relative_to(TUI).with_suffix("").parts))
    )
    for node in tree.body:
        kind = getattr(module, node.name) if isinstance(node, ast.ClassDef) else object
        if issubclass(kind, (MessagePump, Driver)):
            private = private_names(kind)
            for inner in ast.walk(node):
                name = inner.attr if isinstance(inner, ast.Attribute) else ""
                if isinstance(inner, (ast.FunctionDef, ast.AsyncFunctionDef)):
                    name = inner.name
                if name in private:
                    used.append(f"{kind.__name__}.{name}")
    assert not used


def is_self(node: ast.expr) -> bool:
    """Whether an attribute is looked up on an object of the class that it is written in."""
    return isinstance(node, ast.Name) and node.id in ("self", "cls", "other")


@pytest.mark.skipif(sys.platform == "win32", reason="Textual's own driver")
def test_a_report_of_pixels_that_nobody_asked_for_moves_no_click() -> None:
    from logview.tui.textual_internals import CellParser

    parser = CellParser()
    messages = [
        *parser.feed("\x1b[48;24;80;480;800t"),
        *parser.feed("\x1b[48;24:1;80;480;800t\x1b[<0;41;13M"),
    ]
    press = messages[-1]
    assert isinstance(press, events.MouseDown)
    assert (press.x, press.y) == (40, 12)
