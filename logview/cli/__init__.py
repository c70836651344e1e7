"""Command line: options, what can't be combined, and screen or plain text."""
