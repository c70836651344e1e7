"""CI: starts the installed program in a pseudo-terminal, so that its styles are seen to load."""

from __future__ import annotations

import sys

from tests.terminal.driver import Terminal

with Terminal(["--demo"], program=sys.argv[1:]) as terminal:
    terminal.wait_for("WaitingToStart007").send("\x11")
    code = terminal.exit_code()
sys.exit(code)
