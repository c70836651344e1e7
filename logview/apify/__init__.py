"""API client: one request, one answer. The only package that imports httpx."""

import sys

# httpx imports its own command line too, and with it click and pygments where somebody has them:
# half of the time between the first paint and the first line. It does without where it can't.
sys.modules.setdefault("httpx._main", None)  # type: ignore[arg-type]  # None forbids an import
