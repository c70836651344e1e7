"""Bench: the digest of a log, by the CPU time and the memory of the whole program."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

from tests.bench.results import Key, Results
from tests.support.pairs import long_run

if TYPE_CHECKING:
    from pathlib import Path

DIGEST = "digest"
PAIR = "100,000 lines against two good runs: CPU"
ALONE = "1,000,000 lines: CPU"
MEMORY = "1,000,000 lines: memory at most"


def run(folder: Path, million: Path | None, results: Results, runs: int) -> None:
    """Measure the digest of a bad run against two good ones, and of a million lines."""
    logs = []
    for seed, bad in ((0, False), (1, False), (7, True)):
        path = folder / f"long-run-{seed}.log"
        if not path.exists():
            path.write_bytes(long_run(seed, bad).data)
        logs.append(str(path))
    pair = [logs[2], "--against", logs[0], "--against", logs[1], "--no-cache"]
    for _ in range(runs):
        seconds, _ = _measure(pair)
        results.add(Key(DIGEST, PAIR), "logview", seconds)
        if million is not None:
            seconds, memory = _measure([str(million), "--against", "none"])
            results.add(Key(DIGEST, ALONE), "logview", seconds)
            results.add(Key(DIGEST, MEMORY, "MB"), "logview", memory)


def _measure(arguments: list[str]) -> tuple[float, float]:
    """Return the CPU seconds and the most megabytes that the program took."""
    command = [sys.executable, "-m", "logview", "--digest", "--json", *arguments]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as program:
        _, status, usage = os.wait4(program.pid, 0)
        program.returncode = os.waitstatus_to_exitcode(status)
    if program.returncode:
        raise RuntimeError(f"{command} left with {program.returncode}")
    return usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1000
