"""Traits of pages: what one pass over a page has found out, so that the next need not scan it.

Whether a page holds control sequences, and where its colours are, is the same
for every search, and finding it out costs more than a search. It is valid as
long as the page's bytes are the same, which a stamp of their reader shows.
"""

from __future__ import annotations

from operator import itemgetter
from typing import AnyStr, NamedTuple, TypeAlias

from logview.text.escapes import is_clean, split_colours

Stamp: TypeAlias = "tuple[int, ...] | None"
"""Equal as long as the bytes are the same; None where that is unknown."""

Seams: TypeAlias = "frozenset[tuple[int, int]]"
"""The pairs of adjacent bytes of the text that have a colour sequence between them."""

EVERYWHERE: Seams = frozenset({(-1, -1)})
"""In place of pairs that are too many to keep: a colour may be anywhere."""

MAX_SEAMS = 200
"""Pairs that are kept of a page at most, and sets of pairs at most: a log's pages are alike."""


class PageTraits(NamedTuple):
    """What a page's bytes are like."""

    clean: bool
    """Whether `visible` removes nothing but colours."""
    seams: Seams | None = None
    """Where its colours stand; None in a page without any."""
    known: bool = True
    """Whether the page was scanned: of some pages only the number of lines is known."""


UNSCANNED = PageTraits(clean=False, known=False)
CLEAN = PageTraits(clean=True)
UNCLEAN = PageTraits(clean=False)

_last, _first = itemgetter(-1), itemgetter(0)


def scan_page(data: bytes) -> tuple[PageTraits, bytes | None]:
    """Return a page's traits, and the bytes of its visible text where it is clean."""
    if b"\x1b" not in data:
        return (CLEAN, data) if is_clean(data) else (UNCLEAN, None)
    parts = split_colours(data)
    if parts is None:
        return UNCLEAN, None
    return PageTraits(clean=True, seams=_seams(parts)), b"".join(parts)


def visible_bytes(data: bytes, traits: PageTraits) -> bytes | None:
    """Return the bytes of the visible text of a page whose traits are known; None if not clean."""
    if not traits.clean:
        return None
    if traits.seams is None:
        return data
    parts = split_colours(data)
    return None if parts is None else b"".join(parts)


def strip_line_end(text: AnyStr, data: bytes) -> AnyStr:
    """Remove the line break at a page's end from `text`, which was made of `data`."""
    return text[:-1] if data.endswith(b"\n") else text


def _seams(parts: list[bytes]) -> Seams:
    some = list(filter(None, parts))
    ends, starts = map(_last, some), map(_first, some[1:])
    return frozenset(zip(ends, starts, strict=False))  # nothing follows the last end


class PageTraitsCache:
    """The traits of a log's pages; valid as long as their bytes are the same."""

    def __init__(self) -> None:
        self._traits: dict[int, PageTraits] = {}
        self._stamp: Stamp = None
        self._kept: dict[Seams, PageTraits] = {}

    def get(self, number: int, stamp: Stamp) -> PageTraits | None:
        """Return the traits of a page whose bytes were read before `stamp` was."""
        return self._traits.get(number) if self._is_now(stamp) else None

    def add(self, number: int, stamp: Stamp, traits: PageTraits) -> None:
        """Add what was found out about a page."""
        if self._is_now(stamp):
            self._traits[number] = traits if traits.seams is None else self._one(traits.seams)

    def _one(self, seams: Seams) -> PageTraits:
        """Return equal traits that are kept already, or keep these up to `MAX_SEAMS`."""
        known = self._kept.get(seams)
        if known is not None:
            return known
        if len(seams) > MAX_SEAMS or len(self._kept) >= MAX_SEAMS:
            seams = EVERYWHERE
        return self._kept.setdefault(seams, PageTraits(clean=True, seams=seams))

    def _is_now(self, stamp: Stamp) -> bool:
        """Return whether traits are valid for a stamp; drop those of another one."""
        if stamp is None:
            return False
        if stamp != self._stamp:
            self._traits.clear()
            self._stamp = stamp
        return True

    def clear(self) -> None:
        """Remove all traits."""
        self._traits.clear()
