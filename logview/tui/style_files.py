"""TUI: where the style files are. In an installed wheel beside the package, else in the checkout."""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).parent.parent


def style_folder() -> Path:
    """Give the folder of the `.tcss` files."""
    installed = _PACKAGE / "styles"
    return installed if installed.is_dir() else _PACKAGE.parent / "styles"


def style_files(*names: str) -> list[str]:
    """Give the paths of style files by their stems."""
    folder = style_folder()
    return [str(folder / f"{name}.tcss") for name in names]
