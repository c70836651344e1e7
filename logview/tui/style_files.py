"""TUI: where the style files are: in an installed wheel in the package, else in the checkout."""

from __future__ import annotations

from pathlib import Path, PurePath

_PACKAGE = Path(__file__).parent.parent


def style_folder() -> Path:
    """Give the folder of the `.tcss` files."""
    installed = _PACKAGE / "styles"
    return installed if installed.is_dir() else _PACKAGE.parent / "styles"


def style_files() -> list[str | PurePath]:
    """Give the paths of all style files; all are read at once, before the first screen shows.

    Textual reads a screen's own files when it is pushed, and then works out
    the styles of everything anew: later, dearer, and not for the first screen.
    """
    return sorted(style_folder().glob("*.tcss"))
