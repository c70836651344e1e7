"""TUI: the commands of the palette: every action with its group and its key."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from logview.tui.keys import APP_KEYS, MOVING, shown_key

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable, Mapping

    from logview.tui.keys import Key


@dataclass(frozen=True, slots=True)
class Command:
    """Something that can be done by its name."""

    group: str
    """The heading under which it is listed."""
    words: str
    """What it does, in two to four words."""
    run: Callable[[], Awaitable[object] | None]
    key: str = ""
    """Its key as a person reads it; empty for none."""


def key_commands(
    group: str,
    keys: Iterable[Key],
    keymap: Mapping[str, str],
    run_action: Callable[[str], Awaitable[object]],
    namespace: str = "",
) -> list[Command]:
    """Return the commands of some keys; `namespace` names whose actions they are: `app.`."""
    return [
        Command(
            group,
            key.does,
            partial(run_action, f"{namespace}{key.action}"),
            shown_key(key, keymap),
        )
        for key in keys
    ]


def app_commands(
    keymap: Mapping[str, str], run_action: Callable[[str], Awaitable[object]]
) -> list[Command]:
    """Return the commands that there are on every screen."""
    keys = [key for key in APP_KEYS if key.action != "command_palette"]
    group = "Everywhere"
    return [
        Command(group, "change theme", partial(run_action, "app.change_theme")),
        *key_commands(group, keys, keymap, run_action, "app."),
    ]


def in_groups(commands: Iterable[Command]) -> dict[str, list[Command]]:
    """Return commands by group, in the order in which groups come first; moving is last."""
    groups: dict[str, list[Command]] = {}
    for command in commands:
        groups.setdefault(command.group, []).append(command)
    if MOVING in groups:
        groups[MOVING] = groups.pop(MOVING)
    return groups
