"""Split a page's lines by lane: entries are grouped in each lane by itself.

A line that goes on with an entry belongs to the last entry of its own lane, however many lines
of other lanes stand between. What is grouped is each lane's own text, without the prefix.
"""

from __future__ import annotations

from array import array
from itertools import compress
from typing import TYPE_CHECKING, NamedTuple, TypeAlias
from zlib import crc32

from logview.log.entries.level_masks import PageLevels
from logview.text.lanes import read_lane

if TYPE_CHECKING:
    from collections.abc import Sequence

    from logview.log.entries.grouping import GroupingState, Merged, PageEntries

LaneKey: TypeAlias = "tuple[bytes, bytes]"
"""The log that has the lines, of several, and the child run that printed them."""

OWN: LaneKey = (b"", b"")
"""The lane of the lines that name none."""

MOST = 100
"""Lanes of a page that are told apart: each costs a tenth of a millisecond or more."""

HEAD = 4096
"""Characters of a line in which it names its lane."""


class PageLanes(NamedTuple):
    """Which lines of a page are of which lane."""

    bits: dict[LaneKey, array[int]]
    """The lines of each lane, in order; four bytes for each."""
    lines: dict[LaneKey, list[str]]
    """The own text of each lane, in lines."""
    seams: int
    """The lines below one of another lane: bit n for line n."""
    first: LaneKey
    last: LaneKey
    """The lanes of the first and the last line."""


def may_have_lanes(text: str) -> bool:
    """Return whether a line of a text may name a lane; soon, for most texts."""
    return ">" in text and "-> " in text  # a single character is found far faster


def split_lane(line: str, *, is_merged: bool) -> tuple[LaneKey, str]:
    """Return the lane of a line's visible text, and its own text."""
    if "-> " not in line:
        return OWN, line
    head = line[:HEAD].encode("utf-8", "replace")
    found = read_lane(head, is_merged=is_merged)
    if found is None:
        return OWN, line
    end = found.end if head.isascii() else len(head[: found.end].decode("utf-8", "replace"))
    return (found.log, b"" if found.name == found.log else found.name), line[end:]


def split_page(text: str, lines: Sequence[str], *, is_merged: bool) -> PageLanes | None:
    r"""Split a page's visible text, its `lines` joined with `\n`; None if none names a lane."""
    if not may_have_lanes(text):
        return None
    bits: dict[LaneKey, list[int]] = {}
    texts: dict[LaneKey, list[str]] = {}
    seams, before = list[int](), None
    for bit, line in enumerate(lines):
        key, own = split_lane(line, is_merged=is_merged)
        if key != before:
            seams.append(bit)
            before = key
            if key not in bits:
                bits[key], texts[key] = [], []
        bits[key].append(bit)
        texts[key].append(own)
    if len(bits) == 1 and OWN in bits:
        return None
    if len(bits) > MOST:
        bits, texts = _mixed(bits, lines, is_merged=is_merged)
    return PageLanes(
        {key: array("I", some) for key, some in bits.items()},
        texts,
        mask_of(seams[1:]),
        next(key for key, some in bits.items() if not some[0]),
        next(key for key, some in bits.items() if some[-1] == len(lines) - 1),
    )


def _mixed(
    bits: dict[LaneKey, list[int]], lines: Sequence[str], *, is_merged: bool
) -> tuple[dict[LaneKey, list[int]], dict[LaneKey, list[str]]]:
    """Return the lines of `MOST` lanes, in place of each lane those of several."""
    places: dict[LaneKey, list[int]] = {}
    for key, some in bits.items():
        places.setdefault((b"", b"%d" % (crc32(b"\n".join(key)) % MOST)), []).extend(some)
    places = {key: sorted(some) for key, some in places.items()}
    texts = {
        key: [split_lane(lines[bit], is_merged=is_merged)[1] for bit in some]
        for key, some in places.items()
    }
    return places, texts


class LaneState:
    """What is known of the entries of one lane, over all pages that were read."""

    __slots__ = ("after", "key", "merged", "open", "pages")

    def __init__(self, key: LaneKey) -> None:
        self.key = key
        self.pages: list[int] = []
        """The pages that have lines of it, in order."""
        self.after: dict[int, GroupingState] = {}
        """What its lines on pages lead to, as far as that is known and asked for."""
        self.open: dict[int, PageEntries] = {}
        """Pages on which its first lines wait for those above."""
        self.merged: dict[int, Merged] = {}
        """Its lines at the end of pages that a page below has settled to be one entry."""


def mask_of(bits: Sequence[int]) -> int:
    """Return an integer with these bits set, which are in order."""
    if not bits:
        return 0
    digits = bytearray(b"0" * (bits[-1] + 1))
    for bit in bits:
        digits[bit] = 49
    digits.reverse()
    return int(digits, 2)


def _scatter(mask: int, bits: Sequence[int]) -> int:
    """Return a mask of a lane's lines as one of the page's; `bits` are the lane's lines."""
    if not mask:
        return 0
    digits = f"{mask:b}".encode()[::-1].translate(_BITS)
    return mask_of(list(compress(bits, digits)))


_BITS = bytes(value == ord("1") for value in range(256))


def place(levels: PageLevels, bits: Sequence[int]) -> PageLevels:
    """Return the levels of a lane's lines as those of the page."""
    return PageLevels(*(_scatter(mask, bits) for mask in levels[:5]))
