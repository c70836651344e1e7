"""Configuration: token, API address, theme and keys, and what the app remembers."""
