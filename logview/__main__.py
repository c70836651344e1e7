"""Command line: `python -m logview`, the same as the `logview` script."""

from __future__ import annotations

from logview.cli.main import script

if __name__ == "__main__":
    script()
