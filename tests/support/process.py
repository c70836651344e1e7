"""Tests: what a program costs: its private memory and its CPU time, by Linux's /proc."""

from __future__ import annotations

import os
import platform
import re
from pathlib import Path

_TICK = os.sysconf("SC_CLK_TCK")
_PROC = Path("/proc")


def family(pid: int) -> list[int]:
    """Give a process and all its living descendants."""
    found = [pid]
    for parent in found:
        for task in (_PROC / str(parent) / "task").glob("*/children"):
            try:
                found.extend(int(child) for child in task.read_text().split())
            except OSError:
                continue  # ended just now
    return found


def private_bytes(pid: int) -> int:
    """Give the memory that only this program has, in bytes: Private_* of smaps_rollup."""
    total = 0
    for one in family(pid):
        try:
            text = (_PROC / str(one) / "smaps_rollup").read_text()
        except OSError:
            if one == pid:
                raise
            continue  # a child that has ended
        total += sum(int(kb) for kb in re.findall(r"^Private_\w+:\s+(\d+) kB", text, re.MULTILINE))
    return total * 1024


def cpu_seconds(pid: int) -> float:
    """Give the CPU time used so far, user and system, ended children's too, in seconds."""
    ticks = 0
    for one in family(pid):
        try:
            fields = (_PROC / str(one) / "stat").read_text().rpartition(")")[2].split()
        except OSError:
            if one == pid:
                raise
            continue
        ticks += sum(int(field) for field in fields[11:15])
    return ticks / _TICK


def machine() -> str:
    """Describe this machine in one line."""
    model = re.search(r"^model name\s*:\s*(.+)$", (_PROC / "cpuinfo").read_text(), re.MULTILINE)
    memory = re.search(r"^MemTotal:\s+(\d+)", (_PROC / "meminfo").read_text(), re.MULTILINE)
    parts = [
        model[1] if model else platform.machine(),
        f"{os.cpu_count()} cores",
        f"{int(memory[1]) / 1024**2:.0f} GB of memory" if memory else "",
        _system(),
    ]
    return ", ".join(part for part in parts if part)


def _system() -> str:
    try:
        names = platform.freedesktop_os_release()
    except OSError:
        names = {}
    return f"{names.get('PRETTY_NAME', platform.system())} (kernel {platform.release()})"
