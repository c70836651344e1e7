"""logview: the terminal log viewer for Apify runs and builds."""

__version__ = "0.1.0"
"""The version, a literal: reading it with importlib.metadata costs half of `--version`'s time."""
