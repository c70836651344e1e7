"""Secrets: the token's type, what a secret looks like, and masking."""
