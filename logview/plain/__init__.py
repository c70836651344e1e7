"""Plain mode: the events of a source as text on stdout or in a file."""
