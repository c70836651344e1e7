"""TUI: the overlay: what opens at the bottom of the log, over its last rows.

While following, the log ends above it; else it moves no text.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from textual.message import Message
from textual.widget import Widget

from logview.tui.widgets.banner import Banner
from logview.tui.widgets.toast import NoticeBar

if TYPE_CHECKING:
    from collections.abc import Callable

    from logview.sources.events import Problem

_W = TypeVar("_W", bound=Widget)


class Body(Widget):
    """What is between header and status line: the log, and what opens over it."""


class Overlay(Widget):
    """A stack at the bottom of the log that is as high as what is open in it.

    Owns which panel is open: one at a time, mounted when it is opened first, so that the
    first line of the log shows sooner. A notice may stand above it, and a banner below.
    """

    class Sized(Message):
        """The overlay covers this many rows now."""

        def __init__(self, rows: int, note_rows: int = 0) -> None:
            super().__init__()
            self.rows = rows
            self.note_rows = note_rows
            """How many of them are a note, which goes by itself; they are the upper ones."""

    def __init__(
        self,
        *,
        need_styles: Callable[[str], None],
        focus: Callable[[Widget | None], None],
        id: str | None = None,
    ) -> None:
        """`need_styles` reads a style file; `focus` focuses a widget, or the log with None."""
        super().__init__(id=id)
        self._need_styles = need_styles
        self._focus = focus
        self._panel: Widget | None = None
        self._toast: NoticeBar | None = None
        self._banner: Banner | None = None
        self._cancel: Callable[[], None] | None = None

    async def mounted(self, kind: type[_W], make: Callable[[], _W], style: str) -> _W:
        """Return the one panel of a kind; made, styled and mounted where it is not there yet."""
        for child in self.children:
            if isinstance(child, kind):
                return child
        self._need_styles(style)
        panel = make()
        panel.display = False
        if self._toast is None:
            await self.mount(panel, before=0)
        else:
            await self.mount(panel, after=self._toast)
        return panel

    def show_note(self, text: str) -> None:
        """Show a receipt or a notice above all that is open, for some seconds."""
        if self._toast is None:
            if not text:
                return
            self._need_styles("toast")
            self._toast = NoticeBar(id="toast")
            if self.children:
                self.mount(self._toast, before=0)
            else:
                self.mount(self._toast)
        self._toast.show(text)

    def show_problem(self, problem: Problem | None, when: str, *, ongoing: bool) -> None:
        """Show a problem below all that is open, or nothing: see `Banner.show_problem`."""
        if self._banner is None:
            if problem is None:
                return
            self._need_styles("banner")
            self._banner = Banner(id="banner")
            self.mount(self._banner)
        self._banner.show_problem(problem, when, ongoing=ongoing)

    @property
    def panel(self) -> Widget | None:
        """The panel that is open."""
        return self._panel

    def show(
        self,
        panel: Widget,
        focused: Widget | None = None,
        *,
        cancel: Callable[[], None] | None = None,
    ) -> None:
        """Open a mounted panel and focus it, or the part of it that is given, at once.

        `cancel` is called when it is closed by anything but `hide`. It is no message: what
        closes it may open the next one, and takes the log as the first one leaves it.
        """
        self.close()
        self._panel, self._cancel = panel, cancel
        panel.display = True
        self._focus(focused or panel)

    def hide(self) -> bool:
        """Close the open panel, which has done what it was opened for; False where none is open."""
        panel, self._panel, self._cancel = self._panel, None, None
        if panel is None:
            return False
        panel.display = False
        self._focus(None)
        return True

    def close(self) -> bool:
        """Cancel the open panel; return False where none is open."""
        cancel = self._cancel
        if self._panel is None:
            return False
        self._cancel = None
        if cancel is not None:
            cancel()
        return self.hide()

    def report_after_layout(self) -> None:
        """Report how many rows are covered once what was opened or closed is laid out.

        Textual reports no resize where a notice takes the row of a panel that was closed.
        """
        self.call_after_refresh(self.on_resize)

    def on_resize(self) -> None:
        """Report how many rows are covered."""
        is_covering = any(child.display for child in self.children)
        toast = self._toast
        note_rows = toast.size.height if toast is not None and toast.display else 0
        rows = self.size.height if is_covering else 0
        self.post_message(self.Sized(rows, min(rows, note_rows)))

    def on_hide(self) -> None:
        """Report that nothing is covered."""
        self.post_message(self.Sized(0))
