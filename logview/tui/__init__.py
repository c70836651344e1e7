"""TUI: Textual. Screens wire, widgets draw, workers post messages."""
