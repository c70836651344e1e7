"""Saving: files that are written whole or not at all, and their names."""
