"""TUI: the log screen, composed of objects that each own one thing."""
