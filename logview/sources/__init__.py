"""Sources: how bytes arrive and go on arriving (retry, resume, tail)."""
