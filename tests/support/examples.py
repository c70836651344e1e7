"""Tests: how many examples a property test takes in the tier that runs."""

from __future__ import annotations

from hypothesis import settings

FULL = 100
"""Examples of a test that says nothing, when everything is run (hypothesis's own default)."""

QUICK = 10
"""The same with `-m "not slow"`."""


def load_profile(*, quick: bool) -> None:
    """Set the number of examples; to be called before test modules are imported."""
    # A busy machine is no defect.
    settings.register_profile("full", deadline=None, max_examples=FULL)
    settings.register_profile("quick", deadline=None, max_examples=QUICK)
    settings.load_profile("quick" if quick else "full")


def examples(count: int) -> settings:
    """Return the decorator for a test that takes `count` examples when everything is run."""
    return settings(max_examples=max(1, count * settings().max_examples // FULL))
