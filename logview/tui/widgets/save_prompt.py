"""TUI: the prompt for a file to save to: its name, what is saved, and how."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Literal, TypeAlias

from textual import on
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.message import Message
from textual.widgets import Input, Static

from logview.tui.content import make_content
from logview.tui.widgets.key_bar import KeyHint
from logview.tui.widgets.prompt import PromptInput, WordSwitch

if TYPE_CHECKING:
    from collections.abc import Mapping

    from textual import events
    from textual.app import ComposeResult

Scope: TypeAlias = Literal["selection", "shown", "all", "download"]

_SCOPES: dict[Scope, tuple[str, str]] = {
    "selection": ("the selection", "selection"),
    "shown": ("what is shown", "shown"),
    "all": ("everything", "all"),
    "download": ("a fresh copy", "fresh copy"),
}
_RAW = {False: ("plain text", "plain"), True: ("with colours", "colours")}
_MASKED = {True: ("secrets masked", "masked"), False: ("secrets as they are", "unmasked")}
"""The words of the switches, and shorter ones for narrow terminals."""

WIDE = 64
"""Columns from which on the switches have their long words."""


class SaveInput(PromptInput, inherit_bindings=False):
    """Where the file is named."""

    BINDINGS: ClassVar[list[BindingType]] = [
        *Input.BINDINGS,
        Binding("ctrl+t", "prompt('scope')", show=False),
        Binding("ctrl+r", "prompt('raw')", show=False),
        Binding("ctrl+o", "prompt('masked')", show=False),
    ]

    hints = (
        KeyHint("↵", "save", "focused.submit"),
        KeyHint("esc", "cancel", "focused.prompt('cancel')"),
        KeyHint("^T", "what", "focused.prompt('scope')"),
        KeyHint("^R", "colours", "focused.prompt('raw')"),
        KeyHint("^O", "secrets", "focused.prompt('masked')"),
    )


class SavePrompt(Vertical):
    """A row for the name, one for the switches, one for what is wrong with the name."""

    class Accepted(Message):
        """Enter."""

        def __init__(self, prompt: SavePrompt) -> None:
            super().__init__()
            self.prompt = prompt

    class Cancelled(Message):
        """The prompt was cancelled."""

        def __init__(self, prompt: SavePrompt) -> None:
            super().__init__()
            self.prompt = prompt

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.raw = False
        """Whether colours and other codes stay."""
        self.masked = True
        """Whether secrets are masked."""
        self.name_offered = ""
        self.overwrite = ""
        """The path that was reported to exist already."""
        self._names: Mapping[Scope, str] = {"all": ""}
        self._scopes: tuple[Scope, ...] = ("all",)
        self._switches = [WordSwitch(name) for name in ("scope", "raw", "masked")]
        self.display = False

    def compose(self) -> ComposeResult:
        """Compose the rows."""
        with Horizontal(classes="prompt-row"):
            yield Static("save to ", classes="prompt-sign", markup=False)
            yield SaveInput()
        with Horizontal(classes="switch-row"):
            yield from self._switches
        yield Static("", classes="prompt-error", markup=False)

    def open(self, names: Mapping[Scope, str], *, masked: bool) -> None:
        """Offer what may be saved, the first of it chosen, each with its name."""
        self._names = names
        self._scopes = tuple(names)
        self.masked = masked
        self.name_offered = names[self.scope]
        self.overwrite = ""
        self.input.value = self.name_offered
        self.input.cursor_position = len(self.name_offered)
        self.show_error("")
        self._show()
        self.display = True

    def on_resize(self, event: events.Resize) -> None:
        """Shorten the words on narrow terminals."""
        event.stop()
        self._show()

    @property
    def input(self) -> SaveInput:
        """Where the name is typed."""
        return self.query_one(SaveInput)

    @property
    def scope(self) -> Scope:
        """What is to be saved."""
        return self._scopes[0]

    def _offer(self, name: str) -> None:
        """Offer another name, where the first was left as it is."""
        typed, self.name_offered = self.input.value, name
        if typed in self._names.values():
            self.input.value = name
            self.input.cursor_position = len(name)

    def show_error(self, text: str) -> None:
        """Show below the name what is wrong with it."""
        widget = self.query_one(".prompt-error", Static)
        widget.update(make_content(text))
        widget.display = bool(text)

    def _show(self) -> None:
        less = self.app.size.width < WIDE
        self.set_class(less, "-less")
        words = (_SCOPES[self.scope][less], _RAW[self.raw][less], _MASKED[self.masked][less])
        for switch, word, on_ in zip(
            self._switches, words, (False, self.raw, not self.masked), strict=True
        ):
            switch.update(make_content(f"[{word}]"))
            switch.set_class(on_, "-on")

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        event.stop()
        if self.overwrite and event.value != self.overwrite:
            self.overwrite = ""
            self.show_error("")

    @on(WordSwitch.Clicked)
    def _switch_clicked(self, event: WordSwitch.Clicked) -> None:
        event.stop()
        self._handle(event.switch)

    @on(PromptInput.KeyPressed)
    def _key_pressed(self, event: PromptInput.KeyPressed) -> None:
        event.stop()
        self._handle(event.what)

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self._handle("accept")

    def _handle(self, what: str) -> None:
        if what == "accept":
            self.post_message(self.Accepted(self))
        elif what == "cancel":
            self.post_message(self.Cancelled(self))
        elif what == "scope":
            self._scopes = (*self._scopes[1:], self._scopes[0])
            self._offer(self._names[self.scope])
            self._show()
        elif what == "raw":
            self.raw = not self.raw
            self._show()
        elif what == "masked":
            self.masked = not self.masked
            self._show()
