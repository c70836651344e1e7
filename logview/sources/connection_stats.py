"""Sources: the account of what a connection did, which balances to the byte."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field


@dataclass(slots=True)
class ConnectionStats:
    """Counts since the source was opened. `received == kept + repeated + dropped`, always."""

    connections: int = 0
    """Streams that were opened and answered."""
    drops: Counter[str] = field(default_factory=Counter)
    """Connections that were lost or given up, by reason."""
    received: int = 0
    """Bytes of the log that came, replays included, unpacked."""
    kept: int = 0
    """Bytes of the log that are held, each once."""
    repeated: int = 0
    """Bytes of replays that were held already."""
    dropped: int = 0
    """Bytes of replays that broke off before it could be known how they join; they come again."""
    gaps: int = 0
    asked: int = 0
    """Requests for the run or build object."""

    def balanced(self) -> bool:
        """Return whether every byte that came is accounted for."""
        return self.received == self.kept + self.repeated + self.dropped

    def rows(self) -> list[tuple[str, str]]:
        """Return (name, value) rows for a person."""
        drops = ", ".join(f"{count:,} {reason}" for reason, count in self.drops.most_common())
        rows = [
            ("connections", f"{self.connections:,}"),
            ("drops", f"{self.drops.total():,} ({drops})" if drops else "0"),
            ("bytes received", f"{self.received:,}"),
            ("bytes kept", f"{self.kept:,}"),
            ("bytes repeated", f"{self.repeated:,}"),
        ]
        if self.dropped:
            rows.append(("bytes undecided", f"{self.dropped:,}"))
        rows.append(("gaps", f"{self.gaps:,}"))
        rows.append(("status requests", f"{self.asked:,}"))
        return rows
