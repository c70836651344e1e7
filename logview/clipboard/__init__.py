"""Clipboard: copy a text by the means that this machine offers."""
