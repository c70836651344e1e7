"""TUI: the widgets."""
