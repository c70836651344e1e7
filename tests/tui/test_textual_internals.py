"""What is private of Textual is used in one module only; positions of the mouse are cells."""

from __future__ import annotations

import ast
import importlib
import inspect
import re
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING
from unittest import mock

import pytest
import textual.widgets
from textual import events
from textual.driver import Driver
from textual.message_pump import MessagePump
from textual.widget import Widget

import logview.tui

if TYPE_CHECKING:
    from textual.message import Message

TUI = Path(logview.tui.__file__).parent
FILES = sorted(path for path in TUI.rglob("*.py") if path.name != "textual_internals.py")


def private_names(kind: type) -> set[str]:
    """Names with an underscore that the classes of Textual above a class define or assign."""
    names: set[str] = set()
    for base in kind.__mro__:
        if base.__module__.partition(".")[0] in ("textual", "rich"):
            names.update(re.findall(r"(?:self\.|def )(_[a-z]\w*)", inspect.getsource(base)))
    return names


def subclasses(kind: type) -> set[type]:
    """All classes below a class that are imported."""
    return {kind}.union(*(subclasses(below) for below in kind.__subclasses__()))


def test_no_widget_has_the_name_of_one_of_textual() -> None:
    for path in FILES:
        parts = path.relative_to(TUI).with_suffix("").parts
        importlib.import_module(".".join(("logview.tui", *parts)).removesuffix(".__init__"))
    ours = {kind.__name__ for kind in subclasses(Widget) if kind.__module__.startswith("logview.")}
    folder = Path(textual.widgets.__file__).parent
    theirs = {
        name
        for path in folder.glob("*.py")
        for name in re.findall(r"(?m)^class (\w+)\(", path.read_text("utf-8"))
    }
    assert "Toast" in theirs
    # Theirs is styled by name, once it is mounted, and ours with it.
    assert ours & theirs == set()


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


posix = pytest.mark.skipif(sys.platform == "win32", reason="Textual's own driver")


def parsed(*pieces: str | None) -> list[str]:
    """What is made of what a terminal sends: keys, and the cells of mouse presses.

    None stands for a second in which nothing comes. Answers and reports that
    are used are left out.
    """
    return [name for name in messages(*pieces) if not name.startswith("Terminal")]


def messages(*pieces: str | None) -> list[str]:
    """The same with answers; of a background its colour scheme, and whether it was asked."""
    from logview.tui import textual_internals

    parser = textual_internals.InputParser()
    now = time.monotonic()
    made: list[Message] = []
    with mock.patch("time.monotonic", side_effect=lambda: now):
        for piece in pieces:
            if piece is None:
                now += 1.0
                made += parser.tick()
            else:
                made += parser.feed(piece)
    found = []
    for message in made:
        if isinstance(message, events.Key):
            found.append(message.key)
        elif isinstance(message, events.MouseDown):
            found.append(f"{message.x},{message.y}")
        elif isinstance(message, textual_internals.TerminalBackground):
            found.append(f"Terminal {message.dark=} {message.asked=}".replace("message.", ""))
        else:
            found.append(type(message).__name__)
    return found


@posix
def test_a_report_of_pixels_that_nobody_asked_for_moves_no_click() -> None:
    sizes = "\x1b[48;24;80;480;800t", "\x1b[48;24:1;80;480;800t"
    assert parsed(*sizes, "\x1b[<0;41;13M") == ["40,12"]
    assert parsed("".join(sizes) + "\x1b[<0;41;13M") == ["40,12"]


REPORTS = [
    *("\x1b[?62;22c", "\x1b[>41;354;0c", "\x1b[?997;1n", "\x1b[?2048;2$y", "\x1b[?1016;0$y"),
    *("\x1b[8;24;80t", "\x1b[4;480;800t", "\x1b[48;24;80;480;800t", "\x1b[?1u"),
    *("\x1b]11;rgb:1e1e/1e1e/1e1e\x07", "\x1b]10;rgb:ffff/ffff/ffff\x1b\\"),
    *("\x1b]52;c;aGVsbG8=\x1b\\", "\x1b]4;1;rgb:00/00/00\x07", "\x1bP>|XTerm(354)\x1b\\"),
    *("\x1bP1$r0m\x1b\\", "\x1bP1+r544e=787465726d\x1b\\", "\x1b_Gi=31;OK\x1b\\"),
]


@posix
@pytest.mark.parametrize("report", REPORTS)
def test_reports_are_no_keys(report: str) -> None:
    assert parsed(report) == []
    assert parsed(f"j{report}k{report}") == ["j", "k"]
    for cut in range(1, len(report)):
        if not report.endswith("t"):  # which can't be told from keys before its end
            assert parsed(f"j{report[:cut]}", f"{report[cut:]}k") == ["j", "k"], cut


@posix
@pytest.mark.parametrize(
    ("sent", "made"),
    [
        ("\x1b", []),  # escape, once no more comes
        ("\x1b[A", ["up"]),
        ("\x1b[1;5C", ["ctrl+right"]),
        ("\x1b[15~", ["f5"]),
        ("\x1b[97;5u", ["ctrl+a"]),
        ("\x1b[106;;106u", ["j"]),
        ("\x1b[I", ["AppFocus"]),
        ("\x1b[200~[?62c]11;t\x1b[201~", ["Paste"]),
        ("\x1b[?2026;2$y", []),
        ("?>=]Pt", ["question_mark", "greater_than_sign", "equals_sign"]),
    ],
)
def test_all_else_is_what_it_was(sent: str, made: list[str]) -> None:
    assert parsed(sent)[: len(made)] == made


TYPED = [":", "/", "j", "G", "5", "-", "?", "&", "q", "\r", "\x03", " ", "ü"]
SEQUENCES = [
    "\x1b[A",
    "\x1bOP",
    "\x1b[1;2B",
    "\x1bf",
    "\x1bb",
    "\x1b\x7f",
    "\x1b[200~x:y\x1b[201~",
]


@posix
@pytest.mark.parametrize("key", TYPED)
def test_an_escape_key_with_another_one_behind_it_is_two_keys(key: str) -> None:
    (name,) = parsed(key)
    assert parsed(f"\x1b{key}") == ["escape", name]
    assert parsed("\x1b", key) == ["escape", name]
    assert parsed(f"x\x1b{key}{key}\x1b", f"{key}\x1b[A\x1b{key}") == [
        *("x", "escape", name, name, "escape", name, "up", "escape", name)
    ]


@posix
@pytest.mark.parametrize("sequence", SEQUENCES)
def test_sequences_with_keys_around_them_stay_what_they_are(sequence: str) -> None:
    (made,) = parsed(sequence)
    assert parsed(f"\x1b:{sequence}:") == ["escape", "colon", made, "colon"]
    for cut in range(2, len(sequence)):
        assert parsed(sequence[:cut], sequence[cut:]) == [made], cut


ANSWERS = {
    "\x1b]11;rgb:1e1e/1e1e/1e1e\x1b\\": ["Terminal dark=True asked=True"],
    "\x1b]11;rgb:fdfd/f6f6/e3e3\x07": ["Terminal dark=False asked=True"],
    "\x1b]11;rgba:ff/ff/ff/80\x07": ["Terminal dark=False asked=True"],
    "\x1b]10;rgb:0000/0000/0000\x1b\\": [],
    "\x1b[?62;22c": ["TerminalAttributes"],
    "\x1b[?997;1n": ["Terminal dark=True asked=False"],
    "\x1b[?997;2n": ["Terminal dark=False asked=False"],
    "\x1b[?2026;2$y": ["TerminalSupportsSynchronizedOutput"],
}


@posix
@pytest.mark.parametrize("answer", ANSWERS)
def test_an_answer_is_read_whole_in_pieces_and_late(answer: str) -> None:
    made = ANSWERS[answer]
    assert messages(answer) == made
    assert messages(*answer) == made, "byte by byte"
    assert messages(f"j{answer}k") == [*made, "j", "k"] or "2026" in answer
    for cut in range(1, len(answer)):
        first, last = answer[:cut], answer[cut:]
        assert messages(first, last) == made, cut
        assert sorted(parsed(f"j{first}", f"{last}k")) == ["j", "k"], cut
        if "2026" not in answer:
            # A key that was pressed is one; nothing else of the answer is.
            late = messages(first, None, last, None, "k")
            typed = {1: ["escape"], 2: late[: -1 - len(made)]}.get(cut, [])
            assert late == [*typed, *made, "k"], cut
            assert len(typed) <= 2


@posix
def test_an_escape_key_and_the_begin_of_a_report_are_keys_where_nothing_follows() -> None:
    assert messages("\x1b", None) == ["escape"]
    assert messages("j\x1b", None, "k") == ["j", "escape", "k"]
    assert messages("\x1b", None, "[", "j") == ["escape", "left_square_bracket", "j"]
    assert messages("\x1b[?62;", None, None, None, "j") == ["j"], "half of a report is no text"
    assert messages("\x1b]11;rgb:", None, None, None, "jk") == ["j", "k"]


@posix
@pytest.mark.parametrize("color", ["rgb:", "rgb:1/2", "red", "rgb:12345/0/0", "#12", "?"])
def test_an_answer_that_is_no_colour_changes_nothing(color: str) -> None:
    assert messages(f"\x1b]11;{color}\x07") == []
