"""Paths of the style files: in the package of an installed wheel, else in the checkout."""

from __future__ import annotations

from pathlib import Path, PurePath

_PACKAGE = Path(__file__).parent.parent


def style_folder() -> Path:
    """Return the folder of the `.tcss` files."""
    installed = _PACKAGE / "styles"
    return installed if installed.is_dir() else _PACKAGE.parent / "styles"


FOR_LOG = (
    *("log", "log_pane", "scroll_bar", "header_bar", "timeline", "status_bar", "key_bar"),
    *("overlay", "toast", "empty_state"),
)
"""The styles of a log as it opens; those of what opens over it are read when it does.

What comes by itself is among them: a style file that is read later costs some 20 ms.
"""

FOR_OPEN = ("open", "job_list", "header_bar", "status_bar", "key_bar", "banner", "toast")
"""The styles of the open screen."""


def style_files(*names: str) -> list[PurePath]:
    """Return the paths of style files by their stems."""
    folder = style_folder()
    return [folder / f"{name}.tcss" for name in names]
