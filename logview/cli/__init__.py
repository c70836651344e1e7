"""Command line: options, what can't be combined, and the choice of screen or plain text."""
