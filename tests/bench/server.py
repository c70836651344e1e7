"""Bench: the fault server in a process of its own, streaming a log as fast as it is told to.

What it does is told on stdout, a JSON object in each line, with times of
`time.monotonic`, which all processes of a machine share.

    python -m tests.bench.server burst       everything at once, then the end
    python -m tests.bench.server flood       100,000 lines/s for ten seconds, then the end
    python -m tests.bench.server lanes       1,000 lines/s of each of ten runs, for ten seconds
    python -m tests.bench.server once        10 MB of each of two runs, at once, then the end
    python -m tests.bench.server quiet       some lines, then silence
"""

from __future__ import annotations

import json
import sys
import threading
import time
from dataclasses import dataclass
from itertools import chain
from typing import Any

from tests.bench.corpus import BLOCK, SHAPES, Shape, pieces
from tests.support.fault_server import JOB_ID, Fault, FaultServer

_TICK = 0.02
"""Seconds between two pieces of a flood."""
_LIMIT = 3600.0
"""Seconds after which nobody is expected any more."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What is sent: so many lines, at a rate, and whether the run ends then."""

    shape: Shape
    rate: int = 0
    """Lines a second; 0 for all at once."""
    ends: bool = True
    runs: tuple[str, ...] = (JOB_ID,)
    """The runs that are opened; all have the same log."""


PLANS = {
    "burst": Plan(SHAPES["10MB"]),
    "flood": Plan(Shape("flood", 1_000_000, 122), rate=100_000),
    "lanes": Plan(
        Shape("lanes", 10_000, 122), rate=1_000, runs=tuple(f"Lane{n:013}" for n in range(10))
    ),
    "once": Plan(SHAPES["10MB"], runs=("Lane0000000000000", "Lane0000000000001")),
    "quiet": Plan(Shape("quiet", BLOCK, 122), ends=False),
}


def serve(plan: Plan) -> None:
    """Serve one run until the process is ended."""
    parts = _parts(plan)
    with FaultServer() as server:
        server.others = plan.runs
        server.default = Fault.clean(piece=1 << 20 if plan.rate else 65536)
        if not plan.rate:
            server.append(b"".join(parts))
        tell("listening", url=server.base_url, lines=plan.shape.lines)
        server.block_until(lambda s: s.asked("log"), _LIMIT)
        began = time.monotonic()
        tell("asked", at=server.asked("log")[0].at)
        if plan.rate:
            for number, part in enumerate(parts):
                ahead = began + number * _TICK - time.monotonic()
                if ahead > 0:
                    time.sleep(ahead)
                server.append(part)
        size = len(plan.runs) * sum(map(len, parts))
        server.block_until(lambda s: s.sent >= size, _LIMIT)
        now = time.monotonic()
        tell("sent", at=now, seconds=now - began, lines=plan.shape.lines)
        if plan.ends:
            server.finish()
        threading.Event().wait()


def _parts(plan: Plan) -> list[bytes]:
    """Return the log in pieces; those of a flood hold the lines of one tick."""
    log = pieces(plan.shape)
    if not plan.rate:
        return list(log)
    lines = list(chain.from_iterable(piece.splitlines(keepends=True) for piece in log))
    step = round(plan.rate * _TICK)
    return [b"".join(lines[at : at + step]) for at in range(0, len(lines), step)]


def tell(event: str, **values: Any) -> None:
    """Write to stdout what happened."""
    print(json.dumps({"event": event, **values}), flush=True)


if __name__ == "__main__":
    serve(PLANS[sys.argv[1]])
