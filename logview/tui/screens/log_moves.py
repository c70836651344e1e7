"""TUI: moving in the log, and how it is shown: what single keys do."""

from __future__ import annotations

from logview.tui.screens.log_prompts import LogPrompts


class LogMoves(LogPrompts):
    """The part of the log screen that moves the reader."""

    def action_move(self, rows: int) -> None:
        """Move the cursor line."""
        self.drop_pending()
        self.pane.port.move(rows)
        self.pane.redraw()

    def action_page(self, pages: int) -> None:
        """Move by pages."""
        self.drop_pending()
        self.pane.port.page(pages)
        self.pane.redraw()

    def action_half_page(self, halves: int) -> None:
        """Move by half pages."""
        self.drop_pending()
        self.pane.port.page(halves / 2)
        self.pane.redraw()

    def action_top(self) -> None:
        """Go to the first line."""
        self.drop_pending()
        self.when_indexed(self._to_top)

    def _to_top(self) -> None:
        self.pane.port.to_top()
        self.pane.redraw()

    def action_bottom(self) -> None:
        """Go to the last line and follow."""
        self.drop_pending()
        self.pane.port.to_end()
        self.pane.redraw()

    def action_follow(self) -> None:
        """Follow, or not."""
        self.drop_pending()
        port = self.pane.port
        if port.follow:
            port.stop_following()
        else:
            port.to_end()
        self.pane.redraw()
        self.note("following" if port.follow else "not following: G goes to the end")

    def action_sideways(self, steps: int) -> None:
        """Scroll to the side."""
        self.pane.sideways(steps)

    def action_wrap(self) -> None:
        """Wrap long lines, or not."""
        port = self.pane.port
        port.set_wrap(not port.wrap)
        self.pane.redraw()
        self.note("long lines are wrapped" if port.wrap else "long lines are not wrapped")

    def action_line_numbers(self) -> None:
        """Show or hide line numbers."""
        self.pane.numbers = not self.pane.numbers
        self.pane.relaid()
