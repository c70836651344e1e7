"""The scroll bar, which counts rows of the view and is made of blanks only.

Whole cells in two background colours, no glyphs: the terminal's own selection
copies white space from it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from rich.segment import Segment
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

if TYPE_CHECKING:
    from rich.style import Style
    from textual import events


class LogScrollBar(Widget):
    """The position in the log, as a thumb on a track one cell wide."""

    ALLOW_SELECT = False
    COMPONENT_CLASSES: ClassVar[set[str]] = {"log-scroll-bar--thumb"}

    class Dragged(Message):
        """The thumb was dragged."""

        def __init__(self, fraction: float) -> None:
            super().__init__()
            self.fraction = fraction
            """0 for the top, 1 for the end."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._thumb = (0, 0)
        self._position = (0, 0, 0)
        self._grabbed: int | None = None
        self._styles: tuple[Style, Style] | None = None

    def update_position(self, top: int, shown: int, count: int) -> None:
        """Show a position: `shown` rows from row `top` on, of `count`."""
        self._position = (top, shown, count)
        thumb = self._compute_thumb()
        if thumb != self._thumb:
            self._thumb = thumb
            self.refresh()

    def _compute_thumb(self) -> tuple[int, int]:
        top, shown, count = self._position
        height = self.size.height
        if count <= shown or height <= 1:
            return (0, 0)
        length = max(1, height * shown // count)
        last = max(1, count - shown)
        start = round(min(top, last) * (height - length) / last)
        # Nearly the end differs from the end.
        if 0 < top < last and height - length > 1:
            start = max(1, min(start, height - length - 1))
        return (start, start + length)

    def on_resize(self) -> None:
        """Fit the thumb to another height."""
        self._thumb = self._compute_thumb()
        self.refresh()

    def render_line(self, y: int) -> Strip:
        """Draw one cell."""
        if self._styles is None:
            thumb = self.get_component_rich_style("log-scroll-bar--thumb", partial=True)
            self._styles = (self.rich_style, self.rich_style + thumb)
        style = self._styles[self._thumb[0] <= y < self._thumb[1]]
        return Strip([Segment(" " * self.size.width, style)], self.size.width)

    def notify_style_update(self) -> None:
        """Drop the styles of another theme."""
        self._styles = None
        super().notify_style_update()

    def on_mouse_down(self, event: events.MouseDown) -> None:
        """Grab the thumb; a press outside it moves it there first."""
        event.stop()
        start, end = self._thumb
        if start == end:
            return
        inside = start <= event.y < end
        self._grabbed = event.y - start if inside else (end - start) // 2
        self.capture_mouse()
        if not inside:
            self._drag(event.y)

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """Drag the thumb."""
        if self._grabbed is not None:
            event.stop()
            self._drag(event.y)

    def on_mouse_up(self, event: events.MouseUp) -> None:
        """Release the thumb."""
        event.stop()
        self._grabbed = None
        self.release_mouse()

    def _drag(self, y: int) -> None:
        start, end = self._thumb
        free = self.size.height - (end - start)
        if free > 0 and self._grabbed is not None:
            self.post_message(self.Dragged(max(0.0, min(1.0, (y - self._grabbed) / free))))
