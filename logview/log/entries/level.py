"""The severity of a line. Apart from what parses it (`levels`), for a light import."""

from __future__ import annotations

from enum import IntEnum


class Level(IntEnum):
    """How much a line matters; the numbers are those of Python's `logging`."""

    DEBUG = 10
    INFO = 20
    WARN = 30
    ERROR = 40
    CRITICAL = 50

    @property
    def letter(self) -> str:
        """D, I, W, E or C: the key that chooses it, and its mark, whatever the colour."""
        return self.name[0]
