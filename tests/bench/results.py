"""Bench: what was measured, for whom and how often, and why something was not."""

from __future__ import annotations

import math
import statistics
from dataclasses import dataclass, field
from typing import Any, NamedTuple


class Key(NamedTuple):
    """One row of the table."""

    group: str
    """The log's size, or `stream`, `keys`, `idle`."""
    what: str
    unit: str = "s"


@dataclass(slots=True)
class Results:
    """Values by row and program, in the order in which rows first came up."""

    values: dict[Key, dict[str, list[float]]] = field(default_factory=dict)
    reasons: dict[tuple[Key, str], str] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    made: dict[str, str] = field(default_factory=dict)
    """When, where, and with which versions."""
    signs: dict[str, str] = field(default_factory=dict)
    """What was taken as the sign of an end, by program."""

    def add(self, key: Key, program: str, *values: float) -> None:
        """Take down one run's value, or all samples of one."""
        self.values.setdefault(key, {}).setdefault(program, []).extend(values)

    def fail(self, key: Key, program: str, reason: str) -> None:
        """Take down why there is no value."""
        self.values.setdefault(key, {})
        self.reasons[key, program] = reason

    def note(self, text: str) -> None:
        """Take down a remark, once."""
        if text not in self.notes:
            self.notes.append(text)

    def get(self, key: Key, program: str) -> float | None:
        """Give the median of a program's values; None without any."""
        found = self.values.get(key, {}).get(program)
        return statistics.median(found) if found else None

    def find(self, group: str, what: str, program: str = "logview") -> float | None:
        """Give a median by the row's names."""
        for key in self.values:
            if (key.group, key.what) == (group, what):
                return self.get(key, program)
        return None

    def programs(self) -> list[str]:
        """Give all programs that have a value or a reason."""
        names = dict.fromkeys(name for row in self.values.values() for name in row)
        names.update(dict.fromkeys(name for _, name in self.reasons))
        return list(names)

    def as_json(self) -> dict[str, object]:
        """Give everything, for a file."""
        return {
            "rows": [
                {**key._asdict(), "values": row}
                | {"reasons": {n: r for (k, n), r in self.reasons.items() if k == key}}
                for key, row in self.values.items()
            ],
            "notes": self.notes,
            "made": self.made,
            "signs": self.signs,
        }

    def take(self, data: dict[str, Any]) -> None:
        """Take in what `as_json` gave, beside what is there."""
        for row in data["rows"]:
            key = Key(row["group"], row["what"], row["unit"])
            self.values.setdefault(key, {})
            for program, values in row["values"].items():
                self.add(key, program, *values)
            for program, why in row["reasons"].items():
                self.reasons[key, program] = why
        for note in data["notes"]:
            self.note(note)
        self.made.update(data["made"])
        self.signs.update(data["signs"])


def percentile(values: list[float], part: float) -> float:
    """Give the value that `part` (0 to 1) of the values are at or below."""
    ordered = sorted(values)
    return ordered[max(0, math.ceil(part * len(ordered) - 1e-9) - 1)]
