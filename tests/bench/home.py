"""Bench: starts programs, each with an empty home folder: none remembers the last start."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from tests.support.terminal import Terminal

if TYPE_CHECKING:
    from collections.abc import Sequence

ROOT = Path(__file__).resolve().parents[2]
"""The checkout."""

ROWS, COLS = 40, 120
"""The terminal's size."""


class Home:
    """Makes environments that say nothing but where home is."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        self._last: Path | None = None

    def start(self, argv: Sequence[str]) -> Terminal:
        """Start a program in a terminal."""
        return Terminal(program=argv, env=self.fresh(), inherit=False, rows=ROWS, cols=COLS)

    def fresh(self) -> dict[str, str]:
        """Give an environment with a new, empty home folder; the one before is removed."""
        if self._last is not None:
            shutil.rmtree(self._last, ignore_errors=True)
        home = self._last = Path(tempfile.mkdtemp(dir=self._folder))
        return {
            "HOME": str(home),
            "XDG_CONFIG_HOME": str(home / "config"),
            "XDG_STATE_HOME": str(home / "state"),
            "XDG_CACHE_HOME": str(home / "cache"),
            "PATH": os.environ["PATH"],
            "PYTHONPATH": str(ROOT),
            "TERM": "xterm-256color",
            "COLORTERM": "truecolor",
            "LANG": "C.UTF-8",
            "LESSHISTFILE": "-",
        }
