"""Tests: how many examples a property test takes in the tier that runs."""

from __future__ import annotations

import os

from hypothesis import settings

BASE = 100
"""What the number given to `examples` is a share of (hypothesis's own default)."""

FULL = int(os.environ.get("LOGVIEW_TEST_EXAMPLES", "50"))
"""Examples of a test that says nothing, when everything is run."""

QUICK = 10
"""The same with `-m "not slow"`."""


def load_profile(*, quick: bool) -> None:
    """Set the number of examples; to be called before test modules are imported."""
    # A busy machine is no defect.
    settings.register_profile("full", deadline=None, max_examples=FULL)
    settings.register_profile("quick", deadline=None, max_examples=QUICK)
    settings.load_profile("quick" if quick else "full")


def examples(count: int) -> settings:
    """Return the decorator for a test that takes `count` examples where others take `BASE`."""
    return settings(max_examples=max(1, count * settings().max_examples // BASE))
