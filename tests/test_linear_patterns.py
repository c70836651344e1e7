"""Every regular expression of the package takes linear time, whatever text comes from outside."""

from __future__ import annotations

import ast
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

import logview
from tests.support.backtracking import problems

pytestmark = pytest.mark.slow


PACKAGE = Path(logview.__file__).parent
MATCHING = {"match", "fullmatch"}
"""Methods that try one beginning only."""

COLLECT = """
import importlib, json, pkgutil, re, sys

found = []
compile_ = re._compile

def collect(pattern, flags):
    frame = sys._getframe(1)
    while frame.f_globals.get("__name__") in ("re", "collect"):
        frame = frame.f_back
    module = frame.f_globals.get("__name__", "")
    if module.startswith("logview") and isinstance(pattern, (str, bytes)):
        is_bytes = isinstance(pattern, bytes)
        text = pattern.decode("latin-1") if is_bytes else pattern
        found.append((module, frame.f_lineno, text, is_bytes, int(flags)))
    return compile_(pattern, flags)

re._compile = collect
import logview

for module in pkgutil.walk_packages(logview.__path__, "logview."):
    if module.name != "logview.__main__":
        importlib.import_module(module.name)
from logview.log.entries import level_patterns, line_kinds
from logview.secrets.prefilter import candidate_lines
from logview.secrets.token_shapes import SHAPES
from logview.secrets.token import scrub
from logview.text.timestamps import detect_stamps

candidate_lines("")  # what is compiled when it is first needed
for shape in SHAPES:
    assert shape.regex
for text in ("", "[a] -> "):
    level_patterns.level_of(text)
    line_kinds.classify_page(text)
scrub("")
detect_stamps(b"none of the platform's")
print(json.dumps(found))
"""


def compiled() -> list[tuple[str, int, str | bytes, int]]:
    """Return module, line, expression and flags of what importing the package compiles."""
    output = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", COLLECT], capture_output=True, check=True
    ).stdout
    return [
        (module, line, text.encode("latin-1") if is_bytes else text, flags)
        for module, line, text, is_bytes, flags in json.loads(output)
    ]


def literal() -> list[tuple[str, int, str | bytes, int]]:
    """Return expressions that stand in a call of `re`, which may be made later."""
    found: list[tuple[str, int, str | bytes, int]] = []
    for path in PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            match node:
                case ast.Call(
                    func=ast.Attribute(value=ast.Name(id="re"), attr=method),
                    args=[ast.Constant(value=(str() | bytes()) as text), *_],
                ) if method != "compile":
                    kind = re.MULTILINE if method in MATCHING else 0  # searched or not
                    found.append((f"{path.stem}.{method}", node.lineno, text, int(kind)))
    return found


def module_of(path: Path) -> str:
    """Return the name of the module in a file."""
    module = ".".join(("logview", *path.relative_to(PACKAGE).with_suffix("").parts))
    return module.removesuffix(".__init__")


def named() -> dict[tuple[str, int], tuple[str, bool]]:
    """Return, by module and line, the constant that is defined there and whether it is searched.

    A private constant of which only methods for one beginning are called is not.
    """
    found = {}
    for path in PACKAGE.rglob("*.py"):
        module, tree = module_of(path), ast.parse(path.read_text(encoding="utf-8"))
        methods: dict[str, set[str]] = {}
        for node in ast.walk(tree):
            match node:
                case (
                    ast.Attribute(value=ast.Name(id=name), attr=method)
                    | ast.Attribute(value=ast.Subscript(value=ast.Name(id=name)), attr=method)
                ):
                    methods.setdefault(name, set()).add(method)
        for node in tree.body:
            match node:
                case ast.Assign(targets=[ast.Name(id=name)]):
                    called = methods.get(name)
                    searched = not (name.startswith("_") and called and called <= MATCHING)
                    for line in range(node.lineno, (node.end_lineno or node.lineno) + 1):
                        found[module, line] = name, searched
    return found


@pytest.mark.slow
def test_every_expression_of_the_package_is_linear() -> None:
    constants = named()
    dear = []
    patterns = compiled()
    for module, line, pattern, flags in patterns:
        name, searched = constants.get((module, line), ("", True))
        dear += [(module, line, name, why) for why in problems(pattern, flags, searched=searched)]
    for where, line, pattern, kind in literal():
        dear += [(where, line, pattern, why) for why in problems(pattern, searched=not kind)]
    assert len(patterns) > 100
    assert dear == []


@pytest.mark.parametrize(
    ("pattern", "why"),
    [
        (r"(a*)*b", "exponential"),
        (r"(?:[-.][A-Za-z]?[a-z]{0,16})*!", "exponential"),  # a word of a value, as it once was
        (r"(?:a|ab|b)*c", "exponential"),
        (r"(?:\w+\s?)+$", "exponential"),
        (r"\s*,?\s*x", "polynomial"),
        (r".*\d.*x", "polynomial"),
        (r"\w+=", "searching"),
        (r"//[^/ ]*:", ""),
        (r"//[^ ]*:", "searching"),
        (r"\d{1,3}(?:\.\d{1,3}){3}", ""),
        (rb"key[\"' ]*[:=]", ""),
        (r"^\s*#", ""),
        (r"(?s)<.*?(?:>|\Z)", ""),
        (r"<.*?(?:>|\Z)", "searching"),
        (r"x(?=[a-z]*b)[a-z]", ""),
        (r"(?i)[a-z]+(?:k|\Z)", "searching"),
    ],
)
def test_what_is_dear_is_found(pattern: str | bytes, why: str) -> None:
    found = problems(pattern)
    assert [problem.partition(":")[0] for problem in found[:1]] == ([why] if why else [])
