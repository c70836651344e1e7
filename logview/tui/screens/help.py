"""TUI: the help screen: every key, from the table of keys, in columns; it narrows by typing."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, TypeAlias

from rich.cells import cell_len
from textual import on
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from logview import __version__
from logview.text.sanitize import label
from logview.tui.content import join_content, make_content
from logview.tui.keys import (
    APP_KEYS,
    DETAIL_KEYS,
    DIGEST_KEYS,
    LOG_KEYS,
    MOUSE_HELP,
    OPEN_HELP,
    PATTERN_KEYS,
    PROMPT_HELP,
    entry_help,
    known_ids,
    shown_keys,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from textual.app import ComposeResult
    from textual.content import Content

    Row: TypeAlias = tuple[str, str]
    Group: TypeAlias = tuple[str, Sequence[Row]]

MAX_COLUMNS = 3
_FRAME = 4
"""Rows of the border, the input, and the one below it."""
_WIDEST, _SIDES = 132, 4
"""Cells of the box at most, and those of its border, its padding and the scroll bar."""
_SPACE = 2
"""Cells between two columns."""


class HelpScreen(ModalScreen[None]):
    """What every key does, those of the place one came from first."""

    BINDINGS: ClassVar[list[BindingType]] = [
        # With priority: the input has keys of the same names.
        Binding("escape,f1", "dismiss", "close", priority=True),
        Binding("down", "scroll(1)", show=False, priority=True),
        Binding("up", "scroll(-1)", show=False, priority=True),
        Binding("pagedown,ctrl+d", "scroll_page(1)", show=False, priority=True),
        Binding("pageup,ctrl+u", "scroll_page(-1)", show=False, priority=True),
        Binding("home", "scroll(-9999)", show=False, priority=True),
        Binding("end", "scroll(9999)", show=False, priority=True),
        Binding("ctrl+p", "app.command_palette", show=False, priority=True),
    ]

    def __init__(
        self,
        keymap: Mapping[str, str],
        *,
        topic: str = "",
        here: Sequence[Row] = (),
        place: Sequence[Row] = (),
    ) -> None:
        """Show the keys.

        `topic` is the group to begin with, `here` has the keys of what has the focus, and
        `place` what leads somebody else to the same place.
        """
        super().__init__()
        self._groups = help_groups(keymap, topic, here)
        self._place = [(name, label(words, 2_000)) for name, words in place]

    def compose(self) -> ComposeResult:
        """Compose the input and the page."""
        with Vertical(id="help-box"):
            yield Input(placeholder="type to narrow", id="help-input", compact=True)
            with VerticalScroll(id="help"):
                yield Static("", id="help-text", markup=False)

    def on_mount(self) -> None:
        """Focus the input."""
        box = self.query_one("#help-box")
        box.border_title = f"logview {__version__} · the terminal log viewer for Apify"
        box.border_subtitle = "↑ ↓ scroll · ^P commands · esc close"
        self.query_one("#help").can_focus = False
        self.set_focus(self.query_one(Input))
        self._lay_out()  # at once, so that the first frame has it

    def on_resize(self) -> None:
        """Lay the columns out in another width."""
        self.query_one("#help").styles.max_height = max(1, self.app.size.height - _FRAME)
        self._lay_out()

    @on(Input.Changed)
    def _typed(self, message: Input.Changed) -> None:
        if message.value in ("?", "q"):  # what opened it, and what closes elsewhere
            self.dismiss(None)
            return
        self._lay_out()
        self.query_one("#help").scroll_home(animate=False)

    def _lay_out(self) -> None:
        width = min(self.app.size.width, _WIDEST) - _SIDES
        text = self.query_one(Input).value.strip()
        content = help_content(self._groups, width, text, self._place)
        self.query_one("#help-text", Static).update(content)

    def action_scroll(self, rows: int) -> None:
        """Scroll by rows."""
        self.query_one("#help").scroll_relative(y=rows, animate=False)

    def action_scroll_page(self, pages: int) -> None:
        """Scroll by pages."""
        page = self.query_one("#help")
        page.scroll_relative(y=pages * max(1, page.size.height - 1), animate=False)


def help_groups(
    keymap: Mapping[str, str], topic: str = "", here: Sequence[Row] = ()
) -> list[Group]:
    """Return all groups of keys, those of a topic first.

    Topics are `log`, `entry`, `digest`, `patterns`, `details` and `open`.
    """
    topics: dict[str, list[Group]] = {
        "log": [
            *(
                (group, [(shown_keys(key, keymap), key.does) for key in keys])
                for group, keys in LOG_KEYS.items()
            ),
            ("Typing a search or filter", PROMPT_HELP),
        ],
        "entry": [("In an entry", entry_help(keymap))],
        "digest": [
            ("In the digest", [(shown_keys(key, keymap), key.does) for key in DIGEST_KEYS[:5]])
        ],
        "patterns": [
            ("In the patterns", [(shown_keys(key, keymap), key.does) for key in PATTERN_KEYS[:7]])
        ],
        "details": [
            (
                "In a run's details",
                [(shown_keys(key, keymap), key.does) for key in DETAIL_KEYS[:6]],
            )
        ],
        "open": [("Open screen", OPEN_HELP)],
    }
    first = topics.pop(topic, [])
    everywhere: Group = (
        "Everywhere",
        [(shown_keys(key, keymap), key.does) for key in APP_KEYS],
    )
    groups = [*first, *(group for rest in topics.values() for group in rest)]
    groups[len(first) : len(first)] = [everywhere]
    groups.append(("Mouse", MOUSE_HELP))
    return [("Here", here), *groups] if here else groups


def help_content(
    groups: Sequence[Group], width: int, text: str = "", place: Sequence[Row] = ()
) -> Content:
    """Lay groups out in as many columns as there is room for.

    With `text` only what has all its words, in keys, words or the group's name, is shown.
    """
    words = text.lower().split()

    def narrowed(rows: Sequence[Row], title: str = "") -> list[Row]:
        return [
            row for row in rows if all(word in f"{title} {' '.join(row)}".lower() for word in words)
        ]

    shown = [(title, narrowed(rows, title)) for title, rows in groups]
    shown = [(title, rows) for title, rows in shown if rows]
    keys = max((cell_len(row[0]) for _, rows in groups for row in rows), default=0) + 1
    does = max((cell_len(row[1]) for _, rows in groups for row in rows), default=0)
    cells = keys + does
    count = max(1, min(MAX_COLUMNS, (width + _SPACE) // (cells + _SPACE)))
    columns = _columns(shown, count)
    laid_out = [_column(column, keys, cells) for column in columns]
    height = max(map(len, laid_out), default=0)
    content = make_content()
    for number in range(height):
        for at, column in enumerate(laid_out):
            row = column[number] if number < len(column) else make_content()
            space = max(0, cells - row.cell_length) + _SPACE if at + 1 < len(laid_out) else 0
            content += row + make_content(" " * space)
        content += make_content("\n")
    names = [name for name in sorted(known_ids()) if all(word in name for word in words)]
    if not shown and not names:
        return make_content("Nothing matches", "$muted")
    if names:
        content += make_content("\nNames of actions, for [keys] in config.toml\n", _TITLE)
        content += make_content(", ".join(names), "$muted")
    if place and not words:
        content += make_content("\n\nTo show somebody else this place (^P copies them)", _TITLE)
        for name, value in place:
            content += join_content("\n", (f"{name:<{keys}} ", "bold"), value)
    return content


_TITLE = "bold $text-primary"


def _columns(groups: Sequence[Group], count: int) -> list[list[Group]]:
    """Distribute groups over at most so many columns, in order and about equally high."""
    heights = [len(rows) + 2 for _, rows in groups]
    for most in range(max(heights, default=0), sum(heights) + 1):
        columns: list[list[Group]] = [[]]
        filled = 0
        for group, height in zip(groups, heights, strict=True):
            if filled + height > most:
                columns.append([])
                filled = 0
            columns[-1].append(group)
            filled += height
        if len(columns) <= count:
            return columns
    return [list(groups)]


def _column(groups: Sequence[Group], keys: int, cells: int) -> list[Content]:
    """Return the rows of a column; its words are wrapped nowhere, and cut at its width."""
    rows: list[Content] = []
    for title, entries in groups:
        if rows:
            rows.append(make_content())
        rows.append(make_content(title, _TITLE))
        for shown, does in entries:
            row = join_content((f"{shown:<{keys}}", "bold"), does)
            rows.append(row.truncate(cells, ellipsis=True) if row.cell_length > cells else row)
    return rows
