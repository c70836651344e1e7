"""Phrases: times, sizes and counts in words, on the screen and off it. Light: imports nothing."""

from __future__ import annotations


def duration(seconds: float) -> str:
    """Return a length of time in words: `3m12s`, `2h05m`, `1d03h`; below a minute `42s`."""
    whole = max(0, int(seconds))
    if whole < 60:
        return f"{whole}s"
    minutes, rest = divmod(whole, 60)
    if minutes < 60:
        return f"{minutes}m{rest:02}s"
    hours, minutes = divmod(minutes, 60)
    if hours < 24:
        return f"{hours}h{minutes:02}m"
    days, hours = divmod(hours, 24)
    return f"{days}d{hours:02}h"


def rough_duration(seconds: float) -> str:
    """Return a length of time to about two figures: `0.5 s`, `42 s`, `3 min`, `2 h`, `4 days`."""
    if seconds < 1:
        return f"{seconds:.1g} s"
    if seconds < 120:
        return f"{seconds:.0f} s"
    if seconds < 7200:
        return f"{seconds / 60:.0f} min"
    if seconds < 172_800:
        return f"{seconds / 3600:.0f} h"
    return f"{seconds / 86_400:.0f} days"


def ago(seconds: float) -> str:
    """Return how long ago something was: `now`, `2 s ago`, `3 min ago`, `2 h ago`."""
    if seconds < 1:
        return "now"
    if seconds < 60:
        return f"{int(seconds)} s ago"
    if seconds < 3600:
        return f"{int(seconds // 60)} min ago"
    return f"{int(seconds // 3600)} h ago"


def count(number: int, one: str, many: str | None = None) -> str:
    """Return a number of things: `1 line`, `1,204 lines`."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def size(number: int) -> str:
    """Return a number of bytes in SI units: `87 B`, `1.4 kB`, `10.5 MB`."""
    if number < 1000:
        return f"{number} B"
    value = float(number)
    for unit in ("kB", "MB", "GB"):
        value /= 1000
        if value < 999.95:
            return f"{value:.1f} {unit}"
    return f"{value / 1000:.1f} TB"


def cost(usd: float | None) -> str:
    """Return a cost in US dollars: `$0.018`, `$3.33`, `<$0.001`; nothing for nothing."""
    if usd is None or usd <= 0:
        return ""
    if usd < 0.0005:
        return "<$0.001"
    return f"${usd:,.2f}" if usd >= 1 else f"${usd:.3f}"


def percent_read(share: float) -> str:
    """Return how much of a log has been read so far, in words: `41 % read`, at most 99."""
    return f"{min(int(100 * share), 99)} % read"
