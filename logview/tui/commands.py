"""TUI: the commands of the palette: every action with its key."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from textual.command import DiscoveryHit, Hit, Hits, Provider

from logview.tui.content import make_content
from logview.tui.host import OffersCommands
from logview.tui.keys import APP_KEYS, shown_key

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator

    from textual.content import Content


class ActionCommands(Provider):
    """The actions of the screen that the palette was called on, and those of the app."""

    def _commands(self) -> Iterator[tuple[str, str, Callable[[], Awaitable[object] | None]]]:
        app = self.app
        keymap = getattr(app, "keymap", {})
        if isinstance(self.screen, OffersCommands):
            yield from self.screen.palette_commands()
        yield "theme: choose another one", "", partial(app.run_action, "app.change_theme")
        for key in APP_KEYS:
            if key.action != "command_palette":
                yield key.does, shown_key(key, keymap), partial(app.run_action, f"app.{key.action}")

    async def discover(self) -> Hits:
        """List everything while nothing is typed."""
        for does, key, run in self._commands():
            yield DiscoveryHit(_row(make_content(_title(does)), key), run, text=_title(does))

    async def search(self, query: str) -> Hits:
        """List what matches what is typed."""
        matcher = self.matcher(query)
        for does, key, run in self._commands():
            score = matcher.match(does)
            if score > 0:
                yield Hit(score, _row(matcher.highlight(_title(does)), key), run, text=does)


def _row(title: Content, key: str) -> Content:
    """Return the row of a command, with its key."""
    return title + make_content(f"   {key}", "$text-muted") if key else title


def _title(does: str) -> str:
    return does[:1].upper() + does[1:]
