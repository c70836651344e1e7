"""TUI: where a file is saved. Asks the disk, which may hang, in a daemon thread."""

from __future__ import annotations

import asyncio
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from logview.process.threads import run_in_daemon_thread
from logview.saving.atomic_file import ExistsError, SaveError, check_writable
from logview.saving.file_names import free_name, resolve_path
from logview.text.sanitize import clean

if TYPE_CHECKING:
    from collections.abc import Mapping

    from logview.tui.widgets.save_prompt import Scope

FREE_NAME_SECONDS = 0.5
"""Seconds to find free names in; then the usual ones are offered."""

RESOLVE_SECONDS = 3.0
"""Seconds that listing a folder may take."""


class SaveLocation(NamedTuple):
    """The path that a name resolves to, or why there is none."""

    path: Path | None
    """None where nothing can be saved."""
    problem: str = ""
    is_there: bool = False
    """Whether a file is there, which may be overwritten on request."""


async def free_names(names: Mapping[Scope, str]) -> dict[Scope, str]:
    """Return names like these that no file has, as far as the disk answers in time."""

    def search() -> dict[Scope, str]:
        return {scope: free_name(Path(), name).name for scope, name in names.items()}

    try:
        return await run_in_daemon_thread(search, timeout=FREE_NAME_SECONDS)
    except (asyncio.TimeoutError, OSError):
        return dict(names)


async def resolve_location(
    text: str, name: str, *, overwrite: bool, shown: str | None
) -> SaveLocation:
    """Resolve a typed name to a path. `shown` is the file that is being viewed, if one is."""
    resolve_now = partial(_resolve, text, name, overwrite=overwrite, shown=shown)
    try:
        return await run_in_daemon_thread(resolve_now, timeout=RESOLVE_SECONDS)
    except asyncio.TimeoutError:
        return SaveLocation(None, "the folder does not answer: name another, or try again")


def _resolve(text: str, name: str, *, overwrite: bool, shown: str | None) -> SaveLocation:
    try:
        path = resolve_path(text, name)
        try:
            check_writable(path, overwrite=overwrite)
        except ExistsError as error:
            if shown is not None and _is_same(path, shown):
                return SaveLocation(None, "this is the log that is shown here: choose another name")
            if not path.is_file():
                return SaveLocation(None, clean(error.msg))
            words = f"{clean(str(path))} exists · Enter again to overwrite"
            return SaveLocation(None, words, is_there=True)
    except SaveError as error:
        return SaveLocation(None, clean(f"{error.title}: {error.msg}"))
    return SaveLocation(path)


def _is_same(path: Path, shown: str) -> bool:
    try:
        return path.samefile(shown)
    except OSError:
        return False
