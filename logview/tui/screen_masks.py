"""TUI: secrets that are masked on the screen, where a setting asks for it.

Each character of a secret is drawn as a dot: what is selected, searched and
copied are the characters of the log, whatever is drawn for them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from logview.log.recent import Recent
from logview.secrets import Masker

if TYPE_CHECKING:
    from logview.log.document import LogDocument
    from logview.redact import Token

Spans: TypeAlias = "tuple[tuple[int, int], ...]"


class ScreenMasks:
    """Where the secrets of the lines on the screen are, found page by page."""

    def __init__(self, document: LogDocument, token: Token | None) -> None:
        self._document = document
        self._token = token
        self._pages: Recent[tuple[int, dict[int, Spans]]] = Recent()

    def spans(self, line: int) -> Spans:
        """Give the stretches of a line's visible text that are secrets."""
        document = self._document
        number = document.page_of(line)
        version = document.version if number >= document.sealed_end else -1
        known = self._pages.recall(number)
        if known is None or known[0] != version:
            text = document.page_text(number)
            # From the page's beginning on: a private key may have begun a few lines above.
            found = Masker(self._token).spans(text)
            spans = {row: tuple(stretches) for row, stretches in found.items()}
            known = self._pages.keep(number, (version, spans), len(text))
        return known[1].get(line - document.first_line_of(number), ())

    def masked(self, lines: tuple[bytes, ...], texts: list[str]) -> tuple[bytes, ...]:
        """Give lines with masks for their secrets, where they are shown apart from the log."""
        masker = Masker(self._token)
        pairs = zip(lines, texts, strict=True)
        return tuple(masker.raw_line(line, text) for line, text in pairs)

    def forget(self) -> None:
        """Forget what was found: the lines are others now."""
        self._pages.clear()
