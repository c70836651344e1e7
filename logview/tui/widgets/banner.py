"""TUI: the error banner: cause, meaning and remedy. It never takes the focus."""

from __future__ import annotations

from textwrap import wrap
from typing import TYPE_CHECKING

from rich.cells import cell_len
from textual.containers import Horizontal
from textual.widgets import Static

from logview.text.sanitize import label
from logview.tui.content import make_content

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.content import Content

    from logview.sources.events import Problem


class Banner(Horizontal):
    """What went wrong, over the last rows of the log."""

    ALLOW_SELECT = False
    can_focus = False

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._words = Static("", classes="banner-words", markup=False)
        self._drawn = ""
        self.display = False

    def compose(self) -> ComposeResult:
        """Compose the mark, in the gutter's column, and the words."""
        yield Static("!", classes="banner-mark", markup=False)
        yield self._words

    def show_problem(
        self, problem: Problem | None, when: str = "", *, ongoing: bool = False
    ) -> None:
        """Show a problem, or nothing. `when` is what happens next and which key does it now.

        With `ongoing` it goes on by itself: then the banner is amber, else red.
        """
        self.set_class(ongoing, "-ongoing")
        if problem is None:
            self.display = False
            self._drawn = ""
            return
        content = problem_content(problem, when, self.app.size.width - 4)
        if content.plain != self._drawn:
            self._drawn = content.plain
            self._words.update(content)
        self.display = True


def problem_content(problem: Problem, when: str = "", width: int = 0) -> Content:
    """Return the content of a banner `width` cells wide, its texts sanitized."""
    content = make_content(_sentence(problem.cause), "bold")
    if when:
        hint = make_content(when).highlight_regex(r"\br\b", style="bold $text-primary")
        last_row = wrap(content.plain, width)[-1] if width > 0 else ""
        has_space = cell_len(last_row) + hint.cell_length < width
        content += make_content(" " if has_space else "\n") + hint
    words = f"{_sentence(problem.meaning)} {label(problem.remedy, 400)}".strip()
    if words:
        content += make_content(f"\n{words}", "$muted")
    return content


def _sentence(text: str) -> str:
    text = label(text, 400)
    return text if not text or text.endswith((".", "!", "?")) else f"{text}."
