"""TUI: moving in the log, and how it is shown: what single keys do."""

from __future__ import annotations

from logview.tui.screens.log_prompts import LogPrompts


class LogMoves(LogPrompts):
    """The part of the log screen that moves the reader."""

    def action_move(self, rows: int) -> None:
        """Move the cursor line."""
        self.drop_pending()
        self.pane.viewport.move(rows)
        self.pane.redraw()

    def action_page(self, pages: int) -> None:
        """Move by pages."""
        self.drop_pending()
        self.pane.viewport.page(pages)
        self.pane.redraw()

    def action_half_page(self, halves: int) -> None:
        """Move by half pages."""
        self.drop_pending()
        self.pane.viewport.page(halves / 2)
        self.pane.redraw()

    def action_top(self) -> None:
        """Go to the first line."""
        self.drop_pending()
        self.when_indexed(self._to_top)

    def _to_top(self) -> None:
        self.pane.viewport.to_top()
        self.pane.redraw()

    def action_bottom(self) -> None:
        """Go to the last line and follow."""
        self.drop_pending()
        self.pane.viewport.to_end()
        self.pane.redraw()

    def action_follow(self) -> None:
        """Follow, or not."""
        self.drop_pending()
        viewport = self.pane.viewport
        if viewport.follow:
            viewport.stop_following()
        else:
            viewport.to_end()
        self.pane.redraw()
        self.note("following" if viewport.follow else "not following: G goes to the end")

    def action_sideways(self, steps: int) -> None:
        """Scroll to the side."""
        self.pane.scroll_sideways(steps)

    def action_wrap(self) -> None:
        """Wrap long lines, or not."""
        viewport = self.pane.viewport
        viewport.set_wrap(not viewport.wrap)
        self.pane.redraw()
        self.note("long lines are wrapped" if viewport.wrap else "long lines are not wrapped")

    def action_line_numbers(self) -> None:
        """Show or hide line numbers."""
        self.pane.show_numbers = not self.pane.show_numbers
        self.pane.update_layout()
