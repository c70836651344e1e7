"""Bench: the numbers that were asked of logview, and whether they were reached."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from tests.bench import digests, files, keys, start, stream

if TYPE_CHECKING:
    from tests.bench.results import Results

MILLION, TEN_MILLION, COLOURED = "147MB", "1.47GB", "147MB-colour"


class Target(NamedTuple):
    """One number."""

    what: str
    reached: float
    limit: float
    unit: str

    @property
    def kept(self) -> bool:
        """Whether it was reached."""
        return self.reached <= self.limit


def targets(results: Results) -> list[Target]:
    """Give all numbers that were measured this time."""
    found = [
        *_starts(results),
        *_against_lnav(results, "end of file shown, 1 M lines", MILLION, files.LAST, 1),
        *_against_lnav(results, "index complete, 1 M lines", MILLION, files.INDEX, 1),
        *_plain(results, "index complete, 10 M lines", TEN_MILLION, files.INDEX, 2.5, "s"),
        *_against_lnav(results, "index complete, 10 M lines", TEN_MILLION, files.INDEX, 1 / 3),
        *_plain(results, "literal counted, 1 M lines", MILLION, files.LITERAL, 0.4, "s"),
        *_against_lnav(results, "literal counted, 1 M lines", MILLION, files.LITERAL, 1 / 4),
        *_plain(results, "literal counted, 1 M coloured", COLOURED, files.LITERAL, 0.6, "s"),
        *_plain(results, "literal counted, 10 M lines", TEN_MILLION, files.LITERAL, 5, "s"),
        *_against_lnav(results, "literal counted, 10 M lines", TEN_MILLION, files.LITERAL, 1 / 2),
        *_plain(results, "filtered view, 1 M lines", MILLION, files.FILTERED, 0.5, "s"),
        *_against_lnav(results, "filtered view, 1 M lines", MILLION, files.FILTERED, 1),
        *_against_lnav(results, "filtered total told, 1 M lines", MILLION, files.FILTER_TOLD, 1),
        *_plain(results, "levels counted, 1 M lines", MILLION, files.LEVELS, 2, "s"),
        *_plain(results, "memory, 10 M lines open", TEN_MILLION, files.MEMORY, 60, "MB"),
        *_plain(results, "memory, 10 M lines searched", TEN_MILLION, files.AFTER, 120, "MB"),
        *_plain(results, "10 MB from a server", stream.BURST, stream.ARRIVED, 1, "s"),
        *_plain(results, "two runs of 10 MB, merged", stream.TWICE, stream.ARRIVED, 2.2, "s"),
        *_plain(results, "ten runs: key to paint, p95", stream.LANES, stream.P95, 60, "ms"),
        *_plain(results, "ten runs: lines lost", stream.LANES, stream.LOST, 0, "lines"),
        *_plain(results, "flood: key to paint, p95", stream.FLOOD, stream.P95, 60, "ms"),
        *_plain(results, "flood: CPU", stream.FLOOD, stream.SHARE, 70, "%"),
        *_plain(results, "flood: lines lost", stream.FLOOD, stream.LOST, 0, "lines"),
        *_plain(results, "flood: frames a second", stream.FLOOD, stream.FRAMES, 20, "/s"),
        *_plain(results, "digest, 100,000 against two", digests.DIGEST, digests.PAIR, 1, "s"),
        *_plain(results, "digest, 1 M lines", digests.DIGEST, digests.ALONE, 8, "s"),
        *_plain(results, "digest, 1 M lines: memory", digests.DIGEST, digests.MEMORY, 250, "MB"),
        *_plain(results, "open and quiet: CPU", stream.IDLE, stream.SHARE, 1, "%"),
    ]
    for group in {key.group for key in results.values if key.group.startswith("search as")}:
        found.extend(_plain(results, f"{group}: p95", group, keys.P95, 50, "ms"))
    return found


def _starts(results: Results) -> list[Target]:
    bare = results.find(start.START, start.BARE)
    if not bare:
        return []
    found = []
    for key in results.values:
        value = results.get(key, "logview")
        if key.group == start.START and key.what != start.BARE and value is not None:
            limit = 1.9 if key.what == start.DEMO else 1.3
            found.append(Target(f"{key.what}, against a bare app", value / bare, limit, "×"))
    return found


def _plain(
    results: Results, what: str, group: str, row: str, limit: float, unit: str
) -> list[Target]:
    value = results.find(group, row)
    return [] if value is None else [Target(what, value, limit, unit)]


def _against_lnav(results: Results, what: str, group: str, row: str, limit: float) -> list[Target]:
    ours, theirs = results.find(group, row), results.find(group, row, "lnav")
    if ours is None or not theirs:
        return []
    return [Target(f"{what}, against lnav", ours / theirs, limit, "× lnav")]
