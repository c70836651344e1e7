"""CI: starts the installed program in a pseudo-terminal, so that its styles are seen to load."""

from __future__ import annotations

import sys
from pathlib import Path

# Here, and not in PYTHONPATH: the program itself must find nothing but what is installed.
sys.path.insert(0, str(Path(__file__).parent.parent))

from tests.support.terminal import Terminal  # only found with the line above

with Terminal(["--demo"], program=sys.argv[1:]) as terminal:
    terminal.wait_for("WaitingToStart007").send("\x11")
    code = terminal.exit_code()
sys.exit(code)
