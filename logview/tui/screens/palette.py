"""TUI: the palette: a list of commands, or of themes, that narrows as one types."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.fuzzy import Matcher
from textual.screen import ModalScreen
from textual.style import Style
from textual.widgets import Input, OptionList
from textual.widgets.option_list import Option

from logview.tui.commands import Command, in_groups
from logview.tui.content import join_content, make_content

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from textual.app import ComposeResult
    from textual.content import Content

_FRAME = 6
"""Rows of the border, the input, the one below it, and above and below all."""

_WIDEST, _WIDEST_PREVIEW, _SIDES = 72, 32, 9
"""Cells of the box at most, and those beside the text: border, padding, scroll bar."""

_MATCHED = Style(bold=True, underline=True)


class PaletteScreen(ModalScreen[Command | None]):
    """Returns the command that was chosen; None where none was.

    While nothing is typed the commands stand in their groups, else those that match stand in
    the order of how well they do.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        # With priority: the input has keys of the same names.
        Binding("escape,ctrl+p", "dismiss", "close", priority=True),
        Binding("enter", "choose", "choose", priority=True),
        Binding("down,ctrl+n", "list('cursor_down')", show=False, priority=True),
        Binding("up", "list('cursor_up')", show=False, priority=True),
        Binding("pagedown", "list('page_down')", show=False, priority=True),
        Binding("pageup", "list('page_up')", show=False, priority=True),
        Binding("ctrl+home", "list('first')", show=False, priority=True),
        Binding("ctrl+end", "list('last')", show=False, priority=True),
        Binding("f1", "app.help", show=False, priority=True),
    ]

    def __init__(
        self,
        title: str,
        commands: Sequence[Command],
        *,
        current: int = 0,
        preview: Callable[[Command], None] | None = None,
    ) -> None:
        """List commands, the one of index `current` chosen; `preview` shows the chosen one."""
        super().__init__()
        self._title = title
        self._commands = [one for group in in_groups(commands).values() for one in group]
        self._first = commands[current] if commands else None
        self._preview = preview
        self._shown: list[Command | None] = []

    def compose(self) -> ComposeResult:
        """Compose the input and the list."""
        with Vertical(id="palette"):
            yield Input(placeholder="type to narrow", id="palette-input", compact=True)
            yield OptionList(id="palette-list", markup=False)

    def on_mount(self) -> None:
        """Show everything, and focus the input."""
        box = self.query_one("#palette")
        box.border_title = self._title
        box.border_subtitle = "enter run · esc close" if self._preview is None else "esc cancel"
        self.set_class(self._preview is not None, "-preview")
        self.query_one(OptionList).can_focus = False
        self.set_focus(self.query_one(Input))
        self._lay_out()  # at once, so that the first frame has it

    def on_resize(self) -> None:
        """Lay the rows out in another width."""
        self.query_one(OptionList).styles.max_height = max(1, self.app.size.height - _FRAME)
        self._lay_out()

    @on(Input.Changed)
    def _typed(self) -> None:
        if self._shown:
            self._first = None
        self._lay_out()

    def _lay_out(self) -> None:
        options = self.query_one(OptionList)
        widest = _WIDEST if self._preview is None else _WIDEST_PREVIEW
        width = max(10, min(self.app.size.width, widest) - _SIDES)
        text = self.query_one(Input).value.strip()
        rows: list[tuple[Content, Command | None]] = []
        if text:
            matcher = Matcher(text, match_style=_MATCHED)
            scored = [(matcher.match(one.words), one) for one in self._commands]
            scored.sort(key=lambda pair: -pair[0])  # stable: the most useful first
            rows = [
                (_row(matcher.highlight(self._words(one)), one.key, width), one)
                for score, one in scored
                if score > 0
            ]
        else:
            group = ""
            for one in self._commands:
                if one.group != group:
                    group = one.group
                    rows += [(make_content(), None)] if rows else []
                    rows.append((make_content(group, "bold $text-primary"), None))
                rows.append((_row(make_content(self._words(one)), one.key, width), one))
        if not rows:
            rows = [(make_content("Nothing matches", "$muted"), None)]
        self._shown = [command for _, command in rows]
        options.clear_options()
        options.add_options([Option(row, disabled=command is None) for row, command in rows])
        chosen = self._shown.index(self._first) if self._first in self._shown else None
        if chosen is None:
            chosen = next((at for at, one in enumerate(self._shown) if one is not None), None)
        options.highlighted = chosen
        if chosen is not None and not any(self._shown[:chosen]):
            self.call_after_refresh(options.scroll_home, animate=False)  # its heading is seen, too

    def _words(self, command: Command) -> str:
        """Return the words of a row: names, which can be previewed, are left as they are."""
        words = command.words
        return words[:1].upper() + words[1:] if self._preview is None else words

    async def action_list(self, move: str) -> None:
        """Move in the list."""
        await self.query_one(OptionList).run_action(move)

    @on(OptionList.OptionHighlighted)
    def _highlighted(self, message: OptionList.OptionHighlighted) -> None:
        command = self._at(message.option_index)
        if command is not None and self._preview is not None:
            self._first = command
            self._preview(command)

    def _at(self, index: int | None) -> Command | None:
        known = index is not None and 0 <= index < len(self._shown)
        return self._shown[index] if known and index is not None else None

    def action_choose(self) -> None:
        """Close, and have the chosen command done."""
        command = self._at(self.query_one(OptionList).highlighted)
        if command is not None:
            self.dismiss(command)

    @on(OptionList.OptionSelected)
    def _clicked(self, message: OptionList.OptionSelected) -> None:
        message.stop()
        self.action_choose()

    def on_click(self) -> None:
        """Close by a click beside it."""
        if self.query_one("#palette").is_mouse_over is False:
            self.dismiss(None)


def _row(words: Content, key: str, width: int) -> Content:
    """Return the row of a command, its key at the right."""
    space = " " * max(2, width - words.cell_length - len(key))
    return join_content(words, space, (key, "$muted")) if key else words
