"""Bench: the tables, for a terminal, RESULTS.md and the README; where logview is not first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.bench import files, start
from tests.bench.corpus import SHAPES
from tests.bench.targets import targets

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.bench.results import Key, Results

BEGIN, END = "<!-- bench -->", "<!-- /bench -->"
NONE = "—"

SUMMARY = (
    ("147MB", files.FIRST),
    ("147MB", files.INDEX),
    ("147MB", files.LITERAL),
    ("147MB", files.FILTERED),
    ("1.47GB", files.MEMORY),
)
"""The rows of the README."""


def value(number: float | None, unit: str) -> str:
    """Write a value with as many digits as it deserves."""
    if number is None:
        return NONE
    if unit in ("lines", "/s") and number >= 100:
        text = f"{number:,.0f}"
    elif unit in ("ms", "MB", "lines"):
        text = f"{number:,.0f}" if number >= 10 or number == 0 else f"{number:.1f}"
    elif unit in ("%", "/s"):
        text = f"{number:.1f}"
    elif unit.startswith("×"):
        return f"{number:.2f}{unit}"
    else:
        text = f"{number:,.{1 if number >= 10 else 2 if number >= 0.1 else 3}f}"
    return f"{text} {unit}".replace(" /s", "/s")


def title(group: str) -> str:
    """Say what a group of rows is about."""
    shape = SHAPES.get(group)
    if shape is None:
        return group
    size = shape.name.replace("-colour", "").replace("MB", " MB").replace("GB", " GB")
    if shape.long_line:
        return "a log with one line of 8 MB"
    words = f"{size} in {shape.lines:,} lines"
    return f"{words}, coloured (colours come on top)" if shape.coloured else words


def rows(results: Results) -> Iterator[tuple[str, list[tuple[Key, list[str]]]]]:
    """Give the groups, and for each row its cells: all programs' values, and the ratio."""
    groups = dict.fromkeys(key.group for key in results.values)
    programs = results.programs()
    for group in groups:
        found = []
        for key in results.values:
            if key.group == group:
                cells = [value(results.get(key, name), key.unit) for name in programs]
                found.append((key, [*cells, ratio(results, key)]))
        yield group, found


def _columns(found: list[tuple[Key, list[str]]]) -> list[int]:
    """Give the places of the programs that have any value in a group."""
    places = range(len(found[0][1]) - 1)
    return [p for p in places if any(cells[p] != NONE for _, cells in found)] or [0]


def ratio(results: Results, key: Key) -> str:
    """Compare logview with the best of its peers, or with the bare app."""
    ours = results.get(key, "logview")
    if ours is None:
        return ""
    if key.group == start.START:
        bare = results.find(start.START, start.BARE)
        return f"{ours / bare:.2f}× bare" if bare and key.what != start.BARE else ""
    best = best_peer(results, key)
    return f"{ours / best[1]:.2f}× {best[0]}" if best and best[1] else ""


def best_peer(results: Results, key: Key) -> tuple[str, float] | None:
    """Give the peer with the least value."""
    found = [
        (name, number)
        for name in results.programs()
        if name != "logview" and (number := results.get(key, name)) is not None
    ]
    return min(found, key=lambda pair: pair[1]) if found else None


def better(results: Results, key: Key) -> list[str]:
    """Give the programs that did better than logview, all of them where it failed."""
    ours = results.get(key, "logview")
    return [
        name
        for name in results.programs()
        if name != "logview"
        and (number := results.get(key, name)) is not None
        and (ours is None or number < ours)
    ]


def not_first(results: Results) -> list[str]:
    """Say where another program did better, a line for each group of rows."""
    found: dict[str, list[str]] = {}
    for key in results.values:
        names = better(results, key)
        if names:
            found.setdefault(key.group, []).append(f"{key.what} ({', '.join(names)})")
    return [f"{title(group)}: {', '.join(words)}." for group, words in found.items()]


def not_measured(results: Results) -> list[str]:
    """Say what has no value, and why, each reason once."""
    found: dict[tuple[str, str], dict[str, None]] = {}
    for (key, name), why in results.reasons.items():
        found.setdefault((name, why), {})[key.what] = None
    return [f"{name}, {', '.join(whats)}: {why}." for (name, why), whats in found.items()]


def text(results: Results) -> str:
    """Write everything for a terminal."""
    lines: list[str] = []
    programs = results.programs()
    for group, found in rows(results):
        lines += ["", title(group)]
        shown = _columns(found)
        wide = max(len(key.what) for key, _ in found)
        heads = "".join(f"{programs[place]:>13}" for place in shown)
        lines.append(f"  {'':{wide}}{heads}")
        for key, cells in found:
            numbers = "".join(f"{cells[place]:>13}" for place in shown)
            lines.append(f"  {key.what:{wide}}{numbers}   {cells[-1]}".rstrip())
    for head, points in (
        ("Not measured:", not_measured(results)),
        ("logview is not first in:", not_first(results)),
        ("Remarks:", results.notes),
    ):
        if points:
            lines += ["", head, *(f"  {words}" for words in points)]
    lines += ["", "The numbers that were asked for:"]
    for target in targets(results):
        mark = "reached" if target.kept else "MISSED "
        limit = value(target.limit, target.unit)
        lines.append(f"  {mark}  {target.what}: {value(target.reached, target.unit)} (≤ {limit})")
    return "\n".join([*about(results), *lines])


def about(results: Results) -> list[str]:
    """Say what was measured, where, and by what signs."""
    made = results.made
    lines = [f"{made['date']}, {made['machine']}.", made["programs"], made["how"]]
    return [line for line in lines if line]


def markdown(results: Results) -> str:
    """Write all of it, for RESULTS.md."""
    programs = results.programs()
    lines = [BEGIN, *(f"{line}\n" for line in about(results))]
    for group, found in rows(results):
        shown = _columns(found)
        heads = [f"**{title(group)}**", *(programs[place] for place in shown), ""]
        lines += [f"| {' | '.join(heads)} |", "|---|" + "--:|" * (len(shown) + 1)]
        for key, cells in found:
            best = _best_place(results, key)
            marked = [f"**{cells[p]}**" if p == best else cells[p] for p in shown]
            lines.append(f"| {key.what} | {' | '.join(marked)} | {cells[-1]} |")
        lines.append("")
    missing = [f"Not measured: {words}" for words in not_measured(results)]
    signs = [f"{name}: {words}." for name, words in results.signs.items()]
    for head, points in (
        ("logview is not first in:", not_first(results)),
        (
            "Remarks:",
            [*results.notes, *missing],
        ),
        ("What was taken as the sign of an end:", signs),
    ):
        if points:
            lines += [head, "", *(f"- {words}" for words in points), ""]
    return "\n".join([*lines, END])


def summary(results: Results) -> str:
    """Write the part of the README: a few rows, and where logview is not first."""
    programs = results.programs()
    keys = [key for key in results.values if (key.group, key.what) in SUMMARY]
    lines = [BEGIN, f"| | {' | '.join(programs)} |", "|---|" + "--:|" * len(programs)]
    for key in keys:
        best = _best_place(results, key)
        cells = [value(results.get(key, name), key.unit) for name in programs]
        marked = [f"**{cell}**" if place == best else cell for place, cell in enumerate(cells)]
        lines.append(f"| {title(key.group)}: {key.what} | {' | '.join(marked)} |")
    rest = [f"{key.what} ({', '.join(names)})" for key in keys if (names := better(results, key))]
    compared = [key for key in results.values if best_peer(results, key)]
    first = sum(not better(results, key) for key in compared)
    lines += ["", f"{results.made['date']}, {results.made['machine']}."]
    if rest:
        lines.append(f"**Here logview is not first in: {', '.join(rest)}.**")
    lines.append(f"Of all {len(compared)} comparisons it is first in {first}.")
    return "\n".join([*lines, END])


def _best_place(results: Results, key: Key) -> int | None:
    numbers = [results.get(key, name) for name in results.programs()]
    known = [number for number in numbers if number is not None]
    return numbers.index(min(known)) if len(known) > 1 else None


def into_file(path: Path, part: str) -> None:
    """Replace what is between the markers; ValueError where the file has none."""
    head, begin, rest = path.read_text(encoding="utf-8").partition(BEGIN)
    _, end, tail = rest.partition(END)
    if not (begin and end):
        raise ValueError(f"{path.name} has no {BEGIN} … {END}")
    path.write_text(head + part + tail, encoding="utf-8")
