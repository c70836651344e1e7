"""State: what the app remembers by itself, the theme and what was opened.

One small JSON file in the state folder, readable by its owner only. Losing it
is no loss of work, so nothing here ever raises: a file that can't be read is
renamed and reported, one that can't be written is reported.
"""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Literal, TypeAlias, get_args

from logview.process.files import state_dir, write_private_file
from logview.text.sanitize import label

if TYPE_CHECKING:
    from collections.abc import Sequence

MAX_RECENTS = 50
MAX_ID = 200
"""Characters of an ID; Apify's have 17."""
MAX_PATH = 4096
"""Characters of a path (Linux, PATH_MAX)."""
MAX_FILE = 1024 * 1024
"""Bytes; a longer file is not ours."""

MAX_PARTS = 12
"""Logs that are opened at once."""

RecentKind: TypeAlias = Literal["run", "build", "job", "file", "several"]
"""`job` is a run or build of which it is not known which of the two, `several` are logs at once."""

_KINDS: tuple[RecentKind, ...] = get_args(RecentKind)


@dataclass(frozen=True, slots=True)
class RecentTarget:
    """Something that was opened before."""

    kind: RecentKind
    value: str
    """The ID, or the absolute path of a file; of several what `pack_parts` returned."""
    label: str
    """What it was called then, drawable: the Actor's name, the file's name."""
    opened_at: float
    """Seconds since 1970, UTC."""

    @property
    def is_path(self) -> bool:
        """Whether `value` is a path, and not an ID."""
        return self.kind == "file"


@dataclass(slots=True)
class AppState:
    """What is remembered; `save()` after a change."""

    theme: str | None = None
    light_terminal: bool = False
    """Whether the terminal's background was light when it was asked last."""
    times: str | None = None
    """The name of the format in which times are shown; None for the usual one."""
    recents: list[RecentTarget] = field(default_factory=list)
    """Newest first, each thing once, at most `MAX_RECENTS`."""

    def remember(self, recent: RecentTarget) -> None:
        """Add something that was opened; an older entry for the same thing goes.

        What can't be one is not remembered, see `checked`.
        """
        self.recents = _newest_of([recent, *self.recents])


def checked(recent: RecentTarget) -> RecentTarget | None:
    """Return an entry whose name is drawable; None for one that could not be opened again.

    An ID comes from the API, and a path from whoever made the file: an ID is
    printable and without spaces, a path is absolute and may be any that files have.
    """
    value = recent.value
    if recent.kind == "several":
        known = bool(parts_of(value))
    elif recent.is_path:
        known = Path(value).is_absolute() and "\0" not in value and len(value) <= MAX_PATH
    else:
        known = value.isprintable() and " " not in value and 0 < len(value) <= MAX_ID
    if not known or recent.kind not in _KINDS:
        return None
    opened_at = recent.opened_at if 0 <= recent.opened_at < 1e11 else 0.0  # NaN fails this, too
    return RecentTarget(recent.kind, value, label(recent.label), opened_at)


def pack_parts(parts: Sequence[tuple[RecentKind, str]]) -> str:
    """Return kinds and values of logs that were opened at once as the value of one entry."""
    return json.dumps(parts)


def parts_of(value: str) -> list[tuple[RecentKind, str]]:
    """Return what `pack_parts` was given; nothing where one of them can't be opened again."""
    if len(value) > MAX_PARTS * 6 * MAX_PATH:  # a character is `\\ud800` at most
        return []
    try:
        packed = json.loads(value)
    except (ValueError, RecursionError):
        return []
    if not isinstance(packed, list) or not 2 <= len(packed) <= MAX_PARTS:
        return []
    parts: list[tuple[RecentKind, str]] = []
    for one in packed:
        kind, word = one if isinstance(one, list) and len(one) == 2 else ("", "")
        known = next((name for name in _KINDS if name == kind and name != "several"), None)
        if known is None or not isinstance(word, str):
            return []
        if checked(RecentTarget(known, word, "", 0)) is None:
            return []
        parts.append((known, word))
    return parts


def state_file() -> Path:
    """Return the path of the file."""
    return state_dir() / "state.json"


def load() -> tuple[AppState, str | None]:
    """Return what is remembered, and a notice where reading failed; never raises.

    A broken file is kept as `state.json.broken`.
    """
    path = state_file()
    try:
        return _read(path), None
    except FileNotFoundError:
        return AppState(), None
    except OSError as error:
        return AppState(), f"What was opened before can't be read: {error.strerror} ({path})."
    except (ValueError, RecursionError):
        with suppress(OSError):
            path.replace(path.with_name("state.json.broken"))
        return AppState(), f"{path} was broken: it is kept as state.json.broken."


def save(state: AppState) -> str | None:
    """Write what is remembered; return a notice where that failed, never raise.

    The file changes in one step. What another logview has opened meanwhile is
    kept: the lists are merged.
    """
    path = state_file()
    others: list[RecentTarget] = []
    with suppress(OSError, ValueError, RecursionError):
        others = _read(path).recents
    state.recents = _newest_of([*state.recents, *others])
    text = json.dumps(
        {
            "theme": state.theme,
            "light_terminal": state.light_terminal,
            "times": state.times,
            "recents": [asdict(recent) for recent in state.recents],
        },
        indent=1,
    )
    try:
        write_private_file(path, f"{text}\n".encode("ascii"))
    except OSError as error:
        return f"What was opened can't be remembered: {error.strerror} ({path})."
    return None


def _read(path: Path) -> AppState:
    with path.open("rb") as file:
        data = file.read(MAX_FILE + 1)
    if len(data) > MAX_FILE:
        raise ValueError("too long")
    held = json.loads(data)
    if not isinstance(held, dict):
        raise ValueError("not an object")
    recents = held.get("recents")
    return AppState(
        theme=_name(held.get("theme")),
        light_terminal=held.get("light_terminal") is True,
        times=_name(held.get("times")),
        recents=_newest_of(
            [r for r in map(_recent, recents if isinstance(recents, list) else []) if r]
        ),
    )


def _name(item: object) -> str | None:
    return item if isinstance(item, str) and item.isprintable() else None


def _recent(item: object) -> RecentTarget | None:
    """Return one entry; None for what is not one (an older or newer version may write others)."""
    if not isinstance(item, dict):
        return None
    value, name, opened_at = item.get("value"), item.get("label"), item.get("opened_at")
    kind = next((kind for kind in _KINDS if kind == item.get("kind")), None)
    if kind is None or not (isinstance(value, str) and value):
        return None
    if isinstance(opened_at, bool) or not isinstance(opened_at, int | float):
        opened_at = 0
    opened_at = float(opened_at) if abs(opened_at) < 1e11 else 0.0  # any number of digits
    return RecentTarget(kind, value, name if isinstance(name, str) else "", opened_at)


def _newest_of(recents: list[RecentTarget]) -> list[RecentTarget]:
    """Return the entries newest first, each thing once: a `job` is the same as a run or build."""
    seen: set[tuple[bool, str]] = set()
    kept = []
    usable = [one for one in map(checked, recents) if one is not None]
    for recent in sorted(usable, key=lambda recent: -recent.opened_at):
        key = (recent.kind == "file", recent.value)
        if key not in seen:
            seen.add(key)
            kept.append(recent)
    return kept[:MAX_RECENTS]
