"""TUI: the prompt for a search, a filter or a location: an input, its counter, its switches."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Literal, TypeAlias

from textual import events, on
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.message import Message
from textual.widgets import Input, Static

from logview.log.search.pattern import MAX_PATTERN, Query
from logview.tui.content import make_content
from logview.tui.textual_internals import run_bindings
from logview.tui.widgets.key_bar import KeyHint
from logview.tui.widgets.key_gate import KeyGate

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.app import ComposeResult

Kind: TypeAlias = Literal["search", "filter", "goto"]

_SIGNS: dict[Kind, str] = {"search": "/", "filter": "&", "goto": ":"}
_HINTS: dict[Kind, str] = {
    "search": "search the lines shown",
    "filter": "include lines that match; ! excludes them",
    "goto": "1234, 50%, 06:12 or -5m",
}

_CANCEL = KeyHint("esc", "cancel", "focused.prompt('cancel')")
_PATTERN_KEYS = (
    KeyHint("^R", "regex", "focused.prompt('regex')"),
    KeyHint("^T", "case", "focused.prompt('case')"),
    KeyHint("↑", "history", "focused.prompt('older')"),
)
_KEYS: dict[Kind, tuple[KeyHint, ...]] = {
    "search": (
        KeyHint("↵", "accept", "focused.submit"),
        KeyHint("esc", "cancel", "focused.prompt('cancel')"),
        *_PATTERN_KEYS,
    ),
    "filter": (KeyHint("↵", "filter", "focused.submit"), _CANCEL, *_PATTERN_KEYS),
    "goto": (KeyHint("↵", "go", "focused.submit"), _CANCEL),
}


class PromptInput(Input, KeyGate):
    """The input of a prompt; posts the keys that the prompt handles."""

    hints: tuple[KeyHint, ...] = ()
    """What the footer shows while one types here."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+r", "prompt('regex')", show=False),
        Binding("ctrl+t", "prompt('case')", show=False),
        Binding("up", "prompt('older')", show=False),
        Binding("down", "prompt('newer')", show=False),
    ]

    class KeyPressed(Message):
        """A key that the prompt handles was pressed."""

        def __init__(self, what: str) -> None:
            super().__init__()
            self.what = what

    def __init__(self) -> None:
        super().__init__(compact=True, max_length=MAX_PATTERN + 1, select_on_focus=False)
        self.typed: Callable[[], None] | None = None
        """Called when something else is typed: at once, so that what it changes is painted with it,
        in one frame."""
        self.accepting = ""
        """Characters that accept what is typed, as Enter does; they stay in it."""

    @property
    def content_width(self) -> int:
        """The cells of the text; no fewer than the widget has.

        With a width that follows each character, Textual would lay the whole screen out for it.
        """
        return max(super().content_width, self.content_size.width)

    def watch_value(self) -> None:
        """Report that something else is typed."""
        if self.typed is not None:
            self.typed()

    def is_closed_by(self, event: events.Key) -> bool:
        """Whether a key is Enter, esc or a character that stands for Enter."""
        return event.key in ("enter", "escape") or self._accepts(event)

    def _accepts(self, event: events.Key) -> bool:
        return bool(event.character) and str(event.character) in self.accepting

    async def on_key(self, event: events.Key) -> None:
        """Run the keys' bindings at once, so that keys keep their order."""
        if self.is_closed_by(event):
            if self._accepts(event):
                self.insert_text_at_cursor(str(event.character))
            self.post_message(self.KeyPressed("cancel" if event.key == "escape" else "accept"))
        elif not await run_bindings(self, event):
            return
        event.stop()
        event.prevent_default()

    def action_prompt(self, what: str) -> None:
        """Post a key to the prompt."""
        self.post_message(self.KeyPressed(what))


class WordSwitch(Static):
    """A switch in words: clicked, or by its key."""

    ALLOW_SELECT = False

    class Clicked(Message):
        """The switch was clicked."""

        def __init__(self, name: str) -> None:
            super().__init__()
            self.switch = name

    def __init__(self, name: str) -> None:
        super().__init__(make_content(f"[{name}]"), classes="switch", markup=False)
        self._switch = name

    def on_click(self, event: events.Click) -> None:
        """Report the click."""
        event.stop()
        self.post_message(self.Clicked(self._switch))


class Prompt(Vertical):
    """A row to type in, and a row below it for what is wrong."""

    class Accepted(Message):
        """Enter, or a key that stands for it."""

        def __init__(self, prompt: Prompt) -> None:
            super().__init__()
            self.prompt = prompt
            self.kind = prompt.kind
            self.query = prompt.query_now

    class Cancelled(Message):
        """The prompt was left without accepting."""

        def __init__(self, prompt: Prompt) -> None:
            super().__init__()
            self.prompt = prompt

    def __init__(self, changed: Callable[[], None], *, id: str | None = None) -> None:
        """`changed` is called at once when something else is typed or switched."""
        super().__init__(id=id)
        self._changed = changed
        self.kind: Kind = "search"
        self.regex = False
        self.case: bool | None = None
        self._modes: dict[Kind, tuple[bool, bool | None]] = {}
        """The switches of each kind, as they were last set."""
        self.history: dict[Kind, list[str]] = {"search": [], "filter": [], "goto": []}
        self._back = 0
        self._draft = ""
        self._counter = ""
        self._error = ""
        self.display = False

    def compose(self) -> ComposeResult:
        """Compose the row."""
        with Horizontal(classes="prompt-row"):
            yield Static("/", classes="prompt-sign", markup=False)
            yield PromptInput()
            yield Static("", classes="prompt-count", markup=False)
            yield WordSwitch("regex")
            yield WordSwitch("case")
        yield Static("", classes="prompt-error", markup=False)

    @property
    def query_now(self) -> Query:
        """What is typed and switched now."""
        return Query(self.input.value, self.regex, self.case)

    @property
    def input(self) -> PromptInput:
        """Where one types."""
        return self.query_one(PromptInput)

    def open(self, kind: Kind, text: str = "", query: Query | None = None) -> None:
        """Show the prompt, not yet focused."""
        self.kind = kind
        self.input.accepting = "Gg%" if kind == "goto" else ""
        self.regex, self.case = self._modes.get(kind, (False, None))
        if query is not None:
            text, self.regex, self.case = query.text, query.regex, query.case
        self._back = 0
        self.query_one(".prompt-sign", Static).update(_SIGNS[kind])
        self.input.placeholder = _HINTS[kind]
        self.input.hints = _KEYS[kind]
        self.input.typed = None
        self.input.value = text
        self.input.typed = self._changed
        self.input.cursor_position = len(text)
        self.show_counter("")
        self.show_error("")
        self.set_class(kind == "goto", "-goto")
        self._show_switches()
        self.display = True
        if text:
            self._changed()

    def show_counter(self, text: str) -> None:
        """Show a counter to the right of the input."""
        if text != self._counter:
            counter = self.query_one(".prompt-count", Static)
            if bool(text) != bool(self._counter):
                counter.display = bool(text)  # without one, the input's hint has its cells
            self._counter = text
            # Its width is fixed: a counter that grows must not lay the screen out anew.
            counter.update(make_content(text), layout=False)

    def show_error(self, text: str) -> None:
        """Show under the input what is wrong with it; an empty text takes it away."""
        if text != self._error:
            self._error = text
            widget = self.query_one(".prompt-error", Static)
            widget.update(make_content(text))
            widget.display = bool(text)

    def _show_switches(self) -> None:
        for switch, on_ in zip(self.query(WordSwitch), (self.regex, bool(self.case)), strict=False):
            switch.set_class(on_, "-on")

    def remember(self, text: str) -> None:
        """Append what was accepted to the history."""
        past = self.history[self.kind]
        if text in past:
            past.remove(text)
        past.append(text)
        del past[:-50]

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self.post_message(self.Accepted(self))

    @on(WordSwitch.Clicked)
    def _switch_clicked(self, event: WordSwitch.Clicked) -> None:
        event.stop()
        self._handle(event.switch)

    @on(PromptInput.KeyPressed)
    def _key_pressed(self, event: PromptInput.KeyPressed) -> None:
        event.stop()
        self._handle(event.what)

    def _handle(self, what: str) -> None:
        if what == "accept":
            self.post_message(self.Accepted(self))
        elif what == "cancel":
            self.post_message(self.Cancelled(self))
        elif what in ("older", "newer"):
            self._recall(1 if what == "older" else -1)
        elif self.kind != "goto":
            if what == "regex":
                self.regex = not self.regex
            else:
                self.case = None if self.case else True
            self._modes[self.kind] = self.regex, self.case
            self._show_switches()
            self._changed()

    def _recall(self, step: int) -> None:
        past = self.history[self.kind]
        if self._back == 0:
            self._draft = self.input.value
        self._back = max(0, min(self._back + step, len(past)))
        self.input.value = past[-self._back] if self._back else self._draft
        self.input.cursor_position = len(self.input.value)
