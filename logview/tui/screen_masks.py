"""Secrets that are masked on the screen, where the settings say so.

Each character of a secret is drawn as a dot; what is selected, searched and
copied are the characters of the log.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from logview.log.store.page_cache import PageCache
from logview.log.view.excerpt import LINES_ABOVE
from logview.secrets.masker import Masker
from logview.text.sanitize import visible

if TYPE_CHECKING:
    from logview.log.store.document import LogDocument
    from logview.secrets.token import Token

CharacterSpans: TypeAlias = "tuple[tuple[int, int], ...]"


class ScreenMasks:
    """Finds the secrets in the lines on the screen, page by page."""

    def __init__(self, document: LogDocument, token: Token | None) -> None:
        self._document = document
        self._token = token
        self._pages: PageCache[tuple[int, dict[int, CharacterSpans]]] = PageCache()

    def spans(self, line: int) -> CharacterSpans:
        """Return the spans of a line's visible text that are secrets."""
        document = self._document
        number = document.page_of(line)
        version = document.version if number >= document.sealed_end else -1
        known = self._pages.get(number)
        if known is None or known[0] != version:
            text = document.page_text(number)
            masker = Masker(self._token)
            masker.read_preceding(self._above(document.first_line_of(number)))
            found = masker.find_spans(text)
            spans = {row: tuple(stretches) for row, stretches in found.items()}
            known = self._pages.add(number, (version, spans), len(text))
        return known[1].get(line - document.first_line_of(number), ())

    def spans_in(self, text: str) -> CharacterSpans:
        """Return the stretches of a part of a long line that are secrets, as far as it shows."""
        return tuple(Masker(self._token).find_spans(text).get(0, ()))

    def _above(self, line: int) -> list[str]:
        """Return the lines above one, in which a private key may have begun."""
        first = max(self._document.first_line, line - LINES_ABOVE)
        return [self._document.line_text(number) for number in range(first, line)]

    def mask_lines(self, first: int, lines: tuple[bytes, ...]) -> tuple[bytes, ...]:
        """Return the lines from `first` on with masks, for where they are shown outside the log."""
        masker = Masker(self._token)
        masker.read_preceding(self._above(first))
        texts = [visible(line) for line in lines]
        pairs = zip(lines, texts, strict=True)
        return tuple(masker.mask_raw_line(line, text) for line, text in pairs)

    def mask_link(self, text: str) -> str:
        """Return a link with its secrets masked."""
        return Masker(self._token).mask_line(text)

    def clear(self) -> None:
        """Drop what was found: the lines have been replaced."""
        self._pages.clear()
