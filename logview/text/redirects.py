"""The prefix of a child run's line in its parent's log, as the parts of regular expressions.

apify-client-python (`_logging.py`, RedirectLogFormatter) writes `[name runId:ID] -> `,
apify-client-js (`run.ts`, getStreamedLog) `name runId:ID -> `. The child's own stamp follows, and
prefixes nest. Everything that parses them is built of these parts.
"""

from __future__ import annotations

NAMED = r"\[[^\]\n\r]{1,200}\] "
"""A name in brackets and the space behind it."""

BARE = r"(?:[\w.~/-]{1,120} )?runId:\w{1,60} "
"""A name with an ID, without brackets, and the space behind it."""

ARROW = "-> "
"""What ends a prefix. A line without it has none."""

MOST = 8
"""Prefixes of a line that are parsed."""
