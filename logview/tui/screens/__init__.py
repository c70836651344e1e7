"""TUI: the screens."""
