"""Terminal tests: what a terminal sends for the mouse (xterm's SGR mode), and what was copied."""

from __future__ import annotations

import base64
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.support.terminal import Terminal

SHIFT = 4
MOVED = 32

_SENT = re.compile(rb"\x1b\]52;c;([A-Za-z0-9+/=]*)\x07")


def mouse(button: int, column: int, row: int, *, release: bool = False) -> str:
    """One event of the mouse on a cell of the screen, from 0."""
    return f"\x1b[<{button};{column + 1};{row + 1}{'m' if release else 'M'}"


def press(column: int, row: int, keys: int = 0) -> str:
    """The left button goes down."""
    return mouse(keys, column, row)


def move(column: int, row: int, keys: int = 0) -> str:
    """The mouse moves with the left button down."""
    return mouse(MOVED + keys, column, row)


def release(column: int, row: int, keys: int = 0) -> str:
    """The left button goes up."""
    return mouse(keys, column, row, release=True)


def click(column: int, row: int, times: int = 1, keys: int = 0) -> str:
    """A click, or several in a row."""
    return (press(column, row, keys) + release(column, row, keys)) * times


def drag(*cells: tuple[int, int]) -> str:
    """The left button goes down on the first cell, is moved over the others, and goes up."""
    moves = "".join(move(*cell) for cell in cells[1:])
    return press(*cells[0]) + moves + release(*cells[-1])


def sent(terminal: Terminal) -> list[str]:
    """Every text that the terminal was asked to put on the clipboard (OSC 52)."""
    return [base64.b64decode(text).decode() for text in _SENT.findall(terminal.raw)]


def copied(terminal: Terminal, keys: str = "y") -> str:
    """Copy, and give what the terminal was asked to put on the clipboard."""
    before = len(sent(terminal))
    terminal.send(keys).wait_for(lambda t: len(sent(t)) > before)
    return sent(terminal)[-1]
