"""Exit codes: each one once. They are part of the command line's contract."""

from __future__ import annotations

READ = 0
"""The log was read to its end."""

USAGE = 2
"""Wrong usage."""

USAGE_WITH_STATUS = 64
"""Wrong usage with `--exit-status`, where 2 means TIMED-OUT (EX_USAGE of sysexits(3))."""

REFUSED = 4
"""The API refused."""

UNREAD = 5
"""The log was not read or not written to its end, or its end could not be known."""

CRASHED = 70
"""A defect of ours (EX_SOFTWARE of sysexits(3))."""

SIGNALLED = 128
"""Added to the number of the signal that ended the program, as shells do."""

INTERRUPTED = 130
"""Ended by `^C`: `SIGNALLED` and SIGINT."""

CLOSED = 141
"""Whoever read standard output has gone: `SIGNALLED` and SIGPIPE."""

RESULTS = {"SUCCEEDED": 0, "FAILED": 1, "TIMED-OUT": 2, "ABORTED": 3}
"""With `--exit-status`, by the status of the run or build, as `apify runs wait` has them."""
