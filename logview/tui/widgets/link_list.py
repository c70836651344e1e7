"""TUI: the list of links (`O`): shown whole before one is opened."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from logview.links.console import LONGEST, deceptive_host
from logview.text.sanitize import label
from logview.tui.content import make_content
from logview.tui.widgets.key_bar import KeyHint

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from textual.content import Content


class LinkList(OptionList):
    """Links, one a row, over the last rows of the log."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("j", "cursor_down", show=False),
        Binding("k", "cursor_up", show=False),
        Binding("y,c", "do('copy')", "copy"),
        Binding("escape,O,q", "do('close')", "close"),
    ]

    hints = (
        KeyHint("↵", "open", "focused.select"),
        KeyHint("y", "copy", "focused.do('copy')"),
        KeyHint("esc", "close", "focused.do('close')"),
    )
    """What the footer shows while the list has the focus."""

    class Chosen(Message):
        """An action was chosen for a link."""

        def __init__(self, what: str, link: str) -> None:
            super().__init__()
            self.what = what
            self.link = link

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id, markup=False)
        self.display = False
        self._links: list[str] = []

    def show_links(self, links: Sequence[str], as_shown: Callable[[str], str] = str) -> None:
        """Show these links; `as_shown` returns what is drawn of one, which may mask a secret."""
        self._links = list(links)
        self.border_title = f"Links · {len(links):,}"
        self.clear_options()
        self.add_options([Option(_shown(link, as_shown(link))) for link in links])
        self.highlighted = 0 if links else None

    def action_do(self, what: str) -> None:
        """Post an action for the link under the cursor."""
        if what == "close" or self.highlighted is None:
            self.post_message(self.Chosen("close", ""))
        else:
            self.post_message(self.Chosen(what, self._links[self.highlighted]))

    @on(OptionList.OptionSelected)
    def _chosen(self, message: OptionList.OptionSelected) -> None:
        message.stop()
        self.post_message(self.Chosen("open", self._links[message.option_index]))


def _shown(link: str, drawn: str) -> Content:
    content = make_content(label(drawn, LONGEST))
    host = deceptive_host(link)
    if host:
        content += make_content(f"  goes to {label(host)}", "bold $text-warning")
    return content
