"""Screenshots: pictures of the program in a terminal, in all looks and sizes, for judging it.

Unlike those of the README they are taken of the bytes that reach a
pseudo-terminal, at whatever time it is.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from drawing import svg
from rich.color import Color, ColorParseError
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from logview.demo.runs import LIVE_ID, LONG_ID, PYTHON_ID, REFUSED_IDS

if TYPE_CHECKING:
    import pyte

ROOT = Path(__file__).parent.parent

SIZES = ((24, 80), (40, 120))
"""Rows and columns."""

ESCAPE, ENTER = "\x1b", "\r"


class Look(NamedTuple):
    """What the terminal is, and which theme was chosen."""

    theme: str
    background: str
    """The colour that the terminal has by itself."""
    foreground: str
    environ: dict[str, str]


_TRUECOLOR = {"COLORTERM": "truecolor"}
_NO_COLOR = {**_TRUECOLOR, "NO_COLOR": "1"}
LOOKS = {
    "dark": Look("logview-dark", "#000000", "#d0d0d0", _TRUECOLOR),
    "light": Look("logview-light", "#ffffff", "#202020", _TRUECOLOR),
    "256": Look("logview-dark", "#000000", "#d0d0d0", {"COLORTERM": ""}),
    "256-light": Look("logview-light", "#ffffff", "#202020", {"COLORTERM": ""}),
    "16": Look("logview-dark", "#000000", "#d0d0d0", {"COLORTERM": "", "TERM": "linux"}),
    "no-color": Look("logview-dark", "#000000", "#d0d0d0", _NO_COLOR),
}

# What is typed for each picture, in turn, and what it waits for.
SCENES = (
    ("open", "", "shop-price"),
    ("live", LIVE_ID + ENTER, "INFO"),
    ("search", "/shop\\d\x12", ""),
    ("help", ESCAPE + "?", "next match"),
    ("palette", ESCAPE + "\x10", "Commands"),
    ("filters", ESCAPE + "L" + "w" + "&request" + ENTER + "X", ""),
    ("failed", ESCAPE + "q\x15" + PYTHON_ID + ENTER, "ERROR"),
    ("entry", "e" + ENTER, "since the start"),
    ("digest", ESCAPE + "D", "Probable cause"),
    ("long", ESCAPE + "q\x15" + LONG_ID + ENTER, "INFO"),
    ("patterns", "p", ""),
    ("banner", ESCAPE + ESCAPE + "q\x15" + REFUSED_IDS[401] + ENTER, "401"),
)


def take_all(folder: Path, only: list[str]) -> None:
    """Take all pictures in a folder, as SVG and, where rsvg-convert is found, PNG.

    `only` are names of looks; all without any.
    """
    sys.path.insert(0, str(ROOT))  # the terminal is one of the tests
    from tests.support.terminal import Terminal, TerminalError

    folder.mkdir(parents=True, exist_ok=True)
    for name in only or LOOKS:
        look = LOOKS[name]
        for rows, columns in SIZES:
            with tempfile.TemporaryDirectory() as home:
                config = Path(home, "logview")
                config.mkdir()
                (config / "config.toml").write_text(f'theme = "{look.theme}"\n')
                environ = {
                    **os.environ,
                    "TERM": "xterm-256color",
                    "XDG_CONFIG_HOME": home,
                    "XDG_STATE_HOME": home,
                    **look.environ,
                }
                with Terminal(
                    ["--demo"], env=environ, rows=rows, cols=columns, cwd=home
                ) as terminal:
                    for scene, keys, sign in SCENES:
                        for key in _keys(keys):
                            # A key that comes right behind ESC is one with Alt.
                            terminal.send(key).settle(0.6 if key == ESCAPE else 0.15, 2)
                        try:
                            terminal.wait_for(sign, 10)
                        except TerminalError as error:
                            print(f"{scene}: {error}")
                        terminal.settle(0.4, 3)
                        cells = [
                            [terminal.cell(row, column) for column in range(columns)]
                            for row in range(rows)
                        ]
                        _write(folder / f"{scene}-{name}-{columns}x{rows}.svg", scene, cells, look)


def _keys(keys: str) -> list[str]:
    """Return what is sent at a time: an ID as a whole, keys one by one."""
    for whole in (LIVE_ID, PYTHON_ID, LONG_ID, REFUSED_IDS[401]):
        before, found, behind = keys.partition(whole)
        if found:
            return [*before, found, *behind]
    return list(keys)


def _write(path: Path, title: str, cells: list[list[pyte.screens.Char]], look: Look) -> None:
    strips = [
        Strip([Segment(cell.data, _style(cell, look)) for cell in row if cell.data]).simplify()
        for row in cells
    ]
    path.write_text(
        svg(strips, title=title, background=look.background, border=look.foreground), "utf-8"
    )
    convert = shutil.which("rsvg-convert")
    if convert is not None:
        subprocess.run([convert, "-o", str(path.with_suffix(".png")), str(path)], check=True)
        path.unlink()


def _style(cell: pyte.screens.Char, look: Look) -> Style:
    return Style(
        color=_color(cell.fg, look.foreground),
        bgcolor=_color(cell.bg, look.background),
        bold=cell.bold,
        italic=cell.italics,
        underline=cell.underscore,
        strike=cell.strikethrough,
        reverse=cell.reverse,
    )


def _color(name: str, default: str) -> Color:
    """Return a colour as pyte names it: one of 16, or red, green and blue."""
    if name == "default":
        return Color.parse(default)
    try:
        return Color.parse(f"#{name}")
    except ColorParseError:
        name = "yellow" if name == "brown" else name.replace("bright", "bright_")
        name = name.replace("bright_brown", "bright_yellow")
        return Color.parse(name)
