"""TUI: the help screen: every key, from the table of keys."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.screen import ModalScreen
from textual.widgets import Static

from logview import __version__
from logview.text.sanitize import label
from logview.tui.content import join_content, make_content
from logview.tui.keys import (
    APP_KEYS,
    LOG_KEYS,
    MOUSE_HELP,
    OPEN_HELP,
    PROMPT_HELP,
    entry_help,
    known_ids,
    shown_keys,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from textual.app import ComposeResult
    from textual.content import Content


class HelpScreen(ModalScreen[None]):
    """What every key does."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,question_mark,f1", "dismiss", "close"),
        Binding("j", "scroll(1)", show=False),
        Binding("k", "scroll(-1)", show=False),
        Binding("g", "scroll(-9999)", show=False),
        Binding("G", "scroll(9999)", show=False),
    ]

    def __init__(self, keymap: Mapping[str, str], place: Sequence[tuple[str, str]] = ()) -> None:
        """Show the keys, and `place`: what leads somebody else to the same place."""
        super().__init__()
        self._keymap = keymap
        self._place = place

    def compose(self) -> ComposeResult:
        """Compose the page."""
        with VerticalScroll(id="help"):
            yield Static(help_content(self._keymap, self._place), markup=False)

    def on_mount(self) -> None:
        """Let the keys scroll."""
        self.query_one("#help").focus()

    def action_scroll(self, rows: int) -> None:
        """Scroll by rows."""
        self.query_one("#help").scroll_relative(y=rows, animate=False)


def help_content(keymap: Mapping[str, str], place: Sequence[tuple[str, str]] = ()) -> Content:
    """Lay the keys out in groups."""
    content = join_content(
        (f"logview {__version__}", "bold $text-accent"),
        ("  the terminal log viewer for Apify     esc closes this\n", "$muted"),
    )
    for group, keys in LOG_KEYS.items():
        content += _group(group, [(shown_keys(key, keymap), key.does) for key in keys])
    content += _group("While typing a search or a filter", list(PROMPT_HELP))
    content += _group("In an entry", entry_help(keymap))
    content += _group("Everywhere", [(shown_keys(key, keymap), key.does) for key in APP_KEYS])
    content += _group("The open screen", list(OPEN_HELP))
    content += _group("Mouse", list(MOUSE_HELP))
    content += make_content("\nNames of actions, for [keys] in config.toml\n", "bold $text-primary")
    content += make_content(f"{', '.join(sorted(known_ids()))}\n")
    if place:
        rows = [(name, label(words, 2_000)) for name, words in place]
        content += _group("To show somebody else this place (^P copies them)", rows)
    return content


def _group(title: str, rows: list[tuple[str, str]]) -> Content:
    content = make_content(f"\n{title}\n", "bold $text-primary")
    for keys, does in rows:
        content += join_content((f"{keys:<20} ", "bold"), f"{does}\n")
    return content
