"""Terminal tests: what a terminal sends for keys, and what several tests wait for."""

from __future__ import annotations

LISTED = "LongCatalogue0006"
"""The last of the demo's runs: the list is there whole."""

UP, DOWN, ENTER, ESCAPE = "\x1b[A", "\x1b[B", "\r", "\x1b"
CTRL_Q, CTRL_C, CTRL_R, CTRL_Z, CTRL_L = "\x11", "\x03", "\x12", "\x1a", "\x0c"
F2 = "\x1bOQ"
