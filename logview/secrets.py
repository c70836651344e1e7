"""Secrets: a stand-in with the interface of the room that masks what leaves the program."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from logview.redact import Token


class Masker:
    """Masks secrets, numbered by first appearance."""

    def __init__(self, token: Token | None = None, *, enabled: bool = True) -> None:
        self._enabled = enabled
        self._seen: dict[str, int] = {}
        self._count = 0
        own = [re.escape(token.reveal())] if token else []
        self._pattern = re.compile("|".join([*own, r"apify_api_[A-Za-z0-9]{30,}"]))

    def _mask(self, found: re.Match[str]) -> str:
        self._count += 1
        return f"‹token {self._seen.setdefault(found[0], len(self._seen) + 1)}›"

    def line(self, text: str) -> str:
        """One line of visible text, masked."""
        return self._pattern.sub(self._mask, text) if self._enabled else text

    def raw_line(self, data: bytes, text: str) -> bytes:
        """One line's bytes where its visible text holds no secret, else that text masked."""
        masked = self.line(text)
        return data if masked == text else masked.encode()

    def text(self, text: str) -> str:
        """Lines of visible text, masked."""
        return "\n".join(self.line(line) for line in text.split("\n"))

    @property
    def count(self) -> int:
        """How many were masked."""
        return self._count

    def words(self) -> str:
        """Say how many: empty for none."""
        return f"{self._count} secret{'s' * (self._count != 1)} masked" if self._count else ""
